/* The address of a PostgreSQL server, and connecting to it. */
#include "postgres_wait.h"

#include "weir/base/memory.h"
#include "weir/client/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "postgresql", "out of memory");
}

static bool add(struct weir_postgres *p, const char *word, struct weir_str value)
{
	if (!(p->texts[p->n] = weir_str_dup(value)))
		return false;
	p->words[p->n] = word;
	p->values[p->n] = p->texts[p->n];
	p->n++;
	return true;
}

/* "a:5432,b" as libpq wants it: hosts "a,b", ports "5432,". [::1] is an address with colons. */
static enum weir_status add_hosts(struct weir_postgres *p, const char *hosts, bool *local, struct weir_error *err)
{
	struct weir_buf names = {0}, ports = {0};
	struct weir_str rest = weir_str_of(hosts);
	enum weir_status st = WEIR_OK;

	*local = true;
	while (rest.size && st == WEIR_OK) {
		struct weir_str port = {0}, host = weir_str_cut(rest, ',', &rest);
		const char *colon = memrchr(host.data, ':', host.size);
		int64_t number = 0;
		if (colon && !memchr(colon, ']', (size_t)(host.data + host.size - colon))) {
			port = (struct weir_str){colon + 1, (size_t)(host.data + host.size - colon - 1)};
			host.size = (size_t)(colon - host.data);
			if (!weir_parse_int64(port, false, &number) || number < 1 || number > 65535)
				st = weir_fail(err, WEIR_USAGE, "postgresql", WEIR_STR_FMT " is not a port",
					       WEIR_STR_ARG(port));
		}
		if (host.size > 2 && host.data[0] == '[')
			host = (struct weir_str){host.data + 1, host.size - 2};
		*local =
		    *local && (weir_str_equal(host, WEIR_STR("localhost")) || weir_str_equal(host, WEIR_STR("::1")) ||
			       (host.size > 4 && memcmp(host.data, "127.", 4) == 0));
		weir_buf_add_c(&names, names.size ? "," : "");
		weir_buf_add_str(&names, host);
		weir_buf_addf(&ports, "%s" WEIR_STR_FMT, ports.size ? "," : "", WEIR_STR_ARG(port));
	}
	if (st == WEIR_OK && names.size &&
	    (names.failed || ports.failed || !add(p, "host", weir_buf_str(&names)) ||
	     !add(p, "port", weir_buf_str(&ports))))
		st = out_of_memory(err);
	weir_buf_release(&names);
	weir_buf_release(&ports);
	return st;
}

/* Without a word about it, a server elsewhere must show a certificate that the system trusts. libpq would take any. */
static bool add_tls(struct weir_postgres *p, const struct weir_uri *uri, bool local)
{
	static const char *const words[] = {"sslrootcert", "sslcert", "sslkey"};
	static const char *const bundles[] = {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
					      "/etc/ssl/cert.pem"};
	const char *mode = weir_uri_param(uri, "sslmode");
	bool good = add(p, "sslmode", weir_str_of(mode ? mode : local ? "prefer" : "verify-full"));

	for (size_t i = 0; good && i < sizeof words / sizeof *words; i++)
		if (weir_uri_param(uri, words[i]))
			good = add(p, words[i], weir_str_of(weir_uri_param(uri, words[i])));
	for (size_t i = 0;
	     good && !local && !weir_uri_param(uri, "sslrootcert") && i < sizeof bundles / sizeof *bundles; i++)
		if (access(bundles[i], R_OK) == 0)
			return add(p, "sslrootcert", weir_str_of(bundles[i]));
	return good;
}

static enum weir_status check_mode(const struct weir_uri *uri, struct weir_error *err)
{
	const char *mode = weir_uri_param(uri, "sslmode");

	if (!mode || weir_str_among("disable allow prefer require verify-ca verify-full", weir_str_of(mode)))
		return WEIR_OK;
	weir_fail(err, WEIR_USAGE, "sslmode", "sslmode=%s is none", mode);
	weir_error_hint(err, "disable, require, verify-ca or verify-full");
	return WEIR_USAGE;
}

enum weir_status weir_postgres_init(struct weir_postgres *p, const struct weir_uri *uri, const struct weir_clock *clock,
				    int64_t timeout_us, struct weir_error *err)
{
	const char *schema = weir_uri_param(uri, "schema");
	struct weir_buf name = {0}, timeout = {0};
	bool local = true;

	*p = (struct weir_postgres){.clock = clock, .timeout_us = timeout_us};
	weir_buf_addf(&name, "%s/%s", uri->hosts ? uri->hosts : "", uri->path);
	weir_buf_addf(&timeout, "%lld", (long long)timeout_us / 1000 + 1);
	p->name = name.failed ? NULL : weir_str_dup(weir_buf_str(&name));
	enum weir_status st = p->name && !timeout.failed ? check_mode(uri, err) : out_of_memory(err);
	if (st == WEIR_OK && schema && !(p->schema = weir_str_dup(weir_str_of(schema))))
		st = out_of_memory(err);
	if (st == WEIR_OK)
		st = add_hosts(p, uri->hosts ? uri->hosts : "", &local, err);
	if (st == WEIR_OK)
		st = weir_secret_of(uri, &p->secret, err);
	if (st == WEIR_OK &&
	    ((uri->user && !add(p, "user", weir_str_of(uri->user))) ||
	     (*uri->path && !add(p, "dbname", weir_str_of(uri->path))) || !add_tls(p, uri, local) ||
	     !add(p, "application_name", WEIR_STR("weir")) || !add(p, "client_encoding", WEIR_STR("UTF8")) ||
	     !add(p, "tcp_user_timeout", weir_buf_str(&timeout))))
		st = out_of_memory(err);
	if (st == WEIR_OK && p->secret) {
		p->words[p->n] = "password";
		p->values[p->n] = p->secret;
	}
	weir_buf_release(&name);
	weir_buf_release(&timeout);
	if (st != WEIR_OK)
		weir_postgres_release(p);
	return st;
}

void weir_postgres_release(struct weir_postgres *p)
{
	weir_postgres_drop(p);
	for (uint32_t i = 0; i < p->n; i++)
		free(p->texts[i]);
	weir_secret_free(p->secret);
	free(p->schema);
	free(p->name);
	*p = (struct weir_postgres){0};
}

static enum weir_status shake_hands(struct weir_postgres *p, struct weir_error *err)
{
	int64_t end_us = weir_clock_mono_us(p->clock) + p->timeout_us;
	enum weir_status st = WEIR_OK;

	for (PostgresPollingStatusType next = PGRES_POLLING_WRITING; st == WEIR_OK && next != PGRES_POLLING_OK;) {
		if (next == PGRES_POLLING_FAILED)
			return weir_postgres_refused(p, err);
		st = weir_postgres_wait(p, next == PGRES_POLLING_READING ? POLLIN : POLLOUT, end_us, err);
		next = st == WEIR_OK ? PQconnectPoll(p->db) : next;
	}
	return st;
}

static enum weir_status set_up(struct weir_postgres *p, struct weir_error *err)
{
	struct weir_buf sql = {0};

	weir_buf_add_c(&sql, "SET standard_conforming_strings = on; SET DateStyle = ISO; SET TimeZone = 'UTC'; "
			     "SET extra_float_digits = 1; SET client_min_messages = warning");
	weir_buf_addf(&sql, "; SET lock_timeout = %lld", (long long)(p->timeout_us / 1000));
	if (p->schema) {
		weir_buf_add_c(&sql, "; SET search_path = ");
		weir_postgres_quote(weir_str_of(p->schema), &sql);
	}
	enum weir_status st = weir_postgres_run_text(p, &sql, NULL, err);
	weir_buf_release(&sql);
	return st;
}

static void say_nothing(void *ctx, const PGresult *r)
{
	(void)ctx, (void)r; /* notices would go to standard error, in the middle of the picture */
}

enum weir_status weir_postgres_connect(struct weir_postgres *p, bool *fresh, struct weir_error *err)
{
	if (fresh)
		*fresh = false;
	if (p->db && PQstatus(p->db) == CONNECTION_OK)
		return WEIR_OK;
	weir_postgres_drop(p);
	if (!(p->db = PQconnectStartParams(p->words, p->values, 0)))
		return out_of_memory(err);
	PQsetErrorVerbosity(p->db, PQERRORS_VERBOSE); /* the only way to the SQLSTATE of a refusal */
	PQsetNoticeReceiver(p->db, say_nothing, NULL);
	enum weir_status st = PQstatus(p->db) == CONNECTION_BAD ? weir_postgres_refused(p, err) : shake_hands(p, err);
	if (st != WEIR_OK)
		return st;
	PQsetErrorVerbosity(p->db, PQERRORS_DEFAULT);
	PQsetnonblocking(p->db, 1);
	st = set_up(p, err);
	if (st != WEIR_OK)
		weir_postgres_drop(p);
	else if (fresh)
		*fresh = true;
	return st;
}
