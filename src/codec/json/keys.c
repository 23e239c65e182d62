/* The tree of keys seen so far, and the order in which they came. */
#include "codec/json/json.h"

#include <stdlib.h>

bool json_keys_init(struct json_keys *k)
{
	enum { FIRST_SLOTS = 256 };
	k->table = weir_calloc(FIRST_SLOTS, sizeof *k->table);
	k->mask = FIRST_SLOTS - 1;
	return k->table != NULL;
}

void json_keys_release(struct json_keys *k)
{
	for (uint32_t i = 0; k->table && i <= k->mask; i++)
		if (k->table[i])
			free(k->table[i]->lead);
	free(k->table);
	free(k->owners);
	weir_arena_release(&k->arena);
}

static uint32_t slot_of(const struct json_keys *k, const struct json_node *parent, struct weir_str key)
{
	return (uint32_t)weir_hash_mix(weir_hash(key.data, key.size), (uint64_t)(uintptr_t)parent) & k->mask;
}

static struct weir_str key_of(const struct json_node *n)
{
	return (struct weir_str){n->lead + 1, n->key_bytes};
}

static bool grow(struct json_keys *k)
{
	uint32_t old_slots = k->mask + 1;
	struct json_node **old = k->table, **table = weir_calloc((size_t)old_slots * 2, sizeof *table);
	if (!table)
		return false;
	k->table = table;
	k->mask = old_slots * 2 - 1;
	for (uint32_t i = 0; i < old_slots; i++) {
		if (!old[i])
			continue;
		uint32_t s = slot_of(k, old[i]->parent, key_of(old[i]));
		while (table[s])
			s = (s + 1) & k->mask;
		table[s] = old[i];
	}
	free(old);
	return true;
}

static bool set_lead(struct json_node *n, struct weir_str lead)
{
	if (n->lead_bytes == lead.size && memcmp(n->lead, lead.data, lead.size) == 0)
		return true;
	char *copy = weir_str_dup(lead);
	if (!copy)
		return false;
	free(n->lead);
	n->lead = copy;
	n->lead_bytes = (uint32_t)lead.size;
	return true;
}

/* Room for one more, and the slot of this one; a free one. NULL: no memory. */
static struct json_node **free_slot(struct json_keys *k, const struct json_node *parent, struct weir_str key)
{
	if (k->count * 2 >= k->mask && !grow(k))
		return NULL;
	uint32_t s = slot_of(k, parent, key);
	while (k->table[s])
		s = (s + 1) & k->mask;
	return &k->table[s];
}

static struct json_node *make(struct json_codec *j, struct json_node *parent, struct weir_str key, struct weir_str lead)
{
	struct json_keys *k = &j->keys;
	struct json_node *n = weir_arena_zalloc(&k->arena, sizeof *n);
	struct weir_buf path = {0};
	if (!n)
		return NULL;
	if (parent != &k->root) {
		weir_buf_add_str(&path, parent->path);
		weir_buf_add_char(&path, '.');
	}
	if (!memchr(key.data, '\\', key.size) && weir_utf8_valid(key))
		weir_buf_add_str(&path, key);
	else if (!json_unescape(key, &path, &j->n_undecoded))
		path.failed = true;
	n->path = weir_arena_str(&k->arena, weir_buf_str(&path));
	bool ok = !path.failed && n->path.data && set_lead(n, lead);
	weir_buf_release(&path);
	n->key_bytes = (uint32_t)key.size;
	n->parent = parent;
	n->skip = ok && !weir_builder_wanted(&j->codec.builder, n->path);
	return ok ? n : NULL;
}

struct json_node *json_keys_child(struct json_codec *j, struct json_node *parent, struct weir_str key,
				  struct weir_str lead, bool *full)
{
	struct json_keys *k = &j->keys;
	*full = false;
	uint32_t s = slot_of(k, parent, key);
	for (; k->table[s]; s = (s + 1) & k->mask)
		if (k->table[s]->parent == parent && weir_str_equal(key_of(k->table[s]), key))
			return set_lead(k->table[s], lead) ? k->table[s] : NULL;
	if (k->count >= JSON_MAX_NODES) {
		*full = true;
		return NULL;
	}
	struct json_node **slot = free_slot(k, parent, key), *n = slot ? make(j, parent, key, lead) : NULL;
	if (n) {
		*slot = n;
		k->count++;
	}
	return n;
}

/* The node of the copy `k` for one of the tree that it is made from; made when it is not there yet. NULL: no memory. */
static struct json_node *copy_of(struct json_keys *k, const struct json_keys *from, const struct json_node *n)
{
	if (n == &from->root)
		return &k->root;
	struct json_node *parent = copy_of(k, from, n->parent);
	if (!parent)
		return NULL;
	for (uint32_t s = slot_of(k, parent, key_of(n)); k->table[s]; s = (s + 1) & k->mask)
		if (k->table[s]->parent == parent && weir_str_equal(key_of(k->table[s]), key_of(n)))
			return k->table[s];
	struct json_node **slot = free_slot(k, parent, key_of(n)),
			 *to = slot ? weir_arena_alloc(&k->arena, sizeof *to) : NULL;
	if (!to)
		return NULL;
	*to = *n;
	to->parent = parent;
	to->stamp = 0;
	to->lead = weir_str_dup((struct weir_str){n->lead, n->lead_bytes});
	to->path = weir_arena_str(&k->arena, n->path);
	if (!to->lead || !to->path.data) {
		free(to->lead);
		return NULL;
	}
	*slot = to;
	k->count++;
	return to;
}

/* False: no memory. */
static bool copy_link(struct json_keys *k, const struct json_keys *from, struct json_node **link)
{
	return !*link || (*link = copy_of(k, from, *link)) != NULL;
}

bool json_keys_copy(struct json_keys *k, const struct json_keys *from)
{
	*k = (struct json_keys){0};
	if (!json_keys_init(k))
		return false;
	for (uint32_t i = 0; i <= from->mask; i++) {
		struct json_node *to = from->table[i] ? copy_of(k, from, from->table[i]) : NULL;
		if (from->table[i] && (!to || !copy_link(k, from, &to->next) || !copy_link(k, from, &to->first)))
			return false;
	}
	k->root.first = from->root.first;
	if (!copy_link(k, from, &k->root.first))
		return false;
	k->owners = weir_calloc(from->n_owners + 1, sizeof(struct json_node *));
	if (!k->owners)
		return false;
	k->owners_capacity = from->n_owners + 1;
	for (; k->n_owners < from->n_owners; k->n_owners++) {
		k->owners[k->n_owners] = from->owners[k->n_owners];
		if (!copy_link(k, from, &k->owners[k->n_owners]))
			return false;
	}
	return true;
}

/* The same keys on the way down, and not a key with a dot in place of two. */
static bool same_way(const struct json_node *a, const struct json_node *b)
{
	for (; a && b && a != b; a = a->parent, b = b->parent)
		if (!weir_str_equal(a->path, b->path))
			return false;
	return a == b;
}

/* True when the column is the node's, from now on if it was nobody's. */
static bool own(struct json_keys *k, int column, struct json_node *n, bool *no_memory)
{
	size_t before = k->n_owners, need = (size_t)column + 1;
	if (need > before) {
		if (!weir_grow((void **)&k->owners, &k->owners_capacity, need, sizeof(struct json_node *))) {
			*no_memory = true;
			return true;
		}
		memset(k->owners + before, 0, (need - before) * sizeof(struct json_node *));
		k->n_owners = need;
	}
	if (!k->owners[column])
		k->owners[column] = n;
	return same_way(k->owners[column], n);
}

int json_keys_column(struct json_codec *j, struct json_node *n)
{
	struct weir_builder *b = &j->codec.builder;
	struct weir_buf name = {0};
	int column = weir_builder_column(b, n->path);
	for (unsigned k = 2; column >= 0 && !own(&j->keys, column, n, &b->no_memory); k++) {
		n->renamed = true;
		weir_buf_clear(&name);
		weir_buf_addf(&name, WEIR_STR_FMT "_%u", WEIR_STR_ARG(n->path), k);
		b->no_memory |= name.failed;
		column = name.failed ? WEIR_COLUMN_UNWANTED : weir_builder_column(b, weir_buf_str(&name));
	}
	weir_buf_release(&name);
	return column;
}

bool json_keys_object(struct json_codec *j, struct json_node *n)
{
	const struct weir_schema *known = j->codec.builder.known;
	if (n->looked || n->first)
		return n->object || n->first;
	n->looked = true;
	for (uint32_t i = 0; known && i < known->n_fields; i++) {
		struct weir_str name = known->fields[i].name;
		if (weir_str_equal(name, n->path) && known->fields[i].type != WEIR_NULL)
			return n->object = false;
		n->object |= name.size > n->path.size && name.data[n->path.size] == '.' &&
			     memcmp(name.data, n->path.data, n->path.size) == 0;
	}
	return n->object;
}
