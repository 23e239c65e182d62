/* Why the selected rows differ: a line for each value that stands out, with its share of both sides as a pair of bars, and what
 * the column of the selected one looks like. */
#include "tui/panels/panels.h"
#include "tui/panels/why_lines.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	ROOMY_ROWS = 12,      /* from so many lines on there are sentences beside the list */
	BESIDE_COLUMNS = 120, /* columns stand beside the list, else below it */
	LEAST_ROWS = 3,       /* of the only column that is shown */
	ROWS_EACH = 7,        /* of each of several */
	MOST_COLUMNS = 16,    /* that are shown at once */
	GAP = 3,
};

/* ---- the sentences ---- */

/* The next line of the text, broken between words; the last one takes all that is left, and is cut where it is drawn. */
static struct weir_str next_line(struct weir_str *text, int columns, bool last)
{
	size_t n = weir_text_fit(*text, columns), cut = n;
	while (n < text->size && cut > 0 && text->data[cut] != ' ')
		cut--;
	n = n >= text->size || last ? text->size : cut > 0 ? cut : n;
	struct weir_str line = {text->data, n};
	n += n < text->size && text->data[n] == ' ';
	*text = (struct weir_str){text->data + n, text->size - n};
	return line;
}

/* Over at most `most` lines. Returns how many it took. */
static int put_sentence(struct weir_canvas c, int y, int most, struct weir_str text, struct weir_style style)
{
	int lines = 0;
	while (text.size && lines < most && y + lines < c.rows) {
		struct weir_str line = next_line(&text, c.columns - 2, lines + 1 == most);
		weir_cell_put_text(c, 1, y + lines++, c.columns - 2, line, style, WEIR_LEFT);
	}
	return lines;
}

static int put_buf(struct weir_canvas c, int y, int most, struct weir_buf *text, struct weir_style style)
{
	int lines = text->failed ? 0 : put_sentence(c, y, most, weir_buf_str(text), style);
	weir_buf_release(text);
	return lines;
}

/* "service = payments: 237 rows. Compared with all other rows: 4,763 rows." */
static void add_question(const struct weir_why_step *s, struct weir_buf *text)
{
	const struct weir_why *w = weir_why_answer_of(s);
	char a[WEIR_FORMAT_BYTES], b[WEIR_FORMAT_BYTES];
	if (w)
		weir_buf_addf(text, "%s: %s row%s. Compared with %s: %s row%s%s.", s->title,
			      weir_format_count(w->selected, a), w->selected == 1 ? "" : "s", s->others,
			      weir_format_count(w->rest, b), w->rest == 1 ? "" : "s", s->when);
	else
		weir_buf_addf(text, "%s, compared with %s.", s->title, s->others);
}

static int question_lines(int rows)
{
	return rows < ROOMY_ROWS ? 1 : 2;
}

static int put_question(const struct weir_why_step *s, struct weir_canvas c, int y)
{
	struct weir_buf text = {0};
	add_question(s, &text);
	return put_buf(c, y, question_lines(c.rows), &text, weir_style(WEIR_INK_TEXT));
}

/* The line of the panel that the first finding stands on. */
static int list_top(const struct weir_why_step *s, int columns, int rows)
{
	struct weir_buf buf = {0};
	int lines = 0;
	add_question(s, &buf);
	struct weir_str text = weir_buf_str(&buf);
	for (; text.size && lines < question_lines(rows); lines++)
		next_line(&text, columns - 2, lines + 1 == question_lines(rows));
	weir_buf_release(&buf);
	return 1 + lines + 1;
}

static void add_share(struct weir_buf *out, uint64_t n, uint64_t of, const char *side)
{
	char percent[WEIR_FORMAT_BYTES], a[WEIR_FORMAT_BYTES], b[WEIR_FORMAT_BYTES];
	weir_buf_addf(out, "%s %s (%s of %s)", weir_format_percent(of ? (double)n / (double)of : 0, percent), side,
		      weir_format_count(n, a), weir_format_count(of, b));
}

/* "region = af-south: 61.0 % of the selected rows (145 of 237), 3.1 % of the rest (148 of 4,763)." */
static int put_finding(const struct weir_why_step *s, const struct weir_why_finding *f, int64_t day_us,
		       struct weir_canvas c, int y, int most)
{
	const struct weir_why *w = weir_why_answer_of(s);
	struct weir_buf text = {0};
	weir_why_finding_text(f, day_us, &text);
	weir_buf_add_c(&text, ": ");
	add_share(&text, f->selected, w->selected, s->of_selected);
	weir_buf_add_c(&text, ", ");
	add_share(&text, f->rest, w->rest, s->of_rest);
	weir_buf_add_char(&text, '.');
	return put_buf(c, y, most, &text, weir_style(WEIR_INK_BRIGHT));
}

/* What is not compared, one reason after the other. */
static int put_aside(const struct weir_why *w, struct weir_canvas c, int y, int most)
{
	struct weir_buf text = {0};
	for (int reason = 0; reason <= WEIR_WHY_TOO_MANY; reason++) {
		uint32_t n = 0;
		for (uint32_t i = 0; i < w->n_aside; i++) {
			if ((int)w->aside[i].reason != reason)
				continue;
			weir_buf_add_c(&text, n++ ? ", " : text.size ? "; " : "Not compared: ");
			weir_buf_add_str(&text, w->aside[i].column);
		}
		if (n)
			weir_buf_addf(&text, " (%s)", weir_why_reason_text((enum weir_why_reason)reason));
	}
	return put_buf(c, y, most, &text, weir_style(WEIR_INK_DIM));
}

/* ---- the list ---- */

/* The first finding that is seen of so many. */
static int first_seen(const struct weir_why_step *s, int seen)
{
	return s->at >= seen ? s->at - seen + 1 : 0;
}

static void draw_list(const struct weir_why_step *s, struct weir_canvas c, bool focus, int64_t day_us)
{
	const struct weir_why *w = weir_why_answer_of(s);
	struct weir_why_columns k = weir_why_columns_of(w, c.columns, day_us);
	int seen = c.rows - 1, first = first_seen(s, seen);
	weir_why_heads_draw(&k, c, s->selected, s->rest);
	for (int i = 0; i < seen && first + i < (int)w->n_findings; i++) {
		const struct weir_why_finding *f = &w->findings[first + i];
		weir_why_finding_draw(&k, c, 1 + i, w, f, day_us);
		if (first + i == s->at && focus)
			weir_cell_repaper(c, 0, 1 + i, c.columns, WEIR_PAPER_SELECT, WEIR_INK_COUNT);
	}
}

/* The first column at or after that finding which is none of those before. */
static const struct weir_why_column *next_column(const struct weir_why *w, uint32_t *at, uint32_t *part,
						 const struct weir_why_column *const *seen, int n_seen)
{
	for (; *at < w->n_findings; (*at)++, *part = 0)
		for (; *part < w->findings[*at].n_parts; (*part)++) {
			const struct weir_why_column *column = w->findings[*at].columns[*part];
			int i = 0;
			while (i < n_seen && seen[i] != column)
				i++;
			if (i == n_seen)
				return column;
		}
	return NULL;
}

static int draw_column(const struct weir_why *w, const struct weir_why_column *column, struct weir_canvas c,
		       int64_t day_us)
{
	char remark[80], all[WEIR_FORMAT_BYTES];
	uint32_t n = weir_why_column_shown(column, c.rows - 1);
	if (column->ranges)
		snprintf(remark, sizeof(remark), "%u range%s, difference %.2f", n, n == 1 ? "" : "s",
			 column->difference);
	else if (n < column->n_values)
		snprintf(remark, sizeof(remark), "%u of %s values, difference %.2f", n,
			 weir_format_count(column->n_values, all), column->difference);
	else
		snprintf(remark, sizeof(remark), "%u value%s, difference %.2f", n, n == 1 ? "" : "s",
			 column->difference);
	weir_title_draw(c, column->name, weir_str_of(remark), false);
	return 1 + weir_why_column_draw(weir_canvas_cut(c, 0, 1, c.columns, c.rows - 1), w, column, day_us);
}

/* What the column of the selected finding looks like, and as many of those that follow as there is room for. */
static void draw_columns(const struct weir_why_step *s, struct weir_canvas c, int64_t day_us)
{
	const struct weir_why_column *shown[MOST_COLUMNS];
	const struct weir_why *w = weir_why_answer_of(s);
	uint32_t at = (uint32_t)s->at, part = 0;
	int n = 0, y = 0;
	while (n < MOST_COLUMNS && (n == 0 ? c.rows >= LEAST_ROWS : (n + 1) * ROWS_EACH <= c.rows) &&
	       (shown[n] = next_column(w, &at, &part, shown, n)))
		n++;
	for (int i = 0; i < n; i++) { /* what one leaves goes to those that follow */
		int rows = (c.rows - y) / (n - i);
		y += 1 +
		     draw_column(w, shown[i], weir_canvas_cut(c, 0, y, c.columns, i + 1 < n ? rows - 1 : rows), day_us);
	}
}

/* ---- the panel ---- */

static void draw_waiting(const struct weir_why_state *state, struct weir_canvas c)
{
	char text[160], done[WEIR_FORMAT_BYTES];
	double part = state->rows ? (double)state->done_rows / (double)state->rows : 0;
	if (!state->late)
		return;
	snprintf(text, sizeof(text), "comparing the rows: %s", weir_format_percent(part, done));
	weir_cell_put(c, 1, 1, text, weir_style(WEIR_INK_WARN));
	weir_bar_draw(c, 1, 2, c.columns > 42 ? 40 : c.columns - 2, part, weir_style(WEIR_INK_FILL));
}

static bool is_wide(int columns)
{
	return columns >= BESIDE_COLUMNS;
}

/* Lines of the sentences below: the selected finding in words, what is not compared. On a wide screen they follow the list. */
static int foot_rows(const struct weir_why *w, int columns, int rows)
{
	if (rows < ROOMY_ROWS)
		return 0;
	if (is_wide(columns))
		return 1 + (w->n_findings ? 3 : 0) + (w->n_aside ? 3 : 0);
	return (w->n_findings ? 2 : 0) + (w->n_aside > 0);
}

/* Lines of the list with its heads. */
static int list_rows(const struct weir_why_step *s, int columns, int rows)
{
	const struct weir_why *w = weir_why_answer_of(s);
	int room = rows - foot_rows(w, columns, rows) - list_top(s, columns, rows) + 1;
	int wanted = (int)w->n_findings + 1;
	return room < wanted ? room : wanted;
}

static void draw_foot(const struct weir_why_step *s, struct weir_canvas c, int64_t day_us)
{
	const struct weir_why *w = weir_why_answer_of(s);
	bool roomy = c.rows > 3;
	int y = 0;
	if (w->n_findings)
		y += put_finding(s, &w->findings[s->at], day_us, c, y, roomy ? 3 : 2);
	if (w->n_aside)
		put_aside(w, c, roomy ? y + 1 : c.rows - 1, roomy ? 3 : 1);
}

static void draw_nothing(const struct weir_why *w, struct weir_canvas c, int y)
{
	struct weir_buf text = {0};
	weir_buf_addf(&text, "Nothing stands out: %s.", weir_why_nothing(w));
	y += 1 + put_buf(c, y, 3, &text, weir_style(WEIR_INK_WARN));
	put_aside(w, c, y, 3);
}

static void draw_answer(const struct weir_why_step *s, struct weir_canvas c, bool focus, int64_t day_us)
{
	const struct weir_why *w = weir_why_answer_of(s);
	int y = 1 + put_question(s, c, 1), foot = foot_rows(w, c.columns, c.rows);
	if (!w->n_findings) {
		draw_nothing(w, c, y + 1);
		return;
	}
	bool wide = is_wide(c.columns);
	int columns = wide ? c.columns * 11 / 20 : c.columns, list = list_rows(s, c.columns, c.rows);
	int below = y + list + 1, end = c.rows - (wide ? 0 : foot);
	draw_list(s, weir_canvas_cut(c, 0, y, columns, list), focus, day_us);
	if (foot)
		draw_foot(s, weir_canvas_cut(c, 0, wide ? below : end, columns, foot), day_us);
	struct weir_canvas column = wide ? weir_canvas_cut(c, columns + GAP, y, c.columns - columns - GAP, end - y)
					 : weir_canvas_cut(c, 0, below, c.columns, end - below);
	draw_columns(s, column, day_us);
}

static void draw(const struct weir_picture *pic, const struct weir_area *area)
{
	const struct weir_why_state *state = &pic->state->why;
	const struct weir_why_step *s = weir_why_now(state);
	struct weir_canvas c = area->canvas;
	int64_t day_us = weir_picture_day_us(pic);
	char remark[80], step[24] = "";
	if (state->n_steps > 1)
		snprintf(step, sizeof(step), "step %d, ", state->n_steps);
	snprintf(remark, sizeof(remark), "%sby Jensen-Shannon divergence, less chance", step);
	weir_title_draw(c, WEIR_STR("why"), weir_str_of(remark), area->focus);
	if (!s) {
		weir_cell_put(c, 1, 1, "Select a row and press !.", weir_style(WEIR_INK_DIM));
	} else if (s->error.code != WEIR_OK) {
		int y = 1 + put_sentence(c, 1, 3, weir_str_of(s->error.what), weir_style(WEIR_INK_BAD));
		put_sentence(c, y, 5, weir_str_of(s->error.hint), weir_style(WEIR_INK_DIM));
	} else if (!s->answer) {
		int y = 1 + put_question(s, c, 1);
		draw_waiting(state, weir_canvas_cut(c, 0, y, c.columns, c.rows - y));
	} else {
		draw_answer(s, c, area->focus, day_us);
	}
}

/* ---- what keys do in it ---- */

void weir_why_step_release(struct weir_why_step *s)
{
	free(s->condition);
	free(s->where);
	free(s->derive);
	free(s->added);
	weir_study_answer_unref(s->answer);
	*s = (struct weir_why_step){0};
}

void weir_why_state_release(struct weir_why_state *w)
{
	while (w->n_steps > 0)
		weir_why_step_release(&w->steps[--w->n_steps]);
}

const struct weir_why_finding *weir_why_selected(const struct weir_why_state *w)
{
	const struct weir_why_step *s = weir_why_now(w);
	const struct weir_why *answer = weir_why_answer_of(s);
	return answer && s->at < (int)answer->n_findings ? &answer->findings[s->at] : NULL;
}

static bool is_open(const struct weir_screen_state *state)
{
	return state->why.n_steps > 0;
}

static void move_selection(const struct weir_picture *pic, struct weir_screen_state *state, int by)
{
	const struct weir_why *answer = weir_why_answer_of(weir_why_now(&state->why));
	int last = answer ? (int)answer->n_findings - 1 : -1;
	(void)pic;
	if (last < 0)
		return;
	struct weir_why_step *s = &state->why.steps[state->why.n_steps - 1];
	s->at = s->at + by < 0 ? 0 : s->at + by > last ? last : s->at + by;
}

static bool has_step(const struct weir_picture *pic)
{
	return is_open(pic->state);
}

static bool has_finding(const struct weir_picture *pic)
{
	return weir_why_selected(&pic->state->why) != NULL;
}

static bool has_room(const struct weir_picture *pic)
{
	return has_finding(pic) && pic->state->why.n_steps < WEIR_WHY_STEPS;
}

static void keep(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish)
{
	(void)pic;
	weir_buf_add_str(&wish->text, weir_why_selected(&state->why)->condition);
	wish->kind = WEIR_WISH_WHY_KEEP;
	wish->what = "kept";
}

static void go_inside(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish)
{
	(void)pic;
	weir_buf_add_str(&wish->text, weir_why_selected(&state->why)->condition);
	wish->kind = WEIR_WISH_WHY_AGAIN;
	wish->what = "kept";
}

static void exclude(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish)
{
	(void)pic;
	weir_buf_add_str(&wish->text, weir_why_selected(&state->why)->exclusion);
	wish->kind = WEIR_WISH_WHY_AGAIN;
	wish->what = "excluded";
}

static void add(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish)
{
	(void)pic;
	wish->kind = WEIR_WISH_ADD;
	weir_buf_add_str(&wish->text, weir_why_selected(&state->why)->condition);
	weir_buf_add_str(&wish->other, weir_why_selected(&state->why)->exclusion);
}

static void copy(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish)
{
	(void)pic;
	weir_buf_add_str(&wish->text, weir_why_selected(&state->why)->condition);
	wish->kind = WEIR_WISH_COPY;
	wish->what = "copied the condition";
}

static void go_back(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish)
{
	(void)pic;
	(void)state;
	wish->kind = WEIR_WISH_WHY_BACK;
}

static void click(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_rect r,
		  struct weir_click *at)
{
	const struct weir_why_step *s = weir_why_now(&state->why);
	const struct weir_why *answer = weir_why_answer_of(s);
	if (!answer || at->kind != WEIR_CLICK_PRESS)
		return;
	int line = at->y - list_top(s, r.columns, r.rows);
	int seen = list_rows(s, r.columns, r.rows) - 1, to = first_seen(s, seen) + line;
	if (line >= 0 && line < seen && to < (int)answer->n_findings)
		move_selection(pic, state, to - s->at);
}

static void change_other_side(const struct weir_picture *pic, struct weir_screen_state *state, int *mode)
{
	(void)pic;
	(void)mode;
	state->why.turned = state->why.n_steps > 0;
}

static const struct weir_panel_key keys[] = {
    {"c", "compare with the rows before, or with the rest again", change_other_side, "against"},
    {NULL},
};
static const struct weir_panel_act acts[] = {
    {WEIR_CMD_KEEP, "keep", "keep the rows of the selected line, and return to the panels", has_finding, keep},
    {WEIR_CMD_ADD, "add", "add these rows to those that Enter keeps and x leaves out, or take them back", has_room,
     add},
    {WEIR_CMD_EXCLUDE, "exclude", "leave these rows out, and ask what else differs", has_room, exclude},
    {WEIR_CMD_WHY, "deeper", "keep these rows, and ask again among them", has_room, go_inside},
    {WEIR_CMD_BACK, "back", "go back to the step before, or to where you came from", has_step, go_back},
    {WEIR_CMD_COPY, "copy", "copy the condition of the selected line", has_finding, copy},
    {.help = NULL},
};
static const struct weir_help_line moves[] = {
    {"Up  Down", "select a line; below or beside the list stands what its column looks like"},
    {NULL, NULL},
};
static const struct weir_help_line mouse[] = {
    {"click a line", "select it"},
    {NULL, NULL},
};
static const struct weir_help_line signs[] = {
    {"selected  rest", "the share of each side that has the value, with a bar; both bars have the same scale"},
    {"\xe2\x94\x94", "one more value of the same column"},
    {"difference 0.42", "how much the column differs, from 0, alike, to 1, no value in common; what chance would "
			"give is taken off"},
    {"missing", "the record does not have the key"},
    {NULL, NULL},
};

const struct weir_panel weir_panel_why = {
    .name = "why",
    .help = "how the selected rows differ from the rest",
    .keys = keys,
    .acts = acts,
    .moves = moves,
    .mouse = mouse,
    .signs = signs,
    .place = WEIR_PLACE_SIDE,
    .weight = 60,
    .open = is_open,
    .opener = WEIR_CMD_WHY,
    .select = move_selection,
    .click = click,
    .draw = draw,
};
