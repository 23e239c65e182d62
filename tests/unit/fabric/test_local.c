/* The local fabric as a session drives it: batches and questions in, results out, the ledger balanced at every moment. */
#include "fabric/local/local.h"

#include "weir/base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define S WEIR_US_PER_S
#define START INT64_C(1795341600000000)

struct still {
	int64_t mono_us, wall_us;
};
static int64_t still_mono(void *ctx)
{
	return ((struct still *)ctx)->mono_us;
}
static int64_t still_wall(void *ctx)
{
	return ((struct still *)ctx)->wall_us;
}
static void still_sleep(void *ctx, int64_t us)
{
	((struct still *)ctx)->mono_us += us;
}

/* Rows of (fruit, n, time), n = 0, 1, 2 …, one a second from START; n may be written as a float or a text. */
struct bench {
	struct weir_budget budget;
	struct still still;
	struct weir_clock clock;
	const struct weir_fabric_ops *ops;
	struct weir_fabric *f;
	struct weir_schema *schema[2];
	struct weir_dict *dict;
	int64_t n[2]; /* rows so far, by stream */
	uint64_t generation;
	uint16_t n_partitions;
	const char *compare; /* of the questions to come; NULL: nothing is said */
};

static const char *const fruits[] = {"apple", "banana", "cherry"};

static void open_bench_of(struct bench *b, bool live, bool keep_rows, uint32_t n_streams, bool finite)
{
	static const struct weir_fabric_stream streams[] = {{.name = {"left", 4}}, {.name = {"right", 5}}};
	*b = (struct bench){.ops = weir_fabric_table[0], .still = {1, START}, .n_partitions = 1};
	b->clock = (struct weir_clock){still_mono, still_wall, still_sleep, &b->still};
	for (int i = 0; i < 2; i++) {
		b->schema[i] = weir_schema_new();
		assert_int_equal(weir_schema_add(b->schema[i], WEIR_STR("fruit"), WEIR_STRING), 0);
		assert_int_equal(weir_schema_add(b->schema[i], WEIR_STR("n"), WEIR_INT64), 1);
		b->schema[i]->version = 1;
	}
	b->dict = weir_dict_new(NULL);
	struct weir_fabric_config config = {.budget = &b->budget,
					    .clock = &b->clock,
					    .n_streams = n_streams,
					    .streams = streams,
					    .live = live,
					    .finite = finite,
					    .keep_rows = keep_rows,
					    .retain_us = -1};
	assert_int_equal(b->ops->open(&config, &b->f, NULL), WEIR_OK);
}

static void open_bench(struct bench *b, bool live, bool keep_rows, uint32_t n_streams)
{
	open_bench_of(b, live, keep_rows, n_streams, true);
}

static struct weir_plan *plan_of(const struct bench *b)
{
	return ((struct weir_local *)b->f)->plan;
}

static void close_bench(struct bench *b)
{
	b->ops->close(b->f);
	weir_dict_unref(b->dict);
	weir_schema_unref(b->schema[0]);
	weir_schema_unref(b->schema[1]);
	assert_int_equal(weir_budget_used(&b->budget), 0);
}

static void new_schema(struct bench *b, int stream, const char *column, enum weir_type type)
{
	struct weir_schema *next = weir_schema_next(b->schema[stream]);
	int at = weir_schema_find(next, weir_str_of(column));
	if (at < 0)
		assert_true(weir_schema_add(next, weir_str_of(column), type) >= 0);
	else
		weir_schema_set_type(next, (uint32_t)at, type);
	weir_schema_unref(b->schema[stream]);
	b->schema[stream] = next;
}

static struct weir_batch *make(struct bench *b, uint16_t stream, uint32_t rows)
{
	struct weir_batch *batch = weir_batch_new(rows);
	enum weir_type type = b->schema[stream]->fields[1].type;
	bool ok = batch && weir_batch_set_schema(batch, b->schema[stream]) && weir_batch_add_time(batch) &&
		  (b->n_partitions == 1 || weir_batch_add_partition(batch));
	for (uint32_t i = 0; ok && i < rows; i++) {
		int64_t n = b->n[stream]++;
		batch->time_us[i] = START + n * S;
		batch->position[i] = n;
		if (batch->partition)
			batch->partition[i] = (uint16_t)(n % b->n_partitions);
		ok =
		    weir_column_set_string(&batch->columns[0], i, weir_str_of(fruits[n % 3]), b->dict) &&
		    (type == WEIR_INT64     ? weir_column_set_int64(&batch->columns[1], i, n)
		     : type == WEIR_FLOAT64 ? weir_column_set_float64(&batch->columns[1], i, (double)n)
					    : weir_column_set_string(&batch->columns[1], i, WEIR_STR("many"), b->dict));
		if (ok && b->schema[stream]->n_fields > 2)
			ok = weir_column_set_int64(&batch->columns[2], i, 1);
	}
	for (uint32_t c = 0; ok && c < batch->n_columns; c++)
		ok = weir_column_finish(&batch->columns[c], rows);
	assert_true(ok);
	batch->stream = stream;
	batch->n_rows = rows;
	batch->bytes = rows * 20;
	batch->arrival_us = b->still.wall_us;
	return batch;
}

static enum weir_status try_append(struct bench *b, struct weir_batch *batch, struct weir_error *err)
{
	const struct weir_batch *kept;
	struct weir_batch *spare;
	enum weir_status st = b->ops->append_take(b->f, batch, &kept, &spare, err);
	weir_batch_free(spare);
	return st;
}

static void append(struct bench *b, uint16_t stream, uint32_t rows)
{
	struct weir_error err = {0};
	enum weir_status st = try_append(b, make(b, stream, rows), &err);
	if (st != WEIR_OK)
		print_message("%s\n", err.what);
	assert_int_equal(st, WEIR_OK);
}

static enum weir_status try_ask(struct bench *b, const char *where, const char *group, const char *measure,
				const char *window, bool ended, struct weir_error *err)
{
	struct weir_view v;
	struct weir_question q = {.view = &v, .generation = ++b->generation, .ended = ended};
	weir_view_init(&v);
	enum weir_status st = weir_view_set(&v, WEIR_VIEW_WHERE, where, START, err);
	if (st == WEIR_OK)
		st = weir_view_set(&v, WEIR_VIEW_GROUP, group, START, err);
	if (st == WEIR_OK)
		st = weir_view_set(&v, WEIR_VIEW_MEASURE, measure, START, err);
	if (st == WEIR_OK)
		st = weir_view_set(&v, WEIR_VIEW_WINDOW, window, START, err);
	if (st == WEIR_OK)
		st = weir_view_set(&v, WEIR_VIEW_COMPARE, b->compare, START, err);
	if (st == WEIR_OK)
		st = b->ops->set_view(b->f, &q, err);
	weir_view_release(&v);
	return st;
}

static void ask(struct bench *b, const char *where, const char *group, const char *measure, const char *window)
{
	struct weir_error err = {0};
	enum weir_status st = try_ask(b, where, group, measure, window, false, &err);
	if (st != WEIR_OK)
		print_message("%s\n", err.what);
	assert_int_equal(st, WEIR_OK);
}

static struct weir_result *result_at(struct bench *b, int64_t at_us)
{
	struct weir_result_request request = {.at_us = at_us, .records.count = 5, .extras = WEIR_EXTRAS_ALL};
	struct weir_result *r = NULL;
	struct weir_error err = {0};
	enum weir_status st = b->ops->result(b->f, &request, &r, &err);
	if (st != WEIR_OK)
		print_message("%s\n", err.what);
	assert_int_equal(st, WEIR_OK);
	assert_int_equal(r->view_generation, b->generation);
	struct weir_ledger sum;
	weir_ledger_init(&sum);
	for (uint32_t s = 0; s < r->n_streams; s++) {
		assert_true(weir_ledger_balances(&r->streams[s]));
		for (uint32_t p = 0; p < r->n_partitions[s]; p++) {
			assert_true(weir_ledger_balances(&r->partitions[s][p]));
			weir_ledger_add(&sum, &r->partitions[s][p]);
		}
	}
	assert_int_equal(sum.received, r->ledger.received);
	assert_int_equal(sum.matched, r->ledger.matched);
	return r;
}

/* "apple 3 15; banana …" in the order of the result. */
static void expect(struct bench *b, int64_t at_us, const char *wanted)
{
	struct weir_result *r = result_at(b, at_us);
	struct weir_buf out = {0};
	for (uint32_t i = 0; i < r->n_rows; i++) {
		weir_buf_add_c(&out, i ? "; " : "");
		for (uint32_t g = 0; g < r->n_groups; g++) {
			weir_value_text(&r->rows[i].groups[g], &out);
			weir_buf_add_char(&out, ' ');
		}
		for (uint32_t m = 0; m < r->n_measures; m++) {
			weir_buf_add_c(&out, m ? " " : "");
			weir_value_text(&r->rows[i].measures[m], &out);
		}
	}
	assert_string_equal(out.data ? out.data : "", wanted);
	weir_buf_release(&out);
	weir_result_unref(r);
}

static void batch_keeps_no_rows(void **state)
{
	(void)state;
	struct bench b;
	open_bench(&b, false, false, 1);
	ask(&b, NULL, "fruit", "count,sum(n)", "all");
	for (int i = 0; i < 100; i++)
		append(&b, 0, 300);
	assert_true(weir_budget_used(&b.budget) < 2 << 20);
	expect(&b, WEIR_TIME_NONE, "apple 10000 149985000; banana 10000 149995000; cherry 10000 150005000");
	struct weir_result *r = result_at(&b, WEIR_TIME_NONE);
	assert_int_equal(r->buffer_rows, 0);
	assert_int_equal(r->ledger.received, 30000);
	assert_int_equal(r->ledger.in_window, 30000);
	assert_int_equal(r->ledger.bytes, 600000);
	weir_result_unref(r);
	close_bench(&b);
}

static void batch_carries_on_when_columns_change(void **state)
{
	(void)state;
	struct bench b;
	open_bench(&b, false, false, 1);
	ask(&b, "fruit <> 'cherry'", "fruit", "count,sum(n),max(n)", "all");
	append(&b, 0, 30);
	new_schema(&b, 0, "extra", WEIR_INT64); /* nobody asks for it */
	append(&b, 0, 30);
	expect(&b, WEIR_TIME_NONE, "apple 20 570 57; banana 20 590 58");
	new_schema(&b, 0, "n", WEIR_FLOAT64);
	append(&b, 0, 30);
	expect(&b, WEIR_TIME_NONE, "apple 30 1305.0 87.0; banana 30 1335.0 88.0");
	struct weir_result *r = result_at(&b, WEIR_TIME_NONE);
	assert_int_equal(r->ledger.matched, 60);
	assert_int_equal(r->ledger.filtered, 30);
	weir_result_unref(r);
	close_bench(&b);
}

static void a_new_filter_counts_again(void **state)
{
	(void)state;
	struct bench b;
	open_bench(&b, true, true, 1);
	ask(&b, "n < 90", "fruit", "count", "all");
	append(&b, 0, 90);
	append(&b, 0, 90);
	expect(&b, WEIR_TIME_NONE, "apple 30; banana 30; cherry 30");
	ask(&b, "n >= 150", "fruit", "count", "all");
	expect(&b, WEIR_TIME_NONE, "apple 10; banana 10; cherry 10");
	struct weir_result *r = result_at(&b, WEIR_TIME_NONE);
	assert_int_equal(r->ledger.matched, 30);
	assert_int_equal(r->ledger.filtered, 150);
	assert_int_equal(r->buffer_rows, 180);
	assert_int_equal(r->n_records, 5);
	assert_int_equal(r->records[0].position, 179);
	assert_int_equal(r->n_fields, 2);
	assert_int_equal(r->fields[1].n_type[WEIR_INT64], 180);
	assert_int_equal(r->fields[0].n_distinct, 3);
	assert_int_equal(r->fields[1].example.i, 179);
	weir_result_unref(r);
	append(&b, 0, 30);
	expect(&b, WEIR_TIME_NONE, "apple 20; banana 20; cherry 20");
	close_bench(&b);
}

/* Rows without a time are counted once for each question, whatever was asked before. */
static void rows_without_a_time_are_counted_once(void **state)
{
	static const struct {
		const char *where, *window;
		uint64_t no_time;
	} asked[] = {{"n < 90", "5m", 30},
		     {"n < 30", "5m", 10},
		     {"n < 60", "5m", 20},
		     {"n < 60", "all", 0},
		     {"n < 90", "1m", 30}};
	(void)state;
	struct bench b;
	open_bench(&b, true, true, 1);
	ask(&b, asked[0].where, "fruit", "count", asked[0].window);
	struct weir_batch *batch = make(&b, 0, 90);
	for (uint32_t i = 0; i < 90; i += 3)
		batch->time_us[i] = WEIR_TIME_NONE;
	assert_int_equal(try_append(&b, batch, NULL), WEIR_OK);
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
		ask(&b, asked[i].where, "fruit", "count", asked[i].window);
		struct weir_result *r = result_at(&b, WEIR_TIME_NONE);
		assert_int_equal(r->ledger.no_time, asked[i].no_time);
		weir_result_unref(r);
	}
	close_bench(&b);
}

static void a_wrong_view_leaves_the_old_one(void **state)
{
	(void)state;
	struct bench b;
	struct weir_error err = {0};
	open_bench(&b, true, true, 1);
	ask(&b, NULL, "fruit", "count", "all");
	append(&b, 0, 30);
	uint64_t before = b.generation;
	assert_int_equal(try_ask(&b, NULL, "friut", "count", "all", true, &err), WEIR_EXPRESSION);
	assert_non_null(strstr(err.hint, "fruit"));
	assert_int_equal(try_ask(&b, "fruit + 1 > 'x'", "fruit", "sum(fruit)", "all", true, &err), WEIR_EXPRESSION);
	b.generation = before;
	expect(&b, WEIR_TIME_NONE, "apple 10; banana 10; cherry 10");
	close_bench(&b);
}

static void a_question_can_be_given_up(void **state)
{
	(void)state;
	struct bench b;
	struct weir_error err = {0};
	open_bench(&b, true, true, 1);
	ask(&b, "n < 15", "fruit", "count", "all");
	append(&b, 0, 30);
	uint64_t before = b.generation;
	b.ops->interrupt(b.f, true);
	assert_int_equal(try_ask(&b, "n >= 15", NULL, "sum(n)", "all", false, &err), WEIR_CANCELLED);
	b.generation = before;
	append(&b, 0, 3); /* rows go on to be counted meanwhile, also when their columns changed */
	new_schema(&b, 0, "extra", WEIR_INT64);
	append(&b, 0, 3);
	expect(&b, WEIR_TIME_NONE, "apple 5; banana 5; cherry 5");
	b.ops->interrupt(b.f, false);
	ask(&b, "n >= 15", NULL, "sum(n)", "all");
	expect(&b, WEIR_TIME_NONE, "525");
	close_bench(&b);
}

static void a_moment_given_up_is_built_again(void **state)
{
	(void)state;
	struct bench b;
	open_bench(&b, true, true, 1);
	ask(&b, NULL, NULL, "count", "10s");
	append(&b, 0, 600);
	expect(&b, WEIR_TIME_NONE, "10");
	struct weir_result_request request = {.at_us = START + 25 * S + 1};
	struct weir_result *r;
	b.ops->interrupt(b.f, true);
	enum weir_status st = b.ops->result(b.f, &request, &r, NULL);
	b.ops->interrupt(b.f, false);
	if (st == WEIR_OK)
		weir_result_unref(r);
	else
		assert_int_equal(st, WEIR_CANCELLED);
	expect(&b, WEIR_TIME_NONE, "10");
	expect(&b, START + 25 * S, "10");
	expect(&b, START + 4 * S, "5");
	append(&b, 0, 5);
	expect(&b, START + 4 * S, "5");   /* paused: later rows do not show */
	expect(&b, WEIR_TIME_NONE, "10"); /* and live again */
	close_bench(&b);
}

static void sliding_windows_of_a_batch_are_exact(void **state)
{
	(void)state;
	struct bench b;
	open_bench(&b, false, true, 1);
	ask(&b, "n % 2 = 0", NULL, "count,min(n),max(n)", "10s");
	for (int i = 0; i < 20; i++)
		append(&b, 0, 5);
	expect(&b, WEIR_TIME_NONE, "5 90 98"); /* (89 s, 99 s] */
	struct weir_result *r = result_at(&b, WEIR_TIME_NONE);
	assert_int_equal(r->held_from_us, WEIR_TIME_NONE);
	assert_int_equal(r->ledger.matched, 50);
	assert_int_equal(r->ledger.in_window, 5);
	assert_int_equal(r->ledger.expired, 45);
	weir_result_unref(r);
	close_bench(&b);
}

static void newest_rows_of_a_batch(void **state)
{
	(void)state;
	struct bench b;
	open_bench(&b, false, true, 1);
	ask(&b, "fruit = 'apple'", NULL, "count,min(n)", "rows 4");
	for (int i = 0; i < 20; i++)
		append(&b, 0, 5);
	expect(&b, WEIR_TIME_NONE, "4 90");
	close_bench(&b);
}

/* Each row is a group of its own, so what panes have counted is soon larger than the rows. */
static void memory_takes_the_oldest_panes(void **state)
{
	(void)state;
	struct bench b;
	open_bench(&b, true, true, 1);
	b.budget.limit_bytes = 4 << 20;
	ask(&b, NULL, "n", "count,p95(n)", "100h");
	for (int i = 0; i < 40; i++) {
		append(&b, 0, 2000);
		assert_true(weir_budget_used(&b.budget) <= (int64_t)b.budget.limit_bytes * 105 / 100);
	}
	struct weir_result *r = result_at(&b, WEIR_TIME_NONE);
	int64_t held_from_us = weir_plan_held_from(plan_of(&b));
	assert_true(held_from_us > r->window_start_us && held_from_us < r->moment_us);
	assert_true(r->held_from_us >= held_from_us);
	assert_int_equal(r->error.code, WEIR_OK);
	assert_int_equal(r->n_rows_total, (r->moment_us - held_from_us) / WEIR_US_PER_S); /* all that came later */
	assert_int_equal(r->ledger.in_window, r->n_rows_total);
	assert_int_equal(r->ledger.matched, 80000);
	assert_int_equal(r->ledger.expired, 80000 - r->n_rows_total);
	weir_result_unref(r);
	close_bench(&b);
}

/* Panes that the newest answer lets go may be of the window before an earlier one. */
static void the_window_before_an_earlier_one_is_whole(void **state)
{
	(void)state;
	struct bench b;
	open_bench(&b, true, true, 1);
	ask(&b, NULL, NULL, "count", "10s");
	append(&b, 0, 60);
	for (int64_t back = 0; back < 30; back++) {
		struct weir_result *r = result_at(&b, back ? START + (59 - back) * S : WEIR_TIME_NONE);
		assert_int_equal(r->rows[0].measures[0].i, 10);
		assert_int_equal(r->rows[0].previous[0].i, 10);
		weir_result_unref(r);
	}
	close_bench(&b);
}

/* The window fits the memory, the one before does not: then it is given up once, and the rows are not read again for it. */
static void without_the_window_before_nothing_is_counted_again(void **state)
{
	(void)state;
	struct bench b;
	open_bench(&b, true, true, 1);
	b.budget.limit_bytes = 4 << 20;
	ask(&b, NULL, "n", "count,p95(n)", "1h");
	for (int i = 0; i < 600; i++) {
		append(&b, 0, 20);
		weir_result_unref(result_at(&b, WEIR_TIME_NONE));
		struct weir_plan *plan = plan_of(&b);
		append(&b, 0, 7);
		assert_false(weir_plan_needs_rebuild(plan, START + (b.n[0] - 1) * S));
	}
	struct weir_result *r = result_at(&b, WEIR_TIME_NONE);
	assert_true(r->held_from_us <= r->window_start_us);
	assert_int_equal(r->n_rows_total, (r->moment_us - r->window_start_us) / S);
	assert_true(r->n_rows_total > 3000);
	assert_int_equal(r->rows[0].previous ? r->rows[0].previous[0].type : WEIR_NULL, WEIR_NULL);
	weir_result_unref(r);
	close_bench(&b);
}

/* A file is read much faster than answers are drawn: what no answer will be of is not kept until the next one. */
static void panes_do_not_wait_for_an_answer(void **state)
{
	(void)state;
	struct bench b;
	open_bench(&b, true, true, 1);
	ask(&b, NULL, "n", "count,p95(n)", "10s");
	append(&b, 0, 2000);
	weir_result_unref(result_at(&b, WEIR_TIME_NONE));
	append(&b, 0, 2000);
	int64_t bytes = weir_plan_bytes(plan_of(&b));
	for (int i = 0; i < 40; i++)
		append(&b, 0, 2000);
	assert_true(weir_plan_bytes(plan_of(&b)) <= bytes * 3 / 2);
	struct weir_result *r = result_at(&b, WEIR_TIME_NONE);
	assert_int_equal(r->n_rows_total, (r->moment_us - r->window_start_us) / S);
	assert_int_equal(r->ledger.in_window, r->n_rows_total);
	weir_result_unref(r);
	r = result_at(&b, START + 5000 * S);
	assert_int_equal(r->n_rows_total, 10);
	weir_result_unref(r);
	close_bench(&b);
}

static void groups_that_do_not_fit_are_an_error(void **state)
{
	(void)state;
	struct bench b;
	open_bench(&b, true, true, 1);
	b.budget.limit_bytes = 4 << 20;
	ask(&b, NULL, "n", "count,p95(n)", "all");
	for (int i = 0; i < 40; i++) {
		append(&b, 0, 2000);
		assert_true(weir_budget_used(&b.budget) <= (int64_t)b.budget.limit_bytes * 105 / 100);
	}
	struct weir_result *r = result_at(&b, WEIR_TIME_NONE);
	assert_int_equal(r->error.code, WEIR_NO_MEMORY);
	assert_non_null(strstr(r->error.what, "groups do not fit"));
	assert_non_null(strstr(r->error.hint, "--memory"));
	assert_int_equal(r->n_rows, 0);
	assert_int_equal(r->ledger.matched, 80000);
	assert_int_equal(r->ledger.expired, 80000);
	assert_true(r->buffer_rows > 1000); /* rows still come, and another question has an answer */
	weir_result_unref(r);
	ask(&b, NULL, "fruit", "count", "all");
	r = result_at(&b, WEIR_TIME_NONE);
	assert_int_equal(r->error.code, WEIR_OK);
	assert_int_equal(r->n_rows, 3);
	weir_result_unref(r);
	close_bench(&b);
}

static void memory_takes_the_oldest_rows(void **state)
{
	(void)state;
	struct bench b;
	open_bench(&b, true, true, 2);
	b.budget.limit_bytes = 2 << 20;
	b.n_partitions = 3;
	ask(&b, "fruit = 'banana'", "fruit", "count", "all");
	for (int i = 0; i < 60; i++) {
		append(&b, 0, 4000);
		append(&b, 1, 100);
		assert_true(weir_budget_used(&b.budget) <= (int64_t)b.budget.limit_bytes * 105 / 100);
	}
	struct weir_result *r = result_at(&b, WEIR_TIME_NONE);
	uint64_t rows = r->ledger.received;
	assert_int_equal(rows, 60 * 4100);
	assert_int_equal(r->ledger.matched, rows / 3);
	assert_true(r->ledger.truncated_by_memory > 0);
	assert_true(r->buffer_rows < rows * 2 / 3 && r->buffer_rows > 1000);
	assert_int_equal(r->streams[1].truncated_by_memory, 0); /* the small stream is not what takes the memory */
	uint64_t held = r->buffer_rows;
	/* One row a second: the moment up to which they went says how many are left. */
	assert_int_equal(held, (uint64_t)((r->moment_us - r->held_from_us) / S) + 60 * 100);
	weir_result_unref(r);
	ask(&b, "fruit = 'cherry'", "fruit", "count", "all");
	r = result_at(&b, WEIR_TIME_NONE); /* what is gone stays as it was counted; what is held is counted again */
	assert_int_equal(r->ledger.received, rows);
	assert_true(r->ledger.matched > rows / 3 - 4 && r->ledger.matched < rows / 3 + 4);
	assert_true(r->ledger.in_window >= held / 3 - 2 && r->ledger.in_window <= held / 3 + 2);
	weir_result_unref(r);
	close_bench(&b);
}

static void late_rows_and_lag(void **state)
{
	(void)state;
	struct bench b;
	struct weir_view v;
	open_bench_of(&b, true, true, 1, false);
	weir_view_init(&v);
	assert_int_equal(weir_view_set(&v, WEIR_VIEW_WINDOW, "tumbling 10s", START, NULL), WEIR_OK);
	assert_int_equal(weir_view_set(&v, WEIR_VIEW_MEASURE, "count", START, NULL), WEIR_OK);
	assert_int_equal(weir_view_set(&v, WEIR_VIEW_LATE, "5s", START, NULL), WEIR_OK);
	struct weir_question q = {.view = &v, .generation = ++b.generation};
	assert_int_equal(b.ops->set_view(b.f, &q, NULL), WEIR_OK);
	weir_view_release(&v);
	append(&b, 0, 60);
	b.n[0] = 30; /* rows of 30 … 49 s come again: windows up to 50 s are closed, the watermark is at 54 s */
	append(&b, 0, 25);
	b.ops->set_lag(b.f, 0, 1, 17, 3, 2);
	b.ops->set_lag(b.f, 0, 1, 17, 3, 5); /* what is told again is counted once */
	struct weir_result *r = result_at(&b, WEIR_TIME_NONE);
	assert_int_equal(r->ledger.late, 20);
	assert_int_equal(r->ledger.received, 90);
	assert_int_equal(r->ledger.shed, 5);
	assert_true(weir_ledger_balances(&r->ledger));
	assert_int_equal(r->ledger.watermark_us, START + 54 * S);
	assert_int_equal(r->ledger.newest_us, START + 59 * S);
	assert_int_equal(r->ledger.lost, 3);
	assert_int_equal(r->ledger.lag, 17);
	assert_int_equal(r->n_partitions[0], 2);
	weir_result_unref(r);
	close_bench(&b);
}

static const struct weir_left_outs *left_of(struct bench *b, const struct weir_left_request *q, struct weir_result **r)
{
	struct weir_result_request request = {
	    .at_us = WEIR_TIME_NONE, .left_out = *q, .extras = weir_extras_named("left_out")};
	assert_int_equal(b->ops->result(b->f, &request, r, NULL), WEIR_OK);
	return weir_result_extra(*r, "left_out");
}

/* The numbers from one to the other, each a second after the one before. */
static int64_t sum_of(int64_t first, int64_t last)
{
	return (first + last) * (last - first + 1) / 2;
}

/* From 40 to the newest row is a microsecond more than whole seconds. */
static void expect_before(struct bench *b, int64_t first, int64_t last, int64_t more)
{
	struct weir_result *r = result_at(b, WEIR_TIME_NONE);
	assert_int_equal(r->previous_from_us, START + first * S - (b->compare[0] == 'w'));
	assert_int_equal(r->total.previous[0].i, sum_of(first, last) + more);
	assert_int_equal(r->comparison.n_unheld, 0);
	weir_result_unref(r);
}

/* What it is compared with grows too, at its end or at its beginning; rows that come into it late are counted. */
static void a_window_that_grows_is_compared(void **state)
{
	static const char *const specs[] = {"10s", "window", "2026-11-22T10:00:30Z"};
	(void)state;
	for (int k = 0; k < 3; k++) {
		struct bench b;
		open_bench(&b, true, true, 1);
		b.compare = specs[k];
		append(&b, 0, 41);
		ask(&b, NULL, NULL, "sum(n)", "since 2026-11-22T10:00:40Z");
		int64_t more = 0;
		for (int64_t newest = 40; newest < 60; newest++) {
			int64_t first = k == 0 ? 30 : k == 1 ? 80 - newest : 70 - newest;
			int64_t last = k == 0 ? newest - 10 : k == 1 ? 39 : 30;
			expect_before(&b, first, last, more);
			if (newest == 50) { /* 30 is in all of them by now */
				b.n[0] = 30;
				append(&b, 0, 1);
				b.n[0] = newest + 1;
				more = 30;
			}
			append(&b, 0, 1);
		}
		close_bench(&b);
	}
}

static void records_that_are_left_out_can_be_looked_at(void **state)
{
	(void)state;
	struct bench b;
	struct weir_result *r;
	open_bench_of(&b, true, true, 1, false);
	ask(&b, NULL, NULL, "count", "tumbling 10s");
	append(&b, 0, 60);
	b.n[0] = 25; /* the watermark is at 49 s: windows up to 40 s are closed */
	struct weir_batch *batch = make(&b, 0, 20);
	for (int i = 0; i < 2; i++) {
		const struct weir_left_out bad = {.time_us = WEIR_TIME_NONE,
						  .position = i,
						  .reason = WEIR_STR("cut off"),
						  .text = WEIR_STR("{\"a\"")};
		weir_batch_leave_out(batch, &bad);
		batch->n_malformed[WEIR_BAD_TRUNCATED]++;
	}
	assert_int_equal(try_append(&b, batch, NULL), WEIR_OK);
	const struct weir_left_outs *left = left_of(&b, &(struct weir_left_request){.count = 5}, &r);
	assert_int_equal(left->n_of[WEIR_LEFT_LATE], 15);
	assert_int_equal(left->n_of[WEIR_LEFT_MALFORMED], 2);
	assert_int_equal(left->n_kept, 17);
	assert_int_equal(left->n, 5);
	assert_int_equal(left->n_newer, 0);
	for (uint32_t i = 0; i < 5; i++) { /* rows of 39, 38 … s */
		assert_int_equal(left->records[i].kind, WEIR_LEFT_LATE);
		assert_int_equal(left->records[i].position, 39 - i);
		assert_int_equal(left->records[i].by_us, 9 * S);
		assert_int_equal(left->records[i].arrival_us, b.still.wall_us);
	}
	assert_true(weir_str_equal(left->records[0].text, WEIR_STR("{\"fruit\":\"apple\",\"n\":39}")));
	struct weir_left_request q = {.count = 5, .anchored = true, .number = left->records[3].number, .offset = 1};
	weir_result_unref(r);
	left = left_of(&b, &q, &r);
	assert_int_equal(left->n_newer, 4);
	assert_int_equal(left->records[0].position, 35);
	weir_result_unref(r);
	left = left_of(&b, &(struct weir_left_request){.count = 5, .without = 1u << WEIR_LEFT_LATE}, &r);
	assert_int_equal(left->n, 2);
	assert_int_equal(left->n_kept, 2);
	assert_int_equal(left->n_kept_of[WEIR_LEFT_LATE], 15);
	assert_true(weir_str_equal(left->records[1].reason, WEIR_STR("cut off")));
	weir_result_unref(r);
	close_bench(&b);
}

static void columns_that_no_longer_fit_are_said(void **state)
{
	(void)state;
	struct bench b;
	open_bench(&b, true, true, 1);
	ask(&b, NULL, "fruit", "sum(n)", "all");
	append(&b, 0, 30);
	new_schema(&b, 0, "n", WEIR_STRING);
	append(&b, 0, 30);
	struct weir_result *r = result_at(&b, WEIR_TIME_NONE);
	if (r->error.code != WEIR_OK) /* a sum of texts is either refused or NULL; never a crash, never unbalanced */
		assert_int_equal(r->error.code, WEIR_EXPRESSION);
	assert_int_equal(r->ledger.received, 60);
	assert_int_equal(r->fields[1].n_type[WEIR_STRING], 30);
	weir_result_unref(r);
	ask(&b, NULL, "n", "count", "all");
	struct weir_result *again = result_at(&b, WEIR_TIME_NONE);
	assert_int_equal(again->error.code, WEIR_OK);
	assert_int_equal(again->n_rows_total, 31);
	weir_result_unref(again);
	close_bench(&b);
}

static struct weir_schema *sample_schema(void)
{
	struct weir_schema *s = weir_schema_new();
	assert_int_equal(weir_schema_add(s, WEIR_STR("fruit"), WEIR_STRING), 0);
	assert_int_equal(weir_schema_add(s, WEIR_STR("taste"), WEIR_STRING), 1);
	assert_int_equal(weir_schema_add(s, WEIR_STR("n"), WEIR_INT64), 2);
	return s;
}

/* The names of the view are held against the columns of the sample before a batch has come, and against those that came since. */
static void names_are_held_against_what_is_known(void **state)
{
	(void)state;
	struct bench b;
	struct weir_error err = {0};
	bool final;
	open_bench(&b, false, true, 1);
	ask(&b, NULL, "fruit", "sum(extra)", "all");
	assert_int_equal(b.ops->check(b.f, &final, &err), WEIR_OK); /* nothing is known */
	const struct weir_schema *sample = sample_schema();
	b.ops->set_columns(b.f, 0, sample, false);
	assert_int_equal(b.ops->check(b.f, &final, &err), WEIR_EXPRESSION);
	assert_string_equal(err.what, "unknown column extra");
	assert_false(final);
	b.ops->set_columns(b.f, 0, sample, true);
	assert_int_equal(b.ops->check(b.f, &final, &err), WEIR_EXPRESSION);
	assert_true(final);
	new_schema(&b, 0, "extra", WEIR_INT64);
	append(&b, 0, 6);
	assert_int_equal(b.ops->check(b.f, &final, &err), WEIR_OK);
	struct weir_result *r = result_at(&b, WEIR_TIME_NONE);
	assert_int_equal(r->n_rows, 3);
	assert_int_equal(r->rows[0].measures[0].i, 2);
	weir_result_unref(r);
	ask(&b, NULL, "taste", "count", "all"); /* of the sample only */
	assert_int_equal(b.ops->check(b.f, &final, &err), WEIR_OK);
	weir_schema_unref(sample);
	close_bench(&b);
}

/* What was bound to the sample explains itself, and counts right once batches come, whose columns stand elsewhere. */
static void a_plan_of_the_sample_goes_on(void **state)
{
	(void)state;
	struct bench b;
	struct weir_buf text = {0};
	bool final;
	open_bench(&b, false, false, 1);
	ask(&b, "n >= 3", "fruit", "sum(n)", "all");
	const struct weir_schema *sample = sample_schema();
	b.ops->set_columns(b.f, 0, sample, false);
	weir_schema_unref(sample);
	assert_int_equal(b.ops->check(b.f, &final, NULL), WEIR_OK);
	struct weir_plan *bound = plan_of(&b);
	assert_int_equal(b.ops->check(b.f, &final, NULL), WEIR_OK);
	assert_ptr_equal(plan_of(&b), bound); /* once is enough */
	assert_int_equal(b.ops->explain(b.f, false, &text, NULL), WEIR_OK);
	assert_non_null(strstr(weir_buf_str(&text).data, "n >= 3"));
	weir_buf_release(&text);
	append(&b, 0, 6);
	struct weir_result *r = result_at(&b, WEIR_TIME_NONE);
	assert_int_equal(r->n_rows, 3);
	assert_int_equal(r->rows[0].measures[0].i, 5);
	weir_result_unref(r);
	close_bench(&b);
}

static void a_question_of_unknown_names_is_refused(void **state)
{
	(void)state;
	struct bench b;
	struct weir_view v;
	struct weir_error err = {0};
	open_bench(&b, true, true, 1);
	ask(&b, NULL, "fruit", "count", "all");
	struct weir_plan *before;
	weir_view_init(&v);
	assert_int_equal(weir_view_set(&v, WEIR_VIEW_MEASURE, "sum(m)", START, NULL), WEIR_OK);
	struct weir_question q = {.view = &v, .generation = ++b.generation, .names_known = true};
	assert_int_equal(b.ops->set_view(b.f, &q, &err), WEIR_OK); /* as long as no column is known */
	append(&b, 0, 6);
	before = plan_of(&b);
	assert_int_equal(b.ops->set_view(b.f, &q, &err), WEIR_EXPRESSION);
	assert_ptr_equal(plan_of(&b), before);
	const struct weir_schema *sample = sample_schema();
	b.ops->set_columns(b.f, 0, sample, false);
	weir_schema_unref(sample);
	assert_int_equal(b.ops->set_view(b.f, &q, &err), WEIR_EXPRESSION);
	assert_int_equal(weir_view_set(&v, WEIR_VIEW_MEASURE, "max(taste)", START, NULL), WEIR_OK);
	assert_int_equal(b.ops->set_view(b.f, &q, &err), WEIR_OK);
	struct weir_result *r = result_at(&b, WEIR_TIME_NONE);
	assert_int_equal(r->rows[0].measures[0].type, WEIR_NULL);
	weir_result_unref(r);
	weir_view_release(&v);
	close_bench(&b);
}

struct shown {
	unsigned n, most;
	int64_t sum;
};

static enum weir_status show_row(void *ctx, const struct weir_row *row, struct weir_error *err)
{
	struct shown *s = ctx;
	(void)err;
	assert_int_equal(row->time_us, START + row->cells[1].i * S);
	assert_string_equal(row->cells[0].s.data, fruits[row->cells[1].i % 3]);
	assert_false(row->missing[0] || row->missing[1]);
	s->sum += row->cells[1].i;
	return ++s->n == s->most ? WEIR_END : WEIR_OK;
}

static void rows_are_shown_as_they_come(void **state)
{
	(void)state;
	struct bench b;
	struct shown all = {0}, two = {.most = 2};
	const struct weir_result_column *columns;
	open_bench(&b, false, false, 1);
	ask(&b, "n % 2 = 1", NULL, NULL, "since 2026-11-22T10:00:05Z"); /* five seconds after the first row */
	assert_int_equal(b.ops->rows(b.f, show_row, &all, NULL), WEIR_OK);
	assert_int_equal(all.n, 0); /* nothing has come */
	append(&b, 0, 10);
	assert_int_equal(b.ops->row_columns(b.f, &columns), 2);
	assert_string_equal(columns[1].name.data, "n");
	assert_int_equal(b.ops->rows(b.f, show_row, &all, NULL), WEIR_OK);
	assert_int_equal(all.n, 3);
	assert_int_equal(all.sum, 5 + 7 + 9);
	assert_int_equal(b.ops->rows(b.f, show_row, &two, NULL), WEIR_OK);
	assert_int_equal(two.sum, 5 + 7);
	close_bench(&b);
}

static void no_memory_is_survived(void **state)
{
	(void)state;
	int failures = 0;
	for (uint64_t n = 1; n < 500; n += 1 + n / 8) {
		struct bench b;
		struct weir_error err;
		open_bench(&b, true, true, 1);
		ask(&b, "n > 3", "fruit", "count,sum(n)", "all");
		append(&b, 0, 50);
		struct weir_batch *batch = make(&b, 0, 50);
		weir_alloc_fail_at(n, true);
		enum weir_status st = try_append(&b, batch, &err);
		weir_alloc_fail_at(0, false);
		failures += st != WEIR_OK;
		assert_true(st == WEIR_OK || st == WEIR_NO_MEMORY);
		weir_alloc_fail_at(n, true);
		st = try_ask(&b, "n > 5", "n", "avg(n),p95(n)", "1m", false, &err);
		weir_alloc_fail_at(0, false);
		failures += st != WEIR_OK;
		assert_true(st == WEIR_OK || st == WEIR_NO_MEMORY);
		struct weir_result_request request = {
		    .at_us = WEIR_TIME_NONE, .extras = WEIR_EXTRAS_ALL, .records.count = 3};
		struct weir_result *r = NULL;
		weir_alloc_fail_at(n, true);
		st = b.ops->result(b.f, &request, &r, &err);
		weir_alloc_fail_at(0, false);
		failures += st != WEIR_OK;
		assert_true(st == WEIR_OK || st == WEIR_NO_MEMORY);
		weir_result_unref(r);
		close_bench(&b);
	}
	assert_true(failures > 20);
}

static void what_there_is(void **state)
{
	(void)state;
	assert_string_equal(weir_fabric_table[0]->name, "local");
	assert_null(weir_fabric_table[0]->absent);
	assert_string_equal(weir_fabric_table[1]->name, "spark");
	assert_null(weir_fabric_table[1]->absent);
	assert_null(weir_fabric_table[2]);
	const struct weir_fabric_ops *found;
	assert_int_equal(weir_fabric_find(NULL, &found, NULL), WEIR_OK);
	assert_ptr_equal(found, weir_fabric_table[0]);
	assert_int_equal(weir_fabric_find("local", &found, NULL), WEIR_OK);
	assert_ptr_equal(found, weir_fabric_table[0]);
	assert_int_equal(weir_fabric_find("spark", &found, NULL), WEIR_OK);
	assert_ptr_equal(found, weir_fabric_table[1]);
	assert_int_equal(weir_fabric_find("k8s://https://h:443?trigger=1s", &found, NULL), WEIR_OK);
	assert_ptr_equal(found, weir_fabric_table[1]);
	assert_int_equal(weir_fabric_find("loca", &found, NULL), WEIR_USAGE);
	struct bench b;
	open_bench(&b, true, true, 1);
	struct weir_result_request request = {.at_us = WEIR_TIME_NONE};
	struct weir_result *r;
	assert_int_equal(b.ops->result(b.f, &request, &r, NULL), WEIR_INTERNAL); /* nothing was asked yet */
	close_bench(&b);
	for (uint64_t n = 1; n < 8; n++) {
		struct weir_fabric *f;
		const struct weir_fabric_stream one = {.name = WEIR_STR("one")};
		struct weir_fabric_config config = {.clock = &weir_clock_system, .n_streams = 1, .streams = &one};
		weir_alloc_fail_at(n, true);
		enum weir_status st = weir_fabric_table[0]->open(&config, &f, NULL);
		weir_alloc_fail_at(0, false);
		if (st == WEIR_OK)
			f->ops->close(f);
		else
			assert_null(f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(batch_keeps_no_rows),
	    cmocka_unit_test(batch_carries_on_when_columns_change),
	    cmocka_unit_test(a_new_filter_counts_again),
	    cmocka_unit_test(rows_without_a_time_are_counted_once),
	    cmocka_unit_test(a_wrong_view_leaves_the_old_one),
	    cmocka_unit_test(a_question_can_be_given_up),
	    cmocka_unit_test(a_moment_given_up_is_built_again),
	    cmocka_unit_test(sliding_windows_of_a_batch_are_exact),
	    cmocka_unit_test(newest_rows_of_a_batch),
	    cmocka_unit_test(memory_takes_the_oldest_rows),
	    cmocka_unit_test(memory_takes_the_oldest_panes),
	    cmocka_unit_test(the_window_before_an_earlier_one_is_whole),
	    cmocka_unit_test(without_the_window_before_nothing_is_counted_again),
	    cmocka_unit_test(panes_do_not_wait_for_an_answer),
	    cmocka_unit_test(groups_that_do_not_fit_are_an_error),
	    cmocka_unit_test(late_rows_and_lag),
	    cmocka_unit_test(a_window_that_grows_is_compared),
	    cmocka_unit_test(records_that_are_left_out_can_be_looked_at),
	    cmocka_unit_test(columns_that_no_longer_fit_are_said),
	    cmocka_unit_test(names_are_held_against_what_is_known),
	    cmocka_unit_test(a_plan_of_the_sample_goes_on),
	    cmocka_unit_test(a_question_of_unknown_names_is_refused),
	    cmocka_unit_test(rows_are_shown_as_they_come),
	    cmocka_unit_test(no_memory_is_survived),
	    cmocka_unit_test(what_there_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
