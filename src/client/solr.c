/* A Solr collection: its address, and what its answers mean. */
#include "weir/client/solr.h"

#include "weir/client/secret.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST_ANSWER_BYTES = 512 << 20 };

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "solr", "out of memory");
}

/* What Solr itself allows in the name of a collection, and slashes before it. */
static bool is_path(const char *path)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/";
	size_t size = strlen(path);

	return size && strspn(path, allowed) == size && path[0] != '/' && path[size - 1] != '/';
}

static enum weir_status check_address(const struct weir_uri *uri, bool *tls, struct weir_error *err)
{
	const char *text = weir_uri_param(uri, "tls");

	if (!uri->hosts || strchr(uri->hosts, ',') || !is_path(uri->path)) {
		weir_fail(err, WEIR_USAGE, "solr", "the address names no collection of one server");
		weir_error_hint(err, "write it as solr://HOST:PORT/COLLECTION");
		return WEIR_USAGE;
	}
	if (uri->user && weir_uri_param(uri, "user"))
		return weir_fail(err, WEIR_USAGE, "solr", "the address has a user, and user= as well");
	if (text && strcmp(text, "yes") != 0 && strcmp(text, "no") != 0)
		return weir_fail(err, WEIR_USAGE, "solr", "tls=%s is neither yes nor no", text);
	*tls = text && strcmp(text, "yes") == 0;
	return WEIR_OK;
}

static bool make_names(struct weir_solr *s, const struct weir_uri *uri, bool tls)
{
	const char *slash = strrchr(uri->path, '/');
	struct weir_buf text = {0};
	/* A port stands behind the last colon, but not within the brackets of an IPv6 address. */
	const char *colon = strrchr(uri->hosts, ':'), *bracket = strrchr(uri->hosts, ']');
	bool has_port = colon && (!bracket || colon > bracket);

	weir_buf_addf(&text, "%s://%s%s/%s%s", tls ? "https" : "http", uri->hosts, has_port ? "" : ":8983",
		      slash ? "" : "solr/", uri->path);
	s->base = text.failed ? NULL : weir_str_dup(weir_buf_str(&text));
	weir_buf_clear(&text);
	weir_buf_addf(&text, "%s/%s", uri->hosts, slash ? slash + 1 : uri->path);
	s->name = text.failed ? NULL : weir_str_dup(weir_buf_str(&text));
	weir_buf_release(&text);
	return s->base && s->name;
}

enum weir_status weir_solr_open(const struct weir_uri *uri, int64_t timeout_us, struct weir_solr *out,
				struct weir_error *err)
{
	bool tls = false;
	char *password = NULL;

	*out = (struct weir_solr){0};
	enum weir_status st = check_address(uri, &tls, err);
	if (st == WEIR_OK)
		st = weir_secret_of(uri, &password, err);
	const char *user = uri->user ? uri->user : weir_uri_param(uri, "user");
	if (st == WEIR_OK && password && (!user || !*user))
		st = weir_fail(err, WEIR_USAGE, "solr", "the address has a password, and no user");
	const struct weir_http_config config = {.accept = "application/json",
						.type = "application/json",
						.user = user,
						.password = password,
						.ca = weir_uri_param(uri, "ca"),
						.timeout_us = timeout_us,
						.most_bytes = MOST_ANSWER_BYTES};
	if (st == WEIR_OK && !make_names(out, uri, tls))
		st = out_of_memory(err);
	if (st == WEIR_OK)
		st = weir_http_new(&config, &out->http, err);
	weir_secret_free(password);
	if (st != WEIR_OK)
		weir_solr_close(out);
	return st;
}

void weir_solr_close(struct weir_solr *s)
{
	weir_http_free(s->http);
	free(s->base);
	free(s->name);
	weir_buf_release(&s->url);
	weir_buf_release(&s->answer);
	*s = (struct weir_solr){0};
}

void weir_solr_escape(struct weir_str text, struct weir_buf *url)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-*:";

	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] && strchr(plain, text.data[i]))
			weir_buf_add_char(url, text.data[i]);
		else
			weir_buf_addf(url, "%%%02X", (unsigned char)text.data[i]);
}

/* An answer that is no success. `json`: what it says, or NULL. */
static enum weir_status refused(const struct weir_solr *s, long status, const json_t *json, struct weir_error *err)
{
	const json_t *error = json_object_get(json, "error");
	const char *text = json_string_value(json_object_get(error, "msg"));
	bool later = status >= 500 || status == 408 || status == 429;

	text = text ? text : json_string_value(json_object_get(error, "trace"));
	if (status == 401 || status == 403) {
		weir_fail(err, WEIR_DENIED, s->name,
			  status == 401 ? "the server wants another user or password" : "the user may not do that");
		weir_error_hint(err, "write the user before the host, and name the password with password-file=");
	} else if (status == 404) {
		weir_fail(err, WEIR_NOT_FOUND, s->name, "the server has no such collection");
		weir_error_hint(err, "make it there first: bin/solr create -c NAME");
		later = s->met;
	} else if (status == 413) {
		weir_fail(err, WEIR_TOO_LARGE, s->name, "the server takes no request as long as this");
	} else {
		weir_fail(err, later ? WEIR_UNREACHABLE : WEIR_MALFORMED, s->name, "%s%.300s",
			  text ? "" : "the server answers with status ", text ? text : "");
		if (!text && err)
			snprintf(err->what + strlen(err->what), sizeof err->what - strlen(err->what), "%ld", status);
	}
	if (err)
		err->retriable = later;
	return err ? err->code : WEIR_IO;
}

/* What came of a request that is over. */
static enum weir_status judge(struct weir_solr *s, enum weir_status st, long status, json_t **answer,
			      struct weir_error *err)
{
	struct weir_error local = {0}, *e = err ? err : &local;
	json_error_t where;

	if (st != WEIR_OK) {
		snprintf(e->origin, sizeof e->origin, "%.47s", s->name);
		return st;
	}
	json_t *json = json_loadb(s->answer.data ? s->answer.data : "", s->answer.size, JSON_ALLOW_NUL, &where);
	if (status == 200 && json_is_object(json)) {
		s->met = true;
		*answer = json;
		return WEIR_OK;
	}
	if (status == 200)
		st = weir_fail(e, WEIR_IO, s->name, "the answer is no JSON: %.100s", where.text);
	else
		st = refused(s, status, json, e);
	json_decref(json);
	return st;
}

static enum weir_status set_url(struct weir_solr *s, const char *path, struct weir_error *err)
{
	weir_buf_clear(&s->url);
	weir_buf_addf(&s->url, "%s%s", s->base, path);
	return s->url.failed ? out_of_memory(err) : WEIR_OK;
}

enum weir_status weir_solr_begin(struct weir_solr *s, const char *path, const struct weir_str *sent,
				 struct weir_error *err)
{
	enum weir_status st = set_url(s, path, err);

	return st == WEIR_OK ? weir_http_begin(s->http, s->url.data, sent, &s->answer, err) : st;
}

enum weir_status weir_solr_step(struct weir_solr *s, int64_t timeout_us, json_t **answer, struct weir_error *err)
{
	long status = 0;
	enum weir_status st = weir_http_step(s->http, timeout_us, &status, err);

	*answer = NULL;
	return st == WEIR_AGAIN ? st : judge(s, st, status, answer, err);
}

enum weir_status weir_solr_ask(struct weir_solr *s, const char *path, const struct weir_str *sent, json_t **answer,
			       struct weir_error *err)
{
	long status = 0;
	enum weir_status st = set_url(s, path, err);

	*answer = NULL;
	if (st == WEIR_OK && sent)
		st = weir_http_post(s->http, s->url.data, *sent, &status, &s->answer, err);
	else if (st == WEIR_OK)
		st = weir_http_get(s->http, s->url.data, &status, &s->answer, err);
	return judge(s, st, status, answer, err);
}
