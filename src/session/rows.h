/* The batch printer of rows: neither group nor measure was asked for, so the rows themselves are printed.
 *
 * JSON goes out at once. A CSV or a table needs all its columns before its first line, and a column may appear in any
 * record: when the format does not name them at the start, the rows are kept (spool.h) and printed at the end. So they are
 * when the answer depends on the end of the input: sliding and rows windows, and a sort. */
#ifndef WEIR_SESSION_ROWS_H
#define WEIR_SESSION_ROWS_H

#include "print.h"
#include "spool.h"

#include "weir/query/plan.h"

struct weir_rows_config {
	enum weir_output how;
	bool color;
	bool columns_fixed;         /* known at the first row, none will come */
	const struct weir_view *view; /* resolved; borrowed until release */
};

struct weir_rows;

/* Owned by the caller. USAGE when the view sorts by what it cannot. */
enum weir_status weir_rows_new(const struct weir_rows_config *config, struct weir_out *out, struct weir_rows **rows, struct weir_error *err);
void weir_rows_free(struct weir_rows *r);
/* Prints or keeps what passes the plan's filter. The batch is borrowed. */
enum weir_status weir_rows_add(struct weir_rows *r, struct weir_plan *plan, const struct weir_batch *batch, struct weir_error *err);
/* As many rows as the view wants are there, and none that follows could take the place of one. */
bool weir_rows_full(const struct weir_rows *r);
/* Prints what was kept and ends the document. newest_us: the newest event of the input, WEIR_TIME_NONE without. */
enum weir_status weir_rows_end(struct weir_rows *r, struct weir_plan *plan, int64_t newest_us, struct weir_error *err);

#endif
