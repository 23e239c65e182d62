/* Any text drawn into cells, printed, or told in an error: none of it may be able to do something to a terminal. */
#include "fuzz.h"

#include "tui/draw/draw.h"

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

/* Every character can be seen, and they take as many columns as was said. */
static void check_printed(struct weir_str s, size_t columns)
{
	size_t sum = 0;
	for (size_t i = 0, n; i < s.size; i += n) {
		uint32_t cp = 0;
		n = weir_utf8_decode(s.data + i, s.size - i, &cp);
		FUZZ_CHECK(n > 0 && weir_codepoint_width(cp) >= 0);
		sum += (size_t)weir_codepoint_width(cp);
	}
	FUZZ_CHECK(sum == columns);
}

static void check_print(struct weir_str s)
{
	struct weir_buf out = {0};
	size_t columns = weir_print_safe(s, &out);
	if (!out.failed)
		check_printed(weir_buf_str(&out), columns);
	weir_buf_release(&out);

	static char text[WEIR_ERROR_TEXT_BYTES];
	struct weir_error err = {0};
	weir_fail(&err, WEIR_EXPRESSION, s.data, "%s", s.data);
	snprintf(err.text, sizeof(err.text), "%s", s.data);
	err.caret_from = (uint32_t)(s.size / 3);
	err.caret_to = (uint32_t)(s.size / 2);
	size_t n = weir_error_text(&err, text);
	FUZZ_CHECK(n == strlen(text) && n < sizeof(text) - 1);
	for (char *line = text; *line;) {
		size_t end = strcspn(line, "\n");
		struct weir_str one = {line, end};
		FUZZ_CHECK(line[end] == '\n');
		for (size_t i = 0, length; i < one.size; i += length) {
			uint32_t cp = 0;
			length = weir_utf8_decode(one.data + i, one.size - i, &cp);
			FUZZ_CHECK(length > 0 && weir_codepoint_width(cp) >= 0);
		}
		line += end + 1;
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
		check_grid(&g, weir_cell_put_text(weir_grid_canvas(&g), 0, 0, columns, s, weir_style(WEIR_INK_TEXT),
						  (enum weir_align)align));
	}
	check_print(s);
	FUZZ_CHECK(weir_text_columns(s) >= 0);
	size_t fits = weir_text_fit(s, columns);
	FUZZ_CHECK(fits <= s.size && weir_text_columns((struct weir_str){s.data, fits}) <= columns);
	weir_grid_release(&g);
	free(text);
	return 0;
}
