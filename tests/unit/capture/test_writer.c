/* Writing captures: what comes out of them again, going on with one, and what happens when the file cannot be written. */
#include "config.h"

#include "blocks.h"

#include "weir/base/time.h"
#include "weir/capture/writer.h"

#include "../../limit.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <signal.h>
#include <sys/stat.h>

static int64_t wall_us = 1000000;

static struct weir_capture_writer *open_writer(const char *path, uint32_t n_lanes, int fd, struct weir_error *err)
{
	const struct weir_capture_config c = {
	    .path = path, .out_fd = fd, .clock = &weir_clock_system, .n_lanes = n_lanes};
	struct weir_capture_writer *w = NULL;
	enum weir_status st = weir_capture_writer_open(&c, &w, err);

	assert_int_equal(st == WEIR_OK, w != NULL);
	for (uint32_t i = 0; w && i < n_lanes; i++) {
		char name[8];
		snprintf(name, sizeof name, "s%u", i);
		weir_capture_writer_stream(w, i, &(struct weir_capture_stream){.name = weir_str_of(name)});
	}
	return w;
}

/* One run of lines "line0000" and so on, as blocks.h has them. */
static void write_lines(struct weir_capture_writer *w, unsigned from, unsigned n)
{
	struct weir_buf text = {0};

	for (unsigned i = from; i < from + n; i++)
		weir_buf_addf(&text, "line%04u\n", i % 10000);
	const struct weir_capture_piece run = {
	    .offset = (uint64_t)from * LINE_BYTES, .arrival_us = wall_us++, .bytes = weir_buf_str(&text)};
	weir_capture_writer_bytes(w, 0, &run, n);
	weir_buf_release(&text);
}

/* The text of stream 1, joined, with what its blocks say of themselves. */
struct text {
	struct weir_buf bytes;
	uint64_t records, runs, blocks;
	bool in_order;
};

static void read_text(const char *path, struct text *out)
{
	static struct weir_capture_frames frames;
	struct weir_capture_reader *r = NULL;
	struct weir_capture_block b;
	struct weir_capture_piece p;
	struct weir_buf text = {0};

	*out = (struct text){.in_order = true};
	assert_int_equal(weir_capture_reader_open(path, NULL, &r, NULL), WEIR_OK);
	while (weir_capture_reader_next(r, &b, NULL) == WEIR_OK) {
		if (b.kind != WEIR_CAPTURE_BYTES || b.stream != 1)
			continue;
		out->in_order = out->in_order && b.before == out->records;
		out->records += b.records;
		out->blocks++;
		assert_int_equal(weir_capture_reader_payload(r, &text, NULL), WEIR_OK);
		assert_true(weir_capture_frames_open(&frames, WEIR_CAPTURE_BYTES, weir_buf_str(&text)));
		while (weir_capture_piece_next(&frames, &p) == WEIR_OK) {
			assert_int_equal(p.offset, out->bytes.size);
			weir_buf_add_str(&out->bytes, p.bytes);
			out->runs += p.flags & WEIR_RUN_ENDS ? 1 : 0;
		}
	}
	assert_int_equal(weir_capture_reader_damage(r)->places + weir_capture_reader_damage(r)->tail_bytes, 0);
	weir_buf_release(&text);
	weir_capture_reader_close(r);
}

/* Records in whole blocks. */
static unsigned count_whole(const char *path, uint64_t *tail_bytes)
{
	struct weir_capture_reader *r = NULL;
	struct weir_capture_block b;
	unsigned n = 0;

	assert_int_equal(weir_capture_reader_open(path, NULL, &r, NULL), WEIR_OK);
	while (weir_capture_reader_next(r, &b, NULL) == WEIR_OK)
		n += b.kind == WEIR_CAPTURE_BYTES ? b.records : 0;
	*tail_bytes = weir_capture_reader_damage(r)->tail_bytes;
	weir_capture_reader_close(r);
	return n;
}

static void assert_lines(const struct text *t, unsigned n)
{
	struct weir_buf expected = {0};

	for (unsigned i = 0; i < n; i++)
		weir_buf_addf(&expected, "line%04u\n", i % 10000);
	assert_int_equal(t->bytes.size, expected.size);
	assert_memory_equal(t->bytes.data, expected.data, expected.size);
	assert_int_equal(t->records, n);
	assert_true(t->in_order);
	weir_buf_release(&expected);
}

static void test_runs(void **state)
{
	enum { LONG = 200000 };
	struct weir_capture_status status;
	struct weir_error err = {0};
	struct text t;

	(void)state;
	struct weir_capture_writer *w = open_writer(in_folder("r.weir"), 1, -1, &err);
	for (unsigned i = 0; i < 100; i++)
		write_lines(w, i, 1);
	write_lines(w, 100, LONG); /* longer than a block */
	assert_int_equal(weir_capture_writer_finish(w, &err), WEIR_OK);
	weir_capture_writer_status(w, &status);
	assert_int_equal(status.captured, 100 + LONG);
	assert_int_equal(status.missed, 0);
	assert_false(status.continued);
	weir_capture_writer_close(w);
	read_text(in_folder("r.weir"), &t);
	assert_lines(&t, 100 + LONG);
	assert_int_equal(t.runs, 101);
	assert_true(t.blocks >= LONG * LINE_BYTES / WEIR_CAPTURE_GATHER_BYTES);
	weir_buf_release(&t.bytes);
}

/* What is open comes into the file without anybody asking. */
static void test_readable_while_written(void **state)
{
	struct weir_error err = {0};
	struct stat meta = {0};
	off_t before;

	(void)state;
	struct weir_capture_writer *w = open_writer(in_folder("live.weir"), 1, -1, &err);
	for (unsigned i = 0; i < 3; i++) {
		before = meta.st_size;
		write_lines(w, i, 1);
		struct weir_capture_status status;
		for (int k = 0; k < TEST_LIMIT_S * 100; k++) {
			weir_capture_writer_status(w, &status);
			if (status.captured == i + 1)
				break;
			usleep(10000);
		}
		assert_int_equal(status.captured, i + 1);
		assert_int_equal(stat(in_folder("live.weir"), &meta), 0);
		assert_true(meta.st_size > before);
		struct text t;
		read_text(in_folder("live.weir"), &t);
		assert_lines(&t, i + 1);
		weir_buf_release(&t.bytes);
	}
	weir_capture_writer_close(w);
}

static void test_messages(void **state)
{
	static struct weir_capture_frames frames;
	struct weir_partitions *parts = weir_partitions_new();
	struct weir_capture_reader *r = NULL;
	struct weir_capture_block b;
	struct weir_capture_message m;
	struct weir_buf text = {0};
	struct weir_error err = {0};
	unsigned n = 0;

	(void)state;
	for (int i = 0; i < 1500; i++) /* more than a block's table has room for */
		assert_int_equal(weir_partitions_add(parts, i % 2 ? WEIR_STR("odd") : WEIR_STR("even"), i), i);
	struct weir_capture_writer *w = open_writer(in_folder("m.weir"), 1, -1, &err);
	for (uint16_t i = 0; i < 1500; i++) {
		const struct weir_message one[] = {
		    {.payload = WEIR_STR("{\"a\":1}"),
		     .partition = i,
		     .offset = i * 3,
		     .time_us = 77,
		     .key = WEIR_STR("k"),
		     .headers = WEIR_STR("{\"h\":\"x\"}")},
		    {.payload = {NULL, 0},
		     .partition = i,
		     .offset = i * 3 + 2,
		     .time_us = WEIR_TIME_NONE,
		     .key = WEIR_STR("")},
		};
		weir_capture_writer_messages(w, 0, one, 2, parts, 5000 + i);
	}
	assert_int_equal(weir_capture_writer_finish(w, &err), WEIR_OK);
	assert_int_equal(weir_capture_writer_captured(w, 0), 3000);
	weir_capture_writer_close(w);

	assert_int_equal(weir_capture_reader_open(in_folder("m.weir"), NULL, &r, NULL), WEIR_OK);
	while (weir_capture_reader_next(r, &b, NULL) == WEIR_OK) {
		if (b.kind != WEIR_CAPTURE_MESSAGES)
			continue;
		assert_int_equal(weir_capture_reader_payload(r, &text, NULL), WEIR_OK);
		assert_true(weir_capture_frames_open(&frames, WEIR_CAPTURE_MESSAGES, weir_buf_str(&text)));
		while (weir_capture_message_next(&frames, &m) == WEIR_OK) {
			const struct weir_capture_partition *p = &frames.partitions[m.message.partition];
			int i = (int)(n / 2);
			assert_int_equal(p->number, i);
			assert_true(weir_str_equal(p->topic, i % 2 ? WEIR_STR("odd") : WEIR_STR("even")));
			assert_int_equal(m.arrival_us, 5000 + i);
			assert_int_equal(m.message.offset, i * 3 + (n % 2 ? 2 : 0));
			assert_int_equal(m.message.time_us, n % 2 ? WEIR_TIME_NONE : 77);
			assert_int_equal(m.message.payload.data == NULL, n % 2);
			assert_int_equal(m.message.headers.data == NULL, n % 2);
			assert_non_null(m.message.key.data);
			assert_int_equal(m.message.key.size, n % 2 ? 0 : 1);
			n++;
		}
	}
	assert_int_equal(n, 3000);
	weir_buf_release(&text);
	weir_capture_reader_close(r);
	weir_partitions_unref(parts);
}

/* Whatever is left of the end of the file, the next run goes on behind the last whole block, and a third one behind that. */
static void test_continue(void **state)
{
	struct weir_buf file = {0};
	struct weir_error err = {0};
	struct text t;

	(void)state;
	struct weir_capture_writer *w = open_writer(in_folder("c.weir"), 1, -1, &err);
	write_lines(w, 0, 5);
	weir_capture_writer_close(w);
	read_file(in_folder("c.weir"), &file);
	for (size_t n = file.size + 40; n > 100; n -= n > file.size ? 40 : 11) {
		static const char garbage[40] = "garbage garbage";
		struct weir_capture_status status;
		write_file(in_folder("c.weir"), (struct weir_str){file.data, n < file.size ? n : file.size});
		if (n > file.size) {
			FILE *f = fopen(in_folder("c.weir"), "ab");
			fwrite(garbage, 1, sizeof garbage, f);
			fclose(f);
		}
		uint64_t tail;
		unsigned have = count_whole(in_folder("c.weir"), &tail);
		w = open_writer(in_folder("c.weir"), 1, -1, &err);
		assert_non_null(w);
		weir_capture_writer_status(w, &status);
		assert_true(status.continued);
		assert_int_equal(status.cut_bytes, tail);
		write_lines(w, have, 2);
		weir_capture_writer_close(w);
		w = open_writer(in_folder("c.weir"), 1, -1, &err);
		assert_non_null(w);
		write_lines(w, have + 2, 1);
		weir_capture_writer_close(w);
		read_text(in_folder("c.weir"), &t);
		assert_lines(&t, have + 3);
		weir_buf_release(&t.bytes);
	}
	weir_buf_release(&file);
}

static void test_refused(void **state)
{
	struct weir_error err = {0};
	struct weir_buf text = {0};

	(void)state;
	write_file(in_folder("notes.txt"), WEIR_STR("not a capture\n"));
	assert_null(open_writer(in_folder("notes.txt"), 1, -1, &err));
	assert_int_equal(err.code, WEIR_USAGE);
	read_file(in_folder("notes.txt"), &text);
	assert_true(weir_str_equal(weir_buf_str(&text), WEIR_STR("not a capture\n")));
	weir_buf_release(&text);
	assert_null(open_writer(in_folder("none/c.weir"), 1, -1, &err));
	assert_int_equal(err.code, WEIR_NOT_FOUND);
	assert_null(open_writer(folder, 1, -1, &err));
	struct weir_capture_writer *w = open_writer(in_folder("two.weir"), 1, -1, &err);
	assert_null(open_writer(in_folder("two.weir"), 1, -1, &err)); /* two at once */
	assert_int_equal(err.code, WEIR_DENIED);
	weir_capture_writer_close(w);
}

/* The disk fills up: said, counted, and the file is whole as far as it goes. */
static void test_disk_full(void **state)
{
	struct rlimit limit, small;
	struct weir_capture_status status;
	struct weir_error err = {0};

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &limit);
	small = limit;
	small.rlim_cur = 100000;
	struct weir_capture_writer *w = open_writer(in_folder("full.weir"), 1, -1, &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	unsigned n = 0;
	do {
		struct weir_buf text = {0}; /* that cannot be packed */
		for (unsigned i = 0; i < 20000; i++)
			weir_buf_addf(&text, "%08x%08x\n", (n + i) * 2654435761u, (n * 31 + i) * 40503u * 65537u);
		const struct weir_capture_piece run = {.arrival_us = wall_us++, .bytes = weir_buf_str(&text)};
		weir_capture_writer_bytes(w, 0, &run, 20000);
		n += 20000;
		weir_buf_release(&text);
		weir_capture_writer_status(w, &status);
	} while (status.failure.code == WEIR_OK);
	assert_int_equal(weir_capture_writer_finish(w, &err), WEIR_IO);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	weir_capture_writer_status(w, &status);
	assert_int_equal(status.captured + status.missed, n);
	assert_true(status.missed > 0);
	weir_capture_writer_close(w);
	uint64_t tail;
	assert_int_equal(count_whole(in_folder("full.weir"), &tail), status.captured);
	assert_int_equal(tail, 0);
}

/* A pipe: what its reader takes is a capture; a reader that goes away, or takes nothing, does not hold anybody up. */
static void test_pipe(void **state)
{
	struct weir_capture_status status;
	struct weir_error err = {0};
	struct weir_buf got = {0};
	char piece[4096];
	int ends[2];
	ssize_t n;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(ends), 0);
	struct weir_capture_writer *w = open_writer("-", 1, ends[1], &err);
	write_lines(w, 0, 100);
	assert_int_equal(weir_capture_writer_finish(w, &err), WEIR_OK);
	weir_capture_writer_close(w);
	close(ends[1]);
	while ((n = read(ends[0], piece, sizeof piece)) > 0)
		weir_buf_add(&got, piece, (size_t)n);
	close(ends[0]);
	write_file(in_folder("piped.weir"), weir_buf_str(&got));
	struct text t;
	read_text(in_folder("piped.weir"), &t);
	assert_lines(&t, 100);
	weir_buf_release(&t.bytes);
	weir_buf_release(&got);

	for (int stuck = 0; stuck < 2; stuck++) {
		assert_int_equal(pipe(ends), 0);
		w = open_writer("-", 1, ends[1], &err);
		if (!stuck)
			close(ends[0]);
		write_lines(w, 0, 200000);
		assert_int_equal(weir_capture_writer_finish(w, &err), WEIR_IO);
		weir_capture_writer_status(w, &status);
		assert_int_equal(status.captured + status.missed, 200000);
		assert_true(status.missed > 0);
		weir_capture_writer_close(w);
		close(ends[1]);
		if (stuck)
			close(ends[0]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_runs),     cmocka_unit_test(test_readable_while_written),
	    cmocka_unit_test(test_messages), cmocka_unit_test(test_continue),
	    cmocka_unit_test(test_refused),  cmocka_unit_test(test_disk_full),
	    cmocka_unit_test(test_pipe),
	};
	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
