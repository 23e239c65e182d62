/* A result made by hand holds copies of all that it was given, and says so when there is no memory for them. */
#include "weir/query/result_builder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 3, BUCKETS = 4, BINS = 2, PARTITIONS = 2 };

/* What the caller has; wiped after the result was made of it. */
struct given {
	char text[8];
	struct weir_str word;
	struct weir_result_column groups[1], measures[2];
	struct weir_value keys[ROWS][1], values[ROWS][2];
	struct weir_result_row rows[ROWS];
	double numbers[BUCKETS];
	uint64_t counts[BUCKETS];
	const double *sparks[2];
	struct weir_result_series series[1];
	struct weir_result_histogram histogram;
	struct weir_value cells[2];
	bool missing[2];
	struct weir_result_record record;
	struct weir_result_field field;
	struct weir_ledger ledgers[PARTITIONS], besides;
	const struct weir_ledger *partitions[PARTITIONS];
	struct weir_result_stream streams[1];
};

static void fill_rows(struct given *g)
{
	for (int i = 0; i < ROWS; i++) {
		g->keys[i][0] = (struct weir_value){.type = WEIR_STRING, .s = g->word};
		g->values[i][0] = (struct weir_value){.type = WEIR_INT64, .i = 10 * i};
		g->values[i][1] = (struct weir_value){.type = WEIR_STRING, .s = g->word};
		g->rows[i] = (struct weir_result_row){.window_start_us = WEIR_TIME_NONE,
						      .window_end_us = WEIR_TIME_NONE,
						      .groups = g->keys[i],
						      .measures = g->values[i],
						      .previous = i ? g->values[0] : NULL,
						      .spark = i ? NULL : g->numbers,
						      .rows = (uint64_t)i};
	}
}

static void fill(struct given *g)
{
	memcpy(g->text, "banana", 7);
	g->word = (struct weir_str){g->text, 6};
	g->groups[0] = (struct weir_result_column){.name = g->word, .type = WEIR_STRING};
	g->measures[0] = (struct weir_result_column){.name = g->word, .type = WEIR_INT64};
	g->measures[1] = (struct weir_result_column){.name = g->word, .type = WEIR_STRING};
	for (int i = 0; i < BUCKETS; i++) {
		g->numbers[i] = i + 0.5;
		g->counts[i] = (uint64_t)i;
	}
	fill_rows(g);
	g->sparks[0] = g->sparks[1] = g->numbers;
	g->series[0] = (struct weir_result_series){.name = g->word, .row = 1, .values = g->numbers};
	g->histogram = (struct weir_result_histogram){
	    .column = g->word, .n_bins = BINS, .edges = g->numbers, .counts = g->counts, .n = 1};
	g->cells[0] = (struct weir_value){.type = WEIR_STRING, .s = g->word};
	g->missing[1] = true;
	g->record = (struct weir_result_record){.time_us = 7, .cells = g->cells, .missing = g->missing};
	g->field = (struct weir_result_field){
	    .name = g->word, .type = WEIR_STRING, .example = {.type = WEIR_STRING, .s = g->word}};
	for (int i = 0; i < PARTITIONS; i++) {
		weir_ledger_init(&g->ledgers[i]);
		g->ledgers[i].received = g->ledgers[i].matched = g->ledgers[i].expired = 100;
		g->partitions[i] = &g->ledgers[i];
	}
	weir_ledger_init(&g->besides);
	g->besides.received = g->besides.shed = 5;
	g->streams[0] = (struct weir_result_stream){g->partitions, PARTITIONS, &g->besides, 42};
}

static struct weir_result *build(struct given *g)
{
	struct weir_result *r = weir_result_new(9);
	bool ok = r && weir_result_set_groups(r, g->groups, 1) && weir_result_set_measures(r, g->measures, 2) &&
		  weir_result_set_buckets(r, 1000, 10, g->counts, BUCKETS) &&
		  weir_result_set_rows(r, g->rows, ROWS, 50) && weir_result_set_total(r, &g->rows[2], g->sparks) &&
		  weir_result_set_others(r, &g->rows[1]) && weir_result_set_series(r, g->series, 1) &&
		  weir_result_set_histogram(r, &g->histogram) &&
		  weir_result_set_records(r, g->measures, 2, &g->record, 1) &&
		  weir_result_set_fields(r, &g->field, 1) && weir_result_set_streams(r, g->streams, 1);
	if (ok)
		return r;
	weir_result_unref(r);
	return NULL;
}

static void is_banana(struct weir_str s)
{
	assert_true(weir_str_equal(s, WEIR_STR("banana")));
}

static void all_is_copied(void **state)
{
	(void)state;
	struct given *g = calloc(1, sizeof *g);
	assert_non_null(g);
	fill(g);
	struct weir_result *r = build(g);
	assert_non_null(r);
	memset(g, 0xff, sizeof *g);
	free(g);
	assert_int_equal(r->view_generation, 9);
	assert_int_equal(r->error.code, WEIR_OK);
	assert_int_equal(r->moment_us, WEIR_TIME_NONE);
	is_banana(r->groups[0].name);
	is_banana(r->measures[1].name);
	assert_int_equal(r->n_rows, ROWS);
	assert_int_equal(r->seen_rows, ROWS);
	assert_int_equal(r->n_rows_total, 50);
	for (int i = 0; i < ROWS; i++) {
		is_banana(r->rows[i].groups[0].s);
		assert_int_equal(r->rows[i].measures[0].i, 10 * i);
		is_banana(r->rows[i].measures[1].s);
		assert_null(r->rows[i].compared);
	}
	assert_null(r->rows[0].previous);
	assert_int_equal(r->rows[2].previous[0].i, 0);
	assert_true(r->rows[0].spark[3] == 3.5);
	assert_null(r->rows[1].spark);
	assert_int_equal(r->total.measures[0].i, 20);
	assert_true(r->total_spark[1][2] == 2.5);
	assert_true(r->has_others && r->others.measures[0].i == 10);
	assert_int_equal(r->bucket_rows[3], 3);
	assert_true(r->series[0].values[1] == 1.5);
	is_banana(r->series[0].name);
	is_banana(r->histogram.column);
	assert_true(r->histogram.edges[BINS] == 2.5 && r->histogram.counts[1] == 1);
	is_banana(r->record_columns[0].name);
	is_banana(r->records[0].cells[0].s);
	assert_true(r->records[0].missing[1] && !r->records[0].missing[0]);
	is_banana(r->fields[0].name);
	is_banana(r->fields[0].example.s);
	assert_int_equal(r->n_partitions[0], PARTITIONS);
	assert_int_equal(r->partitions[0][1].matched, 100);
	assert_int_equal(r->streams[0].watermark_us, 42);
	assert_int_equal(r->ledger.received, 205);
	assert_true(weir_ledger_balances(&r->ledger));
	weir_result_unref(r);
}

static void no_memory_is_said(void **state)
{
	(void)state;
	struct given g;
	unsigned failed = 0;
	memset(&g, 0, sizeof g);
	fill(&g);
	for (uint64_t n = 1;; n++) {
		weir_alloc_fail_at(n, true);
		struct weir_result *r = build(&g);
		weir_alloc_fail_at(0, false);
		weir_result_unref(r);
		if (r)
			break;
		failed++;
	}
	assert_true(failed >= 2); /* the result, and a block of its arena at least */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_is_copied),
	    cmocka_unit_test(no_memory_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
