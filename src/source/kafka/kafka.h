/* kafka://BROKER/TOPIC: topics of Apache Kafka through librdkafka, read by its simple consumer, so that no group is joined or
 * asked for, and nothing is committed. It is a partitioned source (../partitioned/partitioned.h has the threads and the hand-over); this
 * room says what the service does: which partitions an address means, how messages are taken from librdkafka's queue and
 * become ours, and what happens when brokers or offsets go away. The door is weir_source_kafka in kafka.c, which only the
 * table of sources names.
 *
 * Files: kafka.c has the door and makes the client. On the finder thread: find.c and topics.c find
 * partitions and watch the brokers, brokers.c asks them and hears their complaints. On the fetch thread: fetch.c. On the
 * source thread: partitions.c begins and ends a partition, messages.c converts. doubts.c is what happens when an offset is
 * gone, on both. */
#ifndef WEIR_SOURCE_KAFKA_KAFKA_H
#define WEIR_SOURCE_KAFKA_KAFKA_H

#include "source/partitioned/partitioned.h"
#include "source/uri_params.h"
#include "weir/client/kafka.h"

#include <librdkafka/rdkafka.h>

enum { KAFKA_ASK_MS = 1000 }; /* one question; it may take longer where answers are slow */

struct kafka_range {
	int32_t from, to; /* both included */
};

/* What the address asked for; read-only after open. */
struct kafka_wish {
	char *topics; /* owned; names and ^patterns, separated by commas */
	struct kafka_range ranges[64];
	size_t n_ranges; /* 0: all partitions */
	struct weir_place from, until;
};

/* A partition whose offset is gone, or whose topic was unknown, and what became of it. */
enum kafka_verdict { KAFKA_OPEN, KAFKA_SAME, KAFKA_TRIMMED, KAFKA_CUT, KAFKA_ANEW, KAFKA_DELETED };
struct kafka_doubt {
	uint32_t part; /* index into the finder's and the source thread's set alike */
	int64_t next, newest_us;
	bool unknown; /* a fetch was answered: there is no such topic */
	bool deleted; /* so was a request for the topic */
	enum kafka_verdict verdict;
	int64_t low, high; /* of the partition as it is now; not set if it is deleted */
};
struct kafka_doubts {
	struct kafka_doubt *items; /* owned */
	size_t n, capacity;
};

struct kafka_source {
	struct weir_partitioned p;
	bool skip_headers;
	bool live;   /* a screen: who cannot be reached now is waited for */
	bool debugs; /* the address asks for librdkafka's own log */
	struct kafka_wish wish;
	rd_kafka_t *rk;
	rd_kafka_queue_t *queue;  /* all partitions are forwarded to it, and librdkafka's events */
	struct weir_wake arrived; /* librdkafka writes to it when the queue was empty and is not; fd -1: not open */

	_Atomic int certificate_fault; /* the last one of a broker's certificate, OpenSSL's number; 0: none */
	_Atomic bool wakeup_wanted;    /* the finder is to ask the brokers something, see fetch.c */
	/* Under p.lock, to the finder and back. */
	char suspects[1024]; /* topics that a broker did not know, one a line */
	struct kafka_doubts doubts, verdicts;
	_Atomic bool any_suspect, any_doubt, any_verdict;

	/* The finder's. */
	int ask_ms;                          /* how long a question may take; grows where answers are slow */
	struct weir_part_set known;          /* all it ever found */
	struct weir_part_set without_leader; /* what had none when it began */
	int64_t judged_us;
	struct kafka_doubts gone; /* deleted, looked for again and again */
	size_t n_beyond;          /* partitions beyond the limit, as kafka_choose last saw */
	char absent[320];         /* the first topic that is named and was not there then, in words; "": all were */
	bool waited;              /* no topic was there when it began: what comes is new, and read from its beginning */
	int64_t refresh_us;       /* how often it looks for new ones; -1: never */

	/* The fetch thread's. */
	int64_t queue_messages, queue_bytes; /* where librdkafka's queue is full */
	bool wakes_itself;                   /* librdkafka, when its queue is no longer full */
	bool look_again;                     /* soon after an event or messages, without waiting for another event */
	bool was_full;                       /* since the last wake-up */
	int64_t n_queued;                    /* messages in the queue, when last looked */
	int64_t payload_bytes;               /* of a message, on average */
	int64_t charged_bytes;               /* to the budget */
	int64_t quiet_us;                    /* monotonic; since when nothing was added to the queue */
	struct weir_backoff wakeups;         /* until the next wake-up */
	int64_t wakeup_us;
};

/* ---- the finder's thread ---- */

enum weir_status kafka_find(struct weir_partitioned *p, struct weir_error *err);
void kafka_watch(struct weir_partitioned *p);
/* The existing partitions that the address means, without offsets, including those without a leader. A topic that does
 * not exist or must not be read is an error, or is left out (`later`). On a screen a topic that does not exist is left out from
 * the start, and NOT_FOUND means that none is there yet: the error is retriable then. AGAIN: not now. */
enum weir_status kafka_choose(struct kafka_source *k, bool later, struct weir_part_set *out,
			      struct weir_error *err) WEIR_MUST_USE;
/* At open: compiles each ^pattern once, to detect errors. */
enum weir_status kafka_check_topics(const char *topics, struct weir_error *err) WEIR_MUST_USE;
/* "0,3-5" */
enum weir_status kafka_parse_ranges(const char *text, struct kafka_wish *wish, struct weir_error *err) WEIR_MUST_USE;

/* What the brokers say of a topic, or of all (NULL). Owned by the caller: rd_kafka_metadata_destroy. AGAIN: no answer,
 * and the next question may take longer. */
enum weir_status kafka_ask_topic(struct kafka_source *k, const char *topic, const rd_kafka_metadata_t **out);
void kafka_asked(struct kafka_source *k, int rd_error, int64_t began_us); /* learns from how long a question took */
/* Keeps librdkafka's error as the reason, and wakes the finder when all brokers are gone. Thread: any. */
void kafka_complain(struct kafka_source *k, int rd_error, const char *text);
/* Remembers what is wrong with a broker's certificate, which the error that follows does not tell. librdkafka's
 * ssl_cert_verify_cb. Thread: one of librdkafka's. */
int kafka_on_certificate(rd_kafka_t *rk, const char *name, int32_t id, int *error, int depth, const char *certificate,
			 size_t size, char *text, size_t text_bytes, void *opaque);

/* ---- the fetch thread ---- */

size_t kafka_fetch(struct weir_partitioned *p, void **records, size_t most);
void kafka_wait(struct weir_partitioned *p);
void kafka_give_back(struct weir_partitioned *p, void *const *records, size_t n);
/* The client's value of a number among librdkafka's settings; `otherwise`: it has no such setting. Thread: any. */
int64_t kafka_setting(const struct kafka_source *k, const char *name, int64_t otherwise);
/* The limits of librdkafka's queue as values of its settings: a part of the budget. */
struct kafka_queue_size {
	char messages[24], kbytes[24];
};
void kafka_size_queue(const struct weir_budget *budget, struct kafka_queue_size *out);
void kafka_learn_queue(struct kafka_source *k); /* once the client is made: the address may change the limits */
void kafka_account_queue(struct kafka_source *k, size_t n_messages); /* charges the budget for so many messages */
void kafka_wake_brokers(struct kafka_source *k);                     /* the finder's part */

/* ---- the source thread ---- */

bool kafka_begin(struct weir_partitioned *p, size_t first);
void kafka_end(struct weir_partitioned *p, const struct weir_part *part);
int64_t kafka_end_offset(struct weir_partitioned *p, const struct weir_part *part);
/* NULL when the message belongs to no partition that is read. */
struct weir_part *kafka_part_of(struct kafka_source *k, const rd_kafka_topic_t *rkt, int32_t number);
/* librdkafka stops fetching a partition whose offset is gone, and a seek does not restart it: stops it and
 * starts it anew. */
void kafka_read_from(struct kafka_source *k, struct weir_part *part, int64_t offset);
enum weir_status kafka_convert(struct weir_partitioned *p, void *record, struct weir_part **part,
			       struct weir_message *out, struct weir_error *err);
/* Of a message; WEIR_TIME_NONE: it has none. A producer may write any number; one outside the calendar stays outside,
 * for the codec to count. */
int64_t kafka_time_of(rd_kafka_timestamp_type_t kind, int64_t ms);

/* ---- doubts ---- */

/* Looks for lines in librdkafka's log that say that a topic is unknown. Thread: any. */
void kafka_overhear(struct kafka_source *k, const char *facility, const char *text);
/* Takes nothing of it until the finder knows what became of it. False: no memory. Thread: the source's. */
bool kafka_doubt(struct kafka_source *k, struct weir_part *part, bool unknown);
/* Doubts the partitions of suspect topics, and acts on what the finder found out. Thread: the source's. */
enum weir_status kafka_tend_doubts(struct weir_partitioned *p, struct weir_error *err);
/* Thread: the finder's. What is deleted stays in `gone`. */
void kafka_judge(struct kafka_source *k);
void kafka_doubts_release(struct kafka_doubts *d);

#endif
