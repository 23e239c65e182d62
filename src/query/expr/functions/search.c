/* Functions that look for a piece of text in another. Bytes will do: a piece of UTF-8 is found only where one begins.
 */
#include "query/expr/bind/bind.h"
#include "query/expr/functions/functions.h"
#include "query/expr/spark/spark.h"

#include "weir/base/bounds.h"

static const char *find_text(struct weir_str s, size_t from, struct weir_str what)
{
	if (from > s.size || what.size > s.size - from)
		return NULL;
	if (what.size == 1) /* the commonest, and memchr looks no further than it must */
		return memchr(s.data + from, *what.data, s.size - from);
	return memmem(s.data + from, s.size - from, what.data, what.size);
}

WEIR_ROW(replace_row)
{
	struct weir_str s = a[0].s, what = a[1].s, by = a[2].s;
	size_t n = 0, used = 0;
	const char *hit;

	WEIR_UNUSED_ROW();
	out->s = s;
	if (!what.size || !s.size)
		return true;
	for (size_t at = 0; (hit = find_text(s, at, what)); at = (size_t)(hit - s.data) + what.size)
		n++;
	if (!n)
		return true;
	size_t most = WEIR_MAX_TEXT_BYTES; /* a product that is beyond it might not even fit a number */
	size_t size = by.size && n > most / by.size ? most : s.size - n * what.size + n * by.size;
	char *text = weir_text_room(b, strings, size + 1);
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

static struct weir_bnode *bind_replace(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return weir_text_function(b, e, args, WEIR_STRING, replace_row);
}

const struct weir_function weir_function_replace = {
    .doc = {"replace", "replace(text, what, by)", "every `what` replaced", "replace(host, '.', '-')", false},
    .min_args = 3,
    .max_args = 3,
    .bind = bind_replace};

/* The n-th part from the front (n > 0) or, counted in parts, from the end. */
WEIR_ROW(split_part_row)
{
	struct weir_str s = a[0].s, by = a[1].s;
	int64_t n = a[2].i, parts = 1;
	const char *hit;

	WEIR_UNUSED_ROW();
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

static struct weir_bnode *bind_split_part(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	args[0] = weir_as_text(b, args[0]);
	args[1] = weir_as_text(b, args[1]);
	args[2] = weir_as_int(b, args[2]);
	return weir_bind_finish(b, weir_row_node(b, e, WEIR_STRING, split_part_row, 3, args));
}

static void split_part_spark(const struct weir_bnode *n, struct weir_spark_form *f)
{
	const struct weir_bnode *part = n->args[2];
	bool given = part->constant && part->value.type != WEIR_NULL && part->value.i;

	/* Part 0 would end the query. */
	weir_buf_add_c(&f->text, given ? "split_part($0, $1, #2)" : "split_part($0, $1, nullif(#2, 0))");
}

const struct weir_function weir_function_split_part = {.doc = {"split_part", "split_part(text, delimiter, n)",
							       "the n-th part from 1, below 0 from the end",
							       "split_part(path, '/', 2)", false},
						       .min_args = 3,
						       .max_args = 3,
						       .bind = bind_split_part,
						       .spark = split_part_spark};

WEIR_ROW(starts_with_row)
{
	WEIR_UNUSED_ROW();
	out->b = a[0].s.size >= a[1].s.size && (!a[1].s.size || memcmp(a[0].s.data, a[1].s.data, a[1].s.size) == 0);
	return true;
}

static struct weir_bnode *bind_starts_with(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return weir_text_function(b, e, args, WEIR_BOOL, starts_with_row);
}

const struct weir_function weir_function_starts_with = {
    .doc = {"starts_with", "starts_with(text, prefix)", "does it begin so", "starts_with(path, '/api')", false},
    .min_args = 2,
    .max_args = 2,
    .bind = bind_starts_with,
    .spark_form = "startswith($*)"};

WEIR_ROW(contains_row)
{
	WEIR_UNUSED_ROW();
	out->b = !a[1].s.size || (a[0].s.size && find_text(a[0].s, 0, a[1].s));
	return true;
}

static struct weir_bnode *bind_contains(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return weir_text_function(b, e, args, WEIR_BOOL, contains_row);
}

const struct weir_function weir_function_contains = {
    .doc = {"contains", "contains(text, part)", "does it hold that", "contains(path, 'admin')", false},
    .min_args = 2,
    .max_args = 2,
    .bind = bind_contains};
