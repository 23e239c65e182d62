/* Answers of a search: the places of matches around where it began, and what is asked of them. */
#include "query/search/answer.h"

#include <stdlib.h>

static const struct weir_row_place beginning = {WEIR_TIME_NONE, 0, 0}, end = {INT64_MAX, UINT64_MAX, UINT16_MAX};

struct answer {
	struct weir_search_answer given;
	struct weir_arena arena;
	struct weir_budget *budget; /* borrowed: what its places are charged to */
	int64_t charged;
};

static void free_answer(struct weir_study_answer *base)
{
	struct answer *a = (struct answer *)base;
	weir_budget_charge(a->budget, -a->charged);
	weir_arena_release(&a->arena);
	free(a);
}

/* Matches on one side of the place, nearest ones, and whether these are all there are. */
struct side {
	uint32_t n;
	bool reaches_end;
};

/* Whether a segment that was not looked at may hold rows on that side; then the nearest time that such a row may have. */
static bool unknown_side(const struct weir_row_list *l, int64_t at_us, bool newer, int64_t *nearest_us)
{
	bool any = false;
	for (size_t i = 0; i < l->n; i++) {
		const struct weir_row_segment *s = l->items + i;
		int64_t first, last;
		if (s->known)
			continue;
		weir_row_segment_times(l, s, &first, &last);
		if (!s->all_timed && (!newer || at_us == WEIR_TIME_NONE))
			first = WEIR_TIME_NONE;
		if (newer ? last < at_us : first > at_us)
			continue;
		int64_t time_us = newer ? first : last;
		if (!any || (newer ? time_us < *nearest_us : time_us > *nearest_us))
			*nearest_us = time_us;
		any = true;
	}
	return any;
}

/* Up to `most` matches next to the place, newest first in `out`, without those that an unknown row might come before. */
static enum weir_status gather(struct weir_row_list *l, const struct weir_row_place *at, bool newer,
			       struct weir_row_found *out, uint32_t most, struct side *side, struct weir_error *err)
{
	uint32_t n, kept = 0;
	int64_t limit_us = 0;
	enum weir_status status = weir_rows_near(NULL, l, at, &end, newer, out, most, &n, err);
	if (status)
		return status;
	bool unknown = unknown_side(l, at->time_us, newer, &limit_us);
	side->reaches_end = !unknown && n < most;
	if (!unknown) {
		side->n = n;
		return WEIR_OK;
	}
	for (uint32_t i = 0; i < n; i++) /* newer ones: those nearest to the place stand at the end */
		if (newer ? out[i].place.time_us < limit_us : out[i].place.time_us > limit_us)
			out[kept++] = out[i];
	side->n = kept;
	return WEIR_OK;
}

bool weir_search_nearest_is_sure(struct weir_row_list *l, const struct weir_search_config *config)
{
	struct weir_row_found found;
	struct weir_row_place at = config->newer ? weir_row_behind(&config->from) : config->from;
	struct side side;
	return gather(l, &at, config->newer, &found, 1, &side, NULL) == WEIR_OK && (side.n || side.reaches_end);
}

/* Rows of a stream with numbers below that were all considered: none of them is later than the moment. */
static void set_searched(const struct weir_row_list *l, const struct weir_study_rows *rows, uint64_t *searched)
{
	for (size_t i = 0; i < l->n; i++)
		searched[l->items[i].stream] = l->items[i].first_row + l->items[i].n_rows;
	for (size_t i = l->n; i-- > 0;)
		if (l->items[i].segment->time_max_us > rows->moment_us && rows->moment_us != WEIR_TIME_NONE)
			searched[l->items[i].stream] = l->items[i].first_row;
}

static bool describe(struct answer *a, const struct weir_row_list *l, const struct weir_search_config *config,
		     const struct weir_study_rows *rows)
{
	struct weir_search_answer *g = &a->given;
	uint64_t *searched = weir_arena_zalloc(&a->arena, (rows->snapshot->n_streams + (size_t)1) * sizeof *searched);
	g->what = weir_arena_str(&a->arena, config->what);
	if (!searched || !g->what.data)
		return false;
	set_searched(l, rows, searched);
	g->generation = rows->generation;
	g->n_streams = rows->snapshot->n_streams;
	g->searched = searched;
	g->base.whole = true;
	for (size_t i = 0; i < l->n; i++) {
		g->n_matches += l->items[i].n_pass;
		g->base.whole = g->base.whole && l->items[i].known;
	}
	return true;
}

static bool take_places(struct answer *a, const struct weir_row_list *l, const struct weir_row_found *found, uint32_t n)
{
	struct weir_row_place *places = weir_arena_alloc(&a->arena, (n + (size_t)1) * sizeof *places);
	if (!places)
		return false;
	for (uint32_t i = 0; i < n; i++)
		places[i] = found[i].place;
	a->given.places = places;
	a->given.n_places = n;
	if (n) {
		struct weir_row_place behind = weir_row_behind(&places[0]);
		a->given.n_newer = a->given.n_matches - weir_rows_before(l, &behind);
	}
	a->charged = (int64_t)(n * sizeof *places);
	a->budget = l->budget;
	weir_budget_charge(a->budget, a->charged);
	return true;
}

/* Between which rows all matches are known. */
static void set_range(struct weir_search_answer *g, const struct weir_row_place *at, const struct side *newer,
		      const struct side *older)
{
	g->reaches_newest = newer->reaches_end;
	g->reaches_oldest = older->reaches_end;
	g->to = newer->reaches_end ? end : newer->n ? g->places[0] : *at;
	g->from = older->reaches_end ? beginning : older->n ? g->places[g->n_places - 1] : *at;
}

enum weir_status weir_search_answer_new(struct weir_row_list *l, const struct weir_search_config *config,
					const struct weir_study_rows *rows, uint64_t n_undecided, uint32_t most,
					struct weir_search_answer **out, struct weir_error *err)
{
	struct answer *a = weir_calloc(1, sizeof *a);
	struct weir_row_found *found = weir_alloc(2 * (size_t)most * sizeof *found);
	struct side newer = {0}, older = {0};
	enum weir_status status = WEIR_OK;
	bool ok = a && found && describe(a, l, config, rows);
	*out = NULL;
	if (ok)
		status = gather(l, &config->from, true, found, most, &newer, err);
	if (ok && !status)
		status = gather(l, &config->from, false, found + newer.n, most, &older, err);
	if (!ok || (!status && !take_places(a, l, found, newer.n + older.n)))
		status = weir_fail(err, WEIR_NO_MEMORY, "search", "out of memory");
	free(found);
	if (status) {
		if (a)
			free_answer(&a->given.base);
		return status;
	}
	a->given.base.refs = 1;
	a->given.base.free = free_answer;
	a->given.n_undecided = n_undecided;
	set_range(&a->given, &config->from, &newer, &older);
	*out = &a->given;
	return WEIR_OK;
}

/* The first of the places that is at that one or older; n_places: none is. */
static uint32_t find(const struct weir_search_answer *a, const struct weir_row_place *at)
{
	uint32_t low = 0, high = a->n_places;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (weir_row_place_compare(&a->places[middle], at) > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

enum weir_search_next weir_search_step(const struct weir_search_answer *a, const struct weir_row_place *at, bool newer,
				       struct weir_row_place *out)
{
	uint32_t i = find(a, at);
	bool here = i < a->n_places && weir_row_place_compare(&a->places[i], at) == 0;
	if (weir_row_place_compare(at, &a->from) < 0 || weir_row_place_compare(at, &a->to) > 0)
		return WEIR_SEARCH_UNKNOWN;
	if (!newer)
		i += here;
	if (newer ? i == 0 : i == a->n_places)
		return (newer ? a->reaches_newest : a->reaches_oldest) ? WEIR_SEARCH_NONE : WEIR_SEARCH_UNKNOWN;
	*out = a->places[newer ? i - 1 : i];
	return WEIR_SEARCH_FOUND;
}

bool weir_search_holds(const struct weir_search_answer *a, const struct weir_row_place *at, uint64_t *index)
{
	uint32_t i = find(a, at);
	if (i == a->n_places || weir_row_place_compare(&a->places[i], at) != 0)
		return false;
	*index = a->n_newer + i;
	return true;
}
