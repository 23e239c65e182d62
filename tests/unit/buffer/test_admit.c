/* Watermarks and lateness against a slow reference, whatever the batches are cut into. */
#include "rows.h"
#include "weir/base/bounds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ROWS = 600, PARTITIONS = 3 };

struct event {
	int64_t time_us;
	uint16_t partition;
};

struct outcome {
	bool late[ROWS];
	int64_t watermark_us, newest_us;
	uint64_t n_future;
};

static int64_t floor_of(int64_t t, int64_t step)
{
	return t - ((t % step) + step) % step;
}

/* The wall clock when row i comes: behind the jitter of times, so that some are ahead of it. */
static int64_t arrival_of(int i)
{
	return (i - i % 50) * 5 + 20;
}

/* The definition, one row after the other. */
static void by_definition(const struct event *events, const struct weir_late_rule *r, uint32_t n_partitions,
			  struct outcome *out)
{
	int64_t newest[PARTITIONS] = {WEIR_TIME_NONE, WEIR_TIME_NONE, WEIR_TIME_NONE};
	out->watermark_us = out->newest_us = WEIR_TIME_NONE;
	out->n_future = 0;
	for (int i = 0; i < ROWS; i++) {
		int64_t t = events[i].time_us, w = out->watermark_us;
		out->late[i] = false;
		if (t == WEIR_TIME_NONE)
			continue;
		if (r->skew_us >= 0 && t > arrival_of(i) + r->skew_us) {
			out->n_future++; /* no clock follows it, and it is not late */
			continue;
		}
		out->newest_us = t > out->newest_us ? t : out->newest_us;
		if (w != WEIR_TIME_NONE && r->kind == WEIR_LATE_SLIDING)
			out->late[i] = t <= w - r->size_us - r->grace_us;
		if (w != WEIR_TIME_NONE && r->kind == WEIR_LATE_ALIGNED)
			out->late[i] = floor_of(t, r->hop_us) + r->size_us + r->grace_us <= w;
		if (out->late[i])
			continue;
		newest[events[i].partition] = t > newest[events[i].partition] ? t : newest[events[i].partition];
		int64_t low = INT64_MAX;
		for (uint32_t p = 0; p < n_partitions; p++)
			low = newest[p] < low ? newest[p] : low;
		if (low != WEIR_TIME_NONE && low - r->late_us > out->watermark_us)
			out->watermark_us = low - r->late_us;
	}
}

static struct weir_batch *batch_of(const struct event *events, uint32_t n, uint32_t first, bool partitioned)
{
	struct weir_batch *b = weir_batch_new(n ? n : 1);
	struct weir_schema *schema = weir_schema_new();
	assert_true(weir_schema_add(schema, WEIR_STR("n"), WEIR_INT64) == 0);
	assert_true(weir_batch_set_schema(b, schema) && weir_batch_add_time(b) &&
		    (!partitioned || weir_batch_add_partition(b)) && weir_batch_add_weight(b));
	weir_schema_unref(schema);
	for (uint32_t i = 0; i < n; i++) {
		b->time_us[i] = events[i].time_us;
		b->position[i] = first + i;
		b->weight[i] = (int8_t)((int)((first + i) % 3) - 1);
		if (partitioned)
			b->partition[i] = events[i].partition;
		assert_true(weir_column_set_int64(&b->columns[0], i, first + i));
	}
	b->n_rows = n;
	b->bytes = n * 10;
	b->arrival_us = arrival_of((int)first);
	assert_true(weir_column_finish(&b->columns[0], n));
	return b;
}

/* The last late ones among events [from, to) are in the batch, each with its text, and how late it was. */
static void check_left_out(const struct weir_batch *b, const struct outcome *wanted, const struct event *events,
			   uint32_t from, uint32_t to)
{
	uint32_t n = 0, k = 0;
	for (uint32_t i = 0; b->left && i < weir_left_list_count(b->left); i++)
		n += weir_left_list_at(b->left, i)->kind == WEIR_LEFT_LATE;
	uint32_t late = 0;
	for (uint32_t i = from; i < to; i++)
		late += wanted->late[i];
	assert_int_equal(n, late < WEIR_MAX_LEFT_OF_BATCH ? late : WEIR_MAX_LEFT_OF_BATCH);
	for (uint32_t i = from; i < to; i++) {
		char text[40];
		if (!wanted->late[i] || late-- > n)
			continue;
		while (weir_left_list_at(b->left, k)->kind != WEIR_LEFT_LATE)
			k++;
		const struct weir_left_out *r = weir_left_list_at(b->left, k++);
		snprintf(text, sizeof text, "{\"n\":%u}", i);
		assert_true(weir_str_equal(r->text, weir_str_of(text)));
		assert_true(r->rebuilt && r->by_us >= 0);
		assert_int_equal(r->position, i);
		assert_int_equal(r->time_us, events[i].time_us);
	}
}

static void check_run(const struct event *events, const struct weir_late_rule *rule, uint32_t n_partitions,
		      uint64_t *seed)
{
	struct still still = {0};
	struct weir_clock clock = still_clock(&still);
	struct weir_buffer *b = weir_buffer_new(NULL, &clock, true);
	struct outcome wanted;
	uint64_t n_late = 0, late = 0, received = 0, future = 0;
	by_definition(events, rule, n_partitions, &wanted);
	weir_buffer_set_late(b, rule);
	weir_buffer_expect(b, n_partitions);
	for (uint32_t at = 0; at < ROWS;) {
		uint32_t n = 1 + (uint32_t)(next_random(seed) % (1 + next_random(seed) % ROWS)), kept = 0;
		n = n < ROWS - at ? n : ROWS - at;
		if (rule->skew_us >= 0 && n > 50 - at % 50) /* rows of a batch arrive at once */
			n = 50 - at % 50;
		struct weir_batch *batch = batch_of(events + at, n, at, n_partitions > 1);
		assert_int_equal(weir_buffer_admit(b, batch, NULL), WEIR_OK);
		for (uint32_t i = at; i < at + n; i++) {
			if (wanted.late[i]) {
				n_late++;
				continue;
			}
			assert_true(kept < batch->n_rows);
			assert_int_equal(batch->position[kept], i);
			assert_int_equal(batch->time_us[kept], events[i].time_us);
			assert_int_equal(batch->weight[kept], (int)(i % 3) - 1);
			assert_int_equal(weir_column_get(&batch->columns[0], kept).i, i);
			kept++;
		}
		assert_int_equal(batch->n_rows, kept);
		check_left_out(batch, &wanted, events, at, at + n);
		weir_batch_free(batch);
		at += n;
	}
	assert_int_equal(weir_buffer_watermark_us(b), wanted.watermark_us);
	for (uint32_t p = 0; p < n_partitions; p++) {
		late += weir_buffer_ledger(b, p)->late;
		received += weir_buffer_ledger(b, p)->received;
		future += weir_buffer_ledger(b, p)->future;
	}
	assert_int_equal(future, wanted.n_future);
	assert_int_equal(weir_buffer_newest_us(b), wanted.newest_us);
	assert_int_equal(late, n_late);
	assert_int_equal(received, ROWS);
	weir_buffer_free(b);
}

static void late_rows_are_those_of_the_definition(void **state)
{
	(void)state;
	uint64_t seed = 42;
	for (int run = 0; run < 150; run++) {
		static const enum weir_late_kind kinds[] = {WEIR_LATE_NEVER, WEIR_LATE_SLIDING, WEIR_LATE_ALIGNED};
		struct weir_late_rule rule = {.kind = kinds[run % 3],
					      .late_us = (int64_t)(next_random(&seed) % 50),
					      .grace_us = (int64_t)(next_random(&seed) % 3 * 20),
					      .size_us = 20 + (int64_t)(next_random(&seed) % 60),
					      .skew_us = (int64_t)(next_random(&seed) % 90) - 1};
		rule.hop_us = run % 2 ? rule.size_us : 1 + (int64_t)(next_random(&seed) % (uint64_t)rule.size_us);
		uint32_t n_partitions = 1 + (uint32_t)(next_random(&seed) % PARTITIONS);
		struct event events[ROWS];
		int64_t jitter = 1 + (int64_t)(next_random(&seed) % 400), start = run % 5 ? 0 : -2000;
		for (int i = 0; i < ROWS; i++) {
			events[i].time_us =
			    start + i * 5 + (int64_t)(next_random(&seed) % (uint64_t)jitter) - jitter / 2;
			events[i].partition = (uint16_t)(next_random(&seed) % n_partitions);
			if (next_random(&seed) % 40 == 0)
				events[i].time_us = WEIR_TIME_NONE;
		}
		check_run(events, &rule, n_partitions, &seed);
	}
}

static void admit_one(struct weir_buffer *b, int64_t t, uint16_t partition)
{
	struct event e = {t, partition};
	struct weir_batch *batch = batch_of(&e, 1, 0, true);
	assert_int_equal(weir_buffer_admit(b, batch, NULL), WEIR_OK);
	weir_batch_free(batch);
}

static void idle_partitions_are_left_out(void **state)
{
	(void)state;
	struct still still = {.mono_us = 5};
	struct weir_clock clock = still_clock(&still);
	struct weir_buffer *live = weir_buffer_new(NULL, &clock, true), *finite = weir_buffer_new(NULL, &clock, false);
	struct weir_buffer *both[] = {live, finite};
	for (int i = 0; i < 2; i++) {
		struct weir_buffer *b = both[i];
		weir_buffer_set_late(b, &(struct weir_late_rule){
					    .kind = WEIR_LATE_SLIDING, .late_us = 10, .size_us = 100, .skew_us = -1});
		weir_buffer_expect(b, 3);
		admit_one(b, 1000, 0);
		assert_int_equal(weir_buffer_watermark_us(b), WEIR_TIME_NONE); /* two are awaited */
		admit_one(b, 500, 1);
		admit_one(b, 700, 2);
		assert_int_equal(weir_buffer_watermark_us(b), 490);
		admit_one(b, 2000, 0);
		assert_int_equal(weir_buffer_watermark_us(b), 490);
		still.mono_us += 20000000;
		admit_one(b, 800, 2);
		still.mono_us += 10000001; /* partition 1 said nothing for 30 s, partition 2 for 10 s */
		admit_one(b, 2000, 0);
		assert_int_equal(weir_buffer_watermark_us(b), b == live ? 790 : 490);
		admit_one(b, 600, 1); /* comes back: no step back, and not late enough to be lost */
		assert_int_equal(weir_buffer_watermark_us(b), b == live ? 790 : 590);
		assert_int_equal(weir_buffer_ledger(b, 1)->late, b == live ? 1 : 0);
		assert_int_equal(weir_buffer_newest_us(b), 2000);
		weir_buffer_free(b);
		still.mono_us = 5;
	}
}

static void admit_of(struct weir_buffer *b, struct weir_partitions *list, int64_t t, uint16_t partition)
{
	struct event e = {t, partition};
	struct weir_batch *batch = batch_of(&e, 1, 0, true);
	weir_batch_set_partitions(batch, list);
	assert_int_equal(weir_buffer_admit(b, batch, NULL), WEIR_OK);
	weir_batch_free(batch);
}

/* A partition that has records holds the watermark back from the first batch on, however long it takes; one that is at its
 * end for 30 s, and in a finite source not at all. */
static void partitions_with_records_are_awaited(void **state)
{
	(void)state;
	for (int live = 0; live < 2; live++) {
		struct still still = {.mono_us = 5};
		struct weir_clock clock = still_clock(&still);
		struct weir_buffer *b = weir_buffer_new(NULL, &clock, live);
		struct weir_partitions *list = weir_partitions_new();
		weir_buffer_set_late(b, &(struct weir_late_rule){
					    .kind = WEIR_LATE_SLIDING, .late_us = 10, .size_us = 100, .skew_us = -1});
		for (int32_t i = 0; i < 3; i++)
			assert_int_equal(weir_partitions_add(list, WEIR_STR("t"), i), i);
		weir_partitions_at(list, 0)->awaited = weir_partitions_at(list, 1)->awaited = true;
		admit_of(b, list, 5000, 0);
		assert_int_equal(weir_buffer_partitions(b), 3);
		still.mono_us += 60000000;
		admit_of(b, list, 6000, 0);
		assert_int_equal(weir_buffer_watermark_us(b), WEIR_TIME_NONE);
		admit_of(b, list, 1000, 1); /* an hour behind, and not late */
		assert_int_equal(weir_buffer_ledger(b, 1)->late, 0);
		assert_int_equal(weir_buffer_watermark_us(b), 990);
		still.mono_us += 60000000; /* slow, but there is more */
		admit_of(b, list, 7000, 0);
		assert_int_equal(weir_buffer_watermark_us(b), 990);
		weir_partitions_at(list, 1)->awaited = false;
		admit_of(b, list, 7000, 0);
		assert_int_equal(weir_buffer_watermark_us(b),
				 live ? 6990 : 990); /* idle now; what ends is never idle */
		weir_buffer_free(b);
		weir_partitions_unref(list);
	}
}

static void what_is_late_in_a_finite_source_depends_on_no_other_partition(void **state)
{
	(void)state;
	struct still still = {0};
	struct weir_clock clock = still_clock(&still);
	const struct event a[] = {{1000, 0}, {9000, 0}, {500, 0}, {1000, 1}, {1500, 1}},
			   b[] = {{1000, 1}, {1000, 0}, {1500, 1}, {9000, 0}, {500, 0}};
	const struct event *orders[] = {a, b};
	for (int i = 0; i < 2; i++) {
		struct weir_buffer *buffer = weir_buffer_new(NULL, &clock, false);
		weir_buffer_set_late(
		    buffer,
		    &(struct weir_late_rule){.kind = WEIR_LATE_SLIDING, .late_us = 10, .size_us = 100, .skew_us = -1});
		for (int k = 0; k < 5; k++)
			admit_one(buffer, orders[i][k].time_us, orders[i][k].partition);
		assert_int_equal(weir_buffer_ledger(buffer, 0)->late, 1);
		assert_int_equal(weir_buffer_ledger(buffer, 1)->late, 0);
		assert_int_equal(weir_buffer_watermark_us(buffer), 1490);
		weir_buffer_free(buffer);
	}
}

static void counts_what_did_not_parse(void **state)
{
	(void)state;
	struct still still = {0};
	struct weir_clock clock = still_clock(&still);
	struct weir_buffer *b = weir_buffer_new(NULL, &clock, false);
	struct event events[4] = {{10, 0}, {20, 0}, {30, 0}, {WEIR_TIME_NONE, 0}};
	struct weir_batch *batch = batch_of(events, 4, 0, false);
	batch->n_malformed[WEIR_BAD_SYNTAX] = 3;
	batch->n_malformed[WEIR_BAD_TOO_LONG] = 1;
	batch->arrival_us = 100;
	assert_int_equal(weir_buffer_admit(b, batch, NULL), WEIR_OK);
	const struct weir_ledger *l = weir_buffer_ledger(b, 0);
	assert_int_equal(l->received, 8);
	assert_int_equal(l->malformed, 4);
	assert_int_equal(l->malformed_by[WEIR_BAD_SYNTAX], 3);
	assert_int_equal(l->bytes, 40);
	assert_int_equal(l->newest_us, 30);
	assert_int_equal(l->arrival_delay_us, 70);
	assert_null(weir_buffer_ledger(b, 1));
	weir_batch_free(batch);
	weir_buffer_free(b);
}

static void out_of_memory_is_said(void **state)
{
	(void)state;
	struct still still = {0};
	struct weir_clock clock = still_clock(&still);
	int failures = 0;
	for (uint64_t n = 1; n < 12; n++) {
		struct weir_buffer *b = weir_buffer_new(NULL, &clock, true);
		weir_buffer_set_late(b,
				     &(struct weir_late_rule){.kind = WEIR_LATE_SLIDING, .size_us = 1, .skew_us = -1});
		struct event events[3] = {{1000, 0}, {10, 2}, {20, 1}};
		struct weir_batch *batch = batch_of(events, 3, 0, true);
		weir_alloc_fail_at(n, true);
		enum weir_status st = weir_buffer_admit(b, batch, NULL);
		weir_alloc_fail_at(0, false);
		assert_true(st == WEIR_OK || st == WEIR_NO_MEMORY);
		failures += st != WEIR_OK;
		weir_batch_free(batch);
		weir_buffer_free(b);
	}
	assert_true(failures > 3 && failures < 11);
}

static void ledgers_add_up(void **state)
{
	(void)state;
	struct weir_ledger sum, a, b;
	weir_ledger_init(&sum);
	weir_ledger_init(&a);
	weir_ledger_init(&b);
	assert_true(weir_ledger_balances(&sum));
	a.received = 10;
	a.matched = a.in_window = 4;
	a.filtered = 3;
	a.malformed = a.late = a.shed = 1;
	assert_true(weir_ledger_balances(&a));
	a.watermark_us = 50;
	a.newest_us = 60;
	b.watermark_us = 40;
	b.newest_us = 90;
	b.lag = 7;
	b.arrival_delay_us = 3;
	weir_ledger_add(&sum, &a);
	assert_int_equal(sum.lag, -1);
	weir_ledger_add(&sum, &b);
	assert_int_equal(sum.received, 10);
	assert_int_equal(sum.lag, 7);
	assert_int_equal(sum.watermark_us, 40);
	assert_int_equal(sum.newest_us, 90);
	assert_int_equal(sum.arrival_delay_us, 3);
	assert_true(weir_ledger_balances(&sum));
	sum.expired = 1;
	assert_false(weir_ledger_balances(&sum));
	a.received++;
	assert_false(weir_ledger_balances(&a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(late_rows_are_those_of_the_definition),
	    cmocka_unit_test(idle_partitions_are_left_out),
	    cmocka_unit_test(partitions_with_records_are_awaited),
	    cmocka_unit_test(what_is_late_in_a_finite_source_depends_on_no_other_partition),
	    cmocka_unit_test(counts_what_did_not_parse),
	    cmocka_unit_test(out_of_memory_is_said),
	    cmocka_unit_test(ledgers_add_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
