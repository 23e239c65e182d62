/* Partial rows into a plan: what a row adds goes to the cells of its group and pane, and to the totals, where a row itself would
 * go; of a row that was replaced the difference. */
#include "query/partial/partial.h"
#include "query/plan/slice.h"

#include <stdlib.h>

enum { FIT_EVERY = 4096 };

struct target {
	struct weir_slab *slab;
	uint32_t slot;
};

struct counting {
	struct weir_partials *s;
	struct weir_plan *p;
	bool lost; /* something could not be taken back */
};

/* A partial row as it counts. */
struct counted {
	int64_t time_us; /* in its pane: of its edge, or behind that; WEIR_TIME_NONE */
	uint32_t part;
	const struct weir_value *groups, *splits;
	const struct weir_value *is, *was; /* was NULL: nothing before */
};

static enum weir_status no_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory while computing the view");
}

static struct counted read_entry(const struct weir_partials *s, const struct weir_partial_entry *e)
{
	const struct weir_partial_layout *l = &s->layout;
	struct weir_value *keys = s->scratch, *is = keys + l->n_keys, *was = is + l->n_values;
	weir_packed_read(e->key, keys, l->n_keys);
	weir_packed_read(e->is, is, l->n_values);
	struct counted c = {.time_us = WEIR_TIME_NONE, .is = is};
	if (e->in_plan && e->was) {
		weir_packed_read(e->was, was, l->n_values);
		c.was = was;
	}
	if (keys->type != WEIR_NULL)
		c.time_us = keys[0].i + !keys[1].b;
	if (s->n_splits)
		c.part = (uint32_t)keys[2].i;
	c.groups = keys + 2 + (s->n_splits > 0);
	c.splits = keys + l->n_keys - s->n_splits;
	return c;
}

/* Like the first of its rows. What is from the future waits for a rebuild. */
static bool accepts(struct weir_plan *p, const struct counted *c)
{
	int64_t time_us = c->time_us == WEIR_TIME_NONE ? WEIR_TIME_NONE : c->is[1].i;
	if (time_us == WEIR_TIME_NONE)
		return p->accept_no_time && !p->accept_none;
	if (time_us > p->reach_us && time_us < p->ahead_us)
		p->ahead_us = time_us;
	return !p->accept_none && time_us > p->accept_after_us && time_us <= weir_plan_until(p);
}

/* ---- where it goes ---- */

static bool reserve(struct weir_plan *p)
{
	uint32_t n = p->groups.n;
	if (p->mode == WEIR_PLAN_CUMULATIVE)
		return weir_slab_reserve(&p->totals, n);
	return p->mode != WEIR_PLAN_RANGED ||
	       (weir_slab_reserve(&p->now.slab, n) && (p->change_gone || weir_slab_reserve(&p->before.slab, n)));
}

static uint32_t add_range(struct weir_range *r, const struct weir_plan *p, uint32_t group, const struct weir_pane *pane,
			  struct target *out)
{
	uint32_t n = 0;
	if (!pane || pane->index < r->low || pane->index > r->high)
		return 0;
	out[n++] = (struct target){&r->slab, group};
	if (p->n_groups)
		out[n++] = (struct target){&r->slab, WEIR_GROUP_TOTAL};
	return n;
}

/* False: no memory. */
static bool find_targets(struct weir_plan *p, const struct counted *c, uint32_t group, struct target *out, uint32_t *n)
{
	bool total = p->n_groups && p->keeps_total;
	struct weir_pane *pane = NULL;
	*n = 0;
	if (!reserve(p))
		return false;
	if (p->keeps_panes && c->time_us != WEIR_TIME_NONE) {
		pane = weir_panes_at(&p->panes, c->time_us);
		if (!pane || !weir_panes_arrange(&p->panes, pane))
			return false;
	}
	for (int k = 0; pane && k < 1 + total; k++) {
		uint32_t cell = weir_panes_cell(&p->panes, pane, k ? WEIR_GROUP_TOTAL : group);
		if (cell == UINT32_MAX)
			return false;
		out[(*n)++] = (struct target){&p->panes.slab, cell};
	}
	if (p->mode == WEIR_PLAN_CUMULATIVE) {
		out[(*n)++] = (struct target){&p->totals, group};
		if (total)
			out[(*n)++] = (struct target){&p->totals, WEIR_GROUP_TOTAL};
	} else if (p->mode == WEIR_PLAN_RANGED) {
		*n += add_range(&p->now, p, group, pane, out + *n);
		*n += add_range(&p->before, p, group, pane, out + *n); /* hopping windows overlap */
	}
	return true;
}

/* ---- what it adds ---- */

static struct weir_partial_rows gather(const struct counted *c, const struct weir_value *values,
				       const struct weir_spark_feed *feed)
{
	struct weir_partial_rows rows = {.n = (uint64_t)values[0].i};
	if (feed->part)
		rows.split = c->splits[feed->part - 1];
	for (uint32_t i = 0; i < WEIR_PARTIAL_VALUES; i++)
		rows.values[i] = feed->values[i] == WEIR_NO_VALUE ? (struct weir_value){.type = WEIR_NULL}
								  : values[WEIR_PARTIAL_FIXED_VALUES + feed->values[i]];
	return rows;
}

static bool add_to(struct counting *a, const struct counted *c, const struct target *targets, uint32_t n)
{
	struct weir_plan *p = a->p;
	for (uint32_t i = 0; i < p->n_accumulators; i++) {
		const struct weir_spark_feed *feed = a->s->feeds + i;
		const struct weir_accumulator *acc = p->accumulators + i;
		if (feed->part != c->part)
			continue;
		struct weir_partial_rows is = gather(c, c->is, feed), was;
		if (c->was)
			was = gather(c, c->was, feed);
		for (uint32_t t = 0; t < n; t++)
			if (!acc->ops->partial->put(acc->type, weir_slab_at(targets[t].slab, i, targets[t].slot),
						    c->was ? &was : NULL, &is, &a->lost, targets[t].slab->budget))
				return false;
	}
	uint64_t more = (uint64_t)c->is[0].i - (c->was ? (uint64_t)c->was[0].i : 0);
	for (uint32_t t = 0; !c->part && t < n; t++)
		targets[t].slab->rows[targets[t].slot] += more;
	return true;
}

/* The rows of all partitions are one. */
static bool note_rows(struct weir_plan *p, const struct counted *c)
{
	uint64_t more = (uint64_t)c->is[0].i - (c->was ? (uint64_t)c->was[0].i : 0);
	uint32_t id = weir_plan_partition(p, 0, 0);
	if (id == WEIR_NO_PARTITION)
		return false;
	if (p->mode != WEIR_PLAN_RANGED)
		p->partition_rows[id] += more;
	if (!p->keeps_panes || p->mode == WEIR_PLAN_WINDOWED || c->time_us == WEIR_TIME_NONE)
		return true;
	struct weir_pane *pane = weir_panes_at(&p->panes, c->time_us);
	return pane && weir_pane_count(pane, id, more);
}

static bool count_entry(struct counting *a, struct weir_partial_entry *e)
{
	struct target targets[6];
	uint32_t n, group = WEIR_GROUP_TOTAL;
	struct counted c = read_entry(a->s, e);
	struct weir_plan *p = a->p;
	if (!accepts(p, &c)) {
		weir_partials_settle(a->s, e, false);
		return true;
	}
	if (p->n_groups)
		group = weir_groups_find(&p->groups, c.groups);
	if (!group || !find_targets(p, &c, group, targets, &n) || !add_to(a, &c, targets, n) ||
	    (!c.part && !note_rows(p, &c)))
		return false;
	weir_partials_settle(a->s, e, true);
	return true;
}

/* ---- before and after ---- */

/* Moves the newest event, the span of event times, and the width of panes to what comes. */
static void look_ahead(struct counting *a, const struct weir_partial_entry *e, int64_t *first_us)
{
	struct weir_plan *p = a->p;
	struct counted c = read_entry(a->s, e);
	int64_t from = c.is[1].type == WEIR_NULL ? WEIR_TIME_NONE : c.is[1].i,
		until = c.is[2].type == WEIR_NULL ? WEIR_TIME_NONE : c.is[2].i;
	if (until <= p->now_until_us && until > p->newest_us)
		p->newest_us = until;
	if (c.time_us == WEIR_TIME_NONE || !accepts(p, &c))
		return;
	if (from < *first_us)
		*first_us = from;
	if (p->mode != WEIR_PLAN_CUMULATIVE || c.part)
		return;
	weir_span_stretch(&p->first_us, &p->last_us, from, until);
	a->lost |= c.was && (from > c.was[1].i || until < c.was[2].i);
}

static bool prepare(struct weir_plan *p, int64_t first_us)
{
	p->built = false;
	p->slice->first_us = first_us;
	return first_us == INT64_MAX || !p->keeps_panes || weir_plan_widen_panes(p, p->slice);
}

static void finish_window(struct weir_plan *p, int64_t at_us)
{
	if (p->mode != WEIR_PLAN_CUMULATIVE || p->window.kind != WEIR_WINDOW_SLIDING)
		return;
	p->built_at_us = at_us != WEIR_TIME_NONE ? at_us : p->at_us != WEIR_TIME_NONE ? p->at_us : p->newest_us;
	p->built = true;
}

static bool finish(struct weir_plan *p)
{
	return weir_plan_drop_passed(p) && weir_plan_fit_memory(p);
}

static void note_newest(const struct weir_partials *s, struct weir_plan *p)
{
	if (s->noted_us > p->newest_us && s->noted_us <= p->now_until_us)
		p->newest_us = s->noted_us;
}

static enum weir_status count_changed(struct counting *a, struct weir_error *err)
{
	struct weir_partials *s = a->s;
	int64_t first_us = INT64_MAX;
	bool ok = true;
	note_newest(s, a->p);
	for (size_t i = 0; i < s->n_changed; i++)
		if (s->changed[i])
			look_ahead(a, s->changed[i], &first_us);
	ok = !s->n_changed || prepare(a->p, first_us);
	for (size_t i = 0; ok && !a->lost && i < s->n_changed; i++) {
		ok = !s->changed[i] || count_entry(a, s->changed[i]);
		if (ok && i % FIT_EVERY == FIT_EVERY - 1)
			ok = weir_plan_fit_memory(a->p);
	}
	if (!ok)
		return no_memory(err);
	if (!a->lost)
		s->n_changed = 0;
	return WEIR_OK;
}

enum weir_status weir_partials_apply(struct weir_partials *s, struct weir_plan *p, struct weir_error *err)
{
	struct counting a = {s, p, false};
	if (s->plan != p)
		return weir_partials_rebuild(s, p, WEIR_TIME_NONE, NULL, err);
	enum weir_status status = count_changed(&a, err);
	if (!status && a.lost) {
		s->account.rebuilt++;
		return weir_partials_rebuild(s, p, p->fixed ? p->built_at_us : WEIR_TIME_NONE, NULL, err);
	}
	if (!status && !finish(p))
		status = no_memory(err);
	finish_window(p, WEIR_TIME_NONE);
	weir_plan_settle(p);
	if (status)
		s->plan = NULL; /* what it has is not known */
	return status;
}

/* ---- all of them ---- */

static bool look_at_pane(struct counting *a, const struct weir_partial_pane *pane, int64_t *first_us)
{
	for (uint32_t i = 0; i <= pane->mask; i++) {
		struct weir_partial_entry *e = pane->table[i];
		if (!e || !e->is)
			continue;
		weir_partials_settle(a->s, e, false);
		look_ahead(a, e, first_us);
	}
	return true;
}

static bool count_pane(struct counting *a, const struct weir_partial_pane *pane)
{
	for (uint32_t i = 0; i <= pane->mask; i++)
		if (pane->table[i] && pane->table[i]->is && !count_entry(a, pane->table[i]))
			return false;
	return weir_plan_fit_memory(a->p);
}

static void begin(struct weir_partials *s, struct weir_plan *p, int64_t at_us)
{
	struct weir_partials_account account;
	bool fixed = at_us != WEIR_TIME_NONE;
	weir_partials_count(s, &account);
	int64_t newest_us = account.newest_us > p->newest_us ? account.newest_us : p->newest_us;
	p->partial_pane_us = s->layout.pane_us;
	weir_plan_reset(p);
	p->newest_us = newest_us <= p->now_until_us ? newest_us : WEIR_TIME_NONE;
	p->fixed = fixed;
	p->parts = 1;
	if (p->mode != WEIR_PLAN_CUMULATIVE || p->window.kind != WEIR_WINDOW_SLIDING)
		weir_plan_set_bounds(p, fixed ? at_us : p->newest_us,
				     account.oldest_us == WEIR_TIME_NONE ? INT64_MAX : account.oldest_us, fixed);
	s->n_changed = 0;
}

enum weir_status weir_partials_rebuild(struct weir_partials *s, struct weir_plan *p, int64_t at_us,
				       const _Atomic bool *cancel, struct weir_error *err)
{
	struct counting a = {s, p, false};
	int64_t first_us = INT64_MAX;
	s->plan = NULL;
	if (!weir_partials_attach(s, p))
		return no_memory(err);
	begin(s, p, at_us);
	for (size_t i = 0; i < s->n_panes; i++)
		look_at_pane(&a, s->panes + i, &first_us);
	bool ok = prepare(p, first_us);
	for (size_t i = 0; ok && i < s->n_panes; i++) {
		if (cancel && atomic_load_explicit(cancel, memory_order_relaxed))
			return weir_fail(err, WEIR_CANCELLED, "view", "given up for a newer question");
		ok = count_pane(&a, s->panes + i);
	}
	ok = ok && finish(p);
	p->built = ok;
	finish_window(p, at_us);
	weir_plan_settle(p);
	if (!ok)
		return no_memory(err);
	s->plan = p;
	return WEIR_OK;
}
