/* Rows out of values: names to columns, types that widen, records taken back, batches that end. */
#include "codec/columns/columns.h"

#include "weir/model/chunk.h"

#include <stdio.h>
#include <stdlib.h>

uint32_t weir_builder_rows(const struct weir_builder *b)
{
	enum {
		LEAST_ROWS = 32,
		VALUE_BYTES = 16
	}; /* what a value takes while there is one of it in each row, roughly */
	uint64_t rows = b->part_bytes / VALUE_BYTES / (b->schema->n_fields + 1);
	return rows < LEAST_ROWS ? LEAST_ROWS : rows < WEIR_BATCH_ROWS ? (uint32_t)rows : WEIR_BATCH_ROWS;
}

static void bound_rows(struct weir_builder *b)
{
	uint32_t rows = weir_builder_rows(b);
	b->rows_most = rows < b->batch->capacity ? rows : b->batch->capacity;
}

bool weir_builder_begin(struct weir_builder *b, struct weir_batch *batch)
{
	b->batch = batch;
	b->row = 0;
	bound_rows(b);
	b->any_time = b->time_failed = b->cut = false;
	b->n_undo = 0;
	weir_builder_settle_notes(b);
	if (b->no_memory)
		return false;
	if (b->time_name && !weir_batch_add_time(batch))
		return false;
	return weir_batch_set_schema(batch, b->schema);
}

bool weir_builder_open_schema(struct weir_builder *b)
{
	if (b->unpublished)
		return true;
	struct weir_schema *next = weir_schema_next(b->schema);
	if (!next)
		return false;
	weir_schema_unref(b->schema);
	b->schema = next;
	b->unpublished = true;
	return true;
}

/* `path` is inside `name`: equal, or goes on with '.' or '['. */
static bool inside(struct weir_str path, struct weir_str name)
{
	return path.size >= name.size && memcmp(path.data, name.data, name.size) == 0 &&
	       (path.size == name.size || path.data[name.size] == '.' || path.data[name.size] == '[');
}

bool weir_builder_wanted(const struct weir_builder *b, struct weir_str name)
{
	struct weir_str date = weir_str_of(b->time_name), clock = weir_str_of(b->clock_name);
	if (b->want.all || (date.size && (inside(name, date) || inside(date, name))) ||
	    (clock.size && (inside(name, clock) || inside(clock, name))))
		return true;
	for (size_t i = 0; i < b->want.n_names; i++)
		if (inside(name, b->want.names[i]) || inside(b->want.names[i], name) ||
		    weir_str_equal_nocase(name, b->want.names[i]))
			return true;
	return false;
}

/* The column, or -1 without memory. */
static int add_column(struct weir_builder *b, struct weir_str name)
{
	if (!weir_builder_open_schema(b) ||
	    !weir_grow((void **)&b->columns, &b->columns_capacity, b->schema->n_fields + (size_t)1, sizeof *b->columns))
		return -1;
	bool is_time = b->time_name && !b->clock_name && weir_str_equal(name, weir_str_of(b->time_name));
	int at = b->known && !is_time ? weir_schema_find(b->known, name) : -1;
	enum weir_type type = at < 0 ? WEIR_NULL : b->known->fields[at].type;
	int column = weir_schema_add(b->schema, name, type);
	if (column < 0)
		return -1;
	b->columns[column] = (struct weir_builder_column){.is_time = is_time, .type = type};
	if (is_time)
		weir_schema_set_time(b->schema, column);
	bound_rows(b);
	return weir_batch_set_schema(b->batch, b->schema) ? column : -1;
}

int weir_builder_column(struct weir_builder *b, struct weir_str name)
{
	int found =
	    b->no_memory ? WEIR_COLUMN_UNWANTED : weir_schema_find(b->schema, name); /* the batch may lack its column */
	if (found >= 0 || b->no_memory)
		return found;
	if (!weir_builder_wanted(b, name))
		return WEIR_COLUMN_UNWANTED;
	if (b->schema->n_fields >= b->most_columns)
		return WEIR_COLUMN_MORE;
	int column = add_column(b, name);
	b->no_memory |= column < 0;
	return column < 0 ? WEIR_COLUMN_UNWANTED : column;
}

bool weir_builder_is_time(const struct weir_builder *b, int column)
{
	return b->columns[column].is_time;
}

/* A value of another type than the column's. False: it is not to be stored, because the batch ends before it (or: no memory). */
static bool widen(struct weir_builder *b, int column, enum weir_type type)
{
	struct weir_builder_column *c = &b->columns[column];
	enum weir_type wide = weir_type_widen(c->type, type);
	if (wide == c->type)
		return true;
	if (c->type != WEIR_NULL && b->row > 0 && !b->look) {
		b->cut = true;
		return false;
	}
	if (!weir_grow((void **)&b->undo, &b->undo_capacity, b->n_undo + 1, sizeof *b->undo)) {
		b->no_memory = true;
		return false;
	}
	b->undo[b->n_undo++] = (struct weir_builder_undo){(uint32_t)column, c->type};
	b->retyped |= c->type != WEIR_NULL && !c->is_time; /* a time is stored as one whatever came before */
	c->type = wide;
	return true;
}

static inline bool takes(struct weir_builder *b, int column, enum weir_type type)
{
	return b->columns[column].type == type || widen(b, column, type);
}

void weir_builder_take_back(struct weir_builder *b)
{
	struct weir_batch *batch = b->batch;
	for (int i = 0; b->noted_any && i < WEIR_NOTE_COUNT; i++) {
		batch->n_noted[i] -= b->noted[i];
		if (!batch->n_noted[i])
			batch->first_noted[i][0] = 0;
	}
	weir_builder_settle_notes(b);
	weir_buf_clear(&b->more);
	b->time_failed = false;
	for (uint32_t i = 0; i < batch->n_columns; i++)
		weir_column_truncate(&batch->columns[i], b->row);
	if (batch->time_us && b->row < batch->capacity)
		batch->time_us[b->row] = WEIR_TIME_NONE;
	while (b->n_undo) {
		const struct weir_builder_undo *u = &b->undo[--b->n_undo];
		b->columns[u->column].type = u->type;
		if (u->type == WEIR_NULL || b->row == 0)
			b->no_memory |= !weir_column_forget_type(&batch->columns[u->column]);
	}
}

static bool set_time(struct weir_builder *b, int column, int64_t us)
{
	if (!takes(b, column, WEIR_TIMESTAMP))
		return !b->no_memory;
	b->batch->time_us[b->row] = us;
	b->any_time = true;
	b->time_failed = false;
	return weir_column_set_timestamp(&b->batch->columns[column], b->row, us);
}

bool weir_builder_null(struct weir_builder *b, int column)
{
	if (b->columns[column].is_time)
		weir_builder_no_time(b, (struct weir_str){NULL, 0});
	return weir_column_set_null(&b->batch->columns[column], b->row);
}

bool weir_builder_bool(struct weir_builder *b, int column, bool v)
{
	if (b->columns[column].is_time) {
		b->time.fault = WEIR_TIMEFMT_UNREAD;
		weir_builder_no_time(b, v ? WEIR_STR("true") : WEIR_STR("false"));
	}
	if (!takes(b, column, WEIR_BOOL))
		return !b->no_memory;
	return weir_column_set_bool(&b->batch->columns[column], b->row, v);
}

bool weir_builder_int64(struct weir_builder *b, int column, int64_t v)
{
	int64_t us;
	if (b->columns[column].is_time) {
		if (weir_timefmt_int64(&b->time, v, &us))
			return set_time(b, column, us);
		char text[24];
		weir_builder_no_time(b, (struct weir_str){text, weir_format_int64(v, text)});
	}
	if (!takes(b, column, WEIR_INT64))
		return !b->no_memory;
	return weir_column_set_int64(&b->batch->columns[column], b->row, v);
}

bool weir_builder_float64(struct weir_builder *b, int column, double v)
{
	int64_t us;
	if (b->columns[column].is_time) {
		if (weir_timefmt_float64(&b->time, v, &us))
			return set_time(b, column, us);
		char text[32];
		weir_builder_no_time(b, (struct weir_str){text, weir_format_double(v, text)});
	}
	if (!takes(b, column, WEIR_FLOAT64))
		return !b->no_memory;
	return weir_column_set_float64(&b->batch->columns[column], b->row, v);
}

bool weir_builder_text(struct weir_builder *b, int column, struct weir_str s)
{
	int64_t us;
	if (b->columns[column].is_time) {
		if (weir_timefmt_text(&b->time, s, &us))
			return set_time(b, column, us);
		weir_builder_no_time(b, weir_str_trim(s));
	}
	if (!takes(b, column, WEIR_STRING))
		return !b->no_memory;
	return weir_builder_set_text(b, column, s);
}

bool weir_builder_timestamp(struct weir_builder *b, int column, int64_t us)
{
	char text[40] = "";
	if (b->columns[column].is_time)
		return set_time(b, column, us);
	if (weir_builder_is_text(b, column))
		return weir_builder_text_of(b, column, (struct weir_str){text, weir_time_format_iso(us, text)},
					    WEIR_TIMESTAMP);
	if (!takes(b, column, WEIR_TIMESTAMP))
		return !b->no_memory;
	return weir_column_set_timestamp(&b->batch->columns[column], b->row, us);
}

bool weir_builder_text_of(struct weir_builder *b, int column, struct weir_str s, enum weir_type type)
{
	if (!weir_builder_set_text(b, column, s))
		return false;
	weir_column_count_foreign(&b->batch->columns[column], b->row, type);
	return true;
}

static bool fill_extra(struct weir_builder *b, int64_t position, struct weir_str raw,
		       const struct weir_message *message, bool bad)
{
	struct weir_batch *batch = b->batch;
	batch->position[b->row] = position;
	bool tombstone = message && !message->payload.data;
	if ((b->want.raw || bad) && !tombstone && !weir_column_set_string(&batch->raw, b->row, raw, NULL))
		return false;
	if (!message)
		return true;
	if (message->partition && !weir_batch_add_partition(batch))
		return false;
	if (batch->partition)
		batch->partition[b->row] = message->partition;
	if (message->time_us != WEIR_TIME_NONE && !weir_time_exists(message->time_us)) {
		if (b->server_time)
			weir_builder_note(b, WEIR_NOTE_TIME_RANGE, position, (struct weir_str){NULL, 0}, message);
	} else if (message->time_us != WEIR_TIME_NONE) {
		if (b->server_time && !weir_batch_add_time(batch))
			return false;
		if (b->server_time)
			batch->time_us[b->row] = message->time_us;
		if (b->want.stamp && !weir_column_set_timestamp(&batch->stamp, b->row, message->time_us))
			return false;
	}
	if (b->want.key && message->key.data && !weir_column_set_string(&batch->key, b->row, message->key, NULL))
		return false;
	return !b->want.headers || !message->headers.data ||
	       weir_column_set_string(&batch->headers, b->row, message->headers, NULL);
}

bool weir_builder_more(struct weir_builder *b, struct weir_str name, struct weir_str json)
{
	weir_buf_add_char(&b->more, b->more.size ? ',' : '{');
	weir_json_quote(name, &b->more);
	weir_buf_add_char(&b->more, ':');
	weir_buf_add_str(&b->more, json);
	return !b->more.failed;
}

bool weir_builder_more_text(struct weir_builder *b, struct weir_str name, struct weir_str text)
{
	struct weir_buf quoted = {0};
	struct weir_str json = weir_text_bare(text);
	if (weir_text_type(text) == WEIR_STRING) {
		weir_json_quote(text, &quoted);
		json = weir_buf_str(&quoted);
	}
	bool ok = !quoted.failed && weir_builder_more(b, name, json);
	weir_buf_release(&quoted);
	return ok;
}

static bool put_more(struct weir_builder *b, int64_t position, struct weir_str raw, const struct weir_message *message)
{
	int column = weir_schema_find(b->schema, WEIR_STR(WEIR_MORE));
	if (column < 0 && (column = add_column(b, WEIR_STR(WEIR_MORE))) < 0)
		return false;
	weir_buf_add_char(&b->more, '}');
	bool ok = !b->more.failed && weir_builder_text(b, column, weir_buf_str(&b->more));
	weir_buf_clear(&b->more);
	weir_builder_note(b, WEIR_NOTE_MORE_COLUMNS, position, raw, message);
	return ok;
}

bool weir_builder_commit(struct weir_builder *b, int64_t position, struct weir_str raw,
			 const struct weir_message *message)
{
	if (b->more.size && !put_more(b, position, raw, message))
		return false;
	if (b->cut) {
		weir_builder_take_back(b);
		return !b->no_memory;
	}
	if (!fill_extra(b, position, raw, message, false))
		return false;
	if (b->time_failed)
		weir_builder_note_time(b, position, message);
	b->n_undo = 0;
	if (b->noted_any)
		weir_builder_settle_notes(b);
	b->row++;
	b->records++;
	return true;
}

bool weir_builder_reject(struct weir_builder *b, enum weir_malformed why, int64_t position, struct weir_str raw,
			 const struct weir_message *message, const char *detail)
{
	struct weir_batch *batch = b->batch;
	char framed[160];
	uint32_t schema;
	if (message && !b->frames_read &&
	    weir_frame_cut(&(struct weir_str){message->payload.data, message->payload.size}, &schema)) {
		why = WEIR_BAD_SCHEMA;
		snprintf(
		    framed, sizeof framed,
		    "a schema registry's message of schema %u: -f avro reads Avro, with registry=URL in the address",
		    schema);
		detail = framed;
	} else if (message && !b->frames_read && weir_single_object_say(message->payload, framed, sizeof framed)) {
		why = WEIR_BAD_SCHEMA;
		detail = framed;
	}
	weir_builder_take_back(b);
	b->cut = false;
	if (b->failed) /* it stopped at another before: such as a record in a document that is then found cut off, too */
		return true;
	if (b->want.left_out)
		weir_builder_leave_out(b, why, position, raw, message, detail);
	if (batch->first_malformed.code == WEIR_OK)
		weir_builder_describe(b, &batch->first_malformed, why, position, raw, message, detail);
	if (b->on_malformed == WEIR_MALFORMED_FAIL) {
		weir_builder_describe(b, &b->failure, why, position, raw, message, detail);
		b->failed = true;
	}
	if (b->on_malformed == WEIR_MALFORMED_KEEP && b->row < batch->capacity) {
		if (!batch->malformed &&
		    !(batch->malformed = weir_calloc(weir_bit_words(batch->capacity), sizeof(uint64_t))))
			return false;
		if (!fill_extra(b, position, raw, message, true))
			return false;
		weir_builder_settle_notes(b);
		weir_bit_set(batch->malformed, b->row);
		b->row++;
		b->records++;
		return true;
	}
	batch->n_malformed[why]++;
	b->records++;
	return true;
}

static bool finish(struct weir_builder *b)
{
	struct weir_batch *batch = b->batch;
	for (uint32_t i = 0; i < batch->n_columns; i++) {
		struct weir_column *c = &batch->columns[i];
		enum weir_type known = b->schema->fields[i].type;
		enum weir_type wide = weir_type_widen(weir_type_widen(known, b->columns[i].type), c->type);
		if (wide != known) {
			if (wide == WEIR_STRING && (known == WEIR_FLOAT64 || known == WEIR_BOOL) &&
			    !b->columns[i].is_time)
				weir_builder_note_rewritten(b, i);
			if (!weir_builder_open_schema(b))
				return false;
			weir_schema_set_type(b->schema, i, wide);
		}
		if (!weir_column_finish(c, b->row) || !weir_builder_review(b, &b->columns[i]))
			return false;
	}
	if (batch->raw.encoding != WEIR_ENC_ABSENT && !weir_column_finish(&batch->raw, b->row))
		return false;
	if (!weir_column_finish(&batch->key, b->row) || !weir_column_finish(&batch->headers, b->row) ||
	    !weir_column_finish(&batch->stamp, b->row) || !weir_batch_set_schema(batch, b->schema))
		return false;
	b->unpublished = false;
	return true;
}

bool weir_builder_end(struct weir_builder *b)
{
	bool ok = !b->no_memory && finish(b);
	b->batch->n_rows = b->row;
	if (ok && b->clock_name)
		weir_builder_join_times(b);
	b->batch = NULL;
	return ok;
}
