/* What why asks: which rows are selected, which they are compared with, and the words for both. */
#include "tui/screen/screen.h"

#include <stdio.h>

static void set_words(struct weir_why_step *s, const char *selected, const char *rest, const char *of_selected,
		      const char *of_rest)
{
	snprintf(s->selected, sizeof(s->selected), "%s", selected);
	snprintf(s->rest, sizeof(s->rest), "%s", rest);
	snprintf(s->of_selected, sizeof(s->of_selected), "%s", of_selected);
	snprintf(s->of_rest, sizeof(s->of_rest), "%s", of_rest);
}

/* The rows that the picture shows. What has no end in time is all that is held. */
static struct weir_why_span window_span(const struct weir_screen *s)
{
	const struct weir_result *r = s->result;
	enum weir_window_kind kind = s->info.view.window.kind;
	bool bounded = r->window_start_us != WEIR_TIME_NONE && r->window_end_us != WEIR_TIME_NONE;
	if (!bounded || kind == WEIR_WINDOW_ALL || kind == WEIR_WINDOW_ROWS || kind == WEIR_WINDOW_DEFAULT)
		return WEIR_WHY_ALWAYS;
	if (kind == WEIR_WINDOW_SLIDING)
		return (struct weir_why_span){r->window_start_us, r->window_end_us};
	if (kind == WEIR_WINDOW_SINCE)
		return (struct weir_why_span){s->info.view.window.since_us - 1, r->moment_us};
	return (struct weir_why_span){r->window_start_us - 1, r->window_end_us - 1};
}

/* "the last 5m" */
static void name_window(const struct weir_screen *s, char *out, size_t bytes)
{
	const struct weir_window *w = &s->info.view.window;
	bool still = s->info.paused || s->info.at || s->info.ended;
	char length[WEIR_FORMAT_BYTES];
	if (w->kind == WEIR_WINDOW_SLIDING)
		snprintf(out, bytes, still ? "the %s shown" : "the last %s", weir_format_length(w->size_us, length));
	else
		snprintf(out, bytes, "the window");
}

/* ---- against what ---- */

/* Against the rest of what the picture shows; the window itself, against all other rows. */
static void against_rest(const struct weir_screen *s, struct weir_why_step *step)
{
	char window[80];
	name_window(s, window, sizeof(window));
	step->before = false;
	step->around = step->of == WEIR_WHY_WINDOW ? WEIR_WHY_ALWAYS : window_span(s);
	if (step->of != WEIR_WHY_SPAN)
		step->span = window_span(s);
	bool always = step->around.after_us == INT64_MIN;
	if (!always)
		snprintf(step->others, sizeof(step->others), "the rest of %s", window);
	else
		snprintf(step->others, sizeof(step->others), "all other rows%s",
			 step->of == WEIR_WHY_WINDOW || s->info.view.window.kind == WEIR_WINDOW_ROWS ? " that are held"
												     : "");
	if (step->of == WEIR_WHY_SPAN)
		set_words(step, "in the span", "rest", "of the span", "of the rest");
	else
		set_words(step, "selected", "rest", "of the selected rows", "of the rest");
}

/* The stretch of the same length that ends where the span begins. */
static void against_span_before(struct weir_why_step *step)
{
	char length[WEIR_FORMAT_BYTES];
	int64_t us = step->span.until_us - step->span.after_us;
	step->before = true;
	step->around = (struct weir_why_span){step->span.after_us - us, step->span.after_us};
	snprintf(step->others, sizeof(step->others), "the %s before", weir_format_length(us, length));
	set_words(step, "in the span", "before", "of the span", "before");
}

/* "as much of the window before", "the 5m before", "the same 10m earlier" */
static void name_compared(const struct weir_screen *s, struct weir_why_step *step)
{
	const struct weir_result *r = s->result;
	char length[WEIR_FORMAT_BYTES], other[WEIR_FORMAT_BYTES];
	weir_format_length(r->compared_us, length);
	switch (r->compare.kind) {
	case WEIR_COMPARISON_AGO:
		snprintf(step->others, sizeof(step->others), "the %s that were %s earlier", length,
			 weir_format_length(r->compare.offset_us, other));
		break;
	case WEIR_COMPARISON_AT:
		snprintf(step->others, sizeof(step->others), "the %s from %s", length,
			 weir_format_moment(r->previous_from_us, r->moment_us, 0, other));
		break;
	default:
		snprintf(step->others, sizeof(step->others), "the %s before", length);
	}
}

/* The window against the period that it is compared with; of one that is not over, as much of both. */
static void against_compared(const struct weir_screen *s, struct weir_why_step *step)
{
	const struct weir_result *r = s->result;
	bool sliding = s->info.view.window.kind == WEIR_WINDOW_SLIDING;
	int64_t shift = sliding ? 0 : 1, now = r->window_start_us - shift, then = r->previous_from_us - shift;
	char length[WEIR_FORMAT_BYTES];
	step->before = true;
	step->span = (struct weir_why_span){now, now + r->compared_us};
	step->around = (struct weir_why_span){then, then + r->compared_us};
	name_compared(s, step);
	set_words(step, "now", "before", "now", "before");
	if (step->of == WEIR_WHY_WINDOW)
		snprintf(step->title, sizeof(step->title), sliding ? "the last %s" : "the first %s of the window",
			 weir_format_length(r->compared_us, length));
}

bool weir_screen_why_against(struct weir_screen *s, struct weir_why_step *step, bool before)
{
	const struct weir_result *r = s->result;
	char clock[WEIR_FORMAT_BYTES];
	if (before && step->of == WEIR_WHY_SPAN) {
		against_span_before(step);
	} else if (before && r->compared_us > 0) {
		against_compared(s, step);
	} else if (!before) {
		against_rest(s, step);
	} else if (r->comparable_at_us != WEIR_TIME_NONE) {
		weir_screen_say(s, WEIR_TONE_NOTE,
				"there is nothing to compare with before %s; or select a row, then !",
				weir_format_moment(r->comparable_at_us, r->moment_us, 0, clock));
		return false;
	} else {
		weir_screen_say(s, WEIR_TONE_NOTE, "%s",
				step->of == WEIR_WHY_WINDOW
				    ? "select a row or a span of time, then ! says how it differs"
				    : "there is no earlier period to compare these rows with");
		return false;
	}
	return true;
}

/* ---- which rows ---- */

static void name_row(const struct weir_result *r, int row, struct weir_why_step *step)
{
	struct weir_buf title = {0};
	for (uint32_t g = 0; g < r->n_groups; g++) {
		weir_buf_add_c(&title, g ? " and " : "");
		weir_buf_add_str(&title, r->groups[g].name);
		weir_buf_add_c(&title, " = ");
		weir_format_name(&r->rows[row].groups[g], 3, &title);
	}
	snprintf(step->title, sizeof(step->title), "%s", title.data ? title.data : "the selected row");
	weir_buf_release(&title);
}

static void take_span(const struct weir_screen *s, int64_t from_us, int64_t to_us, struct weir_why_step *step)
{
	char from[WEIR_FORMAT_BYTES], to[WEIR_FORMAT_BYTES];
	int64_t day = s->result->moment_us;
	int decimals = to_us - from_us < WEIR_US_PER_S ? 3 : 0;
	snprintf(step->title, sizeof(step->title), "%s to %s", weir_format_moment(from_us, day, decimals, from),
		 weir_format_moment(to_us, day, decimals, to));
	step->of = WEIR_WHY_SPAN;
	step->span = (struct weir_why_span){from_us - 1, to_us - 1};
}

/* The span that was drawn, or the bucket under the time cursor. */
static bool chosen_span(const struct weir_screen *s, int64_t *from, int64_t *to)
{
	const struct weir_screen_state *state = &s->state;
	int64_t a = state->span_from_us, b = state->span_to_us;
	bool span = a != WEIR_TIME_NONE && b != WEIR_TIME_NONE && a != b;
	if (!span && (state->cursor_us == WEIR_TIME_NONE || !weir_panels[state->focus]->time))
		return false;
	a = span ? a : state->cursor_us;
	b = span ? b : a + s->result->bucket_us;
	*from = a < b ? a : b;
	*to = a < b ? b : a;
	return true;
}

/* The values that were chosen on the histogram. */
static void take_values(const struct weir_screen *s, struct weir_why_step *step, struct weir_buf *condition)
{
	struct weir_str column = s->result->histogram.column, bare = weir_bare_name(column);
	struct weir_buf text = {0};
	weir_value_range_condition(&s->state.range, column, false, condition);
	weir_value_range_text(&s->state.range, &text);
	snprintf(step->title, sizeof(step->title), WEIR_STR_FMT " %s", WEIR_STR_ARG(bare), text.data ? text.data : "");
	weir_buf_release(&text);
}

bool weir_screen_why_find(struct weir_screen *s, struct weir_str text, struct weir_why_step *step,
			  struct weir_buf *condition)
{
	int row = weir_state_selected_row(&s->state, s->result);
	struct weir_wish wish = {0};
	int64_t from, to;
	step->of = WEIR_WHY_ROWS;
	if (text.size) {
		weir_buf_add_str(condition, text);
		snprintf(step->title, sizeof(step->title), WEIR_STR_FMT, WEIR_STR_ARG(text));
	} else if (chosen_span(s, &from, &to)) {
		take_span(s, from, to, step);
	} else if (s->state.range.on && s->result->histogram.column.size) {
		take_values(s, step, condition);
	} else if (row >= 0 && s->result->n_groups) {
		weir_row_keep(&s->picture, &s->state, &wish);
		*condition = wish.text;
		name_row(s->result, row, step);
	} else {
		step->of = WEIR_WHY_WINDOW;
	}
	return weir_screen_why_against(s, step, step->of == WEIR_WHY_WINDOW);
}
