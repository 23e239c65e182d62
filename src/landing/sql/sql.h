/* What landings in tables have in common: which field goes into which column and how a new column is called, the
 * runs of a key, and transactions of whole batches with the account of their rows. A kind adds its dialect: how a table is made,
 * widened and filled, and how a transaction begins and ends.
 *
 * Rows go straight into the table, in whatever way of the server's is the fastest. Where the table has one of them already, or
 * refuses one, that is taken back; the same rows go to a temporary table, are compared with those that are there, and are merged.
 *
 * landing.c is the landing, which its queue calls; table.c knows columns; plan.c the way from fields to them; segment.c has rows on
 * their way, which rows.c puts there; merge.c merges them.
 *
 * Thread: the landing's; open is the caller's. */
#ifndef WEIR_LANDING_SQL_SQL_H
#define WEIR_LANDING_SQL_SQL_H

#include "../options.h"
#include "landing/origin.h"

struct weir_sql_column {
	char *name; /* weir's; owned */
	char *col;  /* in the table; owned */
	enum weir_type type;
	char *foreign; /* its type, where weir lands none of that kind; owned; NULL: `type` is what it is */
};

struct weir_sql_table;
struct weir_sql_landing;
struct weir_sql_plan;

/* How a kind does it. All may fail with errors as weir_landing_ops says. */
struct weir_sql_dialect {
	const char *const *taken; /* names that no column of data can have; ends with NULL */
	size_t name_bytes;        /* of the longest name; 0: any */
	const char *stage;        /* the temporary table that rows are merged from */
	bool insert_skips;        /* add_insert passes over a row whose key somebody else has taken meanwhile */
	bool (*alike)(const char *a, const char *b); /* two names that are one to the server */
	void (*quote)(struct weir_str name, struct weir_buf *sql);
	void (*literal)(struct weir_str text, struct weir_buf *sql);

	/* Connects where there is no connection, and begins a transaction; the tables that are open are looked at behind it. After an error
	 * it is taken back by rollback. */
	enum weir_status (*begin)(struct weir_sql_landing *l, struct weir_error *err);
	enum weir_status (*commit)(struct weir_sql_landing *l, struct weir_error *err);
	void (*rollback)(struct weir_sql_landing *l);
	/* One statement, which is in `sql` (NO_MEMORY when that failed). *rows: how many it changed; may be NULL. */
	enum weir_status (*run)(struct weir_sql_landing *l, const struct weir_buf *sql, int64_t *rows,
				struct weir_error *err);
	/* The same, that gives rows, each to `take`, as texts. */
	enum weir_status (*ask)(struct weir_sql_landing *l, const struct weir_buf *sql,
				enum weir_status (*take)(struct weir_sql_landing *l, const char *const *cells,
							 struct weir_error *err),
				struct weir_error *err);

	/* Within a transaction: looks at the table `t->name`, or makes it, and adds its columns. */
	enum weir_status (*open_table)(struct weir_sql_landing *l, struct weir_sql_table *t, struct weir_error *err);
	/* Ends the transaction; changes the table so that it takes the schema; begins another. */
	enum weir_status (*change)(struct weir_sql_landing *l, struct weir_sql_plan *p,
				   const struct weir_schema *schema, struct weir_error *err);
	/* For `change`: a column more, of the field's type and called `col`; a column that takes `type` from now on. */
	enum weir_status (*add)(struct weir_sql_landing *l, struct weir_sql_table *t, const struct weir_field *field,
				const char *col, struct weir_error *err);
	enum weir_status (*widen)(struct weir_sql_landing *l, struct weir_sql_table *t, struct weir_sql_column *c,
				  enum weir_type type, struct weir_error *err);

	/* Append a row to the bytes of the segment: its key, with the names of what is null (has_nulls: some row has any) and its number;
	 * then the value of each column, of that type (c NULL: it has none); then its end (NULL: it has no mark). put_value returns NULL,
	 * or why the server cannot hold the value: the row is refused. */
	void (*put_key)(struct weir_sql_landing *l, const struct weir_batch *b, uint32_t row, bool has_nulls);
	const char *(*put_value)(struct weir_sql_landing *l, enum weir_type type, const struct weir_column *c,
				 uint32_t row);
	void (*put_end)(struct weir_sql_landing *l);
	/* Straight into the table: it begins, sends what was encoded, ends. *merge: it was taken back, because a row is there
	 * already, or is refused. */
	enum weir_status (*direct_begin)(struct weir_sql_landing *l, struct weir_error *err);
	enum weir_status (*direct_send)(struct weir_sql_landing *l, struct weir_error *err);
	enum weir_status (*direct_end)(struct weir_sql_landing *l, bool *merge, struct weir_error *err);
	/* True: this server cannot do that. NULL: it can. */
	bool (*always_careful)(const struct weir_sql_landing *l);

	/* By way of the temporary table: made for the segment's plan; emptied, and filled with rows from..to (excluded). */
	enum weir_status (*make_stage)(struct weir_sql_landing *l, struct weir_error *err);
	enum weir_status (*fill_stage)(struct weir_sql_landing *l, size_t from, size_t to, struct weir_error *err);
	/* A condition: row s of the temporary table is not what row t of the table is. */
	void (*add_differs)(const struct weir_sql_landing *l, struct weir_buf *sql);
	/* A statement: the rows whose key is not taken go to the table. */
	void (*add_insert)(const struct weir_sql_landing *l, struct weir_buf *sql);
	/* What was done since fill_stage stays (keep), or is taken back, also after an error. */
	enum weir_status (*part_end)(struct weir_sql_landing *l, bool keep, struct weir_error *err);
	/* The last error was one row's, and not the table's or the server's. */
	bool (*is_of_a_row)(const struct weir_sql_landing *l);
};

/* ---- table.c ---- */

struct weir_sql_table {
	char *name; /* owned; NULL: unused */
	struct weir_sql_column *columns;
	uint32_t n_columns, room;
	uint32_t changes; /* grows whenever a column came or widened */
};

/* `foreign`: NULL, or the type of a column that weir does not land into. */
bool weir_sql_table_add(struct weir_sql_table *t, struct weir_str name, struct weir_str col, enum weir_type type,
			const char *foreign) WEIR_MUST_USE;
void weir_sql_table_forget(struct weir_sql_table *t); /* its columns */
void weir_sql_table_release(struct weir_sql_table *t);
/* Its columns are those of `now` from here on, which is empty afterwards; where they are the same, nothing changes. */
void weir_sql_table_replace(struct weir_sql_table *t, struct weir_sql_table *now);
/* The error for one that lacks columns of weir's own. */
enum weir_status weir_sql_table_foreign(const struct weir_sql_landing *l, const struct weir_sql_table *t,
					struct weir_error *err);
/* The index of the column that takes the field as it is; -1: it must come, or become wider. */
int weir_sql_table_find(const struct weir_sql_table *t, const struct weir_field *field);
/* The same; the column is made or widened where it must (create=yes). */
enum weir_status weir_sql_table_column(struct weir_sql_landing *l, struct weir_sql_table *t,
				       const struct weir_field *field, uint32_t *at,
				       struct weir_error *err) WEIR_MUST_USE;

/* ---- plan.c ---- */

/* Where the rows of one stream go. */
struct weir_sql_plan {
	struct weir_sql_table *table; /* NULL: not used yet */
	struct weir_str stream;       /* borrowed */
	int64_t first_run;
	struct weir_str columns;          /* "a,b": these alone; empty: all */
	const struct weir_schema *schema; /* that the plan is for; one reference; NULL: none */
	uint32_t changes;                 /* of the table, then */
	uint32_t version;                 /* grows with each new plan */
	uint32_t n;                       /* fields that are landed */
	uint32_t *field, *column;         /* which, and in which column of the table; owned */
	int64_t *run, *kept;              /* owned, by partition; now, and when the transaction began */
	uint32_t n_run;
};

/* Whether the plan must be made anew for the schema, and whether the table must be changed for it. */
bool weir_sql_plan_is_old(const struct weir_sql_plan *p, const struct weir_schema *schema);
bool weir_sql_plan_needs_change(const struct weir_sql_plan *p, const struct weir_schema *schema);
/* Makes the plan for the schema, with the table changed to it; no more than that is done when it fits already. */
enum weir_status weir_sql_plan_follow(struct weir_sql_landing *l, struct weir_sql_plan *p,
				      const struct weir_schema *schema, struct weir_error *err) WEIR_MUST_USE;
/* Runs for all partitions of the batch. */
enum weir_status weir_sql_plan_runs(struct weir_sql_plan *p, const struct weir_batch *batch,
				    struct weir_error *err) WEIR_MUST_USE;
void weir_sql_plan_keep(struct weir_sql_plan *p); /* a transaction begins */
void weir_sql_plan_back(struct weir_sql_plan *p); /* it was taken back */
void weir_sql_plan_release(struct weir_sql_plan *p);

/* The names of the keys that the row has with null, as a JSON array; nothing: there is none. Appends. */
void weir_sql_plan_nulls(const struct weir_sql_plan *p, const struct weir_batch *b, uint32_t row, struct weir_buf *out);
/* Whether any row of the batch has such keys. */
bool weir_sql_plan_has_nulls(const struct weir_sql_plan *p, const struct weir_batch *b);

/* ---- segment.c ---- */

struct weir_sql_row {
	size_t at;                      /* where it begins in the bytes */
	const struct weir_batch *batch; /* and where it came from; not looked at any more */
	uint32_t row;
	int64_t position; /* of its record */
};

/* A partition's rows from number `from` on have the next run. */
struct weir_sql_bump {
	char *topic; /* owned */
	int64_t partition, from;
};

/* Rows of one stream that go to the server together. They are kept until it has taken them. */
struct weir_sql_segment {
	struct weir_sql_plan *plan; /* NULL: there is none */
	uint32_t version;           /* of the plan */
	uint16_t stream;
	bool direct;                        /* they go straight into the table; else they wait to be merged */
	struct weir_partitions *partitions; /* one reference; NULL: the stream has none */
	struct weir_buf bytes;              /* rows as the server takes them */
	size_t sent;
	struct weir_sql_row *rows; /* owned */
	size_t n, room;
	struct weir_sql_bump *bumps; /* owned */
	size_t n_bumps, bumps_room;
};

/* The bytes of rows from..to (excluded). */
struct weir_str weir_sql_segment_bytes(const struct weir_sql_segment *s, size_t from, size_t to);
enum weir_status weir_sql_segment_write(struct weir_sql_landing *l, struct weir_sql_plan *p,
					const struct weir_batch *batch, const uint64_t *rows,
					struct weir_error *err) WEIR_MUST_USE;
/* All its rows are in the table or refused. */
enum weir_status weir_sql_segment_end(struct weir_sql_landing *l, struct weir_error *err) WEIR_MUST_USE;
void weir_sql_segment_forget(struct weir_sql_landing *l);
void weir_sql_segment_release(struct weir_sql_landing *l);

/* ---- rows.c ---- */

/* Appends the rows whose bits are set to the segment. One that the server cannot hold is refused. */
enum weir_status weir_sql_encode(struct weir_sql_landing *l, const struct weir_batch *batch, const uint64_t *rows,
				 struct weir_error *err) WEIR_MUST_USE;

/* ---- merge.c ---- */

#define WEIR_SQL_KEY_COLUMNS "_stream", "_topic", "_partition", "_offset", "_run"

/* Merges the rows of the segment into the table; those that it refuses are counted. */
enum weir_status weir_sql_merge(struct weir_sql_landing *l, struct weir_error *err) WEIR_MUST_USE;
/* Append: the columns that are landed, each behind `table` ("s." or nothing); the table; " FROM stage s JOIN table t ON …". */
void weir_sql_add_columns(const struct weir_sql_landing *l, const char *table, struct weir_buf *sql);
void weir_sql_add_table(const struct weir_sql_landing *l, struct weir_buf *sql);
void weir_sql_add_join(const struct weir_sql_landing *l, const char *how, struct weir_buf *sql);

/* ---- landing.c ---- */

struct weir_sql_landing {
	struct weir_landing base; /* first member */
	const struct weir_sql_dialect *dialect;
	const struct weir_clock *clock;
	struct weir_wake
	    wake; /* signalled: no call waits for the server any longer; the kind gives it to its connection */
	const char *origin; /* for errors; borrowed */
	struct weir_landing_options options;
	uint32_t n;
	struct weir_sql_plan *plans;               /* by stream */
	struct weir_sql_table *tables;             /* as many as there are streams at most */
	const struct weir_landing_stream *streams; /* borrowed */
	bool open;                                 /* a transaction is */
	int64_t began_us;
	struct weir_landing_status counts, pending; /* committed; of this transaction */
	struct weir_sql_segment segment;
	bool careful;                           /* the table had such rows lately: they are merged without a try */
	uint32_t n_rows;                        /* of this transaction: the number of the next one */
	const char *join, *hint;                /* "JOIN" or better, and what stands behind the table there; static */
	bool lateral;                           /* the table is looked up by a subquery for each row of the stage */
	struct weir_buf sql;                    /* for use in between */
	const struct weir_sql_plan *stage_plan; /* that the temporary table is made for; NULL: none is */
	uint32_t stage_version;
};

/* For a kind's open: reads the options and prepares for the streams. */
enum weir_status weir_sql_landing_init(struct weir_sql_landing *l, const struct weir_sql_dialect *dialect,
				       const struct weir_landing_config *config, struct weir_error *err) WEIR_MUST_USE;
/* The tables of all streams are looked at, where the server can be reached. */
enum weir_status weir_sql_landing_look(struct weir_sql_landing *l, struct weir_error *err) WEIR_MUST_USE;
void weir_sql_landing_release(struct weir_sql_landing *l); /* what it holds; the kind frees itself */
/* A row of this transaction that was given, and is refused. `at` is not looked at. */
static inline void weir_sql_refuse(struct weir_sql_landing *l, uint16_t stream, const struct weir_sql_row *r,
				   const char *reason)
{
	l->pending.landed--;
	l->pending.refused++;
	weir_landing_note_refused(&l->pending, stream, r->position, reason);
	weir_landing_refuse(&l->base, r->batch, r->row, reason);
}
/* Ends the transaction; whole batches alone were given. A new one begins at the next need. */
enum weir_status weir_sql_commit(struct weir_sql_landing *l, struct weir_error *err) WEIR_MUST_USE;
enum weir_status weir_sql_begin(struct weir_sql_landing *l, struct weir_error *err) WEIR_MUST_USE;

/* The functions of weir_landing_ops. */
enum weir_status weir_sql_write(struct weir_landing *base, const struct weir_batch *batch, const uint64_t *rows,
				struct weir_error *err);
enum weir_status weir_sql_flush(struct weir_landing *base, struct weir_error *err);
void weir_sql_status(const struct weir_landing *base, struct weir_landing_status *out);
enum weir_status weir_sql_close(struct weir_landing *base, bool complete, struct weir_error *err);
void weir_sql_interrupt(struct weir_landing *base);

#endif
