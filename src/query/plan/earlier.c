/* The period that a window is compared with: which it is, how panes must be cut for it, and how far back it lies. */
#include "query/plan/plan.h"

const char *const weir_compared_ends[WEIR_COMPARED_COLUMNS] = {"_before", "_change", "_change_pct"};

enum { MOST_PANES = 3600 }; /* of a window: with more, a table of panes costs more than the rows */

static int64_t greatest_divisor(int64_t a, int64_t b)
{
	while (b) {
		int64_t r = a % b;
		a = b;
		b = r;
	}
	return a;
}

int64_t weir_plan_unit_us(const struct weir_plan *p)
{
	const struct weir_window *w = &p->window;
	int64_t unit = w->kind == WEIR_WINDOW_SLIDING ? w->size_us : greatest_divisor(w->size_us, w->hop_us);
	return p->compare.kind == WEIR_COMPARISON_AGO ? greatest_divisor(unit, p->compare.offset_us) : unit;
}

/* Panes divide the window and the way back, so not every length goes with every window. */
static enum weir_status check_offset(const struct weir_plan *p, struct weir_error *err)
{
	char back[40], size[40], part[40];
	int64_t whole = p->window.size_us;
	bool panes = p->live || p->window.kind != WEIR_WINDOW_SLIDING;
	if (!panes || p->compare.kind != WEIR_COMPARISON_AGO || whole / weir_plan_unit_us(p) <= MOST_PANES)
		return WEIR_OK;
	back[weir_format_duration_us(p->compare.offset_us, back)] = '\0';
	size[weir_format_duration_us(whole, size)] = '\0';
	part[weir_format_duration_us(weir_pane_width(whole, whole, MOST_PANES / 4), part)] = '\0';
	weir_fail(err, WEIR_USAGE, "compare", "%s is no round part or multiple of the window of %s", back, size);
	weir_error_hint(err, "go back by a multiple of %s", part);
	return WEIR_USAGE;
}

static enum weir_status no_earlier(enum weir_window_kind kind, struct weir_error *err)
{
	weir_fail(err, WEIR_USAGE, "--compare", "%s", weir_window_uncompared(kind));
	weir_error_hint(err, "give one with --window: 5m, tumbling 1m, hopping 5m by 1m, or since TIME");
	return WEIR_USAGE;
}

enum weir_status weir_plan_bind_compare(struct weir_plan *p, const struct weir_comparison *compare,
					struct weir_error *err)
{
	p->compare = *compare;
	p->says_before = compare->kind != WEIR_COMPARISON_DEFAULT && compare->kind != WEIR_COMPARISON_NONE;
	if (p->span) { /* of what it is, its plan knows */
		p->compare.kind = WEIR_COMPARISON_NONE;
		p->says_before = false;
		return WEIR_OK;
	}
	bool since = p->window.kind == WEIR_WINDOW_SINCE; /* its rows are counted again: only for who asks for it */
	if (p->compare.kind == WEIR_COMPARISON_DEFAULT)
		p->compare.kind = p->live && !since ? WEIR_COMPARISON_WINDOW : WEIR_COMPARISON_NONE;
	if (!weir_window_compares(&p->window)) {
		if (p->says_before && !p->live)
			return no_earlier(p->window.kind, err);
		p->compare.kind = WEIR_COMPARISON_NONE;
		p->says_before = false;
	}
	return check_offset(p, err);
}

bool weir_plan_name_compared(struct weir_plan *p)
{
	uint32_t n = WEIR_COMPARED_COLUMNS * p->n_measures;
	p->compared_columns = weir_arena_zalloc(&p->arena, (n + 1) * sizeof *p->compared_columns);
	for (uint32_t i = 0; p->compared_columns && i < n; i++) {
		enum weir_compared_column which = (enum weir_compared_column)(i % WEIR_COMPARED_COLUMNS);
		struct weir_result_column *c = p->compared_columns + i,
					  *m = p->measure_columns + i / WEIR_COMPARED_COLUMNS;
		const char *end = weir_compared_ends[which];
		char *name = weir_arena_alloc(&p->arena, m->name.size + strlen(end) + 1);
		if (!name)
			return false;
		memcpy(name, m->name.data, m->name.size);
		memcpy(name + m->name.size, end, strlen(end) + 1);
		bool whole = which == WEIR_COMPARED_CHANGE && m->type == WEIR_INT64;
		c->name = weir_str_of(name);
		c->type = which == WEIR_COMPARED_BEFORE || whole ? m->type : WEIR_FLOAT64;
	}
	return p->compared_columns != NULL;
}

bool weir_plan_compares(const struct weir_plan *p)
{
	return p->compare.kind != WEIR_COMPARISON_NONE && !p->change_gone;
}

int64_t weir_plan_back(const struct weir_plan *p, int64_t low, int64_t step)
{
	int64_t then_low, then_high, then_step;
	switch (p->compare.kind) {
	case WEIR_COMPARISON_WINDOW:
		return step;
	case WEIR_COMPARISON_AGO:
		return p->compare.offset_us / p->panes.width_us;
	case WEIR_COMPARISON_AT:
		weir_range_of_window(&p->window, &p->panes, p->compare.at_us, &then_low, &then_high, &then_step);
		return low - then_low;
	default:
		return 0;
	}
}

int64_t weir_plan_back_us(const struct weir_plan *p, int64_t at_us)
{
	switch (p->compare.kind) {
	case WEIR_COMPARISON_WINDOW:
		return p->window.kind == WEIR_WINDOW_SLIDING ? p->window.size_us : p->window.hop_us;
	case WEIR_COMPARISON_AGO:
		return p->compare.offset_us;
	case WEIR_COMPARISON_AT:
		return at_us > p->compare.at_us ? at_us - p->compare.at_us : 0;
	default:
		return 0;
	}
}
