/* The end of a batch that does not end by itself: an interrupt, a deadline, a reader that goes away. */
#include "config.h"
#include "weir/session/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int input_fd = -1;

static int run(int argc, const char *const *words, const volatile bool *interrupted, int out_fd, char *text,
	       size_t text_bytes)
{
	struct weir_options o;
	struct weir_error err = {0};
	char copies[8][96], *argv[8];
	FILE *said = tmpfile();

	assert_non_null(said);
	for (int i = 0; i < argc; i++) {
		snprintf(copies[i], sizeof copies[i], "%s", words[i]);
		argv[i] = copies[i];
	}
	weir_options_init(&o);
	assert_int_equal(weir_options_parse(argc, argv, 0, &o, &err), WEIR_OK);
	int code = weir_batch_run(&o, &weir_clock_system, input_fd, out_fd >= 0 ? out_fd : fileno(said), STDERR_FILENO,
				  interrupted);
	weir_options_release(&o);
	rewind(said);
	text[fread(text, 1, text_bytes - 1, said)] = 0;
	fclose(said);
	return code;
}
#define RUN(interrupted, out_fd, text, ...)                                                                            \
	run((int)(sizeof((const char *[]){"weir", __VA_ARGS__}) / sizeof(char *)),                                     \
	    (const char *[]){"weir", __VA_ARGS__}, interrupted, out_fd, text, sizeof text)

static void test_an_interrupt_prints_what_was_computed(void **state)
{
	volatile bool interrupted = true;
	char text[200];

	(void)state;
	assert_int_equal(RUN(&interrupted, -1, text, "-o", "ndjson", "-m", "count", "demo:web"), 130);
	assert_non_null(strstr(text, "{\"count\":"));
}

/* Three records came through a pipe that stays open: too few to guess a format from, if more might follow. */
static void count_what_came(const volatile bool *interrupted, const char *limit, int code)
{
	static const char records[] = "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n";
	char text[200];
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], records, sizeof records - 1), sizeof records - 1);
	input_fd = ends[0];
	assert_int_equal(RUN(interrupted, -1, text, "-qo", "ndjson", "-msum(a)", "--for", limit, "-"), code);
	assert_string_equal(text, "{\"sum(a)\":6}\n");
	input_fd = -1;
	close(ends[0]);
	close(ends[1]);
}

static void test_what_came_before_the_format_was_guessed_counts(void **state)
{
	volatile bool interrupted = true;

	(void)state;
	count_what_came(&interrupted, "1h", 130);
	interrupted = false;
	count_what_came(&interrupted, "1us", 0);
}

static void test_a_deadline_is_no_failure(void **state)
{
	volatile bool interrupted = false;
	char text[200];

	(void)state;
	assert_int_equal(
	    RUN(&interrupted, -1, text, "-o", "ndjson", "-m", "count", "--for", "20ms", "demo:web?rate=1000"), 0);
	assert_non_null(strstr(text, "{\"count\":"));
}

#ifdef WEIR_WITH_CURL
/* The kernel takes the connection, and nobody says anything on it. */
static void test_a_server_that_never_answers_is_a_failure(void **state)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof at;
	volatile bool interrupted = false;
	char text[200], address[64];
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
	snprintf(address, sizeof address, "http://127.0.0.1:%u/", ntohs(at.sin_port));
	assert_int_equal(RUN(&interrupted, -1, text, "-o", "ndjson", "-m", "count", "--for", "20ms", address), 1);
	assert_string_equal(text, "");
	close(fd);
}
#endif

static void test_a_reader_that_went_away_ends_an_endless_batch(void **state)
{
	volatile bool interrupted = false;
	char text[200];
	int ends[2];

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	assert_int_equal(RUN(&interrupted, ends[1], text, "-o", "ndjson", "demo:web?rate=1000"), 0);
	close(ends[1]);
}

static void test_a_full_disk_is_told(void **state)
{
	volatile bool interrupted = false;
	char text[200];
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	if (!full)
		skip();
	assert_int_equal(RUN(&interrupted, fileno(full), text, "-o", "ndjson", "-m", "count", "demo:web?count=10"), 1);
	fclose(full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#ifdef WEIR_WITH_CURL
	    cmocka_unit_test(test_a_server_that_never_answers_is_a_failure),
#endif
	    cmocka_unit_test(test_an_interrupt_prints_what_was_computed),
	    cmocka_unit_test(test_what_came_before_the_format_was_guessed_counts),
	    cmocka_unit_test(test_a_deadline_is_no_failure),
	    cmocka_unit_test(test_a_reader_that_went_away_ends_an_endless_batch),
	    cmocka_unit_test(test_a_full_disk_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
