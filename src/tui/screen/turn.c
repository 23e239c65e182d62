/* The other face of a panel: the table as a pivot, the chart and the histogram as a heat map; the forms of the chart. */
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

/* The form of that name; -1: there is none. */
static int form_named(struct weir_str name)
{
	for (int i = 0; i < WEIR_CHART_FORMS; i++)
		if (weir_str_equal(name, weir_str_of(weir_chart_form_names[i])))
			return i;
	return -1;
}

static struct weir_str measure_name(const struct weir_result *r)
{
	const struct weir_result_column *m = weir_chart_measure(r);
	return m ? m->name : WEIR_STR("it");
}

/* The next form that fits; one that is passed over is said with its reason. */
static enum weir_chart_form next_form(struct weir_screen *s)
{
	const struct weir_result *r = s->result;
	enum weir_chart_form now = weir_chart_form_of(r, s->state.chart_form), next = weir_chart_form_next(r, now);
	for (int form = now + 1; form < (next > now ? (int)next : WEIR_CHART_FORMS); form++) {
		struct weir_str name = measure_name(r);
		weir_screen_say(s, WEIR_TONE_NOTE, "not %s: " WEIR_STR_FMT " %s", weir_chart_form_names[form],
				WEIR_STR_ARG(name), weir_chart_form_fault(r, (enum weir_chart_form)form));
	}
	return next;
}

/* The form of that name, if it can be drawn. */
static bool find_form(const struct weir_screen *s, struct weir_str name, enum weir_chart_form *out,
		      struct weir_error *err)
{
	int form = form_named(name);
	if (form < 0) {
		weir_fail(err, WEIR_USAGE, "chart", "the chart has no form " WEIR_STR_FMT, WEIR_STR_ARG(name));
		weir_error_hint(err, "%s", weir_command_table[WEIR_CMD_CHART].argument);
		return false;
	}
	*out = (enum weir_chart_form)form;
	const char *fault = weir_chart_form_fault(s->result, *out);
	struct weir_str measure = measure_name(s->result);
	if (fault)
		weir_fail(err, WEIR_USAGE, "chart", "not %s: " WEIR_STR_FMT " %s", weir_chart_form_names[form],
			  WEIR_STR_ARG(measure), fault);
	return !fault;
}

bool weir_screen_chart(struct weir_screen *s, struct weir_str name, struct weir_error *err)
{
	enum weir_chart_form form;
	if (!s->result || !s->result->n_buckets) {
		weir_fail(err, WEIR_USAGE, "chart", "there is no time chart of data without a time");
		return false;
	}
	if (!name.size)
		form = next_form(s);
	else if (!find_form(s, name, &form, err))
		return false;
	s->state.chart_form = form;
	s->state.heat = false;
	if (!weir_picture_rect(&s->picture, &weir_panel_chart).rows)
		weir_screen_show_panel(s, &weir_panel_chart);
	return true;
}

bool weir_screen_turn_to(struct weir_screen *s, const struct weir_panel *panel)
{
	bool heat = panel == &weir_panel_heat, pivot = panel == &weir_panel_pivot;
	if (!s->result || (!heat && !pivot))
		return false;
	if (heat && !s->state.heat)
		turn_chart(s);
	else if (heat || weir_panel_has_data(panel, s->result))
		weir_screen_show_panel(s, panel);
	else
		ask_for_column(s);
	return true;
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
