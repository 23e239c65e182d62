/* What the help and the manual say of mouse, states and signs, whatever panel is in focus; and the keys of panels for
 * --list keys and the manual. */
#include "tui/panels/panels.h"

#include "weir/tui/tui.h"

#include <stdio.h>

const struct weir_help_line weir_help_mouse[] = {
    {"click", "go to the panel under the pointer, and select there what can be selected"},
    {"click a title", "go to that panel; again: show it on the whole screen, or small again"},
    {"click a condition", "change it; on its cross: take it away"},
    {"click a figure", "sort by that measure; again: in reverse"},
    {"click a name", "at a line of the chart: select that group; again: select none"},
    {"click a key", "in the last line: as if it were pressed; so do group, measure, sort, window, state and warnings"},
    {"wheel", "move through what is under the pointer"},
    {NULL, NULL},
};

const struct weir_help_line weir_help_states[] = {
    {"\xe2\x97\x8f LIVE", "the picture follows the data as they arrive"},
    {"\xe2\x97\x8b LIVE, quiet", "the stream is open, but nothing has arrived for a while"},
    {"\xe2\x80\x96 PAUSED", "the picture stands still; what arrives meanwhile is kept and counted as waiting"},
    {"\xe2\x97\x8b AT", "the picture shows an earlier moment; End returns to the newest"},
    {"\xe2\x97\x8f READING", "a file is being read, and the figures grow until its end"},
    {"\xe2\x97\x8f REPLAY 10x", "a file is read by its own clock, at that speed"},
    {"\xe2\x97\x8f END", "everything has been read"},
    {"\xe2\x97\x8b CONNECTING", "the source has not answered yet"},
    {"\xe2\x97\x8b RECONNECTING", "the source is gone and weir keeps trying; the reason stands above the keys"},
    {"\xe2\x97\x8f FAILED", "the source cannot be read any more; the reason stands above the keys"},
    {"watermark -10s", "how far the watermark is behind the moment shown; rows older than it are late"},
    {"holds 2m of 5m", "the buffer does not reach back as far as the window; all figures are of what it holds"},
    {NULL, NULL},
};

const struct weir_help_line weir_help_signs[] = {
    {"\xe2\x96\xb2 24 %  \xe2\x96\xbc 3 %",
     "more or less than in the window before, or in what c or :compare chose; it has a colour only where it is more than "
     "chance explains (three standard errors), and red where more is worse"},
    {"new  gone", "the group had no row in the compared period, or has none in the window"},
    {"n/a until 14:05", "not all of the period to compare with is held; from then on it will be"},
    {"moved most", "the groups whose change is surest, by any measure; J or a click selects them"},
    {"dotted line", "the line of the selected group, or else of the first, in the compared period"},
    {"+ at a row", "it was added with +: Enter keeps all of these, x leaves them out, Esc lets go of them"},
    {"guessed", "nobody asked for this group or measure; weir chose it"},
    {"computing", "the answer to the newest question is on its way; the picture still shows the one before"},
    {"received = \xe2\x80\xa6",
     "where each record went; the terms add up, and one of them is never hidden but at zero"},
    {"\xe2\x80\xa6", "the text goes on, but there is no room for more of it"},
    {"\xe2\x96\xaf \xe2\x90\x9b", "a character in the data that could harm the terminal, made visible"},
    {NULL, NULL},
};

const struct weir_help_line weir_help_strip[] = {
    {"10:00:00 \xe2\x96\x82\xe2\x96\x85\xe2\x96\x87 10:20:00",
     "all rows that are held, over time, from the oldest to the newest; no filter takes any away"},
    {"click there", "show that moment"},
    {"drag there", "choose a span of time; Enter keeps it, Esc lets go of it"},
    {"wheel there", "go back and on in time"},
    {"[ ]", "the window lies between the brackets; they are missing when it holds everything"},
    {"red, or E", "errors stand out there: any where they are rare, else more of them than elsewhere"},
    {"errors 0.6 %",
     "the part of all rows that are errors; what counts as one stands in the next line and in the panel "
     "streams, and :errors changes it"},
    {"3 older",
     "a few rows, behind the sign \xe2\x80\xb9, are so old that they would leave the others no room; :at goes to their time"},
    {"12 late", "rows that came too late to be counted, near the times that are held"},
    {"\xe2\x96\xb5", "rows of that time came too late to be counted"},
    {"\xe2\x95\x8c", "no rows, where a dozen or more would be expected"},
    {"\xc3\x97", "rows were lost, or shed, when that was the newest time"},
    {"\xe2\x96\xb8", "now: the newest data"},
    {"\xe2\x80\x96 \xe2\x97\x8b", "the moment that the picture shows, while it is paused or at an earlier time"},
    {"\xe2\x97\x86", "a bookmark"},
    {"\xc2\xb7\xc2\xb7\xc2\xb7", "about so much of the file is still unread"},
    {NULL, NULL},
};

const struct weir_help_line weir_help_prompt[] = {
    {"letters",
     "in the filter: a moment later the picture shows what it lets through, and the line how many rows match"},
    {"Enter", "take the line; when something in it is wrong, it stays open with the place marked"},
    {"Tab  Shift-Tab", "in the filter: take the next or the previous choice of the list"},
    {"Tab", "after a message that suggests a name: put it in place of the wrong one"},
    {"Up  Down", "in the filter: go to earlier lines, and back"},
    {"Ctrl-P  Ctrl-N", "the same everywhere; where a list is open, the present question comes first"},
    {"Ctrl-W  Ctrl-U  Ctrl-K", "erase a word, or to the start or the end of the line"},
    {NULL, NULL},
};

const struct weir_help_line weir_help_menu[] = {
    {"letters", "find the entries that have them in this order; several words may come in any order"},
    {"Up  Down  PageUp  PageDown",
     "go through the list; a moment later the picture shows what Enter would take, as a preview"},
    {"Enter", "take the entry that is lit, or the line where it is a whole expression; the end of the line says which"},
    {"Space", "add the entry to the line, or take it out, as long as nothing is being typed; g, m and s take several"},
    {",", "complete the entry that was begun, and go on to the next"},
    {"Tab", "put the entry into the line, to change it or to go on"},
    {"Esc", "leave everything as it was"},
    {"click, wheel", "go to an entry, or through the list; a second click takes the entry"},
    {"\xe2\x97\x8f", "the entry is part of the line, or, while it is empty, of the present question"},
    {"~96,000", "about so many different values; others are counted exactly, over the rows that pass the filter"},
    {NULL, NULL},
};

static const char *key_of(enum weir_command command)
{
	for (const struct weir_key *k = weir_key_table; k->key; k++)
		if (k->command == command && k->context == WEIR_KEYS_ALL)
			return k->key;
	return "";
}

void weir_tui_list_keys(struct weir_buf *out)
{
	for (int i = 0; weir_panels[i]; i++) {
		for (const struct weir_panel_act *a = weir_panels[i]->acts; a && a->help; a++)
			weir_buf_addf(out, "%-12s %-10s %-16s %s\n", key_of(a->command), weir_panels[i]->name,
				      weir_command_table[a->command].name, a->help);
		for (const struct weir_panel_key *k = weir_panels[i]->keys; k && k->key; k++)
			weir_buf_addf(out, "%-12s %-10s %-16s %s\n", k->key, weir_panels[i]->name, "-", k->help);
	}
}

static void man_lines(struct weir_buf *out, const struct weir_help_line *lines)
{
	for (; lines && lines->sign; lines++)
		weir_man_line(out, lines->sign, lines->text);
}

void weir_tui_man_panels(struct weir_buf *out)
{
	char title[160];
	bool open = false;
	for (int i = 0; weir_panels[i]; i++) {
		const struct weir_panel *panel = weir_panels[i];
		if (panel->passive)
			continue;
		snprintf(title, sizeof(title), "panel %s: %s", panel->name, panel->help);
		weir_man_section(out, title, &open);
		for (const struct weir_panel_act *a = panel->acts; a && a->help; a++)
			weir_man_line(out, key_of(a->command), a->help);
		for (const struct weir_panel_key *k = panel->keys; k && k->key; k++)
			weir_man_line(out, k->key, k->help);
		man_lines(out, panel->moves);
		man_lines(out, panel->mouse);
		man_lines(out, panel->signs);
	}
	weir_man_section(out, "the mouse", &open);
	man_lines(out, weir_help_mouse);
	weir_man_section(out, "states, in the first line", &open);
	man_lines(out, weir_help_states);
	weir_man_section(out, "signs", &open);
	man_lines(out, weir_help_signs);
	weir_man_section(out, "the strip of time, below the first line", &open);
	man_lines(out, weir_help_strip);
	weir_man_section(out, "typing a line", &open);
	man_lines(out, weir_help_prompt);
	weir_man_section(out, "the lists that g m w s t and : open", &open);
	man_lines(out, weir_help_menu);
	weir_buf_add_c(out, ".El\n");
}
