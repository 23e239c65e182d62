/* min(x), max(x): the least and the greatest value. */
#include "query/aggregate/aggregate.h"

static size_t extreme_bytes(enum weir_type type)
{
	(void)type;
	return sizeof(struct weir_extreme);
}

static inline bool offer_key(struct weir_extreme *e, int64_t key, bool max)
{
	if (!e->set || (max ? key > e->key : key < e->key)) {
		e->set = true;
		e->key = key;
	}
	return true;
}

static bool offer_text(struct weir_extreme *e, struct weir_str s, bool max, struct weir_budget *budget)
{
	int order = e->set ? weir_str_compare(s, e->s) : 0;
	if (e->set && (max ? order <= 0 : order >= 0))
		return true;
	if (!weir_text_keep(&e->s, s, budget))
		return false;
	e->set = true;
	return true;
}

static inline bool extreme_add(void *array, const uint32_t *slots, const struct weir_values *v, bool max,
			       struct weir_budget *budget)
{
	struct weir_extreme *e = array;
	if (v->type == WEIR_STRING) {
		const struct weir_str *s = v->data;
		for (uint32_t i = 0; i < v->n; i++)
			if (!offer_text(e + slots[i], s[i], max, budget))
				return false;
		return true;
	}
	for (uint32_t i = 0; i < v->n; i++)
		offer_key(e + slots[i], weir_key_at(v, i), max);
	return true;
}

static bool min_add(void *array, const uint32_t *slots, const struct weir_values *values, struct weir_budget *budget)
{
	return extreme_add(array, slots, values, false, budget);
}

static bool max_add(void *array, const uint32_t *slots, const struct weir_values *values, struct weir_budget *budget)
{
	return extreme_add(array, slots, values, true, budget);
}

static bool extreme_merge(enum weir_type type, void *into, const struct weir_extreme *from, bool max,
			  struct weir_budget *budget)
{
	if (!from->set)
		return true;
	return type == WEIR_STRING ? offer_text(into, from->s, max, budget) : offer_key(into, from->key, max);
}

static bool min_merge(enum weir_type type, void *into, void *from, struct weir_budget *budget)
{
	return extreme_merge(type, into, from, false, budget);
}

static bool max_merge(enum weir_type type, void *into, void *from, struct weir_budget *budget)
{
	return extreme_merge(type, into, from, true, budget);
}

/* Only when the value that leaves is the extreme itself, another must be found. */
static bool extreme_subtract(enum weir_type type, void *into, void *from, bool *stale, struct weir_budget *budget)
{
	const struct weir_extreme *a = into, *b = from;
	(void)budget;
	if (b->set)
		*stale = type == WEIR_STRING ? weir_str_equal(a->s, b->s) : a->key == b->key;
	return true;
}

static void extreme_release(enum weir_type type, void *accumulator, struct weir_budget *budget)
{
	struct weir_extreme *e = accumulator;
	if (type == WEIR_STRING && e->set)
		weir_text_drop(&e->s, budget);
}

static bool extreme_widen(enum weir_type to, struct weir_extreme *into, enum weir_type type,
			  const struct weir_extreme *from, bool max, struct weir_budget *budget)
{
	struct weir_value v = weir_key_value(type, from->key);
	struct weir_str text = {0};
	if (!from->set)
		return true;
	if (to == WEIR_FLOAT64)
		return offer_key(into, weir_double_key((double)from->key), max);
	bool ok = weir_text_keep_value(&text, &v, budget) && offer_text(into, text, max, budget);
	weir_text_drop(&text, budget);
	return ok;
}

static bool min_widen(enum weir_type to, void *into, enum weir_type type, void *from, struct weir_budget *budget)
{
	return extreme_widen(to, into, type, from, false, budget);
}

static bool max_widen(enum weir_type to, void *into, enum weir_type type, void *from, struct weir_budget *budget)
{
	return extreme_widen(to, into, type, from, true, budget);
}

/* What was the least before, and is not any more, may be that of other rows, too. */
static bool extreme_put(enum weir_type type, void *accumulator, const struct weir_partial_rows *was,
			const struct weir_partial_rows *is, bool max, bool *lost, struct weir_budget *budget)
{
	struct weir_value v = is->values[0];
	if (was && was->values[0].type != WEIR_NULL) {
		struct weir_value w = was->values[0];
		int order = v.type == WEIR_NULL    ? 0
			    : type == WEIR_STRING  ? weir_str_compare(v.s, w.s)
			    : type == WEIR_FLOAT64 ? weir_int_order(weir_double_key(v.f), weir_double_key(w.f))
			    : type == WEIR_BOOL    ? (int)v.b - (int)w.b
						   : weir_int_order(v.i, w.i);
		*lost = *lost || v.type == WEIR_NULL || (max ? order < 0 : order > 0);
	}
	if (v.type == WEIR_NULL)
		return true;
	if (type == WEIR_STRING)
		return offer_text(accumulator, v.s, max, budget);
	return offer_key(accumulator, type == WEIR_FLOAT64 ? weir_double_key(v.f) : type == WEIR_BOOL ? v.b : v.i, max);
}

static bool min_put(enum weir_type type, void *accumulator, const struct weir_partial_rows *was,
		    const struct weir_partial_rows *is, bool *lost, struct weir_budget *budget)
{
	return extreme_put(type, accumulator, was, is, false, lost, budget);
}

static bool max_put(enum weir_type type, void *accumulator, const struct weir_partial_rows *was,
		    const struct weir_partial_rows *is, bool *lost, struct weir_budget *budget)
{
	return extreme_put(type, accumulator, was, is, true, lost, budget);
}

static const struct weir_partial_form min_partial = {.values = {{.spark = "min($x)$w", .grouping = WEIR_GROUPING_MIN}},
						     .put = min_put},
				      max_partial = {.values = {{.spark = "max($x)$w", .grouping = WEIR_GROUPING_MAX}},
						     .put = max_put};

const struct weir_accumulator_ops weir_least = {
    .bytes = extreme_bytes,
    .add = min_add,
    .merge = min_merge,
    .subtract = extreme_subtract,
    .widen = min_widen,
    .release = extreme_release,
    .may_go_stale = true,
    .compares = true,
    .tally = WEIR_SUMMED_LEAST,
    .partial = &min_partial,
};

const struct weir_accumulator_ops weir_greatest = {
    .bytes = extreme_bytes,
    .add = max_add,
    .merge = max_merge,
    .subtract = extreme_subtract,
    .widen = max_widen,
    .release = extreme_release,
    .may_go_stale = true,
    .compares = true,
    .tally = WEIR_SUMMED_GREATEST,
    .partial = &max_partial,
};

static struct weir_value extreme_value(const struct weir_aggregate_state *s)
{
	const struct weir_extreme *e = s->accumulators[0];
	if (!e->set)
		return (struct weir_value){.type = WEIR_NULL};
	return s->type == WEIR_STRING ? (struct weir_value){.type = s->type, .s = e->s}
				      : weir_key_value(s->type, e->key);
}

const struct weir_aggregate weir_aggregate_min = {
    .doc =
	{"min", "min(x)", "the least value", "min(price)", true,
	 "NaN is the greatest number; a column of numbers that becomes text after rows were counted has no least value: cast it"},
    .accumulators = {&weir_least},
    .value = extreme_value,
    .spark = "min($x)",
};

const struct weir_aggregate weir_aggregate_max = {
    .doc = {"max", "max(x)", "the greatest value", "max(price)", true, "as `min`"},
    .accumulators = {&weir_greatest},
    .value = extreme_value,
    .spark = "max($x)",
};
