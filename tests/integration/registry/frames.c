/* Sends messages of any bytes to a topic.
 *
 *     frames BROKER TOPIC PARTITION     a line of standard input is the key's bytes, a blank and the value's, in hexadecimal; -
 *                                       is none. Comes back when the broker has acknowledged all. */
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static long not_delivered;

static void die(const char *what)
{
	fprintf(stderr, "frames: %s\n", what);
	exit(1);
}

static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *m, void *opaque)
{
	(void)rk;
	(void)opaque;
	not_delivered += m->err != 0;
}

static int digit(char c)
{
	const char *digits = "0123456789abcdef", *at = strchr(digits, c);
	return c && at ? (int)(at - digits) : -1;
}

/* In place. NULL: none. */
static void *bytes_of(char *hex, size_t *size)
{
	*size = 0;
	if (!hex || strcmp(hex, "-") == 0)
		return NULL;
	for (; digit(hex[2 * *size]) >= 0; ++*size)
		hex[*size] = (char)(digit(hex[2 * *size]) << 4 | digit(hex[2 * *size + 1]));
	return hex;
}

int main(int argc, char **argv)
{
	char text[512], *line = NULL;
	size_t capacity = 0;
	if (argc != 4)
		die("usage: frames BROKER TOPIC PARTITION");
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	rd_kafka_conf_set(conf, "bootstrap.servers", argv[1], text, sizeof text);
	rd_kafka_conf_set(conf, "linger.ms", "20", text, sizeof text);
	rd_kafka_conf_set(conf, "enable.idempotence", "true", text, sizeof text);
	rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
	rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
	if (!rk)
		die(text);
	while (getline(&line, &capacity, stdin) > 0) {
		size_t key_size, size;
		line[strcspn(line, "\n")] = 0;
		char *blank = strchr(line, ' ');
		if (blank)
			*blank++ = 0;
		void *value = bytes_of(blank, &size), *key = bytes_of(line, &key_size);
		while (rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(argv[2]), RD_KAFKA_V_PARTITION(atoi(argv[3])),
					 RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_VALUE(value, size),
					 RD_KAFKA_V_KEY(key, key_size), RD_KAFKA_V_END) != 0)
			rd_kafka_poll(rk, 10);
		rd_kafka_poll(rk, 0);
	}
	free(line);
	if (rd_kafka_flush(rk, 120000) != 0 || not_delivered)
		die("not all messages were delivered");
	rd_kafka_destroy(rk);
	return 0;
}
