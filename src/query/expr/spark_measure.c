/* A measure as Spark SQL. */
#include "tree.h"

static void add_x(const char *before, const struct weir_expr *x, const char *after, struct weir_buf *out)
{
	weir_buf_add_c(out, before);
	weir_expr_spark(x, out);
	weir_buf_add_c(out, after);
}

static void add_aggregate(const struct weir_measure_ast *m, struct weir_buf *out)
{
	static const char *const names[] = {
	    [WEIR_AGG_COUNT_X] = "count(", [WEIR_AGG_SUM] = "sum(",	[WEIR_AGG_AVG] = "avg(",
	    [WEIR_AGG_MIN] = "min(",	   [WEIR_AGG_MAX] = "max(",	[WEIR_AGG_STDDEV] = "stddev_samp(",
	    [WEIR_AGG_RATE_X] = "sum(",	   [WEIR_AGG_FIRST] = "first(", [WEIR_AGG_LAST] = "last(",
	};
	char quantile[32];

	switch (m->kind) {
	case WEIR_AGG_COUNT:
	case WEIR_AGG_RATE:
		weir_buf_add_c(out, "count(*)");
		break;
	case WEIR_AGG_QUANTILE:
		add_x("percentile_approx(", m->argument, ", ", out);
		weir_buf_add(out, quantile, weir_format_double(m->quantile, quantile));
		weir_buf_add_c(out, ", 10000)");
		break;
	case WEIR_AGG_DISTINCT:
		add_x("approx_count_distinct(", m->argument, ", 0.02)", out);
		break;
	default:
		add_x(names[m->kind], m->argument, ")", out);
	}
}

/* A rate divides by the seconds of the row's window. */
void weir_measure_spark(const struct weir_measure_ast *m, struct weir_buf *out)
{
	add_aggregate(m, out);
	if (m->where)
		add_x(" FILTER (WHERE ", m->where, ")", out);
	if (m->kind == WEIR_AGG_RATE || m->kind == WEIR_AGG_RATE_X)
		weir_buf_add_c(out, " / (unix_micros(window.end) - unix_micros(window.start)) * 1e6D");
	weir_buf_add_c(out, " AS `");
	for (size_t i = 0; i < m->name.size; i++) {
		if (m->name.data[i] == '`')
			weir_buf_add_char(out, '`');
		weir_buf_add_char(out, m->name.data[i]);
	}
	weir_buf_add_char(out, '`');
}
