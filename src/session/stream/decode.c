/* Chunks to batches: on two threads where it pays. */
#include "stream.h"

/* What a batch takes grows with what is read into it: of a large chunk a piece at a time, unless one record is larger. */
static enum weir_status decode_piece(struct weir_stream *s, struct weir_chunk *chunk, struct weir_batch *b,
				     struct weir_error *err)
{
	uint64_t most = weir_budget_part(s->config.budget);

	for (;; most *= 4) {
		struct weir_chunk piece = *chunk;
		bool whole = chunk->is_messages || chunk->size <= most;
		if (!whole) {
			piece.size = (size_t)most;
			piece.at_end = piece.full = piece.restarts = false;
		}
		enum weir_status st = weir_codec_decode(s->codec, &piece, b, err);
		size_t taken = chunk->is_messages ? 0 : (size_t)(piece.bytes - chunk->bytes);
		if (whole)
			*chunk = piece;
		chunk->bytes += whole ? 0 : taken;
		chunk->size -= whole ? 0 : taken;
		chunk->offset += whole ? 0 : taken;
		if (whole || taken || b->n_rows || weir_batch_malformed(b) || st != WEIR_OK)
			return st;
		weir_batch_clear(b);
	}
}

/* Decodes one batch from the chunk and hands it over. *more: another may follow from the same chunk. */
static enum weir_status decode_one(struct weir_stream *s, struct weir_chunk *chunk, bool *more, struct weir_error *err)
{
	struct weir_batch *b = weir_stream_empty_batch(s, weir_codec_batch_rows(s->codec));

	*more = false;
	if (!b)
		return weir_fail(err, WEIR_NO_MEMORY, s->name, "out of memory");
	enum weir_status st = decode_piece(s, chunk, b, err);
	b->arrival_us = chunk->arrival_us;
	if (st == WEIR_NO_MEMORY) { /* its rows may lack what there was no room for */
		weir_batch_free(b);
		return st;
	}
	if (b->n_rows == 0 && weir_batch_malformed(b) == 0 && b->bytes == 0) {
		s->spare = b;
		return st;
	}
	enum weir_status handed = weir_stream_hand_over(s, b);
	if (handed != WEIR_OK)
		return handed;
	*more = st == WEIR_OK && (chunk->size || chunk->n_messages);
	return st;
}

static enum weir_status decode_all(struct weir_stream *s, struct weir_chunk *chunk, struct weir_error *err)
{
	enum weir_status st;
	bool more;

	do {
		st = decode_one(s, chunk, &more, err);
	} while (more && !s->stop);
	return st;
}

static enum weir_status adopt(struct weir_stream *s, struct weir_batch **batches, size_t n, struct weir_error *err)
{
	enum weir_status st = WEIR_OK;

	for (size_t i = 0; i < n; i++) {
		if (st == WEIR_OK && (st = weir_codec_adopt(s->codec, batches[i], err)) == WEIR_OK)
			st = weir_stream_hand_over(s, batches[i]);
		else
			weir_batch_free(batches[i]);
	}
	return st;
}

static void give_up_second(struct weir_stream *s)
{
	weir_second_decoder_free(s->second);
	s->second = NULL;
	s->alone = true;
}

/* A screen gets what comes as it comes; a batch is done sooner on two processors. */
static bool may_be_parted(const struct weir_stream *s, const struct weir_chunk *chunk)
{
	bool paced = s->config.replay && weir_replay_speed(s->config.replay) > 0;
	return weir_codec_from_any_line(s->codec) && !s->config.live && !paced && !chunk->is_messages &&
	       !chunk->at_end && s->on_malformed != WEIR_MALFORMED_FAIL && weir_cpu_count() > 1;
}

/* The sample is read by one codec; what follows may be read by two, of which the second knows what the first has learned. */
static enum weir_status decode_sample(struct weir_stream *s, struct weir_chunk *chunk, struct weir_error *err)
{
	enum weir_status st;
	bool more;

	s->alone = !may_be_parted(s, chunk);
	if (s->alone)
		return WEIR_OK;
	do {
		st = decode_one(s, chunk, &more, err);
	} while (more && !s->stop && chunk->offset < WEIR_SAMPLE_MOST_BYTES);
	if (st == WEIR_OK && weir_codec_from_any_line(s->codec))
		s->second = weir_second_decoder_new(s->codec);
	s->alone = !s->second;
	return st;
}

/* The front here, the back by the second decoder. Where they do not join, the back is decoded again, and this stream goes on with one. */
static enum weir_status decode_parts(struct weir_stream *s, struct weir_chunk *chunk, struct weir_error *err)
{
	struct weir_chunk front, back;
	struct weir_batch **batches;
	size_t n;

	if (!weir_second_decoder_cut(s->second, chunk, &front, &back))
		return WEIR_OK;
	while (weir_ring_count(s->empty) > 1)
		weir_second_decoder_give(s->second, weir_ring_try_pop(s->empty));
	weir_second_decoder_start(s->second, &back);
	enum weir_status st = decode_all(s, &front, err);
	weir_source_ahead(s->source);
	bool whole = weir_second_decoder_wait(s->second, &batches, &n);
	if (st == WEIR_OK && !s->stop && front.size == 0 && whole && n &&
	    weir_second_decoder_joins(s->second, s->codec, batches[n - 1])) {
		chunk->size -= (size_t)(back.bytes + back.size - chunk->bytes);
		chunk->bytes = back.bytes + back.size;
		chunk->offset = back.offset + back.size;
		s->second_settled = weir_second_decoder_order_settled(s->second);
		return adopt(s, batches, n, err);
	}
	for (size_t i = 0; i < n; i++)
		weir_batch_free(batches[i]);
	give_up_second(s);
	chunk->size -= (size_t)(front.bytes - chunk->bytes);
	chunk->bytes = front.bytes;
	chunk->offset = front.offset;
	return st;
}

enum weir_status weir_stream_decode(struct weir_stream *s, struct weir_chunk *chunk, struct weir_error *err)
{
	if (s->wants_raw && !s->keeps_raw) {
		weir_codec_keep_raw(s->codec);
		s->keeps_raw = true;
		s->without_raw = s->records;
	}
	const struct weir_chunk before = *chunk;
	size_t bytes = chunk->is_messages ? chunk->n_messages * 200 : chunk->size;

	s->replaced = s->replaced || chunk->restarts;
	if (chunk->restarts) /* the new file may have other columns, of which a second decoder knows nothing */
		give_up_second(s);
	enum weir_status st = s->second || s->alone ? WEIR_OK : decode_sample(s, chunk, err);

	if (st == WEIR_OK && !s->stop && s->second)
		st = decode_parts(s, chunk, err);
	if (st == WEIR_OK && !s->stop)
		st = decode_all(s, chunk, err);
	if (st != WEIR_NO_MEMORY)
		weir_stream_capture_run(s, &before, chunk);
	if (st != WEIR_OK)
		return st;
	weir_source_consume(s->source, chunk);
	weir_stream_settle(s, bytes);
	return WEIR_OK;
}
