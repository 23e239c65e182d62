/* What the files of this room share. frame.c reads frames; connection.c has a socket and the calls on it; negotiate.c begins one;
 * cluster.c knows the masters and the servers; table.c, make.c and division.c tables; write.c what is written;
 * block.c, cursor.c, scan.c, ordered.c and moment.c what is read. All that comes from the network is read with its bounds, by protobuf-c, frame.c and block.c.
 *
 * Thread: the cluster's. */
#ifndef WEIR_CLIENT_KUDU_ROOM_H
#define WEIR_CLIENT_KUDU_ROOM_H

#include "client/kudu/wire.pb-c.h"

#include "weir/base/memory.h"
#include "weir/client/kudu.h"

enum {
	KUDU_SIDECARS = 4,
	KUDU_MOST_BYTES = 64 << 20, /* of a frame; servers take no more than 50 MB by default */
	KUDU_LEADER = 1,            /* a replica's role */
	KUDU_NEGOTIATION = -33,     /* call numbers with a meaning */
	KUDU_CONTEXT = -3,
	KUDU_DELETED = 18, /* the type of a column that says whether a row is gone */
};
enum { /* how a scan reads, and in which order */
       KUDU_READ_NOW = 1,
       KUDU_READ_SNAPSHOT = 2,
       KUDU_BY_KEY = 2,
};
enum { /* codes of a Status */
       KUDU_NOT_FOUND = 1,
       KUDU_PRESENT = 6,
       KUDU_ILLEGAL_STATE = 9,
       KUDU_NOT_AUTHORIZED = 10,
       KUDU_ABORTED = 11,
       KUDU_UNAVAILABLE = 13,
       KUDU_TIMED_OUT = 14,
       KUDU_UNINITIALIZED = 15,
};
enum { /* codes of a Failure */
       KUDU_CALL_BUSY = 4,
       KUDU_CALL_UNAVAILABLE = 7,
       KUDU_CALL_CLOSING = 11,
       KUDU_CALL_UNAUTHORIZED = 15,
       KUDU_CALL_BAD_TOKEN = 16,
       KUDU_CALL_BAD_PASS = 17,
};
enum { /* codes of a master's Fault */
       KUDU_MASTER_NO_TABLE = 3,
       KUDU_MASTER_TABLE_PRESENT = 4,
       KUDU_MASTER_NOT_READY = 6,
       KUDU_MASTER_NOT_LEADER = 7,
       KUDU_MASTER_TABLET_NOT_RUNNING = 9,
};
enum { /* codes of a tablet server's Fault */
       KUDU_TABLET_BAD_SCHEMA = 2,
       KUDU_TABLET_OTHER_SCHEMA = 5,
       KUDU_TABLET_NOT_FOUND = 6,
       KUDU_TABLET_SCANNER_EXPIRED = 7,
       KUDU_TABLET_NEWER_SCHEMA = 11,
       KUDU_TABLET_NOT_RUNNING = 12,
       KUDU_TABLET_BAD_SNAPSHOT = 13,
       KUDU_TABLET_NOT_LEADER = 15,
       KUDU_TABLET_OTHER_SERVER = 16,
       KUDU_TABLET_THROTTLED = 19,
       KUDU_TABLET_FAILED = 20,
};

static inline enum weir_status kudu_out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "kudu", "out of memory");
}

/* ---- frame.c ---- */

struct kudu_answer {
	int32_t call;
	bool failed; /* the message is a Failure */
	struct weir_str message;
	struct weir_str sidecars[KUDU_SIDECARS]; /* borrowed from the frame, as the message */
	uint32_t n_sidecars;
};
/* A frame without its length. False: it is none. */
bool kudu_answer_read(struct weir_str frame, struct kudu_answer *out);
/* Appends a frame with its length. */
void kudu_frame_write(const Kw__Asked *head, const ProtobufCMessage *message, struct weir_buf *out);

/* ---- connection.c ---- */

struct kudu_call {
	int32_t id;
	bool pending;          /* sent, not answered */
	bool lost;             /* its connection failed: the error is the connection's */
	int64_t end_us;        /* it must be answered by then */
	struct weir_buf frame; /* owned; of the answer, which borrows from it */
	struct kudu_answer answer;
	struct kudu_call *next; /* of those that are pending */
};
struct kudu_connection {
	char *address; /* owned; "host:port", for people too */
	int fd;        /* -1: not connected */
	int32_t last_call;
	int64_t timeout_us;
	const struct weir_clock *clock;
	struct weir_wake *wake; /* may be NULL */
	struct weir_buf in, out;
	struct kudu_call *pending;
	struct weir_error failure; /* why it was closed */
};
/* Connects; nothing is said yet. UNREACHABLE (retriable), CANCELLED. */
enum weir_status kudu_connect(struct kudu_connection *c, struct weir_error *err);
void kudu_disconnect(struct kudu_connection *c,
		     const struct weir_error *why); /* its calls are lost; why NULL: nobody asks */
/* Fills the error: the connection failed. Closes it. */
enum weir_status kudu_connection_fail(struct kudu_connection *c, struct weir_error *err, const char *what);
enum weir_status kudu_send(struct kudu_connection *c, const struct weir_buf *bytes, struct weir_error *err);
enum weir_status kudu_call_start(struct kudu_connection *c, struct kudu_call *call, const char *service,
				 const char *method, const ProtobufCMessage *message, struct weir_error *err);
/* Until the call is answered. An answer that is a Failure is an error, retriable or not. */
enum weir_status kudu_call_wait(struct kudu_connection *c, struct kudu_call *call, struct weir_error *err);
/* The caller does not want the answer any more. */
void kudu_call_drop(struct kudu_connection *c, struct kudu_call *call);
/* The next frame that is no answer to a call, which `call` was given for (negotiation). */
enum weir_status kudu_receive(struct kudu_connection *c, int64_t end_us, struct weir_buf *frame,
			      struct weir_error *err);

/* ---- negotiate.c ---- */

enum weir_status kudu_negotiate(struct kudu_connection *c, const char *user, struct weir_error *err);

/* ---- cluster.c ---- */

struct weir_kudu {
	char *user; /* owned, as the connections */
	int64_t timeout_us;
	const struct weir_clock *clock;
	struct weir_wake *wake;
	struct kudu_connection **masters, **servers;
	uint32_t n_masters, n_servers;
	int leader;    /* of the masters; -1: unknown */
	uint64_t seen; /* the newest time that a server told: what it hears of that comes behind */
};
/* The connection to a tablet server, connected. */
enum weir_status kudu_server(struct weir_kudu *k, struct weir_str address, struct kudu_connection **out,
			     struct weir_error *err);
/* Asks the leader of the masters, and looks for another while there is time. *out: owned by the caller, as
 * protobuf_c_message_free_unpacked frees it. A Fault in the answer is the caller's to look at. */
enum weir_status kudu_ask_master(struct weir_kudu *k, const char *method, const ProtobufCMessage *question,
				 const ProtobufCMessageDescriptor *kind, ProtobufCMessage **out,
				 struct weir_error *err);
/* A pause between two tries. CANCELLED. */
enum weir_status kudu_pause(struct weir_kudu *k, int64_t us, struct weir_error *err);
/* An error from a server's words. */
enum weir_status kudu_fault(const char *origin, const Kw__Fault *fault, struct weir_error *err);

/* ---- table.c ---- */

struct weir_kudu_tablet {
	struct weir_buf id, from, to; /* its partition keys: from is included, to excluded; empty: open */
	char *address;                /* owned; of its leader, or of some replica; NULL: nobody knows */
};
/* Where the tablets are now. Their number and order stay, else *changed. */
enum weir_status kudu_table_locate(struct weir_kudu_table *t, bool *changed, struct weir_error *err);

/* A fault that may have gone when the tablet is looked for again, or only a while later. */
bool kudu_tablet_moved(const Kw__Fault *fault);
/* The table was altered since it was looked at. */
bool kudu_tablet_altered(const Kw__Fault *fault);

/* ---- division.c: which tablet a row belongs to ---- */

struct kudu_hash {
	uint32_t *columns; /* owned; indices */
	uint32_t n, buckets, seed;
};
struct weir_kudu_division {
	struct kudu_hash *hashes; /* owned */
	uint32_t n_hashes;
	uint32_t *range; /* owned; columns */
	uint32_t n_range;
	bool mixed; /* some ranges have hashes of their own */
};
enum weir_status kudu_division_read(const Kw__Division *from, const Kw__Schema *schema, struct weir_kudu_division **out,
				    struct weir_error *err);
void kudu_division_free(struct weir_kudu_division *d);
/* Encodes a cell so that bytes compare as cells do. Appends. */
void kudu_key_add(int type, const struct weir_kudu_cell *cell, bool last, struct weir_buf *out);
/* As the bytes of kudu_key_add compare. */
int kudu_key_compare(int type, const struct weir_kudu_cell *a, const struct weir_kudu_cell *b);
/* The tablet of a row with these key cells; -1: none. `key` is room. */
int kudu_division_find(const struct weir_kudu_table *t, const struct weir_kudu_cell *keys, struct weir_buf *key);

extern const char kudu_tablet_service[];

/* ---- block.c: rows as they come, and cells as they are sent ---- */

struct kudu_layout_column {
	int type;
	uint32_t at; /* where the cell is in the row */
	bool nullable;
};
struct kudu_layout { /* of the rows of a scan */
	uint32_t n, row_bytes, nulls_at;
	struct kudu_layout_column *columns; /* owned */
};
/* False: no memory. */
bool kudu_layout_make(struct kudu_layout *l, const Kw__Column *columns, uint32_t n);
void kudu_layout_release(struct kudu_layout *l);
/* Bytes of a cell; 0: not a type that we know. */
uint32_t kudu_width(int type);
/* The rows, checked as a whole: so many are there, and each text lies in `texts`. False: malformed. */
bool kudu_block_check(const struct kudu_layout *l, uint32_t rows, struct weir_str cells, struct weir_str texts);
/* Row i of a block that was checked. */
void kudu_block_row(const struct kudu_layout *l, uint32_t i, struct weir_str cells, struct weir_str texts,
		    struct weir_kudu_cell *out);
/* Appends the cell, its text to `texts`; texts NULL: the text itself. */
void kudu_cell_write(int type, const struct weir_kudu_cell *cell, struct weir_buf *texts, struct weir_buf *out);

#endif
