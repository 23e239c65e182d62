#include "secret.h"

#include <stdlib.h>

static enum weir_status unknown(struct weir_str name, struct weir_error *err)
{
	weir_fail(err, WEIR_USAGE, "environment", "the variable " WEIR_STR_FMT " is not set", WEIR_STR_ARG(name));
	weir_error_hint(err, "set it, or use password-file=");
	return WEIR_USAGE;
}

static enum weir_status expand(struct weir_str text, const char *(*lookup)(const char *), struct weir_buf *out, struct weir_error *err)
{
	for (size_t i = 0; i < text.size; i++) {
		const char *end;

		if (text.data[i] != '$' || i + 1 >= text.size || text.data[i + 1] != '{' ||
		    !(end = memchr(text.data + i, '}', text.size - i))) {
			weir_buf_add_char(out, text.data[i]);
			continue;
		}
		struct weir_str name = {text.data + i + 2, (size_t)(end - text.data) - i - 2};
		char *c_name = weir_str_dup(name);
		if (!c_name)
			return weir_fail(err, WEIR_NO_MEMORY, "environment", "out of memory");
		const char *value = lookup ? lookup(c_name) : NULL;
		free(c_name);
		if (!value)
			return unknown(name, err);
		weir_buf_add_c(out, value);
		i = (size_t)(end - text.data);
	}
	return out->failed ? weir_fail(err, WEIR_NO_MEMORY, "environment", "out of memory") : WEIR_OK;
}

static enum weir_status expand_at(char **at, const char *(*lookup)(const char *), struct weir_error *err)
{
	struct weir_buf out = {0};

	if (!*at || !strstr(*at, "${"))
		return WEIR_OK;
	enum weir_status st = expand(weir_str_of(*at), lookup, &out, err);
	if (st == WEIR_OK) {
		char *copy = weir_str_dup(weir_buf_str(&out));
		if (copy) {
			free(*at);
			*at = copy;
		} else {
			st = weir_fail(err, WEIR_NO_MEMORY, "environment", "out of memory");
		}
	}
	weir_buf_release(&out);
	return st;
}

enum weir_status weir_secrets_expand(struct weir_uri *u, const char *(*lookup)(const char *name), struct weir_error *err)
{
	char *none = NULL;
	bool is_file = u->scheme && strcmp(u->scheme, "file") == 0; /* the shell has seen to those */
	char **const parts[] = {&u->user, &u->password, &u->hosts, is_file ? &none : &u->path};
	enum weir_status st = WEIR_OK;

	for (size_t i = 0; i < sizeof parts / sizeof *parts && st == WEIR_OK; i++)
		st = expand_at(parts[i], lookup, err);
	for (size_t i = 0; i < u->n_params && st == WEIR_OK; i++)
		st = expand_at(&u->params[i].value, lookup, err);
	return st;
}
