/* Columns as entries of a list: type, NULLs, distinct values, what is frequent, the range. The prompt picks of them, and
 * the schema panel shows them. Thread: screen. */
#ifndef WEIR_TUI_COLUMNS_H
#define WEIR_TUI_COLUMNS_H

#include "tui/prompt/menu.h"
#include "weir/query/profile.h"
#include "weir/query/result.h"

/* A column, those of that name in all streams together, with what is known of its values. */
struct weir_offered_column {
	struct weir_str name; /* as an expression wants it */
	struct weir_str bare; /* as the schema has it */
	enum weir_type type;
	bool is_time;
	uint64_t n, n_null, n_missing,
	    n_distinct;                   /* rows with a value, with NULL, without the key; 0 distinct: not known */
	uint64_t n_type[WEIR_TYPE_COUNT]; /* values by their own type, since the stream began */
	int64_t first_us;                 /* of the first row with a value, WEIR_TIME_NONE */
	const struct weir_profile_column *profile; /* NULL: not known yet */
	struct weir_value example;                 /* the newest; NULL: none */
	int group_points, measure_points;          /* weir/session/guess.h */
	const char *form;                          /* of a measure */
	uint32_t place;                            /* among the columns of the streams */
	uint64_t streams;                          /* bit i: stream i has it */
};

/* All columns that are known, in their order, in the list's memory; profile may be NULL. NULL: no memory, *n is 0. */
struct weir_offered_column *weir_offered_columns(struct weir_menu *l, const struct weir_result *r,
						 const struct weir_profile *profile, uint32_t *n);
/* An entry for a column, or the one that is there already because the question has it: type, NULLs, distinct values and the
 * frequent ones or the range. NULL: no memory. */
struct weir_menu_item *weir_offer_column(struct weir_menu *l, const struct weir_offered_column *c);
/* The heads of such entries; `first` is that of the names. */
void weir_offer_column_heads(struct weir_menu *l, const char *first);
/* What one would measure of it: "p95(latency_ms)", "distinct(user)". In the list's memory. */
struct weir_str weir_offered_measure(struct weir_menu *l, const struct weir_offered_column *c);
/* Columns by how well one groups by them, for qsort: what the first question would take, then texts with few values; numbers,
 * keys and times last. */
int weir_offered_by_worth(const void *a, const void *b);
/* One groups by it with some use: it has a few values at least, and not almost as many as rows. */
bool weir_offered_is_worth(const struct weir_offered_column *c);

/* A text of printf's in the list's memory. */
struct weir_str weir_offer_text(struct weir_menu *l, const char *fmt, ...) WEIR_PRINTF(2, 3);

#endif
