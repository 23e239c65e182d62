/* Where landed rows came from: the partitions of the stream are those of the streams that were landed. */
#include "kudu.h"

#include <stdlib.h>

enum { STREAM, TOPIC, NUMBER };

void weir_kd_origins_release(struct weir_kd_source *q)
{
	for (size_t i = 0; i < q->n_origins; i++) {
		free(q->origins[i].stream);
		free(q->origins[i].topic);
	}
	free(q->origins);
	q->origins = NULL;
	q->n_origins = 0;
}

static bool is_same(const struct weir_kd_origin *o, struct weir_str stream, struct weir_str topic, int64_t number)
{
	return o->number == number && weir_str_equal(weir_str_of(o->topic), topic) &&
	       weir_str_equal(weir_str_of(o->stream), stream);
}

static enum weir_status add(struct weir_kd_source *q, struct weir_str stream, struct weir_str topic, int64_t number,
			    struct weir_error *err)
{
	if (!weir_grow((void **)&q->origins, &q->origins_room, q->n_origins + 1, sizeof *q->origins))
		return weir_kd_out_of_memory(err);
	struct weir_kd_origin *o = &q->origins[q->n_origins];
	*o = (struct weir_kd_origin){.stream = weir_str_dup(stream), .topic = weir_str_dup(topic), .number = number};
	q->n_origins++;
	if (!o->stream || !o->topic)
		return weir_kd_out_of_memory(err);
	if (number < 0 || number > INT32_MAX)
		return weir_fail(err, WEIR_UNSUPPORTED, q->name, "a row came from partition %lld", (long long)number);
	if (weir_partitions_add(q->progress.partitions, topic.size ? topic : stream, (int32_t)number) < 0)
		return weir_fail(err, WEIR_TOO_LARGE, q->name, "its rows came from more than %d partitions",
				 WEIR_MAX_PARTITIONS);
	return WEIR_OK;
}

enum weir_status weir_kd_origin_none(struct weir_kd_source *q, struct weir_error *err)
{
	if (weir_partitions_count(q->progress.partitions) || (q->landed && !q->over) ||
	    weir_partitions_add(q->progress.partitions, WEIR_STR(""), 0) >= 0)
		return WEIR_OK;
	return weir_kd_out_of_memory(err);
}

/* Rows of several partitions often come in turn. */
enum weir_status weir_kd_origin_find(struct weir_kd_source *q, const struct weir_kudu_cell *cells, uint16_t *out,
				     struct weir_error *err)
{
	struct weir_str stream = cells[q->place[STREAM]].s, topic = cells[q->place[TOPIC]].s;
	int64_t number = cells[q->place[NUMBER]].i;
	enum weir_status st = WEIR_OK;
	size_t at = 0, i = 0;

	for (; i < q->n_origins; i++) {
		at = (q->next_origin + i) % q->n_origins;
		if (is_same(&q->origins[at], stream, topic, number))
			break;
	}
	if (i == q->n_origins) {
		at = i;
		st = add(q, stream, topic, number, err);
	}
	q->next_origin = at + 1;
	*out = (uint16_t)at;
	return st;
}
