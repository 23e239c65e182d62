/* The local fabric: takes batches, keeps their rows, has them counted. */
#include "fabric/local.h"

#include <stdlib.h>

extern const struct weir_fabric_ops weir_fabric_local;

/* Event times that trail the arrival by no more than this belong to something that happens now. */
#define NEAR_US INT64_C(60000000)

static void local_close(struct weir_fabric *f)
{
	struct weir_local *l = (struct weir_local *)f;
	weir_plan_free(l->plan);
	weir_batch_free(l->held);
	for (uint32_t i = 0; l->streams && i < l->config.n_streams; i++) {
		struct weir_local_stream *s = &l->streams[i];
		weir_buffer_free(s->buffer);
		weir_schema_unref(s->schema);
		free(s->ledgers);
		free(s->gone);
		free(s->fields);
	}
	free(l->streams);
	free(l->ledgers);
	weir_view_release(&l->view);
	weir_arena_release(&l->arena);
	free(l);
}

static bool fill(struct weir_local *l)
{
	uint32_t n = l->config.n_streams;
	struct weir_str *names = weir_arena_alloc(&l->arena, n * sizeof *names);
	l->streams = weir_calloc(n, sizeof *l->streams);
	l->ledgers = weir_calloc(n, sizeof(struct weir_ledger *const *));
	if (!names || !l->streams || !l->ledgers)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		names[i] = weir_arena_str(&l->arena, l->config.stream_names[i]);
		l->streams[i].buffer = weir_buffer_new(l->config.budget, l->config.clock, l->config.live);
		l->streams[i].schema = weir_schema_new();
		if (!names[i].data || !l->streams[i].buffer || !l->streams[i].schema)
			return false;
		if (!l->config.live)
			continue;
		weir_buffer_set_summaries(l->streams[i].buffer, &weir_plan_summaries);
		weir_buffer_set_hurry(l->streams[i].buffer, &l->cancel);
	}
	l->config.stream_names = names;
	return true;
}

static enum weir_status local_open(const struct weir_fabric_config *config, struct weir_fabric **out, struct weir_error *err)
{
	struct weir_local *l = weir_calloc(1, sizeof *l);
	*out = NULL;
	if (!l)
		return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
	l->fabric.ops = &weir_fabric_local;
	l->config = *config;
	l->held_from_us = WEIR_TIME_NONE;
	weir_view_init(&l->view);
	if (!fill(l)) {
		local_close(&l->fabric);
		return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
	}
	*out = &l->fabric;
	return WEIR_OK;
}

/* The ledgers of a stream's partitions, as plans want them. */
static bool follow_partitions(struct weir_local *l, uint32_t stream)
{
	struct weir_local_stream *s = &l->streams[stream];
	uint32_t n = weir_buffer_partitions(s->buffer);
	if (n <= s->n_partitions)
		return true;
	struct weir_ledger **ledgers = weir_realloc(s->ledgers, n * sizeof(struct weir_ledger *));
	if (ledgers)
		s->ledgers = ledgers;
	struct weir_ledger *gone = ledgers ? weir_realloc(s->gone, n * sizeof *gone) : NULL;
	if (!gone)
		return false;
	s->gone = gone;
	for (uint32_t p = s->n_partitions; p < n; p++) {
		s->ledgers[p] = weir_buffer_ledger(s->buffer, p);
		weir_ledger_init(&s->gone[p]);
	}
	s->n_partitions = n;
	l->ledgers[stream] = s->ledgers;
	return true;
}

static void watch_clock(struct weir_local *l, const struct weir_batch *batch)
{
	int64_t newest = weir_buffer_newest_us(l->streams[batch->stream].buffer);
	if (!batch->time_us) {
		l->on_wall_clock = !l->finite;
		return;
	}
	if (newest == WEIR_TIME_NONE || !batch->arrival_us)
		return;
	int64_t delay = batch->arrival_us - newest;
	l->on_wall_clock = !l->finite && delay < NEAR_US && delay > -NEAR_US;
}

static enum weir_status take_in(struct weir_local *l, struct weir_batch *batch, struct weir_error *err)
{
	struct weir_local_stream *s = &l->streams[batch->stream];
	if (l->config.live && !weir_local_learn_fields(s, batch)) /* late rows count as well */
		return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory while taking in rows");
	enum weir_status st = weir_buffer_admit(s->buffer, batch, err);
	if (st == WEIR_OK && !follow_partitions(l, batch->stream))
		st = weir_fail(err, WEIR_NO_MEMORY, "", "out of memory while taking in rows");
	if (st == WEIR_OK && batch->schema && batch->schema != s->schema) {
		weir_schema_unref(s->schema);
		s->schema = weir_schema_ref(batch->schema);
		if (l->plan && weir_plan_stale(l->plan, batch->stream, s->schema))
			st = weir_local_rebind(l, err);
	}
	if (st != WEIR_OK)
		return st;
	watch_clock(l, batch);
	if (l->plan) {
		st = weir_plan_update(l->plan, batch, s->ledgers, err);
		l->counted = true;
	}
	if (st == WEIR_OK && (l->config.live || l->config.keep_rows)) {
		st = weir_buffer_store(s->buffer, batch, err);
		weir_local_trim(l);
	}
	return st;
}

static enum weir_status append_take(struct weir_fabric *f, struct weir_batch *batch, const struct weir_batch **kept, struct weir_batch **left,
				    struct weir_error *err)
{
	struct weir_local *l = (struct weir_local *)f;
	*left = l->held;
	if (*left)
		weir_batch_clear(*left);
	l->held = batch;
	*kept = batch;
	return take_in(l, batch, err);
}

static void set_lag(struct weir_fabric *f, uint32_t stream, uint32_t partition, int64_t lag)
{
	struct weir_local *l = (struct weir_local *)f;
	weir_buffer_expect(l->streams[stream].buffer, partition + 1);
	struct weir_ledger *ledger = weir_buffer_ledger(l->streams[stream].buffer, partition);
	if (ledger && follow_partitions(l, stream))
		ledger->lag = lag;
}

static void add_shed(struct weir_fabric *f, uint32_t stream, uint64_t records, uint64_t bytes)
{
	struct weir_local *l = (struct weir_local *)f;
	weir_buffer_expect(l->streams[stream].buffer, 1);
	struct weir_ledger *ledger = weir_buffer_ledger(l->streams[stream].buffer, 0);
	if (ledger && follow_partitions(l, stream)) {
		ledger->received += records;
		ledger->shed += records;
		ledger->bytes += bytes;
	}
}

static int64_t watermark_us(struct weir_fabric *f)
{
	struct weir_local *l = (struct weir_local *)f;
	int64_t low = WEIR_TIME_NONE;
	for (uint32_t i = 0; i < l->config.n_streams; i++) {
		int64_t w = weir_buffer_watermark_us(l->streams[i].buffer);
		if (w != WEIR_TIME_NONE && (low == WEIR_TIME_NONE || w < low))
			low = w;
	}
	return low;
}

static int64_t newest_us(struct weir_fabric *f)
{
	struct weir_local *l = (struct weir_local *)f;
	int64_t newest = WEIR_TIME_NONE;
	for (uint32_t i = 0; i < l->config.n_streams; i++) {
		int64_t t = weir_buffer_newest_us(l->streams[i].buffer);
		newest = t > newest ? t : newest;
	}
	return newest;
}

static struct weir_plan *plan_of(struct weir_fabric *f) { return ((struct weir_local *)f)->plan; }

static void interrupt_rebuild(struct weir_fabric *f, bool on) { atomic_store(&((struct weir_local *)f)->cancel, on); }

const struct weir_fabric_ops weir_fabric_local = {
	.name = "local",
	.help = "weir computes the view itself, over the rows it keeps in memory",
	.open = local_open,
	.set_view = weir_local_set_view,
	.append_take = append_take,
	.result = weir_local_result,
	.set_lag = set_lag,
	.add_shed = add_shed,
	.watermark_us = watermark_us,
	.newest_us = newest_us,
	.plan = plan_of,
	.interrupt = interrupt_rebuild,
	.close = local_close,
};
