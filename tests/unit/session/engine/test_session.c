/* A whole session without a screen: results, questions, pause, guesses, states. Everything waits for what it wants to see. */
#include "weir/session/session.h"

#include "../../../limit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FINITE "demo:web?count=20000&start=2026-01-01T00:00:00Z"

struct fixture {
	struct weir_options options;
	struct weir_session *session;
	struct weir_session_info info;
};

static int input_fd = -1; /* what "-" reads */

static void open_session(struct fixture *f, int argc, const char *const *words)
{
	struct weir_error err = {0};
	char text[8][128], *argv[8];

	for (int i = 0; i < argc; i++) {
		snprintf(text[i], sizeof text[i], "%s", words[i]);
		argv[i] = text[i];
	}
	*f = (struct fixture){0};
	weir_options_init(&f->options);
	assert_int_equal(weir_options_parse(argc, argv, 0, &f->options, &err), WEIR_OK);
	enum weir_status st = weir_session_open(&f->options, &weir_clock_system, input_fd, true, &f->session, &err);
	if (st != WEIR_OK)
		fail_msg("%s: %s", err.origin, err.what);
}
#define OPEN(f, ...)                                                                                                   \
	open_session(f, (int)(sizeof((const char *[]){"weir", __VA_ARGS__}) / sizeof(char *)),                         \
		     (const char *[]){"weir", __VA_ARGS__})

static void close_session(struct fixture *f)
{
	weir_session_info_release(&f->info);
	weir_session_close(f->session);
	weir_options_release(&f->options);
}

/* The first result that meets the condition; waits for wakes, as long as a test may. One reference for the caller. */
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
		if (left_us <= 0 || !weir_wake_wait(weir_session_wake(f->session), left_us))
			fail_msg("no result that meets the condition came in %d s", TEST_LIMIT_S);
	}
}

static bool is_final(struct fixture *f, const struct weir_result *r, uint64_t generation)
{
	return f->info.ended && r->view_generation >= generation && r->ledger.received == f->info.streams[0].records;
}

static bool answers(struct fixture *f, const struct weir_result *r, uint64_t generation)
{
	(void)f;
	return r->view_generation >= generation;
}

static void test_a_finite_stream_is_counted_whole(void **state)
{
	struct fixture f;

	(void)state;
	OPEN(&f, "-g", "service", "-m", "count", FINITE);
	struct weir_result *r = wait_for(&f, is_final, 0);
	assert_int_equal(r->error.code, WEIR_OK);
	assert_int_equal(r->ledger.received, 20000);
	assert_true(weir_ledger_balances(&r->ledger));
	assert_true(r->n_rows > 1);
	assert_int_equal(f.info.streams[0].state, WEIR_STREAM_END);
	assert_string_equal(f.info.streams[0].name, "web");
	weir_result_unref(r);
	close_session(&f);
}

/* All that is held, whatever the filter; its errors are known without being asked for. */
static void test_the_strip_is_of_all_rows(void **state)
{
	struct fixture f;

	(void)state;
	OPEN(&f, "-g", "service", "-w", "service = 'web'", FINITE);
	weir_result_unref(wait_for(&f, is_final, 0));
	const struct weir_strip *s = &f.info.strip;
	assert_int_equal(s->n_rows, 20000);
	assert_string_equal(s->errors, "status >= 500");
	assert_true(s->n_errors > 0 && s->n_errors < 2000);
	assert_true(s->n_buckets > 10 && s->start_us <= s->oldest_us && s->oldest_us < s->newest_us);
	assert_true(f.info.streams[0].finite);
	close_session(&f);
}

static bool tells(struct fixture *f, const struct weir_result *r, uint64_t n)
{
	(void)n;
	return is_final(f, r, 0) && !f->info.rebuilding;
}

/* The person decides what an error is: the rows that were counted before are counted again. */
static void test_errors_can_be_named(void **state)
{
	struct fixture f;
	struct weir_error err = {0};

	(void)state;
	OPEN(&f, "--errors", "status = 200", FINITE);
	weir_result_unref(wait_for(&f, is_final, 0));
	uint64_t good = f.info.strip.n_errors;
	assert_true(good > 10000 && !f.info.strip.errors_guessed);
	assert_string_equal(f.info.strip.errors, "status = 200");
	assert_true(weir_session_set_errors(f.session, "status <> 200", &err));
	weir_result_unref(wait_for(&f, tells, 0));
	assert_int_equal(f.info.strip.n_errors, 20000 - good);
	assert_true(weir_session_set_errors(f.session, "statu = 200", &err)); /* that is known with the columns only */
	weir_result_unref(wait_for(&f, tells, 0));
	assert_false(f.info.strip.errors_known);
	assert_non_null(strstr(f.info.strip.errors, "unknown column statu"));
	assert_false(weir_session_set_errors(f.session, "status >", &err));
	assert_true(weir_session_set_errors(f.session, "none", &err));
	weir_result_unref(wait_for(&f, tells, 0));
	assert_string_equal(f.info.strip.errors, "");
	assert_true(weir_session_set_errors(f.session, "auto", &err));
	weir_result_unref(wait_for(&f, tells, 0));
	assert_true(f.info.strip.errors_guessed);
	close_session(&f);
}

static struct weir_result *before;

static bool is_final_again(struct fixture *f, const struct weir_result *r, uint64_t generation)
{
	return r != before && is_final(f, r, generation);
}

/* The same rows, under the newest question, and nothing counted twice. */
static void test_what_has_ended_is_read_again(void **state)
{
	struct fixture f;
	struct weir_error err = {0};

	(void)state;
	OPEN(&f, "-g", "service", "-m", "count", FINITE);
	before = wait_for(&f, is_final, 0);
	assert_int_equal(weir_session_may_restart(f.session, &err), WEIR_OK);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(weir_session_restart(f.session, &err), WEIR_OK);
		struct weir_result *r = wait_for(&f, is_final_again, 0);
		assert_int_equal(r->ledger.received, 20000);
		assert_int_equal(r->n_rows, before->n_rows);
		assert_int_equal(r->rows[0].measures[0].i, before->rows[0].measures[0].i);
		assert_int_equal(f.info.strip.n_rows, 20000);
		weir_result_unref(before);
		before = r;
	}
	weir_result_unref(before);
	close_session(&f);
}

/* Made-up data cannot be read from a time, and nothing happens. */
static void test_what_has_no_places_is_not_read_from_one(void **state)
{
	struct fixture f;
	struct weir_error err = {0};

	(void)state;
	OPEN(&f, "-g", "service", "-m", "count", FINITE);
	assert_int_equal(weir_session_read_from(f.session, "earliest", &err), WEIR_UNSUPPORTED);
	assert_non_null(strstr(err.what, "no stream here"));
	weir_result_unref(wait_for(&f, is_final, 0));
	close_session(&f);
}

/* The end and the strip are told by one account, which a slow machine may read before the last result. */
static void test_the_end_is_not_told_before_the_strip_is_whole(void **state)
{
	struct fixture f;
	struct weir_error err = {0};

	(void)state;
	OPEN(&f, "-g", "service", "-m", "count", FINITE);
	for (int i = 0; i < 20; i++) {
		int64_t end_us = weir_clock_mono_us(&weir_clock_system) + TEST_LIMIT_S * INT64_C(1000000);
		do {
			weir_wake_wait(weir_session_wake(f.session), 20);
			weir_session_info(f.session, &f.info);
		} while (!f.info.ended && weir_clock_mono_us(&weir_clock_system) < end_us);
		assert_true(f.info.ended);
		assert_int_equal(f.info.strip.n_rows, 20000);
		assert_int_equal(weir_session_restart(f.session, &err), WEIR_OK);
	}
	close_session(&f);
}

static void test_a_live_stream_is_not_read_again(void **state)
{
	struct fixture f;
	struct weir_error err = {0};

	(void)state;
	OPEN(&f, "demo:web?rate=100");
	assert_int_equal(weir_session_may_restart(f.session, &err), WEIR_UNSUPPORTED);
	assert_int_equal(weir_session_restart(f.session, &err), WEIR_UNSUPPORTED);
	assert_non_null(strstr(err.what, "live stream"));
	weir_result_unref(wait_for(&f, answers, 0)); /* it goes on */
	close_session(&f);
}

/* Another measure than the one that is sorted by: the sort gives it up, and says so. */
static void test_a_sort_follows_the_measure(void **state)
{
	struct fixture f;
	struct weir_view view;
	struct weir_error err = {0};

	(void)state;
	OPEN(&f, "-g", "service", "-m", "count,max(latency_ms)", "-s", "max(latency_ms)", FINITE);
	weir_result_unref(wait_for(&f, is_final, 0));
	assert_false(f.info.group_guessed || f.info.measure_guessed);
	weir_view_init(&view);
	assert_int_equal(weir_view_copy(&view, &f.info.view, &err), WEIR_OK);
	assert_int_equal(weir_view_set(&view, WEIR_VIEW_MEASURE, "count", 0, &err), WEIR_OK);
	uint64_t generation = weir_session_ask(f.session, &view, &err);
	struct weir_result *r = wait_for(&f, answers, generation);
	assert_int_equal(r->error.code, WEIR_OK);
	assert_int_equal(f.info.said_generation, generation);
	assert_non_null(strstr(f.info.said, "max(latency_ms)"));
	assert_null(f.info.view.text[WEIR_VIEW_SORT]);
	weir_result_unref(r);
	weir_view_release(&view);
	close_session(&f);
}

/* A screen compares with the window before, so it can sort by what that gives. */
static void test_a_screen_sorts_by_change(void **state)
{
	struct fixture f;
	struct weir_view view;
	struct weir_error err = {0};

	(void)state;
	OPEN(&f, "-g", "service", "-m", "count", "-w", "status >= 500", FINITE);
	weir_result_unref(wait_for(&f, is_final, 0));
	weir_view_init(&view);
	assert_int_equal(weir_view_copy(&view, &f.info.view, &err), WEIR_OK);
	assert_int_equal(weir_view_set(&view, WEIR_VIEW_SORT, "change", 0, &err), WEIR_OK);
	struct weir_result *r = wait_for(&f, answers, weir_session_ask(f.session, &view, &err));
	assert_int_equal(r->error.code, WEIR_OK);
	assert_true(r->n_rows > 1);
	weir_result_unref(r);
	weir_view_release(&view);
	close_session(&f);
}

static void test_a_question_is_answered_from_the_rows_held(void **state)
{
	struct fixture f;
	struct weir_view view;
	struct weir_error err = {0};

	(void)state;
	OPEN(&f, "-g", "service", "-m", "count", FINITE);
	struct weir_result *r = wait_for(&f, is_final, 0);
	weir_view_init(&view);
	assert_int_equal(weir_view_copy(&view, &f.info.view, &err), WEIR_OK);
	weir_result_unref(r);
	assert_int_equal(weir_view_set(&view, WEIR_VIEW_GROUP, "status", 0, &err), WEIR_OK);
	uint64_t generation = weir_session_ask(f.session, &view, &err);
	assert_true(generation > 1);
	r = wait_for(&f, answers, generation);
	assert_int_equal(r->error.code, WEIR_OK);
	assert_string_equal(r->groups[0].name.data, "status");
	weir_result_unref(r);

	assert_int_equal(weir_view_set(&view, WEIR_VIEW_GROUP, "statos", 0, &err), WEIR_OK);
	generation = weir_session_ask(f.session, &view, &err);
	r = wait_for(&f, answers, generation);
	assert_int_equal(r->error.code, WEIR_EXPRESSION);
	assert_non_null(strstr(r->error.hint, "status"));
	weir_session_info(f.session, &f.info);
	assert_string_equal(f.info.view.text[WEIR_VIEW_GROUP], "status"); /* the old question stays in force */
	assert_false(f.info.rebuilding);
	weir_result_unref(r);
	weir_view_release(&view);
	close_session(&f);
}

static bool is_guessed(struct fixture *f, const struct weir_result *r, uint64_t n)
{
	return f->info.view.text[WEIR_VIEW_GROUP] && r->n_groups == 1 && r->ledger.received > n;
}

static void test_without_a_question_one_is_guessed_and_told(void **state)
{
	struct fixture f;

	(void)state;
	OPEN(&f, FINITE);
	struct weir_result *r = wait_for(&f, is_guessed, 1000);
	assert_string_equal(f.info.view.text[WEIR_VIEW_GROUP], "service");
	assert_non_null(strstr(f.info.streams[0].guess, "json, time time"));
	assert_non_null(strstr(f.info.streams[0].guess, "group service, measure count, p95(latency_ms)"));
	weir_result_unref(r);
	close_session(&f);
}

static bool has_rows(struct fixture *f, const struct weir_result *r, uint64_t n)
{
	return r->ledger.received > n && f->info.streams[0].records > n;
}

static bool has_backlog(struct fixture *f, const struct weir_result *r, uint64_t n)
{
	(void)r;
	return f->info.backlog > (int64_t)n;
}

static bool has_moved_on(struct fixture *f, const struct weir_result *r, uint64_t received)
{
	return !f->info.paused && r->ledger.received > received;
}

static void test_pause_stops_the_picture_and_not_the_data(void **state)
{
	struct fixture f;

	(void)state;
	OPEN(&f, "-g", "service", "demo:web?rate=20000");
	struct weir_result *r = wait_for(&f, has_rows, 10);
	assert_int_equal(f.info.streams[0].state, WEIR_STREAM_LIVE);
	weir_session_pause(f.session, true);
	weir_result_unref(r);
	r = wait_for(&f, has_backlog, 100);
	assert_true(f.info.paused);
	assert_true(f.info.paused_at_us != WEIR_TIME_NONE);
	uint64_t received = r->ledger.received;
	weir_result_unref(r);
	weir_session_pause(f.session, false);
	r = wait_for(&f, has_moved_on, received);
	assert_int_equal(f.info.backlog, 0);
	weir_result_unref(r);
	close_session(&f);
}

static bool shows_moment(struct fixture *f, const struct weir_result *r, uint64_t moment)
{
	(void)f;
	return r->moment_us == (int64_t)moment;
}

/* No picture is due: data waits, a question does not. */
static void test_results_are_made_when_a_picture_is_due(void **state)
{
	struct fixture f;
	struct weir_error err = {0};
	struct weir_view view;

	(void)state;
	OPEN(&f, "-g", "service", "-m", "count", "demo:web?rate=20000");
	weir_result_unref(wait_for(&f, has_rows, 10));
	weir_session_set_due(f.session, INT64_MAX);
	weir_view_init(&view);
	assert_int_equal(weir_view_copy(&view, &f.info.view, &err), WEIR_OK);
	assert_int_equal(weir_view_set(&view, WEIR_VIEW_GROUP, "region", 0, &err), WEIR_OK);
	uint64_t generation = weir_session_ask(f.session, &view, &err);
	struct weir_result *r = wait_for(&f, answers, generation);
	uint64_t received = r->ledger.received;
	weir_result_unref(r);
	do { /* nobody is woken for rows that need no picture */
		weir_wake_wait(weir_session_wake(f.session), 5000);
		weir_session_info(f.session, &f.info);
	} while (f.info.streams[0].records < received + 2000);
	r = weir_session_result(f.session);
	assert_int_equal(r->ledger.received, received);
	weir_result_unref(r);
	weir_session_set_due(f.session, 0);
	weir_result_unref(wait_for(&f, has_rows, received + 2000));
	weir_view_release(&view);
	close_session(&f);
}

static void test_a_moment_of_the_past_can_be_seen_again(void **state)
{
	struct fixture f;
	const int64_t moment = INT64_C(1767225610000000); /* ten seconds after the first row */

	(void)state;
	OPEN(&f, "-g", "service", "-m", "count", "-W", "5s", FINITE);
	struct weir_result *r = wait_for(&f, is_final, 0);
	weir_result_unref(r);
	weir_session_go_to(f.session, moment);
	r = wait_for(&f, shows_moment, (uint64_t)moment);
	assert_int_equal(r->error.code, WEIR_OK);
	assert_int_equal(r->window_end_us, moment);
	assert_true(r->ledger.in_window > 0 && r->ledger.in_window < r->ledger.matched);
	weir_result_unref(r);
	close_session(&f);
}

static bool replays(struct fixture *f, const struct weir_result *r, uint64_t n)
{
	return f->info.streams[0].state == WEIR_STREAM_REPLAY && r->ledger.received > n;
}

/* The rows span minutes: at their own speed they would not end while the test runs. */
/* It is kept from the first question that names it; what came before is reported to have none. */
static void test_raw_is_kept_when_a_question_names_it(void **state)
{
	struct fixture f;
	struct weir_view view;
	struct weir_error err = {0};

	(void)state;
	OPEN(&f, "-g", "_raw", "-m", "count", FINITE);
	struct weir_result *r = wait_for(&f, is_final, 0);
	assert_true(r->n_rows > 1);
	assert_int_equal(f.info.streams[0].without_raw, 0);
	weir_result_unref(r);
	close_session(&f);
	OPEN(&f, "-g", "service", "-m", "count", FINITE);
	r = wait_for(&f, is_final, 0);
	weir_view_init(&view);
	assert_int_equal(weir_view_copy(&view, &f.info.view, &err), WEIR_OK);
	weir_result_unref(r);
	assert_int_equal(weir_view_set(&view, WEIR_VIEW_GROUP, "_raw", 0, &err), WEIR_OK);
	uint64_t generation = weir_session_ask(f.session, &view, &err);
	r = wait_for(&f, answers, generation);
	assert_int_equal(r->n_rows, 1); /* NULL */
	weir_session_info(f.session, &f.info);
	assert_int_equal(f.info.streams[0].without_raw, 20000);
	weir_view_release(&view);
	weir_result_unref(r);
	close_session(&f);
}

static bool has_received(struct fixture *f, const struct weir_result *r, uint64_t n)
{
	(void)f;
	return r->ledger.received >= n;
}

static void say(int fd, const char *text)
{
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

/* A record of several lines ends where the next one begins, and that may take a while. */
static void test_the_newest_record_of_joined_lines_is_not_held_back_for_ever(void **state)
{
	struct fixture f;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	input_fd = ends[0];
	OPEN(&f, "-f", "text", "--join-lines", "^ ", "-m", "count", "-");
	say(ends[1], "one\n and\ntwo\n and\n more\n");
	struct weir_result *r = wait_for(&f, has_received, 2);
	assert_int_equal(r->ledger.received, 2);
	assert_non_null(strstr(f.info.streams[0].guess, "joins ^ "));
	weir_result_unref(r);
	say(ends[1], "three\n");
	r = wait_for(&f, has_received, 3);
	weir_result_unref(r);
	close(ends[1]);
	r = wait_for(&f, is_final, 0);
	assert_int_equal(r->ledger.received, 3);
	weir_result_unref(r);
	close_session(&f);
	close(ends[0]);
	input_fd = -1;
}

static void test_a_replay_goes_by_the_event_times_until_told_otherwise(void **state)
{
	struct fixture f;

	(void)state;
	OPEN(&f, "-g", "service", "-m", "count", "--speed", "1x",
	     "demo:web?rate=50&count=20000&start=2026-01-01T00:00:00Z");
	struct weir_result *r = wait_for(&f, replays, 0);
	assert_true(r->ledger.received < 10000);
	assert_true(f.info.streams[0].replay_speed == 1);
	weir_result_unref(r);
	weir_session_set_speed(f.session, 0);
	r = wait_for(&f, is_final, 0);
	assert_int_equal(r->ledger.received, 20000);
	weir_result_unref(r);
	close_session(&f);
}

static void test_a_wrong_source_is_told_at_once(void **state)
{
	struct weir_options o;
	struct weir_session *s = NULL;
	struct weir_error err = {0};
	char name[] = "/nowhere/nothing.ndjson", program[] = "weir", *argv[] = {program, name, NULL};

	(void)state;
	weir_options_init(&o);
	assert_int_equal(weir_options_parse(2, argv, 0, &o, &err), WEIR_OK);
	assert_int_equal(weir_session_open(&o, &weir_clock_system, -1, true, &s, &err), WEIR_NOT_FOUND);
	assert_null(s);
	weir_options_release(&o);
}

static void test_columns_for_completion(void **state)
{
	struct fixture f;
	struct weir_arena arena = {0};
	struct weir_str *names;
	bool found = false;

	(void)state;
	OPEN(&f, "-g", "service", FINITE);
	weir_result_unref(wait_for(&f, has_rows, 100));
	size_t n = weir_session_columns(f.session, &arena, &names);
	for (size_t i = 0; i < n; i++)
		found = found || weir_str_equal(names[i], WEIR_STR("latency_ms"));
	assert_true(found);
	weir_arena_release(&arena);
	close_session(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_strip_is_of_all_rows),
	    cmocka_unit_test(test_errors_can_be_named),
	    cmocka_unit_test(test_what_has_ended_is_read_again),
	    cmocka_unit_test(test_what_has_no_places_is_not_read_from_one),
	    cmocka_unit_test(test_the_end_is_not_told_before_the_strip_is_whole),
	    cmocka_unit_test(test_a_live_stream_is_not_read_again),
	    cmocka_unit_test(test_a_finite_stream_is_counted_whole),
	    cmocka_unit_test(test_a_sort_follows_the_measure),
	    cmocka_unit_test(test_a_screen_sorts_by_change),
	    cmocka_unit_test(test_a_question_is_answered_from_the_rows_held),
	    cmocka_unit_test(test_without_a_question_one_is_guessed_and_told),
	    cmocka_unit_test(test_pause_stops_the_picture_and_not_the_data),
	    cmocka_unit_test(test_results_are_made_when_a_picture_is_due),
	    cmocka_unit_test(test_a_moment_of_the_past_can_be_seen_again),
	    cmocka_unit_test(test_raw_is_kept_when_a_question_names_it),
	    cmocka_unit_test(test_the_newest_record_of_joined_lines_is_not_held_back_for_ever),
	    cmocka_unit_test(test_a_replay_goes_by_the_event_times_until_told_otherwise),
	    cmocka_unit_test(test_a_wrong_source_is_told_at_once),
	    cmocka_unit_test(test_columns_for_completion),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
