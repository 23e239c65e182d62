/* The engine: the one thread between the streams and the screen. It takes batches and questions, has the fabric answer, and
 * publishes results; the pipeline (streams and fabric of one call, with what they share) is here too, because batch drives
 * the same pipeline from its own thread. The screen calls this room through weir/session/session.h; batch calls the pipeline
 * and the watch over the process's memory.
 *
 *     screen ── mailbox (lock) ──▶ engine ── slot (atomic exchange) + shown (lock) ──▶ screen
 *
 * Nobody holds the lock while computing, so the screen never waits for an answer. */
#ifndef WEIR_SESSION_ENGINE_H
#define WEIR_SESSION_ENGINE_H

#include "session/landings/landings.h"
#include "session/stream/stream.h"

#include "weir/fabric/fabric.h"
#include "weir/model/batch.h"

#include <stdio.h>

/* What the process takes beyond what was charged to its budget: batches on their way, the decoders' tables, libraries, holes in
 * the heap. --memory is about the process, so this is charged too, but for an eighth of the limit that stays for rows. Thread: the engine's. */
struct weir_process_memory { /* all zero: nothing charged */
	int64_t charged_bytes;
	int64_t resident_bytes; /* of the last look */
	unsigned skip;          /* looks that a batch may still leave out */
	unsigned over;          /* looks one after another that found it too large */
};

/* Where --memory is small, the heap keeps nothing back: few arenas, and large pieces go straight back to the system. Once, before
 * there are threads. */
void weir_process_memory_prepare(const struct weir_budget *budget);
/* Looks at the process (Linux: /proc/self/statm; elsewhere nothing happens), has the heap give back what is free where it is too large, and charges the difference to the last look. */
void weir_process_memory_charge(struct weir_process_memory *r, struct weir_budget *budget);
/* The same for a batch, which must be whole: NO_MEMORY when the process stays beyond the limit although rows that may go went.
 * `last`: nothing will go any more. */
enum weir_status weir_process_memory_check(struct weir_process_memory *r, struct weir_budget *budget, bool last,
					   struct weir_error *err);
void weir_process_memory_release(struct weir_process_memory *r, struct weir_budget *budget);

/* What a fabric that reads elsewhere is given to learn from (weir_fabric_ops.sample_rows). */
struct weir_sampling {
	uint64_t rows[WEIR_MAX_STREAMS];
	bool full[WEIR_MAX_STREAMS]; /* the stream was asked to end */
	int64_t first_us;            /* of the monotonic clock: when the first rows came; 0: none did */
	bool begun;                  /* the sample is whole, and the fabric knows */
};

/* What a screen and a batch have in common: the streams of one call, the fabric that computes their view, and what all of
 * them share. Who drives it is batch.c in the caller's thread, or the engine thread of a session.
 *
 * Thread: open and close: the caller; the rest: the driving thread. */
struct weir_pipeline {
	struct weir_options *options; /* borrowed */
	const struct weir_clock *clock;
	bool live;
	struct weir_budget budget;
	struct weir_process_memory process; /* of a batch */
	struct weir_log *log;
	FILE *log_file; /* of --log: gets what the log holds at the end; NULL: not asked for */
	struct weir_replay replay;
	struct weir_wake wake; /* signalled when batches wait */
	uint32_t n_streams;
	struct weir_stream *streams;          /* owned array */
	bool finite;                          /* every stream ends by itself */
	struct weir_arena arena;              /* names of wanted columns */
	struct weir_source_question question; /* of a batch */
	const struct weir_fabric_ops *ops;    /* of the fabric */
	struct weir_fabric *fabric;
	struct weir_sampling sampling;
	const struct weir_schema **schemas; /* the newest of each stream, one reference each; NULL: none yet */
	struct weir_landings landings;
	struct weir_capture_writer *capture; /* NULL: nothing is captured */
};

/* left_out.c: what the sources of a batch need not send; `want` as the view has it. NULL: a screen wants all. Borrowed from the pipeline. */
const struct weir_source_question *weir_pipeline_question(struct weir_pipeline *p, const struct weir_decode_want *want,
							  uint32_t n_streams);
/* Whether what --errors says is a condition at all; its names are held against the columns when there are some. */
enum weir_status weir_pipeline_check_errors(const char *condition, struct weir_error *err);
/* Opens every source and the fabric, starts nothing. On failure all is closed again. */
enum weir_status weir_pipeline_open(struct weir_pipeline *p, struct weir_options *options,
				    const struct weir_clock *clock, int stdin_fd, bool live, struct weir_error *err);
enum weir_status weir_pipeline_start(struct weir_pipeline *p, struct weir_error *err);
void weir_pipeline_finish(struct weir_pipeline *p); /* no more is read; what came is handed over, and the streams end */
void weir_pipeline_stop(struct weir_pipeline *p);   /* asks all streams to end; close waits for them */
/* No more rows will be appended: the landings may end. ended: every stream has come to its end. */
void weir_pipeline_end_landings(struct weir_pipeline *p, bool interrupted, bool ended);
/* capture.c: --capture. Opened after the sources; all that came is in the file once it is finished; closed after the streams, with
 * the failure if there was one. */
enum weir_status weir_pipeline_open_capture(struct weir_pipeline *p, struct weir_error *err);
bool weir_pipeline_capture_only(
    const struct weir_pipeline *p); /* it goes to standard output, where no answer can go too */
bool weir_pipeline_capture_failed(const struct weir_pipeline *p);
void weir_pipeline_describe_capture(const struct weir_pipeline *p, struct weir_session_info *out);
void weir_pipeline_finish_capture(struct weir_pipeline *p);
enum weir_status weir_pipeline_close_capture(struct weir_pipeline *p, struct weir_error *err);
/* IO: the log or the capture could not be written; everything is closed all the same. */
enum weir_status weir_pipeline_close(struct weir_pipeline *p, struct weir_error *err);

/* sampling.c, all of it nothing for a fabric that takes all rows. A sample is being taken. */
bool weir_pipeline_samples(const struct weir_pipeline *p);
/* Before an append: whether the batch is still of the sample. A stream whose share is whole is asked to end. */
bool weir_pipeline_sample(struct weir_pipeline *p, const struct weir_batch *batch);
/* Now and then: a stream that brings little is not waited for. */
void weir_pipeline_look_at_sample(struct weir_pipeline *p);
/* Every stream has ended: the fabric may begin. Once. */
enum weir_status weir_pipeline_begin(struct weir_pipeline *p, struct weir_error *err);
/* A line that says how to come back to what goes on without weir; nothing where nothing does. */
void weir_pipeline_say_left(struct weir_pipeline *p, int fd);
/* Tells the fabric how the streams are read. */
enum weir_status weir_pipeline_give_readings(struct weir_pipeline *p, struct weir_error *err);

/* A copy of `view` whose window is no longer DEFAULT. */
enum weir_status weir_pipeline_resolve(const struct weir_pipeline *p, const struct weir_view *view,
				       struct weir_view *out, struct weir_error *err);
/* Before append: a batch with a newer schema of its stream; learn it (a screen's thread may read `schemas`: under the lock). */
bool weir_pipeline_schema_changes(const struct weir_pipeline *p, const struct weir_batch *batch);
void weir_pipeline_learn_schema(struct weir_pipeline *p, const struct weir_batch *batch);
/* Batch, after an append: whether the process keeps to --memory. `last`: as in weir_process_memory_check. */
enum weir_status weir_pipeline_check_memory(struct weir_pipeline *p, bool last, struct weir_error *err);
/* Gives the rows to the landings, and the batch to the fabric (takes it); hands the empty one back to the stream. A screen first
 * asks whether the stream's next batch must wait for a landing. *kept: as weir_fabric_ops.append_take. */
bool weir_pipeline_must_wait(const struct weir_pipeline *p, uint32_t stream);
enum weir_status weir_pipeline_append(struct weir_pipeline *p, struct weir_batch *batch, const struct weir_batch **kept,
				      struct weir_error *err);
/* Tells the fabric how far each stream is behind. */
void weir_pipeline_set_lag(struct weir_pipeline *p);
/* Tells the fabric which columns the samples of the streams have; once all are open. */
void weir_pipeline_give_columns(struct weir_pipeline *p);
/* As weir_fabric_ops.check; OK where the fabric has none. */
enum weir_status weir_pipeline_check_names(struct weir_pipeline *p, bool *final, struct weir_error *err);
/* What the streams say of themselves, and the view in force (borrowed). Owned by the caller: weir_session_info_release. */
enum weir_status weir_pipeline_describe(struct weir_pipeline *p, const struct weir_view *view,
					struct weir_session_info *out, struct weir_error *err);
/* Sees to it that rows have their _raw from now on, if the view names it. */
void weir_pipeline_keep_raw(struct weir_pipeline *p, const struct weir_view *view);
/* Every stream has opened its codec, and all of their formats name their columns at the start. */
bool weir_pipeline_columns_fixed(struct weir_pipeline *p);
bool weir_pipeline_opened(struct weir_pipeline *p);

/* The question that a screen begins with when none was asked: which column to group by, what to measure.
 *
 * Group: text (or a small number) with few, repeating values, the better the more its name says it is a kind of something.
 * Measure: count, and one number that is no key: a high percentile of a duration, the sum of an amount, the average of a
 * reading. Thread: the engine. */
enum { WEIR_FIRST_QUESTION_ROWS = 2000, WEIR_CANDIDATES = 64, WEIR_CANDIDATE_VALUES = 128 };

struct weir_candidate {
	struct weir_str name; /* in the arena below */
	enum weir_type type;
	bool is_time;
	uint32_t n, n_values; /* values seen; distinct ones among them, at most WEIR_CANDIDATE_VALUES */
	bool many;            /* more distinct values than that */
	bool rising;          /* each number was larger than the one before */
	uint64_t streams;     /* a bit each: those that have the column */
	double last;
	uint64_t bytes; /* of text */
	uint64_t hashes[WEIR_CANDIDATE_VALUES];
};

struct weir_first_question {
	struct weir_arena arena;
	struct weir_candidate *columns; /* in the arena; NULL until the first batch */
	uint32_t n_columns;
	uint32_t n_rows;                      /* looked at */
	uint32_t n_rows_of[WEIR_MAX_STREAMS]; /* of each stream */
	uint64_t streams;                     /* a bit each: those that had rows */
};

/* Looks at the rows of a batch until WEIR_FIRST_QUESTION_ROWS of its stream were seen. False: no memory. */
bool weir_first_question_add(struct weir_first_question *g, const struct weir_batch *b);
/* Texts as --group and --measure take them; nothing is appended to `group` when no column is fit for it. Of several streams it is a
 * column that all of them have, or else the stream. */
void weir_first_question_choose(const struct weir_first_question *g, struct weir_buf *group, struct weir_buf *measure);
void weir_first_question_release(struct weir_first_question *g);

/* What the screen's thread and the engine share, and who may touch it. */
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
	bool asked; /* `view` is a new question */
	struct weir_view view;
	uint64_t generation;
	bool changed; /* any of the below */
	struct weir_wanted wanted;
	uint64_t sizes; /* grows with each change of these */
	char *errors;   /* owned: a new condition of what is an error; NULL: none came */
	enum weir_order order;
	enum weir_output how;
	bool paused;
	int64_t at_us; /* while paused; WEIR_TIME_NONE: where it stood */
};

/* Where the studies of one kind run (study.c). Owned by the session's lock, but for the thread's own. */
enum { WEIR_STUDY_SEATS = 8 }; /* more than there are kinds */
struct weir_study_seat {
	struct weir_session *session;
	const struct weir_study_ops *kind; /* NULL: nobody sits here */
	pthread_t thread;
	pthread_cond_t come; /* `ready` holds something, or the session ends */
	bool made, started;
	struct weir_study *asked;     /* waits for its rows; owned */
	struct weir_study *ready;     /* waits for the thread, with its rows; owned */
	struct weir_study_rows *rows; /* one reference */
	uint64_t number;              /* of the newest study; 0: it was given up */
	uint64_t ready_number;
	bool running; /* the newest is not done */
	int64_t since_us;
	struct weir_error error;
	struct weir_study_answer *answer; /* one reference; NULL */
	struct weir_study_progress progress;
	_Atomic bool cancel; /* what runs is not wanted any more */
	uint64_t run_number; /* the thread's own: of what it runs */
	int64_t told_us;     /* the same: when the screen was woken for its progress */
};

struct weir_session {
	struct weir_pipeline pipeline;
	struct weir_wake screen; /* signalled for the screen */
	pthread_t engine;
	bool engine_started;
	_Atomic bool stop;
	_Atomic bool mail;                  /* the mailbox holds something */
	_Atomic bool answering;             /* a question waits for its answer */
	_Atomic int64_t due_us;             /* monotonic: no picture before it */
	_Atomic(struct weir_result *) slot; /* newest result that the screen has not taken; one reference */
	struct weir_result *current;        /* the screen's; one reference */

	pthread_mutex_t lock; /* over the rest of this block */
	bool lock_made;
	struct weir_mailbox mailbox;
	struct weir_view in_force;                     /* the view, guesses filled in */
	uint64_t generation;                           /* of in_force */
	uint64_t asked_generation;                     /* of the newest question */
	uint64_t shown_sizes;                          /* mailbox.sizes that the newest result was made for */
	char guessed_group[120], guessed_measure[120]; /* or "" */
	char said[200]; /* what the answer to said_generation had to change in the question */
	uint64_t said_generation;
	bool paused;
	bool chosen; /* the moment, by the person at the screen */
	int64_t paused_at_us;
	uint64_t paused_records; /* records that had come when the picture stopped */
	bool ended;
	struct weir_strip strip;
	struct weir_fabric_status fabric;
	struct weir_delivery delivery;     /* not taken yet */
	struct weir_shown_stream *streams; /* owned, one a stream */
	uint64_t n_studies;                /* that were asked for */
	struct weir_study_seat seats[WEIR_STUDY_SEATS];

	struct weir_view info_view; /* the screen's copy, for weir_session_info */
};

void *weir_engine_run(void *session);
/* Takes counters for the rates; true when a rate is not zero, so that another look is due. Thread: engine. */
bool weir_session_sample_rates(struct weir_session *s, int64_t now_us);

/* The engine's own state, and its half that deals with questions. Thread: the engine. */
struct weir_engine {
	struct weir_session *s;
	struct weir_pipeline *p;
	struct weir_first_question first;
	bool guess_group, guess_measure; /* still open */
	int64_t guess_until_us; /* of the monotonic clock: so long a stream without rows is waited for; 0: none came */
	char *last_sort;        /* owned: of the question that was asked last; NULL: none */
	struct weir_wanted wanted;
	uint64_t sizes; /* of the mailbox, when those were taken */
	bool paused;
	int64_t at_us;
	bool dirty;               /* a result is due */
	bool unchecked;           /* names were never held against the columns, or these have changed */
	struct weir_error wrong;  /* what is wrong with the names in the view in force; code OK: nothing */
	struct weir_error unsaid; /* an answer that there was no memory even to say; code OK: none */
	uint64_t unsaid_generation;
	struct weir_error failed; /* rows that could not be taken in; stays until another question */
	int64_t behind_us; /* of the monotonic clock: since when more batches wait than are appended; 0: they do not */
	int64_t hold_until_us;              /* of the monotonic clock: sources wait for an answer; 0: they do not */
	bool at_once;                       /* somebody waits for it: at once */
	int64_t resulted_us, not_before_us; /* of the monotonic clock: last result, and the next at the earliest */
	int64_t lag_us, resident_us;
	uint64_t landed; /* rows, states and ends of landings that the screen was told of */
	struct weir_process_memory process;
	bool moving;       /* rates are not zero */
	bool sliding_rows; /* the last result still holds rows of a window that moves by itself */
	uint32_t next_stream;
	bool all_ended;
};

void weir_engine_answered(struct weir_engine *e); /* sources that wait may soon go on */
void weir_engine_publish(struct weir_engine *e, struct weir_result *r);
/* An answer that says why there is none. */
void weir_engine_publish_error(struct weir_engine *e, const struct weir_error *err, uint64_t generation);
/* Makes what was ordered beside the pictures (order.c). */
void weir_engine_deliver(struct weir_engine *e, enum weir_order order, enum weir_output how);
/* Gives the studies that were asked for their rows (study.c). */
void weir_engine_give_rows(struct weir_engine *e);
/* The engine is gone: ends all studies, and forgets them. Thread: the screen's. */
void weir_session_end_studies(struct weir_session *s);
/* The same for a question that is not answered: it stands for a moment before the old picture comes back. */
void weir_engine_refuse(struct weir_engine *e, const struct weir_error *err, uint64_t generation);
/* Takes what the mailbox holds: settings, a question. */
void weir_engine_take_mail(struct weir_engine *e);
void weir_engine_take_settings(struct weir_engine *e); /* the session's lock is held */
/* Fills group and measure in, once there are rows to see; again when more rows tell better. kept may be NULL. */
void weir_engine_guess(struct weir_engine *e, const struct weir_batch *kept);
/* Holds the view that was given on the command line against the columns, when they are first known. */
void weir_engine_check_view(struct weir_engine *e);

#endif
