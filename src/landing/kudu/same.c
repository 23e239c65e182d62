/* Rows whose keys are taken: is what has the key the same row? They are read back by a scan of the places between the first and the
 * last of them. */
#include "kudu.h"

#include <stdlib.h>

enum { BLOCK_BYTES = 1 << 20, FIRST_VALUE = 2 }; /* before it the position, and what is NULL */

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory");
}

/* Columns that are read: all of each field, for a row has its value in one of them. */
struct reading {
	uint32_t *columns, *field; /* of the table; which of r->field a column belongs to */
	enum weir_type *type;
	uint32_t n;
};

static void reading_release(struct reading *g)
{
	free(g->columns);
	free(g->field);
	free(g->type);
}

static bool reading_make(const struct weir_kudu_rows *r, struct reading *g)
{
	const struct weir_kudu_table *t = r->target->table;

	*g = (struct reading){.columns = weir_calloc(t->n_columns, sizeof *g->columns),
			      .field = weir_calloc(t->n_columns, sizeof *g->field),
			      .type = weir_calloc(t->n_columns, sizeof *g->type)};
	if (!g->columns || !g->field || !g->type)
		return false;
	g->columns[g->n++] = (uint32_t)weir_kudu_table_find(t, WEIR_STR("_offset"));
	g->columns[g->n++] = (uint32_t)weir_kudu_table_find(t, weir_str_of(WEIR_KUDU_NULLS));
	for (uint32_t c = 0; c < t->n_columns; c++) {
		struct weir_str name;
		enum weir_type type;
		if (!weir_kudu_target_field(&t->columns[c], &name, &type))
			continue;
		for (uint32_t i = 0; i < r->n; i++) {
			if (!weir_str_equal(name, r->schema->fields[r->field[i]].name))
				continue;
			g->columns[g->n] = c;
			g->field[g->n] = i;
			g->type[g->n++] = type;
		}
	}
	return true;
}

static struct weir_value value_of(enum weir_type type, const struct weir_kudu_cell *c)
{
	struct weir_value v = {.type = c->null ? WEIR_NULL : type};

	if (v.type == WEIR_STRING)
		v.s = c->s;
	else if (v.type == WEIR_FLOAT64)
		v.f = c->f;
	else if (v.type == WEIR_BOOL)
		v.b = c->i != 0;
	else if (v.type != WEIR_NULL)
		v.i = c->i;
	return v;
}

/* Of two types, because the column was widened in between: the same text, or the same number. */
static bool is_alike(const struct weir_value *there, const struct weir_column *c, uint32_t row,
		     const struct weir_value *ours)
{
	struct weir_buf a = {0}, b = {0};

	if (there->type == WEIR_INT64 && ours->type == WEIR_FLOAT64)
		return (double)there->i == ours->f;
	if (there->type == WEIR_FLOAT64 && ours->type == WEIR_INT64)
		return there->f == (double)ours->i;
	weir_value_text(there, &a);
	weir_column_text(c, row, &b);
	bool same = !a.failed && !b.failed && weir_str_equal(weir_buf_str(&a), weir_buf_str(&b));
	weir_buf_release(&a);
	weir_buf_release(&b);
	return same;
}

/* Also of zero with its sign, and of what is no number. */
static bool has_same_bits(double a, double b)
{
	uint64_t bits_a, bits_b;

	memcpy(&bits_a, &a, sizeof bits_a);
	memcpy(&bits_b, &b, sizeof bits_b);
	return bits_a == bits_b;
}

/* Of a value of ours. */
static bool is_equal(const struct weir_value *there, const struct weir_column *c, uint32_t row)
{
	struct weir_value ours = weir_column_get(c, row);

	if (there->type != ours.type)
		return is_alike(there, c, row, &ours);
	switch (ours.type) {
	case WEIR_STRING:
		return weir_str_equal(there->s, ours.s);
	case WEIR_FLOAT64:
		return has_same_bits(there->f, ours.f);
	case WEIR_BOOL:
		return there->b == ours.b;
	default:
		return there->i == ours.i;
	}
}

/* Whether the row that is there says of the field that it is NULL. */
static bool is_named(struct weir_kudu_rows *r, const struct weir_kudu_cell *cells, struct weir_str field)
{
	if (cells[1].null)
		return false;
	weir_buf_clear(&r->nulls);
	weir_json_quote(field, &r->nulls);
	return r->nulls.size && memmem(cells[1].s.data, cells[1].s.size, r->nulls.data, r->nulls.size);
}

static bool is_same(struct weir_kudu_rows *r, const struct reading *g, const struct weir_kudu_cell *cells,
		    const struct weir_batch *b, uint32_t row)
{
	for (uint32_t i = 0; i < r->n; i++) {
		struct weir_value there = {.type = WEIR_NULL};
		for (uint32_t k = FIRST_VALUE; k < g->n; k++)
			if (g->field[k] == i && !cells[k].null)
				there = value_of(g->type[k], &cells[k]);
		const struct weir_column *c = r->field[i] < b->n_columns ? &b->columns[r->field[i]] : NULL;
		bool ours = c && weir_column_valid(c, row), missing = !c || weir_column_missing(c, row);
		if (ours || there.type != WEIR_NULL) {
			if (!ours || !is_equal(&there, c, row))
				return false;
		} else if (missing == is_named(r, cells, r->schema->fields[r->field[i]].name)) {
			return false;
		}
	}
	return true;
}

/* Rows of the list that have the position of this one; it is sorted. */
static void compare_at(struct weir_kudu_rows *r, const struct reading *g, const struct weir_kudu_cell *cells,
		       const struct weir_batch *b, const uint32_t *rows, uint32_t n, enum weir_kudu_found *found)
{
	uint32_t low = 0, high = n;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (weir_batch_position(b, rows[middle]) < cells[0].i)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < n && weir_batch_position(b, rows[low]) == cells[0].i; low++)
		found[low] = is_same(r, g, cells, b, rows[low]) ? WEIR_KUDU_SAME : WEIR_KUDU_OTHER;
}

static enum weir_status open_scan(struct weir_kudu_rows *r, const struct reading *g, const struct weir_batch *b,
				  const uint32_t *rows, uint32_t n, struct weir_kudu_scan **out, struct weir_error *err)
{
	static const char *const names[] = {WEIR_KUDU_KEY};
	struct weir_landing_origin o = weir_landing_origin_of(b, rows[0]);
	struct weir_kudu_bound bounds[WEIR_KUDU_KEY_COLUMNS] = {{0}};
	const struct weir_kudu_scan_config config = {.columns = g->columns,
						     .n_columns = g->n,
						     .bounds = bounds,
						     .n_bounds = WEIR_KUDU_KEY_COLUMNS,
						     .block_bytes = BLOCK_BYTES};

	for (int i = 0; i < WEIR_KUDU_KEY_COLUMNS; i++)
		bounds[i].column = (uint32_t)weir_kudu_table_find(r->target->table, weir_str_of(names[i]));
	bounds[0].value.s = r->stream;
	bounds[1].value.s = o.topic;
	bounds[2].value.i = o.partition;
	bounds[3].kind = WEIR_KUDU_BETWEEN;
	bounds[3].value.i = o.offset;
	bounds[3].below.i = weir_batch_position(b, rows[n - 1]) + 1;
	bounds[4].value.i = r->run[rows[0]];
	return weir_kudu_scan_new(r->target->table, &config, out, err);
}

enum weir_status weir_kudu_compare(struct weir_kudu_rows *r, const struct weir_batch *b, const uint32_t *rows,
				   uint32_t n, enum weir_kudu_found *found, struct weir_error *err)
{
	const struct weir_kudu_cell *cells;
	struct weir_kudu_scan *scan = NULL;
	struct reading g;

	for (uint32_t i = 0; i < n; i++)
		found[i] = WEIR_KUDU_GONE;
	enum weir_status st = reading_make(r, &g) ? open_scan(r, &g, b, rows, n, &scan, err) : out_of_memory(err);
	while (st == WEIR_OK && (st = weir_kudu_scan_next(scan, &cells, err)) == WEIR_OK)
		compare_at(r, &g, cells, b, rows, n, found);
	weir_kudu_scan_free(scan);
	reading_release(&g);
	return st == WEIR_END ? (r->nulls.failed ? out_of_memory(err) : WEIR_OK) : st;
}
