/* What belongs to messages only: keys, headers, server times and partitions as columns, empty values, a registry's frames. */
#include "decode_text.h"

#include "weir/model/partitions.h"

#define FRAME "\0\0\0\1\2"

static struct weir_codec *open_codec(const char *format, const char *time, bool columns, const char *sample)
{
	struct weir_codec_config config = {.format = format,
					   .time = time,
					   .want = {.all = true, .key = columns, .headers = columns, .stamp = columns}};
	struct weir_codec *codec = NULL;
	struct weir_error err = {0};
	if (weir_codec_open(&config, weir_str_of(sample), false, &codec, &err) != WEIR_OK)
		fail_msg("%s", err.what);
	return codec;
}

static void decode(struct weir_codec *codec, const struct weir_message *m, size_t n, struct weir_partitions *p,
		   struct weir_batch *b)
{
	struct weir_error err = {0};
	struct weir_chunk chunk = {.messages = m, .n_messages = n, .is_messages = true, .partitions = p};
	assert_int_equal(weir_codec_decode(codec, &chunk, b, &err), WEIR_OK);
	assert_int_equal(chunk.n_messages, 0);
}

static void empty_values_are_counted(void **state)
{
	(void)state;
	const struct weir_message m[] = {
	    {.payload = WEIR_STR("{\"a\":1}"), .time_us = WEIR_TIME_NONE},
	    {.payload = WEIR_STR(""), .time_us = WEIR_TIME_NONE},
	    {.payload = WEIR_STR(" \n"), .time_us = WEIR_TIME_NONE},
	    {.time_us = WEIR_TIME_NONE},
	    {.payload = WEIR_STR("[]"), .time_us = WEIR_TIME_NONE},
	};
	static const char *const formats[] = {"json", "logfmt", "text", "csv"};
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		struct weir_codec *codec = open_codec(formats[i], "none", false, "{\"a\":1}\n");
		struct weir_batch *b = weir_batch_new(WEIR_BATCH_ROWS);
		decode(codec, m, i ? 4 : 5, NULL, b);
		assert_int_equal(b->n_rows + weir_batch_malformed(b), 4); /* an empty array is no record */
		weir_batch_free(b);
		weir_codec_close(codec);
	}
}

static void frames_are_named(void **state)
{
	(void)state;
	const struct weir_message m[] = {
	    {.payload = {FRAME "{\"a\":7}", 12}, .time_us = WEIR_TIME_NONE},
	    {.payload = {FRAME "\x02\x0cpear", 11}, .offset = 5, .time_us = WEIR_TIME_NONE},
	    {.payload = {FRAME, 5}, .time_us = WEIR_TIME_NONE},
	};
	static const char *const formats[] = {"json", "logfmt", "text", "csv", "auto"};
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		struct weir_codec *codec = open_codec(formats[i], "none", false, i == 3 ? "a,b\n" : "{\"a\":7}\n");
		struct weir_batch *b = weir_batch_new(WEIR_BATCH_ROWS);
		bool json = i == 0 || i == 4;
		decode(codec, m, 3, NULL, b);
		assert_int_equal(b->n_rows, json);
		assert_int_equal(b->n_malformed[WEIR_BAD_SCHEMA] + (json && b->n_malformed[WEIR_BAD_SYNTAX]),
				 json ? 2 : 3);
		assert_non_null(strstr(b->first_malformed.what, "schema 258"));
		assert_non_null(strstr(b->first_malformed.what, "Avro"));
		if (json)
			assert_int_equal(weir_column_get(&b->columns[0], 0).i, 7);
		weir_batch_free(b);
		weir_codec_close(codec);
	}
}

static void what_a_message_brings(void **state)
{
	(void)state;
	struct weir_partitions *p = weir_partitions_new();
	assert_int_equal(weir_partitions_add(p, WEIR_STR("orders"), 3), 0);
	assert_int_equal(weir_partitions_add(p, WEIR_STR("orders-eu"), 0), 1);
	const struct weir_message m[] = {
	    {.payload = WEIR_STR("{\"a\":1}"), .key = WEIR_STR("k"), .topic = WEIR_STR("orders"), .time_us = 5000},
	    {.headers = WEIR_STR("{\"h\":1}"),
	     .topic = WEIR_STR("orders-eu"),
	     .partition = 1,
	     .time_us = WEIR_TIME_NONE},
	    {.payload = WEIR_STR("?"), .offset = 9, .topic = WEIR_STR("orders"), .time_us = 6000},
	};
	static const char *const times[] = {NULL, "none"};
	for (size_t i = 0; i < 2; i++) {
		struct weir_codec *codec = open_codec("json", times[i], true, "{\"a\":1}\n");
		struct weir_batch *b = weir_batch_new(WEIR_BATCH_ROWS);
		weir_codec_keep_raw(codec);
		decode(codec, m, 3, p, b);
		assert_int_equal(b->n_rows, 2);
		assert_ptr_equal(b->partitions, p);
		assert_true(weir_str_equal(weir_column_get(&b->key, 0).s, WEIR_STR("k")));
		assert_false(weir_column_valid(&b->key, 1));
		assert_true(weir_str_equal(weir_column_get(&b->headers, 1).s, WEIR_STR("{\"h\":1}")));
		assert_int_equal(weir_column_get(&b->stamp, 0).i, 5000);
		assert_false(weir_column_valid(&b->stamp, 1));
		assert_true(weir_column_valid(&b->raw, 0));
		assert_false(weir_column_valid(&b->raw, 1));          /* a tombstone is not an empty value */
		assert_true(i ? !b->time_us : b->time_us[0] == 5000); /* "none" is none, the server's time included */
		assert_non_null(strstr(b->first_malformed.what, "orders partition 3 offset 9"));
		weir_batch_free(b);
		weir_codec_close(codec);
	}
	weir_partitions_unref(p);
}

/* A producer may write any number as its time. */
static void times_outside_the_calendar(void **state)
{
	(void)state;
	const struct weir_message m[] = {
	    {.payload = WEIR_STR("{\"a\":1}"), .time_us = INT64_MAX},
	    {.payload = WEIR_STR("{\"a\":2}"), .time_us = WEIR_TIME_LAST_US},
	};
	struct weir_codec *codec = open_codec("json", NULL, true, "{\"a\":1}\n");
	struct weir_batch *b = weir_batch_new(WEIR_BATCH_ROWS);
	decode(codec, m, 2, NULL, b);
	assert_int_equal(b->n_rows, 2);
	assert_true(b->time_us[0] == WEIR_TIME_NONE);
	assert_true(b->time_us[1] == WEIR_TIME_LAST_US);
	assert_int_equal(b->n_noted[WEIR_NOTE_TIME_RANGE], 1);
	assert_int_equal(weir_column_get(&b->stamp, 0).type, WEIR_NULL);
	weir_batch_free(b);
	weir_codec_close(codec);
}

/* The first header of a topic is its header; one that comes again is noted, also when the next message is no record. */
static void headers_that_come_again(void **state)
{
	(void)state;
	const struct weir_message m[] = {
	    {.payload = WEIR_STR("\xef\xbb\xbf"
				 "a,b"),
	     .time_us = WEIR_TIME_NONE},
	    {.payload = WEIR_STR("1,2"), .time_us = WEIR_TIME_NONE},
	    {.payload = WEIR_STR("a,b"), .time_us = WEIR_TIME_NONE},
	    {.payload = WEIR_STR("1,2,3"), .time_us = WEIR_TIME_NONE},
	};
	struct weir_codec *codec = open_codec("csv", "none", false, "a,b\n1,2\n");
	struct weir_batch *b = weir_batch_new(WEIR_BATCH_ROWS);
	decode(codec, m, 4, NULL, b);
	assert_int_equal(b->n_rows, 1);
	assert_int_equal(weir_batch_malformed(b), 1);
	assert_int_equal(b->n_noted[WEIR_NOTE_REPEATED_HEADER], 1);
	weir_batch_free(b);
	weir_codec_close(codec);
}

static void a_byte_order_mark_is_no_text(void **state)
{
	(void)state;
	const struct weir_message m = {.payload = WEIR_STR("\xef\xbb\xbf"
							   "a=7"),
				       .time_us = WEIR_TIME_NONE};
	struct weir_codec *codec = open_codec("logfmt", "none", false, "a=7\n");
	struct weir_batch *b = weir_batch_new(WEIR_BATCH_ROWS);
	decode(codec, &m, 1, NULL, b);
	assert_int_equal(b->n_columns, 1);
	assert_string_equal(b->schema->fields[0].name.data, "a");
	weir_batch_free(b);
	weir_codec_close(codec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(empty_values_are_counted), cmocka_unit_test(frames_are_named),
	    cmocka_unit_test(what_a_message_brings),    cmocka_unit_test(times_outside_the_calendar),
	    cmocka_unit_test(headers_that_come_again),  cmocka_unit_test(a_byte_order_mark_is_no_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
