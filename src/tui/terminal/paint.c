/* The bytes that turn what a terminal shows into a new grid: what changed, as few as possible. */
#include "tui/terminal/terminal.h"

#include "weir/base/memory.h"

#include <stdlib.h>
#include <wchar.h>

enum {
	MOST_LOOKS = 64,   /* more than one picture has; the last one takes the rest */
	MOST_SHIFT = 8,    /* the most lines that a list moves down at once */
	LEAST_SHIFTED = 3, /* the fewest lines for which scrolling pays */
	GAP = 4,           /* up to so many unchanged cells are sent again rather than skipped */
};

struct change {
	uint32_t cell;
	uint8_t look; /* index in looks; MOST_LOOKS: a blank, whose ink cannot be seen */
};

struct painting {
	struct weir_painter *painter;
	const struct weir_grid *grid;
	const struct weir_theme *theme;
	struct weir_buf *out;
	struct change *changes;
	size_t n_changes;
	struct weir_look looks[MOST_LOOKS];
	uint8_t n_looks;
};

static bool is_blank(const struct weir_cell *c)
{
	return c->glyph == ' ' && !(c->style.attributes & ~WEIR_BOLD);
}

static bool same_cell(const struct weir_cell *a, const struct weir_cell *b)
{
	if (is_blank(a) && is_blank(b))
		return a->style.paper == b->style.paper;
	return a->glyph == b->glyph && a->marks[0] == b->marks[0] && a->marks[1] == b->marks[1] &&
	       a->style.ink == b->style.ink && a->style.paper == b->style.paper &&
	       a->style.attributes == b->style.attributes;
}

static const struct weir_cell *row_of(const struct weir_grid *g, int y)
{
	return g->cells + (size_t)y * (size_t)g->columns;
}

static bool same_row(const struct weir_grid *a, int y, const struct weir_grid *b, int other)
{
	const struct weir_cell *p = row_of(a, y), *q = row_of(b, other);
	for (int x = 0; x < a->columns; x++)
		if (!same_cell(&p[x], &q[x]))
			return false;
	return true;
}

static bool empty_row(const struct weir_grid *g, int y)
{
	for (int x = 0; x < g->columns; x++)
		if (row_of(g, y)[x].glyph != ' ')
			return false;
	return true;
}

/* The longest run of rows of `grid` that stood `by` rows higher in `front`; rows [*from, *to). Returns those that this
 * saves. */
static int find_run(const struct weir_grid *front, const struct weir_grid *grid, int by, int *from, int *to)
{
	int best = 0;
	for (int y = by; y < grid->rows; y++) {
		int start = y, saved = 0;
		while (y < grid->rows && same_row(grid, y, front, y - by)) {
			saved += !empty_row(grid, y) && !same_row(grid, y, front, y);
			y++;
		}
		if (saved > best) {
			best = saved;
			*from = start;
			*to = y;
		}
	}
	return best;
}

static void go_to(struct weir_painter *b, int x, int y, struct weir_buf *out)
{
	if (b->y != y || b->x != x || b->y == WEIR_CURSOR_UNKNOWN)
		b->move(b->ctx, b->x, b->y, x, y, out);
	b->x = x;
	b->y = y;
}

/* For lists that got new lines at the top, the terminal moves the old lines down. */
static void shift_lines(struct weir_painter *b, struct weir_grid *front, const struct weir_grid *grid,
			const struct weir_theme *theme, struct weir_buf *out)
{
	int from = 0, to = 0, best = LEAST_SHIFTED - 1, lines = 0;
	for (int by = 1; b->shift && by <= MOST_SHIFT; by++) {
		int start, end, saved = find_run(front, grid, by, &start, &end);
		if (saved <= best)
			continue;
		best = saved;
		lines = by;
		from = start - by;
		to = end;
	}
	if (!lines)
		return;
	/* New lines have the background that is in use. */
	b->look(b->ctx, weir_theme_look(theme, b->colors, weir_style(WEIR_INK_TEXT)), out);
	go_to(b, 0, to - lines, out);
	b->shift(b->ctx, lines, false, out);
	go_to(b, 0, from, out);
	b->shift(b->ctx, lines, true, out);
	size_t columns = (size_t)grid->columns;
	struct weir_cell *top = front->cells + (size_t)from * columns;
	memmove(top + (size_t)lines * columns, top, (size_t)(to - from - lines) * columns * sizeof(*top));
	for (size_t i = 0; i < (size_t)lines * columns; i++)
		top[i] = (struct weir_cell){.glyph = ' '};
}

static bool same_look(const struct weir_look *a, const struct weir_look *b)
{
	return a->ink == b->ink && a->paper == b->paper && a->attributes == b->attributes;
}

static uint8_t look_of(struct painting *p, struct weir_style style)
{
	struct weir_look look = weir_theme_look(p->theme, p->painter->colors, style);
	uint8_t i = 0;
	while (i < p->n_looks && !same_look(&p->looks[i], &look))
		i++;
	if (i == p->n_looks && i < MOST_LOOKS)
		p->looks[p->n_looks++] = look;
	return i < MOST_LOOKS ? i : MOST_LOOKS - 1;
}

static bool shows_ink(const struct weir_look *look)
{
	return look->attributes & (WEIR_UNDERLINE | WEIR_REVERSE);
}

/* A blank takes the look of its neighbour, or any look with the same background. */
static uint8_t look_of_blank(struct painting *p, size_t i)
{
	struct weir_look own = weir_theme_look(p->theme, p->painter->colors, p->grid->cells[p->changes[i].cell].style);
	if (shows_ink(&own))
		return look_of(p, p->grid->cells[p->changes[i].cell].style);
	size_t next = i;
	while (next < p->n_changes && p->changes[next].look == MOST_LOOKS &&
	       p->changes[next].cell == p->changes[i].cell + (next - i))
		next++;
	bool before = i > 0 && p->changes[i - 1].cell + 1 == p->changes[i].cell,
	     after = next < p->n_changes && p->changes[next].cell == p->changes[i].cell + (next - i);
	uint8_t near[2] = {before ? p->changes[i - 1].look : MOST_LOOKS, after ? p->changes[next].look : MOST_LOOKS};
	for (int k = 0; k < 2; k++)
		if (near[k] < p->n_looks && p->looks[near[k]].paper == own.paper && !shows_ink(&p->looks[near[k]]))
			return near[k];
	for (uint8_t k = 0; k < p->n_looks; k++)
		if (p->looks[k].paper == own.paper && !shows_ink(&p->looks[k]))
			return k;
	return look_of(p, p->grid->cells[p->changes[i].cell].style);
}

static void find_changes(struct painting *p, struct weir_grid *front)
{
	const struct weir_grid *g = p->grid;
	size_t n = (size_t)g->columns * (size_t)g->rows;
	for (size_t i = 0; i < n; i++) {
		const struct weir_cell *c = &g->cells[i];
		if (same_cell(c, &front->cells[i]))
			continue;
		front->cells[i] = *c;
		if (c->glyph == WEIR_CELL_TAIL || (i == n - 1 && p->painter->skip_corner))
			continue;
		uint8_t look = is_blank(c) ? (uint8_t)MOST_LOOKS : look_of(p, c->style);
		p->changes[p->n_changes++] = (struct change){(uint32_t)i, look};
	}
	for (size_t i = 0; i < p->n_changes; i++)
		if (p->changes[i].look == MOST_LOOKS)
			p->changes[i].look = look_of_blank(p, i);
}

/* Where the C library disagrees about the width, terminals may too: a sign of known width is used instead. */
static void put_glyph(struct painting *p, const struct weir_cell *c)
{
	struct weir_painter *b = p->painter;
	char bytes[4];
	if (c->glyph < 0x7f && !c->marks[0]) { /* most are such */
		weir_buf_add_char(p->out, (char)c->glyph);
		if (++b->x >= p->grid->columns)
			b->y = WEIR_CURSOR_UNKNOWN;
		return;
	}
	int width = weir_codepoint_width(c->glyph);
	bool agreed = wcwidth((wchar_t)c->glyph) == width, marked = false;
	weir_buf_add(p->out, bytes, weir_utf8_encode(agreed ? c->glyph : 0xfffd, bytes));
	for (int i = 0; i < WEIR_CELL_MARKS && agreed && c->marks[i]; i++)
		if (wcwidth((wchar_t)c->marks[i]) == 0) {
			weir_buf_add(p->out, bytes, weir_utf8_encode(c->marks[i], bytes));
			marked = true;
		}
	if (!agreed && width == 2)
		weir_buf_add_char(p->out, ' ');
	b->x += width == 2 ? 2 : 1;
	/* Past the edge, and past a character that terminals measure differently, the position is unknown. */
	if (b->x >= p->grid->columns || width != 1 || marked || !agreed)
		b->y = WEIR_CURSOR_UNKNOWN;
}

/* A short move to the right over cells of the same look is made by sending them again. */
static void go_on_to(struct painting *p, int x, int y, uint8_t look)
{
	struct weir_painter *b = p->painter;
	bool near = b->y == y && x > b->x && x - b->x <= GAP;
	for (int i = b->x; near && i < x; i++) {
		const struct weir_cell *c = &row_of(p->grid, y)[i];
		struct weir_look own = weir_theme_look(p->theme, b->colors, c->style);
		bool fits = is_blank(c)
				? own.paper == p->looks[look].paper && !shows_ink(&own) && !shows_ink(&p->looks[look])
				: same_look(&own, &p->looks[look]);
		near = fits && c->glyph >= ' ' && c->glyph < 0x7f && !c->marks[0];
	}
	while (near && b->x < x)
		put_glyph(p, &row_of(p->grid, y)[b->x]);
	go_to(b, x, y, p->out);
}

static void put_change(struct painting *p, const struct change *c)
{
	int columns = p->grid->columns;
	go_on_to(p, (int)c->cell % columns, (int)c->cell / columns, c->look);
	put_glyph(p, &p->grid->cells[c->cell]);
}

bool weir_painter_paint(struct weir_painter *b, struct weir_grid *front, const struct weir_grid *grid,
			const struct weir_theme *theme, bool in_order, struct weir_buf *out)
{
	struct painting p = {.painter = b, .grid = grid, .theme = theme, .out = out};
	p.changes = weir_alloc((size_t)grid->columns * (size_t)grid->rows * sizeof(*p.changes));
	if (!p.changes)
		return false;
	if (!in_order)
		shift_lines(b, front, grid, theme, out);
	find_changes(&p, front);
	int last = -1;
	for (size_t i = 0; in_order && i < p.n_changes; i++) {
		if (p.changes[i].look != last)
			b->look(b->ctx, p.looks[last = p.changes[i].look], out);
		put_change(&p, &p.changes[i]);
	}
	for (uint8_t look = 0; !in_order && look < p.n_looks; look++) {
		b->look(b->ctx, p.looks[look], out);
		for (size_t i = 0; i < p.n_changes; i++)
			if (p.changes[i].look == look)
				put_change(&p, &p.changes[i]);
	}
	free(p.changes);
	return !out->failed;
}
