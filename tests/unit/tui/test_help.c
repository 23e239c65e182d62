/* The help, --list keys, the manual and the foot tell the same as the tables of keys and panels. */
#include "fake_result.h"
#include "weir/tui/tui.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static struct fake fake;
static struct weir_grid grid;

/* What the screen says, all lines after each other with single blanks: a sentence that is broken over lines is found
 * too, as long as it stands in one column. */
static void read_screen(struct weir_buf *out)
{
	bool blank = true;
	for (int y = 0; y < grid.rows; y++, blank = blank || (weir_buf_add_char(out, ' '), true))
		for (int x = 0; x < grid.columns; x++) {
			const struct weir_cell *cell = &grid.cells[y * grid.columns + x];
			char bytes[4];
			if (cell->glyph == WEIR_CELL_TAIL || (cell->glyph == ' ' && blank))
				continue;
			blank = cell->glyph == ' ';
			weir_buf_add(out, bytes, weir_utf8_encode(cell->glyph, bytes));
		}
	weir_buf_add_char(out, '\0');
}

/* On one screen that is so high that all of the page stands in one column. */
static void draw(int panel, enum weir_page page, struct weir_buf *out)
{
	fake.state.focus = panel;
	fake.state.page = page;
	weir_picture_layout(&fake.picture, grid.columns, grid.rows);
	weir_picture_draw(&fake.picture, &grid);
	read_screen(out);
	assert_false(out->failed);
}

static bool says(const struct weir_buf *text, const char *sign, const char *sentence)
{
	struct weir_buf wanted = {0};
	weir_buf_addf(&wanted, "%s %c%s.", sign, sentence[0] >= 'a' ? sentence[0] - 'a' + 'A' : sentence[0],
		      sentence + 1);
	bool found = strstr(text->data, wanted.data) != NULL;
	if (!found)
		print_error("missing: %s\n", wanted.data);
	weir_buf_release(&wanted);
	return found;
}

static const char *key_of(enum weir_command command)
{
	for (const struct weir_key *k = weir_key_table; k->key; k++)
		if (k->command == command && k->context == WEIR_KEYS_ALL)
			return k->key;
	return "?";
}

static void check_lines(const struct weir_buf *text, const struct weir_help_line *lines)
{
	struct weir_buf sign = {0};
	for (; lines && lines->sign; lines++) {
		weir_buf_clear(&sign);
		for (const char *c = lines->sign; *c; c++) /* two blanks are one on the screen that was read */
			if (*c != ' ' || c[1] != ' ')
				weir_buf_add_char(&sign, *c);
		assert_true(says(text, sign.data, lines->text));
	}
	weir_buf_release(&sign);
}

/* A key that the panel has told of is not told again. */
static bool is_told(const struct weir_panel *panel, const struct weir_key *key, const char *keys)
{
	for (const struct weir_panel_act *a = panel->acts; a && a->help; a++)
		if (a->command == key->command && key->context == WEIR_KEYS_ALL)
			return true;
	for (const struct weir_panel_key *k = panel->keys; k && k->key; k++)
		if (strcmp(k->key, keys) == 0 && key->context == WEIR_KEYS_ALL)
			return true;
	return false;
}

static void lacks(const struct weir_buf *text, const char *keys, const char *sentence)
{
	struct weir_buf line = {0};
	weir_buf_addf(&line, " %s %c%s.", keys, sentence[0] - 'a' + 'A', sentence + 1);
	if (strstr(text->data, line.data))
		fail_msg("told twice: %s", line.data);
	weir_buf_release(&line);
}

static void test_help_tells_each_key_and_sign(void **state)
{
	(void)state;
	fake_make(&fake, FAKE_WEB);
	assert_true(weir_grid_resize(&grid, 103, 400));
	for (int i = 0; weir_panels[i]; i++) {
		const struct weir_panel *panel = weir_panels[i];
		struct weir_buf text = {0};
		if (panel->passive)
			continue;
		draw(i, WEIR_PAGE_HELP, &text);
		for (const struct weir_key *k = weir_key_table; k->key; k++) {
			struct weir_buf key = {0};
			for (const struct weir_key *other = weir_key_table; other->key; other++)
				if (other->command == k->command && other->context == k->context)
					weir_buf_addf(&key, "%s%s", key.size ? " " : "", other->key);
			if (is_told(panel, k, key.data))
				lacks(&text, key.data, weir_command_table[k->command].help);
			else
				assert_true(says(&text, key.data, weir_command_table[k->command].help));
			weir_buf_release(&key);
		}
		for (const struct weir_panel_act *a = panel->acts; a && a->help; a++)
			assert_true(says(&text, key_of(a->command), a->help));
		for (const struct weir_panel_key *k = panel->keys; k && k->key; k++)
			assert_true(says(&text, k->key, k->help));
		check_lines(&text, panel->moves);
		check_lines(&text, panel->mouse);
		check_lines(&text, panel->signs);
		check_lines(&text, weir_help_mouse);
		check_lines(&text, weir_help_states);
		check_lines(&text, weir_help_signs);
		check_lines(&text, weir_help_prompt);
		weir_buf_release(&text);
	}
	fake_release(&fake);
}

static void has_line(const struct weir_buf *list, const char *key, const char *place, const char *help)
{
	struct weir_str rest = weir_buf_str(list);
	while (rest.size) {
		struct weir_str line = weir_str_cut(rest, '\n', &rest);
		size_t n = strlen(key), end = strlen(help);
		if (line.size > n + end && memcmp(line.data, key, n) == 0 && line.data[n] == ' ' &&
		    memcmp(line.data + line.size - end, help, end) == 0 &&
		    memmem(line.data, line.size, place, strlen(place)))
			return;
	}
	fail_msg("the list lacks %s %s %s", key, place, help);
}

static void test_lists_of_keys_have_each_key(void **state)
{
	struct weir_buf list = {0};
	struct weir_error err = {0};
	(void)state;
	assert_int_equal(weir_list_text("keys", &(struct weir_options){0}, &list, &err), WEIR_OK);
	weir_tui_list_keys(&list);
	for (const struct weir_key *k = weir_key_table; k->key; k++)
		has_line(&list, k->key, weir_command_table[k->command].name, weir_command_table[k->command].help);
	for (int i = 0; weir_panels[i]; i++) {
		for (const struct weir_panel_act *a = weir_panels[i]->acts; a && a->help; a++)
			has_line(&list, key_of(a->command), weir_panels[i]->name, a->help);
		for (const struct weir_panel_key *k = weir_panels[i]->keys; k && k->key; k++)
			has_line(&list, k->key, weir_panels[i]->name, k->help);
	}
	weir_buf_release(&list);
}

/* The text without mdoc's escapes. */
static void add_plain(const struct weir_buf *mdoc, struct weir_buf *out)
{
	for (const char *c = mdoc->data; *c; c++) {
		unsigned code;
		char bytes[4];
		if (*c == '\n') {
			weir_buf_add_char(out, ' ');
		} else if (*c != '\\') {
			weir_buf_add_char(out, *c);
		} else if (sscanf(c, "\\[u%X]", &code) == 1) {
			weir_buf_add(out, bytes, weir_utf8_encode(code, bytes));
			c = strchr(c, ']');
		} else if (strncmp(c, "\\(dq", 4) == 0) {
			weir_buf_add_char(out, '"');
			c += 3;
		} else if (*++c == 'e') {
			weir_buf_add_char(out, '\\');
		} else if (*c != '&') {
			weir_buf_add_char(out, *c);
		}
	}
}

static void test_the_manual_has_each_key_and_sign(void **state)
{
	struct weir_buf mdoc = {0}, text = {0};
	(void)state;
	weir_man_keys(&mdoc);
	weir_tui_man_panels(&mdoc);
	add_plain(&mdoc, &text);
	for (const struct weir_key *k = weir_key_table; k->key; k++) {
		assert_non_null(strstr(text.data, k->key));
		assert_true(says(&text, "", weir_command_table[k->command].help));
	}
	for (int i = 0; weir_panels[i]; i++) {
		const struct weir_panel *panel = weir_panels[i];
		const struct weir_help_line *const lists[] = {panel->moves, panel->mouse, panel->signs};
		for (size_t k = 0; k < 3; k++)
			for (const struct weir_help_line *l = panel->passive ? NULL : lists[k]; l && l->sign; l++) {
				assert_non_null(strstr(text.data, l->sign));
				assert_true(says(&text, "", l->text));
			}
		for (const struct weir_panel_act *a = panel->acts; a && a->help; a++)
			assert_true(says(&text, "", a->help));
		for (const struct weir_panel_key *k = panel->keys; k && k->key; k++)
			assert_true(says(&text, "", k->help));
	}
	weir_buf_release(&mdoc);
	weir_buf_release(&text);
}

static int panel(const char *name)
{
	for (int i = 0; weir_panels[i]; i++)
		if (strcmp(weir_panels[i]->name, name) == 0)
			return i;
	fail_msg("there is no panel %s", name);
	return -1;
}

/* The last line of the screen. */
static void read_foot(int columns, const char *in, struct weir_buf *out)
{
	struct weir_buf all = {0};
	assert_true(weir_grid_resize(&grid, columns, 36));
	draw(panel(in), WEIR_PAGE_NONE, &all);
	weir_buf_release(&all);
	weir_buf_clear(out);
	for (int x = 0; x < columns; x++)
		weir_buf_add_char(out, (char)grid.cells[35 * columns + x].glyph);
	weir_buf_add_char(out, '\0');
}

static void test_the_foot_shows_what_works_now(void **state)
{
	struct weir_buf foot = {0};
	(void)state;
	fake_make(&fake, FAKE_WEB);
	fake.state.prompt.kind = WEIR_PROMPT_NONE;
	weir_state_select(&fake.state, &fake.result, -1);
	read_foot(120, "table", &foot);
	assert_non_null(strstr(foot.data, "Enter select"));
	assert_null(strstr(foot.data, "exclude"));
	read_foot(120, "streams", &foot); /* it has a cursor from the start */
	assert_non_null(strstr(foot.data, "Enter keep"));
	read_foot(120, "chart", &foot);
	assert_null(strstr(foot.data, "keep"));
	weir_state_select(&fake.state, &fake.result, 1);
	read_foot(120, "table", &foot);
	const char *const always[] = {"Enter keep", "x exclude", "s sort", ": command", "? help", "q quit"};
	for (size_t i = 0; i < sizeof(always) / sizeof(*always); i++)
		assert_non_null(strstr(foot.data, always[i]));
	read_foot(60, "table", &foot);
	assert_non_null(strstr(foot.data, "? help  q quit"));
	weir_buf_release(&foot);
	fake_release(&fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_help_tells_each_key_and_sign),
	    cmocka_unit_test(test_lists_of_keys_have_each_key),
	    cmocka_unit_test(test_the_manual_has_each_key_and_sign),
	    cmocka_unit_test(test_the_foot_shows_what_works_now),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	weir_grid_release(&grid);
	return failed;
}
