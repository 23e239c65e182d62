/* distinct(x): how many different values (distinct.h); here is what of a value is hashed. */
#include "query/aggregate/aggregate.h"

#include <math.h>

static size_t distinct_bytes(enum weir_type type)
{
	(void)type;
	return sizeof(struct weir_distinct);
}

/* A whole number has the same hash as an integer and as a float, so that a column may widen. */
static uint64_t number_hash(double x)
{
	if (x >= -0x1p63 && x < 0x1p63 && x == trunc(x))
		return weir_int_hash((uint64_t)(int64_t)x);
	return weir_int_hash(weir_int_hash((uint64_t)weir_double_key(x)) +
			     1); /* the bits of 5e-324 are those of the integer 1 */
}

static uint64_t bool_hash(bool b)
{
	return weir_hash_mix(UINT64_C(0x9e3779b97f4a7c15), b); /* not that of a whole number */
}

/* The text of a number or a truth value has the hash of the value: what a column held before it became text is not counted
 * twice. Only as weir writes them, and whole floats not: "3.0" beside "3" is another text. */
static uint64_t text_hash(struct weir_str s)
{
	enum { NUMBER_MOST = 24 };
	char first = s.size ? s.data[0] : 0, text[32];
	int64_t i;
	double f;
	if (((unsigned char)(first - '0') <= 9 || first == '-') && s.size <= NUMBER_MOST) {
		if (weir_parse_int64(s, true, &i))
			return weir_int_hash((uint64_t)i);
		if (weir_parse_double(s, &f) && f != trunc(f) && weir_format_double(f, text) == s.size &&
		    memcmp(text, s.data, s.size) == 0)
			return number_hash(f);
	} else if ((first == 't' && weir_str_equal(s, WEIR_STR("true"))) ||
		   (first == 'f' && weir_str_equal(s, WEIR_STR("false")))) {
		return bool_hash(first == 't');
	}
	return weir_hash(s.data, s.size);
}

static uint64_t hash_at(const struct weir_values *v, uint32_t i)
{
	switch (v->type) {
	case WEIR_STRING:
		return text_hash(((const struct weir_str *)v->data)[i]);
	case WEIR_FLOAT64:
		return number_hash(((const double *)v->data)[i]);
	case WEIR_BOOL:
		return bool_hash(((const uint8_t *)v->data)[i]);
	default:
		return weir_int_hash((uint64_t)((const int64_t *)v->data)[i]);
	}
}

static bool distinct_add(void *array, const uint32_t *slots, const struct weir_values *v, struct weir_budget *budget)
{
	struct weir_distinct *d = array;
	for (uint32_t i = 0; i < v->n; i++)
		if (!weir_distinct_add(d + slots[i], hash_at(v, i), v->weights ? v->weights[i] : 1, v->lost, budget))
			return false;
	return true;
}

static bool distinct_merge(enum weir_type type, void *into, void *from, struct weir_budget *budget)
{
	(void)type;
	return weir_distinct_merge(into, from, budget);
}

static bool distinct_subtract(enum weir_type type, void *into, void *from, bool *stale, struct weir_budget *budget)
{
	(void)type;
	return weir_distinct_subtract(into, from, stale, budget);
}

static void distinct_release(enum weir_type type, void *accumulator, struct weir_budget *budget)
{
	(void)type;
	weir_distinct_release(accumulator, budget);
}

static int32_t change_of(const struct weir_partial_rows *was, const struct weir_partial_rows *is)
{
	uint64_t before = was ? was->n : 0, after = is->n, most = INT32_MAX;
	bool fewer = after < before;
	uint64_t by = fewer ? before - after : after - before;
	return (int32_t)(by < most ? by : most) * (fewer ? -1 : 1);
}

static bool distinct_put(enum weir_type type, void *accumulator, const struct weir_partial_rows *was,
			 const struct weir_partial_rows *is, bool *lost, struct weir_budget *budget)
{
	const struct weir_value *v = &is->split;
	struct weir_values one = {.n = 1, .type = type};
	uint8_t truth = type == WEIR_BOOL && v->b;
	int32_t rows = change_of(was, is);
	one.data = type == WEIR_STRING    ? (const void *)&v->s
		   : type == WEIR_FLOAT64 ? (const void *)&v->f
		   : type == WEIR_BOOL    ? (const void *)&truth
					  : (const void *)&v->i;
	*lost = *lost || rows == -INT32_MAX;
	return !rows || weir_distinct_add(accumulator, hash_at(&one, 0), rows, lost, budget);
}

static const struct weir_partial_form distinct_partial = {.split = WEIR_SPLIT_VALUES, .put = distinct_put};

const struct weir_accumulator_ops weir_distinct_values = {
    .bytes = distinct_bytes,
    .add = distinct_add,
    .merge = distinct_merge,
    .subtract = distinct_subtract,
    .release = distinct_release,
    .inverse = true,
    .may_go_stale = true,
    .partial = &distinct_partial,
};

static struct weir_value distinct_value(const struct weir_aggregate_state *s)
{
	return weir_count_value(weir_distinct_value(s->accumulators[0]));
}

const struct weir_aggregate weir_aggregate_distinct = {
    .doc = {"distinct", "distinct(x)", "how many different values", "distinct(host)", true,
	    "exact to 65,536 values, then within 2 % (standard error); of nothing it is 0"},
    .type = WEIR_INT64,
    .counts = true,
    .accumulators = {&weir_distinct_values},
    .value = distinct_value,
    .spark = "hll_sketch_estimate(hll_sketch_agg($t, 21))",
    .spark_note = "distinct is a few of 100,000 off there; here, exact to 65,536 and then within 2 %",
};
