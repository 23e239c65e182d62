/* Listeners: tcp-listen and udp-listen with senders of the test, and the cutting of records out of what they send. */
#include "config.h"

#include "reading.h"
#include "source/listen/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>

enum { PATIENCE = 400 };

struct heard {
	struct reading r;
	struct weir_buf records; /* one a line */
	size_t n, n_chunks;
	int64_t next; /* the offset that the next one must have */
};

static void hear(struct heard *h, const char *address)
{
	*h = (struct heard){0};
	assert_int_equal(reading_open_address(&h->r, address, true, NULL), WEIR_OK);
}

static void stop_hearing(struct heard *h)
{
	reading_close(&h->r);
	weir_buf_release(&h->records);
}

/* One poll; takes all but `leave` of what comes. */
static enum weir_status hear_step(struct heard *h, int64_t timeout_us, size_t leave)
{
	struct weir_chunk c;
	enum weir_status st = weir_source_poll(h->r.source, timeout_us, &c, &h->r.err);

	if (st != WEIR_OK)
		return st;
	h->n_chunks++;
	while (c.n_messages > leave) {
		assert_int_equal(c.messages->offset, h->next++);
		assert_string_equal(c.messages->key.data, "127.0.0.1");
		assert_true(weir_time_exists(c.messages->time_us));
		weir_buf_add_str(&h->records, c.messages->payload);
		weir_buf_add_char(&h->records, '\n');
		h->n++;
		c.messages++;
		c.n_messages--;
	}
	weir_source_consume(h->r.source, &c);
	return st;
}

static void hear_all(struct heard *h, size_t n)
{
	for (int i = 0; h->n < n && i < PATIENCE; i++)
		hear_step(h, 250000, 0);
	assert_int_equal(h->n, n);
}

static struct weir_source_status status_of(struct heard *h)
{
	struct weir_source_status st;

	weir_source_status(h->r.source, &st);
	return st;
}

/* A socket to the port that the listener tells. */
static int sender(struct heard *h, int type)
{
	hear_step(h, 0, 0);
	const char *at = strstr(status_of(h).detail, "listening on 127.0.0.1:");
	assert_non_null(at);
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	to.sin_port = htons((uint16_t)atoi(at + strlen("listening on 127.0.0.1:")));
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	return fd;
}

static void say(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

static uint64_t shed(struct heard *h)
{
	return weir_partitions_get(status_of(h).partitions, 0)->shed;
}

static void assert_records(struct heard *h, const char *want)
{
	assert_int_equal(h->records.size, strlen(want));
	assert_memory_equal(h->records.data, want, h->records.size);
}

static void lines_of_several_senders_stay_whole(void **state)
{
	struct heard h;

	(void)state;
	hear(&h, "tcp-listen://:0?accept=2");
	assert_true(weir_source_finite(h.r.source));
	int one = sender(&h, SOCK_STREAM), other = sender(&h, SOCK_STREAM);
	say(one, "first ha");
	say(other, "second\r\n");
	hear_all(&h, 1);
	say(one, "lf\nthird");
	hear_all(&h, 2);
	close(one); /* the last record needs no line end */
	hear_all(&h, 3);
	close(other);
	enum weir_status st;
	for (int i = 0; (st = hear_step(&h, 250000, 0)) != WEIR_END && i < PATIENCE; i++)
		;
	assert_int_equal(st, WEIR_END);
	assert_records(&h, "second\nfirst half\nthird\n");
	assert_int_equal(shed(&h), 0);
	stop_hearing(&h);
}

static void octets_are_counted(void **state)
{
	struct heard h;

	(void)state;
	hear(&h, "tcp-listen://:0");
	assert_false(weir_source_finite(h.r.source));
	int fd = sender(&h, SOCK_STREAM);
	say(fd, "11 <34>1 a\nb c9 <34>1 ");
	hear_all(&h, 1);
	say(fd, "xyz\n8 <34>1 no");
	hear_all(&h, 3);
	assert_records(&h, "<34>1 a\nb c\n<34>1 xyz\n<34>1 no\n");
	say(fd, "20 <34>1 cut");
	close(fd);
	for (int i = 0; !shed(&h) && i < PATIENCE; i++)
		hear_step(&h, 250000, 0);
	assert_int_equal(shed(&h), 1);
	stop_hearing(&h);
}

static void half_a_record_is_shed_when_its_connection_breaks(void **state)
{
	struct heard h;
	const struct linger at_once = {1, 0};

	(void)state;
	hear(&h, "tcp-listen://:0");
	int fd = sender(&h, SOCK_STREAM);
	say(fd, "whole\nhal");
	hear_all(&h, 1);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	close(fd);
	for (int i = 0; !shed(&h) && i < PATIENCE; i++)
		hear_step(&h, 250000, 0);
	assert_int_equal(shed(&h), 1);
	assert_records(&h, "whole\n");
	stop_hearing(&h);
}

static void what_is_too_long_is_shed(void **state)
{
	struct heard h;
	char *much = malloc(WEIR_MAX_HEARD_RECORD_BYTES + 2);
	size_t sent = 0;

	(void)state;
	memset(much, 'x', WEIR_MAX_HEARD_RECORD_BYTES + 1);
	much[WEIR_MAX_HEARD_RECORD_BYTES + 1] = '\n';
	hear(&h, "tcp-listen://:0");
	int fd = sender(&h, SOCK_STREAM);
	while (sent < WEIR_MAX_HEARD_RECORD_BYTES + 2) {
		ssize_t n = send(fd, much + sent, WEIR_MAX_HEARD_RECORD_BYTES + 2 - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
		sent += n > 0 ? (size_t)n : 0;
		hear_step(&h, 1000, 0);
	}
	say(fd, "after it\n");
	hear_all(&h, 1);
	assert_records(&h, "after it\n");
	assert_int_equal(shed(&h), 1);
	close(fd);
	free(much);
	stop_hearing(&h);
}

/* A sender over TCP waits while nobody polls; what a poll left over comes again, and nothing is missing at the end. */
static void nothing_is_shed_over_tcp(void **state)
{
	struct heard h;
	char line[101];
	size_t sent = 0;
	ssize_t n;

	(void)state;
	memset(line, 'y', sizeof line - 1);
	line[99] = '\n';
	hear(&h, "tcp-listen://:0");
	int fd = sender(&h, SOCK_STREAM);
	while ((n = send(fd, line + sent % 100, 100 - sent % 100, MSG_DONTWAIT | MSG_NOSIGNAL)) > 0)
		sent += (size_t)n;
	assert_int_equal(errno, EAGAIN);
	hear_step(&h, 250000, 0);
	while (sent % 100) {
		n = send(fd, line + sent % 100, 100 - sent % 100, MSG_DONTWAIT | MSG_NOSIGNAL);
		sent += n > 0 ? (size_t)n : 0;
		hear_step(&h, 0, 3);
	}
	hear_all(&h, sent / 100);
	assert_int_equal(shed(&h), 0);
	assert_true(h.n_chunks > 2);
	close(fd);
	stop_hearing(&h);
}

static void datagrams_are_syslog_or_lines(void **state)
{
	struct heard h;

	(void)state;
	hear(&h, "udp-listen://:0");
	int fd = sender(&h, SOCK_DGRAM);
	say(fd, "<34>Oct 11 22:14:15 a b: two\nlines\n");
	say(fd, "one\ntwo");
	hear_all(&h, 3);
	assert_records(&h, "<34>Oct 11 22:14:15 a b: two\nlines\none\ntwo\n");
	close(fd);
	stop_hearing(&h);
}

/* What the kernel has no room for is counted by it: received + shed = sent. */
static void what_comes_too_fast_is_counted(void **state)
{
	enum { SENT = 60000 };
	struct heard h;
	char text[1200];

	(void)state;
	memset(text, 'z', sizeof text);
	hear(&h, "udp-listen://:0");
	int fd = sender(&h, SOCK_DGRAM);
	for (int i = 0; i < SENT; i++)
		assert_int_equal(send(fd, text, sizeof text, 0), sizeof text);
	for (int i = 0; h.n + shed(&h) < SENT && i < PATIENCE; i++)
		hear_step(&h, 250000, 0);
	assert_int_equal(h.n + shed(&h), SENT);
	assert_in_range(shed(&h), 1, SENT - 1);
	close(fd);
	stop_hearing(&h);
}

static void a_port_in_use_is_an_error(void **state)
{
	struct heard h;
	struct reading r;
	char address[512];

	(void)state;
	hear(&h, "tcp-listen://127.0.0.1:0");
	hear_step(&h, 0, 0);
	snprintf(address, sizeof address, "tcp-listen://%s", status_of(&h).detail + strlen("listening on "));
	assert_int_equal(reading_open_address(&r, address, true, NULL), WEIR_IO);
	assert_non_null(strstr(r.err.what, "could not listen"));
	assert_non_null(strstr(r.err.hint, "another program"));
	stop_hearing(&h);
	assert_int_equal(reading_open_address(&r, "udp-listen://somewhere", true, NULL), WEIR_USAGE);
	assert_int_equal(reading_open_address(&r, "udp-listen://:70000", true, NULL), WEIR_USAGE);
	assert_int_equal(reading_open_address(&r, "tcp-listen://:0?accept=0", true, NULL), WEIR_USAGE);
}

/* However the bytes come, the records are the same. */
static void records_do_not_depend_on_pieces(void **state)
{
	static const struct {
		const char *bytes, *records;
	} cases[] = {
	    {"a\nbc\r\n\nd", "a|bc||d|"},
	    {"12 is a number\n", "12 is a number|"},
	    {"5 <1>ab6 <1>abc", "<1>ab|<1>abc|"},
	    {"5 <1>ab\n6 <1>abc\n", "<1>ab|<1>abc|"},
	    {"5 <1>ab29 <1>is longer than it may be..6 <1>abc", "<1>ab|?<1>abc|"},
	    {"short\nmuch longer than it may be\nend\n", "short|?end|"},
	    {"5 <1>abx", "<1>ab|!"},
	    {"<13>plain\n7\n", "<13>plain|7|"},
	    {"", ""},
	};

	(void)state;
	for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
		for (size_t piece = 1; piece <= strlen(cases[c].bytes) + 1; piece++) {
			struct weir_frame f = {0};
			struct weir_buf held = {0}, out = {0};
			struct weir_str record, rest = weir_str_of(cases[c].bytes);
			bool last = false;
			while (!last) {
				size_t n = rest.size < piece ? rest.size : piece;
				weir_buf_add(&held, rest.data, n);
				rest.data += n;
				rest.size -= n;
				last = !rest.size;
				struct weir_str bytes = weir_buf_str(&held);
				enum weir_status st;
				while ((st = weir_frame_next(&f, &bytes, 15, last, &record)) != WEIR_AGAIN) {
					if (st == WEIR_OK)
						weir_buf_addf(&out, WEIR_STR_FMT "|", WEIR_STR_ARG(record));
					else
						weir_buf_add_char(&out, st == WEIR_TOO_LARGE ? '?' : '!');
					if (st == WEIR_MALFORMED)
						break;
				}
				last |= st == WEIR_MALFORMED;
				if (bytes.size)
					memmove(held.data, bytes.data, bytes.size);
				held.size = bytes.size;
			}
			assert_string_equal(out.data ? out.data : "", cases[c].records);
			weir_buf_release(&held);
			weir_buf_release(&out);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_of_several_senders_stay_whole),
	    cmocka_unit_test(octets_are_counted),
	    cmocka_unit_test(half_a_record_is_shed_when_its_connection_breaks),
	    cmocka_unit_test(what_is_too_long_is_shed),
	    cmocka_unit_test(nothing_is_shed_over_tcp),
	    cmocka_unit_test(datagrams_are_syslog_or_lines),
	    cmocka_unit_test(what_comes_too_fast_is_counted),
	    cmocka_unit_test(a_port_in_use_is_an_error),
	    cmocka_unit_test(records_do_not_depend_on_pieces),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
