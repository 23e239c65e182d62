/* Strings, buffers, UTF-8, base64, errors. */
#include "weir/base/memory.h"
#include "weir/base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void strings(void **state)
{
	(void)state;
	struct weir_str rest;
	assert_true(weir_str_equal((struct weir_str){NULL, 0}, WEIR_STR("")));
	assert_true(weir_str_compare(WEIR_STR("a"), WEIR_STR("ab")) < 0);
	assert_true(weir_str_compare(WEIR_STR("b"), WEIR_STR("ab")) > 0);
	assert_true(weir_str_compare(WEIR_STR("\xff"), WEIR_STR("a")) > 0);
	assert_int_equal(weir_str_compare((struct weir_str){NULL, 0}, WEIR_STR("")), 0);
	assert_true(weir_str_equal_nocase(WEIR_STR("Group"), WEIR_STR("gROUP")));
	assert_false(weir_str_equal_nocase(WEIR_STR("\xc3\x84"), WEIR_STR("\xc3\xa4"))); /* ASCII only */
	assert_true(weir_str_equal(weir_str_trim(WEIR_STR(" \t a b\r\n")), WEIR_STR("a b")));
	assert_int_equal(weir_str_trim(WEIR_STR("  ")).size, 0);
	assert_true(weir_str_equal(weir_str_cut(WEIR_STR("a=b=c"), '=', &rest), WEIR_STR("a")));
	assert_true(weir_str_equal(rest, WEIR_STR("b=c")));
	assert_true(weir_str_equal(weir_str_cut(WEIR_STR("abc"), '=', &rest), WEIR_STR("abc")));
	assert_null(rest.data);
	weir_str_cut(WEIR_STR("abc="), '=', &rest);
	assert_non_null(rest.data);
	assert_int_equal(rest.size, 0);
	char *copy = weir_str_dup(WEIR_STR("xy"));
	assert_string_equal(copy, "xy");
	free(copy);
}

static void buffers(void **state)
{
	(void)state;
	struct weir_buf b = {0};
	for (int i = 0; i < 1000; i++)
		weir_buf_addf(&b, "%d,", i);
	assert_int_equal(b.size, 3890);
	assert_int_equal(strlen(b.data), b.size);
	char wide[600];
	memset(wide, 'w', sizeof wide - 1);
	wide[sizeof wide - 1] = 0;
	weir_buf_addf(&b, "<%s>", wide);
	assert_int_equal(b.size, 3890 + sizeof wide + 1);
	weir_buf_clear(&b);
	assert_string_equal(b.data, "");
	weir_buf_add(&b, NULL, 0);
	weir_buf_add_c(&b, "kept");
	weir_alloc_fail_at(1, true);
	for (int i = 0; i < 100; i++)
		weir_buf_add(&b, wide, sizeof wide - 1);
	weir_buf_addf(&b, "%s%s%s%s%s%s%s%s%s%s", wide, wide, wide, wide, wide, wide, wide, wide, wide, wide);
	weir_alloc_fail_at(0, false);
	assert_true(b.failed);
	assert_memory_equal(b.data, "kept", 4);
	assert_int_equal(b.data[b.size], 0);
	assert_false(weir_buf_reserve(&b, SIZE_MAX));
	weir_buf_release(&b);
	assert_null(b.data);
}

static void utf8(void **state)
{
	(void)state;
	char out[4];
	uint32_t cp = 0;
	for (uint32_t c = 0; c < 0x110000; c += c < 0x3000 ? 1 : 0x101) {
		if (c >= 0xd800 && c < 0xe000)
			continue;
		size_t n = weir_utf8_encode(c, out);
		assert_int_equal(weir_utf8_decode(out, n, &cp), n);
		assert_int_equal(cp, c);
		assert_int_equal(weir_utf8_decode(out, n - 1, &cp), 0);
		assert_true(weir_utf8_valid((struct weir_str){out, n}));
	}
	assert_int_equal(weir_utf8_encode(0xd800, out), 3);
	assert_memory_equal(out, "\xef\xbf\xbd", 3);
	static const char *const bad[] = {"\x80",
					  "\xc0\x80",
					  "\xc1\xbf",
					  "\xe0\x80\x80",
					  "\xed\xa0\x80",
					  "\xed\xbf\xbf",
					  "\xf0\x80\x80\x80",
					  "\xf4\x90\x80\x80",
					  "\xf5\x80\x80\x80",
					  "\xff",
					  "\xe2\x82",
					  "\xe2\x28\xa1",
					  "\xc3("};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char line[32];
		assert_int_equal(weir_utf8_decode(bad[i], strlen(bad[i]), &cp), 0);
		snprintf(line, sizeof line, "before 89 %s", bad[i]);
		assert_false(weir_utf8_valid(weir_str_of(line)));
	}
	assert_int_equal(weir_utf8_decode("", 0, &cp), 0);
	assert_true(weir_utf8_valid((struct weir_str){NULL, 0}));
}

static void nearest_name(void **state)
{
	(void)state;
	static const struct weir_str names[] = {{"latency_ms", 10}, {"service", 7}, {"id", 2}, {"status", 6}};
	assert_int_equal(weir_nearest(WEIR_STR("latencyms"), names, 4), 0);
	assert_int_equal(weir_nearest(WEIR_STR("SERIVCE"), names, 4), 1);
	assert_int_equal(weir_nearest(WEIR_STR("idd"), names, 4), 2);
	assert_int_equal(weir_nearest(WEIR_STR("stats"), names, 4), 3);
	assert_int_equal(weir_nearest(WEIR_STR("ab"), names, 4), -1);
	assert_int_equal(weir_nearest(WEIR_STR("something"), names, 4), -1);
	assert_int_equal(weir_nearest(WEIR_STR("x"), NULL, 0), -1);
}

static void errors(void **state)
{
	(void)state;
	struct weir_error err = {.hint = "old", .caret_to = 9};
	char line[64];
	assert_int_equal(weir_fail(&err, WEIR_NOT_FOUND, "a.csv", "no such file: %s", "x"), WEIR_NOT_FOUND);
	assert_string_equal(err.what, "no such file: x");
	assert_int_equal(err.caret_to, 0);
	weir_error_hint(&err, "look in %s", "/data");
	assert_string_equal(weir_error_line(&err, line, sizeof line), "a.csv: no such file: x (look in /data)");
	assert_string_equal(weir_error_line(&err, line, 10), "a.csv: no");
	assert_int_equal(weir_fail(NULL, WEIR_IO, "x", "y"), WEIR_IO);
	weir_error_hint(NULL, "z");
	/* Cut on a whole character. */
	char many[900] = "";
	for (int i = 0; i < 280; i++)
		memcpy(many + i * 3, "\xe2\x82\xac", 4);
	weir_fail(&err, WEIR_IO, many, "x%s", many);
	assert_true(weir_utf8_valid(weir_str_of(err.what)));
	assert_true(weir_utf8_valid(weir_str_of(err.origin)));
	assert_true(strlen(err.what) > 390);
	assert_true(weir_utf8_valid(weir_str_of(weir_error_line(&err, line, sizeof line))));
	err = (struct weir_error){.code = WEIR_END};
	assert_string_equal(weir_error_line(&err, line, sizeof line), "end of input");
	assert_int_equal(weir_status_exit_code(WEIR_USAGE), 2);
	assert_int_equal(weir_status_exit_code(WEIR_CANCELLED), 130);
	for (int code = WEIR_OK; code <= WEIR_INTERNAL; code++) {
		assert_string_not_equal(weir_status_name((enum weir_status)code), "unknown");
		assert_true(strlen(weir_status_text((enum weir_status)code)) > 0);
	}
}

static void base64(void **state)
{
	static const struct {
		const char *text, *bytes;
		bool padded;
	} cases[] = {{"", "", true},        {"YQ==", "a", true},         {"YWI=", "ab", true},
		     {"YWJj", "abc", true}, {"//8+", "\xff\xff>", true}, {"YWJjZA", "abcd", false},
		     {"-", NULL, false},    {"YWJjZ", NULL, false}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct weir_buf out = {0};
		bool good = weir_base64_decode(weir_str_of(cases[i].text), &out);
		assert_int_equal(good, cases[i].bytes != NULL);
		if (good)
			assert_true(weir_str_equal(weir_buf_str(&out), weir_str_of(cases[i].bytes)));
		weir_buf_clear(&out);
		if (good && cases[i].padded) {
			weir_base64_encode(weir_str_of(cases[i].bytes), &out);
			assert_true(weir_str_equal(weir_buf_str(&out), weir_str_of(cases[i].text)));
		}
		weir_buf_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(strings),      cmocka_unit_test(buffers), cmocka_unit_test(utf8),
	    cmocka_unit_test(nearest_name), cmocka_unit_test(errors),  cmocka_unit_test(base64),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
