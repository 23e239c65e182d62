/* Lines with a pair of bars. */
#include "tui/panels/why_lines.h"

#include "weir/base/time.h"

#include <stdlib.h>

enum { SHARE_COLUMNS = 7, GAP = 1, LEAST_LEFT = 20, MOST_LEFT = 60, MOST_BAR = 40, DECIMALS = 3 };

/* ---- texts ---- */

/* roughly: a bound that is no round number, as axes show it. */
static void add_value(const struct weir_value *v, int64_t day_us, bool roughly, struct weir_buf *out)
{
	char text[WEIR_FORMAT_BYTES];
	bool fraction = v->type == WEIR_TIMESTAMP && v->i % WEIR_US_PER_S && !roughly;
	if (v->type == WEIR_TIMESTAMP)
		weir_buf_add_c(out, weir_format_moment(v->i, day_us, fraction ? 3 : 0, text));
	else if (v->type == WEIR_STRING)
		weir_format_name(v, DECIMALS, out);
	else if (v->type == WEIR_FLOAT64 && roughly)
		weir_buf_add_c(out, weir_format_short(v->f, text));
	else
		weir_value_text(v, out);
}

static void add_cell(const struct weir_why_cell *cell, int64_t day_us, bool roughly, struct weir_buf *out)
{
	bool low = cell->low.type != WEIR_NULL, high = cell->high.type != WEIR_NULL;
	switch (cell->kind) {
	case WEIR_WHY_VALUE:
		add_value(&cell->value, day_us, false, out);
		break;
	case WEIR_WHY_NULL:
		weir_buf_add_c(out, "null");
		break;
	case WEIR_WHY_MISSING:
		weir_buf_add_c(out, "missing");
		break;
	case WEIR_WHY_RANGE:
		weir_buf_add_c(out, low && high ? "" : low ? ">= " : high ? "< " : "any");
		if (low)
			add_value(&cell->low, day_us, roughly, out);
		weir_buf_add_c(out, low && high ? " to " : "");
		if (high)
			add_value(&cell->high, day_us, roughly, out);
		break;
	}
}

void weir_why_cell_text(const struct weir_why_cell *cell, int64_t day_us, struct weir_buf *out)
{
	add_cell(cell, day_us, false, out);
}

void weir_why_finding_text(const struct weir_why_finding *f, int64_t day_us, struct weir_buf *out)
{
	for (uint32_t i = 0; i < f->n_parts; i++) {
		bool equals = f->parts[i].kind == WEIR_WHY_VALUE;
		bool within = f->parts[i].low.type != WEIR_NULL && f->parts[i].high.type != WEIR_NULL;
		weir_buf_add_c(out, i ? " and " : "");
		weir_buf_add_str(out, f->columns[i]->name);
		weir_buf_add_c(out, equals ? " = " : within ? " from " : " ");
		weir_buf_add_c(out,
			       f->parts[i].kind == WEIR_WHY_NULL || f->parts[i].kind == WEIR_WHY_MISSING ? "is " : "");
		weir_why_cell_text(&f->parts[i], day_us, out);
	}
}

static void add_name(const struct weir_why_finding *f, struct weir_buf *out)
{
	for (uint32_t i = 0; i < f->n_parts; i++) {
		weir_buf_add_c(out, i ? ", " : "");
		weir_buf_add_str(out, f->columns[i]->name);
	}
}

static void add_cells(const struct weir_why_finding *f, int64_t day_us, struct weir_buf *out)
{
	for (uint32_t i = 0; i < f->n_parts; i++) {
		weir_buf_add_c(out, i ? ", " : "");
		weir_why_cell_text(&f->parts[i], day_us, out);
	}
}

/* ---- where things stand ---- */

static struct weir_why_columns columns_for(int name, int value, int columns)
{
	struct weir_why_columns k = {.share = SHARE_COLUMNS};
	int most = columns * 2 / 5;
	most = most < LEAST_LEFT ? LEAST_LEFT : most > MOST_LEFT ? MOST_LEFT : most;
	k.name = name > most / 2 ? most / 2 : name;
	k.value = value > most - k.name - 2 ? most - k.name - 2 : value;
	int left = 1 + k.name + (k.name ? 2 : 0) + k.value;
	int side = (columns - left - 2 * GAP - 1) / 2;
	k.bar = side - SHARE_COLUMNS - 1;
	k.bar = k.bar > MOST_BAR ? MOST_BAR : k.bar < 0 ? 0 : k.bar;
	k.selected_x = left + GAP;
	k.rest_x = k.selected_x + SHARE_COLUMNS + 1 + k.bar + GAP + 1;
	return k;
}

struct weir_why_columns weir_why_columns_of(const struct weir_why *w, int columns, int64_t day_us)
{
	int name = 6, value = 5;
	struct weir_buf text = {0};
	for (uint32_t i = 0; i < w->n_findings; i++) {
		weir_buf_clear(&text);
		add_name(&w->findings[i], &text);
		int one = weir_text_columns(weir_buf_str(&text));
		name = one > name ? one : name;
		weir_buf_clear(&text);
		add_cells(&w->findings[i], day_us, &text);
		one = weir_text_columns(weir_buf_str(&text));
		value = one > value ? one : value;
	}
	weir_buf_release(&text);
	return columns_for(name, value, columns);
}

/* ---- lines ---- */

static void put_side(const struct weir_why_columns *k, struct weir_canvas c, int x, int y, double share, double scale,
		     enum weir_ink ink)
{
	char percent[WEIR_FORMAT_BYTES];
	weir_cell_put_text(c, x, y, k->share, weir_str_of(weir_format_percent(share, percent)),
			   weir_style(share > 0 ? WEIR_INK_TEXT : WEIR_INK_DIM), WEIR_RIGHT);
	weir_bar_draw(c, x + k->share + 1, y, k->bar, scale > 0 ? share / scale : 0, weir_style(ink));
}

static void put_sides(const struct weir_why_columns *k, struct weir_canvas c, int y, double selected, double rest,
		      double scale)
{
	put_side(k, c, k->selected_x, y, selected, scale, WEIR_INK_SERIES1);
	put_side(k, c, k->rest_x, y, rest, scale, WEIR_INK_SOFT);
}

void weir_why_heads_draw(const struct weir_why_columns *k, struct weir_canvas c, const char *selected, const char *rest)
{
	struct weir_style dim = weir_style(WEIR_INK_DIM);
	weir_cell_put_text(c, 1, 0, k->name, WEIR_STR("column"), dim, WEIR_LEFT);
	weir_cell_put_text(c, 1 + k->name + 2, 0, k->value, WEIR_STR("value"), dim, WEIR_LEFT);
	weir_cell_put_text(c, k->selected_x, 0, k->share + 1 + k->bar, weir_str_of(selected), dim, WEIR_LEFT);
	weir_cell_put_text(c, k->rest_x, 0, k->share + 1 + k->bar, weir_str_of(rest), dim, WEIR_LEFT);
}

void weir_why_finding_draw(const struct weir_why_columns *k, struct weir_canvas c, int y, const struct weir_why *w,
			   const struct weir_why_finding *f, int64_t day_us)
{
	struct weir_buf name = {0}, value = {0};
	add_name(f, &name);
	add_cells(f, day_us, &value);
	if (f->more)
		weir_cell_put_glyph(c, 1 + (k->name > 1 ? 1 : 0), y, 0x2514, weir_style(WEIR_INK_FAINT));
	else
		weir_cell_put_text(c, 1, y, k->name, weir_buf_str(&name), weir_style(WEIR_INK_DIM), WEIR_LEFT);
	weir_cell_put_text(c, 1 + k->name + 2, y, k->value, weir_buf_str(&value), weir_style_bold(WEIR_INK_BRIGHT),
			   WEIR_LEFT);
	put_sides(k, c, y, w->selected ? (double)f->selected / (double)w->selected : 0,
		  w->rest ? (double)f->rest / (double)w->rest : 0, 1);
	weir_buf_release(&name);
	weir_buf_release(&value);
}

/* ---- a column ---- */

/* Neighbouring ranges as one. */
static struct weir_why_cell together(const struct weir_why_cell *cells, uint32_t n)
{
	struct weir_why_cell sum = cells[0];
	sum.high = cells[n - 1].high;
	for (uint32_t i = 1; i < n; i++) {
		sum.selected += cells[i].selected;
		sum.rest += cells[i].rest;
	}
	return sum;
}

/* What is drawn of a column: its cells, ranges put together where there is no room for all; then the rest. */
struct drawn {
	struct weir_why_cell cells[64];
	int n;
	bool others; /* the last stands for all other values */
};

static struct drawn pick_cells(const struct weir_why_column *column, int rows)
{
	struct drawn d = {.n = 0};
	uint32_t ranges = 0, alone = 0;
	while (ranges < column->n_cells && column->cells[ranges].kind == WEIR_WHY_RANGE)
		ranges++;
	alone = column->n_cells - ranges;
	rows = rows > 60 ? 60 : rows;
	uint32_t room = rows > (int)alone ? (uint32_t)rows - alone : 1, per = ranges ? (ranges + room - 1) / room : 1;
	for (uint32_t i = 0; i < ranges && d.n < rows; i += per)
		d.cells[d.n++] = together(column->cells + i, i + per < ranges ? per : ranges - i);
	bool others = column->others_selected || column->others_rest || (!ranges && (int)alone > rows);
	int most = rows - (others ? 1 : 0);
	struct weir_why_cell rest = {.selected = column->others_selected, .rest = column->others_rest};
	for (uint32_t i = ranges; i < column->n_cells; i++) {
		if (d.n < most) {
			d.cells[d.n++] = column->cells[i];
			continue;
		}
		rest.selected += column->cells[i].selected;
		rest.rest += column->cells[i].rest;
	}
	d.others = rest.selected || rest.rest;
	if (d.others && d.n < rows)
		d.cells[d.n++] = rest;
	return d;
}

uint32_t weir_why_column_shown(const struct weir_why_column *column, int rows)
{
	struct drawn d = pick_cells(column, rows);
	uint32_t n = 0;
	for (int i = 0; i < d.n - (d.others ? 1 : 0); i++)
		n += d.cells[i].kind == (column->ranges ? WEIR_WHY_RANGE : WEIR_WHY_VALUE);
	return n;
}

int weir_why_column_draw(struct weir_canvas c, const struct weir_why *w, const struct weir_why_column *column,
			 int64_t day_us)
{
	struct drawn d = pick_cells(column, c.rows);
	struct weir_buf texts[64] = {{0}};
	int value = 6;
	double most = 0;
	for (int i = 0; i < d.n; i++) {
		if (d.others && i + 1 == d.n)
			weir_buf_add_c(&texts[i], "others");
		else
			add_cell(&d.cells[i], day_us, true, &texts[i]);
		int one = weir_text_columns(weir_buf_str(&texts[i]));
		double a = (double)d.cells[i].selected / (double)w->selected,
		       b = (double)d.cells[i].rest / (double)w->rest;
		value = one > value ? one : value;
		most = a > most ? a : b > most ? b : most;
	}
	struct weir_why_columns k = columns_for(0, value, c.columns);
	for (int i = 0; i < d.n; i++) {
		bool others = d.others && i + 1 == d.n;
		weir_cell_put_text(c, 1, i, k.value, weir_buf_str(&texts[i]),
				   weir_style(others ? WEIR_INK_DIM : WEIR_INK_TEXT), WEIR_LEFT);
		put_sides(&k, c, i, (double)d.cells[i].selected / (double)w->selected,
			  (double)d.cells[i].rest / (double)w->rest, most);
		weir_buf_release(&texts[i]);
	}
	return d.n;
}
