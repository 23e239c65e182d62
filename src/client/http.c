/* GET by libcurl's multi interface, whose waiting another thread can end. */
#include "weir/client/http.h"

#include "weir/base/memory.h"
#include "weir/client/curl.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST_REDIRECTS = 5, POLL_MS = 1000 };

struct weir_http {
	CURLM *multi;
	CURL *easy;
	struct curl_slist *headers;
	char text[CURL_ERROR_SIZE];
	struct weir_buf *body; /* of the request under way */
	size_t most_bytes;
	_Atomic bool cancelled;
};

static size_t take_body(char *bytes, size_t one, size_t n, void *http)
{
	struct weir_http *h = http;
	if (h->body->size + one * n > h->most_bytes)
		return 0; /* ends the request */
	weir_buf_add(h->body, bytes, one * n);
	return h->body->failed ? 0 : one * n;
}

static bool configure(struct weir_http *h, const struct weir_http_config *config)
{
	CURL *e = h->easy;
	char accept[200];
	snprintf(accept, sizeof accept, "Accept: %s", config->accept ? config->accept : "*/*");
	h->headers = curl_slist_append(NULL, accept);
	const struct weir_curl_tls tls = {config->ca, config->certificate, config->key};
	bool ok = h->headers && weir_curl_set_up(e, &tls, h->headers, h->text) &&
		  curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 1L) == CURLE_OK &&
		  curl_easy_setopt(e, CURLOPT_MAXREDIRS, (long)MOST_REDIRECTS) == CURLE_OK &&
		  curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)(config->timeout_us / 1000)) == CURLE_OK &&
		  curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
		  curl_easy_setopt(e, CURLOPT_WRITEDATA, h) == CURLE_OK;
	if (ok && config->user)
		ok = curl_easy_setopt(e, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC) == CURLE_OK;
	return ok && weir_curl_set_text(e, CURLOPT_USERNAME, config->user) &&
	       weir_curl_set_text(e, CURLOPT_PASSWORD, config->password);
}

enum weir_status weir_http_new(const struct weir_http_config *config, struct weir_http **out, struct weir_error *err)
{
	struct weir_http *h = weir_calloc(1, sizeof *h);
	*out = NULL;
	if (!h)
		return weir_fail(err, WEIR_NO_MEMORY, "http", "out of memory");
	h->most_bytes = config->most_bytes;
	bool ok = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK && (h->multi = curl_multi_init()) &&
		  (h->easy = curl_easy_init()) && configure(h, config);
	if (!ok) {
		weir_http_free(h);
		return weir_fail(err, WEIR_NO_MEMORY, "http", "libcurl could not be started");
	}
	*out = h;
	return WEIR_OK;
}

void weir_http_free(struct weir_http *h)
{
	if (!h)
		return;
	if (h->easy)
		curl_easy_cleanup(h->easy);
	if (h->multi)
		curl_multi_cleanup(h->multi);
	curl_slist_free_all(h->headers);
	free(h);
}

void weir_http_cancel(struct weir_http *h)
{
	h->cancelled = true;
	curl_multi_wakeup(h->multi);
}

/* Until the request is done; how it went. */
static CURLcode perform(struct weir_http *h)
{
	int running = 1, left;
	while (running && !h->cancelled) {
		if (curl_multi_perform(h->multi, &running) != CURLM_OK)
			return CURLE_OUT_OF_MEMORY;
		if (running && curl_multi_poll(h->multi, NULL, 0, POLL_MS, NULL) != CURLM_OK)
			return CURLE_OUT_OF_MEMORY;
	}
	const CURLMsg *m = curl_multi_info_read(h->multi, &left);
	return m && m->msg == CURLMSG_DONE ? m->data.result : CURLE_ABORTED_BY_CALLBACK;
}

static enum weir_status judge(const struct weir_http *h, CURLcode result, const struct weir_buf *body,
			      struct weir_error *err)
{
	const char *text = h->text[0] ? h->text : curl_easy_strerror(result);
	if (result == CURLE_OK)
		return WEIR_OK;
	if (h->cancelled)
		return weir_fail(err, WEIR_CANCELLED, "http", "interrupted");
	if (result == CURLE_OUT_OF_MEMORY || body->failed)
		return weir_fail(err, WEIR_NO_MEMORY, "http", "out of memory");
	if (result == CURLE_WRITE_ERROR)
		return weir_fail(err, WEIR_TOO_LARGE, "http", "the answer is longer than %zu bytes", h->most_bytes);
	if (result == CURLE_PEER_FAILED_VERIFICATION || result == CURLE_SSL_CERTPROBLEM ||
	    result == CURLE_SSL_CACERT_BADFILE || result == CURLE_SSL_CONNECT_ERROR)
		return weir_fail(err, WEIR_DENIED, "http", "%s", text);
	weir_fail(err, WEIR_UNREACHABLE, "http", "%s", text);
	if (err)
		err->retriable = true;
	return WEIR_UNREACHABLE;
}

enum weir_status weir_http_get(struct weir_http *h, const char *url, long *status, struct weir_buf *body,
			       struct weir_error *err)
{
	weir_buf_clear(body);
	h->body = body;
	h->text[0] = '\0';
	*status = 0;
	if (curl_easy_setopt(h->easy, CURLOPT_URL, url) != CURLE_OK ||
	    curl_multi_add_handle(h->multi, h->easy) != CURLM_OK)
		return weir_fail(err, WEIR_NO_MEMORY, "http", "out of memory");
	enum weir_status st = judge(h, perform(h), body, err);
	curl_easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, status);
	curl_multi_remove_handle(h->multi, h->easy);
	return st;
}
