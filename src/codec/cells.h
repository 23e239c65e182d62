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
	bool bound;	      /* the two below are known */
	bool is_time;
	int column; /* of the builder, or WEIR_COLUMN_UNWANTED */
};

struct weir_cells {
	struct weir_builder *builder;
	struct weir_cell_nulls nulls;
	bool widened;		 /* since weir_cells_begin: decode the batch again */
	struct weir_chunk chunk; /* as it was at the begin */
	uint64_t records;
	bool surveying; /* only types are learned, nothing is stored */
	/* NULL, or whether the record may change a type: false when it is going to be rejected */
	bool (*may_widen)(struct weir_codec *codec);
	struct weir_codec *codec; /* for may_widen */
};

/* The texts that mean NULL, of the configuration. USAGE when there are too many. */
enum weir_status weir_cells_init(struct weir_cells *cells, const struct weir_codec_config *config,
				 struct weir_error *err);
/* Where `decode` may come back to. */
bool weir_cells_begin(struct weir_cells *cells, struct weir_builder *builder, const struct weir_chunk *chunk,
		      struct weir_batch *batch);
/* A column widened: says so in the codec; `offset` is behind the record that did it. */
static inline void weir_cells_note(struct weir_codec *codec, uint64_t offset)
{
	codec->retyped |= offset > codec->sample_bytes;
}
/* Undoes what was decoded since weir_cells_begin and begins again. */
bool weir_cells_again(struct weir_cells *cells, struct weir_chunk *chunk, struct weir_batch *batch);
/* Finds the column in the builder; call after begin. */
void weir_cells_bind(struct weir_cells *cells, struct weir_cells_column *c);
/* One text of a column. False: no memory. */
bool weir_cells_put(struct weir_cells *cells, struct weir_cells_column *c, struct weir_str s);

/* The same; NULL when the text was not there (data NULL). */
static inline bool weir_cells_put_or_null(struct weir_cells *cells, struct weir_cells_column *c, struct weir_str s)
{
	if (s.data || cells->surveying)
		return !s.data || weir_cells_put(cells, c, s);
	if (!c->bound)
		weir_cells_bind(cells, c);
	return c->column < 0 || weir_builder_null(cells->builder, c->column);
}

/* For formats whose records are lines: learns the types from the first lines of the sample, and decodes with
 * weir_lines, again when a column widened. Both call `line`, which calls weir_cells_put. */
bool weir_cells_survey(struct weir_cells *cells, struct weir_codec *codec, struct weir_str sample, bool complete,
		       weir_line_fn line);
enum weir_status weir_cells_lines(struct weir_cells *cells, struct weir_codec *codec, struct weir_chunk *chunk,
				  struct weir_batch *batch, weir_line_fn line, struct weir_error *err);

#endif
