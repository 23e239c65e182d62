/* Spark Structured Streaming computes the view, on a cluster or beside weir. */
#include "spark.h"

#include "weir/client/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

enum { SAMPLE_ROWS = 10000 };

extern const struct weir_fabric_ops weir_fabric_spark, weir_fabric_local;

static enum weir_status ready(const char *(*lookup)(const char *name), struct weir_error *err)
{
	struct weir_spark_places places;

	if (weir_spark_topics_absent)
		return weir_fail(err, WEIR_UNSUPPORTED, "spark", "%s", weir_spark_topics_absent);
	return weir_spark_find(lookup, &places, err);
}

static void spark_close(struct weir_fabric *f)
{
	struct weir_spark *s = (struct weir_spark *)f;

	weir_spark_behind_close(s->behind);
	weir_spark_run_close(s->run);
	if (s->inner)
		s->inner->ops->close(s->inner);
	weir_spark_passwords_release(&s->passwords);
	weir_spark_landings_release(&s->landings);
	for (uint32_t i = 0; s->streams && i < s->config.n_streams; i++) {
		free(s->streams[i].format);
		free(s->streams[i].time_column);
		free(s->streams[i].time_format);
		weir_schema_unref(s->streams[i].columns);
		weir_schema_unref(s->streams[i].record);
	}
	weir_plan_free(s->plan);
	weir_partials_free(s->partials);
	weir_relation_schema_unref(s->schema);
	json_decref(s->description);
	weir_spark_left_release(&s->left);
	weir_view_release(&s->view);
	weir_spark_master_release(&s->master);
	free(s->counted);
	free(s->streams);
	free(s->names);
	free(s->brokers);
	free(s);
}

/* ---- opening ---- */

static void make_id(char *out, size_t size)
{
	static const char signs[] = "abcdefghijklmnopqrstuvwxyz234567";
	unsigned char bytes[10] = {0};

	if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes) {
		int64_t now = weir_clock_wall_us(&weir_clock_system);
		memcpy(bytes, &now, sizeof now);
	}
	for (size_t i = 0; i < sizeof bytes && i + 1 < size; i++) {
		out[i] = signs[bytes[i] & 31];
		out[i + 1] = '\0';
	}
}

/* brokers=, or those of the first source that has some. */
static enum weir_status choose_brokers(struct weir_spark *s, struct weir_error *err)
{
	const char *brokers = s->left.id ? s->left.brokers : weir_spark_param(&s->master, "brokers");

	for (uint32_t i = 0; !brokers && i < s->config.n_streams; i++)
		if (strcmp(s->streams[i].uri->scheme, "kafka") == 0)
			brokers = s->streams[i].uri->hosts;
	if (!brokers) {
		weir_fail(err, WEIR_USAGE, "--fabric", "results come through Kafka, and no brokers are named");
		weir_error_hint(err, "name them behind the master: %s?brokers=HOST:PORT", s->master.master);
		return WEIR_USAGE;
	}
	s->brokers = weir_str_dup(weir_str_of(brokers));
	return s->brokers ? WEIR_OK : weir_fail(err, WEIR_NO_MEMORY, "spark", "out of memory");
}

static enum weir_status fill_streams(struct weir_spark *s, struct weir_error *err)
{
	s->streams = weir_calloc(s->config.n_streams + (size_t)1, sizeof *s->streams);
	s->names = weir_calloc(s->config.n_streams + (size_t)1, sizeof *s->names);
	if (!s->streams || !s->names)
		return weir_fail(err, WEIR_NO_MEMORY, "spark", "out of memory");
	for (uint32_t i = 0; i < s->config.n_streams; i++) {
		const struct weir_fabric_stream *from = &s->config.streams[i];
		s->names[i] = from->name;
		s->streams[i] = (struct weir_spark_stream){
		    .name = from->name,
		    .uri = from->uri,
		    .asked_time = from->time,
		    .asked_nulls = from->nulls,
		    .asked_encoding = from->encoding,
		};
	}
	return WEIR_OK;
}

static const char *no_variable(const char *name)
{
	(void)name;
	return NULL;
}

/* Those of tables go to the job in its environment: what stands in a topic, or on a command line, is read by others. */
static enum weir_status take_passwords(struct weir_spark *s, struct weir_error *err)
{
	const char *mode = weir_spark_param(&s->master, "deploy-mode");

	for (uint32_t i = 0; i < s->config.n_streams; i++) {
		char *password = NULL;
		if (!weir_spark_has_tables(s->streams[i].uri->scheme))
			continue;
		enum weir_status st = weir_secret_of(s->streams[i].uri, &password, err);
		if (st == WEIR_OK && password && mode && strcmp(mode, "cluster") == 0) {
			st = weir_fail(
			    err, WEIR_UNSUPPORTED, s->streams[i].uri->scheme,
			    "the password cannot be handed to a driver that runs elsewhere (deploy-mode=cluster)");
			weir_error_hint(err,
					"the driver can have it in ~/.pgpass there, or run here (deploy-mode=client)");
		} else if (st == WEIR_OK && password && !weir_spark_passwords_add(&s->passwords, i, password)) {
			st = weir_fail(err, WEIR_NO_MEMORY, "spark", "out of memory");
		}
		weir_secret_free(password);
		if (st != WEIR_OK)
			return st;
		s->streams[i].has_password = s->passwords.n > 0 && s->passwords.of[s->passwords.n - 1] == i;
	}
	return WEIR_OK;
}

/* What it takes to run; explain needs none of it. */
static enum weir_status find_places(struct weir_spark *s, struct weir_error *err)
{
	const char *(*lookup)(const char *) = s->config.lookup ? s->config.lookup : no_variable;

	if (s->config.explain) { /* its class path may be looked at */
		if (weir_spark_find(lookup, &s->places, NULL) != WEIR_OK)
			s->places = (struct weir_spark_places){0};
		return WEIR_OK;
	}
	enum weir_status st = ready(lookup, err);
	if (st == WEIR_OK)
		st = weir_spark_find(lookup, &s->places, err);
	return st == WEIR_OK ? weir_spark_find_job(lookup, &s->places, err) : st;
}

static enum weir_status open_parts(struct weir_spark *s, struct weir_error *err)
{
	enum weir_status st;

	if (!weir_spark_is_master(s->config.name)) {
		weir_fail(err, WEIR_USAGE, "--fabric", "spark is no master of Spark");
		weir_error_hint(err, "say which: local[2], spark://HOST:7077, yarn or k8s://https://HOST:PORT");
		return WEIR_USAGE;
	}
	if (s->config.attach) {
		if ((st = weir_spark_recall(s->config.attach, &s->left, err)) != WEIR_OK)
			return st;
		snprintf(s->id, sizeof s->id, "%s", s->left.id);
		s->landings.told = json_incref(json_object_get(s->left.description, "landings"));
		s->opened_us = json_integer_value(json_object_get(s->left.description, "opened_us"));
	}
	if ((st = weir_spark_master_parse(s->config.name, &s->master, err)) != WEIR_OK ||
	    (st = find_places(s, err)) != WEIR_OK || (st = fill_streams(s, err)) != WEIR_OK ||
	    (st = choose_brokers(s, err)) != WEIR_OK || (st = take_passwords(s, err)) != WEIR_OK)
		return st;
	return weir_fabric_local.open(&s->config, &s->inner, err);
}

static enum weir_status spark_open(const struct weir_fabric_config *config, struct weir_fabric **out,
				   struct weir_error *err)
{
	struct weir_spark *s = weir_calloc(1, sizeof *s);

	*out = NULL;
	if (!s)
		return weir_fail(err, WEIR_NO_MEMORY, "spark", "out of memory");
	s->fabric.ops = &weir_fabric_spark;
	s->config = *config;
	s->opened_us = weir_clock_wall_us(config->clock);
	make_id(s->id, sizeof s->id);
	weir_view_init(&s->view);
	weir_spark_forget_counts(s);
	enum weir_status st = open_parts(s, err);
	if (st != WEIR_OK) {
		spark_close(&s->fabric);
		return st;
	}
	*out = &s->fabric;
	return WEIR_OK;
}

/* ---- questions ---- */

static enum weir_status set_view(struct weir_fabric *f, const struct weir_question *question, struct weir_error *err)
{
	struct weir_spark *s = (struct weir_spark *)f;
	struct weir_view copy;

	weir_view_init(&copy);
	enum weir_status st = weir_view_copy(&copy, question->view, err);
	struct weir_question asked = *question;
	asked.view = &copy;
	if (st == WEIR_OK)
		st = s->inner->ops->set_view(s->inner, &asked, err);
	if (st == WEIR_OK && s->begun && (st = weir_spark_ask(s, &asked, err)) != WEIR_OK && s->plan &&
	    s->inner->ops->set_view(s->inner, &s->asked, NULL) != WEIR_OK)
		weir_log_add(s->config.log, WEIR_LOG_WARNING, "spark",
			     "the sample shows another question than the job");
	if (st != WEIR_OK) {
		weir_view_release(&copy);
		return st;
	}
	weir_view_release(&s->view);
	s->view = copy;
	s->asked = asked;
	s->asked.view = &s->view;
	return WEIR_OK;
}

static enum weir_status set_reading(struct weir_fabric *f, uint32_t stream, const struct weir_fabric_reading *reading,
				    struct weir_error *err)
{
	struct weir_spark *s = (struct weir_spark *)f;
	struct weir_spark_stream *to = &s->streams[stream];
	struct {
		char **to;
		const char *from;
	} texts[] = {{&to->format, reading->format},
		     {&to->time_column, reading->time_column},
		     {&to->time_format, reading->time_format}};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		free(*texts[i].to);
		*texts[i].to = texts[i].from ? weir_str_dup(weir_str_of(texts[i].from)) : NULL;
		if (texts[i].from && !*texts[i].to)
			return weir_fail(err, WEIR_NO_MEMORY, "spark", "out of memory");
	}
	to->server_time = reading->server_time;
	to->separator = reading->separator;
	to->header = reading->header;
	to->lines_above = reading->lines_above;
	return WEIR_OK;
}

/* Columns that are known by now, in the widest type that was seen. */
static void learn(struct weir_spark *s, uint32_t stream, const struct weir_schema *columns)
{
	struct weir_spark_stream *to = &s->streams[stream];
	struct weir_schema *both = to->columns ? weir_schema_next(to->columns) : NULL;

	if (!to->columns) {
		to->columns = weir_schema_ref(columns);
		return;
	}
	for (uint32_t i = 0; both && i < columns->n_fields; i++) {
		const struct weir_field *f = &columns->fields[i];
		int at = weir_schema_find(both, f->name);
		if (at < 0)
			at = weir_schema_add(both, f->name, f->type);
		else
			weir_schema_set_type(both, (uint32_t)at, weir_type_widen(both->fields[at].type, f->type));
		if (at >= 0 && f->is_time)
			weir_schema_set_time(both, at);
	}
	if (!both)
		return;
	weir_schema_unref(to->columns);
	to->columns = both;
}

static void set_columns(struct weir_fabric *f, uint32_t stream, const struct weir_schema *schema, bool fixed)
{
	struct weir_spark *s = (struct weir_spark *)f;

	learn(s, stream, schema);
	if (fixed) {
		weir_schema_unref(s->streams[stream].record);
		s->streams[stream].record = weir_schema_ref(schema);
	}
	s->inner->ops->set_columns(s->inner, stream, schema, fixed);
}

static enum weir_status begin(struct weir_fabric *f, struct weir_error *err)
{
	struct weir_spark *s = (struct weir_spark *)f;

	for (uint32_t i = 0; i < s->config.n_streams; i++)
		if (!s->streams[i].columns) {
			weir_fail(err, WEIR_UNSUPPORTED, "--fabric",
				  WEIR_STR_FMT " has no record to learn columns from",
				  WEIR_STR_ARG(s->streams[i].name));
			weir_error_hint(err, "read from an earlier place (from=), or wait until there are some");
			return WEIR_UNSUPPORTED;
		}
	enum weir_status st = weir_spark_know_columns(s, err);
	if (st != WEIR_OK)
		return st;
	s->begun = true; /* where this question cannot be asked there, another may be */
	return weir_spark_ask(s, &s->asked, err);
}

static enum weir_status land(struct weir_fabric *f, const char *address, struct weir_error *err)
{
	struct weir_spark *s = (struct weir_spark *)f;

	return weir_spark_landing_add(&s->landings, address, &s->master, &s->places, &s->passwords, err);
}

/* ---- the sample ---- */

static enum weir_status check(struct weir_fabric *f, bool *final, struct weir_error *err)
{
	struct weir_spark *s = (struct weir_spark *)f;

	return s->inner->ops->check(s->inner, final, err);
}

static enum weir_status append_take(struct weir_fabric *f, struct weir_batch *batch, const struct weir_batch **kept,
				    struct weir_batch **spare, struct weir_error *err)
{
	struct weir_spark *s = (struct weir_spark *)f;

	if (batch->schema)
		learn(s, batch->stream, batch->schema);
	return s->inner->ops->append_take(s->inner, batch, kept, spare, err);
}

static void set_lag(struct weir_fabric *f, uint32_t stream, uint32_t partition, int64_t lag, uint64_t lost,
		    uint64_t shed_by_source)
{
	struct weir_spark *s = (struct weir_spark *)f;

	s->inner->ops->set_lag(s->inner, stream, partition, lag, lost, shed_by_source);
}

static uint32_t row_columns(struct weir_fabric *f, const struct weir_result_column **columns)
{
	struct weir_spark *s = (struct weir_spark *)f;

	return s->inner->ops->row_columns(s->inner, columns);
}

static enum weir_status rows(struct weir_fabric *f, weir_row_visitor *visit, void *ctx, struct weir_error *err)
{
	struct weir_spark *s = (struct weir_spark *)f;

	return s->inner->ops->rows(s->inner, visit, ctx, err);
}

static enum weir_status held(struct weir_fabric *f, int64_t at_us, struct weir_study_rows **out, struct weir_error *err)
{
	struct weir_spark *s = (struct weir_spark *)f;

	return s->inner->ops->held(s->inner, at_us, out, err);
}

static void strip(struct weir_fabric *f, uint32_t most_buckets, struct weir_strip *out)
{
	struct weir_spark *s = (struct weir_spark *)f;

	s->inner->ops->strip(s->inner, most_buckets, out);
}

static void set_errors(struct weir_fabric *f, const char *condition)
{
	struct weir_spark *s = (struct weir_spark *)f;

	s->inner->ops->set_errors(s->inner, condition);
}

static void interrupt_all(struct weir_fabric *f, bool on)
{
	struct weir_spark *s = (struct weir_spark *)f;

	s->inner->ops->interrupt(s->inner, on);
}

const struct weir_fabric_ops weir_fabric_spark = {
    .name = "spark",
    .help =
	"Spark on a cluster computes the view; --fabric names its master. It reads kafka://, files (JSON, CSV, TSV) and, by JDBC, "
	"postgresql:// and mysql://; it lands in the latter two",
    .takes_batches = true,
    .sample_rows = SAMPLE_ROWS,
    .answers_to = weir_spark_is_master,
    .ready = ready,
    .open = spark_open,
    .set_view = set_view,
    .result = weir_spark_result,
    .explain = weir_spark_explain,
    .interrupt = interrupt_all,
    .close = spark_close,
    .set_columns = set_columns,
    .check = check,
    .append_take = append_take,
    .set_lag = set_lag,
    .row_columns = row_columns,
    .rows = rows,
    .held = held,
    .strip = strip,
    .set_errors = set_errors,
    .newer = weir_spark_newer,
    .describe = weir_spark_describe_status,
    .set_reading = set_reading,
    .begin = begin,
    .land = land,
};
