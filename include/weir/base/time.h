/* Civil time in UTC microseconds since 1970-01-01. Proleptic Gregorian; years 0001 to 9999; no leap seconds.
 * Method of the day count: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". Thread: pure functions. */
#ifndef WEIR_BASE_TIME_H
#define WEIR_BASE_TIME_H

#include "weir/base/str.h"

#define WEIR_TIME_NONE INT64_MIN /* no event time */
#define WEIR_US_PER_S INT64_C(1000000)
/* The years 1 to 9999: what lies outside is no time. */
#define WEIR_TIME_FIRST_US INT64_C(-62135596800000000)
#define WEIR_TIME_LAST_US INT64_C(253402300799999999)
static inline bool weir_time_exists(int64_t us)
{
	return us >= WEIR_TIME_FIRST_US && us <= WEIR_TIME_LAST_US;
}

struct weir_civil {
	int year, month, day, hour, minute, second; /* month and day from 1 */
	int us;
	int weekday; /* 1 = Sunday … 7 = Saturday, as Spark's dayofweek */
};

int64_t weir_time_from_civil(const struct weir_civil *c);
struct weir_civil weir_time_to_civil(int64_t us);
/* ISO 8601 in UTC: "2026-11-22T10:00:00Z"; the fraction (3 or 6 digits) only when not zero. Years outside 1 to 9999 are
 * written with as many digits as they have. Returns bytes. */
size_t weir_time_format_iso(int64_t us, char out[40]);
/* As SQL casts it to text: "2026-11-22 10:00:00.5", the fraction without closing zeros. Returns bytes. */
size_t weir_time_format_sql(int64_t us, char out[40]);

enum {
	WEIR_TIME_FRACTION_DIGITS = 18, /* that are read; what is below a microsecond is cut off */
	WEIR_TIME_PATTERN_BYTES = 80,   /* a pattern that weir_time_shapes makes, with its end */
	WEIR_TIME_SHAPES = 3,
};

/* All readers below want the whole text to match, and a result within the range above. */

/* ISO 8601 / RFC 3339 as programs write it: date, date and time (T or blank), fraction of 1-9 digits (cut to µs), Z or
 * ±hh[:mm] or none (UTC). */
bool weir_time_parse_iso(struct weir_str s, int64_t *us);
/* And what is written like it: blanks around, one digit for month, day or hour, 20261122T100000, 20261122100000, 2026-326,
 * any number of digits of a fraction, AM and PM, zone names with one meaning (UTC, CEST, PST), GMT+1, [Europe/Berlin]
 * behind an offset, 24:00:00. */
bool weir_time_read_iso(struct weir_str s, int64_t *us);

/* strptime: %Y %y %m %d %e %j %b %B %h %a %A %H %k %I %l %M %S %f %p %z %Z %s %T %R %r %D %F %c %n %t %%, no locale. Also read
 * where the pattern does not name them: a fraction behind %S, a zone at the end. A blank stands for any number of them. Without a
 * year, the last one in which the time is not more than a day after `newest_us`; WEIR_TIME_NONE: such a text is no time. */
bool weir_time_parse_pattern(struct weir_str s, const char *pattern, int64_t newest_us, int64_t *us);
/* The same; *second_at: where the text has the two digits of %S; SIZE_MAX: it has them nowhere, or not as two digits. */
bool weir_time_parse_pattern_at(struct weir_str s, const char *pattern, int64_t newest_us, int64_t *us,
				size_t *second_at);
/* The same without a year to start from. */
bool weir_time_parse_format(struct weir_str s, const char *pattern, int64_t *us);
enum weir_time_pattern_fault {
	WEIR_TIME_PATTERN_OK,
	WEIR_TIME_PATTERN_DIRECTIVE, /* *at: the first directive that is none */
	WEIR_TIME_PATTERN_NO_DATE,   /* no day is named */
};
enum weir_time_pattern_fault weir_time_check_pattern(const char *pattern, const char **at);
bool weir_time_pattern_has_year(const char *pattern);
bool weir_time_pattern_has_time(const char *pattern); /* of day */

/* The patterns that read a text of any form that logs and exports have, likeliest first; 0: none. More than one: the order
 * of day, month and year is not clear from this text. ISO texts have none of these (weir_time_read_iso). */
size_t weir_time_shapes(struct weir_str s, char patterns[WEIR_TIME_SHAPES][WEIR_TIME_PATTERN_BYTES]);
/* A text of any form that has one meaning: ISO and the like, RFC 5322, ctime, access logs, /Date(…)/, seconds to
 * nanoseconds since 1970 (of 1990 to 2100). Not: 01/02/2026, or a time without a year. */
bool weir_time_read(struct weir_str s, int64_t *us);

enum weir_time_unit { WEIR_TIME_S, WEIR_TIME_MS, WEIR_TIME_US, WEIR_TIME_NS, WEIR_TIME_NO_UNIT };
/* The unit in which a number is a time between 1990 and 2100; NO_UNIT: none. */
enum weir_time_unit weir_time_unit_of(double v);
/* A decimal number of a unit since 1970, exact, cut to whole microseconds (downward). */
bool weir_time_read_epoch(struct weir_str s, enum weir_time_unit unit, int64_t *us);

#endif
