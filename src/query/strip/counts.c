/* What is held, counted over time: follows the segments of the buffers. */
#include "query/strip/ring.h"

#include <stdlib.h>

/* What is not held, at its time. */
struct mark {
	int64_t us;
	uint32_t late, lost;
};
enum { MOST_MARKS = 4096 };

struct weir_strip_counts {
	struct weir_budget *budget;
	struct weir_buffer **buffers; /* owned array of borrowed ones */
	uint64_t *counted;            /* owned: rows of each buffer up to this number were looked at */
	uint32_t n_buffers;
	struct weir_ring ring;
	int64_t edge_us;                /* earlier rows are outliers, and in no bucket; INT64_MIN: there are none */
	struct weir_strip_bucket older; /* those */
	bool left_out; /* some were from the future: what was counted of a segment cannot be told any more */
	bool recount;
	weir_strip_test *test;
	void *test_ctx;
	struct mark *marks; /* owned: that wait for rows of their time to be counted */
	size_t n_marks, marks_capacity;
	uint64_t bits[WEIR_SEGMENT_ROWS / 64]; /* errors of the segment that is looked at */
};

enum {
	FEW_BUCKETS = WEIR_RING_BUCKETS / 64,
	ONE_OUTLIER_ROWS = 100, /* of so many rows one may be an outlier … */
	OUTLIER_PART = 1000,    /* … and of many a thousandth */
	STRETCHED = 4,          /* if without them all is a quarter as long */
	TOO_MANY = 4, /* times as many are none: far from the other bound, so that it does not move back and forth */
	MOST_CUTS = 8,
};

static size_t bytes_of(const struct weir_strip_counts *c)
{
	return sizeof *c + c->n_buffers * (sizeof(struct weir_buffer *) + sizeof(uint64_t)) +
	       (size_t)2 * WEIR_RING_BUCKETS * sizeof(struct weir_strip_bucket);
}

struct weir_strip_counts *weir_strip_counts_new(struct weir_buffer *const *buffers, uint32_t n_buffers,
						struct weir_budget *budget)
{
	struct weir_strip_counts *c = weir_calloc(1, sizeof *c);
	if (!c)
		return NULL;
	c->n_buffers = n_buffers;
	c->buffers = weir_alloc(n_buffers * sizeof(struct weir_buffer *));
	c->counted = weir_calloc(n_buffers, sizeof *c->counted);
	bool ok = weir_ring_init(&c->ring) && c->buffers && c->counted;
	for (uint32_t i = 0; ok && i < n_buffers; i++)
		c->buffers[i] = buffers[i];
	if (ok) {
		c->budget = budget;
		c->edge_us = INT64_MIN;
		weir_budget_charge(budget, (int64_t)bytes_of(c));
		return c;
	}
	weir_strip_counts_free(c);
	return NULL;
}

void weir_strip_counts_free(struct weir_strip_counts *c)
{
	if (!c)
		return;
	if (c->budget)
		weir_budget_charge(c->budget, -(int64_t)bytes_of(c));
	weir_ring_release(&c->ring);
	free(c->buffers);
	free(c->counted);
	free(c->marks);
	free(c);
}

/* Rows of a segment, from one of them on, with a sign. */
struct adding {
	struct weir_strip_counts *c;
	const struct weir_segment *s;
	uint64_t by;            /* 1, or all ones: -1 */
	int64_t until_us;       /* later times are from the future */
	const uint64_t *errors; /* by row; NULL: none */
};

static void add_rows(const struct adding *a, uint32_t from, uint32_t to)
{
	const int64_t *t = a->s->rows->time_us;
	int64_t width = weir_ring_width_us(&a->c->ring), low_us = 0, high_us = 0; /* of the bucket below */
	struct weir_strip_bucket *bucket = NULL;
	for (uint32_t row = from; row < to; row++) {
		if (t[row] == WEIR_TIME_NONE || t[row] > a->until_us) {
			a->c->left_out = a->c->left_out || t[row] != WEIR_TIME_NONE;
			continue;
		}
		if (t[row] < a->c->edge_us) {
			a->c->older.rows += a->by;
			a->c->older.errors += a->errors && weir_bit_get(a->errors, row) ? a->by : 0;
			continue;
		}
		if (!bucket || t[row] < low_us || t[row] >= high_us) {
			int64_t number = weir_ring_floor(t[row], width);
			low_us = number * width;
			high_us = low_us + width;
			bucket = weir_ring_at(&a->c->ring, number);
		}
		bucket->rows += a->by;
		if (a->errors && weir_bit_get(a->errors, row))
			bucket->errors += a->by;
	}
}

static uint64_t count_bits(const uint64_t *bits, uint32_t from, uint32_t to)
{
	uint64_t n = 0;
	for (; from < to && from % 64; from++)
		n += weir_bit_get(bits, from);
	for (; from + 64 <= to; from += 64)
		n += (uint64_t)__builtin_popcountll(bits[from / 64]);
	for (; from < to; from++)
		n += weir_bit_get(bits, from);
	return n;
}

/* A stretch of rows whose times lie in one bucket needs no look at each. */
static void add_stretch(const struct adding *a, const struct weir_span *span, uint32_t from, uint32_t to)
{
	int64_t width = weir_ring_width_us(&a->c->ring);
	if (span->first_us > span->last_us)
		return;
	int64_t bucket = weir_ring_floor(span->first_us, width);
	if (!span->all_timed || span->last_us > a->until_us || span->first_us < a->c->edge_us ||
	    weir_ring_floor(span->last_us, width) != bucket) {
		add_rows(a, from, to);
		return;
	}
	struct weir_strip_bucket *into = weir_ring_at(&a->c->ring, bucket);
	into->rows += a->by * (to - from);
	into->errors += a->errors ? a->by * count_bits(a->errors, from, to) : 0;
}

/* NULL: none of them is one, or nothing tells. */
static const uint64_t *find_errors(struct weir_strip_counts *c, const struct weir_segment *s)
{
	if (!c->test)
		return NULL;
	memset(c->bits, 0, weir_bit_words(s->rows->n_rows) * sizeof *c->bits);
	return c->test(c->test_ctx, s->rows, c->bits) ? c->bits : NULL;
}

/* The earliest time of a segment's rows that is no outlier; INT64_MAX: none is. */
static int64_t first_inside(const struct weir_strip_counts *c, const struct weir_segment *s)
{
	int64_t first = INT64_MAX;
	if (s->time_min_us >= c->edge_us)
		return s->time_min_us;
	for (uint32_t at = 0; at < s->rows->n_rows; at += WEIR_SPAN_ROWS) {
		const struct weir_span *span = &s->spans[at / WEIR_SPAN_ROWS];
		uint32_t end = at + WEIR_SPAN_ROWS < s->rows->n_rows ? at + WEIR_SPAN_ROWS : s->rows->n_rows;
		if (span->first_us >= c->edge_us && span->first_us < first)
			first = span->first_us;
		for (uint32_t row = at; span->first_us < c->edge_us && row < end; row++) {
			int64_t t = s->rows->time_us[row];
			if (t != WEIR_TIME_NONE && t >= c->edge_us && t <= s->newest_us && t < first)
				first = t;
		}
	}
	return first <= s->newest_us ? first : INT64_MAX;
}

static void add_segment(struct weir_strip_counts *c, const struct weir_segment *s, uint32_t from, bool away)
{
	struct adding a = {.c = c, .s = s, .by = away ? UINT64_MAX : 1, .until_us = s->newest_us};
	if (!s->spans || s->newest_us == WEIR_TIME_NONE || s->time_min_us > s->newest_us) {
		c->left_out = c->left_out || (s->spans && s->time_min_us <= s->time_max_us);
		return;
	}
	a.errors = find_errors(c, s);
	int64_t first = away ? INT64_MAX : first_inside(c, s);
	if (first != INT64_MAX)
		weir_ring_reach(&c->ring, first, s->newest_us);
	for (uint32_t at = from, end; at < s->rows->n_rows; at = end) {
		uint32_t k = at / WEIR_SPAN_ROWS;
		end = (k + 1) * WEIR_SPAN_ROWS;
		end = end < s->rows->n_rows ? end : s->rows->n_rows;
		add_stretch(&a, &s->spans[k], at, end);
	}
}

void weir_strip_counts_drop(struct weir_strip_counts *c, uint32_t buffer, const struct weir_segment *s)
{
	uint64_t end = s->first_row + s->rows->n_rows, *counted = &c->counted[buffer];
	if (c->left_out || (*counted > s->first_row && *counted < end))
		c->recount = true;
	else if (*counted >= end)
		add_segment(c, s, 0, true);
	*counted = end > *counted ? end : *counted;
}

/* Segments that hold rows which were not counted yet, from the newest back. */
static void follow(struct weir_strip_counts *c, uint32_t buffer)
{
	struct weir_segment *const *segments;
	uint32_t n = weir_buffer_segments(c->buffers[buffer], &segments), from = n;
	uint64_t *counted = &c->counted[buffer];
	while (from > 0 && segments[from - 1]->first_row + segments[from - 1]->rows->n_rows > *counted)
		from--;
	for (; from < n; from++) {
		const struct weir_segment *s = segments[from];
		add_segment(c, s, *counted > s->first_row ? (uint32_t)(*counted - s->first_row) : 0, false);
		*counted = s->first_row + s->rows->n_rows;
	}
}

static uint32_t sum(uint32_t a, uint64_t b)
{
	return b > UINT32_MAX - a ? UINT32_MAX : a + (uint32_t)b;
}

/* Where there is no room for more the last one stands for them; the ledger has them all the same. */
static void add_mark(struct weir_strip_counts *c, struct mark m)
{
	if (c->n_marks < MOST_MARKS &&
	    weir_grow((void **)&c->marks, &c->marks_capacity, c->n_marks + 1, sizeof *c->marks)) {
		c->marks[c->n_marks++] = m;
	} else if (c->n_marks) {
		struct mark *last = &c->marks[c->n_marks - 1];
		last->late = sum(last->late, m.late);
		last->lost = sum(last->lost, m.lost);
	}
}

/* Into the bucket of their time, or the nearest there is. */
static void place_marks(struct weir_strip_counts *c)
{
	const struct weir_ring *r = &c->ring;
	if (r->low > r->high)
		return;
	for (size_t i = 0; i < c->n_marks; i++) {
		const struct mark *m = &c->marks[i];
		int64_t b = weir_ring_floor(m->us, weir_ring_width_us(r));
		struct weir_strip_bucket *into = weir_ring_at(r, b < r->low ? r->low : b > r->high ? r->high : b);
		into->late = sum(into->late, m->late);
		into->lost = sum(into->lost, m->lost);
	}
	c->n_marks = 0;
}

/* What is not held cannot be counted again: it is put back afterwards. */
static void recount(struct weir_strip_counts *c)
{
	const struct weir_ring *r = &c->ring;
	for (int64_t b = r->low; b <= r->high; b++) {
		const struct weir_strip_bucket *from = weir_ring_at(r, b);
		if (from->late || from->lost)
			add_mark(c, (struct mark){b * weir_ring_width_us(r), from->late, from->lost});
	}
	weir_ring_clear(&c->ring);
	memset(c->counted, 0, c->n_buffers * sizeof *c->counted);
	c->older = (struct weir_strip_bucket){0};
	c->recount = c->left_out = false;
}

static void follow_all(struct weir_strip_counts *c)
{
	if (c->recount)
		recount(c);
	for (uint32_t i = 0; i < c->n_buffers; i++)
		follow(c, i);
	place_marks(c);
	weir_ring_trim(&c->ring);
}

void weir_strip_counts_set_test(struct weir_strip_counts *c, weir_strip_test *test, void *ctx)
{
	c->test = test;
	c->test_ctx = ctx;
	c->recount = true;
}

void weir_strip_counts_late(struct weir_strip_counts *c, int64_t us)
{
	add_mark(c, (struct mark){us, 1, 0});
}

void weir_strip_counts_lost(struct weir_strip_counts *c, int64_t us, uint64_t rows)
{
	add_mark(c, (struct mark){us, 0, sum(0, rows)});
}

static bool add_late(int64_t us, uint32_t late, int64_t start_us, int64_t bucket_us, uint32_t n, uint64_t *rows)
{
	int64_t bucket = weir_ring_floor(us - start_us, bucket_us);
	bool inside = late && bucket >= 0 && bucket < (int64_t)n;
	if (inside)
		rows[bucket] += late;
	return inside;
}

bool weir_strip_counts_late_rows(const struct weir_strip_counts *c, int64_t start_us, int64_t bucket_us, uint32_t n,
				 uint64_t *rows)
{
	int64_t width = weir_ring_width_us(&c->ring);
	bool any = false;
	for (int64_t b = c->ring.low; b <= c->ring.high; b++)
		any |= add_late(b * width, weir_ring_at(&c->ring, b)->late, start_us, bucket_us, n, rows);
	for (size_t i = 0; i < c->n_marks; i++) /* not placed yet */
		any |= add_late(c->marks[i].us, c->marks[i].late, start_us, bucket_us, n, rows);
	return any;
}

static void find_ends(const struct weir_strip_counts *c, struct weir_strip *out)
{
	out->oldest_us = out->older_us = INT64_MAX;
	out->newest_us = WEIR_TIME_NONE;
	for (uint32_t i = 0; i < c->n_buffers; i++) {
		struct weir_segment *const *segments;
		uint32_t n = weir_buffer_segments(c->buffers[i], &segments);
		for (uint32_t k = 0; k < n; k++) {
			const struct weir_segment *s = segments[k];
			if (s->newest_us == WEIR_TIME_NONE || !s->spans)
				continue;
			int64_t first = first_inside(c, s);
			out->oldest_us = first < out->oldest_us ? first : out->oldest_us;
			out->older_us = s->time_min_us < out->older_us ? s->time_min_us : out->older_us;
			out->newest_us = s->newest_us > out->newest_us ? s->newest_us : out->newest_us;
		}
	}
}

/* How many of so many rows may be outliers. */
static uint64_t most_outliers(uint64_t n)
{
	return n < ONE_OUTLIER_ROWS ? 0 : n < OUTLIER_PART ? 1 : n / OUTLIER_PART;
}

/* A few rows of long ago would leave all others no room: the edge goes to where the others begin. False: it stays. */
static bool move_edge(struct weir_strip_counts *c)
{
	const struct weir_ring *r = &c->ring;
	uint64_t before = c->older.rows, n = before;
	int64_t b = r->low;
	for (int64_t k = r->low; k <= r->high; k++)
		n += weir_ring_at(r, k)->rows;
	uint64_t most = most_outliers(n);
	if (!c->older.rows)
		c->edge_us = INT64_MIN; /* they have left */
	if (c->older.rows > TOO_MANY * most) {
		c->edge_us = INT64_MIN; /* they are too many for outliers */
		return true;
	}
	while (b < r->high && before + weir_ring_at(r, b)->rows <= most)
		before += weir_ring_at(r, b++)->rows;
	if (b == r->low || (r->high - b + 1) * STRETCHED > r->high - r->low + 1)
		return false;
	c->edge_us = b * weir_ring_width_us(r);
	return true;
}

static void cut_outliers(struct weir_strip_counts *c)
{
	bool free_again = false;
	for (int i = 0; i < MOST_CUTS && move_edge(c); i++) {
		if (c->edge_us == INT64_MIN && free_again)
			return; /* neither this way nor that */
		free_again = c->edge_us == INT64_MIN;
		c->recount = true;
		follow_all(c);
	}
}

void weir_strip_counts_read(struct weir_strip_counts *c, int64_t until_us, uint32_t most, struct weir_strip *out)
{
	*out = (struct weir_strip){.oldest_us = WEIR_TIME_NONE, .newest_us = WEIR_TIME_NONE};
	follow_all(c);
	/* What made the buckets wide has left. */
	if (c->ring.low <= c->ring.high && c->ring.high - c->ring.low < FEW_BUCKETS && c->ring.width > 0) {
		c->recount = true;
		follow_all(c);
	}
	cut_outliers(c);
	const struct weir_ring *r = &c->ring;
	if (r->low > r->high)
		return;
	find_ends(c, out);
	out->n_older = c->older.rows;
	out->n_rows = c->older.rows;
	out->n_errors = c->older.errors;
	int64_t width = weir_ring_width_us(r), from_us = r->low * width, to_us = r->high * width;
	to_us = until_us > to_us ? until_us : to_us;
	most = most < 2 ? 2 : most > WEIR_STRIP_BUCKETS ? WEIR_STRIP_BUCKETS : most;
	out->bucket_us = weir_ring_round_us(r, from_us, to_us, most);
	int64_t first = weir_ring_floor(from_us, out->bucket_us), factor = out->bucket_us / width;
	out->start_us = first * out->bucket_us;
	out->n_buckets = (uint32_t)(weir_ring_floor(to_us, out->bucket_us) - first + 1);
	for (int64_t b = r->low; b <= r->high; b++) {
		const struct weir_strip_bucket *from = weir_ring_at(r, b);
		weir_ring_add(&out->buckets[weir_ring_floor(b, factor) - first], from);
		out->n_rows += from->rows;
		out->n_errors += from->errors;
	}
	weir_strip_find_gaps(out);
}
