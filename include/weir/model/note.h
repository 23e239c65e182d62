/* Notes: what reading changed or left out of records that it kept. Codecs count them in the batch, the ledger adds them up,
 * and the session turns each kind into one warning. A record that is not kept is malformed instead (batch.h).
 *
 * A warning reads "N UNIT[s] REST; the first: PLACE (HINT)". */
#ifndef WEIR_MODEL_NOTE_H
#define WEIR_MODEL_NOTE_H

/* X(NAME, code in --stats, unit, rest of the sentence, what to do; "": nothing) */
#define WEIR_NOTE_LIST(X)                                                                                                   \
	X(UNDECODED, "undecoded", "record", "with bytes that are not UTF-8, each shown as U+FFFD",                          \
	  "--encoding names another encoding")                                                                              \
	X(NOT_A_NUMBER, "nan", "value", "NaN or Infinity, read as NULL", "")                                                \
	X(REPEATED_HEADER, "repeated_header", "header line", "repeated, and not counted as a record", "")                   \
	X(MORE_COLUMNS, "more_columns", "record",                                                                           \
	  "with more than the 4,096 columns there may be (fewer in little memory); the rest is kept as JSON in _more",      \
	  "")                                                                                                               \
	X(DOTTED_KEY, "dotted_key", "record",                                                                               \
	  "with a key with a dot (\"a.b\") beside one below another (\"a\": {\"b\"}); the second column's name ends in _2", \
	  "")                                                                                                               \
	X(REPEATED_KEY, "repeated_key", "record", "with the same key twice; the last value counts", "")                     \
	X(SHORT, "short", "record", "with fewer fields than the header; those that are missing are NULL", "")               \
	X(SWALLOWED, "swallowed", "record",                                                                                 \
	  "with a quoted field of several lines that look like records: a stray quote may have swallowed them", "")         \
	X(REWRITTEN, "rewritten", "column",                                                                                 \
	  "became text after numbers or truth values, so 1.50 may read 1.5 and TRUE may read true", "")                     \
	X(JOINED, "joined", "line", "appended to the record before, as they seem to belong together",                       \
	  "--join-lines names other lines, or none")                                                                        \
	X(JOIN_BOUND, "join_bound", "record",                                                                               \
	  "that ends at 5,000 lines or 1 MiB; what belongs to it begins another one", "")                                   \
	X(JOIN_SEVERED, "join_severed", "record",                                                                           \
	  "that begins with a line that belongs to the one before, which was not waited for any longer", "")                \
	X(JOIN_STEPS, "join_steps", "record", "behind which --join-lines takes too many steps to tell where it ends",       \
	  "")                                                                                                               \
	X(TIME_UNREAD, "time_unread", "record", "with a time that could not be read",                                       \
	  "--time names the column and its format")                                                                         \
	X(TIME_ORDER, "time_order", "record",                                                                               \
	  "with a date that only makes sense with day and month swapped: all times may be wrong",                           \
	  "--time names the column and its format")                                                                         \
	X(TIME_RANGE, "time_range", "record", "with a time outside the years 1 to 9999, read as no time", "")

enum weir_note {
#define X(name, code, unit, rest, hint) WEIR_NOTE_##name,
	WEIR_NOTE_LIST(X)
#undef X
	    WEIR_NOTE_COUNT
};

/* One row of the list, for who prints it. Static; thread: any. */
struct weir_note_text {
	const char *code, *unit, *rest, *hint;
};
const struct weir_note_text *weir_note_text(enum weir_note kind);

enum { WEIR_NOTE_PLACE_BYTES = 120 }; /* where the first one is: "record 3 at byte 120, near "caf?"", cut to fit */

#endif
