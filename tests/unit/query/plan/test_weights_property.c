/* Rows that came and were taken back: the answer of a plan is that of the rows that remain, compared with the reference, which
 * sees only those. A question whose measures cannot take rows back gets a clear error and never a number. As in
 * test_plan_property, WEIR_PROPERTY_CASES and WEIR_PROPERTY_SEED choose how many cases and which. */
#include "property.h"

static struct ref_row remain[MAX_ROWS];
static bool any_back; /* a row that passes the filter was taken back, or counts more than once */
static bool any_owed; /* a row was taken back that has not come yet */
static uint64_t n_answers, n_refusals;

/* Some rows are taken back later, by a row that is alike; some count twice. Within a stream, what takes back comes after. */
static void draw_weights(bool early)
{
	static struct ref_row drawn[MAX_ROWS];
	size_t n = now.n_rows < MAX_ROWS / 2 ? now.n_rows : MAX_ROWS / 2, at = 0;
	unsigned percent = (unsigned)draw(100);
	bool used[MAX_ROWS] = {false};
	memcpy(drawn, now.rows, n * sizeof *drawn);
	now.has_weights = true;
	now.n_rows = 0;
	for (size_t i = 0; i < n; i++) {
		bool back = chance(percent);
		drawn[i].weight = chance(10) ? (int8_t)(1 + draw(4)) : 1;
		if (back)
			used[i] = true;
		if (back && early && chance(10)) { /* before the row itself */
			now.rows[now.n_rows] = drawn[i];
			now.rows[now.n_rows++].weight = (int8_t)-drawn[i].weight;
			used[i] = false;
		}
		now.rows[now.n_rows++] = drawn[i];
		while (at <= i && chance(60)) {
			if (used[at]) {
				now.rows[now.n_rows] = drawn[at];
				now.rows[now.n_rows++].weight = (int8_t)-drawn[at].weight;
			}
			at++;
		}
	}
	for (; at < n; at++)
		if (used[at] && chance(70)) {
			now.rows[now.n_rows] = drawn[at];
			now.rows[now.n_rows++].weight = (int8_t)-drawn[at].weight;
		}
	ref_retype(now.rows, now.n_rows, now.mix_type);
}

/* What remains of the rows that were fed (NULL: of all): each row as often as the weights of all that are alike say. */
static size_t find_rest(const bool *fed, bool (*in)(const void *, const struct ref_row *), const void *ctx)
{
	size_t n = 0;
	any_back = any_owed = false;
	for (size_t i = 0; i < now.n_rows; i++) {
		int left = 0;
		bool first = true;
		for (size_t k = 0; k < now.n_rows; k++) {
			bool alike =
			    now.rows[k].stream == now.rows[i].stream && now.rows[k].position == now.rows[i].position;
			if (!alike || (fed && !fed[k]))
				continue;
			left += now.rows[k].weight;
			first &= k >= i;
		}
		if (fed && !fed[i])
			continue;
		any_back |= now.rows[i].weight != 1 && ref_passes(&now.question, now.rows + i) && in(ctx, now.rows + i);
		any_owed |= left < 0;
		for (; first && left > 0; left--) {
			assert_true(n < MAX_ROWS);
			remain[n] = now.rows[i];
			remain[n++].weight = 1;
		}
	}
	return n;
}

/* Runs the checks on the rows that remain in place of those that came. */
static struct ref_row came[MAX_ROWS];
static void see_rest(size_t n_rest)
{
	memcpy(came, now.rows, now.n_rows * sizeof *came);
	now.came = came;
	now.n_came = now.n_rows;
	memcpy(now.rows, remain, n_rest * sizeof *remain);
	now.n_rows = n_rest;
	ref_retype(now.rows, now.n_rows, now.mix_type); /* its text lies in the row */
}
static void see_all(void)
{
	memcpy(now.rows, came, now.n_came * sizeof *came);
	now.n_rows = now.n_came;
	now.came = NULL;
	ref_retype(now.rows, now.n_rows, now.mix_type);
}

static bool takes_back(enum ref_kind kind)
{
	return kind == REF_COUNT || kind == REF_COUNT_X || kind == REF_SUM || kind == REF_AVG || kind == REF_STDDEV ||
	       kind == REF_VARIANCE || kind == REF_RATE || kind == REF_RATE_X || kind == REF_DISTINCT ||
	       kind == REF_MODE;
}

/* A refusal says which measure it is for, and is only for one that cannot take rows back. length: of the window, so that a
 * rate is not of a span that the rows make. */
static void check_refusal(const struct weir_error *e, bool length)
{
	n_refusals++;
	CHECK(e->code == WEIR_UNSUPPORTED, "an error: %s\n", e->what);
	CHECK(any_back, "refused although no row was taken back: %s\n", e->what);
	CHECK(e->hint[0] && strstr(e->what, "taken back"), "a refusal that says nothing: %s\n", e->what);
	const char *at = strstr(e->what, " m");
	unsigned m = at ? (unsigned)strtoul(at + 2, NULL, 10) : UINT_MAX;
	CHECK(m < now.question.n_measures, "a refusal names no measure: %s\n", e->what);
	enum ref_kind kind = now.question.measures[m].kind;
	CHECK(!takes_back(kind) || (!length && (kind == REF_RATE || kind == REF_RATE_X)),
	      "refused although m%u can take rows back\n", m);
}

static struct weir_result *ask(struct weir_plan *p, int64_t at_us, bool screen, bool length, struct weir_error *err)
{
	struct weir_result *r = NULL;
	struct weir_result_request request = {.at_us = at_us, .extras = screen ? WEIR_EXTRAS_ALL : 0};
	enum weir_status status = weir_plan_result(p, &request, NULL, now.ledger_streams, &r, err);
	if (status || r->error.code == WEIR_UNSUPPORTED) {
		check_refusal(status ? err : &r->error, length);
		CHECK(status || !r->n_rows, "a refusal with rows\n");
		weir_result_unref(r);
		return NULL;
	}
	n_answers++;
	return r;
}

static void feed_all(struct weir_plan *p)
{
	bool taken[MAX_ROWS] = {false};
	size_t at = 0;
	struct weir_batch *b;
	while ((b = next_batch(&at, taken))) {
		struct weir_error err = {0};
		enum weir_status status = weir_plan_update(p, b, now.ledger_rows[b->stream], &err);
		CHECK(!status, "update: %s\n", err.what);
		weir_batch_free(b);
	}
}

static void check_all(struct weir_plan *p, const struct bounds *bounds, bool length)
{
	struct weir_error err = {0};
	size_t n_rest = find_rest(NULL, in_bounds, bounds);
	struct weir_result *r = ask(p, WEIR_TIME_NONE, false, length, &err);
	check_ledgers(bounds);
	if (!r)
		return;
	see_rest(n_rest);
	if (!length)
		now.question.seconds = span_seconds(bounds);
	check_window(r, 0, r->n_rows, bounds);
	see_all();
	weir_result_unref(r);
}

static void case_all(void)
{
	struct bounds bounds = {INT64_MIN, INT64_MAX, true, NULL, NULL};
	struct weir_plan *p = bind_plan(false);
	draw_weights(true);
	feed_all(p);
	check_all(p, &bounds, false);
	weir_plan_free(p);
}

static void case_since(void)
{
	char text[80] = "since ";
	int64_t since = now.n_rows && now.rows[0].time_us != WEIR_TIME_NONE ? now.rows[0].time_us : 1700000000000000;
	weir_time_format_iso(since, text + strlen(text));
	set_window(text);
	struct bounds bounds = {since - 1, INT64_MAX, false, NULL, NULL};
	struct weir_plan *p = bind_plan(false);
	draw_weights(true);
	feed_all(p);
	check_all(p, &bounds, false);
	weir_plan_free(p);
}

static void case_aligned(void)
{
	int64_t hop, size;
	char text[80];
	unsigned times = chance(50) ? 1 : 1 + (unsigned)draw(4);
	const char *duration = draw_duration(&hop);
	struct weir_error err = {0};
	size = hop * times;
	snprintf(text, sizeof text, "tumbling %s", duration);
	if (times > 1)
		snprintf(text, sizeof text, "hopping %lldus by %s", (long long)size, duration);
	set_window(text);
	now.question.seconds = (double)size / 1e6;
	struct weir_plan *p = bind_plan(false);
	draw_weights(true);
	feed_all(p);
	struct bounds every = {INT64_MIN, INT64_MAX, false, NULL, NULL};
	size_t n_rest = find_rest(NULL, in_bounds, &every);
	struct weir_result *r = ask(p, WEIR_TIME_NONE, false, true, &err);
	if (r) {
		see_rest(n_rest);
		uint64_t windows = 0, timed = 0;
		for (uint32_t at = 0, n = 0; at < r->n_rows; at += n) {
			int64_t start = r->rows[at].window_start_us;
			for (n = 1; at + n < r->n_rows && r->rows[at + n].window_start_us == start;)
				n++;
			struct bounds bounds = {start - 1, start + size - 1, false, NULL, NULL};
			CHECK(r->rows[at].rows, "a window without rows\n");
			check_window(r, at, n, &bounds);
		}
		for (uint32_t i = 0; i < r->n_rows; i++)
			windows += r->rows[i].rows;
		for (size_t i = 0; i < now.n_rows; i++)
			timed += now.rows[i].time_us != WEIR_TIME_NONE && ref_passes(&now.question, now.rows + i);
		CHECK(windows == timed * times, "a window is missing\n");
		see_all();
		weir_result_unref(r);
	}
	weir_plan_free(p);
}

/* The rows read again, by several plans that each see some of the segments and then become one. */
static void rebuild(struct weir_plan *p, const struct store *store, int64_t at_us, bool live)
{
	uint32_t parts = 1 + (uint32_t)draw(3), n = weir_relation_snapshot_segments(&store->relation), from = 0;
	struct weir_error err = {0};
	for (uint32_t k = 0; k < parts; k++) {
		struct weir_plan *part = k ? bind_plan(live) : p;
		uint32_t to = k + 1 == parts ? n : from + (uint32_t)draw(n - from + 1);
		struct weir_shares own = {.n = parts}; /* only what is its own */
		atomic_init(own.ranges + k, (uint64_t)from << 32 | to);
		from = to;
		now.budget.limit_bytes = 0;
		enum weir_status status =
		    weir_plan_rebuild_part(part, &store->relation, &own, k, at_us, NULL, NULL, &err);
		if (!status && k)
			status = weir_plan_merge(p, part, &err);
		CHECK(!status, "rebuild: %s\n", err.what);
		if (k)
			weir_plan_free(part);
	}
}

static void case_sliding(void)
{
	static struct store store;
	int64_t size;
	bool live = chance(50);
	const char *duration = draw_duration(&size);
	if (live && (size < 10000 || !now.has_time))
		return;
	set_window(duration);
	now.question.seconds = (double)size / 1e6;
	struct weir_plan *p = bind_plan(live);
	now.budget.limit_bytes = 0;
	draw_weights(true);
	fill_store(&store);
	for (int i = 0; i < 3; i++) {
		int64_t at = i && now.n_rows ? now.rows[draw(now.n_rows)].time_us : WEIR_TIME_NONE,
			end = at != WEIR_TIME_NONE ? at : newest_time(NULL);
		struct weir_error err = {0};
		if (end == WEIR_TIME_NONE)
			break;
		struct bounds bounds = {end - size, end, false, NULL, NULL};
		rebuild(p, &store, end, live);
		now.budget.limit_bytes = 0;
		struct bounds all = {INT64_MIN, INT64_MAX, false, NULL, NULL};
		size_t n_rest = find_rest(NULL, in_bounds, live ? &all : &bounds);
		struct weir_result *r = ask(p, end, live, true, &err);
		if (!r)
			continue;
		see_rest(n_rest);
		check_window(r, 0, r->n_rows, &bounds);
		see_all();
		weir_result_unref(r);
	}
	empty_store(&store);
	weir_plan_free(p);
}

/* A window of the newest rows: which are the newest cannot be told once some were taken back. */
static void case_rows(void)
{
	static struct store store;
	char text[40];
	struct weir_error err = {0};
	struct weir_result *r = NULL;
	struct weir_result_request request = {.at_us = WEIR_TIME_NONE};
	snprintf(text, sizeof text, "rows %u", 1 + (unsigned)draw(MAX_ROWS));
	set_window(text);
	struct weir_plan *p = bind_plan(false);
	draw_weights(false);
	fill_store(&store);
	struct bounds all = {INT64_MIN, INT64_MAX, true, NULL, NULL};
	find_rest(NULL, in_bounds, &all);
	CHECK(!weir_plan_rebuild(p, &store.relation, WEIR_TIME_NONE, NULL, NULL, &err), "rebuild: %s\n", err.what);
	enum weir_status status = weir_plan_result(p, &request, NULL, NULL, &r, &err);
	CHECK(any_back ? status == WEIR_UNSUPPORTED && err.hint[0] : status == WEIR_OK,
	      "a window of rows answers with %d\n", (int)status);
	weir_result_unref(r);
	empty_store(&store);
	weir_plan_free(p);
}

/* Rows come and go while results are asked for. */
static void case_live(void)
{
	int64_t size = 0;
	unsigned kind = (unsigned)draw(4);
	char text[80];
	const char *duration = draw_duration(&size);
	if (size < 10000 || !now.has_time)
		return;
	snprintf(text, sizeof text, kind == 0 ? "%s" : "tumbling %s", duration);
	if (kind == 2) {
		size *= 3;
		snprintf(text, sizeof text, "hopping %lldus by %s", (long long)size, duration);
	}
	set_window(kind == 3 ? "all" : text);
	struct weir_plan *p = bind_plan(true);
	now.budget.limit_bytes = 0;
	draw_weights(chance(50));
	bool taken[MAX_ROWS] = {false};
	size_t at = 0;
	struct weir_batch *b;
	while ((b = next_batch(&at, taken))) {
		struct weir_error err = {0};
		enum weir_status status = weir_plan_update(p, b, now.ledger_rows[b->stream], &err);
		CHECK(!status, "update: %s\n", err.what);
		weir_batch_free(b);
		int64_t moment = newest_time(taken);
		if (chance(40) || moment == WEIR_TIME_NONE)
			continue;
		struct bounds bounds = {INT64_MIN, INT64_MAX, kind == 3, NULL, taken};
		size_t n_rest = find_rest(taken, in_bounds, &bounds);
		struct weir_result *r = ask(p, chance(50) ? WEIR_TIME_NONE : moment, true, kind != 3, &err);
		if (!r || any_owed) { /* what is owed makes no answer, but the next ones must not suffer from it */
			weir_result_unref(r);
			continue;
		}
		now.question.seconds = (double)size / 1e6;
		if (kind != 3) {
			bounds.after_us = r->window_start_us - (kind != 0);
			bounds.until_us = r->window_end_us - (kind != 0);
		}
		check_ledgers(&bounds);
		see_rest(n_rest);
		bounds.fed = NULL;
		if (kind == 3)
			now.question.seconds = span_seconds(&bounds);
		check_window(r, 0, r->n_rows, &bounds);
		struct seen seen = {WEIR_TIME_NONE, moment};
		if (r->histogram.column.size) /* it goes with the first row that it cannot take back */
			check_screen(r, &bounds, kind == 3 ? NULL : &seen);
		for (uint32_t i = 0; i < r->n_buckets; i++)
			CHECK(r->bucket_rows[i] || isnan(r->total.spark[i]), "a bucket without rows has a value\n");
		see_all();
		weir_result_unref(r);
	}
	weir_plan_free(p);
}

static void run_case(uint64_t seed)
{
	static void (*const cases[])(void) = {case_all,  case_since, case_aligned, case_sliding,
					      case_rows, case_live,  case_live};
	draw_case(seed, false);
	cases[draw(sizeof cases / sizeof *cases)]();
	CHECK(weir_budget_used(&now.budget) == 0, "%lld bytes are still charged\n",
	      (long long)weir_budget_used(&now.budget));
	release_case();
}

static void test_what_is_taken_back_does_not_count(void **state)
{
	(void)state;
	run_cases(run_case, 4000);
	assert_true(n_answers > 0 && n_refusals > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_what_is_taken_back_does_not_count)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
