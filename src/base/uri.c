#include "weir/base/uri.h"

#include "weir/base/memory.h"

#include <stdlib.h>

static int hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Percent-decoded copy; a '%' that starts no escape stays. NULL: no memory, or an escaped NUL byte. */
static char *decode(struct weir_str s)
{
	char *out = weir_alloc(s.size + 1);
	size_t n = 0;
	if (!out)
		return NULL;
	for (size_t i = 0; i < s.size; i++) {
		if (s.data[i] == '%' && i + 2 < s.size && hex(s.data[i + 1]) >= 0 && hex(s.data[i + 2]) >= 0) {
			out[n++] = (char)(hex(s.data[i + 1]) << 4 | hex(s.data[i + 2]));
			i += 2;
		} else {
			out[n++] = s.data[i];
		}
	}
	out[n] = 0;
	if (memchr(out, 0, n)) {
		free(out);
		return NULL;
	}
	return out;
}

void weir_uri_release(struct weir_uri *u)
{
	free(u->scheme);
	free(u->user);
	free(u->password);
	free(u->hosts);
	free(u->path);
	for (size_t i = 0; i < u->n_params; i++) {
		free(u->params[i].name);
		free(u->params[i].value);
	}
	free(u->params);
	*u = (struct weir_uri){0};
}

/* Length of a leading "scheme" in front of ':', 0 when there is none. */
static size_t scheme_length(struct weir_str s)
{
	size_t n = 0;
	while (n < s.size && ((s.data[n] >= 'a' && s.data[n] <= 'z') || (s.data[n] >= 'A' && s.data[n] <= 'Z') ||
			      (n > 0 && ((s.data[n] >= '0' && s.data[n] <= '9') || s.data[n] == '+' || s.data[n] == '-'))))
		n++;
	return n > 1 && n < s.size && s.data[n] == ':' ? n : 0;
}

static bool parse_params(struct weir_str query, struct weir_uri *u)
{
	size_t capacity = 0;
	while (query.size) {
		struct weir_str rest, value, item = weir_str_cut(query, '&', &rest);
		struct weir_str key = weir_str_cut(item, '=', &value);
		query = rest;
		if (!item.size)
			continue;
		if (!weir_grow((void **)&u->params, &capacity, u->n_params + 1, sizeof *u->params))
			return false;
		struct weir_param *p = &u->params[u->n_params++];
		p->name = decode(key);
		p->value = decode(value);
		if (!p->name || !p->value)
			return false;
	}
	return true;
}

static bool parse_authority(struct weir_str *rest, struct weir_uri *u)
{
	struct weir_str path, authority = weir_str_cut(*rest, '/', &path);
	const char *at = NULL;
	for (size_t i = 0; i < authority.size; i++)
		if (authority.data[i] == '@')
			at = authority.data + i;
	if (at) {
		struct weir_str password, login = {authority.data, (size_t)(at - authority.data)};
		struct weir_str user = weir_str_cut(login, ':', &password);
		authority = (struct weir_str){at + 1, authority.size - login.size - 1};
		u->user = decode(user);
		if (!u->user || (password.data && !(u->password = decode(password))))
			return false;
	}
	u->hosts = weir_str_dup(authority);
	*rest = path;
	return u->hosts != NULL;
}

static bool escapes_nul(struct weir_str s)
{
	for (size_t i = 0; i + 2 < s.size; i++)
		if (memcmp(s.data + i, "%00", 3) == 0)
			return true;
	return false;
}

static enum weir_status fill(struct weir_str text, bool plain, struct weir_uri *u, struct weir_error *err)
{
	if (weir_str_equal(text, WEIR_STR("-"))) {
		u->scheme = weir_str_dup(WEIR_STR("stdin"));
		u->path = weir_str_dup(WEIR_STR(""));
		return u->scheme && u->path ? WEIR_OK : weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
	}
	size_t n = plain ? 0 : scheme_length(text);
	struct weir_str rest = text, query = {NULL, 0};
	if (n) {
		u->scheme = weir_str_dup((struct weir_str){text.data, n});
		rest = (struct weir_str){text.data + n + 1, text.size - n - 1};
		for (char *c = u->scheme; c && *c; c++)
			if (*c >= 'A' && *c <= 'Z')
				*c = (char)(*c + 32);
	} else {
		u->scheme = weir_str_dup(WEIR_STR("file"));
	}
	if (!u->scheme)
		return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
	bool stdin_like = !n && !plain && rest.size > 1 && rest.data[0] == '-' && rest.data[1] == '?';
	if (!plain)
		rest = weir_str_cut(rest, '?', &query);
	if (stdin_like) {
		free(u->scheme);
		u->scheme = weir_str_dup(WEIR_STR("stdin"));
		rest.size = 0;
	}
	bool has_hosts = n && rest.size >= 2 && rest.data[0] == '/' && rest.data[1] == '/';
	if (has_hosts) {
		rest = (struct weir_str){rest.data + 2, rest.size - 2};
		if (!parse_authority(&rest, u))
			return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
		if (!u->hosts[0] && strcmp(u->scheme, "file") != 0)
			return weir_fail(err, WEIR_USAGE, "source", "no host in the address");
	}
	u->path = n ? decode(rest) : weir_str_dup(rest);
	if (u->scheme && u->path && parse_params(query, u))
		return WEIR_OK;
	if (escapes_nul(text))
		return weir_fail(err, WEIR_USAGE, "source", "a NUL byte in the source");
	return weir_fail(err, WEIR_NO_MEMORY, "source", "out of memory");
}

enum weir_status weir_uri_parse(struct weir_str text, bool plain, struct weir_uri *out, struct weir_error *err)
{
	*out = (struct weir_uri){0};
	if (!text.size)
		return weir_fail(err, WEIR_USAGE, "source", "empty source");
	if (memchr(text.data, 0, text.size))
		return weir_fail(err, WEIR_USAGE, "source", "a NUL byte in the source");
	enum weir_status st = fill(text, plain, out, err);
	if (st != WEIR_OK)
		weir_uri_release(out);
	return st;
}

const char *weir_uri_param(const struct weir_uri *u, const char *name)
{
	for (size_t i = u->n_params; i-- > 0;)
		if (strcmp(u->params[i].name, name) == 0)
			return u->params[i].value;
	return NULL;
}

static bool secret(const char *name)
{
	static const char *const words[] = {"password", "secret", "token", "key"};
	for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
		size_t n = strlen(words[w]);
		for (const char *p = name; *p; p++)
			if (strlen(p) >= n && weir_str_equal_nocase((struct weir_str){p, n}, weir_str_of(words[w])))
				return true;
	}
	return false;
}

void weir_uri_show(const struct weir_uri *u, struct weir_buf *out)
{
	if (strcmp(u->scheme, "stdin") == 0) {
		weir_buf_add_char(out, '-');
		return;
	}
	if (strcmp(u->scheme, "file") != 0)
		weir_buf_addf(out, "%s:", u->scheme);
	if (u->hosts) {
		weir_buf_add_c(out, "//");
		if (u->user)
			weir_buf_addf(out, "%s@", u->user);
		weir_buf_addf(out, "%s/", u->hosts);
	}
	weir_buf_add_c(out, u->path);
	char sep = '?';
	for (size_t i = 0; i < u->n_params; i++) {
		if (secret(u->params[i].name))
			continue;
		weir_buf_addf(out, "%c%s=%s", sep, u->params[i].name, u->params[i].value);
		sep = '&';
	}
}
