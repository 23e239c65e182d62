/* The records of a result: the rows of the stretch that was asked for, and one of them in full. */
#include "query/records/records.h"
#include "query/result/result.h"

static enum weir_status no_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory for records");
}

/* Of records with thousands of columns fewer are shown than there is room for: a result is there several times. */
static uint32_t records_wanted(const struct weir_build *b)
{
	uint64_t bytes = ((uint64_t)b->plan->n_row_columns + 1) * (sizeof(struct weir_value) + sizeof(bool));
	uint64_t fit = 2 * weir_budget_part(b->plan->budget) / bytes, wanted = b->request->records.count;
	return (uint32_t)(wanted < fit ? wanted : fit ? fit : 1);
}

static enum weir_status build_stretch(struct weir_build *b, struct weir_row_list *l, struct weir_records *about,
				      struct weir_error *err)
{
	struct weir_result *r = b->result;
	uint32_t wanted = records_wanted(b), n = 0;
	struct weir_row_found *rows = weir_arena_alloc(&r->arena, wanted * sizeof *rows);
	struct weir_result_record *records = weir_arena_alloc(&r->arena, wanted * sizeof *records);
	r->n_record_columns = b->plan->n_row_columns;
	if (!rows || !records ||
	    !weir_result_copy_columns(r, b->plan->row_columns, r->n_record_columns, &r->record_columns))
		return no_memory(err);
	enum weir_status status =
	    weir_rows_stretch(b->plan, l, &b->request->records, b->request->at_us, rows, wanted, &n, about, err);
	for (uint32_t i = 0; i < n && !status; i++)
		status = weir_record_take(b->plan, &r->arena, rows + i, records + i, err);
	r->n_records = status ? 0 : n;
	r->records = records;
	r->more = r->more || (!about->exact && (b->request->records.counted || l->late));
	return status;
}

static enum weir_status build(struct weir_build *b, const void **out, struct weir_error *err)
{
	const struct weir_records_request *q = &b->request->records;
	enum weir_status status = WEIR_OK;
	if (!b->rows->snapshot || (!q->count && !q->open))
		return WEIR_OK;
	struct weir_records *about = weir_arena_zalloc(&b->result->arena, sizeof *about);
	struct weir_row_list *l = weir_row_list_follow(b->plan, b->rows->snapshot, b->rows->clock);
	if (!about || !l)
		return no_memory(err);
	*out = about;
	if (q->count)
		status = build_stretch(b, l, about, err);
	if (!status && q->open)
		status = weir_record_take_full(b->plan, &b->result->arena, l, q, &about->full, err);
	return status;
}

const struct weir_extra weir_extra_records = {.name = "records", .ahead = true, .build = build};
