/* Numbers to text and back: shortest, correctly rounded, whatever the locale. */
#include "weir/base/memory.h"
#include "weir/base/str.h"

#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static uint64_t random_bits(uint64_t *state) /* xorshift64* */
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(2685821657736338717);
}

static const char *shown(double v)
{
	static char out[32];
	size_t n = weir_format_double(v, out);
	assert_int_equal(n, strlen(out));
	assert_true(n < sizeof out);
	return out;
}

static void doubles_are_shortest(void **state)
{
	(void)state;
	static const struct {
		double v;
		const char *text;
	} cases[] = {
	    {0, "0.0"},
	    {-0.0, "-0.0"},
	    {3, "3.0"},
	    {12.5, "12.5"},
	    {0.1, "0.1"},
	    {0.1 + 0.2, "0.30000000000000004"},
	    {1e300, "1e+300"},
	    {1e-7, "1e-07"},
	    {0.0001, "0.0001"},
	    {0.00012345, "0.00012345"},
	    {0.00001, "1e-05"},
	    {9007199254740992.0, "9007199254740992.0"},
	    {123456789012345680.0, "1.2345678901234568e+17"},
	    {1e15, "1000000000000000.0"},
	    {1e16, "1e+16"},
	    {5e-324, "5e-324"},
	    {2.2250738585072014e-308, "2.2250738585072014e-308"},
	    {1.7976931348623157e308, "1.7976931348623157e+308"},
	    {5.684341886080802e-14, "5.684341886080802e-14"},
	    {100, "100.0"},
	    {-1.5, "-1.5"},
	    {1.0 / 3, "0.3333333333333333"},
	    {2e-323, "2e-323"},
	    {INFINITY, "Infinity"},
	    {-INFINITY, "-Infinity"},
	    {NAN, "NaN"},
	    {4.35, "4.35"},
	    {1234567.875, "1234567.875"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(shown(cases[i].v), cases[i].text);
}

static size_t digits_of(const char *text, char *out)
{
	size_t n = 0;
	for (const char *p = text; *p && *p != 'e'; p++)
		if (*p >= '0' && *p <= '9' && (n || *p != '0'))
			out[n++] = *p;
	while (n && out[n - 1] == '0')
		n--;
	return n;
}

static bool same_digits(const char *a, const char *b)
{
	char x[64], y[64];
	size_t n = digits_of(a, x), m = digits_of(b, y);
	return n == m && memcmp(x, y, n) == 0;
}

static void doubles_read_back(void **state)
{
	(void)state;
	uint64_t seed = 7;
	for (int i = 0; i < 60000; i++) {
		uint64_t bits = random_bits(&seed);
		double v, back;
		if (i % 2) /* from 1e-5 to 1e17, where most numbers are; sometimes a power of two or its neighbour */
			bits = (bits & (i % 8 == 1 ? 1 : UINT64_MAX >> 12)) | (1023 + bits % 74 - 17) << 52;
		memcpy(&v, &bits, sizeof v);
		if (!isfinite(v))
			continue;
		const char *text = shown(v);
		assert_true(weir_parse_double(weir_str_of(text), &back));
		assert_memory_equal(&v, &back, sizeof v);
		/* No shorter text reads back. */
		int digits = 0, zeros = 0;
		for (const char *p = text; *p && *p != 'e'; p++)
			if (*p >= '0' && *p <= '9' && (digits || *p != '0')) {
				digits++;
				zeros = *p == '0' ? zeros + 1 : 0;
			}
		digits -= zeros;
		char shorter[40];
		if (digits > 2) {
			snprintf(shorter, sizeof shorter, "%.*e", digits - 2, v);
			assert_true(strtod(shorter, NULL) != v);
			/* And of as many digits none is nearer, but where the nearest one does not read back. */
			snprintf(shorter, sizeof shorter, "%.*e", digits - 1, v);
			if (strtod(shorter, NULL) == v)
				assert_true(same_digits(shorter, text));
		}
	}
}

static void parsed_as_strtod_does(void **state)
{
	(void)state;
	static const char *const texts[] = {
	    "18446744073709551616",
	    "18446744073709551615",
	    "1844674407370955161600",
	    "0.000000000000000000000000000001",
	    "9007199254740993",
	    "9007199254740992.5",
	    "9007199254740993.00000000000000000000000001",
	    "1e22",
	    "1e23",
	    "-1e-22",
	    "123456789012345678901234567890",
	    "2.2250738585072011e-308",
	    "4.9e-324",
	    "2.4703282292062327e-324",
	    "1e400",
	    "-1e400",
	    "0.1e1",
	    "00012.50",
	    ".5",
	    "5.",
	    "+7",
	    "0e999999999999",
	    "1e-400",
	    "179769313486231580793e289",
	    "8.5e15",
	    "1.7e-5",
	    "36893488147419103232",
	    "184467440737095516160000000000000000000",
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		double v, wanted = strtod(texts[i], NULL);
		assert_true(weir_parse_double(weir_str_of(texts[i]), &v));
		assert_memory_equal(&v, &wanted, sizeof v);
	}
	uint64_t seed = 11;
	for (int i = 0; i < 50000; i++) {
		char text[64];
		uint64_t bits = random_bits(&seed);
		int point = (int)(bits % 19) - 2, exponent = (int)(bits >> 20 & 63) - 32;
		snprintf(text, sizeof text, "%llu", (unsigned long long)(random_bits(&seed) >> (bits >> 8 & 63)));
		size_t n = strlen(text);
		if (point >= 0 && (size_t)point < n) {
			memmove(text + point + 1, text + point, n - (size_t)point + 1);
			text[point] = '.';
			n++;
		}
		if (bits >> 30 & 1)
			snprintf(text + n, sizeof text - n, "e%d", exponent);
		double v, wanted = strtod(text, NULL);
		assert_true(weir_parse_double(weir_str_of(text), &v));
		assert_memory_equal(&v, &wanted, sizeof v);
	}
}

static void not_doubles(void **state)
{
	(void)state;
	static const char *const texts[] = {"",     "-",   "+",   ".",   "e5",    "1e",  "1e+",   "1 ",   " 1",
					    "0x10", "inf", "nan", "1,5", "1.2.3", "--1", "1e5.0", "1_000"};
	double v;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		assert_false(weir_parse_double(weir_str_of(texts[i]), &v));
	assert_false(weir_parse_double((struct weir_str){NULL, 0}, &v));
}

/* Any of these may be missing on a machine; what is there must not matter. */
static void locale_does_not_matter(void **state)
{
	(void)state;
	static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "fa_IR.UTF-8", "ps_AF.UTF-8", "C.UTF-8"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		double v;
		if (!setlocale(LC_NUMERIC, names[i]))
			continue;
		assert_string_equal(shown(0.1 + 0.2), "0.30000000000000004");
		assert_true(weir_parse_double(WEIR_STR("0.30000000000000004"), &v));
		assert_true(v == 0.1 + 0.2);
		assert_false(weir_parse_double(WEIR_STR("0,30000000000000004"), &v));
	}
	setlocale(LC_NUMERIC, "C");
}

static void integers(void **state)
{
	(void)state;
	static const int64_t values[] = {0, 1, -1, 9, 10, -10, INT64_MAX, INT64_MIN, 1234567890123};
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		char out[24], wanted[24];
		int64_t back;
		snprintf(wanted, sizeof wanted, "%lld", (long long)values[i]);
		assert_int_equal(weir_format_int64(values[i], out), strlen(wanted));
		assert_string_equal(out, wanted);
		assert_true(weir_parse_int64(weir_str_of(out), true, &back));
		assert_int_equal(back, values[i]);
	}
	int64_t v;
	static const char *const bad[] = {"",    "-",  "+",  "9223372036854775808",  "-9223372036854775809",   "1.0",
					  "1e3", " 1", "1 ", "18446744073709551617", "99999999999999999999999"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(weir_parse_int64(weir_str_of(bad[i]), false, &v));
	static const char *const loose[] = {"00501", "+5", "-0", "007"};
	for (size_t i = 0; i < sizeof loose / sizeof *loose; i++) {
		assert_false(weir_parse_int64(weir_str_of(loose[i]), true, &v));
		assert_true(weir_parse_int64(weir_str_of(loose[i]), false, &v));
	}
}

static void sizes(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		uint64_t bytes;
	} good[] = {{"10", 10},
		    {"512M", 512u << 20},
		    {"1.5G", UINT64_C(3) << 29},
		    {"64KiB", 65536},
		    {"64kb", 65536},
		    {"2 T", UINT64_C(2) << 40},
		    {"7B", 7},
		    {"0", 0}};
	uint64_t v;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_true(weir_parse_bytes(weir_str_of(good[i].text), &v));
		assert_int_equal(v, good[i].bytes);
	}
	static const char *const bad[] = {"", "M", "-1", "1X", "1MM", "99999999T", "1.2.3M", "x10"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(weir_parse_bytes(weir_str_of(bad[i]), &v));
}

static void durations(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t us;
		const char *shown;
	} good[] = {
	    {"5m", 300000000, "5m"},
	    {"1h30m", 5400000000, "1h30m"},
	    {"250ms", 250000, "250ms"},
	    {"10us", 10, "10us"},
	    {"2 days", 172800000000, "2d"},
	    {"1.5s", 1500000, "1s500ms"},
	    {"90s", 90000000, "1m30s"},
	    {"1 hour 5 minutes", 3900000000, "1h5m"},
	    {"0", 0, "0"},
	    {"0s", 0, "0"},
	    {"0h0m", 0, "0"},
	    {"1w", 604800000000, "7d"},
	};
	char out[40];
	int64_t v;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_true(weir_parse_duration_us(weir_str_of(good[i].text), &v));
		assert_int_equal(v, good[i].us);
		assert_int_equal(weir_format_duration_us(v, out), strlen(good[i].shown));
		assert_string_equal(out, good[i].shown);
	}
	static const char *const bad[] = {"", "5", "m", "-5m", "5x", "5m3", "1e400s", "0.0000001s"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(weir_parse_duration_us(weir_str_of(bad[i]), &v));
	assert_true(weir_format_duration_us(INT64_MAX, out) < sizeof out);
	assert_true(weir_format_duration_us(INT64_MIN, out) < sizeof out);
}

/* The digits that a float has, and no others. */
static void floats(void **state)
{
	static const struct {
		float is;
		double shown;
	} cases[] = {{0.1f, 0.1},         {-2.5f, -2.5}, {16777216.0f, 16777216.0},       {3e38f, 3e38},
		     {123.456f, 123.456}, {0.0f, 0.0},   {1.17549435e-38f, 1.1754944e-38}};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (weir_float_number(cases[i].is) != cases[i].shown)
			fail_msg("%.9g is %.17g", (double)cases[i].is, weir_float_number(cases[i].is));
	assert_true(isinf(weir_float_number(INFINITY)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(floats),
	    cmocka_unit_test(doubles_are_shortest),
	    cmocka_unit_test(doubles_read_back),
	    cmocka_unit_test(parsed_as_strtod_does),
	    cmocka_unit_test(not_doubles),
	    cmocka_unit_test(locale_does_not_matter),
	    cmocka_unit_test(integers),
	    cmocka_unit_test(sizes),
	    cmocka_unit_test(durations),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
