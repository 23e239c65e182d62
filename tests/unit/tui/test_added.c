/* What + puts together is one condition, whatever is in the values. */
#include "tui/panels/added.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static struct weir_added added;

static void turn(const char *keep, const char *drop)
{
	assert_true(weir_added_turn(&added, weir_str_of(keep), weir_str_of(drop)));
}

static void check(bool drop, const char *wanted)
{
	struct weir_buf text = {0};
	weir_added_condition(&added, drop, &text);
	assert_string_equal(text.data, wanted);
	weir_buf_release(&text);
}

static void test_values_of_one_column_are_a_list(void **state)
{
	(void)state;
	turn("service = 'a'", "(service <> 'a' or service is null)");
	check(false, "service = 'a'");
	check(true, "(service <> 'a' or service is null)");
	turn("service = 'it''s = b'", "(service <> 'it''s = b' or service is null)");
	check(false, "service in ('a', 'it''s = b')");
	check(true, "(service not in ('a', 'it''s = b') or service is null)");
	assert_true(weir_added_has(&added, WEIR_STR("service = 'a'")));
	turn("service = 'a'", ""); /* again: it is taken out */
	check(false, "service = 'it''s = b'");
	weir_added_clear(&added);
	turn("status = 200", "");
	turn("status = -5.5", "");
	check(false, "status in (200, -5.5)");
	weir_added_clear(&added);
}

static void test_others_are_joined_as_they_are(void **state)
{
	(void)state;
	turn("service = 'a'", "(service <> 'a' or service is null)");
	turn("region is null", "region is not null");
	check(false, "(service = 'a') or (region is null)");
	check(true, "((service <> 'a' or service is null)) and (region is not null)");
	weir_added_clear(&added);
	turn("service = 'a' and region = 'b'", "x");
	turn("service = 'a' and region = 'c'", "y");
	check(false, "(service = 'a' and region = 'b') or (service = 'a' and region = 'c')");
	weir_added_clear(&added);
	turn("(status = 200) = true", "x");
	turn("(status = 200) = false", "y");
	check(false, "((status = 200) = true) or ((status = 200) = false)");
	weir_added_clear(&added);
}

static void test_there_is_a_limit(void **state)
{
	char text[40];
	(void)state;
	for (int i = 0; i < WEIR_MOST_ADDED; i++) {
		snprintf(text, sizeof(text), "n = %d", i);
		turn(text, "");
	}
	assert_false(weir_added_turn(&added, WEIR_STR("n = 99"), WEIR_STR("")));
	assert_int_equal(added.n, WEIR_MOST_ADDED);
	weir_added_clear(&added);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_values_of_one_column_are_a_list),
	    cmocka_unit_test(test_others_are_joined_as_they_are),
	    cmocka_unit_test(test_there_is_a_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
