/* Offsets that are gone. Either the server discarded records before they were read, or a log lost its end with its leader, or
 * the topic was deleted and perhaps created again. The last is the worst: if the new log is longer than what was read of the
 * old one, reading would continue in its middle unnoticed. The only sign is that a broker did not know the topic for a
 * moment, which librdkafka merely logs. So nothing more is taken of such a partition until the finder has looked.
 *
 * It is another log if the topic was seen to be deleted, or if its very first record is newer than everything that was read:
 * in the old log that record had been read, or was older. */
#include "kafka.h"

#include <stdio.h>
#include <stdlib.h>

void kafka_doubts_release(struct kafka_doubts *d)
{
	free(d->items);
	*d = (struct kafka_doubts){0};
}

static bool add(struct kafka_doubts *to, const struct kafka_doubt *d)
{
	if (!weir_grow((void **)&to->items, &to->capacity, to->n + 1, sizeof *to->items))
		return false;
	to->items[to->n++] = *d;
	return true;
}

/* "rc1 [0]: broker unavailable: fetch: Broker: Unknown topic or partition", behind the name of a thread */
void kafka_overhear(struct kafka_source *k, const char *facility, const char *text)
{
	const char *name = strstr(text, "]: "), *end;

	if (strcmp(facility, "BROKERUA") != 0 || !strstr(text, "Unknown topic"))
		return;
	name = name ? name + 3 : text;
	end = strstr(name, " [");
	size_t size = end ? (size_t)(end - name) : 0;
	pthread_mutex_lock(&k->p.lock);
	size_t had = strlen(k->suspects);
	if (size && had + size + 2 < sizeof k->suspects)
		snprintf(k->suspects + had, sizeof k->suspects - had, "%.*s\n", (int)size, name);
	pthread_mutex_unlock(&k->p.lock);
	atomic_store(&k->any_suspect, true);
	weir_wake_signal(&k->p.wake);
}

bool kafka_doubt(struct kafka_source *k, struct weir_part *p, bool unknown)
{
	const struct kafka_doubt d = {
	    .part = (uint32_t)(p - k->p.set.parts), .next = p->next, .newest_us = p->newest_us, .unknown = unknown};

	if (p->doubted || p->done)
		return true;
	pthread_mutex_lock(&k->p.lock);
	p->doubted = add(&k->doubts, &d);
	pthread_mutex_unlock(&k->p.lock);
	if (!p->doubted)
		return false;
	atomic_store(&k->any_doubt, true);
	weir_wake_signal(&k->p.finder_wake);
	return true;
}

static bool doubt_suspects(struct kafka_source *k)
{
	char names[sizeof k->suspects];
	bool ok = true;

	if (!atomic_exchange(&k->any_suspect, false))
		return true;
	pthread_mutex_lock(&k->p.lock);
	memcpy(names, k->suspects, sizeof names);
	k->suspects[0] = 0;
	pthread_mutex_unlock(&k->p.lock);
	struct weir_str rest = weir_str_of(names);
	while (rest.size) {
		struct weir_str name = weir_str_cut(rest, '\n', &rest);
		for (size_t i = 0; i < k->p.set.n_parts; i++) {
			struct weir_part *p = &k->p.set.parts[i];
			if (weir_str_equal(name, weir_str_of(weir_part_topic(&k->p.set, p))))
				ok = kafka_doubt(k, p, true) && ok;
		}
	}
	return ok;
}

/* The old log is gone, with what was not read of it. A run with until= was about that log. */
static void leave_old_log(struct kafka_source *k, struct weir_part *p, const char *what)
{
	const char *name = weir_part_topic(&k->p.set, p);

	snprintf(k->p.news, sizeof k->p.news, "topic %.100s %s", name, what);
	weir_partitioned_log(&k->p, WEIR_LOG_WARNING, name, "the topic %s", what);
	weir_partitioned_lose(&k->p, p, (p->until >= 0 ? p->until : p->end) - p->next);
	if (p->until < 0)
		return;
	p->next = p->until;
	p->doubted = false;
	weir_partitioned_check_until(&k->p, p);
}

static void settle(struct kafka_source *k, const struct kafka_doubt *d)
{
	struct weir_part *p = &k->p.set.parts[d->part];
	const char *name = weir_part_topic(&k->p.set, p);
	int64_t to = p->next;

	if (!p->doubted)
		return;
	switch (d->verdict) {
	case KAFKA_TRIMMED:
		weir_partitioned_lose(&k->p, p, d->low - p->next);
		to = d->low;
		break;
	case KAFKA_CUT:
		weir_partitioned_log(&k->p, WEIR_LOG_WARNING, name,
				     "partition %d now ends at %lld: offset %lld is gone", (int)p->number,
				     (long long)d->high, (long long)p->next);
		to = d->high;
		break;
	case KAFKA_ANEW:
	case KAFKA_DELETED:
		leave_old_log(k, p, d->verdict == KAFKA_ANEW ? "was deleted and created again" : "was deleted");
		if (p->done)
			return;
		p->end = p->next; /* counted as lost; what comes now belongs to another log */
		if (d->verdict == KAFKA_DELETED)
			return;
		p->next = to = d->low;
		p->newest_us = -1;
		break;
	default:
		break;
	}
	p->end = d->high;
	p->next = to > p->next || p->newest_us >= 0 ? to : p->next; /* what was never wanted still is not */
	if (p->until >= 0 && p->next >= p->until) {
		p->doubted = false;
		weir_partitioned_check_until(&k->p, p);
		return;
	}
	kafka_read_from(k, p, to > d->high ? d->high : to);
}

static void settle_all(struct kafka_source *k)
{
	if (!atomic_exchange(&k->any_verdict, false))
		return;
	pthread_mutex_lock(&k->p.lock);
	struct kafka_doubts verdicts = k->verdicts;
	k->verdicts = (struct kafka_doubts){0};
	pthread_mutex_unlock(&k->p.lock);
	for (size_t i = 0; i < verdicts.n; i++)
		settle(k, &verdicts.items[i]);
	kafka_doubts_release(&verdicts);
}

enum weir_status kafka_tend_doubts(struct weir_partitioned *p, struct weir_error *err)
{
	struct kafka_source *k = (struct kafka_source *)p;

	if (!doubt_suspects(k))
		return weir_fail(err, WEIR_NO_MEMORY, p->address, "out of memory while reading");
	settle_all(k);
	return WEIR_OK;
}

static bool ask_offset_after(struct kafka_source *k, const char *topic, int32_t id, int64_t ms, int64_t *out)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
	int64_t began_us = weir_clock_mono_us(k->p.clock);

	rd_kafka_topic_partition_list_add(list, topic, id)->offset = ms;
	rd_kafka_resp_err_t rc = rd_kafka_offsets_for_times(k->rk, list, k->ask_ms);
	kafka_asked(k, rc, began_us);
	bool good = !rc && !list->elems[0].err;
	*out = good ? list->elems[0].offset : -1;
	rd_kafka_topic_partition_list_destroy(list);
	return good;
}

/* DELETED; OPEN: cannot be read now; SAME: there is such a partition. */
static enum kafka_verdict look_at(struct kafka_source *k, const char *topic, int32_t id)
{
	const rd_kafka_metadata_t *md;
	enum kafka_verdict v = KAFKA_OPEN;

	if (kafka_ask_topic(k, topic, &md) != WEIR_OK)
		return KAFKA_OPEN;
	for (int i = 0; i < md->topic_cnt; i++) {
		const rd_kafka_metadata_topic_t *t = &md->topics[i];
		bool unknown = t->err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART || (!t->err && id >= t->partition_cnt);
		bool leader = false;
		for (int j = 0; j < t->partition_cnt && !t->err; j++)
			leader = leader || (t->partitions[j].id == id && t->partitions[j].leader >= 0);
		v = unknown ? KAFKA_DELETED : leader ? KAFKA_SAME : KAFKA_OPEN;
	}
	rd_kafka_metadata_destroy(md);
	return v;
}

static enum kafka_verdict judge(struct kafka_source *k, struct kafka_doubt *d)
{
	const struct weir_part *p = &k->known.parts[d->part];
	const char *name = weir_part_topic(&k->known, p);
	enum kafka_verdict v = look_at(k, name, p->number);
	int64_t after = -1, began_us = weir_clock_mono_us(k->p.clock);

	if (v != KAFKA_SAME)
		return v;
	rd_kafka_resp_err_t rc = rd_kafka_query_watermark_offsets(k->rk, name, p->number, &d->low, &d->high, k->ask_ms);
	kafka_asked(k, rc, began_us);
	if (rc || (d->newest_us >= 0 && !ask_offset_after(k, name, p->number, d->newest_us / 1000 + 1, &after)))
		return KAFKA_OPEN;
	bool empty = d->high == d->low, all_newer = !empty && d->newest_us >= 0 && after == d->low && d->low < d->next;
	bool shorter = d->high < d->next;
	if (d->deleted || all_newer || (shorter && (d->unknown || empty)))
		return KAFKA_ANEW;
	return d->next < d->low ? KAFKA_TRIMMED : shorter ? KAFKA_CUT : KAFKA_SAME;
}

static void take_doubts(struct kafka_source *k)
{
	if (!atomic_exchange(&k->any_doubt, false))
		return;
	pthread_mutex_lock(&k->p.lock);
	size_t taken = 0;
	while (taken < k->doubts.n && add(&k->gone, &k->doubts.items[taken]))
		taken++;
	k->doubts.n -= taken;
	if (k->doubts.n) { /* no memory: its partition waits for a verdict, so try again */
		memmove(k->doubts.items, k->doubts.items + taken, k->doubts.n * sizeof *k->doubts.items);
		atomic_store(&k->any_doubt, true);
	}
	pthread_mutex_unlock(&k->p.lock);
}

void kafka_judge(struct kafka_source *k)
{
	size_t kept = 0;
	bool told = false;

	take_doubts(k);
	for (size_t i = 0; i < k->gone.n; i++) {
		struct kafka_doubt *d = &k->gone.items[i];
		enum kafka_verdict was = d->verdict;
		if (!atomic_load(&k->p.closing))
			d->verdict = judge(k, d);
		d->deleted = d->deleted || d->verdict == KAFKA_DELETED;
		if (d->verdict != KAFKA_OPEN && d->verdict != was) {
			pthread_mutex_lock(&k->p.lock);
			if (add(&k->verdicts, d))
				told = true;
			else
				d->verdict = KAFKA_OPEN; /* no memory: judge again later */
			pthread_mutex_unlock(&k->p.lock);
		}
		if (d->verdict == KAFKA_OPEN || d->verdict == KAFKA_DELETED)
			k->gone.items[kept++] = *d;
	}
	k->gone.n = kept;
	if (told) {
		atomic_store(&k->any_verdict, true);
		weir_wake_signal(&k->p.wake);
	}
}
