/* The Spark fabric: a sample of each source goes to a local fabric inside (records, columns, names); then a job on Spark counts
 * partial rows by pane, and a plan here puts answers together from them. spark.c has the row of the table and the inner fabric's
 * part; question.c binds views and decides whether the job must begin anew; answer.c takes what the job sends, and makes
 * results; explain.c says what will run. Private to src/fabric; nobody includes this header but the files beside it.
 *
 * Thread: the engine's. */
#ifndef WEIR_FABRIC_SPARK_SPARK_H
#define WEIR_FABRIC_SPARK_SPARK_H

#include "behind.h"
#include "description.h"
#include "driver.h"
#include "land.h"
#include "message.h"
#include "recall.h"
#include "run.h"

#include "weir/base/bounds.h"
#include "weir/fabric/fabric.h"

struct weir_spark_counted { /* what one batch counted */
	int64_t batch;
	struct weir_spark_metrics streams[WEIR_MAX_STREAMS];
};

struct weir_spark {
	struct weir_fabric fabric;
	struct weir_fabric_config config;
	struct weir_fabric *inner; /* local; owned: has the sample */
	struct weir_spark_master master;
	struct weir_spark_places places;
	struct weir_spark_left left; /* with --attach */
	struct weir_spark_passwords passwords;
	struct weir_spark_landings landings;
	char id[64], *brokers;             /* owned */
	int64_t opened_us;                 /* wall clock */
	struct weir_spark_stream *streams; /* owned array */
	struct weir_str *names;            /* owned array; borrowed texts */

	struct weir_view view; /* in force */
	struct weir_question asked;
	bool begun;

	struct weir_relation_schema *schema; /* one reference; NULL: before begin */
	struct weir_plan *plan;              /* of the view in force */
	struct weir_partials *partials;
	json_t *description; /* of the job that runs */
	uint64_t generation; /* its own */
	struct weir_spark_run *run;
	struct weir_spark_behind *behind; /* NULL: it ends by itself */

	/* of that generation */
	bool answered;           /* a whole batch came */
	bool counts_filtered;    /* it says how many records --where left out */
	struct weir_error fault; /* a message that could not be read; code OK: none */
	uint64_t n_faults;
	struct weir_spark_counted *counted; /* owned: the newest batches; those before are in `before` */
	size_t n_counted, counted_capacity;
	struct weir_spark_metrics before[WEIR_MAX_STREAMS];
	uint64_t late[WEIR_MAX_STREAMS];
	struct weir_spark_batch batch; /* the newest */
	struct weir_spark_state state;
	struct weir_spark_run_status status;
	bool over; /* nothing will follow */
};

/* ---- question.c ---- */

/* The view in force as a plan over partial rows, and the job, where there must be another. */
enum weir_status weir_spark_ask(struct weir_spark *s, const struct weir_question *question,
				struct weir_error *err) WEIR_MUST_USE;
/* The columns by now of all streams. */
enum weir_status weir_spark_know_columns(struct weir_spark *s, struct weir_error *err) WEIR_MUST_USE;
/* A plan of that view, and whether it can be asked there. Owned by the caller. */
enum weir_status weir_spark_bind(struct weir_spark *s, const struct weir_question *question, struct weir_plan **out,
				 struct weir_error *err) WEIR_MUST_USE;
/* What the job of that plan would be. NULL: err says why. */
json_t *weir_spark_job(struct weir_spark *s, const struct weir_view *view, const struct weir_plan *plan,
		       const struct weir_partial_layout *layout, uint64_t generation, struct weir_error *err);

/* ---- answer.c ---- */

bool weir_spark_newer(struct weir_fabric *f, bool *ended);
enum weir_status weir_spark_result(struct weir_fabric *f, const struct weir_result_request *request,
				   struct weir_result **out, struct weir_error *err);
void weir_spark_describe_status(struct weir_fabric *f, struct weir_fabric_status *out);
void weir_spark_forget_counts(struct weir_spark *s); /* another generation begins */

/* ---- explain.c ---- */

enum weir_status weir_spark_explain(struct weir_fabric *f, bool terminal, struct weir_buf *out, struct weir_error *err);

#endif
