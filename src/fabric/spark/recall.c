/* Coming back to a job that was left running: what it was asked stands in its control topic. */
#include "recall.h"

#include "topics.h"

#include "weir/base/memory.h"
#include "weir/fabric/fabric.h"

#include <stdlib.h>

enum weir_status weir_spark_recall(const char *address, struct weir_spark_left *out, struct weir_error *err)
{
	struct weir_spark_topics *topics = NULL;
	struct weir_buf text = {0};
	struct weir_uri uri = {0};

	*out = (struct weir_spark_left){0};
	enum weir_status st = weir_uri_parse(weir_str_of(address), false, &uri, err);
	if (st == WEIR_OK && (strcmp(uri.scheme, "kafka") != 0 || !uri.hosts || strncmp(uri.path, "weir-", 5) != 0 ||
			      !uri.path[5] || strchr(uri.path, '/'))) {
		st = weir_fail(err, WEIR_USAGE, "--attach", "this is no address of a job");
		weir_error_hint(err, "kafka://BROKER/weir-ID, as weir said when it left the job");
	}
	if (st == WEIR_OK && (!(out->brokers = weir_str_dup(weir_str_of(uri.hosts))) ||
			      !(out->id = weir_str_dup(weir_str_of(uri.path + 5)))))
		st = weir_fail(err, WEIR_NO_MEMORY, "--attach", "out of memory");
	if (st == WEIR_OK)
		st = weir_spark_topics_open(out->brokers, out->id, NULL, &topics, err);
	if (st == WEIR_OK)
		st = weir_spark_topics_ordered(topics, "job", &text, err);
	if (st == WEIR_OK) {
		out->description = text.failed ? NULL : json_loadb(text.data, text.size, 0, NULL);
		if (!json_is_object(out->description))
			st = weir_fail(err, WEIR_MALFORMED, "--attach", "what stands in the topic is no job of weir");
	}
	weir_spark_topics_close(topics);
	weir_buf_release(&text);
	weir_uri_release(&uri);
	return st;
}

void weir_spark_left_release(struct weir_spark_left *left)
{
	json_decref(left->description);
	free(left->brokers);
	free(left->id);
	*left = (struct weir_spark_left){0};
}

static char *copy(const json_t *text)
{
	return json_is_string(text) ? weir_str_dup(weir_str_of(json_string_value(text))) : NULL;
}

enum weir_status weir_fabric_recall(const char *address, struct weir_fabric_recalled *out, struct weir_error *err)
{
	struct weir_spark_left left;
	*out = (struct weir_fabric_recalled){0};
	enum weir_status st = weir_spark_recall(address, &left, err);
	const json_t *sources = json_object_get(left.description, "sources"),
		     *view = json_object_get(left.description, "view");

	if (st == WEIR_OK) {
		out->fabric = copy(json_object_get(left.description, "fabric"));
		for (size_t i = 0; i < json_array_size(sources) && out->n_sources < WEIR_MAX_STREAMS; i++)
			if ((out->sources[out->n_sources] = copy(json_array_get(sources, i))))
				out->n_sources++;
		for (int i = 0; i < WEIR_VIEW_TEXT_COUNT; i++)
			out->view[i] = copy(json_object_get(view, weir_view_option((enum weir_view_text)i)));
		if (!out->fabric || !out->n_sources)
			st = weir_fail(err, WEIR_MALFORMED, "--attach", "the job does not say what it reads");
	}
	weir_spark_left_release(&left);
	return st;
}

void weir_fabric_recalled_release(struct weir_fabric_recalled *r)
{
	for (size_t i = 0; i < r->n_sources; i++)
		free(r->sources[i]);
	for (int i = 0; i < WEIR_VIEW_TEXT_COUNT; i++)
		free(r->view[i]);
	free(r->fabric);
	*r = (struct weir_fabric_recalled){0};
}
