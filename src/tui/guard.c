#include "tui/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const int event_signals[] = {SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGTSTP, SIGCONT};
static const int crash_signals[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL};
enum {
	N_EVENTS = sizeof(event_signals) / sizeof(event_signals[0]),
	N_CRASHES = sizeof(crash_signals) / sizeof(crash_signals[0])
};

static struct {
	struct weir_guard guard;
	volatile sig_atomic_t armed;
	int pipe[2];
	struct sigaction events_before[N_EVENTS], crashes_before[N_CRASHES];
	char stack[16384]; /* a crash by a full stack needs another one */
	int stderr_before, stderr_memory;
} state = {.pipe = {-1, -1}, .stderr_before = -1, .stderr_memory = -1};

static void give_back(void)
{
	size_t at = 0;
	while (at < state.guard.restore_bytes) {
		ssize_t n = write(state.guard.fd, state.guard.restore + at, state.guard.restore_bytes - at);
		if (n <= 0)
			break;
		at += (size_t)n;
	}
	tcsetattr(state.guard.fd, TCSANOW, &state.guard.before); /* draining could wait for ever */
	if (state.stderr_before >= 0)
		dup2(state.stderr_before, STDERR_FILENO);
}

static void on_event(int number)
{
	int saved = errno;
	char byte = (char)number;
	/* A terminal that takes nothing more (a connection that hangs) must not keep the program: what it was sent and has not
	 * taken is dropped, which lets a write go on that waits for it. */
	if (number == SIGTERM || number == SIGHUP)
		tcflush(state.guard.fd, TCOFLUSH);
	/* A full pipe holds enough to wake the screen up. */
	ssize_t n = write(state.pipe[1], &byte, 1);
	(void)n;
	errno = saved;
}

static void on_crash(int number)
{
	if (state.armed) {
		state.armed = 0;
		give_back();
	}
	signal(number, SIG_DFL);
	raise(number);
}

enum weir_status weir_guard_install(const struct weir_guard *guard, int *signal_fd, struct weir_error *err)
{
	struct sigaction action = {.sa_handler = on_event, .sa_flags = SA_RESTART};
	if (pipe2(state.pipe, O_CLOEXEC | O_NONBLOCK) != 0)
		return weir_fail(err, WEIR_IO, "terminal", "could not make a pipe: %s", strerror(errno));
	state.guard = *guard;
	*signal_fd = state.pipe[0];
	sigemptyset(&action.sa_mask);
	for (int i = 0; i < N_EVENTS; i++)
		sigaction(event_signals[i], &action, &state.events_before[i]);
	stack_t stack = {.ss_sp = state.stack, .ss_size = sizeof(state.stack)};
	sigaltstack(&stack, NULL);
	action.sa_handler = on_crash;
	action.sa_flags = SA_ONSTACK | SA_NODEFER;
	for (int i = 0; i < N_CRASHES; i++)
		sigaction(crash_signals[i], &action, &state.crashes_before[i]);
	return WEIR_OK;
}

void weir_guard_remove(void)
{
	if (state.pipe[0] < 0)
		return;
	state.armed = 0;
	for (int i = 0; i < N_EVENTS; i++)
		sigaction(event_signals[i], &state.events_before[i], NULL);
	for (int i = 0; i < N_CRASHES; i++)
		sigaction(crash_signals[i], &state.crashes_before[i], NULL);
	stack_t none = {.ss_flags = SS_DISABLE};
	sigaltstack(&none, NULL);
	close(state.pipe[0]);
	close(state.pipe[1]);
	state.pipe[0] = state.pipe[1] = -1;
}

void weir_guard_arm(bool on)
{
	state.armed = on;
}

/* What was said behind the screen is not lost: it follows on standard error, a bounded part of it. */
static void replay(int from)
{
	char bytes[4096];
	ssize_t n = pread(from, bytes, sizeof(bytes), 0);
	if (n > 0 && write(STDERR_FILENO, bytes, (size_t)n) != n)
		return;
}

void weir_guard_quiet(bool on)
{
	if (on && state.stderr_before < 0 && isatty(STDERR_FILENO)) {
		int memory = memfd_create("weir-stderr", MFD_CLOEXEC);
		state.stderr_before = memory >= 0 ? fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3) : -1;
		if (state.stderr_before >= 0)
			dup2(memory, STDERR_FILENO);
		state.stderr_memory = memory;
	} else if (!on && state.stderr_before >= 0) {
		dup2(state.stderr_before, STDERR_FILENO);
		close(state.stderr_before);
		state.stderr_before = -1;
		replay(state.stderr_memory);
		close(state.stderr_memory);
		state.stderr_memory = -1;
	}
}
