/* strptime(3) patterns. Ours, because strptime obeys the locale, needs NUL-terminated text, and knows no fractions, few zones and
 * no way to say that a text names no year. */
#include "time_parts.h"

struct parse {
	const char *p, *end;
	struct weir_civil c;
	int64_t offset_us;
	int64_t epoch_s;
	int day_of_year;
	const char *second_at; /* NULL: not yet, or one digit */
	bool half_day, pm, epoch, negative, year, zone, mail;
};

static bool number(struct parse *t, int most, int low, int high, int *out)
{
	return weir_time_number(&t->p, t->end, most, out) && *out >= low && *out <= high;
}

static bool padded(struct parse *t, int low, int high, int *out)
{
	while (t->p < t->end && *t->p == ' ')
		t->p++;
	return number(t, 2, low, high, out);
}

static bool parse_text(struct parse *t, const char *format);

static bool parse_epoch(struct parse *t)
{
	t->negative = t->p < t->end && *t->p == '-';
	t->p += t->negative;
	int64_t v = 0;
	int n = 0;
	for (; t->p < t->end && n < 12 && weir_time_is_digit(*t->p); n++)
		v = v * 10 + (*t->p++ - '0');
	t->epoch = true;
	t->epoch_s = t->negative ? -v : v;
	return n > 0;
}

static bool parse_day(struct parse *t, char item)
{
	int n;
	switch (item) {
	case 'Y':
		t->year = true;
		return number(t, 4, 1, 9999, &t->c.year);
	case 'y':
		t->year = true;
		if (!number(t, 2, 0, 99, &n))
			return false;
		t->c.year = n < 69 ? 2000 + n : 1900 + n;
		return true;
	case 'm':
		return number(t, 2, 1, 12, &t->c.month);
	case 'e':
		return padded(t, 1, 31, &t->c.day);
	case 'd':
		return number(t, 2, 1, 31, &t->c.day);
	case 'j':
		return number(t, 3, 1, 366, &t->day_of_year);
	case 'b':
	case 'B':
	case 'h':
		t->c.month = weir_time_month_name(&t->p, t->end) + 1;
		return t->c.month > 0;
	case 'a':
	case 'A':
		if (weir_time_day_name(&t->p, t->end) < 0)
			return false;
		t->mail = t->p < t->end && *t->p == ',';
		return true;
	case 'D':
		return parse_text(t, "%m/%d/%y");
	case 'F':
		return parse_text(t, "%Y-%m-%d");
	case 'c':
		return parse_text(t, "%a %b %e %H:%M:%S %Y");
	default:
		return false;
	}
}

static bool parse_time(struct parse *t, char item)
{
	switch (item) {
	case 'I':
		return number(t, 2, 1, 12, &t->c.hour);
	case 'H':
		return number(t, 2, 0, 23, &t->c.hour);
	case 'l':
		return padded(t, 1, 12, &t->c.hour);
	case 'k':
		return padded(t, 0, 23, &t->c.hour);
	case 'M':
		return number(t, 2, 0, 59, &t->c.minute);
	case 'S':
		t->second_at = t->p;
		if (!number(t, 2, 0, 60, &t->c.second))
			return false;
		if (t->p - t->second_at != 2)
			t->second_at = NULL;
		return true;
	case 'f':
		return weir_time_fraction(&t->p, t->end, WEIR_TIME_FRACTION_DIGITS, &t->c.us);
	case 'p':
		t->half_day = true;
		return weir_time_half_day(&t->p, t->end, &t->pm);
	case 'z':
	case 'Z':
		t->zone = true;
		return weir_time_zone(&t->p, t->end, t->mail, &t->offset_us);
	case 's':
		return parse_epoch(t);
	case 'T':
		return parse_text(t, "%H:%M:%S");
	case 'R':
		return parse_text(t, "%H:%M");
	case 'r':
		return parse_text(t, "%I:%M:%S %p");
	default:
		return false;
	}
}

/* Formatters leave a fraction out when it is zero, or add one that the pattern does not name. */
static bool loose_fraction(struct parse *t, const char **format)
{
	bool named = (format[0][1] == '.' || format[0][1] == ',') && format[0][2] == '%' && format[0][3] == 'f';
	bool there = t->end - t->p >= 2 && (*t->p == '.' || *t->p == ',') && weir_time_is_digit(t->p[1]);
	if (named)
		*format += 3;
	else if (format[0][1] == '.' || format[0][1] == ',' || (format[0][1] == '%' && format[0][2] == 'f'))
		return true;
	if (!there)
		return true;
	t->p++;
	return weir_time_fraction(&t->p, t->end, WEIR_TIME_FRACTION_DIGITS, &t->c.us);
}

static bool parse_text(struct parse *t, const char *format)
{
	for (; *format; format++) {
		if (*format == '%' && format[1] == '%') {
			if (t->p == t->end || *t->p++ != *format++)
				return false;
		} else if (*format == ' ' || (*format == '%' && (format[1] == 'n' || format[1] == 't'))) {
			format += *format == '%';
			weir_time_blanks(&t->p, t->end);
		} else if (*format == '%') {
			format++;
			if (!parse_day(t, *format) && !parse_time(t, *format))
				return false;
			if ((*format == 'S' || *format == 'T') && !loose_fraction(t, &format))
				return false;
		} else if (t->p == t->end || *t->p++ != *format) {
			return false;
		}
	}
	return true;
}

/* The last year in which the time is not more than a day after `newest_us`: clocks and zones differ by less. */
static bool last_year(struct parse *t, int64_t newest_us, int64_t *us)
{
	const int64_t limit = newest_us + 86400 * WEIR_US_PER_S;
	if (newest_us == WEIR_TIME_NONE || !weir_time_exists(limit))
		return false;
	int year = weir_time_to_civil(limit).year;
	for (int back = 0; back <= 8; back++) { /* as long as a February 29 may be away */
		t->c.year = year - back;
		if (weir_time_moment(&t->c, t->offset_us, us) && *us <= limit)
			return true;
	}
	return false;
}

static bool finish(struct parse *t, int64_t newest_us, int64_t *us)
{
	if (t->half_day && !weir_time_twelve(&t->c.hour, t->pm))
		return false;
	if (t->epoch) {
		*us = t->epoch_s * WEIR_US_PER_S + (t->negative ? -t->c.us : t->c.us);
		return weir_time_exists(*us);
	}
	if (!t->year)
		return !t->day_of_year && last_year(t, newest_us, us);
	bool leap = (t->c.year % 4 == 0 && t->c.year % 100 != 0) || t->c.year % 400 == 0;
	if (t->day_of_year > 365 + leap)
		return false;
	int days = t->day_of_year ? t->day_of_year - 1 : 0;
	return weir_time_moment(&t->c, t->offset_us - days * 86400 * WEIR_US_PER_S, us);
}

bool weir_time_parse_pattern(struct weir_str s, const char *pattern, int64_t newest_us, int64_t *us)
{
	size_t unused;
	return weir_time_parse_pattern_at(s, pattern, newest_us, us, &unused);
}

bool weir_time_parse_pattern_at(struct weir_str s, const char *pattern, int64_t newest_us, int64_t *us,
				size_t *second_at)
{
	struct parse t = {.p = s.data, .end = s.data + s.size, .c = {.year = 1970, .month = 1, .day = 1}};
	if (!parse_text(&t, pattern))
		return false;
	if (t.p < t.end && !t.zone && !t.epoch) {
		weir_time_blanks(&t.p, t.end);
		if (t.p < t.end && !weir_time_zone(&t.p, t.end, t.mail, &t.offset_us))
			return false;
	}
	*second_at = t.second_at && !t.epoch ? (size_t)(t.second_at - s.data) : SIZE_MAX;
	return t.p == t.end && finish(&t, newest_us, us);
}

bool weir_time_parse_format(struct weir_str s, const char *pattern, int64_t *us)
{
	return weir_time_parse_pattern(s, pattern, WEIR_TIME_NONE, us);
}

static bool names_any(const char *pattern, const char *items)
{
	for (const char *p = pattern; (p = strchr(p, '%')) && p[1]; p += 2)
		if (strchr(items, p[1]))
			return true;
	return false;
}

enum weir_time_pattern_fault weir_time_check_pattern(const char *pattern, const char **at)
{
	for (const char *p = pattern; (p = strchr(p, '%')); p += 2) {
		*at = p;
		if (!p[1] || !strchr("YymdejbBhaAHkIlMSfpzZsTRrDFcnt%", p[1]))
			return WEIR_TIME_PATTERN_DIRECTIVE;
	}
	bool day = names_any(pattern, "de") && names_any(pattern, "mbBh");
	/* A day or an hour of no month is none; a year by itself is its first day, and so is a month. */
	bool gap =
	    !names_any(pattern, "sDFcj") && !day && (names_any(pattern, "de") || weir_time_pattern_has_time(pattern));
	return day || (!gap && names_any(pattern, "YysDFc")) ? WEIR_TIME_PATTERN_OK : WEIR_TIME_PATTERN_NO_DATE;
}

bool weir_time_pattern_has_year(const char *pattern)
{
	return names_any(pattern, "YysDFc");
}

bool weir_time_pattern_has_time(const char *pattern)
{
	return names_any(pattern, "HkIlsTRrc");
}
