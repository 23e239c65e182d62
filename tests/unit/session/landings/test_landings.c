/* Landing from a session: a disk that stands still stops neither the picture nor an answer, and loses no row; what cannot be landed is
 * counted. */
#include "session/landings/landings.h"
#include "weir/session/session.h"

#include "../../../limit.h"
#include "../../landing/rows.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* A disk of our own: this stands in place of that of the C library. */
static pthread_mutex_t disk = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t disk_moves = PTHREAD_COND_INITIALIZER;
static bool disk_stands; /* under `disk` */
static _Atomic bool disk_full;

static void stop_disk(bool stop)
{
	pthread_mutex_lock(&disk);
	disk_stands = stop;
	pthread_cond_broadcast(&disk_moves);
	pthread_mutex_unlock(&disk);
}

ssize_t write(int fd, const void *bytes, size_t size)
{
	struct stat about;
	bool file = fstat(fd, &about) == 0 && S_ISREG(about.st_mode);

	pthread_mutex_lock(&disk);
	while (file && disk_stands)
		pthread_cond_wait(&disk_moves, &disk);
	pthread_mutex_unlock(&disk);
	if (file && disk_full) {
		errno = ENOSPC;
		return -1;
	}
	return syscall(SYS_write, fd, bytes, size);
}

struct fixture {
	struct weir_options options;
	struct weir_session *session;
	struct weir_session_info info;
	char address[128];
};

static void parse(struct weir_options *o, int argc, const char *const *words)
{
	struct weir_error err = {0};
	char text[12][160], *argv[12];

	assert_in_range(argc, 1, 12);
	for (int i = 0; i < argc; i++) {
		snprintf(text[i], sizeof text[i], "%s", words[i]);
		argv[i] = text[i];
	}
	weir_options_init(o);
	if (weir_options_parse(argc, argv, 0, o, &err) != WEIR_OK)
		fail_msg("%s", err.what);
}
#define PARSE(o, ...)                                                                                                  \
	parse(o, (int)(sizeof((const char *[]){"weir", __VA_ARGS__}) / sizeof(char *)),                                \
	      (const char *[]){"weir", __VA_ARGS__})

static void open_session(struct fixture *f)
{
	struct weir_error err = {0};

	if (weir_session_open(&f->options, &weir_clock_system, -1, true, &f->session, &err) != WEIR_OK)
		fail_msg("%s: %s", err.origin, err.what);
}

static enum weir_status close_session(struct fixture *f)
{
	weir_session_info_release(&f->info);
	enum weir_status st = weir_session_close(f->session);
	weir_options_release(&f->options);
	return st;
}

/* The first result that meets the condition, for as long as a test may take. One reference for the caller. */
static struct weir_result *
wait_for(struct fixture *f, bool (*pleases)(struct fixture *f, const struct weir_result *r, uint64_t n), uint64_t n)
{
	int64_t end_us = weir_clock_mono_us(&weir_clock_system) + TEST_LIMIT_S * INT64_C(1000000);

	for (;;) {
		struct weir_result *r = weir_session_result(f->session);
		weir_session_info(f->session, &f->info);
		if (r && pleases(f, r, n))
			return r;
		weir_result_unref(r);
		int64_t left_us = end_us - weir_clock_mono_us(&weir_clock_system);
		if (left_us <= 0)
			fail_msg("no result that meets the condition came in %d s", TEST_LIMIT_S);
		weir_wake_wait(weir_session_wake(f->session), left_us < 100000 ? left_us : 100000);
	}
}

static uint64_t count_lines(struct folder *f, const char *name)
{
	char *text = read_in(f, name);
	uint64_t n = 0;

	for (const char *p = text; p && *p; p++)
		n += *p == '\n';
	free(text);
	return n;
}

static bool is_stuck(struct fixture *f, const struct weir_result *r, uint64_t most)
{
	return f->info.landings[0].waiting > 0 && r->ledger.received > 0 && r->ledger.received < most &&
	       r->ledger.received == f->info.streams[0].records;
}

static bool answers(struct fixture *f, const struct weir_result *r, uint64_t generation)
{
	(void)f;
	return r->view_generation >= generation;
}

static bool is_landed(struct fixture *f, const struct weir_result *r, uint64_t n)
{
	return f->info.ended && r->ledger.received == n && f->info.landings[0].done;
}

/* The source waits, the picture does not. */
static void test_a_disk_that_stands_still(void **state)
{
	enum { ROWS = 400000 };
	struct folder *folder = *state;
	struct fixture f = {0};
	struct weir_view view;
	struct weir_error err = {0};

	stop_disk(true);
	PARSE(&f.options, "--memory", "64M", "--land", name_in(folder, "a.ndjson"), "-g", "service", "-m", "count",
	      "demo:web?count=400000&start=2026-01-01T00:00:00Z");
	open_session(&f);
	struct weir_result *r = wait_for(&f, is_stuck, ROWS);
	uint64_t received = r->ledger.received;
	weir_result_unref(r);
	/* It is answered at once, over what came. */
	weir_view_init(&view);
	assert_int_equal(weir_view_copy(&view, &f.info.view, &err), WEIR_OK);
	assert_int_equal(weir_view_set(&view, WEIR_VIEW_WHERE, "status >= 500", 0, &err), WEIR_OK);
	uint64_t generation = weir_session_ask(f.session, &view, &err);
	weir_view_release(&view);
	r = wait_for(&f, answers, generation);
	assert_true(weir_ledger_balances(&r->ledger) && r->ledger.filtered > 0);
	assert_in_range(r->ledger.received, received, ROWS - 1);
	weir_result_unref(r);
	stop_disk(false);
	r = wait_for(&f, is_landed, ROWS);
	assert_int_equal(f.info.landings[0].landed, ROWS); /* what the screen asks changes nothing */
	assert_int_equal(f.info.landings[0].shed + f.info.landings[0].refused, 0);
	weir_result_unref(r);
	assert_int_equal(close_session(&f), WEIR_OK);
	assert_int_equal(count_lines(folder, "a.ndjson"), ROWS);
}

static uint64_t sum_counts(struct folder *f, const char *name)
{
	char *text = read_in(f, name);
	uint64_t sum = 0;

	for (const char *p = text; p && (p = strstr(p, "\"count\":")); p++)
		sum += strtoull(p + sizeof "\"count\":" - 1, NULL, 10);
	free(text);
	return sum;
}

/* The results of the call, whatever is asked meanwhile. */
static void test_results_of_a_screen(void **state)
{
	enum { ROWS = 100000 };
	struct folder *folder = *state;
	struct fixture f = {0};
	struct weir_view view;
	struct weir_error err = {0};

	PARSE(&f.options, "--land-view", name_in(folder, "a.ndjson"), "-W", "tumbling 1s", "-g", "service", "-m",
	      "count", "-n", "1", "demo:web?count=100000&start=2026-01-01T00:00:00Z");
	open_session(&f);
	weir_result_unref(wait_for(&f, answers, 0));
	weir_view_init(&view);
	assert_int_equal(weir_view_copy(&view, &f.info.view, &err), WEIR_OK);
	assert_int_equal(weir_view_set(&view, WEIR_VIEW_WHERE, "status >= 500", 0, &err), WEIR_OK);
	uint64_t generation = weir_session_ask(f.session, &view, &err);
	weir_view_release(&view);
	weir_result_unref(wait_for(&f, answers, generation));
	weir_result_unref(wait_for(&f, is_landed, ROWS));
	uint64_t landed = f.info.landings[0].landed;
	assert_int_equal(close_session(&f), WEIR_OK);
	assert_int_equal(count_lines(folder, "a.ndjson"), landed);
	assert_int_equal(sum_counts(folder, "a.ndjson"), ROWS);
}

/* All has come, and waits for room on the disk. */
static bool waits(struct fixture *f, const struct weir_result *r, uint64_t n)
{
	(void)n;
	return f->info.ended && f->info.landings[0].state == WEIR_LANDING_RECONNECTING &&
	       r->ledger.received == f->info.streams[0].records;
}

static bool is_closed(struct fixture *f, const struct weir_result *r, uint64_t n)
{
	(void)r;
	return f->info.landings[0].landed == n && f->info.landings[0].done;
}

#define ROWS_OF_DEMO "demo:web?count=30000&start=2026-01-01T00:00:00Z"

/* A full disk is said, with the picture whole; when there is room again, all rows are landed. */
static void test_a_full_disk_passes(void **state)
{
	struct folder *folder = *state;
	struct fixture f = {0};

	disk_full = true;
	PARSE(&f.options, "--land", name_in(folder, "a.ndjson"), ROWS_OF_DEMO);
	open_session(&f);
	struct weir_result *r = wait_for(&f, waits, 0);
	assert_int_equal(r->ledger.received, 30000);
	assert_int_equal(r->error.code, WEIR_OK);
	assert_true(f.info.landings[0].landed < 30000);
	assert_int_equal(f.info.landings[0].refused, 0);
	assert_non_null(strstr(f.info.landings[0].trouble, "No space left"));
	weir_result_unref(r);
	disk_full = false;
	weir_result_unref(wait_for(&f, is_closed, 30000));
	assert_int_equal(close_session(&f), WEIR_OK);
	assert_int_equal(count_lines(folder, "a.ndjson"), 30000);
}

/* It waits for room, or has waited for long enough. */
static bool stands_still(struct fixture *f, const struct weir_result *r, uint64_t n)
{
	(void)n;
	return f->info.ended && f->info.landings[0].state != WEIR_LANDING_WORKING &&
	       r->ledger.received == f->info.streams[0].records;
}

/* Who leaves while it is full is told, there as well. */
static void test_leaving_a_full_disk_is_said(void **state)
{
	struct folder *folder = *state;
	struct fixture f = {0};

	disk_full = true;
	PARSE(&f.options, "--land", name_in(folder, "a.csv?timeout=200ms"), ROWS_OF_DEMO);
	open_session(&f);
	weir_result_unref(wait_for(&f, stands_still, 0));
	int before = dup(STDERR_FILENO), nowhere = open("/dev/null", O_WRONLY);
	dup2(nowhere, STDERR_FILENO);
	assert_int_equal(close_session(&f), WEIR_IO);
	dup2(before, STDERR_FILENO);
	close(before);
	close(nowhere);
	disk_full = false;
	assert_no_file(folder, "a.csv");
}

/* A user who leaves in the middle: what was taken in is landed, in a file that is whole. */
static void test_leaving_in_the_middle(void **state)
{
	struct folder *folder = *state;
	struct fixture f = {0};

	PARSE(&f.options, "--land", name_in(folder, "a.ndjson"), "demo:web?rate=20000");
	open_session(&f);
	weir_result_unref(wait_for(&f, answers, 0));
	uint64_t least = f.info.landings[0].landed + f.info.landings[0].waiting;
	assert_int_equal(close_session(&f), WEIR_OK);
	assert_true(count_lines(folder, "a.ndjson") >= least);
	assert_no_file(folder, "a.ndjson.part");
}

static struct weir_budget budget;
static struct weir_wake wake = {.fd = -1};

/* Landings without a session around them: the stream that rows.h makes. */
static void open_landings(struct weir_landings *l, struct weir_options *o, bool live)
{
	const struct weir_landing_stream stream = {.name = WEIR_STR("rows")};
	struct weir_error err = {0};
	struct weir_landings_config c = {.options = o,
					 .clock = &weir_clock_system,
					 .budget = &budget,
					 .wake = &wake,
					 .n_streams = 1,
					 .streams = &stream,
					 .live = live};

	budget.limit_bytes = UINT64_C(1) << 20; /* a batch that waits is enough */
	if (wake.fd < 0)
		assert_int_equal(weir_wake_init(&wake, &err), WEIR_OK);
	if (weir_landings_open(l, &c, &err) != WEIR_OK)
		fail_msg("%s", err.what);
}

/* Where nobody can wait, rows are shed, and each is counted. */
static void test_rows_that_cannot_wait(void **state)
{
	enum { BATCHES = 40, ROWS = 4000 };
	struct folder *folder = *state;
	struct weir_options o;
	struct weir_landings l;
	struct weir_landing_status s[WEIR_MAX_LANDINGS];

	PARSE(&o, "--land", name_in(folder, "a.ndjson"), "-w", "i % 2 = 0");
	open_landings(&l, &o, true);
	stop_disk(true);
	for (int64_t i = 0; i < BATCHES; i++) {
		struct weir_batch *b = make_batch(i * ROWS, ROWS, false);
		assert_int_equal(weir_landings_add(&l, b, NULL), WEIR_OK);
		weir_batch_free(b);
	}
	stop_disk(false);
	weir_landings_end(&l, true);
	assert_int_equal(weir_landings_wait(&l, NULL), WEIR_OK);
	assert_int_equal(weir_landings_describe(&l, s), 1);
	assert_true(s[0].shed > 0 && s[0].landed > 0);
	assert_int_equal(s[0].landed + s[0].shed, BATCHES * ROWS / 2);
	assert_int_equal(count_lines(folder, "a.ndjson"), s[0].landed);
	weir_landings_close(&l);
	weir_options_release(&o);
	assert_int_equal(weir_budget_used(&budget), 0);
}

/* After an interrupt nobody waits for a landing that is slow: the batch that was read is given all the same. */
static void test_an_interrupt_does_not_wait_for_room(void **state)
{
	enum { BATCHES = 40, ROWS = 4000 };
	struct folder *folder = *state;
	struct weir_options o;
	struct weir_landings l;
	struct weir_landing_status s[WEIR_MAX_LANDINGS];
	const volatile bool interrupted = true;

	PARSE(&o, "--land", name_in(folder, "a.ndjson"));
	open_landings(&l, &o, false);
	l.interrupted = &interrupted;
	stop_disk(true);
	for (int64_t i = 0; i < BATCHES; i++) {
		struct weir_batch *b = make_batch(i * ROWS, ROWS, false);
		assert_int_equal(weir_landings_add(&l, b, NULL), WEIR_OK);
		weir_batch_free(b);
	}
	stop_disk(false);
	weir_landings_end(&l, false);
	assert_int_equal(weir_landings_wait(&l, NULL), WEIR_OK);
	assert_int_equal(weir_landings_describe(&l, s), 1);
	assert_int_equal(s[0].landed, BATCHES * ROWS);
	weir_landings_close(&l);
	weir_options_release(&o);
	assert_int_equal(weir_budget_used(&budget), 0);
}

static void let_disk_move(void *ctx)
{
	++*(int *)ctx;
	stop_disk(false);
}

/* A batch waits for room, and can say so meanwhile. */
static void test_a_batch_that_waits(void **state)
{
	enum { ROWS = 4000 };
	struct folder *folder = *state;
	struct weir_options o;
	struct weir_landings l;
	struct weir_landing_status s[WEIR_MAX_LANDINGS];
	int calls = 0;
	uint64_t given = 0;

	PARSE(&o, "--land", name_in(folder, "a.ndjson"));
	open_landings(&l, &o, false);
	l.waiting = let_disk_move;
	l.waiting_ctx = &calls;
	stop_disk(true);
	while (!calls) { /* it would stand still for ever */
		struct weir_batch *b = make_batch((int64_t)given, ROWS, false);
		assert_int_equal(weir_landings_add(&l, b, NULL), WEIR_OK);
		weir_batch_free(b);
		given += ROWS;
	}
	weir_landings_end(&l, true);
	assert_int_equal(weir_landings_wait(&l, NULL), WEIR_OK);
	weir_landings_describe(&l, s);
	assert_int_equal(s[0].landed, given);
	weir_landings_close(&l);
	weir_options_release(&o);
}

/* Every allocation fails once: the batch is landed, or refused and counted, never a part of it. */
static void test_no_memory(void **state)
{
	struct folder *folder = *state;
	struct weir_options o;
	struct weir_landings l;
	struct weir_landing_status s[WEIR_MAX_LANDINGS];
	uint64_t given = 0;
	bool done = false;

	PARSE(&o, "--land", name_in(folder, "a.ndjson"), "-w", "i % 2 = 0", "-d", "t=concat(s,'!')", "-d", "u=i/3");
	open_landings(&l, &o, true);
	for (uint64_t n = 1; !done; n++) {
		struct weir_batch *b = make_batch((int64_t)n * 10, 10, n % 2); /* other columns each time: bound anew */
		assert_in_range(n, 1, 1000);
		while (weir_landings_describe(&l, s), s[0].waiting) /* the landing's thread allocates too */
			assert_true(weir_wake_wait(&wake, TEST_LIMIT_S * INT64_C(1000000)));
		uint64_t before = s[0].refused;
		weir_alloc_fail_at(n, false);
		assert_int_equal(weir_landings_add(&l, b, NULL), WEIR_OK);
		weir_alloc_fail_at(0, false);
		weir_batch_free(b);
		weir_landings_describe(&l, s);
		done = s[0].failure.code != WEIR_OK || n > 400;
		assert_true(done || s[0].refused == before || s[0].refused == before + 10);
		given += !done && s[0].refused > before ? 10 : 5;
	}
	weir_landings_end(&l, true);
	(void)!weir_landings_wait(&l, NULL);
	weir_landings_describe(&l, s);
	assert_int_equal(s[0].landed + s[0].refused, given);
	assert_true(s[0].failure.code == WEIR_NO_MEMORY ||
		    (s[0].failure.code == WEIR_OK && count_lines(folder, "a.ndjson") == s[0].landed));
	weir_landings_close(&l);
	weir_options_release(&o);
	assert_int_equal(weir_budget_used(&budget), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
	const struct CMUnitTest tests[] = {
	    TEST(test_a_disk_that_stands_still),
	    TEST(test_a_full_disk_passes),
	    TEST(test_leaving_a_full_disk_is_said),
	    TEST(test_leaving_in_the_middle),
	    TEST(test_results_of_a_screen),
	    TEST(test_a_batch_that_waits),
	    TEST(test_rows_that_cannot_wait),
	    TEST(test_an_interrupt_does_not_wait_for_room),
	    TEST(test_no_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
