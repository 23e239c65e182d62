/* Where all blocks of a file lie: from the blocks of the index, of which the newest ends the file and each names the one before it; or
 * from the headers, one after the other, where it does not, or they are not what they should be. */
#include "reader.h"

#include "bytes_io.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

enum {
	ENTRY_BYTES = 43,
	FIXED_BYTES = 16, /* behind the entries: the block before, and the block itself */
};

bool weir_capture_index_add(struct weir_capture_index *index, const struct weir_capture_entry *e)
{
	if (!weir_grow((void **)&index->items, &index->capacity, index->n + 1, sizeof *index->items))
		return false;
	index->items[index->n++] = *e;
	return true;
}

void weir_capture_index_release(struct weir_capture_index *index)
{
	free(index->items);
	*index = (struct weir_capture_index){0};
}

void weir_capture_index_write(const struct weir_capture_index *index, size_t from, uint64_t previous, uint64_t own,
			      struct weir_buf *out)
{
	for (size_t i = from; i < index->n; i++) {
		const struct weir_capture_entry *e = &index->items[i];
		add_le(out, e->at, 8);
		add_le(out, e->before, 8);
		add_le(out, (uint64_t)e->first_us, 8);
		add_le(out, (uint64_t)e->last_us, 8);
		add_le(out, e->records, 4);
		add_le(out, e->stored_bytes, 4);
		add_le(out, e->stream, 2);
		add_le(out, e->kind, 1);
	}
	add_le(out, previous, 8);
	add_le(out, own, 8);
}

static struct weir_capture_entry entry_of(const struct weir_capture_block *b, uint64_t at)
{
	return (struct weir_capture_entry){at,         b->before,       b->first_us, b->last_us,
					   b->records, b->stored_bytes, b->stream,   b->kind};
}

/* The blocks of one block of the index go before those that are there already. AGAIN: it is no such block. */
static enum weir_status take_part(struct weir_capture_reader *r, uint64_t at, struct weir_capture_index *out,
				  uint64_t *previous, struct weir_error *err)
{
	struct weir_capture_block b;
	struct weir_buf text = {0};
	bool good;
	size_t got;
	enum weir_status st = capture_header_at(r, at, &b, &good, &got, err);

	if (st != WEIR_OK || !good || b.kind != WEIR_CAPTURE_INDEX || b.packing != WEIR_CAPTURE_PLAIN)
		return st == WEIR_OK ? WEIR_AGAIN : st;
	r->block = b;
	r->block_at = at;
	st = weir_capture_reader_payload(r, &text, err);
	if (st == WEIR_MALFORMED ||
	    (st == WEIR_OK && (text.size < FIXED_BYTES || (text.size - FIXED_BYTES) % ENTRY_BYTES)))
		st = WEIR_AGAIN;
	size_t n = st == WEIR_OK ? (text.size - FIXED_BYTES) / ENTRY_BYTES : 0;
	if (st == WEIR_OK && out->n + n > WEIR_MAX_CAPTURE_BLOCKS)
		st = WEIR_AGAIN;
	if (st == WEIR_OK && !weir_grow((void **)&out->items, &out->capacity, out->n + n + 1, sizeof *out->items))
		st = weir_fail(err, WEIR_NO_MEMORY, r->path, "out of memory");
	if (st == WEIR_OK) {
		struct fields f = fields_of(weir_buf_str(&text));
		memmove(out->items + n, out->items, out->n * sizeof *out->items);
		for (size_t i = 0; i < n; i++) {
			struct weir_capture_entry *e = &out->items[i];
			e->at = take_le(&f, 8);
			e->before = take_le(&f, 8);
			e->first_us = (int64_t)take_le(&f, 8);
			e->last_us = (int64_t)take_le(&f, 8);
			e->records = (uint32_t)take_le(&f, 4);
			e->stored_bytes = (uint32_t)take_le(&f, 4);
			e->stream = (uint16_t)take_le(&f, 2);
			e->kind = (uint8_t)take_le(&f, 1);
		}
		out->n += n;
		*previous = take_le(&f, 8);
		if (take_le(&f, 8) != at)
			st = WEIR_AGAIN;
	}
	weir_buf_release(&text);
	return st;
}

/* An index that was made for another file, or by hand, may say anything. */
static bool is_in_order(const struct weir_capture_index *index, uint64_t size)
{
	uint64_t end = 0;

	for (size_t i = 0; i < index->n; i++) {
		const struct weir_capture_entry *e = &index->items[i];
		if (e->before > WEIR_MAX_CAPTURE_RECORDS || e->at < end || e->at > size ||
		    size - e->at < WEIR_CAPTURE_HEADER_BYTES ||
		    e->stored_bytes > size - e->at - WEIR_CAPTURE_HEADER_BYTES)
			return false;
		end = e->at + WEIR_CAPTURE_HEADER_BYTES + e->stored_bytes;
	}
	return true;
}

/* AGAIN: there is none, or it is not to be trusted. */
static enum weir_status from_file(struct weir_capture_reader *r, struct weir_capture_index *out, struct weir_error *err)
{
	unsigned char last[8];
	size_t got;

	if (r->size < sizeof last)
		return WEIR_AGAIN;
	int failed = capture_read_at(r, r->size - sizeof last, last, sizeof last, &got);
	if (failed)
		return capture_read_failed(r, failed, err);
	uint64_t at = out->last_at = get_le(last, sizeof last), previous = 0, bound = r->size;
	do {
		if (at >= bound) /* each lies before the one that names it */
			return WEIR_AGAIN;
		bound = at;
		enum weir_status st = take_part(r, at, out, &previous, err);
		if (st != WEIR_OK)
			return st;
		if (at == out->last_at && r->block_at + WEIR_CAPTURE_HEADER_BYTES + r->block.stored_bytes != r->size)
			return WEIR_AGAIN;
	} while ((at = previous) != 0);
	out->end = r->size;
	out->closed = true;
	return is_in_order(out, r->size) ? WEIR_OK : WEIR_AGAIN;
}

static enum weir_status from_headers(struct weir_capture_reader *r, struct weir_capture_index *out,
				     struct weir_error *err)
{
	struct weir_capture_block b;
	enum weir_status st;

	weir_capture_index_release(out);
	weir_capture_reader_go(r, 0);
	while ((st = weir_capture_reader_next(r, &b, err)) == WEIR_OK) {
		struct weir_capture_entry e = entry_of(&b, r->block_at);
		out->end = r->at;
		out->closed = b.kind == WEIR_CAPTURE_INDEX;
		if (b.kind == WEIR_CAPTURE_INDEX)
			continue;
		if (out->n == WEIR_MAX_CAPTURE_BLOCKS)
			return weir_fail(err, WEIR_TOO_LARGE, r->path, "has more than %d blocks",
					 WEIR_MAX_CAPTURE_BLOCKS);
		if (!weir_capture_index_add(out, &e))
			return weir_fail(err, WEIR_NO_MEMORY, r->path, "out of memory");
	}
	out->rebuilt = true;
	return st == WEIR_AGAIN ? WEIR_OK : st;
}

enum weir_status weir_capture_index_load(struct weir_capture_reader *r, struct weir_capture_index *out,
					 struct weir_error *err)
{
	const struct weir_capture_reader was = *r;
	struct stat meta;

	*out = (struct weir_capture_index){0};
	if (fstat(r->fd, &meta) != 0)
		return capture_read_failed(r, errno, err);
	r->size = meta.st_size > 0 ? (uint64_t)meta.st_size : 0;
	enum weir_status st = from_file(r, out, err);
	if (st == WEIR_AGAIN)
		st = from_headers(r, out, err);
	if (st != WEIR_OK)
		weir_capture_index_release(out);
	r->at = was.at;
	r->searched = was.searched;
	r->damaged = was.damaged;
	r->damage = was.damage;
	r->block = was.block;
	r->block_at = was.block_at;
	return st;
}

enum weir_status weir_capture_index_read(struct weir_capture_reader *r, const struct weir_capture_entry *e,
					 struct weir_buf *out, struct weir_error *err)
{
	struct weir_capture_block b;

	weir_capture_reader_go(r, e->at);
	enum weir_status st = weir_capture_reader_next(r, &b, err);
	if (st == WEIR_AGAIN || (st == WEIR_OK && (r->block_at != e->at || b.kind != e->kind || b.stream != e->stream)))
		return weir_fail(err, WEIR_MALFORMED, r->path,
				 "the block at byte %" PRIu64 " is not the one that it was", e->at);
	return st == WEIR_OK ? weir_capture_reader_payload(r, out, err) : st;
}
