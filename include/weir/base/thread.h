/* Starting threads, the bounded ring between two of them, the wake-up descriptor, and the clock.
 *
 * Ring: single producer, single consumer, of pointers. A pointer is owned by exactly one side: push passes it on, or
 * leaves it with the producer when it returns false. Blocking variants sleep on a futex-backed condition, never spin.
 * Clock: nobody else calls clock_gettime; tests put a clock of their own in its place. */
#ifndef WEIR_BASE_THREAD_H
#define WEIR_BASE_THREAD_H

#include "weir/base/status.h"

#include <pthread.h>

/* Starts a thread. Signals are the main thread's: all are blocked in the new one but those of a fault. A fault that is blocked
 * ends the process without its handlers, and the handler of the screen gives the terminal back; it runs on a stack of the
 * thread's own, because a full stack is a fault too. Returns 0, or the error number of pthread_create. */
int weir_thread_start(pthread_t *thread, void *(*body)(void *), void *arg) WEIR_MUST_USE;
/* The same for a thread that a library started: called in it at its beginning (on) and at its end (off). */
void weir_thread_catch_faults(bool on);
/* The calling thread, and those it starts from now on, give way where processors are short (Linux: nice 10; elsewhere nothing
 * happens, since it would be the whole process). */
void weir_thread_give_way(void);

struct weir_ring;

struct weir_ring *weir_ring_new(size_t capacity); /* rounded up to a power of two; NULL: no memory */
void weir_ring_free(struct weir_ring *r); /* both threads are gone; what is left in it is the caller's to pop first */
bool weir_ring_try_push(struct weir_ring *r, void *item); /* producer; false: full or closed */
bool weir_ring_push(struct weir_ring *r, void *item);     /* producer; waits while full; false: closed */
void *weir_ring_try_pop(struct weir_ring *r);             /* consumer; NULL: empty */
void weir_ring_close(struct weir_ring *r);                /* either; wakes both; pop still drains */
bool weir_ring_closed(const struct weir_ring *r);
size_t weir_ring_count(const struct weir_ring *r); /* any thread; approximate */

/* A counter that one thread signals and another waits on with poll(2): an eventfd. */
struct weir_wake {
	int fd; /* readable while signalled */
};
enum weir_status weir_wake_init(struct weir_wake *w, struct weir_error *err);
void weir_wake_release(struct weir_wake *w);
void weir_wake_signal(struct weir_wake *w);                   /* any thread; async-signal-safe */
bool weir_wake_wait(struct weir_wake *w, int64_t timeout_us); /* true: signalled (and cleared); <0 waits for ever */
/* The ring signals `w` (borrowed until the ring is freed) whenever it was empty and an item arrives, or it is closed. */
void weir_ring_set_wake(struct weir_ring *r, struct weir_wake *w);

uint32_t weir_cpu_count(void); /* processors that this process may run on; at least 1 */

struct weir_clock {
	int64_t (*mono_us)(void *ctx); /* monotonic, origin arbitrary */
	int64_t (*wall_us)(void *ctx); /* microseconds since 1970-01-01 UTC */
	void (*sleep_us)(void *ctx, int64_t us);
	void *ctx;
};
extern const struct weir_clock weir_clock_system;
static inline int64_t weir_clock_mono_us(const struct weir_clock *c)
{
	return c->mono_us(c->ctx);
}
static inline int64_t weir_clock_wall_us(const struct weir_clock *c)
{
	return c->wall_us(c->ctx);
}

#endif
