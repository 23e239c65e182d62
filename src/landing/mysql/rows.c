/* Rows as LOAD DATA takes them. */
#include "mysql.h"

#include <math.h>
#include <stdio.h>

static void put_text(struct weir_buf *out, struct weir_str s)
{
	static const char escapes[128] = {['\t'] = 't', ['\n'] = 'n', ['\\'] = '\\', ['\''] = '\''};
	size_t plain = 0;

	for (size_t i = 0; i < s.size; i++) {
		unsigned char c = (unsigned char)s.data[i];
		char escape = c ? (c < 128 ? escapes[c] : 0) : '0';
		if (!escape)
			continue;
		weir_buf_add(out, s.data + plain, i - plain);
		weir_buf_add_char(out, '\\');
		weir_buf_add_char(out, escape);
		plain = i + 1;
	}
	weir_buf_add(out, s.data + plain, s.size - plain);
}

static void put_int(struct weir_buf *out, int64_t v)
{
	char text[24];

	weir_buf_add(out, text, weir_format_int64(v, text));
}

/* NULL: it is good; else why MySQL cannot hold it. */
static const char *put_float(struct weir_buf *out, double v)
{
	char text[32];

	if (!isfinite(v))
		return "is NaN or Infinity, which no number in MySQL is";
	weir_buf_add(out, text, weir_format_double(v, text));
	return NULL;
}

static const char *put_value(struct weir_my *l, enum weir_type type, const struct weir_column *c, uint32_t row)
{
	struct weir_value v = weir_column_get(c, row);
	struct weir_buf *out = &l->base.segment.bytes;
	char text[40];

	if (v.type == WEIR_NULL) {
		weir_buf_add_c(out, "\\N");
	} else if (v.type == WEIR_STRING) {
		put_text(out, v.s);
		return weir_utf8_valid(v.s) ? NULL : "is not valid UTF-8";
	} else if (type == WEIR_STRING) {
		weir_buf_clear(&l->text);
		weir_column_text(c, row, &l->text);
		put_text(out, weir_buf_str(&l->text));
		out->failed = out->failed || l->text.failed;
	} else if (v.type == WEIR_FLOAT64) {
		return put_float(out, v.f);
	} else if (type == WEIR_FLOAT64) {
		return put_float(out, (double)v.i);
	} else if (v.type == WEIR_TIMESTAMP) {
		weir_buf_add(out, text, weir_time_format_sql(v.i, text));
	} else {
		put_int(out, v.type == WEIR_BOOL ? v.b : v.i);
	}
	return NULL;
}

static void put_key(struct weir_my *l, const struct weir_batch *b, uint32_t row, bool has_nulls)
{
	const struct weir_sql_plan *p = l->base.segment.plan;
	struct weir_landing_origin origin = weir_landing_origin_of(b, row);
	struct weir_buf *out = &l->base.segment.bytes;
	const int64_t numbers[] = {origin.partition, origin.offset, p->run[origin.index]};

	put_text(out, p->stream);
	weir_buf_add_char(out, '\t');
	put_text(out, origin.topic);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		weir_buf_add_char(out, '\t');
		put_int(out, numbers[i]);
	}
	weir_buf_add_char(out, '\t');
	weir_buf_clear(&l->nulls);
	if (has_nulls)
		weir_sql_plan_nulls(p, b, row, &l->nulls);
	if (l->nulls.size)
		put_text(out, weir_buf_str(&l->nulls));
	else
		weir_buf_add_c(out, "\\N");
	weir_buf_add_char(out, '\t');
	put_int(out, l->base.n_rows);
}

/* False: no memory. */
static bool put_row(struct weir_my *l, const struct weir_batch *b, uint32_t row, bool has_nulls)
{
	struct weir_sql_segment *s = &l->base.segment;
	const struct weir_sql_plan *p = s->plan;
	size_t before = s->bytes.size;
	const char *fault = NULL;
	char reason[200];

	put_key(l, b, row, has_nulls);
	for (uint32_t i = 0; i < p->n && !fault; i++) {
		weir_buf_add_char(&s->bytes, '\t');
		if (p->field[i] >= b->n_columns) {
			weir_buf_add_c(&s->bytes, "\\N");
			continue;
		}
		fault = put_value(l, p->table->columns[p->column[i]].type, &b->columns[p->field[i]], row);
		if (fault)
			snprintf(reason, sizeof reason, "%.100s %s", p->table->columns[p->column[i]].name, fault);
	}
	weir_buf_add_char(&s->bytes, '\n');
	if (s->bytes.failed || l->nulls.failed)
		return false;
	if (fault) {
		s->bytes.size = before;
		weir_sql_refuse(&l->base, s->stream, weir_batch_position(b, row), reason);
		return true;
	}
	return weir_sql_segment_add(&l->base, before, weir_batch_position(b, row));
}

enum weir_status weir_my_encode(struct weir_sql_landing *base, const struct weir_batch *batch, const uint64_t *rows,
				struct weir_error *err)
{
	struct weir_my *l = (struct weir_my *)base;
	bool has_nulls = weir_sql_plan_has_nulls(base->segment.plan, batch);

	for (uint32_t row = 0; row < batch->n_rows; row++)
		if (weir_bit_get(rows, row) && !put_row(l, batch, row, has_nulls))
			return weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory");
	return WEIR_OK;
}
