/* The end of a tally's run: each code's share to its group's slots, in totals and panes alike. */
#include "query/plan_state.h"

struct target { /* a slab, the slot of the group in it when `slot` is not given */
	struct weir_slab *slab;
	bool cell; /* the slot is the group's cell in the pane; else the group's number */
};

static uint32_t targets_of(struct weir_plan *p, const struct weir_pane *pane, struct target *out)
{
	uint32_t n = 0;
	if (p->mode == WEIR_PLAN_CUMULATIVE)
		out[n++] = (struct target){&p->totals, false};
	if (p->mode == WEIR_PLAN_RANGED && pane->index >= p->now.low && pane->index <= p->now.high)
		out[n++] = (struct target){&p->now.slab, false};
	if (p->mode == WEIR_PLAN_RANGED && pane->index >= p->before.low && pane->index <= p->before.high)
		out[n++] = (struct target){&p->before.slab, false};
	if (p->keeps_panes)
		out[n++] = (struct target){&p->panes.slab, true};
	return n;
}

static bool give(struct weir_plan *p, struct weir_pane *pane, uint32_t slot, uint32_t group)
{
	const struct weir_tally *t = &p->tally.tally;
	struct target targets[4];
	uint32_t n = targets_of(p, pane, targets);
	for (uint32_t i = 0; i < n; i++) {
		struct weir_slab *slab = targets[i].slab;
		uint32_t at = targets[i].cell ? weir_panes_cell(&p->panes, pane, group) : group;
		if (at == UINT32_MAX)
			return false;
		slab->rows[at] += weir_tally_rows(t, slot);
		for (uint32_t c = 0; c < p->n_components; c++)
			if ((!p->components[c].total_only || group == WEIR_GROUP_TOTAL) &&
			    !weir_tally_merge(t, c, slot, weir_slab_item(slab, c, at)))
				return false;
	}
	return true;
}

/* The groups of the slots with rows: present[i] → groups[i]. */
static bool find_groups(struct weir_plan *p, uint32_t *n_present)
{
	struct weir_plan_tally *t = &p->tally;
	uint32_t n = 0;
	for (uint32_t i = 0; i < t->tally.n_slots; i++)
		if (weir_tally_rows(&t->tally, i))
			t->present[n++] = i;
	*n_present = n;
	return weir_tally_keys_groups(p, t->present, n, t->groups);
}

static bool reserve(struct weir_plan *p)
{
	if (p->mode == WEIR_PLAN_CUMULATIVE)
		return weir_slab_reserve(&p->totals, p->groups.n);
	return p->mode != WEIR_PLAN_RANGED ||
	       (weir_slab_reserve(&p->now.slab, p->groups.n) && (p->change_gone || weir_slab_reserve(&p->before.slab, p->groups.n)));
}

enum weir_status weir_plan_tally_flush(struct weir_plan *p, struct weir_error *err)
{
	struct weir_plan_tally *t = &p->tally;
	struct weir_pane *pane = NULL;
	uint32_t n = 0;
	if (!t->tally.n_rows)
		return WEIR_OK;
	weir_tally_close(&t->tally);
	bool ok = find_groups(p, &n) && reserve(p) && (!p->keeps_panes || (pane = weir_panes_at(&p->panes, t->run_us)));
	for (uint32_t i = 0; ok && i < n; i++)
		ok = give(p, pane, t->present[i], t->groups[i]);
	bool total = p->n_groups && (p->keeps_total || p->mode == WEIR_PLAN_RANGED);
	if (ok && total) {
		weir_tally_sum(&t->tally);
		ok = give(p, pane, t->tally.n_slots, WEIR_GROUP_TOTAL);
		weir_tally_clear(&t->tally, t->tally.n_slots);
	}
	for (uint32_t i = 0; i < n; i++)
		weir_tally_clear(&t->tally, t->present[i]);
	t->tally.n_rows = 0;
	return ok ? WEIR_OK : weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory while computing the view");
}

void weir_plan_tally_drop(struct weir_plan *p)
{
	for (uint32_t i = 0; p->tally.tally.n_rows && i <= p->tally.tally.n_slots; i++)
		weir_tally_clear(&p->tally.tally, i);
	p->tally.tally.n_rows = 0;
	p->tally.n_waiting = 0;
}
