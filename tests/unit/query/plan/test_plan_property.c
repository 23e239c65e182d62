/* Draws schemas, rows, disorder, windows, filters, groups and measures, and compares every value of a plan's result
 * with the reference. WEIR_PROPERTY_CASES and WEIR_PROPERTY_SEED choose how many and which. */
#include "property.h"

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

/* From here on the plan has seen all rows; drawn, so that some windows are covered and some are not. */
static int64_t covered_from_us;

static struct weir_result *first_at(struct weir_plan *p, int64_t at_us, bool screen, uint32_t most)
{
	struct weir_result *r = NULL;
	struct weir_error err = {0};
	struct weir_result_request request = {.at_us = at_us, .extras = screen ? WEIR_EXTRAS_ALL : 0, .max_rows = most};
	struct weir_plan_rows rows = {.covered_from_us = covered_from_us};
	enum weir_status status = weir_plan_result(p, &request, &rows, now.ledger_streams, &r, &err);
	CHECK(!status, "result: %s\n", err.what);
	return r;
}

static struct weir_result *result_at(struct weir_plan *p, int64_t at_us, bool screen)
{
	return first_at(p, at_us, screen, 0);
}

static void check_top(struct weir_plan *p, const struct weir_result *whole, int64_t at_us, const struct bounds *bounds)
{
	uint32_t most = 1 + (uint32_t)draw(5);
	int64_t held_from_us = weir_plan_held_from(p);
	struct weir_result *first = first_at(p, at_us, true, most);
	/* Little memory may have made panes wider meanwhile, and with them the window, or have let go of some. */
	if (first->error.code == WEIR_OK && held_from_us == weir_plan_held_from(p) &&
	    first->window_start_us == whole->window_start_us && first->window_end_us == whole->window_end_us)
		check_first(whole, first, most, bounds);
	weir_result_unref(first);
}

static void case_all(void)
{
	struct weir_plan *p = bind_plan(false);
	struct bounds bounds = {INT64_MIN, INT64_MAX, true, NULL, NULL};
	feed_all(p);
	now.question.seconds = span_seconds(&bounds);
	struct weir_result *r = result_at(p, WEIR_TIME_NONE, false);
	check_window(r, 0, r->n_rows, &bounds);
	check_ledgers(&bounds);
	weir_result_unref(r);
	weir_plan_free(p);
}

static void case_since(void)
{
	char text[80] = "since ";
	int64_t since = now.n_rows && now.rows[0].time_us != WEIR_TIME_NONE ? now.rows[0].time_us : 1700000000000000;
	weir_time_format_iso(since, text + strlen(text));
	set_window(text);
	struct weir_plan *p = bind_plan(false);
	struct bounds bounds = {since - 1, INT64_MAX, false, NULL, NULL};
	feed_all(p);
	now.question.seconds = span_seconds(&bounds);
	struct weir_result *r = result_at(p, WEIR_TIME_NONE, false);
	check_window(r, 0, r->n_rows, &bounds);
	check_ledgers(&bounds);
	weir_result_unref(r);
	weir_plan_free(p);
}

static int64_t floor_to(int64_t t, int64_t unit)
{
	return t - ((t % unit) + unit) % unit;
}

static void case_aligned(void)
{
	int64_t hop, size;
	char text[80];
	unsigned times = chance(50) ? 1 : 1 + (unsigned)draw(4);
	const char *duration = draw_duration(&hop);
	size = hop * times;
	if (times == 1)
		snprintf(text, sizeof text, "tumbling %s", duration);
	else
		snprintf(text, sizeof text, "hopping %lldus by %s", (long long)size, duration);
	set_window(text);
	now.question.seconds = (double)size / 1e6;
	struct weir_plan *p = bind_plan(false);
	feed_all(p);
	struct weir_result *r = result_at(p, WEIR_TIME_NONE, false);
	for (int again = 0; again < 2; again++) { /* an answer changes nothing */
		uint32_t at = 0;
		int64_t last = INT64_MIN;
		while (at < r->n_rows) {
			uint32_t n = 1;
			int64_t start = r->rows[at].window_start_us;
			while (at + n < r->n_rows && r->rows[at + n].window_start_us == start)
				n++;
			CHECK(start > last && start % hop == 0 && r->rows[at].window_end_us == start + size,
			      "windows are wrong\n");
			struct bounds bounds = {start - 1, start + size - 1, false, NULL, NULL};
			check_window(r, at, n, &bounds);
			last = start;
			at += n;
		}
		weir_result_unref(r);
		r = result_at(p, WEIR_TIME_NONE, false);
	}
	uint64_t windows = 0; /* none is missing: each row is in `times` windows */
	for (uint32_t i = 0; i < r->n_rows; i++)
		windows += r->rows[i].rows;
	uint64_t timed = 0;
	for (size_t i = 0; i < now.n_rows; i++)
		timed += now.rows[i].time_us != WEIR_TIME_NONE && ref_passes(&now.question, now.rows + i);
	CHECK(windows == timed * times, "a window is missing\n");
	struct bounds bounds = {INT64_MIN, INT64_MAX, false, NULL, NULL};
	check_ledgers(&bounds);
	weir_result_unref(r);
	weir_plan_free(p);
}

static void rebuild(struct weir_plan *p, struct store *store, int64_t at_us)
{
	struct weir_error err = {0};
	memset(now.ledgers, 0, sizeof now.ledgers);
	enum weir_status status = weir_plan_rebuild(p, &store->relation, at_us, NULL, now.ledger_streams, &err);
	CHECK(!status, "rebuild: %s\n", err.what);
	CHECK(!weir_plan_needs_rebuild(p, at_us), "wants to be rebuilt again\n");
}

static void case_sliding(void)
{
	static struct store store;
	int64_t size;
	set_window(draw_duration(&size));
	now.question.seconds = (double)size / 1e6;
	struct weir_plan *p = bind_plan(false);
	fill_store(&store);
	for (int i = 0; i < 3; i++) {
		int64_t at = i && now.n_rows ? now.rows[draw(now.n_rows)].time_us : WEIR_TIME_NONE,
			end = at != WEIR_TIME_NONE ? at : newest_time(NULL);
		if (end == WEIR_TIME_NONE)
			break;
		struct bounds bounds = {end - size, end, false, NULL, NULL};
		rebuild(p, &store, at);
		struct weir_result *r = result_at(p, at, false);
		check_window(r, 0, r->n_rows, &bounds);
		check_ledgers(&bounds);
		weir_result_unref(r);
	}
	empty_store(&store);
	weir_plan_free(p);
}

static int newest_first(const void *a, const void *b)
{
	return ref_order(*(const struct ref_row *const *)b, *(const struct ref_row *const *)a);
}

static void case_rows(void)
{
	static struct store store;
	char text[40];
	uint64_t wanted = 1 + draw(now.n_rows + 10);
	const struct ref_row *order[MAX_ROWS];
	size_t n = 0;
	if (!now.has_time) /* then arrival decides, and the test's own order of batches is not that of its rows */
		return;
	snprintf(text, sizeof text, "rows %llu", (unsigned long long)wanted);
	set_window(text);
	for (size_t i = 0; i < now.n_rows; i++) {
		if (now.rows[i].time_us == WEIR_TIME_NONE)
			now.rows[i].time_us = 1700000000000000;
		if (ref_passes(&now.question, now.rows + i))
			order[n++] = now.rows + i;
	}
	qsort(order, n, sizeof *order, newest_first);
	struct weir_plan *p = bind_plan(false);
	fill_store(&store);
	struct bounds bounds = {INT64_MIN, INT64_MAX, true, n ? order[(wanted < n ? wanted : n) - 1] : NULL, NULL};
	now.question.seconds = span_seconds(&bounds);
	rebuild(p, &store, WEIR_TIME_NONE);
	struct weir_result *r = result_at(p, WEIR_TIME_NONE, false);
	check_window(r, 0, r->n_rows, &bounds);
	check_ledgers(&bounds);
	weir_result_unref(r);
	empty_store(&store);
	weir_plan_free(p);
}

/* A live screen at a moment of the past, then at another, then live again. */
static void case_walk(void)
{
	static struct store store;
	int64_t size;
	const char *duration = draw_duration(&size);
	if (size < 10000 || newest_time(NULL) == WEIR_TIME_NONE)
		return;
	set_window(duration);
	draw_comparison();
	now.question.seconds = (double)size / 1e6;
	struct weir_plan *p = bind_plan(true);
	now.budget.limit_bytes = 0; /* wider panes need not end at the moment */
	fill_store(&store);
	for (int i = 0; i < 4; i++) {
		int64_t at = now.rows[draw(now.n_rows)].time_us;
		struct weir_error err = {0};
		if (at == WEIR_TIME_NONE || (i && !weir_plan_needs_rebuild(p, at)))
			continue;
		enum weir_status status = weir_plan_rebuild(p, &store.relation, at, NULL, NULL, &err);
		CHECK(!status, "rebuild: %s\n", err.what);
		CHECK(!weir_plan_needs_rebuild(p, at), "wants to be rebuilt again\n");
		struct weir_result *r = result_at(p, at, true);
		struct bounds bounds = {at - size, at, false, NULL, NULL};
		check_window(r, 0, r->n_rows, &bounds);
		struct seen seen = {covered_from_us, newest_time(NULL)};
		check_screen(r, &bounds, &seen);
		check_top(p, r, at, &bounds);
		weir_result_unref(r);
	}
	empty_store(&store);
	weir_plan_free(p);
}

/* Too many groups for the memory: there is no answer, and no row is in it. */
static bool gave_up(const struct weir_result *r)
{
	if (r->error.code == WEIR_OK)
		return false;
	CHECK(now.budget.limit_bytes && r->error.code == WEIR_NO_MEMORY && !r->n_rows, "an error: %s\n", r->error.what);
	for (unsigned s = 0; s < now.n_streams; s++)
		for (unsigned i = 0; i < MAX_PARTITIONS; i++)
			CHECK(!now.ledgers[s][i].in_window && now.ledgers[s][i].expired == now.ledgers[s][i].matched,
			      "rows are in a window that has no answer\n");
	return true;
}

/* Memory let go of the oldest panes: the answer is that of the rows after them. */
static bool cut_to_held(const struct weir_plan *p, struct bounds *bounds)
{
	int64_t held_from_us = weir_plan_held_from(p);
	CHECK(held_from_us == WEIR_TIME_NONE || now.budget.limit_bytes, "panes were let go without a bound\n");
	if (held_from_us > bounds->after_us)
		bounds->after_us = held_from_us;
	return held_from_us != WEIR_TIME_NONE;
}

/* Live: rows come while results are asked for; each result is true of the window that it names. */
static void case_live(void)
{
	int64_t size = 0, hop = 0;
	unsigned kind = (unsigned)draw(4);
	char text[80];
	const char *duration = draw_duration(&size);
	if (size < 10000 || !now.has_time)
		return;
	snprintf(text, sizeof text, kind == 0 ? "%s" : kind == 1 ? "tumbling %s" : "hopping 0s by %s", duration);
	hop = size;
	if (kind == 2) {
		size *= 3;
		snprintf(text, sizeof text, "hopping %lldus by %s", (long long)size, duration);
	}
	set_window(kind == 3 ? "all" : text);
	draw_comparison();
	struct weir_plan *p = bind_plan(true);
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
		int64_t asked = chance(50) ? WEIR_TIME_NONE : moment;
		struct weir_result *r = result_at(p, asked, true);
		struct bounds bounds = {INT64_MIN, INT64_MAX, kind == 3, NULL, taken};
		bool changes = kind != 3;
		if (gave_up(r)) {
			weir_result_unref(r);
			continue;
		}
		now.question.seconds = (double)size / 1e6;
		if (kind == 3) {
			now.question.seconds = span_seconds(&bounds);
		} else {
			bounds.after_us = r->window_start_us - (kind != 0);
			bounds.until_us = r->window_end_us - (kind != 0);
			CHECK(bounds.after_us < moment && moment <= bounds.until_us &&
				  r->window_end_us - r->window_start_us == size,
			      "the window does not hold its moment\n");
			CHECK(kind == 0 || r->window_start_us == floor_to(moment, hop) - size + hop,
			      "the window is not the one that closes first\n");
		}
		changes &= !cut_to_held(p, &bounds);
		check_window(r, 0, r->n_rows, &bounds);
		struct seen seen = {covered_from_us, moment};
		check_screen(r, &bounds, changes ? &seen : NULL);
		check_ledgers(&bounds);
		check_top(p, r, asked, &bounds);
		weir_result_unref(r);
	}
	weir_plan_free(p);
}

static void run_case(uint64_t seed)
{
	static void (*const cases[])(void) = {case_all,  case_since, case_aligned, case_sliding,
					      case_rows, case_live,  case_live,    case_walk};
	draw_case(seed, false);
	covered_from_us = now.n_rows && chance(50) ? now.rows[draw(now.n_rows)].time_us : WEIR_TIME_NONE;
	cases[draw(sizeof cases / sizeof *cases)]();
	CHECK(weir_budget_used(&now.budget) == 0, "%lld bytes are still charged\n",
	      (long long)weir_budget_used(&now.budget));
	release_case();
}

static void test_plans_agree_with_reference(void **state)
{
	(void)state;
	run_cases(run_case, 6000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_plans_agree_with_reference)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
