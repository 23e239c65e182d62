/* Addresses of sources. Ours, not a library: most are no URLs in the sense of RFC 3986 (`demo:orders`, several brokers before
 * one topic, a file name with a question mark), and a password must not show up in the error for an address that does not parse. */
#include "weir/base/uri.h"

#include "weir/base/memory.h"

#include <stdlib.h>

static int hex(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
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
	while (n < s.size &&
	       ((s.data[n] >= 'a' && s.data[n] <= 'z') || (s.data[n] >= 'A' && s.data[n] <= 'Z') ||
		(n > 0 && ((s.data[n] >= '0' && s.data[n] <= '9') || s.data[n] == '+' || s.data[n] == '-'))))
		n++;
	return n > 1 && n < s.size && s.data[n] == ':' ? n : 0;
}

/* Errors never quote the part of an address that is wrong: it could be a part of a password. */
static enum weir_status refuse(struct weir_error *err, const char *what)
{
	weir_fail(err, WEIR_USAGE, "source", "%s", what);
	weir_error_hint(err, "in a user name or a password, write / ? @ : & %% as %%2F %%3F %%40 %%3A %%26 %%25");
	return WEIR_USAGE;
}

static enum weir_status no_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "source", "out of memory");
}

static bool is_name(const char *s)
{
	for (; *s; s++)
		if (!((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') || (*s >= '0' && *s <= '9') ||
		      strchr("._-", *s)))
			return false;
	return true;
}

static enum weir_status parse_params(struct weir_str query, struct weir_uri *u, struct weir_error *err)
{
	size_t capacity = 0;
	while (query.size) {
		struct weir_str rest, value, item = weir_str_cut(query, '&', &rest);
		struct weir_str key = weir_str_cut(item, '=', &value);
		query = rest;
		if (!item.size)
			continue;
		if (!weir_grow((void **)&u->params, &capacity, u->n_params + 1, sizeof *u->params))
			return no_memory(err);
		struct weir_param *p = &u->params[u->n_params++];
		p->name = decode(key);
		p->value = decode(value);
		if (!p->name || !p->value)
			return no_memory(err);
		if (!is_name(p->name))
			return refuse(err, "the name of a parameter has an invalid character");
	}
	return WEIR_OK;
}

/* The last `c`; NULL: none. */
static const char *last(struct weir_str s, char c)
{
	return s.size ? memrchr(s.data, c, s.size) : NULL;
}

/* "name", "name:9092", "[::1]:9092", "::1"; a variable may stand for anything. */
static bool is_host(struct weir_str s)
{
	struct weir_str port;

	if (s.size > 1 && memmem(s.data, s.size, "${", 2))
		return true;
	if (s.size && s.data[0] == '[') {
		weir_str_cut(s, ']', &port);
		if (!port.data || (port.size && port.data[0] != ':'))
			return false;
	} else {
		weir_str_cut(s, ':', &port);
	}
	for (size_t i = 0; i < port.size; i++)
		if (hex(port.data[i]) < 0 && port.data[i] != ':')
			return false;
	/* "host:12", but no "user:beef", which a password may look like */
	bool colons = port.size && memchr(port.data + 1, ':', port.size - 1), digits = true;
	for (size_t i = 0; i < port.size; i++)
		digits = digits && (port.data[i] == ':' || (port.data[i] >= '0' && port.data[i] <= '9'));
	return digits || colons;
}

static bool are_hosts(struct weir_str s)
{
	while (s.data) {
		struct weir_str rest, host = weir_str_cut(s, ',', &rest);
		if (!is_host(host))
			return false;
		s = rest;
	}
	return true;
}

/* "user:password@host,host/path"; the query is what follows the ?, or nothing. */
static enum weir_status parse_authority(struct weir_str *rest, struct weir_str query, struct weir_uri *u,
					struct weir_error *err)
{
	struct weir_str path, authority = weir_str_cut(*rest, '/', &path);
	const char *at = last(authority, '@');

	if (last(path, '@') || (!path.data && last(query, '@')))
		return refuse(err, "there is an @ after the host");
	if (at) {
		struct weir_str password, login = {authority.data, (size_t)(at - authority.data)};
		struct weir_str user = weir_str_cut(login, ':', &password);
		authority = (struct weir_str){at + 1, authority.size - login.size - 1};
		u->user = decode(user);
		if (!u->user || (password.data && !(u->password = decode(password))))
			return no_memory(err);
	}
	if (!are_hosts(authority))
		return refuse(err, "the port of the address is not a number");
	u->hosts = weir_str_dup(authority);
	*rest = path;
	return u->hosts ? WEIR_OK : no_memory(err);
}

static bool escapes_nul(struct weir_str s)
{
	return s.size > 2 && memmem(s.data, s.size, "%00", 3);
}

/* Something that could be "user:password@". */
static bool has_login(struct weir_str s)
{
	const char *at = last(s, '@');

	return at && memchr(s.data, ':', (size_t)(at - s.data));
}

static enum weir_status fill(struct weir_str text, bool plain, struct weir_uri *u, struct weir_error *err)
{
	size_t n = plain ? 0 : scheme_length(text);
	struct weir_str rest = text, query = {NULL, 0};
	if (n)
		rest = (struct weir_str){text.data + n + 1, text.size - n - 1};
	if (!plain)
		rest = weir_str_cut(rest, '?', &query);
	bool is_stdin = weir_str_equal(text, WEIR_STR("-")) || (!n && !plain && weir_str_equal(rest, WEIR_STR("-")));
	if (is_stdin)
		rest.size = 0;
	if (n ? escapes_nul(text) : escapes_nul(query))
		return weir_fail(err, WEIR_USAGE, "source",
				 "%%00 stands for a NUL byte, which no part of an address may hold");
	u->scheme = weir_str_dup(n ? (struct weir_str){text.data, n} : is_stdin ? WEIR_STR("stdin") : WEIR_STR("file"));
	if (!u->scheme)
		return no_memory(err);
	for (char *c = u->scheme; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c + 32);
	if (n && rest.size >= 2 && rest.data[0] == '/' && rest.data[1] == '/') {
		rest = (struct weir_str){rest.data + 2, rest.size - 2};
		enum weir_status st = parse_authority(&rest, query, u, err);
		if (st != WEIR_OK)
			return st;
		if (!u->hosts[0] && strcmp(u->scheme, "file") != 0)
			return weir_fail(err, WEIR_USAGE, "source", "no host in the address");
	} else if (n && has_login(rest) && strcmp(u->scheme, "file") != 0) {
		return refuse(err, "the host of an address comes after //");
	}
	u->path = n ? decode(rest) : weir_str_dup(rest);
	return u->path ? parse_params(query, u, err) : no_memory(err);
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

bool weir_uri_is_file(const struct weir_uri *u)
{
	return strcmp(u->scheme, "file") == 0;
}

const char *weir_uri_param(const struct weir_uri *u, const char *name)
{
	for (size_t i = u->n_params; i-- > 0;)
		if (strcmp(u->params[i].name, name) == 0)
			return u->params[i].value;
	return NULL;
}

/* Also a second one of that name. */
static bool add_param(struct weir_uri *u, const char *name, struct weir_str value)
{
	struct weir_param *grown = weir_realloc(u->params, (u->n_params + 1) * sizeof *grown);
	struct weir_param one = {weir_str_dup(weir_str_of(name)), weir_str_dup(value)};

	if (grown)
		u->params = grown;
	if (!grown || !one.name || !one.value) {
		free(one.name);
		free(one.value);
		return false;
	}
	u->params[u->n_params++] = one;
	return true;
}

bool weir_uri_copy(const struct weir_uri *from, struct weir_uri *to)
{
	const struct {
		const char *from;
		char **to;
	} texts[] = {{from->scheme, &to->scheme},
		     {from->user, &to->user},
		     {from->password, &to->password},
		     {from->hosts, &to->hosts},
		     {from->path, &to->path}};
	bool good = true;

	*to = (struct weir_uri){0};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (texts[i].from)
			good = (*texts[i].to = weir_str_dup(weir_str_of(texts[i].from))) != NULL && good;
	for (size_t i = 0; i < from->n_params && good; i++)
		good = add_param(to, from->params[i].name, weir_str_of(from->params[i].value));
	return good;
}

void weir_uri_drop(struct weir_uri *u, const char *name)
{
	size_t kept = 0;

	for (size_t i = 0; i < u->n_params; i++) {
		if (strcmp(u->params[i].name, name) != 0) {
			u->params[kept++] = u->params[i];
			continue;
		}
		free(u->params[i].name);
		free(u->params[i].value);
	}
	u->n_params = kept;
}

bool weir_uri_set(struct weir_uri *u, const char *name, struct weir_str value)
{
	weir_uri_drop(u, name);
	return add_param(u, name, value);
}

static bool secret(const char *name)
{
	static const char *const words[] = {"password", "passwd",     "pwd",   "secret", "token",
					    "key",      "credential", "oauth", "jaas"};
	for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
		size_t n = strlen(words[w]);
		for (const char *p = name; *p; p++)
			if (strlen(p) >= n && weir_str_equal_nocase((struct weir_str){p, n}, weir_str_of(words[w])))
				return true;
	}
	return false;
}

/* As it must be written, so that it cannot be taken for a part of something else. */
static void show_user(const char *user, struct weir_buf *out)
{
	for (; *user; user++) {
		if (strchr("/?@:&%", *user))
			weir_buf_addf(out, "%%%02X", (unsigned char)*user);
		else
			weir_buf_add_char(out, *user);
	}
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
		if (u->user) {
			show_user(u->user, out);
			weir_buf_add_char(out, '@');
		}
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

/* "${NAME}" and nothing else: it is filled in when the address is opened. */
static bool is_variable(struct weir_str s)
{
	return s.size > 3 && s.data[0] == '$' && s.data[1] == '{' && memchr(s.data, '}', s.size) == s.data + s.size - 1;
}

static void write_variable(struct weir_str name, struct weir_buf *out)
{
	weir_buf_add_c(out, "${");
	for (size_t i = 0; i < name.size; i++) {
		char c = name.data[i];
		bool letter = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9' && i > 0);
		weir_buf_add_char(out, c >= 'a' && c <= 'z' ? (char)(c - 32) : letter ? c : '_');
	}
	weir_buf_add_char(out, '}');
}

static bool ends_in(struct weir_str s, const char *end)
{
	size_t n = strlen(end);
	return s.size >= n && memcmp(s.data + s.size - n, end, n) == 0;
}

static void write_params(struct weir_str query, bool *hidden, struct weir_buf *out)
{
	for (char sep = '?'; query.data; sep = '&') {
		struct weir_str value, one = weir_str_cut(query, '&', &query), name = weir_str_cut(one, '=', &value);
		char *c_name = weir_str_dup(name);
		bool hide = c_name && secret(c_name) && value.size && !is_variable(value) && !ends_in(name, "file") &&
			    !ends_in(name, "location");
		weir_buf_add_char(out, sep);
		weir_buf_add_str(out, hide ? name : one);
		if (hide) {
			weir_buf_add_char(out, '=');
			write_variable(name, out);
			*hidden = true;
		}
		out->failed |= !c_name;
		free(c_name);
	}
}

void weir_uri_write(struct weir_str text, bool *hidden, struct weir_buf *out)
{
	struct weir_str query = {0}, path = {0}, address = weir_str_cut(text, '?', &query);
	const char *slashes = address.size > 2 ? memmem(address.data, address.size, "://", 3) : NULL;
	size_t before = slashes ? (size_t)(slashes - address.data) + 3 : 0;
	struct weir_str rest = {address.data + before, address.size - before},
			authority = weir_str_cut(rest, '/', &path), login = {0}, password = {0};
	const char *at = slashes ? last(authority, '@') : NULL;
	*hidden = false;
	if (at)
		login = (struct weir_str){authority.data, (size_t)(at - authority.data)};
	struct weir_str user = weir_str_cut(login, ':', &password);
	if (password.size && !is_variable(password)) {
		weir_buf_add(out, address.data, before);
		weir_buf_add_str(out, user);
		weir_buf_add_char(out, ':');
		write_variable(WEIR_STR("password"), out);
		weir_buf_add(out, at, (size_t)(address.data + address.size - at));
		*hidden = true;
	} else {
		weir_buf_add_str(out, address);
	}
	write_params(query, hidden, out);
}

bool weir_uri_hide(struct weir_str text, struct weir_buf *out)
{
	struct weir_str query, address = weir_str_cut(text, '?', &query);
	const char *slashes = address.size > 1 ? memmem(address.data, address.size, "//", 2) : NULL,
		   *at = last(address, '@');
	size_t before = slashes ? (size_t)(slashes - address.data) + 2 : 0;

	if (slashes && at < slashes)
		at = NULL;
	/* With an @ behind a ?, that may be within a password, nothing tells where it ends. */
	bool to_the_end = last(query, '@') && (slashes || has_login(address));
	if (!to_the_end && !(slashes ? at != NULL : has_login(address))) {
		weir_buf_add_str(out, address);
		return false;
	}
	weir_buf_add(out, address.data, before);
	weir_buf_add_c(out, "***");
	if (!to_the_end)
		weir_buf_add(out, at, (size_t)(address.data + address.size - at));
	return true;
}
