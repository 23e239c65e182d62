/* Messages, repeated fields and maps as JSON. */
#include "codec/proto/proto.h"

const struct proto_field *proto_find(const struct proto_declared *m, uint32_t number, size_t *at)
{
	if (number <= m->n_fields && m->fields[number - 1].number == number) { /* most are numbered from 1 on */
		*at = number - 1;
		return &m->fields[*at];
	}
	for (*at = 0; *at < m->n_fields; ++*at)
		if (m->fields[*at].number == number)
			return &m->fields[*at];
	return NULL;
}

static bool json_one(const struct proto_field *f, const struct proto_raw *raw, unsigned depth, struct avro_notes *notes,
		     struct proto_trouble *t, struct weir_buf *out)
{
	struct weir_buf scratch = {0};
	struct weir_value v;
	bool ok, message = f->type == PROTO_MESSAGE;
	if (message && raw->wire != PROTO_BYTES_WIRE)
		return proto_bad(t, WEIR_BAD_SYNTAX, "a field that is not of its schema's type");
	if (message && !proto_is_value(f->of))
		return proto_json_message(f->of, raw->s, depth + 1, notes, t, out);
	ok =
	    message ? proto_value(f->of, raw->s, &scratch, notes, &v, t) : proto_scalar(f, raw, &scratch, notes, &v, t);
	if (ok)
		weir_value_json(&v, out);
	weir_buf_release(&scratch);
	return ok;
}

/* "key":value of a map's entry; either may be missing, and is zero then. */
static bool json_entry(const struct proto_declared *entry, struct weir_str data, unsigned depth,
		       struct avro_notes *notes, struct proto_trouble *t, struct weir_buf *out)
{
	struct proto_in in = {(const unsigned char *)data.data, (const unsigned char *)data.data + data.size, t};
	struct weir_buf key = {0}, value = {0}, scratch = {0};
	struct weir_value v;
	bool ok = true;
	while (ok && in.p < in.end) {
		struct proto_raw raw;
		ok = proto_next(&in, &raw);
		if (ok && raw.number == 1) {
			weir_buf_clear(&key);
			ok = proto_scalar(&entry->fields[0], &raw, &scratch, notes, &v, t);
			if (ok)
				weir_value_text(&v, &key);
		} else if (ok && raw.number == 2) {
			weir_buf_clear(&value);
			ok = json_one(&entry->fields[1], &raw, depth, notes, t, &value);
		}
	}
	weir_json_quote(weir_buf_str(&key), out);
	weir_buf_add_char(out, ':');
	enum proto_type type = entry->fields[1].type;
	if (value.size)
		weir_buf_add_str(out, weir_buf_str(&value));
	else
		weir_buf_add_c(out, type == PROTO_STRING || type == PROTO_BYTES ? "\"\""
				    : type == PROTO_MESSAGE                     ? "{}"
				    : type == PROTO_BOOL                        ? "false"
										: "0");
	out->failed |= key.failed || value.failed || scratch.failed;
	weir_buf_release(&key);
	weir_buf_release(&value);
	weir_buf_release(&scratch);
	return ok;
}

/* The values that one occurrence brings, each behind a comma but the first of all. */
static bool json_items(const struct proto_field *f, const struct proto_raw *raw, unsigned depth,
		       struct avro_notes *notes, struct proto_trouble *t, bool *any, struct weir_buf *out)
{
	struct proto_in packed = {(const unsigned char *)raw->s.data, (const unsigned char *)raw->s.data + raw->s.size,
				  t};
	struct proto_raw item = *raw;
	bool many = proto_is_packed(f, raw);
	if (f->map && raw->wire != PROTO_BYTES_WIRE)
		return proto_bad(t, WEIR_BAD_SYNTAX, "a field that is not of its schema's type");
	while (!many || packed.p < packed.end) {
		if (many && !proto_unpack(f, &packed, &item))
			return false;
		if (*any)
			weir_buf_add_char(out, ',');
		*any = true;
		if (!(f->map ? json_entry(f->of, raw->s, depth, notes, t, out)
			     : json_one(f, &item, depth, notes, t, out)))
			return false;
		if (!many)
			break;
	}
	return true;
}

bool proto_json_repeated(const struct proto_field *f, const struct proto_raw *first, struct proto_in in, unsigned depth,
			 struct avro_notes *notes, struct weir_buf *out)
{
	bool any = false;
	struct proto_raw raw = *first;
	weir_buf_add_char(out, f->map ? '{' : '[');
	for (;;) {
		if (raw.number == f->number && !json_items(f, &raw, depth, notes, in.trouble, &any, out))
			return false;
		if (in.p >= in.end)
			break;
		if (!proto_next(&in, &raw))
			return false;
	}
	weir_buf_add_char(out, f->map ? '}' : ']');
	return true;
}

bool proto_json_message(const struct proto_declared *m, struct weir_str data, unsigned depth, struct avro_notes *notes,
			struct proto_trouble *t, struct weir_buf *out)
{
	struct proto_in in = {(const unsigned char *)data.data, (const unsigned char *)data.data + data.size, t};
	uint64_t seen[PROTO_MOST_FIELDS / 64] = {0};
	bool any = false;
	if (depth > PROTO_MOST_DEPTH)
		return proto_bad(t, WEIR_BAD_TOO_DEEP, "more than 100 levels");
	weir_buf_add_char(out, '{');
	while (in.p < in.end) {
		struct proto_raw raw;
		size_t at;
		if (!proto_next(&in, &raw))
			return false;
		const struct proto_field *f = proto_find(m, raw.number, &at);
		if (!f || (f->repeated && seen[at / 64] >> (at % 64) & 1))
			continue;
		seen[at / 64] |= UINT64_C(1) << (at % 64);
		if (any)
			weir_buf_add_char(out, ',');
		any = true;
		weir_json_quote(f->name, out);
		weir_buf_add_char(out, ':');
		if (!(f->repeated ? proto_json_repeated(f, &raw, in, depth, notes, out)
				  : json_one(f, &raw, depth, notes, t, out)))
			return false;
	}
	weir_buf_add_char(out, '}');
	return true;
}
