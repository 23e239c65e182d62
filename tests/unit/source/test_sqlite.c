/* Tables of SQLite files as sources: history and what comes after it, columns that come and widen in between, places, locks. */
#include "weir/client/sqlite.h"
#include "weir/source/source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct file {
	char folder[64], path[80];
	struct weir_sqlite writer;
	struct weir_source *source;
	struct weir_batch *batch;
};

static int make(void **state)
{
	struct file *f = calloc(1, sizeof *f);

	assert_non_null(f);
	snprintf(f->folder, sizeof f->folder, "/tmp/weir-sqlite-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->path, sizeof f->path, "%s/a.db", f->folder);
	assert_int_equal(weir_sqlite_open(f->path, WEIR_SQLITE_MAKE, 0, &f->writer, NULL), WEIR_OK);
	*state = f;
	return 0;
}

static int unmake(void **state)
{
	struct file *f = *state;
	char command[100];

	weir_source_close(f->source);
	weir_batch_free(f->batch);
	weir_sqlite_close(&f->writer);
	snprintf(command, sizeof command, "rm -rf %s", f->folder);
	free(f);
	return system(command);
}

static void say(struct file *f, const char *sql)
{
	struct weir_error err = {0};

	if (weir_sqlite_run(&f->writer, sql, &err) != WEIR_OK)
		fail_msg("%s: %s", sql, err.what);
}

static enum weir_status open_at(struct file *f, const char *rest, bool live, struct weir_error *err)
{
	struct weir_source_config c = {.clock = &weir_clock_system, .live = live};
	char address[300];

	snprintf(address, sizeof address, "sqlite:%s%s", f->path, rest);
	assert_int_equal(weir_uri_parse(weir_str_of(address), false, &c.uri, err), WEIR_OK);
	enum weir_status st = weir_source_open(&c, &f->source, err);
	weir_uri_release(&c.uri);
	return st;
}

static void must_open(struct file *f, const char *rest, bool live)
{
	struct weir_error err = {0};

	if (open_at(f, rest, live, &err) != WEIR_OK)
		fail_msg("%s (%s)", err.what, err.hint);
}

static enum weir_status poll_at_once(struct file *f)
{
	struct weir_error err = {0};

	weir_batch_free(f->batch);
	f->batch = weir_batch_new(100);
	assert_non_null(f->batch);
	enum weir_status st = weir_source_poll_batch(f->source, 0, f->batch, &err);
	if (st > WEIR_END)
		fail_msg("%s", err.what);
	return st;
}

/* The batch as text: rows with a blank between, cells with |. */
static const char *rows(const struct file *f)
{
	static char out[2000];
	struct weir_buf text = {0};

	for (uint32_t row = 0; row < f->batch->n_rows; row++)
		for (uint32_t i = 0; i < f->batch->n_columns; i++) {
			struct weir_value v = weir_column_get(&f->batch->columns[i], row);
			weir_buf_add_c(&text, i ? "|" : row ? " " : "");
			weir_value_json(&v, &text);
		}
	snprintf(out, sizeof out, "%s", text.data ? text.data : "");
	weir_buf_release(&text);
	return out;
}

#define assert_rows(f, text)                                                                                           \
	do {                                                                                                           \
		assert_int_equal(poll_at_once(f), WEIR_OK);                                                            \
		assert_string_equal(rows(f), text);                                                                    \
	} while (0)

static void history_then_new_rows(void **state)
{
	struct file *f = *state;

	say(f,
	    "PRAGMA journal_mode = WAL; CREATE TABLE t (n INTEGER, s TEXT); INSERT INTO t VALUES (1, 'a'), (2, 'b')");
	must_open(f, "", true);
	assert_false(weir_source_finite(f->source));
	assert_rows(f, "1|\"a\" 2|\"b\"");
	assert_int_equal(poll_at_once(f), WEIR_AGAIN);
	say(f, "BEGIN; INSERT INTO t VALUES (3, NULL)");
	assert_int_equal(poll_at_once(f), WEIR_AGAIN); /* it is not committed */
	say(f, "INSERT INTO t VALUES (4, 'd'); COMMIT");
	assert_rows(f, "3|null 4|\"d\"");
	say(f, "DELETE FROM t WHERE n = 2; UPDATE t SET s = 'other' WHERE n = 1; INSERT INTO t VALUES (5, 'e')");
	assert_rows(f, "5|\"e\"");
	assert_int_equal(poll_at_once(f), WEIR_AGAIN);
}

static void columns_come_and_widen(void **state)
{
	struct file *f = *state;

	say(f, "CREATE TABLE t (n); INSERT INTO t VALUES (1)");
	must_open(f, "", true);
	assert_rows(f, "1");
	assert_int_equal(f->batch->schema->fields[0].type, WEIR_INT64);
	say(f, "ALTER TABLE t ADD COLUMN flag BOOLEAN; INSERT INTO t VALUES (2.5, 1)");
	assert_rows(f, "2.5|true");
	assert_int_equal(f->batch->schema->fields[0].type, WEIR_FLOAT64);
	say(f, "INSERT INTO t VALUES ('three', 0)");
	assert_rows(f, "\"three\"|false");
	assert_int_equal(f->batch->schema->fields[0].type, WEIR_STRING);
}

static void infinity_is_null_and_counted(void **state)
{
	struct file *f = *state;

	say(f, "CREATE TABLE t (n REAL); INSERT INTO t VALUES (1.5), (9e999), (-9e999), (2.5)");
	must_open(f, "", false);
	assert_rows(f, "1.5 null null 2.5");
	assert_int_equal(f->batch->n_noted[WEIR_NOTE_NOT_A_NUMBER], 2);
	assert_string_equal(f->batch->first_noted[WEIR_NOTE_NOT_A_NUMBER], "row 2");
}

static void many_rows_in_pieces(void **state)
{
	struct file *f = *state;
	uint64_t n = 0, sum = 0;

	say(f,
	    "CREATE TABLE t (n INTEGER); WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 1000) "
	    "INSERT INTO t SELECT i FROM c; DELETE FROM t WHERE n % 3 = 0");
	must_open(f, "", false);
	assert_true(weir_source_finite(f->source));
	while (poll_at_once(f) == WEIR_OK)
		for (uint32_t row = 0; row < f->batch->n_rows; row++, n++) {
			sum += (uint64_t)weir_column_get(&f->batch->columns[0], row).i;
			assert_int_equal(weir_batch_position(f->batch, row) % 3 != 0, 1);
		}
	assert_int_equal(n, 667);
	assert_int_equal(sum, 500500 - 3 * (333 * 334 / 2));
	struct weir_buf at = {0};
	assert_int_equal(weir_source_position(f->source, &at), WEIR_OK);
	assert_string_equal(at.data, "1000");
	weir_buf_release(&at);
}

static void places(void **state)
{
	struct file *f = *state;
	static const struct {
		const char *rest, *rows;
	} tries[] = {
	    {"?from=3", "3 4 5"},
	    {"?until=3", "1 2"},
	    {"?position=3", "4 5"},
	    {"?from=2026-11-22T10:00:02Z&until=2026-11-22T10:00:04Z", "2 3"},
	    {"?query=SELECT n FROM t WHERE n > 4; ", "5"},
	    {"?query=SELECT n FROM t WHERE n > 4 -- the last", "5"},
	    {"?table=v", "2 4"},
	    {"?from=2&until=4", "2 3"},
	};

	say(f, "CREATE TABLE t (n INTEGER PRIMARY KEY, at TIMESTAMP)");
	for (int i = 1; i <= 5; i++) {
		char sql[100];
		snprintf(sql, sizeof sql, "INSERT INTO t VALUES (%d, '2026-11-22 10:00:0%d')", i, i);
		say(f, sql);
	}
	say(f, "CREATE VIEW v AS SELECT n FROM t WHERE n % 2 = 0");
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
		char rest[200];
		snprintf(rest, sizeof rest, "%s%s", tries[i].rest,
			 strstr(tries[i].rest, "table") || strstr(tries[i].rest, "query") ? "" : "&table=t");
		must_open(f, rest, false);
		char got[100] = "";
		while (poll_at_once(f) == WEIR_OK)
			for (uint32_t row = 0; row < f->batch->n_rows; row++)
				snprintf(got + strlen(got), sizeof got - strlen(got), "%s%lld", *got ? " " : "",
					 (long long)weir_column_get(&f->batch->columns[0], row).i);
		assert_string_equal(got, tries[i].rows);
		weir_source_close(f->source);
		f->source = NULL;
	}
}

static void locked_for_a_while(void **state)
{
	struct file *f = *state;
	struct weir_source_status status;

	say(f, "CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (1)");
	must_open(f, "?timeout=0s", true);
	assert_rows(f, "1");
	say(f, "BEGIN EXCLUSIVE; INSERT INTO t VALUES (2)"); /* without a write-ahead log, readers wait */
	assert_int_equal(poll_at_once(f), WEIR_AGAIN);
	weir_source_status(f->source, &status);
	assert_int_equal(status.state, WEIR_SOURCE_RECONNECTING);
	assert_non_null(strstr(status.detail, "locked"));
	say(f, "COMMIT");
	assert_rows(f, "2");
	weir_source_status(f->source, &status);
	assert_int_equal(status.state, WEIR_SOURCE_LIVE);
}

static void wrong_calls(void **state)
{
	struct file *f = *state;
	static const struct {
		const char *rest, *what;
	} tries[] = {
	    {"?table=none", "there is no table none"},
	    {"", "there are 2 tables: say which with table="},
	    {"?table=t&time=m", "there is no column m"},
	    {"?table=t&from=-1h", "no column is a time"},
	    {"?query=SELECT n FROM t; DELETE FROM t", "a statement was refused: near \";\": syntax error"},
	    {"?query=SELECT 1&from=latest", "a query is read once, from begin to end"},
	};

	say(f, "CREATE TABLE t (n INTEGER); CREATE TABLE u (n INTEGER)");
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
		struct weir_error err = {0};
		assert_int_not_equal(open_at(f, tries[i].rest, false, &err), WEIR_OK);
		assert_string_equal(err.what, tries[i].what);
		assert_null(f->source);
	}
}

struct polling {
	struct file *file;
	enum weir_status status;
	atomic_bool done;
};

static void *poll_one(void *ctx)
{
	struct polling *p = ctx;
	struct weir_error err = {0};

	p->status = weir_source_poll_batch(p->file->source, 0, p->file->batch, &err);
	p->done = true;
	return NULL;
}

/* A query that never gives a row, and never ends. */
static void a_query_is_interrupted(void **state)
{
	struct file *f = *state;
	struct polling p = {.file = f};
	pthread_t thread;

	must_open(f,
		  "?query=WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i%2B1 FROM n) SELECT i FROM n WHERE i < 0",
		  false);
	f->batch = weir_batch_new(100);
	assert_int_equal(pthread_create(&thread, NULL, poll_one, &p), 0);
	while (!p.done) {
		weir_source_wake(f->source);
		sched_yield();
	}
	pthread_join(thread, NULL);
	assert_int_equal(p.status, WEIR_CANCELLED);
	poll_one(&p); /* it does not begin anew */
	assert_int_equal(p.status, WEIR_CANCELLED);
}

/* Rows that never end come in pieces, however few they are. */
static void a_slow_query_gives_what_it_has(void **state)
{
	struct file *f = *state;

	must_open(f, "?query=WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i%2B1 FROM n) SELECT i FROM n", false);
	assert_rows(f, "1");
	assert_rows(f, "2");
}

/* A table that was landed is in write-ahead mode; a reader without rights in the folder can make no log beside it. */
static void a_folder_that_cannot_be_written(void **state)
{
	struct file *f = *state;
	struct weir_error err = {0};

	say(f, "PRAGMA journal_mode = WAL; CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (7)");
	weir_sqlite_close(&f->writer);
	assert_int_equal(chmod(f->path, 0444) | chmod(f->folder, 0555), 0);
	bool root = geteuid() == 0;
	if (root)
		assert_int_equal(seteuid(65534), 0);
	must_open(f, "", true);
	enum weir_status follows = poll_at_once(f);
	char *one = strdup(rows(f));
	enum weir_status then = poll_at_once(f);
	weir_source_close(f->source);
	f->source = NULL;
	enum weir_status asked = open_at(f, "?follow=yes", true, &err);
	if (root)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(chmod(f->folder, 0755), 0);
	assert_int_equal(follows, WEIR_OK);
	assert_string_equal(one, "7");
	free(one);
	assert_int_equal(then, WEIR_END); /* new rows would not be seen */
	assert_int_equal(asked, WEIR_USAGE);
	assert_non_null(strstr(err.what, "is read as it is now"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(history_then_new_rows, make, unmake),
	    cmocka_unit_test_setup_teardown(columns_come_and_widen, make, unmake),
	    cmocka_unit_test_setup_teardown(infinity_is_null_and_counted, make, unmake),
	    cmocka_unit_test_setup_teardown(many_rows_in_pieces, make, unmake),
	    cmocka_unit_test_setup_teardown(places, make, unmake),
	    cmocka_unit_test_setup_teardown(locked_for_a_while, make, unmake),
	    cmocka_unit_test_setup_teardown(a_query_is_interrupted, make, unmake),
	    cmocka_unit_test_setup_teardown(a_slow_query_gives_what_it_has, make, unmake),
	    cmocka_unit_test_setup_teardown(a_folder_that_cannot_be_written, make, unmake),
	    cmocka_unit_test_setup_teardown(wrong_calls, make, unmake),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
