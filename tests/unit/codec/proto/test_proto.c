/* Protobuf: the text of schemas, and messages into columns, by name and by number. */
#include "../decode_text.h"

#include "codec/proto/proto.h"

/* The messages of a plan, each into a row; "bad: …" for those that are none. */
static char *rows(const char *const *texts, size_t n_texts, const struct weir_str *messages, size_t n, bool framed)
{
	const struct weir_codec_config config = {.want = {.all = true}, .time = "none"};
	struct weir_str list[4];
	struct proto_schema *schema = NULL;
	struct weir_error err = {0};
	struct weir_builder b = {0};
	struct weir_buf out = {0}, bad = {0};
	for (size_t i = 0; i < n_texts; i++)
		list[i] = weir_str_of(texts[i]);
	if (n_texts && proto_schema_parse(list, n_texts, &schema, &err) != WEIR_OK)
		fail_msg("%s", err.what);
	struct proto_plan *plan = proto_plan_new(schema);
	struct weir_batch *batch = weir_batch_new(64);
	assert_non_null(plan);
	assert_true(weir_builder_init(&b, &config, true));
	assert_true(weir_builder_begin(&b, batch));
	for (size_t i = 0; i < n; i++) {
		struct avro_notes notes;
		struct proto_trouble trouble;
		if (proto_row(plan, &b, messages[i], framed, &notes, &trouble)) {
			assert_true(weir_builder_commit(&b, (int64_t)i, messages[i], NULL));
			continue;
		}
		weir_builder_take_back(&b);
		assert_non_null(trouble.detail);
		weir_buf_addf(&bad, "bad: %s\n", trouble.detail);
	}
	assert_true(weir_builder_end(&b));
	show_batch(batch, &out);
	weir_buf_add_str(&out, weir_buf_str(&bad));
	weir_buf_release(&bad);
	weir_batch_free(batch);
	weir_builder_release(&b);
	proto_plan_free(plan);
	return out.data;
}

#define MESSAGE(bytes)                                                                                                 \
	{                                                                                                              \
		bytes, sizeof bytes - 1                                                                                \
	}

static void check(const char *text, const struct weir_str *messages, size_t n, const char *expected)
{
	char *shown = rows(&text, 1, messages, n, true);
	assert_string_equal(shown, expected);
	free(shown);
}

static void every_scalar(void **state)
{
	(void)state;
	static const char schema[] =
	    "syntax = \"proto3\"; // a comment\n"
	    "package shop; /* another */ import \"x.proto\"; option java_package = \"a.b\";\n"
	    "message M {\n"
	    "  double a = 1; float b = 2; int32 c = 3; int64 d = 4; uint32 e = 5; uint64 f = 6;\n"
	    "  sint32 g = 7; sint64 h = 8; fixed32 i = 9; fixed64 j = 10; sfixed32 k = 11;\n"
	    "  sfixed64 l = 12; bool m = 13; string n = 14 [deprecated = true, (x.y) = {a: 1}]; bytes o = 15;\n"
	    "  reserved 100 to 200; reserved \"old\";\n"
	    "}";
	static const struct weir_str m[] = {
	    MESSAGE("\0"
		    "\x09\0\0\0\0\0\0\xf8\x3f"
		    "\x15\xcd\xcc\xcc\x3d"
		    "\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"
		    "\x20\x07\x28\xff\xff\xff\xff\x0f\x30\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"
		    "\x38\x03\x40\x04\x4d\1\0\0\0\x51\2\0\0\0\0\0\0\0\x5d\xff\xff\xff\xff"
		    "\x61\xfe\xff\xff\xff\xff\xff\xff\xff\x68\1\x72\2hi\x7a\2\xff\0"),
	    MESSAGE("\0"),
	};
	check(
	    schema, m, 2,
	    "a:float64|b:float64|c:int64|d:int64|e:int64|f:string|g:int64|h:int64|i:int64|j:int64|k:int64|l:int64|m:bool|"
	    "n:string|o:string\n"
	    " 1.5|0.1|-1|7|4294967295|18446744073709551615|-2|2|1|2|-1|-2|true|hi|0xff00\n"
	    " 0.0|0.0|0|0|0|0|0|0|0|0|0|0|false||\n");
}

static void what_is_not_there(void **state)
{
	(void)state;
	static const struct weir_str m[] = {MESSAGE("\0"), MESSAGE("\0\x10\5\x18\6\x22\0")};
	check("syntax='proto3'; message M { int32 a = 1; optional int32 b = 2; oneof c { int32 d = 3; } M2 e = 4; }"
	      "message M2 { string s = 1; }",
	      m, 2, "a:int64|b:int64|d:int64|e.s:string\n 0|.|.|.\n 0|5|6|\n");
	check("message M { optional int32 a = 1; required int32 b = 2; }", m, 1, "a:null|b:null\n .|.\n");
}

static void nested(void **state)
{
	(void)state;
	static const struct weir_str m[] = {
	    MESSAGE("\0"
		    "\x0a\4\x0a\2ab"       /* inner.name */
		    "\x10\1"               /* color */
		    "\x1a\3\1\2\3"         /* packed */
		    "\x22\1x\x22\1y"       /* names */
		    "\x2a\5\x0a\1k\x10\7"  /* counts */
		    "\x32\2\x10\2"         /* list of messages */
		    "\x3a\6\x0a\4\x0a\2zz" /* itself */
		    "\x10\x09"),           /* the last counts; a symbol without a name */
	    MESSAGE("\2\2\x0a\2cd"),       /* one index: 1 */
	    MESSAGE("\4\0\0\x0a\2ef"),     /* two: the first in the first */
	    MESSAGE("\2\x0c"),             /* there is no such message */
	};
	check(
	    "syntax = 'proto3'; package p;\n"
	    "message M { message Inner { string name = 1; } enum Color { RED = 0; GREEN = 1; reserved 5; option x = 1; }\n"
	    " Inner inner = 1; Color color = 2; repeated int32 packed = 3; repeated string names = 4;\n"
	    " map<string, int32> counts = 5; repeated p.Other list = 6; .p.M self = 7; }\n"
	    "message Other { string only = 1; int32 n = 2; extensions 100 to max; }",
	    m, 4,
	    "color:string|packed:string|names:string|counts:string|list:string|self:string|inner.name:string|only:string|"
	    "n:int64|name:string\n"
	    " 9|[1,2,3]|[\"x\",\"y\"]|{\"k\":7}|[{\"n\":2}]|{\"inner\":{\"name\":\"zz\"}}|ab|.|.|.\n"
	    " .|.|.|.|.|.|.|cd|0|.\n"
	    " .|.|.|.|.|.|.|.|.|ef\n"
	    "bad: a message that the schema does not have\n");
}

static void well_known(void **state)
{
	(void)state;
	static const struct weir_str m[] = {
	    MESSAGE("\0\x0a\6\x08\xc0\xe7\x85\xc9\x06\x12\2\x08\5\x1a\0\x22\4\x08\2\x10\1"),
	};
	check("syntax = 'proto3'; import 'google/protobuf/timestamp.proto';\n"
	      "message M { google.protobuf.Timestamp at = 1; google.protobuf.Int64Value n = 2;\n"
	      " google.protobuf.StringValue s = 3; google.protobuf.Duration d = 4; }",
	      m, 1, "at:timestamp|n:int64|s:string|d.seconds:int64|d.nanos:int64\n 2025-11-22T08:26:40Z|5||2|1\n");
}

static void what_it_refers_to(void **state)
{
	(void)state;
	const char *const texts[] = {"syntax = 'proto3'; package other; message Place { string city = 1; }",
				     "syntax = 'proto3'; import 'other.proto'; message M { other.Place at = 1; }"};
	static const struct weir_str m[] = {MESSAGE("\0\x0a\4\x0a\2NY")};
	char *shown = rows(texts, 2, m, 1, true);
	assert_string_equal(shown, "at.city:string\n NY\n");
	free(shown);
}

static void by_number(void **state)
{
	(void)state;
	static const struct weir_str m[] = {
	    MESSAGE("\0\x08\7\x12\2hi\x19\0\0\0\0\0\0\xf8\x3f"),
	    MESSAGE("\0\x08\7\x08\x08"),
	};
	char *shown = rows(NULL, 0, m, 2, true);
	assert_string_equal(shown, "f1:int64|f2:string|f3:float64\n 7|hi|1.5\n 8|.|.\n");
	free(shown);
	static const struct weir_str bare[] = {MESSAGE("\x08\7")};
	shown = rows(NULL, 0, bare, 1, false);
	assert_string_equal(shown, "f1:int64\n 7\n");
	free(shown);
}

static void hostile_data(void **state)
{
	(void)state;
	static const struct weir_str m[] = {
	    MESSAGE("\0\x08"),     MESSAGE("\0\x12\x7f"),     MESSAGE("\0\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"),
	    MESSAGE("\0\x0f"),     MESSAGE("\0\0"),           MESSAGE("\0\x0c"),
	    MESSAGE("\0\x0b\x0b"), MESSAGE("\0\x0d\0\0\0\0"), MESSAGE("\xff\xff\xff\xff\x0f"),
	    MESSAGE(""),
	};
	check("syntax = 'proto3'; message M { int32 a = 1; string b = 2; }", m, sizeof m / sizeof *m,
	      "a:null|b:null\n"
	      "bad: the message ends within a field\n"
	      "bad: the message ends within a field\n"
	      "bad: a number of more than 64 bits\n"
	      "bad: a field that there is not\n"
	      "bad: a field that there is not\n"
	      "bad: the end of a group that did not begin\n"
	      "bad: the message ends within a field\n"
	      "bad: a field that is not of its schema's type\n"
	      "bad: no index of a message stands behind the frame\n"
	      "bad: the message ends within a field\n");
	/* in itself, deeper than any stack: each level is six bytes at most, outermost length first */
	struct weir_buf deep = {0}, level = {0};
	for (int i = 0; i < 2000; i++) {
		weir_buf_clear(&level);
		weir_buf_add_char(&level, 0x0a);
		size_t n = deep.size;
		for (; n > 0x7f; n >>= 7)
			weir_buf_add_char(&level, (char)((n & 0x7f) | 0x80));
		weir_buf_add_char(&level, (char)n);
		weir_buf_add_str(&level, weir_buf_str(&deep));
		struct weir_buf swap = deep;
		deep = level;
		level = swap;
	}
	weir_buf_clear(&level);
	weir_buf_add_char(&level, 0);
	weir_buf_add_str(&level, weir_buf_str(&deep));
	struct weir_str whole = weir_buf_str(&level);
	const char *schema = "syntax = 'proto3'; message M { M m = 1; }";
	char *shown = rows(&schema, 1, &whole, 1, true);
	assert_non_null(strstr(shown, "bad: more than 100 levels"));
	free(shown);
	weir_buf_release(&deep);
	weir_buf_release(&level);
}

static void schemas_that_are_none(void **state)
{
	(void)state;
	static const char *const wrong[] = {
	    "message",
	    "message M {",
	    "message M { int32 a; }",
	    "message M { int32 a = 0; }",
	    "message M { = 1; }",
	    "}",
	    "enum E { A }",
	    "message M { map<string> a = 1; }",
	    "message M { int32 a = 1",
	    "message M { oneof x { int32 a = 1; }",
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct weir_str text = weir_str_of(wrong[i]);
		struct proto_schema *s = NULL;
		struct weir_error err = {0};
		if (proto_schema_parse(&text, 1, &s, &err) != WEIR_MALFORMED)
			fail_msg("%s", wrong[i]);
		assert_null(s);
		assert_non_null(strstr(err.what, "not valid"));
	}
	struct weir_buf deep = {0};
	for (int i = 0; i < 500; i++)
		weir_buf_add_c(&deep, "message M {");
	struct weir_str text = weir_buf_str(&deep);
	struct proto_schema *s = NULL;
	assert_int_equal(proto_schema_parse(&text, 1, &s, NULL), WEIR_MALFORMED);
	weir_buf_release(&deep);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_scalar), cmocka_unit_test(what_is_not_there),     cmocka_unit_test(nested),
	    cmocka_unit_test(well_known),   cmocka_unit_test(what_it_refers_to),     cmocka_unit_test(by_number),
	    cmocka_unit_test(hostile_data), cmocka_unit_test(schemas_that_are_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
