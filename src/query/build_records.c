#include "query/result_build.h"

/* One row to show; the newest have the greatest order. */
struct found {
	struct weir_order order;
	const struct weir_batch *batch;
	uint32_t row;
};

struct newest {
	struct found *items; /* rising: the oldest of the kept ones first */
	uint32_t n, wanted;
	bool by_time;
};

static void offer(struct newest *c, const struct found *f)
{
	uint32_t at = 0;
	if (c->n == c->wanted && weir_order_compare(&f->order, &c->items[0].order) <= 0)
		return;
	while (at < c->n && weir_order_compare(&f->order, &c->items[at].order) > 0)
		at++;
	if (c->n < c->wanted) {
		memmove(c->items + at + 1, c->items + at, (c->n - at) * sizeof *c->items);
		c->items[at] = *f;
		c->n++;
	} else {
		memmove(c->items, c->items + 1, (at - 1) * sizeof *c->items);
		c->items[at - 1] = *f;
	}
}

static enum weir_status scan(struct weir_plan *p, struct newest *c, const struct weir_segment *seg, int64_t until_us,
			     struct weir_error *err)
{
	struct weir_slice *s = p->slice;
	s->batch = seg->rows;
	s->stream = seg->rows->stream;
	uint32_t n = seg->rows->n_rows;
	for (s->from = n ? (n - 1) - (n - 1) % WEIR_VEC_ROWS : 0; n; s->from -= WEIR_VEC_ROWS) {
		uint32_t n_true;
		s->n = n - s->from < WEIR_VEC_ROWS ? n - s->from : WEIR_VEC_ROWS;
		enum weir_status status = weir_plan_slice_filter(p, s, &n_true, err);
		if (status)
			return status;
		for (uint32_t i = s->n; n_true && i-- > 0;) {
			struct found f = {.batch = seg->rows, .row = s->from + i};
			if (!weir_bit_get(s->keep, i))
				continue;
			f.order = weir_plan_arrival(p, seg->rows, f.row, seg->first_row);
			if (f.order.time_us == WEIR_TIME_NONE || until_us == WEIR_TIME_NONE ||
			    f.order.time_us <= until_us)
				offer(c, &f);
		}
		if (!s->from ||
		    (!seg->rows->time_us && c->n == c->wanted)) /* without times the later row is the newer */
			break;
	}
	return WEIR_OK;
}

static enum weir_status build_record(struct weir_build *b, struct weir_result_record *out, const struct found *f,
				     struct weir_error *err)
{
	struct weir_plan *p = b->plan;
	const struct weir_batch *batch = f->batch;
	uint32_t n = p->n_row_columns;
	struct weir_value *cells = weir_arena_alloc(&b->result->arena, (n + 1) * sizeof *cells);
	bool *missing = weir_arena_alloc(&b->result->arena, n + 1);
	if (!cells || !missing)
		return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory for records");
	p->row_batch = NULL; /* rows come in no order */
	enum weir_status status = weir_plan_row(p, batch, f->row, cells, missing, err);
	for (uint32_t i = 0; !status && i < n; i++)
		if (!weir_build_value(b, cells + i))
			status = weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory for records");
	*out = (struct weir_result_record){.time_us = batch->time_us ? batch->time_us[f->row] : WEIR_TIME_NONE,
					   .position = weir_batch_position(batch, f->row),
					   .stream = batch->stream,
					   .partition = batch->partition ? batch->partition[f->row] : 0,
					   .malformed = batch->malformed && weir_bit_get(batch->malformed, f->row),
					   .cells = cells,
					   .missing = missing};
	return status;
}

static bool record_columns(struct weir_build *b)
{
	const struct weir_plan *p = b->plan;
	struct weir_result_column *columns =
	    weir_arena_alloc(&b->result->arena, (p->n_row_columns + 1) * sizeof *columns);
	for (uint32_t i = 0; columns && i < p->n_row_columns; i++) {
		columns[i] = p->row_columns[i];
		columns[i].name = weir_arena_str(&b->result->arena, columns[i].name);
		if (!columns[i].name.data)
			return false;
	}
	b->result->record_columns = columns;
	b->result->n_record_columns = p->n_row_columns;
	return columns != NULL;
}

/* Segments from the newest end; one whose rows are all older than what was found is passed over. */
enum weir_status weir_build_records(struct weir_build *b, struct weir_error *err)
{
	struct weir_result *r = b->result;
	const struct weir_result_request *q = b->request;
	struct newest c = {.items = weir_arena_alloc(&r->arena, q->max_records * sizeof *c.items),
			   .wanted = q->max_records};
	struct weir_result_record *records = weir_arena_alloc(&r->arena, q->max_records * sizeof *records);
	if (!c.items || !records || !record_columns(b))
		return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory for records");
	for (uint32_t s = 0; s < b->plan->n_streams; s++)
		for (uint32_t i = q->snapshots[s] ? q->snapshots[s]->n_segments : 0; i-- > 0;) {
			const struct weir_segment *seg = q->snapshots[s]->segments[i];
			bool timed = seg->time_min_us <= seg->time_max_us;
			if (c.n == c.wanted && timed && seg->time_max_us < c.items[0].order.time_us)
				continue;
			if (q->at_us != WEIR_TIME_NONE && timed && seg->time_min_us > q->at_us)
				continue;
			enum weir_status status = scan(b->plan, &c, seg, q->at_us, err);
			if (status)
				return status;
		}
	for (uint32_t i = 0; i < c.n; i++) {
		enum weir_status status = build_record(b, records + i, c.items + (c.n - 1 - i), err);
		if (status)
			return status;
	}
	r->n_records = c.n;
	r->records = records;
	return WEIR_OK;
}
