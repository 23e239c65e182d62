/* Passes the columns and formats of the streams on to the fabric, and begins it when its sample is whole. */
#include "engine.h"

#include "weir/base/file.h"
#include "weir/base/print.h"

void weir_pipeline_give_columns(struct weir_pipeline *p)
{
	for (uint32_t i = 0; p->ops->set_columns && i < p->n_streams; i++) {
		bool fixed;
		const struct weir_schema *schema = weir_stream_sample_schema(&p->streams[i], &fixed);
		if (schema) {
			p->ops->set_columns(p->fabric, i, schema, fixed);
			weir_landings_set_columns(&p->landings, i, schema, fixed);
		}
		weir_schema_unref(schema);
	}
}

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
		    .separator = s->separator,
		    .header = s->has_header,
		    .lines_above = s->lines_above,
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

void weir_pipeline_say_left(struct weir_pipeline *p, int fd)
{
	struct weir_fabric_status status = {0};
	struct weir_buf text = {0};

	if (!p->fabric || !p->ops->describe)
		return;
	p->ops->describe(p->fabric, &status);
	if (!status.come_back[0])
		return;
	weir_buf_add_c(&text, "weir: the job goes on; weir --attach ");
	weir_print_safe(weir_str_of(status.come_back), &text);
	weir_buf_add_c(&text, " comes back to it\n");
	if (!text.failed)
		(void)!weir_write_all(fd, text.data, text.size);
	weir_buf_release(&text);
}
