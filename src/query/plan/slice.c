/* One slice of a batch: its times, which of its rows pass the filter, and which panes and partitions they are in. */
#include "query/plan/slice.h"

#include <stdlib.h>

void weir_slice_ask_zones(const struct weir_plan *p, struct weir_slice *s, const struct weir_segment *segment)
{
	s->none = false;
	s->passed = 0;
	for (size_t i = 0; segment && segment->zones && i < p->n_where && i < 32; i++) {
		struct weir_zone_answer a = weir_bound_zones(p->wheres[s->stream * p->n_where + i], segment->zones,
							     segment->rows->n_columns, segment->rows->n_rows);
		s->none |= a.none;
		s->passed |= (uint32_t)a.all << i;
	}
}

enum weir_status weir_slice_filter(struct weir_plan *p, struct weir_slice *s, uint32_t *n_true, struct weir_error *err)
{
	uint32_t words = weir_bit_words(s->n);
	*n_true = s->n;
	memset(s->keep, 0xff, words * sizeof *s->keep);
	if (s->n & 63)
		s->keep[words - 1] = (UINT64_C(1) << (s->n & 63)) - 1;
	if (s->none) {
		memset(s->keep, 0, words * sizeof *s->keep);
		*n_true = 0;
	}
	for (size_t i = 0, first = 1; i < p->n_where && *n_true; i++) {
		uint64_t keep[WEIR_VEC_ROWS / 64];
		if (i < 32 && s->passed >> i & 1)
			continue;
		struct weir_bound *where = p->wheres[s->stream * p->n_where + i];
		enum weir_status status = weir_bound_filter(where, s->batch, s->from, s->n, first ? NULL : s->keep,
							    first ? s->keep : keep, n_true, err);
		if (status)
			return status;
		if (first) {
			first = 0;
			continue;
		}
		*n_true = 0;
		for (uint32_t w = 0; w < words; w++) {
			s->keep[w] &= keep[w];
			*n_true += (uint32_t)__builtin_popcountll(s->keep[w]);
		}
	}
	return WEIR_OK;
}

/* The result says for each partition how much of it is in the window, even if that is nothing. */
static bool know_partitions(struct weir_plan *p, uint32_t stream, uint32_t n)
{
	if (n <= p->n_partition_ids[stream])
		return true;
	uint32_t *ids = weir_realloc(p->partition_ids[stream], n * sizeof *ids);
	if (!ids)
		return false;
	memset(ids + p->n_partition_ids[stream], 0, (n - p->n_partition_ids[stream]) * sizeof *ids);
	p->partition_ids[stream] = ids;
	p->n_partition_ids[stream] = n;
	return true;
}

uint32_t weir_plan_partition(struct weir_plan *p, uint32_t stream, uint32_t partition)
{
	if (!know_partitions(p, stream, partition + 1))
		return WEIR_NO_PARTITION;
	uint32_t *id = p->partition_ids[stream] + partition;
	if (!*id) {
		uint64_t *rows = weir_realloc(p->partition_rows, (p->n_partitions + 1) * sizeof *rows);
		if (!rows)
			return WEIR_NO_PARTITION;
		rows[p->n_partitions] = 0;
		p->partition_rows = rows;
		*id = ++p->n_partitions;
	}
	return *id - 1;
}

/* Adds to the ledgers of the rows' partitions how many pass the filter. */
bool weir_slice_ledgers(struct weir_plan *p, const struct weir_slice *s, uint32_t n_true,
			struct weir_ledger *const *ledgers)
{
	const uint16_t *partition = s->batch->partition;
	uint32_t most = 0;
	if (!ledgers)
		return true;
	if (!partition) {
		ledgers[0]->matched += n_true;
		ledgers[0]->filtered += s->n - n_true;
		return know_partitions(p, s->stream, 1);
	}
	for (uint32_t i = 0; i < s->n; i++) {
		bool kept = weir_bit_get(s->keep, i);
		uint32_t at = partition[s->from + i];
		ledgers[at]->matched += kept;
		ledgers[at]->filtered += !kept;
		if (at > most)
			most = at;
	}
	return know_partitions(p, s->stream, most + 1);
}

bool weir_slice_pass_over(struct weir_plan *p, const struct weir_slice *s, struct weir_ledger *const *ledgers)
{
	const uint16_t *partition = s->batch->partition;
	uint32_t most = 0;
	if (!ledgers)
		return true;
	if (!partition)
		ledgers[0]->filtered += s->batch->n_rows;
	for (uint32_t row = 0; partition && row < s->batch->n_rows; row++) {
		ledgers[partition[row]]->filtered++;
		most = partition[row] > most ? partition[row] : most;
	}
	return know_partitions(p, s->stream, most + 1);
}

static void find_times(const struct weir_plan *p, struct weir_slice *s)
{
	int64_t first = INT64_MAX, last = WEIR_TIME_NONE, least = INT64_MAX;
	if (s->batch->time_us) {
		const int64_t *t = s->batch->time_us + s->from;
		for (uint32_t i = 0; i < s->n; i++) {
			int64_t known = t[i] == WEIR_TIME_NONE ? INT64_MAX : t[i];
			first = known < first ? known : first;
			last = t[i] > last ? t[i] : last; /* NONE is the least */
			least = t[i] < least ? t[i] : least;
		}
	} else {
		last = least = weir_batch_time(p, s->batch, s->from);
		first = last == WEIR_TIME_NONE ? INT64_MAX : last;
	}
	s->first_us = first;
	s->last_us = last;
	s->all_timed = least != WEIR_TIME_NONE;
}

/* A row from the future moves nothing. */
static void move_newest(struct weir_plan *p, const struct weir_slice *s)
{
	int64_t newest = s->last_us <= p->now_until_us ? s->last_us : p->newest_us;
	for (uint32_t i = 0; s->last_us > p->now_until_us && s->batch->time_us && i < s->n; i++) {
		int64_t t = s->batch->time_us[s->from + i];
		if (t > newest && t <= p->now_until_us)
			newest = t;
	}
	p->newest_us = newest;
}

/* The span of event times of all rows of the slice, be they picked or not. */
void weir_slice_times(struct weir_plan *p, struct weir_slice *s, const struct weir_segment *segment)
{
	if (segment && segment->spans) {
		const struct weir_span *span = &segment->spans[s->from / WEIR_SPAN_ROWS];
		s->first_us = span->first_us;
		s->last_us = span->last_us;
		s->all_timed = span->all_timed;
	} else {
		find_times(p, s);
	}
	if (s->last_us > p->newest_us && !segment)
		move_newest(p, s);
}

/* Where a row of a pane goes besides its own cell: nowhere before there was an answer. */
static void place_row(const struct weir_plan *p, struct weir_slice *s, uint32_t i, const struct weir_pane *pane)
{
	bool now = pane->index >= p->now.low && pane->index <= p->now.high;
	bool before = pane->index >= p->before.low && pane->index <= p->before.high; /* hopping windows overlap */
	s->now[i] = now ? s->groups[i] : WEIR_GROUP_NONE;
	s->total_now[i] = now ? WEIR_GROUP_TOTAL : WEIR_GROUP_NONE;
	s->before[i] = before ? s->groups[i] : WEIR_GROUP_NONE;
	s->total_before[i] = before ? WEIR_GROUP_TOTAL : WEIR_GROUP_NONE;
	s->any_before |= before;
}

static bool count_in_pane(struct weir_plan *p, const struct weir_slice *s, struct weir_pane *pane, uint32_t partition,
			  uint64_t rows)
{
	if (p->mode == WEIR_PLAN_WINDOWED)
		return true;
	uint32_t id = weir_plan_partition(p, s->stream, partition);
	return id != WEIR_NO_PARTITION && weir_pane_count(pane, id, rows);
}

bool weir_slice_count(struct weir_plan *p, const struct weir_slice *s, struct weir_pane *pane)
{
	if (!s->batch->partition)
		return count_in_pane(p, s, pane, 0, s->n_rows);
	for (uint32_t i = 0; i < s->n_rows; i++)
		if (!count_in_pane(p, s, pane, s->batch->partition[s->from + (s->rows ? s->rows[i] : i)], 1))
			return false;
	return true;
}

bool weir_slice_pane(struct weir_plan *p, const struct weir_slice *s, struct weir_pane **pane)
{
	*pane = NULL;
	if (!s->all_timed)
		return true;
	if (weir_panes_index(&p->panes, s->first_us) != weir_panes_index(&p->panes, s->last_us))
		return true;
	*pane = weir_panes_at(&p->panes, s->first_us);
	return *pane != NULL;
}

/* The usual case: the whole slice lies in one pane. */
static bool cells_of_one(struct weir_plan *p, struct weir_slice *s, struct weir_pane *pane)
{
	bool split = p->keeps_total && p->n_groups;
	if (!weir_panes_arrange(&p->panes, pane))
		return false;
	uint32_t total = split ? weir_panes_cell(&p->panes, pane, WEIR_GROUP_TOTAL) : 0;
	if (total == UINT32_MAX || !weir_slice_count(p, s, pane))
		return false;
	if (!weir_panes_cells(&p->panes, pane, s->groups, s->n_rows, s->cells))
		return false;
	for (uint32_t i = 0; i < s->n_rows; i++)
		s->total_cells[i] = total;
	for (uint32_t i = 0; p->mode == WEIR_PLAN_RANGED && p->now.low <= p->now.high && i < s->n_rows; i++)
		place_row(p, s, i, pane);
	return true;
}

/* The panes of the rows, NULL where there is no time; arranged before any of their cells is asked for. */
static bool find_panes(struct weir_plan *p, const struct weir_slice *s, struct weir_pane **panes)
{
	const struct weir_pane *last = NULL;
	for (uint32_t i = 0; i < s->n_rows; i++) {
		int64_t t = weir_batch_time(p, s->batch, s->from + (s->rows ? s->rows[i] : i));
		panes[i] = t == WEIR_TIME_NONE ? NULL : weir_panes_at(&p->panes, t);
		if (t == WEIR_TIME_NONE)
			continue;
		if (!panes[i] || (panes[i] != last && !weir_panes_arrange(&p->panes, panes[i])))
			return false;
		last = panes[i];
	}
	return true;
}

bool weir_slice_cells(struct weir_plan *p, struct weir_slice *s)
{
	struct weir_pane *one, *panes[WEIR_VEC_ROWS];
	s->any_before = false;
	if (!weir_slice_pane(p, s, &one))
		return false;
	if (one)
		return cells_of_one(p, s, one);
	if (!find_panes(p, s, panes))
		return false;
	for (uint32_t i = 0; i < s->n_rows; i++) {
		uint32_t row = s->from + (s->rows ? s->rows[i] : i);
		struct weir_pane *pane = panes[i];
		if (!pane) {
			s->cells[i] = s->total_cells[i] = 0;
			s->now[i] = s->total_now[i] = s->before[i] = s->total_before[i] = WEIR_GROUP_NONE;
			continue;
		}
		s->cells[i] = weir_panes_cell(&p->panes, pane, s->groups[i]);
		s->total_cells[i] =
		    p->keeps_total && p->n_groups ? weir_panes_cell(&p->panes, pane, WEIR_GROUP_TOTAL) : 0;
		if (s->cells[i] == UINT32_MAX || s->total_cells[i] == UINT32_MAX ||
		    !count_in_pane(p, s, pane, s->batch->partition ? s->batch->partition[row] : 0, 1))
			return false;
		place_row(p, s, i, pane);
	}
	return true;
}

bool weir_slice_note(struct weir_plan *p, const struct weir_slice *s)
{
	if (p->mode == WEIR_PLAN_CUMULATIVE)
		weir_slice_span(p, s);
	uint32_t id = 0;
	for (uint32_t i = 0; i < (s->batch->partition ? s->n_rows : 1); i++) {
		uint32_t partition =
		    s->batch->partition ? s->batch->partition[s->from + (s->rows ? s->rows[i] : i)] : 0;
		if (partition >= p->n_partition_ids[s->stream] || !(id = p->partition_ids[s->stream][partition])) {
			id = weir_plan_partition(p, s->stream, partition);
			if (id++ == WEIR_NO_PARTITION)
				return false;
		}
		p->partition_rows[id - 1] += s->batch->partition ? 1 : s->n_rows;
	}
	return true;
}

enum { MOST_OPEN = WEIR_SEGMENT_ROWS / WEIR_VEC_ROWS };

struct weir_open_span { /* a slice whose picked rows have not been looked at; at least one is picked */
	uint32_t from, n;
	int64_t first_us, last_us; /* of all its rows, each with a time */
	uint64_t keep[WEIR_VEC_ROWS / 64];
};

static void look(struct weir_plan *p, const struct weir_batch *batch, uint32_t from, uint32_t n, const uint64_t *keep)
{
	int64_t first = INT64_MAX, last = WEIR_TIME_NONE;
	for (uint32_t word = 0; word < weir_bit_words(n); word++)
		for (uint64_t bits = keep[word]; bits; bits &= bits - 1) {
			int64_t t = weir_batch_time(p, batch, from + word * 64 + (uint32_t)__builtin_ctzll(bits));
			first = t != WEIR_TIME_NONE && t < first ? t : first;
			last = t > last ? t : last; /* NONE is the least */
		}
	weir_span_stretch(&p->first_us, &p->last_us, first, last);
}

void weir_slice_span(struct weir_plan *p, const struct weir_slice *s)
{
	if (s->batch->weight) {
		weir_slice_weighted_span(p, s);
		return;
	}
	if (!s->rows) {
		weir_span_stretch(&p->first_us, &p->last_us, s->first_us, s->last_us);
		return;
	}
	if (p->first_us != WEIR_TIME_NONE && s->all_timed && s->first_us >= p->first_us && s->last_us <= p->last_us)
		return;
	bool now = p->keeps_panes || !s->all_timed; /* the width of panes follows the span */
	if (!now && !p->open_spans)
		p->open_spans = weir_alloc(MOST_OPEN * sizeof *p->open_spans);
	if (now || !p->open_spans || p->n_open_spans == MOST_OPEN) {
		look(p, s->batch, s->from, s->n, s->keep);
		return;
	}
	struct weir_open_span *open = &p->open_spans[p->n_open_spans++];
	*open = (struct weir_open_span){.from = s->from, .n = s->n, .first_us = s->first_us, .last_us = s->last_us};
	memcpy(open->keep, s->keep, weir_bit_words(s->n) * sizeof *s->keep);
}

void weir_slice_close_spans(struct weir_plan *p, const struct weir_batch *batch)
{
	int64_t first = p->first_us == WEIR_TIME_NONE ? INT64_MAX : p->first_us, last = p->last_us;
	for (uint32_t i = 0; i < p->n_open_spans;
	     i++) { /* a picked row is no earlier than the first of all, no later than the last */
		const struct weir_open_span *open = &p->open_spans[i];
		first = open->last_us < first ? open->last_us : first;
		last = open->first_us > last ? open->first_us : last;
	}
	for (uint32_t i = 0; i < p->n_open_spans; i++) {
		const struct weir_open_span *open = &p->open_spans[i];
		if (open->first_us <= first || open->last_us >= last)
			look(p, batch, open->from, open->n, open->keep);
	}
	p->n_open_spans = 0;
}
