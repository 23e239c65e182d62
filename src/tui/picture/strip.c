/* The line below the first: everything that is held, over time. What stands where is in weir_strip_place_of, for the mouse as
 * well. */
#include "tui/picture/picture.h"

#include <math.h>
#include <stdio.h>

/* Columns on both sides for the times of the oldest and the newest row, a clock or a day or both, and for the signs between
 * them and the bars: a bracket on the left, a bracket or a head on the right. */
enum { SHORT_LABEL = 10, LONG_LABEL = 16, LONG_FROM_COLUMNS = 100, SIGNS = 4 };
enum { RIGHT_BRACKET = ']', LEFT_BRACKET = '[', NOW = 0x25b8, PAUSED = 0x2016, CHOSEN = 0x25cb };
enum { FEW = 5 }; /* a fifth of the buckets at most */
enum { OLDER = 0x2039, LATE = 0x25b5, LOST = 0xd7, GAP = 0x254c, UNREAD = 0xb7, BOOKMARK = 0x25c6 };

static int label_columns(int columns)
{
	return columns < LONG_FROM_COLUMNS ? SHORT_LABEL : LONG_LABEL;
}

int weir_strip_buckets(int columns)
{
	int n = columns - 2 * (label_columns(columns) + SIGNS);
	return n < 2 ? 2 : n > WEIR_STRIP_BUCKETS ? WEIR_STRIP_BUCKETS : n;
}

/* As a clock on the day that the first line shows; else with its day as far as there is room. */
static const char *label(const struct weir_picture *pic, int64_t us, int columns, char *out)
{
	int64_t day = weir_picture_day_us(pic);
	weir_format_moment(us, day, columns >= LONG_LABEL && !weir_same_day(us, day) ? -1 : 0, out);
	if ((int)strlen(out) > columns)
		weir_format_day(us, out);
	return out;
}

struct weir_strip_place weir_strip_place_of(const struct weir_picture *pic)
{
	const struct weir_strip *s = &pic->info->strip;
	struct weir_rect r = pic->layout.strip;
	char text[WEIR_FORMAT_BYTES];
	if (!r.rows || !s->n_buckets || !weir_picture_has_time(pic))
		return (struct weir_strip_place){0};
	int x = 1 + (int)strlen(label(pic, s->oldest_us, label_columns(r.columns), text)) + 2;
	int room = r.columns - x - 3;
	return (struct weir_strip_place){x, (int)s->n_buckets < room ? (int)s->n_buckets : room};
}

int64_t weir_strip_time(const struct weir_picture *pic, int x)
{
	struct weir_strip_place place = weir_strip_place_of(pic);
	const struct weir_strip *s = &pic->info->strip;
	int64_t bucket = x - place.x;
	if (!place.columns)
		return WEIR_TIME_NONE;
	bucket = bucket < 0 ? 0 : bucket >= place.columns ? place.columns - 1 : bucket;
	return s->start_us + bucket * s->bucket_us;
}

/* The bucket of a time; may lie outside. */
static int64_t column_of(const struct weir_strip *s, int64_t us)
{
	int64_t by = us - s->start_us, column = by / s->bucket_us;
	return column - (by % s->bucket_us < 0);
}

struct strip {
	const struct weir_picture *pic;
	const struct weir_strip *s;
	struct weir_canvas c;
	struct weir_strip_place place;
	uint64_t most;                         /* rows of the largest bucket */
	uint64_t n_late;                       /* sum */
	int with_rows, with_errors, with_late; /* buckets */
	int64_t from, to;                      /* columns of the window; from > to: there is none, or it holds all */
	int64_t head;                          /* column of the moment, where it is not the newest; -1: it is */
};

static void count(struct strip *t)
{
	for (uint32_t i = 0; i < t->s->n_buckets; i++) {
		const struct weir_strip_bucket *b = &t->s->buckets[i];
		t->most = b->rows > t->most ? b->rows : t->most;
		t->with_rows += b->rows > 0;
		t->with_errors += b->errors > 0;
		t->with_late += b->late > 0;
		t->n_late += b->late;
	}
}

static void find_window(struct strip *t)
{
	const struct weir_result *r = t->pic->result;
	const struct weir_session_info *info = t->pic->info;
	t->from = t->head = -1;
	t->to = -2;
	if (!r || r->window_start_us == WEIR_TIME_NONE || r->window_end_us == WEIR_TIME_NONE)
		return;
	if (info->paused || info->at)
		t->head = r->moment_us == WEIR_TIME_NONE ? -1 : column_of(t->s, r->moment_us - 1);
	if (info->view.window.kind == WEIR_WINDOW_ALL || r->window_end_us <= r->window_start_us)
		return;
	t->from = column_of(t->s, r->window_start_us);
	t->to = column_of(t->s, r->window_end_us - 1);
	t->from = t->from < 0 ? 0 : t->from;
	t->to = t->to >= t->place.columns ? t->place.columns - 1 : t->to;
}

/* Marked are all buckets that have such rows while few have; else those where such rows are a tenth of all, or more than
 * chance makes of their share of all rows (three standard deviations of a Poisson count). */
static bool stands_out(uint64_t part, uint64_t rows, uint64_t all_part, uint64_t all_rows, bool few)
{
	double expected = all_rows ? (double)rows * (double)all_part / (double)all_rows : 0;
	if (!part)
		return false;
	return few || part * 10 >= rows || (double)part > expected + 3 * sqrt(expected);
}

static bool is_bad(const struct strip *t, const struct weir_strip_bucket *b)
{
	return stands_out(b->errors, b->rows, t->s->n_errors, t->s->n_rows, t->with_errors * FEW <= t->with_rows);
}

static bool is_late(const struct strip *t, const struct weir_strip_bucket *b)
{
	return stands_out(b->late, b->rows + b->late, t->n_late, t->s->n_rows + t->n_late,
			  t->with_late * FEW <= t->with_rows);
}

static void draw_bucket(const struct strip *t, int i)
{
	const struct weir_strip_bucket *b = &t->s->buckets[i];
	int x = t->place.x + i;
	bool bad = is_bad(t, b), out = t->from <= t->to && (i < t->from || i > t->to);
	struct weir_style style = weir_style(bad ? WEIR_INK_BAD : out ? WEIR_INK_FAINT : WEIR_INK_FILL);
	if (b->lost)
		weir_cell_put_glyph(t->c, x, 0, LOST, weir_style_bold(WEIR_INK_BAD));
	else if (is_late(t, b))
		weir_cell_put_glyph(t->c, x, 0, LATE, weir_style(WEIR_INK_WARN));
	else if (b->gap)
		weir_cell_put_glyph(t->c, x, 0, GAP, weir_style(WEIR_INK_WARN));
	else if (bad && t->c.grid->mono)
		weir_cell_put_glyph(t->c, x, 0, 'E', style);
	else
		weir_column_draw(t->c, x, 0, 1, (double)b->rows / (double)t->most, 1, style);
}

/* The span and the cursor lie under the bars. */
static void draw_chosen(const struct strip *t)
{
	const struct weir_screen_state *state = t->pic->state;
	int64_t from, to;
	if (state->span_from_us != WEIR_TIME_NONE && state->span_to_us != WEIR_TIME_NONE) {
		bool backward = state->span_to_us < state->span_from_us;
		from = column_of(t->s, backward ? state->span_to_us : state->span_from_us);
		to = column_of(t->s, (backward ? state->span_from_us : state->span_to_us) - 1);
	} else if (state->cursor_us != WEIR_TIME_NONE) {
		from = to = column_of(t->s, state->cursor_us);
	} else {
		return;
	}
	from = from < 0 ? 0 : from;
	to = to >= t->place.columns ? t->place.columns - 1 : to;
	for (int64_t i = from; i <= to; i++)
		weir_cell_repaper(t->c, t->place.x + (int)i, 0, 1, WEIR_PAPER_SELECT,
				  is_bad(t, &t->s->buckets[i]) ? WEIR_INK_COUNT : WEIR_INK_BRIGHT);
}

static void draw_bookmarks(const struct strip *t)
{
	const struct weir_strip_state *state = &t->pic->state->strip;
	for (uint32_t i = 0; i < state->n_bookmarks; i++) {
		int64_t at = column_of(t->s, state->bookmarks[i].us);
		if (at >= 0 && at < t->place.columns)
			weir_cell_put_glyph(t->c, t->place.x + (int)at, 0, BOOKMARK, weir_style_bold(WEIR_INK_KEY));
	}
}

static void draw_signs(const struct strip *t, bool growing)
{
	struct weir_style bright = weir_style_bold(WEIR_INK_BRIGHT);
	int x = t->place.x, end = x + t->place.columns;
	if (t->from <= t->to) {
		weir_cell_put_glyph(t->c, x + (int)t->from - 1, 0, LEFT_BRACKET, bright);
		if (t->head < 0 && !(growing && t->to + 1 == t->place.columns))
			weir_cell_put_glyph(t->c, x + (int)t->to + 1, 0, RIGHT_BRACKET, bright);
	}
	if (t->head >= 0) {
		int64_t at = t->head + 1 < t->place.columns ? t->head + 1 : t->place.columns;
		weir_cell_put_glyph(t->c, x + (int)at, 0, t->pic->info->at ? CHOSEN : PAUSED,
				    weir_style_bold(WEIR_INK_WARN));
		if (at == t->place.columns)
			return;
	}
	if (growing)
		weir_cell_put_glyph(t->c, end, 0, NOW, weir_style_bold(WEIR_INK_GOOD));
}

/* What is still unread of sources that end, by the bytes that were read; 0: nothing, or nobody knows. */
static int unread_columns(const struct strip *t)
{
	const struct weir_session_info *info = t->pic->info;
	int64_t end_us = t->pic->state->strip.end_us;
	double done = 2;
	if (end_us != WEIR_TIME_NONE) /* it was played before */
		return end_us > t->s->newest_us ? (int)((end_us - t->s->newest_us) / t->s->bucket_us) : 0;
	for (uint32_t i = 0; i < info->n_streams; i++) {
		double one = info->streams[i].progress;
		bool over = info->streams[i].state == WEIR_STREAM_END || info->streams[i].state == WEIR_STREAM_FAILED;
		if (!over && one < 0)
			return 0;
		done = !over && one < done ? one : done;
	}
	return done <= 0 || done >= 1 ? 0 : (int)fmin(1000, t->place.columns / done - t->place.columns);
}

/* A piece of the remark at the end of the line. Returns the column after it. */
static int put_remark(struct weir_canvas c, int x, const char *text, enum weir_ink ink)
{
	struct weir_str s = weir_str_of(text);
	int columns = weir_text_columns(s);
	if (x + columns + 1 > c.columns)
		return c.columns;
	return x + weir_cell_put_text(c, x, 0, columns, s, weir_style(ink), WEIR_LEFT) + 3;
}

static void draw_remarks(const struct strip *t, int x)
{
	char text[200], a[WEIR_FORMAT_BYTES];
	const struct weir_strip *s = t->s;
	if (s->errors_known) {
		snprintf(text, sizeof(text), "errors %s",
			 s->n_errors ? weir_format_percent((double)s->n_errors / (double)s->n_rows, a) : "none");
		x = put_remark(t->c, x, text, s->n_errors ? WEIR_INK_BAD : WEIR_INK_DIM);
	}
	if (s->n_older) {
		snprintf(text, sizeof(text), "%s older", weir_format_count(s->n_older, a));
		x = put_remark(t->c, x, text, WEIR_INK_WARN);
	}
	if (t->n_late) {
		snprintf(text, sizeof(text), "%s late", weir_format_count(t->n_late, a));
		x = put_remark(t->c, x, text, WEIR_INK_WARN);
	}
	snprintf(text, sizeof(text), "%s a column", weir_format_length(s->bucket_us, a));
	put_remark(t->c, x, text, WEIR_INK_DIM);
}

void weir_strip_draw(const struct weir_picture *pic, struct weir_canvas c)
{
	struct strip t = {.pic = pic, .s = &pic->info->strip, .c = c, .place = weir_strip_place_of(pic), .most = 1};
	const struct weir_session_info *info = pic->info;
	char text[WEIR_FORMAT_BYTES];
	int columns = label_columns(c.columns);
	if (!weir_picture_has_time(pic))
		weir_cell_put(c, 1, 0, WEIR_NO_TIME "   " WEIR_NO_TIME_HINT, weir_style(WEIR_INK_DIM));
	if (!t.place.columns)
		return;
	count(&t);
	find_window(&t);
	weir_cell_put(c, 1, 0, label(pic, t.s->oldest_us, columns, text), weir_style(WEIR_INK_DIM));
	if (t.s->n_older)
		weir_cell_put_glyph(c, 0, 0, OLDER, weir_style_bold(WEIR_INK_WARN));
	for (int i = 0; i < t.place.columns; i++)
		draw_bucket(&t, i);
	draw_bookmarks(&t);
	draw_chosen(&t);
	draw_signs(&t, !info->ended);
	int x = t.place.x + t.place.columns + 2, unread = info->ended ? 0 : unread_columns(&t);
	label(pic, t.s->newest_us, columns, text);
	bool more = unread > 0;
	for (; unread > 0 && x + (int)strlen(text) + 2 < c.columns; unread--)
		weir_cell_put_glyph(c, x++, 0, UNREAD, weir_style(WEIR_INK_FAINT));
	x += more;
	x += weir_cell_put(c, x, 0, text, weir_style(WEIR_INK_DIM)) + 3;
	draw_remarks(&t, x);
}
