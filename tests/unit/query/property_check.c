#include "property.h"

bool in_bounds(const void *ctx, const struct ref_row *r)
{
	const struct bounds *b = ctx;
	if (b->fed && !b->fed[r - now.rows])
		return false;
	if (b->from && ref_order(r, b->from) < 0)
		return false;
	return r->time_us == WEIR_TIME_NONE ? b->no_time : r->time_us > b->after_us && r->time_us <= b->until_us;
}

static bool same_value(const struct ref_measure *m, const struct weir_value *want, const struct weir_value *got)
{
	double x, y;
	if (m->kind == REF_STDDEV && got->type == WEIR_NULL && want->type != WEIR_NULL)
		return now.seed % 4 == 0; /* squares beyond the range of a double */
	if (want->type == WEIR_NULL || got->type == WEIR_NULL)
		return want->type == got->type;
	switch (m->kind) {
	case REF_STDDEV:
		x = want->f;
		y = got->f;
		if (!isfinite(x) || x > 1e150) /* the reference's own squares overflow */
			return true;
		return fabs(x - y) <= 1e-9 * fabs(x) + 1e-150;
	case REF_QUANTILE:
		x = want->f;
		y = got->f;
		return fabs(x - y) <= 0.01 * fabs(x) + 1e-307; /* subnormal numbers are rounded to nothing */
	default:
		return want->type == got->type && weir_value_compare(want, got) == 0 && want->wide == got->wide &&
		       (!want->wide || want->hi == got->hi);
	}
}

static void say(const struct weir_value *v, struct weir_buf *out)
{
	weir_buf_addf(out, "%s ", weir_type_name(v->type));
	weir_value_text(v, out);
}

static void check_measures(const struct ref_group *want, const struct weir_value *got, const char *what)
{
	for (unsigned m = 0; m < now.question.n_measures; m++) {
		struct weir_buf x = {0}, y = {0};
		say(want->measures + m, &x);
		say(got + m, &y);
		CHECK(same_value(now.question.measures + m, want->measures + m, got + m),
		      "%s: measure %u is %s, not %s\n", what, m, y.data, x.data);
		weir_buf_release(&x);
		weir_buf_release(&y);
	}
}

static const struct ref_group *find_group(const struct ref_group *groups, size_t n, const struct weir_value *keys)
{
	for (size_t g = 0; g < n; g++) {
		unsigned k = 0;
		while (k < now.question.n_keys && !weir_value_compare(groups[g].keys + k, keys + k))
			k++;
		if (k == now.question.n_keys)
			return groups + g;
	}
	return NULL;
}

static void check_order(const struct weir_result_row *a, const struct weir_result_row *b)
{
	int c = weir_value_compare(a->measures, b->measures);
	if (a->measures->type != WEIR_NULL && b->measures->type != WEIR_NULL)
		c = -c;
	for (unsigned k = 0; !c && k < now.question.n_keys; k++)
		c = weir_value_compare(a->groups + k, b->groups + k);
	CHECK(c < 0, "rows are out of order\n");
}

/* Rows [from, from + n) of the result against one window. */
void check_window(const struct weir_result *r, uint32_t from, uint32_t n, const struct bounds *bounds)
{
	size_t n_groups;
	struct ref_group *groups = ref_answer(&now.question, now.rows, now.n_rows, in_bounds, bounds, &n_groups);
	CHECK(n == n_groups, "%u rows instead of %zu\n", n, n_groups);
	for (uint32_t i = from; i < from + n; i++) {
		const struct weir_result_row *row = r->rows + i;
		const struct ref_group *want = find_group(groups, n_groups, row->groups);
		CHECK(want, "a group that should not be\n");
		CHECK(want->rows == row->rows, "%llu rows behind a group instead of %llu\n",
		      (unsigned long long)row->rows, (unsigned long long)want->rows);
		check_measures(want, row->measures, "row");
		if (i > from)
			check_order(row - 1, row);
	}
	free(groups);
}

/* The span of event times in a window without a length. */
double span_seconds(const struct bounds *bounds)
{
	int64_t first = WEIR_TIME_NONE, last = WEIR_TIME_NONE;
	for (size_t i = 0; i < now.n_rows; i++) {
		const struct ref_row *r = now.rows + i;
		if (r->time_us == WEIR_TIME_NONE || !ref_passes(&now.question, r) || !in_bounds(bounds, r))
			continue;
		if (first == WEIR_TIME_NONE || r->time_us < first)
			first = r->time_us;
		if (last == WEIR_TIME_NONE || r->time_us > last)
			last = r->time_us;
	}
	return first == WEIR_TIME_NONE ? 0 : (double)(last - first) / 1e6;
}

void check_ledgers(const struct bounds *bounds)
{
	for (unsigned s = 0; s < now.n_streams; s++)
		for (unsigned p = 0; p < MAX_PARTITIONS; p++) {
			uint64_t matched = 0, filtered = 0, in = 0;
			const struct weir_ledger *l = &now.ledgers[s][p];
			for (size_t i = 0; i < now.n_rows; i++) {
				const struct ref_row *r = now.rows + i;
				if (r->stream != s || r->partition != p || (bounds->fed && !bounds->fed[i]))
					continue;
				bool passes = ref_passes(&now.question, r);
				matched += passes;
				filtered += !passes;
				in += passes && in_bounds(bounds, r);
			}
			CHECK(l->matched == matched && l->filtered == filtered, "matched and filtered are wrong\n");
			CHECK(l->in_window == in && l->expired == matched - in,
			      "in the window: %llu instead of %llu, expired %llu\n", (unsigned long long)l->in_window,
			      (unsigned long long)in, (unsigned long long)l->expired);
		}
}

int64_t newest_time(const bool *fed)
{
	int64_t newest = WEIR_TIME_NONE;
	for (size_t i = 0; i < now.n_rows; i++)
		if ((!fed || fed[i]) && now.rows[i].time_us != WEIR_TIME_NONE &&
		    (newest == WEIR_TIME_NONE || now.rows[i].time_us > newest))
			newest = now.rows[i].time_us;
	return newest;
}

/* The distribution of the first number that is measured, over all groups. */
static void check_histogram(const struct weir_result_histogram *h, const struct bounds *bounds)
{
	enum ref_column column = weir_str_equal(h->column, WEIR_STR("i")) ? REF_INT : REF_FLOAT;
	struct ref_question all = {.where = now.question.where,
				   .n_measures = 4,
				   .measures = {{REF_COUNT_X, column, 0, -1},
						{REF_QUANTILE, column, 0.5, -1},
						{REF_QUANTILE, column, 0.95, -1},
						{REF_QUANTILE, column, 0.99, -1}}};
	const double got[] = {0, h->p50, h->p95, h->p99};
	size_t n_groups;
	uint64_t binned = 0;
	if (column == REF_FLOAT && !weir_str_equal(h->column, WEIR_STR("f")))
		return;
	struct ref_group *total = ref_answer(&all, now.rows, now.n_rows, in_bounds, bounds, &n_groups);
	CHECK(h->n == (uint64_t)total->measures[0].i && h->n + h->n_null == total->rows,
	      "the histogram has %llu values and %llu NULLs\n", (unsigned long long)h->n,
	      (unsigned long long)h->n_null);
	for (uint32_t i = 0; i < h->n_bins; i++)
		binned += h->counts[i];
	CHECK(!h->n_bins || binned == h->n, "the bins have %llu values\n", (unsigned long long)binned);
	for (unsigned m = 1; h->n_bins && m < all.n_measures; m++) {
		struct weir_value value = {.type = WEIR_FLOAT64, .f = got[m]};
		CHECK(same_value(all.measures + m, total->measures + m, &value),
		      "the histogram's quantile %u is %g, not %g\n", m, got[m], total->measures[m].f);
	}
	free(total);
}

/* What a screen shows besides: the window before, others, the total, bars. */
void check_screen(const struct weir_result *r, const struct bounds *bounds, const struct bounds *before)
{
	struct ref_question ungrouped = now.question;
	size_t n_groups, n_before = 0;
	ungrouped.n_keys = 0;
	struct ref_group *total = ref_answer(&ungrouped, now.rows, now.n_rows, in_bounds, bounds, &n_groups);
	check_measures(total, r->total.measures, "total");
	check_histogram(&r->histogram, bounds);
	CHECK(r->total.rows == total->rows, "total has %llu rows\n", (unsigned long long)r->total.rows);
	uint64_t rows = 0;
	for (uint32_t i = 0; i < r->n_buckets; i++)
		rows += r->bucket_rows[i];
	CHECK(r->bucket_us > 0 || !r->n_buckets, "buckets without width\n");
	if (before) {
		struct ref_group *old = ref_answer(&ungrouped, now.rows, now.n_rows, in_bounds, before, &n_groups);
		struct ref_group *groups =
		    ref_answer(&now.question, now.rows, now.n_rows, in_bounds, before, &n_before);
		if (old->rows)
			check_measures(old, r->total.previous, "total before");
		for (uint32_t i = 0; i < r->n_rows && old->rows; i++) {
			const struct ref_group *g = find_group(groups, n_before, r->rows[i].groups);
			if (g)
				check_measures(g, r->rows[i].previous, "row before");
		}
		free(groups);
		free(old);
	} else if (!now.view.window.size_us) {
		uint64_t timed = 0;
		for (size_t i = 0; i < now.n_rows; i++)
			timed += now.rows[i].time_us != WEIR_TIME_NONE && ref_passes(&now.question, now.rows + i) &&
				 in_bounds(bounds, now.rows + i);
		bool no_chart = now.budget.limit_bytes && !r->n_buckets; /* what memory can do without first */
		CHECK(rows == timed || no_chart, "bars have %llu rows instead of %llu\n", (unsigned long long)rows,
		      (unsigned long long)timed);
	}
	free(total);
}

struct rest { /* rows of a window whose groups are not among the first */
	const struct bounds *bounds;
	const struct weir_result *result;
};

static bool in_rest(const void *ctx, const struct ref_row *row)
{
	const struct rest *rest = ctx;
	if (!in_bounds(rest->bounds, row))
		return false;
	for (uint32_t i = 0; i < rest->result->n_rows; i++) {
		unsigned k = 0;
		for (; k < now.question.n_keys; k++) {
			struct weir_value key = ref_keys[now.question.keys[k]].value(row);
			if (weir_value_compare(&key, rest->result->rows[i].groups + k))
				break;
		}
		if (k == now.question.n_keys)
			return false;
	}
	return true;
}

/* The first groups alone: the same as in the whole result, and "others" is what they leave. */
void check_first(const struct weir_result *whole, const struct weir_result *first, uint32_t most,
		 const struct bounds *bounds)
{
	struct ref_question ungrouped = now.question;
	struct rest rest = {bounds, first};
	size_t n_groups;
	CHECK(first->n_rows == (whole->n_rows < most ? whole->n_rows : most), "%u rows of %u\n", first->n_rows, most);
	for (uint32_t i = 0; i < first->n_rows; i++) {
		const struct weir_result_row *a = whole->rows + i, *b = first->rows + i;
		CHECK(a->rows == b->rows, "another row among the first\n");
		for (unsigned k = 0; k < now.question.n_keys; k++)
			CHECK(!weir_value_compare(a->groups + k, b->groups + k), "another group among the first\n");
	}
	CHECK(first->has_others == (now.question.n_keys && whole->n_rows > most), "others are wrong\n");
	if (!first->has_others)
		return;
	ungrouped.n_keys = 0;
	struct ref_group *others = ref_answer(&ungrouped, now.rows, now.n_rows, in_rest, &rest, &n_groups);
	CHECK(first->others.rows == others->rows, "others have %llu rows, not %llu\n",
	      (unsigned long long)first->others.rows, (unsigned long long)others->rows);
	check_measures(others, first->others.measures, "others");
	free(others);
}
