/* What may reach a terminal, how wide it is, and the text of an error. */
#include "weir/base/memory.h"
#include "weir/base/print.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void safe_is(const char *bytes, size_t size, const char *want, size_t width)
{
	struct weir_buf out = {0};

	assert_int_equal(weir_print_safe((struct weir_str){bytes, size}, &out), width);
	assert_string_equal(out.data, want);
	weir_buf_release(&out);
}

static void no_byte_of_the_data_reaches_the_terminal_raw(void **state)
{
	(void)state;
	safe_is("plain", 5, "plain", 5);
	safe_is("\033[31m", 5, "\\x1b[31m", 8);
	safe_is("a\0b", 3, "a\\x00b", 6);
	safe_is("\r\n\t", 3, "\\r\\n\\t", 6);
	safe_is("\xff\xfe", 2, "\\xff\\xfe", 8);
	safe_is("\xe2\x80\xae", 3, "\\u202e", 6); /* right-to-left override */
	safe_is("\xc2\x9b", 2, "\\x9b", 4);       /* CSI of eight bits */
	safe_is("\xe6\x97\xa5", 3, "\xe6\x97\xa5", 2);
	safe_is("e\xcc\x81", 3, "e\xcc\x81", 1);
	safe_is("\xcc\x81", 2, "\\u0301", 6); /* it would stand on what comes before the text */
	safe_is("\xf3\xa0\x81\x81", 4, "\\ue0041", 7);
}

static void lines_stay(void **state)
{
	struct weir_buf out = {0};

	(void)state;
	weir_print_lines(WEIR_STR("a\033\n\nb\r\n"), &out);
	assert_string_equal(out.data, "a\\x1b\n\nb\\r\n");
	weir_buf_release(&out);
}

static void widths(void **state)
{
	static const struct {
		uint32_t cp;
		int width;
	} some[] = {
	    {'a', 1},      {0xe9, 1},     {0x416, 1},     {0x5d0, 1},     {0x301, 0},       {0x20dd, 0},
	    {0x0e31, 0},   {0x903, 1},    {0x1100, 2},    {0x1161, 0},    {0x11a8, 0},      {0xac00, 2},
	    {0x3042, 2},   {0x4e2d, 2},   {0xff21, 2},    {0x1f34e, 2},   {0x2588, 1},      {0x2502, 1},
	    {0x28ff, 1},   {0x25af, 1},   {0xe0b0, 1},    {0x20000, 2},   {0xa0, 1},        {0x3000, 2},
	    {0, -1},       {0x1b, -1},    {0x7f, -1},     {0x9b, -1},     {0xad, -1},       {0x34f, -1},
	    {0x600, -1},   {0x61c, -1},   {0x115f, -1},   {0x1160, -1},   {0x17b4, -1},     {0x180e, -1},
	    {0x200b, -1},  {0x200d, -1},  {0x202e, -1},   {0x2028, -1},   {0x2029, -1},     {0x2065, -1},
	    {0x2066, -1},  {0x3164, -1},  {0xd800, -1},   {0xfdd0, -1},   {0xfe0f, -1},     {0xfeff, -1},
	    {0xffa0, -1},  {0xfff9, -1},  {0xffff, -1},   {0x1d173, -1},  {0x1fffe, -1},    {0xe0001, -1},
	    {0xe0100, -1}, {0xf0000, -1}, {0x10ffff, -1}, {0x110000, -1}, {UINT32_MAX, -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof some / sizeof *some; i++)
		if (weir_codepoint_width(some[i].cp) != some[i].width)
			fail_msg("U+%04x is %d wide, not %d", some[i].cp, weir_codepoint_width(some[i].cp),
				 some[i].width);
	for (uint32_t cp = 0; cp < 0x110000; cp++)
		assert_in_range(weir_codepoint_width(cp) + 1, 0, 3);
}

static void text_is(const struct weir_error *err, const char *want)
{
	static char text[WEIR_ERROR_TEXT_BYTES];

	size_t n = weir_error_text(err, text);
	assert_int_equal(n, strlen(text));
	assert_string_equal(text, want);
}

static void caret_stands_below_the_place(void **state)
{
	struct weir_error err = {0};

	(void)state;
	weir_fail(&err, WEIR_EXPRESSION, "--where", "no column named x");
	weir_error_hint(&err, "did you mean y?");
	memcpy(err.text, "\xe6\x97\xa5 xyz", 7);
	err.caret_from = 4;
	err.caret_to = 7;
	text_is(&err, "weir: --where: no column named x (did you mean y?)\n  \xe6\x97\xa5 xyz\n     ^~~\n");
	strcpy(err.text, "\033 = 1");
	err.caret_from = 0;
	err.caret_to = 1;
	text_is(&err, "weir: --where: no column named x (did you mean y?)\n  \\x1b = 1\n  ^~~~\n");
	err.caret_from = err.caret_to = 5000; /* at the end, and beyond */
	text_is(&err, "weir: --where: no column named x (did you mean y?)\n  \\x1b = 1\n          ^\n");
}

static void no_error_shows_a_login(void **state)
{
	struct weir_error err = {0};

	(void)state;
	weir_fail(&err, WEIR_USAGE, "command line", "there is no option --kafka://u:HUNTER2@h/t and //v:p@ss//@x");
	text_is(&err, "weir: command line: there is no option --kafka://***@h/t and //***@x\n");
	weir_fail(&err, WEIR_USAGE, "a//b@c", "//:@ // //x@ http://h:80/a");
	text_is(&err, "weir: a//b@c: //:@ // //x@ http://h:80/a\n");
}

/* Whatever stands in an error, its text has room, and is as harmless as everything else. */
static void errors_of_any_bytes_fit(void **state)
{
	struct weir_error err;
	static char text[WEIR_ERROR_TEXT_BYTES];

	(void)state;
	for (int fill = 1; fill < 256; fill++) {
		memset(&err, fill, sizeof err);
		err.origin[sizeof err.origin - 1] = err.what[sizeof err.what - 1] = err.hint[sizeof err.hint - 1] = 0;
		err.text[sizeof err.text - 1] = 0;
		err.caret_from = 0;
		err.caret_to = sizeof err.text;
		size_t n = weir_error_text(&err, text);
		assert_true(n < sizeof text - 1 && text[n - 1] == '\n');
		for (size_t i = 0; i < n; i++)
			assert_true(text[i] == '\n' ||
				    ((unsigned char)text[i] >= 0x20 && (unsigned char)text[i] < 0x7f));
	}
}

/* It must be able to say that there is no memory. */
static void an_error_needs_no_memory(void **state)
{
	struct weir_error err = {0};

	(void)state;
	weir_fail(&err, WEIR_NO_MEMORY, "a.csv", "out of memory");
	weir_alloc_fail_at(1, true);
	text_is(&err, "weir: a.csv: out of memory\n");
	weir_alloc_fail_at(0, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_byte_of_the_data_reaches_the_terminal_raw),
	    cmocka_unit_test(lines_stay),
	    cmocka_unit_test(widths),
	    cmocka_unit_test(caret_stands_below_the_place),
	    cmocka_unit_test(no_error_shows_a_login),
	    cmocka_unit_test(errors_of_any_bytes_fit),
	    cmocka_unit_test(an_error_needs_no_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
