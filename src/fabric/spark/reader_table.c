/* Spark's JDBC reader of a table. */
#include "driver.h"
#include "records.h"

#include <stdlib.h>

static enum weir_status no_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "spark", "out of memory");
}

static bool set(json_t *options, const char *name, const char *value)
{
	return json_object_set_new(options, name, json_string(value)) == 0;
}

static bool is_local(struct weir_str hosts)
{
	while (hosts.size) {
		struct weir_str rest, host = weir_str_cut(hosts, ',', &hosts), name = weir_str_cut(host, ':', &rest);
		if (!weir_str_equal(name, WEIR_STR("localhost")) &&
		    !(name.size > 4 && memcmp(name.data, "127.", 4) == 0) &&
		    !(host.size > 5 && memcmp(host.data, "[::1]", 5) == 0))
			return false;
	}
	return true;
}

/* As weir itself connects: a server elsewhere must show a certificate that is trusted, here by the JVM, for its name. */
static void add_tls(const struct weir_spark_stream *s, const char *sign, struct weir_buf *url)
{
	static const char *const words[][2] = {{"disable", "DISABLED"},
					       {"require", "REQUIRED"},
					       {"verify-ca", "VERIFY_CA"},
					       {"verify-full", "VERIFY_IDENTITY"}};
	const char *mode = weir_uri_param(s->uri, "sslmode");
	bool postgresql = s->driver->quote == '"';

	if (!mode && is_local(weir_str_of(s->uri->hosts)))
		return;
	mode = mode ? mode : "verify-full";
	for (size_t i = 0; s->driver->modes_in_capitals && i < sizeof words / sizeof *words; i++)
		if (strcmp(mode, words[i][0]) == 0)
			mode = words[i][1];
	if (!postgresql && !s->driver->modes_in_capitals && strcmp(mode, "require") == 0)
		mode = "trust";
	weir_buf_addf(url, "%s%s=%s", sign, postgresql ? "sslmode" : "sslMode", mode);
	if (postgresql && strncmp(mode, "verify", 6) == 0)
		weir_buf_add_c(url, "&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory");
}

static bool set_url(const struct weir_spark_stream *s, json_t *options)
{
	struct weir_buf url = {0};
	const char *settings = s->driver->settings;

	weir_buf_addf(&url, "%s%s/%s%s%s", s->driver->url, s->uri->hosts, s->uri->path, *settings ? "?" : "", settings);
	add_tls(s, *settings ? "&" : "?", &url);
	bool good = !url.failed && set(options, "url", url.data) && set(options, "driver", s->driver->class_name);
	weir_buf_release(&url);
	return good && (!s->uri->user || set(options, "user", s->uri->user));
}

static void add_quoted(const struct weir_spark_driver *d, const char *name, struct weir_buf *out)
{
	weir_buf_add_char(out, d->quote);
	for (; *name; name++) {
		weir_buf_add_char(out, *name);
		if (*name == d->quote)
			weir_buf_add_char(out, d->quote);
	}
	weir_buf_add_char(out, d->quote);
}

static bool set_table(const struct weir_spark_stream *s, json_t *options)
{
	const char *table = weir_uri_param(s->uri, "table"), *query = weir_uri_param(s->uri, "query"),
		   *schema = weir_uri_param(s->uri, "schema");
	struct weir_buf from = {0};

	if (query)
		weir_buf_addf(&from, "(%s) AS q", query);
	if (!query && schema) {
		add_quoted(s->driver, schema, &from);
		weir_buf_add_char(&from, '.');
	}
	if (!query)
		add_quoted(s->driver, table, &from);
	bool good = !from.failed && set(options, "dbtable", from.data);
	weir_buf_release(&from);
	return good;
}

static enum weir_status check(const struct weir_spark_stream *s, struct weir_error *err)
{
	static const char known[] = "table query schema sslmode password-file follow timeout time from until";
	const char *from = weir_uri_param(s->uri, "from"), *until = weir_uri_param(s->uri, "until");

	if (!s->uri->hosts || !*s->uri->hosts)
		return weir_fail(err, WEIR_UNSUPPORTED, s->uri->scheme,
				 "Spark reaches no server by a socket: name its host");
	if (!weir_uri_param(s->uri, "table") && !weir_uri_param(s->uri, "query")) {
		weir_fail(err, WEIR_UNSUPPORTED, s->uri->scheme, "Spark must be told which table");
		weir_error_hint(err, "table=NAME in the address");
		return WEIR_UNSUPPORTED;
	}
	if ((from && strcmp(from, "earliest") != 0) || (until && strcmp(until, "latest") != 0)) {
		weir_fail(err, WEIR_UNSUPPORTED, s->uri->scheme, "Spark reads a table as a whole, not from= or until=");
		weir_error_hint(err, "--where on the time column says the same");
		return WEIR_UNSUPPORTED;
	}
	for (size_t i = 0; i < s->uri->n_params; i++)
		if (!weir_str_among(known, weir_str_of(s->uri->params[i].name)))
			return weir_fail(err, WEIR_UNSUPPORTED, s->uri->scheme,
					 "%s= has no meaning for Spark's JDBC reader", s->uri->params[i].name);
	return WEIR_OK;
}

bool weir_spark_table_place(const struct weir_spark_stream *s, json_t *options)
{
	return set_url(s, options) && set_table(s, options);
}

enum weir_status weir_spark_table_reader(const struct weir_spark_stream *s, json_t *options, struct weir_error *err)
{
	enum weir_status st = check(s, err);

	/* A time without a zone stays what it is, rather than being one of the JVM's zone. */
	if (st == WEIR_OK && (!weir_spark_table_place(s, options) || !set(options, "fetchsize", "10000") ||
			      !set(options, "preferTimestampNTZ", "true")))
		return no_memory(err);
	return st;
}
