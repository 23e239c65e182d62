/* How a path is opened, and what happens at the end of its file. */
#ifndef WEIR_SOURCE_FILE_FOLLOW_H
#define WEIR_SOURCE_FILE_FOLLOW_H

#include "bytes.h"

#include <sys/stat.h>

struct weir_file {
	struct weir_source base;
	struct weir_bytes bytes;
	char *path;   /* owned */
	bool follow;  /* read-only after open */
	bool regular; /* read-only after open */
};

/* Opens for reading without waiting for the writer of a named pipe. NOT_FOUND, DENIED, USAGE (a directory, a socket).
 */
enum weir_status weir_file_open_path(const char *path, bool follow, int *fd, struct stat *meta,
				     struct weir_error *err) WEIR_MUST_USE;
/* For weir_bytes: tells a file that was cut short, and goes on with a followed one that grew, was cut or replaced. */
enum weir_bytes_next weir_file_at_eof(struct weir_bytes *b, struct weir_error *err);
void weir_file_watch(
    struct weir_file *f); /* asks for notices of change; without them the file is looked at now and then */

#endif
