/* Lines that belong together: a line that matches a pattern is appended to the record before it, so that a stack trace is
 * one record. The end of a record is known once the line behind it has come and does not match, the input is over, or
 * nothing came for a while (chunk->idle). Until then its bytes are not taken, and are handed out again.
 *
 * Which lines those are is asked for (--join-lines), or guessed where the sample looks like a log with stack traces.
 *
 * Thread: owned by one codec. */
#ifndef WEIR_CODEC_LINES_JOIN_H
#define WEIR_CODEC_LINES_JOIN_H

#include "weir/base/status.h"
#include "weir/codec/codec.h"

struct weir_join;

/* pattern: NULL or "auto": guessed from the sample; "none", or nothing to join in it: *out is NULL. USAGE with the place
 * where it is wrong. Owned by the caller. */
enum weir_status weir_join_new(const char *pattern, struct weir_str sample, struct weir_join **out,
			       struct weir_error *err) WEIR_MUST_USE;
struct weir_join *weir_join_copy(const struct weir_join *j); /* NULL: no memory */
void weir_join_free(struct weir_join *j);                    /* NULL allowed */
/* "lines that do not begin with a time"; for the guess. Static, or the pattern itself. NULL: nothing. */
const char *weir_join_says(const struct weir_join *j);
bool weir_join_is_guessed(const struct weir_join *j);

bool weir_join_belongs(struct weir_join *j, struct weir_str line); /* to the record before it */

/* A record, and what is to be noted of it. */
struct weir_joined {
	size_t taken;         /* bytes of the chunk that it takes, or messages; 0: its end has not come yet */
	struct weir_str text; /* without the line end of the last line; size 0: there was but a blank line */
	uint32_t n_joined;    /* lines that were appended */
	bool bounded;         /* it is as long as a record may become: a line that belongs to it comes next */
	bool by_clock;        /* nothing more came: a line that belongs to it may come yet */
	bool severed;         /* its first line belongs to a record that was not waited for any longer */
	bool undecided;       /* the pattern took too many steps for a line, which begins another record */
};
/* The record at the front of a chunk of bytes that holds at least one whole line (or is at its end). The text borrows from the
 * chunk. */
struct weir_joined weir_join_bytes(struct weir_join *j, const struct weir_chunk *chunk);
/* The same of messages, each of which is a line; those of one partition that stand next to each other are joined. The text borrows
 * from the chunk, or from `j` until the next call. text.data NULL: no memory. */
struct weir_joined weir_join_messages(struct weir_join *j, const struct weir_chunk *chunk);
/* The last place before byte `before`, at which a line begins, where a line begins that belongs to no record before it;
 * SIZE_MAX: there is none. */
size_t weir_join_start(struct weir_join *j, const char *bytes, size_t before);
/* The record was taken: remembers whether what comes next may belong to it. */
void weir_join_taken(struct weir_join *j, const struct weir_joined *record);

/* join_guess.c: which lines of the sample join. *found NULL: none do. False: no memory. */
struct weir_join_guess {
	const char *pattern;
	const char *says;  /* NULL: there is nothing to say yet, for no line joins so far */
	const char *never; /* a line that begins with one of these is none of them; "": it may be */
};
bool weir_join_guess(struct weir_str sample, const struct weir_join_guess **found) WEIR_MUST_USE;

#endif
