/* Texts of views: what is taken, refused, shown and read back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "query/aggregate/aggregate.h"
#include "query/expr/expr.h"
#include "weir/model/value.h"
#include "weir/query/plan.h"
#include "weir/query/view.h"

static const int64_t NOW = INT64_C(1795343445000000); /* 2026-11-22T10:30:45Z */

static void windows(void **state)
{
	static const char *const rows[][2] = {
	    {"5m", "5m sliding"},
	    {" 1h30m  sliding ", "1h30m sliding"},
	    {"sliding 2 days", "2d sliding"},
	    {"tumbling 1m", "tumbling 1m"},
	    {"TUMBLING  10s", "tumbling 10s"},
	    {"hopping 5m by 1m", "hopping 5m by 1m"},
	    {"session 30s", "session 30s"},
	    {"rows 100000", "rows 100000"},
	    {"all", "all"},
	    {"since 2026-11-22T10:00:00Z", "since 2026-11-22T10:00:00Z"},
	    {"since -15m", "since 2026-11-22T10:15:45Z"},
	    {"5x", NULL},
	    {"", NULL},
	    {"0s", NULL},
	    {"tumbling", NULL},
	    {"tumbling 0s", NULL},
	    {"tumbling 4000000d", NULL}, /* longer than the calendar */
	    {"hopping 5m", NULL},
	    {"hopping 1m by 5m", NULL},
	    {"hopping 365d by 1us", NULL},
	    {"rows", NULL},
	    {"rows 0", NULL},
	    {"rows -5", NULL},
	    {"since yesterday", NULL},
	    {"all of it", NULL},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct weir_window w, again;
		struct weir_error err;
		struct weir_buf shown = {0};
		enum weir_status st = weir_window_parse(weir_str_of(rows[i][0]), NOW, &w, &err);
		assert_int_equal(st, rows[i][1] ? WEIR_OK : WEIR_USAGE);
		if (st)
			continue;
		weir_window_show(&w, &shown);
		assert_string_equal(shown.data, rows[i][1]);
		assert_int_equal(weir_window_parse(weir_buf_str(&shown), 0, &again, &err), WEIR_OK);
		assert_memory_equal(&w, &again, sizeof w);
		weir_buf_release(&shown);
	}
}

static void texts_are_checked(void **state)
{
	static const struct {
		enum weir_view_text which;
		const char *text;
		enum weir_status status;
	} rows[] = {
	    {WEIR_VIEW_WHERE, "status >= 500 and host like 'a%'", WEIR_OK},
	    {WEIR_VIEW_WHERE, "status >= ", WEIR_EXPRESSION},
	    {WEIR_VIEW_WHERE, "a\nb", WEIR_OK},
	    {WEIR_VIEW_WHERE, "a\nx y", WEIR_EXPRESSION},
	    {WEIR_VIEW_DERIVE, "x=a+1\ny=x*2", WEIR_OK},
	    {WEIR_VIEW_DERIVE, "a+1", WEIR_EXPRESSION},
	    {WEIR_VIEW_GROUP, "a, date_trunc('hour', time) as h", WEIR_OK},
	    {WEIR_VIEW_GROUP, "a,", WEIR_EXPRESSION},
	    {WEIR_VIEW_MEASURE, "count, p95(x), count where y > 3 as n", WEIR_OK},
	    {WEIR_VIEW_MEASURE, "p95", WEIR_EXPRESSION},
	    {WEIR_VIEW_MEASURE, "lower(x)", WEIR_EXPRESSION},
	    {WEIR_VIEW_SORT, "p95(latency_ms) desc, host", WEIR_OK},
	    {WEIR_VIEW_SORT, ",", WEIR_EXPRESSION},
	    {WEIR_VIEW_WINDOW, "tumbling 1m", WEIR_OK},
	    {WEIR_VIEW_WINDOW, "never", WEIR_USAGE},
	    {WEIR_VIEW_TOP, "5", WEIR_OK},
	    {WEIR_VIEW_TOP, "0", WEIR_USAGE},
	    {WEIR_VIEW_AT, "-15m", WEIR_OK},
	    {WEIR_VIEW_AT, "then", WEIR_USAGE},
	    {WEIR_VIEW_LATE, "10s", WEIR_OK},
	    {WEIR_VIEW_LATE, "x", WEIR_USAGE},
	    {WEIR_VIEW_GRACE, "0", WEIR_OK},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct weir_view v;
		struct weir_error err = {0};
		weir_view_init(&v);
		assert_int_equal(weir_view_set(&v, rows[i].which, rows[i].text, NOW, &err), rows[i].status);
		if (rows[i].status) {
			assert_null(v.text[rows[i].which]);
			assert_string_equal(err.origin, weir_view_option(rows[i].which));
		} else {
			assert_string_equal(v.text[rows[i].which], rows[i].text);
		}
		weir_view_release(&v);
	}
}

static void values_are_parsed_and_cleared(void **state)
{
	struct weir_view v, copy;
	struct weir_error err;

	(void)state;
	weir_view_init(&v);
	assert_int_equal(v.late_us, -1);
	assert_true(v.at_us == WEIR_TIME_NONE);
	assert_int_equal(weir_view_set(&v, WEIR_VIEW_TOP, "7", NOW, &err), WEIR_OK);
	assert_int_equal(weir_view_set(&v, WEIR_VIEW_AT, "-15m", NOW, &err), WEIR_OK);
	assert_int_equal(weir_view_set(&v, WEIR_VIEW_LATE, "2s", NOW, &err), WEIR_OK);
	assert_int_equal(weir_view_set(&v, WEIR_VIEW_GRACE, "1m", NOW, &err), WEIR_OK);
	assert_int_equal(weir_view_set(&v, WEIR_VIEW_WINDOW, "tumbling 1m", NOW, &err), WEIR_OK);
	assert_int_equal(v.top, 7);
	assert_int_equal(v.at_us, NOW - 15 * 60 * WEIR_US_PER_S);
	assert_int_equal(v.late_us, 2 * WEIR_US_PER_S);
	assert_int_equal(v.grace_us, 60 * WEIR_US_PER_S);
	assert_int_equal(v.window.kind, WEIR_WINDOW_TUMBLING);
	assert_int_equal(weir_view_set(&v, WEIR_VIEW_WINDOW, "no", NOW, &err), WEIR_USAGE);
	assert_int_equal(v.window.kind, WEIR_WINDOW_TUMBLING);
	assert_string_equal(v.text[WEIR_VIEW_WINDOW], "tumbling 1m");
	assert_int_equal(weir_view_copy(&copy, &v, &err), WEIR_OK);
	assert_string_equal(copy.text[WEIR_VIEW_WINDOW], "tumbling 1m");
	assert_ptr_not_equal(copy.text[WEIR_VIEW_WINDOW], v.text[WEIR_VIEW_WINDOW]);
	assert_int_equal(weir_view_set(&v, WEIR_VIEW_WINDOW, "", NOW, &err), WEIR_OK);
	assert_int_equal(weir_view_set(&v, WEIR_VIEW_LATE, NULL, NOW, &err), WEIR_OK);
	assert_int_equal(v.window.kind, WEIR_WINDOW_DEFAULT);
	assert_int_equal(v.late_us, -1);
	assert_null(v.text[WEIR_VIEW_WINDOW]);
	weir_view_release(&v);
	weir_view_release(&copy);
}

static void conditions_are_entries(void **state)
{
	struct weir_view v;
	struct weir_error err;
	struct weir_str entries[2];

	(void)state;
	weir_view_init(&v);
	assert_int_equal(weir_view_entries(&v, WEIR_VIEW_WHERE, entries, 2), 0);
	assert_int_equal(weir_view_add(&v, WEIR_VIEW_WHERE, " a = 1 ", NOW, &err), WEIR_OK);
	assert_int_equal(weir_view_add(&v, WEIR_VIEW_WHERE, "b\nor\nc", NOW, &err), WEIR_OK);
	assert_int_equal(weir_view_add(&v, WEIR_VIEW_WHERE, "x", NOW, &err), WEIR_OK);
	assert_int_equal(weir_view_add(&v, WEIR_VIEW_WHERE, "d (", NOW, &err), WEIR_EXPRESSION);
	assert_int_equal(weir_view_add(&v, WEIR_VIEW_WHERE, "d = 'x\ny'", NOW, &err), WEIR_USAGE);
	assert_string_equal(v.text[WEIR_VIEW_WHERE], "a = 1\nb or c\nx");
	assert_int_equal(weir_view_entries(&v, WEIR_VIEW_WHERE, entries, 2), 3);
	assert_true(weir_str_equal(entries[1], WEIR_STR("b or c")));
	weir_view_release(&v);
}

static void conditions_of_values(void **state)
{
	static const struct {
		const char *expression;
		struct weir_value value;
		bool negate;
		const char *text;
	} rows[] = {
	    {"host", {.type = WEIR_STRING, .s = {"it's", 4}}, false, "host = 'it''s'"},
	    {"host", {.type = WEIR_NULL}, false, "host is null"},
	    {"host", {.type = WEIR_NULL}, true, "host is not null"},
	    {"status", {.type = WEIR_INT64, .i = -5}, false, "status = -5"},
	    {"status", {.type = WEIR_INT64, .i = 5}, true, "(status <> 5 or status is null)"},
	    {"a+b", {.type = WEIR_FLOAT64, .f = 2.5}, false, "(a+b) = 2.5"},
	    {"lower(x)", {.type = WEIR_STRING, .s = {"a", 1}}, false, "lower(x) = 'a'"},
	    {"user agent", {.type = WEIR_STRING, .s = {"a", 1}}, false, "\"user agent\" = 'a'"},
	    {"ok", {.type = WEIR_BOOL, .b = true}, false, "ok = true"},
	    {"time", {.type = WEIR_TIMESTAMP, .i = 0}, false, "time = timestamp '1970-01-01T00:00:00Z'"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct weir_buf text = {0};
		struct weir_arena arena = {0};
		struct weir_expr *e;
		weir_condition_text(weir_str_of(rows[i].expression), &rows[i].value, rows[i].negate, &text);
		assert_string_equal(text.data, rows[i].text);
		assert_int_equal(weir_expr_parse(weir_buf_str(&text), &arena, &e, NULL), WEIR_OK);
		weir_arena_release(&arena);
		weir_buf_release(&text);
	}
}

static bool has(const struct weir_str *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (weir_str_equal(names[i], weir_str_of(name)))
			return true;
	return false;
}

static void wanted_columns(void **state)
{
	struct weir_arena arena = {0};
	struct weir_view v;
	struct weir_error err;
	struct weir_str *names;
	size_t n;
	bool all, raw, key, headers, stamp;

	(void)state;
	weir_view_init(&v);
	assert_int_equal(weir_view_columns(&v, &arena, &names, &n, &all, &raw, &key, &headers, &stamp, &err), WEIR_OK);
	assert_true(all && !raw && !key && !headers && !stamp && n == 0);
	assert_int_equal(weir_view_set(&v, WEIR_VIEW_WHERE, "a > 1 and _key is not null\n_partition = 3", NOW, &err),
			 WEIR_OK);
	assert_int_equal(weir_view_set(&v, WEIR_VIEW_DERIVE, "d = b * 2", NOW, &err), WEIR_OK);
	assert_int_equal(weir_view_set(&v, WEIR_VIEW_GROUP, "user.id, commits[0].id, a", NOW, &err), WEIR_OK);
	assert_int_equal(weir_view_set(&v, WEIR_VIEW_MEASURE, "count, sum(d), p95(x) where y = 1", NOW, &err), WEIR_OK);
	assert_int_equal(weir_view_columns(&v, &arena, &names, &n, &all, &raw, &key, &headers, &stamp, &err), WEIR_OK);
	assert_true(!all && key && !raw && !headers && !stamp);
	static const char *const wanted[] = {"a", "b", "user.id", "commits", "x", "y"};
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
		assert_true(has(names, n, wanted[i]));
	assert_false(has(names, n, "_partition"));
	weir_view_release(&v);
	weir_arena_release(&arena);
}

static void comparisons(void **state)
{
	static const struct {
		const char *text;
		enum weir_comparison_kind kind;
		int64_t us;
	} rows[] = {{"none", WEIR_COMPARISON_NONE, 0},
		    {" Window ", WEIR_COMPARISON_WINDOW, 0},
		    {"10m", WEIR_COMPARISON_AGO, 600 * WEIR_US_PER_S},
		    {"1d", WEIR_COMPARISON_AGO, 86400 * WEIR_US_PER_S},
		    {"1h30m", WEIR_COMPARISON_AGO, 5400 * WEIR_US_PER_S},
		    {"2026-11-22T10:00:00Z", WEIR_COMPARISON_AT, INT64_C(1795341600000000)},
		    {"-10s", WEIR_COMPARISON_AT, 90 * WEIR_US_PER_S},
		    {"now", WEIR_COMPARISON_AT, 100 * WEIR_US_PER_S}};
	struct weir_comparison c;
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(weir_comparison_parse(weir_str_of(rows[i].text), 100 * WEIR_US_PER_S, &c, NULL),
				 WEIR_OK);
		assert_int_equal(c.kind, rows[i].kind);
		assert_int_equal(c.kind == WEIR_COMPARISON_AT ? c.at_us : c.offset_us, rows[i].us);
	}
	struct weir_error err = {0};
	assert_int_equal(weir_comparison_parse(WEIR_STR("yesterday"), 0, &c, &err), WEIR_USAGE);
	assert_non_null(strstr(err.what, "yesterday"));
	assert_non_null(strstr(err.hint, "10m"));
	assert_int_equal(weir_comparison_parse(WEIR_STR("0s"), 0, &c, &err), WEIR_USAGE);
	assert_int_equal(weir_comparison_parse(WEIR_STR(""), 0, &c, &err), WEIR_USAGE);
	struct weir_view v;
	weir_view_init(&v);
	assert_int_equal(weir_view_set(&v, WEIR_VIEW_COMPARE, "1h", 0, &err), WEIR_OK);
	assert_int_equal(v.compare.kind, WEIR_COMPARISON_AGO);
	assert_int_equal(weir_view_set(&v, WEIR_VIEW_COMPARE, "", 0, &err), WEIR_OK);
	assert_int_equal(v.compare.kind, WEIR_COMPARISON_DEFAULT);
	weir_view_release(&v);
}

static void measures(void **state)
{
	static const struct {
		const char *text;
		const char *kind, *name;
	} rows[] = {
	    {"count", "count", "count"},
	    {"count()", "count", "count()"},
	    {"COUNT( * )", "count", "COUNT(*)"},
	    {"count( x )", "count", "count(x)"},
	    {"sum(a + b) as total", "sum", "total"},
	    {"p95( latency_ms )", "pNN", "p95(latency_ms)"},
	    {"p99.9(x)", "pNN", "p99.9(x)"},
	    {"distinct(u)", "distinct", "distinct(u)"},
	    {"rate", "rate", "rate"},
	    {"rate(bytes)", "rate", "rate(bytes)"},
	    {"first(x)", "first", "first(x)"},
	    {"count where s = 'a b'", "count", "countwheres='a b'"},
	    {"avg(x) where y > 1 as \"a b\"", "avg", "a b"},
	    {"rate(bytes) where y > 1 as r", "rate", "r"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct weir_arena arena = {0};
		struct weir_measure_ast *m;
		size_t n;
		assert_int_equal(weir_measures_parse(weir_str_of(rows[i].text), &arena, &m, &n, NULL), WEIR_OK);
		assert_int_equal(n, 1);
		assert_string_equal(m->aggregate->doc.name, rows[i].kind);
		assert_true(weir_str_equal(m->name, weir_str_of(rows[i].name)));
		weir_arena_release(&arena);
	}
	struct weir_arena arena = {0};
	struct weir_measure_ast *m;
	struct weir_sort_ast *s;
	struct weir_named_ast *g;
	size_t n;
	assert_int_equal(weir_measures_parse(WEIR_STR("p99.9(x), count"), &arena, &m, &n, NULL), WEIR_OK);
	assert_true(m[0].parameter > 0.99899 && m[0].parameter < 0.99901);
	assert_int_equal(
	    weir_groups_parse(WEIR_STR("a , date_trunc('hour', t), \"odd name\", b as bb"), &arena, &g, &n, NULL),
	    WEIR_OK);
	assert_int_equal(n, 4);
	assert_true(weir_str_equal(g[1].name, WEIR_STR("date_trunc('hour',t)")));
	assert_true(weir_str_equal(g[3].name, WEIR_STR("bb")));
	assert_int_equal(weir_sort_parse(WEIR_STR("p95( x ) desc, a asc, \"b c\", desc"), &arena, &s, &n, NULL),
			 WEIR_OK);
	assert_int_equal(n, 4);
	assert_true(weir_str_equal(s[0].key, WEIR_STR("p95(x)")) && s[0].given && s[0].descending);
	assert_true(s[1].given && !s[1].descending && !s[2].given);
	assert_true(weir_str_equal(s[2].name, WEIR_STR("b c")) && weir_str_equal(s[2].key, WEIR_STR("\"b c\"")));
	assert_true(weir_str_equal(s[3].key, WEIR_STR("desc")));
	assert_int_equal(weir_measures_parse(WEIR_STR("p0(x)"), &arena, &m, &n, NULL), WEIR_EXPRESSION);
	assert_int_equal(weir_measures_parse(WEIR_STR("p100(x)"), &arena, &m, &n, NULL), WEIR_EXPRESSION);
	weir_arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(windows),
	    cmocka_unit_test(texts_are_checked),
	    cmocka_unit_test(values_are_parsed_and_cleared),
	    cmocka_unit_test(conditions_are_entries),
	    cmocka_unit_test(conditions_of_values),
	    cmocka_unit_test(wanted_columns),
	    cmocka_unit_test(comparisons),
	    cmocka_unit_test(measures),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
