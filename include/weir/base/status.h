/* Status codes and the error record every fallible call fills.
 *
 * Use: declare `struct weir_error err = {0};` on the stack, pass its address, test the returned status. Passing NULL for the
 * error is always allowed. An error is plain data: no heap, no ownership, may be copied by assignment and sent between threads.
 * Wording follows the PostgreSQL error style guide: "could not" may work next time, "cannot" never will; no function names. */
#ifndef WEIR_BASE_STATUS_H
#define WEIR_BASE_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WEIR_MUST_USE __attribute__((warn_unused_result))
#define WEIR_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* X(name, value, text, exit code of the program when it ends a run) */
#define WEIR_STATUS_LIST(X)                                                                                            \
	X(OK, 0, "done", 0)                                                                                            \
	X(AGAIN, 1, "nothing yet", 0)                                                                                  \
	X(END, 2, "end of input", 0)                                                                                   \
	X(NO_MEMORY, 3, "out of memory", 1)                                                                            \
	X(IO, 4, "input or output failed", 1)                                                                          \
	X(NOT_FOUND, 5, "not found", 1)                                                                                \
	X(DENIED, 6, "permission denied", 1)                                                                           \
	X(UNREACHABLE, 7, "service unreachable", 1)                                                                    \
	X(MALFORMED, 8, "malformed data", 1)                                                                           \
	X(TOO_LARGE, 9, "over a limit", 1)                                                                             \
	X(USAGE, 10, "wrong call", 2)                                                                                  \
	X(EXPRESSION, 11, "wrong expression", 2)                                                                       \
	X(UNSUPPORTED, 12, "not in this build", 2)                                                                     \
	X(CANCELLED, 13, "interrupted", 130)                                                                           \
	X(INTERNAL, 14, "internal error", 1)

enum weir_status {
#define X(name, value, text, exit_code) WEIR_##name = (value),
	WEIR_STATUS_LIST(X)
#undef X
};

struct weir_error {
	enum weir_status code;
	bool retriable;      /* the same call may succeed later without a change of the question */
	char origin[48];     /* where: a file, a topic, an option, "expression"; empty when unknown */
	char what[400];      /* what is wrong, one line, no final period */
	char hint[240];      /* what to do; may be empty */
	char text[400];      /* the expression the caret points into; empty when there is none */
	uint32_t caret_from; /* byte span in `text`, from <= to */
	uint32_t caret_to;
	char wrong[80], right[80]; /* a name that is not known, and the nearest that is; both empty, or neither */
};

/* Fills `err` (when not NULL) and returns `code`, so that `return weir_fail(err, …)` reads well. Clears hint and span. */
enum weir_status weir_fail(struct weir_error *err, enum weir_status code, const char *origin, const char *fmt, ...)
    WEIR_PRINTF(4, 5);

/* Adds the "what to do" sentence to an error that weir_fail filled. */
void weir_error_hint(struct weir_error *err, const char *fmt, ...) WEIR_PRINTF(2, 3);

struct weir_str;
/* The same for a name that is not known: "did you mean …?", with both names by themselves, so that a screen can put the right
 * one in place of the other. Names that are too long stand in the hint alone. */
void weir_error_suggest(struct weir_error *err, const struct weir_str *wrong, const struct weir_str *right);

/* The enum's name in lower case ("no_memory"), its text, and the exit code of the program. Static strings. */
const char *weir_status_name(enum weir_status code);
const char *weir_status_text(enum weir_status code);
int weir_status_exit_code(enum weir_status code);

/* One line, "origin: what (hint)", into `out` (NUL-terminated, truncated on a UTF-8 boundary). Returns `out`. Needs no
 * memory. It holds outside text as it came: what goes to a terminal or to standard error is made by weir_error_text (print.h). */
char *weir_error_line(const struct weir_error *err, char *out, size_t out_bytes);

#endif
