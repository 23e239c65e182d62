#include "query/plan_state.h"

#include <stdlib.h>

/* Which rows an answer for the moment needs. `fixed`: it was asked for, so the panes of a sliding window must end
 * there. */
static void set_bounds(struct weir_plan *p, int64_t at_us, bool fixed)
{
	const struct weir_window *w = &p->window;
	p->built_at_us =
	    fixed || p->mode != WEIR_PLAN_CUMULATIVE || w->kind == WEIR_WINDOW_SLIDING ? at_us : WEIR_TIME_NONE;
	if (at_us == WEIR_TIME_NONE)
		return;
	if (p->mode == WEIR_PLAN_RANGED) {
		if (fixed && w->kind == WEIR_WINDOW_SLIDING)
			p->panes.origin_us = at_us - weir_floor_div(at_us, p->panes.width_us) * p->panes.width_us;
		weir_range_forget(p, weir_range_oldest(p, at_us));
	} else if (w->kind == WEIR_WINDOW_SLIDING) {
		p->accept_after_us = at_us - w->size_us;
		p->accept_until_us = at_us;
		p->accept_none = false;
	} else if (fixed && (w->kind == WEIR_WINDOW_SINCE || w->kind == WEIR_WINDOW_ROWS)) {
		p->accept_until_us = at_us;
	}
}

static int64_t newest_of(const struct weir_snapshot *const *snapshots, uint32_t n)
{
	int64_t newest = WEIR_TIME_NONE;
	for (uint32_t s = 0; s < n; s++)
		for (uint32_t i = 0; snapshots[s] && i < snapshots[s]->n_segments; i++) {
			const struct weir_segment *seg = snapshots[s]->segments[i];
			if (seg->time_min_us <= seg->time_max_us &&
			    (newest == WEIR_TIME_NONE || seg->time_max_us > newest))
				newest = seg->time_max_us;
		}
	return newest;
}

/* No row of the segment can be in a window; only the ledger wants to know it. */
static bool out_of_reach(const struct weir_plan *p, const struct weir_segment *seg)
{
	if (p->accept_no_time || p->window.kind == WEIR_WINDOW_ALL)
		return false;
	if (!seg->rows->time_us)
		return !p->live;
	return seg->time_min_us > seg->time_max_us || seg->time_max_us <= p->accept_after_us ||
	       seg->time_min_us > p->accept_until_us;
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
	for (s->from = 0; s->from < b->n_rows; s->from += WEIR_VEC_ROWS) {
		uint32_t n_true;
		s->n = b->n_rows - s->from < WEIR_VEC_ROWS ? b->n_rows - s->from : WEIR_VEC_ROWS;
		enum weir_status status = weir_plan_slice_filter(p, s, &n_true, err);
		if (status)
			return status;
		void *orders = c->orders;
		if (!weir_grow(&orders, &c->capacity, c->n + n_true, sizeof *c->orders))
			return weir_fail(err, WEIR_NO_MEMORY, "view",
					 "out of memory while looking for the newest rows");
		c->orders = orders;
		for (uint32_t i = 0; n_true && i < s->n; i++) {
			if (!weir_bit_get(s->keep, i))
				continue;
			struct weir_order o = weir_plan_arrival(p, b, s->from + i, first_row);
			if (o.time_us != WEIR_TIME_NONE && o.time_us > p->accept_until_us)
				continue;
			if (!c->full || newest_first(&o, &c->least) < 0)
				c->orders[c->n++] = o;
		}
		if (c->n >= 2 * c->wanted + WEIR_VEC_ROWS)
			prune(c);
	}
	return WEIR_OK;
}

/* First pass of a rows window: where its rows begin in the order of all rows. */
static enum weir_status find_newest(struct weir_plan *p, const struct weir_snapshot *const *snapshots,
				    const _Atomic bool *cancel, struct weir_error *err)
{
	struct newest c = {.wanted = p->window.rows};
	enum weir_status status = WEIR_OK;
	for (uint32_t s = 0; s < p->n_streams && !status; s++)
		for (uint32_t i = snapshots[s] ? snapshots[s]->n_segments : 0; i-- > 0 && !status;) {
			const struct weir_segment *seg = snapshots[s]->segments[i];
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
	p->accept_none = p->window.rows == 0;
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
	return weir_plan_take(p, seg->rows, seg, ledgers, seg->first_row, err);
}

void weir_plan_share(struct weir_shares *shares, const struct weir_snapshot *const *snapshots, uint32_t n_streams, uint32_t n_shares)
{
	uint32_t n = 0;
	for (uint32_t s = 0; s < n_streams; s++)
		n += snapshots[s] ? snapshots[s]->n_segments : 0;
	weir_shares_init(shares, n, n_shares);
}

/* The segment of a number among those of all streams, and its stream. */
static const struct weir_segment *segment_at(const struct weir_snapshot *const *snapshots, uint32_t number, uint32_t *stream)
{
	for (*stream = 0; !snapshots[*stream] || number >= snapshots[*stream]->n_segments; ++*stream)
		number -= snapshots[*stream] ? snapshots[*stream]->n_segments : 0;
	return snapshots[*stream]->segments[number];
}

enum weir_status weir_plan_rebuild_part(struct weir_plan *p, const struct weir_snapshot *const *snapshots, struct weir_shares *shares,
					uint32_t share, int64_t at_us, const _Atomic bool *cancel,
					struct weir_ledger *const *const *ledgers, struct weir_error *err)
{
	enum weir_status status = WEIR_OK;
	int64_t newest_us = newest_of(snapshots, p->n_streams);
	uint32_t number, stream;
	if (p->newest_us > newest_us) /* its row may be gone */
		newest_us = p->newest_us;
	bool fixed = at_us != WEIR_TIME_NONE;
	weir_plan_reset(p);
	p->newest_us = newest_us;
	p->fixed = fixed;
	p->parts = shares->n;
	set_bounds(p, fixed ? at_us : newest_us, fixed);
	if (p->window.kind == WEIR_WINDOW_ROWS)
		status = find_newest(p, snapshots, cancel, err);
	while (!status && weir_shares_next(shares, share, &number)) {
		const struct weir_segment *segment = segment_at(snapshots, number, &stream);
		if (cancel && atomic_load_explicit(cancel, memory_order_relaxed))
			return weir_fail(err, WEIR_CANCELLED, "view", "given up for a newer question");
		status = scan(p, segment, ledgers ? ledgers[stream] : NULL, err);
	}
	p->built = !status;
	if (p->window.kind == WEIR_WINDOW_ROWS)
		p->accept_none = true; /* until the next rebuild */
	return status;
}

enum weir_status weir_plan_rebuild(struct weir_plan *p, const struct weir_snapshot *const *snapshots, int64_t at_us,
				   const _Atomic bool *cancel, struct weir_ledger *const *const *ledgers,
				   struct weir_error *err)
{
	struct weir_shares shares;
	weir_plan_share(&shares, snapshots, p->n_streams, 1);
	return weir_plan_rebuild_part(p, snapshots, &shares, 0, at_us, cancel, ledgers, err);
}

/* An answer for a later moment let panes go that are of the window at this one, or of the window before it. */
static bool gone_before(const struct weir_plan *p, int64_t at_us)
{
	if (at_us == WEIR_TIME_NONE)
		at_us = p->newest_us;
	bool shed = p->shed_until_us != WEIR_TIME_NONE && p->shed_until_us == p->accept_after_us;
	if (shed && (at_us >= p->newest_us || at_us == p->built_at_us))
		return false; /* and would let them go again */
	return at_us != WEIR_TIME_NONE && weir_range_oldest(p, at_us) < p->dropped_below;
}

bool weir_plan_needs_rebuild(const struct weir_plan *p, int64_t at_us)
{
	bool newest = at_us == WEIR_TIME_NONE || (p->newest_us != WEIR_TIME_NONE && at_us >= p->newest_us);
	if (p->too_many)
		return !newest && p->built_at_us != at_us;
	switch (p->window.kind) {
	case WEIR_WINDOW_ALL:
		return false;
	case WEIR_WINDOW_ROWS:
		return !p->built || (newest ? p->built_at_us != WEIR_TIME_NONE && p->built_at_us < p->newest_us
					    : p->built_at_us != at_us);
	case WEIR_WINDOW_SINCE:
		return newest ? p->built_at_us != WEIR_TIME_NONE && p->built_at_us < p->newest_us
			      : p->built_at_us != at_us;
	case WEIR_WINDOW_SLIDING:
		if (!p->live)
			return !p->built || p->built_at_us != (at_us == WEIR_TIME_NONE ? p->newest_us : at_us);
		if (gone_before(p, at_us))
			return true;
		return !newest && weir_panes_start(&p->panes, weir_panes_index(&p->panes, at_us) + 1) != at_us;
	default:
		return p->live && gone_before(p, at_us);
	}
}

struct weir_retention weir_plan_retention(const struct weir_plan *p, int64_t moment_us)
{
	struct weir_retention keep = {.keep_after_us = INT64_MIN, .keep_rows = UINT64_MAX};
	int64_t windows = p->live ? 2 : 1; /* the window before, for the change */
	if (p->window.kind == WEIR_WINDOW_SINCE) {
		keep = (struct weir_retention){p->window.since_us - 1, 0};
	} else if (p->window.kind == WEIR_WINDOW_ROWS) {
		bool by_arrival = !p->n_where && p->n_streams == 1 && weir_schema_time_field(p->schemas[0]) < 0;
		if (by_arrival)
			keep = (struct weir_retention){INT64_MAX, p->window.rows};
	} else if (p->window.kind != WEIR_WINDOW_ALL && moment_us != WEIR_TIME_NONE) {
		if (p->at_us != WEIR_TIME_NONE && p->at_us < moment_us)
			moment_us = p->at_us;
		keep = (struct weir_retention){moment_us - windows * p->window.size_us - p->window.hop_us, 0};
	}
	return keep;
}
