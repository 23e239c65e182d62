/* Runs a study: hands its pieces out to a few threads, pass by pass, and counts how far they are. */
#include "weir/query/study.h"

enum {
	ROWS_A_THREAD = 100000, /* fewer are done before another thread is awake */
};

struct weir_study_run {
	struct weir_study *study;
	const struct weir_study_host *host;
	struct weir_shares ranges;
	_Atomic uint32_t next; /* in_order: the piece to begin next */
	uint32_t n_pieces;
	uint32_t n_shares;
	_Atomic bool over; /* a share failed, or nothing more is wanted */
};

struct share {
	struct weir_study_run *run;
	uint32_t number;
	pthread_t thread;
	bool runs;
	enum weir_status status;
	struct weir_error error;
};

void weir_study_advance(struct weir_study_run *run, uint32_t share, uint64_t rows)
{
	const struct weir_study_host *host = run->host;
	if (host->progress)
		atomic_fetch_add_explicit(&host->progress->done_rows, rows, memory_order_relaxed);
	if (share == 0 && host->advanced)
		host->advanced(host->ctx);
}

bool weir_study_cancelled(const struct weir_study_run *run)
{
	if (run->host->rest)
		run->host->rest(run->host->ctx);
	return run->host->cancel && atomic_load_explicit(run->host->cancel, memory_order_relaxed);
}

void weir_study_offer(struct weir_study_run *run, struct weir_study_answer *part)
{
	if (run->host->offered)
		run->host->offered(run->host->ctx, part);
	else
		weir_study_answer_unref(part);
}

static bool next_piece(struct weir_study_run *run, uint32_t share, uint32_t *piece)
{
	if (!run->study->ops->in_order)
		return weir_shares_next(&run->ranges, share, piece);
	*piece = atomic_fetch_add(&run->next, 1);
	return *piece < run->n_pieces;
}

static void *work(void *arg)
{
	struct share *s = arg;
	struct weir_study_run *run = s->run;
	uint32_t piece;
	s->status = WEIR_OK;
	while (s->status == WEIR_OK && !run->over && next_piece(run, s->number, &piece))
		s->status = weir_study_cancelled(run)
				? WEIR_CANCELLED
				: run->study->ops->piece(run->study, run, s->number, piece, &s->error);
	if (s->status != WEIR_OK)
		run->over = true;
	return NULL;
}

/* One pass of all shares over all pieces. */
static enum weir_status pass(struct weir_study_run *run, struct share *shares, struct weir_error *err)
{
	enum weir_status st = WEIR_OK;
	weir_shares_init(&run->ranges, run->n_pieces, run->n_shares);
	run->next = 0;
	run->over = false;
	for (uint32_t i = 0; i < run->n_shares; i++)
		shares[i] = (struct share){.run = run, .number = i};
	for (uint32_t i = 1; i < run->n_shares; i++) /* without a thread its pieces fall to the others */
		shares[i].runs = weir_thread_start(&shares[i].thread, work, &shares[i]) == 0;
	work(&shares[0]);
	for (uint32_t i = 0; i < run->n_shares; i++) {
		if (shares[i].runs)
			pthread_join(shares[i].thread, NULL);
		if (st != WEIR_OK || shares[i].status == WEIR_OK || shares[i].status == WEIR_END)
			continue;
		st = shares[i].status;
		if (err)
			*err = shares[i].error;
	}
	return st;
}

static uint32_t shares_for(const struct weir_study_host *host, uint64_t rows, uint32_t n_pieces)
{
	uint64_t n = rows / (host->rows_a_thread ? host->rows_a_thread : ROWS_A_THREAD);
	n = n < host->threads ? n : host->threads;
	n = n < n_pieces ? n : n_pieces;
	return n < 1 ? 1 : n > WEIR_MOST_SHARES ? WEIR_MOST_SHARES : (uint32_t)n;
}

enum weir_status weir_study_run(struct weir_study *s, struct weir_study_rows *rows, const struct weir_study_host *host,
				struct weir_study_answer **out, struct weir_error *err)
{
	struct weir_study_run run = {.study = s, .host = host};
	struct weir_study_work work = {weir_relation_snapshot_segments(rows->snapshot),
				       weir_relation_snapshot_rows(rows->snapshot)};
	struct share shares[WEIR_MOST_SHARES] = {{0}};
	bool again = true;
	*out = NULL;
	run.n_shares = shares_for(host, work.n_rows, work.n_pieces);
	enum weir_status st = s->ops->begin(s, rows, run.n_shares, &work, err);
	if (host->progress) {
		host->progress->done_rows = 0;
		host->progress->rows = work.n_rows;
	}
	while (st == WEIR_OK && again) {
		again = false;
		run.n_pieces = work.n_pieces;
		st = pass(&run, shares, err);
		if (st == WEIR_OK)
			st = s->ops->join(s, &work, &again, out, err);
	}
	if (st == WEIR_CANCELLED)
		weir_fail(err, WEIR_CANCELLED, s->ops->name, "given up");
	return st;
}
