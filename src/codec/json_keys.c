/* The tree of keys seen so far, and the order in which they came. */
#include "codec/json.h"

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
	weir_arena_release(&k->arena);
}

static uint32_t slot_of(const struct json_keys *k, const struct json_node *parent, struct weir_str key)
{
	return (uint32_t)weir_hash_mix(weir_hash(key.data, key.size), (uint64_t)(uintptr_t)parent) & k->mask;
}

static struct weir_str key_of(const struct json_node *n) { return (struct weir_str){n->lead + 1, n->key_bytes}; }

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
	if (!memchr(key.data, '\\', key.size))
		weir_buf_add_str(&path, key);
	else if (!json_unescape(key, &path))
		path.failed = true;
	n->path = weir_arena_str(&k->arena, weir_buf_str(&path));
	bool ok = !path.failed && n->path.data && set_lead(n, lead);
	weir_buf_release(&path);
	n->key_bytes = (uint32_t)key.size;
	n->parent = parent;
	n->skip = ok && !weir_builder_wanted(&j->codec.builder, n->path);
	return ok ? n : NULL;
}

struct json_node *json_keys_child(struct json_codec *j, struct json_node *parent, struct weir_str key, struct weir_str lead, bool *full)
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
	if (k->count * 2 >= k->mask) {
		if (!grow(k))
			return NULL;
		s = slot_of(k, parent, key);
		while (k->table[s])
			s = (s + 1) & k->mask;
	}
	struct json_node *n = make(j, parent, key, lead);
	if (n) {
		k->table[s] = n;
		k->count++;
	}
	return n;
}
