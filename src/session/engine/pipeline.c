/* The streams and the fabric of one call: opened, started, fed, described, closed; and the log of --log. */
#include "engine.h"

#include "weir/base/print.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { LOG_LINES = 1000 };

#define DEFAULT_LIVE_WINDOW_US (INT64_C(300) * WEIR_US_PER_S)

/* The same file, from its beginning: a pattern of the shell may have named it twice. Two names of one's own are a purpose. */
static bool is_same_file(const struct weir_stream *a, const struct weir_stream *b)
{
	static const char *const parts[] = {"from", "until", "position", "continue"};
	bool same = a->file && a->file == b->file && a->device == b->device && !(a->named && b->named);
	const char *one = weir_uri_param(&a->uri, "stream"), *other = weir_uri_param(&b->uri, "stream");

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		same = same && !weir_uri_param(&a->uri, parts[i]) && !weir_uri_param(&b->uri, parts[i]);
	return same && (one && other ? strcmp(one, other) == 0 : one == other);
}

/* Compares a stream with those before it. */
static enum weir_status check_twins(struct weir_pipeline *p, struct weir_stream *s, struct weir_error *err)
{
	for (const struct weir_stream *other = p->streams; other < s; other++) {
		if (s->source->ops->alone && s->source->ops == other->source->ops) {
			weir_fail(err, WEIR_USAGE, "command line", "%s is named twice, but can be read only once",
				  s->source->ops->example);
			weir_error_hint(err, "leave one of the two out");
			return WEIR_USAGE;
		}
		if (s->named && other->named && !s->config.one_of.size && strcmp(s->name, other->name) == 0) {
			weir_fail(err, WEIR_USAGE, "command line", "two sources have the name %s", s->name);
			weir_error_hint(err, "give each a name of its own");
			return WEIR_USAGE;
		}
		if (!s->same_as[0] && is_same_file(other, s))
			memcpy(s->same_as, other->name, sizeof s->same_as);
	}
	return WEIR_OK;
}

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

/* *asked: what the view names alone. */
static enum weir_status want_columns(struct weir_pipeline *p, struct weir_decode_want *want,
				     struct weir_decode_want *asked, struct weir_error *err)
{
	struct weir_str *names = NULL;
	const struct weir_view *v = &p->options->view;

	enum weir_status st = weir_view_columns(v, &p->arena, &names, &want->n_names, &want->all, &want->raw,
						&want->key, &want->headers, &want->stamp, err);
	want->names = names;
	*asked = *want;
	if (p->options->explain || p->live || p->options->land.n)
		want->all = true;
	if (p->options->land.n && weir_options_keep_malformed(p->options))
		want->raw = true; /* rows that did not parse are landed as they came */
	/* The next question on a screen may name any of them. What came as text would cost more than all the columns that
	 * were made of it: that is kept once a question names it (weir_pipeline_keep_raw). */
	if (p->live)
		want->key = want->headers = want->stamp = want->left_out = true;
	return st;
}

void weir_pipeline_keep_raw(struct weir_pipeline *p, const struct weir_view *view)
{
	struct weir_arena arena = {0};
	struct weir_str *names = NULL;
	size_t n;
	bool all, raw = false, key, headers, stamp;
	enum weir_status st = weir_view_columns(view, &arena, &names, &n, &all, &raw, &key, &headers, &stamp, NULL);

	weir_arena_release(&arena);
	for (uint32_t i = 0; st == WEIR_OK && raw && i < p->n_streams; i++)
		weir_stream_keep_raw(&p->streams[i]);
}

/* The streams of the call: one a source, but of a capture as many as it holds. */
struct stream_list {
	struct {
		const char *source;
		struct weir_str one_of;
		bool alone;
	} items[WEIR_MAX_STREAMS];
	uint32_t n;
};

static enum weir_status list_streams(struct weir_pipeline *p, struct stream_list *out, struct weir_error *err)
{
	const struct weir_options *o = p->options;

	for (size_t i = 0; i < o->n_sources; i++) {
		struct weir_str *names = NULL;
		size_t n = 0;
		enum weir_status st =
		    p->ops->takes_batches ? weir_stream_names(o->sources[i], &p->arena, &names, &n, err) : WEIR_OK;
		if (st != WEIR_OK)
			return st;
		for (size_t k = 0; k < (n ? n : 1); k++) {
			if (out->n == WEIR_MAX_STREAMS)
				return weir_fail(err, WEIR_USAGE, "command line", "more than %d streams",
						 WEIR_MAX_STREAMS);
			out->items[out->n].source = o->sources[i];
			out->items[out->n].alone = n < 2;
			out->items[out->n++].one_of = n ? names[k] : (struct weir_str){NULL, 0};
		}
	}
	return WEIR_OK;
}

static enum weir_status open_streams(struct weir_pipeline *p, int stdin_fd, struct weir_error *err)
{
	const struct weir_options *o = p->options;
	struct weir_stream_config c = {
	    .options = o,
	    .clock = p->clock,
	    .log = p->log,
	    .budget = &p->budget,
	    .replay = &p->replay,
	    .wake = &p->wake,
	    .stdin_fd = stdin_fd,
	    .elsewhere = !p->ops->takes_batches,
	    .live = p->live,
	};
	struct stream_list list = {0};
	struct weir_decode_want asked = {0};
	enum weir_status st = want_columns(p, &c.want, &asked, err);

	if (st == WEIR_OK)
		st = list_streams(p, &list, err);
	if (st != WEIR_OK)
		return st;
	p->streams = weir_calloc(list.n, sizeof *p->streams);
	p->schemas = weir_calloc(list.n, sizeof *p->schemas);
	if (!p->streams || !p->schemas)
		return weir_fail(err, WEIR_NO_MEMORY, "session", "out of memory");
	p->finite = true;
	c.question = weir_pipeline_question(p, &asked, list.n);
	for (uint32_t i = 0; i < list.n; i++) {
		c.index = (uint16_t)i;
		c.one_of = list.items[i].one_of;
		c.alone = list.items[i].alone;
		st = weir_stream_open(&p->streams[i], &c, list.items[i].source, err);
		if (st != WEIR_OK)
			return st;
		p->n_streams++;
		st = check_twins(p, &p->streams[i], err);
		if (st != WEIR_OK)
			return st;
		p->finite = p->finite && !c.elsewhere && weir_source_finite(p->streams[i].source);
	}
	make_names_differ(p);
	return WEIR_OK;
}

static enum weir_status open_fabric(struct weir_pipeline *p, struct weir_error *err)
{
	const struct weir_window *w = &p->options->view.window;
	struct weir_fabric_stream *streams = weir_arena_zalloc(&p->arena, (p->n_streams + 1) * sizeof *streams);

	if (!streams)
		return weir_fail(err, WEIR_NO_MEMORY, "session", "out of memory");
	for (uint32_t i = 0; i < p->n_streams; i++) {
		const struct weir_stream *s = &p->streams[i];
		streams[i] = (struct weir_fabric_stream){
		    .name = weir_str_of(s->name),
		    .address = p->n_streams == p->options->n_sources ? p->options->sources[i] : s->address,
		    .uri = &s->uri,
		    .format = s->format,
		    .time = s->time,
		    .nulls = s->nulls,
		    .header = s->header,
		    .encoding = s->encoding,
		};
	}
	struct weir_fabric_config c = {
	    .name = p->options->fabric,
	    .lookup = p->options->lookup,
	    .attach = p->options->attach,
	    .detach = p->options->detach,
	    .explain = p->options->explain,
	    .budget = &p->budget,
	    .clock = p->clock,
	    .log = p->log,
	    .wake = &p->wake,
	    .n_streams = p->n_streams,
	    .streams = streams,
	    .live = p->live,
	    .finite = p->finite,
	    .keep_rows = w->kind == WEIR_WINDOW_SLIDING || w->kind == WEIR_WINDOW_ROWS || p->options->why != NULL,
	    .retain_us = p->options->retain_us,
	    .retain_rows = p->options->retain_rows,
	    .threads = weir_cpu_count(),
	};
	return p->ops->open(&c, &p->fabric, err);
}

/* The rows do not come here: who reads the sources writes the landings, too, where it can. */
static enum weir_status land_elsewhere(struct weir_pipeline *p, struct weir_error *err)
{
	const struct weir_options *o = p->options;
	enum weir_status st = WEIR_OK;

	if (o->land_view.n || (o->land.n && !p->ops->land))
		return weir_fail(err, WEIR_UNSUPPORTED, o->land_view.n ? "--land-view" : "--land",
				 "the rows do not come here: the fabric reads the sources itself");
	for (size_t i = 0; i < o->land.n && st == WEIR_OK; i++)
		st = p->ops->land(p->fabric, o->land.list[i], err);
	return st;
}

/* After the sources, so that one that is not there leaves no empty file. */
static enum weir_status open_landings(struct weir_pipeline *p, struct weir_error *err)
{
	struct weir_landing_stream streams[WEIR_MAX_STREAMS];

	bool waits = true;

	for (uint32_t i = 0; i < p->n_streams; i++) {
		const struct weir_source *source = p->streams[i].source;
		streams[i] = (struct weir_landing_stream){weir_str_of(p->streams[i].name), source && source->ops->once};
		waits = waits && (!source || source->ops->can_wait);
	}
	const struct weir_landings_config c = {
	    .options = p->options,
	    .clock = p->clock,
	    .budget = &p->budget,
	    .wake = &p->wake,
	    .n_streams = p->n_streams,
	    .streams = streams,
	    .fabric = p->ops,
	    .live = p->live,
	    .finite = p->finite,
	    .waits = waits,
	};
	if (weir_fabric_reads_elsewhere(p->ops))
		return land_elsewhere(p, err);
	return p->options->explain ? WEIR_OK : weir_landings_open(&p->landings, &c, err);
}

/* At once, so that a file that cannot be written is reported before anything is read. */
static enum weir_status open_log_file(struct weir_pipeline *p, struct weir_error *err)
{
	const char *path = p->options->log_file;

	/* Libraries may say there what only its owner should read. */
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0600) : -1;
	if (path && (fd < 0 || !(p->log_file = fdopen(fd, "w")))) {
		weir_fail(err, WEIR_IO, path, "could not write the log: %s", strerror(errno));
		if (fd >= 0)
			close(fd);
		return WEIR_IO;
	}
	return WEIR_OK;
}

static enum weir_status end_log(struct weir_pipeline *p, struct weir_error *err)
{
	struct weir_buf text = {0}, safe = {0};

	if (!p->log_file)
		return WEIR_OK;
	weir_log_tail(p->log, LOG_LINES, &text);
	weir_print_lines(weir_buf_str(&text), &safe); /* it is made for a terminal, where `cat` shows it */
	errno = ENOMEM;
	bool good =
	    !text.failed && !safe.failed && fwrite(safe.data ? safe.data : "", 1, safe.size, p->log_file) == safe.size;
	good = fclose(p->log_file) == 0 && good;
	p->log_file = NULL;
	weir_buf_release(&text);
	weir_buf_release(&safe);
	return good ? WEIR_OK
		    : weir_fail(err, WEIR_IO, p->options->log_file, "could not write the log: %s", strerror(errno));
}

enum weir_status weir_pipeline_check_errors(const char *condition, struct weir_error *err)
{
	struct weir_str text = weir_str_of(condition);
	struct weir_view view;

	if (!text.size || weir_str_equal_nocase(text, WEIR_STR("auto")) ||
	    weir_str_equal_nocase(text, WEIR_STR("none")))
		return WEIR_OK;
	weir_view_init(&view);
	enum weir_status st = weir_view_set(&view, WEIR_VIEW_WHERE, condition, 0, err);
	weir_view_release(&view);
	if (st == WEIR_EXPRESSION && err)
		snprintf(err->origin, sizeof err->origin, "--errors");
	return st;
}

enum weir_status weir_pipeline_open(struct weir_pipeline *p, struct weir_options *options,
				    const struct weir_clock *clock, int stdin_fd, bool live, struct weir_error *err)
{
	*p = (struct weir_pipeline){.options = options, .clock = clock, .live = live, .wake.fd = -1};
	p->budget.limit_bytes = options->memory_bytes;
	weir_process_memory_prepare(&p->budget);
	weir_replay_init(&p->replay, clock, options->speed);
	enum weir_status st = weir_wake_init(&p->wake, err);
	if (st == WEIR_OK && !(p->log = weir_log_new(LOG_LINES)))
		st = weir_fail(err, WEIR_NO_MEMORY, "session", "out of memory");
	if (st == WEIR_OK)
		st = weir_pipeline_check_errors(options->errors, err);
	if (st == WEIR_OK)
		st = open_log_file(p, err);
	if (st == WEIR_OK)
		st = weir_fabric_find(options->fabric, &p->ops, err);
	if (st == WEIR_OK)
		st = open_streams(p, stdin_fd, err);
	if (st == WEIR_OK)
		st = open_fabric(p, err);
	if (st == WEIR_OK)
		st = open_landings(p, err);
	if (st == WEIR_OK)
		st = weir_pipeline_open_capture(p, err);
	if (st != WEIR_OK)
		weir_pipeline_close(p, NULL);
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

void weir_pipeline_finish(struct weir_pipeline *p)
{
	for (uint32_t i = 0; i < p->n_streams; i++)
		weir_stream_finish(&p->streams[i]);
}

void weir_pipeline_stop(struct weir_pipeline *p)
{
	for (uint32_t i = 0; i < p->n_streams; i++)
		weir_stream_stop(&p->streams[i]);
	if (p->capture)
		weir_capture_writer_hurry(p->capture);
}

void weir_pipeline_end_landings(struct weir_pipeline *p, bool interrupted, bool ended)
{
	bool failed = false;

	for (uint32_t i = 0; i < p->n_streams && p->landings.n; i++)
		failed = weir_stream_error(&p->streams[i], NULL) || failed;
	if (ended && !failed)
		weir_landings_end_results(&p->landings);
	weir_landings_end(&p->landings, !interrupted && !failed);
}

enum weir_status weir_pipeline_close(struct weir_pipeline *p, struct weir_error *err)
{
	weir_pipeline_stop(p);
	weir_landings_close(&p->landings);
	if (p->fabric)
		p->ops->close(p->fabric);
	for (uint32_t i = 0; i < p->n_streams; i++)
		weir_stream_close(&p->streams[i]);
	for (uint32_t i = 0; p->schemas && i < p->n_streams; i++)
		weir_schema_unref(p->schemas[i]);
	free(p->schemas);
	free(p->streams);
	weir_process_memory_release(&p->process, &p->budget);
	weir_arena_release(&p->arena);
	weir_replay_release(&p->replay);
	enum weir_status captured = weir_pipeline_close_capture(p, err),
			 logged = end_log(p, captured == WEIR_OK ? err : NULL);
	weir_log_free(p->log);
	if (p->wake.fd >= 0)
		weir_wake_release(&p->wake);
	*p = (struct weir_pipeline){.wake.fd = -1};
	return captured == WEIR_OK ? logged : captured;
}

enum weir_status weir_pipeline_resolve(const struct weir_pipeline *p, const struct weir_view *view,
				       struct weir_view *out, struct weir_error *err)
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

bool weir_pipeline_must_wait(const struct weir_pipeline *p, uint32_t stream)
{
	return p->streams[stream].source->ops->can_wait && !weir_landings_have_room(&p->landings);
}

enum weir_status weir_pipeline_append(struct weir_pipeline *p, struct weir_batch *batch, const struct weir_batch **kept,
				      struct weir_error *err)
{
	uint32_t i = batch->stream;
	struct weir_batch *spare = NULL;
	if (!weir_pipeline_sample(p, batch)) {
		weir_stream_give_back(&p->streams[i], batch);
		*kept = NULL;
		return WEIR_OK;
	}
	enum weir_status st = weir_landings_add(&p->landings, batch, err);
	if (st != WEIR_OK) {
		weir_batch_free(batch);
		*kept = NULL;
		return st;
	}
	st = p->ops->append_take(p->fabric, batch, kept, &spare, err);
	weir_stream_give_back(&p->streams[i], spare);
	return st;
}

enum weir_status weir_pipeline_check_memory(struct weir_pipeline *p, bool last, struct weir_error *err)
{
	return weir_process_memory_check(&p->process, &p->budget, last, err);
}

void weir_pipeline_set_lag(struct weir_pipeline *p)
{
	struct weir_source_status status;

	for (uint32_t i = 0; p->ops->set_lag && i < p->n_streams; i++) {
		weir_stream_status(&p->streams[i], &status);
		uint32_t n = weir_partitions_count(status.partitions);
		for (uint32_t k = 0; k < n; k++) {
			const struct weir_partition *from = weir_partitions_get(status.partitions, k);
			p->ops->set_lag(p->fabric, i, k, from->lag, from->lost, from->shed);
			weir_landings_set_lag(&p->landings, i, k, from->lag, from->lost, from->shed);
		}
	}
}

enum weir_status weir_pipeline_check_names(struct weir_pipeline *p, bool *final, struct weir_error *err)
{
	*final = true;
	return p->ops->check ? p->ops->check(p->fabric, final, err) : WEIR_OK;
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
