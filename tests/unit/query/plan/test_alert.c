/* An alert: what it reads, what it adds to the measures, and when it is raised. */
#include "fixture.h"

#include "weir/query/alert.h"

static void expect_read(const char *text, const char *measure, enum weir_alert_sign sign, double bound, double seconds)
{
	struct weir_alert a = {0};
	struct weir_error err = {0};
	if (weir_alert_parse(weir_str_of(text), &a, &err) != WEIR_OK)
		fail_msg("%s: %s", text, err.what);
	assert_string_equal(a.measure, measure);
	assert_true(a.sign == sign && a.bound == bound && a.for_us == (int64_t)(seconds * 1e6));
	assert_true(a.since_us == WEIR_TIME_NONE && !a.raised);
	weir_alert_release(&a);
	assert_null(a.text);
}

static void test_reading(void **state)
{
	(void)state;
	expect_read("p95(latency_ms) > 250 for 30s", "p95(latency_ms)", WEIR_ALERT_ABOVE, 250, 30);
	expect_read(" count  <=  -1.5e3 ", "count", WEIR_ALERT_AT_MOST, -1500, 0);
	expect_read("avg( x )>=1 FOR 5m", "avg(x)", WEIR_ALERT_AT_LEAST, 1, 300);
	expect_read("count where n > 3 and word = ' for 3s' < 7", "countwheren>3andword=' for 3s'", WEIR_ALERT_BELOW, 7,
		    0);
	expect_read("sum(case when n > 1 then 1 end) != 0", "sum(casewhenn>1then1end)", WEIR_ALERT_UNEQUAL, 0, 0);
	expect_read("slow <> 2", "slow", WEIR_ALERT_UNEQUAL, 2, 0);
	expect_read("\"slow ones\" = 2", "slow ones", WEIR_ALERT_EQUAL, 2, 0);
}

static void test_what_is_wrong_is_said(void **state)
{
	static const char *const wrong[] = {"",
					    "count",
					    "count >",
					    "> 3",
					    "count > x",
					    "count > 3 for x",
					    "p95(x > 3",
					    "count > 3 for",
					    "a b c > 3",
					    "count, avg(x) > 3",
					    "count > 3 for -1s"};
	struct weir_alert a = {0};
	struct weir_error err = {0};
	(void)state;
	assert_int_equal(weir_alert_parse(WEIR_STR("count > 1"), &a, &err), WEIR_OK);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		err = (struct weir_error){0};
		if (weir_alert_parse(weir_str_of(wrong[i]), &a, &err) == WEIR_OK || !err.what[0])
			fail_msg("\"%s\" was taken", wrong[i]);
		assert_string_equal(a.text, "count > 1"); /* the old one stays */
	}
	weir_alert_release(&a);
}

static void expect_measures(const char *alert, const char *measures, const char *all)
{
	struct weir_alert a = {0};
	struct weir_error err = {0};
	struct weir_buf out = {0};
	bool adds;
	assert_int_equal(weir_alert_parse(weir_str_of(alert), &a, &err), WEIR_OK);
	enum weir_status st = weir_alert_measures(&a, measures, &adds, &out, &err);
	assert_int_equal(st == WEIR_OK, all != NULL);
	if (all) {
		assert_text(weir_buf_str(&out), all);
		assert_int_equal(adds, measures ? strcmp(all, measures) != 0 : strcmp(all, "count") != 0);
	}
	weir_buf_release(&out);
	weir_alert_release(&a);
}

static void test_measures_are_added(void **state)
{
	(void)state;
	expect_measures("count > 1", NULL, "count");
	expect_measures("p95(x) > 1", NULL, "count,p95(x)");
	expect_measures("p95( x ) > 1", "count, p95(x)", "count, p95(x)");
	expect_measures("avg(x) where n > 2 > 1", "count", "count,avg(x) where n > 2");
	expect_measures("slow > 1", "count, p95(x) as slow", "count, p95(x) as slow");
	expect_measures("slow > 1", "count", NULL);
}

/* The answer when so many rows came, ten a second in turns of two words. */
static struct weir_result *ask(struct fixture *f, struct weir_alert *a, const char *alert, const char *window)
{
	static const struct input_row first[] = {{0.5, "a", 1, 1}, {0.6, "b", 1, 50}};
	fixture_begin(f);
	assert_int_equal(weir_alert_parse(weir_str_of(alert), a, &f->err), WEIR_OK);
	set(f, WEIR_VIEW_GROUP, "word");
	set(f, WEIR_VIEW_MEASURE, "count,max(x)");
	set(f, WEIR_VIEW_WINDOW, window);
	bind_view(f, true);
	fill(f, first, 2);
	feed(f);
	return answer(f, 0, true);
}

static bool judge(struct weir_alert *a, struct weir_result *r, const char *said)
{
	struct weir_buf what = {0};
	bool news = weir_alert_judge(a, r, &what);
	if (news)
		assert_text(weir_buf_str(&what), said);
	weir_buf_release(&what);
	weir_result_unref(r);
	return news;
}

static struct weir_result *add(struct fixture *f, double second, double x)
{
	struct input_row row = {second, "c", 1, x};
	fill(f, &row, 1);
	feed(f);
	return answer(f, 0, true);
}

static void test_one_row_is_enough_and_it_is_said_once(void **state)
{
	struct fixture f;
	struct weir_alert a = {0};
	(void)state;
	struct weir_result *r = ask(&f, &a, "max(x) > 60", "5s");
	assert_false(judge(&a, r, ""));
	assert_true(judge(&a, add(&f, 1, 75), "c: max(x) 75.0 > 60, since 22:13:21Z"));
	assert_true(a.raised);
	assert_false(judge(&a, add(&f, 2, 80), ""));
	assert_false(judge(&a, add(&f, 9, 1), "")); /* it has left the window */
	assert_false(a.raised);
	assert_true(judge(&a, add(&f, 10, 61), "c: max(x) 61.0 > 60, since 22:13:30Z"));
	weir_alert_release(&a);
	fixture_end(&f);
}

static void test_all_rows_that_pass_are_counted(void **state)
{
	struct fixture f;
	struct weir_alert a = {0};
	struct weir_buf what = {0};
	(void)state;
	struct weir_result *r = ask(&f, &a, "max(x) > 0", "5s");
	assert_true(weir_alert_judge(&a, r, &what));
	assert_text(weir_buf_str(&what), "a and 1 more of 2: max(x) 1.0 > 0, since 22:13:20Z");
	assert_true(weir_alert_passes(&a, r, &r->rows[1]));
	weir_alert_release(&a);
	assert_int_equal(weir_alert_parse(WEIR_STR("max(x) > 40"), &a, NULL), WEIR_OK);
	assert_false(weir_alert_passes(&a, r, &r->rows[0]));
	assert_true(weir_alert_passes(&a, r, &r->rows[1]));
	weir_buf_release(&what);
	weir_result_unref(r);
	weir_alert_release(&a);
	fixture_end(&f);
}

static void test_it_must_last(void **state)
{
	struct fixture f;
	struct weir_alert a = {0};
	(void)state;
	struct weir_result *r = ask(&f, &a, "max(x) > 60 for 3s", "2s");
	assert_false(judge(&a, r, ""));
	assert_false(judge(&a, add(&f, 1, 75), ""));
	assert_false(judge(&a, add(&f, 2.5, 75), ""));
	assert_false(judge(&a, add(&f, 5.1, 1), "")); /* a gap: it begins anew */
	assert_int_equal(a.since_us, WEIR_TIME_NONE);
	assert_false(judge(&a, add(&f, 6, 75), ""));
	assert_false(judge(&a, add(&f, 7.5, 75), ""));
	assert_true(judge(&a, add(&f, 9, 75), "c: max(x) 75.0 > 60 for 3s, since 22:13:26Z"));
	weir_alert_release(&a);
	fixture_end(&f);
}

static void test_an_answer_without_the_measure(void **state)
{
	struct fixture f;
	struct weir_alert a = {0};
	(void)state;
	struct weir_result *r = ask(&f, &a, "avg(x) > 1", "5s");
	assert_false(judge(&a, r, ""));
	assert_true(a.lacks);
	weir_alert_release(&a);
	fixture_end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_reading),
	    cmocka_unit_test(test_what_is_wrong_is_said),
	    cmocka_unit_test(test_measures_are_added),
	    cmocka_unit_test(test_one_row_is_enough_and_it_is_said_once),
	    cmocka_unit_test(test_all_rows_that_pass_are_counted),
	    cmocka_unit_test(test_it_must_last),
	    cmocka_unit_test(test_an_answer_without_the_measure),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
