/* Texts taken apart and names quoted for those who edit a view: by the language's own tokens, so that what is put together
 * again parses as before. */
#include "query/expr/expr.h"
#include "query/expr/tree.h"
#include "weir/query/view.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static void join(const struct weir_str *parts, size_t n, char *out, size_t bytes)
{
	out[0] = '\0';
	for (size_t i = 0; i < n; i++)
		snprintf(out + strlen(out), bytes - strlen(out), WEIR_STR_FMT "|", WEIR_STR_ARG(parts[i]));
}

static void list_is(const char *text, const char *expected)
{
	struct weir_str parts[8];
	char joined[500];
	join(parts, weir_view_list(weir_str_of(text), parts, 8), joined, sizeof joined);
	assert_string_equal(joined, expected);
}

static void conjuncts_are(const char *text, const char *expected, bool expected_loose)
{
	struct weir_str parts[8];
	char joined[500];
	bool loose;
	join(parts, weir_view_conjuncts(weir_str_of(text), parts, 8, &loose), joined, sizeof joined);
	assert_string_equal(joined, expected);
	assert_int_equal(loose, expected_loose);
}

static void lists_end_at_commas(void **state)
{
	(void)state;
	list_is("a, f(b, c), 'x,y', \"p,q\"", "a|f(b, c)|'x,y'|\"p,q\"|");
	list_is("", "");
	list_is("'it''s, so', `a,b`", "'it''s, so'|`a,b`|");
	list_is("js[1, 2], b", "js[1, 2]|b|");
	list_is("a, 'open", "a, 'open|"); /* no text of the language */
}

static void conditions_end_at_and(void **state)
{
	(void)state;
	conjuncts_are("a = 1 and b like 'x and y' AND (c and d)", "a = 1|b like 'x and y'|(c and d)|", false);
	conjuncts_are("a = 1 and b = 2 or c", "a = 1 and b = 2 or c|", true);
	conjuncts_are("a between 1 and 2", "a between 1 and 2|", true);
	conjuncts_are("brand = 'and' and andy = 1", "brand = 'and'|andy = 1|", false);
	conjuncts_are("a = 'it''s' and b", "a = 'it''s'|b|", false);
	conjuncts_are("(a or b) and c", "(a or b)|c|", false);
	conjuncts_are("  ", "", false);
	conjuncts_are("a and b = 'open", "a and b = 'open|", true);
}

static void inside_is(const char *text, const char *expected)
{
	struct weir_str got = weir_view_inside(weir_str_of(text));
	assert_true(weir_str_equal(got, weir_str_of(expected)));
}

static void parentheses_and_names_come_off(void **state)
{
	(void)state;
	inside_is("( a = 1 )", "a = 1");
	inside_is("(a) or (b)", "(a) or (b)");
	inside_is("(a)(b)", "(a)(b)");
	inside_is("((a) or (b))", "(a) or (b)");
	inside_is("(a = ')')", "a = ')'");
	inside_is("a", "a");
	inside_is("()", "()");
	inside_is("(a", "(a");
	struct weir_str bare = weir_view_without_name(WEIR_STR("lower(\"a as b\") as name"));
	assert_true(weir_str_equal(bare, WEIR_STR("lower(\"a as b\")")));
	bare = weir_view_without_name(WEIR_STR("cast(x as int)"));
	assert_true(weir_str_equal(bare, WEIR_STR("cast(x as int)")));
}

/* The cursor is the bar; the value that is typed stands between the brackets of the answer. */
static void place_is(const char *marked, const char *expected)
{
	struct weir_arena arena = {0};
	struct weir_value_place place;
	char text[200], got[300] = "none";
	const char *bar = strchr(marked, '|');
	snprintf(text, sizeof text, "%.*s%s", (int)(bar - marked), marked, bar + 1);
	if (weir_view_value_place(weir_str_of(text), (size_t)(bar - marked), &arena, &place)) {
		int size = (int)(place.to - place.from);
		snprintf(got, sizeof got, WEIR_STR_FMT "[%.*s]%s", WEIR_STR_ARG(place.column), size, text + place.from,
			 place.open ? " open" : "");
	}
	assert_string_equal(got, expected);
	weir_arena_release(&arena);
}

static void values_stand_behind_what_compares(void **state)
{
	static const char *const rows[][2] = {
	    {"service = '|", "service['] open"},
	    {"service = 'ga|", "service['ga] open"},
	    {"service = |", "service[]"},
	    {"service = ga|", "service[ga]"},
	    {"a > 1 and service <> 'ga|", "service['ga] open"},
	    {"service != '|", "service['] open"},
	    {"service in (|", "service[]"},
	    {"service in ('a', '|", "service['] open"},
	    {"service not in ('a', 'b'|", "none"},
	    {"service not like 'ga|", "service['ga] open"},
	    {"status between 40|", "status[40]"},
	    {"status between 400 and 4|", "status[4]"},
	    {"status in (200, -1, |", "status[]"},
	    {"user.id = 'u|", "user.id['u] open"},
	    {"\"odd \"\"name\" = 'u|", "odd \"name['u] open"},
	    {"user.`x y` = 'u|", "user.x y['u] open"},
	    {"service = 'it''s|", "service['it''s] open"},
	    {"service = 'ga|teway' and a = 'b'", "service['gateway'] open"},
	    {"service = 'ga| and a = 'b'", "service['ga] open"},
	    {"count where service = 'a|", "service['a] open"},
	    /* a text, but of no column */
	    {"lower(service) = 'a|", "['a] open"},
	    {"a + service = '|", "['] open"},
	    {"time > timestamp '|", "['] open"},
	    {"f('|", "['] open"},
	    {"a - b = |", "none"},
	    {"service like|", "none"},
	    {"service = \"a|", "none"},
	    {"service = 'a'|", "none"},
	    {"service|", "none"},
	    {"service in ('a') and |", "none"},
	    {"|", "none"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		place_is(rows[i][0], rows[i][1]);
}

/* Quoted or not, the parser makes the same name of it. */
static void names_read_back(void **state)
{
	static const struct {
		const char *name, *column, *key;
	} rows[] = {
	    {"fruit", "fruit", "fruit"},
	    {"user.id", "user.id", "user.id"},
	    {"my-time", "\"my-time\"", "my-time"},
	    {"a b", "\"a b\"", "\"a b\""},
	    {"end", "\"end\"", "end"},
	    {"say \"so\"", "\"say \"\"so\"\"\"", "\"say \"\"so\"\"\""},
	    {"1st", "\"1st\"", "1st"},
	    {"", "\"\"", "\"\""},
	    {"p95(latency_ms)", "\"p95(latency_ms)\"", "p95(latency_ms)"},
	    {"max(coalesce(a,b))", "\"max(coalesce(a,b))\"", "max(coalesce(a,b))"},
	    {"a,b", "\"a,b\"", "\"a,b\""},
	    {"größe", "größe", "größe"},
	    {"it's", "\"it's\"", "\"it's\""},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct weir_str name = weir_str_of(rows[i].name);
		struct weir_buf column = {0}, key = {0};
		struct weir_arena arena = {0};
		struct weir_expr *e;
		struct weir_sort_ast *keys;
		size_t n;
		weir_view_quote(name, &column);
		weir_view_quote_key(name, &key);
		assert_string_equal(column.data, rows[i].column);
		assert_string_equal(key.data, rows[i].key);
		if (name.size) {
			assert_int_equal(weir_expr_parse(weir_buf_str(&column), &arena, &e, NULL), WEIR_OK);
			assert_int_equal(e->kind, WEIR_EXPR_COLUMN);
			assert_true(weir_str_equal(e->name, name));
			weir_buf_add_c(&key, " desc");
			assert_int_equal(weir_sort_parse(weir_buf_str(&key), &arena, &keys, &n, NULL), WEIR_OK);
			assert_int_equal(n, 1);
			assert_true(keys->given && keys->descending);
			assert_true(weir_str_equal(keys->name, name));
		}
		weir_arena_release(&arena);
		weir_buf_release(&column);
		weir_buf_release(&key);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lists_end_at_commas),
	    cmocka_unit_test(conditions_end_at_and),
	    cmocka_unit_test(parentheses_and_names_come_off),
	    cmocka_unit_test(values_stand_behind_what_compares),
	    cmocka_unit_test(names_read_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
