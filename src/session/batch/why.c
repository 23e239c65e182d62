/* --why: the rows that are held at the end are compared, and the ranking becomes a result like any other. */
#include "batch.h"

#include "weir/query/result_builder.h"
#include "weir/query/why.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { FEW_ROWS = 20, MOST_NAMED = 8 };

/* The window from start_us on; of windows that are not made of time, start_us is of no account. */
static struct weir_why_question question_of(const struct weir_options *o, const struct weir_view *v, int64_t moment_us,
					    int64_t start_us)
{
	struct weir_why_question q = {.condition = o->why, .span = WEIR_WHY_ALWAYS, .around = WEIR_WHY_ALWAYS};

	switch (v->window.kind) {
	case WEIR_WINDOW_SLIDING:
		q.span = (struct weir_why_span){moment_us - v->window.size_us, moment_us};
		break;
	case WEIR_WINDOW_SINCE:
		q.span.after_us = v->window.since_us - 1;
		break;
	case WEIR_WINDOW_TUMBLING:
	case WEIR_WINDOW_HOPPING:
		q.span = (struct weir_why_span){start_us - 1, start_us + v->window.size_us - 1};
		break;
	case WEIR_WINDOW_ROWS:
		q.newest_rows = v->window.rows;
		break;
	default:
		break;
	}
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
	const struct weir_why_question q = question_of(o, v, 0, 0);
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

/* The rankings of all windows, one after another, as they are taken. The result borrows the answers until it is made. */
struct rankings {
	const struct weir_why **of; /* owned, with a reference each */
	int64_t *starts_us;
	size_t n, capacity, starts_capacity;
	uint32_t n_lines;
};

static void release_rankings(struct rankings *r)
{
	for (size_t i = 0; i < r->n; i++)
		weir_study_answer_unref((struct weir_study_answer *)(size_t)r->of[i]);
	free(r->of);
	free(r->starts_us);
}

static uint32_t shown(const struct weir_why *w, uint64_t top)
{
	return top && top < w->n_findings ? (uint32_t)top : w->n_findings;
}

/* Takes the answer, also on failure. */
static bool take(struct rankings *r, struct weir_study_answer *answer, int64_t start_us, uint64_t top)
{
	void *of = r->of, *starts = r->starts_us;
	bool ok = weir_grow(&of, &r->capacity, r->n + 1, sizeof(struct weir_why *)) &&
		  weir_grow(&starts, &r->starts_capacity, r->n + 1, sizeof *r->starts_us);
	r->of = of;
	r->starts_us = starts;
	if (!ok) {
		weir_study_answer_unref(answer);
		return false;
	}
	r->of[r->n] = (const struct weir_why *)answer;
	r->starts_us[r->n] = start_us;
	r->n_lines += shown(r->of[r->n++], top);
	return true;
}

static int64_t edge(int64_t us)
{
	return weir_time_exists(us) ? us : WEIR_TIME_NONE;
}

static enum weir_status result_of(const struct rankings *all, const struct weir_view *v, struct weir_result **out,
				  struct weir_error *err)
{
	struct weir_result *r = weir_result_new(1);
	struct line *lines = weir_calloc(all->n_lines + (size_t)1, sizeof *lines);
	struct weir_result_row *rows = weir_calloc(all->n_lines + (size_t)1, sizeof *rows);
	struct weir_buf *names = weir_calloc(all->n_lines + (size_t)1, sizeof *names);
	bool ok = r && lines && rows && names && set_columns(r);
	uint32_t n = 0;

	for (size_t k = 0; ok && k < all->n; k++)
		for (uint32_t i = 0; ok && i < shown(all->of[k], v->top); i++, n++) {
			int64_t start_us = all->starts_us[k];
			bool window = start_us != WEIR_TIME_NONE;
			fill(all->of[k], &all->of[k]->findings[i], &names[n], &lines[n]);
			rows[n] = (struct weir_result_row){.window_start_us = window ? edge(start_us) : WEIR_TIME_NONE,
							   .window_end_us = window ? edge(start_us + v->window.size_us)
										   : WEIR_TIME_NONE,
							   .groups = lines[n].groups,
							   .measures = lines[n].measures};
			ok = !names[n].failed;
		}
	ok = ok && weir_result_set_rows(r, rows, n, n);
	for (uint32_t i = 0; names && i < all->n_lines; i++)
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

/* Whether the column takes no part for that reason, in some window before number k or earlier in that one. */
static bool was_aside(const struct rankings *all, size_t k, uint32_t i)
{
	const struct weir_why_aside *one = &all->of[k]->aside[i];

	for (size_t w = 0; w <= k; w++)
		for (uint32_t a = 0; a < (w < k ? all->of[w]->n_aside : i); a++)
			if (all->of[w]->aside[a].reason == one->reason &&
			    weir_str_equal(all->of[w]->aside[a].column, one->column))
				return true;
	return false;
}

/* The columns that take no part for that reason, a few of them by name. False: there are none. */
static bool name_aside(const struct rankings *all, enum weir_why_reason reason, struct weir_buf *out)
{
	uint32_t n = 0;

	for (size_t k = 0; k < all->n; k++)
		for (uint32_t i = 0; i < all->of[k]->n_aside; i++) {
			if (all->of[k]->aside[i].reason != reason || was_aside(all, k, i))
				continue;
			if (n < MOST_NAMED) {
				weir_buf_add_c(out, n ? ", " : "");
				weir_buf_add_str(out, all->of[k]->aside[i].column);
			}
			n++;
		}
	if (n > MOST_NAMED)
		weir_buf_addf(out, " and %u more", n - MOST_NAMED);
	return n > 0;
}

static bool say_aside(const struct rankings *r, char *text, size_t bytes)
{
	struct weir_buf all = {0};

	for (int reason = 0; reason <= WEIR_WHY_TOO_MANY; reason++) {
		struct weir_buf names = {0};
		if (reason != WEIR_WHY_DEFINES && name_aside(r, (enum weir_why_reason)reason, &names)) {
			weir_buf_add_c(&all, all.size ? "; " : "not compared: ");
			weir_buf_add_str(&all, weir_buf_str(&names));
			weir_buf_addf(&all, " (%s%s)", weir_why_reason_text((enum weir_why_reason)reason),
				      r->n > 1 ? ", in some window" : "");
		}
		all.failed = all.failed || names.failed;
		weir_buf_release(&names);
	}
	snprintf(text, bytes, WEIR_STR_FMT, WEIR_STR_ARG(weir_buf_str(&all)));
	bool ok = !all.failed;
	weir_buf_release(&all);
	return ok;
}

static uint64_t fewer_of(const struct weir_why *w)
{
	return w->selected < w->rest ? w->selected : w->rest;
}

/* Of several windows: how many have nothing, and how many few rows. */
static void say_windows(const struct rankings *all, struct weir_session_info *info)
{
	const char *nothing = NULL;
	size_t n_nothing = 0, n_few = 0;

	for (size_t i = 0; i < all->n; i++) {
		const char *one = weir_why_nothing(all->of[i]);
		nothing = nothing ? nothing : one;
		n_nothing += one != NULL;
		n_few += fewer_of(all->of[i]) && fewer_of(all->of[i]) < FEW_ROWS;
	}
	if (n_nothing)
		snprintf(info->remarks[0], sizeof *info->remarks,
			 "%zu of %zu windows %s an empty ranking; in the first of them %s", n_nothing, all->n,
			 n_nothing == 1 ? "has" : "have", nothing);
	if (n_few)
		snprintf(
		    info->remarks[1], sizeof *info->remarks,
		    "in %zu of %zu windows fewer than %d rows are on one side: what is not far beyond chance is not ranked",
		    n_few, all->n, FEW_ROWS);
}

static bool say(const struct rankings *all, struct weir_session_info *info)
{
	if (all->n != 1) {
		say_windows(all, info);
		return say_aside(all, info->remarks[2], sizeof *info->remarks);
	}
	const struct weir_why *w = all->of[0];
	const char *nothing = weir_why_nothing(w);
	uint64_t rows = w->selected + w->rest, fewer = fewer_of(w);

	if (nothing)
		snprintf(info->remarks[0], sizeof *info->remarks, "the ranking is empty: %s", nothing);
	if (fewer && fewer < FEW_ROWS)
		snprintf(info->remarks[1], sizeof *info->remarks,
			 "only %s of %s rows %s: what is not far beyond chance is not ranked", WEIR_COUNT(fewer),
			 WEIR_COUNT(rows), w->selected < w->rest ? "match --why" : "do not match --why");
	return say_aside(all, info->remarks[2], sizeof *info->remarks);
}

/* ---- the windows ---- */

/* Adds the windows that the row is in, most of which the row before was in, too. */
static bool add_windows(const struct weir_window *w, int64_t us, int64_t **starts, size_t *n, size_t *capacity)
{
	int64_t last = us - ((us % w->hop_us) + w->hop_us) % w->hop_us;

	if (*n && (*starts)[*n - 1] == last)
		return true;
	for (int64_t start = last - (w->size_us - 1) / w->hop_us * w->hop_us; start <= last; start += w->hop_us) {
		void *grown = *starts;
		if (start + w->size_us <= us)
			continue;
		if (!weir_grow(&grown, capacity, *n + 1, sizeof **starts))
			return false;
		*starts = grown;
		(*starts)[(*n)++] = start;
	}
	return true;
}

static int by_time(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

static size_t make_unique(int64_t *starts, size_t n)
{
	size_t kept = 0;

	if (n)
		qsort(starts, n, sizeof *starts, by_time);
	for (size_t i = 0; i < n; i++)
		if (!kept || starts[kept - 1] != starts[i])
			starts[kept++] = starts[i];
	return kept;
}

/* Where the windows begin that have rows, in order. Owned by the caller; NULL: no memory. */
static int64_t *find_windows(const struct weir_window *w, const struct weir_relation_snapshot *snapshot, size_t *n)
{
	enum { OFTEN = 1 << 16 };
	size_t capacity = 0, unique_at = OFTEN;
	int64_t *starts = weir_alloc(sizeof *starts);
	bool ok = starts != NULL;

	*n = 0;
	capacity = ok;
	for (uint32_t i = 0; ok && i < weir_relation_snapshot_segments(snapshot); i++) {
		const struct weir_batch *rows = weir_relation_snapshot_segment(snapshot, i)->rows;
		for (uint32_t k = 0; ok && rows->time_us && k < rows->n_rows; k++)
			if (rows->time_us[k] != WEIR_TIME_NONE)
				ok = add_windows(w, rows->time_us[k], &starts, n, &capacity);
		if (*n > unique_at) {
			*n = make_unique(starts, *n);
			unique_at = 2 * *n + OFTEN;
		}
	}
	*n = make_unique(starts, *n);
	if (ok)
		return starts;
	free(starts);
	return NULL;
}

static enum weir_status rank(const struct weir_options *o, const struct weir_view *view, struct weir_study_rows *rows,
			     int64_t start_us, struct weir_study_answer **out, struct weir_error *err)
{
	struct weir_study *study = NULL;
	const struct weir_study_host host = {.threads = weir_cpu_count()};
	const struct weir_why_question q = question_of(o, view, rows->moment_us, start_us);
	enum weir_status st = weir_why_new(&q, &study, err);

	if (st == WEIR_OK)
		st = weir_study_run(study, rows, &host, out, err);
	if (st == WEIR_EXPRESSION && err)
		snprintf(err->origin, sizeof err->origin, "--why");
	weir_study_free(study);
	return st;
}

/* One window after another; those whose rows do not pass the filter are left out. */
static enum weir_status rank_windows(struct weir_pipeline *p, const struct weir_view *view,
				     struct weir_study_rows *rows, struct rankings *all, struct weir_error *err)
{
	size_t n = 0;
	int64_t *starts = find_windows(&view->window, rows->snapshot, &n);
	enum weir_status st = starts ? WEIR_OK : weir_fail(err, WEIR_NO_MEMORY, "--why", "out of memory");

	for (size_t i = 0; st == WEIR_OK && i < n; i++) {
		struct weir_study_answer *answer = NULL;
		st = rank(p->options, view, rows, starts[i], &answer, err);
		const struct weir_why *w = (const struct weir_why *)answer;
		if (st == WEIR_OK && !w->selected && !w->rest)
			weir_study_answer_unref(answer);
		else if (st == WEIR_OK && !take(all, answer, starts[i], view->top))
			st = weir_fail(err, WEIR_NO_MEMORY, "--why", "out of memory");
	}
	free(starts);
	return st;
}

static enum weir_status rank_all(struct weir_pipeline *p, const struct weir_view *view, struct rankings *all,
				 struct weir_error *err)
{
	bool windows = view->window.kind == WEIR_WINDOW_TUMBLING || view->window.kind == WEIR_WINDOW_HOPPING;
	struct weir_study_rows *rows = NULL;
	struct weir_study_answer *answer = NULL;
	enum weir_status st = p->ops->held(p->fabric, view->at_us, &rows, err);

	if (st == WEIR_OK && windows)
		st = rank_windows(p, view, rows, all, err);
	else if (st == WEIR_OK)
		st = rank(p->options, view, rows, WEIR_TIME_NONE, &answer, err);
	if (answer && !take(all, answer, WEIR_TIME_NONE, view->top))
		st = weir_fail(err, WEIR_NO_MEMORY, "--why", "out of memory");
	weir_study_rows_unref(rows);
	return st;
}

enum weir_status weir_batch_why(struct weir_pipeline *p, const struct weir_view *view, struct weir_session_info *info,
				struct weir_result **out, struct weir_error *err)
{
	struct rankings all = {0};
	enum weir_status st = rank_all(p, view, &all, err);

	if (st == WEIR_OK)
		st = result_of(&all, view, out, err);
	if (st == WEIR_OK && !say(&all, info))
		st = weir_fail(err, WEIR_NO_MEMORY, "--why", "out of memory");
	release_rankings(&all);
	return st;
}
