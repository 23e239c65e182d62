/* The body of an answer on its way to the pipe: what was read before is skipped, events are taken apart. */
#include "http.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { PIPE_BYTES = 1 << 20 };

bool http_open_pipe(struct http *h, struct weir_error *err)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0) {
		weir_fail(err, WEIR_IO, h->address, "could not make a pipe: %s", strerror(errno));
		return false;
	}
	(void)fcntl(ends[0], F_SETPIPE_SZ, PIPE_BYTES);
	h->bytes.fd = ends[0];
	h->pipe_in = ends[1];
	h->end = HTTP_GOES_ON;
	return true;
}

void http_close_pipe(struct http *h)
{
	if (h->pipe_in >= 0)
		close(h->pipe_in);
	h->pipe_in = -1;
}

static struct weir_str write_some(struct http *h, struct weir_str text)
{
	while (text.size && h->pipe_in >= 0) {
		ssize_t n = write(h->pipe_in, text.data, text.size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		text.data += n;
		text.size -= (size_t)n;
	}
	return text;
}

bool http_flush(struct http *h)
{
	struct weir_str rest = {h->pending.data + h->pending_from, h->pending.size - h->pending_from};

	rest = rest.size ? write_some(h, rest) : rest;
	h->pending_from = h->pending.size - rest.size;
	if (rest.size)
		return false;
	weir_buf_clear(&h->pending);
	h->pending_from = 0;
	return true;
}

/* Remembers where in the text an event ends, so that what was consumed has an id. */
static bool mark_event(void *http, const struct weir_events *e)
{
	struct http *h = http;
	char *id = weir_str_dup(weir_buf_str(&e->id)), *last = weir_str_dup(weir_buf_str(&e->id));

	if (!id || !last || !weir_grow((void **)&h->marks, &h->marks_capacity, h->n_marks + 1, sizeof *h->marks)) {
		free(id);
		free(last);
		return false;
	}
	h->marks[h->n_marks++] = (struct http_mark){h->n_text + h->pending.size, id};
	free(h->last_id);
	h->last_id = last;
	return true;
}

/* Returns what libcurl wants: all taken, or another number, which ends the transfer. */
static size_t take_events(struct http *h, struct weir_str bytes)
{
	size_t size = bytes.size;

	if (!weir_events_read(&h->parser, bytes, &h->pending, mark_event, h)) {
		weir_fail(&h->failure, WEIR_NO_MEMORY, h->address, "an event is too long, or memory is short");
		return 0;
	}
	h->n_text += h->pending.size; /* all of it was new: nothing is taken while something is pending */
	http_flush(h);
	return size;
}

size_t http_take_body(char *bytes, size_t one, size_t n, void *http)
{
	struct http *h = http;
	struct weir_str rest = {bytes, one * n};

	if (!h->answered) /* the text of an error */
		return one * n;
	if (!http_flush(h)) {
		h->paused = true;
		return CURL_WRITEFUNC_PAUSE;
	}
	if (h->answer.events)
		return take_events(h, rest);
	size_t skipped = h->to_skip < rest.size ? (size_t)h->to_skip : rest.size;
	h->to_skip -= skipped;
	rest.data += skipped;
	rest.size -= skipped;
	h->n_body += rest.size;
	h->n_text += rest.size;
	rest = write_some(h, rest);
	weir_buf_add_str(&h->pending, rest);
	if (!h->pending.failed)
		return one * n;
	weir_fail(&h->failure, WEIR_NO_MEMORY, h->address, "out of memory while reading");
	return 0;
}

void http_release_body(struct http *h)
{
	http_close_pipe(h);
	for (size_t i = 0; i < h->n_marks; i++)
		free(h->marks[i].id);
	free(h->marks);
	free(h->last_id);
	weir_buf_release(&h->pending);
	weir_events_release(&h->parser);
}
