/* One segment: the rows that pass, and the values that each column has in them. */
#include "query/aggregate/aggregate.h"
#include "query/profile/seen.h"

struct scan {
	struct weir_profile_study *study;
	struct weir_profile_share *share;
	const struct weir_batch *batch;
	const uint64_t *keep; /* rows that pass; NULL: all */
	uint32_t segment;
	const struct weir_study_run *run;
};

static bool passes(const struct scan *s, uint32_t row)
{
	return (!s->keep || weir_bit_get(s->keep, row)) && (!s->batch->weight || s->batch->weight[row] > 0);
}

struct weir_value weir_seen_as(const struct weir_column *c, uint32_t row, enum weir_type type, struct weir_buf *text)
{
	struct weir_value v = weir_column_get(c, row);
	if (v.type == type || v.type == WEIR_NULL)
		return v;
	if (type == WEIR_FLOAT64 && v.type == WEIR_INT64)
		return (struct weir_value){.type = WEIR_FLOAT64, .f = (double)v.i};
	weir_buf_clear(text);
	weir_column_text(c, row, text);
	return (struct weir_value){.type = WEIR_STRING, .s = weir_buf_str(text)};
}

static uint64_t hash_of(const struct weir_value *v)
{
	uint64_t bits = 0;
	double f = v->type == WEIR_FLOAT64 ? v->f + 0.0 : 0; /* one zero */
	if (v->type == WEIR_STRING)
		return weir_hash(v->s.data, v->s.size);
	if (v->type == WEIR_FLOAT64)
		memcpy(&bits, &f, sizeof bits);
	else
		bits = v->type == WEIR_BOOL ? v->b : (uint64_t)v->i;
	return weir_int_hash(bits);
}

/* Text in a dictionary: the rows of each code, then each code once. */
static bool scan_codes(struct scan *s, struct weir_seen *v, const struct weir_column *c)
{
	struct weir_profile_share *share = s->share;
	uint32_t n = weir_dict_count(c->dict), seen = 0;
	if (!weir_grow((void **)&share->codes, &share->codes_capacity, n + (size_t)1, sizeof *share->codes))
		return false;
	memset(share->codes, 0, n * sizeof *share->codes);
	for (uint32_t row = 0; row < s->batch->n_rows; row++) {
		if (!passes(s, row) || !weir_column_valid(c, row))
			continue;
		struct weir_code *code = &share->codes[weir_column_code(c, row)];
		code->rows++;
		code->row = row;
		seen++;
	}
	v->n_valid += seen;
	for (uint32_t code = 0; code < n; code++) {
		const struct weir_code *one = &share->codes[code];
		if (!one->rows)
			continue;
		v->bytes += (uint64_t)one->rows * weir_dict_get(c->dict, code).size;
		if (!weir_seen_add(v, weir_dict_hash(c->dict, code), one->rows, s->segment, one->row, s->study->bound,
				   s->study->rows->budget))
			return false;
	}
	return true;
}

/* A whole number, a time, or a truth value. */
static inline int64_t int_at(const struct weir_column *c, uint32_t row)
{
	uint64_t more;
	switch (c->encoding) {
	case WEIR_ENC_NARROW:
		more = c->width == 1   ? ((const uint8_t *)c->data)[row]
		       : c->width == 2 ? ((const uint16_t *)c->data)[row]
		       : c->width == 4 ? ((const uint32_t *)c->data)[row]
				       : ((const uint64_t *)c->data)[row];
		return (int64_t)((uint64_t)c->base + more);
	case WEIR_ENC_BYTE:
		return ((const uint8_t *)c->data)[row];
	default:
		return ((const int64_t *)c->data)[row];
	}
}

static void see_range(struct weir_seen *v, struct weir_value low, struct weir_value high)
{
	if (!v->any || weir_value_compare(&low, &v->low) < 0)
		v->low = low;
	if (!v->any || weir_value_compare(&high, &v->high) > 0)
		v->high = high;
	v->any = true;
}

/* Columns of whole numbers, times and truth values, of that type throughout. */
static bool scan_ints(struct scan *s, struct weir_seen *v, const struct weir_column *c)
{
	int64_t low = INT64_MAX, high = INT64_MIN, before = INT64_MIN;
	uint64_t n = 0, steps_up = 0;
	for (uint32_t row = 0; row < s->batch->n_rows; row++) {
		if (!passes(s, row) || !weir_column_valid(c, row))
			continue;
		int64_t one = int_at(c, row);
		steps_up += one > before;
		before = one;
		low = one < low ? one : low;
		high = one > high ? one : high;
		n++;
		if (!weir_seen_add(v, weir_int_hash((uint64_t)one), 1, s->segment, row, s->study->bound,
				   s->study->rows->budget))
			return false;
	}
	v->n_valid += n;
	v->fell = v->fell || steps_up + 1 < n;
	if (n && c->type != WEIR_BOOL)
		see_range(v, (struct weir_value){.type = c->type, .i = low},
			  (struct weir_value){.type = c->type, .i = high});
	return true;
}

/* Any column, each value as one of that type. */
static bool scan_values(struct scan *s, struct weir_seen *v, const struct weir_column *c, enum weir_type type)
{
	struct weir_value low = {.type = WEIR_NULL}, high = low, before = low;
	bool ranged = type == WEIR_INT64 || type == WEIR_FLOAT64 || type == WEIR_TIMESTAMP;
	for (uint32_t row = 0; row < s->batch->n_rows; row++) {
		if (!passes(s, row) || !weir_column_valid(c, row))
			continue;
		struct weir_value one = weir_seen_as(c, row, type, &s->share->text);
		v->n_valid++;
		v->bytes += one.type == WEIR_STRING ? one.s.size : 0;
		if (ranged) {
			v->fell = v->fell || (before.type && weir_value_compare(&one, &before) <= 0);
			low = low.type && weir_value_compare(&low, &one) <= 0 ? low : one;
			high = high.type && weir_value_compare(&high, &one) >= 0 ? high : one;
			before = one;
		}
		if (!weir_seen_add(v, hash_of(&one), 1, s->segment, row, s->study->bound, s->study->rows->budget))
			return false;
	}
	if (low.type)
		see_range(v, low, high);
	return true;
}

static bool scan_column(struct scan *s, struct weir_seen *v, const struct weir_column *c, enum weir_type type)
{
	if (c->encoding == WEIR_ENC_DICT)
		return scan_codes(s, v, c);
	bool whole = c->type == WEIR_INT64 || c->type == WEIR_TIMESTAMP || c->type == WEIR_BOOL;
	return whole && c->type == type ? scan_ints(s, v, c) : scan_values(s, v, c, type);
}

static void count_nulls(const struct scan *s, struct weir_seen *v, const struct weir_column *c)
{
	for (uint32_t row = 0; row < s->batch->n_rows && c->valid; row++)
		v->n_null += passes(s, row) && !weir_bit_get(c->valid, row) && !weir_column_missing(c, row);
}

static uint32_t count_rows(const struct scan *s)
{
	uint32_t n = 0;
	if (!s->keep && !s->batch->weight)
		return s->batch->n_rows;
	for (uint32_t row = 0; row < s->batch->n_rows; row++)
		n += passes(s, row);
	return n;
}

static enum weir_status scan_columns(struct scan *s, struct weir_error *err)
{
	const struct weir_schema *common = s->study->rows->schema->common;
	const uint32_t *places = s->study->places[s->batch->stream];
	s->share->n_rows += count_rows(s);
	s->share->n_gone_through += s->batch->n_rows;
	for (uint32_t i = 0; i < s->batch->n_columns; i++) {
		const struct weir_column *c = &s->batch->columns[i];
		if (c->encoding == WEIR_ENC_ABSENT || places[i] >= s->study->n_columns)
			continue;
		struct weir_seen *v = &s->share->columns[places[i]];
		enum weir_type type = common->fields[places[i]].type;
		if (weir_study_cancelled(s->run))
			return WEIR_CANCELLED;
		count_nulls(s, v, c);
		if (!scan_column(s, v, c, type))
			return weir_fail(err, WEIR_NO_MEMORY, "profile", "out of memory for the values of columns");
	}
	return WEIR_OK;
}

enum weir_status weir_profile_scan(struct weir_profile_study *s, const struct weir_study_run *run, uint32_t share,
				   uint32_t segment, struct weir_error *err)
{
	uint64_t keep[WEIR_SEGMENT_ROWS / 64] = {0};
	struct weir_profile_share *mine = &s->shares[share];
	const struct weir_segment *seg = weir_relation_snapshot_segment(s->rows->snapshot, segment);
	struct scan scan = {.study = s, .share = mine, .batch = seg->rows, .segment = segment, .run = run};
	if (mine->plan) {
		enum weir_status st = weir_plan_filter(mine->plan, seg->rows, keep, err);
		if (st != WEIR_OK)
			return st;
		scan.keep = keep;
	}
	return scan_columns(&scan, err);
}
