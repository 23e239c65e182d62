/* Which buckets of a result are shown, and in which columns. */
#include "tui/panels/panels.h"

enum { MOST_FACTOR = 8, LEAST_WHOLE = 3 };

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

bool weir_picture_has_time(const struct weir_picture *pic)
{
	const struct weir_session_info *info = pic->info;
	if (!pic->result || !pic->result->buffer_rows) /* nothing is known yet */
		return true;
	for (uint32_t i = 0; i < info->n_streams; i++) {
		const struct weir_stream_info *s = &info->streams[i];
		/* What comes through a pipe has no known length: it may come as it happens. */
		if (!s->by_arrival || !s->finite || s->progress < 0)
			return true;
	}
	return !info->n_streams;
}

/* Whether a file begins, or ends, so near to the border of a bucket that the rest of it is no matter. */
static bool is_near(const struct weir_picture *pic, int64_t us, int64_t bucket_us)
{
	return pic->info->ended && us * 10 <= bucket_us;
}

void weir_times_whole(const struct weir_picture *pic, const struct weir_times *t, uint32_t *from, uint32_t *to)
{
	const struct weir_result *r = pic->result;
	int64_t end_us = t->start_us + t->span_us, begun_us = r->oldest_us;
	uint32_t whole = t->from, end = t->from + t->n;
	if (r->covered_from_us != WEIR_TIME_NONE && (begun_us == WEIR_TIME_NONE || r->covered_from_us > begun_us))
		begun_us = r->covered_from_us;
	if (whole == 0 && r->first_bucket_partial)
		whole++;
	if (begun_us != WEIR_TIME_NONE && begun_us > t->start_us && begun_us < end_us) {
		int64_t into = (begun_us - t->start_us) % t->bucket_us;
		uint32_t bucket = t->from + (uint32_t)((begun_us - t->start_us) / t->bucket_us);
		bucket += into && !is_near(pic, into, t->bucket_us);
		whole = bucket > whole ? bucket : whole;
	}
	if (r->moment_us != WEIR_TIME_NONE && r->moment_us >= end_us - t->bucket_us && r->moment_us < end_us &&
	    !is_near(pic, end_us - r->moment_us, t->bucket_us))
		end--;
	bool enough = end >= whole + LEAST_WHOLE;
	*from = enough ? whole : t->from;
	*to = enough ? end : t->from + t->n;
}

struct weir_spark weir_times_spark(const struct weir_picture *pic, const struct weir_times *t)
{
	const struct weir_result *r = pic->result;
	uint32_t whole, end, n, steady;
	weir_times_whole(pic, t, &whole, &end);
	n = steady = end - t->from;
	/* A window that moves lies over one bucket more or less, and there is one more that is whole or one less. */
	if (r->window_start_us != WEIR_TIME_NONE && r->window_end_us != WEIR_TIME_NONE && t->bucket_us > 0) {
		int64_t least = (r->window_end_us - r->window_start_us) / t->bucket_us /
				    weir_times_factor(r, pic->state->data_from_us) -
				1;
		steady = least >= LEAST_WHOLE && least < n ? (uint32_t)least : n;
	}
	uint32_t from = end - steady;
	return (struct weir_spark){.from = from,
				   .n = steady,
				   .skip = whole > from ? whole - from : 0,
				   .first_bucket = t->bucket_us ? t->start_us / t->bucket_us + from - t->from : 0};
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
