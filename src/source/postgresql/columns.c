/* The columns of a table or a query in PostgreSQL: their names, and how their bytes are read. */
#include "postgresql.h"

#include "weir/client/described.h"

#include <stdlib.h>

enum { MOD_HEADER = 4 }; /* a typmod of numeric is (digits << 16 | scale) + 4; -1: none */

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "postgresql", "out of memory");
}

/* By pg_type.oid. Other types have a text that says all. */
static const struct known {
	int oid;
	enum weir_pg_kind kind;
	enum weir_type type;
	const char *cast;
} known[] = {
    {WEIR_POSTGRES_BOOL, WEIR_PG_BOOL, WEIR_BOOL, ""},
    {21, WEIR_PG_INT16, WEIR_INT64, ""},                           /* smallint */
    {23, WEIR_PG_INT32, WEIR_INT64, ""},                           /* integer */
    {WEIR_POSTGRES_INT8, WEIR_PG_INT64, WEIR_INT64, ""},           /* bigint */
    {700, WEIR_PG_FLOAT32, WEIR_FLOAT64, ""},                      /* real */
    {WEIR_POSTGRES_FLOAT8, WEIR_PG_FLOAT64, WEIR_FLOAT64, ""},     /* double precision */
    {WEIR_POSTGRES_TEXT, WEIR_PG_TEXT, WEIR_STRING, ""},           /* text */
    {1043, WEIR_PG_TEXT, WEIR_STRING, ""},                         /* varchar */
    {1082, WEIR_PG_DATE, WEIR_TIMESTAMP, ""},                      /* date */
    {1114, WEIR_PG_TIME, WEIR_TIMESTAMP, ""},                      /* timestamp */
    {WEIR_POSTGRES_TIMESTAMPTZ, WEIR_PG_TIME, WEIR_TIMESTAMP, ""}, /* timestamp with time zone */
    {0, WEIR_PG_TEXT, WEIR_STRING, "::text"},
};

/* numeric(p, s): a double has up to 15 digits of it, a whole number up to 18; more stay text, and so does numeric without p. */
static struct known numeric_of(int mod)
{
	enum { NUMERIC = 1700, FLOAT_DIGITS = 15, INT_DIGITS = 18 };
	int digits = mod < MOD_HEADER ? 1000 : (mod - MOD_HEADER) >> 16, scale = (mod - MOD_HEADER) & 0x7ff;

	if (mod >= MOD_HEADER && scale == 0 && digits <= INT_DIGITS)
		return (struct known){NUMERIC, WEIR_PG_INT64, WEIR_INT64, "::int8"};
	if (mod >= MOD_HEADER && digits <= FLOAT_DIGITS)
		return (struct known){NUMERIC, WEIR_PG_FLOAT64, WEIR_FLOAT64, "::float8"};
	return (struct known){NUMERIC, WEIR_PG_TEXT, WEIR_STRING, "::text"};
}

static struct known known_of(int oid, int mod)
{
	enum { NUMERIC = 1700 };
	size_t i = 0;

	if (oid == NUMERIC)
		return numeric_of(mod);
	while (known[i].oid && known[i].oid != oid)
		i++;
	return known[i];
}

static bool is_own(const char *name)
{
	static const char *const own[] = {WEIR_POSTGRES_KEY, WEIR_POSTGRES_NULLS, WEIR_POSTGRES_XID, WEIR_POSTGRES_N};

	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (strcmp(name, own[i]) == 0)
			return true;
	return false;
}

static bool set_kind(struct weir_pg_source *q, uint32_t field, const struct known *k)
{
	if (field >= q->n_kinds) {
		enum weir_pg_kind *kinds = weir_realloc(q->kinds, (field + (size_t)1) * sizeof *kinds);
		if (!kinds)
			return false;
		q->kinds = kinds;
		const char **casts = weir_realloc(q->casts, (field + (size_t)1) * sizeof *casts);
		if (!casts)
			return false;
		q->casts = casts;
		q->n_kinds = field + 1;
	}
	q->kinds[field] = k->kind;
	q->casts[field] = k->cast;
	return true;
}

/* `comment`: NULL: it has none. */
static bool take(struct weir_pg_source *q, struct weir_schema *s, const char *col, int oid, int mod,
		 const char *comment, int *time)
{
	struct weir_described d = {0};
	struct known k = known_of(oid, mod);
	bool described = comment && weir_described_read(weir_str_of(comment), &d);
	struct weir_str name = weir_str_of(described ? d.name : col);

	if (described && strcmp(d.type, weir_type_name(WEIR_NULL)) == 0)
		k.type = WEIR_NULL; /* nothing but NULL came so far */
	bool good = weir_cells_add(&q->cells, s, name, weir_str_of(col), k.type);
	int at = good ? weir_schema_find(s, name) : -1;
	good = at >= 0 && set_kind(q, (uint32_t)at, &k);
	if (good && described && d.is_time)
		*time = at;
	weir_described_release(&d);
	return good;
}

static enum weir_status no_table(struct weir_pg_source *q, struct weir_error *err)
{
	PGresult *r = NULL;
	struct weir_buf names = {0};
	enum weir_status st = weir_postgres_ask(
	    &q->server,
	    "SELECT table_name FROM information_schema.tables WHERE table_schema = ANY (current_schemas(false)) "
	    "ORDER BY 1 LIMIT 20",
	    0, NULL, &r, err);

	if (st != WEIR_OK)
		return st;
	for (int i = 0; i < PQntuples(r); i++)
		weir_buf_addf(&names, "%s%s", i ? ", " : "", PQgetvalue(r, i, 0));
	weir_fail(err, WEIR_NOT_FOUND, q->server.name, "there is no table %s", q->table);
	if (names.size)
		weir_error_hint(err, "there are: %.200s", names.data);
	PQclear(r);
	weir_buf_release(&names);
	return WEIR_NOT_FOUND;
}

static enum weir_status learn_table(struct weir_pg_source *q, struct weir_schema *s, int *time, struct weir_error *err)
{
	struct weir_buf quoted = {0};
	PGresult *r = NULL;
	int n_track = 0;

	weir_postgres_quote(weir_str_of(q->table), &quoted);
	const char *params[] = {quoted.data};
	enum weir_status st =
	    quoted.failed
		? out_of_memory(err)
		: weir_postgres_ask(&q->server,
				    "SELECT attname, atttypid, atttypmod, col_description(attrelid, attnum) FROM "
				    "pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped "
				    "ORDER BY attnum",
				    1, params, &r, err);
	if (st == WEIR_OK && PQntuples(r) == 0)
		st = no_table(q, err);
	if (st == WEIR_OK)
		q->has_nulls = false;
	for (int i = 0; st == WEIR_OK && i < PQntuples(r); i++) {
		const char *col = PQgetvalue(r, i, 0);
		q->has_nulls = q->has_nulls || strcmp(col, WEIR_POSTGRES_NULLS) == 0;
		n_track += strcmp(col, WEIR_POSTGRES_XID) == 0 || strcmp(col, WEIR_POSTGRES_N) == 0;
		if (!is_own(col) &&
		    !take(q, s, col, atoi(PQgetvalue(r, i, 1)), atoi(PQgetvalue(r, i, 2)), PQgetvalue(r, i, 3), time))
			st = out_of_memory(err);
	}
	if (st == WEIR_OK)
		q->tracked = n_track == 2;
	PQclear(r);
	weir_buf_release(&quoted);
	return st;
}

static enum weir_status learn_query(struct weir_pg_source *q, struct weir_schema *s, int *time, struct weir_error *err)
{
	struct weir_buf sql = {0};
	PGresult *r = NULL;

	weir_buf_addf(&sql, "SELECT * FROM (%s\n) AS weir LIMIT 0", q->query); /* it may end with a comment */
	enum weir_status st =
	    sql.failed ? out_of_memory(err) : weir_postgres_ask(&q->server, sql.data, 0, NULL, &r, err);
	for (int i = 0; st == WEIR_OK && i < PQnfields(r); i++)
		if (!take(q, s, PQfname(r, i), (int)PQftype(r, i), PQfmod(r, i), NULL, time))
			st = out_of_memory(err);
	PQclear(r);
	weir_buf_release(&sql);
	return st;
}

enum weir_status weir_pg_learn(struct weir_pg_source *q, struct weir_error *err)
{
	struct weir_schema *next = q->schema ? weir_schema_next(q->schema) : weir_schema_new();
	int time = -1;

	if (!next)
		return out_of_memory(err);
	enum weir_status st = q->query ? learn_query(q, next, &time, err) : learn_table(q, next, &time, err);
	if (st == WEIR_OK)
		st = weir_cells_choose_time(&q->cells, next, q->time, time, err);
	if (st == WEIR_OK)
		weir_cells_adopt(&q->schema, next);
	else
		weir_schema_unref(next);
	return st;
}

void weir_pg_forget(struct weir_pg_source *q)
{
	weir_schema_unref(q->schema);
	q->schema = NULL;
	weir_cells_release(&q->cells);
	free(q->kinds);
	free(q->casts);
	q->kinds = NULL;
	q->casts = NULL;
	q->n_kinds = 0;
}
