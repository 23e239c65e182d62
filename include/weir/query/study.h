/* A study: something that is asked of the rows held beside the view's own answer, such as why some rows differ from the rest, or
 * where a text stands. It goes over a snapshot, segment by segment, on threads of its own, while rows come in and
 * pictures are drawn; it can be given up at any time, and may show what it found before it is done.
 *
 * Each kind is a table of functions. What runs a study (weir_study_run) and what asks for one on a screen
 * (weir_session_study) do not know which kind it is. */
#ifndef WEIR_QUERY_STUDY_H
#define WEIR_QUERY_STUDY_H

#include "weir/query/plan.h"

/* What a study goes over, all of one moment. Immutable and reference counted. Who holds a reference keeps the segments in
 * memory, and may read them on any thread; all references are dropped before the session (its budget) ends. */
struct weir_study_rows {
	_Atomic uint32_t refs;
	struct weir_relation_snapshot *snapshot; /* owned */
	struct weir_relation_schema *schema;     /* of the rows; one reference */
	struct weir_view view;                   /* in force; owned */
	uint64_t generation;                     /* of the view */
	bool finite;                             /* all streams end by themselves */
	bool live;                               /* for a screen */
	int64_t moment_us;                       /* that a picture is of by now; WEIR_TIME_NONE: no row has a time */
	int64_t arrived_us;                      /* the newest arrival; WEIR_TIME_NONE */
	struct weir_budget *budget;              /* borrowed: the session's */
};

/* Takes the snapshot (also on failure), its own reference to the schema, and a copy of the view. The other members are the caller's to fill in.
 * One reference for the caller; NULL: no memory. */
struct weir_study_rows *weir_study_rows_new(struct weir_relation_snapshot *snapshot,
					    struct weir_relation_schema *schema,
					    const struct weir_view *view) WEIR_MUST_USE;
struct weir_study_rows *weir_study_rows_ref(struct weir_study_rows *r); /* any thread */
void weir_study_rows_unref(struct weir_study_rows *r);                  /* any thread; NULL allowed */
/* A fresh plan of rows mode with the view's filter and derived columns, for weir_plan_filter, weir_plan_row_columns and
 * weir_plan_row. It belongs to one thread: each share binds its own. Owned by the caller. */
enum weir_status weir_study_rows_bind(const struct weir_study_rows *r, struct weir_plan **out,
				      struct weir_error *err) WEIR_MUST_USE;

/* What a study found. First member of each kind's own struct; immutable once it was handed out. */
struct weir_study_answer {
	_Atomic uint32_t refs; /* begins at 1 */
	void (*free)(struct weir_study_answer *a);
	uint64_t number; /* of the study, as weir_session_study gave it; set when it is handed out */
	bool whole;      /* all rows were gone through; else this is what was found so far */
};
struct weir_study_answer *weir_study_answer_ref(struct weir_study_answer *a); /* any thread */
void weir_study_answer_unref(struct weir_study_answer *a);                    /* any thread; NULL allowed */

struct weir_study_run; /* a study that is under way */

/* What is to be done: pieces 0 … n_pieces - 1. As it comes to `begin` a piece is a segment of the snapshot
 * (weir_relation_snapshot_segment). */
struct weir_study_work {
	uint32_t n_pieces;
	uint64_t n_rows; /* that weir_study_advance will be told of, all passes together; for the progress */
};

struct weir_study; /* first member of each kind's own struct: see below */

struct weir_study_ops {
	const char *name; /* "why" */
	bool in_order; /* pieces are begun one after the other from the first; else each share has a range of its own */
	/* Before the first pass: binds what it needs, makes room for `shares` shares, and may change *work. Keeps its own
	 * reference to the rows if it needs them later. */
	enum weir_status (*begin)(struct weir_study *s, struct weir_study_rows *rows, uint32_t shares,
				  struct weir_study_work *work, struct weir_error *err);
	/* One piece. Called by several threads at once, each with a share of its own. END: no further piece is wanted. */
	enum weir_status (*piece)(struct weir_study *s, struct weir_study_run *run, uint32_t share, uint32_t piece,
				  struct weir_error *err);
	/* After each pass, when the shares rest. *again: another pass over *work. Else *out is the answer, its reference the
	 * caller's. */
	enum weir_status (*join)(struct weir_study *s, struct weir_study_work *work, bool *again,
				 struct weir_study_answer **out, struct weir_error *err);
	void (*free)(struct weir_study *s);
};

struct weir_study {
	const struct weir_study_ops *ops;
};
void weir_study_free(struct weir_study *s); /* NULL allowed */

/* Inside `piece`: so many more rows are done; the study is to be given up (asked for at least every few thousand rows where
 * a row costs much; `piece` then returns CANCELLED); what was found so far is worth showing (takes the reference). */
void weir_study_advance(struct weir_study_run *run, uint32_t share, uint64_t rows);
bool weir_study_cancelled(const struct weir_study_run *run);
void weir_study_offer(struct weir_study_run *run, struct weir_study_answer *part);

struct weir_study_progress { /* any thread may read it */
	_Atomic uint64_t done_rows, rows;
};

/* Who has a study run. */
struct weir_study_host {
	uint32_t threads;                     /* at most, the caller's among them; 0 counts as 1 */
	uint64_t rows_a_thread;               /* a thread is started only for this many rows; 0: the default */
	const _Atomic bool *cancel;           /* NULL: it is never given up */
	struct weir_study_progress *progress; /* NULL: nobody looks */
	void (*advanced)(void *ctx);          /* the caller's thread, after a piece; may be NULL */
	void (*rest)(
	    void *ctx); /* any of its threads, often: waits while something urgent needs the processors; may be NULL */
	void (*offered)(void *ctx,
			struct weir_study_answer *part); /* any of its threads; takes the reference; may be NULL */
	void *ctx;
};
/* Runs the study to its end, on the caller's thread and helpers that are gone when it returns. *out: the answer, one reference for
 * the caller; NULL unless OK. CANCELLED when *host->cancel became true. */
enum weir_status weir_study_run(struct weir_study *s, struct weir_study_rows *rows, const struct weir_study_host *host,
				struct weir_study_answer **out, struct weir_error *err) WEIR_MUST_USE;

#endif
