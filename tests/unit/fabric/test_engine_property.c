/* Streams whose columns come and widen, rows late and out of order, questions that change, moments of the past, rows
 * that leave by age and by memory: every answer of a fabric against the reference. WEIR_PROPERTY_CASES and
 * WEIR_PROPERTY_SEED choose how many and which. */
#include "engine.h"

static void run_case(uint64_t seed)
{
	bool taken[MAX_ROWS] = {false};
	size_t at = 0;
	draw_case(seed, true);
	engine_open();
	engine_ask();
	if (chance(20))
		engine_check_result();
	while (engine_append(&at, taken)) {
		if (chance(30))
			engine_check_result();
		if (engine.live && chance(10)) {
			engine_ask();
			engine_check_ledgers();
			engine_check_result();
		}
	}
	engine_check_result();
	engine_check_result();
	engine_close();
	release_case();
}

static void test_fabric_agrees_with_reference(void **state)
{
	(void)state;
	run_cases(run_case, 6000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_fabric_agrees_with_reference)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
