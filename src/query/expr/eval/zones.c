/* What the least and greatest values of a segment's columns say of a condition on all of its rows ("small materialized
 * aggregates": Moerkotte, VLDB 1998). */
#include "query/expr/eval/eval.h"

#include <math.h>

/* k less x, as a sign, exactly. */
static int compare(const struct weir_bnode *k, double x)
{
	if (k->value.type == WEIR_FLOAT64)
		return (k->value.f > x) - (k->value.f < x);
	return weir_compare_int_double(k->value.i, x);
}

static struct weir_zone_answer of_comparison(const struct weir_bnode *b, const struct weir_zone *zones,
					     uint32_t n_zones, uint32_t n_rows)
{
	const struct weir_bnode *column = b->args[0], *k = b->args[1];
	bool number = column->type == WEIR_INT64 || column->type == WEIR_FLOAT64 || column->type == WEIR_TIMESTAMP;
	bool constant = k->constant && (k->value.type == WEIR_FLOAT64
					    ? !isnan(k->value.f)
					    : k->value.type == WEIR_INT64 || k->value.type == WEIR_TIMESTAMP);
	struct weir_zone_answer none = {true, false}, all = {false, true}, open = {false, false};
	if (!column->stored || !number || !constant || column->column < 0 || (uint32_t)column->column >= n_zones ||
	    !zones[column->column].known)
		return open;
	const struct weir_zone *z = &zones[column->column];
	int min = compare(k, z->min), max = compare(k, z->max);
	all.all = z->n_valid == n_rows;
	bool one = min == 0 && max == 0, outside = min < 0 || max > 0;
	switch ((enum weir_op)b->op) {
	case WEIR_OP_EQ:
		return outside ? none : one ? all : open;
	case WEIR_OP_NE:
		return outside ? all : one ? none : open;
	case WEIR_OP_LT:
		return max > 0 ? all : min <= 0 ? none : open;
	case WEIR_OP_LE:
		return max >= 0 ? all : min < 0 ? none : open;
	case WEIR_OP_GT:
		return min < 0 ? all : max >= 0 ? none : open;
	case WEIR_OP_GE:
		return min <= 0 ? all : max > 0 ? none : open;
	default:
		return open;
	}
}

static struct weir_zone_answer ask(const struct weir_bnode *b, const struct weir_zone *zones, uint32_t n_zones,
				   uint32_t n_rows)
{
	if (b->eval == weir_eval_compare)
		return of_comparison(b, zones, n_zones, n_rows);
	if (b->eval != weir_eval_and && b->eval != weir_eval_or)
		return (struct weir_zone_answer){false, false};
	bool and = b->eval == weir_eval_and;
	struct weir_zone_answer sum = {!and, and};
	for (uint32_t i = 0; i < b->n_args; i++) {
		struct weir_zone_answer one = ask(b->args[i], zones, n_zones, n_rows);
		sum.none = and? sum.none || one.none : sum.none && one.none;
		sum.all = and? sum.all && one.all : sum.all || one.all;
	}
	return sum;
}

struct weir_zone_answer weir_bound_zones(const struct weir_bound *b, const struct weir_zone *zones, uint32_t n_zones,
					 uint32_t n_rows)
{
	return ask(b->root, zones, n_zones, n_rows);
}
