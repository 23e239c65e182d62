/* The vector steps of a tally give the same on every kind of processor, and what they promise. */
#include "query/tally/tally.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { N = 1000, ROUNDS = 300 };

static uint64_t state = 1;

static uint64_t draw(uint64_t below)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (state >> 33) % below;
}

static double number(int kind)
{
	static const double odd[] = {0,         -0.0,  1,        0x1p20,    0x1p-72, 0x1p-73,
				     0x1p-1074, 1e300, INFINITY, -INFINITY, NAN,     -3.25};
	switch (kind) {
	case 0:
		return (double)draw(100000) / 1000;
	case 1:
		return -(double)draw(1u << 30) / 4096;
	case 2:
		return ldexp(1 + (double)draw(1u << 30) / (1 << 30), (int)draw(60) - 30);
	default:
		return draw(50) ? (double)draw(1000) : odd[draw(sizeof odd / sizeof *odd)];
	}
}

static void check_halves(const struct weir_tally_vector *v, const double *x, uint32_t n)
{
	struct weir_halves a[N], b[N];
	bool fit = weir_tally_portable.halves(x, n, a);
	assert_int_equal(v->halves(x, n, b), fit);
	for (uint32_t i = 0; fit && i < n; i++) {
		struct weir_exact sum = {0}, halves = {.fixed = (weir_int128)a[i].high * (INT64_C(1) << 46) + a[i].low};
		assert_true(weir_exact_add(&sum, x[i], NULL));
		assert_true(!sum.wide && sum.fixed == halves.fixed);
		assert_memory_equal(&a[i], &b[i], sizeof a[i]);
	}
}

static void check_buckets(const struct weir_tally_vector *v, const double *x, const uint32_t *slots, uint32_t n)
{
	uint32_t a[N], b[N];
	int low = 1000 + (int)draw(30);
	bool fit = weir_tally_portable.buckets(x, slots, n, low, a);
	assert_int_equal(v->buckets(x, slots, n, low, b), fit);
	for (uint32_t i = 0; fit && i < n; i++) {
		uint32_t bucket = a[i] - slots[i] * WEIR_TALLY_BUCKETS;
		assert_int_equal(a[i], b[i]);
		assert_true(bucket < WEIR_TALLY_BUCKETS && (bucket == 0) == (x[i] == 0));
		if (bucket) /* its edges hold the value */
			assert_true(
			    ldexp(1 + (bucket - 1) % 64 / 64.0, (int)((bucket - 1) / 64) + low - 1023) <= x[i] &&
			    x[i] < ldexp(1 + ((bucket - 1) % 64 + 1) / 64.0, (int)((bucket - 1) / 64) + low - 1023));
	}
}

static void check_integers(const struct weir_tally_vector *v, uint32_t n)
{
	static const uint8_t widths[] = {1, 2, 4, 8};
	uint64_t raw[N];
	int64_t a[N], b[N];
	double f[N], g[N];
	uint32_t c[N], d[N];
	for (uint32_t i = 0; i < n; i++)
		raw[i] = draw(2) ? draw(UINT64_C(1) << 31) << 32 | draw(UINT64_C(1) << 31) : draw(300);
	int64_t base = draw(2) ? 0 : (int64_t)draw(1u << 30) - (1 << 29);
	for (int w = 0; w < 4; w++) {
		weir_tally_portable.ints(raw, widths[w], base, n, a);
		v->ints(raw, widths[w], base, n, b);
		assert_memory_equal(a, b, n * sizeof *a);
		bool fit = weir_tally_portable.doubles(a, n, f);
		assert_int_equal(v->doubles(a, n, g), fit);
		if (fit)
			assert_memory_equal(f, g, n * sizeof *f);
		if (widths[w] > 4)
			continue;
		weir_tally_portable.codes(raw, widths[w], n, c);
		v->codes(raw, widths[w], n, d);
		assert_memory_equal(c, d, n * sizeof *c);
	}
}

static void test_same_on_all_processors(void **unused)
{
	(void)unused;
	const struct weir_tally_vector *v = weir_tally_vector();
	for (int round = 0; round < ROUNDS; round++) {
		double x[N];
		uint32_t slots[N], n = round ? (uint32_t)draw(N) : N;
		int kind = (int)draw(4);
		for (uint32_t i = 0; i < n; i++) {
			x[i] = number(kind);
			slots[i] = (uint32_t)draw(20);
		}
		check_halves(v, x, n);
		check_buckets(v, x, slots, n);
		check_integers(v, n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_same_on_all_processors)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
