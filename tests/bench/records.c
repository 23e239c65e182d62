/* How long it takes to reach, search and order records among ten million rows that are held.
 *
 *   records    a line for each; the best of 5, in milliseconds of the clock on the wall */
#include "rows.h"

#include "weir/query/ordered.h"
#include "weir/query/search.h"

#include <time.h>

enum { RUNS = 5 };

static double now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static struct weir_plan *bind(const struct data *d, const char *where)
{
	struct weir_error err = {0};
	struct weir_view view;
	struct weir_plan *plan;
	weir_view_init(&view);
	stop_on(weir_view_set(&view, WEIR_VIEW_WHERE, where, 0, &err), &err);
	stop_on(weir_view_set(&view, WEIR_VIEW_WINDOW, "all", 0, &err), &err);
	struct weir_plan_config config = {
	    .view = &view, .schema = relation_of(d), .live = true, .schemas_complete = true};
	stop_on(weir_plan_bind(&config, &plan, &err), &err);
	weir_relation_schema_unref(config.schema);
	weir_view_release(&view);
	return plan;
}

/* A result with 50 records: the first for a question, and those after it. */
static void reach(const struct data *d, const struct weir_relation_snapshot *rows, const char *where, const char *what,
		  struct weir_records_request q)
{
	struct weir_error err = {0};
	double first = 1e9, next = 1e9;
	uint64_t n_total = 0;
	q.count = 50;
	q.counted = true;
	for (int i = 0; i < RUNS; i++) {
		struct weir_plan *plan = bind(d, where);
		for (int k = 0; k < 3; k++) {
			struct weir_result_request request = {
			    .at_us = WEIR_TIME_NONE, .extras = weir_extras_named("records"), .records = q};
			struct weir_plan_rows kept = {.covered_from_us = WEIR_TIME_NONE, .snapshot = rows};
			struct weir_result *r;
			double start = now_s();
			stop_on(weir_plan_result(plan, &request, &kept, NULL, &r, &err), &err);
			double took = now_s() - start, *best = k ? &next : &first;
			*best = took < *best ? took : *best;
			n_total = ((const struct weir_records *)weir_result_extra(r, "records"))->n_total;
			weir_result_unref(r);
		}
		weir_plan_free(plan);
	}
	printf("%9.3f ms, then %7.3f  reach %s of %llu%s%s\n", first * 1e3, next * 1e3, what,
	       (unsigned long long)n_total, where ? " where " : "", where ? where : "");
}

static double offered_s;

static void offered(void *ctx, struct weir_study_answer *part)
{
	(void)ctx;
	offered_s = now_s();
	weir_study_answer_unref(part);
}

static struct weir_study_rows *rows_of(const struct data *d, struct weir_snapshot *snapshot)
{
	struct weir_view view;
	struct weir_relation_schema *schema = relation_of(d);
	struct weir_relation_snapshot *copy = calloc(1, sizeof *copy);
	struct weir_snapshot *own = calloc(1, sizeof *own);
	weir_view_init(&view);
	if (!copy || !own || !(copy->streams = calloc(1, sizeof(struct weir_snapshot *))) ||
	    !(own->segments = calloc(snapshot->n_segments, sizeof(struct weir_segment *))))
		exit(1);
	memcpy(own->segments, snapshot->segments, snapshot->n_segments * sizeof(struct weir_segment *));
	for (uint32_t i = 0; i < snapshot->n_segments; i++)
		atomic_fetch_add(&snapshot->segments[i]->refs, 1);
	own->n_segments = snapshot->n_segments;
	own->n_rows = snapshot->n_rows;
	copy->n_streams = 1;
	copy->streams[0] = own;
	struct weir_study_rows *rows = weir_study_rows_new(copy, schema, &view);
	weir_relation_schema_unref(schema);
	if (rows)
		rows->live = true;
	return rows;
}

/* Two threads. The first match is that of a search from the newest row on. */
static void study(const struct data *d, struct weir_snapshot *snapshot, struct weir_study *(*make)(const char *),
		  const char *verb, const char *what)
{
	struct weir_error err = {0};
	double first = 1e9, all = 1e9;
	for (int i = 0; i < RUNS; i++) {
		struct weir_study_host host = {.threads = 2, .offered = offered};
		struct weir_study_rows *rows = rows_of(d, snapshot);
		struct weir_study_answer *answer = NULL;
		struct weir_study *s = make(what);
		double start = offered_s = now_s();
		stop_on(weir_study_run(s, rows, &host, &answer, &err), &err);
		all = now_s() - start < all ? now_s() - start : all;
		first = offered_s - start < first ? offered_s - start : first;
		weir_study_free(s);
		weir_study_rows_unref(rows);
		weir_study_answer_unref(answer);
	}
	printf("%9.3f ms, first %7.3f  %s %s\n", all * 1e3, first * 1e3, verb, what);
}

static struct weir_study *make_search(const char *what)
{
	struct weir_error err = {0};
	struct weir_study *s;
	struct weir_search_config config = {.what = weir_str_of(what), .from = {INT64_MAX, UINT64_MAX, UINT16_MAX}};
	stop_on(weir_search_new(&config, &s, &err), &err);
	return s;
}

static struct weir_study *make_order(const char *by)
{
	struct weir_error err = {0};
	struct weir_study *s;
	struct weir_ordered_config config = {.by = weir_str_of(by), .descending = true, .count = 50};
	stop_on(weir_ordered_new(&config, &s, &err), &err);
	return s;
}

int main(void)
{
	struct data d = {0};
	struct weir_buffer *buffer;
	if (!fill(&d)) {
		fprintf(stderr, "out of memory\n");
		return 1;
	}
	struct weir_snapshot *snapshot = store(&d, false, &buffer);
	struct weir_relation_snapshot rows = {1, &snapshot};
	static const char *const wheres[] = {NULL, "status >= 500", "service like '%-7%'", "latency > 500"};
	int64_t middle_us = snapshot->segments[snapshot->n_segments / 2]->time_min_us;
	for (size_t i = 0; i < sizeof wheres / sizeof *wheres; i++) {
		reach(&d, &rows, wheres[i], "the newest", (struct weir_records_request){0});
		reach(&d, &rows, wheres[i], "a time",
		      (struct weir_records_request){.from = WEIR_RECORDS_TIME, .place.time_us = middle_us});
		reach(&d, &rows, wheres[i], "number 40,000",
		      (struct weir_records_request){.from = WEIR_RECORDS_INDEX, .index = 40000});
	}
	static const char *const whats[] = {"service-7", "u99999", "nowhere", "503", "/u1.*7$/", "44.25"};
	for (size_t i = 0; i < sizeof whats / sizeof *whats; i++)
		study(&d, snapshot, make_search, "search", whats[i]);
	static const char *const bys[] = {"latency", "user", "bytes + status"};
	for (size_t i = 0; i < sizeof bys / sizeof *bys; i++)
		study(&d, snapshot, make_order, "order by", bys[i]);
	weir_snapshot_free(snapshot);
	weir_buffer_free(buffer);
	free_data(&d);
	return 0;
}
