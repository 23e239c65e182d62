/* The parameters of a source's address, parsed. Names are checked by weir_uri_check_options before. */
#ifndef WEIR_SOURCE_URI_PARAMS_H
#define WEIR_SOURCE_URI_PARAMS_H

#include "weir/source/source.h"

enum weir_place_kind {
	WEIR_PLACE_NONE, /* not given */
	WEIR_PLACE_EARLIEST,
	WEIR_PLACE_LATEST,
	WEIR_PLACE_TIME,   /* `value` in microseconds, wall clock; "-15m" is taken from `now_us` */
	WEIR_PLACE_OFFSET, /* `value` */
	WEIR_PLACE_LAST,   /* `value` records before the end: "-10" */
};
struct weir_place {
	enum weir_place_kind kind;
	int64_t value;
};
/* Of parameter `name` ("from" or "until"). USAGE when it is none of these; LAST is none here. */
enum weir_status weir_uri_params_place(const struct weir_uri *uri, const char *name, int64_t now_us,
				       struct weir_place *out, struct weir_error *err) WEIR_MUST_USE;
/* The same for a source that can count its records from the end: LAST too. */
enum weir_status weir_uri_params_place_or_last(const struct weir_uri *uri, const char *name, int64_t now_us,
					       struct weir_place *out, struct weir_error *err) WEIR_MUST_USE;
/* yes, true, 1 or nothing; no, false, 0. *out stays when absent. USAGE otherwise. */
enum weir_status weir_uri_params_bool(const struct weir_uri *uri, const char *name, bool *out,
				      struct weir_error *err) WEIR_MUST_USE;
/* A whole number of at least `least`; `*out` stays when absent. */
enum weir_status weir_uri_params_int(const struct weir_uri *uri, const char *name, int64_t least, int64_t *out,
				     struct weir_error *err) WEIR_MUST_USE;
/* A copy of the text, owned by the caller; `*out` stays when absent. USAGE when it is empty. */
enum weir_status weir_uri_params_text(const struct weir_uri *uri, const char *name, char **out,
				      struct weir_error *err) WEIR_MUST_USE;
/* A duration of at least a millisecond; `*out_us` stays when absent. */
enum weir_status weir_uri_params_duration(const struct weir_uri *uri, const char *name, int64_t *out_us,
					  struct weir_error *err) WEIR_MUST_USE;

#endif
