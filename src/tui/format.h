/* Numbers, sizes and times as the screen shows them. All write a NUL-terminated ASCII text (but for the minus sign,
 * "−", and none else) into a caller's buffer of WEIR_FORMAT_BYTES and return it. Thread: pure functions. */
#ifndef WEIR_TUI_FORMAT_H
#define WEIR_TUI_FORMAT_H

#include "weir/base/time.h"
#include "weir/model/value.h"

enum { WEIR_FORMAT_BYTES = 64 };

char *weir_format_count(uint64_t n, char *out);		    /* "3,712,004" */
char *weir_format_fixed(double v, int decimals, char *out); /* "1,234.50"; "-" for NaN */
char *weir_format_short(double v, char *out);		    /* at most 5 columns: "412", "1.2k", "61.2M" */
char *weir_format_size(uint64_t bytes, char *out);	    /* "318M", "1.5G" (powers of 1024) */
char *weir_format_span(int64_t us, char *out);		    /* rough: "250ms", "1.2s", "5m", "3h", "2d" */
char *weir_format_percent(double fraction, char *out);	    /* "4.1 %" of 0.041 */
/* "14:03:29.182": decimals 0, 3 or 6; decimals -1 leaves the seconds out. */
char *weir_format_clock(int64_t us, int decimals, char *out);
char *weir_format_day(int64_t us, char *out); /* "Nov 22" */

/* Decimals that show about three figures of numbers as large as `largest`. */
int weir_format_decimals(double largest);
/* A value as a number; NaN when it is none. Wide integers too. */
double weir_number_of(const struct weir_value *v);
/* A cell: integers with separators, floats with `decimals`, times as clock or day, text as it is (unsanitised: draw it
 * with weir_cell_put_text). Appends. */
void weir_format_value(const struct weir_value *v, int decimals, struct weir_buf *out);

#endif
