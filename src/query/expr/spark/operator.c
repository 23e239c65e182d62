/* Forms of operators, comparisons and what chooses among values. */
#include "query/expr/eval/eval.h"
#include "query/expr/spark/literal.h"
#include "query/expr/spark/spark.h"

#include "weir/base/time.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const char *sign_of(enum weir_op op)
{
	static const char *const signs[] = {
	    [WEIR_OP_EQ] = "=",  [WEIR_OP_NE] = "<>", [WEIR_OP_LT] = "<",  [WEIR_OP_LE] = "<=",
	    [WEIR_OP_GT] = ">",  [WEIR_OP_GE] = ">=", [WEIR_OP_ADD] = "+", [WEIR_OP_SUB] = "-",
	    [WEIR_OP_MUL] = "*", [WEIR_OP_DIV] = "/", [WEIR_OP_MOD] = "%",
	};

	return signs[op];
}

static void infix(const char *sign, enum weir_spark_level level, struct weir_spark_form *f)
{
	weir_buf_addf(&f->text, "@0 %s @1", sign);
	f->level = level;
}

/* ---- arithmetic ---- */

/* A time that is moved by a constant leaves the calendar on one side only. */
static void moved_time(const struct weir_bnode *n, struct weir_spark_form *f)
{
	bool first = n->args[0]->type == WEIR_INTERVAL;
	const struct weir_bnode *interval = n->args[first ? 0 : 1];
	char time = first ? '1' : '0';
	int64_t us, limit;

	if (!interval->constant || interval->value.type == WEIR_NULL || interval->value.i == INT64_MIN) {
		const char *move = n->op == WEIR_OP_SUB ? "try_subtract" : "try_add";
		char moved[80];
		snprintf(moved, sizeof moved, "%s(unix_micros($%c), $%c)", move, time, first ? '0' : '1');
		weir_buf_addf(&f->text, "CASE WHEN %s BETWEEN %lldL AND %lldL THEN timestamp_micros(%s) END", moved,
			      (long long)WEIR_TIME_FIRST_US, (long long)WEIR_TIME_LAST_US, moved);
		return;
	}
	us = n->op == WEIR_OP_SUB ? -interval->value.i : interval->value.i;
	if (__builtin_sub_overflow(us < 0 ? WEIR_TIME_FIRST_US : WEIR_TIME_LAST_US, us, &limit) ||
	    !weir_time_exists(limit)) {
		weir_buf_add_c(&f->text, "CAST(NULL AS TIMESTAMP)");
		return;
	}
	weir_buf_addf(&f->text, "CASE WHEN @%c %s ", time, us < 0 ? ">=" : "<=");
	weir_spark_time(limit, &f->text);
	weir_buf_addf(&f->text, " THEN @%c %c INTERVAL '", time, us < 0 ? '-' : '+');
	if (llabs(us) % WEIR_US_PER_S)
		weir_buf_addf(&f->text, "%lld.%06d", llabs(us) / WEIR_US_PER_S, (int)(llabs(us) % WEIR_US_PER_S));
	else
		weir_buf_addf(&f->text, "%lld", llabs(us) / WEIR_US_PER_S);
	weir_buf_add_c(&f->text, "' SECOND END");
}

static void arithmetic(const struct weir_bnode *n, struct weir_spark_form *f)
{
	static const char *const whole[] = {
	    [WEIR_OP_ADD] = "try_add($0, $1)", /* + wraps */
	    [WEIR_OP_SUB] = "try_subtract($0, $1)",
	    [WEIR_OP_MUL] = "try_multiply($0, $1)",
	};

	if (n->type == WEIR_TIMESTAMP) {
		moved_time(n, f);
	} else if (n->args[0]->type == WEIR_TIMESTAMP) {
		weir_buf_add_c(&f->text, "unix_micros($0) - unix_micros($1)");
		f->level = WEIR_SPARK_SUM;
	} else if (n->type == WEIR_FLOAT64 || n->op == WEIR_OP_MOD) {
		bool sum = n->op == WEIR_OP_ADD || n->op == WEIR_OP_SUB;
		infix(sign_of(n->op), sum ? WEIR_SPARK_SUM : WEIR_SPARK_PRODUCT, f);
	} else {
		weir_buf_add_c(&f->text, whole[n->op]);
	}
}

static void negation(const struct weir_bnode *n, struct weir_spark_form *f)
{
	bool real = n->type == WEIR_FLOAT64;

	f->level = real ? WEIR_SPARK_PRODUCT : WEIR_SPARK_CALL;
	weir_buf_add_c(&f->text, real ? "- @0" : "try_subtract(0L, $0)");
}

/* ---- comparisons ---- */

/* A whole number beside a float that is known. Rounding to a double does not cross one that is small. */
static bool int_with_constant(const struct weir_bnode *n, struct weir_spark_form *f)
{
	const struct weir_bnode *k = n->args[1];
	double v = k->value.f;

	if (!k->constant || k->value.type == WEIR_NULL || n->args[0]->type != WEIR_INT64)
		return false;
	if (fabs(v) < 0x1p53 || !isfinite(v)) {
		weir_buf_addf(&f->text, "CAST($0 AS DOUBLE) %s $1", sign_of(n->op));
		f->level = WEIR_SPARK_COMPARISON;
	} else if (fabs(v) < 0x1p63) {
		weir_buf_addf(&f->text, "@0 %s %lldL", sign_of(n->op), (long long)v);
		f->level = WEIR_SPARK_COMPARISON;
	} else {
		bool less = n->op == WEIR_OP_LT || n->op == WEIR_OP_LE,
		     more = n->op == WEIR_OP_GT || n->op == WEIR_OP_GE;
		bool holds = n->op == WEIR_OP_NE || (v > 0 ? less : more);
		weir_buf_addf(&f->text, "CASE WHEN $0 IS NOT NULL THEN %s END", holds ? "true" : "false");
	}
	return true;
}

/* A whole number beside a float: as doubles where these differ, else exactly. */
static void int_with_float(const struct weir_bnode *n, struct weir_spark_form *f)
{
	bool first = n->args[0]->type == WEIR_INT64;
	const char *sign = sign_of(n->op);

	if (int_with_constant(n, f))
		return;
	weir_buf_addf(
	    &f->text,
	    first
		? "CASE WHEN CAST($0 AS DOUBLE) <> @1 THEN CAST($0 AS DOUBLE) %s @1 ELSE @0 %s CAST($1 AS BIGINT) END"
		: "CASE WHEN @0 <> CAST($1 AS DOUBLE) THEN @0 %s CAST($1 AS DOUBLE) ELSE CAST($0 AS BIGINT) %s @1 END",
	    sign, sign);
}

static void compare(const struct weir_bnode *n, struct weir_spark_form *f)
{
	if (n->args[0]->type == n->args[1]->type)
		infix(sign_of(n->op), WEIR_SPARK_COMPARISON, f);
	else
		int_with_float(n, f);
}

/* The order of a text and a whole number: -1, 0 or 1. */
void weir_spark_order(const struct weir_bnode *n, struct weir_spark_form *f)
{
	const struct weir_bnode *number = n->args[1];

	if (number->type == WEIR_STRING && number->value.s.size > 38)
		f->note = "whole numbers of more than 38 digits are compared as floats";
	weir_buf_add_c(&f->text,
		       "CASE WHEN $0 RLIKE '^\\\\s*[-+]?[0-9]{1,38}\\\\s*$' "
		       "THEN CAST(sign(CAST(trim($0) AS DECIMAL(38,0)) - CAST($1 AS DECIMAL(38,0))) AS BIGINT) "
		       "ELSE CAST(sign(nanvl(" WEIR_SPARK_NUMBER
		       ", CAST('Infinity' AS DOUBLE)) - CAST($1 AS DOUBLE)) AS BIGINT) END");
}

static void in_set(const struct weir_bnode *n, struct weir_spark_form *f)
{
	enum weir_type type = n->args[0]->type;

	for (uint32_t i = 0; i < n->n_set; i++) {
		struct weir_value v = {.type = type};
		if (type == WEIR_STRING)
			v.s = ((const struct weir_str *)n->set)[i];
		else if (type == WEIR_FLOAT64)
			v.f = ((const double *)n->set)[i];
		else
			v.i = ((const int64_t *)n->set)[i];
		weir_buf_add_c(&f->extra, i ? ", " : "");
		weir_spark_literal(type, &v, &f->extra);
	}
	if (n->set_has_null)
		weir_buf_addf(&f->extra, "%sCAST(NULL AS %s)", n->n_set ? ", " : "", weir_spark_type(type));
	weir_buf_add_c(&f->text, "@0 ~IN ($p)");
	f->level = WEIR_SPARK_COMPARISON;
}

/* ---- logic ---- */

static bool is_comparison(const struct weir_bnode *n, enum weir_op op)
{
	return n->eval == weir_eval_compare && !n->constant && n->op == op && n->args[0]->type == n->args[1]->type;
}

/* x >= a and x <= b of one x, as between is bound. */
static bool is_between(const struct weir_bnode *n)
{
	return n->source->kind == WEIR_EXPR_CALL && n->source->op == WEIR_OP_BETWEEN &&
	       is_comparison(n->args[0], WEIR_OP_GE) && is_comparison(n->args[1], WEIR_OP_LE) &&
	       n->args[0]->args[0] == n->args[1]->args[0];
}

static void take_args(struct weir_spark_form *f, struct weir_bnode *a, struct weir_bnode *b, struct weir_bnode *c)
{
	f->args[0] = a;
	f->args[1] = b;
	f->args[2] = c;
	f->n_args = c ? 3 : 2;
}

static void all_of(const struct weir_bnode *n, struct weir_spark_form *f)
{
	if (is_between(n)) {
		take_args(f, n->args[0]->args[0], n->args[0]->args[1], n->args[1]->args[1]);
		weir_buf_add_c(&f->text, "@0 ~BETWEEN @1 AND @2");
		f->level = WEIR_SPARK_COMPARISON;
		return;
	}
	for (uint32_t i = 0; i < n->n_args; i++)
		weir_buf_addf(&f->text, "%s@%u", i ? " AND " : "", (unsigned)i);
	f->level = WEIR_SPARK_AND;
}

static void any_of(const struct weir_bnode *n, struct weir_spark_form *f)
{
	for (uint32_t i = 0; i < n->n_args; i++)
		weir_buf_addf(&f->text, "%s@%u", i ? " OR " : "", (unsigned)i);
	f->level = WEIR_SPARK_OR;
}

static void cases(const struct weir_bnode *n, struct weir_spark_form *f)
{
	uint32_t i = 0;

	weir_buf_add_c(&f->text, "CASE");
	for (; i + 1 < n->n_args; i += 2)
		weir_buf_addf(&f->text, " WHEN $%u THEN $%u", (unsigned)i, (unsigned)i + 1);
	if (n->has_else)
		weir_buf_addf(&f->text, " ELSE $%u", (unsigned)i);
	weir_buf_add_c(&f->text, " END");
}

static void null_if(const struct weir_bnode *n, struct weir_spark_form *f)
{
	struct weir_bnode *equal = n->args[1];

	if (is_comparison(equal, WEIR_OP_EQ) && equal->args[0] == n->args[0]) {
		take_args(f, n->args[0], equal->args[1], NULL);
		weir_buf_add_c(&f->text, "nullif($0, $1)");
		return;
	}
	weir_buf_addf(&f->text, "CASE WHEN $1 THEN CAST(NULL AS %s) ELSE $0 END", weir_spark_type(n->type));
}

static void is_null(const struct weir_bnode *n, struct weir_spark_form *f)
{
	(void)n;
	weir_buf_add_c(&f->text, "@0 IS ~NULL");
	f->level = WEIR_SPARK_COMPARISON;
}

static void first_of(const struct weir_bnode *n, struct weir_spark_form *f)
{
	(void)n;
	weir_buf_add_c(&f->text, "coalesce($*)");
}

static void extreme(const struct weir_bnode *n, struct weir_spark_form *f)
{
	weir_buf_add_c(&f->text, n->param ? "greatest($*)" : "least($*)");
}

void weir_spark_operator(const struct weir_bnode *n, struct weir_spark_form *f)
{
	static const struct {
		weir_eval_fn eval;
		weir_spark_form_fn *form;
	} forms[] = {
	    {weir_eval_arith, arithmetic}, {weir_eval_negate, negation},   {weir_eval_compare, compare},
	    {weir_eval_in, in_set},        {weir_eval_and, all_of},        {weir_eval_or, any_of},
	    {weir_eval_is_null, is_null},  {weir_eval_case, cases},        {weir_eval_nullif, null_if},
	    {weir_eval_extreme, extreme},  {weir_eval_coalesce, first_of},
	};

	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
		if (n->eval == forms[i].eval)
			forms[i].form(n, f);
}
