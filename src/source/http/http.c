/* The source: lets libcurl work, hands out what came, and decides what follows the end of a transfer. */
#include "http.h"

#include "weir/client/secret.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { FIRST_PAUSE_US = 200000, MOST_PAUSE_US = 10000000 };

static const struct weir_uri_option options[] = {
    {"reconnect", "yes|no", "ask again when a body that is no file and no events ends (a screen does if it broke off)"},
    {"position", "BYTE|ID", "where to resume: bytes of a file's text, or the id of the last event"},
    {"password-file", "FILE", "the password of the user in the address, its first line"},
    {"token-file", "FILE", "a bearer token, its first line"},
    {"ssl.ca.location", "FILE", "certificates to trust in place of the system's"},
    {"ssl.certificate.location", "FILE", "who we are"},
    {"ssl.key.location", "FILE", "the key to that"},
    {"query.NAME", "VALUE", "passed on as NAME=VALUE, where weir has a parameter of that name"},
    {"NAME", "VALUE", "anything else is passed on as it is"},
    {NULL, NULL, NULL},
};

static struct http *of_bytes(struct weir_bytes *b)
{
	return (struct http *)((char *)b - offsetof(struct http, bytes));
}

/* For weir_bytes: the pipe was closed, and is empty. */
static enum weir_bytes_next at_eof(struct weir_bytes *b, struct weir_error *err)
{
	struct http *h = of_bytes(b);

	close(b->fd);
	b->fd = -1;
	if (h->end == HTTP_FAILED) {
		*err = h->failure;
		return WEIR_BYTES_FAIL;
	}
	if (h->end == HTTP_FINISHED)
		return WEIR_BYTES_FINISH;
	b->broke_off = true;
	return WEIR_BYTES_RESTART;
}

static void http_close(struct weir_source *s)
{
	struct http *h = (struct http *)s;
	char *const texts[] = {h->address, h->url, h->user, h->ca, h->certificate, h->key, h->position};

	http_stop(h);
	if (h->multi)
		curl_multi_cleanup(h->multi);
	curl_slist_free_all(h->headers);
	http_release_body(h);
	weir_bytes_release(&h->bytes);
	weir_secret_free(h->password);
	weir_secret_free(h->token);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		free(texts[i]);
	free(h);
}

/* A parameter that is weir's, and not the server's. */
static bool is_ours(const char *name)
{
	static const char *const common[] = {"format", "time", "encoding", "join-lines"};

	for (size_t i = 0; i < sizeof common / sizeof *common; i++)
		if (strcmp(common[i], name) == 0)
			return true;
	for (const struct weir_uri_option *o = options; o->name; o++)
		if (strcmp(o->name, name) == 0)
			return true;
	return false;
}

static bool add_query(CURLU *u, const struct weir_param *p)
{
	struct weir_buf item = {0};
	const char *name = strncmp(p->name, "query.", 6) == 0 ? p->name + 6 : p->name;

	if (name == p->name && is_ours(name))
		return true;
	weir_buf_addf(&item, "%s=%s", name, p->value);
	bool good = !item.failed &&
		    curl_url_set(u, CURLUPART_QUERY, item.data, CURLU_URLENCODE | CURLU_APPENDQUERY) == CURLUE_OK;
	weir_buf_release(&item);
	return good;
}

static enum weir_status make_url(struct http *h, const struct weir_uri *uri, struct weir_error *err)
{
	struct weir_buf text = {0};
	CURLU *u = curl_url();
	char *whole = NULL;

	weir_buf_addf(&text, "%s://%s/", uri->scheme, uri->hosts ? uri->hosts : "");
	bool short_of_memory = !u;
	bool good = u && !text.failed && uri->hosts && curl_url_set(u, CURLUPART_URL, text.data, 0) == CURLUE_OK;
	short_of_memory |= text.failed;
	weir_buf_clear(&text);
	weir_buf_addf(&text, "/%s", uri->path);
	short_of_memory |= text.failed;
	good = good && !text.failed && curl_url_set(u, CURLUPART_PATH, text.data, CURLU_URLENCODE) == CURLUE_OK;
	for (size_t i = 0; good && i < uri->n_params; i++)
		good = add_query(u, &uri->params[i]);
	good = good && curl_url_get(u, CURLUPART_URL, &whole, 0) == CURLUE_OK;
	h->url = good ? weir_str_dup(weir_str_of(whole)) : NULL;
	curl_free(whole);
	if (u)
		curl_url_cleanup(u);
	weir_buf_release(&text);
	if (good || short_of_memory)
		return h->url ? WEIR_OK : weir_fail(err, WEIR_NO_MEMORY, "http", "out of memory while opening");
	weir_fail(err, WEIR_USAGE, "http", "this is no address of a web server");
	weir_error_hint(err, "for example https://example.org/events?format=json");
	return WEIR_USAGE;
}

static enum weir_status read_token(struct http *h, const struct weir_uri *uri, struct weir_error *err)
{
	const char *path = weir_uri_param(uri, "token-file");
	struct weir_param file = {(char[]){"password-file"}, (char *)(uintptr_t)path};
	const struct weir_uri only = {.params = &file, .n_params = 1};

	return path ? weir_secret_of(&only, &h->token, err) : WEIR_OK;
}

static bool keep(char **to, const char *text)
{
	return !text || (*to = weir_str_dup(weir_str_of(text))) != NULL;
}

static enum weir_status set_up(struct http *h, const struct weir_source_config *config, struct weir_error *err)
{
	const struct weir_uri *uri = &config->uri;
	enum weir_status st = weir_secret_of(uri, &h->password, err);

	if (st == WEIR_OK)
		st = read_token(h, uri, err);
	if (st == WEIR_OK)
		st = weir_uri_params_bool(uri, "reconnect", &h->asked, err);
	if (st == WEIR_OK)
		st = make_url(h, uri, err);
	if (st != WEIR_OK)
		return st;
	h->again = weir_uri_param(uri, "reconnect") ? h->asked : h->live;
	h->multi = curl_multi_init();
	if (!h->multi || !keep(&h->user, uri->user) || !keep(&h->position, weir_uri_param(uri, "position")) ||
	    !keep(&h->ca, weir_uri_param(uri, "ssl.ca.location")) ||
	    !keep(&h->certificate, weir_uri_param(uri, "ssl.certificate.location")) ||
	    !keep(&h->key, weir_uri_param(uri, "ssl.key.location")))
		return weir_fail(err, WEIR_NO_MEMORY, "http", "out of memory while opening");
	return http_open_pipe(h, err) ? WEIR_OK : WEIR_IO;
}

static enum weir_status http_open(const struct weir_source_config *config, struct weir_source **out,
				  struct weir_error *err)
{
	struct weir_buf address = {0};
	struct http *h = weir_calloc(1, sizeof *h);

	if (!h || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		free(h);
		return weir_fail(err, WEIR_NO_MEMORY, "http", "out of memory while opening");
	}
	weir_uri_show(&config->uri, &address);
	h->address = address.data;
	h->pipe_in = -1;
	h->live = config->live;
	h->parser.retry_ms = -1;
	h->backoff = (struct weir_backoff){.first_us = FIRST_PAUSE_US, .most_us = MOST_PAUSE_US};
	enum weir_status st = weir_bytes_init(&h->bytes, -1, h->address, config, err);
	h->bytes.pollable = true;
	h->bytes.at_eof = at_eof;
	h->bytes.ahead = false;
	if (st == WEIR_OK && address.failed)
		st = weir_fail(err, WEIR_NO_MEMORY, "http", "out of memory while opening");
	if (st == WEIR_OK)
		st = set_up(h, config, err);
	if (st != WEIR_OK) {
		http_close(&h->base);
		return st;
	}
	*out = &h->base;
	return WEIR_OK;
}

static void show_waiting(struct http *h)
{
	int64_t left_us = h->next_try_us - weir_clock_mono_us(h->bytes.clock);
	char text[200];

	snprintf(text, sizeof text, "%s; next try in %lld s", h->why,
		 left_us > 0 ? (long long)((left_us + WEIR_US_PER_S - 1) / WEIR_US_PER_S) : 0);
	weir_progress_state(&h->bytes.progress, h->was_answered ? WEIR_SOURCE_RECONNECTING : WEIR_SOURCE_CONNECTING,
			    text);
}

static void try_later(struct http *h, const char *why)
{
	int64_t wait_us = weir_backoff_next(&h->backoff), asked_us = h->answer.retry_after_s * WEIR_US_PER_S;

	if (h->answer.events && h->parser.retry_ms >= 0)
		asked_us = h->parser.retry_ms * 1000;
	if (strcmp(h->why, why) != 0)
		weir_log_add(h->bytes.log, WEIR_LOG_WARNING, h->address, "%s; trying again", why);
	snprintf(h->why, sizeof h->why, "%.150s", why);
	h->next_try_us = weir_clock_mono_us(h->bytes.clock) + (asked_us > wait_us ? asked_us : wait_us);
	show_waiting(h);
}

/* The transfer has ended: what follows? */
static void decide(struct http *h, CURLcode result)
{
	struct weir_error why = {0};
	bool events = h->answered && h->answer.events;
	enum weir_status st = http_judge(h, result, &why);
	/* What can be taken up where it broke is, by a batch as well. */
	bool resumes = h->first.events || h->first.length >= 0 || h->first.validator[0];
	bool whole = st == WEIR_OK && !events;

	http_stop(h);
	if (h->answer.status == 204 || (whole && (resumes || !h->asked))) {
		h->end = HTTP_FINISHED;
		return;
	}
	if (st == WEIR_OK)
		weir_fail(&why, WEIR_UNREACHABLE, h->address, "the server ended the answer");
	bool may = st == WEIR_OK || why.retriable;
	bool goes_on = may && (h->was_answered ? resumes || h->again : h->again);
	if (!goes_on) {
		h->failure = why;
		h->end = HTTP_FAILED;
		return;
	}
	try_later(h, why.what);
	if (h->was_answered && !resumes) {
		h->n_body = 0;
		h->end = HTTP_BEGINS_ANEW;
	}
}

/* Lets libcurl do what it can do now. */
static enum weir_status work(struct http *h, struct weir_error *err)
{
	int running, left;
	const CURLMsg *m;

	if (h->end == HTTP_GOES_ON && !h->easy && http_flush(h)) {
		if (weir_clock_mono_us(h->bytes.clock) < h->next_try_us) {
			show_waiting(h);
			return WEIR_OK;
		}
		enum weir_status st = http_begin(h, err);
		if (st != WEIR_OK)
			return st;
	}
	if (!h->easy)
		return WEIR_OK;
	if (h->paused && http_flush(h)) {
		h->paused = false;
		curl_easy_pause(h->easy, CURLPAUSE_CONT);
	}
	if (curl_multi_perform(h->multi, &running) != CURLM_OK)
		return weir_fail(err, WEIR_NO_MEMORY, h->address, "libcurl could not go on");
	while ((m = curl_multi_info_read(h->multi, &left)))
		if (m->msg == CURLMSG_DONE) {
			decide(h, m->data.result);
			break;
		}
	return WEIR_OK;
}

/* Events that are consumed need no mark but the last. */
static void forget_marks(struct http *h)
{
	size_t n = 0;

	while (n + 1 < h->n_marks && h->marks[n + 1].end <= h->bytes.window.offset)
		free(h->marks[n++].id);
	if (n) {
		h->n_marks -= n;
		memmove(h->marks, h->marks + n, h->n_marks * sizeof *h->marks);
	}
}

static void wait(struct http *h, int64_t until_us)
{
	int64_t now_us = weir_clock_mono_us(h->bytes.clock);

	if (!h->easy && h->end == HTTP_GOES_ON && h->next_try_us < until_us)
		until_us = h->next_try_us;
	int ms = until_us > now_us ? (int)((until_us - now_us + 999) / 1000) : 0;
	curl_multi_poll(h->multi, NULL, 0, ms, NULL);
}

static enum weir_status http_poll(struct weir_source *s, int64_t timeout_us, struct weir_chunk *chunk,
				  struct weir_error *err)
{
	struct http *h = (struct http *)s;
	int64_t deadline_us = weir_clock_mono_us(h->bytes.clock) + timeout_us;

	forget_marks(h);
	for (;;) {
		if (h->bytes.fd < 0 && h->end == HTTP_BEGINS_ANEW && !h->bytes.restarting && !http_open_pipe(h, err))
			return WEIR_IO;
		enum weir_status st = work(h, err);
		if (st != WEIR_OK)
			return st;
		if (h->end != HTTP_GOES_ON && http_flush(h))
			http_close_pipe(h);
		st = weir_bytes_poll(&h->bytes, 0, chunk, err);
		if (h->bytes.fd < 0 && h->end == HTTP_BEGINS_ANEW && !h->bytes.restarting && st == WEIR_AGAIN)
			continue;
		bool over = atomic_exchange(&h->woken, false) || weir_clock_mono_us(h->bytes.clock) >= deadline_us;
		if (st != WEIR_AGAIN || over)
			return st;
		wait(h, deadline_us);
	}
}

static void http_consume(struct weir_source *s, const struct weir_chunk *left)
{
	weir_bytes_consume(&((struct http *)s)->bytes, left);
}

static void http_wake(struct weir_source *s)
{
	struct http *h = (struct http *)s;

	atomic_store(&h->woken, true);
	curl_multi_wakeup(h->multi);
}

static void http_status(struct weir_source *s, struct weir_source_status *out)
{
	weir_progress_copy(&((struct http *)s)->bytes.progress, out);
}

static enum weir_status http_position(struct weir_source *s, struct weir_buf *out)
{
	struct http *h = (struct http *)s;

	forget_marks(h);
	if (!h->first.events)
		return h->first.validator[0] || h->first.length >= 0 ? weir_bytes_position(&h->bytes, out)
								     : WEIR_UNSUPPORTED;
	if (!h->n_marks || h->marks[0].end > h->bytes.window.offset || !h->marks[0].id[0])
		return WEIR_UNSUPPORTED;
	weir_buf_add_c(out, h->marks[0].id);
	return out->failed ? WEIR_NO_MEMORY : WEIR_OK;
}

/* A batch reads to the end, as it reads standard input; what has none is read until it is interrupted. */
static bool http_finite(struct weir_source *s)
{
	const struct http *h = (const struct http *)s;

	return !h->live && !h->asked;
}

const struct weir_source_ops weir_source_http = {
    .name = "http",
    .schemes = "http https",
    .help = "a file, a body that does not end, or server-sent events, from a web server",
    .example = "https://example.org/events?format=json",
    .once = true,
    .can_wait = true,
    .options = options,
    .passes_options_on = true,
    .passes_options_twice = true,
    .open = http_open,
    .poll = http_poll,
    .consume = http_consume,
    .wake = http_wake,
    .status = http_status,
    .position = http_position,
    .finite = http_finite,
    .close = http_close,
};
