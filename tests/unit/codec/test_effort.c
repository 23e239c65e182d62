/* Inputs that once took the square or the cube of their size: each would take minutes here. */
#include "decode_text.h"

#include "codec/time/time.h"

/* Opens with the format and decodes all of it. Owned; the caller frees the text of the first row's column, "" without. */
static char *first_of(const char *format, const struct weir_buf *text, const char *column, uint32_t *n_columns)
{
	const struct weir_codec_config config = {.format = format, .time = "none", .want = {.all = true}};
	struct weir_chunk chunk = {.bytes = text->data, .size = text->size, .at_end = true};
	struct weir_batch *b = weir_batch_new(WEIR_BATCH_ROWS);
	struct weir_codec *codec = NULL;
	struct weir_error err = {0};
	struct weir_buf out = {0};
	assert_int_equal(weir_codec_open(&config, weir_buf_str(text), true, &codec, &err), WEIR_OK);
	assert_int_equal(weir_codec_decode(codec, &chunk, b, &err), WEIR_OK);
	assert_true(b->n_rows > 0);
	int at = weir_schema_find(b->schema, weir_str_of(column));
	struct weir_value v = {0};
	if (at >= 0 && weir_column_valid(&b->columns[at], 0)) {
		v = weir_column_get(&b->columns[at], 0);
		weir_value_text(&v, &out);
	}
	weir_buf_add_c(&out, "");
	*n_columns = b->n_columns;
	weir_batch_free(b);
	weir_codec_close(codec);
	return out.data ? out.data : strdup("");
}

static void expect_first(const char *format, struct weir_buf *text, const char *column, const char *value,
			 uint32_t columns)
{
	uint32_t n = 0;
	assert_false(text->failed);
	char *got = first_of(format, text, column, &n);
	assert_string_equal(got, value);
	assert_int_equal(n, columns);
	free(got);
	weir_buf_release(text);
}

#define HEADER_5424 "<14>1 2026-01-05T03:04:05Z h a 7 m "

static void many_elements_in_a_line(void **state)
{
	(void)state;
	struct weir_buf text = {0};
	weir_buf_add_c(&text, HEADER_5424);
	for (int i = 0; i < 200000; i++)
		weir_buf_add_c(&text, "[a]");
	weir_buf_add_c(&text, " said\n");
	expect_first("syslog", &text, "message", "said", 8);
}

static void many_names_in_a_line(void **state)
{
	(void)state;
	struct weir_buf text = {0};
	weir_buf_add_c(&text, HEADER_5424 "[i");
	for (int i = 0; i < 60000; i++)
		weir_buf_addf(&text, " n%d=\"x%d\"", i, i);
	weir_buf_add_c(&text, "] said\n");
	struct weir_buf again = {0};
	weir_buf_add_str(&again, weir_buf_str(&text));
	expect_first("syslog", &text, "i.n4000", "x4000", WEIR_MAX_FIELDS);
	uint32_t n;
	char *more = first_of("syslog", &again, WEIR_MORE, &n);
	assert_non_null(strstr(more, "\"i.n4096\":\"x4096\""));
	assert_non_null(strstr(more, "\"i.n59999\":\"x59999\"}"));
	free(more);
	weir_buf_release(&again);
}

static void many_names_in_directives(void **state)
{
	(void)state;
	struct weir_buf text = {0};
	for (int i = 4000; i < 60000; i += 200) {
		weir_buf_add_c(&text, "#Fields:");
		for (int k = 0; k < 200; k++)
			weir_buf_addf(&text, " f%d", i + k);
		weir_buf_add_c(&text, "\n");
	}
	for (int k = 0; k < 200; k++)
		weir_buf_addf(&text, "%d ", k);
	weir_buf_add_c(&text, "\n");
	struct weir_buf again = {0};
	weir_buf_add_str(&again, weir_buf_str(&text));
	/* no record has what the first directives name: the builder has room */
	expect_first("w3c", &text, "f59800", "0", 200);
	expect_first("w3c", &again, "f59999", "199", 200);
}

static void names_beyond_the_last_column_are_kept(void **state)
{
	(void)state;
	struct weir_buf text = {0};
	for (int i = 0; i < 4400; i += 200) {
		weir_buf_add_c(&text, "#Fields:");
		for (int k = 0; k < 200; k++)
			weir_buf_addf(&text, " f%d", i + k);
		weir_buf_add_c(&text, "\n");
		for (int k = 0; k < 200; k++)
			weir_buf_addf(&text, "%d ", i + k);
		weir_buf_add_c(&text, "\n");
	}
	const struct weir_codec_config config = {.format = "w3c", .time = "none", .want = {.all = true}};
	char *shown = decode_pieces(&config, weir_buf_str(&text), 0);
	assert_non_null(strstr(shown, "\"f4096\":4096,"));
	assert_non_null(strstr(shown, "\"f4399\":4399}"));
	free(shown);
	weir_buf_release(&text);
}

static void equal_names_in_a_header(void **state)
{
	(void)state;
	struct weir_buf text = {0};
	for (int row = 0; row < 2; row++)
		for (int i = 0; i < 4096; i++)
			weir_buf_addf(&text, "%s%s", row ? "1" : "a", i < 4095 ? "," : "\n");
	expect_first("csv", &text, "a_4096", "1", 4096);
	weir_buf_add_c(&text, "a,a_2,a,a,a_3\n1,2,3,4,5\n");
	expect_first("csv", &text, "a_3", "3", 5);
	weir_buf_add_c(&text, "a,a_2,a,a,a_3\n1,2,3,4,5\n");
	expect_first("csv", &text, "a_3_2", "5", 5);
}

static void ever_new_keys(void **state)
{
	(void)state;
	struct weir_buf text = {0};
	for (int i = 0; i < 60000; i++)
		weir_buf_addf(&text, "k%d=x%d\n", i, i);
	struct weir_codec_config config = {.format = "logfmt", .time = "none", .want = {.all = true}};
	struct weir_codec *codec = NULL;
	struct weir_error err = {0};
	assert_int_equal(weir_codec_open(&config, weir_buf_str(&text), true, &codec, &err), WEIR_OK);
	struct weir_batch *b = weir_batch_new(64);
	struct weir_chunk chunk = {.bytes = text.data, .size = text.size, .at_end = true};
	assert_int_equal(weir_codec_decode(codec, &chunk, b, &err), WEIR_OK);
	assert_int_equal(b->n_rows, 64);
	weir_batch_free(b);
	weir_codec_close(codec);
	weir_buf_release(&text);
}

/* A line that cannot be decided ends the answer: the survey does not try all that follow. */
static void a_pattern_that_takes_too_many_steps(void **state)
{
	(void)state;
	struct weir_buf text = {0};
	for (int i = 0; i < 5000; i++)
		weir_buf_add_c(&text, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n");
	const struct weir_codec_config config = {.format = "regex:^(?<a>(x+x+)+?)(?>)[yz]$",
						 .time = "none",
						 .on_malformed = WEIR_MALFORMED_DROP,
						 .want = {.all = true}};
	struct weir_codec *codec = NULL;
	struct weir_error err = {0};
	struct weir_batch *b = weir_batch_new(64);
	struct weir_chunk chunk = {.bytes = text.data, .size = text.size, .at_end = true};
	assert_int_equal(weir_codec_open(&config, weir_buf_str(&text), true, &codec, &err), WEIR_OK);
	assert_int_equal(weir_codec_decode(codec, &chunk, b, &err), WEIR_TOO_LARGE);
	weir_batch_free(b);
	weir_codec_close(codec);
	weir_buf_release(&text);
}

/* A column that held values often and was no time is not looked at again; one that comes later is found. */
static void columns_without_a_time_are_looked_at_a_few_times(void **state)
{
	(void)state;
	enum { COLUMNS = 50, ROUNDS = 200 };
	uint8_t looks[COLUMNS + 1] = {0};
	struct weir_time_looks known = {.looks = looks, .n = COLUMNS + 1};
	struct weir_time_votes *votes = malloc(sizeof *votes);
	struct weir_batch *b = weir_batch_new(16);
	assert_true(votes && b);
	for (int round = 0; round <= ROUNDS; round++) {
		const char *text = "{";
		struct weir_buf line = {0};
		for (int i = 0; i < COLUMNS; i++, text = ",")
			weir_buf_addf(&line, "%s\"c%d\":%d", text, i, i);
		weir_buf_addf(&line, ",\"time\":%s}\n", round < ROUNDS ? "null" : "\"2026-01-05T03:04:05Z\"");
		const struct weir_codec_config config = {.format = "json", .time = "none", .want = {.all = true}};
		struct weir_codec *codec = NULL;
		struct weir_error err = {0};
		struct weir_chunk chunk = {.bytes = line.data, .size = line.size, .at_end = true};
		assert_int_equal(weir_codec_open(&config, weir_buf_str(&line), true, &codec, &err), WEIR_OK);
		weir_batch_clear(b);
		assert_int_equal(weir_codec_decode(codec, &chunk, b, &err), WEIR_OK);
		struct weir_time_columns c = weir_time_columns_guess(b, WEIR_TIME_NONE, &known, votes);
		assert_int_equal(c.date, round < ROUNDS ? -1 : COLUMNS);
		weir_codec_close(codec);
		weir_buf_release(&line);
	}
	assert_true(known.votes <= COLUMNS * 10 + 1);
	weir_batch_free(b);
	free(votes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(many_elements_in_a_line),
	    cmocka_unit_test(many_names_in_a_line),
	    cmocka_unit_test(many_names_in_directives),
	    cmocka_unit_test(names_beyond_the_last_column_are_kept),
	    cmocka_unit_test(equal_names_in_a_header),
	    cmocka_unit_test(ever_new_keys),
	    cmocka_unit_test(a_pattern_that_takes_too_many_steps),
	    cmocka_unit_test(columns_without_a_time_are_looked_at_a_few_times),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
