/* Rows on their way to the server: one COPY for rows of one stream, as many as come before it must end. */
#include "postgresql.h"

#include <stdlib.h>

void weir_pg_segment_forget(struct weir_pg *l)
{
	struct weir_pg_segment *s = &l->segment;

	for (size_t i = 0; i < s->n_bumps; i++)
		free(s->bumps[i].topic);
	weir_partitions_unref(s->partitions);
	s->partitions = NULL;
	s->plan = NULL;
	s->copying = false;
	s->sent = s->n = s->n_bumps = 0;
	weir_buf_clear(&s->bytes);
}

void weir_pg_segment_release(struct weir_pg *l)
{
	weir_pg_segment_forget(l);
	free(l->segment.rows);
	free(l->segment.bumps);
	weir_buf_release(&l->segment.bytes);
	l->segment = (struct weir_pg_segment){0};
}

static enum weir_status open_copy(struct weir_pg *l, struct weir_error *err)
{
	const struct weir_sql_plan *p = l->segment.plan;

	weir_buf_clear(&l->sql);
	weir_buf_add_c(&l->sql, "SAVEPOINT weir_copy; COPY ");
	weir_postgres_quote(weir_str_of(p->table->name), &l->sql);
	weir_buf_add_c(&l->sql, " (");
	weir_pg_columns(p, &l->sql);
	weir_buf_add_c(&l->sql, ") FROM STDIN (FORMAT binary)");
	enum weir_status st = weir_postgres_copy(&l->server, &l->sql, err);
	if (st != WEIR_OK)
		return st;
	l->segment.copying = true;
	return weir_pg_put_head(l, err);
}

enum weir_status weir_pg_segment_begin(struct weir_pg *l, struct weir_sql_plan *p, const struct weir_batch *batch,
				       struct weir_error *err)
{
	struct weir_pg_segment *s = &l->segment;

	if (s->plan == p && s->version == p->version && s->partitions == batch->partitions)
		return WEIR_OK;
	enum weir_status st = weir_pg_segment_end(l, err);
	if (st != WEIR_OK)
		return st;
	s->plan = p;
	s->version = p->version;
	s->stream = batch->stream;
	s->partitions = weir_partitions_ref(batch->partitions);
	return l->careful ? WEIR_OK : open_copy(l, err);
}

enum weir_status weir_pg_segment_send(struct weir_pg *l, struct weir_error *err)
{
	struct weir_pg_segment *s = &l->segment;
	size_t from = s->sent;

	if (!s->copying || from == s->bytes.size)
		return WEIR_OK;
	s->sent = s->bytes.size;
	return weir_postgres_put(&l->server, s->bytes.data + from, s->bytes.size - from, err);
}

enum weir_status weir_pg_segment_end(struct weir_pg *l, struct weir_error *err)
{
	struct weir_pg_segment *s = &l->segment;
	enum weir_status st = WEIR_OK;
	bool merge = !s->copying;

	if (!s->plan)
		return WEIR_OK;
	if (s->copying) {
		st = weir_pg_put_tail(l, err);
		s->copying = false;
		merge = st != WEIR_OK && weir_pg_is_of_a_row(&l->server);
		if (merge)
			st = weir_postgres_run(&l->server, "ROLLBACK TO SAVEPOINT weir_copy", err);
	}
	if (st == WEIR_OK && merge && s->n)
		st = weir_pg_merge(l, err);
	if (st == WEIR_OK)
		weir_pg_segment_forget(l);
	return st;
}
