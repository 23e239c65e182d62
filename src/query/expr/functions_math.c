/* Functions on numbers. */
#include "bind.h"

#include <math.h>

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

struct weir_bnode *weir_bind_abs(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	struct weir_bnode *x = args[0]->type == WEIR_INTERVAL ? args[0] : weir_as_number(b, args[0]);

	if (!x)
		return NULL;
	return x->type == WEIR_FLOAT64 ? map_double(b, e, x, abs_f) : map_int(b, e, x, abs_i);
}

struct weir_bnode *weir_bind_sqrt(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return map_double(b, e, args[0], sqrt_f);
}

struct weir_bnode *weir_bind_ln(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return map_double(b, e, args[0], ln_f);
}

struct weir_bnode *weir_bind_log10(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return map_double(b, e, args[0], log10_f);
}

struct weir_bnode *weir_bind_exp(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return map_double(b, e, args[0], exp_f);
}

struct weir_bnode *weir_bind_sign(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return map_double(b, e, args[0], sign_f);
}

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

struct weir_bnode *weir_bind_floor(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return to_whole(b, e, args[0], false);
}

struct weir_bnode *weir_bind_ceil(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return to_whole(b, e, args[0], true);
}

/* Halves go away from zero, and 0.285 to two digits is 0.29: what looks like a half in decimal counts as one although
 * the double lies a little below it. */
static double round_half_away(double x)
{
	double whole = trunc(x), rest = fabs(x - whole);
	double slack = 4 * (nextafter(fabs(x), INFINITY) - fabs(x));

	return rest >= 0.5 - slack ? whole + copysign(1, x) : whole;
}

static bool round_row(struct weir_bnode *b, struct weir_arena *strings, const struct weir_cell *a,
		      struct weir_cell *out, bool *ok)
{
	int64_t digits = b->n_args > 1 ? a[1].i : 0;
	double x = a[0].f, scale, scaled;

	(void)strings;
	(void)ok;
	digits = digits > 308 ? 308 : digits < -308 ? -308 : digits;
	scale = pow(10, (double)(digits < 0 ? -digits : digits));
	scaled = digits < 0 ? x / scale : x * scale;
	if (!isfinite(x) || !isfinite(scaled) || fabs(scaled) >= 0x1p52)
		out->f = x;
	else
		out->f = digits < 0 ? round_half_away(scaled) * scale : round_half_away(scaled) / scale;
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
	if (a[1].i < -18)
		return true;
	for (int64_t d = a[1].i; d; d++)
		scale *= 10;
	int64_t rest = a[0].i % scale, base = a[0].i - rest;
	int64_t half = scale / 2;
	*ok = !__builtin_add_overflow(base, rest >= half ? scale : rest <= -half ? -scale : 0, &out->i);
	return true;
}

struct weir_bnode *weir_bind_round(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
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

static bool power_row(struct weir_bnode *b, struct weir_arena *strings, const struct weir_cell *a,
		      struct weir_cell *out, bool *ok)
{
	(void)b;
	(void)strings;
	out->f = pow(a[0].f, a[1].f);
	*ok = !isnan(out->f) || isnan(a[0].f) || isnan(a[1].f);
	return true;
}

struct weir_bnode *weir_bind_power(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	args[0] = weir_as_double(b, args[0]);
	args[1] = args[0] ? weir_as_double(b, args[1]) : NULL;
	return weir_bind_finish(b, weir_row_node(b, e, WEIR_FLOAT64, power_row, 2, args));
}

static bool bucket_int_row(struct weir_bnode *b, struct weir_arena *strings, const struct weir_cell *a,
			   struct weir_cell *out, bool *ok)
{
	int64_t x = a[0].i, width = a[1].i;

	(void)b;
	(void)strings;
	*ok = width > 0;
	if (!*ok)
		return true;
	int64_t rest = x % width;
	*ok = !__builtin_sub_overflow(x, rest < 0 ? rest + width : rest, &out->i);
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

struct weir_bnode *weir_bind_bucket(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
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

static bool log_bucket_row(struct weir_bnode *b, struct weir_arena *strings, const struct weir_cell *a,
			   struct weir_cell *out, bool *ok)
{
	double x = fabs(a->f);

	(void)b;
	(void)strings;
	(void)ok;
	out->f = a->f;
	if (x == 0 || !isfinite(x))
		return true;
	double low = pow(10, floor(log10(x)));
	if (low > x) /* log10 rounded up over a power of ten */
		low /= 10;
	else if (low * 10 <= x)
		low *= 10;
	out->f = copysign(x >= low * 5 ? low * 5 : x >= low * 2 ? low * 2 : low, a->f);
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

struct weir_bnode *weir_bind_log_bucket(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	struct weir_bnode *x = weir_as_number(b, args[0]);

	if (!x)
		return NULL;
	if (x->type == WEIR_INT64)
		return map_int(b, e, x, log_bucket_int);
	return weir_bind_finish(b, weir_row_node(b, e, WEIR_FLOAT64, log_bucket_row, 1, &x));
}
