#include "tui/dump.h"

static void add_glyph(struct weir_buf *out, uint32_t cp)
{
	char bytes[4];
	weir_buf_add(out, bytes, weir_utf8_encode(cp, bytes));
}

static void cut_blanks(struct weir_buf *out, size_t from)
{
	while (out->size > from && out->data[out->size - 1] == ' ')
		out->data[--out->size] = '\0';
}

void weir_grid_text(const struct weir_grid *g, struct weir_buf *out)
{
	for (int y = 0; y < g->rows; y++) {
		size_t from = out->size;
		for (int x = 0; x < g->columns; x++) {
			const struct weir_cell *cell = &g->cells[y * g->columns + x];
			if (cell->glyph == WEIR_CELL_TAIL)
				continue;
			add_glyph(out, cell->glyph);
			for (int i = 0; i < WEIR_CELL_MARKS && cell->marks[i]; i++)
				add_glyph(out, cell->marks[i]);
		}
		cut_blanks(out, from);
		weir_buf_add_char(out, '\n');
	}
}

static char attribute_letter(uint8_t attributes)
{
	return attributes & WEIR_REVERSE ? '#' : attributes & WEIR_UNDERLINE ? '_' : attributes & WEIR_BOLD ? '*' : ' ';
}

static void add_layer(const struct weir_grid *g, int y, char kind, struct weir_buf *out)
{
	static const char inks[] = {
#define X(name, letter, meaning) letter,
	    WEIR_INK_LIST(X)
#undef X
	};
	static const char papers[] = {
#define X(name, letter, meaning) letter,
	    WEIR_PAPER_LIST(X)
#undef X
	};
	size_t start = out->size;
	weir_buf_addf(out, "%3d%c ", y, kind);
	size_t from = out->size;
	for (int x = 0; x < g->columns; x++) {
		const struct weir_cell *cell = &g->cells[y * g->columns + x];
		bool blank = cell->glyph == ' ' && kind != 'p';
		weir_buf_add_char(out, kind == 'i'   ? (blank ? ' ' : inks[cell->style.ink])
				       : kind == 'p' ? papers[cell->style.paper]
						     : (blank && !(cell->style.attributes & WEIR_REVERSE)
							    ? ' '
							    : attribute_letter(cell->style.attributes)));
	}
	cut_blanks(out, from);
	if (out->size == from) /* nothing but the plain style */
		out->size = start;
	else
		weir_buf_add_char(out, '\n');
}

void weir_grid_styles(const struct weir_grid *g, struct weir_buf *out)
{
	for (int y = 0; y < g->rows; y++) {
		add_layer(g, y, 'i', out);
		add_layer(g, y, 'p', out);
		add_layer(g, y, 'a', out);
	}
}
