/* Partial rows here: which columns they have (layout.c), the newest of each key by pane (store.c, packed.c, put.c, read.c), and
 * how a plan counts them (apply.c): a row that was replaced takes away what it had added. Its door is weir/query/partial.h; who
 * calls it is a fabric whose counting is done elsewhere. Private to src/query. */
#ifndef WEIR_QUERY_PARTIAL_PARTIAL_H
#define WEIR_QUERY_PARTIAL_PARTIAL_H

#include "query/spark/partials.h"
#include "weir/query/partial.h"

enum { WEIR_PARTIAL_FIXED_VALUES = 3 }; /* count, first_time, last_time */

struct weir_partial_entry {
	uint64_t hash;
	uint8_t *is,
	    *was; /* owned, packed values: the newest, and what the plan has of it where that is older; NULL: none */
	uint32_t is_bytes, was_bytes;
	bool in_plan; /* what `was` says, or `is` where there is none, is counted by the plan */
	bool changed; /* it is in the list of what changed */
	uint32_t key_bytes;
	uint8_t key[]; /* packed */
};

struct weir_partial_pane {
	int64_t start_us; /* INT64_MIN: rows without a time */
	uint32_t n, mask;
	struct weir_partial_entry **table; /* owned, open addressing */
};

struct weir_partials {
	struct weir_arena arena;
	struct weir_partial_layout layout;
	uint32_t n_splits;
	struct weir_value *scratch; /* n_keys, then twice n_values */
	struct weir_buf question;   /* the SQL: another question has another one */
	struct weir_budget *budget;
	int64_t charged_bytes;
	struct weir_partial_pane *panes; /* owned, in order of time */
	size_t n_panes, panes_capacity;
	struct weir_partial_entry **changed; /* owned; items NULL: gone since */
	size_t n_changed, changed_capacity;
	int64_t dropped_until_us; /* panes that begin before are gone */
	int64_t noted_us;
	struct weir_partials_account account;
	struct weir_buf key, values; /* of the row that comes */

	const struct weir_plan *plan;  /* that is kept up to date; only compared */
	struct weir_spark_feed *feeds; /* owned: by its accumulators */
};

/* packed.c: values one behind another. False: no memory. */
void weir_packed_add(const struct weir_value *v, struct weir_buf *out);
/* n values; texts borrow. */
void weir_packed_read(const uint8_t *from, struct weir_value *out, uint32_t n);

/* layout.c: what the plan's accumulators are given. False: no memory. */
bool weir_partials_attach(struct weir_partials *s, const struct weir_plan *p) WEIR_MUST_USE;

/* store.c. The entry of the packed key, made when new; NULL: no memory. */
struct weir_partial_entry *weir_partials_entry(struct weir_partials *s, int64_t start_us,
					       struct weir_str key) WEIR_MUST_USE;
/* Its newest values. False: no memory, unchanged. */
bool weir_partials_set(struct weir_partials *s, struct weir_partial_entry *e, struct weir_str values) WEIR_MUST_USE;
void weir_partials_settle(struct weir_partials *s, struct weir_partial_entry *e,
			  bool in_plan); /* `is` is what the plan has */
void weir_partials_fit_memory(struct weir_partials *s);

#endif
