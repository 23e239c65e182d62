/* One record in full: the keys in it, and its picture. */
#include "tui/panels/record.h"

#include "tui/panels/panels.h"
#include "weir/query/view.h"

#include <stdio.h>

enum {
	LONGEST_CONDITION = 2000, /* bytes of a value that a condition may hold */
	HINT_COLUMNS = 90,        /* a title with room for a hint */
	LIST_FROM_ROWS = 21,      /* an open record leaves a few lines of the list above it in a panel that high */
	WIDE_COLUMNS = 100,       /* a screen with room for a drawer; on a smaller one a record takes all of it */
	WIDE_ROWS = 30,
};

int weir_record_list_rows(bool open, int rows)
{
	return !open ? rows : rows >= LIST_FROM_ROWS ? rows / 3 : 0;
}

int weir_record_drawer_rows(bool open, int columns, int rows)
{
	return !open ? 0 : columns >= WIDE_COLUMNS && rows >= WIDE_ROWS ? (rows - 4) * 2 / 3 : rows;
}

static int body_of(int rows)
{
	return rows > 1 ? rows - 1 : 1;
}

static int last_scroll(const struct weir_record *d, int body)
{
	return (int)d->n_lines > body ? (int)d->n_lines - body : 0;
}

static void scroll_by(struct weir_record_page *p, int by, int body)
{
	int end = last_scroll(p->full, body), to = p->scroll + by;
	p->scroll = to < 0 ? 0 : to > end ? end : to;
}

/* The nearest item that is no heading, in that direction; -1: none. */
static int next_item(const struct weir_record *d, int from, int by)
{
	for (int i = from + by; i >= 0 && i < (int)d->n_items; i += by)
		if (!d->items[i].heading)
			return i;
	return -1;
}

/* To the next item; one that is longer than the picture is read through first. */
static void step(struct weir_record_page *p, int by, int body)
{
	const struct weir_record *d = p->full;
	const struct weir_record_item *at = &d->items[p->field];
	int next = next_item(d, p->field, by);
	if (by > 0 && (int)at->end > p->scroll + body) {
		scroll_by(p, 1, body);
		return;
	}
	if (by < 0 && (int)at->first < p->scroll) {
		scroll_by(p, -1, body);
		return;
	}
	if (next < 0) { /* headings and remarks at the ends are read too */
		scroll_by(p, by * (int)d->n_lines, body);
		return;
	}
	p->field = next;
	at = &d->items[next];
	if (by > 0 && (int)at->end > p->scroll + body)
		p->scroll = (int)at->end - at->first > (uint32_t)body ? (int)at->first : (int)at->end - body;
	if (by < 0 && (int)at->first < p->scroll)
		p->scroll = (int)(at->end - at->first) > body ? (int)at->end - body : (int)at->first;
	if (by < 0 && next_item(d, next, -1) < 0)
		p->scroll = 0;
	scroll_by(p, 0, body);
}

static void page(struct weir_record_page *p, int by, int body)
{
	const struct weir_record *d = p->full;
	int before = p->scroll;
	scroll_by(p, by * (body - 1 > 0 ? body - 1 : 1), body);
	if (p->scroll == before) {
		for (int next = next_item(d, p->field, by); next >= 0; next = next_item(d, p->field, by))
			p->field = next;
		return;
	}
	/* The cursor goes along, to the first item that begins in the picture, or that fills it. */
	uint32_t line = (uint32_t)p->scroll, item = d->lines[line].item;
	if (d->items[item].heading || d->items[item].first < line) {
		int next = next_item(d, (int)item, 1);
		item = next >= 0 && (int)d->items[next].first < p->scroll + body ? (uint32_t)next : item;
	}
	if (!d->items[item].heading)
		p->field = (int)item;
}

/* A measure that tells something about such values. */
static void add_measure(const struct weir_record_item *i, struct weir_buf *out)
{
	const char *name = i->value.type == WEIR_INT64 || i->value.type == WEIR_FLOAT64 ? "p95"
			   : i->value.type == WEIR_TIMESTAMP                            ? "max"
											: "distinct";
	weir_buf_addf(out, "%s(" WEIR_STR_FMT ")", name, WEIR_STR_ARG(i->expression));
}

static void refuse(struct weir_wish *wish, const char *why)
{
	wish->kind = WEIR_WISH_SAY;
	weir_buf_add_c(&wish->text, why);
}

static void ask(const struct weir_record_item *i, enum weir_command command, struct weir_wish *wish)
{
	if (!i->expression.size) {
		refuse(wish, i->type && strcmp(i->type, "object") == 0
				 ? "this is the name of several fields: choose one of those below it"
				 : "a question cannot name this value");
		return;
	}
	if (command == WEIR_CMD_PROMPT_GROUP) {
		wish->kind = WEIR_WISH_GROUP;
		weir_buf_add_str(&wish->text, i->expression);
	} else if (command == WEIR_CMD_PROMPT_MEASURE) {
		wish->kind = WEIR_WISH_MEASURE;
		add_measure(i, &wish->text);
	} else if (i->value.type == WEIR_STRING && i->value.s.size > LONGEST_CONDITION) {
		refuse(wish, "this text is too long for a filter: press / and ask for a part of it with contains");
	} else {
		bool add = command == WEIR_CMD_ADD;
		wish->kind = add ? WEIR_WISH_ADD : WEIR_WISH_FILTER;
		if (add)
			weir_condition_text(i->expression, &i->value, true, &wish->other);
		wish->what = command == WEIR_CMD_EXCLUDE ? "excluded" : "kept";
		weir_condition_text(i->expression, &i->value, command == WEIR_CMD_EXCLUDE, &wish->text);
	}
}

static void copy(const struct weir_record_item *i, struct weir_wish *wish)
{
	wish->kind = WEIR_WISH_COPY;
	wish->what = "copied the value";
	if (i->value.type != WEIR_NULL)
		weir_value_text(&i->value, &wish->text);
	else
		weir_buf_add_str(&wish->text, i->text.size ? i->text : i->label);
}

static bool move(struct weir_record_page *p, enum weir_command command, int body)
{
	switch (command) {
	case WEIR_CMD_UP:
	case WEIR_CMD_DOWN:
		step(p, command == WEIR_CMD_DOWN ? 1 : -1, body);
		return true;
	case WEIR_CMD_PAGE_UP:
	case WEIR_CMD_PAGE_DOWN:
		page(p, command == WEIR_CMD_PAGE_DOWN ? 1 : -1, body);
		return true;
	case WEIR_CMD_TOP_ROW:
	case WEIR_CMD_LIVE:
		scroll_by(p, command == WEIR_CMD_LIVE ? (int)p->full->n_lines : -(int)p->full->n_lines, body);
		for (int i = p->field; i >= 0; i = next_item(p->full, i, command == WEIR_CMD_LIVE ? 1 : -1))
			p->field = i;
		return true;
	default:
		return false;
	}
}

bool weir_record_command(struct weir_record_page *p, enum weir_command command, int rows, struct weir_wish *wish)
{
	const struct weir_record *d = p->full;
	if (!d || p->field < 0 || (size_t)p->field >= d->n_items)
		return false;
	if (move(p, command, body_of(rows)))
		return true;
	switch (command) {
	case WEIR_CMD_KEEP:
	case WEIR_CMD_EXCLUDE:
	case WEIR_CMD_ADD:
	case WEIR_CMD_PROMPT_GROUP:
	case WEIR_CMD_PROMPT_MEASURE:
		ask(&d->items[p->field], command, wish);
		return true;
	case WEIR_CMD_COPY:
		copy(&d->items[p->field], wish);
		return true;
	default:
		return false;
	}
}

void weir_record_wheel(struct weir_record_page *p, int rows, bool down)
{
	for (int i = 0; i < WEIR_RECORD_WHEEL_ROWS; i++)
		(void)weir_record_command(p, down ? WEIR_CMD_DOWN : WEIR_CMD_UP, rows, NULL);
}

bool weir_record_click(struct weir_record_page *p, int rows, int y)
{
	const struct weir_record *d = p->full;
	int line = p->scroll + y - 1;
	if (!d || y < 1 || y > body_of(rows) || line >= (int)d->n_lines || d->items[d->lines[line].item].heading)
		return false;
	p->field = (int)d->lines[line].item;
	return true;
}

void weir_record_show(struct weir_record_page *p, struct weir_record *made)
{
	const struct weir_record *old = p->full;
	/* The cursor stays on the field of that name. */
	struct weir_str name =
	    old && (size_t)p->field < old->n_items ? old->items[p->field].expression : (struct weir_str){0};
	for (size_t i = 0; i < made->n_items && name.size; i++)
		if (weir_str_equal(made->items[i].expression, name))
			p->field = (int)i;
	if ((size_t)p->field >= made->n_items || made->items[p->field].heading) {
		int first = next_item(made, -1, 1);
		p->field = first < 0 ? 0 : first;
	}
	p->scroll = (int)made->n_lines > p->scroll ? p->scroll : 0;
	weir_record_free(p->full);
	p->full = made;
}

void weir_record_see(struct weir_records_state *s, const struct weir_records_rows *rows, int columns)
{
	const struct weir_records *around = weir_result_extra(rows->r, "records");
	const struct weir_record_full *full = around ? around->full : NULL;
	const struct weir_result_record *line = NULL;
	struct weir_record_page *p = &s->page;
	struct weir_record *old = p->full;
	if (full && weir_row_place_compare(&full->place, &s->cursor) != 0)
		full = NULL;
	for (uint32_t i = 0; i < rows->n && !line; i++)
		if (weir_row_place_compare(&rows->records[i].place, &s->cursor) == 0)
			line = &rows->records[i];
	bool same = old && weir_row_place_compare(&old->place, &s->cursor) == 0;
	if (same && full)
		old->held = full->held;
	full = full && full->held ? full : NULL;
	bool fits = same && old->columns == columns && old->hex == p->hex &&
		    old->generation == rows->r->view_generation &&
		    (!full || (old->whole && old->reading == full->reading));
	if (!same && !full && !line) {
		weir_record_free(old);
		p->full = NULL;
	}
	struct weir_record *made =
	    fits || (!full && !line) ? NULL : weir_record_make(rows, line, full, columns, p->hex);
	if (made)
		weir_record_show(p, made);
}

static void draw_title(const struct weir_record *d, struct weir_canvas c, int scroll, int body, bool focus)
{
	char title[160], remark[120], clock[WEIR_FORMAT_BYTES] = "", day[WEIR_FORMAT_BYTES] = "";
	if (d->time_us != WEIR_TIME_NONE) {
		weir_format_day(d->time_us, day);
		weir_format_clock(d->time_us, d->time_us % WEIR_US_PER_S ? 3 : 0, clock);
	}
	bool wide = c.columns >= HINT_COLUMNS;
	snprintf(title, sizeof(title), "%s %s%s%s%s%.*s", d->noun, wide ? day : "", wide && day[0] ? " " : "", clock,
		 clock[0] ? "Z " : "", wide ? (int)d->stream.size : 0, d->stream.data ? d->stream.data : "");
	const char *what = !d->held    ? "memory has let go of it"
			   : d->failed ? "not all of it: out of memory"
			   : wide      ? "Left and Right: older, newer"
				       : "";
	int n = snprintf(remark, sizeof(remark), "%s", what);
	if ((int)d->n_lines > body)
		snprintf(remark + n, sizeof(remark) - (size_t)n, "%slines %s-%s of %s", n ? ", " : "",
			 WEIR_COUNT(scroll + 1),
			 WEIR_COUNT(scroll + body < (int)d->n_lines ? scroll + body : (int)d->n_lines),
			 WEIR_COUNT(d->n_lines));
	weir_title_draw(c, weir_str_trim(weir_str_of(title)), weir_str_of(remark), focus);
}

void weir_record_draw(const struct weir_record_page *p, struct weir_finder *finder, struct weir_canvas c, bool focus)
{
	const struct weir_record *d = p->full;
	int body = body_of(c.rows);
	if (!d) {
		weir_title_draw(c, WEIR_STR("record"), (struct weir_str){0}, focus);
		weir_cell_put(c, 1, 1, "memory has let go of this record", weir_style(WEIR_INK_DIM));
		return;
	}
	int end = last_scroll(d, body), scroll = p->scroll > end ? end : p->scroll;
	draw_title(d, c, scroll, body, focus);
	for (int y = 0; y < body && scroll + y < (int)d->n_lines; y++) {
		const struct weir_record_line *l = &d->lines[scroll + y];
		const struct weir_record_item *i = &d->items[l->item];
		struct weir_style label =
		    i->heading && i->ink != WEIR_INK_DIM ? weir_style_bold(WEIR_INK_BRIGHT) : weir_style(WEIR_INK_DIM);
		int indent = weir_record_indent(d, i);
		weir_cell_put_text(c, indent, y + 1, c.columns - indent - 1, l->label, label, WEIR_LEFT);
		if (l->type)
			weir_cell_put(c, d->type_x, y + 1, l->type, weir_style(WEIR_INK_FAINT));
		weir_cell_put_text(c, l->x, y + 1, c.columns - l->x - 1, l->text, weir_style(i->ink), WEIR_LEFT);
		if ((int)l->item == p->field && focus)
			weir_cell_repaper(c, 0, y + 1, c.columns, WEIR_PAPER_SELECT, WEIR_INK_BRIGHT);
		weir_records_light(finder, c, l->x, y + 1, c.columns - l->x - 1, l->text);
	}
}
