/* What the windows of a batch, and one that grows, are compared with. A window that is over is compared with as many panes, counted as they came; one
 * that is not, with the same part of the earlier one to the microsecond, which is counted again from the rows that are held. */
#include "query/result/result.h"

enum { MOST_PARTS = 64 }; /* windows that are counted again; of a hopping window many may be open at the end */

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Two stretches of part_us: of the window from start_us on, which has size_us, and from then_us on; both half-open. */
struct stretch {
	int64_t start_us, size_us, then_us, part_us;
};

/* Compares with nothing where not all rows of both were seen: event time has come to seen_us. */
static bool is_covered(struct weir_build *b, const struct stretch *s, int64_t seen_us)
{
	struct weir_comparison_account *account = &b->result->comparison;
	int64_t from = b->rows->covered_from_us;
	bool early = from != WEIR_TIME_NONE && earlier(s->start_us, s->then_us) < from;
	bool not_over = s->part_us <= 0 || s->then_us + s->part_us - 1 > seen_us;
	account->n_early += early;
	account->n_not_over += !early && not_over;
	return !early && !not_over;
}

/* The rows of the earlier stretch, counted again. */
static bool count_again(struct weir_build *b, const struct stretch *s)
{
	struct weir_plan *span = b->rows->span;
	b->failed =
	    weir_plan_rebuild_span(span, b->rows->snapshot, s->then_us - 1, s->then_us + s->part_us - 1, b->err);
	return b->failed == WEIR_OK && weir_plan_take_before(b->plan, span);
}

static void compare(struct weir_build *b, const struct stretch *s)
{
	struct weir_comparison_account *account = &b->result->comparison;
	b->compared_us = s->part_us;
	if (s->part_us == s->size_us)
		return;
	b->seconds =
	    (double)s->part_us / (double)WEIR_US_PER_S; /* so that a rate is what the other one is compared with */
	account->n_parts++;
	account->part_us = s->part_us;
}

/* Until when a window that grows has been seen: a screen's is as long as time has passed, with rows or without, and holds rows that
 * are ahead of it by less than --skew. */
static int64_t seen_until(const struct weir_build *b)
{
	const struct weir_plan *p = b->plan;
	int64_t newest_us = weir_build_newest_us(b);
	if (p->live && p->built_at_us != WEIR_TIME_NONE && p->built_at_us < newest_us) /* a moment of the past */
		return p->built_at_us;
	return p->live ? later(later(newest_us, p->last_us), b->result->moment_us) : newest_us;
}

/* A screen goes on where memory does not allow it. */
static bool count_since(struct weir_build *b, const struct stretch *s, struct weir_slab *slab)
{
	struct weir_comparison_account *account = &b->result->comparison;
	if (!b->plan->live)
		return count_again(b, s) && weir_slab_reserve(slab, b->plan->groups.n);
	if (!count_again(b, s) || b->rows->span->too_many) {
		b->failed = WEIR_OK;
		account->n_unheld = 1;
	}
	return weir_slab_reserve(slab, b->plan->groups.n);
}

/* From since to what has been seen, and as long before: both ends belong to it. */
static bool compare_since(struct weir_build *b, struct weir_slab *slab)
{
	struct weir_plan *p = b->plan;
	struct weir_result *r = b->result;
	const struct weir_comparison *c = &p->compare;
	int64_t seen_us = seen_until(b), since_us = p->window.since_us;
	r->comparison.n_windows = 1;
	b->lists_gone = !p->live;
	if (seen_us == WEIR_TIME_NONE || seen_us < since_us) {
		r->comparison.n_not_over = 1;
		r->comparable_at_us = since_us;
		return true;
	}
	int64_t size_us = seen_us - since_us + 1;
	int64_t then_us = c->kind == WEIR_COMPARISON_AT    ? c->at_us - size_us + 1
			  : c->kind == WEIR_COMPARISON_AGO ? since_us - c->offset_us
							   : since_us - size_us;
	struct stretch s = {since_us, size_us, then_us, size_us};
	if (!is_covered(b, &s, seen_us)) { /* its beginning stays where it is, and moves no further into the data */
		r->comparable_at_us = r->comparison.n_not_over ? then_us + size_us - 1 : WEIR_TIME_NONE;
		return true;
	}
	if (b->rows->kept_from_us != WEIR_TIME_NONE &&
	    weir_plan_span_needs(b->rows->span, then_us - 1, then_us + size_us - 1) < b->rows->kept_from_us) {
		r->comparison.n_unheld = 1;
		return true;
	}
	if (!count_since(b, &s, slab))
		return false;
	if (r->comparison.n_unheld)
		return true;
	b->seconds = (double)size_us / (double)WEIR_US_PER_S; /* a rate is by the length of both */
	compare(b, &s);
	r->compared_us = size_us;
	r->previous_from_us = then_us;
	r->window_start_us = since_us;
	r->window_end_us = since_us + size_us;
	return true;
}

/* A sliding window holds (T - size, T]: half-open from a microsecond later on. It is over where it was asked for as of then. */
bool weir_build_earlier(struct weir_build *b, struct weir_slab *slab)
{
	struct weir_plan *p = b->plan;
	struct weir_result *r = b->result;
	if (b->compares && p->window.kind == WEIR_WINDOW_SINCE)
		return compare_since(b, slab);
	if (!b->compares || p->built_at_us == WEIR_TIME_NONE)
		return true;
	const struct weir_comparison *c = &p->compare;
	int64_t at_us = p->built_at_us, size_us = p->window.size_us;
	int64_t then_us = c->kind == WEIR_COMPARISON_AT    ? c->at_us
			  : c->kind == WEIR_COMPARISON_AGO ? at_us - c->offset_us
							   : at_us - size_us;
	struct stretch s = {at_us - size_us + 1, size_us, then_us - size_us + 1, size_us};
	int64_t newest_us = weir_build_newest_us(b);
	if (at_us == p->at_us && newest_us != WEIR_TIME_NONE) /* --at may lie ahead of all rows */
		s.part_us = earlier(size_us, newest_us - s.start_us + 1);
	r->comparison.n_windows = 1;
	b->lists_gone = true;
	if (!is_covered(b, &s, weir_build_newest_us(b)))
		return true;
	if (!count_again(b, &s))
		return false;
	compare(b, &s);
	r->compared_us = s.part_us;
	r->previous_from_us = s.then_us - 1;
	return weir_slab_reserve(slab, p->groups.n);
}

/* Windows that are not over: the rows of the earlier ones are needed again. */
static bool compare_part(struct weir_build *b, const struct stretch *s)
{
	struct weir_comparison_account *account = &b->result->comparison;
	int64_t kept = b->rows->kept_from_us;
	if (account->n_parts == MOST_PARTS || (kept != WEIR_TIME_NONE && s->then_us < kept)) {
		account->n_unheld++;
		return true;
	}
	if (!count_again(b, s))
		return false;
	compare(b, s);
	return true;
}

bool weir_build_earlier_window(struct weir_build *b, int64_t start_us, int64_t low, int64_t n_panes)
{
	struct weir_plan *p = b->plan;
	if (!b->compares)
		return true;
	int64_t back = weir_plan_back(p, low, p->window.hop_us / p->panes.width_us);
	struct stretch s = {start_us, p->window.size_us, start_us - back * p->panes.width_us, p->window.size_us};
	s.part_us = later(earlier(s.size_us, weir_build_newest_us(b) - start_us + 1), 0);
	b->result->comparison.n_windows++;
	b->compared_us = 0;
	b->seconds = (double)s.size_us / (double)WEIR_US_PER_S;
	b->lists_gone = true;
	if (!is_covered(b, &s, weir_build_newest_us(b)))
		return true;
	if (s.part_us < s.size_us)
		return compare_part(b, &s);
	compare(b, &s);
	return weir_range_move(&p->before, &p->panes, low - back, low - back + n_panes - 1);
}
