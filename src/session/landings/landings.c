/* The landings of one call: opened together, fed with the same rows, ended together. */
#include "landings.h"

#include <stdio.h>
#include <stdlib.h>

enum { WAIT_US = 250000 };

#define SPILL_BYTES (UINT64_C(1) << 30)

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory");
}

/* The filter and the computed columns of the call. Records that did not parse, and were kept, are marked as they are when rows
 * are printed. */
static enum weir_status take_view(struct weir_landings *l, const struct weir_options *o, struct weir_error *err)
{
	static const enum weir_view_text taken[] = {WEIR_VIEW_WHERE, WEIR_VIEW_DERIVE};
	enum weir_status st = WEIR_OK;

	weir_view_init(&l->view);
	l->view.window = (struct weir_window){.kind = WEIR_WINDOW_ALL};
	for (size_t i = 0; i < sizeof taken / sizeof *taken && st == WEIR_OK; i++)
		if (o->view.text[taken[i]])
			st = weir_view_set(&l->view, taken[i], o->view.text[taken[i]], 0, err);
	return st == WEIR_OK ? weir_view_mark_malformed(&l->view, o, err) : st;
}

/* Results go to a table, or a topic, of that name where the address names none. */
static const struct weir_landing_stream result_stream[] = {{{"results", 7}, false}};

/* Two landings would write one file of refused rows. */
static enum weir_status check_refused(struct weir_landings *l, const struct weir_uri *uri, struct weir_error *err)
{
	const char *path = weir_uri_param(uri, "refused");

	if (!path || strcmp(path, "no") == 0)
		return WEIR_OK;
	for (uint32_t i = 0; i < l->n; i++)
		if (weir_str_equal(l->refused[i], weir_str_of(path)))
			return weir_fail(err, WEIR_USAGE, "--land", "refused=%s is given for two landings", path);
	l->refused[l->n] = weir_arena_str(&l->arena, weir_str_of(path));
	return l->refused[l->n].data ? WEIR_OK : out_of_memory(err);
}

static enum weir_status open_one(struct weir_landings *l, const struct weir_landings_config *c, const char *address,
				 bool results, struct weir_error *err)
{
	const char *option = results ? "--land-view" : "--land";
	const struct weir_options *o = c->options;
	struct weir_uri uri;

	if (!*address)
		return weir_fail(err, WEIR_USAGE, option, "the address is empty");
	enum weir_status st = weir_uri_parse(weir_str_of(address), false, &uri, err);
	if (st != WEIR_OK && err)
		snprintf(err->origin, sizeof err->origin, "%s", option);
	if (st != WEIR_OK)
		return st;
	const struct weir_landing_config config = {
	    .uri = &uri,
	    .clock = c->clock,
	    .budget = c->budget,
	    .wake = c->wake,
	    .streams = results ? result_stream : l->streams,
	    .n_streams = results ? 1 : l->n_streams,
	    .queue_bytes = (size_t)(c->budget->limit_bytes / 32),
	    .live = c->live,
	    /* In a batch whose sources wait, rows may as well stay where they are. */
	    .spill_folder = o->temp_folder,
	    .spill_bytes = c->live || !c->waits ? SPILL_BYTES : 0,
	};
	const char *columns = weir_uri_param(&uri, "columns");
	st = check_refused(l, &uri, err);
	if (columns && st == WEIR_OK) {
		l->wanted[l->n] = weir_arena_str(&l->arena, weir_str_of(columns));
		st = l->wanted[l->n].data ? WEIR_OK : out_of_memory(err);
	}
	if (st == WEIR_OK)
		st = weir_landing_queue_open(&config, &l->queues[l->n], err);
	l->n += st == WEIR_OK;
	weir_uri_release(&uri);
	return st;
}

static const char *address_at(const struct weir_options *o, size_t i)
{
	return i < o->land.n ? o->land.list[i] : o->land_view.list[i - o->land.n];
}

/* Each row would be there twice, or the second would wait for the first to let go. */
static enum weir_status check_twins(const struct weir_options *o, struct weir_error *err)
{
	for (size_t i = 0; i < o->land.n + o->land_view.n; i++)
		for (size_t k = 0; k < i; k++) {
			if (strcmp(address_at(o, i), address_at(o, k)) != 0)
				continue;
			weir_fail(err, WEIR_USAGE, i < o->land.n ? "--land" : "--land-view",
				  "the same address is given twice");
			weir_error_hint(err, "leave one of them out");
			return WEIR_USAGE;
		}
	return WEIR_OK;
}

/* Whoever drives a batch waits here, until it is interrupted, and may have to say what it waits for. */
static void wait_for_room(const struct weir_landings *l, struct weir_landing_queue *q)
{
	while (!l->live && !(l->interrupted && *l->interrupted) && !weir_landing_queue_wait_us(q, WAIT_US))
		if (l->waiting)
			l->waiting(l->waiting_ctx);
}

static enum weir_status land_results(void *ctx, struct weir_batch *batch, uint64_t *rows, struct weir_error *err)
{
	struct weir_landings *l = ctx;
	struct weir_landing_rows *all = weir_landing_rows_take(batch, rows, l->budget);

	if (!all)
		return out_of_memory(err);
	for (uint32_t i = l->n_rows; i < l->n; i++) {
		wait_for_room(l, l->queues[i]);
		weir_landing_queue_give(l->queues[i], all); /* on a screen beyond its room: they are few */
	}
	weir_landing_rows_unref(all);
	return WEIR_OK;
}

static enum weir_status open_results(struct weir_landings *l, const struct weir_landings_config *c,
				     struct weir_error *err)
{
	const struct weir_results_config config = {
	    .options = c->options,
	    .ops = c->fabric,
	    .clock = c->clock,
	    .budget = c->budget,
	    .n_streams = l->n_streams,
	    .streams = l->streams,
	    .live = c->live,
	    .finite = c->finite,
	    .land = land_results,
	    .ctx = l,
	};

	return weir_results_open(&l->results, &config, err);
}

static bool take_names(struct weir_landings *l, const struct weir_landings_config *c)
{
	l->names = weir_arena_zalloc(&l->arena, c->n_streams * sizeof *l->names);
	l->streams = weir_arena_zalloc(&l->arena, c->n_streams * sizeof *l->streams);
	l->schemas = weir_calloc(c->n_streams, sizeof *l->schemas);
	l->columns = weir_calloc(c->n_streams, sizeof *l->columns);
	if (!l->names || !l->streams || !l->schemas || !l->columns)
		return false;
	l->n_streams = c->n_streams;
	for (uint32_t i = 0; i < c->n_streams; i++) {
		l->names[i] = weir_arena_str(&l->arena, c->streams[i].name);
		l->streams[i] = (struct weir_landing_stream){l->names[i], c->streams[i].once};
		if (!l->names[i].data || !(l->schemas[i] = weir_schema_new()))
			return false;
	}
	return true;
}

enum weir_status weir_landings_open(struct weir_landings *l, const struct weir_landings_config *c,
				    struct weir_error *err)
{
	const struct weir_options *o = c->options;

	*l = (struct weir_landings){.budget = c->budget, .clock = c->clock, .live = c->live};
	weir_view_init(&l->view);
	if (!o->land.n && !o->land_view.n)
		return WEIR_OK;
	if (o->land.n + o->land_view.n > WEIR_MAX_LANDINGS)
		return weir_fail(err, WEIR_USAGE, "--land", "more than %d landings", WEIR_MAX_LANDINGS);
	enum weir_status st = check_twins(o, err);
	if (st == WEIR_OK)
		st = take_view(l, o, err);
	if (st == WEIR_OK && !take_names(l, c))
		st = out_of_memory(err);
	if (st == WEIR_OK && o->land_view.n)
		st = open_results(l, c, err);
	for (size_t i = 0; i < o->land.n && st == WEIR_OK; i++)
		st = open_one(l, c, o->land.list[i], false, err);
	l->n_rows = l->n;
	for (size_t i = 0; i < o->land_view.n && st == WEIR_OK; i++)
		st = open_one(l, c, o->land_view.list[i], true, err);
	if (st != WEIR_OK)
		weir_landings_close(l);
	return st;
}

bool weir_landings_have_room(const struct weir_landings *l)
{
	for (uint32_t i = 0; i < l->n; i++)
		if (!weir_landing_queue_has_room(l->queues[i]))
			return false;
	return true;
}

static void refuse(struct weir_landings *l, const struct weir_batch *b, const struct weir_error *why)
{
	for (uint32_t i = 0; i < l->n_rows && b->n_rows; i++)
		weir_landing_queue_refuse(l->queues[i], b->n_rows, b->stream, weir_batch_position(b, 0), why->what);
}

static void give(struct weir_landings *l, struct weir_landing_rows *rows)
{
	for (uint32_t i = 0; i < l->n_rows; i++) {
		struct weir_landing_queue *q = l->queues[i];
		wait_for_room(l, q);
		if (!l->live || weir_landing_queue_has_room(q))
			weir_landing_queue_give(q, rows);
		else
			weir_landing_queue_shed(q, rows->n_rows);
	}
}

static enum weir_status add_rows(struct weir_landings *l, const struct weir_batch *batch, struct weir_error *err)
{
	struct weir_landing_rows *rows = NULL;
	struct weir_error why = {0};

	enum weir_status st = weir_landings_choose(l, batch, &rows, &why);
	if (st == WEIR_OK && rows)
		give(l, rows);
	weir_landing_rows_unref(rows);
	if (st == WEIR_OK)
		return WEIR_OK;
	refuse(l, batch, &why);
	if (st != WEIR_NO_MEMORY || l->live)
		return WEIR_OK;
	if (err)
		*err = why;
	return st;
}

/* No more results will come. If the reason is an error, the landings report it at their end. */
static void end_results(struct weir_landings *l, const struct weir_error *why)
{
	for (uint32_t i = l->n_rows; i < l->n && why->code != WEIR_OK; i++)
		weir_landing_queue_refuse(l->queues[i], 1, 0, -1, why->what);
	l->results_failed = *why;
	weir_results_close(&l->results);
}

static enum weir_status add_results(struct weir_landings *l, const struct weir_batch *batch, struct weir_error *err)
{
	struct weir_error why = {0};

	if (weir_results_add(&l->results, batch, &why) == WEIR_OK)
		return WEIR_OK;
	end_results(l, &why);
	if (l->live)
		return WEIR_OK;
	if (err)
		*err = why;
	return why.code;
}

enum weir_status weir_landings_add(struct weir_landings *l, const struct weir_batch *batch, struct weir_error *err)
{
	enum weir_status st = l->n_rows && batch->n_rows ? add_rows(l, batch, err) : WEIR_OK;

	return st == WEIR_OK && l->results.fabric && batch->n_rows ? add_results(l, batch, err) : st;
}

void weir_landings_set_columns(struct weir_landings *l, uint32_t stream, const struct weir_schema *schema, bool fixed)
{
	if (l->results.fabric)
		l->results.ops->set_columns(l->results.fabric, stream, schema, fixed);
}

void weir_landings_set_lag(struct weir_landings *l, uint32_t stream, uint32_t partition, int64_t lag, uint64_t lost,
			   uint64_t shed_by_source)
{
	if (l->results.fabric)
		l->results.ops->set_lag(l->results.fabric, stream, partition, lag, lost, shed_by_source);
}

void weir_landings_end_results(struct weir_landings *l)
{
	struct weir_error why = {0};

	if (!l->results.fabric)
		return;
	(void)!weir_results_end(&l->results, &why);
	end_results(l, &why);
}

void weir_landings_end(struct weir_landings *l, bool complete)
{
	for (uint32_t i = 0; i < l->n; i++)
		weir_landing_queue_end(l->queues[i], complete);
}

bool weir_landings_wait_us(struct weir_landings *l, int64_t timeout_us)
{
	int64_t end_us = l->n ? weir_clock_mono_us(l->clock) + timeout_us : 0;

	for (uint32_t i = 0; i < l->n; i++)
		if (!weir_landing_queue_wait_done(l->queues[i], end_us))
			return false;
	return true;
}

void weir_landings_hurry(struct weir_landings *l)
{
	for (uint32_t i = 0; i < l->n; i++)
		weir_landing_queue_hurry(l->queues[i]);
}

enum weir_status weir_landings_wait(struct weir_landings *l, struct weir_error *err)
{
	enum weir_status st = l->results_failed.code;

	if (st != WEIR_OK && err)
		*err = l->results_failed;
	for (uint32_t i = 0; i < l->n; i++) {
		struct weir_landing_status status;
		(void)!weir_landing_queue_wait_done(l->queues[i], INT64_MAX);
		weir_landing_queue_status(l->queues[i], &status);
		const struct weir_error *why = status.failure.code != WEIR_OK ? &status.failure : &status.loss;
		if (st == WEIR_OK && why->code != WEIR_OK) {
			st = why->code;
			if (err)
				*err = *why;
		}
	}
	return st;
}

uint32_t weir_landings_describe(const struct weir_landings *l, struct weir_landing_status out[WEIR_MAX_LANDINGS])
{
	for (uint32_t i = 0; i < l->n; i++) {
		const char *absent = atomic_load(&l->absent[i]);
		weir_landing_queue_status(l->queues[i], &out[i]);
		snprintf(out[i].absent, sizeof out[i].absent, "%s", absent ? absent : "");
	}
	return l->n;
}

void weir_landings_close(struct weir_landings *l)
{
	weir_results_close(&l->results);
	for (uint32_t i = 0; i < l->n; i++)
		weir_landing_queue_close(l->queues[i]);
	for (uint32_t i = 0; l->schemas && i < l->n_streams; i++)
		weir_schema_unref(l->schemas[i]);
	for (uint32_t i = 0; l->columns && i < l->n_streams; i++)
		weir_schema_unref(l->columns[i]);
	free(l->schemas);
	free(l->columns);
	weir_plan_free(l->plan);
	weir_view_release(&l->view);
	weir_arena_release(&l->arena);
	*l = (struct weir_landings){0};
}
