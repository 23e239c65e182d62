/* Lines: the room for formats whose records are lines of text: text, regex, syslog, w3c, logfmt and clf, a file each. What they
 * share is here: opening (types learned from the first lines of the sample), the walk from line to line and from message to
 * message, and the lines that are passed over. A format brings one function that puts one line into columns. codec.c opens
 * and calls each of them through its ops. Thread: owned by one codec. */
#ifndef WEIR_CODEC_LINES_H
#define WEIR_CODEC_LINES_H

#include "codec/format.h"

/* One line (not blank, valid UTF-8, without its end) into columns. To reject it, set *why to the reason and *detail; both come
 * in as "nothing is wrong". False: no memory. */
enum { WEIR_LINE_GOOD = -1, WEIR_LINE_NONE = -2 }; /* for *why; NONE: the line is no record (a directive, a comment) */
typedef bool (*weir_line_fn)(struct weir_codec *c, struct weir_str line, int *why, const char **detail);

struct weir_line_format { /* as ops->lines */
	weir_line_fn line;
	/* NULL, or: reads what it can of the records at the front of a chunk, many at once, before the next line is read by
	 * itself. False: no memory */
	bool (*read_bulk)(struct weir_codec *c, struct weir_chunk *chunk);
	/* NULL, or: gets the format's own part ready, before the survey */
	enum weir_status (*prepare)(struct weir_codec *c, const struct weir_codec_config *config,
				    struct weir_error *err);
	/* NULL, or as ops->clone, for what the format's own struct has behind its struct weir_line_codec */
	bool (*clone)(const struct weir_codec *from, struct weir_codec *to);
	const char *nulls; /* the texts that mean NULL, separated by commas; NULL: as the configuration says */
	bool surveys;      /* the sample's lines are put through `line` to learn types: texts.surveying is set */
	bool joins;        /* several lines may be one record (join.h), which `line` then gets with line feeds in it */
	bool joins_when_told; /* but that is not guessed */
	bool depend;          /* a line may name the columns of those behind it */
};

/* A format's own struct begins with it. */
struct weir_line_codec {
	struct weir_codec codec;
	struct weir_text_fields texts;
	bool repeated_key; /* set by `line`: the line has a key twice */
};

/* ops->open and ops->clone of every format here. */
enum weir_status weir_lines_open(struct weir_codec *codec, const struct weir_codec_config *config,
				 struct weir_str sample, bool complete, struct weir_error *err);
bool weir_lines_clone(const struct weir_codec *from, struct weir_codec *to);
/* ops->decode of every format here: LF or CRLF ends a line, blank lines are passed over, a message is one line. */
enum weir_status weir_lines_decode(struct weir_codec *c, struct weir_chunk *chunk, struct weir_batch *batch,
				   struct weir_error *err);

/* The text from *p to the next blank, which *p moves behind. */
static inline struct weir_str weir_line_word(const char **p, const char *end)
{
	const char *blank = *p < end ? memchr(*p, ' ', (size_t)(end - *p)) : NULL;
	struct weir_str s = {*p, (size_t)((blank ? blank : end) - *p)};
	*p = blank ? blank + 1 : end;
	return s;
}

/* For ops->detect: how many of the first 100 lines of a sample that are not blank are lines of a format, in percent, rounded
 * down; 0 without lines. */
unsigned weir_lines_percent(struct weir_str sample, bool complete, bool (*is_one)(struct weir_str line));
/* The same, but lines that begin with a blank are passed over, as parts of a record. */
unsigned weir_lines_percent_joined(struct weir_str sample, bool complete, bool (*is_one)(struct weir_str line));

#endif
