/* What the screen wants beside its pictures: the whole answer as text, for a file, and what `--explain` says. The engine
 * makes it between two batches, because only it may touch the plan. */
#include "engine.h"

static enum weir_status print_all(struct weir_engine *e, enum weir_output how, struct weir_delivery *d,
				  struct weir_error *err)
{
	struct weir_result_request request = {
	    .at_us = e->paused ? e->at_us : WEIR_TIME_NONE,
	    .max_rows = (uint32_t)e->s->in_force.top, /* 0: all groups there are */
	};
	if (e->s->in_force.compare.kind > WEIR_COMPARISON_NONE) /* then the text has what they are compared with */
		request.extras = weir_extras_named("totals");
	struct weir_result *r = NULL;
	enum weir_status st = e->p->ops->result(e->p->fabric, &request, &r, err);

	if (st != WEIR_OK)
		return st;
	if (r->error.code != WEIR_OK) {
		*err = r->error;
	} else {
		weir_result_print(r, how, false, &d->text);
		d->n_rows = r->n_rows;
		d->n_rows_total = r->n_rows_total > r->n_rows ? r->n_rows_total : r->n_rows;
	}
	weir_result_unref(r);
	return err->code;
}

/* The SQL stands below a line of its own; no name before it can hold one. */
static enum weir_status explain(struct weir_engine *e, struct weir_delivery *d)
{
	static const struct weir_str head = {"\nspark\n", 7};
	enum weir_status st = e->p->ops->explain(e->p->fabric, d->order == WEIR_ORDER_EXPLAIN, &d->text, &d->error);
	const char *at = d->text.data ? memmem(d->text.data, d->text.size, head.data, head.size) : NULL;
	struct weir_buf sql = {0};

	if (st != WEIR_OK || d->order == WEIR_ORDER_EXPLAIN)
		return st;
	if (!at)
		return weir_fail(&d->error, WEIR_UNSUPPORTED, "copy", "this view has no SQL");
	at += head.size;
	weir_buf_add(&sql, at, (size_t)(d->text.data + d->text.size - at));
	weir_buf_release(&d->text);
	d->text = sql;
	return WEIR_OK;
}

void weir_engine_deliver(struct weir_engine *e, enum weir_order order, enum weir_output how)
{
	struct weir_session *s = e->s;
	struct weir_delivery d = {.order = order};

	if (order == WEIR_ORDER_ROWS)
		(void)!print_all(e, how, &d, &d.error);
	else
		(void)!explain(e, &d);
	if (d.text.failed)
		weir_fail(&d.error, WEIR_NO_MEMORY, "session", "out of memory");
	pthread_mutex_lock(&s->lock);
	weir_buf_release(&s->delivery.text);
	s->delivery = d;
	pthread_mutex_unlock(&s->lock);
	weir_wake_signal(&s->screen);
}

void weir_session_order(struct weir_session *s, enum weir_order order, enum weir_output how)
{
	pthread_mutex_lock(&s->lock);
	s->mailbox.order = order;
	s->mailbox.how = how;
	pthread_mutex_unlock(&s->lock);
	s->mail = true;
	weir_wake_signal(&s->pipeline.wake);
}

bool weir_session_delivery(struct weir_session *s, struct weir_delivery *out)
{
	pthread_mutex_lock(&s->lock);
	*out = s->delivery;
	s->delivery = (struct weir_delivery){0};
	pthread_mutex_unlock(&s->lock);
	return out->order != WEIR_ORDER_NONE;
}
