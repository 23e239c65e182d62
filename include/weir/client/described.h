/* What weir remembers of a column that it made, in the column's comment: {"weir":{"name":"ID","type":"int64","time":true}}. So a
 * name that the server cannot have, and the event time, are read back as they were, and go when the column goes.
 * Thread: plain functions. */
#ifndef WEIR_CLIENT_DESCRIBED_H
#define WEIR_CLIENT_DESCRIBED_H

#include "weir/base/str.h"

struct weir_described {
	char *name;    /* weir's; owned */
	char type[16]; /* weir_type_name; "": not said */
	bool is_time;
};

/* False: the comment is none of weir's, or there is no memory; then nothing is owned. */
bool weir_described_read(struct weir_str comment, struct weir_described *out) WEIR_MUST_USE;
void weir_described_release(struct weir_described *d);
/* Appends such a comment. */
void weir_described_write(struct weir_str name, const char *type, bool is_time, struct weir_buf *out);

#endif
