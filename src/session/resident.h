/* What the process takes beyond what was charged to its budget: batches on their way, the decoders' tables, libraries, holes in
 * the heap. --memory is about the process, so this is charged too, as far as half of the limit. Thread: the engine's. */
#ifndef WEIR_SESSION_RESIDENT_H
#define WEIR_SESSION_RESIDENT_H

#include "weir/base/memory.h"

struct weir_resident { /* all zero: nothing charged */
	int64_t charged_bytes;
};

/* Looks at the process (Linux: /proc/self/statm; elsewhere nothing happens), has the heap give back what is free where it is too large, and charges the difference to the last look. */
void weir_resident_charge(struct weir_resident *r, struct weir_budget *budget);
void weir_resident_release(struct weir_resident *r, struct weir_budget *budget);

#endif
