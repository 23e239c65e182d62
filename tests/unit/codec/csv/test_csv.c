/* CSV and TSV from text to columns. */
#include "../decode_text.h"

static void header_and_types(void **state)
{
	(void)state;
	assert_decodes(
	    "csv", "name,zip,n,price,ok\napple,00501,1,12.50,true\npear,+5,-2,3,false\n",
	    "name:string|zip:string|n:int64|price:float64|ok:bool\n apple|00501|1|12.5|true\n pear|+5|-2|3.0|false\n");
	assert_decodes("csv", "1,2\n3,4\n", "c1:int64|c2:int64\n 1|2\n 3|4\n");
	assert_decodes("csv", "city,country\nOslo,Norway\nRome,Italy\n",
		       "city:string|country:string\n Oslo|Norway\n Rome|Italy\n");
	assert_decodes("csv", "Oslo,Norway\nBergen,Norway\nRome,Italy\n",
		       "c1:string|c2:string\n Oslo|Norway\n Bergen|Norway\n Rome|Italy\n");
	assert_decodes("csv", "a,,a,b\n1,2,3,x\n", "a:int64|c2:int64|a_2:int64|b:string\n 1|2|3|x\n");
}

static void names_that_look_like_data(void **state)
{
	(void)state;
	assert_decodes("csv", "host,2xx,5xx\nw,1,2\nv,3,4\n", "host:string|2xx:int64|5xx:int64\n w|1|2\n v|3|4\n");
	assert_decodes("csv", "k,+1d,-7d\na,1,2\n", "k:string|+1d:int64|-7d:int64\n a|1|2\n");
	assert_decodes("csv", "c,2019,2020\nA,1,2\nB,3,4\n", "c:string|2019:int64|2020:int64\n A|1|2\n B|3|4\n");
	assert_decodes("csv", "A,2019,2020\nB,2020,2021\n",
		       "c1:string|c2:int64|c3:int64\n A|2019|2020\n B|2020|2021\n");
	assert_decodes("csv", "a,-\nb,2\nc,3\n", "c1:string|c2:string\n a|-\n b|2\n c|3\n");
	assert_decodes("csv", "\"\\\\W\\% Time\",\"x\"\n\"1.5\",\"2\"\n", "\\\\W\\% Time:float64|x:int64\n 1.5|2\n");
	assert_decodes("csv", "x,x\n1,2\n", "x:int64|x_2:int64\n 1|2\n");
	assert_decodes("csv", "name\nann\nbob\n", "name:string\n ann\n bob\n");
}

static void a_header_that_comes_again_is_no_record(void **state)
{
	(void)state;
	assert_decodes("csv", "id,name\n1,a\nid,name\n2,b\n", "id:int64|name:string\n 1|a\n 2|b\n");
	assert_decodes("csv", "n,c\na,x\nb,y\nd,z\ne,v\nn,c\nf,w\n",
		       "n:string|c:string\n a|x\n b|y\n d|z\n e|v\n f|w\n");
	assert_decodes("csv", "a,x\nb,y\na,x\nb,y\n", "c1:string|c2:string\n a|x\n b|y\n a|x\n b|y\n");
	assert_decodes("csv", "a,x\na,x\n", "c1:string|c2:string\n a|x\n a|x\n");
}

static void blanks_around_quotes(void **state)
{
	(void)state;
	assert_decodes("csv", "i, n\n1, \"a, b\"\n2, \"c\" \n3, d\n", "i:int64|n:string\n 1|a, b\n 2|c\n 3| d\n");
	assert_decodes("csv", "a,b\n\"x\" ,1\n\"y \"\"z\"  ,2\n", "a:string|b:int64\n x|1\n y \"z|2\n");
}

static void header_as_asked(void **state)
{
	(void)state;
	struct weir_codec_config config = {.format = "csv", .time = "none", .header = "yes", .want = {.all = true}};
	char *shown = decode_pieces(&config, WEIR_STR("a,,a,7\n1,2,3,x\n"), 0);
	assert_string_equal(shown, "a:int64|c2:int64|a_2:int64|7:string\n 1|2|3|x\n");
	free(shown);
	config.header = "no";
	shown = decode_pieces(&config, WEIR_STR("a,b\n1,2\n"), 0);
	assert_string_equal(shown, "c1:string|c2:string\n a|b\n 1|2\n");
	free(shown);
	struct weir_codec *codec;
	struct weir_error err = {0};
	config.header = "maybe";
	assert_int_equal(weir_codec_open(&config, WEIR_STR("a\n"), true, &codec, &err), WEIR_USAGE);
}

static void separators(void **state)
{
	(void)state;
	assert_decodes("csv", "a;b\n1,5;x\n2,5;y\n", "a:string|b:string\n 1,5|x\n 2,5|y\n");
	assert_decodes("csv", "a|b|c\n1|2|3\n", "a:int64|b:int64|c:int64\n 1|2|3\n");
	assert_decodes("tsv", "a\tb\n1\tx,y\n", "a:int64|b:string\n 1|x,y\n");
	assert_decodes("csv", "a\tb\n1\t2\n", "a:int64|b:int64\n 1|2\n");
	assert_decodes("auto", "id,name\n1,x\n2,y\n", "id:int64|name:string\n 1|x\n 2|y\n");
}

static void quotes_line_ends_and_marks(void **state)
{
	(void)state;
	assert_decodes("csv",
		       "\xef\xbb\xbf"
		       "a,b\r\n\"1\",\"x, \"\"y\"\"\r\nz\"\r\n2,\r\n",
		       "a:int64|b:string\n 1|x, \"y\"\r\nz\n 2|-\n");
	assert_decodes("csv", "a,b\n\n1,2,\n\n3,4", "a:int64|b:int64\n 1|2\n 3|4\n");
}

static void what_is_wrong_is_counted_and_the_rest_kept(void **state)
{
	(void)state;
	assert_decodes("csv", "a,b\n1,2\n1,2,3\n4\n5,\xff\n6,7\n",
		       "a:int64|b:string\n 1|2\n 4|.\n 5|\xef\xbf\xbd\n 6|7\ntoo many fields: 1\n");
	assert_decodes("csv", "a,b\n1,x\n2,\"open\n3,y\n4,z\n", "a:int64|b:string\n 1|x\n 3|y\n 4|z\ncut off: 1\n");
	assert_decodes("csv", "a,b\n1,x\n2,\"open\n3,\"y\"\n4,z\n",
		       "a:int64|b:string\n 1|x\n 3|y\n 4|z\nnot the format: 1\n");
	/* what is wrong lies behind the place where the record went to libcsv */
	assert_decodes(
	    "csv",
	    "a,b\n\"1\"x\",2\n\"1\"x\",33333333333333333333333333333333333333333333333333333333333333333333333\xff\n",
	    "a:string|b:string\n 1\"x|2\n "
	    "1\"x|33333333333333333333333333333333333333333333333333333333333333333333333\xef\xbf\xbd\n");
	assert_decodes("csv", "\"torn", "c1:null\ncut off: 1\n");
	assert_decodes("csv", "", "\n");
	assert_decodes("csv", "a,b\n", "a:null|b:null\n");
}

static void pieces_read_as_the_whole(void **state)
{
	(void)state;
	struct weir_codec_config config = {.format = "csv", .time = "none", .want = {.all = true}};
	struct weir_str text = WEIR_STR("a,b\r\n1,\"x\r\ny\"\r\n2,\"\"\"\"\r\n3,z\r\n4,\"open\r\n5,w\r\n");
	for (size_t piece = 1; piece < text.size; piece++) {
		char *shown = decode_pieces(&config, text, piece);
		static const char *const parts[] = {" 1|x\r\ny\n", " 2|\"\n", " 3|z\n", "cut off: 1\n", " 5|w\n"};
		for (size_t i = 0; i < 5; i++)
			if (!strstr(shown, parts[i]))
				fail_msg("pieces of %zu: no %sin %s", piece, parts[i], shown);
		free(shown);
	}
}

static void nulls_and_blanks(void **state)
{
	(void)state;
	struct weir_codec_config config = {.format = "csv", .time = "none", .nulls = "NA,,\\N", .want = {.all = true}};
	char *shown = decode_pieces(&config, WEIR_STR("a,b\n1,NA\nNA, 2\n\\N,\n 3 ,4.5\n"), 0);
	assert_string_equal(shown, "a:int64|b:float64\n 1|-\n -|2.0\n -|-\n 3|4.5\n");
	free(shown);
}

/* Types are of the sample; what comes later widens, and no row of the batch where it happens loses its text. */
static void a_later_text_widens_the_column(void **state)
{
	(void)state;
	struct weir_codec_config config = {.format = "csv", .time = "none", .want = {.all = true}};
	struct weir_codec *codec = NULL;
	struct weir_error err = {0};
	struct weir_str sample = WEIR_STR("a,b\n1,1\n2,2\n"), later = WEIR_STR("3,12.50\n4,007\n5.5,1\n");
	assert_int_equal(weir_codec_open(&config, sample, false, &codec, &err), WEIR_OK);
	struct weir_batch *b = weir_batch_new(WEIR_BATCH_ROWS);
	struct weir_buf out = {0};
	struct weir_chunk chunk = {.bytes = sample.data, .size = sample.size};
	assert_int_equal(weir_codec_decode(codec, &chunk, b, &err), WEIR_OK);
	show_batch(b, &out);
	weir_batch_clear(b);
	chunk = (struct weir_chunk){.bytes = later.data, .size = later.size, .offset = sample.size, .at_end = true};
	while (chunk.size) { /* a batch begins with the row that widens a column */
		weir_batch_clear(b);
		assert_int_equal(weir_codec_decode(codec, &chunk, b, &err), WEIR_OK);
		show_batch(b, &out);
	}
	assert_string_equal(out.data, "a:int64|b:int64\n 1|1\n 2|2\n"
				      "a:int64|b:float64\n 3|12.5\n"
				      "a:int64|b:string\n 4|007\n"
				      "a:float64|b:string\n 5.5|1\n");
	assert_int_equal(b->position[0], (int64_t)(sample.size + 14));
	assert_int_equal(b->schema->fields[1].type, WEIR_STRING);
	weir_buf_release(&out);
	weir_batch_free(b);
	weir_codec_close(codec);
}

static void only_what_is_wanted(void **state)
{
	(void)state;
	struct weir_str names[] = {WEIR_STR("c")};
	struct weir_codec_config config = {.format = "csv", .want = {.names = names, .n_names = 1}};
	char *shown =
	    decode_pieces(&config, WEIR_STR("time,b,c\n2026-11-22T10:00:00Z,1,x\n2026-11-22T10:00:01.5Z,2,y\n"), 0);
	assert_string_equal(shown, "time:timestamp|c:string\n 2026-11-22T10:00:00Z|x\n 2026-11-22T10:00:01.500Z|y\n");
	free(shown);
}

static void one_message_one_record(void **state)
{
	(void)state;
	struct weir_codec_config config = {.format = "csv", .time = "none", .want = {.all = true}};
	struct weir_codec *codec = NULL;
	struct weir_error err = {0};
	struct weir_message m[] = {
	    {.payload = WEIR_STR("a,b"), .offset = 7, .time_us = WEIR_TIME_NONE},
	    {.payload = WEIR_STR("1,x"), .offset = 8, .time_us = WEIR_TIME_NONE},
	    {.payload = WEIR_STR("2,\"y\nz\"\n"), .offset = 9, .time_us = WEIR_TIME_NONE},
	    {.payload = WEIR_STR("3,\"y"), .offset = 10, .time_us = WEIR_TIME_NONE},
	    {.payload = WEIR_STR("4,x\n5,y"), .offset = 11, .time_us = WEIR_TIME_NONE},
	    {.offset = 12, .time_us = WEIR_TIME_NONE},
	};
	assert_int_equal(weir_codec_open(&config, WEIR_STR("a,b\n1,x\n"), false, &codec, &err), WEIR_OK);
	struct weir_batch *b = weir_batch_new(WEIR_BATCH_ROWS);
	struct weir_buf out = {0};
	struct weir_chunk chunk = {.messages = m, .n_messages = 6, .is_messages = true};
	assert_int_equal(weir_codec_decode(codec, &chunk, b, &err), WEIR_OK);
	show_batch(b, &out);
	assert_string_equal(out.data, "a:int64|b:string\n 1|x\n 2|y\nz\n .|.\nnot the format: 1\ncut off: 1\n");
	assert_int_equal(chunk.n_messages, 0);
	assert_int_equal(b->position[1], 9);
	weir_buf_release(&out);
	weir_batch_free(b);
	weir_codec_close(codec);
}

static void lines_above_the_header(void **state)
{
	(void)state;
	assert_decodes("csv", "# fruit of the week\nsep=;\n\nname;n\npear;1\nplum\n",
		       "name:string|n:int64\n pear|1\n plum|.\nnot the format: 1\n");
	assert_decodes("csv", "# tool 1.2, 3 rows, ok\nid,name,n\n1,a,3\n", "id:int64|name:string|n:int64\n 1|a|3\n");
	assert_decodes("csv", "# a\n#id,name\n1,a\n", "#id:int64|name:string\n 1|a\n");
	assert_decodes("csv", "\xff,b\n1,2\n", "\xef\xbf\xbd:int64|b:int64\n 1|2\n");
}

static void more_columns_than_are_kept(void **state)
{
	(void)state;
	struct weir_buf text = {0};
	for (int row = 0; row < 3; row++)
		for (int i = 0; i < 4099; i++)
			weir_buf_addf(&text, row ? "%.0s%d%c" : "%s%d%c", "c", i, i < 4098 ? ',' : '\n');
	struct weir_codec_config config = {.format = "csv", .time = "none", .want = {.all = true}};
	char *shown = decode_pieces(&config, weir_buf_str(&text), 0);
	assert_non_null(strstr(shown, "|4094|4095|{\"c4096\":4096,\"c4097\":4097,\"c4098\":4098}\n 0|1|"));
	assert_null(strstr(shown, "too many"));
	free(shown);
	weir_buf_release(&text);
}

/* A live stream that had sent next to nothing when it was opened. */
static void the_shape_is_found_out_later(void **state)
{
	(void)state;
	struct weir_codec_config config = {.format = "csv", .time = "none", .want = {.all = true}};
	struct weir_codec *codec = NULL;
	struct weir_error err = {0};
	struct weir_str text = WEIR_STR("a;b\n1;x\n2;y\n");
	assert_int_equal(weir_codec_open(&config, (struct weir_str){text.data, 2}, false, &codec, &err), WEIR_OK);
	struct weir_batch *b = weir_batch_new(WEIR_BATCH_ROWS);
	struct weir_buf out = {0};
	size_t taken = 0;
	for (size_t have = 2; have <= text.size; have++) {
		struct weir_chunk chunk = {text.data + taken, have - taken, taken};
		weir_batch_clear(b);
		assert_int_equal(weir_codec_decode(codec, &chunk, b, &err), WEIR_OK);
		taken = have - chunk.size;
		if (b->n_rows)
			show_batch(b, &out);
	}
	assert_string_equal(out.data, "a:int64|b:string\n 1|x\na:int64|b:string\n 2|y\n");
	assert_string_equal(weir_codec_guess(codec)->header, "yes");
	weir_buf_release(&out);
	weir_batch_free(b);
	weir_codec_close(codec);
}

/* What the source may not hold any longer is given up to the end of its line, or, in an open quote, its first line. */
static void records_too_long_to_hold(void **state)
{
	(void)state;
	struct weir_codec_config config = {.format = "csv", .time = "none", .want = {.all = true}};
	struct weir_codec *codec = NULL;
	struct weir_error err = {0};
	static const struct {
		const char *bytes;
		bool full;
	} pieces[] = {
	    {"a,b\n1,x\n22222222", true}, /* there is room, once the first record was taken */
	    {"22222222", true},           {"2222,yyyyyy", false}, {"yyy\n3,z\n", false},
	    {"4,\"open\n5,z\n6", true},   {"66,q\n7,w\n", false},
	};
	struct weir_buf out = {0};
	struct weir_batch *b = weir_batch_new(WEIR_BATCH_ROWS);
	assert_int_equal(weir_codec_open(&config, WEIR_STR("a,b\n1,x\n"), false, &codec, &err), WEIR_OK);
	uint64_t offset = 0;
	for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
		struct weir_chunk chunk = {pieces[i].bytes, strlen(pieces[i].bytes), offset, .full = pieces[i].full};
		weir_batch_clear(b);
		assert_int_equal(weir_codec_decode(codec, &chunk, b, &err), WEIR_OK);
		offset = chunk.offset;
		show_batch(b, &out);
		weir_buf_addf(&out, "%zu left\n", chunk.size);
	}
	assert_string_equal(out.data, "a:int64|b:string\n 1|x\n8 left\n"
				      "a:null|b:null\nrecord too long: 1\n0 left\n"
				      "a:null|b:null\n0 left\n"
				      "a:int64|b:string\n 3|z\n0 left\n"
				      "a:int64|b:string\n 5|z\ncut off: 1\n1 left\n"
				      "a:int64|b:string\n 66|q\n 7|w\n0 left\n");
	weir_buf_release(&out);
	weir_batch_free(b);
	weir_codec_close(codec);
}

/* A log that is rotated: the last line of the old file ends where the file does, and the new one begins with a header. */
static void another_file_takes_over(void **state)
{
	(void)state;
	struct weir_codec_config config = {.format = "csv", .time = "none", .want = {.all = true}};
	struct weir_codec *codec = NULL;
	struct weir_error err = {0};
	static const struct {
		const char *bytes;
		bool restarts;
	} pieces[] = {
	    {"a,b\n1,x\n2,", false},
	    {"2,y", true},
	    {"\xef\xbb\xbf"
	     "a,",
	     false},
	    {"\xef\xbb\xbf"
	     "a,b\n3,z\n",
	     false},
	    {"", true},
	    {"c,a\n4,5\n", false},
	    {"", true},
	    {"6,7\n", false},
	};
	struct weir_buf out = {0};
	struct weir_batch *b = weir_batch_new(WEIR_BATCH_ROWS);
	assert_int_equal(weir_codec_open(&config, WEIR_STR("a,b\n1,x\n"), false, &codec, &err), WEIR_OK);
	uint64_t offset = 0;
	for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
		struct weir_chunk chunk = {pieces[i].bytes, strlen(pieces[i].bytes), offset,
					   .at_end = pieces[i].restarts, .restarts = pieces[i].restarts};
		weir_batch_clear(b);
		assert_int_equal(weir_codec_decode(codec, &chunk, b, &err), WEIR_OK);
		offset = chunk.offset;
		if (b->n_rows)
			show_batch(b, &out);
	}
	assert_string_equal(out.data, "a:int64|b:string\n 1|x\n"
				      "a:int64|b:string\n 2|y\n"
				      "a:int64|b:string\n 3|z\n"
				      "a:int64|b:null|c:int64\n 5|.|4\n"
				      "a:int64|b:null|c:int64\n 7|.|6\n");
	weir_buf_release(&out);
	weir_batch_free(b);
	weir_codec_close(codec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(header_and_types),
	    cmocka_unit_test(names_that_look_like_data),
	    cmocka_unit_test(a_header_that_comes_again_is_no_record),
	    cmocka_unit_test(blanks_around_quotes),
	    cmocka_unit_test(header_as_asked),
	    cmocka_unit_test(separators),
	    cmocka_unit_test(quotes_line_ends_and_marks),
	    cmocka_unit_test(what_is_wrong_is_counted_and_the_rest_kept),
	    cmocka_unit_test(pieces_read_as_the_whole),
	    cmocka_unit_test(nulls_and_blanks),
	    cmocka_unit_test(a_later_text_widens_the_column),
	    cmocka_unit_test(only_what_is_wanted),
	    cmocka_unit_test(one_message_one_record),
	    cmocka_unit_test(lines_above_the_header),
	    cmocka_unit_test(the_shape_is_found_out_later),
	    cmocka_unit_test(more_columns_than_are_kept),
	    cmocka_unit_test(records_too_long_to_hold),
	    cmocka_unit_test(another_file_takes_over),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
