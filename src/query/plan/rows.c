/* Rows mode, and the cells of records: the columns that rows have, and the values of one row. */
#include "query/plan/slice.h"

static bool is_derived(const struct weir_plan *p, size_t from, struct weir_str name)
{
	for (size_t i = from; i < p->n_derived; i++)
		if (weir_str_equal(p->derived[i].name, name))
			return true;
	return false;
}

static void bind_row_field(struct weir_plan *p, const struct weir_field *field)
{
	uint32_t i = p->n_row_fields++;
	p->row_columns[i] = (struct weir_result_column){.name = field->name, .type = field->type};
	for (uint32_t s = 0; s < p->n_streams; s++) {
		int at = weir_schema_find(p->schema->streams[s], field->name);
		p->row_fields[s * p->schema->common->n_fields + i] = at;
		p->row_columns[i].is_time |= at >= 0 && p->schema->streams[s]->fields[at].is_time;
	}
}

/* The columns of rows mode: those of the streams by first appearance, then the computed ones. A computed column takes the
 * place of what had its name before. */
bool weir_plan_bind_rows(struct weir_plan *p)
{
	uint32_t n_common = p->schema->common->n_fields, n = n_common + (uint32_t)p->n_derived;
	p->row_columns = weir_arena_zalloc(&p->arena, (n + 1) * sizeof *p->row_columns);
	p->row_fields = weir_arena_zalloc(&p->arena, ((size_t)n_common * p->n_streams + 1) * sizeof *p->row_fields);
	p->row_computed = weir_arena_zalloc(&p->arena, (p->n_derived + 1) * sizeof *p->row_computed);
	if (!p->row_columns || !p->row_fields || !p->row_computed)
		return false;
	for (uint32_t i = 0; i < n_common; i++)
		if (!is_derived(p, 0, p->schema->common->fields[i].name))
			bind_row_field(p, p->schema->common->fields + i);
	p->n_row_columns = p->n_row_fields;
	for (size_t i = 0; i < p->n_derived; i++) {
		if (is_derived(p, i + 1, p->derived[i].name))
			continue;
		p->row_computed[p->n_row_columns - p->n_row_fields] = (uint32_t)i;
		p->row_columns[p->n_row_columns++] = (struct weir_result_column){
		    .name = p->derived[i].name, .type = p->n_streams ? weir_bound_type(p->row_derived[i]) : WEIR_NULL};
	}
	return true;
}

uint32_t weir_plan_n_computed(const struct weir_plan *p)
{
	return p->n_row_columns - p->n_row_fields;
}

uint32_t weir_plan_row_columns(const struct weir_plan *p, const struct weir_result_column **columns)
{
	*columns = p->row_columns;
	return p->n_row_columns;
}

/* Rows that are printed as they come stay printed. */
static enum weir_status pass_singly(struct weir_slice *s, struct weir_error *err)
{
	const int8_t *weight = s->batch->weight + s->from;
	for (uint32_t i = 0; i < s->n; i++) {
		if (!weight[i])
			weir_bit_clear(s->keep, i);
		if (weir_bit_get(s->keep, i) && weight[i] != 1)
			return weir_fail(err, WEIR_UNSUPPORTED, "view",
					 "rows are taken back or count more than once, and cannot be listed");
	}
	return WEIR_OK;
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
		enum weir_status status = weir_slice_filter(p, s, &n_true, err);
		if (!status && batch->weight && p->rows_mode && !p->live)
			status = pass_singly(s, err);
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
	uint64_t this_row[WEIR_VEC_ROWS / 64] = {0};
	bool only = false;
	weir_bit_set(this_row, row - from);
	if (p->row_batch == batch && p->row_from == from && row % WEIR_VEC_ROWS)
		return WEIR_OK;
	for (size_t i = 0; i < p->n_derived; i++) {
		struct weir_bound *bound = p->row_derived[batch->stream * p->derived_stride + i];
		enum weir_status status =
		    weir_bound_eval(bound, batch, from, n, only ? this_row : NULL, p->row_vecs + i, err);
		if (status == WEIR_TOO_LARGE && !only) { /* of a row that nobody asked for, perhaps: then row by row */
			only = true;
			status = weir_bound_eval(bound, batch, from, n, this_row, p->row_vecs + i, err);
		}
		if (status)
			return status;
	}
	p->row_batch = only ? NULL : batch;
	p->row_from = from;
	return WEIR_OK;
}

enum weir_status weir_plan_computed(struct weir_plan *p, const struct weir_batch *batch, uint32_t row,
				    struct weir_value *cells, struct weir_error *err)
{
	if (!p->n_derived)
		return WEIR_OK;
	enum weir_status status = eval_derived(p, batch, row, err);
	for (uint32_t i = 0; !status && i < weir_plan_n_computed(p); i++) {
		const struct weir_vec *v = p->row_vecs + p->row_computed[i];
		cells[i] = weir_vec_value(v, row - p->row_from, v->type);
	}
	return status;
}

/* What the column holds by now: a batch of before it widened does not know. */
static enum weir_type type_by_now(const struct weir_plan *p, const struct weir_batch *batch, int at)
{
	enum weir_type type = p->schema->streams[batch->stream]->fields[at].type;
	bool known = batch->schema && (uint32_t)at < batch->schema->n_fields;
	return known ? weir_type_widen(type, batch->schema->fields[at].type) : type;
}

/* The cell as the type that its column has by now, which may be wider than what the batch holds. Texts go to p->row_text and are
 * pointed to when all are there: until then `at` tells where. */
static bool widen_cell(struct weir_plan *p, const struct weir_column *c, uint32_t row, enum weir_type type,
		       struct weir_value *cell)
{
	size_t at = p->row_text.size;
	if (cell->type == WEIR_NULL || cell->type == type)
		return true;
	if (type == WEIR_FLOAT64 && cell->type == WEIR_INT64) {
		*cell = (struct weir_value){.type = WEIR_FLOAT64, .f = (double)cell->i};
	} else if (type == WEIR_STRING) {
		weir_column_text(c, row, &p->row_text);
		*cell = (struct weir_value){.type = WEIR_STRING, .s = {NULL, p->row_text.size - at}};
	}
	return !p->row_text.failed;
}

static void point_texts(const struct weir_plan *p, struct weir_value *cells, uint32_t n)
{
	const char *at = p->row_text.data;
	for (uint32_t i = 0; at && i < n; i++) {
		if (cells[i].type != WEIR_STRING || cells[i].s.data)
			continue;
		cells[i].s.data = at;
		at += cells[i].s.size;
	}
}

enum weir_status weir_plan_row(struct weir_plan *p, const struct weir_batch *batch, uint32_t row,
			       struct weir_value *cells, bool *missing, struct weir_error *err)
{
	weir_buf_clear(&p->row_text);
	for (uint32_t i = 0; i < p->n_row_fields; i++) {
		int at = p->row_fields[batch->stream * p->schema->common->n_fields + i];
		bool there = at >= 0 && (uint32_t)at < batch->n_columns;
		cells[i] = there ? weir_column_get(batch->columns + at, row) : (struct weir_value){.type = WEIR_NULL};
		missing[i] = !there || weir_column_missing(batch->columns + at, row);
		if (cells[i].type == WEIR_STRING && !cells[i].s.data)
			cells[i].s.data = ""; /* NULL is one that is widened */
		if (there && !widen_cell(p, batch->columns + at, row, type_by_now(p, batch, at), cells + i))
			return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory");
	}
	point_texts(p, cells, p->n_row_fields);
	for (uint32_t i = p->n_row_fields; i < p->n_row_columns; i++)
		missing[i] = false;
	return weir_plan_computed(p, batch, row, cells + p->n_row_fields, err);
}
