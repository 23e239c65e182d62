/* What a format is guessed from: how much of the beginning, and the name of the file. */
#include "stream.h"

#include <stdio.h>
#include <string.h>

enum {
	SCREEN_WAIT_US = 200000,
	BATCH_WAIT_US = 5000000,
	BEAT_LEAST_US = 1000000,
	BATCH_LINES = 3, /* after a long wait; as much as a header and two records */
	ENOUGH_MESSAGES = 100,
};

int64_t weir_sample_limit_us(bool live, int64_t for_us, int64_t every_us)
{
	int64_t wait_us = live ? SCREEN_WAIT_US : BATCH_WAIT_US;

	if (!live && every_us > 0 && every_us < wait_us) /* event time, which may pass much faster than ours */
		wait_us = every_us < BEAT_LEAST_US ? BEAT_LEAST_US : every_us;
	if (!live && for_us > 0 && for_us / 2 < wait_us) /* what is read after that must still be counted */
		wait_us = for_us / 2;
	return wait_us;
}

static bool has_lines(const struct weir_chunk *chunk, unsigned n)
{
	const char *p = chunk->bytes, *end = p + chunk->size;

	for (; n > 0 && p < end && (p = memchr(p, '\n', (size_t)(end - p))); n--)
		p++;
	return n == 0;
}

enum weir_sample_verdict weir_sample_judge(const struct weir_chunk *chunk, int64_t waited_us, bool live,
					   int64_t limit_us)
{
	size_t enough = live ? WEIR_SAMPLE_SCREEN_BYTES : WEIR_SAMPLE_MOST_BYTES;
	bool over = waited_us >= limit_us;

	if (chunk->at_end || chunk->full || chunk->recorded)
		return WEIR_SAMPLE_ENOUGH;
	if (chunk->is_messages)
		return chunk->n_messages >= ENOUGH_MESSAGES ? WEIR_SAMPLE_ENOUGH
		       : chunk->n_messages && over          ? WEIR_SAMPLE_SHORT
							    : WEIR_SAMPLE_MORE;
	if (chunk->size >= WEIR_SAMPLE_MOST_BYTES || (chunk->size >= enough && has_lines(chunk, 1)))
		return WEIR_SAMPLE_ENOUGH;
	return over && has_lines(chunk, limit_us < BATCH_WAIT_US ? 1 : BATCH_LINES) ? WEIR_SAMPLE_SHORT
										    : WEIR_SAMPLE_MORE;
}

void weir_sample_say_short(const struct weir_chunk *chunk, int64_t limit_us, char *out, size_t size)
{
	int n =
	    snprintf(out, size, "the format was guessed from the first %zu %s, all that came",
		     chunk->is_messages ? chunk->n_messages : chunk->size, chunk->is_messages ? "messages" : "bytes");

	if (limit_us && n > 0 && (size_t)n < size)
		snprintf(out + n, size - (size_t)n, " within %g s", (double)limit_us / 1e6);
}

static bool path_ends(struct weir_str path, const char *end)
{
	size_t n = strlen(end);

	return path.size > n &&
	       weir_str_equal_nocase((struct weir_str){path.data + path.size - n, n}, weir_str_of(end));
}

struct weir_str weir_sample_path(const struct weir_stream *s)
{
	const struct weir_source_recorded *recorded = s->source ? s->source->recorded : NULL;
	struct weir_str path = weir_str_of(recorded && recorded->path ? recorded->path : s->uri.path);

	if (path_ends(path, ".gz"))
		path.size -= 3;
	else if (path_ends(path, ".zst"))
		path.size -= 4;
	return path;
}
