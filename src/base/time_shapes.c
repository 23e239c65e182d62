/* From a text to the pattern that reads it. The text is walked once: digits, names and marks become directives by what stands
 * before them. Where a date is three numbers, their order is left open and every order that reads the text is returned. */
#include "time_parts.h"

enum { FIRST = 1, SECOND, THIRD }; /* in a pattern that is being made: the three numbers of a date */

struct shape {
	const char *from, *p, *end;
	char pattern[WEIR_TIME_PATTERN_BYTES];
	size_t size;
	bool day, month, year, time, zone, too_long;
	const char *const *orders; /* NULL: the order is known */
};

static void put(struct shape *t, const char *text)
{
	size_t n = strlen(text);
	if (t->size + n >= sizeof t->pattern) {
		t->too_long = true;
		return;
	}
	memcpy(t->pattern + t->size, text, n + 1);
	t->size += n;
}

static void put_mark(struct shape *t, char c)
{
	put(t, (char[2]){c, 0});
}

static size_t digits_from(const struct shape *t, const char *p)
{
	const char *q = p;
	while (q < t->end && weir_time_is_digit(*q))
		q++;
	return (size_t)(q - p);
}

/* '\0' at the end. */
static char at(const struct shape *t, const char *p)
{
	return p < t->end ? *p : 0;
}

static bool month_name_at(const struct shape *t, const char *p)
{
	return weir_time_month_name(&p, t->end) >= 0;
}

static bool half_day_follows(const struct shape *t, const char *p)
{
	bool pm;
	weir_time_blanks(&p, t->end);
	return weir_time_half_day(&p, t->end, &pm);
}

/* hh:mm, hh:mm:ss with a fraction, hh.mm.ss behind a date. */
static bool clock_time(struct shape *t, size_t n)
{
	const char *p = t->p + n;
	const char mark = *p, minute[] = {mark, '%', 'M', 0}, second[] = {mark, '%', 'S', 0};
	size_t minutes = digits_from(t, p + 1), seconds = 0;
	if (minutes != 2)
		return false;
	p += 3;
	if (at(t, p) == mark && (seconds = digits_from(t, p + 1)) > 2)
		return false;
	p += seconds ? seconds + 1 : 0;
	bool sub =
	    seconds && (at(t, p) == '.' || at(t, p) == ',') && digits_from(t, p + 1); /* read without being named */
	bool colon = seconds && at(t, p) == ':' && digits_from(t, p + 1) >= 3;
	if (sub || colon)
		p += 1 + digits_from(t, p + 1);
	put(t, half_day_follows(t, p) ? "%I" : "%H");
	put(t, minute);
	put(t, seconds ? second : "");
	put(t, colon ? ":%f" : "");
	t->p = p;
	t->time = true;
	return true;
}

/* 20260105, 260105; 030405 behind a date. */
static bool run_together(struct shape *t, size_t n)
{
	bool date = !t->day && !t->month && !t->year && (n == 8 || n == 6);
	bool time = t->day && t->month && t->year && !t->time && (n == 6 || n == 4);
	if (date)
		put(t, n == 8 ? "%Y%m%d" : "%y%m%d");
	else if (time)
		put(t, n == 6 ? "%H%M%S" : "%H%M");
	t->day = t->month = t->year = t->year || date;
	t->time |= time;
	t->p += n;
	if (time && n == 6 && (at(t, t->p) == '.' || at(t, t->p) == ',') && digits_from(t, t->p + 1))
		t->p += 1 + digits_from(t, t->p + 1);
	return date || time;
}

static const char *const day_month[] = {"dmY", "mdY", NULL}, *const month_day[] = {"mdY", "dmY", NULL};
static const char *const short_slash[] = {"mdy", "dmy", "ymd", NULL}, *const short_other[] = {"dmy", "ymd", "mdy",
											      NULL};

/* Three numbers with one mark between them. */
static bool three_numbers(struct shape *t, size_t n)
{
	const char *second = t->p + n + 1;
	char mark = t->p[n];
	size_t middle = digits_from(t, second);
	if (middle < 1 || middle > 2 || at(t, second + middle) != mark)
		return false;
	size_t last = digits_from(t, second + middle + 1);
	bool year_first = n == 4 && (last == 1 || last == 2);
	bool year_last = n <= 2 && last == 4, no_year = n <= 2 && last == 2;
	if ((!year_first && !year_last && !no_year) || (mark == ':' && !year_first))
		return false;
	const char marks[] = {FIRST, mark, SECOND, mark, THIRD, 0};
	put(t, year_first ? "%Y" : (const char[]){FIRST, 0});
	if (year_first) {
		put_mark(t, mark);
		put(t, "%m");
		put_mark(t, mark);
		put(t, "%d");
	} else {
		put(t, marks + 1);
		t->orders =
		    year_last ? (mark == '/' ? month_day : day_month) : (mark == '/' ? short_slash : short_other);
	}
	t->day = t->month = t->year = true;
	t->p = second + middle + 1 + last;
	return true;
}

static bool number(struct shape *t)
{
	size_t n = digits_from(t, t->p);
	char next = at(t, t->p + n);
	bool fresh = !t->day && !t->month && !t->year;
	bool date = t->day && t->month;
	if (!t->time && n <= 2 && next == ':' && digits_from(t, t->p + n + 1))
		return clock_time(t, n);
	if (!t->time && date && n <= 2 && next == '.' && digits_from(t, t->p + n + 1) == 2)
		return clock_time(t, n);
	if (fresh && n <= 4 && next && strchr("/-.:", next) && three_numbers(t, n))
		return true;
	if (fresh && (n == 4 || n <= 2)) { /* a name of the month follows */
		const char *p = t->p + n;
		weir_time_blanks(&p, t->end);
		p += p < t->end && p == t->p + n && strchr("/-.", *p);
		if (!month_name_at(t, p))
			return false;
		put(t, n == 4 ? "%Y" : "%d");
		t->year = n == 4;
		t->day = n != 4;
		t->p += n;
		return true;
	}
	if (t->month && !t->day && n <= 2) {
		put(t, "%d");
		t->day = true;
	} else if (t->time && n == 3 && t->size > 3 && memcmp(t->pattern + t->size - 3, "%S ", 3) == 0) {
		put(t, "%f"); /* milliseconds behind a blank */
	} else if (date && !t->year && (n == 4 || n == 2)) {
		put(t, n == 4 ? "%Y" : "%y");
		t->year = true;
	} else {
		return (n == 4 || n == 6 || n == 8) && run_together(t, n);
	}
	t->p += n;
	return true;
}

static bool zone(struct shape *t, const char *directive)
{
	int64_t offset;
	/* the names that only mail knows are decided when the pattern is tried */
	if (!t->time || t->zone || !weir_time_zone(&t->p, t->end, true, &offset))
		return false;
	put(t, directive);
	t->zone = true;
	return true;
}

static bool word(struct shape *t)
{
	const char *p = t->p;
	bool pm;
	if (weir_time_is_digit(at(t, p + 1)) && (*p | 32) == 't' && t->day && !t->time) {
		put_mark(t, *t->p++);
	} else if (!t->month && weir_time_month_name(&t->p, t->end) >= 0) {
		put(t, "%b");
		t->month = true;
	} else if (t->size == 0 && weir_time_day_name(&t->p, t->end) >= 0) {
		put(t, "%a");
	} else if (t->time && !t->zone && weir_time_half_day(&t->p, t->end, &pm)) {
		put(t, "%p");
	} else if (t->day && !t->time && t->end - p > 3 && memcmp(p, "at ", 3) == 0) {
		put(t, "at");
		t->p += 2;
	} else {
		return zone(t, "%Z");
	}
	return true;
}

static bool walk(struct shape *t)
{
	while (t->p < t->end) {
		const char *before = t->p;
		weir_time_blanks(&t->p, t->end);
		if (t->p != before) {
			if (t->p < t->end)
				put(t, " ");
			continue;
		}
		bool ok = true;
		if (weir_time_is_digit(*t->p))
			ok = number(t);
		else if (weir_time_is_letter(*t->p))
			ok = word(t);
		else if ((*t->p != '+' && *t->p != '-') || !zone(t, "%z")) {
			ok = strchr(",/-.:_@[]", *t->p) != NULL && *t->p;
			put_mark(t, *t->p++);
		}
		if (!ok || t->too_long)
			return false;
	}
	return t->day && t->month && (t->year || t->time);
}

/* The pattern with its three numbers in an order such as "dmY". */
static bool in_order(const struct shape *t, const char *order, char out[WEIR_TIME_PATTERN_BYTES])
{
	size_t n = 0;
	for (size_t i = 0; i < t->size; i++) {
		bool part = t->pattern[i] >= FIRST && t->pattern[i] <= THIRD;
		if (n + 3 > WEIR_TIME_PATTERN_BYTES)
			return false;
		if (part)
			out[n++] = '%';
		out[n++] = part ? order[t->pattern[i] - FIRST] : t->pattern[i];
	}
	out[n] = 0;
	return true;
}

/* Of a year with a February 29, so that one without a year is no hindrance. */
#define LEAP_US (INT64_C(1735600000) * WEIR_US_PER_S)

static size_t shapes(struct weir_str s, char patterns[WEIR_TIME_SHAPES][WEIR_TIME_PATTERN_BYTES], bool *open)
{
	static const char *const known[] = {"", NULL};
	enum { LONGEST = 120 };
	s = weir_str_trim(s);
	struct shape t = {.from = s.data, .p = s.data, .end = s.data + s.size};
	size_t n = 0;
	int64_t us;
	if (s.size < 6 || s.size > LONGEST || !walk(&t))
		return 0;
	*open = t.orders != NULL;
	for (const char *const *order = t.orders ? t.orders : known; *order && n < WEIR_TIME_SHAPES; order++)
		if (in_order(&t, *order, patterns[n]) && weir_time_parse_pattern(s, patterns[n], LEAP_US, &us))
			n++;
	return n;
}

size_t weir_time_shapes(struct weir_str s, char patterns[WEIR_TIME_SHAPES][WEIR_TIME_PATTERN_BYTES])
{
	bool open;
	return shapes(s, patterns, &open);
}

/* 1990 to 2100, in seconds. */
static const double EPOCH_LOW = 631152000.0, EPOCH_HIGH = 4102444800.0;

enum weir_time_unit weir_time_unit_of(double v)
{
	double scale = 1;
	for (int unit = WEIR_TIME_S; unit <= WEIR_TIME_NS; unit++, scale *= 1e3)
		if (v >= EPOCH_LOW * scale && v <= EPOCH_HIGH * scale)
			return (enum weir_time_unit)unit;
	return WEIR_TIME_NO_UNIT;
}

/* /Date(1767582245123-0500)/: milliseconds in UTC; the offset only says where it was written. */
static bool wrapped(struct weir_str *s)
{
	const char *const before = "/Date(", *const after = ")/";
	if (s->size < 9 || memcmp(s->data, before, 6) != 0 || memcmp(s->data + s->size - 2, after, 2) != 0)
		return false;
	s->data += 6;
	s->size -= 8;
	for (size_t i = 1; i < s->size; i++)
		if ((s->data[i] == '+' || s->data[i] == '-') && s->size - i == 5)
			s->size = i;
	return true;
}

static int64_t floor_to_us(int64_t ns)
{
	return ns / 1000 - (ns % 1000 < 0);
}

bool weir_time_read_epoch(struct weir_str s, enum weir_time_unit unit, int64_t *us)
{
	static const int64_t scale[] = {1000000, 1000, 1, 1}; /* microseconds a unit; nanoseconds are divided below */
	static const int places[] = {6, 3, 0, 0};
	s = weir_str_trim(s);
	if (wrapped(&s) && unit != WEIR_TIME_MS)
		return false;
	const char *p = s.data, *end = s.data + s.size;
	bool negative = p < end && *p == '-', cut = false;
	p += negative;
	int64_t v = 0, fraction = 0;
	const char *first = p;
	for (; p < end && weir_time_is_digit(*p); p++)
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, *p - '0', &v))
			return false;
	if (p == first)
		return false;
	if (p < end && (*p == '.' || *p == ',') && end - p > 1) {
		const char *digit = ++p;
		for (; p < end && weir_time_is_digit(*p); p++)
			if (p - digit < places[unit])
				fraction = fraction * 10 + (*p - '0');
			else
				cut |= *p != '0';
		for (int64_t i = p - digit; i < places[unit]; i++)
			fraction *= 10;
	}
	if (p != end || __builtin_mul_overflow(v, scale[unit], &v) || __builtin_add_overflow(v, fraction, &v))
		return false;
	v = negative ? -v : v;
	if (unit == WEIR_TIME_NS)
		v = floor_to_us(v - (negative && cut));
	else
		v -= negative && cut;
	*us = v;
	return weir_time_exists(v);
}

static bool all_digits(struct weir_str s)
{
	for (size_t i = 0; i < s.size; i++)
		if (!weir_time_is_digit(s.data[i]) && s.data[i] != '.')
			return false;
	return s.size > 0;
}

bool weir_time_read(struct weir_str s, int64_t *us)
{
	char patterns[WEIR_TIME_SHAPES][WEIR_TIME_PATTERN_BYTES];
	bool open = false;
	double v;
	if (weir_time_parse_iso(s, us))
		return true;
	s = weir_str_trim(s);
	if (all_digits(s)) { /* a number is only a time of our time */
		if (weir_time_read_iso(s, us)) {
			int64_t seconds = *us / WEIR_US_PER_S;
			if (weir_time_unit_of((double)seconds) == WEIR_TIME_S)
				return true;
		}
		enum weir_time_unit unit = weir_parse_double(s, &v) ? weir_time_unit_of(v) : WEIR_TIME_NO_UNIT;
		return unit != WEIR_TIME_NO_UNIT && weir_time_read_epoch(s, unit, us);
	}
	if (weir_time_read_iso(s, us))
		return true;
	if (s.size && *s.data == '/')
		return weir_time_read_epoch(s, WEIR_TIME_MS, us);
	return shapes(s, patterns, &open) == 1 && !open && weir_time_pattern_has_year(patterns[0]) &&
	       weir_time_parse_pattern(s, patterns[0], WEIR_TIME_NONE, us);
}
