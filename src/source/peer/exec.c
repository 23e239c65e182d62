/* exec:COMMAND: runs a command by the shell and reads what it prints; what it complains of goes to the log. */
#include "peer.h"

#include "weir/base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum {
	PATIENCE_MS = 300,         /* that a command has to end after SIGTERM, before it is killed */
	MOST_COMPLAINT_BYTES = 300 /* of one line of standard error; a longer one is cut in pieces */
};

struct command {
	struct weir_peer peer;
	char *text;                           /* owned */
	pid_t pid;                            /* and its process group; 0: none runs */
	char complaint[MOST_COMPLAINT_BYTES]; /* a line of standard error that has not ended yet */
	size_t n_complaint;
	char last[MOST_COMPLAINT_BYTES]; /* the last whole line */
};

static const struct weir_uri_option options[] = {
    {"restart", "yes|no", "run the command again when it ends (no)"},
    {NULL, NULL, NULL},
};

static void end_complaint(struct command *c)
{
	if (!c->n_complaint)
		return;
	memcpy(c->last, c->complaint, c->n_complaint);
	c->last[c->n_complaint] = 0;
	c->n_complaint = 0;
	weir_log_add(c->peer.bytes.log, WEIR_LOG_WARNING, c->peer.address, "%s", c->last);
}

/* False: there is no more, now or at all. */
static bool read_some(struct command *c)
{
	struct weir_bytes *b = &c->peer.bytes;
	char text[4096];
	ssize_t n = read(b->notify_fd, text, sizeof text);

	for (ssize_t i = 0; i < n; i++) {
		if (text[i] != '\n')
			c->complaint[c->n_complaint++] = text[i];
		if (text[i] == '\n' || c->n_complaint == sizeof c->complaint - 1)
			end_complaint(c);
	}
	if (n > 0)
		return true;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	end_complaint(c);
	close(b->notify_fd);
	b->notify_fd = -1;
	return false;
}

/* For weir_bytes: there is something of standard error. */
static void read_complaints(struct weir_bytes *b)
{
	read_some((struct command *)((char *)b - offsetof(struct command, peer.bytes)));
}

static int spawn(struct command *c, int out, int complaints)
{
	char sh[] = "sh", option[] = "-c", *const arguments[] = {sh, option, c->text, NULL};
	const struct weir_spawn how = {
	    .path = "/bin/sh", .arguments = arguments, .environment = environ, .output = out, .error = complaints};
	int number = weir_process_start(&how, &c->pid);

	if (number)
		c->pid = 0;
	return number;
}

static void close_both(const int ends[2])
{
	close(ends[0]);
	close(ends[1]);
}

static enum weir_status command_open(struct weir_peer *p, int *fd, struct weir_error *err)
{
	struct command *c = (struct command *)p;
	int out[2], complaints[2], number = 0;

	if (pipe2(out, O_CLOEXEC) < 0)
		return weir_fail(err, WEIR_IO, p->address, "could not be started: %s", strerror(errno));
	if (pipe2(complaints, O_CLOEXEC) < 0) {
		number = errno;
		close_both(out);
		return weir_fail(err, WEIR_IO, p->address, "could not be started: %s", strerror(number));
	}
	c->last[0] = 0;
	number = spawn(c, out[1], complaints[1]);
	close(out[1]);
	close(complaints[1]);
	if (number) {
		close(out[0]);
		close(complaints[0]);
		return weir_fail(err, WEIR_IO, p->address, "could not be started: %s", strerror(number));
	}
	if (p->bytes.notify_fd >= 0)
		close(p->bytes.notify_fd);
	p->bytes.notify_fd = complaints[0];
	(void)fcntl(complaints[0], F_SETFL, O_NONBLOCK);
	(void)fcntl(out[0], F_SETPIPE_SZ, 1 << 20);
	*fd = out[0];
	return WEIR_OK;
}

/* True once it has ended, with its status. */
static bool has_ended(struct command *c, int patience_ms, int *status)
{
	int fd = (int)syscall(SYS_pidfd_open, c->pid, 0);
	struct pollfd end = {fd, POLLIN, 0};

	if (fd >= 0) {
		poll(&end, 1, patience_ms);
		close(fd);
	}
	if (waitpid(c->pid, status, WNOHANG) != c->pid)
		return false;
	c->pid = 0;
	return true;
}

/* Ends what still runs, with all that it started, and returns its status. */
static int end_command(struct command *c)
{
	int status = 0;

	kill(-c->pid, SIGTERM);
	if (has_ended(c, PATIENCE_MS, &status))
		return status;
	kill(-c->pid, SIGKILL);
	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
		;
	c->pid = 0;
	return status;
}

/* Its output has ended. If it goes on without one, nobody waits for that. */
static enum weir_status command_ended(struct weir_peer *p, int broken, struct weir_error *err)
{
	struct command *c = (struct command *)p;
	int status = 0;

	(void)broken;
	if (!has_ended(c, PATIENCE_MS, &status))
		status = end_command(c);
	while (p->bytes.notify_fd >= 0 && read_some(c))
		;
	const char *colon = c->last[0] ? ": " : "";
	if (WIFSIGNALED(status))
		return weir_fail(err, WEIR_IO, p->address, "was ended by signal %d%s%s", WTERMSIG(status), colon,
				 c->last);
	int number = WEXITSTATUS(status);
	weir_fail(err, WEIR_IO, p->address, "ended with status %d%s%s", number, colon, c->last);
	return number ? WEIR_IO : WEIR_OK;
}

static void command_release(struct weir_peer *p)
{
	struct command *c = (struct command *)p;

	if (c->pid)
		end_command(c);
	free(c->text);
}

static const struct weir_peer_kind kind = {
    .open = command_open, .ended = command_ended, .release = command_release, .again_param = "restart"};

static enum weir_status open_source(const struct weir_source_config *config, struct weir_source **out,
				    struct weir_error *err)
{
	struct weir_peer *p;

	if (!*config->uri.path || config->uri.hosts) {
		weir_fail(err, WEIR_USAGE, "exec", "there is no command");
		weir_error_hint(err, "for example 'exec:journalctl -f -o json'; write ? as %%3F");
		return WEIR_USAGE;
	}
	enum weir_status st = weir_peer_new(sizeof(struct command), &kind, config, &p, err);
	if (st != WEIR_OK)
		return st;
	struct command *c = (struct command *)p;
	p->bytes.at_notice = read_complaints;
	if (!(c->text = weir_str_dup(weir_str_of(config->uri.path)))) {
		weir_peer_close(&p->base);
		return weir_fail(err, WEIR_NO_MEMORY, "exec", "out of memory while opening");
	}
	*out = &p->base;
	return WEIR_OK;
}

const struct weir_source_ops weir_source_exec = {
    .name = "exec",
    .schemes = "exec",
    .help = "what a command prints, run by /bin/sh; what it complains of goes to the log",
    .example = "exec:journalctl -f -o json",
    .once = true,
    .can_wait = true,
    .options = options,
    .open = open_source,
    .poll = weir_peer_poll,
    .consume = weir_peer_consume,
    .wake = weir_peer_wake,
    .status = weir_peer_status,
    .finite = weir_peer_finite,
    .close = weir_peer_close,
};
