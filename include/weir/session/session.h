/* A session: the wiring of sources, codecs, fabric and results, with its threads.
 *
 *   source thread, one a stream ── ring of batches ──▶ engine thread ── one atomic exchange ──▶ screen thread (the caller)
 *
 * The screen posts questions (weir_session_ask) and takes the newest result; it never waits for the other two.
 * Thread: everything here belongs to the caller's (screen) thread unless it says otherwise. */
#ifndef WEIR_SESSION_SESSION_H
#define WEIR_SESSION_SESSION_H

#include "weir/base/log.h"
#include "weir/base/thread.h"
#include "weir/query/result.h"
#include "weir/session/option.h"

struct weir_session;

enum weir_stream_state { WEIR_STREAM_CONNECTING, WEIR_STREAM_LIVE, WEIR_STREAM_RECONNECTING, WEIR_STREAM_REPLAY, WEIR_STREAM_END, WEIR_STREAM_FAILED };

struct weir_partition_info {
	char name[64];
	int64_t position, end, lag; /* -1 unknown */
	double records_per_s;
};
struct weir_stream_info {
	char name[64];
	char address[200];      /* without secrets */
	enum weir_stream_state state;
	char detail[200];       /* reason of RECONNECTING and FAILED */
	char guess[200];        /* "json, time=ts (iso), group service, measure p95(latency_ms)" */
	double records_per_s;   /* over about the last second */
	double bytes_per_s;
	int64_t lag;            /* -1 unknown */
	double progress;        /* 0-1 of a finite source; <0 unknown */
	int64_t seconds_left;   /* -1 unknown */
	double replay_speed;    /* 0: as fast as it comes */
	uint64_t records;
	char malformed_last[200]; /* where and why, newest malformed record; "" */
	uint32_t n_partitions;
	struct weir_partition_info partitions[64];
};

/* What the session said about itself at one moment. */
struct weir_session_info {
	uint32_t n_streams;
	struct weir_stream_info *streams; /* owned by the caller's copy: weir_session_info_release */
	bool ended;             /* every stream is at its END (or FAILED) and all rows are in */
	double records_per_s;   /* sum */
	int64_t backlog;        /* records arrived since the picture was paused; 0 when not paused */
	bool paused;
	int64_t paused_at_us;   /* the moment shown while paused or stepping; WEIR_TIME_NONE when live */
	bool rebuilding;        /* an asked question, or a change of size, is not answered yet */
	struct weir_view view;  /* in force, guesses filled in; borrowed from the session until the next info */
	uint64_t generation;
};

/* Opens the sources and starts the threads. `options` is borrowed until close and changed by commands. */
enum weir_status weir_session_open(struct weir_options *options, const struct weir_clock *clock, int stdin_fd, bool live,
				   struct weir_session **out, struct weir_error *err) WEIR_MUST_USE;
void weir_session_close(struct weir_session *s); /* stops and joins all threads; NULL allowed */

/* Readable when there is a new result, a state change or an error: for poll(2). */
struct weir_wake *weir_session_wake(struct weir_session *s);
/* The newest result; one reference for the caller; NULL before the first. */
struct weir_result *weir_session_result(struct weir_session *s);
void weir_session_info(struct weir_session *s, struct weir_session_info *out); /* fills; reuses out->streams */
void weir_session_info_release(struct weir_session_info *out);

/* A new question: the view is copied. The answer arrives as a result with a generation at least the one returned (0: refused,
 * err filled; the old view stays). Syntax is checked here, names by the engine (then result.error tells). */
uint64_t weir_session_ask(struct weir_session *s, const struct weir_view *view, struct weir_error *err);
void weir_session_set_buckets(struct weir_session *s, uint32_t n_buckets);       /* the chart's width wants so many */
void weir_session_set_rows(struct weir_session *s, uint32_t max_rows, uint32_t max_records); /* what the screen has room for */
/* No picture of new data will be drawn before this moment of the monotonic clock: results until then are not made, but for one
 * that answers a question or is the last. 0: as they come. */
void weir_session_set_due(struct weir_session *s, int64_t mono_us);
/* Pause: results stop at the present moment; data goes on arriving. Then moments can be walked; live ends it. */
void weir_session_pause(struct weir_session *s, bool on);
void weir_session_go_to(struct weir_session *s, int64_t moment_us); /* implies pause; WEIR_TIME_NONE: live */
/* Every source is read at x times its own clock; 0: max. */
void weir_session_set_speed(struct weir_session *s, double x);
/* Column names now known, for completion; copies into `arena`. */
size_t weir_session_columns(struct weir_session *s, struct weir_arena *arena, struct weir_str **out);

/* Batch: runs to the end and prints to `out_fd`. Returns the exit code. `interrupted` is set by a signal handler. */
int weir_batch_run(struct weir_options *options, const struct weir_clock *clock, int stdin_fd, int out_fd, int err_fd,
		   const volatile bool *interrupted);
/* --stats: the ledger of a result as one line of JSON. Appends. */
void weir_stats_json(const struct weir_result *r, const struct weir_session_info *info, struct weir_buf *out);
/* A result as text in a given form (batch printer and the screen's export). Appends. */
void weir_result_print(const struct weir_result *r, enum weir_output how, bool color, struct weir_buf *out);

#endif
