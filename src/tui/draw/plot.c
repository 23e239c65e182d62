/* Lines made of braille dots, or of one sign a cell. */
#include "tui/draw/draw.h"

#include "weir/base/memory.h"

#include <math.h>
#include <stdlib.h>

bool weir_plot_init(struct weir_plot *p, int columns, int rows, bool ascii)
{
	size_t n = (size_t)(columns > 0 ? columns : 0) * (size_t)(rows > 0 ? rows : 0);
	*p = (struct weir_plot){.columns = columns, .rows = rows, .ascii = ascii};
	p->dots = weir_calloc(n ? n : 1, 1);
	p->inks = weir_calloc(n ? n : 1, 1);
	if (p->dots && p->inks)
		return true;
	weir_plot_release(p);
	return false;
}

void weir_plot_release(struct weir_plot *p)
{
	free(p->dots);
	free(p->inks);
	*p = (struct weir_plot){0};
}

/* x and y in dots, y from the top. */
static void set_dot(struct weir_plot *p, int x, int y, enum weir_ink ink, char sign)
{
	static const uint8_t bits[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
	int wide = p->ascii ? 1 : 2, high = p->ascii ? 1 : 4;
	if (x < 0 || y < 0 || x >= p->columns * wide || y >= p->rows * high)
		return;
	size_t cell = (size_t)(y / high) * (size_t)p->columns + (size_t)(x / wide);
	if (p->ascii)
		p->dots[cell] = (uint8_t)sign;
	else
		p->dots[cell] |= bits[y % 4][x % 2];
	p->inks[cell] = (uint8_t)ink;
}

/* Bresenham's line. */
enum { DOT_GAP = 3 }; /* of dots, one is set */

static void join(struct weir_plot *p, double x0, double y0, double x1, double y1, enum weir_ink ink, char sign,
		 bool dotted)
{
	int wide = p->columns * (p->ascii ? 1 : 2) - 1, high = p->rows * (p->ascii ? 1 : 4) - 1;
	int ax = (int)lround(x0 * wide), ay = high - (int)lround(y0 * high);
	int bx = (int)lround(x1 * wide), by = high - (int)lround(y1 * high);
	int dx = abs(bx - ax), dy = -abs(by - ay), sx = ax < bx ? 1 : -1, sy = ay < by ? 1 : -1;
	for (int error = dx + dy, steps = dx - dy; steps >= 0; steps--) {
		/* By place, so that the gaps of one line do not depend on where its parts begin. */
		if (!dotted || p->ascii || (-dy > dx ? ay : ax) % DOT_GAP == 0)
			set_dot(p, ax, ay, ink, sign);
		if (ax == bx && ay == by)
			break;
		int twice = 2 * error;
		if (twice >= dy) {
			error += dy;
			ax += sx;
		}
		if (twice <= dx) {
			error += dx;
			ay += sy;
		}
	}
}

void weir_plot_line(struct weir_plot *p, double x0, double y0, double x1, double y1, enum weir_ink ink, char sign)
{
	join(p, x0, y0, x1, y1, ink, sign, false);
}

void weir_plot_dotted(struct weir_plot *p, double x0, double y0, double x1, double y1, enum weir_ink ink, char sign)
{
	join(p, x0, y0, x1, y1, ink, sign, true);
}

static void draw(const struct weir_plot *p, struct weir_canvas c, int x, int y, bool over)
{
	for (int row = 0; row < p->rows; row++)
		for (int column = 0; column < p->columns; column++) {
			size_t cell = (size_t)row * (size_t)p->columns + (size_t)column;
			uint32_t glyph = p->ascii ? p->dots[cell] : 0x2800u + p->dots[cell];
			enum weir_ink ink = (enum weir_ink)p->inks[cell];
			if (p->dots[cell] && over)
				weir_cell_put_over(c, x + column, y + row, glyph, ink);
			else if (p->dots[cell])
				weir_cell_put_glyph(c, x + column, y + row, glyph, weir_style(ink));
		}
}

void weir_plot_draw(const struct weir_plot *p, struct weir_canvas c, int x, int y)
{
	draw(p, c, x, y, false);
}

void weir_plot_draw_over(const struct weir_plot *p, struct weir_canvas c, int x, int y)
{
	draw(p, c, x, y, true);
}
