/* Views as what a server could count: the groups, the values and the panes, and why it is none; and a server's answer in a plan. */
#include "weir/query/grouping.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static const char *const kinds[] = {"none", "count", "sum", "min", "max"};

static struct weir_schema *schema(void)
{
	struct weir_schema *s = weir_schema_new();

	assert_int_equal(weir_schema_add(s, WEIR_STR("i"), WEIR_INT64), 0);
	assert_int_equal(weir_schema_add(s, WEIR_STR("f"), WEIR_FLOAT64), 1);
	assert_int_equal(weir_schema_add(s, WEIR_STR("s"), WEIR_STRING), 2);
	assert_int_equal(weir_schema_add(s, WEIR_STR("b"), WEIR_BOOL), 3);
	assert_int_equal(weir_schema_add(s, WEIR_STR("t"), WEIR_TIMESTAMP), 4);
	assert_int_equal(weir_schema_add(s, WEIR_STR("n"), WEIR_NULL), 5);
	weir_schema_set_time(s, 4);
	return s;
}

static void view(const char *window, const char *group, const char *measure, struct weir_view *v)
{
	struct weir_error err = {0};

	weir_view_init(v);
	assert_int_equal(weir_window_parse(weir_str_of(window), 0, &v->window, &err), WEIR_OK);
	if (group)
		assert_int_equal(weir_view_set(v, WEIR_VIEW_GROUP, group, 0, &err), WEIR_OK);
	if (measure)
		assert_int_equal(weir_view_set(v, WEIR_VIEW_MEASURE, measure, 0, &err), WEIR_OK);
}

/* "PANE: groups | values", or why not. */
static void assert_grouping(const char *window, const char *group, const char *measure, const char *expected)
{
	struct weir_schema *s = schema();
	struct weir_arena arena = {0};
	struct weir_grouping g;
	struct weir_buf out = {0};
	struct weir_error err = {0};
	struct weir_view v;

	view(window, group, measure, &v);
	assert_int_equal(weir_view_grouping(&v, s, WEIR_STR("web"), &arena, &g, &err), WEIR_OK);
	if (g.why)
		weir_buf_add_c(&out, g.why);
	else
		weir_buf_addf(&out, "%lld:", (long long)g.pane_us);
	for (uint32_t i = 0; i < g.n_groups; i++)
		weir_buf_addf(&out, " " WEIR_STR_FMT, WEIR_STR_ARG(s->fields[g.groups[i]].name));
	weir_buf_add_c(&out, g.why ? "" : " |");
	for (uint32_t i = 0; i < g.n_values; i++)
		weir_buf_addf(&out, " %s(" WEIR_STR_FMT ")", kinds[g.values[i].kind],
			      WEIR_STR_ARG(s->fields[g.values[i].field].name));
	assert_string_equal(out.data, expected);
	weir_buf_release(&out);
	weir_view_release(&v);
	weir_arena_release(&arena);
	weir_schema_unref(s);
}

static void what_is_counted(void **state)
{
	(void)state;
	assert_grouping("all", "s", "count", "0: s |");
	assert_grouping("all", NULL, "count, count(i), sum(i), avg(i), min(i)", "0: | count(i) sum(i) min(i)");
	assert_grouping("tumbling 1m", "s, b", "max(t), rate(i)", "60000000: s b | count(t) max(t) count(i) sum(i)");
	assert_grouping("hopping 10s by 4s", "i", NULL, "2000000: i |");
	assert_grouping("since 2026-11-22", "t", "min(s), max(b)", "0: t | count(s) min(s) count(b) max(b)");
}

static void what_is_not(void **state)
{
	static const char add[] = "floats are weir's: it adds them without rounding, and has no infinity";

	(void)state;
	assert_grouping("sliding 5m", "s", "count", "only windows that begin and end at known times are counted there");
	assert_grouping("all", NULL, NULL, "rows are asked for, not groups");
	assert_grouping("all", "s", "sum(f)", add);
	assert_grouping("all", "s", "max(f)", add);
	assert_grouping("all", "f", "count", "a group is a column of floats, of which some are none here");
	assert_grouping("all", "n", "count", "a group is a column without values");
	assert_grouping("all", "s", "min(n)", "a measure is of a column without values");
	assert_grouping("all", "lower(s)", "count", "a group is computed, not a column");
	assert_grouping("all", "_stream", "count", "a group is computed, not a column");
	assert_grouping("all", "s", "sum(i + 1)", "a measure computes its argument");
	assert_grouping("all", "s", "count where i > 3", "a measure has a condition of its own");
	assert_grouping("all", "s", "count, p95(i)", "a measure needs every value (quantiles, distinct, mode)");
	assert_grouping("all", "s", "distinct(s)", "a measure needs every value (quantiles, distinct, mode)");
	assert_grouping("all", "s", "stddev(i)", "only count, sum, avg, rate, min and max are counted there");
	assert_grouping("all", "s", "first(i)", "only count, sum, avg, rate, min and max are counted there");
	assert_grouping("all", "nosuch", "count", "it does not fit the columns");
}

static void halves_make_a_sum(void **state)
{
	static const struct {
		int64_t high, low;
		const char *text;
	} sums[] = {{0, 0, "0"},
		    {-1, 4294967295, "-1"},
		    {1, 4294967296, "8589934592"},
		    {2147483647, 4294967295, "9223372036854775807"},
		    {4294967294, 8589934590, "18446744073709551614"},
		    {-4294967296, 0, "-18446744073709551616"}};

	(void)state;
	for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) {
		struct weir_value v = weir_sum_of_halves(sums[i].high, sums[i].low);
		struct weir_buf text = {0};
		weir_value_text(&v, &text);
		assert_string_equal(text.data, sums[i].text);
		weir_buf_release(&text);
	}
}

static void digits_make_a_sum(void **state)
{
	static const char *const sums[] = {"0", "-1", "9223372036854775808", "-18446744073709551616",
					   "1234567890123456789012345678901234567"},
				 *const none[] = {"", "-", "1.5", "1e3", "12345678901234567890123456789012345678"};

	(void)state;
	for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) {
		struct weir_value v = weir_sum_of_text(weir_str_of(sums[i]));
		struct weir_buf text = {0};
		weir_value_text(&v, &text);
		assert_string_equal(text.data, sums[i]);
		weir_buf_release(&text);
	}
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		assert_int_equal(weir_sum_of_text(weir_str_of(none[i])).type, WEIR_NULL);
}

static void another_answer_is_refused(void **state)
{
	struct weir_schema *s = schema();
	const struct weir_schema *const schemas[] = {s};
	struct weir_str name = WEIR_STR("web");
	struct weir_relation_schema *columns = weir_relation_schema_new(1, &name, schemas);
	const struct weir_grouping two = {.n_groups = 2};
	struct weir_grouped *g = weir_grouped_new(&two);
	struct weir_partials *partials = NULL;
	struct weir_plan *plan = NULL;
	struct weir_error err = {0};
	struct weir_view v;

	(void)state;
	view("all", "s", "count", &v);
	const struct weir_plan_config config = {
	    .view = &v, .schema = columns, .finite = true, .partials = true, .grouped = true};
	assert_int_equal(weir_plan_bind(&config, &plan, &err), WEIR_OK);
	assert_int_equal(weir_partials_new(plan, NULL, &partials, &err), WEIR_OK);
	assert_int_equal(weir_partials_put_grouped(partials, g, &err), WEIR_MALFORMED);
	weir_partials_free(partials);
	weir_plan_free(plan);
	weir_grouped_free(g);
	weir_relation_schema_unref(columns);
	weir_view_release(&v);
	weir_schema_unref(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_counted),           cmocka_unit_test(what_is_not),
	    cmocka_unit_test(halves_make_a_sum),         cmocka_unit_test(digits_make_a_sum),
	    cmocka_unit_test(another_answer_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
