/* The cell grid: text made harmless, measured and clipped. */
#include "tui/draw/draw.h"

#include "weir/base/memory.h"

#include <stdlib.h>

bool weir_grid_resize(struct weir_grid *g, int columns, int rows)
{
	void *cells = g->cells;
	size_t need = (size_t)columns * (size_t)rows;
	if (!weir_grow(&cells, &g->capacity, need ? need : 1, sizeof(*g->cells)))
		return false;
	g->cells = cells;
	g->columns = columns;
	g->rows = rows;
	weir_grid_clear(g);
	return true;
}

void weir_grid_clear(struct weir_grid *g)
{
	size_t n = (size_t)g->columns * (size_t)g->rows;
	for (size_t i = 0; i < n; i++)
		g->cells[i] = (struct weir_cell){.glyph = ' '};
	g->n_spots = 0;
}

void weir_grid_release(struct weir_grid *g)
{
	free(g->cells);
	*g = (struct weir_grid){.ascii = g->ascii, .mono = g->mono, .console = g->console};
}

struct weir_canvas weir_grid_canvas(struct weir_grid *g)
{
	return (struct weir_canvas){g, 0, 0, g->columns, g->rows};
}

struct weir_canvas weir_canvas_cut(struct weir_canvas c, int x, int y, int columns, int rows)
{
	int right = x + columns < c.columns ? x + columns : c.columns;
	int bottom = y + rows < c.rows ? y + rows : c.rows;
	x = x < 0 ? 0 : x;
	y = y < 0 ? 0 : y;
	return (struct weir_canvas){c.grid, c.x + x, c.y + y, right > x ? right - x : 0, bottom > y ? bottom - y : 0};
}

static struct weir_cell *cell_at(struct weir_canvas c, int x, int y)
{
	if (x < 0 || y < 0 || x >= c.columns || y >= c.rows)
		return NULL;
	return &c.grid->cells[(size_t)(c.y + y) * (size_t)c.grid->columns + (size_t)(c.x + x)];
}

/* When half of a wide character is overwritten, the other half must go too. */
static void mend_halves(struct weir_canvas c, struct weir_cell *cell)
{
	size_t index = (size_t)(cell - c.grid->cells);
	size_t column = index % (size_t)c.grid->columns;
	if (cell->glyph == WEIR_CELL_TAIL && column > 0)
		cell[-1].glyph = ' ';
	if (column + 1 < (size_t)c.grid->columns && cell[1].glyph == WEIR_CELL_TAIL && cell->glyph != WEIR_CELL_TAIL)
		cell[1].glyph = ' ';
}

static void set_cell(struct weir_canvas c, int x, int y, uint32_t glyph, struct weir_style style)
{
	struct weir_cell *cell = cell_at(c, x, y);
	if (!cell)
		return;
	mend_halves(c, cell);
	*cell = (struct weir_cell){.glyph = glyph, .style = style};
}

/* The sign that stands for a code point that must not reach the terminal. */
static uint32_t mark_of(uint32_t cp)
{
	if (cp < 0x20)
		return 0x2400 + cp; /* the control pictures: ␛ for escape */
	if (cp == 0x7f)
		return 0x2421;
	return 0x25af; /* ▯ */
}

/* What one step through a text gives: its bytes, the glyph to draw, and the columns it takes (0: joins the one before).
 */
struct step {
	size_t bytes;
	uint32_t glyph;
	int columns;
	bool mark;
};

static struct step next_step(struct weir_str s, size_t at, bool has_base)
{
	unsigned char first = (unsigned char)s.data[at];
	if (first >= 0x20 && first < 0x7f)
		return (struct step){1, first, 1, false};
	uint32_t cp = 0;
	size_t bytes = weir_utf8_decode(s.data + at, s.size - at, &cp);
	if (bytes == 0)
		return (struct step){1, 0xfffd, 1, true};
	int width = weir_codepoint_width(cp);
	if (width < 0)
		return (struct step){bytes, mark_of(cp), 1, true};
	if (width == 0 && !has_base)
		return (struct step){bytes, 0x25af, 1, true};
	return (struct step){bytes, cp, width, false};
}

int weir_text_columns(struct weir_str s)
{
	int columns = 0;
	bool has_base = false;
	for (size_t at = 0; at < s.size;) {
		struct step step = next_step(s, at, has_base);
		has_base = !step.mark;
		columns += step.columns;
		at += step.bytes;
		if (columns > 1 << 20)
			break; /* no screen is that wide */
	}
	return columns;
}

size_t weir_text_fit(struct weir_str s, int columns)
{
	bool has_base = false;
	size_t at = 0;
	while (at < s.size) {
		struct step step = next_step(s, at, has_base);
		if (step.columns > columns)
			break;
		columns -= step.columns;
		has_base = !step.mark;
		at += step.bytes;
	}
	return at;
}

static uint32_t ascii_for(uint32_t glyph)
{
	static const struct {
		uint32_t glyph;
		char sign;
	} table[] = {
	    {0x2500, '-'}, {0x2508, '.'}, {0x2501, '='}, {0x2578, '-'}, {0x252c, '+'}, {0x25b2, '^'}, {0x25bc, 'v'},
	    {0x25cf, '*'}, {0x25cb, 'o'}, {0x25b5, '!'}, {0x00b7, '.'}, {0x2212, '-'}, {0x2016, '"'}, {0x2039, '<'},
	    {0x2581, '_'}, {0x2582, '.'}, {0x2583, '-'}, {0x2584, ':'}, {0x2585, '='}, {0x2586, '*'}, {0x2587, '#'},
	    {0x2588, '#'}, {0x2591, '.'}, {0x2592, ':'}, {0x2593, '*'}, {0x25b8, '>'}, {0x254c, '~'}, {0x00d7, 'x'},
	    {0x25c6, '+'}, {0x2013, '-'}, {0x2514, '`'}, {0x2026, '~'},
	};
	if (glyph < 0x7f)
		return glyph;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].glyph == glyph)
			return (unsigned char)table[i].sign;
	return '?';
}

static void add_mark(struct weir_canvas c, int x, int y, uint32_t mark)
{
	struct weir_cell *cell = cell_at(c, x, y);
	if (!cell || c.grid->ascii)
		return;
	if (cell->glyph == WEIR_CELL_TAIL && x > 0)
		cell--;
	for (int i = 0; i < WEIR_CELL_MARKS; i++)
		if (!cell->marks[i]) {
			cell->marks[i] = mark;
			return;
		}
}

/* Draws the bytes of `s` up to `end`. Returns the column after them. */
static int put_steps(struct weir_canvas c, int x, int y, struct weir_str s, size_t end, struct weir_style style)
{
	bool has_base = false;
	for (size_t at = 0; at < end;) {
		struct step step = next_step(s, at, has_base);
		struct weir_style used = style;
		if (step.mark)
			used.ink = WEIR_INK_MARK;
		if (step.columns == 0) {
			add_mark(c, x - 1, y, step.glyph);
		} else {
			set_cell(c, x, y, c.grid->ascii ? ascii_for(step.glyph) : step.glyph, used);
			if (step.columns == 2)
				set_cell(c, x + 1, y, c.grid->ascii ? '?' : WEIR_CELL_TAIL, used);
		}
		x += step.columns;
		has_base = !step.mark;
		at += step.bytes;
	}
	return x;
}

int weir_cell_put_text(struct weir_canvas c, int x, int y, int columns, struct weir_str s, struct weir_style style,
		       enum weir_align align)
{
	if (x < 0 || x >= c.columns || y < 0 || y >= c.rows)
		return 0;
	if (columns > c.columns - x)
		columns = c.columns - x;
	if (columns <= 0)
		return 0;
	size_t fits = weir_text_fit(s, columns);
	bool cut = fits < s.size;
	if (cut)
		fits = weir_text_fit(s, columns - 1);
	int used = weir_text_columns((struct weir_str){s.data, fits}) + (cut ? 1 : 0);
	if (align == WEIR_RIGHT)
		x += columns - used;
	else if (align == WEIR_CENTRE)
		x += (columns - used) / 2;
	int end = put_steps(c, x, y, s, fits, style);
	if (cut)
		set_cell(c, end, y, c.grid->ascii || c.grid->console ? '~' : 0x2026, style);
	return used;
}

int weir_cell_put(struct weir_canvas c, int x, int y, const char *s, struct weir_style style)
{
	return weir_cell_put_text(c, x, y, c.columns - x, weir_str_of(s), style, WEIR_LEFT);
}

void weir_cell_put_glyph(struct weir_canvas c, int x, int y, uint32_t glyph, struct weir_style style)
{
	/* Rules, their ticks and the middle dot are in the fonts of all consoles. */
	bool plain = c.grid->ascii || (c.grid->console && glyph != 0x2500 && glyph != 0x252c && glyph != 0xb7);
	set_cell(c, x, y, plain ? ascii_for(glyph) : glyph, style);
}

void weir_cell_put_over(struct weir_canvas c, int x, int y, uint32_t glyph, enum weir_ink ink)
{
	const struct weir_cell *under = cell_at(c, x, y);
	bool block = under && under->glyph > 0x2580 && under->glyph <= 0x2588;
	struct weir_style style = weir_style(ink);
	if (under)
		style.paper = block ? weir_paper_of(under->style.ink) : under->style.paper;
	weir_cell_put_glyph(c, x, y, glyph, style);
}

void weir_cell_fill(struct weir_canvas c, int x, int y, int columns, int rows, struct weir_style style)
{
	for (int row = y; row < y + rows; row++)
		for (int column = x; column < x + columns; column++)
			set_cell(c, column, row, ' ', style);
}

/* Greys and the ink of bars are hardly to be seen on the paper of what is selected. */
static uint8_t ink_on_select(uint8_t ink)
{
	if (ink == WEIR_INK_DIM || ink == WEIR_INK_FAINT)
		return WEIR_INK_TEXT;
	return ink == WEIR_INK_FILL || ink == WEIR_INK_SOFT ? WEIR_INK_BRIGHT : ink;
}

void weir_cell_repaper(struct weir_canvas c, int x, int y, int columns, enum weir_paper paper, enum weir_ink ink)
{
	for (int column = x; column < x + columns; column++) {
		struct weir_cell *cell = cell_at(c, column, y);
		if (!cell)
			continue;
		cell->style.paper = (uint8_t)paper;
		if (ink != WEIR_INK_COUNT && cell->style.ink != WEIR_INK_MARK)
			cell->style.ink = (uint8_t)ink;
		else if (paper == WEIR_PAPER_SELECT)
			cell->style.ink = ink_on_select(cell->style.ink);
	}
}

void weir_cell_light(struct weir_canvas c, int x, int y, int columns, enum weir_ink ink, int attributes)
{
	for (int column = x; column < x + columns; column++) {
		struct weir_cell *cell = cell_at(c, column, y);
		if (!cell)
			continue;
		bool back = cell->style.attributes & attributes & WEIR_REVERSE;
		cell->style.attributes = (uint8_t)((cell->style.attributes | attributes) & ~(back ? WEIR_REVERSE : 0));
		if (ink != WEIR_INK_COUNT)
			cell->style.ink = (uint8_t)ink;
	}
}
