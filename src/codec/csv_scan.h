/* Records of CSV and TSV out of bytes, as libcsv reads them with no blanks stripped: CR, LF and CRLF end a record,
 * blank lines are skipped, a quote inside an unquoted field is text, "" inside a quoted one is a quote.
 *
 * Plain records and well-formed quoted fields are split here, by the bits of 64-byte blocks; a record with text after a
 * closing quote is handed to libcsv itself. Method of the bit masks: G. Langdale and D. Lemire, "Parsing Gigabytes of
 * JSON per Second", VLDB Journal 28, 2019. Thread: one scanner belongs to one thread. */
#ifndef WEIR_CODEC_CSV_SCAN_H
#define WEIR_CODEC_CSV_SCAN_H

#include "weir/base/str.h"

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
	bool plain;	      /* it holds ASCII without NUL and nothing else; false: it may */
	const char *next;     /* where the next record begins; after MORE, where the one that is not whole does */
};
enum weir_csv_found weir_csv_scan_next(struct weir_csv_scan *s, struct weir_csv_record *out);
/* After MORE: gives up the first line of what is left and goes on behind it; out->text is that line. */
void weir_csv_scan_skip_line(struct weir_csv_scan *s, struct weir_csv_record *out);
/* True when the last MORE was for an open quote rather than a missing line end. */
bool weir_csv_scan_in_quote(const struct weir_csv_scan *s);

#endif
