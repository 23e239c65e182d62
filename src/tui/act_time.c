/* Time as a dimension to walk: pause, steps, the cursor and the span on the chart. */
#include "tui/screen.h"

#include "tui/expression.h"
#include "tui/format.h"
#include "tui/times.h"

static const int64_t units_s[] = {1, 5, 10, 30, 60, 300, 900, 3600, 86400};
enum { N_UNITS = sizeof(units_s) / sizeof(units_s[0]), MOST_BUCKETS = 1000 };

void weir_screen_pause(struct weir_screen *s)
{
	if (s->info.paused)
		weir_session_go_to(s->session, WEIR_TIME_NONE);
	weir_session_pause(s->session, !s->info.paused);
}

void weir_screen_step(struct weir_screen *s, int direction, bool window)
{
	const struct weir_result *r = s->result;
	char clock[WEIR_FORMAT_BYTES];
	if (!r || r->moment_us == WEIR_TIME_NONE) {
		weir_screen_say(s, WEIR_TONE_NOTE, "this data has no time to walk");
		return;
	}
	int64_t width = r->bucket_us > 0 ? r->bucket_us : WEIR_US_PER_S;
	if (window && r->window_start_us != WEIR_TIME_NONE && r->window_end_us > r->window_start_us)
		width = r->window_end_us - r->window_start_us;
	/* After End the newest picture may still be of the moment left behind: live steps start at the newest row. */
	int64_t from = s->info.paused ? s->info.paused_at_us : r->ledger.newest_us;
	if (from == WEIR_TIME_NONE)
		from = r->moment_us;
	int64_t to = from + direction * width;
	/* Steps of a bucket go from border to border. */
	if (!window)
		to -= ((to % width) + width) % width;
	if (!window && direction < 0 && to == from)
		to -= width;
	if (r->ledger.newest_us != WEIR_TIME_NONE && to >= r->ledger.newest_us) {
		weir_session_go_to(s->session, WEIR_TIME_NONE);
		weir_screen_say(s, WEIR_TONE_DONE, "at the newest moment");
		return;
	}
	weir_session_go_to(s->session, to);
	weir_screen_say(s, WEIR_TONE_NOTE, "at %s; End goes back to live", weir_format_clock(to, 0, clock));
}

void weir_screen_cursor(struct weir_screen *s, int direction)
{
	const struct weir_result *r = s->result;
	if (!r || !r->n_buckets)
		return;
	struct weir_times t = weir_times_of(r, s->ui.data_from_us);
	int64_t first = t.start_us, last = first + (t.n - 1) * t.bucket_us;
	int64_t at = s->ui.cursor_us == WEIR_TIME_NONE ? last : s->ui.cursor_us + direction * r->bucket_us;
	s->ui.cursor_us = at < first ? first : at > last ? last : at;
}

/* Buckets for the chart's width, or for the unit that was chosen. */
static uint32_t wanted_buckets(const struct weir_screen *s)
{
	const struct weir_result *r = s->result;
	/* By the panel alone: the names beside the lines come with a result, and what it takes must not depend on them. */
	int columns = s->frame.layout.panels[WEIR_PANEL_CHART].columns;
	if (s->ui.unit > 0 && r && r->n_buckets) {
		int64_t n = (int64_t)r->n_buckets * r->bucket_us / (units_s[s->ui.unit - 1] * WEIR_US_PER_S);
		return n < 2 ? 2 : n > MOST_BUCKETS ? MOST_BUCKETS : (uint32_t)n;
	}
	/* About two buckets for three columns of the plot: steep lines stay apart. Finer ones while the data covers but a
	 * part of the window. */
	int wanted = columns * 3 / 5;
	wanted = wanted < 30 ? 30 : wanted > 150 ? 150 : wanted;
	return (uint32_t)wanted * (r && r->n_buckets ? weir_times_factor(r, s->ui.data_from_us) : 1);
}

void weir_screen_time_unit(struct weir_screen *s)
{
	char text[WEIR_FORMAT_BYTES];
	const struct weir_result *r = s->result;
	int64_t span = r ? (int64_t)r->n_buckets * r->bucket_us : 0;
	do
		s->ui.unit = (s->ui.unit + 1) % (N_UNITS + 1);
	while (s->ui.unit && (units_s[s->ui.unit - 1] * WEIR_US_PER_S * 2 > span ||
			      span / (units_s[s->ui.unit - 1] * WEIR_US_PER_S) > MOST_BUCKETS));
	if (s->ui.unit)
		weir_screen_say(s, WEIR_TONE_DONE, "buckets of %s",
				weir_format_span(units_s[s->ui.unit - 1] * WEIR_US_PER_S, text));
	else
		weir_screen_say(s, WEIR_TONE_DONE, "buckets as the chart is wide");
	weir_screen_fit(s);
}

void weir_screen_fit(struct weir_screen *s)
{
	const struct weir_layout *l = &s->frame.layout;
	int table = weir_panel_body_rows(l->panels[WEIR_PANEL_TABLE].rows),
	    records = weir_panel_body_rows(l->panels[WEIR_PANEL_RECORDS].rows);
	uint64_t top = s->info.view.top ? s->info.view.top : 20;
	uint32_t rows = (uint32_t)(s->ui.zoomed && (uint64_t)table > top && !s->info.view.top ? (uint64_t)table : top);
	weir_session_set_buckets(s->session, wanted_buckets(s));
	/* More than are seen, whatever is in focus: a paused picture must not be made again to scroll in it. */
	weir_session_set_rows(s->session, rows, (uint32_t)(records > 50 ? 4 * records : 200));
}

/* The event-time column, as the language wants its name. */
static struct weir_str time_column(const struct weir_result *r)
{
	for (uint32_t i = 0; i < r->n_fields; i++)
		if (r->fields[i].is_time)
			return r->fields[i].name;
	return (struct weir_str){0};
}

static bool keep_span(struct weir_screen *s, int64_t from, int64_t to)
{
	struct weir_value low = {.type = WEIR_TIMESTAMP, .i = from}, high = {.type = WEIR_TIMESTAMP, .i = to};
	struct weir_str column = time_column(s->result);
	struct weir_buf text = {0};
	struct weir_error err = {0};
	if (!column.size) {
		weir_screen_say(s, WEIR_TONE_NOTE, "the time is that of arrival: there is no column to filter by");
		return true;
	}
	weir_screen_filter_text(s, &text);
	weir_buf_add_c(&text, text.size ? " and " : "");
	weir_expression_key(column, &text);
	weir_buf_add_c(&text, " >= timestamp '");
	weir_value_text(&low, &text);
	weir_buf_add_c(&text, "' and ");
	weir_expression_key(column, &text);
	weir_buf_add_c(&text, " < timestamp '");
	weir_value_text(&high, &text);
	weir_buf_add_c(&text, "'");
	if (!weir_screen_ask_filter(s, weir_buf_str(&text), &err))
		weir_screen_say(s, WEIR_TONE_ERROR, "%s", err.what);
	weir_buf_release(&text);
	return true;
}

bool weir_screen_keep_time(struct weir_screen *s)
{
	struct weir_ui *ui = &s->ui;
	int64_t a = ui->span_from_us, b = ui->span_to_us;
	if (!s->result)
		return false;
	if (a != WEIR_TIME_NONE && b != WEIR_TIME_NONE && a != b) {
		ui->span_from_us = ui->span_to_us = WEIR_TIME_NONE;
		return keep_span(s, a < b ? a : b, a < b ? b : a);
	}
	if (ui->cursor_us == WEIR_TIME_NONE || ui->focus != WEIR_PANEL_CHART)
		return false;
	weir_session_go_to(s->session, ui->cursor_us + s->result->bucket_us);
	ui->cursor_us = WEIR_TIME_NONE;
	return true;
}
