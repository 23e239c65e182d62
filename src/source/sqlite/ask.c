/* What SQLite looks at. A column takes values of any type here, whatever it declares. So the table is first read once within SQLite, which
 * is much cheaper than handing out its rows, to see what types there are: conditions mean something else beside a wider type.
 * Times and patterns are compared by functions of our own. */
#include "sqlite.h"

#include "weir/base/like.h"

#include <math.h>
#include <stdlib.h>

enum {
	SEEN_INT = 1,
	SEEN_FLOAT = 2,
	SEEN_TEXT = 4,
	SEEN_TIME = 8,       /* a text that is one, in a column of times */
	SEEN_BYTES = 16,     /* a blob */
	SEEN_NUMBER = 32,    /* in a column of times: the first one decides the unit of all */
	SEEN_LARGE = 64,     /* an int that is no bool, or that no double has */
	SEEN_INFINITE = 128, /* a float that is NULL here */
	FUNCTION_ARGS = 100,
	MOST_BOUND = 900, /* constants in a statement (sqlite.org/limits.html) */
};

/* ---- functions of SQL ---- */

static struct weir_str text_of(sqlite3_value *v)
{
	const void *bytes = sqlite3_value_text(v);

	return (struct weir_str){bytes ? bytes : "", bytes ? (size_t)sqlite3_value_bytes(v) : 0};
}

#define EXACT (INT64_C(1) << 53) /* whole numbers as far as this are exact as floats */

static uint32_t kind_of(enum weir_type as, sqlite3_value *v)
{
	int64_t i, us;

	switch (sqlite3_value_type(v)) {
	case SQLITE_INTEGER:
		i = sqlite3_value_int64(v);
		if (as == WEIR_TIMESTAMP)
			return SEEN_NUMBER;
		bool large = as == WEIR_BOOL ? i != 0 && i != 1 : i > EXACT || i < -EXACT;
		return SEEN_INT | (large ? SEEN_LARGE : 0);
	case SQLITE_FLOAT:
		return as == WEIR_TIMESTAMP                ? SEEN_NUMBER
		       : isfinite(sqlite3_value_double(v)) ? SEEN_FLOAT
							   : SEEN_INFINITE;
	case SQLITE_TEXT:
		return as == WEIR_TIMESTAMP && weir_time_read_iso(text_of(v), &us) ? SEEN_TIME : SEEN_TEXT;
	case SQLITE_BLOB:
		return SEEN_BYTES;
	default:
		return 0;
	}
}

/* weir_see(FIELD, cell, FIELD, cell, …): an aggregate that leaves what it saw in the reader. */
static void see(sqlite3_context *c, int n, sqlite3_value **args)
{
	struct weir_sqlite_reader *r = sqlite3_user_data(c);

	for (int i = 0; i + 1 < n; i += 2) {
		uint32_t field = (uint32_t)sqlite3_value_int(args[i]);
		r->seen[field] |= kind_of(r->cells.all[field].type, args[i + 1]);
	}
}

static void see_end(sqlite3_context *c)
{
	sqlite3_result_int(c, 0);
}

/* weir_us(text): microseconds since 1970. */
static void us_of(sqlite3_context *c, int n, sqlite3_value **args)
{
	int64_t us;

	(void)n;
	if (sqlite3_value_type(args[0]) == SQLITE_TEXT && weir_time_read_iso(text_of(args[0]), &us))
		sqlite3_result_int64(c, us);
}

/* weir_like(text, pattern) */
static void like(sqlite3_context *c, int n, sqlite3_value **args)
{
	(void)n;
	if (sqlite3_value_type(args[0]) == SQLITE_TEXT)
		sqlite3_result_int(c, weir_like(text_of(args[0]), text_of(args[1]), '\\'));
}

static enum weir_status add_functions(struct weir_sqlite_reader *r, struct weir_error *err)
{
	const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
	int code = sqlite3_create_function(r->file->db, "weir_see", -1, flags, r, NULL, see, see_end);

	if (code == SQLITE_OK)
		code = sqlite3_create_function(r->file->db, "weir_us", 1, flags, NULL, us_of, NULL, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_create_function(r->file->db, "weir_like", 2, flags, NULL, like, NULL, NULL);
	return code == SQLITE_OK ? WEIR_OK : weir_sqlite_fail(r->file, "could not be prepared", err);
}

/* ---- leaves ---- */

static bool add_constant(struct weir_sqlite_reader *r, const struct weir_value *v, struct weir_buf *out)
{
	struct weir_value own = *v;

	if (!weir_grow((void **)&r->bound, &r->bound_capacity, r->n_bound + 1, sizeof *r->bound))
		return false;
	if (v->type == WEIR_BOOL)
		own = (struct weir_value){.type = WEIR_INT64, .i = v->b};
	r->bound[r->n_bound++] = own;
	weir_buf_addf(out, "?%zu", r->n_bound + 2);
	return true;
}

bool weir_sqlite_reader_fits(const struct weir_sqlite_reader *r, uint32_t field, enum weir_type type)
{
	static const uint32_t fit[WEIR_TYPE_COUNT] = {[WEIR_BOOL] = SEEN_INT,
						      [WEIR_INT64] = SEEN_INT | SEEN_LARGE,
						      [WEIR_FLOAT64] = SEEN_INT | SEEN_FLOAT | SEEN_INFINITE,
						      [WEIR_TIMESTAMP] = SEEN_TIME,
						      [WEIR_STRING] = SEEN_TEXT};

	return !r->seen || !(r->seen[field] & ~fit[type]);
}

/* Why values of the column are not for SQLite to compare; NULL: they are. */
static const char *unfit(const struct weir_sqlite_reader *r, const struct weir_filter *leaf)
{
	bool order = leaf->type == WEIR_STRING && leaf->kind >= WEIR_FILTER_LT && leaf->kind <= WEIR_FILTER_GE;

	if (!weir_sqlite_reader_fits(r, leaf->field, leaf->type))
		return "the column holds values that SQLite keeps as another type";
	return order && r->other_encoding ? "the file keeps texts in UTF-16, whose order is another" : NULL;
}

static void add_operand(const struct weir_sqlite_reader *r, const struct weir_filter *leaf, struct weir_buf *out)
{
	bool text = leaf->type == WEIR_STRING, time = leaf->type == WEIR_TIMESTAMP;

	/* The plus takes the column's affinity away, by which SQLite would turn a constant into a number. */
	weir_buf_add_c(out, time ? "weir_us(" : text ? "+" : "");
	weir_sqlite_quote(weir_str_of(r->cells.all[leaf->field].col), out);
	weir_buf_add_c(out, time ? ")" : text ? " COLLATE BINARY" : "");
}

static bool add_values(struct weir_sqlite_reader *r, const struct weir_filter *leaf, struct weir_buf *out)
{
	bool good = true;

	for (uint32_t i = 0; i < leaf->n_values && good; i++) {
		weir_buf_add_c(out, i ? ", " : "");
		good = add_constant(r, &leaf->values[i], out);
	}
	return good;
}

bool weir_sqlite_leaf(void *ctx, const struct weir_filter *leaf, struct weir_buf *out, const char **why)
{
	struct weir_sqlite_reader *r = ctx;
	const char *sign = weir_pushdown_sign(leaf->kind);
	bool no = leaf->kind == WEIR_FILTER_NOT_LIKE, good = true;

	if (leaf->kind == WEIR_FILTER_IS_NULL || leaf->kind == WEIR_FILTER_NOT_NULL) {
		weir_sqlite_quote(weir_str_of(r->cells.all[leaf->field].col), out);
		weir_buf_add_c(out, leaf->kind == WEIR_FILTER_IS_NULL ? " IS NULL" : " IS NOT NULL");
		return true;
	}
	*why = unfit(r, leaf);
	if (!*why && r->n_bound + leaf->n_values > MOST_BOUND)
		*why = "SQLite takes no more constants";
	if (*why)
		return false;
	if (r->seen && (r->seen[leaf->field] & SEEN_INFINITE))
		r->pushdown->loose = true;
	if (leaf->kind == WEIR_FILTER_LIKE || no) {
		weir_buf_add_c(out, no ? "NOT weir_like(" : "weir_like(");
		weir_sqlite_quote(weir_str_of(r->cells.all[leaf->field].col), out);
		weir_buf_add_c(out, ", ");
		good = add_values(r, leaf, out);
		weir_buf_add_char(out, ')');
	} else if (sign) {
		add_operand(r, leaf, out);
		weir_buf_addf(out, " %s ", sign);
		good = add_values(r, leaf, out);
	} else {
		add_operand(r, leaf, out);
		weir_buf_add_c(out, leaf->kind == WEIR_FILTER_IN ? " IN (" : " NOT IN (");
		good = add_values(r, leaf, out);
		weir_buf_add_char(out, ')');
	}
	out->failed = out->failed || !good;
	return true;
}

/* ---- asking ---- */

/* *is: whether the answer is this text. */
static enum weir_status run(struct weir_sqlite_reader *r, struct weir_buf *sql, const char *text, bool *is,
			    struct weir_error *err)
{
	sqlite3_stmt *q = NULL;
	enum weir_status st = weir_sqlite_prepare(r->file, sql, &q, err);

	if (st == WEIR_OK && sqlite3_step(q) != SQLITE_ROW)
		st = weir_sqlite_fail(r->file, "could not be read", err);
	else if (st == WEIR_OK)
		*is = weir_str_equal(weir_sqlite_text(q, 0), weir_str_of(text));
	sqlite3_finalize(q);
	return st;
}

/* Which kinds of values there are is to be seen from now on. */
static enum weir_status begin_look(struct weir_sqlite_reader *r, struct weir_error *err)
{
	enum weir_status st = add_functions(r, err);

	free(r->seen);
	r->seen = weir_calloc(r->cells.n + (size_t)1, sizeof *r->seen);
	return r->seen ? st : weir_fail(err, WEIR_NO_MEMORY, "sqlite", "out of memory");
}

static enum weir_status look_at_encoding(struct weir_sqlite_reader *r, struct weir_error *err)
{
	struct weir_buf sql = {0};
	bool utf8 = false;

	weir_buf_add_c(&sql, "PRAGMA encoding");
	enum weir_status st = run(r, &sql, "UTF-8", &utf8, err);
	r->other_encoding = !utf8;
	weir_buf_release(&sql);
	return st;
}

static enum weir_status look_at_types(struct weir_sqlite_reader *r, struct weir_error *err)
{
	struct weir_buf sql = {0};
	bool done;
	int n = 0;

	weir_buf_add_c(&sql, "SELECT weir_see(");
	for (uint32_t i = 0; i < r->cells.n; i++) {
		if (r->cells.all[i].at < 0)
			continue;
		weir_buf_add_c(&sql, !n ? "" : n % FUNCTION_ARGS ? "," : "), weir_see(");
		weir_buf_addf(&sql, n % FUNCTION_ARGS ? " %u, " : "%u, ", (unsigned)i);
		weir_sqlite_quote(weir_str_of(r->cells.all[i].col), &sql);
		n += 2;
	}
	weir_buf_add_c(&sql, ") FROM ");
	weir_sqlite_quote(weir_str_of(r->table), &sql);
	enum weir_status st = run(r, &sql, "0", &done, err);
	weir_buf_release(&sql);
	r->looked = st == WEIR_OK;
	return st;
}

/* What the column's values are; *several: of more than one type, so that its type depends on the rows that are read. */
static enum weir_type type_of(uint32_t seen, enum weir_type known, bool *several)
{
	static const struct {
		uint32_t kind;
		enum weir_type type;
	} kinds[] = {{SEEN_INT, WEIR_INT64},      {SEEN_FLOAT, WEIR_FLOAT64}, {SEEN_TEXT, WEIR_STRING},
		     {SEEN_TIME, WEIR_TIMESTAMP}, {SEEN_BYTES, WEIR_STRING},  {SEEN_NUMBER, WEIR_NULL}};
	enum weir_type type = WEIR_NULL;
	bool numbers = seen & SEEN_NUMBER;

	*several = numbers;
	if (known == WEIR_BOOL && !(seen & ~(uint32_t)SEEN_INT))
		return known;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (!(seen & kinds[i].kind))
			continue;
		*several = *several || (type != WEIR_NULL && type != kinds[i].type);
		type = weir_type_widen(type, kinds[i].type);
	}
	if (known != WEIR_NULL && weir_type_widen(known, type) == known)
		*several = numbers;
	else if (known != WEIR_NULL)
		*several = true;
	return weir_type_widen(known, type);
}

/* The types that all rows together have, in the schema. */
static enum weir_status settle_types(struct weir_sqlite_reader *r, bool *several, struct weir_error *err)
{
	struct weir_schema *next = weir_schema_next(r->schema);

	*several = false;
	if (!next)
		return weir_fail(err, WEIR_NO_MEMORY, "sqlite", "out of memory");
	for (uint32_t i = 0; i < r->cells.n; i++) {
		bool mixed = false;
		enum weir_type type = type_of(r->seen[i], r->schema->fields[i].type, &mixed);
		*several = *several || (mixed && r->cells.all[i].at >= 0);
		if (r->cells.all[i].at >= 0)
			weir_schema_set_type(next, i, type);
	}
	if (*several) {
		weir_schema_unref(next);
		return WEIR_OK;
	}
	weir_schema_unref(r->schema);
	r->schema = next;
	return WEIR_OK;
}

static const char *const several_types = "a column holds values of several types, or times that are numbers";

static enum weir_status print(struct weir_sqlite_reader *r, struct weir_error *err)
{
	enum weir_status st = begin_look(r, err);
	bool several = false;

	if (st == WEIR_OK)
		st = look_at_encoding(r, err);
	if (st == WEIR_OK)
		st = look_at_types(r, err);
	if (st == WEIR_OK)
		st = settle_types(r, &several, err);
	if (st == WEIR_OK)
		st = weir_pushdown_learn(r->pushdown, r->schema, err);
	if (st != WEIR_OK)
		return st;
	if (several) {
		weir_pushdown_refuse(r->pushdown, several_types);
		weir_pushdown_ungroup(r->pushdown, several_types);
	} else {
		weir_pushdown_print(r->pushdown, weir_schema_time_field(r->schema), weir_sqlite_leaf, r, &r->where);
	}
	return weir_sqlite_reader_prepare(r, err);
}

/* Of a table that was described nothing need be looked at before, where there are no conditions. */
static enum weir_status prepare_groups(struct weir_sqlite_reader *r, struct weir_error *err)
{
	enum weir_status st = begin_look(r, err);

	return st == WEIR_OK ? look_at_encoding(r, err) : st;
}

enum weir_status weir_sqlite_reader_ask(struct weir_sqlite_reader *r, struct weir_error *err)
{
	struct weir_pushdown *p = r->pushdown;
	bool groups = r->group && p->question && p->question->grouping;
	bool times = p->from_us != WEIR_TIME_NONE || p->until_us != WEIR_TIME_NONE;
	bool narrows = times || groups || (p->question && p->question->filter);
	const char *why = r->query ? "a query is run as it is: put the condition into query="
			  : !r->has_rowid && p->question && p->question->places
			      ? "rows without a rowid are told apart by their count, from the first on"
			      : NULL;

	if (narrows && !why && !r->described)
		return print(r, err);
	/* What was described has its types already: nothing need be read when no part can be taken. */
	enum weir_status st = weir_pushdown_learn(p, r->schema, err);
	if (st != WEIR_OK || !narrows)
		return st;
	if (!why)
		return weir_pushdown_any(p) ? print(r, err) : groups ? prepare_groups(r, err) : WEIR_OK;
	weir_pushdown_refuse(p, why);
	weir_pushdown_ungroup(p, why);
	return WEIR_OK;
}
