/* Which rows of the answer come first, and how many of them are wanted. */
#include "query/spark/spark.h"

static bool has_windows(const struct weir_plan *p)
{
	return !p->rows_mode && (p->window.kind == WEIR_WINDOW_TUMBLING || p->window.kind == WEIR_WINDOW_HOPPING);
}

bool weir_spark_view_top(const struct weir_spark_view *v)
{
	return has_windows(v->p) && v->p->top && !v->p->one_table;
}

static void add_key(struct weir_str name, bool descending, bool *any, struct weir_buf *out)
{
	weir_buf_add_c(out, *any ? ", " : "order by ");
	weir_spark_name(name, out);
	weir_buf_add_c(out, descending ? " desc nulls last" : " asc nulls last"); /* else they come first there */
	*any = true;
}

static bool is_key(const struct weir_plan *p, enum weir_sort_by by, uint32_t index)
{
	for (uint32_t i = 0; i < p->n_sorts; i++)
		if (p->sorts[i].by == by && p->sorts[i].index == index)
			return true;
	return false;
}

void weir_spark_view_order(struct weir_spark_view *v, bool windows, struct weir_buf *out)
{
	const struct weir_plan *p = v->p;
	bool any = false;

	if (windows && has_windows(p) && !p->one_table)
		add_key(WEIR_STR("window_start"), false, &any, out);
	for (uint32_t i = 0; i < p->n_sorts; i++) {
		const struct weir_sort_key *key = p->sorts + i;
		if (key->by >= WEIR_SORT_BEFORE)
			weir_spark_note(
			    &v->notes,
			    "changes since an earlier period are not computed, and nothing is ordered by them");
		else if (key->by == WEIR_SORT_WINDOW)
			add_key(WEIR_STR("window_start"), key->descending, &any, out);
		else
			add_key((key->by == WEIR_SORT_GROUP ? p->group_columns : p->measure_columns)[key->index].name,
				key->descending, &any, out);
	}
	for (uint32_t i = 0; i < p->n_groups; i++)
		if (!is_key(p, WEIR_SORT_GROUP, i))
			add_key(p->group_columns[i].name, false, &any, out);
	if (any && windows && has_windows(p) && p->one_table && !is_key(p, WEIR_SORT_WINDOW, 0))
		add_key(WEIR_STR("window_start"), false, &any, out);
}
