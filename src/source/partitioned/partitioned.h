/* What every source of many partitions needs, whatever its service is: which partitions are read and how far, one thread
 * that finds them and one that fetches (never a thread a partition), the hand-over of records between the threads, their
 * wake-ups, waits that grow after each failure, and a position where another run can resume. A kind of source has struct
 * weir_partitioned as its first member, says what its service does in a struct weir_partitioned_ops, and puts the functions
 * weir_partitioned_poll, … into its row of struct weir_source_ops. Kafka is one (../kafka).
 *
 *     finder thread   find, watch ── sets of partitions, one at a time ──▶ source thread: begin
 *     fetch thread    fetch, wait ── loads of records, ring `full` ──────▶ source thread: convert, hand out
 *                     give_back   ◀── the same loads, used, ring `empty` ──
 *
 * Files: partitioned.c opens and closes; fetch_thread.c; poll.c is the source thread's; set.c keeps the partitions;
 * trouble.c what the service complains of; position.c reads and writes positions. What several threads use is atomic or
 * lies under `lock`. */
#ifndef WEIR_SOURCE_PARTITIONED_PARTITIONED_H
#define WEIR_SOURCE_PARTITIONED_PARTITIONED_H

#include "weir/base/backoff.h"
#include "source/progress.h"
#include "weir/base/bounds.h"

#include <pthread.h>
#include <stdatomic.h>

/* ---- partitions, and sets of them (set.c) ---- */

enum { WEIR_PART_BEGINNING = -2 }; /* as `next`: wherever the service has its first record */

struct weir_part {
	uint32_t topic;    /* index into the set's topics */
	int32_t number;    /* the server's */
	int64_t next;      /* offset that comes next */
	int64_t until;     /* first offset not wanted; -1: no end */
	int64_t end;       /* offset behind the last record, as last heard; -1: unknown */
	int64_t lost;      /* records before `next` that were wanted and are gone; counted when reading begins */
	int64_t newest_us; /* newest of the server's times that was read; -1: none */
	bool done;         /* `until` is reached */
	bool doubted;      /* nothing of it is taken until the kind knows what became of it */
	bool unreadable;   /* of a set that is being found: no server can deliver it now */
};

struct weir_part_topic {
	char *name; /* owned */
	size_t name_size;
	const void *handle; /* the service's, for the kind's own use */
	uint16_t *part_of;  /* owned; number to index of parts, UINT16_MAX: not in the set */
	int32_t n_numbers;
};

struct weir_part_set {
	struct weir_part_topic *topics; /* owned */
	size_t n_topics, topics_capacity;
	struct weir_part *parts; /* owned */
	size_t n_parts, parts_capacity;
};

/* A copy of `part`; its topic is added with its first. False: no memory. */
bool weir_part_set_add(struct weir_part_set *s, const char *topic, const struct weir_part *part) WEIR_MUST_USE;
/* NULL: not in it. Valid until the next add. */
struct weir_part *weir_part_set_find(const struct weir_part_set *s, const char *topic, int32_t number);
void weir_part_set_release(struct weir_part_set *s);
static inline const char *weir_part_topic(const struct weir_part_set *s, const struct weir_part *part)
{
	return s->topics[part->topic].name;
}
/* Of a topic of the set. NULL: not in it. */
static inline struct weir_part *weir_part_of(const struct weir_part_set *s, const struct weir_part_topic *t,
					     int32_t number)
{
	return number < 0 || number >= t->n_numbers || t->part_of[number] == UINT16_MAX ? NULL
											: &s->parts[t->part_of[number]];
}

/* ---- positions as text (position.c) ---- */

struct weir_position_item {
	struct weir_str topic; /* borrowed from the text; size 0: not named */
	int32_t number;
	int64_t offset;
};
/* "0=123,1=456", or "orders/0=123,returns/0=456" where there are several topics: the next offset of each partition. */
struct weir_position {
	char *text;                       /* owned */
	struct weir_position_item *items; /* owned, sorted */
	size_t n, capacity;
};
/* `text` NULL: empty. USAGE with what is wrong. Release it in any case. */
enum weir_status weir_position_parse(const char *text, struct weir_position *out, struct weir_error *err) WEIR_MUST_USE;
/* The offset of a partition; -1: it is not in the position. Items without a topic belong to any topic. */
int64_t weir_position_find(const struct weir_position *p, const char *topic, int32_t number);
/* The items that are not in the set, in words: "orders/3 and 2 more"; "": there are none. Returns `out`. */
char *weir_position_unmatched(const struct weir_position *p, const struct weir_part_set *set, char *out, size_t size);
void weir_position_release(struct weir_position *p);

/* ---- the source ---- */

struct weir_partitioned;

/* What a kind does. `p` is its own struct, too. */
struct weir_partitioned_ops {
	/* The finder thread's. `find` hands the first partitions over by weir_partitioned_found, and fails once it is
	 * clear that there will be none. Then `watch` runs until p->closing: it looks for new partitions, and for
	 * whatever else the kind wants to know; p->finder_wake ends its waits. Both may block, but not for long once
	 * p->closing is set. */
	enum weir_status (*find)(struct weir_partitioned *p, struct weir_error *err);
	void (*watch)(struct weir_partitioned *p);

	/* The fetch thread's. Takes at most `most` records, of any partitions, that have already come; does not wait.
	 * */
	size_t (*fetch)(struct weir_partitioned *p, void **records, size_t most);
	/* After a fetch of nothing: waits until there may be records. p->fetch_wake ends the wait. */
	void (*wait)(struct weir_partitioned *p);
	/* The records are used. Thread: fetch, source, or the one that closes. */
	void (*give_back)(struct weir_partitioned *p, void *const *records, size_t n);

	/* The source thread's. */
	/* Begins reading the parts of p->set from index `first` on, each at its `next`, except those that are done.
	 * False: the kind has logged why not. */
	bool (*begin)(struct weir_partitioned *p, size_t first);
	/* `part` is done: fetch no more of it. */
	void (*end)(struct weir_partitioned *p, const struct weir_part *part);
	/* Fills `out` (all but `partition`), which borrows from the record until that is given back, and sets *part to where it
	 * belongs; NULL: it is no message, or of no partition that is read. */
	enum weir_status (*convert)(struct weir_partitioned *p, void *record, struct weir_part **part,
				    struct weir_message *out, struct weir_error *err);
	/* The offset behind the last record, as the service last told; -1: unknown. */
	int64_t (*end_offset)(struct weir_partitioned *p, const struct weir_part *part);
	/* NULL, or what else must be done once in each poll. */
	enum weir_status (*tend)(struct weir_partitioned *p, struct weir_error *err);

	/* Closing. Nothing that was borrowed (budget, clock) is touched after `let_go`, though the finder may still
	 * run; once it has ended, `release` frees what the kind owns, but not the struct. Both are also called after a
	 * failed open. */
	void (*let_go)(struct weir_partitioned *p);
	void (*release)(struct weir_partitioned *p);
};

enum {
	WEIR_LOAD_RECORDS = 5000, /* also messages a poll */
	WEIR_LOADS = 4,           /* on their way between the fetch thread and the source thread */
};

/* Records on their way to the source thread, or back: records[from] to records[n - 1] are owned. */
struct weir_load {
	size_t from, n;
	void *records[WEIR_LOAD_RECORDS];
};

enum weir_finding { WEIR_FINDING, WEIR_FOUND, WEIR_FIND_FAILED };

struct weir_partitioned {
	struct weir_source base;
	const struct weir_partitioned_ops *kind;
	const struct weir_clock *clock; /* borrowed */
	struct weir_log *log;           /* borrowed; may be NULL; under `lock` */
	struct weir_budget *budget;     /* borrowed; may be NULL */
	char *address;                  /* owned; the service, for people */
	bool finite;                    /* every partition has an `until`; set by the kind before it starts */
	struct weir_position resume;    /* of position=; read-only after open */
	struct weir_progress progress;  /* its partitions: those of `set`, in its order */
	_Atomic bool closing;
	struct weir_wake wake; /* ends a wait of the source thread */

	pthread_t fetcher;
	bool fetcher_runs;
	struct weir_wake fetch_wake; /* a load came back, or the source is closed */
	struct weir_wake loaded;     /* a load came to the source thread */
	struct weir_load
	    *loads; /* owned: WEIR_LOADS; each is in a ring, with the fetch thread, or in one of the next two */
	struct weir_ring *full, *empty; /* to the source thread and back */
	struct weir_load *pending;      /* what did not fit `held` */
	struct weir_load *spare;        /* takes the consumed records back; NULL: none is here */
	_Atomic int64_t n_out;          /* records that were fetched and not given back */
	_Atomic int64_t arrived_us;     /* monotonic; when records last came */

	pthread_t finder;
	bool finder_runs;
	_Atomic int leaving;          /* close and the finder each add one at their end: the second frees */
	struct weir_wake finder_wake; /* there is something to do, or the source is closed */
	struct weir_wake finder_ended;
	_Atomic int finding;                   /* enum weir_finding */
	struct weir_error failure;             /* written before FIND_FAILED */
	_Atomic(struct weir_part_set *) found; /* owned; from the finder to the source thread; NULL: nothing new */

	pthread_mutex_t lock;
	char trouble[320];           /* the last reason that the service gave */
	enum weir_status trouble_is; /* DENIED: credentials or encryption; UNREACHABLE; OK: none */
	_Atomic bool down;           /* nobody answers: RECONNECTING, with that reason */

	/* The source thread's. */
	struct weir_part_set set; /* what is read */
	size_t n_done;            /* of its partitions */
	char news[160];           /* of partitions that were found later, or of records that are gone */
	bool assigned;            /* there is a set */
	bool told_end;
	void **held;                   /* owned: WEIR_LOAD_RECORDS slots; `n_held` of them are records */
	struct weir_message *messages; /* owned: the same as ours */
	size_t n_held, n_used;         /* handed out and consumed so far */
	bool consumed;                 /* something was, since the last hand-out */
	struct weir_arena texts;       /* what messages need beside their records; the kind fills it in convert */
	int64_t measured_us;           /* monotonic; when lag and positions were last published */
	_Atomic int64_t lag;           /* as published */
};

/* `size` bytes for the kind's struct, all zero behind its first member. `address` names the service. NULL: no memory, err is
 * filled. After a failure of the kind's own: weir_partitioned_close. */
struct weir_partitioned *weir_partitioned_new(size_t size, const struct weir_partitioned_ops *kind,
					      const struct weir_source_config *config, const char *address,
					      struct weir_error *err) WEIR_MUST_USE;
/* Starts the two threads. */
enum weir_status weir_partitioned_start(struct weir_partitioned *p, struct weir_error *err) WEIR_MUST_USE;

/* For the kind's row of struct weir_source_ops. */
enum weir_status weir_partitioned_poll(struct weir_source *s, int64_t timeout_us, struct weir_chunk *chunk,
				       struct weir_error *err);
void weir_partitioned_consume(struct weir_source *s, const struct weir_chunk *left);
void weir_partitioned_wake(struct weir_source *s);
void weir_partitioned_status(struct weir_source *s, struct weir_source_status *out);
enum weir_status weir_partitioned_position(struct weir_source *s, struct weir_buf *out);
bool weir_partitioned_finite(struct weir_source *s);
void weir_partitioned_close(struct weir_source *s);

/* Partitions to read from now on; takes the set. Only if weir_partitioned_found_waits is false. Thread: the finder's.
 * */
void weir_partitioned_found(struct weir_partitioned *p, struct weir_part_set *set);
static inline bool weir_partitioned_found_waits(struct weir_partitioned *p)
{
	return atomic_load(&p->found) != NULL;
}

/* Thread: the source's, as the next. */
/* Is `until` reached? Call it after `next` moved. */
void weir_partitioned_check_until(struct weir_partitioned *p, struct weir_part *part);
/* `n` records from `next` on are gone unread. */
void weir_partitioned_lose(struct weir_partitioned *p, struct weir_part *part, int64_t n);

/* Thread: any. */
/* Adds a line to the log, unless the source is closed: close may not wait for the finder. */
void weir_partitioned_log(struct weir_partitioned *p, enum weir_log_level level, const char *origin, const char *fmt,
			  ...) WEIR_PRINTF(4, 5);
/* An error that the service reports: the last one is the reason of RECONNECTING, and of a failure to connect. */
void weir_partitioned_complain(struct weir_partitioned *p, enum weir_status is, const char *why);
void weir_partitioned_trouble(struct weir_partitioned *p, enum weir_status *is, char *out, size_t out_bytes);

/* ---- within the room ---- */

void *weir_fetch_thread(void *partitioned);                                   /* runs until `closing` */
void weir_load_give_back(struct weir_partitioned *p, struct weir_load *load); /* its records; the load is empty then */
/* Gives the consumed records back, by the spare load if it is here; the others move up. */
void weir_partitioned_drop_used(struct weir_partitioned *p);

#endif
