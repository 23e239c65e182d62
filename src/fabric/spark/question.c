/* Questions to Spark: which plan answers them here, and which job brings what that plan needs. */
#include "spark.h"

#include <stdlib.h>

static enum weir_status no_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "spark", "out of memory");
}

enum weir_status weir_spark_know_columns(struct weir_spark *s, struct weir_error *err)
{
	const struct weir_schema **schemas = weir_calloc(s->config.n_streams, sizeof(const struct weir_schema *));

	if (!schemas)
		return no_memory(err);
	for (uint32_t i = 0; i < s->config.n_streams; i++)
		schemas[i] = s->streams[i].columns;
	struct weir_relation_schema *schema = weir_relation_schema_new(s->config.n_streams, s->names, schemas);
	free(schemas);
	if (!schema)
		return no_memory(err);
	weir_relation_schema_unref(s->schema);
	s->schema = schema;
	return WEIR_OK;
}

enum weir_status weir_spark_bind(struct weir_spark *s, const struct weir_question *question, struct weir_plan **out,
				 struct weir_error *err)
{
	const struct weir_plan_config config = {
	    .view = question->view,
	    .view_generation = question->generation,
	    .schema = s->schema,
	    .live = s->config.live,
	    .finite = s->config.finite,
	    .schemas_complete = true,
	    .budget = s->config.budget,
	    .chart_buckets = s->config.live ? 120 : 0,
	    .partials = true,
	};

	*out = NULL;
	enum weir_status st = weir_plan_bind(&config, out, err);
	if (st == WEIR_OK && weir_plan_is_rows(*out)) {
		st = weir_fail(err, WEIR_UNSUPPORTED, "--fabric", "Spark computes answers, and hands out no rows");
		weir_error_hint(err, "say what to compute with --group or --measure");
	}
	if (st == WEIR_OK)
		st = weir_partial_ready(*out, err);
	if (st == WEIR_OK)
		return st;
	weir_plan_free(*out);
	*out = NULL;
	return st;
}

json_t *weir_spark_job(struct weir_spark *s, const struct weir_view *view, const struct weir_plan *plan,
		       const struct weir_partial_layout *layout, uint64_t generation, struct weir_error *err)
{
	const struct weir_spark_description d = {
	    .master = &s->master,
	    .id = s->id,
	    .brokers = s->brokers,
	    .fabric = s->config.name,
	    .sources = s->config.streams,
	    .generation = generation,
	    .finite = s->config.finite,
	    .late_us = view->late_us,
	    .now_us = s->opened_us,
	    .n_streams = s->config.n_streams,
	    .streams = s->streams,
	    .together = s->schema->common,
	    .view = view,
	    .plan = plan,
	    .layout = layout,
	    .landings = &s->landings,
	};

	if (!s->config.finite && !s->master.local && !weir_spark_param(&s->master, "checkpoint")) {
		weir_fail(err, WEIR_USAGE, "--fabric", "a stream has a state, which all workers must reach");
		weir_error_hint(err, "name a folder for it behind the master: ?checkpoint=hdfs://…");
		return NULL;
	}
	for (uint32_t i = 0; i < s->config.n_streams; i++)
		if (weir_spark_has_tables(s->streams[i].uri->scheme) &&
		    weir_spark_find_driver(s->streams[i].uri->scheme, &s->master, &s->places, &s->streams[i].driver,
					   err) != WEIR_OK)
			return NULL;
	return weir_spark_describe(&d, err);
}

/* The job is to do that from now on; `goes_on`: it does already. */
static enum weir_status order(struct weir_spark *s, const json_t *description, bool goes_on, struct weir_error *err)
{
	char *text = json_dumps(description, JSON_COMPACT);
	const struct weir_spark_run_config config = {
	    .master = &s->master,
	    .places = &s->places,
	    .passwords = &s->passwords,
	    .id = s->id,
	    .brokers = s->brokers,
	    .finite = s->config.finite,
	    .detach = s->config.detach,
	    .attached = s->left.id != NULL,
	    .log = s->config.log,
	    .clock = s->config.clock,
	    .wake = s->config.wake,
	};
	enum weir_status st = text ? WEIR_OK : no_memory(err);

	if (st == WEIR_OK && !s->behind && !s->config.finite)
		st = weir_spark_behind_open(s->streams, s->config.n_streams, s->config.log, s->config.wake, &s->behind,
					    err);
	if (st == WEIR_OK && !s->run && (st = weir_spark_run_open(&config, &s->run, err)) != WEIR_OK) {
		weir_spark_run_close(s->run);
		s->run = NULL;
	}
	if (st == WEIR_OK && !goes_on && !weir_spark_run_order(s->run, weir_str_of(text)))
		st = no_memory(err);
	free(text);
	return st;
}

/* Another question than the one that the job counts for. */
static enum weir_status begin_anew(struct weir_spark *s, const struct weir_question *question,
				   const struct weir_plan *plan, struct weir_error *err)
{
	struct weir_partials *partials = NULL;
	enum weir_status st = weir_partials_new(plan, s->config.budget, &partials, err);
	json_t *job = NULL;

	if (st == WEIR_OK) {
		/* What was left running goes on where it is the same. */
		json_int_t left =
		    s->description ? 0 : json_integer_value(json_object_get(s->left.description, "generation"));
		s->generation = left > 0 ? (uint64_t)left - 1 : s->generation;
		job = weir_spark_job(s, question->view, plan, weir_partials_layout(partials), s->generation + 1, err);
		bool goes_on = job && left > 0 && weir_spark_same_job(job, s->left.description);
		if (job && left > 0 && !goes_on) {
			json_decref(job);
			s->generation++;
			job = weir_spark_job(s, question->view, plan, weir_partials_layout(partials), s->generation + 1,
					     err);
		}
		st = job ? order(s, job, goes_on, err) : err->code;
	}

	if (st != WEIR_OK) {
		json_decref(job);
		weir_partials_free(partials);
		return st;
	}
	weir_partials_free(s->partials);
	json_decref(s->description);
	s->partials = partials;
	s->description = job;
	s->generation++;
	s->answered = false;
	s->counts_filtered =
	    json_object_get(json_object_get(json_array_get(json_object_get(job, "streams"), 0), "observe"), "filtered");
	weir_spark_forget_counts(s);
	return WEIR_OK;
}

enum weir_status weir_spark_ask(struct weir_spark *s, const struct weir_question *question, struct weir_error *err)
{
	struct weir_plan *plan = NULL;
	struct weir_error local = {0};
	enum weir_status st = weir_spark_bind(s, question, &plan, &local);

	if (st == WEIR_OK && s->partials && weir_partials_fits(s->partials, plan))
		st = weir_partials_rebuild(s->partials, plan, WEIR_TIME_NONE, NULL, &local);
	else if (st == WEIR_OK)
		st = begin_anew(s, question, plan, &local);
	if (st != WEIR_OK) {
		weir_plan_free(plan);
		if (err)
			*err = local;
		return st;
	}
	weir_plan_free(s->plan);
	s->plan = plan;
	return WEIR_OK;
}
