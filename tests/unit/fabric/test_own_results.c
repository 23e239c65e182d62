/* A fabric that reads the sources itself and brings results of its own, driven through a session and a batch. It stands in
 * the table of fabrics that this program has in place of the one of src/fabric; what it "reads" are ticks of the test. */
#include "weir/fabric/fabric.h"
#include "weir/query/result_builder.h"
#include "weir/session/session.h"

#include "../../limit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { NAME_BYTES = 64 };

/* What the test does to it, from its own thread. */
static struct {
	pthread_mutex_t lock;
	struct weir_wake *wake; /* of who drives the fabric; NULL: closed */
	uint64_t ticks;
	bool ended;
} far = {.lock = PTHREAD_MUTEX_INITIALIZER};

struct clockwork {
	struct weir_fabric fabric;
	struct weir_fabric_config config;
	char measure[NAME_BYTES];
	uint64_t generation;
	uint64_t answered_ticks; /* the newest result was of so many */
	bool answered_end;
};

extern const struct weir_fabric_ops weir_fabric_local;
static const struct weir_fabric_ops clockwork;

static void tick(uint64_t n, bool ended)
{
	pthread_mutex_lock(&far.lock);
	far.ticks += n;
	far.ended = ended;
	if (far.wake)
		weir_wake_signal(far.wake);
	pthread_mutex_unlock(&far.lock);
}

static enum weir_status far_open(const struct weir_fabric_config *config, struct weir_fabric **out,
				 struct weir_error *err)
{
	struct clockwork *c = calloc(1, sizeof *c);
	(void)err;
	assert_non_null(c);
	c->fabric.ops = &clockwork;
	c->config = *config;
	pthread_mutex_lock(&far.lock);
	far.wake = config->wake;
	pthread_mutex_unlock(&far.lock);
	*out = &c->fabric;
	return WEIR_OK;
}

static void far_close(struct weir_fabric *f)
{
	pthread_mutex_lock(&far.lock);
	far.wake = NULL;
	pthread_mutex_unlock(&far.lock);
	free(f);
}

static enum weir_status far_set_view(struct weir_fabric *f, const struct weir_question *q, struct weir_error *err)
{
	struct clockwork *c = (struct clockwork *)f;
	const char *measure = q->view->text[WEIR_VIEW_MEASURE];
	if (measure && strcmp(measure, "avg(x)") == 0)
		return weir_fail(err, WEIR_UNSUPPORTED, "--measure", "it can count, and nothing else");
	snprintf(c->measure, sizeof c->measure, "%s", measure ? measure : "count");
	c->generation = q->generation;
	return WEIR_OK;
}

static enum weir_status far_result(struct weir_fabric *f, const struct weir_result_request *request,
				   struct weir_result **out, struct weir_error *err)
{
	struct clockwork *c = (struct clockwork *)f;
	pthread_mutex_lock(&far.lock);
	uint64_t ticks = c->answered_ticks = far.ticks;
	c->answered_end = far.ended;
	pthread_mutex_unlock(&far.lock);
	(void)request;
	if (!ticks)
		return WEIR_AGAIN;
	struct weir_result *r = weir_result_new(c->generation);
	const struct weir_result_column group = {.name = WEIR_STR("source"), .type = WEIR_STRING},
					measure = {.name = weir_str_of(c->measure), .type = WEIR_INT64};
	const struct weir_value key = {.type = WEIR_STRING, .s = c->config.streams[0].name},
				value = {.type = WEIR_INT64, .i = (int64_t)ticks};
	const struct weir_result_row row = {
	    .window_start_us = WEIR_TIME_NONE, .window_end_us = WEIR_TIME_NONE, .groups = &key, .measures = &value};
	struct weir_ledger ledger;
	const struct weir_ledger *ledgers[] = {&ledger};
	const struct weir_result_stream stream = {ledgers, 1, NULL, WEIR_TIME_NONE};
	weir_ledger_init(&ledger);
	ledger.received = ledger.matched = ledger.in_window = ticks;
	if (!r || !weir_result_set_groups(r, &group, 1) || !weir_result_set_measures(r, &measure, 1) ||
	    !weir_result_set_rows(r, &row, 1, 1) || !weir_result_set_total(r, &row, NULL) ||
	    !weir_result_set_streams(r, &stream, 1)) {
		weir_result_unref(r);
		return weir_fail(err, WEIR_NO_MEMORY, "clockwork", "out of memory");
	}
	*out = r;
	return WEIR_OK;
}

static bool far_newer(struct weir_fabric *f, bool *ended)
{
	const struct clockwork *c = (struct clockwork *)f;
	pthread_mutex_lock(&far.lock);
	bool newer = c->answered_ticks != far.ticks;
	*ended = far.ended;
	pthread_mutex_unlock(&far.lock);
	return newer;
}

static enum weir_status far_explain(struct weir_fabric *f, bool terminal, struct weir_buf *out, struct weir_error *err)
{
	const struct clockwork *c = (struct clockwork *)f;
	(void)terminal;
	(void)err;
	weir_buf_addf(out, "counts ticks of %s:%s\n", c->config.streams[0].uri->scheme, c->config.streams[0].uri->path);
	return WEIR_OK;
}

static void far_interrupt(struct weir_fabric *f, bool on)
{
	(void)f;
	(void)on;
}

static const struct weir_fabric_ops clockwork = {
    .name = "clockwork",
    .help = "counts elsewhere",
    .open = far_open,
    .set_view = far_set_view,
    .result = far_result,
    .explain = far_explain,
    .interrupt = far_interrupt,
    .close = far_close,
    .newer = far_newer,
};

const struct weir_fabric_ops *const weir_fabric_table[] = {&weir_fabric_local, &clockwork, NULL};

static void set_options(struct weir_options *o, int argc, const char *const *words)
{
	struct weir_error err = {0};
	char copies[12][64], *argv[12];
	for (int i = 0; i < argc; i++) {
		snprintf(copies[i], sizeof copies[i], "%s", words[i]);
		argv[i] = copies[i];
	}
	weir_options_init(o);
	assert_int_equal(weir_options_parse(argc, argv, 0, o, &err), WEIR_OK);
	assert_non_null(o->fabric = weir_str_dup(WEIR_STR("clockwork")));
	far.ticks = 0;
	far.ended = false;
}
#define OPTIONS(o, ...)                                                                                                \
	do {                                                                                                           \
		const char *const words_[] = {"weir", __VA_ARGS__};                                                    \
		set_options(o, sizeof words_ / sizeof *words_, words_);                                                \
	} while (0)

/* The newest result that is of so many ticks, at least; one reference. */
static struct weir_result *wait_for_ticks(struct weir_session *s, int64_t ticks, uint64_t generation)
{
	int64_t end_us = weir_clock_mono_us(&weir_clock_system) + TEST_LIMIT_S * INT64_C(1000000);
	for (;;) {
		struct weir_result *r = weir_session_result(s);
		if (r && r->n_rows && r->rows[0].measures[0].i >= ticks && r->view_generation >= generation)
			return r;
		weir_result_unref(r);
		int64_t left_us = end_us - weir_clock_mono_us(&weir_clock_system);
		if (left_us <= 0 || !weir_wake_wait(weir_session_wake(s), left_us))
			fail_msg("no result of %lld ticks came", (long long)ticks);
	}
}

static void wait_for_end(struct weir_session *s, struct weir_session_info *info)
{
	int64_t end_us = weir_clock_mono_us(&weir_clock_system) + TEST_LIMIT_S * INT64_C(1000000);
	for (weir_session_info(s, info); !info->ended; weir_session_info(s, info))
		if (!weir_wake_wait(weir_session_wake(s), end_us - weir_clock_mono_us(&weir_clock_system)))
			fail_msg("it does not end");
}

static void a_session_shows_what_it_brings(void **state)
{
	(void)state;
	struct weir_options o;
	struct weir_session *s;
	struct weir_session_info info = {0};
	struct weir_error err = {0};
	OPTIONS(&o, "-g", "source", "-m", "count", "lake=demo:web");
	assert_int_equal(weir_session_open(&o, &weir_clock_system, -1, true, &s, &err), WEIR_OK);
	weir_session_info(s, &info);
	assert_string_equal(info.streams[0].name, "lake");
	assert_int_equal(info.streams[0].state, WEIR_STREAM_LIVE);
	tick(3, false);
	struct weir_result *r = wait_for_ticks(s, 3, 1);
	assert_int_equal(r->error.code, WEIR_OK);
	assert_string_equal(r->rows[0].groups[0].s.data, "lake");
	weir_session_info(s, &info);
	assert_int_equal(info.streams[0].records, 3); /* nothing was read here */
	weir_result_unref(r);
	tick(2, false);
	weir_result_unref(wait_for_ticks(s, 5, 1));
	tick(1, true);
	weir_result_unref(wait_for_ticks(s, 6, 1));
	wait_for_end(s, &info);
	assert_int_equal(info.streams[0].state, WEIR_STREAM_END);
	weir_session_info_release(&info);
	weir_session_close(s);
	weir_options_release(&o);
}

static struct weir_delivery wait_for_delivery(struct weir_session *s)
{
	struct weir_delivery d;
	while (!weir_session_delivery(s, &d))
		if (!weir_wake_wait(weir_session_wake(s), TEST_LIMIT_S * INT64_C(1000000)))
			fail_msg("what was ordered does not come");
	return d;
}

static void questions_reach_it(void **state)
{
	(void)state;
	struct weir_options o;
	struct weir_session *s;
	struct weir_view view;
	struct weir_error err = {0};
	OPTIONS(&o, "-m", "count", "demo:web");
	assert_int_equal(weir_session_open(&o, &weir_clock_system, -1, true, &s, &err), WEIR_OK);
	tick(4, false);
	weir_result_unref(wait_for_ticks(s, 4, 1));
	weir_view_init(&view);
	assert_int_equal(weir_view_set(&view, WEIR_VIEW_MEASURE, "count as n", 0, &err), WEIR_OK);
	uint64_t generation = weir_session_ask(s, &view, &err);
	struct weir_result *r = wait_for_ticks(s, 4, generation);
	assert_string_equal(r->measures[0].name.data, "count as n");
	weir_result_unref(r);
	weir_session_order(s, WEIR_ORDER_EXPLAIN, WEIR_OUT_CSV);
	struct weir_delivery d = wait_for_delivery(s);
	assert_string_equal(weir_buf_str(&d.text).data, "counts ticks of demo:web\n");
	weir_buf_release(&d.text);
	weir_session_order(s, WEIR_ORDER_ROWS, WEIR_OUT_CSV);
	d = wait_for_delivery(s);
	assert_int_equal(d.n_rows, 1);
	assert_string_equal(weir_buf_str(&d.text).data, "source,count as n\nweb,4\n");
	weir_buf_release(&d.text);
	weir_view_release(&view);
	weir_session_close(s);
	weir_options_release(&o);
}

/* Runs a batch; its exit status, and both of its outputs. */
static int run(struct weir_options *o, char *out, char *said, size_t bytes)
{
	static const volatile bool interrupted = false;
	FILE *files[2] = {tmpfile(), tmpfile()};
	char *texts[2] = {out, said};
	assert_non_null(files[0]);
	assert_non_null(files[1]);
	int code = weir_batch_run(o, &weir_clock_system, -1, fileno(files[0]), fileno(files[1]), &interrupted);
	for (int i = 0; i < 2; i++) {
		ssize_t n = pread(fileno(files[i]), texts[i], bytes - 1, 0);
		texts[i][n > 0 ? n : 0] = '\0';
		fclose(files[i]);
	}
	weir_options_release(o);
	return code;
}

static void a_batch_prints_what_it_brought(void **state)
{
	(void)state;
	struct weir_options o;
	char out[1000], said[1000];
	OPTIONS(&o, "--batch", "-o", "csv", "-g", "source", "-m", "count", "demo:web");
	tick(7, true);
	assert_int_equal(run(&o, out, said, sizeof out), 0);
	assert_string_equal(out, "source,count\nweb,7\n");
	assert_string_equal(said, "");
	OPTIONS(&o, "--batch", "-o", "csv", "--for", "100ms", "-m", "count", "demo:web");
	tick(8, false); /* goes on after that */
	assert_int_equal(run(&o, out, said, sizeof out), 0);
	assert_string_equal(out, "source,count\nweb,8\n");
	OPTIONS(&o, "--batch", "--explain", "demo:web");
	assert_int_equal(run(&o, out, said, sizeof out), 0);
	assert_string_equal(out, "counts ticks of demo:web\n");
}

static void what_it_cannot_do_is_refused(void **state)
{
	(void)state;
	struct weir_options o;
	char out[1000], said[1000];
	OPTIONS(&o, "--batch", "demo:web");
	assert_int_equal(run(&o, out, said, sizeof out), 2);
	assert_non_null(strstr(said, "hands out no rows"));
	OPTIONS(&o, "--batch", "-m", "count", "--every", "1s", "demo:web");
	assert_int_equal(run(&o, out, said, sizeof out), 2);
	OPTIONS(&o, "--batch", "-m", "avg(x)", "demo:web");
	assert_int_equal(run(&o, out, said, sizeof out), 2);
	assert_non_null(strstr(said, "nothing else"));
	OPTIONS(&o, "--batch", "-m", "count", "--for", "50ms", "demo:web");
	assert_int_equal(run(&o, out, said, sizeof out), 1);
	assert_non_null(strstr(said, "gave no answer in time"));
	assert_string_equal(out, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_session_shows_what_it_brings),
	    cmocka_unit_test(questions_reach_it),
	    cmocka_unit_test(a_batch_prints_what_it_brought),
	    cmocka_unit_test(what_it_cannot_do_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
