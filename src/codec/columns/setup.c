/* A builder made from a configuration or from another builder, told what the sample showed, and released. */
#include "codec/columns/columns.h"

#include <stdlib.h>

/* Its own names, with room for as many again; NULL: no memory. */
static struct weir_str *copy_want(struct weir_builder *b, const struct weir_decode_want *want)
{
	b->want = *want;
	struct weir_str *names = weir_arena_alloc(&b->arena, 2 * want->n_names * sizeof *names);
	for (size_t i = 0; names && i < want->n_names; i++)
		if (!(names[i] = weir_arena_str(&b->arena, want->names[i])).data)
			return NULL;
	b->want.names = names;
	return names;
}

/* A copy of what the configuration wants, and the names that its names depend on. */
static bool expand_want(struct weir_builder *b, const struct weir_decode_want *want)
{
	struct weir_str *names = copy_want(b, want);
	if (!names)
		return false;
	size_t n = want->n_names;
	for (size_t i = 0; i < want->n_names; i++) {
		struct weir_str name = names[i];
		/* What is left over depends on all columns, and who is called name_2 on who is called name. */
		b->want.all |= weir_str_equal(name, WEIR_STR(WEIR_MORE));
		while (name.size && (unsigned char)(name.data[name.size - 1] - '0') <= 9)
			name.size--;
		if (name.size > 1 && name.data[name.size - 1] == '_' && name.size < names[i].size)
			names[n++] = (struct weir_str){name.data, name.size - 1};
	}
	b->want.n_names = n;
	return true;
}

static bool copy_time(struct weir_builder *b, const struct weir_time_choice *chosen, int64_t newest_us)
{
	b->time_name = weir_arena_str(&b->arena, weir_str_of(chosen->date)).data;
	const char *format = weir_arena_str(&b->arena, weir_str_of(chosen->format)).data;
	if (chosen->time && !(b->clock_name = weir_arena_str(&b->arena, weir_str_of(chosen->time)).data))
		return false;
	if (!b->time_name || !format)
		return false;
	b->clock_digits = chosen->clock_digits;
	weir_timefmt_init(&b->time, format);
	weir_timefmt_set_newest(&b->time, newest_us ? newest_us : WEIR_TIME_NONE);
	if (chosen->loose)
		weir_timefmt_set_loose(&b->time);
	for (size_t i = 0; i < WEIR_TIMEFMT_OTHERS && chosen->others[i]; i++)
		if (!(b->time.others[i] = weir_arena_str(&b->arena, weir_str_of(chosen->others[i])).data))
			return false;
	b->time.open = b->time.others[0] != NULL;
	return true;
}

enum {
	LOOK_BYTES = 2 << 20, /* for batches that are only looked at */
	COLUMN_COST_BYTES =
	    48 << 10, /* of memory for each column there may be: batches, segments and results each tell of it */
};

bool weir_builder_init(struct weir_builder *b, const struct weir_codec_config *config, bool look)
{
	*b = (struct weir_builder){.budget = config->budget,
				   .on_malformed = config->on_malformed,
				   .stream = config->stream,
				   .look = look,
				   .part_bytes = weir_budget_part(config->budget)};
	b->most_columns = WEIR_MAX_COLUMNS;
	if (config->budget && config->budget->limit_bytes &&
	    config->budget->limit_bytes / COLUMN_COST_BYTES < WEIR_MAX_COLUMNS)
		b->most_columns = (uint32_t)(config->budget->limit_bytes / COLUMN_COST_BYTES);
	if (b->look && b->part_bytes > LOOK_BYTES)
		b->part_bytes = LOOK_BYTES;
	b->schema = weir_schema_new();
	if (!b->schema || !expand_want(b, &config->want))
		return false;
	b->schema->version = 1; /* 0 is the empty schema of before the first batch */
	b->unpublished = true;
	b->server_time = !(config->time && strcmp(config->time, "none") == 0); /* "none" leaves rows without */
	return true;
}

bool weir_builder_know(struct weir_builder *b, const struct weir_schema *known, const struct weir_time_choice *chosen,
		       int64_t newest_us)
{
	b->known = weir_schema_ref(known);
	b->server_time = b->server_time && !chosen;
	return !chosen || copy_time(b, chosen, newest_us);
}

/* Borrowed texts of the time into its own arena. */
static bool own_time(struct weir_builder *b)
{
	const char **texts[] = {&b->time_name, &b->clock_name, &b->time.pattern};
	bool ok = true;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		ok = ok && (!*texts[i] || (*texts[i] = weir_arena_str(&b->arena, weir_str_of(*texts[i])).data));
	for (size_t i = 0; i < WEIR_TIMEFMT_OTHERS; i++)
		ok = ok && (!b->time.others[i] ||
			    (b->time.others[i] = weir_arena_str(&b->arena, weir_str_of(b->time.others[i])).data));
	return ok;
}

bool weir_builder_copy(struct weir_builder *b, const struct weir_builder *from)
{
	*b = (struct weir_builder){.budget = from->budget,
				   .on_malformed = from->on_malformed,
				   .stream = from->stream,
				   .part = true,
				   .look = from->look,
				   .retyped = from->retyped,
				   .part_bytes = from->part_bytes,
				   .most_columns = from->most_columns,
				   .server_time = from->server_time,
				   .time_name = from->time_name,
				   .clock_name = from->clock_name,
				   .clock_digits = from->clock_digits,
				   .time = from->time,
				   .unpublished = from->unpublished};
	b->known = weir_schema_ref(from->known);
	b->schema = from->unpublished ? weir_schema_next(from->schema) : weir_schema_ref(from->schema);
	if (!b->schema || !own_time(b) || !copy_want(b, &from->want) ||
	    !weir_grow((void **)&b->columns, &b->columns_capacity, b->schema->n_fields + (size_t)1, sizeof *b->columns))
		return false;
	for (uint32_t i = 0; i < b->schema->n_fields; i++) {
		const struct weir_builder_column *c = &from->columns[i];
		b->columns[i] = (struct weir_builder_column){.plain = c->plain, .is_time = c->is_time, .type = c->type};
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
	free(b->undo);
	weir_buf_release(&b->more);
	weir_schema_unref(b->known);
	weir_schema_unref(b->schema);
	weir_arena_release(&b->arena);
	*b = (struct weir_builder){0};
}
