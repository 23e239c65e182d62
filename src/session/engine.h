/* The engine's own state, and its half that deals with questions. Thread: the engine. */
#ifndef WEIR_SESSION_ENGINE_H
#define WEIR_SESSION_ENGINE_H

#include "resident.h"
#include "session_state.h"

struct weir_engine {
	struct weir_session *s;
	struct weir_pipeline *p;
	const struct weir_fabric_ops *f;
	struct weir_guesser guesser;
	bool guess_group, guess_measure;  /* still open */
	uint32_t n_buckets, max_rows, max_records;
	uint64_t sizes;                   /* of the mailbox, when those were taken */
	bool paused;
	int64_t at_us;
	bool dirty;                       /* a result is due */
	bool unchecked;                   /* names were never held against the columns, or these have changed */
	struct weir_error wrong;          /* what is wrong with the view in force; code OK: nothing */
	int64_t behind_us;                /* of the monotonic clock: since when more batches wait than are appended; 0: they do not */
	int64_t hold_until_us;            /* of the monotonic clock: sources wait for an answer; 0: they do not */
	bool hurry;                       /* somebody waits for it: at once */
	int64_t resulted_us, not_before_us; /* of the monotonic clock: last result, and the next at the earliest */
	int64_t lag_us, resident_us;
	struct weir_resident resident;
	bool moving;                      /* rates are not zero */
	bool sliding_rows;                /* the last result still holds rows of a window that moves by itself */
	uint32_t next_stream;
	bool all_ended;
};

void weir_engine_answered(struct weir_engine *e); /* sources that wait may soon go on */
void weir_engine_publish(struct weir_engine *e, struct weir_result *r);
/* An answer that says why there is none. */
void weir_engine_publish_error(struct weir_engine *e, const struct weir_error *err, uint64_t generation);
/* Takes what the mailbox holds: settings, a question. */
void weir_engine_take_mail(struct weir_engine *e);
void weir_engine_take_settings(struct weir_engine *e); /* the session's lock is held */
/* Fills group and measure in, once there are rows to see; again when more rows tell better. kept may be NULL. */
void weir_engine_guess(struct weir_engine *e, const struct weir_batch *kept);
/* Holds the view that was given on the command line against the columns, when they are first known. */
void weir_engine_check_view(struct weir_engine *e);

#endif
