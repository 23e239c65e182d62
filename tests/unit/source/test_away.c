/* A server that is away: what is shown, when it is tried again, and when its error is final. */
#include "source/away.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static int64_t now_us;

static int64_t tell(void *ctx)
{
	(void)ctx;
	return now_us;
}

static const struct weir_clock clock_of_test = {.mono_us = tell, .wall_us = tell};

struct fixture {
	struct weir_progress progress;
	struct weir_wake wake;
	struct weir_away away;
};

static void begin(struct fixture *f, bool live)
{
	now_us = WEIR_US_PER_S;
	assert_int_equal(weir_progress_init(&f->progress, NULL), WEIR_OK);
	assert_int_equal(weir_wake_init(&f->wake, NULL), WEIR_OK);
	f->away = (struct weir_away){.clock = &clock_of_test,
				     .wake = &f->wake,
				     .progress = &f->progress,
				     .live = live,
				     .timeout_us = 2 * WEIR_US_PER_S};
	weir_away_begin(&f->away);
}

static void end(struct fixture *f)
{
	weir_wake_release(&f->wake);
	weir_progress_release(&f->progress);
}

static void expect_state(struct fixture *f, enum weir_source_state state, const char *detail)
{
	struct weir_source_status s;
	weir_progress_copy(&f->progress, &s);
	assert_int_equal(s.state, state);
	assert_string_equal(s.detail, detail);
}

/* A poll that fails for that reason, once its time has come. */
static enum weir_status fail_once(struct fixture *f, bool known, bool follows, struct weir_error *err)
{
	*err = (struct weir_error){0};
	while (weir_away_wait(&f->away, 0))
		now_us += 10000;
	weir_fail(err, WEIR_UNREACHABLE, "server", "it is away");
	err->retriable = true;
	return weir_away_failed(&f->away, known, follows, err);
}

static void nobody_waits_longer_than_the_timeout(void **state)
{
	struct fixture f;
	struct weir_error err;
	(void)state;
	begin(&f, false);
	expect_state(&f, WEIR_SOURCE_CONNECTING, "no answer yet");
	int64_t began_us = now_us;
	while (fail_once(&f, false, true, &err) == WEIR_AGAIN)
		expect_state(&f, WEIR_SOURCE_CONNECTING, "it is away");
	assert_int_equal(err.code, WEIR_UNREACHABLE);
	assert_false(err.retriable);
	assert_non_null(strstr(err.hint, "timeout="));
	assert_true(now_us - began_us >= f.away.timeout_us && now_us - began_us < f.away.timeout_us + 20000);
	end(&f);
}

static void who_follows_waits_as_long_as_it_takes(void **state)
{
	struct fixture f;
	struct weir_error err;
	(void)state;
	for (int live = 0; live < 2; live++) {
		begin(&f, live);
		for (int i = 0; i < 20; i++)
			assert_int_equal(fail_once(&f, !live, !live, &err), WEIR_AGAIN);
		assert_true(now_us > 30 * WEIR_US_PER_S);
		expect_state(&f, live ? WEIR_SOURCE_CONNECTING : WEIR_SOURCE_RECONNECTING, "it is away");
		weir_away_back(&f.away);
		expect_state(&f, WEIR_SOURCE_LIVE, "");
		assert_false(weir_away_wait(&f.away, 0));
		end(&f);
	}
}

static void a_wake_is_heard_and_other_errors_are_final(void **state)
{
	struct fixture f;
	struct weir_error err = {.code = WEIR_CANCELLED};
	(void)state;
	begin(&f, true);
	weir_wake_signal(&f.wake);
	assert_int_equal(weir_away_failed(&f.away, true, true, &err), WEIR_AGAIN);
	assert_false(weir_wake_wait(&f.wake, 0));
	err = (struct weir_error){.code = WEIR_DENIED};
	assert_int_equal(weir_away_failed(&f.away, true, true, &err), WEIR_DENIED);
	expect_state(&f, WEIR_SOURCE_CONNECTING, "no answer yet");
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nobody_waits_longer_than_the_timeout),
	    cmocka_unit_test(who_follows_waits_as_long_as_it_takes),
	    cmocka_unit_test(a_wake_is_heard_and_other_errors_are_final),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
