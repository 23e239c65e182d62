/* Rounds: what was written from one moment to another. */
#include "kudu.h"

enum { MOST_BLOCK_BYTES = 1 << 20, LEAST_BLOCK_BYTES = 32 << 10, ALL_BLOCKS_BYTES = 64 << 20 };

#define LOOK_US INT64_C(200000) /* for new rows */

void weir_kd_drop(struct weir_kd_source *q, bool table)
{
	weir_kudu_scan_free(q->scan);
	q->scan = NULL;
	q->got = false;
	if (!table)
		return;
	weir_kudu_table_free(q->table);
	q->table = NULL;
}

/* Rows are known by their moments, and those of another table of this name are others. */
static enum weir_status check_same(struct weir_kd_source *q, struct weir_error *err)
{
	if (!q->id.size)
		weir_buf_add_str(&q->id, weir_buf_str(&q->table->id));
	if (q->id.failed)
		return weir_kd_out_of_memory(err);
	if (weir_str_equal(weir_buf_str(&q->id), weir_buf_str(&q->table->id)))
		return WEIR_OK;
	weir_fail(err, WEIR_NOT_FOUND, q->name, "the table was dropped, and another has its name");
	weir_error_hint(err, "start again to read that one");
	return WEIR_NOT_FOUND;
}

static enum weir_status open_table(struct weir_kd_source *q, struct weir_error *err)
{
	enum weir_status st = weir_kudu_table_open(q->cluster, q->name, &q->table, err);

	if (st == WEIR_NOT_FOUND && err)
		weir_error_hint(err, "kudu://MASTER/TABLE names it; `kudu table list MASTER` shows all");
	return st == WEIR_OK ? check_same(q, err) : st;
}

/* Fixes the moment of a new round, and then looks at the table. */
static enum weir_status look(struct weir_kd_source *q, struct weir_error *err)
{
	enum weir_status st = q->table ? WEIR_OK : open_table(q, err);

	if (st == WEIR_OK && !q->to) {
		st = weir_kudu_moment(q->table, &q->to, err);
		if (st == WEIR_OK)
			st = weir_kudu_table_reload(q->table, err);
		if (st == WEIR_OK)
			st = check_same(q, err);
	}
	return st == WEIR_OK ? weir_kd_learn(q, err) : st;
}

static bool by_time(const struct weir_kd_source *q)
{
	return q->from.kind == WEIR_PLACE_TIME || q->until.kind == WEIR_PLACE_TIME;
}

static enum weir_status heed_from(struct weir_kd_source *q, struct weir_error *err)
{
	q->begun = true;
	if (by_time(q) && weir_schema_time_field(q->schema) < 0) {
		weir_fail(err, WEIR_USAGE, q->from.kind == WEIR_PLACE_TIME ? "from" : "until", "no column is a time");
		weir_error_hint(err, "name one with time=");
		return WEIR_USAGE;
	}
	if (q->from.kind == WEIR_PLACE_LATEST && !q->since && q->to) {
		q->since = q->to;
		q->to = 0;
	}
	return WEIR_OK;
}

static void end_round(struct weir_kd_source *q)
{
	weir_kd_drop(q, false);
	q->since = q->to ? q->to : q->since;
	q->to = 0;
	weir_buf_clear(&q->key);
	q->over = !q->follow;
	q->next_us = weir_clock_mono_us(q->clock) + LOOK_US;
}

static enum weir_status open_scan(struct weir_kd_source *q, const struct weir_kd_bounds *bounds, struct weir_error *err)
{
	uint32_t bytes = ALL_BLOCKS_BYTES / q->table->n_tablets;
	const struct weir_kudu_scan_config config = {.columns = q->asked,
						     .n_columns = q->n_columns,
						     .bounds = bounds->all,
						     .n_bounds = bounds->n,
						     .block_bytes = bytes > MOST_BLOCK_BYTES    ? MOST_BLOCK_BYTES
								    : bytes < LEAST_BLOCK_BYTES ? LEAST_BLOCK_BYTES
												: bytes,
						     .ordered = true,
						     .from = q->since,
						     .to = q->to,
						     .after = weir_buf_str(&q->key)};

	return weir_kudu_scan_new(q->table, &config, &q->scan, err);
}

enum weir_status weir_kd_begin(struct weir_kd_source *q, struct weir_error *err)
{
	struct weir_kd_bounds bounds = {0};
	enum weir_status st = look(q, err);

	if (st == WEIR_OK && !q->begun)
		st = heed_from(q, err);
	if (st == WEIR_OK)
		st = weir_kd_bounds_make(q, &bounds, err);
	if (st == WEIR_OK && (!q->to || !q->table->n_tablets || q->to == q->since))
		end_round(q); /* there is nothing to ask for */
	else if (st == WEIR_OK)
		st = open_scan(q, &bounds, err);
	weir_kd_bounds_release(&bounds);
	return st;
}

enum weir_status weir_kd_fill(struct weir_kd_source *q, struct weir_batch *into, struct weir_error *err)
{
	const struct weir_kudu_cell *cells;
	enum weir_status st = WEIR_OK;
	uint32_t n = 0;
	bool wanted;

	for (; n < into->capacity && (st = weir_kudu_scan_next(q->scan, &cells, err)) == WEIR_OK; n++) {
		if ((st = weir_kd_read_row(q, cells, into, into->n_rows, &wanted, err)) != WEIR_OK)
			return st;
		into->n_rows += wanted;
	}
	if (n) {
		q->got = true;
		weir_buf_clear(&q->key);
		weir_kudu_scan_key(q->scan, &q->key);
		if (q->key.failed)
			return weir_kd_out_of_memory(err);
	}
	if (st != WEIR_END)
		return st;
	end_round(q);
	return WEIR_OK;
}
