/* Answers: the plan's result, with what the fabric knows of streams, columns and memory. */
#include "local.h"

#include "weir/base/bounds.h"
#include "weir/query/result_builder.h"

#include <stdlib.h>

static bool add_ledgers(struct weir_local *l, struct weir_result *r)
{
	struct weir_result_stream streams[WEIR_MAX_STREAMS];
	r->buffer_rows = 0;
	for (uint32_t i = 0; i < l->config.n_streams; i++) {
		const struct weir_local_stream *s = &l->streams[i];
		streams[i] = (struct weir_result_stream){(const struct weir_ledger *const *)s->ledgers, s->n_partitions,
							 &s->unplaced, weir_buffer_watermark_us(s->buffer)};
		r->buffer_rows += weir_buffer_rows(s->buffer);
	}
	return weir_result_set_streams(r, streams, l->config.n_streams);
}

/* A plan puts the rows of the partitions that it has seen into its window; a partition whose rows are all gone has none there. */
static void leave_windows(struct weir_local *l)
{
	for (uint32_t i = 0; i < l->config.n_streams; i++)
		for (uint32_t p = 0; p < l->streams[i].n_partitions; p++) {
			struct weir_ledger *ledger = l->streams[i].ledgers[p];
			ledger->in_window = 0;
			ledger->expired = ledger->matched;
		}
}

static enum weir_status build_for(struct weir_local *l, int64_t at_us, const struct weir_relation_snapshot *snapshot,
				  struct weir_error *err)
{
	int64_t wall = weir_clock_wall_us(l->config.clock);
	if (l->arrived_us != WEIR_TIME_NONE && wall > l->arrived_us)
		l->arrived_us = wall;
	weir_plan_arrive(l->plan, l->arrived_us);
	if (!weir_local_keeps_rows(l) || (!l->half_built && !weir_plan_needs_rebuild(l->plan, at_us)))
		return WEIR_OK;
	int64_t newest = weir_relation_newest_us(l->relation);
	if (l->config.live && at_us >= (newest == WEIR_TIME_NONE ? weir_relation_moment_us(l->relation) : newest))
		at_us = WEIR_TIME_NONE; /* now: rows that are still to come belong to it */
	enum weir_status st = weir_local_scan(l, &l->asked, l->plan, snapshot, at_us, NULL, &l->cancel, err);
	l->half_built = st != WEIR_OK;
	l->stale |= st == WEIR_NO_MEMORY; /* such a plan is not even good to begin again with */
	return st;
}

/* A stream is known from its first row on, one that ends by itself as a whole; but not where rows are missing. */
static int64_t covered_from(const struct weir_local *l)
{
	int64_t until = l->built_from_us > l->hole_us ? l->built_from_us : l->hole_us,
		from = until == WEIR_TIME_NONE ? until : until + 1;
	int64_t begun = weir_relation_begun_us(l->relation, l->config.finite);
	return begun > from ? begun : from; /* NONE is the least */
}

/* The moment that an answer for `at_us` is of. */
static int64_t moment_of(const struct weir_local *l, int64_t at_us)
{
	if (at_us == WEIR_TIME_NONE && l->view.at_us != WEIR_TIME_NONE)
		at_us = l->view.at_us;
	if (at_us == WEIR_TIME_NONE && l->config.live) /* the plan may have seen only what is still held */
		at_us = l->asked.ended ? weir_relation_newest_us(l->relation) : weir_relation_moment_us(l->relation);
	return at_us;
}

enum weir_status weir_local_result(struct weir_fabric *f, const struct weir_result_request *request,
				   struct weir_result **out, struct weir_error *err)
{
	struct weir_local *l = (struct weir_local *)f;
	struct weir_result_request asked = *request;
	*out = NULL;
	if (l->stale) {
		enum weir_status again = weir_local_rebind(l, err);
		if (again != WEIR_OK)
			return again;
	}
	if (!l->plan)
		return weir_fail(err, WEIR_INTERNAL, "view", "no view was set");
	asked.at_us = moment_of(l, asked.at_us);
	struct weir_relation_snapshot *snapshot = weir_relation_snapshot(l->relation);
	if (!snapshot)
		return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory");
	enum weir_status st = build_for(l, asked.at_us, snapshot, err);
	if (st == WEIR_OK)
		st = weir_local_apply_grouped(l, err);
	if (st == WEIR_OK && weir_local_compares(l) && !l->span)
		st = weir_local_bind_span(l, &l->asked, &l->span, err);
	struct weir_plan_rows rows = {.covered_from_us = covered_from(l),
				      .snapshot = snapshot,
				      .clock = l->config.clock,
				      .span = l->span,
				      .kept_from_us = weir_local_kept_from(l),
				      .newest_us = weir_relation_newest_us(l->relation)};
	leave_windows(l);
	if (st == WEIR_OK)
		st = weir_plan_result(l->plan, &asked, &rows, l->ledgers, out, err);
	int64_t oldest_us = weir_relation_snapshot_oldest_us(snapshot);
	weir_relation_snapshot_free(snapshot);
	if (!l->config.live || st != WEIR_OK) { /* of a batch, each answer is compared with other rows */
		weir_plan_free(l->span);
		l->span = NULL;
	}
	if (st != WEIR_OK)
		return st;
	struct weir_result *r = *out;
	r->memory_bytes = (uint64_t)weir_budget_used(l->config.budget);
	int64_t held_from_us = weir_plan_held_from(l->plan); /* NONE is the least */
	r->oldest_us = oldest_us;
	r->held_from_us = held_from_us > l->held_from_us ? held_from_us : l->held_from_us;
	r->memory_limit_bytes = l->config.budget ? l->config.budget->limit_bytes : 0;
	bool ok = add_ledgers(l, r) && weir_local_add_late(l, r);
	if (ok && asked.extras & weir_extras_named("fields"))
		ok = weir_local_add_fields(l, r);
	if (ok && asked.extras & weir_extras_named("left_out"))
		ok = weir_local_add_left(l, &asked.left_out, r);
	if (!ok) {
		weir_result_unref(r);
		*out = NULL;
		return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory");
	}
	if (l->stale_error.code != WEIR_OK && r->error.code == WEIR_OK)
		r->error = l->stale_error;
	return WEIR_OK;
}

enum weir_status weir_local_rows_held(struct weir_fabric *f, int64_t at_us, struct weir_study_rows **out,
				      struct weir_error *err)
{
	const struct weir_local *l = (const struct weir_local *)f;
	struct weir_relation_snapshot *snapshot = weir_relation_snapshot(l->relation);
	struct weir_relation_schema *schema = weir_relation_schema(l->relation);
	int64_t moment_us = moment_of(l, at_us);
	*out = snapshot && schema ? weir_study_rows_new(snapshot, schema, &l->view) : NULL;
	weir_relation_schema_unref(schema);
	if (!*out) {
		if (!schema)
			weir_relation_snapshot_free(snapshot);
		return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory");
	}
	(*out)->generation = l->asked.generation;
	(*out)->live = l->config.live;
	(*out)->finite = l->config.finite;
	(*out)->moment_us = moment_us != WEIR_TIME_NONE ? moment_us : weir_relation_newest_us(l->relation);
	(*out)->arrived_us = l->arrived_us;
	(*out)->budget = l->config.budget;
	return WEIR_OK;
}
