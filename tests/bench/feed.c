/* Plays records that tests/bench/gen wrote into a pipe, faster than they can be made: the file lies in memory, and each time
 * around its records get new times and new traces.
 *
 *   feed FILE event|now MARK_MS ROWS@RATE...
 *
 * FILE: NDJSON of tests/bench/gen. event: times go on by 1 ms a record, as in the file; now: the wall clock, with the file's
 * disorder. RATE: records a second, 0 = as fast as the reader takes them. After the last phase the pipe stays open and
 * quiet. MARK_MS > 0: in the last phase, each so many ms (less a third, more or less), a record of a service that
 * nobody saw before. Standard error tells: "phase N ROWS SECONDS" after each, and "mark NAME NANOSECONDS" (monotonic
 * clock) before a mark is written. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	TIME_AT = 9,         /* in a record: after {"time":" */
	TRACE_FROM_END = 19, /* the trace's first digit, from the end of the line */
	PIECE = 256 << 10,
	LONGEST = 512,
	MS_PER_DAY = 86400000,
};

struct feed {
	char *text;
	size_t n_rows;
	uint32_t *line; /* n_rows + 1 offsets */
	int16_t *back;  /* ms that a record lies behind its place */
	bool now;
	int64_t start_ms; /* of the file's first record */
	uint64_t next;    /* rows written so far */
	char out[PIECE + LONGEST];
	char day_text[16];
	int64_t day;
};

static int64_t clock_ns(clockid_t id)
{
	struct timespec t;
	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void die(const char *what)
{
	fprintf(stderr, "feed: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t parse_ms(const char *s)
{
	struct tm tm = {0};
	const char *rest = strptime(s, "%Y-%m-%dT%H:%M:%S", &tm);
	if (!rest)
		die("a record without a time");
	return (int64_t)timegm(&tm) * 1000 + strtol(rest + 1, NULL, 10);
}

static void load(struct feed *f, const char *path)
{
	FILE *in = fopen(path, "r");
	if (!in || fseek(in, 0, SEEK_END) != 0)
		die(path);
	long size = ftell(in);
	rewind(in);
	f->text = malloc((size_t)size + 1);
	f->line = malloc(((size_t)size / 64 + 2) * sizeof *f->line);
	f->back = malloc(((size_t)size / 64 + 2) * sizeof *f->back);
	if (!f->text || !f->line || !f->back || fread(f->text, 1, (size_t)size, in) != (size_t)size)
		die(path);
	fclose(in);
	f->text[size] = '\0';
	int64_t newest = INT64_MIN;
	for (char *p = f->text, *end; (end = strchr(p, '\n')); p = end + 1) {
		int64_t ms = parse_ms(p + TIME_AT);
		if (f->n_rows == 0)
			f->start_ms = ms;
		newest = ms > newest ? ms : newest;
		f->back[f->n_rows] = (int16_t)(f->start_ms + (int64_t)f->n_rows - ms);
		f->line[f->n_rows++] = (uint32_t)(p - f->text);
		f->line[f->n_rows] = (uint32_t)(end + 1 - f->text);
	}
	if (f->n_rows == 0)
		die("no records");
}

static void put_digits(char *at, int n, int64_t value)
{
	while (n-- > 0) {
		at[n] = (char)('0' + value % 10);
		value /= 10;
	}
}

static void put_time(struct feed *f, char *at, int64_t ms)
{
	int64_t day = ms / MS_PER_DAY, rest = ms % MS_PER_DAY;
	if (day != f->day) {
		time_t t = (time_t)(day * 86400);
		struct tm tm;
		gmtime_r(&t, &tm);
		strftime(f->day_text, sizeof f->day_text, "%Y-%m-%d", &tm);
		f->day = day;
	}
	memcpy(at, f->day_text, 10);
	put_digits(at + 11, 2, rest / 3600000);
	put_digits(at + 14, 2, rest / 60000 % 60);
	put_digits(at + 17, 2, rest / 1000 % 60);
	put_digits(at + 20, 3, rest % 1000);
}

/* Another trace each time around: its first four digits turned by the number of the round. */
static void turn_trace(char *at, uint64_t round)
{
	static const char digits[] = "0123456789abcdef";
	for (int i = 0; i < 4; i++, round /= 16) {
		int v = at[i] <= '9' ? at[i] - '0' : at[i] - 'a' + 10;
		at[i] = digits[((uint64_t)v + round) & 15];
	}
}

static int64_t time_of(const struct feed *f, int64_t now_ms, size_t i)
{
	return (f->now ? now_ms : f->start_ms + (int64_t)f->next) - f->back[i];
}

static size_t put_record(struct feed *f, char *out, int64_t now_ms)
{
	size_t i = f->next % f->n_rows, n = f->line[i + 1] - f->line[i];
	memcpy(out, f->text + f->line[i], n);
	put_time(f, out + TIME_AT, time_of(f, now_ms, i));
	turn_trace(out + n - TRACE_FROM_END, f->next / f->n_rows);
	f->next++;
	return n;
}

static void send_all(const char *p, size_t n)
{
	while (n > 0) {
		ssize_t sent = write(1, p, n);
		if (sent < 0 && errno != EINTR)
			exit(errno == EPIPE ? 0 : 1);
		p += sent > 0 ? sent : 0;
		n -= sent > 0 ? (size_t)sent : 0;
	}
}

/* A name whose letters differ from those of the one before at each place. */
static void send_mark(struct feed *f, unsigned number)
{
	static const char letters[] = "zqxjkvwp";
	char name[9] = "", when[] = "2026-11-22T10:00:00.000Z", line[LONGEST];
	for (unsigned i = 0, n = number; i < 8; i++, n /= 8)
		name[i] = letters[(number + n + i) % 8];
	put_time(f, when, f->now ? clock_ns(CLOCK_REALTIME) / 1000000 : f->start_ms + (int64_t)f->next);
	int n =
	    snprintf(line, sizeof line,
		     "{\"time\":\"%s\",\"service\":\"%s\",\"status\":200,\"latency\":1.000,\"region\":\"eu-west-1\","
		     "\"user\":\"u1\",\"method\":\"GET\",\"bytes\":%u,\"trace\":\"%016x\"}\n",
		     when, name, 1000000 + number, number);
	fprintf(stderr, "mark %s %lld\n", name, (long long)clock_ns(CLOCK_MONOTONIC));
	send_all(line, (size_t)n);
}

static void run_phase(struct feed *f, uint64_t rows, double rate, int64_t mark_ns)
{
	int64_t began = clock_ns(CLOCK_MONOTONIC), next_mark = began + mark_ns;
	uint64_t done = 0;
	unsigned marks = 0;
	while (done < rows) {
		int64_t now = clock_ns(CLOCK_MONOTONIC), now_ms = clock_ns(CLOCK_REALTIME) / 1000000;
		double due_rows = rate > 0 ? rate * (double)(now - began) * 1e-9 : (double)rows;
		uint64_t due = due_rows >= (double)rows ? rows : (uint64_t)due_rows;
		size_t n = 0;
		for (; done < due && n < PIECE; done++)
			n += put_record(f, f->out + n, now_ms);
		send_all(f->out, n);
		if (mark_ns && now >= next_mark) {
			send_mark(f, ++marks);
			next_mark = now + mark_ns * 2 / 3 + mark_ns * (int64_t)(f->next * 7919 % 1000) / 1500;
		}
		if (done >= due && done < rows)
			usleep(1000);
	}
	fprintf(stderr, "phase %llu %.3f\n", (unsigned long long)rows,
		(double)(clock_ns(CLOCK_MONOTONIC) - began) * 1e-9);
}

int main(int argc, char **argv)
{
	static struct feed f = {.day = -1};
	if (argc < 5) {
		fputs("usage: feed FILE event|now MARK_MS ROWS@RATE...\n", stderr);
		return 2;
	}
	load(&f, argv[1]);
	f.now = strcmp(argv[2], "now") == 0;
	(void)fcntl(1, F_SETPIPE_SZ, 1 << 20);
	fputs("ready\n", stderr);
	for (int i = 4; i < argc; i++) {
		char *at = NULL;
		uint64_t rows = strtoull(argv[i], &at, 10);
		run_phase(&f, rows, *at == '@' ? strtod(at + 1, NULL) : 0,
			  i == argc - 1 ? strtoll(argv[3], NULL, 10) * 1000000 : 0);
	}
	pause();
	return 0;
}
