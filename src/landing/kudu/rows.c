/* Rows into a table: each with its key; one whose key is taken is compared with the one that has it. */
#include "kudu.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	FIRST_FIELD = WEIR_KUDU_KEY_COLUMNS + 1, /* before it the key, and what is NULL */
	SEND_BYTES = 8 << 20,                    /* a call of a tablet takes no more than 50 MB */
	TRIES = 8,                               /* a table that changes again and again, a key that comes and goes */
};

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory");
}

static void forget_columns(struct weir_kudu_rows *r)
{
	weir_kudu_writer_free(r->writer);
	r->writer = NULL;
	weir_schema_unref(r->schema);
	r->schema = NULL;
	free(r->field);
	free(r->column);
	free(r->cells);
	free(r->text_at);
	r->field = r->column = NULL;
	r->cells = NULL;
	r->text_at = NULL;
	r->n = 0;
}

void weir_kudu_rows_release(struct weir_kudu_rows *r)
{
	forget_columns(r);
	free(r->again);
	free(r->run);
	weir_buf_release(&r->texts);
	weir_buf_release(&r->nulls);
	*r = (struct weir_kudu_rows){0};
}

static enum weir_status make_writer(struct weir_kudu_rows *r, struct weir_error *err)
{
	static const char *const own[] = {WEIR_KUDU_KEY, WEIR_KUDU_NULLS};
	const struct weir_kudu_table *t = r->target->table;
	uint32_t *all = weir_calloc(r->n + (size_t)FIRST_FIELD, sizeof *all);

	if (!all)
		return out_of_memory(err);
	for (int i = 0; i < FIRST_FIELD; i++)
		all[i] = (uint32_t)weir_kudu_table_find(t, weir_str_of(own[i]));
	if (r->n)
		memcpy(all + FIRST_FIELD, r->column, r->n * sizeof *all);
	enum weir_status st = weir_kudu_writer_new(r->target->table, all, r->n + FIRST_FIELD, &r->writer, err);
	free(all);
	return st;
}

/* Columns and a writer for the schema, with the table widened to it. */
static enum weir_status follow(struct weir_kudu_rows *r, const struct weir_schema *schema, struct weir_error *err)
{
	if (r->schema == schema && r->changes == r->target->table->changes)
		return WEIR_OK;
	forget_columns(r);
	r->field = weir_calloc(schema->n_fields + (size_t)1, sizeof *r->field);
	r->column = weir_calloc(schema->n_fields + (size_t)1, sizeof *r->column);
	r->cells = weir_calloc(schema->n_fields + (size_t)FIRST_FIELD, sizeof *r->cells);
	r->text_at = weir_calloc(schema->n_fields + (size_t)1, sizeof *r->text_at);
	if (!r->field || !r->column || !r->cells || !r->text_at)
		return out_of_memory(err);
	for (uint32_t i = 0; i < schema->n_fields; i++)
		if (weir_landing_wants(r->columns, schema->fields[i].name))
			r->field[r->n++] = i;
	enum weir_status st = weir_kudu_target_columns(r->target, schema, r->field, r->n, r->column, err);
	if (st == WEIR_OK)
		st = make_writer(r, err);
	if (st != WEIR_OK) {
		forget_columns(r);
		return st;
	}
	r->schema = weir_schema_ref(schema);
	r->changes = r->target->table->changes;
	return WEIR_OK;
}

/* ---- a row as cells ---- */

void weir_kudu_rows_nulls(struct weir_kudu_rows *r, const struct weir_batch *b, uint32_t row)
{
	weir_buf_clear(&r->nulls);
	for (uint32_t i = 0; i < r->n; i++) {
		const struct weir_column *c = r->field[i] < b->n_columns ? &b->columns[r->field[i]] : NULL;
		if (!c || weir_column_missing(c, row) || weir_column_valid(c, row))
			continue;
		weir_buf_add_char(&r->nulls, r->nulls.size ? ',' : '[');
		weir_json_quote(b->schema->fields[r->field[i]].name, &r->nulls);
	}
	if (r->nulls.size)
		weir_buf_add_char(&r->nulls, ']');
}

/* The value for a column of that type. What becomes text is put into r->texts; its place is noted, for that may still move. */
static void set_cell(struct weir_kudu_rows *r, uint32_t i, const struct weir_column *c, uint32_t row)
{
	int type = r->target->table->columns[r->column[i]].type;
	struct weir_kudu_cell *cell = &r->cells[FIRST_FIELD + i];
	struct weir_value v = weir_column_get(c, row);

	cell->null = v.type == WEIR_NULL;
	if (cell->null)
		return;
	if (type == WEIR_KUDU_STRING && v.type != WEIR_STRING) {
		r->text_at[i] = r->texts.size + 1;
		weir_column_text(c, row, &r->texts);
		cell->s.size = r->texts.size + 1 - r->text_at[i];
	} else if (type == WEIR_KUDU_STRING) {
		cell->s = v.s;
	} else if (type == WEIR_KUDU_DOUBLE) {
		cell->f = v.type == WEIR_INT64 ? (double)v.i : v.f;
	} else {
		cell->i = v.type == WEIR_BOOL ? v.b : v.i;
	}
}

static void fill_cells(struct weir_kudu_rows *r, const struct weir_batch *b, uint32_t row)
{
	struct weir_landing_origin o = weir_landing_origin_of(b, row);
	struct weir_kudu_cell *cells = r->cells;

	weir_buf_clear(&r->texts);
	weir_kudu_rows_nulls(r, b, row);
	cells[0].s = r->stream;
	cells[1].s = o.topic;
	cells[2].i = o.partition;
	cells[3].i = o.offset;
	cells[4].i = r->run[row];
	cells[5] = (struct weir_kudu_cell){.null = !r->nulls.size, .s = weir_buf_str(&r->nulls)};
	for (uint32_t i = 0; i < r->n; i++) {
		r->text_at[i] = 0;
		if (r->field[i] < b->n_columns)
			set_cell(r, i, &b->columns[r->field[i]], row);
		else
			cells[FIRST_FIELD + i].null = true;
	}
	for (uint32_t i = 0; i < r->n; i++)
		if (r->text_at[i])
			cells[FIRST_FIELD + i].s.data = r->texts.data ? r->texts.data + r->text_at[i] - 1 : "";
}

/* ---- sending ---- */

struct sending {
	struct weir_kudu_rows *r;
	const struct weir_batch *batch;
	struct weir_kudu_written *done;
	bool failed; /* no memory for a row that is to be looked at again */
};

static void refuse(struct sending *s, uint32_t row, const char *reason)
{
	weir_landing_refuse(s->r->landing, s->batch, row, reason);
	if (s->done->refused++)
		return;
	s->done->refused_position = weir_batch_position(s->batch, row);
	snprintf(s->done->reason, sizeof s->done->reason, "%.199s", reason);
}

static void hear_refusal(void *ctx, uint32_t row, bool present, const char *reason)
{
	struct sending *s = ctx;
	size_t room = s->r->again_room;

	if (!present) {
		refuse(s, row, reason);
		return;
	}
	if (!weir_grow((void **)&s->r->again, &room, s->r->n_again + (size_t)1, sizeof *s->r->again)) {
		s->failed = true;
		return;
	}
	s->r->again_room = (uint32_t)room;
	s->r->again[s->r->n_again++] = row;
}

static enum weir_status send(struct sending *s, bool *changed, struct weir_error *err)
{
	s->done->bytes += weir_kudu_writer_bytes(s->r->writer);
	enum weir_status st = weir_kudu_writer_send(s->r->writer, hear_refusal, s, changed, err);
	return st == WEIR_OK && s->failed ? out_of_memory(err) : st;
}

/* Sends these rows, in calls that are not too large. */
static enum weir_status send_rows(struct sending *s, const uint32_t *rows, uint32_t n, bool *changed,
				  struct weir_error *err)
{
	enum weir_status st = WEIR_OK;
	int64_t waiting = 0;

	for (uint32_t i = 0; i < n && st == WEIR_OK; i++) {
		struct weir_error local = {0};
		fill_cells(s->r, s->batch, rows[i]);
		if (s->r->texts.failed || s->r->nulls.failed)
			return out_of_memory(err);
		st = weir_kudu_writer_add(s->r->writer, s->r->cells, rows[i], &local);
		if (st == WEIR_NOT_FOUND) {
			refuse(s, rows[i], local.what);
			st = WEIR_OK;
			continue;
		}
		if (st != WEIR_OK && err)
			*err = local;
		if (st == WEIR_OK &&
		    (++waiting >= s->r->most_rows || weir_kudu_writer_bytes(s->r->writer) >= SEND_BYTES)) {
			st = send(s, changed, err);
			waiting = 0;
		}
	}
	return st == WEIR_OK && waiting ? send(s, changed, err) : st;
}

/* ---- rows whose key is taken ---- */

static int compare_places(const void *a, const void *b, void *ctx)
{
	const struct sending *s = ctx;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	uint32_t p = s->batch->partition ? s->batch->partition[x] : 0,
		 q = s->batch->partition ? s->batch->partition[y] : 0;
	int64_t at = weir_batch_position(s->batch, x), to = weir_batch_position(s->batch, y);

	if (p != q)
		return p < q ? -1 : 1;
	if (s->r->run[x] != s->r->run[y])
		return s->r->run[x] < s->r->run[y] ? -1 : 1;
	return at != to ? (at > to) - (at < to) : (x > y) - (x < y);
}

/* Rows of one partition and run, from the first on. */
static uint32_t group(const struct sending *s, const uint32_t *rows, uint32_t n)
{
	uint32_t i = 1;

	while (i < n && s->r->run[rows[i]] == s->r->run[rows[0]] &&
	       (!s->batch->partition || s->batch->partition[rows[i]] == s->batch->partition[rows[0]]))
		i++;
	return i;
}

/* Of rows whose keys are taken: those that are not in the table yet stay, under the run that they are to be tried with next. *gone:
 * the key of one is free again. */
static enum weir_status look_again(struct sending *s, uint32_t *rows, uint32_t *n, bool *gone, struct weir_error *err)
{
	enum weir_kudu_found *found = weir_calloc(*n, sizeof *found);
	enum weir_status st = found ? WEIR_OK : out_of_memory(err);
	uint32_t kept = 0, size;

	*gone = false;
	qsort_r(rows, *n, sizeof *rows, compare_places, s);
	for (uint32_t i = 0; i < *n && st == WEIR_OK; i += size) {
		size = group(s, rows + i, *n - i);
		st = weir_kudu_compare(s->r, s->batch, rows + i, size, found, err);
		for (uint32_t k = 0; k < size && st == WEIR_OK; k++) {
			if (found[k] == WEIR_KUDU_SAME)
				continue;
			*gone = *gone || found[k] == WEIR_KUDU_GONE;
			s->r->run[rows[i + k]] += found[k] == WEIR_KUDU_OTHER;
			rows[kept++] = rows[i + k];
		}
	}
	free(found);
	*n = kept;
	return st;
}

/* Until each row is in the table, or refused. The list is used up. */
static enum weir_status settle(struct sending *s, uint32_t *rows, uint32_t n, bool *changed, struct weir_error *err)
{
	enum weir_status st = WEIR_OK;

	for (int goes = 0; n && st == WEIR_OK;) {
		bool gone = false;
		s->r->n_again = 0;
		st = send_rows(s, rows, n, changed, err);
		n = s->r->n_again;
		if (n)
			memcpy(rows, s->r->again, n * sizeof *rows);
		if (st == WEIR_OK && n)
			st = look_again(s, rows, &n, &gone, err);
		goes += gone;
		if (st == WEIR_OK && goes > TRIES) {
			for (uint32_t i = 0; i < n; i++)
				refuse(s, rows[i], "its key is taken, and no row has it");
			n = 0;
		}
	}
	return st;
}

static enum weir_status follow_runs(struct weir_kudu_rows *r, uint32_t n, struct weir_error *err)
{
	size_t room = r->run_room;

	if (!weir_grow((void **)&r->run, &room, n, sizeof *r->run))
		return out_of_memory(err);
	r->run_room = (uint32_t)room;
	for (uint32_t i = 0; i < n; i++)
		r->run[i] = r->first_run;
	return WEIR_OK;
}

static uint32_t list_rows(const struct weir_batch *batch, const uint64_t *rows, uint32_t *list)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < batch->n_rows; i++)
		if (weir_bit_get(rows, i))
			list[n++] = i;
	return n;
}

enum weir_status weir_kudu_rows_write(struct weir_kudu_rows *r, const struct weir_batch *batch, const uint64_t *rows,
				      struct weir_kudu_written *done, struct weir_error *err)
{
	uint32_t *list = weir_calloc(batch->n_rows + (size_t)1, sizeof *list), n = 0;
	enum weir_status st = list ? WEIR_OK : out_of_memory(err);
	bool changed = false;

	for (int tries = 0; st == WEIR_OK; tries++) {
		struct sending s = {.r = r, .batch = batch, .done = done};
		*done = (struct weir_kudu_written){.refused_position = -1};
		weir_landing_withdraw(r->landing, batch);
		n = list_rows(batch, rows, list);
		st = follow(r, batch->schema, err);
		if (st == WEIR_OK)
			st = follow_runs(r, batch->n_rows, err);
		if (st == WEIR_OK)
			st = settle(&s, list, n, &changed, err);
		if (st == WEIR_OK || !changed || tries == TRIES)
			break;
		st = weir_kudu_table_reload(r->target->table, err); /* another program altered it meanwhile */
	}
	done->rows = n - done->refused;
	free(list);
	return st;
}
