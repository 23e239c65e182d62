/* The SOURCE argument of the command line, taken apart: `scheme://user:password@host:port,host/path?name=value&…`.
 * A text without a scheme is a file path; "-" is standard input; `demo:web?rate=5` and `sqlite:FILE` have scheme and path only.
 * Percent-escapes are decoded in user, password, path and values. `${NAME}` is left as it is: session expands it.
 * For a plain file path, `?` starts parameters only when no file of the whole name exists (the caller decides and says so in
 * `plain`). Thread: plain data; all strings owned by the uri. */
#ifndef WEIR_BASE_URI_H
#define WEIR_BASE_URI_H

#include "weir/base/str.h"

struct weir_param {
	char *name;
	char *value;
};

struct weir_uri {
	char *scheme;   /* lower case; "file" for a path, "stdin" for "-" */
	char *user;     /* NULL when absent */
	char *password; /* NULL when absent; never printed */
	char *hosts;    /* "a:9092,b:9092", NULL when absent */
	char *path;     /* without the slash after the hosts; the file's path; "" when absent */
	struct weir_param *params;
	size_t n_params;
};

enum weir_status weir_uri_parse(struct weir_str text, bool plain, struct weir_uri *out, struct weir_error *err) WEIR_MUST_USE;
void weir_uri_release(struct weir_uri *u);
const char *weir_uri_param(const struct weir_uri *u, const char *name); /* NULL when absent; borrowed */
/* The address for people: no password, no parameters that look secret (password, secret, token, key). Appends. */
void weir_uri_show(const struct weir_uri *u, struct weir_buf *out);

#endif
