/* The door to the sources: finds the kind of an address, opens it, and calls through to it. */
#include "weir/source/source.h"

#include "recode.h"

#include "weir/base/bounds.h"

#include <assert.h>

const char *weir_source_state_name(enum weir_source_state s)
{
	static const char *const names[] = {
	    [WEIR_SOURCE_CONNECTING] = "CONNECTING",     [WEIR_SOURCE_LIVE] = "LIVE",     [WEIR_SOURCE_END] = "END",
	    [WEIR_SOURCE_RECONNECTING] = "RECONNECTING", [WEIR_SOURCE_FAILED] = "FAILED",
	};
	return (size_t)s < sizeof names / sizeof *names ? names[s] : "?";
}

static enum weir_status no_scheme(struct weir_str scheme, struct weir_error *err)
{
	struct weir_str names[64];
	size_t n = 0;

	for (size_t i = 0; weir_source_table[i]; i++)
		for (struct weir_str rest = weir_str_of(weir_source_table[i]->schemes); n < 64 && rest.size;)
			names[n++] = weir_str_cut(rest, ' ', &rest);
	weir_fail(err, WEIR_USAGE, "source", "there is no source " WEIR_STR_FMT "://", WEIR_STR_ARG(scheme));
	int near = weir_nearest(scheme, names, n);
	if (near >= 0)
		weir_error_hint(err, "did you mean " WEIR_STR_FMT "?", WEIR_STR_ARG(names[near]));
	else
		weir_error_hint(err, "weir --list sources shows them all");
	return WEIR_USAGE;
}

const struct weir_source_ops *weir_source_find(const char *scheme, struct weir_error *err)
{
	for (size_t i = 0; weir_source_table[i]; i++) {
		const struct weir_source_ops *ops = weir_source_table[i];
		if (!weir_str_among(ops->schemes, weir_str_of(scheme)))
			continue;
		if (!ops->absent)
			return ops;
		weir_fail(err, WEIR_UNSUPPORTED, ops->name, "%s", ops->absent);
		weir_error_hint(err, "weir --list sources shows what this build has");
		return NULL;
	}
	no_scheme(weir_str_of(scheme), err);
	return NULL;
}

/* Some parameters belong to the stream and not to its source. */
static enum weir_status check_options(const struct weir_uri *uri, const struct weir_source_ops *ops,
				      struct weir_error *err)
{
	static const struct weir_uri_option common[] = {{.name = "registry-user"},
							{.name = "registry-password"},
							{.name = "registry-password-file"},
							{.name = "registry-ca", .value = "FILE"},
							{.name = "registry-cert", .value = "FILE"},
							{.name = "registry-key", .value = "FILE"},
							{.name = "registry-timeout"},
							{.name = "format"},
							{.name = "time"},
							{.name = "encoding"},
							{.name = "join-lines"},
							{NULL}};
	enum { OF_REGISTRY = 7 };
	const struct weir_uri_allowed allowed = {.options = ops->options,
						 .common = common + (ops->brings_schemas ? 0 : OF_REGISTRY),
						 .origin = ops->name,
						 .list = "sources",
						 .kind = ops->name,
						 .passes_on = ops->passes_options_on,
						 .passes_twice = ops->passes_options_twice};

	return weir_uri_check_options(uri, &allowed, err);
}

/* A path that ends in .weir is a capture, whatever is in it. */
static bool is_capture(const struct weir_uri *uri)
{
	size_t size = strlen(uri->path);

	return weir_uri_is_file(uri) && size > 5 && strcmp(uri->path + size - 5, ".weir") == 0;
}

static const struct weir_source_ops *ops_of(const struct weir_uri *uri, struct weir_error *err)
{
	return weir_source_find(is_capture(uri) ? "replay" : uri->scheme, err);
}

bool weir_source_brings_schemas(const struct weir_uri *uri)
{
	const struct weir_source_ops *ops = ops_of(uri, NULL);

	return weir_uri_param(uri, "continue") || (ops && ops->brings_schemas);
}

enum weir_status weir_source_streams(const struct weir_uri *uri, struct weir_arena *arena, struct weir_str **names,
				     size_t *n, struct weir_error *err)
{
	const struct weir_source_ops *ops = ops_of(uri, NULL);

	*n = 0;
	return ops && ops->streams ? ops->streams(uri, arena, names, n, err) : WEIR_OK; /* open says what is wrong */
}

enum weir_status weir_source_begin_at(struct weir_uri *uri, const struct weir_source_place *place)
{
	static const char *const bounds[] = {"from", "until", "follow", "position", "continue"};
	const struct weir_source_ops *ops = ops_of(uri, NULL);

	if (!ops || !ops->begin_at || place->position < 0)
		return WEIR_UNSUPPORTED;
	for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++)
		weir_uri_drop(uri, bounds[i]);
	return ops->begin_at(uri, place) ? WEIR_OK : WEIR_NO_MEMORY;
}

enum weir_status weir_source_open(const struct weir_source_config *config, struct weir_source **out,
				  struct weir_error *err)
{
	struct weir_error local = {0};
	const struct weir_source_ops *ops = ops_of(&config->uri, &local);

	*out = NULL;
	if (!ops) {
		if (err)
			*err = local;
		return local.code;
	}
	struct weir_recode_messages *recode = NULL;
	enum weir_status st = WEIR_OK;
	if (config->encoding &&
	    !weir_recode_is_utf8(config->encoding)) /* a wrong encoding is an error before anything is opened */
		st = weir_recode_messages_new(config->encoding, &recode, err);
	if (st == WEIR_OK)
		st = check_options(&config->uri, ops, err);
	if (st == WEIR_OK)
		st = ops->open(config, out, err);
	assert((st == WEIR_OK) == (*out != NULL));
	if (st == WEIR_OK) {
		(*out)->ops = ops;
		(*out)->clock = config->clock;
		(*out)->recode = recode;
	} else {
		weir_recode_messages_free(recode);
	}
	return st;
}

enum weir_status weir_source_poll(struct weir_source *s, int64_t timeout_us, struct weir_chunk *chunk,
				  struct weir_error *err)
{
	assert(timeout_us >= 0);
	*chunk = (struct weir_chunk){0};
	enum weir_status st = s->ops->poll(s, timeout_us, chunk, err);
	assert(st == WEIR_OK || st == WEIR_AGAIN || (!chunk->bytes && !chunk->messages));
	assert(st != WEIR_OK || chunk->at_end || chunk->size || chunk->n_messages);
	assert(st != WEIR_OK || chunk->is_messages == !chunk->bytes);
	if (s->recode && chunk->n_messages && (st == WEIR_OK || st == WEIR_AGAIN)) {
		enum weir_status decoded = weir_recode_messages_run(s->recode, chunk, err);
		st = decoded == WEIR_OK ? st : decoded;
	}
	return st;
}

bool weir_source_is_typed(const struct weir_source *s)
{
	return s->ops->poll_batch != NULL;
}

enum weir_status weir_source_poll_batch(struct weir_source *s, int64_t timeout_us, struct weir_batch *into,
					struct weir_error *err)
{
	assert(timeout_us >= 0 && into->n_rows == 0);
	enum weir_status st = s->ops->poll_batch(s, timeout_us, into, err);
	assert(st != WEIR_OK || ((into->n_rows || into->grouped) && into->n_rows <= into->capacity && into->schema));
	for (uint32_t i = 0; st == WEIR_OK && i < into->n_columns; i++)
		if (!weir_column_finish(&into->columns[i], into->n_rows))
			st = weir_fail(err, WEIR_NO_MEMORY, s->ops->name, "out of memory");
	if (st == WEIR_OK && !into->arrival_us)
		into->arrival_us = weir_clock_wall_us(s->clock);
	return st;
}

void weir_source_ahead(struct weir_source *s)
{
	if (s->ops->ahead)
		s->ops->ahead(s);
}

void weir_source_consume(struct weir_source *s, const struct weir_chunk *left)
{
	if (left->bytes || left->is_messages) /* otherwise the poll had handed nothing out */
		s->ops->consume(s, left);
}

void weir_source_wake(struct weir_source *s)
{
	s->ops->wake(s);
}

void weir_source_status(struct weir_source *s, struct weir_source_status *out)
{
	s->ops->status(s, out);
	assert(out->partitions);
}

enum weir_status weir_source_position(struct weir_source *s, struct weir_buf *out)
{
	return s->ops->position ? s->ops->position(s, out) : WEIR_UNSUPPORTED;
}

bool weir_source_finite(struct weir_source *s)
{
	return s->ops->finite(s);
}

void weir_source_close(struct weir_source *s)
{
	if (!s)
		return;
	struct weir_recode_messages *recode = s->recode;
	s->ops->close(s);
	weir_recode_messages_free(recode);
}
