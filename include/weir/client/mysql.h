/* Connections to servers that speak MySQL's protocol (MariaDB, MySQL, SingleStore), for the landing that writes tables and the source
 * that reads them: every call has an end, and what a server says becomes an error with what to do.
 *
 * A call that fails in a way that is retriable has dropped the connection; weir_mysql_connect makes another.
 *
 * Thread: a connection belongs to one thread at a time; weir_mysql_interrupt any. Sources: mariadb.com/kb, MariaDB Connector/C and
 * MariaDB Error Codes; for SingleStore docs.singlestore.com. */
#ifndef WEIR_CLIENT_MYSQL_H
#define WEIR_CLIENT_MYSQL_H

#include "weir/base/thread.h"
#include "weir/base/uri.h"

#include <mariadb/mysql.h>

/* The columns of a row's key; the names of keys that were there and null, as a JSON array (a NULL that is not named there is a key
 * that was missing); the row's number in its transaction; and the number by which a table is followed. None of them is data. */
#define WEIR_MYSQL_KEY "_stream", "_topic", "_partition", "_offset", "_run"
#define WEIR_MYSQL_NULLS "_nulls"
#define WEIR_MYSQL_N "_n"
#define WEIR_MYSQL_ID "_id"

struct weir_mysql {
	MYSQL *db; /* NULL: not connected */
	const struct weir_clock *clock;
	struct weir_wake *wake;                /* signalled: no connection is waited for, CANCELLED; NULL: none */
	int64_t timeout_us;                    /* of a call */
	int64_t silence_us;                    /* so long a statement may say nothing; set by init: timeout_us */
	char *name;                            /* for errors: host and database; owned */
	char *host, *user, *secret, *database; /* owned; NULL: as the client library has it */
	unsigned port;
	bool tls, verify;             /* it must be; and the certificate must be good */
	char *ca, *certificate, *key; /* owned; NULL: none */
	bool singlestore;             /* it is one */
	unsigned code;                /* of the last error */
	char state[6];                /* and its SQLSTATE */
	pthread_mutex_t lock;         /* over `fd` */
	int fd;                       /* of the connection, to be interrupted; -1: none */
	const char *load, *load_end;  /* what LOAD DATA LOCAL reads */
};

/* The options of an address that are a connection's, as rows of a table of options. */
#define WEIR_MYSQL_OPTIONS                                                                                             \
	{"password-file", "FILE", "its first line is the password"},                                                   \
	    {"sslmode", "MODE", "disable, require, verify-full (verify-full; on this machine disable)"},               \
	    {"sslrootcert", "FILE", "the CA of the server's certificate (that of the system)"},                        \
	    {"sslcert", "FILE", "a certificate for the server to see"},                                                \
	{                                                                                                              \
		"sslkey", "FILE", "and its key"                                                                        \
	}

/* Reads the address; does not connect. Release also after a failure. */
enum weir_status weir_mysql_init(struct weir_mysql *m, const struct weir_uri *uri, const struct weir_clock *clock,
				 int64_t timeout_us, struct weir_error *err) WEIR_MUST_USE;
void weir_mysql_release(struct weir_mysql *m);
/* Connects where there is no connection. *fresh: this call made it. CANCELLED: the wake was signalled. */
enum weir_status weir_mysql_connect(struct weir_mysql *m, bool *fresh, struct weir_error *err) WEIR_MUST_USE;
void weir_mysql_drop(struct weir_mysql *m);
/* Any thread: the call that waits for the server fails. */
void weir_mysql_interrupt(struct weir_mysql *m);
/* A statement that gives no rows. `rows`: how many it changed; may be NULL. */
enum weir_status weir_mysql_run(struct weir_mysql *m, struct weir_str sql, int64_t *rows,
				struct weir_error *err) WEIR_MUST_USE;
/* The same for text that was put together (NO_MEMORY when that failed). */
enum weir_status weir_mysql_run_text(struct weir_mysql *m, const struct weir_buf *sql, int64_t *rows,
				     struct weir_error *err) WEIR_MUST_USE;
/* A statement that gives rows: all of them here (stored), or one by one as they are fetched. *out is owned by the caller:
 * mysql_free_result. */
enum weir_status weir_mysql_ask(struct weir_mysql *m, const struct weir_buf *sql, bool stored, MYSQL_RES **out,
				struct weir_error *err) WEIR_MUST_USE;
/* LOAD DATA LOCAL, which reads the bytes. *passed_over: rows that it skipped or changed. */
enum weir_status weir_mysql_load(struct weir_mysql *m, const struct weir_buf *sql, struct weir_str bytes,
				 bool *passed_over, struct weir_error *err) WEIR_MUST_USE;
/* The error of the last call. Returns its code. */
enum weir_status weir_mysql_fail(struct weir_mysql *m, struct weir_error *err);
/* The name in backquotes; the text in quotes. Append. */
void weir_mysql_quote(struct weir_str name, struct weir_buf *out);
void weir_mysql_literal(struct weir_str text, struct weir_buf *out);

#endif
