/* A session: the wiring of sources, codecs, fabric and results, with its threads.
 *
 *   source thread, one a stream ── ring of batches ──▶ engine thread ── one atomic exchange ──▶ screen thread (the caller)
 *
 * The screen posts questions (weir_session_ask) and takes the newest result; it never waits for the other two.
 * Thread: everything here belongs to the caller's (screen) thread unless it says otherwise. */
#ifndef WEIR_SESSION_SESSION_H
#define WEIR_SESSION_SESSION_H

#include "weir/base/bounds.h"
#include "weir/base/log.h"
#include "weir/base/thread.h"
#include "weir/capture/writer.h"
#include "weir/fabric/fabric.h"
#include "weir/landing/landing.h"
#include "weir/query/result.h"
#include "weir/query/study.h"
#include "weir/query/strip.h"
#include "weir/session/option.h"

struct weir_session;

enum weir_stream_state {
	WEIR_STREAM_CONNECTING,
	WEIR_STREAM_LIVE,
	WEIR_STREAM_RECONNECTING,
	WEIR_STREAM_REPLAY,
	WEIR_STREAM_END,
	WEIR_STREAM_FAILED
};

struct weir_partition_info {
	char name[64];
	int64_t position, end, lag; /* -1 unknown */
	double records_per_s;
};
struct weir_source_pushed; /* weir/source/source.h */

struct weir_stream_info {
	char name[64];
	char address[200]; /* without secrets */
	enum weir_stream_state state;
	char detail[200];     /* reason of RECONNECTING and FAILED */
	char guess[200];      /* "json, time=ts (iso), group service, measure p95(latency_ms)" */
	bool by_arrival;      /* its records have no event time: the time of arrival stands in for it */
	double records_per_s; /* over about the last second */
	double bytes_per_s;
	int64_t lag;          /* -1 unknown */
	double progress;      /* 0-1 of a finite source; <0 unknown */
	int64_t seconds_left; /* -1 unknown */
	double replay_speed;  /* 0: as fast as it comes */
	bool finite;          /* it ends by itself */
	uint64_t records;
	char malformed_first[200],
	    malformed_last[200]; /* where and why: the first and the newest malformed record; "" */
	char first_noted[WEIR_NOTE_COUNT][WEIR_NOTE_PLACE_BYTES]; /* where each kind of note came first; "" */
	char doubt[240]; /* what the guess of format and time could not decide; "" */
	uint32_t n_partitions;
	struct weir_partition_info partitions[64];
	const char *position; /* of a stream that has come to its end: what position= takes to resume there; borrowed
				 until the session closes; NULL: none */
	char unread[200];     /* what of the address cannot be read, a sentence; "" */
	char same_as[64];     /* an earlier stream that reads the same file; "" */
	const char *lost_how, *none_why; /* as of the source (weir/source/source.h) */
	const struct weir_source_pushed
	    *pushed; /* what its server looks at; NULL: nothing, or not known yet; borrowed until the session closes */
	uint64_t captured;                 /* records that are in the capture */
	uint64_t without_raw;              /* records that came before a question named _raw */
	const struct weir_partitions *all; /* all of them; borrowed until the session closes */
};

enum { WEIR_MAX_REMARKS = 3 };

/* What the session said about itself at one moment. */
struct weir_session_info {
	uint32_t n_streams;
	struct weir_stream_info *streams; /* owned by the caller's copy: weir_session_info_release */
	bool ended;                       /* every stream is at its END (or FAILED) and all rows are in */
	double records_per_s;             /* sum */
	int64_t backlog;                  /* records arrived since the picture was paused; 0 when not paused */
	bool paused;                      /* the picture stands still: it was stopped, or a moment was chosen */
	bool at;                          /* a moment was chosen: AT, not PAUSED */
	int64_t paused_at_us;             /* the moment shown while paused or stepping; WEIR_TIME_NONE when live */
	bool rebuilding;                  /* an asked question, or a change of size, is not answered yet */
	uint32_t n_landings;
	struct weir_landing_status landings[WEIR_MAX_LANDINGS]; /* in the order of --land */
	struct weir_fabric_status fabric;                       /* of one that reads elsewhere */
	bool capturing;
	struct weir_capture_status capture; /* where it is so */
	struct weir_view view; /* in force, guesses filled in; borrowed from the session until the next info */
	uint64_t generation;
	bool group_guessed, measure_guessed; /* nobody asked for them, and they still are as they were guessed */
	const char *time_note;               /* "time is arrival", "no event time"; "": there is one. Static */
	/* What the answer of said_generation changed in its question: "sorted by the first measure: …"; "": nothing. */
	char said[200];
	uint64_t said_generation;
	/* What is held over time, as of the newest result; while the picture stands still, as of now. */
	struct weir_strip strip;
	/* Batch: what makes an answer that is no result less than it seems; sentences without a period, or "". */
	char remarks[WEIR_MAX_REMARKS][400];
};

/* With --attach: asks for the job, and gives the options its sources, its fabric, and of its question what was not given. */
enum weir_status weir_options_recall(struct weir_options *o, int64_t now_us, struct weir_error *err) WEIR_MUST_USE;
/* Opens the sources and starts the threads. `options` is borrowed until close and changed by commands. */
enum weir_status weir_session_open(struct weir_options *options, const struct weir_clock *clock, int stdin_fd,
				   bool live, struct weir_session **out, struct weir_error *err) WEIR_MUST_USE;
/* Reads everything once more from its beginning, under the view that the options have: nothing of what was held stays but the
 * result that was taken last. UNSUPPORTED: it cannot be read again, and all stays as it is; any other failure: the session is
 * only good to be closed. */
enum weir_status weir_session_restart(struct weir_session *s, struct weir_error *err) WEIR_MUST_USE;
enum weir_status weir_session_may_restart(const struct weir_session *s,
					  struct weir_error *err) WEIR_MUST_USE; /* UNSUPPORTED: why not */
/* The same from another place on, for the streams whose sources can be read from a time, live ones too: `place` is "earliest" or
 * a time in ISO 8601, and stands in their addresses from then on. UNSUPPORTED: no stream can, or one of the others is gone once it was
 * read. */
enum weir_status weir_session_may_read_from(const struct weir_session *s, struct weir_error *err) WEIR_MUST_USE;
enum weir_status weir_session_read_from(struct weir_session *s, const char *place,
					struct weir_error *err) WEIR_MUST_USE;
/* Stops and joins all threads, after what was taken in has been landed. What fails then (a landing, --log) is said on standard
 * error, and is the status. NULL allowed. */
enum weir_status weir_session_close(struct weir_session *s);

/* Readable when there is a new result, a state change or an error: for poll(2). */
struct weir_wake *weir_session_wake(struct weir_session *s);
/* The newest result; one reference for the caller; NULL before the first. */
struct weir_result *weir_session_result(struct weir_session *s);
void weir_session_info(struct weir_session *s, struct weir_session_info *out); /* fills; reuses out->streams */
void weir_session_info_release(struct weir_session_info *out);

/* A new question: the view is copied. The answer arrives as a result with a generation at least the one returned (0: refused,
 * err filled; the old view stays). Syntax is checked here, names by the engine (then result.error tells). */
uint64_t weir_session_ask(struct weir_session *s, const struct weir_view *view, struct weir_error *err);
/* What the pictures have room for, and so what the next results hold. */
struct weir_wanted {
	uint32_t n_buckets; /* over time: about so many */
	uint32_t max_rows;  /* of the table */
	uint32_t seen_from,
	    seen_rows; /* those that are looked at: `others` is of all the rest; seen_rows 0: all of them */
	struct weir_records_request records;
	struct weir_left_request left_out;
	struct weir_pivot_request pivot;
	uint32_t extras;        /* the set of them (weir/query/result.h) */
	uint32_t strip_buckets; /* at most so many */
};
void weir_session_want(struct weir_session *s, const struct weir_wanted *wanted);
/* What does not fit a picture is ordered, and comes a moment later (the wake tells): the whole answer as text, all groups of it
 * unless --top was given; the text of --explain, safe for a terminal; or the SQL of it, as it must be. A new order replaces one that is still open. */
enum weir_order { WEIR_ORDER_NONE, WEIR_ORDER_ROWS, WEIR_ORDER_EXPLAIN, WEIR_ORDER_SQL };
struct weir_delivery {
	enum weir_order order;
	struct weir_buf text;
	uint64_t n_rows, n_rows_total; /* ROWS: in the text, and there are */
	struct weir_error error;       /* code OK, or why there is no text */
};
void weir_session_order(struct weir_session *s, enum weir_order order, enum weir_output how);
bool weir_session_delivery(struct weir_session *s,
			   struct weir_delivery *out); /* false: nothing has come; the text is the caller's */
/* Has a study run over the rows that are held by the time the engine comes to it, on threads of its own (takes the study, also
 * on failure). Of each kind (its ops) one runs at a time: a newer one replaces it. The wake tells of the end, of parts that
 * were found, and of the progress of one that takes long. Returns its number; 0: refused, err filled. */
uint64_t weir_session_study(struct weir_session *s, struct weir_study *study, struct weir_error *err);
/* Gives the kind's study up, where one runs; its answer goes. */
void weir_session_study_stop(struct weir_session *s, const struct weir_study_ops *kind);
struct weir_studied {
	uint64_t number;          /* of the newest study of that kind; 0: there was none, or it was given up */
	bool running;             /* it is not done yet */
	int64_t since_us;         /* of the monotonic clock: when it was asked for */
	uint64_t done_rows, rows; /* while it runs; rows 0: it has not begun */
	struct weir_error error;  /* code OK, or why it has no answer */
	/* The newest answer, one reference for the caller: of study answer->number, and part of one where it is not `whole`.
	 * NULL: none yet. All are dropped before the session is closed. */
	struct weir_study_answer *answer;
};
void weir_session_studied(struct weir_session *s, const struct weir_study_ops *kind, struct weir_studied *out);
/* No picture of new data will be drawn before this moment of the monotonic clock: results until then are not made, but for one
 * that answers a question or is the last. 0: as they come. */
void weir_session_set_due(struct weir_session *s, int64_t mono_us);
/* Pause: results stop at the present moment; data goes on arriving. Then moments can be walked; live ends it. */
void weir_session_pause(struct weir_session *s, bool on);
void weir_session_go_to(struct weir_session *s, int64_t moment_us); /* implies pause; WEIR_TIME_NONE: live */
/* What the strip shows as errors: a condition, "none", or "auto": it is guessed. Its syntax is checked here. */
bool weir_session_set_errors(struct weir_session *s, const char *condition, struct weir_error *err);
/* Every source is read at x times its own clock; 0: max. */
void weir_session_set_speed(struct weir_session *s, double x);
/* Column names now known, for completion; copies into `arena`. */
size_t weir_session_columns(struct weir_session *s, struct weir_arena *arena, struct weir_str **out);

/* Batch: runs to the end and prints to `out_fd`. Returns the exit code; 130: `interrupted`, which a signal handler
 * sets, ended the reading. */
int weir_batch_run(struct weir_options *options, const struct weir_clock *clock, int stdin_fd, int out_fd, int err_fd,
		   const volatile bool *interrupted);
/* An error, to a person: its text (weir_error_text) in one piece. Needs no memory. */
void weir_error_say(const struct weir_error *err, int fd);
/* A result as text in a given form (batch printer and the screen's export). Appends. */
void weir_result_print(const struct weir_result *r, enum weir_output how, bool color, struct weir_buf *out);

#endif
