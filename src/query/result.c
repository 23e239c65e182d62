#include "weir/query/result.h"

#include <stdlib.h>

struct weir_result *weir_result_ref(struct weir_result *r)
{
	atomic_fetch_add_explicit(&r->refs, 1, memory_order_relaxed);
	return r;
}

void weir_result_unref(struct weir_result *r)
{
	if (!r || atomic_fetch_sub_explicit(&r->refs, 1, memory_order_acq_rel) != 1)
		return;
	struct weir_arena arena = r->arena;
	weir_arena_release(&arena);
	free(r);
}
