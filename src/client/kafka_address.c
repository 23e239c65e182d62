/* What an address of Kafka must have, and the client that is made of it. */
#include "weir/client/kafka.h"

#include <librdkafka/rdkafka.h>
#include <strings.h>

/* librdkafka would silently cut a number that is too large. */
static enum weir_status check_ports(const char *hosts, struct weir_error *err)
{
	struct weir_str rest = weir_str_of(hosts);
	int64_t port;

	while (rest.data) {
		struct weir_str host = weir_str_cut(rest, ',', &rest);
		const char *colon = memrchr(host.data, ':', host.size);
		struct weir_str digits = {colon ? colon + 1 : host.data,
					  colon ? (size_t)(host.data + host.size - colon - 1) : 0};
		bool bracket = memchr(digits.data, ']', digits.size) != NULL;
		if (colon && !bracket && (!weir_parse_int64(digits, false, &port) || port < 1 || port > 65535))
			return weir_fail(err, WEIR_USAGE, "kafka", WEIR_STR_FMT " is not a port", WEIR_STR_ARG(digits));
	}
	return WEIR_OK;
}

static enum weir_status check_user(const struct weir_uri *uri, struct weir_error *err)
{
	const char *protocol = weir_uri_param(uri, "security.protocol"),
		   *mechanism = weir_uri_param(uri, "sasl.mechanism");

	mechanism = mechanism ? mechanism : weir_uri_param(uri, "sasl.mechanisms");
	bool by_name = !mechanism || strcasecmp(mechanism, "PLAIN") == 0 || strncasecmp(mechanism, "SCRAM", 5) == 0;
	if (!protocol || strncasecmp(protocol, "sasl", 4) != 0 || !by_name || uri->user ||
	    weir_uri_param(uri, "sasl.username"))
		return WEIR_OK;
	weir_fail(err, WEIR_USAGE, "kafka", "security.protocol=%s needs a user", protocol);
	weir_error_hint(err,
			"kafka://USER@BROKER/TOPIC?password-file=FILE; sasl.mechanism= names another way to log in");
	return WEIR_USAGE;
}

enum weir_status weir_kafka_check_address(const struct weir_uri *uri, struct weir_error *err)
{
	if (!uri->hosts || !*uri->hosts) {
		weir_fail(err, WEIR_USAGE, "kafka", "the address names no broker");
		weir_error_hint(err, "kafka://127.0.0.1:9092/TOPIC");
		return WEIR_USAGE;
	}
	enum weir_status st = check_ports(uri->hosts, err);
	return st == WEIR_OK ? check_user(uri, err) : st;
}

enum weir_status weir_kafka_client_make(int type, struct rd_kafka_conf_s *conf, struct rd_kafka_s **out,
					struct weir_error *err)
{
	char text[300], reason[sizeof text];

	*out = rd_kafka_new((rd_kafka_type_t)type, conf, text, sizeof text);
	/* The configuration is left to itself then: to destroy it after this failure ends the program in librdkafka 2.0.2, as if
	 * something were freed twice. */
	return *out ? WEIR_OK
		    : weir_fail(err, WEIR_USAGE, "kafka", "%s", weir_kafka_reason(text, reason, sizeof reason));
}
