#include "tui/frame.h"

#include "tui/format.h"

#include <math.h>
#include <stdio.h>

static const struct weir_panel_ops panels[] = {
    {WEIR_PANEL_TABLE, "the groups, by the measure that sorts", weir_panel_table_draw},
    {WEIR_PANEL_CHART, "the measure over time, by group", weir_panel_chart_draw},
    {WEIR_PANEL_HISTOGRAM, "how a number is spread", weir_panel_histogram_draw},
    {WEIR_PANEL_RECORDS, "the newest records", weir_panel_records_draw},
    {WEIR_PANEL_STREAMS, "sources, partitions and where each record went", weir_panel_streams_draw},
    {WEIR_PANEL_SCHEMA, "columns and their types", weir_panel_schema_draw},
};

const struct weir_panel_ops *weir_panel_of(enum weir_panel panel)
{
	for (size_t i = 0; i < sizeof(panels) / sizeof(panels[0]); i++)
		if (panels[i].panel == panel)
			return &panels[i];
	return &panels[0];
}

void weir_title_draw(struct weir_canvas c, struct weir_str title, struct weir_str remark, bool focus)
{
	struct weir_style rule = weir_style(WEIR_INK_FAINT);
	for (int x = 0; x < c.columns; x++)
		weir_cell_put_glyph(c, x, 0, 0x2500, rule);
	int room = c.columns - 4;
	int remark_columns = weir_text_columns(remark);
	int title_columns = weir_text_columns(title);
	if (title_columns + remark_columns + 5 > room)
		remark_columns = room - title_columns - 5;
	if (remark_columns < 6)
		remark_columns = 0;
	struct weir_style style = weir_style_bold(focus ? WEIR_INK_KEY : WEIR_INK_BRIGHT);
	weir_cell_put_glyph(c, 1, 0, ' ', rule);
	int used =
	    weir_cell_put_text(c, 2, 0, room - (remark_columns ? remark_columns + 3 : 0), title, style, WEIR_LEFT);
	weir_cell_put_glyph(c, 2 + used, 0, ' ', rule);
	if (!remark_columns)
		return;
	int x = c.columns - 2 - remark_columns;
	used = weir_cell_put_text(c, x, 0, remark_columns, remark, weir_style(WEIR_INK_DIM), WEIR_LEFT);
	weir_cell_put_glyph(c, x - 1, 0, ' ', rule);
	weir_cell_put_glyph(c, x + used, 0, ' ', rule);
}

struct weir_str weir_short_name(struct weir_str measure)
{
	const char *open = measure.data ? memchr(measure.data, '(', measure.size) : NULL;
	return open ? (struct weir_str){measure.data, (size_t)(open - measure.data)} : measure;
}

struct weir_str weir_bare_name(struct weir_str name)
{
	bool quoted =
	    name.size > 2 && (name.data[0] == '`' || name.data[0] == '"') && name.data[name.size - 1] == name.data[0];
	return quoted ? (struct weir_str){name.data + 1, name.size - 2} : name;
}

static bool holds_word(struct weir_str text, const char *word)
{
	return text.data && memmem(text.data, text.size, word, strlen(word)) != NULL;
}

/* More of these is worse, as their names say. Of anything else nobody can know it. */
static bool is_worse_when_more(struct weir_str measure)
{
	static const char *const words[] = {"latency", "duration", "error",   "fail", "delay",
					    "lag",     "elapsed",  "timeout", "retr", "late"};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (holds_word(measure, words[i]))
			return true;
	return false;
}

struct weir_change weir_change_of(struct weir_str measure, const struct weir_value *now,
				  const struct weir_value *before)
{
	struct weir_change change = {.ink = WEIR_INK_DIM};
	if (!now || !before)
		return change;
	double a = weir_number_of(now), b = weir_number_of(before);
	if (isnan(a) || isnan(b) || b == 0)
		return change;
	change.known = true;
	change.fraction = (a - b) / fabs(b);
	change.direction = fabs(change.fraction) < 0.0005 ? 0 : change.fraction > 0 ? 1 : -1;
	if (fabs(change.fraction) >= 0.05 && is_worse_when_more(measure))
		change.ink = change.direction > 0 ? WEIR_INK_BAD : WEIR_INK_GOOD;
	else if (fabs(change.fraction) >= 0.05)
		change.ink = WEIR_INK_TEXT;
	return change;
}

int weir_change_draw(struct weir_canvas c, int x, int y, int columns, struct weir_change change,
		     struct weir_style style)
{
	char percent[WEIR_FORMAT_BYTES];
	if (!change.known)
		return 0;
	if (change.direction)
		weir_cell_put_glyph(c, x, y, change.direction > 0 ? 0x25b2 : 0x25bc, style);
	struct weir_str text = weir_str_of(weir_format_percent(change.fraction, percent));
	columns = columns ? columns : (int)text.size;
	weir_cell_put_text(c, x + 2, y, columns, text, style, WEIR_RIGHT);
	return 2 + columns;
}

enum weir_ink weir_series_ink(uint32_t series)
{
	return (enum weir_ink)(WEIR_INK_SERIES1 + (series < 5 ? series : 5));
}

int weir_panel_body_rows(int rows)
{
	return rows > 2 ? rows - 2 : 0;
}

void weir_frame_layout(struct weir_frame *f, int columns, int rows)
{
	const struct weir_result *r = f->result;
	struct weir_layout_wish wish = {.columns = columns,
					.rows = rows,
					.focus = f->ui->focus,
					.lower = f->ui->lower,
					.zoomed = f->ui->zoomed,
					.has_groups = !r || r->n_groups > 0,
					.has_time = !r || r->n_buckets > 0,
					.has_histogram = !r || r->histogram.column.size > 0,
					.table_rows = r ? r->n_rows + (r->has_others ? 1 : 0) : 20,
					.streams = 0};
	for (uint32_t i = 0; i < f->info->n_streams; i++)
		wish.streams += 2 + f->info->streams[i].n_partitions;
	weir_layout_compute(&wish, &f->layout);
}

static struct weir_canvas part(struct weir_canvas screen, struct weir_rect r)
{
	return weir_canvas_cut(screen, r.x, r.y, r.columns, r.rows);
}

static void draw_too_small(struct weir_canvas screen)
{
	char text[80];
	snprintf(text, sizeof(text), "weir needs %dx%d, this is %dx%d", WEIR_MIN_COLUMNS, WEIR_MIN_ROWS, screen.columns,
		 screen.rows);
	weir_cell_put_text(screen, 0, screen.rows / 2, screen.columns, weir_str_of(text), weir_style(WEIR_INK_TEXT),
			   WEIR_CENTRE);
}

void weir_frame_draw(const struct weir_frame *f, struct weir_grid *grid)
{
	weir_grid_clear(grid);
	struct weir_canvas screen = weir_grid_canvas(grid);
	const struct weir_layout *l = &f->layout;
	if (l->too_small) {
		draw_too_small(screen);
		return;
	}
	weir_header_draw(f, part(screen, l->header));
	weir_question_draw(f, part(screen, l->question));
	if (!weir_notice_none(f)) {
		int top = l->question.y + 1;
		weir_notice_draw(f, weir_canvas_cut(screen, 0, top, screen.columns, l->ledger.y - top));
	} else {
		if (l->kpi.rows)
			weir_kpi_draw(f, part(screen, l->kpi));
		for (int p = 0; p < WEIR_PANEL_COUNT; p++)
			if (l->panels[p].rows > 0)
				weir_panel_of((enum weir_panel)p)->draw(f, part(screen, l->panels[p]));
		if (l->volume.rows > 0)
			weir_volume_draw(f, part(screen, l->volume));
	}
	weir_foot_draw(f, part(screen, l->ledger), part(screen, l->keys));
	if (f->ui->help)
		weir_help_draw(f, screen);
	if (f->ui->prompt.kind != WEIR_PROMPT_NONE)
		weir_prompt_draw(f, screen);
}
