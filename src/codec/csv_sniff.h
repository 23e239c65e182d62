/* What a sample of CSV tells: separator, header or not, names and types of the columns. Thread: pure, but for the
 * arena. */
#ifndef WEIR_CODEC_CSV_SNIFF_H
#define WEIR_CODEC_CSV_SNIFF_H

#include "codec/cell.h"
#include "weir/base/memory.h"

enum weir_csv_header { WEIR_CSV_HEADER_AUTO, WEIR_CSV_HEADER_YES, WEIR_CSV_HEADER_NO };

struct weir_csv_column {
	struct weir_str name; /* in the arena */
	enum weir_type type;  /* of all its texts in the sample; NULL: none was there */
};

struct weir_csv_shape {
	char separator; /* 0 before the sniff: find it out */
	bool header;
	bool known;	 /* false: the sample holds no whole record yet, all but the separator is unknown */
	size_t preamble; /* lines above the first record: a title, a comment, sep=; */
	size_t n_fields; /* a record has; all of them are columns up to WEIR_MAX_COLUMNS */
	size_t n_columns;
	struct weir_csv_column *columns; /* in the arena */
	int sureness;			 /* 0-100: that this is separated text at all */
};

struct weir_csv_record;
/* A record that may be above the first one where others have several fields. */
bool weir_csv_may_be_preamble(const struct weir_csv_record *r);
/* Skips a byte order mark. */
struct weir_str weir_csv_without_bom(struct weir_str s);
/* Out of `, ; tab |` the one that cuts most records alike into the most fields. */
char weir_csv_sniff_separator(struct weir_str sample, bool complete);
/* Fills `shape` for the sample. False: no memory. */
bool weir_csv_sniff(struct weir_str sample, bool complete, enum weir_csv_header header,
		    const struct weir_cell_nulls *nulls, struct weir_csv_shape *shape,
		    struct weir_arena *arena) WEIR_MUST_USE;

#endif
