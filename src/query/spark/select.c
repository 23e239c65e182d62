/* The clauses of the select, and their order. */
#include "query/spark/spark.h"

#include "weir/base/print.h"

#include <stdlib.h>

/* ---- windows ---- */

static bool has_windows(const struct weir_plan *p)
{
	return p->window.kind == WEIR_WINDOW_TUMBLING || p->window.kind == WEIR_WINDOW_HOPPING;
}

static void add_length(int64_t us, struct weir_buf *out)
{
	if (us % 1000000)
		weir_buf_addf(out, ", '%lld microseconds'", (long long)us);
	else
		weir_buf_addf(out, ", '%lld seconds'", (long long)us / 1000000);
}

static void add_window(const struct weir_spark_view *v, struct weir_buf *out)
{
	const struct weir_window *w = &v->p->window;

	weir_buf_add_c(out, "window(");
	weir_spark_view_time(v, out);
	add_length(w->size_us, out);
	if (w->hop_us != w->size_us)
		add_length(w->hop_us, out);
	weir_buf_add_char(out, ')');
}

static void add_interval(int64_t us, struct weir_buf *out)
{
	if (us % 1000000)
		weir_buf_addf(out, "INTERVAL '%lld.%06lld' SECOND", (long long)us / 1000000, (long long)us % 1000000);
	else
		weir_buf_addf(out, "INTERVAL '%lld' SECOND", (long long)us / 1000000);
}

/* The moment that the window ends at: the newest event of a source that ends. */
static void add_moment(struct weir_spark_view *v, struct weir_buf *out)
{
	if (v->p->at_us != WEIR_TIME_NONE) {
		weir_spark_time(v->p->at_us, out);
	} else if (v->p->finite) {
		weir_buf_add_c(out, "(select max(");
		weir_spark_view_time(v, out);
		weir_buf_add_c(out, ") from ");
		weir_spark_view_base(v, out);
		weir_buf_add_char(out, ')');
	} else {
		weir_spark_note(&v->notes, "this is the answer for a table, at the moment that it is run");
		weir_buf_add_c(out, "current_timestamp()");
	}
}

static void sliding(struct weir_spark_view *v, struct weir_buf *out)
{
	weir_spark_view_time(v, out);
	weir_buf_add_c(out, " > ");
	add_moment(v, out);
	weir_buf_add_c(out, " - ");
	add_interval(v->p->window.size_us, out);
	weir_buf_add_c(out, " and ");
	weir_spark_view_time(v, out);
	weir_buf_add_c(out, " <= ");
	add_moment(v, out);
}

void weir_spark_view_where(struct weir_spark_view *v, bool alone, const char **word, struct weir_buf *out)
{
	const struct weir_plan *p = v->p;

	for (size_t i = 0; i < p->n_where; i++, *word = " and ") {
		struct weir_bound *b = weir_spark_view_bind(v, p->where_asts[i], p->n_derived, true);
		weir_buf_add_c(out, *word);
		if (b && p->n_where == 1 && alone)
			weir_bound_spark(b, &v->notes, out);
		else if (b)
			weir_bound_spark_operand(b, WEIR_SPARK_OR, &v->notes, out);
		weir_bound_free(b);
	}
}

void weir_spark_view_span(struct weir_spark_view *v, const char **word, struct weir_buf *out)
{
	const struct weir_plan *p = v->p;

	if (p->window.kind == WEIR_WINDOW_SINCE) {
		weir_buf_add_c(out, *word);
		weir_spark_view_time(v, out);
		weir_buf_add_c(out, " >= ");
		weir_spark_time(p->window.since_us, out);
	} else if (p->window.kind == WEIR_WINDOW_SLIDING) {
		weir_buf_add_c(out, *word);
		sliding(v, out);
	} else if (p->window.kind == WEIR_WINDOW_ROWS && p->at_us != WEIR_TIME_NONE) {
		weir_buf_add_c(out, *word);
		weir_spark_view_time(v, out);
		weir_buf_add_c(out, " <= ");
		weir_spark_time(p->at_us, out);
	}
	*word = " and ";
}

static void add_conditions(struct weir_spark_view *v, struct weir_buf *out)
{
	const char *word = "where ";
	bool spans = v->p->window.kind == WEIR_WINDOW_SLIDING || v->p->window.kind == WEIR_WINDOW_SINCE;

	weir_spark_view_where(v, !spans, &word, out);
	weir_spark_view_span(v, &word, out);
}

/* ---- what is selected ---- */

/* What rates divide by: the length of the window, or the time from the first event of the answer to the last. */
static void add_seconds(const struct weir_spark_view *v, struct weir_buf *out)
{
	const struct weir_window *w = &v->p->window;
	char text[32];

	if (has_windows(v->p) || w->kind == WEIR_WINDOW_SLIDING) {
		weir_buf_add(out, text, weir_format_double((double)w->size_us / 1e6, text));
		weir_buf_add_char(out, 'D');
		return;
	}
	weir_buf_add_c(out, "(CAST(unix_micros(max(max(");
	weir_spark_view_time(v, out);
	weir_buf_add_c(out, ")) OVER ()) - unix_micros(min(min(");
	weir_spark_view_time(v, out);
	weir_buf_add_c(out, ")) OVER ()) AS DOUBLE) / 1e6D)");
}

static void add_measure(struct weir_spark_view *v, const struct weir_measure_ast *m, struct weir_buf *out)
{
	struct weir_buf order = {0}, seconds = {0};
	struct weir_bound *argument =
	    weir_spark_view_argument(v, m->argument, m->aggregate->takes == WEIR_TAKES_NUMBER);
	struct weir_bound *where = m->where ? weir_spark_view_bind(v, m->where, v->p->n_derived, true) : NULL;

	weir_buf_add_c(&order, "struct(");
	weir_spark_view_place(v, "", &order);
	weir_buf_add_char(&order, ')');
	add_seconds(v, &seconds);
	struct weir_spark_measure printed = {.ast = m,
					     .argument = argument,
					     .where = where,
					     .order = weir_buf_str(&order),
					     .seconds = weir_buf_str(&seconds)};
	if (!v->failed)
		weir_measure_spark(&printed, &v->notes, out);
	v->failed |= order.failed || seconds.failed;
	weir_bound_free(argument);
	weir_bound_free(where);
	weir_buf_release(&order);
	weir_buf_release(&seconds);
}

static void add_row_columns(const struct weir_spark_view *v, struct weir_buf *out)
{
	const struct weir_plan *p = v->p;

	if (!v->own_time || !p->n_row_columns)
		weir_buf_add_char(out, '*');
	for (uint32_t i = 0; v->own_time && i < p->n_row_columns; i++) {
		weir_buf_add_c(out, i ? ", " : "");
		weir_spark_name(p->row_columns[i].name, out);
	}
}

static void add_select(struct weir_spark_view *v, struct weir_buf *out)
{
	const struct weir_plan *p = v->p;
	const char *comma = "";

	weir_buf_add_c(out, "select ");
	if (p->rows_mode) {
		add_row_columns(v, out);
		return;
	}
	if (has_windows(p)) {
		add_window(v, out);
		weir_buf_add_c(out, ".start as `window_start`, ");
		add_window(v, out);
		weir_buf_add_c(out, ".end as `window_end`");
		comma = ", ";
	}
	for (uint32_t i = 0; i < p->n_groups; i++, comma = ", ") {
		weir_buf_add_c(out, comma);
		weir_spark_view_value(v, p->group_asts[i].expr, p->n_derived, out);
		weir_buf_add_c(out, " as ");
		weir_spark_name(p->group_asts[i].name, out);
	}
	for (uint32_t i = 0; i < p->n_measures; i++, comma = ", ") {
		weir_buf_add_c(out, comma);
		add_measure(v, p->measure_asts + i, out); /* brings its AS */
	}
}

static void add_from(struct weir_spark_view *v, struct weir_buf *out)
{
	bool newest = v->p->window.kind == WEIR_WINDOW_ROWS;

	weir_buf_add_c(out, newest ? "from (select * from " : "from ");
	weir_spark_view_table(v, out);
	if (!newest)
		return;
	weir_buf_add_char(out, ' ');
	add_conditions(v, out);
	weir_buf_add_c(out, " order by ");
	weir_spark_view_place(v, " desc nulls last", out);
	weir_buf_addf(out, " limit %llu) as s", (unsigned long long)v->p->window.rows);
}

static void add_where(struct weir_spark_view *v, struct weir_buf *out)
{
	if (v->p->window.kind != WEIR_WINDOW_ROWS)
		add_conditions(v, out);
}

static void add_group(struct weir_spark_view *v, struct weir_buf *out)
{
	const struct weir_plan *p = v->p;
	const char *comma = "";

	if (p->rows_mode || (!has_windows(p) && !p->n_groups))
		return;
	weir_buf_add_c(out, "group by ");
	if (has_windows(p)) {
		add_window(v, out);
		comma = ", ";
	}
	for (uint32_t i = 0; i < p->n_groups; i++, comma = ", ") {
		weir_buf_add_c(out, comma);
		weir_spark_view_value(v, p->group_asts[i].expr, p->n_derived, out);
	}
}

/* ---- the whole ---- */

static void add_output_names(const struct weir_plan *p, struct weir_buf *out)
{
	weir_buf_add_c(out, "`window_start`, `window_end`");
	for (uint32_t i = 0; i < p->n_groups + p->n_measures; i++) {
		weir_buf_add_c(out, ", ");
		weir_spark_name((i < p->n_groups ? p->group_columns + i : p->measure_columns + i - p->n_groups)->name,
				out);
	}
}

static void open_top(struct weir_spark_view *v, struct weir_buf *out)
{
	if (!weir_spark_view_top(v))
		return;
	weir_buf_add_c(out, "select ");
	add_output_names(v->p, out);
	weir_buf_add_c(out, "\nfrom (select *, row_number() over (partition by `window_start` ");
	weir_spark_view_order(v, false, out);
	weir_buf_add_c(out, ") as `_rank` from (");
}

static void close_top(struct weir_spark_view *v, struct weir_buf *out)
{
	if (weir_spark_view_top(v))
		weir_buf_addf(out, ") as s) as s\nwhere `_rank` <= %llu", (unsigned long long)v->p->top);
}

static void add_order(struct weir_spark_view *v, struct weir_buf *out)
{
	if (v->p->rows_mode || (!v->p->n_groups && !has_windows(v->p)))
		return;
	weir_spark_view_order(v, true, out);
	if (v->p->top && !weir_spark_view_top(v))
		weir_buf_addf(out, " limit %llu", (unsigned long long)v->p->top);
}

static void add_notes(const struct weir_spark_view *v, struct weir_buf *out)
{
	weir_buf_add_c(out, "-- with spark.sql.ansi.enabled=false, spark.sql.caseSensitive=true, "
			    "spark.sql.session.timeZone=UTC\n");
	for (uint32_t i = 0; i < v->notes.n; i++)
		weir_buf_addf(out, "-- %s\n", v->notes.texts[i]);
	if (v->notes.too_long)
		weir_buf_add_c(out, "-- cannot be run: an expression is too long as Spark SQL, and is cut off\n");
}

/* A clause a line. In a file it is the SQL as it must be; for a terminal a name with a line end in it stays one line. */
void weir_plan_spark(const struct weir_plan *p, bool terminal, struct weir_buf *out)
{
	static void (*const clauses[])(struct weir_spark_view *, struct weir_buf *) = {
	    open_top, add_select, add_from, add_where, add_group, close_top, add_order};
	struct weir_spark_view v = {.p = p};
	struct weir_buf clause = {0}, sql = {0};

	weir_spark_view_look(&v);
	for (size_t i = 0; i < sizeof clauses / sizeof clauses[0]; i++) {
		weir_buf_clear(&clause);
		clauses[i](&v, &clause);
		v.failed |= clause.failed;
		if (!clause.size)
			continue;
		if (terminal)
			weir_print_safe(weir_buf_str(&clause), &sql);
		else
			weir_buf_add_str(&sql, weir_buf_str(&clause));
		weir_buf_add_char(&sql, '\n');
	}
	add_notes(&v, out);
	weir_buf_add_str(out, weir_buf_str(&sql));
	out->failed |= v.failed || sql.failed;
	weir_buf_release(&clause);
	weir_buf_release(&sql);
}
