/* Watermarks and lateness, row by row in arrival order. */
#include "buffer/buffer_internal.h"

#include "buffer/keep.h"

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

void weir_buffer_expect(struct weir_buffer *b, uint32_t n_partitions)
{
	if (n_partitions && !partition_at(b, n_partitions - 1))
		return; /* the partition's first row tries again and reports */
}

static int64_t less_delay(const struct weir_buffer *b, int64_t newest_us) { return newest_us - b->rule.late_us; }

/* The minimum over partitions that are not idle; never goes back. NONE while one that is awaited has sent nothing. */
static void merge_watermark(struct weir_buffer *b, int64_t now)
{
	int64_t low = INT64_MAX;
	for (uint32_t i = 0; i < b->n_partitions; i++) {
		const struct partition *p = b->partitions[i];
		bool idle = b->live && now - p->active_mono_us > IDLE_AFTER_US;
		if (idle)
			continue;
		if (p->ledger.newest_us == WEIR_TIME_NONE)
			return;
		low = p->ledger.newest_us < low ? p->ledger.newest_us : low;
	}
	if (low == INT64_MAX)
		return;
	low = less_delay(b, low);
	if (b->watermark_us == WEIR_TIME_NONE || low > b->watermark_us)
		b->watermark_us = low;
}

static int64_t floor_to(int64_t t, int64_t step)
{
	int64_t rest = t % step;
	return t - rest - (rest < 0 ? step : 0);
}

static bool is_late(const struct weir_late_rule *r, int64_t t, int64_t watermark)
{
	if (watermark == WEIR_TIME_NONE || t == WEIR_TIME_NONE)
		return false;
	switch (r->kind) {
	case WEIR_LATE_SLIDING: return t <= watermark - r->size_us - r->grace_us;
	case WEIR_LATE_ALIGNED: return floor_to(t, r->hop_us) + r->size_us + r->grace_us <= watermark;
	case WEIR_LATE_NEVER: break;
	}
	return false;
}

struct span {
	int64_t low, high; /* event times of the batch; low > high: none */
};

static struct span times_of(const struct weir_batch *batch)
{
	struct span s = {INT64_MAX, INT64_MIN};
	for (uint32_t row = 0; batch->time_us && row < batch->n_rows; row++) {
		int64_t t = batch->time_us[row];
		if (t == WEIR_TIME_NONE)
			continue;
		s.low = t < s.low ? t : s.low;
		s.high = t > s.high ? t : s.high;
	}
	return s;
}

static enum weir_status admit_rows(struct weir_buffer *b, struct weir_batch *batch, int64_t now, struct weir_error *err)
{
	uint64_t *keep = weir_calloc(weir_bit_words(batch->n_rows), sizeof *keep);
	bool any_late = false;
	if (!keep)
		return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory while taking in rows");
	for (uint32_t row = 0; row < batch->n_rows; row++) {
		struct partition *p = partition_at(b, batch->partition ? batch->partition[row] : 0);
		int64_t t = batch->time_us[row];
		if (!p) {
			free(keep);
			return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory while taking in rows");
		}
		if (is_late(&b->rule, t, b->watermark_us)) {
			p->ledger.late++;
			any_late = true;
			continue;
		}
		weir_bit_set(keep, row);
		if (t != WEIR_TIME_NONE && (p->ledger.newest_us == WEIR_TIME_NONE || t > p->ledger.newest_us)) {
			p->ledger.newest_us = t;
			merge_watermark(b, now);
		}
	}
	if (any_late)
		weir_batch_keep(batch, keep);
	free(keep);
	return WEIR_OK;
}

/* received, bytes, malformed and activity by partition; bytes go by the share of rows. */
static enum weir_status count(struct weir_buffer *b, const struct weir_batch *batch, int64_t now, struct weir_error *err)
{
	uint64_t bad = weir_batch_malformed(batch), seen = 0;
	struct partition *last = NULL;
	for (uint32_t row = 0; batch->partition && row < batch->n_rows; row++) {
		struct partition *p = partition_at(b, batch->partition[row]);
		if (!p)
			return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory while taking in rows");
		p->ledger.received++;
		p->active_mono_us = now;
		last = p;
		seen++;
	}
	if (!last && !(last = partition_at(b, 0)))
		return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory while taking in rows");
	last->ledger.received += batch->n_rows - seen + bad;
	last->ledger.malformed += bad;
	for (int i = 0; i < WEIR_BAD_COUNT; i++)
		last->ledger.malformed_by[i] += batch->n_malformed[i];
	last->ledger.bytes += batch->bytes;
	last->active_mono_us = now;
	return WEIR_OK;
}

enum weir_status weir_buffer_admit(struct weir_buffer *b, struct weir_batch *batch, struct weir_error *err)
{
	int64_t now = weir_clock_mono_us(b->clock);
	enum weir_status st = count(b, batch, now, err);
	struct span s = times_of(batch);
	if (st != WEIR_OK || s.low > s.high)
		return st;
	b->newest_us = b->newest_us == WEIR_TIME_NONE || s.high > b->newest_us ? s.high : b->newest_us;
	/* No row can be late when the oldest would not be late even behind the newest: then only the newest count. */
	bool safe = b->rule.kind == WEIR_LATE_NEVER;
	if (!safe) {
		int64_t after = less_delay(b, s.high);
		if (b->watermark_us != WEIR_TIME_NONE && b->watermark_us > after)
			after = b->watermark_us;
		safe = !is_late(&b->rule, s.low, after);
	}
	if (!safe) {
		st = admit_rows(b, batch, now, err);
	} else if (!batch->partition) {
		struct partition *p = b->partitions[0];
		if (p->ledger.newest_us == WEIR_TIME_NONE || s.high > p->ledger.newest_us)
			p->ledger.newest_us = s.high;
	} else {
		for (uint32_t row = 0; row < batch->n_rows; row++) {
			struct weir_ledger *l = &b->partitions[batch->partition[row]]->ledger;
			int64_t t = batch->time_us[row];
			if (t != WEIR_TIME_NONE && (l->newest_us == WEIR_TIME_NONE || t > l->newest_us))
				l->newest_us = t;
		}
	}
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
