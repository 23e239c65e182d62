/* Bytes to batches. A codec belongs to one stream and is directed by what it has learned of it: key order, types, the time
 * format. It frames (finds record ends), decodes into columns, counts what does not parse with the reason, and keeps going.
 *
 * Thread: the stream's source thread. */
#ifndef WEIR_CODEC_CODEC_H
#define WEIR_CODEC_CODEC_H

#include "weir/base/memory.h"
#include "weir/model/batch.h"
#include "weir/model/chunk.h"

struct weir_registry; /* weir/client/registry.h */

enum weir_on_malformed { WEIR_MALFORMED_DROP, WEIR_MALFORMED_KEEP, WEIR_MALFORMED_FAIL };

/* What the views ask of the decoder. Names are column names (dotted paths). A wanted name also brings what lies below it
 * (`user` brings `user.id`) and the array it reaches into (`commits[0].id` brings `commits`). */
struct weir_decode_want {
	bool all;                     /* every column: live, and rows printed whole */
	const struct weir_str *names; /* borrowed during open; used when !all */
	size_t n_names;
	bool raw, key, headers, stamp; /* the optional columns of a batch */
	bool left_out;                 /* the text of records that do not parse, in the batch's `left` */
};

struct weir_codec_config {
	const char *
	    format; /* as --format: "auto" (NULL) "json" "json:PATH" "csv" "tsv" "logfmt" "clf" "text" "regex:PATTERN" */
	struct weir_str
	    path;         /* of the file that the bytes come from, without what says how it is compressed; size 0: none.
			       * Where the sample looks like any text, its end chooses the format */
	const char *time; /* as --time: "COLUMN[+COLUMN][:FORMAT]", NULL: guess, "none": no event time */
	int64_t
	    newest_us; /* when the input was written, or now: no time lies more than a day behind it; 0: unknown. A time
			       * without a year takes its year from it, or from the chunk's arrival when that is `growing` */
	bool growing;
	const char *nulls; /* as --null: texts separated by commas; NULL: empty text only; borrowed until close */
	const char
	    *join; /* lines that match are appended to the record before them: a pattern; "auto" (NULL), "none" */
	const char *header; /* csv: "auto" (NULL), "yes", "no" (columns c1, c2, …) */
	enum weir_on_malformed on_malformed;
	struct weir_decode_want want;
	uint16_t stream;            /* stamped on every batch */
	struct weir_budget *budget; /* for dictionaries; borrowed until close; may be NULL */
	/* Of a broker: the messages that the sample was made of, borrowed during open, and what knows the schemas of those that name
	 * one by number, borrowed until close. None: n_messages 0, registry NULL. */
	const struct weir_message *messages;
	size_t n_messages;
	struct weir_registry *registry;
};

struct weir_codec;

/* What was found out, for the screen's "guessed" line and --explain. Strings owned by the codec, valid until close. */
struct weir_guess {
	const char *format; /* "json" … */
	bool format_guessed;
	const char *time_column; /* NULL: none; "date+time": a date and a time of day in two columns */
	const char *time_format; /* "iso" "s" "ms" "us" "ns" or a strptime pattern */
	bool time_guessed;
	const char *doubt;  /* what the sample could not decide, as a sentence without a period; NULL: nothing */
	const char *header; /* "yes" "no" or NULL where it has no sense */
	char separator;     /* of fields; 0 where it has no sense */
	bool lines_above;   /* lines that are no records stand above the header, or above the first record */
	const char *join;   /* which lines are joined to the record before them, in words or as a pattern; NULL: none */
	bool join_guessed;
};

/* Rows on their way back to text. All borrowed during the call. */
struct weir_encode {
	const struct weir_batch *batch;
	const uint64_t *rows; /* bit i set: row i is written; NULL: all are */
	/* What is written, in this order; the batch need not have all of it, and what else it has is left out. */
	const struct weir_schema *columns;
	struct weir_str
	    null; /* csv: the text for NULL, and for what is missing; without quotes, commas and line ends */
};

/* A format: one row of the table. Its own struct, of `bytes` bytes, begins with a struct weir_codec (src/codec/format.h); it is
 * zeroed when open gets it and freed behind close, whatever open returned. */
struct weir_line_format;
struct weir_codec_ops {
	const char *name;       /* "json" */
	const char *help;       /* one line for --list formats */
	const char *absent;     /* NULL: present, else the reason */
	const char *argument;   /* what may follow "name:" in a format text, as "PATH"; NULL: nothing */
	const char *extensions; /* of file names, without the dot, separated by blanks; NULL: none tells the format */
	size_t bytes;
	bool columns_fixed; /* all columns are known when it is opened: none comes later */
	bool named_ahead;   /* names stand ahead of the records: the sample has the time column if there is one */
	bool
	    alone; /* a record is known by its bytes, without what stands before it; formats of lines need not say so */
	/* 0-100: how sure that the sample (whole first bytes of the stream, maybe cut) is this format; negative: no memory. */
	int (*detect)(struct weir_str sample, bool complete);
	/* The same of messages (config->messages), which may be no text; NULL: the format has none of its own. */
	int (*detect_messages)(const struct weir_codec_config *config);
	/* What a sample that was taken for this format may be all the same, as a sentence without a period; NULL: nothing, or no such
	 * function. */
	const char *(*doubt)(struct weir_str sample);
	/* Bytes at the front of a stream that are needed to read it from later on; NULL: none, or lines: a header, or those that begin
	 * with # (named_ahead). */
	size_t (*head)(struct weir_str front);
	/* Learns from the sample what the format needs to know before the first record. */
	enum weir_status (*open)(struct weir_codec *c, const struct weir_codec_config *config, struct weir_str sample,
				 bool complete, struct weir_error *err);
	enum weir_status (*decode)(struct weir_codec *c, struct weir_chunk *chunk, struct weir_batch *batch,
				   struct weir_error *err);
	/* The chunk that was taken to its end was the last of a file, and another file follows (chunk.restarts): whatever is
	 * expected at the start of a file is expected again. NULL: nothing is. */
	void (*restart)(struct weir_codec *c);
	/* `to` has a copy of the bytes of `from`'s own struct: replaces in it what each must own, and what points into the
	 * struct. NULL: the copy will do. False: no memory; `to` can be closed all the same. */
	bool (*clone)(const struct weir_codec *from, struct weir_codec *to);
	void (*close)(struct weir_codec *c); /* releases what it owns; NULL: nothing */
	const char *
	    written_as; /* extensions of files that rows are written to, the usual first, separated by blanks; NULL: none */
	/* Back to text, for landings and captures. Appends the rows from `from` on, as long as out->size stays within `most`, but at least
	 * one. Returns the row that comes next; batch->n_rows: none. out->failed: no memory, and what was appended is of no use. NULL:
	 * the format is only read. Any thread. */
	uint32_t (*encode)(const struct weir_encode *e, uint32_t from, size_t most, struct weir_buf *out);
	/* What stands above the rows of a file and names their columns; appends. NULL: a row names its own, so that any row may
	 * follow any other. */
	void (*encode_head)(const struct weir_encode *e, struct weir_buf *out);
	const struct weir_line_format *lines; /* of formats whose records are lines (src/codec/lines): how; else NULL */
};

extern const struct weir_codec_ops *const weir_codec_table[]; /* ends with NULL */

/* The format that reads one record alone, from its first byte on, of a stream of that format (weir_guess.format): where names stand
 * ahead of the lines, or a pattern tells what is in them, each is a text. NULL: a record has no place of its own in the bytes. */
const char *weir_codec_for_one(struct weir_str format);
/* The format that files of that extension are written in, in either case; NULL: there is none. */
const struct weir_codec_ops *weir_codec_for_writing(struct weir_str extension);

/* Chooses the format (named, or by detection on `sample`: the first bytes of the stream, or the first messages one a line,
 * up to 1 MiB; `complete` when the stream holds no more), guesses the time column from the decoded sample where asked to.
 * Wrong format text, or a --time column that is not there: USAGE. One that holds no times: MALFORMED. Owned by the caller. */
enum weir_status weir_codec_open(const struct weir_codec_config *config, struct weir_str sample, bool complete,
				 struct weir_codec **out, struct weir_error *err) WEIR_MUST_USE;
/* Whether what --join-lines says is a pattern at all, whatever the format will be; NULL, "auto" and "none" are. USAGE with the
 * place where it is wrong. */
enum weir_status weir_codec_check_join(const char *pattern, struct weir_error *err) WEIR_MUST_USE;
/* Every column that the sample showed, whatever is wanted, and its type there. Borrowed until close. */
const struct weir_schema *weir_codec_sample_schema(const struct weir_codec *c);
/* The format names all its columns at the start. */
bool weir_codec_columns_fixed(const struct weir_codec *c);
/* Of a stream that begins with `front`, how many bytes stand ahead of its records and are needed to read those from later on: lines that name
 * the columns, the header of a container. */
size_t weir_codec_head_bytes(const struct weir_codec *c, struct weir_str front);
/* Decodes whole records from the front of `chunk` into `batch` (cleared by the caller, capacity WEIR_BATCH_ROWS) until the
 * batch is full or no whole record is left; advances the chunk. Sets the batch's schema, time_us, position, partition (when
 * the chunk has messages), bytes, n_malformed; not arrival_us. The time column becomes TIMESTAMP; a time text that does not
 * parse widens it to string, leaves WEIR_TIME_NONE, and is noted. Without a time column, messages take the broker's timestamp.
 * OK; MALFORMED only under WEIR_MALFORMED_FAIL (rows before it are in the batch); CANCELLED: the registry was interrupted; NO_MEMORY: the batch holds no answer, and
 * the codec may have lost a column for good: close it. */
enum weir_status weir_codec_decode(struct weir_codec *c, struct weir_chunk *chunk, struct weir_batch *batch,
				   struct weir_error *err) WEIR_MUST_USE;
/* What a record means does not depend on those before it: false where one line names the columns of others, or a record is
 * one of many in a document. May become false while decoding. */
bool weir_codec_from_any_line(const struct weir_codec *c);
/* A second codec of the same stream, for a thread of its own: it knows what `c` knows, and goes on between any two lines behind
 * where `c` stands. Its error places have no record numbers. UNSUPPORTED unless weir_codec_from_any_line. Owned by the caller.
 *
 * Both may then read other lines of the stream; afterwards one adopts what the other decoded, in the order of the stream, and its
 * schema is the stream's. can_adopt: `c` is between two lines that do not depend on each other, their columns stand in the same
 * places, and values are stored as the same types (true for all earlier batches of `other` since the last one adopted when true
 * for its last). Thread: the owner of both codecs and the batch. */
enum weir_status weir_codec_clone(const struct weir_codec *c, struct weir_codec **out,
				  struct weir_error *err) WEIR_MUST_USE;
bool weir_codec_can_adopt(const struct weir_codec *c, const struct weir_codec *other, const struct weir_batch *batch);
enum weir_status weir_codec_adopt(struct weir_codec *c, struct weir_batch *batch, struct weir_error *err) WEIR_MUST_USE;
/* At the end of a stream: USAGE when records came and a column of --time never did. */
enum weir_status weir_codec_check_time(const struct weir_codec *c, struct weir_error *err) WEIR_MUST_USE;
/* A record is only known to be whole when the one behind it has begun: what is left of a chunk is decoded again, with chunk.idle,
 * when nothing comes for a while. */
bool weir_codec_holds_back(const struct weir_codec *c);
/* A place at or before byte `before`, where a line begins, at which a record begins, so that what comes before it is whole;
 * SIZE_MAX: none is found. */
size_t weir_codec_record_before(struct weir_codec *c, const char *bytes, size_t before);
/* The doubt of the guess was the order of day and month, and a date since then was only possible in the one that was guessed. */
bool weir_codec_order_settled(const struct weir_codec *c);
const struct weir_guess *weir_codec_guess(const struct weir_codec *c);
/* Rows that the next batch should have room for: fewer than WEIR_BATCH_ROWS where many columns would take too much memory. */
uint32_t weir_codec_batch_rows(const struct weir_codec *c);
/* From the next decode on, the text that records came as is kept (`raw`). */
void weir_codec_keep_raw(struct weir_codec *c);
void weir_codec_close(struct weir_codec *c); /* NULL allowed */

/* Writers that use a schema registry put a zero byte and the schema's number, four bytes, before the data. Cuts them off; false:
 * there are none. */
bool weir_frame_cut(struct weir_str *payload, uint32_t *schema);
/* A message of Avro's single-object encoding, in words, cut to `size`; false: it is none. */
bool weir_single_object_say(struct weir_str payload, char *out, size_t size);

/* Fields of CSV, appended. A text: in quotes where RFC 4180 wants them. Any value: as text; NULL is `null`, and a text that reads
 * the same, or is empty, stands in quotes. */
void weir_csv_quote(struct weir_str s, struct weir_buf *out);
void weir_csv_value(const struct weir_value *v, struct weir_str null, struct weir_buf *out);

#endif
