/* One column of a batch or segment.
 *
 * Encodings:            data                                            made by
 *   WIDE     int64, timestamp, float64: 8 bytes a row              codecs, unsealed batches
 *   NARROW   int64, timestamp: value = base + uint of `width` bytes  sealing
 *   BYTE     bool: one byte a row, 0 or 1                          codecs
 *   DICT     string: code of `width` bytes (1, 2, 4) into `dict`   codecs (width 4), sealing
 *   PLAIN    string: row i is bytes[offsets[i] .. offsets[i+1])    codecs, for text that hardly ever repeats
 *            offsets NULL: bytes[i*width .. (i+1)*width)           sealing, when no row is NULL and all are as long
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
	uint8_t width;          /* bytes of an item of `data` */
	int64_t base;           /* NARROW only */
	void *data;             /* owned; uint8_t/16/32, int64_t, double by encoding */
	uint64_t *valid;        /* owned or NULL */
	uint64_t *missing;      /* owned or NULL */
	struct weir_dict *dict; /* one reference; DICT only */
	uint32_t *offsets;      /* owned; PLAIN only, capacity + 1 items, or NULL */
	char *bytes;            /* owned; PLAIN only */
	size_t bytes_capacity;
	size_t data_bytes; /* room in `data`, for reuse */
	uint32_t capacity; /* rows */
	uint32_t filled;   /* rows settled so far, by the writers below */
	uint32_t
	    foreign_row; /* the last row whose value was of another type than the column, to take it back rightly */
	enum weir_type foreign_type; /* and that type; WEIR_NULL: there is none */
	uint32_t type_count
	    [WEIR_TYPE_COUNT]; /* what the source held, before widening; [WEIR_NULL] counts nulls, not missing */
};

/* Frees what the column owns, drops its dictionary reference, leaves ABSENT with the same capacity. */
void weir_column_release(struct weir_column *c);
size_t weir_column_bytes(const struct weir_column *c); /* heap held, without the dictionary */

static inline bool weir_bit_get(const uint64_t *words, uint32_t i)
{
	return words[i >> 6] >> (i & 63) & 1;
}
static inline void weir_bit_set(uint64_t *words, uint32_t i)
{
	words[i >> 6] |= UINT64_C(1) << (i & 63);
}
static inline void weir_bit_clear(uint64_t *words, uint32_t i)
{
	words[i >> 6] &= ~(UINT64_C(1) << (i & 63));
}
static inline uint32_t weir_bit_words(uint32_t rows)
{
	return (rows + 63) / 64;
}

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
static inline struct weir_str weir_column_plain(const struct weir_column *c, uint32_t row) /* PLAIN; borrowed */
{
	if (!c->offsets)
		return (struct weir_str){c->bytes + (size_t)row * c->width, c->width};
	return (struct weir_str){c->bytes + c->offsets[row], c->offsets[row + 1] - c->offsets[row]};
}

/* Any cell of any encoding; strings borrow from the column or its dictionary. Slow path: printing and tests. */
struct weir_value weir_column_get(const struct weir_column *c, uint32_t row);
/* Its text for a column that became text (appended): a whole number of a float column that was filled with integers too is
 * written as an integer, as the source had it. Nothing for NULL. */
void weir_column_text(const struct weir_column *c, uint32_t row, struct weir_buf *out);

/* Writers, for codecs and tests. The column must be in a batch; `row` is the row being built and rises from 0; a row not
 * set is NULL and missing. Setting another type widens the whole column in place first (rows < row). False: no memory. */
bool weir_column_set_null(struct weir_column *c, uint32_t row) WEIR_MUST_USE;
bool weir_column_set_bool(struct weir_column *c, uint32_t row, bool v) WEIR_MUST_USE;
/* `dict` is the writer's dictionary for this column; NULL stores the text PLAIN. A column that meets another storage in
 * mid-batch converts to PLAIN. */
bool weir_column_set_string(struct weir_column *c, uint32_t row, struct weir_str s,
			    struct weir_dict *dict) WEIR_MUST_USE;
/* The same when the writer knows the code already. */
static inline bool weir_column_set_code(struct weir_column *c, uint32_t row, uint32_t code,
					struct weir_dict *dict) WEIR_MUST_USE;
static inline bool weir_column_set_int64(struct weir_column *c, uint32_t row, int64_t v) WEIR_MUST_USE;
static inline bool weir_column_set_float64(struct weir_column *c, uint32_t row, double v) WEIR_MUST_USE;
static inline bool weir_column_set_timestamp(struct weir_column *c, uint32_t row, int64_t us) WEIR_MUST_USE;

/* What the setters below do when the column is not yet of the type, has gaps, or repeats a row. */
bool weir_column_set_int64_slow(struct weir_column *c, uint32_t row, int64_t v, enum weir_type type) WEIR_MUST_USE;
bool weir_column_set_float64_slow(struct weir_column *c, uint32_t row, double v) WEIR_MUST_USE;
bool weir_column_set_code_slow(struct weir_column *c, uint32_t row, uint32_t code,
			       struct weir_dict *dict) WEIR_MUST_USE;

static inline bool weir_column_ready(const struct weir_column *c, uint32_t row, enum weir_type type,
				     enum weir_encoding encoding)
{
	return c->type == type && c->encoding == encoding && c->filled == row;
}
static inline void weir_column_settle(struct weir_column *c, uint32_t row)
{
	if (c->valid)
		weir_bit_set(c->valid, row);
	c->filled = row + 1;
	c->type_count[c->type]++;
}
static inline bool weir_column_set_int64(struct weir_column *c, uint32_t row, int64_t v)
{
	if (!weir_column_ready(c, row, WEIR_INT64, WEIR_ENC_WIDE))
		return weir_column_set_int64_slow(c, row, v, WEIR_INT64);
	((int64_t *)c->data)[row] = v;
	weir_column_settle(c, row);
	return true;
}
static inline bool weir_column_set_timestamp(struct weir_column *c, uint32_t row, int64_t us)
{
	if (!weir_column_ready(c, row, WEIR_TIMESTAMP, WEIR_ENC_WIDE))
		return weir_column_set_int64_slow(c, row, us, WEIR_TIMESTAMP);
	((int64_t *)c->data)[row] = us;
	weir_column_settle(c, row);
	return true;
}
static inline bool weir_column_set_float64(struct weir_column *c, uint32_t row, double v)
{
	if (!weir_column_ready(c, row, WEIR_FLOAT64, WEIR_ENC_WIDE))
		return weir_column_set_float64_slow(c, row, v);
	((double *)c->data)[row] = v;
	weir_column_settle(c, row);
	return true;
}
static inline bool weir_column_set_code(struct weir_column *c, uint32_t row, uint32_t code, struct weir_dict *dict)
{
	if (!weir_column_ready(c, row, WEIR_STRING, WEIR_ENC_DICT) || c->dict != dict)
		return weir_column_set_code_slow(c, row, code, dict);
	((uint32_t *)c->data)[row] = code;
	weir_column_settle(c, row);
	return true;
}

/* For writers that store many rows at once. Rows from `filled` up to `row` become missing, so that `data` may be written from
 * `row` on; false: no memory, or `row` is set already. */
bool weir_column_catch_up(struct weir_column *c, uint32_t row) WEIR_MUST_USE;
/* The rows from `filled` up to `to` were written and are not NULL; `ints` and `floats` of them were
 * numbers in a column of another type. */
void weir_column_settle_rows(struct weir_column *c, uint32_t to, uint32_t ints, uint32_t floats);

/* The first `rows` rows of another column, into an empty one that has room for them. Dictionaries are shared. Bitmaps of `from`
 * cover them. */
bool weir_column_copy(struct weir_column *to, const struct weir_column *from, uint32_t rows) WEIR_MUST_USE;
/* Any value, by the setter of its type; a text is stored PLAIN, and so is an integer beyond 64 bits, as text. */
bool weir_column_set_value(struct weir_column *c, uint32_t row, const struct weir_value *v) WEIR_MUST_USE;

/* Forgets the rows, keeps the memory for the next batch. */
void weir_column_clear(struct weir_column *c);
/* Ends the batch at `rows`: rows that were never set become missing; rows set beyond it (a record that broke off) go. Call
 * once for each column. */
bool weir_column_finish(struct weir_column *c, uint32_t rows) WEIR_MUST_USE;
/* Takes back what was set at `row` and after it, for a record that turns out to be malformed. */
void weir_column_truncate(struct weir_column *c, uint32_t rows);
/* For a column whose rows hold no value: it may begin with any type again. False: no memory. */
bool weir_column_forget_type(struct weir_column *c) WEIR_MUST_USE;
/* The value just set at `row` was of another type than the column's: for type_count. */
void weir_column_count_foreign(struct weir_column *c, uint32_t row, enum weir_type type);
/* Changes the type (widening only; numbers and bools become text of weir_value_text) of the rows filled so far. */
bool weir_column_widen(struct weir_column *c, enum weir_type type) WEIR_MUST_USE;

#endif
