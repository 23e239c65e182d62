/* Messages that a registry framed: several schemas in a stream, keys, what cannot be had, and when it can again. */
#include "../../client/fake_registry.h"
#include "../avro/avro_bytes.h"
#include "../decode_text.h"

static const struct fake_answer answers[] = {
    {"/schemas/ids/1",
     "{\"schema\":\"{\\\"type\\\":\\\"record\\\",\\\"name\\\":\\\"R\\\",\\\"fields\\\":[{\\\"name\\\":\\\"a\\\",\\\"type\\\":\\\"int\\\"}]}\"}",
     0},
    {"/schemas/ids/2",
     "{\"schema\":\"{\\\"type\\\":\\\"record\\\",\\\"name\\\":\\\"R\\\",\\\"fields\\\":[{\\\"name\\\":\\\"b\\\",\\\"type\\\":\\\"string\\\"},"
     "{\\\"name\\\":\\\"a\\\",\\\"type\\\":\\\"double\\\"}]}\"}",
     0},
    {"/schemas/ids/3", "{\"schema\":\"\\\"string\\\"\"}", 0},
    {"/schemas/ids/4",
     "{\"schema\":\"{\\\"type\\\":\\\"record\\\",\\\"name\\\":\\\"K\\\",\\\"fields\\\":[{\\\"name\\\":\\\"id\\\",\\\"type\\\":\\\"long\\\"},"
     "{\\\"name\\\":\\\"at\\\",\\\"type\\\":\\\"o.Other\\\"}]}\",\"references\":[{\"name\":\"o.Other\",\"subject\":\"o\",\"version\":1}]}",
     0},
    {"/subjects/o/versions/1?deleted=true",
     "{\"schema\":\"{\\\"type\\\":\\\"enum\\\",\\\"name\\\":\\\"Other\\\",\\\"namespace\\\":\\\"o\\\",\\\"symbols\\\":[\\\"X\\\",\\\"Y\\\"]}\"}",
     0},
    {"/schemas/ids/5", "{\"schema\":\"{\\\"type\\\":\\\"object\\\"}\",\"schemaType\":\"JSON\"}", 0},
    {"/schemas/ids/6", "{\"schema\":\"nosuch\"}", 0},
    {"/schemas/ids/7",
     "{\"schema\":\"syntax = 'proto3'; import 'o.proto'; message M { int32 a = 1; o.K k = 2; }\",\"schemaType\":\"PROTOBUF\","
     "\"references\":[{\"name\":\"o.proto\",\"subject\":\"p\",\"version\":1}]}",
     0},
    {"/subjects/p/versions/1?deleted=true",
     "{\"schema\":\"syntax = 'proto3'; package o; message K { string id = 1; }\",\"schemaType\":\"PROTOBUF\"}", 0},
    {NULL, NULL, 0},
};

#define MESSAGE(bytes)                                                                                                 \
	{                                                                                                              \
		.payload = {bytes, sizeof bytes - 1}, .time_us = WEIR_TIME_NONE                                        \
	}

static struct weir_codec *open_on(const struct weir_message *m, size_t n, struct weir_registry *r, const char *format,
				  bool key)
{
	const struct weir_codec_config config = {.format = format,
						 .want = {.all = true, .key = key},
						 .time = "none",
						 .messages = m,
						 .n_messages = n,
						 .registry = r};
	struct weir_codec *codec = NULL;
	struct weir_error err = {0};
	if (weir_codec_open(&config, WEIR_STR("?\n"), false, &codec, &err) != WEIR_OK)
		fail_msg("%s", err.what);
	return codec;
}

/* All of them; the rows, whatever batches they come in, and the counts. */
static char *decode(struct weir_codec *codec, const struct weir_message *m, size_t n, char first[400])
{
	struct weir_chunk chunk = {.messages = m, .n_messages = n, .is_messages = true};
	struct weir_batch *b = weir_batch_new(WEIR_BATCH_ROWS);
	struct weir_buf out = {0};
	struct weir_error err = {0};
	first[0] = 0;
	while (chunk.n_messages) {
		weir_batch_clear(b);
		assert_int_equal(weir_codec_decode(codec, &chunk, b, &err), WEIR_OK);
		show_batch(b, &out);
		if (!first[0])
			snprintf(first, 400, "%s", b->first_malformed.what);
	}
	weir_batch_free(b);
	return out.data;
}

static void several_writers(void **state)
{
	(void)state;
	struct fake_registry f = {.answers = answers};
	struct weir_registry *r = fake_open(&f, 60000000);
	const struct weir_message m[] = {
	    MESSAGE("\0\0\0\0\1\x0e"),
	    MESSAGE("\0\0\0\0\2\x04yz\0\0\0\0\0\0\x04\x40"),
	    MESSAGE("\0\0\0\0\1\x10"),
	};
	char first[400];
	struct weir_codec *codec = open_on(m, 3, r, NULL, false);
	assert_string_equal(weir_codec_guess(codec)->format, "avro");
	char *shown = decode(codec, m, 3, first);
	assert_string_equal(shown, "a:float64|b:string\n 7.0|.\n 2.5|yz\n 8.0|.\n");
	assert_string_equal(first, "");
	free(shown);
	weir_codec_close(codec);
	weir_registry_close(r);
}

static void what_is_wrong_is_counted(void **state)
{
	(void)state;
	static const struct {
		struct weir_message m;
		const char *why;
	} cases[] = {
	    {MESSAGE("\0\0\0\0\x63\x0e"), "schema 99 of the registry: it answers 404: Schema not found"},
	    {MESSAGE("\0\0\0\0\1"), "cut off: the record ends before its schema does (schema 1)"},
	    {MESSAGE("\0\0\0\0\1\x0e\x0e"), "bytes are left behind the record (schema 1)"},
	    {MESSAGE("\0\0\0\0\5{}"), "schema 5 of the registry: it is one of JSON"},
	    {MESSAGE("\0\0\0\0\6\2"), "schema 6 of the registry: the Avro schema is not valid"},
	    {MESSAGE("plain"), "a message that no schema registry framed"},
	    {MESSAGE("\xc3\x01\x08\x07\x06\x05\x04\x03\x02\x01x"), "its schema has fingerprint 0102030405060708"},
	    {MESSAGE("\xc3\x01\x08\x07\x06\x05\x04\x03\x02"), "a message that no schema registry framed"},
	    {MESSAGE("\0\0"), "a message that no schema registry framed"},
	};
	struct fake_registry f = {.answers = answers};
	struct weir_registry *r = fake_open(&f, 60000000);
	const struct weir_message good = MESSAGE("\0\0\0\0\1\x0e");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char first[400];
		struct weir_codec *codec = open_on(&good, 1, r, "avro", false);
		char *shown = decode(codec, &cases[i].m, 1, first);
		if (!strstr(first, cases[i].why))
			fail_msg("%s, not: %s", first, cases[i].why);
		free(shown);
		weir_codec_close(codec);
	}
	weir_registry_close(r);
}

static void without_a_registry(void **state)
{
	(void)state;
	const struct weir_message m = MESSAGE("\0\0\0\0\1\x0e");
	char first[400];
	struct weir_codec *codec = open_on(&m, 1, NULL, NULL, false);
	assert_string_equal(weir_codec_guess(codec)->format, "avro");
	free(decode(codec, &m, 1, first));
	assert_non_null(strstr(first, "schema 1 of the registry: no registry is known: registry=URL"));
	weir_codec_close(codec);
}

/* Whoever asks for no format hears what they are. */
static void single_objects_are_found(void **state)
{
	(void)state;
	const struct weir_message m = MESSAGE("\xc3\x01\x08\x07\x06\x05\x04\x03\x02\x01x");
	char first[400];
	struct weir_codec *codec = open_on(&m, 1, NULL, NULL, false);
	assert_string_equal(weir_codec_guess(codec)->format, "avro");
	free(decode(codec, &m, 1, first));
	assert_non_null(strstr(first, "its schema has fingerprint 0102030405060708"));
	weir_codec_close(codec);
}

static void json_stays_json(void **state)
{
	(void)state;
	struct fake_registry f = {.answers = answers};
	struct weir_registry *r = fake_open(&f, 60000000);
	const struct weir_message m = MESSAGE("\0\0\0\0\5{\"a\":1}");
	for (int i = 0; i < 2; i++) {
		const struct weir_codec_config config = {
		    .want = {.all = true}, .time = "none", .messages = &m, .n_messages = 1, .registry = i ? r : NULL};
		struct weir_codec *codec = NULL;
		assert_int_equal(weir_codec_open(&config, WEIR_STR("{\"a\":1}\n"), false, &codec, NULL), WEIR_OK);
		assert_string_equal(weir_codec_guess(codec)->format, "json");
		weir_codec_close(codec);
	}
	weir_registry_close(r);
}

static void protobuf(void **state)
{
	(void)state;
	struct fake_registry f = {.answers = answers};
	struct weir_registry *r = fake_open(&f, 60000000);
	const struct weir_message m[] = {
	    MESSAGE("\0\0\0\0\7\0\x08\5\x12\3\x0a\1x"), MESSAGE("\0\0\0\0\7\0\x08"),
	    MESSAGE("\0\0\0\0\1\x0e"), /* and one of Avro */
	};
	char first[400];
	struct weir_codec *codec = open_on(m, 3, r, NULL, false);
	assert_string_equal(weir_codec_guess(codec)->format, "protobuf");
	char *shown = decode(codec, m, 3, first);
	assert_string_equal(shown, "a:int64|k.id:string\n 5|x\n 7|.\ncut off: 1\n");
	assert_non_null(strstr(first, "the message ends within a field (schema 7)"));
	free(shown);
	weir_codec_close(codec);
	codec = open_on(m, 2, NULL, "protobuf", false); /* without a registry, by number; with one, never */
	shown = decode(codec, m, 1, first);
	assert_string_equal(shown, "f1:int64|f2:string\n 5|\n\1x\n");
	free(shown);
	weir_codec_close(codec);
	weir_registry_close(r);
}

static void away_and_back(void **state)
{
	(void)state;
	struct fake_registry f = {.answers = answers, .away = true};
	struct weir_registry *r = fake_open(&f, 10000);
	const struct weir_message m = MESSAGE("\0\0\0\0\1\x0e");
	char first[400];
	struct weir_codec *codec = open_on(&m, 1, r, NULL, false);
	for (int tries = 0; tries == 0 || (!strstr(first, "connect") && tries < 20000); tries++) {
		free(decode(codec, &m, 1, first)); /* at first it may be that there is no answer yet */
		weir_clock_system.sleep_us(weir_clock_system.ctx, 1000);
	}
	assert_non_null(strstr(first, "schema 1 of the registry: could not connect"));
	f.away = false;
	for (int tries = 0; first[0] && tries < 20000; tries++) {
		weir_clock_system.sleep_us(weir_clock_system.ctx, 1000);
		free(decode(codec, &m, 1, first));
	}
	assert_string_equal(first, "");
	weir_codec_close(codec);
	weir_registry_close(r);
}

static void keys(void **state)
{
	(void)state;
	struct fake_registry f = {.answers = answers};
	struct weir_registry *r = fake_open(&f, 60000000);
	static const struct {
		struct weir_str key;
		const char *shown;
	} cases[] = {
	    {WEIR_STR("\0\0\0\0\3\x08pear"), "pear"},
	    {WEIR_STR("\0\0\0\0\4\x0e\2"), "{\"id\":7,\"at\":\"Y\"}"},
	    {WEIR_STR("plain"), "plain"},
	};
	struct weir_message m = MESSAGE("\0\0\0\0\1\x0e");
	struct weir_codec *codec = open_on(&m, 1, r, "avro", true);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct weir_batch *b = weir_batch_new(8);
		m.key = cases[i].key;
		struct weir_chunk chunk = {.messages = &m, .n_messages = 1, .is_messages = true};
		assert_int_equal(weir_codec_decode(codec, &chunk, b, NULL), WEIR_OK);
		struct weir_value v = weir_column_get(&b->key, 0);
		assert_true(weir_str_equal(v.s, weir_str_of(cases[i].shown)));
		weir_batch_free(b);
	}
	/* a tombstone has a key and no value */
	m.payload = (struct weir_str){NULL, 0};
	char first[400];
	char *shown = decode(codec, &m, 1, first);
	assert_string_equal(shown, "a:null\n .\n");
	free(shown);
	weir_codec_close(codec);
	weir_registry_close(r);
}

static void interrupted(void **state)
{
	(void)state;
	struct fake_registry f = {.answers = answers, .hangs = true};
	struct weir_registry *r = fake_open(&f, 60000000);
	const struct weir_message text = MESSAGE("a"), m = MESSAGE("\0\0\0\0\1\x0e");
	struct weir_codec *codec = open_on(&text, 1, r, "avro", false);
	struct weir_batch *b = weir_batch_new(8);
	struct weir_chunk chunk = {.messages = &m, .n_messages = 1, .is_messages = true};
	weir_registry_interrupt(r);
	assert_int_equal(weir_codec_decode(codec, &chunk, b, NULL), WEIR_CANCELLED);
	assert_int_equal(chunk.n_messages, 1); /* it is not counted as bad */
	assert_int_equal(weir_batch_malformed(b), 0);
	weir_batch_free(b);
	weir_codec_close(codec);
	weir_registry_close(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(several_writers),    cmocka_unit_test(what_is_wrong_is_counted),
	    cmocka_unit_test(without_a_registry), cmocka_unit_test(single_objects_are_found),
	    cmocka_unit_test(json_stays_json),    cmocka_unit_test(protobuf),
	    cmocka_unit_test(away_and_back),      cmocka_unit_test(keys),
	    cmocka_unit_test(interrupted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
