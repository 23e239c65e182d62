/* Slots of a tally from the codes of the group columns: slot = sum of id * stride. A dictionary's codes are ids as they
 * are, and so are the small numbers of one column; of several columns, numbers get ids as they are met, so that 200 …
 * 503 are six and not 304. */
#include "query/plan/slice.h"

#include <stdlib.h>

enum {
	APART = 8, /* slots without a group column: neighbours then do not wait for each other's sums */
	MOST_SLOTS = 1 << 17,
	MOST_IDS = 4096, /* of numbers among several columns */
	FEW = 4,         /* one row in so many: then looking at each costs less than at all of the slice at once */
};

/* How many codes the column's rows can have; 0: it has none, or too many. */
static uint32_t count_codes(struct weir_slot_column *k, const struct weir_zone *zone, enum weir_type type)
{
	const struct weir_column *c = k->column;
	k->text = c->encoding == WEIR_ENC_DICT && c->dict && type == WEIR_STRING;
	if (k->text)
		return weir_dict_count(c->dict);
	if (c->encoding == WEIR_ENC_BYTE && type == WEIR_BOOL)
		return 2;
	if (c->encoding != WEIR_ENC_NARROW || c->type != type)
		return 0;
	if (c->width == 1)
		return 1 << 8;
	if (zone && zone->known && zone->max - (double)c->base < MOST_SLOTS)
		return (uint32_t)(zone->max - (double)c->base) + 1;
	return c->width == 2 ? 1 << 16 : 0;
}

/* Ids for the numbers that the rows have. False: no memory. */
static bool number(struct weir_slot_column *k, uint32_t n_codes, uint32_t n_rows)
{
	uint16_t *ids = weir_realloc(k->ids, n_codes * sizeof *ids);
	if (!ids)
		return false;
	k->ids = ids;
	if (!k->codes && !(k->codes = weir_alloc(MOST_IDS * sizeof *k->codes)))
		return false;
	memset(ids, 0xff, n_codes * sizeof *ids);
	k->n = 0;
	for (uint32_t row = 0; row < n_rows && k->n < MOST_IDS; row++) {
		uint32_t code = weir_column_code(k->column, row); /* of NULL: 0 */
		if (ids[code] != UINT16_MAX)
			continue;
		ids[code] = (uint16_t)k->n;
		k->codes[k->n++] = code;
	}
	return true;
}

static bool begin_key(struct weir_plan *p, uint32_t g, const struct weir_batch *batch, const struct weir_zone *zones,
		      bool *can)
{
	struct weir_slot_column *k = &p->short_way.columns[g];
	int column = weir_bound_column(p->group_bounds[batch->stream * p->n_groups + g]);
	*can = column >= 0 && (uint32_t)column < batch->n_columns;
	if (!*can)
		return true;
	k->column = &batch->columns[column];
	k->numbered = false;
	k->n = count_codes(k, zones ? zones + column : NULL, p->group_types[g]);
	*can = k->n > 0 && k->n <= MOST_SLOTS;
	if (!*can || k->text || p->n_groups == 1)
		return true;
	k->numbered = true;
	if (!number(k, k->n, batch->n_rows))
		return false;
	*can = k->n < MOST_IDS;
	return true;
}

bool weir_group_slots_begin(struct weir_plan *p, const struct weir_batch *batch, const struct weir_zone *zones,
			    uint32_t *n_slots)
{
	uint64_t slots = p->n_groups ? 1 : APART;
	for (uint32_t g = 0; g < p->n_groups && slots; g++) {
		bool can;
		if (!begin_key(p, g, batch, zones, &can))
			return false;
		p->short_way.columns[g].stride = (uint32_t)slots;
		slots = can ? slots * (p->short_way.columns[g].n + 1) : 0; /* one for NULL */
		if (slots > MOST_SLOTS || slots > (uint64_t)batch->n_rows + APART)
			slots = 0;
	}
	*n_slots = (uint32_t)slots;
	return true;
}

/* Few of a slice's rows were picked: only their codes are looked at. */
static void load_few(const struct weir_plan *p, const struct weir_slice *s, uint32_t *slots)
{
	for (uint32_t g = 0; g < p->n_groups; g++) {
		const struct weir_slot_column *k = &p->short_way.columns[g];
		for (uint32_t i = 0; i < s->n_rows; i++) {
			uint32_t row = s->from + s->rows[i], id = weir_column_code(k->column, row);
			id = k->numbered ? k->ids[id] : id;
			if (k->column->valid && !weir_bit_get(k->column->valid, row))
				id = k->n;
			slots[i] = (g ? slots[i] : 0) + id * k->stride;
		}
	}
}

/* The ids of all rows of a slice in the g-th column grouped by. */
static void load_ids(const struct weir_plan *p, const struct weir_slice *s, uint32_t g, uint32_t *ids)
{
	const struct weir_slot_column *k = &p->short_way.columns[g];
	const struct weir_column *c = k->column;
	p->short_way.tally.vector->codes((const char *)c->data + (size_t)s->from * c->width, c->width, s->n, ids);
	for (uint32_t i = 0; k->numbered && i < s->n; i++)
		ids[i] = k->ids[ids[i]];
	for (uint32_t i = 0; c->valid && i < s->n; i++)
		ids[i] = weir_bit_get(c->valid, s->from + i) ? ids[i] : k->n;
}

void weir_group_slots_load(struct weir_plan *p, const struct weir_slice *s, uint32_t *slots)
{
	if (p->n_groups && s->rows && s->n_rows < s->n / FEW) {
		load_few(p, s, slots);
		return;
	}
	for (uint32_t i = 0; !p->n_groups && i < s->n_rows; i++)
		slots[i] = i % APART;
	if (p->n_groups)
		load_ids(p, s, 0, slots);
	for (uint32_t g = 1; g < p->n_groups; g++) {
		uint32_t ids[WEIR_VEC_ROWS];
		load_ids(p, s, g, ids);
		for (uint32_t i = 0; i < s->n; i++)
			slots[i] += ids[i] * p->short_way.columns[g].stride;
	}
	for (uint32_t i = 0; p->n_groups && s->rows && i < s->n_rows; i++)
		slots[i] = slots[s->rows[i]]; /* rows rise: what is read was not written yet */
}

/* The numbers, in `groups`, of one column's values of n slots. `codes` is scratch. */
static bool find_values(struct weir_plan *p, uint32_t g, struct weir_groups *groups, const uint32_t *slots, uint32_t n,
			uint32_t *codes, uint32_t *out)
{
	const struct weir_slot_column *k = &p->short_way.columns[g];
	struct weir_column column = {
	    .type = WEIR_STRING, .encoding = WEIR_ENC_DICT, .width = 4, .data = codes, .dict = k->column->dict};
	for (uint32_t i = 0; i < n; i++) {
		uint32_t id = slots[i] / k->stride % (k->n + 1);
		codes[i] = id == k->n ? 0 : k->numbered ? k->codes[id] : id;
	}
	if (k->text && !weir_groups_assign_codes(groups, &column, 0, NULL, n, out))
		return false;
	for (uint32_t i = 0; i < n; i++) {
		bool null = slots[i] / k->stride % (k->n + 1) == k->n;
		if (k->text && !null)
			continue;
		struct weir_value key = {.type = null ? WEIR_NULL : p->group_types[g]};
		if (key.type == WEIR_BOOL)
			key.b = codes[i] != 0;
		else if (!null)
			key.i = k->column->base + codes[i];
		if (!(out[i] = weir_groups_find_value(groups, &key)))
			return false;
	}
	return true;
}

bool weir_group_slots_groups(struct weir_plan *p, const uint32_t *slots, uint32_t n, uint32_t *groups)
{
	uint32_t *space = p->n_groups ? weir_alloc((size_t)n * (p->n_groups + 1) * sizeof *space + 1) : NULL;
	bool ok = space || !p->n_groups;
	for (uint32_t i = 0; !p->n_groups && i < n; i++)
		groups[i] = WEIR_GROUP_TOTAL;
	if (ok && p->n_groups == 1)
		ok = find_values(p, 0, &p->groups, slots, n, space, groups);
	for (uint32_t g = 0; ok && p->n_groups > 1 && g < p->n_groups; g++)
		ok = find_values(p, g, p->groups.columns + g, slots, n, space + (size_t)n * p->n_groups,
				 space + (size_t)n * g);
	if (ok && p->n_groups > 1)
		ok = weir_groups_combine(&p->groups, space, n, n, groups);
	free(space);
	return ok;
}

void weir_group_slots_release(struct weir_plan *p)
{
	for (uint32_t g = 0; g < WEIR_SLOT_COLUMNS; g++) {
		free(p->short_way.columns[g].ids);
		free(p->short_way.columns[g].codes);
	}
}
