/* The other side of a source, for tests/batch/sources: sends a file once and ends.
 *
 *     peer free                      prints a TCP port of loopback that is free now
 *     peer serve tcp PORT FILE       waits for a connection, and sends the file to it
 *     peer serve unix PATH FILE
 *     peer serve http PORT FILE      the same behind the head of an answer of HTTP
 *     peer send tcp PORT FILE        connects as soon as somebody listens, and sends the file
 *     peer send udp PORT FILE        the same, each line a datagram */
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

enum { TRIES = 1200 }; /* of a twentieth of a second: a minute */

static int fail(const char *what)
{
	fprintf(stderr, "peer: %s: %s\n", what, strerror(errno));
	exit(1);
}

static struct sockaddr_in loopback(const char *port)
{
	return (struct sockaddr_in){
	    .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static void send_all(int fd, const char *bytes, size_t size)
{
	while (size) {
		ssize_t n = send(fd, bytes, size, MSG_NOSIGNAL);
		if (n < 0)
			fail("send");
		bytes += n;
		size -= (size_t)n;
	}
}

static void send_file(int fd, const char *path)
{
	char piece[65536];
	size_t n;
	FILE *f = fopen(path, "rb");

	if (!f)
		fail(path);
	while ((n = fread(piece, 1, sizeof piece, f)) > 0)
		send_all(fd, piece, n);
	fclose(f);
}

/* Takes the head of a request, which is short, and answers it. */
static void send_head(int fd, const char *path)
{
	char request[4096] = "", head[200];
	size_t n = 0;
	struct stat meta;

	while (!strstr(request, "\r\n\r\n") && n + 1 < sizeof request) {
		ssize_t got = recv(fd, request + n, sizeof request - n - 1, 0);
		if (got <= 0)
			fail("request");
		n += (size_t)got;
		request[n] = 0;
	}
	if (stat(path, &meta) < 0)
		fail(path);
	snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %lld\r\nConnection: close\r\n\r\n",
		 (long long)meta.st_size);
	send_all(fd, head, strlen(head));
}

/* Until the other side has taken all of it: then it closes, too. */
static void finish(int fd)
{
	char rest[64];

	shutdown(fd, SHUT_WR);
	while (recv(fd, rest, sizeof rest, 0) > 0)
		;
	close(fd);
}

static int listen_on(const char *kind, const char *where)
{
	struct sockaddr_un place = {.sun_family = AF_UNIX};
	struct sockaddr_in at = loopback(where);
	int local = strcmp(kind, "unix") == 0, one = 1;
	int fd = socket(local ? AF_UNIX : AF_INET, SOCK_STREAM, 0);

	snprintf(place.sun_path, sizeof place.sun_path, "%s", where);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(fd, local ? (struct sockaddr *)&place : (struct sockaddr *)&at, local ? sizeof place : sizeof at) <
		0 ||
	    listen(fd, 8) < 0)
		fail("listen");
	return fd;
}

static int serve(const char *kind, const char *where, const char *path)
{
	int fd = listen_on(kind, where), peer = accept(fd, NULL, NULL);

	if (peer < 0)
		fail("accept");
	if (strcmp(kind, "http") == 0)
		send_head(peer, path);
	send_file(peer, path);
	finish(peer);
	return 0;
}

static void pause_a_little(void)
{
	nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
}

static int send_by_tcp(const char *port, const char *path)
{
	struct sockaddr_in to = loopback(port);

	for (int i = 0; i < TRIES; i++, pause_a_little()) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);
		if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0) {
			send_file(fd, path);
			finish(fd);
			return 0;
		}
		close(fd);
	}
	return fail("connect");
}

/* A datagram to a port where nobody listens comes back as an error of the next call. */
static int send_by_udp(const char *port, const char *path)
{
	struct sockaddr_in to = loopback(port);
	char line[65536];
	int fd = socket(AF_INET, SOCK_DGRAM, 0), heard = 0;
	FILE *f = fopen(path, "r");

	if (!f || connect(fd, (struct sockaddr *)&to, sizeof to) < 0)
		fail(path);
	for (int i = 0; !heard && i < TRIES; i++, pause_a_little()) {
		struct sockaddr_in probe = to;
		int other = socket(AF_INET, SOCK_DGRAM, 0); /* the port is taken once somebody listens */
		heard = bind(other, (struct sockaddr *)&probe, sizeof probe) < 0 && errno == EADDRINUSE;
		close(other);
	}
	while (heard && fgets(line, sizeof line, f))
		if (send(fd, line, strlen(line), 0) < 0)
			fail("send");
	fclose(f);
	return heard ? 0 : fail("nobody listens");
}

static int print_free_port(void)
{
	struct sockaddr_in at = loopback("0");
	socklen_t size = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(fd, (struct sockaddr *)&at, sizeof at) < 0 || getsockname(fd, (struct sockaddr *)&at, &size) < 0)
		fail("bind");
	printf("%d\n", ntohs(at.sin_port));
	return 0;
}

int main(int argc, char **argv)
{
	alarm(120); /* nobody comes: the test has failed */
	if (argc == 2 && strcmp(argv[1], "free") == 0)
		return print_free_port();
	if (argc == 5 && strcmp(argv[1], "serve") == 0)
		return serve(argv[2], argv[3], argv[4]);
	if (argc == 5 && strcmp(argv[1], "send") == 0)
		return strcmp(argv[2], "tcp") == 0 ? send_by_tcp(argv[3], argv[4]) : send_by_udp(argv[3], argv[4]);
	fprintf(stderr, "usage: peer free | serve tcp|unix|http WHERE FILE | send tcp|udp PORT FILE\n");
	return 2;
}
