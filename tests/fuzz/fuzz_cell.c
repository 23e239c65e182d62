/* Any text drawn into cells: none of it may be able to do something to a terminal. */
#include "fuzz.h"

#include "tui/cell.h"

static void check_grid(const struct weir_grid *g, int drawn)
{
	FUZZ_CHECK(drawn >= 0 && drawn <= g->columns);
	for (int x = 0; x < g->columns; x++) {
		const struct weir_cell *c = &g->cells[x];
		if (c->glyph == WEIR_CELL_TAIL) {
			FUZZ_CHECK(x > 0 && weir_codepoint_width(g->cells[x - 1].glyph) == 2);
			continue;
		}
		int width = weir_codepoint_width(c->glyph);
		FUZZ_CHECK(width == 1 || width == 2);
		FUZZ_CHECK(width == 1 || (x + 1 < g->columns && g->cells[x + 1].glyph == WEIR_CELL_TAIL));
		FUZZ_CHECK(c->glyph >= 0x20 && c->glyph != 0x7f && !(c->glyph >= 0x80 && c->glyph < 0xa0));
		FUZZ_CHECK(!g->ascii || c->glyph < 0x7f);
		for (int m = 0; m < WEIR_CELL_MARKS && c->marks[m]; m++)
			FUZZ_CHECK(weir_codepoint_width(c->marks[m]) == 0 && !g->ascii);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	char *text = fuzz_text(data + 1, size - 1);
	struct weir_str s = {text, size - 1};
	struct weir_grid g = {.ascii = (data[0] & 128) != 0};
	int columns = 1 + data[0] % 40;
	FUZZ_CHECK(weir_grid_resize(&g, columns, 1));
	for (int align = WEIR_LEFT; align <= WEIR_CENTRE; align++) {
		weir_grid_clear(&g);
		check_grid(&g, weir_cell_put_text(weir_grid_canvas(&g), 0, 0, columns, s, weir_style(WEIR_INK_TEXT), (enum weir_align)align));
	}
	FUZZ_CHECK(weir_text_columns(s) >= 0);
	size_t fits = weir_text_fit(s, columns);
	FUZZ_CHECK(fits <= s.size && weir_text_columns((struct weir_str){s.data, fits}) <= columns);
	weir_grid_release(&g);
	free(text);
	return 0;
}
