/* Bytes written once and read again: in memory while they are few, in a nameless temporary file when they are many. */
#ifndef WEIR_SESSION_SPOOL_H
#define WEIR_SESSION_SPOOL_H

#include "weir/base/str.h"

#include <stdio.h>

struct weir_spool {
	struct weir_buf memory; /* all of it, or what is not in the file yet */
	FILE *file;             /* NULL: everything is in memory */
	uint64_t file_bytes;
	char *window;           /* owned: a stretch of the file read again */
	uint64_t window_at;
	size_t window_bytes, window_capacity;
};

enum weir_status weir_spool_add(struct weir_spool *s, const void *bytes, size_t size, struct weir_error *err);
uint64_t weir_spool_bytes(const struct weir_spool *s);
/* `size` bytes from `at`, borrowed until the next call; NULL and err when they cannot be read. No add may follow. */
const char *weir_spool_at(struct weir_spool *s, uint64_t at, size_t size, struct weir_error *err);
void weir_spool_release(struct weir_spool *s);

#endif
