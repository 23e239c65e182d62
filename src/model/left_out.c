/* The newest records that were left out, in a ring. */
#include "weir/model/left_out.h"

#include "weir/base/bounds.h"

#include <stdlib.h>

struct item {
	struct weir_left_out record; /* its texts point into `bytes` */
	char *bytes;                 /* owned */
	size_t size;
};

struct weir_left_list {
	uint32_t most, capacity, first, n;
	size_t most_bytes, bytes;
	uint64_t added;
	struct weir_budget *budget;
	struct item *items; /* owned: a ring of `capacity` */
};

struct weir_left_list *weir_left_list_new(uint32_t most, size_t most_bytes, struct weir_budget *budget)
{
	struct weir_left_list *l = weir_calloc(1, sizeof *l);
	if (!l)
		return NULL;
	l->most = most;
	l->most_bytes = most_bytes;
	l->budget = budget;
	return l;
}

static struct item *at(const struct weir_left_list *l, uint32_t i)
{
	uint32_t k = l->first + i;
	return &l->items[k < l->capacity ? k : k - l->capacity];
}

static void drop_oldest(struct weir_left_list *l)
{
	struct item *item = at(l, 0);
	weir_budget_charge(l->budget, -(int64_t)item->size);
	l->bytes -= item->size;
	free(item->bytes);
	*item = (struct item){0};
	l->first = (l->first + 1) % l->capacity;
	l->n--;
}

void weir_left_list_free(struct weir_left_list *l)
{
	if (!l)
		return;
	while (l->n)
		drop_oldest(l);
	weir_budget_charge(l->budget, -(int64_t)(l->capacity * sizeof *l->items));
	free(l->items);
	free(l);
}

/* Most lists stay short. */
static bool grow(struct weir_left_list *l)
{
	uint32_t capacity = l->capacity ? 2 * l->capacity : 4;
	capacity = capacity < l->most ? capacity : l->most;
	struct item *items = weir_calloc(capacity, sizeof *items);
	if (!items)
		return false;
	for (uint32_t i = 0; i < l->n; i++)
		items[i] = *at(l, i);
	weir_budget_charge(l->budget, (int64_t)((capacity - l->capacity) * sizeof *items));
	free(l->items);
	l->items = items;
	l->capacity = capacity;
	l->first = 0;
	return true;
}

/* At most `most` bytes of a text, whole characters of UTF-8. */
static struct weir_str cut(struct weir_str s, size_t most)
{
	if (s.size <= most)
		return s;
	while (most > 0 && ((unsigned char)s.data[most] & 0xc0) == 0x80)
		most--;
	return (struct weir_str){s.data, most};
}

static char *put(char *to, struct weir_str from, struct weir_str *copy)
{
	if (from.size)
		memcpy(to, from.data, from.size);
	*copy = (struct weir_str){to, from.size};
	return to + from.size;
}

void weir_left_list_add(struct weir_left_list *l, const struct weir_left_out *record)
{
	struct weir_str text = cut(record->text, WEIR_MAX_LEFT_BYTES), reason = cut(record->reason, 512),
			topic = cut(record->topic, 256);
	size_t size = text.size + reason.size + topic.size + 1;
	l->added++;
	if (l->n == l->capacity && l->capacity < l->most && !grow(l))
		return;
	char *bytes = weir_alloc(size);
	if (!bytes)
		return;
	while (l->n && (l->n == l->most || l->bytes + size > l->most_bytes))
		drop_oldest(l);
	struct item *item = at(l, l->n++);
	*item = (struct item){*record, bytes, size};
	if (!record->text_bytes)
		item->record.text_bytes = record->text.size;
	put(put(put(bytes, text, &item->record.text), reason, &item->record.reason), topic, &item->record.topic);
	l->bytes += size;
	weir_budget_charge(l->budget, (int64_t)size);
}

uint32_t weir_left_list_count(const struct weir_left_list *l)
{
	return l->n;
}

uint64_t weir_left_list_added(const struct weir_left_list *l)
{
	return l->added;
}

const struct weir_left_out *weir_left_list_at(const struct weir_left_list *l, uint32_t i)
{
	return &at(l, i)->record;
}
