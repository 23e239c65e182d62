/* GET and POST over HTTP and HTTPS (libcurl): one connection that is kept, bounded answers, an end that another thread can bring about.
 * Only in builds with libcurl (WEIR_WITH_CURL). Proxies are those that libcurl finds in the environment.
 *
 * Thread: one owns it; weir_http_cancel and weir_http_wake any. */
#ifndef WEIR_CLIENT_HTTP_H
#define WEIR_CLIENT_HTTP_H

#include "weir/base/str.h"

struct weir_http_config {              /* all copied; NULL: none */
	const char *accept;            /* content types */
	const char *type;              /* content type of what is sent */
	const char *user, *password;   /* basic authentication */
	const char *ca;                /* file of certificates that are trusted, in the place of the system's */
	const char *certificate, *key; /* files: who we are */
	int64_t timeout_us;            /* of one request */
	size_t most_bytes;             /* of one answer */
};

struct weir_http;

enum weir_status weir_http_new(const struct weir_http_config *config, struct weir_http **out,
			       struct weir_error *err) WEIR_MUST_USE;
void weir_http_free(struct weir_http *h); /* NULL allowed */
/* OK: *status is HTTP's, whatever it is, and `body` (cleared) what came. UNREACHABLE, DENIED (TLS), TOO_LARGE, CANCELLED,
 * NO_MEMORY. No error has the password in it. */
enum weir_status weir_http_get(struct weir_http *h, const char *url, long *status, struct weir_buf *body,
			       struct weir_error *err) WEIR_MUST_USE;
/* The same with POST. `sent` is borrowed until it returns. */
enum weir_status weir_http_post(struct weir_http *h, const char *url, struct weir_str sent, long *status,
				struct weir_buf *body, struct weir_error *err) WEIR_MUST_USE;
/* The same in steps, for a thread that must not wait: begins a GET (`sent` NULL) or a POST; `sent` and `body` are borrowed until it has
 * ended. */
enum weir_status weir_http_begin(struct weir_http *h, const char *url, const struct weir_str *sent,
				 struct weir_buf *body, struct weir_error *err) WEIR_MUST_USE;
/* Goes on for at most timeout_us, or until weir_http_wake. AGAIN: it has not ended yet; else as weir_http_get. */
enum weir_status weir_http_step(struct weir_http *h, int64_t timeout_us, long *status,
				struct weir_error *err) WEIR_MUST_USE;
void weir_http_wake(struct weir_http *h); /* ends the wait of weir_http_step */
/* The request that is under way, and all later ones, end at once. Any thread. */
void weir_http_cancel(struct weir_http *h);

#endif
