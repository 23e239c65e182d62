/* The short way for rows whose group is a small code of their column and whose measures have a tally: what most
 * questions over stored rows are. Slices that do not fit (several panes in one, values beyond the tally's range) go the
 * long way; both add to the same slabs. */
#include "query/tally/short_way.h"

#include "query/plan/slice.h"

#include <stdlib.h>

static const int64_t MOST_BASE = INT64_C(1) << 45;

bool weir_short_way_init(struct weir_plan *p)
{
	struct weir_short_way *t = &p->short_way;
	bool can = !p->rows_mode && p->n_groups <= WEIR_SLOT_COLUMNS;
	for (uint32_t i = 0; i < p->n_accumulators; i++)
		can = can && weir_tally_can(&p->accumulators[i]);
	t->can = can;
	t->bare = can && !p->n_groups;
	for (uint32_t i = 0; i < p->n_inputs; i++)
		t->bare = t->bare && !p->inputs[i].argument && !p->inputs[i].where;
	bool summed = p->n_groups && (p->keeps_total || p->mode == WEIR_PLAN_RANGED);
	return !can || weir_tally_init(&t->tally, p->accumulators, p->n_accumulators, p->n_inputs, summed, &p->own);
}

void weir_short_way_release(struct weir_plan *p)
{
	weir_tally_release(&p->short_way.tally);
	weir_group_slots_release(p);
	free(p->short_way.waiting);
	free(p->short_way.present);
	free(p->short_way.groups);
}

bool weir_short_way_begin(struct weir_plan *p, const struct weir_batch *batch, const struct weir_zone *zones)
{
	struct weir_short_way *t = &p->short_way;
	uint32_t n_slots = 0;
	bool fits = true;
	if (t->can && !batch->weight && !weir_group_slots_begin(p, batch, zones, &n_slots))
		return false;
	t->on = n_slots > 0;
	if (t->on && !weir_tally_reserve(&t->tally, n_slots, &fits))
		return false;
	t->on = t->on && fits;
	if (!t->on || t->capacity >= n_slots)
		return true;
	uint32_t *present = weir_realloc(t->present, n_slots * sizeof *present);
	t->present = present ? present : t->present;
	uint32_t *groups = present ? weir_realloc(t->groups, n_slots * sizeof *groups) : NULL;
	if (!groups)
		return false;
	t->groups = groups;
	t->capacity = n_slots;
	return true;
}

/* The next slice's rows are asked for while these are added. */
static void look_ahead(const struct weir_column *c, const struct weir_slice *s, struct weir_tally_input *in)
{
	bool more = s->from + 2 * WEIR_VEC_ROWS <= s->batch->n_rows;
	in->ahead = (const char *)c->data + (size_t)(more ? s->from + WEIR_VEC_ROWS : s->from) * c->width;
	in->ahead_step = more ? 8 * c->width : 0;
}

/* Values of a whole slice: all of its rows, packed nowhere yet. False: of a kind that has no tally. */
static bool load_values(struct weir_plan *p, struct weir_slice *s, uint32_t input, const uint64_t **valid,
			const void **values, struct weir_error *err, enum weir_status *status)
{
	struct weir_input *in = p->inputs + input;
	struct weir_tally_input *out = &p->short_way.tally.inputs[input];
	int column = weir_bound_column(in->arguments[s->stream]);
	const struct weir_column *c =
	    column >= 0 && (uint32_t)column < s->batch->n_columns ? &s->batch->columns[column] : NULL;
	struct weir_vec vec;
	if (c && c->type == in->type && (c->encoding == WEIR_ENC_WIDE || c->encoding == WEIR_ENC_NARROW)) {
		look_ahead(c, s, out);
		*valid = c->valid ? c->valid + s->from / 64 : NULL;
		*values = (const char *)c->data + (size_t)s->from * c->width;
		if (c->encoding == WEIR_ENC_NARROW) {
			p->short_way.tally.vector->ints(*values, c->width, c->base, s->n, out->value_space);
			*values = out->value_space;
			out->small = c->width <= 4 && c->base > -MOST_BASE && c->base < MOST_BASE;
		}
		return true;
	}
	*status = weir_bound_eval(in->arguments[s->stream], s->batch, s->from, s->n, s->keep, &vec, err);
	if (*status)
		return false;
	*valid = vec.valid;
	*values = vec.i;
	if (vec.type == WEIR_INT64 && in->type == WEIR_FLOAT64) {
		double *f = out->value_space;
		for (uint32_t i = 0; i < s->n; i++)
			f[i] = (double)vec.i[i];
		*values = f;
		return true;
	}
	return vec.type == in->type &&
	       (vec.type == WEIR_INT64 || vec.type == WEIR_FLOAT64 || vec.type == WEIR_TIMESTAMP);
}

/* The rows of an input that are not NULL and pass the measure's condition, packed. */
static bool pack_input(struct weir_plan *p, struct weir_slice *s, uint32_t input, const uint64_t *valid,
		       const int64_t *values, struct weir_error *err, enum weir_status *status)
{
	struct weir_input *in = p->inputs + input;
	struct weir_tally_input *out = &p->short_way.tally.inputs[input],
				*all = &p->short_way.tally.inputs[p->short_way.tally.n_inputs - 1];
	uint64_t passed[WEIR_VEC_ROWS / 64];
	uint32_t n_true, n = 0;
	int64_t *to = out->value_space;
	if (in->where) {
		*status =
		    weir_bound_filter(in->wheres[s->stream], s->batch, s->from, s->n, s->keep, passed, &n_true, err);
		if (*status)
			return false;
	}
	if (!in->where && !valid) {
		out->slots = all->slots;
		out->n = all->n;
		out->i = values;
		for (uint32_t i = 0; values && s->rows && i < s->n_rows; i++)
			to[i] = values[s->rows[i]];
		if (values && s->rows)
			out->i = to;
		return true;
	}
	for (uint32_t i = 0; i < s->n_rows; i++) {
		uint32_t row = s->rows ? s->rows[i] : i;
		if ((valid && !weir_bit_get(valid, row)) || (in->where && !weir_bit_get(passed, row)))
			continue;
		if (values)
			to[n] = values[row];
		out->slot_space[n++] = all->slots[i];
	}
	out->slots = out->slot_space;
	out->n = n;
	out->i = to;
	return true;
}

static void load_rows(struct weir_plan *p, const struct weir_slice *s)
{
	struct weir_tally_input *rows = &p->short_way.tally.inputs[p->short_way.tally.n_inputs - 1];
	rows->n = s->n_rows;
	rows->slots = rows->slot_space;
	weir_group_slots_load(p, s, rows->slot_space);
}

static bool load_input(struct weir_plan *p, struct weir_slice *s, uint32_t input, struct weir_error *err,
		       enum weir_status *status)
{
	struct weir_tally_input *out = &p->short_way.tally.inputs[input];
	const uint64_t *valid = NULL;
	const void *values = NULL;
	out->type = p->inputs[input].type;
	out->small = false;
	out->ahead = (const char *)s;
	out->ahead_step = 0;
	if (p->inputs[input].argument && !load_values(p, s, input, &valid, &values, err, status))
		return false;
	return pack_input(p, s, input, valid, values, err, status);
}

static bool load(struct weir_plan *p, struct weir_slice *s, struct weir_error *err, enum weir_status *status)
{
	load_rows(p, s);
	for (uint32_t i = 0; i < p->n_inputs; i++)
		if (!load_input(p, s, i, err, status))
			return false;
	return true;
}

bool weir_short_way_buckets(struct weir_plan *p, struct weir_slice *s)
{
	enum weir_status status = WEIR_OK;
	load_rows(p, s);
	for (uint32_t i = 0; i < p->n_inputs; i++) {
		const struct weir_tally_input *in = &p->short_way.tally.inputs[i];
		if (in->quantile && !in->single &&
		    (!load_input(p, s, i, NULL, &status) || !weir_tally_add_buckets(&p->short_way.tally, i)))
			return false;
	}
	return true;
}

enum weir_status weir_short_way_slice(struct weir_plan *p, struct weir_slice *s, bool *taken, struct weir_error *err)
{
	struct weir_short_way *t = &p->short_way;
	enum weir_status status = WEIR_OK;
	struct weir_pane *pane = NULL;
	*taken = false;
	if (!t->on)
		return WEIR_OK;
	if (p->keeps_panes) {
		if (!weir_slice_pane(p, s, &pane))
			return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory while computing the view");
		if (!pane) {
			*taken = weir_several_panes_wait(p, s);
			return WEIR_OK;
		}
	}
	bool other = pane && t->tally.n_rows && (t->run_us < pane->from_us || t->run_us >= pane->to_us);
	if ((other || t->tally.n_rows + s->n_rows > WEIR_TALLY_MOST_ROWS) && (status = weir_short_way_flush(p, err)))
		return status;
	if (!t->bare && !load(p, s, err, &status))
		return status;
	if (!t->bare && !weir_tally_prepare(&t->tally)) {
		/* Perhaps only the octaves of the run are others than those of the slice. */
		if (!t->tally.n_rows || (status = weir_short_way_flush(p, err)) || !weir_tally_prepare(&t->tally))
			return status;
	}
	if (pane && !weir_slice_count(p, s, pane))
		return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory while computing the view");
	t->run_us = pane ? pane->from_us : WEIR_TIME_NONE;
	if (t->bare)
		weir_tally_add_rows(&t->tally, 0, s->n_rows);
	else
		weir_tally_add(&t->tally);
	*taken = true;
	return WEIR_OK;
}

struct target { /* a slab, the slot of the group in it when `slot` is not given */
	struct weir_slab *slab;
	bool cell; /* the slot is the group's cell in the pane; else the group's number */
};

static uint32_t targets_of(struct weir_plan *p, const struct weir_pane *pane, struct target *out)
{
	uint32_t n = 0;
	if (p->mode == WEIR_PLAN_CUMULATIVE)
		out[n++] = (struct target){&p->totals, false};
	if (p->mode == WEIR_PLAN_RANGED && pane->index >= p->now.low && pane->index <= p->now.high)
		out[n++] = (struct target){&p->now.slab, false};
	if (p->mode == WEIR_PLAN_RANGED && pane->index >= p->before.low && pane->index <= p->before.high)
		out[n++] = (struct target){&p->before.slab, false};
	if (p->keeps_panes)
		out[n++] = (struct target){&p->panes.slab, true};
	return n;
}

static bool give(struct weir_plan *p, struct weir_pane *pane, uint32_t slot, uint32_t group)
{
	const struct weir_tally *t = &p->short_way.tally;
	struct target targets[4];
	uint32_t n = targets_of(p, pane, targets);
	for (uint32_t i = 0; i < n; i++) {
		struct weir_slab *slab = targets[i].slab;
		uint32_t at = targets[i].cell ? weir_panes_cell(&p->panes, pane, group) : group;
		if (at == UINT32_MAX)
			return false;
		slab->rows[at] += weir_tally_rows(t, slot);
		for (uint32_t c = 0; c < p->n_accumulators; c++)
			if ((!p->accumulators[c].total_only || group == WEIR_GROUP_TOTAL) &&
			    !weir_tally_merge(t, c, slot, weir_slab_at(slab, c, at)))
				return false;
	}
	return true;
}

/* The groups of the slots with rows: present[i] → groups[i]. */
static bool find_groups(struct weir_plan *p, uint32_t *n_present)
{
	struct weir_short_way *t = &p->short_way;
	uint32_t n = 0;
	for (uint32_t i = 0; i < t->tally.n_slots; i++)
		if (weir_tally_rows(&t->tally, i))
			t->present[n++] = i;
	*n_present = n;
	return weir_group_slots_groups(p, t->present, n, t->groups);
}

static bool reserve(struct weir_plan *p)
{
	if (p->mode == WEIR_PLAN_CUMULATIVE)
		return weir_slab_reserve(&p->totals, p->groups.n);
	return p->mode != WEIR_PLAN_RANGED || (weir_slab_reserve(&p->now.slab, p->groups.n) &&
					       (p->change_gone || weir_slab_reserve(&p->before.slab, p->groups.n)));
}

enum weir_status weir_short_way_flush(struct weir_plan *p, struct weir_error *err)
{
	struct weir_short_way *t = &p->short_way;
	struct weir_pane *pane = NULL;
	uint32_t n = 0;
	if (!t->tally.n_rows)
		return WEIR_OK;
	weir_tally_close(&t->tally);
	bool ok = find_groups(p, &n) && reserve(p) && (!p->keeps_panes || (pane = weir_panes_at(&p->panes, t->run_us)));
	ok = ok && (!pane || weir_panes_arrange(&p->panes, pane));
	for (uint32_t i = 0; ok && i < n; i++)
		ok = give(p, pane, t->present[i], t->groups[i]);
	bool total = p->n_groups && (p->keeps_total || p->mode == WEIR_PLAN_RANGED);
	if (ok && total) {
		weir_tally_sum(&t->tally);
		ok = give(p, pane, t->tally.n_slots, WEIR_GROUP_TOTAL);
		weir_tally_clear(&t->tally, t->tally.n_slots);
	}
	for (uint32_t i = 0; i < n; i++)
		weir_tally_clear(&t->tally, t->present[i]);
	t->tally.n_rows = 0;
	return ok ? WEIR_OK : weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory while computing the view");
}

void weir_short_way_drop(struct weir_plan *p)
{
	for (uint32_t i = 0; p->short_way.tally.n_rows && i <= p->short_way.tally.n_slots; i++)
		weir_tally_clear(&p->short_way.tally, i);
	p->short_way.tally.n_rows = 0;
	p->short_way.n_waiting = 0;
}
