/* The source of tables of MySQL against a server of our own, of which each connection does what the test says: it breaks before the
 * first row, refuses to be set up, or says nothing at all; and against none. */
#include "reading.h"

#include "weir/base/thread.h"

#include <arpa/inet.h>
#include <sys/socket.h>

enum manner {
	ANSWERS,      /* one column, rows 1 and 2 */
	BREAKS,       /* the connection, where the rows would come */
	TAKES_NO_SET, /* a statement that sets up the session is refused */
};

struct server {
	int listening;
	pthread_t thread;
	enum manner manners[4]; /* of its connections, in their order */
	int n, n_accepted;
	char address[100];
};

static void send_packet(int fd, unsigned char *number, const void *bytes, size_t size)
{
	unsigned char head[4] = {(unsigned char)size, (unsigned char)(size >> 8), 0, (*number)++};

	(void)!send(fd, head, 4, MSG_NOSIGNAL);
	(void)!send(fd, bytes, size, MSG_NOSIGNAL);
}

static bool get(int fd, unsigned char *to, size_t size)
{
	return recv(fd, to, size, MSG_WAITALL) == (ssize_t)size;
}

/* The next packet; false: the client left. */
static bool get_packet(int fd, char *text, size_t room, unsigned char *number)
{
	unsigned char head[4], byte;

	if (!get(fd, head, 4))
		return false;
	size_t size = head[0] + 256U * head[1], n = 0;
	for (size_t i = 0; i < size; i++) {
		if (!get(fd, &byte, 1))
			return false;
		if (n + 1 < room)
			text[n++] = (char)byte;
	}
	text[n] = '\0';
	*number = (unsigned char)(head[3] + 1);
	return true;
}

static void greet(int fd)
{
	/* protocol, version; connection and scramble; what it can; the rest of the scramble; how to log in */
	static const char greeting[] = "\x0a"
				       "10.0\0"
				       "\1\0\0\0"
				       "abcdefgh\0"
				       "\x89\xa2\x2d\2\0\x08\0\x15"
				       "\0\0\0\0\0\0\0\0\0\0"
				       "ijklmnopqrst\0"
				       "mysql_native_password";
	unsigned char number = 0;

	send_packet(fd, &number, greeting, sizeof greeting);
}

static void send_good(int fd, unsigned char number)
{
	send_packet(fd, &number, "\0\0\0\2\0\0\0", 7);
}

static void send_refusal(int fd, unsigned char number)
{
	static const char text[] = "\xff\xa9\x04#HY000no such variable";

	send_packet(fd, &number, text, sizeof text - 1);
}

/* Columns "0" (left out where only columns are asked for) and "a", both BIGINT, and rows. */
static void send_rows(int fd, unsigned char number, bool both, int n)
{
	static const char *const columns[] = {"\3def\0\0\0\1"
					      "0\0\x0c\x3f\0\x14\0\0\0\x08\0\0\0\0\0",
					      "\3def\0\0\0\1"
					      "a\0\x0c\x3f\0\x14\0\0\0\x08\0\0\0\0\0"};

	send_packet(fd, &number, both ? "\2" : "\1", 1);
	for (int i = both ? 0 : 1; i < 2; i++)
		send_packet(fd, &number, columns[i], 23);
	send_packet(fd, &number, "\xfe\0\0\2\0", 5);
	if (n < 0)
		return;
	for (int i = 1; i <= n; i++) {
		const char row[] = {1, '0', 1, (char)('0' + i)};
		send_packet(fd, &number, row, sizeof row);
	}
	send_packet(fd, &number, "\xfe\0\0\2\0", 5);
}

static void serve(int fd, enum manner manner)
{
	unsigned char number;
	char text[1000];

	greet(fd);
	if (get_packet(fd, text, sizeof text, &number))
		send_good(fd, number);
	while (get_packet(fd, text, sizeof text, &number) && text[0] == 3) {
		if (strstr(text, "@@memsql_version") || (manner == TAKES_NO_SET && strstr(text, "sql_mode")))
			send_refusal(fd, number);
		else if (strncmp(text + 1, "SET", 3) == 0)
			send_good(fd, number);
		else if (strstr(text, "LIMIT 0"))
			send_rows(fd, number, false, 0);
		else
			send_rows(fd, number, true, manner == BREAKS ? -1 : 2);
		if (manner == BREAKS && strstr(text, "SELECT 0"))
			break;
	}
	close(fd);
}

static void *run(void *ctx)
{
	struct server *s = ctx;

	for (s->n_accepted = 0; s->n_accepted < s->n; s->n_accepted++) {
		int fd = accept(s->listening, NULL, NULL);
		if (fd < 0)
			break;
		serve(fd, s->manners[s->n_accepted]);
	}
	return NULL;
}

/* `more`: parameters beside query=. */
static void start(struct server *s, const char *more, int n)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof at;

	s->listening = socket(AF_INET, SOCK_STREAM, 0);
	s->n = n;
	assert_true(s->listening >= 0 && bind(s->listening, (struct sockaddr *)&at, size) == 0 &&
		    listen(s->listening, 8) == 0 && getsockname(s->listening, (struct sockaddr *)&at, &size) == 0);
	snprintf(s->address, sizeof s->address, "mysql://u@127.0.0.1:%d/d?query=SELECT a FROM t%s", ntohs(at.sin_port),
		 more);
	if (n)
		assert_int_equal(pthread_create(&s->thread, NULL, run, s), 0);
}

static void stop(struct server *s)
{
	shutdown(s->listening, SHUT_RDWR);
	if (s->n)
		pthread_join(s->thread, NULL);
	close(s->listening);
}

/* Polls to the end; *rows: how many came. */
static enum weir_status read_all(struct reading *r, uint32_t *rows)
{
	enum weir_status st = WEIR_AGAIN;

	for (*rows = 0; st == WEIR_OK || st == WEIR_AGAIN;) {
		struct weir_batch *b = weir_batch_new(100);
		assert_non_null(b);
		st = weir_source_poll_batch(r->source, 20000, b, &r->err);
		*rows += st == WEIR_OK ? b->n_rows : 0;
		weir_batch_free(b);
	}
	return st;
}

static void test_a_query_that_breaks_before_its_first_row_is_asked_again(void **state)
{
	struct server s = {.manners = {BREAKS, ANSWERS}};
	struct reading r;
	uint32_t rows;

	(void)state;
	start(&s, "", 2);
	assert_int_equal(reading_open_address(&r, s.address, false, NULL), WEIR_OK);
	assert_int_equal(read_all(&r, &rows), WEIR_END);
	assert_int_equal(rows, 2);
	reading_close(&r);
	stop(&s);
	assert_int_equal(s.n_accepted, 2);
}

/* A session that was not set up would give times of its own zone. */
static void test_a_session_that_was_not_set_up_is_not_used(void **state)
{
	struct server s = {.manners = {TAKES_NO_SET, TAKES_NO_SET}};
	struct reading r;
	uint32_t rows;

	(void)state;
	start(&s, "", 2);
	assert_int_equal(reading_open_address(&r, s.address, false, NULL), WEIR_OK);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(read_all(&r, &rows), WEIR_IO);
		assert_string_equal(r.err.what, "no such variable");
		assert_int_equal(rows, 0);
	}
	reading_close(&r);
	stop(&s);
	assert_int_equal(s.n_accepted, 2);
}

static void test_a_server_that_is_not_there_is_given_up(void **state)
{
	struct server s = {0};
	struct reading r;
	uint32_t rows;

	(void)state;
	start(&s, "&timeout=50ms", 0);
	stop(&s);
	assert_int_equal(reading_open_address(&r, s.address, false, NULL), WEIR_OK);
	assert_int_equal(read_all(&r, &rows), WEIR_UNREACHABLE);
	assert_non_null(strstr(r.err.hint, "timeout="));
	reading_close(&r);
}

/* It says nothing: --for finds that it never answered, and an end does not wait for it. */
static void test_a_silent_server_can_be_left(void **state)
{
	struct server s = {0};
	struct reading r;
	struct weir_source_status status;
	struct weir_batch *b = weir_batch_new(1);

	(void)state;
	start(&s, "&timeout=1d", 0);
	assert_int_equal(reading_open_address(&r, s.address, false, NULL), WEIR_OK);
	weir_source_wake(r.source);
	assert_int_equal(weir_source_poll_batch(r.source, 20000, b, &r.err), WEIR_AGAIN);
	weir_source_status(r.source, &status);
	assert_int_equal(status.state, WEIR_SOURCE_CONNECTING);
	assert_string_equal(status.detail, "no answer yet");
	reading_close(&r);
	weir_batch_free(b);
	stop(&s);
}

static void test_a_silent_server_is_given_up(void **state)
{
	struct server s = {0};
	struct reading r;
	uint32_t rows;

	(void)state;
	start(&s, "&timeout=50ms", 0);
	assert_int_equal(reading_open_address(&r, s.address, false, NULL), WEIR_OK);
	assert_int_equal(read_all(&r, &rows), WEIR_UNREACHABLE);
	assert_string_equal(r.err.what, "the server has not answered for 50ms");
	reading_close(&r);
	stop(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_query_that_breaks_before_its_first_row_is_asked_again),
	    cmocka_unit_test(test_a_session_that_was_not_set_up_is_not_used),
	    cmocka_unit_test(test_a_server_that_is_not_there_is_given_up),
	    cmocka_unit_test(test_a_silent_server_can_be_left),
	    cmocka_unit_test(test_a_silent_server_is_given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
