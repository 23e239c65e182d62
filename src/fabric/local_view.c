/* Questions: binding a view to the columns, and the state that answers it from the rows held. */
#include "fabric/local.h"

#include "weir/base/bounds.h"

#include <stdlib.h>

const struct weir_snapshot **weir_local_snapshots(struct weir_local *l)
{
	const struct weir_snapshot **all = weir_calloc(l->config.n_streams, sizeof(const struct weir_snapshot *));
	for (uint32_t i = 0; all && i < l->config.n_streams; i++)
		if (!(all[i] = weir_buffer_snapshot(l->streams[i].buffer))) {
			weir_local_free_snapshots(l, all);
			return NULL;
		}
	return all;
}

void weir_local_free_snapshots(struct weir_local *l, const struct weir_snapshot **s)
{
	for (uint32_t i = 0; s && i < l->config.n_streams; i++)
		weir_snapshot_free((struct weir_snapshot *)(uintptr_t)s[i]);
	free(s);
}

struct weir_local_question weir_local_question(const struct weir_local *l)
{
	return (struct weir_local_question){&l->view, l->generation, l->finite, l->complete};
}

enum weir_status weir_local_bind(struct weir_local *l, const struct weir_local_question *q, struct weir_plan **out, struct weir_error *err)
{
	const struct weir_schema **schemas = weir_calloc(l->config.n_streams, sizeof(const struct weir_schema *));
	if (!schemas)
		return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory");
	for (uint32_t i = 0; i < l->config.n_streams; i++)
		schemas[i] = l->streams[i].schema;
	struct weir_plan_config config = {
		.view = q->view,
		.view_generation = q->generation,
		.n_streams = l->config.n_streams,
		.schemas = schemas,
		.stream_names = l->config.stream_names,
		.live = l->config.live,
		.finite = q->finite,
		.schemas_complete = q->complete,
		.budget = l->config.budget,
		.chart_buckets = l->config.live ? 120 : 0,
	};
	enum weir_status st = weir_plan_bind(&config, out, err);
	free(schemas);
	return st;
}

/* Matched and filtered start again from what is no longer held; the rebuild counts the rows that are. */
static void restart_ledgers(struct weir_local *l)
{
	for (uint32_t i = 0; i < l->config.n_streams; i++)
		for (uint32_t p = 0; p < l->streams[i].n_partitions; p++) {
			l->streams[i].ledgers[p]->matched = l->streams[i].gone[p].matched;
			l->streams[i].ledgers[p]->filtered = l->streams[i].gone[p].filtered;
		}
}

bool weir_local_keeps_rows(const struct weir_local *l) { return l->config.live || l->config.keep_rows; }

/* Brings a fresh plan to where the streams are. Ledgers change only when it succeeds. */
static enum weir_status build(struct weir_local *l, const struct weir_local_question *q, struct weir_plan *plan, struct weir_error *err)
{
	enum weir_status st = WEIR_OK;
	if (!weir_local_keeps_rows(l))
		return l->plan && l->counted ? weir_plan_absorb(plan, l->plan, err) : WEIR_OK;
	const struct weir_snapshot **snapshots = weir_local_snapshots(l);
	if (!snapshots)
		return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory");
	struct weir_ledger *saved = NULL;
	size_t n = 0;
	for (uint32_t i = 0; i < l->config.n_streams; i++)
		n += l->streams[i].n_partitions;
	saved = weir_alloc(n * sizeof *saved);
	if (!saved) {
		weir_local_free_snapshots(l, snapshots);
		return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory");
	}
	n = 0;
	for (uint32_t i = 0; i < l->config.n_streams; i++)
		for (uint32_t p = 0; p < l->streams[i].n_partitions; p++)
			saved[n++] = *l->streams[i].ledgers[p];
	restart_ledgers(l);
	st = weir_local_scan(l, q, plan, snapshots, WEIR_TIME_NONE, l->ledgers, err);
	weir_local_free_snapshots(l, snapshots);
	n = 0;
	for (uint32_t i = 0; st != WEIR_OK && i < l->config.n_streams; i++)
		for (uint32_t p = 0; p < l->streams[i].n_partitions; p++)
			*l->streams[i].ledgers[p] = saved[n++];
	free(saved);
	return st;
}

static void put_in_force(struct weir_local *l, struct weir_plan *plan)
{
	weir_plan_free(l->plan);
	l->plan = plan;
	l->torn = false;
	l->stale_error.code = WEIR_OK;
	struct weir_late_rule rule = weir_plan_late_rule(plan, l->finite);
	for (uint32_t i = 0; i < l->config.n_streams; i++)
		weir_buffer_set_late(l->streams[i].buffer, &rule);
}

/* Two questions at once may not fit: then the old one is counted again if the new one is given up. */
static bool make_room(struct weir_local *l)
{
	const struct weir_budget *b = l->config.budget;
	int64_t limit = b ? (int64_t)b->limit_bytes : 0;
	if (!l->plan || !weir_local_keeps_rows(l) || !weir_budget_over(b, limit / 2) || weir_plan_bytes(l->plan) < limit / 8)
		return true;
	l->torn = true;
	return weir_plan_forget(l->plan);
}

enum weir_status weir_local_set_view(struct weir_fabric *f, const struct weir_view *view, uint64_t generation, bool finite,
				     bool complete, struct weir_error *err)
{
	struct weir_local *l = (struct weir_local *)f;
	struct weir_plan *plan = NULL;
	struct weir_view copy;
	weir_view_init(&copy);
	struct weir_local_question q = {&copy, generation, finite, complete};
	enum weir_status st = weir_view_copy(&copy, view, err);
	if (st == WEIR_OK)
		st = weir_local_bind(l, &q, &plan, err);
	if (st == WEIR_OK && !make_room(l))
		st = weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory");
	if (st == WEIR_OK)
		st = build(l, &q, plan, err);
	if (st != WEIR_OK) {
		weir_plan_free(plan);
		weir_view_release(&copy);
		return st;
	}
	weir_view_release(&l->view);
	l->view = copy;
	l->generation = generation;
	l->finite = finite;
	l->complete = complete;
	put_in_force(l, plan);
	return WEIR_OK;
}

enum weir_status weir_local_rebind(struct weir_local *l, struct weir_error *err)
{
	struct weir_plan *plan = NULL;
	struct weir_error why = {0};
	struct weir_local_question q = weir_local_question(l);
	enum weir_status st = weir_local_bind(l, &q, &plan, &why);
	bool cancelled = atomic_exchange(&l->cancel, false); /* the rows must be counted whatever waits */
	if (st == WEIR_OK)
		st = build(l, &q, plan, &why);
	if (cancelled)
		atomic_store(&l->cancel, true);
	if (st == WEIR_OK) {
		put_in_force(l, plan);
		return WEIR_OK;
	}
	weir_plan_free(plan);
	if (!l->config.live || st == WEIR_NO_MEMORY) {
		if (err)
			*err = why;
		return st;
	}
	l->stale_error = why; /* the screen says it; the old plan reads what it can */
	return WEIR_OK;
}

int64_t weir_local_moment(const struct weir_local *l)
{
	int64_t newest = WEIR_TIME_NONE;
	for (uint32_t i = 0; i < l->config.n_streams; i++) {
		int64_t t = weir_buffer_newest_us(l->streams[i].buffer);
		newest = t > newest ? t : newest; /* NONE is the smallest */
	}
	if (!l->config.live || !l->on_wall_clock)
		return newest;
	int64_t now = weir_clock_wall_us(l->config.clock);
	return now > newest ? now : newest;
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
	uint64_t *keep = weir_calloc(weir_bit_words(rows->n_rows), sizeof *keep);
	if (by_memory && seg->time_min_us <= seg->time_max_us && seg->time_max_us > d->l->held_from_us)
		d->l->held_from_us = seg->time_max_us;
	bool known = keep && weir_plan_filter(d->l->plan, rows, keep, NULL) == WEIR_OK;
	for (uint32_t row = 0; row < rows->n_rows; row++) {
		uint32_t p = rows->partition ? rows->partition[row] : 0;
		if (p >= s->n_partitions)
			continue;
		if (!known || weir_bit_get(keep, row)) {
			s->gone[p].matched++;
			s->ledgers[p]->truncated_by_memory += by_memory;
		} else {
			s->gone[p].filtered++;
		}
	}
	free(keep);
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

/* A screen walks back in time, so without --retain it keeps what memory allows, and rows beyond the window go first. */
void weir_local_trim(struct weir_local *l)
{
	_Static_assert(WEIR_MAX_STREAMS <= 64, "streams fit a word");
	const struct weir_fabric_config *c = &l->config;
	bool lazy = c->live && c->retain_us <= 0 && !c->retain_rows;
	if (!l->plan || (lazy && !weir_budget_over(c->budget, 0)))
		return;
	struct weir_retention keep = weir_plan_retention(l->plan, weir_local_moment(l));
	keep.only_when_full = lazy;
	if (keep.keep_after_us != INT64_MIN && keep.keep_after_us != INT64_MAX) {
		keep.keep_after_us -= c->live && c->retain_us > 0 ? c->retain_us : 0;
		keep.keep_after_us -= l->view.late_us > 0 ? l->view.late_us : 0; /* --every asks for moments that are settled */
	}
	if (c->retain_rows && keep.keep_rows != UINT64_MAX && keep.keep_rows < c->retain_rows)
		keep.keep_rows = c->retain_rows;
	uint64_t done = 0;
	for (uint32_t i; (i = largest(l, done)) != UINT32_MAX; done |= UINT64_C(1) << i) {
		struct dropping d = {l, i};
		weir_buffer_trim(l->streams[i].buffer, &keep, leave, &d);
	}
}
