/* Rows with weights: which count, and what an answer lacks once rows were taken back that cannot be taken out of it. */
#include "query/plan/slice.h"

void weir_slice_weigh(struct weir_plan *p, const struct weir_slice *s)
{
	const int8_t *weight = s->batch->weight + s->from;
	/* A window of the newest rows is made of rows that came, one by one. */
	for (uint32_t i = 0; p->window.kind == WEIR_WINDOW_ROWS && i < s->n; i++)
		p->weights.rows_window |= weight[i] != 1 && weir_bit_get(s->keep, i);
	p->weights.any = p->totals.weighted = p->now.slab.weighted = p->before.slab.weighted = true;
	p->scratch.weighted = p->panes.slab.weighted = true;
}

const int8_t *weir_slice_weights(struct weir_slice *s)
{
	if (!s->batch->weight)
		return NULL;
	if (!s->rows)
		return s->batch->weight + s->from;
	for (uint32_t i = 0; i < s->n_rows; i++)
		s->weights[i] = s->batch->weight[s->from + s->rows[i]];
	return s->weights;
}

void weir_slice_weighted_span(struct weir_plan *p, const struct weir_slice *s)
{
	for (uint32_t i = 0; i < s->n_rows; i++) {
		uint32_t row = s->from + (s->rows ? s->rows[i] : i);
		int64_t t = weir_batch_time(p, s->batch, row);
		if (s->batch->weight[row] > 0)
			weir_span_stretch(&p->first_us, &p->last_us, t, t);
		else
			weir_span_stretch(&p->weights.first_us, &p->weights.last_us, t, t);
	}
}

void weir_plan_add_weights(struct weir_plan *p, const struct weir_plan *other)
{
	struct weir_plan_weights *into = &p->weights;
	const struct weir_plan_weights *from = &other->weights;
	into->any |= from->any;
	into->rows_window |= from->rows_window;
	into->histogram |= from->histogram;
	if (into->lost == WEIR_NO_ACCUMULATOR)
		into->lost = from->lost;
	weir_span_stretch(&into->first_us, &into->last_us, from->first_us, from->last_us);
}

void weir_plan_note_lost(struct weir_plan *p, uint32_t accumulator)
{
	if (accumulator == p->histogram)
		p->weights.histogram = true;
	if (!p->accumulators[accumulator].total_only) /* else the histogram alone needs it */
		p->weights.lost = accumulator;
}

bool weir_plan_span_lost(const struct weir_plan *p)
{
	const struct weir_plan_weights *w = &p->weights;
	return w->first_us != WEIR_TIME_NONE &&
	       (p->first_us == WEIR_TIME_NONE || w->first_us <= p->first_us || w->last_us >= p->last_us);
}

static bool uses(const struct weir_measure *m, uint32_t accumulator)
{
	for (int i = 0; i < WEIR_AGGREGATE_ACCUMULATORS; i++)
		if (accumulator != WEIR_NO_ACCUMULATOR && m->accumulators[i] == accumulator)
			return true;
	return false;
}

/* Measures of which every accumulator has an inverse. */
static void hint(struct weir_error *err)
{
	struct weir_buf names = {0};
	const struct weir_aggregate *a;
	for (size_t i = 0; (a = weir_aggregate_at(i)); i++) {
		bool inverse = true;
		for (int k = 0; k < WEIR_AGGREGATE_ACCUMULATORS; k++)
			inverse = inverse && (!a->accumulators[k] || a->accumulators[k]->inverse);
		if (inverse)
			weir_buf_addf(&names, "%s%s", names.size ? ", " : "", a->doc.name);
	}
	if (!names.failed)
		weir_error_hint(err, "measures that can: " WEIR_STR_FMT, WEIR_STR_ARG(weir_buf_str(&names)));
	weir_buf_release(&names);
}

bool weir_plan_say_lost(const struct weir_plan *p, struct weir_error *err)
{
	if (p->weights.rows_window) {
		weir_fail(err, WEIR_UNSUPPORTED, "window",
			  "rows were taken back, and a window of the newest rows cannot tell which ones are left");
		weir_error_hint(err, "ask for a window of time, or for all rows");
		return true;
	}
	bool no_length = p->mode == WEIR_PLAN_CUMULATIVE && p->window.size_us <= 0 && weir_plan_span_lost(p);
	for (uint32_t i = 0; i < p->n_measures; i++) {
		const struct weir_measure_ast *ast = p->measures[i].ast;
		if (!uses(p->measures + i, p->weights.lost) && !(no_length && ast->aggregate->per_second))
			continue;
		weir_fail(err, WEIR_UNSUPPORTED, "measure",
			  "rows were taken back, and " WEIR_STR_FMT
			  " cannot be worked out without reading the rest again",
			  WEIR_STR_ARG(ast->name));
		if (ast->aggregate->per_second && no_length)
			weir_error_hint(err, "ask for a window with a length: what is per second is divided by that");
		else
			hint(err);
		return true;
	}
	return false;
}
