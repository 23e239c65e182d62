/* The data of a container file's block, unpacked. What comes out is bounded: a few bytes can stand for gigabytes. */
#include "config.h"

#include "codec/avro/avro.h"

#include <zlib.h>
#ifdef WEIR_WITH_ZSTD
#include <zstd.h>
#endif
#ifdef WEIR_WITH_SNAPPY
#include <snappy-c.h>
#endif

enum { STEP_BYTES = 64 << 10 };

static const char too_large[] = "a block that unpacks to more than a record may have";

#ifdef WEIR_WITH_SNAPPY
#define WITHOUT_SNAPPY NULL
#else
#define WITHOUT_SNAPPY "this weir was built without libsnappy"
#endif
#ifdef WEIR_WITH_ZSTD
#define WITHOUT_ZSTD NULL
#else
#define WITHOUT_ZSTD "this weir was built without libzstd"
#endif

static const struct {
	const char *name;
	enum avro_compression how;
	const char *absent;
} compressions[] = {
    {"null", AVRO_STORED, NULL},
    {"deflate", AVRO_DEFLATE, NULL},
    {"snappy", AVRO_SNAPPY, WITHOUT_SNAPPY},
    {"zstandard", AVRO_ZSTANDARD, WITHOUT_ZSTD},
};

enum weir_status avro_compression_of(struct weir_str name, enum avro_compression *out, struct weir_error *err)
{
	for (size_t i = 0; i < sizeof compressions / sizeof *compressions; i++) {
		if (!weir_str_equal(name, weir_str_of(compressions[i].name)))
			continue;
		*out = compressions[i].how;
		return compressions[i].absent
			   ? weir_fail(err, WEIR_UNSUPPORTED, "", "its Avro blocks are packed by %s, and %s",
				       compressions[i].name, compressions[i].absent)
			   : WEIR_OK;
	}
	weir_fail(err, WEIR_UNSUPPORTED, "", "its Avro blocks are packed by \"%.*s\", which is not read",
		  (int)(name.size < 40 ? name.size : 40), name.data);
	weir_error_hint(err, "null, deflate, snappy and zstandard are");
	return WEIR_UNSUPPORTED;
}

/* Room for a step more, at most `most` in all. */
static bool make_room(struct weir_buf *out, size_t most)
{
	return out->size <= most && weir_buf_reserve(out, STEP_BYTES);
}

static const char *inflate_block(struct weir_str packed, size_t most, struct weir_buf *out)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)packed.data, .avail_in = (uInt)packed.size};
	int rc = inflateInit2(&z, -15); /* no zlib header */
	if (rc != Z_OK) {
		out->failed = true;
		return NULL;
	}
	while (rc == Z_OK && make_room(out, most)) {
		z.next_out = (Bytef *)out->data + out->size;
		z.avail_out = STEP_BYTES;
		rc = inflate(&z, Z_NO_FLUSH);
		out->size += STEP_BYTES - z.avail_out;
		if (rc == Z_OK && !z.avail_in && z.avail_out)
			rc = Z_DATA_ERROR; /* cut off */
	}
	inflateEnd(&z);
	out->failed |= rc == Z_MEM_ERROR;
	return rc == Z_STREAM_END ? NULL : rc == Z_OK ? too_large : "a damaged block: its data cannot be inflated";
}

#ifdef WEIR_WITH_SNAPPY
/* Behind the data stands the checksum of what comes out. */
static const char *unsnap_block(struct weir_str packed, size_t most, struct weir_buf *out)
{
	enum { SUM_BYTES = 4 };
	static const char why[] = "a damaged block: its data cannot be unpacked";
	size_t size = 0;
	if (packed.size < SUM_BYTES)
		return why;
	const unsigned char *sum = (const unsigned char *)packed.data + packed.size - SUM_BYTES;
	packed.size -= SUM_BYTES;
	if (snappy_uncompressed_length(packed.data, packed.size, &size) != SNAPPY_OK)
		return why;
	if (size > most)
		return too_large;
	if (!weir_buf_reserve(out, size + 1))
		return NULL;
	if (snappy_uncompress(packed.data, packed.size, out->data, &size) != SNAPPY_OK)
		return why;
	out->size = size;
	uLong have = crc32(0, (const Bytef *)out->data, (uInt)size);
	bool right = have == ((uLong)sum[0] << 24 | (uLong)sum[1] << 16 | (uLong)sum[2] << 8 | sum[3]);
	return right ? NULL : "a damaged block: its checksum is wrong";
}
#endif

#ifdef WEIR_WITH_ZSTD
static const char *unzstd_block(struct weir_str packed, size_t most, struct weir_buf *out)
{
	ZSTD_DStream *z = ZSTD_createDStream();
	ZSTD_inBuffer in = {packed.data, packed.size, 0};
	size_t rc = 1;
	bool full = false;
	if (!z || ZSTD_isError(ZSTD_initDStream(z))) {
		ZSTD_freeDStream(z);
		out->failed = true;
		return NULL;
	}
	while (!ZSTD_isError(rc) && (rc != 0 || in.pos < in.size)) {
		if (!make_room(out, most)) {
			full = !out->failed;
			break;
		}
		ZSTD_outBuffer to = {out->data + out->size, STEP_BYTES, 0};
		size_t before = in.pos;
		rc = ZSTD_decompressStream(z, &to, &in);
		out->size += ZSTD_isError(rc) ? 0 : to.pos;
		if (!ZSTD_isError(rc) && rc != 0 && in.pos == before && !to.pos)
			break; /* cut off */
	}
	ZSTD_freeDStream(z);
	return full ? too_large : rc == 0 ? NULL : "a damaged block: its data cannot be unpacked";
}
#endif

const char *avro_block_unpack(enum avro_compression how, struct weir_str packed, size_t most, struct weir_buf *out)
{
	weir_buf_clear(out);
	switch (how) {
	case AVRO_DEFLATE:
		return inflate_block(packed, most, out);
#ifdef WEIR_WITH_SNAPPY
	case AVRO_SNAPPY:
		return unsnap_block(packed, most, out);
#endif
#ifdef WEIR_WITH_ZSTD
	case AVRO_ZSTANDARD:
		return unzstd_block(packed, most, out);
#endif
	default:
		weir_buf_add_str(out, packed);
		return NULL;
	}
}
