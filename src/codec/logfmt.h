/* What logfmt.c (reading pair by pair) and logfmt_plain.c (many lines of one shape at once) share. */
#ifndef WEIR_CODEC_LOGFMT_H
#define WEIR_CODEC_LOGFMT_H

#include "codec/plain.h"

enum {
	LOGFMT_SHAPE_PAIRS = 64, /* lines of more pairs are always read pair by pair */
	LOGFMT_LEAD_MOST = WEIR_PLAIN_MARGIN,
};

/* The keys of a line in their order. Logs repeat a few, so the lines that follow are likely to have the same. */
struct logfmt_shape {
	uint32_t n_pairs; /* 0: none is known */
	bool bound;	  /* the fields below are those of the columns now */
	uint32_t columns[LOGFMT_SHAPE_PAIRS];
	uint32_t lead_bytes[LOGFMT_SHAPE_PAIRS]; /* of `key=` */
	struct weir_buf text;			 /* all of these */
	struct weir_plain_field fields[LOGFMT_SHAPE_PAIRS];
	uint32_t n_fields;
};

struct logfmt_codec {
	struct weir_codec codec;
	struct weir_cells cells;
	struct weir_arena arena;	   /* names */
	struct weir_cells_column *columns; /* owned, in order of first sight */
	size_t n_columns, columns_capacity;
	size_t expected;			     /* index of the column that comes next */
	struct weir_str line;			     /* being read */
	struct weir_buf text;			     /* a quoted value without its escapes */
	uint32_t n_order, order[LOGFMT_SHAPE_PAIRS]; /* the columns of the line so far */
	bool regular;				     /* it may have a shape */
	struct logfmt_shape shape;
	struct weir_plain plain;
};

/* After a regular line was read pair by pair: its order is the shape of those to come. False: no memory. */
bool weir_logfmt_learn(struct logfmt_codec *l);
/* The lines of that shape at the front of the chunk. False: no memory. */
bool weir_logfmt_read_plain(struct weir_codec *codec, struct weir_chunk *chunk);

#endif
