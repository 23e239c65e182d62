/* Connections to PostgreSQL: statements and COPY, each with an end. postgres_address.c reads the address. */
#include "weir/client/postgres.h"

#include "postgres_wait.h"

#include <stdlib.h>

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "postgresql", "out of memory");
}

static enum weir_status send_all(struct weir_postgres *p, int64_t end_us, struct weir_error *err)
{
	int left;

	while ((left = PQflush(p->db)) > 0) {
		enum weir_status st = weir_postgres_wait(p, POLLIN | POLLOUT, end_us, err);
		if (st != WEIR_OK)
			return st;
		if (!PQconsumeInput(p->db)) /* what the server says meanwhile must be taken, or both would wait */
			return weir_postgres_lost(p, err);
	}
	return left < 0 ? weir_postgres_lost(p, err) : WEIR_OK;
}

/* The next result; NULL: all were taken. */
static enum weir_status next_result(struct weir_postgres *p, int64_t end_us, PGresult **out, struct weir_error *err)
{
	while (PQisBusy(p->db)) {
		enum weir_status st = weir_postgres_wait(p, POLLIN, end_us, err);
		if (st != WEIR_OK)
			return st;
		if (!PQconsumeInput(p->db))
			return weir_postgres_lost(p, err);
	}
	*out = PQgetResult(p->db);
	return WEIR_OK;
}

static bool is_copy(const PGresult *r)
{
	return PQresultStatus(r) == PGRES_COPY_IN || PQresultStatus(r) == PGRES_COPY_OUT;
}

/* The last result of what was sent, the others cleared. A failure among them is what counts. A COPY is left open. */
static enum weir_status finish(struct weir_postgres *p, PGresult **out, struct weir_error *err)
{
	int64_t end_us = weir_clock_mono_us(p->clock) + p->timeout_us;
	PGresult *last = NULL, *r = NULL;
	enum weir_status st = send_all(p, end_us, err), failed = WEIR_OK;

	while (st == WEIR_OK && (st = next_result(p, end_us, &r, err)) == WEIR_OK && r) {
		PQclear(last);
		last = r;
		if (is_copy(r))
			break;
		if (PQresultStatus(r) == PGRES_FATAL_ERROR && failed == WEIR_OK)
			failed = weir_postgres_fail(p, r, err);
	}
	st = st == WEIR_OK ? failed : st;
	if (failed != WEIR_OK && (!p->db || PQstatus(p->db) == CONNECTION_BAD || weir_postgres_state_is_over(p->state)))
		weir_postgres_drop(p);
	if (st != WEIR_OK || !out) {
		PQclear(last);
		last = NULL;
	}
	if (out)
		*out = last;
	return st;
}

enum weir_status weir_postgres_run(struct weir_postgres *p, const char *sql, struct weir_error *err)
{
	return PQsendQuery(p->db, sql) ? finish(p, NULL, err) : weir_postgres_lost(p, err);
}

enum weir_status weir_postgres_run_text(struct weir_postgres *p, const struct weir_buf *sql, int64_t *rows,
					struct weir_error *err)
{
	PGresult *r = NULL;

	if (sql->failed)
		return out_of_memory(err);
	enum weir_status st = PQsendQuery(p->db, sql->data) ? finish(p, &r, err) : weir_postgres_lost(p, err);
	if (st == WEIR_OK && rows && !weir_parse_int64(weir_str_of(PQcmdTuples(r)), false, rows))
		*rows = 0;
	PQclear(r);
	return st;
}

enum weir_status weir_postgres_ask(struct weir_postgres *p, const char *sql, int n, const char *const *params,
				   PGresult **out, struct weir_error *err)
{
	*out = NULL;
	return PQsendQueryParams(p->db, sql, n, NULL, params, NULL, NULL, 0) ? finish(p, out, err)
									     : weir_postgres_lost(p, err);
}

enum weir_status weir_postgres_copy(struct weir_postgres *p, const struct weir_buf *sql, struct weir_error *err)
{
	PGresult *r = NULL;

	if (sql->failed)
		return out_of_memory(err);
	enum weir_status st = PQsendQuery(p->db, sql->data) ? finish(p, &r, err) : weir_postgres_lost(p, err);
	PQclear(r);
	return st;
}

enum weir_status weir_postgres_put(struct weir_postgres *p, const char *bytes, size_t size, struct weir_error *err)
{
	enum { PIECE = 1 << 18 };
	int64_t end_us = weir_clock_mono_us(p->clock) + p->timeout_us;
	enum weir_status st = WEIR_OK;

	while (size && st == WEIR_OK) {
		int n = size < PIECE ? (int)size : PIECE, sent = PQputCopyData(p->db, bytes, n);
		if (sent < 0)
			return weir_postgres_lost(p, err);
		if (sent > 0) {
			bytes += n;
			size -= (size_t)n;
		}
		st = send_all(p, end_us, err);
	}
	return st;
}

enum weir_status weir_postgres_put_end(struct weir_postgres *p, struct weir_error *err)
{
	return PQputCopyEnd(p->db, NULL) < 0 ? weir_postgres_lost(p, err) : finish(p, NULL, err);
}

enum weir_status weir_postgres_get(struct weir_postgres *p, int64_t wait_us, struct weir_str *out,
				   struct weir_error *err)
{
	int64_t end_us = weir_clock_mono_us(p->clock) + wait_us;
	char *row = NULL;
	int n;

	while ((n = PQgetCopyData(p->db, &row, true)) == 0) {
		bool more = false;
		enum weir_status st = weir_postgres_wait_some(p, POLLIN, end_us, &more, err);
		if (st != WEIR_OK)
			return st;
		if (!more)
			return WEIR_AGAIN;
		if (!PQconsumeInput(p->db))
			return weir_postgres_lost(p, err);
	}
	if (n > 0) {
		*out = (struct weir_str){row, (size_t)n};
		return WEIR_OK;
	}
	if (n == -2)
		return weir_postgres_lost(p, err);
	enum weir_status st = finish(p, NULL, err);
	return st == WEIR_OK ? WEIR_END : st;
}

static void quote(struct weir_str text, char mark, struct weir_buf *out)
{
	weir_buf_add_char(out, mark);
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] == mark)
			weir_buf_add_char(out, mark);
		weir_buf_add_char(out, text.data[i]);
	}
	weir_buf_add_char(out, mark);
}

void weir_postgres_quote(struct weir_str name, struct weir_buf *out)
{
	quote(name, '"', out);
}

/* standard_conforming_strings is on in each of our connections. */
void weir_postgres_literal(struct weir_str text, struct weir_buf *out)
{
	quote(text, '\'', out);
}
