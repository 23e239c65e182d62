/* The long way of a slice into the accumulators: input by input, the values that count are packed with the slots of their
 * rows, and added to each slab that the rows belong to. */
#include "query/plan/slice.h"

struct target { /* a slab and the slots of the picked rows in it */
	struct weir_slab *slab;
	const uint32_t *slots;
	bool total;
};

static uint32_t targets_of(struct weir_plan *p, struct weir_slice *s, struct target *out)
{
	bool split = p->n_groups > 0; /* groups and total are not the same */
	uint32_t n = 0;
	if (p->mode == WEIR_PLAN_CUMULATIVE) {
		out[n++] = (struct target){&p->totals, s->groups, !split};
	} else if (p->mode == WEIR_PLAN_RANGED && p->now.low <= p->now.high) {
		out[n++] = (struct target){&p->now.slab, s->now, !split};
		if (s->any_before)
			out[n++] = (struct target){&p->before.slab, s->before, !split};
		if (split) {
			out[n++] = (struct target){&p->now.slab, s->total_now, true};
			if (s->any_before)
				out[n++] = (struct target){&p->before.slab, s->total_before, true};
		}
	}
	if (p->keeps_panes) {
		out[n++] = (struct target){&p->panes.slab, s->cells, !split};
		if (split && p->keeps_total)
			out[n++] = (struct target){&p->panes.slab, s->total_cells, true};
	}
	if (p->mode == WEIR_PLAN_CUMULATIVE && split && p->keeps_total) {
		for (uint32_t i = 0; i < s->n_rows; i++)
			s->total_now[i] = WEIR_GROUP_TOTAL;
		out[n++] = (struct target){&p->totals, s->total_now, true};
	}
	return n;
}

/* Rows of the slice that are NULL or fail the measure's condition leave `keep`. */
static enum weir_status input_keep(struct weir_input *in, struct weir_slice *s, const struct weir_vec *vec,
				   uint64_t *keep, bool *all, struct weir_error *err)
{
	uint32_t words = weir_bit_words(s->n);
	*all = true;
	memcpy(keep, s->keep, words * sizeof *keep);
	if (in->where) {
		uint64_t passed[WEIR_VEC_ROWS / 64];
		uint32_t n_true;
		enum weir_status status =
		    weir_bound_filter(in->wheres[s->stream], s->batch, s->from, s->n, s->keep, passed, &n_true, err);
		if (status)
			return status;
		for (uint32_t w = 0; w < words; w++)
			keep[w] &= passed[w];
	}
	if (in->argument)
		for (uint32_t w = 0; w < words; w++)
			keep[w] &= vec->type == WEIR_NULL ? 0 : vec->valid ? vec->valid[w] : UINT64_MAX;
	for (uint32_t w = 0; w < words; w++)
		*all &= keep[w] == s->keep[w];
	return WEIR_OK;
}

/* Indexes into the picked rows of those that are in `keep`. */
static uint32_t pack_rows(struct weir_slice *s, const uint64_t *keep)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < s->n_rows; i++) {
		uint32_t row = s->rows ? s->rows[i] : i;
		s->packed[n] = (uint16_t)i;
		n += weir_bit_get(keep, row);
	}
	return n;
}

#define PACK(to, from, n)                                                                                              \
	for (uint32_t k_ = 0; k_ < (n); k_++)                                                                          \
		(to)[k_] = (from)[rows ? rows[packed ? packed[k_] : k_] : packed[k_]];

static const void *pack_values(struct weir_slice *s, const struct weir_vec *vec, enum weir_type type,
			       const uint16_t *packed, uint32_t n)
{
	const uint16_t *rows = s->rows;
	if (vec->type == WEIR_INT64 && type == WEIR_FLOAT64) {
		for (uint32_t k = 0; k < n; k++) {
			uint32_t i = packed ? packed[k] : k;
			s->values.f[k] = (double)vec->i[rows ? rows[i] : i];
		}
		return s->values.f;
	}
	if (!rows && !packed)
		return vec->type == WEIR_BOOL     ? (const void *)vec->b
		       : vec->type == WEIR_STRING ? (const void *)vec->s
						  : (const void *)vec->i;
	switch (vec->type) {
	case WEIR_BOOL:
		PACK(s->values.b, vec->b, n)
		return s->values.b;
	case WEIR_STRING:
		PACK(s->values.s, vec->s, n)
		return s->values.s;
	default: /* doubles are copied by their bits */
		PACK(s->values.i, vec->i, n)
		return s->values.i;
	}
}

static void pack_order(const struct weir_plan *p, struct weir_slice *s, const uint16_t *packed, uint32_t n)
{
	for (uint32_t k = 0; k < n; k++) {
		uint32_t i = packed ? packed[k] : k;
		s->order[k] = weir_plan_order(p, s->batch, s->from + (s->rows ? s->rows[i] : i));
	}
}

static const int8_t *pack_weights(struct weir_slice *s, const int8_t *weights, const uint16_t *packed, uint32_t n)
{
	for (uint32_t k = 0; k < n; k++)
		s->packed_weights[k] = weights[packed[k]];
	return s->packed_weights;
}

/* Totals are of the same few slots again and again: one addition each would wait for the one before. */
static void add_runs(uint64_t *rows, const uint32_t *slots, uint32_t n)
{
	for (uint32_t i = 0, from = 0; i < n; from = i) {
		while (i < n && slots[i] == slots[from])
			i++;
		rows[slots[from]] += i - from;
	}
}

static void add_rows(const struct target *t, const struct weir_slice *s, const int8_t *weights)
{
	if (!weights && t->total) {
		add_runs(t->slab->rows, t->slots, s->n_rows);
		return;
	}
	for (uint32_t i = 0; !weights && i < s->n_rows; i++)
		t->slab->rows[t->slots[i]]++;
	for (uint32_t i = 0; weights && i < s->n_rows; i++)
		t->slab->rows[t->slots[i]] += (uint64_t)(int64_t)weights[i];
}

static enum weir_status add_input(struct weir_plan *p, uint32_t input, struct weir_slice *s, const int8_t *weights,
				  const struct target *targets, uint32_t n_targets, struct weir_error *err)
{
	struct weir_input *in = p->inputs + input;
	struct weir_vec vec = {.type = WEIR_BOOL};
	uint64_t keep[WEIR_VEC_ROWS / 64];
	bool all, lost = false;
	enum weir_status status = WEIR_OK;
	if (in->argument)
		status = weir_bound_eval(in->arguments[s->stream], s->batch, s->from, s->n, s->keep, &vec, err);
	if (!status)
		status = input_keep(in, s, &vec, keep, &all, err);
	if (status)
		return status;
	const uint16_t *packed = all ? NULL : s->packed;
	struct weir_values values = {
	    .n = all ? s->n_rows : pack_rows(s, keep), .type = in->type, .order = s->order, .lost = &lost};
	if (!values.n)
		return WEIR_OK;
	if (in->argument)
		values.data = pack_values(s, &vec, in->type, packed, values.n);
	if (in->wants_order)
		pack_order(p, s, packed, values.n);
	if (weights)
		values.weights = packed ? pack_weights(s, weights, packed, values.n) : weights;
	for (uint32_t t = 0; t < n_targets; t++) {
		const uint32_t *slots = targets[t].slots;
		for (uint32_t k = 0; packed && k < values.n; k++)
			s->slots[k] = slots[packed[k]];
		for (uint32_t c = 0; c < p->n_accumulators; c++) {
			if (p->accumulators[c].input != input || (p->accumulators[c].total_only && !targets[t].total))
				continue;
			if (!weir_slab_add(targets[t].slab, c, packed ? s->slots : slots, &values))
				return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory while computing the view");
			if (lost)
				weir_plan_note_lost(p, c);
			lost = false;
		}
	}
	return WEIR_OK;
}

enum weir_status weir_plan_accumulate(struct weir_plan *p, struct weir_slice *s, struct weir_error *err)
{
	struct target targets[8];
	uint32_t n_slots = p->groups.n;
	bool ok =
	    p->mode == WEIR_PLAN_CUMULATIVE
		? weir_slab_reserve(&p->totals, n_slots)
		: p->mode != WEIR_PLAN_RANGED || (weir_slab_reserve(&p->now.slab, n_slots) &&
						  (p->change_gone || weir_slab_reserve(&p->before.slab, n_slots)));
	if (!ok)
		return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory while computing the view");
	uint32_t n = targets_of(p, s, targets);
	const int8_t *weights = weir_slice_weights(s);
	for (uint32_t t = 0; t < n; t++)
		add_rows(targets + t, s, weights);
	enum weir_status status = WEIR_OK;
	for (uint32_t i = 0; i < p->n_inputs && !status; i++)
		status = add_input(p, i, s, weights, targets, n, err);
	for (uint32_t t = 0; t < n; t++)
		if (targets[t].slab->rows[0] || weights)
			weir_slab_clear(targets[t].slab, 0);
	return status;
}
