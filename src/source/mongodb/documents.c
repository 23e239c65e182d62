/* Documents as rows: fields are columns, and what is nested has the names that lead to it, with dots between them. */
#include "mongodb.h"

#include <stdlib.h>

enum { MOST_DEPTH = 32 }; /* what is nested deeper comes as JSON */

void weir_mg_reader_release(struct weir_mg_reader *r)
{
	weir_cells_release(&r->cells);
	weir_schema_unref(r->schema);
	free(r->landed_time);
	weir_buf_release(&r->path);
	weir_buf_release(&r->name);
	weir_buf_release(&r->text);
	r->schema = NULL;
	r->landed_time = NULL;
}

bool weir_mg_is_landed(const bson_t *document, bson_iter_t *own)
{
	bson_iter_t at;

	if (!bson_iter_init_find(&at, document, WEIR_MONGODB_OWN) || !BSON_ITER_HOLDS_DOCUMENT(&at) ||
	    !bson_iter_recurse(&at, own))
		return false;
	return bson_iter_find(own, "at") && BSON_ITER_HOLDS_INT64(own) && bson_iter_recurse(&at, own);
}

uint64_t weir_mg_id_hash(const bson_t *document)
{
	bson_iter_t at;

	if (!bson_iter_init_find(&at, document, WEIR_MONGODB_ID))
		return 0;
	return weir_hash(at.raw + at.off, at.next_off - at.off); /* type, name and value */
}

/* What one document is walked with. */
struct walk {
	struct weir_mg_reader *r;
	struct weir_batch *batch; /* NULL: its fields are learnt */
	uint32_t row;
	bool landed;
	bson_iter_t micros; /* below a millisecond, of the dates */
	bool has_micros;
};

static bool is_own(const struct walk *w, const char *key, size_t depth)
{
	return w->landed && depth == 0 && (strcmp(key, WEIR_MONGODB_ID) == 0 || strcmp(key, WEIR_MONGODB_OWN) == 0);
}

/* The schema of a batch that was handed out is not changed: the next one is. */
static int add_field(struct weir_mg_reader *r, struct weir_str name, struct weir_str path, enum weir_type type,
		     bool published)
{
	struct weir_schema *next = published ? weir_schema_next(r->schema) : weir_schema_ref(r->schema);

	if (!next || !weir_cells_add(&r->cells, next, name, path, type)) {
		weir_schema_unref(next);
		return -1;
	}
	weir_schema_unref(r->schema);
	r->schema = next;
	return weir_schema_find(next, name);
}

/* The field of the value at r->path; a new one where there is none. -1: no memory. */
static int field_of(struct walk *w, enum weir_type type)
{
	struct weir_mg_reader *r = w->r;
	struct weir_str path = weir_buf_str(&r->path), name = path;

	for (uint32_t i = 0; i < r->cells.n; i++) {
		uint32_t at = (r->hint + i) % r->cells.n;
		if (strncmp(r->cells.all[at].col, path.data, path.size) != 0 || r->cells.all[at].col[path.size])
			continue;
		r->hint = at + 1;
		if (!w->batch)
			return add_field(r, r->schema->fields[at].name, path, type, false);
		return (int)at;
	}
	if (w->landed) {
		weir_buf_clear(&r->name);
		weir_mongodb_column_of(path, &r->name);
		if (r->name.failed)
			return -1;
		name = (struct weir_str){r->name.data ? r->name.data : "", r->name.size};
	}
	int at = weir_schema_find(r->schema, name);
	return at >= 0 && w->batch ? at : add_field(r, name, path, type, w->batch != NULL);
}

/* Room in the batch for the columns that are known now. */
static bool keep_up(const struct weir_mg_reader *r, struct weir_batch *b)
{
	return b->schema == r->schema || weir_batch_set_schema(b, r->schema);
}

static int64_t micros_of(const struct walk *w, const char *key)
{
	bson_iter_t at = w->micros;

	return w->has_micros && bson_iter_find(&at, key) ? bson_iter_as_int64(&at) : 0;
}

static bool take_value(struct walk *w, const bson_iter_t *value)
{
	struct weir_mg_reader *r = w->r;
	int field = field_of(w, weir_mg_type_of(value));

	if (field < 0)
		return false;
	if (!w->batch)
		return true;
	if (!keep_up(r, w->batch))
		return false;
	if (w->batch->columns[field].filled > w->row)
		return true; /* a document may have a name twice: the first counts */
	const struct weir_mg_place p = {
	    .batch = w->batch,
	    .row = w->row,
	    .field = (uint32_t)field,
	    .landed = w->landed,
	    .is_time = r->time && field == weir_schema_time_field(r->schema),
	    .us = w->has_micros && BSON_ITER_HOLDS_DATE_TIME(value) ? micros_of(w, bson_iter_key(value)) : 0};
	return weir_mg_put_value(r, &p, value);
}

static bool walk_in(struct walk *w, bson_iter_t *at, size_t depth)
{
	const size_t from = w->r->path.size;
	bool good = true;

	while (good && bson_iter_next(at)) {
		bson_iter_t in, first;
		if (is_own(w, bson_iter_key(at), depth))
			continue;
		w->r->path.size = from;
		if (depth)
			weir_buf_add_char(&w->r->path, '.');
		weir_buf_add(&w->r->path, bson_iter_key(at), bson_iter_key_len(at));
		if (w->r->path.failed)
			return false;
		bool nested = !w->landed && depth < MOST_DEPTH && BSON_ITER_HOLDS_DOCUMENT(at) &&
			      bson_iter_recurse(at, &in) && (first = in, bson_iter_next(&first));
		good = nested ? walk_in(w, &in, depth + 1) : take_value(w, at);
	}
	w->r->path.size = from;
	return good;
}

static bool walk(struct walk *w, const bson_t *document)
{
	bson_iter_t at, own;

	w->landed = weir_mg_is_landed(document, &own);
	if (w->landed) {
		at = own;
		if (!w->r->landed_time && !w->r->schema->n_fields && bson_iter_find(&at, "time") &&
		    BSON_ITER_HOLDS_UTF8(&at) &&
		    !(w->r->landed_time = weir_str_dup(weir_str_of(bson_iter_utf8(&at, NULL)))))
			return false;
		w->has_micros =
		    bson_iter_find(&own, "us") && BSON_ITER_HOLDS_DOCUMENT(&own) && bson_iter_recurse(&own, &w->micros);
	}
	weir_buf_clear(&w->r->path);
	return !bson_iter_init(&at, document) || walk_in(w, &at, 0);
}

bool weir_mg_learn(struct weir_mg_reader *r, const bson_t *document)
{
	struct walk w = {.r = r};

	if (!r->schema && (!weir_buf_reserve(&r->path, 64) || !(r->schema = weir_schema_new())))
		return false;
	r->unit = r->cells.n ? r->unit : WEIR_TIME_NO_UNIT;
	return walk(&w, document);
}

enum weir_status weir_mg_choose_time(struct weir_mg_reader *r, struct weir_error *err)
{
	for (uint32_t i = 0; i < r->cells.n; i++)
		r->cells.all[i].type = r->schema->fields[i].type;
	int described = r->landed_time ? weir_schema_find(r->schema, weir_str_of(r->landed_time)) : -1;

	return weir_cells_choose_time(&r->cells, r->schema, r->time, described, err);
}

bool weir_mg_read_row(struct weir_mg_reader *r, const bson_t *document, struct weir_batch *b, uint32_t row)
{
	struct walk w = {.r = r, .batch = b, .row = row};
	int time = weir_schema_time_field(r->schema);

	if (!keep_up(r, b) || !walk(&w, document))
		return false;
	if (!b->time_us)
		return true;
	b->time_us[row] = WEIR_TIME_NONE;
	if (time >= 0 && b->columns[time].filled == row + 1 && b->columns[time].type == WEIR_TIMESTAMP &&
	    weir_column_valid(&b->columns[time], row))
		b->time_us[row] = weir_column_get(&b->columns[time], row).i;
	return true;
}
