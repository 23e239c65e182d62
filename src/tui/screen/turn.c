/* The other face of a panel: the table as a pivot, the chart and the histogram as a heat map. */
#include "tui/screen/screen.h"

/* The line of the prompt begins with the columns of now: one more is wanted. */
static void ask_for_column(struct weir_screen *s)
{
	struct weir_buf line = {0};
	const char *group = weir_screen_view(s)->text[WEIR_VIEW_GROUP];
	weir_screen_prompt(s, WEIR_PROMPT_GROUP);
	if (group && *group)
		weir_buf_addf(&line, "%s, ", group);
	if (!line.failed && line.size) {
		weir_prompt_open(&s->state.prompt, WEIR_PROMPT_GROUP, weir_buf_str(&line));
		weir_screen_complete(s, false);
		weir_preview_open(s);
	}
	weir_buf_release(&line);
	s->state.pivot.awaited = true;
}

static void turn_chart(struct weir_screen *s)
{
	bool has = s->result && weir_panel_has_data(&weir_panel_heat, s->result);
	if (!has) {
		weir_screen_say(s, WEIR_TONE_NOTE, "a heat map needs a number and a time; m measures a number");
		return;
	}
	s->state.heat = !s->state.heat;
	weir_screen_show_panel(s, s->state.heat ? &weir_panel_heat : &weir_panel_chart);
}

void weir_screen_turn(struct weir_screen *s)
{
	const struct weir_panel *focus = weir_panels[s->state.focus];
	if (focus == &weir_panel_chart || focus == &weir_panel_histogram || focus == &weir_panel_heat)
		turn_chart(s);
	else if (focus == &weir_panel_pivot)
		weir_screen_show_panel(s, &weir_panel_table);
	else if (s->result && weir_panel_has_data(&weir_panel_pivot, s->result))
		weir_screen_show_panel(s, &weir_panel_pivot);
	else if (s->result)
		ask_for_column(s);
}

void weir_screen_follow_turn(struct weir_screen *s)
{
	struct weir_pivot_state *pivot = &s->state.pivot;
	bool has = weir_panel_has_data(&weir_panel_pivot, s->result);
	if (!has && weir_panels[s->state.focus] == &weir_panel_pivot)
		weir_screen_show_panel(s, &weir_panel_table);
	if (!pivot->awaited || s->state.prompt.kind == WEIR_PROMPT_GROUP)
		return;
	if (has)
		weir_screen_show_panel(s, &weir_panel_pivot);
	pivot->awaited = !has && s->result->view_generation < s->asked;
}
