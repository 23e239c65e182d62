/* The top-N table. */
#include "tui/panels/compared.h"

#include <math.h>
#include <stdio.h>

static void draw_sort_sign(struct weir_canvas c, int x, bool descending)
{
	weir_cell_put_glyph(c, x, 1, descending ? 0x25bc : 0x25b2, weir_style(WEIR_INK_KEY));
}

/* What the measure is over the part that is compared, what it was, and how it changed. Returns where the next column begins. */
static int draw_compared_heads(const struct weir_table *t, struct weir_canvas c, int x)
{
	static const char *const heads[WEIR_COMPARED_COLUMNS] = {"before", "+/-", "change"};
	const int widths[WEIR_COMPARED_COLUMNS] = {t->before, t->delta, t->change ? WEIR_CHANGE_COLUMNS : 0};
	char part[WEIR_FORMAT_BYTES];
	if (t->part) {
		weir_cell_put_text(c, x, 1, t->part, weir_str_of(weir_table_part_text(t->r, part)),
				   weir_style(WEIR_INK_DIM), WEIR_RIGHT);
		x += t->part + WEIR_TABLE_GAP;
	}
	for (int i = 0; i < WEIR_COMPARED_COLUMNS; i++) {
		bool sorts = t->r->sort_compared == i;
		if (!widths[i])
			continue;
		weir_cell_put_text(c, x, 1, widths[i] - (sorts ? 2 : 0), weir_str_of(heads[i]),
				   weir_style(sorts ? WEIR_INK_KEY : WEIR_INK_DIM), WEIR_RIGHT);
		if (sorts)
			draw_sort_sign(c, x + widths[i] - 1, t->r->sort_descending);
		x += widths[i] + WEIR_TABLE_GAP;
	}
	return x;
}

static void draw_heads(const struct weir_table *t, struct weir_canvas c)
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
		bool sorts = m == r->sort_measure && r->sort_compared < 0;
		weir_cell_put_text(c, x, 1, t->measure_columns[m] - (sorts ? 2 : 0), weir_table_measure_name(t, m),
				   sorts ? weir_style(WEIR_INK_KEY) : dim, WEIR_RIGHT);
		if (sorts)
			draw_sort_sign(c, x + t->measure_columns[m] - 1, r->sort_descending);
		x += t->measure_columns[m] + WEIR_TABLE_GAP;
	}
	x = draw_compared_heads(t, c, x);
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
}

/* A row's share of the total: by the sort measure if it adds up, else by rows. */
static double share_of(const struct weir_table *t, const struct weir_result_row *row)
{
	const struct weir_result *r = t->r;
	if (row->measures && r->total.measures && r->measures[t->sort].adds_up) {
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
	if (v->type == WEIR_NULL)
		style.ink = WEIR_INK_FAINT;
	weir_format_name(v, decimals, &text);
	weir_cell_put_text(c, x, y, columns, weir_buf_str(&text), style, align);
	weir_buf_release(&text);
}

static int draw_compared(const struct weir_table *t, struct weir_canvas c, int x, int y,
			 const struct weir_result_row *row, bool others)
{
	struct weir_change change = {0};
	bool known = !others && t->r->compared_us && row->previous && row->compared;
	if (known)
		change = weir_change_of(t->r, row, t->sort);
	if (t->part && known)
		draw_value(c, x, y, t->part, &row->compared[t->sort], t->decimals[t->sort], weir_style(WEIR_INK_DIM),
			   WEIR_RIGHT);
	x += t->part ? t->part + WEIR_TABLE_GAP : 0;
	if (t->before && known)
		draw_value(c, x, y, t->before, &row->previous[t->sort], t->decimals[t->sort], weir_style(WEIR_INK_DIM),
			   WEIR_RIGHT);
	x += t->before ? t->before + WEIR_TABLE_GAP : 0;
	if (t->delta && known) {
		struct weir_value delta = weir_result_compared(row, t->sort, WEIR_COMPARED_CHANGE);
		struct weir_buf text = {0};
		weir_buf_add_c(&text, weir_number_of(&delta) > 0 ? "+" : "");
		if (delta.type != WEIR_NULL)
			weir_format_value(&delta, t->decimals[t->sort], &text);
		weir_cell_put_text(c, x, y, t->delta, weir_buf_str(&text), weir_style(change.ink), WEIR_RIGHT);
		weir_buf_release(&text);
	}
	x += t->delta ? t->delta + WEIR_TABLE_GAP : 0;
	if (!t->change)
		return x;
	weir_change_draw(c, x, y, WEIR_CHANGE_COLUMNS - 2, change, weir_style(change.ink));
	return x + WEIR_CHANGE_COLUMNS + WEIR_TABLE_GAP;
}

static void draw_row(const struct weir_table *t, struct weir_canvas c, int y, const struct weir_result_row *row,
		     bool others)
{
	const struct weir_result *r = t->r;
	char text[WEIR_FORMAT_BYTES];
	int x = 1;
	if (t->alert && !others && weir_alert_passes(t->alert, r, row))
		weir_cell_put(c, 0, y, "!", weir_style_bold(WEIR_INK_BAD));
	for (uint32_t g = 0; g < r->n_groups && g < WEIR_MAX_GROUP_COLUMNS; g++) {
		if (!others)
			draw_value(c, x, y, t->group_columns[g], &row->groups[g], 3, weir_style(WEIR_INK_TEXT),
				   WEIR_LEFT);
		x += t->group_columns[g] + WEIR_TABLE_GAP;
	}
	if (others) {
		weir_cell_put_text(c, 1, y, x - WEIR_TABLE_GAP - 1, weir_str_of(weir_table_others_text(r, text)),
				   weir_style(WEIR_INK_DIM), WEIR_LEFT);
	}
	for (uint32_t m = 0; m < r->n_measures && m < WEIR_MAX_MEASURES; m++) {
		if (!t->measure_columns[m])
			continue;
		struct weir_style style = others         ? weir_style(WEIR_INK_DIM)
					  : m == t->sort ? weir_style_bold(WEIR_INK_BRIGHT)
							 : weir_style(WEIR_INK_TEXT);
		if (row->measures)
			draw_value(c, x, y, t->measure_columns[m], &row->measures[m], t->decimals[m], style,
				   WEIR_RIGHT);
		x += t->measure_columns[m] + WEIR_TABLE_GAP;
	}
	x = draw_compared(t, c, x, y, row, others);
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
		weir_spark_draw(c, x, y, t->spark, &t->drawn, row->spark,
				weir_style(others ? WEIR_INK_FAINT : WEIR_INK_FILL));
}

/* What it is about the measure that sorts. */
static const char *before_name(int sort_compared)
{
	switch (sort_compared) {
	case WEIR_COMPARED_BEFORE:
		return " by earlier ";
	case WEIR_COMPARED_CHANGE:
		return " by change of ";
	case WEIR_COMPARED_PCT:
		return " by change in % of ";
	default:
		return " by ";
	}
}

static void draw_title(const struct weir_picture *pic, const struct weir_area *area, int first, int seen)
{
	const struct weir_result *r = pic->result;
	struct weir_buf title = {0};
	char remark[160], all[WEIR_FORMAT_BYTES], from[WEIR_FORMAT_BYTES], to[WEIR_FORMAT_BYTES];
	for (uint32_t g = 0; g < r->n_groups; g++) {
		weir_buf_add_c(&title, g ? ", " : "");
		weir_buf_add_str(&title, r->groups[g].name);
	}
	if (r->sort_measure < r->n_measures) {
		weir_buf_add_c(&title, before_name(r->sort_compared));
		weir_buf_add_str(&title, r->measures[r->sort_measure].name);
		if (r->sort_compared >= 0 && !r->compared_us)
			weir_buf_add_c(&title, ", which is n/a: by name");
	}
	/* Which groups are visible; the rest is above, below, or in the others row. */
	int n = seen < (int)r->n_rows_total
		    ? snprintf(remark, sizeof(remark), "%s-%s of %s", WEIR_COUNT(first + 1), WEIR_COUNT(first + seen),
			       weir_format_count(r->n_rows_total, all))
		    : snprintf(remark, sizeof(remark), "all %s", weir_format_count(r->n_rows_total, all));
	if (r->n_rows && r->rows[0].window_start_us != WEIR_TIME_NONE)
		snprintf(remark + n, sizeof(remark) - (size_t)n, ", %s%s-%s", r->unfinished ? "unfinished " : "",
			 weir_format_moment(r->rows[0].window_start_us, weir_picture_day_us(pic), 0, from),
			 weir_format_clock(r->rows[0].window_end_us, 0, to));
	weir_title_draw(area->canvas, weir_buf_str(&title), weir_str_of(remark), area->focus);
	weir_buf_release(&title);
}

/* Why there is no row although records arrived. */
static void draw_nothing(const struct weir_picture *pic, struct weir_canvas c)
{
	const struct weir_ledger *l = &pic->result->ledger;
	char text[160], moment[WEIR_FORMAT_BYTES];
	snprintf(text, sizeof(text), "nothing yet");
	if (l->matched && l->matched == l->no_time)
		snprintf(text, sizeof(text), "no row has a time, and this window needs one");
	else if (l->matched && !l->in_window && l->newest_us != WEIR_TIME_NONE)
		snprintf(text, sizeof(text), "nothing in this window; the newest row is from %s",
			 weir_format_moment(l->newest_us, weir_picture_day_us(pic), 0, moment));
	else if (l->received)
		snprintf(text, sizeof(text), "nothing to show");
	weir_cell_put(c, 1, 2, text, weir_style(WEIR_INK_DIM));
}

static void draw(const struct weir_picture *pic, const struct weir_area *area)
{
	const struct weir_result *r = pic->result;
	struct weir_canvas c = area->canvas;
	struct weir_table t;
	int body = weir_panel_body_rows(c.rows), lines = weir_table_rows(r, body);
	int from = weir_table_first(r, body, pic->state->first_row);
	int seen = (int)r->n_rows - from < lines ? (int)r->n_rows - from : lines;
	draw_title(pic, area, from, seen);
	weir_table_fit(&t, r, c.columns, weir_compares_by_name(pic), weir_picture_has_time(pic));
	t.times = weir_times_of(r, pic->state->data_from_us);
	t.drawn = weir_times_spark(pic, &t.times);
	t.alert = pic->alert && pic->alert->raised ? pic->alert : NULL;
	if (r->n_rows == 0) {
		draw_nothing(pic, c);
		return;
	}
	draw_heads(&t, c);
	int selected = weir_state_selected_row(pic->state, r), y = 2;
	for (int i = from; i < from + seen; i++, y++) {
		draw_row(&t, c, y, &r->rows[i], false);
		if (weir_row_is_added(pic, i))
			weir_cell_put_glyph(c, 0, y, '+', weir_style_bold(WEIR_INK_KEY));
		if (i == selected)
			weir_cell_repaper(c, 0, y, c.columns, WEIR_PAPER_SELECT, WEIR_INK_BRIGHT);
	}
	weir_next_group_draw(pic, c, y + 1 < c.rows ? y + 1 : y);
	if (lines == body)
		return;
	/* With the visible rows it adds up to the total. Right after a scroll its figures are still to come. */
	if (r->has_others && (int)r->seen_from == from && (int)r->seen_rows == seen)
		draw_row(&t, c, y, &r->others, true);
	else
		weir_cell_put(c, 1, y, "others", weir_style(WEIR_INK_DIM));
}

static bool has_data(const struct weir_result *r)
{
	return r->n_groups > 0;
}

static int wish_rows(const struct weir_picture *pic)
{
	const struct weir_result *r = pic->result;
	return r ? (int)r->n_rows + (r->n_rows_total > r->n_rows) : 20;
}

static void want(const struct weir_picture *pic, struct weir_rect area, struct weir_wanted *out)
{
	const struct weir_result *r = pic->result;
	int body = weir_panel_body_rows(area.rows), lines = r ? weir_table_rows(r, body) : body;
	uint64_t top = pic->info->view.top ? pic->info->view.top : 20;
	bool more = pic->state->zoomed && (uint64_t)body > top && !pic->info->view.top;
	out->max_rows = (uint32_t)(more ? (uint64_t)body : top);
	out->seen_from = r ? (uint32_t)weir_table_first(r, body, pic->state->first_row) : 0;
	out->seen_rows = lines > 0 ? (uint32_t)lines : 0;
}

static int body_rows(const struct weir_picture *pic)
{
	return weir_panel_body_rows(weir_picture_rect(pic, &weir_panel_table).rows);
}

static void keep_visible(struct weir_screen_state *state, int row, int rows)
{
	if (row < state->first_row)
		state->first_row = row;
	if (rows > 0 && row >= state->first_row + rows)
		state->first_row = row - rows + 1;
}

void weir_table_select(const struct weir_picture *pic, struct weir_screen_state *state, int by)
{
	const struct weir_result *r = pic->result;
	int row = weir_state_selected_row(state, r);
	if (!r->n_rows)
		return;
	/* When the selected row has left the table, its neighbour is selected. */
	row = row >= 0 ? row + by : state->selected.size ? state->selected_at : by > 0 ? by - 1 : (int)r->n_rows - 1;
	row = row < 0 ? 0 : row >= (int)r->n_rows ? (int)r->n_rows - 1 : row;
	weir_state_select(state, r, row);
	keep_visible(state, row, weir_table_rows(r, body_rows(pic)));
}

/* On a screen that was made smaller the selected row is still to be seen. */
static void see(const struct weir_picture *pic, struct weir_screen_state *state)
{
	int body = body_rows(pic), row = weir_state_selected_row(state, pic->result);
	if (body <= 0)
		return;
	if (body < state->table_rows && row >= 0)
		keep_visible(state, row, weir_table_rows(pic->result, body));
	state->table_rows = body;
}

static void click(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_rect area,
		  struct weir_click *at)
{
	const struct weir_result *r = pic->result;
	int body = weir_panel_body_rows(area.rows), lines = weir_table_rows(r, body);
	int row = at->y - 2 + weir_table_first(r, body, state->first_row);
	struct weir_table t;
	if (at->kind != WEIR_CLICK_PRESS)
		return;
	if (at->y == 1) {
		weir_table_fit(&t, r, area.columns, weir_compares_by_name(pic), weir_picture_has_time(pic));
		at->sort = weir_table_column_at(&t, at->x, &at->sort_by);
	} else if (at->y > 1 && at->y < 2 + lines && row >= 0 && row < (int)r->n_rows) {
		weir_state_select(state, r, row);
	}
}

/* The key of the pivot comes to the fore where there is one. */
static const char *label(const struct weir_picture *pic, enum weir_command command)
{
	return command == WEIR_CMD_TURN && pic->result && pic->result->n_groups > 1 ? "pivot" : NULL;
}

static const struct weir_panel_act acts[] = {
    {WEIR_CMD_KEEP, "next group", "group by the column that is offered, when one group is left",
     weir_next_group_is_offered, weir_next_group_take},
    WEIR_ROW_ACTS,
    {WEIR_CMD_KEEP, "select", "select the first group when none is selected", weir_table_has_rows,
     weir_table_select_first},
    {WEIR_CMD_COPY, "copy", "copy the whole table when no group is selected", weir_table_has_rows, weir_table_copy_all},
    {0},
};

static const struct weir_help_line moves[] = {
    {"Up  Down", "select the group above or below"},
    {"Left  Right", "move the time cursor of the chart"},
    {NULL, NULL},
};
static const struct weir_help_line mouse[] = {
    {"click a row", "select it"},
    {"click a head", "sort by that column; again: reverse the order"},
    {NULL, NULL},
};
static const struct weir_help_line signs[] = {
    {"\xe2\x96\xbc \xe2\x96\xb2 in the head",
     "the table is sorted by this column, the largest or the smallest value first"},
    {"change",
     "how the measure moved against what it is compared with; coloured where it is 5 % or more, and more than chance "
     "explains: three standard errors"},
    {"first 4m59s",
     "the measure over the part of the window that is over: it is compared with the same part of the earlier one"},
    {"before  +/-", "the measure in that earlier part, and by how much it changed since"},
    {"no colour",
     "min, max, first, last, distinct, mode and stddev have none: a single row may move them, and how far chance "
     "does cannot be told from the rows"},
    {"share", "the part of the total: of the measure where it adds up, else of the rows"},
    {"bar", "the measure, as long as the largest one is wide"},
    {"last 5m", "the measure over that time; each row has its own scale"},
    {"others (12)", "the 12 groups without a line of their own; all lines add up to the total"},
    {"null", "NULL; \"null\" in quotes is text, and so are \"\" and \" \""},
    {"!", "the group passes the bound of the alert"},
    {"unfinished", "the newest window has not ended yet, so its figures still grow"},
    {NULL, NULL},
};

const struct weir_panel weir_panel_table = {
    .name = "table",
    .help = "the groups, by the measure that sorts",
    .acts = acts,
    .moves = moves,
    .mouse = mouse,
    .signs = signs,
    .extras = "totals series",
    .place = WEIR_PLACE_MAIN,
    .weight = 56,
    .has_data = has_data,
    .wish_rows = wish_rows,
    .want = want,
    .select = weir_table_select,
    .see = see,
    .click = click,
    .label = label,
    .draw = draw,
};
