/* Functions on numbers. */
#include "query/expr/bind/bind.h"
#include "query/expr/functions/functions.h"

#include "weir/base/time.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

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

const struct weir_function weir_function_abs = {
    .doc = {"abs", "abs(number)", "the number without its sign", "abs(delta)", false},
    .min_args = 1,
    .max_args = 1,
    .bind = bind_abs};

static struct weir_bnode *bind_sqrt(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return map_double(b, e, args[0], sqrt_f);
}

const struct weir_function weir_function_sqrt = {
    .doc = {"sqrt", "sqrt(number)", "square root; NULL below zero", "sqrt(price)", false},
    .min_args = 1,
    .max_args = 1,
    .bind = bind_sqrt};

static struct weir_bnode *bind_ln(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return map_double(b, e, args[0], ln_f);
}

const struct weir_function weir_function_ln = {
    .doc = {"ln", "ln(number)", "natural logarithm; NULL unless above zero", "ln(price)", false},
    .min_args = 1,
    .max_args = 1,
    .bind = bind_ln};

static struct weir_bnode *bind_log10(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return map_double(b, e, args[0], log10_f);
}

const struct weir_function weir_function_log10 = {
    .doc = {"log10", "log10(number)", "decimal logarithm; NULL unless above zero", "log10(price)", false},
    .min_args = 1,
    .max_args = 1,
    .bind = bind_log10};

static struct weir_bnode *bind_exp(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return map_double(b, e, args[0], exp_f);
}

const struct weir_function weir_function_exp = {.doc = {"exp", "exp(number)", "e to that power", "exp(price)", false},
						.min_args = 1,
						.max_args = 1,
						.bind = bind_exp};

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
    .bind = bind_floor};

static struct weir_bnode *bind_ceil(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return to_whole(b, e, args[0], true);
}

const struct weir_function weir_function_ceil = {
    .doc = {"ceil", "ceil(number)", "the least integer not below it", "ceil(price)", false},
    .min_args = 1,
    .max_args = 1,
    .bind = bind_ceil};

/* Rounding is decimal: of the digits that the number is printed with, halves go away from zero; round(0.285, 2) is 0.29
 * although the double lies a little below. Far from a half a few multiplications find the same. */
enum { EXACT_POWERS = 23 }; /* powers of ten that a double holds exactly */

static double power_of_ten(int64_t n)
{
	static const double powers[EXACT_POWERS] = {1,    1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
						    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
						    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

	return powers[n];
}

/* False: too close to a half, too large, or too many digits. */
static bool round_fast(double x, int64_t digits, double *out)
{
	if (digits <= -EXACT_POWERS || digits >= EXACT_POWERS)
		return false;
	double power = power_of_ten(digits < 0 ? -digits : digits), scaled = digits < 0 ? x / power : x * power;
	if (!(fabs(scaled) < 0x1p40)) /* an ulp is less than a thousandth: */
		return false;
	double whole = trunc(scaled), rest = fabs(scaled - whole);
	if (fabs(rest - 0.5) < 0x1p-10)
		return false;
	whole += rest > 0.5 ? copysign(1, scaled) : 0;
	*out = whole == 0 ? 0 : digits < 0 ? whole * power : whole / power;
	return true;
}

/* The digits of a finite number that is not zero: 0.d1d2d3… times ten to the power of *exponent. Returns how many. */
static int decimal_digits(double x, char digits[24], int *exponent)
{
	char text[32];
	size_t size = weir_format_double(fabs(x), text);
	int n = 0, before = 0;
	bool point = false;

	*exponent = 0;
	for (size_t i = 0; i < size; i++) {
		if (text[i] == '.') {
			point = true;
		} else if (text[i] == 'e') {
			text[size] = 0;
			*exponent = (int)strtol(text + i + 1, NULL, 10);
			break;
		} else if (n || text[i] != '0') {
			digits[n++] = text[i];
			before += !point;
		} else {
			before -= point;
		}
	}
	*exponent += before;
	return n;
}

static bool round_slow(double x, int64_t digits, double *out)
{
	char text[64], number[24];
	int exponent, n = decimal_digits(x, number, &exponent);
	int64_t keep = exponent + digits; /* of the digits */

	*out = x;
	if (keep >= n)
		return true;
	*out = 0;
	if (keep < 0 || (keep == 0 && number[0] < '5'))
		return true;
	bool up = number[keep] >= '5';
	int64_t i = keep;
	while (up && i > 0 && number[i - 1] == '9')
		i--;
	if (up && i > 0)
		number[i - 1]++;
	int used = up && i == 0 ? snprintf(text, sizeof text, "1e%d", exponent)
				: snprintf(text, sizeof text, "0.%.*se%d", (int)i, number, exponent);
	bool read = weir_parse_double((struct weir_str){text, (size_t)used}, out);
	*out = copysign(*out, x);
	return read && isfinite(*out);
}

static bool round_row(struct weir_bnode *b, struct weir_arena *strings, const struct weir_cell *a,
		      struct weir_cell *out, bool *ok)
{
	int64_t digits = b->n_args > 1 ? a[1].i : 0;

	(void)strings;
	digits = digits > 400 ? 400 : digits < -400 ? -400 : digits;
	out->f = a[0].f;
	if (isfinite(out->f) && out->f != 0 && !round_fast(a[0].f, digits, &out->f))
		*ok = round_slow(a[0].f, digits, &out->f);
	return true;
}

static bool round_int_row(struct weir_bnode *b, struct weir_arena *strings, const struct weir_cell *a,
			  struct weir_cell *out, bool *ok)
{
	int64_t scale = 1;

	(void)b;
	(void)strings;
	out->i = a[0].i;
	if (a[1].i >= 0)
		return true;
	out->i = 0;
	if (a[1].i < -18) { /* ten to the 19th does not fit, half of it does */
		*ok = a[1].i < -19 || (a[0].i < INT64_C(5000000000000000000) && a[0].i > -INT64_C(5000000000000000000));
		return true;
	}
	for (int64_t d = a[1].i; d; d++)
		scale *= 10;
	int64_t rest = a[0].i % scale, base = a[0].i - rest;
	int64_t half = scale / 2;
	*ok = !__builtin_add_overflow(base, rest >= half ? scale : rest <= -half ? -scale : 0, &out->i);
	return true;
}

static struct weir_bnode *bind_round(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	struct weir_bnode *x = weir_as_number(b, args[0]);

	if (!x)
		return NULL;
	if (e->n_args > 1 && !(args[1] = weir_as_int(b, args[1])))
		return NULL;
	args[0] = x;
	if (x->type == WEIR_INT64)
		return e->n_args == 1 ? x
				      : weir_bind_finish(b, weir_row_node(b, e, WEIR_INT64, round_int_row, 2, args));
	return weir_bind_finish(b, weir_row_node(b, e, WEIR_FLOAT64, round_row, e->n_args, args));
}

const struct weir_function weir_function_round = {
    .doc = {"round", "round(number[, digits])", "rounded, halves away from zero", "round(price, 1)", false},
    .min_args = 1,
    .max_args = 2,
    .bind = bind_round};

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
    .bind = bind_power};

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

static void bucket_spark(const struct weir_expr *e, struct weir_buf *out)
{
	if (e->args[1]->kind == WEIR_EXPR_INTERVAL) {
		long long us = (long long)e->args[1]->interval_us;
		weir_buf_add_c(out, "timestamp_micros(floor(unix_micros(");
		weir_expr_spark(e->args[0], out);
		weir_buf_addf(out, ") / %lld) * %lld)", us, us);
		return;
	}
	weir_buf_add_c(out, "floor(");
	weir_expr_spark_operand(e->args[0], out);
	weir_buf_add_c(out, " / ");
	weir_expr_spark_operand(e->args[1], out);
	weir_buf_add_c(out, ") * ");
	weir_expr_spark_operand(e->args[1], out);
}

const struct weir_function weir_function_bucket = {
    .doc = {"bucket", "bucket(x, width)", "floor(x / width) * width; x may be a timestamp, width an interval",
	    "bucket(price, 10)", false},
    .min_args = 2,
    .max_args = 2,
    .bind = bind_bucket,
    .spark = bucket_spark,
    .spark_operator = true};

/* By the digits that the number is printed with: a product of powers would miss the nearest double now and then. */
static bool log_bucket_row(struct weir_bnode *b, struct weir_arena *strings, const struct weir_cell *a,
			   struct weir_cell *out, bool *ok)
{
	char digits[24] = "", text[32];
	int exponent;

	(void)b;
	(void)strings;
	(void)ok;
	out->f = a->f;
	if (a->f == 0 || !isfinite(a->f))
		return true;
	decimal_digits(a->f, digits, &exponent);
	int size = snprintf(text, sizeof text, "%ce%d",
			    digits[0] >= '5'   ? '5'
			    : digits[0] >= '2' ? '2'
					       : '1',
			    exponent - 1);
	if (weir_parse_double((struct weir_str){text, (size_t)size}, &out->f))
		out->f = copysign(out->f, a->f);
	return true;
}

static int64_t log_bucket_int(int64_t x, int64_t param, bool *ok)
{
	uint64_t size = x < 0 ? 0 - (uint64_t)x : (uint64_t)x, low = 1;

	(void)param;
	(void)ok;
	if (!x)
		return 0;
	while (low <= size / 10)
		low *= 10;
	low *= size / low >= 5 ? 5 : size / low >= 2 ? 2 : 1;
	return x < 0 ? -(int64_t)low : (int64_t)low;
}

static struct weir_bnode *bind_log_bucket(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	struct weir_bnode *x = weir_as_number(b, args[0]);

	if (!x)
		return NULL;
	if (x->type == WEIR_INT64)
		return map_int(b, e, x, log_bucket_int);
	return weir_bind_finish(b, weir_row_node(b, e, WEIR_FLOAT64, log_bucket_row, 1, &x));
}

/* 1, 2 or 5 times the power of ten below |x|, with x's sign. */
static void log_bucket_spark(const struct weir_expr *e, struct weir_buf *out)
{
	struct weir_buf arg = {0};

	weir_expr_spark(e->args[0], &arg);
	out->failed |= arg.failed;
	const char *a = arg.data ? arg.data : "";
	weir_buf_addf(out,
		      "CASE WHEN (%s) = 0 THEN 0D ELSE sign(%s) * power(10D, floor(log10(abs(%s)))) * "
		      "CASE WHEN abs(%s) >= 5 * power(10D, floor(log10(abs(%s)))) THEN 5 "
		      "WHEN abs(%s) >= 2 * power(10D, floor(log10(abs(%s)))) THEN 2 ELSE 1 END END",
		      a, a, a, a, a, a, a);
	weir_buf_release(&arg);
}

const struct weir_function weir_function_log_bucket = {.doc = {"log_bucket", "log_bucket(number)",
							       "the next of 1, 2, 5, 10, 20, 50, ... toward zero",
							       "log_bucket(price)", false},
						       .min_args = 1,
						       .max_args = 1,
						       .bind = bind_log_bucket,
						       .spark = log_bucket_spark};
