/* The other side of a source, for the scenario: hands out some bytes of a file, and stays until it is killed.
 *
 *     part serve tcp PORT FILE FROM TO     waits for a connection, and sends these bytes over it
 *     part serve unix PATH FILE FROM TO
 *     part serve file PORT FILE FROM TO    a web server that has the file: from where the request wants it, up to TO
 *     part serve events PORT FILE FROM TO  the same as server-sent events: a line each, with its number as the id
 *     part send tcp PORT FILE FROM TO      connects, and sends them
 *     part send udp PORT FILE FROM TO      each line a datagram; waits while they lie unread, for none is to be dropped */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { TRIES = 1200, PAUSE_NS = 50000000, DATAGRAMS = 50 };

static char *bytes;
static long size, from, to;

static int fail(const char *what)
{
	fprintf(stderr, "part: %s: %s\n", what, strerror(errno));
	exit(1);
}

static struct sockaddr_in loopback(const char *port)
{
	return (struct sockaddr_in){
	    .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static void read_file(const char *path)
{
	struct stat meta;
	FILE *f = fopen(path, "rb");

	if (!f || stat(path, &meta) < 0)
		fail(path);
	size = (long)meta.st_size;
	bytes = malloc((size_t)size + 1);
	if (!bytes || fread(bytes, 1, (size_t)size, f) != (size_t)size)
		fail(path);
	bytes[size] = 0;
	fclose(f);
}

static void send_all(int fd, const char *data, size_t n)
{
	while (n) {
		ssize_t put = send(fd, data, n, MSG_NOSIGNAL);
		if (put < 0)
			fail("send");
		data += put;
		n -= (size_t)put;
	}
}

static int listen_on(const char *kind, const char *where)
{
	struct sockaddr_un place = {.sun_family = AF_UNIX};
	struct sockaddr_in at = loopback(where);
	int local = strcmp(kind, "unix") == 0, one = 1;
	int fd = socket(local ? AF_UNIX : AF_INET, SOCK_STREAM, 0);

	snprintf(place.sun_path, sizeof place.sun_path, "%s", where);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (local)
		unlink(where);
	if (bind(fd, local ? (struct sockaddr *)&place : (struct sockaddr *)&at, local ? sizeof place : sizeof at) <
		0 ||
	    listen(fd, 8) < 0)
		fail("listen");
	return fd;
}

static long number_behind(const char *request, const char *field)
{
	const char *at = strcasestr(request, field);

	return at ? atol(at + strlen(field)) : 0;
}

static void take_request(int fd, char *request, size_t room)
{
	for (size_t n = 0; !strstr(request, "\r\n\r\n") && n + 1 < room;) {
		ssize_t got = recv(fd, request + n, room - n - 1, 0);
		if (got <= 0)
			fail("request");
		n += (size_t)got;
		request[n] = 0;
	}
}

static void answer_with_file(int fd, const char *request)
{
	char head[300];
	long begin = number_behind(request, "range: bytes=");
	int n =
	    snprintf(head, sizeof head,
		     "HTTP/1.1 %s\r\nETag: \"one\"\r\nContent-Length: %ld\r\nContent-Range: bytes %ld-%ld/%ld\r\n\r\n",
		     begin ? "206 Partial Content" : "200 OK", size - begin, begin, size - 1, size);

	send_all(fd, head, (size_t)n);
	if (to > begin)
		send_all(fd, bytes + begin, (size_t)(to - begin));
}

static void answer_with_events(int fd, const char *request)
{
	static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nretry: 100\n\n";
	long last = number_behind(request, "last-event-id: "), number = 0;
	char id[40];

	send_all(fd, head, sizeof head - 1);
	for (const char *line = bytes; line < bytes + to;) {
		const char *end = memchr(line, '\n', (size_t)(bytes + to - line));
		if (++number > last) {
			int n = snprintf(id, sizeof id, "id: %ld\ndata: ", number);
			send_all(fd, id, (size_t)n);
			send_all(fd, line, (size_t)((end ? end : bytes + to) - line));
			if (end) /* else it stays half an event */
				send_all(fd, "\n\n", 2);
		}
		line = end ? end + 1 : bytes + to;
	}
}

static void serve(const char *kind, const char *where)
{
	int listener = listen_on(kind, where);

	for (;;) {
		char request[4096] = "";
		int fd = accept(listener, NULL, NULL);
		if (fd < 0)
			fail("accept");
		if (strcmp(kind, "file") == 0 || strcmp(kind, "events") == 0)
			take_request(fd, request, sizeof request);
		if (strcmp(kind, "file") == 0)
			answer_with_file(fd, request);
		else if (strcmp(kind, "events") == 0)
			answer_with_events(fd, request);
		else
			send_all(fd, bytes + from, (size_t)(to - from));
	}
}

static void pause_a_little(long ns)
{
	nanosleep(&(struct timespec){.tv_nsec = ns}, NULL);
}

static void send_by_tcp(const char *port)
{
	struct sockaddr_in at = loopback(port);

	for (int i = 0; i < TRIES; i++, pause_a_little(PAUSE_NS)) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);
		if (connect(fd, (struct sockaddr *)&at, sizeof at) == 0) {
			send_all(fd, bytes + from, (size_t)(to - from));
			return;
		}
		close(fd);
	}
	fail("connect");
}

/* What lies unread at the port; -1: nobody listens there. */
static long unread(int port)
{
	char line[300];
	unsigned at, queue;
	long n = -1;
	FILE *f = fopen("/proc/net/udp", "r");

	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, " %*d: %*8x:%4x %*8x:%*4x %*x %*x:%x", &at, &queue) == 2 && (int)at == port)
			n = (long)queue;
	if (f)
		fclose(f);
	return n;
}

static void send_by_udp(const char *port)
{
	struct sockaddr_in at = loopback(port);
	int fd = socket(AF_INET, SOCK_DGRAM, 0), n = 0;

	for (const char *line = bytes + from; line < bytes + to;) {
		const char *end = memchr(line, '\n', (size_t)(bytes + to - line));
		for (int i = 0; n % DATAGRAMS == 0 && unread(atoi(port)) != 0 && i < TRIES * 10; i++)
			pause_a_little(PAUSE_NS / 10);
		n++;
		end = end ? end + 1 : bytes + to;
		if (sendto(fd, line, (size_t)(end - line), 0, (struct sockaddr *)&at, sizeof at) < 0)
			fail("send");
		line = end;
	}
}

int main(int argc, char **argv)
{
	alarm(120); /* nobody kills it: the test has failed */
	if (argc != 7) {
		fprintf(
		    stderr,
		    "usage: part free | serve tcp|unix|file|events WHERE FILE FROM TO | send tcp|udp PORT FILE FROM TO\n");
		return 2;
	}
	read_file(argv[4]);
	from = atol(argv[5]);
	to = atol(argv[6]);
	if (strcmp(argv[1], "serve") == 0)
		serve(argv[2], argv[3]);
	else if (strcmp(argv[2], "tcp") == 0)
		send_by_tcp(argv[3]);
	else
		send_by_udp(argv[3]);
	pause();
	return 0;
}
