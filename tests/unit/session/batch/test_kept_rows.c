/* Rows kept until the end: the spool that holds their bytes, and their order. */
#include "session/batch/batch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

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
	const struct weir_value keys[] = {{.type = WEIR_INT64, .i = 1},
					  {.type = WEIR_NULL},
					  {.type = WEIR_FLOAT64, .f = 2.5},
					  {.type = WEIR_INT64, .i = 1}};
	static const char *const texts[] = {"one", "null", "more", "one again"}, *const want[] = {"more", "one",
												  "one again", "null"};

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
	    cmocka_unit_test(test_spool_spills),
	    cmocka_unit_test(test_kept_rows_sort_with_null_last),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
