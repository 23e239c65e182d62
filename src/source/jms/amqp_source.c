/* The row of AMQP in the table of sources. */
#include "amqp.h"

static enum weir_status amqp_open(const struct weir_source_config *config, struct weir_source **out,
				  struct weir_error *err)
{
	return jms_open(config, &jms_amqp, out, err);
}

static const struct weir_uri_option amqp_options[] = {
    {"from", "earliest|latest|-15m|TIME", "of a queue: messages that were sent before are passed over (earliest)"},
    {"until", "latest|-15m|TIME", "where to stop: what is there now, or the first message of that time (never)"},
    {"durable", "NAME", "of a topic: the broker keeps for this name what weir has not read"},
    {"client-id", "NAME", "as what weir connects (the durable name, or one that is new each time)"},
    {"selector", "EXPR", "which messages the broker sends, by its own rules: region = 'eu'"},
    {"prefix", "TEXT", "before the name in the broker's addresses (what the broker says)"},
    {"sasl.mechanism", "NAME",
     "PLAIN, EXTERNAL or ANONYMOUS, and more with Cyrus SASL; PLAIN without TLS only if it is asked for here"},
    {"password-file", "FILE", "the password of the user in the address, its first line"},
    {"ssl.ca.location", "FILE", "certificates to trust in place of the system's"},
    {"ssl.certificate.location", "FILE", "who we are"},
    {"ssl.key.location", "FILE", "the key to that"},
    {NULL, NULL, NULL},
};

const struct weir_source_ops weir_source_amqp = {
    .name = "amqp",
    .schemes = "amqp amqps",
    .help = "a topic or queue of a JMS broker, over AMQP 1.0; queues are browsed, never consumed",
    .example = "amqps://host/topic/orders?durable=weir",
    .once = true,
    .can_wait = true,
    .options = amqp_options,
    .open = amqp_open,
    .poll = jms_poll,
    .consume = jms_consume,
    .wake = jms_wake,
    .status = jms_status,
    .finite = jms_finite,
    .close = jms_close,
};
