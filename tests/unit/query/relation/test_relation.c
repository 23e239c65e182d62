/* The union of streams: its columns, what is kept of it, and its clock. */
#include "weir/query/relation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { STREAMS = 3 };
static const struct weir_str names[STREAMS] = {{"one", 3}, {"two", 3}, {"three", 5}};

struct fixture {
	struct weir_buffer *buffers[STREAMS];
	struct weir_relation *relation;
	struct weir_clock clock;
	int64_t wall_us;
};

static int64_t wall_us(void *ctx)
{
	return *(int64_t *)ctx;
}

static void begin(struct fixture *f, bool live)
{
	f->wall_us = 1000 * WEIR_US_PER_S;
	f->clock = (struct weir_clock){.wall_us = wall_us, .mono_us = wall_us, .ctx = &f->wall_us};
	for (int i = 0; i < STREAMS; i++)
		assert_non_null(f->buffers[i] = weir_buffer_new(NULL, &f->clock, live));
	struct weir_relation_config config = {
	    .n_streams = STREAMS, .names = names, .buffers = f->buffers, .clock = &f->clock, .live = live};
	assert_non_null(f->relation = weir_relation_union(&config));
}

static void end(struct fixture *f)
{
	weir_relation_free(f->relation);
	for (int i = 0; i < STREAMS; i++)
		weir_buffer_free(f->buffers[i]);
}

/* A batch of rows with these event times, admitted and kept. */
static void take(struct fixture *f, uint16_t stream, const int64_t *seconds, uint32_t n)
{
	struct weir_error err;
	struct weir_batch *b = weir_batch_new(16);
	assert_true(b && weir_batch_set_schema(b, weir_relation_columns(f->relation, stream)) &&
		    weir_batch_add_time(b));
	b->stream = stream;
	b->arrival_us = f->wall_us;
	b->n_rows = n;
	for (uint32_t i = 0; i < n; i++)
		b->time_us[i] = seconds[i] * WEIR_US_PER_S;
	assert_int_equal(weir_buffer_admit(f->buffers[stream], b, &err), WEIR_OK);
	weir_relation_watch(f->relation, b, false);
	assert_int_equal(weir_buffer_store(f->buffers[stream], b, &err), WEIR_OK);
	weir_batch_free(b);
}

static struct weir_schema *columns(const char *first, enum weir_type type, const char *second, enum weir_type other)
{
	struct weir_schema *s = weir_schema_new();
	assert_non_null(s);
	assert_int_equal(weir_schema_add(s, weir_str_of(first), type), 0);
	assert_int_equal(weir_schema_add(s, weir_str_of(second), other), 1);
	return s;
}

static void set_columns(struct fixture *f, uint32_t stream, struct weir_schema *s)
{
	weir_relation_set_columns(f->relation, stream, s);
	weir_schema_unref(s);
}

static void test_columns_are_those_of_all_streams(void **state)
{
	(void)state;
	struct fixture f;
	begin(&f, false);
	set_columns(&f, 0, columns("a", WEIR_INT64, "b", WEIR_STRING));
	struct weir_relation_schema *before = weir_relation_schema(f.relation);
	set_columns(&f, 1, columns("c", WEIR_BOOL, "a", WEIR_FLOAT64));
	struct weir_relation_schema *after = weir_relation_schema(f.relation);
	assert_int_equal(before->n_streams, STREAMS);
	assert_int_equal(before->common->n_fields, 2);
	assert_int_equal(before->streams[1]->n_fields, 0);
	assert_int_equal(after->common->n_fields, 3);
	assert_int_equal(after->common->fields[0].type, WEIR_FLOAT64);
	assert_int_equal(after->streams[0]->fields[0].type, WEIR_INT64);
	assert_true(weir_str_equal(after->common->fields[2].name, WEIR_STR("c")));
	assert_true(weir_str_equal(after->names[2], names[2]));
	weir_relation_schema_unref(before);
	weir_relation_schema_unref(after);
	end(&f);
}

static void test_snapshot_has_the_rows_of_all_streams(void **state)
{
	(void)state;
	struct fixture f;
	begin(&f, true);
	struct weir_relation_snapshot *empty = weir_relation_snapshot(f.relation);
	take(&f, 0, (int64_t[]){30, 20}, 2);
	take(&f, 2, (int64_t[]){50}, 1);
	take(&f, 2, (int64_t[]){10, 40, 45}, 3);
	struct weir_relation_snapshot *s = weir_relation_snapshot(f.relation);
	assert_true(empty && s);
	assert_int_equal(weir_relation_snapshot_rows(empty), 0);
	assert_int_equal(weir_relation_snapshot_newest_us(empty), WEIR_TIME_NONE);
	assert_int_equal(weir_relation_snapshot_oldest_us(empty), WEIR_TIME_NONE);
	assert_int_equal(weir_relation_snapshot_rows(s), 6);
	assert_int_equal(weir_relation_snapshot_newest_us(s), 50 * WEIR_US_PER_S);
	assert_int_equal(weir_relation_snapshot_oldest_us(s), 10 * WEIR_US_PER_S);
	uint32_t n = weir_relation_snapshot_segments(s);
	uint64_t rows = 0;
	for (uint32_t i = 0; i < n; i++) {
		const struct weir_segment *seg = weir_relation_snapshot_segment(s, i);
		assert_int_equal(seg->rows->stream, i == 0 ? 0 : 2);
		rows += seg->rows->n_rows;
	}
	assert_int_equal(rows, 6);
	weir_relation_snapshot_free(empty);
	weir_relation_snapshot_free(s);
	end(&f);
}

static void test_watermark_is_the_slowest(void **state)
{
	(void)state;
	struct fixture f;
	begin(&f, true);
	assert_int_equal(weir_relation_watermark_us(f.relation), WEIR_TIME_NONE);
	assert_int_equal(weir_relation_newest_us(f.relation), WEIR_TIME_NONE);
	take(&f, 1, (int64_t[]){30, 20}, 2);
	take(&f, 2, (int64_t[]){50}, 1);
	assert_int_equal(weir_relation_watermark_us(f.relation), weir_buffer_watermark_us(f.buffers[1]));
	assert_int_equal(weir_relation_newest_us(f.relation), 50 * WEIR_US_PER_S);
	assert_int_equal(weir_relation_begun_us(f.relation, false), 50 * WEIR_US_PER_S);
	assert_int_equal(weir_relation_begun_us(f.relation, true), 50 * WEIR_US_PER_S);
	take(&f, 1, (int64_t[]){70}, 1);
	assert_int_equal(weir_relation_watermark_us(f.relation), weir_buffer_watermark_us(f.buffers[2]));
	end(&f);
}

static void test_moment_follows_the_clock_where_times_do(void **state)
{
	(void)state;
	struct fixture f;
	begin(&f, true);
	take(&f, 0, (int64_t[]){30}, 1);
	assert_int_equal(weir_relation_moment_us(f.relation), 30 * WEIR_US_PER_S); /* of old data, its newest row */
	take(&f, 0, (int64_t[]){990}, 1);
	assert_int_equal(weir_relation_moment_us(f.relation), f.wall_us);
	f.wall_us += 5 * WEIR_US_PER_S;
	assert_int_equal(weir_relation_moment_us(f.relation), f.wall_us);
	end(&f);
	begin(&f, false);
	take(&f, 0, (int64_t[]){990}, 1);
	assert_int_equal(weir_relation_moment_us(f.relation), 990 * WEIR_US_PER_S);
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_columns_are_those_of_all_streams),
	    cmocka_unit_test(test_snapshot_has_the_rows_of_all_streams),
	    cmocka_unit_test(test_watermark_is_the_slowest),
	    cmocka_unit_test(test_moment_follows_the_clock_where_times_do),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
