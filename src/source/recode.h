/* Text of another encoding into UTF-8, piece by piece, by iconv(3). What cannot be decoded becomes the byte 0xFF, which is no
 * UTF-8: codecs show such bytes as U+FFFD, keep the record and count it. Called by the byte sources, and by the stream for
 * messages.
 *
 * Thread: owned by its source. */
#ifndef WEIR_SOURCE_RECODE_H
#define WEIR_SOURCE_RECODE_H

#include "weir/base/memory.h"
#include "weir/base/status.h"
#include "weir/base/str.h"

struct weir_recode;

/* The encoding that a byte order mark at the front of `head` names: UTF-16 or UTF-32 of either order; *mark_bytes is its
 * length. NULL: there is none. */
const char *weir_recode_by_mark(struct weir_str head, size_t *mark_bytes);
/* `name` means UTF-8, by any of its names: nothing to do. */
bool weir_recode_is_utf8(const char *name);

/* Owned by the caller. An encoding that iconv does not know: USAGE. */
enum weir_status weir_recode_new(const char *name, struct weir_recode **out, struct weir_error *err) WEIR_MUST_USE;
/* Decodes from the front of *in, which advances, into out[0..room), room >= 64. *made: bytes written. At the end of the input
 * (`last`) a cut-off character becomes 0xFF; otherwise its bytes stay in *in. Stops when either side is used up. */
void weir_recode_run(struct weir_recode *r, struct weir_str *in, bool last, char *out, size_t room, size_t *made);
void weir_recode_free(struct weir_recode *r); /* NULL allowed */

/* The payloads of messages, each by itself. */
struct weir_chunk;
struct weir_recode_messages;
enum weir_status weir_recode_messages_new(const char *name, struct weir_recode_messages **out,
					  struct weir_error *err) WEIR_MUST_USE;
/* Puts decoded messages in place of those of the chunk; they live until the next call. */
enum weir_status weir_recode_messages_run(struct weir_recode_messages *m, struct weir_chunk *chunk,
					  struct weir_error *err) WEIR_MUST_USE;
void weir_recode_messages_free(struct weir_recode_messages *m); /* NULL allowed */

#endif
