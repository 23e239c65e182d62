/* A stream: one source, one codec, and the thread that turns the bytes of the one into batches by the other. Here an address
 * is read and its `${NAME}` filled in, the first bytes are waited for and the format is chosen from them, chunks are decoded
 * (on a second thread too, where that pays), paced by the replay clock, and handed over. A source that brings batches of its
 * own (typed.c) needs no codec. Batch and the engine drive the
 * streams of a call through their pipeline; nobody else calls this room.
 *
 *     source thread: poll → sample → codec_open → decode → ring `full` → the engine
 *                                       ring `empty` ← batches to use again ←
 *
 * Thread: open, start, stop, close belong to the session's thread; take and give_back to the engine; the getters to any. */
#ifndef WEIR_SESSION_STREAM_H
#define WEIR_SESSION_STREAM_H

#include "weir/base/bounds.h"
#include "weir/base/thread.h"
#include "weir/base/time.h"
#include "weir/base/uri.h"
#include "weir/capture/writer.h"
#include "weir/client/registry.h"
#include "weir/codec/codec.h"
#include "weir/model/chunk.h"
#include "weir/query/records.h"
#include "weir/session/session.h"
#include "weir/source/source.h"

#include <pthread.h>
#include <sys/types.h>

/* `${NAME}` in source addresses. */
/* The variables that an address named, so that their values can be kept out of what people see. Init with {0}. */
struct weir_secrets {
	struct weir_param *items; /* owned: name, value */
	size_t n, capacity;
};

/* Replaces every ${NAME} in user, password, hosts, path (but of a file) and parameter values of a parsed address by the variable's value;
 * so a value may hold any character and is never taken apart again. An unknown variable is a
 * USAGE error that names it, never its value. lookup may be NULL. What was replaced is added to `used`. */
enum weir_status weir_secrets_expand(struct weir_uri *u, const char *(*lookup)(const char *name),
				     struct weir_secrets *used, struct weir_error *err);
/* Puts ${NAME} back where a value stands in `text`, a field of `bytes` bytes that may have been cut within it. Values of less
 * than three bytes stay: they hide nothing, and would be found everywhere. */
void weir_secrets_hide(const struct weir_secrets *used, char *text, size_t bytes);
/* The same for all of an error. */
void weir_secrets_hide_error(const struct weir_secrets *used, struct weir_error *err);
void weir_secrets_release(struct weir_secrets *used); /* wipes the values */

/* The replay clock: lets rows through at a multiple of the speed of their own event times. One for all streams of a
 * session, so that they stay side by side; it is anchored when the first row with a time comes, and again at each change of
 * speed. Thread: any. */
struct weir_replay {
	pthread_mutex_t lock;
	const struct weir_clock *clock;
	double speed; /* 0: no waiting */
	int64_t anchor_event_us, anchor_mono_us;
	int64_t reached_us; /* event time of the newest row let through */
};

void weir_replay_init(struct weir_replay *r, const struct weir_clock *clock, double speed);
void weir_replay_release(struct weir_replay *r);
void weir_replay_set_speed(struct weir_replay *r, double speed);
double weir_replay_speed(struct weir_replay *r);
/* How long until a row of this event time is due, in µs of the monotonic clock; 0: now. */
int64_t weir_replay_wait_us(struct weir_replay *r, int64_t event_us);

/* How much of a stream's beginning is waited for before its format, its types and its time are guessed. */
enum {
	WEIR_SAMPLE_SCREEN_BYTES = 64 << 10, /* enough to guess from, for a screen */
	WEIR_SAMPLE_MOST_BYTES =
	    1 << 20, /* what a batch guesses from: its answer depends on the bytes, not on when they came */
};

enum weir_sample_verdict { WEIR_SAMPLE_MORE, WEIR_SAMPLE_ENOUGH, WEIR_SAMPLE_SHORT };

/* A screen wants its first picture soon. Nobody waits for one in batch, unless an end (--for) or a beat (--every) is set;
 * below 0: it is not. */
int64_t weir_sample_limit_us(bool live, int64_t for_us, int64_t every_us);

/* Whether what came `waited_us` after the first of it is a sample; SHORT: only because the time was up. */
enum weir_sample_verdict weir_sample_judge(const struct weir_chunk *chunk, int64_t waited_us, bool live,
					   int64_t limit_us);

/* The doubt of a short sample, as a sentence without a period; limit_us 0: it was not the time that ended it. */
void weir_sample_say_short(const struct weir_chunk *chunk, int64_t limit_us, char *out, size_t size);

/* A second codec of a stream, on a thread of its own: while the source thread decodes the front of a chunk, it decodes what
 * follows the line end in the middle. That this is a record's end is a guess; it was right when the codec of the front has
 * consumed all of it, and only then is the rest of use. */
struct weir_second_decoder;

/* A clone of the stream's own codec, which has read the sample. NULL: it cannot be (no memory); the stream does without. Thread
 * of all: the source's. */
struct weir_second_decoder *weir_second_decoder_new(const struct weir_codec *own);
void weir_second_decoder_free(struct weir_second_decoder *t); /* NULL allowed; waits for the thread */

/* Where to cut, in *front the part for the own codec, in *back that for the second: both end with a line, and such that neither
 * thread waited for the other if the chunk were as those before. False: too short. */
bool weir_second_decoder_cut(const struct weir_second_decoder *t, const struct weir_chunk *chunk,
			     struct weir_chunk *front, struct weir_chunk *back);
/* Starts on `back`, whose bytes stay until wait. give, while it waits for work: an empty batch to fill; takes it. NULL allowed. */
void weir_second_decoder_start(struct weir_second_decoder *t, const struct weir_chunk *back);
void weir_second_decoder_give(struct weir_second_decoder *t, struct weir_batch *spare);
/* The batches in order, owned by the caller; the array stays the decoder's and is good until the next start. True: all of the part was
 * read. */
bool weir_second_decoder_wait(struct weir_second_decoder *t, struct weir_batch ***batches, size_t *n);

/* weir_codec_can_adopt, `last` being the last batch of that array; not between start and wait. */
bool weir_second_decoder_joins(const struct weir_second_decoder *t, const struct weir_codec *own,
			       const struct weir_batch *last);
/* As weir_codec_order_settled, of what it read; not between start and wait. */
bool weir_second_decoder_order_settled(const struct weir_second_decoder *t);

struct weir_stream_config {
	const struct weir_options *options; /* borrowed during open */
	const struct weir_clock *clock;     /* these four: borrowed until close */
	struct weir_log *log;
	struct weir_budget *budget;
	struct weir_replay *replay; /* NULL: as fast as it comes */
	struct weir_wake *wake;     /* the engine's: signalled when batches wait, and at the end */
	int stdin_fd;
	struct weir_str one_of; /* of the streams that the address holds; size 0: it is one. Borrowed during open */
	bool alone;             /* it is the only one of these */
	struct weir_capture_writer *capture; /* NULL: nothing is captured; set before start; borrowed until close */
	bool captured_already;               /* what is recorded (chunk.recorded) comes from that capture */
	uint16_t index;
	bool elsewhere; /* the fabric reads it: it has a name and an address here, but no source, codec and thread */
	bool live;      /* a screen: every column, small batches soon; else only what `want` says, full ones */
	struct weir_decode_want want; /* borrowed until close */
	const struct weir_source_question
	    *question; /* of a batch, for a source of rows; NULL: none; borrowed until close */
};

struct weir_stream {
	char name[64];
	bool named; /* by who asked for it */
	char address[200];
	char same_as
	    [64]; /* a stream of the session that reads the same file from its beginning; "": none, or on purpose */
	struct weir_stream_config config;
	struct weir_uri uri;
	struct weir_secrets secrets;                 /* that its address named */
	char *format, *time, *nulls, *header, *join; /* owned; settings of the codec */
	char *encoding;                              /* owned; for the source; NULL: it looks for a byte order mark */
	enum weir_on_malformed on_malformed;
	struct weir_source *source;
	struct weir_registry *registry; /* that its address names, or of what a capture keeps; NULL: none */
	bool registry_offline;          /* the latter */
	uint32_t captured_schemas;      /* of it, that are in the session's capture */
	struct weir_ring *full, *empty;
	struct weir_wake pacing; /* ends the waits of a paced stream when it is stopped */
	pthread_t thread;
	bool started;
	_Atomic bool stop;
	_Atomic bool finish;   /* no more is read, but what came is decoded */
	_Atomic bool replaced; /* another file took the place of the first */
	ino_t file;            /* which file was opened; of a path alone */
	dev_t device;
	struct weir_stream_again *again; /* owned; the engine's; NULL: nothing was read again yet */
	_Atomic uint64_t records;        /* handed over so far */
	_Atomic bool wants_raw;          /* a question names _raw */
	_Atomic uint64_t without_raw;    /* records that came before that */
	_Atomic int64_t hold_until_us; /* of the monotonic clock: until then the processors are wanted for an answer */

	/* the source thread's own */
	struct weir_codec *codec;
	bool keeps_raw;
	struct weir_second_decoder *second; /* NULL: none yet, or it decodes alone */
	bool alone;                         /* for good */
	bool second_settled;                /* what it decoded told the order of day and month */
	int64_t sample_limit_us; /* how long the first bytes are waited for until there are enough to guess from */
	char early[120];         /* the sample was short, in words; "": it was not */
	struct weir_batch *spare;
	uint64_t taken; /* records since the last run was captured */
	int64_t pushed_at_us;
	uint32_t batch_rows; /* so many go into the next batch: fewer when paced */

	pthread_mutex_t lock; /* over what follows */
	bool lock_made;
	struct weir_error error; /* why it failed; code OK: it did not */
	struct weir_error malformed_first, malformed_last;
	char first_noted[WEIR_NOTE_COUNT][WEIR_NOTE_PLACE_BYTES]; /* "": none yet */
	char doubt[240];                                          /* of the guess; "": none */
	char guess[160];                                          /* what the codec found out: "json, time ts (iso)" */
	const struct weir_schema
	    *sample_schema; /* one reference; every column of the sample, whatever is wanted; NULL: none yet */
	char time_column[128], time_format[128]; /* as guessed or asked for; "": none */
	char read_as[32];                        /* the format; cut where it has a long argument; "": not known yet */
	bool no_time;                            /* no time column, nor one of the server's */
	bool server_time; /* no time column: rows have the time that the server gave the message */
	char separator;   /* these three as weir_guess has them */
	bool has_header, lines_above;
	bool fixed_columns; /* the format names all its columns at the start */
	bool opened;        /* the codec is open: the four above are final */
	bool ended;
	bool cut;       /* it was stopped before its end */
	char *position; /* owned; where another run can resume; NULL: it has not come to its end, or nowhere */
	bool refused;   /* it failed because of how it was asked for: no answer without it */
};

/* Splits "[NAME=]SOURCE"; *source borrows from text. The name is empty when none was given. */
struct weir_str weir_stream_split(struct weir_str text, struct weir_str *source);

/* The names of the streams that a source of the command line holds, in the arena; *n 0: it is one. */
enum weir_status weir_stream_names(const char *text, struct weir_arena *arena, struct weir_str **names, size_t *n,
				   struct weir_error *err);

/* The path of the address, or of what was captured, without the ending that says how the file is compressed. Borrowed from the stream. */
struct weir_str weir_sample_path(const struct weir_stream *s);

/* Opens the source (a missing file is reported at once), starts nothing. On failure the stream is closed again. */
enum weir_status weir_stream_open(struct weir_stream *s, const struct weir_stream_config *config, const char *text,
				  struct weir_error *err);
enum weir_status weir_stream_start(struct weir_stream *s, struct weir_error *err);
void weir_stream_end(struct weir_stream *s);  /* one that is read elsewhere has come to its end */
void weir_stream_stop(struct weir_stream *s); /* asks; close waits */
/* No more is read: the format is guessed from what came, if it was not yet, that is handed over, and the stream ends. */
void weir_stream_finish(struct weir_stream *s);
void weir_stream_close(struct weir_stream *s); /* joins the thread; frees what lies in the rings */

/* The source thread takes nothing new before that moment of the monotonic clock; 0: it goes on. */
void weir_stream_hold(struct weir_stream *s, int64_t until_us);

/* From now on records are kept as they came as well (_raw), if they were not. Thread: the engine's. */
void weir_stream_keep_raw(struct weir_stream *s);

/* What was not kept of a record, read again where it came from. Does not wait for it: *out says that it is being read, and `wake` is
 * signalled when it has come. Borrowed until the next call. Thread: the engine's, these three. */
void weir_stream_read_again(struct weir_stream *s, const struct weir_record_full *record,
			    struct weir_record_again *out);
bool weir_stream_has_read_again(struct weir_stream *s); /* since it was asked last: a result is due */
void weir_stream_end_again(struct weir_stream *s);

/* Next decoded batch, owned by the caller; NULL: none now. *ended: none will follow either. */
struct weir_batch *weir_stream_take(struct weir_stream *s, bool *ended);
/* An empty batch for the source thread to fill again; takes it. NULL allowed. */
void weir_stream_give_back(struct weir_stream *s, struct weir_batch *batch);

/* Copies of what the source thread published. The schema comes with a reference; NULL before the codec is open. */
bool weir_stream_error(struct weir_stream *s, struct weir_error *out);
const struct weir_schema *weir_stream_sample_schema(struct weir_stream *s, bool *fixed_columns);
bool weir_stream_opened(struct weir_stream *s);
/* What the source says of itself; of one that is read elsewhere nothing is known. */
void weir_stream_status(const struct weir_stream *s, struct weir_source_status *out);
/* Fills everything of `out` but the rates and the number of records. `speed`: of the replay, 0 without. */
void weir_stream_describe(struct weir_stream *s, const struct weir_source_status *status, double speed,
			  struct weir_stream_info *out);
/* Partitions that a status has room for. */
uint32_t weir_stream_listed_partitions(const struct weir_source_status *status);

/* For pthread_create: `stream` is a struct weir_stream. Ends when the input does, on a failure, or when asked to stop; the
 * ring `full` is closed then. */
void *weir_stream_run(void *stream);

/* ---- the source thread ---- */

/* Decodes what it can of the chunk, hands it over, and tells the source what is left. */
enum weir_status weir_stream_decode(struct weir_stream *s, struct weir_chunk *chunk, struct weir_error *err);
/* capture.c, where nothing is captured these do nothing: before anything came; when the codec is open, before the first run; and for each
 * run, which is what `after` lacks of `before`. */
void weir_stream_capture_begin(struct weir_stream *s);
void weir_stream_capture_learned(struct weir_stream *s, const struct weir_chunk *chunk);
void weir_stream_capture_run(struct weir_stream *s, const struct weir_chunk *before, const struct weir_chunk *after);
/* All of a typed source. */
enum weir_status weir_stream_run_typed(struct weir_stream *s, struct weir_error *err);
/* An empty batch, for as many rows as the pace allows, at most `most`. NULL: no memory. */
struct weir_batch *weir_stream_empty_batch(struct weir_stream *s, uint32_t most);
/* Waits until its rows are due and the ring has room; takes it. CANCELLED: the stream is to stop. */
enum weir_status weir_stream_hand_over(struct weir_stream *s, struct weir_batch *b);
/* Gathers a trickle for a moment: one batch of fifty rows costs a tenth of fifty batches of one. */
void weir_stream_settle(struct weir_stream *s, size_t bytes);
/* Waits as weir_stream_hold said. */
void weir_stream_wait_while_held(struct weir_stream *s);

#endif
