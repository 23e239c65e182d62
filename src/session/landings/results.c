/* Windows that are over become rows of batches. */
#include "results.h"

#include <stdlib.h>

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "--land-view", "out of memory");
}

/* ---- the question ---- */

static enum weir_status refuse(const char *what, const char *hint, struct weir_error *err)
{
	weir_fail(err, WEIR_USAGE, "--land-view", "%s", what);
	weir_error_hint(err, "%s", hint);
	return WEIR_USAGE;
}

static bool has_windows(const struct weir_results *r)
{
	return r->view.window.kind == WEIR_WINDOW_TUMBLING || r->view.window.kind == WEIR_WINDOW_HOPPING;
}

static enum weir_status check_question(const struct weir_results *r, bool finite, struct weir_error *err)
{
	static const char hint[] = "--window 'tumbling 1m' lands the results of each minute";
	enum weir_window_kind kind = r->view.window.kind;

	if (!r->view.text[WEIR_VIEW_GROUP] && !r->view.text[WEIR_VIEW_MEASURE])
		return refuse("nothing is computed", "say what with --group or --measure; --land writes the rows", err);
	if (kind == WEIR_WINDOW_SLIDING || kind == WEIR_WINDOW_ROWS)
		return refuse("the window moves on with each row and is never over", hint, err);
	if (!finite && !has_windows(r))
		return refuse("the stream has no end, so the window is never over", hint, err);
	return WEIR_OK;
}

/* As it was asked, but compared with nothing. */
static enum weir_status take_question(struct weir_results *r, const struct weir_results_config *c,
				      struct weir_error *err)
{
	bool compares = c->live || c->options->view.text[WEIR_VIEW_COMPARE];
	enum weir_status st = weir_view_copy(&r->view, &c->options->view, err);

	if (st == WEIR_OK)
		st = weir_view_set(&r->view, WEIR_VIEW_COMPARE, NULL, 0, err);
	if (st == WEIR_OK && compares) /* it may be sorted by the change */
		st = weir_view_set(&r->view, WEIR_VIEW_SORT, NULL, 0, err);
	r->view.compare.kind = WEIR_COMPARISON_NONE;
	if (r->view.window.kind == WEIR_WINDOW_DEFAULT)
		r->view.window.kind = c->live && !c->finite ? WEIR_WINDOW_SLIDING : WEIR_WINDOW_ALL;
	return st == WEIR_OK ? check_question(r, c->finite, err) : st;
}

static enum weir_status open_fabric(struct weir_results *r, const struct weir_results_config *c, struct weir_error *err)
{
	struct weir_fabric_stream *streams = weir_calloc(c->n_streams + (size_t)1, sizeof *streams);

	if (!streams)
		return out_of_memory(err);
	for (uint32_t i = 0; i < c->n_streams; i++)
		streams[i].name = c->streams[i].name;
	const struct weir_fabric_config config = {.budget = c->budget,
						  .clock = c->clock,
						  .n_streams = c->n_streams,
						  .streams = streams,
						  .finite = c->finite,
						  .retain_us = -1,
						  .threads = 1};
	enum weir_status st = c->ops->open(&config, &r->fabric, err);
	free(streams);
	const struct weir_question question = {.view = &r->view, .generation = 1};
	return st == WEIR_OK ? c->ops->set_view(r->fabric, &question, err) : st;
}

enum weir_status weir_results_open(struct weir_results *r, const struct weir_results_config *c, struct weir_error *err)
{
	*r = (struct weir_results){.ops = c->ops,
				   .clock = c->clock,
				   .last_window = INT64_MIN,
				   .landed_us = INT64_MIN,
				   .land = c->land,
				   .ctx = c->ctx};
	weir_view_init(&r->view);
	enum weir_status st = take_question(r, c, err);
	if (st == WEIR_OK)
		st = open_fabric(r, c, err);
	if (st != WEIR_OK)
		weir_results_close(r);
	return st;
}

void weir_results_close(struct weir_results *r)
{
	if (r->fabric)
		r->ops->close(r->fabric);
	if (r->ops)
		weir_view_release(&r->view);
	weir_schema_unref(r->schema);
	*r = (struct weir_results){0};
}

/* ---- rows ---- */

static bool is_same(const struct weir_schema *a, const struct weir_schema *b)
{
	bool same = a && a->n_fields == b->n_fields;

	for (uint32_t i = 0; same && i < b->n_fields; i++)
		same = a->fields[i].type == b->fields[i].type && weir_str_equal(a->fields[i].name, b->fields[i].name);
	return same;
}

/* Sums beyond 64 bits are landed as text. */
static bool any_wide(const struct weir_results *r, const struct weir_result *result, uint32_t column)
{
	for (uint32_t i = 0; i < result->n_rows; i++) {
		struct weir_result_cell c = weir_result_cells(result, &result->rows[i], has_windows(r));
		c.i = column;
		if (weir_result_next_cell(&c) && c.value.type == WEIR_INT64 && c.value.wide)
			return true;
	}
	return false;
}

/* The columns of the rows; those of the rows before where they are the same. */
static bool follow_columns(struct weir_results *r, const struct weir_result *result)
{
	struct weir_result_cell c = weir_result_cells(result, NULL, has_windows(r));
	struct weir_schema *s = weir_schema_new();
	bool good = s != NULL;

	while (good && weir_result_next_cell(&c)) {
		bool wide = c.type == WEIR_INT64 && any_wide(r, result, c.i - 1);
		good = weir_schema_add(s, c.name, wide ? WEIR_STRING : c.type) >= 0;
	}
	if (good && has_windows(r))
		weir_schema_set_time(s, 0);
	if (!good || is_same(r->schema, s)) {
		weir_schema_unref(s);
		return good;
	}
	weir_schema_unref(r->schema);
	r->schema = s;
	return true;
}

/* Rows that are on their way into one batch. */
struct filling {
	struct weir_batch *batch; /* owned; NULL: none has begun */
	uint64_t *rows;           /* owned */
};

static bool begin_batch(struct weir_results *r, struct filling *f)
{
	f->batch = weir_batch_new(WEIR_BATCH_ROWS);
	f->rows = weir_calloc(weir_bit_words(WEIR_BATCH_ROWS), sizeof *f->rows);
	if (!f->batch || !f->rows || !weir_batch_set_schema(f->batch, r->schema))
		return false;
	f->batch->arrival_us = weir_clock_wall_us(r->clock);
	return true;
}

static enum weir_status hand_over(struct weir_results *r, struct filling *f, struct weir_error *err)
{
	struct filling full = *f;

	if (!full.batch)
		return WEIR_OK;
	for (uint32_t i = 0; i < full.batch->n_columns; i++)
		if (!weir_column_finish(&full.batch->columns[i], full.batch->n_rows))
			return out_of_memory(err);
	*f = (struct filling){0};
	return r->land(r->ctx, full.batch, full.rows, err);
}

static enum weir_status add_row(struct weir_results *r, struct filling *f, struct weir_result_cell c,
				struct weir_error *err)
{
	if (!f->batch && !begin_batch(r, f))
		return out_of_memory(err);
	uint32_t row = f->batch->n_rows;
	for (uint32_t i = 0; weir_result_next_cell(&c); i++)
		if (!weir_column_set_value(&f->batch->columns[i], row, &c.value))
			return out_of_memory(err);
	weir_bit_set(f->rows, row);
	f->batch->position[row] = r->n_rows++;
	f->batch->n_rows++;
	return f->batch->n_rows == WEIR_BATCH_ROWS ? hand_over(r, f, err) : WEIR_OK;
}

/* Rows of windows that are over by then, and were not landed before. */
static enum weir_status land_rows(struct weir_results *r, const struct weir_result *result, int64_t until_us,
				  struct weir_error *err)
{
	struct filling f = {0};
	enum weir_status st = follow_columns(r, result) ? WEIR_OK : out_of_memory(err);

	for (uint32_t i = 0; i < result->n_rows && st == WEIR_OK; i++) {
		int64_t end_us = result->rows[i].window_end_us;
		bool over = until_us == INT64_MAX || (end_us != WEIR_TIME_NONE && end_us <= until_us);
		bool landed = has_windows(r) && end_us != WEIR_TIME_NONE && end_us <= r->landed_us;
		if (over && !landed)
			st = add_row(r, &f, weir_result_cells(result, &result->rows[i], has_windows(r)), err);
	}
	if (st == WEIR_OK)
		st = hand_over(r, &f, err);
	weir_batch_free(f.batch);
	free(f.rows);
	return st;
}

/* ---- windows ---- */

static enum weir_status land_until(struct weir_results *r, int64_t until_us, struct weir_error *err)
{
	const struct weir_result_request request = {.at_us = r->view.at_us};
	struct weir_result *result = NULL;
	enum weir_status st = r->ops->result(r->fabric, &request, &result, err);

	if (st == WEIR_OK && result->error.code != WEIR_OK) {
		st = result->error.code;
		if (err)
			*err = result->error;
	}
	if (st == WEIR_OK)
		st = land_rows(r, result, until_us, err);
	weir_result_unref(result);
	r->landed_us = st == WEIR_OK ? until_us : r->landed_us;
	return st;
}

/* How many windows are over: the number of the newest. */
static int64_t newest_over(const struct weir_window *w, int64_t closed_us)
{
	int64_t start_us = closed_us - w->size_us, into = start_us % w->hop_us;

	return (start_us - (into < 0 ? into + w->hop_us : into)) / w->hop_us;
}

enum weir_status weir_results_add(struct weir_results *r, const struct weir_batch *batch, struct weir_error *err)
{
	const struct weir_batch *kept;
	struct weir_batch *spare = NULL, *copy = weir_batch_copy_rows(batch);
	bool final;

	if (!copy)
		return out_of_memory(err);
	enum weir_status st = r->ops->append_take(r->fabric, copy, &kept, &spare, err);
	weir_batch_free(spare);
	int64_t closed_us = st == WEIR_OK ? r->ops->closed_us(r->fabric) : WEIR_TIME_NONE;
	if (closed_us == WEIR_TIME_NONE)
		return st;
	int64_t window = newest_over(&r->view.window, closed_us);
	/* columns may come that have names which are not known yet */
	if (window == r->last_window || r->ops->check(r->fabric, &final, NULL) != WEIR_OK)
		return WEIR_OK;
	r->last_window = window;
	st = land_until(r, closed_us, err);
	return st == WEIR_OK ? r->ops->let_go(r->fabric, closed_us, err) : st;
}

enum weir_status weir_results_end(struct weir_results *r, struct weir_error *err)
{
	bool final;
	enum weir_status st = r->ops->check(r->fabric, &final, err);

	return st == WEIR_OK ? land_until(r, INT64_MAX, err) : st;
}
