/* A request, and the head of its answer. */
#include "http.h"

#include <stdio.h>
#include <stdlib.h>

enum { CONNECT_MS = 10000, MOST_REDIRECTS = 5, IDLE_S = 30 };

/* The value of a header if the line is one of that name. */
static bool header_is(struct weir_str line, const char *name, struct weir_str *value)
{
	struct weir_str rest, is = weir_str_cut(line, ':', &rest);

	*value = weir_str_trim(rest);
	return rest.data && weir_str_equal_nocase(is, weir_str_of(name));
}

static void keep_validator(struct http_answer *a, struct weir_str value, bool is_tag)
{
	bool better = is_tag || !a->validator[0];

	if (better && value.size < sizeof a->validator) {
		memcpy(a->validator, value.data, value.size);
		a->validator[value.size] = 0;
		a->weak = is_tag && value.size > 2 && value.data[0] == 'W' && value.data[1] == '/';
	}
}

static void take_header(struct http_answer *a, struct weir_str line)
{
	struct weir_str value, rest;
	int64_t number;

	if (line.size > 5 && memcmp(line.data, "HTTP/", 5) == 0) { /* of each answer on the way to the last one */
		*a = (struct http_answer){.length = -1, .range_begin = -1, .retry_after_s = -1};
		weir_str_cut(line, ' ', &rest);
		a->status = strtol(rest.size ? rest.data : "0", NULL, 10);
	} else if (header_is(line, "Content-Length", &value)) {
		a->length = weir_parse_int64(value, false, &number) ? number : -1;
	} else if (header_is(line, "Content-Type", &value)) {
		struct weir_str type = weir_str_trim(weir_str_cut(value, ';', &rest));
		a->events = weir_str_equal_nocase(type, WEIR_STR("text/event-stream"));
	} else if (header_is(line, "ETag", &value)) {
		keep_validator(a, value, true);
	} else if (header_is(line, "Last-Modified", &value)) {
		keep_validator(a, value, false);
	} else if (header_is(line, "Content-Range", &value)) {
		weir_str_cut(value, ' ', &rest);
		a->range_begin = weir_parse_int64(weir_str_cut(rest, '-', &value), false, &number) ? number : -1;
	} else if (header_is(line, "Retry-After", &value)) {
		a->retry_after_s = weir_parse_int64(value, false, &number) && number >= 0 ? number : -1;
	}
}

/* The same as what was begun, as far as the answer tells. */
static bool is_same(const struct http_answer *first, const struct http_answer *now)
{
	if (first->validator[0] || now->validator[0])
		return strcmp(first->validator, now->validator) == 0;
	return first->length == now->length;
}

/* position= of a file: so many bytes of its text. */
static bool set_position(struct http *h)
{
	int64_t at;

	if (!h->position || h->answer.events)
		return true;
	if (weir_parse_int64(weir_str_of(h->position), false, &at) && at >= 0) {
		h->bytes.skip = (uint64_t)at;
		return true;
	}
	weir_fail(&h->failure, WEIR_USAGE, h->address, "position=%.60s is no number of bytes", h->position);
	weir_error_hint(&h->failure, "the answer is no stream of events, whose positions are their ids");
	return false;
}

/* The head is whole. False: the body is of no use. */
static bool begin_body(struct http *h)
{
	struct http_answer *a = &h->answer;
	bool goes_on = h->n_body > 0;

	if (h->answered || (a->status != 200 && a->status != 206))
		return true; /* what comes behind a body; or http_judge says it */
	if (!h->was_answered && !set_position(h))
		return false;
	if (!h->was_answered && a->events && h->position && !(h->last_id = weir_str_dup(weir_str_of(h->position)))) {
		weir_fail(&h->failure, WEIR_NO_MEMORY, h->address, "out of memory while reading");
		return false;
	}
	if (goes_on && !a->events &&
	    (a->status == 206 ? a->range_begin != (int64_t)h->n_body : !is_same(&h->first, a))) {
		weir_fail(&h->failure, WEIR_IO, h->address, "was changed while it was being read");
		weir_error_hint(&h->failure, "read it again");
		return false;
	}
	h->to_skip = goes_on && a->status == 200 ? h->n_body : 0;
	if (!goes_on)
		h->first = *a;
	h->answered = h->was_answered = true;
	h->why[0] = 0;
	weir_backoff_reset(&h->backoff);
	weir_progress_state(&h->bytes.progress, WEIR_SOURCE_LIVE, NULL);
	return true;
}

static size_t take_head(char *bytes, size_t one, size_t n, void *http)
{
	struct http *h = http;
	struct weir_str line = {bytes, one * n};

	take_header(&h->answer, line);
	bool end = weir_str_trim(line).size == 0;
	/* What is before a redirection, and 100 Continue, has no body of ours. */
	return end && h->answer.status >= 200 && (h->answer.status < 300 || h->answer.status >= 400) && !begin_body(h)
		   ? 0
		   : one * n;
}

static bool add_header(struct http *h, const char *name, const char *value)
{
	struct weir_buf line = {0};

	weir_buf_addf(&line, "%s: %s", name, value);
	struct curl_slist *more = line.failed ? NULL : curl_slist_append(h->headers, line.data);
	weir_buf_release(&line);
	if (more)
		h->headers = more;
	return more != NULL;
}

static bool add_headers(struct http *h)
{
	const char *id = h->was_answered ? h->last_id : h->position;
	char range[40];

	curl_slist_free_all(h->headers);
	h->headers = NULL;
	if (!add_header(h, "Accept", "text/event-stream, application/x-ndjson, application/json, */*"))
		return false;
	if (id && *id && !add_header(h, "Last-Event-ID", id))
		return false;
	if (!h->n_body)
		return true;
	snprintf(range, sizeof range, "bytes=%llu-", (unsigned long long)h->n_body);
	return add_header(h, "Range", range) &&
	       (!h->first.validator[0] || h->first.weak || add_header(h, "If-Range", h->first.validator));
}

static bool set_login(struct http *h, CURL *e)
{
	if (h->token)
		return curl_easy_setopt(e, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER) == CURLE_OK &&
		       weir_curl_set_text(e, CURLOPT_XOAUTH2_BEARER, h->token);
	return weir_curl_set_text(e, CURLOPT_USERNAME, h->user) && weir_curl_set_text(e, CURLOPT_PASSWORD, h->password);
}

static bool set_up(struct http *h, CURL *e)
{
	const struct weir_curl_tls tls = {h->ca, h->certificate, h->key};

	return add_headers(h) && weir_curl_set_up(e, &tls, h->headers, h->text) && set_login(h, e) &&
	       weir_curl_set_text(e, CURLOPT_URL, h->url) &&
	       curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS) == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_TCP_KEEPALIVE, 1L) == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_TCP_KEEPIDLE, (long)IDLE_S) == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 1L) == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_MAXREDIRS, (long)MOST_REDIRECTS) == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, take_head) == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_HEADERDATA, h) == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, http_take_body) == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_WRITEDATA, h) == CURLE_OK;
}

enum weir_status http_begin(struct http *h, struct weir_error *err)
{
	h->answer = (struct http_answer){.length = -1, .range_begin = -1, .retry_after_s = -1};
	h->answered = h->paused = false;
	h->text[0] = 0;
	weir_events_cut(&h->parser);
	h->easy = curl_easy_init();
	if (h->easy && set_up(h, h->easy) && curl_multi_add_handle(h->multi, h->easy) == CURLM_OK)
		return WEIR_OK;
	if (h->easy)
		curl_easy_cleanup(h->easy);
	h->easy = NULL;
	return weir_fail(err, WEIR_NO_MEMORY, h->address, "out of memory while asking");
}

void http_stop(struct http *h)
{
	if (!h->easy)
		return;
	curl_multi_remove_handle(h->multi, h->easy);
	curl_easy_cleanup(h->easy);
	h->easy = NULL;
}

static enum weir_status refused(const struct http *h, struct weir_error *err)
{
	long s = h->answer.status;
	enum weir_status code = s == 401 || s == 403 || s == 407 ? WEIR_DENIED
				: s == 404 || s == 410           ? WEIR_NOT_FOUND
								 : WEIR_IO;

	weir_fail(err, code, h->address, "the server answers %ld%s", s,
		  s == 401                 ? ", it wants a login"
		  : s == 403               ? ", this is not allowed"
		  : code == WEIR_NOT_FOUND ? ", there is no such thing"
					   : "");
	err->retriable = s == 408 || s == 425 || s == 429 || s >= 500;
	if (s == 401)
		weir_error_hint(err, "give user and password in the address, password-file=, or token-file=");
	return code;
}

enum weir_status http_judge(struct http *h, CURLcode result, struct weir_error *err)
{
	const char *text = h->text[0] ? h->text : curl_easy_strerror(result);

	if (h->failure.code != WEIR_OK) {
		*err = h->failure;
		return err->code;
	}
	if (h->answer.status == 416 && h->n_body) /* there is nothing behind what was read */
		return WEIR_OK;
	if (h->answer.status >= 400)
		return refused(h, err);
	if (result == CURLE_OK)
		return WEIR_OK;
	bool tls = result == CURLE_PEER_FAILED_VERIFICATION || result == CURLE_SSL_CERTPROBLEM ||
		   result == CURLE_SSL_CACERT_BADFILE || result == CURLE_SSL_CIPHER;
	weir_fail(err, tls ? WEIR_DENIED : WEIR_UNREACHABLE, h->address, "%s", text);
	err->retriable = !tls && result != CURLE_UNSUPPORTED_PROTOCOL && result != CURLE_TOO_MANY_REDIRECTS &&
			 result != CURLE_OUT_OF_MEMORY;
	if (tls)
		weir_error_hint(err, "ssl.ca.location= names the file of certificates to trust");
	return err->code;
}
