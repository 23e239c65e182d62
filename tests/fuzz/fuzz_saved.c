/* A saved view: what loads can be saved, and the saved one loads again and saves as the same text. */
#include "fuzz.h"

#include "weir/base/time.h"
#include "weir/session/option.h"

#include <sys/mman.h>
#include <unistd.h>

static const int64_t now_us = INT64_C(1795341600) * WEIR_US_PER_S;

/* A file without a name on disk. */
static int file_of(const void *bytes, size_t size, char path[64])
{
	int fd = memfd_create("view", MFD_CLOEXEC);
	FUZZ_CHECK(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
	snprintf(path, 64, "/proc/self/fd/%d", fd);
	return fd;
}

static enum weir_status load(struct weir_options *o, const char *path)
{
	struct weir_error err = {0};
	weir_options_init(o);
	enum weir_status st = weir_view_load(o, path, now_us, &err);
	fuzz_check_error(st, &err);
	return st;
}

static void save(const struct weir_options *o, struct weir_buf *out)
{
	char path[64];
	int fd = file_of("", 0, path);
	struct weir_error err = {0};
	FUZZ_CHECK(weir_view_save(o, path, &err) == WEIR_OK);
	off_t size = lseek(fd, 0, SEEK_END);
	FUZZ_CHECK(size > 0 && weir_buf_reserve(out, (size_t)size));
	FUZZ_CHECK(pread(fd, out->data, (size_t)size, 0) == size);
	out->size = (size_t)size;
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64];
	struct weir_options o, again;
	int fd = file_of(data, size, path);
	if (load(&o, path) == WEIR_OK) {
		struct weir_buf first = {0}, second = {0};
		char saved[64];
		save(&o, &first);
		int saved_fd = file_of(first.data, first.size, saved);
		FUZZ_CHECK(load(&again, saved) == WEIR_OK);
		save(&again, &second);
		FUZZ_CHECK(weir_str_equal(weir_buf_str(&first), weir_buf_str(&second)));
		weir_options_release(&again);
		weir_buf_release(&first);
		weir_buf_release(&second);
		close(saved_fd);
	}
	weir_options_release(&o);
	close(fd);
	return 0;
}
