/* Answers: the plan's result, with what the fabric knows of streams, columns and memory. */
#include "fabric/local.h"

#include <stdlib.h>

static void take_example(struct weir_field_stats *f, const struct weir_value *v)
{
	f->example_type = v->type;
	if (v->type == WEIR_STRING) {
		size_t n = v->s.size < sizeof f->example_text ? v->s.size : sizeof f->example_text;
		while (n < v->s.size && n > 0 && ((unsigned char)v->s.data[n] & 0xc0) == 0x80)
			n--;
		if (n)
			memcpy(f->example_text, v->s.data, n);
		f->example_bytes = (uint8_t)n;
	} else if (v->type == WEIR_FLOAT64) {
		f->example.f = v->f;
	} else if (v->type == WEIR_BOOL) {
		f->example.b = v->b;
	} else {
		f->example.i = v->i;
	}
}

bool weir_local_learn_fields(struct weir_local_stream *s, const struct weir_batch *batch)
{
	size_t had = s->fields_capacity;
	if (!weir_grow((void **)&s->fields, &s->fields_capacity, batch->n_columns, sizeof *s->fields))
		return false;
	if (s->fields_capacity > had)
		memset(s->fields + had, 0, (s->fields_capacity - had) * sizeof *s->fields);
	for (uint32_t i = 0; i < batch->n_columns; i++) {
		const struct weir_column *c = &batch->columns[i];
		struct weir_field_stats *f = &s->fields[i];
		uint64_t seen = 0;
		for (int t = 0; t < WEIR_TYPE_COUNT; t++) {
			f->n_type[t] += c->type_count[t];
			seen += c->type_count[t];
		}
		f->n_missing += seen < batch->n_rows ? batch->n_rows - seen : 0;
		if (c->encoding == WEIR_ENC_DICT)
			f->n_distinct = weir_dict_count(c->dict);
		for (uint32_t row = batch->n_rows; row-- > 0 && row + 16 >= batch->n_rows;)
			if (weir_column_valid(c, row)) {
				struct weir_value v = weir_column_get(c, row);
				take_example(f, &v);
				break;
			}
	}
	return true;
}

static bool add_fields(struct weir_local *l, struct weir_result *r)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < l->config.n_streams; i++)
		n += l->streams[i].schema->n_fields;
	struct weir_result_field *fields = weir_arena_zalloc(&r->arena, (n + 1) * sizeof *fields);
	if (!fields)
		return false;
	r->fields = fields;
	for (uint32_t i = 0; i < l->config.n_streams; i++) {
		const struct weir_local_stream *s = &l->streams[i];
		for (uint32_t k = 0; k < s->schema->n_fields; k++) {
			struct weir_result_field *out = &fields[r->n_fields++];
			out->stream = (uint16_t)i;
			out->type = s->schema->fields[k].type;
			out->is_time = s->schema->fields[k].is_time;
			out->name = weir_arena_str(&r->arena, s->schema->fields[k].name);
			if (!out->name.data)
				return false;
			if (k >= s->fields_capacity)
				continue;
			const struct weir_field_stats *f = &s->fields[k];
			memcpy(out->n_type, f->n_type, sizeof out->n_type);
			out->n_missing = f->n_missing;
			out->n_distinct = f->n_distinct;
			out->example.type = f->example_type;
			if (f->example_type == WEIR_STRING)
				out->example.s = weir_arena_str(&r->arena, (struct weir_str){f->example_text, f->example_bytes});
			else if (f->example_type == WEIR_FLOAT64)
				out->example.f = f->example.f;
			else if (f->example_type == WEIR_BOOL)
				out->example.b = f->example.b;
			else
				out->example.i = f->example.i;
		}
	}
	return true;
}

/* Ledgers by stream and partition, and their sum. */
static bool add_ledgers(struct weir_local *l, struct weir_result *r)
{
	uint32_t n = l->config.n_streams;
	struct weir_ledger *streams = weir_arena_alloc(&r->arena, n * sizeof *streams);
	uint32_t *counts = weir_arena_alloc(&r->arena, n * sizeof *counts);
	const struct weir_ledger **partitions = weir_arena_alloc(&r->arena, n * sizeof(const struct weir_ledger *));
	if (!streams || !counts || !partitions)
		return false;
	weir_ledger_init(&r->ledger);
	r->buffer_rows = 0;
	for (uint32_t i = 0; i < n; i++) {
		const struct weir_local_stream *s = &l->streams[i];
		struct weir_ledger *copies = weir_arena_alloc(&r->arena, (s->n_partitions + 1) * sizeof *copies);
		if (!copies)
			return false;
		weir_ledger_init(&streams[i]);
		for (uint32_t p = 0; p < s->n_partitions; p++) {
			copies[p] = *s->ledgers[p];
			weir_ledger_add(&streams[i], &copies[p]);
		}
		streams[i].watermark_us = weir_buffer_watermark_us(s->buffer);
		counts[i] = s->n_partitions;
		partitions[i] = copies;
		weir_ledger_add(&r->ledger, &streams[i]);
		r->buffer_rows += weir_buffer_rows(s->buffer);
	}
	r->n_streams = n;
	r->streams = streams;
	r->n_partitions = counts;
	r->partitions = partitions;
	return true;
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

static enum weir_status build_for(struct weir_local *l, int64_t at_us, const struct weir_snapshot *const *snapshots, struct weir_error *err)
{
	if (!weir_local_keeps_rows(l) || (!l->torn && !weir_plan_needs_rebuild(l->plan, at_us)))
		return WEIR_OK;
	int64_t newest = l->fabric.ops->newest_us(&l->fabric);
	if (l->config.live && at_us >= (newest == WEIR_TIME_NONE ? weir_local_moment(l) : newest))
		at_us = WEIR_TIME_NONE; /* now: rows that are still to come belong to it */
	struct weir_local_question q = weir_local_question(l);
	enum weir_status st = weir_local_scan(l, &q, l->plan, snapshots, at_us, NULL, err);
	l->torn = st != WEIR_OK;
	return st;
}

enum weir_status weir_local_result(struct weir_fabric *f, const struct weir_result_request *request, struct weir_result **out,
				   struct weir_error *err)
{
	struct weir_local *l = (struct weir_local *)f;
	struct weir_result_request asked = *request;
	*out = NULL;
	if (!l->plan)
		return weir_fail(err, WEIR_INTERNAL, "view", "no view was asked for");
	if (asked.at_us == WEIR_TIME_NONE && l->view.at_us != WEIR_TIME_NONE)
		asked.at_us = l->view.at_us;
	if (asked.at_us == WEIR_TIME_NONE && l->config.live) /* the plan may have seen only what is still held */
		asked.at_us = l->complete ? f->ops->newest_us(f) : weir_local_moment(l);
	const struct weir_snapshot **snapshots = weir_local_snapshots(l);
	if (!snapshots)
		return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory");
	asked.snapshots = snapshots;
	enum weir_status st = build_for(l, asked.at_us, snapshots, err);
	leave_windows(l);
	if (st == WEIR_OK)
		st = weir_plan_result(l->plan, &asked, l->ledgers, out, err);
	weir_local_free_snapshots(l, snapshots);
	if (st != WEIR_OK)
		return st;
	struct weir_result *r = *out;
	r->memory_bytes = (uint64_t)weir_budget_used(l->config.budget);
	int64_t held_from_us = weir_plan_held_from(l->plan); /* NONE is the least */
	r->held_from_us = held_from_us > l->held_from_us ? held_from_us : l->held_from_us;
	r->memory_limit_bytes = l->config.budget ? l->config.budget->limit_bytes : 0;
	if (!add_ledgers(l, r) || (asked.screen && !add_fields(l, r))) {
		weir_result_unref(r);
		*out = NULL;
		return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory");
	}
	if (l->stale_error.code != WEIR_OK && r->error.code == WEIR_OK)
		r->error = l->stale_error;
	return WEIR_OK;
}
