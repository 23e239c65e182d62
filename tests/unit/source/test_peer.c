/* Sources that read from one peer: tcp, unix, exec. The peers are sockets of the test and commands of the shell. */
#include "config.h"

#include "reading.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

enum { PATIENCE = 400 }; /* steps of a quarter of a second */

static int tcp_server(char address[64])
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(fd, 4), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
	snprintf(address, 64, "tcp://127.0.0.1:%d", ntohs(at.sin_port));
	return fd;
}

static void say(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* Polls until so much was taken. */
static void read_until(struct reading *r, size_t bytes)
{
	for (int n = 0; r->text.size < bytes && n < PATIENCE; n++) {
		enum weir_status st = reading_step(r, 250000);
		assert_true(st == WEIR_OK || st == WEIR_AGAIN);
	}
	assert_int_equal(r->text.size, bytes);
}

static struct weir_source_status status_of(struct reading *r)
{
	struct weir_source_status st;

	weir_source_status(r->source, &st);
	return st;
}

static void wait_for_state(struct reading *r, enum weir_source_state want)
{
	for (int n = 0; reading_state(r) != want && n < PATIENCE; n++) {
		enum weir_status st = reading_step(r, 20000);
		assert_true(st == WEIR_OK || st == WEIR_AGAIN);
	}
	assert_int_equal(reading_state(r), want);
}

static void a_batch_ends_with_its_peer(void **state)
{
	struct reading r;
	char address[64];
	int server = tcp_server(address);

	(void)state;
	assert_int_equal(reading_open_address(&r, address, false, NULL), WEIR_OK);
	assert_true(weir_source_finite(r.source));
	assert_int_equal(reading_step(&r, 0), WEIR_AGAIN);
	int fd = accept(server, NULL, NULL);
	say(fd, "a\nb\nc"); /* the last record has no line end, as of printf | nc */
	close(fd);
	assert_int_equal(reading_all(&r), WEIR_END);
	assert_memory_equal(r.text.data, "a\nb\nc", 5);
	assert_int_equal(r.text.size, 5);
	assert_int_equal(reading_state(&r), WEIR_SOURCE_END);
	assert_int_equal(weir_partitions_get(status_of(&r).partitions, 0)->lost, 0);
	reading_close(&r);
	close(server);
}

static void a_screen_connects_again(void **state)
{
	struct reading r;
	char address[64];
	int server = tcp_server(address);

	(void)state;
	assert_int_equal(reading_open_address(&r, address, true, NULL), WEIR_OK);
	assert_false(weir_source_finite(r.source));
	reading_step(&r, 0);
	int fd = accept(server, NULL, NULL);
	say(fd, "a\nb\nhal");
	read_until(&r, 4);
	close(fd);
	wait_for_state(&r, WEIR_SOURCE_RECONNECTING);
	assert_non_null(strstr(status_of(&r).detail, "the other side closed the connection; next try in "));
	assert_int_equal(r.n_restarts, 1); /* the next one may have a header of its own */
	assert_int_equal(weir_partitions_get(status_of(&r).partitions, 0)->lost, 1);
	wait_for_state(&r, WEIR_SOURCE_LIVE);
	fd = accept(server, NULL, NULL);
	say(fd, "c\n");
	read_until(&r, 6);
	assert_memory_equal(r.text.data, "a\nb\nc\n", 6);
	close(fd);
	reading_close(&r);
	close(server);
}

/* A connection that is reset is an end like any other, however little came. */
static void a_reset_is_an_end(void **state)
{
	struct reading r;
	char address[64];
	int server = tcp_server(address);
	const struct linger at_once = {1, 0};

	(void)state;
	assert_int_equal(reading_open_address(&r, address, true, NULL), WEIR_OK);
	reading_step(&r, 0);
	int fd = accept(server, NULL, NULL);
	wait_for_state(&r, WEIR_SOURCE_LIVE);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	close(fd);
	wait_for_state(&r, WEIR_SOURCE_RECONNECTING);
	assert_non_null(strstr(status_of(&r).detail, "the connection broke: "));
	assert_int_equal(weir_partitions_get(status_of(&r).partitions, 0)->lost, 0);
	reading_close(&r);

	assert_int_equal(reading_open_address(&r, address, false, NULL), WEIR_OK);
	reading_step(&r, 0);
	fd = accept(server, NULL, NULL);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	close(fd);
	assert_int_equal(reading_all(&r), WEIR_UNREACHABLE);
	reading_close(&r);
	close(server);
}

static void a_screen_waits_for_a_server_that_is_not_up(void **state)
{
	struct reading r;
	char address[200];
	struct sockaddr_un at = {.sun_family = AF_UNIX};

	(void)state;
	folder_make();
	snprintf(at.sun_path, sizeof at.sun_path, "%.100s", in_folder("socket"));
	snprintf(address, sizeof address, "unix:%s", at.sun_path);
	assert_int_equal(reading_open_address(&r, address, false, NULL), WEIR_OK);
	assert_int_equal(reading_step(&r, 0), WEIR_UNREACHABLE); /* a batch does not */
	assert_int_equal(reading_state(&r), WEIR_SOURCE_FAILED);
	assert_non_null(strstr(r.err.what, "could not connect: No such file"));
	reading_close(&r);

	assert_int_equal(reading_open_address(&r, address, true, NULL), WEIR_OK);
	assert_int_equal(reading_step(&r, 0), WEIR_AGAIN);
	assert_int_equal(reading_state(&r), WEIR_SOURCE_CONNECTING);
	assert_non_null(strstr(status_of(&r).detail, "No such file or directory; next try in 1 s"));
	int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(server, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(server, 1), 0);
	wait_for_state(&r, WEIR_SOURCE_LIVE);
	int fd = accept(server, NULL, NULL);
	say(fd, "here\n");
	read_until(&r, 5);
	close(fd);
	close(server);
	reading_close(&r);
	folder_remove();
}

/* While nobody polls, the sender waits; then all of it comes. */
static void nothing_is_shed_from_a_peer(void **state)
{
	struct reading r;
	char address[64], block[4096];
	int server = tcp_server(address);
	size_t sent = 0;
	ssize_t n;

	(void)state;
	memset(block, 'x', sizeof block);
	block[sizeof block - 1] = '\n';
	assert_int_equal(reading_open_address(&r, address, true, NULL), WEIR_OK);
	reading_step(&r, 0);
	int fd = accept(server, NULL, NULL);
	while ((n = send(fd, block + sent % sizeof block, sizeof block - sent % sizeof block,
			 MSG_DONTWAIT | MSG_NOSIGNAL)) > 0)
		sent += (size_t)n;
	assert_int_equal(errno, EAGAIN);
	while (sent % sizeof block) {
		reading_step(&r, 0);
		n = send(fd, block + sent % sizeof block, sizeof block - sent % sizeof block,
			 MSG_DONTWAIT | MSG_NOSIGNAL);
		sent += n > 0 ? (size_t)n : 0;
	}
	read_until(&r, sent);
	close(fd);
	reading_close(&r);
	close(server);
}

static void a_command_is_read_to_its_end(void **state)
{
	struct reading r;
	struct weir_log *log = weir_log_new(10);
	struct weir_buf lines = {0};

	(void)state;
	assert_int_equal(reading_open_address(&r, "exec:echo a; echo oh >&2; printf b", true, log), WEIR_OK);
	assert_true(weir_source_finite(r.source));
	assert_int_equal(reading_all(&r), WEIR_END);
	assert_int_equal(r.text.size, 3);
	assert_memory_equal(r.text.data, "a\nb", 3);
	reading_close(&r);
	weir_log_tail(log, 10, &lines);
	assert_non_null(strstr(lines.data, ": oh\n"));
	weir_buf_release(&lines);
	weir_log_free(log);
}

static void a_command_that_fails_is_an_error(void **state)
{
	struct reading r;

	(void)state;
	assert_int_equal(reading_open_address(&r, "exec:echo a; echo no such thing >&2; exit 3", false, NULL), WEIR_OK);
	assert_int_equal(reading_all(&r), WEIR_IO);
	assert_string_equal(r.err.what, "ended with status 3: no such thing");
	assert_memory_equal(r.text.data, "a\n", 2);
	reading_close(&r);
	assert_int_equal(reading_open_address(&r, "exec:kill -9 $$", false, NULL), WEIR_OK);
	assert_int_equal(reading_all(&r), WEIR_IO);
	assert_string_equal(r.err.what, "was ended by signal 9");
	reading_close(&r);
	assert_int_equal(reading_open_address(&r, "exec:", false, NULL), WEIR_USAGE);
}

static void a_command_is_run_again_if_asked(void **state)
{
	struct reading r;

	(void)state;
	assert_int_equal(reading_open_address(&r, "exec:echo line; exit 1?restart=yes", false, NULL), WEIR_OK);
	assert_false(weir_source_finite(r.source));
	read_until(&r, 15);
	assert_memory_equal(r.text.data, "line\nline\nline\n", 15);
	wait_for_state(&r, WEIR_SOURCE_RECONNECTING);
	assert_non_null(strstr(status_of(&r).detail, "ended with status 1; next try in "));
	assert_int_equal(weir_partitions_get(status_of(&r).partitions, 0)->lost, 0);
	reading_close(&r);
}

/* Closing ends the command and what it started, also if it does not listen to SIGTERM. */
static void closing_ends_the_command(void **state)
{
	static const char *const commands[] = {"exec:echo $$; sleep 1000; true",
					       "exec:trap '' TERM; echo $$; sleep 1000; sleep 1000"};

	(void)state;
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		struct reading r;
		assert_int_equal(reading_open_address(&r, commands[i], true, NULL), WEIR_OK);
		for (int n = 0; !r.text.size && n < PATIENCE; n++)
			reading_step(&r, 250000);
		int pid = atoi(r.text.data);
		assert_true(pid > 1);
		assert_int_equal(kill(pid, 0), 0);
		reading_close(&r);
		assert_int_equal(kill(pid, 0), -1);
		assert_int_equal(errno, ESRCH);
	}
}

static void addresses_are_checked(void **state)
{
	static const char *const bad[] = {"tcp://127.0.0.1",
					  "tcp://host:0",
					  "tcp://host:70000",
					  "tcp://host:5/x",
					  "unix:",
					  "tcp://127.0.0.1:5?reconnect=perhaps",
					  "tcp://127.0.0.1:5?reconect=yes"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct reading r;
		assert_int_equal(reading_open_address(&r, bad[i], true, NULL), WEIR_USAGE);
		assert_true(r.err.hint[0] || r.err.what[0]);
	}
}

static void memory_may_run_out(void **state)
{
	static const char *const addresses[] = {"exec:echo a", "tcp://127.0.0.1:1", "unix:/nonexistent"};

	(void)state;
	for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
		enum weir_status st = WEIR_NO_MEMORY;
		int n;
		for (n = 1; st == WEIR_NO_MEMORY && n < 50; n++) {
			struct reading r;
			struct weir_source_config config = {.clock = &weir_clock_system, .stdin_fd = -1};
			struct weir_chunk c;
			assert_int_equal(weir_uri_parse(weir_str_of(addresses[i]), false, &config.uri, NULL), WEIR_OK);
			r = (struct reading){0};
			weir_alloc_fail_at((uint64_t)n, false);
			st = weir_source_open(&config, &r.source, &r.err);
			while (st == WEIR_OK || st == WEIR_AGAIN) {
				st = weir_source_poll(r.source, 100000, &c, &r.err);
				c.bytes += c.size;
				c.size = 0;
				if (st == WEIR_OK)
					weir_source_consume(r.source, &c);
			}
			weir_alloc_fail_at(0, false);
			weir_uri_release(&config.uri);
			reading_close(&r);
		}
		assert_true(st == WEIR_END || st == WEIR_UNREACHABLE);
		assert_in_range(n, 3, 30);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_batch_ends_with_its_peer),
	    cmocka_unit_test(a_screen_connects_again),
	    cmocka_unit_test(a_reset_is_an_end),
	    cmocka_unit_test(a_screen_waits_for_a_server_that_is_not_up),
	    cmocka_unit_test(nothing_is_shed_from_a_peer),
	    cmocka_unit_test(a_command_is_read_to_its_end),
	    cmocka_unit_test(a_command_that_fails_is_an_error),
	    cmocka_unit_test(a_command_is_run_again_if_asked),
	    cmocka_unit_test(closing_ends_the_command),
	    cmocka_unit_test(addresses_are_checked),
	    cmocka_unit_test(memory_may_run_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
