/* Rows as messages of a Kafka topic: JSON or Avro, each with the place that it came from in a header. kafka.c is the landing, which its
 * queue calls; client.c makes librdkafka's producer, and topics.c looks at the topics; rows.c makes messages of rows, avro.c in Avro; flight.c knows
 * what is on its way, and waits for the broker's word about it.
 *
 * The producer is idempotent and never gives up a message by itself: whatever happens to brokers and connections, librdkafka sends
 * again what has no answer, and the broker drops what it has. After an error the queue gives all batches again that are not settled.
 * They are still on their way, so they are only noted as given (kafka_flight.given). So a message is there twice only where the
 * producer itself is made anew: after it lost track of what it sent (a fatal error of librdkafka), and in another run.
 *
 * A broker refuses a request as a whole for one message that is too large. Then a producer of smaller requests takes over, until
 * each message that is refused was alone in its request: that one cannot be landed, and the others are.
 *
 * Thread: the landing's. librdkafka's callbacks are served there too, but for its log and certificates. */
#ifndef WEIR_LANDING_KAFKA_H
#define WEIR_LANDING_KAFKA_H

#include "weir/client/kafka.h"
#include "weir/client/registry.h"
#include "weir/landing/landing.h"

#include <librdkafka/rdkafka.h>

enum { KAFKA_MOST_BATCHES = 8 }; /* on their way */

/* One message, as bytes of its batch. */
struct kafka_row {
	size_t value, key, place; /* where they begin */
	uint32_t value_size, key_size, place_size;
	bool has_key;
	bool refused;
	uint32_t at; /* of its batch: the row */
	int64_t position;
};

/* A batch that librdkafka has, or had a part of. It refers to the bytes here until it has answered. */
struct kafka_batch {
	struct weir_buf values, rest; /* `rest` has keys and places */
	struct kafka_row *rows;       /* owned */
	uint32_t n_rows, next;        /* the row that is sent next; those before it were */
	uint64_t *again;              /* owned bitmap: rows that were sent, and are to be sent once more */
	uint32_t n_again;
	uint32_t n_settled; /* acknowledged, or refused for good */
	uint32_t n_refused, first_refused;
	char reason[160]; /* why first_refused was */
	uint16_t stream;
	const struct weir_batch *batch; /* whose rows they are; not looked at any more */
	int64_t charged_bytes;          /* to the budget */
};

struct kafka_flight {
	struct kafka_batch ring[KAFKA_MOST_BATCHES];
	uint32_t first, n;
	uint32_t given; /* of the n: the queue gave them since the last error, so they may be settled */
	int64_t n_sent; /* messages without an answer */
	uint64_t n_answers;
};

struct kafka_landing {
	struct weir_landing base;
	const struct weir_clock *clock;
	struct weir_budget *budget;
	rd_kafka_conf_t *conf; /* owned; producers are made of copies of it */
	char *hosts, *key;     /* owned; key NULL: messages have none */
	bool create, headers;
	int64_t partitions, replicas; /* of a topic that is made; -1: as the cluster has it */
	int64_t call_us;              /* the longest of one call */
	uint32_t n;
	const struct weir_landing_stream *streams; /* borrowed */
	char **topics;                             /* owned, by stream */
	uint32_t n_found;                          /* topics that were looked at, and are there */
	int64_t run;                               /* when it began: of streams that cannot be read twice */
	bool wrote, any_key;                       /* rows came; and they have the column of the key */

	rd_kafka_t *rk;             /* owned; NULL: to be made */
	rd_kafka_topic_t **handles; /* its own of `topics`; owned array */
	int64_t request_bytes;      /* of a request with several messages */
	bool smaller;               /* it must be less: a new producer */
	bool answered;              /* a broker did once: if one refuses later, that may pass */
	bool down;                  /* no broker is connected, which librdkafka says once, until there is an answer */
	uint64_t reached_answers;   /* answers there were when a broker was last found not to answer, */
	int64_t reached_us;         /* and when that was, on the clock's monotonic time */
	enum weir_status is;        /* what is wrong with the brokers; OK: nothing was said */
	char trouble[240];          /* and in words */
	struct weir_error final;    /* why no message at all can be landed; code OK: they can */
	_Atomic int certificate_fault;

	bool avro;                      /* else JSON */
	struct weir_registry_door door; /* owned; of Avro */
	struct kafka_schema *schemas;   /* owned, by stream */

	struct kafka_flight flight;
	struct weir_landing_status counts;
};

/* What the registry knows the columns of a stream by. */
struct kafka_schema {
	const struct weir_schema *columns; /* one reference; NULL: none yet */
	uint32_t id;
};

static inline enum weir_status kafka_landing_no_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory");
}

/* ---- client.c ---- */

/* What producers are made of. */
enum weir_status kafka_landing_configure(struct kafka_landing *l, const struct weir_uri *uri,
					 struct weir_error *err) WEIR_MUST_USE;
enum weir_status kafka_landing_connect(struct kafka_landing *l, struct weir_error *err) WEIR_MUST_USE;
/* Throws the producer away, and what it did not deliver is to be sent again. */
void kafka_landing_drop(struct kafka_landing *l);
/* Nothing was answered in a call. Now and then a producer of librdkafka sends nothing more although its broker came back (its issues
 * 2770 and 3009): it is thrown away, and another one sends again what has no answer. That may land a row twice, so it had time to
 * come back by itself. Takes up to a second. */
void kafka_landing_look(struct kafka_landing *l);
/* The error for brokers that have not answered for that long: final where they refuse from the start. */
enum weir_status kafka_landing_unanswered(struct kafka_landing *l, int64_t waited_us,
					  struct weir_error *err) WEIR_MUST_USE;

/* ---- topics.c ---- */

/* The producer, and the topics of all streams: looked for, or made. */
enum weir_status kafka_landing_prepare(struct kafka_landing *l, struct weir_error *err) WEIR_MUST_USE;

/* ---- rows.c ---- */

/* Makes messages of the rows. False: no memory. */
bool kafka_rows_make(struct kafka_landing *l, struct kafka_batch *b, const struct weir_batch *batch,
		     const uint64_t *rows) WEIR_MUST_USE;
void kafka_rows_release(struct kafka_landing *l, struct kafka_batch *b);

/* ---- avro.c ---- */

/* format=, registry= and the others of the address. */
enum weir_status kafka_avro_open(struct kafka_landing *l, const struct weir_uri *uri,
				 struct weir_error *err) WEIR_MUST_USE;
/* The registry has a schema for the columns of the batch. */
enum weir_status kafka_avro_follow(struct kafka_landing *l, const struct weir_batch *batch,
				   struct weir_error *err) WEIR_MUST_USE;
/* Appends the row as a message's value. */
void kafka_avro_put(const struct kafka_landing *l, const struct weir_batch *batch, uint32_t row, struct weir_buf *out);
void kafka_avro_release(struct kafka_landing *l);

/* ---- flight.c ---- */

/* The queue gives a batch, perhaps again. */
enum weir_status kafka_flight_give(struct kafka_landing *l, const struct weir_batch *batch, const uint64_t *rows,
				   struct weir_error *err) WEIR_MUST_USE;
/* After an error: the queue will give all again. */
void kafka_flight_rewind(struct kafka_flight *f);
/* Until nothing is on its way. */
enum weir_status kafka_flight_land(struct kafka_landing *l, struct weir_error *err) WEIR_MUST_USE;
/* Nothing of it will be landed any more. */
void kafka_flight_release(struct kafka_landing *l);
/* The answer to a message: librdkafka's dr_msg_cb. */
void kafka_flight_answer(rd_kafka_t *rk, const rd_kafka_message_t *m, void *landing);

#endif
