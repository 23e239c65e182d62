/* Functions that go by the decimal digits of a number. */
#include "query/expr/bind/bind.h"
#include "query/expr/functions/functions.h"
#include "query/expr/spark/spark.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

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

static void round_spark(const struct weir_bnode *n, struct weir_spark_form *f)
{
	const struct weir_bnode *digits = n->n_args > 1 ? n->args[1] : NULL;

	if (digits && !digits->constant)
		f->note = "cannot be run: the number of digits of round must be a constant there";
	if (digits && digits->constant &&
	    (digits->value.type == WEIR_NULL || digits->value.i > 400 || digits->value.i < -400))
		digits = NULL; /* as good as no digit, or all of them */
	if (n->type == WEIR_FLOAT64)
		weir_buf_add_c(&f->text, n->n_args > 1 ? "round($0, #1)" : "round($0, 0)");
	else if (digits && digits->constant && digits->value.i >= 0)
		weir_buf_add_c(&f->text, "$0");
	else
		weir_buf_add_c(&f->text, "try_cast(round(CAST($0 AS DECIMAL(38,0)), #1) AS BIGINT)");
}

const struct weir_function weir_function_round = {
    .doc = {"round", "round(number[, digits])", "rounded, halves away from zero", "round(price, 1)", false},
    .min_args = 1,
    .max_args = 2,
    .bind = bind_round,
    .spark = round_spark};

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

static struct weir_bnode *whole_log_bucket(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode *x)
{
	struct weir_bnode *n = weir_bnode_new(b, e, WEIR_INT64, weir_eval_map_ii, 1, &x);

	if (n)
		n->map_ii = log_bucket_int;
	return weir_bind_finish(b, n);
}

static struct weir_bnode *bind_log_bucket(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	struct weir_bnode *x = weir_as_number(b, args[0]);

	if (!x)
		return NULL;
	if (x->type == WEIR_INT64)
		return whole_log_bucket(b, e, x);
	return weir_bind_finish(b, weir_row_node(b, e, WEIR_FLOAT64, log_bucket_row, 1, &x));
}

/* By the digits there, too: those behind the first become 0, and that one 1, 2 or 5. */
static void log_bucket_spark(const struct weir_bnode *n, struct weir_spark_form *f)
{
	if (n->type == WEIR_INT64)
		weir_buf_add_c(&f->text, "CAST(translate(regexp_replace(CAST($0 AS STRING), '(?<=[0-9])[0-9]', '0'), "
					 "'346789', '225555') AS BIGINT)");
	else
		weir_buf_add_c(&f->text, "CAST(concat(translate(regexp_replace(split_part(CAST($0 AS STRING), 'E', 1), "
					 "'(?<=[1-9][0-9.]{0,30})[0-9]', '0'), '346789', '225555'), "
					 "regexp_extract(CAST($0 AS STRING), 'E.*', 0)) AS DOUBLE)");
}

const struct weir_function weir_function_log_bucket = {.doc = {"log_bucket", "log_bucket(number)",
							       "the next of 1, 2, 5, 10, 20, 50, ... toward zero",
							       "log_bucket(price)", false},
						       .min_args = 1,
						       .max_args = 1,
						       .bind = bind_log_bucket,
						       .spark = log_bucket_spark};
