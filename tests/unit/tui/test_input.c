/* Keys from bytes, whole and torn; and the little of the language that editing knows. */
#include "tui/prompt/prompt.h"
#include "tui/terminal/terminal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

static struct weir_input input;
static char seen[2000];

static void add_event(const struct weir_event *e)
{
	size_t n = strlen(seen);
	if (e->kind == WEIR_EVENT_KEY)
		snprintf(seen + n, sizeof(seen) - n, "%s ", e->name);
	else if (e->kind == WEIR_EVENT_PASTE)
		snprintf(seen + n, sizeof(seen) - n, "paste(%.*s) ", (int)e->paste.size,
			 e->paste.data ? e->paste.data : "");
	else if (e->kind == WEIR_EVENT_BACKGROUND)
		snprintf(seen + n, sizeof(seen) - n, "%s ", e->light ? "light" : "dark");
	else
		snprintf(seen + n, sizeof(seen) - n, "mouse%d(%d,%d) ", e->mouse, e->x, e->y);
}

static void drain(bool waited)
{
	struct weir_event e;
	while (weir_input_next(&input, waited, &e))
		add_event(&e);
}

/* The same keys must come out whole, byte by byte, and in pieces of any size. */
static void check(const char *bytes, size_t size, const char *expected)
{
	for (size_t piece = 1; piece <= size; piece++) {
		seen[0] = '\0';
		for (size_t at = 0; at < size; at += piece) {
			size_t n = size - at < piece ? size - at : piece;
			assert_int_equal(weir_input_feed(&input, bytes + at, n), n);
			drain(false);
		}
		drain(true);
		assert_string_equal(seen, expected);
		assert_int_equal(input.n, 0);
		input.after_escape = false;
	}
}

static void check_text(const char *bytes, const char *expected)
{
	check(bytes, strlen(bytes), expected);
}

static void test_keys(void **state)
{
	(void)state;
	check_text("q /", "q Space / ");
	check_text("\033[A\033[B\033OC\033OD", "Up Down Right Left ");
	check_text("\033[1;5C\033[1;2D\033[1;3A", "Ctrl-Right Shift-Left Alt-Up ");
	check_text("\033[5~\033[6~\033[H\033[4~\033[3~", "PageUp PageDown Home End Delete ");
	check_text("\r\t\033[Z\177\010", "Enter Tab Shift-Tab Backspace Backspace ");
	check_text("\033OP\033[15~\033[24~", "F1 F5 F12 ");
	check_text("\003\032\014", "Ctrl-C Ctrl-Z Ctrl-L ");
	check_text("\033b\033\177", "Alt-b Alt-Backspace ");
	check_text("\033", "Esc ");
	check_text("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80 ");
	check("\0", 1, "Ctrl-Space ");
}

static void test_what_is_unknown_is_swallowed(void **state)
{
	(void)state;
	check_text("\033[I\033[O\033[?1;2c\033[99~a", "a ");
	check_text("\033]11;rgb:1111/2222/3333\033\\b", "dark b ");
	check_text("\033]11;rgb:ff/ff/e0\ab", "light b ");
	check_text("\033]11;rgb:\ab\033]11;?\ac", "b c ");
	check_text("\033]52;c;\ac", "c ");
	check_text("\033P1$r0m\033\\d", "d ");
	check_text("\033[[Ae", "e ");
	check_text("\xff\xfe"
		   "f",
		   "f ");
}

static void test_mouse(void **state)
{
	(void)state;
	check_text("\033[<0;10;5M\033[<32;11;5M\033[<0;11;5m", "mouse0(9,4) mouse1(10,4) mouse2(10,4) ");
	check_text("\033[<64;1;1M\033[<65;1;1M", "mouse3(0,0) mouse4(0,0) ");
	check_text("\033[<2;3;4Mx", "x ");
	check_text("\033[M !!", "mouse0(0,0) ");
}

static void test_torn_mouse_report(void **state)
{
	(void)state;
	seen[0] = '\0';
	/* The escape waited too long and became a key: what follows is still no typing. */
	weir_input_feed(&input, "\033", 1);
	drain(true);
	weir_input_feed(&input, "[<0;10;5M", 9);
	drain(true);
	assert_string_equal(seen, "Esc mouse0(9,4) ");
}

static void test_paste(void **state)
{
	(void)state;
	check_text("\033[200~a\rb\033[A\033[201~c", "paste(a\rb\033[A) c ");
	check_text("\033[200~\033[201~", "paste() ");
}

static void test_prompt_edits_characters(void **state)
{
	static struct weir_prompt p;
	(void)state;
	weir_prompt_init(&p);
	weir_prompt_open(&p, WEIR_PROMPT_FILTER, WEIR_STR("ab"));
	weir_prompt_insert(&p, WEIR_STR("e\xcc\x81\n\xe6\x97\xa5"));
	assert_string_equal(p.text.data, "abe\xcc\x81 \xe6\x97\xa5");
	weir_prompt_erase(&p, false, false);
	weir_prompt_erase(&p, false, false);
	assert_string_equal(p.text.data, "abe\xcc\x81");
	weir_prompt_erase(&p, false, false); /* a letter goes with its marks */
	assert_string_equal(p.text.data, "ab");
	weir_prompt_move_to(&p, false);
	weir_prompt_erase(&p, true, false);
	assert_string_equal(p.text.data, "b");
	weir_prompt_remember(&p, WEIR_PROMPT_FILTER, WEIR_STR("b"));
	weir_prompt_open(&p, WEIR_PROMPT_FILTER, WEIR_STR("draft"));
	weir_prompt_history(&p, 1);
	assert_string_equal(p.text.data, "b");
	weir_prompt_history(&p, 1);
	assert_string_equal(p.text.data, "b");
	weir_prompt_history(&p, -1);
	assert_string_equal(p.text.data, "draft");
	assert_non_null(weir_menu_add(&p.menu, WEIR_STR("one")));
	assert_non_null(weir_menu_add(&p.menu, WEIR_STR("two")));
	weir_menu_filter(&p.menu, (struct weir_str){0}, (struct weir_str){0});
	p.menu.cursor = -1; /* none is chosen yet */
	p.word_from = 0;
	p.word_to = 5;
	weir_prompt_choose(&p, 1);
	weir_prompt_choose(&p, 1);
	assert_string_equal(p.text.data, "two");
	weir_prompt_choose(&p, 1);
	assert_string_equal(p.text.data, "one");
	weir_prompt_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_keys),  cmocka_unit_test(test_what_is_unknown_is_swallowed),
	    cmocka_unit_test(test_mouse), cmocka_unit_test(test_torn_mouse_report),
	    cmocka_unit_test(test_paste), cmocka_unit_test(test_prompt_edits_characters),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	weir_input_release(&input);
	return failed;
}
