/* The landing in MongoDB: its options, and when documents are sent. */
#include "mongodb.h"

#include <stdlib.h>

enum { BATCH_BYTES = 32 << 20, LEAST_TIMEOUT_US = 1000 };

struct mongodb {
	struct weir_landing base; /* first member */
	struct weir_mongodb server;
	struct weir_landing_options options;
	const struct weir_clock *clock;
	struct weir_wake wake; /* signalled: nothing waits for the server any longer */
	uint32_t n;
	struct weir_mongodb_rows *rows; /* by stream */
	bool *prepared;                 /* by stream: its collection */
	struct weir_mongodb_documents waiting;
	uint16_t waiting_stream; /* of the collection that they go to */
	int64_t last_at;
	struct weir_landing_status counts, pending; /* pending: of what waits, refused before it was sent */
};

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory");
}

static const char *collection_of(const struct mongodb *l, uint16_t stream)
{
	return l->server.collection ? l->server.collection : l->rows[stream].fields.stream.data;
}

static enum weir_status prepare(struct mongodb *l, uint16_t stream, struct weir_error *err)
{
	bool fresh;
	enum weir_status st = weir_mongodb_connect(&l->server, &fresh, err);

	if (st == WEIR_OK && !l->prepared[stream])
		st = weir_mongodb_prepare(&l->server, collection_of(l, stream), l->options.create, err);
	l->prepared[stream] = l->prepared[stream] || st == WEIR_OK;
	return st;
}

static void forget_waiting(struct mongodb *l)
{
	weir_mongodb_documents_clear(&l->waiting);
	l->pending = (struct weir_landing_status){.refused_position = -1};
}

/* All that waits, or nothing of it counts. */
static enum weir_status send_all(struct mongodb *l, struct weir_error *err)
{
	struct weir_landing_status done = l->counts;
	enum weir_status st = WEIR_OK;

	if (!l->waiting.n && !l->pending.refused)
		return WEIR_OK;
	if (l->pending.refused)
		weir_landing_note_refused(&done, l->pending.refused_stream, l->pending.refused_position,
					  l->pending.reason);
	if (l->waiting.n) {
		st = prepare(l, l->waiting_stream, err);
		weir_mongodb_documents_number(&l->waiting, weir_clock_wall_us(l->clock), &l->last_at);
		if (st == WEIR_OK)
			st = weir_mongodb_send(&l->base, &l->server, collection_of(l, l->waiting_stream), &l->waiting,
					       &done, err);
	}
	if (st == WEIR_OK) {
		done.landed += l->waiting.n - (done.refused - l->counts.refused);
		done.refused += l->pending.refused;
		done.bytes += l->waiting.bytes.size;
		l->counts = done;
	}
	forget_waiting(l);
	return st;
}

static enum weir_status mongodb_write(struct weir_landing *base, const struct weir_batch *batch, const uint64_t *rows,
				      struct weir_error *err)
{
	struct mongodb *l = (struct mongodb *)base;
	enum weir_status st = WEIR_OK;

	if (batch->stream != l->waiting_stream && !l->server.collection)
		st = send_all(l, err); /* they go to another collection */
	l->waiting_stream = batch->stream;
	if (st == WEIR_OK)
		st = weir_mongodb_rows_add(&l->base, &l->rows[batch->stream], batch, rows, &l->waiting, &l->pending,
					   err);
	if (st != WEIR_OK) {
		forget_waiting(l);
		return st;
	}
	bool due = l->waiting.n >= (size_t)l->options.batch_rows || l->waiting.bytes.size >= BATCH_BYTES;
	return due ? send_all(l, err) : WEIR_OK;
}

static enum weir_status mongodb_flush(struct weir_landing *base, struct weir_error *err)
{
	return send_all((struct mongodb *)base, err);
}

static void mongodb_status(const struct weir_landing *base, struct weir_landing_status *out)
{
	*out = ((const struct mongodb *)base)->counts;
}

static enum weir_status mongodb_close(struct weir_landing *base, bool complete, struct weir_error *err)
{
	(void)complete;
	return send_all((struct mongodb *)base, err);
}

static void mongodb_interrupt(struct weir_landing *base)
{
	weir_wake_signal(&((struct mongodb *)base)->wake);
}

static void mongodb_release(struct weir_landing *base)
{
	struct mongodb *l = (struct mongodb *)base;

	for (uint32_t i = 0; i < l->n; i++)
		weir_mongodb_rows_release(&l->rows[i]);
	free(l->rows);
	free(l->prepared);
	weir_mongodb_documents_release(&l->waiting);
	weir_mongodb_release(&l->server);
	weir_landing_options_release(&l->options);
	if (l->wake.fd >= 0)
		weir_wake_release(&l->wake);
	free(l);
}

static enum weir_status prepare_streams(struct mongodb *l, const struct weir_landing_config *config,
					struct weir_error *err)
{
	l->rows = weir_calloc(config->n_streams + (size_t)1, sizeof *l->rows);
	l->prepared = weir_calloc(config->n_streams + (size_t)1, sizeof *l->prepared);
	if (!l->rows || !l->prepared)
		return out_of_memory(err);
	l->n = config->n_streams;
	for (uint32_t i = 0; i < l->n; i++)
		weir_landing_fields_init(&l->rows[i].fields, config, i, l->options.columns);
	return WEIR_OK;
}

/* Whether rows can be written there. The server may be away: then the first rows try again. */
static enum weir_status look(struct mongodb *l, struct weir_error *err)
{
	int64_t timeout_us = l->server.timeout_us;
	struct weir_error met = {0};
	enum weir_status st = WEIR_OK;

	if (timeout_us > WEIR_LANDING_LOOK_US)
		l->server.timeout_us = WEIR_LANDING_LOOK_US;
	for (uint32_t i = 0; i < l->n && st == WEIR_OK; i++)
		st = prepare(l, (uint16_t)i, &met);
	l->server.timeout_us = timeout_us;
	if (st == WEIR_OK || met.retriable)
		return WEIR_OK;
	if (err)
		*err = met;
	return st;
}

static enum weir_status mongodb_open(const struct weir_landing_config *config, struct weir_landing **out,
				     struct weir_error *err)
{
	struct mongodb *l = weir_calloc(1, sizeof *l);

	if (!l)
		return out_of_memory(err);
	l->wake.fd = -1;
	l->clock = config->clock;
	l->counts.refused_position = l->pending.refused_position = -1;
	enum weir_status st = weir_wake_init(&l->wake, err);
	if (st == WEIR_OK)
		st = weir_landing_options_read(&l->options, config->uri, LEAST_TIMEOUT_US, err);
	if (st == WEIR_OK)
		st = prepare_streams(l, config, err);
	if (st == WEIR_OK)
		st = weir_mongodb_init(&l->server, config->uri, config->clock, l->options.timeout_us, err);
	l->server.wake = &l->wake;
	if (st == WEIR_OK)
		st = look(l, err);
	if (st != WEIR_OK)
		mongodb_release(&l->base);
	else
		*out = &l->base;
	return st;
}

static const struct weir_uri_option options[] = {
    {"create", "yes|no", "make the collection where there is none, and an index by which it is followed (no)"},
    {"columns", "A,B", "land these columns alone (all)"},
    {"batch", "N", "rows of one request, about (10,000)"},
    {"every", "DURATION", "rows are held back no longer (1s)"},
    WEIR_MONGODB_OPTIONS,
    {NULL},
};

const struct weir_landing_ops weir_landing_mongodb = {
    .name = "mongodb",
    .schemes = "mongodb",
    .help = "documents of a MongoDB collection; each row once, also where it is read again",
    .example = "mongodb://user@host/db/orders?create=yes",
    .options = options,
    .open = mongodb_open,
    .write = mongodb_write,
    .flush = mongodb_flush,
    .status = mongodb_status,
    .close = mongodb_close,
    .release = mongodb_release,
    .interrupt = mongodb_interrupt,
};
