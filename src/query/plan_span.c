/* The first and the last event time of the rows that count. Where a filter picks some rows of many slices, only the
 * slices at the two ends can decide: the others are known not to matter by the span of all their rows, without a look
 * at their times. */
#include "query/plan_state.h"

#include <stdlib.h>

enum { MOST_OPEN = WEIR_SEGMENT_ROWS / WEIR_VEC_ROWS };

struct weir_open_span { /* a slice whose picked rows have not been looked at; at least one is picked */
	uint32_t from, n;
	int64_t first_us, last_us; /* of all its rows, each with a time */
	uint64_t keep[WEIR_VEC_ROWS / 64];
};

static void reach(struct weir_plan *p, int64_t first, int64_t last)
{
	if (last == WEIR_TIME_NONE)
		return;
	if (p->first_us == WEIR_TIME_NONE || first < p->first_us)
		p->first_us = first;
	if (last > p->last_us)
		p->last_us = last;
}

static void look(struct weir_plan *p, const struct weir_batch *batch, uint32_t from, uint32_t n, const uint64_t *keep)
{
	int64_t first = INT64_MAX, last = WEIR_TIME_NONE;
	for (uint32_t word = 0; word < weir_bit_words(n); word++)
		for (uint64_t bits = keep[word]; bits; bits &= bits - 1) {
			int64_t t = weir_batch_time(p, batch, from + word * 64 + (uint32_t)__builtin_ctzll(bits));
			first = t != WEIR_TIME_NONE && t < first ? t : first;
			last = t > last ? t : last; /* NONE is the least */
		}
	reach(p, first, last);
}

void weir_slice_span(struct weir_plan *p, const struct weir_slice *s)
{
	if (!s->rows) {
		reach(p, s->first_us, s->last_us);
		return;
	}
	if (p->first_us != WEIR_TIME_NONE && s->all_timed && s->first_us >= p->first_us && s->last_us <= p->last_us)
		return;
	bool now = p->keeps_panes || !s->all_timed; /* the width of panes follows the span */
	if (!now && !p->open_spans)
		p->open_spans = weir_alloc(MOST_OPEN * sizeof *p->open_spans);
	if (now || !p->open_spans || p->n_open_spans == MOST_OPEN) {
		look(p, s->batch, s->from, s->n, s->keep);
		return;
	}
	struct weir_open_span *open = &p->open_spans[p->n_open_spans++];
	*open = (struct weir_open_span){.from = s->from, .n = s->n, .first_us = s->first_us, .last_us = s->last_us};
	memcpy(open->keep, s->keep, weir_bit_words(s->n) * sizeof *s->keep);
}

void weir_plan_close_spans(struct weir_plan *p, const struct weir_batch *batch)
{
	int64_t first = p->first_us == WEIR_TIME_NONE ? INT64_MAX : p->first_us, last = p->last_us;
	for (uint32_t i = 0; i < p->n_open_spans;
	     i++) { /* a picked row is no earlier than the first of all, no later than the last */
		const struct weir_open_span *open = &p->open_spans[i];
		first = open->last_us < first ? open->last_us : first;
		last = open->first_us > last ? open->first_us : last;
	}
	for (uint32_t i = 0; i < p->n_open_spans; i++) {
		const struct weir_open_span *open = &p->open_spans[i];
		if (open->first_us <= first || open->last_us >= last)
			look(p, batch, open->from, open->n, open->keep);
	}
	p->n_open_spans = 0;
}
