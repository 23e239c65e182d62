#include "buffer/pack.h"

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
	struct weir_column *const extras[] = {&b->raw, &b->key, &b->headers, &b->topic};
	for (size_t i = 0; i < sizeof extras / sizeof *extras; i++)
		each_in_column(extras[i], f, ctx);
	void *arrays[] = {b->time_us, b->position, b->partition, b->malformed};
	f(ctx, &arrays[0], b->capacity * sizeof *b->time_us);
	f(ctx, &arrays[1], b->capacity * sizeof *b->position);
	f(ctx, &arrays[2], b->capacity * sizeof *b->partition);
	f(ctx, &arrays[3], weir_bit_words(b->capacity) * sizeof *b->malformed);
	b->time_us = arrays[0];
	b->position = arrays[1];
	b->partition = arrays[2];
	b->malformed = arrays[3];
}

static size_t padded(size_t bytes) { return (bytes + 63) & ~(size_t)63; }

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
	each_in_batch(s->rows, add_size, &bytes);
	s->block_mapped = bytes >= MAPPED_FROM;
	if (s->block_mapped) {
		bytes = (bytes + PAGE - 1) & ~(size_t)(PAGE - 1);
		void *block = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		s->block = block == MAP_FAILED ? NULL : block;
	} else {
		s->block = weir_alloc_aligned(bytes);
	}
	if (!s->block)
		return;
	char *at = s->block;
	s->block_bytes = bytes;
	each_in_batch(s->rows, move, &at);
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
