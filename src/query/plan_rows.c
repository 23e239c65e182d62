#include "query/plan_state.h"

/* The columns of rows mode: those of the streams by first appearance, then the computed ones. */
bool weir_plan_bind_rows(struct weir_plan *p)
{
	uint32_t n_common = p->common->n_fields, n = n_common + (uint32_t)p->n_derived;
	p->row_columns = weir_arena_zalloc(&p->arena, (n + 1) * sizeof *p->row_columns);
	p->row_fields = weir_arena_zalloc(&p->arena, ((size_t)n_common * p->n_streams + 1) * sizeof *p->row_fields);
	if (!p->row_columns || !p->row_fields)
		return false;
	p->n_row_columns = n;
	for (uint32_t i = 0; i < n_common; i++) {
		const struct weir_field *field = p->common->fields + i;
		p->row_columns[i] = (struct weir_result_column){.name = field->name, .type = field->type};
		for (uint32_t s = 0; s < p->n_streams; s++) {
			int at = weir_schema_find(p->schemas[s], field->name);
			p->row_fields[s * n_common + i] = at;
			p->row_columns[i].is_time |= at >= 0 && p->schemas[s]->fields[at].is_time;
		}
	}
	for (size_t i = 0; i < p->n_derived; i++)
		p->row_columns[n_common + i] = (struct weir_result_column){
		    .name = p->derived[i].name, .type = p->n_streams ? weir_bound_type(p->row_derived[i]) : WEIR_NULL};
	return true;
}

uint32_t weir_plan_row_columns(const struct weir_plan *p, const struct weir_result_column **columns)
{
	*columns = p->row_columns;
	return p->n_row_columns;
}

enum weir_status weir_plan_filter(struct weir_plan *p, const struct weir_batch *batch, uint64_t *keep,
				  struct weir_error *err)
{
	struct weir_slice *s = p->slice;
	uint32_t n_true;
	s->batch = batch;
	s->stream = batch->stream;
	p->row_batch = NULL;
	for (s->from = 0; s->from < batch->n_rows; s->from += WEIR_VEC_ROWS) {
		s->n = batch->n_rows - s->from < WEIR_VEC_ROWS ? batch->n_rows - s->from : WEIR_VEC_ROWS;
		enum weir_status status = weir_plan_slice_filter(p, s, &n_true, err);
		if (status)
			return status;
		memcpy(keep + s->from / 64, s->keep, weir_bit_words(s->n) * sizeof *keep);
	}
	return WEIR_OK;
}

static enum weir_status eval_derived(struct weir_plan *p, const struct weir_batch *batch, uint32_t row,
				     struct weir_error *err)
{
	uint32_t from = row - row % WEIR_VEC_ROWS;
	uint32_t n = batch->n_rows - from < WEIR_VEC_ROWS ? batch->n_rows - from : WEIR_VEC_ROWS;
	if (p->row_batch == batch && p->row_from == from && row % WEIR_VEC_ROWS)
		return WEIR_OK;
	for (size_t i = 0; i < p->n_derived; i++) {
		struct weir_bound *bound = p->row_derived[batch->stream * p->derived_stride + i];
		enum weir_status status = weir_bound_eval(bound, batch, from, n, p->row_vecs + i, err);
		if (status)
			return status;
	}
	p->row_batch = batch;
	p->row_from = from;
	return WEIR_OK;
}

enum weir_status weir_plan_row(struct weir_plan *p, const struct weir_batch *batch, uint32_t row,
			       struct weir_value *cells, bool *missing, struct weir_error *err)
{
	uint32_t n_common = p->common->n_fields;
	for (uint32_t i = 0; i < n_common; i++) {
		int at = p->row_fields[batch->stream * n_common + i];
		bool there = at >= 0 && (uint32_t)at < batch->n_columns;
		cells[i] = there ? weir_column_get(batch->columns + at, row) : (struct weir_value){.type = WEIR_NULL};
		missing[i] = !there || weir_column_missing(batch->columns + at, row);
	}
	if (!p->n_derived)
		return WEIR_OK;
	enum weir_status status = eval_derived(p, batch, row, err);
	for (size_t i = 0; !status && i < p->n_derived; i++) {
		cells[n_common + i] = weir_vec_value(p->row_vecs + i, row - p->row_from, p->row_vecs[i].type);
		missing[n_common + i] = false;
	}
	return status;
}
