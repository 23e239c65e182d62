/* The patterns of LIKE: % is any text, _ one code point. Thread: a plain function. */
#ifndef WEIR_BASE_LIKE_H
#define WEIR_BASE_LIKE_H

#include "weir/base/str.h"

/* Whether all of the text is what the pattern says. `escape` takes the next byte as it is; at the end of the pattern it means itself. */
bool weir_like(struct weir_str text, struct weir_str pattern, char escape);

#endif
