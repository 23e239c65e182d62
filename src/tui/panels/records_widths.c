/* How wide the columns of the list are, and which of them the panel has room for. Widths grow with what comes into view
 * and never shrink, so that the list stands still while one reads. */
#include "tui/panels/panels.h"

enum {
	HEAD_OF_STREAM = 6,   /* columns of "stream" */
	LEAST_HEAD = 5,       /* columns of a head that may be cut */
	WIDEST = 32,          /* of a column, unless there is room left */
	NARROWEST = 3,        /* that a person can make it */
	MESSAGE_LEAST = 30,   /* columns that the text of a log keeps while there are others */
	MEASURED_BYTES = 600, /* of a text: no screen is wider */
};

static int text_columns(const struct weir_value *v, const struct weir_records_column *c)
{
	struct weir_buf text = {0};
	struct weir_value part = *v;
	if (v->type == WEIR_STRING && v->s.size > MEASURED_BYTES)
		part.s.size = MEASURED_BYTES;
	weir_records_cell_text(&part, c->decimals, c->role == WEIR_ROLE_MESSAGE, &text);
	int columns = weir_text_columns(weir_buf_str(&text));
	weir_buf_release(&text);
	return columns;
}

/* How wide it would like to be. */
static int wish_of(const struct weir_records_column *c)
{
	int width = (c->wide < WIDEST ? c->wide : WIDEST) + c->more;
	return width < NARROWEST ? NARROWEST : width > c->width || c->more < 0 ? width : c->width;
}

/* Time and stream stand first, and do not scroll. Returns where the others begin. */
static int fit_fixed(const struct weir_records_state *s, struct weir_records_fit *out)
{
	int x = 1;
	out->time_x = out->stream_x = -1;
	if (s->timed) {
		out->time_x = x;
		x += s->time_width + WEIR_RECORDS_GAP;
	}
	if (s->stream_width) {
		out->stream_x = x;
		x += s->stream_width + WEIR_RECORDS_GAP;
	}
	return x;
}

static void put(struct weir_records_fit *out, uint32_t at, int *x, int width)
{
	out->items[out->n].at = at;
	out->items[out->n].x = *x;
	out->items[out->n++].width = width;
	*x += width + WEIR_RECORDS_GAP;
}

/* Room that is left goes to columns that were cut, from the left; then to the last, unless it holds numbers. */
static void share_rest(const struct weir_records_state *s, const struct weir_records_rows *rows,
		       struct weir_records_fit *out, int rest)
{
	int moved = 0;
	for (int i = 0; i < out->n; i++) {
		const struct weir_records_column *c = &s->columns[out->items[i].at];
		int lack = c->more ? 0 : c->wide - out->items[i].width, more = lack < rest ? lack : rest;
		more = more > 0 ? more : 0;
		if (i + 1 == out->n && !weir_is_number(rows->columns[c->column].type))
			more = rest;
		out->items[i].x += moved;
		out->items[i].width += more;
		moved += more;
		rest -= more;
	}
}

/* What the text of a log, which stands last, keeps of so many columns: it is what one reads a log for. Level and process
 * have their place beside it. */
static int message_room(const struct weir_records_state *s, const struct weir_records_rows *rows,
			const struct weir_records_column *message, int room)
{
	int part = room * 3 / 4, beside = 0;
	for (size_t i = 0; i < s->n_columns; i++) {
		const struct weir_records_column *c = &s->columns[i];
		if ((c->role == WEIR_ROLE_LEVEL || c->role == WEIR_ROLE_PROCESS) && weir_records_shows(s, rows, c))
			beside += wish_of(c) + WEIR_RECORDS_GAP;
	}
	part = part > room - beside ? room - beside : part;
	part = part < MESSAGE_LEAST ? MESSAGE_LEAST : part;
	part = message->wide < part ? message->wide : part;
	return part < room ? part : room;
}

void weir_records_fit(const struct weir_records_state *s, const struct weir_records_rows *rows, int columns,
		      struct weir_records_fit *out)
{
	*out = (struct weir_records_fit){0};
	int x = fit_fixed(s, out), end = columns - 1, left = s->first, last = -1;
	for (size_t i = 0; i < s->n_columns; i++) {
		const struct weir_records_column *c = &s->columns[s->order[i]];
		bool here = c->column < rows->n_columns;
		out->n_hidden += here && c->hidden;
		out->n_empty += here && !c->hidden && !c->filled && !(rows->columns[c->column].is_time && s->timed);
		if (weir_records_shows(s, rows, c))
			last = (int)s->order[i];
	}
	bool log = last >= 0 && s->columns[last].role == WEIR_ROLE_MESSAGE;
	int room = log ? message_room(s, rows, &s->columns[last], end - x) : 0,
	    limit = end - (room ? room + WEIR_RECORDS_GAP : 0);
	for (size_t i = 0; i < s->n_columns; i++) {
		uint32_t at = s->order[i];
		const struct weir_records_column *c = &s->columns[at];
		int width = wish_of(c);
		if (!weir_records_shows(s, rows, c) || (log && (int)at == last))
			continue;
		if (left > 0) {
			left--;
			out->before++;
			continue;
		}
		/* Without a text at the end the last column may be cut. */
		bool fits = x + width <= limit || (!log && limit - x > NARROWEST);
		if (!fits || out->beyond || out->n + 1 >= WEIR_RECORDS_COLUMNS) {
			out->beyond++;
			continue;
		}
		put(out, at, &x, x + width <= limit ? width : limit - x);
	}
	if (log && end > x)
		put(out, (uint32_t)last, &x, end - x);
	share_rest(s, rows, out, out->n ? end - (x - WEIR_RECORDS_GAP) : 0);
}

/* All of it has been read at once, so when a row came says nothing. */
static bool is_read_at_once(const struct weir_session_info *info)
{
	for (uint32_t i = 0; i < info->n_streams; i++)
		if (!info->streams[i].by_arrival)
			return false;
	return info->ended && info->n_streams;
}

static void measure_times(struct weir_records_state *s, const struct weir_records_rows *rows,
			  const struct weir_session_info *info)
{
	int64_t first = WEIR_TIME_NONE;
	bool none = is_read_at_once(info);
	s->timed = s->timed && !none;
	for (uint32_t i = 0; i < rows->n && !none; i++) {
		int64_t us = rows->records[i].time_us;
		if (us == WEIR_TIME_NONE)
			continue;
		s->timed = true;
		s->fine = s->fine || us % WEIR_US_PER_S;
		first = first == WEIR_TIME_NONE ? us : first;
		enum weir_records_days days = weir_time_to_civil(us).year != weir_time_to_civil(first).year
						  ? WEIR_MANY_YEARS
					      : !weir_same_day(us, first) ? WEIR_ONE_YEAR
									  : WEIR_ONE_DAY;
		s->days = days > s->days ? days : s->days;
	}
	int clock = s->fine ? 12 : 8, day = s->days == WEIR_MANY_YEARS ? 11 : s->days == WEIR_ONE_YEAR ? 7 : 0;
	s->time_width = s->timed ? clock + day : 0;
}

static void measure_streams(struct weir_records_state *s, const struct weir_session_info *info)
{
	for (uint32_t i = 0; i < info->n_streams && info->n_streams > 1; i++) {
		int columns = weir_text_columns(weir_str_of(info->streams[i].name));
		columns = columns > 16 ? 16 : columns;
		columns = columns < HEAD_OF_STREAM ? HEAD_OF_STREAM : columns;
		s->stream_width = columns > s->stream_width ? columns : s->stream_width;
	}
}

/* Whether any row in view has a value. */
static void fill_column(struct weir_records_column *c, const struct weir_records_rows *rows,
			const struct weir_records_view *view)
{
	for (uint32_t i = view->from; i < view->from + view->n && !c->filled; i++)
		c->filled = rows->records[i].cells[c->column].type != WEIR_NULL;
}

static void measure_column(struct weir_records_column *c, const struct weir_records_rows *rows,
			   const struct weir_records_view *view)
{
	int head = weir_text_columns(weir_str_of(c->name));
	/* What stands before the text of every line of a log is no wider than it must be. */
	if (c->role == WEIR_ROLE_LEVEL || c->role == WEIR_ROLE_PROCESS)
		head = head < LEAST_HEAD ? head : LEAST_HEAD;
	c->wide = head > c->wide ? head : c->wide;
	for (uint32_t i = view->from; i < view->from + view->n; i++) {
		int decimals = weir_records_decimals(&rows->records[i].cells[c->column]);
		c->decimals = decimals > c->decimals ? decimals : c->decimals;
	}
	for (uint32_t i = view->from; i < view->from + view->n; i++) {
		int columns = text_columns(&rows->records[i].cells[c->column], c);
		c->wide = columns > c->wide ? columns : c->wide;
	}
}

/* Another question, or a panel of another size: everything is measured anew. */
static void start_afresh(struct weir_records_state *s, const struct weir_records_rows *rows, int columns)
{
	if (s->room == columns && s->generation == rows->r->view_generation)
		return;
	for (size_t i = 0; i < s->n_columns; i++) {
		s->columns[i].wide = s->columns[i].width = s->columns[i].decimals = 0;
		s->columns[i].filled = false;
	}
	s->room = columns;
	s->generation = rows->r->view_generation;
	s->days = WEIR_ONE_DAY;
	s->fine = s->timed = false;
	s->time_width = s->stream_width = 0;
}

void weir_records_measure(struct weir_records_state *s, const struct weir_records_rows *rows,
			  const struct weir_session_info *info, int columns, const struct weir_records_view *view)
{
	struct weir_records_fit fit;
	start_afresh(s, rows, columns);
	measure_times(s, rows, info);
	measure_streams(s, info);
	for (size_t i = 0; i < s->n_columns; i++)
		if (s->columns[i].column < rows->n_columns)
			fill_column(&s->columns[i], rows, view);
	/* Only those that there is room for are measured: there may be thousands. Where they turn out to be wider there is
	 * room for fewer. */
	for (int pass = 0; pass < 2; pass++) {
		weir_records_fit(s, rows, columns, &fit);
		for (int i = 0; i < fit.n; i++)
			measure_column(&s->columns[fit.items[i].at], rows, view);
	}
	weir_records_fit(s, rows, columns, &fit);
	/* What stands at the right edge has the rest of the line, whatever it needs. */
	for (int i = 0; i + 1 < fit.n; i++) {
		struct weir_records_column *c = &s->columns[fit.items[i].at];
		if (!c->more)
			c->width = fit.items[i].width;
	}
}

static bool is_in(const struct weir_records_fit *fit, int at)
{
	for (int i = 0; i < fit->n; i++)
		if (fit->items[i].at == (uint32_t)at)
			return true;
	return at < 0;
}

void weir_records_sideways(struct weir_records_state *s, const struct weir_records_rows *rows, int columns, int by)
{
	struct weir_records_fit fit;
	s->at = weir_records_next_column(s, rows, s->at, by);
	s->first = s->at < 0 ? 0 : s->first;
	weir_records_fit(s, rows, columns, &fit);
	while (!is_in(&fit, s->at)) {
		if (by > 0 ? fit.beyond == 0 : s->first == 0)
			break;
		s->first += by > 0 ? 1 : -1;
		weir_records_fit(s, rows, columns, &fit);
	}
}
