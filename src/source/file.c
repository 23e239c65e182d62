/* FILE, FILE.gz, FILE.zst, and named pipes. */
#include "bytes.h"
#include "file_follow.h"
#include "params.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

extern const struct weir_source_ops weir_source_file;

static const struct weir_source_option options[] = {
    {"follow", "yes|no", "go on at the end of the file as it grows, is cut or replaced (as tail -F)"},
    {"from", "earliest|latest|BYTE", "where to begin; latest needs follow=yes (earliest)"},
    {"until", "latest|BYTE", "where to stop"},
    {NULL, NULL, NULL},
};

static enum weir_status refuse_time(const char *name, const char *path, struct weir_error *err)
{
	weir_fail(err, WEIR_USAGE, path, "%s= with a time needs a stream that knows its times; a file is bytes", name);
	weir_error_hint(err, "use --where on the time column, or %s=BYTE", name);
	return WEIR_USAGE;
}

static enum weir_status seek_to(struct weir_file *f, int64_t place, const char *path, struct weir_error *err)
{
	char magic[16];
	ssize_t n = pread(f->bytes.fd, magic, sizeof magic, 0);

	if (n > 0 && weir_packing_of((struct weir_str){magic, (size_t)n}, true) != WEIR_PACKING_NONE)
		return weir_fail(err, WEIR_USAGE, path, "a compressed file can only be read from its beginning");
	if (lseek(f->bytes.fd, place, SEEK_SET) < 0)
		return weir_fail(err, WEIR_IO, path, "could not go to byte %lld: %s", (long long)place,
				 strerror(errno));
	f->bytes.raw_position = place;
	f->bytes.window.offset = (uint64_t)place;
	f->bytes.known = true;
	return WEIR_OK;
}

static enum weir_status apply_bounds(struct weir_file *f, const struct weir_source_config *config,
				     struct weir_error *err)
{
	const char *path = config->uri.path;
	struct weir_bound from, until;
	enum weir_status st;

	if ((st = weir_params_bound(&config->uri, "from", 0, &from, err)) != WEIR_OK ||
	    (st = weir_params_bound(&config->uri, "until", 0, &until, err)) != WEIR_OK)
		return st;
	if (from.kind == WEIR_BOUND_TIME)
		return refuse_time("from", path, err);
	if (until.kind == WEIR_BOUND_TIME)
		return refuse_time("until", path, err);
	bool moves = from.kind == WEIR_BOUND_LATEST || from.kind == WEIR_BOUND_OFFSET;
	if ((moves || until.kind != WEIR_BOUND_NONE) && !f->regular)
		return weir_fail(err, WEIR_USAGE, path,
				 "from= and until= need a regular file, and this is a pipe or a device");
	if (until.kind == WEIR_BOUND_LATEST)
		f->bytes.raw_until = f->bytes.raw_end > 0 ? f->bytes.raw_end : 0;
	else if (until.kind == WEIR_BOUND_OFFSET)
		f->bytes.raw_until = until.value;
	else if (until.kind == WEIR_BOUND_EARLIEST)
		f->bytes.raw_until = 0;
	if (from.kind == WEIR_BOUND_LATEST)
		return seek_to(f, f->bytes.raw_end > 0 ? f->bytes.raw_end : 0, path, err);
	if (from.kind == WEIR_BOUND_OFFSET)
		return seek_to(f, from.value, path, err);
	return WEIR_OK;
}

static void file_close(struct weir_source *s)
{
	struct weir_file *f = (struct weir_file *)s;

	weir_bytes_release(&f->bytes);
	free(f->path);
	free(f);
}

static enum weir_status file_open(const struct weir_source_config *config, struct weir_source **out,
				  struct weir_error *err)
{
	const char *path = config->uri.path;
	struct weir_file *f = NULL;
	bool follow = config->follow;
	enum weir_status st;
	int fd = -1;
	struct stat meta;

	if ((st = weir_params_check(&config->uri, &weir_source_file, err)) != WEIR_OK ||
	    (st = weir_params_bool(&config->uri, "follow", &follow, err)) != WEIR_OK ||
	    (st = weir_file_open_path(path, follow, &fd, &meta, err)) != WEIR_OK)
		return st;
	f = weir_calloc(1, sizeof *f);
	if (!f || !(f->path = weir_str_dup(weir_str_of(path)))) {
		free(f);
		close(fd);
		return weir_fail(err, WEIR_NO_MEMORY, path, "out of memory while opening");
	}
	f->base.ops = &weir_source_file;
	f->follow = follow;
	f->regular = S_ISREG(meta.st_mode);
	st = weir_bytes_init(&f->bytes, fd, f->path, config, err);
	f->bytes.pollable = !f->regular;
	f->bytes.at_eof = weir_file_at_eof;
	/* What the kernel makes up (below /proc) says it is empty, and is not. */
	f->bytes.raw_end = f->regular && meta.st_size > 0 ? meta.st_size : -1;
	weir_progress_place(&f->bytes.progress, 0, f->bytes.raw_end);
	if (st == WEIR_OK)
		st = apply_bounds(f, config, err);
	if (st != WEIR_OK) {
		file_close(&f->base);
		return st;
	}
	if (f->regular)
		(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	else
		(void)fcntl(fd, F_SETPIPE_SZ, 1 << 20);
	if (follow && f->regular)
		weir_file_watch(f);
	*out = &f->base;
	return WEIR_OK;
}

static enum weir_status file_poll(struct weir_source *s, int64_t timeout_us, struct weir_chunk *chunk,
				  struct weir_error *err)
{
	return weir_bytes_poll(&((struct weir_file *)s)->bytes, timeout_us, chunk, err);
}

static void file_ahead(struct weir_source *s)
{
	weir_bytes_ahead(&((struct weir_file *)s)->bytes);
}

static void file_consume(struct weir_source *s, const struct weir_chunk *left)
{
	weir_bytes_consume(&((struct weir_file *)s)->bytes, left);
}

static void file_wake(struct weir_source *s)
{
	weir_wake_signal(&((struct weir_file *)s)->bytes.wake);
}

static void file_status(struct weir_source *s, struct weir_source_status *out)
{
	weir_progress_copy(&((struct weir_file *)s)->bytes.progress, out);
}

static bool file_finite(struct weir_source *s)
{
	const struct weir_file *f = (const struct weir_file *)s;

	return f->regular && (!f->follow || f->bytes.raw_until >= 0);
}

const struct weir_source_ops weir_source_file = {
    .name = "file",
    .schemes = "file",
    .help = "a file, plain or packed with gzip or zstd; a named pipe",
    .example = "access.log.gz",
    .can_wait = true,
    .options = options,
    .open = file_open,
    .poll = file_poll,
    .ahead = file_ahead,
    .consume = file_consume,
    .wake = file_wake,
    .status = file_status,
    .finite = file_finite,
    .close = file_close,
};
