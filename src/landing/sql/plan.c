/* From the fields of a stream to the columns of its table, and from a row to its key. */
#include "sql.h"

#include <stdlib.h>

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory");
}

static void forget(struct weir_sql_plan *p)
{
	weir_schema_unref(p->schema);
	p->schema = NULL;
	free(p->field);
	free(p->column);
	p->field = p->column = NULL;
	p->n = 0;
}

void weir_sql_plan_release(struct weir_sql_plan *p)
{
	forget(p);
	free(p->run);
	free(p->kept);
	*p = (struct weir_sql_plan){0};
}

bool weir_sql_plan_is_old(const struct weir_sql_plan *p, const struct weir_schema *schema)
{
	return p->schema != schema || p->changes != p->table->changes;
}

bool weir_sql_plan_needs_change(const struct weir_sql_plan *p, const struct weir_schema *schema)
{
	for (uint32_t i = 0; i < schema->n_fields; i++)
		if (weir_landing_wants(p->columns, schema->fields[i].name) &&
		    weir_sql_table_find(p->table, &schema->fields[i]) < 0)
			return true;
	return false;
}

enum weir_status weir_sql_plan_follow(struct weir_sql_landing *l, struct weir_sql_plan *p,
				      const struct weir_schema *schema, struct weir_error *err)
{
	if (!weir_sql_plan_is_old(p, schema))
		return WEIR_OK;
	forget(p);
	p->field = weir_calloc(schema->n_fields + (size_t)1, sizeof *p->field);
	p->column = weir_calloc(schema->n_fields + (size_t)1, sizeof *p->column);
	enum weir_status st = p->field && p->column ? WEIR_OK : out_of_memory(err);
	for (uint32_t i = 0; i < schema->n_fields && st == WEIR_OK; i++) {
		if (!weir_landing_wants(p->columns, schema->fields[i].name))
			continue;
		st = weir_sql_table_column(l, p->table, &schema->fields[i], &p->column[p->n], err);
		p->field[p->n++] = i;
	}
	if (st != WEIR_OK) {
		forget(p);
		return st;
	}
	p->schema = weir_schema_ref(schema);
	p->changes = p->table->changes;
	p->version++;
	return WEIR_OK;
}

enum weir_status weir_sql_plan_runs(struct weir_sql_plan *p, const struct weir_batch *batch, struct weir_error *err)
{
	uint32_t n = batch->partitions ? weir_partitions_count(batch->partitions) : 1;

	if (n <= p->n_run)
		return WEIR_OK;
	int64_t *more = weir_realloc(p->run, n * sizeof *more);
	if (!more)
		return out_of_memory(err);
	p->run = more;
	if (!(more = weir_realloc(p->kept, n * sizeof *more)))
		return out_of_memory(err);
	p->kept = more;
	for (; p->n_run < n; p->n_run++)
		p->run[p->n_run] = p->kept[p->n_run] = p->first_run;
	return WEIR_OK;
}

void weir_sql_plan_keep(struct weir_sql_plan *p)
{
	if (p->n_run)
		memcpy(p->kept, p->run, p->n_run * sizeof *p->run);
}

void weir_sql_plan_back(struct weir_sql_plan *p)
{
	if (p->n_run)
		memcpy(p->run, p->kept, p->n_run * sizeof *p->run);
}

static bool may_have_nulls(const struct weir_sql_plan *p, uint32_t i, const struct weir_batch *b)
{
	return p->field[i] < b->n_columns && b->columns[p->field[i]].encoding != WEIR_ENC_ABSENT &&
	       b->columns[p->field[i]].valid;
}

bool weir_sql_plan_has_nulls(const struct weir_sql_plan *p, const struct weir_batch *b)
{
	for (uint32_t i = 0; i < p->n; i++)
		if (may_have_nulls(p, i, b))
			return true;
	return false;
}

void weir_sql_plan_nulls(const struct weir_sql_plan *p, const struct weir_batch *b, uint32_t row, struct weir_buf *out)
{
	size_t before = out->size;

	for (uint32_t i = 0; i < p->n; i++) {
		if (!may_have_nulls(p, i, b))
			continue;
		const struct weir_column *c = &b->columns[p->field[i]];
		if (weir_column_valid(c, row) || weir_column_missing(c, row))
			continue;
		weir_buf_add_char(out, out->size > before ? ',' : '[');
		weir_json_quote(p->schema->fields[p->field[i]].name, out);
	}
	if (out->size > before)
		weir_buf_add_char(out, ']');
}
