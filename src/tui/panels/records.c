/* The records panel: rows as a log shows them, the newest at the foot, with a cursor that stays on its row; and the row under
 * the cursor in full, in a drawer. */
#include "tui/panels/record.h"
#include "tui/panels/panels.h"
#include "weir/query/view.h"

static int list_rows(const struct weir_records_state *s, int rows)
{
	return weir_record_list_rows(s->open, rows);
}

static int lines_of(const struct weir_records_state *s, int rows)
{
	return weir_panel_body_rows(list_rows(s, rows));
}

static struct weir_rect rect_of(const struct weir_picture *pic)
{
	return weir_picture_rect(pic, &weir_panel_records);
}

static void draw(const struct weir_picture *pic, const struct weir_area *area)
{
	const struct weir_records_state *s = &pic->state->records;
	struct weir_canvas c = area->canvas;
	int top = list_rows(s, c.rows);
	struct weir_area list = *area;
	list.canvas = weir_canvas_cut(c, 0, 0, c.columns, top);
	if (top > 0)
		weir_records_draw(pic, &list);
	if (s->open)
		weir_record_draw(&s->page, s->finder, weir_canvas_cut(c, 0, top, c.columns, c.rows - top), area->focus);
}

/* More than fit: moving the cursor must not need a new result. */
static void want(const struct weir_picture *pic, struct weir_rect area, struct weir_wanted *out)
{
	const struct weir_records_state *s = &pic->state->records;
	int lines = area.rows > 0 ? lines_of(s, area.rows) : 0;
	weir_records_request(s, lines, &out->records);
}

static void see(const struct weir_picture *pic, struct weir_screen_state *state)
{
	struct weir_records_state *s = &state->records;
	const struct weir_records_rows rows = weir_records_rows(pic);
	struct weir_rect area = rect_of(pic);
	if (s->open && pic->panels[state->focus] != &weir_panel_records)
		s->open = false;
	int lines = lines_of(s, area.rows);
	weir_records_take_columns(s, &rows);
	weir_records_follow(s, &rows, lines > 1 ? lines : 1);
	struct weir_records_view view = weir_records_view(s, &rows, lines > 1 ? lines : 1);
	weir_records_measure(s, &rows, pic->info, area.columns, &view);
	if (s->open)
		weir_record_see(s, &rows, area.columns);
}

static int drawer_rows(const struct weir_picture *pic, int columns, int rows)
{
	return weir_record_drawer_rows(pic->state->records.open, columns, rows);
}

static void open_row(struct weir_records_state *s, const struct weir_records_rows *rows, int lines, int row)
{
	weir_records_put(s, rows, lines, row);
	if (!s->held)
		return;
	s->open = true;
	s->page.scroll = 0;
}

static void row_json(const struct weir_records_rows *rows, const struct weir_result_record *record,
		     struct weir_buf *out)
{
	weir_buf_add_char(out, '{');
	for (uint32_t i = 0, n = 0; i < rows->n_columns; i++) {
		if (record->missing && record->missing[i])
			continue;
		weir_buf_add_c(out, n++ ? "," : "");
		weir_json_quote(rows->columns[i].name, out);
		weir_buf_add_char(out, ':');
		weir_value_json(&record->cells[i], out);
	}
	weir_buf_add_c(out, "}\n");
}

/* x and y act on the cell, or on the whole row. */
static void act(const struct weir_picture *pic, const struct weir_records_state *s, int row, bool exclude,
		struct weir_wish *wish)
{
	const struct weir_records_rows rows = weir_records_rows(pic);
	const struct weir_records_column *c = weir_records_column_at(s, &rows);
	struct weir_buf name = {0};
	if (exclude && !c) {
		wish->kind = WEIR_WISH_SAY;
		weir_buf_add_c(&wish->text, "choose a column with Left and Right; then x excludes the value there");
		return;
	}
	wish->kind = exclude ? WEIR_WISH_FILTER : WEIR_WISH_COPY;
	wish->what = exclude ? "excluded" : c ? "copied the value" : "copied the record";
	if (!c) {
		row_json(&rows, &rows.records[row], &wish->text);
	} else if (exclude) {
		weir_view_quote(weir_str_of(c->name), &name);
		weir_condition_text(weir_buf_str(&name), &rows.records[row].cells[c->column], true, &wish->text);
		wish->text.failed = wish->text.failed || name.failed;
		weir_buf_release(&name);
	} else {
		weir_value_text(&rows.records[row].cells[c->column], &wish->text);
	}
}

static void order_by_column(struct weir_records_state *s, const struct weir_records_rows *rows,
			    const struct weir_records_column *c)
{
	struct weir_buf name = {0};
	enum weir_type type = rows->columns[c->column].type;
	weir_view_quote(weir_str_of(c->name), &name);
	if (!name.failed)
		weir_records_order_by(s, weir_buf_str(&name), type == WEIR_STRING);
	weir_buf_release(&name);
}

/* The column whose numbers the histogram shows; else the first that holds numbers. */
static const struct weir_records_column *measured(const struct weir_records_state *s,
						  const struct weir_records_rows *rows)
{
	const struct weir_records_column *first = NULL;
	for (size_t i = 0; i < s->n_columns; i++) {
		const struct weir_records_column *c = &s->columns[s->order[i]];
		if (!weir_records_shows(s, rows, c) || !weir_is_number(rows->columns[c->column].type))
			continue;
		first = first ? first : c;
		if (weir_str_equal(weir_bare_name(rows->r->histogram.column), weir_str_of(c->name)))
			return c;
	}
	return first;
}

void weir_records_order(const struct weir_picture *pic, struct weir_records_state *s)
{
	const struct weir_records_rows rows = weir_records_rows(pic);
	const struct weir_records_column *c = weir_records_column_at(s, &rows);
	c = c ? c : measured(s, &rows);
	if (!c && s->by.size)
		weir_records_order_by(s, (struct weir_str){0}, false);
	else if (c)
		order_by_column(s, &rows, c);
}

/* Esc: the last thing opened or chosen goes first. */
static bool back(struct weir_records_state *s)
{
	if (s->open)
		s->open = false;
	else if (s->at >= 0)
		s->at = -1;
	else if (s->sought.size)
		weir_records_seek_nothing(s);
	else if (s->by.size)
		weir_records_order_by(s, (struct weir_str){0}, false);
	else if (s->held)
		weir_records_to_first(s);
	else
		return false;
	return true;
}

static bool move(const struct weir_picture *pic, struct weir_records_state *s, enum weir_command command)
{
	const struct weir_records_rows rows = weir_records_rows(pic);
	int lines = lines_of(s, rect_of(pic).rows), page = lines > 2 ? lines - 1 : 1;
	switch (command) {
	case WEIR_CMD_UP:
	case WEIR_CMD_DOWN:
		weir_records_move(s, &rows, lines, command == WEIR_CMD_DOWN ? 1 : -1, false);
		return true;
	case WEIR_CMD_PAGE_UP:
	case WEIR_CMD_PAGE_DOWN:
		weir_records_move(s, &rows, lines, command == WEIR_CMD_PAGE_DOWN ? page : -page, true);
		return true;
	case WEIR_CMD_TOP_ROW:
	case WEIR_CMD_LIVE:
		if ((command == WEIR_CMD_LIVE) == rows.ordered)
			weir_records_to_last(s);
		else
			weir_records_to_first(s);
		/* By time, End returns to the newest moment, with the whole picture. */
		return command == WEIR_CMD_TOP_ROW || rows.ordered;
	default:
		return false;
	}
}

static bool command(const struct weir_picture *pic, struct weir_screen_state *state, enum weir_command command,
		    struct weir_wish *wish)
{
	struct weir_records_state *s = &state->records;
	const struct weir_records_rows rows = weir_records_rows(pic);
	struct weir_rect area = rect_of(pic);
	int lines = lines_of(s, area.rows), row = weir_records_view(s, &rows, lines).cursor;
	bool sideways = command == WEIR_CMD_LEFT || command == WEIR_CMD_RIGHT;
	if (command == WEIR_CMD_BACK)
		return back(s);
	if (s->open && sideways) {
		weir_records_move(s, &rows, lines > 0 ? lines : 1, command == WEIR_CMD_RIGHT ? 1 : -1, false);
		s->held = true;
		return true;
	}
	if (s->open)
		return weir_record_command(&s->page, command, area.rows - list_rows(s, area.rows), wish);
	if (sideways) {
		weir_records_sideways(s, &rows, area.columns, command == WEIR_CMD_RIGHT ? 1 : -1);
		return true;
	}
	if (command == WEIR_CMD_KEEP && row >= 0)
		open_row(s, &rows, lines, row);
	else if ((command == WEIR_CMD_EXCLUDE || command == WEIR_CMD_COPY) && row >= 0)
		act(pic, s, row, command == WEIR_CMD_EXCLUDE, wish);
	else
		return move(pic, s, command);
	return true;
}

static const char *label(const struct weir_picture *pic, enum weir_command command)
{
	const struct weir_records_state *s = &pic->state->records;
	if (command == WEIR_CMD_KEEP)
		return s->open ? "keep" : "open";
	if (command == WEIR_CMD_SEARCH || command == WEIR_CMD_ORDER)
		return s->open ? "" : command == WEIR_CMD_ORDER ? "order" : "search";
	if (command == WEIR_CMD_ADD)
		return s->open ? "add" : NULL;
	if (command == WEIR_CMD_EXCLUDE)
		return s->open || s->at >= 0 ? "exclude" : "";
	return command == WEIR_CMD_BACK && s->open ? "close" : NULL;
}

/* A click on a head: as `o` with the cursor in that column. */
static void order_at(struct weir_records_state *s, const struct weir_records_rows *rows, int columns, int x)
{
	struct weir_records_fit fit;
	weir_records_fit(s, rows, columns, &fit);
	for (int i = 0; i < fit.n; i++)
		if (x >= fit.items[i].x && x < fit.items[i].x + fit.items[i].width + WEIR_RECORDS_GAP)
			order_by_column(s, rows, &s->columns[fit.items[i].at]);
}

static void click(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_rect area,
		  struct weir_click *at)
{
	struct weir_records_state *s = &state->records;
	const struct weir_records_rows rows = weir_records_rows(pic);
	int top = list_rows(s, area.rows), lines = lines_of(s, area.rows);
	struct weir_records_view view = weir_records_view(s, &rows, lines);
	if (at->kind == WEIR_CLICK_WHEEL_UP || at->kind == WEIR_CLICK_WHEEL_DOWN) {
		int by = at->kind == WEIR_CLICK_WHEEL_DOWN ? WEIR_RECORD_WHEEL_ROWS : -WEIR_RECORD_WHEEL_ROWS;
		at->taken = true;
		if (s->open && at->y >= top)
			weir_record_wheel(&s->page, area.rows - top, by > 0);
		else
			weir_records_move(s, &rows, lines, by, true);
		return;
	}
	if (at->kind != WEIR_CLICK_PRESS)
		return;
	if (s->open && at->y >= top) {
		(void)weir_record_click(&s->page, area.rows - top, at->y - top);
		return;
	}
	if (at->y == 1)
		order_at(s, &rows, area.columns, at->x);
	int line = at->y - 2;
	if (line < 0 || line >= (int)view.n)
		return;
	int row = rows.ordered ? (int)view.from + line : (int)(view.from + view.n) - 1 - line;
	/* A second click opens. */
	if (row == view.cursor && s->held)
		open_row(s, &rows, lines, row);
	else
		weir_records_put(s, &rows, lines, row);
}

static void widen(const struct weir_picture *pic, struct weir_screen_state *state, int by)
{
	struct weir_records_state *s = &state->records;
	const struct weir_records_rows rows = weir_records_rows(pic);
	if (weir_records_column_at(s, &rows) && s->columns[s->at].more + by > -100 &&
	    s->columns[s->at].more + by < 1000) {
		if (!s->columns[s->at].more && s->columns[s->at].width)
			s->columns[s->at].wide = s->columns[s->at].width;
		s->columns[s->at].more += by;
	}
}
static void wider(const struct weir_picture *pic, struct weir_screen_state *state, int *mode)
{
	(void)mode;
	widen(pic, state, 2);
}
static void narrower(const struct weir_picture *pic, struct weir_screen_state *state, int *mode)
{
	(void)mode;
	widen(pic, state, -2);
}
static void move_left(const struct weir_picture *pic, struct weir_screen_state *state, int *mode)
{
	const struct weir_records_rows rows = weir_records_rows(pic);
	(void)mode;
	weir_records_move_column(&state->records, &rows, -1);
}
static void move_right(const struct weir_picture *pic, struct weir_screen_state *state, int *mode)
{
	const struct weir_records_rows rows = weir_records_rows(pic);
	(void)mode;
	weir_records_move_column(&state->records, &rows, 1);
}
static void hide(const struct weir_picture *pic, struct weir_screen_state *state, int *mode)
{
	struct weir_records_state *s = &state->records;
	const struct weir_records_rows rows = weir_records_rows(pic);
	(void)mode;
	if (!weir_records_column_at(s, &rows))
		return;
	int hidden = s->at, next = weir_records_next_column(s, &rows, hidden, 1);
	s->at = next == hidden ? weir_records_next_column(s, &rows, hidden, -1) : next;
	s->columns[hidden].hidden = true;
}
static void show_all(const struct weir_picture *pic, struct weir_screen_state *state, int *mode)
{
	(void)pic;
	(void)mode;
	weir_records_reset_columns(&state->records);
}
static void switch_hex(const struct weir_picture *pic, struct weir_screen_state *state, int *mode)
{
	(void)pic;
	(void)mode;
	state->records.page.hex = !state->records.page.hex;
}

/* In an open record + adds a value. */
static bool is_list(const struct weir_screen_state *state)
{
	return !state->records.open;
}

static const struct weir_panel_key keys[] = {
    {"+", "make the column under the cursor wider", wider, NULL, is_list},
    {"-", "make the column under the cursor narrower", narrower},
    {"(", "move the column under the cursor to the left", move_left},
    {")", "move the column under the cursor to the right", move_right},
    {"d", "hide the column under the cursor", hide},
    {"D", "show all columns again, as wide and in the order as at first", show_all},
    {"r", "show the bytes of an open record as numbers, or as text", switch_hex},
    {NULL},
};

static const struct weir_panel_act acts[] = {
    {WEIR_CMD_KEEP, "open", "open the record under the cursor; in an open record, keep only rows with that value"},
    {WEIR_CMD_EXCLUDE, "exclude", "leave out the rows that have the value under the cursor"},
    {WEIR_CMD_ADD, "add",
     "in an open record, add the value to those that Enter keeps and x leaves out, or take it back"},
    {WEIR_CMD_COPY, "copy", "copy the value under the cursor, or the whole record as JSON when no column is chosen"},
    {WEIR_CMD_COUNT, NULL, NULL},
};
static const struct weir_help_line moves[] = {
    {"Up  Down", "move the cursor; it stays on its record while others arrive"},
    {"Home  End", "go to the oldest record, or follow the newest ones again; in the order of a column, go to its ends"},
    {"Left  Right", "choose a column; in an open record, go to the record before or after it"},
    {"g  m", "in an open record, group by the field under the cursor, or measure it"},
    {"Esc", "close the record, then let go of the column, the search, the order and the cursor"},
    {NULL, NULL},
};
static const struct weir_help_line mouse[] = {
    {"click", "put the cursor there; a second click opens the record; on a head, order by that column"},
    {"wheel", "scroll the records, or the lines of an open one"},
    {NULL, NULL},
};
static const struct weir_help_line signs[] = {
    {"\xc2\xb7", "the record has no such key"},
    {"null", "the key is there, and its value is NULL"},
    {"following", "the newest record stands at the foot, and the others move up as data arrive"},
    {"5 newer", "the cursor stays on its record; so many have come after it"},
    {"+3 empty columns", "the records in view have nothing in them, so they are left out"},
    {"match 3 of 214", "the cursor is on the third newest record with what is searched for"},
    {">", "the record has what is searched for, perhaps in a column that is not shown"},
    {"(+3 lines)", "the text goes on: Enter shows all of it"},
    {NULL, NULL},
};

const struct weir_panel weir_panel_records = {
    .name = "records",
    .help = "all records, as a log, and each of them in full",
    .keys = keys,
    .acts = acts,
    .moves = moves,
    .mouse = mouse,
    .signs = signs,
    .extras = "records histogram",
    .place = WEIR_PLACE_FOOT,
    .want = want,
    .click = click,
    .command = command,
    .label = label,
    .drawer_rows = drawer_rows,
    .see = see,
    .draw = draw,
};
