#include "tui/wire.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

void weir_wire_send(int fd, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t sent = write(fd, bytes, n);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && errno == EAGAIN) {
			struct pollfd wait = {.fd = fd, .events = POLLOUT};
			poll(&wait, 1, 1000);
			continue;
		}
		if (sent <= 0)
			return; /* the terminal is gone; SIGHUP will say so */
		bytes += sent;
		n -= (size_t)sent;
	}
}

size_t weir_wire_pass_on(int memory, int fd)
{
	char bytes[8192];
	off_t end = lseek(memory, 0, SEEK_CUR), at = 0;
	while (at < end) {
		ssize_t n = pread(memory, bytes, sizeof(bytes), at);
		if (n <= 0)
			break;
		weir_wire_send(fd, bytes, (size_t)n);
		at += n;
	}
	/* A memory file cannot fail to shrink; if it did, the old bytes would only be sent again. */
	if (end > 0 && (lseek(memory, 0, SEEK_SET) != 0 || ftruncate(memory, 0) != 0))
		return (size_t)end;
	return end > 0 ? (size_t)end : 0;
}
