/* Rows in the binary form of COPY: a count of fields, and for each its length and its bytes, most significant first.
 * (postgresql.org/docs/current/sql-copy.html) */
#include "postgresql.h"

enum { OWN_FIELDS = 7 }; /* the key, _nulls, _n */

static void put_16(struct weir_buf *out, uint16_t v)
{
	const char bytes[2] = {(char)(v >> 8), (char)v};

	weir_buf_add(out, bytes, sizeof bytes);
}

static void put_32(struct weir_buf *out, uint32_t v)
{
	v = __builtin_bswap32(v);
	weir_buf_add(out, &v, sizeof v);
}

/* A field of eight bytes. */
static void put_64(struct weir_buf *out, uint64_t v)
{
	struct __attribute__((packed)) {
		uint32_t size;
		uint64_t value;
	} field = {__builtin_bswap32(8), __builtin_bswap64(v)};

	weir_buf_add(out, &field, sizeof field);
}

static void put_text(struct weir_buf *out, struct weir_str s)
{
	put_32(out, (uint32_t)s.size);
	weir_buf_add_str(out, s);
}

static void put_null(struct weir_buf *out)
{
	put_32(out, UINT32_MAX);
}

static void put_float(struct weir_buf *out, double v)
{
	uint64_t bits;

	memcpy(&bits, &v, sizeof bits);
	put_64(out, bits);
}

/* NULL: it is good; else why PostgreSQL cannot hold it. */
static const char *fault_of(struct weir_str s)
{
	if (s.size && memchr(s.data, 0, s.size))
		return "has a NUL byte, which no text in PostgreSQL can";
	return weir_utf8_valid(s) ? NULL : "is not valid UTF-8";
}

const char *weir_pg_put_value(struct weir_sql_landing *base, enum weir_type type, const struct weir_column *c,
			      uint32_t row)
{
	struct weir_pg *l = (struct weir_pg *)base;
	struct weir_value v = c ? weir_column_get(c, row) : (struct weir_value){.type = WEIR_NULL};
	struct weir_buf *out = &base->segment.bytes;
	const char *fault = NULL;

	if (v.type == WEIR_NULL) {
		put_null(out);
	} else if (v.type == WEIR_STRING) {
		fault = fault_of(v.s);
		put_text(out, v.s);
	} else if (type == WEIR_STRING) {
		weir_buf_clear(&l->text);
		weir_column_text(c, row, &l->text);
		put_text(out, weir_buf_str(&l->text));
		out->failed = out->failed || l->text.failed;
	} else if (v.type == WEIR_FLOAT64) {
		put_float(out, v.f);
	} else if (type == WEIR_FLOAT64) {
		put_float(out, (double)v.i);
	} else if (v.type == WEIR_TIMESTAMP) {
		put_64(out, (uint64_t)(v.i - WEIR_POSTGRES_EPOCH_US));
	} else if (v.type == WEIR_INT64) {
		put_64(out, (uint64_t)v.i);
	} else {
		put_32(out, 1);
		weir_buf_add_char(out, v.b ? 1 : 0);
	}
	return fault;
}

void weir_pg_put_key(struct weir_sql_landing *base, const struct weir_batch *b, uint32_t row, bool has_nulls)
{
	struct weir_pg *l = (struct weir_pg *)base;
	const struct weir_sql_plan *p = l->base.segment.plan;
	struct weir_landing_origin origin = weir_landing_origin_of(b, row);
	struct weir_buf *out = &l->base.segment.bytes;

	put_16(out, (uint16_t)(OWN_FIELDS + p->n));
	put_text(out, p->stream);
	put_text(out, origin.topic);
	put_64(out, (uint64_t)origin.partition);
	put_64(out, (uint64_t)origin.offset);
	put_64(out, (uint64_t)p->run[origin.index]);
	weir_buf_clear(&l->nulls);
	if (has_nulls)
		weir_sql_plan_nulls(p, b, row, &l->nulls);
	out->failed = out->failed || l->nulls.failed;
	if (l->nulls.size)
		put_text(out, weir_buf_str(&l->nulls));
	else
		put_null(out);
	put_32(out, 4);
	put_32(out, l->base.n_rows);
}
