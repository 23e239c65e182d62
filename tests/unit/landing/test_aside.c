/* Rows that a landing refuses are kept in a capture: each once, with its place and the reason, and never over what is there. */
#include "rows.h"

#include "weir/capture/reader.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>

/* Refuses every seventh row when the batch is written; batches are settled by `hold`, and some calls find the server away. */
struct picky {
	struct weir_landing base;
	int hold, n_held;
	_Atomic int fails; /* so many writes after the first two */
	uint64_t held, held_refused, landed, refused;
	bool twice; /* it has to begin a batch anew, and says so */
	int writes;
};

static void refuse_some(struct picky *p, const struct weir_batch *b)
{
	for (uint32_t row = 0; row < b->n_rows; row++) {
		if (weir_batch_position(b, row) % 7)
			continue;
		weir_landing_refuse(&p->base, b, row, "sevens are \"not\" welcome");
		p->held_refused++;
	}
}

static enum weir_status picky_write(struct weir_landing *l, const struct weir_batch *b, const uint64_t *rows,
				    struct weir_error *err)
{
	struct picky *p = (struct picky *)l;

	(void)rows;
	if (++p->writes > 2 && p->fails > 0) {
		p->fails--;
		p->held = p->held_refused = 0;
		p->n_held = 0;
		refuse_some(p, b); /* the call fails after that */
		p->held_refused = 0;
		weir_fail(err, WEIR_UNREACHABLE, "picky", "the server is away");
		err->retriable = true;
		return WEIR_UNREACHABLE;
	}
	uint64_t before = p->held_refused;
	refuse_some(p, b);
	if (p->twice) {
		p->held_refused = before;
		weir_landing_withdraw(l, b);
		refuse_some(p, b);
	}
	p->held += b->n_rows;
	if (++p->n_held < p->hold)
		return WEIR_OK;
	p->landed += p->held - p->held_refused;
	p->refused += p->held_refused;
	p->held = p->held_refused = 0;
	p->n_held = 0;
	return WEIR_OK;
}

static enum weir_status picky_flush(struct weir_landing *l, struct weir_error *err)
{
	(void)l;
	(void)err;
	return WEIR_OK;
}

static void picky_status(const struct weir_landing *l, struct weir_landing_status *out)
{
	const struct picky *p = (const struct picky *)l;

	out->landed = p->landed;
	out->refused = p->refused;
}

static enum weir_status picky_close(struct weir_landing *l, bool complete, struct weir_error *err)
{
	struct picky *p = (struct picky *)l;

	(void)complete;
	(void)err;
	p->landed += p->held - p->held_refused;
	p->refused += p->held_refused;
	p->held = p->held_refused = 0;
	return WEIR_OK;
}

static void picky_release(struct weir_landing *l)
{
	(void)l;
}

static const struct weir_landing_ops picky_ops = {.name = "picky",
						  .write = picky_write,
						  .flush = picky_flush,
						  .status = picky_status,
						  .close = picky_close,
						  .release = picky_release};
static const struct weir_landing_stream streams[] = {{{"orders", 6}, false}, {{"other", 5}, false}};

static enum weir_status start_at(struct picky *p, const char *address, const char *folder,
				 struct weir_landing_queue **q, struct weir_error *err)
{
	struct weir_uri uri;

	assert_int_equal(weir_uri_parse(weir_str_of(address), false, &uri, NULL), WEIR_OK);
	const struct weir_landing_config config = {.uri = &uri,
						   .clock = &weir_clock_system,
						   .streams = streams,
						   .n_streams = 2,
						   .spill_folder = folder,
						   .retry_us = 1000};
	p->base.ops = &picky_ops;
	enum weir_status st = weir_landing_queue_start(&p->base, &config, q, err);
	weir_uri_release(&uri);
	return st;
}

static struct weir_landing_queue *start(struct picky *p, const char *options, const char *folder)
{
	struct weir_landing_queue *q = NULL;
	struct weir_error err = {0};
	char address[200];

	snprintf(address, sizeof address, "slow.ndjson%s", options);
	if (start_at(p, address, folder, &q, &err) != WEIR_OK)
		fail_msg("%s", err.what);
	return q;
}

static void give(struct weir_landing_queue *q, uint16_t stream, int64_t first, uint32_t n)
{
	struct weir_batch *b = make_batch(first, n, false);

	b->stream = stream;
	struct weir_landing_rows *r = weir_landing_rows_take(b, all_rows(n), NULL);
	assert_non_null(r);
	weir_landing_queue_give(q, r);
	weir_landing_rows_unref(r);
}

static struct weir_landing_status end(struct weir_landing_queue *q)
{
	struct weir_landing_status s;

	weir_landing_queue_end(q, true);
	assert_true(
	    weir_landing_queue_wait_done(q, weir_clock_mono_us(&weir_clock_system) + TEST_LIMIT_S * WEIR_US_PER_S));
	weir_landing_queue_status(q, &s);
	weir_landing_queue_close(q);
	return s;
}

/* "STREAM POSITION TEXT HEADERS" of each record in the file, a line each. Owned. */
static char *records_of(const char *path)
{
	struct weir_capture_reader *r = NULL;
	struct weir_capture_frames *frames = weir_calloc(1, sizeof *frames);
	struct weir_capture_block b;
	struct weir_buf text = {0}, out = {0};

	weir_buf_add_c(&out, "");
	assert_non_null(frames);
	assert_int_equal(weir_capture_reader_open(path, NULL, &r, NULL), WEIR_OK);
	while (weir_capture_reader_next(r, &b, NULL) == WEIR_OK) {
		struct weir_capture_message m;
		assert_int_equal(weir_capture_reader_payload(r, &text, NULL), WEIR_OK);
		if (b.kind != WEIR_CAPTURE_MESSAGES)
			continue;
		assert_true(weir_capture_frames_open(frames, WEIR_CAPTURE_MESSAGES, weir_buf_str(&text)));
		while (weir_capture_message_next(frames, &m) == WEIR_OK)
			weir_buf_addf(&out, "%u %lld " WEIR_STR_FMT " " WEIR_STR_FMT "\n", b.stream,
				      (long long)m.message.offset, WEIR_STR_ARG(m.message.payload),
				      WEIR_STR_ARG(m.message.headers));
	}
	assert_int_equal(weir_capture_reader_damage(r)->places, 0);
	weir_capture_reader_close(r);
	weir_buf_release(&text);
	free(frames);
	return out.data;
}

static void expect_record(unsigned stream, int64_t i, struct weir_buf *out)
{
	weir_buf_addf(out,
		      "%u %lld {\"i\":%lld,\"s\":\"row %lld\"} {\"weir.refused\":\"sevens are \\\"not\\\" welcome\"}\n",
		      stream, (long long)i, (long long)i, (long long)i);
}

static void assert_records(const char *path, const struct weir_buf *expected)
{
	char *found = records_of(path);

	assert_string_equal(found, expected->data);
	free(found);
}

static void test_refused_rows_are_kept(void **state)
{
	struct folder *f = *state;
	struct picky p = {.hold = 1};
	struct weir_landing_queue *q = start(&p, "", f->path);
	struct weir_buf expected = {0};

	give(q, 0, 1, 20);
	give(q, 1, 21, 10);
	give(q, 0, 31, 5);
	struct weir_landing_status s = end(q);
	assert_int_equal(s.landed, 30);
	assert_int_equal(s.refused, 5);
	assert_int_equal(s.kept, 5);
	assert_string_equal(s.keep_trouble, "");
	assert_ptr_equal(strstr(s.kept_in, f->path), s.kept_in);
	const unsigned of[] = {1, 1, 2, 2, 1};
	expect_record(of[0], 7, &expected);
	expect_record(of[1], 14, &expected);
	expect_record(1, 35, &expected); /* a block is of one stream */
	expect_record(2, 21, &expected);
	expect_record(2, 28, &expected);
	char *found = records_of(s.kept_in);
	for (struct weir_str rest = weir_buf_str(&expected); rest.size;) {
		struct weir_str line = weir_str_cut(rest, '\n', &rest);
		char text[200];
		snprintf(text, sizeof text, WEIR_STR_FMT "\n", WEIR_STR_ARG(line));
		if (line.size)
			assert_non_null(strstr(found, text));
	}
	assert_int_equal(strlen(found), expected.size);
	free(found);
	weir_buf_release(&expected);
}

/* What is given again is refused again, and yet kept once. */
static void test_each_is_kept_once(void **state)
{
	struct folder *f = *state;

	for (int twice = 0; twice < 2; twice++) {
		struct picky p = {.hold = 3, .fails = 2, .twice = twice};
		struct weir_landing_queue *q = start(&p, "", f->path);
		struct weir_buf expected = {0};
		for (int64_t i = 0; i < 10; i++)
			give(q, 0, 1 + 10 * i, 10);
		struct weir_landing_status s = end(q);
		if (s.failure.code != WEIR_OK)
			fail_msg("%s", s.failure.what);
		assert_int_equal(s.refused, 14);
		assert_int_equal(s.kept, 14);
		assert_int_equal(s.landed, 86);
		for (int64_t i = 7; i <= 100; i += 7)
			expect_record(1, i, &expected);
		assert_records(s.kept_in, &expected);
		weir_buf_release(&expected);
	}
}

/* refused=FILE goes on where it ends; without it each run, and each landing, has a file of its own. */
static void test_nothing_is_overwritten(void **state)
{
	struct folder *f = *state;
	struct weir_buf expected = {0};
	char options[240], path[200], first[240] = "";

	snprintf(path, sizeof path, "%s/bad.weir", f->path);
	snprintf(options, sizeof options, "?refused=%s", path);
	for (int64_t run = 0; run < 3; run++) {
		struct picky p = {.hold = 1};
		struct weir_landing_queue *q = start(&p, options, f->path);
		give(q, 0, 7 * run, 7);
		struct weir_landing_status s = end(q);
		assert_string_equal(s.kept_in, path);
		assert_int_equal(s.kept, 1);
		expect_record(1, 7 * run, &expected);
		assert_records(path, &expected);
	}
	for (int64_t run = 0; run < 2; run++) {
		struct picky a = {.hold = 1}, b = {.hold = 1};
		struct weir_landing_queue *qa = start(&a, "", f->path), *qb = start(&b, "", f->path);
		give(qa, 0, 7, 1);
		give(qb, 0, 14, 1);
		struct weir_landing_status sa = end(qa), sb = end(qb);
		assert_true(sa.kept == 1 && sb.kept == 1);
		assert_string_not_equal(sa.kept_in, sb.kept_in);
		assert_string_not_equal(sa.kept_in, first);
		snprintf(first, sizeof first, "%s", sa.kept_in);
	}
	weir_buf_release(&expected);
}

static int files_in(const char *folder)
{
	DIR *dir = opendir(folder);
	int n = 0;

	assert_non_null(dir);
	for (struct dirent *file; (file = readdir(dir));)
		n += file->d_name[0] != '.';
	closedir(dir);
	return n;
}

static void test_only_when_there_are_any(void **state)
{
	struct folder *f = *state;
	struct picky none = {.hold = 1}, some = {.hold = 1};
	struct weir_landing_queue *q = start(&none, "", f->path);

	give(q, 0, 1, 6);
	struct weir_landing_status s = end(q);
	assert_true(s.kept == 0 && !s.kept_in[0]);
	q = start(&some, "?refused=no", f->path);
	give(q, 0, 1, 20);
	s = end(q);
	assert_true(s.refused == 2 && s.kept == 0 && !s.kept_in[0] && !s.keep_trouble[0]);
	assert_int_equal(files_in(f->path), 0);
}

static void test_full_disk_is_told(void **state)
{
	struct folder *f = *state;
	struct picky p = {.hold = 1};
	struct rlimit before, small = {2000, RLIM_INFINITY};
	struct weir_landing_queue *q = start(&p, "", f->path);

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small.rlim_max = before.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	for (int64_t i = 0; i < 20; i++) {
		give(q, 0, 1 + 1000 * i, 1000);
		wait_for_room(q);
	}
	struct weir_landing_status s = end(q);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(s.landed + s.refused, 20000);
	assert_int_equal(s.refused, 20000 / 7);
	assert_true(s.kept < s.refused);
	assert_non_null(strstr(s.keep_trouble, "File too large"));
	assert_int_equal(s.failure.code, WEIR_OK); /* the landing goes on */
}

static void test_wrong_places(void **state)
{
	struct folder *f = *state;
	struct weir_landing_queue *q = NULL;
	struct weir_error err = {0};
	char address[240];
	FILE *text = fopen(name_in(f, "text"), "w");

	assert_true(text && fprintf(text, "%0200d\n", 1) > 0 && fclose(text) == 0);
	const char *const places[] = {name_in(f, "text"), f->path, "/no/such/folder/bad.weir", ""};
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		struct picky p = {.hold = 1};
		snprintf(address, sizeof address, "slow.ndjson?refused=%s", places[i]);
		assert_int_not_equal(start_at(&p, address, f->path, &q, &err), WEIR_OK);
		assert_non_null(strstr(err.what, "refused="));
		assert_null(q);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_refused_rows_are_kept),   TEST(test_each_is_kept_once), TEST(test_nothing_is_overwritten),
	    TEST(test_only_when_there_are_any), TEST(test_full_disk_is_told), TEST(test_wrong_places),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
