/* The stretch of rows that a request asks for: where it begins, what it holds, and what stands around it. */
#include "query/records/records.h"

#include <stdlib.h>

/* By so many rows a stretch is moved row by row, which needs the segments nearby only; further, by counting all. */
enum { STEP_ROWS = 4096 };

static const struct weir_row_place beginning = {WEIR_TIME_NONE, 0, 0};

static struct weir_row_place end_of(int64_t time_us)
{
	return (struct weir_row_place){time_us, UINT64_MAX, UINT16_MAX};
}

static enum weir_status no_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory for records");
}

/* The place that `n` passing rows are before; all of them: the end. */
static enum weir_status place_of(const struct weir_row_list *l, uint64_t n, const struct weir_row_place *end,
				 struct weir_row_place *at, struct weir_error *err)
{
	*at = *end;
	if (n >= weir_rows_before(l, end))
		return WEIR_OK;
	return weir_rows_nth(l, n, at) ? WEIR_OK : no_memory(err);
}

/* Moves a place over `by` passing rows, to the newer ones or to the older. */
static enum weir_status step(struct weir_plan *p, struct weir_row_list *l, uint32_t by, bool newer,
			     const struct weir_row_place *end, struct weir_row_place *at, struct weir_error *err)
{
	struct weir_row_found *rows = weir_alloc(by * sizeof *rows);
	uint32_t n = 0;
	if (!rows)
		return no_memory(err);
	enum weir_status status = weir_rows_near(p, l, at, end, newer, rows, by, &n, err);
	if (!status && newer)
		*at = n < by ? *end : weir_row_behind(&rows[0].place);
	else if (!status)
		*at = n < by ? beginning : rows[n - 1].place;
	free(rows);
	return status;
}

/* The same over any number of rows. */
static enum weir_status leap(struct weir_plan *p, struct weir_row_list *l, uint64_t by, bool newer,
			     const struct weir_row_place *end, struct weir_row_place *at, struct weir_error *err)
{
	enum weir_status status = weir_row_list_look_at_all(p, l, err);
	if (status)
		return status;
	uint64_t before = weir_rows_before(l, at);
	if (newer)
		before = by < UINT64_MAX - before ? before + by : UINT64_MAX;
	else
		before = by < before ? before - by : 0;
	return place_of(l, before, end, at, err);
}

/* The place that the rows of the stretch are before. */
static enum weir_status begin(struct weir_plan *p, struct weir_row_list *l, const struct weir_records_request *q,
			      const struct weir_row_place *end, struct weir_row_place *at, struct weir_error *err)
{
	enum weir_status status = WEIR_OK;
	*at = *end;
	if (q->from == WEIR_RECORDS_OLDEST)
		*at = beginning;
	else if (q->from == WEIR_RECORDS_PLACE)
		*at = weir_row_behind(&q->place);
	else if (q->from == WEIR_RECORDS_TIME)
		*at = end_of(q->place.time_us);
	else if (q->from == WEIR_RECORDS_INDEX)
		status = leap(p, l, q->index, false, end, at, err);
	if (weir_row_place_compare(at, end) > 0)
		*at = *end;
	bool newer = q->offset < 0;
	uint64_t by = newer ? -(uint64_t)q->offset : (uint64_t)q->offset;
	if (status || !by)
		return status;
	return by <= STEP_ROWS ? step(p, l, (uint32_t)by, newer, end, at, err) : leap(p, l, by, newer, end, at, err);
}

static int newest_first(const void *a, const void *b)
{
	return weir_row_place_compare(&((const struct weir_row_found *)b)->place,
				      &((const struct weir_row_found *)a)->place);
}

static void describe(const struct weir_row_list *l, const struct weir_records_request *q,
		     const struct weir_row_found *rows, uint32_t n, const struct weir_row_place *end,
		     struct weir_records *about)
{
	about->exact = true;
	for (size_t i = 0; i < l->n; i++) {
		about->n_held += l->items[i].n_rows;
		about->n_looked += l->items[i].known ? l->items[i].n_rows : 0;
		about->exact = about->exact && l->items[i].known;
	}
	about->n_total = weir_rows_before(l, end);
	if (n) {
		struct weir_row_place behind = weir_row_behind(&rows[0].place);
		about->n_newer = about->n_total - weir_rows_before(l, &behind);
	}
	if (q->from != WEIR_RECORDS_PLACE)
		return;
	const struct weir_row_segment *s = weir_row_list_find(l, &q->place);
	about->place_gone = !s;
	about->place_hidden = s && s->known && !weir_row_passes(s, (uint32_t)(q->place.number - s->first_row));
}

enum weir_status weir_rows_stretch(struct weir_plan *p, struct weir_row_list *l, const struct weir_records_request *q,
				   int64_t until_us, struct weir_row_found *out, uint32_t wanted, uint32_t *n,
				   struct weir_records *about, struct weir_error *err)
{
	struct weir_row_place end = end_of(until_us == WEIR_TIME_NONE ? INT64_MAX : until_us), at;
	uint32_t more = 0;
	*n = 0;
	enum weir_status status = begin(p, l, q, &end, &at, err);
	if (!status)
		status = weir_rows_near(p, l, &at, &end, false, out, wanted, n, err);
	if (!status && *n < wanted)
		status = weir_rows_near(p, l, &at, &end, true, out + *n, wanted - *n, &more, err);
	if (more)
		qsort(out, *n += more, sizeof *out, newest_first);
	if (!status && q->counted)
		status = weir_row_list_look_at_all(p, l, err);
	if (!status)
		describe(l, q, out, *n, &end, about);
	return status;
}
