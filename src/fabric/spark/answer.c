/* What the job sends, and results made of it. */
#include "spark.h"

#include "weir/query/result_builder.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { BATCHES_APART = 512 }; /* a batch may be counted again after a restart; older ones are not */

static void add_metrics(struct weir_spark_metrics *to, const struct weir_spark_metrics *m)
{
	to->received += m->received;
	to->malformed += m->malformed;
	to->filtered += m->filtered;
	to->no_time += m->no_time;
	to->unfit += m->unfit;
	to->outside += m->outside;
}

void weir_spark_forget_counts(struct weir_spark *s)
{
	memset(s->before, 0, sizeof s->before);
	memset(s->late, 0, sizeof s->late);
	weir_spark_behind_forget(s->behind);
	s->n_counted = 0;
	s->fault = (struct weir_error){0};
	s->batch = (struct weir_spark_batch){
	    .id = -1, .batch_ms = -1, .watermark_us = WEIR_TIME_NONE, .input_rate = NAN, .processed_rate = NAN};
}

/* ---- what comes ---- */

static void note_fault(struct weir_spark *s, const struct weir_error *err)
{
	if (s->n_faults++ == 0)
		s->fault = *err;
	if (s->config.log)
		weir_log_add(s->config.log, WEIR_LOG_WARNING, "spark", "%s", err->what);
}

static struct weir_spark_counted *place_of(struct weir_spark *s, int64_t batch)
{
	for (size_t i = s->n_counted; i > 0; i--)
		if (s->counted[i - 1].batch == batch)
			return &s->counted[i - 1];
	if (s->n_counted == BATCHES_APART) {
		for (uint32_t i = 0; i < s->config.n_streams; i++)
			add_metrics(&s->before[i], &s->counted[0].streams[i]);
		memmove(s->counted, s->counted + 1, (s->n_counted - 1) * sizeof *s->counted);
		s->n_counted--;
	}
	if (!weir_grow((void **)&s->counted, &s->counted_capacity, s->n_counted + 1, sizeof *s->counted))
		return NULL;
	return &s->counted[s->n_counted++];
}

static void take_batch(struct weir_spark *s, const struct weir_spark_message *m, struct weir_error *err)
{
	struct weir_spark_counted *c = place_of(s, m->batch.id);

	if (!c) {
		weir_fail(err, WEIR_NO_MEMORY, "spark", "out of memory");
		return;
	}
	*c = (struct weir_spark_counted){.batch = m->batch.id};
	for (uint32_t i = 0; i < s->config.n_streams; i++) {
		struct weir_spark_place *places;
		size_t n = weir_spark_message_places(m, i, s->config.n_streams, &places);
		weir_spark_behind_take(s->behind, i, places, n);
		weir_spark_message_metrics(m, s->streams[i].name, &c->streams[i]);
	}
	s->batch = m->batch;
	s->answered = true;
	if (m->batch.watermark_us > 0)
		weir_partials_note_newest(s->partials, m->batch.watermark_us + weir_late_us(s->view.late_us));
}

static void take_row(struct weir_spark *s, const struct weir_spark_message *m, struct weir_error *err)
{
	const struct weir_partial_layout *layout = weir_partials_layout(s->partials);
	struct weir_value *cells = weir_calloc((size_t)layout->n_keys + layout->n_values, sizeof *cells);
	enum weir_status st = cells ? weir_spark_message_row(m, layout, cells, cells + layout->n_keys, err)
				    : weir_fail(err, WEIR_NO_MEMORY, "spark", "out of memory");

	if (st == WEIR_OK)
		(void)!weir_partials_put(s->partials, cells, cells + layout->n_keys, err);
	free(cells);
}

static void take_state(struct weir_spark *s, const struct weir_spark_message *m)
{
	s->state = m->state;
	if (strcmp(m->state.name, "ended") == 0 && m->generation == s->generation)
		s->over = true;
}

static void take_message(struct weir_spark *s, struct weir_str key, struct weir_str value)
{
	struct weir_spark_message m;
	struct weir_error err = {0};
	enum weir_status st = weir_spark_message_read(key, value, &m, &err);

	if (st == WEIR_OK && m.kind == WEIR_SPARK_STATE)
		take_state(s, &m);
	else if (st == WEIR_OK && m.generation == s->generation && m.kind == WEIR_SPARK_BATCH)
		take_batch(s, &m, &err);
	else if (st == WEIR_OK && m.generation == s->generation)
		take_row(s, &m, &err);
	if (err.code != WEIR_OK)
		note_fault(s, &err);
	weir_spark_message_release(&m);
}

static void bring_up_to_date(struct weir_spark *s)
{
	struct weir_error err = {0};

	weir_plan_arrive(s->plan, weir_clock_wall_us(s->config.clock));
	if (weir_partials_apply(s->partials, s->plan, &err) != WEIR_OK)
		note_fault(s, &err);
}

bool weir_spark_newer(struct weir_fabric *f, bool *ended)
{
	struct weir_spark *s = (struct weir_spark *)f;
	struct weir_spark_mail mail = {0};

	*ended = s->over;
	bool nearer = weir_spark_behind_has_news(s->behind);
	if (!s->run || (!weir_spark_run_has_news(s->run) && !nearer))
		return false;
	weir_spark_run_take(s->run, &mail, &s->status);
	for (size_t i = 0; i < mail.n; i++)
		take_message(s, weir_spark_mail_key(&mail, i), weir_spark_mail_value(&mail, i));
	weir_spark_mail_release(&mail);
	bring_up_to_date(s);
	s->over = s->over || s->status.failed || s->status.over;
	*ended = s->over;
	return true;
}

/* ---- results ---- */

/* Where each record went. What no other count explains came after the watermark had closed its pane. Returns how many have no
 * partial row although they are matched: they lie before the window. */
static uint64_t fill_ledger(const struct weir_spark *s, uint32_t i, struct weir_ledger *l)
{
	struct weir_spark_metrics m = s->before[i];

	weir_ledger_init(l);
	for (size_t k = 0; k < s->n_counted; k++)
		add_metrics(&m, &s->counted[k].streams[i]);
	l->received = m.received;
	l->malformed = l->malformed_by[0] = m.malformed;
	l->filtered = m.filtered;
	l->no_time = m.no_time;
	l->watermark_us = s->batch.watermark_us;
	l->lag = weir_spark_behind_lag(s->behind, i);
	return m.outside;
}

static uint64_t rows_of(const struct weir_result *r)
{
	uint64_t n = r->has_others ? r->others.rows : 0;

	for (uint32_t i = 0; i < r->n_rows; i++)
		n += r->rows[i].rows;
	return n;
}

/* Partial rows do not say of which stream they are: what is matched is shared out by what each stream has left. */
static bool add_ledgers(struct weir_spark *s, struct weir_result *r)
{
	struct weir_ledger ledgers[WEIR_MAX_STREAMS];
	const struct weir_ledger *lists[WEIR_MAX_STREAMS];
	struct weir_result_stream streams[WEIR_MAX_STREAMS];
	struct weir_partials_account account = {0};
	bool unknown = s->view.text[WEIR_VIEW_WHERE] && !s->counts_filtered; /* what the filter left out */

	weir_partials_count(s->partials, &account);
	uint64_t in_window = r->total.rows ? r->total.rows : rows_of(r), counted = account.records;
	for (uint32_t i = 0; i < s->config.n_streams; i++) {
		struct weir_ledger *l = &ledgers[i];
		uint64_t outside = fill_ledger(s, i, l);
		uint64_t left = l->received - l->malformed - l->filtered;
		if (left > l->received)
			left = 0;
		uint64_t apart = l->no_time + outside, timed = left > apart ? left - apart : 0, matched = left;
		if (unknown) {
			matched = counted < left ? counted : left;
			l->filtered = left - matched;
		} else if (!s->config.finite && counted < timed) {
			/* without the rows that memory let go of, the difference says nothing new */
			s->late[i] = account.shed ? s->late[i] : timed - counted;
			l->late = s->late[i] < timed ? s->late[i] : timed;
			matched = left - l->late;
		}
		l->matched = matched;
		uint64_t in_rows = matched > outside ? matched - outside : 0;
		counted -= in_rows < counted ? in_rows : counted;
		l->in_window = in_window < l->matched ? in_window : l->matched;
		in_window -= l->in_window;
		l->expired = l->matched - l->in_window;
		l->newest_us = account.newest_us;
		lists[i] = l;
		streams[i] = (struct weir_result_stream){&lists[i], 1, NULL, s->batch.watermark_us};
	}
	return weir_result_set_streams(r, streams, s->config.n_streams);
}

/* Records and columns are those of the sample. */
static bool add_sample(struct weir_spark *s, const struct weir_result_request *request, struct weir_result *r)
{
	struct weir_result *sample = NULL;

	if (!s->config.live || s->inner->ops->result(s->inner, request, &sample, NULL) != WEIR_OK)
		return true;
	bool good = weir_result_set_fields(r, sample->fields, sample->n_fields) &&
		    weir_result_set_records(r, sample->record_columns, sample->n_record_columns, sample->records,
					    sample->n_records);
	weir_result_unref(sample);
	return good;
}

/* Why there is no answer; AGAIN: there will be one. */
static enum weir_status no_answer(const struct weir_spark *s, struct weir_error *err)
{
	if (s->state.error[0] && strcmp(s->state.name, "failed") == 0) {
		weir_fail(err, WEIR_IO, "spark", "%s", s->state.error);
		return WEIR_IO;
	}
	if (s->status.failed || (s->over && s->status.error.code != WEIR_OK)) {
		if (err)
			*err = s->status.error;
		return s->status.error.code;
	}
	return WEIR_AGAIN;
}

/* A screen shows the sample until there is an answer. */
static enum weir_status nothing_yet(struct weir_spark *s, const struct weir_result_request *request,
				    struct weir_result **out, struct weir_error *err)
{
	struct weir_result *r = weir_result_new(s->asked.generation);

	if (r && add_ledgers(s, r) && add_sample(s, request, r)) {
		*out = r;
		return WEIR_OK;
	}
	weir_result_unref(r);
	return weir_fail(err, WEIR_NO_MEMORY, "spark", "out of memory");
}

enum weir_status weir_spark_result(struct weir_fabric *f, const struct weir_result_request *request,
				   struct weir_result **out, struct weir_error *err)
{
	struct weir_spark *s = (struct weir_spark *)f;
	enum weir_status st = WEIR_OK;

	*out = NULL;
	if (s->config.live && s->plan && !s->answered && no_answer(s, err) == WEIR_AGAIN)
		return nothing_yet(s, request, out, err);
	if (!s->plan || !s->answered || (s->config.finite && !(s->over && strcmp(s->state.name, "ended") == 0)))
		return s->plan ? no_answer(s, err) : WEIR_AGAIN;
	if (weir_plan_needs_rebuild(s->plan, request->at_us))
		st = weir_partials_rebuild(s->partials, s->plan, request->at_us, NULL, err);
	struct weir_partials_account account = {0};
	weir_partials_count(s->partials, &account);
	const struct weir_plan_rows rows = {
	    .covered_from_us = account.held_from_us,
	    .kept_from_us = INT64_MAX,
	    .newest_us = account.newest_us,
	};
	if (st == WEIR_OK)
		st = weir_plan_result(s->plan, request, &rows, NULL, out, err);
	if (st != WEIR_OK)
		return st;
	if (!add_ledgers(s, *out) || !add_sample(s, request, *out)) {
		weir_result_unref(*out);
		*out = NULL;
		return weir_fail(err, WEIR_NO_MEMORY, "spark", "out of memory");
	}
	(*out)->memory_bytes = (uint64_t)weir_budget_used(s->config.budget);
	(*out)->memory_limit_bytes = s->config.budget ? s->config.budget->limit_bytes : 0;
	if (s->n_faults && (*out)->error.code == WEIR_OK)
		(*out)->error = s->fault;
	return WEIR_OK;
}

/* ---- what it says of itself ---- */

static void fill_streams(const struct weir_spark *s, struct weir_fabric_status *out)
{
	const struct weir_spark_counted *newest = s->n_counted ? &s->counted[s->n_counted - 1] : NULL;
	uint64_t all = 0;

	for (uint32_t i = 0; i < s->config.n_streams && newest; i++)
		all += newest->streams[i].received;
	for (uint32_t i = 0; i < s->config.n_streams; i++) {
		out->lags[i] = weir_spark_behind_lag(s->behind, i);
		out->shares[i] = all ? (double)newest->streams[i].received / (double)all : 0;
	}
}

void weir_spark_describe_status(struct weir_fabric *f, struct weir_fabric_status *out)
{
	const struct weir_spark *s = (struct weir_spark *)f;
	struct weir_spark_metrics all = {0};

	*out = (struct weir_fabric_status){.is_elsewhere = true, .detached = s->config.detach};
	for (uint32_t i = 0; i < s->config.n_streams; i++) {
		add_metrics(&all, &s->before[i]);
		for (size_t k = 0; k < s->n_counted; k++)
			add_metrics(&all, &s->counted[k].streams[i]);
	}
	snprintf(out->state, sizeof out->state, "%s",
		 !s->begun          ? "sampling"
		 : s->status.failed ? "failed"
		 : s->state.name[0] ? s->state.name
				    : "starting");
	snprintf(out->where, sizeof out->where, "Spark %.60s%s%.50s", s->master.master,
		 s->state.application[0] ? ", " : "", s->state.application);
	if (s->status.error.code != WEIR_OK)
		snprintf(out->detail, sizeof out->detail, "%.199s", s->status.error.what);
	else if (s->state.error[0])
		snprintf(out->detail, sizeof out->detail, "%.199s", s->state.error);
	if (s->begun ? s->config.detach : s->left.id != NULL) /* what was not taken up yet is not stopped either */
		snprintf(out->come_back, sizeof out->come_back, "kafka://%.85s/weir-%.60s", s->brokers, s->id);
	out->answered = s->answered;
	fill_streams(s, out);
	out->input_per_s = s->batch.input_rate;
	out->done_per_s = s->batch.processed_rate;
	out->batch_us = s->batch.batch_ms < 0 ? -1 : s->batch.batch_ms * 1000;
	out->watermark_us = s->batch.watermark_us;
	out->unfit = all.unfit;
	out->n_restarts = s->status.n_restarts;
}
