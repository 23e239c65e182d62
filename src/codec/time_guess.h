/* Which column is the event time, and in which format: from its name and from sampled values. Thread: pure functions. */
#ifndef WEIR_CODEC_TIME_GUESS_H
#define WEIR_CODEC_TIME_GUESS_H

#include "weir/model/batch.h"

/* The format of a column's sampled values: "iso" "s" "ms" "us" "ns" or a strptime pattern; NULL: no times. Static text. */
const char *weir_time_format_guess(const struct weir_column *c, uint32_t rows);
/* Index of the column, or -1; *format as above. */
int weir_time_column_guess(const struct weir_batch *sample, const char **format);

#endif
