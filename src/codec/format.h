/* What every format is made of. A format's own struct begins with a struct weir_codec, which is made, copied and freed here.
 * Called by the formats, and by codec.c, open.c and clone.c, which call the formats through their ops.
 *
 * ops->decode gets a cleared batch; it calls weir_builder_begin, reads records from the front of the chunk (bytes: advance
 * bytes, size, offset by what was taken, counting it in batch->bytes; messages: advance messages and n_messages) until
 * weir_builder_full or no whole record is left, and ends with weir_codec_end. A record is whole at its end mark, or when
 * chunk->at_end. When chunk->full (the longest allowed record has no end yet) it rejects what is there as WEIR_BAD_TOO_LONG
 * and skips to the next end mark. lines/lines.h does all of this for formats whose records are lines. */
#ifndef WEIR_CODEC_FORMAT_H
#define WEIR_CODEC_FORMAT_H

#include "codec/bulk/bulk.h"

struct weir_join; /* codec/lines/join.h */

struct weir_codec {
	const struct weir_codec_ops *ops;
	struct weir_builder builder;
	struct weir_guess guess; /* format, header, doubt: by ops->open; the rest by weir_codec_open */
	char *format, *time_name, *time_format, *doubt; /* owned texts behind guess */
	const struct weir_schema *sample;               /* one reference; all its columns */
	struct weir_buf repaired;                       /* the record being read, when bytes of it are no UTF-8 */
	struct weir_bulk bulk;                          /* for formats that read many plain records at once */
	struct weir_join *join; /* owned: lines that belong to the record before them; NULL: each line is a record */
	bool skipping;          /* inside a record that was too long */
	bool from_any_line;     /* what a line means does not depend on those before it, but for types; set by open */
	bool growing;           /* as of the config */
	bool order_open;        /* the sample did not tell the order of day and month: that is the doubt of the guess */
};

/* Zeroed, ops->bytes large, its builder still to be made; weir_codec_close frees it. NULL: no memory. */
struct weir_codec *weir_codec_new(const struct weir_codec_ops *ops);
/* Another of the same format that knows what `from` knows, its builder still to be made. NULL: no memory. */
struct weir_codec *weir_codec_copy(const struct weir_codec *from);

/* A column that is written (encode.c). */
struct weir_encode_column {
	const struct weir_column *column; /* of the batch; NULL: it has none of that name */
	enum weir_type type;              /* of the batch's schema, which may be wider than the column of this batch */
};
/* One for each of e->columns, owned by the caller; NULL: no memory. */
struct weir_encode_column *weir_encode_columns(const struct weir_encode *e);
/* A cell as its type. A text borrows from the column or from `text` (which says when there was no memory for it). */
struct weir_value weir_encode_cell(const struct weir_encode_column *c, uint32_t row, struct weir_buf *text);

/* Writes one row; out->failed: no memory. */
typedef void weir_encode_row(void *ctx, uint32_t row, struct weir_buf *out);
/* The whole of ops->encode for a format that writes row by row. */
uint32_t weir_encode_rows(const struct weir_encode *e, uint32_t from, size_t most, weir_encode_row *write, void *ctx,
			  struct weir_buf *out);

/* What follows "name:" in a format text ("json:PATH" → "PATH"), or NULL. */
const char *weir_codec_argument(const struct weir_codec_config *config);

/* The record's text as UTF-8 without NUL: as it is, or repaired in codec->repaired, which is noted (weir_builder_note) unless the
 * codec is only surveying. data NULL: no memory. A record with NULs in a quarter of it is no text: *binary, nothing noted. */
struct weir_str weir_codec_clean(struct weir_codec *c, struct weir_str text, int64_t position,
				 const struct weir_message *message, bool surveying, bool *binary);
extern const char weir_codec_binary[]; /* the detail to reject such a record with */

/* Ends the batch; `ok`: what was decoded until here was. The status to return from ops->decode. */
enum weir_status weir_codec_end(struct weir_codec *c, bool ok, struct weir_error *err);

#endif
