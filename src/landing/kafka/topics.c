/* The topics that rows go to: whether they are there, and how they are made. */
#include "kafka.h"

enum { ASK_MS = 500, AGAIN_MS = 50 };
#define BEFORE_AWAY_US WEIR_US_PER_S /* a name may have several addresses, and the first be wrong */

/* What the brokers say of a topic, or of all (NULL). Owned: rd_kafka_metadata_destroy. */
static enum weir_status ask(struct kafka_landing *l, rd_kafka_topic_t *topic, const rd_kafka_metadata_t **out,
			    struct weir_error *err)
{
	int64_t began_us = weir_clock_mono_us(l->clock), waited_us = 0;
	enum weir_status st = WEIR_OK;

	while (st == WEIR_OK && rd_kafka_metadata(l->rk, !topic, topic, out, ASK_MS) != 0) {
		rd_kafka_poll(l->rk, 0); /* hears what is wrong */
		waited_us = weir_clock_mono_us(l->clock) - began_us;
		if (waited_us >= l->call_us || (l->down && waited_us >= BEFORE_AWAY_US))
			st = kafka_landing_unanswered(l, waited_us, err);
	}
	l->answered = l->answered || st == WEIR_OK;
	l->down = l->down && st != WEIR_OK;
	return st;
}

static enum weir_status no_topic(struct kafka_landing *l, const char *name, struct weir_error *err)
{
	const rd_kafka_metadata_t *all = NULL;
	struct weir_str names[256];
	size_t n = 0;

	bool known = ask(l, NULL, &all, NULL) == WEIR_OK;
	for (int i = 0; known && i < all->topic_cnt && n < sizeof names / sizeof *names; i++)
		if (!all->topics[i].err && strncmp(all->topics[i].topic, "__", 2) != 0)
			names[n++] = weir_str_of(all->topics[i].topic);
	weir_fail(err, WEIR_NOT_FOUND, l->hosts, "there is no topic %.150s", name);
	int near = weir_nearest(weir_str_of(name), names, n);
	if (near >= 0)
		weir_error_hint(err, "did you mean " WEIR_STR_FMT "? create=yes would make it",
				WEIR_STR_ARG(names[near]));
	else
		weir_error_hint(err, "create=yes makes it");
	if (known)
		rd_kafka_metadata_destroy(all);
	return WEIR_NOT_FOUND;
}

/* Whether the topic is there. */
static enum weir_status look(struct kafka_landing *l, uint32_t i, bool *there, struct weir_error *err)
{
	const char *name = l->topics[i];
	const rd_kafka_metadata_t *md = NULL;
	enum weir_status st = ask(l, l->handles[i], &md, err);

	if (st != WEIR_OK)
		return st;
	rd_kafka_resp_err_t code = md->topic_cnt ? md->topics[0].err : RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
	*there = code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE;
	rd_kafka_metadata_destroy(md);
	if (*there || code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
		return WEIR_OK;
	if (code != RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
		return weir_fail(err, weir_kafka_status(code), l->hosts, "topic %.150s: %s", name,
				 rd_kafka_err2str(code));
	weir_fail(err, WEIR_DENIED, l->hosts, "this user may not see the topic %.150s", name);
	weir_error_hint(err, "the cluster's access rules must allow WRITE and DESCRIBE on it");
	return WEIR_DENIED;
}

static enum weir_status result_of(struct kafka_landing *l, const char *name, rd_kafka_event_t *event,
				  struct weir_error *err)
{
	size_t n = 0;
	rd_kafka_resp_err_t code = event ? rd_kafka_event_error(event) : RD_KAFKA_RESP_ERR__TIMED_OUT;
	const char *why = code ? rd_kafka_err2str(code) : "";
	const rd_kafka_CreateTopics_result_t *result = event ? rd_kafka_event_CreateTopics_result(event) : NULL;
	const rd_kafka_topic_result_t **topics = result ? rd_kafka_CreateTopics_result_topics(result, &n) : NULL;

	if (!code && n) {
		code = rd_kafka_topic_result_error(topics[0]);
		why = rd_kafka_topic_result_error_string(topics[0]);
	}
	if (!code || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
		return WEIR_OK;
	enum weir_status st = weir_kafka_status(code);
	weir_fail(err, st, l->hosts, "could not make the topic %.150s: %s", name, why ? why : rd_kafka_err2str(code));
	if (err)
		err->retriable = st == WEIR_UNREACHABLE || st == WEIR_AGAIN;
	return st;
}

static enum weir_status make(struct kafka_landing *l, const char *name, struct weir_error *err)
{
	char text[200] = "";
	rd_kafka_NewTopic_t *topic =
	    rd_kafka_NewTopic_new(name, (int)l->partitions, (int)l->replicas, text, sizeof text);

	if (!topic)
		return weir_fail(err, WEIR_USAGE, "kafka", "%s", text);
	rd_kafka_queue_t *answers = rd_kafka_queue_new(l->rk);
	rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new(l->rk, RD_KAFKA_ADMIN_OP_CREATETOPICS);
	(void)rd_kafka_AdminOptions_set_request_timeout(options, (int)(l->call_us / 1000), text, sizeof text);
	rd_kafka_CreateTopics(l->rk, &topic, 1, options, answers);
	rd_kafka_event_t *event = rd_kafka_queue_poll(answers, (int)(l->call_us / 1000) + ASK_MS);
	enum weir_status st = result_of(l, name, event, err);
	if (event)
		rd_kafka_event_destroy(event);
	rd_kafka_AdminOptions_destroy(options);
	rd_kafka_queue_destroy(answers);
	rd_kafka_NewTopic_destroy(topic);
	return st;
}

/* All brokers hear of a new topic sooner or later. */
static enum weir_status make_and_await(struct kafka_landing *l, uint32_t i, struct weir_error *err)
{
	int64_t began_us = weir_clock_mono_us(l->clock);
	enum weir_status st = make(l, l->topics[i], err);
	bool there = false;

	while (st == WEIR_OK && !there && weir_clock_mono_us(l->clock) - began_us < l->call_us) {
		st = look(l, i, &there, err);
		if (st == WEIR_OK && !there)
			rd_kafka_poll(l->rk, AGAIN_MS);
	}
	return st;
}

static enum weir_status find(struct kafka_landing *l, uint32_t i, struct weir_error *err)
{
	bool there = false;
	enum weir_status st = look(l, i, &there, err);

	if (st != WEIR_OK || there)
		return st;
	return l->create ? make_and_await(l, i, err) : no_topic(l, l->topics[i], err);
}

enum weir_status kafka_landing_prepare(struct kafka_landing *l, struct weir_error *err)
{
	enum weir_status st = kafka_landing_connect(l, err);

	while (st == WEIR_OK && l->n_found < l->n) {
		uint32_t same = 0;
		while (strcmp(l->topics[same], l->topics[l->n_found]) != 0)
			same++;
		if (same == l->n_found)
			st = find(l, same, err);
		l->n_found += st == WEIR_OK;
	}
	return st;
}
