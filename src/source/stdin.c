/* Standard input: a pipe, a redirected file, a socket. */
#include "bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct stdin_source {
	struct weir_source base;
	struct weir_bytes bytes;
	bool regular; /* these two: read-only after open */
	bool live;    /* for a screen, which does not count on its end */
};

static const struct weir_uri_option options[] = {{NULL, NULL, NULL}};

static void stdin_close(struct weir_source *s)
{
	weir_bytes_release(&((struct stdin_source *)s)->bytes);
	free(s);
}

/* A descriptor of our own, so that closing the source leaves the caller's open. */
static enum weir_status own_descriptor(int given, int *fd, struct stat *meta, struct weir_error *err)
{
	if (fstat(given, meta) < 0) {
		weir_fail(err, WEIR_USAGE, "standard input", "is closed");
		weir_error_hint(err, "pipe data in, or name a file");
		return WEIR_USAGE;
	}
	if (isatty(given)) {
		weir_fail(err, WEIR_USAGE, "standard input", "is the terminal, not data");
		weir_error_hint(err, "pipe data in (tail -f x | weir), or name a file");
		return WEIR_USAGE;
	}
	if (S_ISDIR(meta->st_mode))
		return weir_fail(err, WEIR_USAGE, "standard input", "is a directory");
	*fd = fcntl(given, F_DUPFD_CLOEXEC, 3);
	if (*fd < 0)
		return weir_fail(err, WEIR_IO, "standard input", "could not be opened: %s", strerror(errno));
	return WEIR_OK;
}

static enum weir_status stdin_open(const struct weir_source_config *config, struct weir_source **out,
				   struct weir_error *err)
{
	struct stat meta;
	int fd = -1;
	enum weir_status st = own_descriptor(config->stdin_fd, &fd, &meta, err);

	if (st != WEIR_OK)
		return st;
	struct stdin_source *s = weir_calloc(1, sizeof *s);
	if (!s) {
		close(fd);
		return weir_fail(err, WEIR_NO_MEMORY, "standard input", "out of memory while opening");
	}
	s->regular = S_ISREG(meta.st_mode);
	s->live = config->live;
	st = weir_bytes_init(&s->bytes, fd, "standard input", config, err);
	if (st != WEIR_OK) {
		stdin_close(&s->base);
		return st;
	}
	s->bytes.pollable = !s->regular;
	if (s->regular) {
		off_t here = lseek(fd, 0, SEEK_CUR);
		s->bytes.raw_end = here > 0 ? meta.st_size - here : meta.st_size;
		weir_progress_place(&s->bytes.progress, 0, s->bytes.raw_end);
	} else {
		(void)fcntl(fd, F_SETPIPE_SZ,
			    1 << 20); /* six times the throughput of the default; no harm where it fails */
	}
	*out = &s->base;
	return WEIR_OK;
}

static enum weir_status stdin_poll(struct weir_source *s, int64_t timeout_us, struct weir_chunk *chunk,
				   struct weir_error *err)
{
	return weir_bytes_poll(&((struct stdin_source *)s)->bytes, timeout_us, chunk, err);
}

static void stdin_ahead(struct weir_source *s)
{
	weir_bytes_ahead(&((struct stdin_source *)s)->bytes);
}

static void stdin_consume(struct weir_source *s, const struct weir_chunk *left)
{
	weir_bytes_consume(&((struct stdin_source *)s)->bytes, left);
}

static void stdin_wake(struct weir_source *s)
{
	weir_wake_signal(&((struct stdin_source *)s)->bytes.wake);
}

static void stdin_status(struct weir_source *s, struct weir_source_status *out)
{
	weir_progress_copy(&((struct stdin_source *)s)->bytes.progress, out);
}

static bool stdin_finite(struct weir_source *s)
{
	const struct stdin_source *in = (const struct stdin_source *)s;

	return in->regular || !in->live;
}

const struct weir_source_ops weir_source_stdin = {
    .name = "stdin",
    .schemes = "stdin",
    .help = "standard input, plain or compressed with gzip or zstd; keys are read from the terminal",
    .example = "-",
    .can_wait = true,
    .once = true,
    .alone = true,
    .options = options,
    .open = stdin_open,
    .poll = stdin_poll,
    .ahead = stdin_ahead,
    .consume = stdin_consume,
    .wake = stdin_wake,
    .status = stdin_status,
    .finite = stdin_finite,
    .close = stdin_close,
};
