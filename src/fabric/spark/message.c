/* Reading the messages of the job. */
#include "message.h"

#include <math.h>
#include <stdlib.h>
#include <stdio.h>

static enum weir_status bad(struct weir_error *err, const char *what)
{
	return weir_fail(err, WEIR_MALFORMED, "spark", "a message of the job is not as it should be: %s", what);
}

/* A whole number, written as one or as a text. */
static bool read_int(const json_t *j, int64_t *out)
{
	if (json_is_integer(j))
		*out = json_integer_value(j);
	else if (!json_is_string(j) ||
		 !weir_parse_int64((struct weir_str){json_string_value(j), json_string_length(j)}, false, out))
		return false;
	return true;
}

static int64_t int_or(const json_t *j, int64_t otherwise)
{
	int64_t v;

	return read_int(j, &v) ? v : otherwise;
}

static double rate_of(const json_t *j)
{
	return json_is_number(j) ? json_number_value(j) : NAN;
}

static void copy_text(const json_t *j, char *out, size_t size)
{
	snprintf(out, size, "%s", json_is_string(j) ? json_string_value(j) : "");
}

static enum weir_status read_batch(struct weir_spark_message *m, struct weir_error *err)
{
	const json_t *v = m->value;

	m->kind = WEIR_SPARK_BATCH;
	if (!read_int(json_object_get(m->key, "batch"), &m->batch.id) || !json_is_object(v))
		return bad(err, "a batch without its number");
	m->batch.time_us = int_or(json_object_get(v, "time_us"), WEIR_TIME_NONE);
	m->batch.batch_ms = int_or(json_object_get(v, "batch_ms"), -1);
	m->batch.watermark_us = int_or(json_object_get(v, "watermark_us"), WEIR_TIME_NONE);
	m->batch.input_rate = rate_of(json_object_get(v, "input_rate"));
	m->batch.processed_rate = rate_of(json_object_get(v, "processed_rate"));
	return WEIR_OK;
}

static enum weir_status read_state(struct weir_spark_message *m, struct weir_error *err)
{
	const json_t *v = m->value;
	int64_t generation = int_or(json_object_get(v, "generation"), 0);

	m->kind = WEIR_SPARK_STATE;
	m->generation = generation < 0 ? 0 : (uint64_t)generation;
	if (!json_is_string(json_object_get(v, "state")))
		return bad(err, "a state without its name");
	copy_text(json_object_get(v, "state"), m->state.name, sizeof m->state.name);
	copy_text(json_object_get(v, "error"), m->state.error, sizeof m->state.error);
	copy_text(json_object_get(v, "application"), m->state.application, sizeof m->state.application);
	m->state.time_us = int_or(json_object_get(v, "time_us"), WEIR_TIME_NONE);
	return WEIR_OK;
}

enum weir_status weir_spark_message_read(struct weir_str key, struct weir_str value, struct weir_spark_message *out,
					 struct weir_error *err)
{
	int64_t generation;

	*out = (struct weir_spark_message){0};
	out->key = key.size ? json_loadb(key.data, key.size, JSON_ALLOW_NUL, NULL) : NULL;
	out->value = value.size ? json_loadb(value.data, value.size, JSON_ALLOW_NUL, NULL) : NULL;
	if (!json_is_object(out->key) || !json_is_object(out->value))
		return bad(err, "no JSON");
	if (json_object_get(out->key, "state"))
		return read_state(out, err);
	if (!read_int(json_object_get(out->key, "g"), &generation) || generation < 0)
		return bad(err, "no generation");
	out->generation = (uint64_t)generation;
	if (json_object_get(out->key, "batch"))
		return read_batch(out, err);
	out->kind = WEIR_SPARK_ROW;
	if (!json_is_array(json_object_get(out->key, "k")) || !json_is_array(json_object_get(out->value, "v")))
		return bad(err, "a row without key or values");
	return WEIR_OK;
}

void weir_spark_message_release(struct weir_spark_message *m)
{
	json_decref(m->key);
	json_decref(m->value);
	m->key = m->value = NULL;
}

static enum weir_status read_cell(const struct weir_partial_column *c, const json_t *j, struct weir_value *out,
				  struct weir_error *err)
{
	switch (json_typeof(j)) {
	case JSON_NULL:
		*out = (struct weir_value){.type = WEIR_NULL};
		return WEIR_OK;
	case JSON_TRUE:
	case JSON_FALSE:
		*out = (struct weir_value){.type = WEIR_BOOL, .b = json_is_true(j)};
		return c->type == WEIR_BOOL ? WEIR_OK : bad(err, "a truth value where there is none");
	case JSON_INTEGER:
		*out = (struct weir_value){.type = c->type == WEIR_TIMESTAMP ? WEIR_TIMESTAMP : WEIR_INT64,
					   .i = json_integer_value(j)};
		return c->type == WEIR_STRING || c->type == WEIR_BOOL ? bad(err, "a number where there is none")
								      : WEIR_OK;
	case JSON_REAL:
		*out = (struct weir_value){.type = WEIR_FLOAT64, .f = json_real_value(j)};
		return c->type == WEIR_FLOAT64 ? WEIR_OK : bad(err, "a fraction where there is none");
	case JSON_STRING:
		return weir_partial_read(c, (struct weir_str){json_string_value(j), json_string_length(j)}, out, err);
	default:
		return bad(err, "a list in a list");
	}
}

static enum weir_status read_cells(const json_t *list, const struct weir_partial_column *columns, uint32_t n,
				   struct weir_value *out, struct weir_error *err)
{
	enum weir_status st = WEIR_OK;

	if (json_array_size(list) != n)
		return bad(err, "another number of columns");
	for (uint32_t i = 0; i < n && st == WEIR_OK; i++)
		st = read_cell(&columns[i], json_array_get(list, i), &out[i], err);
	return st;
}

enum weir_status weir_spark_message_row(const struct weir_spark_message *m, const struct weir_partial_layout *layout,
					struct weir_value *keys, struct weir_value *values, struct weir_error *err)
{
	enum weir_status st = read_cells(json_object_get(m->key, "k"), layout->keys, layout->n_keys, keys, err);

	return st == WEIR_OK ? read_cells(json_object_get(m->value, "v"), layout->values, layout->n_values, values, err)
			     : st;
}

static uint64_t count_of(const json_t *metrics, const char *name)
{
	int64_t n = int_or(json_object_get(metrics, name), 0);

	return n < 0 ? 0 : (uint64_t)n;
}

bool weir_spark_message_metrics(const struct weir_spark_message *m, struct weir_str stream,
				struct weir_spark_metrics *out)
{
	char *name = weir_str_dup(stream);
	const json_t *metrics = name ? json_object_get(json_object_get(m->value, "streams"), name) : NULL;

	free(name);
	*out = (struct weir_spark_metrics){
	    .received = count_of(metrics, "received"),
	    .malformed = count_of(metrics, "malformed"),
	    .filtered = count_of(metrics, "filtered"),
	    .no_time = count_of(metrics, "no_time"),
	    .unfit = count_of(metrics, "unfit"),
	    .outside = count_of(metrics, "outside"),
	};
	return metrics != NULL;
}

size_t weir_spark_message_places(const struct weir_spark_message *m, uint32_t source, uint32_t n_sources,
				 struct weir_spark_place **out)
{
	const json_t *sources = json_object_get(m->value, "sources");
	json_t *topics = json_array_size(sources) == n_sources
			     ? json_object_get(json_array_get(sources, source), "endOffset")
			     : NULL;
	json_t *partitions, *offset;
	const char *topic, *number;
	size_t n = 0, capacity = 0;
	int64_t partition, at;

	*out = NULL;
	json_object_foreach(topics, topic, partitions) json_object_foreach(partitions, number, offset)
	{
		if (strlen(topic) >= sizeof(*out)->topic || !weir_parse_int64(weir_str_of(number), true, &partition) ||
		    partition > INT32_MAX || !read_int(offset, &at) ||
		    !weir_grow((void **)out, &capacity, n + 1, sizeof **out)) {
			free(*out);
			*out = NULL;
			return 0;
		}
		(*out)[n] = (struct weir_spark_place){.partition = (int32_t)partition, .offset = at};
		snprintf((*out)[n++].topic, sizeof(*out)->topic, "%s", topic);
	}
	return n;
}
