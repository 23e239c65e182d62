/* Outside text for terminals: the one table of widths and of characters that must not reach a terminal, and the one form of
 * an error. Batch, screen and the command line all use these.
 *
 * Thread: plain functions. */
#ifndef WEIR_BASE_PRINT_H
#define WEIR_BASE_PRINT_H

#include "weir/base/str.h"

/* Columns that a character takes: 0 combining, 1, 2; -1: must not reach a terminal as it is. That is a character that steers
 * the terminal (control characters of seven and eight bits), moves others (bidirectional controls), or cannot be seen and so
 * could hide something (zero width, fillers, variation selectors, tags). Widths are Unicode's, from libutf8proc. */
int weir_codepoint_width(uint32_t cp);
bool weir_is_upper_case(uint32_t cp); /* a capital letter of any script */

/* Appends `s` with each such character, and each byte that is no UTF-8, as a visible escape: \n, \x1b, \u202e. Returns the
 * columns it takes. */
size_t weir_print_safe(struct weir_str s, struct weir_buf *out);
/* The same, but line feeds stay. */
void weir_print_lines(struct weir_str s, struct weir_buf *out);

/* The text of an error: "weir: where: what (hint)", and for an expression its text with a caret below the place. What looks
 * like //user:password@ is not shown, wherever it was given. Needs no memory, so that it can say that there is none. NUL-terminated. Returns bytes. */
enum { WEIR_ERROR_TEXT_BYTES = 12 << 10 }; /* each byte of an error may take four, and the caret's line as much again */
size_t weir_error_text(const struct weir_error *err, char out[WEIR_ERROR_TEXT_BYTES]);

#endif
