/* Text tables for people. */
#include "session/texts/texts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void test_table_is_aligned(void **state)
{
	struct weir_table t = {.n_columns = 2};
	struct weir_buf out = {0};
	const struct weir_value cells[] = {
	    {.type = WEIR_STRING, .s = WEIR_STR("ann")},
	    {.type = WEIR_INT64, .i = 5},
	    {.type = WEIR_NULL},
	    {.type = WEIR_INT64, .i = 12345},
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

/* More than the spool keeps in memory, read in order and out of order. */
int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_table_is_aligned),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
