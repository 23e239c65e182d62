/* Prints one picture of invented data, for looking at: show KIND COLUMNSxROWS [theme] [mono|8|16|256|true|ascii]
 * [keys…] where the words after are: zoom help paused select open prompt error PANEL. */
#include "fake_result.h"

#include <stdio.h>
#include <stdlib.h>

static void color(int layer, int32_t c, enum weir_colors colors)
{
	if (c == WEIR_COLOR_DEFAULT)
		return;
	if (colors == WEIR_COLORS_TRUE)
		printf(";%d;2;%d;%d;%d", layer, c >> 16 & 255, c >> 8 & 255, c & 255);
	else
		printf(";%d;5;%d", layer, c);
}

static void print_cell(const struct weir_cell *cell, const struct weir_theme *theme, enum weir_colors colors)
{
	struct weir_look look = weir_theme_look(theme, colors, cell->style);
	char bytes[4];
	if (cell->glyph == WEIR_CELL_TAIL)
		return;
	printf("\033[0%s%s%s%s", look.attributes & WEIR_BOLD ? ";1" : "",
	       look.attributes & WEIR_FAINT_ATTRIBUTE ? ";2" : "", look.attributes & WEIR_UNDERLINE ? ";4" : "",
	       look.attributes & WEIR_REVERSE ? ";7" : "");
	color(38, look.ink, colors);
	color(48, look.paper, colors);
	putchar('m');
	fwrite(bytes, 1, weir_utf8_encode(cell->glyph, bytes), stdout);
	for (int i = 0; i < WEIR_CELL_MARKS && cell->marks[i]; i++)
		fwrite(bytes, 1, weir_utf8_encode(cell->marks[i], bytes), stdout);
}

static void apply(struct fake *f, const char *word)
{
	for (int i = 0; weir_panels[i]; i++)
		if (strcmp(weir_panels[i]->name, word) == 0)
			f->state.focus = i;
	if (strcmp(word, "zoom") == 0)
		f->state.zoomed = true;
	if (strcmp(word, "help") == 0)
		f->state.page = WEIR_PAGE_HELP;
	if (strcmp(word, "select") == 0)
		weir_state_select(&f->state, &f->result, 1);
	if (strcmp(word, "open") == 0) {
		const struct weir_records_rows rows = weir_records_rows_of(&f->result);
		weir_records_put(&f->state.records, &rows, 10, 4);
		f->state.records.open = f->state.left.open = true;
	}
	if (strcmp(word, "cursor") == 0)
		f->state.cursor_us = f->result.bucket_start_us + 40 * f->result.bucket_us;
	if (strcmp(word, "prompt") == 0 || strcmp(word, "error") == 0)
		weir_prompt_open(&f->state.prompt, WEIR_PROMPT_FILTER, WEIR_STR("status >= 500 and latecy_ms > 3"));
	if (strcmp(word, "prompt") == 0) {
		static const char *const words[] = {"latency_ms", "least(x, …)", "length(text)", "like"};
		struct weir_menu *menu = &f->state.prompt.menu;
		for (size_t i = 0; i < 4; i++) {
			struct weir_menu_item *item = weir_menu_add(menu, weir_str_of(words[i]));
			if (item)
				item->rest = WEIR_STR("what it is");
		}
		weir_menu_filter(menu, WEIR_STR("l"), weir_str_of(words[1]));
		f->state.prompt.word_from = 18;
	}
	if (strcmp(word, "error") == 0) {
		struct weir_error *e = &f->state.prompt.error;
		weir_fail(e, WEIR_EXPRESSION, "expression", "unknown column latecy_ms");
		weir_error_hint(e, "did you mean latency_ms?");
		strcpy(e->text, "status >= 500 and latecy_ms > 3");
		e->caret_from = 18;
		e->caret_to = 27;
	}
}

int main(int argc, char **argv)
{
	static struct fake f;
	int kind = 0, columns = 80, rows = 24;
	enum weir_colors colors = WEIR_COLORS_256;
	struct weir_grid grid = {0};
	if (argc < 3 || sscanf(argv[2], "%dx%d", &columns, &rows) != 2)
		return 2;
	while (kind + 1 < FAKE_KINDS && strcmp(fake_names[kind], argv[1]) != 0)
		kind++;
	fake_make(&f, (enum fake_kind)kind);
	struct weir_theme theme;
	weir_theme_built_in(argc > 3 ? argv[3] : "dark", &theme);
	for (int i = 4; i < argc; i++) {
		static const char *const depths[] = {"mono", "8", "16", "256", "true"};
		for (int d = 0; d < 5; d++)
			if (strcmp(argv[i], depths[d]) == 0)
				colors = (enum weir_colors)d;
		grid.ascii = grid.ascii || strcmp(argv[i], "ascii") == 0;
		apply(&f, argv[i]);
	}
	if (!weir_grid_resize(&grid, columns, rows))
		return 1;
	weir_picture_layout(&f.picture, columns, rows);
	fake_see(&f);
	weir_picture_draw(&f.picture, &grid);
	for (int y = 0; y < rows; y++) {
		for (int x = 0; x < columns; x++)
			print_cell(&grid.cells[y * columns + x], &theme, colors);
		printf("\033[0m%s", y + 1 < rows ? "\n" : "");
	}
	fflush(stdout);
	weir_grid_release(&grid);
	fake_release(&f);
	return 0;
}
