/* Waiting for PostgreSQL, and its errors by their SQLSTATE. */
#include "postgres_wait.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

void weir_postgres_drop(struct weir_postgres *p)
{
	PQfinish(p->db);
	p->db = NULL;
}

enum weir_status weir_postgres_wait_some(struct weir_postgres *p, short events, int64_t end_us, bool *ready,
					 struct weir_error *err)
{
	struct pollfd fds[2] = {{.fd = PQsocket(p->db), .events = events},
				{.fd = p->wake ? p->wake->fd : -1, .events = POLLIN}};
	int64_t left_us = end_us - weir_clock_mono_us(p->clock);

	int n = poll(fds, 2, left_us > 0 ? (int)(left_us / 1000 + 1) : 0);
	*ready = n > 0 && fds[0].revents;
	if (n > 0 && !*ready && fds[1].revents) {
		weir_postgres_drop(p);
		return weir_fail(err, WEIR_CANCELLED, p->name, "interrupted");
	}
	return WEIR_OK;
}

enum weir_status weir_postgres_wait(struct weir_postgres *p, short events, int64_t end_us, struct weir_error *err)
{
	bool ready = false;
	enum weir_status st = weir_postgres_wait_some(p, events, end_us, &ready, err);

	if (st != WEIR_OK || ready || weir_clock_mono_us(p->clock) < end_us)
		return st; /* a signal is no answer: the caller asks again */
	char text[40];
	weir_format_duration_us(p->timeout_us, text);
	weir_postgres_drop(p);
	p->state[0] = '\0';
	weir_fail(err, WEIR_UNREACHABLE, p->name, "the server has not answered for %s", text);
	if (err)
		err->retriable = true;
	return WEIR_UNREACHABLE;
}

/* The first line, in `out`. libpq begins some with the server's name and address, which the error has anyway. */
static void first_line(const char *text, char out[200])
{
	const char *said = strstr(text, "failed: ");

	text = said ? said + 8 : text;
	size_t n = strcspn(text, "\n");
	snprintf(out, 200, "%.*s", (int)n, text);
}

enum weir_status weir_postgres_lost(struct weir_postgres *p, struct weir_error *err)
{
	char line[200];

	first_line(PQerrorMessage(p->db), line);
	weir_postgres_drop(p);
	p->state[0] = '\0';
	weir_fail(err, WEIR_UNREACHABLE, p->name, "the connection broke: %s", *line ? line : "no reason was given");
	if (err)
		err->retriable = true;
	return WEIR_UNREACHABLE;
}

/* What an SQLSTATE means: the longest beginning that fits counts. */
static const struct meaning {
	const char *state;
	enum weir_status status;
	bool retriable, over; /* may pass by itself; nothing is left of the session */
	const char *hint;
} meanings[] = {
    {"28", WEIR_DENIED, false, true, "give the user in the address, the password there or by password-file="},
    {"3D", WEIR_NOT_FOUND, false, true, "make the database first: createdb NAME"},
    {"42501", WEIR_DENIED, false, false, "the user needs rights there: GRANT"},
    {"42P01", WEIR_NOT_FOUND, false, false, NULL},
    {"42", WEIR_USAGE, false, false, NULL},
    {"25006", WEIR_DENIED, false, false, "the server is read-only: name the one that is written to"},
    {"22", WEIR_MALFORMED, false, false, NULL},
    {"54", WEIR_TOO_LARGE, false, false, NULL},
    {"08", WEIR_UNREACHABLE, true, true, NULL},
    {"40", WEIR_IO, true, false, NULL},
    {"53", WEIR_IO, true, false, NULL},
    {"55P03", WEIR_IO, true, false, "another session holds the table locked"},
    {"57014", WEIR_IO, true, false, NULL},
    {"57", WEIR_UNREACHABLE, true, true, NULL},
    {"58", WEIR_IO, true, false, NULL},
    {"", WEIR_IO, false, false, NULL},
};

static const struct meaning *meaning_of(const char *state)
{
	const struct meaning *m = meanings;

	while (strncmp(m->state, state, strlen(m->state)) != 0)
		m++;
	return m;
}

bool weir_postgres_state_is_over(const char *state)
{
	return meaning_of(state)->over;
}

static enum weir_status say(struct weir_postgres *p, const char *what, const char *detail, struct weir_error *err)
{
	const struct meaning *m = meaning_of(p->state);

	weir_fail(err, m->status, p->name, "%.250s%s%.120s", what, detail ? ": " : "", detail ? detail : "");
	if (m->hint)
		weir_error_hint(err, "%s", m->hint);
	if (err)
		err->retriable = m->retriable;
	return m->status;
}

enum weir_status weir_postgres_fail(struct weir_postgres *p, const PGresult *r, struct weir_error *err)
{
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE),
		   *what = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
	char line[200];

	snprintf(p->state, sizeof p->state, "%s", state ? state : "08000"); /* libpq's own errors have none */
	first_line(PQresultErrorMessage(r), line);
	return say(p, what ? what : line, PQresultErrorField(r, PG_DIAG_MESSAGE_DETAIL), err);
}

/* "FATAL:  28P01: password …", as PQERRORS_VERBOSE has it: the SQLSTATE, and what stands behind it. */
static const char *find_state(const char *text, char state[6])
{
	for (const char *at = text; (at = strstr(at, ":  ")) != NULL; at++) {
		size_t n = 0;
		while (n < 5 && (isdigit((unsigned char)at[3 + n]) || isupper((unsigned char)at[3 + n])))
			n++;
		if (n < 5 || strncmp(at + 8, ": ", 2) != 0)
			continue;
		snprintf(state, 6, "%.5s", at + 3);
		return at + 10;
	}
	return NULL;
}

enum weir_status weir_postgres_refused(struct weir_postgres *p, struct weir_error *err)
{
	const char *text = PQerrorMessage(p->db), *said = find_state(text, p->state);
	char line[200];
	enum weir_status st;

	first_line(said ? said : text, line);
	if (said) {
		st = say(p, line, NULL, err);
	} else if (strstr(text, "SSL") || strstr(text, "certificate")) {
		st = weir_fail(err, WEIR_DENIED, p->name, "%s", line);
		weir_error_hint(err, "sslrootcert= names the CA of the server; sslmode= says what is asked of it");
	} else {
		snprintf(p->state, sizeof p->state, "08000");
		st = say(p, line, NULL, err);
	}
	weir_postgres_drop(p);
	return st;
}
