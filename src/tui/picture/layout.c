/* Where everything stands. */
#include "tui/picture/picture.h"

enum {
	GAP = 2,
	STRIP_COLUMNS = 60,
	STRIP_ROWS = 20,
	WIDE_COLUMNS = 100,
	WIDE_ROWS = 30,
	LARGE_COLUMNS = 160,
	LARGE_ROWS = 55,
	DRAWN_ROWS = 4 /* a panel with fewer shows nothing */
};

const char *const weir_layout_names[WEIR_LAYOUTS] = {"overview", "chart", "table", "records", "pair"};

/* A layout being made. */
struct plan {
	const struct weir_layout_wish *w;
	struct weir_layout *out;
	bool placed[WEIR_MAX_PANELS];
};

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

static void put(struct plan *p, int panel, struct weir_rect r)
{
	if (panel < 0)
		return;
	p->out->panels[panel] = r;
	p->placed[panel] = true;
}

static bool may_stand(const struct plan *p, int panel, enum weir_place place)
{
	return p->w->panels[panel]->place == place && p->w->has_data[panel] && !p->placed[panel];
}

/* A screen so large that this panel of the side stands there unasked. */
static bool is_unasked(const struct plan *p, int panel)
{
	const struct weir_panel *one = p->w->panels[panel];
	return one->place != WEIR_PLACE_SIDE ||
	       (one->from_columns && p->w->columns >= one->from_columns && p->w->rows >= one->from_rows);
}

/* The panel that a place goes to: the one in focus, or the one that was asked for last, or the first that stands
 * there unasked. */
static int pick(const struct plan *p, enum weir_place place)
{
	if (may_stand(p, p->w->focus, place))
		return p->w->focus;
	int last = place == WEIR_PLACE_MAIN ? p->w->upper : p->w->lower;
	if (p->w->panels[p->w->focus]->place != place && may_stand(p, last, place))
		return last;
	for (int i = 0; p->w->panels[i]; i++)
		if (may_stand(p, i, place) && is_unasked(p, i))
			return i;
	return -1;
}

/* The hundredths of `all` that are its part. */
static int part_of(const struct plan *p, int all, int panel)
{
	return all * p->w->panels[panel]->weight / 100;
}

/* The panel below the table where there is room for one. */
static int lower_panel(const struct plan *p)
{
	const struct weir_layout_wish *w = p->w;
	int wanted = w->panels[w->focus]->place != WEIR_PLACE_MAIN ? w->focus : w->lower;
	if (w->has_data[wanted])
		return wanted;
	for (int i = 0; w->panels[i]; i++)
		if (w->panels[i]->place != WEIR_PLACE_MAIN && w->has_data[i] && !w->panels[i]->passive)
			return i;
	return -1;
}

/* The lines of the panel above where there is room for two, before it is known how many it has use for. */
static int top_rows_of(const struct plan *p, int rows)
{
	switch (p->w->layout) {
	case WEIR_LAYOUT_CHART:
	case WEIR_LAYOUT_RECORDS:
		return larger(rows / 3, 5);
	case WEIR_LAYOUT_TABLE:
		return larger(rows * 2 / 3, rows - 8);
	case WEIR_LAYOUT_PAIR:
		return rows / 2;
	default:
		return larger(rows * 11 / 20, rows - 14);
	}
}

/* One column: the table, and one panel below it. */
static void narrow_body(struct plan *p, int y, int rows)
{
	const struct weir_layout_wish *w = p->w;
	int top = pick(p, WEIR_PLACE_MAIN), top_rows = 0;
	if (top >= 0) {
		top_rows = top_rows_of(p, rows);
		if (rows - top_rows < 6) /* too little for two panels: the one in focus gets all of it */
			top_rows = w->focus == top ? rows : 0;
		top_rows = smaller(top_rows, larger(w->wish_rows[top] + 2, 5));
		if (top_rows && rows - top_rows < DRAWN_ROWS) /* a title alone tells nothing */
			top_rows = rows;
	}
	put(p, top, rect(0, y, w->columns, top_rows));
	put(p, lower_panel(p), rect(0, y + top_rows, w->columns, rows - top_rows));
}

/* The right half: over time above, one of the side below. */
static void right_column(struct plan *p, struct weir_rect r)
{
	int above = pick(p, WEIR_PLACE_TIME), below = pick(p, WEIR_PLACE_SIDE), rows = r.rows;
	if (above >= 0 && below >= 0) {
		int most = p->w->panels[below]->most_rows;
		rows = part_of(p, r.rows, above);
		rows = most ? larger(rows, r.rows - most) : rows;
	}
	put(p, above, rect(r.x, r.y, r.columns, rows));
	put(p, below, rect(r.x, r.y + (above >= 0 ? rows : 0), r.columns, r.rows - (above >= 0 ? rows : 0)));
}

/* The panels of the side that stand in a row of their own, which they share by their weights. */
static int middle_panels(const struct plan *p, int out[WEIR_MAX_PANELS])
{
	int n = 0;
	for (int i = 0; p->w->panels[i]; i++)
		if (may_stand(p, i, WEIR_PLACE_SIDE) && is_unasked(p, i) && !p->w->panels[i]->passive)
			out[n++] = i;
	return n;
}

static int middle_row(struct plan *p, const int *panels, int n, int y)
{
	int weights = 0, rows = 10, x = 0;
	for (int i = 0; i < n; i++) {
		weights += p->w->panels[panels[i]]->weight;
		rows = larger(rows, smaller(p->w->wish_rows[panels[i]] + 2, 12));
	}
	for (int i = 0; i < n; i++) {
		int columns = i + 1 < n ? p->w->columns * p->w->panels[panels[i]]->weight / weights : p->w->columns - x;
		put(p, panels[i], rect(x, y, columns, rows));
		x += columns + GAP;
	}
	return rows;
}

/* A place that several kinds of panel may take: the one in focus, the one that was asked for last, or the first kind that has one. */
static int pick_any(const struct plan *p, const enum weir_place *places, int n)
{
	for (int i = 0; i < n; i++)
		if (may_stand(p, p->w->focus, places[i]))
			return p->w->focus;
	for (int i = 0; i < n; i++)
		if (may_stand(p, p->w->lower, places[i]))
			return p->w->lower;
	for (int i = 0; i < n; i++) {
		int one = pick(p, places[i]);
		if (one >= 0)
			return one;
	}
	return -1;
}

/* Two panels beside each other; where one of them is missing the other has all the room. */
static void beside(struct plan *p, struct weir_rect r, int left, int right, int percent)
{
	int columns = right < 0 ? r.columns : left < 0 ? 0 : r.columns * percent / 100;
	put(p, left, rect(r.x, r.y, columns, r.rows));
	int x = columns ? columns + GAP : 0;
	put(p, right, rect(r.x + x, r.y, r.columns - x, r.rows));
}

/* One panel as wide as the screen, and two in a row of their own; `above`: over them. */
static void one_and_two(struct plan *p, struct weir_rect r, int one, const int two[2], bool above, int one_rows)
{
	bool any = two[0] >= 0 || two[1] >= 0;
	int rows = one < 0 ? 0 : any ? one_rows : r.rows, gap = rows && any ? 1 : 0, rest = r.rows - rows - gap;
	put(p, one, rect(r.x, above ? r.y : r.y + rest + gap, r.columns, rows));
	beside(p, rect(r.x, above ? r.y + rows + gap : r.y, r.columns, rest), two[0], two[1], 50);
}

enum { FEW_ROWS = 12 };

/* The layouts beside the overview. Whatever is in focus has a place in each. */
static void other_body(struct plan *p, struct weir_rect r)
{
	static const enum weir_place rest[] = {WEIR_PLACE_TIME, WEIR_PLACE_SIDE, WEIR_PLACE_FOOT};
	int main = pick(p, WEIR_PLACE_MAIN);
	if (p->w->layout == WEIR_LAYOUT_PAIR) {
		beside(p, r, main, pick_any(p, rest, 3), 50);
	} else if (p->w->layout == WEIR_LAYOUT_RECORDS) {
		int few = smaller(FEW_ROWS, r.rows / 3), two[2] = {main, pick_any(p, rest, 2)};
		one_and_two(p, r, pick(p, WEIR_PLACE_FOOT), two, false, r.rows - few - 1);
	} else {
		int time = pick(p, WEIR_PLACE_TIME), side = pick_any(p, rest + 1, 2);
		bool chart = p->w->layout == WEIR_LAYOUT_CHART;
		int two[2] = {chart ? main : time, side};
		one_and_two(p, r, chart ? time : main, two, true, r.rows * 3 / 5);
	}
}

static void wide_body(struct plan *p, int y, int rows)
{
	const struct weir_layout_wish *w = p->w;
	bool large = w->columns >= LARGE_COLUMNS && w->rows >= LARGE_ROWS;
	int middle[WEIR_MAX_PANELS], n_middle = large ? middle_panels(p, middle) : 0;
	int main = pick(p, WEIR_PLACE_MAIN);
	int upper = smaller(larger(rows * 3 / 5, 12), larger((main < 0 ? 0 : w->wish_rows[main]) + 2, large ? 24 : 14));
	int left = main < 0 ? 0 : part_of(p, w->columns, main);
	put(p, main, rect(0, y, left, upper));
	int below = y + upper + 1, rest = rows - upper - 1;
	if (n_middle) {
		int taken = middle_row(p, middle, n_middle, below) + 1;
		below += taken;
		rest -= taken;
	}
	left += left ? GAP : 0;
	right_column(p, rect(left, y, w->columns - left, upper));
	put(p, pick(p, WEIR_PLACE_FOOT), rect(0, below, w->columns, rest));
}

static void cut_below(struct weir_rect *r, int y)
{
	if (r->y + r->rows > y)
		r->rows = y - r->y >= DRAWN_ROWS ? y - r->y : 0;
}

/* The drawer takes its lines from the panels that stand there. */
static void pull_drawer(struct plan *p)
{
	const struct weir_layout_wish *w = p->w;
	int top = p->out->question.y + 1, foot = p->out->ledger.y, y = foot - w->drawer_rows;
	y = y < top + DRAWN_ROWS ? top : y;
	for (int i = 0; w->panels[i]; i++)
		cut_below(&p->out->panels[i], y);
	if (p->out->kpi.y + p->out->kpi.rows > y)
		p->out->kpi.rows = 0;
	put(p, w->focus, rect(0, y, w->columns, foot - y));
}

void weir_layout_compute(const struct weir_layout_wish *w, struct weir_layout *out)
{
	struct plan p = {.w = w, .out = out};
	*out = (struct weir_layout){0};
	if (w->columns < WEIR_MIN_COLUMNS || w->rows < WEIR_MIN_ROWS) {
		out->too_small = true;
		return;
	}
	bool wide = w->columns >= WIDE_COLUMNS && w->rows >= WIDE_ROWS;
	int kpi_rows = wide ? 3 : w->rows >= 16 ? 1 : 0;
	int gap = wide ? 1 : 0;
	int y = 0;
	out->header = rect(0, y++, w->columns, 1);
	if (w->columns >= STRIP_COLUMNS && w->rows >= STRIP_ROWS)
		out->strip = rect(0, y++, w->columns, 1);
	out->question = rect(0, y++, w->columns, 1);
	out->keys = rect(0, w->rows - 1, w->columns, 1);
	out->ledger = rect(0, w->rows - 2, w->columns, 1);
	if (w->zoomed) {
		put(&p, w->focus, rect(0, y, w->columns, w->rows - 2 - y));
		return;
	}
	if (kpi_rows) {
		out->kpi = rect(0, y + gap, w->columns, kpi_rows);
		y += kpi_rows + 2 * gap;
	}
	if (wide && w->layout != WEIR_LAYOUT_OVERVIEW)
		other_body(&p, rect(0, y, w->columns, w->rows - 2 - y));
	else if (wide)
		wide_body(&p, y, w->rows - 2 - y);
	else
		narrow_body(&p, y, w->rows - 2 - y);
	if (w->drawer_rows > 0)
		pull_drawer(&p);
}
