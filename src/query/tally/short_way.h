/* The short way of a plan: slices whose groups are small codes of their columns go into a tally, and the tally's runs into
 * the plan's totals and panes. Called by plan/update.c; summary/answer.c adds whole blocks to the same tally. Slices that do
 * not fit (several panes in one, values beyond the tally's range) go the long way; both add to the same slabs.
 *
 *     begin(batch), for each slice: slice(s), at the end of the batch: flush     drop after a failure
 *
 * Private to src/query. */
#ifndef WEIR_QUERY_TALLY_SHORT_WAY_H
#define WEIR_QUERY_TALLY_SHORT_WAY_H

#include "query/tally/tally.h"
#include "weir/buffer/buffer.h"

struct weir_pane;
struct weir_plan;
struct weir_slice;

enum { WEIR_SLOT_COLUMNS = 3 }; /* most group columns */

struct weir_short_way {
	struct weir_tally tally;
	bool can;  /* this question */
	bool on;   /* this batch */
	bool bare; /* only rows are counted, all of them together: how many of a slice pass is all that is wanted */
	struct weir_slot_column {                 /* a group column */
		const struct weir_column *column; /* of the batch */
		bool text, numbered;
		uint32_t n, stride; /* ids; id n is NULL's */
		uint16_t *ids;      /* owned; numbered: by code */
		uint32_t *codes;    /* owned; numbered: by id */
	} columns[WEIR_SLOT_COLUMNS];
	int64_t run_us;                     /* in the pane of the run */
	struct weir_waiting_slice *waiting; /* owned: slices of several panes */
	uint32_t n_waiting;
	uint32_t *present, *groups; /* owned, `capacity` items: slots with rows, and their groups */
	uint32_t capacity;
};

/* False: no memory. */
bool weir_short_way_init(struct weir_plan *p) WEIR_MUST_USE;
void weir_short_way_release(struct weir_plan *p);
bool weir_short_way_begin(struct weir_plan *p, const struct weir_batch *batch,
			  const struct weir_zone *zones) WEIR_MUST_USE;
/* *taken false: the slice must go the long way. */
enum weir_status weir_short_way_slice(struct weir_plan *p, struct weir_slice *s, bool *taken, struct weir_error *err);
/* Only the buckets of a slice's values by slot, where they are known to fit. False: they did not. */
bool weir_short_way_buckets(struct weir_plan *p, struct weir_slice *s) WEIR_MUST_USE;
enum weir_status weir_short_way_flush(struct weir_plan *p, struct weir_error *err); /* ends the run */
void weir_short_way_drop(struct weir_plan *p);

/* group_slots.c: slots from the codes of the group columns. begin: *n_slots 0: the batch has no such codes. False: no
 * memory. */
bool weir_group_slots_begin(struct weir_plan *p, const struct weir_batch *batch, const struct weir_zone *zones,
			    uint32_t *n_slots) WEIR_MUST_USE;
void weir_group_slots_load(struct weir_plan *p, const struct weir_slice *s, uint32_t *slots); /* of the picked rows */
/* The groups of n slots. False: no memory. */
bool weir_group_slots_groups(struct weir_plan *p, const uint32_t *slots, uint32_t n, uint32_t *groups) WEIR_MUST_USE;
void weir_group_slots_release(struct weir_plan *p);

/* several_panes.c: slices whose rows lie in several panes wait until the end of the batch. wait false: it may not. */
bool weir_several_panes_wait(struct weir_plan *p, const struct weir_slice *s);
/* The first waiting slice at or after *i that has rows left, and the event time of its first row. False: there is none. */
bool weir_several_panes_next(const struct weir_plan *p, uint32_t *i, int64_t *time_us);
/* The rows of the i-th that are in the pane leave it and become those of the plan's slice. False: there are none. */
bool weir_several_panes_take(struct weir_plan *p, uint32_t i, const struct weir_pane *pane);

#endif
