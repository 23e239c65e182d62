/* The rows that are held: whether they are, and when they leave. */
#include "local.h"

#include "weir/base/bounds.h"

bool weir_local_keeps_rows(const struct weir_local *l)
{
	return l->config.live || l->config.keep_rows;
}

bool weir_local_compares(const struct weir_local *l)
{
	enum weir_comparison_kind kind = l->view.compare.kind;
	bool again = !l->config.live || l->view.window.kind == WEIR_WINDOW_SINCE;
	return again && kind != WEIR_COMPARISON_DEFAULT && kind != WEIR_COMPARISON_NONE;
}

bool weir_local_stores_rows(const struct weir_local *l)
{
	return weir_local_keeps_rows(l) || (weir_local_compares(l) && !l->parts_gone);
}

int64_t weir_local_kept_from(const struct weir_local *l)
{
	return l->parts_gone ? INT64_MAX : l->gone_us == WEIR_TIME_NONE ? WEIR_TIME_NONE : l->gone_us + 1;
}

struct dropping {
	struct weir_local *l;
	uint32_t stream;
};

/* What leaves the buffer keeps the side of the ledger that it is on. */
static void leave(void *ctx, const struct weir_segment *seg, bool by_memory)
{
	struct dropping *d = ctx;
	struct weir_local_stream *s = &d->l->streams[d->stream];
	const struct weir_batch *rows = seg->rows;
	if (d->l->strip)
		weir_strip_counts_drop(d->l->strip, d->stream, seg);
	uint64_t keep[WEIR_SEGMENT_ROWS / 64] = {0};
	if (by_memory && seg->newest_us > d->l->held_from_us) /* NONE is the least */
		d->l->held_from_us = seg->newest_us;
	if (seg->newest_us > d->l->gone_us)
		d->l->gone_us = seg->newest_us;
	enum weir_window_kind window = d->l->view.window.kind;
	bool untimed =
	    window != WEIR_WINDOW_ALL && window != WEIR_WINDOW_ROWS; /* such windows count rows without a time */
	bool known = weir_plan_filter(d->l->plan, rows, keep, NULL) == WEIR_OK;
	for (uint32_t row = 0; row < rows->n_rows; row++) {
		uint32_t p = rows->partition ? rows->partition[row] : 0;
		if (p >= s->n_partitions)
			continue;
		if (!known || weir_bit_get(keep, row)) {
			s->gone[p].matched++;
			s->gone[p].no_time += untimed && (!rows->time_us || rows->time_us[row] == WEIR_TIME_NONE);
			s->ledgers[p]->truncated_by_memory += by_memory;
		} else {
			s->gone[p].filtered++;
		}
	}
}

/* The stream that takes most memory pays first. UINT32_MAX: all are done. */
static uint32_t largest(const struct weir_local *l, uint64_t done)
{
	uint32_t found = UINT32_MAX;
	size_t most = 0;
	for (uint32_t i = 0; i < l->config.n_streams; i++) {
		size_t bytes = weir_buffer_bytes(l->streams[i].buffer);
		if (!(done >> i & 1) && (found == UINT32_MAX || bytes > most)) {
			found = i;
			most = bytes;
		}
	}
	return found;
}

static void leave_comparison(void *ctx, const struct weir_segment *seg, bool by_memory)
{
	struct weir_local *l = ctx;
	(void)by_memory;
	l->gone_us = seg->newest_us > l->gone_us ? seg->newest_us : l->gone_us;
}

/* The answer is made without these rows; only a comparison would be missing. They may take so much, and no more. */
static void trim_comparison(struct weir_local *l)
{
	enum { PART = 4 };
	size_t bytes = 0, limit = l->config.budget ? l->config.budget->limit_bytes / PART : 0;
	struct weir_retention keep = weir_plan_retention(l->plan, weir_relation_moment_us(l->relation), true);
	if (keep.keep_after_us != INT64_MIN)
		keep.keep_after_us -= l->view.late_us > 0 ? l->view.late_us : 0;
	for (uint32_t i = 0; i < l->config.n_streams; i++) {
		weir_buffer_trim(l->streams[i].buffer, &keep, leave_comparison, l);
		bytes += weir_buffer_bytes(l->streams[i].buffer);
	}
	l->parts_gone = limit && bytes > limit;
	for (uint32_t i = 0; l->parts_gone && i < l->config.n_streams; i++)
		weir_buffer_clear(l->streams[i].buffer);
}

/* A screen walks back in time, so without --retain it keeps what memory allows, and rows beyond the window go first. */
void weir_local_trim(struct weir_local *l)
{
	_Static_assert(WEIR_MAX_STREAMS <= 64, "streams fit a word");
	const struct weir_fabric_config *c = &l->config;
	bool lazy = c->live && c->retain_us <= 0 && !c->retain_rows;
	if (l->plan && !weir_local_keeps_rows(l)) {
		trim_comparison(l);
		return;
	}
	if (!l->plan || (lazy && !weir_budget_over(c->budget, 0)))
		return;
	struct weir_retention keep = weir_plan_retention(l->plan, weir_relation_moment_us(l->relation), !lazy);
	keep.only_when_full = lazy;
	if (keep.keep_after_us != INT64_MIN && keep.keep_after_us != INT64_MAX) {
		keep.keep_after_us -= c->live && c->retain_us > 0 ? c->retain_us : 0;
		keep.keep_after_us -=
		    l->view.late_us > 0 ? l->view.late_us : 0; /* --every asks for moments that are settled */
	}
	if (c->retain_rows && keep.keep_rows != UINT64_MAX && keep.keep_rows < c->retain_rows)
		keep.keep_rows = c->retain_rows;
	uint64_t done = 0;
	for (uint32_t i; (i = largest(l, done)) != UINT32_MAX; done |= UINT64_C(1) << i) {
		struct dropping d = {l, i};
		weir_buffer_trim(l->streams[i].buffer, &keep, leave, &d);
	}
}
