/* The top-N table. */
#include "tui/table_fit.h"

#include "tui/format.h"
#include "tui/widget.h"

#include <math.h>
#include <stdio.h>

static void draw_sort_sign(struct weir_canvas c, int x, bool descending)
{
	weir_cell_put_glyph(c, x, 1, descending ? 0x25bc : 0x25b2, weir_style(WEIR_INK_KEY));
}

static void draw_heads(const struct weir_table *t, const struct weir_frame *f, struct weir_canvas c)
{
	const struct weir_result *r = t->r;
	struct weir_style dim = weir_style(WEIR_INK_DIM);
	bool by_group = r->sort_measure >= r->n_measures;
	int x = 1;
	for (uint32_t g = 0; g < r->n_groups && g < WEIR_MAX_GROUP_COLUMNS; g++) {
		int used = weir_cell_put_text(c, x, 1, t->group_columns[g], r->groups[g].name,
					      by_group ? weir_style(WEIR_INK_KEY) : dim, WEIR_LEFT);
		if (by_group && g == 0)
			draw_sort_sign(c, x + used + 1, r->sort_descending);
		x += t->group_columns[g] + WEIR_TABLE_GAP;
	}
	for (uint32_t m = 0; m < r->n_measures && m < WEIR_MAX_MEASURES; m++) {
		if (!t->measure_columns[m])
			continue;
		bool sorts = m == r->sort_measure;
		weir_cell_put_text(c, x, 1, t->measure_columns[m] - (sorts ? 2 : 0), weir_table_measure_name(t, m),
				   sorts ? weir_style(WEIR_INK_KEY) : dim, WEIR_RIGHT);
		if (sorts)
			draw_sort_sign(c, x + t->measure_columns[m] - 1, r->sort_descending);
		x += t->measure_columns[m] + WEIR_TABLE_GAP;
	}
	if (t->change) {
		weir_cell_put_text(c, x, 1, WEIR_CHANGE_COLUMNS, WEIR_STR("change"), dim, WEIR_RIGHT);
		x += WEIR_CHANGE_COLUMNS + WEIR_TABLE_GAP;
	}
	if (t->share) {
		weir_cell_put_text(c, x, 1, t->share, WEIR_STR("share"), dim, WEIR_RIGHT);
		x += t->share + WEIR_TABLE_GAP;
	}
	x += t->bar ? t->bar + WEIR_TABLE_GAP : 0;
	if (t->spark) {
		char span[WEIR_FORMAT_BYTES], text[96];
		snprintf(text, sizeof(text), "last %s", weir_format_span(t->times.span_us, span));
		weir_cell_put_text(c, x, 1, t->spark, weir_str_of(text), dim, WEIR_LEFT);
	}
	(void)f;
}

/* The part of the whole that a row is: of the sort measure when that adds up, else of the rows. */
static double share_of(const struct weir_table *t, const struct weir_result_row *row)
{
	const struct weir_result *r = t->r;
	struct weir_str name = weir_short_name(r->measures[t->sort].name);
	if (row->measures && r->total.measures &&
	    (weir_str_equal(name, WEIR_STR("sum")) || weir_str_equal(name, WEIR_STR("count")))) {
		double whole = weir_number_of(&r->total.measures[t->sort]);
		double one = weir_number_of(&row->measures[t->sort]);
		if (whole > 0 && one >= 0)
			return one / whole;
	}
	return r->total.rows ? (double)row->rows / (double)r->total.rows : NAN;
}

static void draw_value(struct weir_canvas c, int x, int y, int columns, const struct weir_value *v, int decimals,
		       struct weir_style style, enum weir_align align)
{
	struct weir_buf text = {0};
	if (v->type == WEIR_NULL) {
		style.ink = WEIR_INK_FAINT;
		weir_cell_put_text(c, x, y, columns, WEIR_STR("null"), style, align);
		return;
	}
	weir_format_value(v, decimals, &text);
	weir_cell_put_text(c, x, y, columns, weir_buf_str(&text), style, align);
	weir_buf_release(&text);
}

static void draw_row(const struct weir_table *t, struct weir_canvas c, int y, const struct weir_result_row *row,
		     bool others)
{
	const struct weir_result *r = t->r;
	char text[WEIR_FORMAT_BYTES + 16], count[WEIR_FORMAT_BYTES];
	int x = 1;
	for (uint32_t g = 0; g < r->n_groups && g < WEIR_MAX_GROUP_COLUMNS; g++) {
		if (!others)
			draw_value(c, x, y, t->group_columns[g], &row->groups[g], 3, weir_style(WEIR_INK_TEXT),
				   WEIR_LEFT);
		x += t->group_columns[g] + WEIR_TABLE_GAP;
	}
	if (others) {
		snprintf(text, sizeof(text), "others (%s)", weir_format_count(r->n_rows_total - r->n_rows, count));
		weir_cell_put_text(c, 1, y, x - WEIR_TABLE_GAP - 1, weir_str_of(text), weir_style(WEIR_INK_DIM),
				   WEIR_LEFT);
	}
	for (uint32_t m = 0; m < r->n_measures && m < WEIR_MAX_MEASURES; m++) {
		if (!t->measure_columns[m])
			continue;
		struct weir_style style = others	 ? weir_style(WEIR_INK_DIM)
					  : m == t->sort ? weir_style_bold(WEIR_INK_BRIGHT)
							 : weir_style(WEIR_INK_TEXT);
		if (row->measures)
			draw_value(c, x, y, t->measure_columns[m], &row->measures[m], t->decimals[m], style,
				   WEIR_RIGHT);
		x += t->measure_columns[m] + WEIR_TABLE_GAP;
	}
	if (t->change) {
		struct weir_change change = {0};
		if (!others && row->previous)
			change =
			    weir_change_of(r->measures[t->sort].name, &row->measures[t->sort], &row->previous[t->sort]);
		weir_change_draw(c, x, y, WEIR_CHANGE_COLUMNS - 2, change, weir_style(change.ink));
		x += WEIR_CHANGE_COLUMNS + WEIR_TABLE_GAP;
	}
	double share = share_of(t, row);
	if (t->share) {
		weir_cell_put_text(c, x, y, t->share, weir_str_of(isnan(share) ? "" : weir_format_percent(share, text)),
				   weir_style(WEIR_INK_DIM), WEIR_RIGHT);
		x += t->share + WEIR_TABLE_GAP;
	}
	if (t->bar) {
		double v = row->measures && !others ? weir_number_of(&row->measures[t->sort]) : NAN;
		weir_bar_draw(c, x, y, t->bar, t->largest > 0 ? v / t->largest : 0, weir_style(WEIR_INK_FILL));
		x += t->bar + WEIR_TABLE_GAP;
	}
	if (t->spark && row->spark)
		weir_spark_draw(c, x, y, t->spark, row->spark + t->times.from, t->times.n,
				t->times.bucket_us ? t->times.start_us / t->times.bucket_us : 0,
				weir_style(others ? WEIR_INK_FAINT : WEIR_INK_FILL));
}

static void draw_title(const struct weir_frame *f, struct weir_canvas c)
{
	const struct weir_result *r = f->result;
	struct weir_buf title = {0};
	char remark[160], shown[WEIR_FORMAT_BYTES], all[WEIR_FORMAT_BYTES], from[WEIR_FORMAT_BYTES],
	    to[WEIR_FORMAT_BYTES];
	for (uint32_t g = 0; g < r->n_groups; g++) {
		weir_buf_add_c(&title, g ? ", " : "");
		weir_buf_add_str(&title, r->groups[g].name);
	}
	if (r->sort_measure < r->n_measures) {
		weir_buf_add_c(&title, " by ");
		weir_buf_add_str(&title, r->measures[r->sort_measure].name);
	}
	int n = snprintf(remark, sizeof(remark), "%s of %s", weir_format_count(r->n_rows, shown),
			 weir_format_count(r->n_rows_total, all));
	if (r->n_rows && r->rows[0].window_start_us != WEIR_TIME_NONE)
		snprintf(remark + n, sizeof(remark) - (size_t)n, ", %s-%s",
			 weir_format_clock(r->rows[0].window_start_us, 0, from),
			 weir_format_clock(r->rows[0].window_end_us, 0, to));
	weir_title_draw(c, weir_buf_str(&title), weir_str_of(remark), f->ui->focus == WEIR_PANEL_TABLE);
	weir_buf_release(&title);
}

void weir_panel_table_draw(const struct weir_frame *f, struct weir_canvas c)
{
	const struct weir_result *r = f->result;
	struct weir_table t;
	draw_title(f, c);
	weir_table_fit(&t, r, c.columns);
	t.times = weir_times_of(r, f->ui->data_from_us);
	if (r->n_rows == 0) {
		weir_cell_put(c, 1, 2, r->ledger.received ? "nothing matches" : "nothing yet",
			      weir_style(WEIR_INK_DIM));
		return;
	}
	draw_heads(&t, f, c);
	int selected = weir_ui_selected_row(f->ui, r);
	int body = weir_panel_body_rows(c.rows), scroll = f->ui->scroll[WEIR_PANEL_TABLE];
	int last = (int)r->n_rows + (r->has_others ? 1 : 0) - body;
	scroll = scroll > last ? last : scroll;
	scroll = scroll < 0 ? 0 : scroll;
	/* The others row keeps the last line: it says that there is more. */
	int rows = r->has_others && body > 1 ? body - 1 : body;
	int y = 2;
	for (int i = scroll; i < (int)r->n_rows && y < 2 + rows; i++, y++) {
		draw_row(&t, c, y, &r->rows[i], false);
		if (i == selected)
			weir_cell_repaper(c, 0, y, c.columns, WEIR_PAPER_SELECT, WEIR_INK_BRIGHT);
	}
	if (r->has_others && y < c.rows)
		draw_row(&t, c, y, &r->others, true);
}
