/* Blocks to the descriptor. What of a block could not be written is taken back where that can be, so that the file ends with a whole one. */
#include "writer.h"

#include "weir/base/crc32c.h"

#include <errno.h>
#include <poll.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
	PIPE_BYTES = 4096, /* what a pipe that is ready takes without waiting */
	POLL_MS = 100,
	GIVE_UP_US = 2000000, /* a reader that takes nothing, when the session ends */
	INDEX_ENTRIES = 4096, /* a block of the index after so many blocks */
};

static int write_regular(int fd, struct iovec *parts, int n)
{
	while (n) {
		ssize_t written = writev(fd, parts, n);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return errno;
		for (; n && (size_t)written >= parts->iov_len; n--, parts++)
			written -= (ssize_t)parts->iov_len;
		if (n) {
			parts->iov_base = (char *)parts->iov_base + written;
			parts->iov_len -= (size_t)written;
		}
	}
	return 0;
}

/* A pipe's reader may stop taking, and the session must end all the same. */
static int write_slow(struct weir_capture_writer *w, const char *bytes, size_t size)
{
	int64_t since_us = weir_clock_mono_us(w->clock);

	while (size) {
		struct pollfd ready = {w->out.fd, POLLOUT, 0};
		int n = poll(&ready, 1, POLL_MS);
		if (n == 0 && w->hurry && weir_clock_mono_us(w->clock) - since_us > GIVE_UP_US)
			return ETIMEDOUT;
		if (n == 0 || (n < 0 && errno == EINTR))
			continue;
		if (n < 0)
			return errno;
		ssize_t written = write(w->out.fd, bytes, size < PIPE_BYTES ? size : PIPE_BYTES);
		if (written < 0 && errno != EINTR && errno != EAGAIN)
			return errno;
		if (written <= 0)
			continue;
		bytes += written;
		size -= (size_t)written;
		since_us = weir_clock_mono_us(w->clock);
	}
	return 0;
}

static enum weir_status failed(const struct weir_capture_writer *w, int number, struct weir_error *err)
{
	const char *why = number == EPIPE       ? "its reader went away"
			  : number == ETIMEDOUT ? "its reader takes nothing"
						: strerror(number);

	weir_fail(err, WEIR_IO, w->path, "could not be written: %s", why);
	if (number == ENOSPC || number == EDQUOT)
		weir_error_hint(err,
				w->out.regular
				    ? "make room on the disk; a later run with the same --capture continues the file"
				    : "make room on the disk");
	return WEIR_IO;
}

enum weir_status capture_out_write(struct weir_capture_writer *w, struct weir_capture_block *head,
				   struct weir_str stored, struct weir_error *err)
{
	unsigned char header[WEIR_CAPTURE_HEADER_BYTES];
	struct iovec parts[2] = {{header, sizeof header}, {(void *)(uintptr_t)stored.data, stored.size}};
	int number;

	head->version = WEIR_CAPTURE_VERSION;
	head->file_id = w->out.file_id;
	head->stored_bytes = (uint32_t)stored.size;
	head->stored_crc = weir_crc32c(0, stored.data, stored.size);
	weir_capture_block_write(head, header);
	if (w->out.regular)
		number = write_regular(w->out.fd, parts, stored.size ? 2 : 1);
	else if (!(number = write_slow(w, (const char *)header, sizeof header)))
		number = write_slow(w, stored.data, stored.size);
	if (number) {
		if (w->out.regular && ftruncate(w->out.fd, (off_t)w->out.end) == 0)
			(void)!lseek(w->out.fd, (off_t)w->out.end, SEEK_SET);
		return failed(w, number, err);
	}
	const struct weir_capture_entry e = {w->out.end,    head->before,       head->first_us, head->last_us,
					     head->records, head->stored_bytes, head->stream,   head->kind};
	w->out.end += sizeof header + stored.size;
	atomic_store(&w->file_bytes, w->out.end);
	if (head->kind == WEIR_CAPTURE_INDEX)
		return WEIR_OK;
	if (!weir_capture_index_add(&w->out.since, &e))
		return weir_fail(err, WEIR_NO_MEMORY, w->path, "out of memory");
	return w->out.since.n < INDEX_ENTRIES ? WEIR_OK : capture_out_index(w, err);
}

static enum weir_status write_index(struct weir_capture_writer *w, struct weir_capture_index *part,
				    struct weir_error *err)
{
	struct weir_buf text = {0};
	uint64_t at = w->out.end;

	weir_capture_index_write(part, 0, w->out.previous, at, &text);
	struct weir_capture_block head = {.kind = WEIR_CAPTURE_INDEX, .unpacked_bytes = (uint32_t)text.size};
	enum weir_status st = text.failed ? weir_fail(err, WEIR_NO_MEMORY, w->path, "out of memory")
					  : capture_out_write(w, &head, weir_buf_str(&text), err);
	weir_buf_release(&text);
	if (st == WEIR_OK)
		w->out.previous = at;
	return st;
}

/* In parts: a file that had lost its index gets all of it at once. */
enum weir_status capture_out_index(struct weir_capture_writer *w, struct weir_error *err)
{
	struct weir_capture_index *since = &w->out.since;
	enum weir_status st = WEIR_OK;

	for (size_t from = 0; from < since->n && st == WEIR_OK; from += INDEX_ENTRIES) {
		struct weir_capture_index part = {.items = since->items + from, .n = since->n - from};
		part.n = part.n < INDEX_ENTRIES ? part.n : INDEX_ENTRIES;
		st = write_index(w, &part, err);
	}
	if (st == WEIR_OK)
		since->n = 0;
	return st;
}

/* Closing tells what a file system over the network did not take. */
enum weir_status capture_out_end(struct weir_capture_writer *w, struct weir_error *err)
{
	enum weir_status st = w->out.since.n ? capture_out_index(w, err) : WEIR_OK;
	int fd = w->out.fd;

	if (st != WEIR_OK)
		return st;
	w->out.fd = -1;
	return close(fd) == 0 || errno == EINTR ? WEIR_OK : failed(w, errno, err);
}
