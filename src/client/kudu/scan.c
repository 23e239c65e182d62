/* A scan of a table: one cursor a tablet, all under way at once. */
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
	for (uint32_t i = 0; s->listed && i < s->n_predicates; i++)
		free(s->listed[i]);
	free(s->listed);
	free(s->lists);
	free(s->columns);
	free(s->attributes);
	free(s->pointers);
	free(s->deleted_name);
	free(s->keys);
	weir_buf_release(&s->after);
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
	weir_buf_release(&s->key);
	release_projection(s);
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
	if (from->precision || from->length) {
		Kw__Attributes *a = to->attributes = &s->attributes[s->n];
		kw__attributes__init(a);
		a->has_precision = a->has_scale = from->precision > 0;
		a->has_length = from->length > 0;
		a->precision = from->precision;
		a->scale = from->scale;
		a->length = from->length;
	}
	s->pointers[s->n++] = to;
}

/* A column that the server makes up. Without it rows that were deleted would come as if they were there. */
static bool add_deleted(struct weir_kudu_scan *s)
{
	static uint8_t no;
	struct weir_buf name = {0};

	do
		weir_buf_add_c(&name, name.size ? "_" : "deleted");
	while (!name.failed && weir_kudu_table_find(s->table, weir_buf_str(&name)) >= 0);
	if (name.failed) {
		weir_buf_release(&name);
		return false;
	}
	s->deleted_name = name.data;
	s->deleted = (int)s->n;
	add_column(s, &(struct weir_kudu_column){.name = s->deleted_name, .type = KUDU_DELETED});
	s->columns[s->deleted].has_read_default = true;
	s->columns[s->deleted].read_default = (ProtobufCBinaryData){1, &no};
	return true;
}

static enum weir_status make_projection(struct weir_kudu_scan *s, const struct weir_kudu_scan_config *config,
					struct weir_error *err)
{
	const struct weir_kudu_table *t = s->table;

	s->columns = weir_calloc(config->n_columns + (size_t)1, sizeof *s->columns);
	s->attributes = weir_calloc(config->n_columns + (size_t)1, sizeof *s->attributes);
	s->pointers = weir_calloc(config->n_columns + (size_t)1, sizeof(Kw__Column *));
	if (!s->columns || !s->attributes || !s->pointers)
		return kudu_out_of_memory(err);
	for (uint32_t i = 0; i < config->n_columns; i++)
		add_column(s, &t->columns[config->columns[i]]);
	for (uint32_t i = 0; i < s->n; i++)
		if (!kudu_width(s->columns[i].type))
			return weir_fail(err, WEIR_UNSUPPORTED, t->name,
					 "the column %s is of a type that is not read: %s", s->columns[i].name,
					 weir_kudu_type_name(s->columns[i].type));
	if (s->ordered && s->from && !add_deleted(s))
		return kudu_out_of_memory(err);
	return kudu_layout_make(&s->layout, s->columns, s->n) ? WEIR_OK : kudu_out_of_memory(err);
}

/* The values of a list, one behind the other in a buffer that does not move any more once they are named. */
static bool set_list(struct weir_kudu_scan *s, uint32_t i, const struct weir_kudu_bound *b, struct weir_buf *v)
{
	int type = s->table->columns[b->column].type;
	size_t at = 0;

	kw__one_of__init(&s->lists[i]);
	s->listed[i] = weir_calloc(b->n_list + (size_t)1, sizeof **s->listed);
	if (!s->listed[i])
		return false;
	for (uint32_t k = 0; k < b->n_list; k++, at = v->size) {
		kudu_cell_write(type, &b->list[k], NULL, v);
		s->listed[i][k].len = v->size - at;
	}
	at = 0;
	for (uint32_t k = 0; k < b->n_list && !v->failed; at += s->listed[i][k++].len)
		s->listed[i][k].data = (uint8_t *)v->data + at;
	s->lists[i].values = s->listed[i];
	s->lists[i].n_values = b->n_list;
	return !v->failed;
}

static bool set_bound(struct weir_kudu_scan *s, uint32_t i, const struct weir_kudu_bound *b)
{
	const struct weir_kudu_column *c = &s->table->columns[b->column];
	struct weir_buf *v = &s->values[2 * (size_t)i];
	Kw__Predicate *p = &s->predicates[i];
	bool from = !b->value.null, to = b->kind == WEIR_KUDU_BETWEEN && !b->below.null, good = true;

	kw__predicate__init(p);
	kw__between__init(&s->betweens[i]);
	kw__equal__init(&s->equals[i]);
	p->column = c->name;
	s->predicate_pointers[i] = p;
	switch (b->kind) {
	case WEIR_KUDU_IS_NULL:
		p->null = &s->nothing;
		return true;
	case WEIR_KUDU_NOT_NULL:
		p->not_null = &s->nothing;
		return true;
	case WEIR_KUDU_ONE_OF:
		p->one_of = &s->lists[i];
		return set_list(s, i, b, v);
	case WEIR_KUDU_BETWEEN:
		p->between = &s->betweens[i];
		break;
	case WEIR_KUDU_EQUAL:
		p->equal = &s->equals[i];
	}
	if (from)
		kudu_cell_write(c->type, &b->value, NULL, &v[0]);
	if (to)
		kudu_cell_write(c->type, &b->below, NULL, &v[1]);
	good = !v[0].failed && !v[1].failed;
	s->betweens[i].has_from = s->equals[i].has_value = from;
	s->betweens[i].has_to = to;
	s->betweens[i].from = s->equals[i].value = (ProtobufCBinaryData){v[0].size, (uint8_t *)v[0].data};
	s->betweens[i].to = (ProtobufCBinaryData){v[1].size, (uint8_t *)v[1].data};
	return good;
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
	s->lists = weir_calloc(n, sizeof *s->lists);
	s->listed = weir_calloc(n, sizeof *s->listed);
	kw__nothing__init(&s->nothing);
	s->values = weir_calloc(2 * (size_t)n, sizeof *s->values);
	if (!s->predicates || !s->predicate_pointers || !s->betweens || !s->equals || !s->lists || !s->listed ||
	    !s->values)
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
				     .block_bytes = config->block_bytes,
				     .ordered = config->ordered,
				     .from = config->from,
				     .to = config->to,
				     .deleted = -1};
	enum weir_status st = make_projection(s, config, err);
	if (st == WEIR_OK && s->ordered && !kudu_ordered_prepare(s, config))
		st = kudu_out_of_memory(err);
	if (st == WEIR_OK)
		st = make_predicates(s, config, err);
	s->cursors = weir_calloc(t->n_tablets, sizeof(struct kudu_cursor *));
	if (st == WEIR_OK && !s->cursors)
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

/* ---- reading ---- */

enum weir_status weir_kudu_scan_next(struct weir_kudu_scan *s, const struct weir_kudu_cell **cells,
				     struct weir_error *err)
{
	for (uint32_t i = 0; !s->begun && i < s->n_cursors; i++)
		kudu_cursor_start(s->cursors[i]);
	s->begun = true;
	if (s->ordered)
		return kudu_ordered_next(s, cells, err);
	for (; s->current < s->n_cursors; s->current++) {
		enum weir_status st = kudu_cursor_step(s->cursors[s->current], err);
		if (st == WEIR_END)
			continue;
		*cells = s->cursors[s->current]->current;
		return st;
	}
	return WEIR_END;
}
