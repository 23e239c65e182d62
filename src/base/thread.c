/* How our threads are started. */
#include "weir/base/thread.h"

#include "weir/base/memory.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>

enum { ALTERNATE_BYTES = 32 << 10 }; /* what a handler and the widest vector registers take, several times */

static _Thread_local char alternate[ALTERNATE_BYTES];
static _Thread_local stack_t stack_before;

struct start {
	void *(*run)(void *);
	void *arg;
};

static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};

void weir_thread_catch_faults(bool on)
{
	stack_t mine = {.ss_sp = alternate, .ss_size = sizeof alternate};
	sigset_t set;

	if (!on) {
		sigaltstack(&stack_before, NULL);
		return;
	}
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
		sigaddset(&set, faults[i]);
	sigaltstack(&mine, &stack_before);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

void weir_thread_give_way(void)
{
#ifdef __linux__ /* where a number of 0 means the calling thread alone */
	enum { NICE = 10 };
	(void)!setpriority(PRIO_PROCESS, 0, NICE); /* without it, it only takes its share */
#endif
}

static void *run(void *arg)
{
	struct start start = *(struct start *)arg;

	free(arg);
	weir_thread_catch_faults(true);
	void *result = start.run(start.arg);
	weir_thread_catch_faults(false); /* sanitizers take the stack they set at first away with the thread */
	return result;
}

int weir_thread_start(pthread_t *thread, void *(*body)(void *), void *arg)
{
	struct start *start = weir_alloc(sizeof *start);
	sigset_t all, before;

	if (!start)
		return ENOMEM;
	*start = (struct start){body, arg};
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int failed = pthread_create(thread, NULL, run, start);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (failed)
		free(start);
	return failed;
}
