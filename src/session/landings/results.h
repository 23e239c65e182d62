/* Results on their way out, for --land-view: the rows of each window that is over, as they were asked for on the command line (what
 * a screen asks later changes nothing). Where nothing is known to be over before the end, they come at the end.
 *
 * They are computed by a fabric of their own, over copies of the batches, so that it decides by this question alone what is late and
 * which windows are over. A window is landed once: when no row can change it any more. What it counted is then let go of.
 *
 * Thread: the one that drives the pipeline. */
#ifndef WEIR_SESSION_LANDINGS_RESULTS_H
#define WEIR_SESSION_LANDINGS_RESULTS_H

#include "weir/fabric/fabric.h"
#include "weir/landing/landing.h"
#include "weir/session/option.h"

/* Takes the batch with its bitmap. */
typedef enum weir_status weir_land_results(void *ctx, struct weir_batch *batch, uint64_t *rows, struct weir_error *err);

struct weir_results {
	const struct weir_fabric_ops *ops;
	struct weir_fabric *fabric; /* NULL: no results are landed, or no more */
	const struct weir_clock *clock;
	struct weir_view view;
	int64_t last_window;              /* number of the newest that is over; INT64_MIN: none is yet */
	int64_t landed_us;                /* windows that end by then are landed */
	int64_t n_rows;                   /* so far */
	const struct weir_schema *schema; /* of the newest; NULL: none yet */
	weir_land_results *land;
	void *ctx;
};

struct weir_results_config {
	const struct weir_options *options; /* borrowed during open */
	const struct weir_fabric_ops *ops;
	const struct weir_clock *clock; /* borrowed until close */
	struct weir_budget *budget;     /* the same */
	uint32_t n_streams;
	const struct weir_landing_stream *streams; /* borrowed during open */
	bool live, finite;
	weir_land_results *land; /* is handed the results */
	void *ctx;
};

/* USAGE: the question has no results, or its window never ends. */
enum weir_status weir_results_open(struct weir_results *r, const struct weir_results_config *config,
				   struct weir_error *err) WEIR_MUST_USE;
/* Counts the rows of the batch, and lands what is over by then. */
enum weir_status weir_results_add(struct weir_results *r, const struct weir_batch *batch,
				  struct weir_error *err) WEIR_MUST_USE;
/* Every stream has come to its end: lands the rest. */
enum weir_status weir_results_end(struct weir_results *r, struct weir_error *err) WEIR_MUST_USE;
void weir_results_close(struct weir_results *r);

#endif
