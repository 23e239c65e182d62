#include "batch_read.h"
#include "every.h"

enum { WAIT_US = 50000 }; /* how soon an interrupt and the deadline are noticed */

struct lane { /* of one stream */
	struct weir_batch *pending; /* owned; what is past the next moment of printing */
	uint32_t from;              /* rows of it that were taken already */
	bool blocked, ended;
};

struct state {
	struct weir_reader *r;
	struct lane lanes[WEIR_MAX_STREAMS];
	int64_t next_us; /* the next moment of printing; WEIR_TIME_NONE: no row with a time came yet */
	bool opened;
};

static bool stopped(const struct state *s)
{
	const struct weir_reader *r = s->r;

	return *r->interrupted || *r->enough || r->out->gone || r->out->failed ||
	       (r->deadline_us >= 0 && weir_clock_mono_us(r->pipeline->clock) >= r->deadline_us);
}

static void wait_for_more(const struct state *s)
{
	weir_out_flush(s->r->out);
	weir_wake_wait(&s->r->pipeline->wake, WAIT_US);
}

static enum weir_status append(struct state *s, struct weir_batch *b, struct weir_error *err)
{
	const struct weir_batch *kept = NULL;

	if (weir_pipeline_schema_changes(s->r->pipeline, b))
		weir_pipeline_learn_schema(s->r->pipeline, b);
	enum weir_status st = weir_pipeline_append(s->r->pipeline, b, &kept, err);

	return st == WEIR_OK ? s->r->added(s->r->ctx, kept, err) : st;
}

static int64_t boundary_after(int64_t us, int64_t every_us)
{
	int64_t into = us % every_us;

	return us - (into < 0 ? into + every_us : into) + every_us;
}

static enum weir_status append_slice(struct state *s, struct lane *lane, uint32_t to, struct weir_error *err)
{
	struct weir_batch *b = lane->pending;

	if (lane->from == 0 && to == b->n_rows) {
		lane->pending = NULL;
		return append(s, b, err);
	}
	struct weir_batch *slice = weir_every_slice(b, lane->from, to - lane->from);
	if (!slice)
		return weir_fail(err, WEIR_NO_MEMORY, "--every", "out of memory");
	lane->from = to;
	if (to == b->n_rows) {
		weir_stream_give_back(&s->r->pipeline->streams[b->stream], b);
		lane->pending = NULL;
	}
	return append(s, slice, err);
}

/* Appends what comes before the next moment of printing. */
static enum weir_status feed(struct state *s, struct lane *lane, struct weir_error *err)
{
	struct weir_batch *b = lane->pending;

	if (s->r->every_us <= 0 || !b->time_us) {
		lane->pending = NULL;
		return append(s, b, err);
	}
	if (s->next_us == WEIR_TIME_NONE) {
		uint32_t first = weir_every_cut(b, 0, INT64_MIN + 1);
		if (first < b->n_rows)
			s->next_us = boundary_after(b->time_us[first] - (s->r->excludes_end ? 0 : 1), s->r->every_us);
	}
	int64_t past_us = s->next_us + s->r->late_us + (s->r->excludes_end ? 0 : 1);
	uint32_t cut = s->next_us == WEIR_TIME_NONE ? b->n_rows : weir_every_cut(b, lane->from, past_us);
	lane->blocked = cut < b->n_rows;
	if (cut == lane->from && cut < b->n_rows && cut > 0)
		return WEIR_OK;
	return append_slice(s, lane, cut, err);
}

/* Every open stream has come to the next moment: print, and set the one after it by the first row that follows. */
static enum weir_status pass(struct state *s, struct weir_error *err)
{
	int64_t first = INT64_MAX;

	for (uint32_t i = 0; i < s->r->pipeline->n_streams; i++) {
		struct lane *lane = &s->lanes[i];
		if (lane->blocked && lane->pending->time_us[lane->from] < first)
			first = lane->pending->time_us[lane->from];
		lane->blocked = false;
	}
	enum weir_status st = s->r->passed(s->r->ctx, s->next_us, err);
	/* the first row that is not before it: a multiple of the duration is such a moment itself, unless its rows come after */
	s->next_us = boundary_after(first - s->r->late_us - (s->r->excludes_end ? 0 : 1), s->r->every_us);
	return st;
}

/* One turn of one stream. *waiting: nothing of it is here now. */
static enum weir_status turn(struct state *s, uint32_t i, bool *waiting, struct weir_error *err)
{
	struct lane *lane = &s->lanes[i];

	while (!lane->pending && !lane->ended) {
		lane->pending = weir_stream_take(&s->r->pipeline->streams[i], &lane->ended);
		lane->from = 0;
		if (lane->pending || lane->ended)
			break;
		if (!s->r->pipeline->finite || stopped(s)) {
			*waiting = true;
			return WEIR_OK;
		}
		wait_for_more(s);
	}
	return lane->pending ? feed(s, lane, err) : WEIR_OK;
}

static enum weir_status round_of_turns(struct state *s, bool *open, struct weir_error *err)
{
	bool all_blocked = true, all_waiting = true;
	enum weir_status st = WEIR_OK;

	*open = false;
	for (uint32_t i = 0; i < s->r->pipeline->n_streams && st == WEIR_OK; i++) {
		struct lane *lane = &s->lanes[i];
		bool waiting = false;

		if (lane->ended && !lane->pending)
			continue;
		*open = true;
		if (!lane->blocked)
			st = turn(s, i, &waiting, err);
		all_waiting = all_waiting && (waiting || lane->blocked);
		/* a stream without an end that is silent holds up nobody */
		all_blocked = all_blocked && (lane->blocked || waiting || (lane->ended && !lane->pending));
		if (s->r->one_after_another)
			break;
	}
	bool any_blocked = false;
	for (uint32_t i = 0; i < s->r->pipeline->n_streams; i++)
		any_blocked = any_blocked || s->lanes[i].blocked;
	if (st == WEIR_OK && any_blocked && all_blocked)
		return pass(s, err);
	if (st == WEIR_OK && *open && all_waiting)
		wait_for_more(s);
	return st;
}

static enum weir_status check_opened(struct state *s, struct weir_error *err)
{
	if (s->opened || !weir_pipeline_opened(s->r->pipeline))
		return WEIR_OK;
	s->opened = true;
	return s->r->opened(s->r->ctx, err);
}

enum weir_status weir_reader_run(struct weir_reader *r, struct weir_error *err)
{
	struct state s = {.r = r, .next_us = WEIR_TIME_NONE};
	enum weir_status st = WEIR_OK;
	bool open = true;

	while (st == WEIR_OK && !s.opened && !stopped(&s)) {
		st = check_opened(&s, err);
		if (st == WEIR_OK && !s.opened)
			wait_for_more(&s);
	}
	while (st == WEIR_OK && open && !stopped(&s))
		st = round_of_turns(&s, &open, err);
	for (uint32_t i = 0; i < r->pipeline->n_streams; i++)
		weir_batch_free(s.lanes[i].pending);
	return st;
}
