/* Allocations that fail at will, in this whole process: the allocator's names are defined here, so that libraries and the C
 * library itself are met as well. Under a sanitizer, which has an allocator of its own, only weir's allocations fail. */
#ifndef WEIR_TESTS_FAULT_HOOK_H
#define WEIR_TESTS_FAULT_HOOK_H

#include <stdbool.h>
#include <stdint.h>

/* From now on, allocation `n` (1: the next one) and the `more` after it fail. */
void fault_arm(uint64_t n, uint64_t more);
/* No more. Returns how many have failed. */
uint64_t fault_disarm(void);
/* The calling thread's allocations neither count nor fail: for a test that looks at what it got. */
void fault_exempt(bool on);
/* Pieces of the heap that are held now; 0 where that is not counted. */
int64_t fault_held(void);

#endif
