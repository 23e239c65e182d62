/* The landing in an SQLite file: each row once, whatever is read again, killed or written by two; types without loss; columns that
 * come and widen; tables that refuse a row, are of another shape, or have no room. */
#include "rows.h"

#include "weir/client/sqlite.h"

#include <errno.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* A disk of our own: this stands in place of that of the C library. */
static int64_t disk_left = -1; /* bytes that files may still take; -1: as many as they like */

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at)
{
	if (disk_left >= 0 && disk_left < (int64_t)size) {
		errno = ENOSPC;
		return -1;
	}
	disk_left -= disk_left >= 0 ? (int64_t)size : 0;
	return syscall(SYS_pwrite64, fd, bytes, size, at);
}
ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at)
{
	return pwrite64(fd, bytes, size, at);
}

static int64_t now_us;
static int64_t clock_now(void *ctx)
{
	(void)ctx;
	return now_us;
}
static void clock_sleep(void *ctx, int64_t us)
{
	(void)ctx;
	now_us += us;
}
static const struct weir_clock fake_clock = {clock_now, clock_now, clock_sleep, NULL};

static struct weir_landing_stream streams[] = {{WEIR_STR("orders"), false}, {WEIR_STR("pipe"), true}};

static enum weir_status open_at(struct folder *f, const char *name, struct weir_landing **out, struct weir_error *err)
{
	struct weir_uri uri;
	char address[200];

	snprintf(address, sizeof address, "sqlite:%s/%s", f->path, name);
	enum weir_status st = weir_uri_parse(weir_str_of(address), false, &uri, err);
	if (st != WEIR_OK)
		return st;
	struct weir_landing_config config = {.uri = &uri, .clock = &fake_clock, .streams = streams, .n_streams = 2};
	st = weir_landing_open(&config, out, err);
	weir_uri_release(&uri);
	return st;
}

static struct weir_landing *must_open(struct folder *f, const char *name)
{
	struct weir_landing *l = NULL;
	struct weir_error err = {0};

	if (open_at(f, name, &l, &err) != WEIR_OK)
		fail_msg("%s (%s)", err.what, err.hint);
	return l;
}

/* Takes the batch. */
static enum weir_status write_batch(struct weir_landing *l, struct weir_batch *b, struct weir_error *err)
{
	uint64_t *rows = all_rows(b->n_rows);
	enum weir_status st = l->ops->write(l, b, rows, err);

	weir_batch_free(b);
	free(rows);
	return st;
}

static void must_write(struct weir_landing *l, struct weir_batch *b)
{
	struct weir_error err = {0};

	if (write_batch(l, b, &err) != WEIR_OK)
		fail_msg("%s (%s)", err.what, err.hint);
}

static struct weir_landing_status finish(struct weir_landing *l)
{
	struct weir_landing_status s = {0};
	struct weir_error err = {0};

	if (l->ops->close(l, true, &err) != WEIR_OK)
		fail_msg("%s (%s)", err.what, err.hint);
	l->ops->status(l, &s);
	l->ops->release(l);
	return s;
}

/* What a statement gives: cells with | between, rows with a blank; NULL is a dot. */
static const char *ask(struct folder *f, const char *name, const char *sql)
{
	static char out[4000];
	struct weir_sqlite s;
	sqlite3_stmt *q = NULL;
	size_t used = 0;

	assert_int_equal(weir_sqlite_open(name_in(f, name), WEIR_SQLITE_MAKE, 0, &s, NULL), WEIR_OK);
	if (sqlite3_prepare_v2(s.db, sql, -1, &q, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(s.db));
	out[0] = '\0';
	while (sqlite3_step(q) == SQLITE_ROW)
		for (int i = 0; i < sqlite3_column_count(q); i++) {
			const char *text = (const char *)sqlite3_column_text(q, i);
			const char *before = i ? "|" : used ? " " : "";
			used += (size_t)snprintf(out + used, sizeof out - used, "%s%s", before, text ? text : ".");
			assert_true(used < sizeof out);
		}
	sqlite3_finalize(q);
	weir_sqlite_close(&s);
	return out;
}

#define assert_answer(f, name, sql, answer) assert_string_equal(ask(f, name, sql), answer)

static void test_rows_once(void **state)
{
	struct folder *f = *state;

	for (int run = 0; run < 3; run++) {
		struct weir_landing *l = must_open(f, "a.db?create=yes&batch=7");
		for (int64_t at = 0; at < 100; at += 10)
			must_write(l, make_batch(at, 10, false));
		struct weir_landing_status s = finish(l);
		assert_int_equal(s.landed, 100);
		assert_int_equal(s.refused, 0);
	}
	assert_answer(f, "a.db", "SELECT count(*), count(DISTINCT i), sum(i), min(s), max(_run) FROM orders",
		      "100|100|4950|row 0|0");
}

static void test_position_taken_by_another_row(void **state)
{
	struct folder *f = *state;

	for (int run = 0; run < 4; run++) {
		struct weir_landing *l = must_open(f, "a.db?create=yes");
		struct weir_batch *b = make_batch(run % 2 ? 500 : 0, 10, false);
		for (uint32_t i = 0; i < 10; i++)
			b->position[i] = i; /* the file was replaced by another one */
		must_write(l, b);
		assert_int_equal(finish(l).landed, 10);
	}
	assert_answer(f, "a.db", "SELECT _run, count(*), min(i) FROM orders GROUP BY 1", "0|10|0 1|10|500");
}

static void test_pipe_is_never_the_same(void **state)
{
	struct folder *f = *state;

	for (int run = 0; run < 2; run++) {
		struct weir_landing *l = must_open(f, "a.db?create=yes");
		struct weir_batch *b = make_batch(0, 10, false);
		b->stream = 1;
		must_write(l, b);
		assert_int_equal(finish(l).landed, 10);
		now_us += 1000;
	}
	assert_answer(f, "a.db", "SELECT count(*), count(DISTINCT _run) FROM pipe", "20|2");
}

/* One row of a column of each value. */
static struct weir_batch *one_row(int64_t position, const char *name, struct weir_value v)
{
	struct weir_batch *b = weir_batch_new(1);
	struct weir_schema *s = weir_schema_new();

	assert_true(b && s && weir_schema_add(s, weir_str_of(name), v.type) == 0);
	assert_true(weir_batch_set_schema(b, s));
	weir_schema_unref(s);
	b->position[0] = position;
	assert_true(weir_column_set_value(&b->columns[0], 0, &v) && weir_column_finish(&b->columns[0], 1));
	b->n_rows = 1;
	return b;
}

#define INT(n) ((struct weir_value){.type = WEIR_INT64, .i = (n)})
#define FLOAT(x) ((struct weir_value){.type = WEIR_FLOAT64, .f = (x)})
#define TEXT(t) ((struct weir_value){.type = WEIR_STRING, .s = WEIR_STR(t)})
#define BOOL(x) ((struct weir_value){.type = WEIR_BOOL, .b = (x)})
#define TIME(us) ((struct weir_value){.type = WEIR_TIMESTAMP, .i = (us)})

/* SQLite's own text of a double is not exact. */
static void assert_double(struct folder *f, const char *sql, double expected)
{
	struct weir_sqlite s;
	sqlite3_stmt *q = NULL;

	assert_int_equal(weir_sqlite_open(name_in(f, "a.db"), WEIR_SQLITE_READ, 0, &s, NULL), WEIR_OK);
	assert_int_equal(sqlite3_prepare_v2(s.db, sql, -1, &q, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	double found = sqlite3_column_double(q, 0);
	assert_memory_equal(&found, &expected, sizeof found);
	sqlite3_finalize(q);
	weir_sqlite_close(&s);
}

static void test_types(void **state)
{
	struct folder *f = *state;
	struct weir_landing *l = must_open(f, "a.db?create=yes");

	must_write(l, one_row(0, "small", INT(INT64_MIN)));
	must_write(l, one_row(1, "great", INT(INT64_MAX)));
	must_write(l, one_row(2, "real", FLOAT(0.1 + 0.2)));
	must_write(l, one_row(3, "tiny", FLOAT(5e-324)));
	must_write(l, one_row(4, "huge", FLOAT(1.7976931348623157e308)));
	must_write(l, one_row(5, "flag", BOOL(true)));
	must_write(l, one_row(6, "when", TIME(INT64_C(1795428000000001))));
	must_write(l, one_row(7, "text", TEXT("00501 \u00e4\u5b57 'quoted' \"twice\"")));
	must_write(l, one_row(8, "nul", TEXT("a\0b")));
	must_write(l, one_row(9, "empty", TEXT("")));
	must_write(l, one_row(10, "nothing", (struct weir_value){.type = WEIR_NULL}));
	assert_int_equal(finish(l).landed, 11);
	assert_answer(f, "a.db", "SELECT small, typeof(small) FROM orders WHERE _offset = 0",
		      "-9223372036854775808|integer");
	assert_answer(f, "a.db", "SELECT great FROM orders WHERE _offset = 1", "9223372036854775807");
	assert_double(f, "SELECT max(real) FROM orders", 0.1 + 0.2);
	assert_double(f, "SELECT max(tiny) FROM orders", 5e-324);
	assert_double(f, "SELECT max(huge) FROM orders", 1.7976931348623157e308);
	assert_answer(f, "a.db", "SELECT flag, \"when\", text FROM orders WHERE _offset BETWEEN 5 AND 7",
		      "1|.|. .|2026-11-23T10:00:00.000001Z|. .|.|00501 \u00e4\u5b57 'quoted' \"twice\"");
	assert_answer(f, "a.db", "SELECT length(CAST(nul AS BLOB)), typeof(empty) FROM orders WHERE _offset IN (8, 9)",
		      "3|null .|text");
	assert_answer(f, "a.db", "SELECT type FROM _weir_columns",
		      "int64 int64 float64 float64 float64 bool timestamp string string string null");
}

static void test_columns_widen(void **state)
{
	struct folder *f = *state;
	struct weir_landing *l = must_open(f, "a.db?create=yes");

	must_write(l, one_row(0, "x", (struct weir_value){.type = WEIR_NULL}));
	must_write(l, one_row(1, "x", INT(5)));
	must_write(l, one_row(2, "x", FLOAT(2.5)));
	must_write(l, one_row(3, "x", TEXT("00501")));
	must_write(l, one_row(4, "x", BOOL(true)));
	must_write(l, one_row(5, "y", BOOL(false)));
	must_write(l, one_row(6, "y", TEXT("no")));
	assert_int_equal(finish(l).landed, 7);
	assert_answer(f, "a.db", "SELECT x, typeof(x) FROM orders WHERE _offset < 5",
		      ".|null 5|text 2.5|text 00501|text true|text");
	assert_answer(f, "a.db", "SELECT y FROM orders WHERE _offset > 4", "false no");
	assert_answer(f, "a.db", "SELECT name, type FROM _weir_columns", "x|string y|string");
	l = must_open(f, "a.db?create=yes"); /* the same again, as another run would read it */
	must_write(l, one_row(1, "x", INT(5)));
	must_write(l, one_row(2, "x", FLOAT(2.5)));
	assert_int_equal(finish(l).landed, 2);
	assert_answer(f, "a.db", "SELECT count(*) FROM orders", "7");
}

static void test_odd_names(void **state)
{
	struct folder *f = *state;
	static const char *const names[] = {"id", "ID", "Id", "_offset", "rowid", "a \"b\"", "", "select"};
	struct weir_landing *l = must_open(f, "a.db?create=yes");

	for (int i = 0; i < 8; i++)
		must_write(l, one_row(i, names[i], INT(i)));
	assert_int_equal(finish(l).landed, 8);
	assert_answer(f, "a.db", "SELECT name, col FROM _weir_columns",
		      "id|id ID|ID_2 Id|Id_3 _offset|_offset_2 rowid|rowid_2 a \"b\"|a \"b\" |_1 select|select");
	l = must_open(f, "a.db?create=yes"); /* in another order they are the same columns */
	must_write(l, one_row(8, "Id", INT(80)));
	must_write(l, one_row(9, "id", INT(90)));
	assert_int_equal(finish(l).landed, 2);
	assert_answer(f, "a.db", "SELECT id, Id_3 FROM orders WHERE _offset > 7", ".|80 90|.");
}

static void test_missing_is_not_null(void **state)
{
	struct folder *f = *state;
	struct weir_landing *l = must_open(f, "a.db?create=yes");
	struct weir_batch *b = make_batch(0, 3, true);

	weir_column_clear(&b->columns[2]);
	assert_true(weir_column_set_int64(&b->columns[2], 0, 1) && weir_column_set_null(&b->columns[2], 1) &&
		    weir_column_finish(&b->columns[2], 3));
	must_write(l, b);
	assert_int_equal(finish(l).landed, 3);
	assert_answer(f, "a.db", "SELECT more, _nulls FROM orders", "1|. .|[\"more\"] .|.");
}

/* Rows that were written before a column came are the same rows behind it. */
static void test_a_column_that_comes_later(void **state)
{
	struct folder *f = *state;
	struct weir_landing *l = must_open(f, "a.db?create=yes");
	struct weir_batch *b = make_batch(0, 3, true);

	weir_column_clear(&b->columns[2]);
	assert_true(weir_column_finish(&b->columns[2], 3));
	must_write(l, make_batch(0, 3, false));
	must_write(l, make_batch(3, 1, true));
	must_write(l, b);
	assert_int_equal(finish(l).landed, 7);
	assert_answer(f, "a.db", "SELECT count(*), max(_run), count(_nulls) FROM orders", "4|0|0");
}

static void test_some_columns(void **state)
{
	struct folder *f = *state;
	struct weir_landing *l = must_open(f, "a.db?create=yes&columns=more,i&table=some");

	must_write(l, make_batch(0, 2, true));
	assert_int_equal(finish(l).landed, 2);
	assert_answer(f, "a.db", "SELECT name FROM _weir_columns", "i more");
	assert_answer(f, "a.db", "SELECT i, more FROM some", "0|0 1|10");
}

static void test_create_is_asked_for(void **state)
{
	struct folder *f = *state;
	struct weir_landing *l = NULL;
	struct weir_error err = {0};

	ask(f, "a.db", "CREATE TABLE others (i INTEGER)");
	assert_int_equal(open_at(f, "a.db", &l, &err), WEIR_NOT_FOUND);
	assert_string_equal(err.what, "there is no table orders");
	assert_string_equal(err.hint, "create=yes makes it");
	l = must_open(f, "a.db?create=yes");
	must_write(l, make_batch(0, 2, false));
	finish(l);
	l = must_open(f, "a.db?table=orders"); /* it is there, and takes no more columns */
	must_write(l, make_batch(2, 2, false));
	assert_int_equal(write_batch(l, make_batch(4, 2, true), &err), WEIR_USAGE);
	assert_string_equal(err.what, "the table orders has no column more");
	struct weir_landing_status s = finish(l);
	assert_int_equal(s.landed, 0); /* the whole transaction was taken back */
	assert_int_equal(s.refused_position, 2);
	assert_answer(f, "a.db", "SELECT count(*) FROM orders", "2");
}

/* Nothing is left where nothing was to be made, and another program's file stays as it is. */
static void test_what_is_refused_leaves_no_trace(void **state)
{
	struct folder *f = *state;
	struct weir_landing *l = NULL;
	struct weir_error err = {0};

	assert_int_equal(open_at(f, "a.db", &l, &err), WEIR_NOT_FOUND);
	assert_string_equal(err.what, "there is no such file");
	assert_string_equal(err.hint, "create=yes makes it");
	assert_no_file(f, "a.db");
	ask(f, "b.db", "CREATE TABLE orders (i INTEGER, s TEXT)");
	assert_int_equal(open_at(f, "b.db", &l, &err), WEIR_USAGE);
	assert_answer(f, "b.db", "PRAGMA journal_mode", "delete");
}

/* One row of n columns. */
static struct weir_batch *wide_row(int n)
{
	struct weir_batch *b = weir_batch_new(1);
	struct weir_schema *s = weir_schema_new();
	char name[20];

	assert_true(b && s);
	for (int i = 0; i < n; i++) {
		snprintf(name, sizeof name, "c%d", i);
		assert_int_equal(weir_schema_add(s, weir_str_of(name), WEIR_INT64), i);
	}
	assert_true(weir_batch_set_schema(b, s));
	weir_schema_unref(s);
	for (int i = 0; i < n; i++)
		assert_true(weir_column_set_int64(&b->columns[i], 0, i) && weir_column_finish(&b->columns[i], 1));
	b->n_rows = 1;
	return b;
}

/* A table of n columns of data, as it would be landed. */
static void make_wide_table(struct folder *f, int n)
{
	struct weir_buf sql = {0};

	weir_buf_add_c(&sql, "CREATE TABLE orders (_stream, _topic, _partition, _offset, _run, _nulls");
	for (int i = 0; i < n; i++)
		weir_buf_addf(&sql, ", c%d BIGINT", i);
	weir_buf_add_c(&sql, ", UNIQUE (_offset, _partition, _run, _topic, _stream))");
	ask(f, "a.db", sql.data);
	weir_buf_release(&sql);
	ask(f, "a.db", "CREATE TABLE _weir_columns (tab, col, name, type, is_time, UNIQUE (tab, name))");
	weir_buf_addf(&sql,
		      "INSERT INTO _weir_columns WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE "
		      "i < %d) SELECT 'orders', 'c' || i, 'c' || i, 'int64', 0 FROM n",
		      n - 1);
	ask(f, "a.db", sql.data);
	weir_buf_release(&sql);
}

static void test_many_columns(void **state)
{
	struct folder *f = *state;
	struct weir_error err = {0};

	make_wide_table(f, 1993);
	struct weir_landing *l = must_open(f, "a.db?create=yes");
	must_write(l, wide_row(1994));
	must_write(l, wide_row(1994)); /* it is compared with the one that is there */
	assert_int_equal(finish(l).landed, 2);
	assert_answer(f, "a.db", "SELECT count(*), sum(c1993) FROM orders", "1|1993");
	l = must_open(f, "a.db?create=yes");
	assert_int_equal(write_batch(l, wide_row(1995), &err), WEIR_TOO_LARGE);
	assert_string_equal(
	    err.what, "the table orders has no room for the column c1994: SQLite takes 2000, 6 of them are weir's own");
	finish(l);
}

static void test_table_of_another_shape(void **state)
{
	struct folder *f = *state;
	struct weir_landing *l = NULL;
	struct weir_error err = {0};

	ask(f, "a.db", "CREATE TABLE orders (i INTEGER, s TEXT)");
	assert_int_equal(open_at(f, "a.db?create=yes", &l, &err), WEIR_USAGE);
	assert_string_equal(err.what, "the table orders has no columns that say where its rows came from");
	FILE *text = fopen(name_in(f, "b.db"), "w");
	fputs("this is no database, but long enough to look at its first hundred bytes; it goes on and on and on",
	      text);
	fclose(text);
	assert_int_equal(open_at(f, "b.db?create=yes", &l, &err), WEIR_MALFORMED);
	assert_int_equal(open_at(f, "no/such/folder.db?create=yes", &l, &err), WEIR_IO);
	assert_int_equal(open_at(f, "c.db?creat=yes", &l, &err), WEIR_USAGE);
	assert_int_equal(open_at(f, "c.db?create=maybe", &l, &err), WEIR_USAGE);
	assert_int_equal(open_at(f, "c.db?batch=0", &l, &err), WEIR_USAGE);
}

static void test_refused_rows(void **state)
{
	struct folder *f = *state;
	struct weir_landing *l = must_open(f, "a.db?create=yes");

	must_write(l, make_batch(0, 1, false));
	finish(l);
	ask(f, "a.db",
	    "CREATE TRIGGER no_sevens BEFORE INSERT ON orders WHEN new.i % 7 = 0 BEGIN "
	    "SELECT raise(ABORT, 'sevens are not welcome'); END");
	l = must_open(f, "a.db?create=yes");
	must_write(l, make_batch(1, 20, false));
	struct weir_landing_status s = finish(l);
	assert_int_equal(s.landed, 18);
	assert_int_equal(s.refused, 2);
	assert_int_equal(s.refused_position, 7);
	assert_string_equal(s.reason, "sevens are not welcome");
	assert_answer(f, "a.db", "SELECT count(*) FROM orders", "19");
}

/* The queue keeps them, and they are landed later, under the keys that they would have had. */
static void test_refused_rows_are_kept(void **state)
{
	struct folder *f = *state;
	struct weir_landing_queue *q = NULL;
	struct weir_landing_status s;
	struct weir_uri uri;
	char address[200];

	snprintf(address, sizeof address, "sqlite:%s/a.db?create=yes&batch=30&refused=%s/bad.weir", f->path, f->path);
	finish(must_open(f, "a.db?create=yes"));
	ask(f, "a.db",
	    "CREATE TRIGGER no_sevens BEFORE INSERT ON orders BEGIN "
	    "SELECT raise(ABORT, 'sevens are not welcome') WHERE new._offset % 7 = 0; END");
	assert_int_equal(weir_uri_parse(weir_str_of(address), false, &uri, NULL), WEIR_OK);
	const struct weir_landing_config config = {
	    .uri = &uri, .clock = &weir_clock_system, .streams = streams, .n_streams = 2};
	assert_int_equal(weir_landing_queue_open(&config, &q, NULL), WEIR_OK);
	for (int64_t i = 0; i < 10; i++) {
		struct weir_landing_rows *r =
		    weir_landing_rows_take(make_batch(1 + 10 * i, 10, false), all_rows(10), NULL);
		assert_non_null(r);
		weir_landing_queue_give(q, r);
		weir_landing_rows_unref(r);
	}
	weir_landing_queue_end(q, true);
	assert_true(
	    weir_landing_queue_wait_done(q, weir_clock_mono_us(&weir_clock_system) + TEST_LIMIT_S * WEIR_US_PER_S));
	weir_landing_queue_status(q, &s);
	weir_landing_queue_close(q);
	weir_uri_release(&uri);
	assert_true(s.landed == 86 && s.refused == 14 && s.kept == 14);
	char *text = read_in(f, "bad.weir");
	assert_non_null(text); /* cmocka's strings end at a NUL: the batch case land-refused reads the file */
	free(text);
	assert_answer(f, "a.db", "SELECT count(*) FROM orders", "86");
}

static void test_no_room(void **state)
{
	struct folder *f = *state;
	struct weir_landing *l = must_open(f, "a.db?create=yes&batch=100");
	struct weir_error err = {0};
	enum weir_status st = WEIR_OK;
	int64_t at = 0;

	disk_left = 60000;
	for (; st == WEIR_OK && at < 100000; at += 100)
		st = write_batch(l, make_batch(at, 100, false), &err);
	assert_int_equal(st, WEIR_IO);
	assert_string_equal(err.hint, "make room on the disk");
	struct weir_landing_status s = {0};
	l->ops->status(l, &s);
	assert_true(s.landed > 0 && s.landed == (uint64_t)at - 100);
	assert_true(err.retriable && s.refused_position == -1);
	disk_left = -1; /* somebody made room: the same rows again, with a column that came with them */
	must_write(l, make_batch(at - 100, 100, true));
	finish(l);
	char expected[40];
	snprintf(expected, sizeof expected, "%lld|ok", (long long)at);
	assert_answer(f, "a.db", "SELECT count(*), (SELECT * FROM pragma_integrity_check) FROM orders", expected);
}

static void test_killed(void **state)
{
	struct folder *f = *state;
	int go[2];
	char byte;

	assert_int_equal(pipe(go), 0);
	pid_t child = fork();
	if (child == 0) {
		struct weir_landing *l = must_open(f, "a.db?create=yes&batch=10");
		for (int64_t at = 0;; at += 3) {
			must_write(l, make_batch(at, 3, false));
			if (at == 60 && write(go[1], "x", 1) != 1)
				_exit(1);
		}
	}
	assert_int_equal(read(go[0], &byte, 1), 1);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	close(go[0]);
	close(go[1]);
	int64_t there = atoll(ask(f, "a.db", "SELECT count(*) FROM orders"));
	assert_true(there >= 50);
	struct weir_landing *l = must_open(f, "a.db?create=yes");
	must_write(l, make_batch(0, (uint32_t)there + 20, false));
	assert_int_equal(finish(l).landed, there + 20);
	char expected[100];
	int64_t n = there + 20;
	snprintf(expected, sizeof expected, "%lld|%lld|0", (long long)n, (long long)(n * (n - 1) / 2));
	assert_answer(f, "a.db", "SELECT count(*), sum(i), max(_run) FROM orders", expected);
}

static void test_two_writers(void **state)
{
	struct folder *f = *state;
	pid_t child[2];

	for (int w = 0; w < 2; w++) {
		child[w] = fork();
		if (child[w] != 0)
			continue;
		struct weir_landing *l = must_open(f, "a.db?create=yes&batch=10");
		for (int64_t at = 0; at < 600; at += 6)
			must_write(l, make_batch(at, 6, w == 1 && at > 300)); /* one of them has a column more */
		_exit(finish(l).landed == 600 ? 0 : 1);
	}
	for (int w = 0; w < 2; w++) {
		int status;
		waitpid(child[w], &status, 0);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	assert_answer(f, "a.db", "SELECT count(DISTINCT i), min(i), max(i) FROM orders", "600|0|599");
}

/* Rows at places from `first` on where others are. */
static struct weir_batch *make_others(int64_t first, uint32_t n)
{
	struct weir_batch *b = make_batch(first + 5000, n, false);

	for (uint32_t i = 0; i < n; i++)
		b->position[i] = first + i;
	return b;
}

/* What a transaction that was taken back had added, columns and the count of _run, is found again. */
static void test_taken_back(void **state)
{
	struct folder *f = *state;
	struct weir_landing *l = must_open(f, "a.db?create=yes&batch=100&timeout=20ms");
	struct weir_error err = {0};
	struct weir_sqlite other;

	must_write(l, make_batch(0, 100, false));
	assert_int_equal(weir_sqlite_open(name_in(f, "a.db"), WEIR_SQLITE_WRITE, 0, &other, NULL), WEIR_OK);
	for (int tries = 0; tries < 3; tries++) {
		assert_int_equal(weir_sqlite_run(&other, "BEGIN IMMEDIATE", NULL), WEIR_OK);
		assert_int_equal(write_batch(l, make_batch(100, 60, true), &err), WEIR_IO);
		assert_true(err.retriable);
		assert_int_equal(weir_sqlite_run(&other, "COMMIT", NULL), WEIR_OK);
		must_write(l, make_batch(100, 60, true));
		disk_left = 0; /* at the commit */
		assert_int_equal(write_batch(l, make_others(50, 40), &err), WEIR_IO);
		assert_true(err.retriable);
		disk_left = -1;
	}
	weir_sqlite_close(&other);
	must_write(l, make_batch(100, 60, true));
	must_write(l, make_others(50, 40));
	finish(l);
	assert_answer(f, "a.db", "SELECT count(*), sum(_run), count(more), max(more) FROM orders", "200|40|60|1590");
}

static void test_locked(void **state)
{
	struct folder *f = *state;
	struct weir_landing *l = must_open(f, "a.db?create=yes");
	struct weir_error err = {0};
	struct weir_sqlite other;

	must_write(l, make_batch(0, 1, false));
	finish(l);
	assert_int_equal(weir_sqlite_open(name_in(f, "a.db"), WEIR_SQLITE_WRITE, 0, &other, NULL), WEIR_OK);
	assert_int_equal(weir_sqlite_run(&other, "BEGIN IMMEDIATE", NULL), WEIR_OK);
	assert_int_equal(open_at(f, "a.db?timeout=50ms", &l, &err), WEIR_IO);
	assert_string_equal(err.hint, "another program holds it locked; end it, or try again");
	weir_sqlite_close(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
	    TEST(test_rows_once),
	    TEST(test_position_taken_by_another_row),
	    TEST(test_pipe_is_never_the_same),
	    TEST(test_types),
	    TEST(test_columns_widen),
	    TEST(test_odd_names),
	    TEST(test_missing_is_not_null),
	    TEST(test_a_column_that_comes_later),
	    TEST(test_some_columns),
	    TEST(test_create_is_asked_for),
	    TEST(test_what_is_refused_leaves_no_trace),
	    TEST(test_many_columns),
	    TEST(test_table_of_another_shape),
	    TEST(test_refused_rows),
	    TEST(test_refused_rows_are_kept),
	    TEST(test_no_room),
	    TEST(test_killed),
	    TEST(test_two_writers),
	    TEST(test_taken_back),
	    TEST(test_locked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
