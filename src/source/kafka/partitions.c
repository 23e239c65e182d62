/* A partition's begin and end for librdkafka: what is assigned, paused, and assigned anew. */
#include "kafka.h"

struct weir_part *kafka_part_of(struct kafka_source *k, const rd_kafka_topic_t *rkt, int32_t number)
{
	struct weir_part_topic *t = k->p.set.topics, *end = k->p.set.topics + k->p.set.n_topics;

	while (t < end && t->handle != rkt)
		t++;
	if (t == end) {
		const char *name = rd_kafka_topic_name(rkt);
		for (t = k->p.set.topics; t < end && strcmp(t->name, name) != 0;)
			t++;
		if (t == end)
			return NULL;
		t->handle = rkt;
	}
	return weir_part_of(&k->p.set, t, number);
}

static int64_t first_offset(const struct weir_part *part)
{
	if (part->next == WEIR_PART_BEGINNING)
		return RD_KAFKA_OFFSET_BEGINNING;
	/* Beyond the end: what comes before `next` will not be taken. */
	return part->end >= 0 && part->next > part->end ? part->end : part->next;
}

bool kafka_begin(struct weir_partitioned *p, size_t first)
{
	struct kafka_source *k = (struct kafka_source *)p;
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)(p->set.n_parts - first));
	rd_kafka_error_t *error = NULL;

	for (size_t i = first; i < p->set.n_parts; i++) {
		const struct weir_part *part = &p->set.parts[i];
		if (!part->done)
			rd_kafka_topic_partition_list_add(list, weir_part_topic(&p->set, part), part->number)->offset =
			    first_offset(part);
	}
	if (!p->assigned)
		rd_kafka_assign(k->rk, list);
	else
		error = rd_kafka_incremental_assign(k->rk, list);
	if (error)
		weir_partitioned_log(p, WEIR_LOG_ERROR, p->address, "new partitions are not read: %s",
				     rd_kafka_error_string(error));
	bool good = !error;
	rd_kafka_error_destroy(error);
	rd_kafka_topic_partition_list_destroy(list);
	return good;
}

void kafka_end(struct weir_partitioned *p, const struct weir_part *part)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);

	rd_kafka_topic_partition_list_add(list, weir_part_topic(&p->set, part), part->number);
	rd_kafka_pause_partitions(((struct kafka_source *)p)->rk, list);
	rd_kafka_topic_partition_list_destroy(list);
}

void kafka_read_from(struct kafka_source *k, struct weir_part *part, int64_t offset)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);

	part->doubted = false;
	rd_kafka_topic_partition_list_add(list, weir_part_topic(&k->p.set, part), part->number)->offset = offset;
	rd_kafka_error_destroy(rd_kafka_incremental_unassign(k->rk, list));
	rd_kafka_error_destroy(rd_kafka_incremental_assign(k->rk, list));
	rd_kafka_topic_partition_list_destroy(list);
}

int64_t kafka_end_offset(struct weir_partitioned *p, const struct weir_part *part)
{
	int64_t low, high;
	rd_kafka_resp_err_t rc = rd_kafka_get_watermark_offsets(
	    ((struct kafka_source *)p)->rk, weir_part_topic(&p->set, part), part->number, &low, &high);

	return rc ? -1 : high;
}
