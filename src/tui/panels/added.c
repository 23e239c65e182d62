/* Several values as one condition. */
#include "tui/panels/added.h"

#include <ctype.h>

void weir_added_clear(struct weir_added *a)
{
	for (uint32_t i = 0; i < a->n; i++) {
		weir_buf_release(&a->keep[i]);
		weir_buf_release(&a->drop[i]);
	}
	a->n = 0;
}

static uint32_t find(const struct weir_added *a, struct weir_str keep)
{
	uint32_t i = 0;
	while (i < a->n && !weir_str_equal(weir_buf_str(&a->keep[i]), keep))
		i++;
	return i;
}

bool weir_added_has(const struct weir_added *a, struct weir_str keep)
{
	return find(a, keep) < a->n;
}

bool weir_added_turn(struct weir_added *a, struct weir_str keep, struct weir_str drop)
{
	uint32_t at = find(a, keep);
	if (at < a->n) {
		weir_buf_release(&a->keep[at]);
		weir_buf_release(&a->drop[at]);
		for (a->n--; at < a->n; at++) {
			a->keep[at] = a->keep[at + 1];
			a->drop[at] = a->drop[at + 1];
		}
		return true;
	}
	if (a->n == WEIR_MOST_ADDED)
		return false;
	struct weir_buf one = {0}, other = {0};
	weir_buf_add_str(&one, keep);
	weir_buf_add_str(&other, drop);
	if (one.failed || other.failed) {
		weir_buf_release(&one);
		weir_buf_release(&other);
		return false;
	}
	a->keep[a->n] = one;
	a->drop[a->n++] = other;
	return true;
}

/* A quoted text, or a number, and nothing behind it. */
static bool is_literal(struct weir_str s)
{
	bool text = s.size >= 2 && s.data[0] == '\'' && s.data[s.size - 1] == '\'';
	for (size_t i = 1; text && i + 1 < s.size; i++)
		if (s.data[i] == '\'' && (i + 2 >= s.size || s.data[++i] != '\''))
			return false;
	for (size_t i = 0; !text && i < s.size; i++)
		if (!isalnum((unsigned char)s.data[i]) && !strchr("+-.", s.data[i]))
			return false;
	return text || (s.size && (isdigit((unsigned char)s.data[0]) || s.data[0] == '-'));
}

/* "service = 'a'" is a column without parentheses, and a value of it. */
static bool take_apart(struct weir_str condition, struct weir_str *column, struct weir_str *value)
{
	const char *equal = condition.data ? memmem(condition.data, condition.size, " = ", 3) : NULL;
	if (!equal)
		return false;
	*column = (struct weir_str){condition.data, (size_t)(equal - condition.data)};
	*value = (struct weir_str){equal + 3, condition.size - column->size - 3};
	return !memchr(column->data, '(', column->size) && is_literal(*value);
}

/* All of one column. */
static bool is_list(const struct weir_added *a, struct weir_str *column)
{
	struct weir_str other, value;
	if (a->n < 2 || !take_apart(weir_buf_str(&a->keep[0]), column, &value))
		return false;
	for (uint32_t i = 1; i < a->n; i++)
		if (!take_apart(weir_buf_str(&a->keep[i]), &other, &value) || !weir_str_equal(other, *column))
			return false;
	return true;
}

void weir_added_condition(const struct weir_added *a, bool drop, struct weir_buf *out)
{
	struct weir_str column, other, value;
	bool list = is_list(a, &column);
	if (list) {
		weir_buf_addf(out, "%s" WEIR_STR_FMT " %s (", drop ? "(" : "", WEIR_STR_ARG(column),
			      drop ? "not in" : "in");
		for (uint32_t i = 0; i < a->n && take_apart(weir_buf_str(&a->keep[i]), &other, &value); i++)
			weir_buf_addf(out, "%s" WEIR_STR_FMT, i ? ", " : "", WEIR_STR_ARG(value));
		weir_buf_add_c(out, ")");
		/* Who takes values away means to keep all others, NULL too. */
		if (drop)
			weir_buf_addf(out, " or " WEIR_STR_FMT " is null)", WEIR_STR_ARG(column));
		return;
	}
	for (uint32_t i = 0; i < a->n; i++) {
		struct weir_str one = weir_buf_str(drop ? &a->drop[i] : &a->keep[i]);
		weir_buf_addf(out, "%s%s" WEIR_STR_FMT "%s", i ? drop ? " and " : " or " : "", a->n > 1 ? "(" : "",
			      WEIR_STR_ARG(one), a->n > 1 ? ")" : "");
	}
}
