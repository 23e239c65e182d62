/* A pattern of PCRE2, as weir has them, in the words of java.util.regex, which Spark has. What means the same stays as it is; \b
 * is written out, because Java's knows more letters; what has no word there is noted. */
#include "query/expr/spark/spark.h"

#define WORD_EDGE "(?:(?<=\\w)(?!\\w)|(?<!\\w)(?=\\w))"
#define NO_WORD_EDGE "(?:(?<=\\w)(?=\\w)|(?<!\\w)(?!\\w))"

struct turn { /* of one pattern */
	struct weir_str p;
	size_t at;
	bool in_class;
	struct weir_buf *out;
	const char *note;
};

static char sign(const struct turn *t, size_t ahead)
{
	return t->at + ahead < t->p.size ? t->p.data[t->at + ahead] : '\0';
}

static bool follows(const struct turn *t, const char *text)
{
	size_t size = strlen(text);

	return t->p.size - t->at >= size && memcmp(t->p.data + t->at, text, size) == 0;
}

static void pass(struct turn *t, size_t n)
{
	for (; n && t->at < t->p.size; n--)
		weir_buf_add_char(t->out, t->p.data[t->at++]);
}

static void replace(struct turn *t, size_t n, const char *by)
{
	weir_buf_add_c(t->out, by);
	t->at += n;
}

/* [:alpha:] within a class. */
static bool posix_class(struct turn *t)
{
	static const char *const names[][2] = {
	    {"alpha", "Alpha"},   {"digit", "Digit"}, {"alnum", "Alnum"}, {"upper", "Upper"}, {"lower", "Lower"},
	    {"punct", "Punct"},   {"graph", "Graph"}, {"print", "Print"}, {"blank", "Blank"}, {"cntrl", "Cntrl"},
	    {"xdigit", "XDigit"}, {"space", "Space"}, {"ascii", "ASCII"},
	};
	bool negated = sign(t, 2) == '^';

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		size_t from = t->at + (negated ? 3 : 2), size = strlen(names[i][0]);
		if (from + size + 2 > t->p.size || memcmp(t->p.data + from, names[i][0], size) != 0 ||
		    memcmp(t->p.data + from + size, ":]", 2) != 0)
			continue;
		weir_buf_addf(t->out, "\\%c{%s}", negated ? 'P' : 'p', names[i][1]);
		t->at = from + size + 2;
		return true;
	}
	if (!follows(t, "[:word:]"))
		return false;
	replace(t, strlen("[:word:]"), "\\w");
	return true;
}

/* \p{Greek} is a script, \p{Lu} a category. */
static void property(struct turn *t)
{
	size_t size = 0;

	while (sign(t, 3 + size) && sign(t, 3 + size) != '}')
		size++;
	if (sign(t, 2) != '{' || size <= 2) {
		pass(t, sign(t, 2) == '{' ? 4 + size : 3);
		return;
	}
	pass(t, 3);
	if (sign(t, 0) == '^')
		t->note = "cannot be run: \\p{^…} has no word in Java's patterns";
	weir_buf_add_c(t->out, "Is");
}

static void escape(struct turn *t)
{
	char c = sign(t, 1);

	if (c == 'b' && !t->in_class)
		replace(t, 2, WORD_EDGE);
	else if (c == 'B' && !t->in_class)
		replace(t, 2, NO_WORD_EDGE);
	else if (c == 'N' && sign(t, 2) != '{')
		replace(t, 2, "[^\\n]");
	else if (c == 'p' || c == 'P')
		property(t);
	else if (c && strchr("KgogCX", c)) {
		t->note = "cannot be run: \\K, \\g, \\o, \\C and \\X have no words in Java's patterns";
		pass(t, 2);
	} else {
		pass(t, 2);
	}
}

/* What begins with "(?". */
static void group(struct turn *t)
{
	if (follows(t, "(?P<")) {
		replace(t, 4, "(?<");
	} else if (follows(t, "(?P=")) {
		replace(t, 4, "\\k<");
		while (sign(t, 0) && sign(t, 0) != ')')
			pass(t, 1);
		replace(t, 1, ">");
	} else if (follows(t, "(?#")) {
		while (sign(t, 0) && sign(t, 0) != ')')
			t->at++;
		t->at++;
	} else {
		if (sign(t, 2) && strchr("|(PR&+'0123456789C", sign(t, 2)))
			t->note = "cannot be run: (?|, (?( and calls of groups have no words in Java's patterns";
		pass(t, 3);
		if (sign(t, 0) != '=' && sign(t, 0) != '!')
			return;
		pass(t, 1);
	}
}

/* A name of a group has letters and digits only there. */
static void group_name(struct turn *t)
{
	while (sign(t, 0) && sign(t, 0) != '>') {
		if (sign(t, 0) == '_')
			t->at++;
		else
			pass(t, 1);
	}
}

/* A brace that is no quantifier stands for itself: not there. */
static bool quantifier(const struct turn *t)
{
	size_t i = 1;

	if (!(sign(t, i) >= '0' && sign(t, i) <= '9'))
		return false;
	while (sign(t, i) >= '0' && sign(t, i) <= '9')
		i++;
	i += sign(t, i) == ',';
	while (sign(t, i) >= '0' && sign(t, i) <= '9')
		i++;
	return sign(t, i) == '}';
}

static void open_class(struct turn *t)
{
	t->in_class = true;
	pass(t, sign(t, 1) == '^' ? 2 : 1);
	if (sign(t, 0) == ']') /* the first one is a sign of the class */
		replace(t, 1, "\\]");
}

static void within_class(struct turn *t)
{
	if (sign(t, 0) == ']') {
		t->in_class = false;
		pass(t, 1);
	} else if (sign(t, 0) == '[') {
		if (sign(t, 1) != ':' || !posix_class(t))
			replace(t, 1, "\\[");
	} else if (follows(t, "&&")) {
		replace(t, 2, "\\&\\&");
	} else {
		pass(t, 1);
	}
}

static void outside_class(struct turn *t)
{
	bool named = follows(t, "(?P<") || (follows(t, "(?<") && sign(t, 3) != '=' && sign(t, 3) != '!');

	if (sign(t, 0) == '[') {
		open_class(t);
	} else if (follows(t, "(?")) {
		group(t);
		if (named)
			group_name(t);
	} else if (sign(t, 0) == '{' && !quantifier(t)) {
		replace(t, 1, "\\{");
	} else {
		pass(t, 1);
	}
}

void weir_spark_pattern(struct weir_str pattern, struct weir_buf *out, const char **note)
{
	struct turn t = {.p = pattern, .out = out};
	bool folds = false, lines = false;

	for (size_t i = 0; i < pattern.size; i++) {
		folds |= pattern.data[i] == 'i' && i > 1 && memchr(pattern.data + i - 2, '?', 2);
		lines |= strchr(".^$", pattern.data[i]) && pattern.data[i];
	}
	/* d: lines end with \n only; u: letters beyond ASCII fold as well */
	weir_buf_add_c(out, lines && folds ? "(?du)" : lines ? "(?d)" : folds ? "(?u)" : "");
	while (t.at < pattern.size) {
		if (sign(&t, 0) == '\\')
			escape(&t);
		else if (t.in_class)
			within_class(&t);
		else
			outside_class(&t);
	}
	if (t.note)
		*note = t.note;
}

void weir_spark_quoted_pattern(struct weir_str pattern, struct weir_buf *out, const char **note)
{
	struct weir_buf java = {0};

	weir_spark_pattern(pattern, &java, note);
	weir_spark_text(weir_buf_str(&java), out);
	out->failed |= java.failed;
	weir_buf_release(&java);
}
