#include "resident.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { MOST_PART = 4 }; /* of the limit: the heap may keep what was freed, and rows must not go because of that */

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

void weir_resident_charge(struct weir_resident *r, struct weir_budget *budget)
{
	int64_t most = (int64_t)(budget->limit_bytes / MOST_PART);
	int64_t beyond = resident_bytes() - (weir_budget_used(budget) - r->charged_bytes);

	charge(r, budget, beyond < 0 ? 0 : beyond > most ? most : beyond);
}

void weir_resident_release(struct weir_resident *r, struct weir_budget *budget) { charge(r, budget, 0); }
