#include "resident.h"

#include <fcntl.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stdio.h>
#include <unistd.h>

enum {
	MOST_PART = 2,	/* of the limit: what is left must hold rows */
	TRIM_PART = 64, /* of the limit: a full process stands at it, and need not walk its heap for that */
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

static void charge(struct weir_resident *r, struct weir_budget *budget, int64_t bytes)
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

void weir_resident_charge(struct weir_resident *r, struct weir_budget *budget)
{
	int64_t most = (int64_t)(budget->limit_bytes / MOST_PART);
	int64_t resident = resident_bytes();

	if (budget->limit_bytes && resident > (int64_t)(budget->limit_bytes + budget->limit_bytes / TRIM_PART)) {
		give_back();
		resident = resident_bytes();
	}
	int64_t beyond = resident - (weir_budget_used(budget) - r->charged_bytes);

	charge(r, budget, beyond < 0 ? 0 : beyond > most ? most : beyond);
}

void weir_resident_release(struct weir_resident *r, struct weir_budget *budget) { charge(r, budget, 0); }
