/* A batch as bytes, and back: only the rows that are landed, each value with its type, so that what comes back is what was there. It is
 * not a capture's format, whose records are what a source sent: these rows are decoded, filtered, have computed columns, and must come
 * back typed, not guessed anew. Nobody but this process reads them. */
#include "queue.h"

enum { MISSING, NULL_VALUE, TRUE_VALUE, FALSE_VALUE, INT_VALUE, FLOAT_VALUE, TIME_VALUE, TEXT_VALUE };

static void put_value(struct weir_buf *out, const struct weir_column *c, uint32_t row)
{
	struct weir_value v = weir_column_get(c, row);
	uint32_t size = v.type == WEIR_STRING ? (uint32_t)v.s.size : 0;

	switch (v.type) {
	case WEIR_BOOL:
		weir_buf_add_char(out, v.b ? TRUE_VALUE : FALSE_VALUE);
		return;
	case WEIR_INT64:
	case WEIR_TIMESTAMP:
		weir_buf_add_char(out, v.type == WEIR_INT64 ? INT_VALUE : TIME_VALUE);
		weir_buf_add(out, &v.i, sizeof v.i);
		return;
	case WEIR_FLOAT64:
		weir_buf_add_char(out, FLOAT_VALUE);
		weir_buf_add(out, &v.f, sizeof v.f);
		return;
	case WEIR_STRING:
		weir_buf_add_char(out, TEXT_VALUE);
		weir_buf_add(out, &size, sizeof size);
		weir_buf_add_str(out, v.s);
		return;
	case WEIR_NULL:
	case WEIR_TYPE_COUNT:
		break;
	}
	weir_buf_add_char(out, weir_column_missing(c, row) ? MISSING : NULL_VALUE);
}

bool weir_landing_record_write(const struct weir_landing_rows *r, struct weir_buf *out)
{
	const struct weir_batch *b = r->batch;

	for (uint32_t row = 0; row < b->n_rows; row++) {
		int64_t position = weir_batch_position(b, row);
		uint16_t partition = b->partition ? b->partition[row] : 0;
		if (!weir_bit_get(r->rows, row))
			continue;
		weir_buf_add(out, &position, sizeof position);
		weir_buf_add(out, &partition, sizeof partition);
	}
	for (uint32_t i = 0; i < b->n_columns; i++) {
		weir_buf_add(out, b->columns[i].type_count, sizeof b->columns[i].type_count);
		for (uint32_t row = 0; row < b->n_rows; row++)
			if (weir_bit_get(r->rows, row))
				put_value(out, &b->columns[i], row);
	}
	return !out->failed;
}

static bool take(struct weir_str *from, void *to, size_t size)
{
	if (from->size < size)
		return false;
	if (size)
		memcpy(to, from->data, size);
	from->data += size;
	from->size -= size;
	return true;
}

static bool take_value(struct weir_str *from, struct weir_column *c, uint32_t row)
{
	struct weir_value v = {.type = WEIR_NULL};
	uint32_t size;
	char kind;

	if (!take(from, &kind, 1))
		return false;
	switch (kind) {
	case MISSING:
		return true;
	case NULL_VALUE:
		return weir_column_set_null(c, row);
	case TRUE_VALUE:
	case FALSE_VALUE:
		v = (struct weir_value){.type = WEIR_BOOL, .b = kind == TRUE_VALUE};
		break;
	case INT_VALUE:
	case TIME_VALUE:
		v.type = kind == INT_VALUE ? WEIR_INT64 : WEIR_TIMESTAMP;
		if (!take(from, &v.i, sizeof v.i))
			return false;
		break;
	case FLOAT_VALUE:
		v.type = WEIR_FLOAT64;
		if (!take(from, &v.f, sizeof v.f))
			return false;
		break;
	default:
		v.type = WEIR_STRING;
		if (!take(from, &size, sizeof size) || from->size < size)
			return false;
		v.s = (struct weir_str){from->data, size};
		from->data += size;
		from->size -= size;
	}
	return weir_column_set_value(c, row, &v);
}

static bool take_columns(struct weir_str *from, struct weir_batch *b, uint32_t n_columns)
{
	for (uint32_t i = 0; i < n_columns; i++) {
		uint32_t counts[WEIR_TYPE_COUNT];
		if (!take(from, counts, sizeof counts))
			return false;
		for (uint32_t row = 0; row < b->n_rows; row++)
			if (!take_value(from, &b->columns[i], row))
				return false;
		if (!weir_column_finish(&b->columns[i], b->n_rows))
			return false;
		memcpy(b->columns[i].type_count, counts, sizeof counts);
	}
	return true;
}

struct weir_batch *weir_landing_record_read(const struct weir_landing_entry *e, struct weir_str from)
{
	struct weir_batch *b = weir_batch_new(e->n_rows);

	if (!b)
		return NULL;
	bool good = weir_batch_set_schema(b, e->schema) && (!e->by_row || weir_batch_add_partition(b));
	weir_batch_set_partitions(b, e->partitions);
	b->stream = e->stream;
	b->arrival_us = e->arrival_us;
	b->n_rows = e->n_rows;
	for (uint32_t row = 0; good && row < e->n_rows; row++) {
		uint16_t partition;
		good = take(&from, &b->position[row], sizeof(int64_t)) && take(&from, &partition, sizeof partition);
		if (good && b->partition)
			b->partition[row] = partition;
	}
	if (good && take_columns(&from, b, e->n_columns))
		return b;
	weir_batch_free(b);
	return NULL;
}
