/* csv and tsv: records into columns, and what is no record counted. */
#include "codec/csv_codec.h"

static const char no_columns[] = "no record to learn the columns from";
static const char torn[] = "text after a closing quote", open_quote[] = "a quoted field does not end";

static void bind_columns(struct csv_codec *c)
{
	c->n_wanted = 0;
	for (size_t i = 0; i < c->shape.n_columns; i++) {
		weir_cells_bind(&c->cells, &c->columns[i]);
		if (c->columns[i].column >= 0)
			c->wanted[c->n_wanted++] =
			    (struct weir_plain_field){.place = (uint32_t)i, .cell = &c->columns[i]};
	}
}

/* More fields than columns, unless it is the empty one behind a closing separator. */
static bool too_many(const struct csv_codec *c, const struct weir_csv_record *r)
{
	size_t n = c->shape.n_fields;
	return r->n_fields > n && !(r->n_fields == n + 1 && n < WEIR_MAX_COLUMNS && r->fields[n].size == 0);
}

static bool put_record(struct csv_codec *c, const struct weir_csv_record *r, int64_t position,
		       const struct weir_message *message)
{
	struct weir_builder *b = &c->codec.builder;
	if (!r->plain && !weir_cell_clean(r->text))
		return weir_builder_reject(b, WEIR_BAD_ENCODING, position, r->text, message, NULL);
	if (r->n_fields > c->shape.n_columns) {
		if (too_many(c, r))
			return weir_builder_reject(b, WEIR_BAD_FIELDS, position, r->text, message, NULL);
		b->truncated_fields += c->shape.n_fields - c->shape.n_columns;
	}
	for (uint32_t k = 0; k < c->n_wanted && c->wanted[k].place < r->n_fields; k++)
		if (!weir_cells_put(&c->cells, c->wanted[k].cell, r->fields[c->wanted[k].place]))
			return false;
	return weir_builder_commit(b, position, r->text, message);
}

/* The header comes again when a file is written to a topic line by line. */
static bool is_header(const struct csv_codec *c, const struct weir_csv_record *r)
{
	if (!c->shape.header || r->n_fields != c->shape.n_columns)
		return false;
	for (size_t i = 0; i < r->n_fields; i++)
		if (!weir_str_equal(weir_str_trim(r->fields[i]), c->columns[i].name))
			return false;
	return true;
}

static bool only_line_ends(const char *from, const char *end)
{
	while (from < end && (*from == '\n' || *from == '\r'))
		from++;
	return from == end;
}

static bool put_message(struct csv_codec *c, const struct weir_message *m)
{
	struct weir_builder *b = &c->codec.builder;
	struct weir_csv_record r;
	struct weir_str text = weir_csv_without_bom(m->payload);
	if (!m->payload.data)
		return weir_builder_commit(b, m->offset, text, m);
	weir_csv_scan_start(c->scan, text.data, text.size, true);
	switch (weir_csv_scan_next(c->scan, &r)) {
	case WEIR_CSV_OUT_OF_MEMORY:
		return false;
	case WEIR_CSV_TORN:
		return weir_builder_reject(b, WEIR_BAD_SYNTAX, m->offset, text, m, torn);
	case WEIR_CSV_MORE:
		return weir_csv_scan_in_quote(c->scan)
			   ? weir_builder_reject(b, WEIR_BAD_TRUNCATED, m->offset, text, m, open_quote)
			   : weir_builder_commit(b, m->offset, text, m);
	case WEIR_CSV_RECORD:
		break;
	}
	if (is_header(c, &r))
		return true;
	if (!only_line_ends(r.next, text.data + text.size))
		return weir_builder_reject(b, WEIR_BAD_SYNTAX, m->offset, text, m, "more than one record in a message");
	return put_record(c, &r, m->offset, m);
}

static void take_message(struct weir_chunk *chunk, struct weir_batch *batch)
{
	batch->bytes += chunk->messages->payload.size;
	chunk->messages++;
	chunk->n_messages--;
}

static bool decode_messages(struct csv_codec *c, struct weir_chunk *chunk, struct weir_batch *batch)
{
	while (chunk->n_messages && !weir_builder_full(&c->codec.builder)) {
		if (!put_message(c, chunk->messages))
			return false;
		take_message(chunk, batch);
	}
	return true;
}

/* The bytes hold no whole record. True in *more when there is something to go on with all the same: the first line of a
 * quoted field that never ends is given up, and what follows it read as if the quote were not there. */
static bool no_record(struct csv_codec *c, struct weir_chunk *chunk, struct weir_batch *batch,
		      struct weir_csv_record *r, bool *more)
{
	struct weir_builder *b = &c->codec.builder;
	bool in_quote = weir_csv_scan_in_quote(c->scan);
	*more = false;
	weir_chunk_take(chunk, batch, (size_t)(r->next - chunk->bytes));
	if (!chunk->size || (!chunk->full && !(chunk->at_end && in_quote)))
		return true;
	weir_csv_scan_skip_line(c->scan, r);
	bool line_ended = (size_t)(r->next - chunk->bytes) > r->text.size;
	struct weir_str start = {r->text.data, line_ended || r->text.size < 80 ? r->text.size : 80};
	int64_t position = (int64_t)chunk->offset;
	weir_chunk_take(chunk, batch, (size_t)(r->next - chunk->bytes));
	*more = line_ended;
	if (line_ended || chunk->at_end)
		return weir_builder_reject(b, WEIR_BAD_TRUNCATED, position, start, NULL, open_quote);
	c->codec.skipping = true;
	return weir_builder_reject(b, WEIR_BAD_TOO_LONG, position, start, NULL, NULL);
}

/* Inside a record that was too long: on to the end of its line. */
static bool skip_rest(struct csv_codec *c, struct weir_chunk *chunk, struct weir_batch *batch)
{
	const char *end = memchr(chunk->bytes, '\n', chunk->size);
	weir_chunk_take(chunk, batch, end ? (size_t)(end + 1 - chunk->bytes) : chunk->size);
	c->codec.skipping = !end;
	return end != NULL;
}

static bool put_found(struct csv_codec *c, enum weir_csv_found found, const struct weir_csv_record *r, int64_t position)
{
	struct weir_builder *b = &c->codec.builder;
	if (found == WEIR_CSV_TORN)
		return weir_builder_reject(b, WEIR_BAD_SYNTAX, position, r->text, NULL, torn);
	if (c->due.preamble && weir_csv_may_be_preamble(r)) {
		c->due.preamble--;
		return weir_builder_reject(b, WEIR_BAD_SYNTAX, position, r->text, NULL,
					   "a line above the first record");
	}
	c->due.preamble = 0;
	if (c->due.header && weir_cell_clean(r->text)) {
		c->due.header = false;
		return true;
	}
	return put_record(c, r, position, NULL);
}

/* The plain records at the front of the chunk. The scanner begins behind them. */
static bool put_plain(struct csv_codec *c, struct weir_chunk *chunk)
{
	const struct weir_plain_run run = {.builder = &c->codec.builder,
					   .nulls = &c->cells.nulls,
					   .fields = c->wanted,
					   .n_fields = c->n_wanted,
					   .n_places = (uint32_t)c->shape.n_columns,
					   .syntax = {.separator = c->shape.separator}};
	const char *from = chunk->bytes;
	if (c->due.preamble || c->due.header || c->shape.n_fields != c->shape.n_columns)
		return true;
	if (!weir_plain_read(&c->rows, &run, chunk))
		return false;
	if (chunk->bytes != from)
		weir_csv_scan_start(c->scan, chunk->bytes, chunk->size, chunk->at_end);
	return true;
}

static bool decode_bytes(struct csv_codec *c, struct weir_chunk *chunk, struct weir_batch *batch)
{
	struct weir_csv_record r;
	bool ok = true, more = true;
	if (chunk->offset == 0)
		weir_chunk_take(chunk, batch,
				chunk->size - weir_csv_without_bom((struct weir_str){chunk->bytes, chunk->size}).size);
	if (c->codec.skipping && !skip_rest(c, chunk, batch))
		return true;
	weir_csv_scan_start(c->scan, chunk->bytes, chunk->size, chunk->at_end);
	while (ok && more && !weir_builder_full(&c->codec.builder) && !c->cells.widened) {
		ok = put_plain(c, chunk);
		if (!ok || weir_builder_full(&c->codec.builder))
			break;
		enum weir_csv_found found = weir_csv_scan_next(c->scan, &r);
		if (found == WEIR_CSV_OUT_OF_MEMORY)
			return false;
		if (found == WEIR_CSV_MORE) {
			ok = no_record(c, chunk, batch, &r, &more);
			continue;
		}
		ok = put_found(c, found, &r, (int64_t)chunk->offset + (r.text.data - chunk->bytes));
		weir_chunk_take(chunk, batch, (size_t)(r.next - chunk->bytes));
	}
	return ok;
}

/* Messages before the first that holds a record tell nothing of the columns: they are put aside. */
static bool find_shape_in_messages(struct csv_codec *c, struct weir_chunk *chunk, struct weir_batch *batch)
{
	struct weir_builder *b = &c->codec.builder;
	while (chunk->n_messages && !weir_builder_full(b)) {
		const struct weir_message *m = chunk->messages;
		if (!weir_csv_learn(c, m->payload, true))
			return false;
		if (c->scan)
			return true;
		bool ok = m->payload.data
			      ? weir_builder_reject(b, WEIR_BAD_SYNTAX, m->offset, m->payload, m, no_columns)
			      : weir_builder_commit(b, m->offset, m->payload, m);
		if (!ok)
			return false;
		take_message(chunk, batch);
	}
	return true;
}

/* A stream that had sent no whole record when it was opened tells its shape by its first bytes. */
static bool find_shape(struct csv_codec *c, struct weir_chunk *chunk, struct weir_batch *batch)
{
	if (c->scan)
		return true;
	if (chunk->is_messages)
		return find_shape_in_messages(c, chunk, batch);
	bool all = chunk->at_end || chunk->full;
	if (!weir_csv_learn(c, (struct weir_str){chunk->bytes, chunk->size}, all))
		return false;
	return c->scan || !all || !chunk->size || weir_csv_assume(c);
}

enum weir_status weir_csv_decode(struct weir_codec *codec, struct weir_chunk *chunk, struct weir_batch *batch,
				 struct weir_error *err)
{
	struct csv_codec *c = (struct csv_codec *)codec;
	bool ok = weir_cells_begin(&c->cells, &codec->builder, chunk, batch) && find_shape(c, chunk, batch);
	if (ok && c->scan)
		bind_columns(c);
	const struct csv_due due = c->due;
	const bool skipping = codec->skipping;
	while (ok && c->scan) {
		ok = chunk->is_messages ? decode_messages(c, chunk, batch) : decode_bytes(c, chunk, batch);
		if (!ok || !c->cells.widened)
			break;
		weir_cells_note(codec, chunk->offset);
		c->due = due;
		codec->skipping = skipping;
		ok = weir_cells_again(&c->cells, chunk, batch);
	}
	if (!weir_builder_end(&codec->builder) || !ok)
		return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory while decoding");
	if (codec->builder.failed) {
		if (err)
			*err = codec->builder.failure;
		return WEIR_MALFORMED;
	}
	return WEIR_OK;
}
