/* How fast weir tells why: ten million rows of nine columns that are held, and several selections of them.
 *
 *   why [ROWS [THREADS]]   milliseconds: the best and the median of several runs, on the clock, and of the processor's time */
#include "draw.h"

#include "weir/buffer/buffer.h"
#include "weir/query/why.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { RUNS = 7, COLUMNS = 9 };

static double seconds(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static const struct {
	const char *name;
	enum weir_type type;
} columns[COLUMNS] = {{"time", WEIR_TIMESTAMP}, {"service", WEIR_STRING},  {"region", WEIR_STRING},
		      {"user", WEIR_STRING},    {"path", WEIR_STRING},     {"method", WEIR_STRING},
		      {"status", WEIR_INT64},   {"latency", WEIR_FLOAT64}, {"bytes", WEIR_INT64}};

struct data {
	struct weir_schema *schema;
	struct weir_dict *dicts[COLUMNS];
	struct weir_batch *batch; /* to be filled again and again */
	struct weir_buffer *buffer;
	struct weir_relation *relation;
	struct weir_budget budget;
};

static bool set_text(struct data *d, struct weir_batch *b, int column, uint32_t row, const char *form, int number)
{
	char text[24];
	int n = snprintf(text, sizeof text, form, number);
	return weir_column_set_string(b->columns + column, row, (struct weir_str){text, (size_t)n}, d->dicts[column]);
}

/* One region is slow, and so are users of a kind. */
static bool fill_row(struct data *d, struct weir_batch *b, uint32_t row, int64_t t)
{
	static const int statuses[] = {200, 200, 200, 200, 200, 200, 201, 301, 404, 500, 503};
	int service = (int)(20 * pow(uniform(), 2.2)), region = (int)draw(6);
	double normal = sqrt(-2 * log(1 - uniform())) * cos(6.283185307179586 * uniform());
	double latency = round(exp(3.4 + 0.9 * normal + (region == 5 && service < 3 ? 2 : 0)) * 1000) / 1000;
	b->time_us[row] = t - (draw(16) == 0 ? (int64_t)draw(2000) * 1000 : 0);
	b->position[row] = row * 178;
	b->n_rows = row + 1;
	return weir_column_set_timestamp(b->columns, row, b->time_us[row]) &&
	       set_text(d, b, 1, row, "service-%d", service) && set_text(d, b, 2, row, "region-%d", region) &&
	       set_text(d, b, 3, row, "u%d", (int)(100000 * pow(uniform(), 3))) &&
	       set_text(d, b, 4, row, "/api/%d", (int)draw(200)) && set_text(d, b, 5, row, "METHOD%d", (int)draw(4)) &&
	       weir_column_set_int64(b->columns + 6, row, statuses[draw(11)]) &&
	       weir_column_set_float64(b->columns + 7, row, latency) &&
	       weir_column_set_int64(b->columns + 8, row, 200 + (int64_t)(exp(draw(12)) + (double)draw(5000)));
}

static bool begin(struct data *d)
{
	bool ok = (d->schema = weir_schema_new()) != NULL && (d->batch = weir_batch_new(WEIR_BATCH_ROWS)) != NULL;
	for (int i = 0; ok && i < COLUMNS; i++) {
		ok = weir_schema_add(d->schema, weir_str_of(columns[i].name), columns[i].type) == i;
		d->dicts[i] = columns[i].type == WEIR_STRING ? weir_dict_new(NULL) : NULL;
	}
	if (ok)
		weir_schema_set_time(d->schema, 0);
	return ok && weir_batch_set_schema(d->batch, d->schema) && weir_batch_add_time(d->batch);
}

static bool fill(struct data *d, uint64_t from)
{
	struct weir_batch *b = d->batch;
	bool ok = true;
	for (uint32_t c = 0; c < b->n_columns; c++)
		weir_column_clear(b->columns + c);
	for (uint32_t row = 0; ok && row < WEIR_BATCH_ROWS; row++)
		ok = fill_row(d, b, row, INT64_C(1795341600000000) + (int64_t)(from + row) * 1000);
	for (uint32_t c = 0; ok && c < b->n_columns; c++)
		ok = weir_column_finish(b->columns + c, b->n_rows);
	return ok;
}

static void store(struct data *d, uint64_t rows)
{
	static const struct weir_str name = {"bench", 5};
	struct weir_error err = {0};
	d->buffer = weir_buffer_new(&d->budget, &weir_clock_system, true);
	struct weir_relation_config config = {
	    .n_streams = 1, .names = &name, .buffers = &d->buffer, .clock = &weir_clock_system, .live = true};
	d->relation = weir_relation_union(&config);
	if (!d->buffer || !d->relation)
		stop_on(weir_fail(&err, WEIR_NO_MEMORY, "", "out of memory"), &err);
	weir_relation_set_columns(d->relation, 0, d->schema);
	for (uint64_t n = 0; n < rows; n += WEIR_BATCH_ROWS) {
		if (!fill(d, n))
			stop_on(weir_fail(&err, WEIR_NO_MEMORY, "", "out of memory"), &err);
		stop_on(weir_buffer_store(d->buffer, d->batch, &err), &err);
	}
}

static struct weir_study_rows *hold(struct data *d)
{
	struct weir_relation_schema *schema = weir_relation_schema(d->relation);
	struct weir_view view;
	weir_view_init(&view);
	struct weir_study_rows *rows = weir_study_rows_new(weir_relation_snapshot(d->relation), schema, &view);
	weir_relation_schema_unref(schema);
	weir_view_release(&view);
	return rows;
}

static int by_value(const void *a, const void *b)
{
	return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

static void measure(struct weir_study_rows *rows, const char *condition, uint32_t threads)
{
	double wall[RUNS], cpu[RUNS];
	struct weir_error err = {0};
	for (int i = 0; i < RUNS; i++) {
		const struct weir_why_question q = {
		    .condition = condition, .span = WEIR_WHY_ALWAYS, .around = WEIR_WHY_ALWAYS};
		const struct weir_study_host host = {.threads = threads};
		struct weir_study *study = NULL;
		struct weir_study_answer *answer = NULL;
		wall[i] = seconds(CLOCK_MONOTONIC);
		cpu[i] = seconds(CLOCK_PROCESS_CPUTIME_ID);
		stop_on(weir_why_new(&q, &study, &err), &err);
		stop_on(weir_study_run(study, rows, &host, &answer, &err), &err);
		wall[i] = seconds(CLOCK_MONOTONIC) - wall[i];
		cpu[i] = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu[i];
		const struct weir_why *w = (const struct weir_why *)answer;
		if (i == 0)
			printf("%-34s %9llu rows, %2u findings; first: " WEIR_STR_FMT "\n", condition,
			       (unsigned long long)w->selected, w->n_findings,
			       WEIR_STR_ARG(w->n_findings ? w->findings[0].condition : (struct weir_str){0}));
		weir_study_answer_unref(answer);
		weir_study_free(study);
	}
	qsort(wall, RUNS, sizeof *wall, by_value);
	qsort(cpu, RUNS, sizeof *cpu, by_value);
	printf("%34s best %.0f ms, median %.0f ms; of the processor best %.0f ms, median %.0f ms\n", "", wall[0] * 1e3,
	       wall[RUNS / 2] * 1e3, cpu[0] * 1e3, cpu[RUNS / 2] * 1e3);
}

int main(int argc, char **argv)
{
	static struct data d;
	uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 10000000;
	uint32_t threads = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : weir_cpu_count();
	if (!begin(&d))
		return 1;
	store(&d, n);
	struct weir_study_rows *rows = hold(&d);
	if (!rows)
		return 1;
	printf("%llu rows of %d columns, %u threads\n", (unsigned long long)weir_relation_snapshot_rows(rows->snapshot),
	       COLUMNS, threads);
	measure(rows, "latency > 500", threads);
	measure(rows, "status >= 500", threads);
	measure(rows, "service = 'service-1'", threads);
	measure(rows, "bytes % 2 = 0", threads);
	measure(rows, "region = 'none'", threads);
	weir_study_rows_unref(rows);
	return 0;
}
