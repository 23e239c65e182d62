/* The fields of the documents that the rows of one stream become: which columns are landed, and what a document's key is made of
 * beside the values (hash.h, origin.h). Thread: the landing's. */
#ifndef WEIR_LANDING_FIELDS_H
#define WEIR_LANDING_FIELDS_H

#include "weir/landing/landing.h"

struct weir_landing_fields {
	struct weir_str stream;           /* borrowed; ends with a NUL */
	int64_t run;                      /* 0, or when weir started: of a source that cannot be read twice */
	struct weir_str columns;          /* borrowed; "a,b": these alone; empty: all */
	const struct weir_schema *schema; /* that the rest is for; one reference; NULL: none yet */
	uint64_t *seed;                   /* owned, by column: hash of its name */
	bool *wanted;                     /* owned, by column */
	char *time;                       /* owned: name of the event time; NULL: none, or it is not landed */
};

/* Of that stream of the landing; `columns` as in columns=, NULL: all. */
void weir_landing_fields_init(struct weir_landing_fields *f, const struct weir_landing_config *config, uint32_t stream,
			      const char *columns);
/* Forgets the schema before, and takes this one. False: no memory; then there is none. */
bool weir_landing_fields_learn(struct weir_landing_fields *f, const struct weir_schema *schema) WEIR_MUST_USE;
void weir_landing_fields_forget(struct weir_landing_fields *f); /* the schema, and what is for it */

#endif
