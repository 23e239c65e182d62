/* Which rows are in view, and the row that the cursor stays on while others arrive. */
#include "tui/panels/records.h"

enum { MARGIN = 100 }; /* rows beyond either end of the view that a result brings, so that keys need not wait for one */

/* The row at that place. By time, where it is not among the rows, the next older one, or the last. -1: there is none. */
static int find(const struct weir_records_rows *rows, const struct weir_row_place *place)
{
	for (uint32_t i = 0; i < rows->n; i++) {
		int order = weir_row_place_compare(&rows->records[i].place, place);
		if (order == 0 || (order < 0 && !rows->ordered))
			return (int)i;
	}
	return rows->ordered && rows->n ? 0 : (int)rows->n - 1;
}

struct weir_records_view weir_records_view(const struct weir_records_state *s, const struct weir_records_rows *rows,
					   int lines)
{
	struct weir_records_view v = {.cursor = s->held ? find(rows, &s->cursor) : rows->n ? 0 : -1};
	int n = (int)rows->n, line = s->line < lines ? s->line : lines - 1;
	int from = v.cursor - (line > 0 ? line : 0);
	from = from + lines > n ? n - lines : from;
	from = from < 0 ? 0 : from;
	v.from = (uint32_t)from;
	v.n = (uint32_t)(n - from < lines ? n - from : lines > 0 ? lines : 0);
	return v;
}

void weir_records_put(struct weir_records_state *s, const struct weir_records_rows *rows, int lines, int row)
{
	struct weir_records_view v = weir_records_view(s, rows, lines);
	int n = (int)rows->n, from = (int)v.from;
	if (!n || lines <= 0)
		return;
	row = row < 0 ? 0 : row >= n ? n - 1 : row;
	from = row < from ? row : row >= from + lines ? row - lines + 1 : from;
	s->cursor = rows->records[row].place;
	s->line = row - from;
	s->held = true;
	s->to_last = s->jumps = false;
}

void weir_records_move(struct weir_records_state *s, const struct weir_records_rows *rows, int lines, int by,
		       bool scroll)
{
	struct weir_records_view v = weir_records_view(s, rows, lines);
	int line = v.cursor - (int)v.from, row = v.cursor + (rows->ordered ? by : -by);
	if (v.cursor < 0)
		return;
	weir_records_put(s, rows, lines, row);
	if (scroll)
		s->line = line;
	/* Down to the newest row is back to following. */
	if (row <= 0 && by != 0 && rows->before == 0)
		weir_records_to_first(s);
}

void weir_records_to_last(struct weir_records_state *s)
{
	s->to_last = true;
	s->jumps = false;
}

void weir_records_to_first(struct weir_records_state *s)
{
	s->held = s->to_last = s->jumps = false;
	s->line = 0;
	s->ordered_first = 0;
}

void weir_records_jump(struct weir_records_state *s, const struct weir_row_place *target)
{
	s->jumps = true;
	s->to_last = s->to_time = false;
	s->target = *target;
}

void weir_records_jump_to_time(struct weir_records_state *s, int64_t time_us)
{
	/* After all rows of that time. */
	weir_records_jump(s, &(struct weir_row_place){time_us, UINT64_MAX, UINT16_MAX});
	s->to_time = true;
}

/* The rows reach over the target, or there are none beyond them. */
static bool has_target(const struct weir_records_state *s, const struct weir_records_rows *rows)
{
	if (!rows->n || rows->ordered)
		return false;
	const struct weir_row_place *newest = &rows->records[0].place, *oldest = &rows->records[rows->n - 1].place;
	return (!rows->before || weir_row_place_compare(newest, &s->target) > 0) &&
	       (rows->before + rows->n >= rows->total || weir_row_place_compare(oldest, &s->target) <= 0);
}

static void arrive(struct weir_records_state *s, const struct weir_records_rows *rows, int lines)
{
	int row = find(rows, &s->target);
	bool there = row >= 0 && weir_row_place_compare(&rows->records[row].place, &s->target) == 0;
	if (s->to_time ? !has_target(s, rows) : !there && !rows->gone)
		return;
	bool seen = s->held && row >= 0 && weir_row_place_compare(&s->cursor, &s->target) != 0;
	struct weir_records_view v = weir_records_view(s, rows, lines);
	seen = seen && row >= (int)v.from && row < (int)(v.from + v.n);
	weir_records_put(s, rows, lines, row);
	if (!seen) /* with something before and behind it */
		s->line = lines / 2;
}

/* In the order of a column another stretch is asked for before the end of this one comes into view. */
static void move_stretch(struct weir_records_state *s, const struct weir_records_rows *rows, int lines)
{
	int cursor = weir_records_view(s, rows, lines).cursor;
	uint64_t at = rows->before + (uint64_t)(cursor > 0 ? cursor : 0);
	bool low = cursor < 2 * lines && rows->before > 0;
	bool high = cursor + 2 * lines > (int)rows->n && rows->before + rows->n < rows->total;
	if (s->to_last)
		s->ordered_first = UINT32_MAX;
	else if (low || high)
		s->ordered_first = at > WEIR_RECORDS_STRETCH / 2 ? at - WEIR_RECORDS_STRETCH / 2 : 0;
}

void weir_records_follow(struct weir_records_state *s, const struct weir_records_rows *rows, int lines)
{
	if (s->to_last && rows->n && rows->before + rows->n >= rows->total)
		weir_records_put(s, rows, lines, (int)rows->n - 1);
	if (s->jumps)
		arrive(s, rows, lines);
	else if (s->held && rows->n && rows->gone)
		s->cursor = rows->records[find(rows, &s->cursor)].place;
	if (rows->ordered)
		move_stretch(s, rows, lines);
}

void weir_records_request(const struct weir_records_state *s, int lines, struct weir_records_request *out)
{
	int around = lines + MARGIN;
	*out = (struct weir_records_request){.from = s->to_last               ? WEIR_RECORDS_OLDEST
						     : s->jumps && s->to_time ? WEIR_RECORDS_TIME
						     : s->jumps || s->held    ? WEIR_RECORDS_PLACE
									      : WEIR_RECORDS_NEWEST,
					     .count = (uint32_t)(2 * around)};
	out->counted = out->from != WEIR_RECORDS_NEWEST; /* how many are newer */
	if (out->from == WEIR_RECORDS_PLACE || out->from == WEIR_RECORDS_TIME) {
		out->place = s->jumps ? s->target : s->cursor;
		out->offset = -around;
	}
	if (s->open) {
		out->open = true;
		out->opened = s->cursor;
	}
}
