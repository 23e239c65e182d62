/* Adds rows to a plan, slice by slice. The only driver: filter, window, groups and panes, then the short way or the long one. */
#include "query/plan/slice.h"

static enum weir_status no_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory while computing the view");
}

/* Takes rows out of `keep` that are in no window that may still be asked for. */
static void accept(struct weir_plan *p, struct weir_slice *s, struct weir_ledger *const *ledgers, uint64_t first_row,
		   uint32_t *n_true)
{
	int64_t after = p->accept_after_us, until = weir_plan_until(p);
	bool timed = p->window.kind != WEIR_WINDOW_ALL && p->window.kind != WEIR_WINDOW_ROWS;
	uint32_t n = 0;
	if (s->last_us > p->reach_us)
		weir_plan_note_ahead(p, s->batch, s->from, s->n);
	if (s->all_timed && s->first_us > after && s->last_us <= until && !p->newest.active && !p->accept_none)
		return;
	if (s->all_timed && (s->last_us <= after || s->first_us > until)) {
		memset(s->keep, 0, weir_bit_words(s->n) * sizeof *s->keep);
		*n_true = 0;
		return;
	}
	for (uint32_t i = 0; i < s->n; i++) {
		if (!weir_bit_get(s->keep, i))
			continue;
		uint32_t row = s->from + i;
		int64_t t = weir_batch_time(p, s->batch, row);
		bool in = t == WEIR_TIME_NONE ? p->accept_no_time : t > after && t <= until;
		if (p->newest.active && in) {
			struct weir_order order = weir_plan_arrival(p, s->batch, row, first_row);
			in = weir_order_compare(&order, &p->newest.from) >= 0;
		}
		if (t == WEIR_TIME_NONE && timed && ledgers)
			ledgers[s->batch->partition ? s->batch->partition[row] : 0]->no_time++;
		if (in && !p->accept_none)
			n++;
		else
			weir_bit_clear(s->keep, i);
	}
	*n_true = n;
}

/* The rows of the bits that are set. Apart and aligned: where this loop happens to lie makes a tenth of its speed. */
static __attribute__((noinline, aligned(64))) void pick_rows(const uint64_t *keep, uint32_t words, uint16_t *rows)
{
	for (uint32_t w = 0; w < words; w++)
		for (uint64_t bits = keep[w]; bits; bits &= bits - 1)
			*rows++ = (uint16_t)(w * 64 + (uint32_t)__builtin_ctzll(bits));
}

/* counted: nobody will ask which rows they are. */
static void pick(struct weir_slice *s, uint32_t n_true, bool counted)
{
	s->n_rows = n_true;
	s->rows = NULL;
	if (n_true == s->n)
		return;
	s->rows = s->row_space;
	if (!counted)
		pick_rows(s->keep, weir_bit_words(s->n), s->row_space);
}

/* Numbers of one group column's values: by code where it is a stored column in a dictionary. */
static enum weir_status find_values(struct weir_plan *p, struct weir_slice *s, uint32_t g, struct weir_groups *groups,
				    uint32_t *out, struct weir_error *err)
{
	struct weir_bound *bound = p->group_bounds[s->stream * p->n_groups + g];
	int column = weir_bound_column(bound);
	const struct weir_column *c =
	    column >= 0 && (uint32_t)column < s->batch->n_columns ? s->batch->columns + column : NULL;
	struct weir_vec vec;
	if (c && c->encoding == WEIR_ENC_DICT && c->dict && p->group_types[g] == WEIR_STRING)
		return weir_groups_assign_codes(groups, c, s->from, s->rows, s->n_rows, out) ? WEIR_OK : no_memory(err);
	enum weir_status status = weir_bound_eval(bound, s->batch, s->from, s->n, s->keep, &vec, err);
	if (!status && !weir_groups_assign(groups, &vec, s->rows, s->n_rows, out))
		status = no_memory(err);
	return status;
}

static enum weir_status find_groups(struct weir_plan *p, struct weir_slice *s, struct weir_error *err)
{
	enum weir_status status = WEIR_OK;
	if (p->n_groups == 1)
		return find_values(p, s, 0, &p->groups, s->groups, err);
	for (uint32_t i = 0; !p->n_groups && i < s->n_rows; i++)
		s->groups[i] = WEIR_GROUP_TOTAL;
	for (uint32_t g = 0; g < p->n_groups && !status; g++)
		status = find_values(p, s, g, p->groups.columns + g, p->group_ids + (size_t)g * WEIR_VEC_ROWS, err);
	if (!status && p->n_groups &&
	    !weir_groups_combine(&p->groups, p->group_ids, WEIR_VEC_ROWS, s->n_rows, s->groups))
		status = no_memory(err);
	return status;
}

/* The long way: picked rows of a slice by group and pane, one after another. */
static enum weir_status add_rows(struct weir_plan *p, struct weir_slice *s, struct weir_error *err)
{
	enum weir_status status = find_groups(p, s, err);
	if (status)
		return status;
	if (p->keeps_panes && !weir_slice_cells(p, s))
		return no_memory(err);
	return weir_plan_accumulate(p, s, err);
}

static enum weir_status add_picked(struct weir_plan *p, struct weir_slice *s, struct weir_error *err)
{
	bool taken;
	enum weir_status status = weir_short_way_slice(p, s, &taken, err);
	return status || taken ? status : add_rows(p, s, err);
}

/* The rows of the pane in slices that wait, from the i-th on: tallied together, so that the pane's share goes into the slabs
 * once and not with every change from one pane to the next. */
static enum weir_status add_pane(struct weir_plan *p, const struct weir_pane *pane, uint32_t i, struct weir_error *err)
{
	enum weir_status status = WEIR_OK;
	for (; i < p->short_way.n_waiting && !status; i++)
		if (weir_several_panes_take(p, i, pane))
			status = add_picked(p, p->slice, err);
	return status ? status : weir_short_way_flush(p, err);
}

static enum weir_status add_waiting(struct weir_plan *p, struct weir_error *err)
{
	enum weir_status status = WEIR_OK;
	int64_t time_us;
	for (uint32_t i = 0; !status && weir_several_panes_next(p, &i, &time_us);) {
		struct weir_pane *pane = weir_panes_at(&p->panes, time_us);
		status = pane ? add_pane(p, pane, i, err) : no_memory(err);
	}
	p->short_way.n_waiting = 0;
	return status;
}

static enum weir_status add_slice(struct weir_plan *p, struct weir_slice *s, struct weir_ledger *const *ledgers,
				  uint64_t first_row, struct weir_error *err)
{
	uint32_t n_true;
	enum weir_status status = weir_slice_filter(p, s, &n_true, err);
	if (status)
		return status;
	if (!weir_slice_ledgers(p, s, n_true, ledgers))
		return no_memory(err);
	if (p->window.kind != WEIR_WINDOW_ALL || p->accept_none || s->last_us > p->reach_us)
		accept(p, s, ledgers, first_row, &n_true);
	if (s->batch->weight)
		weir_slice_weigh(p, s);
	if (!n_true)
		return WEIR_OK;
	pick(s, n_true, p->short_way.on && p->short_way.bare && !p->keeps_panes && !s->batch->partition);
	if (p->mode != WEIR_PLAN_RANGED && !weir_slice_note(p, s))
		return no_memory(err);
	if (p->rows_mode && !p->live)
		return WEIR_OK;
	if (p->keeps_panes && !weir_plan_widen_panes(p, s))
		return no_memory(err);
	return add_picked(p, s, err);
}

enum weir_status weir_plan_update_batch(struct weir_plan *p, const struct weir_batch *batch,
					const struct weir_segment *segment, struct weir_ledger *const *ledgers,
					uint64_t first_row, struct weir_error *err)
{
	struct weir_slice *s = p->slice;
	enum weir_status status = WEIR_OK;
	s->batch = batch;
	s->stream = batch->stream;
	weir_slice_ask_zones(p, s, segment);
	if (segment && s->none && segment->time_max_us <= p->reach_us) {
		s->none = false;
		return weir_slice_pass_over(p, s, ledgers) ? WEIR_OK : no_memory(err);
	}
	if (!weir_short_way_begin(p, batch, segment ? segment->zones : NULL))
		return no_memory(err);
	weir_summary_answer_begin(p, s, segment);
	for (uint32_t from = 0; from < batch->n_rows && !status; from += s->n) {
		bool taken = false;
		s->from = from;
		if (p->summary.with)
			status = weir_summary_answer_block(p, s, segment, ledgers, &taken, err);
		if (status || taken)
			continue;
		s->n = batch->n_rows - from < WEIR_VEC_ROWS ? batch->n_rows - from : WEIR_VEC_ROWS;
		weir_slice_times(p, s, segment);
		status = add_slice(p, s, ledgers, first_row, err);
	}
	if (!status)
		status = weir_short_way_flush(p, err);
	if (!status)
		status = add_waiting(p, err);
	if (status)
		weir_short_way_drop(p);
	weir_slice_close_spans(p, batch);
	weir_slice_ask_zones(p, s, NULL); /* what is filtered next has other zones */
	if (!status && !((segment || weir_plan_drop_passed(p)) && weir_plan_fit_memory(p)))
		status = no_memory(err);
	weir_plan_settle(p);
	return status;
}

enum weir_status weir_plan_update(struct weir_plan *p, const struct weir_batch *batch,
				  struct weir_ledger *const *ledgers, struct weir_error *err)
{
	if (batch->n_rows && !p->span) /* of a span, what comes into it belongs to it */
		p->built = false;
	weir_plan_arrive(p, batch->arrival_us);
	return weir_plan_update_batch(p, batch, NULL, ledgers, 0, err);
}
