/* Rows that a server counted for the question of a batch: they come as partial rows, and are in the ledger as so many rows. */
#include "local.h"

bool weir_local_expects_groups(struct weir_local *l, const struct weir_batch *batch)
{
	bool first = batch->grouped && !l->grouped;

	l->grouped = l->grouped || first;
	return first;
}

/* As the plan would have counted the rows themselves. All of them pass: the server looked at every condition. */
static void count(const struct weir_grouped *g, bool takes_no_time, struct weir_ledger *ledger)
{
	ledger->matched += g->count;
	for (size_t i = 0; i < g->n && !takes_no_time; i++)
		if (g->rows[i].pane_us == WEIR_TIME_NONE)
			ledger->no_time += g->rows[i].count;
}

enum weir_status weir_local_count_grouped(struct weir_local *l, const struct weir_batch *batch, struct weir_error *err)
{
	enum weir_window_kind kind = l->view.window.kind;
	struct weir_partials_account account;
	enum weir_status st = WEIR_OK;

	if (!l->partials)
		st = weir_partials_new(l->plan, l->config.budget, &l->partials, err);
	if (st == WEIR_OK)
		st = weir_partials_put_grouped(l->partials, batch->grouped, err);
	if (st != WEIR_OK)
		return st;
	count(batch->grouped, kind == WEIR_WINDOW_ALL || kind == WEIR_WINDOW_DEFAULT,
	      l->streams[batch->stream].ledgers[0]);
	weir_partials_count(l->partials, &account);
	if (account.shed) {
		weir_fail(err, WEIR_NO_MEMORY, "--memory", "there is no room for the groups that the server counted");
		weir_error_hint(err, "raise --memory, or group by less");
		return WEIR_NO_MEMORY;
	}
	return WEIR_OK;
}

enum weir_status weir_local_apply_grouped(struct weir_local *l, struct weir_error *err)
{
	return l->partials ? weir_partials_apply(l->partials, l->plan, err) : WEIR_OK;
}
