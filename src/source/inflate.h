/* Streaming decompression of gzip (RFC 1952) and Zstandard (RFC 8878), told by their magic numbers; members and frames
 * may follow one another. Thread: the source thread. */
#ifndef WEIR_SOURCE_INFLATE_H
#define WEIR_SOURCE_INFLATE_H

#include "weir/base/str.h"

enum weir_packing {
	WEIR_PACKING_NONE,
	WEIR_PACKING_GZIP,
	WEIR_PACKING_ZSTD,
	WEIR_PACKING_OTHER,  /* a known format that weir does not read; weir_packing_refuse says which */
	WEIR_PACKING_UNSURE, /* too few bytes to tell */
};

/* What the first bytes of an input are; `complete`: there are no more of them. */
enum weir_packing weir_packing_of(struct weir_str head, bool complete);
enum weir_status weir_packing_refuse(struct weir_str head, const char *origin, struct weir_error *err);

struct weir_inflate;

/* `origin` (borrowed until free) names the input in errors. UNSUPPORTED: not in this build. */
enum weir_status weir_inflate_new(enum weir_packing packing, const char *origin, struct weir_inflate **out,
				  struct weir_error *err) WEIR_MUST_USE;
/* Unpacks from the front of *in into `out`, until one of the two is used up; advances *in, sets *made. MALFORMED: the
 * *made bytes are good. */
enum weir_status weir_inflate_run(struct weir_inflate *z, struct weir_str *in, char *out, size_t room, size_t *made,
				  struct weir_error *err) WEIR_MUST_USE;
/* The input ends here: fine between members, otherwise MALFORMED (cut off). */
enum weir_status weir_inflate_finish(const struct weir_inflate *z, struct weir_error *err) WEIR_MUST_USE;
void weir_inflate_free(struct weir_inflate *z); /* NULL allowed */

#endif
