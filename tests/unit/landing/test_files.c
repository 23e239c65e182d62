/* The landing in files: names, headers, files that begin anew by size and time; disks that are full, slow to fail or gone; a process
 * that is killed. A file that has its name is always whole. */
#include "rows.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* A disk of our own: these stand in place of those of the C library. */
static _Atomic int64_t disk_left = -1; /* bytes that files may still take; -1: as many as they like */
static int sync_fails_at;              /* the n-th from now; 0: none does */

static bool is_file(int fd)
{
	struct stat about;
	return fstat(fd, &about) == 0 && S_ISREG(about.st_mode);
}

ssize_t write(int fd, const void *bytes, size_t size)
{
	if (disk_left >= 0 && is_file(fd)) {
		if (disk_left == 0 && size) {
			errno = ENOSPC;
			return -1;
		}
		size = (int64_t)size < disk_left ? size : (size_t)disk_left;
		disk_left -= (int64_t)size;
	}
	return syscall(SYS_write, fd, bytes, size);
}

int fsync(int fd)
{
	if (sync_fails_at && is_file(fd) && --sync_fails_at == 0) {
		errno = EIO;
		return -1;
	}
	return (int)syscall(SYS_fsync, fd);
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

static enum weir_status open_at(struct folder *f, const char *name, struct weir_landing **out, struct weir_error *err)
{
	struct weir_uri uri;
	char address[200];

	snprintf(address, sizeof address, "%s/%s", f->path, name);
	enum weir_status st = weir_uri_parse(weir_str_of(address), false, &uri, err);
	if (st != WEIR_OK)
		return st;
	struct weir_landing_config config = {.uri = &uri, .clock = &fake_clock};
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

static enum weir_status land(struct weir_landing *l, int64_t first, uint32_t n, bool extra, struct weir_error *err)
{
	struct weir_batch *b = make_batch(first, n, extra);
	uint64_t *rows = all_rows(n);
	enum weir_status st = l->ops->write(l, b, rows, err);

	free(rows);
	weir_batch_free(b);
	return st;
}

static struct weir_landing_status status_of(const struct weir_landing *l)
{
	struct weir_landing_status s = {.refused_position = -1};

	l->ops->status(l, &s);
	return s;
}

static void must_close(struct weir_landing *l, bool complete)
{
	struct weir_error err = {0};

	if (l->ops->close(l, complete, &err) != WEIR_OK)
		fail_msg("%s", err.what);
	l->ops->release(l);
}

static void test_one_file(void **state)
{
	struct folder *f = *state;
	struct weir_landing *l = must_open(f, "a.ndjson");
	struct weir_buf expected = {0};

	assert_file(f, "a.ndjson.part", "");
	assert_int_equal(land(l, 0, 3, false, NULL), WEIR_OK);
	assert_int_equal(l->ops->flush(l, NULL), WEIR_OK);
	expected_rows(0, 3, &expected);
	assert_file(f, "a.ndjson.part", expected.data); /* what came is not held back */
	assert_no_file(f, "a.ndjson");
	assert_int_equal(land(l, 3, 2, false, NULL), WEIR_OK);
	struct weir_landing_status s = status_of(l);
	assert_int_equal(s.landed, 5);
	assert_int_equal(s.files, 0);
	must_close(l, true);
	expected_rows(3, 5, &expected);
	assert_file(f, "a.ndjson", expected.data);
	assert_no_file(f, "a.ndjson.part");
	weir_buf_release(&expected);
}

static void test_only_the_rows_named(void **state)
{
	struct folder *f = *state;
	struct weir_landing *l = must_open(f, "a.csv");
	struct weir_batch *b = make_batch(0, 100, false);
	const uint64_t rows[2] = {UINT64_C(1) << 3, UINT64_C(1) << 35};

	assert_int_equal(l->ops->write(l, b, rows, NULL), WEIR_OK);
	weir_batch_free(b);
	assert_int_equal(status_of(l).landed, 2);
	must_close(l, true);
	assert_file(f, "a.csv", "i,s\n3,row 3\n99,row 99\n");
}

static void test_no_rows(void **state)
{
	struct folder *f = *state;

	must_close(must_open(f, "a.ndjson"), true);
	assert_file(f, "a.ndjson", "");
	must_close(must_open(f, "b.ndjson"), false); /* something went wrong: that is no answer */
	assert_no_file(f, "b.ndjson");
	assert_no_file(f, "b.ndjson.part");
	must_close(must_open(f, "c.ndjson?rotate=1h"), true);
	assert_no_file(f, "c-000001.ndjson");
	assert_no_file(f, "c-000001.ndjson.part");
}

static void test_what_was_there_stays(void **state)
{
	struct folder *f = *state;
	struct weir_landing *l = NULL;
	struct weir_error err = {0};

	must_close(must_open(f, "a.ndjson"), true);
	assert_int_equal(open_at(f, "a.ndjson", &l, &err), WEIR_IO);
	assert_non_null(strstr(err.what, "File exists"));
	assert_non_null(strstr(err.hint, "another name"));
	assert_int_equal(symlink("/nowhere", name_in(f, "link.ndjson")), 0);
	assert_int_equal(open_at(f, "link.ndjson", &l, &err), WEIR_IO);

	l = must_open(f, "b.ndjson");
	struct weir_landing *second = NULL;
	assert_int_equal(open_at(f, "b.ndjson", &second, &err), WEIR_IO);
	assert_non_null(strstr(err.what, "b.ndjson.part is there already"));
	/* Somebody takes the name meanwhile. */
	assert_int_equal(land(l, 0, 1, false, NULL), WEIR_OK);
	FILE *file = fopen(name_in(f, "b.ndjson"), "w");
	assert_non_null(file);
	fclose(file);
	assert_int_equal(l->ops->close(l, true, &err), WEIR_IO);
	assert_int_equal(status_of(l).landed, 0);
	l->ops->release(l);
	assert_file(f, "b.ndjson", "");
	assert_file(f, "b.ndjson.part", "{\"i\":0,\"s\":\"row 0\"}\n");
}

static void test_new_file_by_size(void **state)
{
	struct folder *f = *state;
	struct weir_landing *l = must_open(f, "a.ndjson?rotate=60");
	struct weir_buf text = {0}, expected = {0};
	char name[40];

	for (int64_t i = 0; i < 40; i += 4)
		assert_int_equal(land(l, i, 4, false, NULL), WEIR_OK);
	must_close(l, true);
	expected_rows(0, 40, &expected);
	int n = 0;
	for (;;) {
		snprintf(name, sizeof name, "a-%06d.ndjson", n + 1);
		char *part = read_in(f, name);
		if (!part)
			break;
		n++;
		assert_in_range(strlen(part), 20, 60);
		assert_int_equal(part[strlen(part) - 1], '\n');
		weir_buf_add_c(&text, part);
		free(part);
	}
	assert_in_range(n, 14, 20);
	assert_string_equal(text.data, expected.data);
	weir_buf_release(&text);
	weir_buf_release(&expected);

	l = must_open(f, "a.ndjson?rotate=1"); /* smaller than a row: one each; and numbers go on */
	assert_int_equal(land(l, 0, 2, false, NULL), WEIR_OK);
	must_close(l, true);
	snprintf(name, sizeof name, "a-%06d.ndjson", n + 2);
	assert_file(f, name, "{\"i\":1,\"s\":\"row 1\"}\n");
}

static void test_large_batches_and_sizes(void **state)
{
	struct folder *f = *state;
	struct weir_landing *l = must_open(f, "a.csv?rotate=100K");
	struct weir_buf text = {0}, expected = {0};
	char name[40];

	for (int64_t i = 0; i < 5; i++)
		assert_int_equal(land(l, i * 8192, 8192, false, NULL), WEIR_OK);
	assert_int_equal(status_of(l).landed, 5 * 8192);
	must_close(l, true);
	for (int64_t i = 0; i < 5 * 8192; i++)
		weir_buf_addf(&expected, "%lld,row %lld\n", (long long)i, (long long)i);
	for (int n = 1;; n++) {
		snprintf(name, sizeof name, "a-%06d.csv", n);
		char *part = read_in(f, name);
		if (!part)
			break;
		assert_in_range(strlen(part), 4, 100 << 10);
		assert_memory_equal(part, "i,s\n", 4); /* each has its header */
		weir_buf_add_c(&text, part + 4);
		free(part);
	}
	assert_string_equal(text.data, expected.data);
	weir_buf_release(&text);
	weir_buf_release(&expected);
}

static void test_new_file_by_time(void **state)
{
	struct folder *f = *state;
	struct weir_landing *l = must_open(f, "a.ndjson?rotate=1h");
	const int64_t hour_us = INT64_C(3600000000);

	assert_int_equal(land(l, 0, 1, false, NULL), WEIR_OK);
	now_us += hour_us - 1;
	assert_int_equal(land(l, 1, 1, false, NULL), WEIR_OK);
	now_us += 1;
	assert_int_equal(land(l, 2, 1, false, NULL), WEIR_OK);
	assert_file(f, "a-000001.ndjson", "{\"i\":0,\"s\":\"row 0\"}\n{\"i\":1,\"s\":\"row 1\"}\n");
	now_us += hour_us; /* nothing comes: it is whole all the same */
	assert_int_equal(l->ops->flush(l, NULL), WEIR_OK);
	assert_file(f, "a-000002.ndjson", "{\"i\":2,\"s\":\"row 2\"}\n");
	assert_no_file(f, "a-000003.ndjson.part");
	must_close(l, true);
}

static void test_a_header_fits_its_rows(void **state)
{
	struct folder *f = *state;
	struct weir_landing *l = must_open(f, "a.csv");

	assert_int_equal(land(l, 0, 1, false, NULL), WEIR_OK);
	assert_int_equal(land(l, 1, 1, true, NULL), WEIR_OK);  /* a column more: a new file */
	assert_int_equal(land(l, 2, 1, false, NULL), WEIR_OK); /* a column less: it is NULL */
	must_close(l, true);
	assert_file(f, "a.csv", "i,s\n0,row 0\n");
	assert_file(f, "a-000002.csv", "i,s,more\n1,row 1,10\n2,row 2,\n");

	l = must_open(f, "a.ndjson"); /* a row names its own */
	assert_int_equal(land(l, 0, 1, false, NULL), WEIR_OK);
	assert_int_equal(land(l, 1, 1, true, NULL), WEIR_OK);
	must_close(l, true);
	assert_file(f, "a.ndjson", "{\"i\":0,\"s\":\"row 0\"}\n{\"i\":1,\"s\":\"row 1\",\"more\":10}\n");
}

static void test_rows_without_columns(void **state)
{
	struct folder *f = *state;
	struct weir_landing *l = must_open(f, "a.csv");
	struct weir_batch *b = weir_batch_new(2);
	struct weir_schema *none = weir_schema_new();
	const uint64_t rows[] = {3};

	assert_true(b && none && weir_batch_set_schema(b, none));
	b->n_rows = 2;
	b->position[0] = 17;
	assert_int_equal(l->ops->write(l, b, rows, NULL), WEIR_OK);
	struct weir_landing_status s = status_of(l);
	assert_int_equal(s.landed, 0);
	assert_int_equal(s.refused, 2);
	assert_int_equal(s.refused_position, 17);
	assert_non_null(strstr(s.reason, "without columns"));
	must_close(l, true);
	weir_schema_unref(none);
	weir_batch_free(b);
}

static void test_wrong_addresses(void **state)
{
	static const struct {
		const char *name, *what;
		enum weir_status code;
	} wrong[] = {
	    {"a.txt", "does not say in which format", WEIR_USAGE},
	    {"a", "does not say in which format", WEIR_USAGE},
	    {"a.csv/", "no name of a file", WEIR_USAGE},
	    {"a.csv?format=xml", "cannot be written as xml", WEIR_USAGE},
	    {"a.csv?rotate=often", "neither a size nor a duration", WEIR_USAGE},
	    {"a.csv?rotate=0", "neither a size nor a duration", WEIR_USAGE},
	    {"a.csv?null=a,b", "null= cannot hold commas", WEIR_USAGE},
	    {"a.csv?rotat=1h", "unknown parameter rotat=", WEIR_USAGE},
	    {"none/a.csv", "No such file or directory", WEIR_IO},
	};
	struct folder *f = *state;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct weir_landing *l = NULL;
		struct weir_error err = {0};
		if (open_at(f, wrong[i].name, &l, &err) != wrong[i].code || !strstr(err.what, wrong[i].what))
			fail_msg("%s: %s", wrong[i].name, err.what);
		assert_null(l);
	}
	DIR *dir = opendir(f->path);
	int n = 0;
	while (readdir(dir))
		n++;
	closedir(dir);
	assert_int_equal(n, 2); /* nothing was left behind */
}

/* Everything under its name is whole rows, one after another from row 0 on. Returns how many rows there are. */
static int64_t whole_rows(struct folder *f)
{
	struct weir_buf text = {0}, expected = {0};
	char name[40];

	for (int n = 1;; n++) {
		snprintf(name, sizeof name, "a-%06d.ndjson", n);
		char *part = read_in(f, name);
		if (!part)
			break;
		weir_buf_add_c(&text, part);
		free(part);
	}
	int64_t rows = 0;
	for (size_t i = 0; i < text.size; i++)
		rows += text.data[i] == '\n';
	expected_rows(0, rows, &expected);
	assert_int_equal(text.size, expected.size);
	assert_true(!text.size || memcmp(text.data, expected.data, text.size) == 0);
	weir_buf_release(&text);
	weir_buf_release(&expected);
	return rows;
}

static bool is_full(enum weir_status st, const struct weir_error *err)
{
	if (st == WEIR_OK)
		return false;
	assert_true(err->code == WEIR_IO && err->retriable);
	assert_non_null(strstr(err->what, "No space left on device"));
	return true;
}

/* As the queue does: the batch is given until it is taken, and flushed, or `tries` are over. *taken: it need not be given again. */
static enum weir_status land_again(struct weir_landing *l, int64_t first, uint32_t n, int tries, bool *taken,
				   struct weir_error *err)
{
	enum weir_status st;

	do {
		st = *taken ? WEIR_OK : land(l, first, n, false, err);
		*taken = st == WEIR_OK;
		if (st == WEIR_OK)
			st = l->ops->flush(l, err);
	} while (is_full(st, err) && --tries > 0);
	return st;
}

/* The disk is full at byte n, for every n, and stays full: what is landed is what is there, and a part ends with a whole row. */
static void test_full_disk(void **state)
{
	enum { ROWS = 30, BATCH = 3 };
	struct folder *f = *state;
	bool fits = false;

	for (int64_t n = 0; !fits; n += 7) {
		struct weir_landing *l = must_open(f, "a.ndjson?rotate=150");
		struct weir_error err = {0};
		enum weir_status st = WEIR_OK;
		int64_t given = 0;
		assert_in_range(n, 0, 2000);
		disk_left = n;
		for (; given < ROWS && st == WEIR_OK; given += BATCH) {
			bool taken = false;
			st = land_again(l, given, BATCH, 2, &taken, &err);
		}
		if (st == WEIR_OK)
			st = l->ops->close(l, true, &err);
		fits = st == WEIR_OK;
		if (!fits)
			l->ops->give_up(l);
		disk_left = -1;
		struct weir_landing_status s = status_of(l);
		if (!fits) {
			assert_int_equal(s.refused_position, s.landed);
			(void)!l->ops->close(l, false, NULL);
		}
		l->ops->release(l);
		assert_int_equal(whole_rows(f), s.landed);
		assert_true(!fits || s.landed == ROWS);
		clear_folder(f);
	}
}

/* The same, and somebody makes room: nothing is lost, and nothing is there twice. */
static void test_full_disk_that_gets_room(void **state)
{
	enum { ROWS = 30, BATCH = 3 };
	static const char *const names[] = {"a.ndjson?rotate=1M", "a.ndjson?rotate=150", "a.csv?rotate=100"};
	struct folder *f = *state;

	for (int64_t n = 0; n < 900; n += 7) {
		struct weir_landing *l = must_open(f, names[n % 3]);
		struct weir_error err = {0};
		disk_left = n;
		for (int64_t given = 0; given < ROWS; given += BATCH) {
			bool taken = false;
			if (land_again(l, given, BATCH, 2, &taken, &err) == WEIR_OK)
				continue;
			disk_left = n % 40; /* not for all */
			if (land_again(l, given, BATCH, 1, &taken, &err) == WEIR_OK)
				continue;
			disk_left = -1;
			assert_int_equal(land_again(l, given, BATCH, 1, &taken, &err), WEIR_OK);
		}
		if (l->ops->close(l, true, &err) != WEIR_OK) {
			assert_true(err.retriable);
			disk_left = -1;
			assert_int_equal(l->ops->close(l, true, &err), WEIR_OK);
		}
		disk_left = -1;
		struct weir_landing_status s = status_of(l);
		assert_true(s.landed == ROWS && s.refused == 0 && !s.reason[0]);
		l->ops->release(l);
		if (n % 3 < 2)
			assert_int_equal(whole_rows(f), ROWS);
		clear_folder(f);
	}
}

/* Through the queue: rows wait while the disk is full, it is said why, and all are there in the end. */
static void test_full_disk_behind_a_queue(void **state)
{
	struct folder *f = *state;
	struct weir_landing_queue *q = NULL;
	struct weir_landing_status s;
	struct weir_buf expected = {0};
	struct weir_uri uri;
	char address[200];

	snprintf(address, sizeof address, "%s/a.ndjson?timeout=1h", f->path);
	assert_int_equal(weir_uri_parse(weir_str_of(address), false, &uri, NULL), WEIR_OK);
	const struct weir_landing_config config = {.uri = &uri, .clock = &weir_clock_system, .retry_us = 1000};
	assert_int_equal(weir_landing_queue_open(&config, &q, NULL), WEIR_OK);
	disk_left = 500000;
	for (int64_t i = 0; i < 40; i++) { /* some 1.1 MB */
		struct weir_landing_rows *r =
		    weir_landing_rows_take(make_batch(1000 * i, 1000, false), all_rows(1000), NULL);
		assert_non_null(r);
		weir_landing_queue_give(q, r);
		weir_landing_rows_unref(r);
	}
	weir_landing_queue_end(q, true);
	int64_t end_us = weir_clock_mono_us(&weir_clock_system) + TEST_LIMIT_S * WEIR_US_PER_S;
	do {
		weir_clock_system.sleep_us(NULL, 1000);
		weir_landing_queue_status(q, &s);
		assert_true(weir_clock_mono_us(&weir_clock_system) < end_us);
	} while (s.state != WEIR_LANDING_RECONNECTING);
	assert_non_null(strstr(s.trouble, "No space left on device"));
	assert_true(s.waiting > 0 && s.refused == 0 && !s.done);
	disk_left = -1;
	assert_true(weir_landing_queue_wait_done(q, end_us));
	weir_landing_queue_status(q, &s);
	weir_landing_queue_close(q);
	weir_uri_release(&uri);
	assert_true(s.landed == 40000 && s.refused == 0 && s.state == WEIR_LANDING_WORKING);
	expected_rows(0, 40000, &expected);
	assert_file(f, "a.ndjson", expected.data);
	weir_buf_release(&expected);
}

/* And when nobody makes room: it is given up, and no row counts as landed that is not in a whole file. */
static void test_full_disk_for_good(void **state)
{
	struct folder *f = *state;
	struct weir_landing_queue *q = NULL;
	struct weir_landing_status s;
	struct weir_uri uri;
	char address[200];

	snprintf(address, sizeof address, "%s/a.ndjson?timeout=50ms", f->path);
	assert_int_equal(weir_uri_parse(weir_str_of(address), false, &uri, NULL), WEIR_OK);
	const struct weir_landing_config config = {.uri = &uri, .clock = &weir_clock_system, .retry_us = 1000};
	assert_int_equal(weir_landing_queue_open(&config, &q, NULL), WEIR_OK);
	disk_left = 300000;
	struct weir_landing_rows *r = weir_landing_rows_take(make_batch(0, 20000, false), all_rows(20000), NULL);
	assert_non_null(r);
	weir_landing_queue_give(q, r);
	weir_landing_rows_unref(r);
	weir_landing_queue_end(q, true);
	assert_true(
	    weir_landing_queue_wait_done(q, weir_clock_mono_us(&weir_clock_system) + TEST_LIMIT_S * WEIR_US_PER_S));
	disk_left = -1;
	weir_landing_queue_status(q, &s);
	weir_landing_queue_close(q);
	weir_uri_release(&uri);
	assert_true(s.landed == 0 && s.refused == 20000 && s.refused_position == 0);
	assert_int_equal(s.failure.code, WEIR_IO);
	if (!strstr(s.failure.hint, "a.ndjson.part"))
		fail_msg("%s (%s)", s.failure.what, s.failure.hint);
	assert_no_file(f, "a.ndjson");
}

static void test_half_a_row_is_cut_off(void **state)
{
	struct folder *f = *state;
	struct weir_landing *l = must_open(f, "a.ndjson");
	struct weir_error err = {0};

	assert_int_equal(land(l, 0, 1, false, &err), WEIR_OK);
	assert_int_equal(l->ops->flush(l, &err), WEIR_OK);
	disk_left = 10;
	assert_int_equal(land(l, 1, 1, false, &err), WEIR_OK);
	assert_int_equal(l->ops->flush(l, &err), WEIR_IO);
	disk_left = -1;
	assert_non_null(strstr(err.hint, "a.ndjson.part"));
	assert_int_equal(status_of(l).landed, 2); /* it may get room */
	l->ops->give_up(l);
	assert_int_equal(status_of(l).landed, 0);
	assert_int_equal(status_of(l).refused_position, 0);
	assert_int_equal(l->ops->close(l, false, &err), WEIR_OK);
	l->ops->release(l);
	assert_file(f, "a.ndjson.part", "{\"i\":0,\"s\":\"row 0\"}\n");
	assert_no_file(f, "a.ndjson");
}

static void test_a_disk_that_does_not_keep(void **state)
{
	struct folder *f = *state;
	struct weir_landing *l = must_open(f, "a.ndjson");
	struct weir_error err = {0};

	assert_int_equal(land(l, 0, 1, false, &err), WEIR_OK);
	sync_fails_at = 1;
	assert_int_equal(l->ops->close(l, true, &err), WEIR_IO);
	sync_fails_at = 0;
	assert_int_equal(status_of(l).landed, 0);
	l->ops->release(l);
	assert_no_file(f, "a.ndjson");
}

static void test_a_folder_that_goes(void **state)
{
	struct folder *f = *state;
	struct weir_error err = {0};

	assert_int_equal(mkdir(name_in(f, "sub"), 0700), 0);
	struct weir_landing *l = must_open(f, "sub/a.ndjson");
	assert_int_equal(land(l, 0, 1, false, &err), WEIR_OK);
	clear_folder(f);
	assert_int_equal(l->ops->close(l, true, &err), WEIR_IO);
	assert_non_null(strstr(err.what, "No such file or directory"));
	assert_int_equal(status_of(l).landed, 0);
	l->ops->release(l);
}

/* A process that is killed leaves whole files, and a part. */
static void test_killed(void **state)
{
	struct folder *f = *state;

	for (int batches = 0; batches < 30; batches++) {
		pid_t child = fork();
		if (child == 0) {
			struct weir_landing *l = must_open(f, "a.ndjson?rotate=300");
			for (int i = 0; i < batches; i++)
				if (land(l, i * 3, 3, false, NULL) != WEIR_OK || l->ops->flush(l, NULL) != WEIR_OK)
					_exit(1);
			_exit(0);
		}
		int how;
		assert_int_equal(waitpid(child, &how, 0), child);
		assert_int_equal(how, 0);
		int64_t rows = whole_rows(f);
		assert_true(rows <= batches * 3 && rows >= batches * 3 - 15);
		char part[40];
		DIR *dir = opendir(f->path);
		int n_parts = 0;
		for (struct dirent *e; (e = readdir(dir));)
			if (strstr(e->d_name, ".part")) {
				snprintf(part, sizeof part, "%.39s", e->d_name);
				n_parts++;
			}
		closedir(dir);
		assert_int_equal(n_parts, 1);
		struct weir_buf rest = {0};
		weir_buf_add_c(&rest, "");
		expected_rows(rows, batches * 3, &rest);
		assert_file(f, part, rest.data ? rest.data : "");
		weir_buf_release(&rest);
		clear_folder(f);
	}
}

static void test_no_memory(void **state)
{
	struct folder *f = *state;
	bool done = false;

	for (uint64_t n = 1; !done; n++) {
		struct weir_landing *l = NULL;
		struct weir_error err = {0};
		struct weir_batch *b = make_batch(0, 20, false);
		uint64_t *rows = all_rows(20);
		assert_in_range(n, 1, 500);
		weir_alloc_fail_at(n, false);
		enum weir_status st = open_at(f, "a.ndjson?rotate=150", &l, &err), last = st;
		if (st == WEIR_OK)
			last = st = l->ops->write(l, b, rows, &err);
		if (l)
			last = l->ops->close(l, st == WEIR_OK, &err);
		weir_alloc_fail_at(0, false);
		done = st == WEIR_OK && last == WEIR_OK;
		if (l) {
			assert_int_equal(whole_rows(f), status_of(l).landed);
			assert_true(!done || status_of(l).landed == 20);
			l->ops->release(l);
		}
		assert_true(done || err.code == WEIR_NO_MEMORY);
		free(rows);
		weir_batch_free(b);
		clear_folder(f);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
	const struct CMUnitTest tests[] = {
	    TEST(test_one_file),
	    TEST(test_only_the_rows_named),
	    TEST(test_no_rows),
	    TEST(test_what_was_there_stays),
	    TEST(test_new_file_by_size),
	    TEST(test_large_batches_and_sizes),
	    TEST(test_new_file_by_time),
	    TEST(test_a_header_fits_its_rows),
	    TEST(test_rows_without_columns),
	    TEST(test_wrong_addresses),
	    TEST(test_full_disk),
	    TEST(test_full_disk_that_gets_room),
	    TEST(test_full_disk_behind_a_queue),
	    TEST(test_full_disk_for_good),
	    TEST(test_half_a_row_is_cut_off),
	    TEST(test_a_disk_that_does_not_keep),
	    TEST(test_a_folder_that_goes),
	    TEST(test_killed),
	    TEST(test_no_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
