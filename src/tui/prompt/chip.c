/* Conditions of the filter, in short. */
#include "tui/prompt/prompt.h"

static const char from_word[] = " >= timestamp '", to_word[] = " < timestamp '";

static bool starts_with(struct weir_str s, struct weir_str start)
{
	return s.size >= start.size && memcmp(s.data, start.data, start.size) == 0;
}

/* "column OPERATOR timestamp 'time'" in two. */
static bool cut_bound(struct weir_str s, const char *word, struct weir_str *column, int64_t *us)
{
	size_t n = strlen(word);
	const char *at = s.size ? memmem(s.data, s.size, word, n) : NULL;
	if (!at || s.data[s.size - 1] != '\'')
		return false;
	*column = (struct weir_str){s.data, (size_t)(at - s.data)};
	return weir_time_parse_iso((struct weir_str){at + n, (size_t)(s.data + s.size - 1 - (at + n))}, us);
}

void weir_chip_span(struct weir_str column, int64_t from_us, int64_t to_us, struct weir_buf *out)
{
	char from[40], to[40];
	weir_buf_add_str(out, column);
	weir_buf_add_c(out, from_word);
	weir_buf_add(out, from, weir_time_format_iso(from_us, from));
	weir_buf_add_c(out, "' and ");
	weir_buf_add_str(out, column);
	weir_buf_add_c(out, to_word);
	weir_buf_add(out, to, weir_time_format_iso(to_us, to));
	weir_buf_add_c(out, "'");
}

/* "(x < timestamp 'a' or x >= timestamp 'b' or x is null)" */
void weir_chip_outside(struct weir_str column, int64_t from_us, int64_t to_us, struct weir_buf *out)
{
	char from[40], to[40];
	weir_buf_add_char(out, '(');
	weir_buf_add_str(out, column);
	weir_buf_add_c(out, to_word);
	weir_buf_add(out, from, weir_time_format_iso(from_us, from));
	weir_buf_add_c(out, "' or ");
	weir_buf_add_str(out, column);
	weir_buf_add_c(out, from_word);
	weir_buf_add(out, to, weir_time_format_iso(to_us, to));
	weir_buf_add_c(out, "' or ");
	weir_buf_add_str(out, column);
	weir_buf_add_c(out, " is null)");
}

/* The time behind a word, up to its quote. */
static bool time_after(struct weir_str s, const char *word, size_t *at, int64_t *us)
{
	const char *found = s.size ? memmem(s.data, s.size, word, strlen(word)) : NULL;
	const char *from = found ? found + strlen(word) : NULL;
	const char *end = from ? memchr(from, '\'', (size_t)(s.data + s.size - from)) : NULL;
	*at = found ? (size_t)(found - s.data) : 0;
	return end && weir_time_parse_iso((struct weir_str){from, (size_t)(end - from)}, us);
}

/* Such a condition, without its parentheses: what it was made of makes the same text again. */
static bool parse_outside(struct weir_str s, struct weir_str *column, int64_t *from, int64_t *to)
{
	size_t low, high;
	struct weir_buf same = {0};
	if (!time_after(s, to_word, &low, from) || !time_after(s, from_word, &high, to))
		return false;
	*column = (struct weir_str){s.data, low};
	weir_chip_outside(*column, *from, *to, &same);
	bool is = !same.failed && weir_str_equal(weir_view_inside(weir_buf_str(&same)), s);
	weir_buf_release(&same);
	return is;
}

static bool parse_span(struct weir_str low, struct weir_str high, struct weir_str *column, int64_t *from, int64_t *to)
{
	struct weir_str other;
	return cut_bound(low, from_word, column, from) && cut_bound(high, to_word, &other, to) &&
	       weir_str_equal(*column, other);
}

bool weir_chip_is_span(struct weir_str low, struct weir_str high)
{
	struct weir_str column;
	int64_t from, to;
	return parse_span(low, high, &column, &from, &to);
}

/* "(a <> 'x' or a is null)", which is how a value is excluded: "a <> 'x'". */
static bool cut_exclusion(struct weir_str s, struct weir_str *out)
{
	static const struct weir_str end = {" is null", 8}, sign = {" <> ", 4}, or = {" or ", 4};
	for (size_t at = s.size; at-- > 0;) {
		struct weir_str head = {s.data, at}, tail = {s.data + at, s.size - at};
		if (!starts_with(tail, or))
			continue;
		size_t subject = tail.size - or.size >= end.size ? tail.size - or.size - end.size : 0;
		if (!subject || memcmp(tail.data + or.size + subject, end.data, end.size) != 0 ||
		    !starts_with(head, (struct weir_str){tail.data + or.size, subject}) ||
		    !starts_with((struct weir_str){head.data + subject, head.size - subject}, sign))
			return false;
		*out = head;
		return true;
	}
	return false;
}

static void add_clock(int64_t us, int64_t moment_us, struct weir_buf *out)
{
	char text[WEIR_FORMAT_BYTES];
	weir_buf_add_c(out, weir_format_moment(us, moment_us, us % WEIR_US_PER_S ? 3 : 0, text));
}

void weir_chip_text(struct weir_str condition, int64_t moment_us, struct weir_buf *out)
{
	struct weir_str whole = weir_view_inside(condition), parts[3], column, short_one;
	int64_t from, to;
	bool loose;
	bool outside = parse_outside(whole, &column, &from, &to);
	if (outside || (weir_view_conjuncts(whole, parts, 3, &loose) == 2 &&
			parse_span(parts[0], parts[1], &column, &from, &to))) {
		int64_t day = moment_us == WEIR_TIME_NONE ? from : moment_us;
		weir_buf_add_str(out, column);
		weir_buf_add_c(out, outside ? " not " : " ");
		add_clock(from, day, out);
		weir_buf_add_c(out, " \xe2\x80\x93 ");
		add_clock(to, weir_same_day(from, to) ? to : day, out);
	} else if (cut_exclusion(whole, &short_one)) {
		weir_buf_add_str(out, short_one);
	} else {
		weir_buf_add_str(out, condition);
	}
}
