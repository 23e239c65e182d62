/* gzip and zstd: whole, in members, cut off, damaged, and in trickles. */
#include "config.h"

#include "reading.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <zlib.h>
#ifdef WEIR_WITH_ZSTD
#include <zstd.h>
#endif

enum { LINES = 300000 };

static char *text;
static size_t text_size;

static size_t pack_gzip(const char *from, size_t size, char *into, size_t room)
{
	z_stream z = {0};

	assert_int_equal(deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (Bytef *)(uintptr_t)from;
	z.avail_in = (uInt)size;
	z.next_out = (Bytef *)into;
	z.avail_out = (uInt)room;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	size_t made = z.total_out;
	deflateEnd(&z);
	return made;
}

#ifdef WEIR_WITH_ZSTD
static size_t pack_zstd(const char *from, size_t size, char *into, size_t room)
{
	size_t made = ZSTD_compress(into, room, from, size, 1);
	assert_false(ZSTD_isError(made));
	return made;
}
#endif

typedef size_t pack_function(const char *from, size_t size, char *into, size_t room);
static pack_function *const packs[] = {pack_gzip,
#ifdef WEIR_WITH_ZSTD
				       pack_zstd
#endif
};
enum { N_PACKS = sizeof packs / sizeof *packs };

static int set_up(void **state)
{
	(void)state;
	folder_make();
	text_size = (size_t)LINES * 13;
	text = malloc(text_size + 1);
	for (size_t i = 0; i < LINES; i++)
		snprintf(text + i * 13, 14, "line %07zu\n", i * 7919 % 9999999);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(text);
	folder_remove();
	return 0;
}

static enum weir_status read_packed(struct reading *r, const char *bytes, size_t size)
{
	write_file(in_folder("packed"), bytes, size);
	assert_int_equal(reading_open(r, "file", folder_path, NULL), WEIR_OK);
	return reading_all(r);
}

static void members_in_a_row(void **state)
{
	size_t room = text_size + 100000, half = text_size / 13 / 2 * 13;
	char *packed = malloc(room);

	(void)state;
	for (size_t k = 0; k < N_PACKS; k++) {
		struct reading r;
		struct weir_source_status st;
		size_t n = packs[k](text, half, packed, room);
		n += packs[k]("", 0, packed + n, room - n);
		n += packs[k](text + half, text_size - half, packed + n, room - n);
		assert_int_equal(read_packed(&r, packed, n), WEIR_END);
		assert_int_equal(r.text.size, text_size);
		assert_memory_equal(r.text.data, text, text_size);
		weir_source_status(r.source, &st);
		assert_int_equal(st.bytes, text_size);
		assert_int_equal(st.raw_bytes, n);
		assert_int_equal(st.total_raw_bytes, n);
		reading_close(&r);
	}
	free(packed);
}

static void cut_off_tells_after_the_good_part(void **state)
{
	char *packed = malloc(text_size);

	(void)state;
	for (size_t k = 0; k < N_PACKS; k++) {
		struct reading r;
		size_t n = packs[k](text, text_size, packed, text_size);
		assert_int_equal(read_packed(&r, packed, n * 2 / 3), WEIR_MALFORMED);
		assert_non_null(strstr(r.err.what, "cut off"));
		assert_int_equal(r.text.size % 13, 0); /* no half line, which could hold half a number */
		assert_in_range(r.text.size, text_size / 3, text_size - 1);
		assert_memory_equal(r.text.data, text, r.text.size);
		assert_int_equal(reading_state(&r), WEIR_SOURCE_FAILED);
		reading_close(&r);
	}
	free(packed);
}

static void damage_tells_after_the_good_part(void **state)
{
	char *packed = malloc(text_size);

	(void)state;
	for (size_t k = 0; k < N_PACKS; k++) {
		struct reading r;
		size_t n = packs[k](text, text_size, packed, text_size);
		memset(packed + n / 2, 0xff, 64);
		assert_int_equal(read_packed(&r, packed, n), WEIR_MALFORMED);
		assert_non_null(strstr(r.err.what, "damaged"));
		assert_in_range(r.text.size, 1, text_size - 1);
		reading_close(&r);
	}
	free(packed);
}

static void zeros_after_gzip_are_padding_and_more_is_not(void **state)
{
	char packed[400] = {0};
	struct reading r;

	(void)state;
	size_t n = pack_gzip("a\nb\n", 4, packed, sizeof packed);
	assert_int_equal(read_packed(&r, packed, n + 100), WEIR_END);
	assert_string_equal(r.text.data, "a\nb\n");
	reading_close(&r);
	packed[n + 50] = 'x';
	assert_int_equal(read_packed(&r, packed, n + 100), WEIR_MALFORMED);
	assert_string_equal(r.text.data, "a\nb\n");
	reading_close(&r);
}

static void other_packers_are_named(void **state)
{
	static const struct {
		const char *magic, *tool;
		size_t size;
	} cases[] = {{"\3757zXZ\0\0", "xzcat", 7}, {"BZh91AY&SYxx", "bzcat", 12}, {"PK\3\4zzzz", "unzip", 8}};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct reading r;
		assert_int_equal(read_packed(&r, cases[i].magic, cases[i].size), WEIR_UNSUPPORTED);
		assert_non_null(strstr(r.err.hint, cases[i].tool));
		reading_close(&r);
	}
}

static void text_that_begins_like_a_magic_number_stays(void **state)
{
	struct reading r;

	(void)state;
	assert_int_equal(read_packed(&r, "PK", 2), WEIR_END);
	assert_string_equal(r.text.data, "PK");
	reading_close(&r);
}

/* Nobody knows when a pipe ends; a batch reads it to its end all the same. */
static void a_batch_counts_on_the_end_of_a_pipe(void **state)
{
	struct reading r;
	int p[2];

	(void)state;
	assert_int_equal(pipe(p), 0);
	assert_int_equal(reading_open_fd(&r, p[0], false), WEIR_OK);
	assert_true(weir_source_finite(r.source));
	reading_close(&r);
	assert_int_equal(close(p[0]), 0);
	assert_int_equal(close(p[1]), 0);
}

static void pipe_trickles_at_once(void **state)
{
	struct reading r;
	int p[2];

	(void)state;
	assert_int_equal(pipe(p), 0);
	assert_int_equal(reading_open_fd(&r, p[0], true), WEIR_OK);
	assert_false(weir_source_finite(r.source));
	for (int i = 0; i < 3; i++) {
		assert_int_equal(reading_step(&r, 0), WEIR_AGAIN);
		assert_int_equal(write(p[1], "tick\n", 5), 5);
		assert_int_equal(reading_step(&r, 1000000), WEIR_OK);
		assert_int_equal(r.text.size, (size_t)(i + 1) * 5);
	}
	assert_int_equal(write(p[1], "half", 4), 4);
	assert_int_equal(reading_step(&r, 0), WEIR_OK);
	assert_int_equal(r.text.size, 15);
	assert_int_equal(reading_step(&r, 0), WEIR_AGAIN);
	close(p[1]);
	assert_int_equal(reading_all(&r), WEIR_END);
	assert_string_equal(r.text.data, "tick\ntick\ntick\nhalf");
	reading_close(&r);
	close(p[0]);
}

static void half_a_record_is_shown_again(void **state)
{
	struct reading r;
	struct weir_chunk c;
	int p[2];

	(void)state;
	assert_int_equal(pipe(p), 0);
	assert_int_equal(reading_open_fd(&r, p[0], false), WEIR_OK);
	assert_int_equal(weir_source_poll(r.source, 0, &c, &r.err), WEIR_AGAIN);
	assert_int_equal(c.size, 0);
	assert_int_equal(write(p[1], "half", 4), 4);
	assert_int_equal(weir_source_poll(r.source, 0, &c, &r.err), WEIR_OK);
	assert_int_equal(weir_source_poll(r.source, 0, &c, &r.err), WEIR_AGAIN);
	assert_int_equal(c.size, 4);
	assert_memory_equal(c.bytes, "half", 4);
	weir_source_consume(r.source, &c);
	close(p[1]);
	assert_int_equal(reading_all(&r), WEIR_END);
	assert_string_equal(r.text.data, "half");
	reading_close(&r);
	close(p[0]);
}

static void packed_pipe_byte_by_byte(void **state)
{
	(void)state;
	for (size_t k = 0; k < N_PACKS; k++) {
		char packed[200];
		struct reading r;
		int p[2];
		size_t n = packs[k]("a\nb\n", 4, packed, sizeof packed);

		assert_int_equal(pipe(p), 0);
		assert_int_equal(reading_open_fd(&r, p[0], false), WEIR_OK);
		for (size_t i = 0; i < n; i++) {
			assert_int_equal(write(p[1], packed + i, 1), 1);
			reading_step(&r, 0);
			assert_true(r.last == WEIR_OK || r.last == WEIR_AGAIN);
		}
		assert_string_equal(r.text.data, "a\nb\n"); /* before the pipe ends */
		close(p[1]);
		assert_int_equal(reading_all(&r), WEIR_END);
		reading_close(&r);
		close(p[0]);
	}
}

static void wake_ends_a_wait(void **state)
{
	struct reading r;
	int p[2];

	(void)state;
	assert_int_equal(pipe(p), 0);
	assert_int_equal(reading_open_fd(&r, p[0], false), WEIR_OK);
	weir_source_wake(r.source);
	assert_int_equal(reading_step(&r, INT64_C(600000000)), WEIR_AGAIN);
	reading_close(&r);
	close(p[0]);
	close(p[1]);
}

static void redirected_file_is_finite(void **state)
{
	struct reading r;

	(void)state;
	write_file(in_folder("in"), "skipped\nrest\n", 13);
	int fd = open(folder_path, O_RDONLY);
	assert_int_equal(lseek(fd, 8, SEEK_SET), 8);
	assert_int_equal(reading_open_fd(&r, fd, false), WEIR_OK);
	assert_true(weir_source_finite(r.source));
	assert_int_equal(reading_all(&r), WEIR_END);
	assert_string_equal(r.text.data, "rest\n");
	reading_close(&r);
	assert_int_equal(close(fd), 0); /* still ours */
}

static void closed_input_is_told(void **state)
{
	struct reading r;

	(void)state;
	assert_int_equal(reading_open_fd(&r, -1, false), WEIR_USAGE);
	assert_non_null(strstr(r.err.what, "closed"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(members_in_a_row),
	    cmocka_unit_test(cut_off_tells_after_the_good_part),
	    cmocka_unit_test(damage_tells_after_the_good_part),
	    cmocka_unit_test(zeros_after_gzip_are_padding_and_more_is_not),
	    cmocka_unit_test(other_packers_are_named),
	    cmocka_unit_test(text_that_begins_like_a_magic_number_stays),
	    cmocka_unit_test(a_batch_counts_on_the_end_of_a_pipe),
	    cmocka_unit_test(pipe_trickles_at_once),
	    cmocka_unit_test(half_a_record_is_shown_again),
	    cmocka_unit_test(packed_pipe_byte_by_byte),
	    cmocka_unit_test(wake_ends_a_wait),
	    cmocka_unit_test(redirected_file_is_finite),
	    cmocka_unit_test(closed_input_is_told),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
