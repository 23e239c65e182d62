/* Studies beside the pictures of a session: over all rows that are held, replaced by newer ones, given up, and alive while
 * rows come in. Everything waits for what it wants to see. */
#include "weir/session/session.h"

#include "../../../limit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define FINITE "demo:web?count=300000&start=2026-01-01T00:00:00Z"
#define ENDLESS "demo:web?rate=2000"

/* Counts the rows that pass the view's filter; `waits` until it is given up, after a part was offered. */
struct counting {
	struct weir_study study;
	bool waits;
	struct weir_study_rows *rows;
	struct weir_plan *plans[WEIR_MOST_SHARES];
	uint64_t passed[WEIR_MOST_SHARES];
};
struct count {
	struct weir_study_answer answer;
	uint64_t rows;
};

static void free_count(struct weir_study_answer *a)
{
	free(a);
}

static struct weir_study_answer *count_of(const struct counting *c, bool whole)
{
	struct count *n = calloc(1, sizeof *n);
	n->answer = (struct weir_study_answer){.refs = 1, .free = free_count, .whole = whole};
	for (int i = 0; i < WEIR_MOST_SHARES; i++)
		n->rows += c->passed[i];
	return &n->answer;
}

static enum weir_status begin(struct weir_study *s, struct weir_study_rows *rows, uint32_t shares,
			      struct weir_study_work *work, struct weir_error *err)
{
	struct counting *c = (struct counting *)s;
	enum weir_status st = WEIR_OK;

	(void)work;
	c->rows = weir_study_rows_ref(rows);
	for (uint32_t i = 0; i < shares && st == WEIR_OK; i++)
		st = weir_study_rows_bind(rows, &c->plans[i], err);
	return st;
}

static enum weir_status piece(struct weir_study *s, struct weir_study_run *run, uint32_t share, uint32_t number,
			      struct weir_error *err)
{
	struct counting *c = (struct counting *)s;
	const struct weir_batch *b = weir_relation_snapshot_segment(c->rows->snapshot, number)->rows;
	uint64_t keep[WEIR_SEGMENT_ROWS / 64];

	if (c->waits) {
		weir_study_offer(run, count_of(c, false));
		while (!weir_study_cancelled(run))
			sched_yield();
		return WEIR_CANCELLED;
	}
	enum weir_status st = weir_plan_filter(c->plans[share], b, keep, err);
	for (uint32_t i = 0; st == WEIR_OK && i < b->n_rows; i++)
		c->passed[share] += weir_bit_get(keep, i);
	weir_study_advance(run, share, b->n_rows);
	return st;
}

static enum weir_status join(struct weir_study *s, struct weir_study_work *work, bool *again,
			     struct weir_study_answer **out, struct weir_error *err)
{
	(void)work;
	(void)again;
	(void)err;
	*out = count_of((struct counting *)s, true);
	return WEIR_OK;
}

static void free_counting(struct weir_study *s)
{
	struct counting *c = (struct counting *)s;

	for (int i = 0; i < WEIR_MOST_SHARES; i++)
		weir_plan_free(c->plans[i]);
	weir_study_rows_unref(c->rows);
	free(c);
}

static const struct weir_study_ops kind = {
    .name = "count", .begin = begin, .piece = piece, .join = join, .free = free_counting};
static const struct weir_study_ops other = {
    .name = "other", .begin = begin, .piece = piece, .join = join, .free = free_counting};

static struct weir_study *study_of(const struct weir_study_ops *ops, bool waits)
{
	struct counting *c = calloc(1, sizeof *c);

	c->study.ops = ops;
	c->waits = waits;
	return &c->study;
}

struct fixture {
	struct weir_options options;
	struct weir_session *session;
	struct weir_session_info info;
};

static void open_session(struct fixture *f, const char *where, const char *source)
{
	char words[6][128];
	char *argv[6] = {words[0], words[1], words[2], words[3], words[4], words[5]};
	const char *given[6] = {"weir", "-g", "service", "-w", where, source};
	struct weir_error err = {0};

	for (int i = 0; i < 6; i++)
		snprintf(words[i], sizeof words[i], "%s", given[i]);
	*f = (struct fixture){0};
	weir_options_init(&f->options);
	assert_int_equal(weir_options_parse(6, argv, 0, &f->options, &err), WEIR_OK);
	assert_int_equal(weir_session_open(&f->options, &weir_clock_system, -1, true, &f->session, &err), WEIR_OK);
}

static void close_session(struct fixture *f)
{
	weir_session_info_release(&f->info);
	assert_int_equal(weir_session_close(f->session), WEIR_OK);
	weir_options_release(&f->options);
}

static void wait(struct fixture *f, int64_t end_us)
{
	int64_t left_us = end_us - weir_clock_mono_us(&weir_clock_system);

	if (left_us <= 0 || !weir_wake_wait(weir_session_wake(f->session), left_us))
		fail_msg("nothing came in %d s", TEST_LIMIT_S);
}

static int64_t limit_us(void)
{
	return weir_clock_mono_us(&weir_clock_system) + TEST_LIMIT_S * INT64_C(1000000);
}

/* The result of all rows; one reference for the caller. */
static struct weir_result *wait_for_end(struct fixture *f)
{
	for (int64_t end_us = limit_us();; wait(f, end_us)) {
		struct weir_result *r = weir_session_result(f->session);
		weir_session_info(f->session, &f->info);
		if (r && f->info.ended && r->ledger.received == f->info.streams[0].records)
			return r;
		weir_result_unref(r);
	}
}

/* The answer of that study, whole or the first part; one reference for the caller. */
static struct weir_study_answer *wait_for(struct fixture *f, const struct weir_study_ops *ops, uint64_t number,
					  bool whole)
{
	for (int64_t end_us = limit_us();; wait(f, end_us)) {
		struct weir_studied studied;
		weir_session_studied(f->session, ops, &studied);
		if (studied.error.code != WEIR_OK)
			fail_msg("%s: %s", studied.error.origin, studied.error.what);
		if (studied.answer && studied.answer->number == number && studied.answer->whole == whole) {
			assert_int_equal(studied.number, number);
			assert_int_equal(studied.running, !whole);
			return studied.answer;
		}
		weir_study_answer_unref(studied.answer);
	}
}

static void test_it_sees_all_rows_that_are_held(void **state)
{
	struct fixture f;
	struct weir_error err = {0};

	(void)state;
	open_session(&f, "status >= 500", FINITE);
	struct weir_result *r = wait_for_end(&f);
	uint64_t number = weir_session_study(f.session, study_of(&kind, false), &err);
	assert_true(number > 0);
	struct weir_study_answer *a = wait_for(&f, &kind, number, true);
	assert_true(r->ledger.matched > 0 && r->ledger.filtered > 0);
	assert_int_equal(((struct count *)a)->rows, r->ledger.matched);
	weir_study_answer_unref(a);
	weir_result_unref(r);
	close_session(&f);
}

/* Parts are shown, rows go on coming in, a newer study takes the place of the older one, another kind does not. */
static void test_a_newer_one_replaces_it(void **state)
{
	struct fixture f;
	struct weir_error err = {0};

	(void)state;
	open_session(&f, "status < 1000", ENDLESS);
	struct weir_result *r = NULL;
	for (int64_t end_us = limit_us(); !r || !r->ledger.received; wait(&f, end_us)) {
		weir_result_unref(r);
		r = weir_session_result(f.session);
	}
	uint64_t first = weir_session_study(f.session, study_of(&kind, true), &err);
	weir_study_answer_unref(wait_for(&f, &kind, first, false));
	uint64_t beside = weir_session_study(f.session, study_of(&other, false), &err);
	weir_study_answer_unref(wait_for(&f, &other, beside, true));
	uint64_t received = r->ledger.received;
	for (int64_t end_us = limit_us(); r->ledger.received <= received; wait(&f, end_us)) {
		weir_result_unref(r);
		r = weir_session_result(f.session);
	}
	struct weir_studied studied;
	weir_session_studied(f.session, &kind, &studied);
	assert_true(studied.running);
	assert_int_equal(studied.number, first);
	weir_study_answer_unref(studied.answer);
	uint64_t second = weir_session_study(f.session, study_of(&kind, false), &err);
	assert_true(second > first);
	struct weir_study_answer *a = wait_for(&f, &kind, second, true);
	assert_true(((struct count *)a)->rows >= received);
	weir_study_answer_unref(a);
	weir_result_unref(r);
	close_session(&f);
}

static void test_it_can_be_given_up(void **state)
{
	struct fixture f;
	struct weir_error err = {0};
	struct weir_studied studied;

	(void)state;
	open_session(&f, "true", FINITE);
	weir_result_unref(wait_for_end(&f));
	uint64_t number = weir_session_study(f.session, study_of(&kind, true), &err);
	weir_study_answer_unref(wait_for(&f, &kind, number, false));
	weir_session_study_stop(f.session, &kind);
	weir_session_studied(f.session, &kind, &studied);
	assert_false(studied.running);
	assert_int_equal(studied.number, 0);
	assert_null(studied.answer);
	number = weir_session_study(f.session, study_of(&kind, true), &err);
	weir_study_answer_unref(wait_for(&f, &kind, number, false));
	assert_true(weir_session_study(f.session, study_of(&kind, true), &err) > number);
	close_session(&f); /* with one that runs, and perhaps one that waits */
}

/* A question that waits while the engine is busy comes before the study that was asked for after it. */
static void test_it_is_about_the_newest_question(void **state)
{
	static const char *const filters[] = {"status >= 500", "status < 500"};
	enum { TIMES = 200 };
	uint64_t matched[2] = {0};
	struct weir_error err = {0};
	struct weir_view view;
	struct fixture f;

	(void)state;
	open_session(&f, filters[0], "demo:web?count=2000&start=2026-01-01T00:00:00Z");
	struct weir_result *r = wait_for_end(&f);
	matched[0] = r->ledger.matched;
	matched[1] = r->ledger.received - r->ledger.matched;
	weir_view_init(&view);
	assert_int_equal(weir_view_copy(&view, &f.info.view, &err), WEIR_OK);
	for (int i = 1; i <= TIMES; i++) {
		assert_int_equal(weir_view_set(&view, WEIR_VIEW_WHERE, filters[i % 2], 0, &err), WEIR_OK);
		weir_session_order(f.session, WEIR_ORDER_ROWS, WEIR_OUT_NDJSON); /* the engine is busy with it, */
		nanosleep(&(struct timespec){.tv_nsec = i * 5000L}, NULL);       /* sooner or later */
		assert_true(weir_session_ask(f.session, &view, &err) > 0);
		uint64_t number = weir_session_study(f.session, study_of(&kind, false), &err);
		struct weir_study_answer *a = wait_for(&f, &kind, number, true);
		assert_int_equal(((struct count *)a)->rows, matched[i % 2]);
		weir_study_answer_unref(a);
	}
	weir_view_release(&view);
	weir_result_unref(r);
	close_session(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_it_sees_all_rows_that_are_held),
	    cmocka_unit_test(test_a_newer_one_replaces_it),
	    cmocka_unit_test(test_it_can_be_given_up),
	    cmocka_unit_test(test_it_is_about_the_newest_question),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
