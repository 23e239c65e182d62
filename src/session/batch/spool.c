/* Bytes written once and read again: in memory while they are few, in a temporary file when they are many. */
#include "batch.h"

#include "weir/base/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { MEMORY_BYTES = 8 << 20, WINDOW_BYTES = 256 << 10, LEAP_BYTES = 4096 };

static enum weir_status io_error(struct weir_error *err)
{
	weir_fail(err, WEIR_IO, "temporary file", "could not keep the rows until the end: %s", strerror(errno));
	weir_error_hint(err, "use -o ndjson, which needs no temporary file");
	return WEIR_IO;
}

static enum weir_status spill(struct weir_spool *s, struct weir_error *err)
{
	if (!s->file && !(s->file = tmpfile()))
		return io_error(err);
	if (fwrite(s->memory.data, 1, s->memory.size, s->file) != s->memory.size)
		return io_error(err);
	s->file_bytes += s->memory.size;
	weir_buf_clear(&s->memory);
	return WEIR_OK;
}

enum weir_status weir_spool_add(struct weir_spool *s, const void *bytes, size_t size, struct weir_error *err)
{
	weir_buf_add(&s->memory, bytes, size);
	if (s->memory.failed)
		return weir_fail(err, WEIR_NO_MEMORY, "rows", "out of memory");
	return s->memory.size < MEMORY_BYTES ? WEIR_OK : spill(s, err);
}

uint64_t weir_spool_bytes(const struct weir_spool *s)
{
	return s->file_bytes + s->memory.size;
}

static enum weir_status read_window(struct weir_spool *s, uint64_t at, size_t size, struct weir_error *err)
{
	bool onwards = at >= s->window_at && at <= s->window_at + s->window_bytes;
	size_t least = onwards ? WINDOW_BYTES : LEAP_BYTES, want = size > least ? size : least, done = 0;

	if (fflush(s->file) != 0)
		return io_error(err);
	if (want > s->window_capacity) {
		char *bigger = weir_realloc(s->window, want);
		if (!bigger)
			return weir_fail(err, WEIR_NO_MEMORY, "rows", "out of memory");
		s->window = bigger;
		s->window_capacity = want;
	}
	while (done < want) {
		ssize_t n = pread(fileno(s->file), s->window + done, want - done, (off_t)(at + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	s->window_at = at;
	s->window_bytes = done;
	return done >= size ? WEIR_OK : io_error(err);
}

const char *weir_spool_at(struct weir_spool *s, uint64_t at, size_t size, struct weir_error *err)
{
	if (!s->file)
		return s->memory.data + at;
	if (s->memory.size && spill(s, err) != WEIR_OK)
		return NULL;
	if (at < s->window_at || at + size > s->window_at + s->window_bytes)
		if (read_window(s, at, size, err) != WEIR_OK)
			return NULL;
	return s->window + (at - s->window_at);
}

void weir_spool_release(struct weir_spool *s)
{
	weir_buf_release(&s->memory);
	if (s->file)
		fclose(s->file);
	free(s->window);
	*s = (struct weir_spool){0};
}
