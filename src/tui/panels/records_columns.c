/* Which columns the list has, and in what order they stand. */
#include "tui/panels/panels.h"
#include "tui/panels/record.h"

#include <stdlib.h>

enum { NAMES = 256 }; /* among which a misspelt one is looked for */

void weir_records_init(struct weir_records_state *s)
{
	*s = (struct weir_records_state){.at = -1};
}

static bool is_named(const struct weir_records_column *c, struct weir_str name)
{
	return strncmp(c->name, name.data ? name.data : "", name.size) == 0 && c->name[name.size] == '\0';
}

/* Columns mostly keep their numbers, so the one at `guess` is tried first. */
static struct weir_records_column *find(struct weir_records_state *s, struct weir_str name, size_t guess)
{
	if (guess < s->n_columns && is_named(&s->columns[guess], name))
		return &s->columns[guess];
	for (size_t i = 0; i < s->n_columns; i++)
		if (is_named(&s->columns[i], name))
			return &s->columns[i];
	return NULL;
}

static bool has_message(const struct weir_records_state *s)
{
	for (size_t i = 0; i < s->n_columns; i++)
		if (s->columns[i].role == WEIR_ROLE_MESSAGE)
			return true;
	return false;
}

/* A column that no result had yet. False: no memory, and it is left out. */
static bool add(struct weir_records_state *s, struct weir_str name, uint32_t column)
{
	void *columns = s->columns, *order = s->order;
	char *copy = weir_str_dup(name);
	bool room = weir_grow(&columns, &s->columns_capacity, s->n_columns + 1, sizeof(*s->columns));
	s->columns = columns;
	room = room && weir_grow(&order, &s->order_capacity, s->n_columns + 1, sizeof(*s->order));
	s->order = order;
	if (!copy || !room) {
		free(copy);
		return false;
	}
	enum weir_records_role role = weir_records_role_of(name);
	if (role == WEIR_ROLE_MESSAGE && has_message(s))
		role = WEIR_ROLE_PLAIN;
	s->columns[s->n_columns] = (struct weir_records_column){.name = copy, .column = column, .role = role};
	s->order[s->n_columns] = (uint32_t)s->n_columns;
	s->n_columns++;
	return true;
}

/* In a log the level comes first, then who wrote it; its text is the last, after what the logging itself added, as the
 * journal's __CURSOR. Anything else stands as it came. */
static int rank(const struct weir_records_column *c, bool log)
{
	switch (c->role) {
	case WEIR_ROLE_LEVEL:
		return log ? 0 : 2;
	case WEIR_ROLE_PROCESS:
		return log ? 1 : 2;
	case WEIR_ROLE_MESSAGE:
		return 4;
	case WEIR_ROLE_PLAIN:
		break;
	}
	return log && c->name[0] == '_' ? 3 : 2;
}

static void arrange(struct weir_records_state *s)
{
	bool log = has_message(s);
	size_t n = 0;
	for (int r = 0; r <= 4; r++)
		for (size_t i = 0; i < s->n_columns; i++)
			if (rank(&s->columns[i], log) == r)
				s->order[n++] = (uint32_t)i;
}

void weir_records_take_columns(struct weir_records_state *s, const struct weir_records_rows *rows)
{
	size_t before = s->n_columns;
	for (size_t i = 0; i < s->n_columns; i++)
		s->columns[i].column = UINT32_MAX;
	for (uint32_t i = 0; i < rows->n_columns; i++) {
		struct weir_records_column *c = find(s, rows->columns[i].name, i);
		if (c)
			c->column = i;
		else if (!add(s, rows->columns[i].name, i))
			break;
	}
	if (s->n_columns != before && !s->moved)
		arrange(s);
}

bool weir_records_shows(const struct weir_records_state *s, const struct weir_records_rows *rows,
			const struct weir_records_column *c)
{
	if (c->hidden || !c->filled || c->column >= rows->n_columns)
		return false;
	return !(rows->columns[c->column].is_time && s->timed);
}

const struct weir_records_column *weir_records_column_at(const struct weir_records_state *s,
							 const struct weir_records_rows *rows)
{
	const struct weir_records_column *c = s->at >= 0 && (size_t)s->at < s->n_columns ? &s->columns[s->at] : NULL;
	return c && c->column < rows->n_columns && weir_str_equal(rows->columns[c->column].name, weir_str_of(c->name))
		   ? c
		   : NULL;
}

/* Where the column stands in the order; -1: nowhere. */
static int place_of(const struct weir_records_state *s, int at)
{
	for (size_t i = 0; i < s->n_columns; i++)
		if (at >= 0 && s->order[i] == (uint32_t)at)
			return (int)i;
	return -1;
}

int weir_records_next_column(const struct weir_records_state *s, const struct weir_records_rows *rows, int at, int by)
{
	int place = place_of(s, at), found = at;
	for (place += by; place >= 0 && place < (int)s->n_columns; place += by)
		if (weir_records_shows(s, rows, &s->columns[s->order[place]]))
			return (int)s->order[place];
	return by < 0 ? -1 : found;
}

void weir_records_move_column(struct weir_records_state *s, const struct weir_records_rows *rows, int by)
{
	int from = place_of(s, s->at), to = place_of(s, weir_records_next_column(s, rows, s->at, by));
	if (from < 0 || to < 0 || from == to)
		return;
	uint32_t moved = s->order[from];
	for (int i = from; i != to; i += by)
		s->order[i] = s->order[i + by];
	s->order[to] = moved;
	s->moved = true;
}

void weir_records_reset_columns(struct weir_records_state *s)
{
	for (size_t i = 0; i < s->n_columns; i++) {
		struct weir_records_column *c = &s->columns[i];
		c->hidden = false;
		c->more = c->wide = c->width = 0;
	}
	s->moved = false;
	s->first = 0;
	arrange(s);
}

/* The column that has the name; -1: none has it now. */
static int named(const struct weir_records_state *s, const struct weir_records_rows *rows, struct weir_str name)
{
	for (size_t i = 0; i < s->n_columns; i++)
		if (s->columns[i].column < rows->n_columns && is_named(&s->columns[i], name))
			return (int)i;
	return -1;
}

static void fail_unknown(struct weir_str name, const struct weir_records_rows *rows, struct weir_error *err)
{
	struct weir_str names[NAMES];
	size_t n = 0;
	for (; n < rows->n_columns && n < NAMES; n++)
		names[n] = rows->columns[n].name;
	int near = weir_nearest(name, names, n);
	weir_fail(err, WEIR_USAGE, "columns", "the records have no column " WEIR_STR_FMT, WEIR_STR_ARG(name));
	if (near >= 0)
		weir_error_suggest(err, &name, &names[near]);
}

/* To the place after those chosen before it. */
static void choose(struct weir_records_state *s, int at, size_t place)
{
	size_t from = place;
	while (from + 1 < s->n_columns && s->order[from] != (uint32_t)at)
		from++;
	for (; from > place; from--)
		s->order[from] = s->order[from - 1];
	s->order[place] = (uint32_t)at;
	s->columns[at].hidden = false;
}

bool weir_records_choose(struct weir_records_state *s, const struct weir_records_rows *rows,
			 const struct weir_str *names, size_t n, struct weir_error *err)
{
	for (size_t i = 0; i < n; i++)
		if (named(s, rows, weir_bare_name(names[i])) < 0) {
			fail_unknown(names[i], rows, err);
			return false;
		}
	for (size_t i = 0; i < s->n_columns; i++)
		s->columns[i].hidden = true;
	for (size_t i = 0, place = 0; i < n; i++) {
		int at = named(s, rows, weir_bare_name(names[i]));
		if (s->columns[at].hidden) /* one that is named twice has one place */
			choose(s, at, place++);
	}
	s->moved = true;
	s->first = 0;
	s->at = -1;
	return true;
}

void weir_records_release(struct weir_records_state *s)
{
	for (size_t i = 0; i < s->n_columns; i++)
		free(s->columns[i].name);
	free(s->columns);
	free(s->order);
	weir_record_free(s->page.full);
	weir_buf_release(&s->by);
	weir_buf_release(&s->sought);
	weir_finder_free(s->finder);
	weir_records_init(s);
}
