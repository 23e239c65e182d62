/* MongoDB, for the landing that writes a collection and the source that reads it: its address, a connection whose every call ends in
 * time and can be interrupted, cursors, what errors mean, and how a row is a document. Only in builds with libmongoc.
 *
 * A document that weir landed, in this order:
 *
 *     { _id: { stream: "web", topic: "", partition: 0, offset: 4711, run: 0, hash: … },      all whole numbers of 64 bits
 *       status: 500, time: ISODate(…), …,                                                  the columns
 *       _weir: { at: …, time: "time", us: { time: 456 } } }
 *
 * The _id is the row's key. `at` is a number that grows as rows are written, in microseconds since 1970, by which a collection can be
 * followed; `time` names the event time, where there is one; `us` has what a date cannot hold, 1 to 999 µs.
 *
 * Thread: a handle belongs to one at a time. Its wake may be signalled by any. Sources: the manual of MongoDB, of libmongoc, and the
 * specifications in github.com/mongodb/specifications. */
#ifndef WEIR_CLIENT_MONGODB_H
#define WEIR_CLIENT_MONGODB_H

#include "weir/base/thread.h"
#include "weir/base/uri.h"

#include <mongoc/mongoc.h>

enum { WEIR_MONGODB_MOST_BYTES = 16 << 20 }; /* of a document: maxBsonObjectSize of every server */

/* ---- mongodb_fields.c ---- */

#define WEIR_MONGODB_ID "_id"
#define WEIR_MONGODB_OWN "_weir"
#define WEIR_MONGODB_AT "_weir.at"

/* The field for a column. A name has no NUL, no dot (it would name a part of another field), no dollar at its beginning and is none
 * of the two above: these bytes are written as _xHH_. Appends. */
void weir_mongodb_field_name(struct weir_str column, struct weir_buf *out);
/* The column of such a field. Appends its name. */
void weir_mongodb_column_of(struct weir_str field, struct weir_buf *out);

/* ---- mongodb_address.c, mongodb.c ---- */

struct weir_mongodb {
	mongoc_client_t *client;          /* NULL: not connected */
	mongoc_client_session_t *session; /* of the client; NULL: the server has none */
	const struct weir_clock *clock;
	struct weir_wake *wake; /* signalled: calls end, CANCELLED; NULL: none */
	int64_t timeout_us;     /* of a call */
	char *name;             /* for errors: HOST/DATABASE or HOST/DATABASE/COLLECTION; owned */
	char *database;         /* owned */
	char *collection;       /* owned; NULL: the address names none */
	mongoc_uri_t *uri;      /* owned; with the password */
	char *ca;               /* owned; NULL: those of the system */
	int64_t patience_us;    /* so long a call is left alone by the wake: one that works is not broken off */
	int64_t begun_us;       /* monotonic: when the call began */
	int64_t end_us;         /* monotonic: when it must be over */
	bool cancelled;         /* the wake ended it */
	char trouble[160];      /* what became of the connection; "": nothing */
};

/* The options of an address that are a connection's, as rows of a table of options. */
#define WEIR_MONGODB_OPTIONS                                                                                           \
	{"password-file", "FILE", "its first line is the password"},                                                   \
	    {"authSource", "NAME", "the database that knows the user (admin)"},                                        \
	    {"replicaSet", "NAME", "the replica set: its primary is looked for among the hosts"},                      \
	    {"tls", "yes|no", "an encrypted connection; the server's certificate must be good (no)"},                  \
	{                                                                                                              \
		"ca", "FILE", "certificates that are trusted, in the place of the system's"                            \
	}

/* Reads mongodb://[USER[:PASSWORD]@]HOST[:PORT][,HOST…]/DATABASE[/COLLECTION]; does not connect. Release also after a failure. */
enum weir_status weir_mongodb_init(struct weir_mongodb *m, const struct weir_uri *uri, const struct weir_clock *clock,
				   int64_t timeout_us, struct weir_error *err) WEIR_MUST_USE;
void weir_mongodb_release(struct weir_mongodb *m);
/* Connects where there is no connection. *fresh: this call made it. CANCELLED: the wake was signalled. */
enum weir_status weir_mongodb_connect(struct weir_mongodb *m, bool *fresh, struct weir_error *err) WEIR_MUST_USE;
void weir_mongodb_drop(struct weir_mongodb *m);
/* Before a call of libmongoc: it must be over within timeout_us from now. */
void weir_mongodb_begin(struct weir_mongodb *m);
/* A command to the database. *reply: initialised in any case, and the caller's to destroy; on an error, what the server said. A
 * retriable error has dropped the connection. `code`, where it is not NULL: the server's number for its error, 0: it gave none. */
enum weir_status weir_mongodb_run(struct weir_mongodb *m, const bson_t *command, bson_t *reply, int64_t *code,
				  struct weir_error *err) WEIR_MUST_USE;
/* What an error of libmongoc means; drops the connection where it is retriable. */
enum weir_status weir_mongodb_fail(struct weir_mongodb *m, const bson_error_t *e, struct weir_error *err);
/* Whether a server that says this number may take the same later. */
bool weir_mongodb_is_retriable(int64_t code);

/* ---- mongodb_cursor.c ---- */

/* The batches of a query. Init with {0}. */
struct weir_mongodb_cursor {
	int64_t id;      /* 0: no batch follows */
	bson_t reply;    /* has the batch in hand */
	bool has_reply;  /* it has */
	bson_iter_t at;  /* in the batch */
	bson_t resume;   /* where a change stream can be resumed behind this batch */
	bool has_resume; /* the server said so */
	bool begun;
};

/* Runs find or aggregate. The batch before is forgotten. */
enum weir_status weir_mongodb_cursor_begin(struct weir_mongodb *m, struct weir_mongodb_cursor *c, const bson_t *command,
					   int64_t *code, struct weir_error *err) WEIR_MUST_USE;
/* The next batch, of about n documents. most_ms: a cursor that waits for documents waits no longer; 0: it waits for none. */
enum weir_status weir_mongodb_cursor_more(struct weir_mongodb *m, struct weir_mongodb_cursor *c, const char *collection,
					  int32_t n, int64_t most_ms, int64_t *code,
					  struct weir_error *err) WEIR_MUST_USE;
/* The next document of the batch in hand, borrowed until the next batch. False: it has no more. */
bool weir_mongodb_cursor_next(struct weir_mongodb_cursor *c, bson_t *document);
/* The same, and it remains the next one. */
bool weir_mongodb_cursor_peek(const struct weir_mongodb_cursor *c, bson_t *document);
void weir_mongodb_cursor_release(struct weir_mongodb_cursor *c);

#endif
