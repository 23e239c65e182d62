/* Where rows go. The table says which landings exist; those that a later version brings are listed with the reason of their
 * absence and refused with it. */
#ifndef WEIR_LANDING_LANDING_H
#define WEIR_LANDING_LANDING_H

#include "weir/base/status.h"

struct weir_landing_ops {
	const char *name;
	const char *schemes; /* blank-separated */
	const char *help;
	const char *absent;  /* NULL: present */
};
extern const struct weir_landing_ops *const weir_landing_table[]; /* ends with NULL */

#endif
