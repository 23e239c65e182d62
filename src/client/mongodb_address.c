/* The address of a MongoDB database or collection. */
#include "weir/client/mongodb.h"

#include "weir/client/secret.h"

#include <stdlib.h>

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "mongodb", "out of memory");
}

/* DATABASE/COLLECTION; dots belong to the name of a collection. */
static enum weir_status read_path(struct weir_mongodb *m, const struct weir_uri *uri, struct weir_error *err)
{
	const char *slash = strchr(uri->path, '/');
	struct weir_str database = {uri->path, slash ? (size_t)(slash - uri->path) : strlen(uri->path)};
	struct weir_buf name = {0};

	if (!uri->hosts || !database.size || (slash && !slash[1])) {
		weir_fail(err, WEIR_USAGE, "mongodb", "the address names no database");
		weir_error_hint(err, "write it as mongodb://HOST/DATABASE/COLLECTION");
		return WEIR_USAGE;
	}
	weir_buf_addf(&name, "%s/%s", uri->hosts, uri->path);
	m->name = name.failed ? NULL : weir_str_dup(weir_buf_str(&name));
	weir_buf_release(&name);
	m->database = weir_str_dup(database);
	if (slash)
		m->collection = weir_str_dup(weir_str_of(slash + 1));
	return m->name && m->database && (!slash || m->collection) ? WEIR_OK : out_of_memory(err);
}

static enum weir_status read_hosts(struct weir_mongodb *m, const struct weir_uri *uri, struct weir_error *err)
{
	struct weir_buf text = {0};
	bson_error_t e = {0};

	weir_buf_addf(&text, "mongodb://%s/", uri->hosts);
	if (!text.failed)
		m->uri = mongoc_uri_new_with_error(text.data, &e);
	bool failed = text.failed;
	weir_buf_release(&text);
	if (failed)
		return out_of_memory(err);
	return m->uri ? WEIR_OK : weir_fail(err, WEIR_USAGE, "mongodb", "%s is no host, or list of hosts", uri->hosts);
}

static enum weir_status read_login(struct weir_mongodb *m, const struct weir_uri *uri, struct weir_error *err)
{
	const char *source = weir_uri_param(uri, "authSource");
	char *secret = NULL;
	enum weir_status st = weir_secret_of(uri, &secret, err);

	if (st == WEIR_OK && secret && (!uri->user || !*uri->user))
		st = weir_fail(err, WEIR_USAGE, "mongodb", "the address has a password, and no user");
	if (st == WEIR_OK && uri->user &&
	    !(mongoc_uri_set_username(m->uri, uri->user) && mongoc_uri_set_password(m->uri, secret ? secret : "") &&
	      mongoc_uri_set_auth_source(m->uri, source ? source : "admin")))
		st = weir_fail(err, WEIR_USAGE, "mongodb", "user, password or authSource= is no text in UTF-8");
	weir_secret_free(secret);
	return st;
}

static enum weir_status read_tls(struct weir_mongodb *m, const struct weir_uri *uri, struct weir_error *err)
{
	const char *tls = weir_uri_param(uri, "tls"), *ca = weir_uri_param(uri, "ca");

	if (tls && strcmp(tls, "yes") != 0 && strcmp(tls, "no") != 0)
		return weir_fail(err, WEIR_USAGE, "mongodb", "tls=%s is neither yes nor no", tls);
	if (ca && !(m->ca = weir_str_dup(weir_str_of(ca))))
		return out_of_memory(err);
	if (tls && strcmp(tls, "yes") == 0)
		mongoc_uri_set_option_as_bool(m->uri, MONGOC_URI_TLS, true);
	return WEIR_OK;
}

/* Each call of ours is one try, whose end the connection heeds (mongodb_stream.c). */
static enum weir_status set_options(struct weir_mongodb *m, const struct weir_uri *uri, struct weir_error *err)
{
	const char *set = weir_uri_param(uri, "replicaSet");
	int32_t ms = m->timeout_us / 1000 < INT32_MAX ? (int32_t)(m->timeout_us / 1000) : INT32_MAX;

	ms = ms > 0 ? ms : 1;
	mongoc_uri_set_option_as_int32(m->uri, MONGOC_URI_CONNECTTIMEOUTMS, ms);
	mongoc_uri_set_option_as_int32(m->uri, MONGOC_URI_SOCKETTIMEOUTMS, ms);
	mongoc_uri_set_option_as_int32(m->uri, MONGOC_URI_SERVERSELECTIONTIMEOUTMS, ms);
	mongoc_uri_set_option_as_bool(m->uri, MONGOC_URI_RETRYREADS, false);
	mongoc_uri_set_option_as_bool(m->uri, MONGOC_URI_RETRYWRITES, false);
	mongoc_uri_set_appname(m->uri, "weir");
	if (set && !mongoc_uri_set_option_as_utf8(m->uri, MONGOC_URI_REPLICASET, set))
		return weir_fail(err, WEIR_USAGE, "mongodb", "replicaSet=%s is no name", set);
	return WEIR_OK;
}

enum weir_status weir_mongodb_init(struct weir_mongodb *m, const struct weir_uri *uri, const struct weir_clock *clock,
				   int64_t timeout_us, struct weir_error *err)
{
	*m = (struct weir_mongodb){.clock = clock, .timeout_us = timeout_us, .end_us = INT64_MAX};
	enum weir_status st = read_path(m, uri, err);
	if (st == WEIR_OK)
		st = read_hosts(m, uri, err);
	if (st == WEIR_OK)
		st = read_login(m, uri, err);
	if (st == WEIR_OK)
		st = read_tls(m, uri, err);
	return st == WEIR_OK ? set_options(m, uri, err) : st;
}

void weir_mongodb_release(struct weir_mongodb *m)
{
	weir_mongodb_drop(m);
	if (m->uri)
		mongoc_uri_destroy(m->uri);
	free(m->name);
	free(m->database);
	free(m->collection);
	free(m->ca);
	*m = (struct weir_mongodb){0};
}
