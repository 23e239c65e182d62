/* What the process takes beyond its budget, as the system measures it, so that --memory is about the process. */
#include "engine.h"

#include <fcntl.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stdio.h>
#include <unistd.h>

/* A sanitizer takes several times what the program does. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define WEIR_MEASURES_ITSELF 0
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WEIR_MEASURES_ITSELF 0
#endif
#ifndef WEIR_MEASURES_ITSELF
#define WEIR_MEASURES_ITSELF 1
#endif

enum {
	LEFT_PART = 8,    /* of the limit: so much is left for rows */
	MARGIN_PART = 32, /* of the limit: what comes between two looks at the process */
	TRIM_PART = 64,   /* of the limit: a full process stands at it, and need not walk its heap for that */
};

static int64_t resident_bytes(void)
{
	char text[128];
	long long pages = 0;
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	return sscanf(text, "%*s %lld", &pages) == 1 ? pages * sysconf(_SC_PAGESIZE) : 0;
}

void weir_process_memory_prepare(const struct weir_budget *budget)
{
#ifdef __GLIBC__
	enum { SMALL = 256 << 20, LARGE_PIECE = 128 << 10 };
	if (!budget->limit_bytes || budget->limit_bytes >= SMALL)
		return;
	mallopt(M_ARENA_MAX, 2);
	mallopt(M_MMAP_THRESHOLD, LARGE_PIECE);
	mallopt(M_TRIM_THRESHOLD, LARGE_PIECE);
#else
	(void)budget;
#endif
}

static void charge(struct weir_process_memory *r, struct weir_budget *budget, int64_t bytes)
{
	weir_budget_charge(budget, bytes - r->charged_bytes);
	r->charged_bytes = bytes;
}

/* Pages of the heap in which nothing is left go back to the system; by itself it keeps all but those at its end. */
static void give_back(void)
{
#ifdef __GLIBC__
	malloc_trim(0);
#endif
}

void weir_process_memory_charge(struct weir_process_memory *r, struct weir_budget *budget)
{
	int64_t most = (int64_t)(budget->limit_bytes - budget->limit_bytes / LEFT_PART);
	int64_t resident = resident_bytes();

	if (budget->limit_bytes && resident > (int64_t)(budget->limit_bytes + budget->limit_bytes / TRIM_PART)) {
		give_back();
		resident = resident_bytes();
	}
	r->resident_bytes = resident;
	int64_t beyond =
	    resident - (weir_budget_used(budget) - r->charged_bytes) + (int64_t)(budget->limit_bytes / MARGIN_PART);

	charge(r, budget, beyond < 0 ? 0 : beyond > most ? most : beyond);
}

enum weir_status weir_process_memory_check(struct weir_process_memory *r, struct weir_budget *budget, bool last,
					   struct weir_error *err)
{
	enum { MOST_OVER = 4, OVER_PART = 32, FAR_PART = 8, SELDOM = 16 };
	int64_t limit = (int64_t)budget->limit_bytes;

	if (!limit || !WEIR_MEASURES_ITSELF || (!last && r->skip && r->skip--))
		return WEIR_OK;
	weir_process_memory_charge(r, budget);
	r->skip = r->resident_bytes < limit / 2 ? SELDOM : 0; /* a batch takes a small part of the limit */
	r->over = r->resident_bytes > limit + limit / OVER_PART ? r->over + 1 : 0;
	if (!r->over || (!last && r->over < MOST_OVER && r->resident_bytes < limit + limit / FAR_PART))
		return WEIR_OK;
	weir_fail(err, WEIR_NO_MEMORY, "--memory", "the groups of this question do not fit in %lldM",
		  (long long)(limit >> 20));
	weir_error_hint(err, "raise --memory, group by fewer values, filter, or ask for a shorter window");
	return WEIR_NO_MEMORY;
}

void weir_process_memory_release(struct weir_process_memory *r, struct weir_budget *budget)
{
	charge(r, budget, 0);
}
