/* Who computes the view. `local` is the query floor over buffers of this process; its engine side is one object that takes
 * batches and questions and gives results, so that another fabric can stand in its place.
 *
 * Thread: all functions but weir_fabric_interrupt belong to the engine thread. */
#ifndef WEIR_FABRIC_FABRIC_H
#define WEIR_FABRIC_FABRIC_H

#include "weir/base/log.h"
#include "weir/query/plan.h"

struct weir_fabric_config {
	struct weir_budget *budget;     /* borrowed until close; its limit is --memory */
	const struct weir_clock *clock; /* borrowed until close */
	struct weir_log *log;           /* may be NULL */
	uint32_t n_streams;
	const struct weir_str *stream_names; /* copied */
	bool live;          /* a screen: keep rows for new questions, panes for pictures */
	bool keep_rows;     /* batch that must scan again at the end (sliding, rows, --at, sorting of rows) */
	int64_t retain_us;  /* --retain: beyond the window; -1: none */
	uint64_t retain_rows;
	uint32_t threads;   /* that a new question over many rows may take, the engine's own among them; 0 counts as 1 */
	uint64_t rows_a_thread; /* fewer are not worth a thread; 0: as is usual */
};

struct weir_fabric;

struct weir_fabric_ops {
	const char *name;   /* "local" */
	const char *help;
	const char *absent; /* NULL: present, else the reason */
	enum weir_status (*open)(const struct weir_fabric_config *config, struct weir_fabric **out, struct weir_error *err);
	/* A new question: rebinds and rebuilds. Rows stay. An error leaves the old view in force. `finite`: all streams end by
	 * themselves. `complete`: every stream has ended, unknown names are errors now. */
	enum weir_status (*set_view)(struct weir_fabric *f, const struct weir_view *view, uint64_t generation,
				     bool finite, bool complete, struct weir_error *err);
	/* Takes the batch (also on failure): late rows leave it, the plan sees it, the buffer keeps it where rows are kept.
	 * *kept: the batch without its late rows, borrowed until the next call (rows mode prints from it). *left: an empty
	 * batch for reuse, owned by the caller, or NULL. Neither may be a NULL pointer. */
	enum weir_status (*append_take)(struct weir_fabric *f, struct weir_batch *batch, const struct weir_batch **kept,
					struct weir_batch **left, struct weir_error *err);
	/* All of one moment. at_us: WEIR_TIME_NONE for live now / newest event. */
	enum weir_status (*result)(struct weir_fabric *f, const struct weir_result_request *request, struct weir_result **out,
				   struct weir_error *err);
	/* A source's lag and shed counts, by partition, before the next result. */
	void (*set_lag)(struct weir_fabric *f, uint32_t stream, uint32_t partition, int64_t lag);
	void (*add_shed)(struct weir_fabric *f, uint32_t stream, uint64_t records, uint64_t bytes);
	/* The watermark over all streams, the newest event, rows held. */
	int64_t (*watermark_us)(struct weir_fabric *f);
	int64_t (*newest_us)(struct weir_fabric *f);
	struct weir_plan *(*plan)(struct weir_fabric *f); /* for rows mode and explain; borrowed until set_view or append */
	void (*interrupt)(struct weir_fabric *f, bool on); /* any thread: a rebuild that runs is given up (CANCELLED) */
	void (*close)(struct weir_fabric *f);
};

struct weir_fabric { /* first member of each fabric's own struct */
	const struct weir_fabric_ops *ops;
};

extern const struct weir_fabric_ops *const weir_fabric_table[]; /* ends with NULL; [0] is local */

#endif
