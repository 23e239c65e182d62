/* What a plan's filter says of the segments that are held: asked once each, kept as bits. */
#include "query/records/records.h"

#include "query/plan/slice.h"

#include <stdlib.h>

enum { LOOK_US = 8000 }; /* of one result: about half a picture */

static size_t pass_bytes(const struct weir_row_segment *s)
{
	return s->pass ? weir_bit_words(s->n_rows) * sizeof *s->pass : 0;
}

static void forget(struct weir_row_list *l, struct weir_row_segment *s)
{
	weir_budget_charge(l->budget, -(int64_t)pass_bytes(s));
	free(s->pass);
	s->pass = NULL;
}

void weir_row_list_clear(struct weir_row_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		forget(l, l->items + i);
	free(l->items);
	l->items = NULL;
	l->n = 0;
}

void weir_row_list_free(struct weir_row_list *l)
{
	if (l)
		weir_row_list_clear(l);
	free(l);
}

static bool is_all_timed(const struct weir_segment *s)
{
	uint32_t n = (s->rows->n_rows + WEIR_SPAN_ROWS - 1) / WEIR_SPAN_ROWS;
	bool all = s->spans != NULL;
	for (uint32_t i = 0; i < n && all; i++)
		all = s->spans[i].all_timed;
	return all;
}

static struct weir_row_segment describe(const struct weir_segment *s)
{
	return (struct weir_row_segment){.segment = s,
					 .first_row = s->first_row,
					 .n_rows = s->rows->n_rows,
					 .stream = s->rows->stream,
					 .all_timed = is_all_timed(s)};
}

/* Moves what is known of segments that are still there into the new items; both lists are in the same order. */
static void take_over(struct weir_row_list *l, struct weir_row_segment *items, size_t n)
{
	size_t old = 0;
	for (size_t i = 0; i < n; i++) {
		struct weir_row_segment *s = items + i;
		while (old < l->n && (l->items[old].stream < s->stream ||
				      (l->items[old].stream == s->stream && l->items[old].first_row < s->first_row)))
			old++;
		if (old == l->n)
			return;
		struct weir_row_segment *o = l->items + old;
		if (o->stream == s->stream && o->first_row == s->first_row && o->n_rows == s->n_rows && o->known) {
			s->known = true;
			s->n_pass = o->n_pass;
			s->pass = o->pass;
			o->pass = NULL;
		}
	}
}

bool weir_row_list_fill(struct weir_row_list *l, const struct weir_relation_snapshot *snapshot)
{
	size_t n = weir_relation_snapshot_segments(snapshot), k = 0;
	struct weir_row_segment *items = weir_alloc((n + 1) * sizeof *items);
	if (!items)
		return false;
	for (uint32_t s = 0; s < snapshot->n_streams; s++)
		for (uint32_t i = 0; snapshot->streams[s] && i < snapshot->streams[s]->n_segments; i++)
			items[k++] = describe(snapshot->streams[s]->segments[i]);
	take_over(l, items, n);
	weir_row_list_clear(l);
	l->items = items;
	l->n = n;
	return true;
}

void weir_row_list_know(struct weir_row_list *l, struct weir_row_segment *s, uint64_t *pass, uint32_t n_pass)
{
	s->n_pass = n_pass;
	s->known = true;
	if (n_pass == 0 || n_pass == s->n_rows) {
		free(pass);
		return;
	}
	s->pass = pass;
	weir_budget_charge(l->budget, (int64_t)pass_bytes(s));
}

struct weir_row_list *weir_row_list_follow(struct weir_plan *p, const struct weir_relation_snapshot *snapshot,
					   const struct weir_clock *clock)
{
	struct weir_row_list *l = p->row_list;
	if (!l && !(l = p->row_list = weir_calloc(1, sizeof *l)))
		return NULL;
	l->budget = p->budget;
	l->live = p->live;
	if (!weir_row_list_fill(l, snapshot))
		return NULL;
	for (size_t i = 0; i < l->n && !p->n_where; i++)
		if (!l->items[i].known && !l->items[i].segment->rows->weight)
			weir_row_list_know(l, l->items + i, NULL, l->items[i].n_rows);
	l->clock = clock;
	l->until_us = clock ? weir_clock_mono_us(clock) + LOOK_US : INT64_MAX;
	l->late = false;
	return l;
}

static enum weir_status ask(struct weir_plan *p, struct weir_row_list *l, struct weir_row_segment *s,
			    struct weir_error *err)
{
	const struct weir_batch *b = s->segment->rows;
	uint32_t words = weir_bit_words(s->n_rows), n_pass = 0;
	enum weir_status status = WEIR_OK;
	p->slice->stream = s->stream;
	weir_slice_ask_zones(p, p->slice, s->segment);
	if (p->slice->none) {
		weir_slice_ask_zones(p, p->slice, NULL);
		weir_row_list_know(l, s, NULL, 0);
		return WEIR_OK;
	}
	uint64_t *pass = weir_alloc(words * sizeof *pass);
	if (pass)
		status = weir_plan_filter(p, b, pass, err);
	weir_slice_ask_zones(p, p->slice, NULL);
	if (!pass || status) {
		free(pass);
		return pass ? status : weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory for records");
	}
	for (uint32_t row = 0; b->weight && row < s->n_rows; row++)
		if (b->weight[row] <= 0)
			weir_bit_clear(pass, row);
	for (uint32_t i = 0; i < words; i++)
		n_pass += (uint32_t)__builtin_popcountll(pass[i]);
	weir_row_list_know(l, s, pass, n_pass);
	return WEIR_OK;
}

enum weir_status weir_row_list_look(struct weir_plan *p, struct weir_row_list *l, struct weir_row_segment *s,
				    struct weir_error *err)
{
	if (s->known)
		return WEIR_OK;
	if (l->late) /* one more than there is time for was looked at: so each result knows more */
		return WEIR_OK;
	enum weir_status status = ask(p, l, s, err);
	l->late = l->clock && weir_clock_mono_us(l->clock) >= l->until_us;
	return status;
}

enum weir_status weir_row_list_look_at_all(struct weir_plan *p, struct weir_row_list *l, struct weir_error *err)
{
	enum weir_status status = WEIR_OK;
	for (size_t i = l->n; i-- > 0 && !l->late && !status;)
		status = weir_row_list_look(p, l, l->items + i, err);
	return status;
}

void weir_row_segment_times(const struct weir_row_list *l, const struct weir_row_segment *s, int64_t *first,
			    int64_t *last)
{
	*first = s->segment->time_min_us;
	*last = s->segment->time_max_us;
	if (!s->segment->rows->time_us) {
		*last = weir_row_time(l, s->segment->rows, 0);
		*first = *last == WEIR_TIME_NONE ? INT64_MAX : *last;
	}
}

/* A segment that was not sealed has no spans: of its rows nothing is known. */
bool weir_row_segment_span(const struct weir_row_segment *s, uint32_t span, uint32_t *from, uint32_t *to,
			   struct weir_span *times)
{
	*from = span * WEIR_SPAN_ROWS;
	if (*from >= s->n_rows)
		return false;
	*to = s->n_rows - *from < WEIR_SPAN_ROWS ? s->n_rows : *from + WEIR_SPAN_ROWS;
	if (s->segment->spans)
		*times = s->segment->spans[span];
	else
		*times = (struct weir_span){INT64_MIN, INT64_MAX, false};
	return true;
}

struct weir_row_segment *weir_row_list_find(const struct weir_row_list *l, const struct weir_row_place *place)
{
	for (size_t i = 0; i < l->n; i++) {
		struct weir_row_segment *s = l->items + i;
		if (s->stream == place->stream && place->number >= s->first_row &&
		    place->number - s->first_row < s->n_rows)
			return s;
	}
	return NULL;
}
