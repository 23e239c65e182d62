/* The bytes of single records, read again from their file or capture: the same as were kept when it was read. */
#include "session/stream/stream.h"

#include "../../../limit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/tmp/weir-again-XXXXXX";
static char path[300];

struct fixture {
	struct weir_options options;
	struct weir_wake wake;
	struct weir_stream stream;
	struct weir_stream_config config;
	struct weir_capture_writer *capture; /* NULL: nothing is captured */
};

static void write_file(const char *name, const char *bytes, size_t size)
{
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, size, f), size);
	assert_int_equal(fclose(f), 0);
}

static void open_stream(struct fixture *f, const char *source, const char *join)
{
	struct weir_error err = {0};
	weir_options_init(&f->options);
	if (join)
		assert_int_equal(weir_options_set(&f->options, "join-lines", join, 0, &err), WEIR_OK);
	assert_int_equal(weir_wake_init(&f->wake, &err), WEIR_OK);
	f->config = (struct weir_stream_config){.options = &f->options,
						.clock = &weir_clock_system,
						.wake = &f->wake,
						.capture = f->capture,
						.want = {.all = true, .raw = true},
						.stdin_fd = -1};
	assert_int_equal(weir_stream_open(&f->stream, &f->config, source, &err), WEIR_OK);
	assert_int_equal(weir_stream_start(&f->stream, &err), WEIR_OK);
}

static void close_stream(struct fixture *f)
{
	weir_stream_close(&f->stream);
	weir_wake_release(&f->wake);
	weir_options_release(&f->options);
}

static struct weir_record_again ask(struct fixture *f, int64_t position, int64_t arrival_us)
{
	const struct weir_record_full record = {.held = true,
						.topic = WEIR_STR(""),
						.position = position,
						.arrival_us = arrival_us,
						.stamp_us = WEIR_TIME_NONE};
	struct weir_record_again again = {0};
	weir_stream_read_again(&f->stream, &record, &again);
	while (again.reading) {
		assert_non_null(strstr(again.why, "reading…"));
		if (!weir_stream_has_read_again(&f->stream))
			assert_true(weir_wake_wait(&f->wake, TEST_LIMIT_S * INT64_C(1000000)));
		weir_stream_read_again(&f->stream, &record, &again);
	}
	return again;
}

static void expect_same(struct fixture *f, const struct weir_batch *b)
{
	for (uint32_t row = 0; row < b->n_rows; row++) {
		struct weir_value kept = weir_column_get(&b->raw, row);
		struct weir_record_again a = ask(f, weir_batch_position(b, row), weir_batch_arrival(b, row));
		if (!a.raw.data)
			fail_msg("row %u of %s: %s", row, path, a.why);
		if (!weir_str_equal(kept.s, a.raw))
			fail_msg("row %u of %s: '" WEIR_STR_FMT "' and not '" WEIR_STR_FMT "'", row, path,
				 WEIR_STR_ARG(a.raw), WEIR_STR_ARG(kept.s));
	}
}

static uint64_t compare_all(struct fixture *f)
{
	uint64_t rows = 0;
	bool ended = false;
	while (!ended) {
		struct weir_batch *b = weir_stream_take(&f->stream, &ended);
		if (!b && !ended)
			assert_true(weir_wake_wait(&f->wake, TEST_LIMIT_S * INT64_C(1000000)));
		if (!b)
			continue;
		expect_same(f, b);
		rows += b->n_rows;
		weir_stream_give_back(&f->stream, b);
	}
	return rows;
}

#define expect_all(name, bytes, join, rows)                                                                            \
	do {                                                                                                           \
		struct fixture f = {0};                                                                                \
		write_file(name, bytes, sizeof(bytes) - 1);                                                            \
		open_stream(&f, path, join);                                                                           \
		assert_int_equal(compare_all(&f), rows);                                                               \
		close_stream(&f);                                                                                      \
	} while (0)

static void test_records_are_as_they_were_kept(void **state)
{
	(void)state;
	expect_all("a.ndjson", "{\"a\":1,\"b\":\"x\"}\n{\"a\":2}\r\n\n{\"a\":\"\xc3\xa4\"}", NULL, 3);
	expect_all("b.json", "[{\"a\":1,\n \"b\":[1,2]},\n {\"a\":2}, {\"a\":3}]\n", NULL, 3);
	expect_all("c.json", "{\n  \"a\": 1\n}\n{\n  \"a\": 2\n}\n", NULL, 2);
	expect_all("d.csv", "name,text\nann,\"two\nlines, and \"\"quotes\"\"\"\nbob,x\ncarl,\"\"\n", NULL, 3);
	expect_all("e.csv", "name;n\nann;1,5\nbob;2,5\n", NULL, 2);
	expect_all("f.tsv", "name\tn\nann\t1\nbob\t2\n", NULL, 2);
	expect_all("g.log",
		   "10.0.0.1 - - [22/Nov/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 200 5\n"
		   "10.0.0.2 - - [22/Nov/2026:10:00:01 +0000] \"GET /x HTTP/1.1\" 404 7\n",
		   NULL, 2);
	expect_all("h.log", "level=info msg=\"a b\" n=1\nlevel=warn msg=c n=2\n", NULL, 2);
	expect_all("i.log", "first line\n  at one\n  at two\nsecond line\n  at three\nthird\n", "^ ", 3);
	expect_all("k.log",
		   "#Fields: date time cs-uri-stem sc-status\n2026-11-22 10:00:00 /a 200\n2026-11-22 10:00:01 /b 404\n",
		   NULL, 2);
	expect_all("j.txt",
		   "\xff\xfe"
		   "a\0b\0\n\0c\0d\0\n\0",
		   NULL, 2); /* UTF-16: positions count what was made of it */
}

static void expect_refused(struct fixture *f, int64_t position, const char *word)
{
	struct weir_record_again a = ask(f, position, ++f->stream.config.index); /* each time another one */
	assert_null(a.raw.data);
	if (!strstr(a.why, word) || !strstr(a.why, "_raw"))
		fail_msg("%s", a.why);
}

static void test_what_is_not_there_any_more_is_said(void **state)
{
	static const char lines[] = "{\"a\":1}\n{\"a\":2}\n";
	struct fixture f = {0};
	(void)state;
	write_file("k.ndjson", lines, sizeof lines - 1);
	open_stream(&f, path, NULL);
	assert_int_equal(compare_all(&f), 2);
	expect_refused(&f, 1000, "not kept, and ");
	expect_refused(&f, -1, "cannot be read again");
	assert_int_equal(unlink(path), 0);
	expect_refused(&f, 0, "still there");
	write_file("l.ndjson", lines, sizeof lines - 1);
	char other[sizeof path];
	memcpy(other, path, sizeof other);
	snprintf(path, sizeof path, "%s/k.ndjson", folder);
	assert_int_equal(rename(other, path), 0);
	expect_refused(&f, 8, "has changed");
	close_stream(&f);
	open_stream(&f, "demo:web?rate=10", NULL);
	expect_refused(&f, 0, "not kept, and ");
	close_stream(&f);
}

static void expect_captured(const char *name, const char *bytes, size_t size, uint64_t rows)
{
	struct fixture f = {0};
	struct weir_error err = {0};
	char file[sizeof path];
	write_file(name, bytes, size);
	snprintf(file, sizeof file, "%.280s.weir", path);
	const struct weir_capture_config config = {.path = file, .clock = &weir_clock_system, .n_lanes = 1};
	assert_int_equal(weir_capture_writer_open(&config, &f.capture, &err), WEIR_OK);
	open_stream(&f, path, NULL);
	assert_int_equal(compare_all(&f), rows);
	assert_int_equal(weir_capture_writer_finish(f.capture, &err), WEIR_OK);
	close_stream(&f);
	weir_capture_writer_close(f.capture);
	assert_int_equal(unlink(path), 0); /* the capture alone is read from now on */
	memcpy(path, file, sizeof path);
	f = (struct fixture){0};
	open_stream(&f, path, NULL);
	assert_int_equal(compare_all(&f), rows);
	expect_refused(&f, 1, "is found in the file any more");
	close_stream(&f);
}

static void test_those_of_a_capture_too(void **state)
{
	static const char json[] = "{\"a\":1}\n{\"a\":22}\n{\"a\":3}\n",
			  csv[] = "name,text\nann,\"two\nlines\"\nbob,x\n";
	struct weir_buf many = {0};
	(void)state;
	expect_captured("m.ndjson", json, sizeof json - 1, 3);
	expect_captured("n.csv", csv, sizeof csv - 1, 2);
	/* Several runs, which have arrivals of their own. */
	weir_buf_addf(&many, "number,text\n");
	for (int i = 0; i < 100; i++)
		weir_buf_addf(&many, "%d,%0*d\n", i, 20000, i);
	expect_captured("o.csv", many.data, many.size, 100);
	weir_buf_release(&many);
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	char command[sizeof folder + 20];
	(void)state;
	snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command); /* NOLINT(cert-env33-c) */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_records_are_as_they_were_kept),
	    cmocka_unit_test(test_what_is_not_there_any_more_is_said),
	    cmocka_unit_test(test_those_of_a_capture_too),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
