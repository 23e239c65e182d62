/* A process that dies, by whatever fault in whichever thread or by whatever signal, gives the terminal back first: the modes
 * are as they were, the bytes that undo everything were sent, and nothing was sent after them. */
#include "../../limit.h"
#include "tui/terminal/terminal.h"
#include "weir/base/thread.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define RESTORE "\033[?25h-given back-"

enum fault { FAULT_NONE, FAULT_STORE, FAULT_STACK, FAULT_ABORT, FAULT_TRAP };

static volatile bool for_ever = true;
static volatile uintptr_t nowhere = 8;

static __attribute__((noinline)) int fill_stack(volatile char *from)
{
	volatile char here[4096];
	here[0] = *from;
	return for_ever ? fill_stack(here) + here[0] : 0;
}

static void *commit(void *arg)
{
	char first = 1;
	switch (*(enum fault *)arg) {
	case FAULT_STORE:
		*(volatile int *)nowhere = 1;
		break;
	case FAULT_STACK:
		fill_stack(&first);
		break;
	case FAULT_ABORT:
		abort();
	case FAULT_TRAP:
		raise(SIGTRAP);
		break;
	case FAULT_NONE:
		for (;;)
			pause();
	}
	return NULL;
}

/* Draws for ever; the fault comes from a thread, or from here. */
static void __attribute__((noreturn)) run_screen(int tty, enum fault fault, bool in_thread)
{
	struct weir_restore restore = {.fd = tty, .undo = RESTORE, .undo_bytes = sizeof(RESTORE) - 1};
	struct termios raw;
	int signals;
	pthread_t thread;
	char picture[256];

	memset(picture, '#', sizeof(picture));
	if (tcgetattr(tty, &restore.before) != 0 || weir_restore_install(&restore, &signals, NULL) != WEIR_OK)
		_exit(99);
	raw = restore.before;
	cfmakeraw(&raw);
	tcsetattr(tty, TCSANOW, &raw);
	weir_restore_arm(true);
	if (in_thread && weir_thread_start(&thread, commit, &fault) != 0)
		_exit(98);
	for (int i = 0;; i++) {
		if (write(tty, picture, sizeof(picture)) < 0)
			_exit(97);
		if (!in_thread && i == 10 && fault != FAULT_NONE)
			commit(&fault);
	}
}

struct death {
	int status;
	char last[4096]; /* bytes before the end */
	size_t n;
	bool modes_same;
};

static void keep_last(struct death *d, const char *bytes, size_t n)
{
	size_t keep = n < sizeof(d->last) - d->n ? n : sizeof(d->last) - d->n;
	if (keep < n) {
		size_t drop = n - keep < d->n ? n - keep : d->n;
		memmove(d->last, d->last + drop, d->n - drop);
		d->n -= drop;
		keep = n < sizeof(d->last) ? n : sizeof(d->last);
	}
	memcpy(d->last + d->n, bytes + n - keep, keep);
	d->n += keep;
}

/* Runs it; number: sent once it draws. read: somebody reads the terminal meanwhile. */
static struct death die(enum fault fault, bool in_thread, int number, bool read_it)
{
	struct death d = {0};
	struct termios before, after;
	int master, slave;
	bool sent = number == 0;
	char bytes[2048];

	assert_int_equal(openpty(&master, &slave, NULL, NULL, NULL), 0);
	assert_int_equal(tcgetattr(slave, &before), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		alarm(TEST_LIMIT_S);
		run_screen(slave, fault, in_thread);
	}
	struct pollfd p = {master, POLLIN, 0};
	bool ended = false;
	int64_t limit_us = weir_clock_mono_us(&weir_clock_system) + TEST_LIMIT_S * INT64_C(1000000);
	while (!ended && weir_clock_mono_us(&weir_clock_system) < limit_us) {
		bool there = poll(&p, 1, 10) > 0;
		if (there && !sent) {
			sent = true;
			if (!read_it) /* until it waits for the terminal; if it does not yet, the test is easier */
				weir_clock_system.sleep_us(NULL, 100000);
			kill(child, number);
		}
		if (there && read_it) {
			ssize_t n = read(master, bytes, sizeof(bytes));
			keep_last(&d, bytes, n > 0 ? (size_t)n : 0);
		} else if (there) {
			weir_clock_system.sleep_us(NULL, 1000);
		}
		ended = waitpid(child, &d.status, WNOHANG) == child;
	}
	if (!ended) {
		kill(child, SIGKILL);
		waitpid(child, &d.status, 0);
	}
	while (poll(&p, 1, 0) > 0 && (p.revents & POLLIN)) {
		ssize_t n = read(master, bytes, sizeof(bytes));
		keep_last(&d, bytes, n > 0 ? (size_t)n : 0);
	}
	tcgetattr(slave, &after);
	d.modes_same =
	    after.c_lflag == before.c_lflag && after.c_oflag == before.c_oflag && after.c_iflag == before.c_iflag;
	close(master);
	close(slave);
	return d;
}

static void is_whole(struct death d, int number)
{
	assert_true(WIFSIGNALED(d.status));
	assert_int_equal(WTERMSIG(d.status), number);
	assert_true(d.modes_same);
	assert_true(d.n >= sizeof(RESTORE) - 1);
	assert_memory_equal(d.last + d.n - (sizeof(RESTORE) - 1), RESTORE, sizeof(RESTORE) - 1);
}

static void test_a_fault_in_any_thread(void **state)
{
	(void)state;
	for (int in_thread = 0; in_thread < 2; in_thread++) {
		is_whole(die(FAULT_STORE, in_thread, 0, true), SIGSEGV);
		is_whole(die(FAULT_STACK, in_thread, 0, true), SIGSEGV);
		is_whole(die(FAULT_ABORT, in_thread, 0, true), SIGABRT);
		is_whole(die(FAULT_TRAP, in_thread, 0, true), SIGTRAP);
	}
}

static void test_every_signal_that_ends_a_process(void **state)
{
	const int numbers[] = {SIGSEGV, SIGABRT, SIGBUS,    SIGFPE,  SIGILL,    SIGTRAP,      SIGSYS,
			       SIGQUIT, SIGUSR1, SIGUSR2,   SIGALRM, SIGVTALRM, SIGPROF,      SIGXCPU,
			       SIGXFSZ, SIGIO,   SIGSTKFLT, SIGPWR,  SIGRTMIN,  SIGRTMIN + 5, SIGRTMAX};

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		is_whole(die(FAULT_NONE, i % 2, numbers[i], true), numbers[i]);
}

/* Nobody reads the terminal: the process dies all the same. */
static void test_a_terminal_that_takes_nothing(void **state)
{
	(void)state;
	struct death d = die(FAULT_NONE, false, SIGQUIT, false);
	assert_true(WIFSIGNALED(d.status));
	assert_int_equal(WTERMSIG(d.status), SIGQUIT);
	assert_true(d.modes_same);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_fault_in_any_thread),
	    cmocka_unit_test(test_every_signal_that_ends_a_process),
	    cmocka_unit_test(test_a_terminal_that_takes_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
