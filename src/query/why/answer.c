/* The answer: findings with their conditions, and what took no part. */
#include "query/why/why.h"

#include <stdlib.h>

static void add_bound(struct weir_str name, const char *how, const struct weir_value *v, struct weir_buf *out)
{
	weir_buf_add_str(out, name);
	weir_buf_add_c(out, how);
	if (v->type == WEIR_TIMESTAMP)
		weir_buf_add_c(out, "timestamp '");
	weir_value_text(v, out);
	if (v->type == WEIR_TIMESTAMP)
		weir_buf_add_char(out, '\'');
}

static void add_range(struct weir_str name, const struct weir_why_cell *c, bool negate, struct weir_buf *out)
{
	bool both = c->low.type != WEIR_NULL && c->high.type != WEIR_NULL;
	weir_buf_add_c(out, negate ? "(" : "");
	if (c->low.type != WEIR_NULL)
		add_bound(name, negate ? " < " : " >= ", &c->low, out);
	if (both)
		weir_buf_add_c(out, negate ? " or " : " and ");
	if (c->high.type != WEIR_NULL)
		add_bound(name, negate ? " >= " : " < ", &c->high, out);
	if (!negate)
		return;
	weir_buf_add_c(out, " or ");
	weir_buf_add_str(out, name);
	weir_buf_add_c(out, " is null)");
}

bool weir_why_cell_condition(struct weir_str column, const struct weir_why_cell *cell, bool negate,
			     struct weir_buf *out)
{
	static const struct weir_value null = {.type = WEIR_NULL};
	struct weir_buf name = {0};
	weir_view_quote(column, &name);
	if (cell->kind == WEIR_WHY_RANGE)
		add_range(weir_buf_str(&name), cell, negate, out);
	else
		weir_condition_text(weir_buf_str(&name), cell->kind == WEIR_WHY_VALUE ? &cell->value : &null, negate,
				    out);
	bool ok = !name.failed && !out->failed;
	weir_buf_release(&name);
	return ok;
}

/* ---- copies into the answer ---- */

static bool keep_value(struct weir_arena *a, struct weir_value *v)
{
	if (v->type != WEIR_STRING)
		return true;
	v->s = weir_arena_str(a, v->s);
	return v->s.data != NULL;
}

static const struct weir_why_column *column_of(const struct weir_why_study *w, const struct weir_why_ranked *r,
					       struct weir_arena *a)
{
	struct weir_why_column *c = weir_arena_zalloc(a, sizeof *c);
	struct weir_why_cell *cells = weir_arena_alloc(a, (r->n_cells + (size_t)1) * sizeof *cells);
	const struct weir_why_input *in = &w->inputs[r->input];
	if (!c || !cells)
		return NULL;
	*c = (struct weir_why_column){.name = weir_arena_str(a, in->name),
				      .type = in->type,
				      .ranges = r->ranges,
				      .difference = r->difference,
				      .n_values = r->n_values,
				      .n_cells = r->n_cells,
				      .cells = cells,
				      .others_selected = r->others[WEIR_WHY_SELECTED],
				      .others_rest = r->others[WEIR_WHY_REST]};
	for (uint32_t i = 0; i < r->n_cells; i++) {
		cells[i] = r->cells[i];
		if (!keep_value(a, &cells[i].value))
			return NULL;
	}
	return c->name.data ? c : NULL;
}

/* Its texts, of which the parts have been set. */
static bool add_texts(struct weir_arena *a, struct weir_why_finding *f)
{
	bool ok = true;
	for (int negate = 0; negate < 2; negate++) {
		struct weir_buf text = {0};
		bool parens = negate && f->n_parts > 1;
		weir_buf_add_c(&text, parens ? "(" : "");
		for (uint32_t i = 0; i < f->n_parts; i++) {
			weir_buf_add_c(&text, !i ? "" : negate ? " or " : " and ");
			ok = weir_why_cell_condition(f->columns[i]->name, &f->parts[i], negate, &text) && ok;
		}
		weir_buf_add_c(&text, parens ? ")" : "");
		struct weir_str kept = weir_arena_str(a, weir_buf_str(&text));
		*(negate ? &f->exclusion : &f->condition) = kept;
		ok = ok && !text.failed && kept.data;
		weir_buf_release(&text);
	}
	return ok;
}

static bool add_finding(struct weir_why *out, struct weir_why_finding *list, struct weir_why_finding f)
{
	for (uint32_t i = 0; i < f.n_parts; i++)
		if (!keep_value(&out->arena, &f.parts[i].value))
			return false;
	if (!add_texts(&out->arena, &f))
		return false;
	list[out->n_findings++] = f;
	return true;
}

static bool add_pair(const struct weir_why_study *w, const struct weir_why_pair *p,
		     const struct weir_why_column *const *columns, struct weir_why *out, struct weir_why_finding *list)
{
	struct weir_why_finding f = {.n_parts = 2,
				     .selected = p->rows[WEIR_WHY_SELECTED],
				     .rest = p->rows[WEIR_WHY_REST],
				     .difference = p->difference};
	for (int i = 0; i < 2; i++) {
		const struct weir_why_check *c = &w->checks[p->checks[i]];
		f.columns[i] = columns[c->ranked];
		f.parts[i] = w->ranked[c->ranked].picked[c->picked];
	}
	return add_finding(out, list, f);
}

static bool add_column(const struct weir_why_ranked *r, const struct weir_why_column *column, struct weir_why *out,
		       struct weir_why_finding *list)
{
	for (uint32_t i = 0, n = 0; i < r->n_picked; i++) {
		if (r->dropped[i])
			continue;
		struct weir_why_finding f = {.n_parts = 1,
					     .columns = {column},
					     .parts = {r->picked[i]},
					     .selected = r->picked[i].selected,
					     .rest = r->picked[i].rest,
					     .difference = r->difference,
					     .more = n++ > 0};
		if (!add_finding(out, list, f))
			return false;
	}
	return true;
}

/* Columns and pairs by turns, the stronger one first. */
static bool add_findings(const struct weir_why_study *w, struct weir_why *out)
{
	size_t most = (size_t)w->n_ranked * WEIR_WHY_VALUES + w->n_pairs;
	struct weir_why_finding *list = weir_arena_alloc(&out->arena, (most + 1) * sizeof *list);
	const struct weir_why_column **columns =
	    weir_arena_alloc(&out->arena, (w->n_ranked + (size_t)1) * sizeof(const struct weir_why_column *));
	if (!list || !columns)
		return false;
	out->findings = list;
	for (uint32_t i = 0; i < w->n_ranked; i++)
		if (!(columns[i] = column_of(w, &w->ranked[i], &out->arena)))
			return false;
	uint32_t pair = 0;
	for (uint32_t i = 0; i <= w->n_ranked; i++) {
		while (pair < w->n_pairs && (i == w->n_ranked || w->pairs[pair].difference > w->ranked[i].difference))
			if (!add_pair(w, &w->pairs[pair++], columns, out, list))
				return false;
		if (i < w->n_ranked && !add_column(&w->ranked[i], columns[i], out, list))
			return false;
	}
	return true;
}

static bool add_aside(const struct weir_why_study *w, struct weir_why *out)
{
	struct weir_why_aside *list = weir_arena_alloc(&out->arena, (w->n_inputs + (size_t)1) * sizeof *list);
	if (!list)
		return false;
	out->aside = list;
	for (uint32_t i = 0; i < w->n_inputs; i++) {
		const struct weir_why_input *in = &w->inputs[i];
		if (!in->aside)
			continue;
		list[out->n_aside] = (struct weir_why_aside){weir_arena_str(&out->arena, in->name), in->reason};
		if (!list[out->n_aside++].column.data)
			return false;
	}
	return true;
}

static void free_answer(struct weir_study_answer *a)
{
	struct weir_why *w = (struct weir_why *)a;
	weir_arena_release(&w->arena);
	free(w);
}

struct weir_study_answer *weir_why_answer(const struct weir_why_study *w)
{
	struct weir_why *out = weir_calloc(1, sizeof *out);
	if (!out)
		return NULL;
	out->answer = (struct weir_study_answer){.refs = 1, .free = free_answer, .whole = true};
	out->selected = w->counted[WEIR_WHY_SELECTED];
	out->rest = w->counted[WEIR_WHY_REST];
	out->n_compared = w->n_compared;
	for (uint32_t i = 0; i < w->n_shares; i++)
		out->held += w->shares[i].held;
	if (add_findings(w, out) && add_aside(w, out))
		return &out->answer;
	free_answer(&out->answer);
	return NULL;
}

const char *weir_why_nothing(const struct weir_why *w)
{
	if (w->n_findings)
		return NULL;
	if (!w->selected && !w->rest)
		return "there are no rows to compare";
	if (!w->selected)
		return "no row is selected";
	if (!w->rest)
		return "all rows are selected, so there are none to compare them with";
	if (!w->n_compared)
		return "there is no column to compare: each makes the selection or names the rows";
	return "no column differs by more than chance would give in so many rows";
}

const char *weir_why_reason_text(enum weir_why_reason reason)
{
	switch (reason) {
	case WEIR_WHY_DEFINES:
		return "it makes the selection";
	case WEIR_WHY_NAMES:
		return "nearly every row has its own value";
	case WEIR_WHY_RISES:
		return "it rises with time";
	case WEIR_WHY_TOO_MANY:
		break;
	}
	return "it has too many values";
}
