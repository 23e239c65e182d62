/* A table of MariaDB, MySQL or SingleStore, read back: its rows by the number that the server counts as they are written (_id), then
 * those that come.
 *
 * Numbers are given out before a transaction commits, so that rows with smaller ones may show up after rows with greater ones.
 * So numbers that were passed over are kept as gaps, and looked at again for as long as late= says.
 *
 * mysql.c is the source, which the stream calls; columns.c learns columns; leaves.c has conditions in the server's words; rows.c reads rows;
 * gaps.c keeps the gaps.
 *
 * Thread: the stream's source thread, after open; wake any. */
#ifndef WEIR_SOURCE_MYSQL_MYSQL_H
#define WEIR_SOURCE_MYSQL_MYSQL_H

#include "../away.h"
#include "../cells.h"
#include "../progress.h"
#include "../pushdown.h"
#include "../uri_params.h"

#include "weir/client/mysql.h"

/* How the text of a column is read. */
enum weir_my_kind { WEIR_MY_BOOL, WEIR_MY_INT, WEIR_MY_FLOAT, WEIR_MY_TIME, WEIR_MY_TEXT };

/* Whether the server sees a value of a column as weir does. */
enum weir_my_exact {
	WEIR_MY_INEXACT,  /* it does not */
	WEIR_MY_EXACT,    /* it does */
	WEIR_MY_OPEN,     /* TINYINT(1): while it is 0 or 1 */
	WEIR_MY_UNSIGNED, /* BIGINT UNSIGNED: up to 2^63 - 1 */
};

/* Numbers that were passed over, from the first to the last. */
struct weir_my_gap {
	int64_t from, to;
	int64_t end_us; /* it is looked at no longer; monotonic */
};

struct weir_my_gaps {
	struct weir_my_gap *all; /* owned, by their numbers */
	size_t n, room;
	int64_t late_us;
};

struct weir_my_source {
	struct weir_source base; /* first member */
	const struct weir_clock *clock;
	struct weir_mysql server;
	struct weir_progress progress;
	struct weir_wake wake;
	struct weir_away away;
	struct weir_pushdown pushdown;
	struct weir_buf where; /* " AND …": what the server looks at; empty: all rows are asked for */
	bool asked;            /* it is known */

	char *table, *query, *time; /* owned; table or query */
	struct weir_place from, until;
	bool follow;

	struct weir_schema *schema; /* NULL: not learnt yet */
	struct weir_cells cells;
	enum weir_my_kind *kinds;  /* owned, by field */
	bool *narrow;              /* owned, by field: FLOAT, whose text has too few digits */
	enum weir_my_exact *exact; /* owned, by field */
	uint32_t n_kinds;
	enum weir_time_unit unit; /* of whole numbers that are times */
	bool has_nulls;           /* the table says which keys were null: other NULLs were missing */
	bool tracked;             /* it has _id */

	MYSQL_RES *rows;    /* of what is read once; owned; NULL: none */
	bool begun, over;   /* what is read once; nothing follows */
	int64_t newest;     /* the greatest number there was at first */
	int64_t last, stop; /* the greatest number that came; that of the last one to read (INT64_MAX: none) */
	struct weir_my_gaps gaps;
	int64_t gaps_look_us; /* monotonic: when they are looked at again */
	int64_t came;         /* rows so far */
};

/* ---- columns.c ---- */

/* Learns the columns, or those that came since. */
enum weir_status weir_my_learn(struct weir_my_source *q, struct weir_error *err) WEIR_MUST_USE;
void weir_my_forget(struct weir_my_source *q);

/* ---- leaves.c ---- */

/* Settles what the server looks at. After the columns were learnt; does nothing the second time. */
enum weir_status weir_my_settle(struct weir_my_source *q, struct weir_error *err) WEIR_MUST_USE;
weir_pushdown_leaf weir_my_leaf; /* of a struct weir_my_source */
/* Whether weir sees a value of the column, and those of the leaf, as the server does; else *why. */
weir_pushdown_fit weir_my_is_fit;

/* ---- group.c ---- */

/* Settles whether the server counts (pushdown.said.grouped); after it is known what it looks at. */
void weir_my_settle_groups(struct weir_my_source *q);
/* Has the rows that are left counted. None are in the batch where there are none, or where said.grouped is false now: then they are to be
 * read. */
enum weir_status weir_my_group(struct weir_my_source *q, struct weir_batch *into, struct weir_error *err) WEIR_MUST_USE;

/* ---- rows.c ---- */

/* "SELECT _id, … FROM …", with nothing behind. Appends. */
void weir_my_select(struct weir_my_source *q, struct weir_buf *sql);
/* A row of that becomes row `row` of the batch. *wanted: it is within from= and until=. */
enum weir_status weir_my_read_row(struct weir_my_source *q, MYSQL_RES *rows, MYSQL_ROW cells, struct weir_batch *b,
				  uint32_t row, bool *wanted, struct weir_error *err) WEIR_MUST_USE;

/* ---- gaps.c ---- */

/* False: no memory. Beyond 1,000 the oldest is forgotten. */
bool weir_my_gap_add(struct weir_my_gaps *g, int64_t from, int64_t to, int64_t now_us) WEIR_MUST_USE;
/* A row with this number came after all. False: no memory. */
bool weir_my_gap_fill(struct weir_my_gaps *g, int64_t id) WEIR_MUST_USE;
void weir_my_gap_expire(struct weir_my_gaps *g, int64_t now_us);
/* "(_id BETWEEN 3 AND 5 OR …)". Appends. */
void weir_my_gap_condition(const struct weir_my_gaps *g, struct weir_buf *sql);
/* As position= has it: "90;3-5,7-7". */
void weir_my_position_write(const struct weir_my_source *q, struct weir_buf *out);
enum weir_status weir_my_position_read(struct weir_my_source *q, const char *text,
				       struct weir_error *err) WEIR_MUST_USE;

#endif
