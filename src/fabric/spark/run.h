/* A job that runs: a thread makes the topics, gives the job its description, starts spark-submit and starts it again when it dies,
 * reads results, and ends all of it. The fabric hands descriptions over and takes whole batches of messages. Private to
 * src/fabric.
 *
 *     fabric ── description (lock) ──▶ this thread ── control topic ──▶ job ── results ──▶ this thread ── news (lock) ──▶ fabric
 *
 * Thread: all functions belong to the engine's; the thread here is its own. */
#ifndef WEIR_FABRIC_SPARK_RUN_H
#define WEIR_FABRIC_SPARK_RUN_H

#include "child.h"
#include "mail.h"
#include "topics.h"

#include "weir/base/memory.h"
#include "weir/base/thread.h"

struct weir_spark_run_config {
	const struct weir_spark_master *master; /* these two borrowed until close */
	const struct weir_spark_places *places;
	const struct weir_spark_passwords *passwords; /* the same */
	const char *id, *brokers;                     /* copied */
	bool finite;                                  /* it ends by itself; then it is not started twice */
	bool detach;                                  /* it goes on after close */
	bool attached;        /* somebody else started it; it is started here only when it is not heard of */
	struct weir_log *log; /* these three: borrowed until close */
	const struct weir_clock *clock;
	struct weir_wake *wake; /* signalled when there is news */
};

struct weir_spark_run_status {
	bool failed;             /* it will not go on: `error` says why */
	bool over;               /* its program has ended, and all it wrote was read */
	struct weir_error error; /* the newest trouble; code OK: none */
	uint32_t n_restarts;
};

struct weir_spark_run;

/* How long to wait before a driver that died is started again: after the first death a second, then twice as long as the last time,
 * at most a minute. One that had run for longer than that minute counts as the first again. waited_us: the last time; 0: it is the
 * first. */
int64_t weir_spark_backoff_us(int64_t waited_us, int64_t ran_us);

/* Starts the thread. Owned by the caller. */
enum weir_status weir_spark_run_open(const struct weir_spark_run_config *config, struct weir_spark_run **out,
				     struct weir_error *err) WEIR_MUST_USE;
/* The job is to do this from now on; copied. False: no memory. */
bool weir_spark_run_order(struct weir_spark_run *r, struct weir_str description) WEIR_MUST_USE;
/* What came since the last call, moved to the caller, who releases it. True: there is something. */
bool weir_spark_run_take(struct weir_spark_run *r, struct weir_spark_mail *mail, struct weir_spark_run_status *status);
bool weir_spark_run_has_news(struct weir_spark_run *r);
/* Stops the job and removes its topics, unless it is detached. Ends after half a minute at the latest. NULL allowed. */
void weir_spark_run_close(struct weir_spark_run *r);

#endif
