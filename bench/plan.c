/* How fast a plan takes rows that are already decoded, and how fast a question over ten million stored rows is answered
 * anew. The rows are those of bench/gen, without trace, region and method.
 *
 *   plan [ROUNDS [WHICH]]   million rows a second for several views, or those that hold the text WHICH; the best of 5
 *                           runs of ROUNDS batches (400) */
#include "weir/buffer/buffer.h"
#include "weir/query/plan.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BATCHES = 16, RUNS = 5 };

static double now_s(void) /* of this one thread's own time, so that neighbours do not count */
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void stop_on(enum weir_status status, const struct weir_error *err)
{
	char line[800];
	if (status == WEIR_OK)
		return;
	fprintf(stderr, "%s\n", weir_error_line(err, line, sizeof line));
	exit(1);
}

static uint64_t random_state = 1;

static uint64_t draw(uint64_t below)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (random_state >> 33) % below;
}

static double uniform(void) { return (double)draw(1 << 30) / (1 << 30); }

static double latency(void) /* lognormal, 3 decimals */
{
	double normal = sqrt(-2 * log(1 - uniform())) * cos(6.283185307179586 * uniform());
	return round(exp(3.4 + 0.9 * normal) * 1000) / 1000;
}

struct data {
	struct weir_schema *schema;
	struct weir_dict *services, *users;
	struct weir_batch *batches[BATCHES];
};

static bool fill_row(struct data *d, struct weir_batch *b, uint32_t row, int64_t t)
{
	static const int statuses[] = {200, 200, 200, 200, 200, 200, 201, 301, 404, 500, 503};
	char service[24], user[24];
	int n = snprintf(service, sizeof service, "service-%d", (int)(20 * pow(uniform(), 2.2)));
	int m = snprintf(user, sizeof user, "u%d", (int)(100000 * pow(uniform(), 3)));
	b->time_us[row] = t - (draw(16) == 0 ? (int64_t)draw(2000) * 1000 : 0);
	b->position[row] = row * 178;
	b->n_rows = row + 1;
	return weir_column_set_timestamp(b->columns, row, b->time_us[row]) &&
	       weir_column_set_string(b->columns + 1, row, (struct weir_str){service, (size_t)n}, d->services) &&
	       weir_column_set_string(b->columns + 2, row, (struct weir_str){user, (size_t)m}, d->users) &&
	       weir_column_set_float64(b->columns + 3, row, latency()) &&
	       weir_column_set_int64(b->columns + 4, row, 200 + (int64_t)draw(65536)) &&
	       weir_column_set_int64(b->columns + 5, row, statuses[draw(11)]);
}

static bool fill(struct data *d)
{
	static const struct {
		const char *name;
		enum weir_type type;
	} columns[] = {{"time", WEIR_TIMESTAMP},  {"service", WEIR_STRING}, {"user", WEIR_STRING},
		       {"latency", WEIR_FLOAT64}, {"bytes", WEIR_INT64},    {"status", WEIR_INT64}};
	d->schema = weir_schema_new();
	d->services = weir_dict_new(NULL);
	d->users = weir_dict_new(NULL);
	for (int i = 0; i < 6; i++)
		if (weir_schema_add(d->schema, weir_str_of(columns[i].name), columns[i].type) != i)
			return false;
	weir_schema_set_time(d->schema, 0);
	bool ok = true;
	for (unsigned i = 0; ok && i < BATCHES; i++) {
		struct weir_batch *b = d->batches[i] = weir_batch_new(WEIR_BATCH_ROWS);
		ok = b && weir_batch_set_schema(b, d->schema) && weir_batch_add_time(b);
		for (uint32_t row = 0; ok && row < WEIR_BATCH_ROWS; row++)
			ok = fill_row(d, b, row, INT64_C(1795341600000000) + (int64_t)(i * WEIR_BATCH_ROWS + row) * 1000);
		for (uint32_t c = 0; ok && c < b->n_columns; c++)
			ok = weir_column_finish(b->columns + c, b->n_rows);
	}
	return ok;
}

/* The next time round the batches are later. */
static void shift(struct weir_batch *b)
{
	int64_t by = (int64_t)BATCHES * WEIR_BATCH_ROWS * 1000, *t = b->columns[0].data;
	for (uint32_t row = 0; row < b->n_rows; row++) {
		t[row] += by;
		b->time_us[row] += by;
	}
}

static const char *which = "";
static unsigned again = 40;

/* The line that names a view, unless it was not asked for. */
static bool wanted(char *line, size_t size, bool anew, const char *where, const char *group, const char *measure,
		   const char *window, bool live)
{
	snprintf(line, size, "%s%s%s%s  group %s  %s  %s", anew ? "again " : "", live ? "live " : "", where ? "where " : "",
		 where ? where : "", group ? group : "-", measure, window);
	return strstr(line, which) != NULL;
}

static void run(const struct data *d, const char *where, const char *group, const char *measure, const char *window,
		bool live, unsigned rounds)
{
	static const struct weir_str name = {"bench", 5};
	struct weir_error err = {0};
	struct weir_view view;
	double best = 0, answer = 1e9;
	char line[300];
	if (!wanted(line, sizeof line, false, where, group, measure, window, live))
		return;
	weir_view_init(&view);
	stop_on(weir_view_set(&view, WEIR_VIEW_WHERE, where, 0, &err), &err);
	stop_on(weir_view_set(&view, WEIR_VIEW_GROUP, group, 0, &err), &err);
	stop_on(weir_view_set(&view, WEIR_VIEW_MEASURE, measure, 0, &err), &err);
	stop_on(weir_view_set(&view, WEIR_VIEW_WINDOW, window, 0, &err), &err);
	for (unsigned i = 0; i < RUNS; i++) {
		const struct weir_schema *schema = d->schema;
		struct weir_plan_config config = {.view = &view,
						  .n_streams = 1,
						  .schemas = &schema,
						  .stream_names = &name,
						  .live = live,
						  .schemas_complete = true};
		struct weir_plan *plan;
		struct weir_result *result;
		struct weir_result_request request = {.at_us = WEIR_TIME_NONE, .max_rows = 20, .screen = live};
		stop_on(weir_plan_bind(&config, &plan, &err), &err);
		double start = now_s();
		for (unsigned r = 0; r < rounds; r++) {
			stop_on(weir_plan_update(plan, d->batches[r % BATCHES], NULL, &err), &err);
			if (live && r % 20 == 0) {
				stop_on(weir_plan_result(plan, &request, NULL, &result, &err), &err);
				weir_result_unref(result);
			}
		}
		double asked = now_s();
		stop_on(weir_plan_result(plan, &request, NULL, &result, &err), &err);
		answer = now_s() - asked < answer ? now_s() - asked : answer;
		double rate = (double)rounds * WEIR_BATCH_ROWS / (now_s() - start) / 1e6;
		best = rate > best ? rate : best;
		weir_result_unref(result);
		weir_plan_free(plan);
	}
	printf("%7.1f M rows/s, answer %8.3f ms  %s\n", best, answer * 1e3, line);
	weir_view_release(&view);
}

/* A new question over rows that are kept: rebuild from a buffer's segments, and the answer. */
static void run_again(const struct data *d, const struct weir_snapshot *snapshot, const char *where, const char *group,
		      const char *measure, const char *window, bool live)
{
	static const struct weir_str name = {"bench", 5};
	const struct weir_schema *schema = d->schema;
	struct weir_error err = {0};
	struct weir_view view;
	double best = 1e9, answer = 1e9;
	char line[300];
	if (!wanted(line, sizeof line, true, where, group, measure, window, live))
		return;
	weir_view_init(&view);
	stop_on(weir_view_set(&view, WEIR_VIEW_WHERE, where, 0, &err), &err);
	stop_on(weir_view_set(&view, WEIR_VIEW_GROUP, group, 0, &err), &err);
	stop_on(weir_view_set(&view, WEIR_VIEW_MEASURE, measure, 0, &err), &err);
	stop_on(weir_view_set(&view, WEIR_VIEW_WINDOW, window, 0, &err), &err);
	for (unsigned i = 0; i < again; i++) {
		struct weir_plan_config config = {.view = &view,
						  .n_streams = 1,
						  .schemas = &schema,
						  .stream_names = &name,
						  .live = live,
						  .schemas_complete = true};
		struct weir_result_request request = {.at_us = WEIR_TIME_NONE, .max_rows = 20, .screen = live};
		struct weir_plan *plan;
		struct weir_result *result;
		double start = now_s();
		stop_on(weir_plan_bind(&config, &plan, &err), &err);
		stop_on(weir_plan_rebuild(plan, &snapshot, WEIR_TIME_NONE, NULL, NULL, &err), &err);
		double asked = now_s();
		stop_on(weir_plan_result(plan, &request, NULL, &result, &err), &err);
		answer = now_s() - asked < answer ? now_s() - asked : answer;
		best = now_s() - start < best ? now_s() - start : best;
		weir_result_unref(result);
		weir_plan_free(plan);
	}
	printf("%7.1f M rows/s, %8.3f ms in all, of that the answer %.3f  %s\n", (double)snapshot->n_rows / best / 1e6, best * 1e3,
	       answer * 1e3, line);
	weir_view_release(&view);
}

/* What one more row costs in a window of `window`: ten million rows of 1 ms each, an answer every 160 of them thousand. */
static void run_window(struct data *d, const char *window)
{
	static const struct weir_str name = {"bench", 5};
	struct weir_error err = {0};
	struct weir_view view;
	char line[100];
	snprintf(line, sizeof line, "live  group service  count,avg(latency)  window of %s", window);
	if (!strstr(line, which))
		return;
	weir_view_init(&view);
	stop_on(weir_view_set(&view, WEIR_VIEW_GROUP, "service", 0, &err), &err);
	stop_on(weir_view_set(&view, WEIR_VIEW_MEASURE, "count,avg(latency)", 0, &err), &err);
	stop_on(weir_view_set(&view, WEIR_VIEW_WINDOW, window, 0, &err), &err);
	const struct weir_schema *schema = d->schema;
	struct weir_plan_config config = {
	    .view = &view, .n_streams = 1, .schemas = &schema, .stream_names = &name, .live = true, .schemas_complete = true};
	struct weir_result_request request = {.at_us = WEIR_TIME_NONE, .max_rows = 20, .screen = true};
	struct weir_result *result;
	struct weir_plan *plan;
	double took = 0;
	uint64_t rows = 0;
	stop_on(weir_plan_bind(&config, &plan, &err), &err);
	for (unsigned i = 0; rows < 10000000; i++) {
		struct weir_batch *b = d->batches[i % BATCHES];
		double start = now_s();
		stop_on(weir_plan_update(plan, b, NULL, &err), &err);
		if (i % 20 == 0) {
			stop_on(weir_plan_result(plan, &request, NULL, &result, &err), &err);
			weir_result_unref(result);
		}
		took += now_s() - start;
		rows += b->n_rows;
		shift(b);
	}
	printf("%7.1f M rows/s, in all %.3f s  %s\n", (double)rows / took / 1e6, took, line);
	weir_plan_free(plan);
	weir_view_release(&view);
}

/* summaries: a question without a filter may use what segments know of their blocks; without, it looks at every row. */
static struct weir_snapshot *store(const struct data *d, bool summaries, struct weir_buffer **out)
{
	struct weir_buffer *buffer = *out = weir_buffer_new(NULL, &weir_clock_system, true);
	struct weir_error err = {0};
	double start = now_s();
	if (buffer && summaries)
		weir_buffer_set_summaries(buffer, &weir_plan_summaries);
	for (unsigned i = 0; buffer && i < 10000000 / WEIR_BATCH_ROWS; i++) {
		stop_on(weir_buffer_store(buffer, d->batches[i % BATCHES], &err), &err);
		shift(d->batches[i % BATCHES]);
	}
	struct weir_snapshot *snapshot = buffer ? weir_buffer_snapshot(buffer) : NULL;
	if (!snapshot) {
		fprintf(stderr, "out of memory\n");
		exit(1);
	}
	printf("%7.1f M rows/s kept, %.1f bytes a row%s\n", (double)snapshot->n_rows / (now_s() - start) / 1e6,
	       (double)weir_buffer_bytes(buffer) / (double)snapshot->n_rows, summaries ? " with summaries" : "");
	return snapshot;
}

static void run_rebuilds(const struct data *d, bool summaries)
{
	struct weir_buffer *buffer;
	struct weir_snapshot *snapshot = store(d, summaries, &buffer);
	run_again(d, snapshot, NULL, "service", "count", "all", false);
	run_again(d, snapshot, NULL, "service", "count,sum(bytes)", "all", false);
	run_again(d, snapshot, NULL, "service", "count,sum(bytes),p95(latency)", "all", false);
	run_again(d, snapshot, "bytes > 60000", NULL, "count", "all", false);
	run_again(d, snapshot, "bytes > 30000", "service", "count", "all", false);
	run_again(d, snapshot, "bytes > 60000", "service", "count,sum(bytes)", "all", false);
	run_again(d, snapshot, "service = 'service-7'", "user", "count", "all", false);
	run_again(d, snapshot, NULL, "service", "count,avg(latency),p95(latency)", "6h", true);
	run_again(d, snapshot, NULL, "service", "avg(latency)", "6h", true);
	run_again(d, snapshot, NULL, "service", "count", "6h", true);
	run_again(d, snapshot, "status = 500", "service", "count", "6h", true);
	run_again(d, snapshot, NULL, "user", "count,avg(latency),p95(latency)", "6h", true);
	run_again(d, snapshot, "bytes > 1000000", "service", "count", "all", false);
	run_again(d, snapshot, NULL, "status", "count,avg(latency),p95(latency)", "6h", true);
	run_again(d, snapshot, "status >= 500", "service", "count,avg(latency),p95(latency)", "6h", true);
	run_again(d, snapshot, "latency > 100", "service", "count,p95(latency)", "6h", true);
	run_again(d, snapshot, NULL, NULL, "count,avg(latency),p95(latency)", "6h", true);
	run_again(d, snapshot, NULL, "service,status", "count,avg(latency),p95(latency)", "6h", true);
	weir_snapshot_free(snapshot);
	weir_buffer_free(buffer);
}

int main(int argc, char **argv)
{
	struct data d = {0};
	unsigned rounds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 400;
	which = argc > 2 ? argv[2] : "";
	again = rounds / 10 + 1;
	if (!fill(&d)) {
		fprintf(stderr, "out of memory\n");
		return 1;
	}
	run(&d, NULL, "service", "count", "all", false, rounds);
	run(&d, NULL, "service", "sum(bytes)", "all", false, rounds);
	run(&d, NULL, "service", "avg(latency)", "all", false, rounds);
	run(&d, NULL, "service", "p95(latency)", "all", false, rounds);
	run(&d, NULL, "service", "count,avg(latency),p95(latency)", "all", false, rounds);
	run(&d, NULL, "user", "count,avg(latency),p95(latency)", "all", false, rounds);
	run(&d, "bytes > 50000", "service", "count,avg(latency),p95(latency)", "all", false, rounds);
	run(&d, NULL, "service,user", "count", "all", false, rounds);
	run(&d, NULL, "service,bytes % 5 as b", "count", "all", false, rounds);
	run(&d, NULL, "service,service as again", "count", "all", false, rounds);
	run(&d, NULL, "upper(service) as s", "count", "all", false, rounds);
	run(&d, NULL, "date_trunc('second', time) as s", "count", "all", false, rounds);
	run(&d, NULL, "service", "count,min(latency),max(latency)", "all", false, rounds);
	run(&d, NULL, "service", "stddev(latency)", "all", false, rounds);
	run(&d, NULL, "service", "distinct(user)", "all", false, rounds);
	run(&d, NULL, "service", "count,avg(latency),p95(latency)", "tumbling 1s", false, rounds);
	run(&d, NULL, "service", "count,avg(latency),p95(latency)", "5m", true, rounds);
	run(&d, NULL, "user", "count,avg(latency),p95(latency)", "1s", true, rounds);
	run_rebuilds(&d, false);
	run_rebuilds(&d, true);
	run_window(&d, "1m");
	run_window(&d, "24h");
	for (unsigned i = 0; i < BATCHES; i++)
		weir_batch_free(d.batches[i]);
	weir_schema_unref(d.schema);
	weir_dict_unref(d.services);
	weir_dict_unref(d.users);
	return 0;
}
