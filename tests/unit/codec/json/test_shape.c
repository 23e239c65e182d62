/* Runs over records of known shapes store what the full parser stores, on every kind of processor: generated records
 * whose keys come and go, whose values change type, overflow, carry escapes and odd bytes, in pieces and as messages.
 */
#include "codec/json/json.h"
#include "../decode_text.h"

enum how { FULL_PARSER, PORTABLE, BEST };

static uint32_t below(uint64_t *seed, uint32_t n) /* xorshift64* (Vigna, 2016) */
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return (uint32_t)((*seed * 0x2545f4914f6cdd1dull) >> 33) % n;
}

static const char *const texts[] = {"",
				    "a",
				    "GET",
				    "gateway",
				    "eightlet",
				    "sixteen bytes ok",
				    "more than sixteen bytes",
				    "a text that is longer than one vector of thirty-two bytes, and then some",
				    "\xc3\xa9\xf0\x9f\x98\x80",
				    "esc\\\"aped",
				    "\\u00e9",
				    "tab\\t"};
static const char *const odd_texts[] = {"\xff", "\xed\xa0\x80", "\x01", "\\q"};
static const char *const numbers[] = {"0",
				      "-0",
				      "7",
				      "-12",
				      "200",
				      "1234567",
				      "9007199254740993",
				      "123456789012345678",
				      "9223372036854775807",
				      "18446744073709551616",
				      "0.5",
				      "3.158",
				      "-0.0",
				      "36.650",
				      "123456789.123456",
				      "0.1234567890123456789",
				      "1e3",
				      "-2.5E-7",
				      "12345678.90123456",
				      "900719925474099.3",
				      "5.0"};
static const char *const odd_numbers[] = {"01", "1.", ".5", "-", "1e", "1e999", "+1", "0x1"};
#define PICK(list) (list)[below(seed, sizeof(list) / sizeof *(list))]

static void add_value(uint64_t *seed, uint32_t kind, bool odd, struct weir_buf *out)
{
	switch (kind) {
	case 0:
		weir_buf_addf(out, "\"%s\"", odd ? PICK(odd_texts) : PICK(texts));
		break;
	case 1:
		weir_buf_add_c(out, odd ? PICK(odd_numbers) : PICK(numbers));
		break;
	case 2:
		weir_buf_addf(out, "%u", below(seed, 1000));
		break;
	case 3:
		weir_buf_addf(out, "%u.%03u", below(seed, 100), below(seed, 1000));
		break;
	case 4:
		weir_buf_add_c(out, odd ? "tru" : below(seed, 2) ? "true" : "false");
		break;
	case 5:
		weir_buf_add_c(out, "null");
		break;
	case 6:
		weir_buf_add_c(out, odd ? "[1,}" : below(seed, 2) ? "[1, \"]\", {\"x\":[]}]" : "[]");
		break;
	case 7:
		weir_buf_addf(out, "\"u%u\"", below(seed, 30000));
		break;
	case 8:
		weir_buf_addf(out, "\"2026-11-22T10:%02u:%02u.%03uZ\"", below(seed, 60), below(seed, 61),
			      below(seed, 1000));
		break;
	default:
		weir_buf_addf(out, "{\"in\":\"%s\",\"n\":%s}", PICK(texts), PICK(numbers));
		break;
	}
}

/* One record of a stream whose usual shape is that of `style`; one in `calm` is odd in this way or that. */
static void add_record(uint64_t *seed, uint32_t style, uint32_t calm, struct weir_buf *out)
{
	static const char *const keys[] = {"time", "service", "status", "latency",         "user",
					   "flag", "tags",    "http",   "a key of its own"};
	static const uint32_t kinds[] = {8, 7, 2, 3, 0, 4, 6, 9, 1};
	bool odd_record = below(seed, calm) == 0, spaced = style & 1, first = true;
	weir_buf_add_char(out, '{');
	for (uint32_t k = 0; k < 9; k++) {
		bool left_out = below(seed, calm) == 0 || (style & 2 && k >= 5);
		if (left_out)
			continue;
		uint32_t kind = below(seed, calm) == 0 ? below(seed, 10) : kinds[k];
		weir_buf_addf(out, "%s\"%s\":%s", first ? "" : spaced ? ", " : ",", keys[k], spaced ? " " : "");
		add_value(seed, kind, odd_record && below(seed, 4) == 0, out);
		first = false;
	}
	weir_buf_add_c(out, below(seed, calm) == 0 ? ",\"time\":1}" : "}");
	weir_buf_add_c(out, below(seed, calm) == 0   ? "x\n"
			    : below(seed, calm) == 0 ? " \n\n"
			    : style & 4              ? "\r\n"
						     : "\n");
}

static void prepare(struct weir_codec *codec, enum how how)
{
	struct json_codec *j = (struct json_codec *)codec;
	if (how == FULL_PARSER)
		j->shapes.patience = UINT32_MAX;
	if (how == PORTABLE)
		j->shapes.run = json_run_portable;
}

static uint64_t shape_rows(const struct weir_codec *codec)
{
	const struct json_codec *j = (const struct json_codec *)codec;
	uint64_t rows = 0;
	for (uint32_t i = 0; i < j->shapes.n; i++)
		rows += j->shapes.shapes[i].rows;
	return rows;
}

static enum weir_encoding last_encoding[3]; /* of the first columns of the last batch shown */

static void show(const struct weir_batch *b, struct weir_buf *out)
{
	if (!b->n_rows && !weir_batch_malformed(b))
		return; /* who takes the line feed at the end of a piece is of no interest */
	show_batch(b, out);
	for (uint32_t i = 0; i < b->n_columns && i < 3; i++)
		last_encoding[i] = b->columns[i].encoding;
	for (uint32_t row = 0; row < b->n_rows; row++)
		weir_buf_addf(out, "%lld@%lld ", b->time_us ? (long long)b->time_us[row] : 0,
			      (long long)b->position[row]);
	for (uint32_t i = 0; i < b->n_columns; i++)
		for (int t = 0; t < WEIR_TYPE_COUNT; t++)
			weir_buf_addf(out, "%u ", b->columns[i].type_count[t]);
}

struct input {
	struct weir_codec_config config;
	struct weir_str text;
	bool messages;
	uint32_t batch_rows;
	size_t piece;
};

static void decode_messages(const struct input *in, struct weir_codec *codec, struct weir_batch *b,
			    struct weir_buf *out)
{
	struct weir_str rest = in->text;
	struct weir_message m[64];
	while (rest.size) {
		size_t n = 0;
		for (; n < 64 && rest.size; n++) {
			struct weir_str line = weir_str_cut(rest, '\n', &rest);
			char *alone =
			    malloc(line.size ? line.size : 1); /* so that a sanitizer sees what is read beyond it */
			assert_non_null(alone);
			memcpy(alone, line.data, line.size);
			m[n] = (struct weir_message){.payload = {alone, line.size}, .offset = (int64_t)n};
		}
		struct weir_chunk chunk = {.is_messages = true, .messages = m, .n_messages = n};
		while (chunk.n_messages) {
			weir_batch_clear(b);
			assert_int_equal(weir_codec_decode(codec, &chunk, b, NULL), WEIR_OK);
			show(b, out);
		}
		for (size_t i = 0; i < n; i++)
			free((char *)(uintptr_t)m[i].payload.data);
	}
}

static char *decode(const struct input *in, enum how how, uint64_t *by_shape)
{
	struct weir_codec *codec = NULL;
	struct weir_buf out = {0};
	struct weir_batch *b = weir_batch_new(in->batch_rows);
	assert_non_null(b);
	assert_int_equal(weir_codec_open(&in->config, in->text, true, &codec, NULL), WEIR_OK);
	prepare(codec, how);
	if (in->messages)
		decode_messages(in, codec, b, &out);
	for (size_t have = 0, taken = 0; !in->messages && have < in->text.size;) {
		have = have + in->piece < in->text.size ? have + in->piece : in->text.size;
		char *alone = malloc(have - taken + 1);
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
	*by_shape = shape_rows(codec);
	weir_batch_free(b);
	weir_codec_close(codec);
	return out.data;
}

/* The texts are long: only what stands around the first difference is of use. */
static void assert_same(const char *got, const char *wanted, uint64_t round)
{
	size_t i = 0;
	while (got[i] && got[i] == wanted[i])
		i++;
	size_t from = i > 150 ? i - 150 : 0;
	if (got[i] != wanted[i])
		fail_msg("round %llu, byte %zu\n--- got\n%.300s\n--- wanted\n%.300s", (unsigned long long)round, i,
			 got + from, wanted + from);
}

static void test_same_as_full_parser(void **state)
{
	(void)state;
	uint64_t n_shape = 0;
	for (uint64_t round = 1; round <= 120; round++) {
		uint64_t seed_of = round * 0x9e3779b97f4a7c15ull, *seed = &seed_of, rows[3];
		struct weir_buf text = {0};
		uint32_t style = below(seed, 8), calm = 30 << below(seed, 6);
		for (int i = 0; i < 300; i++)
			add_record(seed, below(seed, calm) ? style : below(seed, 8), calm, &text);
		struct weir_str some[] = {WEIR_STR("service"), WEIR_STR("latency")};
		struct input in = {.config = {.format = "json", .time = below(seed, 3) ? "time:iso" : "none"},
				   .text = weir_buf_str(&text),
				   .messages = below(seed, 3) == 0,
				   .batch_rows = below(seed, 2) ? WEIR_BATCH_ROWS : 1 + below(seed, 100),
				   .piece = below(seed, 2) ? text.size : 200 + below(seed, 3000)};
		in.config.want = below(seed, 3) ? (struct weir_decode_want){.all = true, .raw = below(seed, 4) == 0}
						: (struct weir_decode_want){.names = some, .n_names = 2};
		char *full = decode(&in, FULL_PARSER, &rows[0]), *portable = decode(&in, PORTABLE, &rows[1]);
		char *best = decode(&in, BEST, &rows[2]);
		assert_int_equal(rows[0], 0);
		assert_same(portable, full, round);
		assert_same(best, full, round);
		n_shape += rows[1] + rows[2];
		free(full);
		free(portable);
		free(best);
		weir_buf_release(&text);
	}
	assert_true(n_shape > 10000); /* halved at times, when shapes give way to others */
}

static void test_regular_records_have_one_shape(void **state)
{
	(void)state;
	struct weir_buf text = {0};
	uint64_t rows;
	for (int i = 0; i < 5000; i++)
		weir_buf_addf(&text, "{\"time\":\"2026-11-22T10:00:00.%03dZ\",\"n\":%d,\"x\":%d.%03d,\"s\":\"u%d\"}\n",
			      i % 1000, i, i % 50, i % 1000, i % 300);
	struct input in = {.config = {.format = "json", .time = "time:iso", .want = {.all = true}},
			   .text = weir_buf_str(&text),
			   .batch_rows = WEIR_BATCH_ROWS,
			   .piece = text.size};
	char *shown = decode(&in, BEST, &rows);
	assert_true(rows > 4980);
	free(shown);
	shown = decode(&in, PORTABLE, &rows);
	assert_true(rows > 4980);
	free(shown);
	weir_buf_release(&text);
}

/* A dictionary too large for the near caches: its codes are looked up some texts later; records break off between. */
static void test_many_texts_same_as_full_parser(void **state)
{
	(void)state;
	struct weir_buf text = {0};
	uint64_t rows, seed_of = 7, *seed = &seed_of;
	for (uint32_t i = 0; i < 60000; i++) {
		uint32_t user = below(seed, 1 + below(seed, 20000));
		weir_buf_addf(&text,
			      below(seed, 200) ? "{\"user\":\"u%u\",\"id\":\"%08x\",\"n\":%u}\n"
					       : "{\"user\":\"u%u\",\"id\":\"%08x\",\"n\":x%u\n",
			      user, i, i);
	}
	struct input in = {.config = {.format = "json", .time = "none", .want = {.all = true}},
			   .text = weir_buf_str(&text),
			   .batch_rows = 4096,
			   .piece = 1 << 20};
	char *full = decode(&in, FULL_PARSER, &rows), *portable = decode(&in, PORTABLE, &rows),
	     *best = decode(&in, BEST, &rows);
	assert_true(rows > 50000);
	assert_int_equal(last_encoding[0],
			 WEIR_ENC_DICT); /* its first few thousand texts hardly repeat, later ones do */
	assert_int_equal(last_encoding[1], WEIR_ENC_PLAIN);
	assert_same(portable, full, 0);
	assert_same(best, full, 0);
	free(full);
	free(portable);
	free(best);
	weir_buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_same_as_full_parser),
	    cmocka_unit_test(test_regular_records_have_one_shape),
	    cmocka_unit_test(test_many_texts_same_as_full_parser),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
