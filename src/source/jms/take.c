/* Messages that have come: which are wanted, and which came before. */
#include "jms.h"

/* Was it handed out before? It is remembered. */
static enum weir_status known(struct jms *j, const struct jms_content *c, bool *out, struct weir_error *err)
{
	*out = false;
	if (j->kind == JMS_TOPIC)
		return WEIR_OK;
	if (!c->id.size) {
		if (!j->n_nameless++)
			weir_log_add(j->log, WEIR_LOG_WARNING, j->address,
				     "messages without JMSMessageID come: they may come twice after a reconnection");
		return WEIR_OK;
	}
	struct jms_id id = jms_id_of(c->id);
	*out = jms_seen_has(&j->seen, id) || jms_seen_has(&j->before, id);
	return jms_seen_add(&j->seen, id) ? WEIR_OK
					  : weir_fail(err, WEIR_NO_MEMORY, j->address, "out of memory while reading");
}

enum weir_status jms_take(struct jms *j, const struct jms_content *c, void *delivery, bool *kept,
			  struct weir_error *err)
{
	bool again;

	*kept = true;
	if (c->time_us != WEIR_TIME_NONE && c->time_us >= j->until_us) {
		j->over = true; /* it stays with the broker */
		return WEIR_OK;
	}
	enum weir_status st = known(j, c, &again, err);
	if (st != WEIR_OK)
		return st;
	if (again || (c->time_us != WEIR_TIME_NONE && c->time_us < j->from_us)) {
		*kept = false;
		return WEIR_OK;
	}
	j->deliveries[j->n_held] = delivery;
	j->sessions[j->n_held] = j->session;
	j->messages[j->n_held++] = (struct weir_message){
	    .payload = c->payload,
	    .key = c->key,
	    .headers = c->headers,
	    .topic = weir_str_of(j->name),
	    .offset = j->n_taken++,
	    .time_us = c->time_us,
	};
	weir_progress_add(&j->progress, c->payload.size + c->key.size, c->payload.size + c->key.size);
	return WEIR_OK;
}

void jms_begin_browse(struct jms *j)
{
	/* A browse that broke off has not met all that the one before it met. */
	if (!j->all_known) {
		for (size_t i = 0; i < j->before.n_slots; i++)
			if (j->before.slots[i].low | j->before.slots[i].high &&
			    !jms_seen_add(&j->seen, j->before.slots[i]))
				break;
	}
	struct jms_seen last = j->before;
	j->before = j->seen;
	j->seen = last;
	jms_seen_clear(&j->seen);
	j->all_known = false;
}
