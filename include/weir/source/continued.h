/* `continue=FILE.weir` at the address of any source that can be resumed: what a capture has of it comes first, then the source goes on
 * where that ended, partition by partition, so that nothing is lost and nothing comes twice. Without the file, or the stream in it, the
 * source begins as it would have.
 *
 * Thread: the session. */
#ifndef WEIR_SOURCE_CONTINUED_H
#define WEIR_SOURCE_CONTINUED_H

#include "weir/source/source.h"

/* In place of weir_source_open, for an address with continue=. USAGE: the source cannot be resumed, or the capture is of another one. */
enum weir_status weir_source_open_continued(const struct weir_source_config *config, struct weir_source **out,
					    struct weir_error *err) WEIR_MUST_USE;

#endif
