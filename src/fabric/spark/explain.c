/* What will run on Spark, as text for a person. */
#include "spark.h"

#include "weir/base/print.h"

#include <stdio.h>
#include <stdlib.h>

static void add_lines(const char *text, bool terminal, struct weir_buf *out)
{
	if (terminal)
		weir_print_lines(weir_str_of(text), out);
	else
		weir_buf_add_c(out, text);
	weir_buf_add_char(out, '\n');
}

/* The bound view, as the inner fabric says it, without the SQL that asks for the whole answer. */
static enum weir_status add_view(struct weir_spark *s, bool terminal, struct weir_buf *out, struct weir_error *err)
{
	struct weir_buf text = {0};
	enum weir_status st = s->inner->ops->explain(s->inner, terminal, &text, err);
	const char *sql = st == WEIR_OK && text.data ? strstr(text.data, "\nspark\n") : NULL;

	if (st == WEIR_OK)
		weir_buf_add(out, text.data, sql ? (size_t)(sql - text.data) + 1 : text.size);
	out->failed |= text.failed;
	weir_buf_release(&text);
	return st;
}

static void add_options(const json_t *options, bool terminal, struct weir_buf *out)
{
	const char *name;
	const json_t *value;
	struct weir_buf text = {0};

	json_object_foreach((json_t *)(uintptr_t)options, name, value)
	    weir_buf_addf(&text, " %s=%s", name, json_string_value(value));
	if (terminal)
		weir_print_safe(weir_buf_str(&text), out);
	else
		weir_buf_add_str(out, weir_buf_str(&text));
	out->failed |= text.failed;
	weir_buf_release(&text);
}

static void add_job(const struct weir_spark *s, const json_t *job, bool terminal, struct weir_buf *out)
{
	size_t i;
	const json_t *stream;

	weir_buf_addf(out, "fabric   Spark on %s, %s\n", s->master.master,
		      s->config.finite ? "once, as a table" : "as a stream, in update mode");
	weir_buf_addf(out, "         results through the topic weir-ID of %s, one row a pane, group and part\n",
		      s->brokers);
	json_array_foreach(json_object_get(job, "streams"), i, stream)
	{
		weir_buf_add_c(out, "reader   ");
		weir_print_safe(weir_str_of(json_string_value(json_object_get(stream, "name"))), out);
		weir_buf_addf(out, ": %s", json_string_value(json_object_get(stream, "format")));
		add_options(json_object_get(stream, "options"), terminal, out);
		weir_buf_add_char(out, '\n');
		if (json_object_get(stream, "schema")) {
			weir_buf_add_c(out, "schema   ");
			add_lines(json_string_value(json_object_get(stream, "schema")), terminal, out);
		}
		add_lines(json_string_value(json_object_get(stream, "select")), terminal, out);
	}
	json_array_foreach(json_object_get(job, "landings"), i, stream)
	{
		weir_buf_add_c(out, "lands    ");
		weir_print_safe(weir_str_of(json_string_value(json_object_get(stream, "name"))), out);
		weir_buf_add_c(out, ": jdbc, rows whose key is not there yet");
		add_options(json_object_get(stream, "options"), terminal, out);
		weir_buf_add_char(out, '\n');
		add_lines(json_string_value(json_object_get(stream, "select")), terminal, out);
	}
	weir_buf_add_c(out, "spark\n");
	add_lines(json_string_value(json_object_get(job, "sql")), terminal, out);
}

enum weir_status weir_spark_explain(struct weir_fabric *f, bool terminal, struct weir_buf *out, struct weir_error *err)
{
	struct weir_spark *s = (struct weir_spark *)f;
	struct weir_plan *plan = NULL;
	struct weir_partials *partials = NULL;
	enum weir_status st = add_view(s, terminal, out, err);
	json_t *job = NULL;

	if (st == WEIR_OK)
		st = weir_spark_know_columns(s, err);
	if (st == WEIR_OK)
		st = weir_spark_bind(s, &s->asked, &plan, err);
	if (st == WEIR_OK)
		st = weir_partials_new(plan, s->config.budget, &partials, err);
	if (st == WEIR_OK) {
		struct weir_error why = {0};
		job =
		    weir_spark_job(s, &s->view, plan, weir_partials_layout(partials), s->generation + !s->begun, &why);
		st = job ? WEIR_OK : why.code;
		if (!job && err)
			*err = why;
	}
	if (job)
		add_job(s, job, terminal, out);
	json_decref(job);
	weir_partials_free(partials);
	weir_plan_free(plan);
	return st;
}
