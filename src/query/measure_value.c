#include "query/plan_state.h"

#include <math.h>

static struct weir_value float_value(double f)
{
	return (struct weir_value){.type = WEIR_FLOAT64, .f = f};
}

static struct weir_value int_value(uint64_t n)
{
	return (struct weir_value){.type = WEIR_INT64, .i = (int64_t)n};
}

static double sum_number(const struct weir_measure *m, void *item)
{
	return m->input_type == WEIR_FLOAT64 ? weir_exact_value(item) : (double)*(weir_int128 *)item;
}

static struct weir_value sum_value(const struct weir_measure *m, void *item)
{
	if (m->input_type == WEIR_FLOAT64)
		return float_value(weir_exact_value(item));
	weir_int128 sum = *(weir_int128 *)item;
	struct weir_value v = int_value((uint64_t)sum);
	v.wide = sum > INT64_MAX || sum < INT64_MIN;
	v.hi = (int64_t)(sum >> 64);
	return v;
}

static struct weir_value stddev_value(const struct weir_measure *m, uint64_t n, void *item, struct weir_wide *squares)
{
	struct weir_wide sum = {0};
	bool ok;
	if (m->input_type == WEIR_FLOAT64) {
		ok = weir_exact_to_wide(item, &sum, NULL);
	} else {
		weir_int128 i = *(weir_int128 *)item;
		ok = weir_wide_add_bits(&sum, i < 0 ? -(weir_uint128)i : (weir_uint128)i, 1074, i < 0, NULL);
	}
	double variance = ok ? weir_exact_variance(n, &sum, squares, &ok) : NAN;
	if (!isfinite(variance) && isfinite(weir_wide_value(&sum)))
		ok = false; /* the square of a number beyond 1e154 is none */
	weir_wide_release(&sum, NULL);
	return ok ? float_value(sqrt(variance)) : (struct weir_value){.type = WEIR_NULL};
}

static struct weir_value extreme_value(enum weir_type type, const struct weir_extreme *e)
{
	struct weir_value v = {.type = type};
	if (!e->set)
		return (struct weir_value){.type = WEIR_NULL};
	if (type == WEIR_STRING)
		v.s = e->s;
	else if (type == WEIR_FLOAT64)
		v.f = weir_double_of_key(e->key);
	else if (type == WEIR_BOOL)
		v.b = e->key != 0;
	else
		v.i = e->key;
	return v;
}

static struct weir_value pick_value(enum weir_type type, const struct weir_pick *p)
{
	struct weir_value v = {.type = type};
	if (!p->set)
		return (struct weir_value){.type = WEIR_NULL};
	if (type == WEIR_STRING)
		v.s = p->s;
	else if (type == WEIR_FLOAT64)
		memcpy(&v.f, &p->i, sizeof v.f);
	else if (type == WEIR_BOOL)
		v.b = p->i != 0;
	else
		v.i = p->i;
	return v;
}

struct weir_value weir_measure_value(const struct weir_plan *p, uint32_t measure, const struct weir_slab *slab,
				     uint32_t slot, double seconds)
{
	const struct weir_measure *m = p->measures + measure;
	const struct weir_value null = {.type = WEIR_NULL};
	uint64_t n = m->count == WEIR_NO_PART ? slab->rows[slot] : *(uint64_t *)weir_slab_item(slab, m->count, slot);
	void *item = m->part == WEIR_NO_PART ? NULL : weir_slab_item(slab, m->part, slot);
	switch (m->ast->kind) {
	case WEIR_AGG_COUNT:
	case WEIR_AGG_COUNT_X:
		return int_value(n);
	case WEIR_AGG_DISTINCT:
		return int_value(weir_distinct_value(item));
	case WEIR_AGG_RATE:
		return seconds > 0 ? float_value((double)n / seconds) : null;
	default:
		break;
	}
	if (!n || !item || m->input_type == WEIR_NULL)
		return null;
	switch (m->ast->kind) {
	case WEIR_AGG_SUM:
		return sum_value(m, item);
	case WEIR_AGG_AVG:
		return float_value(sum_number(m, item) / (double)n);
	case WEIR_AGG_RATE_X:
		return seconds > 0 ? float_value(sum_number(m, item) / seconds) : null;
	case WEIR_AGG_STDDEV:
		return n < 2 ? null : stddev_value(m, n, item, weir_slab_item(slab, m->squares, slot));
	case WEIR_AGG_MIN:
	case WEIR_AGG_MAX:
		return extreme_value(m->input_type, item);
	case WEIR_AGG_FIRST:
	case WEIR_AGG_LAST:
		return pick_value(m->input_type, item);
	default:
		return float_value(weir_quantile_value(item, m->ast->quantile));
	}
}

double weir_value_number(const struct weir_value *v)
{
	if (v->type == WEIR_FLOAT64)
		return v->f;
	if (v->type == WEIR_INT64)
		return v->wide ? (double)v->hi * 0x1p64 + (double)(uint64_t)v->i : (double)v->i;
	if (v->type == WEIR_TIMESTAMP)
		return (double)v->i;
	return v->type == WEIR_BOOL ? v->b : NAN;
}
