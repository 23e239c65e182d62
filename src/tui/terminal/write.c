/* Sends all bytes to the terminal, however few write() takes at a time. */
#include "tui/terminal/terminal.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

void weir_terminal_write(int fd, const char *bytes, size_t n)
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
