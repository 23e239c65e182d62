/* One column of a batch or segment.
 *
 * Encodings:            data                                            made by
 *   WIDE     int64, timestamp, float64: 8 bytes a row              codecs, unsealed batches
 *   NARROW   int64, timestamp: value = base + uint of `width` bytes  sealing
 *   BYTE     bool: one byte a row, 0 or 1                          codecs
 *   DICT     string: code of `width` bytes (1, 2, 4) into `dict`   codecs (width 4), sealing
 *   PLAIN    string: row i is bytes[offsets[i] .. offsets[i+1])    codecs, for text that hardly ever repeats
 *   ABSENT   no data at all: every row missing
 *
 * valid: bit i set = row i is not NULL; NULL pointer = all valid. missing: bit i set = the key was not there at all (then it
 * is not valid either); NULL pointer = none. Bitmaps are arrays of 64-bit words, bit i of word i/64, and cover `capacity`.
 * Data of a row that is not valid is zero (or code 0 / empty), so kernels may read it. */
#ifndef WEIR_MODEL_COLUMN_H
#define WEIR_MODEL_COLUMN_H

#include "weir/base/dict.h"
#include "weir/model/value.h"

enum weir_encoding { WEIR_ENC_ABSENT, WEIR_ENC_WIDE, WEIR_ENC_NARROW, WEIR_ENC_BYTE, WEIR_ENC_DICT, WEIR_ENC_PLAIN };

struct weir_column {
	enum weir_type type;
	enum weir_encoding encoding;
	uint8_t width;        /* bytes of an item of `data` */
	int64_t base;         /* NARROW only */
	void *data;           /* owned; uint8_t/16/32, int64_t, double by encoding */
	uint64_t *valid;      /* owned or NULL */
	uint64_t *missing;    /* owned or NULL */
	struct weir_dict *dict; /* one reference; DICT only */
	uint32_t *offsets;    /* owned; PLAIN only, capacity + 1 items */
	char *bytes;          /* owned; PLAIN only */
	size_t bytes_capacity;
	uint32_t capacity;    /* rows */
	uint32_t type_count[WEIR_TYPE_COUNT]; /* what the source held, before widening; [WEIR_NULL] counts nulls, not missing */
};

/* Frees what the column owns, drops its dictionary reference, leaves ABSENT with the same capacity. */
void weir_column_release(struct weir_column *c);
size_t weir_column_bytes(const struct weir_column *c); /* heap held, without the dictionary */

static inline bool weir_bit_get(const uint64_t *words, uint32_t i) { return words[i >> 6] >> (i & 63) & 1; }
static inline void weir_bit_set(uint64_t *words, uint32_t i) { words[i >> 6] |= UINT64_C(1) << (i & 63); }
static inline void weir_bit_clear(uint64_t *words, uint32_t i) { words[i >> 6] &= ~(UINT64_C(1) << (i & 63)); }
static inline uint32_t weir_bit_words(uint32_t rows) { return (rows + 63) / 64; }

static inline bool weir_column_valid(const struct weir_column *c, uint32_t row)
{
	return c->encoding != WEIR_ENC_ABSENT && (!c->valid || weir_bit_get(c->valid, row));
}
static inline bool weir_column_missing(const struct weir_column *c, uint32_t row)
{
	return c->encoding == WEIR_ENC_ABSENT || (c->missing && weir_bit_get(c->missing, row));
}
static inline uint32_t weir_column_code(const struct weir_column *c, uint32_t row)
{
	return c->width == 1   ? ((const uint8_t *)c->data)[row]
	       : c->width == 2 ? ((const uint16_t *)c->data)[row]
			       : ((const uint32_t *)c->data)[row];
}

/* Any cell of any encoding; strings borrow from the column or its dictionary. Slow path: printing and tests. */
struct weir_value weir_column_get(const struct weir_column *c, uint32_t row);

/* Writers, for codecs and tests. The column must be in a batch; `row` is the row being built and rises from 0; a row not
 * set is NULL and missing. Setting another type widens the whole column in place first (rows < row). False: no memory. */
bool weir_column_set_null(struct weir_column *c, uint32_t row);
bool weir_column_set_bool(struct weir_column *c, uint32_t row, bool v);
bool weir_column_set_int64(struct weir_column *c, uint32_t row, int64_t v);
bool weir_column_set_float64(struct weir_column *c, uint32_t row, double v);
bool weir_column_set_timestamp(struct weir_column *c, uint32_t row, int64_t us);
/* `dict` is the writer's dictionary for this column; NULL stores the text PLAIN. A column that meets the other storage in
 * mid-batch converts to PLAIN. */
bool weir_column_set_string(struct weir_column *c, uint32_t row, struct weir_str s, struct weir_dict *dict);
/* Ends the batch at `rows`: rows that were never set become missing. Call once for each column. */
bool weir_column_finish(struct weir_column *c, uint32_t rows);
/* Changes the type (widening only; numbers and bools become text of weir_value_text). `rows` are filled. */
bool weir_column_widen(struct weir_column *c, uint32_t rows, enum weir_type type);

#endif
