/* Saved views: opening, saving, and the list of them with the picture of what is chosen behind it. */
#include "tui/screen/screen.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* What of a saved view only counts from the start: how the streams are read. */
static bool reads_otherwise(const struct weir_options *now, const struct weir_options *saved)
{
	const char *const pairs[][2] = {{saved->format, now->format},
					{saved->time, now->time},
					{saved->nulls, now->nulls},
					{saved->header, now->header},
					{saved->encoding, now->encoding}};
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (pairs[i][0] && (!pairs[i][1] || strcmp(pairs[i][0], pairs[i][1]) != 0))
			return true;
	return false;
}

/* What the file does not name is unset. */
static bool open_view(struct weir_screen *s, const char *path, struct weir_str name, struct weir_error *err)
{
	struct weir_options saved;
	struct weir_buf words = {0};
	weir_options_init(&saved);
	uint64_t asked = weir_view_load(&saved, path, weir_screen_now_us(s), err) == WEIR_OK
			     ? weir_screen_post(s, &saved.view, err)
			     : 0;
	if (asked) {
		weir_buf_addf(&words, "opened " WEIR_STR_FMT, WEIR_STR_ARG(name));
		weir_trail_ask(&s->state.trail, asked, &saved.view, words.failed ? NULL : words.data);
		weir_screen_say(s, WEIR_TONE_DONE, "opened " WEIR_STR_FMT "%s", WEIR_STR_ARG(name),
				reads_otherwise(s->options, &saved)
				    ? "; how it reads the streams counts only when weir starts with it"
				    : "");
	}
	weir_buf_release(&words);
	weir_options_release(&saved);
	return asked != 0;
}

static bool save_view(struct weir_screen *s, const char *path, struct weir_str name, struct weir_error *err)
{
	struct weir_options with = *s->options; /* borrows all it has */
	bool there = access(path, F_OK) == 0;
	with.view = *weir_screen_view(s);
	if (weir_view_save(&with, path, err) != WEIR_OK)
		return false;
	bool listed = !memchr(name.data, '/', name.size);
	weir_screen_say(s, WEIR_TONE_DONE, "saved the view as " WEIR_STR_FMT "%s%s", WEIR_STR_ARG(name),
			there ? ", in the place of the one before" : "", listed ? "; v lists the saved views" : "");
	return true;
}

bool weir_screen_view_file(struct weir_screen *s, bool save, struct weir_str name, struct weir_error *err)
{
	char *path = NULL;
	name = weir_str_trim(name);
	if (weir_view_path(s->options, name, save, &path, err) != WEIR_OK)
		return false;
	bool done = save ? save_view(s, path, name, err) : open_view(s, path, name, err);
	free(path);
	return done;
}

static bool is_there(const struct weir_screen *s, struct weir_str name)
{
	struct weir_error ignored = {0};
	char *path = NULL;
	bool there = weir_view_path(s->options, name, false, &path, &ignored) == WEIR_OK && access(path, F_OK) == 0;
	free(path);
	return there;
}

/* Anew, with the view of that name chosen if it is there. */
static bool list_views(struct weir_screen *s, const char *name, struct weir_error *err)
{
	struct weir_views_state *v = &s->state.views;
	struct weir_saved_views list;
	if (weir_views_list(s->options, weir_screen_now_us(s), &list, err) != WEIR_OK)
		return false;
	int at = v->cursor < (int)list.n ? v->cursor : (int)list.n - 1;
	for (size_t i = 0; name && i < list.n; i++)
		at = strcmp(list.items[i].name, name) == 0 ? (int)i : at;
	weir_views_release(&v->list);
	v->list = list;
	v->cursor = at < 0 ? 0 : at;
	return true;
}

bool weir_screen_views(struct weir_screen *s, struct weir_str argument, struct weir_error *err)
{
	struct weir_views_state *v = &s->state.views;
	if (!argument.size) {
		*v = (struct weir_views_state){.list = v->list, .cursor = -1};
		if (!list_views(s, NULL, err))
			return false;
		v->cursor = v->list.n ? 0 : -1; /* and nothing is tried before it is moved */
		s->state.page = WEIR_PAGE_VIEWS;
		return true;
	}
	struct weir_str rest = {0}, first = weir_str_cut(argument, ' ', &rest);
	bool open_it = weir_str_equal(first, WEIR_STR("open")), save_it = weir_str_equal(first, WEIR_STR("save"));
	struct weir_str name = weir_str_trim(open_it || save_it ? rest : argument);
	return weir_screen_view_file(s, save_it || (!open_it && !is_there(s, name)), name, err);
}

static struct weir_saved_view *chosen(struct weir_screen *s)
{
	struct weir_views_state *v = &s->state.views;
	return v->cursor >= 0 && v->cursor < (int)v->list.n ? &v->list.items[v->cursor] : NULL;
}

static void try_chosen(struct weir_screen *s)
{
	struct weir_saved_view *item = chosen(s);
	if (item && item->fault.code == WEIR_OK)
		weir_preview_view(s, &item->view);
	else
		weir_preview_end(s, false);
}

void weir_screen_views_move(struct weir_screen *s, int by)
{
	struct weir_views_state *v = &s->state.views;
	int n = (int)v->list.n, at = v->cursor < 0 ? (by > 0 ? by - 1 : n + by) : v->cursor + by;
	at = at >= n ? n - 1 : at < 0 ? 0 : at;
	v->asks = false;
	if (!n || at == v->cursor)
		return;
	v->cursor = at;
	try_chosen(s);
}

void weir_screen_views_close(struct weir_screen *s, bool open)
{
	struct weir_error err = {0};
	struct weir_saved_view *item = open ? chosen(s) : NULL;
	s->state.views.asks = false;
	if (item && item->fault.code != WEIR_OK) {
		weir_screen_say(s, WEIR_TONE_ERROR, "%s cannot be opened: %s", item->name, item->fault.what);
		return;
	}
	s->state.page = WEIR_PAGE_NONE;
	if (item && !open_view(s, item->path, weir_str_of(item->name), &err)) {
		weir_screen_say(s, WEIR_TONE_ERROR, "%s", err.what);
		item = NULL;
	}
	weir_preview_end(s, item != NULL);
	weir_views_release(&s->state.views.list);
}

void weir_screen_views_delete(struct weir_screen *s)
{
	struct weir_views_state *v = &s->state.views;
	struct weir_saved_view *item = chosen(s);
	struct weir_error err = {0};
	if (!item) {
		weir_screen_say(s, WEIR_TONE_NOTE, "choose a view first, with Up and Down");
		return;
	}
	if (!v->asks) {
		v->asks = true;
		weir_screen_say(s, WEIR_TONE_WARN, "delete %s? d again deletes the file, any other key keeps it",
				item->name);
		return;
	}
	v->asks = false;
	if (unlink(item->path) != 0)
		weir_screen_say(s, WEIR_TONE_ERROR, "%s could not be deleted: %s", item->path, strerror(errno));
	else
		weir_screen_say(s, WEIR_TONE_DONE, "deleted %s", item->name);
	weir_preview_end(s, false);
	if (!list_views(s, NULL, &err))
		weir_screen_say(s, WEIR_TONE_ERROR, "%s", err.what);
	try_chosen(s);
}

void weir_screen_views_save(struct weir_screen *s)
{
	weir_screen_views_close(s, false);
	weir_screen_command_prompt(s, "save-view ");
}

void weir_screen_views_refused(struct weir_screen *s, const struct weir_error *err)
{
	struct weir_saved_view *item = s->state.page == WEIR_PAGE_VIEWS ? chosen(s) : NULL;
	if (item)
		item->fault = *err;
}
