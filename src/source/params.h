/* The parameters of a source's address: checked by name, and the bounds from= and until= taken apart. */
#ifndef WEIR_SOURCE_PARAMS_H
#define WEIR_SOURCE_PARAMS_H

#include "weir/source/source.h"

/* USAGE with the nearest name when the address has a parameter that neither `ops` nor every stream knows. */
enum weir_status weir_params_check(const struct weir_uri *uri, const struct weir_source_ops *ops,
				   struct weir_error *err) WEIR_MUST_USE;
/* True for the names that belong to the stream and not to its source (format=, time=, …). */
bool weir_params_common(const char *name);

enum weir_bound_kind {
	WEIR_BOUND_NONE, /* not given */
	WEIR_BOUND_EARLIEST,
	WEIR_BOUND_LATEST,
	WEIR_BOUND_TIME,   /* `value` in microseconds, wall clock; "-15m" is taken from `now_us` */
	WEIR_BOUND_OFFSET, /* `value` */
};
struct weir_bound {
	enum weir_bound_kind kind;
	int64_t value;
};
/* Of parameter `name` ("from" or "until"). USAGE when it is none of these. */
enum weir_status weir_params_bound(const struct weir_uri *uri, const char *name, int64_t now_us, struct weir_bound *out,
				   struct weir_error *err) WEIR_MUST_USE;
/* "yes" and its kind; false when absent. USAGE otherwise. */
enum weir_status weir_params_bool(const struct weir_uri *uri, const char *name, bool *out,
				  struct weir_error *err) WEIR_MUST_USE;
/* A whole number of at least `least`; `*out` stays when absent. */
enum weir_status weir_params_int(const struct weir_uri *uri, const char *name, int64_t least, int64_t *out,
				 struct weir_error *err) WEIR_MUST_USE;

#endif
