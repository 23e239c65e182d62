/* While a list is open: the picture shows what Enter would take, a moment after the last key. What is tried is no step of
 * the trail, and Esc asks the old question again. */
#include "tui/screen/screen.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	AFTER_US = 150000, /* since the last key: who types on waits for nothing */
	AGAIN_US = 50000,  /* while an answer is awaited */
#ifdef __SANITIZE_THREAD__ /* under which everything takes ten times as long */
	SLOW_US = 4000000,
#else
	SLOW_US = 400000, /* an answer that takes longer is worth asking for only once */
#endif
};

static int64_t now_us(const struct weir_screen *s)
{
	return weir_clock_mono_us(s->config->clock);
}

/* What a line would change of the question; its value is what follows. False: it would change something else. */
static bool part_of(enum weir_prompt_kind kind, struct weir_str line, enum weir_view_text *which,
		    struct weir_str *value)
{
	static const enum weir_view_text parts[] = {WEIR_VIEW_WHERE,   WEIR_VIEW_DERIVE, WEIR_VIEW_GROUP,
						    WEIR_VIEW_MEASURE, WEIR_VIEW_WINDOW, WEIR_VIEW_SORT,
						    WEIR_VIEW_TOP};
	*value = line;
	switch (kind) {
	case WEIR_PROMPT_FILTER:
		*which = WEIR_VIEW_WHERE;
		return true;
	case WEIR_PROMPT_GROUP:
		*which = WEIR_VIEW_GROUP;
		return true;
	case WEIR_PROMPT_MEASURE:
		*which = WEIR_VIEW_MEASURE;
		return true;
	case WEIR_PROMPT_WINDOW:
		*which = WEIR_VIEW_WINDOW;
		return true;
	case WEIR_PROMPT_SORT:
		*which = WEIR_VIEW_SORT;
		return true;
	case WEIR_PROMPT_COMMAND:
		break;
	default:
		return false;
	}
	struct weir_str rest = {0}, name = weir_command_named(weir_str_cut(weir_str_trim(line), ' ', &rest));
	*value = weir_str_trim(rest);
	for (size_t i = 0; rest.data && i < sizeof(parts) / sizeof(parts[0]); i++)
		if (weir_str_equal(name, weir_str_of(weir_view_option(parts[i])))) {
			*which = parts[i];
			return true;
		}
	return false;
}

static void forget_view(struct weir_preview *p)
{
	if (p->on) {
		weir_view_release(&p->before);
		weir_view_release(&p->tried);
	}
	p->on = false;
}

/* The question from before the list was opened is asked again. */
static void ask_back(struct weir_screen *s)
{
	struct weir_preview *p = &s->preview;
	struct weir_error ignored = {0};
	uint64_t generation = p->on ? weir_session_ask(s->session, &p->before, &ignored) : 0;
	if (generation) {
		weir_view_release(&s->asked_view);
		s->asked_view = p->before;
		weir_view_init(&p->before);
		s->asked = s->asked_view_of = generation;
		s->state.first_row = p->first_row_before;
	}
	forget_view(p);
	s->state.prompt.note = p->slow ? "no preview: an answer takes long here" : NULL;
}

/* Without a step of the trail, and without becoming what a saved view is made of. */
void weir_preview_view(struct weir_screen *s, const struct weir_view *view)
{
	struct weir_preview *p = &s->preview;
	struct weir_error *doubt = &s->state.prompt.doubt;
	struct weir_view before, tried;
	weir_view_init(&before);
	weir_view_init(&tried);
	uint64_t generation = 0;
	if (weir_view_copy(&before, weir_screen_view(s), doubt) == WEIR_OK &&
	    weir_view_copy(&tried, view, doubt) == WEIR_OK)
		generation = weir_trail_same(view, &before) && !p->on ? 0 : weir_session_ask(s->session, view, doubt);
	if (!generation) {
		weir_view_release(&before);
		weir_view_release(&tried);
		return;
	}
	if (!p->on)
		p->first_row_before = s->state.first_row;
	forget_view(p);
	p->before = before;
	p->tried = tried;
	p->on = true;
	s->asked = p->asked = generation;
	s->state.first_row = 0;
	p->asked_us = now_us(s);
	p->late_us = p->asked_us + SLOW_US;
	s->state.prompt.note = "preview";
}

/* What Enter takes. */
static struct weir_str line_of(const struct weir_prompt *prompt)
{
	return prompt->kind == WEIR_PROMPT_FILTER ? weir_str_trim(weir_buf_str(&prompt->text))
						  : weir_buf_str(&prompt->taken);
}

/* One that does not parse yet leaves the picture as it is, and the prompt says why. */
static void try_filter(struct weir_screen *s, struct weir_str line)
{
	struct weir_view view;
	weir_view_init(&view);
	if (weir_screen_filter_view(s, line, &view, &s->state.prompt.doubt) && !s->preview.slow)
		weir_preview_view(s, &view);
	weir_view_release(&view);
}

static void try_view(struct weir_screen *s, enum weir_view_text which, struct weir_str value)
{
	struct weir_error *doubt = &s->state.prompt.doubt;
	struct weir_view view;
	weir_view_init(&view);
	char *text = weir_str_dup(value);
	if (text && weir_view_copy(&view, weir_screen_view(s), doubt) == WEIR_OK &&
	    weir_view_set(&view, which, text, weir_screen_reference_us(s), doubt) == WEIR_OK && !s->preview.slow)
		weir_preview_view(s, &view);
	free(text);
	weir_view_release(&view);
}

static void try_theme(struct weir_screen *s, struct weir_str line)
{
	struct weir_str name = {0}, command = weir_str_cut(line, ' ', &name);
	struct weir_error ignored = {0};
	struct weir_theme theme;
	char *text = weir_str_equal(command, WEIR_STR("theme")) ? weir_str_dup(weir_str_trim(name)) : NULL;
	if (text && weir_theme_load(&s->options->theme_folders, text, &theme, &ignored) == WEIR_OK) {
		s->theme = theme;
		s->preview.themed = true;
		s->state.prompt.note = "preview";
		if (s->terminal)
			weir_terminal_forget(s->terminal);
	}
	free(text);
}

static void try_line(struct weir_screen *s, struct weir_str line)
{
	const struct weir_prompt *prompt = &s->state.prompt;
	enum weir_view_text which;
	struct weir_str value;
	struct weir_error ignored = {0};
	int unit;
	if (prompt->kind == WEIR_PROMPT_UNIT) {
		if (weir_screen_find_unit(s, line, &unit, &ignored)) {
			s->state.unit = unit;
			s->preview.united = true;
			s->state.prompt.note = "preview";
		}
	} else if (part_of(prompt->kind, line, &which, &value)) {
		if (which == WEIR_VIEW_WHERE)
			try_filter(s, value);
		else
			try_view(s, which, value);
	} else if (prompt->kind == WEIR_PROMPT_COMMAND) {
		try_theme(s, line);
	}
}

void weir_preview_open(struct weir_screen *s)
{
	struct weir_preview *p = &s->preview;
	p->unit_before = s->state.unit;
	p->due_us = 0;
	p->slow = p->themed = p->united = false;
	weir_buf_clear(&p->line);
	weir_buf_add_str(&p->line, line_of(&s->state.prompt));
}

void weir_preview_later(struct weir_screen *s)
{
	struct weir_prompt *prompt = &s->state.prompt;
	struct weir_preview *p = &s->preview;
	bool tried = prompt->kind == WEIR_PROMPT_FILTER || (prompt->picks && prompt->menu_of);
	if (!tried || weir_str_equal(weir_buf_str(&p->line), line_of(prompt))) {
		p->due_us = 0;
		return;
	}
	p->due_us = now_us(s) + AFTER_US;
}

bool weir_preview_tick(struct weir_screen *s)
{
	struct weir_preview *p = &s->preview;
	int64_t now = now_us(s);
	if (p->late_us && now >= p->late_us) { /* the picture must not stand still for something that is only tried */
		p->late_us = 0;
		p->slow = true;
		ask_back(s);
		return true;
	}
	if (!p->due_us || now < p->due_us)
		return false;
	/* A question that is not answered yet is not pushed aside. */
	weir_session_info(s->session, &s->info);
	if (s->info.generation < s->asked && s->asked != p->asked) {
		p->due_us = now + AGAIN_US;
		return false;
	}
	p->due_us = 0;
	weir_buf_clear(&p->line);
	weir_buf_add_str(&p->line, line_of(&s->state.prompt));
	try_line(s, weir_buf_str(&p->line));
	return true;
}

void weir_preview_say(struct weir_screen *s)
{
	struct weir_prompt *prompt = &s->state.prompt;
	const struct weir_preview *p = &s->preview;
	const struct weir_result *r = s->result;
	char matched[WEIR_FORMAT_BYTES], all[WEIR_FORMAT_BYTES];
	prompt->remark[0] = '\0';
	if (prompt->kind != WEIR_PROMPT_FILTER || !r || r->error.code != WEIR_OK)
		return;
	bool shown = p->on && r->view_generation >= p->asked;
	if (p->slow)
		snprintf(prompt->remark, sizeof(prompt->remark), "no preview: an answer takes long here");
	else if (shown && weir_str_equal(weir_buf_str(&p->line), line_of(prompt)))
		snprintf(prompt->remark, sizeof(prompt->remark), "preview: %s of %s rows match",
			 weir_format_count(r->ledger.matched, matched),
			 weir_format_count(r->ledger.matched + r->ledger.filtered, all));
}

bool weir_preview_refused(struct weir_screen *s, const struct weir_result *next)
{
	struct weir_preview *p = &s->preview;
	if (!p->on || next->view_generation != p->asked)
		return false;
	p->late_us = 0;
	if (next->error.code == WEIR_OK)
		return false;
	if (weir_str_equal(weir_buf_str(&p->line), line_of(&s->state.prompt)))
		s->state.prompt.doubt = next->error;
	ask_back(s);
	return true;
}

void weir_preview_end(struct weir_screen *s, bool taken)
{
	struct weir_preview *p = &s->preview;
	p->due_us = p->late_us = 0;
	if (taken)
		forget_view(p);
	else
		ask_back(s);
	if (p->united && !taken)
		s->state.unit = p->unit_before;
	if (p->themed && !taken)
		weir_screen_load_theme(s);
	p->themed = p->united = p->slow = false;
	s->state.prompt.note = NULL;
}

int64_t weir_preview_due_us(const struct weir_screen *s)
{
	const struct weir_preview *p = &s->preview;
	return !p->late_us ? p->due_us : !p->due_us || p->late_us < p->due_us ? p->late_us : p->due_us;
}
