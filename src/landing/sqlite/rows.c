/* Rows into a table: each with its key; one whose key is taken is compared with the one that has it. */
#include "sqlite.h"

#include "landing/origin.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	FIRST_VALUE = WEIR_SQLITE_KEY_COLUMNS + 2, /* its parameter; before it the key, and what is null */
	GROUP = 100, /* conditions in one pair of brackets: SQLite nests no more than 1,000 */
};

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory");
}

static void forget_statements(struct weir_sqlite_rows *r)
{
	sqlite3_finalize(r->insert);
	sqlite3_finalize(r->find);
	r->insert = r->find = NULL;
	weir_schema_unref(r->schema);
	r->schema = NULL;
	free(r->field);
	free(r->column);
	free(r->may_be_null);
	free(r->times);
	r->field = r->column = NULL;
	r->may_be_null = NULL;
	r->times = NULL;
	r->bound_nulls = false;
	r->n = 0;
}

void weir_sqlite_rows_release(struct weir_sqlite_rows *r)
{
	forget_statements(r);
	free(r->run);
	free(r->run_kept);
	weir_buf_release(&r->text);
	weir_buf_release(&r->nulls);
	*r = (struct weir_sqlite_rows){0};
}

static enum weir_status prepare_insert(struct weir_sqlite_rows *r, struct weir_error *err)
{
	struct weir_buf sql = {0};

	weir_buf_add_c(&sql, "INSERT INTO ");
	weir_sqlite_quote(weir_str_of(r->table->name), &sql);
	weir_buf_add_c(&sql, " (_stream, _topic, _partition, _offset, _run, _nulls");
	for (uint32_t i = 0; i < r->n; i++) {
		weir_buf_add_c(&sql, ", ");
		weir_sqlite_quote(weir_str_of(r->table->columns[r->column[i]].col), &sql);
	}
	weir_buf_add_c(&sql, ") VALUES (?1, ?2, ?3, ?4, ?5, ?6");
	for (uint32_t i = 0; i < r->n; i++)
		weir_buf_addf(&sql, ", ?%u", FIRST_VALUE + i);
	weir_buf_add_c(&sql, ") ON CONFLICT (_offset, _partition, _run, _topic, _stream) DO NOTHING");
	enum weir_status st = weir_sqlite_prepare(r->table->file, &sql, &r->insert, err);
	weir_buf_release(&sql);
	return st;
}

/* The parameters of both statements have the same numbers. */
static enum weir_status prepare_find(struct weir_sqlite_rows *r, struct weir_error *err)
{
	struct weir_buf sql = {0};

	weir_buf_add_c(&sql, "SELECT 1 FROM ");
	weir_sqlite_quote(weir_str_of(r->table->name), &sql);
	weir_buf_add_c(&sql, " WHERE _stream = ?1 AND _topic = ?2 AND _partition = ?3 AND _offset = ?4 AND _run = ?5 "
			     "AND coalesce(_nulls, '') = coalesce(?6, '')");
	for (uint32_t i = 0; i < r->n; i++) {
		weir_buf_add_c(&sql, i % GROUP ? " AND " : " AND (");
		weir_sqlite_quote(weir_str_of(r->table->columns[r->column[i]].col), &sql);
		weir_buf_addf(&sql, " IS ?%u%s", FIRST_VALUE + i, i % GROUP == GROUP - 1 || i + 1 == r->n ? ")" : "");
	}
	enum weir_status st = weir_sqlite_prepare(r->table->file, &sql, &r->find, err);
	weir_buf_release(&sql);
	return st;
}

/* The statements for a schema, with the table widened to it. */
static enum weir_status follow(struct weir_sqlite_rows *r, const struct weir_schema *schema, struct weir_error *err)
{
	if (r->schema == schema && r->changes == r->table->changes)
		return WEIR_OK;
	forget_statements(r);
	r->field = weir_calloc(schema->n_fields + (size_t)1, sizeof *r->field);
	r->column = weir_calloc(schema->n_fields + (size_t)1, sizeof *r->column);
	r->may_be_null = weir_calloc(schema->n_fields + (size_t)1, sizeof *r->may_be_null);
	r->times = weir_calloc(schema->n_fields + (size_t)1, sizeof *r->times);
	enum weir_status st = r->field && r->column && r->may_be_null && r->times ? WEIR_OK : out_of_memory(err);
	for (uint32_t i = 0; i < schema->n_fields && st == WEIR_OK; i++) {
		if (!weir_landing_wants(r->columns, schema->fields[i].name))
			continue;
		st = weir_sqlite_table_column(r->table, &schema->fields[i], &r->column[r->n], err);
		r->field[r->n++] = i;
	}
	if (st == WEIR_OK)
		st = prepare_insert(r, err);
	if (st == WEIR_OK)
		st = prepare_find(r, err);
	if (st != WEIR_OK) {
		forget_statements(r);
		return st;
	}
	r->schema = weir_schema_ref(schema);
	r->changes = r->table->changes;
	return WEIR_OK;
}

static enum weir_status follow_partitions(struct weir_sqlite_rows *r, uint32_t n, struct weir_error *err)
{
	if (n <= r->n_run)
		return WEIR_OK;
	int64_t *more = weir_realloc(r->run, n * sizeof *more);
	if (!more)
		return out_of_memory(err);
	r->run = more;
	if (!(more = weir_realloc(r->run_kept, n * sizeof *more)))
		return out_of_memory(err);
	r->run_kept = more;
	for (; r->n_run < n; r->n_run++)
		r->run[r->n_run] = r->run_kept[r->n_run] = r->first_run;
	return WEIR_OK;
}

void weir_sqlite_rows_keep(struct weir_sqlite_rows *r)
{
	if (r->n_run)
		memcpy(r->run_kept, r->run, r->n_run * sizeof *r->run);
}

void weir_sqlite_rows_take_back(struct weir_sqlite_rows *r)
{
	if (r->n_run)
		memcpy(r->run, r->run_kept, r->n_run * sizeof *r->run);
}

/* `time`: room for the text of one, which stays until the row is written. */
static void bind_value(struct weir_sqlite_rows *r, sqlite3_stmt *q, int at, enum weir_type type,
		       const struct weir_column *c, uint32_t row, char time[40])
{
	struct weir_value v = weir_column_get(c, row);

	if (v.type == WEIR_NULL) {
		sqlite3_bind_null(q, at);
	} else if (type == WEIR_FLOAT64 && v.type == WEIR_INT64) {
		sqlite3_bind_double(q, at, (double)v.i);
	} else if (v.type == WEIR_FLOAT64) {
		r->nan = r->nan || isnan(v.f);
		sqlite3_bind_double(q, at, v.f);
	} else if (v.type == WEIR_STRING) {
		sqlite3_bind_text64(q, at, v.s.size ? v.s.data : "", v.s.size, SQLITE_STATIC, SQLITE_UTF8);
	} else if (v.type == WEIR_TIMESTAMP) {
		sqlite3_bind_text(q, at, time, (int)weir_time_format_iso(v.i, time), SQLITE_STATIC);
	} else if (type == WEIR_STRING) {
		weir_buf_clear(&r->text);
		weir_column_text(c, row, &r->text);
		sqlite3_bind_text64(q, at, r->text.data ? r->text.data : "", r->text.size, SQLITE_TRANSIENT,
				    SQLITE_UTF8);
	} else {
		sqlite3_bind_int64(q, at, v.type == WEIR_BOOL ? v.b : v.i);
	}
}

/* Names the keys that the row has with null. (What it lacks is not named: columns that come later are not in its row, whatever
 * the schema was when it was written.) */
static void bind_nulls(struct weir_sqlite_rows *r, sqlite3_stmt *q, const struct weir_batch *b, uint32_t row)
{
	weir_buf_clear(&r->nulls);
	for (uint32_t i = 0; i < r->n; i++) {
		const struct weir_column *c = &b->columns[r->field[i]];
		if (!(r->may_be_null[i] || (r->nan && r->field[i] < b->n_columns)) || weir_column_missing(c, row))
			continue;
		if (weir_column_valid(c, row) && (c->type != WEIR_FLOAT64 || !isnan(weir_column_get(c, row).f)))
			continue; /* SQLite stores NaN as NULL */
		weir_buf_add_char(&r->nulls, r->nulls.size ? ',' : '[');
		weir_json_quote(r->schema->fields[r->field[i]].name, &r->nulls);
	}
	if (r->nulls.size) {
		weir_buf_add_char(&r->nulls, ']');
		sqlite3_bind_text64(q, WEIR_SQLITE_KEY_COLUMNS + 1, r->nulls.data, r->nulls.size, SQLITE_STATIC,
				    SQLITE_UTF8);
	} else if (q != r->insert || r->bound_nulls) {
		sqlite3_bind_null(q, WEIR_SQLITE_KEY_COLUMNS + 1);
	}
	if (q == r->insert)
		r->bound_nulls = r->nulls.size > 0;
}

/* What is the same in each row of the batch is looked at once. */
static void look_at_batch(struct weir_sqlite_rows *r, const struct weir_batch *b)
{
	r->bound_partition = 0;
	for (uint32_t i = 0; i < r->n; i++) {
		const struct weir_column *c = r->field[i] < b->n_columns ? &b->columns[r->field[i]] : NULL;
		r->may_be_null[i] = c && (c->valid || c->encoding == WEIR_ENC_ABSENT);
	}
}

/* A parameter keeps its value from row to row. */
static void bind_place(struct weir_sqlite_rows *r, sqlite3_stmt *q, const struct weir_landing_origin *origin)
{
	if (q == r->insert && r->bound_partition == origin->index + 1)
		return;
	sqlite3_bind_text64(q, 1, r->stream.data, r->stream.size, SQLITE_STATIC, SQLITE_UTF8);
	sqlite3_bind_text64(q, 2, origin->topic.data, origin->topic.size, SQLITE_STATIC, SQLITE_UTF8);
	sqlite3_bind_int64(q, 3, origin->partition);
	if (q == r->insert)
		r->bound_partition = origin->index + 1;
}

static void bind_row(struct weir_sqlite_rows *r, sqlite3_stmt *q, const struct weir_batch *b, uint32_t row, int64_t run)
{
	struct weir_landing_origin origin = weir_landing_origin_of(b, row);

	bind_place(r, q, &origin);
	sqlite3_bind_int64(q, 4, origin.offset);
	sqlite3_bind_int64(q, 5, run);
	r->nan = false;
	for (uint32_t i = 0; i < r->n; i++) {
		int to = (int)(FIRST_VALUE + i);
		if (r->field[i] < b->n_columns)
			bind_value(r, q, to, r->table->columns[r->column[i]].type, &b->columns[r->field[i]], row,
				   r->times[i]);
		else
			sqlite3_bind_null(q, to);
	}
	bind_nulls(r, q, b, row);
}

/* A row whose key is taken: is it the one that has it? */
static enum weir_status find_same(struct weir_sqlite_rows *r, const struct weir_batch *b, uint32_t row, int64_t run,
				  bool *same, struct weir_error *err)
{
	bind_row(r, r->find, b, row, run);
	int code = sqlite3_step(r->find);
	*same = code == SQLITE_ROW;
	enum weir_status st = code == SQLITE_ROW || code == SQLITE_DONE
				  ? WEIR_OK
				  : weir_sqlite_fail(r->table->file, "a row could not be looked up", err);
	sqlite3_reset(r->find);
	return st;
}

static void refuse(struct weir_sqlite_rows *r, const struct weir_batch *b, uint32_t row,
		   struct weir_sqlite_written *done)
{
	const char *why = sqlite3_errmsg(r->table->file->db);

	weir_landing_refuse(r->landing, b, row, why);
	if (!done->refused++) {
		done->refused_position = weir_batch_position(b, row);
		snprintf(done->reason, sizeof done->reason, "%.199s", why);
	}
}

static enum weir_status write_row(struct weir_sqlite_rows *r, const struct weir_batch *b, uint32_t row,
				  struct weir_sqlite_written *done, struct weir_error *err)
{
	uint32_t at = b->partition ? b->partition[row] : 0;
	bool same = false;

	for (;; r->run[at]++) {
		bind_row(r, r->insert, b, row, r->run[at]);
		int code = sqlite3_step(r->insert);
		if (code == SQLITE_CONSTRAINT || (code & 0xff) == SQLITE_CONSTRAINT) {
			refuse(r, b, row, done);
			sqlite3_reset(r->insert);
			return WEIR_OK;
		}
		enum weir_status st =
		    code == SQLITE_DONE ? WEIR_OK : weir_sqlite_fail(r->table->file, "rows could not be written", err);
		sqlite3_reset(r->insert);
		if (st == WEIR_OK && !sqlite3_changes(r->table->file->db))
			st = find_same(r, b, row, r->run[at], &same, err);
		else
			same = true;
		if (st != WEIR_OK || same) {
			done->rows += st == WEIR_OK;
			return st;
		}
	}
}

enum weir_status weir_sqlite_rows_write(struct weir_sqlite_rows *r, const struct weir_batch *batch,
					const uint64_t *rows, struct weir_sqlite_written *done, struct weir_error *err)
{
	uint32_t n_partitions = batch->partitions ? weir_partitions_count(batch->partitions) : 1;
	enum weir_status st = follow(r, batch->schema, err);

	if (st == WEIR_OK)
		st = follow_partitions(r, n_partitions, err);
	if (st == WEIR_OK)
		look_at_batch(r, batch);
	for (uint32_t row = 0; row < batch->n_rows && st == WEIR_OK; row++)
		if (weir_bit_get(rows, row))
			st = write_row(r, batch, row, done, err);
	if (st == WEIR_OK && (r->text.failed || r->nulls.failed))
		st = out_of_memory(err);
	return st;
}
