/* Slices whose rows lie in several panes wait until the end of the batch; then the rows of each pane are tallied
 * together, so that a pane's share goes into the slabs once and not with every change from one pane to the next. */
#include "query/tally/short_way.h"

#include "query/plan/slice.h"

#include <stdlib.h>

enum {
	MOST_WAITING = WEIR_SEGMENT_ROWS / WEIR_VEC_ROWS,
	MOST_PANES = 16, /* of a slice; with more each has too few rows to be worth a run */
};

struct weir_waiting_slice {
	uint32_t from, n, left; /* left: rows that still wait */
	int64_t first_us, last_us;
	uint64_t keep[WEIR_VEC_ROWS / 64];
};

bool weir_several_panes_wait(struct weir_plan *p, const struct weir_slice *s)
{
	struct weir_short_way *t = &p->short_way;
	if (!s->all_timed || s->last_us - s->first_us >= MOST_PANES * p->panes.width_us || t->n_waiting == MOST_WAITING)
		return false;
	if (!t->waiting && !(t->waiting = weir_alloc(MOST_WAITING * sizeof *t->waiting)))
		return false;
	struct weir_waiting_slice *w = &t->waiting[t->n_waiting++];
	*w = (struct weir_waiting_slice){
	    .from = s->from, .n = s->n, .left = s->n_rows, .first_us = s->first_us, .last_us = s->last_us};
	memcpy(w->keep, s->keep, weir_bit_words(s->n) * sizeof *s->keep);
	return true;
}

static const int64_t *times_of(const struct weir_slice *s, const struct weir_waiting_slice *w)
{
	return s->batch->time_us + w->from;
}

static int64_t first_time(const struct weir_slice *s, const struct weir_waiting_slice *w)
{
	uint32_t word = 0;
	while (!w->keep[word])
		word++;
	return times_of(s, w)[word * 64 + (uint32_t)__builtin_ctzll(w->keep[word])];
}

/* The rows of the pane leave the waiting slice and become the slice's rows. */
static void take_rows(struct weir_slice *s, struct weir_waiting_slice *w, const struct weir_pane *pane)
{
	const int64_t *times = times_of(s, w);
	s->from = w->from;
	s->n = w->n;
	s->first_us = pane->from_us;
	s->last_us = pane->to_us - 1;
	s->rows = s->row_space;
	s->n_rows = 0;
	memset(s->keep, 0, sizeof s->keep);
	for (uint32_t word = 0; word < weir_bit_words(w->n); word++) {
		uint64_t rest = w->keep[word];
		for (uint64_t bits = rest; bits; bits &= bits - 1) {
			uint32_t row = word * 64 + (uint32_t)__builtin_ctzll(bits);
			if (times[row] < pane->from_us || times[row] >= pane->to_us)
				continue;
			s->row_space[s->n_rows++] = (uint16_t)row;
			weir_bit_set(s->keep, row);
		}
		w->keep[word] = rest & ~s->keep[word];
	}
	w->left -= s->n_rows;
	if (s->n_rows == s->n)
		s->rows = NULL;
}

bool weir_several_panes_next(const struct weir_plan *p, uint32_t *i, int64_t *time_us)
{
	const struct weir_short_way *t = &p->short_way;
	while (*i < t->n_waiting && !t->waiting[*i].left)
		++*i;
	if (*i == t->n_waiting)
		return false;
	*time_us = first_time(p->slice, &t->waiting[*i]);
	return true;
}

bool weir_several_panes_take(struct weir_plan *p, uint32_t i, const struct weir_pane *pane)
{
	struct weir_waiting_slice *w = &p->short_way.waiting[i];
	if (!w->left || w->last_us < pane->from_us || w->first_us >= pane->to_us)
		return false;
	take_rows(p->slice, w, pane);
	return p->slice->n_rows > 0;
}
