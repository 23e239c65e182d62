/* `${NAME}` in source addresses: filled in, and put back wherever a person could see the value. */
#include "stream.h"

#include "weir/base/memory.h"

#include <stdlib.h>

static enum weir_status unknown(struct weir_str name, struct weir_error *err)
{
	weir_fail(err, WEIR_USAGE, "environment", "the variable " WEIR_STR_FMT " is not set", WEIR_STR_ARG(name));
	weir_error_hint(err, "set it, or use password-file=");
	return WEIR_USAGE;
}

static enum weir_status no_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "environment", "out of memory");
}

/* Takes `name`, copies `value`. */
static bool keep(struct weir_secrets *used, char *name, const char *value)
{
	char *copy = weir_str_dup(weir_str_of(value));

	if (!copy || !weir_grow((void **)&used->items, &used->capacity, used->n + 1, sizeof *used->items)) {
		free(copy);
		free(name);
		return false;
	}
	used->items[used->n++] = (struct weir_param){name, copy};
	return true;
}

struct expansion {
	const char *(*lookup)(const char *);
	struct weir_secrets *used;
	struct weir_error *err;
};

static enum weir_status expand(const struct expansion *x, struct weir_str text, struct weir_buf *out)
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
			return no_memory(x->err);
		const char *value = x->lookup ? x->lookup(c_name) : NULL;
		if (!value) {
			free(c_name);
			return unknown(name, x->err);
		}
		weir_buf_add_c(out, value);
		if (!keep(x->used, c_name, value))
			return no_memory(x->err);
		i = (size_t)(end - text.data);
	}
	return out->failed ? no_memory(x->err) : WEIR_OK;
}

static enum weir_status expand_at(const struct expansion *x, char **at)
{
	struct weir_buf out = {0};

	if (!*at || !strstr(*at, "${"))
		return WEIR_OK;
	enum weir_status st = expand(x, weir_str_of(*at), &out);
	if (st == WEIR_OK) {
		char *copy = weir_str_dup(weir_buf_str(&out));
		if (copy) {
			free(*at);
			*at = copy;
		} else {
			st = no_memory(x->err);
		}
	}
	weir_buf_release(&out);
	return st;
}

enum weir_status weir_secrets_expand(struct weir_uri *u, const char *(*lookup)(const char *name),
				     struct weir_secrets *used, struct weir_error *err)
{
	char *none = NULL;
	/* the shell has seen to the names of files */
	char **const parts[] = {&u->user, &u->password, &u->hosts, weir_uri_is_file(u) ? &none : &u->path};
	const struct expansion x = {lookup, used, err};
	enum weir_status st = WEIR_OK;

	for (size_t i = 0; i < sizeof parts / sizeof *parts && st == WEIR_OK; i++)
		st = expand_at(&x, parts[i]);
	for (size_t i = 0; i < u->n_params && st == WEIR_OK; i++)
		st = expand_at(&x, &u->params[i].value);
	return st;
}

/* The end of a text that was cut may be the beginning of a value. */
static size_t cut_begin(const char *at, const char *value, bool cut)
{
	size_t n = strlen(at);

	return cut && n >= 3 && n < strlen(value) && strncmp(at, value, n) == 0 ? n : 0;
}

static void hide(const struct weir_param *secret, char *text, size_t bytes)
{
	struct weir_buf out = {0};
	size_t size = strlen(secret->value), n;
	bool cut = strlen(text) + 4 >= bytes; /* it was cut before a character of up to four bytes */

	if (size < 3 || bytes == 0)
		return;
	for (const char *at = text; *at; at += n) {
		n = strncmp(at, secret->value, size) == 0 ? size : cut_begin(at, secret->value, cut);
		if (n)
			weir_buf_addf(&out, "${%s}", secret->name);
		else
			weir_buf_add(&out, at, n = 1);
	}
	size_t keep = out.failed ? 0 : out.size < bytes ? out.size : bytes - 1;
	if (keep)
		memcpy(text, out.data, keep);
	text[keep] = '\0';
	weir_buf_release(&out);
}

void weir_secrets_hide(const struct weir_secrets *used, char *text, size_t bytes)
{
	for (size_t i = 0; i < used->n; i++)
		hide(&used->items[i], text, bytes);
}

void weir_secrets_hide_error(const struct weir_secrets *used, struct weir_error *err)
{
	if (!err || !used->n)
		return;
	weir_secrets_hide(used, err->origin, sizeof err->origin);
	weir_secrets_hide(used, err->what, sizeof err->what);
	weir_secrets_hide(used, err->hint, sizeof err->hint);
}

void weir_secrets_release(struct weir_secrets *used)
{
	for (size_t i = 0; i < used->n; i++) {
		explicit_bzero(used->items[i].value, strlen(used->items[i].value));
		free(used->items[i].value);
		free(used->items[i].name);
	}
	free(used->items);
	*used = (struct weir_secrets){0};
}
