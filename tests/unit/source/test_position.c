/* Where a run ended, the next one resumes: files in all forms, cut at any line, and what has no such place. */
#include "config.h"

#include "reading.h"

#include <fcntl.h>
#include <zlib.h>
#ifdef WEIR_WITH_ZSTD
#include <zstd.h>
#endif

enum { LINES = 3000 };

static char text[LINES * 24];
static size_t text_size;

static int set_up(void **state)
{
	(void)state;
	folder_make();
	for (int i = 0; i < LINES; i++)
		text_size += (size_t)sprintf(text + text_size, "line %d of it\n", i * i);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	folder_remove();
	return 0;
}

static void write_plain(const char *path)
{
	write_file(path, text, text_size);
}

static void write_marked(const char *path)
{
	char *marked = malloc(text_size + 3);

	memcpy(marked, "\xef\xbb\xbf", 3);
	memcpy(marked + 3, text, text_size);
	write_file(path, marked, text_size + 3);
	free(marked);
}

static void write_gzip(const char *path)
{
	gzFile f = gzopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(gzwrite(f, text, (unsigned)text_size), text_size);
	assert_int_equal(gzclose(f), Z_OK);
}

static void write_marked_gzip(const char *path)
{
	gzFile f = gzopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(gzwrite(f, "\xef\xbb\xbf", 3), 3);
	assert_int_equal(gzwrite(f, text, (unsigned)text_size), text_size);
	assert_int_equal(gzclose(f), Z_OK);
}

#ifdef WEIR_WITH_ZSTD
static void write_zstd(const char *path)
{
	size_t room = ZSTD_compressBound(text_size);
	char *packed = malloc(room);

	write_file(path, packed, ZSTD_compress(packed, room, text, text_size, 3));
	free(packed);
}
#endif

static void write_utf16(const char *path)
{
	char *wide = calloc(text_size + 1, 2);

	memcpy(wide, "\xff\xfe", 2);
	for (size_t i = 0; i < text_size; i++)
		wide[2 * i + 2] = text[i];
	write_file(path, wide, 2 * text_size + 2);
	free(wide);
}

static const struct {
	void (*write)(const char *path);
	size_t mark; /* bytes of it are counted, and belong to no line */
} forms[] = {
    {write_plain, 0}, {write_marked, 3}, {write_gzip, 0}, {write_marked_gzip, 3}, {write_utf16, 0},
#ifdef WEIR_WITH_ZSTD
    {write_zstd, 0},
#endif
};

/* Takes `lines` lines of the next hand-out, or all there are; they are added to `into`. */
static void take_lines(struct reading *r, size_t lines, struct weir_buf *into)
{
	struct weir_chunk c = {0};

	do {
		r->last = weir_source_poll(r->source, 1000000, &c, &r->err);
	} while (r->last == WEIR_AGAIN);
	assert_int_equal(r->last, WEIR_OK);
	for (; lines && c.size; lines--) {
		const char *end = memchr(c.bytes, '\n', c.size);
		size_t n = end ? (size_t)(end - c.bytes) + 1 : 0;
		weir_buf_add(into, c.bytes, n);
		c.bytes += n;
		c.size -= n;
	}
	weir_source_consume(r->source, &c);
}

static enum weir_status open_file(struct reading *r, const char *path, const char *position)
{
	char param[60];
	const char *const params[] = {param, NULL};

	snprintf(param, sizeof param, "position=%s", position ? position : "");
	return reading_open(r, "file", path, position ? params : NULL);
}

static void a_file_is_resumed_at_any_line(void **state)
{
	static const size_t stops[] = {0, 1, 2, 500, LINES - 1, LINES};

	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		forms[i].write(in_folder("file"));
		for (size_t k = 0; k < sizeof stops / sizeof *stops; k++) {
			struct reading r;
			struct weir_buf all = {0}, position = {0};
			assert_int_equal(open_file(&r, folder_path, NULL), WEIR_OK);
			take_lines(&r, stops[k], &all);
			assert_int_equal(weir_source_position(r.source, &position), WEIR_OK);
			reading_close(&r);
			assert_int_equal(open_file(&r, folder_path, position.data), WEIR_OK);
			r.begin = strtoull(position.data, NULL, 10);
			assert_int_equal(reading_all(&r), WEIR_END);
			weir_buf_add(&all, r.text.data, r.text.size);
			assert_int_equal(all.size, text_size);
			assert_memory_equal(all.data, text, text_size);
			position.size = 0;
			assert_int_equal(weir_source_position(r.source, &position), WEIR_OK);
			assert_int_equal(strtoull(position.data, NULL, 10), text_size + forms[i].mark);
			reading_close(&r);
			weir_buf_release(&all);
			weir_buf_release(&position);
		}
	}
}

/* The position is one of the file that is read now. */
static void a_file_that_was_replaced_begins_anew(void **state)
{
	static const char *const params[] = {"follow=yes", NULL};
	struct reading r;
	struct weir_buf position = {0};
	char path[300], new_path[300];

	(void)state;
	snprintf(path, sizeof path, "%s", in_folder("log"));
	snprintf(new_path, sizeof new_path, "%s", in_folder("log.new"));
	write_file(path, "one\ntwo\n", 8);
	assert_int_equal(reading_open(&r, "file", path, params), WEIR_OK);
	assert_int_equal(reading_step(&r, 1000000), WEIR_OK);
	assert_int_equal(weir_source_position(r.source, &position), WEIR_OK);
	assert_string_equal(position.data, "8");
	write_file(new_path, "three\n", 6);
	assert_int_equal(rename(new_path, path), 0);
	while (r.text.size < 14)
		reading_step(&r, 1000000);
	position.size = 0;
	assert_int_equal(weir_source_position(r.source, &position), WEIR_OK);
	assert_string_equal(position.data, "6");
	reading_close(&r);
	weir_buf_release(&position);
}

static void a_shorter_file_is_another_one(void **state)
{
	char beyond[30];

	(void)state;
	snprintf(beyond, sizeof beyond, "%zu", text_size + 7);
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		struct reading r;
		forms[i].write(in_folder("file"));
		assert_int_equal(open_file(&r, folder_path, beyond), WEIR_OK);
		r.begin = text_size + forms[i].mark;
		assert_int_equal(reading_all(&r), WEIR_NOT_FOUND);
		assert_int_equal(r.text.size, 0);
		assert_non_null(strstr(r.err.what, forms[i].mark ? "ends 4 bytes before" : "ends 7 bytes before"));
		reading_close(&r);
	}
}

/* Where in its text a decoded file began is not known when it was not read from its beginning. */
static void the_midst_of_a_decoded_file_has_no_position(void **state)
{
	struct weir_param from = {(char *)(uintptr_t) "from", (char *)(uintptr_t) "100"};
	struct weir_source_config config = {.clock = &weir_clock_system, .encoding = "UTF-16LE"};
	struct weir_buf position = {0};
	struct reading r = {0};

	(void)state;
	write_utf16(in_folder("file"));
	config.uri = (struct weir_uri){
	    .scheme = (char *)(uintptr_t) "file", .path = folder_path, .params = &from, .n_params = 1};
	assert_int_equal(weir_source_open(&config, &r.source, &r.err), WEIR_OK);
	r.begin = 100;
	assert_int_equal(reading_step(&r, 1000000), WEIR_OK);
	assert_int_equal(weir_source_position(r.source, &position), WEIR_UNSUPPORTED);
	assert_int_equal(position.size, 0);
	reading_close(&r);
}

static void what_has_no_position(void **state)
{
	static const char *const both[] = {"position=5", "from=5", NULL}, *const bad[] = {"position=0=5", NULL},
				 *const demo[] = {"count=1", NULL};
	struct reading r;
	struct weir_buf position = {0};
	int p[2];

	(void)state;
	write_plain(in_folder("file"));
	assert_int_equal(reading_open(&r, "file", folder_path, both), WEIR_USAGE);
	assert_int_equal(reading_open(&r, "file", folder_path, bad), WEIR_USAGE);
	assert_int_equal(mkfifo(in_folder("fifo"), 0600), 0);
	assert_int_equal(open_file(&r, folder_path, "5"), WEIR_USAGE);
	assert_int_equal(pipe(p), 0);
	assert_int_equal(reading_open_fd(&r, p[0], false), WEIR_OK);
	assert_int_equal(weir_source_position(r.source, &position), WEIR_UNSUPPORTED);
	reading_close(&r);
	close(p[0]);
	close(p[1]);
	assert_int_equal(reading_open(&r, "demo", "web", demo), WEIR_OK);
	assert_int_equal(weir_source_position(r.source, &position), WEIR_UNSUPPORTED);
	reading_close(&r);
	weir_buf_release(&position);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_file_is_resumed_at_any_line),
	    cmocka_unit_test(a_file_that_was_replaced_begins_anew),
	    cmocka_unit_test(a_shorter_file_is_another_one),
	    cmocka_unit_test(the_midst_of_a_decoded_file_has_no_position),
	    cmocka_unit_test(what_has_no_position),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
