/* Rows that the table has already, or refuses: they go to a temporary table, and from there, compared, to the right one. A part that
 * is refused is halved until the row is found that is. */
#include "sql.h"

#include <stdlib.h>

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory");
}

void weir_sql_add_columns(const struct weir_sql_landing *l, const char *table, struct weir_buf *sql)
{
	const struct weir_sql_plan *p = l->segment.plan;
	static const char *const own[] = {WEIR_SQL_KEY_COLUMNS, "_nulls", "_n"};

	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		weir_buf_addf(sql, "%s%s%s", i ? ", " : "", table, own[i]);
	for (uint32_t i = 0; i < p->n; i++) {
		weir_buf_addf(sql, ", %s", table);
		l->dialect->quote(weir_str_of(p->table->columns[p->column[i]].col), sql);
	}
}

void weir_sql_add_table(const struct weir_sql_landing *l, struct weir_buf *sql)
{
	l->dialect->quote(weir_str_of(l->segment.plan->table->name), sql);
}

void weir_sql_add_join(const struct weir_sql_landing *l, const char *how, struct weir_buf *sql)
{
	weir_buf_addf(sql, " FROM %s s %s ", l->dialect->stage, l->lateral ? "CROSS JOIN LATERAL (SELECT * FROM" : how);
	weir_sql_add_table(l, sql);
	weir_buf_addf(sql,
		      " t%s %s t._offset = s._offset AND t._partition = s._partition AND t._run = s._run AND "
		      "t._topic = s._topic AND t._stream = s._stream%s",
		      l->hint, l->lateral ? "WHERE" : "ON", l->lateral ? " OFFSET 0) t" : "");
}

/* The temporary table stays when a part is taken back. */
static enum weir_status make_stage(struct weir_sql_landing *l, struct weir_error *err)
{
	const struct weir_sql_plan *p = l->segment.plan;

	if (l->stage_plan == p && l->stage_version == p->version)
		return WEIR_OK;
	enum weir_status st = l->dialect->make_stage(l, err);
	if (st == WEIR_OK) {
		l->stage_plan = p;
		l->stage_version = p->version;
	}
	return st;
}

static enum weir_status apply_bump(struct weir_sql_landing *l, const struct weir_sql_bump *b, struct weir_error *err)
{
	weir_buf_clear(&l->sql);
	weir_buf_addf(&l->sql, "UPDATE %s SET _run = _run + 1 WHERE _topic = ", l->dialect->stage);
	l->dialect->literal(weir_str_of(b->topic), &l->sql);
	weir_buf_addf(&l->sql, " AND _partition = %lld AND _n >= %lld", (long long)b->partition, (long long)b->from);
	return l->dialect->run(l, &l->sql, NULL, err);
}

static enum weir_status fill_stage(struct weir_sql_landing *l, size_t from, size_t to, struct weir_error *err)
{
	enum weir_status st = l->dialect->fill_stage(l, from, to, err);

	for (size_t i = 0; i < l->segment.n_bumps && st == WEIR_OK; i++)
		st = apply_bump(l, &l->segment.bumps[i], err);
	return st;
}

static void count_run(struct weir_sql_landing *l, const struct weir_sql_bump *b)
{
	const struct weir_sql_segment *s = &l->segment;
	uint32_t n = s->partitions ? weir_partitions_count(s->partitions) : 0, i = 0;

	for (; i < n; i++) {
		const struct weir_partition *p = weir_partitions_get(s->partitions, i);
		if (p->number == b->partition && weir_str_equal(p->topic, weir_str_of(b->topic)))
			break;
	}
	if (i < s->plan->n_run)
		s->plan->run[i]++;
}

/* Where a key is taken by another row: topic, partition, number of the first such row. */
static enum weir_status add_bump(struct weir_sql_landing *l, const char *const *cells, struct weir_error *err)
{
	struct weir_sql_segment *s = &l->segment;
	struct weir_sql_bump b = {.topic = weir_str_dup(weir_str_of(cells[0]))};

	if (!b.topic || !weir_grow((void **)&s->bumps, &s->bumps_room, s->n_bumps + 1, sizeof *s->bumps)) {
		free(b.topic);
		return out_of_memory(err);
	}
	(void)!weir_parse_int64(weir_str_of(cells[1]), false, &b.partition);
	(void)!weir_parse_int64(weir_str_of(cells[2]), false, &b.from);
	s->bumps[s->n_bumps++] = b;
	count_run(l, &b);
	return WEIR_OK;
}

/* Rows whose key another row has, and all behind them, get the next run. *taken: there were some. */
static enum weir_status avoid_taken(struct weir_sql_landing *l, bool *taken, struct weir_error *err)
{
	size_t before = l->segment.n_bumps;

	weir_buf_clear(&l->sql);
	weir_buf_add_c(&l->sql, "SELECT s._topic, s._partition, min(s._n)");
	weir_sql_add_join(l, l->join, &l->sql);
	weir_buf_add_c(&l->sql, " WHERE ");
	l->dialect->add_differs(l, &l->sql);
	weir_buf_add_c(&l->sql, " GROUP BY 1, 2");
	enum weir_status st = l->dialect->ask(l, &l->sql, add_bump, err);
	for (size_t i = before; st == WEIR_OK && i < l->segment.n_bumps; i++)
		st = apply_bump(l, &l->segment.bumps[i], err);
	*taken = l->segment.n_bumps > before;
	return st;
}

/* One try. *taken: a row has a key that another row of these took, or that somebody else took meanwhile. */
static enum weir_status try_part(struct weir_sql_landing *l, size_t from, size_t to, bool *taken,
				 struct weir_error *err)
{
	int64_t inserted = 0, n = (int64_t)(to - from);
	enum weir_status st = fill_stage(l, from, to, err);

	for (*taken = true; st == WEIR_OK && *taken;)
		st = avoid_taken(l, taken, err);
	if (st == WEIR_OK) {
		weir_buf_clear(&l->sql);
		l->dialect->add_insert(l, &l->sql);
		st = l->dialect->run(l, &l->sql, &inserted, err);
	}
	if (st != WEIR_OK || inserted == n)
		return st;
	l->careful = true;
	return l->dialect->insert_skips ? avoid_taken(l, taken, err) : WEIR_OK;
}

/* Rows from..to (excluded) into the table. */
static enum weir_status merge_part(struct weir_sql_landing *l, size_t from, size_t to, struct weir_error *err)
{
	bool taken = true;
	enum weir_status st = WEIR_OK;

	while (st == WEIR_OK && taken) {
		st = try_part(l, from, to, &taken, err);
		if (st == WEIR_OK)
			st = l->dialect->part_end(l, !taken, err);
	}
	return st;
}

enum weir_status weir_sql_merge(struct weir_sql_landing *l, struct weir_error *err)
{
	enum { DEPTH = 64 }; /* halves of halves */
	struct {
		size_t from, to;
	} parts[DEPTH] = {{0, l->segment.n}};
	struct weir_error local = {0};
	enum weir_status st = make_stage(l, err);

	l->careful = l->dialect->always_careful && l->dialect->always_careful(l);
	for (size_t n = 1; n && st == WEIR_OK;) {
		size_t from = parts[n - 1].from, to = parts[n - 1].to, middle = from + (to - from) / 2;
		n--;
		st = merge_part(l, from, to, &local);
		if (st == WEIR_OK)
			continue;
		if (!l->dialect->is_of_a_row(l)) {
			if (err)
				*err = local;
			return st;
		}
		st = l->dialect->part_end(l, false, err);
		if (to - from == 1) {
			weir_sql_refuse(l, l->segment.stream, &l->segment.rows[from], local.what);
		} else {
			parts[n].from = middle;
			parts[n++].to = to;
			parts[n].from = from;
			parts[n++].to = middle;
		}
	}
	return st;
}
