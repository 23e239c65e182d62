/* Segments hold what the batches held, whatever the types, encodings and merges; memory is counted as it is. */
#include "rows.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { COLUMNS = 10 };

struct maker {
	uint64_t seed, row;
	struct weir_schema *schema;
	struct weir_dict *dicts[2];
	bool shown; /* keep a text of every row in `rows` */
	struct weir_buf rows;
};

static void maker_open(struct maker *m, struct weir_budget *budget)
{
	static const char *const names[COLUMNS] = {"small", "wide",  "when",  "float", "bool",
						   "coded", "plain", "mixed", "nulls", "gone"};
	*m = (struct maker){.seed = 99, .shown = true, .schema = weir_schema_new()};
	for (int i = 0; i < COLUMNS; i++)
		assert_int_equal(weir_schema_add(m->schema, weir_str_of(names[i]), WEIR_NULL), i);
	m->dicts[0] = weir_dict_new(budget);
	m->dicts[1] = weir_dict_new(budget);
}

static void maker_close(struct maker *m)
{
	weir_schema_unref(m->schema);
	weir_dict_unref(m->dicts[0]);
	weir_dict_unref(m->dicts[1]);
	weir_buf_release(&m->rows);
}

static void show_row(const struct weir_batch *b, uint32_t row, struct weir_buf *out)
{
	weir_buf_addf(out, "%lld@%lld/%d*%d%s", (long long)weir_batch_position(b, row),
		      (long long)(b->time_us ? b->time_us[row] : WEIR_TIME_NONE), b->partition ? b->partition[row] : 0,
		      b->weight ? b->weight[row] : 1, b->malformed && weir_bit_get(b->malformed, row) ? "!" : "");
	for (uint32_t c = 0; c < COLUMNS + 1; c++) {
		const struct weir_column *column = c < COLUMNS ? &b->columns[c] : &b->raw;
		struct weir_value v = {.type = WEIR_NULL};
		bool missing = c < b->n_columns || c == COLUMNS ? weir_column_missing(column, row) : true;
		if (c < b->n_columns || c == COLUMNS)
			v = weir_column_get(column, row);
		weir_buf_add_c(out, missing ? "|-" : v.type == WEIR_NULL ? "|null" : "|");
		weir_value_text(&v, out);
	}
	weir_buf_add_char(out, '\n');
}

static bool set_cells(struct maker *m, struct weir_batch *b, uint32_t row, unsigned era)
{
	uint64_t r = next_random(&m->seed);
	char text[40];
	bool ok = weir_column_set_int64(&b->columns[0], row, 1000000 + (int64_t)(r % (era == 1 ? 200 : 60000)));
	if (r % 7)
		ok = ok && weir_column_set_int64(&b->columns[1], row,
						 r % 11 == 1   ? INT64_MIN
						 : r % 11 == 2 ? INT64_MAX
							       : (int64_t)r);
	else if (r % 2)
		ok = ok && weir_column_set_null(&b->columns[1], row);
	ok = ok && weir_column_set_timestamp(&b->columns[2], row, INT64_C(1795341600000000) + (int64_t)m->row * 1000);
	ok = ok && weir_column_set_float64(&b->columns[3], row, (double)(int64_t)r / 1024);
	if (r % 3)
		ok = ok && weir_column_set_bool(&b->columns[4], row, r >> 20 & 1);
	snprintf(text, sizeof text, "text %llu", (unsigned long long)(r % (era == 2 ? 100000 : 90)));
	if (r % 5)
		ok = ok && weir_column_set_string(&b->columns[5], row, weir_str_of(text), m->dicts[era == 3]);
	if (r % 4)
		ok = ok && weir_column_set_string(&b->columns[6], row, weir_str_of(text), NULL);
	ok = ok && (era == 1 ? weir_column_set_float64(&b->columns[7], row, (double)(r % 9))
			     : weir_column_set_null(&b->columns[7], row));
	if (r % 2)
		ok = ok && weir_column_set_null(&b->columns[8], row);
	return ok && weir_column_set_string(&b->raw, row, weir_str_of(text), NULL);
}

/* NULL: no memory. `era` changes widths, dictionaries and types from time to time. */
static struct weir_batch *make(struct maker *m, uint32_t n, unsigned era)
{
	struct weir_batch *b = weir_batch_new(n);
	bool ok = b && weir_batch_set_schema(b, m->schema) && (era == 0 || weir_batch_add_time(b)) &&
		  (era != 2 || weir_batch_add_partition(b)) && (era != 3 || weir_batch_add_weight(b)) &&
		  (era != 3 || (b->malformed = weir_calloc(weir_bit_words(n), 8)));
	for (uint32_t row = 0; ok && row < n; row++, m->row++) {
		ok = set_cells(m, b, row, era);
		b->position[row] = (int64_t)m->row * 100;
		if (b->time_us && m->row % 13)
			b->time_us[row] = (int64_t)m->row * 1000;
		if (b->partition)
			b->partition[row] = (uint16_t)(m->row % 3);
		if (b->weight && m->row % 5 == 0)
			b->weight[row] = (int8_t)((int)(m->row % 4) - 2);
		if (b->malformed && m->row % 17 == 0)
			weir_bit_set(b->malformed, row);
	}
	for (uint32_t c = 0; ok && c < COLUMNS; c++)
		ok = weir_column_finish(&b->columns[c], n);
	ok = ok && weir_column_finish(&b->raw, n);
	if (!ok) {
		weir_batch_free(b);
		return NULL;
	}
	b->n_rows = n;
	b->arrival_us = 7;
	for (uint32_t row = 0; m->shown && row < n; row++)
		show_row(b, row, &m->rows);
	return b;
}

static void check_zones(const struct weir_segment *s)
{
	for (uint32_t c = 0; c < s->rows->n_columns; c++) {
		const struct weir_zone *z = &s->zones[c];
		uint32_t valid = 0;
		for (uint32_t row = 0; row < s->rows->n_rows; row++) {
			struct weir_value v = weir_column_get(&s->rows->columns[c], row);
			if (v.type == WEIR_NULL)
				continue;
			valid++;
			if (!z->known)
				continue;
			if (v.type == WEIR_FLOAT64)
				assert_true(v.f >= z->min && v.f <= z->max);
			else
				assert_true((long double)v.i >= (long double)z->min &&
					    (long double)v.i <= (long double)z->max);
		}
		if (s->rows->columns[c].encoding != WEIR_ENC_ABSENT)
			assert_int_equal(z->n_valid, valid);
	}
}

static void check_snapshot(const struct weir_snapshot *s, const struct weir_buf *wanted)
{
	struct weir_buf got = {0};
	uint64_t rows = 0;
	for (uint32_t i = 0; i < s->n_segments; i++) {
		const struct weir_segment *seg = s->segments[i];
		assert_int_equal(seg->first_row, rows + s->segments[0]->first_row);
		assert_true(seg->rows->n_rows <= WEIR_SEGMENT_ROWS);
		check_zones(seg);
		for (uint32_t row = 0; row < seg->rows->n_rows; row++)
			show_row(seg->rows, row, &got);
		rows += seg->rows->n_rows;
	}
	assert_int_equal(rows, s->n_rows);
	assert_int_equal(got.size, wanted->size);
	if (wanted->size)
		assert_memory_equal(got.data, wanted->data, wanted->size);
	weir_buf_release(&got);
}

static void every_encoding_survives(void **state)
{
	(void)state;
	struct still still = {0};
	struct weir_clock clock = still_clock(&still);
	struct weir_budget budget = {0};
	struct weir_buffer *b = weir_buffer_new(&budget, &clock, false);
	struct maker m;
	maker_open(&m, NULL);
	struct weir_snapshot *early = NULL;
	struct weir_buf early_rows = {0};
	for (unsigned i = 0; i < 160; i++) {
		uint32_t n = i % 10 == 9 ? 3000 : 1 + (uint32_t)(next_random(&m.seed) % 200);
		struct weir_batch *batch = make(&m, n, i / 40);
		assert_int_equal(weir_buffer_store(b, batch, NULL), WEIR_OK);
		weir_batch_free(batch);
		if (i == 60) {
			early = weir_buffer_snapshot(b);
			weir_buf_add_str(&early_rows, weir_buf_str(&m.rows));
		}
	}
	struct weir_snapshot *late = weir_buffer_snapshot(b);
	assert_int_equal(weir_buffer_rows(b), m.row);
	assert_true((int64_t)weir_buffer_bytes(b) <
		    weir_budget_used(&budget)); /* the early snapshot holds some that were merged */
	assert_true(late->n_segments < 24);     /* small ones were merged */
	check_snapshot(late, &m.rows);
	weir_buffer_clear(b);
	assert_int_equal(weir_buffer_rows(b), 0);
	check_snapshot(early, &early_rows); /* neither later rows nor the end of the buffer change it */
	weir_snapshot_free(early);
	weir_snapshot_free(late);
	weir_snapshot_free(NULL);
	assert_int_equal(weir_budget_used(&budget), 0);
	weir_buf_release(&early_rows);
	weir_buffer_free(b);
	maker_close(&m);
}

static void out_of_memory_loses_at_most_the_batch(void **state)
{
	(void)state;
	struct still still = {0};
	struct weir_clock clock = still_clock(&still);
	int failures = 0;
	for (uint64_t n = 1; n < 400; n += 1 + n / 16) {
		struct weir_budget budget = {0};
		struct weir_buffer *b = weir_buffer_new(&budget, &clock, false);
		struct maker m;
		maker_open(&m, NULL);
		for (unsigned i = 0; i < 6; i++) {
			struct weir_batch *batch = make(&m, 50, i % 4);
			size_t before = m.rows.size - 0;
			if (i == 4)
				weir_alloc_fail_at(n, true);
			enum weir_status st = weir_buffer_store(b, batch, NULL);
			weir_alloc_fail_at(0, false);
			if (st != WEIR_OK) {
				assert_int_equal(st, WEIR_NO_MEMORY);
				failures++;
				struct weir_buf without = {0};
				for (uint32_t row = 0; row < 50; row++)
					show_row(batch, row, &without);
				m.rows.size = before - without.size;
				weir_buf_release(&without);
			}
			weir_batch_free(batch);
		}
		struct weir_snapshot *s = weir_buffer_snapshot(b);
		check_snapshot(s, &m.rows);
		weir_snapshot_free(s);
		weir_alloc_fail_at(1, true);
		assert_null(weir_buffer_snapshot(b));
		weir_alloc_fail_at(2, true);
		assert_null(weir_buffer_snapshot(b));
		weir_alloc_fail_at(0, false);
		weir_buffer_free(b);
		assert_int_equal(weir_budget_used(&budget), 0);
		maker_close(&m);
	}
	assert_true(failures > 10);
}

static void a_zone_with_nan_is_not_known(void **state)
{
	(void)state;
	struct still still = {0};
	struct weir_clock clock = still_clock(&still);
	struct weir_buffer *b = weir_buffer_new(NULL, &clock, false);
	struct maker m;
	maker_open(&m, NULL);
	struct weir_batch *batch = make(&m, 3, 1);
	((double *)batch->columns[3].data)[1] = NAN;
	assert_int_equal(weir_buffer_store(b, batch, NULL), WEIR_OK);
	struct weir_snapshot *s = weir_buffer_snapshot(b);
	assert_false(s->segments[0]->zones[3].known);
	assert_true(s->segments[0]->zones[0].known);
	assert_int_equal(s->segments[0]->time_max_us, 2000);
	weir_snapshot_free(s);
	weir_batch_free(batch);
	weir_buffer_free(b);
	maker_close(&m);
}

static void live_rows_without_event_time_keep_their_arrival(void **state)
{
	(void)state;
	struct still still = {0};
	struct weir_clock clock = still_clock(&still);
	struct weir_buffer *b = weir_buffer_new(NULL, &clock, true);
	struct maker m;
	maker_open(&m, NULL);
	for (int i = 0; i < 10; i++) {
		struct weir_batch *batch = make(&m, 4, 0);
		batch->arrival_us = 1000 + i;
		assert_int_equal(weir_buffer_store(b, batch, NULL), WEIR_OK);
		weir_batch_free(batch);
	}
	struct weir_snapshot *s = weir_buffer_snapshot(b);
	assert_true(s->n_segments < 10);
	uint64_t seen = 0;
	for (uint32_t i = 0; i < s->n_segments; i++)
		for (uint32_t row = 0; row < s->segments[i]->rows->n_rows; row++)
			assert_int_equal(s->segments[i]->rows->time_us[row], 1000 + (int64_t)(seen++ / 4));
	weir_snapshot_free(s);
	weir_buffer_free(b);
	maker_close(&m);
}

static void rows_keep_their_arrival_when_segments_are_merged(void **state)
{
	(void)state;
	struct still still = {0};
	struct weir_clock clock = still_clock(&still);
	struct weir_budget budget = {0};
	struct weir_buffer *b = weir_buffer_new(&budget, &clock, false);
	struct maker m;
	maker_open(&m, NULL);
	for (int i = 0; i < 400; i++) {
		struct weir_batch *batch = make(&m, 1 + (uint32_t)i % 3, 0);
		batch->arrival_us = 1000 + i / 2;
		assert_int_equal(weir_buffer_store(b, batch, NULL), WEIR_OK);
		weir_batch_free(batch);
	}
	struct weir_snapshot *s = weir_buffer_snapshot(b);
	assert_true(s->n_segments < 40);
	uint32_t at = 0, row = 0;
	for (int i = 0; i < 400; i++)
		for (int k = 0; k < 1 + i % 3; k++) {
			assert_int_equal(weir_batch_arrival(s->segments[at]->rows, row), 1000 + i / 2);
			if (++row == s->segments[at]->rows->n_rows) {
				at++;
				row = 0;
			}
		}
	assert_int_equal(at, s->n_segments);
	weir_snapshot_free(s);
	weir_buffer_free(b);
	assert_int_equal(weir_budget_used(&budget), 0);
	maker_close(&m);
}

static uint32_t n_segments(struct weir_buffer *b)
{
	struct weir_snapshot *s = weir_buffer_snapshot(b);
	uint32_t n = s->n_segments;
	weir_snapshot_free(s);
	return n;
}

static void merges_wait_for_questions(void **state)
{
	(void)state;
	struct still still = {0};
	struct weir_clock clock = still_clock(&still);
	struct weir_buffer *b = weir_buffer_new(NULL, &clock, false);
	_Atomic bool hurry = true;
	struct maker m;
	maker_open(&m, NULL);
	weir_buffer_set_hurry(b, &hurry);
	for (int i = 0; i < 20; i++) {
		hurry = i < 12;
		struct weir_batch *batch = make(&m, 40, 0);
		assert_int_equal(weir_buffer_store(b, batch, NULL), WEIR_OK);
		weir_batch_free(batch);
		if (hurry)
			assert_int_equal(n_segments(b), i + 1);
	}
	assert_true(n_segments(b) < 6);
	struct weir_snapshot *s = weir_buffer_snapshot(b);
	check_snapshot(s, &m.rows);
	weir_snapshot_free(s);
	weir_buffer_free(b);
	maker_close(&m);
}

struct drops {
	uint64_t rows, by_memory;
};

static void on_drop(void *ctx, const struct weir_segment *seg, bool by_memory)
{
	struct drops *d = ctx;
	d->rows += seg->rows->n_rows;
	d->by_memory += by_memory ? seg->rows->n_rows : 0;
}

static void fill(struct weir_buffer *b, struct maker *m, unsigned batches)
{
	m->shown = false;
	for (unsigned i = 0; i < batches; i++) {
		struct weir_batch *batch = make(m, 1000, 1);
		assert_int_equal(weir_buffer_store(b, batch, NULL), WEIR_OK);
		weir_batch_free(batch);
	}
}

static void retention(void **state)
{
	(void)state;
	struct still still = {0};
	struct weir_clock clock = still_clock(&still);
	struct weir_budget budget = {.limit_bytes = 64 << 20};
	struct weir_buffer *b = weir_buffer_new(&budget, &clock, false);
	struct drops d = {0};
	struct maker m;
	maker_open(&m, NULL);
	fill(b, &m, 40); /* rows 0 … 39,999, one a millisecond */
	const struct weir_retention all = {INT64_MIN, UINT64_MAX, false};
	assert_int_equal(weir_buffer_trim(b, &all, on_drop, &d), 0);
	struct weir_retention newer = {20000 * 1000, 0, true};
	assert_int_equal(weir_buffer_trim(b, &newer, on_drop, &d), 0); /* there is room */
	newer.only_when_full = false;
	weir_buffer_trim(b, &newer, on_drop, &d);
	assert_true(d.rows > 0 && d.rows <= 20001 && d.by_memory == 0);
	assert_int_equal(weir_buffer_rows(b), 40000 - d.rows);
	const struct weir_retention newest = {INT64_MAX, 3000, false};
	weir_buffer_trim(b, &newest, on_drop, &d);
	assert_true(weir_buffer_rows(b) >= 3000);
	struct weir_snapshot *s = weir_buffer_snapshot(b);
	assert_true(weir_buffer_rows(b) - s->segments[0]->rows->n_rows < 3000);
	weir_snapshot_free(s);
	weir_buffer_free(b);
	maker_close(&m);
}

static void memory_is_bounded(void **state)
{
	(void)state;
	struct still still = {0};
	struct weir_clock clock = still_clock(&still);
	struct weir_budget budget = {.limit_bytes = 4 << 20};
	struct weir_buffer *b = weir_buffer_new(&budget, &clock, false);
	struct drops d = {0};
	const struct weir_retention all = {INT64_MIN, UINT64_MAX, false};
	struct maker m;
	int64_t most = 0;
	maker_open(&m, NULL);
	for (int i = 0; i < 150; i++) {
		fill(b, &m, 1);
		most = weir_budget_used(&budget) > most ? weir_budget_used(&budget) : most;
		weir_buffer_trim(b, &all, on_drop, &d);
		assert_false(weir_budget_over(&budget, 0));
	}
	assert_true(d.rows > 0 && d.by_memory == d.rows);
	assert_true(most < (int64_t)budget.limit_bytes * 105 / 100);
	assert_true(weir_budget_used(&budget) > (int64_t)budget.limit_bytes * 85 / 100);
	weir_budget_charge(&budget, 100 << 20); /* others took it all: the newest rows stay */
	weir_buffer_trim(b, &all, on_drop, &d);
	assert_true(weir_buffer_rows(b) > 0);
	weir_buffer_free(b);
	maker_close(&m);
}

/* Time, three texts of few values, one of many, a status, a size, a latency and a path. */
static void nine_typical_columns_take_48_bytes_a_row(void **state)
{
	(void)state;
	static const unsigned values[] = {0, 12, 5, 3, 60000, 0, 0, 0, 300};
	struct still still = {0};
	struct weir_clock clock = still_clock(&still);
	struct weir_budget budget = {0};
	struct weir_buffer *b = weir_buffer_new(&budget, &clock, true);
	struct weir_schema *schema = weir_schema_new();
	struct weir_dict *dicts[9];
	uint64_t seed = 5, rows = 0;
	for (int c = 0; c < 9; c++) {
		char name[16];
		snprintf(name, sizeof name, "c%d", c);
		assert_int_equal(weir_schema_add(schema, weir_str_of(name), WEIR_STRING), c);
		dicts[c] = weir_dict_new(NULL);
	}
	for (int i = 0; i < 24; i++) {
		struct weir_batch *batch = weir_batch_new(WEIR_BATCH_ROWS);
		assert_true(weir_batch_set_schema(batch, schema) && weir_batch_add_time(batch));
		for (uint32_t row = 0; row < WEIR_BATCH_ROWS; row++, rows++) {
			char text[32];
			uint64_t r = next_random(&seed);
			batch->time_us[row] = INT64_C(1795341600000000) + (int64_t)rows * 5000;
			batch->position[row] = (int64_t)rows * 178;
			bool ok = weir_column_set_timestamp(&batch->columns[0], row, batch->time_us[row]) &&
				  weir_column_set_int64(&batch->columns[5], row, 200 + (int64_t)(r % 400)) &&
				  weir_column_set_int64(&batch->columns[6], row, (int64_t)(r >> 8 & 0xfffff)) &&
				  weir_column_set_float64(&batch->columns[7], row, (double)(r >> 30) / 1000);
			for (int c = 0; c < 9; c++) {
				if (!values[c])
					continue;
				snprintf(text, sizeof text, "v%llu", (unsigned long long)(r % values[c]));
				ok = ok && weir_column_set_string(&batch->columns[c], row, weir_str_of(text), dicts[c]);
			}
			assert_true(ok);
		}
		batch->n_rows = WEIR_BATCH_ROWS;
		for (int c = 0; c < 9; c++)
			assert_true(weir_column_finish(&batch->columns[c], WEIR_BATCH_ROWS));
		assert_int_equal(weir_buffer_store(b, batch, NULL), WEIR_OK);
		weir_batch_free(batch);
	}
	print_message("%.1f bytes a row\n", (double)weir_budget_used(&budget) / (double)rows);
	assert_true((uint64_t)weir_budget_used(&budget) <= rows * 48);
	weir_buffer_free(b);
	weir_schema_unref(schema);
	for (int c = 0; c < 9; c++)
		weir_dict_unref(dicts[c]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_encoding_survives),
	    cmocka_unit_test(out_of_memory_loses_at_most_the_batch),
	    cmocka_unit_test(a_zone_with_nan_is_not_known),
	    cmocka_unit_test(live_rows_without_event_time_keep_their_arrival),
	    cmocka_unit_test(rows_keep_their_arrival_when_segments_are_merged),
	    cmocka_unit_test(merges_wait_for_questions),
	    cmocka_unit_test(retention),
	    cmocka_unit_test(memory_is_bounded),
	    cmocka_unit_test(nine_typical_columns_take_48_bytes_a_row),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
