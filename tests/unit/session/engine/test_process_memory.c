/* What the process takes beyond its budget is charged to it. */
#include "session/engine/engine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void what_nobody_charged_is_charged(void **state)
{
	(void)state;
	struct weir_budget budget = {.limit_bytes = UINT64_C(1) << 40};
	struct weir_process_memory r = {0};
	weir_process_memory_charge(&r, &budget);
	int64_t before = weir_budget_used(&budget);
	assert_true(before > 100000); /* a process is larger than that */
	size_t size = 32 << 20;
	char *block = malloc(size);
	assert_non_null(block);
	memset(block, 1, size);
	weir_process_memory_charge(&r, &budget);
	assert_true(weir_budget_used(&budget) > before + (16 << 20));
	weir_budget_charge(&budget, (int64_t)size); /* charged by its owner, it is no longer beyond */
	int64_t both = weir_budget_used(&budget);
	weir_process_memory_charge(&r, &budget);
	assert_true(weir_budget_used(&budget) < both - (16 << 20));
	weir_budget_charge(&budget, -(int64_t)size);
	free(block);
	weir_process_memory_release(&r, &budget);
	assert_int_equal(weir_budget_used(&budget), 0);
}

static void an_eighth_is_left(void **state)
{
	(void)state;
	struct weir_budget budget = {.limit_bytes = 4000};
	struct weir_process_memory r = {0};
	weir_process_memory_charge(&r, &budget);
	assert_int_equal(weir_budget_used(&budget), 3500);
	weir_process_memory_release(&r, &budget);
	assert_int_equal(weir_budget_used(&budget), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(what_nobody_charged_is_charged),
					   cmocka_unit_test(an_eighth_is_left)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
