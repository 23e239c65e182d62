/* Life of the screen, its picture, and where an event goes. */
#include "tui/screen/screen.h"

#include <stdlib.h>

void weir_screen_init(struct weir_screen *s, struct weir_session *session, struct weir_options *options,
		      const struct weir_tui_config *config)
{
	*s = (struct weir_screen){
	    .session = session,
	    .options = options,
	    .config = config,
	    .picture = {.panels = weir_panels, .info = &s->info, .state = &s->state},
	};
	weir_state_init(&s->state, weir_panels);
	weir_view_init(&s->asked_view);
	weir_view_init(&s->preview.before);
	weir_theme_built_in(NULL, &s->theme);
	struct weir_error ignored; /* it was read before, and its measure is in the view */
	s->alert.since_us = WEIR_TIME_NONE;
	if (options->alert && weir_alert_parse(weir_str_of(options->alert), &s->alert, &ignored) != WEIR_OK)
		weir_screen_say(s, WEIR_TONE_ERROR, "out of memory: there is no alert");
}

void weir_screen_release(struct weir_screen *s)
{
	weir_screen_forget_question(s);
	weir_view_release(&s->asked_view);
	weir_view_release(&s->preview.before);
	weir_buf_release(&s->preview.line);
	weir_screen_drop_profile(s);
	free(s->profile.where);
	weir_screen_release_studies(s);
	weir_state_release(&s->state);
	weir_session_info_release(&s->info);
	weir_result_unref(s->result);
	weir_alert_release(&s->alert);
	free(s->export_path);
	weir_screen_forget_span(s);
	weir_grid_release(&s->grid);
}

/* Warnings that the notices show already. */
static bool is_told_elsewhere(const struct weir_warning *w)
{
	return strcmp(w->code, "empty") == 0 || strcmp(w->code, "filtered") == 0;
}

static uint32_t kind_of(const struct weir_warning *w)
{
	uint32_t hash = 2166136261u; /* FNV-1a */
	for (const char *p = w->code; *p; p++)
		hash = (hash ^ (unsigned char)*p) * 16777619u;
	for (const char *p = w->stream; *p; p++)
		hash = (hash ^ (unsigned char)*p) * 16777619u;
	return hash ? hash : 1;
}

/* The warning, cut so that the keys behind it can be read. */
static void say_with_keys(struct weir_screen *s, const struct weir_warning *w)
{
	static const char *const listed[] = {"malformed", "late", "future"};
	bool several = s->info.n_streams > 1;
	const char *keys = " (W shows all)";
	struct weir_buf text = {0};
	for (size_t i = 0; i < sizeof(listed) / sizeof(listed[0]); i++)
		keys = strcmp(w->code, listed[i]) == 0 ? " (M shows them, W all)" : keys;
	weir_buf_addf(&text, "%s%s%s", several ? w->stream : "", several ? ": " : "", w->text);
	int room = s->grid.columns - 2 - (int)strlen(keys);
	struct weir_str whole = weir_buf_str(&text);
	bool cut = weir_text_columns(whole) > room && room > 1;
	weir_screen_say(s, WEIR_TONE_WARN, "%.*s%s%s", (int)(cut ? weir_text_fit(whole, room - 1) : whole.size),
			whole.data ? whole.data : "",
			!cut            ? ""
			: s->grid.ascii ? "~"
					: "\xe2\x80\xa6",
			keys);
	weir_buf_release(&text);
	s->warning_said = kind_of(w);
}

/* The counts in it are those of now, for as long as it stands. */
static void say_same_warning(struct weir_screen *s, const struct weir_warning *w)
{
	int64_t until_us = s->state.message_until_us;
	say_with_keys(s, w);
	s->state.message_until_us = until_us;
}

/* Each kind of warning is announced once, when it appears; the count in the first line and the page of warnings
 * remain. */
static void say_new_warning(struct weir_screen *s, const struct weir_warning *w)
{
	size_t n = sizeof(s->warned) / sizeof(s->warned[0]);
	uint32_t kind = kind_of(w);
	for (size_t i = 0; i < n; i++)
		if (s->warned[i] == kind) {
			if (s->state.message[0] && s->warning_said == kind)
				say_same_warning(s, w);
			return;
		}
	if (s->state.message[0] && s->state.tone != WEIR_TONE_WARN) /* the reply to a command comes first */
		return;
	memmove(s->warned + 1, s->warned, (n - 1) * sizeof(s->warned[0]));
	s->warned[0] = kind;
	say_with_keys(s, w);
}

static void find_warnings(struct weir_screen *s)
{
	size_t n = s->result && s->result->error.code == WEIR_OK
		       ? weir_warnings(s->result, &s->info, s->warnings, WEIR_MAX_WARNINGS)
		       : 0;
	size_t kept = 0;
	for (size_t i = 0; i < n; i++)
		if (!is_told_elsewhere(&s->warnings[i]))
			s->warnings[kept++] = s->warnings[i];
	s->picture.warnings = s->warnings;
	s->picture.n_warnings = kept;
	for (size_t i = kept; i-- > 0;)
		say_new_warning(s, &s->warnings[i]);
}

/* Collects all that the picture shows: one result, and one account of the session. */
void weir_screen_picture(struct weir_screen *s)
{
	weir_session_info(s->session, &s->info);
	weir_screen_take_profile(s);
	weir_screen_offer_group(s);
	s->picture = (struct weir_picture){.panels = weir_panels,
					   .result = s->result,
					   .info = &s->info,
					   .state = &s->state,
					   .profile = s->profile.newest,
					   .signs = s->grid.ascii || s->grid.console,
					   .loops = s->loop,
					   .alert = s->alert.text ? &s->alert : NULL,
					   .welcome = s->welcome_gone ? NULL : s->config->welcome,
					   .now_us = weir_screen_now_us(s)};
	uint64_t records = 0;
	for (uint32_t i = 0; i < s->info.n_streams; i++)
		records += s->info.streams[i].records;
	int64_t mono_us = weir_clock_mono_us(s->config->clock);
	if (records != s->records_seen || !records)
		s->records_us = mono_us;
	s->records_seen = records;
	s->picture.quiet_us = mono_us - s->records_us;
	weir_screen_see_studies(s);
	weir_picture_layout(&s->picture, s->grid.columns, s->grid.rows);
	for (int i = 0; weir_panels[i] && s->result; i++)
		if (weir_panels[i]->see)
			weir_panels[i]->see(&s->picture, &s->state);
	weir_screen_why_look(s);
	weir_picture_layout(&s->picture, s->grid.columns, s->grid.rows);
	weir_screen_ask_profile(s);
	weir_screen_want(s);
	weir_session_info(s->session, &s->info); /* a result of another size may be due */
	s->picture.info = &s->info;
	s->waiting_us = !s->info.rebuilding ? 0 : s->waiting_us ? s->waiting_us : mono_us;
	s->picture.computing = s->waiting_us && mono_us - s->waiting_us >= WEIR_SAY_COMPUTING_US;
	find_warnings(s);
	if (s->info.said_generation > s->said_generation) {
		s->said_generation = s->info.said_generation;
		if (!s->preview.on) /* it is said when it is asked in earnest */
			weir_screen_say(s, WEIR_TONE_NOTE, "%s", s->info.said);
	}
	weir_preview_say(s);
	weir_picture_draw(&s->picture, &s->grid);
}

/* A key of the panel in focus. */
static bool press_panel(struct weir_screen *s, const char *name)
{
	int focus = s->state.focus;
	for (const struct weir_panel_key *k = weir_panels[focus]->keys; k && k->key && s->result; k++)
		if (strcmp(k->key, name) == 0 && (!k->ready || k->ready(&s->state))) {
			k->press(&s->picture, &s->state, &s->state.mode[focus]);
			return true;
		}
	return false;
}

static const struct weir_key *find_key(enum weir_key_context context, const char *name)
{
	for (const struct weir_key *k = weir_key_table; k->key; k++)
		if (k->context == context && strcmp(k->key, name) == 0)
			return k;
	return NULL;
}

/* A page has keys of its own and no others; the keys of a panel take precedence over the general ones. */
static void press_key(struct weir_screen *s, const char *name)
{
	bool page = s->state.page != WEIR_PAGE_NONE;
	if (!page && press_panel(s, name))
		return;
	const struct weir_key *key = s->state.page == WEIR_PAGE_VIEWS ? find_key(WEIR_KEYS_VIEWS, name) : NULL;
	if (!key)
		key = find_key(page ? WEIR_KEYS_HELP : WEIR_KEYS_ALL, name);
	if (!key || key->command != WEIR_CMD_VIEW_DELETE)
		s->state.views.asks = false;
	if (!key)
		return;
	s->state.message[0] = '\0';
	if (key->command != WEIR_CMD_COPY_VIEW)
		s->state.copied = WEIR_COPIED_NOTHING;
	weir_screen_do(s, key->command, weir_str_of(key->argument));
}

void weir_screen_event(struct weir_screen *s, const struct weir_event *event)
{
	if (event->kind == WEIR_EVENT_BACKGROUND) {
		s->light = event->light;
		if (weir_screen_theme_is_auto(s))
			weir_screen_load_theme(s);
		return;
	}
	s->welcome_gone = true;
	if (s->state.prompt.kind != WEIR_PROMPT_NONE) {
		weir_screen_prompt_event(s, event);
		return;
	}
	const char *key = event->kind == WEIR_EVENT_MOUSE ? weir_screen_mouse(s, event)
			  : event->kind == WEIR_EVENT_KEY ? event->name
							  : NULL;
	if (key)
		press_key(s, key);
}
