/* The registry that the parameters of an address name. */
#include "config.h"

#include "weir/base/memory.h"
#include "weir/client/registry.h"
#include "weir/client/secret.h"

#include <stdio.h>
#include <stdlib.h>
#ifdef WEIR_WITH_CURL
#include "weir/client/http.h"
#endif

const char *weir_registry_absent(void)
{
#ifdef WEIR_WITH_CURL
	return NULL;
#else
	return "this weir was built without libcurl";
#endif
}

enum {
	PATIENCE_US = 10000000,
	FIRST_PAUSE_US = 100000,
	LONGEST_PAUSE_US = 5000000,
	MOST_ANSWER_BYTES = 16 << 20,
};

#ifdef WEIR_WITH_CURL
struct web {
	struct weir_http *http;
	char *base; /* without a slash at its end */
};

static enum weir_status web_get(void *ctx, const char *path, long *status, struct weir_buf *body,
				struct weir_error *err)
{
	const struct web *w = ctx;
	struct weir_buf url = {0};
	weir_buf_addf(&url, "%s%s", w->base, path);
	enum weir_status st = url.failed ? weir_fail(err, WEIR_NO_MEMORY, "registry", "out of memory")
					 : weir_http_get(w->http, url.data, status, body, err);
	weir_buf_release(&url);
	return st;
}

static enum weir_status web_post(void *ctx, const char *path, struct weir_str sent, long *status, struct weir_buf *body,
				 struct weir_error *err)
{
	const struct web *w = ctx;
	struct weir_buf url = {0};
	weir_buf_addf(&url, "%s%s", w->base, path);
	enum weir_status st = url.failed ? weir_fail(err, WEIR_NO_MEMORY, "registry", "out of memory")
					 : weir_http_post(w->http, url.data, sent, status, body, err);
	weir_buf_release(&url);
	return st;
}

static void web_cancel(void *ctx)
{
	weir_http_cancel(((const struct web *)ctx)->http);
}

static void web_close(void *ctx)
{
	struct web *w = ctx;
	weir_http_free(w->http);
	free(w->base);
	free(w);
}

/* A user or password in it would be shown with it. */
static enum weir_status check_url(const char *url, struct weir_error *err)
{
	bool web = strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0;
	const char *host = web ? strstr(url, "://") + 3 : url;
	if (web && *host && !strpbrk(host, "@?# "))
		return WEIR_OK;
	if (web && strchr(host, '@')) {
		weir_fail(err, WEIR_USAGE, "registry", "registry= takes no user and no password");
		weir_error_hint(err, "registry-user= and registry-password-file=FILE, or registry-password=${NAME}");
	} else {
		weir_fail(err, WEIR_USAGE, "registry",
			  "registry= is no address of the form http://HOST[:PORT] or https://…");
	}
	return WEIR_USAGE;
}

static enum weir_status password_of(const struct weir_uri *uri, char **out, struct weir_error *err)
{
	const char *given = weir_uri_param(uri, "registry-password"),
		   *file = weir_uri_param(uri, "registry-password-file");
	*out = NULL;
	if ((given || file) && !weir_uri_param(uri, "registry-user"))
		return weir_fail(err, WEIR_USAGE, "registry", "a password, but no registry-user=");
	return weir_secret_from(given, file, out, err);
}

static enum weir_status open_web(const struct weir_uri *uri, const char *url, int64_t patience_us,
				 struct weir_registry_door *door, struct weir_error *err)
{
	char *password = NULL;
	struct web *w = NULL;
	enum weir_status st = password_of(uri, &password, err);
	struct weir_http_config config = {
	    .accept = "application/vnd.schemaregistry.v1+json, application/vnd.schemaregistry+json, application/json",
	    .type = "application/vnd.schemaregistry.v1+json",
	    .user = weir_uri_param(uri, "registry-user"),
	    .password = password,
	    .ca = weir_uri_param(uri, "registry-ca"),
	    .certificate = weir_uri_param(uri, "registry-cert"),
	    .key = weir_uri_param(uri, "registry-key"),
	    .timeout_us = patience_us,
	    .most_bytes = MOST_ANSWER_BYTES,
	};
	if (st == WEIR_OK && (!(w = weir_calloc(1, sizeof *w)) || !(w->base = weir_str_dup(weir_str_of(url)))))
		st = weir_fail(err, WEIR_NO_MEMORY, "registry", "out of memory");
	if (st == WEIR_OK)
		st = weir_http_new(&config, &w->http, err);
	weir_secret_free(password);
	if (st != WEIR_OK) {
		if (w)
			web_close(w);
		return st;
	}
	for (size_t n = strlen(w->base); n && w->base[n - 1] == '/'; n--)
		w->base[n - 1] = '\0';
	*door = (struct weir_registry_door){web_get, web_post, web_cancel, web_close, w};
	return WEIR_OK;
}
#endif

/* Any other parameter of a registry without one is a slip. */
static enum weir_status check_alone(const struct weir_uri *uri, struct weir_error *err)
{
	for (size_t i = 0; i < uri->n_params; i++)
		if (strncmp(uri->params[i].name, "registry-", 9) == 0)
			return weir_fail(err, WEIR_USAGE, "registry", "%s= but no registry=URL", uri->params[i].name);
	return WEIR_OK;
}

/* ---- nobody to ask ---- */

static enum weir_status offline_get(void *ctx, const char *path, long *status, struct weir_buf *body,
				    struct weir_error *err)
{
	(void)ctx, (void)path, (void)status, (void)body;
	return weir_fail(err, WEIR_NOT_FOUND, "registry",
			 "the capture does not keep it: registry=URL in the address names a registry that has it");
}

static void offline_nothing(void *ctx)
{
	(void)ctx;
}

enum weir_status weir_registry_open_offline(const struct weir_clock *clock, struct weir_log *log,
					    struct weir_registry **out, struct weir_error *err)
{
	const struct weir_registry_config config = {"capture",        PATIENCE_US, FIRST_PAUSE_US,
						    LONGEST_PAUSE_US, clock,       log};
	const struct weir_registry_door door = {offline_get, NULL, offline_nothing, offline_nothing, NULL};

	return weir_registry_new(&config, door, out, err);
}

static enum weir_status open_door(const struct weir_uri *uri, struct weir_registry_door *door, int64_t *patience_us,
				  struct weir_error *err)
{
	const char *url = weir_uri_param(uri, "registry");
	*door = (struct weir_registry_door){0};
	*patience_us = PATIENCE_US;
	if (!url)
		return check_alone(uri, err);
#ifdef WEIR_WITH_CURL
	const char *timeout = weir_uri_param(uri, "registry-timeout");
	if (timeout && (!weir_parse_duration_us(weir_str_of(timeout), patience_us) || *patience_us < 1000))
		return weir_fail(err, WEIR_USAGE, "registry-timeout", "\"%.40s\" is no duration such as 10s", timeout);
	enum weir_status st = check_url(url, err);
	return st == WEIR_OK ? open_web(uri, url, *patience_us, door, err) : st;
#else
	weir_fail(err, WEIR_UNSUPPORTED, "registry", "a schema registry cannot be asked: %s", weir_registry_absent());
	return WEIR_UNSUPPORTED;
#endif
}

enum weir_status weir_registry_open_door(const struct weir_uri *uri, struct weir_registry_door *out,
					 struct weir_error *err)
{
	int64_t patience_us;

	return open_door(uri, out, &patience_us, err);
}

enum weir_status weir_registry_open(const struct weir_uri *uri, const struct weir_clock *clock, struct weir_log *log,
				    struct weir_registry **out, struct weir_error *err)
{
	struct weir_registry_door door;
	int64_t patience_us;
	enum weir_status st = open_door(uri, &door, &patience_us, err);

	*out = NULL;
	if (st != WEIR_OK || !door.get)
		return st;
	const struct weir_registry_config config = {
	    weir_uri_param(uri, "registry"), patience_us, FIRST_PAUSE_US, LONGEST_PAUSE_US, clock, log};
	return weir_registry_new(&config, door, out, err);
}
