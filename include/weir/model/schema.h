/* The columns of one stream as known so far. Immutable once published and reference counted: who learns something new
 * makes the next version. A column never leaves and never changes its index; its type only widens.
 *
 * Thread: weir_schema_ref/unref any; the rest reads immutable data. The builder functions belong to the one thread (the
 * stream's source thread) that has not yet published the version. */
#ifndef WEIR_MODEL_SCHEMA_H
#define WEIR_MODEL_SCHEMA_H

#include "weir/base/memory.h"
#include "weir/model/value.h"

struct weir_field {
	struct weir_str name; /* dotted path for nested data; owned by the schema */
	enum weir_type type;  /* widened over all that was seen */
	bool is_time;         /* the event-time column */
};

struct weir_schema {
	uint64_t version; /* grows with each published change of this stream's schema; 0: before there is one */
	uint32_t n_fields;
	const struct weir_field *fields;
};

/* Empty schema, version 0. One reference, owned by the caller. NULL: no memory. */
struct weir_schema *weir_schema_new(void);
struct weir_schema *weir_schema_ref(const struct weir_schema *s);
void weir_schema_unref(const struct weir_schema *s);
/* A copy with version + 1 to change and publish. */
struct weir_schema *weir_schema_next(const struct weir_schema *s);
/* Index of the new field, or -1 without memory. Only before publishing. Bounded by WEIR_MAX_FIELDS: beyond it -1. */
int weir_schema_add(struct weir_schema *s, struct weir_str name, enum weir_type type);
void weir_schema_set_type(struct weir_schema *s, uint32_t field, enum weir_type type);
void weir_schema_set_time(struct weir_schema *s, int field); /* -1: none */
/* Index by exact name, -1 when there is none. */
int weir_schema_find(const struct weir_schema *s, struct weir_str name);
int weir_schema_time_field(const struct weir_schema *s);

/* A stream has so many columns; what its records hold beyond them goes, as one JSON object a row, into one more, WEIR_MORE. */
enum { WEIR_MAX_COLUMNS = 4096, WEIR_MAX_FIELDS = WEIR_MAX_COLUMNS + 1 };
#define WEIR_MORE "_more"

#endif
