/* What the two halves of the row printer share: rows.c takes rows, rows_end.c prints those that were kept. */
#ifndef WEIR_SESSION_ROWS_STATE_H
#define WEIR_SESSION_ROWS_STATE_H

#include "rows.h"
#include "rows_kept.h"

#include "weir/base/bounds.h"

struct weir_rows {
	struct weir_rows_config config;
	struct weir_out *out;
	bool keep;              /* printed at the end */
	bool is_json;
	uint64_t n_printed, limit;
	struct weir_kept kept;
	char *sort_names[WEIR_MAX_GROUP_COLUMNS]; /* owned */
	bool descending[WEIR_MAX_GROUP_COLUMNS];
	/* For the plan's present columns, made again when their number changes. */
	uint32_t n_columns;
	const struct weir_result_column *columns;
	int *kept_number;       /* column → number in `kept` */
	int sort_column[WEIR_MAX_GROUP_COLUMNS];
	struct weir_value *cells;
	bool *missing;
	uint64_t *pass;
	uint32_t pass_words;
	struct weir_buf text, safe;
};

/* Follows the plan, which may have been bound again with more columns. */
enum weir_status weir_rows_learn_columns(struct weir_rows *r, struct weir_plan *plan, struct weir_error *err);
void weir_rows_csv_header(const struct weir_rows *r);
/* What stands between two rows of a JSON array, or before the first. */
void weir_rows_json_begin(const struct weir_rows *r);

#endif
