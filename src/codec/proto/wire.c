/* Protobuf's encoding: tags, numbers and lengths, and what a scalar is. */
#include "codec/proto/proto.h"

#include <math.h>

bool proto_bad(struct proto_trouble *t, enum weir_malformed why, const char *detail)
{
	if (!t->detail)
		*t = (struct proto_trouble){why, detail};
	return false;
}

static bool cut_off(struct proto_in *in)
{
	return proto_bad(in->trouble, WEIR_BAD_TRUNCATED, "the message ends within a field");
}

bool proto_varint(struct proto_in *in, uint64_t *out)
{
	*out = 0;
	for (unsigned shift = 0; shift < 70; shift += 7) {
		if (in->p >= in->end)
			return cut_off(in);
		uint64_t byte = *in->p++;
		if (shift == 63 && byte > 1)
			break;
		*out |= (byte & 0x7f) << shift;
		if (byte < 0x80)
			return true;
	}
	return proto_bad(in->trouble, WEIR_BAD_SYNTAX, "a number of more than 64 bits");
}

static bool take_fixed(struct proto_in *in, size_t n, uint64_t *out)
{
	*out = 0;
	if ((size_t)(in->end - in->p) < n)
		return cut_off(in);
	for (size_t i = n; i-- > 0;)
		*out = *out << 8 | in->p[i];
	in->p += n;
	return true;
}

static bool take_payload(struct proto_in *in, struct proto_raw *out)
{
	switch (out->wire) {
	case PROTO_VARINT:
		return proto_varint(in, &out->u);
	case PROTO_64:
		return take_fixed(in, 8, &out->u);
	case PROTO_32:
		return take_fixed(in, 4, &out->u);
	case PROTO_BYTES_WIRE:
		if (!proto_varint(in, &out->u))
			return false;
		if (out->u > (size_t)(in->end - in->p))
			return cut_off(in);
		out->s = (struct weir_str){(const char *)in->p, (size_t)out->u};
		in->p += out->u;
		return true;
	default:
		return true;
	}
}

static bool take_field(struct proto_in *in, struct proto_raw *out)
{
	uint64_t tag = 0;
	*out = (struct proto_raw){0};
	if (!proto_varint(in, &tag))
		return false;
	out->number = (uint32_t)(tag >> 3);
	out->wire = (enum proto_wire)(tag & 7);
	if (!out->number || tag >> 3 > 536870911 || out->wire > PROTO_32)
		return proto_bad(in->trouble, WEIR_BAD_SYNTAX, "a field that there is not");
	return take_payload(in, out);
}

bool proto_next(struct proto_in *in, struct proto_raw *out)
{
	unsigned depth = 0;
	if (!take_field(in, out))
		return false;
	if (out->wire == PROTO_GROUP_END)
		return proto_bad(in->trouble, WEIR_BAD_SYNTAX, "the end of a group that did not begin");
	if (out->wire != PROTO_GROUP)
		return true;
	for (depth = 1; depth;) {
		struct proto_raw inner;
		if (in->p >= in->end)
			return cut_off(in);
		if (!take_field(in, &inner))
			return false;
		depth += inner.wire == PROTO_GROUP;
		depth -= inner.wire == PROTO_GROUP_END;
	}
	return true;
}

/* ---- scalars ---- */

static enum proto_wire wire_of(enum proto_type type)
{
	switch (type) {
	case PROTO_DOUBLE:
	case PROTO_FIXED64:
	case PROTO_SFIXED64:
		return PROTO_64;
	case PROTO_FLOAT:
	case PROTO_FIXED32:
	case PROTO_SFIXED32:
		return PROTO_32;
	case PROTO_STRING:
	case PROTO_BYTES:
	case PROTO_MESSAGE:
	case PROTO_UNKNOWN:
		return PROTO_BYTES_WIRE;
	default:
		return PROTO_VARINT;
	}
}

bool proto_is_packed(const struct proto_field *f, const struct proto_raw *raw)
{
	return f->repeated && raw->wire == PROTO_BYTES_WIRE && wire_of(f->type) != PROTO_BYTES_WIRE;
}

bool proto_unpack(const struct proto_field *f, struct proto_in *packed, struct proto_raw *out)
{
	*out = (struct proto_raw){.number = f->number, .wire = wire_of(f->type)};
	return take_payload(packed, out);
}

static struct weir_value integer(int64_t i)
{
	return (struct weir_value){.type = WEIR_INT64, .i = i};
}

static struct weir_value text(struct weir_str s)
{
	return (struct weir_value){.type = WEIR_STRING, .s = s};
}

static struct weir_value number(double d, struct avro_notes *notes)
{
	if (isfinite(d))
		return (struct weir_value){.type = WEIR_FLOAT64, .f = d};
	notes->no_numbers++;
	return (struct weir_value){.type = WEIR_NULL};
}

/* As an integer, or, beyond int64, as a text with every digit. */
static struct weir_value unsigned_number(uint64_t u, struct weir_buf *scratch)
{
	if (u <= INT64_MAX)
		return integer((int64_t)u);
	weir_buf_clear(scratch);
	weir_buf_addf(scratch, "%llu", (unsigned long long)u);
	return text(weir_buf_str(scratch));
}

static struct weir_value symbol(const struct proto_field *f, int32_t n)
{
	for (size_t i = 0; f->of && i < f->of->n_symbols; i++)
		if (f->of->symbols[i].number == n)
			return text(f->of->symbols[i].name);
	return integer(n);
}

static double double_of(uint64_t u)
{
	double d = 0;
	memcpy(&d, &u, sizeof d);
	return d;
}

static double float_of(uint64_t u)
{
	uint32_t bits = (uint32_t)u;
	float v;
	memcpy(&v, &bits, sizeof v);
	return weir_float_number(v);
}

static struct weir_value characters(const struct proto_field *f, struct weir_str s, struct weir_buf *scratch,
				    struct avro_notes *notes)
{
	if (weir_text_clean(s))
		return text(s);
	weir_buf_clear(scratch);
	if (f->type == PROTO_STRING) {
		notes->undecoded++;
		weir_utf8_repair(s, scratch);
	} else {
		avro_text_of_bytes(s, scratch);
	}
	return text(weir_buf_str(scratch));
}

bool proto_scalar(const struct proto_field *f, const struct proto_raw *raw, struct weir_buf *scratch,
		  struct avro_notes *notes, struct weir_value *out, struct proto_trouble *t)
{
	if (raw->wire != wire_of(f->type))
		return proto_bad(t, WEIR_BAD_SYNTAX, "a field that is not of its schema's type");
	switch (f->type) {
	case PROTO_DOUBLE:
		*out = number(double_of(raw->u), notes);
		return true;
	case PROTO_FLOAT:
		*out = number(float_of(raw->u), notes);
		return true;
	case PROTO_INT32: /* ten bytes where it is below zero */
	case PROTO_SFIXED32:
		*out = integer((int32_t)(uint32_t)raw->u);
		return true;
	case PROTO_INT64:
	case PROTO_SFIXED64:
		*out = integer((int64_t)raw->u);
		return true;
	case PROTO_UINT32:
	case PROTO_FIXED32:
		*out = integer((uint32_t)raw->u);
		return true;
	case PROTO_UINT64:
	case PROTO_FIXED64:
		*out = unsigned_number(raw->u, scratch);
		return !scratch->failed || proto_bad(t, WEIR_BAD_SYNTAX, NULL);
	case PROTO_SINT32:
	case PROTO_SINT64:
		*out = integer((int64_t)(raw->u >> 1) ^ -(int64_t)(raw->u & 1));
		return true;
	case PROTO_BOOL:
		*out = (struct weir_value){.type = WEIR_BOOL, .b = raw->u != 0};
		return true;
	case PROTO_ENUM:
		*out = symbol(f, (int32_t)(uint32_t)raw->u);
		return true;
	default:
		*out = characters(f, raw->s, scratch, notes);
		return !scratch->failed || proto_bad(t, WEIR_BAD_SYNTAX, NULL);
	}
}

/* ---- messages that mean one value ---- */

static bool is_named(const struct proto_declared *m, const char *name)
{
	return weir_str_equal(m->name, weir_str_of(name));
}

static const char space[] = "google.protobuf.";

bool proto_is_value(const struct proto_declared *m)
{
	size_t n = sizeof space - 1;
	if (m->name.size <= n || memcmp(m->name.data, space, n) != 0)
		return false;
	struct weir_str end = {m->name.data + m->name.size - 5, 5};
	return is_named(m, "google.protobuf.Timestamp") ||
	       (m->n_fields == 1 && m->name.size > n + 5 && weir_str_equal(end, WEIR_STR("Value")) &&
		!m->fields[0].repeated && m->fields[0].type < PROTO_ENUM);
}

static struct weir_value time_of(int64_t seconds, int64_t nanos, struct avro_notes *notes)
{
	int64_t us = 0;
	if (__builtin_mul_overflow(seconds, WEIR_US_PER_S, &us) ||
	    __builtin_add_overflow(us, nanos / 1000 - (nanos % 1000 < 0), &us) || !weir_time_exists(us)) {
		notes->out_of_range++;
		return (struct weir_value){.type = WEIR_NULL};
	}
	return (struct weir_value){.type = WEIR_TIMESTAMP, .i = us};
}

bool proto_value(const struct proto_declared *m, struct weir_str data, struct weir_buf *scratch,
		 struct avro_notes *notes, struct weir_value *out, struct proto_trouble *t)
{
	struct proto_in in = {(const unsigned char *)data.data, (const unsigned char *)data.data + data.size, t};
	int64_t parts[2] = {0, 0};
	bool time = is_named(m, "google.protobuf.Timestamp");
	struct proto_raw raw = {.number = 1, .wire = wire_of(m->fields[0].type), .s = WEIR_STR("")};
	struct weir_value v;
	if (!proto_scalar(&m->fields[0], &raw, scratch, notes, &v, t)) /* of an empty one */
		return false;
	while (in.p < in.end) {
		if (!proto_next(&in, &raw))
			return false;
		if (raw.number < 1 || raw.number > m->n_fields)
			continue;
		if (!proto_scalar(&m->fields[raw.number - 1], &raw, scratch, notes, &v, t))
			return false;
		if (time)
			parts[raw.number - 1] = v.i;
	}
	*out = time ? time_of(parts[0], parts[1], notes) : v;
	return true;
}
