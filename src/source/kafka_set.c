/* Sets of partitions: made by the resolver, taken over by the source thread. */
#include "kafka.h"

#include <stdio.h>
#include <stdlib.h>

static size_t find_topic(const struct kafka_set *s, const char *name)
{
	size_t t = 0;

	while (t < s->n_topics && strcmp(s->topics[t].name, name) != 0)
		t++;
	return t;
}

bool kafka_set_has(const struct kafka_set *s, const char *topic, int32_t id)
{
	size_t t = find_topic(s, topic);

	return t < s->n_topics && id < s->topics[t].n_ids && s->topics[t].part_of[id] != UINT16_MAX;
}

static bool add_topic(struct kafka_set *s, const char *name)
{
	char *copy = weir_str_dup(weir_str_of(name));

	if (!copy || !weir_grow((void **)&s->topics, &s->topics_capacity, s->n_topics + 1, sizeof *s->topics)) {
		free(copy);
		return false;
	}
	s->topics[s->n_topics++] = (struct kafka_topic){.name = copy, .name_size = strlen(copy)};
	return true;
}

bool kafka_set_add(struct kafka_set *s, const char *topic, const struct kafka_part *part)
{
	size_t t = find_topic(s, topic);

	if ((t == s->n_topics && !add_topic(s, topic)) ||
	    !weir_grow((void **)&s->parts, &s->parts_capacity, s->n_parts + 1, sizeof *s->parts))
		return false;
	struct kafka_topic *to = &s->topics[t];
	if (part->id >= to->n_ids) {
		uint16_t *part_of = weir_realloc(to->part_of, ((size_t)part->id + 1) * sizeof *part_of);
		if (!part_of)
			return false;
		to->part_of = part_of;
		while (to->n_ids <= part->id)
			part_of[to->n_ids++] = UINT16_MAX;
	}
	to->part_of[part->id] = (uint16_t)s->n_parts;
	s->parts[s->n_parts] = *part;
	s->parts[s->n_parts++].topic = (uint32_t)t;
	return true;
}

void kafka_set_release(struct kafka_set *s)
{
	for (size_t i = 0; i < s->n_topics; i++) {
		free(s->topics[i].name);
		free(s->topics[i].part_of);
	}
	free(s->topics);
	free(s->parts);
	*s = (struct kafka_set){0};
}

/* What came later is said: in the log, and beside the stream's state. */
static void tell(struct kafka_source *k, const rd_kafka_topic_partition_list_t *list)
{
	enum { NAMED = 3 };
	int n = snprintf(k->news, sizeof k->news, "%d new partition%s:", list->cnt, list->cnt == 1 ? "" : "s");

	for (int i = 0; i < list->cnt && i < NAMED && n < (int)sizeof k->news; i++)
		n += snprintf(k->news + n, sizeof k->news - (size_t)n, "%s %.40s/%d", i ? "," : "",
			      list->elems[i].topic, (int)list->elems[i].partition);
	if (list->cnt > NAMED && n < (int)sizeof k->news)
		snprintf(k->news + n, sizeof k->news - (size_t)n, ", …");
	weir_log_add(k->log, WEIR_LOG_NOTICE, k->address, "%s", k->news);
}

static void read_too(struct kafka_source *k, const rd_kafka_topic_partition_list_t *list)
{
	if (!k->assigned) {
		rd_kafka_assign(k->rk, list);
		return;
	}
	rd_kafka_error_t *error = rd_kafka_incremental_assign(k->rk, list);
	if (error)
		weir_log_add(k->log, WEIR_LOG_ERROR, k->address, "new partitions are not read: %s",
			     rd_kafka_error_string(error));
	else
		tell(k, list);
	rd_kafka_error_destroy(error);
}

enum weir_status kafka_adopt(struct kafka_source *k, struct kafka_set *found, struct weir_error *err)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)found->n_parts);
	enum weir_status st = WEIR_OK;

	for (size_t i = 0; i < found->n_parts && st == WEIR_OK; i++) {
		const struct kafka_part *p = &found->parts[i];
		const char *name = found->topics[p->topic].name;
		if (kafka_set_has(&k->set, name, p->id))
			continue;
		if (!kafka_set_add(&k->set, name, p)) {
			st = weir_fail(err, WEIR_NO_MEMORY, k->address, "out of memory");
		} else if (p->until >= 0 && p->next >= p->until) {
			k->set.parts[k->set.n_parts - 1].done = true;
			k->n_done++;
		} else {
			rd_kafka_topic_partition_list_add(list, name, p->id)->offset = p->next;
			if (p->next == RD_KAFKA_OFFSET_BEGINNING)
				k->set.parts[k->set.n_parts - 1].next = 0;
		}
	}
	if (st == WEIR_OK && list->cnt)
		read_too(k, list);
	rd_kafka_topic_partition_list_destroy(list);
	kafka_set_release(found);
	return st;
}
