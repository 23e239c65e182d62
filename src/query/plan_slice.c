#include "query/plan_state.h"

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
	if (s->last_us > p->newest_us)
		p->newest_us = s->last_us;
}

/* Where a row of a pane goes besides its own cell. */
static void place_row(const struct weir_plan *p, struct weir_slice *s, uint32_t i, const struct weir_pane *pane)
{
	bool now = pane->index >= p->now.low && pane->index <= p->now.high;
	bool before = pane->index >= p->before.low && pane->index <= p->before.high; /* hopping windows overlap */
	s->now[i] = now ? s->groups[i] : WEIR_GROUP_TRASH;
	s->total_now[i] = now ? WEIR_GROUP_TOTAL : WEIR_GROUP_TRASH;
	s->before[i] = before ? s->groups[i] : WEIR_GROUP_TRASH;
	s->total_before[i] = before ? WEIR_GROUP_TOTAL : WEIR_GROUP_TRASH;
	s->any_before |= before;
}

static bool count_in_pane(struct weir_plan *p, const struct weir_slice *s, struct weir_pane *pane, uint32_t partition,
			  uint64_t rows)
{
	if (p->mode == WEIR_PLAN_WINDOWED)
		return true;
	uint32_t id = weir_plan_partition(p, s->stream, partition);
	return id != WEIR_NO_PART && weir_pane_count(pane, id, rows);
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
	uint32_t total = split ? weir_panes_cell(&p->panes, pane, WEIR_GROUP_TOTAL) : 0;
	if (total == UINT32_MAX || !weir_slice_count(p, s, pane))
		return false;
	for (uint32_t i = 0; i < s->n_rows; i++) {
		s->cells[i] = weir_panes_cell(&p->panes, pane, s->groups[i]);
		s->total_cells[i] = total;
		if (s->cells[i] == UINT32_MAX)
			return false;
	}
	for (uint32_t i = 0; p->mode == WEIR_PLAN_RANGED && i < s->n_rows; i++)
		place_row(p, s, i, pane);
	return true;
}

bool weir_slice_cells(struct weir_plan *p, struct weir_slice *s)
{
	s->any_before = false;
	struct weir_pane *one;
	if (!weir_slice_pane(p, s, &one))
		return false;
	if (one)
		return cells_of_one(p, s, one);
	for (uint32_t i = 0; i < s->n_rows; i++) {
		uint32_t row = s->from + (s->rows ? s->rows[i] : i);
		int64_t t = weir_batch_time(p, s->batch, row);
		if (t == WEIR_TIME_NONE) {
			s->cells[i] = s->total_cells[i] = 0;
			s->now[i] = s->total_now[i] = s->before[i] = s->total_before[i] = WEIR_GROUP_TRASH;
			continue;
		}
		struct weir_pane *pane = weir_panes_at(&p->panes, t);
		if (!pane)
			return false;
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
			if (id++ == WEIR_NO_PART)
				return false;
		}
		p->partition_rows[id - 1] += s->batch->partition ? 1 : s->n_rows;
	}
	return true;
}

/* Panes for pictures of a window without a length: wider when there are too many. */
bool weir_slice_widen(struct weir_plan *p)
{
	static const int64_t ladder[] = {10000,	     20000,	 100000,      200000,	   1000000,    2000000,
					 10000000,   30000000,	 60000000,    300000000,   600000000,  1800000000,
					 3600000000, 7200000000, 21600000000, 43200000000, 86400000000};
	if (p->mode != WEIR_PLAN_CUMULATIVE || p->first_us == WEIR_TIME_NONE)
		return true;
	int64_t width = p->panes.width_us, span = p->last_us - p->first_us;
	for (size_t i = 0; i < sizeof ladder / sizeof *ladder && span / width > WEIR_PANES_CUMULATIVE; i++)
		if (ladder[i] > width)
			width = ladder[i];
	while (span / width > WEIR_PANES_CUMULATIVE)
		width *= 2;
	return width == p->panes.width_us || weir_panes_coarsen(&p->panes, width);
}
