/* Which rows of a batch are landed, and with which columns. The batch is the engine's and will be filled again, so what is landed is a
 * copy of its columns; dictionaries are shared. */
#include "landings.h"

#include <stdlib.h>

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory");
}

/* The columns of one stream: those of all streams by first appearance, as the rows of a batch run are printed, then the computed ones.
 * A type is that of the stream's own column. */
static const struct weir_schema *columns_of(const struct weir_landings *l, uint32_t stream)
{
	const struct weir_result_column *columns;
	uint32_t n = weir_plan_row_columns(l->plan, &columns), n_fields = n - weir_plan_n_computed(l->plan);
	struct weir_schema *s = weir_schema_new();

	for (uint32_t i = 0; s && i < n; i++) {
		int at = i < n_fields ? weir_schema_find(l->schemas[stream], columns[i].name) : -1;
		enum weir_type type = at < 0 ? columns[i].type : l->schemas[stream]->fields[at].type;
		if (weir_schema_add(s, columns[i].name, type) < 0) {
			weir_schema_unref(s);
			return NULL;
		}
		if (at >= 0 && l->schemas[stream]->fields[at].is_time)
			weir_schema_set_time(s, (int)i);
	}
	return s;
}

/* The plan and the columns, for schemas that changed. */
static enum weir_status bind(struct weir_landings *l, struct weir_error *err)
{
	struct weir_relation_schema *schema = weir_relation_schema_new(l->n_streams, l->names, l->schemas);

	if (!schema)
		return out_of_memory(err);
	struct weir_plan_config config = {.view = &l->view, .schema = schema, .finite = true, .budget = l->budget};
	weir_plan_free(l->plan);
	l->plan = NULL;
	enum weir_status st = weir_plan_bind(&config, &l->plan, err);
	weir_relation_schema_unref(schema);
	for (uint32_t i = 0; i < l->n_streams && st == WEIR_OK; i++) {
		const struct weir_schema *columns = columns_of(l, i);
		if (!columns)
			st = out_of_memory(err);
		else
			weir_schema_unref(l->columns[i]);
		l->columns[i] = columns ? columns : l->columns[i];
	}
	if (st == WEIR_OK && !weir_landings_find_absent(l))
		st = out_of_memory(err);
	if (st != WEIR_OK) {
		weir_plan_free(l->plan);
		l->plan = NULL;
	}
	return st;
}

static enum weir_status follow(struct weir_landings *l, const struct weir_batch *b, struct weir_error *err)
{
	bool newer = b->schema && b->schema != l->schemas[b->stream];

	if (newer) {
		weir_schema_unref(l->schemas[b->stream]);
		l->schemas[b->stream] = weir_schema_ref(b->schema);
	}
	return newer || !l->plan ? bind(l, err) : WEIR_OK;
}

/* The computed columns of the chosen rows; the others are missing there. */
static enum weir_status compute(struct weir_landings *l, const struct weir_batch *from, const uint64_t *rows,
				struct weir_batch *to, struct weir_error *err)
{
	uint32_t n = weir_plan_n_computed(l->plan), first = to->n_columns - n;
	struct weir_value *cells = n ? weir_calloc(n, sizeof *cells) : NULL;
	enum weir_status st = n && !cells ? out_of_memory(err) : WEIR_OK;

	for (uint32_t row = 0; n && row < from->n_rows && st == WEIR_OK; row++) {
		if (!weir_bit_get(rows, row))
			continue;
		st = weir_plan_computed(l->plan, from, row, cells, err);
		for (uint32_t i = 0; i < n && st == WEIR_OK; i++)
			if (!weir_column_set_value(&to->columns[first + i], row, &cells[i]))
				st = out_of_memory(err);
	}
	for (uint32_t i = 0; i < n && st == WEIR_OK; i++)
		if (!weir_column_finish(&to->columns[first + i], from->n_rows))
			st = out_of_memory(err);
	free(cells);
	return st;
}

static enum weir_status copy(struct weir_landings *l, const struct weir_batch *from, const uint64_t *rows,
			     struct weir_batch *to, struct weir_error *err)
{
	const struct weir_schema *s = l->columns[from->stream];

	if (!weir_batch_set_schema(to, s))
		return out_of_memory(err);
	to->stream = from->stream;
	to->n_rows = from->n_rows;
	to->arrival_us = from->arrival_us;
	weir_batch_set_partitions(to, from->partitions);
	if (from->partition && !weir_batch_add_partition(to))
		return out_of_memory(err);
	if (from->partition)
		memcpy(to->partition, from->partition, from->n_rows * sizeof *to->partition);
	for (uint32_t row = 0; row < from->n_rows; row++)
		to->position[row] = weir_batch_position(from, row);
	for (uint32_t i = 0; i < s->n_fields - weir_plan_n_computed(l->plan); i++) {
		bool same = i < from->n_columns && weir_str_equal(from->schema->fields[i].name, s->fields[i].name);
		int at = same ? (int)i : from->schema ? weir_schema_find(from->schema, s->fields[i].name) : -1;
		if (at >= 0 && (uint32_t)at < from->n_columns &&
		    !weir_column_copy(&to->columns[i], &from->columns[at], from->n_rows))
			return out_of_memory(err);
	}
	return compute(l, from, rows, to, err);
}

static bool any(const uint64_t *rows, uint32_t n)
{
	for (uint32_t i = 0; i < weir_bit_words(n); i++)
		if (rows[i])
			return true;
	return false;
}

enum weir_status weir_landings_choose(struct weir_landings *l, const struct weir_batch *batch,
				      struct weir_landing_rows **out, struct weir_error *err)
{
	uint64_t *rows = weir_calloc(weir_bit_words(batch->n_rows) + (size_t)1, sizeof *rows);
	enum weir_status st = rows ? follow(l, batch, err) : out_of_memory(err);
	struct weir_batch *to = NULL;

	*out = NULL;
	if (st == WEIR_OK)
		st = weir_plan_filter(l->plan, batch, rows, err);
	if (st == WEIR_OK && any(rows, batch->n_rows)) {
		to = weir_batch_new(batch->n_rows);
		st = to ? copy(l, batch, rows, to, err) : out_of_memory(err);
	}
	if (st != WEIR_OK || !to) {
		weir_batch_free(to);
		free(rows);
		return st;
	}
	*out = weir_landing_rows_take(to, rows, l->budget);
	return *out ? WEIR_OK : out_of_memory(err);
}
