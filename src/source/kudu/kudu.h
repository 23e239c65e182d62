/* A table in Apache Kudu, read back: its rows as they were at one moment, then those that were written up to a later one, and so on.
 *
 * The servers keep what was written at which moment, and answer for a moment only when nothing can be written before it any more. So
 * each row is in exactly one of these rounds, whatever is written meanwhile. Within a round rows come in the order of their keys, over
 * all tablets: a round that broke off goes on behind the last key. (Kudu's docs/design-docs: fault-tolerant and incremental
 * scans.)
 *
 * The moment of a round is fixed before the table is looked at: so all columns that its rows have, and all tablets that have some,
 * are known.
 *
 * kudu.c is the source, which the stream calls; rounds.c asks for rows; bounds.c has conditions as the servers take them; columns.c learns columns; rows.c reads rows; origins.c knows
 * where landed rows came from; position.c has the places where another run goes on.
 *
 * Thread: the stream's source thread, after open; wake any. */
#ifndef WEIR_SOURCE_KUDU_KUDU_H
#define WEIR_SOURCE_KUDU_KUDU_H

#include "../away.h"
#include "../cells.h"
#include "../progress.h"
#include "../pushdown.h"
#include "../uri_params.h"

#include "weir/client/kudu.h"

/* How a cell is read. */
enum weir_kd_kind {
	WEIR_KD_BOOL,
	WEIR_KD_INT,
	WEIR_KD_FLOAT,
	WEIR_KD_TIME,
	WEIR_KD_DATE,    /* days since 1970 */
	WEIR_KD_TEXT,    /* weir's own */
	WEIR_KD_BYTES,   /* perhaps no text */
	WEIR_KD_DECIMAL, /* of 18 digits at most, without its point */
	WEIR_KD_GREAT,   /* of 128 bits */
};

struct weir_kd_column { /* that is asked for */
	int field;      /* -1: none; it is asked for as part of the key, or says what is NULL */
	enum weir_kd_kind kind;
	int scale; /* of decimals: digits behind the point */
};

struct weir_kd_origin {       /* of landed rows, by their partition in the stream */
	char *stream, *topic; /* owned */
	int64_t number;
};

struct weir_kd_source {
	struct weir_source base; /* first member */
	const struct weir_clock *clock;
	struct weir_kudu *cluster;
	struct weir_progress progress;
	struct weir_wake wake;
	struct weir_away away;

	char *name, *time; /* owned; of the table; asked for with time= */
	char *wanted;      /* owned; columns=; NULL: all */
	struct weir_place from, until;
	bool follow;

	struct weir_kudu_table *table; /* NULL: it is to be looked for */
	struct weir_buf id;            /* of the table that was read first */
	struct weir_schema *schema;    /* NULL: not learnt yet */
	struct weir_cells cells;
	uint32_t *asked;                /* owned: columns of the table */
	struct weir_kd_column *columns; /* owned: the same, of the scan */
	uint32_t n_columns;
	int nulls;                /* which of them names what is NULL; -1: none: other NULLs were missing */
	bool landed;              /* by weir: its key says where a row came from */
	int place[4];             /* then: its stream, topic, partition and offset among the columns */
	enum weir_time_unit unit; /* of whole numbers that are times */

	struct weir_kd_origin *origins; /* owned */
	size_t n_origins, origins_room;
	size_t next_origin; /* probably */

	uint64_t since, to;  /* the round: rows written from one moment on, and before another; to 0: it is not begun */
	struct weir_buf key; /* of the last row that came in it; empty: none */
	struct weir_pushdown pushdown;
	bool settled;                /* which of its conditions the servers look at */
	struct weir_kudu_scan *scan; /* NULL: it is to be opened (again) */
	bool got;                    /* the scan had a row */
	int64_t next_us;             /* monotonic: no round begins before */
	bool begun, over;            /* from= was heeded; nothing follows */
	int64_t came;                /* rows so far */
};

static inline enum weir_status weir_kd_out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "kudu", "out of memory");
}

/* ---- columns.c ---- */

/* Learns the columns of the table, or those that came since. */
enum weir_status weir_kd_learn(struct weir_kd_source *q, struct weir_error *err) WEIR_MUST_USE;
void weir_kd_forget(struct weir_kd_source *q);

/* ---- bounds.c ---- */

struct weir_kd_bounds {
	struct weir_kudu_bound *all; /* owned */
	uint32_t n;
	size_t room;
	struct weir_arena arena; /* of what they point to */
};
/* Settles, the first time, what the servers look at, and makes the bounds of it for a scan. After the columns were learnt. */
enum weir_status weir_kd_bounds_make(struct weir_kd_source *q, struct weir_kd_bounds *out,
				     struct weir_error *err) WEIR_MUST_USE;
void weir_kd_bounds_release(struct weir_kd_bounds *b);

/* ---- rounds.c ---- */

/* Opens a scan: of the round that is under way, or of the next. Without one afterwards there is nothing to read now, or `over`. */
enum weir_status weir_kd_begin(struct weir_kd_source *q, struct weir_error *err) WEIR_MUST_USE;
/* Rows of the scan, into the batch; with its last one the round is over. After an error the rows in the batch are good. */
enum weir_status weir_kd_fill(struct weir_kd_source *q, struct weir_batch *into, struct weir_error *err) WEIR_MUST_USE;
/* The scan can go on no more. `table`: it is to be looked for as well. */
void weir_kd_drop(struct weir_kd_source *q, bool table);

/* ---- rows.c ---- */

/* Cells become row `row` of the batch. *wanted: it is within from= and until=. */
enum weir_status weir_kd_read_row(struct weir_kd_source *q, const struct weir_kudu_cell *cells, struct weir_batch *b,
				  uint32_t row, bool *wanted, struct weir_error *err) WEIR_MUST_USE;
/* A decimal as a text. Appends. */
void weir_kd_decimal(const struct weir_kudu_cell *cell, enum weir_kd_kind kind, int scale, struct weir_buf *out);

/* ---- origins.c ---- */

/* The partition of a landed row. */
enum weir_status weir_kd_origin_find(struct weir_kd_source *q, const struct weir_kudu_cell *cells, uint16_t *out,
				     struct weir_error *err) WEIR_MUST_USE;
/* Rows of tables that were not landed, and tables without rows, are one partition. */
enum weir_status weir_kd_origin_none(struct weir_kd_source *q, struct weir_error *err) WEIR_MUST_USE;
void weir_kd_origins_release(struct weir_kd_source *q);

/* ---- position.c ---- */

/* "MOMENT", or in the midst of a round "MOMENT;MOMENT;KEY". AGAIN: nothing is known yet. */
enum weir_status weir_kd_position_write(const struct weir_kd_source *q, struct weir_buf *out);
enum weir_status weir_kd_position_read(struct weir_kd_source *q, const char *text,
				       struct weir_error *err) WEIR_MUST_USE;

#endif
