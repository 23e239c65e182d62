/* Decoded rows for bench programs: those of tests/bench/gen, without trace, region and method. */
#ifndef WEIR_BENCH_ROWS_H
#define WEIR_BENCH_ROWS_H

#include "draw.h"

#include "weir/buffer/buffer.h"
#include "weir/query/plan.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCHES = 16 };

static inline double latency(void) /* lognormal, 3 decimals */
{
	double normal = sqrt(-2 * log(1 - uniform())) * cos(6.283185307179586 * uniform());
	return round(exp(3.4 + 0.9 * normal) * 1000) / 1000;
}

struct data {
	struct weir_schema *schema;
	struct weir_dict *services, *users;
	struct weir_batch *batches[BATCHES];
};

static inline bool fill_row(struct data *d, struct weir_batch *b, uint32_t row, int64_t t)
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

static inline bool fill(struct data *d)
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
			ok = fill_row(d, b, row,
				      INT64_C(1795341600000000) + (int64_t)(i * WEIR_BATCH_ROWS + row) * 1000);
		for (uint32_t c = 0; ok && c < b->n_columns; c++)
			ok = weir_column_finish(b->columns + c, b->n_rows);
	}
	return ok;
}

/* The next time round the batches are later. */
static inline void shift(struct weir_batch *b)
{
	int64_t by = (int64_t)BATCHES * WEIR_BATCH_ROWS * 1000, *t = b->columns[0].data;
	for (uint32_t row = 0; row < b->n_rows; row++) {
		t[row] += by;
		b->time_us[row] += by;
	}
}

static inline struct weir_relation_schema *relation_of(const struct data *d)
{
	static const struct weir_str name = {"bench", 5};
	const struct weir_schema *schema = d->schema;
	struct weir_relation_schema *relation = weir_relation_schema_new(1, &name, &schema);
	if (!relation) {
		fprintf(stderr, "out of memory\n");
		exit(1);
	}
	return relation;
}

/* Ten million rows in a buffer, as a live stream leaves them. summaries: a question without a filter may use what segments know
 * of their blocks; without, it looks at every row. */
static inline struct weir_snapshot *store(const struct data *d, bool summaries, struct weir_buffer **out)
{
	struct weir_buffer *buffer = *out = weir_buffer_new(NULL, &weir_clock_system, true);
	struct weir_error err = {0};
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
	return snapshot;
}

static inline void free_data(struct data *d)
{
	for (unsigned i = 0; i < BATCHES; i++)
		weir_batch_free(d->batches[i]);
	weir_schema_unref(d->schema);
	weir_dict_unref(d->services);
	weir_dict_unref(d->users);
}

#endif
