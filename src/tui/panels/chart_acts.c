/* What Enter, x and y do with the span and the moment chosen on the chart. */
#include "tui/panels/panels.h"

/* The event-time column, named as an expression needs it. */
static struct weir_str time_column(const struct weir_result *r)
{
	for (uint32_t i = 0; i < r->n_fields; i++)
		if (r->fields[i].is_time)
			return r->fields[i].name;
	return (struct weir_str){0};
}

static bool has_span(const struct weir_picture *pic)
{
	int64_t a = pic->state->span_from_us, b = pic->state->span_to_us;
	return a != WEIR_TIME_NONE && b != WEIR_TIME_NONE && a != b;
}

static bool has_cursor(const struct weir_picture *pic)
{
	return pic->state->cursor_us != WEIR_TIME_NONE;
}

/* There are other moments to go to. A window without an end shows everything at any moment. */
static bool can_go(const struct weir_picture *pic)
{
	return has_cursor(pic) && pic->result->moment_us != WEIR_TIME_NONE &&
	       pic->info->view.window.kind != WEIR_WINDOW_ALL;
}

bool weir_time_is_chosen(const struct weir_picture *pic)
{
	return has_span(pic) || has_cursor(pic);
}

/* The span, or the bucket under the cursor. */
static void chosen(const struct weir_picture *pic, int64_t *from, int64_t *to)
{
	const struct weir_screen_state *state = pic->state;
	int64_t a = weir_time_cursor_us(pic), b = a + weir_time_width_us(pic, a);
	if (has_span(pic)) {
		a = state->span_from_us;
		b = state->span_to_us;
	}
	*from = a < b ? a : b;
	*to = a < b ? b : a;
}

static void add_condition(const struct weir_picture *pic, struct weir_wish *wish, bool outside)
{
	struct weir_str column = time_column(pic->result);
	struct weir_buf key = {0};
	int64_t from, to;
	if (!column.size) {
		wish->kind = WEIR_WISH_SAY;
		weir_buf_add_c(&wish->text, "time is arrival here: there is no time column to filter by");
		return;
	}
	wish->kind = WEIR_WISH_FILTER;
	chosen(pic, &from, &to);
	weir_view_quote(column, &key);
	if (outside)
		weir_chip_outside(weir_buf_str(&key), from, to, &wish->text);
	else
		weir_chip_span(weir_buf_str(&key), from, to, &wish->text);
	wish->text.failed |= key.failed;
	weir_buf_release(&key);
}

static void keep(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish)
{
	(void)state;
	add_condition(pic, wish, false);
	chosen(pic, &wish->from_us, &wish->to_us);
	wish->what = "kept";
}

static void exclude(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish)
{
	(void)state;
	add_condition(pic, wish, true);
	wish->what = "excluded";
}

static void go(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish)
{
	wish->kind = WEIR_WISH_GO;
	int64_t at = weir_time_cursor_us(pic);
	wish->at_us = at + weir_time_width_us(pic, at);
	state->cursor_us = WEIR_TIME_NONE;
}

/* The bucket's start, then one value for each line; times as expressions and other programs read them. */
static void add_bucket(const struct weir_result *r, uint32_t bucket, struct weir_buf *out)
{
	char text[40];
	weir_buf_add(out, text, weir_time_format_iso(r->bucket_start_us + (int64_t)bucket * r->bucket_us, text));
	for (uint32_t s = 0; s < r->n_series; s++) {
		double v = r->series[s].values[bucket];
		weir_buf_add_char(out, '\t');
		if (v == v) /* nothing for a bucket without rows */
			weir_buf_add(out, text, weir_format_double(v, text));
	}
	weir_buf_add_char(out, '\n');
}

/* The buckets of what was chosen, or all of them, with the names of the lines above. */
static void copy(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish)
{
	const struct weir_result *r = pic->result;
	struct weir_times t = weir_times_of(r, state->data_from_us);
	int64_t from = t.start_us, to = t.start_us + t.span_us;
	if (weir_time_is_chosen(pic))
		chosen(pic, &from, &to);
	weir_buf_add_c(&wish->text, "time");
	for (uint32_t s = 0; s < r->n_series; s++) {
		weir_buf_add_char(&wish->text, '\t');
		weir_copy_cell(r->series[s].name, &wish->text);
	}
	weir_buf_add_char(&wish->text, '\n');
	for (uint32_t b = t.from; b < t.from + t.n; b++) {
		int64_t at = r->bucket_start_us + (int64_t)b * r->bucket_us;
		if (at >= from && at < to)
			add_bucket(r, b, &wish->text);
	}
	wish->kind = WEIR_WISH_COPY;
	wish->what = "copied the lines of the chart";
}

const struct weir_panel_act weir_chart_acts[] = {
    {WEIR_CMD_KEEP, "keep", "keep only the rows of the chosen span of time", has_span, keep},
    {WEIR_CMD_KEEP, "go there", "show the moment under the time cursor", can_go, go},
    {WEIR_CMD_KEEP, "keep", "keep only the rows of the bucket under the time cursor", has_cursor, keep},
    {WEIR_CMD_EXCLUDE, "exclude", "leave out the rows of the chosen span of time", weir_time_is_chosen, exclude},
    {WEIR_CMD_COPY, "copy", "copy the values at the chosen time", weir_time_is_chosen, copy},
    WEIR_ROW_ACTS,
    {WEIR_CMD_COPY, "copy", "copy the lines of the chart as a table", NULL, copy},
    {0},
};
