/* Schemas by their numbers, from a schema registry with the REST interface that Confluent publishes. They never change, so each
 * is asked for once. A thread of the registry's own asks, again and again with growing pauses while no answer comes; who needs a
 * schema waits a bounded time, and afterwards hears at once why it is not there, until it is.
 *
 * Thread: weir_registry_get one at a time (a stream's source thread); weir_registry_interrupt any; what it hands out is
 * immutable. */
#ifndef WEIR_CLIENT_REGISTRY_H
#define WEIR_CLIENT_REGISTRY_H

#include "weir/base/log.h"
#include "weir/base/thread.h"
#include "weir/base/uri.h"

enum weir_schema_kind { WEIR_SCHEMA_AVRO, WEIR_SCHEMA_JSON, WEIR_SCHEMA_PROTOBUF };

struct weir_registry_text {
	char *name; /* as the schema that refers to it calls it; of the schema itself "" */
	struct weir_str text;
};

struct weir_registry_schema {
	uint32_t id;
	enum weir_schema_kind kind;
	struct weir_registry_text *texts; /* what it refers to, each behind what that refers to; the last is its own */
	size_t n;
};

struct weir_registry;

/* How the registry is asked. `path` begins with a slash; as weir_http_get. */
struct weir_registry_door {
	enum weir_status (*get)(void *ctx, const char *path, long *status, struct weir_buf *body,
				struct weir_error *err);
	/* Sends JSON; NULL: it is only asked. */
	enum weir_status (*post)(void *ctx, const char *path, struct weir_str sent, long *status, struct weir_buf *body,
				 struct weir_error *err);
	void (*cancel)(void *ctx); /* any thread */
	void (*close)(void *ctx);
	void *ctx; /* owned: close is called, also when weir_registry_new fails */
};

struct weir_registry_config {
	const char *name;       /* for people; copied */
	int64_t patience_us;    /* how long a schema is waited for */
	int64_t first_pause_us; /* between two tries; doubles up to */
	int64_t longest_pause_us;
	const struct weir_clock *clock; /* borrowed, as is */
	struct weir_log *log;           /* NULL: none */
};

enum weir_status weir_registry_new(const struct weir_registry_config *config, struct weir_registry_door door,
				   struct weir_registry **out, struct weir_error *err) WEIR_MUST_USE;

/* ---- registry_address.c ---- */

/* The one that the parameters of an address name: registry=URL, registry-user=, registry-password= or registry-password-file=,
 * registry-ca=, registry-cert=, registry-key=, registry-timeout=. *out NULL: they name none. USAGE, UNSUPPORTED (a build without
 * libcurl), NOT_FOUND, DENIED. */
enum weir_status weir_registry_open(const struct weir_uri *uri, const struct weir_clock *clock, struct weir_log *log,
				    struct weir_registry **out, struct weir_error *err) WEIR_MUST_USE;
/* The way to it alone, for who registers schemas; a request takes no longer than registry-timeout=. *out all NULL: the parameters name
 * none. The caller closes it. */
enum weir_status weir_registry_open_door(const struct weir_uri *uri, struct weir_registry_door *out,
					 struct weir_error *err) WEIR_MUST_USE;
/* One that nobody can be asked of: it knows what is put into it. */
enum weir_status weir_registry_open_offline(const struct weir_clock *clock, struct weir_log *log,
					    struct weir_registry **out, struct weir_error *err) WEIR_MUST_USE;
/* Why this build has none, or NULL. */
const char *weir_registry_absent(void);
void weir_registry_close(struct weir_registry *r); /* NULL allowed */

/* The schema, borrowed until close. Waits for it, but not again where it had to be given up; else NOT_FOUND, UNREACHABLE, DENIED,
 * MALFORMED with the reason, TOO_LARGE: too many numbers; CANCELLED: interrupted. */
enum weir_status weir_registry_get(struct weir_registry *r, uint32_t id, const struct weir_registry_schema **out,
				   struct weir_error *err) WEIR_MUST_USE;
/* A schema that somebody else had, such as a capture; it is taken. It is not asked for then. A second one of the same number that says
 * something else makes both useless: which of them a message means is not known. NO_MEMORY, TOO_LARGE: it is freed. Any thread. */
enum weir_status weir_registry_put(struct weir_registry *r, struct weir_registry_schema *schema,
				   struct weir_error *err) WEIR_MUST_USE;
/* The nth schema that came to be known, from 0; NULL: there are not so many as yet. Borrowed until close. Any thread. */
const struct weir_registry_schema *weir_registry_known(struct weir_registry *r, uint32_t n);
/* Ends all waiting, for good. NULL allowed. */
void weir_registry_interrupt(struct weir_registry *r);

/* ---- registry_read.c: what the registry's answers say ---- */

/* The schema of that number with all that it refers to. Owned by the caller. */
enum weir_status weir_registry_read(const struct weir_registry_door *door, uint32_t id,
				    struct weir_registry_schema **out, struct weir_error *err) WEIR_MUST_USE;
/* Registers an Avro schema under the subject, where it is not yet: its number. `retriable`: the registry is away. MALFORMED:
 * it does not take it, because it does not fit the versions before it for example. */
enum weir_status weir_registry_register(const struct weir_registry_door *door, const char *subject,
					struct weir_str schema, uint32_t *id, struct weir_error *err) WEIR_MUST_USE;
void weir_registry_schema_free(struct weir_registry_schema *s); /* NULL allowed */

#endif
