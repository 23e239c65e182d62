/* The groups that changed most. The cheap test comes first: only what changed by a part worth telling is held against chance. */
#include "weir/query/movers.h"

#include "query/result/result.h"

#include <math.h>
#include <stdlib.h>

#define LEAST_CHANGE 0.05  /* of the larger value */
enum { MOST_TESTED = 40 }; /* changes that are held against chance: each costs a look at all panes */

struct candidate {
	uint32_t group, measure;
	double size;  /* of the change, by the larger value; then the part of it that is certain */
	double moved; /* the change as it is shown: by the value before */
};

static uint64_t rows_of(const struct weir_slab *slab, uint32_t group)
{
	return group < slab->n && weir_slab_has_rows(slab, group) ? slab->rows[group] : 0;
}

static uint64_t weight_of(const struct weir_build *b, uint32_t group)
{
	uint64_t now = rows_of(b->slab, group), before = rows_of(&b->plan->before.slab, group);
	return now > before ? now : before;
}

/* The groups with most rows, in any order: a heap with the least of them in front. */
static uint32_t find_largest(const struct weir_build *b, uint32_t *heap)
{
	uint32_t n = 0;
	for (uint32_t g = WEIR_GROUP_FIRST; g < b->plan->groups.n; g++) {
		uint64_t weight = weight_of(b, g);
		if (!weight || (n == WEIR_MOVERS_LOOKED_AT && weight <= weight_of(b, heap[0])))
			continue;
		uint32_t at = 0;
		if (n < WEIR_MOVERS_LOOKED_AT) {
			for (at = n++; at && weight < weight_of(b, heap[(at - 1) / 2]); at = (at - 1) / 2)
				heap[at] = heap[(at - 1) / 2];
		} else {
			for (uint32_t child = 1; child < n; at = child, child = 2 * at + 1) {
				child += child + 1 < n && weight_of(b, heap[child + 1]) < weight_of(b, heap[child]);
				if (weight <= weight_of(b, heap[child]))
					break;
				heap[at] = heap[child];
			}
		}
		heap[at] = g;
	}
	return n;
}

static int by_size(const void *x, const void *y)
{
	const struct candidate *a = x, *b = y;
	if (a->size != b->size)
		return a->size > b->size ? -1 : 1;
	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	return (a->measure > b->measure) - (a->measure < b->measure);
}

static int by_moved(const void *x, const void *y)
{
	const struct candidate *a = x, *b = y;
	return a->moved != b->moved ? (a->moved > b->moved ? -1 : 1) : by_size(x, y);
}

/* Changes that are worth a test. False: no memory. */
static bool find_candidates(struct weir_build *b, const uint32_t *groups, uint32_t n_groups, struct candidate *out,
			    uint32_t *n)
{
	const struct weir_plan *p = b->plan;
	*n = 0;
	for (uint32_t i = 0; i < n_groups; i++)
		for (uint32_t m = 0; m < p->n_measures; m++) {
			struct weir_ranked item = {groups[i], groups[i]};
			struct weir_value now, before;
			if (p->measures[m].ast->aggregate->noise == WEIR_NOISE_UNKNOWN)
				continue;
			if (!weir_build_pair(b, m, item, &now, &before))
				return false;
			double a = weir_value_number(&now), c = weir_value_number(&before);
			double size = fabs(a - c) / fmax(fabs(a), fabs(c));
			if (size >= LEAST_CHANGE) /* not NaN */
				out[(*n)++] =
				    (struct candidate){groups[i], m, size, c != 0 ? fabs(a - c) / fabs(c) : INFINITY};
		}
	qsort(out, *n, sizeof *out, by_size);
	return true;
}

/* The most certain of the first of them, in front, one for each group; those that moved most come first. False: no memory. */
static bool test_candidates(struct weir_build *b, struct candidate *items, uint32_t *n)
{
	uint32_t kept = 0, most = *n < MOST_TESTED ? *n : MOST_TESTED;
	for (uint32_t i = 0; i < most; i++) {
		const struct weir_slab *slab;
		uint32_t slot;
		double margin;
		if (!weir_build_part(b, (struct weir_ranked){items[i].group, items[i].group}, &slab, &slot))
			return false;
		if (weir_build_margin(b, items[i].measure, items[i].group, slab, slot, &margin) && margin > 0)
			items[kept++] = (struct candidate){items[i].group, items[i].measure, margin, items[i].moved};
	}
	qsort(items, kept, sizeof *items, by_size);
	*n = 0;
	for (uint32_t i = 0; i < kept && *n < WEIR_MOST_MOVERS; i++) {
		uint32_t k = 0;
		while (k < *n && items[k].group != items[i].group)
			k++;
		if (k == *n)
			items[(*n)++] = items[i];
	}
	qsort(items, *n, sizeof *items, by_moved);
	return true;
}

static bool fill(struct weir_build *b, const struct candidate *c, struct weir_mover *out)
{
	const struct weir_plan *p = b->plan;
	struct weir_value *groups = weir_arena_alloc(&b->result->arena, (p->n_groups + 1) * sizeof *groups);
	for (uint32_t i = 0; groups && i < p->n_groups; i++) {
		groups[i] = p->groups.keys[c->group][i];
		if (!weir_build_value(b, groups + i))
			return false;
	}
	*out = (struct weir_mover){.groups = groups,
				   .measure = c->measure,
				   .is_new = !rows_of(&p->before.slab, c->group),
				   .is_gone = !rows_of(b->slab, c->group)};
	return groups &&
	       weir_build_pair(b, c->measure, (struct weir_ranked){c->group, c->group}, &out->now, &out->before);
}

static bool find_movers(struct weir_build *b, struct weir_movers *movers)
{
	uint32_t largest[WEIR_MOVERS_LOOKED_AT], n_groups = find_largest(b, largest), n;
	struct candidate *items = weir_alloc(((size_t)n_groups * b->plan->n_measures + 1) * sizeof *items);
	bool ok = items && find_candidates(b, largest, n_groups, items, &n) && test_candidates(b, items, &n);
	struct weir_mover *found = ok ? weir_arena_alloc(&b->result->arena, (n + 1) * sizeof *found) : NULL;
	ok = found != NULL;
	for (uint32_t i = 0; ok && i < n; i++)
		ok = fill(b, items + i, found + i);
	movers->n = ok ? n : 0;
	movers->items = found;
	free(items);
	return ok;
}

static enum weir_status build(struct weir_build *b, const void **out, struct weir_error *err)
{
	struct weir_movers *movers = weir_arena_zalloc(&b->result->arena, sizeof *movers);
	*out = movers;
	if (movers && (!b->plan->n_groups || !b->compared_us || find_movers(b, movers)))
		return WEIR_OK;
	return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory for what changed in a result");
}

const struct weir_extra weir_extra_movers = {.name = "movers", .ahead = true, .live = true, .build = build};
