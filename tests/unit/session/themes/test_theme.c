/* Themes: the format and its faults, those that are built in, and the folders that others come from. */
#include "session/themes/themes.h"

#include "weir/base/memory.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct weir_theme_folders nowhere;
static const char *dark; /* the text of the first theme that is built in */

/* Parses a copy of exactly these bytes. */
static enum weir_status parse(const char *bytes, size_t size, struct weir_theme *out, struct weir_error *err)
{
	char *copy = malloc(size ? size : 1);

	assert_non_null(copy);
	memcpy(copy, bytes, size);
	*err = (struct weir_error){0};
	enum weir_status st = weir_theme_parse((struct weir_str){copy, size}, "folder/dark.theme", out, err);
	free(copy);
	assert_int_equal(st, err->code);
	return st;
}

/* The text of dark with the one place where `from` stands replaced by `to`. Owned. */
static char *changed(const char *from, const char *to)
{
	const char *at = strstr(dark, from);
	struct weir_buf text = {0};

	assert_non_null(at);
	weir_buf_add(&text, dark, (size_t)(at - dark));
	weir_buf_add_c(&text, to);
	weir_buf_add_c(&text, at + strlen(from));
	assert_false(text.failed);
	return text.data;
}

static void test_every_built_in_theme_is_whole(void **state)
{
	(void)state;
	for (const struct weir_theme_text *t = weir_theme_texts; t->name; t++) {
		struct weir_theme parsed, loaded;
		struct weir_error err = {0};
		char path[64];

		snprintf(path, sizeof path, "%s.theme", t->name);
		if (weir_theme_parse(weir_str_of(t->text), path, &parsed, &err) != WEIR_OK)
			fail_msg("%s", err.what);
		weir_theme_built_in(t->name, &loaded);
		assert_string_equal(loaded.name, t->name);
		assert_true(loaded.help[0]);
		for (int i = 0; i < WEIR_INK_COUNT; i++)
			assert_int_equal(loaded.inks[i].rgb, parsed.inks[i].rgb);
	}
	struct weir_theme first;
	weir_theme_built_in("there is none", &first);
	assert_string_equal(first.name, weir_theme_texts[0].name);
	assert_non_null(strstr(weir_theme_choices, "auto dark light"));
}

static void test_what_a_line_says(void **state)
{
	struct weir_theme t;
	struct weir_error err;
	char *text = changed("bad          #ff7a6b      209      bright-red      bold",
			     "\tbad #FF0080\t7 15 bold+underline   dim+reverse\t");

	(void)state;
	assert_int_equal(parse(text, strlen(text), &t, &err), WEIR_OK);
	free(text);
	const struct weir_paint *p = &t.inks[WEIR_INK_BAD];
	assert_int_equal(p->rgb, 0xff0080);
	assert_int_equal(p->c256, 7);
	assert_int_equal(p->c16, 15);
	assert_int_equal(p->mono, WEIR_BOLD | WEIR_UNDERLINE);
	assert_int_equal(p->extra, WEIR_FAINT_ATTRIBUTE | WEIR_REVERSE);
	p = &t.papers[WEIR_PAPER_BASE];
	assert_int_equal(p->rgb, WEIR_COLOR_DEFAULT);
	assert_int_equal(p->c256, WEIR_COLOR_DEFAULT);
	assert_int_equal(p->c16, WEIR_COLOR_DEFAULT);
	assert_int_equal(t.inks[WEIR_INK_KEY].c16, 14);
	assert_int_equal(t.most_colors, 1 << 24);
	weir_theme_built_in("basic", &t);
	assert_int_equal(t.most_colors, 16);
	weir_theme_built_in("mono", &t);
	assert_int_equal(t.most_colors, 0);
}

static void test_faults_have_a_place(void **state)
{
	static const struct {
		const char *from, *to, *place, *hint;
	} faults[] = {
	    {"text ", "txet ", "folder/dark.theme:8:1: unknown role \"txet\"", "did you mean \"text\"?"},
	    {"#c8ccd0", "#c8ccd", "folder/dark.theme:8:14: invalid true colour \"#c8ccd\"", "#rrggbb"},
	    {"#c8ccd0", "#c8ccdg", "folder/dark.theme:8:14: invalid true colour \"#c8ccdg\"", "#rrggbb"},
	    {"252 ", "256 ", "folder/dark.theme:8:27: invalid colour of the 256 \"256\"", "0 to 255"},
	    {"white ", "wihte ", "folder/dark.theme:8:36: invalid colour of the 16 \"wihte\"",
	     "did you mean \"white\"?"},
	    {"white           plain", "16 plain", "folder/dark.theme:8:36: invalid colour of the 16 \"16\"", "cyan"},
	    {"plain", "bold+dmi", "folder/dark.theme:8:57: invalid attribute \"dmi\"", "did you mean \"dim\"?"},
	    {"plain", "plain bold bold", "folder/dark.theme:8:63: unexpected text \"bold\"", ""},
	    {"white           plain", "white", "folder/dark.theme:8:41: the attributes for terminals", ""},
	    {"name         dark", "name drak", "folder/dark.theme:5:6: the name does not match", "NAME.theme"},
	    {"name         dark", "name", "folder/dark.theme:5:5: the name is missing", ""},
	    {"name         dark\n", "name dark\nname dark\n", "folder/dark.theme:6:1: duplicate line \"name\"",
	     "line 5"},
	    {"name         dark\n", "", "folder/dark.theme:32:1: missing line \"name\"", ""},
	    {"help         quiet colours on a dark background", "help ", "folder/dark.theme:6:5: the line of help", ""},
	    {"span         #2c3440      236      black           reverse\n", "", "missing role \"span\"",
	     "span of time"},
	    {"name         dark\n", "name dark\ncolors 17\n", "folder/dark.theme:6:8: invalid number of colours",
	     "mono"},
	    {"quiet", "qu\xc3\xa9\xe2\x86\x92\xff", "folder/dark.theme:6:18: not UTF-8", ""},
	    {"quiet", "qu\033[m", "folder/dark.theme:6:16: a theme cannot contain this character", ""},
	    {"quiet", "\xe2\x80\xae", "folder/dark.theme:6:14: a theme cannot contain this character", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		struct weir_theme t;
		struct weir_error err;
		char *text = changed(faults[i].from, faults[i].to);
		enum weir_status st = parse(text, strlen(text), &t, &err);
		free(text);
		if (st != WEIR_USAGE || !strstr(err.what, faults[i].place) || !strstr(err.hint, faults[i].hint))
			fail_msg("%s: %s (%s)", faults[i].place, err.what, err.hint);
	}
}

static void test_a_role_comes_once(void **state)
{
	struct weir_theme t;
	struct weir_error err;
	char *text = changed("good         #", "bad          #");

	(void)state;
	assert_int_equal(parse(text, strlen(text), &t, &err), WEIR_USAGE);
	assert_non_null(strstr(err.what, "dark.theme:14:1: duplicate role \"bad\""));
	assert_string_equal(err.hint, "the first is on line 13");
	free(text);
}

static void test_too_long(void **state)
{
	struct weir_buf text = {0};
	struct weir_theme t;
	struct weir_error err;
	char help[WEIR_THEME_HELP_BYTES + 20] = "help ";

	(void)state;
	weir_buf_add_c(&text, dark);
	while (text.size < WEIR_THEME_FILE_BYTES)
		weir_buf_add_char(&text, '\n');
	assert_int_equal(parse(text.data, text.size, &t, &err), WEIR_OK);
	weir_buf_add_char(&text, '\n');
	assert_int_equal(parse(text.data, text.size, &t, &err), WEIR_USAGE);
	assert_non_null(strstr(err.what, ":1:1: a theme has at most 64 KiB"));
	weir_buf_release(&text);

	memset(help + 5, 'x', WEIR_THEME_HELP_BYTES);
	char *long_help = changed("help         quiet colours on a dark background", help);
	assert_int_equal(parse(long_help, strlen(long_help), &t, &err), WEIR_USAGE);
	assert_non_null(strstr(err.what, "dark.theme:6:6: the line of help is longer"));
	free(long_help);
	char *long_name = changed("name         dark", "name 0123456789012345678901234567890123456789");
	assert_int_equal(parse(long_name, strlen(long_name), &t, &err), WEIR_USAGE);
	assert_non_null(strstr(err.what, "dark.theme:5:6: the name is longer"));
	free(long_name);
}

static void check_place(const char *bytes, size_t size, const struct weir_error *err)
{
	unsigned line = 0, column = 0, lines = 1;

	for (size_t i = 0; i < size; i++)
		lines += bytes[i] == '\n';
	if (sscanf(err->what, "folder/dark.theme:%u:%u: ", &line, &column) != 2 || !line || line > lines + 1 ||
	    !column || column > size + 1)
		fail_msg("no place: %s", err->what);
}

/* A text that is cut off anywhere is no theme: the role of its last line is missing, or its last field is. */
static void test_cut_at_each_byte(void **state)
{
	size_t size = strlen(dark), least = size - strlen("everse\n"); /* the last attribute; "r" is none */

	(void)state;
	for (size_t n = 0; n < size; n++) {
		struct weir_theme t;
		struct weir_error err;
		enum weir_status st = parse(dark, n, &t, &err);
		if (st == WEIR_USAGE)
			check_place(dark, n, &err);
		assert_true(st == WEIR_USAGE || n >= least);
	}
}

static void test_each_byte_changed(void **state)
{
	static const char others[] = {'\0', '\n', '\r', '\t',   ' ',    '#',    '+',   '0',
				      '9',  'a',  'z',  '\x7f', '\x80', '\xc3', '\xff'};
	size_t size = strlen(dark), good = 0, bad = 0;
	char *text = strdup(dark);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < size; i++)
		for (size_t k = 0; k < sizeof others; k++) {
			struct weir_theme t;
			struct weir_error err;
			text[i] = others[k];
			if (parse(text, size, &t, &err) == WEIR_OK)
				good++;
			else
				check_place(text, size, &err);
			bad += err.code != WEIR_OK;
			text[i] = dark[i];
		}
	free(text);
	assert_true(good > 1000 && bad > 1000); /* comments and digits; the rest */
}

/* Relative luminance and contrast as in WCAG 2.1. */
static double luminance(int32_t rgb)
{
	double sum = 0;
	static const double weight[] = {0.0722, 0.7152, 0.2126};

	for (int i = 0; i < 3; i++) {
		double c = (rgb >> 8 * i & 255) / 255.0;
		sum += weight[i] * (c <= 0.03928 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4));
	}
	return sum;
}

static double contrast(int32_t a, int32_t b)
{
	double x = luminance(a) + 0.05, y = luminance(b) + 0.05;

	return x > y ? x / y : y / x;
}

/* What must be read has the contrast that WCAG asks of text on the background of the screen (4.5, or 7 where the theme promises strong
 * contrast), and of large text elsewhere (3). Where the terminal keeps its own background, dark means black. */
static void test_contrast(void **state)
{
	static const enum weir_ink inks[] = {WEIR_INK_TEXT, WEIR_INK_BRIGHT, WEIR_INK_KEY,
					     WEIR_INK_GOOD, WEIR_INK_BAD,    WEIR_INK_WARN};
	static const enum weir_paper papers[] = {WEIR_PAPER_BASE, WEIR_PAPER_BAR, WEIR_PAPER_PROMPT, WEIR_PAPER_SELECT};

	(void)state;
	for (const char *const *name = (const char *const[]){"dark", "light", "contrast", NULL}; *name; name++) {
		struct weir_theme t;
		weir_theme_built_in(*name, &t);
		for (size_t i = 0; i < sizeof inks / sizeof *inks; i++)
			for (size_t k = 0; k < sizeof papers / sizeof *papers; k++) {
				int32_t paper = t.papers[papers[k]].rgb < 0 ? 0 : t.papers[papers[k]].rgb;
				double ratio = contrast(t.inks[inks[i]].rgb, paper);
				bool base = papers[k] == WEIR_PAPER_BASE, strong = strcmp(*name, "contrast") == 0;
				double least = base && strong ? 7 : base ? 4.5 : 3;
				if (ratio < least)
					fail_msg("%s: ink %zu on paper %zu: %.2f", *name, i, k, ratio);
			}
	}
}

/* A folder of its own for each test. */
struct folders {
	char root[64], user[80], data[80];
	struct weir_theme_folders all;
};

static void write_theme(const char *folder, const char *name, const char *text)
{
	char path[200];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s.theme", folder, name);
	assert_non_null(f = fopen(path, "w"));
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static char *named(const char *name, const char *help)
{
	char *one = changed("name         dark", name), *at = strstr(one, "quiet colours on a dark background");
	struct weir_buf text = {0};

	weir_buf_add(&text, one, (size_t)(at - one));
	weir_buf_add_c(&text, help);
	weir_buf_add_c(&text, at + strlen("quiet colours on a dark background"));
	free(one);
	return text.data;
}

static int make_folders(void **state)
{
	struct folders *f = calloc(1, sizeof *f);

	assert_non_null(f);
	snprintf(f->root, sizeof f->root, "/tmp/weir-theme-XXXXXX");
	assert_non_null(mkdtemp(f->root));
	snprintf(f->user, sizeof f->user, "%s/user", f->root);
	snprintf(f->data, sizeof f->data, "%s/data", f->root);
	assert_int_equal(mkdir(f->user, 0700) | mkdir(f->data, 0700), 0);
	f->all = (struct weir_theme_folders){f->user, f->data};
	*state = f;
	return 0;
}

static int remove_folders(void **state)
{
	struct folders *f = *state;
	char command[100];

	snprintf(command, sizeof command, "rm -rf %s", f->root);
	free(f);
	return system(command);
}

static void test_the_users_come_first(void **state)
{
	struct folders *f = *state;
	char *users = named("name dark", "the user's"), *installed = named("name dark", "the installation's"),
	     *light = named("name light", "the installation's light");
	struct weir_theme t;

	write_theme(f->data, "dark", installed);
	write_theme(f->data, "light", light);
	assert_int_equal(weir_theme_load(&f->all, "dark", &t, NULL), WEIR_OK);
	assert_string_equal(t.help, "the installation's");
	write_theme(f->user, "dark", users);
	assert_int_equal(weir_theme_load(&f->all, "dark", &t, NULL), WEIR_OK);
	assert_string_equal(t.help, "the user's");
	assert_int_equal(weir_theme_load(&f->all, "light", &t, NULL), WEIR_OK);
	assert_string_equal(t.help, "the installation's light");
	assert_int_equal(weir_theme_load(&f->all, "mono", &t, NULL), WEIR_OK);
	assert_int_equal(weir_theme_load(&nowhere, "light", &t, NULL), WEIR_OK);
	assert_string_equal(t.help, "the same calm on a light background");
	free(users);
	free(installed);
	free(light);
}

static void test_the_list(void **state)
{
	struct folders *f = *state;
	char *harbor = named("name harbor", "blue greys"), *light = named("name light", "mine"), path[200];
	struct weir_theme_list list;

	write_theme(f->user, "harbor", harbor);
	write_theme(f->user, "light", light);
	write_theme(f->user, "broken", "name broken\nhelp x\ntxet\n");
	write_theme(f->data, "harbor", "never read");
	write_theme(f->data, "not a name", "");
	snprintf(path, sizeof path, "%s/pipe.theme", f->user);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(weir_theme_list(&f->all, &list, NULL), WEIR_OK);
	static const char *const names[] = {"dark", "light", "contrast", "basic", "mono", "broken", "harbor", "pipe"};
	assert_int_equal(list.n, 8);
	for (size_t i = 0; i < 8; i++)
		assert_string_equal(list.items[i].name, names[i]);
	assert_null(list.items[0].path);
	assert_string_equal(list.items[1].help, "mine");
	snprintf(path, sizeof path, "%s/light.theme", f->user);
	assert_string_equal(list.items[1].path, path);
	assert_int_equal(list.items[5].fault.code, WEIR_USAGE);
	assert_non_null(strstr(list.items[5].fault.what, "broken.theme:3:1: unknown role \"txet\""));
	assert_string_equal(list.items[6].help, "blue greys");
	assert_int_equal(list.items[7].fault.code, WEIR_IO);
	weir_theme_list_release(&list);
	free(harbor);
	free(light);
}

static void test_what_cannot_be_loaded(void **state)
{
	struct folders *f = *state;
	struct weir_theme t;
	struct weir_error err = {0};
	char path[200];

	assert_int_equal(weir_theme_load(&f->all, "drak", &t, &err), WEIR_NOT_FOUND);
	assert_string_equal(err.what, "there is no theme \"drak\"");
	assert_string_equal(err.hint, "did you mean dark?");
	write_theme(f->root, "outside", "");
	for (const char *const *name = (const char *const[]){"", "../outside", ".hidden", "a/b", "a b", NULL}; *name;
	     name++)
		assert_int_equal(weir_theme_load(&f->all, *name, &t, &err), WEIR_NOT_FOUND);
	write_theme(f->user, "dark", "\001\002");
	assert_int_equal(weir_theme_load(&f->all, "dark", &t, &err), WEIR_USAGE);
	assert_non_null(strstr(err.what, "dark.theme:1:1: a theme cannot contain this character"));
	snprintf(path, sizeof path, "%s/light.theme", f->user);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(weir_theme_load(&f->all, "light", &t, &err), WEIR_IO);
}

static void test_no_memory(void **state)
{
	struct folders *f = *state;
	char *harbor = named("name harbor", "blue greys");
	bool done = false;

	write_theme(f->user, "harbor", harbor);
	free(harbor);
	for (uint64_t n = 1; !done; n++) {
		struct weir_theme_list list;
		struct weir_error err = {0};
		assert_in_range(n, 1, 200);
		weir_alloc_fail_at(n, false);
		enum weir_status st = weir_theme_list(&f->all, &list, &err);
		weir_alloc_fail_at(0, false);
		assert_true(st == WEIR_OK || (st == WEIR_NO_MEMORY && err.code == st && !list.items));
		done = st == WEIR_OK;
		assert_true(!done || list.n == 6);
		weir_theme_list_release(&list);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_built_in_theme_is_whole),
	    cmocka_unit_test(test_what_a_line_says),
	    cmocka_unit_test(test_faults_have_a_place),
	    cmocka_unit_test(test_a_role_comes_once),
	    cmocka_unit_test(test_too_long),
	    cmocka_unit_test(test_cut_at_each_byte),
	    cmocka_unit_test(test_each_byte_changed),
	    cmocka_unit_test(test_contrast),
	    cmocka_unit_test_setup_teardown(test_the_users_come_first, make_folders, remove_folders),
	    cmocka_unit_test_setup_teardown(test_the_list, make_folders, remove_folders),
	    cmocka_unit_test_setup_teardown(test_what_cannot_be_loaded, make_folders, remove_folders),
	    cmocka_unit_test_setup_teardown(test_no_memory, make_folders, remove_folders),
	};

	dark = weir_theme_texts[0].text;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
