/* Texts for people: tables, carets, what a terminal must not see; and the spool of rows. */
#include "../../../src/session/print.h"
#include "../../../src/session/rows_kept.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void safe_is(const char *bytes, size_t size, const char *want, size_t width)
{
	struct weir_buf out = {0};

	assert_int_equal(weir_print_safe((struct weir_str){bytes, size}, &out), width);
	assert_string_equal(out.data, want);
	weir_buf_release(&out);
}

static void test_no_byte_of_the_data_reaches_the_terminal_raw(void **state)
{
	(void)state;
	safe_is("plain", 5, "plain", 5);
	safe_is("\033[31m", 5, "\\x1b[31m", 8);
	safe_is("a\0b", 3, "a\\x00b", 6);
	safe_is("\r\n\t", 3, "\\r\\n\\t", 6);
	safe_is("\xff\xfe", 2, "\\xff\\xfe", 8);
	safe_is("\xe2\x80\xae", 3, "\\u202e", 6); /* right-to-left override */
	safe_is("\xc2\x9b", 2, "\\x9b", 4);       /* CSI of eight bits */
	safe_is("\xe6\x97\xa5", 3, "\xe6\x97\xa5", 2);
	safe_is("e\xcc\x81", 3, "e\xcc\x81", 1);
}

static void test_table_is_aligned(void **state)
{
	struct weir_table t = {.n_columns = 2};
	struct weir_buf out = {0};
	const struct weir_value cells[] = {
		{.type = WEIR_STRING, .s = WEIR_STR("ann")}, {.type = WEIR_INT64, .i = 5},
		{.type = WEIR_NULL}, {.type = WEIR_INT64, .i = 12345},
	};

	(void)state;
	weir_table_add_name(&t, WEIR_STR("who"));
	weir_table_add_name(&t, WEIR_STR("n"));
	for (int i = 0; i < 4; i++)
		weir_table_add(&t, &cells[i]);
	weir_table_print(&t, false, true, &out);
	assert_string_equal(out.data, "who       n\nann       5\nNULL  12345\n");
	weir_table_release(&t);
	weir_buf_release(&out);
}

static void test_caret_stands_below_the_place(void **state)
{
	struct weir_error err = {0};
	struct weir_buf out = {0};

	(void)state;
	weir_fail(&err, WEIR_EXPRESSION, "--where", "no column named x");
	weir_error_hint(&err, "did you mean y?");
	memcpy(err.text, "\xe6\x97\xa5 xyz", 7);
	err.caret_from = 4;
	err.caret_to = 7;
	weir_error_print(&err, &out);
	assert_string_equal(out.data, "weir: --where: no column named x (did you mean y?)\n  \xe6\x97\xa5 xyz\n     ^~~\n");
	weir_buf_release(&out);
}

/* More than the spool keeps in memory, read in order and out of order. */
static void test_spool_spills(void **state)
{
	struct weir_spool s = {0};
	struct weir_error err = {0};
	char block[1000];
	const int n = 20000;

	(void)state;
	for (int i = 0; i < n; i++) {
		memset(block, 'a' + i % 26, sizeof block);
		assert_int_equal(weir_spool_add(&s, block, sizeof block, &err), WEIR_OK);
	}
	assert_int_equal(weir_spool_bytes(&s), n * sizeof block);
	for (int k = 0; k < 3000; k++) {
		int i = k < 1000 ? k : k < 2000 ? n - 1 - k : (k * 7919) % n;
		const char *p = weir_spool_at(&s, (uint64_t)i * sizeof block, sizeof block, &err);
		assert_non_null(p);
		assert_int_equal(p[0], 'a' + i % 26);
		assert_int_equal(p[sizeof block - 1], 'a' + i % 26);
	}
	weir_spool_release(&s);
}

static void test_kept_rows_sort_with_null_last(void **state)
{
	const bool descending[] = {true};
	struct weir_kept k = {.n_keys = 1, .descending = descending};
	struct weir_error err = {0};
	struct weir_str cells[1];
	const struct weir_value keys[] = {
		{.type = WEIR_INT64, .i = 1}, {.type = WEIR_NULL}, {.type = WEIR_FLOAT64, .f = 2.5}, {.type = WEIR_INT64, .i = 1}};
	static const char *const texts[] = {"one", "null", "more", "one again"}, *const want[] = {"more", "one", "one again", "null"};

	(void)state;
	int c = weir_kept_column(&k, WEIR_STR("x"));
	assert_int_equal(c, 0);
	for (int i = 0; i < 4; i++) {
		weir_kept_cell(&k, 0, weir_str_of(texts[i]), 1, false);
		assert_int_equal(weir_kept_end_row(&k, 0, &keys[i], &err), WEIR_OK);
	}
	weir_kept_sort(&k);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(weir_kept_read(&k, i, cells, NULL, NULL, &err), WEIR_OK);
		assert_true(weir_str_equal(cells[0], weir_str_of(want[i])));
	}
	weir_kept_release(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_byte_of_the_data_reaches_the_terminal_raw),
		cmocka_unit_test(test_table_is_aligned),
		cmocka_unit_test(test_caret_stands_below_the_place),
		cmocka_unit_test(test_spool_spills),
		cmocka_unit_test(test_kept_rows_sort_with_null_last),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
