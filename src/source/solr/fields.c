/* Which field of a document is which column. */
#include "solr.h"

#include <stdlib.h>
#include <strings.h>

static bool is_place(const char *name)
{
	static const char *const own[] = {
	    "id",          "_version_",   WEIR_SOLR_STREAM, WEIR_SOLR_TOPIC, WEIR_SOLR_PARTITION, WEIR_SOLR_OFFSET,
	    WEIR_SOLR_RUN, WEIR_SOLR_TIME};

	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (strcmp(name, own[i]) == 0)
			return true;
	return false;
}

void weir_solr_reader_release(struct weir_solr_reader *r)
{
	for (size_t i = 0; i < r->n; i++) {
		free(r->fields[i].name);
		free(r->fields[i].micros);
	}
	for (size_t i = 0; i < r->dicts_capacity; i++)
		weir_dict_unref(r->dicts[i]);
	free(r->fields);
	free(r->dicts);
	free(r->landed_time);
	weir_schema_unref(r->schema);
	*r = (struct weir_solr_reader){0};
}

/* The column of the name: one that is there, or a new one. -1: no memory. */
static int column_named(struct weir_solr_reader *r, struct weir_str name, enum weir_type type)
{
	int at = weir_schema_find(r->schema, name);

	if (at >= 0)
		return at;
	struct weir_schema *next = weir_schema_next(r->schema);
	at = next ? weir_schema_add(next, name, type) : -1;
	if (at < 0) {
		weir_schema_unref(next);
		return -1;
	}
	weir_schema_unref(r->schema);
	r->schema = next;
	return at;
}

static bool make_field(struct weir_solr_reader *r, const char *name, struct weir_solr_known *f)
{
	static const enum weir_type types[WEIR_SOLR_FIELD_COUNT] = {
	    [WEIR_SOLR_BOOL] = WEIR_BOOL,      [WEIR_SOLR_INT64] = WEIR_INT64, [WEIR_SOLR_FLOAT64] = WEIR_FLOAT64,
	    [WEIR_SOLR_DATE] = WEIR_TIMESTAMP, [WEIR_SOLR_TEXT] = WEIR_STRING, [WEIR_SOLR_LONG] = WEIR_STRING,
	    [WEIR_SOLR_NULL_] = WEIR_NULL};
	struct weir_buf column = {0}, micros = {0};
	bool good = true;

	*f = (struct weir_solr_known){.name = weir_str_dup(weir_str_of(name)), .column = -1};
	f->plain = !r->landed || !weir_solr_column_of(weir_str_of(name), &f->kind, &column);
	if (f->plain && is_place(name) && (r->landed || strcmp(name, "_version_") == 0)) {
		/* where the row came from */
	} else if (f->plain) {
		f->column = column_named(r, weir_str_of(name), WEIR_NULL);
		good = f->column >= 0;
	} else if (f->kind != WEIR_SOLR_MICROS) {
		f->column =
		    column_named(r, (struct weir_str){column.data ? column.data : "", column.size}, types[f->kind]);
		good = f->column >= 0 && !column.failed;
	}
	if (good && !f->plain && f->kind == WEIR_SOLR_DATE) {
		weir_solr_field_name(weir_buf_str(&column), WEIR_SOLR_MICROS, &micros);
		f->micros = micros.failed ? NULL : weir_str_dup(weir_buf_str(&micros));
		good = f->micros != NULL;
	}
	weir_buf_release(&column);
	weir_buf_release(&micros);
	return good && f->name;
}

struct weir_solr_known *weir_solr_reader_field(struct weir_solr_reader *r, const char *name)
{
	for (size_t i = 0; i < r->n; i++) {
		size_t at = (r->hint + i) % r->n;
		if (strcmp(r->fields[at].name, name) == 0) {
			r->hint = at + 1;
			return &r->fields[at];
		}
	}
	if (!weir_grow((void **)&r->fields, &r->capacity, r->n + 1, sizeof *r->fields))
		return NULL;
	struct weir_solr_known *f = &r->fields[r->n];
	if (!make_field(r, name, f)) {
		free(f->name);
		free(f->micros);
		return NULL;
	}
	r->hint = ++r->n;
	return f;
}

static bool add_fields(struct weir_solr_reader *r, const json_t *docs, const json_t *index)
{
	const json_t *doc, *value;
	const char *name;
	size_t i;

	json_array_foreach(docs, i, doc)
	    json_object_foreach((json_t *)doc, name, value) if (!weir_solr_reader_field(r, name)) return false;
	json_object_foreach((json_t *)json_object_get(index, "fields"), name, value)
	{
		const char *type = json_string_value(json_object_get(value, "type"));
		struct weir_solr_known *f = weir_solr_reader_field(r, name);
		if (!f)
			return false;
		f->date = type && strcasestr(type, "date") != NULL;
		if (f->plain && f->date && f->column >= 0)
			weir_schema_set_type(r->schema, (uint32_t)f->column, WEIR_TIMESTAMP);
	}
	return true;
}

enum weir_status weir_solr_reader_begin(struct weir_solr_reader *r, const json_t *docs, const json_t *index,
					struct weir_error *err)
{
	const json_t *first = json_array_get(docs, 0);
	const char *time = json_string_value(json_object_get(first, WEIR_SOLR_TIME));

	r->landed = json_object_get(first, WEIR_SOLR_STREAM) && json_object_get(first, WEIR_SOLR_OFFSET);
	r->schema = weir_schema_new();
	if (r->landed && time && !(r->landed_time = weir_str_dup(weir_str_of(time))))
		return weir_fail(err, WEIR_NO_MEMORY, "solr", "out of memory");
	if (!r->schema || !add_fields(r, docs, index))
		return weir_fail(err, WEIR_NO_MEMORY, "solr", "out of memory");
	const char *wanted = r->time ? r->time : r->landed_time;
	int at = wanted ? weir_schema_find(r->schema, weir_str_of(wanted)) : -1;
	if (r->time && at < 0 && strcmp(r->time, "none") != 0)
		return weir_fail(err, WEIR_USAGE, "time", "there is no column %s", r->time);
	if (r->time && at >= 0 && r->schema->fields[at].type != WEIR_TIMESTAMP)
		return weir_fail(err, WEIR_USAGE, "time", "%s is no date to Solr", r->time);
	for (uint32_t i = 0; !wanted && at < 0 && i < r->schema->n_fields; i++)
		if (r->schema->fields[i].type == WEIR_TIMESTAMP)
			at = (int)i;
	weir_schema_set_time(r->schema, at);
	return WEIR_OK;
}
