/* Which documents were read already, of those that are asked for again. */
#include "solr.h"

#include <stdlib.h>

static int by_version(const void *a, const void *b)
{
	int64_t x = ((const struct weir_solr_once *)a)->version, y = ((const struct weir_solr_once *)b)->version;

	return (x > y) - (x < y);
}

static uint64_t hash_of(const json_t *id)
{
	return json_is_string(id) ? weir_hash(json_string_value(id), json_string_length(id)) : 0;
}

json_t *weir_solr_pass_over_seen(struct weir_solr_seen *s, const json_t *docs, int64_t oldest)
{
	size_t known = s->n, low = 0, kept = 0, n = json_array_size(docs);
	json_t *fresh = json_array();

	if (!fresh || !weir_grow((void **)&s->list, &s->capacity, known + n, sizeof *s->list)) {
		json_decref(fresh);
		return NULL;
	}
	for (size_t i = 0; i < n; i++) {
		json_t *doc = json_array_get(docs, i);
		const struct weir_solr_once now = {weir_solr_version(doc), hash_of(json_object_get(doc, "id"))};
		while (low < known && s->list[low].version < now.version)
			low++;
		size_t at = low;
		while (at < known && s->list[at].version == now.version && s->list[at].id != now.id)
			at++;
		if (at < known && s->list[at].version == now.version)
			continue;
		s->list[s->n++] = now;
		if (json_array_append(fresh, doc) != 0) {
			json_decref(fresh);
			return NULL;
		}
	}
	qsort(s->list, s->n, sizeof *s->list, by_version);
	for (size_t i = 0; i < s->n; i++)
		if (s->list[i].version >= oldest)
			s->list[kept++] = s->list[i];
	s->n = kept;
	return fresh;
}
