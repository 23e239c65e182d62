/* The buckets that are shown. A result covers the whole window; as long as data covers but a part of it, the picture
 * starts where the data starts, rounded so that it seldom jumps. Pure functions. Thread: screen. */
#ifndef WEIR_TUI_TIMES_H
#define WEIR_TUI_TIMES_H

#include "tui/frame.h"

struct weir_times {
	uint32_t from, n; /* buckets of the result: [from, from + n) */
	int64_t start_us; /* of the first of them */
	int64_t bucket_us;
	int64_t span_us;
};

struct weir_times weir_times_of(const struct weir_result *r, int64_t data_from_us);
/* How many times the data fits in the window, as a power of two up to 8: 1 when it fills it. */
uint32_t weir_times_factor(const struct weir_result *r, int64_t data_from_us);
/* Time of the first bucket that has rows; WEIR_TIME_NONE when there is none. */
int64_t weir_times_first(const struct weir_result *r);
/* The buckets [*from, *to) of the result that column x of `columns` stands for; at least one. */
void weir_times_column(const struct weir_times *t, int x, int columns, uint32_t *from, uint32_t *to);
/* The column of a time; may lie outside. */
int weir_times_x(const struct weir_times *t, int64_t us, int columns);
/* Start of the bucket at column x, at most the end of the last. */
int64_t weir_times_at(const struct weir_times *t, int x, int columns);

#endif
