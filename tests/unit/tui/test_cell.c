/* The cell grid: what reaches a cell, and in which columns. */
#include "fake_result.h"
#include "tui/draw/draw.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

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

static void grid_text(const struct weir_grid *g, struct weir_buf *out)
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

static struct weir_grid grid;

static void check_text(const char *s, size_t size, int columns, const char *expected)
{
	struct weir_buf text = {0};
	assert_true(weir_grid_resize(&grid, columns, 1));
	weir_cell_put_text(weir_grid_canvas(&grid), 0, 0, columns, (struct weir_str){s, size},
			   weir_style(WEIR_INK_TEXT), WEIR_LEFT);
	grid_text(&grid, &text);
	assert_string_equal(text.data, expected);
	weir_buf_release(&text);
}

static void check(const char *s, int columns, const char *expected)
{
	check_text(s, strlen(s), columns, expected);
}

static void test_controls_become_marks(void **state)
{
	(void)state;
	check("\x1b[31m", 10, "\xe2\x90\x9b[31m\n");
	check("a\rb\bc\td\n", 12,
	      "a\xe2\x90\x8d"
	      "b\xe2\x90\x88"
	      "c\xe2\x90\x89"
	      "d\xe2\x90\x8a\n");
	check_text("a\0b", 3, 10,
		   "a\xe2\x90\x80"
		   "b\n");
	check("\xc2\x9b", 10, "\xe2\x96\xaf\n");
	check("\x7f", 10, "\xe2\x90\xa1\n");
	check("\xe2\x80\xae\xe2\x81\xa6\xe2\x80\x8b\xef\xbb\xbf\xc2\xad", 10,
	      "\xe2\x96\xaf\xe2\x96\xaf\xe2\x96\xaf\xe2\x96\xaf\xe2\x96\xaf\n");
}

static void test_broken_bytes_become_marks(void **state)
{
	(void)state;
	check("\xff\xc3(", 10, "\xef\xbf\xbd\xef\xbf\xbd(\n");
	check("\xed\xa0\x80", 10, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\n");
	check("\xc0\xaf", 10, "\xef\xbf\xbd\xef\xbf\xbd\n");
}

static void test_wide_and_combining(void **state)
{
	(void)state;
	check("\xe6\x97\xa5\xe6\x9c\xac!", 10, "\xe6\x97\xa5\xe6\x9c\xac!\n");
	assert_int_equal(grid.cells[1].glyph, WEIR_CELL_TAIL);
	assert_int_equal(grid.cells[4].glyph, '!');
	check("e\xcc\x81x", 10, "e\xcc\x81x\n");
	assert_int_equal(grid.cells[1].glyph, 'x');
	check("\xcc\x81x", 10, "\xe2\x96\xafx\n");
	/* A wide character that does not fit in the last column is left out. */
	check("a\xe6\x97\xa5\xe6\x9c\xac", 4, "a\xe6\x97\xa5\xe2\x80\xa6\n");
	check("ab\xe6\x97\xa5z", 4, "ab\xe2\x80\xa6\n");
}

static void test_half_of_a_wide_character_never_stays(void **state)
{
	(void)state;
	check("\xe6\x97\xa5\xe6\x9c\xac", 4, "\xe6\x97\xa5\xe6\x9c\xac\n");
	weir_cell_put_glyph(weir_grid_canvas(&grid), 1, 0, 'x', weir_style(WEIR_INK_TEXT));
	assert_int_equal(grid.cells[0].glyph, ' ');
	weir_cell_put_glyph(weir_grid_canvas(&grid), 2, 0, 'y', weir_style(WEIR_INK_TEXT));
	assert_int_equal(grid.cells[3].glyph, ' ');
}

static void test_ascii_grid_holds_ascii(void **state)
{
	(void)state;
	grid.ascii = true;
	assert_true(weir_grid_resize(&grid, 40, (int)fake_hostile_count));
	for (size_t i = 0; i < fake_hostile_count; i++)
		weir_cell_put(weir_grid_canvas(&grid), 0, (int)i, fake_hostile_texts[i], weir_style(WEIR_INK_TEXT));
	for (int i = 0; i < grid.columns * grid.rows; i++)
		assert_in_range(grid.cells[i].glyph, ' ', '~');
	grid.ascii = false;
}

/* Whatever the kind of picture and the size: every cell is printable, and wide characters are whole. */
static void check_cells(const struct weir_grid *g)
{
	for (int y = 0; y < g->rows; y++)
		for (int x = 0; x < g->columns; x++) {
			const struct weir_cell *cell = &g->cells[y * g->columns + x];
			if (cell->glyph == WEIR_CELL_TAIL) {
				assert_true(x > 0);
				assert_int_equal(weir_codepoint_width(cell[-1].glyph), 2);
				continue;
			}
			int width = weir_codepoint_width(cell->glyph);
			assert_in_range(width, 1, 2);
			if (width == 2)
				assert_true(x + 1 < g->columns && cell[1].glyph == WEIR_CELL_TAIL);
			for (int i = 0; i < WEIR_CELL_MARKS && cell->marks[i]; i++)
				assert_int_equal(weir_codepoint_width(cell->marks[i]), 0);
		}
}

static int n_panels(void)
{
	int n = 0;
	while (weir_panels[n])
		n++;
	return n;
}

/* An open record needs one to be under the cursor. */
static void hold(struct fake *f, int rows)
{
	const struct weir_records_rows all = weir_records_rows_of(&f->result);
	if (all.n)
		weir_records_put(&f->state.records, &all, rows, rows % (int)all.n);
}

static int focusable(int panel)
{
	return weir_panels[panel]->passive ? 0 : panel;
}

/* On the paper of what is selected no grey is left that could not be told from it; colours that mean something stay. */
static void test_greys_are_seen_where_selected(void **state)
{
	static const struct {
		enum weir_ink before, after;
	} inks[] = {{WEIR_INK_DIM, WEIR_INK_TEXT},
		    {WEIR_INK_FAINT, WEIR_INK_TEXT},
		    {WEIR_INK_FILL, WEIR_INK_BRIGHT},
		    {WEIR_INK_BAD, WEIR_INK_BAD}};
	(void)state;
	assert_true(weir_grid_resize(&grid, 1, 1));
	for (size_t i = 0; i < sizeof inks / sizeof *inks; i++) {
		weir_cell_put(weir_grid_canvas(&grid), 0, 0, "x", weir_style(inks[i].before));
		weir_cell_repaper(weir_grid_canvas(&grid), 0, 0, 1, WEIR_PAPER_SELECT, WEIR_INK_COUNT);
		assert_int_equal(grid.cells[0].style.ink, inks[i].after);
		weir_cell_put(weir_grid_canvas(&grid), 0, 0, "x", weir_style(inks[i].before));
		weir_cell_repaper(weir_grid_canvas(&grid), 0, 0, 1, WEIR_PAPER_SPAN, WEIR_INK_COUNT);
		assert_int_equal(grid.cells[0].style.ink, inks[i].before);
	}
}

static void test_every_picture_at_every_size(void **state)
{
	static struct fake f;
	(void)state;
	for (int kind = 0; kind < FAKE_KINDS; kind++) {
		fake_make(&f, (enum fake_kind)kind);
		for (int columns = 1; columns < 240; columns += columns < 120 ? 3 : 17)
			for (int rows = 1; rows < 70; rows += rows < 40 ? 2 : 7) {
				f.state.focus = focusable((columns + rows) % n_panels());
				f.state.zoomed = (columns * rows) % 3 == 0;
				f.state.page = rows % 5 == 0   ? WEIR_PAGE_HELP
					       : rows % 5 == 1 ? WEIR_PAGE_WARNINGS
							       : WEIR_PAGE_NONE;
				f.state.records.open = f.state.left.open = columns % 2;
				hold(&f, rows);
				weir_state_select(&f.state, &f.result, columns % 20);
				assert_true(weir_grid_resize(&grid, columns, rows));
				weir_picture_layout(&f.picture, columns, rows);
				fake_see(&f);
				weir_picture_draw(&f.picture, &grid);
				check_cells(&grid);
			}
		fake_release(&f);
	}
}

static int release(void **state)
{
	(void)state;
	weir_grid_release(&grid);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_controls_become_marks),
	    cmocka_unit_test(test_broken_bytes_become_marks),
	    cmocka_unit_test(test_wide_and_combining),
	    cmocka_unit_test(test_half_of_a_wide_character_never_stays),
	    cmocka_unit_test(test_ascii_grid_holds_ascii),
	    cmocka_unit_test(test_greys_are_seen_where_selected),
	    cmocka_unit_test(test_every_picture_at_every_size),
	};
	return cmocka_run_group_tests(tests, NULL, release);
}
