/* The batches that wait, in their order, in memory or on the disk. */
#include "queue.h"

#include <stdlib.h>

struct weir_landing_entry *weir_landing_line_at(const struct weir_landing_line *l, size_t i)
{
	return &l->entries[(l->first + i) % l->capacity];
}

bool weir_landing_line_push(struct weir_landing_line *l, struct weir_landing_rows *rows)
{
	if (l->n == l->capacity) {
		size_t capacity = l->capacity ? l->capacity * 2 : WEIR_LANDING_BATCHES;
		struct weir_landing_entry *entries = weir_alloc(capacity * sizeof *entries);
		if (!entries)
			return false;
		for (size_t i = 0; i < l->n; i++)
			entries[i] = *weir_landing_line_at(l, i);
		free(l->entries);
		l->entries = entries;
		l->capacity = capacity;
		l->first = 0;
	}
	l->n++;
	l->n_memory++;
	*weir_landing_line_at(l, l->n - 1) =
	    (struct weir_landing_entry){.rows = rows, .number = l->next_number++, .n_rows = rows->n_rows};
	return true;
}

bool weir_landing_line_pop(struct weir_landing_line *l, struct weir_landing_entry *out)
{
	if (!l->n)
		return false;
	*out = *weir_landing_line_at(l, 0);
	l->first = (l->first + 1) % l->capacity;
	l->n--;
	l->n_memory -= out->rows != NULL;
	return true;
}

void weir_landing_signal_room(struct weir_landing_queue *q)
{
	weir_wake_signal(&q->room);
	if (q->wake)
		weir_wake_signal(q->wake);
}

void weir_landing_entry_release(struct weir_landing_entry *e)
{
	weir_landing_rows_unref(e->rows);
	weir_schema_unref(e->schema);
	weir_partitions_unref(e->partitions);
	*e = (struct weir_landing_entry){0};
}
