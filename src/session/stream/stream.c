/* A stream's life: opening, handing over, closing. What its thread does is in run.c. */
#include "stream.h"

#include "weir/source/continued.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RING_BATCHES = 8 };

struct weir_str weir_stream_split(struct weir_str text, struct weir_str *source)
{
	size_t n = 0;

	*source = text;
	while (n < text.size && (isalnum((unsigned char)text.data[n]) || strchr("_-.", text.data[n])))
		n++;
	if (n == 0 || n >= text.size || text.data[n] != '=' || n + 1 >= text.size)
		return (struct weir_str){NULL, 0};
	*source = (struct weir_str){text.data + n + 1, text.size - n - 1};
	return (struct weir_str){text.data, n};
}

static bool file_exists(struct weir_str path)
{
	char *c_path = weir_str_dup(path);
	bool yes = c_path && access(c_path, F_OK) == 0;

	free(c_path);
	return yes;
}

/* The last part of the address: a file's base name, a topic, a generator. */
static void name_stream(struct weir_stream *s, struct weir_str given)
{
	struct weir_str one = s->config.one_of;

	const char *path = s->uri.path ? s->uri.path : "";
	const char *slash = strrchr(path, '/');

	s->named = given.size > 0;
	if (one.size && given.size && !s->config.alone)
		snprintf(s->name, sizeof s->name, WEIR_STR_FMT "." WEIR_STR_FMT, WEIR_STR_ARG(given),
			 WEIR_STR_ARG(one));
	else if (one.size && !given.size)
		snprintf(s->name, sizeof s->name, WEIR_STR_FMT, WEIR_STR_ARG(one));
	else if (given.size)
		snprintf(s->name, sizeof s->name, WEIR_STR_FMT, WEIR_STR_ARG(given));
	else
		snprintf(s->name, sizeof s->name, "%s", slash && slash[1] ? slash + 1 : *path ? path : s->uri.scheme);
}

/* The parameter of the address (name NULL: it has none), else the option. False: no memory. */
static bool choose(char **to, const struct weir_uri *u, const char *name, const char *option)
{
	const char *param = name ? weir_uri_param(u, name) : NULL;
	const char *text = param ? param : option;

	return !text || (*to = weir_str_dup(weir_str_of(text))) != NULL;
}

static enum weir_status configure(struct weir_stream *s, struct weir_error *err)
{
	const struct weir_options *o = s->config.options;

	if (!choose(&s->format, &s->uri, "format", o->format) || !choose(&s->time, &s->uri, "time", o->time) ||
	    !choose(&s->nulls, &s->uri, NULL, o->nulls) || !choose(&s->header, &s->uri, NULL, o->header) ||
	    !choose(&s->join, &s->uri, "join-lines", o->join_lines) ||
	    !choose(&s->encoding, &s->uri, "encoding", o->encoding))
		return weir_fail(err, WEIR_NO_MEMORY, s->name, "out of memory");
	s->sample_limit_us = weir_sample_limit_us(s->config.live, o->for_us, o->every_us);
	s->on_malformed = !o->malformed || strcmp(o->malformed, "drop") == 0 ? WEIR_MALFORMED_DROP
			  : strcmp(o->malformed, "keep") == 0                ? WEIR_MALFORMED_KEEP
									     : WEIR_MALFORMED_FAIL;
	return weir_codec_check_join(s->join, err);
}

static enum weir_status open_source(struct weir_stream *s, struct weir_error *err)
{
	struct weir_source_config c = {
	    .uri = s->uri,
	    .clock = s->config.clock,
	    .lookup = s->config.options->lookup,
	    .log = s->config.log,
	    .budget = s->config.budget,
	    .stdin_fd = s->config.stdin_fd,
	    .live = s->config.live,
	    .encoding = s->encoding && strcmp(s->encoding, "auto") != 0 ? s->encoding : NULL,
	    .ahead = !s->config.live && weir_cpu_count() > 1, /* a second decoder works meanwhile */
	    .skip_headers = !s->config.want.headers && !s->config.options->capture,
	    .question = s->config.question,
	};

	enum weir_status st = weir_registry_open(&s->uri, s->config.clock, s->config.log, &s->registry, err);
	s->registry_offline = st == WEIR_OK && !s->registry && weir_source_brings_schemas(&s->uri);
	if (s->registry_offline)
		st = weir_registry_open_offline(s->config.clock, s->config.log, &s->registry, err);
	if (st != WEIR_OK)
		return st;
	c.registry = s->registry;
	st = weir_uri_param(&s->uri, "continue") ? weir_source_open_continued(&c, &s->source, err)
						 : weir_source_open(&c, &s->source, err);
	struct stat meta = {0};
	if (st == WEIR_OK && weir_uri_is_file(&s->uri) && stat(s->uri.path, &meta) == 0) {
		s->file = meta.st_ino;
		s->device = meta.st_dev;
	}
	return st;
}

static enum weir_status make_rings(struct weir_stream *s, struct weir_error *err)
{
	enum weir_status st = weir_wake_init(&s->pacing, err);

	if (st != WEIR_OK)
		return st;
	s->full = weir_ring_new(RING_BATCHES);
	s->empty = weir_ring_new(RING_BATCHES);
	if (!s->full || !s->empty || pthread_mutex_init(&s->lock, NULL) != 0)
		return weir_fail(err, WEIR_NO_MEMORY, s->name, "out of memory");
	s->lock_made = true;
	weir_ring_set_wake(s->full, s->config.wake);
	return WEIR_OK;
}

enum weir_status weir_stream_names(const char *text, struct weir_arena *arena, struct weir_str **names, size_t *n,
				   struct weir_error *err)
{
	struct weir_str source, whole = weir_str_of(text), name = weir_stream_split(whole, &source);
	struct weir_uri uri;

	*n = 0;
	if (name.size && file_exists(whole))
		source = whole;
	if (weir_uri_parse(source, file_exists(source), &uri, NULL) != WEIR_OK)
		return WEIR_OK; /* open says what is wrong */
	enum weir_status st = weir_source_streams(&uri, arena, names, n, err);
	weir_uri_release(&uri);
	return st;
}

/* stream= of the address. */
static enum weir_status choose_stream(struct weir_stream *s, struct weir_error *err)
{
	return !s->config.one_of.size || weir_uri_set(&s->uri, "stream", s->config.one_of)
		   ? WEIR_OK
		   : weir_fail(err, WEIR_NO_MEMORY, "session", "out of memory");
}

/* What the capture says of how its stream was read, where nothing else was said. */
static enum weir_status take_recorded(struct weir_stream *s, struct weir_error *err)
{
	const struct weir_source_recorded *r = s->source ? s->source->recorded : NULL;
	struct {
		char **to;
		const char *from;
	} fields[] = {{&s->format, r ? r->format : NULL},
		      {&s->time, r ? r->time : NULL},
		      {&s->nulls, r ? r->nulls : NULL},
		      {&s->header, r ? r->header : NULL},
		      {&s->join, r ? r->join : NULL}};

	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (fields[i].from && !*fields[i].to && !(*fields[i].to = weir_str_dup(weir_str_of(fields[i].from))))
			return weir_fail(err, WEIR_NO_MEMORY, s->name, "out of memory");
	return WEIR_OK;
}

enum weir_status weir_stream_open(struct weir_stream *s, const struct weir_stream_config *config, const char *text,
				  struct weir_error *err)
{
	struct weir_str source, whole = weir_str_of(text), name = weir_stream_split(whole, &source);
	struct weir_buf shown = {0};

	*s = (struct weir_stream){
	    .config = *config, .pacing.fd = -1, .batch_rows = WEIR_BATCH_ROWS, .opened = config->elsewhere};
	if (name.size && file_exists(whole)) { /* a file whose name has a = */
		source = whole;
		name.size = 0;
	}
	enum weir_status st = weir_uri_parse(source, file_exists(source), &s->uri, err);
	if (st == WEIR_OK) {
		weir_uri_show(&s->uri, &shown); /* before the values of variables are in it */
		snprintf(s->address, sizeof s->address, WEIR_STR_FMT, WEIR_STR_ARG(weir_buf_str(&shown)));
		st = weir_secrets_expand(&s->uri, config->options->lookup, &s->secrets, err);
	}
	if (st == WEIR_OK)
		st = choose_stream(s, err);
	if (st == WEIR_OK) {
		name_stream(s, name);
		st = configure(s, err);
	}
	if (st == WEIR_OK && !config->elsewhere)
		st = open_source(s, err);
	if (st == WEIR_OK)
		st = take_recorded(s, err);
	if (st != WEIR_OK)
		weir_secrets_hide_error(&s->secrets, err);
	if (st == WEIR_OK)
		st = make_rings(s, err);
	weir_buf_release(&shown);
	if (st != WEIR_OK)
		weir_stream_close(s);
	return st;
}

enum weir_status weir_stream_start(struct weir_stream *s, struct weir_error *err)
{
	int failed = s->config.elsewhere ? 0 : weir_thread_start(&s->thread, weir_stream_run, s);

	if (failed)
		return weir_fail(err, WEIR_NO_MEMORY, s->name, "could not start a thread: %s", strerror(failed));
	s->started = !s->config.elsewhere;
	return WEIR_OK;
}

void weir_stream_end(struct weir_stream *s)
{
	pthread_mutex_lock(&s->lock);
	s->ended = true;
	pthread_mutex_unlock(&s->lock);
}

void weir_stream_stop(struct weir_stream *s)
{
	s->stop = true;
	if (s->full)
		weir_ring_close(s->full);
	if (s->source)
		weir_source_wake(s->source);
	weir_registry_interrupt(s->registry);
	if (s->pacing.fd >= 0)
		weir_wake_signal(&s->pacing);
}

void weir_stream_finish(struct weir_stream *s)
{
	if (s->config.replay && weir_replay_speed(s->config.replay) > 0) {
		weir_stream_stop(s); /* rows whose time has not come do not come now */
		return;
	}
	s->finish = true;
	if (s->source)
		weir_source_wake(s->source);
}

void weir_stream_hold(struct weir_stream *s, int64_t until_us)
{
	bool sooner = until_us < s->hold_until_us;

	s->hold_until_us = until_us;
	if (sooner && s->pacing.fd >= 0)
		weir_wake_signal(&s->pacing);
}

void weir_stream_keep_raw(struct weir_stream *s)
{
	if (s->config.want.raw || s->wants_raw)
		return;
	s->without_raw = s->records; /* known better once its thread keeps them, which may never be */
	s->wants_raw = true;
}

static void drain(struct weir_ring *r)
{
	struct weir_batch *b;

	if (!r)
		return;
	while ((b = weir_ring_try_pop(r)))
		weir_batch_free(b);
	weir_ring_free(r);
}

void weir_stream_close(struct weir_stream *s)
{
	if (s->started) {
		weir_stream_stop(s);
		pthread_join(s->thread, NULL);
	}
	weir_stream_end_again(s);
	drain(s->full);
	drain(s->empty);
	weir_batch_free(s->spare);
	weir_second_decoder_free(s->second);
	weir_codec_close(s->codec);
	weir_registry_close(s->registry);
	weir_source_close(s->source);
	weir_schema_unref(s->sample_schema);
	if (s->pacing.fd >= 0)
		weir_wake_release(&s->pacing);
	if (s->lock_made)
		pthread_mutex_destroy(&s->lock);
	weir_uri_release(&s->uri);
	weir_secrets_release(&s->secrets);
	free(s->format);
	free(s->time);
	free(s->nulls);
	free(s->join);
	free(s->header);
	free(s->encoding);
	free(s->position);
	*s = (struct weir_stream){.pacing.fd = -1};
}

struct weir_batch *weir_stream_take(struct weir_stream *s, bool *ended)
{
	bool closed =
	    weir_ring_closed(s->full); /* before the pop: what was pushed before closing is still in the ring */
	struct weir_batch *b = weir_ring_try_pop(s->full);

	*ended = closed && !b;
	return b;
}

void weir_stream_give_back(struct weir_stream *s, struct weir_batch *batch)
{
	if (batch && !weir_ring_try_push(s->empty, batch))
		weir_batch_free(batch);
}

bool weir_stream_error(struct weir_stream *s, struct weir_error *out)
{
	pthread_mutex_lock(&s->lock);
	bool failed = s->error.code != WEIR_OK;
	if (failed && out)
		*out = s->error;
	pthread_mutex_unlock(&s->lock);
	return failed;
}

const struct weir_schema *weir_stream_sample_schema(struct weir_stream *s, bool *fixed_columns)
{
	pthread_mutex_lock(&s->lock);
	const struct weir_schema *schema = s->sample_schema ? weir_schema_ref(s->sample_schema) : NULL;
	*fixed_columns = s->fixed_columns;
	pthread_mutex_unlock(&s->lock);
	return schema;
}

bool weir_stream_opened(struct weir_stream *s)
{
	pthread_mutex_lock(&s->lock);
	bool opened = s->opened;
	pthread_mutex_unlock(&s->lock);
	return opened;
}
