/* A landing whose server goes away: nothing that was given is lost, nothing is settled twice, and what is given up is counted. */
#include "rows.h"

#include "../../limit.h"

enum { MOST = 4000 };

/* A server that does as it is told. A batch is safe when it was committed: by flush, by close, or when `hold` of them wait. */
struct server {
	struct weir_landing base;
	_Atomic int fails;       /* so many calls find it away; -1: all */
	_Atomic int fails_after; /* batches that are still taken before */
	_Atomic bool commit_fails;
	_Atomic bool hangs; /* as a kind does that gives up its call: an error after a while */
	_Atomic bool stuck; /* a call never ends by itself */
	struct weir_wake interrupted;
	_Atomic bool wrong; /* the next error is final */
	int hold;           /* batches of a transaction */
	_Atomic int tries, closes;
	bool connected;
	int64_t held[MOST], safe[MOST]; /* positions of rows in the order in which they came */
	uint64_t n_held, n_safe, n_held_batches;
	uint64_t landed;
};

static enum weir_status away(struct server *s, struct weir_error *err)
{
	s->tries++;
	s->connected = false;
	s->n_held = s->n_held_batches = 0; /* the transaction is gone */
	if (s->hangs)
		weir_clock_system.sleep_us(NULL, 20000);
	weir_fail(err, WEIR_UNREACHABLE, "server", s->wrong ? "the password is wrong" : "the server is away");
	err->retriable = !s->wrong;
	return WEIR_UNREACHABLE;
}

static bool is_away(struct server *s)
{
	if (s->fails_after > 0) {
		s->fails_after--;
		return false;
	}
	if (s->fails > 0)
		s->fails--;
	else if (s->fails == 0)
		return false;
	return true;
}

static void commit(struct server *s)
{
	memcpy(s->safe + s->n_safe, s->held, s->n_held * sizeof *s->held);
	s->n_safe += s->n_held;
	s->landed += s->n_held;
	s->n_held = s->n_held_batches = 0;
}

static enum weir_status server_write(struct weir_landing *l, const struct weir_batch *b, const uint64_t *rows,
				     struct weir_error *err)
{
	struct server *s = (struct server *)l;

	if (s->stuck)
		weir_wake_wait(&s->interrupted, -1);
	if (s->stuck || is_away(s))
		return away(s, err);
	s->connected = true;
	for (uint32_t i = 0; i < b->n_rows; i++) {
		if (!weir_bit_get(rows, i))
			continue;
		assert_in_range(s->n_safe + s->n_held, 0, MOST - 1);
		s->held[s->n_held++] = weir_batch_position(b, i);
	}
	if (++s->n_held_batches < (uint64_t)s->hold)
		return WEIR_OK;
	if (s->commit_fails)
		return away(s, err);
	commit(s);
	return WEIR_OK;
}

static enum weir_status server_flush(struct weir_landing *l, struct weir_error *err)
{
	struct server *s = (struct server *)l;

	if (!s->n_held)
		return WEIR_OK;
	if (s->commit_fails || is_away(s))
		return away(s, err);
	commit(s);
	return WEIR_OK;
}

static void server_status(const struct weir_landing *l, struct weir_landing_status *out)
{
	out->landed = ((const struct server *)l)->landed;
}

static enum weir_status server_close(struct weir_landing *l, bool complete, struct weir_error *err)
{
	(void)complete;
	((struct server *)l)->closes++;
	return server_flush(l, err);
}

static void server_release(struct weir_landing *l)
{
	(void)l;
}

static void server_interrupt(struct weir_landing *l)
{
	weir_wake_signal(&((struct server *)l)->interrupted);
}

static const struct weir_landing_ops server_ops = {.name = "server",
						   .write = server_write,
						   .flush = server_flush,
						   .status = server_status,
						   .close = server_close,
						   .release = server_release,
						   .interrupt = server_interrupt};

/* The system's clock, which jumps ahead when it is told to. */
static _Atomic int64_t jumped_us;
static int64_t jumping_now(void *ctx)
{
	(void)ctx;
	return weir_clock_mono_us(&weir_clock_system) + jumped_us;
}
static const struct weir_clock jumping_clock = {jumping_now, jumping_now, NULL, NULL};

static struct weir_budget budget;

static struct weir_landing_queue *start(struct server *s, const char *address, bool live)
{
	struct weir_landing_queue *q = NULL;
	struct weir_uri uri;

	assert_int_equal(weir_uri_parse(weir_str_of(address), false, &uri, NULL), WEIR_OK);
	struct weir_landing_config config = {.uri = &uri, .clock = &jumping_clock, .live = live, .retry_us = 1000};
	s->base.ops = &server_ops;
	assert_int_equal(weir_landing_queue_start(&s->base, &config, &q, NULL), WEIR_OK);
	weir_uri_release(&uri);
	return q;
}

static void give(struct weir_landing_queue *q, int64_t first, uint32_t n)
{
	struct weir_landing_rows *r = weir_landing_rows_take(make_batch(first, n, false), all_rows(n), &budget);

	assert_non_null(r);
	weir_landing_queue_give(q, r);
	weir_landing_rows_unref(r);
}

static struct weir_landing_status status_of(struct weir_landing_queue *q)
{
	struct weir_landing_status s;

	weir_landing_queue_status(q, &s);
	return s;
}

static void wait_for_state(struct weir_landing_queue *q, enum weir_landing_state state)
{
	int64_t end_us = weir_clock_mono_us(&weir_clock_system) + TEST_LIMIT_S * INT64_C(1000000);

	while (status_of(q).state != state) {
		assert_true(weir_clock_mono_us(&weir_clock_system) < end_us);
		weir_clock_system.sleep_us(NULL, 500);
	}
}

/* Ends it: all of n rows are safe, in their order, each once. */
static void assert_all_safe(struct server *s, struct weir_landing_queue *q, uint64_t n)
{
	weir_landing_queue_end(q, true);
	assert_true(weir_landing_queue_wait_done(q, INT64_MAX));
	struct weir_landing_status now = status_of(q);
	assert_int_equal(now.failure.code, WEIR_OK);
	assert_int_equal(now.state, WEIR_LANDING_WORKING);
	assert_int_equal(now.landed, n);
	assert_int_equal(now.waiting + now.refused, 0);
	assert_int_equal(s->n_safe, n);
	for (uint64_t i = 0; i < n; i++)
		assert_int_equal(s->safe[i], i);
	weir_landing_queue_close(q);
	assert_int_equal(weir_budget_used(&budget), 0);
}

static void test_down_at_the_start(void **state)
{
	struct server s = {.fails = 5, .hold = 1};
	struct weir_landing_queue *q = start(&s, "server.ndjson", false);

	(void)state;
	for (int64_t i = 0; i < 10; i++)
		give(q, i * 10, 10);
	assert_all_safe(&s, q, 100);
	assert_int_equal(s.tries, 5);
}

static void test_down_in_mid_write(void **state)
{
	struct server s = {.fails = 3, .fails_after = 7, .hold = 4};
	struct weir_landing_queue *q = start(&s, "server.ndjson", false);

	(void)state;
	for (int64_t i = 0; i < 30; i++)
		give(q, i * 10, 10);
	assert_all_safe(&s, q, 300);
	assert_int_equal(s.tries, 3);
}

/* What fits into a transaction that then fails is not landed, and the server is not back. */
static void test_commits_that_fail(void **state)
{
	struct server s = {.commit_fails = true, .hold = 4};
	struct weir_landing_queue *q = start(&s, "server.ndjson", true);

	(void)state;
	for (int64_t i = 0; i < 10; i++)
		give(q, i * 10, 10);
	wait_for_state(q, WEIR_LANDING_RECONNECTING);
	for (int tries = s.tries; s.tries < tries + 3;) /* writes work meanwhile */
		assert_int_equal(status_of(q).state, WEIR_LANDING_RECONNECTING);
	struct weir_landing_status now = status_of(q);
	assert_int_equal(now.landed, 0);
	assert_int_equal(now.waiting, 100);
	assert_string_equal(now.trouble, "the server is away");
	s.commit_fails = false;
	wait_for_state(q, WEIR_LANDING_WORKING);
	assert_string_equal(status_of(q).trouble, "");
	assert_all_safe(&s, q, 100);
}

/* The close is tried again too, with what it lost. */
static void test_down_at_the_end(void **state)
{
	struct server s = {.fails_after = 6, .fails = 2, .hold = 100};
	struct weir_landing_queue *q = start(&s, "server.ndjson", false);

	(void)state;
	for (int64_t i = 0; i < 6; i++)
		give(q, i * 10, 10);
	assert_all_safe(&s, q, 60);
	assert_int_equal(s.tries, 2);
}

static void test_given_up_in_a_batch(void **state)
{
	struct server s = {.fails = -1, .fails_after = 2, .hold = 1, .hangs = true};
	struct weir_landing_queue *q = start(&s, "server.ndjson?timeout=50ms", false);

	(void)state;
	for (int64_t i = 0; i < 10; i++)
		give(q, i * 10, 10);
	weir_landing_queue_end(q, true);
	assert_true(weir_landing_queue_wait_done(q, INT64_MAX));
	struct weir_landing_status now = status_of(q);
	assert_int_equal(now.state, WEIR_LANDING_FAILED);
	assert_int_equal(now.failure.code, WEIR_UNREACHABLE);
	assert_int_equal(now.landed, 20);
	assert_int_equal(now.refused, 80);
	assert_int_equal(now.refused_position, 20);
	assert_string_equal(now.reason, "the server is away");
	assert_in_range(s.tries, 2, 4); /* the first hangs for 20 ms, and counts */
	weir_landing_queue_close(q);
	assert_int_equal(weir_budget_used(&budget), 0);
}

/* While somebody looks on, it is tried for ever; at the end, as in a batch. */
static void test_never_given_up_live(void **state)
{
	struct server s = {.fails = -1, .hold = 1};
	struct weir_landing_queue *q = start(&s, "server.ndjson?timeout=0s", true);

	(void)state;
	give(q, 0, 10);
	while (s.tries < 5)
		weir_clock_system.sleep_us(NULL, 500);
	wait_for_state(q, WEIR_LANDING_RECONNECTING);
	assert_int_equal(status_of(q).waiting, 10);
	assert_in_range(status_of(q).next_try_s, 0, 1);
	weir_landing_queue_end(q, true);
	assert_true(weir_landing_queue_wait_done(q, INT64_MAX));
	assert_int_equal(status_of(q).refused, 10);
	assert_int_equal(status_of(q).state, WEIR_LANDING_FAILED);
	weir_landing_queue_close(q);
}

/* Somebody wants to leave: a call that does not end is interrupted once it has not got on for a while. */
static void test_a_server_that_hangs_is_left(void **state)
{
	struct server s = {.stuck = true, .hold = 1};
	struct weir_error err = {0};

	(void)state;
	assert_int_equal(weir_wake_init(&s.interrupted, &err), WEIR_OK);
	struct weir_landing_queue *q = start(&s, "server.ndjson?timeout=1d", false);
	for (int64_t i = 0; i < 3; i++)
		give(q, i * 10, 10);
	weir_landing_queue_end(q, false);
	weir_landing_queue_hurry(q);
	jumped_us += 1400000;
	weir_landing_queue_hurry(q);
	assert_false(weir_landing_queue_wait_done(q, 0));
	jumped_us += 100000;
	weir_landing_queue_hurry(q);
	assert_true(weir_landing_queue_wait_done(q, INT64_MAX));
	struct weir_landing_status now = status_of(q);
	assert_int_equal(now.landed, 0);
	assert_int_equal(now.refused, 30);
	assert_int_equal(now.failure.code, WEIR_CANCELLED);
	assert_string_equal(now.reason, "interrupted before it had taken all rows");
	weir_landing_queue_close(q);
	weir_wake_release(&s.interrupted);
	assert_int_equal(weir_budget_used(&budget), 0);
}

/* One that is away is left too, and the reason is said; one that gets on is not. */
static void test_who_gets_on_is_not_left(void **state)
{
	struct server s = {.fails = -1, .hold = 1};
	struct weir_landing_queue *q = start(&s, "server.ndjson?timeout=1d", false);

	(void)state;
	give(q, 0, 10);
	wait_for_state(q, WEIR_LANDING_RECONNECTING);
	weir_landing_queue_hurry(q);
	s.fails = 0;
	wait_for_state(q, WEIR_LANDING_WORKING);
	jumped_us += 2000000;
	weir_landing_queue_hurry(q);
	s.fails = -1;
	give(q, 10, 10);
	wait_for_state(q, WEIR_LANDING_RECONNECTING);
	assert_int_equal(status_of(q).landed, 10);
	weir_landing_queue_end(q, false);
	weir_landing_queue_hurry(q);
	jumped_us += 2000000;
	weir_landing_queue_hurry(q);
	assert_true(weir_landing_queue_wait_done(q, INT64_MAX));
	assert_int_equal(status_of(q).refused, 10);
	assert_string_equal(status_of(q).failure.what, "interrupted before it had taken all rows: the server is away");
	weir_landing_queue_close(q);
}

static void test_a_final_error_is_not_tried_again(void **state)
{
	struct server s = {.fails = -1, .wrong = true, .hold = 1};
	struct weir_landing_queue *q = start(&s, "server.ndjson", true);

	(void)state;
	give(q, 0, 10);
	wait_for_state(q, WEIR_LANDING_FAILED);
	assert_int_equal(s.tries, 1);
	assert_int_equal(status_of(q).refused, 10);
	weir_landing_queue_close(q);
}

/* What waits is bounded, those among it that were written and are to be written again. */
static void test_room_while_it_is_away(void **state)
{
	struct server s = {.fails = -1, .hold = 1};
	struct weir_landing_queue *q = start(&s, "server.ndjson", true);
	int64_t given = 0;

	(void)state;
	for (; weir_landing_queue_has_room(q); given++) {
		assert_in_range(given, 0, 100);
		give(q, given * 10, 10);
	}
	s.fails = 0;
	wait_for_room(q);
	assert_all_safe(&s, q, (uint64_t)given * 10);
}

static void test_wrong_time(void **state)
{
	struct weir_uri uri;
	struct weir_error err = {0};
	int64_t us;

	(void)state;
	assert_int_equal(weir_uri_parse(WEIR_STR("server.ndjson?timeout=soon"), false, &uri, NULL), WEIR_OK);
	assert_int_equal(weir_landing_timeout(&uri, &us, &err), WEIR_USAGE);
	assert_string_equal(err.what, "timeout=soon is not a duration, such as 30s");
	weir_uri_release(&uri);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_down_at_the_start),
	    cmocka_unit_test(test_down_in_mid_write),
	    cmocka_unit_test(test_commits_that_fail),
	    cmocka_unit_test(test_down_at_the_end),
	    cmocka_unit_test(test_given_up_in_a_batch),
	    cmocka_unit_test(test_never_given_up_live),
	    cmocka_unit_test(test_a_server_that_hangs_is_left),
	    cmocka_unit_test(test_who_gets_on_is_not_left),
	    cmocka_unit_test(test_a_final_error_is_not_tried_again),
	    cmocka_unit_test(test_room_while_it_is_away),
	    cmocka_unit_test(test_wrong_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
