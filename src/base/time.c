#include "weir/base/time.h"


/* Days since 1970-01-01; the year starts in March so that the leap day is its last. */
static int64_t days_from_civil(int64_t y, int m, int d)
{
	y -= m <= 2;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

int64_t weir_time_from_civil(const struct weir_civil *c)
{
	return (((days_from_civil(c->year, c->month, c->day) * 24 + c->hour) * 60 + c->minute) * 60 + c->second) * WEIR_US_PER_S +
	       c->us;
}

struct weir_civil weir_time_to_civil(int64_t us)
{
	int64_t days = floor_div(us, 86400 * WEIR_US_PER_S);
	int64_t rest = us - days * 86400 * WEIR_US_PER_S;
	int64_t z = days + 719468;
	int64_t era = floor_div(z, 146097);
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int mp = (int)((5 * doy + 2) / 153);
	struct weir_civil c;
	c.day = (int)(doy - (153 * mp + 2) / 5 + 1);
	c.month = mp < 10 ? mp + 3 : mp - 9;
	c.year = (int)(yoe + era * 400 + (c.month <= 2));
	c.us = (int)(rest % WEIR_US_PER_S);
	rest /= WEIR_US_PER_S;
	c.second = (int)(rest % 60);
	c.minute = (int)(rest / 60 % 60);
	c.hour = (int)(rest / 3600);
	c.weekday = (int)((days % 7 + 11) % 7 + 1);
	return c;
}

static char *put_digits(char *p, int v, int n)
{
	for (int i = n; i-- > 0; v /= 10)
		p[i] = (char)('0' + v % 10);
	return p + n;
}

size_t weir_time_format_iso(int64_t us, char out[40])
{
	struct weir_civil c = weir_time_to_civil(us);
	char *p = put_digits(out, c.year, 4);
	*p++ = '-';
	p = put_digits(p, c.month, 2);
	*p++ = '-';
	p = put_digits(p, c.day, 2);
	*p++ = 'T';
	p = put_digits(p, c.hour, 2);
	*p++ = ':';
	p = put_digits(p, c.minute, 2);
	*p++ = ':';
	p = put_digits(p, c.second, 2);
	if (c.us) {
		*p++ = '.';
		p = c.us % 1000 ? put_digits(p, c.us, 6) : put_digits(p, c.us / 1000, 3);
	}
	*p++ = 'Z';
	*p = 0;
	return (size_t)(p - out);
}

static int days_in_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[month - 1] + (month == 2 && leap);
}

static bool civil_valid(const struct weir_civil *c)
{
	return c->year >= 1 && c->year <= 9999 && c->month >= 1 && c->month <= 12 && c->day >= 1 &&
	       c->day <= days_in_month(c->year, c->month) && c->hour >= 0 && c->hour <= 23 && c->minute >= 0 &&
	       c->minute <= 59 && c->second >= 0 && c->second <= 60;
}

/* Reads exactly `n` digits at *p. */
static bool digits(const char **p, const char *end, int n, int *out)
{
	int v = 0;
	if (end - *p < n)
		return false;
	for (int i = 0; i < n; i++) {
		unsigned d = (unsigned char)(*p)[i] - '0';
		if (d > 9)
			return false;
		v = v * 10 + (int)d;
	}
	*p += n;
	*out = v;
	return true;
}

static bool fraction(const char **p, const char *end, int *us)
{
	int v = 0, n = 0;
	for (; *p < end && (unsigned char)(**p - '0') <= 9; (*p)++, n++)
		if (n < 6)
			v = v * 10 + (**p - '0');
	for (int i = n; i < 6; i++)
		v *= 10;
	*us = v;
	return n >= 1 && n <= 9;
}

/* Z, ±hh, ±hhmm, ±hh:mm. */
static bool zone(const char **p, const char *end, int64_t *offset_us)
{
	*offset_us = 0;
	if (*p < end && (**p == 'Z' || **p == 'z')) {
		(*p)++;
		return true;
	}
	if (*p == end || (**p != '+' && **p != '-'))
		return false;
	bool west = *(*p)++ == '-';
	int hours, minutes = 0;
	if (!digits(p, end, 2, &hours))
		return false;
	if (*p < end && **p == ':')
		(*p)++;
	if (*p < end && (unsigned char)(**p - '0') <= 9 && !digits(p, end, 2, &minutes))
		return false;
	if (hours > 18 || minutes > 59)
		return false;
	*offset_us = (hours * 60 + minutes) * 60 * WEIR_US_PER_S * (west ? -1 : 1);
	return true;
}

/* 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999999Z */
static const int64_t first_us = INT64_C(-62135596800000000), last_us = INT64_C(253402300799999999);

bool weir_time_parse_iso(struct weir_str s, int64_t *us)
{
	const char *p = s.data, *end = s.data + s.size;
	struct weir_civil c = {0};
	int64_t offset = 0;
	if (!digits(&p, end, 4, &c.year) || p == end || *p++ != '-' || !digits(&p, end, 2, &c.month) || p == end ||
	    *p++ != '-' || !digits(&p, end, 2, &c.day))
		return false;
	if (p < end) {
		if ((*p != 'T' && *p != 't' && *p != ' ') || (p++, !digits(&p, end, 2, &c.hour)) || p == end || *p++ != ':' ||
		    !digits(&p, end, 2, &c.minute))
			return false;
		if (p < end && *p == ':' && (p++, !digits(&p, end, 2, &c.second)))
			return false;
		if (p < end && (*p == '.' || *p == ',') && (p++, !fraction(&p, end, &c.us)))
			return false;
		if (p < end && *p == ' ' && p + 1 < end)
			p++;
		if (p < end && !zone(&p, end, &offset))
			return false;
	}
	if (p != end || !civil_valid(&c))
		return false;
	*us = weir_time_from_civil(&c) - offset;
	return *us >= first_us && *us <= last_us; /* a zone or a leap second may lead beyond the calendar */
}

struct parse {
	const char *p, *end;
	struct weir_civil c;
	int64_t offset_us;
	int64_t epoch_s;
	int day_of_year;
	bool pm, twelve, epoch;
};

static bool number(struct parse *t, int most, int low, int high, int *out)
{
	int v = 0, n = 0;
	while (t->p < t->end && n < most && (unsigned char)(*t->p - '0') <= 9) {
		v = v * 10 + (*t->p++ - '0');
		n++;
	}
	*out = v;
	return n > 0 && v >= low && v <= high;
}

static bool name(struct parse *t, const char *const *names, int n, int *out)
{
	for (int i = 0; i < n; i++)
		for (int shorter = 0; shorter < 2; shorter++) {
			size_t size = shorter ? 3 : strlen(names[i]);
			if ((size_t)(t->end - t->p) >= size &&
			    weir_str_equal_nocase((struct weir_str){t->p, size}, (struct weir_str){names[i], size})) {
				t->p += size;
				*out = i;
				return true;
			}
		}
	return false;
}

static const char *const month_names[] = {"January", "February", "March", "April", "May", "June", "July", "August",
	"September", "October", "November", "December"};
static const char *const day_names[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

static bool parse_text(struct parse *t, const char *format);

static bool parse_epoch(struct parse *t)
{
	bool negative = t->p < t->end && *t->p == '-';
	t->p += negative;
	int64_t v = 0;
	int n = 0;
	for (; t->p < t->end && n < 12 && (unsigned char)(*t->p - '0') <= 9; n++)
		v = v * 10 + (*t->p++ - '0');
	t->epoch = true;
	t->epoch_s = negative ? -v : v;
	return n > 0;
}

static bool parse_zone_name(struct parse *t)
{
	const char *from = t->p;
	while (t->p < t->end && ((*t->p >= 'A' && *t->p <= 'Z') || (*t->p >= 'a' && *t->p <= 'z')))
		t->p++;
	struct weir_str zone_name = {from, (size_t)(t->p - from)};
	return weir_str_equal_nocase(zone_name, WEIR_STR("utc")) || weir_str_equal_nocase(zone_name, WEIR_STR("gmt")) ||
	       weir_str_equal_nocase(zone_name, WEIR_STR("z"));
}

static bool parse_item(struct parse *t, char item)
{
	int n;
	switch (item) {
	case 'Y': return number(t, 4, 1, 9999, &t->c.year);
	case 'y':
		if (!number(t, 2, 0, 99, &n))
			return false;
		t->c.year = n < 69 ? 2000 + n : 1900 + n;
		return true;
	case 'm': return number(t, 2, 1, 12, &t->c.month);
	case 'e':
		while (t->p < t->end && *t->p == ' ')
			t->p++;
		return number(t, 2, 1, 31, &t->c.day);
	case 'd': return number(t, 2, 1, 31, &t->c.day);
	case 'H': return number(t, 2, 0, 23, &t->c.hour);
	case 'I': t->twelve = true; return number(t, 2, 1, 12, &t->c.hour);
	case 'p':
		if (t->end - t->p < 2 || ((t->p[1] | 32) != 'm') || ((t->p[0] | 32) != 'a' && (t->p[0] | 32) != 'p'))
			return false;
		t->pm = (t->p[0] | 32) == 'p';
		t->p += 2;
		return true;
	case 'M': return number(t, 2, 0, 59, &t->c.minute);
	case 'S': return number(t, 2, 0, 60, &t->c.second);
	case 'f': return fraction(&t->p, t->end, &t->c.us);
	case 'z': return zone(&t->p, t->end, &t->offset_us);
	case 'Z': return parse_zone_name(t);
	case 'b':
	case 'B':
		if (!name(t, month_names, 12, &n))
			return false;
		t->c.month = n + 1;
		return true;
	case 'a':
	case 'A': return name(t, day_names, 7, &n);
	case 'j': return number(t, 3, 1, 366, &t->day_of_year);
	case 's': return parse_epoch(t);
	case 'T': return parse_text(t, "%H:%M:%S");
	case 'R': return parse_text(t, "%H:%M");
	case 'D': return parse_text(t, "%m/%d/%y");
	case 'F': return parse_text(t, "%Y-%m-%d");
	case 'n':
	case 't': return parse_text(t, " ");
	case '%': return t->p < t->end && *t->p++ == '%';
	default: return false;
	}
}

static bool parse_text(struct parse *t, const char *format)
{
	for (; *format; format++) {
		if (*format == '%' && format[1]) {
			if (!parse_item(t, *++format))
				return false;
		} else if (*format == ' ') {
			while (t->p < t->end && (*t->p == ' ' || *t->p == '\t'))
				t->p++;
		} else if (t->p == t->end || *t->p++ != *format) {
			return false;
		}
	}
	return true;
}

bool weir_time_parse_format(struct weir_str s, const char *format, int64_t *us)
{
	struct parse t = {.p = s.data, .end = s.data + s.size, .c = {.year = 1970, .month = 1, .day = 1}};
	if (!parse_text(&t, format) || t.p != t.end)
		return false;
	if (t.twelve)
		t.c.hour = t.c.hour % 12 + (t.pm ? 12 : 0);
	if (t.epoch) {
		*us = t.epoch_s * WEIR_US_PER_S + t.c.us;
		return true;
	}
	if (!civil_valid(&t.c))
		return false;
	*us = weir_time_from_civil(&t.c) - t.offset_us;
	if (t.day_of_year)
		*us += (int64_t)(t.day_of_year - 1) * 86400 * WEIR_US_PER_S;
	return true;
}
