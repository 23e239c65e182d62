/* The accumulators by themselves: exact sums, quantiles, distinct counts. */
#include "query/aggregate/aggregate.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static uint64_t random_state = 1;

static uint64_t draw(uint64_t below)
{
	uint64_t z = random_state += 0x9e3779b97f4a7c15ull;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return (z ^ z >> 31) % below;
}

static double draw_double(int spread) /* any sign, exponents within ±spread */
{
	double m = (double)(draw(UINT64_C(1) << 53) | UINT64_C(1) << 52);
	return ldexp(draw(2) ? m : -m, (int)draw((uint64_t)(2 * spread)) - spread - 52);
}

static void shuffle(double *x, size_t n)
{
	for (size_t i = n; i > 1; i--) {
		size_t k = draw(i);
		double t = x[k];
		x[k] = x[i - 1];
		x[i - 1] = t;
	}
}

static double sum_of(const double *x, size_t n)
{
	struct weir_exact e = {0};
	for (size_t i = 0; i < n; i++)
		assert_true(weir_exact_add(&e, x[i], NULL));
	double v = weir_exact_value(&e);
	weir_exact_release(&e, NULL);
	return v;
}

static void test_sums_known_to_be_hard(void **state)
{
	(void)state;
	const double tenth[] = {0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1};
	const double cancel[] = {1e100, 1, -1e100};
	const double half_up[] = {1, DBL_EPSILON / 2, DBL_TRUE_MIN}; /* just above half way */
	const double half_even[] = {1, DBL_EPSILON / 2};
	const double below[] = {-1, -DBL_EPSILON / 2, -DBL_TRUE_MIN};
	const double tiny[] = {DBL_TRUE_MIN, DBL_TRUE_MIN, DBL_MIN};
	const double big[] = {DBL_MAX, DBL_MAX, -DBL_MAX};
	const double over[] = {DBL_MAX, DBL_MAX};
	assert_true(sum_of(tenth, 10) == 1.0);
	assert_true(sum_of(cancel, 3) == 1.0);
	assert_true(sum_of(half_up, 3) == 1 + DBL_EPSILON);
	assert_true(sum_of(half_even, 2) == 1);
	assert_true(sum_of(below, 3) == -1 - DBL_EPSILON);
	assert_true(sum_of(tiny, 3) == DBL_MIN + 2 * DBL_TRUE_MIN);
	assert_true(sum_of(big, 3) == DBL_MAX);
	assert_true(isinf(sum_of(over, 2)));
	assert_true(sum_of(NULL, 0) == 0);
}

static void test_sum_of_what_is_not_finite(void **state)
{
	(void)state;
	const double plus[] = {1, INFINITY}, minus[] = {-INFINITY, 5}, both[] = {INFINITY, -INFINITY}, nan[] = {NAN, 1};
	assert_true(sum_of(plus, 2) == INFINITY);
	assert_true(sum_of(minus, 2) == -INFINITY);
	assert_true(isnan(sum_of(both, 2)));
	assert_true(isnan(sum_of(nan, 2)));
}

/* What was added in any order and taken away again leaves no trace. */
static void test_sum_forgets_order_and_what_left(void **state)
{
	enum { N = 400 };
	(void)state;
	for (int round = 0; round < 60; round++) {
		static const int spreads[] = {4, 40, 300, 1000};
		double x[N];
		struct weir_exact a = {0}, b = {0}, part = {0};
		for (int i = 0; i < N; i++)
			x[i] = draw_double(spreads[round % 4]);
		double first = sum_of(x, N / 2);
		for (int i = 0; i < N; i++)
			assert_true(weir_exact_add(&a, x[i], NULL));
		for (int i = N / 2; i < N; i++)
			assert_true(weir_exact_add(&part, x[i], NULL));
		assert_true(weir_exact_merge(&a, &part, true, NULL));
		assert_true(weir_exact_value(&a) == first);
		shuffle(x, N / 2);
		for (int i = 0; i < N / 2; i++)
			assert_true(weir_exact_add(&b, x[i], NULL));
		assert_true(weir_exact_value(&b) == first);
		weir_exact_release(&a, NULL);
		weir_exact_release(&b, NULL);
		weir_exact_release(&part, NULL);
	}
}

static void test_wide_sum_passes_carries_on(void **state)
{
	struct weir_wide w = {0};
	(void)state;
	for (int i = 0; i < 100000; i++)
		assert_true(weir_wide_add(&w, 0x1.fffffffffffffp40, NULL));
	assert_true(weir_wide_value(&w) == 0x1.fffffffffffffp40 * 100000);
	for (int i = 0; i < 200000; i++)
		assert_true(weir_wide_add(&w, -0x1.fffffffffffffp40, NULL));
	assert_true(weir_wide_value(&w) == -0x1.fffffffffffffp40 * 100000);
	weir_wide_release(&w, NULL);
}

/* Each change of the columns merges what was counted into a sum of nothing: that may go on for ever. */
static void test_wide_sum_merged_again_and_again(void **state)
{
	struct weir_wide w = {0};
	double expected = 0;
	(void)state;
	assert_true(weir_wide_add(&w, 0x1.8p900, NULL) && weir_wide_add(&w, -0x1p-1074, NULL));
	for (int i = 0; i < 500; i++) {
		struct weir_wide next = {0};
		assert_true(weir_wide_add(&w, i % 2 ? -2.25 : 0x1p1000, NULL));
		expected += i % 2 ? 0 : 0x1p1000;
		assert_true(weir_wide_merge(&next, &w, false, NULL));
		weir_wide_release(&w, NULL);
		w = next;
		assert_true(weir_wide_value(&w) == expected);
	}
	assert_true(w.n <= WEIR_WIDE_CHUNKS);
	weir_wide_release(&w, NULL);
}

static double variance_of(const double *x, uint64_t n)
{
	struct weir_wide sum = {0}, squares = {0};
	for (uint64_t i = 0; i < n; i++) {
		double s = x[i] * x[i];
		assert_true(weir_wide_add(&sum, x[i], NULL) && weir_wide_add(&squares, s, NULL));
		assert_true(weir_wide_add(&squares, fma(x[i], x[i], -s), NULL));
	}
	double v = weir_exact_variance(n, &sum, &squares);
	weir_wide_release(&sum, NULL);
	weir_wide_release(&squares, NULL);
	return v;
}

static void test_variance_does_not_cancel(void **state)
{
	(void)state;
	const double far[] = {1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16}, same[] = {0.1, 0.1, 0.1},
		     near[] = {1e15 + 0.5, 1e15 + 0.625};
	assert_true(variance_of(far, 4) == 30);
	assert_true(variance_of(same, 3) == 0);
	const double below[] = {-4, -7, -13, -16};
	assert_true(variance_of(below, 4) == 30);
	assert_true(variance_of(near, 2) == 0.125 * 0.125 / 2);
	assert_true(isnan(variance_of(far, 1)));
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void check_quantiles(const struct weir_quantile *q, double *x, size_t n)
{
	static const double ps[] = {0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1};
	qsort(x, n, sizeof *x, by_value);
	assert_int_equal(q->n, n);
	assert_true(q->min == x[0] && q->max == x[n - 1]);
	for (size_t i = 0; i < sizeof ps / sizeof *ps; i++) {
		double want = x[(size_t)fmax(ceil(ps[i] * (double)n - 1e-9), 1) - 1],
		       got = weir_quantile_value(q, ps[i]);
		assert_true(fabs(got - want) <= 0.01 * fabs(want));
		if (n <= WEIR_QUANTILE_LIST)
			assert_true(got == want);
	}
}

static void test_quantiles_of_many_shapes(void **state)
{
	enum { N = 5000 };
	static double x[N];
	(void)state;
	for (int shape = 0; shape < 7; shape++)
		for (size_t n = 1; n <= N; n = n * 3 + 1) {
			struct weir_quantile q = {0}, part = {0}, rest = {0};
			bool stale = false;
			for (size_t i = 0; i < n; i++) {
				double u = (double)draw(1000000) / 1e6;
				x[i] = shape == 0   ? u * 100
				       : shape == 1 ? -u * 100
				       : shape == 2 ? (u - 0.5) * 10
				       : shape == 3 ? exp(u * 40 - 20)
				       : shape == 4 ? floor(u * 5)
				       : shape == 5 ? draw_double(900)
						    : (u < 0.5 ? 0 : 1e-300 * u);
				assert_true(weir_quantile_add(&q, x[i], NULL));
				assert_true(weir_quantile_add(i % 3 ? &part : &rest, x[i], NULL));
			}
			check_quantiles(&q, x, n);
			assert_true(weir_quantile_merge(&part, &rest, NULL));
			check_quantiles(&part, x, n);
			assert_true(weir_quantile_subtract(&part, &q, &stale, NULL)); /* all of it */
			assert_int_equal(part.n, 0);
			weir_quantile_release(&q, NULL);
			weir_quantile_release(&part, NULL);
			weir_quantile_release(&rest, NULL);
		}
}

static void test_quantile_subtracts(void **state)
{
	(void)state;
	for (size_t n = 4; n < 3000; n *= 3) { /* from lists to histograms */
		struct weir_quantile all = {0}, old = {0}, young = {0};
		bool stale = false;
		for (size_t i = 0; i < n; i++) {
			double x = (double)draw(100000) / 100 + 1; /* neither least nor greatest */
			assert_true(weir_quantile_add(&all, x, NULL) &&
				    weir_quantile_add(i % 2 ? &old : &young, x, NULL));
		}
		assert_true(weir_quantile_add(&all, 0.5, NULL) && weir_quantile_add(&young, 0.5, NULL));
		assert_true(weir_quantile_add(&all, 1e6, NULL) && weir_quantile_add(&young, 1e6, NULL));
		assert_true(weir_quantile_subtract(&all, &old, &stale, NULL));
		assert_false(stale);
		assert_int_equal(all.n, young.n);
		for (double p = 0.01; p < 1; p += 0.01)
			assert_true(fabs(weir_quantile_value(&all, p) - weir_quantile_value(&young, p)) <=
				    0.01 * weir_quantile_value(&young, p));
		assert_true(weir_quantile_subtract(&all, &young, &stale, NULL));
		assert_true(all.n == 0 && isnan(weir_quantile_value(&all, 0.5)));
		assert_true(weir_quantile_add(&all, 7, NULL) && weir_quantile_add(&all, 1e6, NULL));
		assert_true(weir_quantile_subtract(
		    &all, &(struct weir_quantile){.n = 1, .min = 1e6, .max = 1e6, .list = (double[]){1e6}}, &stale,
		    NULL));
		assert_true(stale);
		weir_quantile_release(&all, NULL);
		weir_quantile_release(&old, NULL);
		weir_quantile_release(&young, NULL);
	}
}

static void test_small_whole_numbers_are_exact(void **state)
{
	struct weir_quantile q = {.integers = true};
	(void)state;
	for (int i = 1; i <= 127; i++)
		for (int k = 0; k < 1000; k++) /* counts beyond 16 bits are near */
			assert_true(weir_quantile_add(&q, i, NULL));
	for (int i = 1; i <= 127; i++)
		assert_true(weir_quantile_value(&q, (i - 0.5) / 127) == i);
	for (int k = 0; k < 100000; k++)
		assert_true(weir_quantile_add(&q, 5, NULL));
	assert_true(weir_quantile_value(&q, 0.4) == 5);
	weir_quantile_release(&q, NULL);
}

static void test_distinct_is_exact_then_near(void **state)
{
	struct weir_distinct d = {0};
	uint64_t seen = 0;
	(void)state;
	for (uint64_t n = 1; n <= 1000000; n *= 2) {
		for (; seen < n; seen++)
			for (int twice = 0; twice < 2; twice++)
				assert_true(weir_distinct_add(&d, weir_int_hash(seen), 1, NULL, NULL));
		double got = (double)weir_distinct_value(&d);
		if (n <= WEIR_DISTINCT_EXACT)
			assert_true(got == (double)n);
		else
			assert_true(fabs(got - (double)n) <= 0.03 * (double)n);
	}
	weir_distinct_release(&d, NULL);
}

/* The error over many sets, near where the exact part ends and far from it. */
static void test_distinct_error_is_small(void **state)
{
	static const uint64_t sizes[] = {66000, 82000, 150000};
	(void)state;
	for (size_t s = 0; s < 3; s++) {
		double square = 0;
		for (uint64_t round = 0; round < 12; round++) {
			struct weir_distinct d = {0};
			for (uint64_t i = 0; i < sizes[s]; i++)
				assert_true(weir_distinct_add(&d, weir_int_hash(i + round * 10000000), 1, NULL, NULL));
			double off = (double)weir_distinct_value(&d) / (double)sizes[s] - 1;
			square += off * off;
			weir_distinct_release(&d, NULL);
		}
		assert_true(sqrt(square / 12) <= 0.015);
	}
}

static void test_distinct_merges_and_subtracts(void **state)
{
	struct weir_distinct all = {0}, a = {0}, b = {0};
	bool stale = false;
	(void)state;
	for (uint64_t i = 0; i < 3000; i++) {
		assert_true(weir_distinct_add(&a, weir_int_hash(i), 1, NULL, NULL));
		assert_true(weir_distinct_add(&b, weir_int_hash(i + 2000), 1, NULL, NULL));
	}
	assert_true(weir_distinct_merge(&all, &a, NULL) && weir_distinct_merge(&all, &b, NULL));
	assert_int_equal(weir_distinct_value(&all), 5000);
	assert_true(weir_distinct_subtract(&all, &a, &stale, NULL) && !stale);
	assert_int_equal(weir_distinct_value(&all), 3000);
	assert_true(weir_distinct_subtract(&all, &b, &stale, NULL) && !stale);
	assert_int_equal(weir_distinct_value(&all), 0);
	for (uint64_t i = 0; i < 100000; i++)
		assert_true(weir_distinct_add(&b, weir_int_hash(i), 1, NULL, NULL));
	assert_true(weir_distinct_merge(&all, &b, NULL));
	assert_true(fabs((double)weir_distinct_value(&all) - 100000) < 3000);
	assert_true(weir_distinct_subtract(&all, &a, &stale, NULL) && stale); /* registers do not subtract */
	weir_distinct_release(&all, NULL);
	weir_distinct_release(&a, NULL);
	weir_distinct_release(&b, NULL);
}

static void test_keys_of_doubles_keep_order(void **state)
{
	static const double rising[] = {-INFINITY, -DBL_MAX, -1, -DBL_TRUE_MIN, 0, DBL_TRUE_MIN, 1, DBL_MAX, INFINITY};
	(void)state;
	for (size_t i = 0; i < 9; i++) {
		assert_true(weir_double_of_key(weir_double_key(rising[i])) == rising[i]);
		if (i)
			assert_true(weir_double_key(rising[i - 1]) < weir_double_key(rising[i]));
	}
	assert_true(weir_double_key(NAN) > weir_double_key(INFINITY));
	assert_true(weir_double_key(-0.0) == weir_double_key(0.0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sums_known_to_be_hard),
	    cmocka_unit_test(test_sum_of_what_is_not_finite),
	    cmocka_unit_test(test_sum_forgets_order_and_what_left),
	    cmocka_unit_test(test_wide_sum_passes_carries_on),
	    cmocka_unit_test(test_wide_sum_merged_again_and_again),
	    cmocka_unit_test(test_variance_does_not_cancel),
	    cmocka_unit_test(test_quantiles_of_many_shapes),
	    cmocka_unit_test(test_quantile_subtracts),
	    cmocka_unit_test(test_small_whole_numbers_are_exact),
	    cmocka_unit_test(test_distinct_is_exact_then_near),
	    cmocka_unit_test(test_distinct_error_is_small),
	    cmocka_unit_test(test_distinct_merges_and_subtracts),
	    cmocka_unit_test(test_keys_of_doubles_keep_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
