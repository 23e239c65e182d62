/* Documents as rows. */
#include "solr.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { DICT_TEXTS = 65536 }; /* a column with more different texts keeps the rest as they come */

static bool put_text(struct weir_solr_reader *r, size_t column, struct weir_column *c, uint32_t row, struct weir_str s)
{
	struct weir_dict **d = &r->dicts[column];

	if (!*d && !(*d = weir_dict_new(r->budget)))
		return false;
	bool full = weir_dict_count(*d) >= DICT_TEXTS;
	return weir_column_set_string(c, row, s, full ? NULL : *d);
}

/* NaN and Infinity are no numbers here, as in every other format: NULL, and counted. */
static bool put_no_number(struct weir_batch *b, struct weir_column *c, uint32_t row)
{
	if (!b->n_noted[WEIR_NOTE_NOT_A_NUMBER]++)
		snprintf(b->first_noted[WEIR_NOTE_NOT_A_NUMBER], WEIR_NOTE_PLACE_BYTES, "version %lld",
			 (long long)b->position[row]);
	return weir_column_set_null(c, row);
}

/* What is neither one value nor NULL comes as JSON. */
static bool put_json(struct weir_solr_reader *r, size_t column, struct weir_column *c, uint32_t row, const json_t *v)
{
	char *text = json_dumps(v, JSON_COMPACT);
	bool good = text && put_text(r, column, c, row, weir_str_of(text));

	free(text);
	return good;
}

static bool put_date(const struct weir_solr_known *f, const json_t *doc, struct weir_str text, struct weir_column *c,
		     uint32_t row, bool *done)
{
	int64_t us;

	*done = weir_time_read_iso(text, &us);
	if (!*done)
		return true;
	if (f->micros)
		us += json_integer_value(json_object_get(doc, f->micros));
	return weir_column_set_timestamp(c, row, us);
}

static bool put_value(struct weir_solr_reader *r, const struct weir_solr_known *f, const json_t *doc, const json_t *v,
		      struct weir_batch *b, uint32_t row)
{
	struct weir_column *c = &b->columns[f->column];
	size_t column = (size_t)f->column;
	bool done = false;

	if (json_is_null(v) || (!f->plain && f->kind == WEIR_SOLR_NULL_))
		return weir_column_set_null(c, row);
	if (json_is_boolean(v))
		return weir_column_set_bool(c, row, json_is_true(v));
	if (json_is_integer(v) && (f->plain || f->kind != WEIR_SOLR_FLOAT64))
		return weir_column_set_int64(c, row, json_integer_value(v));
	if (json_is_number(v))
		return isfinite(json_number_value(v)) ? weir_column_set_float64(c, row, json_number_value(v))
						      : put_no_number(b, c, row);
	if (!json_is_string(v))
		return put_json(r, column, c, row, v);
	struct weir_str text = {json_string_value(v), json_string_length(v)};
	if (!f->plain && f->kind == WEIR_SOLR_FLOAT64)
		return put_no_number(b, c, row);
	if ((f->plain ? f->date : f->kind == WEIR_SOLR_DATE) && !put_date(f, doc, text, c, row, &done))
		return false;
	return done || put_text(r, column, c, row, text);
}

/* Room in the batch for the columns that are known now. */
static bool keep_up(struct weir_solr_reader *r, struct weir_batch *b)
{
	size_t n = r->dicts_capacity;

	if (b->schema != r->schema && !weir_batch_set_schema(b, r->schema))
		return false;
	if (n >= r->schema->n_fields)
		return true;
	if (!weir_grow((void **)&r->dicts, &r->dicts_capacity, r->schema->n_fields, sizeof *r->dicts))
		return false;
	memset(r->dicts + n, 0, (r->dicts_capacity - n) * sizeof *r->dicts);
	return true;
}

bool weir_solr_reader_row(struct weir_solr_reader *r, const json_t *doc, struct weir_batch *b, uint32_t row)
{
	int time = weir_schema_time_field(r->schema);
	const json_t *v;
	const char *name;

	if (!keep_up(r, b))
		return false;
	json_object_foreach((json_t *)doc, name, v)
	{
		const struct weir_solr_known *f = weir_solr_reader_field(r, name);
		if (!f || !keep_up(r, b))
			return false;
		b->bytes += json_is_string(v) ? json_string_length(v) : 8;
		if (f->column >= 0 && !put_value(r, f, doc, v, b, row))
			return false;
	}
	if (b->time_us)
		b->time_us[row] = WEIR_TIME_NONE;
	if (time >= 0 && b->time_us && b->columns[time].filled == row + 1 && b->columns[time].type == WEIR_TIMESTAMP &&
	    weir_column_valid(&b->columns[time], row))
		b->time_us[row] = weir_column_get(&b->columns[time], row).i;
	return true;
}

bool weir_solr_reader_finish(struct weir_solr_reader *r, struct weir_batch *b)
{
	struct weir_schema *next = NULL;

	for (uint32_t i = 0; i < b->n_columns; i++) {
		enum weir_type type = weir_type_widen(r->schema->fields[i].type, b->columns[i].type);
		if (type == r->schema->fields[i].type)
			continue;
		if (!next && !(next = weir_schema_next(r->schema)))
			return false;
		weir_schema_set_type(next, i, type);
	}
	if (!next)
		return true;
	weir_schema_unref(r->schema);
	r->schema = next;
	return weir_batch_set_schema(b, next);
}
