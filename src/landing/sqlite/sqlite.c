/* The landing in an SQLite file: its transactions, and which table the rows of a stream go to. */
#include "sqlite.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define LOCK_US (INT64_C(1) * WEIR_US_PER_S) /* a lock is waited for so long in one go */

struct sqlite {
	struct weir_landing base;
	const struct weir_clock *clock;
	struct weir_sqlite file;
	struct weir_landing_options options;
	uint32_t n;
	struct weir_sqlite_rows *rows;             /* by stream */
	struct weir_sqlite_table *tables;          /* as many as there are streams at most; name NULL: unused */
	const struct weir_landing_stream *streams; /* copies, with names of our own */

	bool open; /* a transaction is */
	int64_t began_us;
	int64_t version;                            /* of the file's tables, as they are known */
	struct weir_landing_status counts, pending; /* committed; of this transaction */
};

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory");
}

/* weir_widen(value, type): the text of a value of a column of that type. */
static void widen_value(sqlite3_context *ctx, int n, sqlite3_value **given)
{
	const char *type = (const char *)sqlite3_value_text(given[1]);
	struct weir_buf text = {0};
	struct weir_value v;

	(void)n;
	if (sqlite3_value_type(given[0]) == SQLITE_INTEGER && type && strcmp(type, weir_type_name(WEIR_BOOL)) == 0)
		v = (struct weir_value){.type = WEIR_BOOL, .b = sqlite3_value_int(given[0]) != 0};
	else if (sqlite3_value_type(given[0]) == SQLITE_INTEGER)
		v = (struct weir_value){.type = WEIR_INT64, .i = sqlite3_value_int64(given[0])};
	else if (sqlite3_value_type(given[0]) == SQLITE_FLOAT)
		v = (struct weir_value){.type = WEIR_FLOAT64, .f = sqlite3_value_double(given[0])};
	else {
		sqlite3_result_value(ctx, given[0]); /* NULL, or text already */
		return;
	}
	weir_value_text(&v, &text);
	if (text.failed)
		sqlite3_result_error_nomem(ctx);
	else
		sqlite3_result_text64(ctx, text.data, text.size, SQLITE_TRANSIENT, SQLITE_UTF8);
	weir_buf_release(&text);
}

/* Another program may have changed the tables meanwhile. */
static enum weir_status follow_file(struct sqlite *l, struct weir_error *err)
{
	int64_t version = -1;
	enum weir_status st = weir_sqlite_version(&l->file, &version, err);

	for (uint32_t i = 0; st == WEIR_OK && version != l->version && i < l->n; i++)
		if (l->tables[i].name)
			st = weir_sqlite_table_reload(&l->tables[i], err);
	l->version = version;
	return st;
}

static enum weir_status begin(struct sqlite *l, struct weir_error *err)
{
	if (l->open)
		return WEIR_OK;
	enum weir_status st = weir_sqlite_run(&l->file, "BEGIN IMMEDIATE", err);
	if (st != WEIR_OK)
		return st;
	l->open = true;
	l->began_us = weir_clock_mono_us(l->clock);
	return follow_file(l, err);
}

/* The rows of this transaction are not in the file, nor its columns. */
static void take_back(struct sqlite *l, const struct weir_error *err)
{
	if (l->open)
		(void)!weir_sqlite_run(&l->file, "ROLLBACK", NULL);
	l->open = false;
	l->version = -1; /* begin looks at the tables anew */
	for (uint32_t i = 0; l->rows && i < l->n; i++)
		weir_sqlite_rows_take_back(&l->rows[i]);
	if (l->pending.landed && err && !err->retriable)
		weir_landing_note_refused(&l->counts, l->pending.refused_stream, l->pending.refused_position,
					  err->what);
	l->pending = (struct weir_landing_status){.refused_position = -1};
}

static enum weir_status commit(struct sqlite *l, struct weir_error *err)
{
	if (!l->open)
		return WEIR_OK;
	enum weir_status st = weir_sqlite_run(&l->file, "COMMIT", err);
	if (st != WEIR_OK) {
		take_back(l, err);
		return st;
	}
	l->open = false;
	for (uint32_t i = 0; i < l->n; i++)
		weir_sqlite_rows_keep(&l->rows[i]);
	l->counts.landed += l->pending.landed;
	l->counts.refused += l->pending.refused;
	l->pending = (struct weir_landing_status){.refused_position = -1};
	return WEIR_OK;
}

/* The table of a stream, opened when its first rows come. */
static enum weir_status table_of(struct sqlite *l, uint16_t stream, struct weir_error *err)
{
	struct weir_sqlite_rows *r = &l->rows[stream];
	const char *name = l->options.table ? l->options.table : l->streams[stream].name.data;
	uint32_t i = 0;

	if (r->table)
		return WEIR_OK;
	while (l->tables[i].name && sqlite3_stricmp(l->tables[i].name, name) != 0)
		i++;
	enum weir_status st =
	    l->tables[i].name ? WEIR_OK : weir_sqlite_table_open(&l->tables[i], &l->file, name, l->options.create, err);
	if (st == WEIR_OK)
		r->table = &l->tables[i];
	return st;
}

static void count(struct sqlite *l, const struct weir_batch *batch, const uint64_t *rows,
		  const struct weir_sqlite_written *done)
{
	if (!l->pending.landed) { /* what is named should the transaction fail */
		uint32_t row = 0;
		while (!weir_bit_get(rows, row))
			row++;
		l->pending.refused_stream = batch->stream;
		l->pending.refused_position = weir_batch_position(batch, row);
	}
	l->pending.landed += done->rows;
	l->pending.refused += done->refused;
	if (done->refused)
		weir_landing_note_refused(&l->counts, batch->stream, done->refused_position, done->reason);
}

static enum weir_status sqlite_write(struct weir_landing *base, const struct weir_batch *batch, const uint64_t *rows,
				     struct weir_error *err)
{
	struct sqlite *l = (struct sqlite *)base;
	struct weir_sqlite_written done = {.refused_position = -1};
	enum weir_status st = begin(l, err);

	if (st == WEIR_OK)
		st = table_of(l, batch->stream, err);
	if (st == WEIR_OK)
		st = weir_sqlite_rows_write(&l->rows[batch->stream], batch, rows, &done, err);
	if (st != WEIR_OK) {
		take_back(l, err);
		return st;
	}
	count(l, batch, rows, &done);
	bool due = (int64_t)(l->pending.landed + l->pending.refused) >= l->options.batch_rows ||
		   weir_clock_mono_us(l->clock) - l->began_us >= l->options.every_us;
	return due ? commit(l, err) : WEIR_OK;
}

static enum weir_status sqlite_flush(struct weir_landing *base, struct weir_error *err)
{
	struct sqlite *l = (struct sqlite *)base;

	return l->open && weir_clock_mono_us(l->clock) - l->began_us >= l->options.every_us ? commit(l, err) : WEIR_OK;
}

static void sqlite_status(const struct weir_landing *base, struct weir_landing_status *out)
{
	*out = ((const struct sqlite *)base)->counts;
}

static enum weir_status sqlite_close(struct weir_landing *base, bool complete, struct weir_error *err)
{
	(void)complete;
	return commit((struct sqlite *)base, err);
}

static void sqlite_release(struct weir_landing *base)
{
	struct sqlite *l = (struct sqlite *)base;

	take_back(l, NULL);
	for (uint32_t i = 0; i < l->n; i++) {
		if (l->rows)
			weir_sqlite_rows_release(&l->rows[i]);
		if (l->tables)
			weir_sqlite_table_release(&l->tables[i]);
	}
	free(l->rows);
	free(l->tables);
	weir_sqlite_close(&l->file);
	weir_landing_options_release(&l->options);
	free(l);
}

static enum weir_status read_options(struct sqlite *l, const struct weir_uri *uri, struct weir_error *err)
{
	enum weir_status st = weir_landing_options_read(&l->options, uri, 0, err);
	const char *table = l->options.table;

	if (st == WEIR_OK && table && (strncmp(table, "sqlite_", 7) == 0 || strcmp(table, WEIR_SQLITE_COLUMNS) == 0))
		st = weir_fail(err, WEIR_USAGE, "--land", "table=%s cannot be the name of a table", table);
	return st;
}

static enum weir_status prepare_streams(struct sqlite *l, const struct weir_landing_config *config,
					struct weir_error *err)
{
	l->rows = weir_calloc(config->n_streams + (size_t)1, sizeof *l->rows);
	l->tables = weir_calloc(config->n_streams + (size_t)1, sizeof *l->tables);
	if (!l->rows || !l->tables)
		return out_of_memory(err);
	l->n = config->n_streams;
	l->streams = config->streams;
	for (uint32_t i = 0; i < l->n; i++) {
		l->rows[i].landing = &l->base;
		l->rows[i].stream = config->streams[i].name;
		l->rows[i].first_run = config->streams[i].once ? weir_clock_wall_us(config->clock) : 0;
		l->rows[i].columns = weir_str_of(l->options.columns ? l->options.columns : "");
	}
	return WEIR_OK;
}

/* The tables of all streams are looked at before anything is read. */
static enum weir_status open_tables(struct sqlite *l, struct weir_error *err)
{
	enum weir_status st = begin(l, err);

	for (uint32_t i = 0; i < l->n && st == WEIR_OK; i++)
		st = table_of(l, (uint16_t)i, err);
	return st == WEIR_OK ? commit(l, err) : st;
}

static enum weir_status open_file(struct sqlite *l, const char *path, struct weir_error *err)
{
	int64_t timeout_us = l->options.timeout_us;

	if (*path && !l->options.create && access(path, F_OK) != 0) {
		weir_fail(err, WEIR_NOT_FOUND, path, "there is no such file");
		weir_error_hint(err, "create=yes makes it");
		return WEIR_NOT_FOUND;
	}
	enum weir_status st =
	    weir_sqlite_open(path, l->options.create ? WEIR_SQLITE_MAKE : WEIR_SQLITE_WRITE, timeout_us, &l->file, err);
	if (st == WEIR_OK && sqlite3_create_function(l->file.db, "weir_widen", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
						     NULL, widen_value, NULL, NULL) != SQLITE_OK)
		st = weir_sqlite_fail(&l->file, "could not be prepared", err);
	if (st == WEIR_OK)
		st = open_tables(l, err);
	/* Another program's file stays as it is: its tables do not fit. */
	return st == WEIR_OK ? weir_sqlite_use_log(&l->file, timeout_us, err) : st;
}

static enum weir_status sqlite_open(const struct weir_landing_config *config, struct weir_landing **out,
				    struct weir_error *err)
{
	struct sqlite *l = weir_calloc(1, sizeof *l);

	if (!l)
		return out_of_memory(err);
	*l = (struct sqlite){
	    .clock = config->clock, .counts.refused_position = -1, .pending.refused_position = -1, .version = -1};
	enum weir_status st = read_options(l, config->uri, err);
	if (st == WEIR_OK)
		st = prepare_streams(l, config, err);
	if (st == WEIR_OK)
		st = open_file(l, config->uri->path, err);
	if (st != WEIR_OK) {
		sqlite_release(&l->base);
		return st;
	}
	if (l->options.timeout_us > LOCK_US) /* from now on the queue waits, and shows it */
		sqlite3_busy_timeout(l->file.db, (int)(LOCK_US / 1000));
	*out = &l->base;
	return st;
}

static const struct weir_uri_option options[] = {
    WEIR_LANDING_TABLE_OPTIONS,
    {NULL},
};

const struct weir_landing_ops weir_landing_sqlite = {
    .name = "sqlite",
    .schemes = "sqlite",
    .help = "tables of an SQLite file; each row once, also where it is read again",
    .example = "sqlite:orders.db?create=yes",
    .options = options,
    .open = sqlite_open,
    .write = sqlite_write,
    .flush = sqlite_flush,
    .status = sqlite_status,
    .close = sqlite_close,
    .release = sqlite_release,
};
