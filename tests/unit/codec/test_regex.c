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
	struct weir_codec_config config = {.format = "regex:^(?<a>(x+x+)+)[yz]$",
					   .time = "none",
					   .on_malformed = WEIR_MALFORMED_FAIL,
					   .want = {.all = true}};
	struct weir_str text =
	    WEIR_STR("xxz\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\nxxy\n");
	struct weir_chunk chunk = {text.data, text.size, 0, .at_end = true};
	struct weir_codec *codec = NULL;
	struct weir_error err = {0};
	assert_int_equal(weir_codec_open(&config, text, true, &codec, &err), WEIR_OK);
	struct weir_batch *b = weir_batch_new(WEIR_BATCH_ROWS);
	assert_int_equal(weir_codec_decode(codec, &chunk, b, &err), WEIR_MALFORMED);
	assert_non_null(strstr(err.what, "pattern does not match: it takes too many steps"));
	assert_int_equal(b->n_rows, 1);
	weir_batch_free(b);
	weir_codec_close(codec);
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
