/* Names in places that do not take every byte: what is not plain there is written as _xHH_, each byte by itself, and so is the
 * underscore of what looks like that already. Thread: plain functions. */
#ifndef WEIR_CLIENT_ESCAPED_H
#define WEIR_CLIENT_ESCAPED_H

#include "weir/base/str.h"

/* `is_plain`: whether the byte at that place of the name may stand as it is. Appends. */
void weir_escaped_add(struct weir_str name, bool (*is_plain)(struct weir_str name, size_t at), struct weir_buf *out);
/* The name that was written so. Appends. */
void weir_escaped_read(struct weir_str text, struct weir_buf *out);

#endif
