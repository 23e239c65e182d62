/* What is held, over time, and which rows of it are errors. */
#include "local.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST_GUESSES = 64 }; /* without an answer; then the columns tell nothing */

static bool is_error(void *ctx, const struct weir_batch *rows, uint64_t *errors)
{
	const struct weir_local *l = ctx;
	const struct weir_local_errors *e = &l->errors;
	if (e->text_streams >> rows->stream & 1)
		weir_strip_text_errors(rows, errors);
	return !e->plan || weir_plan_filter(e->plan, rows, errors, NULL) == WEIR_OK;
}

/* A plan of nothing but the condition, over the columns by now. */
static enum weir_status bind(struct weir_local *l, const char *condition, struct weir_plan **out,
			     struct weir_error *err)
{
	struct weir_view view;
	weir_view_init(&view);
	view.window = (struct weir_window){.kind = WEIR_WINDOW_ALL};
	struct weir_question q = {.view = &view, .names_known = true};
	enum weir_status st = weir_view_set(&view, WEIR_VIEW_WHERE, condition, 0, err);
	if (st == WEIR_OK)
		st = weir_local_bind(l, &q, out, err);
	weir_view_release(&view);
	return st;
}

static bool is_told(const struct weir_local_errors *e)
{
	return e->condition || e->text_streams;
}

/* NULL, and no stream: nothing tells. Words: the same for a person, or why not. */
static void set_condition(struct weir_local *l, const char *condition, uint64_t text_streams, const char *words)
{
	struct weir_local_errors *e = &l->errors;
	struct weir_plan *plan = NULL;
	struct weir_error why = {0};
	char *text = condition ? weir_str_dup(weir_str_of(condition)) : NULL;
	if (text && bind(l, text, &plan, &why) != WEIR_OK) {
		free(text);
		text = NULL;
	}
	free(e->condition);
	weir_plan_free(e->plan);
	e->condition = text;
	e->plan = plan;
	e->text_streams = text_streams;
	if (condition && !text && e->asked)
		snprintf(e->words, sizeof e->words, "cannot be told: %.100s", why.what);
	else
		snprintf(e->words, sizeof e->words, "%s", is_told(e) ? words : "");
	weir_strip_counts_set_test(l->strip, is_told(e) ? is_error : NULL, l);
}

static bool is_stale(const struct weir_local *l)
{
	for (uint32_t i = 0; i < l->config.n_streams; i++)
		if (weir_plan_stale(l->errors.plan, i, weir_relation_columns(l->relation, i)))
			return true;
	return false;
}

/* The condition of each stream, from the newest rows that it sent; all of them together. */
static void guess(struct weir_local *l)
{
	struct weir_buf all = {0}, words = {0}, one = {0}, said = {0};
	uint64_t text_streams = 0;
	for (uint32_t i = 0; i < l->config.n_streams; i++) {
		struct weir_segment *const *segments;
		uint32_t n = weir_buffer_segments(l->streams[i].buffer, &segments);
		weir_buf_clear(&one);
		weir_buf_clear(&said);
		if (!n)
			continue;
		bool column = weir_strip_guess_errors(segments[n - 1]->rows, &one, &said);
		if (!column && !weir_strip_guess_text(segments[n - 1]->rows, &said))
			continue;
		text_streams |= column ? 0 : UINT64_C(1) << i;
		if (words.data && strstr(words.data, said.data))
			continue;
		if (column)
			weir_buf_addf(&all, "%s" WEIR_STR_FMT, all.size ? " or " : "",
				      WEIR_STR_ARG(weir_buf_str(&one)));
		weir_buf_addf(&words, "%s" WEIR_STR_FMT, words.size ? " or " : "", WEIR_STR_ARG(weir_buf_str(&said)));
	}
	if (words.size && !all.failed && !words.failed)
		set_condition(l, all.data, text_streams, words.data);
	weir_buf_release(&all);
	weir_buf_release(&words);
	weir_buf_release(&one);
	weir_buf_release(&said);
}

/* Streams that came later, and columns, may have more to say: it is asked again when the rows have doubled. */
static void look_for_errors(struct weir_local *l)
{
	struct weir_local_errors *e = &l->errors;
	uint64_t rows = 0;
	for (uint32_t i = 0; i < l->config.n_streams; i++)
		rows += weir_buffer_rows(l->streams[i].buffer);
	if (e->condition && is_stale(l)) {
		struct weir_plan *plan = NULL;
		if (bind(l, e->condition, &plan, NULL) == WEIR_OK) {
			weir_plan_free(e->plan);
			e->plan = plan;
		} else {
			set_condition(l, NULL, 0, NULL);
			e->n_guesses = 0;
			e->rows = 0;
		}
	}
	if (is_told(e) || e->none || !rows || rows < 2 * e->rows || e->n_guesses >= MOST_GUESSES)
		return;
	e->rows = rows;
	e->n_guesses++;
	if (e->asked)
		set_condition(l, e->asked, 0, e->asked);
	else
		guess(l);
}

static void note_lost(struct weir_local *l)
{
	uint64_t lost = 0;
	for (uint32_t i = 0; i < l->config.n_streams; i++) {
		lost += l->streams[i].unplaced.shed;
		for (uint32_t p = 0; p < l->streams[i].n_partitions; p++)
			lost += l->streams[i].ledgers[p]->shed + l->streams[i].ledgers[p]->lost;
	}
	int64_t newest = weir_relation_newest_us(l->relation);
	if (lost > l->lost_rows && newest != WEIR_TIME_NONE)
		weir_strip_counts_lost(l->strip, newest, lost - l->lost_rows);
	if (newest != WEIR_TIME_NONE)
		l->lost_rows = lost;
}

void weir_local_set_errors(struct weir_fabric *f, const char *condition)
{
	struct weir_local *l = (struct weir_local *)f;
	struct weir_local_errors *e = &l->errors;
	struct weir_str text = weir_str_of(condition);
	bool given = text.size && !weir_str_equal_nocase(text, WEIR_STR("auto"));
	if (!l->strip)
		return;
	free(e->asked);
	e->none = given && weir_str_equal_nocase(text, WEIR_STR("none"));
	e->asked = given && !e->none ? weir_str_dup(text) : NULL;
	bool no_memory = given && !e->none && !e->asked;
	e->none = e->none || no_memory;
	e->rows = 0;
	e->n_guesses = 0;
	set_condition(l, NULL, 0, NULL);
	if (no_memory)
		snprintf(e->words, sizeof e->words, "cannot be told: out of memory");
}

void weir_local_note_late(void *ctx, int64_t us)
{
	struct weir_local *l = ctx;
	weir_strip_counts_late(l->strip, us);
}

bool weir_local_add_late(const struct weir_local *l, struct weir_result *r)
{
	if (!l->strip || !r->n_buckets)
		return true;
	uint64_t *late = weir_arena_zalloc(&r->arena, r->n_buckets * sizeof *late);
	if (late && weir_strip_counts_late_rows(l->strip, r->bucket_start_us, r->bucket_us, r->n_buckets, late))
		r->bucket_late = late;
	return late != NULL;
}

void weir_local_release_errors(struct weir_local *l)
{
	free(l->errors.asked);
	free(l->errors.condition);
	weir_plan_free(l->errors.plan);
}

void weir_local_strip(struct weir_fabric *f, uint32_t most_buckets, struct weir_strip *out)
{
	struct weir_local *l = (struct weir_local *)f;
	int64_t until = l->asked.ended ? WEIR_TIME_NONE : weir_relation_moment_us(l->relation);
	*out = (struct weir_strip){.oldest_us = WEIR_TIME_NONE, .newest_us = WEIR_TIME_NONE};
	if (!l->strip)
		return;
	look_for_errors(l);
	note_lost(l);
	weir_strip_counts_read(l->strip, until, most_buckets, out);
	memcpy(out->errors, l->errors.words, sizeof out->errors);
	out->errors_known = is_told(&l->errors);
	out->errors_guessed = out->errors_known && !l->errors.asked;
}
