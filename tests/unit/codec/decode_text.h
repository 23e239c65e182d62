/* Decodes a text with a format and shows the rows: "name:type=value|…" one a line, `-` for NULL, `.` for missing, then
 * the counts of what did not parse. */
#ifndef WEIR_TESTS_DECODE_TEXT_H
#define WEIR_TESTS_DECODE_TEXT_H

#include "weir/codec/codec.h"

#include <stdio.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static inline void show_cell(const struct weir_batch *b, uint32_t column, uint32_t row, struct weir_buf *out)
{
	const struct weir_column *c = &b->columns[column];
	struct weir_value v = weir_column_get(c, row);
	weir_buf_add_char(out, column ? '|' : ' ');
	if (weir_column_missing(c, row))
		weir_buf_add_char(out, '.');
	else if (!weir_column_valid(c, row))
		weir_buf_add_char(out, '-');
	else
		weir_value_text(&v, out);
}

static inline void show_batch(const struct weir_batch *b, struct weir_buf *out)
{
	for (uint32_t i = 0; i < b->n_columns; i++)
		weir_buf_addf(out, "%s" WEIR_STR_FMT ":%s", i ? "|" : "", WEIR_STR_ARG(b->schema->fields[i].name),
			      weir_type_name(b->columns[i].type));
	weir_buf_add_c(out, "\n");
	for (uint32_t row = 0; row < b->n_rows; row++) {
		for (uint32_t i = 0; i < b->n_columns; i++)
			show_cell(b, i, row, out);
		weir_buf_add_c(out, b->malformed && weir_bit_get(b->malformed, row) ? " bad\n" : "\n");
	}
	for (int i = 0; i < WEIR_BAD_COUNT; i++)
		if (b->n_malformed[i])
			weir_buf_addf(out, "%s: %llu\n", weir_malformed_text((enum weir_malformed)i),
				      (unsigned long long)b->n_malformed[i]);
}

/* The text comes in pieces of `piece` bytes (0: at once), what is left handed out again as a source does. */
static inline char *decode_pieces(const struct weir_codec_config *config, struct weir_str text, size_t piece)
{
	struct weir_codec *codec = NULL;
	struct weir_error err = {0};
	if (weir_codec_open(config, text, true, &codec, &err) != WEIR_OK)
		fail_msg("%s", err.what);
	struct weir_batch *b = weir_batch_new(WEIR_BATCH_ROWS);
	struct weir_buf out = {0};
	size_t have = piece ? 0 : text.size, taken = 0;
	uint64_t n_bytes = 0;
	do {
		have = have + piece < text.size ? have + piece : text.size;
		struct weir_chunk chunk = {
		    .bytes = text.data + taken, .size = have - taken, .offset = taken, .at_end = have == text.size};
		size_t before;
		do { /* a batch ends where a type changes */
			before = chunk.size;
			weir_batch_clear(b);
			assert_int_equal(weir_codec_decode(codec, &chunk, b, &err), WEIR_OK);
			n_bytes += b->bytes;
			if (b->n_rows || weir_batch_malformed(b) || (have == text.size && !chunk.size))
				show_batch(b, &out);
		} while (chunk.size && chunk.size < before);
		taken = have - chunk.size;
	} while (have < text.size);
	assert_int_equal(taken, text.size);
	assert_int_equal(n_bytes, text.size);
	weir_batch_free(b);
	weir_codec_close(codec);
	return out.data;
}

static inline void assert_decodes(const char *format, const char *text, const char *expected)
{
	struct weir_codec_config config = {.format = format, .time = "none", .want = {.all = true}};
	char *shown = decode_pieces(&config, weir_str_of(text), 0);
	assert_string_equal(shown, expected);
	free(shown);
}

#endif
