/* Batches: their columns, marks and places of malformed records. */
#include "weir/model/batch.h"

#include <stdlib.h>

const char *weir_malformed_text(enum weir_malformed why)
{
	static const char *const texts[] = {
#define X(name, text) text,
	    WEIR_MALFORMED_LIST(X)
#undef X
	};
	return (unsigned)why < WEIR_BAD_COUNT ? texts[why] : "unknown";
}

struct weir_batch *weir_batch_new(uint32_t capacity)
{
	struct weir_batch *b = weir_calloc(1, sizeof *b);
	if (!b)
		return NULL;
	b->capacity = capacity;
	b->position = weir_calloc(capacity, sizeof *b->position);
	if (!b->position) {
		free(b);
		return NULL;
	}
	b->raw.capacity = b->key.capacity = b->headers.capacity = b->stamp.capacity = capacity;
	return b;
}

void weir_batch_free(struct weir_batch *b)
{
	if (!b)
		return;
	for (uint32_t i = 0; i < b->columns_capacity; i++)
		weir_column_release(&b->columns[i]);
	free(b->columns);
	weir_column_release(&b->raw);
	weir_column_release(&b->key);
	weir_column_release(&b->headers);
	weir_column_release(&b->stamp);
	weir_partitions_unref(b->partitions);
	weir_schema_unref(b->schema);
	free(b->time_us);
	free(b->position);
	free(b->along.rest);
	free(b->partition);
	free(b->weight);
	free(b->malformed);
	free(b->arrivals);
	weir_left_list_free(b->left);
	weir_grouped_free(b->grouped);
	free(b);
}

void weir_batch_clear(struct weir_batch *b)
{
	for (uint32_t i = 0; i < b->columns_capacity; i++)
		weir_column_clear(&b->columns[i]);
	weir_column_clear(&b->raw);
	weir_column_clear(&b->key);
	weir_column_clear(&b->headers);
	weir_column_clear(&b->stamp);
	weir_batch_set_partitions(b, NULL);
	weir_schema_unref(b->schema);
	b->schema = NULL;
	b->n_rows = b->n_columns = 0;
	free(b->malformed);
	b->malformed = NULL;
	weir_batch_drop_time(b);
	free(b->partition);
	b->partition = NULL;
	free(b->weight);
	b->weight = NULL;
	weir_left_list_free(b->left);
	b->left = NULL;
	weir_grouped_free(b->grouped);
	b->grouped = NULL;
	free(b->arrivals);
	b->arrivals = NULL;
	b->n_arrivals = 0;
	b->arrival_us = 0;
	b->bytes = 0;
	memset(b->n_malformed, 0, sizeof b->n_malformed);
	memset(&b->first_malformed, 0, sizeof b->first_malformed);
	memset(b->n_noted, 0, sizeof b->n_noted);
	for (int i = 0; i < WEIR_NOTE_COUNT; i++)
		b->first_noted[i][0] = 0;
}

bool weir_batch_set_schema(struct weir_batch *b, const struct weir_schema *schema)
{
	if (schema->n_fields > b->columns_capacity) {
		/* Not twice as many: of thousands of columns a batch would hold mostly those that never come. */
		size_t capacity = schema->n_fields + (size_t)(schema->n_fields < 512 ? schema->n_fields / 8 : 64) + 7;
		struct weir_column *columns = weir_realloc(b->columns, capacity * sizeof *columns);
		if (!columns)
			return false;
		b->columns = columns;
		memset(b->columns + b->columns_capacity, 0, (capacity - b->columns_capacity) * sizeof *b->columns);
		for (size_t i = b->columns_capacity; i < capacity; i++)
			b->columns[i].capacity = b->capacity;
		b->columns_capacity = (uint32_t)capacity;
	}
	const struct weir_schema *held = weir_schema_ref(schema);
	weir_schema_unref(b->schema);
	b->schema = held;
	b->n_columns = schema->n_fields;
	return true;
}

bool weir_batch_add_time(struct weir_batch *b)
{
	if (b->time_us)
		return true;
	b->time_us = weir_alloc(b->capacity * sizeof *b->time_us);
	if (!b->time_us)
		return false;
	for (uint32_t i = 0; i < b->capacity; i++)
		b->time_us[i] = WEIR_TIME_NONE;
	return true;
}

void weir_batch_drop_time(struct weir_batch *b)
{
	free(b->time_us);
	b->time_us = NULL;
}

bool weir_batch_add_partition(struct weir_batch *b)
{
	if (!b->partition)
		b->partition = weir_calloc(b->capacity, sizeof *b->partition);
	return b->partition != NULL;
}

bool weir_batch_add_weight(struct weir_batch *b)
{
	if (b->weight)
		return true;
	b->weight = weir_alloc(b->capacity * sizeof *b->weight);
	if (b->weight)
		memset(b->weight, 1, b->capacity * sizeof *b->weight);
	return b->weight != NULL;
}

void weir_batch_leave_out(struct weir_batch *b, const struct weir_left_out *record)
{
	if (!b->left)
		b->left = weir_left_list_new(WEIR_LEFT_KINDS * WEIR_MAX_LEFT_OF_BATCH, WEIR_MAX_LEFT_TOTAL_BYTES, NULL);
	if (b->left)
		weir_left_list_add(b->left, record);
}

void weir_batch_set_partitions(struct weir_batch *b, struct weir_partitions *p)
{
	struct weir_partitions *held = weir_partitions_ref(p);
	weir_partitions_unref(b->partitions);
	b->partitions = held;
}

static bool copy_columns(struct weir_batch *to, const struct weir_batch *from)
{
	const struct weir_column *const extra[] = {&from->raw, &from->key, &from->headers, &from->stamp};
	struct weir_column *const extra_to[] = {&to->raw, &to->key, &to->headers, &to->stamp};
	bool good = !from->schema || weir_batch_set_schema(to, from->schema);

	for (uint32_t i = 0; i < from->n_columns && good; i++)
		good = weir_column_copy(&to->columns[i], &from->columns[i], from->n_rows);
	for (int i = 0; i < 4 && good; i++)
		good = weir_column_copy(extra_to[i], extra[i], from->n_rows);
	return good;
}

static bool copy_places(struct weir_batch *to, const struct weir_batch *from)
{
	uint32_t n = from->n_rows;

	if ((from->time_us && !weir_batch_add_time(to)) || (from->partition && !weir_batch_add_partition(to)) ||
	    (from->weight && !weir_batch_add_weight(to)))
		return false;
	for (uint32_t row = 0; row < n; row++)
		to->position[row] = weir_batch_position(from, row);
	if (from->time_us)
		memcpy(to->time_us, from->time_us, n * sizeof *to->time_us);
	if (from->partition)
		memcpy(to->partition, from->partition, n * sizeof *to->partition);
	if (from->weight)
		memcpy(to->weight, from->weight, n * sizeof *to->weight);
	if (!from->malformed)
		return true;
	to->malformed = weir_calloc(weir_bit_words(to->capacity), sizeof *to->malformed);
	if (to->malformed)
		memcpy(to->malformed, from->malformed, weir_bit_words(n) * sizeof *to->malformed);
	return to->malformed != NULL;
}

struct weir_batch *weir_batch_copy_rows(const struct weir_batch *b)
{
	struct weir_batch *to = weir_batch_new(b->n_rows ? b->n_rows : 1);

	if (!to)
		return NULL;
	to->stream = b->stream;
	to->arrival_us = b->arrival_us;
	weir_batch_set_partitions(to, b->partitions);
	if (!copy_places(to, b) || !copy_columns(to, b)) {
		weir_batch_free(to);
		return NULL;
	}
	to->n_rows = b->n_rows;
	return to;
}

size_t weir_batch_bytes(const struct weir_batch *b)
{
	size_t n = sizeof *b + b->columns_capacity * sizeof *b->columns;
	n += b->capacity * (b->position ? sizeof *b->position : b->along.width);
	n += b->time_us ? b->capacity * sizeof *b->time_us : 0;
	n += b->partition ? b->capacity * sizeof *b->partition : 0;
	n += b->weight ? b->capacity * sizeof *b->weight : 0;
	n += b->malformed ? weir_bit_words(b->capacity) * sizeof *b->malformed : 0;
	n += b->n_arrivals * sizeof *b->arrivals;
	for (uint32_t i = 0; i < b->columns_capacity; i++)
		n += weir_column_bytes(&b->columns[i]);
	return n + weir_column_bytes(&b->raw) + weir_column_bytes(&b->key) + weir_column_bytes(&b->headers) +
	       weir_column_bytes(&b->stamp);
}

uint64_t weir_batch_counted(const struct weir_batch *b)
{
	return b->grouped ? b->grouped->count : 0;
}

uint64_t weir_batch_malformed(const struct weir_batch *b)
{
	uint64_t n = 0;
	for (int i = 0; i < WEIR_BAD_COUNT; i++)
		n += b->n_malformed[i];
	return n;
}
