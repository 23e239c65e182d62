/* Event-time texts and numbers to microseconds, by a format that is known: parsed by position, the part that rarely changes
 * (up to the minute) remembered. Thread: owned by one codec. */
#ifndef WEIR_CODEC_TIMEFMT_H
#define WEIR_CODEC_TIMEFMT_H

#include "weir/base/time.h"

enum weir_timefmt_kind { WEIR_TIMEFMT_ISO, WEIR_TIMEFMT_S, WEIR_TIMEFMT_MS, WEIR_TIMEFMT_US, WEIR_TIMEFMT_NS, WEIR_TIMEFMT_PATTERN };

struct weir_timefmt {
	enum weir_timefmt_kind kind;
	const char *pattern; /* borrowed; PATTERN only */
	char minute_text[16]; /* "2026-11-22T10:00", the minute that was parsed last */
	int64_t minute_us;
	bool minute_known;
	char last_text[40]; /* PATTERN: the text that was parsed last; logs hold the same second many times in a row */
	size_t last_size;
	int64_t last_us;
};

/* "iso" "s" "ms" "us" "ns" or a strptime pattern (borrowed). False: neither (no '%' in it). */
bool weir_timefmt_init(struct weir_timefmt *t, const char *format);
bool weir_timefmt_text(struct weir_timefmt *t, struct weir_str s, int64_t *us);
bool weir_timefmt_int64(const struct weir_timefmt *t, int64_t v, int64_t *us);   /* false: not a number format, or overflow */
bool weir_timefmt_float64(const struct weir_timefmt *t, double v, int64_t *us);

#endif
