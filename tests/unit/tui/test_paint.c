/* What the painter sends, played by a terminal of this test's own, shows the grid. */
#include "tui/terminal/terminal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

enum { COLUMNS = 40, ROWS = 24, MOVE = 1, LOOK, IN, OUT };

/* A screen that understands four orders; each is a byte and what belongs to it. */
struct shown {
	uint32_t glyph;
	struct weir_look look;
};
struct terminal {
	struct shown cells[ROWS][COLUMNS];
	struct weir_look look;
	int x, y, looks;
};

static void move(void *ctx, int from_x, int from_y, int x, int y, struct weir_buf *out)
{
	(void)ctx;
	(void)from_x;
	(void)from_y;
	weir_buf_add(out, (char[]){MOVE, (char)x, (char)y}, 3);
}

static void look(void *ctx, struct weir_look l, struct weir_buf *out)
{
	(void)ctx;
	weir_buf_add_char(out, LOOK);
	weir_buf_add(out, &l, sizeof(l));
}

static void shift(void *ctx, int rows, bool in, struct weir_buf *out)
{
	(void)ctx;
	weir_buf_add(out, (char[]){in ? IN : OUT, (char)rows}, 2);
}

static void blank(struct terminal *t, int from, int to)
{
	for (int y = from; y < to; y++)
		for (int x = 0; x < COLUMNS; x++)
			t->cells[y][x] = (struct shown){' ', t->look};
}

static void play_shift(struct terminal *t, int rows, bool in)
{
	int rest = ROWS - t->y - rows;
	memmove(t->cells[t->y + (in ? rows : 0)], t->cells[t->y + (in ? 0 : rows)], (size_t)rest * sizeof(t->cells[0]));
	blank(t, in ? t->y : ROWS - rows, in ? t->y + rows : ROWS);
}

static void play_sign(struct terminal *t, const char *at, size_t n, size_t *used)
{
	uint32_t cp = 0;
	*used = weir_utf8_decode(at, n, &cp);
	assert_true(t->x < COLUMNS && t->y >= 0);
	if (weir_codepoint_width(cp) == 0) /* stands on the sign before */
		return;
	struct shown *cell = &t->cells[t->y][t->x++];
	*cell = (struct shown){cp, t->look};
	if (weir_codepoint_width(cp) == 2) {
		cell[1] = (struct shown){WEIR_CELL_TAIL, t->look};
		t->x++;
	}
}

static void play(struct terminal *t, const struct weir_buf *out)
{
	for (size_t i = 0; i < out->size;) {
		const char *at = out->data + i;
		size_t used = 2;
		if (*at == MOVE) {
			t->x = at[1];
			t->y = at[2];
			used = 3;
		} else if (*at == LOOK) {
			memcpy(&t->look, at + 1, sizeof(t->look));
			used = 1 + sizeof(t->look);
			t->looks++;
		} else if (*at == IN || *at == OUT) {
			assert_int_equal(t->x, 0);
			play_shift(t, at[1], *at == IN);
		} else {
			play_sign(t, at, out->size - i, &used);
		}
		i += used;
	}
}

static void assert_shows(const struct terminal *t, const struct weir_grid *g, const struct weir_theme *theme,
			 bool corner)
{
	for (int y = 0; y < ROWS; y++)
		for (int x = 0; x < COLUMNS; x++) {
			const struct weir_cell *c = &g->cells[y * COLUMNS + x];
			const struct shown *s = &t->cells[y][x];
			struct weir_look l = weir_theme_look(theme, WEIR_COLORS_256, c->style);
			if (!corner && y == ROWS - 1 && x == COLUMNS - 1)
				continue;
			assert_int_equal(s->glyph, c->glyph);
			assert_int_equal(s->look.paper, l.paper);
			if (c->glyph != ' ')
				assert_true(s->look.ink == l.ink && s->look.attributes == l.attributes);
		}
}

static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	return *state ^= *state << 5;
}

static struct weir_style random_style(uint32_t *state)
{
	struct weir_style s = {(uint8_t)(next_random(state) % WEIR_INK_COUNT), 0,
			       next_random(state) % 3 ? 0 : WEIR_BOLD};
	s.paper = next_random(state) % 4 ? 0 : (uint8_t)(next_random(state) % WEIR_PAPER_COUNT);
	return s;
}

/* A few texts, some wide, some marked, some blank; now and then a block of rows moves down. */
static void change(struct weir_grid *g, uint32_t *state)
{
	static const char *const texts[] = {
	    "1,234", "   ", "x", "\xe6\x97\xa5\xe6\x9c\xac", "e\xcc\x81t", "a b c d", "\xe2\x96\x87\xe2\x96\x87"};
	struct weir_canvas c = weir_grid_canvas(g);
	if (next_random(state) % 3 == 0) {
		int from = (int)(next_random(state) % 8), by = 1 + (int)(next_random(state) % 4),
		    rows = 6 + (int)(next_random(state) % 6);
		for (int y = from + rows; y >= from + by; y--)
			memcpy(&g->cells[y * COLUMNS], &g->cells[(y - by) * COLUMNS], COLUMNS * sizeof(*g->cells));
	}
	for (uint32_t n = next_random(state) % 60; n > 0; n--)
		weir_cell_put_text(c, (int)(next_random(state) % COLUMNS), (int)(next_random(state) % ROWS), 12,
				   weir_str_of(texts[next_random(state) % 7]), random_style(state), WEIR_LEFT);
	if (next_random(state) % 10 == 0)
		weir_cell_fill(c, (int)(next_random(state) % COLUMNS), (int)(next_random(state) % ROWS), 12, 3,
			       random_style(state));
}

static void test_what_is_sent_shows_the_grid(void **state)
{
	struct weir_theme dark, *theme = &dark;
	weir_theme_built_in("dark", theme);
	(void)state;
	for (uint32_t seed = 1; seed <= 200; seed++) {
		struct weir_painter b = {.move = move,
					 .look = look,
					 .shift = seed % 4 ? shift : NULL,
					 .skip_corner = seed % 2,
					 .colors = WEIR_COLORS_256,
					 .y = WEIR_CURSOR_UNKNOWN};
		struct terminal t = {.look = weir_theme_look(theme, WEIR_COLORS_256, weir_style(WEIR_INK_TEXT)),
				     .y = -1};
		struct weir_grid grid = {0}, front = {0};
		uint32_t random = seed;
		assert_true(weir_grid_resize(&grid, COLUMNS, ROWS) && weir_grid_resize(&front, COLUMNS, ROWS));
		blank(&t, 0, ROWS);
		for (int step = 0; step < 12; step++) {
			struct weir_buf out = {0};
			change(&grid, &random);
			assert_true(weir_painter_paint(&b, &front, &grid, theme, step % 5 == 0, &out));
			play(&t, &out);
			assert_shows(&t, &grid, theme, !b.skip_corner);
			weir_buf_release(&out);
		}
		weir_grid_release(&grid);
		weir_grid_release(&front);
	}
}

static struct terminal painted(struct weir_painter *b, struct weir_grid *front, struct weir_grid *grid, size_t *bytes)
{
	struct terminal t = {.y = -1};
	struct weir_buf out = {0};
	struct weir_theme dark;
	weir_theme_built_in("dark", &dark);
	assert_true(weir_painter_paint(b, front, grid, &dark, false, &out));
	play(&t, &out);
	*bytes = out.size;
	weir_buf_release(&out);
	return t;
}

/* Two columns of twenty rows, each of its own colour: two changes of colour, not forty. */
static void test_colours_are_changed_once(void **state)
{
	struct weir_painter b = {.move = move, .look = look, .colors = WEIR_COLORS_256, .y = WEIR_CURSOR_UNKNOWN};
	struct weir_grid grid = {0}, front = {0};
	size_t bytes;
	(void)state;
	assert_true(weir_grid_resize(&grid, COLUMNS, ROWS) && weir_grid_resize(&front, COLUMNS, ROWS));
	for (int y = 0; y < 20; y++) {
		weir_cell_put(weir_grid_canvas(&grid), 3, y, "123", weir_style_bold(WEIR_INK_BRIGHT));
		weir_cell_put_glyph(weir_grid_canvas(&grid), 30, y, 0x2587, weir_style(WEIR_INK_FILL));
	}
	assert_int_equal(painted(&b, &front, &grid, &bytes).looks, 2);
	painted(&b, &front, &grid, &bytes);
	assert_int_equal(bytes, 0);
	weir_grid_release(&grid);
	weir_grid_release(&front);
}

/* A list that gets one line on top is moved, not sent again. */
static void test_lists_are_moved(void **state)
{
	struct weir_painter b = {
	    .move = move, .look = look, .shift = shift, .colors = WEIR_COLORS_256, .y = WEIR_CURSOR_UNKNOWN};
	struct weir_grid grid = {0}, front = {0};
	size_t bytes;
	(void)state;
	assert_true(weir_grid_resize(&grid, COLUMNS, ROWS) && weir_grid_resize(&front, COLUMNS, ROWS));
	for (int turn = 0; turn < 2; turn++) {
		for (int y = 5; y < 20; y++) {
			char text[32];
			snprintf(text, sizeof(text), "line %d of a long list", 100 + turn - y);
			weir_cell_put(weir_grid_canvas(&grid), 0, y, text, weir_style(WEIR_INK_TEXT));
		}
		weir_cell_put(weir_grid_canvas(&grid), 0, 20, "what stands below stays", weir_style(WEIR_INK_TEXT));
		painted(&b, &front, &grid, &bytes);
	}
	assert_true(bytes < 90);
	weir_grid_release(&grid);
	weir_grid_release(&front);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_what_is_sent_shows_the_grid),
	    cmocka_unit_test(test_colours_are_changed_once),
	    cmocka_unit_test(test_lists_are_moved),
	};
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
