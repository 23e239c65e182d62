/* What a screen and a batch have in common: the streams of one call, the fabric that computes their view, and what all of
 * them share. Who drives it is batch.c in the caller's thread, or the engine thread of a session.
 *
 * Thread: open and close: the caller; the rest: who drives. */
#ifndef WEIR_SESSION_PIPELINE_H
#define WEIR_SESSION_PIPELINE_H

#include "stream.h"

#include "weir/fabric/fabric.h"

#include <stdio.h>

struct weir_pipeline {
	struct weir_options *options; /* borrowed */
	const struct weir_clock *clock;
	bool live;
	struct weir_budget budget;
	struct weir_log *log;
	FILE *log_file;               /* of --log: gets what the log holds at the end; NULL: not asked for */
	struct weir_replay replay;
	struct weir_wake wake;        /* signalled when batches wait */
	uint32_t n_streams;
	struct weir_stream *streams;  /* owned array */
	bool finite;                  /* every stream ends by itself */
	struct weir_arena arena;      /* names of wanted columns */
	struct weir_fabric *fabric;
	const struct weir_schema **schemas; /* the newest of each stream, one reference each; NULL: none yet */
};

/* Opens every source and the fabric, starts nothing. On failure all is closed again. */
enum weir_status weir_pipeline_open(struct weir_pipeline *p, struct weir_options *options, const struct weir_clock *clock,
				    int stdin_fd, bool live, struct weir_error *err);
enum weir_status weir_pipeline_start(struct weir_pipeline *p, struct weir_error *err);
void weir_pipeline_stop(struct weir_pipeline *p); /* asks all streams to end; close waits for them */
void weir_pipeline_close(struct weir_pipeline *p);

/* A copy of `view` whose window is no longer DEFAULT. */
enum weir_status weir_pipeline_resolve(const struct weir_pipeline *p, const struct weir_view *view, struct weir_view *out,
				       struct weir_error *err);
/* Before append: a batch with a newer schema of its stream; learn it (a screen's thread may read `schemas`: under the lock). */
bool weir_pipeline_schema_changes(const struct weir_pipeline *p, const struct weir_batch *batch);
void weir_pipeline_learn_schema(struct weir_pipeline *p, const struct weir_batch *batch);
/* Gives the batch to the fabric (takes it), hands the empty one back to the stream.
 * *kept: as weir_fabric_ops.append_take. */
enum weir_status weir_pipeline_append(struct weir_pipeline *p, struct weir_batch *batch, const struct weir_batch **kept,
				      struct weir_error *err);
/* Tells the fabric how far each stream is behind. */
void weir_pipeline_set_lag(struct weir_pipeline *p);
/* Binds the view to all columns that were ever seen, the sample's among them: unknown names are errors now. The plan is
 * owned by the caller. */
enum weir_status weir_pipeline_bind(struct weir_pipeline *p, const struct weir_view *view, struct weir_plan **out,
				    struct weir_error *err);
/* The same for its errors only. */
enum weir_status weir_pipeline_check_names(struct weir_pipeline *p, const struct weir_view *view, struct weir_error *err);
/* Every stream has opened its codec, and all of their formats name their columns at the start. */
bool weir_pipeline_columns_fixed(struct weir_pipeline *p);
bool weir_pipeline_opened(struct weir_pipeline *p);

#endif
