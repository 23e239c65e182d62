/* Plans, one thing at a time: errors, ranking, what a screen shows, moments, types that widen, failing allocations. */
#include "fixture.h"

static const struct input_row few[] = {
    {0, "beta", 1, 10},  {1, "alpha", 2, 20},  {2, "beta", 3, 30},     {3, NULL, 4, 40},
    {4, "alpha", 5, 50}, {5, "gamma", 6, NAN}, {6, "beta", -2000, 70}, {7, "delta", 8, 80},
};
enum { N_FEW = sizeof few / sizeof *few };

static void expect_error(const char *group, const char *measure, const char *sort, const char *part, const char *hint)
{
	struct fixture f;
	fixture_begin(&f);
	set(&f, WEIR_VIEW_GROUP, group);
	set(&f, WEIR_VIEW_MEASURE, measure);
	set(&f, WEIR_VIEW_SORT, sort);
	assert_int_equal(try_bind(&f, false), WEIR_EXPRESSION);
	if (!strstr(f.err.what, part) || !strstr(f.err.hint, hint))
		fail_msg("\"%s\", \"%s\" does not speak of %s and %s", f.err.what, f.err.hint, part, hint);
	fixture_end(&f);
}

static void test_errors_name_what_is_wrong(void **state)
{
	(void)state;
	expect_error("wrd", NULL, NULL, "wrd", "word");
	expect_error("word", "sum(word)", NULL, "sum(word)", "cast");
	expect_error("word", "count", "avg(y)", "avg(y)", "");
	expect_error("word", "count,avg(x)", "avg(n)", "avg(n)", "avg(x)");
	expect_error("word", "count where n + 1", NULL, "int64", "");
}

static void test_session_windows_are_refused(void **state)
{
	struct fixture f;
	(void)state;
	fixture_begin(&f);
	f.view.window = (struct weir_window){.kind = WEIR_WINDOW_SESSION, .size_us = SECOND};
	assert_int_equal(try_bind(&f, false), WEIR_UNSUPPORTED);
	fixture_end(&f);
}

static void test_rank_breaks_ties_by_group(void **state)
{
	struct fixture f;
	(void)state;
	fixture_begin(&f);
	set(&f, WEIR_VIEW_GROUP, "word");
	bind_view(&f, false);
	fill(&f, few, N_FEW);
	feed(&f);
	struct weir_result *r = answer(&f, 0, false);
	assert_int_equal(r->n_rows, 5);
	assert_text(r->rows[0].groups->s, "beta");
	assert_text(r->rows[1].groups->s, "alpha");
	assert_text(r->rows[2].groups->s, "delta");
	assert_text(r->rows[3].groups->s, "gamma");
	assert_int_equal(r->rows[4].groups->type, WEIR_NULL);
	assert_text(r->measures->name, "count");
	weir_result_unref(r);
	r = answer(&f, 2, false);
	assert_int_equal(r->n_rows, 2);
	assert_int_equal(r->n_rows_total, 5);
	assert_text(r->rows[1].groups->s, "alpha");
	weir_result_unref(r);
	set(&f, WEIR_VIEW_MEASURE, "max(x)");
	set(&f, WEIR_VIEW_SORT, "word desc");
	bind_view(&f, false);
	feed(&f);
	r = answer(&f, 0, false);
	assert_text(r->rows[0].groups->s, "gamma");
	assert_int_equal(r->rows[4].groups->type, WEIR_NULL);
	assert_int_equal(r->sort_measure, 1);
	weir_result_unref(r);
	set(&f, WEIR_VIEW_SORT, "max(x) asc"); /* NULLs last all the same */
	bind_view(&f, false);
	feed(&f);
	r = answer(&f, 0, false);
	assert_true(r->rows[0].measures->f == 40);
	assert_int_equal(r->rows[4].measures->type, WEIR_NULL);
	weir_result_unref(r);
	fixture_end(&f);
}

/* Any number of rows to the front is the same as sorting them all. */
static void test_top_is_the_front_of_all(void **state)
{
	static char words[2000][16];
	static struct input_row rows[2000];
	struct fixture f;
	(void)state;
	fixture_begin(&f);
	for (int i = 0; i < 2000; i++) {
		snprintf(words[i], sizeof words[i], "w%d", i % 700);
		rows[i] = (struct input_row){i, words[i], i * 7919 % 13, 1};
	}
	set(&f, WEIR_VIEW_GROUP, "word");
	set(&f, WEIR_VIEW_MEASURE, "sum(n)");
	bind_view(&f, false);
	fill(&f, rows, 2000);
	feed(&f);
	struct weir_result *all = answer(&f, 0, false);
	assert_int_equal(all->n_rows, 700);
	for (uint32_t top = 1; top < 720; top += top < 40 ? 1 : 97) {
		struct weir_result *r = answer(&f, top, false);
		assert_int_equal(r->n_rows, top < 700 ? top : 700);
		for (uint32_t i = 0; i < r->n_rows; i++)
			assert_true(weir_str_equal(r->rows[i].groups->s, all->rows[i].groups->s));
		weir_result_unref(r);
	}
	weir_result_unref(all);
	fixture_end(&f);
}

static void test_no_rows_no_group_is_one_row(void **state)
{
	struct fixture f;
	(void)state;
	fixture_begin(&f);
	set(&f, WEIR_VIEW_MEASURE, "count,sum(x),max(word),rate");
	bind_view(&f, false);
	struct weir_result *r = answer(&f, 0, false);
	assert_int_equal(r->n_rows, 1);
	assert_int_equal(r->rows->measures[0].i, 0);
	for (int i = 1; i < 4; i++)
		assert_int_equal(r->rows->measures[i].type, WEIR_NULL);
	weir_result_unref(r);
	fixture_end(&f);
}

static void test_sum_of_integers_is_wide(void **state)
{
	const struct input_row rows[] = {{0, "a", INT64_MAX, 0}, {1, "a", INT64_MAX, 0}, {2, "a", 5, 0}};
	struct fixture f;
	(void)state;
	fixture_begin(&f);
	set(&f, WEIR_VIEW_MEASURE, "sum(n)");
	bind_view(&f, false);
	fill(&f, rows, 3);
	feed(&f);
	struct weir_result *r = answer(&f, 0, false);
	struct weir_buf text = {0};
	weir_value_text(r->rows->measures, &text);
	assert_string_equal(text.data, "18446744073709551619");
	weir_buf_release(&text);
	weir_result_unref(r);
	fixture_end(&f);
}

static void test_screen_has_others_total_and_chart(void **state)
{
	struct fixture f;
	(void)state;
	fixture_begin(&f);
	set(&f, WEIR_VIEW_GROUP, "word");
	set(&f, WEIR_VIEW_MEASURE, "count,max(x),avg(x)");
	set(&f, WEIR_VIEW_WINDOW, "10s");
	bind_view(&f, true);
	fill(&f, few, N_FEW);
	feed(&f);
	struct weir_result *r = answer(&f, 2, true);
	assert_int_equal(r->n_rows, 2);
	assert_true(r->has_others);
	assert_int_equal(r->others.measures[0].i, 3);
	assert_true(r->others.measures[1].f == 80);
	assert_true(r->others.measures[2].f == 60);
	assert_int_equal(r->total.measures[0].i, 8);
	assert_int_equal(r->n_buckets, 100);
	assert_int_equal(r->bucket_us, SECOND / 10);
	double sum = 0, spark = 0;
	for (uint32_t i = 0; i < r->n_buckets; i++) {
		sum += (double)r->bucket_rows[i];
		spark += isnan(r->rows[0].spark[i]) ? 0 : r->rows[0].spark[i];
		assert_true(isnan(r->total_spark[0][i]) ? r->bucket_rows[i] == 0
							: r->total_spark[0][i] == (double)r->bucket_rows[i]);
	}
	assert_true(sum == 8 && spark == 3);
	assert_int_equal(r->n_series, 4); /* two groups, others, the total */
	assert_text(r->series[0].name, "beta");
	assert_text(r->series[2].name, "others");
	assert_text(r->series[3].name, "count");
	sum = 0;
	for (uint32_t i = 0; i < r->n_buckets; i++)
		sum += isnan(r->series[2].values[i]) ? 0 : r->series[2].values[i];
	assert_true(sum == 3);
	assert_text(r->histogram.column, "x");
	assert_true(r->histogram.n == 7 && r->histogram.n_null == 1);
	assert_true(r->histogram.min == 10 && r->histogram.max == 80 && r->histogram.p50 == 40);
	uint64_t counted = 0;
	for (uint32_t i = 0; i < r->histogram.n_bins; i++) {
		assert_true(r->histogram.edges[i] < r->histogram.edges[i + 1]);
		counted += r->histogram.counts[i];
	}
	assert_int_equal(counted, 7);
	assert_true(r->histogram.edges[0] <= 10 && r->histogram.edges[r->histogram.n_bins] >= 80);
	weir_result_unref(r);
	fixture_end(&f);
}

/* Each name brings its own part of the result and no other. */
static void test_extras_are_made_when_they_are_asked_for(void **state)
{
	static const char *const names[] = {"totals", "totals series", "totals histogram", "records",
					    "",       "no such extra"};
	struct fixture f;
	(void)state;
	fixture_begin(&f);
	set(&f, WEIR_VIEW_GROUP, "word");
	set(&f, WEIR_VIEW_MEASURE, "count,max(x)");
	set(&f, WEIR_VIEW_WINDOW, "10s");
	bind_view(&f, true);
	fill(&f, few, N_FEW);
	feed(&f);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct weir_result *r;
		struct weir_result_request request = {
		    .at_us = WEIR_TIME_NONE, .extras = weir_extras_named(names[i]), .records.count = 10};
		struct weir_plan_rows kept = {.snapshot = &f.rows};
		assert_int_equal(weir_plan_result(f.plan, &request, &kept, f.streams, &r, &f.err), WEIR_OK);
		assert_int_equal(r->n_rows, 5);
		assert_int_equal(r->total.measures != NULL, strstr(names[i], "totals") != NULL);
		assert_int_equal(r->n_buckets > 0, strstr(names[i], "series") != NULL);
		assert_int_equal(r->histogram.n > 0, strstr(names[i], "histogram") != NULL);
		assert_int_equal(r->n_records > 0, strstr(names[i], "records") != NULL);
		weir_result_unref(r);
	}
	fixture_end(&f);
}

/* Whatever is looked at, it and the others are the whole. */
static void test_others_are_all_that_is_not_seen(void **state)
{
	struct fixture f;
	(void)state;
	fixture_begin(&f);
	set(&f, WEIR_VIEW_GROUP, "word");
	set(&f, WEIR_VIEW_MEASURE, "count,max(x)");
	set(&f, WEIR_VIEW_WINDOW, "10s");
	bind_view(&f, true);
	fill(&f, few, N_FEW);
	feed(&f);
	for (uint32_t from = 0; from < 3; from++)
		for (uint32_t n = 1; n < 3; n++) {
			struct weir_result_request request = {.at_us = WEIR_TIME_NONE,
							      .max_rows = 20,
							      .extras = WEIR_EXTRAS_ALL,
							      .seen_from = from,
							      .seen_rows = n};
			struct weir_result *r = NULL;
			struct weir_error err = {0};
			assert_int_equal(weir_plan_result(f.plan, &request, NULL, NULL, &r, &err), WEIR_OK);
			assert_true(r->has_others && r->seen_from == from && r->seen_rows <= n);
			int64_t sum = r->others.measures[0].i;
			for (uint32_t i = 0; i < r->seen_rows; i++)
				sum += r->rows[from + i].measures[0].i;
			assert_int_equal(sum, r->total.measures[0].i);
			weir_result_unref(r);
		}
	fixture_end(&f);
}

/* At 12.5 s of tumbling 10s, the part that is over is compared with the same part of the window before. */
static void test_unfinished_window_is_compared_with_a_part(void **state)
{
	static const struct input_row rows[] = {{0.5, "a", 1, 1},   {1.5, "a", 1, 1},  {2.2, "a", 1, 1},
						{9, "a", 1, 1},     {10.1, "a", 1, 1}, {11.9, "a", 1, 1},
						{12.45, "a", 1, 1}, {12.5, "a", 1, 1}};
	struct fixture f;
	struct weir_result *r;
	(void)state;
	fixture_begin(&f);
	set(&f, WEIR_VIEW_GROUP, "word");
	set(&f, WEIR_VIEW_MEASURE, "count,max(x)");
	set(&f, WEIR_VIEW_WINDOW, "tumbling 10s");
	bind_view(&f, true);
	fill(&f, rows, 8);
	feed(&f);
	struct weir_result_request request = {.at_us = WEIR_TIME_NONE, .extras = WEIR_EXTRAS_ALL};
	struct weir_plan_rows known = {.covered_from_us = START};
	assert_int_equal(weir_plan_result(f.plan, &request, &known, f.streams, &r, &f.err), WEIR_OK);
	assert_true(r->unfinished);
	assert_int_equal(r->total.measures[0].i, 4);
	assert_int_equal(r->previous_from_us, START);
	assert_true(r->compared_us > 2400000 && r->compared_us <= 2500000);
	assert_int_equal(r->total.previous[0].i, 3);
	assert_int_equal(r->total.compared[0].i, 3); /* the row of this very moment is in what is not over */
	assert_int_equal(r->rows[0].compared[0].i, 3);
	assert_true(r->rows[0].compared[1].f == 1);
	weir_result_unref(r);
	known.covered_from_us = START + 1; /* the window before was not seen from its start */
	assert_int_equal(weir_plan_result(f.plan, &request, &known, f.streams, &r, &f.err), WEIR_OK);
	assert_int_equal(r->compared_us, 0);
	assert_int_equal(r->total.previous[0].type, WEIR_NULL);
	assert_true(r->comparable_at_us > START + 20 * SECOND && r->comparable_at_us <= START + 21 * SECOND);
	assert_true(r->first_bucket_partial && r->last_bucket_partial);
	weir_result_unref(r);
	fixture_end(&f);
}

static void test_histogram_has_no_range_without_values(void **state)
{
	static const struct input_row same[] = {{0, "a", 7, 2.5}, {1, "a", 7, 2.5}},
				      two[] = {{0, "a", 14, 1}, {1, "a", 15, 1}, {2, "a", 15, 1}};
	struct fixture f;
	(void)state;
	fixture_begin(&f);
	set(&f, WEIR_VIEW_MEASURE, "avg(x)");
	bind_view(&f, true);
	fill(&f, same, 2);
	feed(&f);
	struct weir_result *r = answer(&f, 0, true);
	assert_int_equal(r->histogram.n_bins, 1);
	assert_true(r->histogram.edges[0] == 2.5 && r->histogram.edges[1] == 2.5 && r->histogram.counts[0] == 2);
	weir_result_unref(r);
	set(&f, WEIR_VIEW_MEASURE, "avg(n)");
	bind_view(&f, true);
	fill(&f, two, 3);
	feed(&f);
	r = answer(&f, 0, true);
	assert_int_equal(r->histogram.n_bins, 2);
	assert_true(r->histogram.edges[0] == 13.5 && r->histogram.edges[2] == 15.5);
	assert_true(r->histogram.counts[0] == 1 && r->histogram.counts[1] == 2);
	weir_result_unref(r);
	fixture_end(&f);
}

static void test_histogram_is_logarithmic_when_skewed(void **state)
{
	static struct input_row rows[3000];
	struct fixture f;
	(void)state;
	fixture_begin(&f);
	for (int i = 0; i < 3000; i++)
		rows[i] = (struct input_row){i * 0.001, "a", i, exp(i / 400.0)};
	set(&f, WEIR_VIEW_MEASURE, "avg(x)");
	bind_view(&f, true);
	fill(&f, rows, 3000);
	feed(&f);
	struct weir_result *r = answer(&f, 0, true);
	assert_true(r->histogram.logarithmic);
	assert_true(r->histogram.n_bins >= 20 && r->histogram.n_bins <= 80);
	uint64_t counted = 0;
	for (uint32_t i = 0; i < r->histogram.n_bins; i++)
		counted += r->histogram.counts[i];
	assert_int_equal(counted, 3000);
	weir_result_unref(r);
	set(&f, WEIR_VIEW_MEASURE, "avg(n)");
	bind_view(&f, true);
	feed(&f);
	r = answer(&f, 0, true);
	assert_false(r->histogram.logarithmic);
	for (uint32_t i = 1; i + 2 < r->histogram.n_bins; i++) /* evenly spread values fill the bins evenly */
		assert_true(fabs((double)r->histogram.counts[i] -
				 3000.0 * (r->histogram.edges[i + 1] - r->histogram.edges[i]) / 3000) <= 3);
	weir_result_unref(r);
	fixture_end(&f);
}

static void test_records_are_the_newest_that_match(void **state)
{
	struct fixture f;
	(void)state;
	fixture_begin(&f);
	set(&f, WEIR_VIEW_WHERE, "word = 'beta'");
	set(&f, WEIR_VIEW_DERIVE, "twice=n*2");
	bind_view(&f, true);
	fill(&f, few, N_FEW);
	feed(&f);
	assert_true(weir_plan_is_rows(f.plan));
	struct weir_result *r = answer(&f, 0, true);
	assert_int_equal(r->n_records, 3);
	assert_int_equal(r->n_record_columns, 5);
	assert_text(r->record_columns[4].name, "twice");
	assert_int_equal(r->records[0].time_us, START + 6 * SECOND);
	assert_true(r->records[0].missing[2] && r->records[0].cells[4].type == WEIR_NULL);
	assert_int_equal(r->records[1].position, 2);
	assert_int_equal(r->records[1].cells[4].i, 6);
	assert_int_equal(r->records[2].time_us, START);
	weir_result_unref(r);
	struct weir_result_request request = {
	    .at_us = START + 4 * SECOND, .extras = WEIR_EXTRAS_ALL, .records.count = 1};
	struct weir_plan_rows kept = {.snapshot = &f.rows};
	assert_int_equal(weir_plan_result(f.plan, &request, &kept, NULL, &r, &f.err), WEIR_OK);
	assert_int_equal(r->n_records, 1);
	assert_int_equal(r->records[0].time_us, START + 2 * SECOND);
	weir_result_unref(r);
	fixture_end(&f);
}

static void test_rows_mode_gives_cells(void **state)
{
	struct fixture f;
	const struct weir_result_column *columns;
	struct weir_value cells[8];
	bool missing[8];
	uint64_t keep[1];
	(void)state;
	fixture_begin(&f);
	set(&f, WEIR_VIEW_WHERE, "n > 2");
	set(&f, WEIR_VIEW_DERIVE, "loud=upper(word)");
	bind_view(&f, false);
	fill(&f, few, N_FEW);
	assert_int_equal(weir_plan_row_columns(f.plan, &columns), 5);
	assert_text(columns[0].name, "time");
	assert_true(columns[0].is_time && !columns[1].is_time);
	assert_int_equal(columns[4].type, WEIR_STRING);
	assert_int_equal(weir_plan_filter(f.plan, f.batch, keep, &f.err), WEIR_OK);
	assert_int_equal(keep[0], 0xbc);
	assert_int_equal(weir_plan_row(f.plan, f.batch, 4, cells, missing, &f.err), WEIR_OK);
	assert_text(cells[4].s, "ALPHA");
	assert_int_equal(weir_plan_row(f.plan, f.batch, 6, cells, missing, &f.err), WEIR_OK);
	assert_text(cells[4].s, "BETA");
	assert_true(missing[2] && !missing[3]);
	fixture_end(&f);
}

static void test_ledger_of_a_live_window(void **state)
{
	struct fixture f;
	(void)state;
	fixture_begin(&f);
	set(&f, WEIR_VIEW_WINDOW, "3s");
	set(&f, WEIR_VIEW_WHERE, "x is not null");
	bind_view(&f, true);
	fill(&f, few, N_FEW);
	feed(&f);
	weir_result_unref(answer(&f, 0, true));
	assert_int_equal(f.ledger.matched, 7);
	assert_int_equal(f.ledger.filtered, 1);
	assert_int_equal(f.ledger.in_window, 2); /* (4 s, 7 s] */
	assert_int_equal(f.ledger.expired, 5);
	fixture_end(&f);
}

static void test_what_is_late_and_what_may_go(void **state)
{
	struct fixture f;
	(void)state;
	fixture_begin(&f);
	set(&f, WEIR_VIEW_WINDOW, "5m");
	bind_view(&f, true);
	assert_int_equal(weir_plan_late_rule(f.plan, false).kind, WEIR_LATE_SLIDING);
	assert_int_equal(weir_plan_late_rule(f.plan, false).late_us, 10 * SECOND);
	assert_int_equal(weir_plan_late_rule(f.plan, true).kind, WEIR_LATE_NEVER);
	assert_int_equal(weir_plan_retention(f.plan, START, true).keep_after_us, START - 600 * SECOND);
	set(&f, WEIR_VIEW_LATE, "1s");
	set(&f, WEIR_VIEW_WINDOW, "hopping 5m by 1m");
	bind_view(&f, false);
	struct weir_late_rule rule = weir_plan_late_rule(f.plan, true);
	assert_true(rule.kind == WEIR_LATE_ALIGNED && rule.late_us == SECOND && rule.size_us == 300 * SECOND &&
		    rule.hop_us == 60 * SECOND);
	set(&f, WEIR_VIEW_WINDOW, "all");
	bind_view(&f, true);
	assert_int_equal(weir_plan_late_rule(f.plan, false).kind, WEIR_LATE_NEVER);
	assert_int_equal(weir_plan_retention(f.plan, START, true).keep_after_us, INT64_MIN);
	fixture_end(&f);
}

static void test_new_columns_make_a_plan_stale(void **state)
{
	struct fixture f;
	(void)state;
	fixture_begin(&f);
	bind_view(&f, false);
	assert_false(weir_plan_stale(f.plan, 0, f.schema));
	struct weir_schema *next = weir_schema_next(f.schema);
	assert_false(weir_plan_stale(f.plan, 0, next));
	weir_schema_set_type(next, 2, WEIR_FLOAT64);
	assert_true(weir_plan_stale(f.plan, 0, next));
	weir_schema_unref(next);
	fixture_end(&f);
}

/* n was whole, then it is not: what was counted is taken over as if it had been a float all along. */
static void test_plan_takes_over_its_narrower_self(void **state)
{
	static const char measure[] = "count,sum(n),avg(n),min(n),max(n),first(n),last(n),p50(n),distinct(n),stddev(n)";
	static const char *const windows[] = {"all", "tumbling 2s"};
	static const char *const groups[] = {NULL, "n", "word,n"};
	(void)state;
	for (int g = 0; g < 3; g++)
		for (int w = 0; w < 2; w++) {
			struct fixture f;
			struct weir_result *want, *got;
			fixture_begin(&f);
			set(&f, WEIR_VIEW_MEASURE, measure);
			set(&f, WEIR_VIEW_GROUP, groups[g]);
			set(&f, WEIR_VIEW_WINDOW, windows[w]);
			bind_view(&f, false);
			fill(&f, few, N_FEW);
			feed(&f);
			struct weir_plan *old = f.plan;
			f.plan = NULL;
			struct weir_schema *next = weir_schema_next(f.schema);
			weir_schema_set_type(next, 2, WEIR_FLOAT64);
			weir_schema_unref(f.schema);
			f.schema = next;
			bind_view(&f, false);
			assert_int_equal(weir_plan_take_over(f.plan, old, &f.err), WEIR_OK);
			weir_plan_free(old);
			got = answer(&f, 0, false);
			bind_view(&f, false);
			feed(&f);
			want = answer(&f, 0, false);
			assert_int_equal(got->n_rows, want->n_rows);
			for (uint32_t i = 0; i < want->n_rows; i++) {
				for (uint32_t k = 0; k < want->n_groups; k++)
					assert_int_equal(
					    weir_value_compare(got->rows[i].groups + k, want->rows[i].groups + k), 0);
				for (uint32_t m = 0; m < want->n_measures; m++) {
					assert_int_equal(got->rows[i].measures[m].type, want->rows[i].measures[m].type);
					assert_int_equal(
					    weir_value_compare(got->rows[i].measures + m, want->rows[i].measures + m),
					    0);
				}
			}
			weir_result_unref(got);
			weir_result_unref(want);
			fixture_end(&f);
		}
}

static void test_explain_says_what_and_how(void **state)
{
	struct fixture f;
	struct weir_buf text = {0};
	static const char *const parts[] = {
	    "n int64",     "where    n > 2",     "group    word: string", "measure  p95(x): float64",
	    "tumbling 1m", "by dictionary code", "sort: count desc",      "window(`time`, '60 seconds')",
	    "group by",    "from `test`"};
	(void)state;
	fixture_begin(&f);
	set(&f, WEIR_VIEW_WHERE, "n > 2");
	set(&f, WEIR_VIEW_GROUP, "word");
	set(&f, WEIR_VIEW_MEASURE, "count,p95(x)");
	set(&f, WEIR_VIEW_WINDOW, "tumbling 1m");
	bind_view(&f, false);
	weir_plan_explain(f.plan, false, &text);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (!strstr(text.data, parts[i]))
			fail_msg("\"%s\" is not in:\n%s", parts[i], text.data);
	weir_buf_release(&text);
	fixture_end(&f);
}

static void test_cancelled_rebuild_says_so(void **state)
{
	struct fixture f;
	_Atomic bool cancel = true;
	(void)state;
	fixture_begin(&f);
	set(&f, WEIR_VIEW_WINDOW, "5s");
	bind_view(&f, false);
	fill(&f, few, N_FEW);
	assert_true(weir_plan_needs_rebuild(f.plan, WEIR_TIME_NONE));
	assert_int_equal(weir_plan_rebuild(f.plan, &f.rows, WEIR_TIME_NONE, &cancel, NULL, &f.err), WEIR_CANCELLED);
	assert_true(weir_plan_needs_rebuild(f.plan, WEIR_TIME_NONE));
	cancel = false;
	assert_int_equal(weir_plan_rebuild(f.plan, &f.rows, WEIR_TIME_NONE, &cancel, NULL, &f.err), WEIR_OK);
	assert_false(weir_plan_needs_rebuild(f.plan, WEIR_TIME_NONE));
	fixture_end(&f);
}

/* One whole life of a plan; false as soon as something ran out of memory. */
static bool live_through(struct fixture *f, const char *window, bool live)
{
	struct weir_result *r = NULL;
	struct weir_result_request request = {.at_us = WEIR_TIME_NONE, .extras = WEIR_EXTRAS_ALL, .records.count = 5};
	struct weir_plan_rows kept = {.snapshot = &f->rows};
	enum weir_status status = weir_view_set(&f->view, WEIR_VIEW_WINDOW, window, START, &f->err);
	if (!status)
		status = try_bind(f, live);
	for (int i = 0; !status && i < 2; i++)
		status = weir_plan_update(f->plan, f->batch, f->ledgers, &f->err);
	if (!status && weir_plan_needs_rebuild(f->plan, WEIR_TIME_NONE))
		status = weir_plan_rebuild(f->plan, &f->rows, WEIR_TIME_NONE, NULL, NULL, &f->err);
	if (!status)
		status = weir_plan_result(f->plan, &request, &kept, f->streams, &r, &f->err);
	if (!status)
		weir_result_unref(r);
	assert_true(status == WEIR_OK || status == WEIR_NO_MEMORY);
	return status == WEIR_OK;
}

static void test_every_allocation_may_fail(void **state)
{
	static const char *const windows[] = {"all", "tumbling 2s", "hopping 4s by 2s", "3s", "rows 4"};
	static struct input_row rows[300];
	(void)state;
	for (int i = 0; i < 300; i++)
		rows[i] = (struct input_row){i * 0.05, i % 3 ? "a word" : "another", i, i * 1e-30};
	for (int w = 0; w < 10; w++) {
		struct fixture f;
		bool done = false;
		fixture_begin(&f);
		set(&f, WEIR_VIEW_GROUP, "word, n % 5 as m");
		set(&f, WEIR_VIEW_MEASURE, "count,sum(x),stddev(x),max(word),first(word),p95(x),distinct(n)");
		fill(&f, rows, 300);
		for (uint64_t n = 1; !done; n += 1 + n / 16) {
			weir_alloc_fail_at(n, true);
			done = live_through(&f, windows[w % 5], w >= 5);
			weir_alloc_fail_at(0, false);
			weir_plan_free(f.plan);
			f.plan = NULL;
		}
		fixture_end(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_errors_name_what_is_wrong),
	    cmocka_unit_test(test_session_windows_are_refused),
	    cmocka_unit_test(test_rank_breaks_ties_by_group),
	    cmocka_unit_test(test_top_is_the_front_of_all),
	    cmocka_unit_test(test_no_rows_no_group_is_one_row),
	    cmocka_unit_test(test_sum_of_integers_is_wide),
	    cmocka_unit_test(test_screen_has_others_total_and_chart),
	    cmocka_unit_test(test_extras_are_made_when_they_are_asked_for),
	    cmocka_unit_test(test_others_are_all_that_is_not_seen),
	    cmocka_unit_test(test_unfinished_window_is_compared_with_a_part),
	    cmocka_unit_test(test_histogram_has_no_range_without_values),
	    cmocka_unit_test(test_histogram_is_logarithmic_when_skewed),
	    cmocka_unit_test(test_records_are_the_newest_that_match),
	    cmocka_unit_test(test_rows_mode_gives_cells),
	    cmocka_unit_test(test_ledger_of_a_live_window),
	    cmocka_unit_test(test_what_is_late_and_what_may_go),
	    cmocka_unit_test(test_new_columns_make_a_plan_stale),
	    cmocka_unit_test(test_plan_takes_over_its_narrower_self),
	    cmocka_unit_test(test_explain_says_what_and_how),
	    cmocka_unit_test(test_cancelled_rebuild_says_so),
	    cmocka_unit_test(test_every_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
