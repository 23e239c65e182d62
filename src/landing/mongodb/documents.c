/* Rows as BSON (bsonspec.org, version 1.1), byte by byte: little-endian numbers, and lengths that are filled in behind. */
#include "mongodb.h"

#include "landing/hash.h"
#include "landing/origin.h"

#include <stdlib.h>

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory");
}

static void forget_schema(struct weir_mongodb_rows *r)
{
	for (size_t i = 0; r->keys && i < r->fields.schema->n_fields; i++)
		weir_buf_release(&r->keys[i]);
	free(r->keys);
	r->keys = NULL;
	weir_landing_fields_forget(&r->fields);
}

void weir_mongodb_rows_release(struct weir_mongodb_rows *r)
{
	forget_schema(r);
	weir_buf_release(&r->scratch);
	weir_buf_release(&r->micros);
}

void weir_mongodb_documents_clear(struct weir_mongodb_documents *d)
{
	weir_buf_clear(&d->bytes);
	d->n = 0;
}

void weir_mongodb_documents_release(struct weir_mongodb_documents *d)
{
	weir_buf_release(&d->bytes);
	free(d->list);
	*d = (struct weir_mongodb_documents){0};
}

static enum weir_status follow(struct weir_mongodb_rows *r, const struct weir_schema *schema, struct weir_error *err)
{
	if (r->fields.schema == schema)
		return WEIR_OK;
	forget_schema(r);
	bool good = weir_landing_fields_learn(&r->fields, schema) &&
		    (r->keys = weir_calloc(schema->n_fields + (size_t)1, sizeof *r->keys));
	for (uint32_t i = 0; i < schema->n_fields && good; i++) {
		weir_mongodb_field_name(schema->fields[i].name, &r->keys[i]);
		weir_buf_add_char(&r->keys[i], '\0');
		good = !r->keys[i].failed;
	}
	if (!good)
		forget_schema(r);
	return good ? WEIR_OK : out_of_memory(err);
}

/* ---- BSON ---- */

static void add_int32(int32_t v, struct weir_buf *out)
{
	uint32_t le = BSON_UINT32_TO_LE((uint32_t)v);

	weir_buf_add(out, &le, sizeof le);
}

static void add_int64(int64_t v, struct weir_buf *out)
{
	uint64_t le = BSON_UINT64_TO_LE((uint64_t)v);

	weir_buf_add(out, &le, sizeof le);
}

/* Type and key of a field; the size of the key has its NUL in it. */
static void add_key(bson_type_t type, const char *key, size_t size, struct weir_buf *out)
{
	weir_buf_add_char(out, (char)type);
	weir_buf_add(out, key, size);
}

#define KEY(type, literal, out) add_key((type), literal, sizeof literal, (out))

static void add_text(struct weir_str s, struct weir_buf *out)
{
	add_int32((int32_t)s.size + 1, out);
	weir_buf_add_str(out, s);
	weir_buf_add_char(out, '\0');
}

static size_t begin(struct weir_buf *out)
{
	add_int32(0, out);
	return out->size - sizeof(int32_t);
}

static void end(size_t from, struct weir_buf *out)
{
	weir_buf_add_char(out, '\0');
	if (out->failed)
		return;
	uint32_t le = BSON_UINT32_TO_LE((uint32_t)(out->size - from));
	memcpy(out->data + from, &le, sizeof le);
}

static void put_int64(struct weir_buf *out, size_t at, int64_t v)
{
	uint64_t le = BSON_UINT64_TO_LE((uint64_t)v);

	memcpy(out->data + at, &le, sizeof le);
}

/* ---- rows ---- */

static void add_time(struct weir_mongodb_rows *r, const struct weir_buf *key, int64_t us, struct weir_buf *out)
{
	int64_t rest = us % 1000 < 0 ? us % 1000 + 1000 : us % 1000;

	add_key(BSON_TYPE_DATE_TIME, key->data, key->size, out);
	add_int64((us - rest) / 1000, out);
	if (!rest)
		return;
	add_key(BSON_TYPE_INT32, key->data, key->size, &r->micros);
	add_int32((int32_t)rest, &r->micros);
}

static void add_string(const struct weir_buf *key, struct weir_str s, struct weir_buf *out)
{
	if (weir_utf8_valid(s)) {
		add_key(BSON_TYPE_UTF8, key->data, key->size, out);
		add_text(s, out);
		return;
	}
	/* A text there is UTF-8: other bytes are bytes. */
	add_key(BSON_TYPE_BINARY, key->data, key->size, out);
	add_int32((int32_t)s.size, out);
	weir_buf_add_char(out, BSON_SUBTYPE_BINARY);
	weir_buf_add_str(out, s);
}

static void add_value(struct weir_mongodb_rows *r, const struct weir_buf *key, const struct weir_value *v,
		      struct weir_buf *out)
{
	int64_t bits;

	switch (v->type) {
	case WEIR_BOOL:
		add_key(BSON_TYPE_BOOL, key->data, key->size, out);
		weir_buf_add_char(out, v->b);
		break;
	case WEIR_INT64:
		add_key(BSON_TYPE_INT64, key->data, key->size, out);
		add_int64(v->i, out);
		break;
	case WEIR_FLOAT64:
		memcpy(&bits, &v->f, sizeof bits);
		add_key(BSON_TYPE_DOUBLE, key->data, key->size, out);
		add_int64(bits, out);
		break;
	case WEIR_TIMESTAMP:
		add_time(r, key, v->i, out);
		break;
	case WEIR_STRING:
		add_string(key, v->s, out);
		break;
	default:
		add_key(BSON_TYPE_NULL, key->data, key->size, out);
	}
}

/* *hash: where that of the row will be. */
static void add_id(const struct weir_mongodb_rows *r, const struct weir_batch *b, uint32_t row, struct weir_buf *out,
		   size_t *hash)
{
	struct weir_landing_origin o = weir_landing_origin_of(b, row);

	KEY(BSON_TYPE_DOCUMENT, WEIR_MONGODB_ID, out);
	size_t from = begin(out);
	KEY(BSON_TYPE_UTF8, "stream", out);
	add_text(r->fields.stream, out);
	KEY(BSON_TYPE_UTF8, "topic", out);
	add_text(o.topic, out);
	KEY(BSON_TYPE_INT64, "partition", out);
	add_int64(o.partition, out);
	KEY(BSON_TYPE_INT64, "offset", out);
	add_int64(o.offset, out);
	KEY(BSON_TYPE_INT64, "run", out);
	add_int64(r->fields.run, out);
	KEY(BSON_TYPE_INT64, "hash", out);
	*hash = out->size;
	add_int64(0, out);
	end(from, out);
}

/* What is no column. *at: where `_weir.at` will be. */
static void add_own(const struct weir_mongodb_rows *r, struct weir_buf *out, size_t *at)
{
	KEY(BSON_TYPE_DOCUMENT, WEIR_MONGODB_OWN, out);
	size_t from = begin(out);
	KEY(BSON_TYPE_INT64, "at", out);
	*at = out->size;
	add_int64(0, out);
	if (r->fields.time) {
		KEY(BSON_TYPE_UTF8, "time", out);
		add_text(weir_str_of(r->fields.time), out);
	}
	if (r->micros.size) {
		KEY(BSON_TYPE_DOCUMENT, "us", out);
		size_t us = begin(out);
		weir_buf_add_str(out, weir_buf_str(&r->micros));
		end(us, out);
	}
	end(from, out);
}

/* The row as a document; *at: of `_weir.at`, among all bytes. */
static void add_document(struct weir_mongodb_rows *r, const struct weir_batch *b, uint32_t row, struct weir_buf *out,
			 size_t *at)
{
	size_t from = begin(out), hash_at;
	uint64_t hash = 0;

	weir_buf_clear(&r->micros);
	add_id(r, b, row, out, &hash_at);
	for (uint32_t i = 0; i < r->fields.schema->n_fields && i < b->n_columns; i++) {
		if (!r->fields.wanted[i] || weir_column_missing(&b->columns[i], row))
			continue;
		struct weir_value v = weir_column_get(&b->columns[i], row);
		add_value(r, &r->keys[i], &v, out);
		hash += weir_landing_hash_value(&v, r->fields.seed[i], &r->scratch);
	}
	add_own(r, out, at);
	end(from, out);
	out->failed = out->failed || r->scratch.failed || r->micros.failed;
	if (!out->failed)
		put_int64(out, hash_at, (int64_t)hash);
}

enum weir_status weir_mongodb_rows_add(struct weir_landing *l, struct weir_mongodb_rows *r,
				       const struct weir_batch *batch, const uint64_t *rows,
				       struct weir_mongodb_documents *to, struct weir_landing_status *counts,
				       struct weir_error *err)
{
	enum weir_status st = follow(r, batch->schema, err);
	size_t at;

	if (st != WEIR_OK)
		return st;
	if (!weir_grow((void **)&to->list, &to->capacity, to->n + batch->n_rows, sizeof *to->list))
		return out_of_memory(err);
	for (uint32_t row = 0; row < batch->n_rows; row++) {
		if (!weir_bit_get(rows, row))
			continue;
		struct weir_mongodb_document *d = &to->list[to->n];
		*d = (struct weir_mongodb_document){.from = to->bytes.size,
						    .stream = batch->stream,
						    .position = weir_batch_position(batch, row),
						    .batch = batch,
						    .row = row};
		add_document(r, batch, row, &to->bytes, &at);
		if (to->bytes.failed)
			return out_of_memory(err);
		d->at = at - d->from;
		d->size = to->bytes.size - d->from;
		if (d->size > WEIR_MONGODB_MOST_BYTES) {
			weir_mongodb_refuse(l, d, "the row is larger than a document may be (16 MiB)", counts);
			to->bytes.size = d->from;
			continue;
		}
		to->n++;
	}
	return WEIR_OK;
}

void weir_mongodb_documents_number(struct weir_mongodb_documents *d, int64_t now_us, int64_t *last_at)
{
	for (size_t i = 0; i < d->n; i++) {
		*last_at = *last_at < now_us ? now_us : *last_at + 1;
		put_int64(&d->bytes, d->list[i].from + d->list[i].at, *last_at);
	}
}
