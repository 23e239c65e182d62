/* What the window is compared with, chosen by one key; and the groups that changed most, one after another. */
#include "tui/panels/compared.h"
#include "tui/screen/screen.h"

#include <math.h>
#include <stdio.h>

static const char *const steps[] = {"window", "10m", "1h", "1d"};
enum { N_STEPS = sizeof steps / sizeof *steps };

/* The step after what is compared with now: N_STEPS: this moment, then nothing. */
static int next_step(const struct weir_view *view)
{
	const struct weir_comparison *c = &view->compare;
	if (c->kind == WEIR_COMPARISON_AT)
		return N_STEPS + 1;
	for (int i = 0; c->kind > WEIR_COMPARISON_NONE && i < N_STEPS; i++)
		if (weir_str_equal(weir_str_of(view->text[WEIR_VIEW_COMPARE]), weir_str_of(steps[i])))
			return i + 1;
	return c->kind == WEIR_COMPARISON_AGO ? N_STEPS : 0;
}

static void say_compared(struct weir_screen *s, const struct weir_comparison *c)
{
	char words[WEIR_COMPARED_BYTES];
	weir_compared_words(c, weir_picture_day_us(&s->picture), words);
	if (c->kind == WEIR_COMPARISON_AT)
		weir_screen_say(s, WEIR_TONE_DONE, "compared with %s from now on; c goes on, :compare takes any time",
				words);
	else
		weir_screen_say(s, WEIR_TONE_DONE, "compared with %s; c goes on, :compare takes any other", words);
}

bool weir_screen_compare(struct weir_screen *s, struct weir_str text, struct weir_error *err)
{
	const struct weir_view *view = weir_screen_view(s);
	struct weir_comparison c = {0};
	if (text.size && weir_comparison_parse(text, weir_screen_reference_us(s), &c, err) != WEIR_OK)
		return false;
	if (c.kind > WEIR_COMPARISON_NONE && !weir_window_compares(&view->window)) {
		weir_fail(err, WEIR_USAGE, "compare", "%s", weir_window_uncompared(view->window.kind));
		weir_error_hint(err, "w takes another, such as 5m");
		return false;
	}
	return weir_screen_ask(s, WEIR_VIEW_COMPARE, text, err);
}

void weir_screen_compare_next(struct weir_screen *s)
{
	const struct weir_view *view = weir_screen_view(s);
	const struct weir_result *r = s->result;
	int step = next_step(view);
	char text[40] = "none";
	struct weir_error err = {0};
	struct weir_comparison c;
	int64_t now_us = weir_screen_reference_us(s), pin_us = r ? r->moment_us : WEIR_TIME_NONE;
	if (weir_time_is_chosen(&s->picture) && s->state.cursor_us != WEIR_TIME_NONE)
		pin_us = s->state.cursor_us;
	if (step == N_STEPS && pin_us != WEIR_TIME_NONE)
		text[weir_time_format_iso(pin_us, text)] = '\0';
	else if (step < N_STEPS)
		snprintf(text, sizeof(text), "%s", steps[step]);
	if (!weir_screen_compare(s, weir_str_of(text), &err))
		weir_screen_say(s, WEIR_TONE_ERROR, "%s%s%s", err.what, err.hint[0] ? ": " : "", err.hint);
	else if (weir_comparison_parse(weir_str_of(text), now_us, &c, &err) == WEIR_OK)
		say_compared(s, &c);
}

/* Shows the group in the table, and says how it moved. */
static void go_to_mover(struct weir_screen *s, const struct weir_mover *m)
{
	const struct weir_result *r = s->result;
	char words[WEIR_COMPARED_BYTES], percent[WEIR_FORMAT_BYTES];
	struct weir_change change = weir_mover_change(r, m);
	struct weir_buf name = {0};
	bool shown = weir_state_select_group(&s->state, r, m->groups) >= 0;
	weir_screen_show_panel(s, &weir_panel_table);
	if (shown)
		weir_table_select(&s->picture, &s->state, 0);
	else /* it is not among those in front: by its change it is */
		weir_screen_sort_compared(s, m->measure, WEIR_COMPARED_PCT, change.direction > 0 && !m->is_new);
	for (uint32_t g = 0; g < r->n_groups; g++) {
		weir_buf_add_c(&name, g ? ", " : "");
		weir_format_name(&m->groups[g], 3, &name);
	}
	weir_compared_words(&r->compare, weir_picture_day_us(&s->picture), words);
	if (change.word)
		weir_screen_say(s, WEIR_TONE_NOTE, "%s is %s since %s; Enter keeps it, ! says why",
				name.data ? name.data : "", change.word, words);
	else
		weir_screen_say(s, WEIR_TONE_NOTE, "%s: " WEIR_STR_FMT " %c%s since %s; Enter keeps it, ! says why",
				name.data ? name.data : "", WEIR_STR_ARG(r->measures[m->measure].name),
				change.direction > 0 ? '+' : '-', weir_format_percent(fabs(change.fraction), percent),
				words);
	weir_buf_release(&name);
}

/* The one after the one that is selected. */
static uint32_t next_mover(const struct weir_screen *s, const struct weir_movers *movers)
{
	struct weir_screen_state probe = {0};
	uint32_t next = 0;
	for (uint32_t i = 0; i < movers->n; i++) {
		weir_state_select_group(&probe, s->result, movers->items[i].groups);
		if (weir_str_equal(weir_buf_str(&probe.selected), weir_buf_str(&s->state.selected)))
			next = i + 1;
	}
	weir_buf_release(&probe.selected);
	return next < movers->n ? next : 0;
}

void weir_screen_mover(struct weir_screen *s, int which)
{
	if (!s->result || s->result->error.code != WEIR_OK)
		return;
	const struct weir_movers *movers = weir_movers_of(&s->picture);
	if (!s->result->n_groups)
		weir_screen_say(s, WEIR_TONE_NOTE, "there are no groups; g chooses what to group by");
	else if (!s->result->compared_us)
		weir_screen_say(s, WEIR_TONE_NOTE, "there is nothing to compare with; c chooses what");
	else if (!movers->n)
		weir_screen_say(s, WEIR_TONE_NOTE, "no group changed by more than chance explains");
	else
		go_to_mover(s, &movers->items[which == WEIR_NEXT_MOVER ? next_mover(s, movers) : (uint32_t)which]);
}
