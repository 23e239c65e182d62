/* COPY, straight into the table or into a temporary one, and what is done with that. */
#include "postgresql.h"

static enum weir_status put_head(struct weir_pg *l, struct weir_error *err)
{
	static const char head[19] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0"; /* no flags, no extension */

	return weir_postgres_put(&l->server, head, sizeof head, err);
}

static enum weir_status put_tail(struct weir_pg *l, struct weir_error *err)
{
	enum weir_status st = weir_postgres_put(&l->server, "\377\377", 2, err);

	return st == WEIR_OK ? weir_postgres_put_end(&l->server, err) : st;
}

bool weir_pg_is_of_a_row(const struct weir_sql_landing *base)
{
	static const char *const classes[] = {"22", "23", "44", "54", "P0"};
	const struct weir_postgres *server = &((const struct weir_pg *)base)->server;

	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		if (server->db && strncmp(server->state, classes[i], 2) == 0)
			return true;
	return false;
}

enum weir_status weir_pg_direct_begin(struct weir_sql_landing *base, struct weir_error *err)
{
	struct weir_pg *l = (struct weir_pg *)base;

	weir_buf_clear(&base->sql);
	weir_buf_add_c(&base->sql, "SAVEPOINT weir_copy; COPY ");
	weir_sql_add_table(base, &base->sql);
	weir_buf_add_c(&base->sql, " (");
	weir_sql_add_columns(base, "", &base->sql);
	weir_buf_add_c(&base->sql, ") FROM STDIN (FORMAT binary)");
	enum weir_status st = weir_postgres_copy(&l->server, &base->sql, err);
	return st == WEIR_OK ? put_head(l, err) : st;
}

enum weir_status weir_pg_direct_send(struct weir_sql_landing *base, struct weir_error *err)
{
	struct weir_sql_segment *s = &base->segment;
	size_t from = s->sent;

	if (from == s->bytes.size)
		return WEIR_OK;
	s->sent = s->bytes.size;
	return weir_postgres_put(&((struct weir_pg *)base)->server, s->bytes.data + from, s->bytes.size - from, err);
}

enum weir_status weir_pg_direct_end(struct weir_sql_landing *base, bool *merge, struct weir_error *err)
{
	struct weir_pg *l = (struct weir_pg *)base;
	enum weir_status st = put_tail(l, err);

	*merge = st != WEIR_OK && weir_pg_is_of_a_row(base);
	return *merge ? weir_postgres_run(&l->server, "ROLLBACK TO SAVEPOINT weir_copy", err) : st;
}

enum weir_status weir_pg_make_stage(struct weir_sql_landing *base, struct weir_error *err)
{
	weir_buf_clear(&base->sql);
	weir_buf_add_c(&base->sql, "DROP TABLE IF EXISTS " WEIR_PG_STAGE
				   "; CREATE TEMP TABLE _weir_stage ON COMMIT DELETE ROWS AS SELECT ");
	weir_sql_add_columns(base, "", &base->sql);
	weir_buf_add_c(&base->sql, " FROM ");
	weir_sql_add_table(base, &base->sql);
	weir_buf_add_c(&base->sql, " WITH NO DATA");
	return weir_postgres_run_text(&((struct weir_pg *)base)->server, &base->sql, NULL, err);
}

enum weir_status weir_pg_fill_stage(struct weir_sql_landing *base, size_t from, size_t to, struct weir_error *err)
{
	struct weir_pg *l = (struct weir_pg *)base;
	struct weir_str bytes = weir_sql_segment_bytes(&base->segment, from, to);

	weir_buf_clear(&base->sql);
	weir_buf_add_c(&base->sql, "SAVEPOINT weir_part; DELETE FROM " WEIR_PG_STAGE "; COPY " WEIR_PG_STAGE " (");
	weir_sql_add_columns(base, "", &base->sql);
	weir_buf_add_c(&base->sql, ") FROM STDIN (FORMAT binary)");
	enum weir_status st = weir_postgres_copy(&l->server, &base->sql, err);
	if (st == WEIR_OK)
		st = put_head(l, err);
	if (st == WEIR_OK)
		st = weir_postgres_put(&l->server, bytes.data, bytes.size, err);
	return st == WEIR_OK ? put_tail(l, err) : st;
}

enum weir_status weir_pg_part_end(struct weir_sql_landing *base, bool keep, struct weir_error *err)
{
	return weir_postgres_run(&((struct weir_pg *)base)->server,
				 keep ? "RELEASE SAVEPOINT weir_part" : "ROLLBACK TO SAVEPOINT weir_part", err);
}

void weir_pg_add_differs(const struct weir_sql_landing *base, struct weir_buf *sql)
{
	const struct weir_sql_plan *p = base->segment.plan;

	weir_buf_add_c(sql, "ROW(s._nulls");
	for (int side = 0; side < 2; side++) {
		for (uint32_t i = 0; i < p->n; i++) {
			weir_buf_add_c(sql, side ? ", t." : ", s.");
			weir_postgres_quote(weir_str_of(p->table->columns[p->column[i]].col), sql);
		}
		weir_buf_add_c(sql, side ? ")" : ") IS DISTINCT FROM ROW(t._nulls");
	}
}

void weir_pg_add_insert(const struct weir_sql_landing *base, struct weir_buf *sql)
{
	weir_buf_add_c(sql, "INSERT INTO ");
	weir_sql_add_table(base, sql);
	weir_buf_add_c(sql, " (");
	weir_sql_add_columns(base, "", sql);
	weir_buf_add_c(sql, ") SELECT ");
	weir_sql_add_columns(base, "", sql);
	weir_buf_add_c(sql, " FROM " WEIR_PG_STAGE
			    " ORDER BY _n ON CONFLICT (_offset, _partition, _run, _topic, _stream) DO NOTHING");
}
