/* --why: the rows that are held at the end are compared, and the ranking becomes a result like any other. */
#include "batch.h"

#include "weir/query/result_builder.h"
#include "weir/query/why.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { FEW_ROWS = 20, MOST_NAMED = 8 };

static struct weir_why_question question_of(const struct weir_options *o, const struct weir_view *v, int64_t moment_us)
{
	struct weir_why_question q = {.condition = o->why, .span = WEIR_WHY_ALWAYS, .around = WEIR_WHY_ALWAYS};

	if (v->window.kind == WEIR_WINDOW_SLIDING)
		q.span = (struct weir_why_span){moment_us - v->window.size_us, moment_us};
	else if (v->window.kind == WEIR_WINDOW_SINCE)
		q.span.after_us = v->window.since_us - 1;
	q.around = q.span;
	return q;
}

/* Options whose place it takes. */
static enum weir_status refuse(const char *option, struct weir_error *err)
{
	weir_fail(err, WEIR_USAGE, "--why", "the answer is a ranking of columns, so --%s has no meaning", option);
	weir_error_hint(err, "leave --%s out", option);
	return WEIR_USAGE;
}

enum weir_status weir_batch_why_check(const struct weir_options *o, const struct weir_view *v, struct weir_error *err)
{
	static const enum weir_view_text taken[] = {WEIR_VIEW_GROUP, WEIR_VIEW_MEASURE, WEIR_VIEW_SORT};
	struct weir_study *study = NULL;

	if (!o->why || o->explain)
		return WEIR_OK;
	for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
		if (v->text[taken[i]])
			return refuse(weir_view_option(taken[i]), err);
	if (o->every_us > 0)
		return refuse("every", err);
	enum weir_window_kind kind = v->window.kind;
	if (kind == WEIR_WINDOW_TUMBLING || kind == WEIR_WINDOW_HOPPING || kind == WEIR_WINDOW_ROWS) {
		weir_fail(err, WEIR_UNSUPPORTED, "--why", "it compares the rows of one span of time");
		weir_error_hint(err, "use a window such as 5m, \"since TIME\" or all");
		return WEIR_UNSUPPORTED;
	}
	const struct weir_why_question q = question_of(o, v, 0);
	enum weir_status st = weir_why_new(&q, &study, err);
	weir_study_free(study);
	if (st == WEIR_EXPRESSION && err)
		snprintf(err->origin, sizeof err->origin, "--why");
	return st;
}

/* ---- the ranking as a result ---- */

/* Enough to tell one share from another, and not more digits than can be read. */
static struct weir_value share(uint64_t n, uint64_t of)
{
	static const double digits = 1e6;
	return (struct weir_value){.type = WEIR_FLOAT64, .f = of ? round((double)n / (double)of * digits) / digits : 0};
}

static struct weir_value whole(uint64_t n)
{
	return (struct weir_value){.type = WEIR_INT64, .i = (int64_t)n};
}

enum { GROUPS = 2, MEASURES = 5 };
struct line {
	struct weir_value groups[GROUPS], measures[MEASURES];
};

static void fill(const struct weir_why *w, const struct weir_why_finding *f, struct weir_buf *name, struct line *l)
{
	static const double digits = 1e4;

	weir_buf_clear(name);
	weir_buf_add_str(name, f->columns[0]->name);
	if (f->n_parts > 1) {
		weir_buf_add_c(name, ", ");
		weir_buf_add_str(name, f->columns[1]->name);
	}
	*l = (struct line){
	    .groups = {{.type = WEIR_STRING, .s = weir_buf_str(name)}, {.type = WEIR_STRING, .s = f->condition}},
	    .measures = {share(f->selected, w->selected),
			 share(f->rest, w->rest),
			 {.type = WEIR_FLOAT64, .f = round(f->difference * digits) / digits},
			 whole(f->selected),
			 whole(f->rest)},
	};
}

static bool set_columns(struct weir_result *r)
{
	static const struct weir_result_column groups[GROUPS] = {{.name = {"column", 6}, .type = WEIR_STRING},
								 {.name = {"condition", 9}, .type = WEIR_STRING}};
	static const struct weir_result_column measures[MEASURES] = {
	    {.name = {"selected", 8}, .type = WEIR_FLOAT64},
	    {.name = {"rest", 4}, .type = WEIR_FLOAT64},
	    {.name = {"difference", 10}, .type = WEIR_FLOAT64},
	    {.name = {"selected_rows", 13}, .type = WEIR_INT64},
	    {.name = {"rest_rows", 9}, .type = WEIR_INT64}};

	return weir_result_set_groups(r, groups, GROUPS) && weir_result_set_measures(r, measures, MEASURES);
}

static enum weir_status result_of(const struct weir_why *w, uint64_t top, struct weir_result **out,
				  struct weir_error *err)
{
	uint32_t n = top && top < w->n_findings ? (uint32_t)top : w->n_findings;
	struct weir_result *r = weir_result_new(1);
	struct line *lines = weir_calloc(n + (size_t)1, sizeof *lines);
	struct weir_result_row *rows = weir_calloc(n + (size_t)1, sizeof *rows);
	struct weir_buf *names = weir_calloc(n + (size_t)1, sizeof *names);
	bool ok = r && lines && rows && names && set_columns(r);

	for (uint32_t i = 0; ok && i < n; i++) {
		fill(w, &w->findings[i], &names[i], &lines[i]);
		rows[i] = (struct weir_result_row){.window_start_us = WEIR_TIME_NONE,
						   .window_end_us = WEIR_TIME_NONE,
						   .groups = lines[i].groups,
						   .measures = lines[i].measures};
		ok = !names[i].failed;
	}
	ok = ok && weir_result_set_rows(r, rows, n, w->n_findings);
	for (uint32_t i = 0; names && i < n; i++)
		weir_buf_release(&names[i]);
	free(names);
	free(lines);
	free(rows);
	if (ok) {
		*out = r;
		return WEIR_OK;
	}
	weir_result_unref(r);
	return weir_fail(err, WEIR_NO_MEMORY, "--why", "out of memory");
}

/* ---- what is to be said of it ---- */

/* The columns that take no part for that reason, a few of them by name. False: there are none. */
static bool name_aside(const struct weir_why *w, enum weir_why_reason reason, struct weir_buf *out)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < w->n_aside; i++) {
		if (w->aside[i].reason != reason)
			continue;
		if (n < MOST_NAMED) {
			weir_buf_add_c(out, n ? ", " : "");
			weir_buf_add_str(out, w->aside[i].column);
		}
		n++;
	}
	if (n > MOST_NAMED)
		weir_buf_addf(out, " and %u more", n - MOST_NAMED);
	return n > 0;
}

static bool say_aside(const struct weir_why *w, char *text, size_t bytes)
{
	struct weir_buf all = {0};

	for (int reason = 0; reason <= WEIR_WHY_TOO_MANY; reason++) {
		struct weir_buf names = {0};
		if (reason != WEIR_WHY_DEFINES && name_aside(w, (enum weir_why_reason)reason, &names)) {
			weir_buf_add_c(&all, all.size ? "; " : "not compared: ");
			weir_buf_add_str(&all, weir_buf_str(&names));
			weir_buf_addf(&all, " (%s)", weir_why_reason_text((enum weir_why_reason)reason));
		}
		all.failed = all.failed || names.failed;
		weir_buf_release(&names);
	}
	snprintf(text, bytes, WEIR_STR_FMT, WEIR_STR_ARG(weir_buf_str(&all)));
	bool ok = !all.failed;
	weir_buf_release(&all);
	return ok;
}

static bool say(const struct weir_why *w, struct weir_session_info *info)
{
	const char *nothing = weir_why_nothing(w);
	uint64_t all = w->selected + w->rest, fewer = w->selected < w->rest ? w->selected : w->rest;

	if (nothing)
		snprintf(info->remarks[0], sizeof *info->remarks, "the ranking is empty: %s", nothing);
	if (fewer && fewer < FEW_ROWS)
		snprintf(info->remarks[1], sizeof *info->remarks,
			 "only %llu of %llu rows %s: what is not far beyond chance is not ranked",
			 (unsigned long long)fewer, (unsigned long long)all,
			 w->selected < w->rest ? "match --why" : "do not match --why");
	return say_aside(w, info->remarks[2], sizeof *info->remarks);
}

static enum weir_status rank(struct weir_pipeline *p, const struct weir_view *view, struct weir_study_answer **out,
			     struct weir_error *err)
{
	struct weir_study_rows *rows = NULL;
	struct weir_study *study = NULL;
	const struct weir_study_host host = {.threads = weir_cpu_count()};

	enum weir_status st = p->ops->held(p->fabric, view->at_us, &rows, err);
	if (st == WEIR_OK) {
		const struct weir_why_question q = question_of(p->options, view, rows->moment_us);
		st = weir_why_new(&q, &study, err);
	}
	if (st == WEIR_OK)
		st = weir_study_run(study, rows, &host, out, err);
	if (st == WEIR_EXPRESSION && err)
		snprintf(err->origin, sizeof err->origin, "--why");
	weir_study_free(study);
	weir_study_rows_unref(rows);
	return st;
}

enum weir_status weir_batch_why(struct weir_pipeline *p, const struct weir_view *view, struct weir_session_info *info,
				struct weir_result **out, struct weir_error *err)
{
	struct weir_study_answer *answer = NULL;
	enum weir_status st = rank(p, view, &answer, err);

	if (st == WEIR_OK)
		st = result_of((const struct weir_why *)answer, view->top, out, err);
	if (st == WEIR_OK && !say((const struct weir_why *)answer, info))
		st = weir_fail(err, WEIR_NO_MEMORY, "--why", "out of memory");
	weir_study_answer_unref(answer);
	return st;
}
