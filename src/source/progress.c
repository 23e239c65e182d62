/* A source's status under its lock. */
#include "progress.h"

#include <stdio.h>

enum weir_status weir_progress_init(struct weir_progress *p, struct weir_error *err)
{
	pthread_mutex_init(&p->lock, NULL);
	p->partitions = weir_partitions_new();
	p->now = (struct weir_source_status){
	    .state = WEIR_SOURCE_CONNECTING, .total_raw_bytes = -1, .lag = -1, .partitions = p->partitions};
	return p->partitions ? WEIR_OK : weir_fail(err, WEIR_NO_MEMORY, "source", "out of memory while opening");
}

enum weir_status weir_progress_init_bytes(struct weir_progress *p, struct weir_error *err)
{
	enum weir_status st = weir_progress_init(p, err);

	if (st == WEIR_OK && weir_partitions_add(p->partitions, WEIR_STR(""), 0) < 0)
		st = weir_fail(err, WEIR_NO_MEMORY, "source", "out of memory while opening");
	return st;
}

void weir_progress_release(struct weir_progress *p)
{
	pthread_mutex_destroy(&p->lock);
	weir_partitions_unref(p->partitions);
}

bool weir_progress_state(struct weir_progress *p, enum weir_source_state state, const char *detail)
{
	char text[sizeof p->now.detail];

	snprintf(text, sizeof text, "%s", detail ? detail : "");
	pthread_mutex_lock(&p->lock);
	bool changed = p->now.state != state || strcmp(p->now.detail, text) != 0;
	p->now.state = state;
	memcpy(p->now.detail, text, sizeof text);
	pthread_mutex_unlock(&p->lock);
	return changed;
}

bool weir_progress_unread(struct weir_progress *p, const char *text)
{
	pthread_mutex_lock(&p->lock);
	bool changed = strcmp(p->now.unread, text) != 0;
	snprintf(p->now.unread, sizeof p->now.unread, "%s", text);
	pthread_mutex_unlock(&p->lock);
	return changed;
}

void weir_progress_add(struct weir_progress *p, uint64_t bytes, uint64_t raw_bytes)
{
	pthread_mutex_lock(&p->lock);
	p->now.bytes += bytes;
	p->now.raw_bytes += raw_bytes;
	pthread_mutex_unlock(&p->lock);
}

enum weir_status weir_progress_batch(struct weir_progress *p, const struct weir_batch *rows, bool over)
{
	weir_progress_add(p, rows->bytes, rows->bytes);
	if (rows->n_rows || rows->grouped)
		return WEIR_OK;
	if (over)
		weir_progress_state(p, WEIR_SOURCE_END, NULL);
	return over ? WEIR_END : WEIR_AGAIN;
}

void weir_progress_place(struct weir_progress *p, int64_t position, int64_t end)
{
	struct weir_partition *one = weir_partitions_at(p->partitions, 0);

	one->position = position;
	one->end = end;
	pthread_mutex_lock(&p->lock);
	p->now.total_raw_bytes = end;
	pthread_mutex_unlock(&p->lock);
}

void weir_progress_copy(struct weir_progress *p, struct weir_source_status *out)
{
	pthread_mutex_lock(&p->lock);
	*out = p->now;
	pthread_mutex_unlock(&p->lock);
}
