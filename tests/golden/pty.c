#include "pty.h"

#include "../limit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utmp.h> /* login_tty */

static void report(int fd, pid_t program, int status)
{
	struct pty_report r = {program, status};
	if (write(fd, &r, sizeof(r)) != sizeof(r))
		_exit(126);
}

/* The small shell: its child is a job of its own in the foreground, and is watched until it ends. */
static void run_shell(char *const *argv, char *const *env, int reports)
{
	signal(SIGTTOU, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	pid_t program = fork();
	if (program == 0) {
		setpgid(0, 0);
		tcsetpgrp(STDIN_FILENO, getpid());
		/* As a login does: a test that runs behind a shell's back would ignore SIGINT and SIGQUIT. */
		for (int number = 1; number < NSIG; number++)
			signal(number, SIG_DFL);
		execve(argv[0], argv, env);
		fprintf(stderr, "could not run %s: %s\n", argv[0], strerror(errno));
		_exit(127);
	}
	setpgid(program, program);
	report(reports, program, -1);
	for (;;) {
		int status = 0;
		if (waitpid(program, &status, WUNTRACED) < 0) {
			if (errno == EINTR)
				continue;
			_exit(125);
		}
		/* The terminal stays open until the reader has seen all of it. */
		report(reports, program, status);
		if (!WIFSTOPPED(status))
			break;
	}
	for (;;)
		pause();
}

static void take_report(struct pty *p)
{
	struct pty_report r;
	if (read(p->reports, &r, sizeof(r)) != sizeof(r))
		return;
	p->program = r.program;
	if (r.status == -1)
		return;
	p->status = r.status;
	p->stopped = WIFSTOPPED(r.status);
	p->ended = !p->stopped;
}

bool pty_start(struct pty *p, char *const *argv, char *const *env, int columns, int rows)
{
	struct winsize size = {.ws_col = (unsigned short)columns, .ws_row = (unsigned short)rows};
	int reports[2], slave;
	memset(p, 0, sizeof(*p));
	if (openpty(&p->master, &slave, NULL, NULL, &size) != 0 || pipe2(reports, O_CLOEXEC) != 0)
		return false;
	tcgetattr(slave, &p->before);
	fcntl(p->master, F_SETFD, FD_CLOEXEC);
	p->shell = fork();
	if (p->shell < 0)
		return false;
	if (p->shell == 0) {
		login_tty(slave);
		run_shell(argv, env, reports[1]);
	}
	close(slave);
	close(reports[1]);
	p->reports = reports[0];
	take_report(p); /* a signal to program 0 would go to all of the test's own group */
	return p->program > 0;
}

void pty_resize(struct pty *p, int columns, int rows)
{
	struct winsize size = {.ws_col = (unsigned short)columns, .ws_row = (unsigned short)rows};
	ioctl(p->master, TIOCSWINSZ, &size);
}

long pty_read(struct pty *p, char *bytes, unsigned long max, int timeout_ms)
{
	struct pollfd fds[2] = {{p->master, POLLIN, 0}, {p->reports, POLLIN, 0}};
	if (poll(fds, 2, timeout_ms) <= 0)
		return 0;
	/* Bytes first: what was written before the end must be seen before the end. */
	if (fds[0].revents & POLLIN) {
		ssize_t n = read(p->master, bytes, max);
		return n > 0 ? n : 0;
	}
	if (fds[1].revents & POLLIN)
		take_report(p);
	return 0;
}

int pty_unread(const struct pty *p)
{
	char name[64];
	int line = ptsname_r(p->master, name, sizeof(name)) == 0 ? open(name, O_RDWR | O_NOCTTY | O_CLOEXEC) : -1, n;
	if (line < 0)
		return -1;
	if (ioctl(line, FIONREAD, &n) != 0)
		n = -1;
	close(line);
	return n;
}

bool pty_signal_unread(struct pty *p, int number)
{
	int before = -1, now = 0;
	struct pollfd reports = {p->reports, POLLIN, 0};
	for (int calm = 0, tries = 0; calm<10; calm = now> 1000 && now == before ? calm + 1 : 0) {
		before = now;
		if (tries++ > TEST_LIMIT_S * 20 || poll(&reports, 1, 50) != 0 || ioctl(p->master, FIONREAD, &now) != 0)
			return false;
	}
	if (kill(p->program, number) != 0)
		return false;
	while (!p->ended && poll(&reports, 1, TEST_LIMIT_S * 1000) > 0)
		take_report(p);
	char cut[4096]; /* what is left was cut where the terminal was full: no screen */
	struct pollfd left = {p->master, POLLIN, 0};
	while (poll(&left, 1, 0) > 0 && read(p->master, cut, sizeof(cut)) > 0)
		;
	return p->ended;
}

bool pty_modes_restored(struct pty *p)
{
	struct termios now;
	/* The master side shares the line's modes. */
	return tcgetattr(p->master, &now) == 0 && now.c_iflag == p->before.c_iflag &&
	       now.c_oflag == p->before.c_oflag && now.c_lflag == p->before.c_lflag && now.c_cflag == p->before.c_cflag;
}

void pty_end(struct pty *p)
{
	if (p->program > 0 && !p->ended)
		kill(p->program, SIGKILL);
	if (p->shell > 0) {
		kill(p->shell, SIGKILL);
		waitpid(p->shell, NULL, 0);
	}
	close(p->master);
	close(p->reports);
}
