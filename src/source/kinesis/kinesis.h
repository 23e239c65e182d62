/* kinesis://REGION/STREAM: an Amazon Kinesis stream by its HTTP interface, signed by libcurl (AWS SigV4), on ../partitioned.
 * Nothing is written to the account: weir lists shards, asks for iterators and reads records.
 *
 *     finder thread   lists shards, and again when one was closed; their children are handed over before its end is
 *     fetch thread    one transfer at most for each shard, all in one multi handle; a child waits for its parents
 *
 * An offset is the number of a record in its shard since reading began; the server's own place, the sequence number, stands in
 * positions: "shardId-000000000003=SEQUENCE.N", so many of the records under that number were read; and in the headers of each message, so
 * that a capture can be gone on with.
 *
 * Files: kinesis.c opens; login.c finds credentials, endpoint.c says who gives those that end, and role.c asks for them; call.c makes requests; shards.c is the
 * finder's; fetch.c the fetch thread's; records.c reads what came; aggregate.c takes records of the Kinesis Producer Library
 * apart; place.c positions. */
#ifndef WEIR_SOURCE_KINESIS_KINESIS_H
#define WEIR_SOURCE_KINESIS_KINESIS_H

#include "source/partitioned/partitioned.h"
#include "source/uri_params.h"

#include "weir/client/curl.h"
#include <jansson.h>

struct kinesis;

/* What came of a request. */
enum kinesis_fault { KINESIS_FINE, KINESIS_THROTTLED, KINESIS_EXPIRED, KINESIS_AWAY, KINESIS_REFUSED };

/* ---- credentials (login.c, endpoint.c, role.c) ----
 * Where they are looked for, and in which order, is as AWS's own tools have it:
 * https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html (the order),
 * .../feature-container-credentials.html and .../feature-imds-credentials.html (the two endpoints and their variables). */

struct kinesis_login {
	char *key, *secret; /* owned */
	char *token;        /* owned; of a session, or NULL */
	int64_t expires_us; /* wall clock; WEIR_TIME_NONE: never */
};

/* An endpoint that hands out credentials for some hours: of the container that we run in, or of the instance (version 2 of its
 * metadata service, and no other). */
struct kinesis_role {
	enum { KINESIS_NO_ROLE, KINESIS_CONTAINER, KINESIS_INSTANCE } kind;
	char *
	    url; /* owned; of an instance, without a slash at its end. A container's is not for people: it may be secret */
	char *authorization; /* owned; a header's value, or NULL */
	char *token_file;    /* owned; the same in a file, which is read each time; or NULL */
	/* The finder's. */
	bool answered;  /* somebody is there */
	bool given;     /* it has given some */
	int64_t due_us; /* wall clock; when it is asked next */
	struct weir_backoff backoff;
};

/* From the address (user and password, or password-file=), else the environment, else a profile of a file; else `role` says whom to ask.
 * USAGE, DENIED: there are none, or half of them. */
enum weir_status kinesis_login_find(const struct weir_source_config *config, struct kinesis_login *login,
				    struct kinesis_role *role, struct weir_error *err) WEIR_MUST_USE;
void kinesis_login_release(struct kinesis_login *l);
/* A variable of the environment; NULL: not set, or empty. */
const char *kinesis_variable(const struct weir_source_config *config, const char *name);
/* Whom to ask, by the environment. DENIED: nobody. */
enum weir_status kinesis_role_find(const struct weir_source_config *config, struct kinesis_role *role,
				   struct weir_error *err) WEIR_MUST_USE;
void kinesis_role_release(struct kinesis_role *r);
/* Asks for credentials if they are due: there are none, they end within minutes, or the service has said that they ended. A failure
 * counts only while there are none; else it is logged, and tried again. Thread: the finder's. */
enum kinesis_fault kinesis_role_tend(struct kinesis *k, struct weir_error *err);
/* How long until then, at most `most_us`. */
int64_t kinesis_role_wait_us(const struct kinesis *k, int64_t most_us);

/* ---- records ---- */

/* A record on its way; one block of memory with its texts behind it. */
struct kinesis_record {
	int32_t shard; /* its number */
	bool end;      /* no record: the shard has ended, or has come to until= */
	int64_t offset, time_us;
	uint32_t sub; /* among the records under its sequence number */
	struct weir_str data, key, sequence;
};

/* Each record within an aggregated one. */
typedef bool kinesis_take(void *ctx, struct weir_str data, struct weir_str key);
bool kinesis_is_aggregated(struct weir_str data);
bool kinesis_disaggregate(struct weir_str data, kinesis_take *take, void *ctx); /* false: no memory in `take` */

/* ---- calls (call.c) ---- */

struct kinesis_call {
	CURL *easy; /* owned; NULL: none is under way */
	struct curl_slist *headers;
	char *request; /* owned */
	struct weir_buf body;
	char text[CURL_ERROR_SIZE];
};
/* Takes `request`, a JSON object in text. False: no memory. */
bool kinesis_call_prepare(struct kinesis *k, struct kinesis_call *c, const char *action, char *request);
/* FINE: *answer is owned by the caller. Others with the reason. */
enum kinesis_fault kinesis_call_finish(struct kinesis *k, struct kinesis_call *c, CURLcode result, json_t **answer,
				       struct weir_error *err);
void kinesis_call_release(struct kinesis_call *c);
/* A request in this thread; closing the source ends it. */
CURLcode kinesis_perform(struct kinesis *k, CURL *easy);
/* An address of HTTP or HTTPS. *host is the caller's (curl_free). False: it is none. */
struct kinesis_url {
	char *host;
	bool encrypted, bare; /* bare: no user, no query, no fragment */
};
bool kinesis_url_read(const char *text, struct kinesis_url *out);

/* ---- shards ---- */

enum kinesis_state {
	KINESIS_WAITS,  /* it is not begun, or its parents are not read to their end */
	KINESIS_IDLE,   /* the next request is due at next_us */
	KINESIS_ASKS,   /* a request is under way */
	KINESIS_CLOSED, /* all was read; its children are looked for */
	KINESIS_DONE,   /* its end was told */
};

struct kinesis_shard {
	char *id;                   /* owned */
	int32_t number, parents[2]; /* -1: none */
	_Atomic bool begun;         /* the source thread wants it */
	_Atomic uint32_t listed;    /* closed shards: the listing that was begun after that has ended */
	/* The rest is the fetch thread's. */
	enum kinesis_state state;
	bool finished;     /* nothing follows: children may begin */
	char *iterator;    /* owned; NULL: ask for one */
	char *sequence;    /* owned; of the last record; NULL: none yet, then `start` says where */
	const char *start; /* TRIM_HORIZON, LATEST, AT_TIMESTAMP, AT_SEQUENCE_NUMBER */
	int64_t start_us;
	uint32_t skip; /* with AT_SEQUENCE_NUMBER: so many records under `sequence` were read before */
	uint32_t wanted_listing;
	int64_t n; /* offset of the next record */
	int64_t next_us, asked_wall_us;
	struct weir_backoff backoff;
	struct kinesis_call call;
	_Atomic int64_t behind_ms; /* -1: not told yet */
};

struct kinesis {
	struct weir_partitioned p;
	char *stream, *region, *endpoint, *sigv4; /* owned */
	char *ca;                                 /* owned; or NULL */
	pthread_mutex_t login_lock;
	struct kinesis_login login; /* guarded: the finder puts new ones in the place of those that end */
	struct kinesis_role role;
	_Atomic bool login_ended; /* the service has said so */
	struct weir_place from;
	int64_t until_us; /* -1: never */
	bool live, skip_headers;
	char *position; /* owned; of position=; NULL: none */
	int64_t opened_us;

	pthread_mutex_t shards_lock;
	struct kinesis_shard **shards; /* owned; guarded, the list only grows */
	size_t n_shards, shards_capacity;
	_Atomic uint32_t n_listings, wanted_listing;

	/* The fetch thread's. */
	CURLM *multi;
	struct kinesis_record **queue; /* owned; queue[queue_from .. n_queue) were not handed over yet */
	size_t queue_from, n_queue, queue_capacity;
	size_t queue_bytes;
	bool no_memory;

	/* The source thread's: by index of partition, what was read last. */
	struct kinesis_read {
		char sequence[140];
		uint32_t n; /* records under it that were read */
		bool ended, end_seen;
	} * read;
	size_t n_read;
};

struct kinesis_shard *kinesis_shard_of(struct kinesis *k, int32_t number);

enum weir_status kinesis_find(struct weir_partitioned *p, struct weir_error *err);
void kinesis_watch(struct weir_partitioned *p);
size_t kinesis_fetch(struct weir_partitioned *p, void **records, size_t most);
void kinesis_wait(struct weir_partitioned *p);
void kinesis_give_back(struct weir_partitioned *p, void *const *records, size_t n);
/* The answer of GetRecords to the queue. False: no memory. *past: until= was passed. */
bool kinesis_take_records(struct kinesis *k, struct kinesis_shard *s, const json_t *answer, bool *past);
bool kinesis_queue_end(struct kinesis *k, struct kinesis_shard *s);
bool kinesis_begin(struct weir_partitioned *p, size_t first);
enum weir_status kinesis_convert(struct weir_partitioned *p, void *record, struct weir_part **part,
				 struct weir_message *out, struct weir_error *err);
enum weir_status kinesis_tend(struct weir_partitioned *p, struct weir_error *err);
int64_t kinesis_end_offset(struct weir_partitioned *p, const struct weir_part *part);
enum weir_status kinesis_position(struct weir_source *s, struct weir_buf *out);
/* Where the shard begins, by position= or from=. False: it was read to its end before, or lies before the position. */
bool kinesis_place(struct kinesis *k, struct kinesis_shard *s);
enum weir_status kinesis_check_position(const char *text, struct weir_error *err);

#endif
