/* mongodb://HOST/DATABASE/COLLECTION: one question to the server at a time, and the documents that it answers. */
#include "mongodb.h"

#include <stdlib.h>

#define TIMEOUT_US (INT64_C(30) * WEIR_US_PER_S)
#define LATE_US (INT64_C(5) * WEIR_US_PER_S)
#define LOOK_US INT64_C(250000)     /* polling asks so often */
#define STREAM_US INT64_C(100000)   /* a change stream, where the server does not wait by itself */
#define PATIENCE_US INT64_C(500000) /* an answer that comes within this is not broken off by a wake */

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "mongodb", "out of memory");
}

static void mg_close(struct weir_source *s)
{
	struct weir_mg_source *q = (struct weir_mg_source *)s;

	weir_mongodb_cursor_release(&q->found);
	weir_mongodb_cursor_release(&q->changes);
	weir_mongodb_release(&q->server);
	weir_mg_reader_release(&q->reader);
	weir_mg_seen_release(&q->seen);
	weir_mg_set_release(&q->arrived);
	weir_progress_release(&q->progress);
	if (q->wake.fd >= 0)
		weir_wake_release(&q->wake);
	if (q->query)
		bson_destroy(q->query);
	if (q->place)
		bson_destroy(q->place);
	if (q->has_last)
		bson_value_destroy(&q->last);
	free(q->time);
	free(q->by);
	free(q->columns);
	free(q);
}

/* ---- parameters ---- */

static enum weir_status take_query(const struct weir_uri *uri, bson_t **out, struct weir_error *err)
{
	const char *text = weir_uri_param(uri, "query");
	bson_error_t e = {0};

	if (!text)
		return WEIR_OK;
	*out = bson_new_from_json((const uint8_t *)text, -1, &e);
	if (*out)
		return WEIR_OK;
	weir_fail(err, WEIR_USAGE, "query", "that is no document of JSON: %.150s", e.message);
	weir_error_hint(err, "such as query={\"status\":{\"$gte\":500}}");
	return WEIR_USAGE;
}

static enum weir_status take_place(const struct weir_uri *uri, const char *name, int64_t now_us, struct weir_place *out,
				   struct weir_error *err)
{
	enum weir_status st = weir_uri_params_place(uri, name, now_us, out, err);

	if (st == WEIR_OK && out->kind == WEIR_PLACE_OFFSET)
		st = weir_fail(err, WEIR_USAGE, name, "%s=%s is no time", name, weir_uri_param(uri, name));
	return st;
}

static enum weir_status read_params(struct weir_mg_source *q, const struct weir_source_config *config,
				    int64_t *timeout_us, struct weir_error *err)
{
	const struct weir_uri *uri = &config->uri;
	const char *position = weir_uri_param(uri, "position");
	int64_t now_us = weir_clock_wall_us(q->clock);
	enum weir_status st = weir_uri_params_text(uri, "time", &q->time, err);

	if (st == WEIR_OK)
		st = weir_uri_params_text(uri, "by", &q->by, err);
	if (st == WEIR_OK)
		st = weir_uri_params_text(uri, "columns", &q->columns, err);
	if (st == WEIR_OK)
		st = take_query(uri, &q->query, err);
	if (st == WEIR_OK)
		st = take_place(uri, "from", now_us, &q->from, err);
	if (st == WEIR_OK)
		st = take_place(uri, "until", now_us, &q->until, err);
	if (st == WEIR_OK)
		st = weir_uri_params_duration(uri, "timeout", timeout_us, err);
	if (st == WEIR_OK)
		st = weir_uri_params_duration(uri, "late", &q->late_us, err);
	if (st == WEIR_OK && position)
		st = weir_mg_position_read(q, position, err);
	q->follow = config->live && q->until.kind != WEIR_PLACE_LATEST;
	if (st == WEIR_OK)
		st = weir_uri_params_bool(uri, "follow", &q->follow, err);
	if (st == WEIR_OK && q->place && (q->query || q->by))
		st = weir_fail(err, WEIR_USAGE, "position",
			       "a place in a change stream goes with neither query= nor by=");
	return st;
}

static enum weir_status check_address(const struct weir_mg_source *q, struct weir_error *err)
{
	if (q->server.collection)
		return WEIR_OK;
	weir_fail(err, WEIR_USAGE, "mongodb", "the address names no collection");
	weir_error_hint(err, "write it as mongodb://HOST/DATABASE/COLLECTION");
	return WEIR_USAGE;
}

static enum weir_status mg_open(const struct weir_source_config *config, struct weir_source **out,
				struct weir_error *err)
{
	struct weir_mg_source *q = weir_calloc(1, sizeof *q);
	int64_t timeout_us = TIMEOUT_US;

	if (!q)
		return out_of_memory(err);
	q->clock = config->clock;
	q->wake.fd = -1;
	q->late_us = LATE_US;
	q->floor = INT64_MIN;
	q->reader.cells.budget = config->budget;
	enum weir_status st = weir_progress_init_bytes(&q->progress, err);
	if (st == WEIR_OK)
		st = weir_wake_init(&q->wake, err);
	if (st == WEIR_OK)
		st = read_params(q, config, &timeout_us, err);
	if (st == WEIR_OK)
		st = weir_mongodb_init(&q->server, &config->uri, config->clock, timeout_us, err);
	if (st == WEIR_OK)
		st = check_address(q, err);
	if (st != WEIR_OK) {
		mg_close(&q->base);
		return st;
	}
	q->server.wake = &q->wake;
	q->server.patience_us = PATIENCE_US;
	q->reader.time = q->time;
	q->away = (struct weir_away){.clock = config->clock,
				     .wake = &q->wake,
				     .progress = &q->progress,
				     .live = config->live,
				     .timeout_us = timeout_us};
	weir_away_begin(&q->away);
	*out = &q->base;
	return WEIR_OK;
}

/* ---- what is asked ---- */

/* A query of one's own and a key of one's own are followed by polling: a change stream knows neither. */
static bool wants_changes(const struct weir_mg_source *q)
{
	return q->place || (q->follow && !q->query && !q->by && !q->has_last);
}

static enum weir_status begin(struct weir_mg_source *q, struct weir_error *err)
{
	bool at_place = q->place != NULL;
	enum weir_status st = WEIR_OK;

	if (wants_changes(q))
		st = weir_mg_changes_open(q, &q->has_changes, err);
	if (st == WEIR_OK)
		st = weir_mg_find_key(q, err);
	if (st != WEIR_OK)
		return st;
	q->phase = WEIR_MG_HISTORY;
	if (q->has_changes && (at_place || q->from.kind == WEIR_PLACE_LATEST))
		q->phase = WEIR_MG_CHANGES;
	else if (q->follow && !q->has_changes && !q->known)
		q->phase = WEIR_MG_POLL; /* nothing is there yet, so nobody knows by which key it is followed */
	else if (q->from.kind == WEIR_PLACE_LATEST && !q->has_last) {
		st = weir_mg_find_newest(q, err);
		q->phase = q->follow ? WEIR_MG_POLL : WEIR_MG_HISTORY;
	}
	return st;
}

static enum weir_status go_on_with_history(struct weir_mg_source *q, struct weir_error *err)
{
	bool done;
	enum weir_status st = weir_mg_find_history(q, &done, err);

	q->wait_us = 0;
	if (st == WEIR_OK && q->has_changes)
		st = weir_mg_changes_drain(q, err);
	if (st != WEIR_OK || !done)
		return st;
	q->over = !q->follow;
	if (q->has_changes)
		st = weir_mg_changes_rewind(q, err);
	q->phase = q->has_changes ? WEIR_MG_CHANGES : WEIR_MG_POLL;
	return st;
}

/* One question to the server. *idle: it has nothing new. */
static enum weir_status ask(struct weir_mg_source *q, int64_t timeout_us, bool *idle, struct weir_error *err)
{
	bson_t document;
	enum weir_status st;

	switch (q->phase) {
	case WEIR_MG_BEGIN:
		return begin(q, err);
	case WEIR_MG_HISTORY:
		return go_on_with_history(q, err);
	case WEIR_MG_POLL:
		if (!(q->found.begun && q->found.id) && weir_clock_mono_us(q->clock) < q->look_us) {
			*idle = true;
			return WEIR_OK;
		}
		st = weir_mg_poll(q, idle, err);
		if (*idle)
			q->look_us = weir_clock_mono_us(q->clock) + LOOK_US;
		return st;
	default:
		q->wait_us = timeout_us < LOOK_US ? timeout_us : LOOK_US;
		st = weir_mg_changes_more(q, err);
		*idle = st == WEIR_OK && !weir_mongodb_cursor_peek(&q->changes, &document);
		return st;
	}
}

static enum weir_status connect_to(struct weir_mg_source *q, struct weir_error *err)
{
	bool fresh, has;
	enum weir_status st = weir_mongodb_connect(&q->server, &fresh, err);

	if (st != WEIR_OK)
		return st;
	if (fresh) { /* cursors are those of a connection */
		weir_mongodb_cursor_release(&q->found);
		weir_mongodb_cursor_release(&q->changes);
		q->has_changes = q->has_changes && q->phase != WEIR_MG_BEGIN;
	}
	return q->has_changes && !q->changes.begun ? weir_mg_changes_open(q, &has, err) : WEIR_OK;
}

/* ---- rows ---- */

/* The next document that is to be handed out. False: the batch in hand has no more. */
static bool next_document(struct weir_mg_source *q, bson_t *document, bool *good)
{
	bool fresh = false;

	*good = true;
	if (q->phase == WEIR_MG_CHANGES)
		return weir_mg_changes_next(q, document);
	while (*good && !fresh) {
		if (!weir_mongodb_cursor_next(&q->found, document))
			return false;
		*good = weir_mg_take_key(q, document, &fresh);
	}
	if (*good && q->has_changes)
		weir_mg_set_mark(&q->arrived, weir_mg_id_hash(document));
	return *good;
}

/* The first documents say what there is. *some: there are any. */
static enum weir_status learn(struct weir_mg_source *q, bool *some, struct weir_error *err)
{
	bool changes = q->phase == WEIR_MG_CHANGES;
	struct weir_mongodb_cursor copy = changes ? q->changes : q->found;
	bson_t one, document;

	*some = q->reader.schema != NULL;
	if (*some)
		return WEIR_OK;
	while (weir_mongodb_cursor_peek(&copy, &one)) {
		(void)bson_iter_next(&copy.at);
		if (changes ? !weir_mg_document_of(&one, &document) : (document = one, false))
			continue;
		if (!weir_mg_learn(&q->reader, &document))
			return out_of_memory(err);
	}
	*some = q->reader.schema != NULL;
	return *some ? weir_mg_choose_time(&q->reader, err) : WEIR_OK;
}

/* Rows before from= and after until=, where these are times, are passed over. */
static bool is_wanted(const struct weir_mg_source *q, int64_t us)
{
	if (q->from.kind != WEIR_PLACE_TIME && q->until.kind != WEIR_PLACE_TIME)
		return true;
	return us != WEIR_TIME_NONE && (q->from.kind != WEIR_PLACE_TIME || us >= q->from.value) &&
	       (q->until.kind != WEIR_PLACE_TIME || us < q->until.value);
}

static enum weir_status fill(struct weir_mg_source *q, struct weir_batch *into, struct weir_error *err)
{
	bool good = true, some;
	bson_t document;
	enum weir_status st = learn(q, &some, err);

	if (st != WEIR_OK || !some)
		return st;
	if (!weir_batch_set_schema(into, q->reader.schema) ||
	    (weir_schema_time_field(q->reader.schema) >= 0 && !weir_batch_add_time(into)))
		return out_of_memory(err);
	while (into->n_rows < into->capacity && next_document(q, &document, &good)) {
		uint32_t row = into->n_rows;
		into->position[row] = q->came++;
		if (!weir_mg_read_row(&q->reader, &document, into, row))
			return out_of_memory(err);
		if (is_wanted(q, into->time_us ? into->time_us[row] : WEIR_TIME_NONE))
			into->n_rows++;
		else
			for (uint32_t i = 0; i < into->n_columns; i++)
				weir_column_truncate(&into->columns[i], row);
	}
	if (good && into->n_rows)
		good = weir_cells_finish(&q->reader.cells, &q->reader.schema, into);
	return good ? WEIR_OK : out_of_memory(err);
}

static enum weir_status poll_rows(struct weir_mg_source *q, int64_t timeout_us, struct weir_batch *into, bool *idle,
				  struct weir_error *err)
{
	enum weir_status st = fill(q, into, err);

	if (st != WEIR_OK || into->n_rows)
		return st;
	st = connect_to(q, err);
	if (st == WEIR_OK)
		st = ask(q, timeout_us, idle, err);
	if (st != WEIR_OK)
		return st;
	weir_away_back(&q->away);
	return q->over ? WEIR_OK : fill(q, into, err);
}

/* The server had nothing, and said so before the time was over. */
static void wait_for_news(struct weir_mg_source *q, int64_t timeout_us)
{
	int64_t most_us = q->phase == WEIR_MG_CHANGES ? STREAM_US : LOOK_US;
	int64_t wait_us = timeout_us < most_us ? timeout_us : most_us;
	int64_t left_us = q->away.began_us + wait_us - weir_clock_mono_us(q->clock);

	if (left_us > 0)
		weir_wake_wait(&q->wake, left_us);
}

static enum weir_status mg_poll_batch(struct weir_source *s, int64_t timeout_us, struct weir_batch *into,
				      struct weir_error *err)
{
	struct weir_mg_source *q = (struct weir_mg_source *)s;
	struct weir_error local = {0};
	bool idle = false;

	if (q->over)
		return WEIR_END;
	if (weir_away_wait(&q->away, timeout_us))
		return WEIR_AGAIN;
	enum weir_status st = poll_rows(q, timeout_us, into, &idle, &local);
	if (st != WEIR_OK && weir_away_failed(&q->away, q->reader.schema != NULL, q->follow, &local) != WEIR_AGAIN) {
		if (err)
			*err = local;
		return local.code;
	}
	st = weir_progress_batch(&q->progress, into, q->over);
	if (st == WEIR_AGAIN && idle)
		wait_for_news(q, timeout_us);
	return st;
}

static void mg_wake(struct weir_source *s)
{
	weir_wake_signal(&((struct weir_mg_source *)s)->wake);
}

static void mg_status(struct weir_source *s, struct weir_source_status *out)
{
	weir_progress_copy(&((struct weir_mg_source *)s)->progress, out);
}

static enum weir_status mg_position(struct weir_source *s, struct weir_buf *out)
{
	return weir_mg_position_write((const struct weir_mg_source *)s, out);
}

static bool mg_finite(struct weir_source *s)
{
	return !((struct weir_mg_source *)s)->follow;
}

static const struct weir_uri_option options[] = {
    {"query", "DOCUMENT", "those documents alone, as a filter of MongoDB in JSON (all)"},
    {"columns", "A,B", "ask for these columns alone (all)"},
    {"by", "FIELD", "the field whose order is that of writing: a date, an ObjectId or a counter (_id, or as landed)"},
    {"from", "earliest|latest|-15m|TIME", "where to start (earliest)"},
    {"until", "latest|TIME", "where to stop"},
    {"follow", "yes|no", "go on with documents as they come (on a screen yes, in batch no)"},
    {"late", "DURATION", "where the server has no change streams: how long documents may take to show up (5s)"},
    {"timeout", "DURATION", "how long to wait for an answer of the server (30s)"},
    {"position", "PLACE", "where to resume: what an earlier run read is skipped"},
    WEIR_MONGODB_OPTIONS,
    {NULL, NULL, NULL},
};

const struct weir_source_ops weir_source_mongodb = {
    .name = "mongodb",
    .schemes = "mongodb",
    .help = "a collection in MongoDB: what is there, then new documents",
    .example = "mongodb://user@host/db/orders",
    .from_time = true,
    .can_wait = true,
    .options = options,
    .open = mg_open,
    .poll_batch = mg_poll_batch,
    .wake = mg_wake,
    .status = mg_status,
    .position = mg_position,
    .finite = mg_finite,
    .close = mg_close,
};
