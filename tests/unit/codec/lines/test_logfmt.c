/* logfmt from text to columns. */
#include "../decode_text.h"

static void pairs_quotes_and_bare_keys(void **state)
{
	(void)state;
	assert_decodes("logfmt",
		       "level=info msg=\"say \\\"hi\\\"\\n\\u00e9\" n=1 ok\n"
		       "level=warn n=2.5 msg=x url=http://h/?a=b&c=d empty=\r\n",
		       "level:string|msg:string|n:float64|ok:bool|url:string|empty:null\n"
		       " info|say \"hi\"\n\xc3\xa9|1.0|true|.|.\n"
		       " warn|x|2.5|.|http://h/?a=b&c=d|-\n");
}

static void keys_in_another_order(void **state)
{
	(void)state;
	assert_decodes("logfmt", "a=1 b=2 c=3\nc=6 a=4\nb=8 b=9\n",
		       "a:int64|b:int64|c:int64\n 1|2|3\n 4|.|6\n .|9|.\n");
}

static void what_is_no_logfmt_is_counted_and_adds_no_column(void **state)
{
	(void)state;
	assert_decodes("logfmt", "a=1\nhello world\nNov 22 x: y=1\nb=2 c=\"open\na=2 d=\"x\"y\n=3\na=\xff\na=3\n",
		       "a:string\n 1\n \xef\xbf\xbd\n 3\nnot the format: 4\ncut off: 1\n");
	assert_decodes("logfmt", "4xx=1 a=2\n4xx=3 a=4\n", "4xx:int64|a:int64\n 1|2\n 3|4\n");
}

static void the_sample_decides_the_types(void **state)
{
	(void)state;
	assert_decodes("logfmt", "id=1 v=12.50\nid=007 v=x\n", "id:string|v:string\n 1|12.50\n 007|x\n");
}

static void a_later_text_widens_the_column(void **state)
{
	(void)state;
	struct weir_codec_config config = {.format = "logfmt", .time = "none", .want = {.all = true}};
	struct weir_codec *codec = NULL;
	struct weir_error err = {0};
	struct weir_str text = WEIR_STR("v=1.50\nv=2.50\nv=x\nw=1\n");
	assert_int_equal(weir_codec_open(&config, WEIR_STR("v=1\n"), false, &codec, &err), WEIR_OK);
	struct weir_batch *b = weir_batch_new(WEIR_BATCH_ROWS);
	struct weir_buf out = {0};
	struct weir_chunk chunk = {.bytes = text.data, .size = text.size, .at_end = true};
	while (chunk.size) { /* a batch begins with the row that widens a column */
		weir_batch_clear(b);
		assert_int_equal(weir_codec_decode(codec, &chunk, b, &err), WEIR_OK);
		show_batch(b, &out);
	}
	assert_string_equal(out.data, "v:float64\n 1.5\n 2.5\nv:string|w:int64\n x|.\n .|1\n");
	weir_buf_release(&out);
	weir_batch_free(b);
	weir_codec_close(codec);
}

static void detected(void **state)
{
	(void)state;
	assert_decodes("auto", "level=info msg=\"a, b\" n=1\nlevel=warn msg=\"c, d\" n=2\n",
		       "level:string|msg:string|n:int64\n info|a, b|1\n warn|c, d|2\n");
	assert_decodes("auto", "just words\nand more words, a=b\n", "line:string\n just words\n and more words, a=b\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pairs_quotes_and_bare_keys),
	    cmocka_unit_test(keys_in_another_order),
	    cmocka_unit_test(what_is_no_logfmt_is_counted_and_adds_no_column),
	    cmocka_unit_test(the_sample_decides_the_types),
	    cmocka_unit_test(a_later_text_widens_the_column),
	    cmocka_unit_test(detected),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
