/* Drawn rows as batches and segments. */
#include "property.h"

static bool set_cell(struct weir_column *c, uint32_t row, const struct weir_value *v, struct weir_dict *dict)
{
	switch (v->type) {
	case WEIR_NULL:
		return chance(50) || weir_column_set_null(c, row);
	case WEIR_BOOL:
		return weir_column_set_bool(c, row, v->b);
	case WEIR_INT64:
		return weir_column_set_int64(c, row, v->i);
	case WEIR_FLOAT64:
		return weir_column_set_float64(c, row, v->f);
	default:
		return weir_column_set_string(c, row, v->s, dict);
	}
}

/* As a decoder does it: a column comes with its first cell, and the schema says the widest type of each. */
static void settle_schema(struct weir_batch *b, struct weir_schema *next)
{
	unsigned s = b->stream;
	struct weir_schema *known = now.schemas[s];
	bool changed = known->n_fields != next->n_fields;
	for (uint32_t c = 0; c < b->n_columns; c++) {
		enum weir_type wide = weir_type_widen(next->fields[c].type, b->columns[c].type);
		changed |= wide != next->fields[c].type;
		weir_schema_set_type(next, c, wide);
	}
	weir_schema_unref(changed ? known : next);
	now.schemas[s] = changed ? next : known;
	assert_true(weir_batch_set_schema(b, now.schemas[s]));
	for (int c = REF_WORD; c < REF_COLUMNS; c++)
		if (now.dicts[s][c] && chance(10)) { /* one that grew too large is replaced; some columns go without */
			weir_dict_unref(now.dicts[s][c]);
			now.dicts[s][c] = chance(50) ? weir_dict_new(NULL) : NULL;
		}
}

static void set_row(struct weir_batch *b, const struct ref_row *r, struct weir_schema *next)
{
	for (int c = REF_WORD; c < REF_COLUMNS; c++) {
		const struct weir_value *v = now.evolves && c == REF_MIX ? &r->mix : r->cells + c;
		if (now.evolves && now.column_of[b->stream][c] == UINT16_MAX && (v->type != WEIR_NULL || chance(10))) {
			add_column(next, b->stream, (unsigned)c, WEIR_NULL);
			assert_true(weir_batch_set_schema(b, next));
		}
		uint16_t column = now.column_of[b->stream][c];
		if (column != UINT16_MAX)
			assert_true(set_cell(b->columns + column, b->n_rows, v, now.dicts[b->stream][c]));
	}
	if (b->time_us)
		b->time_us[b->n_rows] = r->time_us;
	if (b->partition)
		b->partition[b->n_rows] = r->partition;
	if (b->weight)
		b->weight[b->n_rows] = r->weight;
	b->position[b->n_rows++] = r->position;
}

/* A batch in which each row counts once may do without weights. */
static void drop_weights(struct weir_batch *b)
{
	for (uint32_t i = 0; b->weight && i < b->n_rows; i++)
		if (b->weight[i] != 1)
			return;
	if (!b->weight || chance(30))
		return;
	free(b->weight);
	b->weight = NULL;
}

/* The next rows of one stream as a batch; *at moves on. Rows of other streams stay for later batches: the order of
 * arrival between streams does not matter to anybody. */
struct weir_batch *next_batch(size_t *at, bool *taken)
{
	struct weir_batch *b = weir_batch_new(1 + (uint32_t)draw(200));
	while (*at < now.n_rows && taken[*at])
		++*at;
	if (*at == now.n_rows) {
		weir_batch_free(b);
		return NULL;
	}
	b->stream = now.rows[*at].stream;
	struct weir_schema *next = now.evolves ? weir_schema_next(now.schemas[b->stream]) : NULL;
	if (now.evolves && now.has_time && now.column_of[b->stream][REF_TIME] == UINT16_MAX)
		add_column(next, b->stream, REF_TIME, WEIR_TIMESTAMP);
	assert_true(weir_batch_set_schema(b, next ? next : now.schemas[b->stream]));
	assert_true(!now.has_time || weir_batch_add_time(b));
	assert_true(!now.has_partitions || weir_batch_add_partition(b));
	assert_true(!now.has_weights || weir_batch_add_weight(b));
	now.n_batch_rows = 0;
	for (size_t i = *at; i < now.n_rows && b->n_rows < b->capacity; i++) {
		if (taken[i] || now.rows[i].stream != b->stream)
			continue;
		taken[i] = true;
		now.batch_rows[now.n_batch_rows++] = i;
		set_row(b, now.rows + i, next);
	}
	for (uint32_t c = 0; c < b->n_columns; c++)
		assert_true(weir_column_finish(b->columns + c, b->n_rows));
	if (next)
		settle_schema(b, next);
	drop_weights(b);
	return b;
}

void fill_store(struct store *store)
{
	bool taken[MAX_ROWS] = {false};
	size_t at = 0;
	struct weir_batch *b;
	uint64_t n[MAX_STREAMS] = {0};
	memset(store, 0, sizeof *store);
	while ((b = next_batch(&at, taken))) {
		struct weir_snapshot *s = store->snapshots + b->stream;
		struct weir_segment *seg = calloc(1, sizeof *seg);
		seg->rows = b;
		seg->first_row = n[b->stream];
		seg->time_min_us = INT64_MAX;
		seg->time_max_us = seg->newest_us = INT64_MIN;
		n[b->stream] += b->n_rows;
		for (uint32_t i = 0; b->time_us && i < b->n_rows; i++)
			if (b->time_us[i] != WEIR_TIME_NONE) {
				seg->time_min_us = b->time_us[i] < seg->time_min_us ? b->time_us[i] : seg->time_min_us;
				seg->time_max_us = b->time_us[i] > seg->time_max_us ? b->time_us[i] : seg->time_max_us;
				seg->newest_us = seg->time_max_us;
			}
		store->segments[b->stream][s->n_segments++] = seg;
	}
	store->relation = (struct weir_relation_snapshot){now.n_streams, store->pointers};
	for (unsigned s = 0; s < MAX_STREAMS; s++) {
		store->snapshots[s].segments = store->segments[s];
		store->pointers[s] = store->snapshots + s;
	}
}

void empty_store(struct store *store)
{
	for (unsigned s = 0; s < MAX_STREAMS; s++)
		for (uint32_t i = 0; i < store->snapshots[s].n_segments; i++) {
			weir_batch_free(store->segments[s][i]->rows);
			free(store->segments[s][i]);
		}
}
