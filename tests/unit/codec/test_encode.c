/* Rows back to text: what is written is what was read, in pieces too, and a failed allocation leaves nothing half. */
#include "decode_text.h"

#include "weir/base/memory.h"

#include <math.h>

static const struct weir_codec_ops *format(const char *name)
{
	for (const struct weir_codec_ops *const *ops = weir_codec_table; *ops; ops++)
		if (strcmp((*ops)->name, name) == 0)
			return *ops;
	fail_msg("no format %s", name);
	return NULL;
}

/* The whole of `text` as one batch; owned. */
static struct weir_batch *decode(const char *name, const char *nulls, struct weir_str text)
{
	struct weir_codec_config config = {.format = name, .nulls = nulls, .header = "yes", .want.all = true};
	struct weir_codec *codec = NULL;
	struct weir_error err = {0};
	struct weir_chunk chunk = {.bytes = text.data, .size = text.size, .at_end = true};
	struct weir_batch *b = weir_batch_new(WEIR_BATCH_ROWS);

	if (!b || weir_codec_open(&config, text, true, &codec, &err) != WEIR_OK ||
	    weir_codec_decode(codec, &chunk, b, &err) != WEIR_OK)
		fail_msg("%s", err.what);
	assert_int_equal(chunk.size, 0);
	weir_codec_close(codec);
	return b;
}

static void encode(const char *name, const struct weir_encode *e, struct weir_buf *out)
{
	const struct weir_codec_ops *ops = format(name);

	if (ops->encode_head)
		ops->encode_head(e, out);
	assert_int_equal(ops->encode(e, 0, SIZE_MAX, out), e->batch->n_rows);
	assert_false(out->failed);
}

static void expect(const char *from, const char *nulls, const char *text, const char *to, const char *null,
		   const char *expected)
{
	struct weir_batch *b = decode(from, nulls, weir_str_of(text));
	struct weir_encode e = {.batch = b, .columns = b->schema, .null = weir_str_of(null)};
	struct weir_buf out = {0};

	encode(to, &e, &out);
	assert_string_equal(out.data, expected);
	weir_buf_release(&out);
	weir_batch_free(b);
}

static const char rows[] = "{\"t\":\"2026-11-22T10:00:00.000001Z\",\"i\":9223372036854775807,\"f\":0.1,\"s\":\"a\"}\n"
			   "{\"t\":\"2026-11-22T10:00:00Z\",\"i\":-9223372036854775808,\"f\":1e+300,\"s\":\"\"}\n"
			   "{\"t\":null,\"i\":null,\"f\":3.0,\"s\":null,\"b\":true}\n"
			   "{\"s\":\"\\\"quoted\\\", \\u0001\\n→ \\\\\",\"b\":false,\"a.b\":\"[1,2]\"}\n"
			   "{}\n";

static void test_json_is_what_was_read(void **state)
{
	(void)state;
	expect("json", NULL, rows, "json", "", rows);
}

static void test_csv_from_json(void **state)
{
	(void)state;
	expect("json", NULL, rows, "csv", "",
	       "t,i,f,s,b,a.b\n"
	       "2026-11-22T10:00:00.000001Z,9223372036854775807,0.1,a,,\n"
	       "2026-11-22T10:00:00Z,-9223372036854775808,1e+300,\"\",,\n"
	       ",,3.0,,true,\n"
	       ",,,\"\"\"quoted\"\", \001\n→ \\\",false,\"[1,2]\"\n"
	       ",,,,,\n");
}

static void test_csv_null_has_a_text(void **state)
{
	static const char text[] = "a,b\nx,\\N\n\\N,1\n\"\",2\n";

	(void)state;
	expect("csv", "\\N", text, "csv", "\\N", text);
	expect("json", NULL, "{\"a\":\"\\\\N\",\"b\":\"x\"}\n{\"a\":null,\"b\":\"\"}\n", "csv", "\\N",
	       "a,b\n\"\\N\",x\n\\N,\"\"\n");
}

/* Readers that guess the separator, as ours, must not find another one. */
static void test_csv_other_separators(void **state)
{
	(void)state;
	expect("json", NULL, "{\"a\":\"x;y\",\"b\":\"1|2\",\"c\":\"\\t\"}\n", "csv", "",
	       "a,b,c\n\"x;y\",\"1|2\",\"\t\"\n");
}

static void test_extensions(void **state)
{
	(void)state;
	assert_ptr_equal(weir_codec_for_writing(WEIR_STR("ndjson")), format("json"));
	assert_ptr_equal(weir_codec_for_writing(WEIR_STR("JSONL")), format("json"));
	assert_ptr_equal(weir_codec_for_writing(WEIR_STR("csv")), format("csv"));
	assert_null(weir_codec_for_writing(WEIR_STR("log")));
	assert_null(weir_codec_for_writing(WEIR_STR("")));
}

/* A blank line would be no row for a reader. */
static void test_csv_of_one_column(void **state)
{
	(void)state;
	expect("json", NULL, "{\"a\":1}\n{\"a\":null}\n", "csv", "", "a\n1\n\"\"\n");
}

static void test_widened_columns(void **state)
{
	struct weir_batch *b = decode("json", NULL, WEIR_STR("{\"n\":1,\"s\":2}\n{\"n\":3,\"s\":4.5}\n"));
	struct weir_schema *wider = weir_schema_next(b->schema);
	struct weir_buf out = {0};

	(void)state;
	weir_schema_set_type(wider, 0, WEIR_FLOAT64);
	weir_schema_set_type(wider, 1, WEIR_STRING);
	assert_true(weir_batch_set_schema(b, wider));
	encode("json", &(struct weir_encode){.batch = b, .columns = wider}, &out);
	assert_string_equal(out.data, "{\"n\":1.0,\"s\":\"2\"}\n{\"n\":3.0,\"s\":\"4.5\"}\n");
	weir_buf_release(&out);
	weir_schema_unref(wider);
	weir_batch_free(b);
}

/* More columns than the batch has, in another order; a part of the rows. */
static void test_columns_by_name(void **state)
{
	struct weir_batch *b = decode("json", NULL, WEIR_STR("{\"a\":1,\"b\":2}\n{\"a\":3,\"b\":4}\n{\"a\":5}\n"));
	struct weir_schema *all = weir_schema_new();
	struct weir_buf out = {0};
	const uint64_t some[] = {5}; /* the first and the third */

	(void)state;
	assert_int_equal(weir_schema_add(all, WEIR_STR("z"), WEIR_STRING), 0);
	assert_int_equal(weir_schema_add(all, WEIR_STR("b"), WEIR_INT64), 1);
	assert_int_equal(weir_schema_add(all, WEIR_STR("a"), WEIR_INT64), 2);
	struct weir_encode e = {.batch = b, .columns = all, .rows = some};
	encode("csv", &e, &out);
	assert_string_equal(out.data, "z,b,a\n,2,1\n,,5\n");
	weir_buf_clear(&out);
	encode("json", &e, &out);
	assert_string_equal(out.data, "{\"b\":2,\"a\":1}\n{\"a\":5}\n");
	weir_buf_release(&out);
	weir_schema_unref(all);
	weir_batch_free(b);
}

static void test_pieces_of_a_size(void **state)
{
	struct weir_batch *b = decode("json", NULL, weir_str_of(rows));
	struct weir_encode e = {.batch = b, .columns = b->schema};
	const struct weir_codec_ops *ops = format("json");

	(void)state;
	for (size_t most = 0; most < sizeof rows + 10; most++) {
		struct weir_buf all = {0};
		for (uint32_t row = 0, next; row < b->n_rows; row = next) {
			struct weir_buf piece = {0};
			next = ops->encode(&e, row, most, &piece);
			assert_true(next > row && next <= b->n_rows);
			assert_true(piece.size <= most || next == row + 1);
			weir_buf_add_str(&all, weir_buf_str(&piece));
			weir_buf_release(&piece);
		}
		assert_string_equal(all.data, rows);
		weir_buf_release(&all);
	}
	weir_batch_free(b);
}

static void test_no_memory(void **state)
{
	struct weir_batch *b = decode("json", NULL, weir_str_of(rows));
	struct weir_encode e = {.batch = b, .columns = b->schema};

	(void)state;
	for (const char *const *name = (const char *const[]){"json", "csv", NULL}; *name; name++) {
		struct weir_buf whole = {0};
		bool done = false;
		format(*name)->encode(&e, 0, SIZE_MAX, &whole);
		for (uint64_t n = 1; !done; n++) {
			struct weir_buf out = {0};
			assert_in_range(n, 1, 100);
			weir_alloc_fail_at(n, false);
			uint32_t next = format(*name)->encode(&e, 0, SIZE_MAX, &out);
			weir_alloc_fail_at(0, false);
			done = !out.failed;
			if (done) {
				assert_int_equal(next, b->n_rows);
				assert_string_equal(out.data, whole.data);
			}
			weir_buf_release(&out);
		}
		weir_buf_release(&whole);
	}
	weir_batch_free(b);
}

/* Any text, number and time, through both formats and back: the second text is the first. */
static void test_there_and_back(void **state)
{
	uint32_t seed = 20261122;

	(void)state;
	for (int round = 0; round < 300; round++) {
		struct weir_buf text = {0}, csv = {0}, again = {0};
		for (int row = 0; row < 5; row++) {
			char bytes[40], number[32];
			struct weir_buf any = {0};
			for (size_t i = 0; i < sizeof bytes; i++) {
				seed = seed * 1664525 + 1013904223;
				bytes[i] = (char)("\"',\n\r\t;| a\xc3\xa9\\zy"[seed >> 28]);
			}
			weir_utf8_repair((struct weir_str){bytes, 1 + (seed >> 20) % 38}, &any);
			weir_format_double((double)(int32_t)seed / 977, number);
			weir_buf_addf(&text, "{\"t\":\"2026-11-22T10:00:%02d.%06uZ\",\"s\":", row, seed % 999999 + 1);
			weir_json_quote(weir_buf_str(&any), &text);
			weir_buf_addf(&text, ",\"i\":%d,\"f\":%.*s,\"b\":%s}\n", (int32_t)seed,
				      (int)weir_format_double((double)(int32_t)seed / 977, number), number,
				      seed & 1 ? "true" : "false");
			weir_buf_release(&any);
		}
		struct weir_batch *b = decode("json", NULL, weir_buf_str(&text));
		encode("json", &(struct weir_encode){.batch = b, .columns = b->schema}, &again);
		assert_string_equal(again.data, text.data);
		weir_buf_clear(&again);
		encode("csv", &(struct weir_encode){.batch = b, .columns = b->schema}, &csv);
		struct weir_batch *c = decode("csv", NULL, weir_buf_str(&csv));
		encode("json", &(struct weir_encode){.batch = c, .columns = c->schema}, &again);
		assert_string_equal(again.data, text.data);
		weir_batch_free(b);
		weir_batch_free(c);
		weir_buf_release(&text);
		weir_buf_release(&csv);
		weir_buf_release(&again);
	}
}

/* Any bits of a double and of an integer come back as they were. */
static void test_numbers_bit_for_bit(void **state)
{
	enum { ROWS = 4096 };
	static const double special[] = {0.0,
					 -0.0,
					 5e-324,
					 2.2250738585072014e-308,
					 1.7976931348623157e308,
					 0.1 + 0.2,
					 1e23,
					 9007199254740993.0,
					 -1.5,
					 1e15,
					 123456789012345680.0};
	struct weir_batch *b = weir_batch_new(ROWS);
	struct weir_schema *s = weir_schema_new();
	uint64_t seed = 88172645463325252;

	(void)state;
	assert_int_equal(weir_schema_add(s, WEIR_STR("f"), WEIR_FLOAT64), 0);
	assert_int_equal(weir_schema_add(s, WEIR_STR("i"), WEIR_INT64), 1);
	assert_true(weir_batch_set_schema(b, s));
	for (uint32_t row = 0; row < ROWS; row++) {
		double f;
		do { /* xorshift64 (Marsaglia, 2003) */
			seed ^= seed << 13;
			seed ^= seed >> 7;
			seed ^= seed << 17;
			memcpy(&f, &seed, sizeof f);
		} while (!isfinite(f));
		if (row < sizeof special / sizeof *special)
			f = special[row];
		assert_true(weir_column_set_float64(&b->columns[0], row, f));
		assert_true(weir_column_set_int64(&b->columns[1], row, (int64_t)(seed >> row % 64) - (row & 1)));
	}
	b->n_rows = ROWS;
	assert_true(weir_column_finish(&b->columns[0], ROWS) && weir_column_finish(&b->columns[1], ROWS));
	for (const char *const *name = (const char *const[]){"json", "csv", NULL}; *name; name++) {
		struct weir_buf text = {0};
		encode(*name, &(struct weir_encode){.batch = b, .columns = s}, &text);
		struct weir_batch *back = decode(*name, NULL, weir_buf_str(&text));
		assert_int_equal(back->n_rows, ROWS);
		for (uint32_t row = 0; row < ROWS; row++) {
			struct weir_value f = weir_column_get(&back->columns[0], row),
					  i = weir_column_get(&back->columns[1], row);
			assert_int_equal(f.type, WEIR_FLOAT64);
			assert_int_equal(i.type, WEIR_INT64);
			assert_memory_equal(&f.f, (double *)b->columns[0].data + row, sizeof f.f);
			assert_true(i.i == ((int64_t *)b->columns[1].data)[row]);
		}
		weir_batch_free(back);
		weir_buf_release(&text);
	}
	weir_schema_unref(s);
	weir_batch_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_json_is_what_was_read),
	    cmocka_unit_test(test_csv_from_json),
	    cmocka_unit_test(test_csv_null_has_a_text),
	    cmocka_unit_test(test_csv_other_separators),
	    cmocka_unit_test(test_extensions),
	    cmocka_unit_test(test_csv_of_one_column),
	    cmocka_unit_test(test_widened_columns),
	    cmocka_unit_test(test_columns_by_name),
	    cmocka_unit_test(test_pieces_of_a_size),
	    cmocka_unit_test(test_no_memory),
	    cmocka_unit_test(test_there_and_back),
	    cmocka_unit_test(test_numbers_bit_for_bit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
