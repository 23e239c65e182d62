/* avro in the table of formats: container files block by block, and messages that a registry framed. */
#include "config.h"

#include "codec/framed/framed.h"

#include "weir/base/bounds.h"

#include <stdio.h>
#include <stdlib.h>

#ifdef WEIR_WITH_CURL
#define WITHOUT_REGISTRY ""
#else
#define WITHOUT_REGISTRY " (which this weir, built without libcurl, cannot ask)"
#endif

struct avro_codec {
	struct weir_codec codec; /* first */
	struct framed framed;    /* messages */
	struct avro_plan plan;
	/* of the file that is being read: */
	bool has_header, hopeless; /* its header cannot be read, so nothing of it can */
	enum avro_compression compression;
	char sync[AVRO_SYNC_BYTES];
	/* of the block: its data, plain, whose first `at` bytes are read; the records that are left in it. The last bytes that it
	 * takes of the chunk, its marker, are taken with its last record. */
	struct weir_buf block;
	size_t at, charged_bytes;
	bool in_block;
	uint64_t left;
	uint32_t empties;    /* records of the block that had no bytes */
	int64_t plain_bytes; /* of all blocks before it and the headers: records have their positions in that */
	/* records that are lost, still to be counted */
	uint64_t lost;
	enum weir_malformed lost_why;
	const char *lost_detail;
	char header_why[300];
};

/* Of a block: its count is all that they are, and a count can claim anything. As many as the items of a datum. */
enum { MOST_EMPTIES = 1 << 16 };

static int detect(struct weir_str sample, bool complete)
{
	(void)complete;
	return avro_has_magic(sample) ? 100 : 0;
}

static size_t head_bytes(struct weir_str front)
{
	struct avro_header header;
	return avro_header_read(front, &header, NULL) == WEIR_OK ? header.bytes : 0;
}

static void charge_block(struct avro_codec *a)
{
	weir_budget_charge(a->codec.builder.budget, (int64_t)a->block.capacity - (int64_t)a->charged_bytes);
	a->charged_bytes = a->block.capacity;
}

/* The header at the front of `bytes`, and the plan for its schema. */
static enum weir_status take_header(struct avro_codec *a, struct weir_str bytes, size_t *taken, struct weir_error *err)
{
	struct avro_header header;
	struct avro_schema *schema = NULL;
	enum weir_status st = avro_header_read(bytes, &header, err);
	if (st == WEIR_OK)
		st = avro_schema_parse(&header.schema, 1, &schema, err);
	if (st != WEIR_OK && err)
		err->origin[0] = '\0'; /* the stream's name stands there */
	if (st != WEIR_OK)
		return st;
	avro_plan_release(&a->plan);
	bool ok = avro_plan_make(&a->plan, schema);
	avro_schema_unref(schema);
	if (!ok)
		return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
	a->has_header = true;
	a->compression = header.compression;
	memcpy(a->sync, header.sync, sizeof a->sync);
	*taken = header.bytes;
	return WEIR_OK;
}

static enum weir_status avro_open(struct weir_codec *c, const struct weir_codec_config *config, struct weir_str sample,
				  bool complete, struct weir_error *err)
{
	struct avro_codec *a = (struct avro_codec *)c;
	size_t bytes;
	a->framed.registry = config->registry;
	if (config->n_messages)
		return WEIR_OK;
	enum weir_status st = sample.size ? take_header(a, sample, &bytes, err) : WEIR_AGAIN;
	a->has_header = false; /* it is read again with the file */
	if (st == WEIR_AGAIN && complete && sample.size)
		return weir_fail(err, WEIR_MALFORMED, "", "the file ends within its Avro header");
	return st == WEIR_AGAIN ? WEIR_OK : st;
}

/* ---- what is lost ---- */

static void lose(struct avro_codec *a, uint64_t records, enum weir_malformed why, const char *detail)
{
	a->lost = records;
	a->lost_why = why;
	a->lost_detail = detail;
}

static bool count_lost(struct avro_codec *a)
{
	struct weir_builder *b = &a->codec.builder;
	while (a->lost && !weir_builder_full(b) && weir_builder_has_room(b)) {
		struct weir_str raw = {a->block.data ? a->block.data : "", 0};
		a->lost--;
		if (!weir_builder_reject(b, a->lost_why, a->plain_bytes + (int64_t)a->at, raw, NULL, a->lost_detail))
			return false;
	}
	return true;
}

/* The bytes up to the next marker belong to no record. */
static void skip_to_marker(struct avro_codec *a, struct weir_chunk *chunk, struct weir_batch *batch)
{
	const char *mark = memmem(chunk->bytes, chunk->size, a->sync, AVRO_SYNC_BYTES);
	a->codec.skipping = !mark;
	if (mark)
		weir_chunk_take(chunk, batch, (size_t)(mark - chunk->bytes) + AVRO_SYNC_BYTES);
	else if (chunk->at_end || chunk->size >= AVRO_SYNC_BYTES)
		weir_chunk_take(chunk, batch, chunk->at_end ? chunk->size : chunk->size - (AVRO_SYNC_BYTES - 1));
}

/* ---- blocks ---- */

/* The rest of a block cannot be read. */
static void lose_block(struct avro_codec *a, enum weir_malformed why, const char *detail)
{
	/* A count that no block has is damaged itself. */
	bool sane = a->left <= a->block.size - a->at + WEIR_SEGMENT_ROWS;
	lose(a, sane && a->left ? a->left : 1, why, detail);
	a->left = 0;
}

/* Records of the block until the batch is full. False: no memory. */
static bool read_records(struct avro_codec *a)
{
	struct weir_builder *b = &a->codec.builder;
	struct avro_notes notes;
	while (a->left && !weir_builder_full(b)) {
		const unsigned char *from = (const unsigned char *)a->block.data + a->at;
		struct avro_in in = {.p = from, .end = (const unsigned char *)a->block.data + a->block.size};
		enum avro_outcome outcome = avro_row(&a->plan, b, &in, &notes);
		int64_t position = a->plain_bytes + (int64_t)a->at;
		struct weir_str raw = {(const char *)from, (size_t)(in.p - from)};
		if (outcome == AVRO_NO_MEMORY)
			return false;
		if (outcome == AVRO_BAD) {
			weir_builder_take_back(b);
			b->cut = false;
			lose_block(a, in.why, in.detail);
			return true;
		}
		if (!b->cut && avro_notes_any(&notes))
			avro_row_notes(b, &notes, position, raw, NULL);
		bool cut = b->cut;
		if (!weir_builder_commit(b, position, raw, NULL))
			return false;
		if (cut)
			return true;
		a->left--;
		a->at += raw.size;
		a->empties += !raw.size;
		if (a->empties >= MOST_EMPTIES && a->left && a->at == a->block.size) {
			lose(a, 1, WEIR_BAD_TOO_LONG,
			     "a block that claims more records without bytes than are read of one");
			a->left = 0;
			return true;
		}
	}
	if (!a->left && a->at < a->block.size && !weir_builder_full(b))
		lose(a, 1, WEIR_BAD_SYNTAX, "bytes are left behind the last record of a block");
	return true;
}

/* The block that stands at the front of the chunk. False: none is whole, or no memory (block.failed). */
static bool enter_block(struct avro_codec *a, struct weir_chunk *chunk, struct weir_batch *batch)
{
	struct avro_block_place place;
	const char *detail;
	enum weir_status st = avro_block_find((struct weir_str){chunk->bytes, chunk->size}, a->sync, &place, &detail);
	a->at = 0;
	if (st == WEIR_AGAIN && !chunk->at_end && !chunk->full)
		return false;
	if (st != WEIR_OK) {
		lose(a, 1,
		     st == WEIR_MALFORMED ? WEIR_BAD_SYNTAX
		     : chunk->at_end      ? WEIR_BAD_TRUNCATED
					  : WEIR_BAD_TOO_LONG,
		     st == WEIR_MALFORMED ? detail : "a block that is not whole");
		weir_buf_clear(&a->block);
		a->codec.skipping = true;
		skip_to_marker(a, chunk, batch);
		return true;
	}
	struct weir_str packed = {chunk->bytes + place.data, place.data_bytes};
	detail = avro_block_unpack(a->compression, packed, WEIR_MAX_RECORD_BYTES, &a->block);
	charge_block(a);
	if (a->block.failed)
		return false;
	a->in_block = true;
	a->empties = 0;
	a->left = place.records;
	weir_chunk_take(chunk, batch, place.bytes - AVRO_SYNC_BYTES);
	if (detail) {
		a->block.size = 0;
		lose_block(a, WEIR_BAD_SYNTAX, detail);
	}
	return true;
}

static void leave_block(struct avro_codec *a, struct weir_chunk *chunk, struct weir_batch *batch)
{
	a->in_block = false;
	a->plain_bytes += (int64_t)a->block.size;
	a->at = 0;
	weir_chunk_take(chunk, batch, AVRO_SYNC_BYTES);
}

/* The header of a file that cannot be read, and with it all that follows. */
static void lose_file(struct avro_codec *a, const struct weir_error *why)
{
	snprintf(a->header_why, sizeof a->header_why, "an Avro file whose header cannot be read%s%.240s",
		 why->what[0] ? ": " : "", why->what);
	lose(a, 1, WEIR_BAD_SYNTAX, a->header_why);
}

/* The header of a file that is not the first, or whose front did not fit the sample. False: no memory, or it is not whole. */
static bool enter_file(struct avro_codec *a, struct weir_chunk *chunk, struct weir_batch *batch, bool *no_memory)
{
	struct weir_error err = {0};
	size_t taken = 0;
	enum weir_status st = take_header(a, (struct weir_str){chunk->bytes, chunk->size}, &taken, &err);
	*no_memory = st == WEIR_NO_MEMORY;
	if (*no_memory || (st == WEIR_AGAIN && !chunk->at_end && !chunk->full))
		return false;
	a->hopeless = st != WEIR_OK;
	if (a->hopeless)
		lose_file(a, &err);
	weir_chunk_take(chunk, batch, taken);
	a->plain_bytes += (int64_t)taken;
	return true;
}

static bool from_bytes(struct avro_codec *a, struct weir_chunk *chunk, struct weir_batch *batch)
{
	const struct weir_builder *b = &a->codec.builder;
	bool no_memory = false;
	for (;;) {
		if (a->in_block && !a->lost && !read_records(a))
			return false;
		if (b->cut || !count_lost(a))
			return b->cut;
		if (weir_builder_full(b) || a->lost || a->left)
			return true;
		if (a->in_block && chunk->size < AVRO_SYNC_BYTES)
			return true; /* handed out in pieces */
		if (a->in_block)
			leave_block(a, chunk, batch);
		if (!chunk->size)
			return true;
		if (a->hopeless)
			weir_chunk_take(chunk, batch, chunk->size);
		else if (a->codec.skipping)
			skip_to_marker(a, chunk, batch);
		else if (!(a->has_header ? enter_block(a, chunk, batch) : enter_file(a, chunk, batch, &no_memory)))
			return !no_memory && !a->block.failed;
		if (a->codec.skipping && !a->lost)
			return true;
	}
}

static enum weir_status avro_decode(struct weir_codec *c, struct weir_chunk *chunk, struct weir_batch *batch,
				    struct weir_error *err)
{
	struct avro_codec *a = (struct avro_codec *)c;
	bool ok = weir_builder_begin(&c->builder, batch);
	enum weir_status st = WEIR_OK;
	if (ok && chunk->is_messages)
		st = framed_decode(&a->framed, c, chunk, batch, err);
	else if (ok)
		ok = from_bytes(a, chunk, batch);
	enum weir_status ended = weir_codec_end(c, ok && st != WEIR_NO_MEMORY, err);
	return ended == WEIR_OK ? st : ended;
}

static void avro_restart(struct weir_codec *c)
{
	struct avro_codec *a = (struct avro_codec *)c;
	a->has_header = a->hopeless = false;
}

static bool avro_clone(const struct weir_codec *from, struct weir_codec *to)
{
	const struct avro_codec *f = (const struct avro_codec *)from;
	struct avro_codec *a = (struct avro_codec *)to;
	framed_copy(&a->framed, &f->framed);
	a->plan = (struct avro_plan){0};
	a->block = (struct weir_buf){0};
	a->charged_bytes = 0;
	return !f->plan.schema || avro_plan_make(&a->plan, f->plan.schema);
}

static void avro_close(struct weir_codec *c)
{
	struct avro_codec *a = (struct avro_codec *)c;
	avro_plan_release(&a->plan);
	framed_release(&a->framed);
	weir_buf_release(&a->block);
	charge_block(a);
}

static int detect_messages(const struct weir_codec_config *config)
{
	return framed_detect(config, WEIR_SCHEMA_AVRO);
}

const struct weir_codec_ops weir_codec_avro = {
    .name = "avro",
    .help = "Avro container files, and messages whose schema registry= knows" WITHOUT_REGISTRY,
    .extensions = "avro",
    .bytes = sizeof(struct avro_codec),
    .detect = detect,
    .detect_messages = detect_messages,
    .head = head_bytes,
    .open = avro_open,
    .decode = avro_decode,
    .restart = avro_restart,
    .clone = avro_clone,
    .close = avro_close,
};
