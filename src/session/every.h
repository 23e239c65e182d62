/* --every: prints again each time the event time passes a multiple of a duration. */
#ifndef WEIR_SESSION_EVERY_H
#define WEIR_SESSION_EVERY_H

#include "weir/model/batch.h"

/* The first row of `b` from `from` on whose time is at or past `boundary_us`; n_rows when there is none. */
uint32_t weir_every_cut(const struct weir_batch *b, uint32_t from, int64_t boundary_us);
/* A copy of rows [from, from + n) with their columns; the counts of malformed records and of bytes go with the slice that
 * begins at 0. Owned by the caller; NULL: no memory. */
struct weir_batch *weir_every_slice(const struct weir_batch *b, uint32_t from, uint32_t n);

#endif
