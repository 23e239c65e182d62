/* Civil time in UTC microseconds since 1970-01-01. Proleptic Gregorian; years 0001 to 9999; no leap seconds.
 * Method of the day count: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". Thread: pure functions. */
#ifndef WEIR_BASE_TIME_H
#define WEIR_BASE_TIME_H

#include "weir/base/str.h"

#define WEIR_TIME_NONE INT64_MIN /* no event time */
#define WEIR_US_PER_S INT64_C(1000000)

struct weir_civil {
	int year, month, day, hour, minute, second; /* month and day from 1 */
	int us;
	int weekday; /* 1 = Sunday … 7 = Saturday, as Spark's dayofweek */
};

int64_t weir_time_from_civil(const struct weir_civil *c);
struct weir_civil weir_time_to_civil(int64_t us);
/* ISO 8601 in UTC: "2026-11-22T10:00:00Z"; the fraction (3 or 6 digits) only when not zero. Returns bytes. */
size_t weir_time_format_iso(int64_t us, char out[40]);
/* ISO 8601 / RFC 3339: date, date and time (T or blank), fraction of 1-9 digits (truncated to µs), Z or ±hh[:mm] or none
 * (UTC). The whole string must match. */
bool weir_time_parse_iso(struct weir_str s, int64_t *us);
/* strptime subset %Y %m %d %e %H %I %p %M %S %f %z %Z %b %B %a %A %y %j %s %T %D %F %R %n %t %%, no locale.
 * False when the text does not match wholly. */
bool weir_time_parse_format(struct weir_str s, const char *format, int64_t *us);

#endif
