#include "engine.h"

/* What must be true of every ledger whenever one can see it. */
void engine_check_ledgers(void)
{
	for (unsigned s = 0; s < now.n_streams; s++)
		for (unsigned p = 0; p < engine.n_partitions[s]; p++) {
			const struct weir_ledger *l = weir_buffer_ledger(engine.local->streams[s].buffer, p);
			uint64_t received = 0, late = 0, matched = 0, filtered = 0, future = 0;
			for (size_t i = 0; i < now.n_rows; i++) {
				const struct ref_row *r = now.rows + i;
				if (r->stream != s || r->partition != p || !engine.fed[i])
					continue;
				received++;
				future += engine.future[i];
				if (engine.late[i])
					late++;
				else if (engine.gone[i] ? engine.gone_matched[i] : ref_passes(&now.question, r))
					matched++;
				else
					filtered++;
			}
			CHECK(l->received == received && l->late == late,
			      "ledger of %u/%u: received %llu, late %llu instead of %llu and %llu\n", s, p,
			      (unsigned long long)l->received, (unsigned long long)l->late,
			      (unsigned long long)received, (unsigned long long)late);
			CHECK(l->future == future, "ledger of %u/%u: %llu from the future instead of %llu\n", s, p,
			      (unsigned long long)l->future, (unsigned long long)future);
			CHECK(l->matched == matched && l->filtered == filtered,
			      "ledger of %u/%u: matched %llu, filtered %llu instead of %llu and %llu\n", s, p,
			      (unsigned long long)l->matched, (unsigned long long)l->filtered,
			      (unsigned long long)matched, (unsigned long long)filtered);
			CHECK(engine.bounded || !l->truncated_by_memory, "rows were cut off without a bound\n");
		}
}

static void check_in_window(const struct weir_result *r, const struct bounds *bounds)
{
	for (unsigned s = 0; s < now.n_streams; s++)
		for (unsigned p = 0; p < r->n_partitions[s]; p++) {
			const struct weir_ledger *l = &r->partitions[s][p];
			uint64_t in = 0;
			for (size_t i = 0; i < now.n_rows; i++)
				in += now.rows[i].stream == s && now.rows[i].partition == p &&
				      in_bounds(bounds, now.rows + i) && ref_passes(&now.question, now.rows + i);
			CHECK(weir_ledger_balances(l), "the ledger of %u/%u does not balance\n", s, p);
			CHECK(l->in_window == in, "in the window of %u/%u: %llu instead of %llu\n", s, p,
			      (unsigned long long)l->in_window, (unsigned long long)in);
		}
	CHECK(weir_ledger_balances(&r->ledger), "the sum of ledgers does not balance\n");
}

static int newest_first(const void *a, const void *b)
{
	return ref_order(*(const struct ref_row *const *)b, *(const struct ref_row *const *)a);
}

/* The oldest row of a rows window; false: this reference does not know, because there are rows without a time. */
static bool first_of_newest(struct bounds *bounds)
{
	static const struct ref_row *order[MAX_ROWS];
	uint64_t wanted = now.view.window.rows;
	size_t n = 0;
	for (size_t i = 0; i < now.n_rows; i++)
		if (in_bounds(bounds, now.rows + i) && ref_passes(&now.question, now.rows + i)) {
			if (now.rows[i].time_us == WEIR_TIME_NONE)
				return false;
			order[n++] = now.rows + i;
		}
	qsort(order, n, sizeof *order, newest_first);
	if (!wanted)
		bounds->until_us = INT64_MIN;
	else if (n)
		bounds->from = order[(wanted < n ? wanted : n) - 1];
	return true;
}

static int64_t newest_admitted(void)
{
	int64_t newest = WEIR_TIME_NONE; /* late rows are no news, nor are those from the future */
	for (size_t i = 0; i < now.n_rows; i++)
		if (engine_admitted(i) && !engine.future[i] && now.rows[i].time_us > newest)
			newest = now.rows[i].time_us;
	return newest;
}

static int64_t floor_to(int64_t t, int64_t unit)
{
	return t - ((t % unit) + unit) % unit;
}

/* A batch has seen all rows from here on. */
static int64_t begun_us(void)
{
	int64_t begun = WEIR_TIME_NONE;
	for (unsigned s = 0; s < now.n_streams; s++) {
		int64_t first = INT64_MAX;
		for (size_t i = 0; i < now.n_rows; i++)
			if (now.rows[i].stream == s && engine.fed[i] && !engine.future[i] &&
			    now.rows[i].time_us != WEIR_TIME_NONE && now.rows[i].time_us < first)
				first = now.rows[i].time_us;
		if (first != INT64_MAX && first > begun)
			begun = first;
	}
	return engine.built_from_us >= begun && engine.built_from_us != WEIR_TIME_NONE ? engine.built_from_us + 1
										       : begun;
}

/* Batch: two stretches of part_us, of the window from start_us on and of an earlier one, that are compared where that is known. */
struct stretches {
	struct bounds part, before;
	int64_t part_us;
	bool known;
};

static struct stretches stretches_of(int64_t start_us, bool may_be_ahead)
{
	const struct weir_window *w = &now.view.window;
	bool sliding = w->kind == WEIR_WINDOW_SLIDING;
	int64_t newest = newest_admitted(), covered = begun_us(), then_us, ignored, part_us = w->size_us;
	earlier_period(start_us, &then_us, &ignored);
	/* Of the window; half-open at its end or at its start. */
	int64_t seen_us = newest == WEIR_TIME_NONE ? part_us : newest - start_us + !sliding;
	if (!sliding || may_be_ahead)
		part_us = seen_us < w->size_us ? seen_us : w->size_us;
	bool early = covered != WEIR_TIME_NONE && (then_us < start_us ? then_us : start_us) + sliding < covered;
	bool over = part_us > 0 && then_us + part_us - !sliding <= newest;
	return (struct stretches){
	    {start_us - !sliding, start_us - !sliding + part_us, false, NULL, engine.counted},
	    {then_us - !sliding, then_us - !sliding + part_us, false, NULL, engine.counted},
	    part_us,
	    !early && over,
	};
}

/* Rows [from, from + n) of a batch: the window from start_us on, by the part that is compared, and what they say of the earlier. */
static void check_batch_window(const struct weir_result *r, uint32_t from, uint32_t n, struct bounds *bounds,
			       int64_t start_us, bool may_be_ahead)
{
	struct stretches s = {.known = false};
	now.question.seconds = (double)now.view.window.size_us / 1e6;
	if (compares())
		s = stretches_of(start_us, may_be_ahead);
	if (s.known)
		now.question.seconds = (double)s.part_us / 1e6;
	check_window(r, from, n, bounds);
	if (compares())
		check_compared(r, from, n, &s.part, s.known ? &s.before : NULL, now.question.seconds);
	CHECK(!r->comparison.n_unheld, "the rows of an earlier window are not held\n");
}

/* Batch, tumbling and hopping: every window that has rows. */
static void check_windows(const struct weir_result *r)
{
	const struct weir_window *w = &now.view.window;
	uint64_t windows = 0, rows = 0;
	int64_t last = INT64_MIN;
	for (uint32_t at = 0, n; at < r->n_rows; at += n) {
		int64_t start = r->rows[at].window_start_us;
		for (n = 1; at + n < r->n_rows && r->rows[at + n].window_start_us == start; n++)
			;
		CHECK(start > last && start % w->hop_us == 0 && r->rows[at].window_end_us == start + w->size_us,
		      "windows are wrong\n");
		struct bounds bounds = {start - 1, start + w->size_us - 1, false, NULL, engine.counted};
		check_batch_window(r, at, n, &bounds, start, false);
		last = start;
	}
	for (uint32_t i = 0; i < r->n_rows; i++)
		windows += r->rows[i].rows;
	for (size_t i = 0; i < now.n_rows; i++)
		rows += engine.counted[i] && now.rows[i].time_us != WEIR_TIME_NONE &&
			ref_passes(&now.question, now.rows + i);
	CHECK(windows == rows * (uint64_t)(w->size_us / w->hop_us), "a window is missing\n");
	struct bounds all = {INT64_MIN, INT64_MAX, false, NULL, engine.counted};
	check_in_window(r, &all);
}

/* The window that the result says it is of; false: none, or not to be checked. */
static bool window_of(const struct weir_result *r, int64_t at, struct bounds *bounds)
{
	const struct weir_window *w = &now.view.window;
	int64_t moment = r->moment_us;
	if (engine.live && at >= newest_admitted()) /* now: what lies ahead by less than --skew has come */
		at = WEIR_TIME_NONE;
	*bounds = (struct bounds){INT64_MIN, INT64_MAX, true, NULL, engine.counted};
	switch (w->kind) {
	case WEIR_WINDOW_ALL:
		break;
	case WEIR_WINDOW_ROWS:
		bounds->until_us = at == WEIR_TIME_NONE ? INT64_MAX : at;
		if (!first_of_newest(bounds))
			return false;
		break;
	case WEIR_WINDOW_SINCE:
		*bounds = (struct bounds){w->since_us - 1, at == WEIR_TIME_NONE ? INT64_MAX : at, false, NULL,
					  engine.counted};
		break;
	default:
		bounds->no_time = false;
		if (moment == WEIR_TIME_NONE)
			return false;
		bounds->after_us = r->window_start_us - (w->kind != WEIR_WINDOW_SLIDING);
		bounds->until_us = r->window_end_us - (w->kind != WEIR_WINDOW_SLIDING);
		CHECK(bounds->after_us < moment && moment <= bounds->until_us &&
			  r->window_end_us - r->window_start_us == w->size_us,
		      "the window [%lld, %lld] does not hold its moment %lld\n", (long long)r->window_start_us,
		      (long long)r->window_end_us, (long long)moment);
		CHECK(w->kind == WEIR_WINDOW_SLIDING ||
			  r->window_start_us == floor_to(moment - w->size_us, w->hop_us) + w->hop_us,
		      "the window is not the one that closes first\n");
		CHECK(w->kind != WEIR_WINDOW_SLIDING || at == WEIR_TIME_NONE || at >= newest_admitted() ||
			  engine.bounded || r->window_end_us == moment,
		      "a sliding window that was asked for does not end at its moment\n");
	}
	return true;
}

/* Now, or a moment of the past: the one that was looked at last, one a few steps from it, any. */
static int64_t draw_moment(void)
{
	static const int64_t ends_us[] = {10000, 100000, 1000000, 60000000}; /* panes often end at multiples of these */
	int64_t any = now.n_rows ? now.rows[draw(now.n_rows)].time_us : WEIR_TIME_NONE, *at = &engine.looked_at_us;
	int64_t end_us = ends_us[draw(sizeof ends_us / sizeof *ends_us)];
	if (!engine.live || chance(60) || any == WEIR_TIME_NONE)
		return WEIR_TIME_NONE;
	if (*at && chance(30))
		return *at;
	if (*at && chance(40))
		return *at += ((int64_t)draw(7) - 3) * end_us;
	return *at = chance(40) ? any + (int64_t)draw(3) - 1 : any - any % end_us;
}

/* From there on the plan has seen every row: the streams had begun, and no row had left when it was built. */
static int64_t covered_from(void)
{
	int64_t from = engine.built_from_us == WEIR_TIME_NONE ? WEIR_TIME_NONE : engine.built_from_us + 1;
	for (unsigned s = 0; s < now.n_streams; s++)
		from = engine.first_us[s] > from ? engine.first_us[s] : from;
	return from;
}

/* A screen compares a window that grows from its beginning to its end, to the microsecond. */
static void check_since(const struct weir_result *r, const struct bounds *bounds)
{
	const struct weir_comparison *c = &now.view.compare;
	int64_t since = now.view.window.since_us, covered = covered_from(), end = bounds->until_us;
	if (end == INT64_MAX)
		end = r->moment_us > newest_admitted() ? r->moment_us : newest_admitted();
	for (size_t i = 0; bounds->until_us == INT64_MAX && i < now.n_rows; i++) /* ahead, by less than --skew */
		if (now.rows[i].time_us > end && in_bounds(bounds, now.rows + i) &&
		    ref_passes(&now.question, now.rows + i))
			end = now.rows[i].time_us;
	int64_t size = end == WEIR_TIME_NONE ? 0 : end - since + 1, then = since - size;
	if (c->kind == WEIR_COMPARISON_AGO)
		then = since - c->offset_us;
	if (c->kind == WEIR_COMPARISON_AT)
		then = c->at_us - size + 1;
	bool over = size > 0 && then + size - 1 <= end;
	bool known = compares() && over && (covered == WEIR_TIME_NONE || (covered <= since && covered <= then));
	CHECK(known || !r->compared_us, "a change from nothing\n");
	CHECK(r->compared_us || !known || (r->comparison.n_unheld && (engine.bounded || engine.n_gone[0])),
	      "a window that grows is not compared\n");
	if (!r->compared_us)
		return;
	CHECK(r->compared_us == size && r->previous_from_us == then, "%lld us are compared from %lld on\n",
	      (long long)r->compared_us, (long long)r->previous_from_us);
	struct bounds part = *bounds, before = *bounds;
	part.until_us = end;
	before.after_us = then - 1;
	before.until_us = then + size - 1;
	check_stretch(r, &part, false);
	check_stretch(r, &before, true);
}

void engine_check_result(void)
{
	struct engine *e = &engine;
	struct weir_result_request request = {.at_us = draw_moment(), .extras = chance(70) ? WEIR_EXTRAS_ALL : 0};
	struct weir_result *r = NULL;
	struct weir_error err = {0};
	int64_t at = request.at_us == WEIR_TIME_NONE ? now.view.at_us : request.at_us;
	int64_t moment = weir_relation_moment_us(e->local->relation);
	int64_t asked = at == WEIR_TIME_NONE && e->live ? moment : at; /* the newest row may have left */
	if (e->keeps_rows && weir_plan_needs_rebuild(e->local->plan, asked))
		engine_forget();
	enum weir_status status = e->ops->result(e->f, &request, &r, &err);
	CHECK(!status, "result: %s\n", err.what);
	if (e->bounded && r->error.code == WEIR_NO_MEMORY) { /* too many groups */
		CHECK(!r->n_rows, "an error with rows\n");
		weir_result_unref(r);
		return;
	}
	CHECK(r->error.code == WEIR_OK, "result: %s\n", r->error.what);
	int64_t newest = newest_admitted();
	CHECK(r->moment_us == (asked == WEIR_TIME_NONE ? newest : asked), "the moment is %lld instead of %lld\n",
	      (long long)r->moment_us, (long long)(asked == WEIR_TIME_NONE ? newest : asked));
	struct bounds bounds;
	const struct weir_window *w = &now.view.window;
	bool aligned = w->kind == WEIR_WINDOW_TUMBLING || w->kind == WEIR_WINDOW_HOPPING;
	if (aligned && !e->live) {
		check_windows(r);
	} else if (window_of(r, asked, &bounds)) {
		now.question.seconds = w->size_us ? (double)w->size_us / 1e6 : span_seconds(&bounds);
		if (w->kind == WEIR_WINDOW_SINCE && r->compared_us)
			now.question.seconds = (double)r->compared_us / 1e6;
		int64_t held_from_us = weir_plan_held_from(e->local->plan); /* NONE is the least */
		CHECK(held_from_us == WEIR_TIME_NONE || (e->bounded && held_from_us <= r->held_from_us),
		      "panes were let go without a bound\n");
		if (held_from_us > bounds.after_us)
			bounds.after_us = held_from_us;
		if (!e->live && w->size_us && compares())
			check_batch_window(r, 0, r->n_rows, &bounds, r->window_start_us,
					   r->moment_us == now.view.at_us);
		else
			check_window(r, 0, r->n_rows, &bounds);
		check_in_window(r, &bounds);
		struct seen seen = {covered_from(), newest};
		if (request.extras && e->live)
			check_screen(r, &bounds, w->size_us && held_from_us == WEIR_TIME_NONE ? &seen : NULL);
		if (request.extras && e->live && w->kind == WEIR_WINDOW_SINCE)
			check_since(r, &bounds);
	}
	weir_result_unref(r);
}
