/* The second line: the question, with each condition of the filter as a chip; what was guessed stands at its end. */
#include "tui/panels/compared.h"
#include "tui/picture/picture.h"

#include <stdio.h>

/* Labels and texts, from left to right while there is room. */
struct line {
	struct weir_canvas c;
	int x, end;
};

/* A click does what the key does, or opens the command; both NULL: it does nothing. */
static void put_question(struct line *l, const char *label, const char *text, const char *key, const char *command)
{
	int columns = (int)strlen(label), from = l->x;
	if (!text || !*text || l->x + columns + 5 > l->end)
		return;
	l->x += weir_cell_put(l->c, l->x, 0, label, weir_style(WEIR_INK_DIM)) + 1;
	l->x +=
	    weir_cell_put_text(l->c, l->x, 0, l->end - l->x, weir_str_of(text), weir_style(WEIR_INK_KEY), WEIR_LEFT) +
	    3;
	if (key || command)
		weir_spot_put(l->c, from, 0, l->x - 3 - from, key ? WEIR_SPOT_KEY : WEIR_SPOT_COMMAND, 0,
			      key ? key : command);
}

enum { CHIP_SIGNS = 4 /* a blank, and the cross between two */ };

/* "text x": a click on the text edits the condition, one on the cross takes it away. */
static void put_chip(struct line *l, struct weir_str text, int columns, int which)
{
	struct weir_style style = weir_style_on(WEIR_INK_WARN, WEIR_PAPER_CHIP);
	weir_cell_fill(l->c, l->x, 0, columns + CHIP_SIGNS, 1, style);
	weir_cell_put_text(l->c, l->x + 1, 0, columns, text, style, WEIR_LEFT);
	style.ink = WEIR_INK_DIM;
	weir_cell_put_glyph(l->c, l->x + columns + 2, 0, 0xd7, style);
	weir_spot_put(l->c, l->x, 0, columns + 1, WEIR_SPOT_EDIT, which, NULL);
	weir_spot_put(l->c, l->x + columns + 1, 0, CHIP_SIGNS - 1, WEIR_SPOT_DROP, which, NULL);
	l->x += columns + CHIP_SIGNS + 1;
}

/* Each condition is a chip. When there is no room for all, the last are counted instead. */
static void put_chips(struct line *l, const struct weir_view *view, int64_t moment_us)
{
	struct weir_str chips[16];
	size_t n = weir_view_entries(view, WEIR_VIEW_WHERE, chips, 16);
	if (n == 0)
		return;
	int label = weir_cell_put(l->c, l->x, 0, "filter", weir_style(WEIR_INK_DIM));
	weir_spot_put(l->c, l->x, 0, label, WEIR_SPOT_KEY, 0, "/");
	l->x += label + 1;
	int end = l->end - (l->end > 90 ? 40 : 0);
	for (size_t i = 0; i < n && i < 16; i++) {
		struct weir_buf text = {0};
		weir_chip_text(chips[i], moment_us, &text);
		struct weir_str chip = weir_buf_str(&text);
		int columns = weir_text_columns(chip), room = end - l->x - CHIP_SIGNS - 1;
		if (room < 8) {
			char more[32];
			snprintf(more, sizeof(more), "+%zu", n - i);
			int used = weir_cell_put(l->c, l->x, 0, more, weir_style(WEIR_INK_WARN));
			weir_spot_put(l->c, l->x, 0, used, WEIR_SPOT_KEY, 0, "/");
			l->x += used + 1;
			weir_buf_release(&text);
			break;
		}
		put_chip(l, chip, columns > room ? room : columns, (int)i);
		weir_buf_release(&text);
	}
	l->x += 2;
}

/* What the window is compared with, where somebody said so; and why that is not possible yet, or at all. */
static void put_comparison(struct line *l, const struct weir_picture *pic, bool first)
{
	const struct weir_comparison *c = &pic->info->view.compare;
	const struct weir_result *r = pic->result;
	char words[WEIR_COMPARED_BYTES], moment[WEIR_FORMAT_BYTES], text[WEIR_COMPARED_BYTES + 80];
	int64_t day = weir_picture_day_us(pic);
	bool missing = c->kind > WEIR_COMPARISON_NONE && r && r->error.code == WEIR_OK && !r->compared_us;
	if (c->kind <= WEIR_COMPARISON_NONE || missing != first) /* what is missing must not be cut off */
		return;
	int n = snprintf(text, sizeof(text), "%s", weir_compared_words(c, day, words));
	if (missing && !weir_window_compares(&pic->info->view.window))
		snprintf(text + n, sizeof(text) - (size_t)n, ": n/a, %s",
			 pic->info->view.window.kind == WEIR_WINDOW_ROWS ? "rows have no length in time"
									 : "the window holds everything");
	else if (missing && r->comparable_at_us != WEIR_TIME_NONE)
		snprintf(text + n, sizeof(text) - (size_t)n, ": n/a until %s",
			 weir_format_moment(r->comparable_at_us, day, 0, moment));
	else if (missing && r->comparison.n_early && r->covered_from_us != WEIR_TIME_NONE)
		snprintf(text + n, sizeof(text) - (size_t)n, ": n/a, the data begins at %s",
			 weir_format_moment(r->covered_from_us, day, 0, moment));
	else if (missing)
		snprintf(text + n, sizeof(text) - (size_t)n, ": n/a, its rows are not held");
	put_question(l, "compare", text, "c", NULL);
}

/* How the input is read, without the guessed question, which is shown before. */
static void put_format(struct line *l, const struct weir_session_info *info)
{
	const struct weir_stream_info *s = info->n_streams ? &info->streams[0] : NULL;
	if (!s || !s->guess[0] || l->x + 24 > l->end)
		return;
	const char *group = strstr(s->guess, ", group "), *measure = strstr(s->guess, ", measure "),
		   *errors = strstr(s->guess, ", errors ");
	const char *end = group ? group : measure ? measure : errors ? errors : s->guess + strlen(s->guess);
	l->x += weir_cell_put(l->c, l->x, 0, "read as", weir_style(WEIR_INK_DIM)) + 1;
	weir_cell_put_text(l->c, l->x, 0, l->end - l->x, (struct weir_str){s->guess, (size_t)(end - s->guess)},
			   weir_style(WEIR_INK_DIM), WEIR_LEFT);
}

/* Group and measure, where they were asked for, or where they are guesses. */
static void put_asked(struct line *l, const struct weir_view *view, const struct weir_session_info *info, bool guesses)
{
	const char *measure = view->text[WEIR_VIEW_MEASURE];
	if (info->group_guessed == guesses)
		put_question(l, "group", view->text[WEIR_VIEW_GROUP], "g", NULL);
	if (info->measure_guessed == guesses)
		put_question(l, "measure", measure ? measure : "count", "m", NULL);
}

void weir_question_draw(const struct weir_picture *pic, struct weir_canvas question)
{
	const struct weir_view *view = &pic->info->view;
	struct line l = {question, 1, question.columns - 1};
	if (pic->computing) {
		weir_cell_put_text(question, question.columns - 11, 0, 10, WEIR_STR("computing"),
				   weir_style(WEIR_INK_WARN), WEIR_RIGHT);
		l.end -= 11;
	}
	put_chips(&l, view, pic->result ? pic->result->moment_us : WEIR_TIME_NONE);
	const struct weir_session_info *info = pic->info;
	put_comparison(&l, pic, true);
	put_asked(&l, view, info, false);
	put_comparison(&l, pic, false);
	put_question(&l, "derive", view->text[WEIR_VIEW_DERIVE], NULL, "derive ");
	put_question(&l, "sort", view->text[WEIR_VIEW_SORT], "s", NULL);
	if (info->time_note && info->time_note[0] && l.x + (int)strlen(info->time_note) <= l.end)
		l.x += weir_cell_put(question, l.x, 0, info->time_note, weir_style(WEIR_INK_WARN)) + 3;
	int wide = 7 + weir_text_columns(weir_str_of(info->strip.errors)), label = (int)sizeof("guessed:");
	bool errors = info->strip.errors[0] != '\0', guess = info->group_guessed || info->measure_guessed;
	if (errors && !info->strip.errors_guessed && l.x + wide <= l.end)
		put_question(&l, "errors", info->strip.errors, NULL, "errors ");
	errors = errors && info->strip.errors_guessed;
	if ((guess && l.x + 20 < l.end) || (!guess && errors && l.x + label + wide <= l.end))
		l.x += weir_cell_put(question, l.x, 0, "guessed:", weir_style(WEIR_INK_DIM)) + 1;
	put_asked(&l, view, info, true);
	if (errors && l.x + wide <= l.end)
		put_question(&l, "errors", info->strip.errors, NULL, "errors ");
	put_format(&l, pic->info);
}
