/* One file on its way: written beside its name, which it gets when it is whole. */
#include "files.h"

#include "weir/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int set_names(struct weir_part *p, const char *path)
{
	weir_buf_clear(&p->path);
	weir_buf_clear(&p->name);
	weir_buf_add_c(&p->path, path);
	weir_buf_addf(&p->name, "%s.part", path);
	return p->path.failed || p->name.failed ? ENOMEM : 0;
}

int weir_part_create(struct weir_part *p, const char *path, bool *part)
{
	struct stat there;
	int number = set_names(p, path);

	*part = false;
	p->fd = -1;
	p->bytes = 0;
	if (!number && lstat(path, &there) == 0) /* a link to nowhere as well */
		number = EEXIST;
	if (number)
		return number;
	p->fd = open(p->name.data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0666);
	number = p->fd < 0 ? errno : 0;
	*part = number == EEXIST;
	p->there = !number;
	return number;
}

int weir_part_write(struct weir_part *p, struct weir_str rows)
{
	int number = weir_write_all(p->fd, rows.data, rows.size);

	if (!number)
		p->bytes += rows.size;
	else if (ftruncate(p->fd, (off_t)p->bytes) == 0) /* half a row goes */
		(void)!lseek(p->fd, (off_t)p->bytes, SEEK_SET);
	return number;
}

static int close_whole(struct weir_part *p)
{
	int number = fsync(p->fd) != 0 && errno != EINVAL && errno != ENOTSUP ? errno : 0;

	if (close(p->fd) != 0 && !number)
		number = errno;
	p->fd = -1;
	return number;
}

int weir_part_publish(struct weir_part *p)
{
	int number = close_whole(p);

	if (!number)
		number = weir_file_take_name(p->name.data, p->path.data);
	p->there = number != 0;
	return number;
}

int weir_part_publish_as(struct weir_part *p, const char *path)
{
	weir_buf_clear(&p->path);
	weir_buf_add_c(&p->path, path);
	int number = p->path.failed ? ENOMEM : weir_file_take_name(p->name.data, p->path.data);
	p->there = number != 0;
	return number;
}

void weir_part_leave(struct weir_part *p)
{
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
	p->there = false;
}

void weir_part_discard(struct weir_part *p)
{
	if (p->there)
		unlink(p->name.data);
	weir_part_leave(p);
}

void weir_part_release(struct weir_part *p)
{
	weir_part_leave(p);
	weir_buf_release(&p->path);
	weir_buf_release(&p->name);
}
