/* A rebuild without a filter takes whole blocks by what their segment's summary knows of them. Blocks whose rows lie in
 * several panes, or partly outside of what is asked for, are looked at row by row. */
#include "query/plan/slice.h"

static bool find_key(const struct weir_summary *with, int32_t column, uint32_t *key)
{
	for (*key = 0; *key < with->n_keys; ++*key)
		if (with->keys[*key].column == column)
			return true;
	return false;
}

static bool find_value(const struct weir_summary *with, uint32_t column, uint8_t *value)
{
	for (*value = 0; *value < with->n_values; ++*value)
		if (with->values[*value].column == column)
			return true;
	return false;
}

/* What the tally wants of an input is known. */
static bool knows_input(struct weir_plan *p, const struct weir_slice *s, const struct weir_summary *with,
			uint32_t input)
{
	const struct weir_input *in = &p->inputs[input];
	struct weir_tally_input *tally = &p->short_way.tally.inputs[input];
	if (in->where || tally->extremes)
		return false;
	if (!in->argument)
		return true;
	int column = weir_bound_column(in->arguments[s->stream]);
	if (column < 0 || (uint32_t)column >= s->batch->n_columns || s->batch->columns[column].type != in->type ||
	    !find_value(with, (uint32_t)column, &p->summary.values[input]))
		return false;
	const struct weir_summary_value *value = &with->values[p->summary.values[input]];
	tally->type = in->type;
	p->summary.scans |= tally->quantile && !tally->single;
	return (!tally->sums || value->sums[p->summary.key]) && (!tally->quantile || value->buckets);
}

void weir_summary_answer_begin(struct weir_plan *p, const struct weir_slice *s, const struct weir_segment *segment)
{
	const struct weir_summary *with =
	    segment ? atomic_load_explicit(&segment->summary, memory_order_acquire) : NULL;
	uint32_t passed = p->n_where < 32 ? (UINT32_C(1) << p->n_where) - 1 : UINT32_MAX;
	int column = p->n_groups == 1 ? weir_bound_column(p->group_bounds[s->stream]) : WEIR_SUMMARY_ALL;
	p->summary.with = NULL;
	p->summary.scans = false;
	if (!with || !p->short_way.on || p->n_groups > 1 || p->n_inputs > WEIR_SUMMARY_VALUES || p->n_where > 31 ||
	    s->passed != passed || p->newest.active || p->accept_none || (!segment->spans && p->live))
		return;
	if ((p->n_groups == 1 && column < 0) || !find_key(with, column, &p->summary.key))
		return;
	if (s->batch->partition && !find_key(with, WEIR_SUMMARY_PARTITION, &p->summary.partition))
		return;
	for (uint32_t i = 0; i < p->n_inputs; i++)
		if (!knows_input(p, s, with, i))
			return;
	p->summary.with = with;
}

static void find_times(struct weir_slice *s, const struct weir_segment *segment)
{
	s->first_us = INT64_MAX;
	s->last_us = WEIR_TIME_NONE;
	s->all_timed = segment->spans != NULL;
	for (uint32_t i = s->from; segment->spans && i < s->from + s->n; i += WEIR_SPAN_ROWS) {
		const struct weir_span *span = &segment->spans[i / WEIR_SPAN_ROWS];
		s->first_us = span->first_us < s->first_us ? span->first_us : s->first_us;
		s->last_us = span->last_us > s->last_us ? span->last_us : s->last_us;
		s->all_timed &= span->all_timed;
	}
}

static bool count_partition(struct weir_plan *p, const struct weir_slice *s, uint32_t partition, uint32_t n,
			    struct weir_pane *pane, struct weir_ledger *const *ledgers)
{
	uint32_t id = weir_plan_partition(p, s->stream, partition);
	if (id == WEIR_NO_PARTITION)
		return false;
	if (ledgers)
		ledgers[partition]->matched += n;
	if (p->mode != WEIR_PLAN_RANGED)
		p->partition_rows[id] += n;
	return !pane || p->mode == WEIR_PLAN_WINDOWED || weir_pane_count(pane, id, n);
}

static bool count_partitions(struct weir_plan *p, const struct weir_slice *s, uint32_t block, struct weir_pane *pane,
			     struct weir_ledger *const *ledgers)
{
	if (!s->batch->partition)
		return count_partition(p, s, 0, s->n, pane, ledgers);
	const struct weir_summary_key *key = &p->summary.with->keys[p->summary.partition];
	const uint16_t *counts = key->counts + (size_t)block * key->n;
	for (uint32_t i = 0; i < key->n; i++)
		if (counts[i] && !count_partition(p, s, (uint32_t)key->codes[i], counts[i], pane, ledgers))
			return false;
	return true;
}

static struct weir_tally_block buckets_of(const struct weir_summary_value *v, uint32_t block)
{
	const struct weir_summary_range *range = &v->ranges[block];
	return (struct weir_tally_block){
	    .least = range->least,
	    .most = range->most,
	    .zeros = range->zeros,
	    .low_octave = v->low_octave,
	    .first = v->first,
	    .n = v->n,
	    .width = v->width,
	    .buckets = (const char *)v->buckets + (size_t)block * v->n * v->width,
	};
}

static bool buckets_fit(struct weir_plan *p, uint32_t block)
{
	for (uint32_t i = 0; i < p->n_inputs; i++) {
		if (!p->short_way.tally.inputs[i].quantile)
			continue;
		struct weir_tally_block b = buckets_of(&p->summary.with->values[p->summary.values[i]], block);
		if (!weir_tally_block_fits(&p->short_way.tally, i, &b))
			return false;
	}
	return true;
}

static void add_block(struct weir_plan *p, uint32_t block, uint32_t n_rows)
{
	struct weir_tally *t = &p->short_way.tally;
	const struct weir_summary *with = p->summary.with;
	const struct weir_summary_key *key = &with->keys[p->summary.key];
	const uint16_t *counts = key->counts + (size_t)block * key->n;
	for (uint32_t c = 0; c < key->n; c++) {
		uint32_t slot =
		    key->codes[c] == WEIR_SUMMARY_NULL ? p->short_way.columns[0].n : (uint32_t)key->codes[c];
		t->rows[(size_t)slot * WEIR_TALLY_LANES] += counts[c];
		for (uint32_t i = 0; counts[c] && i < p->n_inputs; i++)
			if (t->inputs[i].sums)
				weir_tally_add_sum(t, i, slot,
						   &with->values[p->summary.values[i]]
							.sums[p->summary.key][(size_t)block * key->n + c]);
	}
	for (uint32_t i = 0; i < p->n_inputs; i++) {
		if (!t->inputs[i].single)
			continue;
		struct weir_tally_block b = buckets_of(&with->values[p->summary.values[i]], block);
		weir_tally_add_block(t, i, &b);
	}
	t->n_rows += n_rows;
}

/* The buckets by group, row by row: those of the block are known to fit. */
static bool scan_block(struct weir_plan *p, struct weir_slice *s)
{
	uint32_t from = s->from, n = s->n;
	bool ok = true;
	for (uint32_t at = from; ok && at < from + n; at += s->n) {
		s->from = at;
		s->n = s->n_rows = from + n - at < WEIR_VEC_ROWS ? from + n - at : WEIR_VEC_ROWS;
		ok = weir_short_way_buckets(p, s);
	}
	s->from = from;
	s->n = s->n_rows = n;
	return ok;
}

enum weir_status weir_summary_answer_block(struct weir_plan *p, struct weir_slice *s,
					   const struct weir_segment *segment, struct weir_ledger *const *ledgers,
					   bool *taken, struct weir_error *err)
{
	struct weir_short_way *t = &p->short_way;
	struct weir_pane *pane = NULL;
	uint32_t block = s->from / p->summary.with->block_rows;
	*taken = false;
	s->n = s->n_rows = weir_summary_block_rows(p->summary.with, block);
	s->rows = NULL;
	if (s->from % p->summary.with->block_rows || s->n <= WEIR_QUANTILE_LIST)
		return WEIR_OK;
	find_times(s, segment);
	if (s->last_us > p->reach_us ||
	    (p->window.kind != WEIR_WINDOW_ALL &&
	     !(s->all_timed && s->first_us > p->accept_after_us && s->last_us <= p->accept_until_us)))
		return WEIR_OK;
	if (p->mode == WEIR_PLAN_CUMULATIVE)
		weir_slice_span(p, s);
	if (p->keeps_panes && (!weir_plan_widen_panes(p, s) || !weir_slice_pane(p, s, &pane)))
		return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory while computing the view");
	if (p->keeps_panes && !pane)
		return WEIR_OK;
	bool other = pane && t->tally.n_rows && (t->run_us < pane->from_us || t->run_us >= pane->to_us);
	enum weir_status status = WEIR_OK;
	if (other || t->tally.n_rows + s->n > WEIR_TALLY_MOST_ROWS || !buckets_fit(p, block))
		status = weir_short_way_flush(p, err);
	if (status || !buckets_fit(p, block))
		return status;
	if (!count_partitions(p, s, block, pane, ledgers))
		return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory while computing the view");
	if (p->summary.scans && !scan_block(p, s))
		return weir_fail(err, WEIR_INTERNAL, "view", "a summary does not hold the values of its rows");
	add_block(p, block, s->n);
	t->run_us = pane ? pane->from_us : WEIR_TIME_NONE;
	*taken = true;
	return WEIR_OK;
}
