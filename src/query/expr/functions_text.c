/* Functions on text. Positions and lengths count code points; a byte that is no UTF-8 counts as one. */
#include "bind.h"
#include "json_path.h"

#include <locale.h>
#include <wctype.h>

#define ROW(name)                                                                                                      \
	static bool name(struct weir_bnode *b, struct weir_arena *strings, const struct weir_cell *a,                  \
			 struct weir_cell *out, bool *ok)
#define UNUSED_ROW() ((void)b, (void)strings, (void)ok)

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

struct weir_bnode *weir_text_function(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args,
				      enum weir_type type, weir_row_fn row)
{
	for (uint32_t i = 0; i < e->n_args; i++)
		if (!(args[i] = weir_as_text(b, args[i])))
			return NULL;
	return weir_bind_finish(b, weir_row_node(b, e, type, row, e->n_args, args));
}

/* Simple case mapping of every letter the C library's UTF-8 tables know; a code point may change its length. */
static bool map_case(struct weir_str s, bool upper, struct weir_arena *strings, struct weir_str *out)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	char *text = weir_arena_alloc(strings, s.size * 4 + 1);
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

ROW(case_row)
{
	struct weir_str s = a->s;
	char first = b->param ? 'a' : 'A';

	UNUSED_ROW();
	if (!is_ascii(s))
		return map_case(s, b->param, strings, &out->s);
	char *text = weir_arena_alloc(strings, s.size + 1);
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

struct weir_bnode *weir_bind_lower(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return bind_case(b, e, args[0], false);
}

struct weir_bnode *weir_bind_upper(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return bind_case(b, e, args[0], true);
}

ROW(trim_row) /* blanks only, as in Spark and DuckDB */
{
	struct weir_str s = a->s;

	UNUSED_ROW();
	while (s.size && s.data[0] == ' ')
		s = (struct weir_str){s.data + 1, s.size - 1};
	while (s.size && s.data[s.size - 1] == ' ')
		s.size--;
	out->s = s;
	return true;
}

struct weir_bnode *weir_bind_trim(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return weir_text_function(b, e, args, WEIR_STRING, trim_row);
}

ROW(length_row)
{
	UNUSED_ROW();
	out->i = code_points(a->s);
	return true;
}

struct weir_bnode *weir_bind_length(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return weir_text_function(b, e, args, WEIR_INT64, length_row);
}

/* From 1; 0 is 1; below 0 from the end, and what lies before the beginning is cut off the length. */
ROW(substr_row)
{
	struct weir_str s = a[0].s;
	int64_t start = a[1].i > 0 ? a[1].i - 1 : a[1].i, end = INT64_MAX;

	UNUSED_ROW();
	if (start < 0)
		start += code_points(s);
	if (b->n_args > 2 && __builtin_add_overflow(start, a[2].i, &end))
		end = a[2].i < 0 ? INT64_MIN : INT64_MAX;
	size_t from = byte_at(s, start), to = byte_at(s, end);
	out->s = (struct weir_str){s.data + from, to > from ? to - from : 0};
	return true;
}

struct weir_bnode *weir_bind_substr(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	args[0] = weir_as_text(b, args[0]);
	for (uint32_t i = 1; i < e->n_args; i++)
		if (!(args[i] = weir_as_int(b, args[i])))
			return NULL;
	return weir_bind_finish(b, weir_row_node(b, e, WEIR_STRING, substr_row, e->n_args, args));
}

ROW(concat_row)
{
	size_t size = 0, used = 0;

	UNUSED_ROW();
	for (uint32_t i = 0; i < b->n_args; i++)
		size += a[i].s.size;
	char *text = weir_arena_alloc(strings, size + 1);
	if (!text)
		return false;
	for (uint32_t i = 0; i < b->n_args; i++) {
		if (a[i].s.size)
			memcpy(text + used, a[i].s.data, a[i].s.size);
		used += a[i].s.size;
	}
	out->s = (struct weir_str){text, used};
	return true;
}

struct weir_bnode *weir_bind_concat(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return weir_text_function(b, e, args, WEIR_STRING, concat_row);
}

struct weir_bnode *weir_bind_concat_op(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return weir_bind_concat(b, e, args);
}

ROW(json_value_row)
{
	UNUSED_ROW();
	return weir_json_path_get(a[0].s, a[1].s, strings, &out->s, ok);
}

struct weir_bnode *weir_bind_json_value(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	const struct weir_bnode *path = args[1];
	size_t bad;

	if (!path->constant || path->value.type != WEIR_STRING)
		return weir_bind_fail(b, path->source, "the path is a text such as '$.items[0].name'");
	if (!weir_json_path_valid(path->value.s, &bad)) {
		weir_bind_fail(b, path->source, "not a path: " WEIR_STR_FMT, WEIR_STR_ARG(path->value.s));
		weir_error_hint(b->err, "write it as '$.items[0].name'");
		return NULL;
	}
	return weir_text_function(b, e, args, WEIR_STRING, json_value_row);
}

ROW(size_row)
{
	UNUSED_ROW();
	*ok = weir_json_size(a->s, &out->i);
	return true;
}

struct weir_bnode *weir_bind_size(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return weir_text_function(b, e, args, WEIR_INT64, size_row);
}
