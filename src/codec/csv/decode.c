/* csv and tsv: the shape of the text learned, records into columns, and what is no record counted. */
#include "codec/csv/csv.h"

/* Makes what reads text of the shape that is known now. */
static bool prepare(struct csv_codec *c)
{
	const struct weir_csv_shape *shape = &c->shape;
	c->scan = weir_csv_scan_new(shape->separator, shape->n_columns + 1);
	c->columns = weir_arena_zalloc(&c->arena, shape->n_columns * sizeof *c->columns);
	c->wanted = weir_arena_alloc(&c->arena, shape->n_columns * sizeof *c->wanted);
	if (!c->scan || !c->columns || !c->wanted || !weir_bulk_init(&c->codec.bulk))
		return false;
	for (size_t i = 0; i < shape->n_columns; i++)
		c->columns[i] =
		    (struct weir_text_field){.name = shape->columns[i].name, .type = shape->columns[i].type};
	/* a separator at the end of the header names nothing */
	c->n_needed = shape->n_columns;
	while (shape->header && c->n_needed && !shape->columns[c->n_needed - 1].title.size)
		c->n_needed--;
	c->due = (struct csv_due){shape->comments, shape->preamble, shape->header};
	c->codec.guess.header = shape->header ? "yes" : "no";
	c->codec.guess.separator = shape->separator;
	c->codec.guess.lines_above = shape->comments || shape->preamble;
	return true;
}

bool weir_csv_learn(struct csv_codec *c, struct weir_str sample, bool complete)
{
	weir_arena_reset(&c->arena); /* what an earlier, shorter sample left */
	if (!weir_csv_sniff(sample, complete, c->header, &c->texts.nulls, &c->shape, &c->arena))
		return false;
	return !c->shape.known || prepare(c);
}

bool weir_csv_copy(struct csv_codec *c, const struct csv_codec *from)
{
	const size_t n = c->shape.n_columns;
	c->shape.columns = weir_arena_alloc(&c->arena, n * sizeof *c->shape.columns);
	for (size_t i = 0; c->shape.columns && i < n; i++) {
		struct weir_csv_column *to = &c->shape.columns[i];
		*to = from->shape.columns[i];
		to->name = weir_arena_str(&c->arena, to->name);
		to->title = to->title.size ? weir_arena_str(&c->arena, to->title) : to->title;
		if (!to->name.data || (to->title.size && !to->title.data))
			return false;
	}
	if (!c->shape.columns || !prepare(c))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct weir_str name = c->columns[i].name;
		c->columns[i] = from->columns[i];
		c->columns[i].name = name;
	}
	c->due = from->due;
	return true;
}

/* A line of words is a header where it has an old column's name, or stands above something else than words. */
static bool is_header_of(const struct weir_csv_shape *shape, const struct weir_csv_shape *old)
{
	for (size_t i = 0; shape->header && i < shape->n_columns; i++) {
		if (shape->columns[i].type != WEIR_STRING && shape->columns[i].type != WEIR_NULL)
			return true;
		for (size_t k = 0; k < old->n_columns; k++)
			if (weir_str_equal(shape->columns[i].name, old->columns[k].name))
				return true;
	}
	return false;
}

/* A new file of the same stream begins with this sample: its own header and columns hold if it has some, otherwise the old ones.
 * False: no memory. */
static bool learn_again(struct csv_codec *c, struct weir_str sample, bool complete)
{
	struct weir_csv_shape shape = {.separator = c->shape.separator};
	struct weir_arena arena = {0}, old = c->arena;
	bool ok = weir_csv_sniff(sample, complete, c->header, &c->texts.nulls, &shape, &arena);
	if (!ok || !shape.known || !is_header_of(&shape, &c->shape)) {
		weir_arena_release(&arena);
		c->due = (struct csv_due){0};
		return ok;
	}
	weir_csv_scan_free(c->scan);
	c->scan = NULL;
	c->shape = shape;
	c->arena = arena;
	ok = prepare(c);
	weir_arena_release(&old);
	return ok;
}

bool weir_csv_assume(struct csv_codec *c)
{
	struct weir_csv_column *column = weir_arena_zalloc(&c->arena, sizeof *column);
	if (!column)
		return false;
	column->name = WEIR_STR("c1");
	c->shape = (struct weir_csv_shape){.separator = c->shape.separator ? c->shape.separator : ',',
					   .n_fields = 1,
					   .n_columns = 1,
					   .columns = column};
	return prepare(c);
}

static const char no_columns[] = "no record to learn the columns from";
static const char torn[] = "text after a closing quote", open_quote[] = "a quoted field is not closed";

static void bind_columns(struct csv_codec *c)
{
	c->n_wanted = 0;
	c->any_more = false;
	for (size_t i = 0; i < c->shape.n_columns; i++) {
		weir_text_field_bind(&c->texts, &c->columns[i]);
		c->any_more |= c->columns[i].column == WEIR_COLUMN_MORE;
		if (c->columns[i].column >= 0 || c->columns[i].column == WEIR_COLUMN_MORE)
			c->wanted[c->n_wanted++] =
			    (struct weir_bulk_field){.place = (uint32_t)i, .field = &c->columns[i]};
	}
}

/* More fields than columns, unless it is the empty one behind a closing separator. */
static bool too_many(const struct csv_codec *c, const struct weir_csv_record *r)
{
	size_t n = c->shape.n_fields;
	return r->n_fields > n && !(r->n_fields == n + 1 && n < WEIR_MAX_CSV_FIELDS && r->fields[n].size == 0);
}

/* A field of a record that had to be repaired. data NULL: no memory. */
static struct weir_str clean_field(struct csv_codec *c, struct weir_str field)
{
	if (weir_text_clean(field))
		return field;
	weir_buf_clear(&c->field);
	weir_utf8_repair(field, &c->field);
	return c->field.failed ? (struct weir_str){NULL, 0} : weir_buf_str(&c->field);
}

/* A stray quote takes all lines up to the next one for its field, which is no fault of form. But of a text, hardly any line has as
 * many separators as a record. */
static bool holds_records(const struct csv_codec *c, struct weir_str text)
{
	enum { FEWEST_LINES = 5, MOST_UNLIKE = 10 }; /* one of so many lines may be another */
	size_t n_lines = 0, n_alike = 0;
	const char *end = text.data + text.size, *line = memchr(text.data, '\n', text.size), *next;
	for (; line && (next = memchr(line + 1, '\n', (size_t)(end - line - 1))); line = next, n_lines++) {
		size_t n_separators = 0;
		for (const char *p = line; (p = memchr(p + 1, c->shape.separator, (size_t)(next - p - 1)));
		     n_separators++)
			;
		n_alike += n_separators + 1 == c->shape.n_fields;
	}
	return c->shape.n_fields > 1 && n_alike >= FEWEST_LINES && (n_lines - n_alike) * MOST_UNLIKE <= n_lines;
}

static bool put_record(struct csv_codec *c, const struct weir_csv_record *r, int64_t position,
		       const struct weir_message *message)
{
	struct weir_builder *b = &c->codec.builder;
	struct weir_str text = r->text;
	bool binary = false;
	if (!r->plain && weir_text_binary(text))
		return weir_builder_reject(b, WEIR_BAD_ENCODING, position, r->text, message, weir_codec_binary);
	if (r->n_fields > c->shape.n_columns && (too_many(c, r) || c->shape.n_fields > c->shape.n_columns))
		return weir_builder_reject(b, WEIR_BAD_FIELDS, position, r->text, message, NULL);
	if (!r->plain)
		text = weir_codec_clean(&c->codec, r->text, position, message, false, &binary);
	const bool repaired = text.data != r->text.data;
	if (repaired && !text.data)
		return false;
	for (uint32_t k = 0; k < c->n_wanted && c->wanted[k].place < r->n_fields; k++) {
		struct weir_str field = r->fields[c->wanted[k].place];
		if (repaired && !(field = clean_field(c, field)).data)
			return false;
		if (!weir_text_field_put(&c->texts, c->wanted[k].field, field))
			return false;
	}
	if (r->n_fields < c->n_needed)
		weir_builder_note(b, WEIR_NOTE_SHORT, position, r->text, message);
	if (holds_records(c, r->text))
		weir_builder_note(b, WEIR_NOTE_SWALLOWED, position, r->text, message);
	return weir_builder_commit(b, position, text, message);
}

/* The header comes again when files are joined, and when a file is written to a topic line by line. */
static bool is_header(const struct csv_codec *c, const struct weir_csv_record *r)
{
	if (!c->shape.header || r->n_fields != c->shape.n_titles)
		return false;
	for (size_t i = 0; i < r->n_fields && i < c->shape.n_columns; i++)
		if (!weir_str_equal(weir_str_trim(r->fields[i]), c->shape.columns[i].title))
			return false;
	return true;
}

/* In the fast way: the rows before one whose first field reads like the header's, or of which there is something to note. */
static uint32_t rows_before_odd(struct weir_codec *codec, const struct weir_bulk_window *w)
{
	const struct csv_codec *c = (const struct csv_codec *)codec;
	const struct weir_str title = c->shape.columns[0].title;
	const bool headed = c->shape.header && title.size;

	for (uint32_t row = 0; row < w->rows && (headed || w->marks->quoted); row++) {
		struct weir_str s = weir_bulk_part(w, row, 0), last = weir_bulk_part(w, row, w->n_places - 1);
		if (headed && s.size >= title.size && s.size <= title.size + 2 &&
		    memmem(s.data, s.size, title.data, title.size))
			return row;
		s.size = (size_t)(last.data + last.size - s.data);
		if (w->marks->quoted && holds_records(c, s))
			return row;
	}
	return w->rows;
}

/* A record that is the header: the first is what it should be, and any other is noted. */
static bool pass_header(struct csv_codec *c, const struct weir_csv_record *r, int64_t position,
			const struct weir_message *message)
{
	struct weir_builder *b = &c->codec.builder;
	if (!c->due.header)
		weir_builder_note(b, WEIR_NOTE_REPEATED_HEADER, position, r->text, message);
	else if (!weir_text_clean(r->text))
		weir_builder_note(b, WEIR_NOTE_UNDECODED, position, r->text, message);
	c->due.header = false;
	weir_builder_settle_notes(b);
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
	if (text.size && !*text.data && weir_frame_cut(&(struct weir_str){text.data, text.size}, &(uint32_t){0}))
		return weir_builder_reject(b, WEIR_BAD_SCHEMA, m->offset, text, m, NULL);
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
		return pass_header(c, &r, m->offset,
				   m); /* a topic that a file was written to has it in its first message */
	if (!only_line_ends(r.next, text.data + text.size))
		return weir_builder_reject(b, WEIR_BAD_SYNTAX, m->offset, text, m, "more than one record in a message");
	return put_record(c, &r, m->offset, m);
}

static bool decode_messages(struct csv_codec *c, struct weir_chunk *chunk, struct weir_batch *batch)
{
	while (chunk->n_messages && !weir_builder_full(&c->codec.builder)) {
		if (!put_message(c, chunk->messages))
			return false;
		if (c->codec.builder.cut)
			break;
		weir_chunk_take_message(chunk, batch);
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
	if (c->due.comments && weir_csv_is_comment(r)) {
		c->due.comments--;
		return true;
	}
	if (c->due.preamble && weir_csv_may_be_preamble(r)) {
		c->due.preamble--;
		return weir_builder_reject(b, WEIR_BAD_SYNTAX, position, r->text, NULL,
					   "a line above the first record");
	}
	c->due.preamble = c->due.comments = 0;
	if (c->due.header || is_header(c, r))
		return pass_header(c, r, position, NULL);
	return put_record(c, r, position, NULL);
}

/* The plain records at the front of the chunk. The scanner begins behind them. */
static bool put_bulk(struct csv_codec *c, struct weir_chunk *chunk)
{
	const struct weir_bulk_run run = {.builder = &c->codec.builder,
					  .nulls = &c->texts.nulls,
					  .fields = c->wanted,
					  .n_fields = c->n_wanted,
					  .n_places = (uint32_t)c->shape.n_columns,
					  .syntax = {.separator = c->shape.separator},
					  .check = rows_before_odd,
					  .codec = &c->codec};
	const char *from = chunk->bytes;
	if (c->any_more || c->due.preamble || c->due.comments || c->due.header ||
	    c->shape.n_fields != c->shape.n_columns)
		return true;
	if (!weir_bulk_read(&c->codec.bulk, &run, chunk))
		return false;
	if (chunk->bytes != from)
		weir_csv_scan_start(c->scan, chunk->bytes, chunk->size, chunk->at_end);
	return true;
}

static bool decode_bytes(struct csv_codec *c, struct weir_chunk *chunk, struct weir_batch *batch)
{
	struct weir_csv_record r;
	bool ok = true, more = true;
	if (chunk->offset == c->begin)
		weir_chunk_take(chunk, batch,
				chunk->size - weir_csv_without_bom((struct weir_str){chunk->bytes, chunk->size}).size);
	if (c->codec.skipping && !skip_rest(c, chunk, batch))
		return true;
	weir_csv_scan_start(c->scan, chunk->bytes, chunk->size, chunk->at_end);
	while (ok && more && !weir_builder_full(&c->codec.builder)) {
		ok = put_bulk(c, chunk);
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
		if (c->codec.builder.cut)
			break;
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
		weir_chunk_take_message(chunk, batch);
	}
	return true;
}

/* A stream that had sent no whole record when it was opened tells its shape by its first bytes. */
static bool find_shape(struct csv_codec *c, struct weir_chunk *chunk, struct weir_batch *batch)
{
	if (c->scan && (!c->restarted || !chunk->size))
		return true;
	if (c->scan) {
		bool whole = chunk->at_end || chunk->full || memchr(chunk->bytes, '\n', chunk->size);
		c->begin = chunk->offset;
		c->restarted = c->shape.header && !whole;
		return !c->shape.header || !whole ||
		       learn_again(c, (struct weir_str){chunk->bytes, chunk->size}, chunk->at_end || chunk->full);
	}
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
	bool ok = weir_builder_begin(&codec->builder, batch) && find_shape(c, chunk, batch);
	if (ok && c->scan)
		bind_columns(c);
	if (ok && c->scan)
		ok = chunk->is_messages ? decode_messages(c, chunk, batch) : decode_bytes(c, chunk, batch);
	return weir_codec_end(codec, ok, err);
}
