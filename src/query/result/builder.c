/* Makes a result part by part out of what the caller has, for fabrics without a plan. */
#include "weir/query/result_builder.h"

#include "query/result/result.h"

#include <stdlib.h>

struct weir_result *weir_result_new(uint64_t generation)
{
	struct weir_result *r = weir_calloc(1, sizeof *r);
	if (!r)
		return NULL;
	atomic_init(&r->refs, 1);
	r->view_generation = generation;
	r->moment_us = r->window_start_us = r->window_end_us = r->oldest_us = WEIR_TIME_NONE;
	r->sort_compared = -1;
	r->previous_from_us = r->comparable_at_us = r->covered_from_us = r->held_from_us = WEIR_TIME_NONE;
	r->total.window_start_us = r->total.window_end_us = WEIR_TIME_NONE;
	weir_ledger_init(&r->ledger);
	return r;
}

static bool copy_text(struct weir_result *r, struct weir_str *text)
{
	*text = weir_arena_str(&r->arena, *text);
	return text->data != NULL;
}

/* n items; NULL stays NULL. */
static bool copy_bytes(struct weir_result *r, const void *from, size_t bytes, const void **to)
{
	void *copy = from ? weir_arena_alloc(&r->arena, bytes ? bytes : 1) : NULL;
	if (copy && bytes)
		memcpy(copy, from, bytes);
	*to = copy;
	return copy || !from;
}

static bool copy_values(struct weir_result *r, const struct weir_value *from, uint32_t n, const struct weir_value **to)
{
	struct weir_value *values = from ? weir_arena_alloc(&r->arena, (n + 1) * sizeof *values) : NULL;
	*to = values;
	if (!values)
		return !from;
	for (uint32_t i = 0; i < n; i++) {
		values[i] = from[i];
		if (values[i].type == WEIR_STRING && !copy_text(r, &values[i].s))
			return false;
	}
	return true;
}

static bool copy_numbers(struct weir_result *r, const double *from, uint32_t n, const double **to)
{
	const void *copy;
	bool ok = copy_bytes(r, from, n * sizeof *from, &copy);
	*to = copy;
	return ok;
}

bool weir_result_copy_columns(struct weir_result *r, const struct weir_result_column *from, uint32_t n,
			      const struct weir_result_column **to)
{
	struct weir_result_column *columns = weir_arena_alloc(&r->arena, (n + 1) * sizeof *columns);
	*to = columns;
	for (uint32_t i = 0; columns && i < n; i++) {
		columns[i] = from[i];
		if (!copy_text(r, &columns[i].name))
			return false;
	}
	return columns != NULL;
}

bool weir_result_set_groups(struct weir_result *r, const struct weir_result_column *columns, uint32_t n)
{
	r->n_groups = n;
	return weir_result_copy_columns(r, columns, n, &r->groups);
}

bool weir_result_set_measures(struct weir_result *r, const struct weir_result_column *columns, uint32_t n)
{
	r->n_measures = n;
	return weir_result_copy_columns(r, columns, n, &r->measures);
}

bool weir_result_set_buckets(struct weir_result *r, int64_t start_us, int64_t width_us, const uint64_t *rows,
			     uint32_t n)
{
	const void *copy;
	bool ok = copy_bytes(r, rows, n * sizeof *rows, &copy);
	r->bucket_rows = copy;
	r->bucket_start_us = start_us;
	r->bucket_us = width_us;
	r->n_buckets = n;
	return ok;
}

static bool copy_row(struct weir_result *r, const struct weir_result_row *from, struct weir_result_row *to)
{
	const void *moved;
	*to = *from;
	bool ok = copy_bytes(r, from->moved, r->n_measures, &moved);
	to->moved = moved;
	return ok && copy_values(r, from->groups, r->n_groups, &to->groups) &&
	       copy_values(r, from->measures, r->n_measures, &to->measures) &&
	       copy_values(r, from->compared, r->n_measures, &to->compared) &&
	       copy_values(r, from->previous, r->n_measures, &to->previous) &&
	       copy_numbers(r, from->spark, r->n_buckets, &to->spark);
}

bool weir_result_set_rows(struct weir_result *r, const struct weir_result_row *rows, uint32_t n, uint64_t n_total)
{
	struct weir_result_row *copies = weir_arena_alloc(&r->arena, (n + 1) * sizeof *copies);
	if (!copies)
		return false;
	for (uint32_t i = 0; i < n; i++)
		if (!copy_row(r, &rows[i], &copies[i]))
			return false;
	r->rows = copies;
	r->n_rows = n;
	r->n_rows_total = n_total;
	r->seen_from = 0;
	r->seen_rows = n;
	return true;
}

bool weir_result_set_total(struct weir_result *r, const struct weir_result_row *total, const double *const *sparks)
{
	const double **copies = sparks ? weir_arena_zalloc(&r->arena, (r->n_measures + 1) * sizeof *copies) : NULL;
	if (sparks && !copies)
		return false;
	for (uint32_t i = 0; sparks && i < r->n_measures; i++)
		if (!copy_numbers(r, sparks[i], r->n_buckets, &copies[i]))
			return false;
	r->total_spark = copies;
	return copy_row(r, total, &r->total);
}

bool weir_result_set_others(struct weir_result *r, const struct weir_result_row *others)
{
	r->has_others = true;
	return copy_row(r, others, &r->others);
}

bool weir_result_set_series(struct weir_result *r, const struct weir_result_series *series, uint32_t n)
{
	struct weir_result_series *copies = weir_arena_alloc(&r->arena, (n + 1) * sizeof *copies);
	if (!copies)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		copies[i] = series[i];
		if (!copy_text(r, &copies[i].name) ||
		    !copy_numbers(r, series[i].values, r->n_buckets, &copies[i].values) ||
		    !copy_numbers(r, series[i].ghost, r->n_buckets, &copies[i].ghost))
			return false;
	}
	r->series = copies;
	r->n_series = n;
	return true;
}

bool weir_result_set_histogram(struct weir_result *r, const struct weir_result_histogram *histogram)
{
	struct weir_result_histogram h = *histogram;
	const void *counts;
	if (!copy_text(r, &h.column) || !copy_numbers(r, histogram->edges, h.n_bins + 1, &h.edges) ||
	    !copy_bytes(r, histogram->counts, h.n_bins * sizeof *h.counts, &counts))
		return false;
	h.counts = counts;
	r->histogram = h;
	return true;
}

bool weir_result_set_records(struct weir_result *r, const struct weir_result_column *columns, uint32_t n_columns,
			     const struct weir_result_record *records, uint32_t n)
{
	struct weir_result_record *copies = weir_arena_alloc(&r->arena, (n + 1) * sizeof *copies);
	if (!copies || !weir_result_copy_columns(r, columns, n_columns, &r->record_columns))
		return false;
	for (uint32_t i = 0; i < n; i++) {
		const void *missing;
		copies[i] = records[i];
		if (!copy_values(r, records[i].cells, n_columns, &copies[i].cells) ||
		    !copy_bytes(r, records[i].missing, n_columns * sizeof(bool), &missing))
			return false;
		copies[i].missing = missing;
		if ((copies[i].key.data && !copy_text(r, &copies[i].key)) ||
		    (copies[i].headers.data && !copy_text(r, &copies[i].headers)))
			return false;
	}
	r->n_record_columns = n_columns;
	r->records = copies;
	r->n_records = n;
	return true;
}

bool weir_result_set_fields(struct weir_result *r, const struct weir_result_field *fields, uint32_t n)
{
	struct weir_result_field *copies = weir_arena_alloc(&r->arena, (n + 1) * sizeof *copies);
	if (!copies)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		copies[i] = fields[i];
		if (!copy_text(r, &copies[i].name) ||
		    (copies[i].example.type == WEIR_STRING && !copy_text(r, &copies[i].example.s)))
			return false;
	}
	r->fields = copies;
	r->n_fields = n;
	return true;
}

bool weir_result_set_streams(struct weir_result *r, const struct weir_result_stream *streams, uint32_t n)
{
	struct weir_ledger *sums = weir_arena_alloc(&r->arena, (n + 1) * sizeof *sums);
	uint32_t *counts = weir_arena_alloc(&r->arena, (n + 1) * sizeof *counts);
	const struct weir_ledger **partitions =
	    weir_arena_alloc(&r->arena, (n + 1) * sizeof(const struct weir_ledger *));
	if (!sums || !counts || !partitions)
		return false;
	weir_ledger_init(&r->ledger);
	for (uint32_t i = 0; i < n; i++) {
		const struct weir_result_stream *s = &streams[i];
		struct weir_ledger *copies = weir_arena_alloc(&r->arena, (s->n_partitions + 1) * sizeof *copies);
		if (!copies)
			return false;
		weir_ledger_init(&sums[i]);
		for (uint32_t p = 0; p < s->n_partitions; p++) {
			copies[p] = *s->partitions[p];
			weir_ledger_add(&sums[i], &copies[p]);
		}
		if (s->besides)
			weir_ledger_add(&sums[i], s->besides);
		sums[i].watermark_us = s->watermark_us;
		counts[i] = s->n_partitions;
		partitions[i] = copies;
		weir_ledger_add(&r->ledger, &sums[i]);
	}
	r->n_streams = n;
	r->streams = sums;
	r->n_partitions = counts;
	r->partitions = partitions;
	return true;
}
