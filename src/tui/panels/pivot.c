/* The pivot: the first group column down, the second across. */
#include "tui/panels/panels.h"

#include <math.h>
#include <stdio.h>

enum { GAP = 2, LABEL_MOST = 24, CELL_LEAST = 6, CELL_MOST = 14, CELL_GUESS = 8, MOST_COLUMNS = 40 };

/* How the pivot stands in its panel. */
struct grid {
	const struct weir_result *r;
	const struct weir_pivot *p;
	enum weir_pivot_mode mode;
	int label;                   /* columns of the heads of lines */
	int width[MOST_COLUMNS + 2]; /* of each column of the pivot; the others 0 where there are none */
	int x[MOST_COLUMNS + 2];     /* where it stands; -1: it is not seen */
	uint32_t first, n_seen;      /* of the columns with a place of their own: those that are seen */
	bool merged; /* the others are those that are not seen, too, so that a line adds up to its total */
	int decimals;
};

static bool is_hidden(const struct grid *g, uint32_t column)
{
	return g->merged && column < g->p->n_columns && (column < g->first || column >= g->first + g->n_seen);
}

/* What adds up of a cell: the measure, or the rows. The column of the others has what is not seen in it, too. */
static double part_of(const struct grid *g, uint32_t row, uint32_t column, uint64_t *rows)
{
	const struct weir_pivot *p = g->p;
	bool adds_up = g->r->measures[p->measure].adds_up;
	double sum = 0;
	*rows = 0;
	for (uint32_t c = 0; c < p->n_columns + 2; c++) {
		size_t at = weir_pivot_at(p, row, c);
		if ((c != column && !(column == p->n_columns && is_hidden(g, c))) || !p->rows[at])
			continue;
		sum += adds_up ? weir_number_of(p->cells + at) : (double)p->rows[at];
		*rows += p->rows[at];
	}
	return sum;
}

static uint64_t rows_of(const struct grid *g, uint32_t row, uint32_t column)
{
	uint64_t rows;
	(void)part_of(g, row, column, &rows);
	return rows;
}

/* The others with what is not seen. */
static void merged_text(const struct grid *g, uint32_t row, char *out, size_t size)
{
	const struct weir_pivot *p = g->p;
	uint64_t rows, ignored;
	double part = part_of(g, row, p->n_columns, &rows), of = 0;
	char text[WEIR_FORMAT_BYTES];
	if (g->mode == WEIR_PIVOT_OF_COLUMN)
		of = part_of(g, p->n_rows + 1, p->n_columns, &ignored);
	else if (g->mode != WEIR_PIVOT_VALUES)
		of = part_of(g, g->mode == WEIR_PIVOT_OF_ROW ? row : p->n_rows + 1, p->n_columns + 1, &ignored);
	if (!rows)
		return;
	if (g->mode == WEIR_PIVOT_VALUES)
		snprintf(
		    out, size, "%s",
		    weir_format_fixed(part, g->r->measures[p->measure].type == WEIR_INT64 ? 0 : g->decimals, text));
	else if (of > 0 && part >= 0)
		snprintf(out, size, "%s", weir_format_percent(part / of, text));
}

static void cell_text(const struct grid *g, uint32_t row, uint32_t column, char *out, size_t size)
{
	const struct weir_pivot *p = g->p;
	size_t at = weir_pivot_at(p, row, column);
	char text[WEIR_FORMAT_BYTES];
	out[0] = '\0';
	if (g->merged && column == p->n_columns) {
		merged_text(g, row, out, size);
		return;
	}
	if (!p->rows[at])
		return;
	if (g->mode != WEIR_PIVOT_VALUES) {
		double share = weir_pivot_share(g->r, p, row, column, g->mode);
		snprintf(out, size, "%s", isnan(share) ? "" : weir_format_percent(share, text));
		return;
	}
	struct weir_buf value = {0};
	weir_format_name(p->cells + at, g->decimals, &value);
	snprintf(out, size, "%.*s", (int)value.size, value.data ? value.data : "");
	weir_buf_release(&value);
}

/* The head of a line or a column. Appends. */
static void head_text(const struct weir_value *keys, uint32_t n, uint32_t at, uint64_t n_others, struct weir_buf *out)
{
	if (at < n)
		weir_format_name(keys + at, 3, out);
	else if (at == n)
		weir_buf_addf(out, "others (%s)", WEIR_COUNT(n_others));
	else
		weir_buf_add_c(out, "total");
}

static int head_columns(const struct weir_value *keys, uint32_t n, uint32_t at, uint64_t n_others)
{
	struct weir_buf text = {0};
	head_text(keys, n, at, n_others, &text);
	int columns = weir_text_columns(weir_buf_str(&text));
	weir_buf_release(&text);
	return columns;
}

static int between(int v, int least, int most)
{
	return v < least ? least : v > most ? most : v;
}

static bool is_line(const struct weir_pivot *p, uint32_t row)
{
	return row != p->n_rows || p->n_other_rows;
}

static bool is_column(const struct grid *g, uint32_t column)
{
	return column != g->p->n_columns || g->p->n_other_columns || g->merged;
}

/* Values in the column of the others. */
static uint64_t n_others(const struct grid *g)
{
	return g->p->n_other_columns + (g->merged ? g->p->n_columns - g->n_seen : 0);
}

static int column_width(const struct grid *g, uint32_t column)
{
	const struct weir_pivot *p = g->p;
	int width = head_columns(p->column_keys, p->n_columns, column, n_others(g));
	char text[WEIR_FORMAT_BYTES * 2];
	for (uint32_t row = 0; row < p->n_rows + 2; row++) {
		cell_text(g, row, column, text, sizeof(text));
		int used = weir_text_columns(weir_str_of(text));
		width = used > width ? used : width;
	}
	return between(width, CELL_LEAST, CELL_MOST);
}

static double largest_value(const struct weir_pivot *p)
{
	double largest = 0;
	for (size_t i = 0; i < (size_t)(p->n_rows + 2) * (p->n_columns + 2); i++) {
		double v = p->rows[i] ? fabs(weir_number_of(p->cells + i)) : 0;
		largest = v > largest ? v : largest;
	}
	return largest;
}

/* Columns from the first one on, as far as there is room beside the others and the total. */
static void place_columns(struct grid *g, int columns)
{
	const struct weir_pivot *p = g->p;
	uint32_t n = p->n_columns;
	int end = columns - 1 - (g->width[n + 1] + GAP), x = 1 + g->label + GAP;
	end -= is_column(g, n) ? g->width[n] + GAP : 0;
	g->n_seen = 0;
	for (uint32_t c = 0; c < n + 2; c++)
		g->x[c] = -1;
	for (uint32_t c = g->first; c < n && x + g->width[c] <= end; c++, g->n_seen++) {
		g->x[c] = x;
		x += g->width[c] + GAP;
	}
	for (uint32_t c = n; c < n + 2; c++) {
		if (!is_column(g, c))
			continue;
		g->x[c] = x;
		x += g->width[c] + GAP;
	}
}

/* Where columns are not seen, what adds up of them goes to the others. Their number there may take one more column away. */
static void merge_unseen(struct grid *g, int columns)
{
	const struct weir_pivot *p = g->p;
	bool adds_up = g->mode != WEIR_PIVOT_VALUES || g->r->measures[p->measure].adds_up;
	if (g->n_seen == p->n_columns || !adds_up)
		return;
	g->merged = true;
	for (int pass = 0; pass < 2; pass++) {
		int width = column_width(g, p->n_columns);
		g->width[p->n_columns] = width > g->width[p->n_columns] ? width : g->width[p->n_columns];
		place_columns(g, columns);
	}
}

/* False: there is no pivot, or no room for it. */
static bool fit(struct grid *g, const struct weir_picture *pic, int columns, int mode)
{
	uint32_t row, column;
	*g = (struct grid){.r = pic->result, .p = weir_pivot_of(pic), .mode = (enum weir_pivot_mode)mode};
	if (!g->p || g->p->n_columns > MOST_COLUMNS)
		return false;
	g->decimals = weir_format_decimals(largest_value(g->p));
	for (uint32_t i = 0; i < g->p->n_rows + 2; i++) {
		int used = is_line(g->p, i) ? head_columns(g->p->row_keys, g->p->n_rows, i, g->p->n_other_rows) : 0;
		g->label = used > g->label ? used : g->label;
	}
	int name = weir_text_columns(g->r->groups[0].name);
	g->label = between(name > g->label ? name : g->label, 8, columns < 80 ? 14 : LABEL_MOST);
	for (uint32_t c = 0; c < g->p->n_columns + 2; c++)
		g->width[c] = is_column(g, c) ? column_width(g, c) : 0;
	place_columns(g, columns);
	merge_unseen(g, columns);
	/* What is selected is seen. */
	while (weir_pivot_selected(pic, &row, &column) && column < g->p->n_columns && g->x[column] < 0 &&
	       g->first < column) {
		g->first++;
		place_columns(g, columns);
	}
	return true;
}

static void draw_title(const struct grid *g, const struct weir_area *area)
{
	static const char *const of[WEIR_PIVOT_MODES] = {"", "of its line", "of its column", "of all"};
	struct weir_buf title = {0};
	char remark[160] = "", count[WEIR_FORMAT_BYTES];
	const struct weir_result *r = g->r;
	weir_buf_add_str(&title, r->groups[0].name);
	weir_buf_add_c(&title, " by ");
	weir_buf_add_str(&title, r->groups[1].name);
	weir_buf_add_c(&title, ": ");
	bool of_rows = g->mode != WEIR_PIVOT_VALUES && !r->measures[g->p->measure].adds_up;
	weir_buf_add_str(&title, of_rows ? WEIR_STR("rows") : r->measures[g->p->measure].name);
	if (g->mode != WEIR_PIVOT_VALUES)
		weir_buf_addf(&title, ", %% %s", of[g->mode]);
	uint32_t n = g->p->n_columns;
	uint64_t all = n + g->p->n_other_columns;
	if (g->n_seen < n)
		snprintf(remark, sizeof(remark), "columns %s-%s of %s", WEIR_COUNT(g->first + (g->n_seen > 0)),
			 WEIR_COUNT(g->first + g->n_seen), weir_format_count(all, count));
	weir_title_draw(area->canvas, weir_buf_str(&title), weir_str_of(remark), area->focus);
	weir_buf_release(&title);
}

static void draw_heads(const struct grid *g, struct weir_canvas c)
{
	const struct weir_pivot *p = g->p;
	weir_cell_put_text(c, 1, 1, g->label, g->r->groups[0].name, weir_style(WEIR_INK_DIM), WEIR_LEFT);
	for (uint32_t i = 0; i < p->n_columns + 2; i++) {
		struct weir_buf text = {0};
		head_text(p->column_keys, p->n_columns, i, n_others(g), &text);
		if (g->x[i] >= 0)
			weir_cell_put_text(c, g->x[i], 1, g->width[i], weir_buf_str(&text),
					   weir_style(i < p->n_columns ? WEIR_INK_TEXT : WEIR_INK_DIM), WEIR_RIGHT);
		weir_buf_release(&text);
	}
}

/* The largest share of a line is lit, so that the eye finds where its rows are. */
static uint32_t largest_of(const struct grid *g, uint32_t row)
{
	const struct weir_pivot *p = g->p;
	uint32_t largest = UINT32_MAX;
	for (uint32_t c = 0; c < p->n_columns; c++) {
		size_t at = weir_pivot_at(p, row, c);
		if (p->rows[at] &&
		    (largest == UINT32_MAX ||
		     weir_number_of(p->cells + at) > weir_number_of(p->cells + weir_pivot_at(p, row, largest))))
			largest = c;
	}
	return largest;
}

static void draw_line(const struct grid *g, struct weir_canvas c, int y, uint32_t row)
{
	const struct weir_pivot *p = g->p;
	struct weir_buf head = {0};
	char text[WEIR_FORMAT_BYTES * 2];
	bool own = row < p->n_rows;
	uint32_t largest = own ? largest_of(g, row) : UINT32_MAX;
	head_text(p->row_keys, p->n_rows, row, p->n_other_rows, &head);
	weir_cell_put_text(c, 1, y, g->label, weir_buf_str(&head), weir_style(own ? WEIR_INK_TEXT : WEIR_INK_DIM),
			   WEIR_LEFT);
	weir_buf_release(&head);
	for (uint32_t i = 0; i < p->n_columns + 2; i++) {
		struct weir_style style = i == largest
					      ? weir_style_bold(WEIR_INK_BRIGHT)
					      : weir_style(own && i < p->n_columns ? WEIR_INK_TEXT : WEIR_INK_DIM);
		if (g->x[i] < 0)
			continue;
		cell_text(g, row, i, text, sizeof(text));
		if (rows_of(g, row, i))
			weir_cell_put_text(c, g->x[i], y, g->width[i], weir_str_of(text), style, WEIR_RIGHT);
		else
			weir_cell_put_glyph(c, g->x[i] + g->width[i] - 1, y, 0xb7, weir_style(WEIR_INK_FAINT));
	}
}

/* The line of the total stands at the foot of those that fit. */
static int line_y(const struct weir_pivot *p, uint32_t row, int rows)
{
	int lines = (int)p->n_rows + (p->n_other_rows > 0);
	int y = row <= p->n_rows ? 2 + (int)row : 2 + lines;
	return row > p->n_rows && y > rows - 1 ? rows - 1 : y;
}

static void draw(const struct weir_picture *pic, const struct weir_area *area)
{
	struct weir_canvas c = area->canvas;
	struct grid g;
	uint32_t row, column;
	if (!fit(&g, pic, c.columns, area->mode)) {
		weir_title_draw(c, WEIR_STR("pivot"), (struct weir_str){0}, area->focus);
		weir_cell_put(c, 1, 2,
			      pic->result->n_groups > 1 ? "nothing to show"
							: "group by two columns to see one by the other",
			      weir_style(WEIR_INK_DIM));
		return;
	}
	draw_title(&g, area);
	draw_heads(&g, c);
	for (uint32_t i = 0; i < g.p->n_rows + 2; i++)
		if (is_line(g.p, i) && (i > g.p->n_rows || line_y(g.p, i, c.rows) < c.rows - 1))
			draw_line(&g, c, line_y(g.p, i, c.rows), i);
	if (weir_pivot_selected(pic, &row, &column) && g.x[column] >= 0 &&
	    (row > g.p->n_rows || line_y(g.p, row, c.rows) < c.rows - 1))
		weir_cell_repaper(c, g.x[column] - 1, line_y(g.p, row, c.rows), g.width[column] + 2, WEIR_PAPER_SELECT,
				  WEIR_INK_BRIGHT);
}

static bool has_data(const struct weir_result *r)
{
	return r->n_groups > 1;
}

static int wish_rows(const struct weir_picture *pic)
{
	const struct weir_pivot *p = weir_pivot_of(pic);
	return p ? (int)p->n_rows + (p->n_other_rows > 0) + 1 : 20;
}

/* As many columns as stand there if each is of the usual width; wider ones are scrolled to. */
static void want(const struct weir_picture *pic, struct weir_rect area, struct weir_wanted *out)
{
	int lines = weir_panel_body_rows(area.rows) - 1,
	    columns = (area.columns - (area.columns < 80 ? 12 : 18) - CELL_GUESS) / CELL_GUESS;
	(void)pic;
	if (!area.rows)
		return;
	out->pivot.rows = (uint32_t)between(lines, 2, 200);
	out->pivot.columns = (uint32_t)between(columns, 2, MOST_COLUMNS);
}

static void select_by(const struct weir_picture *pic, struct weir_screen_state *state, int by)
{
	weir_pivot_move(pic, state, by, 0);
}

static void sideways(const struct weir_picture *pic, struct weir_screen_state *state, int by)
{
	weir_pivot_move(pic, state, 0, by);
}

static void click(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_rect r,
		  struct weir_click *at)
{
	struct grid g;
	int mode = 0;
	for (int i = 0; pic->panels[i]; i++)
		mode = pic->panels[i] == &weir_panel_pivot ? state->mode[i] : mode;
	if (at->kind != WEIR_CLICK_PRESS || !fit(&g, pic, r.columns, mode))
		return;
	for (uint32_t row = 0; row < g.p->n_rows + 2; row++)
		for (uint32_t c = 0; c < g.p->n_columns + 2; c++)
			if (is_line(g.p, row) && at->y == line_y(g.p, row, r.rows) && g.x[c] >= 0 &&
			    at->x >= g.x[c] - 1 && at->x <= g.x[c] + g.width[c])
				weir_pivot_select(g.p, &state->pivot, row, c);
}

static void next_mode(const struct weir_picture *pic, struct weir_screen_state *state, int *mode)
{
	(void)pic;
	(void)state;
	*mode = (*mode + 1) % WEIR_PIVOT_MODES;
}

static const char *label(const struct weir_picture *pic, enum weir_command command)
{
	(void)pic;
	return command == WEIR_CMD_TURN ? "table" : NULL;
}

static const struct weir_panel_key keys[] = {
    {"%", "show shares: of the line, of the column, of all; then the measure again", next_mode, "shares"},
    {NULL},
};
static const struct weir_help_line moves[] = {
    {"Up  Down  Left  Right", "select the cell beside"},
    {NULL, NULL},
};
static const struct weir_help_line mouse[] = {
    {"click a cell", "select it"},
    {NULL, NULL},
};
static const struct weir_help_line signs[] = {
    {"\xc2\xb7", "no row has both values"},
    {"bold", "the largest of the line"},
    {"others (12)",
     "the 12 values without a line or a column of their own, or out of sight, so that a line adds up to its total; zoomed "
     "there is room for more"},
    {"total", "of all rows: a p95 or an average is worked out from them, not from the cells"},
    {"%", "the part of the measure where it adds up, else of the rows"},
    {NULL, NULL},
};

const struct weir_panel weir_panel_pivot = {
    .name = "pivot",
    .help = "two group columns, one by the other",
    .keys = keys,
    .acts = weir_pivot_acts,
    .moves = moves,
    .mouse = mouse,
    .signs = signs,
    .extras = "pivot",
    .place = WEIR_PLACE_MAIN,
    .weight = 56,
    .has_data = has_data,
    .wish_rows = wish_rows,
    .want = want,
    .select = select_by,
    .sideways = sideways,
    .click = click,
    .label = label,
    .draw = draw,
};
