/* Opening the file: a new one, a pipe, or a capture that is continued. What is not whole at the end of that is cut off, or blocks behind it
 * could not be reached. */
#include "writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

static enum weir_status open_failed(const char *path, int number, struct weir_error *err)
{
	if (number == EACCES || number == EPERM || number == EROFS) {
		weir_fail(err, WEIR_DENIED, path, "this user may not write it");
		return WEIR_DENIED;
	}
	if (number == ENOENT || number == ENOTDIR)
		return weir_fail(err, WEIR_NOT_FOUND, path, "there is no such folder");
	if (number == EISDIR)
		return weir_fail(err, WEIR_USAGE, path, "is a folder; a capture is a file");
	if (number == ENXIO)
		return weir_fail(err, WEIR_IO, path, "nobody reads this pipe");
	return weir_fail(err, WEIR_IO, path, "could not be written: %s", strerror(number));
}

static bool know(struct weir_capture_writer *w, const struct weir_capture_entry *e, struct weir_str name)
{
	struct capture_known *k = NULL;

	for (size_t i = 0; i < w->n_known && !k; i++)
		if (w->known[i].id == e->stream)
			k = &w->known[i];
	if (!k) {
		if (!weir_grow((void **)&w->known, &w->known_capacity, w->n_known + 1, sizeof *w->known))
			return false;
		k = &w->known[w->n_known++];
		*k = (struct capture_known){.id = e->stream};
	}
	if (e->before <= WEIR_MAX_CAPTURE_RECORDS && e->before + e->records > k->before)
		k->before = e->before + e->records;
	if (!name.size)
		return true;
	free(k->name);
	return (k->name = weir_str_dup(name)) != NULL;
}

/* Which streams it has, and how many records of each. */
static enum weir_status learn_streams(struct weir_capture_writer *w, struct weir_capture_reader *r,
				      const struct weir_capture_index *index, struct weir_error *err)
{
	struct weir_buf text = {0};
	enum weir_status st = WEIR_OK;
	bool good = true;

	for (size_t i = 0; i < index->n && st == WEIR_OK && good; i++) {
		const struct weir_capture_entry *e = &index->items[i];
		struct weir_capture_stream s = {0};
		if (e->kind == WEIR_CAPTURE_STREAM) {
			st = weir_capture_index_read(r, e, &text, err);
			if (st == WEIR_OK && !weir_capture_stream_read(weir_buf_str(&text), &s))
				s.name.size = 0;
			st = st == WEIR_MALFORMED ? WEIR_OK : st;
		}
		good = know(w, e, s.name);
	}
	for (size_t i = 0; i < w->n_known && good; i++)
		if (!w->known[i].name) /* its description is damaged: its number stays taken */
			good = (w->known[i].name = weir_str_dup(WEIR_STR(""))) != NULL;
	weir_buf_release(&text);
	return good ? st : weir_fail(err, WEIR_NO_MEMORY, w->path, "out of memory");
}

static enum weir_status cut_tail(struct weir_capture_writer *w, struct weir_capture_reader *r, uint64_t end,
				 struct weir_error *err)
{
	struct weir_capture_block b;
	enum weir_status st;

	weir_capture_reader_go(r, end);
	while ((st = weir_capture_reader_next(r, &b, err)) == WEIR_OK)
		end = weir_capture_reader_at(r); /* it came meanwhile */
	if (st != WEIR_AGAIN)
		return st;
	w->cut_bytes = weir_capture_reader_damage(r)->tail_bytes;
	w->cut_records = weir_capture_reader_damage(r)->tail_records;
	if (w->cut_bytes && ftruncate(w->out.fd, (off_t)end) != 0)
		return open_failed(w->path, errno, err);
	if (lseek(w->out.fd, (off_t)end, SEEK_SET) < 0)
		return open_failed(w->path, errno, err);
	w->out.end = end;
	atomic_store(&w->file_bytes, end);
	return WEIR_OK;
}

static enum weir_status go_on(struct weir_capture_writer *w, const struct weir_capture_config *config,
			      struct weir_error *err)
{
	struct weir_capture_reader *r = NULL;
	struct weir_capture_index index = {0};
	enum weir_status st = weir_capture_reader_open(config->path, config->budget, &r, err);

	if (st == WEIR_MALFORMED) {
		weir_fail(err, WEIR_USAGE, w->path, "is there and is no capture; it is left as it is");
		weir_error_hint(err, "choose another name for the capture");
		return WEIR_USAGE;
	}
	if (st == WEIR_OK)
		st = weir_capture_index_load(r, &index, err);
	if (st == WEIR_OK) {
		w->continued = true;
		w->out.file_id = weir_capture_reader_file_id(r);
		st = learn_streams(w, r, &index, err);
	}
	if (st == WEIR_OK)
		st = cut_tail(w, r, index.end, err);
	if (st == WEIR_OK && !index.rebuilt) {
		w->out.previous = index.last_at;
		index.n = 0;
	}
	w->out.since = index;
	weir_capture_reader_close(r);
	return st;
}

/* A number that no other file has. */
static uint64_t new_id(const struct weir_capture_writer *w)
{
	uint64_t id = (uint64_t)weir_clock_wall_us(w->clock) ^ (uint64_t)getpid() << 44;

	return id ? id : 1;
}

static enum weir_status take_descriptor(struct weir_capture_writer *w, int fd, struct stat *meta,
					struct weir_error *err)
{
	w->out.fd = fd;
	if (fd < 0 || fstat(fd, meta) != 0)
		return open_failed(w->path, errno, err);
	w->out.regular = S_ISREG(meta->st_mode);
	w->out.device = meta->st_dev;
	w->out.inode = meta->st_ino;
	return WEIR_OK;
}

static enum weir_status refuse_terminal(const struct weir_capture_writer *w, struct weir_error *err)
{
	if (!isatty(w->out.fd))
		return WEIR_OK;
	weir_fail(err, WEIR_USAGE, "--capture", "a capture is no text: it is not written to a terminal");
	weir_error_hint(err, "weir --capture - … | ssh HOST 'cat > orders.weir'");
	return WEIR_USAGE;
}

/* Standard output. What was closed before the program began is something that cannot be written by now. */
static enum weir_status open_output(struct weir_capture_writer *w, int out_fd, struct weir_error *err)
{
	struct stat meta;
	int flags = fcntl(out_fd, F_GETFL);

	if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY)
		return weir_fail(err, WEIR_USAGE, "--capture", "standard output is closed");
	enum weir_status st = take_descriptor(w, fcntl(out_fd, F_DUPFD_CLOEXEC, 3), &meta, err);
	w->out.regular = false; /* somebody else's, who may have written to it, and may write more */
	return st == WEIR_OK ? refuse_terminal(w, err) : st;
}

/* The answer would stand between the blocks. Devices that take anything, such as /dev/null, may have both. */
static enum weir_status refuse_output(const struct weir_capture_writer *w, const struct stat *meta, int out_fd,
				      struct weir_error *err)
{
	struct stat out;

	if (S_ISCHR(meta->st_mode) || fstat(out_fd, &out) != 0 || out.st_dev != meta->st_dev ||
	    out.st_ino != meta->st_ino)
		return WEIR_OK;
	weir_fail(err, WEIR_USAGE, w->path, "is standard output, where the answer goes");
	weir_error_hint(err, "--capture - writes the capture there, and no answer");
	return WEIR_USAGE;
}

enum weir_status capture_out_open(struct weir_capture_writer *w, const struct weir_capture_config *config,
				  struct weir_error *err)
{
	struct stat meta = {0};

	w->out.file_id = new_id(w);
	if (strcmp(config->path, "-") == 0)
		return open_output(w, config->out_fd, err);
	if (!*config->path)
		return weir_fail(err, WEIR_USAGE, "--capture", "the name is empty");
	bool pipe = stat(config->path, &meta) == 0 && !S_ISREG(meta.st_mode);
	int flags = pipe ? O_WRONLY | O_NONBLOCK : O_RDWR | O_CREAT;
	enum weir_status st = take_descriptor(w, open(config->path, flags | O_CLOEXEC | O_NOCTTY, 0666), &meta, err);
	if (st == WEIR_OK)
		st = refuse_terminal(w, err);
	if (st == WEIR_OK)
		st = refuse_output(w, &meta, config->out_fd, err);
	if (st != WEIR_OK || !w->out.regular)
		return st;
	if (flock(w->out.fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
		weir_fail(err, WEIR_DENIED, w->path, "another weir is writing it");
		weir_error_hint(err, "choose another name, or end that one first");
		return WEIR_DENIED;
	}
	return meta.st_size ? go_on(w, config, err) : WEIR_OK;
}
