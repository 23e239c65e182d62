/* A proxy between a client and a broker that is far away, or goes away.
 *
 *     proxy LISTEN_PORT BROKER_PORT DELAY_MS
 *
 * Hands on what comes, each way DELAY_MS later and in order; says "ready" once it listens. Killed, it cuts all there is.
 * Both ports are of 127.0.0.1; the broker must advertise LISTEN_PORT for the listener at BROKER_PORT. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_PAIRS = 60, PIECE = 65536 };

struct piece {
	struct piece *next;
	long due_ms;
	size_t size; /* 0: the end */
	char data[PIECE];
};
struct way { /* from fds[k] to fds[1 - k] of its pair */
	struct piece *first, **last;
};
struct pair {
	int fds[2];
	struct way ways[2];
};

static struct pair pairs[MAX_PAIRS];
static int n_pairs;

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static struct sockaddr_in at_port(int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return a;
}

static void take_in(int listener, int broker_port)
{
	struct sockaddr_in a = at_port(broker_port);
	int in = accept(listener, NULL, NULL), out = socket(AF_INET, SOCK_STREAM, 0);

	if (in < 0 || out < 0 || n_pairs == MAX_PAIRS || connect(out, (struct sockaddr *)&a, sizeof a) != 0) {
		close(in);
		close(out);
		return;
	}
	struct pair *p = &pairs[n_pairs++];
	*p = (struct pair){.fds = {in, out}};
	p->ways[0].last = &p->ways[0].first;
	p->ways[1].last = &p->ways[1].first;
}

static void read_some(struct pair *p, int k, long delay_ms)
{
	struct piece *piece = malloc(sizeof *piece);
	ssize_t n = read(p->fds[k], piece->data, PIECE);

	piece->next = NULL;
	piece->size = n > 0 ? (size_t)n : 0;
	piece->due_ms = now_ms() + delay_ms;
	*p->ways[k].last = piece;
	p->ways[k].last = &piece->next;
}

/* Writes what is due. False: the connection ended. */
static bool write_due(struct pair *p, int k)
{
	struct way *w = &p->ways[k];

	while (w->first && w->first->due_ms <= now_ms()) {
		struct piece *piece = w->first;
		for (size_t done = 0; done < piece->size;) {
			ssize_t n = write(p->fds[1 - k], piece->data + done, piece->size - done);
			if (n < 0 && errno != EINTR)
				return false;
			done += n > 0 ? (size_t)n : 0;
		}
		if (piece->size == 0)
			return false;
		w->first = piece->next;
		if (!w->first)
			w->last = &w->first;
		free(piece);
	}
	return true;
}

static void drop(int i)
{
	close(pairs[i].fds[0]);
	close(pairs[i].fds[1]);
	pairs[i] = pairs[--n_pairs]; /* what waited is not freed: this is a short-lived tool */
	for (int k = 0; k < 2; k++)
		if (!pairs[i].ways[k].first)
			pairs[i].ways[k].last = &pairs[i].ways[k].first;
}

int main(int argc, char **argv)
{
	struct sockaddr_in a = at_port(argc == 4 ? atoi(argv[1]) : 0);
	int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (argc != 4 || bind(listener, (struct sockaddr *)&a, sizeof a) != 0 || listen(listener, 20) != 0) {
		fprintf(stderr, "usage: proxy LISTEN_PORT BROKER_PORT DELAY_MS: %s\n", strerror(errno));
		return 1;
	}
	signal(SIGPIPE, SIG_IGN);
	puts("ready");
	fflush(stdout);
	for (;;) {
		struct pollfd fds[1 + 2 * MAX_PAIRS] = {{listener, POLLIN, 0}};
		int n = n_pairs;
		for (int i = 0; i < 2 * n; i++)
			fds[1 + i] = (struct pollfd){pairs[i / 2].fds[i % 2], POLLIN, 0};
		poll(fds, (nfds_t)(1 + 2 * n), 2);
		for (int i = 2 * n - 1; i >= 0; i--)
			if (fds[1 + i].revents)
				read_some(&pairs[i / 2], i % 2, atol(argv[3]));
		for (int i = n - 1; i >= 0; i--)
			if (!write_due(&pairs[i], 0) || !write_due(&pairs[i], 1))
				drop(i);
		if (fds[0].revents)
			take_in(listener, atoi(argv[2]));
	}
}
