/* What the readers of times share: digits, fractions, names and zones. */
#include "time_parts.h"

bool weir_time_digits(const char **p, const char *end, int n, int *out)
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

bool weir_time_number(const char **p, const char *end, int most, int *out)
{
	int v = 0, n = 0;
	for (; *p < end && n < most && weir_time_is_digit(**p); n++)
		v = v * 10 + (*(*p)++ - '0');
	*out = v;
	return n > 0;
}

bool weir_time_fraction(const char **p, const char *end, int most, int *us)
{
	int v = 0, n = 0;
	for (; *p < end && weir_time_is_digit(**p); (*p)++, n++)
		if (n < 6)
			v = v * 10 + (**p - '0');
	for (int i = n; i < 6; i++)
		v *= 10;
	*us = v;
	return n >= 1 && n <= most;
}

bool weir_time_offset(const char **p, const char *end, int64_t *offset_us)
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
	if (!weir_time_digits(p, end, 2, &hours))
		return false;
	if (*p < end && **p == ':')
		(*p)++;
	if (*p < end && weir_time_is_digit(**p) && !weir_time_digits(p, end, 2, &minutes))
		return false;
	if (hours > 18 || minutes > 59)
		return false;
	*offset_us = (hours * 60 + minutes) * 60 * WEIR_US_PER_S * (west ? -1 : 1);
	return true;
}

/* Names with one offset wherever the tz database has used them since 2000; PST as North America has it (so has RFC 5322). Names
 * that mean different hours in different places (CST, CDT, IST, BST, AST, MSK, SST, GST) are not read. */
static const struct {
	const char *name;
	int minutes;
} zones[] = {
    {"UTC", 0},     {"GMT", 0},    {"Z", 0},      {"UT", 0},     {"UCT", 0},    {"WET", 0},    {"WEST", 60},
    {"CET", 60},    {"CEST", 120}, {"MET", 60},   {"MEST", 120}, {"EET", 120},  {"EEST", 180}, {"WAT", 60},
    {"CAT", 120},   {"SAST", 120}, {"EAT", 180},  {"IDT", 180},  {"PKT", 300},  {"WIB", 420},  {"WITA", 480},
    {"HKT", 480},   {"AWST", 480}, {"JST", 540},  {"KST", 540},  {"WIT", 540},  {"ACST", 570}, {"AEST", 600},
    {"ACDT", 630},  {"AEDT", 660}, {"NZST", 720}, {"NZDT", 780}, {"NST", -210}, {"NDT", -150}, {"ADT", -180},
    {"EDT", -240},  {"EST", -300}, {"MDT", -360}, {"MST", -420}, {"PDT", -420}, {"PST", -480}, {"AKDT", -480},
    {"AKST", -540}, {"HDT", -540}, {"HST", -600},
};
static const struct {
	const char *name;
	int minutes;
} mail_zones[] = {{"CDT", -300}, {"CST", -360}};

static bool zone_named(struct weir_str name, bool mail, int64_t *offset_us)
{
	for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
		if (weir_str_equal_nocase(name, weir_str_of(zones[i].name))) {
			*offset_us = zones[i].minutes * 60 * WEIR_US_PER_S;
			return true;
		}
	for (size_t i = 0; mail && i < sizeof mail_zones / sizeof *mail_zones; i++)
		if (weir_str_equal_nocase(name, weir_str_of(mail_zones[i].name))) {
			*offset_us = mail_zones[i].minutes * 60 * WEIR_US_PER_S;
			return true;
		}
	return false;
}

static struct weir_str letters(const char **p, const char *end)
{
	const char *from = *p;
	while (*p < end && weir_time_is_letter(**p))
		(*p)++;
	return (struct weir_str){from, (size_t)(*p - from)};
}

/* "+1", "+01", "+0100", "+01:00" behind GMT or UTC. */
static bool offset_behind_name(const char **p, const char *end, int64_t *offset_us)
{
	const char *q = *p;
	int hours;
	if (weir_time_offset(p, end, offset_us))
		return true;
	bool west = *q++ == '-';
	if (!weir_time_number(&q, end, 1, &hours) || (q < end && weir_time_is_digit(*q)))
		return false;
	*offset_us = hours * 3600 * WEIR_US_PER_S * (west ? -1 : 1);
	*p = q;
	return true;
}

/* "[Europe/Berlin]", "[u-ca=iso8601]": what RFC 9557 lets follow an offset. */
static bool bracket(const char **p, const char *end)
{
	const char *q = *p + 1;
	while (q < end && (weir_time_is_letter(*q) || weir_time_is_digit(*q) || memchr("_+-/=!", *q, 6)))
		q++;
	if (q >= end || *q != ']' || q == *p + 1)
		return false;
	*p = q + 1;
	return true;
}

/* What may follow an offset and only says it again: "(CET)", "CET", "+01", "[Europe/Berlin]", Go's "m=+0.01". */
static bool zone_comment(const char **p, const char *end)
{
	const char *q = *p;
	if (*q == '[')
		return bracket(p, end);
	weir_time_blanks(&q, end);
	if (q == *p || q >= end)
		return false;
	if (*q == '(') {
		const char *close = memchr(q, ')', (size_t)(end - q));
		*p = close ? close + 1 : *p;
		return close != NULL;
	}
	if (end - q > 2 && q[0] == 'm' && q[1] == '=') {
		for (q += 2; q < end && (weir_time_is_digit(*q) || memchr("+-.", *q, 3));)
			q++;
		*p = q;
		return true;
	}
	int64_t again;
	struct weir_str name = letters(&q, end);
	bool year = name.size == 0 && weir_time_is_digit(*q); /* of `date +%z %Y`: not a comment */
	if (year || (name.size == 0 && !weir_time_offset(&q, end, &again)) || name.size > 5 || name.size == 1)
		return false;
	*p = q;
	return true;
}

bool weir_time_zone(const char **p, const char *end, bool mail, int64_t *offset_us)
{
	const char *q = *p;
	bool ok;
	if (q < end && weir_time_is_letter(*q)) {
		struct weir_str name = letters(&q, end);
		ok = zone_named(name, mail, offset_us);
		bool zero = ok && *offset_us == 0 && name.size >= 2 && name.size <= 3;
		if (zero && q < end && (*q == '+' || *q == '-'))
			ok = offset_behind_name(&q, end, offset_us);
	} else {
		ok = weir_time_offset(&q, end, offset_us);
	}
	if (!ok)
		return false;
	for (int i = 0; i < 3 && q < end && zone_comment(&q, end); i++)
		;
	*p = q;
	return true;
}

bool weir_time_half_day(const char **p, const char *end, bool *pm)
{
	const char *q = *p;
	if (q >= end || ((*q | 32) != 'a' && (*q | 32) != 'p'))
		return false;
	*pm = (*q++ | 32) == 'p';
	bool dots = q < end && *q == '.';
	q += dots;
	if (dots)
		weir_time_blanks(&q, end);
	if (q >= end || (*q++ | 32) != 'm')
		return false;
	if (dots && (q >= end || *q++ != '.'))
		return false;
	*p = q;
	return true;
}

bool weir_time_twelve(int *hour, bool pm)
{
	if (*hour > 12)
		return pm;
	*hour = *hour % 12 + (pm ? 12 : 0);
	return true;
}

void weir_time_blanks(const char **p, const char *end)
{
	for (;;) {
		size_t left = (size_t)(end - *p);
		if (left && (**p == ' ' || **p == '\t'))
			(*p)++;
		else if (left >= 2 && memcmp(*p, "\xc2\xa0", 2) == 0)
			*p += 2;
		else if (left >= 3 && memcmp(*p, "\xe2\x80\xaf", 3) == 0)
			*p += 3;
		else
			return;
	}
}

static int name_of(const char **p, const char *end, const char *const *names, int n)
{
	const char *q = *p;
	struct weir_str word = letters(&q, end);
	for (int i = 0; i < n; i++) {
		struct weir_str whole = weir_str_of(names[i]);
		bool shorter = word.size >= 3 && word.size < whole.size && word.size <= 4 &&
			       (word.size == 3 || (n == 12 && i == 8) || (n == 7 && (i == 2 || i == 4)));
		if (weir_str_equal_nocase(word, whole) ||
		    (shorter && weir_str_equal_nocase(word, (struct weir_str){whole.data, word.size}))) {
			*p = q;
			return i;
		}
	}
	return -1;
}

int weir_time_month_name(const char **p, const char *end)
{
	static const char *const names[] = {"January", "February", "March",     "April",   "May",      "June",
					    "July",    "August",   "September", "October", "November", "December"};
	return name_of(p, end, names, 12);
}

int weir_time_day_name(const char **p, const char *end)
{
	static const char *const names[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
					    "Thursday", "Friday", "Saturday"};
	return name_of(p, end, names, 7);
}

static int days_in_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[month - 1] + (month == 2 && leap);
}

bool weir_time_moment(const struct weir_civil *c, int64_t offset_us, int64_t *us)
{
	if (c->year < 1 || c->year > 9999 || c->month < 1 || c->month > 12 || c->day < 1 ||
	    c->day > days_in_month(c->year, c->month) || c->hour < 0 || c->hour > 23 || c->minute < 0 ||
	    c->minute > 59 || c->second < 0 || c->second > 60)
		return false;
	*us = weir_time_from_civil(c) - offset_us;
	return weir_time_exists(*us); /* a zone or a leap second may lead beyond the calendar */
}
