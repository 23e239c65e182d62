/* Reading all streams of a batch into the fabric, in an order that does not depend on the speed of their threads.
 *
 * Finite streams take turns, a batch each, or follow one another when rows are printed. With --every, a stream that has
 * reached the next moment of printing waits for the others. Streams without an end are taken as they come. */
#ifndef WEIR_SESSION_BATCH_READ_H
#define WEIR_SESSION_BATCH_READ_H

#include "pipeline.h"
#include "print.h"

struct weir_reader {
	struct weir_pipeline *pipeline;
	struct weir_out *out;               /* flushed when nothing more waits */
	const volatile bool *interrupted;
	const bool *enough;                 /* set by a callback: no more is wanted */
	int64_t deadline_us;                /* of the monotonic clock; -1: none */
	bool one_after_another;
	int64_t every_us, late_us;          /* every_us -1: no printing on the way */
	bool excludes_end;                  /* a row at the very moment of printing comes after it, not before */
	/* Called before anything else once every stream has opened its codec. */
	enum weir_status (*opened)(void *ctx, struct weir_error *err);
	/* After each append; `kept` as the fabric left it. */
	enum weir_status (*added)(void *ctx, const struct weir_batch *kept, struct weir_error *err);
	/* The event time has passed at_us. */
	enum weir_status (*passed)(void *ctx, int64_t at_us, struct weir_error *err);
	void *ctx;
};

/* Reads until every stream has ended, enough came, the deadline, an interrupt, or the reader of the output is gone: OK. Otherwise what
 * a callback or the fabric returned. A stream that failed is ended; weir_stream_error tells. */
enum weir_status weir_reader_run(struct weir_reader *r, struct weir_error *err);

#endif
