/* Rows as Avro: the schema of their columns as JSON, and each row in Avro's binary form. Every field may be null, which what is missing is
 * as well. A name that Avro does not take has underscores in the place of what it does not, and the name itself in the field's `doc`.
 *
 * Thread: plain functions. */
#ifndef WEIR_CODEC_AVRO_WRITE_H
#define WEIR_CODEC_AVRO_WRITE_H

#include "weir/model/batch.h"

/* Appends the schema, a record of that name. out->failed: no memory. */
void weir_avro_write_schema(const struct weir_schema *columns, struct weir_str record, struct weir_buf *out);
/* Appends a row of the batch, by the schema of these columns, which are the first of the batch. */
void weir_avro_write_row(const struct weir_batch *batch, uint32_t row, const struct weir_schema *columns,
			 struct weir_buf *out);

#endif
