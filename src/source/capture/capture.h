/* FILE.weir: a capture as a source. It hands out the runs that were captured, one a poll, with their arrivals and positions, so that what
 * is decoded is what was decoded then. Several streams of a file are as many sources, each of which reads the blocks of its own and steps
 * over the others. continued.c puts the history of a capture before a live source (`continue=`). The table of sources calls this room.
 *
 *     open.c · replay.c: poll, status ── runs.c: frames to runs ── weir/capture/reader.h: blocks
 *                    └─ damage.c
 *
 * Thread: as weir_source. */
#ifndef WEIR_SOURCE_CAPTURE_H
#define WEIR_SOURCE_CAPTURE_H

#include "source/byte_window.h"
#include "source/progress.h"
#include "source/uri_params.h"
#include "weir/capture/reader.h"

/* Owned texts: what the capture says of its stream. */
struct replay_stream {
	uint16_t id;
	char *name;
	struct weir_buf text; /* what `is` borrows from */
	struct weir_capture_stream is;
};
/* The streams of a file, by their newest descriptions, in the order of their first. */
struct replay_streams {
	struct replay_stream *items; /* owned */
	size_t n, capacity;
};
enum weir_status replay_streams_read(struct weir_capture_reader *r, const struct weir_capture_index *index,
				     struct replay_streams *out, struct weir_error *err) WEIR_MUST_USE;
void replay_streams_release(struct replay_streams *list);

/* ---- runs ---- */

struct replay_block {
	struct replay_block *next;
	struct weir_buf text;
};

/* What was read and not yet handed out or consumed. A run is of bytes, or of messages. */
struct replay_runs {
	struct weir_capture_reader *reader; /* owned */
	const struct weir_budget *budget;
	struct weir_registry *registry; /* borrowed: where schemas go; NULL: nowhere */
	uint16_t stream;
	uint64_t bound;                               /* blocks from here on are not read; UINT64_MAX: all are */
	struct weir_buf word;                         /* scratch */
	int64_t from_us, until_us;                    /* arrivals from..until; INT64_MIN, INT64_MAX: all */
	int64_t from_offset, until_offset;            /* of messages, or of bytes */
	struct weir_partitions *partitions;           /* borrowed */
	struct weir_capture_frames *frames;           /* owned; of the newest block */
	enum weir_capture_kind kind;                  /* of its frames */
	struct replay_block *block;                   /* owned; the newest; NULL: none */
	struct replay_block *used, *spare;            /* owned; earlier ones, from which messages borrow; empty ones */
	uint16_t places[WEIR_MAX_CAPTURE_PARTITIONS]; /* its partitions among the stream's */
	uint64_t expected;                            /* records before the next block */
	bool counting;                                /* `expected` is known */
	uint64_t total;             /* records of the stream, by the index of the file; 0: not known */
	uint64_t lost, places_seen; /* records that are damaged; places of damage before the last good block */
	uint64_t bad_words;         /* descriptions and schemas that are */
	bool unsure;                /* more may be lost than `lost`: numbers that cannot be, or frames that are none */

	bool stopped;     /* at until=, before the end of the file */
	bool open, whole; /* a run is begun; it has its end */
	bool is_messages, at_end, restarts;
	int64_t arrival_us;
	uint64_t next_offset; /* of bytes: behind the run */
	bool has_offset;
	struct weir_byte_window window;
	struct weir_message *messages; /* owned */
	size_t n_messages, used_messages, capacity;
	struct weir_capture_piece held; /* of the next run; */
	bool holds;
	bool begun;           /* a run was made */
	struct weir_str head; /* borrowed; goes before the first run where that is not the first of the stream */
	bool needs_head;
};

/* Reads on until a run is whole. OK: `open` is set. AGAIN: the file has no more now (a run may be begun). END: until=, or the bound. */
enum weir_status replay_runs_next(struct replay_runs *r, struct weir_error *err) WEIR_MUST_USE;
/* The messages that were handed out and consumed are dropped, with the blocks that nothing borrows from any more. */
void replay_runs_drop(struct replay_runs *r, size_t n_messages);
void replay_runs_release(struct replay_runs *r);

/* ---- schemas.c: blocks that tell of the records, the *words* of a stream ---- */

static inline bool replay_is_word(enum weir_capture_kind kind)
{
	return kind == WEIR_CAPTURE_STREAM || kind == WEIR_CAPTURE_SCHEMA;
}
/* A schema into the registry. *bad: it is whole, and it is none. */
enum weir_status replay_word_take(struct weir_registry *registry, enum weir_capture_kind kind, struct weir_str payload,
				  bool *bad, struct weir_error *err) WEIR_MUST_USE;
/* Those of the stream that begin at from..to; what is damaged is counted. The reader is somewhere else afterwards. */
enum weir_status replay_words_read(struct replay_runs *r, const struct weir_capture_index *index, uint64_t from,
				   uint64_t to, struct weir_error *err) WEIR_MUST_USE;

/* ---- the source ---- */

struct replay {
	struct weir_source base;
	struct weir_source_recorded recorded;
	struct replay_runs runs;
	struct replay_streams streams;
	const struct replay_stream *stream; /* of these */
	char *path;                         /* owned */
	const struct weir_clock *clock;
	struct weir_log *log;
	struct weir_wake wake;
	int notify_fd; /* -1: none */
	bool follow, finite;
	bool handed, consumed; /* the run was handed out; something of it was consumed */
	bool told_end, told_damage, ended;
	bool closed;     /* the file was, when it was opened */
	bool is_partial; /* from= or until= bound it */
	struct weir_progress progress;
};

/* The file, its stream, its bounds and what was recorded of it. Release what was recorded in any case. */
enum weir_status replay_open_file(struct replay *r, const struct weir_source_config *config,
				  struct weir_error *err) WEIR_MUST_USE;
void replay_recorded_release(struct weir_source_recorded *recorded);
/* Tells what is damaged or missing, as a sentence; the ledger has the number. at_end: nothing follows that would tell how many records are
 * missing. */
void replay_tell_damage(struct replay *r, bool at_end);
/* As weir_source_ops.streams. */
enum weir_status replay_names(const struct weir_uri *uri, struct weir_arena *arena, struct weir_str **names, size_t *n,
			      struct weir_error *err);

#endif
