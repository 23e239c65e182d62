#include "tui/layout.h"

static int smaller(int a, int b)
{
	return a < b ? a : b;
}
static int larger(int a, int b)
{
	return a > b ? a : b;
}

static struct weir_rect rect(int x, int y, int columns, int rows)
{
	return (struct weir_rect){x, y, columns > 0 ? columns : 0, rows > 0 && columns > 0 ? rows : 0};
}

/* The panel that the lower (or only) free place goes to: the wanted one, or the first that has something to show. */
static enum weir_panel lower_panel(const struct weir_layout_wish *w)
{
	enum weir_panel p = w->focus != WEIR_PANEL_TABLE ? w->focus : w->lower;
	if (p == WEIR_PANEL_TABLE)
		p = WEIR_PANEL_CHART;
	if (p == WEIR_PANEL_CHART && !w->has_time)
		p = w->has_histogram ? WEIR_PANEL_HISTOGRAM : WEIR_PANEL_RECORDS;
	if (p == WEIR_PANEL_HISTOGRAM && !w->has_histogram)
		p = w->has_time ? WEIR_PANEL_CHART : WEIR_PANEL_RECORDS;
	return p;
}

/* One column: the table, and one panel below it. */
static void narrow_body(const struct weir_layout_wish *w, int y, int rows, struct weir_layout *out)
{
	enum weir_panel below = lower_panel(w);
	int table = 0;
	if (w->has_groups) {
		table = larger(rows * 11 / 20, rows - 14);
		if (rows - table < 6) /* too little for a second panel: the one in focus has it all */
			table = w->focus == WEIR_PANEL_TABLE ? rows : 0;
		table = smaller(table, larger((int)w->table_rows + 2, 5));
	}
	out->panels[WEIR_PANEL_TABLE] = rect(0, y, w->columns, table);
	out->panels[below] = rect(0, y + table, w->columns, rows - table);
}

/* The right half: chart above, histogram (or what is wanted) below. */
static void right_column(const struct weir_layout_wish *w, struct weir_rect r, bool volume, struct weir_layout *out)
{
	enum weir_panel side =
	    w->focus == WEIR_PANEL_TABLE || w->focus == WEIR_PANEL_CHART || w->focus == WEIR_PANEL_RECORDS ? w->lower
													   : w->focus;
	if (side != WEIR_PANEL_STREAMS && side != WEIR_PANEL_SCHEMA)
		side = WEIR_PANEL_HISTOGRAM;
	if (volume && side == WEIR_PANEL_STREAMS)
		side = WEIR_PANEL_HISTOGRAM; /* the streams have a place of their own on such a screen */
	bool has_side = side != WEIR_PANEL_HISTOGRAM || (w->has_histogram && !volume);
	int chart = !w->has_time ? 0 : has_side ? larger(r.rows * 6 / 10, r.rows - 9) : r.rows;
	if (volume && w->has_time && !has_side)
		chart = r.rows * 6 / 10;
	out->panels[WEIR_PANEL_CHART] = rect(r.x, r.y, r.columns, chart);
	if (has_side)
		out->panels[side] = rect(r.x, r.y + chart, r.columns, r.rows - chart);
	else if (volume && w->has_time)
		out->volume = rect(r.x, r.y + chart, r.columns, r.rows - chart);
}

static void wide_body(const struct weir_layout_wish *w, int y, int rows, struct weir_layout *out)
{
	bool large = w->columns >= 160 && rows >= 46;
	int upper = larger(rows * 3 / 5, 12);
	int wanted = larger((int)w->table_rows + 2, large ? 24 : 14);
	upper = smaller(upper, wanted);
	int left = w->has_groups ? w->columns * 56 / 100 : 0;
	out->panels[WEIR_PANEL_TABLE] = rect(0, y, left, upper);
	right_column(w, rect(left ? left + 2 : 0, y, w->columns - (left ? left + 2 : 0), upper), large, out);
	int below = y + upper + 1, rest = rows - upper - 1;
	if (large) {
		int middle = larger(10, smaller((int)w->streams + 2, 12));
		int half = w->has_histogram ? w->columns * 45 / 100 : 0;
		if (w->has_histogram)
			out->panels[WEIR_PANEL_HISTOGRAM] = rect(0, below, half, middle);
		out->panels[WEIR_PANEL_STREAMS] =
		    rect(half ? half + 2 : 0, below, w->columns - (half ? half + 2 : 0), middle);
		below += middle + 1;
		rest -= middle + 1;
	}
	out->panels[WEIR_PANEL_RECORDS] = rect(0, below, w->columns, rest);
}

void weir_layout_compute(const struct weir_layout_wish *w, struct weir_layout *out)
{
	*out = (struct weir_layout){0};
	if (w->columns < WEIR_MIN_COLUMNS || w->rows < WEIR_MIN_ROWS) {
		out->too_small = true;
		return;
	}
	bool wide = w->columns >= 100 && w->rows >= 30;
	int kpi_rows = wide ? 3 : w->rows >= 16 ? 1 : 0;
	int gap = wide ? 1 : 0;
	int y = 0;
	out->header = rect(0, y++, w->columns, 1);
	out->question = rect(0, y++, w->columns, 1);
	out->keys = rect(0, w->rows - 1, w->columns, 1);
	out->ledger = rect(0, w->rows - 2, w->columns, 1);
	if (w->zoomed) {
		out->panels[w->focus] = rect(0, y, w->columns, w->rows - 2 - y);
		return;
	}
	if (kpi_rows) {
		out->kpi = rect(0, y + gap, w->columns, kpi_rows);
		y += kpi_rows + 2 * gap;
	}
	if (wide)
		wide_body(w, y, w->rows - 2 - y, out);
	else
		narrow_body(w, y, w->rows - 2 - y, out);
}
