/* regex: named groups to columns. */
#include "../decode_text.h"

static void groups_are_columns(void **state)
{
	(void)state;
	assert_decodes("regex:^(?<level>\\w+): (?<n>\\d+)(?: (?<rest>.*))?$",
		       "info: 12 all well\nwarn: 7\nno\ninfo: 3 \xc3\xa9\n",
		       "level:string|n:int64|rest:string\n info|12|all well\n warn|7|-\n info|3|\xc3\xa9\npattern does "
		       "not match: 1\n");
	assert_decodes("regex:(?<b>b+)(x)?(?<a>a+)", "bba\nbxaa\n", "b:string|a:string\n bb|a\n b|aa\n");
}

/* Of the groups of one name the one that took part counts. */
static void a_name_may_come_twice(void **state)
{
	(void)state;
	assert_decodes("regex:(?J)^(?:a(?<n>\\d+)|b(?<n>\\w+)) (?<z>.)$", "a1 x\nb2 y\na3 z\n",
		       "n:int64|z:string\n 1|x\n 2|y\n 3|z\n");
	assert_decodes("regex:(?J)^(?<n>a)?(?<n>b)?(?<z>.)$", "az\nbz\nz\nabz\n",
		       "n:string|z:string\n a|z\n b|z\n -|z\n a|z\n");
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

/* What backtracking cannot decide is searched in another way, or is an error: never a guess. */
static void endless_backtracking(const char *format, enum weir_status expected)
{
	struct weir_codec_config config = {
	    .format = format, .time = "none", .on_malformed = WEIR_MALFORMED_DROP, .want = {.all = true}};
	struct weir_str text =
	    WEIR_STR("xxz\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\nxxy\n");
	struct weir_chunk chunk = {text.data, text.size, 0, .at_end = true};
	struct weir_codec *codec = NULL;
	struct weir_error err = {0};
	assert_int_equal(weir_codec_open(&config, text, true, &codec, &err), WEIR_OK);
	struct weir_batch *b = weir_batch_new(WEIR_BATCH_ROWS);
	assert_int_equal(weir_codec_decode(codec, &chunk, b, &err), expected);
	assert_int_equal(b->n_malformed[WEIR_BAD_NO_MATCH], expected == WEIR_OK);
	assert_int_equal(b->n_rows, expected == WEIR_OK ? 2 : 1);
	if (expected != WEIR_OK)
		assert_non_null(strstr(err.what, "record 2 at byte 4: the pattern takes too many steps"));
	weir_batch_free(b);
	weir_codec_close(codec);
}

static void endless_backtracking_is_no_answer(void **state)
{
	(void)state;
	endless_backtracking("regex:^(?<a>(x+x+)+)[yz]$", WEIR_OK);
	endless_backtracking("regex:^(?<a>(x+x+)+?)(?>)[yz]$", WEIR_TOO_LARGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(groups_are_columns),
	    cmocka_unit_test(a_name_may_come_twice),
	    cmocka_unit_test(a_wrong_pattern_shows_its_place),
	    cmocka_unit_test(endless_backtracking_is_no_answer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
