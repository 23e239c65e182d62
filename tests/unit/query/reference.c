#include "reference.h"

#include <math.h>
#include <stdlib.h>

__extension__ typedef __int128 int128;

static bool is_null(const struct ref_row *r, enum ref_column c)
{
	return r->cells[c].type == WEIR_NULL;
}

static int int_positive(const struct ref_row *r)
{
	return is_null(r, REF_INT) ? -1 : r->cells[REF_INT].i > 0;
}
static int word_is_b(const struct ref_row *r)
{
	return is_null(r, REF_WORD) ? -1 : weir_str_equal(r->cells[REF_WORD].s, WEIR_STR("beta"));
}
static int float_there(const struct ref_row *r)
{
	return !is_null(r, REF_FLOAT);
}
static int flag(const struct ref_row *r)
{
	return is_null(r, REF_FLAG) ? -1 : r->cells[REF_FLAG].b;
}
static int never(const struct ref_row *r)
{
	return is_null(r, REF_INT) ? -1 : r->cells[REF_INT].i > 1000000000;
}
static int small_float(const struct ref_row *r)
{
	return is_null(r, REF_FLOAT) ? -1 : r->cells[REF_FLOAT].f < 50;
}

const struct ref_condition ref_conditions[] = {
    {"i > 0", int_positive}, {"word = 'beta'", word_is_b}, {"f is not null", float_there},
    {"flag", flag},	     {"i > 1000000000", never},	   {"f < 50", small_float},
};
const unsigned ref_n_conditions = sizeof ref_conditions / sizeof *ref_conditions;

static struct weir_value key_word(const struct ref_row *r)
{
	return r->cells[REF_WORD];
}
static struct weir_value key_text(const struct ref_row *r)
{
	return r->cells[REF_TEXT];
}
static struct weir_value key_int(const struct ref_row *r)
{
	return r->cells[REF_INT];
}
static struct weir_value key_flag(const struct ref_row *r)
{
	return r->cells[REF_FLAG];
}
static struct weir_value key_float(const struct ref_row *r)
{
	return r->cells[REF_FLOAT];
}
static struct weir_value key_odd(const struct ref_row *r)
{
	struct weir_value v = r->cells[REF_INT];
	if (v.type == WEIR_INT64)
		v.i %= 7;
	return v;
}

const struct ref_key ref_keys[] = {
    {"word", key_word}, {"text", key_text}, {"i", key_int},
    {"flag", key_flag}, {"f", key_float},   {"i % 7 as odd", key_odd},
};
const unsigned ref_n_keys = sizeof ref_keys / sizeof *ref_keys;

static const char *const column_names[REF_COLUMNS] = {"time", "word", "text", "i", "f", "flag"};

void ref_measure_text(const struct ref_measure *m, struct weir_buf *out)
{
	static const char *const names[] = {"count", "count",	 "sum",	 "avg",	 "min",	  "max", "stddev",
					    "p",     "distinct", "rate", "rate", "first", "last"};
	weir_buf_add_c(out, names[m->kind]);
	if (m->kind == REF_QUANTILE)
		weir_buf_addf(out, "%g", m->quantile * 100);
	if (m->kind != REF_COUNT && m->kind != REF_RATE)
		weir_buf_addf(out, "(%s)", column_names[m->column]);
	if (m->where >= 0)
		weir_buf_addf(out, " where %s", ref_conditions[m->where].text);
}

int ref_order(const struct ref_row *a, const struct ref_row *b)
{
	uint32_t x = (uint32_t)a->stream << 16 | a->partition, y = (uint32_t)b->stream << 16 | b->partition;
	if (a->time_us != b->time_us)
		return a->time_us < b->time_us ? -1 : 1;
	if (a->position != b->position)
		return a->position < b->position ? -1 : 1;
	return (x > y) - (x < y);
}

bool ref_passes(const struct ref_question *q, const struct ref_row *row)
{
	return q->where < 0 || ref_conditions[q->where].holds(row) == 1;
}

/* The exact sum of doubles, rounded once: partial sums that do not overlap (Shewchuk, 1997), as Python's fsum does it.
 */
static double exact_sum(const double *x, size_t n)
{
	double partial[64];
	size_t m = 0;
	for (size_t i = 0; i < n; i++) {
		double a = x[i];
		size_t kept = 0;
		for (size_t j = 0; j < m; j++) {
			double b = partial[j];
			if (fabs(a) < fabs(b)) {
				double t = a;
				a = b;
				b = t;
			}
			double high = a + b, low = b - (high - a);
			if (low != 0)
				partial[kept++] = low;
			a = high;
		}
		m = kept;
		partial[m++] = a;
	}
	double high = m ? partial[--m] : 0, low = 0;
	while (m) {
		double a = high, b = partial[--m];
		high = a + b;
		low = b - (high - a);
		if (low != 0)
			break;
	}
	/* Half-way cases are decided by the sign of what is left. */
	if (m && ((low < 0 && partial[m - 1] < 0) || (low > 0 && partial[m - 1] > 0))) {
		double y = low * 2, x2 = high + y;
		if (y == x2 - high)
			high = x2;
	}
	return high;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double number(const struct weir_value *v)
{
	return v->type == WEIR_FLOAT64 ? v->f : (double)v->i;
}

static struct weir_value real(double f)
{
	return (struct weir_value){.type = WEIR_FLOAT64, .f = f};
}
static struct weir_value whole(int64_t i)
{
	return (struct weir_value){.type = WEIR_INT64, .i = i};
}

static struct weir_value numeric(const struct ref_measure *m, const struct weir_value *values, size_t n, double seconds)
{
	double *x = malloc((n + 1) * sizeof *x), sum, rank;
	int128 whole_sum = 0;
	long double mean, square = 0, rest = 0;
	bool ints = m->column == REF_INT;
	struct weir_value v = {.type = WEIR_NULL};
	for (size_t i = 0; i < n; i++) {
		x[i] = number(values + i);
		whole_sum += ints ? values[i].i : 0;
	}
	sum = ints ? (double)whole_sum : exact_sum(x, n);
	switch (m->kind) {
	case REF_SUM:
		v = ints ? whole((int64_t)whole_sum) : real(sum);
		if (ints) {
			v.wide = whole_sum > INT64_MAX || whole_sum < INT64_MIN;
			v.hi = (int64_t)(whole_sum >> 64);
		}
		break;
	case REF_AVG:
		v = real(sum / (double)n);
		break;
	case REF_RATE_X:
		v = seconds > 0 ? real(sum / seconds) : v;
		break;
	case REF_STDDEV:
		mean = (long double)sum / (long double)n;
		for (size_t i = 0; i < n; i++) {
			square += ((long double)x[i] - mean) * ((long double)x[i] - mean);
			rest += (long double)x[i] - mean;
		}
		square -= rest * rest / (long double)n;
		square = square < 0 ? 0 : square;
		v = n > 1 ? real((double)sqrtl(square / (long double)(n - 1))) : v;
		break;
	default:
		qsort(x, n, sizeof *x, by_value);
		rank = ceil(m->quantile * (double)n - 1e-9);
		v = real(x[rank < 1 ? 0 : (size_t)rank - 1]);
	}
	free(x);
	return v;
}

static struct weir_value measure(const struct ref_measure *m, const struct ref_row *const *rows, size_t n_rows,
				 double seconds)
{
	struct weir_value *values = malloc((n_rows + 1) * sizeof *values), v = {.type = WEIR_NULL};
	const struct ref_row *best = NULL;
	size_t n = 0, different = 0;
	for (size_t i = 0; i < n_rows; i++) {
		const struct ref_row *r = rows[i];
		if (m->where >= 0 && ref_conditions[m->where].holds(r) != 1)
			continue;
		if (m->kind != REF_COUNT && m->kind != REF_RATE && is_null(r, m->column))
			continue;
		bool seen = false;
		for (size_t k = 0; m->kind == REF_DISTINCT && k < n && !seen; k++)
			seen = !weir_value_compare(values + k, r->cells + m->column);
		different += !seen;
		if (!best || (m->kind == REF_FIRST ? ref_order(r, best) < 0 : ref_order(r, best) > 0))
			best = r;
		values[n++] = r->cells[m->column];
		int c = n == 1 ? 0 : weir_value_compare(values + n - 1, &v);
		if (n == 1 || (m->kind == REF_MIN && c < 0) || (m->kind == REF_MAX && c > 0))
			v = values[n - 1];
	}
	if (m->kind == REF_COUNT || m->kind == REF_COUNT_X)
		v = whole((int64_t)n);
	else if (m->kind == REF_DISTINCT)
		v = whole((int64_t)different);
	else if (m->kind == REF_RATE)
		v = seconds > 0 ? real((double)n / seconds) : (struct weir_value){.type = WEIR_NULL};
	else if (!n)
		v = (struct weir_value){.type = WEIR_NULL};
	else if (m->kind == REF_FIRST || m->kind == REF_LAST)
		v = best->cells[m->column];
	else if (m->kind != REF_MIN && m->kind != REF_MAX)
		v = numeric(m, values, n, seconds);
	free(values);
	return v;
}

struct ref_group *ref_answer(const struct ref_question *q, const struct ref_row *rows, size_t n,
			     bool (*in)(const void *ctx, const struct ref_row *row), const void *ctx, size_t *n_groups)
{
	struct ref_group *groups = calloc(n + 1, sizeof *groups);
	size_t *group_of = malloc((n + 1) * sizeof *group_of);
	const struct ref_row **picked = malloc((n + 1) * sizeof *picked);
	*n_groups = q->n_keys ? 0 : 1;
	for (size_t i = 0; i < n; i++) {
		struct ref_group *g;
		group_of[i] = SIZE_MAX;
		if (!ref_passes(q, rows + i) || !in(ctx, rows + i))
			continue;
		for (g = groups; g < groups + *n_groups; g++) {
			unsigned k = 0;
			while (k < q->n_keys) {
				struct weir_value v = ref_keys[q->keys[k]].value(rows + i);
				if (weir_value_compare(&v, g->keys + k))
					break;
				k++;
			}
			if (k == q->n_keys)
				break;
		}
		if (g == groups + *n_groups) {
			for (unsigned k = 0; k < q->n_keys; k++)
				g->keys[k] = ref_keys[q->keys[k]].value(rows + i);
			++*n_groups;
		}
		g->rows++;
		group_of[i] = (size_t)(g - groups);
	}
	for (size_t g = 0; g < *n_groups; g++) {
		size_t n_picked = 0;
		for (size_t i = 0; i < n; i++)
			if (group_of[i] == g)
				picked[n_picked++] = rows + i;
		for (unsigned m = 0; m < q->n_measures; m++)
			groups[g].measures[m] = measure(q->measures + m, picked, n_picked, q->seconds);
	}
	free(group_of);
	free(picked);
	return groups;
}
