/* Expressions and measures as Spark SQL. What Spark makes of it is tests/integration/spark. */
#include "expr_fixture.h"

#include "query/aggregate/aggregate.h"
#include "query/expr/spark/spark.h"

static const struct fixture_field fields[] = {
    {"i", WEIR_INT64, "12"},
    {"j", WEIR_INT64, "3"},
    {"x", WEIR_FLOAT64, "2.5"},
    {"s", WEIR_STRING, "api"},
    {"t", WEIR_TIMESTAMP, "2026-11-22T10:00:00Z"},
    {"b", WEIR_BOOL, "true"},
    {"u.id", WEIR_INT64, "1"},
    {"a`b", WEIR_INT64, "1"},
    {"js", WEIR_STRING, "[]"},
};
enum { N_FIELDS = sizeof fields / sizeof fields[0] };

static struct weir_scope printed_scope(const struct fixture *f)
{
	struct weir_scope scope = fixture_scope(f);
	scope.printed = true;
	scope.stream_name = (struct weir_str){0};
	return scope;
}

static void print(const struct weir_scope *scope, struct weir_arena *arena, const char *text,
		  struct weir_spark_notes *notes, struct weir_buf *out)
{
	struct weir_expr *e;
	struct weir_bound *bound;
	assert_int_equal(weir_expr_parse(weir_str_of(text), arena, &e, NULL), WEIR_OK);
	assert_int_equal(weir_expr_bind(e, scope, &bound, NULL), WEIR_OK);
	weir_bound_spark(bound, notes, out);
	weir_bound_free(bound);
}

static void check(const char *const rows[][2], size_t n)
{
	struct fixture f;
	fixture_open(&f, fields, N_FIELDS);
	struct weir_scope scope = printed_scope(&f);
	for (size_t i = 0; i < n; i++) {
		struct weir_spark_notes notes = {0};
		struct weir_buf text = {0};
		print(&scope, &f.arena, rows[i][0], &notes, &text);
		assert_string_equal(text.data, rows[i][1]);
		weir_buf_release(&text);
	}
	fixture_close(&f);
}
#define CHECK(rows) check(rows, sizeof(rows) / sizeof((rows)[0]))

static void operators(void **state)
{
	static const char *const rows[][2] = {
	    {"i + j * 2", "try_add(`i`, try_multiply(`j`, 2L))"},
	    {"x + i", "`x` + CAST(`i` AS DOUBLE)"},
	    {"(x + 1) * x / 2", "((`x` + 1.0D) * `x`) / 2.0D"},
	    {"i / 2", "CAST(`i` AS DOUBLE) / 2.0D"},
	    {"- i", "try_subtract(0L, `i`)"},
	    {"i = 1 and (b or not s = 'x')", "`i` = 1L AND (`b` OR NOT `s` = 'x')"},
	    {"not (b and b)", "NOT (`b` AND `b`)"},
	    {"(b or b) is null", "(`b` OR `b`) IS NULL"},
	    {"i not in (3, 2, null)", "`i` NOT IN (2L, 3L, CAST(NULL AS BIGINT))"},
	    {"i not between 1 and 2", "`i` NOT BETWEEN 1L AND 2L"},
	    {"i between 1 and 2.5", "`i` >= 1L AND CAST(`i` AS DOUBLE) <= 2.5D"},
	    {"i > 9007199254740993.0", "`i` > 9007199254740992L"},
	    {"i < 1e400", "CAST(`i` AS DOUBLE) < CAST('Infinity' AS DOUBLE)"},
	    {"i < 1e30", "CASE WHEN `i` IS NOT NULL THEN true END"},
	    {"case i when 1 then 'x' else null end", "CASE WHEN `i` = 1L THEN 'x' ELSE CAST(NULL AS STRING) END"},
	    {"nullif(i, 7)", "nullif(`i`, 7L)"},
	    {"coalesce(i, x)", "coalesce(CAST(`i` AS DOUBLE), `x`)"},
	    {"_stream = 'a'", "`_stream` = 'a'"},
	    {"u.id is not null", "`u.id` IS NOT NULL"},
	    {"`a``b` = -9223372036854775808", "`a``b` = -9223372036854775808L"},
	    {"2 + 3", "5L"},
	    {"null", "CAST(NULL AS STRING)"},
	};
	(void)state;
	CHECK(rows);
}

static void times(void **state)
{
	static const char *const rows[][2] = {
	    {"t + interval '1' hour",
	     "CASE WHEN `t` <= TIMESTAMP '9999-12-31T22:59:59.999999Z' THEN `t` + INTERVAL '3600' SECOND END"},
	    {"t - interval '0.5' second",
	     "CASE WHEN `t` >= TIMESTAMP '0001-01-01T00:00:00.500Z' THEN `t` - INTERVAL '0.500000' SECOND END"},
	    {"t - t > interval '1' second", "unix_micros(`t`) - unix_micros(`t`) > 1000000L"},
	    {"t - t", "CAST(unix_micros(`t`) - unix_micros(`t`) AS DOUBLE) / 1e6D"},
	    {"t > timestamp '2026-11-22' - interval '5' minute", "`t` > TIMESTAMP '2026-11-21T23:55:00Z'"},
	    {"bucket(t, interval '1' second)",
	     "timestamp_micros(CASE WHEN unix_micros(`t`) - pmod(unix_micros(`t`), 1000000L) >= -62135596800000000L THEN unix_micros(`t`) - pmod(unix_micros(`t`), 1000000L) END)"},
	    {"extract(hour from t)", "CAST(extract(hour FROM `t`) AS BIGINT)"},
	    {"extract(second from t)", "CAST(extract(second FROM `t`) AS DOUBLE)"},
	    {"date_trunc('HOUR', t)", "date_trunc('hour', `t`)"},
	    {"cast(i as timestamp)",
	     "CASE WHEN `i` BETWEEN -62135596800L AND 253402300799L THEN timestamp_seconds(`i`) END"},
	    {"cast(t as string)", "CAST(`t` AS STRING)"},
	};
	(void)state;
	CHECK(rows);
}

static void texts(void **state)
{
	static const char *const rows[][2] = {
	    {"s = 'it''s \\'", "`s` = 'it\\'s \\\\'"},
	    {"s like 'a\\_%\\d'", "`s` LIKE 'a\\\\_%d'"},
	    {"s not like '50%%' escape '%'", "`s` NOT LIKE '50\\\\%'"},
	    {"s rlike '^a.$'", "`s` RLIKE '(?d)^a.$'"},
	    {"s rlike '(?i)a'", "`s` RLIKE '(?u)(?i)a'"},
	    {"s rlike '[[:alpha:]]\\p{Lu}\\p{Greek}'", "`s` RLIKE '[\\\\p{Alpha}]\\\\p{Lu}\\\\p{IsGreek}'"},
	    {"s rlike '[a-c&&[b]{x'", "`s` RLIKE '[a-c\\\\&\\\\&\\\\[b]\\\\{x'"},
	    {"s rlike '(?P<my_name>a{2,3})(?#no)'", "`s` RLIKE '(?<myname>a{2,3})'"},
	    {"regexp_extract(s, 'a(b)')", "regexp_extract(`s`, 'a(b)', 1)"},
	    {"regexp_extract(s, 'ab')", "regexp_extract(`s`, 'ab', 0)"},
	    {"starts_with(s, 'a')", "startswith(`s`, 'a')"},
	    {"length(s)", "CAST(length(`s`) AS BIGINT)"},
	    {"substr(s, 2, 3)", "substring(`s`, 2, 3)"},
	    {"substr(s, i)",
	     "substring(`s`, CAST(CASE WHEN `i` > 1000000000L THEN 1000000000L WHEN `i` < -1000000000L THEN -1000000000L ELSE `i` END AS INT))"},
	    {"split_part(s, ',', 2)", "split_part(`s`, ',', 2)"},
	    {"s || i", "`s` || CAST(`i` AS STRING)"},
	    {"js[0].name", "get_json_object(`js`, '$[0].name')"},
	    {"json_value(js, '$[\"a.b\"]')", "get_json_object(`js`, '$[\\'a.b\\']')"},
	    {"size(js)", "CAST(coalesce(json_array_length(`js`), array_size(json_object_keys(`js`))) AS BIGINT)"},
	};
	(void)state;
	CHECK(rows);
}

static void numbers(void **state)
{
	static const char *const rows[][2] = {
	    {"abs(i)", "abs(nullif(`i`, -9223372036854775808L))"},
	    {"floor(x)", "CASE WHEN `x` >= -9223372036854775808D AND `x` < 9223372036854775808D THEN floor(`x`) END"},
	    {"bucket(i, 10)", "try_subtract(`i`, pmod(`i`, 10L))"},
	    {"bucket(i, j)", "CASE WHEN `j` > 0L THEN try_subtract(`i`, pmod(`i`, `j`)) END"},
	    {"round(i, -1)", "try_cast(round(CAST(`i` AS DECIMAL(38,0)), -1) AS BIGINT)"},
	    {"round(x, 2)", "round(`x`, 2)"},
	    {"cast(x as int64)", "nullif(try_cast(`x` AS BIGINT), 9223372036854775807L)"},
	    {"power(x, 2)", "nanvl(power(`x`, 2.0D), CAST(NULL AS DOUBLE))"},
	};
	(void)state;
	CHECK(rows);
}

/* A derived column is named, not written out; one that is constant is that constant, since a pattern must be one. */
static void derived(void **state)
{
	struct fixture f;
	struct weir_named_ast columns[2];
	struct weir_spark_notes notes = {0};
	struct weir_buf text = {0};
	(void)state;
	fixture_open(&f, fields, N_FIELDS);
	assert_int_equal(weir_derive_parse(WEIR_STR("y=i + 1"), &f.arena, columns, NULL), WEIR_OK);
	assert_int_equal(weir_derive_parse(WEIR_STR("p='a.c'"), &f.arena, columns + 1, NULL), WEIR_OK);
	struct weir_scope scope = printed_scope(&f);
	scope.derived = columns;
	scope.n_derived = 2;
	print(&scope, &f.arena, "y > 1 and s rlike p", &notes, &text);
	assert_string_equal(text.data, "`y` > 1L AND `s` RLIKE '(?d)a.c'");
	weir_buf_release(&text);
	fixture_close(&f);
}

/* What is not the same is said once; what grows beyond its bound is given up. */
static void notes_are_kept(void **state)
{
	struct fixture f;
	struct weir_spark_notes notes = {0};
	struct weir_buf text = {0}, deep = {0};
	(void)state;
	fixture_open(&f, fields, N_FIELDS);
	struct weir_scope scope = printed_scope(&f);
	print(&scope, &f.arena, "ln(x) + exp(x) + round(x, i)", &notes, &text);
	assert_int_equal(notes.n, 2);
	assert_string_equal(notes.texts[0], "the last digit of ln, log10, exp and power may differ");
	assert_non_null(strstr(notes.texts[1], "cannot be run"));
	assert_false(notes.too_long);
	for (int i = 0; i < 60; i++)
		weir_buf_add_c(&deep, "floor(0.5 * ");
	weir_buf_add_c(&deep, "x");
	for (int i = 0; i < 60; i++)
		weir_buf_add_char(&deep, ')');
	weir_buf_clear(&text);
	print(&scope, &f.arena, deep.data, &notes, &text);
	assert_true(notes.too_long);
	assert_in_range(text.size, 0, 2 * WEIR_SPARK_MOST_BYTES);
	weir_buf_release(&deep);
	weir_buf_release(&text);
	fixture_close(&f);
}

static void measures(void **state)
{
	static const char *const rows[][2] = {
	    {"count", "count(*) AS `count`"},
	    {"count(x)", "count(`x`) AS `count(x)`"},
	    {"count where s = 'a b'", "count(*) FILTER (WHERE `s` = 'a b') AS `countwheres='a b'`"},
	    {"sum(i)", "sum(CAST(`i` AS DECIMAL(38,0))) AS `sum(i)`"},
	    {"sum(x + 1) as total", "sum(`x` + 1.0D) AS `total`"},
	    {"avg(i) where b as a",
	     "CAST(sum(CAST(`i` AS DECIMAL(38,0))) FILTER (WHERE `b`) AS DOUBLE) / CAST(count(`i`) FILTER (WHERE `b`) AS DOUBLE) AS `a`"},
	    {"avg(x)", "avg(`x`) AS `avg(x)`"},
	    {"stddev(i)", "stddev_samp(CAST(`i` AS DOUBLE)) AS `stddev(i)`"},
	    {"p95(x)", "percentile_approx(`x`, 0.95, 1000000) AS `p95(x)`"},
	    {"distinct(x)", "hll_sketch_estimate(hll_sketch_agg(CAST(0D + `x` AS STRING), 21)) AS `distinct(x)`"},
	    {"distinct(t)", "hll_sketch_estimate(hll_sketch_agg(unix_micros(`t`), 21)) AS `distinct(t)`"},
	    {"first(s)", "min_by(`s`, ORDER) FILTER (WHERE `s` IS NOT NULL) AS `first(s)`"},
	    {"last(b) where b or b",
	     "max_by(`b`, ORDER) FILTER (WHERE `b` IS NOT NULL AND (`b` OR `b`)) AS `last(b)whereborb`"},
	    {"rate", "CAST(count(*) AS DOUBLE) / SECONDS AS `rate`"},
	    {"rate(x) where b as r", "sum(`x`) FILTER (WHERE `b`) / SECONDS AS `r`"},
	};
	struct fixture f;
	(void)state;
	fixture_open(&f, fields, N_FIELDS);
	struct weir_scope scope = printed_scope(&f);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct weir_measure_ast *m;
		struct weir_spark_notes notes = {0};
		struct weir_buf text = {0};
		size_t n;
		struct weir_bound *argument = NULL, *where = NULL;
		bool json;
		assert_int_equal(weir_measures_parse(weir_str_of(rows[i][0]), &f.arena, &m, &n, NULL), WEIR_OK);
		if (m->argument)
			assert_int_equal(weir_argument_bind(m->argument, &scope,
							    m->aggregate->takes == WEIR_TAKES_NUMBER, &argument, &json,
							    NULL),
					 WEIR_OK);
		if (m->where)
			assert_int_equal(weir_condition_bind(m->where, &scope, &where, NULL), WEIR_OK);
		struct weir_spark_measure printed = {m, argument, where, WEIR_STR("ORDER"), WEIR_STR("SECONDS")};
		weir_measure_spark(&printed, &notes, &text);
		assert_string_equal(text.data, rows[i][1]);
		weir_buf_release(&text);
		weir_bound_free(argument);
		weir_bound_free(where);
	}
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(operators), cmocka_unit_test(times),   cmocka_unit_test(texts),
	    cmocka_unit_test(numbers),   cmocka_unit_test(derived), cmocka_unit_test(notes_are_kept),
	    cmocka_unit_test(measures),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
