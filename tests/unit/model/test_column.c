/* Column writers against a plain list of cells: any type in any order, gaps, repeats, records taken back. */
#include "weir/base/memory.h"
#include "weir/model/batch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ROWS = 300 };

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(2685821657736338717);
}

struct cell {
	bool set;
	enum weir_type type;
	union {
		int64_t i;
		double f;
		bool b;
	};
	char text[24];
};

static struct cell random_cell(uint64_t *seed, unsigned types)
{
	struct cell c = {.set = true};
	uint64_t r = next_random(seed);
	do
		c.type = (enum weir_type)(next_random(seed) % WEIR_TYPE_COUNT);
	while (!(types >> c.type & 1));
	if (c.type == WEIR_BOOL)
		c.b = r & 1;
	else if (c.type == WEIR_FLOAT64)
		c.f = (double)(int64_t)(r >> 40) / 8 + 1.0 / 16; /* never whole: its text is known */
	else if (c.type == WEIR_STRING)
		snprintf(c.text, sizeof c.text, "t%llu", (unsigned long long)(r % 50));
	else
		c.i = (int64_t)(r >> 30);
	return c;
}

static bool write_cell(struct weir_column *column, uint32_t row, const struct cell *c, struct weir_dict *dict)
{
	switch (c->type) {
	case WEIR_BOOL:
		return weir_column_set_bool(column, row, c->b);
	case WEIR_INT64:
		return weir_column_set_int64(column, row, c->i);
	case WEIR_FLOAT64:
		return weir_column_set_float64(column, row, c->f);
	case WEIR_TIMESTAMP:
		return weir_column_set_timestamp(column, row, c->i);
	case WEIR_STRING:
		return weir_column_set_string(column, row, weir_str_of(c->text), dict);
	default:
		return weir_column_set_null(column, row);
	}
}

/* A number that became text is the text that the source had, though floats came between. */
static void check_cell(const struct weir_column *column, uint32_t row, const struct cell *c)
{
	struct weir_value got = weir_column_get(column, row), wanted = {.type = c->type};
	assert_int_equal(weir_column_missing(column, row), !c->set);
	if (!c->set || c->type == WEIR_NULL) {
		assert_int_equal(got.type, WEIR_NULL);
		return;
	}
	if (c->type == WEIR_BOOL)
		wanted.b = c->b;
	else if (c->type == WEIR_FLOAT64)
		wanted.f = c->f;
	else if (c->type == WEIR_STRING)
		wanted.s = weir_str_of(c->text);
	else
		wanted.i = c->i;
	if (got.type != WEIR_STRING || c->type == WEIR_STRING) {
		assert_int_equal(weir_value_compare(&got, &wanted), 0);
		return;
	}
	struct weir_buf text = {0};
	weir_value_text(&wanted, &text);
	bool same = weir_str_equal(got.s, weir_buf_str(&text));
	assert_true(same);
	weir_buf_release(&text);
}

static void writers_keep_every_cell(void **state)
{
	(void)state;
	uint64_t seed = 3;
	for (int run = 0; run < 400; run++) {
		unsigned types = 1u + (unsigned)(next_random(&seed) % 63);
		struct weir_batch *b = weir_batch_new(ROWS);
		struct weir_schema *schema = weir_schema_new();
		struct weir_dict *dicts[] = {NULL, weir_dict_new(NULL), weir_dict_new(NULL)};
		struct cell cells[ROWS] = {0};
		assert_int_equal(weir_schema_add(schema, WEIR_STR("c"), WEIR_NULL), 0);
		assert_true(weir_batch_set_schema(b, schema));
		struct weir_column *column = &b->columns[0];
		uint32_t switch_at = (uint32_t)(next_random(&seed) % ROWS);
		for (int again = 0; again < 2; again++) { /* the second time in the memory of the first */
			memset(cells, 0, sizeof cells);
			for (uint32_t row = 0; row < ROWS; row++) {
				uint64_t r = next_random(&seed) % 16;
				struct weir_dict *dict = dicts[row < switch_at ? run % 3 : (run / 3) % 3];
				if (r == 0)
					continue;
				cells[row] = random_cell(&seed, run % 4 && row < ROWS / 2 ? 1u << (run % 6) : types);
				assert_true(write_cell(column, row, &cells[row], dict));
				if (r == 1) { /* a key that comes twice: the last wins */
					cells[row] = random_cell(&seed, types);
					assert_true(write_cell(column, row, &cells[row], dict));
				}
				if (r == 2) { /* a record that broke off */
					weir_column_truncate(column, row);
					cells[row].set = false;
				}
			}
			assert_true(weir_column_finish(column, ROWS));
			for (uint32_t row = 0; row < ROWS; row++)
				check_cell(column, row, &cells[row]);
			if (again == 0)
				weir_column_clear(column);
		}
		weir_batch_free(b);
		weir_schema_unref(schema);
		weir_dict_unref(dicts[1]);
		weir_dict_unref(dicts[2]);
	}
}

static void own_types_are_counted(void **state)
{
	(void)state;
	struct weir_batch *b = weir_batch_new(10);
	struct weir_schema *schema = weir_schema_new();
	assert_int_equal(weir_schema_add(schema, WEIR_STR("c"), WEIR_NULL), 0);
	assert_true(weir_batch_set_schema(b, schema));
	struct weir_column *c = &b->columns[0];
	assert_true(weir_column_set_int64(c, 0, 1) && weir_column_set_null(c, 1) &&
		    weir_column_set_float64(c, 3, 2.5) && weir_column_set_int64(c, 4, 3) &&
		    weir_column_set_bool(c, 5, true) && weir_column_set_string(c, 6, WEIR_STR("x"), NULL) &&
		    weir_column_set_int64(c, 7, 9));
	assert_true(weir_column_finish(c, 8));
	assert_int_equal(c->type, WEIR_STRING);
	assert_int_equal(c->type_count[WEIR_INT64], 3);
	assert_int_equal(c->type_count[WEIR_FLOAT64], 1);
	assert_int_equal(c->type_count[WEIR_BOOL], 1);
	assert_int_equal(c->type_count[WEIR_STRING], 1);
	assert_int_equal(c->type_count[WEIR_NULL], 1);
	weir_batch_free(b);
	weir_schema_unref(schema);
}

static void without_memory_nothing_is_lost(void **state)
{
	(void)state;
	uint64_t seed = 17;
	for (uint64_t n = 1; n < 60; n++) {
		struct weir_column c = {.capacity = 64};
		struct weir_dict *dict = weir_dict_new(NULL);
		struct cell cells[64] = {0};
		uint32_t row = 0;
		bool ok = true;
		weir_alloc_fail_at(n, true);
		for (; ok && row < 64; row++) {
			cells[row] = random_cell(&seed, row < 20 ? 1u << (1 + n % 5) : 63);
			ok = write_cell(&c, row, &cells[row], dict);
		}
		weir_alloc_fail_at(0, false);
		if (!ok) { /* the row that failed is taken back, the rest is whole and goes on */
			weir_column_truncate(&c, --row);
			cells[row] = random_cell(&seed, 63);
			assert_true(write_cell(&c, row, &cells[row], dict));
			row++;
		}
		assert_true(weir_column_finish(&c, row));
		for (uint32_t i = 0; i < row; i++)
			check_cell(&c, i, &cells[i]);
		weir_column_release(&c);
		weir_dict_unref(dict);
	}
}

static void batches(void **state)
{
	(void)state;
	struct weir_batch *b = weir_batch_new(100);
	struct weir_schema *schema = weir_schema_new();
	char name[16];
	assert_true(weir_batch_set_schema(b, schema));
	for (int i = 0; i < 30; i++) {
		snprintf(name, sizeof name, "c%d", i);
		struct weir_schema *next = weir_schema_next(schema);
		assert_int_equal(weir_schema_add(next, weir_str_of(name), WEIR_INT64), i);
		assert_true(weir_batch_set_schema(b, next));
		weir_schema_unref(schema);
		schema = next;
		assert_int_equal(b->n_columns, i + 1);
		assert_true(weir_column_set_int64(&b->columns[i], 50, i));
	}
	for (int i = 0; i < 30; i++) {
		assert_int_equal(weir_column_get(&b->columns[i], 50).i, i);
		assert_true(weir_column_missing(&b->columns[i], 49));
	}
	assert_true(weir_batch_add_time(b) && weir_batch_add_time(b) && weir_batch_add_partition(b));
	assert_int_equal(b->time_us[99], WEIR_TIME_NONE);
	assert_int_equal(b->partition[99], 0);
	assert_true(weir_batch_bytes(b) > 30 * 800);
	b->n_malformed[WEIR_BAD_SYNTAX] = 2;
	b->n_malformed[WEIR_BAD_FIELDS] = 3;
	assert_int_equal(weir_batch_malformed(b), 5);
	weir_batch_clear(b);
	assert_int_equal(weir_batch_malformed(b), 0);
	assert_null(b->schema);
	assert_null(b->time_us);
	assert_int_equal(b->columns[0].encoding, WEIR_ENC_ABSENT);
	weir_batch_free(b);
	weir_batch_free(NULL);
	weir_schema_unref(schema);
	for (uint64_t n = 1; n < 3; n++) {
		weir_alloc_fail_at(n, true);
		assert_null(weir_batch_new(10));
	}
	weir_alloc_fail_at(0, false);
	for (int i = 0; i < WEIR_BAD_COUNT; i++)
		assert_true(strlen(weir_malformed_text((enum weir_malformed)i)) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(writers_keep_every_cell),
	    cmocka_unit_test(own_types_are_counted),
	    cmocka_unit_test(without_memory_nothing_is_lost),
	    cmocka_unit_test(batches),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
