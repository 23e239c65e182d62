/* Functions that look for a piece of text in another. Bytes will do: a piece of UTF-8 is found only where one begins.
 */
#include "bind.h"

#define ROW(name)                                                                                                      \
	static bool name(struct weir_bnode *b, struct weir_arena *strings, const struct weir_cell *a,                  \
			 struct weir_cell *out, bool *ok)
#define UNUSED_ROW() ((void)b, (void)strings, (void)ok)

static const char *find_text(struct weir_str s, size_t from, struct weir_str what)
{
	return from <= s.size ? memmem(s.data + from, s.size - from, what.data, what.size) : NULL;
}

ROW(replace_row)
{
	struct weir_str s = a[0].s, what = a[1].s, by = a[2].s;
	size_t n = 0, used = 0;
	const char *hit;

	UNUSED_ROW();
	out->s = s;
	if (!what.size || !s.size)
		return true;
	for (size_t at = 0; (hit = find_text(s, at, what)); at = (size_t)(hit - s.data) + what.size)
		n++;
	if (!n)
		return true;
	char *text = weir_arena_alloc(strings, s.size - n * what.size + n * by.size + 1);
	if (!text)
		return false;
	size_t at = 0;
	while ((hit = find_text(s, at, what))) {
		size_t before = (size_t)(hit - s.data) - at;
		memcpy(text + used, s.data + at, before);
		if (by.size)
			memcpy(text + used + before, by.data, by.size);
		used += before + by.size;
		at += before + what.size;
	}
	memcpy(text + used, s.data + at, s.size - at);
	out->s = (struct weir_str){text, used + s.size - at};
	return true;
}

struct weir_bnode *weir_bind_replace(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return weir_text_function(b, e, args, WEIR_STRING, replace_row);
}

/* The n-th part from the front (n > 0) or, counted in parts, from the end. */
ROW(split_part_row)
{
	struct weir_str s = a[0].s, by = a[1].s;
	int64_t n = a[2].i, parts = 1;
	const char *hit;

	UNUSED_ROW();
	out->s = WEIR_STR("");
	*ok = n != 0;
	for (size_t at = 0; n < 0 && by.size && (hit = find_text(s, at, by)); at = (size_t)(hit - s.data) + by.size)
		parts++;
	if (n < 0)
		n = n < -parts ? 0 : n + parts + 1;
	for (size_t at = 0; n > 0; n--) {
		hit = by.size ? find_text(s, at, by) : NULL;
		size_t end = hit ? (size_t)(hit - s.data) : s.size;
		if (n == 1)
			out->s = (struct weir_str){s.data + at, end - at};
		if (!hit)
			break;
		at = end + by.size;
	}
	return true;
}

struct weir_bnode *weir_bind_split_part(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	args[0] = weir_as_text(b, args[0]);
	args[1] = weir_as_text(b, args[1]);
	args[2] = weir_as_int(b, args[2]);
	return weir_bind_finish(b, weir_row_node(b, e, WEIR_STRING, split_part_row, 3, args));
}

ROW(starts_with_row)
{
	UNUSED_ROW();
	out->b = a[0].s.size >= a[1].s.size && (!a[1].s.size || memcmp(a[0].s.data, a[1].s.data, a[1].s.size) == 0);
	return true;
}

struct weir_bnode *weir_bind_starts_with(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return weir_text_function(b, e, args, WEIR_BOOL, starts_with_row);
}

ROW(contains_row)
{
	UNUSED_ROW();
	out->b = !a[1].s.size || (a[0].s.size && find_text(a[0].s, 0, a[1].s));
	return true;
}

struct weir_bnode *weir_bind_contains(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return weir_text_function(b, e, args, WEIR_BOOL, contains_row);
}
