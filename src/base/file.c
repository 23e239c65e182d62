/* Writes a file that is there whole or not at all. */
#include "weir/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int weir_write_all(int fd, const char *bytes, size_t size)
{
	while (size) {
		ssize_t n = write(fd, bytes, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		bytes += n;
		size -= (size_t)n;
	}
	return 0;
}

static enum weir_status failed(const char *path, int number, struct weir_error *err)
{
	enum weir_status code = number == EACCES || number == EPERM || number == EROFS ? WEIR_DENIED : WEIR_IO;

	weir_fail(err, code, path, "could not be written: %s", strerror(number));
	if (number == EEXIST)
		weir_error_hint(err, "give another name");
	return code;
}

/* Writes, brings to the disk, closes. 0 or an errno. A pipe or a terminal has no disk. */
static int write_out(int fd, struct weir_str text)
{
	int number = weir_write_all(fd, text.data, text.size);

	if (!number && fsync(fd) != 0 && errno != EINVAL && errno != ENOTSUP && errno != EROFS)
		number = errno;
	if (close(fd) != 0 && !number)
		number = errno;
	return number;
}

static int write_in_place(const char *path, struct weir_str text, int flags)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY | flags);

	return fd < 0 ? errno : write_out(fd, text);
}

/* The part of `path` up to its last slash; data "" when there is none. */
static struct weir_str folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return (struct weir_str){path, slash ? (size_t)(slash - path) + 1 : 0};
}

/* The name is as safe on the disk as the bytes. */
static void sync_folder(const char *path)
{
	struct weir_str folder = folder_of(path);
	char *name = weir_str_dup(folder.size ? folder : WEIR_STR("."));
	int fd = name ? open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (fd >= 0) {
		(void)fsync(fd); /* some file systems cannot, and the file is there all the same */
		close(fd);
	}
	free(name);
}

/* A file that is there is never lost: a link, other than a rename, fails where one is. */
static int take_place(const char *beside, const char *path, bool is_new)
{
	if (is_new && link(beside, path) == 0) {
		unlink(beside);
		return 0;
	}
	if (is_new && (errno == EEXIST || access(path, F_OK) == 0)) /* the latter on a file system without links */
		return EEXIST;
	return rename(beside, path) == 0 ? 0 : errno;
}

int weir_file_take_name(const char *beside, const char *path)
{
	int number = take_place(beside, path, true);

	if (!number)
		sync_folder(path);
	return number;
}

/* A name of our own in the folder of `path`. -1 and an errno. */
static int open_beside(const char *path, mode_t mode, struct weir_buf *name)
{
	for (int i = 0; i < 100; i++) {
		weir_buf_clear(name);
		weir_buf_add_str(name, folder_of(path));
		weir_buf_addf(name, ".weir-%ld-%d", (long)getpid(), i);
		errno = ENOMEM;
		int fd = name->failed ? -1 : open(name->data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
		if (fd >= 0 || errno != EEXIST)
			return fd;
	}
	return -1;
}

static int write_beside(const char *path, struct weir_str text, unsigned how, const struct stat *old)
{
	struct weir_buf name = {0};
	int fd = open_beside(path, how & WEIR_FILE_PRIVATE ? 0600 : 0666, &name), number = fd < 0 ? errno : 0;

	if (fd >= 0 && old) {
		if (old->st_uid != geteuid() || old->st_gid != getegid())
			(void)!fchown(fd, old->st_uid, old->st_gid); /* only root may */
		if (!(how & WEIR_FILE_PRIVATE) && fchmod(fd, old->st_mode & 0777) != 0)
			number = errno;
	}
	if (fd >= 0) {
		int written = write_out(fd, text);
		number = number ? number : written;
		if (!number)
			number = take_place(name.data, path, how & WEIR_FILE_NEW);
		if (number)
			unlink(name.data);
		else
			sync_folder(path);
	} else if (old && (number == EACCES || number == EPERM)) {
		number = write_in_place(path, text, O_TRUNC); /* a file that may be written in a folder that may not */
	}
	weir_buf_release(&name);
	return number;
}

enum weir_status weir_file_write(const char *path, struct weir_str text, unsigned how, struct weir_error *err)
{
	struct stat old;
	bool there = stat(path, &old) == 0;
	/* /dev/stdout and its like are a file that is open already: it must stay the same one. */
	bool open_already = strncmp(path, "/dev/", 5) == 0 || strncmp(path, "/proc/", 6) == 0;
	char *real = there ? realpath(path, NULL) : NULL; /* a link stays a link, to the new file */
	int number;

	if (there && how & WEIR_FILE_NEW)
		number = EEXIST;
	else if (there && (open_already || !S_ISREG(old.st_mode)))
		number = write_in_place(path, text, S_ISREG(old.st_mode) ? O_TRUNC : 0);
	else
		number = write_beside(real ? real : path, text, how, there ? &old : NULL);
	free(real);
	return number ? failed(path, number, err) : WEIR_OK;
}
