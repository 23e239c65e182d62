/* Rows on their way into the segment, in whatever form the kind gives a key and a value. */
#include "sql.h"

/* A row that was encoded. False: no memory. */
static bool add(struct weir_sql_landing *l, struct weir_sql_row row)
{
	struct weir_sql_segment *s = &l->segment;

	if (s->bytes.failed || !weir_grow((void **)&s->rows, &s->room, s->n + 1, sizeof *s->rows))
		return false;
	s->rows[s->n++] = row;
	l->n_rows++;
	return true;
}

/* False: no memory. */
static bool put_row(struct weir_sql_landing *l, const struct weir_batch *b, uint32_t row, bool has_nulls)
{
	struct weir_sql_segment *s = &l->segment;
	const struct weir_sql_plan *p = s->plan;
	const struct weir_sql_row r = {s->bytes.size, b, row, weir_batch_position(b, row)};
	const char *fault = NULL;
	char reason[200];

	l->dialect->put_key(l, b, row, has_nulls);
	for (uint32_t i = 0; i < p->n && !fault; i++) {
		const struct weir_sql_column *to = &p->table->columns[p->column[i]];
		const struct weir_column *from = p->field[i] < b->n_columns ? &b->columns[p->field[i]] : NULL;
		fault = l->dialect->put_value(l, to->type, from, row);
		if (fault)
			snprintf(reason, sizeof reason, "%.100s %s", to->name, fault);
	}
	if (l->dialect->put_end)
		l->dialect->put_end(l);
	if (s->bytes.failed)
		return false;
	if (fault) {
		s->bytes.size = r.at;
		weir_sql_refuse(l, s->stream, &r, reason);
		return true;
	}
	return add(l, r);
}

enum weir_status weir_sql_encode(struct weir_sql_landing *l, const struct weir_batch *batch, const uint64_t *rows,
				 struct weir_error *err)
{
	bool has_nulls = weir_sql_plan_has_nulls(l->segment.plan, batch);

	for (uint32_t row = 0; row < batch->n_rows; row++)
		if (weir_bit_get(rows, row) && !put_row(l, batch, row, has_nulls))
			return weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory");
	return WEIR_OK;
}
