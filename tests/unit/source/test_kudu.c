/* The source of Kudu tables without a server: what columns become, of landed tables and of others, with types that are not read; rows with
 * their NULLs and what they did not have; decimals; the partitions that rows came from; and places, garbage among them. */
#include "source/kudu/kudu.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ARRAY = 21, MOST = 12 };

static struct weir_kudu_column key_of(const char *name, int type)
{
	return (struct weir_kudu_column){.name = (char *)name, .comment = (char *)"", .type = type, .key = true};
}

static struct weir_kudu_column column_of(const char *name, int type, const char *comment)
{
	return (struct weir_kudu_column){
	    .name = (char *)name, .comment = (char *)comment, .type = type, .nullable = true};
}

struct test {
	struct weir_kd_source q;
	struct weir_kudu_table t;
	struct weir_kudu_column columns[MOST];
};

static void begin(struct test *x)
{
	struct weir_error err = {0};

	*x = (struct test){.q = {.clock = &weir_clock_system, .nulls = -1, .unit = WEIR_TIME_NO_UNIT}};
	x->q.name = weir_str_dup(WEIR_STR("t"));
	x->q.table = &x->t;
	x->t.name = (char *)"t";
	x->t.columns = x->columns;
	assert_int_equal(weir_progress_init(&x->q.progress, &err), WEIR_OK);
}

static void end(struct test *x)
{
	weir_kd_forget(&x->q);
	weir_kd_origins_release(&x->q);
	weir_progress_release(&x->q.progress);
	weir_buf_release(&x->q.key);
	free(x->q.name);
	free(x->q.wanted);
}

static void add(struct test *x, struct weir_kudu_column c)
{
	x->columns[x->t.n_columns++] = c;
	x->t.n_keys += c.key;
}

static void add_key(struct test *x)
{
	add(x, key_of("_offset", WEIR_KUDU_INT64));
	add(x, key_of("_partition", WEIR_KUDU_INT64));
	add(x, key_of("_topic", WEIR_KUDU_STRING));
	add(x, key_of("_stream", WEIR_KUDU_STRING));
	add(x, key_of("_run", WEIR_KUDU_INT64));
	add(x, column_of("_nulls", WEIR_KUDU_STRING, ""));
}

static void assert_field(const struct weir_schema *s, uint32_t i, const char *name, enum weir_type type)
{
	assert_true(i < s->n_fields && weir_str_equal(s->fields[i].name, weir_str_of(name)));
	assert_int_equal(s->fields[i].type, type);
}

static void test_columns_of_a_landed_table(void **state)
{
	struct test x;
	struct weir_error err = {0};

	(void)state;
	begin(&x);
	add_key(&x);
	add(&x, column_of("t", WEIR_KUDU_TIME, "weir: timestamp, time"));
	add(&x, column_of("x", WEIR_KUDU_INT64, "weir: int64"));
	add(&x, column_of("_null_y", WEIR_KUDU_BOOL, "weir: null, of y"));
	assert_int_equal(weir_kd_learn(&x.q, &err), WEIR_OK);
	assert_true(x.q.landed);
	assert_int_equal(x.q.schema->n_fields, 3);
	assert_field(x.q.schema, 0, "t", WEIR_TIMESTAMP);
	assert_field(x.q.schema, 1, "x", WEIR_INT64);
	assert_field(x.q.schema, 2, "y", WEIR_NULL);
	assert_int_equal(weir_schema_time_field(x.q.schema), 0);
	assert_int_equal(x.q.n_columns, 8); /* a column for a name alone is not asked for */
	uint64_t version = x.q.schema->version;
	assert_int_equal(weir_kd_learn(&x.q, &err), WEIR_OK);
	assert_int_equal(x.q.schema->version, version); /* nothing came */
	add(&x, column_of("x_float64", WEIR_KUDU_DOUBLE, "weir: float64, of x"));
	add(&x, column_of("y", WEIR_KUDU_STRING, "weir: string"));
	assert_int_equal(weir_kd_learn(&x.q, &err), WEIR_OK);
	assert_int_equal(x.q.schema->n_fields, 3);
	assert_field(x.q.schema, 1, "x", WEIR_FLOAT64);
	assert_field(x.q.schema, 2, "y", WEIR_STRING);
	end(&x);
}

static void test_columns_of_another_table(void **state)
{
	struct weir_source_status status;
	struct test x;
	struct weir_error err = {0};

	(void)state;
	begin(&x);
	add(&x, key_of("k", WEIR_KUDU_INT8));
	add(&x, column_of("d", WEIR_KUDU_DATE, ""));
	add(&x, column_of("list", ARRAY, ""));
	add(&x, column_of("odd", 14, ""));
	add(&x, column_of("b", WEIR_KUDU_BINARY, "weir: int64")); /* whoever wrote that */
	assert_int_equal(weir_kd_learn(&x.q, &err), WEIR_OK);
	assert_false(x.q.landed);
	assert_int_equal(x.q.schema->n_fields, 3);
	assert_field(x.q.schema, 0, "k", WEIR_INT64);
	assert_field(x.q.schema, 1, "d", WEIR_TIMESTAMP);
	assert_field(x.q.schema, 2, "b", WEIR_STRING);
	weir_progress_copy(&x.q.progress, &status);
	assert_string_equal(status.unread, "has columns of types that are not read: list (ARRAY), odd (INT128)");
	end(&x);
}

static void test_columns_that_are_wanted(void **state)
{
	struct test x;
	struct weir_error err = {0};

	(void)state;
	begin(&x);
	add(&x, key_of("k", WEIR_KUDU_INT64));
	add(&x, column_of("t", WEIR_KUDU_TIME, ""));
	add(&x, column_of("u", WEIR_KUDU_TIME, ""));
	add(&x, column_of("v", WEIR_KUDU_BOOL, ""));
	x.q.wanted = weir_str_dup(WEIR_STR("v"));
	assert_int_equal(weir_kd_learn(&x.q, &err), WEIR_OK);
	assert_int_equal(x.q.schema->n_fields, 2); /* the time, too */
	assert_field(x.q.schema, 0, "t", WEIR_TIMESTAMP);
	assert_field(x.q.schema, 1, "v", WEIR_BOOL);
	assert_int_equal(x.q.n_columns, 3); /* and the key, for the order */
	weir_kd_forget(&x.q);
	free(x.q.wanted);
	x.q.wanted = weir_str_dup(WEIR_STR("v,w"));
	assert_int_equal(weir_kd_learn(&x.q, &err), WEIR_USAGE);
	assert_non_null(strstr(err.what, "no column w"));
	end(&x);
}

static void test_a_row_and_what_it_lacks(void **state)
{
	/* _offset, _partition, _topic, _stream, _run, _nulls, i, s, d, n */
	struct weir_kudu_cell cells[] = {{.i = 77},
					 {.i = 3},
					 {.s = WEIR_STR("orders")},
					 {.s = WEIR_STR("web")},
					 {.i = 0},
					 {.s = WEIR_STR("[\"s\"]")},
					 {.i = INT64_MIN},
					 {.null = true},
					 {.f = -0.0},
					 {.null = true}};
	struct weir_batch *b = weir_batch_new(4);
	struct weir_error err = {0};
	struct test x;
	char name[64];
	bool wanted;

	(void)state;
	assert_non_null(b);
	begin(&x);
	add_key(&x);
	add(&x, column_of("i", WEIR_KUDU_INT64, "weir: int64"));
	add(&x, column_of("s", WEIR_KUDU_STRING, "weir: string"));
	add(&x, column_of("d", WEIR_KUDU_DOUBLE, "weir: float64"));
	add(&x, column_of("n", WEIR_KUDU_BOOL, "weir: bool"));
	assert_int_equal(weir_kd_learn(&x.q, &err), WEIR_OK);
	assert_true(weir_batch_set_schema(b, x.q.schema) && weir_batch_add_partition(b));
	for (uint32_t row = 0; row < 2; row++, cells[1].i = 4) {
		assert_int_equal(weir_kd_read_row(&x.q, cells, b, row, &wanted, &err), WEIR_OK);
		b->n_rows += wanted;
	}
	assert_true(weir_cells_finish(&x.q.cells, &x.q.schema, b));
	for (uint32_t i = 0; i < b->n_columns; i++)
		assert_true(weir_column_finish(&b->columns[i], b->n_rows));
	assert_int_equal(weir_column_get(&b->columns[0], 1).i, INT64_MIN);
	assert_true(!weir_column_valid(&b->columns[1], 1) && !weir_column_missing(&b->columns[1], 1));
	assert_true(weir_column_valid(&b->columns[2], 1) && signbit(weir_column_get(&b->columns[2], 1).f));
	assert_true(weir_column_missing(&b->columns[3], 1));
	assert_int_equal(b->position[0], 77);
	assert_int_equal(b->partition[0], 0);
	assert_int_equal(b->partition[1], 1);
	weir_partition_name(weir_partitions_get(x.q.progress.partitions, 1), name, sizeof name);
	assert_string_equal(name, "orders/4");
	cells[1].i = INT64_MAX; /* what no stream has */
	assert_int_equal(weir_kd_read_row(&x.q, cells, b, 2, &wanted, &err), WEIR_UNSUPPORTED);
	weir_batch_free(b);
	end(&x);
}

static void assert_decimal(const struct weir_kudu_cell *cell, enum weir_kd_kind kind, int scale, const char *text)
{
	struct weir_buf out = {0};

	weir_kd_decimal(cell, kind, scale, &out);
	assert_string_equal(out.data, text);
	weir_buf_release(&out);
}

static void test_decimals(void **state)
{
	unsigned char most[16], least[16], small[16] = {0x85, 0xff};

	(void)state;
	memset(most, 0xff, sizeof most);
	most[15] = 0x7f;
	memset(least, 0, sizeof least);
	least[15] = 0x80;
	memset(small + 2, 0xff, 14);
	assert_decimal(&(struct weir_kudu_cell){.i = 0}, WEIR_KD_DECIMAL, 0, "0");
	assert_decimal(&(struct weir_kudu_cell){.i = 0}, WEIR_KD_DECIMAL, 3, "0.000");
	assert_decimal(&(struct weir_kudu_cell){.i = -5}, WEIR_KD_DECIMAL, 2, "-0.05");
	assert_decimal(&(struct weir_kudu_cell){.i = 123456}, WEIR_KD_DECIMAL, 3, "123.456");
	assert_decimal(&(struct weir_kudu_cell){.i = INT64_MIN}, WEIR_KD_DECIMAL, 0, "-9223372036854775808");
	assert_decimal(&(struct weir_kudu_cell){.s = {(char *)most, 16}}, WEIR_KD_GREAT, 0,
		       "170141183460469231731687303715884105727");
	assert_decimal(&(struct weir_kudu_cell){.s = {(char *)least, 16}}, WEIR_KD_GREAT, 38,
		       "-1.70141183460469231731687303715884105728");
	assert_decimal(&(struct weir_kudu_cell){.s = {(char *)small, 16}}, WEIR_KD_GREAT, 2, "-1.23");
}

static void test_places(void **state)
{
	static const char *const good[] = {"17", "0;99;", "17;99;00ff8a"};
	static const char *const bad[] = {"",
					  "0",
					  "-1",
					  "x",
					  "17;",
					  "17;99",
					  "17;17;",
					  "17;16;",
					  "17;99;0",
					  "17;99;0g",
					  "17;99;0A",
					  "17;99;;",
					  "9223372036854775808"};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good + sizeof bad / sizeof *bad; i++) {
		bool is_good = i < sizeof good / sizeof *good;
		const char *text = is_good ? good[i] : bad[i - sizeof good / sizeof *good];
		struct weir_error err = {0};
		struct weir_buf out = {0};
		struct test x;
		begin(&x);
		assert_int_equal(weir_kd_position_write(&x.q, &out), WEIR_AGAIN);
		assert_int_equal(weir_kd_position_read(&x.q, text, &err), is_good ? WEIR_OK : WEIR_USAGE);
		if (is_good) {
			assert_int_equal(weir_kd_position_write(&x.q, &out), WEIR_OK);
			assert_string_equal(out.data, text);
		}
		weir_buf_release(&out);
		end(&x);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_columns_of_a_landed_table),
	    cmocka_unit_test(test_columns_of_another_table),
	    cmocka_unit_test(test_columns_that_are_wanted),
	    cmocka_unit_test(test_a_row_and_what_it_lacks),
	    cmocka_unit_test(test_decimals),
	    cmocka_unit_test(test_places),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
