/* What stands beside the lines of the time chart: its title, their names, and their values at a time that is chosen. */
#include "tui/panels/chart.h"
#include "tui/panels/compared.h"

#include <math.h>
#include <stdio.h>

enum {
	GUTTER = 6,         /* for the values of the axis */
	LABEL_COLUMNS = 12, /* of a name at the end of its line, at most */
	LABELS_FROM_COLUMNS = 48,
	LEAST_PLOT_ROWS = 2, /* that a legend leaves */
	TWO_LINES_FROM_ROWS = 10,
	TITLE_SIGNS = 9, /* around title and remark */
	SHORT_COLUMNS = 8,
	SIGN_COLUMNS = 1, /* before a name: the sign of its line, in ASCII */
	BOTH_FROM_COLUMNS = 70,
	VALUE_COLUMNS = 10, /* longer ones are shown short */
};

/* All groups together; NULL: there is no such series. */
static const struct weir_result_series *total_of(const struct weir_result *r)
{
	for (uint32_t s = 0; s < r->n_series; s++)
		if (r->series[s].row == UINT32_MAX && !weir_str_equal(r->series[s].name, WEIR_STR("others")))
			return &r->series[s];
	return NULL;
}

const struct weir_result_series *weir_chart_ghost(const struct weir_picture *pic)
{
	const struct weir_result_series *series[WEIR_CHART_SERIES];
	uint32_t n = weir_chart_pick(pic->result, series), at = 0;
	int selected = weir_state_selected_row(pic->state, pic->result);
	for (uint32_t s = 0; s < n; s++)
		at = selected >= 0 && series[s]->row == (uint32_t)selected ? s : at;
	const struct weir_result_series *one = n ? series[at] : NULL;
	if (weir_chart_form_of(pic->result, pic->state->chart_form) == WEIR_CHART_STACKED)
		one = total_of(pic->result);
	return one && weir_compares_by_name(pic) && one->ghost ? one : NULL;
}

/* A line's name as the table has it: the text "others" is not the rest of the groups. Appends. */
static void series_name(const struct weir_result *r, const struct weir_result_series *series, struct weir_buf *out)
{
	if (series->row >= r->n_rows)
		weir_buf_add_str(out, series->name);
	for (uint32_t g = 0; g < r->n_groups && series->row < r->n_rows; g++) {
		weir_buf_add_c(out, g ? ", " : "");
		weir_format_name(&r->rows[series->row].groups[g], 3, out);
	}
}

/* A click on the name selects the group. */
static void put_spot(struct weir_canvas c, int x, int y, int columns, const struct weir_result_series *series)
{
	if (series->row != UINT32_MAX)
		weir_spot_put(c, x, y, columns, WEIR_SPOT_ROW, (int)series->row, NULL);
}

/* Cut short without a mark where there is little room: the letters tell more. */
void weir_chart_name_put(const struct weir_result *r, struct weir_canvas c, int x, int y, int columns,
			 const struct weir_result_series *series, struct weir_style style)
{
	struct weir_buf name = {0};
	series_name(r, series, &name);
	struct weir_str text = weir_buf_str(&name);
	if (columns < SHORT_COLUMNS)
		text.size = weir_text_fit(text, columns);
	weir_cell_put_text(c, x, y, columns, text, style, WEIR_LEFT);
	weir_buf_release(&name);
}

static int name_columns(const struct weir_result *r, const struct weir_result_series *series)
{
	struct weir_buf name = {0};
	series_name(r, series, &name);
	int columns = weir_text_columns(weir_buf_str(&name));
	weir_buf_release(&name);
	return columns;
}

/* The values of the lines at the time that is chosen. */
struct values {
	bool any;
	int columns; /* of the widest */
	char text[WEIR_CHART_SERIES][WEIR_CHART_VALUE_BYTES], total[WEIR_CHART_VALUE_BYTES];
};

/* The buckets that are chosen: that of the cursor, or those of a span, whose values can be told only if they add up. */
static bool chosen_buckets(const struct weir_picture *pic, int64_t *from, int64_t *to)
{
	const struct weir_result *r = pic->result;
	const struct weir_screen_state *state = pic->state;
	int64_t a = state->cursor_us, b = a;
	if (!r->n_buckets || !weir_time_is_chosen(pic))
		return false;
	if (state->span_from_us != WEIR_TIME_NONE && state->span_to_us != WEIR_TIME_NONE) {
		const struct weir_result_column *m = weir_chart_measure(r);
		if (m && !m->adds_up)
			return false;
		a = state->span_from_us < state->span_to_us ? state->span_from_us : state->span_to_us;
		b = (state->span_from_us < state->span_to_us ? state->span_to_us : state->span_from_us) - 1;
	}
	if (a < r->bucket_start_us)
		return false;
	*from = (a - r->bucket_start_us) / r->bucket_us;
	*to = (b - r->bucket_start_us) / r->bucket_us + 1;
	return *to <= (int64_t)r->n_buckets;
}

static double value_of(const struct weir_result_series *series, int64_t from, int64_t to)
{
	double sum = NAN;
	for (int64_t b = from; b < to; b++)
		if (!isnan(series->values[b]))
			sum = isnan(sum) ? series->values[b] : sum + series->values[b];
	return sum;
}

static void show(double v, int decimals, char *out)
{
	char text[WEIR_FORMAT_BYTES];
	weir_format_fixed(v, decimals, text);
	if (strlen(text) > VALUE_COLUMNS)
		weir_format_short(v, text);
	snprintf(out, WEIR_CHART_VALUE_BYTES, "%.*s", WEIR_CHART_VALUE_BYTES - 1, text);
}

void weir_chart_value_text(const struct weir_chart *g, const struct weir_result_series *series, char *out)
{
	int64_t from, to;
	double v = NAN;
	out[0] = '\0';
	if (!series->values)
		return;
	if (chosen_buckets(g->pic, &from, &to))
		v = value_of(series, from, to);
	else
		for (uint32_t b = g->end; b-- > g->times.from && isnan(v);)
			v = series->values[b];
	if (!isnan(v))
		show(v, g->whole ? 0 : weir_format_decimals(g->high), out);
}

static void find_values(const struct weir_picture *pic, struct values *out)
{
	const struct weir_result *r = pic->result;
	const struct weir_result_series *series[WEIR_CHART_SERIES], *total = total_of(r);
	uint32_t n = weir_chart_pick(r, series);
	double v[WEIR_CHART_SERIES] = {0}, largest = 0;
	int64_t from, to;
	bool whole = true;
	*out = (struct values){0};
	if (!chosen_buckets(pic, &from, &to))
		return;
	out->any = true;
	double all = total ? value_of(total, from, to) : NAN;
	for (uint32_t s = 0; s < n; s++) {
		v[s] = value_of(series[s], from, to);
		largest = fabs(v[s]) > largest ? fabs(v[s]) : largest;
		whole = whole && (isnan(v[s]) || v[s] == floor(v[s]));
	}
	whole = whole && (isnan(all) || all == floor(all));
	int decimals = whole ? 0 : weir_format_decimals(largest);
	show(all, decimals, out->total);
	for (uint32_t s = 0; s < n; s++) {
		show(v[s], decimals, out->text[s]);
		int columns = (int)strlen(out->text[s]);
		out->columns = columns > out->columns ? columns : out->columns;
	}
}

/* Columns for the names, and for the values behind them, at the right end of the lines. */
static int label_columns(const struct weir_picture *pic, int columns, int *name)
{
	const struct weir_result *r = pic->result;
	const struct weir_result_series *series[WEIR_CHART_SERIES];
	struct values values;
	uint32_t n = r ? weir_chart_pick(r, series) : 0;
	int widest = 0;
	if (columns < LABELS_FROM_COLUMNS || n < 2)
		return 0;
	for (uint32_t s = 0; s < n; s++) {
		int one = name_columns(r, series[s]);
		widest = one > widest ? one : widest;
	}
	find_values(pic, &values);
	*name = widest > LABEL_COLUMNS ? LABEL_COLUMNS : widest;
	return *name + 1 + (pic->signs ? SIGN_COLUMNS : 0) + (values.any ? values.columns + 1 : 0);
}

/* A legend above the plot, where there is no room at the ends of the lines. */
struct legend {
	uint32_t n;
	const struct weir_result_series *series[WEIR_CHART_SERIES];
	struct values values;
	int name[WEIR_CHART_SERIES], gap, lines; /* columns of each name */
};

/* Lines that names of at most `most` columns take. */
static int legend_lines(const struct legend *l, int most, int columns)
{
	int x = 1, lines = 1;
	for (uint32_t s = 0; s < l->n; s++) {
		int one = (l->name[s] < most ? l->name[s] : most) + SIGN_COLUMNS +
			  (l->values.any ? (int)strlen(l->values.text[s]) + 1 : 0);
		if (x > 1 && x + one > columns - 1) {
			x = 1;
			lines++;
		}
		x += one + l->gap;
	}
	return lines;
}

/* All names, as long as they fit; values take a second line if they must, and so do names on a high panel. */
static bool make_legend(const struct weir_picture *pic, int columns, int rows, struct legend *l)
{
	int name, room = rows - 3 - LEAST_PLOT_ROWS, most = LABEL_COLUMNS + 4;
	*l = (struct legend){.gap = 2};
	if (!pic->result || room < 1 || label_columns(pic, columns, &name))
		return false;
	l->n = weir_chart_pick(pic->result, l->series);
	if (l->n < 2)
		return false;
	find_values(pic, &l->values);
	for (uint32_t s = 0; s < l->n; s++)
		l->name[s] = name_columns(pic->result, l->series[s]);
	int lines = l->values.any && room >= 2 ? 2 : rows >= TWO_LINES_FROM_ROWS ? 2 : 1;
	while (most > 3 && legend_lines(l, most, columns) > lines) {
		l->gap = most < 8 ? 1 : 2;
		most--;
	}
	for (uint32_t s = 0; s < l->n; s++)
		l->name[s] = l->name[s] < most ? l->name[s] : most;
	l->lines = legend_lines(l, most, columns);
	return l->lines <= room;
}

static void draw_legend(const struct weir_chart *g, struct weir_canvas c, const struct legend *l)
{
	int x = 1, y = 1;
	bool signs = g->pic->signs;
	for (uint32_t s = 0; s < l->n; s++) {
		int value = l->values.any ? (int)strlen(l->values.text[s]) + 1 : 0;
		int one = l->name[s] + SIGN_COLUMNS + value;
		struct weir_style style = weir_style(weir_chart_ink(g, s));
		char letter[2] = {(char)('a' + s), 0};
		style.attributes = weir_chart_is_selected(g, s) ? WEIR_BOLD : 0;
		if (x > 1 && x + one > c.columns - 1) {
			x = 1;
			y++;
		}
		weir_cell_put(c, x, y, signs ? letter : "", style);
		if (g->form == WEIR_CHART_STACKED && c.grid->mono && !signs)
			weir_chart_swatch_draw(g, c, x, y, s);
		weir_chart_name_put(g->r, c, x + SIGN_COLUMNS, y, l->name[s], l->series[s], style);
		if (value)
			weir_cell_put(c, x + SIGN_COLUMNS + l->name[s] + 1, y, l->values.text[s],
				      weir_style(WEIR_INK_TEXT));
		put_spot(c, x, y, one, l->series[s]);
		x += one + l->gap;
	}
}

struct weir_rect weir_chart_plot(const struct weir_picture *pic, struct weir_rect p)
{
	int name, labels = label_columns(pic, p.columns, &name);
	struct legend l;
	int legend = make_legend(pic, p.columns, p.rows, &l) ? l.lines : 0;
	struct weir_rect plot = {p.x + GUTTER + 1, p.y + 1 + legend, p.columns - GUTTER - 2 - labels,
				 p.rows - 3 - legend};
	if (plot.columns < 8 || plot.rows < 1)
		plot = (struct weir_rect){0};
	return plot;
}

/* Where its line ends; of a stack, the middle of its layer there. */
static double last_value(const struct weir_chart *g, uint32_t s)
{
	for (uint32_t b = g->end; b-- > g->from;) {
		double v = g->series[s]->values[b], below = s ? weir_chart_stacked(g, s, b) : 0;
		if (g->form == WEIR_CHART_STACKED && !isnan(weir_chart_stacked(g, g->n_series, b)))
			return (isnan(below) ? 0 : below) + (isnan(v) ? 0 : v) / 2;
		if (g->form == WEIR_CHART_LINES && !isnan(v))
			return v;
	}
	return NAN;
}

static void draw_name(const struct weir_chart *g, struct weir_canvas c, uint32_t s, int y, int columns,
		      const struct values *values)
{
	struct weir_style style = weir_style(weir_chart_ink(g, s));
	int x = g->plot.x + g->plot.columns;
	style.attributes = weir_chart_is_selected(g, s) ? WEIR_BOLD : 0;
	if (g->form == WEIR_CHART_STACKED && c.grid->mono && !g->pic->signs)
		weir_chart_swatch_draw(g, c, x, y, s);
	if (g->pic->signs) { /* the sign of the line stands before its name */
		char sign[2] = {(char)('a' + s), 0};
		weir_cell_put(c, x, y, sign, style);
		x += SIGN_COLUMNS;
		style.ink = WEIR_INK_TEXT;
	}
	weir_chart_name_put(g->r, c, x + 1, y, columns, g->series[s], style);
	put_spot(c, x, y, c.columns - x, g->series[s]);
	if (values->any)
		weir_cell_put_text(c, x + 2 + columns, y, values->columns, weir_str_of(values->text[s]),
				   weir_style(WEIR_INK_TEXT), WEIR_RIGHT);
}

/* Names at the ends of their lines, moved apart where they would overlap. */
static void draw_at_ends(const struct weir_chart *g, struct weir_canvas c, int columns)
{
	uint32_t order[WEIR_CHART_SERIES];
	double last[WEIR_CHART_SERIES];
	struct values values;
	int bottom = g->plot.y + g->plot.rows, above = g->plot.y - 1;
	find_values(g->pic, &values);
	for (uint32_t s = 0; s < g->n_series; s++) {
		last[s] = last_value(g, s);
		uint32_t at = s;
		for (; at > 0 && !(last[order[at - 1]] >= last[s]); at--)
			order[at] = order[at - 1];
		order[at] = s;
	}
	for (uint32_t i = 0; i < g->n_series; i++) {
		uint32_t s = order[i];
		if (isnan(last[s]))
			continue;
		int y = bottom - 1 - (int)lround((last[s] - g->low) / (g->high - g->low) * (g->plot.rows - 1));
		int lowest = bottom - (int)(g->n_series - i);
		y = y > lowest ? lowest : y;
		y = y <= above ? above + 1 : y;
		above = y;
		if (y >= bottom)
			break;
		draw_name(g, c, s, y, columns, &values);
	}
}

void weir_chart_names_draw(const struct weir_chart *g, struct weir_canvas c)
{
	struct legend legend;
	int name;
	if (label_columns(g->pic, c.columns, &name))
		draw_at_ends(g, c, name);
	else if (make_legend(g->pic, c.columns, c.rows, &legend))
		draw_legend(g, c, &legend);
}

/* "30s buckets, at 10:16:30, all 412" */
static void say_time(const struct weir_chart *g, int columns, char *out, size_t bytes)
{
	const struct weir_screen_state *state = g->pic->state;
	char text[WEIR_FORMAT_BYTES], to[WEIR_FORMAT_BYTES];
	struct values values;
	int64_t day = weir_picture_day_us(g->pic), a = state->span_from_us, b = state->span_to_us;
	int n = 0;
	/* What is chosen matters more, where there is not room for both. */
	if (!weir_time_is_chosen(g->pic) || columns >= BOTH_FROM_COLUMNS)
		n = snprintf(out, bytes, "%s buckets", weir_format_length(g->r->bucket_us, text));
	if (a != WEIR_TIME_NONE && b != WEIR_TIME_NONE)
		n += snprintf(out + n, bytes - (size_t)n, "%s%s \xe2\x80\x93 %s", n ? ", " : "",
			      weir_format_moment(a < b ? a : b, day, 0, text),
			      weir_format_moment(a < b ? b : a, day, 0, to));
	else if (state->cursor_us != WEIR_TIME_NONE)
		n += snprintf(out + n, bytes - (size_t)n, "%sat %s", n ? ", " : "",
			      weir_format_moment(weir_time_cursor_us(g->pic), day, 0, text));
	find_values(g->pic, &values);
	if (values.any && total_of(g->r))
		snprintf(out + n, bytes - (size_t)n, ", all %s", values.total);
}

/* ":: api, 10m before": what the dotted line is. Appends. */
static void say_ghost(const struct weir_chart *g, struct weir_buf *out)
{
	char words[WEIR_COMPARED_BYTES];
	weir_buf_add_c(out, ":: ");
	if (g->r->n_groups) {
		bool all = g->ghost == total_of(g->r);
		weir_buf_add_c(out, all ? "all" : "");
		if (!all)
			series_name(g->r, g->ghost, out);
		weir_buf_add_c(out, ", ");
	}
	weir_buf_add_c(out, weir_compared_words(&g->r->compare, weir_picture_day_us(g->pic), words));
}

/* "8 of 20 groups, 30s buckets" */
static void say_groups(const struct weir_chart *g, const char *time, char *out, size_t bytes)
{
	char all[WEIR_FORMAT_BYTES], words[WEIR_COMPARED_BYTES];
	snprintf(out, bytes, "%s%s%s%d of %s groups, %s", g->ghost ? ":: " : "",
		 g->ghost ? weir_compared_words(&g->r->compare, weir_picture_day_us(g->pic), words) : "",
		 g->ghost ? ", " : "", g->multiples.n, weir_format_count(g->r->n_rows_total, all), time);
}

/* What is at the right end of the title; the width of the buckets gives way to what the dotted line is. */
static void say_remark(const struct weir_chart *g, int columns, int room, char *out, size_t bytes)
{
	char time[200];
	struct weir_buf ghost = {0};
	*out = '\0';
	if (!weir_picture_has_time(g->pic))
		return;
	say_time(g, columns, time, sizeof(time));
	if (g->fault) {
		snprintf(out, bytes, "lines: %s", g->fault);
		return;
	}
	if (g->form == WEIR_CHART_MULTIPLES) {
		say_groups(g, time, out, bytes);
		return;
	}
	if (g->ghost)
		say_ghost(g, &ghost);
	bool both =
	    weir_time_is_chosen(g->pic) || weir_text_columns(weir_buf_str(&ghost)) + 2 + (int)strlen(time) <= room;
	snprintf(out, bytes, "%.180s%s%s", ghost.data ? ghost.data : "", ghost.size && both ? ", " : "",
		 ghost.size && !both ? "" : time);
	weir_buf_release(&ghost);
}

void weir_chart_title_draw(const struct weir_chart *g, const struct weir_area *area)
{
	const struct weir_result *r = g->r;
	struct weir_buf title = {0};
	char remark[400];
	weir_buf_add_str(&title, weir_chart_measure(r) ? weir_chart_measure(r)->name : WEIR_STR("rows"));
	struct weir_buf by = {0};
	for (uint32_t i = 0; i < r->n_groups; i++) {
		weir_buf_add_c(&by, i ? ", " : " by ");
		weir_buf_add_str(&by, r->groups[i].name);
	}
	weir_buf_add_c(&by, g->form == WEIR_CHART_STACKED ? ", stacked" : "");
	int left = area->canvas.columns - TITLE_SIGNS - weir_text_columns(weir_buf_str(&title)) -
		   weir_text_columns(weir_buf_str(&by));
	say_remark(g, area->canvas.columns, left, remark, sizeof(remark));
	int room = area->canvas.columns - TITLE_SIGNS - weir_text_columns(weir_buf_str(&title)) -
		   weir_text_columns(weir_str_of(remark));
	bool whole = !weir_time_is_chosen(g->pic) && !g->fault;
	if (whole || weir_text_columns(weir_buf_str(&by)) <= room)
		weir_buf_add_str(&title, weir_buf_str(&by));
	weir_buf_release(&by);
	weir_title_draw(area->canvas, weir_buf_str(&title), weir_str_of(remark), area->focus);
	weir_buf_release(&title);
}
