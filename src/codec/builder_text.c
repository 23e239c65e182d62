/* Text columns: codes into a dictionary, or plain. */
#include "codec/builder_text.h"

#include <stdlib.h>

/* A text column leaves its dictionary when, after this many texts, more than this share of them were new. */
enum { PLAIN_AFTER_TEXTS = 4096, PLAIN_SHARE_PERCENT = 80 };
/* A dictionary past this is replaced by a fresh one; the old dies with the last segment that holds its codes. */
enum { DICT_MOST_CODES = 1 << 20, DICT_MOST_BYTES = 64 << 20 };

/* A text of at most 16 bytes as two words; with its size they are the whole text. */
static inline void words_of(struct weir_str s, uint64_t *head, uint64_t *tail)
{
	*head = *tail = 0;
	if (s.size >= 8) {
		memcpy(head, s.data, 8);
		memcpy(tail, s.data + s.size - 8, 8);
	} else if (s.size >= 4) {
		uint32_t a, z;
		memcpy(&a, s.data, 4);
		memcpy(&z, s.data + s.size - 4, 4);
		*head = a;
		*tail = z;
	} else if (s.size) {
		*head = (uint64_t)(unsigned char)s.data[0] << 16 | (uint64_t)(unsigned char)s.data[s.size / 2] << 8 |
			(unsigned char)s.data[s.size - 1];
	}
}

static bool new_dict(struct weir_builder *b, struct weir_builder_column *c)
{
	struct weir_dict *dict = weir_dict_new(b->budget);
	if (!c->cache)
		c->cache = weir_alloc(WEIR_CODE_CACHE * sizeof *c->cache);
	if (!dict || !c->cache) {
		weir_dict_unref(dict);
		return false;
	}
	for (int i = 0; i < WEIR_CODE_CACHE; i++)
		c->cache[i].size = UINT32_MAX;
	weir_dict_unref(c->dict);
	c->dict = dict;
	c->texts = 0;
	return true;
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
	uint64_t head, tail;
	words_of(s, &head, &tail);
	struct weir_code_cache *slot = &c->cache[((head ^ tail * 3 ^ s.size) * 0x9e3779b97f4a7c15ull) >> 56];
	if (slot->size != s.size || slot->head != head || slot->tail != tail) {
		uint32_t code = weir_dict_add(c->dict, s);
		if (code == WEIR_DICT_NONE)
			return weir_column_set_string(out, b->row, s, NULL);
		*slot = (struct weir_code_cache){head, tail, (uint32_t)s.size, code};
	}
	return weir_column_set_code(out, b->row, slot->code, c->dict);
}

/* Whether the texts of a column still deserve their dictionary. */
bool weir_builder_review(struct weir_builder *b, struct weir_builder_column *c)
{
	if (!c->dict)
		return true;
	c->texts += c->texts_batch;
	c->texts_batch = 0;
	uint32_t codes = weir_dict_count(c->dict);
	if (c->texts >= PLAIN_AFTER_TEXTS && (uint64_t)codes * 100 > c->texts * PLAIN_SHARE_PERCENT) {
		weir_dict_unref(c->dict);
		c->dict = NULL;
		free(c->cache);
		c->cache = NULL;
		c->plain = true;
		return true;
	}
	if (codes > DICT_MOST_CODES || weir_dict_bytes(c->dict) > DICT_MOST_BYTES)
		return new_dict(b, c);
	return true;
}
