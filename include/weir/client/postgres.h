/* Connections to PostgreSQL, for the landing that writes tables and the source that reads them: every call has an end, what a
 * server says becomes an error with what to do, and whether it may pass by itself (retriable) is known from its SQLSTATE.
 *
 * A call that fails in a way that is retriable has dropped the connection; weir_postgres_connect makes another.
 *
 * Thread: a connection belongs to one thread at a time. Sources: the manual of libpq (postgresql.org/docs/current/libpq.html) and
 * its appendix of error codes. */
#ifndef WEIR_CLIENT_POSTGRES_H
#define WEIR_CLIENT_POSTGRES_H

#include "weir/base/thread.h"
#include "weir/base/uri.h"

#include <libpq-fe.h>

enum { WEIR_POSTGRES_PARAMS = 24 };

/* Types by their numbers in every server (pg_type.dat), as columns that weir makes have them. */
enum {
	WEIR_POSTGRES_BOOL = 16,
	WEIR_POSTGRES_INT8 = 20,
	WEIR_POSTGRES_TEXT = 25,
	WEIR_POSTGRES_FLOAT8 = 701,
	WEIR_POSTGRES_TIMESTAMPTZ = 1184,
};

/* Microseconds from 1970 to 2000, where PostgreSQL's times begin. */
#define WEIR_POSTGRES_EPOCH_US INT64_C(946684800000000)

/* The columns that say where a row came from, and are its key together; the names of keys that were there and null, as a JSON
 * array (NULL: none; so a NULL in a column is a key that was not there, unless it is named here); the transaction that wrote the
 * row, and its number in there. None of them is data. */
#define WEIR_POSTGRES_KEY "_stream", "_topic", "_partition", "_offset", "_run"
#define WEIR_POSTGRES_NULLS "_nulls"
#define WEIR_POSTGRES_XID "_xid"
#define WEIR_POSTGRES_N "_n"

struct weir_postgres {
	PGconn *db; /* NULL: not connected */
	const struct weir_clock *clock;
	struct weir_wake *wake; /* signalled: a call ends early, CANCELLED, its connection dropped; NULL: none */
	int64_t timeout_us;     /* of a call */
	char *name;             /* for errors: hosts and database; owned */
	char *schema;           /* that is looked in first; owned; NULL: as the server has it */
	char *secret;           /* owned */
	char *texts[WEIR_POSTGRES_PARAMS];                                              /* owned */
	const char *words[WEIR_POSTGRES_PARAMS + 1], *values[WEIR_POSTGRES_PARAMS + 1]; /* of a connection */
	uint32_t n;
	char state[6]; /* SQLSTATE of the last error; "": it was none of the server's */
};

/* The options of an address that are a connection's, as rows of a table of options. */
#define WEIR_POSTGRES_OPTIONS                                                                                          \
	{"schema", "NAME", "where tables are looked for first (as the server has it: public)"},                        \
	    {"password-file", "FILE", "its first line is the password (else PGPASSWORD, ~/.pgpass)"},                  \
	    {"sslmode", "MODE", "disable, require, verify-ca, verify-full (verify-full; on this machine prefer)"},     \
	    {"sslrootcert", "FILE", "the CA of the server's certificate (that of the system)"},                        \
	    {"sslcert", "FILE", "a certificate for the server to see"},                                                \
	{                                                                                                              \
		"sslkey", "FILE", "and its key"                                                                        \
	}

/* Reads the address; does not connect. */
enum weir_status weir_postgres_init(struct weir_postgres *p, const struct weir_uri *uri, const struct weir_clock *clock,
				    int64_t timeout_us, struct weir_error *err) WEIR_MUST_USE;
void weir_postgres_release(struct weir_postgres *p);
/* Connects where there is no connection. *fresh: this call made it; may be NULL. */
enum weir_status weir_postgres_connect(struct weir_postgres *p, bool *fresh, struct weir_error *err) WEIR_MUST_USE;
void weir_postgres_drop(struct weir_postgres *p);
/* Runs statements that give no rows. */
enum weir_status weir_postgres_run(struct weir_postgres *p, const char *sql, struct weir_error *err) WEIR_MUST_USE;
/* The same for text that was put together (NO_MEMORY when that failed). `rows`: how many the last one changed; may be NULL. */
enum weir_status weir_postgres_run_text(struct weir_postgres *p, const struct weir_buf *sql, int64_t *rows,
					struct weir_error *err) WEIR_MUST_USE;
/* One statement that gives rows, with parameters $1 …, all as text. *out is owned by the caller: PQclear. */
enum weir_status weir_postgres_ask(struct weir_postgres *p, const char *sql, int n, const char *const *params,
				   PGresult **out, struct weir_error *err) WEIR_MUST_USE;
/* Begins a COPY: statements, the last of them a COPY FROM STDIN or TO STDOUT. */
enum weir_status weir_postgres_copy(struct weir_postgres *p, const struct weir_buf *sql,
				    struct weir_error *err) WEIR_MUST_USE;
enum weir_status weir_postgres_put(struct weir_postgres *p, const char *bytes, size_t size,
				   struct weir_error *err) WEIR_MUST_USE;
/* Ends a COPY FROM, whose error comes now. */
enum weir_status weir_postgres_put_end(struct weir_postgres *p, struct weir_error *err) WEIR_MUST_USE;
/* The next row of a COPY TO, without waiting longer than wait_us (AGAIN). *out is owned by the caller: PQfreemem. END: there is none. */
enum weir_status weir_postgres_get(struct weir_postgres *p, int64_t wait_us, struct weir_str *out,
				   struct weir_error *err) WEIR_MUST_USE;
/* The name in double quotes; the text in single ones. Append. */
void weir_postgres_quote(struct weir_str name, struct weir_buf *out);
void weir_postgres_literal(struct weir_str text, struct weir_buf *out);

#endif
