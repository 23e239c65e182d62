/* Plain records of CSV, many at once: a window of text is searched for separators and line ends by vectors, the places
 * of these marks are written into a list, and then each column that is wanted is read from top to bottom into its
 * cells. Columns that no one asked for cost nothing but their marks.
 *
 * Plain is a record that has as many fields as the shape, no quote, no CR but before its LF, and values of the types
 * that their columns have by now. Everything else is left to the scanner (csv_scan.c) and weir_cells_put, which store
 * the same. Method of the bit masks: G. Langdale and D. Lemire, "Parsing Gigabytes of JSON per Second", VLDB Journal
 * 28, 2019. Thread: owned by one codec. */
#ifndef WEIR_CODEC_CSV_ROWS_H
#define WEIR_CODEC_CSV_ROWS_H

#include "codec/builder_text.h"
#include "codec/cells.h"
#include "codec/digits.h"

enum {
	WEIR_CSV_BLOCK = 64,
	WEIR_CSV_WINDOW_LEAST = 8,  /* blocks; after a record that was not plain, doubled with each window that was */
	WEIR_CSV_WINDOW_MOST = 256, /* so that text, marks and cells stay in the nearest cache */
	WEIR_CSV_MARGIN = 64,	    /* bytes that may be read behind a window */
	WEIR_CSV_SPARE = 16,	    /* marks that may be written behind the last */
};

/* The marks of a window: marks[0] is the one before its text, the next ones are offsets into it. */
struct weir_csv_marks {
	uint32_t n, n_lines; /* without the first; line feeds among them */
	bool crlf;	     /* some record ends in CRLF */
	bool odd;	     /* some byte is NUL or beyond ASCII */
	bool stopped;	     /* at a block with a quote or a lone CR */
	uint32_t marks[1 + WEIR_CSV_WINDOW_MOST * WEIR_CSV_BLOCK + WEIR_CSV_SPARE];
};

/* The cells of one column in a window. */
struct weir_csv_cells {
	const char *text;
	const uint32_t *marks; /* before the first cell; `step` further: before the next one */
	uint32_t step, rows;
	bool trim; /* a CR at a cell's end is part of the line end */
	const struct weir_cell_nulls *nulls;
	bool any_null; /* out: some cell is NULL; what was stored for it does not matter */
};

static inline struct weir_str weir_csv_cell(const struct weir_csv_cells *c, uint32_t row)
{
	const uint32_t *mark = c->marks + (size_t)row * c->step;
	uint32_t from = mark[0] + 1;
	struct weir_str s = {c->text + from, mark[1] - from};
	if (c->trim && s.size && s.data[s.size - 1] == '\r')
		s.size--;
	return s;
}

/* What depends on the processor: finding marks in so many blocks, and reading columns of numbers. The latter say how
 * many rows they read before one that holds no such number. */
struct weir_csv_kind {
	void (*find)(const char *text, uint32_t blocks, char separator, struct weir_csv_marks *out);
	uint32_t (*int64s)(struct weir_csv_cells *c, int64_t *out);
	uint32_t (*float64s)(struct weir_csv_cells *c, double *out);
};
extern const struct weir_csv_kind weir_csv_portable;
#ifdef WEIR_HAS_AVX2
extern const struct weir_csv_kind weir_csv_avx2;
#endif

/* Numbers as the kinds above do not read them: long ones, with an exponent, blanks around. */
bool weir_csv_odd_int64(struct weir_str s, int64_t *out);
bool weir_csv_odd_float64(struct weir_str s, double *out);

/* One column into its cells from `row` on; says how many rows before one that must be read by itself. `window_bytes`
 * bounds what texts can take. */
uint32_t weir_csv_column_read(const struct weir_csv_kind *kind, struct weir_builder *b,
			      const struct weir_cells_column *cell, struct weir_csv_cells *c, uint32_t row,
			      size_t window_bytes);

struct weir_csv_field { /* a column that is wanted */
	uint32_t place; /* among the fields of a record */
	struct weir_cells_column *cell;
	bool any_null; /* in the window being read */
};

struct weir_csv_rows {
	const struct weir_csv_kind *kind; /* NULL: no record counts as plain */
	struct weir_csv_marks *marks;	  /* owned */
	uint32_t blocks;		  /* of the next window */
	uint32_t strangers;		  /* times in a row that no record was plain */
	uint64_t rows;			  /* read so far */
};

bool weir_csv_rows_init(struct weir_csv_rows *r) WEIR_MUST_USE;
void weir_csv_rows_release(struct weir_csv_rows *r);

/* What a run over the front of a chunk is about. */
struct weir_csv_run {
	struct weir_cells *cells; /* begun */
	struct weir_csv_field *fields;
	uint32_t n_fields;  /* of those above */
	uint32_t n_columns; /* fields of a record */
	char separator;
};
/* Rows from as many records at the front of the chunk, which begins with one, as are plain; advances it. False: no
 * memory. */
bool weir_csv_rows_read(struct weir_csv_rows *r, const struct weir_csv_run *run,
			struct weir_chunk *chunk) WEIR_MUST_USE;

#endif
