/* A scan of a table: one cursor a tablet, all under way at once. Where it reads a snapshot, each gives its rows in the order of the
 * key, and they are merged; so the order of rows is that of the key, however they are divided. */
#include "cursor.h"

#include <stdlib.h>

static void release_projection(struct weir_kudu_scan *s)
{
	for (uint32_t i = 0; s->values && i < 2 * s->n_predicates; i++)
		weir_buf_release(&s->values[i]);
	free(s->values);
	free(s->predicates);
	free(s->predicate_pointers);
	free(s->betweens);
	free(s->equals);
	free(s->columns);
	free(s->pointers);
	free(s->keys);
	kudu_layout_release(&s->layout);
}

void weir_kudu_scan_free(struct weir_kudu_scan *s)
{
	if (!s)
		return;
	for (uint32_t i = 0; s->cursors && i < s->n_cursors; i++)
		kudu_cursor_free(s->cursors[i]);
	free(s->cursors);
	free(s->heap);
	release_projection(s);
	weir_buf_release(&s->behind);
	free(s);
}

/* ---- what is asked for ---- */

static void add_column(struct weir_kudu_scan *s, const struct weir_kudu_column *from)
{
	Kw__Column *to = &s->columns[s->n];

	kw__column__init(to);
	to->name = from->name;
	to->type = from->type;
	to->has_nullable = true; /* in a projection none is of the key */
	to->nullable = from->nullable;
	s->pointers[s->n++] = to;
}

/* Whether a row was deleted, as a column of its own: its name must be no other's. */
static void add_deleted(struct weir_kudu_scan *s)
{
	static uint8_t no[] = {0};
	static char name[] = "_weir_is_deleted";
	static const struct weir_kudu_column deleted = {.name = name, .type = KUDU_DELETED};

	add_column(s, &deleted);
	s->columns[s->n - 1].has_otherwise = true;
	s->columns[s->n - 1].otherwise = (ProtobufCBinaryData){sizeof no, no};
}

static enum weir_status make_projection(struct weir_kudu_scan *s, const struct weir_kudu_scan_config *config,
					struct weir_error *err)
{
	const struct weir_kudu_table *t = s->table;
	uint32_t room = config->n_columns + t->n_keys + 1;

	s->columns = weir_calloc(room, sizeof *s->columns);
	s->pointers = weir_calloc(room, sizeof(Kw__Column *));
	s->keys = weir_calloc(t->n_keys + (size_t)1, sizeof *s->keys);
	if (!s->columns || !s->pointers || !s->keys)
		return kudu_out_of_memory(err);
	for (uint32_t i = 0; i < t->n_keys; i++)
		s->keys[i] = UINT32_MAX;
	for (uint32_t i = 0; i < config->n_columns; i++) {
		if (config->columns[i] < t->n_keys)
			s->keys[config->columns[i]] = i;
		add_column(s, &t->columns[config->columns[i]]);
	}
	for (uint32_t i = 0; i < t->n_keys && s->at; i++)
		if (s->keys[i] == UINT32_MAX) {
			s->keys[i] = s->n;
			add_column(s, &t->columns[i]);
		}
	if (s->since)
		add_deleted(s);
	for (uint32_t i = 0; i < s->n; i++)
		if (!kudu_width(s->columns[i].type))
			return weir_fail(err, WEIR_UNSUPPORTED, t->name,
					 "the column %s is of a type that is not read: %s", s->columns[i].name,
					 weir_kudu_type_name(s->columns[i].type));
	return kudu_layout_make(&s->layout, s->columns, s->n) ? WEIR_OK : kudu_out_of_memory(err);
}

static bool set_bound(struct weir_kudu_scan *s, uint32_t i, const struct weir_kudu_bound *b)
{
	const struct weir_kudu_column *c = &s->table->columns[b->column];
	struct weir_buf *v = &s->values[2 * (size_t)i];

	kudu_cell_write(c->type, &b->value, NULL, &v[0]);
	if (b->range)
		kudu_cell_write(c->type, &b->below, NULL, &v[1]);
	const ProtobufCBinaryData bytes[] = {{v[0].size, (uint8_t *)v[0].data}, {v[1].size, (uint8_t *)v[1].data}};
	kw__predicate__init(&s->predicates[i]);
	kw__between__init(&s->betweens[i]);
	kw__equal__init(&s->equals[i]);
	s->predicates[i].column = c->name;
	s->betweens[i].has_from = s->betweens[i].has_to = s->equals[i].has_value = true;
	s->betweens[i].from = s->equals[i].value = bytes[0];
	s->betweens[i].to = bytes[1];
	if (b->range)
		s->predicates[i].between = &s->betweens[i];
	else
		s->predicates[i].equal = &s->equals[i];
	s->predicate_pointers[i] = &s->predicates[i];
	return !v[0].failed && !v[1].failed;
}

static enum weir_status make_predicates(struct weir_kudu_scan *s, const struct weir_kudu_scan_config *config,
					struct weir_error *err)
{
	uint32_t n = config->n_bounds;
	bool good = true;

	s->predicates = weir_calloc(n, sizeof *s->predicates);
	s->predicate_pointers = weir_calloc(n, sizeof(Kw__Predicate *));
	s->betweens = weir_calloc(n, sizeof *s->betweens);
	s->equals = weir_calloc(n, sizeof *s->equals);
	s->values = weir_calloc(2 * (size_t)n, sizeof *s->values);
	if (!s->predicates || !s->predicate_pointers || !s->betweens || !s->equals || !s->values)
		return kudu_out_of_memory(err);
	s->n_predicates = n;
	for (uint32_t i = 0; i < n; i++)
		good = set_bound(s, i, &config->bounds[i]) && good;
	return good ? WEIR_OK : kudu_out_of_memory(err);
}

enum weir_status weir_kudu_scan_new(struct weir_kudu_table *t, const struct weir_kudu_scan_config *config,
				    struct weir_kudu_scan **out, struct weir_error *err)
{
	struct weir_kudu_scan *s = weir_calloc(1, sizeof *s);

	*out = NULL;
	if (!s)
		return kudu_out_of_memory(err);
	*s = (struct weir_kudu_scan){.table = t,
				     .n_out = config->n_columns,
				     .at = config->at,
				     .since = config->since,
				     .block_bytes = config->block_bytes};
	weir_buf_add_str(&s->behind, config->behind);
	enum weir_status st = s->behind.failed ? kudu_out_of_memory(err) : make_projection(s, config, err);
	if (st == WEIR_OK)
		st = make_predicates(s, config, err);
	s->cursors = weir_calloc(t->n_tablets, sizeof(struct kudu_cursor *));
	s->heap = weir_calloc(t->n_tablets, sizeof(struct kudu_cursor *));
	if (st == WEIR_OK && (!s->cursors || !s->heap))
		st = kudu_out_of_memory(err);
	for (uint32_t i = 0; st == WEIR_OK && i < t->n_tablets; i++) {
		s->cursors[i] = kudu_cursor_new(s, i);
		st = s->cursors[i] ? WEIR_OK : kudu_out_of_memory(err);
		s->n_cursors += st == WEIR_OK;
	}
	if (st == WEIR_OK)
		*out = s;
	else
		weir_kudu_scan_free(s);
	return st;
}

/* ---- merging ---- */

static int compare_cells(int type, const struct weir_kudu_cell *a, const struct weir_kudu_cell *b)
{
	if (kudu_width(type) == 16)
		return weir_str_compare(a->s, b->s);
	return (a->i > b->i) - (a->i < b->i);
}

static bool is_before(const struct weir_kudu_scan *s, const struct kudu_cursor *a, const struct kudu_cursor *b)
{
	int order = 0;

	for (uint32_t i = 0; i < s->table->n_keys && !order && s->at; i++)
		order = compare_cells(s->table->columns[i].type, &a->current[s->keys[i]], &b->current[s->keys[i]]);
	return order < 0;
}

static void sift_down(struct weir_kudu_scan *s)
{
	for (uint32_t at = 0, child; (child = 2 * at + 1) < s->n_heap; at = child) {
		if (child + 1 < s->n_heap && is_before(s, s->heap[child + 1], s->heap[child]))
			child++;
		if (!is_before(s, s->heap[child], s->heap[at]))
			return;
		struct kudu_cursor *c = s->heap[at];
		s->heap[at] = s->heap[child];
		s->heap[child] = c;
	}
}

static void sift_up(struct weir_kudu_scan *s)
{
	for (uint32_t at = s->n_heap - 1, up; at && is_before(s, s->heap[at], s->heap[up = (at - 1) / 2]); at = up) {
		struct kudu_cursor *c = s->heap[at];
		s->heap[at] = s->heap[up];
		s->heap[up] = c;
	}
}

/* Each cursor's first row; again after an interruption, from the one that is not there yet. */
static enum weir_status begin(struct weir_kudu_scan *s, int64_t end_us, struct weir_error *err)
{
	if (!s->begun)
		for (uint32_t i = 0; i < s->n_cursors; i++)
			kudu_cursor_start(s->cursors[i]);
	for (s->begun = true; s->n_first < s->n_cursors; s->n_first++) {
		enum weir_status st = kudu_cursor_step(s->cursors[s->n_first], end_us, err);
		if (st != WEIR_OK && st != WEIR_END)
			return st;
		if (st == WEIR_END)
			continue;
		s->heap[s->n_heap++] = s->cursors[s->n_first];
		sift_up(s);
	}
	return WEIR_OK;
}

/* Behind the row that was handed out last. */
static enum weir_status advance(struct weir_kudu_scan *s, int64_t end_us, struct weir_error *err)
{
	if (!s->given)
		return WEIR_OK;
	enum weir_status st = kudu_cursor_step(s->given, end_us, err);
	if (st != WEIR_OK && st != WEIR_END)
		return st;
	if (st == WEIR_END)
		s->heap[0] = s->heap[--s->n_heap];
	s->given = NULL;
	sift_down(s);
	return WEIR_OK;
}

enum weir_status weir_kudu_scan_next(struct weir_kudu_scan *s, int64_t end_us, const struct weir_kudu_cell **cells,
				     struct weir_error *err)
{
	enum weir_status st = s->n_first < s->n_cursors ? begin(s, end_us, err) : WEIR_OK;

	while (st == WEIR_OK) {
		st = advance(s, end_us, err);
		if (st == WEIR_OK && !s->n_heap)
			st = WEIR_END;
		if (st != WEIR_OK)
			break;
		s->given = s->heap[0];
		if (s->since && s->given->current[s->n - 1].i)
			continue; /* it was deleted */
		*cells = s->given->current;
		return WEIR_OK;
	}
	return st;
}

void weir_kudu_scan_place(const struct weir_kudu_scan *s, struct weir_buf *out)
{
	if (!s->given) {
		weir_buf_add_str(out, weir_buf_str(&s->behind));
		return;
	}
	for (uint32_t i = 0; i < s->table->n_keys; i++)
		kudu_key_add(s->table->columns[i].type, &s->given->current[s->keys[i]], i + 1 == s->table->n_keys, out);
}
