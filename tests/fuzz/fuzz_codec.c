/* Any bytes to any codec. The first byte chooses the format, the second how long the pieces are that the rest comes in.
 * What must hold: all of it is taken, and cut into pieces it gives as many records as at once; but for JSON, where the
 * end of what does not parse is looked for in the bytes that are there. */
#include "weir/codec/codec.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const formats[] = {
    "auto", "json", "json:a.b", "csv", "tsv", "logfmt", "clf", "text", "regex:(?<a>\\w+)[ ,]*(?<b>-?\\d+)?(?<c>.*)",
};
enum { N_FORMATS = sizeof formats / sizeof formats[0] };

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void look_at(const struct weir_batch *b, struct weir_buf *text)
{
	for (uint32_t i = 0; i < b->n_columns; i++) {
		for (uint32_t row = 0; row < b->n_rows; row++) {
			struct weir_value v = weir_column_get(&b->columns[i], row);
			must(!weir_column_missing(&b->columns[i], row) || v.type == WEIR_NULL);
			weir_buf_clear(text);
			weir_value_json(&v, text);
			must(text->failed || weir_utf8_valid(weir_buf_str(text)));
		}
	}
}

/* The records found; *json: it was taken for JSON. */
static uint64_t decode(const struct weir_codec_config *config, struct weir_str text, size_t piece, bool *json)
{
	struct weir_error err = {0};
	struct weir_codec *codec = NULL;
	struct weir_batch *b = weir_batch_new(64);
	struct weir_buf shown = {0};
	uint64_t records = 0;
	size_t taken = 0, have = 0;
	must(b && weir_codec_open(config, text, true, &codec, &err) == WEIR_OK);
	*json = strcmp(weir_codec_guess(codec)->format, "json") == 0;
	while (taken < text.size) {
		have = have + piece < text.size ? have + piece : text.size;
		struct weir_chunk chunk = {text.data + taken, have - taken, taken, .at_end = have == text.size};
		size_t before;
		do {
			before = chunk.size;
			weir_batch_clear(b);
			must(weir_codec_decode(codec, &chunk, b, &err) == WEIR_OK);
			must(b->bytes == before - chunk.size);
			records += b->n_rows + weir_batch_malformed(b);
			look_at(b, &shown);
		} while (chunk.size && chunk.size < before);
		taken = have - chunk.size;
		must(have < text.size || taken == text.size);
	}
	weir_buf_release(&shown);
	weir_batch_free(b);
	weir_codec_close(codec);
	return records;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 3)
		return 0;
	struct weir_codec_config config = {.format = formats[data[0] % N_FORMATS], .want = {.all = true}};
	config.on_malformed = data[0] & 0x80 ? WEIR_MALFORMED_KEEP : WEIR_MALFORMED_DROP;
	struct weir_str text = {(const char *)data + 2, size - 2};
	bool json;
	uint64_t whole = decode(&config, text, text.size, &json),
		 pieces = decode(&config, text, data[1] + (size_t)1, &json);
	must(json || whole == pieces);
	return 0;
}
