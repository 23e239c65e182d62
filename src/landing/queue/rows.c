/* Batches on their way, which all landings of a call share. */
#include "queue.h"

#include <stdlib.h>

struct weir_landing_rows *weir_landing_rows_take(struct weir_batch *batch, uint64_t *rows, struct weir_budget *budget)
{
	struct weir_landing_rows *r = weir_calloc(1, sizeof *r);

	if (!r) {
		weir_batch_free(batch);
		free(rows);
		return NULL;
	}
	*r = (struct weir_landing_rows){
	    .batch = batch, .rows = rows, .budget = budget, .bytes = weir_batch_bytes(batch)};
	atomic_store(&r->refs, 1);
	for (uint32_t i = 0; i < weir_bit_words(batch->n_rows); i++)
		r->n_rows += (uint32_t)__builtin_popcountll(rows[i]);
	weir_budget_charge(budget, (int64_t)r->bytes);
	return r;
}

void weir_landing_rows_unref(struct weir_landing_rows *r)
{
	if (!r || atomic_fetch_sub_explicit(&r->refs, 1, memory_order_acq_rel) != 1)
		return;
	weir_budget_charge(r->budget, -(int64_t)r->bytes);
	weir_batch_free(r->batch);
	free(r->rows);
	free(r);
}

int64_t weir_landing_first_position(const struct weir_landing_rows *r)
{
	for (uint32_t i = 0; i < r->batch->n_rows; i++)
		if (weir_bit_get(r->rows, i))
			return weir_batch_position(r->batch, i);
	return -1;
}

void weir_landing_lose(struct weir_landing_queue *q, uint64_t n_rows, uint16_t stream, int64_t position,
		       enum weir_status code, const char *why)
{
	q->given -= n_rows;
	q->refused_before += n_rows;
	weir_landing_note_refused(&q->status, stream, position, why);
	if (q->status.loss.code == WEIR_OK)
		weir_fail(&q->status.loss, code, "--land", "%s", why);
}
