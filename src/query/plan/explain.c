/* What --explain prints: the bound view with its types, the steps of the plan, and the same question as Spark SQL. */
#include "query/plan/plan.h"

#include "weir/base/print.h"

static void show_time(int64_t us, struct weir_buf *out)
{
	char text[40];
	weir_buf_add(out, text, weir_format_duration_us(us, text));
}

static void explain_window(const struct weir_plan *p, struct weir_buf *out)
{
	weir_buf_add_c(out, "window   ");
	weir_window_show(&p->window, out);
	switch (p->mode) {
	case WEIR_PLAN_RANGED:
		weir_buf_add_c(out, "; panes of ");
		show_time(p->panes.width_us, out);
		weir_buf_add_c(out, ", added as they fill, subtracted as they leave");
		break;
	case WEIR_PLAN_WINDOWED:
		weir_buf_add_c(out, "; panes of ");
		show_time(p->panes.width_us, out);
		break;
	case WEIR_PLAN_CUMULATIVE:
		weir_buf_add_c(out, p->window.kind == WEIR_WINDOW_SLIDING || p->window.kind == WEIR_WINDOW_ROWS
					? "; rows are kept and scanned for the moment"
					: "; one pass, no rows kept for it");
		break;
	}
	weir_buf_add_char(out, '\n');
}

static void explain_comparison(const struct weir_plan *p, struct weir_buf *out)
{
	char text[40];
	if (p->compare.kind == WEIR_COMPARISON_NONE)
		return;
	weir_buf_add_c(out, "compare  ");
	if (p->compare.kind == WEIR_COMPARISON_AGO) {
		show_time(p->compare.offset_us, out);
		weir_buf_add_c(out, " earlier\n");
	} else if (p->compare.kind == WEIR_COMPARISON_AT) {
		weir_time_format_iso(p->compare.at_us, text);
		weir_buf_addf(out, "the window of %s\n", text);
	} else {
		weir_buf_add_c(out, "the window before\n");
	}
}

static void explain_list(const char *head, const struct weir_result_column *columns, uint32_t n, struct weir_buf *out)
{
	for (uint32_t i = 0; i < n; i++) {
		weir_buf_addf(out, "%-8s ", head);
		weir_print_safe(columns[i].name, out);
		weir_buf_addf(out, ": %s\n", weir_type_name(columns[i].type));
	}
}

static void explain_steps(const struct weir_plan *p, struct weir_buf *out)
{
	uint32_t n = 0;
	weir_buf_add_c(out, "plan\n");
	if (p->n_where)
		weir_buf_addf(out, "  %u. filter: %zu condition%s, by bitmap\n", (unsigned)++n, p->n_where,
			      p->n_where == 1 ? "" : "s");
	if (p->rows_mode && !p->live) {
		weir_buf_addf(out, "  %u. rows as they are\n", (unsigned)++n);
		return;
	}
	if (p->n_groups == 1 && p->n_streams && p->group_types[0] == WEIR_STRING &&
	    weir_bound_column(p->group_bounds[0]) >= 0)
		weir_buf_addf(out, "  %u. group: by dictionary code\n", (unsigned)++n);
	else if (p->n_groups)
		weir_buf_addf(out, "  %u. group: by hash of %u column%s\n", (unsigned)++n, (unsigned)p->n_groups,
			      p->n_groups == 1 ? "" : "s");
	if (p->keeps_panes)
		weir_buf_addf(out, "  %u. panes: by event time\n", (unsigned)++n);
	weir_buf_addf(out, "  %u. measures: %u input%s, %u accumulator%s a group\n", (unsigned)++n,
		      (unsigned)p->n_inputs, p->n_inputs == 1 ? "" : "s", (unsigned)p->n_accumulators,
		      p->n_accumulators == 1 ? "" : "s");
	weir_buf_addf(out, "  %u. sort:", (unsigned)++n);
	for (uint32_t i = 0; i < p->n_sorts; i++) {
		weir_buf_add_c(out, i ? ", " : " ");
		weir_sort_show(p, i, out);
		weir_buf_add_c(out, p->sorts[i].descending ? " desc" : " asc");
	}
	weir_buf_add_c(out, p->top ? ", the first " : "\n");
	if (p->top)
		weir_buf_addf(out, "%llu\n", (unsigned long long)p->top);
}

/* The event time of a stream as its table has it. */
static struct weir_str time_of_stream(const struct weir_plan *p, uint32_t stream)
{
	int at = p->n_streams ? weir_schema_time_field(p->schema->streams[stream]) : -1;
	return at < 0 ? WEIR_STR("_arrival") : p->schema->streams[stream]->fields[at].name;
}

/* The event time of what is selected from: several streams may each call it something else. */
static struct weir_str time_column(const struct weir_plan *p)
{
	return p->n_streams > 1 ? WEIR_STR("_time") : time_of_stream(p, 0);
}

static void spark_name(struct weir_str name, struct weir_buf *out)
{
	weir_buf_add_char(out, '`');
	for (size_t i = 0; i < name.size; i++) {
		if (name.data[i] == '`')
			weir_buf_add_char(out, '`');
		weir_buf_add_char(out, name.data[i]);
	}
	weir_buf_add_char(out, '`');
}

static struct weir_str root_of(struct weir_str name)
{
	struct weir_str rest;
	return weir_str_cut(name, '.', &rest);
}

static bool has_root(const struct weir_schema *schema, uint32_t n_fields, struct weir_str root)
{
	for (uint32_t i = 0; i < n_fields; i++)
		if (weir_str_equal(root_of(schema->fields[i].name), root))
			return true;
	return false;
}

/* One stream with the columns of all; those it has not are null. */
static void spark_stream(const struct weir_plan *p, uint32_t stream, struct weir_buf *out)
{
	weir_buf_add_c(out, "select ");
	for (uint32_t i = 0; i < p->schema->common->n_fields; i++) {
		struct weir_str root = root_of(p->schema->common->fields[i].name);
		if (has_root(p->schema->common, i, root))
			continue;
		if (!has_root(p->schema->streams[stream], p->schema->streams[stream]->n_fields, root))
			weir_buf_add_c(out, "null as ");
		spark_name(root, out);
		weir_buf_add_c(out, ", ");
	}
	spark_name(time_of_stream(p, stream), out);
	weir_buf_add_c(out, " as `_time`, ");
	weir_text_spark(p->schema->names[stream], out);
	weir_buf_add_c(out, " as `_stream` from ");
	spark_name(p->schema->names[stream], out);
}

static void spark_table(const struct weir_plan *p, struct weir_buf *out)
{
	if (p->n_streams < 2) {
		spark_name(p->n_streams ? p->schema->names[0] : WEIR_STR("stream"), out);
		return;
	}
	for (uint32_t i = 0; i < p->n_streams; i++) {
		weir_buf_add_c(out, i ? " union all " : "(");
		spark_stream(p, i, out);
	}
	weir_buf_add_char(out, ')');
}

static bool spark_window(const struct weir_plan *p, struct weir_buf *out)
{
	if (p->window.kind != WEIR_WINDOW_TUMBLING && p->window.kind != WEIR_WINDOW_HOPPING)
		return false;
	weir_buf_add_c(out, "window(");
	spark_name(time_column(p), out);
	weir_buf_addf(out, ", '%lld microseconds'", (long long)p->window.size_us);
	if (p->window.hop_us != p->window.size_us)
		weir_buf_addf(out, ", '%lld microseconds'", (long long)p->window.hop_us);
	weir_buf_add_char(out, ')');
	return true;
}

static void spark_conditions(const struct weir_plan *p, struct weir_buf *out)
{
	const char *word = "where ";
	for (size_t i = 0; i < p->n_where; i++) {
		weir_buf_add_c(out, word);
		weir_buf_add_char(out, '(');
		weir_expr_spark(p->where_asts[i], out);
		weir_buf_add_char(out, ')');
		word = " and ";
	}
	char from[40], to[40];
	if (p->window.kind == WEIR_WINDOW_SINCE) {
		weir_time_format_iso(p->window.since_us, from);
		weir_buf_add_c(out, word);
		spark_name(time_column(p), out);
		weir_buf_addf(out, " >= timestamp '%s'", from);
	} else if (p->window.kind == WEIR_WINDOW_SLIDING) {
		weir_buf_add_c(out, word);
		spark_name(time_column(p), out);
		if (p->at_us != WEIR_TIME_NONE) {
			weir_time_format_iso(p->at_us - p->window.size_us, from);
			weir_time_format_iso(p->at_us, to);
			weir_buf_addf(out, " > timestamp '%s' and ", from);
			spark_name(time_column(p), out);
			weir_buf_addf(out, " <= timestamp '%s'", to);
		} else {
			weir_buf_addf(out, " > current_timestamp() - interval '%lld' microsecond",
				      (long long)p->window.size_us);
		}
	}
}

static void spark_select(const struct weir_plan *p, struct weir_buf *out)
{
	const char *comma = "";
	weir_buf_add_c(out, "select ");
	if (!p->rows_mode && spark_window(p, out))
		comma = ", ";
	for (uint32_t i = 0; i < p->n_groups; i++) {
		weir_buf_add_c(out, comma);
		weir_expr_spark(p->group_asts[i].expr, out);
		weir_buf_add_c(out, " as ");
		spark_name(p->group_asts[i].name, out);
		comma = ", ";
	}
	for (uint32_t i = 0; !p->rows_mode && i < p->n_measures; i++) {
		weir_buf_add_c(out, comma);
		weir_measure_spark(p->measure_asts + i, out); /* brings its AS */
		comma = ", ";
	}
	if (p->rows_mode)
		weir_buf_add_c(out, "*");
}

static void spark_from(const struct weir_plan *p, struct weir_buf *out)
{
	weir_buf_add_c(out, "from ");
	if (p->n_derived)
		weir_buf_add_c(out, "(select *");
	for (size_t i = 0; i < p->n_derived; i++) {
		weir_buf_add_c(out, ", ");
		weir_expr_spark(p->derived[i].expr, out);
		weir_buf_add_c(out, " as ");
		spark_name(p->derived[i].name, out);
	}
	weir_buf_add_c(out, p->n_derived ? " from " : "");
	spark_table(p, out);
	weir_buf_add_c(out, p->n_derived ? " as s) as s" : " as s");
}

static void spark_group(const struct weir_plan *p, struct weir_buf *out)
{
	bool windows = p->window.kind == WEIR_WINDOW_TUMBLING || p->window.kind == WEIR_WINDOW_HOPPING;
	const char *comma = "";
	if (p->rows_mode || (!windows && !p->n_groups))
		return;
	weir_buf_add_c(out, "group by ");
	if (spark_window(p, out))
		comma = ", ";
	for (uint32_t i = 0; i < p->n_groups; i++) {
		weir_buf_add_c(out, comma);
		weir_expr_spark(p->group_asts[i].expr, out);
		comma = ", ";
	}
}

/* A clause a line. In a file it is the SQL as it must be; for a terminal a name with a line end in it stays one line. */
static void explain_spark(const struct weir_plan *p, bool terminal, struct weir_buf *out)
{
	static void (*const clauses[])(const struct weir_plan *, struct weir_buf *) = {spark_select, spark_from,
										       spark_conditions, spark_group};
	struct weir_buf clause = {0};
	weir_buf_add_c(out, "spark\n");
	for (size_t i = 0; i < sizeof(clauses) / sizeof(clauses[0]); i++) {
		weir_buf_clear(&clause);
		clauses[i](p, &clause);
		out->failed = out->failed || clause.failed;
		if (!clause.size)
			continue;
		if (terminal)
			weir_print_safe(weir_buf_str(&clause), out);
		else
			weir_buf_add_str(out, weir_buf_str(&clause));
		weir_buf_add_char(out, '\n');
	}
	weir_buf_release(&clause);
}

void weir_plan_explain(const struct weir_plan *p, bool terminal, struct weir_buf *out)
{
	for (uint32_t s = 0; s < p->n_streams; s++) {
		weir_buf_add_c(out, "stream   ");
		weir_print_safe(p->schema->names[s], out);
		weir_buf_add_char(out, ':');
		for (uint32_t i = 0; i < p->schema->streams[s]->n_fields; i++) {
			const struct weir_field *f = p->schema->streams[s]->fields + i;
			weir_buf_add_c(out, i ? ", " : " ");
			weir_print_safe(f->name, out);
			weir_buf_addf(out, " %s%s", weir_type_name(f->type), f->is_time ? " (event time)" : "");
		}
		weir_buf_add_char(out, '\n');
	}
	for (size_t i = 0; i < p->n_where; i++) {
		weir_buf_add_c(out, "where    ");
		weir_print_safe(p->where_texts[i], out);
		weir_buf_add_char(out, '\n');
	}
	explain_list("group", p->group_columns, p->n_groups, out);
	if (!p->rows_mode)
		explain_list("measure", p->measure_columns, p->n_measures, out);
	explain_window(p, out);
	explain_comparison(p, out);
	explain_steps(p, out);
	explain_spark(p, terminal, out);
}
