/* The landing in a Solr collection: its options, and when documents are sent. */
#include "solr.h"

#include <stdio.h>
#include <stdlib.h>

enum { BATCH_BYTES = 16 << 20, LEAST_TIMEOUT_US = 1000 };

struct solr {
	struct weir_landing base;
	struct weir_solr server;
	struct weir_landing_options options;
	bool prepared;
	uint32_t n;
	struct weir_solr_rows *rows; /* by stream */
	struct weir_solr_documents waiting;
	bool uncommitted;
	struct weir_landing_status counts;
};

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory");
}

static enum weir_status prepare(struct solr *l, struct weir_error *err)
{
	enum weir_status st = l->prepared ? WEIR_OK : weir_solr_prepare(&l->server, l->options.create, err);

	l->prepared = st == WEIR_OK;
	return st;
}

/* All that waits, or nothing of it counts. */
static enum weir_status send_all(struct solr *l, struct weir_error *err)
{
	struct weir_landing_status done = l->counts;

	if (!l->waiting.n)
		return WEIR_OK;
	l->uncommitted = true;
	enum weir_status st = weir_solr_send(&l->base, &l->server, &l->waiting, (size_t)l->options.batch_rows,
					     l->options.every_us, &done, err);
	if (st == WEIR_OK) {
		done.landed += l->waiting.n - (done.refused - l->counts.refused);
		done.bytes += l->waiting.text.size;
		l->counts = done;
	}
	weir_solr_documents_clear(&l->waiting);
	return st;
}

static enum weir_status solr_write(struct weir_landing *base, const struct weir_batch *batch, const uint64_t *rows,
				   struct weir_error *err)
{
	struct solr *l = (struct solr *)base;
	enum weir_status st = prepare(l, err);

	if (st == WEIR_OK)
		st = weir_solr_rows_add(&l->rows[batch->stream], batch, rows, &l->waiting, err);
	if (st != WEIR_OK) {
		weir_solr_documents_clear(&l->waiting);
		return st;
	}
	bool due = l->waiting.n >= (size_t)l->options.batch_rows || l->waiting.text.size >= BATCH_BYTES;
	return due ? send_all(l, err) : WEIR_OK;
}

static enum weir_status solr_flush(struct weir_landing *base, struct weir_error *err)
{
	return send_all((struct solr *)base, err);
}

static void solr_status(const struct weir_landing *base, struct weir_landing_status *out)
{
	*out = ((const struct solr *)base)->counts;
}

/* At the end all rows can be found, and are in the index. */
static enum weir_status solr_close(struct weir_landing *base, bool complete, struct weir_error *err)
{
	struct solr *l = (struct solr *)base;
	json_t *answer = NULL;
	enum weir_status st = send_all(l, err);

	(void)complete;
	if (st == WEIR_OK && l->uncommitted)
		st = weir_solr_ask(&l->server, "/update?commit=true&wt=json", NULL, &answer, err);
	json_decref(answer);
	l->uncommitted = l->uncommitted && st != WEIR_OK;
	return st;
}

static void solr_interrupt(struct weir_landing *base)
{
	weir_http_cancel(((struct solr *)base)->server.http);
}

static void solr_release(struct weir_landing *base)
{
	struct solr *l = (struct solr *)base;

	for (uint32_t i = 0; i < l->n; i++)
		weir_solr_rows_release(&l->rows[i]);
	free(l->rows);
	weir_solr_documents_release(&l->waiting);
	weir_solr_close(&l->server);
	weir_landing_options_release(&l->options);
	free(l);
}

static enum weir_status prepare_streams(struct solr *l, const struct weir_landing_config *config,
					struct weir_error *err)
{
	l->rows = weir_calloc(config->n_streams + (size_t)1, sizeof *l->rows);
	if (!l->rows)
		return out_of_memory(err);
	l->n = config->n_streams;
	for (uint32_t i = 0; i < l->n; i++)
		weir_landing_fields_init(&l->rows[i].fields, config, i, l->options.columns);
	return WEIR_OK;
}

/* Whether rows can be written there, by a handle of its own that waits less. */
static enum weir_status look(struct solr *l, const struct weir_uri *uri, struct weir_error *err)
{
	int64_t timeout_us =
	    l->options.timeout_us < WEIR_LANDING_LOOK_US ? l->options.timeout_us : WEIR_LANDING_LOOK_US;
	struct weir_error met = {0};
	struct weir_solr server = {0};
	enum weir_status st = weir_solr_open(uri, timeout_us, &server, &met);

	if (st == WEIR_OK)
		st = weir_solr_prepare(&server, l->options.create, &met);
	l->server.met = server.met;
	weir_solr_close(&server);
	l->prepared = st == WEIR_OK;
	if (st == WEIR_OK || met.retriable)
		return WEIR_OK; /* it may be away: the first rows try again */
	if (err)
		*err = met;
	return st;
}

static enum weir_status solr_open(const struct weir_landing_config *config, struct weir_landing **out,
				  struct weir_error *err)
{
	struct solr *l = weir_calloc(1, sizeof *l);

	if (!l)
		return out_of_memory(err);
	l->counts.refused_position = -1;
	enum weir_status st = weir_landing_options_read(&l->options, config->uri, LEAST_TIMEOUT_US, err);
	if (st == WEIR_OK)
		st = prepare_streams(l, config, err);
	if (st == WEIR_OK)
		st = weir_solr_open(config->uri, l->options.timeout_us, &l->server, err);
	if (st == WEIR_OK)
		st = look(l, config->uri, err);
	if (st != WEIR_OK)
		solr_release(&l->base);
	else
		*out = &l->base;
	return st;
}

static const struct weir_uri_option options[] = {
    {"create", "yes|no", "make the fields that rows need where the collection lacks them (no)"},
    {"columns", "A,B", "land these columns alone (all)"},
    {"batch", "N", "rows of one request, about (10,000)"},
    {"every", "DURATION", "rows can be found so long after they came, at the latest (1s)"},
    WEIR_SOLR_URI_OPTIONS,
    {NULL},
};

const struct weir_landing_ops weir_landing_solr = {
    .name = "solr",
    .schemes = "solr",
    .help = "documents of a collection in Apache Solr; each row once, also where it is read again",
    .example = "solr://127.0.0.1:8983/orders?create=yes",
    .options = options,
    .open = solr_open,
    .write = solr_write,
    .flush = solr_flush,
    .status = solr_status,
    .close = solr_close,
    .release = solr_release,
    .interrupt = solr_interrupt,
};
