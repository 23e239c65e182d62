/* The help: what keys, mouse and signs do and mean in the panel in focus, then everywhere. All of it comes from the
 * tables of keys and commands and from the rows of the panels, so that it cannot go stale. */
#include "tui/picture/page.h"

#include <stdio.h>

/* All keys of one command in a context, "Up  k". */
static void keys_of(enum weir_command command, enum weir_key_context context, char *out, size_t bytes)
{
	size_t n = 0;
	out[0] = '\0';
	for (const struct weir_key *k = weir_key_table; k->key; k++)
		if (k->command == command && k->context == context && n < bytes)
			n += (size_t)snprintf(out + n, bytes - n, "%s%s", n ? "  " : "", k->key);
}

static bool is_first_of(const struct weir_key *key)
{
	for (const struct weir_key *k = weir_key_table; k < key; k++)
		if (k->command == key->command && k->context == key->context)
			return false;
	return true;
}

/* What the panel has said of a key already. */
static bool is_told(const struct weir_panel *panel, const struct weir_key *key)
{
	for (const struct weir_panel_act *a = panel->acts; a && a->help; a++)
		if (a->command == key->command)
			return true;
	char keys[80];
	keys_of(key->command, key->context, keys, sizeof(keys));
	for (const struct weir_panel_key *k = panel->keys; k && k->key; k++)
		if (strcmp(k->key, keys) == 0) /* the only one of its command */
			return true;
	return false;
}

/* panel: what it told is left out; NULL: nothing is. */
static void put_context(struct weir_page_writer *p, enum weir_key_context context, const struct weir_panel *panel)
{
	for (const struct weir_key *k = weir_key_table; k->key; k++) {
		char keys[80];
		if (k->context != context)
			continue;
		if (k->section)
			weir_page_title(p, k->section);
		if (!is_first_of(k) || (panel && is_told(panel, k)))
			continue;
		keys_of(k->command, context, keys, sizeof(keys));
		weir_page_sentence(p, keys, weir_command_table[k->command].help);
	}
}

static void put_lines(struct weir_page_writer *p, const struct weir_help_line *lines)
{
	for (; lines && lines->sign; lines++)
		weir_page_sentence(p, lines->sign, lines->text);
}

static void put_panel_keys(struct weir_page_writer *p, const struct weir_panel *panel)
{
	char text[160];
	snprintf(text, sizeof(text), "%s: %s", panel->name, panel->help);
	weir_page_title(p, text);
	for (const struct weir_panel_act *a = panel->acts; a && a->help; a++) {
		keys_of(a->command, WEIR_KEYS_ALL, text, sizeof(text));
		weir_page_sentence(p, text, a->help);
	}
	for (const struct weir_panel_key *k = panel->keys; k && k->key; k++)
		weir_page_sentence(p, k->key, k->help);
	put_lines(p, panel->moves);
}

void weir_help_write(struct weir_page_writer *p, const struct weir_picture *pic)
{
	const struct weir_panel *panel = pic->panels[pic->state->focus];
	char title[80];
	put_panel_keys(p, panel);
	put_context(p, WEIR_KEYS_ALL, panel);
	weir_page_title(p, "the mouse");
	put_lines(p, panel->mouse);
	put_lines(p, weir_help_mouse);
	if (panel->signs) {
		snprintf(title, sizeof(title), "signs of the panel %s", panel->name);
		weir_page_title(p, title);
		put_lines(p, panel->signs);
	}
	weir_page_title(p, "signs everywhere");
	put_lines(p, weir_help_signs);
	weir_page_title(p, "states, in the first line");
	put_lines(p, weir_help_states);
	weir_page_title(p, "the strip of time, below the first line");
	put_lines(p, weir_help_strip);
	put_context(p, WEIR_KEYS_PROMPT, NULL);
	put_lines(p, weir_help_prompt);
	weir_page_title(p, "the lists that g m w s t and : open");
	put_lines(p, weir_help_menu);
	put_context(p, WEIR_KEYS_HELP, NULL);
	put_context(p, WEIR_KEYS_VIEWS, NULL);
}
