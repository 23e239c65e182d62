#include "weir/source/source.h"

#include "weir/base/bounds.h"

#include <assert.h>

extern const struct weir_source_ops weir_source_file, weir_source_stdin, weir_source_demo, weir_source_kafka;
extern const struct weir_source_ops weir_source_kinesis, weir_source_amqp, weir_source_stomp, weir_source_mysql,
    weir_source_solr, weir_source_kudu, weir_source_mongodb, weir_source_sqlite, weir_source_capture;

const struct weir_source_ops *const weir_source_table[] = {
    &weir_source_file,	  &weir_source_stdin,
    &weir_source_kafka,	  &weir_source_demo,
    &weir_source_kinesis, &weir_source_amqp,
    &weir_source_stomp,	  &weir_source_mysql,
    &weir_source_solr,	  &weir_source_kudu,
    &weir_source_mongodb, &weir_source_sqlite,
    &weir_source_capture, NULL,
};

const char *weir_source_state_name(enum weir_source_state s)
{
	static const char *const names[] = {
	    [WEIR_SOURCE_CONNECTING] = "CONNECTING",	 [WEIR_SOURCE_LIVE] = "LIVE",	  [WEIR_SOURCE_END] = "END",
	    [WEIR_SOURCE_RECONNECTING] = "RECONNECTING", [WEIR_SOURCE_FAILED] = "FAILED",
	};
	return (size_t)s < sizeof names / sizeof *names ? names[s] : "?";
}

/* The n-th of the blank-separated schemes; size 0 when there are fewer. */
static struct weir_str nth_scheme(const struct weir_source_ops *ops, size_t n)
{
	struct weir_str rest = weir_str_of(ops->schemes), head;

	do {
		head = weir_str_cut(rest, ' ', &rest);
	} while (n-- && head.size);
	return head;
}

static enum weir_status no_scheme(struct weir_str scheme, struct weir_error *err)
{
	struct weir_str names[64];
	size_t n = 0;

	for (size_t i = 0; weir_source_table[i]; i++) {
		struct weir_str name;
		for (size_t k = 0; n < 64 && (name = nth_scheme(weir_source_table[i], k)).size; k++)
			names[n++] = name;
	}
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
	struct weir_str want = weir_str_of(scheme), name;

	for (size_t i = 0; weir_source_table[i]; i++) {
		const struct weir_source_ops *ops = weir_source_table[i];
		for (size_t k = 0; (name = nth_scheme(ops, k)).size; k++) {
			if (!weir_str_equal_nocase(name, want))
				continue;
			if (!ops->absent)
				return ops;
			weir_fail(err, WEIR_UNSUPPORTED, ops->name, "%s", ops->absent);
			weir_error_hint(err, "weir --list sources shows what this build has");
			return NULL;
		}
	}
	no_scheme(want, err);
	return NULL;
}

/* A path that ends in .weir is a capture, whatever is in it. */
static bool is_capture(const struct weir_uri *uri)
{
	size_t size = strlen(uri->path);

	return strcmp(uri->scheme, "file") == 0 && size > 5 && strcmp(uri->path + size - 5, ".weir") == 0;
}

enum weir_status weir_source_open(const struct weir_source_config *config, struct weir_source **out,
				  struct weir_error *err)
{
	struct weir_error local = {0};
	const struct weir_source_ops *ops =
	    weir_source_find(is_capture(&config->uri) ? "capture" : config->uri.scheme, &local);

	*out = NULL;
	if (!ops) {
		if (err)
			*err = local;
		return local.code;
	}
	enum weir_status st = ops->open(config, out, err);
	assert((st == WEIR_OK) == (*out != NULL));
	assert(st != WEIR_OK || (*out)->ops == ops);
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
	assert(out->n_partitions <= WEIR_MAX_PARTITIONS);
}

bool weir_source_finite(struct weir_source *s)
{
	return s->ops->finite(s);
}

void weir_source_close(struct weir_source *s)
{
	if (s)
		s->ops->close(s);
}
