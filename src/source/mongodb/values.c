/* Values of BSON as those of columns. */
#include "mongodb.h"

#include <jansson.h>
#include <stdlib.h>

enum { SURE_DIGITS = 15 }; /* so many decimal digits a double keeps */

enum weir_type weir_mg_type_of(const bson_iter_t *value)
{
	switch (bson_iter_type(value)) {
	case BSON_TYPE_NULL:
	case BSON_TYPE_UNDEFINED:
		return WEIR_NULL;
	case BSON_TYPE_BOOL:
		return WEIR_BOOL;
	case BSON_TYPE_INT32:
	case BSON_TYPE_INT64:
		return WEIR_INT64;
	case BSON_TYPE_DOUBLE:
		return WEIR_FLOAT64;
	case BSON_TYPE_DATE_TIME:
	case BSON_TYPE_TIMESTAMP:
		return WEIR_TIMESTAMP;
	case BSON_TYPE_DECIMAL128:
		return WEIR_NULL; /* each as its digits are */
	default:
		return WEIR_STRING;
	}
}

static struct weir_column *column_of(const struct weir_mg_place *p)
{
	return &p->batch->columns[p->field];
}

static bool put_text(struct weir_mg_reader *r, const struct weir_mg_place *p, struct weir_str s)
{
	p->batch->bytes += s.size;
	return weir_cells_put_text(&r->cells, p->field, p->batch, p->row, s);
}

static bool put_time(const struct weir_mg_place *p, int64_t us)
{
	return weir_time_exists(us) ? weir_column_set_timestamp(column_of(p), p->row, us)
				    : weir_cells_put_no_time(p->batch, p->field, p->row, p->batch->position[p->row]);
}

static bool put_date(const struct weir_mg_place *p, int64_t ms)
{
	bool fits = ms >= INT64_MIN / 1000 && ms <= INT64_MAX / 1000 - 1;

	return put_time(p, fits ? ms * 1000 + p->us : INT64_MIN);
}

static bool put_number_or_time(struct weir_mg_reader *r, const struct weir_mg_place *p, double v, bool *done)
{
	int64_t us;

	*done = p->is_time && weir_cells_read_number(&r->unit, v, &us);
	return !*done || weir_column_set_timestamp(column_of(p), p->row, us);
}

static bool put_int(struct weir_mg_reader *r, const struct weir_mg_place *p, int64_t v)
{
	bool done, good = put_number_or_time(r, p, (double)v, &done);

	return done ? good : weir_column_set_int64(column_of(p), p->row, v);
}

static bool put_float(struct weir_mg_reader *r, const struct weir_mg_place *p, double v)
{
	bool done, good = put_number_or_time(r, p, v, &done);

	return done ? good : weir_cells_put_float(p->batch, p->field, p->row, v, p->batch->position[p->row]);
}

/* A number where its digits fit one, else text. */
static bool put_decimal(struct weir_mg_reader *r, const struct weir_mg_place *p, const bson_iter_t *value)
{
	char text[BSON_DECIMAL128_STRING];
	bson_decimal128_t v;
	int64_t whole;
	double number;
	size_t digits = 0;

	if (!bson_iter_decimal128(value, &v))
		return weir_column_set_null(column_of(p), p->row);
	bson_decimal128_to_string(&v, text);
	for (const char *c = text; *c && *c != 'E'; c++)
		digits += *c >= '0' && *c <= '9';
	if (weir_parse_int64(weir_str_of(text), false, &whole))
		return put_int(r, p, whole);
	if (digits && digits <= SURE_DIGITS && weir_parse_double(weir_str_of(text), &number))
		return put_float(r, p, number);
	return put_text(r, p, weir_str_of(text));
}

static bool put_binary(struct weir_mg_reader *r, const struct weir_mg_place *p, const bson_iter_t *value)
{
	bson_subtype_t kind;
	const uint8_t *data;
	uint32_t size;
	enum { UUID_BYTES = 16 };

	bson_iter_binary(value, &kind, &size, &data);
	struct weir_str bytes = {(const char *)data, size};
	p->batch->bytes += size;
	if (p->landed) /* it is a text that is no UTF-8 */
		return weir_cells_put_text(&r->cells, p->field, p->batch, p->row, bytes);
	if (kind != BSON_SUBTYPE_UUID || size != UUID_BYTES)
		return weir_cells_put_bytes(&r->cells, p->field, p->batch, p->row, bytes);
	weir_buf_clear(&r->text);
	for (uint32_t i = 0; i < size; i++)
		weir_buf_addf(&r->text, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", data[i]);
	return !r->text.failed && put_text(r, p, weir_buf_str(&r->text));
}

static bool put_asked_text(struct weir_mg_reader *r, const struct weir_mg_place *p, struct weir_str s)
{
	int64_t us;

	if (p->is_time && weir_time_read_iso(s, &us))
		return weir_column_set_timestamp(column_of(p), p->row, us);
	return put_text(r, p, s);
}

/* What is no single value comes as JSON, in MongoDB's extended form. */
static bool put_json(struct weir_mg_reader *r, const struct weir_mg_place *p, const bson_iter_t *value)
{
	bson_t wrapped = BSON_INITIALIZER;
	char *text = bson_append_iter(&wrapped, "v", 1, value) ? bson_as_relaxed_extended_json(&wrapped, NULL) : NULL;
	json_t *json = text ? json_loads(text, JSON_ALLOW_NUL, NULL) : NULL;
	char *compact = json ? json_dumps(json_object_get(json, "v"), JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
	bool good = put_text(r, p, weir_str_of(compact ? compact : text ? text : "?"));

	free(compact);
	json_decref(json);
	bson_free(text);
	bson_destroy(&wrapped);
	return good;
}

bool weir_mg_put_value(struct weir_mg_reader *r, const struct weir_mg_place *p, const bson_iter_t *value)
{
	char oid[25];
	uint32_t size, s, n;
	const char *text;

	p->batch->bytes += 8;
	switch (bson_iter_type(value)) {
	case BSON_TYPE_NULL:
	case BSON_TYPE_UNDEFINED:
		return weir_column_set_null(column_of(p), p->row);
	case BSON_TYPE_BOOL:
		return weir_column_set_bool(column_of(p), p->row, bson_iter_bool(value));
	case BSON_TYPE_INT32:
		return put_int(r, p, bson_iter_int32(value));
	case BSON_TYPE_INT64:
		return put_int(r, p, bson_iter_int64(value));
	case BSON_TYPE_DOUBLE:
		return put_float(r, p, bson_iter_double(value));
	case BSON_TYPE_DATE_TIME:
		return put_date(p, bson_iter_date_time(value));
	case BSON_TYPE_TIMESTAMP:
		bson_iter_timestamp(value, &s, &n);
		return put_time(p, (int64_t)s * WEIR_US_PER_S);
	case BSON_TYPE_UTF8:
		text = bson_iter_utf8(value, &size);
		return put_asked_text(r, p, (struct weir_str){text, size});
	case BSON_TYPE_SYMBOL:
		text = bson_iter_symbol(value, &size);
		return put_text(r, p, (struct weir_str){text, size});
	case BSON_TYPE_OID:
		bson_oid_to_string(bson_iter_oid(value), oid);
		return put_text(r, p, weir_str_of(oid));
	case BSON_TYPE_DECIMAL128:
		return put_decimal(r, p, value);
	case BSON_TYPE_BINARY:
		return put_binary(r, p, value);
	default:
		return put_json(r, p, value);
	}
}
