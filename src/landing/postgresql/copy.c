/* COPY, with the rows of a segment. */
#include "postgresql.h"

void weir_pg_columns(const struct weir_sql_plan *p, struct weir_buf *sql)
{
	weir_buf_add_c(sql, WEIR_PG_KEY ", _nulls, _n");
	for (uint32_t i = 0; i < p->n; i++) {
		weir_buf_add_c(sql, ", ");
		weir_postgres_quote(weir_str_of(p->table->columns[p->column[i]].col), sql);
	}
}

bool weir_pg_is_of_a_row(const struct weir_postgres *server)
{
	static const char *const classes[] = {"22", "23", "44", "54", "P0"};

	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		if (server->db && strncmp(server->state, classes[i], 2) == 0)
			return true;
	return false;
}

enum weir_status weir_pg_put_head(struct weir_pg *l, struct weir_error *err)
{
	static const char head[19] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0"; /* no flags, no extension */

	return weir_postgres_put(&l->server, head, sizeof head, err);
}

enum weir_status weir_pg_put_tail(struct weir_pg *l, struct weir_error *err)
{
	enum weir_status st = weir_postgres_put(&l->server, "\377\377", 2, err);

	return st == WEIR_OK ? weir_postgres_put_end(&l->server, err) : st;
}

enum weir_status weir_pg_copy_rows(struct weir_pg *l, const struct weir_buf *sql, size_t from, size_t to,
				   struct weir_error *err)
{
	const struct weir_pg_segment *s = &l->segment;
	size_t begin = s->rows[from].at, end = to < s->n ? s->rows[to].at : s->bytes.size;
	enum weir_status st = weir_postgres_copy(&l->server, sql, err);

	if (st == WEIR_OK)
		st = weir_pg_put_head(l, err);
	if (st == WEIR_OK)
		st = weir_postgres_put(&l->server, s->bytes.data + begin, end - begin, err);
	return st == WEIR_OK ? weir_pg_put_tail(l, err) : st;
}
