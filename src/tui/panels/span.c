/* The time cursor and the span: keys move them over everything that is held, by the buckets of the chart where it shows
 * them, by those of the strip elsewhere. */
#include "tui/panels/panels.h"

static bool in_chart(const struct weir_picture *pic, int64_t us)
{
	const struct weir_result *r = pic->result;
	if (!r || !r->n_buckets)
		return false;
	struct weir_times t = weir_times_of(r, pic->state->data_from_us);
	return us >= t.start_us && us < t.start_us + t.span_us;
}

int64_t weir_time_width_us(const struct weir_picture *pic, int64_t us)
{
	const struct weir_strip *s = &pic->info->strip;
	if (in_chart(pic, us) || !s->n_buckets)
		return pic->result && pic->result->bucket_us > 0 ? pic->result->bucket_us : WEIR_US_PER_S;
	return s->bucket_us;
}

static int64_t floor_to(int64_t us, int64_t width)
{
	int64_t rest = us % width;
	return us - rest - (rest < 0 ? width : 0);
}

int64_t weir_time_cursor_us(const struct weir_picture *pic)
{
	int64_t us = pic->state->cursor_us;
	return us == WEIR_TIME_NONE ? us : floor_to(us, weir_time_width_us(pic, us));
}

/* The first and the last time that a cursor may stand at. */
static void find_ends(const struct weir_picture *pic, int64_t *first, int64_t *last)
{
	const struct weir_strip *s = &pic->info->strip;
	struct weir_times t = weir_times_of(pic->result, pic->state->data_from_us);
	*first = t.start_us;
	*last = t.start_us + (t.n > 0 ? t.n - 1 : 0) * t.bucket_us;
	if (!s->n_buckets)
		return;
	*first = floor_to(s->oldest_us, weir_time_width_us(pic, s->oldest_us));
	int64_t newest = floor_to(s->newest_us, weir_time_width_us(pic, s->newest_us));
	*last = newest > *last ? newest : *last;
}

/* The bucket beside the one that begins at `us`; stays at the ends. */
static int64_t beside(const struct weir_picture *pic, int64_t us, int by, bool *at_end)
{
	int64_t first, last, width = weir_time_width_us(pic, us);
	find_ends(pic, &first, &last);
	int64_t to = by < 0 ? floor_to(us - 1, weir_time_width_us(pic, us - 1)) : floor_to(us, width) + width;
	*at_end = to < first || to > last;
	return to < first ? first : to > last ? last : to;
}

static bool has_span(const struct weir_screen_state *state)
{
	return state->span_from_us != WEIR_TIME_NONE && state->span_to_us != WEIR_TIME_NONE;
}

/* The end that moves: the start of the bucket there. The other end stays. */
static int64_t moving_end(const struct weir_picture *pic)
{
	const struct weir_screen_state *state = pic->state;
	if (state->span_to_us <= state->span_from_us)
		return state->span_to_us;
	return floor_to(state->span_to_us - 1, weir_time_width_us(pic, state->span_to_us - 1));
}

/* The bucket that the span began with stays in it, whichever side the moving end goes to. */
static void stretch(const struct weir_picture *pic, struct weir_screen_state *state, int64_t to)
{
	bool backward = state->span_to_us <= state->span_from_us;
	int64_t anchor = state->span_from_us;
	if (backward) {
		int64_t before = state->span_from_us - 1;
		anchor = floor_to(before, weir_time_width_us(pic, before));
	}
	state->span_from_us = to < anchor ? anchor + weir_time_width_us(pic, anchor) : anchor;
	state->span_to_us = to < anchor ? to : to + weir_time_width_us(pic, to);
}

static bool move_span(const struct weir_picture *pic, struct weir_screen_state *state, int by)
{
	bool backward = state->span_to_us < state->span_from_us, at_end;
	int64_t low = backward ? state->span_to_us : state->span_from_us,
		high = backward ? state->span_from_us : state->span_to_us, from = by < 0 ? low : high - 1,
		bucket = floor_to(from, weir_time_width_us(pic, from)), to = beside(pic, bucket, by, &at_end);
	if (at_end)
		return false;
	state->span_from_us += to - bucket;
	state->span_to_us += to - bucket;
	return true;
}

bool weir_time_move(const struct weir_picture *pic, struct weir_screen_state *state, int by, bool extend)
{
	int64_t first, last;
	bool at_end = false;
	find_ends(pic, &first, &last);
	if (!extend && has_span(state))
		return move_span(pic, state, by);
	if (!extend) {
		state->cursor_us =
		    state->cursor_us == WEIR_TIME_NONE ? last : beside(pic, weir_time_cursor_us(pic), by, &at_end);
		return !at_end;
	}
	if (!has_span(state)) { /* it begins as the bucket under the cursor, or as the newest */
		int64_t at = state->cursor_us == WEIR_TIME_NONE ? last : weir_time_cursor_us(pic);
		state->span_from_us = at;
		state->span_to_us = at + weir_time_width_us(pic, at);
		if (state->cursor_us == WEIR_TIME_NONE && by > 0)
			return true;
	}
	state->cursor_us = WEIR_TIME_NONE;
	int64_t to = beside(pic, moving_end(pic), by, &at_end);
	if (!at_end)
		stretch(pic, state, to);
	return !at_end;
}

bool weir_time_marks_columns(const struct weir_screen_state *state, const struct weir_times *t, int columns, int *left,
			     int *right)
{
	int a, b;
	if (state->span_from_us != WEIR_TIME_NONE && state->span_to_us != WEIR_TIME_NONE) {
		a = weir_times_x(t, state->span_from_us, columns);
		b = weir_times_x(t, state->span_to_us, columns);
	} else if (state->cursor_us != WEIR_TIME_NONE) {
		a = b = weir_times_x(t, state->cursor_us, columns);
	} else {
		return false;
	}
	int low = a < b ? a : b, high = a < b ? b : a;
	if (high < 0 || low >= columns)
		return false;
	*left = low < 0 ? 0 : low;
	*right = high >= columns ? columns - 1 : high;
	return true;
}

void weir_time_marks_draw(const struct weir_screen_state *state, const struct weir_times *t, struct weir_canvas c,
			  struct weir_rect plot)
{
	int left, right;
	for (int y = 0; y < plot.rows && weir_time_marks_columns(state, t, plot.columns, &left, &right); y++)
		weir_cell_repaper(c, plot.x + left, plot.y + y, right - left + 1, WEIR_PAPER_SPAN, WEIR_INK_COUNT);
}

void weir_time_click(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_rect plot,
		     struct weir_click *mouse)
{
	if (mouse->kind == WEIR_CLICK_RELEASE) {
		if (state->span_from_us != WEIR_TIME_NONE)
			mouse->note = "Enter keeps this span of time, Esc cancels";
		state->drag_from_us = WEIR_TIME_NONE;
		return;
	}
	if (!plot.columns || !pic->result->n_buckets)
		return;
	struct weir_times t = weir_times_of(pic->result, state->data_from_us);
	int64_t at = weir_times_at(&t, mouse->x - plot.x, plot.columns);
	if (mouse->kind == WEIR_CLICK_PRESS) {
		mouse->follow = true;
		state->drag_from_us = state->cursor_us = at;
		state->span_from_us = state->span_to_us = WEIR_TIME_NONE;
	} else {
		state->cursor_us = WEIR_TIME_NONE;
		state->span_from_us = state->drag_from_us;
		state->span_to_us = at;
	}
}
