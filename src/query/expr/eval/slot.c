/* A node's scratch, and what else every kind of node needs: validity, room for texts, trouble that has a place. */
#include "query/expr/eval/eval.h"

#include "weir/base/bounds.h"

#include <stdarg.h>
#include <stdio.h>

bool weir_trouble(const struct weir_bnode *b, const char *fmt, ...)
{
	struct weir_error *e = &b->bound->trouble;
	char what[sizeof e->what];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	weir_fail(e, WEIR_TOO_LARGE, "expression", "%s", what);
	return false;
}

char *weir_text_room(const struct weir_bnode *b, struct weir_arena *strings, size_t size)
{
	if (size > WEIR_MAX_TEXT_BYTES) {
		weir_trouble(b, "%s makes a text of more than %d MiB", b->name, WEIR_MAX_TEXT_BYTES >> 20);
		return NULL;
	}
	if (size > b->bound->strings_limit || strings->total_bytes > b->bound->strings_limit - size) {
		weir_trouble(b, "the texts that %s makes are too long: more than %zu MiB in %d rows", b->name,
			     b->bound->strings_limit >> 20, WEIR_VEC_ROWS);
		weir_error_hint(&b->bound->trouble, "--memory allows more");
		return NULL;
	}
	return weir_arena_alloc(strings, size);
}

struct weir_slot *weir_slot_at(struct weir_bound *bound, struct weir_bnode *b, int level)
{
	struct weir_slot *s = &b->slots[level];
	size_t item = b->type == WEIR_STRING ? sizeof(struct weir_str) : b->type == WEIR_BOOL ? 0 : 8;

	if (s->data)
		return s;
	/* A column that is stored under another type is decoded here first, so this is room for any type. */
	if (b->stored)
		item = sizeof(struct weir_str);
	s->valid = weir_arena_zalloc(&bound->arena, WEIR_VEC_WORDS * sizeof(uint64_t));
	s->data = weir_arena_zalloc(&bound->arena, item ? WEIR_VEC_ROWS * item : WEIR_VEC_WORDS * sizeof(uint64_t));
	return s->valid && s->data ? s : NULL;
}

struct weir_slot *weir_slot_get(struct weir_bnode *b, struct weir_eval *e)
{
	return weir_slot_at(e->bound, b, e->level);
}

const uint64_t *weir_valid_all(struct weir_slot *slot, const struct weir_bvec *v, uint32_t n_vecs, uint32_t n)
{
	const uint64_t *first = NULL;
	uint32_t words = weir_bit_words(n);

	for (uint32_t a = 0; a < n_vecs; a++) {
		if (!v[a].valid)
			continue;
		if (!first) {
			first = v[a].valid;
			continue;
		}
		for (uint32_t i = 0; i < words; i++)
			slot->valid[i] = first[i] & v[a].valid[i];
		first = slot->valid;
	}
	return first;
}

uint64_t *weir_valid_own(struct weir_slot *slot, struct weir_bvec *out, uint32_t n)
{
	for (uint32_t i = 0; i < weir_bit_words(n); i++)
		slot->valid[i] = weir_word_or_ones(out->valid, i);
	out->valid = slot->valid;
	return slot->valid;
}

const struct weir_column *weir_batch_column(const struct weir_batch *batch, int32_t column)
{
	return batch && column >= 0 && (uint32_t)column < batch->n_columns ? &batch->columns[column] : NULL;
}
