/* From block to block. Where no header is, the next mark of one is looked for. */
#include "reader.h"

#include "weir/base/crc32c.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SEARCH_BYTES = 64 << 10 };

enum weir_status capture_read_failed(const struct weir_capture_reader *r, int number, struct weir_error *err)
{
	return weir_fail(err, WEIR_IO, r->path, "could not be read: %s", strerror(number));
}

int capture_read_at(const struct weir_capture_reader *r, uint64_t at, void *into, size_t size, size_t *got)
{
	*got = 0;
	while (*got < size) {
		ssize_t n = pread(r->fd, (char *)into + *got, size - *got, (off_t)(at + *got));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		if (n == 0)
			break;
		*got += (size_t)n;
	}
	return 0;
}

enum weir_status capture_header_at(struct weir_capture_reader *r, uint64_t at, struct weir_capture_block *out,
				   bool *good, size_t *got, struct weir_error *err)
{
	unsigned char bytes[WEIR_CAPTURE_HEADER_BYTES];
	int failed = capture_read_at(r, at, bytes, sizeof bytes, got);

	if (failed)
		return capture_read_failed(r, failed, err);
	*good =
	    *got == sizeof bytes && weir_capture_block_read(bytes, out) && (!r->file_id || out->file_id == r->file_id);
	if (*good && out->version > WEIR_CAPTURE_VERSION) {
		weir_fail(err, WEIR_UNSUPPORTED, r->path, "was written by a later version of weir");
		weir_error_hint(err, "it has format %u, and this version reads format %u", out->version,
				WEIR_CAPTURE_VERSION);
		return WEIR_UNSUPPORTED;
	}
	return WEIR_OK;
}

static enum weir_status look_at_size(struct weir_capture_reader *r, struct weir_error *err)
{
	struct stat meta;

	if (fstat(r->fd, &meta) != 0)
		return capture_read_failed(r, errno, err);
	r->size = meta.st_size > 0 ? (uint64_t)meta.st_size : 0;
	return WEIR_OK;
}

/* Where the next whole header at or behind `from` begins; *found false: nowhere as yet. Marks may lie across two pieces. */
static enum weir_status search(struct weir_capture_reader *r, uint64_t from, uint64_t *found_at, bool *found,
			       struct weir_error *err)
{
	unsigned char *piece = weir_alloc(SEARCH_BYTES);
	struct weir_capture_block b;
	enum weir_status st = piece ? WEIR_OK : weir_fail(err, WEIR_NO_MEMORY, r->path, "out of memory");
	size_t got = SEARCH_BYTES, seen;

	*found = false;
	for (uint64_t at = from; st == WEIR_OK && !*found && got == SEARCH_BYTES;
	     at += SEARCH_BYTES - WEIR_CAPTURE_MARK_BYTES + 1) {
		int failed = capture_read_at(r, at, piece, SEARCH_BYTES, &got);
		if (failed)
			st = capture_read_failed(r, failed, err);
		for (size_t i = 0; st == WEIR_OK && !*found && (i = weir_capture_block_find(piece, got, i)) != SIZE_MAX;
		     i++) {
			*found_at = at + i;
			st = capture_header_at(r, at + i, &b, found, &seen, err);
			if (st == WEIR_OK && !*found && seen < WEIR_CAPTURE_HEADER_BYTES && r->searched > at + i)
				r->searched = at + i; /* the rest of this header may come */
		}
	}
	free(piece);
	return st;
}

static void note_damage(struct weir_capture_reader *r, uint64_t at, uint64_t bytes)
{
	if (!r->damaged && !r->damage.places++)
		r->damage.first_at = at;
	r->damage.bytes += bytes;
	r->damaged = true;
}

/* No header is at r->at, and there are bytes. OK: there is one now. */
static enum weir_status pass_over(struct weir_capture_reader *r, struct weir_error *err)
{
	uint64_t from = r->searched > r->at + 1 ? r->searched : r->at + 1, found_at = 0;
	bool found;

	r->searched = r->size > WEIR_CAPTURE_MARK_BYTES ? r->size - WEIR_CAPTURE_MARK_BYTES + 1 : 0;
	enum weir_status st = search(r, from, &found_at, &found, err);
	if (st != WEIR_OK || !found)
		return st == WEIR_OK ? WEIR_AGAIN : st;
	note_damage(r, r->at, found_at - r->at);
	r->at = found_at;
	return WEIR_OK;
}

enum weir_status weir_capture_reader_next(struct weir_capture_reader *r, struct weir_capture_block *out,
					  struct weir_error *err)
{
	struct weir_capture_block b;
	bool good = false;
	size_t got;

	for (;;) {
		enum weir_status st = look_at_size(r, err);
		if (st == WEIR_OK)
			st = capture_header_at(r, r->at, &b, &good, &got, err);
		if (st != WEIR_OK)
			return st;
		r->damage.tail_bytes = r->size > r->at ? r->size - r->at : 0;
		r->damage.tail_records = good && b.records <= b.unpacked_bytes ? b.records : 0;
		r->damage.tail_stream = good ? b.stream : 0;
		if (good && r->at + WEIR_CAPTURE_HEADER_BYTES + b.stored_bytes <= r->size)
			break;
		if (!got)
			return WEIR_AGAIN;
		/* Even a good header may be the last thing that was written before a crash, and others may have gone on behind it. */
		if ((st = pass_over(r, err)) != WEIR_OK)
			return st;
	}
	r->file_id = b.file_id;
	r->block = *out = b;
	r->block_at = r->at;
	r->at += WEIR_CAPTURE_HEADER_BYTES + b.stored_bytes;
	r->damaged = false;
	r->damage.tail_bytes = r->size - r->at;
	r->damage.tail_records = 0;
	return WEIR_OK;
}

static enum weir_status damaged_block(struct weir_capture_reader *r, const char *why, struct weir_error *err)
{
	note_damage(r, r->block_at, WEIR_CAPTURE_HEADER_BYTES + r->block.stored_bytes);
	if (*why && !r->damage.why[0])
		snprintf(r->damage.why, sizeof r->damage.why, "%s", why);
	return weir_fail(err, WEIR_MALFORMED, r->path, "the block at byte %" PRIu64 " is damaged", r->block_at);
}

void weir_capture_reader_mistrust(struct weir_capture_reader *r)
{
	(void)damaged_block(r, "it does not hold what it should", NULL);
}

/* A block takes its size twice, packed and unpacked. */
static bool too_large(const struct weir_capture_reader *r)
{
	uint64_t limit = r->budget ? r->budget->limit_bytes : 0;

	return limit && r->block.unpacked_bytes > limit / 4;
}

enum weir_status weir_capture_reader_payload(struct weir_capture_reader *r, struct weir_buf *out,
					     struct weir_error *err)
{
	size_t size = r->block.stored_bytes, got;
	bool plain = r->block.packing == WEIR_CAPTURE_PLAIN;
	struct weir_buf *into = plain ? out : &r->stored;

	if (too_large(r))
		return damaged_block(r, "it is too large for --memory", err);
	weir_buf_clear(into);
	if (!weir_buf_reserve(into, size + 1))
		return weir_fail(err, WEIR_NO_MEMORY, r->path, "out of memory");
	int failed = capture_read_at(r, r->block_at + WEIR_CAPTURE_HEADER_BYTES, into->data, size, &got);
	if (failed)
		return capture_read_failed(r, failed, err);
	into->size = got;
	if (got < size || weir_crc32c(0, into->data, size) != r->block.stored_crc ||
	    (plain && size != r->block.unpacked_bytes))
		return damaged_block(r, "", err);
	enum weir_status st = plain ? WEIR_OK : weir_capture_unpack(&r->block, weir_buf_str(into), out, err);
	return st == WEIR_MALFORMED ? damaged_block(r, "", err) : st;
}

const struct weir_capture_damage *weir_capture_reader_damage(const struct weir_capture_reader *r)
{
	return &r->damage;
}

void weir_capture_reader_forget(struct weir_capture_reader *r)
{
	r->damage = (struct weir_capture_damage){0};
}

uint64_t weir_capture_reader_at(const struct weir_capture_reader *r)
{
	return r->at;
}

uint64_t weir_capture_reader_size(const struct weir_capture_reader *r)
{
	return r->size;
}

int weir_capture_reader_fd(const struct weir_capture_reader *r)
{
	return r->fd;
}

uint64_t weir_capture_reader_file_id(const struct weir_capture_reader *r)
{
	return r->file_id;
}

void weir_capture_reader_go(struct weir_capture_reader *r, uint64_t at)
{
	r->at = at;
	r->searched = 0;
	r->damaged = false;
}

static enum weir_status open_failed(const char *path, int number, struct weir_error *err)
{
	if (number == ENOENT || number == ENOTDIR) {
		weir_fail(err, WEIR_NOT_FOUND, path, "no such file");
		weir_error_hint(err, "--capture FILE writes one");
		return WEIR_NOT_FOUND;
	}
	if (number == EACCES || number == EPERM)
		return weir_fail(err, WEIR_DENIED, path, "this user has no permission to read it");
	return weir_fail(err, WEIR_IO, path, "could not be opened: %s", strerror(number));
}

/* The number of the file is the one of its first whole block; without any it is no capture. */
static enum weir_status check_kind(struct weir_capture_reader *r, struct weir_error *err)
{
	struct weir_capture_block b;
	enum weir_status st = weir_capture_reader_next(r, &b, err);
	bool empty = st == WEIR_AGAIN && !r->size;

	if (st == WEIR_AGAIN && !empty) {
		weir_fail(err, WEIR_MALFORMED, r->path, "is no capture, or nothing of it is whole");
		weir_error_hint(err, "weir --capture FILE writes captures; other files should not end in .weir");
		return WEIR_MALFORMED;
	}
	if (st != WEIR_OK && !empty)
		return st;
	weir_capture_reader_go(r, 0);
	r->damage = (struct weir_capture_damage){0};
	return WEIR_OK;
}

enum weir_status weir_capture_reader_open(const char *path, const struct weir_budget *budget,
					  struct weir_capture_reader **out, struct weir_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat meta;

	if (fd < 0 || fstat(fd, &meta) != 0) {
		int number = errno;
		if (fd >= 0)
			close(fd);
		return open_failed(path, number, err);
	}
	struct weir_capture_reader *r = S_ISREG(meta.st_mode) ? weir_calloc(1, sizeof *r) : NULL;
	if (!r || !(r->path = weir_str_dup(weir_str_of(path)))) {
		free(r);
		close(fd);
		if (S_ISREG(meta.st_mode))
			return weir_fail(err, WEIR_NO_MEMORY, path, "out of memory while opening");
		weir_fail(err, WEIR_USAGE, path, "is no regular file, and a capture is read from one");
		weir_error_hint(err, "write it to a file first");
		return WEIR_USAGE;
	}
	r->fd = fd;
	r->budget = budget;
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	enum weir_status st = check_kind(r, err);
	if (st != WEIR_OK) {
		weir_capture_reader_close(r);
		return st;
	}
	*out = r;
	return WEIR_OK;
}

void weir_capture_reader_close(struct weir_capture_reader *r)
{
	if (!r)
		return;
	close(r->fd);
	free(r->path);
	weir_buf_release(&r->stored);
	free(r);
}
