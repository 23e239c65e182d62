/* The monotonic and the wall clock, and a wake-up that another thread can send (eventfd). */
#include "weir/base/thread.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum weir_status weir_wake_init(struct weir_wake *w, struct weir_error *err)
{
	w->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w->fd < 0)
		return weir_fail(err, WEIR_IO, "", "could not make an event descriptor: %s", strerror(errno));
	return WEIR_OK;
}

void weir_wake_release(struct weir_wake *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
}

void weir_wake_signal(struct weir_wake *w)
{
	int saved = errno;
	uint64_t one = 1;
	ssize_t n = write(w->fd, &one, sizeof one); /* EAGAIN: the counter is full, so it is signalled all the same */
	(void)n;
	errno = saved;
}

bool weir_wake_wait(struct weir_wake *w, int64_t timeout_us)
{
	struct pollfd p = {w->fd, POLLIN, 0};
	struct timespec t = {timeout_us / 1000000, timeout_us % 1000000 * 1000};
	if (ppoll(&p, 1, timeout_us < 0 ? NULL : &t, NULL) <= 0)
		return false;
	uint64_t count;
	return read(w->fd, &count, sizeof count) == sizeof count;
}

static int64_t read_clock(clockid_t id)
{
	struct timespec t;
	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t system_mono_us(void *ctx)
{
	(void)ctx;
	return read_clock(CLOCK_MONOTONIC);
}

static int64_t system_wall_us(void *ctx)
{
	(void)ctx;
	return read_clock(CLOCK_REALTIME);
}

static void system_sleep_us(void *ctx, int64_t us)
{
	(void)ctx;
	struct timespec t = {us / 1000000, us % 1000000 * 1000};
	while (us > 0 && nanosleep(&t, &t) < 0 && errno == EINTR)
		;
}

const struct weir_clock weir_clock_system = {system_mono_us, system_wall_us, system_sleep_us, NULL};

uint32_t weir_cpu_count(void)
{
	cpu_set_t set; /* fails where there are more than 1,024 */
	if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0)
		return (uint32_t)CPU_COUNT(&set);
	long n = sysconf(_SC_NPROCESSORS_ONLN);
	return n > 0 ? (uint32_t)n : 1;
}
