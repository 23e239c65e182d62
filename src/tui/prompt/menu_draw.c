/* The rows of a list: sign, text with what was typed lit in it, cells, and at the end a sentence, a value or bars. */
#include "tui/prompt/menu.h"

enum { GAP = 2, SIGN_COLUMNS = 3, BAR_COLUMNS = 8, LABEL_COLUMNS = 14, LEAST_REST = 18, MOST_TEXT = 44 };

/* Columns of each part; 0: it is not shown. And what all of it stands on. */
struct widths {
	int text, cells[WEIR_MENU_CELLS], rest;
	enum weir_paper paper;
};

static int larger(int a, int b)
{
	return a > b ? a : b;
}

static int used_columns(const struct widths *w)
{
	int n = SIGN_COLUMNS + w->text + GAP;
	for (int i = 0; i < WEIR_MENU_CELLS; i++)
		n += w->cells[i] ? w->cells[i] + GAP : 0;
	return n;
}

static bool has_cells(const struct weir_menu_item *item)
{
	for (int k = 0; k < WEIR_MENU_CELLS; k++)
		if (item->cells[k].size)
			return true;
	return false;
}

/* Of all entries, not only of those that are seen: columns stay where they are while one types. The text of one without
 * cells may reach into them. */
static struct widths widths_of(const struct weir_menu *l, int columns, enum weir_paper paper)
{
	struct widths w = {.paper = paper, .text = weir_text_columns(weir_str_of(l->heads.text.name))};
	bool any_rest = false, any_cells = false;
	for (uint32_t i = 0; i < l->n && !any_cells && !l->heads.long_texts; i++)
		any_cells = has_cells(&l->items[i]);
	for (uint32_t i = 0; i < l->n; i++) {
		if (!any_cells || has_cells(&l->items[i]))
			w.text = larger(w.text, weir_text_columns(l->items[i].text));
		any_rest = any_rest || l->items[i].rest.size || l->items[i].n_bars || l->items[i].warning.size;
		for (int k = 0; k < WEIR_MENU_CELLS; k++)
			w.cells[k] = larger(w.cells[k], weir_text_columns(l->items[i].cells[k]));
	}
	int most = larger(columns * 2 / 5, 16);
	most = most < MOST_TEXT ? most : MOST_TEXT;
	w.text = w.text < most ? w.text : most;
	for (int k = 0; k < WEIR_MENU_CELLS; k++)
		w.cells[k] = l->heads.cells[k].name
				 ? larger(w.cells[k], weir_text_columns(weir_str_of(l->heads.cells[k].name)))
				 : 0;
	while (any_rest && columns - used_columns(&w) < LEAST_REST) {
		int worst = -1;
		for (int k = 0; k < WEIR_MENU_CELLS; k++)
			if (w.cells[k] && l->heads.cells[k].drop &&
			    (worst < 0 || l->heads.cells[k].drop > l->heads.cells[worst].drop))
				worst = k;
		if (worst < 0)
			break;
		w.cells[worst] = 0;
	}
	w.rest = larger(columns - used_columns(&w) - 1, 0);
	return w;
}

static void put_head(struct weir_canvas c, int x, int columns, const struct weir_menu_head *head, enum weir_paper paper)
{
	weir_cell_put_text(c, x, 0, columns, weir_str_of(head->name), weir_style_on(WEIR_INK_DIM, paper), head->align);
}

static void draw_heads(const struct weir_menu *l, const struct widths *w, struct weir_canvas c)
{
	int x = SIGN_COLUMNS;
	put_head(c, x, w->text, &l->heads.text, w->paper);
	x += w->text + GAP;
	for (int k = 0; k < WEIR_MENU_CELLS; k++)
		if (w->cells[k]) {
			put_head(c, x, w->cells[k], &l->heads.cells[k], w->paper);
			x += w->cells[k] + GAP;
		}
	put_head(c, x, w->rest, &l->heads.rest, w->paper);
}

/* Letters that were typed stand out. They are found by bytes; a cell holds a character. */
static void light(struct weir_canvas c, int x, int y, int columns, struct weir_str text, struct weir_str typed)
{
	uint64_t marks[WEIR_MATCH_WORDS];
	int score;
	if (!typed.size || !weir_match(typed, text, &score, marks))
		return;
	for (size_t i = 0; i < text.size && i < WEIR_MATCH_BYTES; i++) {
		if (!(marks[i / 64] >> i % 64 & 1))
			continue;
		int at = weir_text_columns((struct weir_str){text.data, i});
		if (at < columns - (weir_text_columns(text) > columns))
			weir_cell_light(c, x + at, y, 1, WEIR_INK_KEY, WEIR_BOLD | WEIR_UNDERLINE);
	}
}

/* "gateway ━━━━ 39 %", as many as there is room for. */
static void draw_bars(const struct weir_menu_item *item, struct weir_canvas c, int x, int y, int columns,
		      struct weir_style plain)
{
	char percent[WEIR_FORMAT_BYTES];
	int end = x + columns;
	for (uint32_t i = 0; i < item->n_bars; i++) {
		const struct weir_menu_bar *b = &item->bars[i];
		struct weir_str share = weir_str_of(weir_format_percent(b->share, percent));
		int label = weir_text_columns(b->label), bar = (int)(b->share * BAR_COLUMNS + 0.5);
		int room = end - x - (int)share.size - 2;
		label = label > LABEL_COLUMNS ? LABEL_COLUMNS : label;
		bar = bar < 1 ? 1 : bar;
		if (i == 0 && label + bar > room && room > 4) { /* the first always fits, shortened if need be */
			bar = room - label < 1 ? 1 : room - label;
			label = room - bar;
		}
		if (label + bar > room)
			return;
		struct weir_style fill = plain, dim = plain;
		fill.ink = WEIR_INK_FILL;
		dim.ink = WEIR_INK_DIM;
		weir_cell_put_text(c, x, y, label, b->label, plain, WEIR_LEFT);
		x += label + 1;
		weir_bar_draw(c, x, y, bar, b->share * BAR_COLUMNS / bar, fill); /* cut where it is longer */
		x += bar + 1;
		weir_cell_put_text(c, x, y, (int)share.size, share, dim, WEIR_LEFT);
		x += (int)share.size + GAP;
	}
}

static void draw_item(const struct weir_menu *l, const struct weir_menu_item *item, const struct widths *w,
		      struct weir_str typed, struct weir_canvas c, int y)
{
	struct weir_style text = weir_style_on(item->faint ? WEIR_INK_DIM : WEIR_INK_TEXT, w->paper),
			  dim = weir_style_on(WEIR_INK_DIM, w->paper);
	int x = SIGN_COLUMNS;
	if (item->marked || (item->now && l->shows_now))
		weir_cell_put_glyph(c, 1, y, 0x25cf,
				    weir_style_on(item->marked ? WEIR_INK_KEY : WEIR_INK_DIM, w->paper));
	int room = has_cells(item) ? w->text : used_columns(w) - SIGN_COLUMNS - GAP;
	weir_cell_put_text(c, x, y, room, item->text, text, WEIR_LEFT);
	light(c, x, y, room, item->text, typed);
	x += w->text + GAP;
	for (int k = 0; k < WEIR_MENU_CELLS; k++)
		if (w->cells[k]) {
			weir_cell_put_text(c, x, y, w->cells[k], item->cells[k], dim, l->heads.cells[k].align);
			x += w->cells[k] + GAP;
		}
	int end = x + w->rest;
	if (item->warning.size)
		x += weir_cell_put_text(c, x, y, end - x, item->warning, weir_style_on(WEIR_INK_WARN, w->paper),
					WEIR_LEFT) +
		     GAP;
	if (item->rest.size && x < end)
		x += weir_cell_put_text(c, x, y, end - x, item->rest, dim, WEIR_LEFT) + GAP;
	draw_bars(item, c, x, y, end - x, text);
}

void weir_menu_draw(const struct weir_menu *l, struct weir_str typed, bool takes, enum weir_paper paper,
		    struct weir_canvas c)
{
	struct widths w = widths_of(l, c.columns, paper);
	weir_cell_fill(c, 0, 0, c.columns, c.rows, weir_style_on(WEIR_INK_TEXT, paper));
	draw_heads(l, &w, c);
	for (int y = 1; y < c.rows && l->first + y - 1 < (int)l->n_shown; y++) {
		int at = l->first + y - 1;
		draw_item(l, &l->items[l->shown[at]], &w, typed, c, y);
		if (takes && at == l->cursor)
			weir_cell_repaper(c, 0, y, c.columns, WEIR_PAPER_SELECT, WEIR_INK_COUNT);
	}
	if (!l->n_shown)
		weir_cell_put_text(c, SIGN_COLUMNS, 1, c.columns - SIGN_COLUMNS,
				   l->n ? WEIR_STR("nothing fits what is typed")
					: WEIR_STR("nothing to choose from yet"),
				   weir_style_on(WEIR_INK_DIM, paper), WEIR_LEFT);
}

int weir_menu_at(const struct weir_menu *l, int y)
{
	int at = l->first + y - 1;
	return y >= 1 && at < (int)l->n_shown ? at : -1;
}
