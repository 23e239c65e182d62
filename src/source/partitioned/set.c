/* Sets of partitions, by topic and number: made by the finder, taken over by the source thread. */
#include "partitioned.h"

#include <stdlib.h>

static size_t find_topic(const struct weir_part_set *s, const char *name)
{
	size_t t = 0;

	while (t < s->n_topics && strcmp(s->topics[t].name, name) != 0)
		t++;
	return t;
}

struct weir_part *weir_part_set_find(const struct weir_part_set *s, const char *topic, int32_t number)
{
	size_t t = find_topic(s, topic);

	return t < s->n_topics ? weir_part_of(s, &s->topics[t], number) : NULL;
}

static bool add_topic(struct weir_part_set *s, const char *name)
{
	char *copy = weir_str_dup(weir_str_of(name));

	if (!copy || !weir_grow((void **)&s->topics, &s->topics_capacity, s->n_topics + 1, sizeof *s->topics)) {
		free(copy);
		return false;
	}
	s->topics[s->n_topics++] = (struct weir_part_topic){.name = copy, .name_size = strlen(copy)};
	return true;
}

bool weir_part_set_add(struct weir_part_set *s, const char *topic, const struct weir_part *part)
{
	size_t t = find_topic(s, topic);

	if ((t == s->n_topics && !add_topic(s, topic)) ||
	    !weir_grow((void **)&s->parts, &s->parts_capacity, s->n_parts + 1, sizeof *s->parts))
		return false;
	struct weir_part_topic *to = &s->topics[t];
	if (part->number >= to->n_numbers) {
		uint16_t *part_of = weir_realloc(to->part_of, ((size_t)part->number + 1) * sizeof *part_of);
		if (!part_of)
			return false;
		to->part_of = part_of;
		while (to->n_numbers <= part->number)
			part_of[to->n_numbers++] = UINT16_MAX;
	}
	to->part_of[part->number] = (uint16_t)s->n_parts;
	s->parts[s->n_parts] = *part;
	s->parts[s->n_parts++].topic = (uint32_t)t;
	return true;
}

void weir_part_set_release(struct weir_part_set *s)
{
	for (size_t i = 0; i < s->n_topics; i++) {
		free(s->topics[i].name);
		free(s->topics[i].part_of);
	}
	free(s->topics);
	free(s->parts);
	*s = (struct weir_part_set){0};
}
