/* FILE, FILE.gz, FILE.zst, and named pipes. With follow=yes, reading continues as a file grows, is truncated or
 * replaced. */
#include "bytes.h"
#include "uri_params.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

struct file {
	struct weir_source base;
	struct weir_bytes bytes;
	char *path;   /* owned */
	bool follow;  /* read-only after open */
	bool regular; /* read-only after open */
};

static const struct weir_uri_option options[] = {
    {"follow", "yes|no", "follow the file as it grows, is truncated or replaced, as tail -F does"},
    {"from", "earliest|latest|BYTE", "where to start; latest needs follow=yes (earliest)"},
    {"until", "latest|BYTE", "where to stop"},
    {"position", "BYTE", "where to resume: so many bytes of its unpacked text are skipped"},
    {NULL, NULL, NULL},
};

/* Hints at the name in the same folder that was perhaps meant. */
static void suggest(const char *path, struct weir_error *err)
{
	const char *slash = strrchr(path, '/');
	struct weir_str dir =
	    slash ? (struct weir_str){path, slash == path ? 1 : (size_t)(slash - path)} : WEIR_STR(".");
	char *folder = weir_str_dup(dir);
	DIR *d = folder ? opendir(folder) : NULL;
	struct weir_str names[512];
	size_t n = 0;

	if (!d) {
		weir_error_hint(err, "there is no folder " WEIR_STR_FMT " either", WEIR_STR_ARG(dir));
		free(folder);
		return;
	}
	for (struct dirent *e; n < 512 && (e = readdir(d));) {
		char *name = weir_str_dup(weir_str_of(e->d_name));
		if (name)
			names[n++] = weir_str_of(name);
	}
	int near = weir_nearest(weir_str_of(slash ? slash + 1 : path), names, n);
	if (near >= 0)
		weir_error_hint(err, "did you mean " WEIR_STR_FMT "?", WEIR_STR_ARG(names[near]));
	else
		weir_error_hint(err, "check the path");
	for (size_t i = 0; i < n; i++)
		free((void *)(uintptr_t)names[i].data);
	closedir(d);
	free(folder);
}

/* A path that looks like an address with a password may be one with a mistyped scheme: the error must not repeat it.
 * */
static bool looks_mistyped(const char *path, struct weir_error *err)
{
	struct weir_buf shown = {0};
	bool yes = weir_uri_hide(weir_str_of(path), &shown);

	if (yes) {
		weir_fail(err, WEIR_NOT_FOUND, "source", "no such file: %s", shown.data ? shown.data : "");
		weir_error_hint(err, "an address starts with its scheme: kafka://HOST/TOPIC");
	}
	weir_buf_release(&shown);
	return yes;
}

static enum weir_status open_failed(const char *path, int why, struct weir_error *err)
{
	switch (why) {
	case ENOENT:
	case ENOTDIR:
		if (looks_mistyped(path, err))
			return WEIR_NOT_FOUND;
		weir_fail(err, WEIR_NOT_FOUND, path, "no such file");
		suggest(path, err);
		return WEIR_NOT_FOUND;
	case EACCES:
	case EPERM:
		weir_fail(err, WEIR_DENIED, path, "this user has no permission to read it");
		weir_error_hint(err, "sudo cat FILE | weir - reads it as root");
		return WEIR_DENIED;
	case ENXIO:
		weir_fail(err, WEIR_USAGE, path, "is a socket, or a device without a driver");
		return WEIR_USAGE;
	default:
		return weir_fail(err, WEIR_IO, path, "could not be opened: %s", strerror(why));
	}
}

/* Opens for reading without waiting for the writer of a named pipe. NOT_FOUND, DENIED, USAGE (a directory, a socket). */
static enum weir_status open_path(const char *path, bool follow, int *fd, struct stat *meta, struct weir_error *err)
{
	if (!*path)
		return weir_fail(err, WEIR_USAGE, "file", "the path is empty");
	if (stat(path, meta) < 0)
		return open_failed(path, errno, err);
	if (S_ISDIR(meta->st_mode)) {
		weir_fail(err, WEIR_USAGE, path, "is a directory");
		weir_error_hint(err, "name a file in it");
		return WEIR_USAGE;
	}
	/* A followed named pipe keeps a writing end of its own open, so that it outlives each of its writers. */
	int mode = follow && S_ISFIFO(meta->st_mode) ? O_RDWR : O_RDONLY;
	*fd = open(path, mode | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (*fd < 0)
		return open_failed(path, errno, err);
	if (fstat(*fd, meta) < 0) {
		int why = errno;
		close(*fd);
		return open_failed(path, why, err);
	}
	return WEIR_OK;
}

/* Asks for notifications of change; without them the file is checked now and then. */
static void watch(struct file *f)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	if (fd >= 0 && inotify_add_watch(fd, f->path, IN_MODIFY | IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF) < 0) {
		close(fd);
		fd = -1;
	}
	if (f->bytes.notify_fd >= 0)
		close(f->bytes.notify_fd);
	f->bytes.notify_fd = fd;
}

/* Whether another file has the path now. If so, it is opened in place of the old one (RESTART), which is first read to
 * its end (RETRY): it may hold what was written between the last read and the renaming. */
static enum weir_bytes_next replaced(struct file *f, const struct stat *old)
{
	struct stat now;
	int fd = -1;

	if (stat(f->path, &now) < 0 || (now.st_ino == old->st_ino && now.st_dev == old->st_dev) ||
	    !S_ISREG(now.st_mode))
		return WEIR_BYTES_WAIT;
	if (fstat(f->bytes.fd, &now) == 0 && now.st_size > f->bytes.raw_position)
		return WEIR_BYTES_RETRY;
	if (open_path(f->path, true, &fd, &now, NULL) != WEIR_OK)
		return WEIR_BYTES_WAIT;
	close(f->bytes.fd);
	f->bytes.fd = fd;
	watch(f);
	weir_log_add(f->bytes.log, WEIR_LOG_NOTICE, f->path, "was replaced; continuing with the new file");
	return WEIR_BYTES_RESTART;
}

/* For weir_bytes: detects a truncated file, and continues with a followed one that grew, was truncated or replaced. */
static enum weir_bytes_next at_eof(struct weir_bytes *b, struct weir_error *err)
{
	struct file *f = (struct file *)((char *)b - offsetof(struct file, bytes));
	struct stat meta;

	if (!f->regular || fstat(b->fd, &meta) < 0)
		return WEIR_BYTES_FINISH;
	bool cut = b->raw_end >= 0 && meta.st_size < b->raw_end;
	if (!f->follow && cut) {
		weir_fail(err, WEIR_IO, f->path, "was truncated while it was being read: %lld of %lld bytes are left",
			  (long long)meta.st_size, (long long)b->raw_end);
		weir_error_hint(err, "all complete lines before the cut were read");
		return WEIR_BYTES_FAIL;
	}
	if (!f->follow)
		return WEIR_BYTES_FINISH;
	enum weir_bytes_next next = WEIR_BYTES_RESTART;
	if (cut && lseek(b->fd, 0, SEEK_SET) == 0)
		weir_log_add(b->log, WEIR_LOG_WARNING, f->path, "was truncated; continuing at its beginning");
	else
		next = replaced(f, &meta);
	if (next == WEIR_BYTES_WAIT)
		b->raw_end = meta.st_size;
	else if (next == WEIR_BYTES_RESTART)
		b->raw_end = fstat(b->fd, &meta) == 0 ? meta.st_size : -1;
	return next;
}

static enum weir_status refuse_time(const char *name, const char *path, struct weir_error *err)
{
	weir_fail(err, WEIR_USAGE, path, "%s= cannot be a time here: a file is only bytes", name);
	weir_error_hint(err, "use --where on the time column, or %s=BYTE", name);
	return WEIR_USAGE;
}

static enum weir_status begin_at(struct file *f, int64_t place, struct weir_error *err)
{
	if (lseek(f->bytes.fd, place, SEEK_SET) < 0)
		return weir_fail(err, WEIR_IO, f->path, "could not go to byte %lld: %s", (long long)place,
				 strerror(errno));
	f->bytes.raw_position = place;
	f->bytes.window.offset = (uint64_t)place;
	f->bytes.known = true;
	return WEIR_OK;
}

static enum weir_status seek_to(struct file *f, int64_t place, const char *path, struct weir_error *err)
{
	char magic[16];
	ssize_t n = pread(f->bytes.fd, magic, sizeof magic, 0);

	if (n > 0 && weir_packing_of((struct weir_str){magic, (size_t)n}, true) != WEIR_PACKING_NONE)
		return weir_fail(err, WEIR_USAGE, path, "a compressed file can only be read from its beginning");
	f->bytes.unplaced = true;
	return begin_at(f, place, err);
}

/* Begins where an earlier run ended, counted in the text that it handed out. In a packed or decoded file that text is
 * skipped. */
static enum weir_status resume(struct file *f, const struct weir_uri *uri, struct weir_error *err)
{
	int64_t place = 0;
	size_t mark_bytes;
	char head[16];
	enum weir_status st = weir_uri_params_int(uri, "position", 0, &place, err);

	if (st != WEIR_OK)
		return st;
	if (!f->regular)
		return weir_fail(err, WEIR_USAGE, f->path,
				 "position= needs a regular file, and this is a pipe or a device");
	if (weir_uri_param(uri, "from")) {
		weir_fail(err, WEIR_USAGE, f->path, "from= and position= both say where to begin");
		weir_error_hint(err, "leave one out");
		return WEIR_USAGE;
	}
	ssize_t n = pread(f->bytes.fd, head, sizeof head, 0);
	struct weir_str magic = {head, n > 0 ? (size_t)n : 0};
	bool coded = f->bytes.encoding ? !weir_recode_is_utf8(f->bytes.encoding)
				       : weir_recode_by_mark(magic, &mark_bytes) != NULL;
	bool plain = !coded && weir_packing_of(magic, true) == WEIR_PACKING_NONE;
	int64_t size = f->bytes.raw_end > 0 ? f->bytes.raw_end : 0;
	/* A followed file has no end that would show it: the missing bytes would be skipped in what is written next. */
	if (f->follow && place > size && (size ? plain : !magic.size))
		return weir_bytes_too_short(f->path, (uint64_t)(place - size), err);
	if (!plain || place > f->bytes.raw_end) {
		f->bytes.skip = (uint64_t)place;
		return WEIR_OK;
	}
	f->bytes.coding_known = place > 0;
	return begin_at(f, place, err);
}

static enum weir_status apply_bounds(struct file *f, const struct weir_source_config *config, struct weir_error *err)
{
	const char *path = config->uri.path;
	struct weir_place from, until;
	enum weir_status st;

	if ((st = weir_uri_params_place_or_last(&config->uri, "from", 0, &from, err)) != WEIR_OK ||
	    (st = weir_uri_params_place_or_last(&config->uri, "until", 0, &until, err)) != WEIR_OK)
		return st;
	if (from.kind == WEIR_PLACE_TIME)
		return refuse_time("from", path, err);
	if (until.kind == WEIR_PLACE_TIME)
		return refuse_time("until", path, err);
	if (from.kind == WEIR_PLACE_LAST || until.kind == WEIR_PLACE_LAST)
		return weir_fail(err, WEIR_USAGE, path,
				 "a file has no numbered records that could be counted from its end");
	bool moves = from.kind == WEIR_PLACE_LATEST || from.kind == WEIR_PLACE_OFFSET;
	if ((moves || until.kind != WEIR_PLACE_NONE) && !f->regular)
		return weir_fail(err, WEIR_USAGE, path,
				 "from= and until= need a regular file, and this is a pipe or a device");
	if (weir_uri_param(&config->uri, "position") && (st = resume(f, &config->uri, err)) != WEIR_OK)
		return st;
	if (until.kind == WEIR_PLACE_LATEST)
		f->bytes.raw_until = f->bytes.raw_end > 0 ? f->bytes.raw_end : 0;
	else if (until.kind == WEIR_PLACE_OFFSET)
		f->bytes.raw_until = until.value;
	else if (until.kind == WEIR_PLACE_EARLIEST)
		f->bytes.raw_until = 0;
	if ((moves || until.kind != WEIR_PLACE_NONE) && f->bytes.raw_end > 0)
		f->bytes.progress.now.none_why = "nothing of the file lies between from= and until=";
	if (from.kind == WEIR_PLACE_LATEST)
		return seek_to(f, f->bytes.raw_end > 0 ? f->bytes.raw_end : 0, path, err);
	if (from.kind == WEIR_PLACE_OFFSET)
		return seek_to(f, from.value, path, err);
	return WEIR_OK;
}

static void file_close(struct weir_source *s)
{
	struct file *f = (struct file *)s;

	weir_bytes_release(&f->bytes);
	free(f->path);
	free(f);
}

static enum weir_status file_open(const struct weir_source_config *config, struct weir_source **out,
				  struct weir_error *err)
{
	const char *path = config->uri.path;
	struct file *f = NULL;
	bool follow = false;
	enum weir_status st;
	int fd = -1;
	struct stat meta = {0};

	if ((st = weir_uri_params_bool(&config->uri, "follow", &follow, err)) != WEIR_OK ||
	    (st = open_path(path, follow, &fd, &meta, err)) != WEIR_OK)
		return st;
	f = weir_calloc(1, sizeof *f);
	if (!f || !(f->path = weir_str_dup(weir_str_of(path)))) {
		free(f);
		close(fd);
		return weir_fail(err, WEIR_NO_MEMORY, path, "out of memory while opening");
	}
	f->follow = follow;
	f->regular = S_ISREG(meta.st_mode);
	st = weir_bytes_init(&f->bytes, fd, f->path, config, err);
	f->bytes.pollable = !f->regular;
	f->bytes.at_eof = at_eof;
	f->bytes.ahead = f->bytes.ahead && !follow; /* another file may follow, and must wait for the end of this one */
	/* Files that the kernel makes up (below /proc) claim to be empty, and are not. */
	f->bytes.raw_end = f->regular && meta.st_size > 0 ? meta.st_size : -1;
	if (st == WEIR_OK) {
		weir_progress_place(&f->bytes.progress, 0, f->bytes.raw_end);
		if (f->regular) /* nobody need answer first */
			weir_progress_state(&f->bytes.progress, WEIR_SOURCE_LIVE, NULL);
		st = apply_bounds(f, config, err);
	}
	if (st != WEIR_OK) {
		file_close(&f->base);
		return st;
	}
	if (f->regular)
		(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	else
		(void)fcntl(fd, F_SETPIPE_SZ, 1 << 20);
	if (follow && f->regular)
		watch(f);
	else if (f->regular)
		f->base.written_us = (int64_t)meta.st_mtim.tv_sec * WEIR_US_PER_S + meta.st_mtim.tv_nsec / 1000;
	*out = &f->base;
	return WEIR_OK;
}

static enum weir_status file_poll(struct weir_source *s, int64_t timeout_us, struct weir_chunk *chunk,
				  struct weir_error *err)
{
	return weir_bytes_poll(&((struct file *)s)->bytes, timeout_us, chunk, err);
}

static void file_ahead(struct weir_source *s)
{
	weir_bytes_ahead(&((struct file *)s)->bytes);
}

static void file_consume(struct weir_source *s, const struct weir_chunk *left)
{
	weir_bytes_consume(&((struct file *)s)->bytes, left);
}

static void file_wake(struct weir_source *s)
{
	weir_wake_signal(&((struct file *)s)->bytes.wake);
}

static void file_status(struct weir_source *s, struct weir_source_status *out)
{
	weir_progress_copy(&((struct file *)s)->bytes.progress, out);
}

static enum weir_status file_position(struct weir_source *s, struct weir_buf *out)
{
	const struct file *f = (const struct file *)s;

	return f->regular ? weir_bytes_position(&f->bytes, out) : WEIR_UNSUPPORTED;
}

static bool file_finite(struct weir_source *s)
{
	const struct file *f = (const struct file *)s;

	return f->regular && (!f->follow || f->bytes.raw_until >= 0);
}

static bool file_begin_at(struct weir_uri *uri, const struct weir_source_place *place)
{
	char byte[24];

	snprintf(byte, sizeof byte, "%lld", (long long)place->position);
	return weir_uri_set(uri, "position", weir_str_of(byte));
}

const struct weir_source_ops weir_source_file = {
    .name = "file",
    .schemes = "file",
    .help = "a file, plain or compressed with gzip or zstd, or a named pipe",
    .example = "access.log.gz",
    .can_wait = true,
    .options = options,
    .open = file_open,
    .poll = file_poll,
    .ahead = file_ahead,
    .consume = file_consume,
    .wake = file_wake,
    .status = file_status,
    .position = file_position,
    .finite = file_finite,
    .begin_at = file_begin_at,
    .close = file_close,
};
