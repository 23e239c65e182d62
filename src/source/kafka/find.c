/* The finder's thread: from an address to partitions with offsets, and later the watch for brokers that come back and for
 * partitions that are new. */
#include "kafka.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	GIVE_UP_US = 5000000,    /* the brokers refuse */
	NO_ANSWER_US = 15000000, /* the brokers do not answer at all */
	NO_TOPIC_US = 1500000,   /* a topic that was just created is not known everywhere yet */
	NO_LEADER_US = 3000000,  /* nor has it leaders */
	FIRST_PAUSE_US = 100000, /* between two tries, */
	MOST_PAUSE_US = 400000,  /* up to this */
	LOOK_AGAIN_US = 1000000, /* after a look for new partitions that came to nothing */
	SILENT_US = 5000000,     /* nothing came for so long: does a broker still answer? */
	MISSES = 2,              /* requests in a row without an answer: no broker does */
	GONE_US = 500000,        /* between two looks for a topic that was deleted */
	ABSENT_US = 2000000,     /* and for one that was never there */
};

/* Asks for one offset of each partition: that of the first message at or after `time_ms`; with librdkafka's OFFSET_END
 * and OFFSET_BEGINNING as the time, the high or low watermark. out[i] belongs to parts[i]; -1: no such message. */
static enum weir_status ask_offsets(struct kafka_source *k, const struct weir_part_set *set, int64_t time_ms,
				    int64_t *out)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)set->n_parts);
	enum weir_status st = WEIR_OK;

	for (size_t i = 0; i < set->n_parts; i++)
		rd_kafka_topic_partition_list_add(list, weir_part_topic(set, &set->parts[i]), set->parts[i].number)
		    ->offset = time_ms;
	int64_t began_us = weir_clock_mono_us(k->p.clock);
	rd_kafka_resp_err_t rc = rd_kafka_offsets_for_times(k->rk, list, k->ask_ms);
	kafka_asked(k, rc, began_us);
	for (size_t i = 0; i < set->n_parts && !rc; i++) {
		const struct weir_part *p = &set->parts[i];
		const rd_kafka_topic_partition_t *e =
		    rd_kafka_topic_partition_list_find(list, weir_part_topic(set, p), p->number);
		rc = e ? e->err : RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION;
		out[i] = e && e->offset >= 0 ? e->offset : -1;
	}
	rd_kafka_topic_partition_list_destroy(list);
	if (rc) {
		kafka_complain(k, rc, rd_kafka_err2str(rc));
		st = WEIR_AGAIN;
	}
	return st;
}

static int64_t place(const struct weir_place *b, int64_t low, int64_t high, int64_t at_time, int64_t otherwise)
{
	switch (b->kind) {
	case WEIR_PLACE_EARLIEST:
		return low;
	case WEIR_PLACE_LATEST:
		return high;
	case WEIR_PLACE_TIME:
		return at_time < 0 ? high : at_time;
	case WEIR_PLACE_OFFSET:
		return b->value;
	case WEIR_PLACE_LAST:
		return high - low < b->value ? low : high - b->value;
	default:
		return otherwise;
	}
}

/* Begins a partition that position= names at that offset. What retention deleted since then is lost. */
static enum weir_status resume(struct kafka_source *k, const struct weir_part_set *set, struct weir_part *p,
			       int64_t low, int64_t high, int64_t *begin, struct weir_error *err)
{
	const char *topic = weir_part_topic(set, p);
	int64_t at = weir_position_find(&k->p.resume, topic, p->number);

	if (at < 0)
		return WEIR_OK;
	if (at > high && atomic_load(&k->p.finding) == WEIR_FOUND) { /* others are being read */
		weir_partitioned_log(&k->p, WEIR_LOG_WARNING, k->p.address,
				     "%.100s/%d ends before its position=", topic, (int)p->number);
		return WEIR_OK;
	}
	if (at > high) {
		weir_fail(err, WEIR_NOT_FOUND, k->p.address,
			  "%.100s/%d ends at offset %lld, before the %lld of position=", topic, (int)p->number,
			  (long long)high, (long long)at);
		weir_error_hint(
		    err, "the topic was created again, or lost its end: leave it out of position= to read all of it");
		return WEIR_NOT_FOUND;
	}
	*begin = at;
	p->lost = at < low ? low - at : 0;
	return WEIR_OK;
}

static enum weir_status find_offsets(struct kafka_source *k, struct weir_part_set *set, struct weir_error *err)
{
	const struct weir_place *from = &k->wish.from, *until = &k->wish.until;
	int64_t *all = weir_calloc(set->n_parts, 4 * sizeof *all);

	if (!all)
		return weir_fail(err, WEIR_NO_MEMORY, "kafka", "out of memory");
	int64_t *low = all, *high = all + set->n_parts, *from_at = high + set->n_parts,
		*until_at = from_at + set->n_parts;
	enum weir_status st = ask_offsets(k, set, RD_KAFKA_OFFSET_BEGINNING, low);
	if (st == WEIR_OK)
		st = ask_offsets(k, set, RD_KAFKA_OFFSET_END, high);
	if (st == WEIR_OK && from->kind == WEIR_PLACE_TIME)
		st = ask_offsets(k, set, from->value / 1000, from_at);
	if (st == WEIR_OK && until->kind == WEIR_PLACE_TIME)
		st = ask_offsets(k, set, until->value / 1000, until_at);
	for (size_t i = 0; i < set->n_parts && st == WEIR_OK; i++) {
		struct weir_part *p = &set->parts[i];
		int64_t begin = place(from, low[i], high[i], from_at[i], low[i]);
		if (k->p.resume.n)
			st = resume(k, set, p, low[i], high[i], &begin, err);
		p->next = begin < low[i] ? low[i] : begin; /* beyond the end: what comes before it is not wanted */
		p->until = place(until, low[i], high[i], until_at[i], -1);
		p->end = high[i];
	}
	free(all);
	return st;
}

static enum weir_status unreachable(struct kafka_source *k, struct weir_error *err)
{
	enum weir_status is;
	char why[sizeof k->p.trouble];

	weir_partitioned_trouble(&k->p, &is, why, sizeof why);
	return weir_kafka_unanswered(k->p.address, is, *why ? why : "nothing came in 15 s", err);
}

/* Reports what cannot be read, for as long as it cannot: partitions without a leader, topics that are not there, and partitions beyond
 * the limit. */
static void say_unread(struct kafka_source *k, const struct weir_part_set *all)
{
	enum { NAMED = 3 };
	char text[sizeof k->p.progress.now.unread] = "", names[120] = "";
	int n_names = 0;
	size_t n = 0;

	for (size_t i = 0; i < all->n_parts; i++) {
		const struct weir_part *p = &all->parts[i];
		if (!p->unreadable)
			continue;
		if (n++ < NAMED && n_names < (int)sizeof names)
			n_names += snprintf(names + n_names, sizeof names - (size_t)n_names, "%s%.40s/%d",
					    n > 1 ? ", " : "", weir_part_topic(all, p), (int)p->number);
	}
	if (n)
		snprintf(text, sizeof text, "%zu partition%s no leader and cannot be read: %s%s", n,
			 n == 1 ? " has" : "s have", names, n > NAMED ? ", …" : "");
	else if (k->absent[0])
		snprintf(text, sizeof text, "%.160s: it is read once it is there", k->absent);
	else if (k->n_beyond)
		snprintf(text, sizeof text, "%zu partitions are not read: a stream has %d at most", k->n_beyond,
			 WEIR_MAX_PARTITIONS);
	if (weir_progress_unread(&k->p.progress, text) && text[0])
		weir_partitioned_log(&k->p, WEIR_LOG_WARNING, k->p.address, "%s", text);
}

/* The partitions that are not known yet and can be read. Those without a leader are left for later. */
static enum weir_status find_new(struct kafka_source *k, const struct weir_part_set *all, bool later,
				 struct weir_part_set *found)
{
	for (size_t i = 0; i < all->n_parts; i++) {
		const struct weir_part *p = &all->parts[i];
		const char *name = weir_part_topic(all, p);
		const struct weir_part *known = weir_part_set_find(&k->known, name, p->number);
		if (known) {
			uint32_t at = (uint32_t)(known - k->known.parts);
			if (at < weir_partitions_count(k->p.progress.partitions))
				weir_partitions_at(k->p.progress.partitions, at)->unreadable = p->unreadable;
			continue;
		}
		if (p->unreadable && !later && !weir_part_set_find(&k->without_leader, name, p->number) &&
		    !weir_part_set_add(&k->without_leader, name, p))
			return WEIR_NO_MEMORY;
		if (p->unreadable || (later && k->refresh_us < 0))
			continue;
		if (k->known.n_parts + found->n_parts == WEIR_MAX_PARTITIONS)
			k->n_beyond++;
		else if (!weir_part_set_add(found, name, p))
			return WEIR_NO_MEMORY;
	}
	return WEIR_OK;
}

/* It had no leader when we began, or position= names it. */
static bool begins_as_said(struct kafka_source *k, const struct weir_part_set *found, size_t i)
{
	const char *topic = weir_part_topic(found, &found->parts[i]);

	return weir_part_set_find(&k->without_leader, topic, found->parts[i].number) ||
	       weir_position_find(&k->p.resume, topic, found->parts[i].number) >= 0;
}

/* Partitions that were created since the start are read from their beginning, for which librdkafka asks. Those that
 * only had no leader then begin where the address says. */
static enum weir_status begin_new(struct kafka_source *k, struct weir_part_set *found, struct weir_error *err)
{
	bool ask = false;

	for (size_t i = 0; i < found->n_parts; i++)
		ask = ask || begins_as_said(k, found, i);
	enum weir_status st = ask ? find_offsets(k, found, err) : WEIR_OK;
	for (size_t i = 0; st == WEIR_OK && i < found->n_parts; i++)
		if (!begins_as_said(k, found, i))
			found->parts[i].next = WEIR_PART_BEGINNING;
	return st;
}

static enum weir_status check_position(const struct kafka_source *k, const struct weir_part_set *all,
				       struct weir_error *err)
{
	if (!k->p.resume.n || k->p.resume.items[0].topic.size || all->n_topics < 2)
		return WEIR_OK;
	weir_fail(err, WEIR_USAGE, "position", "the address means %zu topics, and position= names none", all->n_topics);
	weir_error_hint(err, "write position=%s/0=123", all->topics[0].name);
	return WEIR_USAGE;
}

static bool any_leaderless(const struct weir_part_set *all)
{
	bool any = false;

	for (size_t i = 0; i < all->n_parts; i++)
		any = any || all->parts[i].unreadable;
	return any;
}

/* Hands the partitions that were not known, with their offsets, to the source thread. `patient`: leaders may still come. */
static enum weir_status look(struct kafka_source *k, bool later, bool patient, struct weir_error *err)
{
	struct weir_part_set all = {0}, *found = weir_calloc(1, sizeof *found);
	enum weir_status st = found ? kafka_choose(k, later, &all, err) : WEIR_NO_MEMORY;

	if (st == WEIR_OK && !later)
		st = check_position(k, &all, err);
	if (st == WEIR_OK && patient && any_leaderless(&all))
		st = WEIR_AGAIN;
	if (st == WEIR_OK)
		st = find_new(k, &all, later, found);
	if (st == WEIR_OK && found->n_parts)
		st = later ? begin_new(k, found, err) : find_offsets(k, found, err);
	for (size_t i = 0; st == WEIR_OK && k->waited && i < found->n_parts; i++)
		if (weir_position_find(&k->p.resume, weir_part_topic(found, &found->parts[i]), found->parts[i].number) <
		    0)
			found->parts[i].next = WEIR_PART_BEGINNING;
	if (st == WEIR_OK && !later && !found->n_parts) {
		weir_fail(err, WEIR_UNREACHABLE, k->p.address, "no partition has a leader to read it from");
		weir_error_hint(err, "the brokers that hold them are down");
		st = WEIR_UNREACHABLE;
	}
	for (size_t i = 0; st == WEIR_OK && i < found->n_parts; i++) {
		if (!weir_part_set_add(&k->known, weir_part_topic(found, &found->parts[i]), &found->parts[i]))
			st = WEIR_NO_MEMORY;
	}
	if (st == WEIR_OK)
		say_unread(k, &all);
	weir_part_set_release(&all);
	if (st == WEIR_NO_MEMORY)
		weir_fail(err, st, "kafka", "out of memory");
	if (st == WEIR_OK && found->n_parts) {
		weir_partitioned_found(&k->p, found);
	} else if (found) {
		weir_part_set_release(found);
		free(found);
	}
	return st;
}

/* Tries until it works, is refused for good, or takes too long; a screen waits for brokers and topics as long as it takes. */
enum weir_status kafka_find(struct weir_partitioned *p, struct weir_error *err)
{
	struct kafka_source *k = (struct kafka_source *)p;
	int64_t began_us = weir_clock_mono_us(k->p.clock), gone_us = 0;
	struct weir_backoff pause = {.first_us = FIRST_PAUSE_US, .most_us = MOST_PAUSE_US};

	weir_progress_state(&k->p.progress, WEIR_SOURCE_CONNECTING, "no answer yet");
	for (;;) {
		enum weir_status st = look(k, false, gone_us < NO_LEADER_US, err), is;
		char why[sizeof k->p.trouble];
		if (st == WEIR_OK || atomic_load(&k->p.closing))
			return st;
		gone_us = weir_clock_mono_us(k->p.clock) - began_us;
		weir_partitioned_trouble(&k->p, &is, why, sizeof why);
		int64_t most_us = k->live ? INT64_MAX : *why ? GIVE_UP_US : NO_ANSWER_US;
		if (st == WEIR_AGAIN && (gone_us > most_us || is == WEIR_DENIED))
			return unreachable(k, err);
		bool absent = st == WEIR_NOT_FOUND && k->live && err->retriable;
		bool away = st == WEIR_AGAIN || absent || (st == WEIR_UNREACHABLE && k->live);
		if (!away && (st != WEIR_NOT_FOUND || gone_us > NO_TOPIC_US))
			return st;
		k->waited = k->waited || (absent && gone_us > NO_TOPIC_US);
		if (st == WEIR_UNREACHABLE || (absent && k->waited))
			weir_progress_state(&k->p.progress, WEIR_SOURCE_CONNECTING, err->what);
		else if (st == WEIR_AGAIN)
			weir_progress_state(&k->p.progress, WEIR_SOURCE_CONNECTING, *why ? why : "no answer yet");
		weir_wake_wait(&k->p.finder_wake, absent && k->waited ? ABSENT_US : weir_backoff_next(&pause));
	}
}

struct watching {
	int64_t next_us;     /* when the next look for new partitions is due; INT64_MAX: never */
	int64_t answered_us; /* when a broker last answered us */
	int misses;
};

/* No broker answers, and nothing came either. */
static void miss(struct kafka_source *k, struct watching *w)
{
	char why[80];
	int64_t now_us = weir_clock_mono_us(k->p.clock), arrived_us = atomic_load(&k->p.arrived_us);
	int64_t heard_us = arrived_us > w->answered_us ? arrived_us : w->answered_us;

	if (++w->misses < MISSES || now_us - heard_us < SILENT_US || atomic_load(&k->p.down) ||
	    atomic_load(&k->p.closing))
		return;
	snprintf(why, sizeof why, "the broker has not answered for %d s", (int)((now_us - heard_us) / WEIR_US_PER_S));
	weir_partitioned_complain(&k->p, WEIR_UNREACHABLE, why);
	atomic_store(&k->p.down, true);
}

/* Waits to be woken; looks for new partitions when that is due, and checks after a silence whether a broker still
 * answers. */
static void wait_and_look(struct kafka_source *k, struct watching *w, bool gone)
{
	int64_t now_us = weir_clock_mono_us(k->p.clock), arrived_us = atomic_load(&k->p.arrived_us);
	int64_t heard_us = arrived_us > w->answered_us ? arrived_us : w->answered_us;
	int64_t due_us = heard_us + SILENT_US < w->next_us ? heard_us + SILENT_US : w->next_us;
	struct weir_error err;

	if (w->misses)
		due_us = now_us;
	if (due_us > now_us) {
		int64_t wait_us = due_us - now_us;
		weir_wake_wait(&k->p.finder_wake, gone && wait_us > GONE_US ? GONE_US : wait_us);
		return;
	}
	/* What was found before may still wait for the source thread. */
	bool busy = weir_partitioned_found_waits(&k->p);
	int64_t refresh_us = k->refresh_us < 0 ? INT64_MAX / 2 : k->refresh_us;
	enum weir_status st = busy ? WEIR_AGAIN : look(k, true, false, &err);
	if (atomic_load(&k->p.closing))
		return;
	now_us = weir_clock_mono_us(k->p.clock);
	w->next_us = now_us + (st == WEIR_AGAIN && refresh_us > LOOK_AGAIN_US ? LOOK_AGAIN_US : refresh_us);
	if (busy) {
		w->answered_us = now_us;
	} else if (st == WEIR_AGAIN) {
		miss(k, w);
	} else {
		w->misses = 0;
		w->answered_us = now_us;
	}
}

/* The brokers are back when one of them answers again. */
void kafka_watch(struct weir_partitioned *p)
{
	struct kafka_source *k = (struct kafka_source *)p;
	struct weir_backoff pause = {.first_us = FIRST_PAUSE_US, .most_us = MOST_PAUSE_US};
	const rd_kafka_metadata_t *md;
	int64_t began_us = weir_clock_mono_us(k->p.clock);
	struct watching w = {.next_us = k->refresh_us < 0 ? INT64_MAX / 2 : began_us + k->refresh_us,
			     .answered_us = began_us};

	while (!atomic_load(&k->p.closing)) {
		int64_t now_us = weir_clock_mono_us(k->p.clock);
		if (atomic_load(&k->any_doubt) || (k->gone.n && now_us - k->judged_us >= GONE_US)) {
			kafka_judge(k);
			k->judged_us = now_us;
		}
		if (atomic_exchange(&k->wakeup_wanted, false))
			kafka_wake_brokers(k);
		if (!atomic_load(&k->p.down)) {
			wait_and_look(k, &w, k->gone.n > 0);
			continue;
		}
		weir_wake_signal(&k->p.wake);
		if (kafka_ask_topic(k, k->known.topics[0].name, &md) == WEIR_OK) {
			rd_kafka_metadata_destroy(md);
			w.answered_us = weir_clock_mono_us(k->p.clock);
			w.misses = 0;
			weir_backoff_reset(&pause);
			atomic_store(&k->p.down, false);
			weir_wake_signal(&k->p.wake);
		} else if (!atomic_load(&k->p.closing)) {
			weir_wake_wait(&k->p.finder_wake, weir_backoff_next(&pause));
		}
	}
}
