/* The bytes of one record, read again where they were not kept: from the place in a file where the record stood. A source and a
 * codec of their own do it, so that what is packed, in another encoding or over several lines is read as it was before. */
#include "stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum {
	WAIT_US = 20000,
	MOST_US = 300000, /* how long a packed file is unpacked, while the next picture waits */
	ROWS = 8,
};

static bool is_same_file(const struct weir_stream *s, const struct weir_source *now)
{
	struct stat meta;
	return !s->replaced && stat(s->uri.path, &meta) == 0 && meta.st_ino == s->file && meta.st_dev == s->device &&
	       (!s->source->written_us || now->written_us == s->source->written_us);
}

/* The same file from that byte on. */
static enum weir_status open_at(const struct weir_stream *s, int64_t position, struct weir_source **out)
{
	static const char *const bounds = "from until follow position continue";
	char byte[24], name[] = "position";
	struct weir_uri uri = s->uri;
	snprintf(byte, sizeof byte, "%lld", (long long)position);
	uri.n_params = 0;
	uri.params = weir_alloc((s->uri.n_params + 1) * sizeof *uri.params);
	if (!uri.params)
		return WEIR_NO_MEMORY;
	for (size_t i = 0; i < s->uri.n_params; i++)
		if (!weir_str_among(bounds, weir_str_of(s->uri.params[i].name)))
			uri.params[uri.n_params++] = s->uri.params[i];
	uri.params[uri.n_params++] = (struct weir_param){name, byte};
	struct weir_source_config c = {
	    .uri = uri,
	    .clock = s->config.clock,
	    .budget = s->config.budget,
	    .stdin_fd = -1,
	    .encoding = s->encoding && strcmp(s->encoding, "auto") != 0 ? s->encoding : NULL,
	};
	enum weir_status st = weir_source_open(&c, out, NULL);
	free(uri.params);
	return st;
}

/* The first record of what is there. AGAIN: it goes on behind it. */
static enum weir_status decode_first(const struct weir_stream *s, const char *format, const struct weir_chunk *chunk,
				     struct weir_buf *out)
{
	const struct weir_codec_config config = {.format = format,
						 .time = "none",
						 .join = s->join,
						 .header = "no",
						 .on_malformed = WEIR_MALFORMED_KEEP,
						 .want.raw = true,
						 .budget = s->config.budget};
	struct weir_codec *codec = NULL;
	struct weir_batch *batch = weir_batch_new(ROWS);
	struct weir_chunk left = *chunk;
	enum weir_status st =
	    batch ? weir_codec_open(&config, (struct weir_str){chunk->bytes, chunk->size}, chunk->at_end, &codec, NULL)
		  : WEIR_NO_MEMORY;
	if (st == WEIR_OK)
		st = weir_codec_decode(codec, &left, batch, NULL);
	if (st == WEIR_OK && !batch->n_rows)
		st = chunk->at_end ? WEIR_MALFORMED : WEIR_AGAIN;
	if (st == WEIR_OK && weir_batch_position(batch, 0) != (int64_t)chunk->offset)
		st = WEIR_MALFORMED; /* no record begins here */
	if (st == WEIR_OK) {
		struct weir_value raw = weir_column_get(&batch->raw, 0);
		st = raw.type == WEIR_STRING ? WEIR_OK : WEIR_MALFORMED;
		weir_buf_add_str(out, st == WEIR_OK ? raw.s : (struct weir_str){0});
	}
	weir_codec_close(codec);
	weir_batch_free(batch);
	return out->failed ? WEIR_NO_MEMORY : st;
}

static const char *read_file(struct weir_stream *s, const char *format, int64_t position)
{
	struct weir_source *source = NULL;
	struct weir_chunk chunk = {0};
	int64_t begin_us = weir_clock_mono_us(s->config.clock);
	enum weir_status st = open_at(s, position, &source), read = WEIR_AGAIN;
	if (st != WEIR_OK)
		return st == WEIR_NO_MEMORY ? "there is no memory to read it again" : "the file cannot be opened again";
	if (!is_same_file(s, source)) {
		weir_source_close(source);
		return "the file has changed since it was read";
	}
	while (read == WEIR_AGAIN && (st == WEIR_OK || st == WEIR_AGAIN) &&
	       weir_clock_mono_us(s->config.clock) - begin_us < MOST_US) {
		st = weir_source_poll(source, WAIT_US, &chunk, NULL);
		if (st == WEIR_OK && (chunk.size || chunk.at_end))
			read = decode_first(s, format, &chunk, &s->again.text);
		if (st == WEIR_OK && read == WEIR_AGAIN)
			weir_source_consume(source, &chunk);
	}
	weir_source_close(source);
	return read == WEIR_OK ? NULL
	       : read == WEIR_AGAIN && st != WEIR_END
		   ? "it lies too far into the file to be read again within a picture"
		   : "no such record is found in the file any more";
}

/* NULL: it was found. */
static const char *find(struct weir_stream *s, int64_t position)
{
	struct stat meta;
	const char *format;
	pthread_mutex_lock(&s->lock);
	format = weir_codec_for_one(weir_str_of(s->read_as));
	pthread_mutex_unlock(&s->lock);
	if (!s->source || weir_source_is_typed(s->source))
		return "its source hands out rows, which have no bytes of their own";
	bool resumes = s->source->ops->position && !s->source->ops->once;
	if (position < 0 || !weir_uri_is_file(&s->uri) || !resumes || weir_uri_param(&s->uri, "continue"))
		return "its source cannot be read again from one record on";
	if (stat(s->uri.path, &meta) != 0 || !S_ISREG(meta.st_mode))
		return "its source is no file that is still there";
	return format ? read_file(s, format, position) : "in this format a record has no place of its own in the file";
}

bool weir_stream_read_again(struct weir_stream *s, int64_t position, struct weir_str *text, const char **why)
{
	struct weir_stream_again *a = &s->again;
	if (!a->done || a->position != position) {
		weir_buf_clear(&a->text);
		const char *reason = find(s, position);
		a->done = true;
		a->position = position;
		a->found = !reason;
		snprintf(a->why, sizeof a->why,
			 "not kept, and %s. A question that names _raw keeps the bytes of what comes from then on, for "
			 "example :derive text=_raw",
			 reason ? reason : "");
	}
	*text = a->found ? weir_buf_str(&a->text) : (struct weir_str){0};
	*why = a->why;
	return a->found;
}
