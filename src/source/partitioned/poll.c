/* The source thread's part: takes partitions and loads over, converts records, hands them out, and publishes how far each
 * partition was read. */
#include "partitioned.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	MEASURE_US = 50000, /* how often lag and positions are published in a full stream */
};

static struct weir_partition *public_of(struct weir_partitioned *p, const struct weir_part *part)
{
	return weir_partitions_at(p->progress.partitions, (uint32_t)(part - p->set.parts));
}

static void publish(struct weir_partitioned *p, bool now)
{
	int64_t mono_us = weir_clock_mono_us(p->clock), lag = 0;
	const struct weir_part *waits = NULL;

	if (!now && mono_us - p->measured_us < MEASURE_US)
		return;
	p->measured_us = mono_us;
	for (size_t i = 0; i < p->set.n_parts; i++) {
		struct weir_part *part = &p->set.parts[i];
		/* As of the last fetch. While there is doubt, that may be of another log. */
		int64_t end = part->doubted ? -1 : p->kind->end_offset(p, part);
		if (end >= 0)
			part->end = end;
		if (!part->done && part->until > part->end && part->end >= 0)
			waits = part;
		int64_t behind = part->end > part->next ? part->end - part->next : 0;
		struct weir_partition *to = public_of(p, part);
		to->position = part->next;
		to->end = part->end;
		to->lag = behind;
		to->at_until = part->done;
		lag += behind;
	}
	atomic_store(&p->lag, lag);
	if (waits && lag == 0 && !p->news[0])
		snprintf(p->news, sizeof p->news, "waiting for offset %lld of %.60s/%d, which ends at %lld",
			 (long long)waits->until, weir_part_topic(&p->set, waits), (int)waits->number,
			 (long long)waits->end);
	pthread_mutex_lock(&p->progress.lock);
	p->progress.now.lag = lag;
	pthread_mutex_unlock(&p->progress.lock);
}

/* What was handed out before is decoded by now. */
static void tell_awaited(struct weir_partitioned *p)
{
	for (uint32_t i = 0; i < weir_partitions_count(p->progress.partitions); i++) {
		const struct weir_part *part = &p->set.parts[i];
		struct weir_partition *to = weir_partitions_at(p->progress.partitions, i);
		to->awaited = !part->done && !to->unreadable && part->end > part->next;
	}
}

void weir_partitioned_check_until(struct weir_partitioned *p, struct weir_part *part)
{
	if (part->done || part->until < 0 || part->next < part->until)
		return;
	part->done = true;
	p->n_done++;
	p->kind->end(p, part);
}

void weir_partitioned_lose(struct weir_partitioned *p, struct weir_part *part, int64_t n)
{
	struct weir_partition *to = public_of(p, part);

	if (part->until >= 0 && n > part->until - part->next)
		n = part->until - part->next;
	if (n <= 0)
		return;
	to->lost_from = part->next;
	to->lost_to = part->next + n - 1;
	to->lost += (uint64_t)n;
	snprintf(p->news, sizeof p->news, "lost %lld record%s of %.60s/%d, offsets %lld to %lld", (long long)n,
		 n == 1 ? "" : "s", weir_part_topic(&p->set, part), (int)part->number, (long long)to->lost_from,
		 (long long)to->lost_to);
	weir_partitioned_log(p, WEIR_LOG_WARNING, p->address, "%s", p->news);
}

/* Reports partitions that were found later: in the log, and beside the stream's state. */
static void tell_new(struct weir_partitioned *p, size_t first)
{
	enum { NAMED = 3 };
	size_t named = 0, n_new = 0;

	for (size_t i = first; i < p->set.n_parts; i++)
		n_new += !p->set.parts[i].done;
	int n = snprintf(p->news, sizeof p->news, "%zu new partition%s:", n_new, n_new == 1 ? "" : "s");
	for (size_t i = first; i < p->set.n_parts && named < NAMED && n < (int)sizeof p->news; i++) {
		const struct weir_part *part = &p->set.parts[i];
		if (!part->done)
			n += snprintf(p->news + n, sizeof p->news - (size_t)n, "%s %.40s/%d", named++ ? "," : "",
				      weir_part_topic(&p->set, part), (int)part->number);
	}
	if (n_new > NAMED && n < (int)sizeof p->news)
		snprintf(p->news + n, sizeof p->news - (size_t)n, ", …");
	weir_partitioned_log(p, WEIR_LOG_NOTICE, p->address, "%s", p->news);
}

static enum weir_status add(struct weir_partitioned *p, const char *topic, const struct weir_part *new_part,
			    struct weir_error *err)
{
	if (!weir_part_set_add(&p->set, topic, new_part) ||
	    weir_partitions_add(p->progress.partitions, weir_str_of(topic), new_part->number) < 0)
		return weir_fail(err, WEIR_NO_MEMORY, p->address, "out of memory");
	struct weir_part *part = &p->set.parts[p->set.n_parts - 1];
	if (part->lost) {
		part->next -= part->lost;
		weir_partitioned_lose(p, part, part->lost);
		part->next += part->lost;
	}
	part->done = part->until >= 0 && part->next >= part->until;
	p->n_done += part->done;
	return WEIR_OK;
}

/* Reports a position that names more than is read now. */
static void tell_unmatched(struct weir_partitioned *p)
{
	char which[100];

	if (!*weir_position_unmatched(&p->resume, &p->set, which, sizeof which))
		return;
	snprintf(p->news, sizeof p->news, "position= names partitions that are not read: %s", which);
	weir_partitioned_log(p, WEIR_LOG_WARNING, p->address, "%s", p->news);
}

/* Takes over what the finder found, if anything. */
static enum weir_status adopt(struct weir_partitioned *p, struct weir_error *err)
{
	struct weir_part_set *found = atomic_exchange(&p->found, NULL);
	size_t first = p->set.n_parts;
	enum weir_status st = WEIR_OK;
	bool any = false;

	if (!found)
		return WEIR_OK;
	for (size_t i = 0; i < found->n_parts && st == WEIR_OK; i++) {
		const char *topic = weir_part_topic(found, &found->parts[i]);
		if (!weir_part_set_find(&p->set, topic, found->parts[i].number))
			st = add(p, topic, &found->parts[i], err);
	}
	weir_part_set_release(found);
	free(found);
	if (st != WEIR_OK)
		return st;
	for (size_t i = first; i < p->set.n_parts; i++)
		any = any || !p->set.parts[i].done;
	if (any && p->kind->begin(p, first) && p->assigned)
		tell_new(p, first);
	for (size_t i = first; i < p->set.n_parts; i++)
		if (p->set.parts[i].next == WEIR_PART_BEGINNING)
			p->set.parts[i].next = 0;
	if (!p->assigned)
		tell_unmatched(p);
	p->assigned = true;
	publish(p, true);
	tell_awaited(p); /* before their first record comes */
	return WEIR_OK;
}

static enum weir_status fail(struct weir_partitioned *p, const struct weir_error *why, struct weir_error *err)
{
	char line[200];

	weir_progress_state(&p->progress, WEIR_SOURCE_FAILED, weir_error_line(why, line, sizeof line));
	if (err)
		*err = *why;
	return why->code;
}

/* LIVE with the latest news, or RECONNECTING with the reason. */
static void show_state(struct weir_partitioned *p)
{
	enum weir_status is;
	char why[sizeof p->trouble];

	if (!atomic_load(&p->down)) {
		pthread_mutex_lock(&p->progress.lock);
		snprintf(why, sizeof why, "%s", p->progress.now.unread[0] ? p->progress.now.unread : p->news);
		pthread_mutex_unlock(&p->progress.lock);
		weir_progress_state(&p->progress, WEIR_SOURCE_LIVE, why);
		return;
	}
	weir_partitioned_trouble(p, &is, why, sizeof why);
	if (weir_progress_state(&p->progress, WEIR_SOURCE_RECONNECTING, why))
		weir_partitioned_log(p, WEIR_LOG_WARNING, p->address, "nobody answers: %s", why);
}

static enum weir_status hand_out(struct weir_partitioned *p, struct weir_chunk *chunk, enum weir_status st)
{
	chunk->is_messages = true;
	chunk->messages = p->messages;
	chunk->n_messages = p->n_held;
	chunk->partitions = p->progress.partitions;
	chunk->full = p->n_held == WEIR_LOAD_RECORDS;
	chunk->at_end = p->assigned && p->n_done == p->set.n_parts;
	chunk->arrival_us = weir_clock_wall_us(p->clock);
	p->told_end = chunk->at_end;
	p->consumed = false;
	return st;
}

/* Copies what fits of the next load to the end of held; returns how many. */
static size_t unload(struct weir_partitioned *p)
{
	struct weir_load *load = p->pending ? p->pending : weir_ring_try_pop(p->full);
	size_t room = WEIR_LOAD_RECORDS - p->n_held, n;

	if (!load)
		return 0;
	n = load->n - load->from < room ? load->n - load->from : room;
	memcpy(p->held + p->n_held, load->records + load->from, n * sizeof(void *));
	load->from += n;
	p->pending = load->from < load->n ? load : NULL;
	if (p->pending)
		return n;
	load->from = load->n = 0;
	if (p->spare)
		weir_ring_try_push(p->empty, load); /* it holds all loads there are */
	else
		p->spare = load;
	return n;
}

/* Whether to hand the message out: not if it was seen already (a repeated fetch) or lies beyond until=. */
static bool wanted(struct weir_partitioned *p, struct weir_part *part, const struct weir_message *m)
{
	if (part->done || part->doubted || m->offset < part->next)
		return false;
	bool before_until = part->until < 0 || m->offset < part->until;
	part->next = m->offset + 1;
	if (before_until && m->time_us > part->newest_us && m->time_us <= WEIR_TIME_LAST_US)
		part->newest_us = m->time_us;
	weir_partitioned_check_until(p, part);
	return before_until;
}

/* Of held[n_held..n_held + n_new) keeps the wanted ones as messages, and gives the others back. */
static enum weir_status convert(struct weir_partitioned *p, size_t n_new, struct weir_error *err)
{
	size_t kept = p->n_held, end = p->n_held + n_new, i = p->n_held;
	uint64_t bytes = 0;
	enum weir_status st = WEIR_OK;

	for (; i < end && st == WEIR_OK; i++) {
		struct weir_message *m = &p->messages[kept];
		struct weir_part *part = NULL;
		st = p->kind->convert(p, p->held[i], &part, m, err);
		if (st == WEIR_OK && part && wanted(p, part, m)) {
			m->partition = (uint16_t)(part - p->set.parts);
			bytes += m->payload.size + m->key.size;
			p->held[kept++] = p->held[i];
		} else {
			p->kind->give_back(p, &p->held[i], 1);
		}
	}
	if (i < end)
		p->kind->give_back(p, p->held + i, end - i);
	atomic_fetch_sub(&p->n_out, (int64_t)(end - kept));
	p->n_held = kept;
	weir_progress_add(&p->progress, bytes, bytes);
	return st;
}

static void drop_all(struct weir_partitioned *p, size_t n)
{
	p->kind->give_back(p, p->held + p->n_held, n);
	atomic_fetch_sub(&p->n_out, (int64_t)n);
}

/* Takes as many records as there is room for. OK: some came; AGAIN; or failed. */
static enum weir_status take(struct weir_partitioned *p, struct weir_error *err)
{
	size_t n, before = p->n_held;

	while (p->n_held < WEIR_LOAD_RECORDS && (n = unload(p)) > 0) {
		if (!p->assigned) {
			drop_all(p, n);
			continue;
		}
		enum weir_status st = convert(p, n, err);
		if (st != WEIR_OK)
			return st;
	}
	if (p->assigned)
		publish(p, p->n_held == before || p->n_done == p->set.n_parts);
	return p->n_held > before ? WEIR_OK : WEIR_AGAIN;
}

/* False: the time is over, or there was a wake. */
static bool wait_for_records(struct weir_partitioned *p, int64_t deadline_us)
{
	int64_t left_us = deadline_us - weir_clock_mono_us(p->clock);
	struct pollfd fds[2] = {{p->wake.fd, POLLIN, 0}, {p->loaded.fd, POLLIN, 0}};

	int n = poll(fds, 2, left_us < 0 ? 0 : (int)((left_us + 999) / 1000));
	if (fds[1].revents)
		weir_wake_wait(&p->loaded, 0);
	if (fds[0].revents) {
		weir_wake_wait(&p->wake, 0);
		return false;
	}
	return n > 0;
}

void weir_partitioned_drop_used(struct weir_partitioned *p)
{
	if (p->n_used && p->spare) {
		memcpy(p->spare->records, p->held, p->n_used * sizeof(void *));
		p->spare->n = p->n_used;
		weir_ring_try_push(p->empty, p->spare); /* it holds all loads there are */
		p->spare = NULL;
	} else if (p->n_used) {
		p->kind->give_back(p, p->held, p->n_used);
		atomic_fetch_sub(&p->n_out, (int64_t)p->n_used);
	}
	p->n_held -= p->n_used;
	if (p->n_held && p->n_used) {
		memmove(p->held, p->held + p->n_used, p->n_held * sizeof(void *));
		memmove(p->messages, p->messages + p->n_used, p->n_held * sizeof *p->messages);
	}
	p->n_used = 0;
	if (p->n_held == 0)
		weir_arena_reset(&p->texts);
}

/* Looks once at everything that may have come. OK: there are records; AGAIN; or failed. */
static enum weir_status look(struct weir_partitioned *p, struct weir_error *why)
{
	int finding = atomic_load(&p->finding);

	if (finding == WEIR_FIND_FAILED) {
		*why = p->failure;
		return why->code;
	}
	enum weir_status st = finding == WEIR_FOUND ? adopt(p, why) : WEIR_OK;
	if (st == WEIR_OK)
		st = take(p, why);
	if (p->assigned && (st == WEIR_OK || st == WEIR_AGAIN)) {
		enum weir_status tended = p->kind->tend ? p->kind->tend(p, why) : WEIR_OK;
		if (tended != WEIR_OK)
			return tended;
		show_state(p);
	}
	return st;
}

enum weir_status weir_partitioned_poll(struct weir_source *s, int64_t timeout_us, struct weir_chunk *chunk,
				       struct weir_error *err)
{
	struct weir_partitioned *p = (struct weir_partitioned *)s;
	int64_t deadline_us = weir_clock_mono_us(p->clock) + timeout_us;
	struct weir_error why = {0};
	bool in_time = true;

	weir_partitioned_drop_used(p);
	if (p->n_held == 0 && p->assigned)
		tell_awaited(p);
	/* What did not fit the last batch comes first; if nothing was consumed, more is asked for. */
	if ((p->n_held && p->consumed) || p->n_held == WEIR_LOAD_RECORDS)
		return hand_out(p, chunk, WEIR_OK);
	for (;;) {
		enum weir_status st = look(p, &why);
		if (st != WEIR_OK && st != WEIR_AGAIN)
			return fail(p, &why, err);
		bool all_done = p->assigned && p->n_done == p->set.n_parts;
		if (st == WEIR_OK || (all_done && !p->told_end))
			return hand_out(p, chunk, WEIR_OK);
		if (all_done) {
			weir_progress_state(&p->progress, WEIR_SOURCE_END, NULL);
			return WEIR_END;
		}
		if (!in_time)
			return hand_out(p, chunk, WEIR_AGAIN);
		in_time = wait_for_records(p, deadline_us);
	}
}

void weir_partitioned_consume(struct weir_source *s, const struct weir_chunk *left)
{
	struct weir_partitioned *p = (struct weir_partitioned *)s;

	p->n_used = p->n_held - left->n_messages;
	p->consumed = p->n_used > 0;
}
