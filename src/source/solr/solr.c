/* solr://HOST/COLLECTION: asks for pages of documents, one while the one before is handed out, and for what is new. */
#include "solr.h"

#include "source/backoff.h"
#include "source/progress.h"
#include "source/uri_params.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	PAGE_DOCUMENTS = 8192,
	VERSION_BITS = 20
}; /* a version is milliseconds since 1970, and so many bits of a counter */

#define LOOK_US INT64_C(250000) /* for new documents */
#define TIMEOUT_US (INT64_C(30) * WEIR_US_PER_S)
#define FIRST_PAUSE_US INT64_C(100000)
#define MOST_PAUSE_US INT64_C(5000000)
/* So long an update takes at most from its number until it is seen, once later ones are. */
#define UNDER_WAY_US (INT64_C(5) * WEIR_US_PER_S)
/* The same in versions: milliseconds since 1970, and twenty bits of a counter. */
#define UNDER_WAY ((UNDER_WAY_US / 1000) << 20)

enum asks { NEWEST, INDEX, PAGE };

struct solr {
	struct weir_source base;
	const struct weir_clock *clock;
	struct weir_solr server;
	struct weir_solr_reader reader;
	struct weir_pushdown pushdown;
	struct weir_buf where,
	    fields; /* what Solr looks at, and sends; empty: all. From the second page on: the first says what there is */
	struct weir_progress progress;
	struct weir_wake wake;
	char *query, *time; /* owned; NULL: all; none was asked for */
	struct weir_place from, until;
	int64_t timeout_us; /* of a request; a source that does not follow gives up after so long a silence */
	bool follow, over;

	enum asks asks; /* what comes next, or is under way */
	bool asking;
	int64_t next_us;   /* not before this moment */
	int64_t silent_us; /* since when the server does not answer; 0: it does */
	struct weir_backoff backoff;
	json_t *index;             /* owned: the fields of the index, until the first page has come */
	int64_t most;              /* documents of a page */
	int64_t begin, end;        /* versions to ask for, both included */
	int64_t newest, newest_us; /* the greatest that was read, and when it came */
	struct weir_solr_seen seen;

	json_t *page; /* owned: is being handed out; NULL: none */
	size_t at;
	int64_t last;  /* version of the last row that was handed out */
	bool left_out; /* others may lie behind it */
	struct weir_buf path;
};

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "solr", "out of memory");
}

static void solr_close(struct weir_source *base)
{
	struct solr *s = (struct solr *)base;

	json_decref(s->index);
	json_decref(s->page);
	weir_solr_reader_release(&s->reader);
	weir_pushdown_release(&s->pushdown);
	weir_buf_release(&s->where);
	weir_buf_release(&s->fields);
	weir_solr_close(&s->server);
	weir_progress_release(&s->progress);
	if (s->wake.fd >= 0)
		weir_wake_release(&s->wake);
	free(s->query);
	free(s->time);
	free(s->seen.list);
	weir_buf_release(&s->path);
	free(s);
}

static enum weir_status read_params(struct solr *s, const struct weir_source_config *config, struct weir_error *err)
{
	const struct weir_uri *uri = &config->uri;
	int64_t now_us = weir_clock_wall_us(config->clock), position = INT64_MIN;
	enum weir_status st = weir_uri_params_text(uri, "query", &s->query, err);

	if (st == WEIR_OK)
		st = weir_uri_params_text(uri, "time", &s->time, err);
	if (st == WEIR_OK)
		st = weir_uri_params_place(uri, "from", now_us, &s->from, err);
	if (st == WEIR_OK)
		st = weir_uri_params_place(uri, "until", now_us, &s->until, err);
	if (st == WEIR_OK)
		st = weir_uri_params_int(uri, "position", 0, &position, err);
	if (st == WEIR_OK)
		st = weir_uri_params_duration(uri, "timeout", &s->timeout_us, err);
	s->follow = config->live && s->until.kind != WEIR_PLACE_LATEST;
	if (st == WEIR_OK)
		st = weir_uri_params_bool(uri, "follow", &s->follow, err);
	s->begin = s->from.kind == WEIR_PLACE_OFFSET ? s->from.value : 1;
	s->end = s->until.kind == WEIR_PLACE_OFFSET ? s->until.value - 1 : INT64_MAX;
	if (position >= s->begin)
		s->begin = position + 1;
	s->last = s->newest = s->begin - 1;
	return st;
}

static enum weir_status solr_open(const struct weir_source_config *config, struct weir_source **out,
				  struct weir_error *err)
{
	struct solr *s = weir_calloc(1, sizeof *s);

	if (!s)
		return out_of_memory(err);
	s->clock = config->clock;
	s->wake.fd = -1;
	s->timeout_us = TIMEOUT_US;
	s->most = PAGE_DOCUMENTS;
	weir_pushdown_init(&s->pushdown, config);
	s->base.pushed = &s->pushdown.said;
	s->backoff = (struct weir_backoff){.first_us = FIRST_PAUSE_US, .most_us = MOST_PAUSE_US};
	enum weir_status st = weir_progress_init_bytes(&s->progress, err);
	if (st == WEIR_OK)
		st = weir_wake_init(&s->wake, err);
	if (st == WEIR_OK)
		st = read_params(s, config, err);
	if (st == WEIR_OK)
		st = weir_solr_open(&config->uri, s->timeout_us, &s->server, err);
	if (st != WEIR_OK) {
		solr_close(&s->base);
		return st;
	}
	s->reader.budget = config->budget;
	s->reader.time = s->time;
	weir_progress_state(&s->progress, WEIR_SOURCE_CONNECTING, "no answer yet");
	*out = &s->base;
	return WEIR_OK;
}

/* ---- what is asked ---- */

static bool by_time(const struct solr *s)
{
	return s->from.kind == WEIR_PLACE_TIME || s->until.kind == WEIR_PLACE_TIME;
}

static void add_time(const struct weir_place *p, struct weir_buf *out)
{
	char text[40];
	int64_t ms = p->value / 1000 - (p->value % 1000 < 0);

	if (p->kind != WEIR_PLACE_TIME)
		weir_buf_add_char(out, '*');
	else
		weir_buf_add(out, text, weir_time_format_iso(ms * 1000, text));
}

/* The times that are wanted, to the millisecond; is_wanted looks at the rest. */
static void add_times(const struct solr *s, struct weir_buf *path)
{
	const char *column = s->time ? s->time : s->reader.landed_time;
	struct weir_buf text = {0};

	if (!by_time(s) || !column)
		return;
	if (s->reader.landed)
		weir_solr_field_name(weir_str_of(column), WEIR_SOLR_DATE, &text);
	else
		weir_buf_add_c(&text, column);
	weir_buf_add_c(&text, ":[");
	add_time(&s->from, &text);
	weir_buf_add_c(&text, " TO ");
	add_time(&s->until, &text);
	weir_buf_add_char(&text, ']');
	weir_buf_add_c(path, "&fq=");
	weir_solr_escape(weir_buf_str(&text), path);
	path->failed = path->failed || text.failed;
	weir_buf_release(&text);
}

static enum weir_status ask(struct solr *s, struct weir_error *err)
{
	struct weir_buf *p = &s->path;

	weir_buf_clear(p);
	if (s->asks == INDEX) {
		weir_buf_add_c(p, "/admin/luke?numTerms=0&wt=json");
	} else {
		weir_buf_add_c(p, "/select?wt=json&q=");
		weir_solr_escape(weir_str_of(s->query ? s->query : "*:*"), p);
	}
	if (s->asks == NEWEST)
		weir_buf_add_c(p, "&sort=_version_+desc&rows=1&fl=_version_," WEIR_SOLR_TIME);
	if (s->asks == PAGE) {
		weir_buf_addf(p, "&sort=_version_+asc,id+asc&rows=%lld&fq=_version_:[%lld+TO+%lld]&fl=",
			      (long long)s->most, (long long)s->begin, (long long)s->end);
		weir_buf_add_c(p, s->fields.size ? s->fields.data : "*,_version_");
		add_times(s, p);
		if (s->where.size) {
			weir_buf_add_c(p, "&fq=");
			weir_solr_escape(weir_buf_str(&s->where), p);
		}
	}
	if (p->failed)
		return out_of_memory(err);
	enum weir_status st = weir_solr_begin(&s->server, p->data, NULL, err);
	s->asking = st == WEIR_OK;
	return st;
}

/* ---- what is answered ---- */

/* What is there now: where a batch ends. */
static void take_newest(struct solr *s, const json_t *docs)
{
	const json_t *first = json_array_get(docs, 0);
	int64_t newest = weir_solr_version(first);

	if (s->from.kind == WEIR_PLACE_LATEST && s->begin <= newest)
		s->last = s->newest = newest, s->begin = newest + 1;
	if (!s->follow && newest < s->end)
		s->end = newest;
	s->asks = INDEX;
}

/* The page is handed out next, but for what was read before. */
static enum weir_status keep_page(struct solr *s, const json_t *docs, struct weir_error *err)
{
	json_t *fresh = weir_solr_pass_over_seen(&s->seen, docs, s->newest - UNDER_WAY);

	if (!fresh)
		return out_of_memory(err);
	json_decref(s->page);
	s->page = fresh;
	s->at = 0;
	return WEIR_OK;
}

/* Where the next page begins. *tip: there is nothing more now. */
static void go_on(struct solr *s, size_t n, bool *tip)
{
	int64_t now_us = weir_clock_mono_us(s->clock), again = s->newest - UNDER_WAY;

	*tip = (int64_t)n < s->most;
	if (!*tip) /* those with the same version as the last are asked for again */
		s->begin = s->newest;
	else if (now_us - s->newest_us > UNDER_WAY_US)
		s->begin = s->newest + 1;
	else if (again > s->begin)
		s->begin = again;
}

/* From now on Solr may leave out. While new documents are followed it must not: they may bring other types. */
static enum weir_status settle(struct solr *s, struct weir_error *err)
{
	struct weir_pushdown *p = &s->pushdown;

	if (!s->follow)
		return weir_solr_reader_settle(&s->reader, p, &s->where, &s->fields, err);
	enum weir_status st = weir_pushdown_learn(p, s->reader.schema, err);
	if (st == WEIR_OK)
		weir_pushdown_refuse_parts(p, "documents that come may have other types (follow=yes)");
	return st;
}

/* The first documents say what there is. */
static enum weir_status begin_rows(struct solr *s, const json_t *docs, struct weir_error *err)
{
	enum weir_status st = weir_solr_reader_begin(&s->reader, docs, s->index, err);

	json_decref(s->index);
	s->index = NULL;
	if (st == WEIR_OK && by_time(s) && weir_schema_time_field(s->reader.schema) < 0) {
		st = weir_fail(err, WEIR_USAGE, s->from.kind == WEIR_PLACE_TIME ? "from" : "until",
			       "no column is a time");
		weir_error_hint(err, "name one with time=");
	}
	return st == WEIR_OK ? settle(s, err) : st;
}

static enum weir_status take_page(struct solr *s, json_t *docs, struct weir_error *err)
{
	size_t n = json_array_size(docs);
	int64_t last = n ? weir_solr_version(json_array_get(docs, n - 1)) : 0;
	bool tip;
	enum weir_status st = WEIR_OK;

	if (last > s->newest) {
		s->newest = last;
		s->newest_us = weir_clock_mono_us(s->clock);
	}
	if (!s->reader.schema && n)
		st = begin_rows(s, docs, err);
	else if (!s->reader.schema) { /* there may be other fields when the first document comes */
		json_decref(s->index);
		s->index = NULL;
		s->asks = INDEX;
	}
	if (st == WEIR_OK)
		st = keep_page(s, docs, err);
	if (st != WEIR_OK)
		return st;
	go_on(s, n, &tip);
	s->over = tip && !s->follow;
	s->left_out = s->left_out || s->where.size;
	s->next_us = tip ? weir_clock_mono_us(s->clock) + LOOK_US : 0;
	return WEIR_OK;
}

static enum weir_status take_answer(struct solr *s, json_t *answer, struct weir_error *err)
{
	json_t *docs = json_object_get(json_object_get(answer, "response"), "docs");
	enum weir_status st = WEIR_OK;

	if (s->asks == INDEX) {
		s->index = json_incref(answer);
		s->asks = PAGE;
	} else if (!json_is_array(docs)) {
		st = weir_fail(err, WEIR_IO, s->server.name, "the answer has no documents");
	} else if (s->asks == NEWEST) {
		take_newest(s, docs);
	} else {
		st = take_page(s, docs, err);
	}
	json_decref(answer);
	return st;
}

/* After an error: later, with fewer documents, or never. */
static enum weir_status failed(struct solr *s, enum weir_status st, struct weir_error *err)
{
	int64_t now_us = weir_clock_mono_us(s->clock);

	if (st == WEIR_TOO_LARGE && s->most > 1) {
		s->most = s->most > 8 ? s->most / 8 : 1;
		return WEIR_AGAIN;
	}
	s->silent_us = s->silent_us ? s->silent_us : now_us;
	if (!err->retriable || (!s->follow && now_us - s->silent_us >= s->timeout_us))
		return st;
	weir_progress_state(&s->progress, WEIR_SOURCE_RECONNECTING, err->what);
	s->next_us = now_us + weir_backoff_next(&s->backoff);
	return WEIR_AGAIN;
}

/* Goes on with the request, or begins one that is due. OK: there may be rows now. */
static enum weir_status go(struct solr *s, int64_t timeout_us, struct weir_error *err)
{
	int64_t left_us = s->next_us - weir_clock_mono_us(s->clock);
	json_t *answer = NULL;

	if (!s->asking && left_us > 0) {
		weir_wake_wait(&s->wake, left_us < timeout_us ? left_us : timeout_us);
		return WEIR_AGAIN;
	}
	enum weir_status st = s->asking ? WEIR_OK : ask(s, err);
	if (st == WEIR_OK)
		st = weir_solr_step(&s->server, timeout_us, &answer, err);
	if (st == WEIR_AGAIN)
		return st;
	s->asking = false;
	if (st != WEIR_OK)
		return failed(s, st, err);
	s->silent_us = 0;
	weir_backoff_reset(&s->backoff);
	weir_progress_state(&s->progress, WEIR_SOURCE_LIVE, NULL);
	return take_answer(s, answer, err);
}

/* ---- rows ---- */

/* Rows before from= and after until=, where these are times, are passed over. */
static bool is_wanted(const struct solr *s, int64_t us)
{
	if (!by_time(s))
		return true;
	return us != WEIR_TIME_NONE && (s->from.kind != WEIR_PLACE_TIME || us >= s->from.value) &&
	       (s->until.kind != WEIR_PLACE_TIME || us < s->until.value);
}

static enum weir_status fill(struct solr *s, struct weir_batch *into, struct weir_error *err)
{
	if (!weir_batch_set_schema(into, s->reader.schema) ||
	    (weir_schema_time_field(s->reader.schema) >= 0 && !weir_batch_add_time(into)))
		return out_of_memory(err);
	for (; s->at < json_array_size(s->page) && into->n_rows < into->capacity; s->at++) {
		const json_t *doc = json_array_get(s->page, s->at);
		uint32_t row = into->n_rows;
		into->position[row] = weir_solr_version(doc);
		if (!weir_solr_reader_row(&s->reader, doc, into, row))
			return out_of_memory(err);
		s->last = into->position[row] > s->last ? into->position[row] : s->last;
		if (is_wanted(s, into->time_us ? into->time_us[row] : WEIR_TIME_NONE))
			into->n_rows++;
		else
			for (uint32_t i = 0; i < into->n_columns; i++)
				weir_column_truncate(&into->columns[i], row);
	}
	return weir_solr_reader_finish(&s->reader, into) ? WEIR_OK : out_of_memory(err);
}

static enum weir_status solr_poll_batch(struct weir_source *base, int64_t timeout_us, struct weir_batch *into,
					struct weir_error *err)
{
	struct solr *s = (struct solr *)base;
	struct weir_error local = {0}, *e = err ? err : &local;

	if (s->page && s->at < json_array_size(s->page)) {
		/* The next page comes meanwhile. */
		if (!s->over && !s->asking && !s->next_us && ask(s, e) != WEIR_OK)
			return e->code;
		enum weir_status st = fill(s, into, e);
		weir_progress_add(&s->progress, into->bytes, into->bytes);
		return st != WEIR_OK ? st : into->n_rows ? WEIR_OK : WEIR_AGAIN;
	}
	if (s->over) {
		if (s->left_out && s->end != INT64_MAX && s->last < s->end)
			s->last = s->end;
		weir_progress_state(&s->progress, WEIR_SOURCE_END, NULL);
		return WEIR_END;
	}
	enum weir_status st = go(s, timeout_us, e);
	return st == WEIR_OK ? WEIR_AGAIN : st;
}

static void solr_wake(struct weir_source *base)
{
	struct solr *s = (struct solr *)base;

	weir_wake_signal(&s->wake);
	weir_http_wake(s->server.http);
}

static void solr_status(struct weir_source *base, struct weir_source_status *out)
{
	weir_progress_copy(&((struct solr *)base)->progress, out);
}

static enum weir_status solr_position(struct weir_source *base, struct weir_buf *out)
{
	weir_buf_addf(out, "%lld", (long long)((const struct solr *)base)->last);
	return WEIR_OK;
}

static bool solr_finite(struct weir_source *base)
{
	return !((struct solr *)base)->follow;
}

static const struct weir_uri_option options[] = {
    {"query", "QUERY", "those documents alone, in Solr's own language (all)"},
    {"from", "earliest|latest|-15m|TIME|VERSION", "where to start (earliest)"},
    {"until", "latest|TIME|VERSION", "where to stop"},
    {"follow", "yes|no", "go on with documents as they come (on a screen yes, in batch no)"},
    {"timeout", "DURATION", "how long to wait for an answer, and, without follow, for a server that is away (30s)"},
    {"position", "VERSION", "where to resume: documents up to this version are skipped"},
    WEIR_SOLR_URI_OPTIONS,
    {NULL, NULL, NULL},
};

const struct weir_source_ops weir_source_solr = {
    .name = "solr",
    .schemes = "solr",
    .help = "a collection in Apache Solr: what is there, then new documents",
    .example = "solr://127.0.0.1:8983/orders",
    .can_wait = true,
    .options = options,
    .open = solr_open,
    .poll_batch = solr_poll_batch,
    .wake = solr_wake,
    .status = solr_status,
    .position = solr_position,
    .finite = solr_finite,
    .close = solr_close,
};
