/* Messages in Avro, framed as Confluent publishes it: a zero, the number of the schema in four bytes, and the row. The registry gets
 * the schema of a stream's columns as TOPIC-value, and again whenever they change. */
#include "kafka.h"

#include "weir/codec/avro_write.h"

#include <stdio.h>
#include <stdlib.h>

enum weir_status kafka_avro_open(struct kafka_landing *l, const struct weir_uri *uri, struct weir_error *err)
{
	const char *format = weir_uri_param(uri, "format");
	enum weir_status st = weir_registry_open_door(uri, &l->door, err);

	if (st != WEIR_OK)
		return st;
	l->avro = format && strcmp(format, "avro") == 0;
	if (format && !l->avro && strcmp(format, "json") != 0)
		return weir_fail(err, WEIR_USAGE, "--land", "format=%s is neither json nor avro", format);
	if (l->avro && !l->door.get) {
		weir_fail(err, WEIR_USAGE, "--land", "format=avro needs a registry for the schemas");
		weir_error_hint(err, "registry=http://HOST:8081 names it");
		return WEIR_USAGE;
	}
	if (!l->avro && l->door.get)
		return weir_fail(err, WEIR_USAGE, "--land", "registry= but no format=avro");
	l->schemas = weir_calloc(l->n + (size_t)1, sizeof *l->schemas);
	return l->schemas ? WEIR_OK : kafka_landing_no_memory(err);
}

enum weir_status kafka_avro_follow(struct kafka_landing *l, const struct weir_batch *batch, struct weir_error *err)
{
	struct kafka_schema *s = &l->schemas[batch->stream];
	struct weir_buf text = {0};
	char subject[300];

	if (!l->avro || s->columns == batch->schema)
		return WEIR_OK;
	snprintf(subject, sizeof subject, "%s-value", l->topics[batch->stream]);
	weir_avro_write_schema(batch->schema, weir_str_of(l->topics[batch->stream]), &text);
	enum weir_status st = text.failed ? kafka_landing_no_memory(err)
					  : weir_registry_register(&l->door, subject, weir_buf_str(&text), &s->id, err);
	weir_buf_release(&text);
	if (st != WEIR_OK)
		return st;
	weir_schema_unref(s->columns);
	s->columns = weir_schema_ref(batch->schema);
	return WEIR_OK;
}

void kafka_avro_put(const struct kafka_landing *l, const struct weir_batch *batch, uint32_t row, struct weir_buf *out)
{
	const struct kafka_schema *s = &l->schemas[batch->stream];

	weir_buf_add_char(out, 0);
	for (int shift = 24; shift >= 0; shift -= 8)
		weir_buf_add_char(out, (char)(s->id >> shift));
	weir_avro_write_row(batch, row, s->columns, out);
}

void kafka_avro_release(struct kafka_landing *l)
{
	for (uint32_t i = 0; l->schemas && i < l->n; i++)
		weir_schema_unref(l->schemas[i].columns);
	free(l->schemas);
	if (l->door.close)
		l->door.close(l->door.ctx);
}
