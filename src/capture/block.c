/* A block's header, and zstd around what is in it. */
#include "config.h"

#include "weir/capture/block.h"

#include "bytes_io.h"

#include "weir/base/crc32c.h"

#ifdef WEIR_WITH_ZSTD
#include <zstd.h>
#endif

/* As PNG's: a byte that is no ASCII, both line ends and the end-of-file of DOS show a transfer as text at once. */
static const unsigned char mark[WEIR_CAPTURE_MARK_BYTES] = {0x8c, 'W', 'E', 'I', 'R', '\r', '\n', 0x1a};

enum { /* where the fields are */
       AT_CRC = 8,
       AT_VERSION = 12,
       AT_KIND = 13,
       AT_PACKING = 14,
       AT_FILE_ID = 16,
       AT_STORED = 24,
       AT_UNPACKED = 28,
       AT_STORED_CRC = 32,
       AT_STREAM = 36,
       AT_RECORDS = 40,
       AT_BEFORE = 48,
       AT_FIRST = 56,
       AT_LAST = 64,
};

void weir_capture_block_write(const struct weir_capture_block *b, unsigned char out[WEIR_CAPTURE_HEADER_BYTES])
{
	memset(out, 0, WEIR_CAPTURE_HEADER_BYTES);
	memcpy(out, mark, sizeof mark);
	out[AT_VERSION] = b->version;
	out[AT_KIND] = b->kind;
	out[AT_PACKING] = b->packing;
	put_le(out + AT_FILE_ID, b->file_id, 8);
	put_le(out + AT_STORED, b->stored_bytes, 4);
	put_le(out + AT_UNPACKED, b->unpacked_bytes, 4);
	put_le(out + AT_STORED_CRC, b->stored_crc, 4);
	put_le(out + AT_STREAM, b->stream, 2);
	put_le(out + AT_RECORDS, b->records, 4);
	put_le(out + AT_BEFORE, b->before, 8);
	put_le(out + AT_FIRST, (uint64_t)b->first_us, 8);
	put_le(out + AT_LAST, (uint64_t)b->last_us, 8);
	put_le(out + AT_CRC, weir_crc32c(0, out + AT_VERSION, WEIR_CAPTURE_HEADER_BYTES - AT_VERSION), 4);
}

bool weir_capture_block_read(const unsigned char in[WEIR_CAPTURE_HEADER_BYTES], struct weir_capture_block *out)
{
	if (memcmp(in, mark, sizeof mark) != 0 ||
	    get_le(in + AT_CRC, 4) != weir_crc32c(0, in + AT_VERSION, WEIR_CAPTURE_HEADER_BYTES - AT_VERSION))
		return false;
	*out = (struct weir_capture_block){
	    .version = in[AT_VERSION],
	    .kind = in[AT_KIND],
	    .packing = in[AT_PACKING],
	    .stream = (uint16_t)get_le(in + AT_STREAM, 2),
	    .file_id = get_le(in + AT_FILE_ID, 8),
	    .stored_bytes = (uint32_t)get_le(in + AT_STORED, 4),
	    .unpacked_bytes = (uint32_t)get_le(in + AT_UNPACKED, 4),
	    .stored_crc = (uint32_t)get_le(in + AT_STORED_CRC, 4),
	    .records = (uint32_t)get_le(in + AT_RECORDS, 4),
	    .before = get_le(in + AT_BEFORE, 8),
	    .first_us = (int64_t)get_le(in + AT_FIRST, 8),
	    .last_us = (int64_t)get_le(in + AT_LAST, 8),
	};
	return out->stored_bytes <= WEIR_MAX_CAPTURE_BLOCK_BYTES && out->unpacked_bytes <= WEIR_MAX_CAPTURE_BLOCK_BYTES;
}

size_t weir_capture_block_find(const unsigned char *bytes, size_t size, size_t from)
{
	const unsigned char *at = from < size ? memmem(bytes + from, size - from, mark, sizeof mark) : NULL;

	return at ? (size_t)(at - bytes) : SIZE_MAX;
}

bool weir_capture_pack(struct weir_str plain, struct weir_buf *out)
{
	weir_buf_clear(out);
#ifdef WEIR_WITH_ZSTD
	size_t bound = ZSTD_compressBound(plain.size);
	if (!weir_buf_reserve(out, bound))
		return false;
	size_t n = ZSTD_compress(out->data, bound, plain.data, plain.size, WEIR_CAPTURE_LEVEL);
	if (ZSTD_isError(n) || n > plain.size - plain.size / 8)
		return false;
	out->size = n;
	return true;
#else
	(void)plain;
	return false;
#endif
}

static enum weir_status other_size(size_t size, struct weir_error *err)
{
	return weir_fail(err, WEIR_MALFORMED, "capture", "a block does not hold the %zu bytes that it should", size);
}

static enum weir_status unpack_zstd(struct weir_str stored, size_t size, char *into, struct weir_error *err)
{
#ifdef WEIR_WITH_ZSTD
	/* no more than `size` is ever written, whatever the frames in it claim */
	size_t n = ZSTD_decompress(into, size, stored.data, stored.size);
	return ZSTD_isError(n) || n != size ? other_size(size, err) : WEIR_OK;
#else
	(void)stored;
	(void)size;
	(void)into;
	weir_fail(err, WEIR_UNSUPPORTED, "capture",
		  "its blocks are compressed with zstd, which this build cannot read");
	weir_error_hint(err, "a build with libzstd reads it");
	return WEIR_UNSUPPORTED;
#endif
}

enum weir_status weir_capture_unpack(const struct weir_capture_block *block, struct weir_str stored,
				     struct weir_buf *out, struct weir_error *err)
{
	size_t size = block->unpacked_bytes;

	weir_buf_clear(out);
	if (block->packing > WEIR_CAPTURE_ZSTD)
		return weir_fail(err, WEIR_UNSUPPORTED, "capture",
				 "its blocks are compressed in a way that this version does not know");
	if (block->packing == WEIR_CAPTURE_PLAIN && stored.size != size)
		return other_size(size, err);
	if (!weir_buf_reserve(out, size + 1))
		return weir_fail(err, WEIR_NO_MEMORY, "capture", "out of memory");
	enum weir_status st = WEIR_OK;
	if (block->packing == WEIR_CAPTURE_ZSTD)
		st = unpack_zstd(stored, size, out->data, err);
	else if (size)
		memcpy(out->data, stored.data, size);
	out->size = st == WEIR_OK ? size : 0;
	return st;
}
