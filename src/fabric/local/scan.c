/* A new question over many rows: each thread brings a plan of its own from its share of the segments, and they are joined. */
#include "local.h"
#include "weir/base/thread.h"

#include <stdlib.h>

enum {
	ROWS_A_THREAD = 200000, /* fewer are done before another thread is awake */
	MOST_THREADS = WEIR_MOST_SHARES,
};

struct helper {
	pthread_t thread;
	bool runs;
	struct weir_plan *plan;            /* owned */
	struct weir_ledger *ledgers;       /* owned; of all streams, one after another: what the share adds */
	struct weir_ledger **by_partition; /* owned: into `ledgers` */
	struct weir_ledger ***by_stream;   /* owned: into by_partition; NULL: not counted */
	const struct weir_relation_snapshot *snapshot;
	struct weir_shares *shares; /* borrowed: of all threads */
	uint32_t share;
	int64_t at_us;
	const _Atomic bool *cancel;
	enum weir_status status;
	struct weir_error error;
};

static void *work(void *arg)
{
	struct helper *h = arg;
	h->status = weir_plan_rebuild_part(h->plan, h->snapshot, h->shares, h->share, h->at_us, h->cancel,
					   (struct weir_ledger *const *const *)h->by_stream, &h->error);
	return NULL;
}

static bool make_ledgers(const struct weir_local *l, struct helper *h)
{
	size_t n = 0;
	for (uint32_t i = 0; i < l->config.n_streams; i++)
		n += l->streams[i].n_partitions;
	h->ledgers = weir_calloc(n + 1, sizeof *h->ledgers);
	h->by_partition = weir_calloc(n + 1, sizeof(struct weir_ledger *));
	h->by_stream = weir_calloc(l->config.n_streams + 1, sizeof(struct weir_ledger **));
	if (!h->ledgers || !h->by_partition || !h->by_stream)
		return false;
	n = 0;
	for (uint32_t i = 0; i < l->config.n_streams; i++) {
		h->by_stream[i] = h->by_partition + n;
		for (uint32_t p = 0; p < l->streams[i].n_partitions; p++, n++)
			h->by_partition[n] = &h->ledgers[n];
	}
	return true;
}

static void add_ledgers(const struct weir_local *l, const struct helper *h, struct weir_ledger *const *const *ledgers)
{
	for (uint32_t i = 0; i < l->config.n_streams; i++)
		for (uint32_t p = 0; p < l->streams[i].n_partitions; p++) {
			ledgers[i][p]->matched += h->by_stream[i][p]->matched;
			ledgers[i][p]->filtered += h->by_stream[i][p]->filtered;
			ledgers[i][p]->no_time += h->by_stream[i][p]->no_time;
		}
}

static void release(struct helper *h)
{
	weir_plan_free(h->plan);
	free(h->ledgers);
	free(h->by_partition);
	free(h->by_stream);
}

static uint32_t threads_for(const struct weir_local *l, const struct weir_relation_snapshot *snapshot)
{
	uint64_t rows = weir_relation_snapshot_rows(snapshot);
	uint64_t a_thread = l->config.rows_a_thread ? l->config.rows_a_thread : ROWS_A_THREAD;
	uint64_t n = rows / a_thread < l->config.threads ? rows / a_thread : l->config.threads;
	return n < 1 ? 1 : n > MOST_THREADS ? MOST_THREADS : (uint32_t)n;
}

/* Plans for the other threads. Fewer than wanted where memory is short: nothing is lost but time. */
static uint32_t prepare(struct weir_local *l, const struct weir_question *q, struct helper *helpers, uint32_t parts,
			bool counted)
{
	for (uint32_t i = 1; i < parts; i++)
		if (weir_local_bind(l, q, &helpers[i].plan, NULL) != WEIR_OK ||
		    (counted && !make_ledgers(l, &helpers[i]))) {
			release(&helpers[i]);
			return i;
		}
	return parts;
}

enum weir_status weir_local_scan(struct weir_local *l, const struct weir_question *q, struct weir_plan *plan,
				 const struct weir_relation_snapshot *snapshot, int64_t at_us,
				 struct weir_ledger *const *const *ledgers, const _Atomic bool *cancel,
				 struct weir_error *err)
{
	struct helper helpers[MOST_THREADS] = {{0}};
	uint32_t parts = prepare(l, q, helpers, threads_for(l, snapshot), ledgers != NULL);
	struct weir_shares shares;
	weir_shares_init(&shares, weir_relation_snapshot_segments(snapshot), parts);
	for (uint32_t i = 1; i < parts; i++) {
		struct helper *h = &helpers[i];
		h->snapshot = snapshot;
		h->shares = &shares;
		h->share = i;
		h->at_us = at_us;
		h->cancel = cancel;
		h->runs = weir_thread_start(&h->thread, work, h) == 0;
	}
	enum weir_status status = weir_plan_rebuild_part(plan, snapshot, &shares, 0, at_us, cancel, ledgers, err);
	for (uint32_t i = 1; i < parts; i++) {
		struct helper *h = &helpers[i];
		if (h->runs)
			pthread_join(h->thread, NULL);
		else
			work(h);
		if (status == WEIR_OK && h->status != WEIR_OK) {
			status = h->status;
			if (err)
				*err = h->error;
		}
		if (status == WEIR_OK)
			status = weir_plan_merge(plan, h->plan, err);
		if (status == WEIR_OK && ledgers)
			add_ledgers(l, h, ledgers);
		release(h);
	}
	if (status == WEIR_OK)
		l->built_from_us = l->gone_us;
	return status;
}
