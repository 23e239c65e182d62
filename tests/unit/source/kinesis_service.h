/* A service that the tests of Kinesis talk to, and a reader of what it gives. */
#ifndef TESTS_UNIT_SOURCE_KINESIS_SERVICE_H
#define TESTS_UNIT_SOURCE_KINESIS_SERVICE_H

#include "reading.h"
#include "source/kinesis/kinesis.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

enum { PATIENCE = 400, MOST = 64 };

/* Answers the nth request with answers[n], "STATUS JSON", or with what `route` says for it. */
static struct service {
	int fd, n, port;
	const char *answers[MOST];
	const char *(*route)(const char *request, int n);
	char requests[MOST][3000];
	pthread_t thread;
	char address[200];
} service;

static void service_answer(int fd, int i)
{
	char *request = service.requests[i], head[200];
	size_t n = 0, length = 0;
	const char *body = NULL;

	while (!body || n < (size_t)(body - request) + length) {
		ssize_t got = recv(fd, request + n, sizeof service.requests[i] - n - 1, 0);
		if (got <= 0)
			break;
		n += (size_t)got;
		request[n] = 0;
		body = strstr(request, "\r\n\r\n");
		const char *field = strcasestr(request, "content-length:");
		length = field ? (size_t)atol(field + 15) : 0;
		body = body ? body + 4 : NULL;
	}
	const char *text = service.route ? service.route(request, i) : service.answers[i];
	const char *json = strchr(text, ' ') + 1;
	int size = snprintf(head, sizeof head, "HTTP/1.1 %.3s X\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
			    text, strlen(json));
	assert_int_equal(send(fd, head, (size_t)size, MSG_NOSIGNAL), size);
	assert_int_equal(send(fd, json, strlen(json), MSG_NOSIGNAL), strlen(json));
	shutdown(fd, SHUT_WR);
	while (recv(fd, (char[64]){0}, 64, 0) > 0)
		;
	close(fd);
}

static void *service_run(void *arg)
{
	(void)arg;
	for (int i = 0; i < service.n; i++) {
		int fd = accept(service.fd, NULL, NULL);
		if (fd < 0)
			break;
		service_answer(fd, i);
	}
	return NULL;
}

static inline void start_with(const char *const *answers, const char *(*route)(const char *, int))
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof at;

	memset(&service, 0, sizeof service);
	for (; answers && answers[service.n]; service.n++)
		service.answers[service.n] = answers[service.n];
	service.route = route;
	service.n = route ? MOST : service.n;
	service.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(service.fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(service.fd, 8), 0);
	assert_int_equal(getsockname(service.fd, (struct sockaddr *)&at, &size), 0);
	service.port = ntohs(at.sin_port);
	snprintf(service.address, sizeof service.address,
		 "kinesis://key:secret@eu-west-1/orders?endpoint=http://127.0.0.1:%d/", service.port);
	assert_int_equal(pthread_create(&service.thread, NULL, service_run, NULL), 0);
}

static inline void start(const char *const *answers)
{
	start_with(answers, NULL);
}

static inline void stop(void)
{
	shutdown(service.fd, SHUT_RDWR);
	pthread_join(service.thread, NULL);
	close(service.fd);
}

/* Reads to the end; the payloads, one a line. */
static inline enum weir_status read_all(struct reading *r)
{
	enum weir_status st = WEIR_OK;

	for (int n = 0; (st == WEIR_OK || st == WEIR_AGAIN) && n < PATIENCE; n++) {
		struct weir_chunk c;
		st = weir_source_poll(r->source, 250000, &c, &r->err);
		if (st != WEIR_OK)
			continue;
		for (; c.n_messages; c.messages++, c.n_messages--) {
			weir_buf_addf(&r->text, WEIR_STR_FMT "/" WEIR_STR_FMT "\n", WEIR_STR_ARG(c.messages->key),
				      WEIR_STR_ARG(c.messages->payload));
			assert_string_equal(weir_partitions_get(c.partitions, c.messages->partition)->topic.data,
					    "orders");
		}
		weir_source_consume(r->source, &c);
	}
	return st;
}

#define ONE_SHARD "200 {\"Shards\":[{\"ShardId\":\"shardId-000000000004\"}]}"
#define ITERATOR(name) "200 {\"ShardIterator\":\"" name "\"}"
#define RECORDS(list, next, behind)                                                                                    \
	"200 {\"Records\":[" list "],\"NextShardIterator\":\"" next "\",\"MillisBehindLatest\":" behind "}"
#define RECORD(sequence, data)                                                                                         \
	"{\"SequenceNumber\":\"" sequence "\",\"Data\":\"" data                                                        \
	"\",\"PartitionKey\":\"k\",\"ApproximateArrivalTimestamp\":1600000000.5}"

#endif
