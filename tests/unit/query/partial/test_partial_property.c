/* Draws rows and questions, makes partial rows of them the naive way, puts those in as they grow, and compares every value of the
 * plan's result with the reference. WEIR_PROPERTY_CASES and WEIR_PROPERTY_SEED choose how many and which. */
#include "naive.h"

#include "query/plan/plan.h"

static struct weir_plan *bind_partials(bool live)
{
	static const struct weir_str names[MAX_STREAMS] = {{"one", 3}, {"two", 3}, {"three", 5}};
	struct weir_error err = {0};
	struct weir_plan *p = NULL;
	struct weir_relation_schema *schema =
	    weir_relation_schema_new(now.n_streams, names, (const struct weir_schema *const *)now.schemas);
	assert_non_null(schema);
	struct weir_plan_config config = {.view = &now.view,
					  .schema = schema,
					  .live = live,
					  .finite = !live,
					  .schemas_complete = true,
					  .budget = &now.budget,
					  .partials = true};
	now.budget.limit_bytes = live && chance(20) ? 10000 + draw(1000000) : 0;
	enum weir_status status = weir_plan_bind(&config, &p, &err);
	weir_relation_schema_unref(schema);
	CHECK(!status, "bind: %s\n", err.what);
	status = weir_partial_ready(p, &err);
	CHECK(!status, "not ready: %s\n", err.what);
	return p;
}

static struct weir_partials *store_of(const struct weir_plan *p)
{
	struct weir_partials *s = NULL;
	struct weir_error err = {0};
	enum weir_status status = weir_partials_new(p, NULL, &s, &err);
	CHECK(!status, "new: %s\n", err.what);
	return s;
}

static void apply(struct weir_partials *s, struct weir_plan *p)
{
	struct weir_error err = {0};
	enum weir_status status = weir_partials_apply(s, p, &err);
	CHECK(!status, "apply: %s\n", err.what);
}

static struct weir_result *result_at(struct weir_plan *p, int64_t at_us, uint32_t most)
{
	struct weir_result *r = NULL;
	struct weir_error err = {0};
	struct weir_result_request request = {
	    .at_us = at_us, .extras = p->live ? WEIR_EXTRAS_ALL : 0, .max_rows = most};
	struct weir_plan_rows rows = {.covered_from_us = WEIR_TIME_NONE, .newest_us = WEIR_TIME_NONE};
	enum weir_status status = weir_plan_result(p, &request, &rows, NULL, &r, &err);
	CHECK(!status, "result: %s\n", err.what);
	return r;
}

/* Sums of such floats are exact, in whatever order. */
static void round_floats(void)
{
	for (size_t i = 0; i < now.n_rows; i++) {
		struct weir_value *v = now.rows[i].cells + REF_FLOAT;
		if (v->type == WEIR_FLOAT64)
			v->f = nearbyint(fmod(v->f, 1e6) * 64) / 64 + 0.0;
	}
}

/* All at once, or in steps: more and more of the rows, some of the partial rows twice. */
static void put_all(struct weir_plan *p, struct weir_partials *s, const struct bounds *in)
{
	bool fed[MAX_ROWS] = {false};
	struct bounds some = *in;
	some.fed = fed;
	for (unsigned steps = (unsigned)draw(3); steps; steps--) {
		for (size_t i = 0; i < now.n_rows; i++)
			fed[i] |= chance(50);
		naive_put(p, s, &some);
		if (chance(60))
			apply(s, p);
	}
	naive_put(p, s, in);
	if (chance(10)) /* a batch that is run again after a restart */
		naive_put(p, s, in);
	apply(s, p);
}

static void check_batch(struct weir_plan *p, const struct bounds *bounds)
{
	struct weir_result *r = result_at(p, WEIR_TIME_NONE, 0);
	check_window(r, 0, r->n_rows, bounds);
	weir_result_unref(r);
}

static void end(struct weir_plan *p, struct weir_partials *s)
{
	struct weir_partials_account account;
	weir_partials_count(s, &account);
	weir_partials_clear(s);
	weir_partials_free(s);
	weir_plan_free(p);
}

static void case_all(void)
{
	struct weir_plan *p = bind_partials(false);
	struct weir_partials *s = store_of(p);
	struct bounds bounds = {INT64_MIN, INT64_MAX, true, NULL, NULL};
	put_all(p, s, &bounds);
	now.question.seconds = span_seconds(&bounds);
	check_batch(p, &bounds);
	end(p, s);
}

static void case_since(void)
{
	char text[80] = "since ";
	int64_t since = now.n_rows && now.rows[0].time_us != WEIR_TIME_NONE ? now.rows[0].time_us : 1700000000000000;
	since -= chance(50) ? since % 1000000 : 0;
	weir_time_format_iso(since, text + strlen(text));
	set_window(text);
	struct weir_plan *p = bind_partials(false);
	struct weir_partials *s = store_of(p);
	struct bounds bounds = {since - 1, INT64_MAX, false, NULL, NULL},
		      earlier = {since % 1000000 ? since - 1 : INT64_MIN, INT64_MAX, false, NULL, NULL};
	put_all(p, s, &earlier);
	now.question.seconds = span_seconds(&bounds);
	check_batch(p, &bounds);
	end(p, s);
}

static void case_sliding(void)
{
	int64_t size, newest = newest_time(NULL);
	set_window(draw_duration(&size));
	now.question.seconds = (double)size / 1e6;
	struct weir_plan *p = bind_partials(false);
	struct weir_partials *s = store_of(p);
	if (newest != WEIR_TIME_NONE) {
		struct bounds bounds = {newest - size, newest, false, NULL, NULL};
		weir_partials_note_newest(s, newest);
		put_all(p, s, &bounds);
		check_batch(p, &bounds);
	}
	end(p, s);
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
	struct weir_plan *p = bind_partials(false);
	struct weir_partials *s = store_of(p);
	struct bounds all = {INT64_MIN, INT64_MAX, false, NULL, NULL};
	put_all(p, s, &all);
	struct weir_result *r = result_at(p, WEIR_TIME_NONE, 0);
	uint64_t windows = 0, timed = 0;
	for (uint32_t at = 0, n; at < r->n_rows; at += n) {
		int64_t start = r->rows[at].window_start_us;
		for (n = 1; at + n < r->n_rows && r->rows[at + n].window_start_us == start;)
			n++;
		struct bounds bounds = {start - 1, start + size - 1, false, NULL, NULL};
		check_window(r, at, n, &bounds);
	}
	for (uint32_t i = 0; i < r->n_rows; i++)
		windows += r->rows[i].rows;
	for (size_t i = 0; i < now.n_rows; i++)
		timed += now.rows[i].time_us != WEIR_TIME_NONE && ref_passes(&now.question, now.rows + i);
	CHECK(windows == timed * times, "a window is missing\n");
	weir_result_unref(r);
	end(p, s);
}

/* ---- live ---- */

struct live {
	unsigned kind; /* sliding, tumbling, hopping, all */
	int64_t size, hop;
};

static struct live draw_window(void)
{
	char text[80];
	struct live l = {.kind = (unsigned)draw(4)};
	const char *duration = draw_duration(&l.size);
	l.hop = l.size;
	if (l.kind == 0)
		snprintf(text, sizeof text, "%s", duration);
	else if (l.kind == 1)
		snprintf(text, sizeof text, "tumbling %s", duration);
	if (l.kind == 2) {
		l.size *= 3;
		snprintf(text, sizeof text, "hopping %lldus by %s", (long long)l.size, duration);
	}
	set_window(l.kind == 3 ? "all" : text);
	draw_comparison();
	return l;
}

static void check_live(struct weir_plan *p, const struct live *l, const bool *taken)
{
	int64_t moment = newest_time(taken), asked = chance(50) ? WEIR_TIME_NONE : moment;
	struct weir_result *r = result_at(p, asked, 0);
	struct bounds bounds = {INT64_MIN, INT64_MAX, false, NULL, taken};
	if (r->error.code) {
		CHECK(now.budget.limit_bytes && r->error.code == WEIR_NO_MEMORY, "an error: %s\n", r->error.what);
		weir_result_unref(r);
		return;
	}
	now.question.seconds = (double)l->size / 1e6;
	if (l->kind == 3) {
		now.question.seconds = span_seconds(&bounds);
	} else {
		bounds.after_us = r->window_start_us - (l->kind != 0);
		bounds.until_us = r->window_end_us - (l->kind != 0);
		CHECK(bounds.after_us < moment && moment <= bounds.until_us &&
			  r->window_end_us - r->window_start_us == l->size,
		      "the window does not hold its moment\n");
	}
	int64_t held_from_us = weir_plan_held_from(p);
	CHECK(held_from_us == WEIR_TIME_NONE || now.budget.limit_bytes, "panes were let go without a bound\n");
	if (held_from_us > bounds.after_us)
		bounds.after_us = held_from_us;
	check_window(r, 0, r->n_rows, &bounds);
	struct seen seen = {WEIR_TIME_NONE, moment};
	/* A pinned window ends with a pane, which is wider here: then its period may not be over yet. */
	bool pinned = now.view.compare.kind == WEIR_COMPARISON_AT && !r->compared_us;
	check_screen(r, &bounds, l->kind != 3 && held_from_us == WEIR_TIME_NONE && !pinned ? &seen : NULL);
	struct weir_result *first = result_at(p, asked, 2);
	if (!first->error.code && held_from_us == weir_plan_held_from(p) &&
	    first->window_start_us == r->window_start_us && first->window_end_us == r->window_end_us)
		check_first(r, first, 2, &bounds);
	weir_result_unref(first);
	weir_result_unref(r);
}

/* Another window for the same question: counted anew from what is kept, if that goes. */
static void change_window(struct weir_plan **p, struct weir_partials *s, struct live *l)
{
	struct weir_error err = {0};
	struct live other = draw_window();
	struct weir_plan *fresh = bind_partials(true);
	CHECK(weir_partial_pane_us(fresh) % weir_partials_layout(s)->pane_us || weir_partials_fits(s, fresh),
	      "another window is another question\n");
	if (weir_partials_fits(s, fresh)) {
		enum weir_status status = weir_partials_rebuild(s, fresh, WEIR_TIME_NONE, NULL, &err);
		CHECK(!status, "rebuild: %s\n", err.what);
		weir_plan_free(*p);
		*p = fresh;
		*l = other;
		return;
	}
	weir_plan_free(fresh);
	/* the view goes on saying what the plan is of */
	char text[80];
	static const char *const kinds[] = {"%lldus", "tumbling %lldus", "hopping %lldus by %lldus", "all"};
	assert_int_equal(weir_view_set(&now.view, WEIR_VIEW_COMPARE, "", 0, &err), WEIR_OK);
	snprintf(text, sizeof text, l->kind == 2 ? "hopping %lldus by %lldus" : "%lldus", (long long)l->size,
		 (long long)l->hop);
	if (l->kind == 1)
		snprintf(text, sizeof text, "tumbling %lldus", (long long)l->size);
	set_window(l->kind == 3 ? kinds[3] : text);
	fresh = bind_partials(true);
	enum weir_status status = weir_partials_rebuild(s, fresh, WEIR_TIME_NONE, NULL, &err);
	CHECK(!status, "rebuild: %s\n", err.what);
	weir_plan_free(*p);
	*p = fresh;
}

static void case_live(void)
{
	struct live l = draw_window();
	struct weir_plan *p = bind_partials(true);
	struct weir_partials *s = store_of(p);
	bool taken[MAX_ROWS] = {false}, fewer[MAX_ROWS];
	size_t at = 0;
	struct weir_batch *b;
	struct bounds in = {INT64_MIN, INT64_MAX, false, NULL, taken};
	while (memcpy(fewer, taken, sizeof taken), (b = next_batch(&at, taken))) {
		weir_batch_free(b);
		int64_t moment = newest_time(taken);
		if (moment == WEIR_TIME_NONE)
			continue;
		weir_partials_note_newest(s, moment);
		naive_put(p, s, &in);
		if (chance(10)) { /* rows that were there are gone, and come back */
			struct bounds less_of_it = in;
			less_of_it.fed = fewer;
			apply(s, p);
			naive_put(p, s, &less_of_it);
			if (chance(50))
				apply(s, p);
			naive_put(p, s, &in);
		}
		if (chance(60))
			apply(s, p);
		if (chance(15))
			change_window(&p, s, &l);
		if (chance(40))
			continue;
		apply(s, p);
		check_live(p, &l, taken);
	}
	end(p, s);
}

static void run_case(uint64_t seed)
{
	static void (*const cases[])(void) = {case_all,  case_since, case_aligned, case_sliding,
					      case_live, case_live,  case_live};
	draw_case(seed, false);
	round_floats();
	cases[draw(sizeof cases / sizeof *cases)]();
	CHECK(weir_budget_used(&now.budget) == 0, "%lld bytes are still charged\n",
	      (long long)weir_budget_used(&now.budget));
	release_case();
}

static void test_partial_rows_agree_with_reference(void **state)
{
	(void)state;
	run_cases(run_case, 1500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_partial_rows_agree_with_reference)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
