/* The columns of a table: which takes a field, what a new one is called, and what must become wider. */
#include "sql.h"

#include <stdlib.h>

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory");
}

static void release_column(struct weir_sql_column *c)
{
	free(c->name);
	free(c->col);
	free(c->foreign);
}

bool weir_sql_table_add(struct weir_sql_table *t, struct weir_str name, struct weir_str col, enum weir_type type,
			const char *foreign)
{
	if (t->n_columns == t->room) {
		uint32_t room = t->room ? 2 * t->room : 16;
		struct weir_sql_column *more = weir_realloc(t->columns, room * sizeof *more);
		if (!more)
			return false;
		t->columns = more;
		t->room = room;
	}
	struct weir_sql_column c = {.name = weir_str_dup(name), .col = weir_str_dup(col), .type = type};
	c.foreign = foreign ? weir_str_dup(weir_str_of(foreign)) : NULL;
	if (!c.name || !c.col || (foreign && !c.foreign)) {
		release_column(&c);
		return false;
	}
	t->columns[t->n_columns++] = c;
	return true;
}

void weir_sql_table_forget(struct weir_sql_table *t)
{
	for (uint32_t i = 0; i < t->n_columns; i++)
		release_column(&t->columns[i]);
	t->n_columns = 0;
	t->changes++;
}

void weir_sql_table_release(struct weir_sql_table *t)
{
	weir_sql_table_forget(t);
	free(t->columns);
	free(t->name);
	*t = (struct weir_sql_table){0};
}

static bool is_equal(const struct weir_sql_table *a, const struct weir_sql_table *b)
{
	if (a->n_columns != b->n_columns)
		return false;
	for (uint32_t i = 0; i < a->n_columns; i++)
		if (strcmp(a->columns[i].name, b->columns[i].name) != 0 ||
		    strcmp(a->columns[i].col, b->columns[i].col) != 0 || a->columns[i].type != b->columns[i].type)
			return false;
	return true;
}

void weir_sql_table_replace(struct weir_sql_table *t, struct weir_sql_table *now)
{
	if (is_equal(t, now))
		return;
	weir_sql_table_forget(t);
	now->name = t->name;
	now->changes = t->changes;
	free(t->columns);
	*t = *now;
	*now = (struct weir_sql_table){0};
}

enum weir_status weir_sql_table_foreign(const struct weir_sql_landing *l, const struct weir_sql_table *t,
					struct weir_error *err)
{
	weir_fail(err, WEIR_USAGE, l->origin, "the table %s has not the columns of a key", t->name);
	weir_error_hint(err, "weir lands rows in tables that it made: give another name with table=");
	return WEIR_USAGE;
}

static uint32_t named(const struct weir_sql_table *t, struct weir_str name)
{
	uint32_t i = 0;

	while (i < t->n_columns && !weir_str_equal(weir_str_of(t->columns[i].name), name))
		i++;
	return i;
}

int weir_sql_table_find(const struct weir_sql_table *t, const struct weir_field *field)
{
	uint32_t i = named(t, field->name);

	return i < t->n_columns && !t->columns[i].foreign &&
		       weir_type_widen(t->columns[i].type, field->type) == t->columns[i].type
		   ? (int)i
		   : -1;
}

static bool is_free(const struct weir_sql_landing *l, const struct weir_sql_table *t, const char *col)
{
	for (const char *const *taken = l->dialect->taken; *taken; taken++)
		if (l->dialect->alike(*taken, col))
			return false;
	for (uint32_t i = 0; i < t->n_columns; i++)
		if (l->dialect->alike(t->columns[i].col, col))
			return false;
	return true;
}

/* The beginning of a name that is not too long, with room for a number behind it. */
static void shorten(struct weir_buf *name, size_t most)
{
	if (!most || name->size <= most)
		return;
	size_t n = most;
	while (n && ((unsigned char)name->data[n] & 0xc0) == 0x80)
		n--;
	name->size = n;
	name->data[n] = '\0';
}

/* The field's name; where that is taken, with a number. */
static void choose_name(const struct weir_sql_landing *l, const struct weir_sql_table *t, struct weir_str name,
			struct weir_buf *out)
{
	enum { NUMBER = 8 }; /* bytes that it takes at most */
	struct weir_buf plain = {0};

	for (size_t i = 0; i < name.size; i++) /* SQL text ends at a NUL */
		weir_buf_add_char(&plain, name.data[i] ? name.data[i] : '_');
	shorten(&plain, l->dialect->name_bytes);
	while (plain.size && plain.data[plain.size - 1] == ' ') /* some servers want no blank there */
		plain.data[--plain.size] = '\0';
	for (uint32_t i = 1; !plain.failed; i++) {
		weir_buf_clear(out);
		weir_buf_add_c(out, plain.data ? plain.data : "");
		if (i > 1 || !out->size) {
			shorten(out, l->dialect->name_bytes ? l->dialect->name_bytes - NUMBER : 0);
			weir_buf_addf(out, "_%u", i);
		}
		if (out->failed || is_free(l, t, out->data))
			break;
	}
	out->failed = out->failed || plain.failed;
	weir_buf_release(&plain);
}

static enum weir_status make(struct weir_sql_landing *l, struct weir_sql_table *t, const struct weir_field *field,
			     struct weir_error *err)
{
	struct weir_buf col = {0};

	choose_name(l, t, field->name, &col);
	enum weir_status st = col.failed ? out_of_memory(err) : l->dialect->add(l, t, field, col.data, err);
	if (st == WEIR_OK && !weir_sql_table_add(t, field->name, weir_buf_str(&col), field->type, NULL))
		st = out_of_memory(err);
	weir_buf_release(&col);
	return st;
}

static enum weir_status does_not_fit(const struct weir_sql_landing *l, const struct weir_sql_table *t,
				     const struct weir_field *field, const struct weir_sql_column *c,
				     struct weir_error *err)
{
	if (c && c->foreign) {
		weir_fail(err, WEIR_USAGE, l->origin, "the column %s of the table %s is %s, and does not take %s",
			  c->col, t->name, c->foreign, weir_type_name(field->type));
		weir_error_hint(err, "columns= lands some columns alone; table= names another table");
	} else {
		weir_fail(err, WEIR_USAGE, l->origin, "the table %s has no column " WEIR_STR_FMT "%s", t->name,
			  WEIR_STR_ARG(field->name), c ? " that is wide enough" : "");
		weir_error_hint(err, "create=yes adds and widens columns; columns= lands some alone");
	}
	return WEIR_USAGE;
}

enum weir_status weir_sql_table_column(struct weir_sql_landing *l, struct weir_sql_table *t,
				       const struct weir_field *field, uint32_t *at, struct weir_error *err)
{
	uint32_t i = named(t, field->name);
	struct weir_sql_column *c = i < t->n_columns ? &t->columns[i] : NULL;

	*at = i;
	if (weir_sql_table_find(t, field) >= 0)
		return WEIR_OK;
	if (!l->options.create || (c && c->foreign))
		return does_not_fit(l, t, field, c, err);
	t->changes++;
	if (!c)
		return make(l, t, field, err);
	enum weir_type type = weir_type_widen(c->type, field->type);
	enum weir_status st = l->dialect->widen(l, t, c, type, err);
	if (st == WEIR_OK)
		c->type = type;
	return st;
}
