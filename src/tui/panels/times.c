/* Which buckets of a result are shown, and in which columns. */
#include "tui/panels/panels.h"

enum { MOST_FACTOR = 8 };

int64_t weir_times_first(const struct weir_result *r)
{
	for (uint32_t b = 0; b < r->n_buckets && r->bucket_rows; b++)
		if (r->bucket_rows[b])
			return r->bucket_start_us + b * r->bucket_us;
	return WEIR_TIME_NONE;
}

uint32_t weir_times_factor(const struct weir_result *r, int64_t data_from_us)
{
	int64_t span = (int64_t)r->n_buckets * r->bucket_us, end = r->bucket_start_us + span;
	uint32_t factor = 1;
	if (data_from_us == WEIR_TIME_NONE || data_from_us <= r->bucket_start_us)
		return 1;
	while (factor < MOST_FACTOR && (end - data_from_us) * 2 * factor <= span)
		factor *= 2;
	return factor;
}

struct weir_times weir_times_of(const struct weir_result *r, int64_t data_from_us)
{
	uint32_t n = r->n_buckets / weir_times_factor(r, data_from_us);
	n = n < 2 ? r->n_buckets : n;
	uint32_t from = r->n_buckets - n;
	return (struct weir_times){from, n, r->bucket_start_us + from * r->bucket_us, r->bucket_us, n * r->bucket_us};
}

void weir_times_column(const struct weir_times *t, int x, int columns, uint32_t *from, uint32_t *to)
{
	uint32_t a = (uint32_t)((int64_t)x * t->n / columns), b = (uint32_t)((int64_t)(x + 1) * t->n / columns);
	*from = t->from + a;
	*to = t->from + (b > a ? b : a + 1);
}

int weir_times_x(const struct weir_times *t, int64_t us, int columns)
{
	double x = t->span_us > 0 ? ((double)us - (double)t->start_us) / (double)t->span_us * columns : -1;
	/* Years beside a window of a second are more columns than an int holds. */
	return x < -columns ? -columns - 1 : x > 2.0 * columns ? 2 * columns + 1 : (int)x;
}

int64_t weir_times_at(const struct weir_times *t, int x, int columns)
{
	int64_t bucket = columns > 0 ? (int64_t)x * t->n / columns : 0;
	bucket = bucket < 0 ? 0 : bucket > t->n ? t->n : bucket;
	return t->start_us + bucket * t->bucket_us;
}
