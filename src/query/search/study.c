/* The study of a search: segments from the place on where it begins, the nearest match offered as soon as it is sure. */
#include "query/search/search.h"

#include "query/search/answer.h"

#include <stdlib.h>

enum { FIRST_PLACES = 256 }; /* of the answer that comes as soon as the next match is known */

struct search {
	struct weir_study study;
	struct weir_search_config config; /* what, columns, their names: in the arena */
	struct weir_arena arena;
	struct weir_study_rows *rows; /* one reference */
	struct weir_cells **cells;    /* owned, one a share */
	uint32_t n_shares;
	uint32_t *order;           /* owned: of the pieces, items of the list */
	uint64_t *from;            /* owned, by stream: rows before that number are known from an earlier answer */
	pthread_mutex_t lock;      /* over the rest */
	struct weir_row_list list; /* the rows that match */
	uint64_t n_undecided;
	bool offered;
};

static enum weir_status no_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "search", "out of memory");
}

/* Whether an earlier answer is about the same, and has the place of each match. */
static bool is_of_use(const struct search *s, const struct weir_search_answer *a)
{
	return a && a->base.whole && a->reaches_newest && a->reaches_oldest &&
	       weir_str_equal(a->what, s->config.what) && a->generation == s->rows->generation &&
	       a->n_streams == s->rows->snapshot->n_streams && !a->n_undecided;
}

struct near {
	int64_t distance; /* in time, to the rows nearest on the side that is wanted; the other side comes after it */
	uint32_t item;
};

static int nearest_first(const void *a, const void *b)
{
	const struct near *x = a, *y = b;
	if (x->distance != y->distance)
		return x->distance < y->distance ? -1 : 1;
	return (x->item > y->item) - (x->item < y->item);
}

/* Segments that may hold rows on the wanted side come first, those next to the place before others. */
static bool order_pieces(struct search *s)
{
	size_t n = s->list.n;
	struct near *near = weir_alloc((n + 1) * sizeof *near);
	s->order = weir_alloc((n + 1) * sizeof *s->order);
	bool ok = near && s->order;
	int64_t at = s->config.from.time_us;
	for (uint32_t i = 0; ok && i < n; i++) {
		int64_t first, last;
		weir_row_segment_times(&s->list, s->list.items + i, &first, &last);
		bool untimed = !s->list.items[i].all_timed;
		int64_t low = untimed && (!s->config.newer || at == WEIR_TIME_NONE) ? WEIR_TIME_NONE : first;
		bool beyond = s->config.newer ? last < at : low > at;
		/* Times are halved, so that their distances have room. */
		int64_t half = at / 2, away = s->config.newer ? first / 2 - half : half - last / 2;
		if (beyond)
			away = INT64_MAX / 2 + (s->config.newer ? half - last / 2 : first / 2 - half) / 2;
		near[i] = (struct near){away < 0 ? 0 : away, i};
	}
	if (ok)
		qsort(near, n, sizeof *near, nearest_first);
	for (size_t i = 0; ok && i < n; i++)
		s->order[i] = near[i].item;
	free(near);
	return ok;
}

static enum weir_status make_cells(struct search *s, uint32_t shares, struct weir_error *err)
{
	s->cells = weir_calloc(shares, sizeof(struct weir_cells *));
	if (!s->cells)
		return no_memory(err);
	s->n_shares = shares;
	for (uint32_t i = 0; i < shares; i++) {
		struct weir_plan *plan;
		enum weir_status status = weir_study_rows_bind(s->rows, &plan, err);
		if (status == WEIR_OK)
			status = weir_cells_new(s->config.what, plan, s->config.columns, s->config.n_columns,
						&s->cells[i], err);
		if (status)
			return status;
	}
	return WEIR_OK;
}

static enum weir_status begin(struct weir_study *study, struct weir_study_rows *rows, uint32_t shares,
			      struct weir_study_work *work, struct weir_error *err)
{
	struct search *s = (struct search *)study;
	s->rows = weir_study_rows_ref(rows);
	s->list.budget = rows->budget;
	s->list.live = rows->live;
	s->from = weir_calloc(rows->snapshot->n_streams + (size_t)1, sizeof *s->from);
	if (!s->from || !weir_row_list_fill(&s->list, rows->snapshot) || !order_pieces(s))
		return no_memory(err);
	if (is_of_use(s, s->config.earlier))
		memcpy(s->from, s->config.earlier->searched, rows->snapshot->n_streams * sizeof *s->from);
	(void)work; /* its pieces are segments, as they come */
	return make_cells(s, shares, err);
}

/* Rows that an earlier answer knows. */
static void take_known(const struct search *s, const struct weir_row_segment *item, uint32_t n, uint64_t *match)
{
	const struct weir_search_answer *a = s->config.earlier;
	for (uint32_t i = 0; n && i < a->n_places; i++) {
		const struct weir_row_place *p = a->places + i;
		if (p->stream == item->stream && p->number >= item->first_row && p->number - item->first_row < n)
			weir_bit_set(match, (uint32_t)(p->number - item->first_row));
	}
}

/* Offers the nearest match once no row that was not looked at can be nearer. The lock is held. */
static void offer(struct search *s, struct weir_study_run *run)
{
	struct weir_search_answer *part = NULL;
	if (s->offered || !weir_search_nearest_is_sure(&s->list, &s->config))
		return;
	s->offered =
	    weir_search_answer_new(&s->list, &s->config, s->rows, s->n_undecided, FIRST_PLACES, &part, NULL) == WEIR_OK;
	if (s->offered)
		weir_study_offer(run, &part->base);
}

static enum weir_status piece(struct weir_study *study, struct weir_study_run *run, uint32_t share, uint32_t number,
			      struct weir_error *err)
{
	struct search *s = (struct search *)study;
	struct weir_row_segment *item = s->list.items + s->order[number];
	uint64_t *match = weir_calloc(weir_bit_words(item->n_rows), sizeof *match), undecided = 0;
	uint64_t known_to = s->from[item->stream];
	uint32_t from = known_to <= item->first_row                 ? 0
			: known_to - item->first_row < item->n_rows ? (uint32_t)(known_to - item->first_row)
								    : item->n_rows;
	uint32_t n = 0;
	if (!match)
		return no_memory(err);
	take_known(s, item, from, match);
	enum weir_status status =
	    weir_cells_search(s->cells[share], item->segment, from, s->rows->moment_us, match, &undecided, err);
	if (status) {
		free(match);
		return status;
	}
	for (uint32_t i = 0; i < weir_bit_words(item->n_rows); i++)
		n += (uint32_t)__builtin_popcountll(match[i]);
	pthread_mutex_lock(&s->lock);
	weir_row_list_know(&s->list, item, match, n);
	s->n_undecided += undecided;
	offer(s, run);
	bool enough = s->offered && s->config.nearest_only;
	pthread_mutex_unlock(&s->lock);
	weir_study_advance(run, share, item->n_rows);
	return enough ? WEIR_END : WEIR_OK;
}

static enum weir_status join(struct weir_study *study, struct weir_study_work *work, bool *again,
			     struct weir_study_answer **out, struct weir_error *err)
{
	struct search *s = (struct search *)study;
	struct weir_search_answer *answer = NULL;
	(void)work;
	(void)again;
	enum weir_status status =
	    weir_search_answer_new(&s->list, &s->config, s->rows, s->n_undecided, WEIR_SEARCH_PLACES / 2, &answer, err);
	if (status == WEIR_OK)
		*out = &answer->base;
	return status;
}

static void free_search(struct weir_study *study)
{
	struct search *s = (struct search *)study;
	for (uint32_t i = 0; i < s->n_shares; i++)
		weir_cells_free(s->cells[i]);
	if (s->config.earlier)
		weir_study_answer_unref(&s->config.earlier->base);
	weir_row_list_clear(&s->list);
	weir_study_rows_unref(s->rows);
	free(s->cells);
	free(s->order);
	free(s->from);
	pthread_mutex_destroy(&s->lock);
	weir_arena_release(&s->arena);
	free(s);
}

const struct weir_study_ops weir_search_ops = {
    .name = "search", .in_order = true, .begin = begin, .piece = piece, .join = join, .free = free_search};

static bool copy_config(struct search *s, const struct weir_search_config *config)
{
	struct weir_str *columns = weir_arena_alloc(&s->arena, (config->n_columns + (size_t)1) * sizeof *columns);
	s->config = *config;
	s->config.earlier = NULL;
	s->config.columns = columns;
	s->config.what = weir_arena_str(&s->arena, config->what);
	bool ok = columns && s->config.what.data;
	for (uint32_t i = 0; ok && i < config->n_columns; i++) {
		columns[i] = weir_arena_str(&s->arena, config->columns[i]);
		ok = columns[i].data != NULL;
	}
	if (ok && config->earlier) {
		weir_study_answer_ref(&config->earlier->base);
		s->config.earlier = config->earlier;
	}
	return ok;
}

enum weir_status weir_search_new(const struct weir_search_config *config, struct weir_study **out,
				 struct weir_error *err)
{
	struct weir_finder *finder = NULL;
	*out = NULL;
	enum weir_status status = weir_finder_new(config->what, &finder, err);
	weir_finder_free(finder);
	if (status)
		return status;
	struct search *s = weir_calloc(1, sizeof *s);
	if (!s)
		return no_memory(err);
	s->study.ops = &weir_search_ops;
	if (pthread_mutex_init(&s->lock, NULL) != 0) {
		free(s);
		return no_memory(err);
	}
	if (!copy_config(s, config)) {
		free_search(&s->study);
		return no_memory(err);
	}
	*out = &s->study;
	return WEIR_OK;
}
