/* A partition's begin and end for librdkafka: what is started, paused, and started anew.
 *
 * This is librdkafka's simple consumer, which belongs to no group. Its consumer of groups, with assign(), would ask for the
 * coordinator of a group, and the answer to that creates __consumer_offsets in a cluster that had no group yet. */
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

static bool start(struct kafka_source *k, const struct weir_part *part, int64_t offset)
{
	rd_kafka_topic_t *rkt = rd_kafka_topic_new(k->rk, weir_part_topic(&k->p.set, part), NULL);
	bool good = rkt && rd_kafka_consume_start_queue(rkt, part->number, offset, k->queue) == 0;

	if (!good)
		weir_partitioned_log(&k->p, WEIR_LOG_ERROR, k->p.address, "%s/%d is not read: %s",
				     weir_part_topic(&k->p.set, part), (int)part->number,
				     rd_kafka_err2str(rd_kafka_last_error()));
	if (rkt)
		rd_kafka_topic_destroy(rkt);
	return good;
}

bool kafka_begin(struct weir_partitioned *p, size_t first)
{
	struct kafka_source *k = (struct kafka_source *)p;
	bool good = true;

	for (size_t i = first; i < p->set.n_parts; i++) {
		const struct weir_part *part = &p->set.parts[i];
		if (!part->done)
			good = start(k, part, first_offset(part)) && good;
	}
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
	rd_kafka_topic_t *rkt = rd_kafka_topic_new(k->rk, weir_part_topic(&k->p.set, part), NULL);

	part->doubted = false;
	if (!rkt)
		return;
	rd_kafka_consume_stop(rkt, part->number);
	rd_kafka_topic_destroy(rkt);
	start(k, part, offset);
}

int64_t kafka_end_offset(struct weir_partitioned *p, const struct weir_part *part)
{
	int64_t low, high;
	rd_kafka_resp_err_t rc = rd_kafka_get_watermark_offsets(
	    ((struct kafka_source *)p)->rk, weir_part_topic(&p->set, part), part->number, &low, &high);

	return rc ? -1 : high;
}
