/* Functions on numbers. */
#include "query/expr/bind/bind.h"
#include "query/expr/functions/functions.h"
#include "query/expr/spark/spark.h"

#include "weir/base/time.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define LAST_DIGIT "the last digit of ln, log10, exp and power may differ"

static double abs_f(double x, bool *ok)
{
	(void)ok;
	return fabs(x);
}

static int64_t abs_i(int64_t x, int64_t param, bool *ok)
{
	(void)param;
	*ok = x != INT64_MIN;
	return *ok && x < 0 ? -x : x;
}

static double sqrt_f(double x, bool *ok)
{
	*ok = !(x < 0);
	return *ok ? sqrt(x) : 0;
}

static double ln_f(double x, bool *ok)
{
	*ok = !(x <= 0);
	return *ok ? log(x) : 0;
}

static double log10_f(double x, bool *ok)
{
	*ok = !(x <= 0);
	return *ok ? log10(x) : 0;
}

static double exp_f(double x, bool *ok)
{
	(void)ok;
	return exp(x);
}

static double sign_f(double x, bool *ok)
{
	(void)ok;
	return x > 0 ? 1 : x < 0 ? -1 : x; /* NaN stays */
}

static struct weir_bnode *map_double(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode *arg,
				     double (*map)(double, bool *))
{
	arg = weir_as_double(b, arg);
	struct weir_bnode *n = weir_bnode_new(b, e, WEIR_FLOAT64, weir_eval_map_ff, 1, &arg);
	if (n)
		n->map_ff = map;
	return weir_bind_finish(b, n);
}

static struct weir_bnode *map_int(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode *arg,
				  int64_t (*map)(int64_t, int64_t, bool *))
{
	struct weir_bnode *n = weir_bnode_new(b, e, arg->type, weir_eval_map_ii, 1, &arg);

	if (n)
		n->map_ii = map;
	return weir_bind_finish(b, n);
}

static struct weir_bnode *bind_abs(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	struct weir_bnode *x = args[0]->type == WEIR_INTERVAL ? args[0] : weir_as_number(b, args[0]);

	if (args[0]->type == WEIR_NULL) /* it may turn out an interval */
		return weir_null(b, e, WEIR_NULL);
	if (!x)
		return NULL;
	return x->type == WEIR_FLOAT64 ? map_double(b, e, x, abs_f) : map_int(b, e, x, abs_i);
}

static void abs_spark(const struct weir_bnode *n, struct weir_spark_form *f)
{
	weir_buf_add_c(&f->text, n->type == WEIR_FLOAT64 ? "abs($0)" : "abs(nullif($0, -9223372036854775808L))");
}

const struct weir_function weir_function_abs = {
    .doc = {"abs", "abs(number)", "the number without its sign", "abs(delta)", false},
    .min_args = 1,
    .max_args = 1,
    .bind = bind_abs,
    .spark = abs_spark};

static struct weir_bnode *bind_sqrt(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return map_double(b, e, args[0], sqrt_f);
}

const struct weir_function weir_function_sqrt = {
    .doc = {"sqrt", "sqrt(number)", "square root; NULL below zero", "sqrt(price)", false},
    .min_args = 1,
    .max_args = 1,
    .bind = bind_sqrt,
    .spark_form = "CASE WHEN @0 < 0D THEN CAST(NULL AS DOUBLE) ELSE sqrt($0) END"};

static struct weir_bnode *bind_ln(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return map_double(b, e, args[0], ln_f);
}

const struct weir_function weir_function_ln = {
    .doc = {"ln", "ln(number)", "natural logarithm; NULL unless above zero", "ln(price)", false},
    .min_args = 1,
    .max_args = 1,
    .bind = bind_ln,
    .spark_note = LAST_DIGIT};

static struct weir_bnode *bind_log10(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return map_double(b, e, args[0], log10_f);
}

const struct weir_function weir_function_log10 = {
    .doc = {"log10", "log10(number)", "decimal logarithm; NULL unless above zero", "log10(price)", false},
    .min_args = 1,
    .max_args = 1,
    .bind = bind_log10,
    .spark_note = LAST_DIGIT};

static struct weir_bnode *bind_exp(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return map_double(b, e, args[0], exp_f);
}

const struct weir_function weir_function_exp = {.doc = {"exp", "exp(number)", "e to that power", "exp(price)", false},
						.min_args = 1,
						.max_args = 1,
						.bind = bind_exp,
						.spark_note = LAST_DIGIT};

static struct weir_bnode *bind_sign(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return map_double(b, e, args[0], sign_f);
}

const struct weir_function weir_function_sign = {
    .doc = {"sign", "sign(number)", "-1.0, 0.0 or 1.0", "sign(delta)", false},
    .min_args = 1,
    .max_args = 1,
    .bind = bind_sign};

static bool floor_row(struct weir_bnode *b, struct weir_arena *strings, const struct weir_cell *a,
		      struct weir_cell *out, bool *ok)
{
	(void)strings;
	*ok = weir_double_to_int64(b->param ? ceil(a->f) : floor(a->f), &out->i);
	return true;
}

/* To int64, as Spark does; an integer is its own floor. */
static struct weir_bnode *to_whole(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode *x, bool up)
{
	x = weir_as_number(b, x);
	if (!x || x->type == WEIR_INT64)
		return x;
	struct weir_bnode *n = weir_row_node(b, e, WEIR_INT64, floor_row, 1, &x);
	if (n)
		n->param = up;
	return weir_bind_finish(b, n);
}

static struct weir_bnode *bind_floor(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return to_whole(b, e, args[0], false);
}

const struct weir_function weir_function_floor = {
    .doc = {"floor", "floor(number)", "the greatest integer not above it", "floor(price)", false},
    .min_args = 1,
    .max_args = 1,
    .bind = bind_floor,
    .spark_form = "CASE WHEN @0 >= -9223372036854775808D AND @0 < 9223372036854775808D THEN floor($0) END"};

static struct weir_bnode *bind_ceil(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return to_whole(b, e, args[0], true);
}

const struct weir_function weir_function_ceil = {
    .doc = {"ceil", "ceil(number)", "the least integer not below it", "ceil(price)", false},
    .min_args = 1,
    .max_args = 1,
    .bind = bind_ceil,
    .spark_form = "CASE WHEN @0 >= -9223372036854775808D AND @0 < 9223372036854775808D THEN ceil($0) END"};

static bool power_row(struct weir_bnode *b, struct weir_arena *strings, const struct weir_cell *a,
		      struct weir_cell *out, bool *ok)
{
	(void)b;
	(void)strings;
	out->f = pow(a[0].f, a[1].f);
	*ok = !isnan(out->f) || isnan(a[0].f) || isnan(a[1].f);
	return true;
}

static struct weir_bnode *bind_power(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	args[0] = weir_as_double(b, args[0]);
	args[1] = args[0] ? weir_as_double(b, args[1]) : NULL;
	return weir_bind_finish(b, weir_row_node(b, e, WEIR_FLOAT64, power_row, 2, args));
}

const struct weir_function weir_function_power = {
    .doc = {"power", "power(number, exponent)", "number to that power", "power(price, 2)", false},
    .min_args = 2,
    .max_args = 2,
    .bind = bind_power,
    .spark_form = "nanvl(power($*), CAST(NULL AS DOUBLE))",
    .spark_note = LAST_DIGIT};

static bool bucket_int_row(struct weir_bnode *b, struct weir_arena *strings, const struct weir_cell *a,
			   struct weir_cell *out, bool *ok)
{
	int64_t x = a[0].i, width = a[1].i;

	(void)strings;
	*ok = width > 0;
	if (!*ok)
		return true;
	int64_t rest = x % width;
	*ok = !__builtin_sub_overflow(x, rest < 0 ? rest + width : rest, &out->i) &&
	      (b->type != WEIR_TIMESTAMP || weir_time_exists(out->i));
	return true;
}

static bool bucket_double_row(struct weir_bnode *b, struct weir_arena *strings, const struct weir_cell *a,
			      struct weir_cell *out, bool *ok)
{
	(void)b;
	(void)strings;
	*ok = a[1].f > 0;
	out->f = *ok ? floor(a[0].f / a[1].f) * a[1].f : 0;
	return true;
}

static struct weir_bnode *bind_bucket(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	if (args[0]->type == WEIR_NULL)
		return weir_null(b, e, WEIR_NULL);
	if (args[1]->type == WEIR_INTERVAL) {
		if (args[0]->type != WEIR_INTERVAL && !(args[0] = weir_as_time(b, args[0])))
			return NULL;
		return weir_bind_finish(b, weir_row_node(b, e, args[0]->type, bucket_int_row, 2, args));
	}
	args[0] = weir_as_number(b, args[0]);
	args[1] = args[0] ? weir_as_number(b, args[1]) : NULL;
	if (!args[1])
		return NULL;
	enum weir_type type = weir_type_widen(args[0]->type, args[1]->type);
	args[0] = weir_cast_node(b, args[0], type);
	args[1] = weir_cast_node(b, args[1], type);
	return weir_bind_finish(
	    b, weir_row_node(b, e, type, type == WEIR_INT64 ? bucket_int_row : bucket_double_row, 2, args));
}

static void bucket_spark(const struct weir_bnode *n, struct weir_spark_form *f)
{
	const struct weir_bnode *width = n->args[1];
	bool real = n->type == WEIR_FLOAT64;
	bool above =
	    width->constant && width->value.type != WEIR_NULL && (real ? width->value.f > 0 : width->value.i > 0);

	weir_buf_add_c(&f->text, above ? "" : real ? "CASE WHEN @1 > 0D THEN " : "CASE WHEN @1 > 0L THEN ");
	if (n->type == WEIR_TIMESTAMP) /* the first one of all begins before the year 1 */
		weir_buf_addf(&f->text,
			      "timestamp_micros(CASE WHEN unix_micros($0) - pmod(unix_micros($0), $1) >= %lldL "
			      "THEN unix_micros($0) - pmod(unix_micros($0), $1) END)",
			      (long long)WEIR_TIME_FIRST_US);
	else if (real) /* there, floor gives a bigint */
		weir_buf_add_c(&f->text,
			       "CASE WHEN abs(@0 / @1) < 9007199254740992D THEN CAST(floor(@0 / @1) AS DOUBLE) "
			       "ELSE @0 / @1 END * @1");
	else
		weir_buf_add_c(&f->text, "try_subtract($0, pmod($0, $1))");
	weir_buf_add_c(&f->text, above ? "" : " END");
	f->level = real && above ? WEIR_SPARK_PRODUCT : WEIR_SPARK_CALL;
}

const struct weir_function weir_function_bucket = {
    .doc = {"bucket", "bucket(x, width)", "floor(x / width) * width; x may be a timestamp, width an interval",
	    "bucket(price, 10)", false},
    .min_args = 2,
    .max_args = 2,
    .bind = bind_bucket,
    .spark = bucket_spark};
