/* Puts the arrays of a segment into one mapping, which goes back to the system whole. */
#include "buffer/pack.h"

#include "buffer/seal_items.h"

#include <stdlib.h>
#include <sys/mman.h>

enum { MAPPED_FROM = 128 << 10, PAGE = 4096 };

typedef void each_array(void *ctx, void **array, size_t bytes);

static void each_in_column(struct weir_column *c, each_array *f, void *ctx)
{
	size_t bitmap = weir_bit_words(c->capacity) * sizeof(uint64_t);
	f(ctx, &c->data, c->data_bytes);
	void *arrays[] = {c->valid, c->missing, c->offsets, c->bytes};
	f(ctx, &arrays[0], bitmap);
	f(ctx, &arrays[1], bitmap);
	f(ctx, &arrays[2], (c->capacity + (size_t)1) * sizeof *c->offsets);
	f(ctx, &arrays[3], c->bytes_capacity);
	c->valid = arrays[0];
	c->missing = arrays[1];
	c->offsets = arrays[2];
	c->bytes = arrays[3];
}

static void each_in_batch(struct weir_batch *b, each_array *f, void *ctx)
{
	for (uint32_t i = 0; i < b->n_columns; i++)
		each_in_column(&b->columns[i], f, ctx);
	struct weir_column *const extras[] = {&b->raw, &b->key, &b->headers, &b->stamp};
	for (size_t i = 0; i < sizeof extras / sizeof *extras; i++)
		each_in_column(extras[i], f, ctx);
	void *arrays[] = {b->time_us, b->position, b->partition, b->malformed, b->along.rest, b->weight, b->arrivals};
	f(ctx, &arrays[0], b->capacity * sizeof *b->time_us);
	f(ctx, &arrays[1], b->capacity * sizeof *b->position);
	f(ctx, &arrays[4], (size_t)b->capacity * b->along.width);
	f(ctx, &arrays[2], b->capacity * sizeof *b->partition);
	f(ctx, &arrays[3], weir_bit_words(b->capacity) * sizeof *b->malformed);
	f(ctx, &arrays[5], b->capacity * sizeof *b->weight);
	f(ctx, &arrays[6], b->n_arrivals * sizeof *b->arrivals);
	b->time_us = arrays[0];
	b->position = arrays[1];
	b->partition = arrays[2];
	b->malformed = arrays[3];
	b->along.rest = arrays[4];
	b->weight = arrays[5];
	b->arrivals = arrays[6];
}

/* The column that the event times came from, where it says nothing else. */
static struct weir_column *same_times(const struct weir_batch *b)
{
	int field = b->schema ? weir_schema_time_field(b->schema) : -1;
	if (field < 0 || !b->time_us || (uint32_t)field >= b->n_columns)
		return NULL;
	struct weir_column *c = &b->columns[field];
	if (c->type != WEIR_TIMESTAMP || c->valid || (c->encoding != WEIR_ENC_NARROW && c->encoding != WEIR_ENC_WIDE))
		return NULL;
	int64_t v[WEIR_STRETCH];
	for (uint32_t from = 0; from < b->n_rows; from += WEIR_STRETCH) {
		uint32_t n = b->n_rows - from < WEIR_STRETCH ? b->n_rows - from : WEIR_STRETCH;
		weir_items_load(c, from, n, 0, v);
		if (memcmp(v, b->time_us + from, n * sizeof *v) != 0)
			return NULL;
	}
	return c;
}

/* Positions as what is left of a straight line, where that is short. */
static void squeeze_positions(struct weir_batch *b)
{
	uint32_t n = b->n_rows;
	const int64_t *at = b->position;
	__extension__ typedef __int128 int128;
	if (n < 2)
		return;
	int128 step = ((int128)at[n - 1] - at[0]) / (n - 1), low = 0, high = 0;
	if (step < INT32_MIN || step > INT32_MAX)
		return;
	for (uint32_t i = 0; i < n; i++) {
		int128 rest = (int128)at[i] - at[0] - i * step;
		low = rest < low ? rest : low;
		high = rest > high ? rest : high;
	}
	if (high - low > UINT32_MAX)
		return;
	struct weir_along a = {.base = (int64_t)((uint64_t)at[0] + (uint64_t)low), .step = (int64_t)step};
	a.width = high - low <= UINT8_MAX ? 1 : high - low <= UINT16_MAX ? 2 : 4;
	a.rest = weir_alloc((size_t)a.width * b->capacity);
	if (!a.rest)
		return;
	int64_t v[WEIR_STRETCH];
	for (uint32_t from = 0; from < n; from += WEIR_STRETCH) {
		uint32_t k = 0;
		for (; k < WEIR_STRETCH && from + k < n; k++)
			v[k] = (int64_t)((uint64_t)at[from + k] - (from + k) * (uint64_t)a.step);
		weir_items_store(a.rest, a.width, from, v, k, a.base);
	}
	free(b->position);
	b->position = NULL;
	b->along = a;
}

static size_t padded(size_t bytes)
{
	return (bytes + 63) & ~(size_t)63;
}

static void add_size(void *ctx, void **array, size_t bytes)
{
	if (*array)
		*(size_t *)ctx += padded(bytes);
}

static void move(void *ctx, void **array, size_t bytes)
{
	char **at = ctx;
	if (!*array)
		return;
	memcpy(*at, *array, bytes);
	free(*array);
	*array = *at;
	*at += padded(bytes);
}

static void forget(void *ctx, void **array, size_t bytes)
{
	(void)ctx;
	(void)bytes;
	*array = NULL;
}

void weir_segment_pack(struct weir_segment *s)
{
	size_t bytes = 0;
	squeeze_positions(s->rows);
	struct weir_column *twin = same_times(s->rows);
	void *twin_data = twin ? twin->data : NULL;
	if (twin)
		twin->data = NULL;
	each_in_batch(s->rows, add_size, &bytes);
	s->block_mapped = bytes >= MAPPED_FROM;
	if (s->block_mapped) {
		bytes = (bytes + PAGE - 1) & ~(size_t)(PAGE - 1);
		void *block = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		s->block = block == MAP_FAILED ? NULL : block;
	} else {
		s->block = weir_alloc_aligned(bytes);
	}
	if (!s->block) {
		if (twin)
			twin->data = twin_data;
		return;
	}
	char *at = s->block;
	s->block_bytes = bytes;
	each_in_batch(s->rows, move, &at);
	if (!twin)
		return;
	free(twin_data);
	twin->data = s->rows->time_us; /* the block's: freed once */
	twin->data_bytes = 0;
	twin->encoding = WEIR_ENC_WIDE;
	twin->width = 8;
	twin->base = 0;
}

void weir_segment_unpack(struct weir_segment *s)
{
	if (s->block)
		each_in_batch(s->rows, forget, NULL);
	weir_batch_free(s->rows);
	if (s->block && s->block_mapped)
		munmap(s->block, s->block_bytes);
	else
		free(s->block);
}
