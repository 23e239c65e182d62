/* What a fabric that reads elsewhere is told once its sample is whole. */
#include "engine.h"

enum weir_status weir_pipeline_give_readings(struct weir_pipeline *p, struct weir_error *err)
{
	enum weir_status st = WEIR_OK;

	for (uint32_t i = 0; p->ops->set_reading && i < p->n_streams && st == WEIR_OK; i++) {
		struct weir_stream *s = &p->streams[i];
		pthread_mutex_lock(&s->lock);
		const struct weir_fabric_reading reading = {
		    .format = s->read_as,
		    .time_column = s->time_column[0] ? s->time_column : NULL,
		    .time_format = s->time_format[0] ? s->time_format : NULL,
		    .server_time = s->server_time,
		};
		st = p->ops->set_reading(p->fabric, i, &reading, err);
		pthread_mutex_unlock(&s->lock);
	}
	return st;
}

enum weir_status weir_pipeline_begin(struct weir_pipeline *p, struct weir_error *err)
{
	if (!weir_pipeline_samples(p))
		return WEIR_OK;
	p->sampling.begun = true;
	weir_pipeline_give_columns(p);
	enum weir_status st = weir_pipeline_give_readings(p, err);
	return st == WEIR_OK ? p->ops->begin(p->fabric, err) : st;
}
