/* The heat map has the values of the histogram, each in the bucket of its time. */
#include "fixture.h"

#include "weir/query/heat.h"

enum { N_ROWS = 3000, SECONDS = 60 };

/* Values rise from one second to the next, over four powers of ten. */
static double value_at(int second)
{
	return pow(10, second * 4.0 / SECONDS);
}

static struct weir_result *ask(struct fixture *f, const char *measure, const char *window)
{
	static struct input_row rows[N_ROWS];
	fixture_begin(f);
	set(f, WEIR_VIEW_GROUP, "word");
	set(f, WEIR_VIEW_MEASURE, measure);
	set(f, WEIR_VIEW_WINDOW, window);
	bind_view(f, true);
	for (int i = 0; i < N_ROWS; i++) {
		int second = i * SECONDS / N_ROWS;
		rows[i] = (struct input_row){second + 0.5, i % 3 ? "a" : "b", 1, i % 10 ? value_at(second) : NAN};
	}
	fill(f, rows, N_ROWS);
	feed(f);
	return answer(f, 0, true);
}

static double rows_of(const struct weir_heat *h, uint32_t bucket)
{
	double sum = 0;
	for (uint32_t bin = 0; bin < h->n_bins; bin++)
		sum += weir_heat_at(h, bucket, bin);
	return sum;
}

static double middle_of(const struct weir_result *r, const struct weir_heat *h, uint32_t bucket)
{
	double sum = 0, n = 0;
	for (uint32_t bin = 0; bin < h->n_bins; bin++) {
		double edge = r->histogram.edges[bin], next = r->histogram.edges[bin + 1];
		sum += weir_heat_at(h, bucket, bin) * sqrt(edge * next);
		n += weir_heat_at(h, bucket, bin);
	}
	return sum / n;
}

static void expect_all_rows(const char *window)
{
	struct fixture f;
	struct weir_result *r = ask(&f, "p95(x)", window);
	const struct weir_heat *h = weir_result_extra(r, "heat");
	double sum = 0;
	assert_true(h && h->n_bins == r->histogram.n_bins && h->n_buckets == r->n_buckets && h->n_buckets > 10);
	for (uint32_t b = 0; b < h->n_buckets; b++) {
		double n = rows_of(h, b), second = (double)(r->bucket_start_us + b * r->bucket_us - START) / 1e6;
		sum += n;
		assert_true(fabs(n - 0.9 * (double)r->bucket_rows[b]) < 1.5); /* a tenth has no value */
		if (n > 10 && second > 1) {
			double at = middle_of(r, h, b), low = value_at((int)second - 1),
			       high = value_at((int)(second + (double)r->bucket_us / 1e6) + 1);
			if (at < low / 1.2 || at > high * 1.2)
				fail_msg("%g in bucket %u, not within [%g, %g]", at, b, low, high);
		}
	}
	/* The first bucket may begin before the window. */
	assert_true(sum > 0.999 * (double)r->histogram.n && sum < 1.05 * (double)r->histogram.n);
	weir_result_unref(r);
	fixture_end(&f);
}

static void test_values_stand_at_their_time(void **state)
{
	(void)state;
	expect_all_rows("all");
	expect_all_rows("40s");
}

static void test_without_a_number_there_is_none(void **state)
{
	struct fixture f;
	(void)state;
	struct weir_result *r = ask(&f, "count", "all");
	const struct weir_heat *h = weir_result_extra(r, "heat");
	assert_true(h && (!h->n_bins) == (!r->histogram.n_bins));
	weir_result_unref(r);
	fixture_end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_values_stand_at_their_time),
	    cmocka_unit_test(test_without_a_number_there_is_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
