/* Reads the streams of a batch into the fabric, in an order that does not depend on the speed of their threads. */
#include "batch.h"

#include <stdlib.h>

enum {
	WAIT_US = 50000,     /* how soon an interrupt and the deadline are noticed */
	FINISH_US = 2000000, /* a call to a server that does not answer is not waited for any longer */
};

/* Rows that come in their own order: a stream's, or with --every those of one partition of it. */
struct lane {
	struct weir_batch **queue; /* owned array of owned batches: from `first` on, what waits */
	size_t first, n, capacity;
	uint32_t from; /* rows of the first batch that were taken already */
	bool blocked;  /* what waits is past the next moment of printing */
	/* Batches in the stream's ring that may hold rows of it, after which it has no more for now; MORE: the source knows of
	 * records that it has not sent. */
	size_t n_before;
};
#define MORE SIZE_MAX

struct input {              /* one stream */
	struct lane *lanes; /* owned */
	uint32_t n_lanes;
	size_t queued_bytes;
	bool ended;
};

struct state {
	struct weir_reader *r;
	struct input inputs[WEIR_MAX_STREAMS];
	int64_t next_us; /* the next moment of printing; WEIR_TIME_NONE: no row with a time came yet */
	bool opened;
	bool appended;  /* the first batch was */
	bool finishing; /* no more is read, and what came is counted */
	int64_t finish_by_us;
};

/* The user or the clock ended the reading. */
static bool told_to_end(const struct state *s)
{
	const struct weir_reader *r = s->r;

	return *r->interrupted || (r->deadline_us >= 0 && weir_clock_mono_us(r->pipeline->clock) >= r->deadline_us);
}

/* A reader of the output that went away has seen enough, but where rows are landed, they go on. */
static bool stopped(const struct state *s)
{
	const struct weir_reader *r = s->r;

	return (told_to_end(s) &&
		(s->finishing ? weir_clock_mono_us(r->pipeline->clock) >= s->finish_by_us : s->appended)) ||
	       *r->enough || (r->out->gone && !r->pipeline->landings.n && !r->pipeline->capture) ||
	       (weir_pipeline_capture_only(r->pipeline) && weir_pipeline_capture_failed(r->pipeline)) || r->out->failed;
}

/* What came while the format was being guessed is read, too. */
static void finish_if_told(struct state *s)
{
	if (s->finishing || s->appended || !told_to_end(s))
		return;
	s->finishing = true;
	s->finish_by_us = weir_clock_mono_us(s->r->pipeline->clock) + FINISH_US;
	weir_pipeline_finish(s->r->pipeline);
}

static void wait_for_more(struct state *s)
{
	finish_if_told(s);
	weir_pipeline_look_at_sample(s->r->pipeline);
	weir_out_flush(s->r->out);
	if (s->r->idle)
		s->r->idle(s->r->ctx);
	weir_wake_wait(&s->r->pipeline->wake, WAIT_US);
}

static enum weir_status append(struct state *s, struct weir_batch *b, struct weir_error *err)
{
	const struct weir_batch *kept = NULL;

	s->appended = true;
	if (weir_pipeline_schema_changes(s->r->pipeline, b))
		weir_pipeline_learn_schema(s->r->pipeline, b);
	enum weir_status st = weir_pipeline_append(s->r->pipeline, b, &kept, err);

	if (st == WEIR_OK)
		st = weir_pipeline_check_memory(s->r->pipeline, false, err);
	return st == WEIR_OK ? s->r->added(s->r->ctx, kept, err) : st;
}

static int64_t boundary_after(int64_t us, int64_t every_us)
{
	int64_t into = us % every_us;

	return us - (into < 0 ? into + every_us : into) + every_us;
}

static struct weir_batch *front(const struct lane *lane)
{
	return lane->first < lane->n ? lane->queue[lane->first] : NULL;
}

/* Nothing of it is here or will come soon. */
static bool is_quiet(const struct input *in, const struct lane *lane)
{
	return !front(lane) && (in->ended || lane->n_before == 0);
}

static bool enqueue(struct input *in, struct lane *lane, struct weir_batch *b)
{
	if (lane->first == lane->n)
		lane->first = lane->n = 0;
	if (!weir_grow((void **)&lane->queue, &lane->capacity, lane->n + 1, sizeof(struct weir_batch *)))
		return false;
	lane->queue[lane->n++] = b;
	in->queued_bytes += weir_batch_bytes(b);
	return true;
}

static struct weir_batch *dequeue(struct input *in, struct lane *lane)
{
	struct weir_batch *b = lane->queue[lane->first++];

	in->queued_bytes -= weir_batch_bytes(b);
	lane->from = 0;
	return b;
}

static enum weir_status append_slice(struct state *s, struct input *in, struct lane *lane, uint32_t to,
				     struct weir_error *err)
{
	struct weir_batch *b = front(lane);

	if (lane->from == 0 && to == b->n_rows)
		return append(s, dequeue(in, lane), err);
	struct weir_batch *slice = weir_cut_range(b, lane->from, to - lane->from);
	if (!slice)
		return weir_fail(err, WEIR_NO_MEMORY, "--every", "out of memory");
	lane->from = to;
	if (to == b->n_rows)
		weir_stream_give_back(&s->r->pipeline->streams[b->stream], dequeue(in, lane));
	return append(s, slice, err);
}

/* The first moment of printing is after the first row that has a time. */
static void begin(struct state *s, const struct input *in)
{
	int64_t first_us = INT64_MAX;

	for (uint32_t i = 0; i < in->n_lanes; i++) {
		const struct weir_batch *b = front(&in->lanes[i]);
		uint32_t row = b && b->time_us ? weir_cut_find(b, 0, INT64_MIN + 1, s->r->skew_us) : 0;
		if (b && b->time_us && row < b->n_rows && b->time_us[row] < first_us)
			first_us = b->time_us[row];
	}
	if (first_us != INT64_MAX)
		s->next_us = boundary_after(first_us - (s->r->excludes_end ? 0 : 1), s->r->every_us);
}

/* Appends what comes before the next moment of printing. */
static enum weir_status feed(struct state *s, struct input *in, struct lane *lane, struct weir_error *err)
{
	struct weir_batch *b = front(lane);

	if (s->r->every_us <= 0 || !b->time_us)
		return append(s, dequeue(in, lane), err);
	if (s->next_us == WEIR_TIME_NONE)
		begin(s, in);
	int64_t past_us = s->next_us + s->r->late_us + (s->r->excludes_end ? 0 : 1);
	uint32_t cut = s->next_us == WEIR_TIME_NONE ? b->n_rows : weir_cut_find(b, lane->from, past_us, s->r->skew_us);
	lane->blocked = cut < b->n_rows;
	if (cut == lane->from && cut < b->n_rows && !weir_cut_counts(b))
		return WEIR_OK;
	return append_slice(s, in, lane, cut, err);
}

/* Every open stream has come to the next moment: print, and set the one after it by the first row that follows. */
static enum weir_status pass(struct state *s, struct weir_error *err)
{
	int64_t first = INT64_MAX;

	for (uint32_t i = 0; i < s->r->pipeline->n_streams; i++)
		for (uint32_t k = 0; k < s->inputs[i].n_lanes; k++) {
			struct lane *lane = &s->inputs[i].lanes[k];
			if (lane->blocked && front(lane)->time_us[lane->from] < first)
				first = front(lane)->time_us[lane->from];
			lane->blocked = false;
		}
	enum weir_status st = s->r->passed(s->r->ctx, s->next_us, err);
	/* the first row that is not before it: a multiple of the duration is such a moment itself, unless its rows come after */
	s->next_us = boundary_after(first - s->r->late_us - (s->r->excludes_end ? 0 : 1), s->r->every_us);
	return st;
}

/* Lanes for n partitions; without --every, or without partitions, there is one. */
static bool make_lanes(const struct state *s, struct input *in, uint32_t n)
{
	n = n && s->r->every_us > 0 ? n : 1;
	if (n <= in->n_lanes)
		return true;
	struct lane *lanes = weir_realloc(in->lanes, n * sizeof *lanes);
	if (!lanes)
		return false;
	in->lanes = lanes;
	for (; in->n_lanes < n; in->n_lanes++)
		lanes[in->n_lanes] = (struct lane){.n_before = MORE};
	return true;
}

/* A source says that a partition has sent all only after what it sent lies in the ring: so it is asked first, and then all of
 * the ring must be taken before the partition has nothing more. */
static bool ask(struct state *s, uint32_t i)
{
	struct weir_stream *stream = &s->r->pipeline->streams[i];
	struct input *in = &s->inputs[i];
	struct weir_source_status status;

	if (s->r->every_us <= 0)
		return make_lanes(s, in, 1);
	weir_stream_status(stream, &status);
	uint32_t n = weir_partitions_count(status.partitions);
	if (!make_lanes(s, in, n))
		return false;
	bool awaited[WEIR_MAX_PARTITIONS];
	for (uint32_t k = 0; k < n; k++)
		awaited[k] = weir_partitions_get(status.partitions, k)->awaited;
	size_t in_ring = weir_ring_count(stream->full);
	for (uint32_t k = 0; k < n; k++) {
		struct lane *lane = &in->lanes[k];
		if (awaited[k])
			lane->n_before = MORE;
		else if (lane->n_before == MORE)
			lane->n_before = in_ring;
	}
	return true;
}

/* A batch was taken from the ring, or it was empty. */
static void count_down(struct input *in, bool got)
{
	for (uint32_t k = 0; k < in->n_lanes; k++) {
		struct lane *lane = &in->lanes[k];
		if (lane->n_before != MORE && lane->n_before)
			lane->n_before = got ? lane->n_before - 1 : 0;
	}
}

/* The rows of each partition to its lane: only there they are in an order that is the same in every run. */
static bool deal(struct input *in, struct weir_batch *b)
{
	uint32_t *rows = weir_alloc(b->n_rows * sizeof *rows);
	bool good = rows != NULL;

	for (uint32_t k = 0; k < in->n_lanes && good; k++) {
		uint32_t n = 0;
		for (uint32_t row = 0; row < b->n_rows; row++)
			if (b->partition[row] == k)
				rows[n++] = row;
		struct weir_batch *part = n ? weir_cut_list(b, rows, n) : NULL;
		good = !n || (part && enqueue(in, &in->lanes[k], part));
		if (!good)
			weir_batch_free(part);
	}
	free(rows);
	return good;
}

/* To its lane, or to those of its rows; takes the batch. */
static bool sort_in(struct state *s, uint32_t i, struct weir_batch *b)
{
	struct input *in = &s->inputs[i];
	bool good = make_lanes(s, in, weir_partitions_count(b->partitions));

	if (good && in->n_lanes > 1 && b->n_rows && b->time_us && b->partition) {
		good = deal(in, b);
		weir_stream_give_back(&s->r->pipeline->streams[i], b);
		return good;
	}
	uint32_t lane = in->n_lanes > 1 && b->partition && b->n_rows ? b->partition[0] : 0;
	if (good && enqueue(in, &in->lanes[lane], b))
		return true;
	weir_batch_free(b);
	return false;
}

/* Takes a batch of the stream, if one is here. */
static enum weir_status take(struct state *s, uint32_t i, bool *got, struct weir_error *err)
{
	struct input *in = &s->inputs[i];
	bool good = ask(s, i);
	struct weir_batch *b = good ? weir_stream_take(&s->r->pipeline->streams[i], &in->ended) : NULL;

	*got = b != NULL;
	if (good)
		count_down(in, b != NULL);
	if (b)
		good = sort_in(s, i, b);
	return good ? WEIR_OK : weir_fail(err, WEIR_NO_MEMORY, "--every", "out of memory");
}

/* Partitions that are far apart in time must not take all memory: then what is here decides. */
static bool is_full(const struct state *s, const struct input *in)
{
	const struct weir_budget *budget = &s->r->pipeline->budget;

	return budget->limit_bytes && in->n_lanes > 1 && in->queued_bytes > budget->limit_bytes / 4;
}

/* Whether the stream has come to the next moment: no lane can bring anything before it. PUSHED: one can, but there is no room to
 * wait for it. */
enum standing { ON_ITS_WAY, ARRIVED, PUSHED };
static enum standing standing(const struct state *s, const struct input *in)
{
	bool any = false, all = true;

	for (uint32_t k = 0; k < in->n_lanes; k++) {
		const struct lane *lane = &in->lanes[k];
		if (front(lane) && !lane->blocked)
			return ON_ITS_WAY;
		any = any || lane->blocked;
		all = all && (lane->blocked || is_quiet(in, lane));
	}
	if (!any || (!all && !is_full(s, in)))
		return ON_ITS_WAY;
	return all ? ARRIVED : PUSHED;
}

/* The lane whose turn it is: one with rows that may be appended. At the very start that is known once all have some. */
static struct lane *ready(const struct state *s, const struct input *in)
{
	struct lane *found = NULL;

	for (uint32_t k = 0; k < in->n_lanes; k++) {
		struct lane *lane = &in->lanes[k];
		if (!found && front(lane) && !lane->blocked)
			found = lane;
		if (in->n_lanes > 1 && s->next_us == WEIR_TIME_NONE && !front(lane) && !is_quiet(in, lane))
			return NULL;
	}
	return found;
}

static bool has_more(const struct input *in)
{
	bool more = false;

	for (uint32_t k = 0; k < in->n_lanes; k++)
		more = more || !(in->lanes[k].blocked || is_quiet(in, &in->lanes[k]));
	return more;
}

static bool is_over(const struct input *in)
{
	bool waits = false;

	for (uint32_t k = 0; k < in->n_lanes; k++)
		waits = waits || front(&in->lanes[k]);
	return in->ended && !waits;
}

/* One turn of one stream. *waiting: nothing of it is here now. */
static enum weir_status turn(struct state *s, uint32_t i, bool *waiting, struct weir_error *err)
{
	struct input *in = &s->inputs[i];
	enum weir_status st = WEIR_OK;
	struct lane *lane;
	bool got;

	while (!(lane = ready(s, in)) && !in->ended && standing(s, in) == ON_ITS_WAY) {
		if ((st = take(s, i, &got, err)) != WEIR_OK)
			return st;
		if (got || in->ended || standing(s, in) != ON_ITS_WAY)
			continue;
		if (!s->r->pipeline->finite || stopped(s)) {
			*waiting = true;
			return WEIR_OK;
		}
		wait_for_more(s);
	}
	return lane ? feed(s, in, lane, err) : WEIR_OK;
}

static enum weir_status round_of_turns(struct state *s, bool *open, struct weir_error *err)
{
	bool all_blocked = true, all_waiting = true, any_blocked = false, pushed = false;
	enum weir_status st = WEIR_OK;

	*open = false;
	for (uint32_t i = 0; i < s->r->pipeline->n_streams && st == WEIR_OK; i++) {
		struct input *in = &s->inputs[i];
		bool waiting = false;

		if (is_over(in))
			continue;
		*open = true;
		if (standing(s, in) == ON_ITS_WAY)
			st = turn(s, i, &waiting, err);
		enum standing at = standing(s, in);
		bool blocked = at != ON_ITS_WAY;
		pushed = pushed || at == PUSHED;
		any_blocked = any_blocked || blocked;
		all_waiting = all_waiting && (waiting || blocked);
		/* a stream without an end that is silent holds up nobody, unless it is known to have more */
		all_blocked = all_blocked && (blocked || (waiting && !has_more(in)) || is_over(in));
		if (s->r->one_after_another)
			break;
	}
	if (st == WEIR_OK && any_blocked && all_blocked) {
		s->r->n_early += pushed;
		return pass(s, err);
	}
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

static void release(struct input *in)
{
	for (uint32_t k = 0; k < in->n_lanes; k++) {
		struct lane *lane = &in->lanes[k];
		while (front(lane))
			weir_batch_free(dequeue(in, lane));
		free(lane->queue);
	}
	free(in->lanes);
}

/* A fabric that brings results reads by itself. */
static enum weir_status await_end(struct state *s, struct weir_error *err)
{
	struct weir_pipeline *p = s->r->pipeline;
	enum weir_status st = p->ops->takes_batches ? weir_pipeline_begin(p, err) : s->r->opened(s->r->ctx, err);
	bool ended = false;

	s->appended = true;
	for (; st == WEIR_OK && !stopped(s); wait_for_more(s)) {
		p->ops->newer(p->fabric, &ended);
		if (ended)
			break;
	}
	return st;
}

enum weir_status weir_reader_run(struct weir_reader *r, struct weir_error *err)
{
	struct state s = {.r = r, .next_us = WEIR_TIME_NONE};
	enum weir_status st = WEIR_OK;
	bool open = true;

	if (!r->pipeline->ops->takes_batches)
		return await_end(&s, err);

	while (st == WEIR_OK && !s.opened && !stopped(&s)) {
		st = check_opened(&s, err);
		if (st == WEIR_OK && !s.opened)
			wait_for_more(&s);
	}
	while (st == WEIR_OK && open && !stopped(&s))
		st = round_of_turns(&s, &open, err);
	if (st == WEIR_OK && !open && r->pipeline->ops->newer)
		st = await_end(&s, err);
	r->ended = st == WEIR_OK && !open;
	for (uint32_t i = 0; i < r->pipeline->n_streams; i++)
		release(&s.inputs[i]);
	return st;
}
