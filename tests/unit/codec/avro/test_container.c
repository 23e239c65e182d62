/* Avro container files: however they are cut, damaged or large, each record is a row or counted. */
#include "avro_bytes.h"
#include "../decode_text.h"

#include "codec/avro/avro.h"
#include "weir/base/bounds.h"
#include "weir/base/memory.h"

#define PAIR                                                                                                           \
	"{\"type\":\"record\",\"name\":\"P\",\"fields\":["                                                             \
	"{\"name\":\"n\",\"type\":\"int\"},{\"name\":\"s\",\"type\":[\"null\",\"string\"]}]}"

static void put_pair(struct weir_buf *out, int n)
{
	char text[16];
	snprintf(text, sizeof text, "text %d", n % 10);
	put_long(out, n);
	put_long(out, n % 3 != 0);
	if (n % 3)
		put_text(out, text);
}

/* `blocks` blocks of `each` records. */
static struct weir_buf file_of(int blocks, int each)
{
	struct weir_buf file = {0}, data = {0};
	put_header(&file, PAIR);
	for (int i = 0; i < blocks; i++) {
		weir_buf_clear(&data);
		for (int k = 0; k < each; k++)
			put_pair(&data, i * each + k);
		put_block(&file, each, weir_buf_str(&data));
	}
	weir_buf_release(&data);
	return file;
}

struct outcome {
	uint64_t rows, bad, bytes;
	struct weir_buf cells; /* of each row, whatever batch it came in */
	enum weir_status status;
	char first[400];
};

static void add_rows(const struct weir_batch *b, struct outcome *out)
{
	out->rows += b->n_rows;
	out->bad += weir_batch_malformed(b);
	out->bytes += b->bytes;
	if (!out->first[0])
		snprintf(out->first, sizeof out->first, "%s", b->first_malformed.what);
	for (uint32_t row = 0; row < b->n_rows; row++) {
		weir_buf_addf(&out->cells, "%lld", (long long)weir_batch_position(b, row));
		for (uint32_t i = 0; i < b->n_columns; i++)
			show_cell(b, i, row, &out->cells);
		weir_buf_add_char(&out->cells, '\n');
	}
}

/* The text in pieces, what is left handed out again; the sample is its front, when that has the header. */
static struct outcome decode(struct weir_str text, size_t piece, uint32_t rows, enum weir_on_malformed policy)
{
	struct weir_codec_config config = {
	    .format = "avro", .time = "none", .on_malformed = policy, .want = {.all = true}};
	struct outcome out = {0};
	struct weir_error err = {0};
	struct weir_codec *codec = NULL;
	struct weir_batch *b = weir_batch_new(rows);
	size_t taken = 0, have = 0;
	out.status = weir_codec_open(&config, text, true, &codec, &err);
	if (out.status != WEIR_OK)
		snprintf(out.first, sizeof out.first, "%s", err.what);
	while (out.status == WEIR_OK && have < text.size) {
		have = have + piece < text.size ? have + piece : text.size;
		struct weir_chunk chunk = {
		    .bytes = text.data + taken, .size = have - taken, .offset = taken, .at_end = have == text.size};
		size_t before;
		do {
			before = chunk.size;
			weir_batch_clear(b);
			out.status = weir_codec_decode(codec, &chunk, b, &err);
			add_rows(b, &out);
		} while (out.status == WEIR_OK && chunk.size &&
			 (chunk.size < before || b->n_rows || weir_batch_malformed(b)));
		taken = have - chunk.size;
	}
	if (out.status == WEIR_OK)
		assert_int_equal(taken, text.size);
	weir_batch_free(b);
	weir_codec_close(codec);
	return out;
}

static void pieces_give_the_same_rows(void **state)
{
	(void)state;
	struct weir_buf file = file_of(5, 40);
	struct outcome whole = decode(weir_buf_str(&file), file.size, WEIR_BATCH_ROWS, WEIR_MALFORMED_DROP);
	assert_int_equal(whole.rows, 200);
	assert_int_equal(whole.bytes, file.size);
	for (size_t piece = 1; piece < 700; piece += piece < 30 ? 1 : 53)
		for (uint32_t rows = 1; rows < 100; rows += 33) {
			struct outcome part = decode(weir_buf_str(&file), piece, rows, WEIR_MALFORMED_DROP);
			assert_int_equal(part.bytes, file.size);
			assert_int_equal(part.bad, 0);
			assert_true(weir_str_equal(weir_buf_str(&part.cells), weir_buf_str(&whole.cells)));
			weir_buf_release(&part.cells);
		}
	weir_buf_release(&whole.cells);
	weir_buf_release(&file);
}

/* Cut anywhere, at most the block that is cut is lost. */
static void cut_at_each_byte(void **state)
{
	(void)state;
	struct weir_buf file = file_of(4, 10);
	for (size_t n = 1; n < file.size; n++) {
		struct outcome whole = decode((struct weir_str){file.data, n}, n, WEIR_BATCH_ROWS, WEIR_MALFORMED_DROP);
		struct outcome parts = decode((struct weir_str){file.data, n}, 7, 3, WEIR_MALFORMED_DROP);
		assert_int_equal(whole.status, parts.status);
		assert_int_equal(whole.rows, parts.rows);
		assert_int_equal(whole.bad, parts.bad);
		assert_true(whole.status == WEIR_OK ? whole.rows % 10 == 0 && whole.bad <= 1
						    : whole.status == WEIR_MALFORMED);
		weir_buf_release(&whole.cells);
		weir_buf_release(&parts.cells);
	}
	weir_buf_release(&file);
}

/* A changed byte of a block costs at most that block and the next, whose mark may be the first that is found. */
static void change_each_byte(void **state)
{
	(void)state;
	struct weir_buf file = file_of(4, 10), head = {0};
	put_header(&head, PAIR);
	for (size_t i = head.size; i < file.size; i++) {
		char was = file.data[i];
		file.data[i] = (char)~was;
		struct outcome whole = decode(weir_buf_str(&file), file.size, WEIR_BATCH_ROWS, WEIR_MALFORMED_DROP);
		struct outcome parts = decode(weir_buf_str(&file), 11, 7, WEIR_MALFORMED_KEEP);
		struct outcome fails = decode(weir_buf_str(&file), 64, 7, WEIR_MALFORMED_FAIL);
		assert_int_equal(whole.status, WEIR_OK);
		assert_true(whole.rows >= 20);
		assert_int_equal(parts.rows, whole.rows + whole.bad);
		assert_int_equal(fails.status, whole.bad ? WEIR_MALFORMED : WEIR_OK);
		weir_buf_release(&whole.cells);
		weir_buf_release(&parts.cells);
		weir_buf_release(&fails.cells);
		file.data[i] = was;
	}
	weir_buf_release(&head);
	weir_buf_release(&file);
}

static struct outcome decode_one(const char *schema, int64_t records, const void *bytes, size_t size)
{
	struct weir_buf file = {0};
	put_header(&file, schema);
	put_block(&file, records, (struct weir_str){bytes, size});
	struct outcome out = decode(weir_buf_str(&file), file.size, WEIR_BATCH_ROWS, WEIR_MALFORMED_DROP);
	weir_buf_release(&file);
	return out;
}

#define FIELD(type) "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":" type "}]}"

/* What a datum must not make of a few bytes: memory, time, a stack without end, or a value that the schema has not got. */
static void hostile_data(void **state)
{
	(void)state;
	static const struct {
		const char *schema;
		struct weir_str bytes;
		const char *why;
	} cases[] = {
	    {FIELD("\"string\""), WEIR_STR("\x01"), "a length below zero"},
	    {FIELD("\"string\""), WEIR_STR("\xfe\xff\xff\xff\xff\xff\xff\xff\x7f"), "ends before its schema"},
	    {FIELD("\"long\""), WEIR_STR("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"), "more than 64 bits"},
	    {FIELD("\"int\""), WEIR_STR("\xff\xff\xff\xff\xff\x01"), "more than 32 bits"},
	    {FIELD("\"boolean\""), WEIR_STR("\x02"), "neither 0 nor 1"},
	    {FIELD("[\"null\",\"int\"]"), WEIR_STR("\x04"), "a branch or symbol"},
	    {FIELD("{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"]}"), WEIR_STR("\x02"), "a branch or symbol"},
	    {FIELD("{\"type\":\"array\",\"items\":\"null\"}"), WEIR_STR("\xfe\xff\xff\xff\xff\xff\xff\xff\x7f"),
	     "too many items without bytes"},
	    {FIELD("{\"type\":\"array\",\"items\":\"int\"}"), WEIR_STR("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
	     "impossible size"},
	    {FIELD("\"double\""), WEIR_STR("\x01\x02"), "ends before its schema"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct outcome out = decode_one(cases[i].schema, 1, cases[i].bytes.data, cases[i].bytes.size);
		assert_int_equal(out.rows, 0);
		assert_int_equal(out.bad, 1);
		if (!strstr(out.first, cases[i].why))
			fail_msg("case %zu: %s", i, out.first);
		weir_buf_release(&out.cells);
	}
	/* a list that goes on in itself: deeper than any stack */
	char deep[4000];
	memset(deep, 2, sizeof deep);
	struct outcome out = decode_one(FIELD("[\"null\",\"R\"]"), 1, deep, sizeof deep);
	assert_int_equal(out.bad, 1);
	assert_non_null(strstr(out.first, "256 levels"));
	weir_buf_release(&out.cells);
	/* a count that no block has */
	out = decode_one(FIELD("\"int\""), INT64_MAX, "\x02\x04", 2);
	assert_int_equal(out.rows, 2);
	assert_int_equal(out.bad, 1);
	weir_buf_release(&out.cells);
	out = decode_one(FIELD("\"int\""), 1, "\x02\x04", 2);
	assert_int_equal(out.rows, 1);
	assert_int_equal(out.bad, 1);
	assert_non_null(strstr(out.first, "left behind"));
	weir_buf_release(&out.cells);
}

static void schemas_that_are_none(void **state)
{
	(void)state;
	static const char *const wrong[] = {
	    "",
	    "{",
	    "7",
	    "\"nosuch\"",
	    "[]",
	    "[[\"null\"]]",
	    "{\"type\":\"record\",\"name\":\"R\"}",
	    "{\"type\":\"record\",\"fields\":[]}",
	    "{\"type\":\"fixed\",\"name\":\"F\",\"size\":-1}",
	    "{\"type\":\"enum\",\"name\":\"E\"}",
	    "{\"type\":\"array\"}",
	    FIELD("{\"type\":\"record\",\"name\":\"R\",\"fields\":[]}"),
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct outcome out = decode_one(wrong[i], 1, "\x02", 1);
		assert_int_equal(out.status, WEIR_MALFORMED);
		assert_non_null(strstr(out.first, "schema"));
	}
	struct weir_buf nested = {0};
	for (int i = 0; i < 1000; i++)
		weir_buf_add_c(&nested, "{\"type\":\"array\",\"items\":");
	weir_buf_add_c(&nested, "\"int\"");
	for (int i = 0; i < 1000; i++)
		weir_buf_add_char(&nested, '}');
	struct outcome out = decode_one(nested.data, 1, "\x02", 1);
	assert_int_equal(out.status, WEIR_MALFORMED);
	weir_buf_release(&nested);
}

/* Records that hold each other many times would be millions of columns. */
static void a_schema_that_multiplies(void **state)
{
	(void)state;
	struct weir_buf schema = {0}, data = {0};
	for (int level = 0; level < 10; level++) {
		weir_buf_addf(&schema, "{\"type\":\"record\",\"name\":\"L%d\",\"fields\":[", level);
		weir_buf_add_c(&schema, "{\"name\":\"a\",\"type\":");
	}
	weir_buf_add_c(&schema, "\"int\"");
	for (int level = 9; level >= 0; level--) {
		weir_buf_add_char(&schema, '}');
		for (int field = 0; field < 3 && level < 9; field++)
			weir_buf_addf(&schema, ",{\"name\":\"f%d\",\"type\":\"L%d\"}", field, level + 1);
		weir_buf_add_c(&schema, "]}");
	}
	for (int i = 0; i < 4 * 4 * 4 * 4 * 4 * 4 * 4 * 4 * 4; i++)
		weir_buf_add_char(&data, 2);
	struct outcome out = decode_one(schema.data, 1, data.data, data.size);
	assert_int_equal(out.status, WEIR_OK);
	assert_int_equal(out.rows, 1);
	assert_int_equal(out.bad, 0);
	weir_buf_release(&out.cells);
	weir_buf_release(&schema);
	weir_buf_release(&data);
}

static void another_file_brings_its_own_schema(void **state)
{
	(void)state;
	struct weir_codec_config config = {.format = "avro", .time = "none", .want = {.all = true}};
	struct weir_buf first = file_of(1, 2), second = {0};
	struct weir_error err = {0};
	struct weir_codec *codec = NULL;
	struct weir_batch *b = weir_batch_new(WEIR_BATCH_ROWS);
	put_header(&second, "{\"type\":\"record\",\"name\":\"P\",\"fields\":[{\"name\":\"m\",\"type\":\"boolean\"},"
			    "{\"name\":\"n\",\"type\":\"double\"}]}");
	put_block(&second, 1, (struct weir_str){"\1\0\0\0\0\0\0\370\77", 9});
	assert_int_equal(weir_codec_open(&config, weir_buf_str(&first), false, &codec, &err), WEIR_OK);
	struct weir_chunk chunk = {.bytes = first.data, .size = first.size, .at_end = true, .restarts = true};
	assert_int_equal(weir_codec_decode(codec, &chunk, b, &err), WEIR_OK);
	assert_int_equal(b->n_rows, 2);
	weir_batch_clear(b);
	chunk = (struct weir_chunk){.bytes = second.data, .size = second.size, .offset = first.size, .at_end = true};
	assert_int_equal(weir_codec_decode(codec, &chunk, b, &err), WEIR_OK);
	struct weir_buf shown = {0};
	show_batch(b, &shown);
	assert_string_equal(shown.data, "n:float64|s:null|m:bool\n 1.5|.|true\n");
	weir_buf_release(&shown);
	weir_buf_release(&first);
	weir_buf_release(&second);
	weir_batch_free(b);
	weir_codec_close(codec);
}

/* What other readers of Avro got wrong: a type that is used again is not one inside itself; a union of records is not NULL; the
 * first row of a batch is not; a logical type counts in a union too, and where its type is wrapped once more; a record may have
 * no fields. */
static void what_others_got_wrong(void **state)
{
	(void)state;
	static const char schema[] =
	    "{\"type\":\"record\",\"name\":\"R\",\"fields\":["
	    "{\"name\":\"client\",\"type\":{\"type\":\"record\",\"name\":\"V\",\"fields\":[{\"name\":\"n\",\"type\":\"int\"}]}},"
	    "{\"name\":\"server\",\"type\":\"V\"},"
	    "{\"name\":\"none\",\"type\":{\"type\":\"record\",\"name\":\"None\",\"fields\":[]}},"
	    "{\"name\":\"event\",\"type\":["
	    "{\"type\":\"record\",\"name\":\"C\",\"fields\":[{\"name\":\"id\",\"type\":\"string\"},{\"name\":\"a\",\"type\":\"int\"}]},"
	    "{\"type\":\"record\",\"name\":\"D\",\"fields\":[{\"name\":\"id\",\"type\":\"string\"},{\"name\":\"b\",\"type\":\"int\"}]}]},"
	    "{\"name\":\"at\",\"type\":[\"null\",{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}]},"
	    "{\"name\":\"wrapped\",\"type\":{\"type\":{\"type\":\"int\",\"logicalType\":\"date\"}}}]}";
	struct weir_buf file = {0}, data = {0};
	for (int i = 0; i < 2; i++) {
		put_long(&data, 1);
		put_long(&data, 2);
		put_long(&data, i);
		put_text(&data, i ? "y" : "x");
		put_long(&data, 7);
		put_long(&data, 1);
		put_long(&data, 1000);
		put_long(&data, 1);
	}
	put_header(&file, schema);
	put_block(&file, 2, weir_buf_str(&data));
	struct weir_codec_config config = {.format = "avro", .time = "none", .want = {.all = true}};
	char *shown = decode_pieces(&config, weir_buf_str(&file), 0);
	assert_string_equal(shown,
			    "client.n:int64|server.n:int64|event.id:string|event.a:int64|event.b:int64|at:timestamp|"
			    "wrapped:timestamp\n"
			    " 1|2|x|7|.|1970-01-01T00:00:01Z|1970-01-02T00:00:00Z\n"
			    " 1|2|y|.|7|1970-01-01T00:00:01Z|1970-01-02T00:00:00Z\n");
	free(shown);
	/* more rows than a batch has: the first of each is like the others */
	weir_buf_clear(&file);
	weir_buf_clear(&data);
	for (int i = 0; i < 20000; i++) {
		put_long(&data, 1);
		put_text(&data, "v");
	}
	put_header(&file, "[\"null\",\"string\"]");
	put_block(&file, 20000, weir_buf_str(&data));
	struct outcome out = decode(weir_buf_str(&file), file.size, WEIR_BATCH_ROWS, WEIR_MALFORMED_DROP);
	assert_int_equal(out.rows, 20000);
	assert_null(memchr(out.cells.data, '-', out.cells.size));
	assert_null(memchr(out.cells.data, '.', out.cells.size));
	weir_buf_release(&out.cells);
	weir_buf_release(&file);
	weir_buf_release(&data);
}

/* Allocation n fails: the answer is right, or NO_MEMORY. */
static void no_memory_is_said(void **state)
{
	(void)state;
	struct weir_buf file = file_of(2, 20);
	struct outcome right = decode(weir_buf_str(&file), 100, 16, WEIR_MALFORMED_DROP);
	unsigned refused = 0, in_row = 0;
	for (uint64_t n = 1; in_row < 50; n++) {
		struct weir_codec_config config = {.format = "avro", .time = "none", .want = {.all = true}};
		struct weir_error err = {0};
		struct weir_codec *codec = NULL;
		struct weir_batch *b = weir_batch_new(WEIR_BATCH_ROWS);
		struct outcome got = {0};
		struct weir_chunk chunk = {.bytes = file.data, .size = file.size, .at_end = true};
		weir_alloc_fail_at(n, false);
		got.status = weir_codec_open(&config, weir_buf_str(&file), true, &codec, &err);
		if (got.status == WEIR_OK)
			got.status = weir_codec_decode(codec, &chunk, b, &err);
		weir_alloc_fail_at(0, false);
		if (got.status == WEIR_OK) {
			add_rows(b, &got);
			assert_true(weir_str_equal(weir_buf_str(&got.cells), weir_buf_str(&right.cells)));
			in_row++;
		} else {
			assert_int_equal(got.status, WEIR_NO_MEMORY);
			refused++;
			in_row = 0;
		}
		weir_buf_release(&got.cells);
		weir_batch_free(b);
		weir_codec_close(codec);
	}
	assert_true(refused > 20);
	weir_buf_release(&right.cells);
	weir_buf_release(&file);
}

/* Numbers of each size, at the end of the bytes, where they are taken one by one, and before others, where eight are at once. */
static void numbers_of_each_size(void **state)
{
	(void)state;
	for (int bits = 0; bits < 64; bits++)
		for (int behind = 0; behind < 10; behind++)
			for (int near = -1; near <= 1; near++)
				for (int sign = -1; sign <= 1; sign += 2) {
					int64_t v = (int64_t)(((UINT64_C(1) << bits) + (uint64_t)near) *
							      (uint64_t)sign),
						got = 0;
					struct weir_buf text = {0};
					put_long(&text, v);
					size_t size = text.size;
					for (int i = 0; i < behind; i++)
						weir_buf_add_char(&text, (char)0x95);
					const unsigned char *p = (const unsigned char *)text.data;
					struct avro_in in = {.p = p, .end = p + text.size};
					assert_true(avro_long(&in, &got));
					assert_int_equal(got, v);
					assert_int_equal(in.p - p, size);
					in = (struct avro_in){.p = p, .end = p + size - 1};
					assert_false(avro_long(&in, &got));
					weir_buf_release(&text);
				}
}

/* Records without bytes are as many as their count says, which costs the writer nothing. */
static void records_without_bytes(void **state)
{
	(void)state;
	static const char *const schemas[] = {"\"null\"", "{\"type\":\"record\",\"name\":\"R\",\"fields\":[]}"};
	for (size_t i = 0; i < 2; i++) {
		struct weir_buf file = {0};
		put_header(&file, schemas[i]);
		put_block(&file, 1000, WEIR_STR(""));
		put_block(&file, INT64_C(1) << 40, WEIR_STR(""));
		put_block(&file, 10, WEIR_STR(""));
		for (size_t piece = 7; piece <= file.size; piece += file.size - 7) {
			struct outcome out = decode(weir_buf_str(&file), piece, WEIR_BATCH_ROWS, WEIR_MALFORMED_DROP);
			assert_int_equal(out.status, WEIR_OK);
			assert_int_equal(out.rows, 1000 + 65536 + 10);
			assert_int_equal(out.bad, 1);
			assert_non_null(strstr(out.first, "claims more records without bytes"));
			weir_buf_release(&out.cells);
		}
		weir_buf_release(&file);
	}
}

/* What a count claims beyond the bytes that are there is not believed. */
static void more_records_than_bytes(void **state)
{
	(void)state;
	struct weir_buf file = {0};
	put_header(&file, "\"int\"");
	put_block(&file, INT64_MAX, WEIR_STR("\2\4\6"));
	put_block(&file, 1, WEIR_STR("\2"));
	struct outcome out = decode(weir_buf_str(&file), file.size, WEIR_BATCH_ROWS, WEIR_MALFORMED_DROP);
	assert_int_equal(out.rows, 4);
	assert_int_equal(out.bad, 1);
	weir_buf_release(&out.cells);
	weir_buf_release(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(records_without_bytes),
	    cmocka_unit_test(more_records_than_bytes),
	    cmocka_unit_test(numbers_of_each_size),
	    cmocka_unit_test(pieces_give_the_same_rows),
	    cmocka_unit_test(cut_at_each_byte),
	    cmocka_unit_test(change_each_byte),
	    cmocka_unit_test(hostile_data),
	    cmocka_unit_test(schemas_that_are_none),
	    cmocka_unit_test(a_schema_that_multiplies),
	    cmocka_unit_test(another_file_brings_its_own_schema),
	    cmocka_unit_test(what_others_got_wrong),
	    cmocka_unit_test(no_memory_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
