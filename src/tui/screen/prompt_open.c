/* Opens the prompt, and tells it what could be typed or picked there. */
#include "tui/screen/screen.h"

static const char *present_text(const struct weir_screen *s, enum weir_prompt_kind kind)
{
	const struct weir_view *v = weir_screen_view(s);
	return kind == WEIR_PROMPT_GROUP     ? v->text[WEIR_VIEW_GROUP]
	       : kind == WEIR_PROMPT_MEASURE ? v->text[WEIR_VIEW_MEASURE]
	       : kind == WEIR_PROMPT_WINDOW  ? v->text[WEIR_VIEW_WINDOW]
	       : kind == WEIR_PROMPT_SORT    ? v->text[WEIR_VIEW_SORT]
					     : NULL;
}

/* With the cursor behind that condition. */
static void open_filter(struct weir_screen *s, int which)
{
	struct weir_buf filter = {0};
	size_t end = weir_screen_filter_text(s, which, &filter);
	if (filter.failed) /* half a filter would replace the whole one */
		weir_screen_say(s, WEIR_TONE_ERROR, "out of memory");
	else
		weir_prompt_open(&s->state.prompt, WEIR_PROMPT_FILTER, weir_buf_str(&filter));
	if (!filter.failed)
		s->state.prompt.cursor = end;
	if (!filter.failed && !filter.size)
		weir_screen_complete(s, false);
	weir_preview_open(s);
	weir_buf_release(&filter);
}

void weir_screen_prompt(struct weir_screen *s, enum weir_prompt_kind kind)
{
	struct weir_prompt *p = &s->state.prompt;
	if (kind != WEIR_PROMPT_FILTER) {
		/* A list opens with an empty line; the present text is the first of its history. */
		weir_prompt_remember(p, kind, weir_str_of(present_text(s, kind)));
		weir_prompt_open(p, kind, (struct weir_str){0});
		weir_screen_complete(s, false);
		weir_preview_open(s);
		return;
	}
	open_filter(s, WEIR_NEWEST_CONDITION);
}

void weir_screen_edit_condition(struct weir_screen *s, int which)
{
	open_filter(s, which);
}

void weir_screen_command_prompt(struct weir_screen *s, const char *start)
{
	weir_prompt_open(&s->state.prompt, WEIR_PROMPT_COMMAND, weir_str_of(start));
	weir_screen_complete(s, false);
	weir_preview_open(s);
}

void weir_screen_prompt_again(struct weir_screen *s, enum weir_prompt_kind kind, const char *line,
			      const struct weir_error *err)
{
	struct weir_prompt *p = &s->state.prompt;
	weir_prompt_open(p, kind, weir_str_of(line));
	p->error = *err;
	if (err->text[0] && err->caret_from <= strlen(line) && strcmp(err->text, line) == 0) {
		p->cursor = err->caret_from;
		while (p->cursor > 0 && ((unsigned char)line[p->cursor] & 0xc0) == 0x80)
			p->cursor--;
	}
}

enum { MOST_UNITS = 24 };

/* What the lists are made of, with the texts that nobody else holds. */
struct gathered {
	struct weir_completion_source from;
	struct weir_choice panels[WEIR_MAX_PANELS], units[MOST_UNITS];
	char spans[MOST_UNITS][WEIR_FORMAT_BYTES];
};

static void gather_panels(struct gathered *g)
{
	for (int i = 0; weir_panels[i]; i++)
		if (!weir_panels[i]->passive)
			g->panels[g->from.n_panels++] =
			    (struct weir_choice){weir_str_of(weir_panels[i]->name), weir_str_of(weir_panels[i]->help)};
	g->from.panels = g->panels;
}

/* The units that this answer has room for, the chart's own choice first. */
static void gather_units(const struct weir_screen *s, struct gathered *g)
{
	uint32_t n = 0;
	int unit = 0;
	do {
		if (unit)
			weir_format_length(weir_chart_unit_us(unit), g->spans[n]);
		g->units[n] = (struct weir_choice){unit ? weir_str_of(g->spans[n]) : WEIR_STR("auto"),
						   unit ? WEIR_STR("the width of each bucket")
							: WEIR_STR("as many buckets as the chart has room for")};
		g->from.unit_now = unit == s->state.unit ? n : g->from.unit_now;
		n++;
		unit = weir_chart_next_unit(s->result, unit);
	} while (unit && n < MOST_UNITS);
	g->from.units = g->units;
	g->from.n_units = n;
}

static void gather(const struct weir_screen *s, struct gathered *g)
{
	*g = (struct gathered){.from = {.session = s->session,
					.options = s->options,
					.view = weir_screen_view(s),
					.result = s->result,
					.profile = s->profile.newest,
					.n_streams = s->info.n_streams,
					.now_us = weir_screen_reference_us(s),
					.themes = &s->options->theme_folders}};
	gather_panels(g);
	gather_units(s, g);
}

void weir_screen_see_list(struct weir_screen *s)
{
	struct weir_prompt *p = &s->state.prompt;
	if (p->kind != WEIR_PROMPT_NONE)
		weir_menu_see(&p->menu, weir_prompt_menu_rows(p, s->grid.rows) - 1);
}

void weir_screen_complete(struct weir_screen *s, bool anew)
{
	struct gathered g;
	gather(s, &g);
	weir_prompt_complete(&s->state.prompt, &g.from, anew);
	weir_screen_see_list(s);
	weir_preview_later(s);
}

void weir_screen_pick(struct weir_screen *s, int by)
{
	struct gathered g;
	gather(s, &g);
	weir_prompt_pick(&s->state.prompt, by, &g.from);
	weir_screen_see_list(s);
	weir_preview_later(s);
}
