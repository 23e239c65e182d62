/* Rows on their way to the server, as many as come before they must be in the table. */
#include "sql.h"

#include <stdlib.h>

void weir_sql_segment_forget(struct weir_sql_landing *l)
{
	struct weir_sql_segment *s = &l->segment;

	for (size_t i = 0; i < s->n_bumps; i++)
		free(s->bumps[i].topic);
	weir_partitions_unref(s->partitions);
	s->partitions = NULL;
	s->plan = NULL;
	s->direct = false;
	s->sent = s->n = s->n_bumps = 0;
	weir_buf_clear(&s->bytes);
}

void weir_sql_segment_release(struct weir_sql_landing *l)
{
	weir_sql_segment_forget(l);
	free(l->segment.rows);
	free(l->segment.bumps);
	weir_buf_release(&l->segment.bytes);
	l->segment = (struct weir_sql_segment){0};
}

struct weir_str weir_sql_segment_bytes(const struct weir_sql_segment *s, size_t from, size_t to)
{
	size_t begin = s->rows[from].at, end = to < s->n ? s->rows[to].at : s->bytes.size;

	return (struct weir_str){s->bytes.data + begin, end - begin};
}

/* All its rows are in the table or refused. */
static enum weir_status finish(struct weir_sql_landing *l, struct weir_error *err)
{
	struct weir_sql_segment *s = &l->segment;
	bool merge = !s->direct;
	enum weir_status st = WEIR_OK;

	if (!s->plan)
		return WEIR_OK;
	if (s->direct) {
		s->direct = false;
		st = l->dialect->direct_end(l, &merge, err);
	}
	if (st == WEIR_OK && merge && s->n)
		st = weir_sql_merge(l, err);
	if (st == WEIR_OK)
		weir_sql_segment_forget(l);
	return st;
}

/* The segment takes rows of this plan now. */
static enum weir_status begin(struct weir_sql_landing *l, struct weir_sql_plan *p, const struct weir_batch *batch,
			      struct weir_error *err)
{
	struct weir_sql_segment *s = &l->segment;

	if (s->plan == p && s->version == p->version && s->partitions == batch->partitions)
		return WEIR_OK;
	enum weir_status st = finish(l, err);
	if (st != WEIR_OK)
		return st;
	s->plan = p;
	s->version = p->version;
	s->stream = batch->stream;
	s->partitions = weir_partitions_ref(batch->partitions);
	s->direct = !l->careful;
	return l->careful ? WEIR_OK : l->dialect->direct_begin(l, err);
}

enum weir_status weir_sql_segment_write(struct weir_sql_landing *l, struct weir_sql_plan *p,
					const struct weir_batch *batch, const uint64_t *rows, struct weir_error *err)
{
	enum weir_status st = WEIR_OK;

	if (weir_sql_plan_is_old(p, batch->schema)) {
		st = finish(l, err);
		if (st == WEIR_OK && weir_sql_plan_needs_change(p, batch->schema))
			st = l->dialect->change(l, p, batch->schema, err);
		if (st == WEIR_OK)
			st = weir_sql_plan_follow(l, p, batch->schema, err);
	}
	if (st == WEIR_OK)
		st = begin(l, p, batch, err);
	if (st == WEIR_OK)
		st = weir_sql_encode(l, batch, rows, err);
	return st == WEIR_OK && l->segment.direct ? l->dialect->direct_send(l, err) : st;
}

enum weir_status weir_sql_segment_end(struct weir_sql_landing *l, struct weir_error *err)
{
	return finish(l, err);
}
