/* Types and single values: the words for one cell.
 * A value of type STRING borrows its bytes; who returns it says until when. Thread: plain data. */
#ifndef WEIR_MODEL_VALUE_H
#define WEIR_MODEL_VALUE_H

#include "weir/base/str.h"

/* NULL is the type of a column in which no value was seen yet, and of the literal null. */
enum weir_type { WEIR_NULL, WEIR_BOOL, WEIR_INT64, WEIR_FLOAT64, WEIR_TIMESTAMP, WEIR_STRING, WEIR_TYPE_COUNT };

const char *weir_type_name(enum weir_type t); /* "null" "bool" "int64" "float64" "timestamp" "string"; static */
/* The type of such a name; `otherwise` where there is none. */
enum weir_type weir_type_named(struct weir_str name, enum weir_type otherwise);
/* The type that holds both: NULL gives way, int64+float64 = float64, any other mix = string. */
enum weir_type weir_type_widen(enum weir_type a, enum weir_type b);

struct weir_value {
	enum weir_type type; /* WEIR_NULL: the value is NULL */
	union {
		bool b;
		int64_t i; /* INT64; TIMESTAMP in µs UTC */
		double f;
		struct weir_str s;
	};
	/* Sums of int64 may exceed 64 bits: then type is INT64, `wide` is set and the value is hi * 2^64 + (uint64_t)i. */
	bool wide;
	int64_t hi;
};

/* Text of a value: ints plain (wide ones too), floats with the fewest digits that read back, timestamps ISO 8601 UTC,
 * bool true/false, NULL nothing. Appends to `out`. */
void weir_value_text(const struct weir_value *v, struct weir_buf *out);
/* The same as JSON: strings quoted and escaped (invalid UTF-8 becomes U+FFFD), NULL and non-finite floats as null. */
void weir_value_json(const struct weir_value *v, struct weir_buf *out);
void weir_json_quote(struct weir_str s, struct weir_buf *out);
/* Total order: NULL last; numbers by value; false < true; strings bytewise. Types that differ and are no numbers: by type. */
int weir_value_compare(const struct weir_value *a, const struct weir_value *b);

#endif
