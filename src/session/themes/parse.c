/* The text of a theme, line by line: a word, then what it says. What is wrong is named with its line and column. */
#include "weir/session/theme.h"

#include "weir/base/print.h"

#include <stdio.h>

static const struct {
	const char *name, *help;
} roles[WEIR_INK_COUNT + WEIR_PAPER_COUNT] = {
#define X(id, name, help) {name, help},
    WEIR_INK_LIST(X) WEIR_PAPER_LIST(X)
#undef X
};
enum { N_ROLES = sizeof roles / sizeof *roles };

static const char *const color_names[] = {
    "black",       "red",          "green",      "yellow",       "blue",          "magenta",     "cyan",
    "white",       "bright-black", "bright-red", "bright-green", "bright-yellow", "bright-blue", "bright-magenta",
    "bright-cyan", "bright-white",
};

static const struct {
	const char *name;
	uint8_t bit;
} attributes[] = {{"plain", 0},
		  {"bold", WEIR_BOLD},
		  {"underline", WEIR_UNDERLINE},
		  {"reverse", WEIR_REVERSE},
		  {"dim", WEIR_FAINT_ATTRIBUTE}};

enum { N_ATTRIBUTES = sizeof attributes / sizeof *attributes };

static const struct {
	const char *name;
	int most;
} depths[] = {{"true", 1 << 24}, {"256", 256}, {"16", 16}, {"mono", 0}};

enum { N_DEPTHS = sizeof depths / sizeof *depths };

/* The words that may begin a line: the roles, then these. */
enum { NAME = N_ROLES, HELP, COLORS, N_WORDS };
static const char *const keywords[N_WORDS - N_ROLES] = {"name", "help", "colors"};

struct parser {
	struct weir_str text, line; /* line: what is left of the present one */
	const char *path, *begin;   /* begin: of the present line */
	uint32_t number;            /* of it, from 1 */
	uint32_t seen[N_WORDS];     /* the line of each word; 0: not yet */
	struct weir_theme *theme;
	struct weir_error *err;
};

/* Characters from `begin` to `at`; a byte that belongs to none counts as one. */
static uint32_t column_of(const char *begin, const char *at)
{
	uint32_t n = 1, cp;

	while (begin < at) {
		size_t size = weir_utf8_decode(begin, (size_t)(at - begin), &cp);
		begin += size ? size : 1;
		n++;
	}
	return n;
}

/* The last part of a long path, so that line and column are seen. */
static const char *short_path(const char *path)
{
	enum { MOST = 200 };
	size_t size = strlen(path);

	return size > MOST ? path + size - MOST : path;
}

static enum weir_status fault_at(struct parser *p, const char *at, const char *what, struct weir_str word)
{
	enum { MOST = 40 }; /* bytes of the word that are shown */
	struct weir_str shown = {word.data, word.size > MOST ? MOST : word.size};
	char quoted[MOST + 4] = "";

	if (word.data)
		snprintf(quoted, sizeof quoted, " \"" WEIR_STR_FMT "\"", WEIR_STR_ARG(shown));
	return weir_fail(p->err, WEIR_USAGE, "theme", "%s:%u:%u: %s%s", short_path(p->path), p->number,
			 column_of(p->begin, at), what, quoted);
}

static enum weir_status fault(struct parser *p, const char *at, const char *what)
{
	return fault_at(p, at, what, (struct weir_str){0});
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The next word of the line; of size 0 at its end. */
static struct weir_str next_word(struct parser *p)
{
	struct weir_str *l = &p->line;
	size_t n = 0;

	while (l->size && is_blank(*l->data)) {
		l->data++;
		l->size--;
	}
	while (n < l->size && !is_blank(l->data[n]))
		n++;
	struct weir_str word = {l->data, n};
	l->data += n;
	l->size -= n;
	return word;
}

static void suggest(struct parser *p, struct weir_str word, const struct weir_str *names, size_t n)
{
	int i = weir_nearest(word, names, n);

	if (i >= 0)
		weir_error_hint(p->err, "did you mean \"" WEIR_STR_FMT "\"?", WEIR_STR_ARG(names[i]));
}

/* Nothing but whole characters that may reach a terminal, in lines. */
static enum weir_status check_text(struct parser *p)
{
	uint32_t cp;

	if (p->text.size > WEIR_THEME_FILE_BYTES)
		return fault_at(p, p->begin, "a theme has at most 64 KiB", (struct weir_str){0});
	for (size_t i = 0; i < p->text.size;) {
		const char *at = p->text.data + i;
		size_t n = weir_utf8_decode(at, p->text.size - i, &cp);
		if (!n)
			return fault(p, at, "not UTF-8");
		bool ends = cp == '\n' || (cp == '\r' && i + 1 < p->text.size && at[1] == '\n');
		if (!ends && cp != '\t' && weir_codepoint_width(cp) < 0)
			return fault(p, at, "a theme cannot contain this character");
		i += n;
		if (cp == '\n') {
			p->number++;
			p->begin = at + 1;
		}
	}
	return WEIR_OK;
}

static enum weir_status parse_rgb(struct parser *p, struct weir_str word, struct weir_paint *paint)
{
	uint32_t v = 0;
	bool good = word.size == 7 && word.data[0] == '#';

	for (size_t i = 1; good && i < 7; i++) {
		char c = word.data[i];
		int digit = c >= '0' && c <= '9'   ? c - '0'
			    : c >= 'a' && c <= 'f' ? c - 'a' + 10
			    : c >= 'A' && c <= 'F' ? c - 'A' + 10
						   : -1;
		good = digit >= 0;
		v = v << 4 | (uint32_t)(good ? digit : 0);
	}
	if (!good) {
		fault_at(p, word.data, "invalid true colour", word);
		weir_error_hint(p->err, "write it as #rrggbb, or default for the terminal's own");
		return WEIR_USAGE;
	}
	paint->rgb = (int32_t)v;
	return WEIR_OK;
}

static enum weir_status parse_256(struct parser *p, struct weir_str word, struct weir_paint *paint)
{
	int64_t v;

	if (!weir_parse_int64(word, true, &v) || v < 0 || v > 255) {
		fault_at(p, word.data, "invalid colour of the 256", word);
		weir_error_hint(p->err, "write a number from 0 to 255, or default");
		return WEIR_USAGE;
	}
	paint->c256 = (int16_t)v;
	return WEIR_OK;
}

static enum weir_status parse_16(struct parser *p, struct weir_str word, struct weir_paint *paint)
{
	struct weir_str names[16];
	int64_t v;

	for (int i = 0; i < 16; i++) {
		names[i] = weir_str_of(color_names[i]);
		if (weir_str_equal(word, names[i])) {
			paint->c16 = (int8_t)i;
			return WEIR_OK;
		}
	}
	if (weir_parse_int64(word, true, &v) && v >= 0 && v < 16) {
		paint->c16 = (int8_t)v;
		return WEIR_OK;
	}
	fault_at(p, word.data, "invalid colour of the 16", word);
	weir_error_hint(p->err, "write a name such as cyan or bright-cyan, a number from 0 to 15, or default");
	suggest(p, word, names, 16);
	return WEIR_USAGE;
}

/* plain, or some of the others with plus signs between. */
static enum weir_status parse_attributes(struct parser *p, struct weir_str word, uint8_t *out)
{
	struct weir_str names[N_ATTRIBUTES], rest = word;

	*out = 0;
	for (int i = 0; i < N_ATTRIBUTES; i++)
		names[i] = weir_str_of(attributes[i].name);
	do {
		struct weir_str one = weir_str_cut(rest, '+', &rest);
		int i = 0;
		while (i < N_ATTRIBUTES && !weir_str_equal(one, names[i]))
			i++;
		if (i == N_ATTRIBUTES) {
			fault_at(p, one.data, "invalid attribute", one);
			weir_error_hint(p->err, "write plain, or bold, dim, underline and reverse with + between them");
			suggest(p, one, names, N_ATTRIBUTES);
			return WEIR_USAGE;
		}
		*out |= attributes[i].bit;
	} while (rest.data);
	return WEIR_OK;
}

static enum weir_status end_of_line(struct parser *p)
{
	struct weir_str word = next_word(p);

	return word.size ? fault_at(p, word.data, "unexpected text", word) : WEIR_OK;
}

static enum weir_status parse_role(struct parser *p, int role)
{
	static const char *const fields[] = {"the true colour is missing", "the colour of the 256 is missing",
					     "the colour of the 16 is missing",
					     "the attributes for terminals without colour are missing"};
	static enum weir_status (*const parse[])(struct parser *, struct weir_str,
						 struct weir_paint *) = {parse_rgb, parse_256, parse_16};
	struct weir_paint paint = {WEIR_COLOR_DEFAULT, WEIR_COLOR_DEFAULT, WEIR_COLOR_DEFAULT, 0, 0};
	enum weir_status st = WEIR_OK;

	for (int i = 0; i < 4 && st == WEIR_OK; i++) {
		struct weir_str word = next_word(p);
		if (!word.size)
			st = fault(p, word.data, fields[i]);
		else if (i == 3)
			st = parse_attributes(p, word, &paint.mono);
		else if (!weir_str_equal(word, WEIR_STR("default")))
			st = parse[i](p, word, &paint);
	}
	struct weir_str word = st == WEIR_OK ? next_word(p) : (struct weir_str){0};
	if (word.size)
		st = parse_attributes(p, word, &paint.extra);
	if (role < WEIR_INK_COUNT)
		p->theme->inks[role] = paint;
	else
		p->theme->papers[role - WEIR_INK_COUNT] = paint;
	return st == WEIR_OK ? end_of_line(p) : st;
}

/* NAME of …/NAME.theme */
static bool is_named(const char *path, struct weir_str name)
{
	const char *slash = strrchr(path, '/');
	struct weir_str file = weir_str_of(slash ? slash + 1 : path);

	return file.size == name.size + 6 && memcmp(file.data, name.data, name.size) == 0 &&
	       memcmp(file.data + name.size, ".theme", 6) == 0;
}

static enum weir_status parse_name(struct parser *p)
{
	struct weir_str word = next_word(p);

	if (!word.size)
		return fault(p, word.data, "the name is missing");
	if (word.size >= WEIR_THEME_NAME_BYTES)
		return fault_at(p, word.data, "the name is longer than 31 bytes:", word);
	if (!is_named(p->path, word)) {
		fault_at(p, word.data, "the name does not match the name of the file:", word);
		weir_error_hint(p->err, "the theme NAME is the file NAME.theme");
		return WEIR_USAGE;
	}
	memcpy(p->theme->name, word.data, word.size);
	return end_of_line(p);
}

static enum weir_status parse_help(struct parser *p)
{
	struct weir_str text = weir_str_trim(p->line);

	if (!text.size)
		return fault(p, p->line.data, "the line of help is missing");
	if (text.size >= WEIR_THEME_HELP_BYTES)
		return fault(p, text.data, "the line of help is longer than 119 bytes");
	memcpy(p->theme->help, text.data, text.size);
	return WEIR_OK;
}

static enum weir_status parse_colors(struct parser *p)
{
	struct weir_str word = next_word(p);

	for (int i = 0; i < N_DEPTHS; i++)
		if (weir_str_equal(word, weir_str_of(depths[i].name))) {
			p->theme->most_colors = depths[i].most;
			return end_of_line(p);
		}
	fault_at(p, word.data, "invalid number of colours", word);
	weir_error_hint(p->err, "write true, 256, 16 or mono");
	return WEIR_USAGE;
}

static struct weir_str word_name(int i)
{
	return weir_str_of(i < N_ROLES ? roles[i].name : keywords[i - N_ROLES]);
}

/* What follows the first word, `at`, of a line; which: its number among the words. */
static enum weir_status parse_rest(struct parser *p, int which, const char *at)
{
	if (p->seen[which]) {
		fault_at(p, at, which < N_ROLES ? "duplicate role" : "duplicate line", word_name(which));
		weir_error_hint(p->err, "the first is on line %u", p->seen[which]);
		return WEIR_USAGE;
	}
	p->seen[which] = p->number;
	switch (which) {
	case NAME:
		return parse_name(p);
	case HELP:
		return parse_help(p);
	case COLORS:
		return parse_colors(p);
	default:
		return parse_role(p, which);
	}
}

static enum weir_status parse_line(struct parser *p)
{
	struct weir_str names[N_WORDS], word = next_word(p);

	if (!word.size || word.data[0] == '#')
		return WEIR_OK;
	for (int i = 0; i < N_WORDS; i++) {
		names[i] = word_name(i);
		if (weir_str_equal(word, names[i]))
			return parse_rest(p, i, word.data);
	}
	fault_at(p, word.data, "unknown role", word);
	suggest(p, word, names, N_WORDS);
	return WEIR_USAGE;
}

/* At the end of the text. */
static enum weir_status check_complete(struct parser *p)
{
	for (int i = NAME; i <= HELP; i++)
		if (!p->seen[i])
			return fault_at(p, p->begin, "missing line", word_name(i));
	for (int i = 0; i < N_ROLES; i++)
		if (!p->seen[i]) {
			fault_at(p, p->begin, "missing role", weir_str_of(roles[i].name));
			weir_error_hint(p->err, "it is for: %s", roles[i].help);
			return WEIR_USAGE;
		}
	return WEIR_OK;
}

enum weir_status weir_theme_parse(struct weir_str text, const char *path, struct weir_theme *out,
				  struct weir_error *err)
{
	struct parser p = {.text = text, .path = path, .number = 1, .theme = out, .err = err};

	if (text.size >= 3 &&
	    memcmp(text.data, "\xef\xbb\xbf", 3) == 0) { /* some editors put a byte order mark there */
		p.text.data += 3;
		p.text.size -= 3;
	}
	p.begin = p.text.data;
	*out = (struct weir_theme){.most_colors = 1 << 24};
	enum weir_status st = check_text(&p);
	p.number = st == WEIR_OK ? 0 : p.number;
	for (struct weir_str rest = p.text; st == WEIR_OK && rest.size;) {
		p.line = weir_str_cut(rest, '\n', &rest);
		p.begin = p.line.data;
		p.number++;
		if (p.line.size && p.line.data[p.line.size - 1] == '\r')
			p.line.size--;
		st = parse_line(&p);
	}
	if (st != WEIR_OK)
		return st;
	p.number++;
	p.begin = NULL;
	return check_complete(&p);
}
