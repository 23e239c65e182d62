/* The local fabric: one buffer a stream, one plan over them. Private to src/fabric. Thread: the engine's, but for `cancel`. */
#ifndef WEIR_FABRIC_LOCAL_H
#define WEIR_FABRIC_LOCAL_H

#include "weir/fabric/fabric.h"

struct weir_field_stats {
	uint64_t n_type[WEIR_TYPE_COUNT], n_missing, n_distinct;
	enum weir_type example_type;
	union {
		int64_t i;
		double f;
		bool b;
	} example;
	char example_text[48]; /* of a string, cut */
	uint8_t example_bytes;
};

struct weir_local_stream {
	struct weir_buffer *buffer;
	const struct weir_schema *schema; /* newest, one reference */
	struct weir_ledger **ledgers;     /* owned array by partition; the ledgers are the buffer's */
	struct weir_ledger *gone;         /* owned array: matched and filtered of rows no longer held */
	uint32_t n_partitions;
	struct weir_field_stats *fields;  /* owned; live only */
	size_t fields_capacity;
};

struct weir_local {
	struct weir_fabric fabric;
	struct weir_fabric_config config;
	struct weir_arena arena;          /* stream names */
	struct weir_local_stream *streams;
	struct weir_ledger *const **ledgers; /* owned: streams[i].ledgers, as plans want them */
	struct weir_plan *plan;
	struct weir_view view;
	uint64_t generation;
	bool finite, complete;
	bool on_wall_clock;               /* event times keep up with the clock: live windows end now */
	bool counted;                     /* the plan has seen rows */
	int64_t held_from_us;             /* event time of the newest row that memory let go of; WEIR_TIME_NONE */
	bool torn;                        /* a rebuild was given up: the plan's state is part of an answer */
	struct weir_error stale_error;    /* the columns changed so that the view no longer fits */
	struct weir_batch *held;          /* what the caller may still read */
	_Atomic bool cancel;
};

struct weir_local_question { /* what a plan is bound to; borrowed */
	const struct weir_view *view;
	uint64_t generation;
	bool finite, complete;
};
struct weir_local_question weir_local_question(const struct weir_local *l); /* the one in force */
enum weir_status weir_local_bind(struct weir_local *l, const struct weir_local_question *q, struct weir_plan **out, struct weir_error *err);
/* local_scan.c: rebuilds a plan of that question, on several threads where there are many rows. ledgers as in
 * weir_plan_rebuild. */
enum weir_status weir_local_scan(struct weir_local *l, const struct weir_local_question *q, struct weir_plan *plan,
				 const struct weir_snapshot *const *snapshots, int64_t at_us, struct weir_ledger *const *const *ledgers,
				 struct weir_error *err);

/* local_view.c */
enum weir_status weir_local_set_view(struct weir_fabric *f, const struct weir_view *view, uint64_t generation, bool finite,
				     bool complete, struct weir_error *err);
/* The columns of a stream changed: binds the view again, and brings the new plan to where the old one was. */
enum weir_status weir_local_rebind(struct weir_local *l, struct weir_error *err);
/* Snapshots of all streams, owned by the caller (weir_local_free_snapshots); NULL: no memory. */
const struct weir_snapshot **weir_local_snapshots(struct weir_local *l);
void weir_local_free_snapshots(struct weir_local *l, const struct weir_snapshot **s);
bool weir_local_keeps_rows(const struct weir_local *l);
/* Drops rows that neither window nor --retain wants, or memory does not allow. */
void weir_local_trim(struct weir_local *l);
int64_t weir_local_moment(const struct weir_local *l);

/* local_result.c */
enum weir_status weir_local_result(struct weir_fabric *f, const struct weir_result_request *request, struct weir_result **out,
				   struct weir_error *err);
bool weir_local_learn_fields(struct weir_local_stream *s, const struct weir_batch *batch);

#endif
