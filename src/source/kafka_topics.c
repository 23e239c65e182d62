/* Which topics and partitions an address means. */
#include "kafka.h"

#include <stdio.h>
#include <stdlib.h>

enum { ASK_MS = 500 }; /* one question; it also bounds how long closing may wait */

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
			weir_fail(err, WEIR_USAGE, "partitions", "%s is no list of partitions", text);
			weir_error_hint(err, "partitions=0,3-5 is one, of at most 64 parts");
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
		weir_fail(err, WEIR_USAGE, "kafka", "%s is no pattern of topics: %s", text, why);
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
static enum weir_status add_topic(const struct kafka_source *k, const rd_kafka_metadata_topic_t *md,
				  struct kafka_set *out, struct weir_error *err)
{
	int32_t n_ids = 0;

	for (int i = 0; i < md->partition_cnt; i++)
		n_ids = md->partitions[i].id >= n_ids ? md->partitions[i].id + 1 : n_ids;
	for (int32_t id = 0; id < n_ids && out->n_parts < WEIR_MAX_PARTITIONS; id++) {
		const struct kafka_part part = {.id = id, .until = -1, .end = -1};
		if (wished_partition(&k->wish, id) && !kafka_set_has(out, md->topic, id) &&
		    !kafka_set_add(out, md->topic, &part))
			return weir_fail(err, WEIR_NO_MEMORY, "kafka", "out of memory");
	}
	return WEIR_OK;
}

static enum weir_status no_topic(struct kafka_source *k, struct weir_str name, const rd_kafka_metadata_t *all,
				 struct weir_error *err)
{
	struct weir_str names[256];
	struct weir_buf list = {0};
	size_t n = 0;

	for (int i = 0; i < all->topic_cnt && n < 256; i++) {
		if (strncmp(all->topics[i].topic, "__", 2) == 0)
			continue;
		names[n] = weir_str_of(all->topics[i].topic);
		weir_buf_addf(&list, "%s%s", n ? ", " : "", all->topics[i].topic);
		n++;
	}
	weir_fail(err, WEIR_NOT_FOUND, k->address, "there is no topic " WEIR_STR_FMT, WEIR_STR_ARG(name));
	int near = weir_nearest(name, names, n);
	if (near >= 0)
		weir_error_hint(err, "did you mean " WEIR_STR_FMT "?", WEIR_STR_ARG(names[near]));
	else if (list.size)
		weir_error_hint(err, "there are: %s", list.data);
	else
		weir_error_hint(err, "the broker has no topics");
	weir_buf_release(&list);
	return WEIR_NOT_FOUND;
}

static enum weir_status choose_item(struct kafka_source *k, struct weir_str item, const rd_kafka_metadata_t *all,
				    struct kafka_set *out, struct weir_error *err)
{
	bool pattern = *item.data == '^', found = false, internal = item.size > 2 && memcmp(item.data, "^__", 3) == 0;
	enum weir_status st = WEIR_OK;
	regex_t regex;

	if (pattern && (st = compile(item, &regex, err)) != WEIR_OK)
		return st;
	for (int i = 0; i < all->topic_cnt && st == WEIR_OK; i++) {
		const rd_kafka_metadata_topic_t *md = &all->topics[i];
		bool match = pattern ? (internal || strncmp(md->topic, "__", 2) != 0) &&
					   regexec(&regex, md->topic, 0, NULL, 0) == 0
				     : weir_str_equal(item, weir_str_of(md->topic));
		if (!match || (pattern && md->err))
			continue;
		found = true;
		if (md->err == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE)
			return WEIR_AGAIN;
		if (md->err)
			return weir_fail(err, weir_kafka_status(md->err), md->topic, "%s", rd_kafka_err2str(md->err));
		st = add_topic(k, md, out, err);
	}
	if (pattern)
		regfree(&regex);
	return st == WEIR_OK && !found ? no_topic(k, item, all, err) : st;
}

enum weir_status kafka_choose(struct kafka_source *k, bool later, struct kafka_set *out, struct weir_error *err)
{
	const rd_kafka_metadata_t *all;
	struct weir_str rest = weir_str_of(k->wish.topics);
	rd_kafka_resp_err_t rc = rd_kafka_metadata(k->rk, 1, NULL, &all, ASK_MS);
	enum weir_status st;

	if (rc) {
		kafka_complain(k, rc, NULL);
		return WEIR_AGAIN;
	}
	do {
		st = choose_item(k, weir_str_cut(rest, ',', &rest), all, out, err);
		if (later && st != WEIR_NO_MEMORY)
			st = WEIR_OK;
	} while (st == WEIR_OK && rest.data);
	rd_kafka_metadata_destroy(all);
	if (st == WEIR_OK && out->n_parts == 0 && !later) {
		weir_fail(err, WEIR_NOT_FOUND, k->address, "no topic of these has such a partition");
		weir_error_hint(err, "partitions are numbered from 0; leave partitions= out for all");
		return WEIR_NOT_FOUND;
	}
	return st;
}
