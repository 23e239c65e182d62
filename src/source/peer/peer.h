/* What talks to one peer over a descriptor and opens it again when it ends: a connection (tcp.c, unix.c), a program (exec.c).
 * A kind has struct weir_peer as its first member, says in a struct weir_peer_kind how it opens, and puts the functions
 * weir_peer_poll, … into its row of struct weir_source_ops.
 *
 * A record that is cut in two by the end of a connection is left out and counted as lost. What the peer says next is read
 * as a new file is: with a header of its own, where there are headers. Nothing is shed: while nobody reads, the peer waits.
 *
 * Thread: as weir_source. */
#ifndef WEIR_SOURCE_PEER_PEER_H
#define WEIR_SOURCE_PEER_PEER_H

#include "weir/base/backoff.h"
#include "source/bytes.h"
#include "source/uri_params.h"

struct weir_peer;

struct weir_peer_kind {
	/* Opens *fd for reading. OK; AGAIN: it is being connected, and can be written to once it is; others: why not. */
	enum weir_status (*open)(struct weir_peer *p, int *fd, struct weir_error *err);
	/* The descriptor came to its end (`broken` an errno, or 0). OK: there is nothing wrong with that; else what is. */
	enum weir_status (*ended)(struct weir_peer *p, int broken, struct weir_error *err);
	/* NULL, or frees what the kind owns, but not the struct. Also after a failed open. */
	void (*release)(struct weir_peer *p);
	const char *again_param; /* the parameter that says whether to open again */
	bool again_live;         /* left out: a screen opens again, and a batch ends with the peer; else nobody does */
};

struct weir_peer {
	struct weir_source base;
	const struct weir_peer_kind *kind;
	struct weir_bytes bytes;
	char *address;   /* owned; for people */
	bool again;      /* opens again whatever ended it; read-only after open */
	bool connecting; /* the descriptor is not connected yet */
	bool was_open;   /* it was connected at least once */
	struct weir_backoff backoff;
	int64_t next_try_us; /* monotonic; while there is no descriptor */
	char why[160];       /* the last one ended, or could not be opened */
};

/* `size` bytes for the kind's struct, all zero behind its first member. After a failure of the kind's own: weir_peer_close. */
enum weir_status weir_peer_new(size_t size, const struct weir_peer_kind *kind, const struct weir_source_config *config,
			       struct weir_peer **out, struct weir_error *err) WEIR_MUST_USE;

/* For the kind's row of struct weir_source_ops. */
enum weir_status weir_peer_poll(struct weir_source *s, int64_t timeout_us, struct weir_chunk *chunk,
				struct weir_error *err);
void weir_peer_consume(struct weir_source *s, const struct weir_chunk *left);
void weir_peer_wake(struct weir_source *s);
void weir_peer_status(struct weir_source *s, struct weir_source_status *out);
bool weir_peer_finite(struct weir_source *s);
void weir_peer_close(struct weir_source *s);

/* For connections: what a read of `broken` (an errno, 0: the other side closed it) means. As weir_peer_kind.ended. */
enum weir_status weir_peer_closed(struct weir_peer *p, int broken, struct weir_error *err);

#endif
