#include "hook.h"

#include "weir/base/memory.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__GLIBC__)

static uint64_t armed;

void fault_arm(uint64_t n, uint64_t more)
{
	armed = 1;
	weir_alloc_fail_at(n, more > 0);
}

uint64_t fault_disarm(void)
{
	weir_alloc_fail_at(0, false);
	return armed; /* it is not known */
}

void fault_exempt(bool on)
{
	(void)on;
}

int64_t fault_held(void)
{
	return 0;
}

#else

#pragma GCC diagnostic ignored "-Wmissing-prototypes" /* <stdlib.h> has them, with attributes that are not ours */

void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t n, size_t bytes);
void *__libc_realloc(void *p, size_t bytes);
void *__libc_memalign(size_t align, size_t bytes);
void __libc_free(void *p);

static _Atomic uint64_t count, from = UINT64_MAX, upto, failed;
static _Atomic int64_t held;
static _Thread_local bool exempt;

void fault_arm(uint64_t n, uint64_t more)
{
	atomic_store(&failed, 0);
	atomic_store(&count, 0);
	atomic_store(&upto, n + more);
	atomic_store(&from, n);
}

uint64_t fault_disarm(void)
{
	atomic_store(&from, UINT64_MAX);
	return atomic_load(&failed);
}

void fault_exempt(bool on)
{
	exempt = on;
}

int64_t fault_held(void)
{
	return atomic_load(&held);
}

static bool fails(void)
{
	if (exempt || atomic_load_explicit(&from, memory_order_relaxed) == UINT64_MAX)
		return false;
	uint64_t n = atomic_fetch_add(&count, 1) + 1;
	if (n < atomic_load(&from) || n > atomic_load(&upto))
		return false;
	atomic_fetch_add(&failed, 1);
	errno = ENOMEM;
	return true;
}

static void *counted(void *p)
{
	if (p)
		atomic_fetch_add_explicit(&held, 1, memory_order_relaxed);
	return p;
}

void *malloc(size_t bytes)
{
	return fails() ? NULL : counted(__libc_malloc(bytes));
}

void *calloc(size_t n, size_t bytes)
{
	return fails() ? NULL : counted(__libc_calloc(n, bytes));
}

void *realloc(void *p, size_t bytes)
{
	if (bytes && fails())
		return NULL;
	void *q = __libc_realloc(p, bytes);
	if (!p)
		return counted(q);
	if (!bytes)
		atomic_fetch_sub_explicit(&held, 1, memory_order_relaxed);
	return q;
}

void *memalign(size_t align, size_t bytes)
{
	return fails() ? NULL : counted(__libc_memalign(align, bytes));
}

void *aligned_alloc(size_t align, size_t bytes)
{
	return memalign(align, bytes);
}

int posix_memalign(void **out, size_t align, size_t bytes)
{
	void *p = memalign(align, bytes);
	if (!p)
		return ENOMEM;
	*out = p;
	return 0;
}

void free(void *p)
{
	if (p)
		atomic_fetch_sub_explicit(&held, 1, memory_order_relaxed);
	__libc_free(p);
}

#endif
