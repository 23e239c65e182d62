/* Which rows are selected, and which they are compared with. */
#include "query/why/why.h"

#include <stdlib.h>

/* Sets the bits of the rows of the slice that lie in the span, out of `all`. Returns whether there is any. */
static bool in_span(const struct weir_why_study *w, const struct weir_segment *segment, uint32_t from, uint32_t n,
		    const struct weir_why_span *span, const uint64_t *all, uint64_t *out)
{
	uint32_t words = weir_bit_words(n);
	const struct weir_span *times = segment->spans ? &segment->spans[from / WEIR_SPAN_ROWS] : NULL;
	bool always = span->after_us == INT64_MIN && span->until_us == INT64_MAX;
	if (always ||
	    (times && times->all_timed && times->first_us > span->after_us && times->last_us <= span->until_us)) {
		memcpy(out, all, words * sizeof *out);
		return true;
	}
	memset(out, 0, words * sizeof *out);
	if (times && (times->first_us > span->until_us || times->last_us <= span->after_us))
		return false;
	uint64_t any = 0;
	for (uint32_t i = 0; i < n; i++) {
		int64_t t = weir_why_time(w, segment->rows, from + i);
		bool in = t != WEIR_TIME_NONE && t > span->after_us && t <= span->until_us;
		out[i / 64] |= (uint64_t)in << (i & 63);
	}
	for (uint32_t i = 0; i < words; i++)
		any |= out[i] &= all[i];
	return any != 0;
}

/* Both sides of a slice of rows that pass the filter. */
static enum weir_status split(const struct weir_why_study *w, struct weir_why_share *share,
			      const struct weir_segment *segment, const struct weir_slice *s, uint64_t *selected,
			      uint64_t *rest, struct weir_error *err)
{
	uint32_t words = weir_bit_words(s->n), n_true;
	uint64_t in[WEIR_VEC_ROWS / 64], around[WEIR_VEC_ROWS / 64], either[WEIR_VEC_ROWS / 64];
	uint64_t hit[WEIR_VEC_ROWS / 64];
	bool any = in_span(w, segment, s->from, s->n, &w->span, s->keep, in);
	any |= in_span(w, segment, s->from, s->n, &w->around, s->keep, around);
	if (!any)
		return WEIR_OK;
	for (uint32_t i = 0; i < words; i++)
		either[i] = in[i] | (w->before ? around[i] : 0);
	memcpy(hit, either, words * sizeof *hit);
	if (w->condition) {
		enum weir_status st =
		    weir_bound_filter(share->conditions[s->stream], s->batch, s->from, s->n, either, hit, &n_true, err);
		if (st != WEIR_OK)
			return st;
	}
	for (uint32_t i = 0; i < words; i++) {
		selected[i] = hit[i] & in[i];
		rest[i] = around[i] & ~selected[i] & (w->before ? hit[i] : UINT64_MAX);
	}
	return WEIR_OK;
}

/* A row that another one takes back, or that is none, is on neither side. */
static void leave_weights(const struct weir_batch *b, uint32_t from, uint32_t n, uint64_t *keep)
{
	for (uint32_t i = 0; b->weight && i < n; i++)
		if (b->weight[from + i] <= 0)
			weir_bit_clear(keep, i);
}

/* Rows that are not among the newest. */
static void leave_older(const struct weir_plan *p, const struct weir_segment *segment, struct weir_slice *s)
{
	for (uint32_t i = 0; i < s->n; i++) {
		if (!weir_bit_get(s->keep, i))
			continue;
		struct weir_order o = weir_plan_arrival(p, segment->rows, s->from + i, segment->first_row);
		bool later = o.time_us != WEIR_TIME_NONE && o.time_us > p->accept_until_us;
		if (later || (p->newest.active && weir_order_compare(&o, &p->newest.from) < 0))
			weir_bit_clear(s->keep, i);
	}
}

static bool misses(const struct weir_segment *segment, const struct weir_why_span *span)
{
	bool always = span->after_us == INT64_MIN && span->until_us == INT64_MAX;
	return !always && segment->rows->time_us && segment->time_min_us <= segment->time_max_us &&
	       (segment->time_min_us > span->until_us || segment->time_max_us <= span->after_us);
}

static uint64_t count_bits(const uint64_t *words, uint32_t n)
{
	uint64_t sum = 0;
	for (uint32_t i = 0; i < n; i++)
		sum += (uint64_t)__builtin_popcountll(words[i]);
	return sum;
}

enum weir_status weir_why_find_sides(struct weir_why_study *w, struct weir_why_share *share,
				     const struct weir_segment *segment, struct weir_why_bits *bits,
				     struct weir_error *err)
{
	const struct weir_batch *b = segment->rows;
	struct weir_slice *s = share->plan->slice;
	uint64_t n[WEIR_WHY_SIDES];
	if (misses(segment, &w->span) && misses(segment, &w->around)) {
		share->held += b->n_rows;
		return WEIR_OK;
	}
	bits->n_words = weir_bit_words(b->n_rows);
	bits->words = weir_calloc((size_t)bits->n_words * WEIR_WHY_SIDES, sizeof *bits->words);
	if (!bits->words)
		return weir_fail(err, WEIR_NO_MEMORY, "why", "out of memory");
	s->batch = b;
	s->stream = b->stream;
	for (s->from = 0; s->from < b->n_rows; s->from += WEIR_VEC_ROWS) {
		uint32_t n_true, word = s->from / 64;
		s->n = b->n_rows - s->from < WEIR_VEC_ROWS ? b->n_rows - s->from : WEIR_VEC_ROWS;
		enum weir_status st = weir_slice_filter(share->plan, s, &n_true, err);
		leave_weights(b, s->from, s->n, s->keep);
		if (st == WEIR_OK && w->newest_rows)
			leave_older(share->plan, segment, s);
		if (st == WEIR_OK && n_true)
			st = split(w, share, segment, s, bits->words + word, bits->words + bits->n_words + word, err);
		if (st != WEIR_OK)
			return st;
	}
	for (int side = 0; side < WEIR_WHY_SIDES; side++) {
		n[side] = count_bits(bits->words + (size_t)side * bits->n_words, bits->n_words);
		share->rows[side] += n[side];
	}
	share->held += b->n_rows;
	if (!n[WEIR_WHY_SELECTED] && !n[WEIR_WHY_REST]) {
		free(bits->words);
		bits->words = NULL;
	}
	return WEIR_OK;
}
