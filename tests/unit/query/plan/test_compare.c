/* Windows and what they are compared with: pinned moments, sort keys, ways back that do not go, groups that come and go. */
#include "fixture.h"

#include "query/plan/plan.h"
#include "query/result/result.h"
#include "weir/query/movers.h"

enum { N_STEADY = 1200 };
static struct input_row steady[N_STEADY]; /* of a minute, twenty a second */

static double second_of(int64_t us)
{
	return (double)(us - START) / 1e6;
}

static int64_t count_steady(int64_t after_us, int64_t until_us)
{
	int64_t n = 0;
	for (int i = 0; i < N_STEADY; i++) {
		int64_t t = START + (int64_t)(steady[i].second * 1e6);
		n += t > after_us && t <= until_us;
	}
	return n;
}

static void expect_pinned(struct fixture *f, double second)
{
	struct weir_result *r = answer(f, 0, true);
	int64_t from = r->previous_from_us, until = from + r->compared_us;
	if (!r->compared_us || second_of(from) < second - 10 || second_of(from) > second - 9 ||
	    r->total.previous->i != count_steady(from, until))
		fail_msg("%lld rows in (%g, %g]", (long long)r->total.previous->i, second_of(from), second_of(until));
	weir_result_unref(r);
}

/* The panes between the pinned window and the shown one are dropped, and those that stay become wider. */
static void test_a_pinned_period_stays_whole(void **state)
{
	static const double pins[] = {12.23, 12, 11.999, 13.5};
	(void)state;
	for (int i = 0; i < N_STEADY; i++)
		steady[i] = (struct input_row){(i + 1) * 0.05 + (i % 10 < 9 ? i % 7 : 0) * 0.001, "a", 1, 1};
	for (size_t k = 0; k < sizeof pins / sizeof *pins; k++) {
		struct fixture f;
		char pin[40];
		fixture_begin(&f);
		set(&f, WEIR_VIEW_WINDOW, "10s");
		pin[weir_time_format_iso(START + (int64_t)(pins[k] * 1e6), pin)] = '\0';
		set(&f, WEIR_VIEW_COMPARE, pin);
		bind_view(&f, true);
		for (int at = 0; at < N_STEADY; at += 10) {
			fill(&f, steady + at, 10);
			feed(&f);
			if (at == 700)
				assert_true(weir_plan_set_pane_width(f.plan, f.plan->panes.width_us * 5));
			if (at == 900)
				assert_true(weir_plan_set_pane_width(f.plan, f.plan->panes.width_us * 2));
			if (at >= 300)
				expect_pinned(&f, pins[k]);
		}
		assert_true(f.plan->panes.width_us == SECOND && f.plan->panes.n < 25);
		fixture_end(&f);
	}
}

/* Two periods of ten seconds: alpha falls by 2 of 4, beta rises by 3 of 1, gamma is gone, delta is new. */
static const struct input_row moved[] = {
    {1, "alpha", 1, 10}, {2, "alpha", 1, 10}, {3, "alpha", 1, 10},  {4, "alpha", 1, 10},  {5, "beta", 1, 10},
    {6, "gamma", 1, 10}, {7, "gamma", 1, 10}, {11, "alpha", 1, 40}, {12, "alpha", 1, 40}, {13, "beta", 1, 10},
    {14, "beta", 1, 10}, {15, "beta", 1, 10}, {16, "beta", 1, 10},  {17, "delta", 1, 10}, {20, "alpha", 1, NAN}};
enum { N_MOVED = sizeof moved / sizeof *moved };

static void expect_order(const char *compare, const char *sort, const char *words)
{
	struct fixture f;
	char got[100] = "";
	fixture_begin(&f);
	set(&f, WEIR_VIEW_GROUP, "word");
	set(&f, WEIR_VIEW_WINDOW, "tumbling 10s");
	set(&f, WEIR_VIEW_COMPARE, compare);
	set(&f, WEIR_VIEW_MEASURE, "count,avg(x)");
	set(&f, WEIR_VIEW_SORT, sort);
	bind_view(&f, true);
	fill(&f, moved, N_MOVED - 1);
	feed(&f);
	struct weir_result_request request = {.at_us = START + 19999999, .extras = WEIR_EXTRAS_ALL};
	struct weir_result *r;
	assert_int_equal(weir_plan_result(f.plan, &request, NULL, f.streams, &r, &f.err), WEIR_OK);
	for (uint32_t i = 0; i < r->n_rows; i++)
		snprintf(got + strlen(got), sizeof got - strlen(got), "%s" WEIR_STR_FMT, i ? " " : "",
			 WEIR_STR_ARG(r->rows[i].groups->s));
	assert_string_equal(got, words);
	weir_result_unref(r);
	fixture_end(&f);
}

static void test_rows_are_sorted_by_their_change(void **state)
{
	(void)state;
	expect_order(NULL, "change", "beta delta alpha gamma");     /* who looks for what fell finds what is gone */
	expect_order(NULL, "change_pct", "beta alpha gamma delta"); /* of nothing there is no percentage */
	expect_order(NULL, "count_change asc", "alpha gamma delta beta");
	expect_order(NULL, "count_change_pct asc", "gamma alpha beta delta");
	expect_order(NULL, "\"avg(x)_change\"", "alpha beta delta gamma");
	expect_order(NULL, "avg(x)_change desc", "alpha beta delta gamma");
	expect_order(NULL, "count_before", "alpha gamma beta delta");
	expect_order("10s", "change", "beta delta alpha gamma");
	expect_order("none", "change", "beta alpha delta"); /* then the measure itself sorts */
}

static void test_new_groups_are_told_from_gone_ones(void **state)
{
	struct fixture f;
	(void)state;
	fixture_begin(&f);
	set(&f, WEIR_VIEW_GROUP, "word");
	set(&f, WEIR_VIEW_WINDOW, "tumbling 10s");
	bind_view(&f, true);
	fill(&f, moved, N_MOVED - 1);
	feed(&f);
	struct weir_result_request request = {.at_us = START + 19999999, .extras = WEIR_EXTRAS_ALL};
	struct weir_result *r;
	assert_int_equal(weir_plan_result(f.plan, &request, NULL, f.streams, &r, &f.err), WEIR_OK);
	assert_text(r->rows[2].groups->s, "delta");
	assert_true(r->rows[2].compared_rows == 1 && r->rows[2].previous_rows == 0);
	assert_true(r->rows[0].compared_rows == 4 && r->rows[0].previous_rows == 1);
	weir_result_unref(r);
	fixture_end(&f);
}

static void test_a_way_back_must_go_with_the_window(void **state)
{
	struct fixture f;
	(void)state;
	fixture_begin(&f);
	set(&f, WEIR_VIEW_WINDOW, "5m");
	set(&f, WEIR_VIEW_COMPARE, "7001ms");
	assert_int_equal(try_bind(&f, true), WEIR_USAGE);
	assert_non_null(strstr(f.err.hint, "200ms"));
	set(&f, WEIR_VIEW_COMPARE, "7200ms");
	assert_int_equal(try_bind(&f, true), WEIR_OK);
	set(&f, WEIR_VIEW_WINDOW, "all"); /* that has no earlier one at all */
	bind_view(&f, true);
	fill(&f, moved, N_MOVED);
	feed(&f);
	struct weir_result *r = answer(&f, 0, true);
	assert_int_equal(r->compare.kind, WEIR_COMPARISON_NONE);
	assert_int_equal(r->compared_us, 0);
	weir_result_unref(r);
	fixture_end(&f);
}

/* ---- chance ---- */

static uint64_t random_state;

static double draw(void) /* in (0, 1]: SplitMix64 */
{
	uint64_t z = random_state += 0x9e3779b97f4a7c15ull;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return (double)((z ^ z >> 31) >> 11) * 0x1p-53 + 0x1p-53;
}

static double lasts(void) /* as latencies do: a long tail */
{
	return 20 - 30 * log(draw());
}

enum { N_CROWD = 40, N_CASTS = 2000 * N_CROWD };
static char crowd[N_CROWD][8];
static struct input_row casts[N_CASTS];
static uint32_t n_casts;

/* `rate` rows a second of each group, in [from, until) seconds, at any time. */
static void cast(double from, double until, int group, double rate, double factor)
{
	snprintf(crowd[group], sizeof crowd[group], "g%02d", group);
	for (double t = from - log(draw()) / rate; t < until; t -= log(draw()) / rate)
		casts[n_casts++] = (struct input_row){t, crowd[group], 1, factor * lasts()};
}

static struct weir_result *answer_casts(struct fixture *f, const char *compare)
{
	struct weir_result_request request = {
	    .at_us = START + 40 * SECOND, .extras = WEIR_EXTRAS_ALL, .chart_buckets = 20};
	struct weir_plan_rows all = {.covered_from_us = WEIR_TIME_NONE, .newest_us = WEIR_TIME_NONE};
	struct weir_result *r;
	fixture_begin(f);
	set(f, WEIR_VIEW_GROUP, "word");
	set(f, WEIR_VIEW_WINDOW, "20s");
	set(f, WEIR_VIEW_COMPARE, compare);
	set(f, WEIR_VIEW_MEASURE, "count,sum(x),avg(x),p90(x),max(x)");
	bind_view(f, true);
	for (uint32_t at = 0; at < n_casts; at += 4096) {
		fill(f, casts + at, n_casts - at < 4096 ? n_casts - at : 4096);
		feed(f);
	}
	assert_int_equal(weir_plan_result(f->plan, &request, &all, f->streams, &r, &f->err), WEIR_OK);
	assert_int_equal(r->error.code, WEIR_OK);
	return r;
}

static void test_chance_is_no_change(void **state)
{
	int beyond = 0, unknown = 0, of = 0;
	(void)state;
	random_state = 1;
	for (int again = 0; again < 10; again++) {
		struct fixture f;
		n_casts = 0;
		for (int g = 0; g < N_CROWD; g++)
			cast(0, 40, g, 2 + g, 1);
		struct weir_result *r = answer_casts(&f, "20s");
		assert_int_equal(r->compared_us, 20 * SECOND);
		for (uint32_t i = 0; i < r->n_rows; i++) {
			for (int m = 0; m < 4; m++, of++)
				beyond += r->rows[i].moved[m] == WEIR_MOVED;
			unknown += r->rows[i].moved[4] == WEIR_MOVED_UNKNOWN;
			assert_true(r->rows[i].moved[4] != WEIR_MOVED); /* of a maximum nothing is known */
		}
		weir_result_unref(r);
		fixture_end(&f);
	}
	assert_true(unknown > 0);
	if (beyond * 100 > of) /* three standard errors: about three in a thousand, and quantiles are careful */
		fail_msg("%d of %d changes are more than chance", beyond, of);
}

static const struct weir_mover *mover_of(const struct weir_result *r, const char *word)
{
	const struct weir_movers *movers = weir_result_extra(r, "movers");
	for (uint32_t i = 0; i < movers->n; i++)
		if (weir_str_equal(movers->items[i].groups->s, weir_str_of(word)))
			return movers->items + i;
	return NULL;
}

static void test_what_moved_is_found(void **state)
{
	struct fixture f;
	(void)state;
	random_state = 2;
	n_casts = 0;
	for (int g = 0; g < 20; g++)
		cast(0, 40, g, 10, 1);
	cast(0, 20, 20, 10, 1), cast(20, 40, 20, 25, 1); /* two and a half times as often */
	cast(0, 20, 21, 30, 1), cast(20, 40, 21, 30, 2); /* twice as slow */
	cast(0, 20, 22, 10, 1);                          /* gone */
	cast(20, 40, 23, 10, 1);                         /* new */
	struct weir_result *r = answer_casts(&f, NULL);
	const struct weir_movers *movers = weir_result_extra(r, "movers");
	const struct weir_mover *often = mover_of(r, "g20"), *slow = mover_of(r, "g21"), *gone = mover_of(r, "g22"),
				*fresh = mover_of(r, "g23");
	assert_true(often && slow && gone && fresh);
	assert_true(movers->n <= 5);
	assert_true(often->measure < 2 && !often->is_new && !often->is_gone);
	assert_true(slow->measure >= 1 && slow->measure <= 3);
	assert_true(gone->is_gone && !gone->is_new && gone->now.i == 0 && gone->before.i > 100);
	assert_true(fresh->is_new && !fresh->is_gone && fresh->before.i == 0);
	assert_true(fresh == movers->items); /* no change is larger than one from nothing */
	for (uint32_t i = 2; i < movers->n; i++) {
		const struct weir_mover *a = movers->items + i - 1, *b = movers->items + i;
		double more = fabs(weir_value_number(&a->now) / weir_value_number(&a->before) - 1);
		assert_true(more >= fabs(weir_value_number(&b->now) / weir_value_number(&b->before) - 1));
	}
	weir_result_unref(r);
	fixture_end(&f);
	r = answer_casts(&f, "none");
	assert_int_equal(((const struct weir_movers *)weir_result_extra(r, "movers"))->n, 0);
	assert_null(r->series->ghost);
	weir_result_unref(r);
	fixture_end(&f);
}

static void test_ghosts_are_what_was(void **state)
{
	struct fixture f;
	(void)state;
	random_state = 3;
	n_casts = 0;
	cast(0, 40, 0, 50, 1);
	struct weir_result *r = answer_casts(&f, "10s");
	const struct weir_result_series *line = r->series;
	assert_int_equal(line->row, 0);
	int whole = 0;
	for (uint32_t i = 0; i < r->n_buckets; i++) {
		int64_t from = r->bucket_start_us + i * r->bucket_us - 10 * SECOND, n = 0;
		for (uint32_t k = 0; k < n_casts; k++) {
			int64_t t = START + (int64_t)(casts[k].second * 1e6);
			n += t > from && t <= from + r->bucket_us;
		}
		if (isnan(line->ghost[i])) /* the first may begin before the window */
			continue;
		whole++;
		assert_true(line->ghost[i] == (double)n);
	}
	assert_true(whole >= (int)r->n_buckets - 1 && whole > 10);
	weir_result_unref(r);
	fixture_end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_pinned_period_stays_whole),
	    cmocka_unit_test(test_rows_are_sorted_by_their_change),
	    cmocka_unit_test(test_new_groups_are_told_from_gone_ones),
	    cmocka_unit_test(test_a_way_back_must_go_with_the_window),
	    cmocka_unit_test(test_chance_is_no_change),
	    cmocka_unit_test(test_what_moved_is_found),
	    cmocka_unit_test(test_ghosts_are_what_was),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
