#include "progress.h"

#include <stdio.h>

void weir_progress_init(struct weir_progress *p, uint32_t n_partitions)
{
	pthread_mutex_init(&p->lock, NULL);
	p->now = (struct weir_source_status){
	    .state = WEIR_SOURCE_CONNECTING, .total_raw_bytes = -1, .lag = -1, .n_partitions = n_partitions};
	for (size_t i = 0; i < sizeof p->now.partitions / sizeof *p->now.partitions; i++) {
		p->now.partitions[i].end = -1;
		p->now.partitions[i].lag = -1;
	}
}

void weir_progress_release(struct weir_progress *p)
{
	pthread_mutex_destroy(&p->lock);
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

void weir_progress_add(struct weir_progress *p, uint64_t bytes, uint64_t raw_bytes)
{
	pthread_mutex_lock(&p->lock);
	p->now.bytes += bytes;
	p->now.raw_bytes += raw_bytes;
	pthread_mutex_unlock(&p->lock);
}

void weir_progress_place(struct weir_progress *p, int64_t position, int64_t end)
{
	pthread_mutex_lock(&p->lock);
	p->now.partitions[0].position = position;
	p->now.partitions[0].end = end;
	p->now.total_raw_bytes = end;
	pthread_mutex_unlock(&p->lock);
}

void weir_progress_copy(struct weir_progress *p, struct weir_source_status *out)
{
	pthread_mutex_lock(&p->lock);
	*out = p->now;
	pthread_mutex_unlock(&p->lock);
}
