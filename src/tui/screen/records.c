/* What the records panel has found out beside the results: the order of a column, and the search. Each is a study, which
 * runs on threads of its own; here it is asked for, and its answer goes into the picture. */
#include "tui/screen/screen.h"

#include "weir/base/bounds.h"

#include <stdlib.h>

enum { AGAIN_US = 1000000 }; /* while data arrive, an order is found out anew, and a search goes on */

/* The rows of the list as they are drawn. */
static struct weir_records_rows rows_of(const struct weir_screen *s)
{
	return weir_records_rows(&s->picture);
}

/* The place of the row under the cursor; false: there is none. */
static bool cursor_place(const struct weir_screen *s, struct weir_row_place *out)
{
	const struct weir_records_state *state = &s->state.records;
	const struct weir_records_rows rows = rows_of(s);
	int row = weir_records_view(state, &rows, 1).cursor;
	if (state->held)
		*out = state->cursor;
	else if (rows.before) /* the newest row is still to come */
		*out = (struct weir_row_place){INT64_MAX, UINT64_MAX, UINT16_MAX};
	else if (row >= 0)
		*out = rows.records[row].place;
	return state->held || rows.before || row >= 0;
}

static bool has_grown(const struct weir_screen *s, const struct weir_screen_study *study)
{
	int64_t now = weir_clock_mono_us(s->config->clock);
	return s->result->ledger.received != study->received && now - study->asked_us >= AGAIN_US && !s->info.paused;
}

/* Has the study run; its answer is of the rows that have arrived by now. */
static void start(struct weir_screen *s, struct weir_screen_study *study, struct weir_study *one)
{
	struct weir_error err = {0};
	study->number = weir_session_study(s->session, one, &err);
	study->asked_us = weir_clock_mono_us(s->config->clock);
	study->received = s->result->ledger.received;
	study->generation = s->result->view_generation;
	if (!study->number)
		weir_screen_say(s, WEIR_TONE_ERROR, "%s", err.what);
}

static void forget(struct weir_screen *s, struct weir_screen_study *study, const struct weir_study_ops *ops)
{
	if (study->number)
		weir_session_study_stop(s->session, ops);
	weir_study_answer_unref(study->answer);
	*study = (struct weir_screen_study){0};
}

/* Takes what has come. False: it has failed, and the reason was said. */
static bool take(struct weir_screen *s, struct weir_screen_study *study, const struct weir_study_ops *ops)
{
	struct weir_studied found = {0};
	weir_session_studied(s->session, ops, &found);
	study->part = -1;
	if (found.running)
		study->part = found.rows ? (double)found.done_rows / (double)found.rows : 0;
	if (found.answer) {
		weir_study_answer_unref(study->answer);
		study->answer = found.answer;
	}
	if (!study->number || found.number != study->number || found.error.code == WEIR_OK)
		return true;
	weir_screen_say(s, WEIR_TONE_ERROR, "%s%s%s", found.error.what, found.error.hint[0] ? ": " : "",
			found.error.hint);
	return false;
}

static void ask_order(struct weir_screen *s)
{
	const struct weir_records_state *state = &s->state.records;
	struct weir_study *study = NULL;
	struct weir_error err = {0};
	const struct weir_ordered_config config = {.by = weir_buf_str(&state->by),
						   .descending = !state->ascending,
						   .first = state->ordered_first,
						   .count = WEIR_RECORDS_STRETCH};
	if (weir_ordered_new(&config, &study, &err) != WEIR_OK) {
		weir_screen_say(s, WEIR_TONE_ERROR, "%s", err.what);
		return;
	}
	start(s, &s->log.order, study);
	s->log.ordered_first = state->ordered_first;
	s->log.ordered_ascending = state->ascending;
	weir_buf_clear(&s->log.ordered_by);
	weir_buf_add_str(&s->log.ordered_by, weir_buf_str(&state->by));
}

static void see_order(struct weir_screen *s)
{
	struct weir_records_state *state = &s->state.records;
	if (!state->by.size) {
		forget(s, &s->log.order, &weir_ordered_ops);
		return;
	}
	if (!take(s, &s->log.order, &weir_ordered_ops)) {
		weir_buf_clear(&state->by);
		return;
	}
	bool other = !s->log.order.number || s->log.order.generation != s->result->view_generation ||
		     s->log.ordered_first != state->ordered_first || s->log.ordered_ascending != state->ascending ||
		     !weir_str_equal(weir_buf_str(&s->log.ordered_by), weir_buf_str(&state->by));
	/* While a person looks at a row, the others stay where they are. */
	if (other || (s->log.order.part < 0 && !state->held && has_grown(s, &s->log.order)))
		ask_order(s);
}

/* `further`: on from the answer that there is. */
static void ask_search(struct weir_screen *s, const struct weir_row_place *from, bool newer, bool further)
{
	struct weir_study *study = NULL;
	struct weir_error err = {0};
	const struct weir_search_config config = {.what = weir_buf_str(&s->state.records.sought),
						  .from = *from,
						  .newer = newer,
						  .earlier = further ? (struct weir_search_answer *)s->log.search.answer
								     : NULL};
	if (weir_search_new(&config, &study, &err) == WEIR_OK)
		start(s, &s->log.search, study);
	else
		weir_screen_say(s, WEIR_TONE_ERROR, "%s", err.what);
}

static void say_no_match(struct weir_screen *s, const struct weir_search_answer *a, bool newer)
{
	const struct weir_buf *what = &s->state.records.sought;
	if (!a->n_matches)
		weir_screen_say(s, WEIR_TONE_NOTE, "no record holds %s", what->data);
	else
		weir_screen_say(s, WEIR_TONE_NOTE,
				newer ? "there is no newer match: n goes to the older ones"
				      : "there is no older match: N goes to the newer ones");
}

/* Goes to the match that is awaited, as soon as it is known. */
static void go_to_match(struct weir_screen *s)
{
	struct weir_records_state *state = &s->state.records;
	const struct weir_search_answer *a = (const struct weir_search_answer *)s->log.search.answer;
	struct weir_row_place at;
	uint64_t ignored;
	if (!s->log.seeks || !a || a->generation != s->result->view_generation)
		return;
	bool here = s->log.seeks_here && weir_search_holds(a, &s->log.seek_from, &ignored);
	enum weir_search_next next =
	    here ? WEIR_SEARCH_FOUND : weir_search_step(a, &s->log.seek_from, s->log.seeks_newer, &at);
	if (next == WEIR_SEARCH_UNKNOWN && s->log.search.part >= 0)
		return; /* it is still looked for */
	if (next == WEIR_SEARCH_UNKNOWN && !s->log.seeks_again) {
		s->log.seeks_again = true;
		ask_search(s, &s->log.seek_from, s->log.seeks_newer, false);
		return;
	}
	if (next == WEIR_SEARCH_NONE && !a->base.whole)
		return;
	s->log.seeks = false;
	if (next == WEIR_SEARCH_FOUND)
		weir_records_jump(state, here ? &s->log.seek_from : &at);
	else
		say_no_match(s, a, s->log.seeks_newer);
}

static void see_search(struct weir_screen *s)
{
	struct weir_records_state *state = &s->state.records;
	const struct weir_search_answer *a;
	struct weir_row_place place;
	if (!state->sought.size) {
		forget(s, &s->log.search, &weir_search_ops);
		s->log.seeks = false;
		return;
	}
	if (!take(s, &s->log.search, &weir_search_ops)) {
		weir_records_seek_nothing(state);
		return;
	}
	a = (const struct weir_search_answer *)s->log.search.answer;
	bool other = s->log.search.generation != s->result->view_generation;
	bool more = s->log.search.part < 0 && a && a->base.whole && has_grown(s, &s->log.search);
	if ((other || more) && cursor_place(s, &place))
		ask_search(s, &place, false, !other);
	go_to_match(s);
}

void weir_screen_see_studies(struct weir_screen *s)
{
	if (!s->session || !s->result || s->result->error.code != WEIR_OK)
		return;
	see_order(s);
	see_search(s);
	s->log.studies =
	    (struct weir_records_studies){.ordered = (const struct weir_ordered_answer *)s->log.order.answer,
					  .found = (const struct weir_search_answer *)s->log.search.answer,
					  .ordering = s->log.order.part,
					  .searching = s->log.search.part};
	s->picture.studies = &s->log.studies;
}

void weir_screen_release_studies(struct weir_screen *s)
{
	weir_study_answer_unref(s->log.order.answer);
	weir_study_answer_unref(s->log.search.answer);
	weir_buf_release(&s->log.ordered_by);
}

bool weir_screen_search(struct weir_screen *s, struct weir_str what, struct weir_error *err)
{
	struct weir_records_state *state = &s->state.records;
	if (!what.size) {
		weir_records_seek_nothing(state);
		return true;
	}
	if (!weir_records_seek(state, what, err))
		return false;
	forget(s, &s->log.search, &weir_search_ops);
	weir_screen_show_panel(s, &weir_panel_records);
	s->picture.studies = NULL;
	if (!s->result || !cursor_place(s, &s->log.seek_from))
		return true;
	s->log.seeks = s->log.seeks_here = true;
	s->log.seeks_newer = s->log.seeks_again = false;
	ask_search(s, &s->log.seek_from, false, false);
	return true;
}

/* In the order of a column, the next row of those that were handed out. */
static void seek_in_order(struct weir_screen *s, const struct weir_records_rows *rows, int by)
{
	struct weir_records_state *state = &s->state.records;
	const struct weir_search_answer *a = (const struct weir_search_answer *)s->log.search.answer;
	int row = weir_records_view(state, rows, 1).cursor + by;
	uint64_t ignored;
	while (row >= 0 && row < (int)rows->n && !weir_search_holds(a, &rows->records[row].place, &ignored))
		row += by;
	if (row >= 0 && row < (int)rows->n)
		weir_records_jump(state, &rows->records[row].place);
	else
		weir_screen_say(s, WEIR_TONE_NOTE, "there is no further match among these %s records",
				WEIR_COUNT(rows->n));
}

void weir_screen_search_on(struct weir_screen *s, bool newer)
{
	if (!s->state.records.sought.size) {
		weir_screen_say(s, WEIR_TONE_NOTE, "nothing is searched for: press \\ to search the records");
		return;
	}
	weir_screen_show_panel(s, &weir_panel_records);
	if (!s->result)
		return;
	const struct weir_records_rows rows = rows_of(s);
	if (rows.ordered && s->log.search.answer) {
		seek_in_order(s, &rows, newer ? -1 : 1);
		return;
	}
	/* Keys may come faster than the rows that they go to. */
	if (s->state.records.jumps)
		s->log.seek_from = s->state.records.target;
	else if (!cursor_place(s, &s->log.seek_from))
		return;
	s->log.seeks = true;
	s->log.seeks_here = s->log.seeks_again = false;
	s->log.seeks_newer = newer;
	go_to_match(s);
}

bool weir_screen_order(struct weir_screen *s, struct weir_str by, struct weir_error *err)
{
	static const struct {
		struct weir_str word;
		bool ascending;
	} ends[] = {{{" asc", 4}, true}, {{" desc", 5}, false}};
	struct weir_records_state *state = &s->state.records;
	struct weir_study *study = NULL;
	bool ascending = false;
	for (size_t i = 0; i < 2; i++) {
		struct weir_str end = ends[i].word;
		if (by.size > end.size &&
		    weir_str_equal_nocase((struct weir_str){by.data + by.size - end.size, end.size}, end)) {
			by = weir_str_trim((struct weir_str){by.data, by.size - end.size});
			ascending = ends[i].ascending;
		}
	}
	const struct weir_ordered_config config = {.by = by, .count = 1};
	if (weir_ordered_new(&config, &study, err) != WEIR_OK)
		return false;
	weir_study_free(study);
	weir_screen_show_panel(s, &weir_panel_records);
	weir_buf_clear(&state->by);
	weir_records_order_by(state, by, ascending);
	return true;
}

bool weir_screen_columns(struct weir_screen *s, struct weir_str list, struct weir_error *err)
{
	enum { MOST = 64 };
	struct weir_str names[MOST];
	if (!s->result) {
		weir_fail(err, WEIR_USAGE, "columns", "there are no records yet");
		return false;
	}
	const struct weir_records_rows rows = rows_of(s);
	size_t n = weir_view_list(list, names, MOST);
	weir_screen_show_panel(s, &weir_panel_records);
	return weir_records_choose(&s->state.records, &rows, names, n < MOST ? n : MOST, err);
}

bool weir_screen_go(struct weir_screen *s, struct weir_str moment, struct weir_error *err)
{
	struct weir_records_state *state = &s->state.records;
	int64_t us;
	if (weir_moment_parse(moment, weir_screen_reference_us(s), &us, err) != WEIR_OK)
		return false;
	weir_screen_show_panel(s, &weir_panel_records);
	if (state->by.size)
		weir_records_order_by(state, (struct weir_str){0}, false);
	weir_records_jump_to_time(state, us);
	return true;
}
