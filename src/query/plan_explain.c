#include "query/plan_state.h"

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

static void explain_list(const char *head, const struct weir_result_column *columns, uint32_t n, struct weir_buf *out)
{
	for (uint32_t i = 0; i < n; i++)
		weir_buf_addf(out, "%-8s " WEIR_STR_FMT ": %s\n", head, WEIR_STR_ARG(columns[i].name),
			      weir_type_name(columns[i].type));
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
		      (unsigned)p->n_inputs, p->n_inputs == 1 ? "" : "s", (unsigned)p->n_components,
		      p->n_components == 1 ? "" : "s");
	weir_buf_addf(out, "  %u. sort:", (unsigned)++n);
	for (uint32_t i = 0; i < p->n_sorts; i++) {
		const struct weir_result_column *c = p->sorts[i].by_measure ? p->measure_columns : p->group_columns;
		weir_buf_addf(out, "%s " WEIR_STR_FMT " %s", i ? "," : "", WEIR_STR_ARG(c[p->sorts[i].index].name),
			      p->sorts[i].descending ? "desc" : "asc");
	}
	weir_buf_add_c(out, p->top ? ", the first " : "\n");
	if (p->top)
		weir_buf_addf(out, "%llu\n", (unsigned long long)p->top);
}

static struct weir_str time_column(const struct weir_plan *p)
{
	int at = p->n_streams ? weir_schema_time_field(p->schemas[0]) : -1;
	return at < 0 ? WEIR_STR("_arrival") : p->schemas[0]->fields[at].name;
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
	const char *word = "\nwhere ";
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

static void explain_spark(const struct weir_plan *p, struct weir_buf *out)
{
	const char *comma = "";
	weir_buf_add_c(out, "spark\nselect ");
	if (spark_window(p, out))
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
	weir_buf_add_c(out, "\nfrom ");
	if (p->n_derived)
		weir_buf_add_c(out, "(select *");
	for (size_t i = 0; i < p->n_derived; i++) {
		weir_buf_add_c(out, ", ");
		weir_expr_spark(p->derived[i].expr, out);
		weir_buf_add_c(out, " as ");
		spark_name(p->derived[i].name, out);
	}
	weir_buf_add_c(out, p->n_derived ? " from " : "");
	spark_name(p->n_streams ? p->stream_names[0] : WEIR_STR("stream"), out);
	weir_buf_add_c(out, p->n_derived ? ")" : "");
	spark_conditions(p, out);
	weir_buf_add_c(out, p->rows_mode ? "" : "\ngroup by ");
	comma = "";
	if (!p->rows_mode && spark_window(p, out))
		comma = ", ";
	for (uint32_t i = 0; i < p->n_groups; i++) {
		weir_buf_add_c(out, comma);
		weir_expr_spark(p->group_asts[i].expr, out);
		comma = ", ";
	}
	weir_buf_add_char(out, '\n');
}

void weir_plan_explain(const struct weir_plan *p, struct weir_buf *out)
{
	for (uint32_t s = 0; s < p->n_streams; s++) {
		weir_buf_addf(out, "stream   " WEIR_STR_FMT ":", WEIR_STR_ARG(p->stream_names[s]));
		for (uint32_t i = 0; i < p->schemas[s]->n_fields; i++) {
			const struct weir_field *f = p->schemas[s]->fields + i;
			weir_buf_addf(out, "%s " WEIR_STR_FMT " %s%s", i ? "," : "", WEIR_STR_ARG(f->name),
				      weir_type_name(f->type), f->is_time ? " (event time)" : "");
		}
		weir_buf_add_char(out, '\n');
	}
	for (size_t i = 0; i < p->n_where; i++)
		weir_buf_addf(out, "where    " WEIR_STR_FMT "\n", WEIR_STR_ARG(p->where_texts[i]));
	explain_list("group", p->group_columns, p->n_groups, out);
	if (!p->rows_mode)
		explain_list("measure", p->measure_columns, p->n_measures, out);
	explain_window(p, out);
	explain_steps(p, out);
	explain_spark(p, out);
}
