/* first(x), last(x): the value of the first and of the last row, by event time and position. */
#include "query/aggregate/aggregate.h"

struct pick {
	bool set;
	struct weir_order order;
	union {
		int64_t i;         /* BOOL, INT64, TIMESTAMP, bits of FLOAT64 */
		struct weir_str s; /* owned copy */
	};
};

static size_t pick_bytes(enum weir_type type)
{
	(void)type;
	return sizeof(struct pick);
}

static bool offer_pick(struct pick *p, const struct weir_order *order, bool last)
{
	int c = p->set ? weir_order_compare(order, &p->order) : 0;
	return !p->set || (last ? c > 0 : c < 0);
}

static int64_t cell_at(const struct weir_values *v, uint32_t i)
{
	return v->type == WEIR_FLOAT64 ? (int64_t)weir_double_bits(((const double *)v->data)[i])
	       : v->type == WEIR_BOOL  ? ((const uint8_t *)v->data)[i]
				       : ((const int64_t *)v->data)[i];
}

static bool pick_add(void *array, const uint32_t *slots, const struct weir_values *v, bool last,
		     struct weir_budget *budget)
{
	struct pick *picks = array;
	for (uint32_t i = 0; i < v->n; i++) {
		struct pick *p = picks + slots[i];
		if (!offer_pick(p, v->order + i, last))
			continue;
		if (v->type != WEIR_STRING)
			p->i = cell_at(v, i);
		else if (!weir_text_keep(&p->s, ((const struct weir_str *)v->data)[i], budget))
			return false;
		p->set = true;
		p->order = v->order[i];
	}
	return true;
}

static bool first_add(void *array, const uint32_t *slots, const struct weir_values *values, struct weir_budget *budget)
{
	return pick_add(array, slots, values, false, budget);
}

static bool last_add(void *array, const uint32_t *slots, const struct weir_values *values, struct weir_budget *budget)
{
	return pick_add(array, slots, values, true, budget);
}

static bool pick_merge(enum weir_type type, struct pick *into, const struct pick *from, bool last,
		       struct weir_budget *budget)
{
	if (!from->set || !offer_pick(into, &from->order, last))
		return true;
	if (type != WEIR_STRING)
		into->i = from->i;
	else if (!weir_text_keep(&into->s, from->s, budget))
		return false;
	into->set = true;
	into->order = from->order;
	return true;
}

static bool first_merge(enum weir_type type, void *into, void *from, struct weir_budget *budget)
{
	return pick_merge(type, into, from, false, budget);
}

static bool last_merge(enum weir_type type, void *into, void *from, struct weir_budget *budget)
{
	return pick_merge(type, into, from, true, budget);
}

static bool pick_subtract(enum weir_type type, void *into, void *from, bool *stale, struct weir_budget *budget)
{
	const struct pick *a = into, *b = from;
	(void)type, (void)budget;
	if (b->set)
		*stale = weir_order_compare(&a->order, &b->order) == 0;
	return true;
}

static void pick_release(enum weir_type type, void *accumulator, struct weir_budget *budget)
{
	struct pick *p = accumulator;
	if (type == WEIR_STRING && p->set)
		weir_text_drop(&p->s, budget);
}

static struct weir_value cell_value(enum weir_type type, int64_t cell)
{
	struct weir_value v = {.type = type, .i = cell};
	if (type == WEIR_BOOL)
		v = (struct weir_value){.type = type, .b = cell != 0};
	else if (type == WEIR_FLOAT64)
		memcpy(&v.f, &cell, sizeof v.f);
	return v;
}

static bool pick_widen(enum weir_type to, struct pick *into, enum weir_type type, const struct pick *from, bool last,
		       struct weir_budget *budget)
{
	struct pick p = {.set = true, .order = from->order};
	struct weir_value v = cell_value(type, from->i);
	if (!from->set)
		return true;
	if (to == WEIR_FLOAT64)
		p.i = (int64_t)weir_double_bits((double)from->i);
	else if (!weir_text_keep_value(&p.s, &v, budget))
		return false;
	bool ok = pick_merge(to, into, &p, last, budget);
	pick_release(to, &p, budget);
	return ok;
}

static bool first_widen(enum weir_type to, void *into, enum weir_type type, void *from, struct weir_budget *budget)
{
	return pick_widen(to, into, type, from, false, budget);
}

static bool last_widen(enum weir_type to, void *into, enum weir_type type, void *from, struct weir_budget *budget)
{
	return pick_widen(to, into, type, from, true, budget);
}

/* Value, time, offset and source of a partial row; text borrowed. */
static struct pick pick_of(enum weir_type type, const struct weir_value *v)
{
	struct pick p = {.set = v[0].type != WEIR_NULL};
	int64_t time_us = v[1].type == WEIR_NULL ? WEIR_TIME_NONE : v[1].i;
	p.order = (struct weir_order){.time_us = time_us, .position = v[2].i, .source = (uint32_t)v[3].i};
	if (type == WEIR_STRING)
		p.s = v[0].s;
	else
		p.i = type == WEIR_FLOAT64 ? (int64_t)weir_double_bits(v[0].f) : type == WEIR_BOOL ? v[0].b : v[0].i;
	return p;
}

static bool pick_put(enum weir_type type, void *accumulator, const struct weir_partial_rows *was,
		     const struct weir_partial_rows *is, bool last, bool *lost, struct weir_budget *budget)
{
	struct pick p = pick_of(type, is->values);
	if (was && was->values[0].type != WEIR_NULL) {
		struct pick w = pick_of(type, was->values);
		int c = p.set ? weir_order_compare(&p.order, &w.order) : 0;
		*lost = *lost || !p.set || (last ? c < 0 : c > 0);
	}
	return pick_merge(type, accumulator, &p, last, budget);
}

static bool first_put(enum weir_type type, void *accumulator, const struct weir_partial_rows *was,
		      const struct weir_partial_rows *is, bool *lost, struct weir_budget *budget)
{
	return pick_put(type, accumulator, was, is, false, lost, budget);
}

static bool last_put(enum weir_type type, void *accumulator, const struct weir_partial_rows *was,
		     const struct weir_partial_rows *is, bool *lost, struct weir_budget *budget)
{
	return pick_put(type, accumulator, was, is, true, lost, budget);
}

/* $o is a struct of `t`, `o` and `s`: time, offset and source. */
#define PICK(of)                                                                                                       \
	{                                                                                                              \
		{.spark = of "_by($x, $o)$n"}, {.spark = "unix_micros((" of "($o)$n).t)", .type = WEIR_INT64},         \
		    {.spark = "(" of "($o)$n).o", .type = WEIR_INT64},                                                 \
		{                                                                                                      \
			.spark = "(" of "($o)$n).s", .type = WEIR_INT64                                                \
		}                                                                                                      \
	}
static const struct weir_partial_form first_partial = {.values = PICK("min"), .put = first_put},
				      last_partial = {.values = PICK("max"), .put = last_put};

const struct weir_accumulator_ops weir_first = {
    .bytes = pick_bytes,
    .add = first_add,
    .merge = first_merge,
    .subtract = pick_subtract,
    .widen = first_widen,
    .release = pick_release,
    .may_go_stale = true,
    .ordered = true,
    .partial = &first_partial,
};

const struct weir_accumulator_ops weir_last = {
    .bytes = pick_bytes,
    .add = last_add,
    .merge = last_merge,
    .subtract = pick_subtract,
    .widen = last_widen,
    .release = pick_release,
    .may_go_stale = true,
    .ordered = true,
    .partial = &last_partial,
};

static struct weir_value pick_value(const struct weir_aggregate_state *s)
{
	const struct pick *p = s->accumulators[0];
	if (!p->set)
		return (struct weir_value){.type = WEIR_NULL};
	if (s->type == WEIR_STRING)
		return (struct weir_value){.type = WEIR_STRING, .s = p->s};
	return cell_value(s->type, p->i);
}

const struct weir_aggregate weir_aggregate_first = {
    .doc = {"first", "first(x)", "the value of the earliest row", "first(host)", true,
	    "by event time, then position; rows without a time come before all others"},
    .accumulators = {&weir_first},
    .value = pick_value,
    .spark = "min_by($x, $o)$n",
};

const struct weir_aggregate weir_aggregate_last = {
    .doc = {"last", "last(x)", "the value of the latest row", "last(host)", true, "as `first`"},
    .accumulators = {&weir_last},
    .value = pick_value,
    .spark = "max_by($x, $o)$n",
};
