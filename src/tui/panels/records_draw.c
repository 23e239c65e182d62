/* The list of records as a picture: its title, its heads, and a line a row. */
#include "tui/panels/panels.h"
#include "weir/query/view.h"

#include <stdio.h>

/* Whether this is the value of the selected row of the table. */
static bool is_selected(const struct weir_result *r, int selected, struct weir_str column, const struct weir_value *v)
{
	for (uint32_t g = 0; g < r->n_groups && selected >= 0; g++)
		if (weir_str_equal(r->groups[g].name, column))
			return weir_value_compare(&r->rows[selected].groups[g], v) == 0;
	return false;
}

/* The ink of a value: what it means by its name, or how rare it is. */
static enum weir_ink value_ink(const struct weir_result *r, struct weir_str column, const struct weir_value *v)
{
	if (v->type == WEIR_INT64 && (weir_records_is_code(column)))
		return v->i >= 500 && v->i < 600   ? WEIR_INK_BAD
		       : v->i >= 400 && v->i < 500 ? WEIR_INK_WARN
						   : WEIR_INK_TEXT;
	if (weir_is_number(v->type) && r->histogram.n && weir_str_equal(weir_bare_name(r->histogram.column), column)) {
		double n = weir_number_of(v);
		return n >= r->histogram.p99 ? WEIR_INK_BAD : n >= r->histogram.p95 ? WEIR_INK_WARN : WEIR_INK_TEXT;
	}
	return weir_records_level(column, v);
}

/* A row being drawn. */
struct row {
	const struct weir_result *r;
	const struct weir_records_rows *rows;
	const struct weir_result_record *record;
	struct weir_canvas c;
	int y, selected;
	bool cursor;
	const struct weir_records_column *cell; /* under the cursor; NULL: none, or another row's */
	enum weir_ink level;
};

/* Greys are brighter on the paper of the cursor. */
static struct weir_style style_of(const struct row *row, enum weir_ink ink)
{
	if (row->cursor)
		ink = ink == WEIR_INK_DIM ? WEIR_INK_TEXT : ink == WEIR_INK_FAINT ? WEIR_INK_DIM : ink;
	return weir_style(ink);
}

/* Parts of a text in their inks, over what was drawn of it. */
static void draw_marks(const struct row *row, int x, int columns, struct weir_str text)
{
	struct weir_records_mark marks[WEIR_RECORDS_MARKS];
	enum weir_ink ignored;
	int n = weir_records_scan(text, marks, &ignored);
	for (int i = 0; i < n; i++) {
		int from = weir_text_columns((struct weir_str){text.data, marks[i].from}),
		    to = weir_text_columns((struct weir_str){text.data, marks[i].to});
		to = to < columns ? to : columns;
		weir_cell_repaper(row->c, x + from, row->y, to - from, WEIR_PAPER_BASE,
				  (enum weir_ink)style_of(row, marks[i].ink).ink);
	}
}

static void draw_cell(const struct row *row, const struct weir_records_column *column, int x, int width)
{
	const struct weir_value *v = &row->record->cells[column->column];
	bool number = weir_is_number(row->rows->columns[column->column].type);
	struct weir_buf text = {0};
	if (v->type == WEIR_NULL) {
		/* A missing key is shown as a dot, null as null. */
		bool missing = row->record->missing && row->record->missing[column->column];
		weir_cell_put_text(row->c, x, row->y, width, missing ? WEIR_STR("\xc2\xb7") : WEIR_STR("null"),
				   style_of(row, WEIR_INK_FAINT), number ? WEIR_RIGHT : WEIR_LEFT);
		return;
	}
	bool message = column->role == WEIR_ROLE_MESSAGE;
	weir_records_cell_text(v, column->decimals, message, &text);
	struct weir_style style = style_of(row, message ? row->level : value_ink(row->r, weir_str_of(column->name), v));
	if (is_selected(row->r, row->selected, weir_str_of(column->name), v))
		style = weir_style_bold(WEIR_INK_BRIGHT);
	if (row->cell == column)
		style = (struct weir_style){.ink = WEIR_INK_BRIGHT, .attributes = WEIR_BOLD | WEIR_UNDERLINE};
	weir_cell_put_text(row->c, x, row->y, width, weir_buf_str(&text), style, number ? WEIR_RIGHT : WEIR_LEFT);
	if (message)
		draw_marks(row, x, width, weir_buf_str(&text));
	weir_buf_release(&text);
}

static void time_text(const struct weir_records_state *s, int64_t us, char *out)
{
	char clock[WEIR_FORMAT_BYTES];
	out[0] = '\0';
	if (us == WEIR_TIME_NONE) {
		snprintf(out, WEIR_FORMAT_BYTES, "-");
		return;
	}
	if (s->days == WEIR_ONE_YEAR)
		weir_format_day_of_year(us, out);
	else if (s->days == WEIR_MANY_YEARS)
		weir_format_day(us, out);
	size_t n = strlen(out);
	snprintf(out + n, WEIR_FORMAT_BYTES - n, "%s%.20s", n ? " " : "",
		 weir_format_clock(us, s->fine ? 3 : 0, clock));
}

static void draw_row(const struct weir_picture *pic, const struct weir_records_fit *fit, struct row *row)
{
	const struct weir_records_state *s = &pic->state->records;
	const struct weir_result_record *record = row->record;
	char text[WEIR_FORMAT_BYTES];
	row->level = weir_records_record_level(s, row->rows, record);
	if (fit->time_x >= 0) {
		time_text(s, record->time_us, text);
		weir_cell_put_text(row->c, fit->time_x, row->y, s->time_width, weir_str_of(text),
				   style_of(row, WEIR_INK_DIM), WEIR_RIGHT);
	}
	if (fit->stream_x >= 0 && record->stream < pic->info->n_streams)
		weir_cell_put_text(row->c, fit->stream_x, row->y, s->stream_width,
				   weir_str_of(pic->info->streams[record->stream].name),
				   weir_style(weir_series_ink(record->stream)), WEIR_LEFT);
	if (record->malformed && fit->n) {
		weir_cell_put(row->c, fit->items[0].x, row->y, "malformed: Enter shows it as it came",
			      weir_style(WEIR_INK_WARN));
		return;
	}
	for (int i = 0; i < fit->n; i++)
		draw_cell(row, &s->columns[fit->items[i].at], fit->items[i].x, fit->items[i].width);
}

/* What orders the rows has a sign at its head, as in the table. */
static void draw_order(const struct weir_records_state *s, const struct weir_records_column *column,
		       struct weir_canvas c, int x)
{
	struct weir_buf name = {0};
	weir_view_quote(weir_str_of(column->name), &name);
	if (s->by.size && weir_str_equal(weir_buf_str(&name), weir_buf_str(&s->by)))
		weir_cell_put_glyph(c, x, 1, s->ascending ? 0x25b2 : 0x25bc, weir_style(WEIR_INK_KEY));
	weir_buf_release(&name);
}

static void draw_heads(const struct weir_picture *pic, const struct weir_records_rows *rows,
		       const struct weir_records_fit *fit, struct weir_canvas c, bool focus)
{
	const struct weir_records_state *s = &pic->state->records;
	if (fit->time_x >= 0)
		weir_cell_put(c, fit->time_x, 1, "time", weir_style(WEIR_INK_DIM));
	if (fit->stream_x >= 0)
		weir_cell_put(c, fit->stream_x, 1, "stream", weir_style(WEIR_INK_DIM));
	for (int i = 0; i < fit->n; i++) {
		const struct weir_records_column *column = &s->columns[fit->items[i].at];
		bool number = weir_is_number(rows->columns[column->column].type);
		bool at = focus && (int)fit->items[i].at == s->at;
		weir_cell_put_text(c, fit->items[i].x, 1, fit->items[i].width, weir_str_of(column->name),
				   at ? weir_style_bold(WEIR_INK_KEY) : weir_style(WEIR_INK_DIM),
				   number ? WEIR_RIGHT : WEIR_LEFT);
		int x = fit->items[i].x, width = fit->items[i].width,
		    wide = weir_text_columns(weir_str_of(column->name));
		wide = wide < width ? wide : width;
		draw_order(s, column, c, number ? x + width : x + wide + (wide < width));
	}
}

/* What was found in the cells that are shown; a row in which it stands elsewhere has a sign before it. */
static void light_row(const struct weir_picture *pic, const struct weir_records_fit *fit, const struct row *row)
{
	const struct weir_records_state *s = &pic->state->records;
	const struct weir_search_answer *found = pic->studies ? pic->studies->found : NULL;
	struct weir_buf text = {0};
	uint64_t ignored;
	for (int i = 0; i < fit->n && s->finder && !row->record->malformed; i++) {
		const struct weir_records_column *column = &s->columns[fit->items[i].at];
		const struct weir_value *v = &row->record->cells[column->column];
		int x = fit->items[i].x, width = fit->items[i].width;
		if (v->type == WEIR_NULL)
			continue;
		weir_buf_clear(&text);
		weir_records_cell_text(v, column->decimals, column->role == WEIR_ROLE_MESSAGE, &text);
		int used = weir_text_columns(weir_buf_str(&text));
		bool right = weir_is_number(row->rows->columns[column->column].type) && used < width;
		weir_records_light(s->finder, row->c, right ? x + width - used : x, row->y, right ? used : width,
				   weir_buf_str(&text));
	}
	weir_buf_release(&text);
	if (found && s->finder && weir_search_holds(found, &row->record->place, &ignored))
		weir_cell_put_glyph(row->c, 0, row->y, '>', weir_style(WEIR_INK_WARN));
}

void weir_records_draw(const struct weir_picture *pic, const struct weir_area *area)
{
	const struct weir_records_state *s = &pic->state->records;
	const struct weir_records_rows rows = weir_records_rows(pic);
	struct weir_canvas c = area->canvas;
	struct weir_records_fit fit;
	struct weir_records_view view = weir_records_view(s, &rows, weir_panel_body_rows(c.rows));
	weir_records_fit(s, &rows, c.columns, &fit);
	weir_records_title(pic, area, &rows, &fit, &view);
	if (rows.n == 0) {
		const struct weir_ledger *l = &rows.r->ledger;
		weir_cell_put(c, 1, 1, l->filtered && !l->matched ? "no record passes the filter" : "no records",
			      weir_style(WEIR_INK_DIM));
		return;
	}
	draw_heads(pic, &rows, &fit, c, area->focus);
	struct row row = {.r = rows.r, .rows = &rows, .c = c, .selected = weir_state_selected_row(pic->state, rows.r)};
	for (uint32_t i = 0; i < view.n; i++) {
		uint32_t at = rows.ordered ? view.from + i : view.from + view.n - 1 - i;
		row.record = &rows.records[at];
		row.y = 2 + (int)i;
		row.cursor = (int)at == view.cursor && (area->focus || s->held);
		row.cell = row.cursor && area->focus ? weir_records_column_at(s, &rows) : NULL;
		draw_row(pic, &fit, &row);
		if (row.cursor)
			weir_cell_repaper(c, 0, row.y, c.columns, WEIR_PAPER_SELECT, WEIR_INK_COUNT);
		light_row(pic, &fit, &row);
	}
}
