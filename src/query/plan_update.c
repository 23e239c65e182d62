#include "query/plan_state.h"

#include <stdlib.h>

static enum weir_status no_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory while computing the view");
}

enum weir_status weir_plan_slice_filter(struct weir_plan *p, struct weir_slice *s, uint32_t *n_true,
					struct weir_error *err)
{
	uint32_t words = weir_bit_words(s->n);
	*n_true = s->n;
	memset(s->keep, 0xff, words * sizeof *s->keep);
	if (s->n & 63)
		s->keep[words - 1] = (UINT64_C(1) << (s->n & 63)) - 1;
	if (s->none) {
		memset(s->keep, 0, words * sizeof *s->keep);
		*n_true = 0;
	}
	for (size_t i = 0, first = 1; i < p->n_where && *n_true; i++) {
		uint64_t keep[WEIR_VEC_ROWS / 64];
		if (i < 32 && s->passed >> i & 1)
			continue;
		struct weir_bound *where = p->wheres[s->stream * p->n_where + i];
		enum weir_status status =
		    weir_bound_filter(where, s->batch, s->from, s->n, first ? s->keep : keep, n_true, err);
		if (status)
			return status;
		if (first) {
			first = 0;
			continue;
		}
		*n_true = 0;
		for (uint32_t w = 0; w < words; w++) {
			s->keep[w] &= keep[w];
			*n_true += (uint32_t)__builtin_popcountll(s->keep[w]);
		}
	}
	return WEIR_OK;
}

/* The result must say of each partition how much of it is in the window, be it nothing. */
static bool know_partitions(struct weir_plan *p, uint32_t stream, uint32_t n)
{
	if (n <= p->n_partition_ids[stream])
		return true;
	uint32_t *ids = weir_realloc(p->partition_ids[stream], n * sizeof *ids);
	if (!ids)
		return false;
	memset(ids + p->n_partition_ids[stream], 0, (n - p->n_partition_ids[stream]) * sizeof *ids);
	p->partition_ids[stream] = ids;
	p->n_partition_ids[stream] = n;
	return true;
}

uint32_t weir_plan_partition(struct weir_plan *p, uint32_t stream, uint32_t partition)
{
	if (!know_partitions(p, stream, partition + 1))
		return WEIR_NO_PART;
	uint32_t *id = p->partition_ids[stream] + partition;
	if (!*id) {
		uint64_t *rows = weir_realloc(p->partition_rows, (p->n_partitions + 1) * sizeof *rows);
		if (!rows)
			return WEIR_NO_PART;
		rows[p->n_partitions] = 0;
		p->partition_rows = rows;
		*id = ++p->n_partitions;
	}
	return *id - 1;
}

static bool count_rows(struct weir_plan *p, const struct weir_slice *s, uint32_t n_true,
		       struct weir_ledger *const *ledgers)
{
	const uint16_t *partition = s->batch->partition;
	uint32_t most = 0;
	if (!ledgers)
		return true;
	if (!partition) {
		ledgers[0]->matched += n_true;
		ledgers[0]->filtered += s->n - n_true;
		return know_partitions(p, s->stream, 1);
	}
	for (uint32_t i = 0; i < s->n; i++) {
		bool kept = weir_bit_get(s->keep, i);
		uint32_t at = partition[s->from + i];
		ledgers[at]->matched += kept;
		ledgers[at]->filtered += !kept;
		if (at > most)
			most = at;
	}
	return know_partitions(p, s->stream, most + 1);
}

/* Takes rows out of `keep` that are in no window that may still be asked for. */
static void accept(struct weir_plan *p, struct weir_slice *s, struct weir_ledger *const *ledgers, uint64_t first_row,
		   uint32_t *n_true)
{
	int64_t after = p->accept_after_us, until = p->accept_until_us;
	bool timed = p->window.kind != WEIR_WINDOW_ALL && p->window.kind != WEIR_WINDOW_ROWS;
	uint32_t n = 0;
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

/* counted: nobody will ask which rows they are. */
static void pick(struct weir_slice *s, uint32_t n_true, bool counted)
{
	s->n_rows = n_true;
	s->rows = NULL;
	if (n_true == s->n)
		return;
	s->rows = s->row_space;
	if (counted)
		return;
	uint32_t k = 0;
	for (uint32_t w = 0; w < weir_bit_words(s->n); w++)
		for (uint64_t bits = s->keep[w]; bits; bits &= bits - 1)
			s->row_space[k++] = (uint16_t)(w * 64 + (uint32_t)__builtin_ctzll(bits));
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
	enum weir_status status = weir_bound_eval(bound, s->batch, s->from, s->n, &vec, err);
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

enum weir_status weir_plan_take_long(struct weir_plan *p, struct weir_slice *s, struct weir_error *err)
{
	enum weir_status status = find_groups(p, s, err);
	if (status)
		return status;
	if (p->keeps_panes && !weir_slice_cells(p, s))
		return no_memory(err);
	return weir_plan_accumulate(p, s, err);
}

static enum weir_status take_slice(struct weir_plan *p, struct weir_slice *s, struct weir_ledger *const *ledgers,
				   uint64_t first_row, struct weir_error *err)
{
	uint32_t n_true;
	bool taken;
	enum weir_status status = weir_plan_slice_filter(p, s, &n_true, err);
	if (status)
		return status;
	if (!count_rows(p, s, n_true, ledgers))
		return no_memory(err);
	if (p->window.kind != WEIR_WINDOW_ALL || p->accept_none)
		accept(p, s, ledgers, first_row, &n_true);
	if (!n_true)
		return WEIR_OK;
	pick(s, n_true, p->tally.on && p->tally.bare && !p->keeps_panes && !s->batch->partition);
	if (p->mode != WEIR_PLAN_RANGED && !weir_slice_note(p, s))
		return no_memory(err);
	if (p->rows_mode && !p->live)
		return WEIR_OK;
	if (p->keeps_panes && !weir_slice_widen(p))
		return no_memory(err);
	status = weir_plan_tally_slice(p, s, &taken, err);
	return status || taken ? status : weir_plan_take_long(p, s, err);
}

static void ask_zones(const struct weir_plan *p, struct weir_slice *s, const struct weir_segment *segment)
{
	s->none = false;
	s->passed = 0;
	for (size_t i = 0; segment && segment->zones && i < p->n_where && i < 32; i++) {
		struct weir_zone_answer a = weir_bound_zones(p->wheres[s->stream * p->n_where + i], segment->zones,
							     segment->rows->n_columns, segment->rows->n_rows);
		s->none |= a.none;
		s->passed |= (uint32_t)a.all << i;
	}
}

enum weir_status weir_plan_take(struct weir_plan *p, const struct weir_batch *batch, const struct weir_segment *segment,
				struct weir_ledger *const *ledgers, uint64_t first_row, struct weir_error *err)
{
	struct weir_slice *s = p->slice;
	enum weir_status status = WEIR_OK;
	s->batch = batch;
	s->stream = batch->stream;
	ask_zones(p, s, segment);
	if (!weir_plan_tally_begin(p, batch, segment ? segment->zones : NULL))
		return no_memory(err);
	weir_plan_summary_begin(p, s, segment);
	for (uint32_t from = 0; from < batch->n_rows && !status; from += s->n) {
		bool taken = false;
		s->from = from;
		if (p->summary.with)
			status = weir_plan_summary_block(p, s, segment, ledgers, &taken, err);
		if (status || taken)
			continue;
		s->n = batch->n_rows - from < WEIR_VEC_ROWS ? batch->n_rows - from : WEIR_VEC_ROWS;
		weir_slice_times(p, s, segment);
		status = take_slice(p, s, ledgers, first_row, err);
	}
	if (!status)
		status = weir_plan_tally_end(p, err);
	if (status)
		weir_plan_tally_drop(p);
	weir_plan_close_spans(p, batch);
	ask_zones(p, s, NULL); /* what is filtered next has other zones */
	if (!status && !((segment || weir_range_pass(p)) && weir_plan_save_memory(p)))
		status = no_memory(err);
	weir_plan_settle(p);
	return status;
}

enum weir_status weir_plan_update(struct weir_plan *p, const struct weir_batch *batch,
				  struct weir_ledger *const *ledgers, struct weir_error *err)
{
	if (batch->n_rows)
		p->built = false;
	return weir_plan_take(p, batch, NULL, ledgers, 0, err);
}
