/* Fields by their names in the order in which records bring them. */
#include "codec/columns/columns.h"

#include <stdlib.h>

int weir_named_fields_find(struct weir_named_fields *named, struct weir_str name)
{
	if (named->expected < named->n && weir_str_equal(named->fields[named->expected].name, name))
		return (int)named->expected++;
	if (!named->index && !(named->index = weir_dict_new(NULL)))
		return WEIR_FIELDS_NO_MEMORY;
	uint32_t i = weir_dict_find(named->index, name);
	if (i == WEIR_DICT_NONE) {
		if (named->n == WEIR_MAX_COLUMNS)
			return WEIR_FIELDS_BEYOND;
		if (!weir_grow((void **)&named->fields, &named->capacity, named->n + 1, sizeof *named->fields))
			return WEIR_FIELDS_NO_MEMORY;
		i = weir_dict_add(named->index, name);
		if (i == WEIR_DICT_NONE)
			return WEIR_FIELDS_NO_MEMORY;
		named->fields[i] = (struct weir_text_field){.name = weir_dict_get(named->index, i)};
		named->n++;
	}
	named->expected = i + 1;
	return (int)i;
}

bool weir_named_fields_put(struct weir_text_fields *texts, struct weir_named_fields *named, struct weir_str name,
			   struct weir_str s)
{
	int i = weir_named_fields_find(named, name);

	if (i == WEIR_FIELDS_BEYOND)
		return weir_text_fields_put_beyond(texts, name, s);
	return i >= 0 && weir_text_field_put(texts, &named->fields[i], s);
}

bool weir_named_fields_copy(struct weir_named_fields *to, const struct weir_named_fields *from)
{
	*to = (struct weir_named_fields){0};
	for (size_t i = 0; i < from->n; i++) {
		if (weir_named_fields_find(to, from->fields[i].name) != (int)i)
			return false;
		struct weir_str name = to->fields[i].name;
		to->fields[i] = from->fields[i];
		to->fields[i].name = name;
	}
	return true;
}

void weir_named_fields_release(struct weir_named_fields *named)
{
	weir_dict_unref(named->index);
	free(named->fields);
}
