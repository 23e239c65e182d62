/* Signed requests, and what their answers mean. */
#include "kinesis.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	CONNECT_MS = 5000,
	TIMEOUT_MS = 30000,
	ABORT_LOOK_MS = 200,
	MOST_TEXT_BYTES = 200,
	MOST_BODY_BYTES = 64 << 20, /* GetRecords answers with 10 MB at most, which base64 makes longer */
};

static size_t take_body(char *bytes, size_t one, size_t n, void *call)
{
	struct kinesis_call *c = call;

	if (c->body.size + one * n > MOST_BODY_BYTES)
		return 0;
	weir_buf_add(&c->body, bytes, one * n);
	return c->body.failed ? 0 : one * n;
}

static bool add_header(struct kinesis_call *c, const char *name, const char *value)
{
	struct weir_buf line = {0};

	weir_buf_addf(&line, "%s: %s", name, value);
	struct curl_slist *more = line.failed ? NULL : curl_slist_append(c->headers, line.data);
	if (line.data)
		explicit_bzero(line.data, line.size);
	weir_buf_release(&line);
	if (more)
		c->headers = more;
	return more != NULL;
}

/* libcurl copies what it is given. */
static bool sign(struct kinesis *k, struct kinesis_call *c)
{
	const struct kinesis_login *l = &k->login;

	pthread_mutex_lock(&k->login_lock);
	bool good = (!l->token || add_header(c, "X-Amz-Security-Token", l->token)) &&
		    weir_curl_set_text(c->easy, CURLOPT_AWS_SIGV4, k->sigv4) &&
		    weir_curl_set_text(c->easy, CURLOPT_USERNAME, l->key) &&
		    weir_curl_set_text(c->easy, CURLOPT_PASSWORD, l->secret);
	pthread_mutex_unlock(&k->login_lock);
	return good;
}

static bool set_up(struct kinesis *k, struct kinesis_call *c, const char *action)
{
	char target[80];
	const struct weir_curl_tls tls = {.ca = k->ca};
	CURL *e = c->easy;

	snprintf(target, sizeof target, "Kinesis_20131202.%s", action);
	/* No empty Expect: here: libcurl 7.88 signs that header and does not send it. */
	return add_header(c, "X-Amz-Target", target) && add_header(c, "Content-Type", "application/x-amz-json-1.1") &&
	       sign(k, c) && weir_curl_set_up(e, &tls, c->headers, c->text) &&
	       weir_curl_set_text(e, CURLOPT_URL, k->endpoint) &&
	       curl_easy_setopt(e, CURLOPT_POSTFIELDS, c->request) == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS) == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)TIMEOUT_MS) == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_WRITEDATA, c) == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_PRIVATE, c) == CURLE_OK;
}

void kinesis_call_release(struct kinesis_call *c)
{
	if (c->easy)
		curl_easy_cleanup(c->easy);
	curl_slist_free_all(c->headers);
	free(c->request);
	weir_buf_release(&c->body);
	c->easy = NULL;
	c->headers = NULL;
	c->request = NULL;
}

bool kinesis_call_prepare(struct kinesis *k, struct kinesis_call *c, const char *action, char *request)
{
	c->request = request;
	c->text[0] = 0;
	c->easy = request ? curl_easy_init() : NULL;
	if (c->easy && set_up(k, c, action))
		return true;
	kinesis_call_release(c);
	return false;
}

CURLcode kinesis_perform(struct kinesis *k, CURL *easy)
{
	CURLM *multi = curl_multi_init();
	CURLcode result = CURLE_ABORTED_BY_CALLBACK;
	int running = 1, left;
	const CURLMsg *m;

	if (!multi || curl_multi_add_handle(multi, easy) != CURLM_OK) {
		if (multi)
			curl_multi_cleanup(multi);
		return CURLE_OUT_OF_MEMORY;
	}
	while (running && !atomic_load(&k->p.closing) && curl_multi_perform(multi, &running) == CURLM_OK && running)
		curl_multi_poll(multi, NULL, 0, ABORT_LOOK_MS, NULL);
	while ((m = curl_multi_info_read(multi, &left)))
		if (m->msg == CURLMSG_DONE)
			result = m->data.result;
	curl_multi_remove_handle(multi, easy);
	curl_multi_cleanup(multi);
	return result;
}

static bool has_part(CURLU *u, CURLUPart part)
{
	char *text = NULL;
	bool has = curl_url_get(u, part, &text, 0) == CURLUE_OK && text && *text;

	curl_free(text);
	return has;
}

bool kinesis_url_read(const char *text, struct kinesis_url *out)
{
	CURLU *u = curl_url();
	char *scheme = NULL;

	*out = (struct kinesis_url){0};
	bool good = u && curl_url_set(u, CURLUPART_URL, text, 0) == CURLUE_OK &&
		    curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
		    curl_url_get(u, CURLUPART_HOST, &out->host, 0) == CURLUE_OK && *out->host;
	if (good) {
		out->encrypted = strcmp(scheme, "https") == 0;
		out->bare =
		    !has_part(u, CURLUPART_USER) && !has_part(u, CURLUPART_QUERY) && !has_part(u, CURLUPART_FRAGMENT);
		good = out->encrypted || strcmp(scheme, "http") == 0;
	}
	if (!good) {
		curl_free(out->host);
		out->host = NULL;
	}
	curl_free(scheme);
	if (u)
		curl_url_cleanup(u);
	return good;
}

static bool ends_in(const char *text, const char *end)
{
	size_t size = text ? strlen(text) : 0, n = strlen(end);

	return size >= n && strcmp(text + size - n, end) == 0;
}

/* Credentials that a role gave have ended: new ones are asked for, and the request made again. */
static bool has_ended(struct kinesis *k, const char *type, struct weir_error *err)
{
	if (k->role.kind == KINESIS_NO_ROLE || strcmp(type, "ExpiredTokenException") != 0)
		return false;
	err->code = WEIR_UNREACHABLE;
	atomic_store(&k->login_ended, true);
	weir_wake_signal(&k->p.finder_wake);
	return true;
}

/* An error of the service: "__type" names it. */
static enum kinesis_fault refused(struct kinesis *k, long status, const json_t *answer, struct weir_error *err)
{
	static const struct {
		const char *type;
		enum kinesis_fault fault;
		enum weir_status code;
	} known[] = {
	    {"ProvisionedThroughputExceededException", KINESIS_THROTTLED, WEIR_UNREACHABLE},
	    {"LimitExceededException", KINESIS_THROTTLED, WEIR_UNREACHABLE},
	    {"KMSThrottlingException", KINESIS_THROTTLED, WEIR_UNREACHABLE},
	    {"ThrottlingException", KINESIS_THROTTLED, WEIR_UNREACHABLE},
	    {"ExpiredIteratorException", KINESIS_EXPIRED, WEIR_UNREACHABLE},
	    {"ResourceNotFoundException", KINESIS_REFUSED, WEIR_NOT_FOUND},
	    {"AccessDeniedException", KINESIS_REFUSED, WEIR_DENIED},
	    {"UnrecognizedClientException", KINESIS_REFUSED, WEIR_DENIED},
	    {"InvalidSignatureException", KINESIS_REFUSED, WEIR_DENIED},
	    {"SignatureDoesNotMatch", KINESIS_REFUSED, WEIR_DENIED},
	    {"ExpiredTokenException", KINESIS_REFUSED, WEIR_DENIED},
	    {"MissingAuthenticationTokenException", KINESIS_REFUSED, WEIR_DENIED},
	};
	const char *type = json_string_value(json_object_get(answer, "__type")),
		   *text = json_string_value(json_object_get(answer, "message"));

	text = text ? text : json_string_value(json_object_get(answer, "Message"));
	text = text ? text : "";
	int size = (int)strcspn(text, "\r\n"); /* below may stand what was signed, with the token */
	size = size > MOST_TEXT_BYTES ? MOST_TEXT_BYTES : size;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (ends_in(type, known[i].type)) {
			weir_fail(err, known[i].code, k->p.address, "%.60s: %.*s", known[i].type, size, text);
			return has_ended(k, known[i].type, err) ? KINESIS_AWAY : known[i].fault;
		}
	bool later = status >= 500 || status == 429;
	weir_fail(err,
		  status == 403 || status == 401 ? WEIR_DENIED
		  : later                        ? WEIR_UNREACHABLE
						 : WEIR_IO,
		  k->p.address, "the service answers %ld%s%.60s%s%.*s", status, type ? ", " : "", type ? type : "",
		  size ? ": " : "", size, text);
	return later ? KINESIS_AWAY : KINESIS_REFUSED;
}

enum kinesis_fault kinesis_call_finish(struct kinesis *k, struct kinesis_call *c, CURLcode result, json_t **answer,
				       struct weir_error *err)
{
	enum kinesis_fault fault = KINESIS_FINE;
	json_error_t where;
	long status = 0;

	*answer = NULL;
	curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &status);
	if (result != CURLE_OK) {
		bool tls = result == CURLE_PEER_FAILED_VERIFICATION || result == CURLE_SSL_CACERT_BADFILE;
		weir_fail(err, tls ? WEIR_DENIED : WEIR_UNREACHABLE, k->p.address, "%s",
			  c->text[0] ? c->text : curl_easy_strerror(result));
		fault = tls ? KINESIS_REFUSED : KINESIS_AWAY;
	} else {
		*answer = c->body.size ? json_loadb(c->body.data, c->body.size, 0, &where) : json_object();
		if (status != 200)
			fault = refused(k, status, *answer, err);
		else if (!*answer) {
			weir_fail(err, WEIR_UNREACHABLE, k->p.address, "the answer is no JSON: %.100s", where.text);
			fault = KINESIS_AWAY;
		}
	}
	kinesis_call_release(c);
	return fault;
}
