/* Bulk: the room that reads plain records of text, many at once, for csv, logfmt and clf. A window of text is searched for
 * separators and line ends by vectors, the places of these marks are written into a list, and then each wanted column is
 * read from top to bottom into the batch. Columns that no one asked for cost little more than their marks.
 *
 * Plain is a record that has as many parts as its codec expects, where they are quoted whole or not at all, without
 * escapes, without CR but before the LF, and with values of the types that their columns have by now. Everything else
 * is left to the codec, which reads record by record and stores the same. Method of the bit masks: G. Langdale and D.
 * Lemire, "Parsing Gigabytes of JSON per Second", VLDB Journal 28, 2019. Thread: owned by one codec. */
#ifndef WEIR_CODEC_BULK_H
#define WEIR_CODEC_BULK_H

#include "codec/columns/columns.h"
#include "codec/columns/digits.h"

enum {
	WEIR_BULK_BLOCK = 64,
	WEIR_BULK_WINDOW_LEAST = 8,  /* blocks; after a record that was not plain, doubled with each window that was */
	WEIR_BULK_WINDOW_MOST = 256, /* so that text, marks and values stay in the nearest cache */
	WEIR_BULK_MARGIN = 64,       /* bytes that may be read behind a window */
	WEIR_BULK_SPARE = 16,        /* marks that may be written behind the last */
};

struct weir_bulk_syntax {
	char separator;
	bool equals; /* a quote opens behind `=`; otherwise where a part begins */
	bool lines;  /* a line is a record whatever its quotes, and a backslash or control character is not plain */
};

/* The marks of a window: marks[0] is the one before its text, the next ones are offsets into it. */
struct weir_bulk_marks {
	uint32_t n, n_lines; /* without the first; line feeds among them */
	bool crlf;           /* some record ends in CRLF */
	bool quoted;         /* some part is quoted */
	bool odd;            /* some byte is NUL or beyond ASCII */
	bool stopped;        /* at a block that is not plain */
	uint32_t marks[1 + WEIR_BULK_WINDOW_MOST * WEIR_BULK_BLOCK + WEIR_BULK_SPARE];
};

/* The values of one column in a window, as text. */
struct weir_bulk_column {
	const char *text;
	const uint32_t *marks; /* before the first value; `step` further: before the next one */
	uint32_t step, rows;
	uint32_t span;      /* the mark behind a value is so many after the one before it */
	uint32_t skip, cut; /* bytes that do not belong to it, at its front and end */
	bool trim;          /* a CR at a value's end is part of the line end */
	bool quoted;        /* it may have quotes around */
	bool absent;        /* there are none: all are NULL */
	const struct weir_text_nulls *nulls;
	bool any_null; /* out: some value is NULL; what was stored for it does not matter */
};

static inline struct weir_str weir_bulk_text(const struct weir_bulk_column *c, uint32_t row)
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
struct weir_bulk_kind {
	void (*find)(const char *text, uint32_t blocks, const struct weir_bulk_syntax *syntax,
		     struct weir_bulk_marks *out);
	uint32_t (*int64s)(struct weir_bulk_column *c, int64_t *out);
	uint32_t (*float64s)(struct weir_bulk_column *c, double *out);
};
extern const struct weir_bulk_kind weir_bulk_portable;
#ifdef WEIR_HAS_AVX2
extern const struct weir_bulk_kind weir_bulk_avx2;
#endif

/* Numbers as the kinds above do not read them: long ones, with an exponent, blanks around. */
bool weir_bulk_odd_int64(struct weir_str s, int64_t *out);
bool weir_bulk_odd_float64(struct weir_str s, double *out);

/* One column into the batch from `row` on; says how many rows before one that must be read by itself. `window_bytes`
 * bounds what texts can take. */
uint32_t weir_bulk_column_read(const struct weir_bulk_kind *kind, struct weir_builder *b,
			       const struct weir_text_field *field, struct weir_bulk_column *c, uint32_t row,
			       size_t window_bytes);

struct weir_bulk_window {
	const char *text;
	size_t bytes;
	const struct weir_bulk_marks *marks;
	uint32_t n_places; /* parts of a record */
	uint32_t rows;     /* of plain records; fewer with each column that meets an odd value */
};

/* A part of a record as it stands, with its quotes. */
static inline struct weir_str weir_bulk_part(const struct weir_bulk_window *w, uint32_t row, uint32_t place)
{
	const uint32_t *mark = w->marks->marks + (size_t)row * w->n_places + place;
	uint32_t from = mark[0] + 1;
	struct weir_str s = {w->text + from, mark[1] - from};
	if (place + 1 == w->n_places && s.size && s.data[s.size - 1] == '\r')
		s.size--;
	return s;
}

struct weir_bulk_field { /* a column that is wanted */
	struct weir_text_field *field;
	uint32_t place, span;  /* among the parts of a record; how many of them, with what is between: 0 for 1 */
	uint32_t skip, cut;    /* as above */
	const uint32_t *marks; /* its own, filled by `check`, `step` for each record; NULL: those of the window */
	uint32_t step;
	bool as_is; /* quotes around it belong to it */
	bool absent;
	bool any_null; /* in the window being read */
};

struct weir_bulk {
	const struct weir_bulk_kind *kind; /* NULL: no record counts as plain */
	struct weir_bulk_marks *marks;     /* owned */
	uint32_t blocks;                   /* of the next window */
	uint32_t pause, wait; /* calls to let pass after one that was not worth it; of them still to come */
	uint64_t rows;        /* read so far */
};

bool weir_bulk_init(struct weir_bulk *r) WEIR_MUST_USE;
void weir_bulk_release(struct weir_bulk *r);

/* What a run over the front of a chunk is about. */
struct weir_bulk_run {
	struct weir_builder *builder; /* begun */
	const struct weir_text_nulls *nulls;
	struct weir_bulk_field *fields;
	uint32_t n_fields; /* of those above */
	uint32_t n_places; /* parts of a record */
	struct weir_bulk_syntax syntax;
	/* NULL, or: how many of the window's rows, from the first on, are such records as the codec expects */
	uint32_t (*check)(struct weir_codec *codec, const struct weir_bulk_window *w);
	struct weir_codec *codec; /* for it */
};
/* Rows from as many records at the front of the chunk, which begins with one, as are plain; advances it. Nothing is
 * read while the batch is empty: its first row says how columns are stored. False: no memory. */
bool weir_bulk_read(struct weir_bulk *r, const struct weir_bulk_run *run, struct weir_chunk *chunk) WEIR_MUST_USE;

#endif
