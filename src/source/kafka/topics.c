/* Which topics and partitions an address means. */
#include "kafka.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>

enum weir_status kafka_parse_ranges(const char *text, struct kafka_wish *wish, struct weir_error *err)
{
	struct weir_str rest = weir_str_of(text), part, high;
	int64_t from, to;

	do {
		part = weir_str_cut(rest, ',', &rest);
		struct weir_str low = weir_str_cut(part, '-', &high);
		bool ok = weir_parse_int64(low, false, &from);
		to = from;
		if (ok && high.data)
			ok = weir_parse_int64(high, false, &to);
		if (!ok || from < 0 || to < from || to > INT32_MAX ||
		    wish->n_ranges == sizeof wish->ranges / sizeof *wish->ranges) {
			weir_fail(err, WEIR_USAGE, "partitions", "%s is not a list of partitions", text);
			weir_error_hint(err, "for example partitions=0,3-5, with at most 64 parts");
			return WEIR_USAGE;
		}
		wish->ranges[wish->n_ranges++] = (struct kafka_range){(int32_t)from, (int32_t)to};
	} while (rest.data);
	return WEIR_OK;
}

static bool wished_partition(const struct kafka_wish *w, int32_t id)
{
	bool any = w->n_ranges == 0;

	for (size_t i = 0; i < w->n_ranges && !any; i++)
		any = id >= w->ranges[i].from && id <= w->ranges[i].to;
	return any;
}

static enum weir_status compile(struct weir_str pattern, regex_t *regex, struct weir_error *err)
{
	char *text = weir_str_dup(pattern), why[120];

	if (!text)
		return weir_fail(err, WEIR_NO_MEMORY, "kafka", "out of memory");
	int rc = regcomp(regex, text, REG_EXTENDED | REG_NOSUB);
	if (rc) {
		regerror(rc, regex, why, sizeof why);
		weir_fail(err, WEIR_USAGE, "kafka", "%s is not a pattern of topics: %s", text, why);
	}
	free(text);
	return rc ? WEIR_USAGE : WEIR_OK;
}

enum weir_status kafka_check_topics(const char *topics, struct weir_error *err)
{
	struct weir_str rest = weir_str_of(topics), item;
	regex_t regex;

	do {
		item = weir_str_cut(rest, ',', &rest);
		if (item.size == 0) {
			weir_fail(err, WEIR_USAGE, "kafka", "the address names no topic");
			weir_error_hint(err, "kafka://BROKER/TOPIC; kafka://BROKER/^ reads them all");
			return WEIR_USAGE;
		}
		if (*item.data != '^')
			continue;
		enum weir_status st = compile(item, &regex, err);
		if (st != WEIR_OK)
			return st;
		regfree(&regex);
	} while (rest.data);
	return WEIR_OK;
}

/* Each topic once, whether it is named twice, or by name and by pattern. */
static enum weir_status add_topic(struct kafka_source *k, const rd_kafka_metadata_topic_t *md,
				  struct weir_part_set *out, struct weir_error *err)
{
	for (int i = 0; i < md->partition_cnt; i++) {
		const rd_kafka_metadata_partition_t *from = &md->partitions[i];
		const struct weir_part part = {
		    .number = from->id, .until = -1, .end = -1, .newest_us = -1, .unreadable = from->leader < 0};
		if (!wished_partition(&k->wish, from->id) || weir_part_set_find(out, md->topic, from->id))
			continue;
		if (out->n_parts == WEIR_MAX_PARTITIONS)
			k->n_beyond++;
		else if (!weir_part_set_add(out, md->topic, &part))
			return weir_fail(err, WEIR_NO_MEMORY, "kafka", "out of memory");
	}
	return WEIR_OK;
}

/* The list of all topics is requested only now: on a large cluster that is a long answer. */
static enum weir_status no_topic(struct kafka_source *k, struct weir_str name, struct weir_error *err)
{
	const rd_kafka_metadata_t *all = NULL;
	struct weir_str names[256];
	struct weir_buf list = {0};
	size_t n = 0;

	/* who waits for a topic was told once what there is */
	bool known = !k->absent[0] && kafka_ask_topic(k, NULL, &all) == WEIR_OK;
	for (int i = 0; known && i < all->topic_cnt && n < 256; i++) {
		if (all->topics[i].err || strncmp(all->topics[i].topic, "__", 2) == 0)
			continue;
		names[n] = weir_str_of(all->topics[i].topic);
		weir_buf_addf(&list, "%s%s", n ? ", " : "", all->topics[i].topic);
		n++;
	}
	weir_fail(err, WEIR_NOT_FOUND, k->p.address, "there is no topic " WEIR_STR_FMT, WEIR_STR_ARG(name));
	int near = weir_nearest(name, names, n);
	if (near >= 0)
		weir_error_hint(err, "did you mean " WEIR_STR_FMT "?", WEIR_STR_ARG(names[near]));
	else if (list.size)
		weir_error_hint(err, "there are: %s", list.data);
	else if (known)
		weir_error_hint(err, "the broker lists no topics");
	weir_buf_release(&list);
	if (known)
		rd_kafka_metadata_destroy(all);
	return WEIR_NOT_FOUND;
}

static enum weir_status refused(const struct kafka_source *k, const rd_kafka_metadata_topic_t *md,
				struct weir_error *err)
{
	if (md->err != RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
		return weir_fail(err, weir_kafka_status(md->err), md->topic, "%s", rd_kafka_err2str(md->err));
	weir_fail(err, WEIR_DENIED, k->p.address, "this user may not read the topic %.150s: %s", md->topic,
		  rd_kafka_err2str(md->err));
	weir_error_hint(err, "the cluster's access rules must allow READ and DESCRIBE on it");
	return WEIR_DENIED;
}

static enum weir_status choose_name(struct kafka_source *k, struct weir_str item, struct weir_part_set *out,
				    struct weir_error *err)
{
	const rd_kafka_metadata_t *md;
	char *name = weir_str_dup(item);
	enum weir_status st =
	    name ? kafka_ask_topic(k, name, &md) : weir_fail(err, WEIR_NO_MEMORY, "kafka", "out of memory");

	free(name);
	if (st != WEIR_OK)
		return st;
	const rd_kafka_metadata_topic_t *t = md->topic_cnt ? &md->topics[0] : NULL;
	if (!t || t->err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
		st = no_topic(k, item, err);
	else if (t->err == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE)
		st = WEIR_AGAIN; /* it is being made */
	else
		st = t->err ? refused(k, t, err) : add_topic(k, t, out, err);
	rd_kafka_metadata_destroy(md);
	return st;
}

static enum weir_status choose_pattern(struct kafka_source *k, struct weir_str item, const rd_kafka_metadata_t *all,
				       struct weir_part_set *out, struct weir_error *err)
{
	bool found = false, internal = item.size > 2 && memcmp(item.data, "^__", 3) == 0;
	regex_t regex;
	enum weir_status st = compile(item, &regex, err);

	if (st != WEIR_OK)
		return st;
	for (int i = 0; i < all->topic_cnt && st == WEIR_OK; i++) {
		const rd_kafka_metadata_topic_t *md = &all->topics[i];
		if (md->err || (!internal && strncmp(md->topic, "__", 2) == 0) ||
		    regexec(&regex, md->topic, 0, NULL, 0) != 0)
			continue;
		found = true;
		st = add_topic(k, md, out, err);
	}
	regfree(&regex);
	return st == WEIR_OK && !found ? no_topic(k, item, err) : st;
}

static enum weir_status too_many(const struct kafka_source *k, const struct weir_part_set *set, struct weir_error *err)
{
	weir_fail(err, WEIR_TOO_LARGE, k->p.address, "the address means %zu partitions; a stream reads at most %d",
		  set->n_parts + k->n_beyond, WEIR_MAX_PARTITIONS);
	weir_error_hint(err, "name fewer topics, or add partitions=0-99; each address is a stream of its own");
	return WEIR_TOO_LARGE;
}

/* The first that is lacking is remembered in words, for as long as one is. */
static void note_absent(struct kafka_source *k, bool *absent, const struct weir_error *err)
{
	bool same = strncmp(k->absent, err->what, strlen(err->what)) == 0;

	if (!*absent && !same)
		snprintf(k->absent, sizeof k->absent, "%.150s%s%.150s%s", err->what, err->hint[0] ? " (" : "",
			 err->hint, err->hint[0] ? ")" : "");
	*absent = true;
}

enum weir_status kafka_choose(struct kafka_source *k, bool later, struct weir_part_set *out, struct weir_error *err)
{
	const rd_kafka_metadata_t *all = NULL;
	struct weir_str rest = weir_str_of(k->wish.topics);
	enum weir_status st = WEIR_OK;
	bool absent = false;

	k->n_beyond = 0;
	do {
		struct weir_str item = weir_str_cut(rest, ',', &rest);
		if (*item.data == '^' && !all)
			st = kafka_ask_topic(k, NULL, &all);
		if (st == WEIR_OK)
			st =
			    *item.data == '^' ? choose_pattern(k, item, all, out, err) : choose_name(k, item, out, err);
		if (st == WEIR_NOT_FOUND && k->live) {
			note_absent(k, &absent, err);
			st = WEIR_OK;
		}
		if (later && (st == WEIR_NOT_FOUND || st == WEIR_DENIED || st == WEIR_IO))
			st = WEIR_OK;
	} while (st == WEIR_OK && rest.data);
	if (all)
		rd_kafka_metadata_destroy(all);
	if (st == WEIR_OK && !absent)
		k->absent[0] = '\0';
	if (st == WEIR_OK && k->n_beyond && !later)
		return too_many(k, out, err);
	if (st == WEIR_OK && out->n_parts == 0 && absent && !later) {
		weir_fail(err, WEIR_NOT_FOUND, k->p.address, "%s", k->absent);
		err->retriable = true;
		return WEIR_NOT_FOUND;
	}
	if (st == WEIR_OK && out->n_parts == 0 && !later) {
		weir_fail(err, WEIR_NOT_FOUND, k->p.address, "none of these topics has such a partition");
		weir_error_hint(err, "partitions are numbered from 0; leave partitions= out for all");
		return WEIR_NOT_FOUND;
	}
	return st;
}
