/* Questions: a view is bound, and its plan brought to where the streams are. */
#include "local.h"

#include <stdlib.h>

/* Brings a fresh plan to where the streams are. Ledgers change only when it succeeds. */
static enum weir_status build(struct weir_local *l, const struct weir_question *q, struct weir_plan *plan,
			      const _Atomic bool *cancel, struct weir_error *err)
{
	if (!weir_local_keeps_rows(l))
		return l->plan && l->counted ? weir_plan_take_over(plan, l->plan, err) : WEIR_OK;
	struct weir_relation_snapshot *snapshot = weir_relation_snapshot(l->relation);
	if (!snapshot)
		return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory");
	for (uint32_t i = 0; i < l->config.n_streams; i++)
		weir_local_save_counts(&l->streams[i]);
	weir_local_restart_counts(l);
	enum weir_status st = weir_local_scan(l, q, plan, snapshot, WEIR_TIME_NONE, l->ledgers, cancel, err);
	weir_relation_snapshot_free(snapshot);
	for (uint32_t i = 0; st != WEIR_OK && i < l->config.n_streams; i++)
		weir_local_restore_counts(&l->streams[i]);
	return st;
}

static void put_in_force(struct weir_local *l, struct weir_plan *plan)
{
	weir_plan_free(l->plan);
	weir_plan_free(l->span);
	l->plan = plan;
	l->span = NULL;
	l->half_built = l->stale = l->on_given = false;
	l->stale_error.code = WEIR_OK;
	struct weir_late_rule rule = weir_plan_late_rule(plan, l->config.finite);
	for (uint32_t i = 0; i < l->config.n_streams; i++)
		weir_buffer_set_late(l->streams[i].buffer, &rule);
}

/* Two questions at once may not fit: then the old one is counted again if the new one is given up. */
static bool make_room(struct weir_local *l)
{
	const struct weir_budget *b = l->config.budget;
	int64_t limit = b ? (int64_t)b->limit_bytes : 0;
	if (!l->plan || !weir_local_keeps_rows(l) || !weir_budget_over(b, limit / 2) ||
	    weir_plan_bytes(l->plan) < limit / 8)
		return true;
	l->half_built = true;
	if (weir_plan_forget(l->plan))
		return true;
	weir_plan_free(l->plan);
	l->plan = NULL;
	l->stale = true;
	return false;
}

/* Holds the names against all that is known, where the batches may not have brought all of it yet. */
static enum weir_status hold_names(struct weir_local *l, const struct weir_question *q, struct weir_error *err)
{
	struct weir_plan *plan = NULL;
	if (!q->names_known || !weir_local_has_given(l))
		return WEIR_OK;
	enum weir_status st = weir_local_bind_known(l, q, &plan, err);
	weir_plan_free(plan);
	return st;
}

enum weir_status weir_local_set_view(struct weir_fabric *f, const struct weir_question *question,
				     struct weir_error *err)
{
	struct weir_local *l = (struct weir_local *)f;
	struct weir_plan *plan = NULL;
	struct weir_view copy;
	weir_view_init(&copy);
	struct weir_question q = *question;
	q.view = &copy;
	enum weir_status st = weir_view_copy(&copy, question->view, err);
	if (st == WEIR_OK)
		st = hold_names(l, &q, err);
	if (st == WEIR_OK)
		st = weir_local_bind(l, &q, &plan, err);
	if (st == WEIR_OK && !make_room(l))
		st = weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory");
	if (st == WEIR_OK)
		st = build(l, &q, plan, &l->cancel, err);
	if (st != WEIR_OK) {
		weir_plan_free(plan);
		weir_view_release(&copy);
		return st;
	}
	weir_view_release(&l->view);
	l->view = copy;
	l->asked = q;
	l->asked.view = &l->view;
	l->view_names.held = false;
	put_in_force(l, plan);
	return WEIR_OK;
}

enum weir_status weir_local_rebind(struct weir_local *l, struct weir_error *err)
{
	struct weir_plan *plan = NULL;
	struct weir_error why = {0};
	struct weir_question q = l->asked;
	q.names_known = false; /* they were held against the columns when it was asked */
	enum weir_status st = weir_local_bind(l, &q, &plan, &why);
	if (st == WEIR_OK) /* the rows must be counted whatever question waits */
		st = build(l, &q, plan, &l->never, &why);
	l->stale = st == WEIR_NO_MEMORY;
	if (st == WEIR_OK) {
		l->asked = q;
		put_in_force(l, plan);
		return WEIR_OK;
	}
	weir_plan_free(plan);
	if (!l->config.live || st == WEIR_NO_MEMORY) {
		if (err)
			*err = why;
		return st;
	}
	l->stale_error = why; /* the screen says it; the old plan reads what it can */
	return WEIR_OK;
}

void weir_local_set_columns(struct weir_fabric *f, uint32_t stream, const struct weir_schema *schema, bool fixed)
{
	struct weir_local *l = (struct weir_local *)f;
	struct weir_local_stream *s = &l->streams[stream];
	weir_schema_unref(s->given);
	s->given = weir_schema_ref(schema);
	s->fixed = fixed;
	l->view_names.held = false;
}

/* A plan that was bound to find out whether the names are right is good to go on with, where none has seen a batch. */
static void use_or_free(struct weir_local *l, struct weir_plan *plan)
{
	bool begun = l->last != NULL || !weir_local_has_given(l);
	if (begun) {
		weir_plan_free(plan);
		return;
	}
	put_in_force(l, plan);
	l->on_given = true;
}

enum weir_status weir_local_check(struct weir_fabric *f, bool *final, struct weir_error *err)
{
	struct weir_local *l = (struct weir_local *)f;
	struct weir_local_names *names = &l->view_names;
	bool fixed = true;
	for (uint32_t i = 0; i < l->config.n_streams; i++)
		fixed = fixed && l->streams[i].fixed;
	if (!names->held) {
		struct weir_plan *plan = NULL;
		names->error = (struct weir_error){0};
		names->status = weir_local_bind_known(l, &l->asked, &plan, &names->error);
		names->held = names->status != WEIR_NO_MEMORY;
		if (names->status == WEIR_OK)
			use_or_free(l, plan);
	}
	*final = fixed || l->asked.ended || weir_status_exit_code(names->status) != 2;
	if (names->status != WEIR_OK && err)
		*err = names->error;
	return names->status;
}

enum weir_status weir_local_explain(struct weir_fabric *f, bool terminal, struct weir_buf *out, struct weir_error *err)
{
	const struct weir_local *l = (struct weir_local *)f;
	if (!l->plan)
		return weir_fail(err, WEIR_USAGE, "view", "nothing has been read yet, so there is nothing to explain");
	weir_plan_explain(l->plan, terminal, out);
	return WEIR_OK;
}
