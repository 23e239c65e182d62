/* Records in the order of a column against a plain sort of all rows. WEIR_PROPERTY_CASES and WEIR_PROPERTY_SEED choose how
 * many cases and which. */
#include "rows_model.h"
#include "weir/base/bounds.h"
#include "weir/query/ordered.h"

#include <math.h>

/* What rows are ordered by, worked out by hand. */
static struct weir_value value_of(const struct model_row *r, int by, char text[80])
{
	struct weir_value null = {.type = WEIR_NULL};
	switch (by) {
	case 0:
		return (struct weir_value){.type = WEIR_INT64, .i = r->k};
	case 1:
		return r->place.number % 10 ? (struct weir_value){.type = WEIR_FLOAT64, .f = model_x(r)} : null;
	case 2:
		return (struct weir_value){.type = WEIR_STRING, .s = weir_str_of(model_words[r->text])};
	case 3:
		model_line(r, text);
		return (struct weir_value){.type = WEIR_STRING, .s = weir_str_of(text)};
	case 4:
		return (struct weir_value){.type = WEIR_INT64, .i = 5 - r->k * 2};
	default:
		model_line(r, text);
		memmove(text + 1, text, strlen(text) + 1);
		text[0] = '<';
		return (struct weir_value){.type = WEIR_STRING, .s = weir_str_of(text)};
	}
}
static const char *const bys[] = {"k", "x", "word", "line", "5 - k * 2", "'<' || line"};

static int sort_by;
static bool sort_descending;

static int compare_rows(const void *a, const void *b)
{
	char x[80], y[80];
	const struct model_row *r = a, *s = b;
	struct weir_value v = value_of(r, sort_by, x), w = value_of(s, sort_by, y);
	int order = weir_value_compare(&v, &w); /* NULL last */
	if (sort_descending && v.type != WEIR_NULL && w.type != WEIR_NULL)
		order = -order;
	return order ? order : weir_row_place_compare(&s->place, &r->place);
}

static struct weir_budget *budget; /* of the next run */

static struct weir_ordered_answer *run(struct model *m, const struct weir_ordered_config *config, int64_t moment_us)
{
	struct weir_study *study;
	struct weir_study_answer *answer = NULL;
	struct weir_error err = {0};
	struct weir_relation_schema *schema = weir_relation_schema(m->relation);
	struct weir_study_rows *rows = weir_study_rows_new(weir_relation_snapshot(m->relation), schema, &m->view);
	struct weir_study_host host = {.threads = 1 + (uint32_t)model_draw(m, 3), .rows_a_thread = 100};
	weir_relation_schema_unref(schema);
	assert_non_null(rows);
	rows->moment_us = moment_us;
	rows->budget = budget;
	rows->live = m->live;
	rows->finite = !m->live;
	assert_int_equal(weir_ordered_new(config, &study, &err), WEIR_OK);
	assert_int_equal(weir_study_run(study, rows, &host, &answer, &err), WEIR_OK);
	weir_study_free(study);
	weir_study_rows_unref(rows);
	return (struct weir_ordered_answer *)answer;
}

static void check(struct model *m)
{
	sort_by = (int)model_draw(m, 6);
	sort_descending = model_draw(m, 2);
	struct weir_ordered_config config = {.by = weir_str_of(bys[sort_by]),
					     .descending = sort_descending,
					     .first =
						 model_draw(m, 3) ? model_draw(m, 50) : model_draw(m, m->n_rows + 9),
					     .count = 1 + (uint32_t)model_draw(m, 30)};
	int64_t moment_us = model_draw(m, 3) ? WEIR_TIME_NONE : m->rows[model_draw(m, m->n_rows)].place.time_us;
	uint32_t n, n_null = 0;
	struct model_row *rows = model_passing(m, moment_us, &n);
	qsort(rows, n, sizeof *rows, compare_rows);
	struct weir_ordered_answer *a = run(m, &config, moment_us);
	uint64_t last = n > config.count ? n - config.count : 0, first = config.first < last ? config.first : last;
	for (uint32_t i = 0; i < n; i++) {
		char text[80];
		n_null += value_of(rows + i, sort_by, text).type == WEIR_NULL;
	}
	assert_int_equal(a->n_total, n);
	assert_int_equal(a->n_null, n_null);
	assert_int_equal(a->first, first);
	assert_int_equal(a->n_records, n - first < config.count ? n - first : config.count);
	for (uint32_t i = 0; i < a->n_records; i++) {
		char text[80];
		struct weir_value want = value_of(rows + first + i, sort_by, text);
		assert_int_equal(weir_row_place_compare(&a->records[i].place, &rows[first + i].place), 0);
		assert_int_equal(weir_value_compare(&a->values[i], &want), 0);
		assert_int_equal(a->records[i].cells[0].i, (int64_t)rows[first + i].place.number);
	}
	weir_study_answer_unref(&a->base);
	free(rows);
}

static void one_case(uint64_t seed)
{
	struct model m;
	model_begin(&m, seed);
	model_ask(&m, (int64_t)model_draw(&m, MODEL_KINDS + 4));
	for (uint32_t turn = 0; turn < 3; turn++) {
		for (uint64_t batches = model_draw(&m, 5); batches-- > 0;)
			model_take(&m, (uint16_t)model_draw(&m, m.n_streams), 600, false);
		if (model_draw(&m, 4) == 0)
			model_trim(&m, (uint16_t)model_draw(&m, m.n_streams), model_draw(&m, 5) * 100);
		for (int i = 0; i < 3 && m.n_rows; i++)
			check(&m);
	}
	model_end(&m);
}

static void test_the_order_is_that_of_a_plain_sort(void **state)
{
	(void)state;
	model_run(one_case, 30, 100);
}

/* Every row, where memory has room for as many; else a good part of them, and how many is told. */
static void test_how_far_an_order_reaches(void **state)
{
	(void)state;
	enum { MANY = WEIR_MAX_ORDERED + 20000 };
	struct model m;
	struct weir_budget small = {.limit_bytes = 1}, large = {.limit_bytes = 1 << 30};
	struct weir_ordered_config config = {.by = WEIR_STR("k"), .first = UINT32_MAX, .count = 5};
	model_begin(&m, 7);
	model_ask(&m, MODEL_KINDS);
	while (m.n_rows < MANY)
		model_take(&m, 0, 600, false);
	budget = &large;
	struct weir_ordered_answer *a = run(&m, &config, WEIR_TIME_NONE);
	assert_true(a->n_total > WEIR_MAX_ORDERED && a->n_reach == a->n_total);
	assert_int_equal(a->first + a->n_records, a->n_total);
	assert_int_equal(weir_budget_used(&large), 0);
	weir_study_answer_unref(&a->base);
	budget = &small;
	a = run(&m, &config, WEIR_TIME_NONE);
	assert_int_equal(a->n_reach, WEIR_MAX_ORDERED);
	assert_int_equal(a->first + a->n_records, WEIR_MAX_ORDERED);
	assert_true(a->n_total > a->n_reach);
	weir_study_answer_unref(&a->base);
	budget = NULL;
	model_end(&m);
}

static void test_what_is_no_expression_or_no_column_is_refused(void **state)
{
	(void)state;
	struct model m;
	struct weir_study *study;
	struct weir_study_answer *answer = NULL;
	struct weir_error err = {0};
	struct weir_ordered_config config = {.by = WEIR_STR("k +"), .count = 3};
	assert_int_equal(weir_ordered_new(&config, &study, &err), WEIR_EXPRESSION);
	assert_null(study);
	model_begin(&m, 1);
	model_ask(&m, MODEL_KINDS);
	config.by = WEIR_STR("wrod");
	struct weir_relation_schema *schema = weir_relation_schema(m.relation);
	struct weir_study_rows *rows = weir_study_rows_new(weir_relation_snapshot(m.relation), schema, &m.view);
	struct weir_study_host host = {0};
	weir_relation_schema_unref(schema);
	assert_int_equal(weir_ordered_new(&config, &study, &err), WEIR_OK);
	assert_int_equal(weir_study_run(study, rows, &host, &answer, &err), WEIR_EXPRESSION);
	assert_non_null(strstr(err.hint, "word"));
	weir_study_free(study);
	weir_study_rows_unref(rows);
	model_end(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(test_the_order_is_that_of_a_plain_sort, model_say_seed),
	    cmocka_unit_test(test_how_far_an_order_reaches),
	    cmocka_unit_test(test_what_is_no_expression_or_no_column_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
