#include "every.h"

uint32_t weir_every_cut(const struct weir_batch *b, uint32_t from, int64_t boundary_us)
{
	if (!b->time_us)
		return b->n_rows;
	for (uint32_t i = from; i < b->n_rows; i++)
		if (b->time_us[i] != WEIR_TIME_NONE && b->time_us[i] >= boundary_us)
			return i;
	return b->n_rows;
}

static bool set_cell(struct weir_column *to, uint32_t row, const struct weir_value *v)
{
	switch (v->type) {
	case WEIR_BOOL:
		return weir_column_set_bool(to, row, v->b);
	case WEIR_INT64:
		return weir_column_set_int64(to, row, v->i);
	case WEIR_FLOAT64:
		return weir_column_set_float64(to, row, v->f);
	case WEIR_TIMESTAMP:
		return weir_column_set_timestamp(to, row, v->i);
	case WEIR_STRING:
		return weir_column_set_string(to, row, v->s, NULL);
	default:
		return weir_column_set_null(to, row);
	}
}

static bool copy_column(struct weir_column *to, const struct weir_column *from, uint32_t first, uint32_t n)
{
	if (from->encoding == WEIR_ENC_ABSENT)
		return true;
	for (uint32_t i = 0; i < n; i++) {
		struct weir_value v = weir_column_get(from, first + i);
		if (!weir_column_missing(from, first + i) && !set_cell(to, i, &v))
			return false;
	}
	return weir_column_finish(to, n);
}

static bool copy_heads(struct weir_batch *to, const struct weir_batch *from, uint32_t first, uint32_t n)
{
	if (from->time_us) {
		if (!weir_batch_add_time(to))
			return false;
		memcpy(to->time_us, from->time_us + first, n * sizeof *to->time_us);
	}
	if (from->partition) {
		if (!weir_batch_add_partition(to))
			return false;
		memcpy(to->partition, from->partition + first, n * sizeof *to->partition);
	}
	memcpy(to->position, from->position + first, n * sizeof *to->position);
	for (uint32_t i = 0; from->malformed && i < n; i++) {
		if (!weir_bit_get(from->malformed, first + i))
			continue;
		if (!to->malformed && !(to->malformed = weir_calloc(weir_bit_words(to->capacity), sizeof *to->malformed)))
			return false;
		weir_bit_set(to->malformed, i);
	}
	return true;
}

struct weir_batch *weir_every_slice(const struct weir_batch *b, uint32_t from, uint32_t n)
{
	struct weir_batch *s = weir_batch_new(n ? n : 1);

	if (!s)
		return NULL;
	s->stream = b->stream;
	s->arrival_us = b->arrival_us;
	if (from == 0) {
		s->bytes = b->bytes;
		memcpy(s->n_malformed, b->n_malformed, sizeof s->n_malformed);
		s->first_malformed = b->first_malformed;
	}
	bool good = (!b->schema || weir_batch_set_schema(s, b->schema)) && copy_heads(s, b, from, n);
	for (uint32_t c = 0; good && c < b->n_columns; c++)
		good = copy_column(&s->columns[c], &b->columns[c], from, n);
	const struct weir_column *const extra[] = {&b->raw, &b->key, &b->headers, &b->topic};
	struct weir_column *const extra_to[] = {&s->raw, &s->key, &s->headers, &s->topic};
	for (int c = 0; good && c < 4; c++)
		good = copy_column(extra_to[c], extra[c], from, n);
	if (!good) {
		weir_batch_free(s);
		return NULL;
	}
	s->n_rows = n;
	return s;
}
