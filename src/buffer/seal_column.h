/* One column of a segment from the same column of several batches. Private to the buffer floor. */
#ifndef WEIR_BUFFER_SEAL_COLUMN_H
#define WEIR_BUFFER_SEAL_COLUMN_H

#include "weir/buffer/buffer.h"

struct weir_parts {
	const struct weir_batch *const *batches;
	uint32_t n;
	uint32_t rows; /* of all */
};

/* Fills `out` and its zone (both empty) from columns[i] of part i. False: no memory. */
bool weir_seal_column(struct weir_column *out, struct weir_zone *zone, const struct weir_column *const *columns,
		      const struct weir_parts *p);
/* Appends n bits of `from` (NULL: n times `fill`) to `to` at bit `at`; the bits there are clear. */
void weir_bits_append(uint64_t *to, uint32_t at, const uint64_t *from, bool fill, uint32_t n);

#endif
