/* Which columns have few codes, and how often each comes in a block. */
#include "query/summary/make.h"

#include <stdlib.h>

enum { NO_PLACE = 255, LANES = 4 };

/* A place for the code. False: they are too many. */
static bool place(struct weir_summary_maker *m, struct weir_summary_key *key, uint32_t code)
{
	if (key->n >= WEIR_SUMMARY_CODES - 1) /* one stays for NULL */
		return false;
	m->places[code] = (uint8_t)key->n;
	key->codes[key->n++] = (int32_t)code;
	return true;
}

#define EACH_ROW(type)                                                                                                 \
	for (uint32_t row = 0; row < m->rows->n_rows; row++) {                                                         \
		uint32_t code = ((const type *)codes)[row];                                                            \
		if (m->places[code] == NO_PLACE && !place(m, key, code))                                               \
			return false;                                                                                  \
		ids[row] = m->places[code];                                                                            \
	}

static bool find_codes(struct weir_summary_maker *m, struct weir_summary_key *key, const void *codes, uint8_t width,
		       uint8_t *ids)
{
	memset(m->places, NO_PLACE, width == 1 ? 1 << 8 : 1 << 16);
	if (width == 1) {
		EACH_ROW(uint8_t)
	} else {
		EACH_ROW(uint16_t)
	}
	return true;
}

static void mark_nulls(const struct weir_summary_maker *m, struct weir_summary_key *key, const uint64_t *valid,
		       uint8_t *ids)
{
	key->codes[key->n] = WEIR_SUMMARY_NULL;
	for (uint32_t row = 0; row < m->rows->n_rows; row++)
		if (!weir_bit_get(valid, row))
			ids[row] = (uint8_t)key->n;
	key->n++;
}

static bool count(struct weir_summary_maker *m, struct weir_summary_key *key, const uint8_t *ids)
{
	struct weir_summary *s = m->s;
	key->counts = weir_summary_room(s, (size_t)s->n_blocks * key->n, sizeof *key->counts);
	if (!key->counts)
		return false;
	for (uint32_t block = 0; block < s->n_blocks; block++) {
		uint16_t lanes[LANES][WEIR_SUMMARY_CODES] = {{0}}, *to = key->counts + (size_t)block * key->n;
		const uint8_t *id = ids + (size_t)block * s->block_rows;
		for (uint32_t i = 0, n = weir_summary_block_rows(s, block); i < n; i++)
			lanes[i % LANES][id[i]]++;
		for (uint32_t c = 0; c < key->n; c++)
			to[c] = (uint16_t)(lanes[0][c] + lanes[1][c] + lanes[2][c] + lanes[3][c]);
	}
	return true;
}

/* False: no memory. A column of too many codes leaves no key. */
static bool make_key(struct weir_summary_maker *m, int32_t column, const void *codes, uint8_t width,
		     const uint64_t *valid)
{
	struct weir_summary *s = m->s;
	struct weir_summary_key *key = &s->keys[s->n_keys];
	uint8_t *ids = weir_calloc(m->rows->n_rows + 1, 1);
	*key = (struct weir_summary_key){.column = column, .n = codes ? 0 : 1};
	if (!ids)
		return false;
	if (codes && !find_codes(m, key, codes, width, ids)) {
		free(ids);
		key->n = 0;
		return true;
	}
	if (valid)
		mark_nulls(m, key, valid, ids);
	m->ids[s->n_keys++] = ids;
	return count(m, key, ids);
}

static bool coded(const struct weir_column *c)
{
	bool kind = c->encoding == WEIR_ENC_DICT || c->encoding == WEIR_ENC_NARROW ||
		    (c->encoding == WEIR_ENC_BYTE && c->type == WEIR_BOOL);
	return kind && c->width <= 2 && c->data;
}

bool weir_summary_make_keys(struct weir_summary_maker *m)
{
	const struct weir_batch *rows = m->rows;
	if (!make_key(m, WEIR_SUMMARY_ALL, NULL, 0, NULL) ||
	    (rows->partition && !make_key(m, WEIR_SUMMARY_PARTITION, rows->partition, 2, NULL)))
		return false;
	for (uint32_t c = 0; c < rows->n_columns && m->s->n_keys < WEIR_SUMMARY_KEYS; c++) {
		const struct weir_column *column = &rows->columns[c];
		if (coded(column) && !make_key(m, (int32_t)c, column->data, column->width, column->valid))
			return false;
	}
	return true;
}
