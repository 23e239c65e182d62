#include "tui/screen.h"

#include "weir/base/memory.h"

enum { RECORD_BYTES = 90 }; /* of a line of records, more or less */

void weir_screen_init(struct weir_screen *s, struct weir_session *session, struct weir_options *options,
		      const struct weir_tui_config *config)
{
	*s = (struct weir_screen){
	    .session = session, .options = options, .config = config, .drag_from_us = WEIR_TIME_NONE};
	weir_ui_init(&s->ui);
	s->theme = weir_theme_find(options->theme);
}

void weir_screen_release(struct weir_screen *s)
{
	weir_screen_forget_question(s);
	weir_ui_release(&s->ui);
	weir_session_info_release(&s->info);
	weir_result_unref(s->result);
	weir_result_unref(s->records);
	weir_grid_release(&s->grid);
}

void weir_screen_looks(struct weir_screen *s)
{
	enum weir_theme_name theme = weir_theme_index(s->options->theme);
	if (theme == WEIR_THEME_COUNT && s->light) /* nothing was said, and the terminal has a light background */
		theme = WEIR_THEME_LIGHT;
	s->theme = weir_theme_at(theme);
	s->grid.ascii = s->options->ascii || (s->term && !weir_term_utf8(s->term));
	if (s->term) {
		weir_term_set_mouse(s->term, !s->options->no_mouse);
		weir_term_forget(s->term);
	}
}

/* How many records of `next` were not there before. */
static uint32_t new_records(const struct weir_result *before, const struct weir_result *next)
{
	if (!before || before->n_records == 0 || before->view_generation != next->view_generation)
		return next->n_records;
	const struct weir_result_record *newest = &before->records[0];
	for (uint32_t i = 0; i < next->n_records; i++) {
		const struct weir_result_record *r = &next->records[i];
		if (r->position == newest->position && r->stream == newest->stream && r->partition == newest->partition)
			return i;
	}
	return next->n_records;
}

/* The records go on with the figures, but for those of a stream too fast to be read: they wait for their turn. */
static void choose_records(struct weir_screen *s)
{
	struct weir_result *next = s->result;
	bool still = s->info.paused || s->info.ended;
	s->records_bytes = 0;
	if (!next || next == s->records ||
	    (s->records && !still && !s->records_turn && s->records->view_generation == next->view_generation))
		return;
	struct weir_rect panel = s->frame.layout.panels[WEIR_PANEL_RECORDS];
	int lines = weir_panel_body_rows(panel.rows), fresh = (int)new_records(s->records, next);
	s->records_fast = !still && s->records && lines > 0 && fresh >= lines;
	fresh = fresh > lines ? lines : fresh;
	s->records_bytes = (int64_t)fresh * (panel.columns < RECORD_BYTES ? panel.columns : RECORD_BYTES);
	weir_result_unref(s->records);
	s->records = weir_result_ref(next);
}

/* Everything that the picture shows is taken together here: one result, one account of the session. */
void weir_screen_picture(struct weir_screen *s)
{
	weir_session_info(s->session, &s->info);
	s->frame = (struct weir_frame){.result = s->result,
				       .info = &s->info,
				       .ui = &s->ui,
				       .welcome = s->welcome_gone ? NULL : s->config->welcome,
				       .now_us = weir_screen_now_us(s)};
	weir_frame_layout(&s->frame, s->grid.columns, s->grid.rows);
	weir_screen_fit(s);
	weir_session_info(s->session, &s->info); /* a picture of another size may be on its way */
	s->frame.info = &s->info;
	choose_records(s);
	s->frame.records = s->records;
	s->frame.records_fast = s->records_fast;
	weir_frame_draw(&s->frame, &s->grid);
}

static enum weir_key_context context_of(const struct weir_screen *s)
{
	static const enum weir_key_context contexts[] = {
#define X(name, text, keys) keys,
	    WEIR_PANEL_LIST(X)
#undef X
	};
	return s->ui.help ? WEIR_KEYS_HELP : contexts[s->ui.focus];
}

static const struct weir_key *find_key(enum weir_key_context context, const char *name)
{
	for (const struct weir_key *k = weir_key_table; k->key; k++)
		if (k->context == context && strcmp(k->key, name) == 0)
			return k;
	return NULL;
}

void weir_screen_event(struct weir_screen *s, const struct weir_event *event)
{
	if (event->kind == WEIR_EVENT_BACKGROUND) {
		s->light = event->light;
		weir_screen_looks(s);
		return;
	}
	s->welcome_gone = true;
	if (s->ui.prompt.kind != WEIR_PROMPT_NONE) {
		weir_screen_prompt_event(s, event);
		return;
	}
	if (event->kind == WEIR_EVENT_MOUSE) {
		weir_screen_mouse(s, event);
		return;
	}
	if (event->kind != WEIR_EVENT_KEY)
		return;
	/* The keys of where one is come before those of everywhere. */
	const struct weir_key *key = find_key(context_of(s), event->name);
	key = key ? key : find_key(WEIR_KEYS_ALL, event->name);
	if (!key)
		return;
	s->ui.message[0] = '\0';
	weir_screen_do(s, key->command, (struct weir_str){0});
}
