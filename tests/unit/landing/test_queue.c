/* The queue in front of a landing: what waits is bounded, every row is counted once, and a failure is the landing's, not the caller's. */
#include "rows.h"

#include <errno.h>
#include <semaphore.h>

/* A landing that takes a batch when the test lets it. */
struct slow {
	struct weir_landing base;
	sem_t may;                 /* how many batches */
	bool free;                 /* as many as come */
	int fails_at, close_fails; /* the n-th write */
	int writes;
	_Atomic int flushes, closes;
	bool complete;
	int64_t next; /* the row that must come */
	bool in_order;
	uint64_t landed;
};

static enum weir_status slow_write(struct weir_landing *l, const struct weir_batch *b, const uint64_t *rows,
				   struct weir_error *err)
{
	struct slow *s = (struct slow *)l;

	while (!s->free && sem_wait(&s->may) != 0)
		;
	if (++s->writes == s->fails_at)
		return weir_fail(err, WEIR_IO, "slow", "the disk is gone");
	for (uint32_t i = 0; i < b->n_rows; i++) {
		if (!weir_bit_get(rows, i))
			continue;
		s->in_order = s->in_order && weir_batch_position(b, i) == s->next;
		s->next++;
		s->landed++;
	}
	return WEIR_OK;
}

static enum weir_status slow_flush(struct weir_landing *l, struct weir_error *err)
{
	(void)err;
	((struct slow *)l)->flushes++;
	return WEIR_OK;
}

static void slow_status(const struct weir_landing *l, struct weir_landing_status *out)
{
	out->landed = ((const struct slow *)l)->landed;
}

static enum weir_status slow_close(struct weir_landing *l, bool complete, struct weir_error *err)
{
	struct slow *s = (struct slow *)l;

	s->closes++;
	s->complete = complete;
	if (s->close_fails)
		s->landed = 0;
	return s->close_fails ? weir_fail(err, WEIR_IO, "slow", "it was not kept") : WEIR_OK;
}

static void slow_release(struct weir_landing *l)
{
	(void)l;
}

static const struct weir_landing_ops slow_ops = {.name = "slow",
						 .write = slow_write,
						 .flush = slow_flush,
						 .status = slow_status,
						 .close = slow_close,
						 .release = slow_release};

static struct weir_budget budget;

static struct weir_landing_queue *start(struct slow *s, size_t queue_bytes)
{
	struct weir_landing_queue *q = NULL;
	struct weir_uri uri;

	assert_int_equal(weir_uri_parse(WEIR_STR("slow.ndjson"), false, &uri, NULL), WEIR_OK);
	struct weir_landing_config config = {.uri = &uri, .clock = &weir_clock_system, .queue_bytes = queue_bytes};
	s->base.ops = &slow_ops;
	s->in_order = true;
	assert_int_equal(sem_init(&s->may, 0, 0), 0);
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

static void test_rows_arrive_in_order(void **state)
{
	struct slow s = {.free = true};
	struct weir_landing_queue *q = start(&s, 0);

	(void)state;
	for (int64_t i = 0; i < 300; i++) {
		wait_for_room(q);
		give(q, i * 10, 10);
	}
	weir_landing_queue_end(q, true);
	assert_true(weir_landing_queue_wait_done(q, INT64_MAX));
	struct weir_landing_status now = status_of(q);
	assert_true(now.done && s.in_order && s.complete);
	assert_int_equal(now.landed, 3000);
	assert_int_equal(now.waiting, 0);
	assert_int_equal(now.refused, 0);
	assert_string_equal(now.address, "slow.ndjson");
	weir_landing_queue_close(q);
	assert_int_equal(s.closes, 1);
	assert_int_equal(weir_budget_used(&budget), 0);
}

/* The caller never waits unless it asks to. */
static void test_a_slow_one_fills_up(void **state)
{
	struct slow s = {0};
	struct weir_landing_queue *q = start(&s, 1);
	int64_t given = 0;

	(void)state;
	while (weir_landing_queue_has_room(q)) { /* by bytes: one in the queue is enough */
		assert_in_range(given, 0, 2);
		give(q, given * 10, 10);
		given++;
	}
	struct weir_landing_status now = status_of(q);
	assert_int_equal(now.landed, 0);
	assert_int_equal(now.waiting, given * 10);
	weir_landing_queue_shed(q, 7);
	assert_int_equal(status_of(q).shed, 7);
	assert_true(weir_budget_used(&budget) > 0);
	for (int64_t i = 0; i < given; i++)
		sem_post(&s.may);
	wait_for_room(q);
	assert_true(weir_landing_queue_has_room(q));
	s.free = true;
	sem_post(&s.may);
	weir_landing_queue_end(q, true);
	assert_true(weir_landing_queue_wait_done(q, INT64_MAX));
	assert_int_equal(status_of(q).landed, given * 10);
	weir_landing_queue_close(q);
	assert_int_equal(weir_budget_used(&budget), 0);
}

static void test_a_failure_refuses_the_rest(void **state)
{
	struct slow s = {.free = true, .fails_at = 3};
	struct weir_landing_queue *q = start(&s, 0);

	(void)state;
	for (int64_t i = 0; i < 10; i++)
		give(q, i * 10, 10);
	weir_landing_queue_end(q, true);
	assert_true(weir_landing_queue_wait_done(q, INT64_MAX));
	struct weir_landing_status now = status_of(q);
	assert_int_equal(now.failure.code, WEIR_IO);
	assert_int_equal(now.landed, 20);
	assert_int_equal(now.refused, 80);
	assert_int_equal(now.waiting, 0);
	assert_int_equal(now.refused_position, 20);
	assert_string_equal(now.reason, "the disk is gone");
	assert_false(s.complete);
	assert_int_equal(s.writes, 3);
	weir_landing_queue_close(q);
	assert_int_equal(weir_budget_used(&budget), 0);
}

/* After a failure the caller goes on, and what it gives is counted. */
static void test_rows_after_a_failure(void **state)
{
	struct slow s = {.free = true, .fails_at = 1};
	struct weir_landing_queue *q = start(&s, 1);

	(void)state;
	give(q, 0, 10);
	while (status_of(q).failure.code == WEIR_OK)
		wait_for_room(q);
	for (int64_t i = 1; i < 200; i++) {
		assert_true(weir_landing_queue_has_room(q));
		give(q, i * 10, 10);
	}
	assert_int_equal(status_of(q).refused, 2000);
	weir_landing_queue_refuse(q, 5, 0, 3, "another reason");
	assert_int_equal(status_of(q).refused, 2005);
	assert_string_equal(status_of(q).reason, "the disk is gone");
	weir_landing_queue_close(q);
	assert_int_equal(weir_budget_used(&budget), 0);
}

static void test_a_close_that_fails(void **state)
{
	struct slow s = {.free = true, .close_fails = 1};
	struct weir_landing_queue *q = start(&s, 0);

	(void)state;
	give(q, 0, 10);
	weir_landing_queue_end(q, true);
	assert_true(weir_landing_queue_wait_done(q, INT64_MAX));
	struct weir_landing_status now = status_of(q);
	assert_int_equal(now.failure.code, WEIR_IO);
	assert_int_equal(now.landed, 0);
	assert_int_equal(now.refused, 10);
	weir_landing_queue_close(q);
}

static void test_flushed_when_nothing_waits(void **state)
{
	struct slow s = {.free = true};
	struct weir_landing_queue *q = start(&s, 0);

	(void)state;
	give(q, 0, 10);
	for (int tries = 0; (!s.flushes || status_of(q).landed != 10) && tries < 2000; tries++)
		weir_clock_system.sleep_us(NULL, 5000);
	assert_true(s.flushes > 0);
	weir_landing_queue_close(q); /* without an end: what was given is landed all the same */
	assert_int_equal(s.landed, 10);
	assert_false(s.complete);
}

static void test_one_batch_for_several(void **state)
{
	struct slow a = {.free = true}, b = {0};
	struct weir_landing_queue *qa = start(&a, 0), *qb = start(&b, 0);
	struct weir_landing_rows *r = weir_landing_rows_take(make_batch(0, 10, false), all_rows(10), &budget);

	(void)state;
	assert_int_equal(r->n_rows, 10);
	weir_landing_queue_give(qa, r);
	weir_landing_queue_give(qb, r);
	weir_landing_rows_unref(r);
	weir_landing_queue_close(qa);
	assert_true(weir_budget_used(&budget) > 0);
	sem_post(&b.may);
	weir_landing_queue_close(qb);
	assert_int_equal(a.landed, 10);
	assert_int_equal(b.landed, 10);
	assert_int_equal(weir_budget_used(&budget), 0);
}

static void test_no_memory_at_the_start(void **state)
{
	bool done = false;

	(void)state;
	for (uint64_t n = 1; !done; n++) {
		struct slow s = {.free = true, .base.ops = &slow_ops};
		struct weir_landing_queue *q = NULL;
		struct weir_uri uri;
		struct weir_error err = {0};
		assert_in_range(n, 1, 50);
		assert_int_equal(weir_uri_parse(WEIR_STR("slow.ndjson"), false, &uri, NULL), WEIR_OK);
		struct weir_landing_config config = {.uri = &uri, .clock = &weir_clock_system};
		weir_alloc_fail_at(n, false);
		enum weir_status st = weir_landing_queue_start(&s.base, &config, &q, &err);
		weir_alloc_fail_at(0, false);
		weir_uri_release(&uri);
		done = st == WEIR_OK;
		assert_true(done == (q != NULL) && (done || err.code == WEIR_NO_MEMORY));
		weir_landing_queue_close(q);
		assert_int_equal(s.closes, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows_arrive_in_order),       cmocka_unit_test(test_a_slow_one_fills_up),
	    cmocka_unit_test(test_a_failure_refuses_the_rest), cmocka_unit_test(test_rows_after_a_failure),
	    cmocka_unit_test(test_a_close_that_fails),         cmocka_unit_test(test_flushed_when_nothing_waits),
	    cmocka_unit_test(test_one_batch_for_several),      cmocka_unit_test(test_no_memory_at_the_start),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
