#include "naive.h"

#include "query/aggregate/aggregate.h"

enum { MOST_PARTS = 17, MOST_KEYS = 2 + 1 + 3 + MOST_PARTS, MOST_VALUES = 80 };

struct member { /* a row in one part */
	const struct ref_row *row;
	struct weir_value keys[MOST_KEYS];
	struct weir_buf text; /* of the keys, to sort by */
};

struct making {
	const struct weir_plan *p;
	const struct weir_partial_layout *layout;
	struct weir_spark_partials made;
};

static int64_t floor_to(int64_t t, int64_t unit)
{
	return t - ((t % unit) + unit) % unit;
}

static double number(const struct weir_value *v)
{
	return v->type == WEIR_FLOAT64 ? v->f : (double)v->i;
}

static struct weir_value whole(__int128 i)
{
	struct weir_value v = {.type = WEIR_INT64, .i = (int64_t)i, .wide = i > INT64_MAX || i < INT64_MIN};
	v.hi = v.wide ? (int64_t)(i >> 64) : 0;
	return v;
}

static struct weir_value real(double f)
{
	return (struct weir_value){.type = WEIR_FLOAT64, .f = f};
}

/* The measure that an accumulator of the plan is for. */
static const struct ref_measure *measure_of(const struct weir_plan *p, uint32_t accumulator)
{
	for (uint32_t m = 0; m < p->n_measures; m++) {
		if (p->measures[m].count == accumulator)
			return now.question.measures + m;
		for (int k = 0; k < WEIR_AGGREGATE_ACCUMULATORS; k++)
			if (p->measures[m].accumulators[k] == accumulator)
				return now.question.measures + m;
	}
	return NULL;
}

static bool has_argument(const struct ref_measure *m)
{
	return m->kind != REF_COUNT && m->kind != REF_RATE;
}

static bool counts(const struct ref_measure *m, const struct ref_row *r)
{
	return (m->where < 0 || ref_conditions[m->where].holds(r) == 1) &&
	       (!has_argument(m) || r->cells[m->column].type != WEIR_NULL);
}

static struct weir_value bucket_of(double x)
{
	double size = fabs(x);
	if (isnan(x))
		return (struct weir_value){.type = WEIR_NULL};
	if (size < 1e-300 || size > 1e300)
		return real(x + 0.0);
	double width = ldexp(1, ilogb(size) - 6);
	return real(copysign(floor(size / width) * width, x));
}

/* The split of the row in that part; NULL: it is not in it. */
static struct weir_value split_of(const struct making *m, uint32_t part, const struct ref_row *r)
{
	const struct weir_spark_split *split = m->made.splits + part - 1;
	const struct ref_measure *measure = NULL;
	for (uint32_t i = 0; i < m->p->n_accumulators && !measure; i++)
		if (m->made.feeds[i].part == part)
			measure = measure_of(m->p, i);
	if (!counts(measure, r))
		return (struct weir_value){.type = WEIR_NULL};
	const struct weir_value *v = r->cells + measure->column;
	if (split->kind == WEIR_SPLIT_BUCKETS)
		return bucket_of(number(v));
	return v->type == WEIR_FLOAT64 ? real(v->f + 0.0) : *v;
}

static bool make_member(const struct making *m, const struct ref_row *r, uint32_t part, struct member *out)
{
	int64_t width = m->layout->pane_us, pane = r->time_us == WEIR_TIME_NONE ? 0 : floor_to(r->time_us, width);
	uint32_t n = 0;
	*out = (struct member){.row = r};
	if (r->time_us != WEIR_TIME_NONE) {
		out->keys[0] = (struct weir_value){.type = WEIR_TIMESTAMP, .i = pane};
		out->keys[1] = (struct weir_value){.type = WEIR_BOOL, .b = r->time_us == pane};
	}
	n = 2;
	if (m->made.n_splits)
		out->keys[n++] = whole(part);
	for (unsigned k = 0; k < now.question.n_keys; k++)
		out->keys[n++] = ref_keys[now.question.keys[k]].value(r);
	if (part) {
		struct weir_value split = split_of(m, part, r);
		if (split.type == WEIR_NULL)
			return false;
		out->keys[n + part - 1] = split;
	}
	for (uint32_t i = 0; i < m->layout->n_keys; i++) {
		struct weir_value *v = out->keys + i;
		if (v->type == WEIR_FLOAT64)
			v->f += 0.0;
		weir_buf_addf(&out->text, "%d:", (int)v->type);
		weir_value_text(v, &out->text);
		weir_buf_add_char(&out->text, '|');
	}
	return true;
}

static int by_text(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	return weir_str_compare(weir_buf_str(&x->text), weir_buf_str(&y->text));
}

/* Sums of products of the halves of whole numbers, or what a float's deviation is made of. */
static struct weir_value squares(const struct ref_measure *m, const struct member *rows, size_t n, uint32_t i,
				 bool ints)
{
	__int128 sum = 0;
	double total = 0;
	long double around = 0;
	size_t count = 0;
	for (size_t k = 0; k < n; k++) {
		if (!counts(m, rows[k].row))
			continue;
		const struct weir_value *v = rows[k].row->cells + m->column;
		__int128 high = ints ? v->i >> 32 : 0, low = ints ? v->i & 0xffffffff : 0;
		sum += i == 0 ? high * high : i == 1 ? high * low : low * low;
		total += number(v);
		count++;
	}
	for (size_t k = 0; k < n; k++)
		if (counts(m, rows[k].row)) {
			long double d =
			    number(rows[k].row->cells + m->column) - (long double)total / (long double)count;
			around += d * d;
		}
	if (!count && (ints || i))
		return (struct weir_value){.type = WEIR_NULL};
	return ints ? whole(sum) : i == 0 ? whole((__int128)count) : real(i == 1 ? total : (double)around);
}

static struct weir_value sum_of(const struct ref_measure *m, const struct member *rows, size_t n, bool ints)
{
	__int128 sum = 0;
	double total = 0;
	size_t count = 0;
	for (size_t k = 0; k < n; k++) {
		if (!counts(m, rows[k].row))
			continue;
		sum += ints ? rows[k].row->cells[m->column].i : 0;
		total += number(rows[k].row->cells + m->column);
		count++;
	}
	return !count ? (struct weir_value){.type = WEIR_NULL} : ints ? whole(sum) : real(total);
}

static struct weir_value extreme(const struct ref_measure *m, const struct member *rows, size_t n, bool max)
{
	struct weir_value best = {.type = WEIR_NULL};
	for (size_t k = 0; k < n; k++) {
		const struct weir_value *v = rows[k].row->cells + m->column;
		if (!counts(m, rows[k].row))
			continue;
		int c = best.type == WEIR_NULL ? 0 : weir_value_compare(v, &best);
		if (best.type == WEIR_NULL || (max ? c > 0 : c < 0))
			best = *v;
	}
	return best;
}

static struct weir_value picked(const struct ref_measure *m, const struct member *rows, size_t n, uint32_t i, bool last)
{
	const struct ref_row *best = NULL;
	for (size_t k = 0; k < n; k++) {
		const struct ref_row *r = rows[k].row;
		if (counts(m, r) && (!best || (last ? ref_order(r, best) > 0 : ref_order(r, best) < 0)))
			best = r;
	}
	if (!best || (i == 1 && best->time_us == WEIR_TIME_NONE))
		return (struct weir_value){.type = WEIR_NULL};
	return i == 0   ? best->cells[m->column]
	       : i == 1 ? whole(best->time_us)
	       : i == 2 ? whole(best->position)
			: whole((int64_t)best->stream << 16 | best->partition);
}

static struct weir_value value_of(const struct making *m, uint32_t accumulator, const struct member *rows, size_t n,
				  uint32_t i)
{
	const struct weir_accumulator *a = m->p->accumulators + accumulator;
	const struct ref_measure *measure = measure_of(m->p, accumulator);
	bool ints = a->type == WEIR_INT64;
	size_t count = 0;
	if (a->ops == &weir_sum)
		return sum_of(measure, rows, n, ints);
	if (a->ops == &weir_squares)
		return squares(measure, rows, n, i, ints);
	if (a->ops == &weir_least || a->ops == &weir_greatest)
		return extreme(measure, rows, n, a->ops == &weir_greatest);
	if (a->ops == &weir_buckets)
		return extreme(measure, rows, n, i == 1);
	if (a->ops == &weir_first || a->ops == &weir_last)
		return picked(measure, rows, n, i, a->ops == &weir_last);
	assert_ptr_equal(a->ops, &weir_counter);
	for (size_t k = 0; k < n; k++)
		count += counts(measure, rows[k].row);
	return whole((__int128)count);
}

static void put_rows(const struct making *m, struct weir_partials *s, const struct member *rows, size_t n)
{
	struct weir_value values[MOST_VALUES] = {{.type = WEIR_NULL}};
	struct weir_error err = {0};
	uint32_t part = m->made.n_splits ? (uint32_t)rows->keys[2].i : 0;
	values[0] = whole((__int128)n);
	for (size_t k = 0; k < n; k++) {
		int64_t t = rows[k].row->time_us;
		if (t == WEIR_TIME_NONE)
			continue;
		if (values[1].type == WEIR_NULL || t < values[1].i)
			values[1] = whole(t);
		if (values[2].type == WEIR_NULL || t > values[2].i)
			values[2] = whole(t);
	}
	assert_true(m->layout->n_values <= MOST_VALUES);
	for (uint32_t i = 0; i < m->p->n_accumulators; i++)
		for (uint32_t k = 0; k < WEIR_PARTIAL_VALUES; k++)
			if (m->made.feeds[i].part == part && m->made.feeds[i].values[k] != WEIR_NO_VALUE)
				values[3 + m->made.feeds[i].values[k]] = value_of(m, i, rows, n, k);
	enum weir_status status = weir_partials_put(s, rows->keys, values, &err);
	CHECK(!status, "put: %s\n", err.what);
}

void naive_put(const struct weir_plan *p, struct weir_partials *s, const struct bounds *in)
{
	struct making m = {.p = p, .layout = weir_partials_layout(s)};
	assert_true(weir_spark_partials_make(p, m.layout->pane_us, &m.made));
	struct member *members = calloc(now.n_rows * (m.made.n_splits + 1) + 1, sizeof *members);
	size_t n = 0, from[MAX_ROWS * (MOST_PARTS + 1) + 1], n_keys = 0;
	for (size_t i = 0; i < now.n_rows; i++)
		for (uint32_t part = 0; part <= m.made.n_splits; part++) {
			const struct ref_row *r = now.rows + i;
			if (!ref_passes(&now.question, r) || !in_bounds(in, r))
				continue;
			if (make_member(&m, r, part, members + n))
				n++;
			else
				weir_buf_release(&members[n].text);
		}
	qsort(members, n, sizeof *members, by_text);
	for (size_t i = 0; i < n; i++)
		if (!i || by_text(members + i - 1, members + i))
			from[n_keys++] = i;
	from[n_keys] = n;
	for (size_t done = 0; done < n_keys; done++) { /* each once, from a drawn one on */
		static size_t first, step;
		if (!done) {
			first = draw(n_keys);
			step = n_keys > 1 && chance(50) ? n_keys - 1 : 1;
		}
		size_t k = (first + done * step) % n_keys;
		put_rows(&m, s, members + from[k], from[k + 1] - from[k]);
	}
	for (size_t i = 0; i < n; i++)
		weir_buf_release(&members[i].text);
	free(members);
	weir_spark_partials_release(&m.made);
}
