/* Keeps the rows of a batch that a bitmap names and moves them together. */
#include "buffer/keep.h"

static void move_bit(uint64_t *words, uint32_t to, uint32_t from)
{
	if (weir_bit_get(words, from))
		weir_bit_set(words, to);
	else
		weir_bit_clear(words, to);
}

static void keep_column(struct weir_column *c, const uint64_t *keep, uint32_t n_rows)
{
	uint32_t to = 0;
	uint32_t bytes = 0;
	if (c->encoding == WEIR_ENC_ABSENT)
		return;
	for (uint32_t row = 0; row < n_rows; row++) {
		if (!weir_bit_get(keep, row))
			continue;
		if (c->encoding == WEIR_ENC_PLAIN) {
			uint32_t at = c->offsets[row], size = c->offsets[row + 1] - at;
			if (size)
				memmove(c->bytes + bytes, c->bytes + at, size);
			c->offsets[to] = bytes;
			bytes += size;
		} else if (to != row) {
			memcpy((char *)c->data + (size_t)to * c->width, (char *)c->data + (size_t)row * c->width,
			       c->width);
		}
		if (c->valid)
			move_bit(c->valid, to, row);
		if (c->missing)
			move_bit(c->missing, to, row);
		to++;
	}
	if (c->encoding == WEIR_ENC_PLAIN)
		c->offsets[to] = bytes;
	c->filled = to;
}

void weir_batch_keep(struct weir_batch *b, const uint64_t *keep)
{
	for (uint32_t i = 0; i < b->n_columns; i++)
		keep_column(&b->columns[i], keep, b->n_rows);
	keep_column(&b->raw, keep, b->n_rows);
	keep_column(&b->key, keep, b->n_rows);
	keep_column(&b->headers, keep, b->n_rows);
	keep_column(&b->stamp, keep, b->n_rows);
	uint32_t to = 0;
	for (uint32_t row = 0; row < b->n_rows; row++) {
		if (!weir_bit_get(keep, row))
			continue;
		if (b->time_us)
			b->time_us[to] = b->time_us[row];
		b->position[to] = b->position[row];
		if (b->partition)
			b->partition[to] = b->partition[row];
		if (b->weight)
			b->weight[to] = b->weight[row];
		if (b->malformed)
			move_bit(b->malformed, to, row);
		to++;
	}
	b->n_rows = to;
}
