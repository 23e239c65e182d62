/* What a connection to PostgreSQL waits for, and what its errors mean. Called by the other files of it. */
#ifndef WEIR_CLIENT_POSTGRES_WAIT_H
#define WEIR_CLIENT_POSTGRES_WAIT_H

#include "weir/client/postgres.h"

#include <poll.h>

/* Until the socket can be read (POLLIN) or written, but no longer than to end_us: then the connection is dropped, retriable. */
enum weir_status weir_postgres_wait(struct weir_postgres *p, short events, int64_t end_us,
				    struct weir_error *err) WEIR_MUST_USE;
/* The same where it is no error that nothing came: *ready false. */
enum weir_status weir_postgres_wait_some(struct weir_postgres *p, short events, int64_t end_us, bool *ready,
					 struct weir_error *err) WEIR_MUST_USE;
/* The connection broke: it is dropped. */
enum weir_status weir_postgres_lost(struct weir_postgres *p, struct weir_error *err);
/* What the server said. Remembers its SQLSTATE. */
enum weir_status weir_postgres_fail(struct weir_postgres *p, const PGresult *r, struct weir_error *err);
/* The same for a connection that was refused, whose SQLSTATE stands in its text. */
enum weir_status weir_postgres_refused(struct weir_postgres *p, struct weir_error *err);
/* After an error of this SQLSTATE, all that this connection began is over. */
bool weir_postgres_state_is_over(const char *state);

#endif
