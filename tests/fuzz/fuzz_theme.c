/* A theme: whatever the bytes, it is whole, or the fault is named with its place inside the text. */
#include "fuzz.h"

#include "weir/session/theme.h"

static void check_paint(const struct weir_paint *p)
{
	FUZZ_CHECK(p->rgb >= WEIR_COLOR_DEFAULT && p->rgb <= 0xffffff);
	FUZZ_CHECK(p->c256 >= WEIR_COLOR_DEFAULT && p->c256 <= 255);
	FUZZ_CHECK(p->c16 >= WEIR_COLOR_DEFAULT && p->c16 <= 15);
	FUZZ_CHECK(p->extra < 16 && p->mono < 16);
}

static void check_theme(const struct weir_theme *t)
{
	FUZZ_CHECK(strcmp(t->name, "x") == 0);
	FUZZ_CHECK(t->help[0] && t->help[WEIR_THEME_HELP_BYTES - 1] == '\0' && weir_utf8_valid(weir_str_of(t->help)));
	FUZZ_CHECK(t->most_colors == 0 || t->most_colors == 16 || t->most_colors == 256 || t->most_colors == 1 << 24);
	for (int i = 0; i < WEIR_INK_COUNT; i++)
		check_paint(&t->inks[i]);
	for (int i = 0; i < WEIR_PAPER_COUNT; i++)
		check_paint(&t->papers[i]);
}

/* "x.theme:LINE:COLUMN: …", and there are so many lines and characters, or one more. */
static void check_place(struct weir_str text, const char *what)
{
	unsigned line = 0, column = 0;
	FUZZ_CHECK(sscanf(what, "x.theme:%u:%u: ", &line, &column) == 2 && line && column);
	struct weir_str rest = text, one = {0};
	unsigned lines = 1;
	for (unsigned i = 1; i <= line && rest.size; i++)
		one = weir_str_cut(rest, '\n', &rest);
	for (size_t i = 0; i < text.size; i++)
		lines += text.data[i] == '\n';
	FUZZ_CHECK(line <= lines + 1 && (line > lines ? column == 1 : column <= one.size + 1));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = size ? malloc(size) : NULL; /* without a NUL behind it */
	struct weir_theme theme;
	struct weir_error err = {0};
	FUZZ_CHECK(!size || bytes);
	if (size)
		memcpy(bytes, data, size);
	enum weir_status st = weir_theme_parse((struct weir_str){bytes, size}, "x.theme", &theme, &err);
	fuzz_check_error(st, &err);
	FUZZ_CHECK(st == WEIR_OK || st == WEIR_USAGE);
	if (st == WEIR_OK)
		check_theme(&theme);
	else
		check_place((struct weir_str){bytes, size}, err.what);
	free(bytes);
	return 0;
}
