/* Windows of plain records of CSV store what the scanner and weir_text_field_put store record by record: generated records
 * with quotes, blanks, nulls, odd numbers, bytes and line ends, in pieces. */
#include "codec/csv/csv.h"
#include "codec/bulk/mark_bits.h"
#include "../bulk_compare.h"

static const char *const texts[] = {
    "a",
    "GET",
    "gateway",
    "eightlet",
    "sixteen bytes ok",
    "more than sixteen bytes",
    "a text that is longer than one block of sixty-four bytes, and then some more of it",
    "\xc3\xa9\xf0\x9f\x98\x80",
    " blanks ",
    "in\"side"};
static const char *const odd_texts[] = {"",
					"\xff",
					"\"quoted, with a comma\"",
					"\"dou\"\"bled\"",
					"\"two\nlines\"",
					"\"x\"y",
					"\r",
					"NA",
					"\"\"",
					"\xed\xa0\x80",
					"\n",
					"\"open",
					"more,fields",
					" "};
static const char *const numbers[] = {"0",
				      "-0",
				      "7",
				      "-12",
				      "200",
				      "9007199254740993",
				      "123456789012345678",
				      "0.5",
				      "3.158",
				      "-0.0",
				      "5.",
				      ".5",
				      "36.650",
				      "123456789.123456",
				      "1e3",
				      "-2.5E-7",
				      " 12",
				      "12 ",
				      "5.0",
				      "0.1234567890123456789",
				      "9223372036854775807",
				      "12345678.90123456",
				      "900719925474099.3",
				      "-900719925474099.3"};
static const char *const odd_numbers[] = {"01",  "-", "1e", "1e999", "+1", "0x1", "1.2.3", "18446744073709551616",
					  "--1", "NA"};
#define PICK(list) (list)[below(seed, sizeof(list) / sizeof *(list))]

static void add_value(uint64_t *seed, uint32_t kind, struct weir_buf *out)
{
	switch (kind) {
	case 0:
		weir_buf_add_c(out, PICK(texts));
		break;
	case 1:
		weir_buf_add_c(out, PICK(numbers));
		break;
	case 2:
		weir_buf_addf(out, "%u", below(seed, 1000));
		break;
	case 3:
		weir_buf_addf(out, "%s%u.%03u", below(seed, 4) ? "" : "-", below(seed, 100), below(seed, 1000));
		break;
	case 4:
		weir_buf_add_c(out, below(seed, 2) ? "true" : "FALSE");
		break;
	case 5:
		weir_buf_addf(out, "u%u", below(seed, 30000));
		break;
	case 6:
		weir_buf_addf(out, "2026-11-22T10:%02u:%02u.%03uZ", below(seed, 60), below(seed, 61),
			      below(seed, 1000));
		break;
	case 7:
		weir_buf_add_c(out, PICK(odd_numbers));
		break;
	default:
		weir_buf_add_c(out, PICK(odd_texts));
		break;
	}
}

struct style {
	uint32_t columns, calm, odd_calm, nulls; /* one value in so many is foreign, odd, empty */
	bool crlf, quoted;
	char separator;
};

static void add_record(uint64_t *seed, const struct style *style, struct weir_buf *out)
{
	static const uint32_t kinds[] = {6, 5, 2, 3, 0, 4, 1, 5};
	for (uint32_t k = 0; k < style->columns; k++) {
		if (k)
			weir_buf_add_char(out, style->separator);
		if (below(seed, style->nulls) == 0)
			continue;
		bool odd = below(seed, style->odd_calm) == 0, quoted = style->quoted && below(seed, 3);
		weir_buf_add_c(out, quoted ? "\"" : "");
		if (odd)
			add_value(seed, below(seed, 2) ? 7 : 8, out);
		else
			add_value(seed, below(seed, style->calm) == 0 ? below(seed, 7) : kinds[k], out);
		if (quoted)
			weir_buf_add_c(out, below(seed, 9) ? "\"" : below(seed, 2) ? ",\"" : "\n\"");
	}
	if (below(seed, style->odd_calm) == 0)
		weir_buf_add_char(out, style->separator);
	weir_buf_add_c(out, style->crlf != (below(seed, style->odd_calm) == 0) ? "\r\n" : "\n");
	if (below(seed, style->odd_calm) == 0)
		weir_buf_add_c(out, below(seed, 3) ? "\n"
						   : "\0"
						     "x");
}

static void test_same_as_record_by_record(void **state)
{
	static const char separators[] = ",;\t|,,,,";
	(void)state;
	uint64_t n_bulk = 0;
	for (uint64_t round = 1; round <= 300; round++) {
		uint64_t seed_of = round * 0x9e3779b97f4a7c15ull, *seed = &seed_of;
		struct weir_buf text = {0};
		struct style style = {.columns = 1 + below(seed, 8),
				      .calm = 30 << below(seed, 8),
				      .odd_calm = 30 << below(seed, 8),
				      .nulls = 2 << below(seed, 12),
				      .crlf = below(seed, 3) == 0,
				      .quoted = below(seed, 3) == 0,
				      .separator = separators[below(seed, 8)]};
		static const char *const names[] = {"time", "user", "status", "latency",
						    "text", "flag", "number", "other"};
		for (uint32_t k = 0; k < style.columns; k++)
			weir_buf_addf(&text, "%s%c", names[k], k + 1 < style.columns ? style.separator : '\n');
		for (uint32_t i = 50 + below(seed, 900); i > 0; i--)
			add_record(seed, &style, &text);
		struct weir_str some[] = {WEIR_STR("latency"), WEIR_STR("other")};
		struct input in = {
		    .config = {.format = "csv",
			       .header = "yes",
			       .nulls = below(seed, 4) ? NULL : "NA,,7",
			       .time = below(seed, 3) ? "time:iso" : "none",
			       .on_malformed = below(seed, 2) ? WEIR_MALFORMED_DROP : WEIR_MALFORMED_KEEP},
		    .text = weir_buf_str(&text),
		    .batch_rows = below(seed, 2) ? WEIR_BATCH_ROWS : 1 + below(seed, 300),
		    .piece = below(seed, 2) ? text.size : 200 + below(seed, 9000)};
		in.config.want = below(seed, 3) ? (struct weir_decode_want){.all = true, .raw = below(seed, 4) == 0}
						: (struct weir_decode_want){.names = some, .n_names = 2};
		n_bulk += compare(&in, round);
		weir_buf_release(&text);
	}
	assert_true(n_bulk > 30000);
}

/* A dictionary too large for the near caches, a column that leaves its dictionary, text beyond ASCII, CRLF. */
static void test_many_texts(void **state)
{
	(void)state;
	struct weir_buf text = {0};
	uint64_t seed_of = 7, *seed = &seed_of;
	weir_buf_add_c(&text, "user,id,n,f\r\n");
	for (uint32_t i = 0; i < 60000; i++)
		weir_buf_addf(&text, "%s%u,%08x,%u,%u.5\r\n", below(seed, 300) ? "u" : "\xc3\xa9",
			      below(seed, 1 + below(seed, 20000)), i, i, i);
	struct input in = {.config = {.format = "csv", .time = "none", .want = {.all = true}},
			   .text = weir_buf_str(&text),
			   .batch_rows = 4096,
			   .piece = 1 << 20};
	assert_true(compare(&in, 0) > 59000);
	assert_int_equal(last_encoding[0], WEIR_ENC_DICT);
	assert_int_equal(last_encoding[1], WEIR_ENC_PLAIN);
	weir_buf_release(&text);
}

/* Records longer than the first windows, and one longer than any. */
static void test_long_records(void **state)
{
	(void)state;
	struct weir_buf text = {0};
	weir_buf_add_c(&text, "n,s\n");
	for (uint32_t i = 0; i < 40; i++)
		weir_buf_addf(&text, "%u,%*s%s\n", i, i == 20 ? 40000 : 3000, "x", i % 8 ? "" : "\"");
	struct input in = {.config = {.format = "csv", .time = "none", .want = {.all = true}},
			   .text = weir_buf_str(&text),
			   .batch_rows = 4096,
			   .piece = text.size};
	assert_true(compare(&in, 0) > 20);
	weir_buf_release(&text);
}

static void test_masks_of_every_kind(void **state)
{
	(void)state;
	static const char bytes[] = "a,\"\n\r\xff\0 ,,";
	for (uint64_t round = 1; round <= 1000; round++) {
		uint64_t seed_of = round * 0x9e3779b97f4a7c15ull;
		char block[64];
		for (int i = 0; i < 64; i++)
			block[i] =
			    below(&seed_of, (uint32_t)round) < 20 ? bytes[below(&seed_of, sizeof bytes - 1)] : 'x';
		struct weir_mark_bits a = weir_mark_bits(block, ',', true), b = weir_mark_bits_simple(block, ',', true);
		assert_int_equal(a.separator, b.separator);
		assert_int_equal(a.line_feed, b.line_feed);
		assert_int_equal(a.cr, b.cr);
		assert_int_equal(a.quote, b.quote);
		assert_int_equal(a.other, b.other);
		assert_int_equal(a.odd, b.odd);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_same_as_record_by_record),
	    cmocka_unit_test(test_many_texts),
	    cmocka_unit_test(test_long_records),
	    cmocka_unit_test(test_masks_of_every_kind),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
