/* Partial rows one thing at a time: what is refused, what a newer row does, what is let go of, and what is asked. */
#include "../plan/fixture.h"

#include "weir/query/partial.h"

struct counted { /* a view, its plan, and what came for it */
	struct weir_view view;
	struct weir_schema *schema;
	struct weir_plan *plan;
	struct weir_partials *rows;
	struct weir_budget budget;
	struct weir_error err;
};

static void begin(struct counted *c)
{
	memset(c, 0, sizeof *c);
	weir_view_init(&c->view);
	c->schema = weir_schema_new();
	assert_int_equal(weir_schema_add(c->schema, WEIR_STR("time"), WEIR_TIMESTAMP), 0);
	assert_int_equal(weir_schema_add(c->schema, WEIR_STR("word"), WEIR_STRING), 1);
	assert_int_equal(weir_schema_add(c->schema, WEIR_STR("n"), WEIR_INT64), 2);
	weir_schema_set_time(c->schema, 0);
}

static void finish(struct counted *c)
{
	weir_partials_free(c->rows);
	weir_plan_free(c->plan);
	weir_view_release(&c->view);
	weir_schema_unref(c->schema);
	assert_int_equal(weir_budget_used(&c->budget), 0);
}

static void ask(struct counted *c, enum weir_view_text which, const char *text)
{
	if (weir_view_set(&c->view, which, text, START, &c->err))
		fail_msg("%s: %s", text, c->err.what);
}

static struct weir_plan *bind_counted(struct counted *c, bool live)
{
	static const struct weir_str name = {"test", 4};
	const struct weir_schema *schema = c->schema;
	struct weir_plan *p = NULL;
	struct weir_relation_schema *relation = weir_relation_schema_new(1, &name, &schema);
	struct weir_plan_config config = {.view = &c->view,
					  .schema = relation,
					  .live = live,
					  .finite = !live,
					  .schemas_complete = true,
					  .partials = true};
	assert_int_equal(weir_plan_bind(&config, &p, &c->err), WEIR_OK);
	weir_relation_schema_unref(relation);
	return p;
}

static void open_rows(struct counted *c, bool live)
{
	c->plan = bind_counted(c, live);
	assert_int_equal(weir_partials_new(c->plan, &c->budget, &c->rows, &c->err), WEIR_OK);
}

/* By word: count and sum(n) of a second. */
static enum weir_status put(struct counted *c, int64_t second, const char *word, int64_t count, int64_t sum)
{
	int64_t start = START + second * SECOND;
	struct weir_value keys[] = {{.type = WEIR_INT64, .i = start},
				    {.type = WEIR_BOOL, .b = false},
				    {.type = WEIR_STRING, .s = weir_str_of(word)}};
	struct weir_value values[] = {{.type = WEIR_INT64, .i = count},
				      {.type = WEIR_INT64, .i = start + 1},
				      {.type = WEIR_INT64, .i = start + 500000},
				      {.type = WEIR_INT64, .i = count},
				      {.type = WEIR_INT64, .i = sum}};
	return weir_partials_put(c->rows, keys, values, &c->err);
}

static struct weir_result *answer_of(struct counted *c)
{
	struct weir_result *r = NULL;
	struct weir_result_request request = {.at_us = WEIR_TIME_NONE, .extras = c->plan ? WEIR_EXTRAS_ALL : 0};
	assert_int_equal(weir_plan_result(c->plan, &request, NULL, NULL, &r, &c->err), WEIR_OK);
	return r;
}

static void assert_answer(struct counted *c, uint32_t n_rows, int64_t count, int64_t sum)
{
	assert_int_equal(weir_partials_apply(c->rows, c->plan, &c->err), WEIR_OK);
	struct weir_result *r = answer_of(c);
	assert_int_equal(r->n_rows, n_rows);
	assert_int_equal(r->total.measures[0].i, count);
	assert_int_equal(r->total.measures[1].i, sum);
	weir_result_unref(r);
}

static void ask_sums(struct counted *c, const char *window)
{
	ask(c, WEIR_VIEW_GROUP, "word");
	ask(c, WEIR_VIEW_MEASURE, "count, sum(n)");
	ask(c, WEIR_VIEW_WINDOW, window);
}

/* ---- what cannot be asked ---- */

static void assert_refused(enum weir_view_text which, const char *text, const char *window, bool live, const char *why)
{
	struct counted c;
	begin(&c);
	if (which != WEIR_VIEW_WINDOW)
		ask(&c, WEIR_VIEW_GROUP, "word");
	if (which != WEIR_VIEW_GROUP)
		ask(&c, WEIR_VIEW_WINDOW, window);
	ask(&c, which, text);
	struct weir_plan *p = bind_counted(&c, live);
	assert_int_equal(weir_partial_ready(p, &c.err), WEIR_UNSUPPORTED);
	if (!strstr(c.err.what, why))
		fail_msg("\"%s\" does not say \"%s\"", c.err.what, why);
	assert_true(c.err.hint[0]);
	assert_int_equal(weir_partials_new(p, NULL, &c.rows, &c.err), WEIR_UNSUPPORTED);
	assert_null(c.rows);
	weir_plan_free(p);
	finish(&c);
}

static void test_says_what_cannot_be_asked(void **state)
{
	(void)state;
	assert_refused(WEIR_VIEW_WINDOW, "5m", "5m", true, "one by one");
	assert_refused(WEIR_VIEW_MEASURE, "count", "rows 100", true, "newest rows");
	assert_refused(WEIR_VIEW_COMPARE, "1h", "tumbling 1m", false, "counted again");
	assert_refused(WEIR_VIEW_COMPARE, "window", "since 2023-11-14T22:13:20Z", true, "counted again");
	assert_refused(WEIR_VIEW_GRACE, "10s", "tumbling 1m", true, "pane by pane");
	assert_refused(WEIR_VIEW_WHERE, "_arrival > time", "5m", true, "arrives");
	assert_refused(WEIR_VIEW_WHERE, "word rlike 'a\\Kb'", "5m", true, "Java");
}

static void test_a_plan_for_rows_is_none_for_partial_rows(void **state)
{
	(void)state;
	struct fixture f;
	fixture_begin(&f);
	set(&f, WEIR_VIEW_GROUP, "word");
	bind_view(&f, true);
	assert_int_equal(weir_partial_ready(f.plan, &f.err), WEIR_USAGE);
	fixture_end(&f);
}

/* ---- rows ---- */

static void test_the_newest_row_of_a_key_counts(void **state)
{
	(void)state;
	struct counted c;
	struct weir_partials_account account;
	begin(&c);
	ask_sums(&c, "5m");
	open_rows(&c, true);
	assert_int_equal(put(&c, 0, "a", 2, 20), WEIR_OK);
	assert_int_equal(put(&c, 1, "a", 1, 7), WEIR_OK);
	assert_answer(&c, 1, 3, 27);
	assert_int_equal(put(&c, 0, "a", 3, 30), WEIR_OK); /* it grew */
	assert_int_equal(put(&c, 0, "a", 3, 30), WEIR_OK); /* a batch that is run again */
	assert_int_equal(put(&c, 1, "b", 1, 5), WEIR_OK);
	assert_answer(&c, 2, 5, 42);
	weir_partials_count(c.rows, &account);
	assert_int_equal(account.keys, 3);
	assert_int_equal(account.put, 5);
	assert_int_equal(account.replaced, 2);
	assert_int_equal(account.records, 5);
	assert_int_equal(account.newest_us, START + SECOND + 500000);
	finish(&c);
}

/* A row of that part, by roles. */
static void put_part(struct counted *c, int64_t part, int64_t count)
{
	const struct weir_partial_layout *l = weir_partials_layout(c->rows);
	struct weir_value keys[16] = {0}, values[16] = {0};
	for (uint32_t i = 0; i < l->n_keys; i++) {
		enum weir_partial_role role = l->keys[i].role;
		if (role == WEIR_PARTIAL_EDGE)
			keys[i] = (struct weir_value){.type = WEIR_BOOL};
		else if (role == WEIR_PARTIAL_GROUP)
			keys[i] = (struct weir_value){.type = WEIR_STRING, .s = WEIR_STR("a")};
		else if (role != WEIR_PARTIAL_SPLIT || part)
			keys[i] = (struct weir_value){.type = WEIR_INT64,
						      .i = role == WEIR_PARTIAL_PANE   ? START
							   : role == WEIR_PARTIAL_PART ? part
										       : 7};
	}
	for (uint32_t i = 0; i < l->n_values; i++)
		if (l->values[i].role != WEIR_PARTIAL_VALUE)
			values[i] = (struct weir_value){.type = WEIR_INT64, .i = i ? START + 5 : count};
	assert_int_equal(weir_partials_put(c->rows, keys, values, &c->err), WEIR_OK);
}

static void test_parts_count_no_record_twice(void **state)
{
	(void)state;
	struct counted c;
	struct weir_partials_account account;
	begin(&c);
	ask(&c, WEIR_VIEW_GROUP, "word");
	ask(&c, WEIR_VIEW_MEASURE, "count, distinct(n)");
	ask(&c, WEIR_VIEW_WINDOW, "5m");
	open_rows(&c, true);
	put_part(&c, 0, 4);
	put_part(&c, 1, 4);
	weir_partials_count(c.rows, &account);
	assert_int_equal(account.keys, 2);
	assert_int_equal(account.records, 4);
	finish(&c);
}

static void test_a_row_that_is_none_changes_nothing(void **state)
{
	(void)state;
	struct counted c;
	struct weir_value keys[3] = {
	    {.type = WEIR_INT64, .i = START}, {.type = WEIR_BOOL, .b = true}, {.type = WEIR_NULL}};
	struct weir_value values[5] = {{.type = WEIR_INT64, .i = 1},
				       {.type = WEIR_INT64, .i = START},
				       {.type = WEIR_INT64, .i = START},
				       {.type = WEIR_INT64, .i = 1},
				       {.type = WEIR_NULL}};
	begin(&c);
	ask_sums(&c, "5m");
	open_rows(&c, true);
	struct weir_value good = keys[0];
	keys[0].i++;
	assert_int_equal(weir_partials_put(c.rows, keys, values, &c.err), WEIR_MALFORMED);
	keys[0] = good;
	keys[1].type = WEIR_NULL;
	assert_int_equal(weir_partials_put(c.rows, keys, values, &c.err), WEIR_MALFORMED);
	keys[1].type = WEIR_BOOL;
	keys[2] = (struct weir_value){.type = WEIR_INT64, .i = 1};
	assert_int_equal(weir_partials_put(c.rows, keys, values, &c.err), WEIR_MALFORMED);
	keys[2].type = WEIR_NULL;
	values[2].i = START + SECOND;
	assert_int_equal(weir_partials_put(c.rows, keys, values, &c.err), WEIR_MALFORMED);
	values[2].i = START;
	values[0].i = -1;
	assert_int_equal(weir_partials_put(c.rows, keys, values, &c.err), WEIR_MALFORMED);
	values[0].i = 1;
	values[3].i = 0;
	assert_answer(&c, 0, 0, 0);
	assert_int_equal(weir_partials_put(c.rows, keys, values, &c.err), WEIR_OK);
	assert_int_equal(weir_partials_apply(c.rows, c.plan, &c.err), WEIR_OK);
	struct weir_result *r = answer_of(&c);
	assert_int_equal(r->n_rows, 1);
	assert_int_equal(r->rows[0].groups[0].type, WEIR_NULL);
	assert_int_equal(r->rows[0].measures[1].type, WEIR_NULL);
	weir_result_unref(r);
	finish(&c);
}

static void test_what_is_taken_back_is_counted_anew(void **state)
{
	(void)state;
	struct counted c;
	struct weir_partials_account account;
	begin(&c);
	ask(&c, WEIR_VIEW_GROUP, "word");
	ask(&c, WEIR_VIEW_MEASURE, "count(n), max(n)");
	ask(&c, WEIR_VIEW_WINDOW, "all");
	open_rows(&c, true);
	assert_int_equal(put(&c, 0, "a", 3, 30), WEIR_OK); /* the last value is the greatest here */
	assert_int_equal(put(&c, 1, "a", 1, 7), WEIR_OK);
	assert_answer(&c, 1, 4, 30);
	assert_int_equal(put(&c, 0, "a", 2, 5), WEIR_OK);
	assert_answer(&c, 1, 3, 7);
	weir_partials_count(c.rows, &account);
	assert_int_equal(account.rebuilt, 1);
	finish(&c);
}

static void test_panes_that_are_dropped_come_late(void **state)
{
	(void)state;
	struct counted c;
	struct weir_partials_account account;
	begin(&c);
	ask_sums(&c, "all");
	open_rows(&c, true);
	for (int64_t second = 0; second < 10; second++)
		assert_int_equal(put(&c, second, "a", 1, second), WEIR_OK);
	assert_answer(&c, 1, 10, 45);
	weir_partials_drop_until(c.rows, START + 4 * SECOND + 1);
	assert_int_equal(put(&c, 3, "a", 100, 100), WEIR_OK);
	assert_int_equal(put(&c, 4, "a", 2, 4), WEIR_OK);
	assert_answer(&c, 1, 11, 45); /* what was counted stays */
	weir_partials_count(c.rows, &account);
	assert_int_equal(account.keys, 6);
	assert_int_equal(account.late, 1);
	assert_int_equal(account.oldest_us, START + 4 * SECOND);
	assert_int_equal(account.held_from_us, WEIR_TIME_NONE);
	finish(&c);
}

static void test_memory_lets_the_oldest_go(void **state)
{
	(void)state;
	struct counted c;
	struct weir_partials_account account;
	begin(&c);
	ask_sums(&c, "all");
	c.budget.limit_bytes = 40000;
	open_rows(&c, true);
	for (int64_t second = 0; second < 1000; second++)
		assert_int_equal(put(&c, second, "a", 1, second), WEIR_OK);
	weir_partials_count(c.rows, &account);
	assert_true(account.bytes <= 20000 && account.bytes > 10000);
	assert_true(account.shed > 0 && account.shed + account.keys == 1000);
	assert_int_equal(account.held_from_us, account.oldest_us);
	assert_answer(&c, 1, (int64_t)account.keys, (int64_t)account.keys * (999 + (1000 - (int64_t)account.keys)) / 2);
	finish(&c);
}

/* ---- questions ---- */

static bool still_fits(struct counted *c, enum weir_view_text which, const char *text)
{
	ask(c, which, text);
	struct weir_plan *p = bind_counted(c, true);
	bool fits = weir_partials_fits(c->rows, p);
	weir_plan_free(p);
	return fits;
}

static void test_another_window_is_the_same_question(void **state)
{
	(void)state;
	struct counted c;
	begin(&c);
	ask_sums(&c, "5m");
	open_rows(&c, true);
	assert_int_equal(weir_partials_layout(c.rows)->pane_us, SECOND);
	assert_true(still_fits(&c, WEIR_VIEW_WINDOW, "tumbling 1h"));
	assert_true(still_fits(&c, WEIR_VIEW_WINDOW, "since 2023-11-14T22:13:20Z"));
	assert_true(still_fits(&c, WEIR_VIEW_WINDOW, "hopping 1m by 10s"));
	assert_true(still_fits(&c, WEIR_VIEW_SORT, "sum(n) asc"));
	assert_true(still_fits(&c, WEIR_VIEW_TOP, "3"));
	ask(&c, WEIR_VIEW_SORT, "");
	assert_false(still_fits(&c, WEIR_VIEW_WINDOW, "2s")); /* in panes of a tenth of a second */
	assert_true(still_fits(&c, WEIR_VIEW_WINDOW, "5m"));
	assert_false(still_fits(&c, WEIR_VIEW_WHERE, "n > 3"));
	assert_false(still_fits(&c, WEIR_VIEW_MEASURE, "count, max(n)"));
	finish(&c);
}

static void test_asks_one_select(void **state)
{
	(void)state;
	struct counted c;
	struct weir_buf sql = {0};
	begin(&c);
	ask_sums(&c, "5m");
	ask(&c, WEIR_VIEW_WHERE, "n > 3");
	open_rows(&c, true);
	weir_plan_spark_partials(c.plan, true, &sql);
	assert_text(
	    weir_buf_str(&sql),
	    "-- with spark.sql.ansi.enabled=false, spark.sql.caseSensitive=true, spark.sql.session.timeZone=UTC\n"
	    "-- a window begins and ends with a pane\n"
	    "select unix_micros(window(`_time`, '1 seconds').start) as `pane`, "
	    "pmod(unix_micros(`_time`), 1000000L) = 0L as `edge`, `word` as `group_1`, count(*) as `count`, "
	    "unix_micros(min(`_time`)) as `first_time`, unix_micros(max(`_time`)) as `last_time`, "
	    "count(`n`) as `value_1`, sum(CAST(`n` AS DECIMAL(38,0))) as `value_2`\n"
	    "from `rows` as s\n"
	    "where `n` > 3L\n"
	    "group by window(`_time`, '1 seconds'), pmod(unix_micros(`_time`), 1000000L) = 0L, `word`\n");
	weir_buf_release(&sql);
	finish(&c);
}

static void test_says_the_filter_alone(void **state)
{
	(void)state;
	struct counted c;
	struct weir_buf sql = {0};
	begin(&c);
	ask_sums(&c, "5m");
	open_rows(&c, true);
	assert_false(weir_plan_spark_filter(c.plan, &sql));
	ask(&c, WEIR_VIEW_WHERE, "n > 3\nword = 'a' or n = 5");
	struct weir_plan *p = bind_counted(&c, true);
	assert_true(weir_plan_spark_filter(p, &sql));
	assert_text(weir_buf_str(&sql), "`n` > 3L and (`word` = 'a' OR `n` = 5L)");
	weir_plan_free(p);
	ask(&c, WEIR_VIEW_DERIVE, "N=n+1");
	p = bind_counted(&c, true);
	assert_false(weir_plan_spark_filter(p, &sql));
	weir_plan_free(p);
	weir_buf_release(&sql);
	finish(&c);
}

/* Panes begin with a second: a window that does not leaves rows out by itself. */
static void test_says_what_comes_before_the_window(void **state)
{
	(void)state;
	struct counted c;
	struct weir_buf sql = {0};
	begin(&c);
	ask_sums(&c, "since 2026-01-01T00:00:00Z");
	open_rows(&c, true);
	assert_false(weir_plan_spark_span(c.plan, &sql));
	ask(&c, WEIR_VIEW_WINDOW, "since 2026-01-01T00:00:00.000001Z");
	struct weir_plan *p = bind_counted(&c, true);
	assert_true(weir_plan_spark_span(p, &sql));
	assert_text(weir_buf_str(&sql), "`_time` >= TIMESTAMP '2026-01-01T00:00:00.000001Z'");
	weir_plan_free(p);
	weir_buf_release(&sql);
	finish(&c);
}

static void assert_read(enum weir_type type, bool decimal, const char *text, const char *as)
{
	struct weir_partial_column column = {.name = WEIR_STR("value_1"), .type = type, .decimal = decimal};
	struct weir_value v;
	struct weir_buf out = {0};
	struct weir_error err = {0};
	enum weir_status status = weir_partial_read(&column, weir_str_of(text), &v, &err);
	assert_int_equal(status, as ? WEIR_OK : WEIR_MALFORMED);
	if (as) {
		weir_value_text(&v, &out);
		assert_text(weir_buf_str(&out), as);
	}
	weir_buf_release(&out);
}

static void test_reads_values(void **state)
{
	(void)state;
	assert_read(WEIR_INT64, false, "-9223372036854775808", "-9223372036854775808");
	assert_read(WEIR_INT64, false, "9223372036854775808", NULL);
	assert_read(WEIR_INT64, true, "9223372036854775808", "9223372036854775808");
	assert_read(WEIR_INT64, true, "-99999999999999999999999999999999999999",
		    "-99999999999999999999999999999999999999");
	assert_read(WEIR_INT64, true, "7", "7");
	assert_read(WEIR_INT64, true, "", NULL);
	assert_read(WEIR_INT64, true, "1.5", NULL);
	assert_read(WEIR_FLOAT64, false, "1.0E10", "10000000000.0");
	assert_read(WEIR_FLOAT64, false, "-Infinity", "-Infinity");
	assert_read(WEIR_FLOAT64, false, "NaN", "NaN");
	assert_read(WEIR_FLOAT64, false, "x", NULL);
	assert_read(WEIR_BOOL, false, "true", "true");
	assert_read(WEIR_BOOL, false, "1", NULL);
	assert_read(WEIR_TIMESTAMP, false, "1700000000000000", "2023-11-14T22:13:20Z");
	assert_read(WEIR_STRING, false, "a b", "a b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_says_what_cannot_be_asked),
	    cmocka_unit_test(test_a_plan_for_rows_is_none_for_partial_rows),
	    cmocka_unit_test(test_the_newest_row_of_a_key_counts),
	    cmocka_unit_test(test_parts_count_no_record_twice),
	    cmocka_unit_test(test_a_row_that_is_none_changes_nothing),
	    cmocka_unit_test(test_what_is_taken_back_is_counted_anew),
	    cmocka_unit_test(test_panes_that_are_dropped_come_late),
	    cmocka_unit_test(test_memory_lets_the_oldest_go),
	    cmocka_unit_test(test_another_window_is_the_same_question),
	    cmocka_unit_test(test_asks_one_select),
	    cmocka_unit_test(test_says_the_filter_alone),
	    cmocka_unit_test(test_says_what_comes_before_the_window),
	    cmocka_unit_test(test_reads_values),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
