/* sqlite:FILE: rows of a table by their rowid, which SQLite counts upwards as rows are written; so what comes next is what is
 * greater, and history and new rows join without a gap. (sqlite.org/autoinc.html: a table that loses its newest row, and was
 * not made with AUTOINCREMENT, gives its number again.) A query, a view or a table without rowids is read once, from begin to end. */
#include "sqlite.h"

#include "source/progress.h"
#include "source/uri_params.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { NAMES = 20 }; /* of tables, listed in an error */

#define LOOK_US INT64_C(100000) /* for new rows */
#define TIMEOUT_US (INT64_C(5) * WEIR_US_PER_S)

struct sqlite {
	struct weir_source base;
	const struct weir_clock *clock;
	struct weir_sqlite file;
	struct weir_sqlite_reader reader;
	struct weir_progress progress;
	struct weir_pushdown pushdown;
	struct weir_wake wake;
	char *table, *query, *time; /* owned */
	struct weir_place from, until;
	int64_t newest;     /* rowid of the newest row there was at first */
	int64_t last;       /* rowid of the newest row that was read */
	int64_t timeout_us; /* so long a lock is waited for */
	int64_t stop;       /* that of the last one to read; INT64_MAX: none */
	bool follow;
	bool group;     /* SQLite is to count, where it can */
	bool asked;     /* SQLite knows what it is to look at */
	bool over;      /* nothing follows */
	bool cancelled; /* what is read once was interrupted, and would begin anew */
};

static void sqlite_close(struct weir_source *s)
{
	struct sqlite *q = (struct sqlite *)s;

	weir_sqlite_reader_release(&q->reader);
	weir_sqlite_close(&q->file);
	weir_progress_release(&q->progress);
	weir_pushdown_release(&q->pushdown);
	if (q->wake.fd >= 0)
		weir_wake_release(&q->wake);
	free(q->table);
	free(q->query);
	free(q->time);
	free(q);
}

/* The names of the tables, those that describe others left out. Appends, with commas; *n: how many there are. */
static enum weir_status list_tables(struct sqlite *q, struct weir_buf *out, int *n, struct weir_error *err)
{
	struct weir_buf sql = {0};
	sqlite3_stmt *rows;

	weir_buf_add_c(&sql,
		       "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite!_%' "
		       "ESCAPE '!' AND name <> '" WEIR_SQLITE_COLUMNS "' ORDER BY name");
	enum weir_status st = weir_sqlite_prepare(&q->file, &sql, &rows, err);
	while (st == WEIR_OK && sqlite3_step(rows) == SQLITE_ROW) {
		if (*n < NAMES) {
			weir_buf_add_c(out, *n ? ", " : "");
			weir_buf_add_str(out, weir_sqlite_text(rows, 0));
		}
		++*n;
	}
	sqlite3_finalize(rows);
	weir_buf_release(&sql);
	return st;
}

/* Without table= the file must have one table only. */
static enum weir_status choose_table(struct sqlite *q, struct weir_error *err)
{
	struct weir_buf names = {0};
	bool there = false;
	int n = 0;
	enum weir_status st = list_tables(q, &names, &n, err);

	if (st == WEIR_OK && q->table)
		st = weir_sqlite_has_table(&q->file, q->table, true, &there, err);
	if (st == WEIR_OK && !q->table && n == 1) {
		there = (q->table = weir_str_dup(weir_buf_str(&names))) != NULL;
		st = there ? WEIR_OK : weir_fail(err, WEIR_NO_MEMORY, "sqlite", "out of memory");
	}
	if (st == WEIR_OK && !there) {
		st = q->table || !n ? WEIR_NOT_FOUND : WEIR_USAGE;
		if (q->table)
			weir_fail(err, st, q->file.path, "there is no table %s", q->table);
		else
			weir_fail(err, st, q->file.path,
				  n ? "there are %d tables: say which with table=" : "there is no table", n);
		if (n)
			weir_error_hint(err, "there are: %.150s%s", names.data ? names.data : "",
					n > NAMES ? ", …" : "");
	}
	weir_buf_release(&names);
	return st;
}

static enum weir_status read_params(struct sqlite *q, const struct weir_source_config *config, struct weir_error *err)
{
	const struct weir_uri *uri = &config->uri;
	int64_t now_us = weir_clock_wall_us(config->clock);
	const char *timeout = weir_uri_param(uri, "timeout");
	enum weir_status st = weir_uri_params_text(uri, "table", &q->table, err);

	if (st == WEIR_OK)
		st = weir_uri_params_text(uri, "query", &q->query, err);
	if (st == WEIR_OK)
		st = weir_uri_params_text(uri, "time", &q->time, err);
	if (st == WEIR_OK)
		st = weir_uri_params_place(uri, "from", now_us, &q->from, err);
	if (st == WEIR_OK)
		st = weir_uri_params_place(uri, "until", now_us, &q->until, err);
	if (st == WEIR_OK)
		st = weir_uri_params_int(uri, "position", 0, &q->last, err);
	for (size_t n = q->query ? strlen(q->query) : 0; n && strchr("; \t\n", q->query[n - 1]); n--)
		q->query[n - 1] = '\0';
	q->timeout_us = TIMEOUT_US;
	if (st == WEIR_OK && timeout &&
	    (!weir_parse_duration_us(weir_str_of(timeout), &q->timeout_us) || q->timeout_us < 0))
		st = weir_fail(err, WEIR_USAGE, "timeout", "%s is not a duration, such as 5s", timeout);
	if (st == WEIR_OK)
		st = weir_uri_params_bool(uri, "group", &q->group, err);
	q->follow = config->live && q->until.kind != WEIR_PLACE_LATEST && !q->query;
	if (st == WEIR_OK)
		st = weir_uri_params_bool(uri, "follow", &q->follow, err);
	if (st == WEIR_OK && q->query && q->table)
		st = weir_fail(err, WEIR_USAGE, "query", "query= and table= exclude each other");
	if (st == WEIR_OK && q->query && (q->follow || q->last != INT64_MIN || q->from.kind || q->until.kind)) {
		st = weir_fail(err, WEIR_USAGE, "query", "a query is read once, from begin to end");
		weir_error_hint(err, "put the limits into the query, or read a table");
	}
	return st;
}

/* Where rows begin and end, by their number. By time they are chosen one by one. */
static enum weir_status find_ends(struct sqlite *q, struct weir_error *err)
{
	struct weir_buf sql = {0};
	sqlite3_stmt *rows;
	int64_t newest = 0;

	if (!q->reader.has_rowid)
		return WEIR_OK;
	weir_buf_add_c(&sql, "SELECT coalesce(max(rowid), 0) FROM ");
	weir_sqlite_quote(weir_str_of(q->table), &sql);
	enum weir_status st = weir_sqlite_prepare(&q->file, &sql, &rows, err);
	if (st == WEIR_OK && sqlite3_step(rows) == SQLITE_ROW)
		q->newest = newest = sqlite3_column_int64(rows, 0);
	sqlite3_finalize(rows);
	weir_buf_release(&sql);
	if (q->from.kind == WEIR_PLACE_LATEST)
		q->last = newest;
	else if (q->from.kind == WEIR_PLACE_OFFSET)
		q->last = q->from.value - 1;
	if (q->until.kind == WEIR_PLACE_LATEST)
		q->stop = newest;
	else if (q->until.kind == WEIR_PLACE_OFFSET)
		q->stop = q->until.value - 1;
	return st;
}

static bool by_time(const struct sqlite *q)
{
	return q->from.kind == WEIR_PLACE_TIME || q->until.kind == WEIR_PLACE_TIME;
}

static enum weir_status prepare(struct sqlite *q, struct weir_error *err)
{
	q->reader = (struct weir_sqlite_reader){.file = &q->file,
						.table = q->table,
						.query = q->query,
						.time = q->time,
						.unit = WEIR_TIME_NO_UNIT,
						.pushdown = &q->pushdown,
						.group = q->group,
						.nulls = -1};
	enum weir_status st = weir_sqlite_reader_follow(&q->reader, err);
	if (st == WEIR_OK && by_time(q) && weir_schema_time_field(q->reader.schema) < 0) {
		st = weir_fail(err, WEIR_USAGE, q->from.kind == WEIR_PLACE_TIME ? "from" : "until",
			       "no column is a time");
		weir_error_hint(err, "name one with time=");
	}
	if (st == WEIR_OK && q->table && !q->reader.has_rowid && q->last != INT64_MIN)
		st = weir_fail(err, WEIR_USAGE, "position", "%s has no rowid to go by", q->table);
	q->follow = q->follow && q->reader.has_rowid && !q->file.immutable;
	return st == WEIR_OK ? find_ends(q, err) : st;
}

static bool asks_to_follow(const struct weir_uri *uri)
{
	bool follow = false;

	return weir_uri_params_bool(uri, "follow", &follow, NULL) == WEIR_OK && follow;
}

static enum weir_status sqlite_open(const struct weir_source_config *config, struct weir_source **out,
				    struct weir_error *err)
{
	struct sqlite *q = weir_calloc(1, sizeof *q);

	if (!q)
		return weir_fail(err, WEIR_NO_MEMORY, "sqlite", "out of memory");
	q->clock = config->clock;
	q->wake.fd = -1;
	q->last = INT64_MIN;
	q->stop = INT64_MAX;
	weir_pushdown_init(&q->pushdown, config);
	q->base.pushed = &q->pushdown.said;
	enum weir_status st = weir_progress_init_bytes(&q->progress, err);
	if (st == WEIR_OK)
		st = weir_wake_init(&q->wake, err);
	if (st == WEIR_OK)
		st = read_params(q, config, err);
	if (st == WEIR_OK && *config->uri.path && access(config->uri.path, F_OK) != 0)
		st = weir_fail(err, WEIR_NOT_FOUND, config->uri.path, "could not be opened: %s", strerror(errno));
	if (st == WEIR_OK)
		st = weir_sqlite_open(config->uri.path, WEIR_SQLITE_READ, q->timeout_us, &q->file, err);
	if (st == WEIR_OK && q->file.immutable && asks_to_follow(&config->uri)) {
		st = weir_fail(err, WEIR_USAGE, "follow",
			       "%s is in a folder that cannot be written, and is read as it is now", q->file.path);
		weir_error_hint(err, "leave follow= out; SQLite needs a file beside it to see new rows");
	}
	if (st == WEIR_OK && !q->query)
		st = choose_table(q, err);
	if (st == WEIR_OK)
		st = prepare(q, err);
	if (st != WEIR_OK) {
		sqlite_close(&q->base);
		return st;
	}
	q->reader.cells.budget = config->budget;
	*out = &q->base;
	return WEIR_OK;
}

/* Rows before from= and after until=, where these are times, are passed over. */
static bool is_wanted(const struct sqlite *q, int64_t us)
{
	if (!by_time(q))
		return true;
	return us != WEIR_TIME_NONE && (q->from.kind != WEIR_PLACE_TIME || us >= q->from.value) &&
	       (q->until.kind != WEIR_PLACE_TIME || us < q->until.value);
}

/* The row that the statement stands at, whose number is this. False: no memory. */
static bool take_row(struct sqlite *q, int64_t rowid, struct weir_batch *into)
{
	uint32_t row = into->n_rows;

	if (!weir_sqlite_reader_row(&q->reader, into, row))
		return false;
	q->last = rowid;
	into->position[row] = rowid;
	if (is_wanted(q, into->time_us ? into->time_us[row] : WEIR_TIME_NONE))
		into->n_rows++;
	else
		for (uint32_t i = 0; i < into->n_columns; i++)
			weir_column_truncate(&into->columns[i], row);
	return true;
}

/* Puts rows into the batch, of a query those that come until end_us; *more: there may be others already. */
static enum weir_status fill(struct sqlite *q, int64_t end_us, struct weir_batch *into, bool *more,
			     struct weir_error *err)
{
	sqlite3_stmt *rows = q->reader.rows;
	uint32_t stepped = 0;
	int code = SQLITE_ROW;
	bool late = false;

	if (q->reader.has_rowid) {
		sqlite3_reset(rows);
		sqlite3_bind_int64(rows, 1, q->last);
		sqlite3_bind_int(rows, 2, (int)into->capacity);
	}
	while (stepped < into->capacity && !late && (code = sqlite3_step(rows)) == SQLITE_ROW) {
		int64_t rowid = q->reader.has_rowid    ? sqlite3_column_int64(rows, 0)
				: q->last == INT64_MIN ? 0
						       : q->last + 1;
		if (rowid > q->stop) {
			code = SQLITE_DONE;
			break;
		}
		if (!take_row(q, rowid, into))
			return weir_fail(err, WEIR_NO_MEMORY, "sqlite", "out of memory");
		stepped++;
		late = !q->reader.has_rowid && weir_clock_mono_us(q->clock) >= end_us;
	}
	*more = stepped == into->capacity || late;
	q->cancelled = code == SQLITE_INTERRUPT && !q->reader.has_rowid;
	if (code != SQLITE_ROW && code != SQLITE_DONE && !(code == SQLITE_INTERRUPT && stepped))
		return weir_sqlite_fail(&q->file, "could not be read", err);
	if (q->reader.has_rowid)
		sqlite3_reset(rows); /* lets go of the file, so that its log can be emptied */
	return weir_cells_finish(&q->reader.cells, &q->reader.schema, into)
		   ? WEIR_OK
		   : weir_fail(err, WEIR_NO_MEMORY, "sqlite", "out of memory");
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Once, before the first row. New rows may have other types than those that are there: who follows asks for all. */
static enum weir_status ask(struct sqlite *q, struct weir_error *err)
{
	enum weir_status st = WEIR_OK;

	if (q->asked)
		return WEIR_OK;
	if (!q->follow) {
		weir_pushdown_span(&q->pushdown, &q->from, &q->until);
		st = weir_sqlite_reader_ask(&q->reader, err);
		if (st == WEIR_OK)
			st = weir_sqlite_reader_grouping(&q->reader, err);
	} else {
		st = weir_pushdown_learn(&q->pushdown, q->reader.schema, err);
		weir_pushdown_refuse(&q->pushdown, "rows that come may have other types (follow=yes)");
		weir_pushdown_ungroup(&q->pushdown, "rows that come may have other types (follow=yes)");
	}
	q->asked = st == WEIR_OK;
	return st;
}

static enum weir_status sqlite_poll_batch(struct weir_source *s, int64_t timeout_us, struct weir_batch *into,
					  struct weir_error *err)
{
	struct sqlite *q = (struct sqlite *)s;
	bool more = false;

	if (q->over)
		return WEIR_END;
	if (q->cancelled)
		return WEIR_CANCELLED;
	enum weir_status st = q->follow ? weir_sqlite_reader_follow(&q->reader, err) : WEIR_OK;
	if (st == WEIR_OK)
		st = ask(q, err);
	if (st == WEIR_OK && !weir_batch_set_schema(into, q->reader.schema))
		st = weir_fail(err, WEIR_NO_MEMORY, "sqlite", "out of memory");
	if (st == WEIR_OK && weir_schema_time_field(q->reader.schema) >= 0 && !weir_batch_add_time(into))
		st = weir_fail(err, WEIR_NO_MEMORY, "sqlite", "out of memory");
	if (st == WEIR_OK && q->pushdown.said.grouped)
		st = weir_sqlite_reader_group(&q->reader, q->last, q->stop, into, err);
	if (st == WEIR_OK && !q->pushdown.said.grouped)
		st = fill(q, weir_clock_mono_us(q->clock) + timeout_us, into, &more, err);
	if (st != WEIR_OK) {
		into->n_rows = 0;
		if (st == WEIR_CANCELLED && (q->reader.has_rowid || !q->asked))
			return WEIR_AGAIN;
		if (!err || !err->retriable)
			return st;
		weir_progress_state(&q->progress, WEIR_SOURCE_RECONNECTING, err->what);
		weir_wake_wait(&q->wake, timeout_us);
		return WEIR_AGAIN;
	}
	weir_progress_add(&q->progress, into->bytes, into->bytes);
	q->over = !more && !q->follow;
	if (q->over && q->reader.has_rowid && q->last < least(q->newest, q->stop))
		q->last = least(q->newest, q->stop); /* those before it were left out */
	weir_progress_state(&q->progress,
			    q->over && !into->n_rows && !into->grouped ? WEIR_SOURCE_END : WEIR_SOURCE_LIVE, NULL);
	if (into->n_rows || into->grouped)
		return WEIR_OK;
	if (q->over)
		return WEIR_END;
	if (!more)
		weir_wake_wait(&q->wake, timeout_us < LOOK_US ? timeout_us : LOOK_US);
	return WEIR_AGAIN;
}

static void sqlite_wake(struct weir_source *s)
{
	weir_wake_signal(&((struct sqlite *)s)->wake);
	sqlite3_interrupt(((struct sqlite *)s)->file.db); /* a query may never give a row, nor end */
}

static void sqlite_status(struct weir_source *s, struct weir_source_status *out)
{
	weir_progress_copy(&((struct sqlite *)s)->progress, out);
}

static enum weir_status sqlite_position(struct weir_source *s, struct weir_buf *out)
{
	const struct sqlite *q = (const struct sqlite *)s;

	if (!q->reader.has_rowid)
		return WEIR_UNSUPPORTED;
	weir_buf_addf(out, "%lld", q->last < 0 ? 0LL : (long long)q->last);
	return WEIR_OK;
}

static bool sqlite_finite(struct weir_source *s)
{
	return !((struct sqlite *)s)->follow;
}

static const struct weir_uri_option options[] = {
    {"table", "NAME", "the table or view (the only one)"},
    {"query", "SQL", "the rows of a SELECT of your own, read once"},
    {"from", "earliest|latest|-15m|TIME|ROWID", "where to start (earliest)"},
    {"until", "latest|TIME|ROWID", "where to stop"},
    {"follow", "yes|no", "go on with rows as they are written (on a screen yes, in batch no)"},
    {"group", "yes|no",
     "have SQLite count the groups of a batch; it sorts for that, and reading the rows is faster (no)"},
    {"timeout", "DURATION", "how long to wait for a program that holds the file locked (5s)"},
    {"position", "ROWID", "where to resume: rows up to this one are skipped"},
    {NULL, NULL, NULL},
};

const struct weir_source_ops weir_source_sqlite = {
    .name = "sqlite",
    .schemes = "sqlite",
    .help = "a table in an SQLite file: what is there, then new rows",
    .example = "sqlite:orders.db?table=orders",
    .can_wait = true,
    .options = options,
    .open = sqlite_open,
    .poll_batch = sqlite_poll_batch,
    .wake = sqlite_wake,
    .status = sqlite_status,
    .position = sqlite_position,
    .finite = sqlite_finite,
    .close = sqlite_close,
};
