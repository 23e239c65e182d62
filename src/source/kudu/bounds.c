/* Conditions as Kudu takes them: each of one column, all of which must hold. It has no OR, no NOT and no LIKE. */
#include "kudu.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_LISTED = 1000 };

void weir_kd_bounds_release(struct weir_kd_bounds *b)
{
	free(b->all);
	weir_arena_release(&b->arena);
	*b = (struct weir_kd_bounds){0};
}

/* The one column of the field; -1: it has none or several. */
static int column_of(const struct weir_kd_source *q, uint32_t field)
{
	int at = -1;

	for (uint32_t i = 0; i < q->n_columns; i++) {
		if (q->columns[i].field != (int)field)
			continue;
		if (at >= 0)
			return -1;
		at = (int)i;
	}
	return at;
}

/* Whether weir sees a value of the column as the servers do; else why not. */
static const char *is_fit(const struct weir_kd_source *q, int at, const struct weir_filter *leaf)
{
	static const enum weir_type types[] = {
	    [WEIR_KD_BOOL] = WEIR_BOOL,      [WEIR_KD_INT] = WEIR_INT64,    [WEIR_KD_FLOAT] = WEIR_FLOAT64,
	    [WEIR_KD_TIME] = WEIR_TIMESTAMP, [WEIR_KD_DATE] = WEIR_NULL,    [WEIR_KD_TEXT] = WEIR_STRING,
	    [WEIR_KD_BYTES] = WEIR_NULL,     [WEIR_KD_DECIMAL] = WEIR_NULL, [WEIR_KD_GREAT] = WEIR_NULL};
	const char *other = "the servers have the column in a type that weir has not";

	if (at < 0)
		return "the table has the column in several";
	int type = q->table->columns[q->asked[at]].type;
	if (leaf->kind == WEIR_FILTER_IS_NULL || leaf->kind == WEIR_FILTER_NOT_NULL)
		return NULL;
	if (types[q->columns[at].kind] != leaf->type || q->cells.all[leaf->field].type != leaf->type)
		return other;
	return (leaf->type == WEIR_INT64 && type != WEIR_KUDU_INT64) || type == WEIR_KUDU_FLOAT ? other : NULL;
}

static struct weir_kudu_cell cell_of(const struct weir_value *v)
{
	struct weir_kudu_cell c = {0};

	if (v->type == WEIR_STRING)
		c.s = v->s;
	else if (v->type == WEIR_FLOAT64)
		c.f = v->f;
	else
		c.i = v->type == WEIR_BOOL ? v->b : v->i;
	return c;
}

/* The least value behind this one. False: no memory. There is none: `out` is NULL. */
static bool next_of(const struct weir_value *v, struct weir_arena *arena, struct weir_kudu_cell *out)
{
	*out = cell_of(v);
	if (v->type == WEIR_STRING) {
		char *text = weir_arena_alloc(arena, v->s.size + 1);
		if (!text)
			return false;
		memcpy(text, v->s.size ? v->s.data : "", v->s.size);
		text[v->s.size] = '\0';
		out->s = (struct weir_str){text, v->s.size + 1};
	} else if (v->type == WEIR_FLOAT64) {
		out->null = v->f >= (double)INFINITY;
		out->f = nextafter(v->f, (double)INFINITY);
	} else {
		out->null = v->i == INT64_MAX;
		out->i = v->i + !out->null;
	}
	return true;
}

static bool set_list(const struct weir_filter *leaf, struct weir_arena *arena, struct weir_kudu_bound *out)
{
	struct weir_kudu_cell *list = weir_arena_alloc(arena, leaf->n_values * sizeof *list);

	for (uint32_t i = 0; list && i < leaf->n_values; i++)
		list[i] = cell_of(&leaf->values[i]);
	out->kind = WEIR_KUDU_ONE_OF;
	out->list = list;
	out->n_list = leaf->n_values;
	return list != NULL;
}

/* *why: it cannot be said. False: no memory. */
static bool set_bound(const struct weir_filter *leaf, struct weir_arena *arena, struct weir_kudu_bound *out,
		      const char **why)
{
	const struct weir_kudu_cell none = {.null = true};
	const struct weir_value *v = leaf->values;

	out->kind = WEIR_KUDU_BETWEEN;
	out->value = out->below = none;
	switch (leaf->kind) {
	case WEIR_FILTER_IS_NULL:
		out->kind = WEIR_KUDU_IS_NULL;
		return true;
	case WEIR_FILTER_NOT_NULL:
		out->kind = WEIR_KUDU_NOT_NULL;
		return true;
	case WEIR_FILTER_EQ:
		out->kind = WEIR_KUDU_EQUAL;
		out->value = cell_of(v);
		return true;
	case WEIR_FILTER_GE:
		out->value = cell_of(v);
		return true;
	case WEIR_FILTER_LT:
		out->below = cell_of(v);
		return true;
	default:
		break;
	}
	if (leaf->kind == WEIR_FILTER_IN && leaf->n_values <= MOST_LISTED)
		return set_list(leaf, arena, out);
	bool greater = leaf->kind == WEIR_FILTER_GT, good;
	if (!greater && leaf->kind != WEIR_FILTER_LE) {
		*why = leaf->kind == WEIR_FILTER_IN ? "Kudu takes no list that long" : "Kudu has no such condition";
		return true;
	}
	good = next_of(v, arena, greater ? &out->value : &out->below);
	if (out->value.null && out->below.null) /* all values, or none: weir looks itself */
		out->kind = WEIR_KUDU_NOT_NULL;
	return good;
}

/* *why: the servers cannot look at it. */
static enum weir_status add_leaf(struct weir_kd_source *q, const struct weir_filter *leaf, struct weir_kd_bounds *b,
				 const char **why, struct weir_error *err)
{
	int at = column_of(q, leaf->field);
	bool of_bools = leaf->type == WEIR_BOOL && leaf->kind != WEIR_FILTER_EQ && leaf->kind != WEIR_FILTER_IS_NULL &&
			leaf->kind != WEIR_FILTER_NOT_NULL;

	*why = of_bools ? "Kudu has no such condition" : is_fit(q, at, leaf);
	if (*why)
		return WEIR_OK;
	if (!weir_grow((void **)&b->all, &b->room, b->n + (size_t)1, sizeof *b->all))
		return weir_kd_out_of_memory(err);
	struct weir_kudu_bound *bound = &b->all[b->n];
	*bound = (struct weir_kudu_bound){.column = q->asked[at]};
	if (!set_bound(leaf, &b->arena, bound, why))
		return weir_kd_out_of_memory(err);
	b->n += !*why;
	return WEIR_OK;
}

/* All of it, or nothing. */
static enum weir_status add(struct weir_kd_source *q, const struct weir_filter *f, struct weir_kd_bounds *b,
			    const char **why, struct weir_error *err)
{
	uint32_t before = b->n;
	enum weir_status st = WEIR_OK;

	if (weir_filter_is_leaf(f))
		return add_leaf(q, f, b, why, err);
	*why = f->kind == WEIR_FILTER_OR ? "Kudu has no OR" : NULL;
	for (uint32_t i = 0; i < f->n_args && st == WEIR_OK && !*why; i++)
		st = weir_filter_is_leaf(f->args[i]) ? add_leaf(q, f->args[i], b, why, err) : WEIR_UNSUPPORTED;
	if (st == WEIR_UNSUPPORTED) {
		*why = "Kudu has no OR";
		st = WEIR_OK;
	}
	if (*why)
		b->n = before;
	return st;
}

static enum weir_status settle(struct weir_kd_source *q, struct weir_error *err)
{
	struct weir_pushdown *p = &q->pushdown;

	weir_pushdown_span(p, &q->from, &q->until);
	enum weir_status st = weir_pushdown_learn(p, q->schema, err);
	if (st != WEIR_OK)
		return st;
	if (q->follow)
		weir_pushdown_refuse_parts(p, "new rows may bring other types (follow=yes)");
	else if (!q->landed && p->question && p->question->places)
		weir_pushdown_refuse(p, "the rows of such a table are told apart by their count, from the first on");
	return WEIR_OK;
}

static enum weir_status add_all(struct weir_kd_source *q, struct weir_kd_bounds *out, struct weir_error *err)
{
	struct weir_pushdown *p = &q->pushdown;
	struct weir_value values[2];
	struct weir_filter ends[2];
	enum weir_status st = WEIR_OK;

	for (size_t i = 0; i < p->list.n && st == WEIR_OK; i++) {
		struct weir_filter_part *part = &p->list.parts[i];
		if (part->why || !part->filter)
			continue;
		st = add(q, part->filter, out, &part->why, err);
		p->said.leaves_out = p->said.leaves_out || !part->why;
	}
	uint32_t n = weir_pushdown_times(p, weir_schema_time_field(q->schema), values, ends), before = out->n;
	for (uint32_t i = 0; i < n && st == WEIR_OK && !p->said.times_why; i++)
		st = add(q, &ends[i], out, &p->said.times_why, err);
	/* What from= and until= leave out is not received in any case. */
	if (out->n > before && !p->said.times_why)
		p->said.leaves_out =
		    p->said.leaves_out || p->said.from_us != p->from_us || p->said.until_us != p->until_us;
	return st;
}

enum weir_status weir_kd_bounds_make(struct weir_kd_source *q, struct weir_kd_bounds *out, struct weir_error *err)
{
	enum weir_status st = q->settled ? WEIR_OK : settle(q, err);

	*out = (struct weir_kd_bounds){.n = 0};
	if (st == WEIR_OK)
		st = add_all(q, out, err);
	q->settled = st == WEIR_OK;
	return st;
}
