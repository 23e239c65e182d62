/* A Kudu table that rows are landed in: made, looked at, and given columns as rows need them. */
#include "kudu.h"

#include <stdlib.h>

static const char *const key_names[] = {WEIR_KUDU_KEY};
static const int key_types[] = {WEIR_KUDU_STRING, WEIR_KUDU_STRING, WEIR_KUDU_INT64, WEIR_KUDU_INT64, WEIR_KUDU_INT64};

/* In which order the key of a table that is made has them. Rows are read back in the order of the key: by the place first, so that
 * partitions that grow side by side come side by side. */
static const int key_order[WEIR_KUDU_KEY_COLUMNS] = {3, 2, 1, 0, 4};

/* A column for a name alone never has a value; so its type is the smallest. */
static const int kudu_types[WEIR_TYPE_COUNT] = {
    [WEIR_NULL] = WEIR_KUDU_BOOL,      [WEIR_BOOL] = WEIR_KUDU_BOOL,      [WEIR_INT64] = WEIR_KUDU_INT64,
    [WEIR_FLOAT64] = WEIR_KUDU_DOUBLE, [WEIR_TIMESTAMP] = WEIR_KUDU_TIME, [WEIR_STRING] = WEIR_KUDU_STRING,
};

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory");
}

void weir_kudu_target_release(struct weir_kudu_target *t)
{
	weir_kudu_table_free(t->table);
	free(t->name);
	*t = (struct weir_kudu_target){0};
}

static enum weir_status make(struct weir_kudu_target *t, struct weir_error *err)
{
	struct weir_kudu_column columns[WEIR_KUDU_KEY_COLUMNS + 1] = {{0}};
	const struct weir_kudu_make m = {.name = t->name,
					 .columns = columns,
					 .n_columns = WEIR_KUDU_KEY_COLUMNS + 1,
					 .tablets = t->tablets,
					 .replicas = t->replicas};

	for (int i = 0; i < WEIR_KUDU_KEY_COLUMNS; i++)
		columns[i] = (struct weir_kudu_column){
		    .name = (char *)key_names[key_order[i]], .type = key_types[key_order[i]], .key = true};
	columns[WEIR_KUDU_KEY_COLUMNS] =
	    (struct weir_kudu_column){.name = (char *)WEIR_KUDU_NULLS, .type = WEIR_KUDU_STRING, .nullable = true};
	enum weir_status st = weir_kudu_make(t->cluster, &m, err);
	if (st != WEIR_OK && err && strstr(err->what, "replication factor"))
		weir_error_hint(err, "replicas=1 asks for one copy of each row");
	return st;
}

/* It was made by a weir, or as one does: its key is where rows came from. */
static enum weir_status check_shape(const struct weir_kudu_target *t, struct weir_error *err)
{
	int at = weir_kudu_table_find(t->table, weir_str_of(WEIR_KUDU_NULLS));
	bool good = t->table->n_keys == WEIR_KUDU_KEY_COLUMNS && at >= 0 &&
		    t->table->columns[at].type == WEIR_KUDU_STRING && t->table->columns[at].nullable;

	for (int i = 0; i < WEIR_KUDU_KEY_COLUMNS && good; i++) {
		at = weir_kudu_table_find(t->table, weir_str_of(key_names[i]));
		good = at >= 0 && t->table->columns[at].key && t->table->columns[at].type == key_types[i];
	}
	if (good)
		return WEIR_OK;
	weir_fail(
	    err, WEIR_USAGE, t->name,
	    "its key is not where rows came from (_stream, _topic, _partition, _offset, _run), or it has no _nulls");
	weir_error_hint(err, "weir lands rows in tables that it made, or that are made like them: give another name");
	return WEIR_USAGE;
}

enum weir_status weir_kudu_target_open(struct weir_kudu_target *t, struct weir_error *err)
{
	struct weir_error local = {0};

	if (t->table)
		return WEIR_OK;
	enum weir_status st = weir_kudu_table_open(t->cluster, t->name, &t->table, &local);
	if (st == WEIR_NOT_FOUND && t->widens) {
		st = make(t, &local);
		if (st == WEIR_OK)
			st = weir_kudu_table_open(t->cluster, t->name, &t->table, &local);
	} else if (st == WEIR_NOT_FOUND) {
		weir_error_hint(&local, "create=yes makes it");
	}
	if (st == WEIR_OK)
		st = check_shape(t, &local);
	if (st == WEIR_OK)
		return WEIR_OK;
	weir_kudu_table_free(t->table);
	t->table = NULL;
	if (err)
		*err = local;
	return st;
}

bool weir_kudu_target_field(const struct weir_kudu_column *c, struct weir_str *name, enum weir_type *type)
{
	struct weir_kudu_description d;

	*name = weir_str_of(c->name);
	if (c->key || weir_str_equal(*name, weir_str_of(WEIR_KUDU_NULLS)))
		return false;
	if (weir_kudu_description_read(c->comment, &d)) {
		*name = d.name.size ? d.name : *name;
		*type = weir_type_named(d.type, WEIR_STRING);
		return kudu_types[*type] == c->type;
	}
	for (int i = WEIR_BOOL; i < WEIR_TYPE_COUNT; i++)
		if (kudu_types[i] == c->type) {
			*type = (enum weir_type)i;
			return true;
		}
	return false;
}

/* The widest column of the field, which is the newest: -1: it has none. */
static int find_column(const struct weir_kudu_table *t, struct weir_str field, enum weir_type *type)
{
	int at = -1;

	for (uint32_t i = 0; i < t->n_columns; i++) {
		struct weir_str name;
		enum weir_type its;
		if (!weir_kudu_target_field(&t->columns[i], &name, &its) || !weir_str_equal(name, field))
			continue;
		if (at >= 0 && weir_type_widen(*type, its) != its)
			continue;
		at = (int)i;
		*type = its;
	}
	return at;
}

/* ---- columns that are added ---- */

static bool is_taken(const struct weir_kudu_table *t, const struct weir_kudu_column *more, uint32_t n, const char *name)
{
	bool taken = weir_kudu_table_find(t, weir_str_of(name)) >= 0;

	for (uint32_t i = 0; i < n; i++)
		taken = taken || strcmp(more[i].name, name) == 0;
	return taken;
}

/* The field's own name; where that is taken, or is no name to Kudu, one like it. */
static char *choose_name(const struct weir_kudu_table *t, const struct weir_kudu_column *more, uint32_t n,
			 struct weir_str field, enum weir_type type)
{
	struct weir_buf plain = {0}, name = {0};

	weir_buf_add_c(&plain, type == WEIR_NULL ? "_null_" : "");
	for (size_t i = 0; i < field.size; i++)
		weir_buf_add_char(&plain, field.data[i] ? field.data[i] : '_');
	for (uint32_t i = 1; !plain.failed && !name.failed; i++) {
		weir_buf_clear(&name);
		weir_buf_add_c(&name, plain.size ? plain.data : "_");
		if (i > 1)
			weir_buf_addf(&name, "_%s", weir_type_name(type));
		if (i > 2)
			weir_buf_addf(&name, "_%u", i);
		if (name.failed || !is_taken(t, more, n, name.data))
			break;
	}
	bool good = !plain.failed && !name.failed;
	weir_buf_release(&plain);
	if (!good)
		weir_buf_release(&name);
	return good ? name.data : NULL;
}

static bool add(const struct weir_kudu_table *t, struct weir_kudu_column *more, uint32_t *n,
		const struct weir_field *field, enum weir_type type)
{
	struct weir_buf comment = {0};
	struct weir_kudu_column *c = &more[*n];

	*c = (struct weir_kudu_column){
	    .name = choose_name(t, more, *n, field->name, type), .type = kudu_types[type], .nullable = true};
	if (!c->name)
		return false;
	struct weir_kudu_description d = {.type = weir_str_of(weir_type_name(type)), .time = field->is_time};
	if (!weir_str_equal(weir_str_of(c->name), field->name))
		d.name = field->name;
	weir_kudu_description_write(&d, &comment);
	c->comment = comment.data;
	++*n;
	return !comment.failed;
}

static enum weir_status no_column(const struct weir_kudu_target *t, const struct weir_field *field, const char *what,
				  struct weir_error *err)
{
	weir_fail(err, WEIR_USAGE, t->name, "it has no column " WEIR_STR_FMT "%s", WEIR_STR_ARG(field->name), what);
	weir_error_hint(err, "create=yes adds columns; columns= lands some alone");
	return WEIR_USAGE;
}

/* Which column takes the field; where none does, one is put into `more`. */
static enum weir_status need(struct weir_kudu_target *t, const struct weir_field *field, uint32_t *column,
			     struct weir_kudu_column *more, uint32_t *n, struct weir_error *err)
{
	enum weir_type there = WEIR_NULL;
	int at = find_column(t->table, field->name, &there);
	enum weir_type type = at < 0 ? field->type : weir_type_widen(there, field->type);

	if (at >= 0 && type == there) {
		*column = (uint32_t)at;
		return WEIR_OK;
	}
	if (!t->widens)
		return no_column(t, field, at < 0 ? "" : " that is wide enough", err);
	return add(t->table, more, n, field, type) ? WEIR_OK : out_of_memory(err);
}

enum weir_status weir_kudu_target_columns(struct weir_kudu_target *t, const struct weir_schema *schema,
					  const uint32_t *fields, uint32_t n, uint32_t *columns, struct weir_error *err)
{
	struct weir_kudu_column *more = weir_calloc(n + (size_t)1, sizeof *more);
	enum weir_status st = more ? WEIR_OK : out_of_memory(err);

	for (int tries = 0; st == WEIR_OK; tries++) {
		uint32_t added = 0;
		for (uint32_t i = 0; i < n && st == WEIR_OK; i++)
			st = need(t, &schema->fields[fields[i]], &columns[i], more, &added, err);
		if (st == WEIR_OK && added && tries > 3) /* others add columns of these names, and other types */
			st = weir_fail(err, WEIR_IO, t->name, "its columns change again and again");
		if (st == WEIR_OK && added)
			st = weir_kudu_table_add(t->table, more, added, err);
		for (uint32_t i = 0; i < added; i++) {
			free(more[i].name);
			free(more[i].comment);
		}
		if (!added)
			break;
	}
	free(more);
	return st;
}
