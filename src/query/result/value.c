/* The value of a measure, of any value the number that a picture shows, and of two how it changed. */
#include "query/result/result.h"

#include <math.h>

struct weir_aggregate_state weir_measure_state(const struct weir_plan *p, uint32_t measure,
					       const struct weir_slab *slab, uint32_t slot, double seconds)
{
	const struct weir_measure *m = p->measures + measure;
	struct weir_aggregate_state s = {.type = m->input_type, .parameter = m->ast->parameter, .seconds = seconds};
	s.n = m->count == WEIR_NO_ACCUMULATOR ? slab->rows[slot] : *(uint64_t *)weir_slab_at(slab, m->count, slot);
	for (uint32_t i = 0; i < WEIR_AGGREGATE_ACCUMULATORS && m->accumulators[i] != WEIR_NO_ACCUMULATOR; i++)
		s.accumulators[i] = weir_slab_at(slab, m->accumulators[i], slot);
	return s;
}

struct weir_value weir_measure_value(const struct weir_plan *p, uint32_t measure, const struct weir_slab *slab,
				     uint32_t slot, double seconds)
{
	const struct weir_aggregate *a = p->measures[measure].ast->aggregate;
	struct weir_aggregate_state s = weir_measure_state(p, measure, slab, slot, seconds);
	if (s.accumulators[0] && !a->counts && (!s.n || s.type == WEIR_NULL))
		return (struct weir_value){.type = WEIR_NULL};
	/* cppcheck-suppress returnDanglingLifetime ; a value keeps nothing of the state */
	return a->value(&s);
}

bool weir_build_value(struct weir_build *b, struct weir_value *v)
{
	if (v->type != WEIR_STRING)
		return true;
	v->s = weir_arena_str(&b->result->arena, v->s);
	return v->s.data != NULL;
}

bool weir_build_measures(struct weir_build *b, const struct weir_slab *slab, uint32_t slot, double seconds,
			 const struct weir_value **out)
{
	uint32_t n = b->plan->n_measures;
	struct weir_value *values = weir_arena_alloc(&b->result->arena, n * sizeof *values);
	if (!values)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		values[i] = weir_measure_value(b->plan, i, slab, slot, seconds);
		if (!weir_build_value(b, values + i))
			return false;
	}
	*out = values;
	return true;
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

static __int128 whole_of(const struct weir_value *v)
{
	return v->wide ? (__int128)v->hi << 64 | (uint64_t)v->i : (__int128)v->i;
}

static struct weir_value whole_value(__int128 x)
{
	struct weir_value v = {.type = WEIR_INT64, .i = (int64_t)x};
	v.wide = x != v.i;
	v.hi = v.wide ? (int64_t)(x >> 64) : 0;
	return v;
}

struct weir_value weir_value_change(const struct weir_value *now, const struct weir_value *before)
{
	struct weir_value none = {.type = WEIR_NULL};
	__int128 whole;
	if (now->type == WEIR_INT64 && before->type == WEIR_INT64 &&
	    !__builtin_sub_overflow(whole_of(now), whole_of(before), &whole))
		return whole_value(whole);
	if (now->type == WEIR_TIMESTAMP && before->type == WEIR_TIMESTAMP)
		return weir_float_value((double)(now->i - before->i) / (double)WEIR_US_PER_S);
	bool numbers = (now->type == WEIR_INT64 || now->type == WEIR_FLOAT64) &&
		       (before->type == WEIR_INT64 || before->type == WEIR_FLOAT64);
	double change = numbers ? weir_value_number(now) - weir_value_number(before) : NAN;
	return isfinite(change) ? weir_float_value(change) : none;
}

void weir_compared_name(struct weir_str measure, enum weir_compared_column which, struct weir_buf *out)
{
	weir_buf_add_str(out, measure);
	weir_buf_add_c(out, weir_compared_ends[which]);
}

struct weir_value weir_result_compared(const struct weir_result_row *row, uint32_t measure,
				       enum weir_compared_column which)
{
	if (which == WEIR_COMPARED_BEFORE)
		return row->previous[measure];
	return which == WEIR_COMPARED_CHANGE ? weir_value_change(row->compared + measure, row->previous + measure)
					     : weir_value_change_pct(row->compared + measure, row->previous + measure);
}

struct weir_value weir_value_change_pct(const struct weir_value *now, const struct weir_value *before)
{
	struct weir_value none = {.type = WEIR_NULL}, change = weir_value_change(now, before);
	if (change.type == WEIR_NULL || now->type == WEIR_TIMESTAMP)
		return none;
	double pct = 100 * weir_value_number(&change) / fabs(weir_value_number(before));
	return isfinite(pct) ? weir_float_value(pct) : none;
}
