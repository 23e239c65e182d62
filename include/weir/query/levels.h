/* How serious a line of plain text says that it is: the first word of its beginning that is a level. It is one in capitals, in
 * brackets, behind a = or before a colon ("ERROR", "[error]", "<err>", "level=error", "error:"); in an ordinary sentence it is
 * not. The strip counts errors by it, and the records panel colours lines. Thread: any. */
#ifndef WEIR_QUERY_LEVELS_H
#define WEIR_QUERY_LEVELS_H

#include "weir/base/str.h"

enum weir_level {
	WEIR_LEVEL_NONE,    /* no level */
	WEIR_LEVEL_DETAIL,  /* debug, trace */
	WEIR_LEVEL_PLAIN,   /* info, notice */
	WEIR_LEVEL_WARNING, /* warn */
	WEIR_LEVEL_ERROR,   /* error or worse */
};

enum weir_level weir_level_of_word(struct weir_str word); /* in any case */
/* The first level from byte `at` on: *from to *to, when it is not NONE. */
enum weir_level weir_level_find(struct weir_str line, size_t at, size_t *from, size_t *to);

#endif
