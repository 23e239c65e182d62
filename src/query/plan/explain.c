/* What --explain prints: the bound view with its types, the steps of the plan, and the same question as Spark SQL. */
#include "query/plan/plan.h"
#include "query/spark/spark.h"

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
	weir_buf_add_c(out, "spark\n");
	weir_plan_spark(p, terminal, out);
}
