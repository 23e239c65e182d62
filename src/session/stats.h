/* --stats: where each record went. */
#ifndef WEIR_SESSION_STATS_H
#define WEIR_SESSION_STATS_H

#include "pipeline.h"

/* One line of JSON with the ledger of `r`, into the file `path` ("-": err_fd). */
enum weir_status weir_stats_write(const struct weir_pipeline *p, const struct weir_result *r, const char *path, int err_fd,
				  struct weir_error *err);

#endif
