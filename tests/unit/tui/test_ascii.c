/* Each sign of the screen has a twin in ASCII: no panel draws a "?" there that is not in its texts. */
#include "fake_result.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static const int sizes[][2] = {{60, 20}, {80, 24}, {100, 30}, {200, 60}};
static struct weir_grid grid;

/* Cells with a question mark. In ASCII every cell is ASCII. */
static int count_marks(const struct weir_picture *pic, int columns, int rows, bool ascii)
{
	int n = 0;
	grid.ascii = ascii;
	assert_true(weir_grid_resize(&grid, columns, rows));
	weir_picture_draw(pic, &grid);
	for (int i = 0; i < columns * rows; i++) {
		assert_true(!ascii || (grid.cells[i].glyph >= 0x20 && grid.cells[i].glyph < 0x7f));
		n += grid.cells[i].glyph == '?';
	}
	return n;
}

static void look(struct fake *f, int columns, int rows)
{
	f->picture.signs = false;
	weir_picture_layout(&f->picture, columns, rows);
	fake_see(f);
	int plain = count_marks(&f->picture, columns, rows, false);
	f->picture.signs = true;
	weir_picture_layout(&f->picture, columns, rows);
	if (count_marks(&f->picture, columns, rows, true) != plain)
		fail_msg("a sign has no twin: panel %s, %dx%d", weir_panels[f->state.focus]->name, columns, rows);
}

static void test_each_panel_has_its_signs_in_ascii(void **state)
{
	static const enum fake_kind kinds[] = {FAKE_WEB,     FAKE_END,     FAKE_TOTAL, FAKE_EMPTY,
					       FAKE_NOTHING, FAKE_STREAMS, FAKE_PAUSED};
	(void)state;
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
		for (int panel = 0; weir_panels[panel]; panel++)
			for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
				for (int zoomed = 0; zoomed < 2; zoomed++) {
					struct fake f;
					if (kinds[k] == FAKE_STREAMS && weir_panels[panel] == &weir_panel_left_out)
						continue; /* what was left out there is hostile */
					fake_make(&f, kinds[k]);
					f.state.focus = panel;
					f.state.zoomed = zoomed;
					look(&f, sizes[i][0], sizes[i][1]);
					fake_release(&f);
				}
	weir_grid_release(&grid);
}

/* All that stand in the sources of the screen and that a panel may not draw above. */
static void test_no_sign_lacks_its_twin(void **state)
{
	static const char signs[] =
	    "\xe2\x94\x80\xe2\x94\x81\xe2\x94\x88\xe2\x94\x94\xe2\x94\xac\xe2\x95\x8c\xe2\x95\xb8"
	    "\xe2\x96\x81\xe2\x96\x84\xe2\x96\x88\xe2\x96\x91\xe2\x96\x93\xe2\x96\xb2\xe2\x96\xb5"
	    "\xe2\x96\xb8\xe2\x96\xbc\xe2\x97\x86\xe2\x97\x8b\xe2\x97\x8f\xe2\x80\x93\xe2\x80\x96"
	    "\xe2\x80\xa6\xe2\x80\xb9\xe2\x88\x92\xc2\xb7\xc3\x97";
	(void)state;
	grid.ascii = true;
	assert_true(weir_grid_resize(&grid, 40, 1));
	int n = weir_cell_put(weir_grid_canvas(&grid), 0, 0, signs, weir_style(WEIR_INK_TEXT));
	assert_int_equal(n, 26);
	for (int x = 0; x < n; x++)
		assert_true(grid.cells[x].glyph > 0x20 && grid.cells[x].glyph < 0x7f && grid.cells[x].glyph != '?');
	weir_grid_release(&grid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_each_panel_has_its_signs_in_ascii),
	    cmocka_unit_test(test_no_sign_lacks_its_twin),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
