/* Places of a picture that answer a click. They are put down with what is drawn there, so that a click meets what is seen. */
#include "tui/draw/draw.h"

void weir_spot_put(struct weir_canvas c, int x, int y, int columns, int kind, int which, const char *name)
{
	int from = x < 0 ? 0 : x, to = x + columns < c.columns ? x + columns : c.columns;
	if (!c.grid || y < 0 || y >= c.rows || from >= to || c.grid->n_spots == WEIR_MOST_SPOTS)
		return;
	c.grid->spots[c.grid->n_spots++] = (struct weir_spot){c.x + from, c.y + y, to - from, kind, which, name};
}

void weir_spots_cover(struct weir_canvas c)
{
	int kept = 0;
	for (int i = 0; i < c.grid->n_spots; i++) {
		const struct weir_spot *s = &c.grid->spots[i];
		bool under = s->y >= c.y && s->y < c.y + c.rows && s->x < c.x + c.columns && s->x + s->columns > c.x;
		if (!under)
			c.grid->spots[kept++] = *s;
	}
	c.grid->n_spots = kept;
}

const struct weir_spot *weir_spot_at(const struct weir_grid *g, int x, int y)
{
	for (int i = g->n_spots; i-- > 0;) {
		const struct weir_spot *s = &g->spots[i];
		if (s->y == y && x >= s->x && x < s->x + s->columns)
			return s;
	}
	return NULL;
}
