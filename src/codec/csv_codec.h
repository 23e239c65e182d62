/* What csv.c (opening) and csv_decode.c share. */
#ifndef WEIR_CODEC_CSV_CODEC_H
#define WEIR_CODEC_CSV_CODEC_H

#include "codec/cells.h"
#include "codec/plain.h"
#include "codec/csv_scan.h"
#include "codec/csv_sniff.h"

/* What comes before the first row. */
struct csv_due {
	size_t preamble; /* lines to pass over at most */
	bool header;	 /* the first record is the header */
};

struct csv_codec {
	struct weir_codec codec;
	struct weir_cells cells;
	struct weir_arena arena;
	struct weir_csv_shape shape;
	enum weir_csv_header header;	   /* as asked */
	struct weir_csv_scan *scan;	   /* owned; NULL until the shape is known */
	struct weir_cells_column *columns; /* in the arena, shape.n_columns of them */
	struct weir_plain_field *wanted;	   /* in the arena */
	uint32_t n_wanted;
	struct weir_plain rows;
	struct csv_due due;
};

/* Learns the shape from the sample, unless it holds no whole record yet. False: no memory. */
bool weir_csv_learn(struct csv_codec *c, struct weir_str sample, bool complete);
/* Takes the text for one column without a header, when all of it is there and no record was found in it. */
bool weir_csv_assume(struct csv_codec *c);
enum weir_status weir_csv_decode(struct weir_codec *codec, struct weir_chunk *chunk, struct weir_batch *batch,
				 struct weir_error *err);

#endif
