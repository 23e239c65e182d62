#include "reference.h"

#include <math.h>
#include <stdlib.h>

__extension__ typedef __int128 int128;

static bool is_null(const struct ref_row *r, enum ref_column c)
{
	return r->cells[c].type == WEIR_NULL;
}

static const char *const column_names[REF_COLUMNS] = {"time", "word", "text", "i", "f", "flag", "mix"};

void ref_retype(struct ref_row *rows, size_t n, enum weir_type type)
{
	for (struct ref_row *r = rows; r < rows + n; r++) {
		struct weir_value *v = r->cells + REF_MIX;
		struct weir_buf text = {0};
		*v = r->mix;
		if (v->type == WEIR_NULL || v->type == type)
			continue;
		if (type == WEIR_FLOAT64) {
			*v = (struct weir_value){.type = WEIR_FLOAT64, .f = (double)r->mix.i};
			continue;
		}
		weir_value_text(&r->mix, &text);
		memcpy(r->mix_text, text.data, text.size);
		*v = (struct weir_value){.type = WEIR_STRING, .s = {r->mix_text, text.size}};
		weir_buf_release(&text);
	}
}

void ref_measure_text(const struct ref_measure *m, struct weir_buf *out)
{
	static const char *const names[REF_KINDS] = {"count",  "count",    "sum",      "avg",  "min",  "max",
						     "stddev", "p",        "distinct", "rate", "rate", "first",
						     "last",   "variance", "median",   "mode"};
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
	bool ints = values[0].type == WEIR_INT64;
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
	case REF_VARIANCE:
		mean = (long double)sum / (long double)n;
		for (size_t i = 0; i < n; i++) {
			square += ((long double)x[i] - mean) * ((long double)x[i] - mean);
			rest += (long double)x[i] - mean;
		}
		square -= rest * rest / (long double)n;
		square = square < 0 ? 0 : square;
		square /= (long double)(n - 1);
		v = n < 2 ? v : real((double)(m->kind == REF_STDDEV ? sqrtl(square) : square));
		break;
	default:
		qsort(x, n, sizeof *x, by_value);
		rank = ceil((m->kind == REF_MEDIAN ? 0.5 : m->quantile) * (double)n - 1e-9);
		v = real(x[rank < 1 ? 0 : (size_t)rank - 1]);
		if (ints) /* the greatest is 2^63 as a double */
			v = whole(v.f >= 0x1p63 ? INT64_MAX : (int64_t)v.f);
	}
	free(x);
	return v;
}

static struct weir_value most_frequent(const struct weir_value *values, size_t n)
{
	struct weir_value best = values[0];
	size_t most = 0;
	for (size_t i = 0; i < n; i++) {
		size_t times = 0;
		for (size_t k = 0; k < n; k++)
			times += !weir_value_compare(values + i, values + k);
		if (times > most || (times == most && weir_value_compare(values + i, &best) < 0)) {
			most = times;
			best = values[i];
		}
	}
	return best;
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
	else if (m->kind == REF_MODE)
		v = most_frequent(values, n);
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
