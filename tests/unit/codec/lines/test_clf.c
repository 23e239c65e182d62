/* The common and combined log formats. */
#include "../decode_text.h"

#define HEAD                                                                                                           \
	"host:string|ident:null|user:string|time:string|method:string|path:string|protocol:string|status:int64|bytes:" \
	"int64"

static void common_and_combined(void **state)
{
	(void)state;
	assert_decodes("clf",
		       "1.2.3.4 - frank [10/Oct/2000:13:55:36 -0700] \"GET /a b.gif HTTP/1.0\" 200 2326\n"
		       "::1 - - [10/Oct/2000:13:55:37 -0700] \"POST /x?q=\\\"y\\\" HTTP/1.1\" 304 - \"http://r/\" \"A "
		       "\\\"B\\\" C\\\\\"\n",
		       HEAD
		       "|referrer:string|agent:string\n"
		       " 1.2.3.4|-|frank|10/Oct/2000:13:55:36 -0700|GET|/a b.gif|HTTP/1.0|200|2326|-|-\n"
		       " ::1|-|-|10/Oct/2000:13:55:37 -0700|POST|/x?q=\"y\"|HTTP/1.1|304|-|http://r/|A \"B\" C\\\n");
}

static void odd_requests_and_users(void **state)
{
	(void)state;
	assert_decodes(
	    "clf",
	    "h - a b [10/Oct/2000:13:55:36 +0000] \"\\x16\\x03\\x01\" 400 0 \"-\" \"-\" 0.005\n"
	    "h - - [10/Oct/2000:13:55:36 +0000] \"-\" 408 0\n"
	    "h - - [10/Oct/2000:13:55:36 +0000] \"GET /old\" - 7\n",
	    "host:string|ident:null|user:string|time:string|method:string|path:string|protocol:null|status:int64|"
	    "bytes:int64|referrer:null|agent:null|extra:string\n"
	    " h|-|a b|10/Oct/2000:13:55:36 +0000|-|\\x16\\x03\\x01|-|400|0|-|-|0.005\n"
	    " h|-|-|10/Oct/2000:13:55:36 +0000|-|-|-|408|0|-|-|.\n"
	    " h|-|-|10/Oct/2000:13:55:36 +0000|GET|/old|-|-|7|-|-|.\n");
}

static void what_is_wrong_is_counted(void **state)
{
	(void)state;
	struct weir_codec_config config = {.format = "clf", .want = {.all = true}};
	char *shown = decode_pieces(&config,
				    WEIR_STR("h - - [10/Oct/2000:13:55:36 +0000] \"GET / HTTP/1.1\" 200 5\n"
					     "garbage\n"
					     "h - - [10/Oct/2000:13:55:36 +0000] \"GET / HT\n"
					     "h - - [10/Oct/2000:13:55:36 +0000] \"GET / HTTP/1.1\" ok 5\n"
					     "h - - [10/Oct/2000:13:55:36 +0000] \"GET /\xff HTTP/1.1\" 200 5\n"
					     "h - - [10/Oct/2000:13:55:38 +0200] \"GET / HTTP/1.1\" 200 5\n"),
				    0);
	assert_non_null(strstr(shown, "time:timestamp"));
	assert_non_null(strstr(shown, " h|-|-|2000-10-10T13:55:36Z|GET|/|HTTP/1.1|200|5|-|-\n"));
	assert_non_null(strstr(shown, " h|-|-|2000-10-10T11:55:38Z|GET|/|HTTP/1.1|200|5|-|-\n"));
	assert_non_null(strstr(shown, "|GET|/\xef\xbf\xbd|"));
	assert_non_null(strstr(shown, "\nnot the format: 1\ncut off: 2\n"));
	free(shown);
}

/* Every cut of a good line is read, or counted; nothing reads past its end. */
static void cuts_of_a_line(void **state)
{
	(void)state;
	static const char line[] =
	    "1.2.3.4 - u [10/Oct/2000:13:55:36 -0700] \"GET /a HTTP/1.1\" 200 23 \"r\" \"a \\\"b\"";
	for (size_t n = 1; n < sizeof line; n++) {
		char *exact = malloc(n);
		memcpy(exact, line, n);
		struct weir_codec_config config = {.format = "clf", .time = "none", .want = {.all = true}};
		char *shown = decode_pieces(&config, (struct weir_str){exact, n}, 0);
		assert_true(strstr(shown, " 1.2.3.4|") || strstr(shown, ": 1\n"));
		free(shown);
		free(exact);
	}
}

static void detected(void **state)
{
	(void)state;
	struct weir_codec_config config = {.want = {.all = true}};
	struct weir_codec *codec;
	struct weir_error err = {0};
	assert_int_equal(weir_codec_open(&config,
					 WEIR_STR("h - - [10/Oct/2000:13:55:36 +0000] \"GET /a,b HTTP/1.1\" 200 5\n"),
					 true, &codec, &err),
			 WEIR_OK);
	assert_string_equal(weir_codec_guess(codec)->format, "clf");
	assert_string_equal(weir_codec_guess(codec)->time_column, "time");
	weir_codec_close(codec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(common_and_combined),
	    cmocka_unit_test(odd_requests_and_users),
	    cmocka_unit_test(what_is_wrong_is_counted),
	    cmocka_unit_test(cuts_of_a_line),
	    cmocka_unit_test(detected),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
