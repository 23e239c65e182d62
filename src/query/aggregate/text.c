/* Texts that accumulators keep: copies of their own, charged to the budget. */
#include "query/aggregate/aggregate.h"

#include <stdlib.h>

bool weir_text_keep(struct weir_str *kept, struct weir_str s, struct weir_budget *budget)
{
	char *copy = weir_alloc(s.size + 1);
	if (!copy)
		return false;
	if (s.size)
		memcpy(copy, s.data, s.size);
	copy[s.size] = '\0';
	weir_budget_charge(budget, (int64_t)s.size - (int64_t)kept->size);
	free((char *)kept->data);
	*kept = (struct weir_str){copy, s.size};
	return true;
}

void weir_text_drop(struct weir_str *kept, struct weir_budget *budget)
{
	weir_budget_charge(budget, -(int64_t)kept->size);
	free((char *)kept->data);
	*kept = (struct weir_str){0};
}

bool weir_text_keep_value(struct weir_str *kept, const struct weir_value *v, struct weir_budget *budget)
{
	struct weir_buf text = {0};
	weir_value_text(v, &text);
	bool ok = !text.failed && weir_text_keep(kept, weir_buf_str(&text), budget);
	weir_buf_release(&text);
	return ok;
}
