/* A small log in memory: lines from libraries and threads while the screen owns the terminal, so that nothing is written to
 * standard error behind it. `--log FILE` writes them out. Thread: any. */
#ifndef WEIR_BASE_LOG_H
#define WEIR_BASE_LOG_H

#include "weir/base/str.h"

enum weir_log_level { WEIR_LOG_ERROR, WEIR_LOG_WARNING, WEIR_LOG_NOTICE, WEIR_LOG_DEBUG };

struct weir_log;

struct weir_log *weir_log_new(size_t max_lines); /* ring: the oldest line goes first; NULL: no memory */
void weir_log_free(struct weir_log *log);
void weir_log_add(struct weir_log *log, enum weir_log_level level, const char *origin, const char *fmt,
		  ...) /* NULL log: nothing */
    WEIR_PRINTF(4, 5);
/* Copies up to `max` newest lines, oldest first, each "origin: text\n", into `out`. Returns the lines copied. */
size_t weir_log_tail(struct weir_log *log, size_t max, struct weir_buf *out);
uint64_t weir_log_count(struct weir_log *log, enum weir_log_level level);

#endif
