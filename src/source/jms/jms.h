/* amqp://HOST/topic/NAME, stomp://HOST/queue/NAME: a JMS broker, over AMQP 1.0 or STOMP. Messages are handed out as Kafka's are, with key,
 * headers and the broker's time. A queue is browsed and never consumed; a topic is heard while weir is connected, or kept by
 * the broker under a durable name and acknowledged once it was handed over.
 *
 * There is no thread: everything happens in poll, on the stream's source thread.
 *
 *     jms.c          the source: opens, hands out, acknowledges what was consumed
 *     take.c         messages that have come: which are wanted
 *     connection.c   connects, and connects again with growing waits
 *     amqp.c         AMQP 1.0 by the engine of qpid-proton; amqp_link.c, amqp_login.c, amqp_fail.c, amqp_source.c,
 *                    amqp.h
 *     amqp_message.c a message of AMQP 1.0, from its bytes; amqp_value.c, amqp_value.h
 *     stomp.c        STOMP 1.2; stomp_io.c, stomp.h
 *     stomp_frame.c  its frames, and messages from them
 *     json.c         what a JMS message becomes as text
 *     seen.c         the messages that are not to come twice
 *
 * An offset counts the messages since reading began; JMS has none of its own. */
#ifndef WEIR_SOURCE_JMS_JMS_H
#define WEIR_SOURCE_JMS_JMS_H

#include "source/peer/peer.h"
#include "source/progress.h"
#include "source/uri_params.h"

#include <poll.h>

enum {
	JMS_WINDOW = 4000,              /* messages that are handed out and not acknowledged, or on their way */
	JMS_MOST_HELD_BYTES = 32 << 20, /* no more is read while so much waits to be decoded */
};

/* ---- messages ---- */

/* Borrowed from the bytes it was read from, or from the arena. */
struct jms_content {
	struct weir_str id; /* JMSMessageID; size 0: it has none */
	struct weir_str payload, key, headers;
	int64_t time_us;
};
struct jms_texts {
	struct weir_arena *arena;
	struct weir_buf body, headers; /* scratch; owned */
	bool skip_headers;
};
enum jms_reading { JMS_READ, JMS_MALFORMED, JMS_NO_MEMORY, JMS_MORE /* of a frame: it is not whole */ };
/* All sections of one message. */
enum jms_reading jms_read_amqp(struct weir_str bytes, struct jms_texts *t, struct jms_content *out);

/* A frame of STOMP; borrowed from the bytes. */
struct stomp_frame {
	struct weir_str command, headers, body;
};
/* *used: so many bytes are done with. */
enum jms_reading jms_read_frame(struct weir_str bytes, struct stomp_frame *out, size_t *used);
struct weir_str stomp_header(const struct stomp_frame *f, const char *name); /* as it stands there; data NULL: none */
void stomp_unescape(struct weir_str text, struct weir_buf *out);
void stomp_escape(const char *text, struct weir_buf *out);
/* Its texts are copied to the arena, but for the id. */
enum jms_reading jms_read_stomp(const struct stomp_frame *f, struct jms_texts *t, struct jms_content *out);

/* Appends a value as JSON (json.c). */
void jms_json_bytes(struct weir_str bytes, struct weir_buf *out); /* base64 */
void jms_json_float(float v, struct weir_buf *out);
void jms_json_double(double v, struct weir_buf *out);
/* An object of Java: its class, where the bytes tell it, and how many they are. */
void jms_json_object(struct weir_str bytes, struct weir_buf *out);
/* The name of a member, with the comma before it; `first` says whether it is the first, and is cleared. */
void jms_json_name(struct weir_str name, bool *first, struct weir_buf *out);

/* ---- what must not come twice (seen.c) ---- */

struct jms_id {
	uint64_t low, high; /* a hash of 128 bits: two ids never share one in practice */
};
struct jms_id jms_id_of(struct weir_str text);
/* A set that keeps the newest `most` ids, in the order in which they came; 0: all. */
struct jms_seen {
	struct jms_id *slots; /* owned; open addressing, all zero: free */
	size_t n_slots, n;
	struct jms_id *order; /* owned; NULL: most is 0 */
	size_t most, oldest;
};
bool jms_seen_has(const struct jms_seen *s, struct jms_id id);
bool jms_seen_add(struct jms_seen *s, struct jms_id id) WEIR_MUST_USE; /* false: no memory */
void jms_seen_clear(struct jms_seen *s);                               /* keeps the memory */
void jms_seen_release(struct jms_seen *s);

/* ---- the source ---- */

enum jms_kind { JMS_TOPIC, JMS_DURABLE, JMS_QUEUE };

struct jms;

/* How to speak to a broker: AMQP or STOMP. What is in `jms` is the source's; `wire` is its own. */
struct jms_wire {
	const char *port, *tls_port;
	/* NULL, or what this wire cannot do of what the address asks for. */
	enum weir_status (*check)(const struct jms *j, struct weir_error *err);
	/* The socket is connected: begins. `stop` follows in any case. */
	enum weir_status (*start)(struct jms *j, struct weir_error *err);
	/* Reads and writes what can be without waiting, and passes messages to jms_take while jms_has_room. OK; others: the
	 * connection is over; err->retriable. */
	enum weir_status (*work)(struct jms *j, struct weir_error *err);
	/* What to wait for on the socket, and until when at most. */
	short (*wants)(struct jms *j, int64_t *until_us);
	/* These deliveries were handed over. */
	void (*acknowledge)(struct jms *j, void *const *deliveries, size_t n);
	/* Ends the connection; `politely`: says so to the broker first, and waits a moment. What is durable stays. */
	void (*stop)(struct jms *j, bool politely);
};

struct jms {
	struct weir_source base; /* first member */
	const struct jms_wire *wire;
	const struct weir_clock *clock; /* borrowed */
	struct weir_log *log;           /* borrowed; may be NULL */
	struct weir_progress progress;
	struct weir_wake wake;
	/* Of the address, owned. */
	char *address, *host, *port, *name, *user, *password, *durable, *client_id, *selector, *prefix, *mechanism;
	char *ca, *certificate, *key;
	bool plain_login; /* the password may go in the clear */
	enum jms_kind kind;
	bool tls, live, finite, skip_headers;
	int64_t from_us;  /* of a queue: messages before that are passed over; INT64_MIN: none */
	int64_t until_us; /* the first message of that time or later ends it; INT64_MAX: none */
	bool until_now;   /* ends with what is there */

	/* The connection (connection.c). */
	int fd;
	bool connecting, started;
	struct addrinfo *found, *next;
	struct weir_backoff backoff;
	int64_t next_try_us, began_us;
	char why[160];
	bool was_attached;   /* it was once */
	int64_t detached_us; /* monotonic; when it was lost */
	uint32_t session;    /* counts connections and browses: deliveries of an earlier one are gone */
	uint64_t n_gaps;
	int64_t gap_us; /* of a topic that nobody kept: all the time away */

	/* What the wire says. */
	void *state;     /* owned by the wire */
	bool attached;   /* the subscription stands */
	bool drained;    /* nothing more is there now */
	bool all_known;  /* a browse was begun again, and `before` holds what the last one saw */
	int64_t look_us; /* monotonic; when a drained queue is looked at again */

	/* Messages that are handed out: `n_held`, of which `n_used` are consumed. */
	struct weir_message *messages; /* owned; JMS_WINDOW of each */
	void **deliveries;
	uint32_t *sessions;
	size_t n_held, n_used;
	bool consumed, over, told_end;
	struct weir_arena arena;
	struct jms_texts texts;
	struct jms_seen seen, before; /* `before`: of a queue, the last browse */
	int64_t n_taken, n_malformed, n_nameless;
};

static inline bool jms_has_room(const struct jms *j)
{
	return j->n_held < JMS_WINDOW && !j->over;
}
static inline bool jms_may_read(const struct jms *j)
{
	return jms_has_room(j) && (!j->n_held || j->arena.total_bytes < JMS_MOST_HELD_BYTES);
}
/* A whole message; `bytes` lie in j->arena. *kept: it waits to be acknowledged; else the wire may let go of it at once. */
enum weir_status jms_take(struct jms *j, const struct jms_content *c, void *delivery, bool *kept,
			  struct weir_error *err) WEIR_MUST_USE;
/* The subscription stands. */
void jms_attached(struct jms *j);
/* A browse begins from the front of the queue. */
void jms_begin_browse(struct jms *j);

/* One step: connects, or lets the wire work. OK: messages may have come; others: failed for good. */
enum weir_status jms_advance(struct jms *j, struct weir_error *err);
/* Until when to wait at most, and for what. */
short jms_wants(struct jms *j, int64_t *until_us);
void jms_disconnect(struct jms *j, bool politely);
/* What TLS said is about a certificate: says in `err` which, and that nothing is mended by waiting. */
bool jms_blame_certificate(const struct jms *j, const char *text, struct weir_error *err);

/* For the rows of the wires in the table of sources. */
enum weir_status jms_open(const struct weir_source_config *config, const struct jms_wire *wire,
			  struct weir_source **out, struct weir_error *err);
enum weir_status jms_poll(struct weir_source *s, int64_t timeout_us, struct weir_chunk *chunk, struct weir_error *err);
void jms_consume(struct weir_source *s, const struct weir_chunk *left);
void jms_wake(struct weir_source *s);
void jms_status(struct weir_source *s, struct weir_source_status *out);
bool jms_finite(struct weir_source *s);
void jms_close(struct weir_source *s);

#endif
