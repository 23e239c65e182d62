/* Questions over stored rows give the same answer with summaries of their blocks and without: random columns, NULLs,
 * partitions, disorder, windows, groups and measures; the window moves on afterwards, so that what was taken by the
 * block leaves it again. */
#include "query/summary/summary.h"
#include "weir/query/plan.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define START INT64_C(1795341600000000)

enum { BATCH = 4000, BATCHES = 34, LATER = 3, CASES = 14, QUESTIONS = 12, COLUMNS = 8 };

static uint64_t state;

static uint64_t draw(uint64_t below)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (state >> 33) % below;
}
static bool chance(uint32_t percent)
{
	return draw(100) < percent;
}

static struct {
	struct weir_schema *schema;
	struct weir_dict *words, *many;
	bool nulls, null_values, partitions, timed, odd_values;
	int64_t step_us;
	struct weir_batch *batches[BATCHES];
	struct weir_buffer *plain, *summed;
} c;

static double number(void)
{
	if (c.odd_values && chance(1))
		return draw(2) ? -(double)draw(1000) / 8 : (double)draw(1u << 30) * 4096;
	return chance(2) ? 0 : exp((double)draw(100000) / 14000) + (double)draw(1000) / 1000;
}

static bool fill_row(struct weir_batch *b, uint32_t row, uint64_t at)
{
	char word[24], user[24];
	int n = snprintf(word, sizeof word, "w%d", (int)draw(draw(3) ? 5 : 30)),
	    m = snprintf(user, sizeof user, "u%d", (int)draw(5000));
	int64_t t = START + (int64_t)at * c.step_us - (chance(6) ? (int64_t)draw(900) * c.step_us : 0);
	struct weir_column *k = b->columns;
	b->position[row] = (int64_t)at;
	b->n_rows = row + 1;
	if (c.timed)
		b->time_us[row] = t;
	if (c.partitions)
		b->partition[row] = (uint16_t)(draw(5) * 2);
	return (!c.timed || weir_column_set_timestamp(k, row, t)) &&
	       ((c.nulls && chance(3)) ||
		weir_column_set_string(k + 1, row, (struct weir_str){word, (size_t)n}, c.words)) &&
	       weir_column_set_string(k + 2, row, (struct weir_str){user, (size_t)m}, c.many) &&
	       ((c.nulls && chance(3)) || weir_column_set_int64(k + 3, row, 200 + (int64_t)draw(4) * 101)) &&
	       weir_column_set_bool(k + 4, row, chance(70)) &&
	       ((c.null_values && chance(1)) || weir_column_set_float64(k + 5, row, number())) &&
	       weir_column_set_int64(k + 6, row, (int64_t)draw(100000) - (c.odd_values ? 20 : 0)) &&
	       weir_column_set_int64(k + 7, row, (int64_t)draw(50) << 40);
}

static struct weir_batch *make_batch(uint32_t number)
{
	struct weir_batch *b = weir_batch_new(BATCH);
	assert_true(b && weir_batch_set_schema(b, c.schema));
	assert_true((!c.timed || weir_batch_add_time(b)) && (!c.partitions || weir_batch_add_partition(b)));
	for (uint32_t row = 0; row < BATCH; row++)
		assert_true(fill_row(b, row, (uint64_t)number * BATCH + row));
	for (uint32_t i = 0; i < b->n_columns; i++)
		assert_true(weir_column_finish(b->columns + i, b->n_rows));
	return b;
}

static void begin_case(uint64_t seed)
{
	static const char *const names[COLUMNS] = {"time", "word", "user", "status", "ok", "x", "n", "big"};
	static const enum weir_type types[COLUMNS] = {WEIR_TIMESTAMP, WEIR_STRING,  WEIR_STRING, WEIR_INT64,
						      WEIR_BOOL,      WEIR_FLOAT64, WEIR_INT64,  WEIR_INT64};
	struct weir_error err = {0};
	state = seed;
	c.nulls = chance(40);
	c.null_values = chance(20);
	c.partitions = chance(30);
	c.timed = !chance(10);
	c.odd_values = chance(20);
	c.step_us = chance(50) ? 1000 : 37;
	c.schema = weir_schema_new();
	c.words = weir_dict_new(NULL);
	c.many = weir_dict_new(NULL);
	for (int i = 0; i < COLUMNS; i++)
		assert_int_equal(weir_schema_add(c.schema, weir_str_of(names[i]), types[i]), i);
	if (c.timed)
		weir_schema_set_time(c.schema, 0);
	c.plain = weir_buffer_new(NULL, &weir_clock_system, c.timed);
	c.summed = weir_buffer_new(NULL, &weir_clock_system, c.timed);
	weir_buffer_set_summaries(c.summed, &weir_plan_summaries);
	for (uint32_t i = 0; i < BATCHES; i++) {
		c.batches[i] = make_batch(i);
		if (i + LATER >= BATCHES)
			continue;
		assert_int_equal(weir_buffer_store(c.plain, c.batches[i], &err), WEIR_OK);
		assert_int_equal(weir_buffer_store(c.summed, c.batches[i], &err), WEIR_OK);
	}
}

static void end_case(void)
{
	for (uint32_t i = 0; i < BATCHES; i++)
		weir_batch_free(c.batches[i]);
	weir_buffer_free(c.plain);
	weir_buffer_free(c.summed);
	weir_schema_unref(c.schema);
	weir_dict_unref(c.words);
	weir_dict_unref(c.many);
}

static void say_values(struct weir_buf *out, const struct weir_value *v, uint32_t n)
{
	for (uint32_t i = 0; v && i < n; i++)
		if (v[i].type == WEIR_FLOAT64)
			weir_buf_addf(out, " %a", v[i].f);
		else
			weir_value_text(&v[i], out), weir_buf_addf(out, " ");
}

static void say_doubles(struct weir_buf *out, const double *x, uint32_t n)
{
	for (uint32_t i = 0; x && i < n; i++)
		weir_buf_addf(out, " %a", x[i]);
}

static void say_row(struct weir_buf *out, const struct weir_result *r, const struct weir_result_row *row)
{
	weir_buf_addf(out, "\n%lld:", (long long)row->rows);
	say_values(out, row->groups, r->n_groups);
	weir_buf_addf(out, " |");
	say_values(out, row->measures, r->n_measures);
	weir_buf_addf(out, " | was");
	say_values(out, row->previous, r->n_measures);
	say_doubles(out, row->spark, r->n_buckets);
}

static void say(struct weir_buf *out, const struct weir_result *r, const struct weir_ledger *ledgers, uint32_t n)
{
	weir_buf_addf(out, "%s %lld %lld, %u of %llu", r->error.what, (long long)r->window_start_us,
		      (long long)r->window_end_us, r->n_rows, (unsigned long long)r->n_rows_total);
	for (uint32_t i = 0; i < r->n_rows; i++)
		say_row(out, r, &r->rows[i]);
	if (r->has_others)
		say_row(out, r, &r->others);
	say_row(out, r, &r->total);
	for (uint32_t i = 0; i < r->n_buckets; i++)
		weir_buf_addf(out, " %llu", (unsigned long long)r->bucket_rows[i]);
	for (uint32_t i = 0; i < r->n_series; i++)
		say_doubles(out, r->series[i].values, r->n_buckets);
	weir_buf_addf(out, "\n%llu %a %a %a %a %a:", (unsigned long long)r->histogram.n, r->histogram.p50,
		      r->histogram.p95, r->histogram.p99, r->histogram.min, r->histogram.max);
	for (uint32_t i = 0; i < r->histogram.n_bins; i++)
		weir_buf_addf(out, " %llu", (unsigned long long)r->histogram.counts[i]);
	for (uint32_t i = 0; i < n; i++)
		weir_buf_addf(out, "\n%llu %llu %llu", (unsigned long long)ledgers[i].matched,
			      (unsigned long long)ledgers[i].filtered, (unsigned long long)ledgers[i].in_window);
}

/* What one plan answers over the buffer's rows, and then while the last batches come. */
static struct weir_buf answer(struct weir_buffer *buffer, const struct weir_view *view, bool counted, int64_t at_us)
{
	enum { PARTITIONS = 16 };
	static const struct weir_str name = {"test", 4};
	const struct weir_schema *schema = c.schema;
	struct weir_relation_schema *relation = weir_relation_schema_new(1, &name, &schema);
	assert_non_null(relation);
	struct weir_plan_config config = {
	    .view = view, .schema = relation, .live = c.timed, .finite = !c.timed, .schemas_complete = true};
	struct weir_result_request request = {.at_us = at_us, .max_rows = 12, .extras = WEIR_EXTRAS_ALL};
	struct weir_ledger ledgers[PARTITIONS], *by_partition[PARTITIONS], *const *by_stream[1] = {by_partition};
	struct weir_snapshot *snapshot = weir_buffer_snapshot(buffer);
	struct weir_relation_snapshot rows = {1, &snapshot};
	struct weir_error err = {0};
	struct weir_result *r = NULL;
	struct weir_buf out = {0};
	struct weir_plan *plan = NULL;
	for (int i = 0; i < PARTITIONS; i++) {
		weir_ledger_init(&ledgers[i]);
		by_partition[i] = &ledgers[i];
	}
	if (weir_plan_bind(&config, &plan, &err) != WEIR_OK)
		fail_msg("%s", err.what);
	weir_relation_schema_unref(relation);
	assert_int_equal(weir_plan_rebuild(plan, &rows, at_us, NULL, counted ? by_stream : NULL, &err), WEIR_OK);
	for (uint32_t i = BATCHES - LATER; i <= BATCHES; i++) {
		assert_int_equal(weir_plan_result(plan, &request, NULL, by_stream, &r, &err), WEIR_OK);
		say(&out, r, ledgers, PARTITIONS);
		weir_result_unref(r);
		if (i == BATCHES || at_us != WEIR_TIME_NONE)
			break;
		assert_int_equal(weir_plan_update(plan, c.batches[i], by_partition, &err), WEIR_OK);
	}
	weir_plan_free(plan);
	weir_snapshot_free(snapshot);
	return out;
}

static const char *choose(const char *const *texts, size_t n)
{
	return texts[draw(n)];
}
#define CHOOSE(...)                                                                                                    \
	choose((const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void ask(struct weir_view *view)
{
	struct weir_error err = {0};
	const char *group = CHOOSE("word", "status", "ok", "word", NULL, "user", "word,status");
	const char *measure =
	    CHOOSE("count", "avg(x)", "count,avg(x),sum(n)", "sum(n)", "p95(x)", "count,p95(n)", "count(x)",
		   "avg(n),avg(x),avg(big)", "max(x)", "count where ok", "sum(x + 1)", "sum(status)");
	const char *where = CHOOSE(NULL, NULL, NULL, "n >= -100", "status = 200", "x < 5");
	const char *window = !c.timed ? "all"
				      : CHOOSE("all", "20s", "2m", "1h", "tumbling 10s", "hopping 20s by 10s",
					       "rows 30000", "since 2026-11-22 10:00:20");
	weir_view_init(view);
	assert_int_equal(weir_view_set(view, WEIR_VIEW_GROUP, group, START, &err), WEIR_OK);
	assert_int_equal(weir_view_set(view, WEIR_VIEW_MEASURE, measure, START, &err), WEIR_OK);
	assert_int_equal(weir_view_set(view, WEIR_VIEW_WHERE, where, START, &err), WEIR_OK);
	assert_int_equal(weir_view_set(view, WEIR_VIEW_WINDOW, window, START, &err), WEIR_OK);
}

static void compare(uint64_t seed)
{
	bool counted = chance(50);
	int64_t at_us = chance(25) ? START + (int64_t)draw(BATCH * BATCHES) * c.step_us : WEIR_TIME_NONE;
	struct weir_view view;
	ask(&view);
	struct weir_buf wanted = answer(c.plain, &view, counted, at_us), got = answer(c.summed, &view, counted, at_us);
	assert_false(wanted.failed || got.failed);
	if (strcmp(wanted.data, got.data) != 0)
		printf("case %llu: group %s, measure %s, where %s, window %s\n", (unsigned long long)seed,
		       view.text[WEIR_VIEW_GROUP], view.text[WEIR_VIEW_MEASURE], view.text[WEIR_VIEW_WHERE],
		       view.text[WEIR_VIEW_WINDOW]);
	assert_string_equal(got.data, wanted.data);
	weir_buf_release(&wanted);
	weir_buf_release(&got);
	weir_view_release(&view);
}

static uint32_t n_summaries(const struct weir_buffer *buffer)
{
	struct weir_snapshot *s = weir_buffer_snapshot((struct weir_buffer *)buffer);
	uint32_t n = 0;
	for (uint32_t i = 0; i < s->n_segments; i++)
		n += s->segments[i]->summary != NULL;
	weir_snapshot_free(s);
	return n;
}

static void test_same_answers(void **unused)
{
	(void)unused;
	const char *seeds = getenv("WEIR_PROPERTY_SEED"), *cases = getenv("WEIR_PROPERTY_CASES");
	uint64_t first = seeds ? strtoull(seeds, NULL, 10) : 1, n = cases ? strtoull(cases, NULL, 10) / 150 + 1 : CASES;
	for (uint64_t seed = first; seed < first + n; seed++) {
		begin_case(seed);
		assert_int_equal(n_summaries(c.plain), 0);
		assert_true(n_summaries(c.summed) > 0);
		for (int q = 0; q < QUESTIONS; q++)
			compare(seed);
		end_case();
	}
}

/* What is kept: columns with few codes, numbers with many; and the sums of a block are those of its rows. */
static void test_contents(void **unused)
{
	(void)unused;
	begin_case(7);
	struct weir_snapshot *snapshot = weir_buffer_snapshot(c.summed);
	const struct weir_segment *segment = snapshot->segments[0];
	const struct weir_summary *s = segment->summary;
	assert_non_null(s);
	uint64_t rows = 0;
	for (uint32_t k = 0; k < s->n_keys; k++) {
		rows = 0;
		for (size_t i = 0; i < (size_t)s->n_blocks * s->keys[k].n; i++)
			rows += s->keys[k].counts[i];
		assert_int_equal(rows, segment->rows->n_rows);
		assert_int_not_equal(s->keys[k].column, 2); /* user */
		assert_int_not_equal(s->keys[k].column, 6); /* n */
	}
	const struct weir_summary_value *v = NULL;
	for (uint32_t i = 0; i < s->n_values; i++)
		v = s->values[i].column == 6 ? &s->values[i] : v;
	assert_non_null(v);
	for (uint32_t block = 0; block < s->n_blocks; block++) {
		int64_t sum = 0, wanted = 0;
		for (uint32_t i = 0; i < s->keys[1].n; i++)
			sum += v->sums[1][(size_t)block * s->keys[1].n + i].high;
		for (uint32_t i = 0; i < weir_summary_block_rows(s, block); i++)
			wanted += weir_column_get(&segment->rows->columns[6], block * s->block_rows + i).i;
		assert_int_equal(sum, wanted);
	}
	weir_snapshot_free(snapshot);
	end_case();
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_contents), cmocka_unit_test(test_same_answers)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
