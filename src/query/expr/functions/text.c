/* Functions on text. Positions and lengths count code points; a byte that is no UTF-8 counts as one. */
#include "query/expr/bind/bind.h"
#include "query/expr/functions/functions.h"
#include "query/expr/spark/spark.h"

#include <locale.h>
#include <wctype.h>

#define SEVERAL_LETTERS "upper and lower change some letters into several, such as ß into SS"

static size_t step(struct weir_str s, size_t at)
{
	uint32_t cp;
	size_t n = weir_utf8_decode(s.data + at, s.size - at, &cp);

	return n ? n : 1;
}

static int64_t code_points(struct weir_str s)
{
	int64_t n = 0;

	for (size_t i = 0; i < s.size; i += step(s, i))
		n++;
	return n;
}

/* Byte where code point number `n` begins, the end when there are fewer. */
static size_t byte_at(struct weir_str s, int64_t n)
{
	size_t i = 0;

	for (; n > 0 && i < s.size; n--)
		i += step(s, i);
	return i;
}

/* Simple case mapping of every letter the C library's UTF-8 tables know; a code point may change its length. */
static bool map_case(const struct weir_bnode *b, struct weir_str s, bool upper, struct weir_arena *strings,
		     struct weir_str *out)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	char *text =
	    weir_text_room(b, strings, s.size + s.size / 2 + 1); /* no mapping makes more than three bytes of two */
	size_t n = 0;

	for (size_t i = 0; text && i < s.size;) {
		uint32_t cp;
		size_t bytes = weir_utf8_decode(s.data + i, s.size - i, &cp);
		if (!bytes || !locale) {
			text[n++] = s.data[i++];
			continue;
		}
		wint_t mapped = upper ? towupper_l((wint_t)cp, locale) : towlower_l((wint_t)cp, locale);
		n += weir_utf8_encode((uint32_t)mapped, text + n);
		i += bytes;
	}
	if (locale)
		freelocale(locale);
	*out = (struct weir_str){text, n};
	return text;
}

static bool is_ascii(struct weir_str s)
{
	unsigned char any = 0;

	for (size_t i = 0; i < s.size; i++)
		any |= (unsigned char)s.data[i];
	return any < 0x80;
}

WEIR_ROW(case_row)
{
	struct weir_str s = a->s;
	char first = b->param ? 'a' : 'A';

	WEIR_UNUSED_ROW();
	if (!is_ascii(s))
		return map_case(b, s, b->param, strings, &out->s);
	char *text = weir_text_room(b, strings, s.size + 1);
	if (!text)
		return false;
	for (size_t i = 0; i < s.size; i++)
		text[i] = (char)(s.data[i] ^ ((unsigned char)(s.data[i] - first) < 26 ? 32 : 0));
	out->s = (struct weir_str){text, s.size};
	return true;
}

static struct weir_bnode *bind_case(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode *arg,
				    bool upper)
{
	arg = weir_as_text(b, arg);
	struct weir_bnode *n = weir_row_node(b, e, WEIR_STRING, case_row, 1, &arg);
	if (n)
		n->param = upper;
	return weir_bind_finish(b, n);
}

static struct weir_bnode *bind_lower(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return bind_case(b, e, args[0], false);
}

const struct weir_function weir_function_lower = {
    .doc = {"lower", "lower(text)", "in lower case", "lower(host)", false},
    .min_args = 1,
    .max_args = 1,
    .bind = bind_lower,
    .spark_note = SEVERAL_LETTERS};

static struct weir_bnode *bind_upper(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return bind_case(b, e, args[0], true);
}

const struct weir_function weir_function_upper = {
    .doc = {"upper", "upper(text)", "in upper case", "upper(host)", false},
    .min_args = 1,
    .max_args = 1,
    .bind = bind_upper,
    .spark_note = SEVERAL_LETTERS};

WEIR_ROW(trim_row) /* blanks only, as in Spark and DuckDB */
{
	struct weir_str s = a->s;

	WEIR_UNUSED_ROW();
	while (s.size && s.data[0] == ' ')
		s = (struct weir_str){s.data + 1, s.size - 1};
	while (s.size && s.data[s.size - 1] == ' ')
		s.size--;
	out->s = s;
	return true;
}

static struct weir_bnode *bind_trim(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return weir_text_function(b, e, args, WEIR_STRING, trim_row);
}

const struct weir_function weir_function_trim = {
    .doc = {"trim", "trim(text)", "without blanks at both ends", "trim(host)", false},
    .min_args = 1,
    .max_args = 1,
    .bind = bind_trim};

WEIR_ROW(length_row)
{
	WEIR_UNUSED_ROW();
	out->i = code_points(a->s);
	return true;
}

static struct weir_bnode *bind_length(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return weir_text_function(b, e, args, WEIR_INT64, length_row);
}

const struct weir_function weir_function_length = {
    .doc = {"length", "length(text)", "its code points", "length(host)", false},
    .min_args = 1,
    .max_args = 1,
    .bind = bind_length,
    .spark_form = "CAST(length($0) AS BIGINT)"};

/* From 1; 0 is 1; below 0 from the end, and what lies before the beginning is cut off the length. */
WEIR_ROW(substr_row)
{
	struct weir_str s = a[0].s;
	int64_t start = a[1].i > 0 ? a[1].i - 1 : a[1].i, end = INT64_MAX;

	WEIR_UNUSED_ROW();
	if (start < 0)
		start += code_points(s);
	if (b->n_args > 2 && __builtin_add_overflow(start, a[2].i, &end))
		end = a[2].i < 0 ? INT64_MIN : INT64_MAX;
	size_t from = byte_at(s, start), to = byte_at(s, end);
	out->s = (struct weir_str){s.data + from, to > from ? to - from : 0};
	return true;
}

static struct weir_bnode *bind_substr(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	args[0] = weir_as_text(b, args[0]);
	for (uint32_t i = 1; i < e->n_args; i++)
		if (!(args[i] = weir_as_int(b, args[i])))
			return NULL;
	return weir_bind_finish(b, weir_row_node(b, e, WEIR_STRING, substr_row, e->n_args, args));
}

static void substr_spark(const struct weir_bnode *n, struct weir_spark_form *f)
{
	weir_buf_add_c(&f->text, n->n_args > 2 ? "substring($0, #1, #2)" : "substring($0, #1)");
}

const struct weir_function weir_function_substr = {.doc = {"substr", "substr(text, start[, length])",
							   "a part; start counts from 1, below 0 from the end",
							   "substr(host, 1, 3)", false},
						   .min_args = 2,
						   .max_args = 3,
						   .bind = bind_substr,
						   .spark = substr_spark};

const struct weir_function weir_function_concat = {
    .doc = {"concat", "concat(a, b, ...)", "joined as text; NULL when one is NULL", "concat(host, ':', status)", false},
    .min_args = 1,
    .max_args = WEIR_MANY_ARGS,
    .bind = weir_bind_concat};
