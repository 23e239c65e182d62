/* The study that puts records into the order of a column: each share keeps the best of its rows. */
#include "query/ordered/ordered.h"

#include "query/plan/slice.h"

#include <stdlib.h>

struct share {
	struct weir_plan *plan;     /* owned */
	struct weir_bound **bounds; /* owned: of the expression, by stream */
	struct weir_arena texts;    /* of computed keys */
	struct weir_best best;
	size_t compact_from;
	uint64_t n_total, n_null;
};

enum { COMPACT_BYTES = 16 << 20 };

struct ordered {
	struct weir_study study;
	struct weir_ordered_config config; /* by: in the arena */
	struct weir_arena arena;
	struct weir_expr *by;
	enum weir_type type;
	struct weir_study_rows *rows; /* one reference */
	struct share *shares;         /* owned */
	uint32_t n_shares;
	uint64_t reach;
	int64_t charged_bytes;
};

static enum weir_status no_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "order", "out of memory");
}

/* How many rows each share may keep. */
static uint64_t reach_of(const struct weir_budget *budget, uint32_t shares)
{
	enum { PART = 2 }; /* of what is free */
	uint64_t most = UINT32_MAX / 2;
	if (!budget || !budget->limit_bytes)
		return most;
	int64_t free_bytes = (int64_t)budget->limit_bytes - weir_budget_used(budget);
	uint64_t room = free_bytes > 0 ? (uint64_t)free_bytes / PART / shares / sizeof(struct weir_best_item) : 0;
	return room < WEIR_MAX_ORDERED ? WEIR_MAX_ORDERED : room < most ? room : most;
}

static uint32_t most_of(const struct ordered *o)
{
	const struct weir_ordered_config *c = &o->config;
	uint64_t room = o->reach - (c->count < o->reach ? c->count : o->reach),
		 held = weir_relation_snapshot_rows(o->rows->snapshot);
	uint64_t most = c->first < room ? c->first + c->count : o->reach;
	return (uint32_t)(most < held + c->count ? most : held + c->count);
}

static enum weir_status begin_share(struct ordered *o, struct share *s, struct weir_error *err)
{
	s->best.most = most_of(o);
	s->best.descending = o->config.descending;
	s->compact_from = COMPACT_BYTES;
	enum weir_status status = weir_study_rows_bind(o->rows, &s->plan, err);
	if (status)
		return status;
	s->bounds = weir_calloc(s->plan->n_streams + (size_t)1, sizeof(struct weir_bound *));
	if (!s->bounds)
		return no_memory(err);
	return weir_plan_bind_streams(s->plan, o->by, o->config.by, true, s->bounds, &o->type, err);
}

static enum weir_status begin(struct weir_study *study, struct weir_study_rows *rows, uint32_t shares,
			      struct weir_study_work *work, struct weir_error *err)
{
	struct ordered *o = (struct ordered *)study;
	enum weir_status status = WEIR_OK;
	(void)work; /* its pieces are segments, as they come */
	o->rows = weir_study_rows_ref(rows);
	o->shares = weir_calloc(shares, sizeof *o->shares);
	if (!o->shares)
		return no_memory(err);
	o->n_shares = shares;
	o->reach = reach_of(rows->budget, shares ? shares : 1);
	o->charged_bytes = (int64_t)most_of(o) * (int64_t)sizeof(struct weir_best_item) * shares;
	weir_budget_charge(rows->budget, o->charged_bytes);
	for (uint32_t i = 0; i < shares && !status; i++)
		status = begin_share(o, o->shares + i, err);
	return status;
}

/* The key of a value that is not NULL. Texts of computed values do not stay: then they are copied when they are wanted. */
static struct weir_best_key key_of(const struct ordered *o, const struct weir_vec *v, uint32_t i, struct weir_buf *text)
{
	struct weir_best_key k = {0};
	if (o->type == WEIR_STRING && v->type != WEIR_STRING) {
		struct weir_value value = weir_vec_value(v, i, v->type);
		weir_buf_clear(text);
		weir_value_text(&value, text);
		k.text = weir_buf_str(text);
	} else if (v->type == WEIR_STRING) {
		k.text = v->s[i];
	} else if (v->type == WEIR_FLOAT64) {
		k.number = weir_best_of_float(v->f[i]);
	} else if (v->type == WEIR_BOOL) {
		k.number = v->b[i];
	} else {
		k.number = o->type == WEIR_FLOAT64 ? weir_best_of_float((double)v->i[i]) : weir_best_of_int(v->i[i]);
	}
	if (v->type == WEIR_STRING && !k.text.data)
		k.text = WEIR_STR("");
	if (o->config.descending)
		k.number = ~k.number;
	return k;
}

/* What left the heap goes: of rising texts each comes in and leaves again. */
static bool compact(struct share *s)
{
	struct weir_arena fresh = {0};
	bool ok = true;
	if (s->texts.total_bytes < s->compact_from)
		return true;
	for (uint32_t i = 0; ok && i < s->best.n; i++) {
		struct weir_str *text = &s->best.items[i].key.text;
		struct weir_str copy = text->data ? weir_arena_str(&fresh, *text) : *text;
		ok = copy.data || !text->data;
		*text = ok ? copy : *text;
	}
	weir_arena_release(&s->texts);
	s->texts = fresh;
	s->compact_from = 2 * fresh.total_bytes + COMPACT_BYTES;
	return ok;
}

static bool keep(struct share *s, struct weir_best_item *item, bool stays)
{
	if (!weir_best_wants(&s->best, item))
		return true;
	if (item->key.text.data && !stays) {
		item->key.text = weir_arena_str(&s->texts, item->key.text);
		if (!item->key.text.data)
			return false;
	}
	return weir_best_add(&s->best, item) && (stays || compact(s));
}

/* Rows [from, from + n) of a segment, of which those in `pass` count. */
static enum weir_status scan_slice(struct ordered *o, struct share *s, const struct weir_segment *segment,
				   uint32_t from, uint32_t n, const uint64_t *pass, struct weir_error *err)
{
	const struct weir_batch *b = segment->rows;
	struct weir_bound *bound = s->bounds[b->stream];
	struct weir_buf text = {0};
	struct weir_vec v;
	bool stays = weir_bound_column(bound) >= 0, ok = true;
	enum weir_status status = weir_bound_eval(bound, b, from, n, pass, &v, err);
	for (uint32_t i = 0; !status && ok && i < n; i++) {
		uint32_t row = from + i;
		int64_t time_us = b->time_us ? b->time_us[row] : o->rows->live ? b->arrival_us : WEIR_TIME_NONE;
		if (!weir_bit_get(pass, i) || (o->rows->moment_us != WEIR_TIME_NONE && time_us > o->rows->moment_us))
			continue;
		bool null = v.type == WEIR_NULL || (v.valid && !weir_bit_get(v.valid, i));
		struct weir_best_key key = {.null = true};
		s->n_total++;
		s->n_null += null;
		if (!null)
			key = key_of(o, &v, i, &text);
		if (weir_best_is_beyond(&s->best, &key))
			continue;
		struct weir_best_item item = {key, {{time_us, segment->first_row + row, b->stream}, b, row}};
		ok = keep(s, &item, stays && v.type == o->type);
	}
	ok = ok && !text.failed;
	weir_buf_release(&text);
	return status ? status : ok ? WEIR_OK : no_memory(err);
}

static enum weir_status piece(struct weir_study *study, struct weir_study_run *run, uint32_t share, uint32_t number,
			      struct weir_error *err)
{
	struct ordered *o = (struct ordered *)study;
	struct share *s = o->shares + share;
	const struct weir_segment *segment = weir_relation_snapshot_segment(o->rows->snapshot, number);
	uint64_t pass[WEIR_SEGMENT_ROWS / 64];
	uint32_t n_rows = segment->rows->n_rows;
	enum weir_status status = WEIR_OK;
	s->plan->slice->stream = segment->rows->stream;
	weir_slice_ask_zones(s->plan, s->plan->slice, segment);
	bool none = s->plan->slice->none;
	if (!none)
		status = weir_plan_filter(s->plan, segment->rows, pass, err);
	weir_slice_ask_zones(s->plan, s->plan->slice, NULL);
	for (uint32_t row = 0; !status && !none && segment->rows->weight && row < n_rows; row++)
		if (segment->rows->weight[row] <= 0)
			weir_bit_clear(pass, row);
	for (uint32_t from = 0; !status && !none && from < n_rows; from += WEIR_VEC_ROWS)
		status = scan_slice(o, s, segment, from, n_rows - from < WEIR_VEC_ROWS ? n_rows - from : WEIR_VEC_ROWS,
				    pass + from / 64, err);
	weir_study_advance(run, share, n_rows);
	return status;
}

struct answer {
	struct weir_ordered_answer given;
	struct weir_arena arena;
};

static void free_answer(struct weir_study_answer *base)
{
	struct answer *a = (struct answer *)base;
	weir_arena_release(&a->arena);
	free(a);
}

static bool take_columns(struct answer *a, const struct weir_plan *p)
{
	struct weir_result_column *columns =
	    weir_arena_alloc(&a->arena, (p->n_row_columns + (size_t)1) * sizeof *columns);
	for (uint32_t i = 0; columns && i < p->n_row_columns; i++) {
		columns[i] = p->row_columns[i];
		columns[i].name = weir_arena_str(&a->arena, columns[i].name);
		if (!columns[i].name.data)
			return false;
	}
	a->given.columns = columns;
	a->given.n_columns = p->n_row_columns;
	return columns != NULL;
}

static enum weir_status take_value(struct answer *a, const struct share *s, const struct weir_best_item *item,
				   struct weir_value *out, struct weir_error *err)
{
	struct weir_vec v;
	uint64_t wanted[WEIR_VEC_ROWS / 64] = {0};
	uint32_t from = item->row.row - item->row.row % WEIR_VEC_ROWS, at = item->row.row - from;
	uint32_t left = item->row.batch->n_rows - from;
	weir_bit_set(wanted, at);
	enum weir_status status = weir_bound_eval(s->bounds[item->row.batch->stream], item->row.batch, from,
						  left < WEIR_VEC_ROWS ? left : WEIR_VEC_ROWS, wanted, &v, err);
	if (status)
		return status;
	*out = weir_vec_value(&v, at, v.type);
	if (out->type == WEIR_STRING && !(out->s = weir_arena_str(&a->arena, out->s)).data)
		return no_memory(err);
	return WEIR_OK;
}

static enum weir_status take_records(struct ordered *o, struct answer *a, const struct weir_best *best,
				     struct weir_error *err)
{
	struct weir_ordered_answer *g = &a->given;
	uint32_t most = o->config.count < best->n ? o->config.count : best->n;
	uint64_t last = best->n - most;
	g->first = o->config.first < last ? o->config.first : last;
	struct weir_result_record *records = weir_arena_alloc(&a->arena, (most + (size_t)1) * sizeof *records);
	struct weir_value *values = weir_arena_alloc(&a->arena, (most + (size_t)1) * sizeof *values);
	enum weir_status status = records && values && take_columns(a, o->shares[0].plan) ? WEIR_OK : no_memory(err);
	for (uint32_t i = 0; i < most && !status; i++) {
		const struct weir_best_item *item = best->items + g->first + i;
		status = weir_record_take(o->shares[0].plan, &a->arena, &item->row, records + i, err);
		if (!status)
			status = take_value(a, o->shares, item, values + i, err);
	}
	g->records = records;
	g->values = values;
	g->n_records = most;
	return status;
}

static enum weir_status join(struct weir_study *study, struct weir_study_work *work, bool *again,
			     struct weir_study_answer **out, struct weir_error *err)
{
	struct ordered *o = (struct ordered *)study;
	struct weir_best *best = &o->shares[0].best;
	struct answer *a = weir_calloc(1, sizeof *a);
	(void)work;
	(void)again;
	if (!a)
		return no_memory(err);
	a->given = (struct weir_ordered_answer){.base = {.refs = 1, .free = free_answer, .whole = true},
						.generation = o->rows->generation,
						.by = weir_arena_str(&a->arena, o->config.by),
						.type = o->type,
						.descending = o->config.descending};
	bool ok = a->given.by.data != NULL;
	for (uint32_t i = 0; i < o->n_shares; i++) {
		const struct share *s = o->shares + i;
		a->given.n_total += s->n_total;
		a->given.n_null += s->n_null;
		for (uint32_t k = 0; i && ok && k < s->best.n; k++)
			if (weir_best_wants(best, s->best.items + k))
				ok = weir_best_add(best, s->best.items + k);
	}
	a->given.n_reach = a->given.n_total < o->reach ? a->given.n_total : o->reach;
	weir_best_sort(best);
	enum weir_status status = ok ? take_records(o, a, best, err) : no_memory(err);
	if (status)
		free_answer(&a->given.base);
	else
		*out = &a->given.base;
	return status;
}

static void free_share(struct share *s)
{
	for (uint32_t i = 0; s->bounds && i < s->plan->n_streams; i++)
		weir_bound_free(s->bounds[i]);
	free(s->bounds);
	weir_plan_free(s->plan);
	weir_best_release(&s->best);
	weir_arena_release(&s->texts);
}

static void free_ordered(struct weir_study *study)
{
	struct ordered *o = (struct ordered *)study;
	for (uint32_t i = 0; i < o->n_shares; i++)
		free_share(o->shares + i);
	free(o->shares);
	if (o->rows)
		weir_budget_charge(o->rows->budget, -o->charged_bytes);
	weir_study_rows_unref(o->rows);
	weir_arena_release(&o->arena);
	free(o);
}

const struct weir_study_ops weir_ordered_ops = {
    .name = "order", .begin = begin, .piece = piece, .join = join, .free = free_ordered};

enum weir_status weir_ordered_new(const struct weir_ordered_config *config, struct weir_study **out,
				  struct weir_error *err)
{
	struct ordered *o = weir_calloc(1, sizeof *o);
	*out = NULL;
	if (!o)
		return no_memory(err);
	o->study.ops = &weir_ordered_ops;
	o->config = *config;
	o->config.by = weir_arena_str(&o->arena, config->by);
	enum weir_status status =
	    o->config.by.data ? weir_expr_parse(o->config.by, &o->arena, &o->by, err) : no_memory(err);
	if (status)
		free_ordered(&o->study);
	else
		*out = &o->study;
	return status;
}
