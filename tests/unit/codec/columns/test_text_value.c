/* Types and values of texts, and texts back to CSV. */
#include "codec/columns/columns.h"

#include "../decode_text.h"

#include <math.h>

static void types(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum weir_type type;
	} cases[] = {
	    {"0", WEIR_INT64},
	    {"-1", WEIR_INT64},
	    {"9223372036854775807", WEIR_INT64},
	    {"-9223372036854775808", WEIR_INT64},
	    {"9223372036854775808", WEIR_STRING},
	    {"00501", WEIR_STRING},
	    {"+5", WEIR_STRING},
	    {"1e5", WEIR_FLOAT64},
	    {"12.50", WEIR_FLOAT64},
	    {".5", WEIR_FLOAT64},
	    {"5.", WEIR_FLOAT64},
	    {"00.5", WEIR_STRING},
	    {"1e", WEIR_STRING},
	    {"1e999", WEIR_STRING},
	    {".", WEIR_STRING},
	    {"-", WEIR_STRING},
	    {"NaN", WEIR_STRING},
	    {"1.2.3", WEIR_STRING},
	    {"true", WEIR_BOOL},
	    {"FALSE", WEIR_BOOL},
	    {"tRue", WEIR_STRING},
	    {" 12 ", WEIR_INT64},
	    {"", WEIR_STRING},
	    {"1 2", WEIR_STRING},
	    {"2026-11-22", WEIR_STRING},
	    {"0x10", WEIR_STRING},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if (weir_text_type(weir_str_of(cases[i].text)) != cases[i].type)
			fail_msg("%s is %s", cases[i].text, weir_type_name(weir_text_type(weir_str_of(cases[i].text))));
}

/* Every float that the fast way reads is the one that the exact way reads. */
static void floats_are_correctly_rounded(void **state)
{
	(void)state;
	uint64_t x = 88172645463325252u;
	for (int round = 0; round < 200000; round++) {
		char text[64];
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		int digits = (int)(x >> 58), n;
		if (round % 3 == 0)
			n = snprintf(text, sizeof text, "%.*g", digits % 18 + 1,
				     ldexp((double)(x >> 11), (int)(x % 200) - 150));
		else
			n = snprintf(text, sizeof text, "%s%u.%0*llu", x & 1 ? "-" : "", (unsigned)(x >> 40) % 100000,
				     digits % 12 + 1, (unsigned long long)(x % 1000003));
		double fast = 0, exact = 0;
		struct weir_str s = {text, (size_t)n};
		assert_true(weir_text_float64(s, &fast));
		exact = strtod(text, NULL);
		if (memcmp(&fast, &exact, sizeof fast) != 0)
			fail_msg("%s: %.17g, not %.17g", text, fast, exact);
	}
}

static void clean_text(void **state)
{
	(void)state;
	char text[64];
	for (size_t n = 1; n < sizeof text; n++) {
		for (size_t bad = 0; bad < n; bad++) {
			memset(text, 'a', n);
			assert_true(weir_text_clean((struct weir_str){text, n}));
			text[bad] = 0;
			assert_false(weir_text_clean((struct weir_str){text, n}));
			text[bad] = (char)0xc3;
			assert_false(weir_text_clean((struct weir_str){text, n}));
			if (bad + 1 < n) {
				text[bad + 1] = (char)0xa9;
				assert_true(weir_text_clean((struct weir_str){text, n}));
			}
		}
	}
}

static void csv_fields_are_quoted_where_needed(void **state)
{
	(void)state;
	struct weir_buf out = {0};
	static const char *const texts[] = {"plain", "a,b", "say \"hi\"", "two\nlines", " blank ", "\""};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		weir_csv_quote(weir_str_of(texts[i]), &out);
		weir_buf_add_char(&out, ';');
	}
	weir_csv_quote((struct weir_str){0}, &out);
	assert_string_equal(out.data, "plain;\"a,b\";\"say \"\"hi\"\"\";\"two\nlines\"; blank ;\"\"\"\";");
	weir_buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(types),
	    cmocka_unit_test(floats_are_correctly_rounded),
	    cmocka_unit_test(clean_text),
	    cmocka_unit_test(csv_fields_are_quoted_where_needed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
