/* The columns of a format that holds only text, on their way into a builder: each has the type that all its texts so
 * far had, and takes the next text as that. A text that does not fit widens the column, and asks for the batch to be
 * decoded once more, so that no row of it keeps a number where the column is text by now ("12.50" stays "12.50").
 * Thread: owned by one codec. */
#ifndef WEIR_CODEC_CELLS_H
#define WEIR_CODEC_CELLS_H

#include "codec/cell.h"
#include "codec/codec_internal.h"

struct weir_cells_column {
	struct weir_str name; /* borrowed while the cells live */
	enum weir_type type;  /* NULL: nothing but nulls so far */
	int column;	      /* of the builder, or WEIR_COLUMN_UNWANTED */
	bool is_time;
};

struct weir_cells {
	struct weir_builder *builder;
	struct weir_cell_nulls nulls;
	bool widened;		 /* since weir_cells_begin: decode the batch again */
	struct weir_chunk chunk; /* as it was at the begin */
	uint64_t records;
};

/* The texts that mean NULL, of the configuration. USAGE when there are too many. */
enum weir_status weir_cells_init(struct weir_cells *cells, const struct weir_codec_config *config,
				 struct weir_error *err);
/* Where `decode` may come back to. */
bool weir_cells_begin(struct weir_cells *cells, struct weir_builder *builder, const struct weir_chunk *chunk,
		      struct weir_batch *batch);
/* Undoes what was decoded since weir_cells_begin and begins again. */
bool weir_cells_again(struct weir_cells *cells, struct weir_chunk *chunk, struct weir_batch *batch);
/* Finds the column in the builder; call after begin. */
void weir_cells_bind(struct weir_cells *cells, struct weir_cells_column *c);
/* One text of a bound and wanted column. False: no memory. */
bool weir_cells_put(struct weir_cells *cells, struct weir_cells_column *c, struct weir_str s);

#endif
