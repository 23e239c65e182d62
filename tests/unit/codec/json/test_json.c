/* The JSON decoder: shapes of input, what does not parse, pieces of any size, and value by value against jansson. */
#include "../decode_text.h"

#include <jansson.h>
#include <math.h>

static void test_objects(void **state)
{
	(void)state;
	assert_decodes("json", "{\"a\":1,\"b\":\"x\"}\n{\"a\":2}\n{\"b\":null,\"a\":-3}\n",
		       "a:int64|b:string\n 1|x\n 2|.\n -3|-\n");
	assert_decodes("json", "{\"u\":{\"id\":7,\"n\":{\"z\":true}},\"t\":[1, {\"q\":\"]\"}]}",
		       "u.id:int64|u.n.z:bool|t:string\n 7|true|[1, {\"q\":\"]\"}]\n");
	assert_decodes("json", "{\"a\":1}{\"a\":2} {\"a\":3}", "a:int64\n 1\n 2\n 3\n");
	assert_decodes("json", "[{\"a\":1},\n {\"a\":2}]", "a:int64\n 1\n 2\n");
	assert_decodes("json", "{\n \"a\": 1,\n \"b\": {\n  \"c\": 2\n }\n}\n{\n \"a\": 3\n}\n",
		       "a:int64|b.c:int64\n 1|2\n 3|.\n");
	assert_decodes("json", "\xef\xbb\xbf{\"a\":1}\r\n\r\n{\"a\":2}\r\n", "a:int64\n 1\n 2\n");
	assert_decodes("json", "{\"a\":1,\"a\":2}\n{\"a\":3,\"a\":null}\n", "a:int64\n 2\n -\n");
	assert_decodes("json", "{\"a\\u0041\":\"\\u00e9\\ud83d\\ude00\\ud800\\n\"}",
		       "aA:string\n \xc3\xa9\xf0\x9f\x98\x80\xef\xbf\xbd\n\n");
}

static void test_path(void **state)
{
	(void)state;
	assert_decodes(
	    "json:features",
	    "{\"type\":\"F\",\"m\":{\"x\":[\"]}\"]},\"features\":[{\"id\":1},{\"id\":2}],\"z\":{\"a\":[3]}}\n"
	    "{\"features\":[{\"id\":3}]}",
	    "id:int64\n 1\n 2\n 3\n");
	assert_decodes("json:a.b", "{\"a\":{\"x\":1,\"b\":[{\"id\":1}],\"y\":[]},\"c\":2}", "id:int64\n 1\n");
}

static void test_types_widen(void **state)
{
	(void)state;
	assert_decodes("json", "{\"a\":1}\n{\"a\":2.5}\n", "a:float64\n 1.0\n 2.5\n");
	assert_decodes("json", "{\"a\":1}\n{\"a\":\"x\"}\n{\"a\":true}\n", "a:string\n 1\n x\n true\n");
	assert_decodes("json", "{\"a\":9223372036854775807}\n{\"a\":-9223372036854775808}\n",
		       "a:int64\n 9223372036854775807\n -9223372036854775808\n");
	/* An integer beyond 64 bits is text, and so is every value of its column, to the last digit as it was written. */
	assert_decodes("json", "{\"a\":9223372036854775808}\n", "a:string\n 9223372036854775808\n");
	assert_decodes("json", "{\"a\":1.50}\n{\"a\":16.0}\n{\"a\":-99999999999999999999}\n{\"a\":1E2}\n",
		       "a:string\n 1.50\n 16.0\n -99999999999999999999\n 1E2\n");
}

static void test_bad_records(void **state)
{
	(void)state;
	assert_decodes("json", "{\"a\":1}\ngarbage\n{\"a\":2,\"b\":\n{\"a\":3}\n[1]\n{\"a\":4",
		       "a:int64|b:null\n 1|.\n 3|.\nnot the format: 2\ncut off: 2\n");
	assert_decodes("json", "{\"a\":1}\n{\"a\":01}\n{\"a\":1.}\n{\"a\":tru}\n{\"a\" 1}\n{\"a\":1,}\n{\"a\":2}\n",
		       "a:int64\n 1\n 2\nnot the format: 5\n");
	assert_decodes("json", "{\"a\":1}\n{\"a\":\"x\\q\"}\n{\"a\":\"\ttab\"}\n{\"a\":2}\n",
		       "a:int64\n 1\n 2\nnot the format: 2\n");
	/* Over lines, what is broken counts once. */
	assert_decodes("json",
		       "{\n \"a\": 1\n}\n{\n \"a\": oops,\n \"b\": {\n  \"c\": 1\n }\n}\ntext\n{\n \"a\": 2\n}\n",
		       "a:int64\n 1\n 2\nnot the format: 1\n");
	assert_decodes("json", "[{\"a\":1},{\"a\":,},7,{\"a\":2}]", "a:int64\n 1\n 2\nnot the format: 2\n");
}

/* Counts one note of the batch that the text becomes. */
static void assert_notes(const char *text, const char *expected, enum weir_note kind, uint64_t n)
{
	struct weir_codec_config config = {.format = "json", .time = "none", .want = {.all = true}};
	struct weir_codec *codec = NULL;
	struct weir_chunk chunk = {.bytes = text, .size = strlen(text), .at_end = true};
	assert_decodes("json", text, expected);
	assert_int_equal(weir_codec_open(&config, weir_str_of(text), true, &codec, NULL), WEIR_OK);
	struct weir_batch *b = weir_batch_new(WEIR_BATCH_ROWS);
	assert_int_equal(weir_codec_decode(codec, &chunk, b, NULL), WEIR_OK);
	assert_int_equal(b->n_noted[kind], n);
	weir_batch_free(b);
	weir_codec_close(codec);
}

static void test_no_numbers(void **state)
{
	(void)state;
	assert_notes("{\"a\":NaN,\"b\":1}\n{\"a\":-Infinity,\"b\":2}\n{\"a\":1.5,\"b\":3}\n{\"a\":+inf,\"b\":4}\n",
		     "a:float64|b:int64\n -|1\n -|2\n 1.5|3\n -|4\n", WEIR_NOTE_NOT_A_NUMBER, 3);
	/* JSON, but more than a double can be. */
	assert_notes("{\"a\":1e400}\n{\"a\":-2.5e400}\n{\"a\":1e-400}\n", "a:float64\n -\n -\n 0.0\n",
		     WEIR_NOTE_NOT_A_NUMBER, 2);
	assert_notes("{\"a\":[1,NaN]}\n{\"a\":nan}\n", "a:string\n [1,NaN]\n -\n", WEIR_NOTE_NOT_A_NUMBER, 1);
	assert_decodes("json", "{\"a\":Nan}\n{\"a\":InfinityX}\n{\"a\":-}\n{\"a\":+1}\n{\"a\":nul}\n{\"b\":1}\n",
		       "a:null|b:int64\n .|1\nnot the format: 5\n");
}

static void test_undecoded(void **state)
{
	(void)state;
	assert_notes("{\"a\":\"caf\xe9 x\",\"b\":1}\n{\"a\":\"\xed\xa0\x80\",\"b\":2}\n{\"a\":\"\xc3\xa9\",\"b\":3}\n",
		     "a:string|b:int64\n caf\xef\xbf\xbd x|1\n \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd|2\n \xc3\xa9|3\n",
		     WEIR_NOTE_UNDECODED, 2);
	assert_notes("{\"k\xe9y\":[\"\xe9\",{\"x\":\"\\n\xff\"}]}\n",
		     "k\xef\xbf\xbdy:string\n [\"\xef\xbf\xbd\",{\"x\":\"\\n\xef\xbf\xbd\"}]\n", WEIR_NOTE_UNDECODED,
		     1);
}

static void test_nul_byte(void **state)
{
	(void)state;
	static const char text[] = "{\"a\":1}\n{\"a\":\"x\0y\"}\n{\"a\":2}\n";
	struct weir_codec_config config = {.format = "json", .time = "none", .want = {.all = true}};
	char *shown = decode_pieces(&config, (struct weir_str){text, sizeof text - 1}, 0);
	assert_string_equal(shown, "a:int64\n 1\n 2\ninvalid UTF-8: 1\n");
	free(shown);
}

static void test_depth(void **state)
{
	(void)state;
	struct weir_buf text = {0};
	weir_buf_add_c(&text, "{\"a\":1}\n{\"a\":");
	for (int i = 0; i < 100000; i++)
		weir_buf_add_c(&text, "[");
	weir_buf_add_c(&text, "\n{\"a\":");
	for (int i = 0; i < 100000; i++)
		weir_buf_add_c(&text, "{\"a\":");
	weir_buf_add_c(&text, "\n{\"a\":2}\n");
	assert_decodes("json", text.data, "a:int64\n 1\n 2\nnested too deeply: 2\n");
	weir_buf_release(&text);
}

static void test_wanted(void **state)
{
	(void)state;
	struct weir_str names[] = {WEIR_STR("u.id"), WEIR_STR("t[0].x")};
	struct weir_codec_config config = {.format = "json", .time = "none", .want = {.names = names, .n_names = 2}};
	char *shown =
	    decode_pieces(&config, WEIR_STR("{\"x\":\"y\",\"u\":{\"id\":1,\"no\":2},\"t\":[{\"x\":1}],\"z\":{}}\n"), 0);
	assert_string_equal(shown, "u.id:int64|t:string\n 1|[{\"x\":1}]\n");
	free(shown);
}

/* Decodes with --malformed fail; how many records were counted as malformed. */
static uint64_t malformed_until(const char *format, struct weir_str text, uint32_t rows, struct weir_error *err)
{
	struct weir_codec_config config = {
	    .format = format, .time = "none", .want = {.all = true}, .on_malformed = WEIR_MALFORMED_FAIL};
	struct weir_codec *codec;
	assert_int_equal(weir_codec_open(&config, text, true, &codec, err), WEIR_OK);
	struct weir_batch *b = weir_batch_new(16);
	struct weir_chunk chunk = {.bytes = text.data, .size = text.size, .at_end = true};
	assert_int_equal(weir_codec_decode(codec, &chunk, b, err), WEIR_MALFORMED);
	assert_int_equal(b->n_rows, rows);
	uint64_t n = weir_batch_malformed(b);
	weir_batch_free(b);
	weir_codec_close(codec);
	return n;
}

static void test_policies(void **state)
{
	(void)state;
	struct weir_codec_config config = {
	    .format = "json", .time = "none", .want = {.all = true}, .on_malformed = WEIR_MALFORMED_KEEP};
	char *shown = decode_pieces(&config, WEIR_STR("{\"a\":1}\noops\n{\"a\":2}\n"), 0);
	assert_string_equal(shown, "a:int64\n 1\n . bad\n 2\n");
	free(shown);
	struct weir_error err = {0};
	assert_int_equal(malformed_until("json", WEIR_STR("{\"a\":1}\noops\n{\"a\":2}\n"), 1, &err), 1);
	assert_non_null(strstr(err.what, "record 2 at byte 8"));
}

/* The record that stops it is the first that does not parse, not the document around it, which is cut off. */
static void test_the_first_fault_stops(void **state)
{
	(void)state;
	struct weir_error err = {0};
	assert_int_equal(malformed_until("json", WEIR_STR("[{\"a\":1},\n{\"a\":2;}\n"), 1, &err), 1);
	assert_non_null(strstr(err.what, "record 2 at byte 10"));
	assert_null(strstr(err.what, "not closed"));
	assert_int_equal(malformed_until("json:a", WEIR_STR("{\"a\":[{\"b\":tru}\n"), 0, &err), 1);
	assert_non_null(strstr(err.what, "record 1 at byte 6"));
	assert_int_equal(malformed_until("json", WEIR_STR("[{\"a\":1},\n"), 1, &err), 1);
	assert_non_null(strstr(err.what, "not closed"));
}

static void test_any_piece(void **state)
{
	(void)state;
	const char *texts[] = {
	    "{\"a\":12,\"b\":\"x\\u00e9y\",\"c\":{\"d\":null}}\ngarb\"age\n{\"a\":1.5e3,\"e\":[1,[2]]}\n{\"b\":\"\",\"a\":tru}\n{\"a\":7}\n",
	    "[{\"a\":1},{\"a\":2,\"b\":[\"]\"]},\n3,{\"a\":4}]",
	    "\xef\xbb\xbf{\n \"a\": 1\n}\n{\n \"a\": oops,\n \"b\": {\n  \"c\": 1\n }\n}\ntext\n   {\n \"a\": 2\n}\n"};
	for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++) {
		struct weir_codec_config config = {.format = "json", .time = "none", .want = {.all = true}};
		struct weir_buf whole = {0}, parts = {0};
		for (size_t piece = 0; piece < strlen(texts[t]); piece++) {
			char *shown = decode_pieces(&config, weir_str_of(texts[t]), piece);
			/* Only how many rows: a batch that holds less knows less of the columns. */
			struct weir_buf *out = piece ? &parts : &whole;
			weir_buf_clear(out);
			for (struct weir_str rest = weir_str_of(shown), line; rest.size;) {
				line = weir_str_cut(rest, '\n', &rest);
				if (line.size && (line.data[0] == ' ' || memchr(line.data, ':', line.size) == NULL))
					weir_buf_add_c(out, line.data[0] == ' ' ? "row\n" : "bad\n");
			}
			if (piece && strcmp(parts.data, whole.data) != 0)
				fail_msg("in pieces of %zu: %s", piece, shown);
			free(shown);
		}
		weir_buf_release(&whole);
		weir_buf_release(&parts);
	}
}

/* --- against jansson ------------------------------------------------------------------------------------------- */

static uint64_t seed = 42;

static unsigned dice(unsigned n)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (unsigned)(seed >> 33) % n;
}

static void random_value(struct weir_buf *out, int depth)
{
	static const char *const scalars[] = {"0",
					      "-0",
					      "17",
					      "-42",
					      "3.25",
					      "1e3",
					      "-2.5E-2",
					      "123456789012345678",
					      "0.1",
					      "true",
					      "false",
					      "null",
					      "\"\"",
					      "\"plain text\"",
					      "\"esc \\\"\\\\\\/\\b\\f\\n\\r\\t\"",
					      "\"\\u00e9\\u20ac\\ud83d\\ude00\"",
					      "\"\xc3\xa9 \xe2\x82\xac\"",
					      "\"a text of more than sixteen bytes, \\\"quoted\\\"\"",
					      "154.919",
					      "9007199254740993",
					      "5e-324",
					      "1.7976931348623157e308",
					      "0.30000000000000004"};
	unsigned kind = dice(depth > 3 ? 8 : 10);
	if (kind < 8) {
		weir_buf_add_c(out, scalars[dice(sizeof scalars / sizeof scalars[0])]);
		return;
	}
	unsigned n = dice(4);
	weir_buf_add_c(out, kind == 8 ? "[" : "{");
	for (unsigned i = 0; i < n; i++) {
		weir_buf_add_c(out, i ? (dice(2) ? " , " : ",") : "");
		if (kind == 9)
			weir_buf_addf(out, "\"k%u\"%s:%s", dice(6), dice(3) ? "" : " ", dice(3) ? "" : " ");
		random_value(out, depth + 1);
	}
	weir_buf_add_c(out, kind == 8 ? "]" : "}");
}

static void random_record(struct weir_buf *out)
{
	weir_buf_clear(out);
	weir_buf_add_c(out, "{");
	unsigned n = dice(6);
	for (unsigned i = 0; i < n; i++) {
		weir_buf_addf(out, "%s\"k%u\":", i ? "," : "", dice(3) ? i : dice(8));
		random_value(out, 0);
	}
	weir_buf_add_c(out, "}");
	if (dice(4) == 0 && out->size > 2) /* damage a byte */
		out->data[1 + dice((unsigned)out->size - 1)] = "x\"{}[],:\\0 \x01"[dice(12)];
}

static void compare_value(const struct weir_batch *b, const char *path, const json_t *v)
{
	if (json_is_object(v)) {
		const char *key;
		json_t *child;
		json_object_foreach((json_t *)(uintptr_t)v, key, child)
		{
			char below[256];
			snprintf(below, sizeof below, "%s%s%s", path, *path ? "." : "", key);
			compare_value(b, below, child);
		}
		return;
	}
	int i = weir_schema_find(b->schema, weir_str_of(path));
	assert_true(i >= 0);
	struct weir_value got = weir_column_get(&b->columns[i], 0);
	if (json_is_null(v)) {
		assert_int_equal(got.type, WEIR_NULL);
		assert_false(weir_column_missing(&b->columns[i], 0));
	} else if (json_is_integer(v)) {
		assert_int_equal(got.type, WEIR_INT64);
		assert_true(got.i == json_integer_value(v));
	} else if (json_is_real(v)) {
		assert_int_equal(got.type, WEIR_FLOAT64);
		assert_true(got.f == json_real_value(v));
	} else if (json_is_boolean(v)) {
		assert_int_equal(got.type, WEIR_BOOL);
		assert_int_equal(got.b, json_is_true(v));
	} else if (json_is_string(v)) {
		assert_int_equal(got.type, WEIR_STRING);
		assert_true(weir_str_equal(got.s, (struct weir_str){json_string_value(v), json_string_length(v)}));
	} else { /* an array stays its text */
		json_t *again = json_loadb(got.s.data, got.s.size, JSON_DECODE_ANY, NULL);
		assert_true(json_equal(again, v));
		json_decref(again);
	}
}

/* True when weir takes the record; fails when jansson sees it otherwise. */
static bool same_as_jansson(const struct weir_buf *text)
{
	json_error_t why = {0};
	json_t *theirs = json_loadb(text->data, text->size, 0, &why);
	json_t *strict = json_loadb(text->data, text->size, JSON_REJECT_DUPLICATES, NULL);
	struct weir_codec_config config = {.format = "json", .time = "none", .want = {.all = true}};
	struct weir_codec *codec = NULL;
	assert_int_equal(weir_codec_open(&config, (struct weir_str){"{}\n", 3}, false, &codec, NULL), WEIR_OK);
	struct weir_batch *b = weir_batch_new(64);
	struct weir_chunk chunk = {.bytes = text->data, .size = text->size, .at_end = true};
	assert_int_equal(weir_codec_decode(codec, &chunk, b, NULL), WEIR_OK);
	bool ours = b->n_rows == 1 && weir_batch_malformed(b) == 0;
	/* A lone surrogate is refused there and replaced here; numbers inside arrays stay text here. */
	/* So is a byte that is not UTF-8. */
	bool lenient = ours && (strstr(text->data, "\\u") || strstr(why.text, "unable to decode byte") ||
				strstr(why.text, "overflow") || strstr(why.text, "too big"));
	if (json_is_object(theirs) != ours && !lenient)
		fail_msg("jansson %s, weir %s: %s", theirs ? "takes it" : "does not", ours ? "does" : "does not",
			 text->data);
	if (strict && ours)
		compare_value(b, "", strict);
	weir_batch_free(b);
	weir_codec_close(codec);
	json_decref(theirs);
	json_decref(strict);
	return ours;
}

static void test_like_jansson(void **state)
{
	(void)state;
	struct weir_buf text = {0};
	unsigned both = 0, neither = 0;
	for (int round = 0; round < 20000; round++) {
		random_record(&text);
		if (strlen(text.data) != text.size)
			continue;
		bool ours = same_as_jansson(&text);
		both += ours;
		neither += !ours;
	}
	assert_true(both > 5000 && neither > 500);
	weir_buf_release(&text);
}

/* The lines of a file of the tree; how many of them weir takes. */
static unsigned file_like_jansson(const char *name)
{
	const char *srcdir = getenv("srcdir");
	char path[1024], *line = NULL;
	size_t room = 0;
	unsigned taken = 0;
	struct weir_buf text = {0};
	snprintf(path, sizeof path, "%s/%s", srcdir ? srcdir : ".", name);
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	for (ssize_t n; (n = getline(&line, &room, f)) > 0;) {
		while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r'))
			n--;
		weir_buf_clear(&text);
		weir_buf_add(&text, line, (size_t)n);
		weir_buf_add_c(&text, "");
		if (text.size && strlen(text.data) == text.size)
			taken += same_as_jansson(&text);
	}
	fclose(f);
	free(line);
	weir_buf_release(&text);
	return taken;
}

static void test_files_like_jansson(void **state)
{
	(void)state;
	assert_true(file_like_jansson("samples/web.ndjson") > 100);
	assert_true(file_like_jansson("samples/odd/changing.ndjson") > 2);
	assert_true(file_like_jansson("samples/odd/hostile.ndjson") > 2);
	assert_true(file_like_jansson("tests/fuzz/corpus/json/lines") > 1);
	file_like_jansson("tests/fuzz/corpus/json/syntax");
	file_like_jansson("tests/fuzz/corpus/json/numbers");
	file_like_jansson("tests/fuzz/corpus/json/escapes");
}

/* A document that does not end is a row like any other malformed record, also where the batch before it is full. */
static void test_unended_is_kept(void **state)
{
	(void)state;
	static const char *const texts[] = {"[{\"a\":1},{\"a\":2}", "[{\"a\":1},{\"a\":2},",
					    "[{\"a\":1},{\"a\":2} \n\n"};
	for (size_t i = 0; i < 3; i++)
		for (uint32_t capacity = 1; capacity < 5; capacity++)
			for (int messages = 0; messages < 2; messages++) {
				struct weir_codec_config config = {.format = "json",
								   .time = "none",
								   .on_malformed = WEIR_MALFORMED_KEEP,
								   .want = {.all = true, .raw = true}};
				struct weir_str text = weir_str_of(texts[i]);
				struct weir_message m = {.payload = text, .offset = 7, .time_us = WEIR_TIME_NONE};
				struct weir_chunk chunk = {.at_end = true, .is_messages = messages};
				struct weir_codec *codec = NULL;
				struct weir_batch *b = weir_batch_new(capacity);
				struct weir_buf out = {0};
				uint64_t bytes = 0;
				chunk.messages = &m;
				chunk.n_messages = messages ? 1 : 0;
				chunk.bytes = text.data;
				chunk.size = messages ? 0 : text.size;
				assert_int_equal(weir_codec_open(&config, text, true, &codec, NULL), WEIR_OK);
				while (chunk.size || chunk.n_messages) {
					weir_batch_clear(b);
					assert_int_equal(weir_codec_decode(codec, &chunk, b, NULL), WEIR_OK);
					assert_int_equal(weir_batch_malformed(b), 0);
					assert_true(b->n_rows > 0);
					bytes += b->bytes;
					for (uint32_t row = 0; row < b->n_rows; row++) {
						bool bad = b->malformed && weir_bit_get(b->malformed, row);
						weir_buf_addf(&out, "%s@%lld ", bad ? "bad" : "row",
							      (long long)b->position[row]);
					}
				}
				assert_int_equal(bytes, text.size);
				assert_string_equal(out.data, messages ? "row@7 row@7 bad@7 " : "row@1 row@9 bad@0 ");
				weir_buf_release(&out);
				weir_batch_free(b);
				weir_codec_close(codec);
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_objects),
	    cmocka_unit_test(test_path),
	    cmocka_unit_test(test_types_widen),
	    cmocka_unit_test(test_bad_records),
	    cmocka_unit_test(test_nul_byte),
	    cmocka_unit_test(test_no_numbers),
	    cmocka_unit_test(test_undecoded),
	    cmocka_unit_test(test_depth),
	    cmocka_unit_test(test_wanted),
	    cmocka_unit_test(test_policies),
	    cmocka_unit_test(test_any_piece),
	    cmocka_unit_test(test_like_jansson),
	    cmocka_unit_test(test_unended_is_kept),
	    cmocka_unit_test(test_files_like_jansson),
	    cmocka_unit_test(test_the_first_fault_stops),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
