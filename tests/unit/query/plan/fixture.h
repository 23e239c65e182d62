/* A stream of five columns and a plan over it, for tests that look at one thing at a time. */
#ifndef WEIR_TEST_PLAN_FIXTURE_H
#define WEIR_TEST_PLAN_FIXTURE_H

#include "weir/query/plan.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define SECOND INT64_C(1000000)
#define START (INT64_C(1700000000) * SECOND) /* 2023-11-14T22:13:20Z */

struct fixture {
	struct weir_view view;
	struct weir_schema *schema;
	struct weir_dict *words;
	struct weir_plan *plan;
	struct weir_ledger ledger;
	struct weir_ledger *ledgers[1];
	struct weir_ledger *const *streams[1];
	struct weir_batch *batch;
	struct weir_segment segment;
	struct weir_segment *segments[1];
	struct weir_snapshot snapshot;
	struct weir_snapshot *kept[1];
	struct weir_relation_snapshot rows;
	struct weir_error err;
};

static inline void fixture_begin(struct fixture *f)
{
	memset(f, 0, sizeof *f);
	weir_view_init(&f->view);
	f->schema = weir_schema_new();
	f->words = weir_dict_new(NULL);
	assert_int_equal(weir_schema_add(f->schema, WEIR_STR("time"), WEIR_TIMESTAMP), 0);
	assert_int_equal(weir_schema_add(f->schema, WEIR_STR("word"), WEIR_STRING), 1);
	assert_int_equal(weir_schema_add(f->schema, WEIR_STR("n"), WEIR_INT64), 2);
	assert_int_equal(weir_schema_add(f->schema, WEIR_STR("x"), WEIR_FLOAT64), 3);
	weir_schema_set_time(f->schema, 0);
	f->ledgers[0] = &f->ledger;
	f->streams[0] = f->ledgers;
	f->segments[0] = &f->segment;
	f->snapshot = (struct weir_snapshot){.n_segments = 1, .segments = f->segments};
	f->kept[0] = &f->snapshot;
	f->rows = (struct weir_relation_snapshot){1, f->kept};
}

static inline void fixture_end(struct fixture *f)
{
	weir_plan_free(f->plan);
	weir_batch_free(f->batch);
	weir_view_release(&f->view);
	weir_schema_unref(f->schema);
	weir_dict_unref(f->words);
}

static inline void set(struct fixture *f, enum weir_view_text which, const char *text)
{
	assert_int_equal(weir_view_set(&f->view, which, text, START, &f->err), WEIR_OK);
}

static inline enum weir_status try_bind(struct fixture *f, bool live)
{
	static const struct weir_str name = {"test", 4};
	const struct weir_schema *schema = f->schema;
	struct weir_relation_schema *relation = weir_relation_schema_new(1, &name, &schema);
	struct weir_plan_config config = {
	    .view = &f->view, .schema = relation, .live = live, .finite = !live, .schemas_complete = true};
	weir_plan_free(f->plan);
	f->plan = NULL;
	if (!relation) /* an allocation that a test lets fail */
		return WEIR_NO_MEMORY;
	enum weir_status status = weir_plan_bind(&config, &f->plan, &f->err);
	weir_relation_schema_unref(relation);
	return status;
}

static inline void bind_view(struct fixture *f, bool live)
{
	assert_int_equal(try_bind(f, live), WEIR_OK);
}

struct input_row { /* NULL word, negative n below -1000 and NaN x stand for NULL */
	double second;
	const char *word;
	int64_t n;
	double x;
};

static inline void fill(struct fixture *f, const struct input_row *rows, uint32_t n)
{
	struct weir_batch *b = weir_batch_new(WEIR_BATCH_ROWS);
	weir_batch_free(f->batch);
	f->batch = b;
	assert_true(weir_batch_set_schema(b, f->schema) && weir_batch_add_time(b));
	f->segment = (struct weir_segment){
	    .rows = b, .time_min_us = INT64_MAX, .time_max_us = INT64_MIN, .newest_us = INT64_MIN};
	for (uint32_t i = 0; i < n; i++) {
		b->time_us[i] = START + (int64_t)(rows[i].second * 1e6);
		b->position[i] = i;
		f->segment.time_min_us =
		    b->time_us[i] < f->segment.time_min_us ? b->time_us[i] : f->segment.time_min_us;
		f->segment.time_max_us =
		    b->time_us[i] > f->segment.time_max_us ? b->time_us[i] : f->segment.time_max_us;
		f->segment.newest_us = f->segment.time_max_us;
		assert_true(weir_column_set_timestamp(b->columns, i, b->time_us[i]));
		if (rows[i].word)
			assert_true(weir_column_set_string(b->columns + 1, i, weir_str_of(rows[i].word), f->words));
		if (rows[i].n >= -1000)
			assert_true(weir_column_set_int64(b->columns + 2, i, rows[i].n));
		if (!isnan(rows[i].x))
			assert_true(weir_column_set_float64(b->columns + 3, i, rows[i].x));
	}
	b->n_rows = n;
	f->snapshot.n_rows = n;
	for (uint32_t c = 0; c < b->n_columns; c++)
		assert_true(weir_column_finish(b->columns + c, n));
}

static inline void feed(struct fixture *f)
{
	assert_int_equal(weir_plan_update(f->plan, f->batch, f->ledgers, &f->err), WEIR_OK);
}

static inline struct weir_result *answer(struct fixture *f, uint32_t max_rows, bool screen)
{
	struct weir_result *r;
	struct weir_result_request request = {.at_us = WEIR_TIME_NONE,
					      .max_rows = max_rows,
					      .extras = screen ? WEIR_EXTRAS_ALL : 0,
					      .records.count = screen ? 10 : 0};
	struct weir_plan_rows rows = {.snapshot = &f->rows};
	assert_int_equal(weir_plan_result(f->plan, &request, &rows, f->streams, &r, &f->err), WEIR_OK);
	return r;
}

static inline void assert_text(struct weir_str s, const char *text)
{
	if (!weir_str_equal(s, weir_str_of(text)))
		fail_msg("\"" WEIR_STR_FMT "\" instead of \"%s\"", WEIR_STR_ARG(s), text);
}

#endif
