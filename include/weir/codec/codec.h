/* Bytes to batches. A codec belongs to one stream and is directed by what it has learned of it: key order, types, the time
 * format. It frames (finds record ends), decodes into columns, counts what does not parse with the reason, and keeps going.
 *
 * Thread: the stream's source thread. */
#ifndef WEIR_CODEC_CODEC_H
#define WEIR_CODEC_CODEC_H

#include "weir/base/memory.h"
#include "weir/model/batch.h"
#include "weir/model/chunk.h"

enum weir_on_malformed { WEIR_MALFORMED_DROP, WEIR_MALFORMED_KEEP, WEIR_MALFORMED_FAIL };

/* What the views ask of the decoder. Names are column names (dotted paths). A wanted name also brings what lies below it
 * (`user` brings `user.id`) and the array it reaches into (`commits[0].id` brings `commits`). */
struct weir_decode_want {
	bool all;                     /* every column: live, and rows printed whole */
	const struct weir_str *names; /* borrowed during open; used when !all */
	size_t n_names;
	bool raw, key, headers, topic; /* the optional columns of a batch */
};

struct weir_codec_config {
	const char *format;   /* as --format: "auto" "json" "json:PATH" "csv" "tsv" "logfmt" "clf" "text" "regex:PATTERN" */
	const char *time;     /* as --time: "COLUMN[:FORMAT]", NULL: guess, "none": no event time */
	const char *nulls;    /* as --null: texts separated by commas; NULL: empty text only */
	const char *header;   /* csv: "auto" (NULL), "yes", "no" (columns c1, c2, …) */
	enum weir_on_malformed on_malformed;
	struct weir_decode_want want;
	uint16_t stream;            /* stamped on every batch */
	bool part;                  /* reads parts of a stream beside another codec: error places have no record number */
	struct weir_budget *budget; /* for dictionaries; borrowed until close; may be NULL */
};

struct weir_codec;

/* What was found out, for the screen's "guessed" line and --explain. Strings owned by the codec, valid until close. */
struct weir_guess {
	const char *format;      /* "json" … */
	bool format_guessed;
	const char *time_column; /* NULL: none */
	const char *time_format; /* "iso" "s" "ms" "us" "ns" or a strptime pattern */
	bool time_guessed;
	const char *header;      /* "yes" "no" or NULL where it has no sense */
};

struct weir_codec_ops {
	const char *name;    /* "json" */
	const char *help;    /* one line for --list formats */
	const char *absent;  /* NULL: present, else the reason */
	/* 0-100: how sure that the sample (whole first bytes of the stream, maybe cut) is this format. */
	int (*detect)(struct weir_str sample, bool complete);
	enum weir_status (*open)(const struct weir_codec_config *config, struct weir_str sample, bool complete,
				 struct weir_codec **out, struct weir_error *err);
	enum weir_status (*decode)(struct weir_codec *c, struct weir_chunk *chunk, struct weir_batch *batch, struct weir_error *err);
	void (*close)(struct weir_codec *c);
};

extern const struct weir_codec_ops *const weir_codec_table[]; /* ends with NULL */

/* Chooses the format (named, or by detection on `sample`: the first bytes of the stream, or the first messages one a line,
 * up to 1 MiB; `complete` when the stream holds no more), guesses the time column from the decoded sample where asked to.
 * Wrong format text or unknown --time column of a complete sample: USAGE. Owned by the caller. */
enum weir_status weir_codec_open(const struct weir_codec_config *config, struct weir_str sample, bool complete,
				 struct weir_codec **out, struct weir_error *err) WEIR_MUST_USE;
/* Decodes whole records from the front of `chunk` into `batch` (cleared by the caller, capacity WEIR_BATCH_ROWS) until the
 * batch is full or no whole record is left; advances the chunk. Sets the batch's schema, time_us, position, partition (when
 * the chunk has messages), bytes, n_malformed; not arrival_us. The time column becomes TIMESTAMP; a time text that does not
 * parse widens it to string and leaves WEIR_TIME_NONE. Without a time column, messages take the broker's timestamp.
 * OK; MALFORMED only under WEIR_MALFORMED_FAIL (rows before it are in the batch); NO_MEMORY. */
enum weir_status weir_codec_decode(struct weir_codec *c, struct weir_chunk *chunk, struct weir_batch *batch,
				   struct weir_error *err) WEIR_MUST_USE;
/* Several codecs of one stream, opened alike, may each read other parts of it, on threads of their own; then one of them adopts
 * what the others decoded, in the order of the stream, and its schema is the stream's. can_adopt: their columns stand in the
 * same places, and texts mean the same types (true for all earlier batches of a codec when true for the last). Thread: the owner
 * of `c` and the batch. */
bool weir_codec_can_adopt(const struct weir_codec *c, const struct weir_batch *batch);
enum weir_status weir_codec_adopt(struct weir_codec *c, struct weir_batch *batch, struct weir_error *err) WEIR_MUST_USE;
const struct weir_guess *weir_codec_guess(const struct weir_codec *c);
void weir_codec_close(struct weir_codec *c); /* NULL allowed */

/* Back to text, for captures, landings and the batch printer: rows[i] as one JSON object / CSV line, schema order. */
void weir_text_csv_field(struct weir_str s, struct weir_buf *out); /* RFC 4180 quoting where needed */

#endif
