/* What is on its way out. Rows, for --land: of each batch that comes, the rows that pass --where, with the columns of --derive, as they
 * were given on the command line (what a screen asks later changes nothing). They are copied and handed to every landing, each
 * of which has a queue and a thread of its own (weir/landing/landing.h). Results, for --land-view, go the same way (results.h). The
 * pipeline opens, feeds and ends them.
 *
 * Thread: the one that drives the pipeline; describe may be called from any. */
#ifndef WEIR_SESSION_LANDINGS_H
#define WEIR_SESSION_LANDINGS_H

#include "results.h"

#include "weir/base/bounds.h"
#include "weir/landing/landing.h"
#include "weir/query/plan.h"
#include "weir/session/option.h"

struct weir_landings {
	uint32_t n;      /* 0: nothing is landed */
	uint32_t n_rows; /* of them: the first, which get rows; the others get results */
	struct weir_results results;
	struct weir_error results_failed; /* why there are no more results; code OK: there are */
	struct weir_landing_queue *queues[WEIR_MAX_LANDINGS];
	struct weir_budget *budget;
	const struct weir_clock *clock;
	bool live;
	const volatile bool
	    *interrupted;           /* nobody waits for room any longer; set by the caller after open; NULL: never */
	void (*waiting)(void *ctx); /* called now and then while a batch waits for room; set after open; NULL: nobody */
	void *waiting_ctx;
	struct weir_view view; /* the filter and the computed columns */
	uint32_t n_streams;
	struct weir_str *names;                     /* of the streams; owned, in the arena */
	struct weir_landing_stream *streams;        /* the same for the landings; owned, in the arena */
	const struct weir_schema **schemas;         /* the newest of each stream; one reference each; owned array */
	const struct weir_schema **columns;         /* what is landed of each stream; the same */
	struct weir_str refused[WEIR_MAX_LANDINGS]; /* refused= of each; owned, in the arena; empty: none */
	struct weir_str wanted[WEIR_MAX_LANDINGS];  /* columns= of each landing; owned, in the arena; empty: all */
	_Atomic(const char *)
	    absent[WEIR_MAX_LANDINGS]; /* names among them that no row has had; in the arena; NULL: none */
	struct weir_plan *plan;        /* bound to `schemas`; NULL: not yet */
	struct weir_arena arena;
};

struct weir_landings_config {
	const struct weir_options *options; /* borrowed during open */
	const struct weir_clock *clock;     /* these three: borrowed until close */
	struct weir_budget *budget;
	struct weir_wake *wake; /* signalled when there is room again, at a failure and at the end */
	uint32_t n_streams;
	const struct weir_landing_stream *streams; /* copied */
	const struct weir_fabric_ops *fabric;      /* what computes results */
	bool live, finite;
	bool waits; /* every source can wait */
};

/* Opens all landings of the options, or none. Without any, `l` is empty and everything below does nothing. */
enum weir_status weir_landings_open(struct weir_landings *l, const struct weir_landings_config *config,
				    struct weir_error *err) WEIR_MUST_USE;
/* Every landing can take another batch. */
bool weir_landings_have_room(const struct weir_landings *l);
/* Gives the rows of a batch to the landings. Where one has no room: waits for it in a batch run, else counts the rows as shed.
 * Rows that the filter fails at, or that there is no memory for on a screen, are refused, and counted. NO_MEMORY in a batch run. */
enum weir_status weir_landings_add(struct weir_landings *l, const struct weir_batch *batch,
				   struct weir_error *err) WEIR_MUST_USE;
/* Columns that are known beside those of the batches, and how far a partition is behind: as weir_fabric_ops has them. */
void weir_landings_set_columns(struct weir_landings *l, uint32_t stream, const struct weir_schema *schema, bool fixed);
void weir_landings_set_lag(struct weir_landings *l, uint32_t stream, uint32_t partition, int64_t lag, uint64_t lost,
			   uint64_t shed_by_source);
/* Every stream has come to its end: what is asked for is over. Before the end of the landings. */
void weir_landings_end_results(struct weir_landings *l);
/* No row will follow; returns at once. `complete`: all that was asked for came. */
void weir_landings_end(struct weir_landings *l, bool complete);
/* Waits for at most timeout_us; true: all are done. */
bool weir_landings_wait_us(struct weir_landings *l, int64_t timeout_us);
/* After the end, where somebody wants to leave: called again and again, it leaves those that do not get on. */
void weir_landings_hurry(struct weir_landings *l);
/* Waits until all are done. The first that failed is the error; rows that were refused for another reason are none. */
enum weir_status weir_landings_wait(struct weir_landings *l, struct weir_error *err) WEIR_MUST_USE;
/* What the landings say of themselves; returns how many there are. */
uint32_t weir_landings_describe(const struct weir_landings *l, struct weir_landing_status out[WEIR_MAX_LANDINGS]);
void weir_landings_close(struct weir_landings *l);

/* wanted.c: what every row has is known anew: finds the names of columns= that no row has had. False: no memory. */
bool weir_landings_find_absent(struct weir_landings *l) WEIR_MUST_USE;

/* rows.c: the rows of a batch that are landed, with their columns. One reference for the caller; *out NULL: there are none. */
enum weir_status weir_landings_choose(struct weir_landings *l, const struct weir_batch *batch,
				      struct weir_landing_rows **out, struct weir_error *err) WEIR_MUST_USE;

#endif
