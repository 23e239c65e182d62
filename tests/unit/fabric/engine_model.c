#include "engine.h"

struct engine engine;

static int64_t mono(void *ctx)
{
	return ((struct engine *)ctx)->mono_us;
}
static int64_t wall(void *ctx)
{
	return ((struct engine *)ctx)->wall_us;
}
static void sleep_us(void *ctx, int64_t us)
{
	((struct engine *)ctx)->mono_us += us;
}

void engine_open(void)
{
	static const struct weir_fabric_stream streams[MAX_STREAMS] = {
	    {.name = {"one", 3}}, {.name = {"two", 3}}, {.name = {"three", 5}}};
	struct engine *e = &engine;
	unsigned kind = (unsigned)draw(10);
	memset(e, 0, sizeof *e);
	e->ops = weir_fabric_table[0];
	e->live = kind < 6;
	e->keeps_rows = kind < 8;
	e->mono_us = 1;
	e->arrived_us = e->built_from_us = WEIR_TIME_NONE;
	e->wall_us = chance(30) && newest_time(NULL) != WEIR_TIME_NONE ? newest_time(NULL) : INT64_C(1800000000000000);
	int64_t any = now.n_rows ? now.rows[draw(now.n_rows)].time_us : WEIR_TIME_NONE;
	if (chance(30) && any > 0) /* clocks that go ahead of ours */
		e->wall_us = any - (int64_t)draw(70000000);
	e->clock = (struct weir_clock){mono, wall, sleep_us, e};
	for (unsigned s = 0; s < MAX_STREAMS; s++) {
		e->watermark_us[s] = e->first_us[s] = WEIR_TIME_NONE;
		for (unsigned p = 0; p < MAX_PARTITIONS; p++)
			e->newest_us[s][p] = WEIR_TIME_NONE;
	}
	now.budget.limit_bytes = e->live && chance(30) ? 30000 + draw(300000) : 0;
	struct weir_fabric_config config = {.budget = &now.budget,
					    .clock = &e->clock,
					    .n_streams = now.n_streams,
					    .streams = streams,
					    .live = e->live,
					    .finite = !e->live,
					    .keep_rows = e->keeps_rows && !e->live,
					    .retain_us = -1,
					    .threads = chance(60) ? 1 : 2 + (uint32_t)draw(3),
					    .rows_a_thread = 1 + draw(40)};
	if (e->live && chance(20))
		config.retain_us = (int64_t)draw(10000000);
	else if (e->live && chance(10))
		config.retain_rows = 1 + draw(300);
	e->bounded = now.budget.limit_bytes != 0;
	struct weir_error err = {0};
	enum weir_status status = e->ops->open(&config, &e->f, &err);
	CHECK(!status, "open: %s\n", err.what);
	e->local = (struct weir_local *)e->f;
}

void engine_close(void)
{
	engine.ops->close(engine.f);
	CHECK(weir_budget_used(&now.budget) == 0, "%lld bytes are still charged\n",
	      (long long)weir_budget_used(&now.budget));
}

bool engine_admitted(size_t row)
{
	return engine.fed[row] && !engine.late[row];
}

void engine_forget(void)
{
	for (size_t i = 0; i < now.n_rows; i++) {
		/* A row from the future leaves with those it came with, although a window may come to want it. */
		bool missed = engine.gone[i] && (engine.live || engine.future[i]);
		engine.counted[i] = engine_admitted(i) && !missed && engine_reaches(i);
		if (engine.gone[i] && !engine.future[i] && now.rows[i].time_us > engine.built_from_us)
			engine.built_from_us = now.rows[i].time_us;
	}
}

/* -1: no row is from the future. */
static int64_t skew_us(void)
{
	return now.view.skew_us >= 0 ? now.view.skew_us : engine.live ? 60000000 : -1;
}

bool engine_reaches(size_t row)
{
	const struct weir_window *w = &now.view.window;
	bool by_pane = engine.live && (w->kind == WEIR_WINDOW_SLIDING || w->kind == WEIR_WINDOW_TUMBLING ||
				       w->kind == WEIR_WINDOW_HOPPING);
	return skew_us() < 0 || !now.has_time || engine.arrived_us == WEIR_TIME_NONE ||
	       now.rows[row].time_us <= engine.arrived_us + skew_us() + (by_pane ? 60000000 : 0);
}

static int64_t floor_to(int64_t t, int64_t unit)
{
	return t - ((t % unit) + unit) % unit;
}

static bool is_late(int64_t t, int64_t watermark)
{
	const struct weir_window *w = &now.view.window;
	if (t == WEIR_TIME_NONE || watermark == WEIR_TIME_NONE || (!engine.live && now.view.late_us < 0))
		return false;
	if (w->kind == WEIR_WINDOW_SLIDING)
		return t <= watermark - w->size_us - now.view.grace_us;
	if (w->kind == WEIR_WINDOW_TUMBLING || w->kind == WEIR_WINDOW_HOPPING)
		return floor_to(t, w->hop_us) + w->size_us + now.view.grace_us <= watermark;
	return false;
}

static void move_watermark(unsigned s)
{
	struct engine *e = &engine;
	int64_t low = INT64_MAX;
	for (unsigned p = 0; p < e->n_partitions[s]; p++) {
		if (e->live && e->mono_us - e->active_us[s][p] > 30000000)
			continue;
		if (e->newest_us[s][p] == WEIR_TIME_NONE)
			return;
		low = e->newest_us[s][p] < low ? e->newest_us[s][p] : low;
	}
	if (low == INT64_MAX)
		return;
	low -= now.view.late_us < 0 ? 10000000 : now.view.late_us;
	if (e->watermark_us[s] == WEIR_TIME_NONE || low > e->watermark_us[s])
		e->watermark_us[s] = low;
}

/* What ends is read whole: a row is held against its own partition, whichever was read first. */
static int64_t watermark_for(unsigned s, const struct ref_row *r)
{
	int64_t newest = engine.newest_us[s][r->partition];
	if (engine.live || newest == WEIR_TIME_NONE)
		return engine.live ? engine.watermark_us[s] : newest;
	return newest - (now.view.late_us < 0 ? 10000000 : now.view.late_us);
}

/* The rows of the batch in order of arrival: which are late, how far time is. */
static void admit(unsigned s)
{
	struct engine *e = &engine;
	for (size_t k = 0; k < now.n_batch_rows; k++) {
		const struct ref_row *r = now.rows + now.batch_rows[k];
		for (; e->n_partitions[s] <= r->partition; e->n_partitions[s]++)
			e->active_us[s][e->n_partitions[s]] = e->mono_us;
		e->active_us[s][r->partition] = e->mono_us;
	}
	for (size_t k = 0; k < now.n_batch_rows; k++) {
		size_t i = now.batch_rows[k];
		struct ref_row *r = now.rows + i;
		e->fed[i] = true;
		e->future[i] = now.has_time && skew_us() >= 0 && r->time_us > e->wall_us + skew_us();
		if (e->first_us[s] == WEIR_TIME_NONE && !e->future[i])
			e->first_us[s] = r->time_us;
		e->late[i] = now.has_time && is_late(r->time_us, watermark_for(s, r));
		if (e->late[i])
			continue;
		e->counted[i] = engine_reaches(i);
		e->order[s][e->n_order[s]++] = i;
		if (!now.has_time || r->time_us == WEIR_TIME_NONE || e->future[i])
			continue;
		if (e->newest_us[s][r->partition] != WEIR_TIME_NONE && r->time_us <= e->newest_us[s][r->partition])
			continue;
		e->newest_us[s][r->partition] = r->time_us;
		move_watermark(s);
	}
	for (size_t k = 0; k < now.n_batch_rows; k++)
		if (now.has_time && now.rows[now.batch_rows[k]].time_us != WEIR_TIME_NONE) {
			move_watermark(s); /* a partition may have gone idle */
			break;
		}
}

/* Rows go from the oldest end, and stay on the side of the ledger that they were on. */
static void follow_trim(void)
{
	struct engine *e = &engine;
	for (unsigned s = 0; s < now.n_streams; s++) {
		uint64_t held = weir_buffer_rows(e->local->streams[s].buffer);
		if (!e->live && !e->keeps_rows)
			continue;
		CHECK(held <= e->n_order[s] - e->n_gone[s],
		      "stream %u: %llu rows are held of %zu that came and were not late\n", s, (unsigned long long)held,
		      e->n_order[s] - e->n_gone[s]);
		for (; e->n_gone[s] < e->n_order[s] - held; e->n_gone[s]++) {
			size_t i = e->order[s][e->n_gone[s]];
			e->gone[i] = true;
			e->gone_matched[i] = ref_passes(&now.question, now.rows + i);
		}
	}
}

static enum weir_type widest_seen(void)
{
	enum weir_type type = WEIR_NULL;
	for (unsigned s = 0; s < now.n_streams; s++)
		if (now.column_of[s][REF_MIX] != UINT16_MAX)
			type = weir_type_widen(type, now.schemas[s]->fields[now.column_of[s][REF_MIX]].type);
	return type;
}

/* The batch without its late rows, as rows mode prints it. */
static void check_kept(const struct weir_batch *kept, unsigned s)
{
	uint32_t row = 0;
	for (size_t k = 0; k < now.n_batch_rows; k++) {
		size_t i = now.batch_rows[k];
		if (engine.late[i])
			continue;
		CHECK(row < kept->n_rows && kept->position[row] == now.rows[i].position,
		      "stream %u: a row at %lld against a watermark of %lld is late\n", s,
		      (long long)now.rows[i].time_us, (long long)engine.watermark_us[s]);
		row++;
	}
	CHECK(row == kept->n_rows, "stream %u: a row at %lld against a watermark of %lld (%lld) is not late\n", s,
	      (long long)kept->time_us[row], (long long)engine.watermark_us[s],
	      (long long)weir_buffer_watermark_us(engine.local->streams[s].buffer));
}

bool engine_append(size_t *at, bool *taken)
{
	struct engine *e = &engine;
	struct weir_error err = {0};
	const struct weir_batch *kept;
	struct weir_batch *spare, *b = next_batch(at, taken);
	if (!b)
		return false;
	unsigned s = b->stream;
	e->mono_us += (int64_t)(chance(5) ? 31000000 : draw(1000000));
	e->wall_us += (int64_t)draw(1000000);
	b->arrival_us = e->wall_us;
	int64_t arrived_us = e->wall_us > e->arrived_us ? e->wall_us : e->arrived_us;
	for (size_t k = 0; k < now.n_batch_rows && !now.has_time; k++)
		now.rows[now.batch_rows[k]].time_us = e->live ? b->arrival_us : WEIR_TIME_NONE;
	struct weir_plan *plan = e->local->plan;
	bool rebuilt = plan && e->keeps_rows && weir_plan_stale(plan, s, b->schema);
	ref_retype(now.rows, now.n_rows, now.mix_type = widest_seen());
	if (rebuilt)
		engine_forget();
	e->arrived_us = arrived_us;
	admit(s);
	enum weir_status status = e->ops->append_take(e->f, b, &kept, &spare, &err);
	CHECK(!status, "append: %s\n", err.what);
	CHECK(e->local->stale_error.code == WEIR_OK, "append: %s\n", e->local->stale_error.what);
	check_kept(kept, s);
	weir_batch_free(spare);
	follow_trim();
	engine_check_ledgers();
	return true;
}

static void draw_window(void)
{
	int64_t size, since;
	char text[120];
	const char *duration = draw_duration(&size);
	unsigned kind = (unsigned)draw(8);
	if (!engine.live && engine.keeps_rows) /* what a session keeps rows for */
		kind = chance(50) ? 0 : 5;
	if (!engine.keeps_rows)
		kind = 2 + kind % 6 == 5 ? 4 : 2 + kind % 6;
	switch (kind) {
	case 0:
	case 1:
		snprintf(text, sizeof text, "%s", duration);
		break;
	case 2:
		snprintf(text, sizeof text, "tumbling %s", duration);
		break;
	case 3:
		/* Batch is checked by counting windows, of which there are then always as many. */
		snprintf(text, sizeof text, "hopping %lldus by %s",
			 (long long)(size * (2 + (int64_t)draw(3)) + (engine.live && chance(40) ? size / 2 : 0)),
			 duration);
		break;
	case 4:
		snprintf(text, sizeof text, "since ");
		since = now.n_rows ? now.rows[0].time_us : WEIR_TIME_NONE;
		for (int i = 0; engine.live && i < 4; i++) { /* late enough for an earlier period that was seen */
			int64_t other = now.n_rows ? now.rows[draw(now.n_rows)].time_us : WEIR_TIME_NONE;
			since = other > since ? other : since;
		}
		weir_time_format_iso(since != WEIR_TIME_NONE ? since : 1700000000000000, text + 6);
		break;
	case 5:
		snprintf(text, sizeof text, "rows %llu", 1 + (unsigned long long)draw(now.n_rows + 10));
		break;
	default:
		snprintf(text, sizeof text, "all");
	}
	struct weir_error err = {0};
	enum weir_status status = weir_view_set(&now.view, WEIR_VIEW_WINDOW, text, 0, &err);
	CHECK(!status, "%s: %s\n", text, err.what);
}

static void draw_lateness(void)
{
	static const char *const late[] = {"0s", "1ms", "500ms", "3s", "1m", "1h"};
	struct weir_error err = {0};
	if (chance(50) && weir_view_set(&now.view, WEIR_VIEW_LATE, late[draw(6)], 0, &err))
		CHECK(false, "late: %s\n", err.what);
	if (chance(30) && weir_view_set(&now.view, WEIR_VIEW_GRACE, late[draw(6)], 0, &err))
		CHECK(false, "grace: %s\n", err.what);
	if (chance(30) && weir_view_set(&now.view, WEIR_VIEW_SKEW, late[draw(6)], 0, &err))
		CHECK(false, "skew: %s\n", err.what);
	if (!engine.live && engine.keeps_rows && now.n_rows && chance(30)) {
		char text[40];
		int64_t at = now.rows[draw(now.n_rows)].time_us;
		if (at == WEIR_TIME_NONE)
			return;
		text[weir_time_format_iso(at, text)] = '\0';
		enum weir_status status = weir_view_set(&now.view, WEIR_VIEW_AT, text, 0, &err);
		CHECK(!status, "at: %s\n", err.what);
	}
}

void engine_ask(void)
{
	struct weir_error err = {0};
	now.spares_mix = !engine.keeps_rows && now.widest == WEIR_STRING;
	draw_question();
	draw_window();
	if (engine.live || now.view.window.size_us)
		draw_comparison();
	draw_lateness();
	struct weir_question question = {.view = &now.view, .generation = ++engine.generation};
	enum weir_status status = engine.ops->set_view(engine.f, &question, &err);
	CHECK(!status, "set_view: %s\n", err.what);
	engine_forget();
}
