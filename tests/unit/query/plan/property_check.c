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
	bool spread = m->kind == REF_STDDEV || m->kind == REF_VARIANCE;
	if (spread && got->type == WEIR_NULL && want->type != WEIR_NULL)
		return now.seed % 4 == 0; /* squares beyond the range of a double */
	if (want->type == WEIR_NULL || got->type == WEIR_NULL)
		return want->type == got->type;
	switch (m->kind) {
	case REF_STDDEV:
	case REF_VARIANCE:
		x = want->f;
		y = got->f;
		if (!isfinite(x) || x > 1e150) /* the reference's own squares overflow */
			return true;
		return fabs(x - y) <= 1e-9 * fabs(x) + 1e-150;
	case REF_QUANTILE:
	case REF_MEDIAN:
		if (got->type != want->type)
			return false;
		x = want->type == WEIR_INT64 ? (double)want->i : want->f;
		y = got->type == WEIR_INT64 ? (double)got->i : got->f;
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
	uint32_t gone = 0; /* check_compared looks at these */
	for (uint32_t i = from; compares() && i < from + n; i++)
		gone += !r->rows[i].rows && now.question.n_keys;
	CHECK(n == n_groups + gone, "%u rows instead of %zu, %u gone\n", n, n_groups, gone);
	for (uint32_t i = from; i < from + n; i++) {
		const struct weir_result_row *row = r->rows + i;
		const struct ref_group *want = find_group(groups, n_groups, row->groups);
		if (!want && !row->rows && gone)
			continue;
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
		struct weir_value value = {.type = WEIR_FLOAT64, .f = got[m]}, want = total->measures[m];
		if (want.type == WEIR_INT64) /* it is drawn between whole numbers, too */
			want = (struct weir_value){.type = WEIR_FLOAT64, .f = (double)want.i};
		CHECK(same_value(all.measures + m, &want, &value), "the histogram's quantile %u is %g, not %g\n", m,
		      got[m], want.f);
	}
	free(total);
}

/* The measures of no row at all. Owned by the caller, to be freed. */
static struct ref_group *ask_nothing(double seconds)
{
	static const struct bounds none = {INT64_MAX, INT64_MIN, false, NULL, NULL};
	struct ref_question q = now.question;
	size_t n;
	q.n_keys = 0;
	q.seconds = seconds;
	return ref_answer(&q, now.rows, now.n_rows, in_bounds, &none, &n);
}

void check_compared(const struct weir_result *r, uint32_t from, uint32_t n, const struct bounds *part,
		    const struct bounds *before, double seconds)
{
	struct ref_question q = now.question;
	q.seconds = seconds;
	size_t n_now = 0, n_before = 0, n_gone = 0;
	struct ref_group *is = before ? ref_answer(&q, now.rows, now.n_rows, in_bounds, part, &n_now) : NULL,
			 *was = before ? ref_answer(&q, now.rows, now.n_rows, in_bounds, before, &n_before) : NULL,
			 *nothing = ask_nothing(seconds);
	for (size_t g = 0; g < n_before && q.n_keys; g++)
		n_gone += !find_group(is, n_now, was[g].keys);
	for (uint32_t i = from; i < from + n; i++) {
		const struct weir_result_row *row = r->rows + i;
		for (unsigned m = 0; !before && m < q.n_measures; m++)
			CHECK(row->previous[m].type == WEIR_NULL && row->compared[m].type == WEIR_NULL,
			      "a change from nothing\n");
		if (!before)
			continue;
		const struct ref_group *a = find_group(is, n_now, row->groups),
				       *b = find_group(was, n_before, row->groups);
		CHECK(a || b, "a group that never was\n");
		check_measures(a ? a : nothing, row->compared, "row");
		check_measures(b ? b : nothing, row->previous, "row before");
		CHECK(row->previous_rows == (b ? b->rows : 0), "%llu rows before\n",
		      (unsigned long long)row->previous_rows);
		n_gone -= !row->rows && q.n_keys;
	}
	CHECK(!before || !n_gone, "%zu groups are missing that are gone\n", n_gone);
	free(is);
	free(was);
	free(nothing);
}

/* The figures of one of the two stretches that a change compares. */
void check_stretch(const struct weir_result *r, const struct bounds *bounds, bool before)
{
	struct ref_question total = now.question, groups = now.question;
	size_t n_groups;
	total.n_keys = 0;
	total.seconds = groups.seconds = (double)r->compared_us / 1e6;
	struct ref_group *all = ref_answer(&total, now.rows, now.n_rows, in_bounds, bounds, &n_groups);
	struct ref_group *each = ref_answer(&groups, now.rows, now.n_rows, in_bounds, bounds, &n_groups);
	check_measures(all, before ? r->total.previous : r->total.compared, before ? "total before" : "compared total");
	struct ref_group *nothing = ask_nothing(total.seconds);
	for (uint32_t i = 0; i < r->n_rows; i++) {
		const struct ref_group *g = find_group(each, n_groups, r->rows[i].groups);
		check_measures(g ? g : nothing, before ? r->rows[i].previous : r->rows[i].compared,
			       before ? "row before" : "compared row");
		CHECK((before ? r->rows[i].previous_rows : r->rows[i].compared_rows) == (g ? g->rows : 0),
		      "rows are wrong behind a change\n");
	}
	free(nothing);
	free(each);
	free(all);
}

static int64_t floor_to(int64_t t, int64_t unit)
{
	return t - ((t % unit) + unit) % unit;
}

/* Where the period begins that the window from `start` on is compared with: at the earliest and at the latest. Pinned sliding
 * windows end with a pane, of which this does not know how wide it is. */
void earlier_period(int64_t start, int64_t *first, int64_t *last)
{
	const struct weir_window *w = &now.view.window;
	const struct weir_comparison *c = &now.view.compare;
	bool sliding = w->kind == WEIR_WINDOW_SLIDING;
	*first = start - (c->kind == WEIR_COMPARISON_AGO ? c->offset_us : sliding ? w->size_us : w->hop_us);
	if (c->kind == WEIR_COMPARISON_AT)
		*first = sliding ? c->at_us - w->size_us : floor_to(c->at_us - w->size_us, w->hop_us) + w->hop_us;
	*last = *first;
	if (c->kind == WEIR_COMPARISON_AT && sliding)
		*last += w->size_us / 10 > 10000 ? w->size_us / 10 : w->size_us < 10000 ? w->size_us : 10000;
}

/* A change stands on two stretches that are over, equally long and covered; where there are such, there is a change. */
static void check_change(const struct weir_result *r, const struct bounds *bounds, const struct seen *terms)
{
	const struct weir_window *w = &now.view.window;
	bool sliding = w->kind == WEIR_WINDOW_SLIDING, none = now.view.compare.kind == WEIR_COMPARISON_NONE;
	int64_t start = r->window_start_us, first, last;
	int64_t covered_from_us = terms->covered_from_us, newest = terms->newest_us;
	earlier_period(start, &first, &last);
	bool covered =
	    covered_from_us == WEIR_TIME_NONE || covered_from_us <= (first < start ? first : start) + sliding;
	int64_t seen = r->moment_us > newest ? r->moment_us : newest;
	bool has_part = w->size_us % 10000 == 0 && w->hop_us % 10000 == 0 && w->size_us >= 20000 &&
			(seen - start) * 2 >= w->size_us && (last <= start || last + w->size_us <= seen);
	CHECK(r->compared_us || none || !covered || !has_part || now.budget.limit_bytes,
	      "no change although rows from %lld on were seen, at %lld\n", (long long)covered_from_us, (long long)seen);
	CHECK(!r->unfinished || (!sliding && seen < r->window_end_us), "a window that is over is not finished\n");
	if (!r->compared_us) {
		CHECK(r->total.previous->type == WEIR_NULL && r->total.compared->type == WEIR_NULL,
		      "a change from nothing\n");
		CHECK(r->comparable_at_us == WEIR_TIME_NONE || r->comparable_at_us > r->moment_us ||
			  r->moment_us < newest,
		      "comparable at %lld, but not at %lld\n", (long long)r->comparable_at_us, (long long)r->moment_us);
		return;
	}
	int64_t from = r->previous_from_us;
	CHECK(!none, "a change although none was asked for\n");
	CHECK(from >= first && from <= last, "the compared period begins at %lld, not from %lld to %lld\n",
	      (long long)from, (long long)first, (long long)last);
	CHECK(covered_from_us == WEIR_TIME_NONE || covered_from_us <= (from < start ? from : start) + sliding,
	      "a period from %lld on is not covered\n", (long long)from);
	CHECK(r->compared_us <= w->size_us &&
		  start + r->compared_us <= (seen > r->window_end_us ? r->window_end_us : seen) &&
		  from + r->compared_us <= seen,
	      "%lld us are compared, of which not all are over\n", (long long)r->compared_us);
	struct bounds part = *bounds, before = *bounds;
	part.after_us = start - !sliding;
	before.after_us = from - !sliding;
	part.until_us = part.after_us + r->compared_us;
	before.until_us = before.after_us + r->compared_us;
	check_stretch(r, &part, false);
	check_stretch(r, &before, true);
}

void check_screen(const struct weir_result *r, const struct bounds *bounds, const struct seen *seen)
{
	struct ref_question ungrouped = now.question;
	size_t n_groups;
	ungrouped.n_keys = 0;
	struct ref_group *total = ref_answer(&ungrouped, now.rows, now.n_rows, in_bounds, bounds, &n_groups);
	check_measures(total, r->total.measures, "total");
	check_histogram(&r->histogram, bounds);
	CHECK(r->total.rows == total->rows, "total has %llu rows\n", (unsigned long long)r->total.rows);
	uint64_t rows = 0;
	for (uint32_t i = 0; i < r->n_buckets; i++)
		rows += r->bucket_rows[i];
	CHECK(r->bucket_us > 0 || !r->n_buckets, "buckets without width\n");
	if (seen) {
		check_change(r, bounds, seen);
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
