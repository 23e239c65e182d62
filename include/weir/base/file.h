/* Files that are there whole or not at all: written beside under another name, brought to the disk, and renamed.
 *
 * Thread: plain functions. */
#ifndef WEIR_BASE_FILE_H
#define WEIR_BASE_FILE_H

#include "weir/base/str.h"

enum weir_file_how {
	WEIR_FILE_REPLACE = 0, /* takes the place of a file of that name, and keeps its permissions */
	WEIR_FILE_NEW = 1,     /* is an error when there is one */
	WEIR_FILE_PRIVATE = 2, /* only its owner may read it */
};

/* Writes `text` to `path`; `how` is one of the first two, with or without PRIVATE. What is no regular file (a pipe, a terminal,
 * /dev/stdout) is written to as it is. IO or DENIED with the path as origin: then what was there before is still there. */
enum weir_status weir_file_write(const char *path, struct weir_str text, unsigned how,
				 struct weir_error *err) WEIR_MUST_USE;
/* Gives the file `beside`, which lies in the same folder, the name `path`, and brings that to the disk. A file that has the name already
 * stays: EEXIST. 0 or an errno. */
int weir_file_take_name(const char *beside, const char *path);
/* All of it to a descriptor; 0, or the errno of the write that failed. */
int weir_write_all(int fd, const char *bytes, size_t size);

#endif
