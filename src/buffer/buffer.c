/* The buffer: batches in, segments kept, what is too old or too much dropped, snapshots out. */
#include "buffer/state.h"

#include <stdlib.h>

struct weir_buffer *weir_buffer_new(struct weir_budget *budget, const struct weir_clock *clock, bool live)
{
	struct weir_buffer *b = weir_calloc(1, sizeof *b);
	if (!b)
		return NULL;
	b->budget = budget;
	b->clock = clock;
	b->live = live;
	b->rule.skew_us = -1;
	b->watermark_us = b->newest_us = b->oldest_us = b->first_us = WEIR_TIME_NONE;
	return b;
}

void weir_buffer_clear(struct weir_buffer *b)
{
	for (size_t i = 0; i < b->n_segments; i++)
		weir_segment_unref(b->segments[i]);
	b->n_segments = 0;
	b->n_rows = 0;
}

void weir_buffer_free(struct weir_buffer *b)
{
	if (!b)
		return;
	weir_buffer_clear(b);
	for (uint32_t i = 0; i < b->n_partitions; i++)
		free(b->partitions[i]);
	free(b->partitions);
	weir_partitions_unref(b->list);
	free(b->segments);
	free(b);
}

void weir_buffer_set_late(struct weir_buffer *b, const struct weir_late_rule *rule)
{
	b->rule = *rule;
}

void weir_buffer_set_late_seen(struct weir_buffer *b, void (*seen)(void *ctx, int64_t time_us), void *ctx)
{
	b->late_seen = seen;
	b->late_ctx = ctx;
}

void weir_buffer_set_summaries(struct weir_buffer *b, const struct weir_summary_ops *ops)
{
	b->summaries = ops;
}

/* A segment goes as a whole, and while it is merged it is there twice: under a small budget it is a small part of it. */
static uint64_t most_segment_rows(const struct weir_buffer *b)
{
	const struct weir_segment *newest = b->segments[b->n_segments - 1];
	uint64_t row_bytes = newest->charged_bytes / newest->rows->n_rows + 1;
	uint64_t rows =
	    b->budget && b->budget->limit_bytes ? b->budget->limit_bytes / 64 / row_bytes : WEIR_SEGMENT_ROWS;
	return rows < WEIR_SEGMENT_ROWS ? rows : WEIR_SEGMENT_ROWS;
}

/* Merges the newest segments while the one before is no larger than what was gathered: sizes double from the end, so a row is
 * copied about log2(WEIR_SEGMENT_ROWS / batch) times, whatever the size of the batches. Failure costs only the merge. */
static void merge_tail(struct weir_buffer *b)
{
	enum { MOST_PARTS = 64 };
	const struct weir_batch *parts[MOST_PARTS];
	size_t from = b->n_segments;
	uint64_t rows = 0, most_rows = most_segment_rows(b);
	while (from > 0 && b->n_segments - from < MOST_PARTS) {
		uint32_t n = b->segments[from - 1]->rows->n_rows;
		bool joins = rows == 0 || n <= rows * 2;
		if (!joins || rows + n > most_rows)
			break;
		rows += n;
		from--;
	}
	uint32_t n_parts = (uint32_t)(b->n_segments - from);
	if (n_parts < 4 && rows < most_rows / 2)
		return;
	if (n_parts < 2)
		return;
	for (uint32_t i = 0; i < n_parts; i++)
		parts[i] = b->segments[from + i]->rows;
	struct weir_segment *merged =
	    weir_segment_seal(parts, n_parts, b->segments[from]->first_row, false, b->hurry, b->budget);
	if (!merged)
		return;
	merged->newest_us = WEIR_TIME_NONE;
	for (uint32_t i = 0; i < n_parts; i++) {
		int64_t newest_us = b->segments[from + i]->newest_us;
		merged->newest_us = newest_us > merged->newest_us ? newest_us : merged->newest_us;
		weir_segment_unref(b->segments[from + i]);
	}
	b->segments[from] = merged;
	b->n_segments = from + 1;
}

void weir_buffer_set_hurry(struct weir_buffer *b, const _Atomic bool *hurry)
{
	b->hurry = hurry;
}

static void summarize(struct weir_buffer *b, struct weir_segment *s)
{
	size_t bytes = 0;
	void *summary = b->summaries->make(s, &bytes);
	if (!summary)
		return;
	s->summary_ops = b->summaries;
	s->charged_bytes += bytes;
	weir_budget_charge(b->budget, (int64_t)bytes);
	atomic_store_explicit(&s->summary, summary, memory_order_release);
}

/* The newest segment is merged no more when it is so large that a neighbour half its size has no room in it, the one
 * before when both together are too large: each row is summarised once. */
static void summarize_tail(struct weir_buffer *b)
{
	size_t n = b->n_segments;
	uint64_t most_rows = most_segment_rows(b);
	struct weir_segment *last = b->segments[n - 1], *before = n > 1 ? b->segments[n - 2] : NULL;
	if ((uint64_t)last->rows->n_rows * 3 > most_rows * 2 && !last->summary)
		summarize(b, last);
	if (before && (uint64_t)before->rows->n_rows * 2 > most_rows &&
	    before->rows->n_rows + last->rows->n_rows > most_rows && !before->summary)
		summarize(b, before);
}

/* No clock follows what is from the future. */
static void find_newest(const struct weir_buffer *b, const struct weir_batch *batch, struct weir_segment *s)
{
	int64_t until = weir_buffer_now_until(b, batch);
	if (s->time_max_us <= until)
		return;
	s->newest_us = WEIR_TIME_NONE;
	for (uint32_t row = 0; row < batch->n_rows; row++)
		if (batch->time_us[row] > s->newest_us && batch->time_us[row] <= until)
			s->newest_us = batch->time_us[row];
}

enum weir_status weir_buffer_store(struct weir_buffer *b, const struct weir_batch *batch, struct weir_error *err)
{
	if (batch->n_rows == 0)
		return WEIR_OK;
	const struct weir_batch *one[] = {batch};
	if (!weir_grow((void **)&b->segments, &b->capacity, b->n_segments + 1, sizeof(struct weir_segment *)))
		return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory while keeping rows");
	struct weir_segment *s = weir_segment_seal(one, 1, b->next_row, b->live && !batch->time_us, NULL, b->budget);
	if (!s)
		return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory while keeping rows");
	find_newest(b, batch, s);
	b->segments[b->n_segments++] = s;
	b->next_row += batch->n_rows;
	b->n_rows += batch->n_rows;
	if (!weir_in_hurry(b->hurry))
		merge_tail(b);
	if (b->summaries && !weir_in_hurry(b->hurry))
		summarize_tail(b);
	return WEIR_OK;
}

uint64_t weir_buffer_trim(struct weir_buffer *b, const struct weir_retention *keep,
			  void (*dropped)(void *ctx, const struct weir_segment *seg, bool by_memory), void *ctx)
{
	size_t n = 0;
	uint64_t rows = 0;
	while (n < b->n_segments) {
		struct weir_segment *s = b->segments[n];
		uint64_t left = b->n_rows - rows - s->rows->n_rows;
		/* What is from the future goes with the rows that it came with. Without times, both are the least there is. */
		int64_t last_us = s->newest_us != WEIR_TIME_NONE ? s->newest_us : s->time_max_us;
		bool expired = keep->keep_after_us != INT64_MIN && last_us <= keep->keep_after_us;
		bool beyond = keep->keep_rows != UINT64_MAX ? left >= keep->keep_rows : expired;
		bool allowed = beyond && (expired || keep->keep_after_us == INT64_MIN);
		bool full = weir_budget_over(b->budget, 0), newest = n + 1 == b->n_segments;
		bool by_memory = !allowed && full && !newest;
		if (!by_memory && (!allowed || (keep->only_when_full && !full)))
			break;
		if (dropped)
			dropped(ctx, s, by_memory);
		rows += s->rows->n_rows;
		weir_segment_unref(s);
		n++;
	}
	if (n)
		memmove(b->segments, b->segments + n, (b->n_segments - n) * sizeof(struct weir_segment *));
	b->n_segments -= n;
	b->n_rows -= rows;
	return rows;
}

struct weir_snapshot *weir_buffer_snapshot(struct weir_buffer *b)
{
	struct weir_snapshot *s = weir_calloc(1, sizeof *s);
	if (!s)
		return NULL;
	s->segments = weir_alloc(b->n_segments * sizeof(struct weir_segment *));
	if (!s->segments) {
		free(s);
		return NULL;
	}
	for (size_t i = 0; i < b->n_segments; i++)
		s->segments[i] = weir_segment_ref(b->segments[i]);
	s->n_segments = (uint32_t)b->n_segments;
	s->n_rows = b->n_rows;
	return s;
}

void weir_snapshot_free(struct weir_snapshot *s)
{
	if (!s)
		return;
	for (uint32_t i = 0; i < s->n_segments; i++)
		weir_segment_unref(s->segments[i]);
	free(s->segments);
	free(s);
}

uint32_t weir_buffer_partitions(const struct weir_buffer *b)
{
	return b->n_partitions;
}

struct weir_ledger *weir_buffer_ledger(struct weir_buffer *b, uint32_t partition)
{
	return partition < b->n_partitions ? &b->partitions[partition]->ledger : NULL;
}

int64_t weir_buffer_watermark_us(const struct weir_buffer *b)
{
	return b->live ? b->watermark_us : weir_buffer_lowest_us(b, 0);
}

int64_t weir_buffer_newest_us(const struct weir_buffer *b)
{
	return b->newest_us;
}
int64_t weir_buffer_oldest_us(const struct weir_buffer *b)
{
	return b->oldest_us;
}
int64_t weir_buffer_first_us(const struct weir_buffer *b)
{
	return b->first_us;
}

uint64_t weir_buffer_rows(const struct weir_buffer *b)
{
	return b->n_rows;
}

uint32_t weir_buffer_segments(const struct weir_buffer *b, struct weir_segment *const **out)
{
	*out = b->segments;
	return (uint32_t)b->n_segments;
}

size_t weir_buffer_bytes(const struct weir_buffer *b)
{
	size_t bytes = 0;
	for (size_t i = 0; i < b->n_segments; i++)
		bytes += b->segments[i]->charged_bytes;
	return bytes;
}
