/* The strip's counts are those that a count of all held rows gives, whatever comes, in whatever order, and leaves. */
#include "weir/query/strip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../buffer/rows.h"

enum { BATCH = 4096 };
#define START INT64_C(1795341600000000)

struct world {
	struct still still;
	struct weir_clock clock;
	struct weir_budget budget;
	struct weir_buffer *buffers[2];
	struct weir_strip_counts *counts;
	struct weir_schema *schema;
	struct weir_batch *batch;
	uint64_t seed;
};

static bool is_error(int64_t position)
{
	return position % 7 == 3 || position % 1000 > 900;
}

static bool test(void *ctx, const struct weir_batch *rows, uint64_t *errors)
{
	(void)ctx;
	for (uint32_t row = 0; row < rows->n_rows; row++)
		if (is_error(weir_batch_position(rows, row)))
			weir_bit_set(errors, row);
	return true;
}

static void open_world(struct world *w, uint64_t seed)
{
	*w = (struct world){.seed = seed, .still = {1000000, START}, .schema = weir_schema_new()};
	w->clock = still_clock(&w->still);
	for (int i = 0; i < 2; i++)
		w->buffers[i] = weir_buffer_new(&w->budget, &w->clock, true);
	w->counts = weir_strip_counts_new(w->buffers, 2, &w->budget);
	w->batch = weir_batch_new(BATCH);
	assert_true(w->counts && w->batch && weir_batch_add_time(w->batch));
	assert_true(weir_batch_set_schema(w->batch, w->schema));
	weir_strip_counts_set_test(w->counts, test, NULL);
}

static void close_world(struct world *w)
{
	weir_strip_counts_free(w->counts);
	for (int i = 0; i < 2; i++)
		weir_buffer_free(w->buffers[i]);
	weir_batch_free(w->batch);
	weir_schema_unref(w->schema);
	assert_int_equal(weir_budget_used(&w->budget), 0);
}

/* Rows whose times lie between `from` and `from + span`; one in `hole` has no time. */
static void store(struct world *w, int buffer, uint32_t n, int64_t from, int64_t span, uint32_t hole)
{
	struct weir_error err = {0};
	if (!w->batch->time_us)
		assert_true(weir_batch_add_time(w->batch));
	w->batch->n_rows = n;
	for (uint32_t row = 0; row < n; row++) {
		uint64_t r = next_random(&w->seed);
		bool none = hole && r % hole == 0;
		w->batch->time_us[row] = none ? WEIR_TIME_NONE : from + (int64_t)(r >> 8) % (span + 1);
		w->batch->position[row] = row;
	}
	w->batch->arrival_us = w->still.wall_us;
	assert_int_equal(weir_buffer_store(w->buffers[buffer], w->batch, &err), WEIR_OK);
}

/* All rows that are held and are not from the future, one by one. */
static void check(struct world *w, int64_t until_us, uint32_t most)
{
	static uint64_t rows[WEIR_STRIP_BUCKETS], errors[WEIR_STRIP_BUCKETS];
	struct weir_strip s;
	int64_t oldest = INT64_MAX, newest = INT64_MIN, first = INT64_MAX;
	uint64_t n_older = 0, n_all = 0;
	memset(rows, 0, sizeof rows);
	memset(errors, 0, sizeof errors);
	weir_strip_counts_read(w->counts, until_us, most, &s);
	for (int i = 0; i < 2; i++) {
		struct weir_segment *const *segments;
		uint32_t n = weir_buffer_segments(w->buffers[i], &segments);
		for (uint32_t k = 0; k < n; k++)
			for (uint32_t row = 0; row < segments[k]->rows->n_rows; row++) {
				int64_t t = segments[k]->rows->time_us[row];
				if (t == WEIR_TIME_NONE || t > segments[k]->newest_us)
					continue;
				first = t < first ? t : first;
				newest = t > newest ? t : newest;
				n_all++;
				if (s.n_buckets > 0 && t < s.start_us) { /* an outlier */
					n_older++;
					continue;
				}
				oldest = t < oldest ? t : oldest;
				assert_true(s.n_buckets > 0 && t >= s.start_us);
				assert_true((uint64_t)((t - s.start_us) / s.bucket_us) < s.n_buckets);
				rows[(t - s.start_us) / s.bucket_us]++;
				errors[(t - s.start_us) / s.bucket_us] +=
				    is_error(weir_batch_position(segments[k]->rows, row));
			}
	}
	if (newest == INT64_MIN) {
		assert_int_equal(s.n_buckets, 0);
		return;
	}
	assert_true(s.n_buckets <= most && s.start_us % s.bucket_us == 0);
	assert_int_equal(s.n_older, n_older);
	assert_int_equal(s.n_rows, n_all);
	assert_true(n_older <= 4 * (n_all < 100 ? 0 : n_all < 1000 ? 1 : n_all / 1000));
	assert_true(!n_older || (newest - oldest) * 2 < newest - first);
	assert_int_equal(s.older_us, first);
	assert_int_equal(s.oldest_us, oldest);
	assert_int_equal(s.newest_us, newest);
	assert_true(s.start_us + (int64_t)s.n_buckets * s.bucket_us > until_us);
	for (uint32_t i = 0; i < s.n_buckets; i++)
		assert_int_equal(s.buckets[i].rows, rows[i]);
	for (uint32_t i = 0; i < s.n_buckets; i++)
		assert_int_equal(s.buckets[i].errors, errors[i]);
}

struct leaving {
	struct world *w;
	uint32_t buffer;
};
static void leave(void *ctx, const struct weir_segment *s, bool by_memory)
{
	struct leaving *l = ctx;
	(void)by_memory;
	weir_strip_counts_drop(l->w->counts, l->buffer, s);
}

static void trim(struct world *w, int64_t keep_after_us)
{
	struct weir_retention keep = {.keep_after_us = keep_after_us, .keep_rows = UINT64_MAX};
	for (uint32_t i = 0; i < 2; i++)
		weir_buffer_trim(w->buffers[i], &keep, leave, &(struct leaving){w, i});
}

static void test_nothing(void **state)
{
	struct world w;
	struct weir_strip s;
	(void)state;
	open_world(&w, 1);
	weir_strip_counts_read(w.counts, START, 80, &s);
	assert_int_equal(s.n_buckets, 0);
	assert_true(s.oldest_us == WEIR_TIME_NONE && s.newest_us == WEIR_TIME_NONE);
	store(&w, 0, 10, START, 0, 1); /* none has a time */
	check(&w, START, 80);
	store(&w, 0, 1, START, 0, 0); /* one moment */
	check(&w, START, 80);
	close_world(&w);
}

/* Rows come in and out of order, to two buffers, and leave at the old end; strips are read now and then. */
static void test_like_a_count_of_all(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct world w;
		open_world(&w, seed * 7919);
		int64_t now = START, keep = (int64_t)(next_random(&w.seed) % 400 + 1) * WEIR_US_PER_S;
		for (int i = 0; i < 300; i++) {
			uint64_t r = next_random(&w.seed);
			uint32_t n = 1 + (uint32_t)(r % (r % 5 ? 40 : BATCH));
			int64_t span = (int64_t)(next_random(&w.seed) % (seed % 3 ? 3000000 : 90000000));
			store(&w, (int)(r >> 32 & 1), n, now - span, span, r % 3 ? 0 : 9);
			now += (int64_t)(next_random(&w.seed) % (seed % 4 ? 2000000 : 20));
			if (r % 4 == 0)
				check(&w, now, 2 + (uint32_t)(r >> 16) % (WEIR_STRIP_BUCKETS - 1));
			if (r % 7 == 0)
				trim(&w, now - keep);
		}
		trim(&w, INT64_MAX);
		check(&w, now, 100);
		close_world(&w);
	}
}

/* A row of long ago stands at the edge, and all others have the whole strip; when there are many of its kind they are shown. */
static void test_outliers_stand_at_the_edge(void **state)
{
	struct world w;
	struct weir_strip s;
	(void)state;
	open_world(&w, 3);
	store(&w, 0, 1, 0, 0, 0);
	for (int i = 0; i < 40; i++)
		store(&w, 0, BATCH, START + i * WEIR_US_PER_S, WEIR_US_PER_S - 1, 0);
	check(&w, START, 80);
	store(&w, 1, 1, START - 3600 * WEIR_US_PER_S, 0, 0);
	store(&w, 1, 7, START + 10 * WEIR_US_PER_S, 9, 0);
	check(&w, START, 80);
	weir_strip_counts_read(w.counts, START, 80, &s);
	assert_int_equal(s.n_older, 2);
	assert_int_equal(s.older_us, 0);
	assert_true(s.bucket_us <= WEIR_US_PER_S && s.oldest_us >= START);
	store(&w, 1, 1000, START - 3600 * WEIR_US_PER_S, WEIR_US_PER_S, 0); /* too many of that hour */
	check(&w, START, 80);
	weir_strip_counts_read(w.counts, START, 80, &s);
	assert_int_equal(s.n_older, 1);
	assert_true(s.bucket_us >= 40 * WEIR_US_PER_S);
	trim(&w, START + 20 * WEIR_US_PER_S); /* the oldest segments leave */
	check(&w, START, 80);
	weir_strip_counts_read(w.counts, START, 80, &s);
	assert_int_equal(s.older_us, s.oldest_us);
	close_world(&w);
}

/* Rows from the future widen nothing and are not counted; the others of their segments leave as they came. */
static void test_rows_from_the_future(void **state)
{
	struct world w;
	struct weir_late_rule rule = {.kind = WEIR_LATE_NEVER, .skew_us = 60 * WEIR_US_PER_S};
	struct weir_strip s;
	(void)state;
	open_world(&w, 5);
	for (int i = 0; i < 2; i++)
		weir_buffer_set_late(w.buffers[i], &rule);
	for (int i = 0; i < 100; i++) {
		w.still.wall_us = START + i * WEIR_US_PER_S;
		store(&w, i & 1, 300, w.still.wall_us, 1000, 0);
		if (i % 10 == 3)
			store(&w, i & 1, 1, w.still.wall_us + INT64_C(86400) * WEIR_US_PER_S, 0, 0);
		check(&w, w.still.wall_us, 60);
		trim(&w, w.still.wall_us - 20 * WEIR_US_PER_S);
	}
	weir_strip_counts_read(w.counts, w.still.wall_us, 60, &s);
	assert_true(s.bucket_us <= 10 * WEIR_US_PER_S);
	close_world(&w);
}

static uint64_t sum_of(const struct weir_strip *s, bool lost)
{
	uint64_t n = 0;
	for (uint32_t i = 0; i < s->n_buckets; i++)
		n += lost ? s->buckets[i].lost : s->buckets[i].late;
	return n;
}

/* What came late or was lost is not held: it survives a recount, at its time, and goes with the rows around it. */
static void test_marks(void **state)
{
	struct world w;
	struct weir_strip s;
	(void)state;
	open_world(&w, 6);
	weir_strip_counts_late(w.counts, START + 30 * WEIR_US_PER_S); /* before there is anything to stand at */
	weir_strip_counts_read(w.counts, START, 60, &s);
	assert_int_equal(s.n_buckets, 0);
	for (int i = 0; i < 60; i++)
		store(&w, 0, 1000, START + i * WEIR_US_PER_S, WEIR_US_PER_S - 1, 0);
	weir_strip_counts_read(w.counts, START, 60, &s);
	assert_int_equal(sum_of(&s, false), 1);
	weir_strip_counts_late(w.counts, START + 30 * WEIR_US_PER_S);
	weir_strip_counts_late(w.counts, START - 3600 * WEIR_US_PER_S); /* at the oldest end */
	weir_strip_counts_lost(w.counts, START + 50 * WEIR_US_PER_S, 700);
	for (int again = 0; again < 2; again++) {
		weir_strip_counts_read(w.counts, START, 60, &s);
		assert_int_equal(s.n_buckets, 60);
		assert_int_equal(s.buckets[30].late, 2);
		assert_int_equal(s.buckets[0].late, 1);
		assert_int_equal(s.buckets[50].lost, 700);
		assert_int_equal(sum_of(&s, false), 3);
		weir_strip_counts_set_test(w.counts, NULL, NULL); /* counts all again */
	}
	uint64_t late[30] = {0};
	weir_strip_counts_late(w.counts, START + 59 * WEIR_US_PER_S); /* not read yet */
	assert_true(weir_strip_counts_late_rows(w.counts, START, 2 * WEIR_US_PER_S, 30, late));
	assert_int_equal(late[15], 2);
	assert_int_equal(late[0], 1);
	assert_int_equal(late[29], 1);
	assert_false(weir_strip_counts_late_rows(w.counts, START + 3 * WEIR_US_PER_S, WEIR_US_PER_S, 20, late));
	weir_strip_counts_read(w.counts, START, 60, &s);
	assert_int_equal(s.n_errors, 0);
	trim(&w, START + 40 * WEIR_US_PER_S);
	weir_strip_counts_read(w.counts, START, 60, &s);
	assert_true(s.oldest_us > START + 30 * WEIR_US_PER_S || sum_of(&s, false) >= 2);
	assert_int_equal(sum_of(&s, true), 700);
	close_world(&w);
}

static void fill(struct weir_strip *s, const char *rows)
{
	*s = (struct weir_strip){.n_buckets = (uint32_t)strlen(rows), .bucket_us = 1};
	for (uint32_t i = 0; i < s->n_buckets; i++)
		s->buckets[i].rows = (uint64_t)(rows[i] == ' ' ? 0 : rows[i] - '0');
	weir_strip_find_gaps(s);
}

static void check_gaps(const char *rows, const char *gaps)
{
	struct weir_strip s;
	fill(&s, rows);
	for (uint32_t i = 0; i < s.n_buckets; i++)
		if (s.buckets[i].gap != (gaps[i] == 'x'))
			fail_msg("'%s': bucket %u", rows, i);
}

static void test_gaps(void **state)
{
	(void)state;
	check_gaps("99  9999999999", "  xx          ");             /* 18 rows would be expected */
	check_gaps("99 99999999999", "              ");             /* 9 */
	check_gaps("222      22222222222", "   xxxxxx           "); /* 12 */
	check_gaps("222     222222222222", "                    "); /* 10 */
	check_gaps("9      9      9     ", "                    "); /* most are empty: no more can be said */
	check_gaps("99999999   ", "        xx ");                   /* the last one is not over */
	check_gaps("9", " ");
	check_gaps("", "");
}

/* From the first year to the last: there is always a length that is round enough. */
static void test_all_of_time(void **state)
{
	struct world w;
	(void)state;
	open_world(&w, 8);
	store(&w, 0, 1, WEIR_TIME_FIRST_US, 0, 0);
	check(&w, START, 60);
	store(&w, 1, 1, WEIR_TIME_LAST_US, 0, 0);
	for (uint32_t most = 2; most < 10; most++)
		check(&w, START, most);
	check(&w, START, WEIR_STRIP_BUCKETS);
	close_world(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_nothing),
	    cmocka_unit_test(test_like_a_count_of_all),
	    cmocka_unit_test(test_outliers_stand_at_the_edge),
	    cmocka_unit_test(test_rows_from_the_future),
	    cmocka_unit_test(test_all_of_time),
	    cmocka_unit_test(test_marks),
	    cmocka_unit_test(test_gaps),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
