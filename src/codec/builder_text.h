/* How the builder stores text. Private to the builder. */
#ifndef WEIR_CODEC_BUILDER_TEXT_H
#define WEIR_CODEC_BUILDER_TEXT_H

#include "codec/builder.h"

/* A text of at most 16 bytes as two words; with its size they are the whole text. Shorter than 8: zeros follow in `head`. */
struct weir_text_words {
	uint64_t head, tail;
};

/* The same for a text behind whose start at least 8 bytes may be read, whatever its size. */
static inline struct weir_text_words weir_text_words_padded(const char *text, size_t size)
{
	struct weir_text_words w;
	memcpy(&w.head, text, 8);
	memcpy(&w.tail, text + (size > 8 ? size - 8 : 0), 8);
	bool whole = size >= 8;
	w.head &= whole ? UINT64_MAX : (UINT64_C(1) << (size & 7) * 8) - 1;
	w.tail = whole ? w.tail : 0;
	return w;
}

/* A text stands in its own slot or in the other one of the pair, where it went when its own was wanted. */
static inline struct weir_code_cache *weir_code_cache_slot(const struct weir_builder_column *c, struct weir_text_words w, size_t size)
{
	uint64_t h = (w.head ^ (w.tail + size) * 0x9fb21c651e98df25ull) * 0x9e3779b97f4a7c15ull;
	return &c->cache[h >> (64 - c->cache_bits)];
}

static inline struct weir_code_cache *weir_code_cache_other(const struct weir_builder_column *c, struct weir_code_cache *slot)
{
	return &c->cache[(size_t)(slot - c->cache) ^ 1];
}

static inline bool weir_code_cache_holds(const struct weir_code_cache *slot, struct weir_text_words w, size_t size)
{
	return slot->size == size && slot->head == w.head && slot->tail == w.tail;
}

/* The code of a text that is in neither slot; it is from now on. WEIR_DICT_NONE: no memory, or the dictionary is full. */
uint32_t weir_code_cache_miss(struct weir_builder_column *c, struct weir_code_cache *slot, struct weir_text_words w, struct weir_str s);

/* The code of a text of at most 16 bytes, whose slot is given. */
static inline uint32_t weir_code_cache_find(struct weir_builder_column *c, struct weir_code_cache *slot, struct weir_text_words w,
					    struct weir_str s)
{
	if (weir_code_cache_holds(slot, w, s.size))
		return slot->code;
	struct weir_code_cache *other = weir_code_cache_other(c, slot);
	return weir_code_cache_holds(other, w, s.size) ? other->code : weir_code_cache_miss(c, slot, w, s);
}

/* Sets text whatever the column means. False: no memory. */
bool weir_builder_set_text(struct weir_builder *b, int column, struct weir_str s);
void weir_builder_drop_cache(struct weir_builder *b, struct weir_builder_column *c);
/* At the end of a batch: whether the texts of a column still deserve their dictionary, and whether it is not too large. */
bool weir_builder_review(struct weir_builder *b, struct weir_builder_column *c);

#endif
