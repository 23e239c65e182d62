/* The extra "movers" of a result: the groups that changed most since the period that the window is compared with, by any measure,
 * and more than chance explains. Of one group there is one: its strongest change.
 *
 * They are looked for among the groups with most rows in either period (WEIR_MOVERS_LOOKED_AT). Those are taken whose
 * change is the surest: what is left of the difference beyond three standard errors, by the larger of the two values, is most. They
 * stand in order of the change itself, by the value before. */
#ifndef WEIR_QUERY_MOVERS_H
#define WEIR_QUERY_MOVERS_H

#include "weir/query/result.h"

enum { WEIR_MOST_MOVERS = 6, WEIR_MOVERS_LOOKED_AT = 100 };

struct weir_mover {
	const struct weir_value *groups; /* n_groups items */
	uint32_t measure;                /* which moved */
	struct weir_value now, before;   /* NULL: there is none */
	bool is_new, is_gone;            /* the group had no rows before, or has none now */
};

struct weir_movers {
	uint32_t n; /* 0 too where nothing is compared, or there are no groups */
	const struct weir_mover *items;
};

#endif
