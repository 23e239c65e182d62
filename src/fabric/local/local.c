/* The local fabric: takes batches, keeps their rows, has them counted. */
#include "local.h"

#include <stdlib.h>

extern const struct weir_fabric_ops weir_fabric_local;

static void local_close(struct weir_fabric *f)
{
	struct weir_local *l = (struct weir_local *)f;
	weir_partials_free(l->partials);
	weir_plan_free(l->plan);
	weir_plan_free(l->span);
	weir_batch_free(l->last);
	weir_local_free_left(l);
	weir_local_release_row(&l->row);
	for (uint32_t i = 0; l->streams && i < l->config.n_streams; i++) {
		struct weir_local_stream *s = &l->streams[i];
		weir_buffer_free(s->buffer);
		weir_schema_unref(s->given);
		free(s->ledgers);
		free(s->gone);
		free(s->before);
		free(s->fields);
	}
	weir_strip_counts_free(l->strip);
	weir_local_release_errors(l);
	weir_relation_free(l->relation);
	free(l->streams);
	free(l->ledgers);
	weir_view_release(&l->view);
	weir_arena_release(&l->arena);
	free(l);
}

static bool make_relation(struct weir_local *l)
{
	struct weir_buffer **buffers =
	    weir_arena_alloc(&l->arena, (l->config.n_streams + (size_t)1) * sizeof(struct weir_buffer *));
	for (uint32_t i = 0; buffers && i < l->config.n_streams; i++)
		buffers[i] = l->streams[i].buffer;
	struct weir_relation_config config = {.n_streams = l->config.n_streams,
					      .names = l->names,
					      .buffers = buffers,
					      .clock = l->config.clock,
					      .live = l->config.live};
	if (!buffers || !(l->relation = weir_relation_union(&config)))
		return false;
	return !l->config.live ||
	       (l->strip = weir_strip_counts_new(buffers, l->config.n_streams, l->config.budget)) != NULL;
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
		names[i] = weir_arena_str(&l->arena, l->config.streams[i].name);
		l->streams[i].buffer = weir_buffer_new(l->config.budget, l->config.clock, l->config.live);
		weir_ledger_init(&l->streams[i].unplaced);
		if (!names[i].data || !l->streams[i].buffer)
			return false;
		if (!l->config.live)
			continue;
		weir_buffer_set_summaries(l->streams[i].buffer, &weir_plan_summaries);
		weir_buffer_set_hurry(l->streams[i].buffer, &l->cancel);
		weir_buffer_set_late_seen(l->streams[i].buffer, weir_local_note_late, l);
	}
	l->names = names;
	return make_relation(l);
}

static enum weir_status local_open(const struct weir_fabric_config *config, struct weir_fabric **out,
				   struct weir_error *err)
{
	struct weir_local *l = weir_calloc(1, sizeof *l);
	*out = NULL;
	if (!l)
		return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
	l->fabric.ops = &weir_fabric_local;
	l->config = *config;
	l->held_from_us = l->gone_us = l->built_from_us = l->arrived_us = l->hole_us = WEIR_TIME_NONE;
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
	if (!ledgers)
		return false;
	s->ledgers = ledgers;
	l->ledgers[stream] = ledgers; /* the old array is gone, whatever comes of the rest */
	struct weir_ledger *gone = weir_realloc(s->gone, n * sizeof *gone);
	if (!gone)
		return false;
	s->gone = gone;
	struct weir_counts *before = weir_realloc(s->before, n * sizeof *before);
	if (!before)
		return false;
	s->before = before;
	for (uint32_t p = s->n_partitions; p < n; p++) {
		s->ledgers[p] = weir_buffer_ledger(s->buffer, p);
		weir_ledger_init(&s->gone[p]);
	}
	s->n_partitions = n;
	return true;
}

/* Rows of a batch that passed into no plan and no buffer; `admitted`: they were counted as received. */
static void shed(struct weir_local_stream *s, const struct weir_batch *batch, bool admitted)
{
	struct weir_ledger *u = &s->unplaced;
	uint64_t bad = weir_batch_malformed(batch);
	for (uint32_t row = 0; admitted && row < batch->n_rows; row++)
		weir_buffer_ledger(s->buffer, batch->partition ? batch->partition[row] : 0)->shed++;
	if (admitted)
		return;
	u->received += batch->n_rows + bad;
	u->shed += batch->n_rows;
	u->malformed += bad;
	u->bytes += batch->bytes;
	for (int i = 0; i < WEIR_BAD_COUNT; i++)
		u->malformed_by[i] += batch->n_malformed[i];
	for (int i = 0; i < WEIR_NOTE_COUNT; i++)
		u->noted[i] += batch->n_noted[i];
}

/* The view fails at these rows, another one may not: they are kept, and stand among those that did not pass. */
static void set_aside(struct weir_local *l, struct weir_local_stream *s, const struct weir_batch *batch,
		      const struct weir_error *why)
{
	weir_local_restore_counts(s);
	for (uint32_t row = 0; row < batch->n_rows; row++)
		s->ledgers[batch->partition ? batch->partition[row] : 0]->filtered++;
	if (l->stale_error.code == WEIR_OK)
		l->stale_error = *why;
}

/* What a window that grows is compared with takes its rows as well; where it cannot, it is counted again. */
static void count_in_span(struct weir_local *l, const struct weir_batch *batch)
{
	if (!l->span || weir_plan_update(l->span, batch, NULL, NULL) == WEIR_OK)
		return;
	weir_plan_free(l->span);
	l->span = NULL;
}

/* Has the rows counted and kept, or, in a live stream, nothing of both. */
static enum weir_status count_and_keep(struct weir_local *l, struct weir_local_stream *s,
				       const struct weir_batch *batch, struct weir_error *err)
{
	struct weir_error why = {0};
	enum weir_status st = WEIR_OK;
	if (l->config.live)
		weir_local_save_counts(s);
	if (l->plan) {
		st = weir_plan_update(l->plan, batch, s->ledgers, &why);
		l->counted = true;
	}
	if (st != WEIR_OK && st != WEIR_NO_MEMORY && l->config.live) {
		set_aside(l, s, batch, &why);
		st = WEIR_OK;
	}
	if (st == WEIR_OK && weir_local_stores_rows(l))
		st = weir_buffer_store(s->buffer, batch, &why);
	if (st == WEIR_OK)
		count_in_span(l, batch);
	if (st != WEIR_OK && l->config.live) {
		weir_local_restore_counts(s);
		l->stale = true; /* the plan may hold a part of them */
	}
	if (st != WEIR_OK && err)
		*err = why;
	return st;
}

static enum weir_status take_in(struct weir_local *l, struct weir_batch *batch, bool *admitted, struct weir_error *err)
{
	struct weir_local_stream *s = &l->streams[batch->stream];
	if (l->config.live && !weir_local_learn_fields(s, batch)) /* late rows count as well */
		return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory while taking in rows");
	enum weir_status st = weir_buffer_admit(s->buffer, batch, err);
	*admitted = st == WEIR_OK;
	if (st == WEIR_OK && !follow_partitions(l, batch->stream))
		st = weir_fail(err, WEIR_NO_MEMORY, "", "out of memory while taking in rows");
	if (st == WEIR_OK && batch->schema && batch->schema != weir_relation_columns(l->relation, batch->stream)) {
		weir_relation_set_columns(l->relation, batch->stream, batch->schema);
		l->view_names.held = false;
		l->stale |= l->plan && weir_plan_stale(l->plan, batch->stream, batch->schema);
	}
	l->stale |= l->on_given;
	l->stale |= weir_local_expects_groups(l, batch);
	if (st == WEIR_OK && l->stale)
		st = weir_local_rebind(l, err);
	if (st != WEIR_OK)
		return st;
	weir_relation_watch(l->relation, batch, l->config.finite);
	l->arrived_us = batch->arrival_us > l->arrived_us ? batch->arrival_us : l->arrived_us;
	st = batch->grouped ? weir_local_count_grouped(l, batch, err) : count_and_keep(l, s, batch, err);
	if (st == WEIR_OK && weir_local_stores_rows(l))
		weir_local_trim(l);
	return st;
}

/* Rows were shed: until everything read so far has left the windows, the change is unknown. */
static void note_hole(struct weir_local *l)
{
	int64_t newest = weir_relation_newest_us(l->relation);
	l->hole_us = newest > l->hole_us ? newest : l->hole_us;
}

static enum weir_status append_take(struct weir_fabric *f, struct weir_batch *batch, const struct weir_batch **kept,
				    struct weir_batch **spare, struct weir_error *err)
{
	struct weir_local *l = (struct weir_local *)f;
	*spare = l->last;
	if (*spare)
		weir_batch_clear(*spare);
	l->last = batch;
	*kept = batch;
	bool admitted = false;
	enum weir_status st = take_in(l, batch, &admitted, err);
	weir_local_take_left(l, batch);
	if (st != WEIR_NO_MEMORY || !l->config.live)
		return st;
	note_hole(l);
	shed(&l->streams[batch->stream], batch, admitted); /* a screen goes on; its ledger says what it lacks */
	if (l->config.log)
		weir_log_add(l->config.log, WEIR_LOG_WARNING, "memory", "%u rows could not be kept: out of memory",
			     batch->n_rows);
	return WEIR_OK;
}

static void set_lag(struct weir_fabric *f, uint32_t stream, uint32_t partition, int64_t lag, uint64_t lost,
		    uint64_t shed_by_source)
{
	struct weir_local *l = (struct weir_local *)f;
	weir_buffer_expect(l->streams[stream].buffer, partition + 1);
	struct weir_ledger *ledger = weir_buffer_ledger(l->streams[stream].buffer, partition);
	if (!ledger || !follow_partitions(l, stream))
		return;
	ledger->lag = lag;
	ledger->lost = lost;
	ledger->received += shed_by_source - ledger->shed_by_source;
	ledger->shed += shed_by_source - ledger->shed_by_source;
	ledger->shed_by_source = shed_by_source;
}

static int64_t closed_us(const struct weir_fabric *f)
{
	const struct weir_local *l = (const struct weir_local *)f;
	int64_t watermark_us = weir_relation_watermark_us(l->relation);
	if (!l->plan || watermark_us == WEIR_TIME_NONE)
		return WEIR_TIME_NONE;
	const struct weir_late_rule rule = weir_plan_late_rule(l->plan, l->config.finite);
	if (rule.kind != WEIR_LATE_ALIGNED)
		return WEIR_TIME_NONE;
	/* A row is late once the last of its windows is over, and counts in the others until then. */
	return watermark_us - rule.grace_us - (rule.size_us - 1) / rule.hop_us * rule.hop_us;
}

static enum weir_status let_go(struct weir_fabric *f, int64_t until_us, struct weir_error *err)
{
	struct weir_local *l = (struct weir_local *)f;
	if (weir_plan_let_go(l->plan, until_us))
		return WEIR_OK;
	l->stale = true;
	return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory");
}

static void interrupt_rebuild(struct weir_fabric *f, bool on)
{
	atomic_store(&((struct weir_local *)f)->cancel, on);
}

const struct weir_fabric_ops weir_fabric_local = {
    .name = "local",
    .help = "weir computes the view itself, over the rows it keeps in memory",
    .takes_batches = true,
    .open = local_open,
    .set_view = weir_local_set_view,
    .result = weir_local_result,
    .explain = weir_local_explain,
    .interrupt = interrupt_rebuild,
    .close = local_close,
    .set_columns = weir_local_set_columns,
    .check = weir_local_check,
    .append_take = append_take,
    .set_lag = set_lag,
    .row_columns = weir_local_row_columns,
    .rows = weir_local_rows,
    .closed_us = closed_us,
    .let_go = let_go,
    .held = weir_local_rows_held,
    .strip = weir_local_strip,
    .set_errors = weir_local_set_errors,
};
