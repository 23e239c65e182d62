/* The cells of records, copied for whoever shows them. */
#include "query/records/records.h"

#include "query/plan/slice.h"

static enum weir_status no_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory for records");
}

/* A text of a row among many is cut to what any screen has room for. */
static bool shorten(struct weir_value *v)
{
	size_t n = WEIR_MAX_CELL_BYTES;
	if (v->type != WEIR_STRING || v->s.size <= n)
		return false;
	while (n > 0 && ((unsigned char)v->s.data[n] & 0xc0) == 0x80)
		n--;
	v->s.size = n;
	return true;
}

/* Text of an optional column; data NULL: none. */
static bool take_text(struct weir_arena *arena, const struct weir_column *c, uint32_t row, bool whole,
		      struct weir_str *out, bool *cut)
{
	struct weir_value v = weir_column_get(c, row);
	*out = (struct weir_str){0};
	if (v.type != WEIR_STRING)
		return true;
	if (!whole)
		*cut |= shorten(&v);
	*out = weir_arena_str(arena, v.s);
	return out->data != NULL;
}

static enum weir_status take_cells(struct weir_plan *p, struct weir_arena *arena, const struct weir_batch *batch,
				   uint32_t row, bool whole, struct weir_value *cells, bool *missing, bool *cut,
				   struct weir_error *err)
{
	p->row_batch = NULL; /* rows come in no order */
	enum weir_status status = weir_plan_row(p, batch, row, cells, missing, err);
	for (uint32_t i = 0; !status && i < p->n_row_columns; i++) {
		*cut |= !whole && shorten(cells + i);
		if (cells[i].type != WEIR_STRING)
			continue;
		cells[i].s = weir_arena_str(arena, cells[i].s);
		if (!cells[i].s.data)
			status = no_memory(err);
	}
	return status;
}

enum weir_status weir_record_take(struct weir_plan *p, struct weir_arena *arena, const struct weir_row_found *f,
				  struct weir_result_record *out, struct weir_error *err)
{
	const struct weir_batch *batch = f->batch;
	uint32_t n = p->n_row_columns, row = f->row;
	struct weir_value *cells = weir_arena_alloc(arena, (n + 1) * sizeof *cells);
	bool *missing = weir_arena_alloc(arena, n + 1);
	*out = (struct weir_result_record){.time_us = batch->time_us ? batch->time_us[row] : WEIR_TIME_NONE,
					   .arrival_us = weir_batch_arrival(batch, row),
					   .place = f->place,
					   .position = weir_batch_position(batch, row),
					   .stream = batch->stream,
					   .partition = batch->partition ? batch->partition[row] : 0,
					   .malformed = batch->malformed && weir_bit_get(batch->malformed, row),
					   .cells = cells,
					   .missing = missing};
	if (!cells || !missing || !take_text(arena, &batch->key, row, false, &out->key, &out->cut) ||
	    !take_text(arena, &batch->headers, row, false, &out->headers, &out->cut))
		return no_memory(err);
	return take_cells(p, arena, batch, row, false, cells, missing, &out->cut, err);
}

/* The columns that the record's stream has, then the computed ones. */
static enum weir_status take_fields(struct weir_plan *p, struct weir_arena *arena, struct weir_record_full *full,
				    const struct weir_batch *batch, uint32_t row, struct weir_error *err)
{
	uint32_t n = p->n_row_columns;
	struct weir_value *cells = weir_arena_alloc(arena, (n + 1) * sizeof *cells);
	bool *missing = weir_arena_alloc(arena, n + 1), cut = false;
	struct weir_record_field *fields = weir_arena_alloc(arena, (n + 1) * sizeof *fields);
	if (!cells || !missing || !fields)
		return no_memory(err);
	enum weir_status status = take_cells(p, arena, batch, row, true, cells, missing, &cut, err);
	for (uint32_t i = 0; !status && i < n; i++) {
		const struct weir_result_column *c = p->row_columns + i;
		bool computed = i >= p->n_row_fields;
		int at = computed ? -1 : p->row_fields[batch->stream * p->schema->common->n_fields + i];
		if (!computed && at < 0)
			continue;
		struct weir_record_field *f = fields + full->n_fields++;
		*f = (struct weir_record_field){.name = weir_arena_str(arena, c->name),
						.type = c->type,
						.value = cells[i],
						.missing = missing[i],
						.computed = computed};
		f->is_time = !computed && p->schema->streams[batch->stream]->fields[at].is_time;
		if (!f->name.data)
			return no_memory(err);
	}
	full->fields = fields;
	return status;
}

static void take_place(struct weir_record_full *full, const struct weir_batch *batch, uint32_t row)
{
	uint32_t partition = batch->partition ? batch->partition[row] : 0;
	struct weir_value stamp = weir_column_get(&batch->stamp, row);
	full->time_us = batch->time_us ? batch->time_us[row] : WEIR_TIME_NONE;
	full->arrival_us = weir_batch_arrival(batch, row);
	full->stamp_us = stamp.type == WEIR_TIMESTAMP ? stamp.i : WEIR_TIME_NONE;
	full->position = batch->position || batch->along.rest ? weir_batch_position(batch, row) : -1;
	full->malformed = batch->malformed && weir_bit_get(batch->malformed, row);
	full->partition = (int32_t)partition;
	if (batch->partitions && partition < weir_partitions_count(batch->partitions)) {
		const struct weir_partition *named = weir_partitions_get(batch->partitions, partition);
		full->partition = named->number;
		full->topic = named->topic;
	}
}

static bool keep(struct weir_arena *arena, struct weir_str from, struct weir_str *to)
{
	if (to->data || !from.data)
		return true;
	*to = weir_arena_str(arena, from);
	return to->data != NULL;
}

/* What was not kept may still stand where it came from. */
static bool read_again(struct weir_arena *arena, const struct weir_records_request *q, struct weir_record_full *full)
{
	struct weir_record_again found = {
	    .why = "not kept: a question that names _raw keeps it from then on, for example :derive text=_raw"};
	if (q->read_again)
		q->read_again(q->read_again_ctx, full, &found);
	full->reading = found.reading;
	return keep(arena, found.key, &full->key) && keep(arena, found.headers, &full->headers) &&
	       (found.raw.data ? keep(arena, found.raw, &full->raw)
			       : keep(arena, weir_str_of(found.why), &full->no_raw));
}

enum weir_status weir_record_take_full(struct weir_plan *p, struct weir_arena *arena, const struct weir_row_list *l,
				       const struct weir_records_request *q, const struct weir_record_full **out,
				       struct weir_error *err)
{
	const struct weir_row_place *place = &q->opened;
	struct weir_record_full *full = weir_arena_zalloc(arena, sizeof *full);
	bool cut;
	if (!full)
		return no_memory(err);
	full->place = *place;
	full->time_us = full->stamp_us = WEIR_TIME_NONE;
	*out = full;
	const struct weir_row_segment *s = weir_row_list_find(l, place);
	if (!s)
		return WEIR_OK;
	const struct weir_batch *batch = s->segment->rows;
	uint32_t row = (uint32_t)(place->number - s->first_row);
	full->held = true;
	full->passes = s->known && weir_row_passes(s, row);
	take_place(full, batch, row);
	full->topic = weir_arena_str(arena, full->topic);
	full->stream = weir_arena_str(arena, p->schema->names[batch->stream]);
	if (!full->topic.data || !full->stream.data || !take_text(arena, &batch->key, row, true, &full->key, &cut) ||
	    !take_text(arena, &batch->headers, row, true, &full->headers, &cut) ||
	    !take_text(arena, &batch->raw, row, true, &full->raw, &cut))
		return no_memory(err);
	if (!full->raw.data && !read_again(arena, q, full))
		return no_memory(err);
	return take_fields(p, arena, full, batch, row, err);
}
