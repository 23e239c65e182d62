/* Decodes a text record by record, and with plain records many at once on every kind of processor, and compares. */
#ifndef WEIR_TESTS_BULK_COMPARE_H
#define WEIR_TESTS_BULK_COMPARE_H

#include "codec/format.h"
#include "decode_text.h"

enum how { RECORD_BY_RECORD, PORTABLE, BEST };

static inline uint32_t below(uint64_t *seed, uint32_t n) /* xorshift64* (Vigna, 2016) */
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return (uint32_t)((*seed * 0x2545f4914f6cdd1dull) >> 33) % n;
}

struct input {
	struct weir_codec_config config;
	struct weir_str text;
	uint32_t batch_rows;
	size_t piece;
};

static enum weir_encoding last_encoding[3]; /* of the first columns of the last batch shown */

static inline void show(const struct weir_batch *b, struct weir_buf *out)
{
	if (!b->n_rows && !weir_batch_malformed(b))
		return; /* who takes the line feed at the end of a piece is of no interest */
	show_batch(b, out);
	for (uint32_t i = 0; i < b->n_columns && i < 3; i++)
		last_encoding[i] = b->columns[i].encoding;
	for (uint32_t row = 0; row < b->n_rows; row++)
		weir_buf_addf(out, "%lld@%lld ", b->time_us ? (long long)b->time_us[row] : 0,
			      (long long)b->position[row]);
	for (uint32_t row = 0; row < b->n_rows && b->raw.encoding == WEIR_ENC_PLAIN; row++)
		weir_buf_add_str(out, weir_column_plain(&b->raw, row));
	for (uint32_t i = 0; i < b->n_columns; i++)
		for (int t = 0; t < WEIR_TYPE_COUNT; t++)
			weir_buf_addf(out, "%u ", b->columns[i].type_count[t]);
}

static inline char *decode(const struct input *in, enum how how, uint64_t *bulk_rows)
{
	struct weir_codec *codec = NULL;
	struct weir_buf out = {0};
	struct weir_batch *b = weir_batch_new(in->batch_rows);
	assert_non_null(b);
	assert_int_equal(weir_codec_open(&in->config, in->text, true, &codec, NULL), WEIR_OK);
	struct weir_bulk *bulk = &codec->bulk;
	if (how != BEST)
		bulk->kind = how == PORTABLE ? &weir_bulk_portable : NULL;
	for (size_t have = 0, taken = 0; have < in->text.size;) {
		have = have + in->piece < in->text.size ? have + in->piece : in->text.size;
		char *alone = malloc(have - taken + 1); /* so that a sanitizer sees what is read beyond it */
		assert_non_null(alone);
		memcpy(alone, in->text.data + taken, have - taken);
		struct weir_chunk chunk = {
		    .bytes = alone, .size = have - taken, .offset = taken, .at_end = have == in->text.size};
		size_t before;
		do {
			before = chunk.size;
			weir_batch_clear(b);
			assert_int_equal(weir_codec_decode(codec, &chunk, b, NULL), WEIR_OK);
			show(b, &out);
		} while (chunk.size && chunk.size < before);
		taken = have - chunk.size;
		free(alone);
	}
	*bulk_rows = bulk->rows;
	weir_batch_free(b);
	weir_codec_close(codec);
	return out.data;
}

/* The texts are long: only what stands around the first difference is of use. */
static inline void assert_same(const char *got, const char *wanted, uint64_t round)
{
	size_t i = 0;
	while (got[i] && got[i] == wanted[i])
		i++;
	size_t from = i > 150 ? i - 150 : 0;
	if (got[i] != wanted[i])
		fail_msg("round %llu, byte %zu\n--- got\n%.300s\n--- wanted\n%.300s", (unsigned long long)round, i,
			 got + from, wanted + from);
}

/* How many records were plain. */
static inline uint64_t compare(const struct input *in, uint64_t round)
{
	uint64_t rows[3];
	char *single = decode(in, RECORD_BY_RECORD, &rows[0]), *portable = decode(in, PORTABLE, &rows[1]);
	char *best = decode(in, BEST, &rows[2]);
	assert_int_equal(rows[0], 0);
	assert_int_equal(rows[1], rows[2]);
	assert_same(portable, single, round);
	assert_same(best, single, round);
	free(single);
	free(portable);
	free(best);
	return rows[2];
}

#endif
