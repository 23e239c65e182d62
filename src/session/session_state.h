/* The inside of a session: what the screen's thread and the engine share, and who may touch it.
 *
 *     screen ── mailbox (lock) ──▶ engine ── slot (atomic exchange) + shown (lock) ──▶ screen
 *
 * Nobody holds the lock while computing, so the screen never waits for an answer. */
#ifndef WEIR_SESSION_SESSION_STATE_H
#define WEIR_SESSION_SESSION_STATE_H

#include "guess.h"
#include "pipeline.h"

enum { WEIR_RATE_SAMPLES = 6 };

/* Counters of one stream at one moment, for the rates. */
struct weir_rate_sample {
	int64_t mono_us;
	uint64_t records, bytes;
	int64_t raw_bytes;
	int64_t positions[64];
};

struct weir_shown_stream { /* the engine writes, the screen copies */
	uint64_t records, bytes;
	struct weir_rate_sample samples[WEIR_RATE_SAMPLES]; /* ring; newest at (n_samples - 1) % WEIR_RATE_SAMPLES */
	uint64_t n_samples;
};

/* What the screen wants; the engine takes it between two batches. */
struct weir_mailbox {
	bool asked;                 /* `view` is a new question */
	struct weir_view view;
	uint64_t generation;
	bool changed;               /* any of the below */
	uint32_t n_buckets, max_rows, max_records;
	uint64_t sizes;             /* grows with each change of these three */
	bool paused;
	int64_t at_us;              /* while paused; WEIR_TIME_NONE: where it stood */
};

struct weir_session {
	struct weir_pipeline pipeline;
	struct weir_wake screen;    /* signalled for the screen */
	pthread_t engine;
	bool engine_started;
	_Atomic bool stop;
	_Atomic bool mail;          /* the mailbox holds something */
	_Atomic int64_t due_us;     /* monotonic: no picture before it */
	_Atomic(struct weir_result *) slot; /* newest result that the screen has not taken; one reference */
	struct weir_result *current;        /* the screen's; one reference */

	pthread_mutex_t lock;       /* over the rest of this block */
	bool lock_made;
	struct weir_mailbox mailbox;
	struct weir_view in_force;  /* the view, guesses filled in */
	uint64_t generation;        /* of in_force */
	uint64_t asked_generation;  /* of the newest question */
	uint64_t shown_sizes;       /* mailbox.sizes that the newest result was made for */
	char guessed[120];          /* "group service, measure count,p95(latency_ms)", or "" */
	bool paused;
	int64_t paused_at_us;
	uint64_t paused_records;    /* records that had come when the picture stopped */
	bool ended;
	struct weir_shown_stream *streams; /* owned, one a stream */

	struct weir_view info_view; /* the screen's copy, for weir_session_info */
};

void *weir_engine_run(void *session);
/* Takes counters for the rates; true when a rate is not zero, so that another look is due. Thread: engine. */
bool weir_session_sample_rates(struct weir_session *s, int64_t now_us);

#endif
