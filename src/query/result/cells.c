/* The cells of a row of an answer, one after another. */
#include "weir/query/result.h"

static void set_time(struct weir_result_cell *c, const char *name, int64_t us)
{
	c->name = weir_str_of(name);
	c->type = WEIR_TIMESTAMP;
	if (c->row && us != WEIR_TIME_NONE)
		c->value = (struct weir_value){.type = WEIR_TIMESTAMP, .i = us};
}

static void set_column(struct weir_result_cell *c, const struct weir_result_column *column)
{
	c->name = column->name;
	c->type = column->type;
}

struct weir_result_cell weir_result_cells(const struct weir_result *r, const struct weir_result_row *row, bool windows)
{
	return (struct weir_result_cell){.r = r, .row = row, .windows = windows};
}

bool weir_result_next_cell(struct weir_result_cell *c)
{
	const struct weir_result *r = c->r;
	uint32_t i = c->i++;

	c->value = (struct weir_value){.type = WEIR_NULL};
	if (c->windows && i < 2) {
		set_time(c, i ? "window_end" : "window_start",
			 !c->row ? WEIR_TIME_NONE
			 : i     ? c->row->window_end_us
				 : c->row->window_start_us);
		return true;
	}
	i -= c->windows ? 2 : 0;
	if (i < r->n_groups) {
		set_column(c, &r->groups[i]);
		if (c->row)
			c->value = c->row->groups[i];
		return true;
	}
	i -= r->n_groups;
	if (i < r->n_measures) {
		set_column(c, &r->measures[i]);
		if (c->row)
			c->value = c->row->measures[i];
		return true;
	}
	i -= r->n_measures;
	if (!r->compared_columns || i >= WEIR_COMPARED_COLUMNS * r->n_measures)
		return false;
	set_column(c, &r->compared_columns[i]);
	if (c->row && c->row->previous)
		c->value = weir_result_compared(c->row, i / WEIR_COMPARED_COLUMNS,
						(enum weir_compared_column)(i % WEIR_COMPARED_COLUMNS));
	return true;
}
