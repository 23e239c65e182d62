/* Schemas and their versions. */
#include "weir/model/schema.h"

#include "weir/base/dict.h"

#include <stddef.h>
#include <stdlib.h>

/* The public struct first; the builder's parts behind it. */
struct schema {
	struct weir_schema s;
	_Atomic uint32_t refs;
	struct weir_field *fields; /* owned; s.fields */
	size_t capacity;
	uint32_t *index; /* owned open-addressing table of field + 1, by hash of the name; 0 = free */
	uint32_t index_mask;
};

/* A name, shared by all versions that have it: a stream of ever new columns has many versions at a time. */
struct name {
	_Atomic uint32_t refs;
	char text[];
};

static struct name *name_of(struct weir_str s)
{
	return (struct name *)((uintptr_t)s.data - offsetof(struct name, text));
}

static struct weir_str name_new(struct weir_str s)
{
	struct name *n = weir_alloc(sizeof *n + s.size + 1);
	if (!n)
		return (struct weir_str){NULL, 0};
	atomic_store(&n->refs, 1);
	if (s.size)
		memcpy(n->text, s.data, s.size);
	n->text[s.size] = 0;
	return (struct weir_str){n->text, s.size};
}

static void name_unref(struct weir_str s)
{
	if (atomic_fetch_sub_explicit(&name_of(s)->refs, 1, memory_order_acq_rel) == 1)
		free(name_of(s));
}

static struct schema *whole(const struct weir_schema *s)
{
	return (struct schema *)(uintptr_t)s;
}

struct weir_schema *weir_schema_new(void)
{
	struct schema *w = weir_calloc(1, sizeof *w);
	if (!w)
		return NULL;
	atomic_store(&w->refs, 1);
	return &w->s;
}

struct weir_schema *weir_schema_ref(const struct weir_schema *s)
{
	if (s)
		atomic_fetch_add_explicit(&whole(s)->refs, 1, memory_order_relaxed);
	return s ? &whole(s)->s : NULL;
}

void weir_schema_unref(const struct weir_schema *s)
{
	if (!s || atomic_fetch_sub_explicit(&whole(s)->refs, 1, memory_order_acq_rel) != 1)
		return;
	struct schema *w = whole(s);
	for (uint32_t i = 0; i < s->n_fields; i++)
		name_unref(w->fields[i].name);
	free(w->fields);
	free(w->index);
	free(w);
}

struct weir_schema *weir_schema_next(const struct weir_schema *s)
{
	struct weir_schema *copy = weir_schema_new();
	if (!copy)
		return NULL;
	const struct schema *from = whole(s);
	struct schema *to = whole(copy);
	if (s->n_fields) {
		to->capacity = s->n_fields + s->n_fields / 16 + 8; /* it is copied to get a few more */
		to->fields = weir_alloc(to->capacity * sizeof *to->fields);
		to->index = weir_alloc((from->index_mask + (size_t)1) * sizeof *to->index);
		if (!to->fields || !to->index) {
			weir_schema_unref(copy);
			return NULL;
		}
		memcpy(to->fields, from->fields, s->n_fields * sizeof *to->fields);
		memcpy(to->index, from->index, (from->index_mask + (size_t)1) * sizeof *to->index);
		to->index_mask = from->index_mask;
		copy->fields = to->fields;
		copy->n_fields = s->n_fields;
		for (uint32_t i = 0; i < s->n_fields; i++)
			atomic_fetch_add_explicit(&name_of(s->fields[i].name)->refs, 1, memory_order_relaxed);
	}
	copy->version = s->version + 1;
	return copy;
}

static bool reindex(struct schema *w, uint32_t slots)
{
	uint32_t *index = weir_calloc(slots, sizeof *index);
	if (!index)
		return false;
	for (uint32_t f = 0; f < w->s.n_fields; f++) {
		uint32_t i = (uint32_t)weir_hash(w->fields[f].name.data, w->fields[f].name.size) & (slots - 1);
		while (index[i])
			i = (i + 1) & (slots - 1);
		index[i] = f + 1;
	}
	free(w->index);
	w->index = index;
	w->index_mask = slots - 1;
	return true;
}

int weir_schema_add(struct weir_schema *s, struct weir_str name, enum weir_type type)
{
	struct schema *w = whole(s);
	if (s->n_fields >= WEIR_MAX_FIELDS)
		return -1;
	if (!weir_grow((void **)&w->fields, &w->capacity, s->n_fields + 1, sizeof *w->fields))
		return -1;
	s->fields = w->fields;
	struct weir_str copy = name_new(name);
	if (!copy.data)
		return -1;
	w->fields[s->n_fields] = (struct weir_field){.name = copy, .type = type};
	s->n_fields++;
	s->version = s->version ? s->version : 1;
	if (!w->index || (uint64_t)s->n_fields * 2 > w->index_mask) {
		if (!reindex(w, w->index ? (w->index_mask + 1) * 2 : 32)) {
			s->n_fields--;
			name_unref(copy);
			return -1;
		}
		return (int)s->n_fields - 1;
	}
	uint32_t i = (uint32_t)weir_hash(copy.data, name.size) & w->index_mask;
	while (w->index[i])
		i = (i + 1) & w->index_mask;
	w->index[i] = s->n_fields;
	return (int)s->n_fields - 1;
}

void weir_schema_set_type(struct weir_schema *s, uint32_t field, enum weir_type type)
{
	whole(s)->fields[field].type = type;
}

void weir_schema_set_time(struct weir_schema *s, int field)
{
	for (uint32_t i = 0; i < s->n_fields; i++)
		whole(s)->fields[i].is_time = (int)i == field;
}

int weir_schema_find(const struct weir_schema *s, struct weir_str name)
{
	const struct schema *w = whole(s);
	if (!w->index)
		return -1;
	for (uint32_t i = (uint32_t)weir_hash(name.data ? name.data : "", name.size) & w->index_mask; w->index[i];
	     i = (i + 1) & w->index_mask)
		if (weir_str_equal(w->fields[w->index[i] - 1].name, name))
			return (int)w->index[i] - 1;
	return -1;
}

int weir_schema_time_field(const struct weir_schema *s)
{
	for (uint32_t i = 0; i < s->n_fields; i++)
		if (s->fields[i].is_time)
			return (int)i;
	return -1;
}
