/* The Kafka source: kafka_open.c makes the client, kafka_resolve.c and kafka_topics.c find out (on a thread of its own,
 * since those calls block) which partitions are read from where to where, kafka_take.c takes messages from librdkafka
 * (on another, since that costs as much as decoding), kafka.c polls, kafka_message.c turns messages into ours.
 *
 * The resolver hands partitions over as sets of their own (`found`): the first before it publishes phase RESOLVED,
 * later ones when there are new ones. What several threads use all the time is atomic or lies under `trouble_lock`. */
#ifndef WEIR_SOURCE_KAFKA_H
#define WEIR_SOURCE_KAFKA_H

#include "params.h"
#include "progress.h"
#include "weir/base/bounds.h"
#include "weir/client/kafka.h"
#include "weir/model/value.h"

#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include <regex.h>
#include <stdatomic.h>

enum {
	KAFKA_BATCH = 5000, /* messages a poll */
	KAFKA_LOADS = 4,    /* on their way between the taker and the source thread */
};

enum kafka_phase { KAFKA_RESOLVING, KAFKA_RESOLVED, KAFKA_FAILED };

struct kafka_range {
	int32_t from, to; /* both included */
};

/* What the address asked for; read-only after open. */
struct kafka_wish {
	char *topics; /* owned; names and ^patterns, separated by commas */
	struct kafka_range ranges[64];
	size_t n_ranges; /* 0: all partitions */
	struct weir_bound from, until;
	int64_t opened_us; /* wall clock; what "-15m" is counted from */
};

struct kafka_topic {
	char *name; /* owned */
	size_t name_size;
	const rd_kafka_topic_t *seen; /* the handle that its messages carry, once one came */
	uint16_t *part_of;	      /* owned; partition id to index of parts, UINT16_MAX: not read */
	int32_t n_ids;
};

struct kafka_part {
	uint32_t topic;
	int32_t id;
	int64_t next;  /* offset that comes next */
	int64_t until; /* first offset not wanted; -1: no end */
	int64_t end;   /* high watermark; -1 unknown */
	bool done;     /* `until` is reached */
};

struct kafka_set {
	struct kafka_topic *topics; /* owned */
	size_t n_topics, topics_capacity;
	struct kafka_part *parts; /* owned */
	size_t n_parts, parts_capacity;
};

/* Messages on their way from librdkafka to the source thread, or back: messages[from] to messages[n - 1] are owned. */
struct kafka_load {
	size_t from, n;
	rd_kafka_message_t *messages[KAFKA_BATCH];
};

struct kafka_source {
	struct weir_source base;
	const struct weir_clock *clock; /* borrowed */
	struct weir_log *log;		/* borrowed; may be NULL */
	struct weir_budget *budget;	/* borrowed; may be NULL */
	char *address;			/* owned; the brokers, for people */
	bool skip_headers;
	struct kafka_wish wish;
	rd_kafka_t *rk;
	rd_kafka_queue_t *queue;  /* all partitions are forwarded to it, and librdkafka's events */
	struct weir_wake wake;	  /* from other threads, and from the resolver */
	struct weir_wake arrived; /* librdkafka writes to it when the queue was empty and is not */

	pthread_t taker;
	bool taker_runs;
	struct weir_wake taker_wake; /* a load came back, or the source is closed */
	struct weir_wake loaded;     /* a load came to the source thread */
	struct kafka_load *loads; /* owned: KAFKA_LOADS; each is in a ring, with the taker, or in one of the next two */
	struct weir_ring *full, *empty; /* to the source thread and back */
	struct kafka_load *pending;	/* what did not fit `held` */
	struct kafka_load *spare;	/* takes the consumed messages back; NULL: none is here */
	_Atomic int64_t n_out;		/* messages that librdkafka handed out and did not get back */

	pthread_t resolver;
	bool resolver_runs;
	struct weir_wake resolver_wake; /* something is down, or the source is closed */
	_Atomic bool closing;
	_Atomic int phase;	   /* enum kafka_phase */
	_Atomic bool down;	   /* all brokers; the resolver watches for their return */
	_Atomic bool nudge;	   /* the resolver is to ask the brokers something, see kafka_nudge.c */
	struct weir_error failure; /* written before phase FAILED */

	pthread_mutex_t trouble_lock;
	char trouble[200];	     /* last reason that librdkafka gave */
	enum weir_status trouble_is; /* DENIED: credentials or encryption; UNREACHABLE; OK: none */

	struct kafka_set known;		   /* the resolver's: all it ever found */
	_Atomic(struct kafka_set *) found; /* owned; from the resolver to the source thread, NULL: nothing new */
	int64_t refresh_us;		   /* how often the resolver looks for new ones; -1: never */
	struct kafka_set set;		   /* the source thread's: what is read */
	size_t n_done;			   /* of its partitions */
	char news[160];			   /* of partitions that were found later */
	bool assigned, told_end;

	rd_kafka_message_t **held;     /* owned: KAFKA_BATCH slots; `n_held` of them are librdkafka's messages */
	struct weir_message *messages; /* owned: the same as ours */
	size_t n_held, n_used;	       /* handed out and consumed so far */
	bool consumed;		       /* something was, since the last hand-out */
	struct weir_arena headers;     /* JSON of the held messages' headers */
	struct weir_progress progress;
	int64_t measured_us; /* monotonic; when lag and positions were last published */
	_Atomic int64_t lag; /* as published */

	/* The taker's. */
	int64_t queue_messages, queue_bytes; /* where librdkafka's queue is full */
	bool wakes_itself;		     /* librdkafka, when its queue is no longer full */
	bool was_full;			     /* since the last nudge */
	int64_t n_queued;		     /* messages in it, when last looked */
	int64_t payload_bytes;		     /* of a message, on average */
	int64_t charged_bytes;		     /* to the budget */
	int64_t quiet_us;		     /* monotonic; since when nothing was added to it */
	int64_t patience_us;		     /* until the next nudge */
};

extern const struct weir_source_ops weir_source_kafka;

enum weir_status kafka_open(const struct weir_source_config *config, struct weir_source **out, struct weir_error *err);
void kafka_close(struct weir_source *s);
void kafka_drop_used(struct kafka_source *k); /* gives librdkafka the consumed messages back; the others move up */

/* Run until `closing`. `arg` is the source. */
void *kafka_resolver(void *arg);
void *kafka_taker(void *arg);
void kafka_give_back(struct kafka_source *k, struct kafka_load *load); /* destroys its messages */
/* How long librdkafka's queue may be, as values for its settings: a part of the budget. */
struct kafka_queue_size {
	char messages[24], kbytes[24];
};
void kafka_size_queue(const struct weir_budget *budget, struct kafka_queue_size *out);
void kafka_learn_queue(struct kafka_source *k); /* once the client is made: an address may say otherwise */
void kafka_account_queue(struct kafka_source *k, size_t n_messages); /* charges what so many messages take */
/* See that the brokers are asked for more while there is more: call after each taking of `n_taken` messages. */
void kafka_keep_fetching(struct kafka_source *k, size_t n_taken, uint64_t taken_bytes);
void kafka_nudge(struct kafka_source *k); /* the resolver's part */
/* Remembers librdkafka's complaint, and tells the resolver when all brokers are gone. Thread: any. */
void kafka_complain(struct kafka_source *k, int rd_error, const char *text);
void kafka_trouble(struct kafka_source *k, enum weir_status *is, char *out, size_t out_bytes);

/* The partitions that the address means and that there are now, without offsets. `later`: a topic that is not there, or
 * not readable, is left out, else an error. AGAIN: not now. */
enum weir_status kafka_choose(struct kafka_source *k, bool later, struct kafka_set *out,
			      struct weir_error *err) WEIR_MUST_USE;
/* A copy of `part`; its topic is added with its first. False: out of memory. */
bool kafka_set_add(struct kafka_set *s, const char *topic, const struct kafka_part *part) WEIR_MUST_USE;
bool kafka_set_has(const struct kafka_set *s, const char *topic, int32_t id);
void kafka_set_release(struct kafka_set *s);
/* Reads them too; the set is empty afterwards. Thread: the source's. */
enum weir_status kafka_adopt(struct kafka_source *k, struct kafka_set *found, struct weir_error *err) WEIR_MUST_USE;
/* Compiles each ^pattern once, to tell a wrong one at open. */
enum weir_status kafka_check_topics(const char *topics, struct weir_error *err) WEIR_MUST_USE;
/* "0,3-5" */
enum weir_status kafka_parse_ranges(const char *text, struct kafka_wish *wish, struct weir_error *err) WEIR_MUST_USE;

/* Of held[n_held..n_held + n_new) keeps the wanted ones, frees the others, fills messages; n_held grows by what was
 * kept. */
enum weir_status kafka_convert(struct kafka_source *k, size_t n_new, struct weir_error *err) WEIR_MUST_USE;
/* NULL when the message belongs to no partition that is read. */
struct kafka_part *kafka_part_of(struct kafka_source *k, const rd_kafka_topic_t *rkt, int32_t id);
/* Marks the partition done, when it is, and stops fetching it. */
void kafka_check_until(struct kafka_source *k, struct kafka_part *p);

#endif
