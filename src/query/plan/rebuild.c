/* Answers a new question, or one about the past, from the rows that are kept: reads the snapshots again. */
#include "query/plan/slice.h"

#include <stdlib.h>

void weir_plan_set_bounds(struct weir_plan *p, int64_t at_us, int64_t oldest_us, bool fixed)
{
	const struct weir_window *w = &p->window;
	p->built_at_us =
	    fixed || p->mode != WEIR_PLAN_CUMULATIVE || w->kind == WEIR_WINDOW_SLIDING ? at_us : WEIR_TIME_NONE;
	if (at_us == WEIR_TIME_NONE)
		return;
	if (p->mode == WEIR_PLAN_RANGED) {
		int64_t back = weir_plan_back_us(p, at_us);
		int64_t reach = w->size_us + w->hop_us + (back > w->size_us ? back : w->size_us);
		int64_t from = oldest_us > at_us - reach ? oldest_us : at_us - reach;
		p->spread_from_us = from < at_us ? from : at_us;
		p->panes.width_us = weir_pane_width_for(p->full_width_us, p->partials ? p->partial_pane_us : 0,
							at_us - p->spread_from_us);
		if (fixed && w->kind == WEIR_WINDOW_SLIDING && !p->partials)
			p->panes.origin_us = at_us - weir_floor_div(at_us, p->panes.width_us) * p->panes.width_us;
		weir_plan_forget_below(p, weir_plan_oldest_pane(p, at_us));
	} else if (w->kind == WEIR_WINDOW_SLIDING) {
		p->accept_after_us = at_us - w->size_us;
		p->accept_until_us = at_us;
		p->accept_none = false;
	} else if (fixed && (w->kind == WEIR_WINDOW_SINCE || w->kind == WEIR_WINDOW_ROWS)) {
		p->accept_until_us = at_us;
	}
}

/* No row of the segment can be in a window; only the ledger wants to know it. */
static bool out_of_reach(struct weir_plan *p, const struct weir_segment *seg)
{
	if (p->accept_no_time || p->window.kind == WEIR_WINDOW_ALL)
		return false;
	if (!seg->rows->time_us)
		return !p->live;
	if (seg->time_min_us > p->reach_us && seg->time_min_us < p->ahead_us)
		p->ahead_us = seg->time_min_us;
	return seg->time_min_us > seg->time_max_us || seg->time_max_us <= p->accept_after_us ||
	       seg->time_min_us > weir_plan_until(p);
}

static int newest_first(const void *a, const void *b)
{
	return weir_order_compare(b, a);
}

struct newest { /* candidates for the newest rows of a rows window */
	struct weir_order *orders;
	size_t n, capacity, wanted;
	bool full; /* rows before `least` cannot be among them */
	struct weir_order least;
};

static void prune(struct newest *c)
{
	if (!c->wanted || c->n < c->wanted)
		return;
	qsort(c->orders, c->n, sizeof *c->orders, newest_first);
	c->n = c->wanted;
	c->least = c->orders[c->n - 1];
	c->full = true;
}

static enum weir_status offer_batch(struct weir_plan *p, struct newest *c, const struct weir_batch *b,
				    uint64_t first_row, struct weir_error *err)
{
	struct weir_slice *s = p->slice;
	s->batch = b;
	s->stream = b->stream;
	weir_plan_note_ahead(p, b, 0, b->n_rows);
	for (s->from = 0; s->from < b->n_rows; s->from += WEIR_VEC_ROWS) {
		uint32_t n_true;
		s->n = b->n_rows - s->from < WEIR_VEC_ROWS ? b->n_rows - s->from : WEIR_VEC_ROWS;
		enum weir_status status = weir_slice_filter(p, s, &n_true, err);
		if (status)
			return status;
		if (b->weight)
			weir_slice_weigh(p, s);
		void *orders = c->orders;
		if (!weir_grow(&orders, &c->capacity, c->n + n_true, sizeof *c->orders))
			return weir_fail(err, WEIR_NO_MEMORY, "view",
					 "out of memory while looking for the newest rows");
		c->orders = orders;
		for (uint32_t i = 0; n_true && i < s->n; i++) {
			if (!weir_bit_get(s->keep, i))
				continue;
			struct weir_order o = weir_plan_arrival(p, b, s->from + i, first_row);
			if (o.time_us != WEIR_TIME_NONE && o.time_us > weir_plan_until(p))
				continue;
			if (!c->full || newest_first(&o, &c->least) < 0)
				c->orders[c->n++] = o;
		}
		if (c->n >= 2 * c->wanted + WEIR_VEC_ROWS)
			prune(c);
	}
	return WEIR_OK;
}

/* First pass of a rows window. */
enum weir_status weir_plan_find_newest(struct weir_plan *p, const struct weir_relation_snapshot *snapshot, uint64_t n,
				       const _Atomic bool *cancel, struct weir_error *err)
{
	struct newest c = {.wanted = n};
	enum weir_status status = WEIR_OK;
	for (uint32_t s = 0; s < p->n_streams && !status; s++)
		for (uint32_t i = snapshot->streams[s] ? snapshot->streams[s]->n_segments : 0; i-- > 0 && !status;) {
			const struct weir_segment *seg = snapshot->streams[s]->segments[i];
			bool older =
			    c.full && seg->time_min_us <= seg->time_max_us && seg->time_max_us < c.least.time_us;
			if (cancel && atomic_load_explicit(cancel, memory_order_relaxed))
				status = WEIR_CANCELLED;
			else if (!older)
				status = offer_batch(p, &c, seg->rows, seg->first_row, err);
		}
	prune(&c);
	p->newest.active = c.full;
	p->newest.from = c.least;
	free(c.orders);
	return status;
}

static enum weir_status scan(struct weir_plan *p, const struct weir_segment *seg, struct weir_ledger *const *ledgers,
			     struct weir_error *err)
{
	bool older =
	    p->newest.active && seg->time_min_us <= seg->time_max_us && seg->time_max_us < p->newest.from.time_us;
	if (!ledgers && (older || out_of_reach(p, seg)))
		return WEIR_OK;
	return weir_plan_update_batch(p, seg->rows, seg, ledgers, seg->first_row, err);
}

enum weir_status weir_plan_rebuild_part(struct weir_plan *p, const struct weir_relation_snapshot *snapshot,
					struct weir_shares *shares, uint32_t share, int64_t at_us,
					const _Atomic bool *cancel, struct weir_ledger *const *const *ledgers,
					struct weir_error *err)
{
	enum weir_status status = WEIR_OK;
	int64_t newest_us = weir_relation_snapshot_newest_us(snapshot),
		oldest_us = weir_relation_snapshot_oldest_us(snapshot);
	uint32_t number;
	if (p->newest_us > newest_us) /* its row may be gone */
		newest_us = p->newest_us;
	bool fixed = at_us != WEIR_TIME_NONE;
	weir_plan_reset(p);
	p->newest_us = newest_us;
	p->fixed = fixed;
	p->parts = shares->n;
	weir_plan_set_bounds(p, fixed ? at_us : newest_us, oldest_us == WEIR_TIME_NONE ? INT64_MAX : oldest_us, fixed);
	if (p->window.kind == WEIR_WINDOW_ROWS) {
		status = weir_plan_find_newest(p, snapshot, p->window.rows, cancel, err);
		p->accept_none = p->window.rows == 0;
	}
	while (!status && weir_shares_next(shares, share, &number)) {
		const struct weir_segment *segment = weir_relation_snapshot_segment(snapshot, number);
		if (cancel && atomic_load_explicit(cancel, memory_order_relaxed))
			return weir_fail(err, WEIR_CANCELLED, "view", "given up for a newer question");
		status = scan(p, segment, ledgers ? ledgers[segment->rows->stream] : NULL, err);
	}
	p->built = !status;
	if (p->window.kind == WEIR_WINDOW_ROWS)
		p->accept_none = true; /* until the next rebuild */
	return status;
}

/* The span that was counted is part of the new one. */
static bool span_grows(const struct weir_plan *p, int64_t after_us, int64_t until_us)
{
	return p->built && after_us <= p->accept_after_us && until_us >= p->accept_until_us;
}

int64_t weir_plan_span_needs(const struct weir_plan *p, int64_t after_us, int64_t until_us)
{
	bool begun = span_grows(p, after_us, until_us) && after_us == p->accept_after_us;
	return (begun ? p->accept_until_us : after_us) + 1;
}

static enum weir_status count_span(struct weir_plan *p, const struct weir_relation_snapshot *snapshot, int64_t after_us,
				   int64_t until_us, struct weir_error *err)
{
	enum weir_status status = WEIR_OK;
	p->accept_after_us = after_us;
	p->accept_until_us = until_us;
	for (uint32_t i = 0; !status && after_us < until_us && i < weir_relation_snapshot_segments(snapshot); i++)
		status = scan(p, weir_relation_snapshot_segment(snapshot, i), NULL, err);
	return status;
}

enum weir_status weir_plan_rebuild_span(struct weir_plan *p, const struct weir_relation_snapshot *snapshot,
					int64_t after_us, int64_t until_us, struct weir_error *err)
{
	enum weir_status status = WEIR_OK;
	int64_t had_after_us = p->accept_after_us, had_until_us = p->accept_until_us;
	if (span_grows(p, after_us, until_us)) {
		status = count_span(p, snapshot, after_us, had_after_us, err);
		if (!status)
			status = count_span(p, snapshot, had_until_us, until_us, err);
	} else {
		weir_plan_reset(p);
		p->accept_none = p->accept_no_time = false;
		status = count_span(p, snapshot, after_us, until_us, err);
	}
	p->accept_after_us = after_us;
	p->accept_until_us = until_us;
	p->built = !status;
	return status;
}

enum weir_status weir_plan_rebuild(struct weir_plan *p, const struct weir_relation_snapshot *snapshot, int64_t at_us,
				   const _Atomic bool *cancel, struct weir_ledger *const *const *ledgers,
				   struct weir_error *err)
{
	struct weir_shares shares;
	weir_shares_init(&shares, weir_relation_snapshot_segments(snapshot), 1);
	return weir_plan_rebuild_part(p, snapshot, &shares, 0, at_us, cancel, ledgers, err);
}
