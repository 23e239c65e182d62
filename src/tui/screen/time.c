/* Moving through time: pause, steps, moments. */
#include "tui/screen/screen.h"

static void remember_filters(struct weir_screen *s)
{
	struct weir_str entries[64];
	s->still_filters = weir_view_entries(&s->info.view, WEIR_VIEW_WHERE, entries, 64);
}

bool weir_screen_live(struct weir_screen *s)
{
	struct weir_error ignored = {0};
	bool was = !s->info.paused && !s->info.at;
	if (s->info.view.at_us != WEIR_TIME_NONE) /* the session began with --at */
		(void)weir_screen_ask(s, WEIR_VIEW_AT, (struct weir_str){0}, &ignored);
	weir_session_go_to(s->session, WEIR_TIME_NONE);
	return !was;
}

void weir_screen_pause(struct weir_screen *s)
{
	if (s->info.paused || s->info.at) {
		weir_screen_live(s);
		return;
	}
	remember_filters(s);
	weir_session_pause(s->session, true);
}

/* Why there is no other moment to go to; NULL: there is. A window without an end shows everything at any moment. */
static const char *why_no_moment(const struct weir_screen *s)
{
	const struct weir_result *r = s->result;
	if (!r || r->moment_us == WEIR_TIME_NONE)
		return "this data has no event time, so there is nothing to step through";
	if (s->info.view.window.kind == WEIR_WINDOW_ALL)
		return "the window is all; press w to choose one that moves, such as 5m";
	return NULL;
}

void weir_screen_go_to(struct weir_screen *s, int64_t to_us)
{
	char clock[WEIR_FORMAT_BYTES];
	int64_t day = s->result->moment_us;
	if (s->result->ledger.newest_us != WEIR_TIME_NONE && to_us >= s->result->ledger.newest_us) {
		weir_screen_live(s);
		weir_screen_say(s, WEIR_TONE_DONE, "at the newest moment");
		return;
	}
	if (!s->info.paused && !s->info.at)
		remember_filters(s);
	weir_session_go_to(s->session, to_us);
	weir_screen_say(s, WEIR_TONE_NOTE, "at %s; End or Esc returns to %s", weir_format_moment(to_us, day, 0, clock),
			s->info.ended ? "the newest moment" : "live");
}

bool weir_screen_at(struct weir_screen *s, struct weir_str text, struct weir_error *err)
{
	char clock[WEIR_FORMAT_BYTES];
	const char *why = why_no_moment(s);
	int64_t to;
	if (!text.size || weir_str_equal_nocase(text, WEIR_STR("now"))) {
		weir_screen_live(s);
		weir_screen_say(s, WEIR_TONE_DONE, "at the newest moment");
		return true;
	}
	if (why) {
		weir_fail(err, WEIR_USAGE, "at", "%s", why);
		return false;
	}
	if (weir_moment_parse(text, weir_screen_reference_us(s), &to, err) != WEIR_OK)
		return false;
	if (s->result->oldest_us != WEIR_TIME_NONE && to < s->result->oldest_us) {
		weir_fail(err, WEIR_USAGE, "at", "there is nothing at %s",
			  weir_format_moment(to, s->result->moment_us, 0, clock));
		bool again = weir_session_may_read_from(s->session, NULL) == WEIR_OK;
		weir_error_hint(err, "the data starts at %s%s",
				weir_format_moment(s->result->oldest_us, s->result->moment_us, 0, clock),
				again ? "; :from TIME reads again from a time" : "");
		return false;
	}
	weir_screen_go_to(s, to);
	return true;
}

void weir_screen_step(struct weir_screen *s, int direction, bool window)
{
	const struct weir_result *r = s->result;
	const char *why = why_no_moment(s);
	char clock[WEIR_FORMAT_BYTES];
	if (why) {
		weir_screen_say(s, WEIR_TONE_NOTE, "%s", why);
		return;
	}
	weir_session_info(s->session, &s->info); /* keys may arrive faster than pictures */
	int64_t width = r->bucket_us > 0 ? r->bucket_us : WEIR_US_PER_S;
	if (window && r->window_start_us != WEIR_TIME_NONE && r->window_end_us > r->window_start_us)
		width = r->window_end_us - r->window_start_us;
	/* Right after End the newest picture may still show the old moment: when live, steps start at the newest row. */
	int64_t from = s->info.paused ? s->info.paused_at_us : s->info.at ? s->info.view.at_us : r->ledger.newest_us;
	if (from == WEIR_TIME_NONE)
		from = r->moment_us;
	int64_t to = from + direction * width;
	/* Steps of one bucket go from edge to edge. */
	if (!window)
		to -= ((to % width) + width) % width;
	if (!window && direction < 0 && to == from)
		to -= width;
	/* The first bucket with rows is as far back as one can go. */
	int64_t bucket = r->bucket_us > 0 ? r->bucket_us : WEIR_US_PER_S;
	int64_t first = r->oldest_us == WEIR_TIME_NONE ? to : r->oldest_us - r->oldest_us % bucket + bucket;
	if (to < first) {
		to = first;
		if (from > first)
			weir_screen_go_to(s, to);
		weir_screen_say(s, WEIR_TONE_NOTE, "the data starts at %s",
				weir_format_moment(r->oldest_us, r->moment_us, 0, clock));
		return;
	}
	weir_screen_go_to(s, to);
}

static void use_unit(struct weir_screen *s, int unit)
{
	char text[WEIR_FORMAT_BYTES];
	s->state.unit = unit;
	if (unit)
		weir_screen_say(s, WEIR_TONE_DONE, "buckets of %s", weir_format_length(weir_chart_unit_us(unit), text));
	else
		weir_screen_say(s, WEIR_TONE_DONE, "bucket width: automatic");
	weir_screen_want(s);
}

void weir_screen_time_unit(struct weir_screen *s)
{
	use_unit(s, weir_chart_next_unit(s->result, s->state.unit));
}

bool weir_screen_find_unit(const struct weir_screen *s, struct weir_str text, int *unit, struct weir_error *err)
{
	int64_t us = 0;
	*unit = 0;
	if (!text.size || weir_str_equal_nocase(text, WEIR_STR("auto")))
		return true;
	bool known = weir_parse_duration_us(text, &us);
	do
		*unit = weir_chart_next_unit(s->result, *unit);
	while (*unit && weir_chart_unit_us(*unit) != us);
	if (known && *unit)
		return true;
	weir_fail(err, WEIR_USAGE, "time-unit", "the chart has no buckets of " WEIR_STR_FMT " here",
		  WEIR_STR_ARG(text));
	weir_error_hint(err, "t lists the units that fit the window");
	return false;
}

void weir_screen_focus_time(struct weir_screen *s)
{
	for (int i = 0; weir_panels[i]; i++)
		if (weir_panels[i]->time && weir_panel_is_open(weir_panels[i], &s->state) &&
		    weir_panel_has_data(weir_panels[i], s->result)) {
			s->state.focus = i;
			return;
		}
}

static void say_end(struct weir_screen *s, int by)
{
	char clock[WEIR_FORMAT_BYTES];
	int64_t at = by < 0 ? s->info.strip.oldest_us : s->info.strip.newest_us;
	if (at != WEIR_TIME_NONE)
		weir_screen_say(s, WEIR_TONE_NOTE, by < 0 ? "the data starts at %s" : "the data ends at %s",
				weir_format_moment(at, weir_picture_day_us(&s->picture), 0, clock));
}

void weir_screen_move_time(struct weir_screen *s, int by, bool extend)
{
	if (!s->result || !s->result->n_buckets) {
		weir_screen_say(s, WEIR_TONE_NOTE, "this data has no event time, so there is nothing to move through");
		return;
	}
	weir_screen_focus_time(s);
	if (!weir_time_move(&s->picture, &s->state, by, extend))
		say_end(s, by);
}

/* The cursor at the bucket that holds that time. */
static void put_cursor(struct weir_screen *s, int64_t us)
{
	weir_screen_focus_time(s);
	s->state.cursor_us = us;
	s->state.cursor_us = weir_time_cursor_us(&s->picture);
}

void weir_screen_seek(struct weir_screen *s, int64_t us)
{
	const char *why = why_no_moment(s);
	if (!s->result)
		return;
	if (!why) {
		weir_screen_go_to(s, us);
		return;
	}
	put_cursor(s, us - 1);
	weir_screen_say(s, WEIR_TONE_NOTE, "%s; Enter keeps the rows of this time", why);
}

bool weir_screen_unit(struct weir_screen *s, struct weir_str text, struct weir_error *err)
{
	int unit;
	bool found = weir_screen_find_unit(s, text, &unit, err);
	if (found)
		use_unit(s, unit);
	return found;
}

void weir_screen_show_time(struct weir_screen *s, int64_t us)
{
	s->state.cursor_us = s->state.span_from_us = s->state.span_to_us = WEIR_TIME_NONE;
	if (why_no_moment(s))
		put_cursor(s, us);
	else
		weir_screen_go_to(s, us);
}
