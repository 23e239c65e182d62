#include "query/group.h"

#include <stdlib.h>

enum { MAX_DICTIONARIES = 64 };

struct weir_group_codes {
	struct weir_dict *dict; /* one reference */
	uint32_t *group;	/* owned, by code; 0: not asked for yet */
	uint32_t n;
	uint32_t null_group;
};

static void drop_codes(struct weir_groups *g, uint32_t at)
{
	struct weir_group_codes *c = g->codes[at];
	weir_budget_charge(g->budget, -(int64_t)(sizeof *c + c->n * sizeof *c->group));
	weir_dict_unref(c->dict);
	free(c->group);
	free(c);
	g->codes[at] = g->codes[--g->n_codes];
}

void weir_group_codes_release(struct weir_groups *g)
{
	while (g->n_codes)
		drop_codes(g, g->n_codes - 1);
	free(g->codes);
	g->codes = NULL;
}

/* The table of a dictionary, long enough for all its codes. NULL: no memory. */
static struct weir_group_codes *codes_of(struct weir_groups *g, struct weir_dict *dict)
{
	struct weir_group_codes *c = NULL;
	uint32_t n = weir_dict_count(dict);
	for (uint32_t i = 0; i < g->n_codes && !c; i++)
		if (g->codes[i]->dict == dict)
			c = g->codes[i];
	if (!c) {
		if (!g->codes)
			g->codes = weir_calloc(MAX_DICTIONARIES, sizeof(struct weir_group_codes *));
		c = g->codes ? weir_calloc(1, sizeof *c) : NULL;
		if (!c)
			return NULL;
		if (g->n_codes == MAX_DICTIONARIES)
			drop_codes(g, 0);
		weir_budget_charge(g->budget, (int64_t)sizeof *c);
		c->dict = weir_dict_ref(dict);
		g->codes[g->n_codes++] = c;
	}
	if (c->n < n) {
		uint32_t size = n < 2 * c->n ? 2 * c->n : n;
		uint32_t *group = weir_realloc(c->group, size * sizeof *group);
		if (!group)
			return NULL;
		memset(group + c->n, 0, (size - c->n) * sizeof *group);
		weir_budget_charge(g->budget, (int64_t)((size - c->n) * sizeof *group));
		c->group = group;
		c->n = size;
	}
	return c;
}

static uint32_t new_code(struct weir_groups *g, struct weir_group_codes *c, uint32_t code, bool null)
{
	struct weir_value key = {.type = null ? WEIR_NULL : WEIR_STRING};
	if (!null)
		key.s = weir_dict_get(c->dict, code);
	uint32_t group = weir_groups_find_value(g, &key);
	if (null)
		c->null_group = group;
	else if (code < c->n)
		c->group[code] = group;
	return group;
}

/* Codes of `width` bytes to groups; 0 where the table has none. Separate loops, so that each is a plain gather. */
#define GATHER(type)                                                                                                   \
	for (uint32_t i = 0; i < n; i++)                                                                               \
		out[i] = group[((const type *)data)[from + (rows ? rows[i] : i)]];

static void gather(const void *data, uint8_t width, const uint32_t *group, uint32_t from, const uint16_t *rows,
		   uint32_t n, uint32_t *out)
{
	if (width == 1) {
		GATHER(uint8_t)
	} else if (width == 2) {
		GATHER(uint16_t)
	} else {
		GATHER(uint32_t)
	}
}

bool weir_groups_assign_codes(struct weir_groups *g, const struct weir_column *c, uint32_t from, const uint16_t *rows,
			      uint32_t n, uint32_t *out)
{
	struct weir_group_codes *codes = codes_of(g, c->dict);
	if (!codes)
		return false;
	if (codes->n) /* rows that are NULL have code 0 */
		gather(c->data, c->width, codes->group, from, rows, n, out);
	else
		memset(out, 0, n * sizeof *out);
	uint32_t unknown = 0;
	for (uint32_t i = 0; i < n; i++)
		unknown |= !out[i];
	if (!unknown && !c->valid)
		return true;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t row = from + (rows ? rows[i] : i);
		bool null = c->valid && !weir_bit_get(c->valid, row);
		if (null)
			out[i] = codes->null_group;
		if (out[i])
			continue;
		uint32_t code = weir_column_code(c, row);
		out[i] = !null && codes->n && codes->group[code] ? codes->group[code] : new_code(g, codes, code, null);
		if (!out[i])
			return false;
	}
	return true;
}

/* Codes of values that were dropped lead nowhere any more. */
void weir_group_codes_forget(struct weir_groups *g)
{
	for (uint32_t d = 0; d < g->n_codes; d++) {
		struct weir_group_codes *c = g->codes[d];
		for (uint32_t i = 0; i < c->n; i++)
			if (c->group[i] && !g->keys[c->group[i]])
				c->group[i] = 0;
		if (c->null_group && !g->keys[c->null_group])
			c->null_group = 0;
	}
}
