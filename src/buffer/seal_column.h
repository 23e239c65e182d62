/* One column of a segment from the same column of several batches. Private to the buffer floor. */
#ifndef WEIR_BUFFER_SEAL_COLUMN_H
#define WEIR_BUFFER_SEAL_COLUMN_H

#include "weir/model/batch.h"

struct weir_parts {
	const struct weir_batch *const *batches;
	uint32_t n;
	uint32_t rows; /* of all */
};

/* Fills `out` (empty) from columns[i] of part i. False: no memory. */
bool weir_seal_column(struct weir_column *out, const struct weir_column *const *columns, const struct weir_parts *p);
/* Item of an int64 or timestamp column, WIDE or NARROW. */
int64_t weir_column_item(const struct weir_column *c, uint32_t row);

#endif
