/* http:// and https://: a file, a body that does not end, or server-sent events, by libcurl.
 *
 * All of it runs in the source thread: each poll lets libcurl work, whose body goes through a pipe of ours to weir_bytes, so
 * that it is unpacked and decoded as a file is. While the pipe is full, the transfer is paused, and the server waits.
 *
 * What happens when a transfer breaks:
 *   a file       (the answer has a length, an ETag or a date) goes on at the byte where it broke, if it is still the same
 *   events       go on behind the last one that was whole (Last-Event-ID)
 *   other bodies begin anew: half a record is left out and counted as lost
 *
 * Files: http.c is the source; request.c sets a request up and reads the head of its answer; body.c takes the body; events.c
 * parses server-sent events. Thread: as weir_source. */
#ifndef WEIR_SOURCE_HTTP_HTTP_H
#define WEIR_SOURCE_HTTP_HTTP_H

#include "weir/base/backoff.h"
#include "source/bytes.h"
#include "source/uri_params.h"

#include "weir/client/curl.h"
#include <stdatomic.h>

/* ---- server-sent events (events.c) ---- */

/* As the WHATWG describes them: lines "field: value", a blank line ends an event. */
struct weir_events {
	struct weir_buf line, data, id; /* of the event that is being read; id stays until another one comes */
	bool has_data;
	bool after_cr;     /* a line feed that comes next belongs to the line end before it */
	bool passed_start; /* a byte order mark may stand only before the first byte */
	int64_t retry_ms;  /* as the server wants it; -1: it said nothing */
};
/* Reads bytes; appends the data of each whole event to `out`, as a line. False: no memory, or an event is longer than
 * WEIR_MAX_RECORD_BYTES. `event` is called after each that was appended. */
bool weir_events_read(struct weir_events *e, struct weir_str bytes, struct weir_buf *out,
		      bool (*event)(void *ctx, const struct weir_events *e), void *ctx) WEIR_MUST_USE;
void weir_events_cut(struct weir_events *e); /* the connection ended: what is not whole is forgotten */
void weir_events_release(struct weir_events *e);

/* ---- the source ---- */

struct http_mark {
	uint64_t end; /* offset in the text behind the event */
	char *id;     /* owned */
};

/* Of the head of an answer. */
struct http_answer {
	long status;
	int64_t length;        /* of the body, -1: not told */
	int64_t range_begin;   /* of Content-Range; -1: none */
	int64_t retry_after_s; /* -1: none */
	bool events;           /* text/event-stream */
	char validator[200];   /* ETag, else Last-Modified; "": neither */
	bool weak;             /* the validator is good for comparing, but not for If-Range */
};

enum http_end { HTTP_GOES_ON, HTTP_FINISHED, HTTP_FAILED, HTTP_BEGINS_ANEW };

struct http {
	struct weir_source base;
	struct weir_bytes bytes;             /* reads the pipe */
	char *address;                       /* owned; for people */
	char *url, *user, *password, *token; /* owned; the last three may be NULL */
	char *ca, *certificate, *key;        /* owned; names of files, or NULL */
	bool live;
	bool asked;     /* reconnect=yes: a body that is no file is asked for again when it ends */
	bool again;     /* the same when it breaks off, or when nobody answers at first */
	char *position; /* owned; of position=; NULL: none */
	_Atomic bool woken;

	CURLM *multi;
	CURL *easy; /* NULL: no request is under way */
	struct curl_slist *headers;
	char text[CURL_ERROR_SIZE];
	struct http_answer answer; /* of the request under way */
	bool answered;             /* the head of a good answer has come, and its body counts */
	bool was_answered;         /* at least once */
	struct http_answer first;  /* of the file that is being read */
	struct weir_events parser;
	bool paused;

	int pipe_in;             /* owned; where the body goes; -1: closed */
	struct weir_buf pending; /* what did not fit into the pipe */
	size_t pending_from;
	uint64_t n_body;         /* bytes of the body of a file that were taken */
	uint64_t to_skip;        /* of the answer under way: were taken before */
	uint64_t n_text;         /* bytes that went to the pipe */
	struct http_mark *marks; /* owned; of events that are not consumed yet, and of the last one that was */
	size_t n_marks, marks_capacity;
	char *last_id; /* owned; of the last whole event */

	enum http_end end; /* why the pipe is closed, once it holds all that came */
	struct weir_error failure;
	struct weir_backoff backoff;
	int64_t next_try_us;
	char why[160];
};

/* request.c */
enum weir_status http_begin(struct http *h, struct weir_error *err) WEIR_MUST_USE; /* a request; NO_MEMORY */
void http_stop(struct http *h);                                                    /* ends it */
/* Of a request that ended with `result`: OK, or what is wrong; `retriable` says whether to try again. */
enum weir_status http_judge(struct http *h, CURLcode result, struct weir_error *err);

/* body.c */
size_t http_take_body(char *bytes, size_t one, size_t n, void *http); /* CURLOPT_WRITEFUNCTION */
bool http_flush(struct http *h);                                      /* pending to the pipe; false: some is left */
bool http_open_pipe(struct http *h, struct weir_error *err) WEIR_MUST_USE;
void http_close_pipe(struct http *h);
void http_release_body(struct http *h);

#endif
