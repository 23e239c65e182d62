/* Warnings: everything that makes an answer less than it seems, one sentence each. They are made from a result's ledger and
 * from what the streams say of themselves; batch prints them on standard error, --stats lists them, the screen shows them.
 *
 * Thread: any; both functions read immutable data and the caller's own copies. */
#ifndef WEIR_SESSION_WARNING_H
#define WEIR_SESSION_WARNING_H

#include "weir/session/session.h"

enum { WEIR_MAX_WARNINGS = 64 };

struct weir_warning {
	char code[24];   /* "malformed", "late", "undecoded", …: for scripts */
	char stream[64]; /* whose input it is about */
	uint64_t count;  /* records or values; 0: not counted */
	char text[512]; /* the sentence, without the stream's name and without a period; not made safe for a terminal */
};

/* Fills at most `room` warnings, in order of streams and weight; returns how many. `r` may be NULL (then only the guesses
 * can be doubted). */
size_t weir_warnings(const struct weir_result *r, const struct weir_session_info *info, struct weir_warning *out,
		     size_t room);

/* Whether there is no answer at all: no record could be read, or the window needs an event time and no row has one.
 * MALFORMED with err filled, else OK. */
enum weir_status weir_warning_refusal(const struct weir_result *r, const struct weir_session_info *info,
				      struct weir_error *err);

#endif
