/* Group keys to dense numbers. */
#include "query/pane/group.h"
#include "weir/base/bounds.h"

#include <stdlib.h>

enum { MAX_DICTIONARIES = 64 };

struct weir_group_codes {
	struct weir_dict *dict; /* one reference */
	uint32_t *group;        /* owned, by code; 0: not asked for yet */
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

static void release_codes(struct weir_groups *g)
{
	while (g->n_codes)
		drop_codes(g, g->n_codes - 1);
	free(g->codes);
	g->codes = NULL;
}

bool weir_groups_init(struct weir_groups *g, uint32_t n_columns, const enum weir_type *types,
		      struct weir_budget *budget)
{
	*g = (struct weir_groups){.n_columns = n_columns, .types = types, .budget = budget, .n = WEIR_GROUP_FIRST};
	g->mask = 63;
	g->table = weir_calloc(g->mask + 1, sizeof *g->table);
	if (n_columns > 1)
		g->columns = weir_calloc(n_columns, sizeof *g->columns);
	bool ok = g->table && (g->columns || n_columns <= 1);
	for (uint32_t c = 0; ok && n_columns > 1 && c < n_columns; c++)
		ok = weir_groups_init(g->columns + c, 1, types + c, budget);
	return ok;
}

static size_t key_bytes(const struct weir_groups *g, const struct weir_value *key)
{
	size_t bytes = sizeof *key * g->n_columns;
	for (uint32_t i = 0; i < g->n_columns; i++)
		if (key[i].type == WEIR_STRING)
			bytes += key[i].s.size + 1;
	return bytes;
}

void weir_groups_reset(struct weir_groups *g)
{
	for (uint32_t i = WEIR_GROUP_FIRST; i < g->n; i++) {
		if (g->keys[i])
			weir_budget_charge(g->budget, -weir_heap_bytes(key_bytes(g, g->keys[i])));
		free(g->keys[i]);
	}
	release_codes(g);
	if (g->table)
		memset(g->table, 0, ((size_t)g->mask + 1) * sizeof *g->table);
	for (uint32_t c = 0; g->columns && c < g->n_columns; c++)
		weir_groups_reset(g->columns + c);
	g->n = WEIR_GROUP_FIRST;
	g->n_live = 0;
	g->n_free = 0;
}

static size_t group_bytes(const struct weir_groups *g)
{
	return sizeof(struct weir_value *) + sizeof(uint64_t) +
	       (2 + (g->columns ? g->n_columns : 0)) * sizeof(uint32_t);
}

void weir_groups_release(struct weir_groups *g)
{
	weir_groups_reset(g);
	weir_budget_charge(g->budget, -(int64_t)(group_bytes(g) * g->capacity));
	free(g->keys);
	free(g->hashes);
	free(g->refs);
	free(g->free);
	free(g->table);
	free(g->tuples);
	for (uint32_t c = 0; g->columns && c < g->n_columns; c++)
		weir_groups_release(g->columns + c);
	free(g->columns);
	*g = (struct weir_groups){0};
}

static bool grow_array(void *array, size_t bytes, uint32_t capacity)
{
	void *old;
	memcpy(&old, array, sizeof old);
	void *grown = weir_realloc(old, bytes * capacity);
	if (grown)
		memcpy(array, &grown, sizeof grown);
	return grown != NULL;
}

static bool grow_groups(struct weir_groups *g)
{
	uint32_t capacity = g->capacity ? g->capacity * 2 : 64;
	if (!grow_array(&g->keys, sizeof(struct weir_value *), capacity) ||
	    !grow_array(&g->hashes, sizeof *g->hashes, capacity) || !grow_array(&g->refs, sizeof *g->refs, capacity) ||
	    !grow_array(&g->free, sizeof *g->free, capacity) ||
	    (g->columns && !grow_array(&g->tuples, g->n_columns * sizeof *g->tuples, capacity)))
		return false;
	weir_budget_charge(g->budget, (int64_t)(group_bytes(g) * (capacity - g->capacity)));
	g->capacity = capacity;
	return true;
}

static bool grow_table(struct weir_groups *g)
{
	uint32_t mask = g->mask * 2 + 1;
	uint32_t *table = weir_calloc((size_t)mask + 1, sizeof *table);
	if (!table)
		return false;
	for (uint32_t i = 0; i <= g->mask; i++) {
		if (!g->table[i])
			continue;
		uint32_t at = (uint32_t)g->hashes[g->table[i]] & mask;
		while (table[at])
			at = (at + 1) & mask;
		table[at] = g->table[i];
	}
	free(g->table);
	g->table = table;
	g->mask = mask;
	return true;
}

static uint64_t value_hash(const struct weir_value *v)
{
	switch (v->type) {
	case WEIR_NULL:
		return 0;
	case WEIR_BOOL:
		return 1 + (uint64_t)v->b;
	case WEIR_STRING:
		return weir_hash(v->s.data, v->s.size);
	default: /* the bits of a float were made canonical by weir_vec_value */
		return weir_hash_mix(3, (uint64_t)v->i);
	}
}

static bool value_same(const struct weir_value *a, const struct weir_value *b)
{
	if (a->type != b->type)
		return false;
	switch (a->type) {
	case WEIR_NULL:
		return true;
	case WEIR_BOOL:
		return a->b == b->b;
	case WEIR_STRING:
		return weir_str_equal(a->s, b->s);
	default:
		return a->i == b->i;
	}
}

static struct weir_value *copy_key(const struct weir_groups *g, const struct weir_value *key)
{
	struct weir_value *copy = weir_alloc(key_bytes(g, key));
	if (!copy)
		return NULL;
	char *text = (char *)(copy + g->n_columns);
	memcpy(copy, key, sizeof *key * g->n_columns);
	for (uint32_t i = 0; i < g->n_columns; i++)
		if (key[i].type == WEIR_STRING) {
			if (key[i].s.size)
				memcpy(text, key[i].s.data, key[i].s.size);
			text[key[i].s.size] = '\0';
			copy[i].s.data = text;
			text += key[i].s.size + 1;
		}
	return copy;
}

/* A new group at the free place `at` of the table. 0: no memory. */
static uint32_t make_group(struct weir_groups *g, const struct weir_value *key, uint64_t hash, uint32_t at)
{
	if (!g->n_free && g->n >= g->capacity && !grow_groups(g))
		return 0;
	struct weir_value *copy = copy_key(g, key);
	if (!copy)
		return 0;
	weir_budget_charge(g->budget, weir_heap_bytes(key_bytes(g, copy)));
	uint32_t group = g->n_free ? g->free[--g->n_free] : g->n++;
	g->keys[group] = copy;
	g->hashes[group] = hash;
	g->refs[group] = 0;
	g->table[at] = group;
	g->n_live++;
	/* A table that could not grow stays right, only slower, as long as one place is free. */
	if (g->n_live * 2 > g->mask && !grow_table(g) && g->n_live >= g->mask)
		return 0;
	return group;
}

/* `hash`: of the value. */
static uint32_t find_hashed(struct weir_groups *g, const struct weir_value *value, uint64_t hash)
{
	hash = weir_hash_mix(0, hash);
	uint32_t at = (uint32_t)hash & g->mask;
	for (; g->table[at]; at = (at + 1) & g->mask)
		if (g->hashes[g->table[at]] == hash && value_same(g->keys[g->table[at]], value))
			return g->table[at];
	return make_group(g, value, hash, at);
}

uint32_t weir_groups_find_value(struct weir_groups *g, const struct weir_value *value)
{
	return find_hashed(g, value, value_hash(value));
}

static uint32_t make_tuple(struct weir_groups *g, const uint32_t *ids, uint64_t hash, uint32_t at)
{
	struct weir_value key[WEIR_MAX_GROUP_COLUMNS] = {0};
	for (uint32_t c = 0; c < g->n_columns; c++)
		key[c] = *g->columns[c].keys[ids[c]];
	uint32_t group = make_group(g, key, hash, at);
	for (uint32_t c = 0; group && c < g->n_columns; c++) {
		g->tuples[(size_t)group * g->n_columns + c] = ids[c];
		g->columns[c].refs[ids[c]]++;
	}
	return group;
}

static uint32_t find_tuple(struct weir_groups *g, const uint32_t *ids)
{
	uint64_t hash = 0;
	for (uint32_t c = 0; c < g->n_columns; c++)
		hash = weir_hash_mix(hash, ids[c]);
	uint32_t at = (uint32_t)hash & g->mask;
	for (; g->table[at]; at = (at + 1) & g->mask) {
		uint32_t group = g->table[at];
		if (g->hashes[group] == hash &&
		    !memcmp(g->tuples + (size_t)group * g->n_columns, ids, g->n_columns * sizeof *ids))
			return group;
	}
	return make_tuple(g, ids, hash, at);
}

uint32_t weir_groups_find(struct weir_groups *g, const struct weir_value *key)
{
	uint32_t ids[WEIR_MAX_GROUP_COLUMNS] = {0};
	if (!g->columns)
		return weir_groups_find_value(g, key);
	for (uint32_t c = 0; c < g->n_columns; c++) {
		ids[c] = weir_groups_find_value(g->columns + c, key + c);
		if (!ids[c])
			return 0;
	}
	return find_tuple(g, ids);
}

bool weir_groups_combine(struct weir_groups *g, const uint32_t *ids, uint32_t stride, uint32_t n, uint32_t *out)
{
	uint32_t tuple[WEIR_MAX_GROUP_COLUMNS] = {0};
	for (uint32_t i = 0; i < n; i++) {
		for (uint32_t c = 0; c < g->n_columns; c++)
			tuple[c] = ids[(size_t)c * stride + i];
		out[i] = find_tuple(g, tuple);
		if (!out[i])
			return false;
	}
	return true;
}

struct weir_value weir_vec_value(const struct weir_vec *v, uint32_t row, enum weir_type type)
{
	struct weir_value value = {.type = v->type};
	if (v->type == WEIR_NULL || (v->valid && !weir_bit_get(v->valid, row)))
		return (struct weir_value){.type = WEIR_NULL};
	switch (v->type) {
	case WEIR_BOOL:
		value.b = v->b[row];
		break;
	case WEIR_STRING:
		value.s = v->s[row];
		break;
	case WEIR_FLOAT64:
		value.f = v->f[row] == v->f[row] ? v->f[row] + 0.0 : (double)__builtin_nan("");
		break;
	default:
		value.i = v->i[row];
		if (v->type == WEIR_INT64 && type == WEIR_FLOAT64)
			value = (struct weir_value){.type = WEIR_FLOAT64, .f = (double)v->i[row]};
	}
	return value;
}

bool weir_groups_assign(struct weir_groups *g, const struct weir_vec *vec, const uint16_t *rows, uint32_t n,
			uint32_t *out)
{
	for (uint32_t i = 0; i < n; i++) {
		struct weir_value key = weir_vec_value(vec, rows ? rows[i] : i, g->types[0]);
		out[i] = weir_groups_find_value(g, &key);
		if (!out[i])
			return false;
	}
	return true;
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
	uint32_t group = find_hashed(g, &key, null ? value_hash(&key) : weir_dict_hash(c->dict, code));
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

static void map_codes(const struct weir_group_codes *to, const struct weir_group_codes *from, uint32_t *map)
{
	for (uint32_t code = 0; code < from->n && code < to->n; code++)
		if (from->group[code] && to->group[code])
			map[from->group[code]] = to->group[code];
}

void weir_groups_map_codes(const struct weir_groups *to, const struct weir_groups *from, uint32_t *map)
{
	for (uint32_t i = 0; to->n_columns == 1 && i < from->n_codes; i++)
		for (uint32_t k = 0; k < to->n_codes; k++)
			if (to->codes[k]->dict == from->codes[i]->dict)
				map_codes(to->codes[k], from->codes[i], map);
}

/* Codes of values that were dropped lead nowhere any more. */
static void forget_codes(struct weir_groups *g)
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

static void table_erase(struct weir_groups *g, uint32_t group)
{
	uint32_t hole = (uint32_t)g->hashes[group] & g->mask;
	while (g->table[hole] != group)
		hole = (hole + 1) & g->mask;
	for (uint32_t i = (hole + 1) & g->mask; g->table[i]; i = (i + 1) & g->mask) {
		uint32_t home = (uint32_t)g->hashes[g->table[i]] & g->mask;
		if (((i - home) & g->mask) >= ((i - hole) & g->mask)) {
			g->table[hole] = g->table[i];
			hole = i;
		}
	}
	g->table[hole] = 0;
}

static void drop_group(struct weir_groups *g, uint32_t group)
{
	table_erase(g, group);
	weir_budget_charge(g->budget, -weir_heap_bytes(key_bytes(g, g->keys[group])));
	free(g->keys[group]);
	g->keys[group] = NULL;
	g->free[g->n_free++] = group;
	g->n_live--;
}

void weir_groups_drop(struct weir_groups *g, const uint32_t *dead, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		drop_group(g, dead[i]);
		for (uint32_t c = 0; g->columns && c < g->n_columns; c++) {
			uint32_t id = g->tuples[(size_t)dead[i] * g->n_columns + c];
			if (!--g->columns[c].refs[id])
				drop_group(g->columns + c, id);
		}
	}
	for (uint32_t c = 0; n && g->columns && c < g->n_columns; c++)
		forget_codes(g->columns + c);
	if (n)
		forget_codes(g);
}
