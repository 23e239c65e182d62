/* The local fabric: weir computes the view itself. Batches are taken in and kept in one buffer a stream, one plan over all
 * streams counts them, a new question binds another plan and has the rows that are held counted again, and a result is made
 * of the plan and of what is known of streams, columns and memory. The session's engine and batch call this room through the
 * fabric's door (weir/fabric/fabric.h); nobody includes this header but the files beside it.
 *
 * Thread: the engine's, but for `cancel`. */
#ifndef WEIR_FABRIC_LOCAL_H
#define WEIR_FABRIC_LOCAL_H

#include "weir/fabric/fabric.h"
#include "weir/query/grouping.h"
#include "weir/query/plan.h"

struct weir_field_stats {
	uint64_t n_type[WEIR_TYPE_COUNT], n_missing, n_distinct;
	int64_t first_us; /* of the first row with a value */
	bool any;         /* there was one */
	enum weir_type example_type;
	union {
		int64_t i;
		double f;
		bool b;
	} example;
	char example_text[48]; /* of a string, cut */
	uint8_t example_bytes;
};

struct weir_counts { /* what a plan adds to a ledger */
	uint64_t matched, filtered, no_time;
};

struct weir_local_stream {
	struct weir_buffer *buffer;
	const struct weir_schema *given; /* columns known beside those of its batches; one reference; NULL: none */
	bool fixed;                      /* no column will come that is not given */
	struct weir_ledger **ledgers;    /* owned array by partition; the ledgers are the buffer's */
	struct weir_ledger *gone;        /* owned array: matched, filtered and no_time of rows no longer held */
	struct weir_counts *before;      /* owned array: of weir_local_save_counts */
	uint32_t n_partitions;
	struct weir_ledger unplaced;     /* what was shed before there was room for its partitions */
	struct weir_field_stats *fields; /* owned; live only */
	size_t fields_capacity;
};

struct weir_local_errors {      /* which rows are errors, for the strip */
	char *asked;            /* owned; what the person calls an error; NULL: to be guessed */
	char *condition;        /* owned; NULL: nothing tells */
	uint64_t text_streams;  /* a bit each: the level in their lines of text tells */
	char words[120];        /* the same, for a person */
	struct weir_plan *plan; /* owned: of the condition */
	uint64_t rows;          /* that were held when it was guessed last */
	uint32_t n_guesses;
	bool none; /* nothing is to count as one */
};

struct weir_local_names { /* what holding the names of the view against the columns gave */
	bool held;        /* since columns came last */
	enum weir_status status;
	struct weir_error error;
};

struct weir_local_row { /* owned arrays for one row of rows mode, and for which rows of a batch pass */
	struct weir_value *cells;
	bool *missing;
	uint32_t n_cells;
	uint64_t *pass;
	size_t pass_words;
};

struct weir_local {
	struct weir_fabric fabric;
	struct weir_fabric_config config;
	struct weir_arena arena;
	const struct weir_str *names; /* of the streams, in the arena */
	struct weir_local_stream *streams;
	struct weir_strip_counts *strip; /* owned: what is held over time; live only */
	struct weir_local_errors errors;
	uint64_t lost_rows;                  /* shed and lost, that the strip was told of */
	struct weir_relation *relation;      /* owned: the union of the streams, what plans are over */
	struct weir_ledger *const **ledgers; /* owned: streams[i].ledgers, as plans want them */
	struct weir_plan *plan;
	bool grouped;                   /* a server counts: the plan gets partial rows */
	struct weir_partials *partials; /* owned: what it counted, of the plan; NULL: nothing came yet */
	struct weir_plan
	    *span; /* owned: what a window that grows is compared with, for the next answer; NULL: not yet */
	struct weir_view view;
	struct weir_question asked;         /* in force; of the view above */
	struct weir_local_names view_names; /* of the view in force */
	bool on_given;                      /* the plan is bound to given columns, for no batch has come */
	bool counted;                       /* the plan has seen rows */
	int64_t held_from_us;               /* event time of the newest row that memory let go of; WEIR_TIME_NONE */
	int64_t gone_us; /* event time of the newest row that left the buffer, for whatever reason; WEIR_TIME_NONE */
	int64_t built_from_us; /* the plan has not seen rows up to this time, they had left; WEIR_TIME_NONE */
	int64_t hole_us;       /* event time up to which rows may be missing: some were shed; WEIR_TIME_NONE */
	int64_t arrived_us;    /* the newest arrival; WEIR_TIME_NONE */
	bool parts_gone;       /* memory is short: no rows to compare windows by that are not over */
	bool half_built;       /* a rebuild was given up: the plan's state is part of an answer */
	bool stale;            /* the plan must be bound and built again: columns changed, or memory failed it */
	struct weir_error
	    stale_error; /* the columns changed so that the view no longer fits, or rows came that it fails at */
	struct weir_left_list *left[WEIR_LEFT_KINDS]; /* owned; NULL: none came */
	uint64_t left_number;                         /* of the next one */
	struct weir_batch *last;                      /* the newest batch: the caller may still read it */
	struct weir_local_row row;
	_Atomic bool cancel, never; /* never: for what must be done whatever waits */
};

/* A plan without rows, bound to the columns of the batches; unknown names are errors where the question says so. */
enum weir_status weir_local_bind(struct weir_local *l, const struct weir_question *q, struct weir_plan **out,
				 struct weir_error *err);
/* The same, bound to all columns that are known: an unknown name is an error once any column is. */
enum weir_status weir_local_bind_known(struct weir_local *l, const struct weir_question *q, struct weir_plan **out,
				       struct weir_error *err);
/* The same, to count the rows of one span of time (weir_plan_rows.span); names were held before. */
enum weir_status weir_local_bind_span(struct weir_local *l, const struct weir_question *q, struct weir_plan **out,
				      struct weir_error *err);
bool weir_local_has_given(const struct weir_local *l);
/* Rebuilds a plan of that question, on several threads where there are many rows. ledgers as in
 * weir_plan_rebuild. `cancel` outlives the call. */
enum weir_status weir_local_scan(struct weir_local *l, const struct weir_question *q, struct weir_plan *plan,
				 const struct weir_relation_snapshot *snapshot, int64_t at_us,
				 struct weir_ledger *const *const *ledgers, const _Atomic bool *cancel,
				 struct weir_error *err);

enum weir_status weir_local_set_view(struct weir_fabric *f, const struct weir_question *question,
				     struct weir_error *err);
void weir_local_set_columns(struct weir_fabric *f, uint32_t stream, const struct weir_schema *schema, bool fixed);
enum weir_status weir_local_check(struct weir_fabric *f, bool *final, struct weir_error *err);
enum weir_status weir_local_explain(struct weir_fabric *f, bool terminal, struct weir_buf *out, struct weir_error *err);
/* The columns of a stream changed: binds the view again, and brings the new plan to where the old one was. NO_MEMORY leaves
 * `stale` set: it must be tried again before rows can be counted. */
enum weir_status weir_local_rebind(struct weir_local *l, struct weir_error *err);
bool weir_local_keeps_rows(const struct weir_local *l); /* the answer is made of them */
/* With what --compare says, which is counted again: a batch, or a window that grows. */
bool weir_local_compares(const struct weir_local *l);
bool weir_local_stores_rows(const struct weir_local *l); /* or windows that are not over are compared by them */
/* All rows of the buffers from this event time on are there; WEIR_TIME_NONE: of all times. */
int64_t weir_local_kept_from(const struct weir_local *l);
/* Drops rows that neither window nor --retain wants, or memory does not allow. */
void weir_local_trim(struct weir_local *l);

uint32_t weir_local_row_columns(struct weir_fabric *f, const struct weir_result_column **columns);
enum weir_status weir_local_rows(struct weir_fabric *f, weir_row_visitor *visit, void *ctx, struct weir_error *err);
void weir_local_release_row(struct weir_local_row *row);

enum weir_status weir_local_result(struct weir_fabric *f, const struct weir_result_request *request,
				   struct weir_result **out, struct weir_error *err);
enum weir_status weir_local_rows_held(struct weir_fabric *f, int64_t at_us, struct weir_study_rows **out,
				      struct weir_error *err);
/* What a batch says of its columns, for the schema panel; false: no memory. */
bool weir_local_learn_fields(struct weir_local_stream *s, const struct weir_batch *batch);
/* Puts it into a result; false: no memory. */
bool weir_local_add_fields(const struct weir_local *l, struct weir_result *r);

/* What is held over time, up to now. */
void weir_local_strip(struct weir_fabric *f, uint32_t most_buckets, struct weir_strip *out);
void weir_local_set_errors(struct weir_fabric *f, const char *condition);
/* A row of that event time came too late; ctx: the fabric. */
void weir_local_note_late(void *ctx, int64_t us);
/* Puts rows that came too late into the buckets of the chart; false: no memory. */
bool weir_local_add_late(const struct weir_local *l, struct weir_result *r);
void weir_local_release_errors(struct weir_local *l);

/* left_out.c: takes over what a batch leaves out; puts the list of a request into a result that has its ledgers, false: no
 * memory. */
void weir_local_take_left(struct weir_local *l, const struct weir_batch *batch);
void weir_local_free_left(struct weir_local *l);
bool weir_local_add_left(const struct weir_local *l, const struct weir_left_request *request, struct weir_result *r);

/* grouped.c: rows that a server counted. They are in the ledger of partition 0, and a plan takes them in for an answer. */
bool weir_local_expects_groups(struct weir_local *l,
			       const struct weir_batch *batch); /* true: the plan must be bound anew */
enum weir_status weir_local_count_grouped(struct weir_local *l, const struct weir_batch *batch, struct weir_error *err);
enum weir_status weir_local_apply_grouped(struct weir_local *l, struct weir_error *err);

/* counts.c: what plans count in the ledgers of a stream, kept before a batch or a rebuild and put back if that fails. */
void weir_local_save_counts(struct weir_local_stream *s);
void weir_local_restore_counts(struct weir_local_stream *s);
/* For a rebuild, which counts the rows that are held: begins with those that are no longer. */
void weir_local_restart_counts(struct weir_local *l);

#endif
