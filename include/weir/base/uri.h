/* The SOURCE argument of the command line, taken apart: `scheme://user:password@host:port,host/path?name=value&…`.
 * A text without a scheme is a file path; "-" is standard input; `demo:web?rate=5` and `sqlite:FILE` have scheme and path only.
 * Percent-escapes are decoded in user, password, path and values. `${NAME}` is left as it is: session expands it.
 * For a plain file path, `?` starts parameters only when no file of the whole name exists (the caller decides and says so in
 * `plain`).
 * An address that can be read in two ways is refused, and no error repeats any of it: a / or ? in a password must be written as
 * %2F or %3F, or what follows would be taken for the topic and shown. Thread: plain data; all strings owned by the uri. */
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

enum weir_status weir_uri_parse(struct weir_str text, bool plain, struct weir_uri *out,
				struct weir_error *err) WEIR_MUST_USE;
void weir_uri_release(struct weir_uri *u);
bool weir_uri_is_file(const struct weir_uri *u);                        /* its path is one of the file system */
const char *weir_uri_param(const struct weir_uri *u, const char *name); /* NULL when absent; borrowed */
/* A copy of all of it. False: no memory; release it in any case. */
bool weir_uri_copy(const struct weir_uri *from, struct weir_uri *to) WEIR_MUST_USE;
/* The parameter has that value, and no other. False: no memory. */
bool weir_uri_set(struct weir_uri *u, const char *name, struct weir_str value) WEIR_MUST_USE;
void weir_uri_drop(struct weir_uri *u, const char *name);
/* The same for a text that may be a mistyped address: without its parameters, and with *** for what could be a user and a
 * password. Appends; false: there was nothing of that kind. */
bool weir_uri_hide(struct weir_str text, struct weir_buf *out);
/* The address for people: no password, no parameters that look secret (password, secret, token, key). Appends. */
void weir_uri_show(const struct weir_uri *u, struct weir_buf *out);
/* The address as it was written, for a command line: in the place of a password, and of values that look secret, stands a
 * variable of the environment, `${PASSWORD}` or the name of the parameter in capitals. What is one already stays, and so do
 * names of files. *hidden: something was replaced. Appends. */
void weir_uri_write(struct weir_str text, bool *hidden, struct weir_buf *out);

/* One row of a table of what an address may carry; a table ends with name NULL. */
struct weir_uri_option {
	const char *name;
	const char *value; /* "earliest|latest|-15m|TIME|OFFSET" */
	const char *help;  /* one line */
};
struct weir_uri_allowed {
	const struct weir_uri_option *options; /* of the kind; NULL: none */
	const struct weir_uri_option *common;  /* of all kinds; NULL: none */
	const char *origin;                    /* of the error */
	const char *list, *kind;               /* "weir --list LIST shows what KIND takes" */
	bool passes_on;                        /* what is in neither goes to somebody else, who knows what it means */
	bool passes_twice;                     /* also twice by the same name */
};
/* USAGE for a file that cannot be read, with its name. */
enum weir_status weir_uri_check_file(const struct weir_param *p, struct weir_error *err) WEIR_MUST_USE;
/* USAGE for the first parameter that is in neither table, with the nearest name, that is given twice (only one of its values
 * could be meant), or whose value is a FILE that cannot be read. */
enum weir_status weir_uri_check_options(const struct weir_uri *u, const struct weir_uri_allowed *allowed,
					struct weir_error *err) WEIR_MUST_USE;

#endif
