/* The `:` line: a command with its argument, or an option of the same name as on the command line with its value. */
#include "tui/screen/screen.h"

#include <stdlib.h>

static bool set_view(struct weir_screen *s, const char *name, struct weir_str value, struct weir_error *err)
{
	for (int i = 0; i < WEIR_VIEW_TEXT_COUNT; i++)
		if (strcmp(weir_view_option((enum weir_view_text)i), name) == 0)
			return i == WEIR_VIEW_AT        ? weir_screen_at(s, value, err)
			       : i == WEIR_VIEW_WHERE   ? weir_screen_ask_filter(s, value, err)
			       : i == WEIR_VIEW_COMPARE ? weir_screen_compare(s, value, err)
							: weir_screen_ask(s, (enum weir_view_text)i, value, err);
	weir_fail(err, WEIR_USAGE, name, "cannot be changed here");
	return false;
}

static bool set_option(struct weir_screen *s, const struct weir_option *o, struct weir_str value,
		       struct weir_error *err)
{
	bool speed = strcmp(o->name, "speed") == 0;
	if (o->absent) {
		weir_fail(err, WEIR_UNSUPPORTED, o->name, "%s", o->absent);
		return false;
	}
	if (o->scope == WEIR_SCOPE_VIEW)
		return set_view(s, o->name, value, err);
	if (speed && weir_screen_why_no_speed(s)) {
		weir_fail(err, WEIR_USAGE, o->name, "%s", weir_screen_why_no_speed(s));
		return false;
	}
	if (strcmp(o->name, "why") == 0)
		return weir_screen_why(s, value, err);
	if (strcmp(o->name, "alert") == 0)
		return weir_screen_alert(s, value, err);
	if (strcmp(o->name, "explain") == 0) {
		weir_screen_explain(s);
		return true;
	}
	if (strcmp(o->name, "view") == 0 || strcmp(o->name, "save-view") == 0)
		return weir_screen_view_file(s, *o->name == 's', value, err);
	if (o->scope != WEIR_SCOPE_LOOKS && !speed) {
		weir_fail(err, WEIR_USAGE, o->name, "%s cannot change while the streams are open", o->name);
		weir_error_hint(err, "restart weir with --%s", o->name);
		return false;
	}
	/* A flag without a value is toggled. */
	bool *flag = strcmp(o->name, "ascii") == 0      ? &s->options->ascii
		     : strcmp(o->name, "no-mouse") == 0 ? &s->options->no_mouse
							: NULL;
	if (flag) {
		*flag = value.size ? !weir_str_equal_nocase(value, WEIR_STR("off")) : !*flag;
	} else {
		char *text = weir_str_dup(value);
		enum weir_status status = text ? WEIR_OK : weir_fail(err, WEIR_NO_MEMORY, o->name, "out of memory");
		if (status == WEIR_OK && strcmp(o->name, "errors") == 0 &&
		    !weir_session_set_errors(s->session, text, err))
			status = err->code;
		if (status == WEIR_OK)
			status = weir_options_set(s->options, o->name, text, weir_screen_now_us(s), err);
		free(text);
		if (status != WEIR_OK)
			return false;
	}
	if (speed)
		weir_session_set_speed(s->session, s->options->speed);
	else if (strcmp(o->name, "theme") == 0)
		weir_screen_load_theme(s);
	else
		weir_screen_looks(s);
	return true;
}

/* Suggests the nearest name for what is neither command nor option. */
static void unknown(struct weir_str name, struct weir_error *err)
{
	struct weir_str names[256];
	size_t n = 0;
	for (int i = 0; i < WEIR_CMD_COUNT; i++)
		names[n++] = weir_str_of(weir_command_table[i].name);
	for (const struct weir_option *o = weir_option_table; o->name && n < 256; o++)
		names[n++] = weir_str_of(o->name);
	int near = weir_nearest(name, names, n);
	weir_fail(err, WEIR_USAGE, "command", "there is no command %.*s", (int)name.size, name.data);
	if (near >= 0)
		weir_error_suggest(err, &name, &names[near]);
}

bool weir_screen_command_line(struct weir_screen *s, struct weir_str line, struct weir_error *err)
{
	struct weir_str rest = {0}, name = weir_command_named(weir_str_cut(weir_str_trim(line), ' ', &rest));
	rest = weir_str_trim(rest);
	if (!name.size)
		return true;
	const struct weir_option *option = weir_option_find(name);
	if (option)
		return set_option(s, option, rest, err);
	for (int i = 0; i < WEIR_CMD_COUNT; i++) {
		if (!weir_str_equal(name, weir_str_of(weir_command_table[i].name)))
			continue;
		if (i == WEIR_CMD_LOOP)
			return weir_screen_loop(s, rest, err);
		if (i == WEIR_CMD_FROM && rest.size)
			return weir_screen_read_from(s, rest, err);
		if (i == WEIR_CMD_EXPORT && rest.size)
			return weir_screen_export(s, rest, err);
		if (i == WEIR_CMD_SEARCH && rest.size)
			return weir_screen_search(s, rest, err);
		if (i == WEIR_CMD_GO && rest.size)
			return weir_screen_go(s, rest, err);
		if (i == WEIR_CMD_COLUMNS && rest.size)
			return weir_screen_columns(s, rest, err);
		if (i == WEIR_CMD_ORDER && rest.size)
			return weir_screen_order(s, rest, err);
		if (i == WEIR_CMD_VIEWS && rest.size)
			return weir_screen_views(s, rest, err);
		if (i == WEIR_CMD_COPY && rest.size)
			return weir_screen_copy_view(s, rest, err);
		if (i == WEIR_CMD_TRAIL)
			return weir_screen_trail(s, rest, err);
		weir_screen_do(s, (enum weir_command)i, rest);
		return true;
	}
	unknown(name, err);
	return false;
}
