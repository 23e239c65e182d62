#include "pipeline.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { LOG_LINES = 1000 };

#define DEFAULT_LIVE_WINDOW_US (INT64_C(300) * WEIR_US_PER_S)

/* A name that another stream has already gets a number. */
static void make_names_differ(struct weir_pipeline *p)
{
	for (uint32_t i = 1; i < p->n_streams; i++) {
		char *name = p->streams[i].name;
		for (uint32_t k = 0; k < i; k++) {
			if (strcmp(name, p->streams[k].name) != 0)
				continue;
			size_t end = strlen(name) < 48 ? strlen(name) : 48;
			snprintf(name + end, sizeof p->streams[i].name - end, "#%u", i + 1);
			break;
		}
	}
}

static enum weir_status want_columns(struct weir_pipeline *p, struct weir_decode_want *want, struct weir_error *err)
{
	struct weir_str *names = NULL;
	const struct weir_view *v = &p->options->view;

	if (p->live) {
		*want = (struct weir_decode_want){.all = true};
		return WEIR_OK;
	}
	enum weir_status st = weir_view_columns(v, &p->arena, &names, &want->n_names, &want->all, &want->raw, &want->key,
						&want->headers, &want->topic, err);
	want->names = names;
	if (p->options->explain)
		want->all = true;
	return st;
}

static enum weir_status open_streams(struct weir_pipeline *p, int stdin_fd, struct weir_error *err)
{
	const struct weir_options *o = p->options;
	struct weir_stream_config c = {
		.options = o, .clock = p->clock, .log = p->log, .budget = &p->budget, .replay = &p->replay,
		.wake = &p->wake, .stdin_fd = stdin_fd, .live = p->live,
	};
	enum weir_status st = want_columns(p, &c.want, err);

	if (st != WEIR_OK)
		return st;
	if (o->n_sources > WEIR_MAX_STREAMS)
		return weir_fail(err, WEIR_USAGE, "command line", "more than %d sources", WEIR_MAX_STREAMS);
	p->streams = weir_calloc(o->n_sources, sizeof *p->streams);
	p->schemas = weir_calloc(o->n_sources, sizeof *p->schemas);
	if (!p->streams || !p->schemas)
		return weir_fail(err, WEIR_NO_MEMORY, "session", "out of memory");
	p->finite = true;
	for (size_t i = 0; i < o->n_sources; i++) {
		c.index = (uint16_t)i;
		st = weir_stream_open(&p->streams[i], &c, o->sources[i], err);
		if (st != WEIR_OK)
			return st;
		p->n_streams++;
		/* A pipe that a batch reads to its end is as finite as a file. */
		bool pipe = !p->live && strcmp(p->streams[i].uri.scheme, "stdin") == 0;
		p->finite = p->finite && (pipe || weir_source_finite(p->streams[i].source));
	}
	make_names_differ(p);
	return WEIR_OK;
}

static enum weir_status open_fabric(struct weir_pipeline *p, struct weir_error *err)
{
	struct weir_str names[WEIR_MAX_STREAMS];
	const struct weir_window *w = &p->options->view.window;

	for (uint32_t i = 0; i < p->n_streams; i++)
		names[i] = weir_str_of(p->streams[i].name);
	struct weir_fabric_config c = {
		.budget = &p->budget,
		.clock = p->clock,
		.log = p->log,
		.n_streams = p->n_streams,
		.stream_names = names,
		.live = p->live,
		.keep_rows = w->kind == WEIR_WINDOW_SLIDING || w->kind == WEIR_WINDOW_ROWS,
		.retain_us = p->options->retain_us,
		.retain_rows = p->options->retain_rows,
		.threads = weir_cpu_count(),
	};
	return weir_fabric_table[0]->open(&c, &p->fabric, err);
}

/* At once, so that a name that cannot be written is told before anything is read. */
static enum weir_status open_log_file(struct weir_pipeline *p, struct weir_error *err)
{
	const char *path = p->options->log_file;

	if (path && !(p->log_file = fopen(path, "we")))
		return weir_fail(err, WEIR_IO, path, "could not write the log: %s", strerror(errno));
	return WEIR_OK;
}

static void write_log_file(struct weir_pipeline *p)
{
	struct weir_buf text = {0};

	if (!p->log_file)
		return;
	weir_log_tail(p->log, LOG_LINES, &text);
	if (text.size)
		(void)!fwrite(text.data, 1, text.size, p->log_file);
	fclose(p->log_file);
	weir_buf_release(&text);
}

enum weir_status weir_pipeline_open(struct weir_pipeline *p, struct weir_options *options, const struct weir_clock *clock,
				    int stdin_fd, bool live, struct weir_error *err)
{
	*p = (struct weir_pipeline){.options = options, .clock = clock, .live = live, .wake.fd = -1};
	p->budget.limit_bytes = options->memory_bytes;
	weir_replay_init(&p->replay, clock, options->speed);
	enum weir_status st = weir_wake_init(&p->wake, err);
	if (st == WEIR_OK && !(p->log = weir_log_new(LOG_LINES)))
		st = weir_fail(err, WEIR_NO_MEMORY, "session", "out of memory");
	if (st == WEIR_OK)
		st = open_log_file(p, err);
	if (st == WEIR_OK)
		st = open_streams(p, stdin_fd, err);
	if (st == WEIR_OK)
		st = open_fabric(p, err);
	if (st != WEIR_OK)
		weir_pipeline_close(p);
	return st;
}

enum weir_status weir_pipeline_start(struct weir_pipeline *p, struct weir_error *err)
{
	for (uint32_t i = 0; i < p->n_streams; i++) {
		enum weir_status st = weir_stream_start(&p->streams[i], err);
		if (st != WEIR_OK)
			return st;
	}
	return WEIR_OK;
}

void weir_pipeline_stop(struct weir_pipeline *p)
{
	for (uint32_t i = 0; i < p->n_streams; i++)
		weir_stream_stop(&p->streams[i]);
}

void weir_pipeline_close(struct weir_pipeline *p)
{
	weir_pipeline_stop(p);
	for (uint32_t i = 0; i < p->n_streams; i++)
		weir_stream_close(&p->streams[i]);
	if (p->fabric)
		p->fabric->ops->close(p->fabric);
	for (uint32_t i = 0; p->schemas && i < p->n_streams; i++)
		weir_schema_unref(p->schemas[i]);
	free(p->schemas);
	free(p->streams);
	weir_arena_release(&p->arena);
	weir_replay_release(&p->replay);
	write_log_file(p);
	weir_log_free(p->log);
	if (p->wake.fd >= 0)
		weir_wake_release(&p->wake);
	*p = (struct weir_pipeline){.wake.fd = -1};
}

enum weir_status weir_pipeline_resolve(const struct weir_pipeline *p, const struct weir_view *view, struct weir_view *out,
				       struct weir_error *err)
{
	enum weir_status st = weir_view_copy(out, view, err);

	if (st != WEIR_OK || out->window.kind != WEIR_WINDOW_DEFAULT)
		return st;
	if (p->live && !p->finite)
		out->window = (struct weir_window){.kind = WEIR_WINDOW_SLIDING, .size_us = DEFAULT_LIVE_WINDOW_US};
	else
		out->window = (struct weir_window){.kind = WEIR_WINDOW_ALL};
	return WEIR_OK;
}

bool weir_pipeline_schema_changes(const struct weir_pipeline *p, const struct weir_batch *batch)
{
	return batch->schema && batch->schema != p->schemas[batch->stream];
}

void weir_pipeline_learn_schema(struct weir_pipeline *p, const struct weir_batch *batch)
{
	weir_schema_unref(p->schemas[batch->stream]);
	p->schemas[batch->stream] = weir_schema_ref(batch->schema);
}

enum weir_status weir_pipeline_append(struct weir_pipeline *p, struct weir_batch *batch, const struct weir_batch **kept,
				      struct weir_error *err)
{
	uint32_t i = batch->stream;
	struct weir_batch *left = NULL;
	enum weir_status st = p->fabric->ops->append_take(p->fabric, batch, kept, &left, err);
	weir_stream_give_back(&p->streams[i], left);
	return st;
}

void weir_pipeline_set_lag(struct weir_pipeline *p)
{
	enum { MAX = sizeof ((struct weir_source_status *)0)->partitions / sizeof(struct weir_partition_status) };
	struct weir_source_status status;

	for (uint32_t i = 0; i < p->n_streams; i++) {
		weir_source_status(p->streams[i].source, &status);
		for (uint32_t k = 0; k < status.n_partitions && k < MAX; k++)
			p->fabric->ops->set_lag(p->fabric, i, k, status.partitions[k].lag);
	}
}

/* The sample's columns and those that came since. Owned by the caller; NULL: no memory. */
static const struct weir_schema *all_columns(struct weir_pipeline *p, uint32_t i)
{
	bool fixed;
	const struct weir_schema *sample = weir_stream_sample_schema(&p->streams[i], &fixed), *now = p->schemas[i];

	if (!sample || !now) {
		if (sample)
			return sample;
		return now ? weir_schema_ref(now) : weir_schema_new();
	}
	struct weir_schema *both = weir_schema_next(sample);
	weir_schema_unref(sample);
	for (uint32_t k = 0; both && k < now->n_fields; k++)
		if (weir_schema_find(both, now->fields[k].name) < 0)
			(void)weir_schema_add(both, now->fields[k].name, now->fields[k].type);
	return both;
}

/* An error in an expression is found again by the option that holds it. */
static void name_option(const struct weir_view *view, struct weir_error *err)
{
	if (!err || err->code != WEIR_EXPRESSION || !err->text[0])
		return;
	for (int i = 0; i < WEIR_VIEW_TEXT_COUNT; i++)
		if (view->text[i] && strstr(view->text[i], err->text)) {
			snprintf(err->origin, sizeof err->origin, "--%s", weir_view_option((enum weir_view_text)i));
			return;
		}
}

enum weir_status weir_pipeline_bind(struct weir_pipeline *p, const struct weir_view *view, struct weir_plan **out, struct weir_error *err)
{
	const struct weir_schema *schemas[WEIR_MAX_STREAMS];
	struct weir_str names[WEIR_MAX_STREAMS];
	struct weir_view resolved;
	uint32_t n = 0, n_columns = 0;

	weir_view_init(&resolved);
	enum weir_status st = weir_pipeline_resolve(p, view, &resolved, err);
	for (; n < p->n_streams && st == WEIR_OK; n++) {
		names[n] = weir_str_of(p->streams[n].name);
		if (!(schemas[n] = all_columns(p, n))) {
			st = weir_fail(err, WEIR_NO_MEMORY, "session", "out of memory");
			break;
		}
		n_columns += schemas[n]->n_fields;
	}
	if (st == WEIR_OK) {
		struct weir_plan_config c = {
			.view = &resolved, .n_streams = n, .schemas = schemas, .stream_names = names, .finite = p->finite,
			.schemas_complete = n_columns > 0, /* nothing came: nothing is known to be wrong */
			.budget = &p->budget,
		};
		st = weir_plan_bind(&c, out, err);
		name_option(view, err);
	}
	while (n > 0)
		weir_schema_unref(schemas[--n]);
	weir_view_release(&resolved);
	return st;
}

enum weir_status weir_pipeline_check_names(struct weir_pipeline *p, const struct weir_view *view, struct weir_error *err)
{
	struct weir_plan *plan = NULL;
	enum weir_status st = weir_pipeline_bind(p, view, &plan, err);

	weir_plan_free(plan);
	return st;
}

bool weir_pipeline_opened(struct weir_pipeline *p)
{
	for (uint32_t i = 0; i < p->n_streams; i++)
		if (!weir_stream_opened(&p->streams[i]))
			return false;
	return true;
}

bool weir_pipeline_columns_fixed(struct weir_pipeline *p)
{
	for (uint32_t i = 0; i < p->n_streams; i++) {
		bool fixed;
		const struct weir_schema *schema = weir_stream_sample_schema(&p->streams[i], &fixed);
		bool known = schema != NULL;
		weir_schema_unref(schema);
		if (!known || !fixed)
			return false;
	}
	return true;
}
