/* A connection to MongoDB, its commands and its errors. */
#include "weir/client/mongodb.h"

#include "mongodb_stream.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define FAREWELL_US INT64_C(200000) /* the longest that saying goodbye to a server may take */

static void set_up_library(void)
{
	mongoc_init();
	mongoc_log_set_handler(NULL, NULL); /* nothing is printed but what we say */
}

static const struct meaning {
	int64_t code;
	enum weir_status status;
	bool retriable;
	const char *hint;
} meanings[] = {
    {13, WEIR_DENIED, false, "the user needs rights there: grant the role readWrite, or read"}, /* Unauthorized */
    {18, WEIR_DENIED, false, /* AuthenticationFailed */
     "give the user in the address, the password there or by password-file=; authSource= names the database that knows them"},
    {26, WEIR_NOT_FOUND, false, NULL},                                                       /* NamespaceNotFound */
    {6, WEIR_UNREACHABLE, true, NULL},                                                       /* HostUnreachable */
    {7, WEIR_UNREACHABLE, true, NULL},                                                       /* HostNotFound */
    {24, WEIR_IO, true, NULL},                                                               /* LockTimeout */
    {43, WEIR_IO, true, NULL},                                                               /* CursorNotFound */
    {50, WEIR_IO, true, NULL},                                                               /* MaxTimeMSExpired */
    {64, WEIR_IO, true, "the majority of the replica set does not confirm what is written"}, /* WriteConcernFailed */
    {89, WEIR_UNREACHABLE, true, NULL},                                                      /* NetworkTimeout */
    {91, WEIR_UNREACHABLE, true, NULL},                                                      /* ShutdownInProgress */
    {100, WEIR_IO, true, NULL},          /* UnsatisfiableWriteConcern */
    {112, WEIR_IO, true, NULL},          /* WriteConflict */
    {175, WEIR_IO, true, NULL},          /* QueryPlanKilled */
    {189, WEIR_UNREACHABLE, true, NULL}, /* PrimarySteppedDown */
    {237, WEIR_IO, true, NULL},          /* CursorKilled */
    {262, WEIR_IO, true, NULL},          /* ExceededTimeLimit */
    {286, WEIR_NOT_FOUND, false,
     "the server no longer has what came then: read the collection from its beginning"}, /* ChangeStreamHistoryLost */
    {9001, WEIR_UNREACHABLE, true, NULL},                                                /* SocketException */
    {10107, WEIR_UNREACHABLE, true, "replicaSet= finds the one that is written to"},     /* NotWritablePrimary */
    {11600, WEIR_UNREACHABLE, true, NULL},                                               /* InterruptedAtShutdown */
    {11602, WEIR_UNREACHABLE, true, NULL}, /* InterruptedDueToReplStateChange */
    {13435, WEIR_UNREACHABLE, true, "replicaSet= finds the one that is written to"}, /* NotPrimaryNoSecondaryOk */
    {13436, WEIR_UNREACHABLE, true, NULL},                                           /* NotPrimaryOrSecondary */
    {14031, WEIR_IO, true, "make room on the server's disk"},                        /* OutOfDiskSpace */
    {0, WEIR_IO, false, NULL},
};

static const struct meaning *meaning_of(int64_t code)
{
	const struct meaning *k = meanings;

	while (k->code && k->code != code)
		k++;
	return k;
}

bool weir_mongodb_is_retriable(int64_t code)
{
	return meaning_of(code)->retriable;
}

void weir_mongodb_begin(struct weir_mongodb *m)
{
	m->begun_us = weir_clock_mono_us(m->clock);
	m->end_us = m->begun_us + m->timeout_us;
	m->cancelled = false;
	m->trouble[0] = '\0';
}

static void drop(struct weir_mongodb *m, int64_t within_us)
{
	if (!m->client)
		return;
	/* What libmongoc says to the server while it goes is no reason to wait. */
	struct weir_wake *wake = m->wake;
	m->end_us = weir_clock_mono_us(m->clock) + within_us;
	m->wake = NULL;
	if (m->session)
		mongoc_client_session_destroy(m->session);
	mongoc_client_destroy(m->client);
	m->wake = wake;
	m->session = NULL;
	m->client = NULL;
}

void weir_mongodb_drop(struct weir_mongodb *m)
{
	drop(m, FAREWELL_US);
}

static enum weir_status lost(struct weir_mongodb *m, const char *text, struct weir_error *err)
{
	weir_fail(err, WEIR_UNREACHABLE, m->name, "%.200s", text);
	if (err)
		err->retriable = true;
	return WEIR_UNREACHABLE;
}

enum weir_status weir_mongodb_fail(struct weir_mongodb *m, const bson_error_t *e, struct weir_error *err)
{
	bool login = e->domain == MONGOC_ERROR_CLIENT && e->code == MONGOC_ERROR_CLIENT_AUTHENTICATE;
	bool server = e->domain == MONGOC_ERROR_SERVER || e->domain == MONGOC_ERROR_WRITE_CONCERN;
	const struct meaning *k = meaning_of(login ? 18 : server ? (int64_t)e->code : 0);
	enum weir_status st = k->status;
	bool gone = true;

	if (m->cancelled)
		st = weir_fail(err, WEIR_CANCELLED, m->name, "interrupted");
	else if (m->trouble[0])
		st = lost(m, m->trouble, err);
	else if (e->domain == MONGOC_ERROR_STREAM || e->domain == MONGOC_ERROR_SERVER_SELECTION)
		st = lost(m, e->message, err);
	else {
		weir_fail(err, st, m->name, "%.300s", e->message);
		if (k->hint)
			weir_error_hint(err, "%s", k->hint);
		if (err)
			err->retriable = k->retriable;
		gone = k->retriable || login;
	}
	if (gone)
		drop(m, 0);
	return st;
}

enum weir_status weir_mongodb_run(struct weir_mongodb *m, const bson_t *command, bson_t *reply, int64_t *code,
				  struct weir_error *err)
{
	bson_error_t e = {0};
	bson_t options = BSON_INITIALIZER;

	weir_mongodb_begin(m);
	if (code)
		*code = 0;
	bool good = !m->session || mongoc_client_session_append(m->session, &options, &e);
	if (good)
		good = mongoc_client_command_with_opts(m->client, m->database, command, NULL, &options, reply, &e);
	else
		bson_init(reply);
	bson_destroy(&options);
	if (!good && code && e.domain == MONGOC_ERROR_SERVER)
		*code = e.code;
	return good ? WEIR_OK : weir_mongodb_fail(m, &e, err);
}

enum weir_status weir_mongodb_connect(struct weir_mongodb *m, bool *fresh, struct weir_error *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	bson_t ping = BSON_INITIALIZER, reply;

	*fresh = false;
	if (m->client)
		return WEIR_OK;
	pthread_once(&once, set_up_library);
	if (!(m->client = mongoc_client_new_from_uri(m->uri)))
		return weir_fail(err, WEIR_INTERNAL, m->name, "libmongoc does not take the address");
	mongoc_client_set_error_api(m->client, MONGOC_ERROR_API_VERSION_2);
	mongoc_client_set_stream_initiator(m->client, weir_mongodb_stream_open, m);
	BSON_APPEND_INT32(&ping, "ping", 1);
	enum weir_status st = weir_mongodb_run(m, &ping, &reply, NULL, err);
	bson_destroy(&ping);
	bson_destroy(&reply);
	if (st != WEIR_OK) {
		drop(m, 0); /* or the next call would take it for one that is there */
		return st;
	}
	/* Cursors belong to a session, where the server has them. */
	m->session = mongoc_client_start_session(m->client, NULL, NULL);
	*fresh = true;
	return WEIR_OK;
}
