/* Records that are left out, for who looks at them: those that the batches bring along, the newest of each kind. */
#include "local.h"

#include "weir/base/bounds.h"
#include "weir/query/left_out.h"
#include "weir/query/result_builder.h"

void weir_local_take_left(struct weir_local *l, const struct weir_batch *batch)
{
	uint32_t n = batch->left ? weir_left_list_count(batch->left) : 0;
	for (uint32_t i = 0; i < n; i++) {
		struct weir_left_out record = *weir_left_list_at(batch->left, i);
		struct weir_left_list **list = &l->left[record.kind];
		record.stream = batch->stream;
		record.arrival_us = batch->arrival_us;
		record.number = l->left_number++;
		if (!*list)
			*list = weir_left_list_new(WEIR_MAX_LEFT, WEIR_MAX_LEFT_TOTAL_BYTES, l->config.budget);
		if (*list)
			weir_left_list_add(*list, &record);
	}
}

void weir_local_free_left(struct weir_local *l)
{
	for (int k = 0; k < WEIR_LEFT_KINDS; k++)
		weir_left_list_free(l->left[k]);
}

/* Goes through the kinds that are wanted together, the newest first. */
struct walk {
	const struct weir_local *l;
	uint32_t left[WEIR_LEFT_KINDS]; /* records of each list that are still to come */
};

static const struct weir_left_out *next(struct walk *w)
{
	const struct weir_left_out *best = NULL;
	for (int k = 0; k < WEIR_LEFT_KINDS; k++) {
		const struct weir_left_out *one = w->left[k] ? weir_left_list_at(w->l->left[k], w->left[k] - 1) : NULL;
		if (one && (!best || one->number > best->number))
			best = one;
	}
	if (best)
		w->left[best->kind]--;
	return best;
}

static struct walk begin(const struct weir_local *l, unsigned without)
{
	struct walk w = {.l = l};
	for (int k = 0; k < WEIR_LEFT_KINDS; k++)
		w.left[k] = l->left[k] && !(without >> k & 1) ? weir_left_list_count(l->left[k]) : 0;
	return w;
}

/* The index, newest first, at which the list begins. */
static uint64_t first_of(const struct weir_local *l, const struct weir_left_request *q, uint64_t n)
{
	struct walk w = begin(l, q->without);
	uint64_t at = 0, by = q->offset < 0 ? -(uint64_t)q->offset : (uint64_t)q->offset;
	for (const struct weir_left_out *r; q->anchored && (r = next(&w)) && r->number > q->number;)
		at++;
	if (q->offset < 0)
		at = by < at ? at - by : 0;
	else
		at = by < n - at ? at + by : n;
	uint64_t last = n > q->count ? n - q->count : 0;
	return at < last ? at : last;
}

static bool copy(struct weir_result *r, const struct weir_left_out *from, struct weir_left_out *to)
{
	*to = *from;
	to->topic = weir_arena_str(&r->arena, from->topic);
	to->reason = weir_arena_str(&r->arena, from->reason);
	to->text = weir_arena_str(&r->arena, from->text);
	return to->topic.data && to->reason.data && to->text.data;
}

bool weir_local_add_left(const struct weir_local *l, const struct weir_left_request *q, struct weir_result *r)
{
	struct weir_left_outs *out = weir_arena_zalloc(&r->arena, sizeof *out);
	struct walk w = begin(l, q->without);
	if (!out)
		return false;
	for (int k = 0; k < WEIR_LEFT_KINDS; k++) {
		out->n_kept_of[k] = l->left[k] ? weir_left_list_count(l->left[k]) : 0;
		out->n_kept += w.left[k];
	}
	out->n_of[WEIR_LEFT_MALFORMED] = r->ledger.malformed;
	out->n_of[WEIR_LEFT_LATE] = r->ledger.late;
	out->n_of[WEIR_LEFT_FUTURE] = r->ledger.future;
	out->n_newer = first_of(l, q, out->n_kept);
	uint64_t n = out->n_kept - out->n_newer < q->count ? out->n_kept - out->n_newer : q->count;
	struct weir_left_out *records = weir_arena_alloc(&r->arena, (n + 1) * sizeof *records);
	if (!records)
		return false;
	for (uint64_t i = 0; i < out->n_newer; i++)
		(void)next(&w);
	for (; out->n < n; out->n++)
		if (!copy(r, next(&w), records + out->n))
			return false;
	out->records = records;
	weir_result_set_extra(r, "left_out", out);
	return true;
}
