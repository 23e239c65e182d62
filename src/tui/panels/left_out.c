/* The newest records that are in no answer: malformed, late, or from the future; why, and what came. */
#include "tui/panels/left_out.h"
#include "tui/panels/panels.h"
#include "tui/panels/record.h"

#include <stdio.h>

enum {
	GAP = 2,
	CLOCK_COLUMNS = 8,
	KIND_COLUMNS = 9,
	REASON_COLUMNS = 44,
	MARGIN = 50, /* records beyond either end of the view that a result brings */
};

static const char *const kinds[WEIR_LEFT_KINDS] = {
    [WEIR_LEFT_MALFORMED] = "malformed", [WEIR_LEFT_LATE] = "late", [WEIR_LEFT_FUTURE] = "future"};

void weir_left_init(struct weir_left_state *s)
{
	*s = (struct weir_left_state){.only = -1};
}

void weir_left_release(struct weir_left_state *s)
{
	weir_record_free(s->page.full);
	weir_left_init(s);
}

static const struct weir_left_outs none;

static const struct weir_left_outs *rows_of(const struct weir_picture *pic)
{
	const struct weir_left_outs *rows = pic->result ? weir_result_extra(pic->result, "left_out") : NULL;
	return rows ? rows : &none;
}

static int list_rows(const struct weir_left_state *s, int rows)
{
	return weir_record_list_rows(s->open, rows);
}

static int lines_of(const struct weir_left_state *s, int rows)
{
	return weir_panel_body_rows(list_rows(s, rows));
}

/* The rows in view, [from, from + n) of the newest first, and the one under the cursor; -1: there is none. */
struct view {
	int from, n, cursor;
};

static struct view view_of(const struct weir_left_state *s, const struct weir_left_outs *rows, int lines)
{
	struct view v = {.cursor = rows->n ? 0 : -1};
	int n = (int)rows->n, line = s->line < lines ? s->line : lines - 1;
	for (int i = 0; s->held && i < n; i++, v.cursor = i < n ? i : n - 1)
		if (rows->records[i].number <= s->number)
			break;
	v.from = v.cursor - (line > 0 ? line : 0);
	v.from = v.from + lines > n ? n - lines : v.from;
	v.from = v.from < 0 ? 0 : v.from;
	v.n = n - v.from < lines ? n - v.from : lines > 0 ? lines : 0;
	return v;
}

static void put(struct weir_left_state *s, const struct weir_left_outs *rows, int lines, int row)
{
	struct view v = view_of(s, rows, lines);
	int n = (int)rows->n, from = v.from;
	if (!n)
		return;
	row = row < 0 ? 0 : row >= n ? n - 1 : row;
	from = row < from ? row : lines > 0 && row >= from + lines ? row - lines + 1 : from;
	s->number = rows->records[row].number;
	s->line = row - from;
	s->held = true;
}

static void move(struct weir_left_state *s, const struct weir_left_outs *rows, int lines, int by)
{
	int row = view_of(s, rows, lines).cursor - by;
	put(s, rows, lines, row);
	/* Down to the newest is back to following. */
	if (by > 0 && row <= 0 && rows->n_newer == 0)
		s->held = false;
}

static enum weir_ink kind_ink(enum weir_left_kind kind)
{
	return kind == WEIR_LEFT_MALFORMED ? WEIR_INK_BAD : kind == WEIR_LEFT_LATE ? WEIR_INK_WARN : WEIR_INK_KEY;
}

/* Late and future records say by how much. */
static void reason_text(const struct weir_left_out *l, struct weir_buf *out)
{
	char span[WEIR_FORMAT_BYTES];
	if (l->kind == WEIR_LEFT_MALFORMED || !l->by_us) {
		weir_buf_add_str(out, l->reason);
		return;
	}
	weir_format_span(l->by_us, span);
	weir_buf_addf(out, l->kind == WEIR_LEFT_LATE ? "%s after its window closed" : "%s ahead of its arrival", span);
}

static struct weir_str first_line(struct weir_str s)
{
	const char *feed = s.size ? memchr(s.data, '\n', s.size) : NULL;
	return feed ? (struct weir_str){s.data, (size_t)(feed - s.data)} : s;
}

static int stream_columns(const struct weir_picture *pic)
{
	int most = pic->info->n_streams > 1 ? (int)strlen("stream") : 0;
	for (uint32_t i = 0; i < pic->info->n_streams && pic->info->n_streams > 1; i++) {
		int columns = weir_text_columns(weir_str_of(pic->info->streams[i].name));
		most = columns > most ? columns : most;
	}
	return most > 16 ? 16 : most;
}

static void draw_row(const struct weir_picture *pic, const struct weir_left_out *l, struct weir_canvas c, int y)
{
	char clock[WEIR_FORMAT_BYTES];
	struct weir_buf reason = {0};
	int x = 1, stream = stream_columns(pic), wide = c.columns / 3 < REASON_COLUMNS ? c.columns / 3 : REASON_COLUMNS;
	weir_cell_put(c, x, y, weir_format_clock(l->arrival_us, 0, clock), weir_style(WEIR_INK_DIM));
	x += CLOCK_COLUMNS + GAP;
	weir_cell_put(c, x, y, kinds[l->kind], weir_style(kind_ink(l->kind)));
	x += KIND_COLUMNS + GAP;
	if (stream && l->stream < pic->info->n_streams)
		weir_cell_put_text(c, x, y, stream, weir_str_of(pic->info->streams[l->stream].name),
				   weir_style(weir_series_ink(l->stream)), WEIR_LEFT);
	x += stream ? stream + GAP : 0;
	reason_text(l, &reason);
	weir_cell_put_text(c, x, y, wide, weir_buf_str(&reason), weir_style(WEIR_INK_TEXT), WEIR_LEFT);
	weir_buf_release(&reason);
	x += wide + GAP;
	weir_cell_put_text(c, x, y, c.columns - x - 1, first_line(l->text), weir_style(WEIR_INK_DIM), WEIR_LEFT);
}

static void draw_heads(const struct weir_picture *pic, struct weir_canvas c)
{
	int stream = stream_columns(pic), x = 1 + CLOCK_COLUMNS + GAP;
	int wide = c.columns / 3 < REASON_COLUMNS ? c.columns / 3 : REASON_COLUMNS;
	weir_cell_put(c, 1, 1, "arrival", weir_style(WEIR_INK_DIM));
	weir_cell_put(c, x, 1, "kind", weir_style(WEIR_INK_DIM));
	x += KIND_COLUMNS + GAP;
	if (stream)
		weir_cell_put(c, x, 1, "stream", weir_style(WEIR_INK_DIM));
	x += stream ? stream + GAP : 0;
	weir_cell_put(c, x, 1, "reason", weir_style(WEIR_INK_DIM));
	weir_cell_put(c, x + wide + GAP, 1, "what came", weir_style(WEIR_INK_DIM));
}

/* "the newest 1,000 of 31,204 malformed, 12 late": the list is bounded. */
static void draw_title(const struct weir_picture *pic, const struct weir_area *area, const struct view *v)
{
	const struct weir_left_state *s = &pic->state->left;
	const struct weir_left_outs *rows = rows_of(pic);
	struct weir_buf remark = {0};
	char kept[WEIR_FORMAT_BYTES], all[WEIR_FORMAT_BYTES];
	for (int k = 0; k < WEIR_LEFT_KINDS; k++) {
		if (!rows->n_of[k] || (s->only >= 0 && s->only != k))
			continue;
		weir_buf_add_c(&remark, remark.size ? ", " : "");
		if (rows->n_kept_of[k] < rows->n_of[k])
			weir_buf_addf(&remark, "the newest %s of ", weir_format_count(rows->n_kept_of[k], kept));
		weir_buf_addf(&remark, "%s %s", weir_format_count(rows->n_of[k], all), kinds[k]);
	}
	uint64_t newer = rows->n_newer + (uint64_t)(v->cursor > 0 ? v->cursor : 0);
	if (s->held && newer)
		weir_buf_addf(&remark, ", %s newer", weir_format_count(newer, kept));
	weir_title_draw(area->canvas, WEIR_STR("left out"), weir_buf_str(&remark), area->focus);
	weir_buf_release(&remark);
}

static void draw_list(const struct weir_picture *pic, const struct weir_area *area)
{
	const struct weir_left_state *s = &pic->state->left;
	const struct weir_left_outs *rows = rows_of(pic);
	struct weir_canvas c = area->canvas;
	struct view v = view_of(s, rows, weir_panel_body_rows(c.rows));
	draw_title(pic, area, &v);
	if (!rows->n) {
		weir_cell_put(c, 1, 1, "no record was left out", weir_style(WEIR_INK_DIM));
		return;
	}
	draw_heads(pic, c);
	for (int i = 0; i < v.n; i++) {
		int at = v.from + v.n - 1 - i; /* the newest at the foot */
		draw_row(pic, &rows->records[at], c, 2 + i);
		if (at == v.cursor && (area->focus || s->held))
			weir_cell_repaper(c, 0, 2 + i, c.columns, WEIR_PAPER_SELECT, WEIR_INK_BRIGHT);
	}
}

static void draw(const struct weir_picture *pic, const struct weir_area *area)
{
	const struct weir_left_state *s = &pic->state->left;
	struct weir_canvas c = area->canvas;
	struct weir_area list = *area;
	int top = list_rows(s, c.rows);
	list.canvas = weir_canvas_cut(c, 0, 0, c.columns, top);
	if (top > 0)
		draw_list(pic, &list);
	if (s->open)
		weir_record_draw(&s->page, NULL, weir_canvas_cut(c, 0, top, c.columns, c.rows - top), area->focus);
}

static void want(const struct weir_picture *pic, struct weir_rect area, struct weir_wanted *out)
{
	const struct weir_left_state *s = &pic->state->left;
	int lines = area.rows > 0 ? lines_of(s, area.rows) : 0, around = lines + MARGIN;
	out->left_out = (struct weir_left_request){.count = lines > 0 || s->open ? (uint32_t)(2 * around) : 0};
	if (s->held) {
		out->left_out.anchored = true;
		out->left_out.number = s->number;
		out->left_out.offset = -around;
	}
	for (unsigned k = 0; k < WEIR_LEFT_KINDS && s->only >= 0; k++)
		out->left_out.without |= (unsigned)s->only == k ? 0 : 1u << k;
}

static void see(const struct weir_picture *pic, struct weir_screen_state *state)
{
	struct weir_left_state *s = &state->left;
	const struct weir_left_outs *rows = rows_of(pic);
	struct weir_rect area = weir_picture_rect(pic, &weir_panel_left_out);
	if (s->open && pic->panels[state->focus] != &weir_panel_left_out)
		s->open = false;
	int row = view_of(s, rows, 1).cursor;
	if (!s->open || row < 0)
		return;
	const struct weir_left_out *l = &rows->records[row];
	const struct weir_record *old = s->page.full;
	if (old && old->place.number == l->number && old->columns == area.columns && old->hex == s->page.hex)
		return;
	struct weir_str stream =
	    l->stream < pic->info->n_streams ? weir_str_of(pic->info->streams[l->stream].name) : (struct weir_str){0};
	struct weir_record *made = weir_record_make_left(l, stream, area.columns, s->page.hex);
	if (made)
		weir_record_show(&s->page, made);
}

static int drawer_rows(const struct weir_picture *pic, int columns, int rows)
{
	return weir_record_drawer_rows(pic->state->left.open, columns, rows);
}

static bool move_command(struct weir_left_state *s, const struct weir_left_outs *rows, int lines,
			 enum weir_command command)
{
	int page = lines > 2 ? lines - 1 : 1;
	switch (command) {
	case WEIR_CMD_UP:
	case WEIR_CMD_DOWN:
		move(s, rows, lines, command == WEIR_CMD_DOWN ? 1 : -1);
		return true;
	case WEIR_CMD_PAGE_UP:
	case WEIR_CMD_PAGE_DOWN:
		move(s, rows, lines, command == WEIR_CMD_PAGE_DOWN ? page : -page);
		return true;
	case WEIR_CMD_TOP_ROW:
		put(s, rows, lines, (int)rows->n - 1);
		return true;
	case WEIR_CMD_LIVE:
		s->held = false;
		return false;
	default:
		return false;
	}
}

static bool back(struct weir_left_state *s)
{
	bool was = s->open || s->held;
	if (s->open)
		s->open = false;
	else
		s->held = false;
	return was;
}

static void copy(const struct weir_left_out *l, struct weir_wish *wish)
{
	wish->kind = WEIR_WISH_COPY;
	wish->what = "copied the record";
	weir_buf_add_str(&wish->text, l->text);
}

static bool command(const struct weir_picture *pic, struct weir_screen_state *state, enum weir_command command,
		    struct weir_wish *wish)
{
	struct weir_left_state *s = &state->left;
	const struct weir_left_outs *rows = rows_of(pic);
	int all = weir_picture_rect(pic, &weir_panel_left_out).rows, lines = lines_of(s, all);
	int row = view_of(s, rows, lines).cursor;
	bool sideways = command == WEIR_CMD_LEFT || command == WEIR_CMD_RIGHT;
	if (command == WEIR_CMD_BACK)
		return back(s);
	if (s->open && sideways) {
		put(s, rows, lines > 0 ? lines : 1, row + (command == WEIR_CMD_LEFT ? 1 : -1));
		return true;
	}
	if (s->open)
		return weir_record_command(&s->page, command, all - list_rows(s, all), wish);
	if (command == WEIR_CMD_KEEP && row >= 0) {
		put(s, rows, lines, row);
		s->open = true;
		s->page.scroll = 0;
		return true;
	}
	if (command == WEIR_CMD_COPY && row >= 0) {
		copy(&rows->records[row], wish);
		return true;
	}
	return move_command(s, rows, lines, command);
}

static const char *label(const struct weir_picture *pic, enum weir_command command)
{
	bool open = pic->state->left.open, any = rows_of(pic)->n > 0;
	if (command == WEIR_CMD_KEEP)
		return open || !any ? "" : "open";
	if (command == WEIR_CMD_COPY)
		return any ? "copy" : "";
	return command == WEIR_CMD_BACK && open ? "close" : NULL;
}

static void click(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_rect area,
		  struct weir_click *at)
{
	struct weir_left_state *s = &state->left;
	const struct weir_left_outs *rows = rows_of(pic);
	int top = list_rows(s, area.rows), lines = lines_of(s, area.rows);
	struct view v = view_of(s, rows, lines);
	if (at->kind == WEIR_CLICK_WHEEL_UP || at->kind == WEIR_CLICK_WHEEL_DOWN) {
		bool down = at->kind == WEIR_CLICK_WHEEL_DOWN;
		at->taken = true;
		if (s->open && at->y >= top)
			weir_record_wheel(&s->page, area.rows - top, down);
		else
			move(s, rows, lines, down ? WEIR_RECORD_WHEEL_ROWS : -WEIR_RECORD_WHEEL_ROWS);
		return;
	}
	if (at->kind != WEIR_CLICK_PRESS)
		return;
	if (s->open && at->y >= top) {
		(void)weir_record_click(&s->page, area.rows - top, at->y - top);
		return;
	}
	int line = at->y - 2, row = v.from + v.n - 1 - line;
	if (line < 0 || line >= v.n)
		return;
	bool again = s->held && row == v.cursor;
	put(s, rows, lines, row);
	s->open = s->open || again;
}

static void next_kind(const struct weir_picture *pic, struct weir_screen_state *state, int *mode)
{
	struct weir_left_state *s = &state->left;
	const struct weir_left_outs *rows = rows_of(pic);
	(void)mode;
	do
		s->only = s->only + 1 < WEIR_LEFT_KINDS ? s->only + 1 : -1;
	while (s->only >= 0 && !rows->n_of[s->only]);
	s->held = false;
}
static void switch_hex(const struct weir_picture *pic, struct weir_screen_state *state, int *mode)
{
	(void)pic;
	(void)mode;
	state->left.page.hex = !state->left.page.hex;
}

static bool has_data(const struct weir_result *r)
{
	return r->ledger.malformed + r->ledger.late + r->ledger.future > 0;
}

static const struct weir_panel_key keys[] = {
    {"f", "show one kind of these records, the next one, or all", next_kind, "kind"},
    {"r", "show the bytes of an open record as numbers, or as text", switch_hex},
    {NULL},
};
static const struct weir_panel_act acts[] = {
    {WEIR_CMD_KEEP, "open", "open the record under the cursor"},
    {WEIR_CMD_COPY, "copy", "copy the record under the cursor as it came, or what is chosen in an open one"},
    {WEIR_CMD_COUNT, NULL, NULL},
};
static const struct weir_help_line moves[] = {
    {"Up  Down", "move the cursor; it stays on its record while others arrive"},
    {"Left  Right", "in an open record, go to the one before or after it"},
    {NULL, NULL},
};
static const struct weir_help_line signs[] = {
    {"malformed", "the record could not be read; nothing of it is in any figure"},
    {"late", "it arrived after its window had closed, so it is in no figure"},
    {"future", "its time lies further ahead of its arrival than --skew allows; it counts when that time has come"},
    {NULL, NULL},
};

const struct weir_panel weir_panel_left_out = {
    .name = "left-out",
    .help = "records that are in no answer, and why",
    .keys = keys,
    .acts = acts,
    .moves = moves,
    .signs = signs,
    .extras = "left_out",
    .place = WEIR_PLACE_FOOT,
    .always = true,
    .has_data = has_data,
    .want = want,
    .click = click,
    .command = command,
    .label = label,
    .drawer_rows = drawer_rows,
    .see = see,
    .draw = draw,
};
