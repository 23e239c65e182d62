/* The second pass: what was found, counted by the conditions that keep its rows; and pairs of the strongest. */
#include "query/why/why.h"

#include <stdlib.h>

static struct weir_str condition_of(struct weir_why_study *w, const struct weir_why_ranked *r, uint32_t picked)
{
	struct weir_buf text = {0};
	struct weir_str kept = {0};
	if (weir_why_cell_condition(w->inputs[r->input].name, &r->picked[picked], false, &text))
		kept = weir_arena_str(&w->arena, weir_buf_str(&text));
	weir_buf_release(&text);
	return kept;
}

/* Ranges are counted anew because their bounds have moved; what pairs are made of, to know which rows it is. */
static bool list_checks(struct weir_why_study *w)
{
	enum { OF_A_PAIR = 2 };
	w->checks = weir_arena_alloc(&w->arena, (w->n_ranked * (size_t)WEIR_WHY_VALUES + 1) * sizeof *w->checks);
	if (!w->checks)
		return false;
	for (uint32_t i = 0; i < w->n_ranked; i++) {
		struct weir_why_ranked *r = &w->ranked[i];
		for (uint32_t k = 0; k < r->n_picked; k++) {
			bool pairs = i < WEIR_WHY_STRONGEST && k < OF_A_PAIR;
			r->conditions[k] = condition_of(w, r, k);
			if (!r->conditions[k].data)
				return false;
			if (pairs || r->picked[k].kind == WEIR_WHY_RANGE)
				w->checks[w->n_checks++] = (struct weir_why_check){i, k};
		}
	}
	return true;
}

static bool list_pairs(struct weir_why_study *w)
{
	w->pairs = weir_arena_alloc(&w->arena, (w->n_checks * (size_t)w->n_checks + 1) * sizeof *w->pairs);
	if (!w->pairs)
		return false;
	for (uint32_t i = 0; i < w->n_checks; i++)
		for (uint32_t k = i + 1; k < w->n_checks; k++)
			if (w->checks[k].ranked < WEIR_WHY_STRONGEST && w->checks[i].ranked != w->checks[k].ranked)
				w->pairs[w->n_pairs++] = (struct weir_why_pair){.checks = {i, k}};
	return true;
}

static enum weir_status bind_share(struct weir_why_study *w, struct weir_why_share *share, struct weir_error *err)
{
	uint32_t n_streams = share->plan->n_streams;
	share->checks = weir_calloc((size_t)w->n_checks * n_streams + 1, sizeof(struct weir_bound *));
	share->found = weir_calloc(((size_t)w->n_checks + w->n_pairs) * WEIR_WHY_SIDES + 1, sizeof *share->found);
	if (!share->checks || !share->found)
		return weir_fail(err, WEIR_NO_MEMORY, "why", "out of memory");
	for (uint32_t i = 0; i < w->n_checks; i++) {
		struct weir_str text = w->ranked[w->checks[i].ranked].conditions[w->checks[i].picked];
		struct weir_expr *e = NULL;
		enum weir_type type;
		enum weir_status st = weir_expr_parse(text, &share->plan->arena, &e, err);
		if (st == WEIR_OK)
			st = weir_plan_bind_streams(share->plan, e, text, true, share->checks + (size_t)i * n_streams,
						    &type, err);
		if (st != WEIR_OK)
			return st;
	}
	return WEIR_OK;
}

enum weir_status weir_why_bind_checks(struct weir_why_study *w, struct weir_error *err)
{
	if (!list_checks(w) || !list_pairs(w))
		return weir_fail(err, WEIR_NO_MEMORY, "why", "out of memory");
	enum weir_status st = WEIR_OK;
	for (uint32_t i = 0; st == WEIR_OK && i < w->n_shares; i++)
		st = bind_share(w, &w->shares[i], err);
	return st;
}

/* ---- counting ---- */

static void count_both(const uint64_t *a, const uint64_t *b, const uint64_t *selected, const uint64_t *rest,
		       uint32_t words, uint64_t *found)
{
	for (uint32_t i = 0; i < words; i++) {
		uint64_t both = a[i] & b[i];
		if (!both)
			continue;
		found[WEIR_WHY_SELECTED] += (uint64_t)__builtin_popcountll(both & selected[i]);
		found[WEIR_WHY_REST] += (uint64_t)__builtin_popcountll(both & rest[i]);
	}
}

/* The rows of a slice for which each check holds, one bitmap after the other. */
static enum weir_status check_slice(const struct weir_why_study *w, struct weir_why_share *share,
				    const struct weir_batch *b, uint32_t from, const uint64_t *selected,
				    const uint64_t *rest, uint64_t *hits, struct weir_error *err)
{
	enum { WORDS = WEIR_VEC_ROWS / 64 };
	uint64_t wanted[WORDS], any = 0;
	uint32_t n = b->n_rows - from < WEIR_VEC_ROWS ? b->n_rows - from : WEIR_VEC_ROWS, n_true;
	uint32_t words = weir_bit_words(n);
	for (uint32_t i = 0; i < words; i++)
		any |= wanted[i] = selected[i] | rest[i];
	for (uint32_t i = 0; any && i < w->n_checks; i++) {
		struct weir_bound *check = share->checks[(size_t)i * share->plan->n_streams + b->stream];
		enum weir_status st =
		    weir_bound_filter(check, b, from, n, wanted, hits + (size_t)i * WORDS, &n_true, err);
		if (st != WEIR_OK)
			return st;
		count_both(hits + (size_t)i * WORDS, wanted, selected, rest, words,
			   share->found + (size_t)i * WEIR_WHY_SIDES);
	}
	for (uint32_t i = 0; any && i < w->n_pairs; i++)
		count_both(hits + (size_t)w->pairs[i].checks[0] * WORDS, hits + (size_t)w->pairs[i].checks[1] * WORDS,
			   selected, rest, words, share->found + ((size_t)w->n_checks + i) * WEIR_WHY_SIDES);
	return WEIR_OK;
}

enum weir_status weir_why_check_rows(const struct weir_why_study *w, struct weir_why_share *share,
				     const struct weir_segment *segment, const struct weir_why_bits *bits,
				     struct weir_error *err)
{
	enum weir_status st = WEIR_OK;
	if (!bits->words)
		return WEIR_OK;
	uint64_t *hits = weir_alloc(((size_t)w->n_checks + 1) * WEIR_VEC_ROWS / 64 * sizeof *hits);
	if (!hits)
		return weir_fail(err, WEIR_NO_MEMORY, "why", "out of memory");
	for (uint32_t from = 0; st == WEIR_OK && from < segment->rows->n_rows; from += WEIR_VEC_ROWS)
		st = check_slice(w, share, segment->rows, from, bits->words + from / 64,
				 bits->words + bits->n_words + from / 64, hits, err);
	free(hits);
	return st;
}

/* ---- taking the counts ---- */

static uint64_t found(const struct weir_why_study *w, uint32_t number, int side)
{
	uint64_t sum = 0;
	for (uint32_t i = 0; i < w->n_shares; i++)
		sum += w->shares[i].found[(size_t)number * WEIR_WHY_SIDES + (size_t)side];
	return sum;
}

static double strength(const struct weir_why_study *w, uint32_t check)
{
	const struct weir_why_check *c = &w->checks[check];
	const struct weir_why_cell *cell = &w->ranked[c->ranked].picked[c->picked];
	const uint64_t counts[] = {cell->selected, cell->rest};
	return weir_why_yes_no(counts, w->counted, 1);
}

static int best_first(const void *a, const void *b)
{
	const struct weir_why_pair *x = a, *y = b;
	if (x->difference != y->difference)
		return x->difference > y->difference ? -1 : 1;
	return x->checks[0] != y->checks[0]  ? (x->checks[0] < y->checks[0] ? -1 : 1)
	       : x->checks[1] < y->checks[1] ? -1
					     : x->checks[1] > y->checks[1];
}

/* A pair is worth naming when having both tells clearly more than having either. */
static void take_pairs(struct weir_why_study *w)
{
	static const double clearly = 1.1;
	uint32_t n = 0;
	for (uint32_t i = 0; i < w->n_pairs; i++) {
		struct weir_why_pair pair = w->pairs[i];
		double a = strength(w, pair.checks[0]), b = strength(w, pair.checks[1]);
		for (int side = 0; side < WEIR_WHY_SIDES; side++)
			pair.rows[side] = found(w, w->n_checks + i, side);
		bool more = (double)pair.rows[WEIR_WHY_SELECTED] * (double)w->counted[WEIR_WHY_REST] >
			    (double)pair.rows[WEIR_WHY_REST] * (double)w->counted[WEIR_WHY_SELECTED];
		pair.difference = weir_why_yes_no(pair.rows, w->counted, w->n_pairs);
		if (more && pair.difference > clearly * (a > b ? a : b))
			w->pairs[n++] = pair;
	}
	qsort(w->pairs, n, sizeof *w->pairs, best_first);
	w->n_pairs = n < WEIR_WHY_PAIRS ? n : WEIR_WHY_PAIRS;
}

void weir_why_take_checks(struct weir_why_study *w)
{
	for (uint32_t i = 0; i < w->n_checks; i++) {
		const struct weir_why_check *c = &w->checks[i];
		struct weir_why_cell *cell = &w->ranked[c->ranked].picked[c->picked];
		cell->selected = found(w, i, WEIR_WHY_SELECTED);
		cell->rest = found(w, i, WEIR_WHY_REST);
		w->ranked[c->ranked].dropped[c->picked] = strength(w, i) <= 0;
	}
	take_pairs(w);
}
