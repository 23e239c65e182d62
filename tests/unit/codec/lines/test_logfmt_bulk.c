/* Lines of logfmt of one shape, many at once, store what is stored pair by pair: generated lines whose keys come and
 * go, with quotes, escapes, blanks, bare keys, odd numbers, bytes and line ends, in pieces. */
#include "../bulk_compare.h"

static const char *const texts[] = {
    "a",
    "gateway",
    "eightlet",
    "sixteen_bytes_ok",
    "more_than_sixteen_bytes",
    "a=b",
    "\xc3\xa9\xf0\x9f\x98\x80",
    "\"quoted, with blanks\"",
    "\"\"",
    "a_text_that_is_longer_than_one_block_of_sixty-four_bytes,_and_then_some_more_of_it"};
static const char *const odd_texts[] = {
    "",       "\"a \\\"quote\\\"\"", "a=\"b c\"", "in\"side", "\"x\"y",   "back\\slash",
    "\"open", "tab\there",           "\xff",      "a  b",     "\"a=\"",   "\"\ttab\"",
    "\x7f",   "\"x\"=\"y\"",         "cr\rin",    "\"cr\r\"", "bare word"};
static const char *const numbers[] = {
    "0",  "-0",    "7",    "-12", "200",     "9007199254740993", "123456789012345678", "0.5",
    "5.", "3.158", "-0.0", "1e3", "-2.5E-7", "\"12\"",           "123456789.123456"};
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
		weir_buf_addf(out, "%u.%03u", below(seed, 100), below(seed, 1000));
		break;
	case 4:
		weir_buf_addf(out, "\"%s u%u\"", below(seed, 2) ? "to" : "from", below(seed, 3000));
		break;
	case 5:
		weir_buf_addf(out, "2026-11-22T10:%02u:%02u.%03uZ", below(seed, 60), below(seed, 61),
			      below(seed, 1000));
		break;
	default:
		weir_buf_add_c(out, PICK(odd_texts));
		break;
	}
}

/* One line of a stream whose usual shape is that of `style`; one value in `calm` is of another kind, one in `odd` is
 * odd. */
static void add_line(uint64_t *seed, uint32_t style, uint32_t calm, uint32_t odd, struct weir_buf *out)
{
	static const char *const keys[] = {"time",   "n", "latency", "msg", "user", "key_longer_than_eight",
					   "number", "k"};
	static const uint32_t kinds[] = {5, 2, 3, 4, 0, 0, 1, 0};
	uint32_t n = 1 + style % 8;
	for (uint32_t k = 0; k < n; k++) {
		uint32_t key = below(seed, odd) == 0 ? below(seed, 8) : k;
		if (below(seed, odd) == 0)
			continue;
		weir_buf_addf(out, "%s%s", k ? " " : "", keys[key]);
		if (below(seed, odd) == 0)
			continue; /* a bare key */
		weir_buf_add_char(out, '=');
		if (below(seed, odd) == 0)
			add_value(seed, 6, out);
		else
			add_value(seed, below(seed, calm) == 0 ? below(seed, 6) : kinds[k], out);
	}
	if (below(seed, odd) == 0)
		weir_buf_add_c(out, below(seed, 2) ? " " : "\r");
	weir_buf_add_c(out, (style & 8) != (below(seed, odd) == 0 ? 8u : 0u) ? "\r\n" : "\n");
	if (below(seed, odd) == 0)
		weir_buf_add_c(out, below(seed, 2) ? "\n" : "\r");
}

static void test_same_as_pair_by_pair(void **state)
{
	(void)state;
	uint64_t n_bulk = 0;
	for (uint64_t round = 1; round <= 300; round++) {
		uint64_t seed_of = round * 0x9e3779b97f4a7c15ull, *seed = &seed_of;
		struct weir_buf text = {0};
		uint32_t style = below(seed, 16), calm = 30 << below(seed, 8), odd = 30 << below(seed, 8);
		for (uint32_t i = 50 + below(seed, 900); i > 0; i--)
			add_line(seed, below(seed, odd) ? style : below(seed, 16), calm, odd, &text);
		struct weir_str some[] = {WEIR_STR("latency"), WEIR_STR("key_longer_than_eight")};
		struct input in = {
		    .config = {.format = "logfmt",
			       .nulls = below(seed, 4) ? NULL : "a,,7",
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

/* Two shapes in turn: each line is read by itself, and nothing is lost. */
static void test_shapes_in_turn(void **state)
{
	(void)state;
	struct weir_buf text = {0};
	for (uint32_t i = 0; i < 3000; i++)
		weir_buf_addf(&text, i % 2 && i < 1500 ? "b=%u a=\"x %u\"\n" : "a=%u b=%u\n", i, i % 7);
	struct input in = {.config = {.format = "logfmt", .time = "none", .want = {.all = true}},
			   .text = weir_buf_str(&text),
			   .batch_rows = 700,
			   .piece = 10000};
	assert_true(compare(&in, 0) > 1000);
	weir_buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_same_as_pair_by_pair),
	    cmocka_unit_test(test_shapes_in_turn),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
