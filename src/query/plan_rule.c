/* What a bound plan asks of those who feed it. */
#include "query/plan_state.h"

/* A stream's rows can only look different to the view when a column changed its type or is new under a name the view
 * reads; which names it reads is not worth knowing: schemas settle within the first batches. */
bool weir_plan_stale(const struct weir_plan *p, uint32_t stream, const struct weir_schema *newer)
{
	const struct weir_schema *old = p->schemas[stream];
	if (old == newer || old->version == newer->version)
		return false;
	if (old->n_fields != newer->n_fields)
		return true;
	for (uint32_t i = 0; i < old->n_fields; i++)
		if (old->fields[i].type != newer->fields[i].type)
			return true;
	return false;
}

struct weir_late_rule weir_plan_late_rule(const struct weir_plan *p, bool finite)
{
	struct weir_late_rule rule = {.kind = WEIR_LATE_NEVER,
				      .late_us = p->late_us < 0 ? 10 * WEIR_US_PER_S : p->late_us,
				      .grace_us = p->grace_us,
				      .size_us = p->window.size_us,
				      .hop_us = p->window.hop_us};
	if (finite && p->late_us < 0)
		return rule;
	if (p->window.kind == WEIR_WINDOW_SLIDING)
		rule.kind = WEIR_LATE_SLIDING;
	else if (p->window.kind == WEIR_WINDOW_TUMBLING || p->window.kind == WEIR_WINDOW_HOPPING)
		rule.kind = WEIR_LATE_ALIGNED;
	return rule;
}
