#include "config.h"

#include "reading.h"

#include "weir/base/bounds.h"

#include <fcntl.h>

static int set_up(void **state)
{
	(void)state;
	folder_make();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	folder_remove();
	return 0;
}

/* n lines "line 0000000\n". */
static char *many_lines(size_t n, size_t *size)
{
	char *text = malloc(n * 13 + 1);

	for (size_t i = 0; i < n; i++)
		snprintf(text + i * 13, 14, "line %07zu\n", i);
	*size = n * 13;
	return text;
}

static void reads_all_in_large_pieces(void **state)
{
	size_t size;
	char *text = many_lines(400000, &size);
	struct reading r;
	struct weir_source_status st;

	(void)state;
	write_file(in_folder("plain"), text, size);
	assert_int_equal(reading_open(&r, "file", folder_path, NULL), WEIR_OK);
	assert_true(weir_source_finite(r.source));
	assert_int_equal(reading_all(&r), WEIR_END);
	assert_int_equal(r.text.size, size);
	assert_memory_equal(r.text.data, text, size);
	assert_in_range(r.n_chunks, reading_ahead ? 3 : 5,
			reading_ahead ? 5 : 8); /* one or two MiB each, and the end */
	weir_source_status(r.source, &st);
	assert_int_equal(st.state, WEIR_SOURCE_END);
	assert_int_equal(st.bytes, size);
	assert_int_equal(st.raw_bytes, size);
	assert_int_equal(st.total_raw_bytes, size);
	assert_int_equal(weir_partitions_get(st.partitions, 0)->position, size);
	assert_int_equal(weir_source_poll(r.source, 0, &(struct weir_chunk){0}, &r.err), WEIR_END); /* stays ended */
	reading_close(&r);
	free(text);
}

static void empty_file_ends_at_once(void **state)
{
	struct reading r;

	(void)state;
	write_file(in_folder("empty"), "", 0);
	assert_int_equal(reading_open(&r, "file", folder_path, NULL), WEIR_OK);
	assert_int_equal(reading_all(&r), WEIR_END);
	assert_int_equal(r.text.size, 0);
	assert_true(r.saw_end);
	reading_close(&r);
}

static void record_over_the_bound_is_told(void **state)
{
	size_t size = WEIR_MAX_RECORD_BYTES + 5000;
	char *text = malloc(size);
	struct reading r;

	(void)state;
	memset(text, 'x', size);
	write_file(in_folder("long"), text, size);
	assert_int_equal(reading_open(&r, "file", folder_path, NULL), WEIR_OK);
	assert_int_equal(reading_all(&r), WEIR_END);
	assert_true(r.saw_full);
	assert_int_equal(r.largest, WEIR_MAX_RECORD_BYTES);
	assert_int_equal(r.text.size, size);
	assert_in_range(r.n_chunks, 2, 14); /* grows by doubling, not by the MiB */
	reading_close(&r);
	free(text);
}

static void unconsumed_bytes_come_again(void **state)
{
	struct reading r;
	struct weir_chunk c;

	(void)state;
	write_file(in_folder("halves"), "one\ntwo\nthr", 11);
	assert_int_equal(reading_open(&r, "file", folder_path, NULL), WEIR_OK);
	assert_int_equal(weir_source_poll(r.source, 0, &c, &r.err), WEIR_OK);
	assert_int_equal(c.size, 11);
	c.bytes += 4;
	c.size -= 4;
	weir_source_consume(r.source, &c);
	assert_int_equal(weir_source_poll(r.source, 0, &c, &r.err), WEIR_OK);
	assert_true(c.at_end);
	assert_int_equal(c.offset, 4);
	assert_memory_equal(c.bytes, "two\nthr", 7);
	c.bytes += 4;
	c.size -= 4;
	weir_source_consume(r.source, &c);
	assert_int_equal(weir_source_poll(r.source, 0, &c, &r.err), WEIR_OK); /* there was progress: once more */
	assert_int_equal(c.offset, 8);
	weir_source_consume(r.source, &c);
	assert_int_equal(weir_source_poll(r.source, 0, &c, &r.err), WEIR_END); /* nobody wanted the rest */
	reading_close(&r);
}

static void expect_refusal(const char *path, const char *const *params, enum weir_status code, const char *words)
{
	struct reading r;
	char line[800];

	assert_int_equal(reading_open(&r, "file", path, params), code);
	weir_error_line(&r.err, line, sizeof line);
	if (!strstr(line, words))
		fail_msg("\"%s\" does not say \"%s\"", line, words);
	assert_null(r.source);
}

static void wrong_paths_are_told(void **state)
{
	(void)state;
	write_file(in_folder("orders.ndjson"), "{}\n", 3);
	expect_refusal(in_folder("orders.ndjsn"), NULL, WEIR_NOT_FOUND, "did you mean orders.ndjson?");
	expect_refusal(in_folder("nowhere/x"), NULL, WEIR_NOT_FOUND, "no folder");
	expect_refusal(folder, NULL, WEIR_USAGE, "is a directory");
	expect_refusal("", NULL, WEIR_USAGE, "empty");
	write_file(in_folder("data.weir"), "{}\n", 3);
	expect_refusal(in_folder("data.weir"), NULL, WEIR_MALFORMED, "no capture");
	if (geteuid() != 0) {
		chmod(in_folder("orders.ndjson"), 0);
		expect_refusal(folder_path, NULL, WEIR_DENIED, "may not be read");
	}
}

static void wrong_parameters_are_told(void **state)
{
	static const char *const typo[] = {"folow=yes", NULL}, *const maybe[] = {"follow=maybe", NULL};
	static const char *const ago[] = {"from=-15m", NULL}, *const at[] = {"until=2026-11-22", NULL};
	static const char *const nonsense[] = {"from=yesterday", NULL}, *const last[] = {"from=-10", NULL};

	(void)state;
	write_file(in_folder("f"), "a\n", 2);
	expect_refusal(folder_path, typo, WEIR_USAGE, "did you mean follow=?");
	expect_refusal(folder_path, maybe, WEIR_USAGE, "neither yes nor no");
	expect_refusal(folder_path, ago, WEIR_USAGE, "a file is only bytes");
	expect_refusal(folder_path, at, WEIR_USAGE, "--where");
	expect_refusal(folder_path, last, WEIR_USAGE, "no numbered records");
	expect_refusal(folder_path, nonsense, WEIR_USAGE, "is not a place in a stream");
}

static void reads_between_two_bytes(void **state)
{
	static const char *const part[] = {"from=4", "until=12", "format=text", NULL};
	struct reading r;
	struct weir_chunk c;

	(void)state;
	write_file(in_folder("f"), "one\ntwo\nfour\nfive\n", 18);
	assert_int_equal(reading_open(&r, "file", folder_path, part), WEIR_OK);
	assert_int_equal(weir_source_poll(r.source, 0, &c, &r.err), WEIR_OK);
	assert_int_equal(c.offset, 4);
	assert_int_equal(c.size, 8);
	assert_memory_equal(c.bytes, "two\nfour", 8);
	reading_close(&r);
}

static void named_pipe_waits_for_its_writer(void **state)
{
	struct reading r;

	(void)state;
	assert_int_equal(mkfifo(in_folder("fifo"), 0600), 0);
	assert_int_equal(reading_open(&r, "file", folder_path, NULL), WEIR_OK);
	assert_false(weir_source_finite(r.source));
	assert_int_equal(reading_step(&r, 0), WEIR_AGAIN);
	int fd = open(folder_path, O_WRONLY);
	assert_int_equal(write(fd, "a\n", 2), 2);
	assert_int_equal(reading_step(&r, 1000000), WEIR_OK);
	assert_int_equal(r.text.size, 2);
	close(fd);
	assert_int_equal(reading_all(&r), WEIR_END);
	reading_close(&r);
}

/* A writer that then stays silent keeps nobody from what came before. */
static void what_was_read_ahead_is_handed_out_at_once(void **state)
{
	struct weir_chunk c;
	struct reading r;

	(void)state;
	assert_int_equal(mkfifo(in_folder("fifo"), 0600), 0);
	assert_int_equal(reading_open(&r, "file", folder_path, NULL), WEIR_OK);
	assert_int_equal(reading_step(&r, 0), WEIR_AGAIN);
	int fd = open(folder_path, O_WRONLY);
	assert_int_equal(write(fd, "a\n", 2), 2);
	assert_int_equal(weir_source_poll(r.source, 5000000, &c, &r.err), WEIR_OK);
	assert_int_equal(write(fd, "bb\n", 3), 3);
	weir_source_ahead(r.source);
	c.bytes += c.size;
	c.offset += c.size;
	c.size = 0;
	weir_source_consume(r.source, &c);
	r.begin = 2;
	assert_int_equal(reading_step(&r, 5000000), WEIR_OK);
	assert_string_equal(r.text.data, "bb\n");
	assert_int_equal(reading_step(&r, 0), WEIR_AGAIN);
	close(fd);
	reading_close(&r);
}

static void cut_while_read_is_told_after_the_good_part(void **state)
{
	size_t size;
	size_t read = reading_ahead ? 3 << 20 : 1 << 20; /* by the first step */
	char *text = many_lines(400000, &size);
	struct reading r;

	(void)state;
	write_file(in_folder("cut"), text, size);
	assert_int_equal(reading_open(&r, "file", folder_path, NULL), WEIR_OK);
	assert_int_equal(reading_step(&r, 0), WEIR_OK);
	assert_int_equal(truncate(folder_path, 1 << 20), 0);
	assert_int_equal(reading_all(&r), WEIR_IO);
	assert_non_null(strstr(r.err.what, "truncated"));
	assert_int_equal(r.text.size, read / 13 * 13); /* whole lines */
	assert_memory_equal(r.text.data, text, r.text.size);
	assert_int_equal(reading_state(&r), WEIR_SOURCE_FAILED);
	reading_close(&r);
	free(text);
}

static void file_of_the_kernel_is_read_though_it_says_empty(void **state)
{
	struct reading r;

	(void)state;
	assert_int_equal(reading_open(&r, "file", "/proc/self/status", NULL), WEIR_OK);
	assert_int_equal(reading_all(&r), WEIR_END);
	assert_true(r.text.size > 100);
	reading_close(&r);
}

static void append(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT, 0600);

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void followed_file_grows_is_cut_and_replaced(void **state)
{
	static const char *const follow[] = {"follow=yes", NULL};
	struct reading r;
	char path[sizeof folder_path], other[sizeof folder_path];

	(void)state;
	strcpy(path, in_folder("log"));
	strcpy(other, in_folder("log.1"));
	append(path, "a\n");
	assert_int_equal(reading_open(&r, "file", path, follow), WEIR_OK);
	assert_false(weir_source_finite(r.source));
	assert_int_equal(reading_step(&r, 0), WEIR_OK);
	assert_int_equal(reading_step(&r, 0), WEIR_AGAIN);
	append(path, "bb\n");
	assert_int_equal(reading_step(&r, 5000000), WEIR_OK);
	assert_int_equal(truncate(path, 0), 0);
	append(path, "c\n");
	assert_int_equal(reading_step(&r, 5000000), WEIR_OK);
	assert_int_equal(r.n_restarts, 1);
	assert_int_equal(reading_step(&r, 5000000), WEIR_OK);
	assert_string_equal(r.text.data, "a\nbb\nc\n");
	append(path, "half");
	assert_int_equal(reading_step(&r, 5000000), WEIR_OK);
	assert_int_equal(rename(path, other), 0);
	append(other, " and"); /* by who has it open still */
	append(path, "d\n");
	assert_int_equal(reading_step(&r, 5000000), WEIR_OK);
	assert_string_equal(r.text.data, "a\nbb\nc\n");
	assert_int_equal(reading_step(&r, 5000000),
			 WEIR_OK); /* the half line is the last of its file, not the begin of the next */
	assert_int_equal(r.n_restarts, 2);
	assert_string_equal(r.text.data, "a\nbb\nc\nhalf and");
	assert_int_equal(reading_step(&r, 5000000), WEIR_OK);
	assert_string_equal(r.text.data, "a\nbb\nc\nhalf andd\n");
	assert_int_equal(reading_step(&r, 0), WEIR_AGAIN);
	assert_int_equal(reading_state(&r), WEIR_SOURCE_LIVE);
	reading_close(&r);
}

static void follow_from_latest_skips_the_past(void **state)
{
	static const char *const follow[] = {"follow=yes", "from=latest", NULL};
	struct reading r;
	struct weir_chunk c;

	(void)state;
	append(in_folder("log"), "old\n");
	assert_int_equal(reading_open(&r, "file", folder_path, follow), WEIR_OK);
	append(folder_path, "new\n");
	assert_int_equal(weir_source_poll(r.source, 5000000, &c, &r.err), WEIR_OK);
	assert_int_equal(c.size, 4);
	assert_memory_equal(c.bytes, "new\n", 4);
	reading_close(&r);
}

static void followed_file_resumes_within_its_bytes_only(void **state)
{
	static const char *const at_end[] = {"follow=yes", "position=4", NULL};
	static const char *const beyond[] = {"follow=yes", "position=5", NULL};
	struct reading r;
	struct weir_chunk c;

	(void)state;
	append(in_folder("log"), "old\n");
	expect_refusal(folder_path, beyond, WEIR_NOT_FOUND, "ends 1 bytes before its position=");
	expect_refusal(folder_path, beyond, WEIR_NOT_FOUND, "leave position= out to read all of it");
	assert_int_equal(reading_open(&r, "file", folder_path, at_end), WEIR_OK);
	append(folder_path, "new\n");
	assert_int_equal(weir_source_poll(r.source, 5000000, &c, &r.err), WEIR_OK);
	assert_int_equal(c.offset, 4);
	assert_int_equal(c.size, 4);
	assert_memory_equal(c.bytes, "new\n", 4);
	reading_close(&r);
	assert_int_equal(truncate(folder_path, 0), 0);
	expect_refusal(folder_path, at_end, WEIR_NOT_FOUND, "ends 4 bytes before its position=");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(reads_all_in_large_pieces, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(empty_file_ends_at_once, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(record_over_the_bound_is_told, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(unconsumed_bytes_come_again, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(wrong_paths_are_told, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(wrong_parameters_are_told, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(reads_between_two_bytes, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(named_pipe_waits_for_its_writer, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(what_was_read_ahead_is_handed_out_at_once, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(cut_while_read_is_told_after_the_good_part, set_up, tear_down),
	    cmocka_unit_test(file_of_the_kernel_is_read_though_it_says_empty),
	    cmocka_unit_test_setup_teardown(followed_file_grows_is_cut_and_replaced, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(follow_from_latest_skips_the_past, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(followed_file_resumes_within_its_bytes_only, set_up, tear_down),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	reading_ahead = true;
	return failed + cmocka_run_group_tests_name("the same, read ahead", tests, NULL, NULL);
}
