/* What the schema panel says of each column: types and nulls that were seen, distinct texts, an example. */
#include "local.h"

#include "weir/query/result_builder.h"

#include <stdlib.h>

static void take_example(struct weir_field_stats *f, const struct weir_value *v)
{
	f->example_type = v->type;
	if (v->type == WEIR_STRING) {
		size_t n = v->s.size < sizeof f->example_text ? v->s.size : sizeof f->example_text;
		while (n < v->s.size && n > 0 && ((unsigned char)v->s.data[n] & 0xc0) == 0x80)
			n--;
		if (n)
			memcpy(f->example_text, v->s.data, n);
		f->example_bytes = (uint8_t)n;
	} else if (v->type == WEIR_FLOAT64) {
		f->example.f = v->f;
	} else if (v->type == WEIR_BOOL) {
		f->example.b = v->b;
	} else {
		f->example.i = v->i;
	}
}

/* When the column had a value for the first time; the row is looked for once in its life. */
static void take_first(struct weir_field_stats *f, const struct weir_batch *batch, const struct weir_column *c)
{
	for (uint32_t row = 0; row < batch->n_rows && !f->any; row++)
		if (weir_column_valid(c, row)) {
			bool timed = batch->time_us && batch->time_us[row] != WEIR_TIME_NONE;
			f->any = true;
			f->first_us = timed ? batch->time_us[row] : batch->arrival_us;
		}
}

bool weir_local_learn_fields(struct weir_local_stream *s, const struct weir_batch *batch)
{
	size_t had = s->fields_capacity;
	if (!weir_grow((void **)&s->fields, &s->fields_capacity, batch->n_columns, sizeof *s->fields))
		return false;
	if (s->fields_capacity > had)
		memset(s->fields + had, 0, (s->fields_capacity - had) * sizeof *s->fields);
	for (uint32_t i = 0; i < batch->n_columns; i++) {
		const struct weir_column *c = &batch->columns[i];
		struct weir_field_stats *f = &s->fields[i];
		uint64_t seen = 0;
		for (int t = 0; t < WEIR_TYPE_COUNT; t++) {
			f->n_type[t] += c->type_count[t];
			seen += c->type_count[t];
		}
		if (!f->any && seen > c->type_count[WEIR_NULL])
			take_first(f, batch, c);
		f->n_missing += seen < batch->n_rows ? batch->n_rows - seen : 0;
		if (c->encoding == WEIR_ENC_DICT)
			f->n_distinct = weir_dict_count(c->dict);
		for (uint32_t row = batch->n_rows; row-- > 0 && row + 16 >= batch->n_rows;)
			if (weir_column_valid(c, row)) {
				struct weir_value v = weir_column_get(c, row);
				take_example(f, &v);
				break;
			}
	}
	return true;
}

static struct weir_value example_of(const struct weir_field_stats *f)
{
	struct weir_value v = {.type = f->example_type};
	if (f->example_type == WEIR_STRING)
		v.s = (struct weir_str){f->example_text, f->example_bytes};
	else if (f->example_type == WEIR_FLOAT64)
		v.f = f->example.f;
	else if (f->example_type == WEIR_BOOL)
		v.b = f->example.b;
	else
		v.i = f->example.i;
	return v;
}

static void describe(struct weir_result_field *out, const struct weir_field *field, const struct weir_field_stats *f)
{
	out->type = field->type;
	out->is_time = field->is_time;
	out->name = field->name;
	out->first_us = WEIR_TIME_NONE;
	if (!f)
		return;
	out->first_us = f->any ? f->first_us : WEIR_TIME_NONE;
	memcpy(out->n_type, f->n_type, sizeof out->n_type);
	out->n_missing = f->n_missing;
	out->n_distinct = f->n_distinct;
	out->example = example_of(f);
}

bool weir_local_add_fields(const struct weir_local *l, struct weir_result *r)
{
	uint32_t n = 0, room = 0;
	for (uint32_t i = 0; i < l->config.n_streams; i++)
		room += weir_relation_columns(l->relation, i)->n_fields;
	struct weir_result_field *fields = weir_calloc(room + (size_t)1, sizeof *fields);
	for (uint32_t i = 0; fields && i < l->config.n_streams; i++) {
		const struct weir_local_stream *s = &l->streams[i];
		const struct weir_schema *schema = weir_relation_columns(l->relation, i);
		for (uint32_t k = 0; k < schema->n_fields; k++) {
			fields[n].stream = (uint16_t)i;
			describe(&fields[n++], &schema->fields[k], k < s->fields_capacity ? &s->fields[k] : NULL);
		}
	}
	bool ok = fields && weir_result_set_fields(r, fields, n);
	free(fields);
	return ok;
}
