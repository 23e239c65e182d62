/* Hashes of values, by XXH64. */
#include "hash.h"

#include <xxhash.h>

uint64_t weir_landing_hash_name(struct weir_str column)
{
	return XXH64(column.data ? column.data : "", column.size, 0);
}

uint64_t weir_landing_hash_value(const struct weir_value *v, uint64_t name, struct weir_buf *scratch)
{
	if (v->type == WEIR_NULL)
		return XXH64("", 0, ~name);
	if (v->type == WEIR_STRING)
		return XXH64(v->s.data ? v->s.data : "", v->s.size, name);
	weir_buf_clear(scratch);
	weir_value_text(v, scratch);
	size_t size = scratch->size;
	if (v->type == WEIR_FLOAT64 && size > 2 && memcmp(scratch->data + size - 2, ".0", 2) == 0)
		size -= 2;
	return XXH64(scratch->data ? scratch->data : "", size, name);
}
