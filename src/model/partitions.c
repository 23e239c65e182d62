/* The list of partitions, in place so that readers need no lock. */
#include "weir/model/partitions.h"

#include "weir/base/memory.h"

#include <stdio.h>
#include <stdlib.h>

struct weir_partitions {
	_Atomic uint32_t refs, n;
	struct weir_arena names;
	struct weir_partition
	    items[WEIR_MAX_PARTITIONS]; /* in place for good; pages that no one writes to cost nothing */
};

struct weir_partitions *weir_partitions_new(void)
{
	struct weir_partitions *p = weir_calloc(1, sizeof *p);

	if (p)
		p->refs = 1;
	return p;
}

struct weir_partitions *weir_partitions_ref(struct weir_partitions *p)
{
	if (p)
		atomic_fetch_add_explicit(&p->refs, 1, memory_order_relaxed);
	return p;
}

void weir_partitions_unref(struct weir_partitions *p)
{
	if (!p || atomic_fetch_sub_explicit(&p->refs, 1, memory_order_acq_rel) != 1)
		return;
	weir_arena_release(&p->names);
	free(p);
}

int weir_partitions_add(struct weir_partitions *p, struct weir_str topic, int32_t number)
{
	uint32_t n = p->n;
	struct weir_str name = n && weir_str_equal(p->items[n - 1].topic, topic) ? p->items[n - 1].topic
										 : weir_arena_str(&p->names, topic);

	if (n == WEIR_MAX_PARTITIONS || !name.data)
		return -1;
	p->items[n].topic = name;
	p->items[n].number = number;
	p->items[n].position = p->items[n].end = p->items[n].lag = -1;
	atomic_store_explicit(&p->n, n + 1, memory_order_release);
	return (int)n;
}

uint32_t weir_partitions_count(const struct weir_partitions *p)
{
	return p ? atomic_load_explicit(&p->n, memory_order_acquire) : 0;
}

struct weir_partition *weir_partitions_at(struct weir_partitions *p, uint32_t i)
{
	return &p->items[i];
}

const struct weir_partition *weir_partitions_get(const struct weir_partitions *p, uint32_t i)
{
	return &p->items[i];
}

char *weir_partition_name(const struct weir_partition *p, char *out, size_t size)
{
	if (p->topic.size)
		snprintf(out, size, WEIR_STR_FMT "/%d", WEIR_STR_ARG(p->topic), (int)p->number);
	else
		snprintf(out, size, "%d", (int)p->number);
	return out;
}
