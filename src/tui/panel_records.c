/* The newest records, as they came: the proof behind the figures. */
#include "tui/frame.h"

#include "tui/format.h"

#include <math.h>
#include <stdio.h>

enum { GAP = 2, WIDEST = 32 };

/* Digits behind the point that the column's floats need, at most three. */
static int column_decimals(const struct weir_result *r, uint32_t column, uint32_t from, uint32_t to)
{
	int most = 0;
	for (uint32_t i = from; i < to; i++) {
		const struct weir_value *v = &r->records[i].cells[column];
		char text[32];
		if (v->type != WEIR_FLOAT64 || !isfinite(v->f) || fabs(v->f) >= 1e15)
			continue;
		text[weir_format_double(v->f, text)] = '\0';
		const char *point = strchr(text, '.');
		int decimals = point && !strpbrk(text, "eE") ? (int)strlen(point + 1) : 0;
		if (decimals == 1 && point[1] == '0')
			decimals = 0;
		most = decimals > most ? decimals : most;
	}
	return most > 3 ? 3 : most;
}

/* Years, identifiers and codes read worse with commas: records show integers as they are. */
static void cell_text(const struct weir_value *v, int decimals, struct weir_buf *out)
{
	if (v->type == WEIR_INT64)
		weir_value_text(v, out);
	else
		weir_format_value(v, decimals, out);
}

static bool is_number(enum weir_type t)
{
	return t == WEIR_INT64 || t == WEIR_FLOAT64;
}

static int column_width(const struct weir_result *r, uint32_t column, int decimals, uint32_t from, uint32_t to)
{
	int wide = weir_text_columns(r->record_columns[column].name);
	for (uint32_t i = from; i < to; i++) {
		const struct weir_value *v = &r->records[i].cells[column];
		struct weir_buf text = {0};
		cell_text(v, decimals, &text);
		int one = v->type == WEIR_NULL ? 4 : weir_text_columns(weir_buf_str(&text));
		weir_buf_release(&text);
		wide = one > wide ? one : wide;
	}
	return wide > WIDEST ? WIDEST : wide;
}

static bool holds_nocase(struct weir_str name, const char *word)
{
	size_t n = strlen(word);
	for (size_t i = 0; i + n <= name.size; i++)
		if (weir_str_equal_nocase((struct weir_str){name.data + i, n}, (struct weir_str){word, n}))
			return true;
	return false;
}

/* What a value says by its well-known meaning: status codes, levels, and the tail of the column in the histogram. */
static enum weir_ink value_ink(const struct weir_result *r, struct weir_str column, const struct weir_value *v)
{
	if (v->type == WEIR_INT64 && (holds_nocase(column, "status") || holds_nocase(column, "code"))) {
		if (v->i >= 500 && v->i < 600)
			return WEIR_INK_BAD;
		if (v->i >= 400 && v->i < 500)
			return WEIR_INK_WARN;
	}
	if (v->type == WEIR_STRING && (holds_nocase(column, "level") || holds_nocase(column, "severity"))) {
		if (holds_nocase(v->s, "err") || holds_nocase(v->s, "fatal") || holds_nocase(v->s, "crit"))
			return WEIR_INK_BAD;
		if (holds_nocase(v->s, "warn"))
			return WEIR_INK_WARN;
	}
	if (is_number(v->type) && r->histogram.n && weir_str_equal(weir_bare_name(r->histogram.column), column)) {
		double n = weir_number_of(v);
		return n >= r->histogram.p99 ? WEIR_INK_BAD : n >= r->histogram.p95 ? WEIR_INK_WARN : WEIR_INK_TEXT;
	}
	return WEIR_INK_TEXT;
}

/* The value that the selected row of the table is about. */
static bool is_selected(const struct weir_result *r, int selected, uint32_t column, const struct weir_value *v)
{
	for (uint32_t g = 0; g < r->n_groups && selected >= 0; g++)
		if (weir_str_equal(r->groups[g].name, r->record_columns[column].name))
			return weir_value_compare(&r->rows[selected].groups[g], v) == 0;
	return false;
}

static void draw_cell(const struct weir_result *r, int selected, const struct weir_result_record *record,
		      uint32_t column, struct weir_canvas c, int x, int y, int width, int decimals)
{
	const struct weir_value *v = &record->cells[column];
	bool number = is_number(r->record_columns[column].type);
	struct weir_buf text = {0};
	if (v->type == WEIR_NULL) {
		/* A key that is missing is told from null: nothing there but a dot. */
		bool missing = record->missing && record->missing[column];
		weir_cell_put_text(c, x, y, width, missing ? WEIR_STR("\xc2\xb7") : WEIR_STR("null"),
				   weir_style(WEIR_INK_FAINT), number ? WEIR_RIGHT : WEIR_LEFT);
		return;
	}
	cell_text(v, decimals, &text);
	enum weir_ink ink = record->malformed ? WEIR_INK_WARN : value_ink(r, r->record_columns[column].name, v);
	struct weir_style style =
	    is_selected(r, selected, column, v) ? weir_style_bold(WEIR_INK_BRIGHT) : weir_style(ink);
	weir_cell_put_text(c, x, y, width, weir_buf_str(&text), style, number ? WEIR_RIGHT : WEIR_LEFT);
	weir_buf_release(&text);
}

/* The time of the record: its clock; wider when it has microseconds. */
static int draw_times(const struct weir_result *r, struct weir_canvas c, uint32_t from, uint32_t to)
{
	bool any = false, fine = false;
	for (uint32_t i = from; i < to; i++) {
		any = any || r->records[i].time_us != WEIR_TIME_NONE;
		fine = fine || (r->records[i].time_us != WEIR_TIME_NONE && r->records[i].time_us % WEIR_US_PER_S);
	}
	if (!any)
		return 1;
	int width = fine ? 12 : 8;
	weir_cell_put(c, 1, 1, "time", weir_style(WEIR_INK_DIM));
	for (uint32_t i = from; i < to; i++) {
		char text[WEIR_FORMAT_BYTES];
		const char *clock = r->records[i].time_us == WEIR_TIME_NONE
					? "-"
					: weir_format_clock(r->records[i].time_us, fine ? 3 : 0, text);
		weir_cell_put_text(c, 1, 2 + (int)(i - from), width, weir_str_of(clock), weir_style(WEIR_INK_DIM),
				   WEIR_LEFT);
	}
	return 1 + width + GAP;
}

static const struct weir_result *result_of(const struct weir_frame *f)
{
	return f->records ? f->records : f->result;
}

static void draw_title(const struct weir_frame *f, struct weir_canvas c, int scroll)
{
	const struct weir_result *r = result_of(f);
	char remark[160], text[WEIR_FORMAT_BYTES], day[WEIR_FORMAT_BYTES];
	int n = 0;
	remark[0] = '\0';
	if (r->n_records && r->records[0].time_us != WEIR_TIME_NONE)
		n = snprintf(remark, sizeof(remark), "%s UTC, ", weir_format_day(r->records[0].time_us, day));
	if (scroll)
		snprintf(remark + n, sizeof(remark) - (size_t)n, "from %s",
			 weir_format_count((uint64_t)scroll + 1, text));
	else if (f->records_fast && r->moment_us != WEIR_TIME_NONE && !f->info->paused && !f->info->ended)
		snprintf(remark + n, sizeof(remark) - (size_t)n, "as of %s", weir_format_clock(r->moment_us, 0, text));
	else
		snprintf(remark + n, sizeof(remark) - (size_t)n, "%s",
			 f->info->paused  ? "paused"
			 : f->info->ended ? "the last"
					  : "following");
	weir_title_draw(c, WEIR_STR("records"), weir_str_of(remark), f->ui->focus == WEIR_PANEL_RECORDS);
}

void weir_panel_records_draw(const struct weir_frame *f, struct weir_canvas c)
{
	const struct weir_result *r = result_of(f);
	int scroll = f->ui->scroll[WEIR_PANEL_RECORDS], body = weir_panel_body_rows(c.rows);
	int last = (int)r->n_records - body;
	scroll = scroll > last ? last : scroll;
	scroll = scroll < 0 ? 0 : scroll;
	draw_title(f, c, scroll);
	if (r->n_records == 0) {
		weir_cell_put(c, 1, 1,
			      r->ledger.received && !r->ledger.matched ? "no record passes the filter"
								       : "no records yet",
			      weir_style(WEIR_INK_DIM));
		return;
	}
	uint32_t from = (uint32_t)scroll,
		 to = r->n_records - from > (uint32_t)body ? from + (uint32_t)body : r->n_records;
	int x = draw_times(r, c, from, to), selected = weir_ui_selected_row(f->ui, r);
	for (uint32_t column = (uint32_t)f->ui->first_column; column < r->n_record_columns && x < c.columns - 3;
	     column++) {
		const struct weir_result_column *head = &r->record_columns[column];
		if (head->is_time && x > 1)
			continue;
		int decimals = column_decimals(r, column, from, to),
		    width = column_width(r, column, decimals, from, to);
		if (x + width > c.columns)
			width = c.columns - x;
		weir_cell_put_text(c, x, 1, width, head->name, weir_style(WEIR_INK_DIM),
				   is_number(head->type) ? WEIR_RIGHT : WEIR_LEFT);
		for (uint32_t i = from; i < to; i++)
			draw_cell(r, selected, &r->records[i], column, c, x, 2 + (int)(i - from), width, decimals);
		x += width + GAP;
	}
}
