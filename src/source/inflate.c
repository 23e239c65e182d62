/* Streaming decompression: looks at the first bytes, then drives zlib or libzstd over members and frames. */
#include "config.h"

#include "inflate.h"
#include "weir/base/memory.h"

#include <stdlib.h>
#include <zlib.h>
#ifdef WEIR_WITH_ZSTD
#include <zstd.h>
#endif

struct weir_inflate {
	enum weir_packing packing;
	const char *origin; /* borrowed */
	bool inside;        /* within a member or frame */
	bool padding;       /* gzip: zeros after the last member, as tape and block devices leave them */
	z_stream gzip;
#ifdef WEIR_WITH_ZSTD
	ZSTD_DStream *zstd; /* owned */
#endif
};

static const struct {
	struct weir_str magic;
	enum weir_packing packing;
	const char *what, *tool; /* of what is refused */
} packers[] = {
    {{"\x1f\x8b\x08", 3}, WEIR_PACKING_GZIP, NULL, NULL},
    {{"\x28\xb5\x2f\xfd", 4}, WEIR_PACKING_ZSTD, NULL, NULL},
    {{"\3757zXZ", 5}, WEIR_PACKING_OTHER, "is compressed with xz", "decompress it on the way: xzcat FILE | weir -"},
    {{"\x04\x22\x4d\x18", 4},
     WEIR_PACKING_OTHER,
     "is compressed with lz4",
     "decompress it on the way: lz4cat FILE | weir -"},
    {{"BZh91AY&SY", 10},
     WEIR_PACKING_OTHER,
     "is compressed with bzip2",
     "decompress it on the way: bzcat FILE | weir -"},
    {{"PK\x03\x04", 4},
     WEIR_PACKING_OTHER,
     "is compressed with zip",
     "decompress it on the way: unzip -p FILE | weir -"},
    /* Its first page follows the four letters; a header of CSV could begin with these. */
    {{"PAR1\x15", 5},
     WEIR_PACKING_OTHER,
     "is a Parquet file",
     "convert it on the way: duckdb -c \"copy 'FILE' to '/dev/stdout' (format json)\" | weir -"},
    {{"SQLite format 3", 16}, WEIR_PACKING_OTHER, "is an SQLite database", "write sqlite:FILE to read a table of it"},
};

/* Zstandard data may begin with a skippable frame, as pzstd writes it: 0x184D2A50 to 0x184D2A5F, little endian (RFC
 * 8878, 3.1.2). */
static bool is_skippable(struct weir_str head)
{
	return head.size >= 4 && ((unsigned char)head.data[0] & 0xf0) == 0x50 &&
	       memcmp(head.data + 1, "\x2a\x4d\x18", 3) == 0;
}

enum weir_packing weir_packing_of(struct weir_str head, bool complete)
{
	bool unsure = head.size == 0;

	if (is_skippable(head))
		return WEIR_PACKING_ZSTD;
	if (head.size && head.size < 4 && ((unsigned char)head.data[0] & 0xf0) == 0x50 &&
	    memcmp(head.data + 1, "\x2a\x4d\x18", head.size - 1) == 0)
		unsure = true;

	for (size_t i = 0; i < sizeof packers / sizeof *packers; i++) {
		struct weir_str m = packers[i].magic;
		if (head.size >= m.size && memcmp(head.data, m.data, m.size) == 0)
			return packers[i].packing;
		if (head.size && head.size < m.size && memcmp(head.data, m.data, head.size) == 0)
			unsure = true;
	}
	return unsure && !complete ? WEIR_PACKING_UNSURE : WEIR_PACKING_NONE;
}

enum weir_status weir_packing_refuse(struct weir_str head, const char *origin, struct weir_error *err)
{
	for (size_t i = 0; i < sizeof packers / sizeof *packers; i++) {
		if (head.size < packers[i].magic.size ||
		    memcmp(head.data, packers[i].magic.data, packers[i].magic.size) != 0)
			continue;
		weir_fail(err, WEIR_UNSUPPORTED, origin, "%s, which weir cannot read directly", packers[i].what);
		weir_error_hint(err, "%s", packers[i].tool);
	}
	return WEIR_UNSUPPORTED;
}

enum weir_status weir_inflate_new(enum weir_packing packing, const char *origin, struct weir_inflate **out,
				  struct weir_error *err)
{
	struct weir_inflate *z = weir_calloc(1, sizeof *z);

	if (!z)
		return weir_fail(err, WEIR_NO_MEMORY, origin, "out of memory while opening compressed data");
	z->packing = packing;
	z->origin = origin;
	if (packing == WEIR_PACKING_GZIP) {
		if (inflateInit2(&z->gzip, 15 + 16) != Z_OK) { /* + 16: a gzip header is required */
			free(z);
			return weir_fail(err, WEIR_NO_MEMORY, origin, "out of memory while opening compressed data");
		}
	} else {
#ifdef WEIR_WITH_ZSTD
		z->zstd = ZSTD_createDStream();
		if (!z->zstd) {
			free(z);
			return weir_fail(err, WEIR_NO_MEMORY, origin, "out of memory while opening compressed data");
		}
#else
		free(z);
		weir_fail(err, WEIR_UNSUPPORTED, origin, "is compressed with zstd, which this build cannot read");
		weir_error_hint(err, "build with libzstd-dev installed, or: zstdcat FILE | weir -");
		return WEIR_UNSUPPORTED;
#endif
	}
	*out = z;
	return WEIR_OK;
}

static enum weir_status corrupt(const struct weir_inflate *z, const char *why, struct weir_error *err)
{
	weir_fail(err, WEIR_MALFORMED, z->origin, "the compressed data are damaged: %s", why);
	weir_error_hint(err, "all complete lines before the damage were read");
	return WEIR_MALFORMED;
}

/* Between members: 1 when another starts at *in, 0 when there are too few bytes or only padding, -1 for garbage. */
static int gzip_next(struct weir_inflate *z, struct weir_str *in)
{
	while (in->size && in->data[0] == 0) {
		z->padding = true;
		in->data++;
		in->size--;
	}
	if (in->size == 0)
		return 0;
	return z->padding || in->data[0] != '\x1f' ? -1 : 1;
}

static enum weir_status run_gzip(struct weir_inflate *z, struct weir_str *in, char *out, size_t room, size_t *made,
				 struct weir_error *err)
{
	/* Called even without input: the decoder may hold bytes for which there was no room before. */
	while (*made < room) {
		if (!z->inside) {
			int next = gzip_next(z, in);
			if (next == 0)
				return WEIR_OK;
			if (next < 0)
				return corrupt(z, "something else follows the end of the gzip data", err);
			inflateReset2(&z->gzip, 15 + 16);
			z->inside = true;
		}
		z->gzip.next_in = (Bytef *)(uintptr_t)in->data;
		z->gzip.avail_in = (uInt)in->size;
		z->gzip.next_out = (Bytef *)out + *made;
		z->gzip.avail_out = (uInt)(room - *made);
		int rc = inflate(&z->gzip, Z_NO_FLUSH);
		in->data += in->size - z->gzip.avail_in;
		in->size = z->gzip.avail_in;
		*made = room - z->gzip.avail_out;
		if (rc == Z_STREAM_END)
			z->inside = false;
		else if (rc == Z_MEM_ERROR)
			return weir_fail(err, WEIR_NO_MEMORY, z->origin, "out of memory while decompressing");
		else if (rc != Z_OK && rc != Z_BUF_ERROR)
			return corrupt(z, z->gzip.msg ? z->gzip.msg : "not gzip", err);
		else if (in->size == 0)
			return WEIR_OK;
	}
	return WEIR_OK;
}

#ifdef WEIR_WITH_ZSTD
static enum weir_status run_zstd(struct weir_inflate *z, struct weir_str *in, char *out, size_t room, size_t *made,
				 struct weir_error *err)
{
	ZSTD_inBuffer from = {in->data, in->size, 0};
	ZSTD_outBuffer to = {out, room, 0};
	enum weir_status st = WEIR_OK;

	if (!in->size && !z->inside)
		return WEIR_OK;
	/* Called even without input: the decoder may hold bytes for which there was no room before. */
	do {
		size_t rc = ZSTD_decompressStream(z->zstd, &to, &from);
		if (ZSTD_isError(rc)) {
			st = corrupt(z, ZSTD_getErrorName(rc), err);
			break;
		}
		z->inside = rc != 0;
	} while (from.pos < from.size && to.pos < to.size);
	in->data += from.pos;
	in->size -= from.pos;
	*made = to.pos;
	return st;
}
#endif

enum weir_status weir_inflate_run(struct weir_inflate *z, struct weir_str *in, char *out, size_t room, size_t *made,
				  struct weir_error *err)
{
	*made = 0;
#ifdef WEIR_WITH_ZSTD
	if (z->packing == WEIR_PACKING_ZSTD)
		return run_zstd(z, in, out, room, made, err);
#endif
	return run_gzip(z, in, out, room, made, err);
}

enum weir_status weir_inflate_finish(const struct weir_inflate *z, struct weir_error *err)
{
	if (!z->inside)
		return WEIR_OK;
	weir_fail(err, WEIR_MALFORMED, z->origin, "the compressed data are cut off");
	weir_error_hint(err, "all complete lines before the cut were read; fetch the file again");
	return WEIR_MALFORMED;
}

void weir_inflate_free(struct weir_inflate *z)
{
	if (!z)
		return;
	if (z->packing == WEIR_PACKING_GZIP)
		inflateEnd(&z->gzip);
#ifdef WEIR_WITH_ZSTD
	ZSTD_freeDStream(z->zstd);
#endif
	free(z);
}
