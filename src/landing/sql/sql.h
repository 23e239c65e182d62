/* What landings in tables have in common: their options, which field goes into which column and how a new column is called, the
 * runs of a key, and transactions of whole batches with the account of their rows. A kind adds its dialect: how a table is made,
 * widened and filled, and how a transaction begins and ends.
 *
 * landing.c is the landing, which its queue calls; table.c knows columns; plan.c the way from fields to them; options.c the address.
 *
 * Thread: the landing's; open is the caller's. */
#ifndef WEIR_LANDING_SQL_SQL_H
#define WEIR_LANDING_SQL_SQL_H

#include "weir/landing/landing.h"

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
	const char *const *taken;                    /* names that no column of data can have; ends with NULL */
	size_t name_bytes;                           /* of the longest name; 0: any */
	bool (*alike)(const char *a, const char *b); /* two names that are one to the server */
	/* Connects where there is no connection, and begins a transaction. */
	enum weir_status (*begin)(struct weir_sql_landing *l, struct weir_error *err);
	/* All rows that were given are in the table, or are counted as refused (weir_sql_refuse), when this returns. */
	enum weir_status (*commit)(struct weir_sql_landing *l, struct weir_error *err);
	void (*rollback)(struct weir_sql_landing *l);
	/* Within a transaction: looks at the table `t->name`, or makes it, and adds its columns. */
	enum weir_status (*open_table)(struct weir_sql_landing *l, struct weir_sql_table *t, struct weir_error *err);
	/* Gives the rows whose bits are set. */
	enum weir_status (*write)(struct weir_sql_landing *l, struct weir_sql_plan *p, const struct weir_batch *batch,
				  const uint64_t *rows, struct weir_error *err);
	/* Within a transaction that may change tables: a column more, of the field's type and called `col`; a column that takes
	 * `type` from now on. */
	enum weir_status (*add)(struct weir_sql_landing *l, struct weir_sql_table *t, const struct weir_field *field,
				const char *col, struct weir_error *err);
	enum weir_status (*widen)(struct weir_sql_landing *l, struct weir_sql_table *t, struct weir_sql_column *c,
				  enum weir_type type, struct weir_error *err);
};

/* ---- options.c ---- */

struct weir_sql_options {
	bool create;
	char *table, *columns; /* owned; NULL: the stream's name; all */
	int64_t batch_rows;    /* of a transaction, about */
	int64_t every_us;      /* a transaction lasts no longer */
	int64_t timeout_us;    /* of a call to the server */
};

/* Their rows in a table of options. */
#define WEIR_SQL_OPTIONS                                                                                               \
	{"table", "NAME", "the table (that of each stream has the stream's name)"},                                    \
	    {"create", "yes|no",                                                                                       \
	     "make the table where there is none, and add and widen columns as rows need them (no)"},                  \
	    {"columns", "A,B", "land these columns alone (all)"},                                                      \
	    {"batch", "N", "rows of one transaction, about (10,000)"},                                                 \
	{                                                                                                              \
		"every", "DURATION", "a transaction takes no longer (1s)"                                              \
	}

enum weir_status weir_sql_options_read(struct weir_sql_options *o, const struct weir_uri *uri,
				       struct weir_error *err) WEIR_MUST_USE;
void weir_sql_options_release(struct weir_sql_options *o);

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
/* Whether the same columns stand in both. */
bool weir_sql_table_equal(const struct weir_sql_table *a, const struct weir_sql_table *b);
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

/* Where a row came from, beside its stream and its position. */
struct weir_sql_place {
	struct weir_str topic; /* borrowed from the batch */
	int64_t partition;
	uint32_t index; /* of its run */
};
struct weir_sql_place weir_sql_place_of(const struct weir_batch *b, uint32_t row);
/* The names of the keys that the row has with null, as a JSON array; nothing: there is none. Appends. */
void weir_sql_plan_nulls(const struct weir_sql_plan *p, const struct weir_batch *b, uint32_t row, struct weir_buf *out);
/* Whether any row of the batch has such keys. */
bool weir_sql_plan_has_nulls(const struct weir_sql_plan *p, const struct weir_batch *b);

/* ---- landing.c ---- */

struct weir_sql_landing {
	struct weir_landing base; /* first member */
	const struct weir_sql_dialect *dialect;
	const struct weir_clock *clock;
	const char *origin; /* for errors; borrowed */
	struct weir_sql_options options;
	uint32_t n;
	struct weir_sql_plan *plans;               /* by stream */
	struct weir_sql_table *tables;             /* as many as there are streams at most */
	const struct weir_landing_stream *streams; /* borrowed */
	bool open;                                 /* a transaction is */
	int64_t began_us;
	struct weir_landing_status counts, pending; /* committed; of this transaction */
};

/* For a kind's open: reads the options and prepares for the streams. */
enum weir_status weir_sql_landing_init(struct weir_sql_landing *l, const struct weir_sql_dialect *dialect,
				       const struct weir_landing_config *config, struct weir_error *err) WEIR_MUST_USE;
/* The tables of all streams are looked at, where the server can be reached. */
enum weir_status weir_sql_landing_look(struct weir_sql_landing *l, struct weir_error *err) WEIR_MUST_USE;
void weir_sql_landing_release(struct weir_sql_landing *l); /* what it holds; the kind frees itself */
/* A row of this transaction that was given, and is refused. */
void weir_sql_refuse(struct weir_sql_landing *l, uint16_t stream, int64_t position, const char *reason);
/* Ends the transaction; whole batches alone were given. A new one begins at the next need. */
enum weir_status weir_sql_commit(struct weir_sql_landing *l, struct weir_error *err) WEIR_MUST_USE;
enum weir_status weir_sql_begin(struct weir_sql_landing *l, struct weir_error *err) WEIR_MUST_USE;

/* The functions of weir_landing_ops. */
enum weir_status weir_sql_write(struct weir_landing *base, const struct weir_batch *batch, const uint64_t *rows,
				struct weir_error *err);
enum weir_status weir_sql_flush(struct weir_landing *base, struct weir_error *err);
void weir_sql_status(const struct weir_landing *base, struct weir_landing_status *out);
enum weir_status weir_sql_close(struct weir_landing *base, bool complete, struct weir_error *err);

#endif
