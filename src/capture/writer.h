/* The writer's insides: lanes.c gathers, queue.c hands over and has the thread, out.c writes, continue.c opens. Each calls only those after
 * it. */
#ifndef WEIR_CAPTURE_WRITER_INSIDE_H
#define WEIR_CAPTURE_WRITER_INSIDE_H

#include "weir/capture/reader.h"
#include "weir/capture/writer.h"

#include <stdatomic.h>
#include <sys/stat.h>

/* A block on its way to the file. */
struct capture_item {
	struct capture_item *next;
	struct weir_capture_block head;
	uint32_t lane;
	struct weir_buf text; /* owned */
};

/* What a stream of the session is gathering. */
struct capture_lane {
	pthread_mutex_t lock;
	uint16_t id;          /* in the file */
	bool named;           /* the id is its own */
	uint64_t before;      /* records in blocks that were closed */
	struct weir_buf open; /* frames */
	enum weir_capture_kind kind;
	uint32_t records;
	uint64_t record_bytes;
	int64_t first_us, last_us, opened_us; /* the last is of the monotonic clock */
	uint16_t *places; /* owned; index of a partition of the stream to that in the block, plus one */
	size_t n_places;
	struct weir_capture_partition partitions[WEIR_MAX_CAPTURE_PARTITIONS]; /* of the open block */
	uint16_t indices[WEIR_MAX_CAPTURE_PARTITIONS];                         /* which of the stream's they are */
	uint32_t n_partitions;
	_Atomic uint64_t captured; /* written */
};

/* Streams that a continued file has already. */
struct capture_known {
	char *name; /* owned */
	uint64_t before;
	uint16_t id;
};

struct capture_out {
	int fd;       /* owned; -1 none */
	bool regular; /* else a pipe or a device, which may be slow, and has no end to go back to */
	uint64_t end; /* behind the last whole block */
	uint64_t file_id;
	uint64_t previous;               /* the newest block of the index; 0: none */
	struct weir_capture_index since; /* blocks since then */
	dev_t device;
	ino_t inode;
};

struct weir_capture_writer {
	char *path; /* owned */
	const struct weir_clock *clock;
	struct weir_log *log;
	struct weir_wake *wake;
	uint32_t n_lanes;
	struct capture_lane *lanes;  /* owned */
	struct capture_out out;      /* the thread's; before and after it, the session's */
	struct capture_known *known; /* owned */
	size_t n_known, known_capacity;
	size_t most_bytes; /* in the queue */
	bool continued;
	uint64_t cut_bytes, cut_records;
	pthread_t thread;
	bool started;
	struct weir_wake work; /* there is a block, or the end */
	_Atomic bool hurry, finished, failed;
	_Atomic uint64_t captured, missed, bytes, file_bytes;
	_Atomic int64_t waiting_since_us; /* monotonic; 0: nobody waits */
	struct weir_buf packed;           /* these two: the thread's */
	/* monotonic: up to then the time for packing is spent, and up to then that for what comes at a rate worth packing */
	int64_t packed_until_us, came_until_us;

	pthread_mutex_t lock; /* over what follows */
	pthread_cond_t room;
	struct capture_item *first, **last, *spare;
	size_t queued_bytes;
	uint32_t n_spare;
	bool closing;
	struct weir_error failure;
};

/* ---- queue.c ---- */

/* Closes the lane's block and hands it over; with its lock. wait: for room. */
void capture_lane_close_block(struct weir_capture_writer *w, struct capture_lane *lane, bool wait);
/* Takes the text. */
void capture_queue_add(struct weir_capture_writer *w, uint32_t lane, const struct weir_capture_block *head,
		       struct weir_buf *text, bool wait);
void *capture_thread(void *writer);
void capture_fail(struct weir_capture_writer *w, const struct weir_error *why);

/* ---- out.c ---- */

/* `stored` is what the header says. IO when it could not be written whole: then the file ends where it did. */
enum weir_status capture_out_write(struct weir_capture_writer *w, struct weir_capture_block *head,
				   struct weir_str stored, struct weir_error *err);
enum weir_status capture_out_index(struct weir_capture_writer *w, struct weir_error *err);
enum weir_status capture_out_end(struct weir_capture_writer *w, struct weir_error *err);

/* ---- continue.c ---- */

enum weir_status capture_out_open(struct weir_capture_writer *w, const struct weir_capture_config *config,
				  struct weir_error *err);

#endif
