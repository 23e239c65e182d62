/* Comparisons with a constant give the same bits on every kind of processor, and the right ones. */
#include "query/expr/eval/eval.h"

#include "weir/base/memory.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { N = 333, ROUNDS = 400 };

static uint64_t state = 1;

static uint64_t draw(uint64_t below)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (state >> 33) % below;
}

static bool bit(const uint64_t *words, uint32_t i)
{
	return words[i / 64] >> (i % 64) & 1;
}

#define CHECK(kind, type, value)                                                                                       \
	static void check_##kind(const struct weir_compare_vector *v, enum weir_compare how, uint32_t n)               \
	{                                                                                                              \
		uint64_t out[N / 64 + 1];                                                                              \
		type a[N], k;                                                                                          \
		for (uint32_t i = 0; i < n; i++)                                                                       \
			a[i] = (type)(value);                                                                          \
		k = draw(3) && n ? a[draw(n)] : (type)(value);                                                         \
		v->kind(how, a, k, n, out);                                                                            \
		for (uint32_t i = 0; i < n; i++)                                                                       \
			assert_int_equal(bit(out, i), how == WEIR_COMPARE_EQUAL  ? a[i] == k                           \
						      : how == WEIR_COMPARE_LESS ? a[i] < k                            \
										 : a[i] <= k);                         \
	}

static uint64_t any_bits(void)
{
	static const uint64_t odd[] = {0,    1,      UINT64_MAX, INT64_MAX,  (uint64_t)INT64_MIN, 0x80,
				       0xff, 0x8000, 0xffff,     0x80000000, 0xffffffff};
	return draw(4)   ? draw(40)
	       : draw(2) ? odd[draw(sizeof odd / sizeof *odd)]
			 : draw(UINT64_C(1) << 31) << 33 | draw(UINT64_C(1) << 31);
}

static double any_double(void)
{
	static const double odd[] = {0, -0.0, NAN, INFINITY, -INFINITY, 0x1p-1074, -1e300, 1.5};
	return draw(4) ? (double)draw(40) / 4 - 3 : odd[draw(sizeof odd / sizeof *odd)];
}

CHECK(u8, uint8_t, any_bits())
CHECK(u16, uint16_t, any_bits())
CHECK(u32, uint32_t, any_bits())
CHECK(i64, int64_t, any_bits())
CHECK(f64, double, any_double())

static void check(const struct weir_compare_vector *v)
{
	for (int round = 0; round < ROUNDS; round++)
		for (int how = WEIR_COMPARE_EQUAL; how <= WEIR_COMPARE_MOST; how++) {
			uint32_t n = draw(3) ? (uint32_t)draw(N) : 64 * (uint32_t)draw(6);
			check_u8(v, (enum weir_compare)how, n);
			check_u16(v, (enum weir_compare)how, n);
			check_u32(v, (enum weir_compare)how, n);
			check_i64(v, (enum weir_compare)how, n);
			check_f64(v, (enum weir_compare)how, n);
		}
}

static void test_portable(void **unused)
{
	(void)unused;
	check(&weir_compare_portable);
}

static void test_best(void **unused)
{
	(void)unused;
	check(weir_compare_vector());
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_portable), cmocka_unit_test(test_best)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
