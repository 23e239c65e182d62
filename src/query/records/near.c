/* The rows nearest to a place, on one side of it: the best so far are kept in a heap, and what lies further away than the
 * worst of them is passed over. */
#include "query/records/records.h"

#include <stdlib.h>

struct near {
	const struct weir_row_list *list;
	struct weir_row_place at, end;
	bool newer;
	struct weir_row_found *items; /* a heap once it is full: the one furthest from the place first */
	uint32_t n, wanted;
};

/* Whether a lies further from the place than b. */
static bool is_further(const struct near *c, const struct weir_row_place *a, const struct weir_row_place *b)
{
	int order = weir_row_place_compare(a, b);
	return c->newer ? order > 0 : order < 0;
}

static void sift_down(struct near *c, uint32_t i)
{
	struct weir_row_found item = c->items[i];
	for (uint32_t child; (child = 2 * i + 1) < c->n; i = child) {
		if (child + 1 < c->n && is_further(c, &c->items[child + 1].place, &c->items[child].place))
			child++;
		if (!is_further(c, &c->items[child].place, &item.place))
			break;
		c->items[i] = c->items[child];
	}
	c->items[i] = item;
}

static void offer(struct near *c, const struct weir_row_found *f)
{
	if (c->n < c->wanted) {
		c->items[c->n++] = *f;
		for (uint32_t i = c->n / 2; c->n == c->wanted && i-- > 0;)
			sift_down(c, i);
	} else if (is_further(c, &c->items[0].place, &f->place)) {
		c->items[0] = *f;
		sift_down(c, 0);
	}
}

static bool is_full(const struct near *c)
{
	return c->n == c->wanted;
}

/* The earliest time of rows that matter; rows without one come first of all, and so before a place with a time. */
static int64_t least_of(const struct near *c, int64_t first_us, bool all_timed)
{
	return all_timed || (c->newer && c->at.time_us > WEIR_TIME_NONE) ? first_us : WEIR_TIME_NONE;
}

/* All rows with times from first to last are on the other side of the place, or further away than what was found. */
static bool is_beyond(const struct near *c, int64_t first_us, int64_t last_us, bool all_timed)
{
	int64_t least = least_of(c, first_us, all_timed);
	if (c->newer)
		return last_us < c->at.time_us || least > c->end.time_us ||
		       (is_full(c) && least > c->items[0].place.time_us);
	return least > c->at.time_us || (is_full(c) && last_us < c->items[0].place.time_us);
}

static void scan_row(struct near *c, const struct weir_row_segment *s, uint32_t row)
{
	const struct weir_batch *b = s->segment->rows;
	struct weir_row_found f = {{weir_row_time(c->list, b, row), s->first_row + row, b->stream}, b, row};
	if (is_full(c) && !is_further(c, &c->items[0].place, &f.place))
		return;
	int side = weir_row_place_compare(&f.place, &c->at);
	if (c->newer ? side < 0 || weir_row_place_compare(&f.place, &c->end) >= 0 : side >= 0)
		return;
	if (weir_row_passes(s, row))
		offer(c, &f);
}

/* Rows of a segment, from its end that is likely to be nearer on. */
static void scan(struct near *c, const struct weir_row_segment *s)
{
	uint32_t n_spans = (s->n_rows + WEIR_SPAN_ROWS - 1) / WEIR_SPAN_ROWS, from, to;
	struct weir_span times;
	for (uint32_t i = 0; i < n_spans; i++) {
		weir_row_segment_span(s, c->newer ? i : n_spans - 1 - i, &from, &to, &times);
		if (is_beyond(c, times.first_us, times.last_us, times.all_timed))
			continue;
		for (uint32_t row = from; c->newer && row < to; row++)
			scan_row(c, s, row);
		for (uint32_t row = to; !c->newer && row-- > from;)
			scan_row(c, s, row);
	}
}

struct ranked {
	struct weir_row_segment *segment;
	int64_t nearest_us; /* of its rows */
};

static int oldest_first(const void *a, const void *b)
{
	int64_t x = ((const struct ranked *)a)->nearest_us, y = ((const struct ranked *)b)->nearest_us;
	return (x > y) - (x < y);
}

static int newest_first(const void *a, const void *b)
{
	return oldest_first(b, a);
}

static int compare_found(const void *a, const void *b)
{
	return weir_row_place_compare(&((const struct weir_row_found *)b)->place,
				      &((const struct weir_row_found *)a)->place);
}

enum weir_status weir_rows_near(struct weir_plan *p, struct weir_row_list *l, const struct weir_row_place *at,
				const struct weir_row_place *end, bool newer, struct weir_row_found *out,
				uint32_t wanted, uint32_t *n, struct weir_error *err)
{
	struct near c = {.list = l, .at = *at, .end = *end, .newer = newer, .items = out, .wanted = wanted};
	struct ranked *ranked = weir_alloc((l->n + 1) * sizeof *ranked);
	enum weir_status status = WEIR_OK;
	size_t n_ranked = 0;
	*n = 0;
	if (!ranked)
		return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory for records");
	for (size_t i = 0; i < l->n && wanted; i++) {
		struct weir_row_segment *s = l->items + i;
		int64_t first, last;
		weir_row_segment_times(l, s, &first, &last);
		if (!is_beyond(&c, first, last, s->all_timed))
			ranked[n_ranked++] = (struct ranked){s, newer ? least_of(&c, first, s->all_timed) : last};
	}
	qsort(ranked, n_ranked, sizeof *ranked, newer ? oldest_first : newest_first);
	for (size_t i = 0; i < n_ranked && !status; i++) {
		struct weir_row_segment *s = ranked[i].segment;
		if (is_full(&c) &&
		    (newer ? ranked[i].nearest_us > out[0].place.time_us : ranked[i].nearest_us < out[0].place.time_us))
			break;
		if (p)
			status = weir_row_list_look(p, l, s, err);
		if (!status && s->known && s->n_pass)
			scan(&c, s);
	}
	free(ranked);
	qsort(out, c.n, sizeof *out, compare_found);
	*n = c.n;
	return status;
}
