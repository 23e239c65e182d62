/* Rows as LOAD DATA takes them. */
#include "mysql.h"

#include <math.h>

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

const char *weir_my_put_value(struct weir_sql_landing *base, enum weir_type type, const struct weir_column *c,
			      uint32_t row)
{
	struct weir_my *l = (struct weir_my *)base;
	struct weir_value v = c ? weir_column_get(c, row) : (struct weir_value){.type = WEIR_NULL};
	struct weir_buf *out = &base->segment.bytes;
	char text[40];

	weir_buf_add_char(out, '\t');
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

void weir_my_put_key(struct weir_sql_landing *base, const struct weir_batch *b, uint32_t row, bool has_nulls)
{
	struct weir_my *l = (struct weir_my *)base;
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
	out->failed = out->failed || l->nulls.failed;
	if (l->nulls.size)
		put_text(out, weir_buf_str(&l->nulls));
	else
		weir_buf_add_c(out, "\\N");
	weir_buf_add_char(out, '\t');
	put_int(out, l->base.n_rows);
}

void weir_my_put_end(struct weir_sql_landing *base)
{
	weir_buf_add_char(&base->segment.bytes, '\n');
}
