/* Rows that the table has already, or refuses: they go to a temporary table, and from there, compared, to the right one. A part that
 * is refused is halved until the row is found that is. */
#include "postgresql.h"

#include <stdlib.h>

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory");
}

static void add_table(const struct weir_pg *l, struct weir_buf *sql)
{
	weir_postgres_quote(weir_str_of(l->segment.plan->table->name), sql);
}

/* The temporary table, outside any savepoint, so that it stays. */
static enum weir_status make_stage(struct weir_pg *l, struct weir_error *err)
{
	const struct weir_sql_plan *p = l->segment.plan;

	if (l->stage_plan == p && l->stage_version == p->version)
		return WEIR_OK;
	weir_buf_clear(&l->sql);
	weir_buf_add_c(&l->sql, "DROP TABLE IF EXISTS " WEIR_PG_STAGE
				"; CREATE TEMP TABLE _weir_stage ON COMMIT DELETE ROWS AS SELECT ");
	weir_pg_columns(p, &l->sql);
	weir_buf_add_c(&l->sql, " FROM ");
	add_table(l, &l->sql);
	weir_buf_add_c(&l->sql, " WITH NO DATA");
	enum weir_status st = weir_postgres_run_text(&l->server, &l->sql, NULL, err);
	if (st == WEIR_OK) {
		l->stage_plan = p;
		l->stage_version = p->version;
	}
	return st;
}

static enum weir_status apply_bump(struct weir_pg *l, const struct weir_pg_bump *b, struct weir_error *err)
{
	weir_buf_clear(&l->sql);
	weir_buf_add_c(&l->sql, "UPDATE " WEIR_PG_STAGE " SET _run = _run + 1 WHERE _topic = ");
	weir_postgres_literal(weir_str_of(b->topic), &l->sql);
	weir_buf_addf(&l->sql, " AND _partition = %lld AND _n >= %lld", (long long)b->partition, (long long)b->from);
	return weir_postgres_run_text(&l->server, &l->sql, NULL, err);
}

static enum weir_status fill_stage(struct weir_pg *l, size_t from, size_t to, struct weir_error *err)
{
	const struct weir_pg_segment *s = &l->segment;

	weir_buf_clear(&l->sql);
	weir_buf_add_c(&l->sql, "SAVEPOINT weir_part; DELETE FROM " WEIR_PG_STAGE "; COPY " WEIR_PG_STAGE " (");
	weir_pg_columns(s->plan, &l->sql);
	weir_buf_add_c(&l->sql, ") FROM STDIN (FORMAT binary)");
	enum weir_status st = weir_pg_copy_rows(l, &l->sql, from, to, err);
	for (size_t i = 0; i < s->n_bumps && st == WEIR_OK; i++)
		st = apply_bump(l, &s->bumps[i], err);
	return st;
}

/* Where a key is taken by another row: topic, partition, number of the first such row. */
static void ask_taken(struct weir_pg *l)
{
	const struct weir_sql_plan *p = l->segment.plan;
	struct weir_buf *sql = &l->sql;

	weir_buf_clear(sql);
	weir_buf_add_c(sql, "SELECT s._topic, s._partition, min(s._n) FROM " WEIR_PG_STAGE " s JOIN ");
	add_table(l, sql);
	weir_buf_add_c(sql, " t ON t._offset = s._offset AND t._partition = s._partition AND t._run = s._run AND "
			    "t._topic = s._topic AND t._stream = s._stream WHERE ROW(s._nulls");
	for (int side = 0; side < 2; side++) {
		for (uint32_t i = 0; i < p->n; i++) {
			weir_buf_add_c(sql, side ? ", t." : ", s.");
			weir_postgres_quote(weir_str_of(p->table->columns[p->column[i]].col), sql);
		}
		weir_buf_add_c(sql, side ? ")" : ") IS DISTINCT FROM ROW(t._nulls");
	}
	weir_buf_add_c(sql, " GROUP BY 1, 2");
}

static void count_run(struct weir_pg *l, const struct weir_pg_bump *b)
{
	const struct weir_pg_segment *s = &l->segment;
	uint32_t n = s->partitions ? weir_partitions_count(s->partitions) : 0, i = 0;

	for (; i < n; i++) {
		const struct weir_partition *p = weir_partitions_get(s->partitions, i);
		if (p->number == b->partition && weir_str_equal(p->topic, weir_str_of(b->topic)))
			break;
	}
	if (i < s->plan->n_run)
		s->plan->run[i]++;
}

static enum weir_status add_bump(struct weir_pg *l, const PGresult *r, int row, struct weir_error *err)
{
	struct weir_pg_segment *s = &l->segment;
	struct weir_pg_bump b = {.topic = weir_str_dup(weir_str_of(PQgetvalue(r, row, 0)))};

	if (!b.topic || !weir_grow((void **)&s->bumps, &s->bumps_room, s->n_bumps + 1, sizeof *s->bumps)) {
		free(b.topic);
		return out_of_memory(err);
	}
	(void)!weir_parse_int64(weir_str_of(PQgetvalue(r, row, 1)), false, &b.partition);
	(void)!weir_parse_int64(weir_str_of(PQgetvalue(r, row, 2)), false, &b.from);
	s->bumps[s->n_bumps++] = b;
	count_run(l, &b);
	return apply_bump(l, &b, err);
}

/* Rows whose key another row has, and all behind them, get the next run. *taken: there were some. */
static enum weir_status avoid_taken(struct weir_pg *l, bool *taken, struct weir_error *err)
{
	PGresult *r = NULL;

	ask_taken(l);
	enum weir_status st = l->sql.failed ? out_of_memory(err) : WEIR_OK;
	if (st == WEIR_OK)
		st = weir_postgres_ask(&l->server, l->sql.data, 0, NULL, &r, err);
	*taken = st == WEIR_OK && PQntuples(r) > 0;
	for (int i = 0; st == WEIR_OK && i < PQntuples(r); i++)
		st = add_bump(l, r, i, err);
	PQclear(r);
	return st;
}

static enum weir_status insert(struct weir_pg *l, int64_t *inserted, struct weir_error *err)
{
	weir_buf_clear(&l->sql);
	weir_buf_add_c(&l->sql, "INSERT INTO ");
	add_table(l, &l->sql);
	weir_buf_add_c(&l->sql, " (");
	weir_pg_columns(l->segment.plan, &l->sql);
	weir_buf_add_c(&l->sql, ") SELECT ");
	weir_pg_columns(l->segment.plan, &l->sql);
	weir_buf_add_c(&l->sql, " FROM " WEIR_PG_STAGE
				" ORDER BY _n ON CONFLICT (_offset, _partition, _run, _topic, _stream) DO NOTHING");
	return weir_postgres_run_text(&l->server, &l->sql, inserted, err);
}

/* One try. *taken: a row has a key that another row of these took, or that somebody else took meanwhile. */
static enum weir_status try_part(struct weir_pg *l, size_t from, size_t to, bool *taken, struct weir_error *err)
{
	int64_t inserted = 0, n = (int64_t)(to - from);
	enum weir_status st = fill_stage(l, from, to, err);

	for (*taken = true; st == WEIR_OK && *taken;)
		st = avoid_taken(l, taken, err);
	if (st == WEIR_OK)
		st = insert(l, &inserted, err);
	if (st == WEIR_OK && inserted < n) {
		l->careful = true;
		st = avoid_taken(l, taken, err);
	}
	return st;
}

/* Rows from..to (excluded) into the table. */
static enum weir_status merge_part(struct weir_pg *l, size_t from, size_t to, struct weir_error *err)
{
	bool taken = true;
	enum weir_status st = WEIR_OK;

	while (st == WEIR_OK && taken) {
		st = try_part(l, from, to, &taken, err);
		if (st == WEIR_OK)
			st = weir_postgres_run(
			    &l->server, taken ? "ROLLBACK TO SAVEPOINT weir_part" : "RELEASE SAVEPOINT weir_part", err);
	}
	return st;
}

enum weir_status weir_pg_merge(struct weir_pg *l, struct weir_error *err)
{
	enum { DEPTH = 64 }; /* halves of halves */
	struct {
		size_t from, to;
	} parts[DEPTH] = {{0, l->segment.n}};
	struct weir_error local = {0};
	enum weir_status st = make_stage(l, err);

	l->careful = false;
	for (size_t n = 1; n && st == WEIR_OK;) {
		size_t from = parts[n - 1].from, to = parts[n - 1].to, middle = from + (to - from) / 2;
		n--;
		st = merge_part(l, from, to, &local);
		if (st == WEIR_OK)
			continue;
		if (!weir_pg_is_of_a_row(&l->server)) {
			if (err)
				*err = local;
			return st;
		}
		st = weir_postgres_run(&l->server, "ROLLBACK TO SAVEPOINT weir_part", err);
		if (to - from == 1)
			weir_sql_refuse(&l->base, l->segment.stream, l->segment.rows[from].position, local.what);
		else {
			parts[n].from = middle;
			parts[n++].to = to;
			parts[n].from = from;
			parts[n++].to = middle;
		}
	}
	return st;
}
