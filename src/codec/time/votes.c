/* Formats are proposed by the values that no earlier one reads, and counted; the one that most values have is taken. */
#include "codec/time/time.h"

#include <stdio.h>

void weir_time_votes_init(struct weir_time_votes *v, int64_t newest_us, const char *format)
{
	memset(v, 0, sizeof *v);
	v->newest_us = newest_us;
	if (!format)
		return;
	struct weir_time_vote *only = &v->items[v->n++];
	*only = (struct weir_time_vote){.least_us = INT64_MAX, .most_us = INT64_MIN, .last_us = INT64_MIN};
	(void)weir_timefmt_init(&only->reader, format);
	weir_timefmt_set_newest(&only->reader, newest_us);
	v->groups = UINT32_MAX; /* nothing else is proposed */
}

static bool all_digits(struct weir_str s)
{
	for (size_t i = 0; i < s.size; i++)
		if ((unsigned char)(s.data[i] - '0') > 9)
			return false;
	return s.size > 0;
}

/* A number is a time only where it is one of our time: an identifier or a price must not be read as a year. */
static bool reads(struct weir_time_vote *vote, struct weir_str s, bool named, int64_t *us)
{
	double number;
	if (!weir_timefmt_text(&vote->reader, s, us))
		return false;
	if (named)
		return true;
	const int64_t seconds = *us / WEIR_US_PER_S;
	if (vote->reader.kind == WEIR_TIMEFMT_ISO || vote->reader.kind == WEIR_TIMEFMT_PATTERN)
		return !all_digits(s) || weir_time_unit_of((double)seconds) == WEIR_TIME_S;
	return !weir_parse_double(s, &number) ||
	       (int)weir_time_unit_of(number) == (int)(vote->reader.kind - WEIR_TIMEFMT_S);
}

static void count(struct weir_time_vote *vote, struct weir_str s, int64_t us)
{
	vote->read++;
	vote->backwards += us < vote->last_us;
	vote->last_us = us;
	if (us < vote->least_us)
		vote->least_us = us;
	if (us > vote->most_us)
		vote->most_us = us;
	if (vote->reader.kind == WEIR_TIMEFMT_PATTERN)
		vote->has_time = weir_time_pattern_has_time(vote->reader.pattern);
	else
		vote->has_time |= vote->reader.kind != WEIR_TIMEFMT_ISO || s.size > 10;
}

static void propose(struct weir_time_votes *v, const char *format, struct weir_str s)
{
	int64_t us;
	if (v->n >= WEIR_TIME_VOTES)
		return;
	struct weir_time_vote *vote = &v->items[v->n];
	*vote = (struct weir_time_vote){
	    .group = v->groups, .least_us = INT64_MAX, .most_us = INT64_MIN, .last_us = INT64_MIN};
	snprintf(vote->format, sizeof vote->format, "%s", format);
	if (!weir_timefmt_init(&vote->reader, vote->format))
		return;
	weir_timefmt_set_newest(&vote->reader, v->newest_us);
	if (!reads(vote, s, false, &us))
		return;
	count(vote, s, us);
	v->n++;
}

/* The formats that read a value which none of the earlier ones does. */
static bool propose_for(struct weir_time_votes *v, struct weir_str s)
{
	static const char *const units[] = {"s", "ms", "us", "ns"};
	char shapes[WEIR_TIME_SHAPES][WEIR_TIME_PATTERN_BYTES];
	uint32_t before = v->n;
	int64_t us;
	double number;
	if (weir_time_read_iso(s, &us))
		propose(v, "iso", s);
	if (v->n > before) {
		/* nothing else */
	} else if (weir_parse_double(s, &number)) {
		enum weir_time_unit unit = weir_time_unit_of(number);
		if (unit != WEIR_TIME_NO_UNIT)
			propose(v, units[unit], s);
	} else if (*s.data == '/' &&
		   weir_time_read_epoch(s, WEIR_TIME_MS, &us)) { /* /Date(…)/, and no price of 12,50 */
		propose(v, "ms", s);
	} else {
		size_t n = weir_time_shapes(s, shapes);
		for (size_t i = 0; i < n; i++)
			propose(v, shapes[i], s);
	}
	v->groups += v->n > before;
	return v->n > before;
}

/* What stands for nothing: it is no value that a format fails on. */
static bool says_nothing(struct weir_str s)
{
	static const char *const words[] = {"-",   "--",   "0",    "-1",  "n/a",     "na", "nan",
					    "nil", "none", "null", "\\n", "unknown", "?"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (weir_str_equal_nocase(s, weir_str_of(words[i])))
			return true;
	return s.size == 0;
}

static void add(struct weir_time_votes *v, struct weir_str s, uint32_t row)
{
	bool any = false, named = v->groups == UINT32_MAX;
	int64_t us;
	if (says_nothing(s))
		return;
	v->values++;
	for (uint32_t i = 0; i < v->n; i++) {
		if (reads(&v->items[i], s, named, &us)) {
			count(&v->items[i], s, us);
			any = true;
		} else if (named && v->items[i].reader.fault == WEIR_TIMEFMT_RANGE) {
			v->values--; /* it is of the format, and counted as outside the calendar when it is read */
			return;
		}
	}
	any = any || (!named && propose_for(v, s));
	v->read += any;
	if (any || v->unread[0])
		return;
	snprintf(v->unread, sizeof v->unread, "%.40s", "");
	for (size_t i = 0; i < s.size && i < 40; i++)
		v->unread[i] = (unsigned char)s.data[i] >= 0x20 && (unsigned char)s.data[i] < 0x7f ? s.data[i] : '?';
	v->unread_row = v->rows + row;
}

/* A value as text, in `out` unless it is one; size 0: NULL. */
static struct weir_str text_of(const struct weir_value *value, char out[64])
{
	switch (value->type) {
	case WEIR_STRING:
		return weir_str_trim(value->s);
	case WEIR_INT64:
		return (struct weir_str){out, weir_format_int64(value->i, out)};
	case WEIR_FLOAT64: { /* a number that does not fit is no time either */
		int size = snprintf(out, 64, "%.9f", value->f);
		return size > 0 && size < 64 ? (struct weir_str){out, (size_t)size} : (struct weir_str){NULL, 0};
	}
	case WEIR_TIMESTAMP:
		return (struct weir_str){out, weir_time_format_iso(value->i, out)};
	case WEIR_BOOL:
		return value->b ? WEIR_STR("true") : WEIR_STR("false");
	default:
		return (struct weir_str){NULL, 0};
	}
}

struct weir_str weir_time_join(const struct weir_value *date, const struct weir_value *time, uint32_t clock_digits,
			       char out[128])
{
	enum { FULL = 6 }; /* HHMMSS */
	char first[64], second[64];
	struct weir_str d = text_of(date, first), t = text_of(time, second);
	if (!d.size || !t.size || d.size + t.size + 1 + FULL > 128)
		return (struct weir_str){NULL, 0};
	memcpy(out, d.data, d.size);
	size_t n = d.size;
	out[n++] = ' ';
	if (time->type == WEIR_INT64 && time->i >= 0 && (clock_digits > 4 || t.size == 5))
		for (size_t digits = t.size; digits < FULL; digits++)
			out[n++] = '0';
	memcpy(out + n, t.data, t.size);
	return (struct weir_str){out, n + t.size};
}

static void count_digits(struct weir_time_votes *v, const struct weir_column *time, uint32_t rows)
{
	char text[64];
	for (uint32_t row = 0; row < rows; row++) {
		struct weir_value value = weir_column_get(time, row);
		size_t digits = value.type == WEIR_INT64 && value.i >= 0 ? weir_format_int64(value.i, text) : 0;
		if (digits > v->clock_digits)
			v->clock_digits = (uint32_t)digits;
	}
}

void weir_time_votes_add(struct weir_time_votes *v, const struct weir_column *date, const struct weir_column *time,
			 uint32_t rows, uint32_t most)
{
	enum { HOPELESS = 20 }; /* so many values and none a time: the column is something else */
	char text[128];
	uint32_t row = 0;
	if (time)
		count_digits(v, time, rows < most ? rows : most);
	for (; row < rows && row < most; row++) {
		struct weir_value value = weir_column_get(date, row);
		if (time) {
			struct weir_value second = weir_column_get(time, row);
			add(v, weir_time_join(&value, &second, v->clock_digits, text), row);
		} else {
			add(v, text_of(&value, text), row);
		}
		if (v->values >= HOPELESS && v->n == 0)
			break;
	}
	v->rows += rows < most ? rows : most;
}

/* Between orders that read as many values, by what times do: they do not lie in the future, run forward, end near the
 * present, and lie close together. Not certain: whoever takes it says so. */
static bool better(const struct weir_time_votes *v, const struct weir_time_vote *a, const struct weir_time_vote *b)
{
	const int64_t day = 86400 * WEIR_US_PER_S;
	int64_t span_a = a->most_us - a->least_us, span_b = b->most_us - b->least_us;
	if (v->newest_us != WEIR_TIME_NONE) {
		bool future_a = a->most_us > v->newest_us + day, future_b = b->most_us > v->newest_us + day;
		bool near_a = a->most_us > v->newest_us - 2 * day && !future_a,
		     near_b = b->most_us > v->newest_us - 2 * day && !future_b;
		if (future_a != future_b)
			return future_b;
		if (near_a != near_b)
			return near_a;
	}
	if (a->backwards != b->backwards)
		return a->backwards < b->backwards;
	return span_a < span_b;
}

struct weir_time_pick weir_time_votes_pick(const struct weir_time_votes *v)
{
	struct weir_time_pick pick = {NULL, {NULL}};
	uint32_t most = 0;
	for (uint32_t i = 0; i < v->n; i++)
		if (v->items[i].read > most)
			most = v->items[i].read;
	for (uint32_t i = 0; i < v->n && most; i++) {
		const struct weir_time_vote *vote = &v->items[i];
		if (vote->read == most &&
		    (!pick.vote || (vote->group == pick.vote->group && better(v, vote, pick.vote))))
			pick.vote = vote;
	}
	size_t n = 0;
	for (uint32_t i = 0; i < v->n && pick.vote; i++) {
		const struct weir_time_vote *vote = &v->items[i];
		if (vote != pick.vote && vote->group == pick.vote->group && vote->read == most &&
		    n < WEIR_TIMEFMT_OTHERS)
			pick.others[n++] = vote;
	}
	return pick;
}
