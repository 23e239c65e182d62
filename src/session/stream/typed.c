/* The source thread of a stream whose source brings batches of its own: no sample, no codec, nothing to guess. */
#include "stream.h"

#include <stdio.h>

enum { POLL_US = 250000 }; /* poll_batch returns at once when rows come; this only bounds a missed wake */

static enum weir_status check_options(const struct weir_stream *s, struct weir_error *err)
{
	if (!weir_uri_param(&s->uri, "format"))
		return WEIR_OK;
	weir_fail(err, WEIR_USAGE, s->name, "format= has no meaning here: the rows of %s have types already",
		  s->uri.scheme);
	weir_error_hint(err, "leave format= out");
	return WEIR_USAGE;
}

/* The source chooses the event time; another column cannot take its place. */
static enum weir_status check_time(const struct weir_stream *s, const struct weir_schema *schema,
				   struct weir_error *err)
{
	int at = weir_schema_time_field(schema);

	if (!s->time || strcmp(s->time, "none") == 0 ||
	    (at >= 0 && weir_str_equal(schema->fields[at].name, weir_str_of(s->time))))
		return WEIR_OK;
	weir_fail(err, WEIR_USAGE, s->name, "%s cannot be the event time", s->time);
	if (at >= 0)
		weir_error_hint(err, "it is " WEIR_STR_FMT, WEIR_STR_ARG(schema->fields[at].name));
	else
		weir_error_hint(err, "the rows of %s have none", s->uri.scheme);
	return WEIR_USAGE;
}

/* The first batch has all columns. */
static enum weir_status publish(struct weir_stream *s, const struct weir_schema *schema, struct weir_error *err)
{
	enum weir_status st = check_time(s, schema, err);
	int at = weir_schema_time_field(schema);
	bool none = at < 0 || (s->time && strcmp(s->time, "none") == 0);

	if (st != WEIR_OK)
		return st;
	pthread_mutex_lock(&s->lock);
	s->sample_schema = weir_schema_ref(schema);
	s->fixed_columns = true;
	s->no_time = none;
	if (none)
		snprintf(s->guess, sizeof s->guess, "rows of %s, no time column%s", s->uri.scheme,
			 at < 0 ? "" : " is read");
	else
		snprintf(s->guess, sizeof s->guess, "rows of %s, time " WEIR_STR_FMT, s->uri.scheme,
			 WEIR_STR_ARG(schema->fields[at].name));
	s->opened = true;
	pthread_mutex_unlock(&s->lock);
	weir_wake_signal(s->config.wake);
	return WEIR_OK;
}

static enum weir_status hand_over(struct weir_stream *s, struct weir_batch *b, struct weir_error *err)
{
	enum weir_status st = s->opened ? WEIR_OK : publish(s, b->schema, err);

	if (st != WEIR_OK) {
		s->refused = st == WEIR_USAGE;
		weir_batch_free(b);
		return st;
	}
	size_t bytes = (size_t)b->bytes;
	if (s->time && strcmp(s->time, "none") == 0)
		weir_batch_drop_time(b);
	st = weir_stream_hand_over(s, b);
	if (st == WEIR_OK)
		weir_stream_settle(s, bytes);
	return st;
}

/* The columns are known also where no row came. */
static enum weir_status ended(struct weir_stream *s, const struct weir_batch *b, struct weir_error *err)
{
	enum weir_status st = s->opened || !b->schema ? WEIR_OK : publish(s, b->schema, err);

	s->refused = st == WEIR_USAGE;
	return st == WEIR_OK ? WEIR_END : st;
}

enum weir_status weir_stream_run_typed(struct weir_stream *s, struct weir_error *err)
{
	enum weir_status st = check_options(s, err);

	s->refused = st != WEIR_OK;
	while (st == WEIR_OK && !s->stop && !s->finish) {
		weir_stream_wait_while_held(s);
		struct weir_batch *b = weir_stream_empty_batch(s, WEIR_BATCH_ROWS);
		if (!b)
			return weir_fail(err, WEIR_NO_MEMORY, s->name, "out of memory");
		st = weir_source_poll_batch(s->source, POLL_US, b, err);
		if (st == WEIR_OK) {
			st = hand_over(s, b, err);
		} else {
			st = st == WEIR_AGAIN ? WEIR_OK : st == WEIR_END ? ended(s, b, err) : st;
			weir_batch_free(s->spare);
			s->spare = b;
		}
	}
	return st == WEIR_END ? WEIR_OK : st;
}
