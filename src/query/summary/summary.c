/* Makes and frees the summary of a segment. */
#include "query/summary/make.h"

#include <stdlib.h>

void weir_summary_free(struct weir_summary *s)
{
	if (!s)
		return;
	for (uint32_t k = 0; k < WEIR_SUMMARY_KEYS; k++)
		free(s->keys[k].counts);
	for (uint32_t v = 0; v < WEIR_SUMMARY_VALUES; v++) {
		for (uint32_t k = 0; k < WEIR_SUMMARY_KEYS; k++)
			free(s->values[v].sums[k]);
		free(s->values[v].buckets);
		free(s->values[v].ranges);
	}
	free(s);
}

static bool has_key(const struct weir_summary *s, uint32_t column)
{
	for (uint32_t k = 0; k < s->n_keys; k++)
		if (s->keys[k].column == (int32_t)column)
			return true;
	return false;
}

/* Numbers that are many: those with few values are asked for as groups. */
static bool make_values(struct weir_summary_maker *m, const struct weir_segment *segment)
{
	for (uint32_t c = 0; c < m->rows->n_columns && m->s->n_values < WEIR_SUMMARY_VALUES; c++) {
		const struct weir_column *column = &m->rows->columns[c];
		bool number = column->type == WEIR_INT64 || column->type == WEIR_FLOAT64;
		bool stored = column->encoding == WEIR_ENC_WIDE || column->encoding == WEIR_ENC_NARROW;
		if (number && stored && !column->valid && !has_key(m->s, c) &&
		    !weir_summary_make_value(m, c, &segment->zones[c]))
			return false;
	}
	return true;
}

struct weir_summary *weir_summary_new(const struct weir_segment *segment, uint32_t block_rows)
{
	struct weir_summary *s = weir_calloc(1, sizeof *s);
	struct weir_summary_maker m = {.s = s, .rows = segment->rows, .places = weir_alloc(1 << 16)};
	bool ok = s && m.places;
	if (ok) {
		s->bytes = sizeof *s;
		s->n_rows = m.rows->n_rows;
		s->block_rows = block_rows;
		s->n_blocks = (s->n_rows + block_rows - 1) / block_rows;
		ok = weir_summary_make_keys(&m) && make_values(&m, segment);
	}
	for (uint32_t k = 0; k < WEIR_SUMMARY_KEYS; k++)
		free(m.ids[k]);
	free(m.places);
	if (ok)
		return s;
	weir_summary_free(s);
	return NULL;
}

static void *make(const struct weir_segment *segment, size_t *bytes)
{
	struct weir_summary *s = segment->rows->n_rows < WEIR_SUMMARY_ROWS || segment->rows->weight
				     ? NULL
				     : weir_summary_new(segment, WEIR_SUMMARY_ROWS);
	*bytes = s ? s->bytes : 0;
	return s;
}

static void release(void *summary)
{
	weir_summary_free(summary);
}

const struct weir_summary_ops weir_plan_summaries = {make, release};
