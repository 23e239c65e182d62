/* Cells of formats that hold only text: what type a text is, and its value.
 *
 * A text is a number only if it would be printed as it stands: 00501, +5 and integers beyond 64 bits stay text, so that
 * codes and keys keep every digit. Floats are [-]digits with a point or an exponent; NaN and Infinity stay text.
 * Thread: pure functions. */
#ifndef WEIR_CODEC_CELL_H
#define WEIR_CODEC_CELL_H

#include "weir/model/value.h"

/* STRING, INT64, FLOAT64 or BOOL (true and false as text, in lower, upper or title case); empty text is STRING. Blanks
 * around a value are passed over; the other functions take the bare text only. */
enum weir_type weir_cell_type(struct weir_str s);
struct weir_str weir_cell_bare(struct weir_str s); /* without blanks at its ends */
bool weir_cell_int64(struct weir_str s, int64_t *out);
bool weir_cell_float64(struct weir_str s, double *out); /* of an int64 text too */
bool weir_cell_bool(struct weir_str s, bool *out);

/* False when the text is no valid UTF-8 or holds a NUL byte. */
bool weir_cell_clean(struct weir_str s);

/* The texts of --null, taken apart. Borrows `list` while in use. */
enum { WEIR_CELL_NULLS = 16 };
struct weir_cell_nulls {
	struct weir_str texts[WEIR_CELL_NULLS];
	size_t n;
	bool empty; /* the empty text is among them */
	size_t longest;
};
/* NULL: the empty text only. False when there are more than WEIR_CELL_NULLS. */
bool weir_cell_nulls_init(struct weir_cell_nulls *n, const char *list);
bool weir_cell_is_null_text(const struct weir_cell_nulls *n, struct weir_str s);
static inline bool weir_cell_is_null(const struct weir_cell_nulls *n, struct weir_str s)
{
	if (s.size == 0)
		return n->empty;
	return s.size <= n->longest && weir_cell_is_null_text(n, s);
}

#endif
