/* Watermarks and lateness, row by row in arrival order. */
#include "buffer/state.h"

#include "buffer/keep.h"
#include "buffer/left_out.h"

#include <assert.h>
#include <stdlib.h>

static struct partition *partition_at(struct weir_buffer *b, uint32_t n)
{
	if (n >= b->n_partitions) {
		struct partition **grown = weir_realloc(b->partitions, (n + (size_t)1) * sizeof(struct partition *));
		if (!grown)
			return NULL;
		b->partitions = grown;
		for (; b->n_partitions <= n; b->n_partitions++) {
			struct partition *p = weir_calloc(1, sizeof *p);
			if (!p)
				return NULL;
			weir_ledger_init(&p->ledger);
			p->active_mono_us = weir_clock_mono_us(b->clock);
			b->partitions[b->n_partitions] = p;
		}
	}
	return b->partitions[n];
}

/* All that taking in may need memory for: after it, nothing is counted by half. */
static bool reserve(struct weir_buffer *b, const struct weir_batch *batch)
{
	uint32_t most = 0;
	for (uint32_t row = 0; batch->partition && row < batch->n_rows; row++)
		most = batch->partition[row] > most ? batch->partition[row] : most;
	return partition_at(b, most) != NULL;
}

void weir_buffer_expect(struct weir_buffer *b, uint32_t n_partitions)
{
	if (n_partitions && !partition_at(b, n_partitions - 1))
		return; /* the partition's first row tries again and reports */
}

static int64_t less_delay(const struct weir_buffer *b, int64_t newest_us)
{
	return newest_us - b->rule.late_us;
}

int64_t weir_buffer_lowest_us(const struct weir_buffer *b, int64_t now)
{
	int64_t low = INT64_MAX;
	uint32_t known = weir_partitions_count(b->list);
	for (uint32_t i = 0; i < b->n_partitions; i++) {
		const struct partition *p = b->partitions[i];
		bool awaited = i < known && weir_partitions_get(b->list, i)->awaited;
		bool idle = b->live && !awaited && now - p->active_mono_us > IDLE_AFTER_US;
		/* What ends is not waited for: an empty partition says nothing of the time. */
		bool empty = !b->live && i < known && !awaited && p->ledger.newest_us == WEIR_TIME_NONE;
		if (idle || empty)
			continue;
		if (p->ledger.newest_us == WEIR_TIME_NONE)
			return WEIR_TIME_NONE;
		low = p->ledger.newest_us < low ? p->ledger.newest_us : low;
	}
	return low == INT64_MAX ? WEIR_TIME_NONE : less_delay(b, low);
}

/* Never goes back; stays NONE while a partition that is awaited has sent nothing. */
static void merge_watermark(struct weir_buffer *b, int64_t now)
{
	int64_t low = weir_buffer_lowest_us(b, now);
	b->merged_us = low;
	if (low > b->watermark_us) /* NONE is the least */
		b->watermark_us = low;
}

/* What a row is held against. Where all rows are read once and to their end, that is its own partition's watermark: then the
 * answer does not depend on which partition was read first. */
static int64_t watermark_for(const struct weir_buffer *b, const struct partition *p)
{
	if (b->live)
		return b->watermark_us;
	return p->ledger.newest_us == WEIR_TIME_NONE ? WEIR_TIME_NONE : less_delay(b, p->ledger.newest_us);
}

static void see_newest(struct weir_buffer *b, struct partition *p, int64_t t, int64_t now)
{
	int64_t before = p->ledger.newest_us;
	if (t <= before)
		return;
	p->ledger.newest_us = t;
	/* A partition that was ahead of the one furthest behind does not change that one. */
	bool ahead = before != WEIR_TIME_NONE && b->merged_us != WEIR_TIME_NONE && less_delay(b, before) > b->merged_us;
	if (b->live && !ahead)
		merge_watermark(b, now);
}

static int64_t floor_to(int64_t t, int64_t step)
{
	int64_t rest = t % step;
	return t - rest - (rest < 0 ? step : 0);
}

/* For how long the window of a row has been over; below zero: it is still open. */
static int64_t late_by(const struct weir_late_rule *r, int64_t t, int64_t watermark)
{
	if (watermark == WEIR_TIME_NONE || t == WEIR_TIME_NONE)
		return -1;
	switch (r->kind) {
	case WEIR_LATE_SLIDING:
		return watermark - r->size_us - r->grace_us - t;
	case WEIR_LATE_ALIGNED:
		return watermark - (floor_to(t, r->hop_us) + r->size_us + r->grace_us);
	case WEIR_LATE_NEVER:
		break;
	}
	return -1;
}

static bool is_late(const struct weir_late_rule *r, int64_t t, int64_t watermark)
{
	return late_by(r, t, watermark) >= 0;
}

struct span {
	int64_t low, high; /* event times of the batch, but for those from the future; low > high: none */
	int64_t until;     /* times after that are from the future */
	bool future;       /* there are such */
};

int64_t weir_buffer_now_until(const struct weir_buffer *b, const struct weir_batch *batch)
{
	bool limited = b->rule.skew_us >= 0 && batch->arrival_us && batch->time_us;
	return limited && b->rule.skew_us < INT64_MAX - batch->arrival_us ? batch->arrival_us + b->rule.skew_us
									  : INT64_MAX;
}

static struct span times_up_to(const struct weir_batch *batch, int64_t until)
{
	struct span s = {INT64_MAX, INT64_MIN, until, true};
	for (uint32_t row = 0; row < batch->n_rows; row++) {
		int64_t t = batch->time_us[row];
		if (t == WEIR_TIME_NONE || t > until)
			continue;
		s.low = t < s.low ? t : s.low;
		s.high = t > s.high ? t : s.high;
	}
	return s;
}

/* Of rows that a server counted: it is asked only where none can be late or from the future. */
static void add_grouped_times(const struct weir_grouped *g, struct span *s)
{
	for (size_t i = 0; g && i < g->n; i++) {
		if (g->rows[i].first_us == WEIR_TIME_NONE)
			continue;
		s->low = g->rows[i].first_us < s->low ? g->rows[i].first_us : s->low;
		s->high = g->rows[i].last_us > s->high ? g->rows[i].last_us : s->high;
	}
}

static struct span times_of(const struct weir_buffer *b, const struct weir_batch *batch)
{
	struct span s = {INT64_MAX, INT64_MIN, weir_buffer_now_until(b, batch), false};
	add_grouped_times(batch->grouped, &s);
	for (uint32_t row = 0; batch->time_us && row < batch->n_rows; row++) {
		int64_t t = batch->time_us[row];
		if (t == WEIR_TIME_NONE)
			continue;
		s.low = t < s.low ? t : s.low;
		s.high = t > s.high ? t : s.high;
	}
	return s.high > s.until ? times_up_to(batch, s.until) : s;
}

/* The rows from the future, by partition: they are kept, but no clock follows them. */
static void count_future(struct weir_buffer *b, struct weir_batch *batch, int64_t until)
{
	if (b->live)
		weir_batch_add_future(batch, until);
	for (uint32_t row = 0; row < batch->n_rows; row++)
		if (batch->time_us[row] > until)
			b->partitions[batch->partition ? batch->partition[row] : 0]->ledger.future++;
}

/* When the stream began, and how far it goes back. */
static void note_ends(struct weir_buffer *b, const struct weir_batch *batch, const struct span *s)
{
	if (b->oldest_us == WEIR_TIME_NONE || s->low < b->oldest_us)
		b->oldest_us = s->low;
	b->newest_us = b->newest_us == WEIR_TIME_NONE || s->high > b->newest_us ? s->high : b->newest_us;
	for (uint32_t row = 0; b->first_us == WEIR_TIME_NONE && row < batch->n_rows; row++)
		if (batch->time_us[row] <= s->until)
			b->first_us = batch->time_us[row]; /* NONE is the least: the next row is looked at */
}

static enum weir_status admit_rows(struct weir_buffer *b, struct weir_batch *batch, int64_t until, int64_t now,
				   struct weir_error *err)
{
	uint64_t keep[WEIR_BATCH_ROWS / 64] = {0};
	struct weir_late_rows late = {.n = 0};
	b->merged_us = WEIR_TIME_NONE; /* the delay may be another by now, and a partition idle */
	assert(batch->n_rows <= WEIR_BATCH_ROWS);
	for (uint32_t row = 0; row < batch->n_rows; row++) {
		struct partition *p = partition_at(b, batch->partition ? batch->partition[row] : 0);
		int64_t t = batch->time_us[row];
		if (!p)
			return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory while taking in rows");
		int64_t by_us = late_by(&b->rule, t, watermark_for(b, p));
		if (by_us >= 0) {
			p->ledger.late++;
			if (b->late_seen)
				b->late_seen(b->late_ctx, t);
			weir_late_row(&late, row, by_us);
			continue;
		}
		weir_bit_set(keep, row);
		if (t <= until)
			see_newest(b, p, t, now);
	}
	if (late.n && b->live)
		weir_batch_add_late(batch, &late);
	if (late.n)
		weir_batch_keep(batch, keep);
	return WEIR_OK;
}

/* received, bytes, malformed and activity by partition; bytes go by the share of rows. */
static enum weir_status count(struct weir_buffer *b, const struct weir_batch *batch, int64_t now,
			      struct weir_error *err)
{
	uint64_t bad = weir_batch_malformed(batch), seen = 0, share = batch->n_rows ? batch->bytes / batch->n_rows : 0;
	struct partition *last = NULL;
	for (uint32_t row = 0; batch->partition && row < batch->n_rows; row++) {
		struct partition *p = partition_at(b, batch->partition[row]);
		if (!p)
			return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory while taking in rows");
		p->ledger.received++;
		p->ledger.bytes += share;
		p->active_mono_us = now;
		last = p;
		seen++;
	}
	if (!last && !(last = partition_at(b, 0)))
		return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory while taking in rows");
	last->ledger.received += batch->n_rows - seen + bad + weir_batch_counted(batch);
	last->ledger.malformed += bad;
	for (int i = 0; i < WEIR_BAD_COUNT; i++)
		last->ledger.malformed_by[i] += batch->n_malformed[i];
	for (int i = 0; i < WEIR_NOTE_COUNT; i++)
		last->ledger.noted[i] += batch->n_noted[i];
	last->ledger.bytes += batch->bytes - seen * share;
	last->active_mono_us = now;
	return WEIR_OK;
}

/* The partitions that the source knows of are there from the first batch on, so that none is overtaken. */
static enum weir_status follow(struct weir_buffer *b, const struct weir_batch *batch, struct weir_error *err)
{
	if (!batch->partitions)
		return WEIR_OK;
	if (b->list != batch->partitions) {
		weir_partitions_unref(b->list);
		b->list = weir_partitions_ref(batch->partitions);
	}
	uint32_t n = weir_partitions_count(b->list);
	return !n || partition_at(b, n - 1) ? WEIR_OK
					    : weir_fail(err, WEIR_NO_MEMORY, "", "out of memory while taking in rows");
}

enum weir_status weir_buffer_admit(struct weir_buffer *b, struct weir_batch *batch, struct weir_error *err)
{
	int64_t now = weir_clock_mono_us(b->clock);
	enum weir_status st = follow(b, batch, err);
	if (st == WEIR_OK && !reserve(b, batch))
		st = weir_fail(err, WEIR_NO_MEMORY, "", "out of memory while taking in rows");
	if (st == WEIR_OK)
		st = count(b, batch, now, err);
	struct span s = times_of(b, batch);
	if (b->live && !batch->time_us && batch->n_rows && b->first_us == WEIR_TIME_NONE)
		b->first_us = batch->arrival_us;
	if (st == WEIR_OK && s.future)
		count_future(b, batch, s.until);
	if (st != WEIR_OK || (s.low > s.high && !s.future))
		return st;
	if (s.low <= s.high)
		note_ends(b, batch, &s);
	/* No row can be late when the oldest would not be late even behind the newest: then only the newest count. */
	bool safe = b->rule.kind == WEIR_LATE_NEVER;
	if (!safe &&
	    !s.future) { /* an earlier question may have let the watermark come to what is from the future for this one */
		int64_t after = less_delay(b, b->live ? s.high : b->newest_us);
		if (b->watermark_us != WEIR_TIME_NONE && b->watermark_us > after)
			after = b->watermark_us;
		safe = !is_late(&b->rule, s.low, after);
	}
	if (!safe) {
		st = admit_rows(b, batch, s.until, now, err);
	} else if (!batch->partition) {
		struct partition *p = b->partitions[0];
		if (s.high > p->ledger.newest_us)
			p->ledger.newest_us = s.high;
	} else {
		for (uint32_t row = 0; row < batch->n_rows; row++) {
			struct weir_ledger *l = &b->partitions[batch->partition[row]]->ledger;
			int64_t t = batch->time_us[row];
			if (t > l->newest_us && t <= s.until) /* NONE is the least */
				l->newest_us = t;
		}
	}
	if (b->live)
		merge_watermark(b, now);
	for (uint32_t i = 0; i < b->n_partitions; i++) {
		struct weir_ledger *l = &b->partitions[i]->ledger;
		if (l->newest_us == WEIR_TIME_NONE)
			continue;
		l->watermark_us = less_delay(b, l->newest_us);
		if (batch->arrival_us)
			l->arrival_delay_us = batch->arrival_us - l->newest_us;
	}
	return st;
}
