/* How one record is read again: a source of its own begins at the place where it stood. Of messages that one is taken; of bytes a codec
 * of its own takes the first record there, so that what is packed, in another encoding or over several lines is read as it was
 * before. */
#include "again.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum {
	WAIT_US = 50000,      /* between two looks at whether it is still wanted */
	SILENT_US = 10000000, /* so long nothing comes: it is given up */
	ROWS = 8,
};

struct reading {
	struct weir_stream *stream;
	const struct weir_again_place *place;
	struct weir_source *source; /* owned */
	const char *format;         /* of bytes: that one record has; NULL: none can be read alone */
	struct weir_again_answer *out;
	struct weir_error err;
};

/* Why it is not there. */
static void refuse(struct reading *r, const char *reason, const char *more)
{
	snprintf(
	    r->out->why, sizeof r->out->why,
	    "not kept, and %.120s%s%.200s. A question that names _raw keeps the bytes of what comes from then on, for "
	    "example :derive text=_raw",
	    reason, more ? ": " : "", more ? more : "");
}

/* ---- the source ---- */

static bool is_same_file(const struct weir_stream *s, const struct weir_source *now)
{
	struct stat meta;

	return !s->replaced && stat(s->uri.path, &meta) == 0 && meta.st_ino == s->file && meta.st_dev == s->device &&
	       (!s->source->written_us || now->written_us == s->source->written_us);
}

static enum weir_status open_source(struct reading *r)
{
	const struct weir_stream *s = r->stream;
	struct weir_source_config c = {
	    .clock = s->config.clock,
	    .budget = s->config.budget,
	    .stdin_fd = -1,
	    .encoding = s->encoding && strcmp(s->encoding, "auto") != 0 ? s->encoding : NULL,
	};
	enum weir_status st = weir_uri_copy(&s->uri, &c.uri) ? WEIR_OK : WEIR_NO_MEMORY;

	if (st == WEIR_OK)
		st = weir_source_begin_at(&c.uri, &r->place->is);
	if (st == WEIR_OK)
		st = weir_source_open(&c, &r->source, &r->err);
	weir_uri_release(&c.uri);
	return st;
}

/* False: the reason is told. */
static bool open_at_record(struct reading *r)
{
	struct weir_stream *s = r->stream;
	bool file = weir_uri_is_file(&s->uri);
	struct stat meta;

	if (!s->source || weir_source_is_typed(s->source)) {
		refuse(r, "its source hands out rows, which have no bytes of their own", NULL);
		return false;
	}
	if (s->source->ops->once || (file && weir_uri_param(&s->uri, "continue"))) {
		refuse(r, "its source cannot be read again from one record on", NULL);
		return false;
	}
	if (file && (stat(s->uri.path, &meta) != 0 || !S_ISREG(meta.st_mode))) {
		refuse(r, "its source is no file that is still there", NULL);
		return false;
	}
	enum weir_status st = open_source(r);
	if (st == WEIR_OK && file && !is_same_file(s, r->source))
		refuse(r, "the file has changed since it was read", NULL);
	else if (st == WEIR_UNSUPPORTED && !r->err.what[0])
		refuse(r, "its source cannot be read again from one record on", NULL);
	else if (st == WEIR_NO_MEMORY)
		refuse(r, "there is no memory to read it again", NULL);
	else if (st != WEIR_OK)
		refuse(r, file ? "the file cannot be opened again" : "it cannot be read again", r->err.what);
	else
		return true;
	return false;
}

/* ---- messages ---- */

static bool keep(struct weir_str from, struct weir_buf *to)
{
	weir_buf_add_str(to, from);
	return from.data != NULL;
}

static void take_message(struct reading *r, const struct weir_message *m)
{
	struct weir_again_answer *a = r->out;

	if (r->place->stamp_us != WEIR_TIME_NONE && m->time_us != r->place->stamp_us) {
		refuse(r, "another record stands in its place now: what held it was made anew", NULL);
		return;
	}
	a->has_key = keep(m->key, &a->key);
	a->has_headers = keep(m->headers, &a->headers);
	a->found = keep(m->payload, &a->raw);
	if (!a->found)
		snprintf(a->why, sizeof a->why, "it has none: its value is null, a tombstone");
}

/* AGAIN: it is not among them. */
static enum weir_status look_at_messages(struct reading *r, struct weir_chunk *chunk)
{
	const struct weir_source_place *p = &r->place->is;

	for (; chunk->n_messages; chunk->n_messages--, chunk->messages++) {
		const struct weir_message *m = chunk->messages;
		if (m->offset != p->position || !weir_str_equal(m->topic, p->topic) ||
		    (chunk->partitions && weir_partitions_get(chunk->partitions, m->partition)->number != p->partition))
			continue;
		take_message(r, m);
		return WEIR_OK;
	}
	return WEIR_AGAIN;
}

/* ---- bytes ---- */

/* The first record of what is there. AGAIN: it goes on behind it. */
static enum weir_status decode_first(struct reading *r, const struct weir_chunk *chunk)
{
	const struct weir_codec_config config = {.format = r->format,
						 .time = "none",
						 .join = r->stream->join,
						 .header = "no",
						 .on_malformed = WEIR_MALFORMED_KEEP,
						 .want.raw = true,
						 .budget = r->stream->config.budget};
	struct weir_codec *codec = NULL;
	struct weir_batch *batch = weir_batch_new(ROWS);
	struct weir_chunk left = *chunk;
	enum weir_status st =
	    batch ? weir_codec_open(&config, (struct weir_str){chunk->bytes, chunk->size}, chunk->at_end, &codec, NULL)
		  : WEIR_NO_MEMORY;

	if (st == WEIR_OK)
		st = weir_codec_decode(codec, &left, batch, NULL);
	if (st == WEIR_OK && !batch->n_rows)
		st = chunk->at_end || chunk->full ? WEIR_MALFORMED : WEIR_AGAIN;
	if (st == WEIR_OK && weir_batch_position(batch, 0) != (int64_t)chunk->offset)
		st = WEIR_MALFORMED; /* no record begins here */
	if (st == WEIR_OK) {
		struct weir_value raw = weir_column_get(&batch->raw, 0);
		r->out->found = raw.type == WEIR_STRING && keep(raw.s, &r->out->raw);
		st = r->out->found ? WEIR_OK : WEIR_MALFORMED;
	}
	weir_codec_close(codec);
	weir_batch_free(batch);
	return st;
}

static enum weir_status look_at_bytes(struct reading *r, struct weir_chunk *chunk)
{
	uint64_t position = (uint64_t)r->place->is.position;

	if (!r->format) {
		refuse(r, "in this format a record has no place of its own in the file", NULL);
		return WEIR_OK;
	}
	uint64_t ahead = position > chunk->offset ? position - chunk->offset : 0;
	if (ahead > chunk->size)
		ahead = chunk->size;
	chunk->full = chunk->full && !ahead;
	chunk->bytes += ahead;
	chunk->size -= ahead;
	chunk->offset += ahead;
	if (chunk->offset != position || (!chunk->size && !chunk->at_end))
		return chunk->offset > position ? WEIR_MALFORMED : WEIR_AGAIN;
	return decode_first(r, chunk);
}

/* ---- */

/* The source has come to its end, or failed, without it. */
static void say_gone(struct reading *r, enum weir_status st)
{
	struct weir_source_status status;
	uint64_t lost = 0;
	char why[200];

	weir_source_status(r->source, &status);
	for (uint32_t i = 0; i < weir_partitions_count(status.partitions); i++)
		lost += weir_partitions_get(status.partitions, i)->lost;
	weir_secrets_hide_error(&r->stream->secrets, &r->err);
	if (weir_uri_is_file(&r->stream->uri) && (st == WEIR_END || st == WEIR_MALFORMED))
		refuse(r, "no such record is found in the file any more", NULL);
	else if (st == WEIR_AGAIN) {
		snprintf(why, sizeof why, "%s", status.detail);
		weir_secrets_hide(&r->stream->secrets, why, sizeof why);
		refuse(r, "nothing came for 10 seconds when it was read again", why[0] ? why : NULL);
	} else if (st != WEIR_END)
		refuse(r, st == WEIR_NOT_FOUND ? "it is gone" : "it could not be read again", r->err.what);
	else
		refuse(r,
		       lost ? "the server has discarded it since: it does not keep records that long"
			    : "the server does not have it any more: compaction leaves the newest record of each key",
		       NULL);
}

static void search(struct reading *r, const _Atomic bool *stop)
{
	const struct weir_clock *clock = r->stream->config.clock;
	int64_t heard_us = weir_clock_mono_us(clock);
	enum weir_status st = WEIR_AGAIN, found = WEIR_AGAIN;
	struct weir_chunk chunk = {0};

	while (found == WEIR_AGAIN && !*stop) {
		st = weir_source_poll(r->source, WAIT_US, &chunk, &r->err);
		int64_t now_us = weir_clock_mono_us(clock);
		if (st == WEIR_AGAIN && now_us - heard_us < SILENT_US)
			continue;
		if (st != WEIR_OK)
			break;
		heard_us = now_us;
		found = chunk.is_messages ? look_at_messages(r, &chunk) : look_at_bytes(r, &chunk);
		if (found == WEIR_AGAIN)
			weir_source_consume(r->source, &chunk);
	}
	if (found == WEIR_NO_MEMORY || r->out->raw.failed || r->out->key.failed || r->out->headers.failed) {
		r->out->found = r->out->has_key = r->out->has_headers = false;
		refuse(r, "there is no memory to read it again", NULL);
	} else if (found != WEIR_OK && !*stop)
		say_gone(r, found == WEIR_AGAIN ? st : found);
}

void weir_again_answer_release(struct weir_again_answer *a)
{
	weir_buf_release(&a->raw);
	weir_buf_release(&a->key);
	weir_buf_release(&a->headers);
	*a = (struct weir_again_answer){0};
}

void weir_again_read(struct weir_stream *s, const struct weir_again_place *place, const _Atomic bool *stop,
		     struct weir_again_answer *out)
{
	struct reading r = {.stream = s, .place = place, .out = out};

	weir_again_answer_release(out);
	pthread_mutex_lock(&s->lock);
	r.format = weir_codec_for_one(weir_str_of(s->read_as));
	pthread_mutex_unlock(&s->lock);
	if (open_at_record(&r))
		search(&r, stop);
	weir_source_close(r.source);
}
