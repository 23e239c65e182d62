/* One stream: its source, its codec and the thread that turns the one's bytes into the other's batches.
 *
 *     source thread: poll → sample → codec_open → decode → ring `full` → the engine
 *                                       ring `empty` ← batches to use again ←
 *
 * Thread: open, start, stop, close belong to the session's thread; take and give_back to the engine; the getters to any. */
#ifndef WEIR_SESSION_STREAM_H
#define WEIR_SESSION_STREAM_H

#include "replay.h"
#include "stream_twin.h"

#include "weir/base/bounds.h"

#include "weir/codec/codec.h"
#include "weir/session/session.h"
#include "weir/source/source.h"

#include <pthread.h>

struct weir_stream_config {
	const struct weir_options *options; /* borrowed during open */
	const struct weir_clock *clock;     /* these four: borrowed until close */
	struct weir_log *log;
	struct weir_budget *budget;
	struct weir_replay *replay;         /* NULL: as fast as it comes */
	struct weir_wake *wake;             /* the engine's: signalled when batches wait, and at the end */
	int stdin_fd;
	uint16_t index;
	bool live;                          /* a screen: every column, small batches soon; else only what `want` says, full ones */
	struct weir_decode_want want;       /* borrowed until close */
};

struct weir_stream {
	char name[64];
	char address[200];
	struct weir_stream_config config;
	struct weir_uri uri;
	char *format, *time, *nulls, *header; /* owned; what the codec is told */
	enum weir_on_malformed on_malformed;
	struct weir_source *source;
	struct weir_ring *full, *empty;
	struct weir_wake pacing;    /* ends the waits of a paced stream when it is stopped */
	pthread_t thread;
	bool started;
	_Atomic bool stop;
	_Atomic int64_t hold_until_us; /* of the monotonic clock: until then the processors are wanted for an answer */

	/* the source thread's own */
	struct weir_codec *codec;
	struct weir_twin *twin;     /* NULL: it decodes alone */
	struct weir_batch *spare;
	int64_t pushed_at_us;
	uint32_t batch_rows;        /* so many go into the next batch: fewer when paced */

	pthread_mutex_t lock;       /* over what follows */
	bool lock_made;
	struct weir_error error;    /* why it failed; code OK: it did not */
	struct weir_error malformed_last;
	char guess[160];            /* what the codec found out: "json, time ts (iso)" */
	const struct weir_schema *sample_schema; /* one reference; every column of the sample, whatever is wanted; NULL: none yet */
	bool fixed_columns;         /* the format names all its columns at the start */
	bool opened;                /* the codec is open: the four above are final */
	bool ended;
};

/* Splits "[NAME=]SOURCE"; *source borrows from text. The name is empty when none was given. */
struct weir_str weir_stream_split(struct weir_str text, struct weir_str *source);

/* A table of one column looks like any text; then the name of the file decides. NULL: it says nothing, or a format was given. */
const char *weir_stream_format_by_name(const struct weir_stream *s);

/* Opens the source (a missing file is told at once), starts nothing. On failure the stream is closed again. */
enum weir_status weir_stream_open(struct weir_stream *s, const struct weir_stream_config *config, const char *text, struct weir_error *err);
enum weir_status weir_stream_start(struct weir_stream *s, struct weir_error *err);
void weir_stream_stop(struct weir_stream *s);  /* asks; close waits */
void weir_stream_close(struct weir_stream *s); /* joins the thread; frees what lies in the rings */

/* The source thread takes nothing new before that moment of the monotonic clock; 0: it goes on. */
void weir_stream_hold(struct weir_stream *s, int64_t until_us);

/* Next decoded batch, owned by the caller; NULL: none now. *ended: none will follow either. */
struct weir_batch *weir_stream_take(struct weir_stream *s, bool *ended);
/* An empty batch for the source thread to fill again; takes it. NULL allowed. */
void weir_stream_give_back(struct weir_stream *s, struct weir_batch *batch);

/* Copies of what the source thread published. The schema comes with a reference; NULL before the codec is open. */
bool weir_stream_error(struct weir_stream *s, struct weir_error *out);
const struct weir_schema *weir_stream_sample_schema(struct weir_stream *s, bool *fixed_columns);
bool weir_stream_opened(struct weir_stream *s);

#endif
