/* Spark's reader of a source, and its options. */
#include "driver.h"
#include "records.h"

#include "weir/query/view.h"

#include <stdio.h>
#include <stdlib.h>

static enum weir_status no_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "spark", "out of memory");
}

static bool set(json_t *options, const char *name, const char *value)
{
	return value && json_object_set_new(options, name, json_string(value)) == 0;
}

/* ---- Kafka ---- */

/* Where reading starts or stops. Spark's words for the ends are ours. */
static enum weir_status set_place(const struct weir_spark_stream *s, const char *name, const char *offsets,
				  const char *time, const char *otherwise, int64_t now_us, json_t *options,
				  struct weir_error *err)
{
	const char *text = weir_uri_param(s->uri, name);
	int64_t number, us;
	char ms[32];

	text = text ? text : otherwise;
	if (strcmp(text, "earliest") == 0 || strcmp(text, "latest") == 0)
		return set(options, offsets, text) ? WEIR_OK : no_memory(err);
	if (weir_parse_int64(weir_str_of(text), false, &number)) {
		weir_fail(err, WEIR_UNSUPPORTED, s->uri->scheme, "%s=%s: Spark counts no records from an end", name,
			  text);
		weir_error_hint(err, "say earliest, latest, or a time such as -15m");
		return WEIR_UNSUPPORTED;
	}
	enum weir_status st = weir_moment_parse(weir_str_of(text), now_us, &us, err);
	if (st != WEIR_OK)
		return st;
	snprintf(ms, sizeof ms, "%lld", (long long)(us / 1000 - (us % 1000 < 0)));
	return set(options, time, ms) ? WEIR_OK : no_memory(err);
}

/* "0,3-5" as numbers; false: it is none of that form (the source has said so by then). */
static bool add_numbers(struct weir_str text, json_t *out)
{
	enum { MOST = 10000 };

	while (text.size) {
		struct weir_str to, from = weir_str_cut(weir_str_cut(text, ',', &text), '-', &to);
		int64_t first, last;
		if (!weir_parse_int64(from, true, &first) || (to.data && !weir_parse_int64(to, true, &last)))
			return false;
		last = to.data ? last : first;
		for (int64_t i = first; i <= last && json_array_size(out) < MOST; i++)
			json_array_append_new(out, json_integer(i));
	}
	return json_array_size(out) > 0;
}

static enum weir_status set_topics(const struct weir_spark_stream *s, json_t *options, struct weir_error *err)
{
	const char *partitions = weir_uri_param(s->uri, "partitions"), *topics = s->uri->path;

	if (!partitions) {
		bool pattern = topics[0] == '^';
		if (pattern && strchr(topics, ','))
			return weir_fail(err, WEIR_UNSUPPORTED, "kafka",
					 "Spark reads topics by their names or by one pattern, not by both");
		return set(options, pattern ? "subscribePattern" : "subscribe", topics) ? WEIR_OK : no_memory(err);
	}
	json_t *assign = json_object(), *numbers = json_array();
	bool good = assign && numbers && add_numbers(weir_str_of(partitions), numbers);
	for (struct weir_str rest = weir_str_of(topics); good && rest.size;) {
		struct weir_str topic = weir_str_cut(rest, ',', &rest);
		char *name = weir_str_dup(topic);
		good = name && json_object_set(assign, name, numbers) == 0;
		free(name);
	}
	char *text = good ? json_dumps(assign, JSON_COMPACT) : NULL;
	good = text && set(options, "assign", text);
	free(text);
	json_decref(assign);
	json_decref(numbers);
	return good ? WEIR_OK : no_memory(err);
}

/* Properties of librdkafka that Java's client has under the same name. The others mean nothing there, or something else. */
static enum weir_status set_properties(const struct weir_spark_stream *s, json_t *options, struct weir_error *err)
{
	static const char *const ours[] = {"from", "until",    "partitions", "format",
					   "time", "encoding", "join-lines", NULL};
	static const char *const same[] = {"security.protocol", "client.id", "client.rack", "isolation.level", NULL};
	static const char *const aside[] = {"group.id", "topic.metadata.refresh.interval.ms", NULL};

	if (s->uri->user || s->uri->password) {
		weir_fail(err, WEIR_UNSUPPORTED, "kafka",
			  "a password would stand in the job's description, which the brokers keep");
		weir_error_hint(
		    err, "give Spark a JAAS file (spark.driver.extraJavaOptions, spark.executor.extraJavaOptions)");
		return WEIR_UNSUPPORTED;
	}
	for (size_t i = 0; i < s->uri->n_params; i++) {
		const struct weir_param *p = &s->uri->params[i];
		const char *const *lists[] = {ours, same, aside};
		int found = -1;
		for (int l = 0; l < 3; l++)
			for (const char *const *name = lists[l]; *name; name++)
				found = strcmp(*name, p->name) == 0 ? l : found;
		if (found < 0) {
			weir_fail(err, WEIR_UNSUPPORTED, "kafka", "%s= has no meaning for Spark's Kafka reader",
				  p->name);
			weir_error_hint(err, "leave it out, or give --fabric the property of Java's client");
			return WEIR_UNSUPPORTED;
		}
		char name[300];
		snprintf(name, sizeof name, "kafka.%.280s", p->name);
		if (found == 1 && !set(options, name, p->value))
			return no_memory(err);
	}
	return WEIR_OK;
}

static enum weir_status kafka_reader(const struct weir_spark_stream *s, bool finite, int64_t now_us, json_t *options,
				     struct weir_error *err)
{
	if (!set(options, "kafka.bootstrap.servers", s->uri->hosts))
		return no_memory(err);
	enum weir_status st = set_topics(s, options, err);
	if (st == WEIR_OK)
		st = set_place(s, "from", "startingOffsets", "startingTimestamp", "earliest", now_us, options, err);
	if (st == WEIR_OK && weir_uri_param(s->uri, "from") && json_object_get(options, "startingTimestamp") &&
	    !set(options, "startingOffsetsByTimestampStrategy", "latest")) /* no record is that new */
		st = no_memory(err);
	if (st == WEIR_OK && finite)
		st = set_place(s, "until", "endingOffsets", "endingTimestamp", "latest", now_us, options, err);
	return st == WEIR_OK ? set_properties(s, options, err) : st;
}

/* ---- files ---- */

static enum weir_status file_reader(const struct weir_spark_stream *s, json_t *out, json_t *options,
				    struct weir_error *err)
{
	const struct weir_spark_records *records = weir_spark_records(s);

	char *path = realpath(s->uri->path, NULL);

	if (!path)
		return weir_fail(err, WEIR_NOT_FOUND, s->uri->path, "is not there");
	for (size_t i = 0; i < s->uri->n_params; i++)
		if (strcmp(s->uri->params[i].name, "format") != 0 && strcmp(s->uri->params[i].name, "time") != 0) {
			free(path);
			return weir_fail(err, WEIR_UNSUPPORTED, s->uri->path, "%s= has no meaning for Spark's reader",
					 s->uri->params[i].name);
		}
	bool good = set(options, "path", path) && set(out, "format", records ? records->file_reader : "text") &&
		    (!records || !records->set_options || records->set_options(s, out, options));
	free(path);
	return good ? WEIR_OK : no_memory(err);
}

/* ---- any ---- */

static enum weir_status fill(const struct weir_spark_stream *s, bool finite, int64_t now_us, json_t *out,
			     json_t *options, struct weir_error *err)
{
	if (strcmp(s->uri->scheme, "kafka") == 0)
		return set(out, "format", "kafka") ? kafka_reader(s, finite, now_us, options, err) : no_memory(err);
	if (weir_uri_is_file(s->uri) && finite)
		return file_reader(s, out, options, err);
	if (weir_spark_has_tables(s->uri->scheme) && finite)
		return set(out, "format", "jdbc") ? weir_spark_table_reader(s, options, err) : no_memory(err);
	if (weir_spark_has_tables(s->uri->scheme)) {
		weir_fail(err, WEIR_UNSUPPORTED, s->uri->scheme, "Spark reads a table once, and does not follow it");
		weir_error_hint(err, "in a batch (-b), without follow=yes, it can be read there");
		return WEIR_UNSUPPORTED;
	}
	if (strcmp(s->uri->scheme, "kinesis") == 0)
		weir_fail(
		    err, WEIR_UNSUPPORTED, s->uri->scheme,
		    "Spark has no Structured Streaming reader for Kinesis: its own is one of RDDs, which answers no SQL");
	else
		weir_fail(err, WEIR_UNSUPPORTED, s->uri->scheme, "Spark has no reader for this source");
	weir_error_hint(err, "kafka://, files and tables by JDBC can be read there; --fabric local reads all");
	return WEIR_UNSUPPORTED;
}

enum weir_status weir_spark_stream_reader(const struct weir_spark_stream *s, bool finite, int64_t now_us, json_t *out,
					  struct weir_error *err)
{
	json_t *options = json_object();

	if (!options || json_object_set_new(out, "options", options) != 0)
		return no_memory(err);
	return fill(s, finite, now_us, out, options, err);
}
