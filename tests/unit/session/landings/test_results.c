/* --land-view: windows are landed as soon as they are over, each once, and all of them together are the answer. */
#include "session/landings/results.h"

#include "weir/codec/codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define S WEIR_US_PER_S
#define START INT64_C(1795341600000000)

static uint64_t random_state = 1;
static int64_t draw(int64_t n)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (int64_t)(random_state >> 33) % n;
}

struct bench {
	struct weir_budget budget;
	struct weir_options options;
	struct weir_schema *schema;
	struct weir_results results;
	struct weir_buf landed; /* as NDJSON */
	const struct weir_fabric_ops *ops;
	struct weir_fabric *fabric; /* the same question, asked once at the end */
	int64_t n;                  /* rows so far; the time rises by a second with each */
};
static const struct weir_landing_stream streams[] = {{{"orders", 6}, false}};

static enum weir_status take(void *ctx, struct weir_batch *batch, uint64_t *rows, struct weir_error *err)
{
	struct bench *b = ctx;
	const struct weir_encode e = {.batch = batch, .rows = rows, .columns = batch->schema};

	(void)err;
	weir_codec_for_writing(WEIR_STR("ndjson"))->encode(&e, 0, SIZE_MAX, &b->landed);
	weir_batch_free(batch);
	free(rows);
	return WEIR_OK;
}

static void parse(struct weir_options *o, const char *const *words, int n)
{
	struct weir_error err = {0};
	char *argv[16];

	for (int i = 0; i < n; i++)
		argv[i] = (char *)(uintptr_t)words[i];
	weir_options_init(o);
	if (weir_options_parse(n, argv, 0, o, &err) != WEIR_OK)
		fail_msg("%s", err.what);
}

static enum weir_status open_results(struct bench *b, bool live, bool finite, struct weir_error *err)
{
	const struct weir_results_config config = {.options = &b->options,
						   .ops = b->ops,
						   .clock = &weir_clock_system,
						   .budget = &b->budget,
						   .n_streams = 1,
						   .streams = streams,
						   .live = live,
						   .finite = finite,
						   .land = take,
						   .ctx = b};
	return weir_results_open(&b->results, &config, err);
}

/* With these options of the command line. */
static void begin(struct bench *b, const char *const *words, int n)
{
	static const struct weir_fabric_stream stream[] = {{.name = {"orders", 6}}};
	struct weir_error err = {0};

	*b = (struct bench){.schema = weir_schema_new()};
	parse(&b->options, words, n);
	assert_true(weir_schema_add(b->schema, WEIR_STR("t"), WEIR_TIMESTAMP) == 0 &&
		    weir_schema_add(b->schema, WEIR_STR("g"), WEIR_STRING) == 1 &&
		    weir_schema_add(b->schema, WEIR_STR("n"), WEIR_INT64) == 2);
	weir_schema_set_time(b->schema, 0);
	assert_int_equal(weir_fabric_find(NULL, &b->ops, NULL), WEIR_OK);
	if (open_results(b, false, true, &err) != WEIR_OK)
		fail_msg("%s", err.what);
	const struct weir_fabric_config config = {.budget = &b->budget,
						  .clock = &weir_clock_system,
						  .n_streams = 1,
						  .streams = stream,
						  .finite = true,
						  .retain_us = -1};
	const struct weir_question question = {.view = &b->options.view, .generation = 1};
	assert_int_equal(b->ops->open(&config, &b->fabric, NULL), WEIR_OK);
	assert_int_equal(b->ops->set_view(b->fabric, &question, NULL), WEIR_OK);
}
#define BEGIN(b, ...)                                                                                                  \
	begin(b, (const char *[]){"weir", __VA_ARGS__, "-"},                                                           \
	      (int)(sizeof((const char *[]){"weir", __VA_ARGS__, "-"}) / sizeof(char *)))

/* n more rows, each up to `disorder` seconds before its turn. */
static void feed(struct bench *b, uint32_t n, int64_t disorder)
{
	struct weir_batch *batch = weir_batch_new(n), *spare = NULL;
	const struct weir_batch *kept;
	char text[8];

	assert_true(batch && weir_batch_set_schema(batch, b->schema) && weir_batch_add_time(batch));
	for (uint32_t i = 0; i < n; i++, b->n++) {
		int64_t t = START + (b->n - draw(disorder + 1)) * S;
		int size = snprintf(text, sizeof text, "g%d", (int)draw(4));
		batch->time_us[i] = t;
		batch->position[i] = b->n;
		assert_true(
		    weir_column_set_timestamp(&batch->columns[0], i, t) &&
		    weir_column_set_string(&batch->columns[1], i, (struct weir_str){text, (size_t)size}, NULL) &&
		    weir_column_set_int64(&batch->columns[2], i, draw(100)));
	}
	for (uint32_t i = 0; i < 3; i++)
		assert_true(weir_column_finish(&batch->columns[i], n));
	batch->n_rows = n;
	assert_int_equal(weir_results_add(&b->results, batch, NULL), WEIR_OK);
	assert_int_equal(batch->n_rows, n); /* it is only looked at */
	assert_int_equal(b->ops->append_take(b->fabric, batch, &kept, &spare, NULL), WEIR_OK);
	weir_batch_free(spare);
}

/* The answer to all that came. */
static void answer(struct bench *b, struct weir_buf *out)
{
	const struct weir_result_request request = {.at_us = WEIR_TIME_NONE};
	bool windows = b->options.view.window.kind != WEIR_WINDOW_ALL;
	struct weir_result *r = NULL;

	assert_int_equal(b->ops->result(b->fabric, &request, &r, NULL), WEIR_OK);
	for (uint32_t i = 0; i < r->n_rows; i++) {
		struct weir_result_cell c = weir_result_cells(r, &r->rows[i], windows);
		while (weir_result_next_cell(&c)) {
			weir_buf_add_char(out, c.i == 1 ? '{' : ',');
			weir_json_quote(c.name, out);
			weir_buf_add_char(out, ':');
			weir_value_json(&c.value, out);
		}
		weir_buf_add_c(out, "}\n");
	}
	weir_result_unref(r);
}

static void finish(struct bench *b)
{
	b->ops->close(b->fabric);
	weir_results_close(&b->results);
	weir_schema_unref(b->schema);
	weir_options_release(&b->options);
	weir_buf_release(&b->landed);
	assert_int_equal(weir_budget_used(&b->budget), 0);
}

/* What is landed on the way and at the end is the answer, window by window. */
static void assert_all_landed(struct bench *b)
{
	struct weir_buf expected = {0};

	assert_int_equal(weir_results_end(&b->results, NULL), WEIR_OK);
	answer(b, &expected);
	assert_string_equal(b->landed.data ? b->landed.data : "", expected.data ? expected.data : "");
	weir_buf_release(&expected);
}

static void test_windows_that_are_over(void **state)
{
	struct bench b;

	(void)state;
	BEGIN(&b, "-W", "tumbling 10s", "-m", "count,sum(n)", "--late", "5s");
	feed(&b, 15, 0); /* to second 14: none is over for 5 s */
	assert_int_equal(b.landed.size, 0);
	feed(&b, 1, 0); /* second 15 */
	assert_non_null(strstr(b.landed.data, "\"count\":10"));
	size_t first = b.landed.size;
	feed(&b, 9, 0);
	assert_int_equal(b.landed.size, first);
	feed(&b, 1, 0); /* second 25 */
	assert_true(b.landed.size > first);
	assert_all_landed(&b);
	finish(&b);
}

/* Until --grace has passed late rows may change it. */
static void test_grace(void **state)
{
	struct bench b;

	(void)state;
	BEGIN(&b, "-W", "tumbling 10s", "-m", "count", "--late", "0s", "--grace", "20s");
	feed(&b, 30, 0);
	assert_int_equal(b.landed.size, 0);
	b.n = 3;
	feed(&b, 1, 0); /* late, and still counted */
	b.n = 30;
	feed(&b, 1, 0);
	assert_non_null(strstr(b.landed.data, "\"count\":11"));
	assert_all_landed(&b);
	finish(&b);
}

static void test_all_at_the_end(void **state)
{
	struct bench b;

	(void)state;
	BEGIN(&b, "-W", "tumbling 10s", "-m", "count,p95(n)", "-g", "g"); /* no row of a file is late */
	feed(&b, 200, 60);
	feed(&b, 200, 60);
	assert_int_equal(b.landed.size, 0);
	assert_all_landed(&b);
	finish(&b);
	BEGIN(&b, "-W", "all", "-m", "count,p95(n)", "-g", "g");
	feed(&b, 200, 60);
	assert_int_equal(b.landed.size, 0);
	assert_all_landed(&b);
	finish(&b);
}

static void test_whatever_the_window(void **state)
{
	static const char *const windows[] = {"tumbling 7s", "hopping 30s by 10s", "hopping 12s by 5s", "tumbling 1m"};
	static const char *const delays[] = {"0s", "3s", "20s"}, *const graces[] = {"0s", "10s"};

	(void)state;
	for (int i = 0; i < 48; i++) {
		struct bench b;
		BEGIN(&b, "-W", windows[i % 4], "--late", delays[i / 4 % 3], "--grace", graces[i / 12 % 2], "-g", "g",
		      "-m", "count,sum(n),min(n),distinct(n)");
		for (int k = 0; k < 40; k++)
			feed(&b, (uint32_t)draw(20) + 1, i / 24 * 15);
		assert_true(b.landed.size > 0);
		assert_all_landed(&b);
		finish(&b);
	}
}

static void assert_refused(bool live, bool finite, const char *what, const char *const *words, int n)
{
	struct bench b = {0};
	struct weir_error err = {0};

	parse(&b.options, words, n);
	assert_int_equal(weir_fabric_find(NULL, &b.ops, NULL), WEIR_OK);
	assert_int_equal(open_results(&b, live, finite, &err), WEIR_USAGE);
	assert_string_equal(err.what, what);
	weir_options_release(&b.options);
}
#define REFUSED(live, finite, what, ...)                                                                               \
	assert_refused(live, finite, what, (const char *[]){"weir", __VA_ARGS__, "-"},                                 \
		       (int)(sizeof((const char *[]){"weir", __VA_ARGS__, "-"}) / sizeof(char *)))

static void test_what_has_no_results(void **state)
{
	static const char moves[] = "the window moves on with each row and is never over",
			  endless[] = "the stream has no end, so the window is never over";

	(void)state;
	REFUSED(false, true, "nothing is computed", "-W", "tumbling 1m");
	REFUSED(false, true, moves, "-m", "count", "-W", "5m");
	REFUSED(false, true, moves, "-m", "count", "-W", "rows 10");
	REFUSED(false, false, endless, "-m", "count");
	REFUSED(false, false, endless, "-m", "count", "-W", "all");
	REFUSED(true, false, moves, "-m", "count");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_windows_that_are_over), cmocka_unit_test(test_grace),
	    cmocka_unit_test(test_all_at_the_end),        cmocka_unit_test(test_whatever_the_window),
	    cmocka_unit_test(test_what_has_no_results),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
