/* regex: named groups to columns. */
#include "decode_text.h"

static void groups_are_columns(void **state)
{
	(void)state;
	assert_decodes("regex:^(?<level>\\w+): (?<n>\\d+)(?: (?<rest>.*))?$",
		       "info: 12 all well\nwarn: 7\nno\ninfo: 3 \xc3\xa9\n",
		       "level:string|n:int64|rest:string\n info|12|all well\n warn|7|-\n info|3|\xc3\xa9\npattern does "
		       "not match: 1\n");
	assert_decodes("regex:(?<b>b+)(x)?(?<a>a+)", "bba\nbxaa\n", "b:string|a:string\n bb|a\n b|aa\n");
}

static void a_wrong_pattern_shows_its_place(void **state)
{
	(void)state;
	struct weir_codec_config config = {.format = "regex:^(?<a>x"};
	struct weir_codec *codec = NULL;
	struct weir_error err = {0};
	assert_int_equal(weir_codec_open(&config, WEIR_STR("x\n"), true, &codec, &err), WEIR_USAGE);
	assert_string_equal(err.text, "^(?<a>x");
	assert_int_equal(err.caret_from, 7);
	assert_non_null(strstr(err.what, "missing closing parenthesis"));
	config.format = "regex:a(b)";
	assert_int_equal(weir_codec_open(&config, WEIR_STR("x\n"), true, &codec, &err), WEIR_USAGE);
	assert_non_null(strstr(err.what, "no named group"));
	config.format = "regex:";
	assert_int_equal(weir_codec_open(&config, WEIR_STR("x\n"), true, &codec, &err), WEIR_USAGE);
	assert_null(codec);
}

static void endless_backtracking_is_counted(void **state)
{
	(void)state;
	assert_decodes("regex:^(?<a>(x+x+)+)y$",
		       "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\nxxy\n",
		       "a:string\n xx\npattern does not match: 1\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(groups_are_columns),
	    cmocka_unit_test(a_wrong_pattern_shows_its_place),
	    cmocka_unit_test(endless_backtracking_is_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
