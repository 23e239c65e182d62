/* The landing in Kudu: its options, its cluster, and which table the rows of a stream go to. Nothing is held back: each batch is in
 * the table when write returns. */
#include "kudu.h"

#include <stdio.h>
#include <stdlib.h>

enum { TABLETS = 4, MOST_TABLETS = 1000, LEAST_TIMEOUT_US = 1 };

#define CALL_US (INT64_C(10) * WEIR_US_PER_S) /* the longest of one call */

struct kudu {
	struct weir_landing base;
	struct weir_kudu *cluster;
	struct weir_wake wake; /* signalled: no call waits for the servers any longer */
	struct weir_landing_options options;
	int64_t tablets, replicas;
	uint32_t n;
	struct weir_kudu_rows *rows;               /* by stream */
	struct weir_kudu_target *targets;          /* as many as there are streams at most */
	const struct weir_landing_stream *streams; /* borrowed */
	struct weir_landing_status counts;
};

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory");
}

/* The table of a stream, looked at when it is needed first, and again when the server was away then. */
static enum weir_status target_of(struct kudu *l, uint16_t stream, struct weir_error *err)
{
	struct weir_kudu_rows *r = &l->rows[stream];
	const char *name = l->options.table ? l->options.table : l->streams[stream].name.data;
	uint32_t i = 0;

	if (!r->target) {
		while (l->targets[i].name && strcmp(l->targets[i].name, name) != 0)
			i++;
		struct weir_kudu_target *t = &l->targets[i];
		if (!t->name) {
			*t = (struct weir_kudu_target){.cluster = l->cluster,
						       .widens = l->options.create,
						       .tablets = (int)l->tablets,
						       .replicas = (int)l->replicas,
						       .name = weir_str_dup(weir_str_of(name))};
			if (!t->name)
				return out_of_memory(err);
		}
		r->target = t;
	}
	return weir_kudu_target_open(r->target, err);
}

static enum weir_status kudu_write(struct weir_landing *base, const struct weir_batch *batch, const uint64_t *rows,
				   struct weir_error *err)
{
	struct kudu *l = (struct kudu *)base;
	struct weir_kudu_written done = {.refused_position = -1};
	enum weir_status st = target_of(l, batch->stream, err);

	if (st == WEIR_OK)
		st = weir_kudu_rows_write(&l->rows[batch->stream], batch, rows, &done, err);
	if (st != WEIR_OK)
		return st;
	l->counts.landed += done.rows;
	l->counts.refused += done.refused;
	l->counts.bytes += done.bytes;
	if (done.refused)
		weir_landing_note_refused(&l->counts, batch->stream, done.refused_position, done.reason);
	return WEIR_OK;
}

static enum weir_status kudu_flush(struct weir_landing *base, struct weir_error *err)
{
	(void)base;
	(void)err;
	return WEIR_OK;
}

static void kudu_status(const struct weir_landing *base, struct weir_landing_status *out)
{
	*out = ((const struct kudu *)base)->counts;
}

static enum weir_status kudu_close(struct weir_landing *base, bool complete, struct weir_error *err)
{
	(void)base;
	(void)complete;
	(void)err;
	return WEIR_OK;
}

static void kudu_interrupt(struct weir_landing *base)
{
	weir_wake_signal(&((struct kudu *)base)->wake);
}

static void kudu_release(struct weir_landing *base)
{
	struct kudu *l = (struct kudu *)base;

	for (uint32_t i = 0; i < l->n; i++) {
		if (l->rows)
			weir_kudu_rows_release(&l->rows[i]);
		if (l->targets)
			weir_kudu_target_release(&l->targets[i]);
	}
	free(l->rows);
	free(l->targets);
	weir_kudu_free(l->cluster);
	weir_landing_options_release(&l->options);
	if (l->wake.fd >= 0)
		weir_wake_release(&l->wake);
	free(l);
}

static enum weir_status read_number(const struct weir_uri *uri, const char *name, int64_t least, int64_t most,
				    int64_t *out, struct weir_error *err)
{
	const char *text = weir_uri_param(uri, name);

	if (!text || (weir_parse_int64(weir_str_of(text), false, out) && *out >= least && *out <= most))
		return WEIR_OK;
	return weir_fail(err, WEIR_USAGE, "--land", "%s=%s is not a number from %lld to %lld", name, text,
			 (long long)least, (long long)most);
}

static enum weir_status read_options(struct kudu *l, const struct weir_uri *uri, struct weir_error *err)
{
	if (uri->password) {
		weir_fail(err, WEIR_USAGE, "--land", "a password would not be looked at");
		weir_error_hint(err, "connections to Kudu are plain; write the user alone, kudu://USER@MASTER/TABLE");
		return WEIR_USAGE;
	}
	enum weir_status st = weir_landing_options_read(&l->options, uri, LEAST_TIMEOUT_US, err);
	if (st == WEIR_OK)
		st = read_number(uri, "tablets", 1, MOST_TABLETS, &l->tablets, err);
	if (st == WEIR_OK)
		st = read_number(uri, "replicas", 1, 7, &l->replicas, err);
	if (st == WEIR_OK && *uri->path && !(l->options.table = weir_str_dup(weir_str_of(uri->path))))
		st = out_of_memory(err);
	return st;
}

static enum weir_status prepare_streams(struct kudu *l, const struct weir_landing_config *config,
					struct weir_error *err)
{
	l->rows = weir_calloc(config->n_streams + (size_t)1, sizeof *l->rows);
	l->targets = weir_calloc(config->n_streams + (size_t)1, sizeof *l->targets);
	if (!l->rows || !l->targets)
		return out_of_memory(err);
	l->n = config->n_streams;
	l->streams = config->streams;
	for (uint32_t i = 0; i < l->n; i++) {
		l->rows[i].landing = &l->base;
		l->rows[i].stream = config->streams[i].name;
		l->rows[i].first_run = config->streams[i].once ? weir_clock_wall_us(config->clock) : 0;
		l->rows[i].columns = weir_str_of(l->options.columns ? l->options.columns : "");
		l->rows[i].most_rows = l->options.batch_rows;
	}
	return WEIR_OK;
}

/* The tables of all streams are looked at before anything is read. A cluster that is away is waited for by whoever calls write. */
static enum weir_status open_tables(struct kudu *l, struct weir_error *err)
{
	struct weir_error local = {0};

	for (uint32_t i = 0; i < l->n; i++) {
		enum weir_status st = target_of(l, (uint16_t)i, &local);
		if (st == WEIR_OK)
			continue;
		if (local.retriable)
			return WEIR_OK;
		if (err)
			*err = local;
		return st;
	}
	return WEIR_OK;
}

static enum weir_status kudu_open(const struct weir_landing_config *config, struct weir_landing **out,
				  struct weir_error *err)
{
	struct kudu *l = weir_calloc(1, sizeof *l);

	if (!l)
		return out_of_memory(err);
	*l = (struct kudu){.wake.fd = -1, .tablets = TABLETS, .counts.refused_position = -1};
	enum weir_status st = read_options(l, config->uri, err);
	const struct weir_kudu_config cluster = {
	    .masters = config->uri->hosts,
	    .user = config->uri->user,
	    .timeout_us = l->options.timeout_us < WEIR_LANDING_LOOK_US ? l->options.timeout_us : WEIR_LANDING_LOOK_US,
	    .clock = config->clock,
	    .wake = &l->wake};
	if (st == WEIR_OK)
		st = weir_wake_init(&l->wake, err);
	if (st == WEIR_OK)
		st = weir_kudu_new(&cluster, &l->cluster, err);
	if (st == WEIR_OK)
		st = prepare_streams(l, config, err);
	if (st == WEIR_OK)
		st = open_tables(l, err);
	if (st != WEIR_OK) {
		kudu_release(&l->base);
		return st;
	}
	weir_kudu_set_timeout(l->cluster, l->options.timeout_us < CALL_US ? l->options.timeout_us : CALL_US);
	*out = &l->base;
	return st;
}

static const struct weir_uri_option options[] = {
    {"create", "yes|no", "make the table where there is none, and add columns as rows need them (no)"},
    {"columns", "A,B", "land these columns alone (all)"},
    {"batch", "N", "rows that are sent at a time, at most (10,000)"},
    {"tablets", "N", "of a table that is made: rows are spread over so many (4)"},
    {"replicas", "N", "of a table that is made: copies of each row (as many as the masters make by themselves)"},
    {NULL},
};

const struct weir_landing_ops weir_landing_kudu = {
    .name = "kudu",
    .schemes = "kudu",
    .help = "tables in Apache Kudu; each row once, also where it is read again",
    .example = "kudu://master1,master2/orders?create=yes",
    .options = options,
    .open = kudu_open,
    .write = kudu_write,
    .flush = kudu_flush,
    .status = kudu_status,
    .close = kudu_close,
    .release = kudu_release,
    .interrupt = kudu_interrupt,
};
