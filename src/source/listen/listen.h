/* tcp-listen:// and udp-listen://: waits for senders of log lines and hands out their records as messages, each with its
 * sender's address as key and the time of its arrival. On loopback, unless the address names another one.
 *
 * Over TCP nothing is shed, because a sender waits while nobody reads; over UDP no sender waits: what does not fit the
 * kernel's buffer is gone, and the kernel's count of it is `shed`. A record beyond WEIR_MAX_HEARD_RECORD_BYTES is shed, too.
 *
 * Files: listen.c has what both share; frame.c cuts records out of bytes; tcp.c; udp.c. Thread: as weir_source. */
#ifndef WEIR_SOURCE_LISTEN_LISTEN_H
#define WEIR_SOURCE_LISTEN_LISTEN_H

#include "source/progress.h"
#include "source/uri_params.h"
#include "weir/base/bounds.h"

#include <sys/socket.h>

enum { WEIR_LISTEN_MESSAGES = 4096 }; /* handed out at once */

struct weir_listen {
	struct weir_source base;
	struct weir_progress progress;
	struct weir_wake wake;
	struct weir_log *log; /* borrowed; may be NULL */
	const struct weir_clock *clock;
	char *address; /* owned; as it was given, for people */
	char here[80]; /* where it listens: "127.0.0.1:5140" */
	int fd;        /* owned */

	struct weir_arena texts;       /* of the messages */
	struct weir_message *messages; /* owned: WEIR_LISTEN_MESSAGES */
	size_t n, n_used;              /* there are, of which so many were consumed */
	bool consumed;                 /* something was, since the last hand-out */
	bool told_end;
	int64_t offset; /* of the next record */
	uint64_t shed;  /* as counted here; the kernel's count comes on top */
};

/* `size` bytes for the kind's struct, zero behind its first member. Binds a socket of `type`; USAGE, DENIED, IO. */
enum weir_status weir_listen_new(size_t size, int type, const struct weir_source_config *config,
				 struct weir_listen **out, struct weir_error *err) WEIR_MUST_USE;
void weir_listen_release(struct weir_listen *l); /* not the struct */

/* Takes a record up; both texts are copied. There must be room. False: no memory. */
bool weir_listen_add(struct weir_listen *l, struct weir_str record, struct weir_str sender) WEIR_MUST_USE;
static inline size_t weir_listen_room(const struct weir_listen *l)
{
	return WEIR_LISTEN_MESSAGES - l->n;
}
void weir_listen_shed(struct weir_listen *l, uint64_t n, const char *why);
/* Before a poll looks for more: what was consumed goes. */
void weir_listen_drop_used(struct weir_listen *l);
enum weir_status weir_listen_hand_out(struct weir_listen *l, bool at_end, struct weir_chunk *chunk);
/* "192.0.2.7": without the port, which is another one for each connection. */
void weir_listen_name(const struct sockaddr_storage *from, char *out, size_t size);

/* For the kind's row of struct weir_source_ops. */
void weir_listen_consume(struct weir_source *s, const struct weir_chunk *left);
void weir_listen_wake(struct weir_source *s);
void weir_listen_status(struct weir_source *s, struct weir_source_status *out);

/* ---- records in the bytes of a connection (frame.c) ---- */

enum weir_framing {
	WEIR_FRAMING_UNKNOWN, /* the first bytes decide */
	WEIR_FRAMING_LINES,   /* line feeds end records, as RFC 6587 calls non-transparent framing */
	WEIR_FRAMING_OCTETS,  /* "LENGTH RECORD", octet counting of RFC 6587 */
};
struct weir_frame {
	enum weir_framing framing;
	size_t skip;    /* octets: bytes of a record that is too long and still to come */
	bool skip_line; /* lines: up to the next line feed, for the same reason */
};
/* Cuts the next record off the front of *bytes. OK: *record is set. AGAIN: more bytes are needed. TOO_LARGE: a record was
 * too long, and is passed over; ask again. MALFORMED: octets were counted before, and here is no count. `most`: bytes that a
 * record may have; `last`: no more will come. */
enum weir_status weir_frame_next(struct weir_frame *f, struct weir_str *bytes, size_t most, bool last,
				 struct weir_str *record);

#endif
