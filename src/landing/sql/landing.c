/* A landing in tables: transactions of whole batches, and what became of their rows. */
#include "sql.h"

#include <stdlib.h>

enum { LEAST_TIMEOUT_US = 1000 };

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory");
}

static void forget_pending(struct weir_sql_landing *l)
{
	l->pending = (struct weir_landing_status){.refused_position = -1};
}

/* The rows of this transaction are not in the table. When they are given again, they must get the same keys. */
static void take_back(struct weir_sql_landing *l)
{
	if (l->open) {
		weir_sql_segment_forget(l);
		l->dialect->rollback(l);
		for (uint32_t i = 0; i < l->n; i++)
			weir_sql_plan_back(&l->plans[i]);
	}
	l->open = false;
	forget_pending(l);
}

enum weir_status weir_sql_begin(struct weir_sql_landing *l, struct weir_error *err)
{
	if (l->open)
		return WEIR_OK;
	enum weir_status st = l->dialect->begin(l, err);
	for (uint32_t i = 0; i < l->n && st == WEIR_OK; i++)
		if (l->tables[i].name)
			st = l->dialect->open_table(l, &l->tables[i], err);
	if (st != WEIR_OK) {
		l->dialect->rollback(l);
		return st;
	}
	for (uint32_t i = 0; i < l->n; i++)
		weir_sql_plan_keep(&l->plans[i]);
	l->open = true;
	l->n_rows = 0;
	l->began_us = weir_clock_mono_us(l->clock);
	return WEIR_OK;
}

enum weir_status weir_sql_commit(struct weir_sql_landing *l, struct weir_error *err)
{
	if (!l->open)
		return WEIR_OK;
	enum weir_status st = weir_sql_segment_end(l, err);
	if (st == WEIR_OK)
		st = l->dialect->commit(l, err);
	if (st != WEIR_OK) {
		take_back(l);
		return st;
	}
	l->open = false;
	l->counts.landed += l->pending.landed;
	l->counts.refused += l->pending.refused;
	if (l->pending.reason[0])
		weir_landing_note_refused(&l->counts, l->pending.refused_stream, l->pending.refused_position,
					  l->pending.reason);
	forget_pending(l);
	return WEIR_OK;
}

/* The table of a stream, opened when its first rows come. */
static enum weir_status table_of(struct weir_sql_landing *l, uint16_t stream, struct weir_error *err)
{
	struct weir_sql_plan *p = &l->plans[stream];
	const char *name = l->options.table ? l->options.table : l->streams[stream].name.data;
	uint32_t i = 0;

	if (p->table)
		return WEIR_OK;
	while (l->tables[i].name && !l->dialect->alike(l->tables[i].name, name))
		i++;
	if (!l->tables[i].name) {
		if (!(l->tables[i].name = weir_str_dup(weir_str_of(name))))
			return out_of_memory(err);
		enum weir_status st = l->dialect->open_table(l, &l->tables[i], err);
		if (st != WEIR_OK) {
			weir_sql_table_release(&l->tables[i]);
			return st;
		}
	}
	p->table = &l->tables[i];
	return WEIR_OK;
}

static uint32_t count_rows(const uint64_t *rows, uint32_t n)
{
	uint32_t found = 0;

	for (uint32_t i = 0; i < weir_bit_words(n); i++)
		found += (uint32_t)__builtin_popcountll(rows[i]);
	return found;
}

static enum weir_status give(struct weir_sql_landing *l, const struct weir_batch *batch, const uint64_t *rows,
			     struct weir_error *err)
{
	struct weir_sql_plan *p = &l->plans[batch->stream];
	enum weir_status st = weir_sql_begin(l, err);

	if (st == WEIR_OK)
		st = table_of(l, batch->stream, err);
	if (st == WEIR_OK)
		st = weir_sql_plan_runs(p, batch, err);
	return st == WEIR_OK ? weir_sql_segment_write(l, p, batch, rows, err) : st;
}

enum weir_status weir_sql_write(struct weir_landing *base, const struct weir_batch *batch, const uint64_t *rows,
				struct weir_error *err)
{
	struct weir_sql_landing *l = (struct weir_sql_landing *)base;
	uint32_t n = count_rows(rows, batch->n_rows);

	if (!n)
		return WEIR_OK;
	enum weir_status st = give(l, batch, rows, err);
	if (st != WEIR_OK) {
		take_back(l);
		return st;
	}
	l->pending.landed += n;
	bool due = (int64_t)(l->pending.landed + l->pending.refused) >= l->options.batch_rows ||
		   weir_clock_mono_us(l->clock) - l->began_us >= l->options.every_us;
	return due ? weir_sql_commit(l, err) : WEIR_OK;
}

enum weir_status weir_sql_flush(struct weir_landing *base, struct weir_error *err)
{
	struct weir_sql_landing *l = (struct weir_sql_landing *)base;

	return l->open && weir_clock_mono_us(l->clock) - l->began_us >= l->options.every_us ? weir_sql_commit(l, err)
											    : WEIR_OK;
}

void weir_sql_status(const struct weir_landing *base, struct weir_landing_status *out)
{
	*out = ((const struct weir_sql_landing *)base)->counts;
}

enum weir_status weir_sql_close(struct weir_landing *base, bool complete, struct weir_error *err)
{
	(void)complete;
	return weir_sql_commit((struct weir_sql_landing *)base, err);
}

void weir_sql_interrupt(struct weir_landing *base)
{
	weir_wake_signal(&((struct weir_sql_landing *)base)->wake);
}

enum weir_status weir_sql_landing_init(struct weir_sql_landing *l, const struct weir_sql_dialect *dialect,
				       const struct weir_landing_config *config, struct weir_error *err)
{
	l->dialect = dialect;
	l->join = "JOIN";
	l->hint = "";
	l->clock = config->clock;
	l->counts.refused_position = -1;
	forget_pending(l);
	l->wake.fd = -1;
	enum weir_status st = weir_wake_init(&l->wake, err);
	if (st == WEIR_OK)
		st = weir_landing_options_read(&l->options, config->uri, LEAST_TIMEOUT_US, err);
	if (st != WEIR_OK)
		return st;
	l->plans = weir_calloc(config->n_streams + (size_t)1, sizeof *l->plans);
	l->tables = weir_calloc(config->n_streams + (size_t)1, sizeof *l->tables);
	if (!l->plans || !l->tables)
		return out_of_memory(err);
	l->n = config->n_streams;
	l->streams = config->streams;
	for (uint32_t i = 0; i < l->n; i++) {
		l->plans[i].stream = config->streams[i].name;
		l->plans[i].first_run = config->streams[i].once ? weir_clock_wall_us(config->clock) : 0;
		l->plans[i].columns = weir_str_of(l->options.columns ? l->options.columns : "");
	}
	return WEIR_OK;
}

enum weir_status weir_sql_landing_look(struct weir_sql_landing *l, struct weir_error *err)
{
	struct weir_error local = {0};
	enum weir_status st = weir_sql_begin(l, &local);

	for (uint32_t i = 0; i < l->n && st == WEIR_OK; i++)
		st = table_of(l, (uint16_t)i, &local);
	if (st == WEIR_OK)
		st = weir_sql_commit(l, &local);
	if (st == WEIR_OK)
		return WEIR_OK;
	take_back(l);
	if (local.retriable)
		return WEIR_OK; /* the first rows try again */
	if (err)
		*err = local;
	return st;
}

void weir_sql_landing_release(struct weir_sql_landing *l)
{
	take_back(l);
	for (uint32_t i = 0; i < l->n; i++) {
		weir_sql_plan_release(&l->plans[i]);
		weir_sql_table_release(&l->tables[i]);
	}
	free(l->plans);
	free(l->tables);
	weir_sql_segment_release(l);
	weir_buf_release(&l->sql);
	weir_landing_options_release(&l->options);
	if (l->wake.fd >= 0)
		weir_wake_release(&l->wake);
}
