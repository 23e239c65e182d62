/* A message into the row that is being built. */
#include "codec/proto/proto.h"

#include <stdio.h>
#include <stdlib.h>

/* Messages in messages that have columns of their own; below, they are JSON. */
enum { MOST_LEVELS = 16 };

struct slot {
	int column;
	struct level *below; /* of a message; made when it first comes */
};

/* A message at a place among the columns. */
struct level {
	const struct proto_declared *message;
	struct weir_str path; /* with a dot at its end; "": at the top */
	struct slot *slots;   /* one a field */
	const struct level *above;
	unsigned depth;
	uint64_t *seen;     /* bits, of the message at hand */
	struct level *next; /* of all of the plan */
};

struct proto_plan {
	struct proto_schema *schema; /* owned; NULL: there is none */
	struct weir_arena arena;
	struct level *levels; /* those at the top are found among them */
	struct weir_buf text, scratch;
};

struct proto_plan *proto_plan_new(struct proto_schema *schema)
{
	struct proto_plan *p = weir_calloc(1, sizeof *p);
	if (p)
		p->schema = schema;
	else
		proto_schema_free(schema);
	return p;
}

void proto_plan_free(struct proto_plan *p)
{
	if (!p)
		return;
	proto_schema_free(p->schema);
	weir_arena_release(&p->arena);
	weir_buf_release(&p->text);
	weir_buf_release(&p->scratch);
	free(p);
}

struct run {
	struct proto_plan *plan;
	struct weir_builder *b;
	struct avro_notes *notes;
	struct proto_trouble *trouble;
};

static bool no_memory(const struct run *r)
{
	*r->trouble = (struct proto_trouble){WEIR_BAD_SYNTAX, NULL};
	return false;
}

/* ---- levels ---- */

/* Has columns of its own, unlike one inside itself. */
static bool spreads(const struct level *l, const struct proto_field *f)
{
	if (f->type != PROTO_MESSAGE || f->repeated || proto_is_value(f->of) || l->depth >= MOST_LEVELS)
		return false;
	for (; l; l = l->above)
		if (l->message == f->of)
			return false;
	return true;
}

static struct level *new_level(const struct run *r, const struct proto_declared *m, const struct level *above,
			       struct weir_str name)
{
	struct weir_arena *arena = &r->plan->arena;
	struct level *l = weir_arena_zalloc(arena, sizeof *l);
	struct weir_buf path = {0};
	if (above)
		weir_buf_addf(&path, WEIR_STR_FMT WEIR_STR_FMT ".", WEIR_STR_ARG(above->path), WEIR_STR_ARG(name));
	if (l) {
		*l = (struct level){
		    .message = m, .above = above, .depth = above ? above->depth + 1 : 0, .next = r->plan->levels};
		l->path = weir_arena_str(arena, weir_buf_str(&path));
		l->slots = weir_arena_zalloc(arena, (m->n_fields + 1) * sizeof *l->slots);
		l->seen = weir_arena_zalloc(arena, (m->n_fields / 64 + 1) * sizeof *l->seen);
	}
	bool ok = l && !path.failed && (l->path.data || !path.size) && l->slots && l->seen;
	weir_buf_release(&path);
	for (size_t i = 0; ok && i < m->n_fields; i++) {
		struct weir_buf full = {0};
		if (spreads(l, &m->fields[i]))
			continue;
		weir_buf_add_str(&full, l->path);
		weir_buf_add_str(&full, m->fields[i].name);
		l->slots[i].column =
		    full.failed ? WEIR_COLUMN_UNWANTED : weir_builder_column(r->b, weir_buf_str(&full));
		ok = !full.failed;
		weir_buf_release(&full);
	}
	if (!ok) {
		no_memory(r);
		return NULL;
	}
	r->plan->levels = l;
	return l;
}

/* ---- values ---- */

static bool put(const struct run *r, int column, const struct weir_value *v)
{
	bool ok = false;
	if (column < 0)
		return true;
	if (weir_builder_is_text(r->b, column) && v->type != WEIR_STRING && v->type != WEIR_NULL) {
		weir_buf_clear(&r->plan->text);
		weir_value_text(v, &r->plan->text);
		ok = !r->plan->text.failed && weir_builder_text_of(r->b, column, weir_buf_str(&r->plan->text), v->type);
		return ok || no_memory(r);
	}
	switch (v->type) {
	case WEIR_BOOL:
		ok = weir_builder_bool(r->b, column, v->b);
		break;
	case WEIR_INT64:
		ok = weir_builder_int64(r->b, column, v->i);
		break;
	case WEIR_FLOAT64:
		ok = weir_builder_float64(r->b, column, v->f);
		break;
	case WEIR_TIMESTAMP:
		ok = weir_builder_timestamp(r->b, column, v->i);
		break;
	case WEIR_STRING:
		ok = weir_builder_text(r->b, column, v->s);
		break;
	default:
		ok = weir_builder_null(r->b, column);
	}
	return ok || no_memory(r);
}

/* What text holds, as JSON: into its column, or beyond the last one. */
static bool put_json(const struct run *r, int column, const struct weir_str path, struct weir_str name)
{
	struct weir_buf *text = &r->plan->text, full = {0};
	bool ok = !text->failed;
	if (ok && column >= 0)
		ok = weir_builder_text(r->b, column, weir_buf_str(text));
	if (ok && column == WEIR_COLUMN_MORE) {
		weir_buf_add_str(&full, path);
		weir_buf_add_str(&full, name);
		ok = !full.failed && weir_builder_more(r->b, weir_buf_str(&full), weir_buf_str(text));
		weir_buf_release(&full);
	}
	return ok || no_memory(r);
}

static bool put_message(const struct run *r, struct level *l, struct weir_str data);

static bool put_field(const struct run *r, struct level *l, size_t at, const struct proto_raw *raw,
		      const struct proto_in *rest)
{
	const struct proto_field *f = &l->message->fields[at];
	struct slot *slot = &l->slots[at];
	struct weir_buf *text = &r->plan->text;
	struct weir_value v;
	bool again = l->seen[at / 64] >> (at % 64) & 1;
	l->seen[at / 64] |= UINT64_C(1) << (at % 64);
	if (f->repeated) {
		weir_buf_clear(text);
		return again || (proto_json_repeated(f, raw, *rest, 0, r->notes, text) &&
				 put_json(r, slot->column, l->path, f->name));
	}
	if (f->type == PROTO_MESSAGE && raw->wire != PROTO_BYTES_WIRE)
		return proto_bad(r->trouble, WEIR_BAD_SYNTAX, "a field that is not of its schema's type");
	if (spreads(l, f)) {
		slot->below = slot->below ? slot->below : new_level(r, f->of, l, f->name);
		return slot->below && put_message(r, slot->below, raw->s);
	}
	if (f->type == PROTO_MESSAGE && !proto_is_value(f->of)) {
		weir_buf_clear(text);
		return proto_json_message(f->of, raw->s, 0, r->notes, r->trouble, text) &&
		       put_json(r, slot->column, l->path, f->name);
	}
	bool ok = f->type == PROTO_MESSAGE ? proto_value(f->of, raw->s, &r->plan->scratch, r->notes, &v, r->trouble)
					   : proto_scalar(f, raw, &r->plan->scratch, r->notes, &v, r->trouble);
	if (ok && slot->column == WEIR_COLUMN_MORE) {
		weir_buf_clear(text);
		weir_value_json(&v, text);
		return put_json(r, slot->column, l->path, f->name);
	}
	return ok && put(r, slot->column, &v);
}

/* Fields that are zero when they are not there. */
static bool put_defaults(const struct run *r, struct level *l)
{
	for (size_t i = 0; i < l->message->n_fields; i++) {
		const struct proto_field *f = &l->message->fields[i];
		struct proto_raw zero = {.number = f->number, .s = WEIR_STR("")};
		struct weir_value v;
		if (!f->has_default || l->seen[i / 64] >> (i % 64) & 1)
			continue;
		switch (f->type) {
		case PROTO_DOUBLE:
		case PROTO_FIXED64:
		case PROTO_SFIXED64:
			zero.wire = PROTO_64;
			break;
		case PROTO_FLOAT:
		case PROTO_FIXED32:
		case PROTO_SFIXED32:
			zero.wire = PROTO_32;
			break;
		case PROTO_STRING:
		case PROTO_BYTES:
			zero.wire = PROTO_BYTES_WIRE;
			break;
		default:
			break;
		}
		if (!proto_scalar(f, &zero, &r->plan->scratch, r->notes, &v, r->trouble) ||
		    !put(r, l->slots[i].column, &v))
			return false;
	}
	return true;
}

static bool put_message(const struct run *r, struct level *l, struct weir_str data)
{
	struct proto_in in = {(const unsigned char *)data.data, (const unsigned char *)data.data + data.size,
			      r->trouble};
	memset(l->seen, 0, (l->message->n_fields / 64 + 1) * sizeof *l->seen);
	while (in.p < in.end) {
		struct proto_raw raw;
		size_t at;
		if (!proto_next(&in, &raw))
			return false;
		if (proto_find(l->message, raw.number, &at) && !put_field(r, l, at, &raw, &in))
			return false;
	}
	return put_defaults(r, l);
}

/* ---- which message it is ---- */

static const struct proto_declared *nth(struct proto_in *in, const struct proto_declared *of, uint64_t n)
{
	if (n < of->n_messages)
		return of->messages[n];
	proto_bad(in->trouble, WEIR_BAD_SCHEMA, "a message that the schema does not have");
	return NULL;
}

/* The indexes that stand behind a frame: how many, then each; a single 0 stands for the first message alone. False: a fault.
 * *out NULL: there is no schema to look it up in. */
static bool take_indexes(const struct proto_plan *p, struct proto_in *in, const struct proto_declared **out)
{
	const struct proto_declared *m = p->schema ? p->schema->file : NULL;
	uint64_t n, index = 0;
	*out = NULL;
	if (!proto_varint(in, &n))
		return false;
	n >>= 1;
	if (n > PROTO_MOST_DEPTH)
		return proto_bad(in->trouble, WEIR_BAD_SYNTAX, "no index of a message stands behind the frame");
	for (uint64_t i = 0; i < (n ? n : 1); i++) {
		if (n && !proto_varint(in, &index))
			return false;
		if (m && !(m = nth(in, m, index >> 1)))
			return false;
	}
	*out = m;
	return true;
}

/* Without a schema: by number, as the wire shows it. */
static bool put_numbers(const struct run *r, struct proto_in in)
{
	uint64_t seen = 0;
	while (in.p < in.end) {
		struct proto_raw raw;
		char name[16];
		if (!proto_next(&in, &raw))
			return false;
		if (raw.wire == PROTO_GROUP)
			continue;
		snprintf(name, sizeof name, "f%u", raw.number);
		const struct proto_field f = {
		    .name = weir_str_of(name),
		    .number = raw.number,
		    .type = raw.wire == PROTO_VARINT ? PROTO_INT64
			    : raw.wire == PROTO_64   ? PROTO_DOUBLE
			    : raw.wire == PROTO_32   ? PROTO_FLOAT
						     : PROTO_BYTES,
		};
		struct weir_value v;
		uint64_t bit = raw.number < 64 ? UINT64_C(1) << raw.number : 0;
		r->notes->repeated += (seen & bit) != 0;
		seen |= bit;
		int column = weir_builder_column(r->b, f.name);
		if (!proto_scalar(&f, &raw, &r->plan->scratch, r->notes, &v, r->trouble) || !put(r, column, &v))
			return false;
	}
	return true;
}

bool proto_row(struct proto_plan *p, struct weir_builder *b, struct weir_str data, bool framed,
	       struct avro_notes *notes, struct proto_trouble *trouble)
{
	struct proto_in in = {(const unsigned char *)data.data, (const unsigned char *)data.data + data.size, trouble};
	const struct run r = {p, b, notes, trouble};
	const struct proto_declared *m = NULL;
	*notes = (struct avro_notes){0};
	*trouble = (struct proto_trouble){0};
	if (framed && !take_indexes(p, &in, &m))
		return false;
	if (!m)
		return put_numbers(&r, in);
	struct level *l = p->levels;
	while (l && (l->above || l->message != m))
		l = l->next;
	l = l ? l : new_level(&r, m, NULL, (struct weir_str){NULL, 0});
	return l && put_message(&r, l, (struct weir_str){(const char *)in.p, (size_t)(in.end - in.p)});
}

bool proto_json(const struct proto_plan *p, struct weir_str data, struct proto_trouble *trouble, struct weir_buf *out)
{
	struct proto_in in = {(const unsigned char *)data.data, (const unsigned char *)data.data + data.size, trouble};
	struct avro_notes notes = {0};
	const struct proto_declared *m;
	*trouble = (struct proto_trouble){0};
	return take_indexes(p, &in, &m) && m &&
	       proto_json_message(m, (struct weir_str){(const char *)in.p, (size_t)(in.end - in.p)}, 0, &notes, trouble,
				  out);
}
