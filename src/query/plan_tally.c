/* The short way for rows whose group is a small code of their column and whose measures have a tally: what most
 * questions over stored rows are. Slices that do not fit (several panes in one, values beyond the tally's range) go the
 * long way; both add to the same slabs. */
#include "query/plan_state.h"

#include <stdlib.h>

enum {
	APART = 8, /* slots without a group column: neighbours then do not wait for each other's sums */
	MOST_KEYS = 1 << 17,
};
static const int64_t MOST_BASE = INT64_C(1) << 45;

bool weir_plan_tally_init(struct weir_plan *p)
{
	struct weir_plan_tally *t = &p->tally;
	bool can = !p->rows_mode && p->n_groups <= 1;
	for (uint32_t i = 0; i < p->n_components; i++)
		can = can && weir_tally_can(&p->components[i]);
	t->can = can;
	return !can || weir_tally_init(&t->tally, p->components, p->n_components, p->n_inputs, &p->own);
}

void weir_plan_tally_release(struct weir_plan *p)
{
	weir_tally_release(&p->tally.tally);
	free(p->tally.waiting);
	free(p->tally.present);
	free(p->tally.groups);
}

/* How many codes the column's rows can have; 0: it has none, or too many for a tally to pay. */
static uint32_t count_keys(struct weir_plan_tally *t, const struct weir_column *c, const struct weir_zone *zone,
			   enum weir_type type)
{
	t->key = WEIR_TALLY_NUMBER;
	if (c->encoding == WEIR_ENC_DICT && c->dict && type == WEIR_STRING) {
		t->key = WEIR_TALLY_TEXT;
		return weir_dict_count(c->dict);
	}
	if (c->encoding == WEIR_ENC_BYTE && type == WEIR_BOOL)
		return 2;
	if (c->encoding != WEIR_ENC_NARROW || c->type != type)
		return 0;
	if (c->width == 1)
		return 1 << 8;
	if (zone && zone->known && zone->max - (double)c->base < MOST_KEYS)
		return (uint32_t)(zone->max - (double)c->base) + 1;
	return c->width == 2 ? 1 << 16 : 0;
}

bool weir_plan_tally_begin(struct weir_plan *p, const struct weir_batch *batch, const struct weir_zone *zones)
{
	struct weir_plan_tally *t = &p->tally;
	t->on = t->can;
	t->column = NULL;
	t->n_keys = APART - 1;
	if (t->can && p->n_groups) {
		int column = weir_bound_column(p->group_bounds[batch->stream]);
		if (column < 0 || (uint32_t)column >= batch->n_columns)
			t->on = false;
		else
			t->column = &batch->columns[column];
		t->n_keys = t->on ? count_keys(t, t->column, zones ? zones + column : NULL, p->group_types[0]) : 0;
		t->on = t->n_keys > 0 && t->n_keys <= MOST_KEYS && t->n_keys <= batch->n_rows;
	}
	bool fits = true;
	if (t->on && !weir_tally_reserve(&t->tally, t->n_keys + 1, &fits))
		return false;
	t->on = t->on && fits;
	if (t->on && t->capacity < t->n_keys + 1) {
		uint32_t *present = weir_realloc(t->present, (t->n_keys + 1) * sizeof *present);
		t->present = present ? present : t->present;
		uint32_t *groups = present ? weir_realloc(t->groups, (t->n_keys + 1) * sizeof *groups) : NULL;
		if (!groups)
			return false;
		t->groups = groups;
		t->capacity = t->n_keys + 1;
	}
	return true;
}

/* The slots of the picked rows. */
static void load_slots(struct weir_plan_tally *t, const struct weir_slice *s)
{
	struct weir_tally_input *in = &t->tally.inputs[t->tally.n_inputs - 1];
	const struct weir_column *c = t->column;
	uint32_t *slots = in->slot_space;
	in->n = s->n_rows;
	in->slots = slots;
	if (!c) {
		for (uint32_t i = 0; i < s->n_rows; i++)
			slots[i] = i % APART;
		return;
	}
	t->tally.vector->codes((const char *)c->data + (size_t)s->from * c->width, c->width, s->n, slots);
	if (c->valid)
		for (uint32_t i = 0; i < s->n; i++)
			slots[i] = weir_bit_get(c->valid, s->from + i) ? slots[i] : t->n_keys;
	for (uint32_t i = 0; s->rows && i < s->n_rows; i++)
		slots[i] = slots[s->rows[i]]; /* rows rise: what is read was not written yet */
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
	struct weir_tally_input *out = &p->tally.tally.inputs[input];
	int column = weir_bound_column(in->arguments[s->stream]);
	const struct weir_column *c =
	    column >= 0 && (uint32_t)column < s->batch->n_columns ? &s->batch->columns[column] : NULL;
	struct weir_vec vec;
	if (c && c->type == in->type && (c->encoding == WEIR_ENC_WIDE || c->encoding == WEIR_ENC_NARROW)) {
		look_ahead(c, s, out);
		*valid = c->valid ? c->valid + s->from / 64 : NULL;
		*values = (const char *)c->data + (size_t)s->from * c->width;
		if (c->encoding == WEIR_ENC_NARROW) {
			p->tally.tally.vector->ints(*values, c->width, c->base, s->n, out->value_space);
			*values = out->value_space;
			out->small = c->width <= 4 && c->base > -MOST_BASE && c->base < MOST_BASE;
		}
		return true;
	}
	*status = weir_bound_eval(in->arguments[s->stream], s->batch, s->from, s->n, &vec, err);
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
	struct weir_tally_input *out = &p->tally.tally.inputs[input],
				*all = &p->tally.tally.inputs[p->tally.tally.n_inputs - 1];
	uint64_t passed[WEIR_VEC_ROWS / 64];
	uint32_t n_true, n = 0;
	int64_t *to = out->value_space;
	if (in->where) {
		*status = weir_bound_filter(in->wheres[s->stream], s->batch, s->from, s->n, passed, &n_true, err);
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

static bool load(struct weir_plan *p, struct weir_slice *s, struct weir_error *err, enum weir_status *status)
{
	load_slots(&p->tally, s);
	for (uint32_t i = 0; i < p->n_inputs; i++) {
		const uint64_t *valid = NULL;
		const void *values = NULL;
		p->tally.tally.inputs[i].type = p->inputs[i].type;
		p->tally.tally.inputs[i].small = false;
		p->tally.tally.inputs[i].ahead = (const char *)s;
		p->tally.tally.inputs[i].ahead_step = 0;
		if (p->inputs[i].argument && !load_values(p, s, i, &valid, &values, err, status))
			return false;
		if (!pack_input(p, s, i, valid, values, err, status))
			return false;
	}
	return true;
}

enum weir_status weir_plan_tally_slice(struct weir_plan *p, struct weir_slice *s, bool *taken, struct weir_error *err)
{
	struct weir_plan_tally *t = &p->tally;
	enum weir_status status = WEIR_OK;
	struct weir_pane *pane = NULL;
	*taken = false;
	if (!t->on)
		return WEIR_OK;
	if (p->keeps_panes) {
		if (!weir_slice_pane(p, s, &pane))
			return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory while computing the view");
		if (!pane) {
			*taken = weir_plan_tally_wait(p, s);
			return WEIR_OK;
		}
	}
	bool other = pane && t->tally.n_rows && (t->run_us < pane->from_us || t->run_us >= pane->to_us);
	if ((other || t->tally.n_rows + s->n_rows > WEIR_TALLY_MOST_ROWS) && (status = weir_plan_tally_flush(p, err)))
		return status;
	if (!load(p, s, err, &status))
		return status;
	if (!weir_tally_prepare(&t->tally)) {
		/* Perhaps only the octaves of the run are others than those of the slice. */
		if (!t->tally.n_rows || (status = weir_plan_tally_flush(p, err)) || !weir_tally_prepare(&t->tally))
			return status;
	}
	if (pane && !weir_slice_count(p, s, pane))
		return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory while computing the view");
	t->run_us = pane ? pane->from_us : WEIR_TIME_NONE;
	weir_tally_add(&t->tally);
	*taken = true;
	return WEIR_OK;
}
