/* Pieces that the readers of times share. Private to base. Each advances *p past what it read, and is false where that is not
 * there; none looks at *end. */
#ifndef WEIR_BASE_TIME_PARTS_H
#define WEIR_BASE_TIME_PARTS_H

#include "weir/base/time.h"

static inline bool weir_time_is_digit(char c)
{
	return (unsigned char)(c - '0') <= 9;
}
static inline bool weir_time_is_letter(char c)
{
	return (unsigned char)((c | 32) - 'a') < 26;
}

/* Exactly `n` digits. */
bool weir_time_digits(const char **p, const char *end, int n, int *out);
/* One to `most` digits. */
bool weir_time_number(const char **p, const char *end, int most, int *out);
/* The digits of a fraction of a second, one to `most`, cut to microseconds. */
bool weir_time_fraction(const char **p, const char *end, int most, int *us);
/* Z, ±hh, ±hhmm, ±hh:mm. */
bool weir_time_offset(const char **p, const char *end, int64_t *offset_us);
/* A zone as logs write it: an offset, a name, a name with an offset ("GMT+0100"), each with or without a comment behind it
 * ("+0100 (CET)", "+0100 CET", "+01:00[Europe/Berlin]"). `mail`: the names of RFC 5322 mean what it says, CST too. */
bool weir_time_zone(const char **p, const char *end, bool mail, int64_t *offset_us);
/* AM or PM in any case, "a.m." too. */
bool weir_time_half_day(const char **p, const char *end, bool *pm);
/* Applies AM or PM to an hour; false for hours that do not go with it. */
bool weir_time_twelve(int *hour, bool pm);
/* Blanks, tabs and the no-break spaces that formatters put before AM; any number of them. */
void weir_time_blanks(const char **p, const char *end);
/* January or Jan, Sunday or Sun; the index from 0, or -1. */
int weir_time_month_name(const char **p, const char *end);
int weir_time_day_name(const char **p, const char *end);
/* The moment, less the zone's offset; false when the fields are no date, or the moment lies outside the calendar. */
bool weir_time_moment(const struct weir_civil *c, int64_t offset_us, int64_t *us);

#endif
