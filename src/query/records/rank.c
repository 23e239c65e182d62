/* Counting in the order of rows: how many are before a place, and which is the n-th. */
#include "query/records/records.h"

#include <stdlib.h>

enum { BUCKETS = 256, FEW = 4096 };

static uint32_t passing(const struct weir_row_segment *s, uint32_t from, uint32_t to)
{
	uint32_t n = 0;
	if (from >= to)
		return 0;
	if (!s->pass)
		return s->n_pass ? to - from : 0;
	for (uint32_t word = from / 64; word <= (to - 1) / 64; word++) {
		uint64_t bits = s->pass[word];
		if (word == from / 64)
			bits &= UINT64_MAX << (from & 63);
		if (word == (to - 1) / 64 && to & 63)
			bits &= (UINT64_C(1) << (to & 63)) - 1;
		n += (uint32_t)__builtin_popcountll(bits);
	}
	return n;
}

/* Of the rows with the time of the place, those up to this one (not included) are before it. */
static uint32_t tie_row(const struct weir_row_segment *s, const struct weir_row_place *at)
{
	if (s->stream != at->stream)
		return s->stream < at->stream ? s->n_rows : 0;
	if (at->number <= s->first_row)
		return 0;
	return at->number - s->first_row < s->n_rows ? (uint32_t)(at->number - s->first_row) : s->n_rows;
}

static uint64_t before_in_rows(const struct weir_row_list *l, const struct weir_row_segment *s, uint32_t from,
			       uint32_t to, const struct weir_row_place *at)
{
	const struct weir_batch *b = s->segment->rows;
	uint32_t tie = tie_row(s, at);
	uint64_t n = 0;
	for (uint32_t row = from; row < to; row++) {
		int64_t t = weir_row_time(l, b, row);
		n += (t < at->time_us || (t == at->time_us && row < tie)) && weir_row_passes(s, row);
	}
	return n;
}

static uint64_t before_in(const struct weir_row_list *l, const struct weir_row_segment *s,
			  const struct weir_row_place *at)
{
	uint64_t n = 0;
	uint32_t from, to;
	int64_t first, last;
	struct weir_span times;
	weir_row_segment_times(l, s, &first, &last);
	if (!s->n_pass || (s->all_timed && first > at->time_us))
		return 0;
	if (last < at->time_us)
		return s->n_pass;
	for (uint32_t i = 0; weir_row_segment_span(s, i, &from, &to, &times); i++) {
		if (times.all_timed && times.first_us > at->time_us)
			continue;
		if (times.last_us < at->time_us)
			n += passing(s, from, to);
		else
			n += before_in_rows(l, s, from, to, at);
	}
	return n;
}

uint64_t weir_rows_before(const struct weir_row_list *l, const struct weir_row_place *at)
{
	uint64_t n = 0;
	for (size_t i = 0; i < l->n; i++)
		n += l->items[i].known ? before_in(l, l->items + i, at) : 0;
	return n;
}

/* Row n of those that have that very time: they are in the order of the list. */
static bool nth_of_time(const struct weir_row_list *l, int64_t time_us, uint64_t n, struct weir_row_place *out)
{
	const struct weir_row_place first = {time_us, 0, 0}, end = {time_us, UINT64_MAX, UINT16_MAX};
	for (size_t i = 0; i < l->n; i++) {
		const struct weir_row_segment *s = l->items + i;
		if (!s->known || !s->n_pass)
			continue;
		uint64_t here = before_in(l, s, &end) - before_in(l, s, &first);
		if (n >= here) {
			n -= here;
			continue;
		}
		for (uint32_t row = 0; row < s->n_rows; row++) {
			if (!weir_row_passes(s, row) || weir_row_time(l, s->segment->rows, row) != time_us || n-- > 0)
				continue;
			*out = (struct weir_row_place){time_us, s->first_row + row, (uint16_t)s->stream};
			return true;
		}
	}
	return true; /* there are fewer: not with what the caller counted */
}

/* Times from `low` to `high`, cut into buckets of 2^shift. */
struct cut {
	int64_t low, high;
	unsigned shift;
	uint64_t counts[BUCKETS];
};

static uint64_t bucket(const struct cut *c, int64_t t)
{
	return ((uint64_t)t - (uint64_t)c->low) >> c->shift;
}

static bool is_outside(const struct weir_row_list *l, const struct weir_row_segment *s, const struct cut *c)
{
	int64_t first, last;
	weir_row_segment_times(l, s, &first, &last);
	return !s->known || !s->n_pass || last < c->low || first > c->high;
}

static void count_span(const struct weir_row_list *l, const struct weir_row_segment *s, uint32_t from, uint32_t to,
		       const struct weir_span *times, struct cut *c)
{
	if (times->last_us < c->low || (times->all_timed && times->first_us > c->high))
		return;
	bool inside = times->all_timed && times->first_us >= c->low && times->last_us <= c->high;
	if (inside && bucket(c, times->first_us) == bucket(c, times->last_us)) {
		c->counts[bucket(c, times->first_us)] += passing(s, from, to);
		return;
	}
	for (uint32_t row = from; row < to; row++) {
		int64_t t = weir_row_time(l, s->segment->rows, row);
		if (t >= c->low && t <= c->high)
			c->counts[bucket(c, t)] += weir_row_passes(s, row);
	}
}

static void count_buckets(const struct weir_row_list *l, struct cut *c)
{
	uint64_t width = (uint64_t)c->high - (uint64_t)c->low;
	uint32_t from, to;
	struct weir_span times;
	memset(c->counts, 0, sizeof c->counts);
	for (c->shift = 0; width >> c->shift >= BUCKETS;)
		c->shift++;
	for (size_t i = 0; i < l->n; i++) {
		const struct weir_row_segment *s = l->items + i;
		if (is_outside(l, s, c))
			continue;
		for (uint32_t k = 0; weir_row_segment_span(s, k, &from, &to, &times); k++)
			count_span(l, s, from, to, &times, c);
	}
}

static int by_place(const void *a, const void *b)
{
	return weir_row_place_compare(a, b);
}

/* The few rows with times from low to high, sorted after all. */
static bool nth_of_few(const struct weir_row_list *l, const struct cut *c, uint64_t n, uint64_t n_rows,
		       struct weir_row_place *out)
{
	struct weir_row_place *places = weir_alloc(n_rows * sizeof *places);
	uint64_t k = 0;
	uint32_t from, to;
	struct weir_span times;
	for (size_t i = 0; places && i < l->n; i++) {
		const struct weir_row_segment *s = l->items + i;
		if (is_outside(l, s, c))
			continue;
		for (uint32_t span = 0; weir_row_segment_span(s, span, &from, &to, &times); span++) {
			if (times.last_us < c->low || (times.all_timed && times.first_us > c->high))
				continue;
			for (uint32_t row = from; row < to; row++) {
				int64_t t = weir_row_time(l, s->segment->rows, row);
				if (t >= c->low && t <= c->high && weir_row_passes(s, row) && k < n_rows)
					places[k++] =
					    (struct weir_row_place){t, s->first_row + row, (uint16_t)s->stream};
			}
		}
	}
	if (places && n < k) {
		qsort(places, k, sizeof *places, by_place);
		*out = places[n];
	}
	free(places);
	return places != NULL;
}

/* The earliest and latest time of the segments that rows pass of. */
static void ends(const struct weir_row_list *l, struct cut *c)
{
	c->low = INT64_MAX;
	c->high = INT64_MIN;
	for (size_t i = 0; i < l->n; i++) {
		int64_t first, last;
		if (!l->items[i].known || !l->items[i].n_pass)
			continue;
		weir_row_segment_times(l, l->items + i, &first, &last);
		c->low = first < c->low ? first : c->low;
		c->high = last > c->high ? last : c->high;
	}
}

bool weir_rows_nth(const struct weir_row_list *l, uint64_t n, struct weir_row_place *out)
{
	const struct weir_row_place timed = {WEIR_TIME_NONE + 1, 0, 0};
	uint64_t untimed = weir_rows_before(l, &timed);
	struct cut c;
	*out = timed;
	if (n < untimed)
		return nth_of_time(l, WEIR_TIME_NONE, n, out);
	n -= untimed;
	ends(l, &c);
	while (c.low < c.high) {
		uint64_t b = 0;
		count_buckets(l, &c);
		for (; b < BUCKETS && n >= c.counts[b]; b++)
			n -= c.counts[b];
		if (b == BUCKETS)
			return true;
		c.low = (int64_t)((uint64_t)c.low + (b << c.shift));
		uint64_t width = (UINT64_C(1) << c.shift) - 1;
		if ((uint64_t)c.high - (uint64_t)c.low > width)
			c.high = (int64_t)((uint64_t)c.low + width);
		if (c.counts[b] <= FEW)
			return nth_of_few(l, &c, n, c.counts[b], out);
	}
	return nth_of_time(l, c.low, n, out);
}
