/* ISO 8601: the strict form that programs write, and what people and logs write like it. */
#include "time_parts.h"

bool weir_time_parse_iso(struct weir_str s, int64_t *us)
{
	const char *p = s.data, *end = s.data + s.size;
	struct weir_civil c = {0};
	int64_t offset = 0;
	if (!weir_time_digits(&p, end, 4, &c.year) || p == end || *p++ != '-' ||
	    !weir_time_digits(&p, end, 2, &c.month) || p == end || *p++ != '-' || !weir_time_digits(&p, end, 2, &c.day))
		return false;
	if (p < end) {
		if ((*p != 'T' && *p != 't' && *p != ' ') || (p++, !weir_time_digits(&p, end, 2, &c.hour)) ||
		    p == end || *p++ != ':' || !weir_time_digits(&p, end, 2, &c.minute))
			return false;
		if (p < end && *p == ':') {
			if (p++, !weir_time_digits(&p, end, 2, &c.second))
				return false;
			if (p < end && (*p == '.' || *p == ',') && (p++, !weir_time_fraction(&p, end, 9, &c.us)))
				return false;
		}
		if (p < end && *p == ' ' && p + 1 < end)
			p++;
		if (p < end && !weir_time_offset(&p, end, &offset))
			return false;
	}
	return p == end && weir_time_moment(&c, offset, us);
}

struct iso {
	const char *p, *end;
	struct weir_civil c;
	int day_of_year;
	bool compact;
};

static size_t digits_at(const struct iso *t)
{
	const char *q = t->p;
	while (q < t->end && weir_time_is_digit(*q))
		q++;
	return (size_t)(q - t->p);
}

/* yyyy-mm-dd with one or two digits for month and day, yyyy-ddd, yyyymmdd, or yyyymmddhhmmss and the start of it. */
static bool iso_date(struct iso *t)
{
	size_t n = digits_at(t);
	if (n == 8 || n == 12 || n == 14 || n == 17) {
		t->compact = true;
		return weir_time_digits(&t->p, t->end, 4, &t->c.year) &&
		       weir_time_digits(&t->p, t->end, 2, &t->c.month) && weir_time_digits(&t->p, t->end, 2, &t->c.day);
	}
	if (n != 4 || !weir_time_digits(&t->p, t->end, 4, &t->c.year) || t->p == t->end || *t->p++ != '-')
		return false;
	n = digits_at(t);
	t->c.month = t->c.day = 1;
	if (n == 3)
		return weir_time_digits(&t->p, t->end, 3, &t->day_of_year) && t->day_of_year >= 1;
	if (n < 1 || n > 2 || !weir_time_number(&t->p, t->end, 2, &t->c.month) || t->p == t->end || *t->p++ != '-')
		return false;
	n = digits_at(t);
	return n >= 1 && n <= 2 && weir_time_number(&t->p, t->end, 2, &t->c.day);
}

static bool iso_fraction(struct iso *t)
{
	if (t->p == t->end || (*t->p != '.' && *t->p != ','))
		return true;
	t->p++;
	return weir_time_fraction(&t->p, t->end, WEIR_TIME_FRACTION_DIGITS, &t->c.us);
}

/* hh:mm, hh:mm:ss, hhmm, hhmmss, with a fraction of the second. */
static bool iso_time(struct iso *t)
{
	size_t n = digits_at(t);
	if (n == 4 || n == 6 || n == 9) { /* 9: with milliseconds */
		bool ok =
		    weir_time_digits(&t->p, t->end, 2, &t->c.hour) && weir_time_digits(&t->p, t->end, 2, &t->c.minute);
		if (ok && n >= 6)
			ok = weir_time_digits(&t->p, t->end, 2, &t->c.second);
		return ok && (n == 9 ? weir_time_fraction(&t->p, t->end, 3, &t->c.us) : n == 4 || iso_fraction(t));
	}
	if (n < 1 || n > 2 || !weir_time_number(&t->p, t->end, 2, &t->c.hour) || t->p == t->end || *t->p++ != ':' ||
	    digits_at(t) > 2 || !weir_time_number(&t->p, t->end, 2, &t->c.minute))
		return false;
	if (t->p == t->end || *t->p != ':')
		return true;
	t->p++;
	return digits_at(t) <= 2 && weir_time_number(&t->p, t->end, 2, &t->c.second) && iso_fraction(t);
}

bool weir_time_read_iso(struct weir_str s, int64_t *us)
{
	struct iso t = {.p = s.data, .end = s.data + s.size};
	int64_t offset = 0;
	bool pm;
	weir_time_blanks(&t.p, t.end);
	if (!iso_date(&t))
		return false;
	if (t.compact && t.p < t.end && weir_time_is_digit(*t.p)) {
		if (!iso_time(&t))
			return false;
	} else if (t.p < t.end) {
		const char *joint = t.p;
		weir_time_blanks(&t.p, t.end);
		if (t.p == joint && (*t.p == 'T' || *t.p == 't'))
			t.p++;
		else if (t.p == joint && *t.p != '+' && *t.p != 'Z')
			return false;
		if (t.p < t.end && t.p > joint && !iso_time(&t))
			return false;
		if (t.p == t.end && (joint[0] | 32) == 't')
			return false;
	}
	weir_time_blanks(&t.p, t.end);
	if (weir_time_half_day(&t.p, t.end, &pm) && !weir_time_twelve(&t.c.hour, pm))
		return false;
	weir_time_blanks(&t.p, t.end);
	if (t.p < t.end && !weir_time_zone(&t.p, t.end, false, &offset))
		return false;
	weir_time_blanks(&t.p, t.end);
	if (t.day_of_year > 365 + ((t.c.year % 4 == 0 && t.c.year % 100 != 0) || t.c.year % 400 == 0))
		return false;
	bool midnight = t.c.hour == 24 && t.c.minute == 0 && t.c.second == 0 && t.c.us == 0; /* the end of the day */
	int days = (midnight ? 1 : 0) + (t.day_of_year ? t.day_of_year - 1 : 0);
	if (midnight)
		t.c.hour = 0;
	return t.p == t.end && weir_time_moment(&t.c, offset - days * 86400 * WEIR_US_PER_S, us);
}
