/* kudu://MASTER,MASTER/TABLE: round after round, over servers that come and go. */
#include "kudu.h"

#include <stdlib.h>

#define TIMEOUT_US (INT64_C(30) * WEIR_US_PER_S)
#define CALL_US (INT64_C(10) * WEIR_US_PER_S) /* the longest of one call */

static void kudu_close(struct weir_source *s)
{
	struct weir_kd_source *q = (struct weir_kd_source *)s;

	weir_kd_drop(q, true);
	weir_kd_forget(q);
	weir_kd_origins_release(q);
	weir_kudu_free(q->cluster);
	weir_progress_release(&q->progress);
	weir_pushdown_release(&q->pushdown);
	if (q->wake.fd >= 0)
		weir_wake_release(&q->wake);
	weir_buf_release(&q->id);
	weir_buf_release(&q->key);
	free(q->name);
	free(q->time);
	free(q->wanted);
	free(q);
}

static enum weir_status take_place(const struct weir_kd_source *q, const struct weir_uri *uri, const char *name,
				   struct weir_place *out, struct weir_error *err)
{
	enum weir_status st = weir_uri_params_place(uri, name, weir_clock_wall_us(q->clock), out, err);

	if (st != WEIR_OK || out->kind != WEIR_PLACE_OFFSET)
		return st;
	weir_fail(err, WEIR_USAGE, name, "rows of a Kudu table have no number to go by");
	weir_error_hint(err, "%s= takes latest or a time; position= goes on where an earlier run ended", name);
	return WEIR_USAGE;
}

static enum weir_status read_params(struct weir_kd_source *q, const struct weir_source_config *config,
				    int64_t *timeout_us, struct weir_error *err)
{
	const struct weir_uri *uri = &config->uri;
	const char *position = weir_uri_param(uri, "position");
	enum weir_status st = weir_uri_params_text(uri, "time", &q->time, err);

	if (st == WEIR_OK)
		st = weir_uri_params_text(uri, "columns", &q->wanted, err);
	if (st == WEIR_OK)
		st = take_place(q, uri, "from", &q->from, err);
	if (st == WEIR_OK)
		st = take_place(q, uri, "until", &q->until, err);
	if (st == WEIR_OK)
		st = weir_uri_params_duration(uri, "timeout", timeout_us, err);
	if (st == WEIR_OK && position)
		st = weir_kd_position_read(q, position, err);
	q->follow = config->live && q->until.kind != WEIR_PLACE_LATEST;
	return st == WEIR_OK ? weir_uri_params_bool(uri, "follow", &q->follow, err) : st;
}

static enum weir_status read_address(struct weir_kd_source *q, const struct weir_uri *uri, struct weir_error *err)
{
	if (uri->password) {
		weir_fail(err, WEIR_USAGE, "kudu", "a password would not be looked at");
		weir_error_hint(err, "connections to Kudu are plain; write the user alone, kudu://USER@MASTER/TABLE");
		return WEIR_USAGE;
	}
	if (!uri->hosts || !*uri->path) {
		weir_fail(err, WEIR_USAGE, "kudu", uri->hosts ? "no table is named" : "no master is named");
		weir_error_hint(err, "write it as kudu://MASTER,MASTER/TABLE");
		return WEIR_USAGE;
	}
	q->name = weir_str_dup(weir_str_of(uri->path));
	return q->name ? WEIR_OK : weir_kd_out_of_memory(err);
}

static enum weir_status kudu_open(const struct weir_source_config *config, struct weir_source **out,
				  struct weir_error *err)
{
	struct weir_kd_source *q = weir_calloc(1, sizeof *q);
	int64_t timeout_us = TIMEOUT_US;

	if (!q)
		return weir_kd_out_of_memory(err);
	q->clock = config->clock;
	q->wake.fd = -1;
	q->nulls = -1;
	q->unit = WEIR_TIME_NO_UNIT;
	q->cells.budget = config->budget;
	weir_pushdown_init(&q->pushdown, config);
	q->base.pushed = &q->pushdown.said;
	enum weir_status st = weir_progress_init(&q->progress, err);
	if (st == WEIR_OK)
		st = weir_wake_init(&q->wake, err);
	if (st == WEIR_OK)
		st = read_address(q, &config->uri, err);
	if (st == WEIR_OK)
		st = read_params(q, config, &timeout_us, err);
	const struct weir_kudu_config cluster = {.masters = config->uri.hosts,
						 .user = config->uri.user,
						 .timeout_us = timeout_us < CALL_US ? timeout_us : CALL_US,
						 .clock = config->clock,
						 .wake = &q->wake};
	if (st == WEIR_OK)
		st = weir_kudu_new(&cluster, &q->cluster, err);
	if (st != WEIR_OK) {
		kudu_close(&q->base);
		return st;
	}
	q->away = (struct weir_away){.clock = config->clock,
				     .wake = &q->wake,
				     .progress = &q->progress,
				     .live = config->live,
				     .timeout_us = timeout_us};
	weir_away_begin(&q->away);
	*out = &q->base;
	return WEIR_OK;
}

static enum weir_status prepare(struct weir_kd_source *q, struct weir_batch *into, struct weir_error *err)
{
	bool good = weir_batch_set_schema(into, q->schema) &&
		    (weir_schema_time_field(q->schema) < 0 || weir_batch_add_time(into));

	if (good && q->landed && (good = weir_batch_add_partition(into)))
		weir_batch_set_partitions(into, q->progress.partitions);
	return good ? WEIR_OK : weir_kd_out_of_memory(err);
}

static enum weir_status poll_rows(struct weir_kd_source *q, struct weir_batch *into, struct weir_error *err)
{
	enum weir_status st = q->scan ? WEIR_OK : weir_kd_begin(q, err);

	if (st == WEIR_OK)
		st = weir_kd_origin_none(q, err);
	if (st == WEIR_OK && q->schema)
		st = prepare(q, into, err);
	if (st != WEIR_OK || !q->scan)
		return st;
	st = weir_kd_fill(q, into, err);
	if (into->n_rows && !weir_cells_finish(&q->cells, &q->schema, into))
		return weir_kd_out_of_memory(err);
	return st;
}

/* AGAIN: it is tried again. */
static enum weir_status failed(struct weir_kd_source *q, struct weir_error *err)
{
	bool got = q->got;

	weir_kd_drop(q, true);
	/* Rows came until now: a scan that was forgotten, or a tablet that moved, needs no wait. */
	if (got && err->retriable && err->code != WEIR_CANCELLED)
		return WEIR_AGAIN;
	return weir_away_failed(&q->away, q->schema != NULL, q->follow, err);
}

/* Until the next round, or the wake. */
static bool wait(struct weir_kd_source *q, int64_t timeout_us)
{
	int64_t left_us = q->scan ? 0 : q->next_us - weir_clock_mono_us(q->clock);

	if (left_us <= 0)
		return false;
	weir_wake_wait(&q->wake, left_us < timeout_us ? left_us : timeout_us);
	return true;
}

static enum weir_status kudu_poll_batch(struct weir_source *s, int64_t timeout_us, struct weir_batch *into,
					struct weir_error *err)
{
	struct weir_kd_source *q = (struct weir_kd_source *)s;
	struct weir_error local = {0};

	if (q->over) {
		weir_progress_state(&q->progress, WEIR_SOURCE_END, NULL);
		return WEIR_END;
	}
	if (weir_away_wait(&q->away, timeout_us) || wait(q, timeout_us))
		return WEIR_AGAIN;
	enum weir_status st = poll_rows(q, into, &local);
	if (st == WEIR_OK) {
		weir_away_back(&q->away);
	} else if (failed(q, &local) != WEIR_AGAIN) {
		if (err)
			*err = local;
		return local.code;
	}
	return weir_progress_batch(&q->progress, into, false);
}

static void kudu_wake(struct weir_source *s)
{
	weir_wake_signal(&((struct weir_kd_source *)s)->wake);
}

static void kudu_status(struct weir_source *s, struct weir_source_status *out)
{
	weir_progress_copy(&((struct weir_kd_source *)s)->progress, out);
}

static enum weir_status kudu_position(struct weir_source *s, struct weir_buf *out)
{
	return weir_kd_position_write((const struct weir_kd_source *)s, out);
}

static bool kudu_finite(struct weir_source *s)
{
	return !((struct weir_kd_source *)s)->follow;
}

static const struct weir_uri_option options[] = {
    {"columns", "A,B", "read these columns alone, and the event time (all)"},
    {"from", "earliest|latest|-15m|TIME", "where to start (earliest)"},
    {"until", "latest|TIME", "where to stop"},
    {"follow", "yes|no", "go on with rows as they are written (on a screen yes, in batch no)"},
    {"timeout", "DURATION", "how long to wait for servers that are away (30s)"},
    {"position", "MOMENT[;MOMENT;KEY]", "where to resume: rows that an earlier run read are skipped"},
    {NULL, NULL, NULL},
};

const struct weir_source_ops weir_source_kudu = {
    .name = "kudu",
    .schemes = "kudu",
    .help = "a table in Apache Kudu: what is there, then new rows",
    .example = "kudu://master1,master2/orders",
    .from_time = true,
    .can_wait = true,
    .options = options,
    .open = kudu_open,
    .poll_batch = kudu_poll_batch,
    .wake = kudu_wake,
    .status = kudu_status,
    .position = kudu_position,
    .finite = kudu_finite,
    .close = kudu_close,
};
