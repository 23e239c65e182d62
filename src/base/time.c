/* Civil time and its ISO text. Ours, not strftime and timegm: microseconds, no locale, no time zone of the machine, and a clear
 * bound on the years. */
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

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

int64_t weir_time_from_civil(const struct weir_civil *c)
{
	return (((days_from_civil(c->year, c->month, c->day) * 24 + c->hour) * 60 + c->minute) * 60 + c->second) *
		   WEIR_US_PER_S +
	       c->us;
}

struct weir_civil weir_time_to_civil(int64_t us)
{
	int64_t days = floor_div(us, 86400 * WEIR_US_PER_S);
	int64_t rest = us % (86400 * WEIR_US_PER_S);
	rest += rest < 0 ? 86400 * WEIR_US_PER_S : 0; /* not us - days * …: that overflows at the ends */
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

/* "2026-11-22T10:00:00", of any year that 64 bits of microseconds hold. */
static char *put_civil(char *p, const struct weir_civil *c, char joint)
{
	int year = c->year;
	if (year < 0) {
		*p++ = '-';
		year = -year;
	}
	p = put_digits(p, year, year > 99999 ? 6 : year > 9999 ? 5 : 4);
	*p++ = '-';
	p = put_digits(p, c->month, 2);
	*p++ = '-';
	p = put_digits(p, c->day, 2);
	*p++ = joint;
	p = put_digits(p, c->hour, 2);
	*p++ = ':';
	p = put_digits(p, c->minute, 2);
	*p++ = ':';
	return put_digits(p, c->second, 2);
}

size_t weir_time_format_iso(int64_t us, char out[40])
{
	struct weir_civil c = weir_time_to_civil(us);
	char *p = put_civil(out, &c, 'T');
	if (c.us) {
		*p++ = '.';
		p = c.us % 1000 ? put_digits(p, c.us, 6) : put_digits(p, c.us / 1000, 3);
	}
	*p++ = 'Z';
	*p = 0;
	return (size_t)(p - out);
}

size_t weir_time_format_sql(int64_t us, char out[40])
{
	struct weir_civil c = weir_time_to_civil(us);
	char *p = put_civil(out, &c, ' ');
	if (c.us) {
		*p++ = '.';
		p = put_digits(p, c.us, 6);
		while (p[-1] == '0')
			p--;
	}
	*p = 0;
	return (size_t)(p - out);
}
