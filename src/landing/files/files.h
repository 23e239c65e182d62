/* Rows in files: NDJSON or CSV, one file or, by size and time, several. A file is written beside its name, as NAME.part, and gets
 * the name when it is whole and on the disk: what has the name is complete, whatever happens. files.c is the landing, which its
 * queue calls; part.c is one file on its way; names.c finds numbers that are free. Thread: the landing's. */
#ifndef WEIR_LANDING_FILES_H
#define WEIR_LANDING_FILES_H

#include "weir/landing/landing.h"

/* ---- part.c: one file on its way ---- */

struct weir_part {
	int fd;                     /* -1: none is open */
	bool there;                 /* it lies beside */
	struct weir_buf path, name; /* the name that it will have, and the one that it has */
	uint64_t bytes;             /* written, all of them whole rows */
};

/* Creates the part of a file of that name. 0 or an errno; EEXIST: there is one of that name, or its part (*part then). */
int weir_part_create(struct weir_part *p, const char *path, bool *part);
/* Adds whole rows, all or none of them. 0 or an errno. */
int weir_part_write(struct weir_part *p, struct weir_str rows);
/* Brings it to the disk and gives it its name. 0 or an errno: then it stays beside. */
int weir_part_publish(struct weir_part *p);
/* The same under another name, for a part that was closed by publish because its own was taken. */
int weir_part_publish_as(struct weir_part *p, const char *path);
void weir_part_leave(struct weir_part *p);   /* closes it; it stays beside for good */
void weir_part_discard(struct weir_part *p); /* it is gone */
void weir_part_release(struct weir_part *p);

/* ---- names.c: names with numbers ---- */

/* "dir/orders-000012.csv" for "dir/orders.csv" and 12. Appends. */
void weir_files_name(struct weir_str path, uint32_t number, struct weir_buf *out);
/* The number behind the highest that a file or a part of such a name has; 1: there is none, or the folder cannot be read. */
uint32_t weir_files_next_number(struct weir_str path);

#endif
