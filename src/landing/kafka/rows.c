/* Messages of rows: the value is the row as NDJSON has it, without the end of the line, or in Avro. */
#include "kafka.h"

#include "landing/origin.h"
#include "weir/codec/codec.h"

#include <stdlib.h>

static void add_key(struct kafka_row *r, const struct weir_column *c, uint32_t row, struct weir_buf *rest)
{
	r->key = rest->size;
	r->has_key = c && weir_column_get(c, row).type != WEIR_NULL;
	if (r->has_key)
		weir_column_text(c, row, rest);
	r->key_size = (uint32_t)(rest->size - r->key);
}

/* STREAM/TOPIC/PARTITION/POSITION, and the run of a stream that cannot be read twice: the same for a row that is landed again. */
static void add_place(struct kafka_landing *l, struct kafka_row *r, const struct weir_batch *b, uint32_t row,
		      struct weir_buf *rest)
{
	const struct weir_landing_stream *s = &l->streams[b->stream];
	struct weir_landing_origin o = weir_landing_origin_of(b, row);

	r->place = rest->size;
	weir_buf_add_str(rest, s->name);
	weir_buf_add_char(rest, '/');
	weir_buf_add_str(rest, o.topic);
	weir_buf_addf(rest, "/%lld/%lld", (long long)o.partition, (long long)o.offset);
	if (s->once)
		weir_buf_addf(rest, "/%lld", (long long)l->run);
	r->place_size = (uint32_t)(rest->size - r->place);
}

static bool encode(struct kafka_batch *b, const struct weir_batch *batch, const uint64_t *rows)
{
	const struct weir_encode e = {.batch = batch, .rows = rows, .columns = batch->schema};

	weir_codec_for_writing(WEIR_STR("ndjson"))->encode(&e, 0, SIZE_MAX, &b->values);
	return !b->values.failed;
}

bool kafka_rows_make(struct kafka_landing *l, struct kafka_batch *b, const struct weir_batch *batch,
		     const uint64_t *rows)
{
	int at = l->key ? weir_schema_find(batch->schema, weir_str_of(l->key)) : -1;
	const struct weir_column *key = at >= 0 && (uint32_t)at < batch->n_columns ? &batch->columns[at] : NULL;

	*b = (struct kafka_batch){.stream = batch->stream, .batch = batch};
	b->rows = weir_calloc(batch->n_rows + (size_t)1, sizeof *b->rows);
	b->again = weir_calloc(weir_bit_words(batch->n_rows) + (size_t)1, sizeof *b->again);
	if (!b->rows || !b->again || (!l->avro && !encode(b, batch, rows)))
		return false;
	struct weir_str text = weir_buf_str(&b->values);
	for (uint32_t row = 0; row < batch->n_rows; row++) {
		if (!weir_bit_get(rows, row))
			continue;
		struct kafka_row *r = &b->rows[b->n_rows++];
		if (l->avro) {
			r->value = b->values.size;
			kafka_avro_put(l, batch, row, &b->values);
			r->value_size = (uint32_t)(b->values.size - r->value);
		} else {
			struct weir_str value = weir_str_cut(text, '\n', &text);
			r->value = (size_t)(value.data - b->values.data);
			r->value_size = (uint32_t)value.size;
		}
		r->position = weir_batch_position(batch, row);
		r->at = row;
		add_key(r, key, row, &b->rest);
		if (l->headers)
			add_place(l, r, batch, row, &b->rest);
	}
	l->wrote = true;
	l->any_key = l->any_key || key;
	b->charged_bytes = (int64_t)(b->values.size + b->rest.size + batch->n_rows * sizeof *b->rows);
	weir_budget_charge(l->budget, b->charged_bytes);
	return !b->rest.failed && !b->values.failed;
}

void kafka_rows_release(struct kafka_landing *l, struct kafka_batch *b)
{
	weir_budget_charge(l->budget, -b->charged_bytes);
	weir_buf_release(&b->values);
	weir_buf_release(&b->rest);
	free(b->rows);
	free(b->again);
	*b = (struct kafka_batch){0};
}
