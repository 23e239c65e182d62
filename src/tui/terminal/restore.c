/* Signals: some become events of the loop; those that would end the process give the terminal back first. */
#include "tui/terminal/terminal.h"

#include "weir/base/print.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* Signals that become events of the loop. */
static const int event_signals[] = {SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGTSTP, SIGCONT};
/* Sent by the kernel to a process in the background. */
static const int stop_signals[] = {SIGTTIN, SIGTTOU};
/* Faults, and everything else that would end the process: the terminal is given back first. */
static const int fatal_signals[] = {SIGSEGV, SIGABRT, SIGBUS,    SIGFPE,  SIGILL,  SIGTRAP, SIGSYS, SIGQUIT,   SIGUSR1,
				    SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGXCPU, SIGXFSZ, SIGIO,  SIGSTKFLT, SIGPWR};
enum { MAX_SIGNALS = 65, STACK_BYTES = 32 << 10, PATIENCE_MS = 2000 };

static struct {
	struct weir_restore restore;
	volatile sig_atomic_t armed;
	int pipe[2];
	struct sigaction before[MAX_SIGNALS];
	bool installed[MAX_SIGNALS];
	stack_t stack_before;
	char stack[STACK_BYTES]; /* a stack overflow is handled on this one */
	pthread_t screen;
	atomic_bool fault; /* a thread has crashed and asks the screen's to give the terminal back */
	atomic_bool given_back;
	int stderr_before, stderr_memory;
} state = {.pipe = {-1, -1}, .stderr_before = -1, .stderr_memory = -1};

/* Never waits: output that a blocked terminal has not taken is discarded. */
static void give_back(void)
{
	size_t at = 0;
	int flags = fcntl(state.restore.fd, F_GETFL);
	bool dropped = false;
	fcntl(state.restore.fd, F_SETFL, flags | O_NONBLOCK);
	while (at < state.restore.undo_bytes) {
		ssize_t n = write(state.restore.fd, state.restore.undo + at, state.restore.undo_bytes - at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN && !dropped) {
			tcflush(state.restore.fd, TCOFLUSH);
			dropped = true;
			continue;
		}
		if (n <= 0)
			break;
		at += (size_t)n;
	}
	fcntl(state.restore.fd, F_SETFL, flags);
	tcsetattr(state.restore.fd, TCSANOW, &state.restore.before); /* draining could block forever */
	if (state.stderr_before >= 0)
		dup2(state.stderr_before, STDERR_FILENO);
}

static void send_event(char number)
{
	/* If the pipe is full, it already holds enough to wake the screen. */
	ssize_t n = write(state.pipe[1], &number, 1);
	(void)n;
}

static void on_event(int number)
{
	int saved = errno;
	/* A terminal that takes nothing more (a connection that hangs) must not keep the program: what it was sent and has not
	 * taken is dropped, which lets a write go on that waits for it. */
	if (number == SIGTERM || number == SIGHUP)
		tcflush(state.restore.fd, TCOFLUSH);
	send_event((char)number);
	errno = saved;
}

/* In the foreground the kernel sends neither, so another process did, and it is treated like Ctrl-Z. In the
 * background the terminal already belongs to another process. */
static void on_stop(int number)
{
	int saved = errno;
	(void)number;
	if (tcgetpgrp(state.restore.fd) == getpgrp())
		send_event(SIGTSTP);
	else
		raise(SIGSTOP);
	errno = saved;
}

static void wait_ms(long ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};
	nanosleep(&t, NULL);
}

/* A thread that crashes must not write between the bytes of a picture, and none may follow: the screen's own thread
 * is taken out of what it does, gives the terminal back, and does nothing more. */
static void ask_screen(int number)
{
	if (atomic_exchange(&state.fault, true))
		for (;;) /* another thread came first */
			pause();
	if (pthread_kill(state.screen, number) != 0)
		return;
	for (int ms = 0; ms < PATIENCE_MS && !atomic_load(&state.given_back); ms += 5)
		wait_ms(5);
}

static void on_fatal(int number)
{
	int saved = errno;
	bool screen = pthread_equal(pthread_self(), state.screen), asked = screen && atomic_load(&state.fault);
	if (!screen && state.armed)
		ask_screen(number);
	if (state.armed) {
		state.armed = 0;
		give_back();
		atomic_store(&state.given_back, true);
	}
	if (asked)
		wait_ms(2L * PATIENCE_MS); /* the thread that crashed ends the process */
	signal(number, SIG_DFL);
	errno = saved;
	raise(number);
}

static void install(int number, void (*handler)(int), int flags)
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
	sigemptyset(&action.sa_mask);
	if (number >= MAX_SIGNALS || sigaction(number, NULL, &state.before[number]) != 0)
		return;
	/* A fatal signal that the parent process ignored stays ignored. */
	if (handler == on_fatal && state.before[number].sa_handler == SIG_IGN)
		return;
	state.installed[number] = sigaction(number, &action, NULL) == 0;
}

enum weir_status weir_restore_install(const struct weir_restore *restore, int *signal_fd, struct weir_error *err)
{
	if (pipe2(state.pipe, O_CLOEXEC | O_NONBLOCK) != 0)
		return weir_fail(err, WEIR_IO, "terminal", "could not make a pipe: %s", strerror(errno));
	state.restore = *restore;
	state.screen = pthread_self();
	*signal_fd = state.pipe[0];
	stack_t stack = {.ss_sp = state.stack, .ss_size = sizeof(state.stack)};
	sigaltstack(&stack, &state.stack_before);
	for (size_t i = 0; i < sizeof(event_signals) / sizeof(event_signals[0]); i++)
		install(event_signals[i], on_event, SA_RESTART);
	for (size_t i = 0; i < sizeof(stop_signals) / sizeof(stop_signals[0]); i++)
		install(stop_signals[i], on_stop, SA_RESTART);
	for (size_t i = 0; i < sizeof(fatal_signals) / sizeof(fatal_signals[0]); i++)
		install(fatal_signals[i], on_fatal, SA_ONSTACK | SA_NODEFER);
	for (int number = SIGRTMIN; number <= SIGRTMAX; number++)
		install(number, on_fatal, SA_ONSTACK | SA_NODEFER);
	return WEIR_OK;
}

void weir_restore_remove(void)
{
	if (state.pipe[0] < 0)
		return;
	state.armed = 0;
	for (int number = 0; number < MAX_SIGNALS; number++) {
		if (state.installed[number])
			sigaction(number, &state.before[number], NULL);
		state.installed[number] = false;
	}
	sigaltstack(&state.stack_before, NULL);
	close(state.pipe[0]);
	close(state.pipe[1]);
	state.pipe[0] = state.pipe[1] = -1;
}

void weir_restore_arm(bool on)
{
	state.armed = on;
}

/* What was said behind the screen is not lost: it follows on standard error, a bounded part of it. */
static void replay(int from)
{
	char bytes[4096];
	struct weir_buf text = {0};
	ssize_t n = pread(from, bytes, sizeof(bytes), 0);
	/* A library may repeat text from a server. */
	if (n > 0)
		weir_print_lines((struct weir_str){bytes, (size_t)n}, &text);
	weir_terminal_write(STDERR_FILENO, text.data, text.size);
	weir_buf_release(&text);
}

void weir_restore_quiet(bool on)
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
