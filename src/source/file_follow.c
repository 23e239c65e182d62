#include "file_follow.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <unistd.h>

/* The name in the same folder that was perhaps meant, as the hint. */
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

static enum weir_status open_failed(const char *path, int why, struct weir_error *err)
{
	switch (why) {
	case ENOENT:
	case ENOTDIR:
		weir_fail(err, WEIR_NOT_FOUND, path, "no such file");
		suggest(path, err);
		return WEIR_NOT_FOUND;
	case EACCES:
	case EPERM:
		weir_fail(err, WEIR_DENIED, path, "may not be read by this user");
		weir_error_hint(err, "sudo cat FILE | weir - reads it as root");
		return WEIR_DENIED;
	case ENXIO:
		weir_fail(err, WEIR_USAGE, path, "is a socket or a device without a driver");
		return WEIR_USAGE;
	default:
		return weir_fail(err, WEIR_IO, path, "could not be opened: %s", strerror(why));
	}
}

enum weir_status weir_file_open_path(const char *path, bool follow, int *fd, struct stat *meta, struct weir_error *err)
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

void weir_file_watch(struct weir_file *f)
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

/* True when another file has taken the path over; then it is open in place of the old one. */
static bool replaced(struct weir_file *f, const struct stat *old)
{
	struct stat now;
	int fd = -1;

	if (stat(f->path, &now) < 0 || (now.st_ino == old->st_ino && now.st_dev == old->st_dev) ||
	    !S_ISREG(now.st_mode))
		return false;
	if (weir_file_open_path(f->path, true, &fd, &now, NULL) != WEIR_OK)
		return false;
	close(f->bytes.fd);
	f->bytes.fd = fd;
	weir_file_watch(f);
	weir_log_add(f->bytes.log, WEIR_LOG_NOTICE, f->path, "was replaced; going on with the new file");
	return true;
}

enum weir_bytes_next weir_file_at_eof(struct weir_bytes *b, struct weir_error *err)
{
	struct weir_file *f = (struct weir_file *)((char *)b - offsetof(struct weir_file, bytes));
	struct stat meta;

	if (!f->regular || fstat(b->fd, &meta) < 0)
		return WEIR_BYTES_FINISH;
	bool cut = b->raw_end >= 0 && meta.st_size < b->raw_end;
	if (!f->follow && cut) {
		weir_fail(err, WEIR_IO, f->path, "was cut short while it was read: %lld of %lld bytes are left",
			  (long long)meta.st_size, (long long)b->raw_end);
		weir_error_hint(err, "all whole lines before the cut were read");
		return WEIR_BYTES_FAIL;
	}
	if (!f->follow)
		return WEIR_BYTES_FINISH;
	if (cut && lseek(b->fd, 0, SEEK_SET) == 0)
		weir_log_add(b->log, WEIR_LOG_WARNING, f->path, "was cut short; going on at its beginning");
	else if (!replaced(f, &meta)) {
		b->raw_end = meta.st_size;
		return WEIR_BYTES_WAIT;
	}
	weir_bytes_restart(b);
	b->raw_end = fstat(b->fd, &meta) == 0 ? meta.st_size : -1;
	return WEIR_BYTES_RETRY;
}
