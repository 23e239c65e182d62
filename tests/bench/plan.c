/* How fast a plan takes rows that are already decoded, and how fast a question over ten million stored rows is answered
 * anew. The rows are those of tests/bench/gen, without trace, region and method.
 *
 *   plan [ROUNDS [WHICH]]   million rows a second for several views, or those that hold the text WHICH; the best of 5
 *                           runs of ROUNDS batches (400) */
#include "rows.h"

#include <time.h>

enum { RUNS = 5 };

static double now_s(void) /* of this one thread's own time, so that neighbours do not count */
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static const char *which = "";
static unsigned again = 40;

/* The line that names a view, unless it was not asked for. */
static bool wanted(char *line, size_t size, bool anew, const char *where, const char *group, const char *measure,
		   const char *window, bool live)
{
	snprintf(line, size, "%s%s%s%s  group %s  %s  %s", anew ? "again " : "", live ? "live " : "",
		 where ? "where " : "", where ? where : "", group ? group : "-", measure, window);
	return strstr(line, which) != NULL;
}

static void run(const struct data *d, const char *where, const char *group, const char *measure, const char *window,
		bool live, unsigned rounds)
{
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
		struct weir_plan_config config = {
		    .view = &view, .schema = relation_of(d), .live = live, .schemas_complete = true};
		struct weir_plan *plan;
		struct weir_result *result;
		struct weir_result_request request = {
		    .at_us = WEIR_TIME_NONE, .max_rows = 20, .extras = live ? WEIR_EXTRAS_ALL : 0};
		stop_on(weir_plan_bind(&config, &plan, &err), &err);
		weir_relation_schema_unref(config.schema);
		double start = now_s();
		for (unsigned r = 0; r < rounds; r++) {
			stop_on(weir_plan_update(plan, d->batches[r % BATCHES], NULL, &err), &err);
			if (live && r % 20 == 0) {
				stop_on(weir_plan_result(plan, &request, NULL, NULL, &result, &err), &err);
				weir_result_unref(result);
			}
		}
		double asked = now_s();
		stop_on(weir_plan_result(plan, &request, NULL, NULL, &result, &err), &err);
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
static void run_again(const struct data *d, struct weir_snapshot *snapshot, const char *where, const char *group,
		      const char *measure, const char *window, bool live)
{
	struct weir_relation_snapshot rows = {1, &snapshot};
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
		struct weir_plan_config config = {
		    .view = &view, .schema = relation_of(d), .live = live, .schemas_complete = true};
		struct weir_result_request request = {
		    .at_us = WEIR_TIME_NONE, .max_rows = 20, .extras = live ? WEIR_EXTRAS_ALL : 0};
		struct weir_plan *plan;
		struct weir_result *result;
		double start = now_s();
		stop_on(weir_plan_bind(&config, &plan, &err), &err);
		weir_relation_schema_unref(config.schema);
		stop_on(weir_plan_rebuild(plan, &rows, WEIR_TIME_NONE, NULL, NULL, &err), &err);
		double asked = now_s();
		stop_on(weir_plan_result(plan, &request, NULL, NULL, &result, &err), &err);
		answer = now_s() - asked < answer ? now_s() - asked : answer;
		best = now_s() - start < best ? now_s() - start : best;
		weir_result_unref(result);
		weir_plan_free(plan);
	}
	printf("%7.1f M rows/s, %8.3f ms in all, of that the answer %.3f  %s\n", (double)snapshot->n_rows / best / 1e6,
	       best * 1e3, answer * 1e3, line);
	weir_view_release(&view);
}

/* What one more row costs in a window of `window`: ten million rows of 1 ms each, an answer every 160 of them thousand. */
static void run_window(struct data *d, const char *window)
{
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
	struct weir_plan_config config = {
	    .view = &view, .schema = relation_of(d), .live = true, .schemas_complete = true};
	struct weir_result_request request = {.at_us = WEIR_TIME_NONE, .max_rows = 20, .extras = WEIR_EXTRAS_ALL};
	struct weir_result *result;
	struct weir_plan *plan;
	double took = 0;
	uint64_t rows = 0;
	stop_on(weir_plan_bind(&config, &plan, &err), &err);
	weir_relation_schema_unref(config.schema);
	for (unsigned i = 0; rows < 10000000; i++) {
		struct weir_batch *b = d->batches[i % BATCHES];
		double start = now_s();
		stop_on(weir_plan_update(plan, b, NULL, &err), &err);
		if (i % 20 == 0) {
			stop_on(weir_plan_result(plan, &request, NULL, NULL, &result, &err), &err);
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

static void run_rebuilds(const struct data *d, bool summaries)
{
	struct weir_buffer *buffer;
	double start = now_s();
	struct weir_snapshot *snapshot = store(d, summaries, &buffer);
	printf("%7.1f M rows/s kept, %.1f bytes a row%s\n", (double)snapshot->n_rows / (now_s() - start) / 1e6,
	       (double)weir_buffer_bytes(buffer) / (double)snapshot->n_rows, summaries ? " with summaries" : "");
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
	run_again(d, snapshot, NULL, "user", "count", "6h", true);
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
	free_data(&d);
	return 0;
}
