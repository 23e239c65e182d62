#include "codec/builder_text.h"

#include "weir/model/chunk.h"

#include <stdio.h>
#include <stdlib.h>

static bool copy_want(struct weir_builder *b, const struct weir_decode_want *want)
{
	b->want = *want;
	struct weir_str *names = weir_arena_alloc(&b->arena, want->n_names * sizeof *names);
	if (!names)
		return false;
	for (size_t i = 0; i < want->n_names; i++) {
		names[i] = weir_arena_str(&b->arena, want->names[i]);
		if (!names[i].data)
			return false;
	}
	b->want.names = names;
	return true;
}

bool weir_builder_init(struct weir_builder *b, const struct weir_codec_config *config, const char *time_name, const char *time_format)
{
	*b = (struct weir_builder){.budget = config->budget, .on_malformed = config->on_malformed, .stream = config->stream, .part = config->part};
	b->schema = weir_schema_new();
	if (!b->schema || !copy_want(b, &config->want))
		return false;
	b->schema->version = 1; /* 0 is the empty schema of before the first batch */
	b->unpublished = true;
	if (time_name && time_format) {
		struct weir_str name = weir_arena_str(&b->arena, weir_str_of(time_name));
		struct weir_str format = weir_arena_str(&b->arena, weir_str_of(time_format));
		if (!name.data || !format.data)
			return false;
		b->time_name = name.data;
		weir_timefmt_init(&b->time, format.data);
	}
	return true;
}

void weir_builder_release(struct weir_builder *b)
{
	for (uint32_t i = 0; b->schema && i < b->schema->n_fields && i < b->columns_capacity; i++) {
		weir_dict_unref(b->columns[i].dict);
		weir_builder_drop_cache(b, &b->columns[i]);
	}
	free(b->columns);
	weir_schema_unref(b->schema);
	weir_arena_release(&b->arena);
	*b = (struct weir_builder){0};
}

bool weir_builder_begin(struct weir_builder *b, struct weir_batch *batch)
{
	b->batch = batch;
	b->row = 0;
	b->any_time = false;
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
	if (b->want.all || (b->time_name && inside(name, weir_str_of(b->time_name))))
		return true;
	for (size_t i = 0; i < b->want.n_names; i++)
		if (inside(name, b->want.names[i]) || inside(b->want.names[i], name) ||
		    weir_str_equal_nocase(name, b->want.names[i]))
			return true;
	return false;
}

int weir_builder_column(struct weir_builder *b, struct weir_str name)
{
	int found = weir_schema_find(b->schema, name);
	if (found >= 0)
		return found;
	if (!weir_builder_wanted(b, name))
		return WEIR_COLUMN_UNWANTED;
	if (b->schema->n_fields >= WEIR_MAX_COLUMNS) {
		b->truncated_fields++;
		return WEIR_COLUMN_UNWANTED;
	}
	if (!weir_builder_open_schema(b) ||
	    !weir_grow((void **)&b->columns, &b->columns_capacity, b->schema->n_fields + (size_t)1, sizeof *b->columns))
		return WEIR_COLUMN_UNWANTED;
	int column = weir_schema_add(b->schema, name, WEIR_NULL);
	if (column < 0)
		return WEIR_COLUMN_UNWANTED;
	bool is_time = b->time_name && weir_str_equal(name, weir_str_of(b->time_name));
	b->columns[column] = (struct weir_builder_column){.is_time = is_time};
	if (is_time)
		weir_schema_set_time(b->schema, column);
	return weir_batch_set_schema(b->batch, b->schema) ? column : WEIR_COLUMN_UNWANTED;
}

bool weir_builder_is_time(const struct weir_builder *b, int column) { return b->columns[column].is_time; }

static bool set_time(struct weir_builder *b, int column, int64_t us)
{
	b->batch->time_us[b->row] = us;
	b->any_time = true;
	return weir_column_set_timestamp(&b->batch->columns[column], b->row, us);
}

bool weir_builder_null(struct weir_builder *b, int column)
{
	if (b->columns[column].is_time)
		b->batch->time_us[b->row] = WEIR_TIME_NONE;
	return weir_column_set_null(&b->batch->columns[column], b->row);
}

bool weir_builder_bool(struct weir_builder *b, int column, bool v)
{
	return weir_column_set_bool(&b->batch->columns[column], b->row, v);
}

bool weir_builder_int64(struct weir_builder *b, int column, int64_t v)
{
	int64_t us;
	if (b->columns[column].is_time && weir_timefmt_int64(&b->time, v, &us))
		return set_time(b, column, us);
	return weir_column_set_int64(&b->batch->columns[column], b->row, v);
}

bool weir_builder_float64(struct weir_builder *b, int column, double v)
{
	int64_t us;
	if (b->columns[column].is_time && weir_timefmt_float64(&b->time, v, &us))
		return set_time(b, column, us);
	return weir_column_set_float64(&b->batch->columns[column], b->row, v);
}

bool weir_builder_text(struct weir_builder *b, int column, struct weir_str s)
{
	int64_t us;
	if (b->columns[column].is_time) {
		if (weir_timefmt_text(&b->time, s, &us))
			return set_time(b, column, us);
		b->batch->time_us[b->row] = WEIR_TIME_NONE;
	}
	return weir_builder_set_text(b, column, s);
}

static bool fill_extra(struct weir_builder *b, int64_t position, struct weir_str raw, const struct weir_message *message, bool bad)
{
	struct weir_batch *batch = b->batch;
	batch->position[b->row] = position;
	if ((b->want.raw || bad) && !weir_column_set_string(&batch->raw, b->row, raw, NULL))
		return false;
	if (!message)
		return true;
	if (message->partition && !weir_batch_add_partition(batch))
		return false;
	if (batch->partition)
		batch->partition[b->row] = message->partition;
	if (!b->time_name && message->time_us != WEIR_TIME_NONE) {
		if (!weir_batch_add_time(batch))
			return false;
		batch->time_us[b->row] = message->time_us;
	}
	if (b->want.key && message->key.data && !weir_column_set_string(&batch->key, b->row, message->key, NULL))
		return false;
	if (b->want.headers && message->headers.data &&
	    !weir_column_set_string(&batch->headers, b->row, message->headers, NULL))
		return false;
	return !b->want.topic || weir_column_set_string(&batch->topic, b->row, message->topic, NULL);
}

bool weir_builder_commit(struct weir_builder *b, int64_t position, struct weir_str raw, const struct weir_message *message)
{
	if (!fill_extra(b, position, raw, message, false))
		return false;
	b->row++;
	b->records++;
	return true;
}

static void describe(struct weir_builder *b, struct weir_error *err, enum weir_malformed why, int64_t position,
		     struct weir_str raw, const struct weir_message *message, const char *detail)
{
	char sample[64];
	size_t n = 0;
	for (size_t i = 0; i < raw.size && n < 40; i++) {
		unsigned char c = (unsigned char)raw.data[i];
		sample[n++] = c >= 0x20 && c < 0x7f ? (char)c : '?';
	}
	sample[n] = 0;
	char place[100];
	if (message)
		snprintf(place, sizeof place, "%.*s partition %u offset %lld", (int)(message->topic.size < 40 ? message->topic.size : 40),
			 message->topic.data ? message->topic.data : "", message->partition, (long long)position);
	else if (b->part)
		snprintf(place, sizeof place, "record at byte %lld", (long long)position);
	else
		snprintf(place, sizeof place, "record %llu at byte %lld", (unsigned long long)b->records + 1, (long long)position);
	weir_fail(err, WEIR_MALFORMED, "", "%s: %s%s%s, near \"%s%s\"", place, weir_malformed_text(why), detail ? ": " : "",
		  detail ? detail : "", sample, raw.size > n ? "…" : "");
}

bool weir_builder_reject(struct weir_builder *b, enum weir_malformed why, int64_t position, struct weir_str raw,
			 const struct weir_message *message, const char *detail)
{
	struct weir_batch *batch = b->batch;
	for (uint32_t i = 0; i < batch->n_columns; i++)
		weir_column_truncate(&batch->columns[i], b->row);
	if (batch->time_us)
		batch->time_us[b->row] = WEIR_TIME_NONE;
	if (batch->first_malformed.code == WEIR_OK)
		describe(b, &batch->first_malformed, why, position, raw, message, detail);
	if (b->on_malformed == WEIR_MALFORMED_FAIL) {
		describe(b, &b->failure, why, position, raw, message, detail);
		b->failed = true;
	}
	if (b->on_malformed == WEIR_MALFORMED_KEEP) {
		if (!batch->malformed && !(batch->malformed = weir_calloc(weir_bit_words(batch->capacity), sizeof(uint64_t))))
			return false;
		if (!fill_extra(b, position, raw, message, true))
			return false;
		weir_bit_set(batch->malformed, b->row);
		b->row++;
		b->records++;
		return true;
	}
	batch->n_malformed[why]++;
	b->records++;
	return true;
}

bool weir_builder_end(struct weir_builder *b)
{
	struct weir_batch *batch = b->batch;
	b->batch = NULL;
	batch->n_rows = b->row;
	for (uint32_t i = 0; i < batch->n_columns; i++) {
		struct weir_column *c = &batch->columns[i];
		enum weir_type known = b->schema->fields[i].type;
		enum weir_type wide = weir_type_widen(known, c->type);
		if (wide != known) {
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
	    !weir_column_finish(&batch->topic, b->row) || !weir_batch_set_schema(batch, b->schema))
		return false;
	b->unpublished = false;
	return true;
}
