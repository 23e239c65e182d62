/* A librdkafka configuration from an address, and librdkafka's errors and log in our words. */
#include "weir/client/kafka.h"

#include "weir/base/thread.h"
#include "weir/client/secret.h"

#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>

static bool is_among(const char *name, const char *const *names)
{
	for (; names && *names; names++) {
		if (strcmp(*names, name) == 0)
			return true;
	}
	return false;
}

/* librdkafka lists its properties only as a table for people: name | C, P or * | values | default | … Owned; NULL: no memory. */
static char *property_table(void)
{
	char *table = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&table, &size);

	if (!f)
		return NULL;
	rd_kafka_conf_properties_show(f);
	if (fclose(f) == 0)
		return table;
	free(table);
	return NULL;
}

/* The property of the line; size 0: it has none. */
static struct weir_str property_of(struct weir_str line, struct weir_str *columns)
{
	struct weir_str name = weir_str_cut(line, '|', columns);

	while (name.size && name.data[name.size - 1] == ' ')
		name.size--;
	bool is_name = columns->data && name.size && name.data[0] >= 'a' && name.data[0] <= 'z';
	return is_name ? name : (struct weir_str){NULL, 0};
}

static void suggest_name(const struct weir_kafka_request *q, const char *name, struct weir_error *err)
{
	struct weir_str names[512], columns;
	size_t n = 0;
	char *table = property_table();
	struct weir_str rest = weir_str_of(table ? table : "");

	for (const char *const *own = q->own; own && *own; own++)
		names[n++] = weir_str_of(*own);
	while (rest.size && n < 512) {
		names[n] = property_of(weir_str_cut(rest, '\n', &rest), &columns);
		n += names[n].size > 0;
	}
	int near = weir_nearest(weir_str_of(name), names, n);
	if (near >= 0)
		weir_error_hint(err, "did you mean " WEIR_STR_FMT "=?", WEIR_STR_ARG(names[near]));
	else
		weir_error_hint(err, "weir --list %s shows what kafka takes; librdkafka's CONFIGURATION.md the rest",
				q->list);
	free(table);
}

/* A property of few values has them in the table, a number its range. */
static void suggest_value(const char *name, const char *value, struct weir_error *err)
{
	enum { MOST = 24 };
	struct weir_str columns, values[MOST];
	char *table = property_table();
	struct weir_str rest = weir_str_of(table ? table : "");

	while (rest.size && !weir_str_equal(property_of(weir_str_cut(rest, '\n', &rest), &columns), weir_str_of(name)))
		;
	if (rest.size) {
		weir_str_cut(columns, '|', &columns);
		struct weir_str list = weir_str_trim(weir_str_cut(columns, '|', &columns)), more = list;
		size_t n = 0;
		while (more.data && n < MOST)
			values[n++] = weir_str_trim(weir_str_cut(more, ',', &more));
		int near = n > 1 ? weir_nearest(weir_str_of(value), values, n) : -1;
		if (near >= 0)
			weir_error_hint(err, "did you mean " WEIR_STR_FMT "?", WEIR_STR_ARG(values[near]));
		else if (list.size)
			weir_error_hint(err, "it takes " WEIR_STR_FMT, WEIR_STR_ARG(list));
	}
	free(table);
}

static enum weir_status set(rd_kafka_conf_t *conf, const struct weir_kafka_request *q, const char *name,
			    const char *value, struct weir_error *err)
{
	char text[300];

	switch (rd_kafka_conf_set(conf, name, value, text, sizeof text)) {
	case RD_KAFKA_CONF_OK:
		return WEIR_OK;
	case RD_KAFKA_CONF_UNKNOWN:
		weir_fail(err, WEIR_USAGE, "kafka", "unknown parameter %s=", name);
		suggest_name(q, name, err);
		return WEIR_USAGE;
	default:
		text[strcspn(text, "\n")] = '\0'; /* some of its texts end in one */
		weir_fail(err, WEIR_USAGE, "kafka", "%s", text);
		suggest_value(name, value, err);
		return WEIR_USAGE;
	}
}

static enum weir_status set_list(rd_kafka_conf_t *conf, const struct weir_kafka_request *q,
				 const struct weir_kafka_setting *s, struct weir_error *err)
{
	enum weir_status st = WEIR_OK;

	for (; s && s->name && st == WEIR_OK; s++) {
		size_t bytes = 0;
		if (!s->if_known || rd_kafka_conf_get(conf, s->name, NULL, &bytes) == RD_KAFKA_CONF_OK)
			st = set(conf, q, s->name, s->value, err);
	}
	return st;
}

static enum weir_status set_user(rd_kafka_conf_t *conf, const struct weir_kafka_request *q, struct weir_error *err)
{
	const struct weir_uri *uri = q->uri;
	char *password = NULL;
	enum weir_status st = weir_secret_of(uri, &password, err);

	if (st == WEIR_OK && uri->user) {
		st = set(conf, q, "sasl.username", uri->user, err);
		/* A password is sent unencrypted only if the address asks for that by name. */
		if (st == WEIR_OK && !weir_uri_param(uri, "security.protocol"))
			st = set(conf, q, "security.protocol", "sasl_ssl", err);
		if (st == WEIR_OK && !weir_uri_param(uri, "sasl.mechanism") && !weir_uri_param(uri, "sasl.mechanisms"))
			st = set(conf, q, "sasl.mechanism", "PLAIN", err);
	}
	if (st == WEIR_OK && password)
		st = set(conf, q, "sasl.password", password, err);
	weir_secret_free(password);
	return st;
}

/* librdkafka's own text does not name the file. */
static enum weir_status check_file(const struct weir_param *p, struct weir_error *err)
{
	size_t n = strlen(p->name);
	bool is_file = n > 9 && strncmp(p->name, "ssl.", 4) == 0 && strcmp(p->name + n - 9, ".location") == 0;

	return !is_file || strcmp(p->value, "probe") == 0 ? WEIR_OK : weir_uri_check_file(p, err);
}

static enum weir_status set_params(rd_kafka_conf_t *conf, const struct weir_kafka_request *q, struct weir_error *err)
{
	enum weir_status st = WEIR_OK;

	/* A group is in many configurations that people copy; weir joins none. */
	static const char *const aside[] = {"password-file", "group.id", NULL};
	static const char *const refused[] = {"bootstrap.servers", "metadata.broker.list", "plugin.library.paths",
					      NULL};

	for (size_t i = 0; i < q->uri->n_params && st == WEIR_OK; i++) {
		const struct weir_param *p = &q->uri->params[i];
		if (is_among(p->name, q->own) || is_among(p->name, aside))
			continue;
		if (is_among(p->name, refused)) {
			weir_fail(err, WEIR_USAGE, "kafka", "%s= cannot be set in an address", p->name);
			weir_error_hint(err, "brokers are named before the topic, and weir loads no plug-ins");
			return WEIR_USAGE;
		}
		for (const struct weir_kafka_setting *f = q->fixed; f && f->name; f++) {
			if (strcmp(f->name, p->name) == 0)
				return weir_fail(err, WEIR_USAGE, "kafka", "%s= is always %s here", p->name, f->value);
		}
		st = check_file(p, err);
		if (st == WEIR_OK)
			st = set(conf, q, p->name, p->value, err);
	}
	return st;
}

static rd_kafka_resp_err_t thread_starts(rd_kafka_t *rk, rd_kafka_thread_type_t type, const char *name, void *opaque)
{
	(void)rk, (void)type, (void)name, (void)opaque;
	weir_thread_catch_faults(true);
	return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static rd_kafka_resp_err_t thread_ends(rd_kafka_t *rk, rd_kafka_thread_type_t type, const char *name, void *opaque)
{
	(void)rk, (void)type, (void)name, (void)opaque;
	weir_thread_catch_faults(false);
	return RD_KAFKA_RESP_ERR_NO_ERROR;
}

/* librdkafka blocks all signals in its threads, and a fault there must not leave the terminal as it is. */
static rd_kafka_resp_err_t watch_threads(rd_kafka_t *rk, const rd_kafka_conf_t *conf, void *opaque, char *text,
					 size_t text_bytes)
{
	(void)conf, (void)opaque, (void)text, (void)text_bytes;
	rd_kafka_interceptor_add_on_thread_start(rk, "weir", thread_starts, NULL);
	rd_kafka_interceptor_add_on_thread_exit(rk, "weir", thread_ends, NULL);
	return RD_KAFKA_RESP_ERR_NO_ERROR;
}

enum weir_status weir_kafka_conf_make(const struct weir_kafka_request *q, struct rd_kafka_conf_s **out,
				      struct weir_error *err)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	enum weir_status st = set_list(conf, q, q->defaults, err);

	rd_kafka_conf_interceptor_add_on_new(conf, "weir", watch_threads, NULL);
	if (st == WEIR_OK && q->uri->hosts)
		st = set(conf, q, "bootstrap.servers", q->uri->hosts, err);
	if (st == WEIR_OK)
		st = set_user(conf, q, err);
	if (st == WEIR_OK)
		st = set_params(conf, q, err);
	if (st == WEIR_OK)
		st = set_list(conf, q, q->fixed, err);
	if (st != WEIR_OK) {
		rd_kafka_conf_destroy(conf);
		return st;
	}
	*out = conf;
	return WEIR_OK;
}

struct rd_kafka_conf_s *weir_kafka_conf_copy(const struct rd_kafka_conf_s *conf)
{
	rd_kafka_conf_t *copy = rd_kafka_conf_dup(conf);

	rd_kafka_conf_interceptor_add_on_new(copy, "weir", watch_threads, NULL); /* the one thing that is not copied */
	return copy;
}

void weir_kafka_log(struct weir_log *log, int level, const char *facility, const char *text)
{
	enum weir_log_level ours = level <= 3   ? WEIR_LOG_ERROR
				   : level == 4 ? WEIR_LOG_WARNING
				   : level <= 6 ? WEIR_LOG_NOTICE
						: WEIR_LOG_DEBUG;

	weir_log_add(log, ours, "librdkafka", "%s: %s", facility, text);
}

enum weir_status weir_kafka_status(int rd_error)
{
	switch (rd_error) {
	case RD_KAFKA_RESP_ERR_NO_ERROR:
		return WEIR_OK;
	case RD_KAFKA_RESP_ERR__TRANSPORT:
	case RD_KAFKA_RESP_ERR__RESOLVE:
	case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
	case RD_KAFKA_RESP_ERR__TIMED_OUT:
	case RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE:
		return WEIR_UNREACHABLE;
	case RD_KAFKA_RESP_ERR__AUTHENTICATION:
	case RD_KAFKA_RESP_ERR__SSL:
	case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
	case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
	case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
		return WEIR_DENIED;
	case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
	case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
	case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
		return WEIR_NOT_FOUND;
	case RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE:
	case RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION:
	case RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE:
		return WEIR_AGAIN;
	default:
		return WEIR_IO;
	}
}
