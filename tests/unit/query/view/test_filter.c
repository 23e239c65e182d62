/* Conditions of a view as what a server could look at: the tree, and why a part is none. */
#include "weir/query/filter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static const char *const names[] = {"AND", "OR", "=",      "<>",   "<",        "<=",   ">",
				    ">=",  "in", "not in", "like", "not like", "null", "not null"};

static void show(const struct weir_schema *s, const struct weir_filter *f, struct weir_buf *out)
{
	if (!weir_filter_is_leaf(f)) {
		for (uint32_t i = 0; i < f->n_args; i++) {
			weir_buf_addf(out, i ? " %s " : "(", names[f->kind]);
			show(s, f->args[i], out);
		}
		weir_buf_add_char(out, ')');
		return;
	}
	weir_buf_add_str(out, s->fields[f->field].name);
	weir_buf_addf(out, " %s", names[f->kind]);
	for (uint32_t i = 0; i < f->n_values; i++) {
		assert_int_equal(f->values[i].type, f->type);
		weir_buf_add_char(out, ' ');
		weir_value_json(&f->values[i], out);
	}
}

static struct weir_schema *schema(void)
{
	struct weir_schema *s = weir_schema_new();

	assert_int_equal(weir_schema_add(s, WEIR_STR("i"), WEIR_INT64), 0);
	assert_int_equal(weir_schema_add(s, WEIR_STR("f"), WEIR_FLOAT64), 1);
	assert_int_equal(weir_schema_add(s, WEIR_STR("s"), WEIR_STRING), 2);
	assert_int_equal(weir_schema_add(s, WEIR_STR("b"), WEIR_BOOL), 3);
	assert_int_equal(weir_schema_add(s, WEIR_STR("t"), WEIR_TIMESTAMP), 4);
	assert_int_equal(weir_schema_add(s, WEIR_STR("a.b"), WEIR_INT64), 5);
	weir_schema_set_time(s, 4);
	return s;
}

/* The parts, each in a line: the tree, or "-" and why not. */
static void assert_parts(const char *where, const char *derive, const char *expected)
{
	struct weir_schema *s = schema();
	struct weir_view v;
	struct weir_arena arena = {0};
	struct weir_filter_list list;
	struct weir_buf out = {0};
	struct weir_error err = {0};

	weir_view_init(&v);
	if (derive)
		assert_int_equal(weir_view_set(&v, WEIR_VIEW_DERIVE, derive, 0, &err), WEIR_OK);
	if (weir_view_set(&v, WEIR_VIEW_WHERE, where, 0, &err) != WEIR_OK)
		fail_msg("%s: %s", where, err.what);
	assert_int_equal(weir_view_filter(&v, s, WEIR_STR("web"), &arena, &list, &err), WEIR_OK);
	for (size_t i = 0; i < list.n; i++) {
		weir_buf_add_c(&out, i ? "\n" : "");
		assert_int_equal(list.parts[i].filter == NULL, list.parts[i].why != NULL);
		if (list.parts[i].filter)
			show(s, list.parts[i].filter, &out);
		else
			weir_buf_addf(&out, "- %s", list.parts[i].why);
	}
	assert_string_equal(out.data ? out.data : "", expected);
	weir_buf_release(&out);
	weir_arena_release(&arena);
	weir_view_release(&v);
	weir_schema_unref(s);
}

static void comparisons(void **state)
{
	(void)state;
	assert_parts("i >= 5", NULL, "i >= 5");
	assert_parts("5 < i", NULL, "i > 5");
	assert_parts("i = '7'", NULL, "i = 7");
	assert_parts("f = 7", NULL, "f = 7.0");
	assert_parts("i = 7.0", NULL, "i = 7");
	assert_parts("i > 7.5", NULL, "- the constant has no counterpart of the column's type");
	assert_parts("t >= '2026-01-01T00:00:00.000001Z'", NULL, "t >= \"2026-01-01T00:00:00.000001Z\"");
	assert_parts("b", NULL, "b = true");
	assert_parts("not b", NULL, "b = false");
	assert_parts("I = 1 and \"a.b\" = 2", NULL, "i = 1\na.b = 2");
	assert_parts("s is null", NULL, "s null");
	assert_parts("s is not null", NULL, "s not null");
	assert_parts("f is null", NULL, "- a number or a time that weir cannot hold is NULL here, and a value there");
}

static void no_not_is_left(void **state)
{
	(void)state;
	assert_parts("not (i > 1 or s = 'a')", NULL, "(i <= 1 AND s <> \"a\")");
	assert_parts("not (i > 1 and not s = 'a')", NULL, "(i <= 1 OR s = \"a\")");
	assert_parts("i not in (3, 1)", NULL, "i not in 1 3");
	assert_parts("i in (3, null)", NULL, "i in 3");
	assert_parts("i not in (3, null)", NULL, "- a list with NULL in it");
	assert_parts("i not between 1 and 2", NULL, "(i < 1 OR i > 2)");
	assert_parts("s not like 'a%'", NULL, "s not like \"a%\"");
	assert_parts("not (s is null)", NULL, "s not null");
}

static void patterns_have_one_escape(void **state)
{
	(void)state;
	assert_parts("s like 'a|%b\\\\_' escape '|'", NULL, "s like \"a\\\\%b\\\\\\\\\\\\\\\\_\"");
	assert_parts("s like 'a\\%b\\x'", NULL, "s like \"a\\\\%bx\"");
	assert_parts("i like '1%'", NULL, "- it does not compare a text with a pattern that is the same for all rows");
}

static void parts_are_what_and_joins(void **state)
{
	(void)state;
	assert_parts("i = 1 and length(s) > 2 and f < 1", NULL,
		     "i = 1\n- it computes with a column before it compares\nf < 1.0");
	assert_parts("i between 1 and 3 and b", NULL, "(i >= 1 AND i <= 3)\nb = true");
	assert_parts("i = 1 or length(s) > 2", NULL, "- it computes with a column before it compares");
	assert_parts("i = f", NULL, "- it does not compare a column with a constant");
	assert_parts("_offset > 5", NULL, "- it computes with a column before it compares");
	assert_parts("_stream = 'web'", NULL, "- it is the same for all rows");
	assert_parts("s rlike '^a'", NULL, "- patterns of rlike are weir's own");
	assert_parts("d > 2", "d=i + 1", "- it computes with a column before it compares");
	assert_parts("d > 2", "d=i", "i > 2");
	assert_parts("nowhere = 1", NULL, ""); /* who answers says what is wrong */
}

static void assert_window(const char *window, const char *at, const char *why, int64_t from_us, int64_t until_us)
{
	struct weir_view v;
	int64_t from, until;

	weir_view_init(&v);
	assert_int_equal(weir_view_set(&v, WEIR_VIEW_WINDOW, window, 0, NULL), WEIR_OK);
	if (at)
		assert_int_equal(weir_view_set(&v, WEIR_VIEW_AT, at, 0, NULL), WEIR_OK);
	weir_view_times(&v, &from, &until);
	assert_true(from == from_us && until == until_us);
	if (why)
		assert_string_equal(weir_view_needs_all(&v), why);
	else
		assert_null(weir_view_needs_all(&v));
	weir_view_release(&v);
}

static void windows_that_are_known_beforehand(void **state)
{
	(void)state;
	assert_window("all", NULL, NULL, WEIR_TIME_NONE, WEIR_TIME_NONE);
	assert_window("tumbling 1m", NULL, NULL, WEIR_TIME_NONE, WEIR_TIME_NONE);
	assert_window("since 1970-01-01T00:00:10Z", NULL, NULL, 10000000, WEIR_TIME_NONE);
	assert_window("5s", NULL, "the window ends with the newest row, whichever that is", WEIR_TIME_NONE,
		      WEIR_TIME_NONE);
	assert_window("5s", "1970-01-01T00:00:10Z", NULL, 5000001, 10000001); /* (5s, 10s] */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(comparisons),
	    cmocka_unit_test(no_not_is_left),
	    cmocka_unit_test(patterns_have_one_escape),
	    cmocka_unit_test(parts_are_what_and_joins),
	    cmocka_unit_test(windows_that_are_known_beforehand),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
