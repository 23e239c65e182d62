/* What codecs share. Each codec's own struct starts with a struct weir_codec; its ops->open allocates it (weir_codec_alloc) and
 * ops->close releases its own parts and then calls weir_codec_free.
 *
 * ops->decode gets a cleared batch; it calls weir_builder_begin, reads records from the front of the chunk (bytes: advance
 * bytes, size, offset by what was taken, counting it in batch->bytes; messages: advance messages and n_messages) until
 * weir_builder_full or no whole record is left, and weir_builder_end. A record is whole at its end mark, or when chunk->at_end. When
 * chunk->full (the longest allowed record has no end yet) it rejects what is there as WEIR_BAD_TOO_LONG and skips to the next
 * end mark. weir_lines below does all of this for formats whose records are lines. */
#ifndef WEIR_CODEC_INTERNAL_H
#define WEIR_CODEC_INTERNAL_H

#include "codec/builder.h"

struct weir_codec {
	const struct weir_codec_ops *ops;
	struct weir_builder builder;
	struct weir_guess guess;      /* format, header: by ops->open; the rest by weir_codec_open */
	char *format, *time_name, *time_format; /* owned texts behind guess */
	bool skipping;                /* inside a record that was too long */
	bool types_last;              /* how a text is stored depends on the texts before it (weir_cells) */
	bool retyped;                 /* and that changed behind the sample */
	uint64_t sample_bytes;        /* that the codec was opened with */
	/* NULL, or: reads what it can of the records at the front of a chunk of lines before weir_lines reads one. False: no memory */
	bool (*read_plain)(struct weir_codec *c, struct weir_chunk *chunk);
};

/* Zeroed, `bytes` large (>= sizeof(struct weir_codec)), with its builder ready. config->time is "COLUMN:FORMAT" or NULL by now. */
void *weir_codec_alloc(const struct weir_codec_ops *ops, const struct weir_codec_config *config, size_t bytes, struct weir_error *err);
void weir_codec_free(struct weir_codec *c);

/* What follows "name:" in a format text ("json:PATH" → "PATH"), or NULL. */
const char *weir_codec_argument(const struct weir_codec_config *config);

/* Record by record over lines (LF or CRLF; blank lines are passed over) or messages: calls line(codec, text, position,
 * message), which fills columns and returns true; weir_lines commits. To reject, it sets *why to the reason and *detail.
 * False: no memory. Lines that are no valid UTF-8 or hold NUL bytes are rejected before. */
typedef bool (*weir_line_fn)(struct weir_codec *c, struct weir_str line, int *why, const char **detail);
enum weir_status weir_lines(struct weir_codec *c, struct weir_chunk *chunk, struct weir_batch *batch, weir_line_fn line,
			    struct weir_error *err);
/* Advances a byte chunk. */
static inline void weir_chunk_take(struct weir_chunk *chunk, struct weir_batch *batch, size_t n)
{
	chunk->bytes += n;
	chunk->size -= n;
	chunk->offset += n;
	batch->bytes += n;
}

extern const struct weir_codec_ops weir_codec_json, weir_codec_csv, weir_codec_tsv, weir_codec_logfmt, weir_codec_clf,
	weir_codec_regex, weir_codec_text;

#endif
