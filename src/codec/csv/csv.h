/* CSV: the room for separated text, csv and tsv. Sniffing finds the separator, the header, the names and types of the columns
 * in a sample; scanning splits bytes into records and fields; decoding puts them into columns. codec.c opens and calls the two
 * formats through their ops in csv.c. Thread: a codec and its scanner belong to one thread; sniffing is pure but for the
 * arena. */
#ifndef WEIR_CODEC_CSV_H
#define WEIR_CODEC_CSV_H

#include "codec/format.h"

/* ---- encode.c: rows as text again ---- */

uint32_t weir_csv_encode(const struct weir_encode *e, uint32_t from, size_t most, struct weir_buf *out);
void weir_csv_encode_head(const struct weir_encode *e, struct weir_buf *out);

/* ---- scan.c: records out of bytes ----
 *
 * As libcsv reads them with no blanks stripped: CR, LF and CRLF end a record, blank lines are skipped, a quote inside an
 * unquoted field is text, "" inside a quoted one is a quote.
 *
 * Plain records and well-formed quoted fields are split by the bits of 64-byte blocks; a record with text after a closing
 * quote is handed to libcsv itself. Method of the bit masks: G. Langdale and D. Lemire, "Parsing Gigabytes of JSON per
 * Second", VLDB Journal 28, 2019. */

enum weir_csv_found {
	WEIR_CSV_RECORD,
	WEIR_CSV_MORE, /* no whole record is left, or an open quote hides its end */
	WEIR_CSV_TORN, /* a quoted field did not end where its record did: skip the record's first line */
	WEIR_CSV_OUT_OF_MEMORY,
};

struct weir_csv_scan;

/* Keeps the first `max_fields` fields of a record and counts the others. Owned by the caller; NULL: no memory. */
struct weir_csv_scan *weir_csv_scan_new(char separator, size_t max_fields) WEIR_MUST_USE;
void weir_csv_scan_free(struct weir_csv_scan *s); /* NULL allowed */

/* Begins at bytes[0]; they stay borrowed while weir_csv_scan_next is called. `at_end`: nothing will follow them. */
void weir_csv_scan_start(struct weir_csv_scan *s, const char *bytes, size_t size, bool at_end);

/* One record, its fields borrowed until the next call. Fields lie in the bytes, or in the scanner when they had to be
 * unquoted. */
struct weir_csv_record {
	const struct weir_str *fields;
	size_t n_fields;      /* found; may be more than were kept */
	struct weir_str text; /* the record as it stands, without its end; also for TORN: its first line */
	bool plain;           /* it holds ASCII without NUL and nothing else; false: it may */
	const char *next;     /* where the next record begins; after MORE, where the one that is not whole does */
};
enum weir_csv_found weir_csv_scan_next(struct weir_csv_scan *s, struct weir_csv_record *out);
/* After MORE: gives up the first line of what is left and goes on behind it; out->text is that line. */
void weir_csv_scan_skip_line(struct weir_csv_scan *s, struct weir_csv_record *out);
/* True when the last MORE was for an open quote rather than a missing line end. */
bool weir_csv_scan_in_quote(const struct weir_csv_scan *s);

/* ---- sniff.c: what a sample tells ---- */

/* A record may have so many fields; the names of all must be told apart. */
enum { WEIR_MAX_CSV_FIELDS = 1 << 14 };

enum weir_csv_header { WEIR_CSV_HEADER_AUTO, WEIR_CSV_HEADER_YES, WEIR_CSV_HEADER_NO };

struct weir_csv_column {
	struct weir_str name;  /* in the arena */
	struct weir_str title; /* as the header has it, without blanks around; in the arena; size 0: it has none */
	enum weir_type type;   /* of all its texts in the sample; NULL: none was there */
};

struct weir_csv_shape {
	char separator; /* 0 before the sniff: find it out */
	bool header;
	bool known;      /* false: the sample holds no whole record yet, all but the separator is unknown */
	size_t comments; /* lines above the first record that begin with #; they count as no records */
	size_t preamble; /* other lines above the first record: a title, sep=; */
	size_t n_titles; /* fields of the header */
	size_t n_fields; /* a record has; all of them are columns up to WEIR_MAX_CSV_FIELDS */
	size_t n_columns;
	struct weir_csv_column *columns; /* in the arena */
	int sureness;                    /* 0-100: that this is separated text at all */
};

/* A record that may be above the first one where others have several fields. */
bool weir_csv_may_be_preamble(const struct weir_csv_record *r);
bool weir_csv_is_comment(const struct weir_csv_record *r); /* begins with # */
/* Skips a byte order mark. */
struct weir_str weir_csv_without_bom(struct weir_str s);
/* Out of `, ; tab |` the one that cuts most records alike into the most fields. 0: no memory. */
char weir_csv_sniff_separator(struct weir_str sample, bool complete);
/* Fills `shape` for the sample. False: no memory. */
bool weir_csv_sniff(struct weir_str sample, bool complete, enum weir_csv_header header,
		    const struct weir_text_nulls *nulls, struct weir_csv_shape *shape,
		    struct weir_arena *arena) WEIR_MUST_USE;

/* ---- decode.c: records into columns ---- */

/* What comes before the first row. */
struct csv_due {
	size_t comments; /* lines that begin with # to pass over at most; no records */
	size_t preamble; /* other lines to pass over at most */
	bool header;     /* the first record is the header */
};

struct csv_codec {
	struct weir_codec codec;
	struct weir_text_fields texts;
	struct weir_arena arena;
	struct weir_csv_shape shape;
	enum weir_csv_header header;     /* as asked */
	struct weir_csv_scan *scan;      /* owned; NULL until the shape is known */
	size_t n_needed;                 /* a record with fewer fields lacks some: those of a name */
	struct weir_text_field *columns; /* in the arena, shape.n_columns of them */
	struct weir_bulk_field *wanted;  /* in the arena */
	uint32_t n_wanted;
	bool any_more; /* some of them are beyond the last column */
	struct csv_due due;
	bool restarted;        /* a new file begins: with its header, perhaps with another one */
	uint64_t begin;        /* of the file that is read, in the stream */
	struct weir_buf field; /* one that had to be repaired */
};

/* Learns the shape from the sample, unless it holds no whole record yet. False: no memory. */
bool weir_csv_learn(struct csv_codec *c, struct weir_str sample, bool complete);
/* Takes the text for one column without a header, when all of it is there and no record was found in it. */
bool weir_csv_assume(struct csv_codec *c);
/* The shape and the columns of `from`, which knows them; what is due is due. False: no memory. */
bool weir_csv_copy(struct csv_codec *c, const struct csv_codec *from);
enum weir_status weir_csv_decode(struct weir_codec *codec, struct weir_chunk *chunk, struct weir_batch *batch,
				 struct weir_error *err);

#endif
