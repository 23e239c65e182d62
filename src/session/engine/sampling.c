/* The sample of a fabric that reads the sources itself: the streams are read here until their share is whole, then they end,
 * and the fabric begins. */
#include "engine.h"

enum { LONGEST_US = 2000000 }; /* a trickle is not waited for, once every stream has brought something */

bool weir_pipeline_samples(const struct weir_pipeline *p)
{
	return p->ops->sample_rows && !p->sampling.begun;
}

bool weir_pipeline_sample(struct weir_pipeline *p, const struct weir_batch *batch)
{
	struct weir_sampling *s = &p->sampling;
	uint32_t i = batch->stream;

	if (!p->ops->sample_rows)
		return true;
	if (!s->first_us)
		s->first_us = weir_clock_mono_us(p->clock);
	bool wanted = s->rows[i] < p->ops->sample_rows && !s->begun;
	s->rows[i] += batch->n_rows;
	if (s->rows[i] >= p->ops->sample_rows && !s->full[i]) {
		s->full[i] = true;
		weir_stream_finish(&p->streams[i]);
	}
	return wanted;
}

void weir_pipeline_look_at_sample(struct weir_pipeline *p)
{
	struct weir_sampling *s = &p->sampling;

	if (!weir_pipeline_samples(p) || !s->first_us || weir_clock_mono_us(p->clock) < s->first_us + LONGEST_US)
		return;
	for (uint32_t i = 0; i < p->n_streams; i++)
		if (!s->rows[i])
			return;
	for (uint32_t i = 0; i < p->n_streams; i++) {
		if (!s->full[i])
			weir_stream_finish(&p->streams[i]);
		s->full[i] = true;
	}
}
