/* The first line: whose data, in what state, how fast, how much, of which moment. */
#include "tui/picture/picture.h"

#include <math.h>
#include <stdio.h>

/* A piece of the first line. When there is no room for all, the pieces with the highest rank go first. */
struct piece {
	char text[200];
	uint32_t sign; /* before the text; 0: none */
	enum weir_ink ink;
	bool bold;
	int rank;
	const char *key; /* what a click on it does; NULL: nothing */
};
enum { MAX_PIECES = 10, GAP = 2, QUIET_US = 5000000, LEAST_NAME = 16, SHORT_NAME = 10 };
/* A live picture whose newest row is older than this catches up. */
#define BEHIND_US (60 * WEIR_US_PER_S)
struct pieces {
	struct piece items[MAX_PIECES];
	int n;
};

static struct piece *add_piece(struct pieces *p, int rank, enum weir_ink ink, const char *text)
{
	struct piece *one = &p->items[p->n < MAX_PIECES ? p->n++ : MAX_PIECES - 1];
	*one = (struct piece){.ink = ink, .rank = rank};
	snprintf(one->text, sizeof(one->text), "%s", text);
	return one;
}

static int piece_columns(const struct piece *p)
{
	return weir_text_columns(weir_str_of(p->text)) + (p->sign ? 2 : 0) + GAP;
}

/* Drops pieces until they fit in `room`. Returns the columns they take. */
static int fit_pieces(struct pieces *p, int room)
{
	for (;;) {
		int columns = 0, worst = -1;
		for (int i = 0; i < p->n; i++) {
			columns += piece_columns(&p->items[i]);
			if (p->items[i].rank > 0 && (worst < 0 || p->items[i].rank > p->items[worst].rank))
				worst = i;
		}
		if (columns <= room || worst < 0)
			return columns;
		memmove(&p->items[worst], &p->items[worst + 1], (size_t)(p->n - worst - 1) * sizeof(p->items[0]));
		p->n--;
	}
}

static void put_pieces(const struct pieces *p, struct weir_canvas c, int x)
{
	for (int i = 0; i < p->n; i++) {
		const struct piece *one = &p->items[i];
		struct weir_style style = weir_style_on(one->ink, WEIR_PAPER_BAR);
		style.attributes = one->bold ? WEIR_BOLD : 0;
		if (one->sign) {
			weir_cell_put_glyph(c, x, 0, one->sign, style);
			x += 2;
		}
		int used = weir_cell_put(c, x, 0, one->text, style);
		if (one->key)
			weir_spot_put(c, x - (one->sign ? 2 : 0), 0, used + (one->sign ? 2 : 0), WEIR_SPOT_KEY, 0,
				      one->key);
		x += used + GAP;
	}
}

struct state {
	char text[120];
	uint32_t sign;
	enum weir_ink ink;
};

static enum weir_stream_state worst_state(const struct weir_session_info *info)
{
	/* What needs attention first. */
	static const enum weir_stream_state order[] = {WEIR_STREAM_FAILED,     WEIR_STREAM_RECONNECTING,
						       WEIR_STREAM_CONNECTING, WEIR_STREAM_LIVE,
						       WEIR_STREAM_REPLAY,     WEIR_STREAM_END};
	for (size_t k = 0; k < sizeof(order) / sizeof(order[0]); k++)
		for (uint32_t i = 0; i < info->n_streams; i++)
			if (info->streams[i].state == order[k])
				return order[k];
	return WEIR_STREAM_CONNECTING;
}

/* A stream that has not ended will not end by itself. */
static bool is_endless(const struct weir_session_info *info)
{
	bool endless = false;
	for (uint32_t i = 0; i < info->n_streams; i++)
		endless = endless || (!info->streams[i].finite && info->streams[i].state != WEIR_STREAM_END);
	return endless;
}

/* The picture is still: at a chosen moment, or where it was paused. */
static void still_state(const struct weir_picture *pic, struct state *s)
{
	const struct weir_session_info *info = pic->info;
	int64_t at_us = info->paused ? info->paused_at_us : info->view.at_us;
	char clock[WEIR_FORMAT_BYTES] = "", count[WEIR_FORMAT_BYTES];
	if (at_us != WEIR_TIME_NONE) /* its day is shown at the right end */
		weir_format_clock(at_us, 0, clock);
	s->sign = info->at ? 0x25cb : 0x2016;
	s->ink = WEIR_INK_WARN;
	int n = snprintf(s->text, sizeof(s->text), "%s%s%s", info->at ? "AT" : "PAUSED",
			 !clock[0]  ? ""
			 : info->at ? " "
				    : " at ",
			 clock);
	if (info->backlog > 0)
		snprintf(s->text + n, sizeof(s->text) - (size_t)n, ", %s waiting",
			 weir_format_count((uint64_t)info->backlog, count));
}

static struct state state_of(const struct weir_picture *pic)
{
	const struct weir_session_info *info = pic->info;
	struct state s = {"", 0x25cf, WEIR_INK_TEXT};
	const struct weir_stream_info *first = info->n_streams ? &info->streams[0] : NULL;
	if (info->paused || info->at) {
		still_state(pic, &s);
		return s;
	}
	enum weir_stream_state state = worst_state(info);
	if (state == WEIR_STREAM_LIVE && !is_endless(info))
		state = WEIR_STREAM_REPLAY; /* it is read as fast as it comes */
	if (info->ended && state != WEIR_STREAM_FAILED)
		state = WEIR_STREAM_END;
	else if (state == WEIR_STREAM_END) /* the sources ended, but their last rows are not counted yet */
		state = WEIR_STREAM_REPLAY;
	switch (state) {
	case WEIR_STREAM_LIVE:
		strcpy(s.text, "LIVE");
		s.ink = WEIR_INK_GOOD;
		if (pic->quiet_us >= QUIET_US) {
			char span[WEIR_FORMAT_BYTES];
			snprintf(s.text, sizeof(s.text), "LIVE, quiet for %s", weir_format_span(pic->quiet_us, span));
			s.sign = 0x25cb;
			s.ink = WEIR_INK_TEXT;
		}
		break;
	case WEIR_STREAM_CONNECTING:
		strcpy(s.text, "CONNECTING");
		s.sign = 0x25cb;
		break;
	case WEIR_STREAM_RECONNECTING:
		strcpy(s.text, "RECONNECTING");
		s.sign = 0x25cb;
		s.ink = WEIR_INK_WARN;
		break;
	case WEIR_STREAM_FAILED:
		strcpy(s.text, "FAILED");
		s.ink = WEIR_INK_BAD;
		break;
	case WEIR_STREAM_END:
		strcpy(s.text, "END");
		s.ink = WEIR_INK_BRIGHT;
		break;
	case WEIR_STREAM_REPLAY:
		strcpy(s.text, "READING");
		if (first && first->replay_speed > 0) {
			char speed[WEIR_FORMAT_BYTES];
			snprintf(s.text, sizeof(s.text), "REPLAY %s%s", weir_format_speed(first->replay_speed, speed),
				 pic->loops ? ", loop" : "");
		}
		s.ink = WEIR_INK_KEY;
		break;
	}
	return s;
}

/* The stream with the most left to read; NULL: none has a known end. */
static const struct weir_stream_info *hindmost(const struct weir_session_info *info)
{
	const struct weir_stream_info *found = NULL;
	for (uint32_t i = 0; i < info->n_streams && !info->ended; i++) {
		const struct weir_stream_info *s = &info->streams[i];
		if (s->progress >= 0 && s->progress < 1 && (!found || s->progress < found->progress))
			found = s;
	}
	return found;
}

/* While the past is filled in, the picture moves, but it is not yet of the present. */
static void add_behind(struct pieces *p, const struct weir_picture *pic, const char *state)
{
	const struct weir_result *r = pic->result;
	char text[80], span[WEIR_FORMAT_BYTES];
	if (strcmp(state, "LIVE") != 0 || !r || r->moment_us == WEIR_TIME_NONE ||
	    pic->now_us - r->moment_us < BEHIND_US)
		return;
	snprintf(text, sizeof(text), "behind %s", weir_format_span(pic->now_us - r->moment_us, span));
	add_piece(p, 1, WEIR_INK_WARN, text);
}

static void add_state(struct pieces *p, const struct weir_picture *pic)
{
	const struct weir_session_info *info = pic->info;
	struct state s = state_of(pic);
	const struct weir_stream_info *behind = hindmost(info);
	struct piece *piece = add_piece(p, 0, s.ink, s.text);
	piece->sign = s.sign;
	piece->bold = true;
	piece->key = info->at ? "End" : info->ended ? NULL : "Space";
	add_behind(p, pic, s.text);
	if (behind) {
		char text[80], left[40];
		int n = snprintf(text, sizeof(text), "%.0f %%", floor(behind->progress * 100));
		int64_t seconds = behind->seconds_left > 0 ? behind->seconds_left : 1;
		left[weir_format_duration_us(seconds * WEIR_US_PER_S, left)] = '\0';
		if (behind->seconds_left >= 0)
			snprintf(text + n, sizeof(text) - (size_t)n, ", %s left", left);
		add_piece(p, 1, WEIR_INK_TEXT, text);
	}
}

static int64_t total_lag(const struct weir_session_info *info)
{
	int64_t lag = -1;
	for (uint32_t i = 0; i < info->n_streams; i++)
		if (info->streams[i].lag >= 0)
			lag = (lag < 0 ? 0 : lag) + info->streams[i].lag;
	return lag;
}

/* What stands at the right end: the watermark's distance and the moment that all figures are of. */
static void add_moment(const struct weir_picture *pic, struct pieces *p, int columns)
{
	const struct weir_result *r = pic->result;
	char text[160], a[WEIR_FORMAT_BYTES];
	if (!r || r->moment_us == WEIR_TIME_NONE || !weir_picture_has_time(pic))
		return;
	if (r->ledger.watermark_us != WEIR_TIME_NONE && !pic->info->ended && r->ledger.watermark_us < r->moment_us) {
		snprintf(text, sizeof(text), "watermark -%s",
			 weir_format_span(r->moment_us - r->ledger.watermark_us, a));
		add_piece(p, 6, WEIR_INK_TEXT, text);
	}
	snprintf(text, sizeof(text), "%sZ", weir_format_moment(r->moment_us, pic->now_us, columns >= 70 ? 0 : -1, a));
	add_piece(p, 0, WEIR_INK_TEXT, text);
}

/* The window, and how much of it is held in memory if that is less. */
static void add_window(const struct weir_picture *pic, struct pieces *p)
{
	const struct weir_window *w = &pic->info->view.window;
	const struct weir_result *r = pic->result;
	struct weir_buf text = {0};
	char held[WEIR_FORMAT_BYTES];
	bool cut = r && r->held_from_us != WEIR_TIME_NONE && r->moment_us != WEIR_TIME_NONE &&
		   (r->window_start_us == WEIR_TIME_NONE || r->held_from_us > r->window_start_us);
	if (w->kind == WEIR_WINDOW_ROWS)
		cut = cut && r->buffer_rows < w->rows;
	if (cut && w->kind == WEIR_WINDOW_ROWS) {
		weir_buf_addf(&text, "holds %s of ", weir_format_short((double)r->buffer_rows, held));
	} else if (cut) {
		int64_t span = r->moment_us > r->held_from_us ? r->moment_us - r->held_from_us : 0;
		held[weir_format_duration_us(span - span % (span < 10 * WEIR_US_PER_S ? 100000 : WEIR_US_PER_S),
					     held)] = '\0';
		weir_buf_addf(&text, "holds %s of ", held);
	}
	if (w->kind == WEIR_WINDOW_SINCE)
		weir_buf_addf(&text, "since %sZ", weir_format_moment(w->since_us, weir_picture_day_us(pic), 0, held));
	else
		weir_window_show(w, &text);
	if (text.data) {
		struct piece *piece = add_piece(p, 1, cut ? WEIR_INK_WARN : WEIR_INK_KEY, text.data);
		piece->bold = true;
		piece->key = "w";
	}
	weir_buf_release(&text);
}

static void add_figures(const struct weir_picture *pic, struct pieces *p, int columns)
{
	const struct weir_result *r = pic->result;
	const struct weir_session_info *info = pic->info;
	char text[200], a[WEIR_FORMAT_BYTES], b[WEIR_FORMAT_BYTES];
	int64_t lag = total_lag(info);
	if (!info->ended) {
		bool small = columns < 100 && info->records_per_s >= 100000;
		snprintf(text, sizeof(text), "%s/s",
			 small ? weir_format_short(info->records_per_s, a)
			       : weir_format_fixed(info->records_per_s, 0, a));
		add_piece(p, 1, WEIR_INK_BRIGHT, text);
	}
	if (lag >= 0 && !info->ended) {
		snprintf(text, sizeof(text), "lag %s", weir_format_count((uint64_t)lag, a));
		add_piece(p, 2, lag > 100000 ? WEIR_INK_WARN : WEIR_INK_TEXT, text);
	}
	add_window(pic, p);
	if (!r)
		return;
	if (!info->fabric.is_elsewhere) { /* there, none is held */
		snprintf(text, sizeof(text), "%s rows", weir_format_short((double)r->buffer_rows, a));
		add_piece(p, 5, WEIR_INK_TEXT, text);
	}
	if (!r->memory_limit_bytes)
		return;
	weir_format_size(r->memory_bytes, a);
	weir_format_size(r->memory_limit_bytes, b);
	if (strlen(a) > 1 && a[strlen(a) - 1] == b[strlen(b) - 1])
		a[strlen(a) - 1] = '\0'; /* one unit is enough */
	snprintf(text, sizeof(text), "%s/%s", a, b);
	bool full = r->memory_limit_bytes && r->memory_bytes > r->memory_limit_bytes / 20 * 19;
	add_piece(p, 3, full ? WEIR_INK_WARN : WEIR_INK_TEXT, text);
}

/* While it lasts it is not to be overlooked. */
static void add_alert(const struct weir_alert *alert, struct pieces *p, int columns)
{
	char text[200];
	const char *about = alert->raised && columns < 100 ? "" : alert->text;
	snprintf(text, sizeof(text), "%s%s%s",
		 alert->raised  ? "ALERT"
		 : alert->lacks ? "alert n/a: "
				: "alert set",
		 alert->raised && *about ? " " : "", alert->raised || alert->lacks ? about : "");
	enum weir_ink ink = alert->raised ? WEIR_INK_BAD : alert->lacks ? WEIR_INK_WARN : WEIR_INK_DIM;
	struct piece *piece = add_piece(p, alert->raised ? 0 : 4, ink, text);
	piece->bold = alert->raised;
	piece->key = "a";
}

/* The address, or the stream's short name where that is too long for a screen of this width. Neither it nor its columns depend
 * on what else is said: a name that changes with the state would be taken for another source. Returns the columns. */
static int name_source(const struct weir_session_info *info, int columns, char *out, size_t bytes)
{
	int most = columns / 4 < LEAST_NAME ? LEAST_NAME : columns / 4;
	if (!info->n_streams)
		return 0;
	if (info->n_streams > 1)
		snprintf(out, bytes, "%s +%u", info->streams[0].name, info->n_streams - 1);
	else
		snprintf(out, bytes, "%s", info->streams[0].address);
	int wide = weir_text_columns(weir_str_of(out));
	if (info->n_streams == 1 && wide > most) {
		snprintf(out, bytes, "%s", info->streams[0].name);
		wide = weir_text_columns(weir_str_of(out));
		/* How far a file is read matters more than the end of a long name. */
		most = columns < 100 && wide > LEAST_NAME ? SHORT_NAME : most;
	}
	return wide > most ? most : wide;
}

void weir_header_draw(const struct weir_picture *pic, struct weir_canvas c)
{
	const struct weir_session_info *info = pic->info;
	struct pieces left = {.n = 0}, right = {.n = 0};
	char source[300] = "";
	weir_cell_fill(c, 0, 0, c.columns, 1, weir_style_on(WEIR_INK_TEXT, WEIR_PAPER_BAR));
	add_moment(pic, &right, c.columns);
	add_state(&left, pic);
	if (pic->n_warnings) {
		char text[40];
		snprintf(text, sizeof(text), "%zu warning%s", pic->n_warnings, pic->n_warnings == 1 ? "" : "s");
		add_piece(&left, 1, WEIR_INK_WARN, text)->key = "W";
	}
	if (pic->alert)
		add_alert(pic->alert, &left, c.columns);
	add_figures(pic, &left, c.columns);
	int title = 1 + 4 + GAP, name = name_source(info, c.columns, source, sizeof(source));
	int right_columns = fit_pieces(&right, c.columns >= 110 ? c.columns / 3 : c.columns / 6);
	int left_columns = fit_pieces(&left, c.columns - title - right_columns + 1 - name - GAP);
	int room = c.columns - title - right_columns + 1 - left_columns - GAP;
	room = room < name ? room : name;
	struct weir_style brand = weir_style_on(WEIR_INK_KEY, WEIR_PAPER_BAR);
	brand.attributes = WEIR_BOLD;
	weir_cell_put(c, 1, 0, "weir", brand);
	int used = weir_cell_put_text(c, title, 0, room, weir_str_of(source),
				      weir_style_on(WEIR_INK_TEXT, WEIR_PAPER_BAR), WEIR_LEFT);
	put_pieces(&left, c, title + used + (used ? GAP : 0));
	put_pieces(&right, c, c.columns - right_columns + 1);
}
