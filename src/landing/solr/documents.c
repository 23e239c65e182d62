/* Rows as documents: JSON in which the name of a field says what its value is. */
#include "solr.h"

#include "landing/hash.h"
#include "landing/origin.h"

#include <math.h>
#include <stdlib.h>

enum { SURELY_SHORT_BYTES = WEIR_SOLR_MOST_TERM_BYTES / 3 }; /* what is no UTF-8 grows to three bytes each */

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory");
}

static void forget_schema(struct weir_solr_rows *r)
{
	for (size_t i = 0; r->keys && i < r->fields.schema->n_fields * (size_t)WEIR_SOLR_FIELD_COUNT; i++)
		weir_buf_release(&r->keys[i]);
	free(r->keys);
	r->keys = NULL;
	weir_landing_fields_forget(&r->fields);
}

void weir_solr_rows_release(struct weir_solr_rows *r)
{
	forget_schema(r);
	weir_buf_release(&r->scratch);
}

void weir_solr_documents_clear(struct weir_solr_documents *d)
{
	weir_buf_clear(&d->text);
	d->n = 0;
}

void weir_solr_documents_release(struct weir_solr_documents *d)
{
	weir_buf_release(&d->text);
	free(d->list);
	*d = (struct weir_solr_documents){0};
}

static bool make_keys(struct weir_buf *keys, struct weir_str column)
{
	bool good = true;

	for (int f = 0; f < WEIR_SOLR_FIELD_COUNT; f++) {
		weir_buf_add_c(&keys[f], ",\"");
		weir_solr_field_name(column, (enum weir_solr_field)f, &keys[f]);
		weir_buf_add_c(&keys[f], "\":");
		good = good && !keys[f].failed;
	}
	return good;
}

static enum weir_status follow(struct weir_solr_rows *r, const struct weir_schema *schema, struct weir_error *err)
{
	if (r->fields.schema == schema)
		return WEIR_OK;
	forget_schema(r);
	bool good = weir_landing_fields_learn(&r->fields, schema) &&
		    (r->keys = weir_calloc((schema->n_fields + (size_t)1) * WEIR_SOLR_FIELD_COUNT, sizeof *r->keys));
	for (uint32_t i = 0; i < schema->n_fields && good; i++)
		good = make_keys(&r->keys[i * (size_t)WEIR_SOLR_FIELD_COUNT], schema->fields[i].name);
	if (!good)
		forget_schema(r);
	return good ? WEIR_OK : out_of_memory(err);
}

static void add_float(double v, struct weir_buf *out)
{
	char text[32];
	size_t size = weir_format_double(v, text);

	if (isfinite(v))
		weir_buf_add(out, text, size);
	else
		weir_buf_addf(out, "\"%.*s\"", (int)size, text); /* as Solr writes it itself */
}

static void add_time(const struct weir_buf *keys, int64_t us, struct weir_buf *out)
{
	int64_t rest = us % 1000 < 0 ? us % 1000 + 1000 : us % 1000;
	char text[40];
	size_t size = weir_time_format_iso(us - rest, text);

	weir_buf_addf(out, "%s\"%.*s\"", keys[WEIR_SOLR_DATE].data, (int)size, text);
	if (rest)
		weir_buf_addf(out, "%s%d", keys[WEIR_SOLR_MICROS].data, (int)rest);
}

static void add_text(const struct weir_buf *keys, struct weir_str s, struct weir_buf *out)
{
	bool fits = s.size <= SURELY_SHORT_BYTES || (s.size <= WEIR_SOLR_MOST_TERM_BYTES && weir_utf8_valid(s));

	weir_buf_add_str(out, weir_buf_str(&keys[fits ? WEIR_SOLR_TEXT : WEIR_SOLR_LONG]));
	weir_json_quote(s, out);
}

static void add_value(const struct weir_buf *keys, const struct weir_value *v, struct weir_buf *out)
{
	char digits[24];

	switch (v->type) {
	case WEIR_BOOL:
		weir_buf_addf(out, "%s%s", keys[WEIR_SOLR_BOOL].data, v->b ? "true" : "false");
		break;
	case WEIR_INT64:
		weir_buf_add_str(out, weir_buf_str(&keys[WEIR_SOLR_INT64]));
		weir_buf_add(out, digits, weir_format_int64(v->i, digits));
		break;
	case WEIR_FLOAT64:
		weir_buf_add_str(out, weir_buf_str(&keys[WEIR_SOLR_FLOAT64]));
		add_float(v->f, out);
		break;
	case WEIR_TIMESTAMP:
		add_time(keys, v->i, out);
		break;
	case WEIR_STRING:
		add_text(keys, v->s, out);
		break;
	default:
		weir_buf_addf(out, "%strue", keys[WEIR_SOLR_NULL_].data);
	}
}

/* What the text adds to an id has no quote, blank, bracket or slash in it, and no !, by which Solr would choose a shard. */
static void add_to_id(struct weir_str s, struct weir_buf *out)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

	for (size_t i = 0; i < s.size; i++)
		if (s.data[i] && strchr(plain, s.data[i]))
			weir_buf_add_char(out, s.data[i]);
		else
			weir_buf_addf(out, "%%%02X", (unsigned char)s.data[i]);
}

/* The fields of the place. */
static void add_place(struct weir_solr_rows *r, struct weir_str topic, int64_t partition, int64_t offset,
		      struct weir_buf *out)
{
	weir_buf_add_c(out, "\",\"_version_\":-1,\"" WEIR_SOLR_STREAM "\":");
	weir_json_quote(r->fields.stream, out);
	if (topic.size) {
		weir_buf_add_c(out, ",\"" WEIR_SOLR_TOPIC "\":");
		weir_json_quote(topic, out);
	}
	if (partition)
		weir_buf_addf(out, ",\"" WEIR_SOLR_PARTITION "\":%lld", (long long)partition);
	weir_buf_addf(out, ",\"" WEIR_SOLR_OFFSET "\":%lld", (long long)offset);
	if (r->fields.run)
		weir_buf_addf(out, ",\"" WEIR_SOLR_RUN "\":%lld", (long long)r->fields.run);
	if (r->fields.time) {
		weir_buf_add_c(out, ",\"" WEIR_SOLR_TIME "\":");
		weir_json_quote(weir_str_of(r->fields.time), out);
	}
}

static void add_document(struct weir_solr_rows *r, const struct weir_batch *b, uint32_t row, struct weir_buf *out,
			 size_t *id_size)
{
	struct weir_landing_origin o = weir_landing_origin_of(b, row);
	uint64_t hash = 0;

	weir_buf_add_c(out, "{\"id\":\"");
	size_t from = out->size;
	add_to_id(r->fields.stream, out);
	weir_buf_add_char(out, '/');
	add_to_id(o.topic, out);
	weir_buf_addf(out, "/%lld/%lld/%lld/0000000000000000", (long long)o.partition, (long long)o.offset,
		      (long long)r->fields.run);
	size_t end = out->size;
	add_place(r, o.topic, o.partition, o.offset, out);
	for (uint32_t i = 0; i < r->fields.schema->n_fields && i < b->n_columns; i++) {
		if (!r->fields.wanted[i] || weir_column_missing(&b->columns[i], row))
			continue;
		struct weir_value v = weir_column_get(&b->columns[i], row);
		add_value(&r->keys[i * (size_t)WEIR_SOLR_FIELD_COUNT], &v, out);
		hash += weir_landing_hash_value(&v, r->fields.seed[i], &r->scratch);
	}
	weir_buf_add_c(out, "}\n");
	out->failed = out->failed || r->scratch.failed;
	if (out->failed)
		return;
	for (int i = 1; i <= 16; i++, hash >>= 4)
		out->data[end - (size_t)i] = "0123456789abcdef"[hash & 15];
	*id_size = end - from;
}

enum weir_status weir_solr_rows_add(struct weir_solr_rows *r, const struct weir_batch *batch, const uint64_t *rows,
				    struct weir_solr_documents *to, struct weir_error *err)
{
	enum weir_status st = follow(r, batch->schema, err);

	if (st != WEIR_OK)
		return st;
	if (!weir_grow((void **)&to->list, &to->capacity, to->n + batch->n_rows, sizeof *to->list))
		return out_of_memory(err);
	for (uint32_t row = 0; row < batch->n_rows; row++) {
		if (!weir_bit_get(rows, row))
			continue;
		struct weir_solr_document *d = &to->list[to->n];
		*d = (struct weir_solr_document){.from = to->text.size,
						 .stream = batch->stream,
						 .batch = batch,
						 .row = row,
						 .position = weir_batch_position(batch, row)};
		add_document(r, batch, row, &to->text, &d->id_size);
		if (to->text.failed)
			return out_of_memory(err);
		d->size = to->text.size - d->from;
		to->n++;
	}
	return WEIR_OK;
}
