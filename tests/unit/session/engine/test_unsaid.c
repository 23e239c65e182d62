/* Answers that there was no memory to make, nor even to say so: the newest question is answered all the same once there is memory.
 * The fabric is the test's own. It loses the memory at the moment that the test wants, and it says that it has news once in a test:
 * whatever the engine forgets by then, nothing reminds it of. */
#include "weir/fabric/fabric.h"
#include "weir/query/result_builder.h"
#include "weir/session/session.h"

#include "../../../limit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdatomic.h>
#include <stdlib.h>

enum scene {
	WELL,
	NONE_TO_SAY_IT,  /* no memory for a result, nor for the next thing: the error that would say so */
	ASKED_MEANWHILE, /* the same until the next question is taken, which comes now */
	ERROR_UNSEEN     /* the next result waits until the test has seen the error before it */
};

static struct {
	_Atomic(struct weir_wake *) wake;
	_Atomic enum scene scene;
	_Atomic bool news;
	_Atomic int64_t later_us; /* the clock goes ahead */
	struct weir_wake seen;
	struct weir_session *session;
} far;

struct forgetful {
	struct weir_fabric fabric;
	uint64_t generation;
};

static const struct weir_fabric_ops forgetful;

static enum weir_status far_open(const struct weir_fabric_config *config, struct weir_fabric **out,
				 struct weir_error *err)
{
	struct forgetful *f = calloc(1, sizeof *f);
	(void)err;
	assert_non_null(f);
	f->fabric.ops = &forgetful;
	far.wake = config->wake;
	*out = &f->fabric;
	return WEIR_OK;
}

static void far_close(struct weir_fabric *f)
{
	free(f);
}

static enum weir_status far_set_view(struct weir_fabric *f, const struct weir_question *q, struct weir_error *err)
{
	const char *measure = q->view->text[WEIR_VIEW_MEASURE];
	if (measure && strcmp(measure, "avg(x)") == 0) {
		weir_alloc_fail_at(1, false);
		return weir_fail(err, WEIR_UNSUPPORTED, "--measure", "it can count, and nothing else");
	}
	((struct forgetful *)f)->generation = q->generation;
	return WEIR_OK;
}

static uint64_t ask(const char *measure)
{
	struct weir_view view;
	struct weir_error err = {0};
	weir_view_init(&view);
	assert_int_equal(weir_view_set(&view, WEIR_VIEW_MEASURE, measure, 0, &err), WEIR_OK);
	uint64_t generation = weir_session_ask(far.session, &view, &err);
	assert_int_not_equal(generation, 0);
	weir_view_release(&view);
	return generation;
}

static enum weir_status far_result(struct weir_fabric *f, const struct weir_result_request *request,
				   struct weir_result **out, struct weir_error *err)
{
	enum scene scene = far.scene;
	(void)request;
	far.scene = scene == NONE_TO_SAY_IT ? ERROR_UNSEEN : WELL;
	if (scene == ERROR_UNSEEN)
		assert_true(weir_wake_wait(&far.seen, TEST_LIMIT_S * INT64_C(1000000)));
	if (scene == ASKED_MEANWHILE)
		ask("count");
	if (scene == NONE_TO_SAY_IT || scene == ASKED_MEANWHILE) {
		weir_alloc_fail_at(1, scene == ASKED_MEANWHILE);
		return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory");
	}
	*out = weir_result_new(((struct forgetful *)f)->generation);
	return *out ? WEIR_OK : weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory");
}

static void far_interrupt(struct weir_fabric *f, bool on)
{
	(void)f;
	if (!on) /* a question is taken */
		weir_alloc_fail_at(0, false);
}

static bool far_newer(struct weir_fabric *f, bool *ended)
{
	(void)f;
	*ended = false;
	return atomic_exchange(&far.news, false);
}

static const struct weir_fabric_ops forgetful = {
    .name = "forgetful",
    .help = "loses its memory",
    .open = far_open,
    .set_view = far_set_view,
    .result = far_result,
    .interrupt = far_interrupt,
    .close = far_close,
    .newer = far_newer,
};

const struct weir_fabric_ops *const weir_fabric_table[] = {&forgetful, NULL};

static int64_t mono_us(void *ctx)
{
	(void)ctx;
	return weir_clock_mono_us(&weir_clock_system) + far.later_us;
}

static int64_t wall_us(void *ctx)
{
	(void)ctx;
	return weir_clock_wall_us(&weir_clock_system);
}

static void sleep_us(void *ctx, int64_t us)
{
	(void)ctx;
	weir_clock_system.sleep_us(weir_clock_system.ctx, us);
}

static const struct weir_clock clock_ahead = {mono_us, wall_us, sleep_us, NULL};

/* The first result for the question of that generation with that error. Allocates nothing: there may be no memory. */
static void wait_for(uint64_t generation, enum weir_status code)
{
	int64_t end_us = weir_clock_mono_us(&weir_clock_system) + TEST_LIMIT_S * INT64_C(1000000);
	for (;;) {
		struct weir_result *r = weir_session_result(far.session);
		bool is_it = r && r->view_generation == generation && r->error.code == code;
		weir_result_unref(r);
		if (is_it)
			return;
		int64_t left_us = end_us - weir_clock_mono_us(&weir_clock_system);
		if (left_us <= 0 || !weir_wake_wait(weir_session_wake(far.session), left_us))
			fail_msg("no answer to question %u with status %d", (unsigned)generation, (int)code);
	}
}

static void play(enum scene scene)
{
	far.scene = scene;
	far.news = true;
	weir_wake_signal(far.wake);
}

static struct weir_options options;

static int open_session(void **state)
{
	char words[][16] = {"weir", "-m", "count", "demo:web"}, *argv[4];
	struct weir_error err = {0};
	(void)state;
	for (int i = 0; i < 4; i++)
		argv[i] = words[i];
	weir_options_init(&options);
	if (weir_wake_init(&far.seen, &err) != WEIR_OK || weir_options_parse(4, argv, 0, &options, &err) != WEIR_OK ||
	    weir_session_open(&options, &clock_ahead, -1, true, &far.session, &err) != WEIR_OK)
		return -1;
	wait_for(1, WEIR_OK);
	return 0;
}

static int close_session(void **state)
{
	(void)state;
	weir_alloc_fail_at(0, false);
	weir_session_close(far.session);
	weir_wake_release(&far.seen);
	weir_options_release(&options);
	return 0;
}

static void the_error_is_said_and_the_answer_follows(void **state)
{
	(void)state;
	play(NONE_TO_SAY_IT);
	wait_for(1, WEIR_NO_MEMORY);
	weir_wake_signal(&far.seen);
	wait_for(1, WEIR_OK);
}

static void a_question_asked_meanwhile_is_answered(void **state)
{
	(void)state;
	play(ASKED_MEANWHILE);
	wait_for(2, WEIR_OK);
}

static void a_refusal_is_said_and_gives_way(void **state)
{
	(void)state;
	far.scene = ERROR_UNSEEN;
	wait_for(ask("avg(x)"), WEIR_UNSUPPORTED);
	weir_wake_signal(&far.seen);
	far.later_us = 3000000; /* it has stood long enough */
	weir_wake_signal(far.wake);
	wait_for(1, WEIR_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(the_error_is_said_and_the_answer_follows, open_session, close_session),
	    cmocka_unit_test_setup_teardown(a_question_asked_meanwhile_is_answered, open_session, close_session),
	    cmocka_unit_test_setup_teardown(a_refusal_is_said_and_gives_way, open_session, close_session),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
