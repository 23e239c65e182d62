/* Streams of random rows, kept in real buffers that drop the oldest, beside a plain list of what they hold: for tests of
 * records one by one. Column `n` is the row's number in its stream, `k` a small number that filters ask for. */
#ifndef WEIR_TEST_ROWS_MODEL_H
#define WEIR_TEST_ROWS_MODEL_H

#include "weir/query/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MODEL_STREAMS = 3, MODEL_ROWS = 130000, MODEL_KINDS = 10 };

struct model_row {
	struct weir_row_place place;
	int64_t k, text, arrival_us;
	bool held;
};

struct model {
	uint64_t random;
	uint32_t n_streams;
	bool live, timed[MODEL_STREAMS];
	struct weir_clock clock;
	int64_t wall_us;
	struct weir_buffer *buffers[MODEL_STREAMS];
	struct weir_relation *relation;
	struct weir_dict *words;
	struct weir_view view;
	struct weir_plan *plan;
	int64_t below; /* rows with k < below pass */
	struct model_row *rows;
	uint32_t n_rows;
	uint64_t next[MODEL_STREAMS];
};

static inline uint64_t model_draw(struct model *m, uint64_t below) /* SplitMix64 */
{
	uint64_t z = m->random += 0x9e3779b97f4a7c15ull;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return (z ^ z >> 31) % below;
}

static inline int64_t model_clock(void *ctx)
{
	return *(int64_t *)ctx;
}

static inline void model_begin(struct model *m, uint64_t seed)
{
	static const struct weir_str names[MODEL_STREAMS] = {{"one", 3}, {"two", 3}, {"three", 5}};
	memset(m, 0, sizeof *m);
	m->random = seed;
	m->n_streams = 1 + (uint32_t)model_draw(m, MODEL_STREAMS);
	m->live = model_draw(m, 2);
	m->wall_us = 1000 * WEIR_US_PER_S;
	m->clock = (struct weir_clock){.wall_us = model_clock, .mono_us = model_clock, .ctx = &m->wall_us};
	for (uint32_t i = 0; i < m->n_streams; i++) {
		m->timed[i] = model_draw(m, 6) > 0;
		assert_non_null(m->buffers[i] = weir_buffer_new(NULL, &m->clock, m->live));
	}
	struct weir_relation_config config = {
	    .n_streams = m->n_streams, .names = names, .buffers = m->buffers, .clock = &m->clock, .live = m->live};
	assert_non_null(m->relation = weir_relation_union(&config));
	for (uint32_t i = 0; i < m->n_streams; i++) {
		struct weir_schema *s = weir_schema_new();
		assert_int_equal(weir_schema_add(s, WEIR_STR("n"), WEIR_INT64), 0);
		assert_int_equal(weir_schema_add(s, WEIR_STR("k"), WEIR_INT64), 1);
		assert_int_equal(weir_schema_add(s, WEIR_STR("word"), WEIR_STRING), 2);
		assert_int_equal(weir_schema_add(s, WEIR_STR("line"), WEIR_STRING), 3);
		assert_int_equal(weir_schema_add(s, WEIR_STR("x"), WEIR_FLOAT64), 4);
		assert_int_equal(weir_schema_add(s, WEIR_STR("sent"), WEIR_TIMESTAMP), 5);
		weir_relation_set_columns(m->relation, i, s);
		weir_schema_unref(s);
	}
	m->words = weir_dict_new(NULL);
	weir_view_init(&m->view);
	m->view.window.kind = WEIR_WINDOW_ALL;
	m->rows = calloc(MODEL_ROWS, sizeof *m->rows);
	assert_non_null(m->rows);
}

static inline void model_end(struct model *m)
{
	weir_plan_free(m->plan);
	weir_view_release(&m->view);
	weir_relation_free(m->relation);
	for (uint32_t i = 0; i < m->n_streams; i++)
		weir_buffer_free(m->buffers[i]);
	weir_dict_unref(m->words);
	free(m->rows);
}

/* A new question: rows with k < below pass; MODEL_KINDS or more: all of them, without a filter. */
static inline void model_ask(struct model *m, int64_t below)
{
	struct weir_error err = {0};
	char where[64];
	m->below = below;
	weir_view_release(&m->view);
	weir_view_init(&m->view);
	m->view.window.kind = WEIR_WINDOW_ALL;
	snprintf(where, sizeof where, "k < %lld", (long long)below);
	if (below < MODEL_KINDS)
		assert_int_equal(weir_view_set(&m->view, WEIR_VIEW_WHERE, where, 0, &err), WEIR_OK);
	weir_plan_free(m->plan);
	struct weir_relation_schema *schema = weir_relation_schema(m->relation);
	struct weir_plan_config config = {
	    .view = &m->view, .schema = schema, .live = m->live, .finite = !m->live, .schemas_complete = true};
	assert_int_equal(weir_plan_bind(&config, &m->plan, &err), WEIR_OK);
	weir_relation_schema_unref(schema);
}

/* The time of a row: mostly rising, sometimes far away, often the same as another's. */
static inline int64_t model_time(struct model *m, int64_t near_us)
{
	switch (model_draw(m, 12)) {
	case 0:
		return WEIR_TIME_NONE;
	case 1:
		return (int64_t)model_draw(m, 2000) * 1000000;
	case 2:
		return near_us;
	default:
		return near_us + (int64_t)model_draw(m, 3000) - 1000;
	}
}

static const char *const model_words[] = {"get", "put", "POST it", "", "caf\xc3\xa9", "\xc3\x89TE"};

/* What stands in the column `line` of a row, and in `x`: in every tenth row NULL. */
static inline void model_line(const struct model_row *r, char out[80])
{
	snprintf(out, 80, "%s%llu Of %s/%lld", r->place.number % 3 ? "row " : "", (unsigned long long)r->place.number,
		 model_words[(r->text + 1) % 6], (long long)r->k);
}
static inline double model_x(const struct model_row *r)
{
	return (double)(r->place.number % 1000) / 4;
}
static inline int64_t model_sent(const struct model_row *r)
{
	int64_t us = (int64_t)(r->place.number % 5000) * 333333 - 400 * WEIR_US_PER_S;
	return r->k % 3 ? us : r->k % 2 ? us - us % 1000 : us - us % WEIR_US_PER_S;
}

/* A batch of up to `most` rows; weights: some take others back or are passed over. */
static inline void model_take(struct model *m, uint16_t stream, uint32_t most, bool weights)
{
	char line[80];
	struct weir_error err;
	uint32_t n = 1 + (uint32_t)model_draw(m, most);
	struct weir_batch *b = weir_batch_new(WEIR_BATCH_ROWS);
	assert_true(b && weir_batch_set_schema(b, weir_relation_columns(m->relation, stream)));
	assert_true(!m->timed[stream] || weir_batch_add_time(b));
	assert_true(!weights || weir_batch_add_weight(b));
	m->wall_us += (int64_t)model_draw(m, 100000);
	b->stream = stream;
	b->arrival_us = m->wall_us;
	for (uint32_t i = 0; i < n && m->n_rows < MODEL_ROWS; i++) {
		struct model_row *r = m->rows + m->n_rows++;
		int64_t none = m->live ? b->arrival_us : WEIR_TIME_NONE;
		bool counts = true;
		*r =
		    (struct model_row){{none, m->next[stream]++, stream}, (int64_t)model_draw(m, MODEL_KINDS), 0, true};
		r->text = (int64_t)model_draw(m, 6);
		r->arrival_us = b->arrival_us;
		if (m->timed[stream])
			r->place.time_us = b->time_us[i] = model_time(m, m->wall_us);
		if (weights && model_draw(m, 3) == 0)
			b->weight[i] = model_draw(m, 2) ? 0 : -1;
		counts = !weights || b->weight[i] > 0;
		b->position[i] = (int64_t)r->place.number * 10;
		assert_true(weir_column_set_int64(b->columns, i, (int64_t)r->place.number));
		assert_true(weir_column_set_int64(b->columns + 1, i, r->k));
		assert_true(weir_column_set_string(b->columns + 2, i, weir_str_of(model_words[r->text]), m->words));
		model_line(r, line);
		assert_true(weir_column_set_string(b->columns + 3, i, weir_str_of(line), NULL));
		if (r->place.number % 10)
			assert_true(weir_column_set_float64(b->columns + 4, i, model_x(r)));
		if (r->place.number % 10)
			assert_true(weir_column_set_timestamp(b->columns + 5, i, model_sent(r)));
		r->held = counts;
		b->n_rows = i + 1;
	}
	for (uint32_t c = 0; c < b->n_columns; c++)
		assert_true(weir_column_finish(b->columns + c, b->n_rows));
	assert_int_equal(weir_buffer_admit(m->buffers[stream], b, &err), WEIR_OK);
	assert_int_equal(weir_buffer_store(m->buffers[stream], b, &err), WEIR_OK);
	weir_batch_free(b);
}

/* Keeps the newest `rows` rows of a stream or a few more, as whole segments go. */
static inline void model_trim(struct model *m, uint16_t stream, uint64_t rows)
{
	const struct weir_retention keep = {.keep_after_us = INT64_MIN, .keep_rows = rows};
	weir_buffer_trim(m->buffers[stream], &keep, NULL, NULL);
	uint64_t first = m->next[stream] - weir_buffer_rows(m->buffers[stream]);
	for (uint32_t i = 0; i < m->n_rows; i++)
		if (m->rows[i].place.stream == stream && m->rows[i].place.number < first)
			m->rows[i].held = false;
}

static inline int model_newest_first(const void *a, const void *b)
{
	return weir_row_place_compare(&((const struct model_row *)b)->place, &((const struct model_row *)a)->place);
}

/* The rows that pass, newest first; owned by the caller. until_us: WEIR_TIME_NONE: all times. */
static inline struct model_row *model_passing(const struct model *m, int64_t until_us, uint32_t *n)
{
	struct model_row *out = calloc(m->n_rows + 1, sizeof *out);
	assert_non_null(out);
	*n = 0;
	for (uint32_t i = 0; i < m->n_rows; i++)
		if (m->rows[i].held && m->rows[i].k < m->below &&
		    (until_us == WEIR_TIME_NONE || m->rows[i].place.time_us <= until_us))
			out[(*n)++] = m->rows[i];
	qsort(out, *n, sizeof *out, model_newest_first);
	return out;
}

static uint64_t model_failing; /* the seed of the case that runs; 0: none does */

/* Teardown: how to repeat the case that failed. */
static inline int model_say_seed(void **state)
{
	(void)state;
	if (model_failing)
		print_error("again: WEIR_PROPERTY_SEED=%llu WEIR_PROPERTY_CASES=1\n",
			    (unsigned long long)model_failing);
	return 0;
}

/* Runs `least` cases, or one for each `part` of WEIR_PROPERTY_CASES. */
static inline void model_run(void (*one_case)(uint64_t seed), uint64_t part, uint64_t least)
{
	const char *seeds = getenv("WEIR_PROPERTY_SEED"), *cases = getenv("WEIR_PROPERTY_CASES");
	uint64_t first = seeds ? strtoull(seeds, NULL, 10) : 1;
	uint64_t n = cases ? strtoull(cases, NULL, 10) / part + 1 : least;
	for (model_failing = first; model_failing < first + n; model_failing++)
		one_case(model_failing);
	model_failing = 0;
}

#endif
