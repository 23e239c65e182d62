/* The reader's insides, for its two files: reader.c goes from block to block, index.c knows where they all lie. */
#ifndef WEIR_CAPTURE_READER_INSIDE_H
#define WEIR_CAPTURE_READER_INSIDE_H

#include "weir/capture/reader.h"

struct weir_capture_reader {
	int fd;     /* owned */
	char *path; /* owned */
	const struct weir_budget *budget;
	uint64_t at;                     /* the next header */
	uint64_t size;                   /* of the file, as last seen */
	uint64_t searched;               /* no block begins before it, where a search came to nothing */
	uint64_t file_id;                /* 0: not known yet */
	bool damaged;                    /* bytes were passed over since the last whole header */
	struct weir_capture_block block; /* the last header */
	uint64_t block_at;
	struct weir_capture_damage damage;
	struct weir_buf stored;
};

/* Up to `size` bytes at `at`; *got: fewer only at the end. 0 or an errno. */
int capture_read_at(const struct weir_capture_reader *r, uint64_t at, void *into, size_t size, size_t *got);
/* Whether a whole header of this file is there. *got: bytes that were there to look at. IO. */
enum weir_status capture_header_at(struct weir_capture_reader *r, uint64_t at, struct weir_capture_block *out,
				   bool *good, size_t *got, struct weir_error *err);
enum weir_status capture_read_failed(const struct weir_capture_reader *r, int number, struct weir_error *err);

#endif
