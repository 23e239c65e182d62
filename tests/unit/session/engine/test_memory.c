/* --memory bounds the process: its peak, measured by the system, over inputs that want more. What cannot be held is reported: rows
 * truncated, records too long, or an error. Each case runs in a child of its own, fed by another. */
#include "weir/session/session.h"

#include "../../../limit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MEASURED 0 /* a sanitizer takes memory of its own */
#else
#define MEASURED 1
#endif

enum { LIMIT_MB = 32, SAID_NOTHING = 0, SAID_TRUNCATED = 1, SAID_MALFORMED = 2, SAID_ERROR = 4, WENT_WRONG = 64 };

static const volatile bool never;

static void long_lines(FILE *f) /* of 6 MB, more than an eighth of the memory */
{
	char block[1000];
	memset(block, 'x', sizeof block);
	for (int line = 0; line < 8; line++) {
		for (int i = 0; i < 6000; i++)
			fwrite(block, 1, sizeof block, f);
		fputc('\n', f);
	}
	fputs("a short line\n", f);
}

static void new_columns(FILE *f)
{
	for (int i = 0; i < 20000; i++)
		fprintf(f, "{\"c%d\":%d,\"v\":%d}\n", i, i, i % 10);
}

static void many_columns(FILE *f)
{
	for (int row = 0; row < 3000; row++) {
		for (int i = 0; i < 1500; i++)
			fprintf(f, "%s\"c%d\":%d", i ? "," : "{", i, row + i);
		fputs("}\n", f);
	}
}

static void wide_texts(FILE *f)
{
	for (int i = 0; i < 15000; i++)
		fprintf(f, "{\"k\":\"%d%04000d\",\"v\":%d}\n", i, 0, i);
}

static void many_keys(FILE *f)
{
	for (int i = 0; i < 600000; i++)
		fprintf(f, "{\"k\":\"key-%d\",\"v\":%d}\n", i, i);
}

static int feed(void (*write_all)(FILE *f))
{
	int fds[2];
	assert_int_equal(pipe(fds), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(fds[0]);
		FILE *f = fdopen(fds[1], "w");
		if (f)
			write_all(f);
		_exit(f && fclose(f) == 0 ? 0 : 1);
	}
	close(fds[1]);
	return fds[0];
}

static int said_of(const struct weir_result *r)
{
	return (r->ledger.truncated_by_memory || r->held_from_us != WEIR_TIME_NONE ? SAID_TRUNCATED : 0) |
	       (r->ledger.malformed ? SAID_MALFORMED : 0) | (r->error.code != WEIR_OK ? SAID_ERROR : 0);
}

/* Until all is read and counted. */
static int watch(struct weir_options *options, int fd)
{
	struct weir_session *s = NULL;
	struct weir_session_info info = {0};
	int64_t end_us = weir_clock_mono_us(&weir_clock_system) + TEST_LIMIT_S * INT64_C(1000000);
	int said = -1;
	if (weir_session_open(options, &weir_clock_system, fd, true, &s, NULL) != WEIR_OK)
		return WENT_WRONG;
	while (said < 0 && weir_clock_mono_us(&weir_clock_system) < end_us) {
		struct weir_result *r = weir_session_result(s);
		weir_session_info(s, &info);
		if (r && !weir_ledger_balances(&r->ledger))
			said = WENT_WRONG;
		else if (r && info.ended && (r->error.code != WEIR_OK || r->ledger.received == info.streams[0].records))
			said = said_of(r);
		weir_result_unref(r);
		if (said < 0)
			weir_wake_wait(weir_session_wake(s), 50000);
	}
	weir_session_info_release(&info);
	weir_session_close(s);
	return said < 0 ? WENT_WRONG : said;
}

static int run_child(const char *const *words, int fd, bool live)
{
	struct weir_options options;
	char *argv[16];
	int argc = 0;
	for (; words[argc]; argc++)
		argv[argc] = strdup(words[argc]);
	weir_options_init(&options);
	if (weir_options_parse(argc, argv, 0, &options, NULL) != WEIR_OK)
		return WENT_WRONG;
	if (live)
		return watch(&options, fd);
	FILE *sink = fopen("/dev/null", "r+");
	int code = weir_batch_run(&options, &weir_clock_system, fd, fileno(sink), fileno(sink), &never);
	return code == 0 ? SAID_NOTHING : code == 1 ? SAID_ERROR : WENT_WRONG;
}

/* What may be said of it, out of what must be said. */
static void check(const char *name, void (*write_all)(FILE *f), bool live, int must, const char *const *words)
{
	int fd = feed(write_all), status;
	struct rusage usage;
	fflush(NULL);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(run_child(words, fd, live));
	close(fd);
	assert_int_equal(wait4(pid, &status, 0, &usage), pid);
	while (waitpid(-1, NULL, 0) > 0)
		;
	assert_true(WIFEXITED(status));
	int said = WEXITSTATUS(status);
	bool says_it = live || MEASURED; /* a sanitized process does not look at its own size, so a batch may fit */
	if (said == WENT_WRONG || (must && says_it && !(said & must)))
		fail_msg("%s: it said %d, not %d", name, said, must);
	long peak_kb = usage.ru_maxrss, most_kb = LIMIT_MB * 1024L * 105 / 100 + 1024;
	print_message("%s: peak %ld kB of %d MB, said %d\n", name, peak_kb, LIMIT_MB, said);
	if (MEASURED && !(said & SAID_ERROR) && peak_kb > most_kb)
		fail_msg("%s: peak %ld kB of %d MB", name, peak_kb, LIMIT_MB);
}
#define CHECK_LIVE(name, write_all, must, ...)                                                                         \
	check(name, write_all, true, must, (const char *[]){"weir", "--memory", "32M", __VA_ARGS__, "-", NULL})
#define CHECK_BATCH(name, write_all, must, ...)                                                                        \
	check(name, write_all, false, must, (const char *[]){"weir", "-b", "--memory", "32M", __VA_ARGS__, "-", NULL})

static void test_a_screen_keeps_to_its_memory(void **state)
{
	(void)state;
	CHECK_LIVE("long lines", long_lines, SAID_MALFORMED, "-f", "text");
	CHECK_LIVE("new columns", new_columns, 0, "-m", "count");
	CHECK_LIVE("many columns", many_columns, 0, "-m", "count");
	CHECK_LIVE("wide texts", wide_texts, SAID_TRUNCATED | SAID_ERROR, "-g", "k");
	CHECK_LIVE("many keys", many_keys, SAID_TRUNCATED | SAID_ERROR, "-g", "k", "-m", "count,distinct(v)");
}

static void test_a_batch_keeps_to_its_memory_or_fails(void **state)
{
	(void)state;
	CHECK_BATCH("many columns, batch", many_columns, 0, "-m", "count");
	CHECK_BATCH("wide texts as rows", wide_texts, 0, "-o", "ndjson");
	CHECK_BATCH("wide texts, batch", wide_texts, SAID_ERROR, "-g", "k");
	CHECK_BATCH("many keys, batch", many_keys, SAID_ERROR, "-g", "k", "-m", "count,p95(v)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_screen_keeps_to_its_memory),
					   cmocka_unit_test(test_a_batch_keeps_to_its_memory_or_fails)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
