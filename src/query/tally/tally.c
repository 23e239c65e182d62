/* A tally's memory: made for a question, grown to the slots of a batch, cleared after each run. */
#include "query/tally/tally.h"

#include <stdlib.h>

enum { MOST_BYTES = 8 << 20 }; /* beyond that the caches do not help any more */

bool weir_tally_can(const struct weir_accumulator *a)
{
	bool number = a->type == WEIR_INT64 || a->type == WEIR_FLOAT64;
	switch (a->ops->tally) {
	case WEIR_SUMMED_ROWS:
		return true;
	case WEIR_SUMMED_SUM:
	case WEIR_SUMMED_BUCKETS:
		return number;
	case WEIR_SUMMED_LEAST:
	case WEIR_SUMMED_GREATEST:
		return number || a->type == WEIR_TIMESTAMP;
	case WEIR_SUMMED_NONE:
		break;
	}
	return false;
}

static bool scratch(struct weir_tally_input *in)
{
	in->slot_space = weir_alloc(WEIR_TALLY_ROWS * sizeof *in->slot_space);
	in->value_space = weir_alloc(WEIR_TALLY_ROWS * sizeof(int64_t));
	in->halves = in->sums ? weir_alloc(WEIR_TALLY_ROWS * sizeof *in->halves) : NULL;
	in->bucket = in->quantile ? weir_alloc(WEIR_TALLY_ROWS * sizeof *in->bucket) : NULL;
	in->doubles = in->quantile ? weir_alloc(WEIR_TALLY_ROWS * sizeof *in->doubles) : NULL;
	in->keys = in->extremes ? weir_alloc(WEIR_TALLY_ROWS * sizeof *in->keys) : NULL;
	return in->slot_space && in->value_space && (!in->sums || in->halves) &&
	       (!in->quantile || (in->bucket && in->doubles)) && (!in->extremes || in->keys);
}

/* A quantile that some accumulator wants by slot is by slot; otherwise its rows are no longer told by its buckets. */
static void find_single(struct weir_tally *t)
{
	for (uint32_t i = 0; i < t->n_inputs; i++)
		t->inputs[i].single = t->inputs[i].quantile;
	for (uint32_t i = 0; i < t->n_accumulators; i++)
		if (t->accumulators[i].ops->tally == WEIR_SUMMED_BUCKETS && !t->accumulators[i].total_only) {
			t->inputs[t->accumulators[i].input].single = false;
			t->by_buckets = (int)t->accumulators[i].input;
		}
}

bool weir_tally_init(struct weir_tally *t, const struct weir_accumulator *accumulators, uint32_t n, uint32_t n_inputs,
		     bool summed, struct weir_budget *budget)
{
	*t = (struct weir_tally){.vector = weir_tally_vector(),
				 .budget = budget,
				 .accumulators = accumulators,
				 .n_accumulators = n,
				 .by_buckets = -1};
	t->inputs = weir_calloc(n_inputs + 1, sizeof *t->inputs);
	if (!t->inputs)
		return false;
	t->n_inputs = n_inputs + 1;
	for (uint32_t i = 0; i < n; i++) {
		struct weir_tally_input *in = &t->inputs[accumulators[i].input];
		enum weir_summed sum = accumulators[i].ops->tally;
		in->sums |= sum == WEIR_SUMMED_SUM;
		in->quantile |= sum == WEIR_SUMMED_BUCKETS;
		in->extremes |= sum == WEIR_SUMMED_LEAST || sum == WEIR_SUMMED_GREATEST;
		in->low_octave = -1;
		in->whole.least = UINT64_MAX;
		if (in->quantile && !summed)
			t->by_buckets = (int)accumulators[i].input;
	}
	if (summed)
		find_single(t);
	t->no_slots = weir_calloc(WEIR_TALLY_ROWS, sizeof *t->no_slots);
	if (!t->no_slots)
		return false;
	for (uint32_t i = 0; i < t->n_inputs; i++)
		if (!scratch(&t->inputs[i]))
			return false;
	return true;
}

static void free_slots(struct weir_tally *t)
{
	for (uint32_t i = 0; i < t->n_inputs; i++) {
		struct weir_tally_input *in = &t->inputs[i];
		free(in->cells);
		free(in->list);
		free(in->buckets);
		free(in->extreme);
		in->cells = NULL;
		in->list = NULL;
		in->buckets = NULL;
		in->extreme = NULL;
	}
	free(t->rows);
	t->rows = NULL;
	weir_budget_charge(t->budget, -t->charged_bytes);
	t->charged_bytes = 0;
	t->capacity = 0;
}

void weir_tally_release(struct weir_tally *t)
{
	free_slots(t);
	for (uint32_t i = 0; i < t->n_inputs; i++) {
		free(t->inputs[i].slot_space);
		free(t->inputs[i].value_space);
		free(t->inputs[i].halves);
		free(t->inputs[i].bucket);
		free(t->inputs[i].doubles);
		free(t->inputs[i].keys);
	}
	free(t->inputs);
	free(t->no_slots);
	*t = (struct weir_tally){0};
}

static void empty_cell(struct weir_tally_input *in, uint32_t slot)
{
	in->cells[slot] = (struct weir_tally_cell){.least = UINT64_MAX};
	if (in->extreme)
		in->extreme[slot] = (struct weir_tally_extremes){INT64_MAX, INT64_MIN};
}

static size_t slot_bytes(const struct weir_tally_input *in)
{
	return sizeof *in->cells + (in->extremes ? sizeof *in->extreme : 0) +
	       (in->quantile && !in->single
		    ? WEIR_QUANTILE_LIST * sizeof *in->list + WEIR_TALLY_BUCKETS * sizeof *in->buckets
		    : 0);
}

static bool make_slots(struct weir_tally_input *in, uint32_t n)
{
	in->cells = weir_alloc(n * sizeof *in->cells);
	in->extreme = in->extremes ? weir_alloc(n * sizeof *in->extreme) : NULL;
	size_t rows = in->single ? 1 : n;
	in->list = in->quantile ? weir_alloc(rows * WEIR_QUANTILE_LIST * sizeof *in->list) : NULL;
	in->buckets = in->quantile ? weir_calloc(rows * WEIR_TALLY_BUCKETS, sizeof *in->buckets) : NULL;
	if (!in->cells || (in->extremes && !in->extreme) || (in->quantile && (!in->list || !in->buckets)))
		return false;
	for (uint32_t i = 0; i < n; i++)
		empty_cell(in, i);
	return true;
}

bool weir_tally_reserve(struct weir_tally *t, uint32_t n_slots, bool *fits)
{
	size_t bytes = WEIR_TALLY_LANES * sizeof *t->rows;
	for (uint32_t i = 0; i + 1 < t->n_inputs; i++)
		bytes += slot_bytes(&t->inputs[i]);
	*fits = ((size_t)n_slots + 1) * bytes <= MOST_BYTES;
	if (!*fits)
		return true;
	t->n_slots = n_slots;
	if (n_slots < t->capacity)
		return true;
	uint32_t capacity = n_slots + n_slots / 4 + 1;
	free_slots(t);
	t->charged_bytes = (int64_t)(capacity * bytes);
	weir_budget_charge(t->budget, t->charged_bytes);
	bool ok = (t->rows = weir_calloc((size_t)capacity * WEIR_TALLY_LANES, sizeof *t->rows)) != NULL;
	for (uint32_t i = 0; ok && i + 1 < t->n_inputs; i++)
		ok = make_slots(&t->inputs[i], capacity);
	if (ok)
		t->capacity = capacity;
	else
		free_slots(t);
	return ok;
}

static void clear_buckets(const struct weir_tally_input *in, const struct weir_tally_cell *c, const double *list,
			  uint16_t *buckets)
{
	struct weir_tally_span used = weir_tally_used(in, c);
	buckets[0] = 0;
	memset(buckets + used.from, 0, (used.to - used.from) * sizeof *buckets);
	for (uint32_t i = 0; c->listed < WEIR_QUANTILE_LIST && i < c->listed; i++)
		buckets[weir_tally_bucket(in, list[i])] = 0;
}

static void clear_single(struct weir_tally_input *in)
{
	if (in->whole.listed)
		clear_buckets(in, &in->whole, in->list, in->buckets);
	in->whole = (struct weir_tally_cell){.least = UINT64_MAX};
}

void weir_tally_clear(struct weir_tally *t, uint32_t slot)
{
	memset(t->rows + (size_t)slot * WEIR_TALLY_LANES, 0, WEIR_TALLY_LANES * sizeof *t->rows);
	for (uint32_t i = 0; i + 1 < t->n_inputs; i++) {
		struct weir_tally_input *in = &t->inputs[i];
		if (in->single && slot == t->n_slots)
			clear_single(in);
		if (in->quantile && !in->single && in->cells[slot].listed)
			clear_buckets(in, &in->cells[slot], in->list + (size_t)slot * WEIR_QUANTILE_LIST,
				      in->buckets + (size_t)slot * WEIR_TALLY_BUCKETS);
		empty_cell(in, slot);
	}
}
