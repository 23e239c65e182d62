/* The columns of a relation. */
#include "weir/query/relation.h"

#include <stdlib.h>

/* A name that an earlier stream has too becomes one column, of the type that both fit into. False: no memory. */
static bool add_columns(struct weir_schema *common, const struct weir_schema *stream)
{
	for (uint32_t f = 0; f < stream->n_fields; f++) {
		const struct weir_field *field = stream->fields + f;
		int at = weir_schema_find(common, field->name);
		if (at < 0)
			at = weir_schema_add(common, field->name, field->type);
		else
			weir_schema_set_type(common, (uint32_t)at,
					     weir_type_widen(common->fields[at].type, field->type));
		if (at < 0 && common->n_fields < WEIR_MAX_COLUMNS)
			return false;
	}
	return true;
}

struct weir_relation_schema *weir_relation_schema_new(uint32_t n_streams, const struct weir_str *names,
						      const struct weir_schema *const *schemas)
{
	struct weir_relation_schema *s = weir_calloc(1, sizeof *s);
	if (!s)
		return NULL;
	atomic_init(&s->refs, 1);
	s->streams = weir_calloc(n_streams + (size_t)1, sizeof(const struct weir_schema *));
	s->names = weir_calloc(n_streams + (size_t)1, sizeof *s->names);
	s->common = weir_schema_new();
	bool ok = s->streams && s->names && s->common;
	for (uint32_t i = 0; ok && i < n_streams; i++) {
		s->streams[i] = weir_schema_ref(schemas[i]);
		s->n_streams = i + 1;
		s->names[i] = (struct weir_str){weir_str_dup(names[i]), names[i].size};
		ok = s->names[i].data && add_columns(s->common, schemas[i]);
	}
	if (ok)
		return s;
	weir_relation_schema_unref(s);
	return NULL;
}

struct weir_relation_schema *weir_relation_schema_ref(struct weir_relation_schema *s)
{
	atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
	return s;
}

void weir_relation_schema_unref(struct weir_relation_schema *s)
{
	if (!s || atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) != 1)
		return;
	for (uint32_t i = 0; i < s->n_streams; i++) {
		weir_schema_unref(s->streams[i]);
		free((char *)(uintptr_t)s->names[i].data);
	}
	weir_schema_unref(s->common);
	free(s->streams);
	free(s->names);
	free(s);
}
