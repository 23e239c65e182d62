/* Plain records of text, many at once: a window of text is searched for separators and line ends by vectors, the places
 * of these marks are written into a list, and then each column that is wanted is read from top to bottom into its
 * cells. Columns that no one asked for cost little more than their marks. Used by csv, logfmt and clf.
 *
 * Plain is a record that has as many parts as its codec expects, where they are quoted whole or not at all, without
 * escapes, without CR but before the LF, and with values of the types that their columns have by now. Everything else
 * is left to the codec, which reads record by record and stores the same. Method of the bit masks: G. Langdale and D.
 * Lemire, "Parsing Gigabytes of JSON per Second", VLDB Journal 28, 2019. Thread: owned by one codec. */
#ifndef WEIR_CODEC_PLAIN_H
#define WEIR_CODEC_PLAIN_H

#include "codec/builder_text.h"
#include "codec/cells.h"
#include "codec/digits.h"

enum {
	WEIR_PLAIN_BLOCK = 64,
	WEIR_PLAIN_WINDOW_LEAST = 8,  /* blocks; after a record that was not plain, doubled with each window that was */
	WEIR_PLAIN_WINDOW_MOST = 256, /* so that text, marks and cells stay in the nearest cache */
	WEIR_PLAIN_MARGIN = 64,	      /* bytes that may be read behind a window */
	WEIR_PLAIN_SPARE = 16,	      /* marks that may be written behind the last */
};

struct weir_plain_syntax {
	char separator;
	bool equals; /* a quote opens behind `=`; otherwise where a part begins */
	bool lines;  /* a line is a record whatever its quotes, and a backslash or control character is not plain */
};

/* The marks of a window: marks[0] is the one before its text, the next ones are offsets into it. */
struct weir_plain_marks {
	uint32_t n, n_lines; /* without the first; line feeds among them */
	bool crlf;	     /* some record ends in CRLF */
	bool quoted;	     /* some part is quoted */
	bool odd;	     /* some byte is NUL or beyond ASCII */
	bool stopped;	     /* at a block that is not plain */
	uint32_t marks[1 + WEIR_PLAIN_WINDOW_MOST * WEIR_PLAIN_BLOCK + WEIR_PLAIN_SPARE];
};

/* The cells of one column in a window. */
struct weir_plain_cells {
	const char *text;
	const uint32_t *marks; /* before the first cell; `step` further: before the next one */
	uint32_t step, rows;
	uint32_t span;	    /* the mark behind a cell is so many after the one before it */
	uint32_t skip, cut; /* bytes that do not belong to it, at its front and end */
	bool trim;	    /* a CR at a cell's end is part of the line end */
	bool quoted;	    /* it may have quotes around */
	bool absent;	    /* there are none: all are NULL */
	const struct weir_cell_nulls *nulls;
	bool any_null; /* out: some cell is NULL; what was stored for it does not matter */
};

static inline struct weir_str weir_plain_cell(const struct weir_plain_cells *c, uint32_t row)
{
	const uint32_t *mark = c->marks + (size_t)row * c->step;
	uint32_t from = mark[0] + 1 + c->skip;
	struct weir_str s = {c->text + from, mark[c->span] - c->cut - from};
	if (c->trim && s.size && s.data[s.size - 1] == '\r')
		s.size--;
	if (c->quoted && s.size > 1 && *s.data == '"')
		s = (struct weir_str){s.data + 1, s.size - 2};
	return s;
}

/* What depends on the processor: finding marks in so many blocks, and reading columns of numbers. The latter say how
 * many rows they read before one that holds no such number. */
struct weir_plain_kind {
	void (*find)(const char *text, uint32_t blocks, const struct weir_plain_syntax *syntax,
		     struct weir_plain_marks *out);
	uint32_t (*int64s)(struct weir_plain_cells *c, int64_t *out);
	uint32_t (*float64s)(struct weir_plain_cells *c, double *out);
};
extern const struct weir_plain_kind weir_plain_portable;
#ifdef WEIR_HAS_AVX2
extern const struct weir_plain_kind weir_plain_avx2;
#endif

/* Numbers as the kinds above do not read them: long ones, with an exponent, blanks around. */
bool weir_plain_odd_int64(struct weir_str s, int64_t *out);
bool weir_plain_odd_float64(struct weir_str s, double *out);

/* One column into its cells from `row` on; says how many rows before one that must be read by itself. `window_bytes`
 * bounds what texts can take. */
uint32_t weir_plain_column_read(const struct weir_plain_kind *kind, struct weir_builder *b,
				const struct weir_cells_column *cell, struct weir_plain_cells *c, uint32_t row,
				size_t window_bytes);

struct weir_plain_window {
	const char *text;
	size_t bytes;
	const struct weir_plain_marks *marks;
	uint32_t n_places; /* parts of a record */
	uint32_t rows;	   /* of plain records; fewer with each column that meets an odd value */
};

/* A part of a record as it stands, with its quotes. */
static inline struct weir_str weir_plain_part(const struct weir_plain_window *w, uint32_t row, uint32_t place)
{
	const uint32_t *mark = w->marks->marks + (size_t)row * w->n_places + place;
	uint32_t from = mark[0] + 1;
	struct weir_str s = {w->text + from, mark[1] - from};
	if (place + 1 == w->n_places && s.size && s.data[s.size - 1] == '\r')
		s.size--;
	return s;
}

struct weir_plain_field { /* a column that is wanted */
	struct weir_cells_column *cell;
	uint32_t place, span;  /* among the parts of a record; how many of them, with what is between: 0 for 1 */
	uint32_t skip, cut;    /* as above */
	const uint32_t *marks; /* its own, filled by `check`, `step` for each record; NULL: those of the window */
	uint32_t step;
	bool as_is; /* quotes around it belong to it */
	bool absent;
	bool any_null; /* in the window being read */
};

struct weir_plain {
	const struct weir_plain_kind *kind; /* NULL: no record counts as plain */
	struct weir_plain_marks *marks;	    /* owned */
	uint32_t blocks;		    /* of the next window */
	uint32_t pause, wait; /* calls to let pass after one that was not worth it; of them still to come */
	uint64_t rows;	      /* read so far */
};

bool weir_plain_init(struct weir_plain *r) WEIR_MUST_USE;
void weir_plain_release(struct weir_plain *r);

/* What a run over the front of a chunk is about. */
struct weir_plain_run {
	struct weir_builder *builder; /* begun */
	const struct weir_cell_nulls *nulls;
	struct weir_plain_field *fields;
	uint32_t n_fields; /* of those above */
	uint32_t n_places; /* parts of a record */
	struct weir_plain_syntax syntax;
	/* NULL, or: how many of the window's rows, from the first on, are such records as the codec expects */
	uint32_t (*check)(struct weir_codec *codec, const struct weir_plain_window *w);
	struct weir_codec *codec; /* for it */
};
/* Rows from as many records at the front of the chunk, which begins with one, as are plain; advances it. Nothing is
 * read while the batch is empty: its first row says how columns are stored. False: no memory. */
bool weir_plain_read(struct weir_plain *r, const struct weir_plain_run *run, struct weir_chunk *chunk) WEIR_MUST_USE;

#endif
