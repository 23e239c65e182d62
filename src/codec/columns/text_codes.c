/* Text columns: codes into a dictionary, or plain. */
#include "codec/columns/columns.h"

#include <stdlib.h>

/* A text column leaves its dictionary when, after so many texts, more than such a share of them was new: a few thousand
 * tell an identifier that never repeats, but not a hundred thousand users from it. */
static const struct {
	uint64_t texts;
	unsigned new_per_mille;
} plain_after[] = {{4096, 990}, {1 << 16, 900}, {1 << 18, 800}};
/* The cache grows when more than one text in so many was not in it. */
enum { CACHE_MISSES_ONE_IN = 16 };
/* A dictionary past this is replaced by a fresh one; the old dies with the last segment that holds its codes. */
enum { DICT_MOST_CODES = 1 << 20, DICT_MOST_BYTES = 64 << 20, DICT_MOST_PARTS = 8 };

static inline struct weir_text_words words_of(struct weir_str s)
{
	struct weir_text_words w = {0, 0};
	const unsigned char *text = (const unsigned char *)s.data;
	if (s.size >= 8)
		return weir_text_words_padded(s.data, s.size);
	if (s.size >= 4) {
		uint32_t first, last;
		memcpy(&first, text, 4);
		memcpy(&last, text + s.size - 4, 4);
		w.head = first | (uint64_t)last << (s.size - 4) * 8;
	} else if (s.size) {
		w.head = (uint64_t)text[0] | (uint64_t)text[s.size / 2] << s.size / 2 * 8 |
			 (uint64_t)text[s.size - 1] << (s.size - 1) * 8;
	}
	return w;
}

static bool new_cache(struct weir_builder *b, struct weir_builder_column *c, unsigned bits)
{
	size_t slots = (size_t)1 << bits;
	struct weir_code_cache *cache =
	    bits == c->cache_bits && c->cache ? c->cache : weir_alloc(slots * sizeof *cache);
	if (!cache)
		return false;
	if (cache != c->cache) {
		weir_builder_drop_cache(b, c);
		weir_budget_charge(b->budget, (int64_t)(slots * sizeof *cache));
	}
	for (size_t i = 0; i < slots; i++)
		cache[i].size = UINT32_MAX;
	c->cache = cache;
	c->cache_bits = bits;
	return true;
}

void weir_builder_drop_cache(struct weir_builder *b, struct weir_builder_column *c)
{
	if (c->cache)
		weir_budget_charge(b->budget, -(int64_t)(sizeof *c->cache << c->cache_bits));
	free(c->cache);
	c->cache = NULL;
}

static bool new_dict(struct weir_builder *b, struct weir_builder_column *c)
{
	struct weir_dict *dict = weir_dict_new(b->budget);
	if (!dict || !new_cache(b, c, c->cache ? c->cache_bits : WEIR_CODE_CACHE_LEAST_BITS)) {
		weir_dict_unref(dict);
		return false;
	}
	weir_dict_unref(c->dict);
	c->dict = dict;
	c->texts = 0;
	return true;
}

uint32_t weir_code_cache_miss(struct weir_builder_column *c, struct weir_code_cache *slot, struct weir_text_words w,
			      struct weir_str s)
{
	uint32_t code = weir_dict_add(c->dict, s);
	c->misses_batch++;
	if (code != WEIR_DICT_NONE) {
		*weir_code_cache_other(c, slot) = *slot;
		*slot = (struct weir_code_cache){w.head, w.tail, (uint32_t)s.size, code};
	}
	return code;
}

bool weir_builder_set_text(struct weir_builder *b, int column, struct weir_str s)
{
	struct weir_builder_column *c = &b->columns[column];
	struct weir_column *out = &b->batch->columns[column];
	if (c->plain)
		return weir_column_set_string(out, b->row, s, NULL);
	if (!c->dict && !new_dict(b, c))
		return false;
	c->texts_batch++;
	if (s.size > 16)
		return weir_column_set_string(out, b->row, s, c->dict);
	struct weir_text_words w = words_of(s);
	uint32_t code = weir_code_cache_find(c, weir_code_cache_slot(c, w, s.size), w, s);
	if (code == WEIR_DICT_NONE)
		return weir_column_set_string(out, b->row, s, NULL);
	return weir_column_set_code(out, b->row, code, c->dict);
}

static bool hardly_repeats(uint64_t texts, uint64_t codes, bool large)
{
	unsigned limit = large ? plain_after[0].new_per_mille : 1000;
	for (size_t i = 0; i < sizeof plain_after / sizeof *plain_after && texts >= plain_after[i].texts; i++)
		limit = plain_after[i].new_per_mille;
	return codes * 1000 > texts * limit;
}

/* Whether the texts of a column still deserve their dictionary. */
bool weir_builder_review(struct weir_builder *b, struct weir_builder_column *c)
{
	if (!c->dict)
		return true;
	c->texts += c->texts_batch;
	bool misses = c->misses_batch * CACHE_MISSES_ONE_IN > c->texts_batch;
	c->texts_batch = c->misses_batch = 0;
	uint32_t codes = weir_dict_count(c->dict);
	/* Of long texts not so many are needed to be sure: they would fill the memory first. */
	uint64_t bytes = weir_dict_bytes(c->dict), part = b->part_bytes;
	if (hardly_repeats(c->texts, codes, bytes > part && c->texts >= 64)) {
		weir_dict_unref(c->dict);
		c->dict = NULL;
		weir_builder_drop_cache(b, c);
		c->plain = true;
		return true;
	}
	if (codes > DICT_MOST_CODES || bytes > DICT_MOST_BYTES || bytes > DICT_MOST_PARTS * part)
		return new_dict(b, c);
	/* A few times as many slots as texts: then even so simple a table seldom loses one. */
	if (misses && c->cache_bits < WEIR_CODE_CACHE_MOST_BITS && codes * 4 > 1u << c->cache_bits)
		(void)new_cache(b, c, c->cache_bits + 2); /* without memory the small one serves */
	return true;
}
