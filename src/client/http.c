/* Requests by libcurl's multi interface, whose waiting another thread can end. */
#include "weir/client/http.h"

#include "weir/base/memory.h"
#include "weir/client/curl.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST_REDIRECTS = 5, POLL_US = 1000000, CONNECT_MS = 10000 };

struct weir_http {
	CURLM *multi;
	CURL *easy;
	struct curl_slist *headers, *post_headers;
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

static bool add_header(struct curl_slist **list, const char *line)
{
	struct curl_slist *more = curl_slist_append(*list, line);

	if (more)
		*list = more;
	return more != NULL;
}

/* What is sent is not announced beforehand (Expect): a server that does not know that is waited for in vain. */
static bool make_headers(struct weir_http *h, const struct weir_http_config *config)
{
	char accept[200], type[200];

	snprintf(accept, sizeof accept, "Accept: %s", config->accept ? config->accept : "*/*");
	snprintf(type, sizeof type, "Content-Type: %s", config->type ? config->type : "application/octet-stream");
	return add_header(&h->headers, accept) && add_header(&h->post_headers, accept) &&
	       add_header(&h->post_headers, type) && add_header(&h->post_headers, "Expect:");
}

static bool configure(struct weir_http *h, const struct weir_http_config *config)
{
	CURL *e = h->easy;
	const struct weir_curl_tls tls = {config->ca, config->certificate, config->key};
	bool ok = make_headers(h, config) && weir_curl_set_up(e, &tls, h->headers, h->text) &&
		  curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 1L) == CURLE_OK &&
		  curl_easy_setopt(e, CURLOPT_MAXREDIRS, (long)MOST_REDIRECTS) == CURLE_OK &&
		  curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS) == CURLE_OK &&
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
	curl_slist_free_all(h->post_headers);
	free(h);
}

void weir_http_cancel(struct weir_http *h)
{
	h->cancelled = true;
	curl_multi_wakeup(h->multi);
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

static bool choose_method(struct weir_http *h, const struct weir_str *sent)
{
	CURL *e = h->easy;

	if (!sent)
		return curl_easy_setopt(e, CURLOPT_HTTPGET, 1L) == CURLE_OK &&
		       curl_easy_setopt(e, CURLOPT_HTTPHEADER, h->headers) == CURLE_OK;
	return curl_easy_setopt(e, CURLOPT_POST, 1L) == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)sent->size) == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_POSTFIELDS, sent->size ? sent->data : "") == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_HTTPHEADER, h->post_headers) == CURLE_OK;
}

enum weir_status weir_http_begin(struct weir_http *h, const char *url, const struct weir_str *sent,
				 struct weir_buf *body, struct weir_error *err)
{
	int running;

	weir_buf_clear(body);
	h->body = body;
	h->text[0] = '\0';
	if (!choose_method(h, sent) || curl_easy_setopt(h->easy, CURLOPT_URL, url) != CURLE_OK ||
	    curl_multi_add_handle(h->multi, h->easy) != CURLM_OK)
		return weir_fail(err, WEIR_NO_MEMORY, "http", "out of memory");
	curl_multi_perform(h->multi, &running); /* it goes out now; what comes of it, the next step sees */
	return WEIR_OK;
}

enum weir_status weir_http_step(struct weir_http *h, int64_t timeout_us, long *status, struct weir_error *err)
{
	CURLcode result = CURLE_ABORTED_BY_CALLBACK; /* unless libcurl says otherwise */
	int running = 1, left;

	*status = 0;
	bool works = curl_multi_perform(h->multi, &running) == CURLM_OK;
	if (works && running && !h->cancelled)
		works = curl_multi_poll(h->multi, NULL, 0, (int)(timeout_us / 1000), NULL) == CURLM_OK &&
			curl_multi_perform(h->multi, &running) == CURLM_OK;
	if (works && running && !h->cancelled)
		return WEIR_AGAIN;
	const CURLMsg *m = works ? curl_multi_info_read(h->multi, &left) : NULL;
	if (m && m->msg == CURLMSG_DONE)
		result = m->data.result;
	enum weir_status st = judge(h, works ? result : CURLE_OUT_OF_MEMORY, h->body, err);
	curl_easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, status);
	curl_multi_remove_handle(h->multi, h->easy);
	return st;
}

void weir_http_wake(struct weir_http *h)
{
	curl_multi_wakeup(h->multi);
}

static enum weir_status ask(struct weir_http *h, const char *url, const struct weir_str *sent, long *status,
			    struct weir_buf *body, struct weir_error *err)
{
	enum weir_status st = weir_http_begin(h, url, sent, body, err);

	*status = 0;
	if (st != WEIR_OK)
		return st;
	while ((st = weir_http_step(h, POLL_US, status, err)) == WEIR_AGAIN)
		;
	return st;
}

enum weir_status weir_http_get(struct weir_http *h, const char *url, long *status, struct weir_buf *body,
			       struct weir_error *err)
{
	return ask(h, url, NULL, status, body, err);
}

enum weir_status weir_http_post(struct weir_http *h, const char *url, struct weir_str sent, long *status,
				struct weir_buf *body, struct weir_error *err)
{
	return ask(h, url, &sent, status, body, err);
}
